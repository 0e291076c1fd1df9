//! How keywords are written into terms and facet columns.

use crate::analysis::fold::{fold_keyword, fold_word};
use crate::analysis::wildcard::{Wildcard, WildcardPart};

/// Longest folded keyword in the index, in bytes; longer ones (URLs) are cut, which only makes them less exact.
pub(super) const MAX_KEY_BYTES: usize = 2_048;

/// A folded keyword, cut to what the index takes.
pub(super) fn longest_key(folded: &str) -> &str {
    &folded[..folded.floor_char_boundary(MAX_KEY_BYTES)]
}

/// Before the term of a single word of a value; no folded value begins with it.
pub(super) const WORD_MARK: &str = "\u{1}";

/// The term of a single word of a value.
pub(super) fn word_term(word: &str) -> String {
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
    format!("{WORD_MARK}{}", longest_key(&fold_keyword(word)))
}

/// A pattern of values, folded as they are; a blank beside a hole stays.
pub(super) fn folded_pattern(pattern: &Wildcard) -> Wildcard {
    let folded = pattern.0.iter().map(|part| match part {
        WildcardPart::Text(text) => WildcardPart::Text(folded_piece(text)),
        hole @ (WildcardPart::Any | WildcardPart::One) => hole.clone(),
    });
    Wildcard(folded.collect())
}

fn folded_piece(text: &str) -> String {
    let mut piece = String::with_capacity(text.len());
    for c in fold_word(text).chars() {
        match c.is_whitespace() {
            true if piece.ends_with(' ') => {}
            true => piece.push(' '),
            false => piece.push(c),
        }
    }
    piece
}

/// Whether a term is a single word of a value.
pub(super) fn is_word_term(term: &str) -> bool {
    word_of_term(term).is_some()
}

/// The single word that a term stands for; `None` when it stands for a whole value.
pub(super) fn word_of_term(term: &str) -> Option<&str> {
    term.strip_prefix('\u{1}')
}

/// A facet column holds both forms of a value, the folded one first, so that all spellings of one value are
/// neighbours in the sorted dictionary.
pub(super) fn facet_value(folded: &str, display: &str) -> String {
    format!("{folded}\0{display}")
}

/// The folded and the display form of a value in a facet column.
pub(super) fn split_facet_value(value: &str) -> (&str, &str) {
    value.split_once('\0').unwrap_or((value, value))
}

/// A value of a hierarchy and everything above it, highest first: `a/b/c` gives `a`, `a/b`, `a/b/c`. Levels without a
/// name do not count, and folding a level gives that level of the folded value.
pub(super) fn ancestors(value: &str, mark: char) -> impl Iterator<Item = &str> {
    let inner = value.match_indices(move |c| is_mark(c, mark)).map(|(at, _)| value[..at].trim_end());
    inner.chain([value]).filter(move |level| !level.is_empty() && !level.ends_with(|c| is_mark(c, mark)))
}

/// Whether a character folds to the mark: the mark itself, or its form in East Asian type.
fn is_mark(c: char, mark: char) -> bool {
    const FULLWIDTH: u32 = 0xfee0;
    c == mark || u32::from(c).checked_sub(FULLWIDTH) == Some(u32::from(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_a_hierarchy() {
        assert_eq!(ancestors("a/b/c", '/').collect::<Vec<_>>(), ["a", "a/b", "a/b/c"]);
        assert_eq!(ancestors("a", '/').collect::<Vec<_>>(), ["a"]);
        assert_eq!(ancestors("/a", '/').collect::<Vec<_>>(), ["/a"]);
        assert_eq!(ancestors("a//b/", '/').collect::<Vec<_>>(), ["a", "a//b"]);
        assert_eq!(ancestors("a\u{a0}/ b", '/').collect::<Vec<_>>(), ["a", "a\u{a0}/ b"]);
        assert_eq!(ancestors("気候／政策", '/').collect::<Vec<_>>(), ["気候", "気候／政策"]);
    }

    #[test]
    fn patterns_are_folded_like_values() {
        let text = |text: &str| WildcardPart::Text(text.to_owned());
        let pattern = Wildcard(vec![text("Ann  LÉ "), WildcardPart::Any, text(" "), WildcardPart::One]);
        let folded = Wildcard(vec![text("ann le "), WildcardPart::Any, text(" "), WildcardPart::One]);
        assert_eq!(folded_pattern(&pattern), folded);
    }

    #[test]
    fn long_keys_are_cut_between_characters() {
        let long = "é".repeat(2_000);
        assert!(longest_key(&long).len() <= MAX_KEY_BYTES);
        assert!(long.starts_with(longest_key(&long)));
    }
}
