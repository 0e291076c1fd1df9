//! Stems: Snowball algorithms (snowballstem.org) by language.

use std::borrow::Cow;

use crate::analysis::language::Language;

/// Stems folded words of one language.
#[derive(Clone, Copy)]
pub struct Stemmer {}

impl Stemmer {
    /// The stemmer of a language; `None` when there is none.
    pub fn of(language: Language) -> Option<Stemmer> {
        let _ = language;
        None
    }

    /// The stem of a folded word.
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(word)
    }
}
