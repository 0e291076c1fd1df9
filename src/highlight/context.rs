//! What stands before and behind a match: for concordances.

use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::highlight::window::{past_marks, push_spaced};
use crate::search::Context;

/// Room for a word of any language, in bytes; of longer ones a context holds fewer.
const WORD_BYTES: usize = 64;

/// Words by which concordances are sorted.
const SORT_WORDS: usize = 8;

/// What stands before `at`, every run of white space as one blank and none at the ends.
pub fn before(text: &str, at: usize, size: Context) -> String {
    let start = match size {
        Context::Words(words) => word_starts(text, at, words).first().copied().unwrap_or(at),
        Context::Chars(chars) => past_marks(text, characters_back(text, at, chars), at),
    };
    spaced(&text[start..at])
}

/// What stands behind `at`, every run of white space as one blank and none at the ends.
pub fn behind(text: &str, at: usize, size: Context) -> String {
    let end = match size {
        Context::Words(words) => word_ends(text, at, words).last().copied().unwrap_or(at),
        Context::Chars(chars) => past_marks(text, characters_on(text, at, chars), text.len()),
    };
    spaced(&text[at..end])
}

/// The folded words before `at`, the nearest first: texts that sort together read alike to the left.
pub fn key_before(text: &str, at: usize) -> String {
    let start = word_starts(text, at, SORT_WORDS).first().copied().unwrap_or(at);
    let mut words = folded(&text[start..at]);
    words.reverse();
    words.join(" ")
}

/// The folded words behind `at`.
pub fn key_behind(text: &str, at: usize) -> String {
    let end = word_ends(text, at, SORT_WORDS).last().copied().unwrap_or(at);
    folded(&text[at..end]).join(" ")
}

fn folded(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    tokenize(text, |token| {
        if token.kind != TokenKind::Pair {
            words.push(token.text.to_owned());
        }
    });
    words
}

/// Where the last so many words before `at` begin; the first also takes in the marks at the beginning of the text.
fn word_starts(text: &str, at: usize, words: usize) -> Vec<usize> {
    let from = text.floor_char_boundary(at.saturating_sub(words.saturating_mul(WORD_BYTES)));
    let mut starts = Vec::new();
    tokenize(&text[from..at], |token| {
        if token.kind != TokenKind::Pair {
            starts.push(from + token.range.start);
        }
    });
    let surplus = starts.len().saturating_sub(words);
    starts.drain(..surplus);
    if surplus == 0 && from == 0 && words > 0 {
        starts.insert(0, 0);
    }
    starts
}

/// Where the first so many words behind `at` end; the last also takes in the marks at the end of the text.
fn word_ends(text: &str, at: usize, words: usize) -> Vec<usize> {
    let to = text.ceil_char_boundary(at.saturating_add(words.saturating_mul(WORD_BYTES)).min(text.len()));
    let mut ends = Vec::new();
    tokenize(&text[at..to], |token| {
        if token.kind != TokenKind::Pair {
            ends.push(at + token.range.end);
        }
    });
    let is_all = ends.len() <= words && to == text.len() && words > 0;
    ends.truncate(words);
    if is_all {
        ends.push(to);
    }
    ends
}

/// The beginning of the last so many characters before `at`; a run of white space counts as one.
fn characters_back(text: &str, at: usize, characters: usize) -> usize {
    let mut counter = Counter { left: characters, in_blank: true };
    let mut backwards = text[..at].char_indices().rev();
    let full = backwards.find(|(_, c)| !counter.takes(*c));
    full.map_or(0, |(index, c)| index + c.len_utf8())
}

/// The end of the first so many characters behind `at`; a run of white space counts as one.
fn characters_on(text: &str, at: usize, characters: usize) -> usize {
    let mut counter = Counter { left: characters, in_blank: true };
    let full = text[at..].char_indices().find(|(_, c)| !counter.takes(*c));
    full.map_or(text.len(), |(index, _)| at + index)
}

/// Counts characters, runs of white space as one and those at the beginning not at all.
struct Counter {
    left: usize,
    in_blank: bool,
}

impl Counter {
    fn takes(&mut self, c: char) -> bool {
        let is_blank = c.is_whitespace();
        let counts = !(is_blank && self.in_blank);
        self.in_blank = is_blank;
        if counts && self.left == 0 {
            return false;
        }
        self.left -= usize::from(counts);
        true
    }
}

fn spaced(text: &str) -> String {
    let mut spaced = String::new();
    push_spaced(text.trim(), &mut spaced);
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn around(text: &str, size: Context) -> (String, String) {
        let at = text.find('|').unwrap();
        let text = text.replace('|', "");
        (before(&text, at, size), behind(&text, at, size))
    }

    #[test]
    fn contexts_have_their_size() {
        use Context::{Chars, Words};
        for (text, size, left, right) in [
            ("one two three| four five six", Words(2), "two three", "four five"),
            ("“One, two| three.”", Words(9), "“One, two", "three.”"),
            ("one two| three", Words(0), "", ""),
            ("one \n\n two| \n three  four", Chars(5), "e two", "three"),
            ("one two| three four", Chars(7), "one two", "three f"),
            ("全文検索|の索引です", Chars(3), "文検索", "の索引"),
            ("全文検索|の索引です", Words(2), "検索", "の索"),
            ("e\u{301}te\u{301}|e\u{301}", Chars(2), "e\u{301}", "e\u{301}"),
            ("ae\u{301}|x", Chars(1), "", "x"),
            ("|", Chars(4), "", ""),
            (" | ", Words(4), "", ""),
        ] {
            assert_eq!(around(text, size), (left.to_owned(), right.to_owned()), "{text:?} {size:?}");
        }
    }

    #[test]
    fn keys_begin_with_the_nearest_word() {
        assert_eq!(key_before("The Old, grey harbour", 14), "grey old the");
        assert_eq!(key_behind("harbour of Holm.", 7), "of holm");
        assert_eq!(key_before("", 0), "");
    }

    proptest! {
        #[test]
        fn no_text_and_no_size_panics(text in any::<String>(), at in 0usize..40, size in 0usize..12) {
            let at = text.floor_char_boundary(at);
            for size in [Context::Words(size), Context::Chars(size)] {
                let (left, right) = (before(&text, at, size), behind(&text, at, size));
                prop_assert!(left.trim() == left && right.trim() == right);
            }
            key_before(&text, at);
            key_behind(&text, at);
        }
    }
}
