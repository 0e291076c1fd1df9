//! Mail (RFC 5322) and what is built like it: single messages, mailboxes, web pages saved with their pictures.
//!
//! What a message is made of is found by `entity`, its text by `content`, and the article in it by `message`. Single
//! headers are left to the `mail-parser` crate; bodies are not, so that no picture is decoded only to be dropped.

mod content;
mod eml;
mod entity;
mod flowed;
mod mbox;
mod message;
mod mhtml;
mod subject;
mod transfer;

pub use content::MAX_DEPTH;
pub use eml::Eml;
pub use entity::MAX_PARTS;
pub use mbox::Mbox;
pub use mhtml::Mhtml;
