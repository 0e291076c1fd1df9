//! Pure helpers on strings and bytes: no files, no clock, no engine.

pub mod calendar;
pub mod dates;
pub mod decode;
pub mod mojibake;
pub mod numbers;
pub mod sanitize;
