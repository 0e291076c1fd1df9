//! Text to tokens: one code path for indexing, querying and highlighting.
//!
//! A token's text is folded (case, accents, width); stems are made from folded tokens, so that a query typed
//! without accents meets the text that has them.

pub mod fold;
pub mod kana;
pub mod language;
mod neighbours;
pub mod positions;
mod prior;
pub mod regex;
mod script;
pub mod stem;
pub mod tokenizer;
pub mod wildcard;
