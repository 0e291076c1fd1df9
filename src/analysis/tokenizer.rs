//! Cuts text into tokens with byte ranges and positions.

use std::ops::Range;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A word of a script that puts spaces between words.
    Word,
    /// One character of a script that does not (Han, Kana, Hangul, Thai …).
    Char,
    /// Two neighbouring characters of such a script; has the position of the first.
    Pair,
}

/// One token; borrowed from the tokenizer's buffer until the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// Folded text.
    pub text: &'a str,
    /// Bytes of the source text that it stands for.
    pub range: Range<usize>,
    /// Number of the word or character in the text, from 0; a pair shares the position of its first character.
    pub position: u32,
    /// Word, character or pair.
    pub kind: TokenKind,
}

/// Longest folded token, in bytes; longer ones are dropped (they keep their position).
pub const MAX_TOKEN_BYTES: usize = 255;

/// Cuts `text` and hands every token, in order, to `each`. `Char` tokens come with the `Pair` that begins at them.
pub fn tokenize(text: &str, mut each: impl FnMut(Token<'_>)) {
    let _ = text;
    let _ = &mut each;
}
