//! A word, phrase or value without its escapes, which still knows which of its signs mean something.

use std::ops::Range;

use crate::query::lexer::unescaped;
use crate::query::{PhrasePart, Wildcard, WildcardPart};

/// How a text stands in the query, and so what in it is a hole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A word: every `*` is a hole.
    Bare,
    /// A phrase: a `*` is a hole when it touches a word.
    Quoted,
}

/// A text without its escapes that still knows which of its punctuation was escaped.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) form: Form,
    /// Byte offsets in `text` of the punctuation that no backslash makes plain, ascending.
    live: Vec<usize>,
}

impl Written {
    pub(super) fn new(raw: &str, form: Form) -> Written {
        let mut written = Written { text: String::with_capacity(raw.len()), form, live: Vec::new() };
        for (_, c, escaped) in unescaped(raw) {
            if !escaped && c.is_ascii_punctuation() {
                written.live.push(written.text.len());
            }
            written.text.push(c);
        }
        written
    }

    fn is_live(&self, at: usize) -> bool {
        self.live.binary_search(&at).is_ok()
    }

    /// Whether it is a star and nothing else.
    pub(super) fn is_lone_star(&self) -> bool {
        self.form == Form::Bare && self.text == "*" && self.is_live(0)
    }

    /// Whether it is one word without quotes.
    pub(super) fn is_one_word(&self) -> bool {
        self.form == Form::Bare && !self.text.contains(char::is_whitespace)
    }

    /// The text behind a `=` at the beginning, when it is no sign among others (`==`, `=>`).
    pub(super) fn without_equals(&self) -> Option<Written> {
        let text = self.text.strip_prefix('=').filter(|text| !text.is_empty())?;
        let means_exact = self.form == Form::Bare && self.is_live(0) && !self.is_live(1);
        let live = self.live.iter().filter_map(|at| at.checked_sub(1)).filter(|_| means_exact).collect();
        means_exact.then(|| Written { text: text.to_owned(), form: self.form, live })
    }

    /// The word before `~2` at the end, and the digits; not in an address.
    pub(super) fn fuzzy(&self) -> Option<(Range<usize>, &str)> {
        let before = self.text.trim_end_matches(|c: char| c.is_ascii_digit());
        let word = before.strip_suffix('~').filter(|word| word.ends_with(char::is_alphanumeric))?;
        let is_fuzzy = self.form == Form::Bare && self.is_live(word.len()) && !self.is_address();
        is_fuzzy.then(|| (0..word.len(), &self.text[before.len()..]))
    }

    /// The text of a value before the star at its end, when that star is the only sign that means anything.
    pub(super) fn before_final_star(&self) -> Option<&str> {
        let before = self.text.strip_suffix('*')?;
        let is_only_star = self.stars().count() == 1 && self.is_live(before.len());
        is_only_star.then_some(before)
    }

    /// Where stars stand that no backslash makes plain.
    pub(super) fn stars(&self) -> impl Iterator<Item = usize> {
        self.live.iter().copied().filter(|&at| self.text[at..].starts_with('*'))
    }

    /// The word as a pattern; `None` when it has no holes.
    ///
    /// In an address `?` and `*` are punctuation, save a star at its end, and so is a `?` with no letter or digit behind
    /// it in its word.
    pub(super) fn pattern(&self) -> Option<Wildcard> {
        self.wildcard(0..self.text.len(), &|at| self.is_hole(at))
    }

    /// The value as a pattern; `None` when it has no holes. Every star is one, in quotes as well.
    pub(super) fn value_pattern(&self) -> Option<Wildcard> {
        let is_question = |at| self.is_question(at, &|_| true);
        let is_hole = |at| self.text[at..].starts_with('*') || !self.is_address() && is_question(at);
        self.wildcard(0..self.text.len(), &is_hole)
    }

    /// The pieces of a phrase: words with holes, and the texts between them.
    pub(super) fn phrase(&self) -> Vec<PhrasePart> {
        let mut parts = Vec::new();
        let mut plain = 0;
        for word in words(&self.text) {
            if let Some(wildcard) = self.wildcard(word.clone(), &|at| self.is_hole(at)) {
                push_text(&mut parts, &self.text[plain..word.start]);
                parts.push(PhrasePart::Wildcard(wildcard));
                plain = word.end;
            }
        }
        match parts.is_empty() {
            true => parts.push(PhrasePart::Text(self.text.clone())),
            false => push_text(&mut parts, &self.text[plain..]),
        }
        parts
    }

    fn wildcard(&self, word: Range<usize>, is_hole: &dyn Fn(usize) -> bool) -> Option<Wildcard> {
        let mut parts: Vec<WildcardPart> = Vec::new();
        let mut has_hole = false;
        for (at, c) in self.text[word.clone()].char_indices() {
            let at = word.start + at;
            let is_hole = matches!(c, '*' | '?') && self.is_live(at) && is_hole(at);
            has_hole |= is_hole;
            match (c, parts.last_mut()) {
                ('*', Some(WildcardPart::Any)) if is_hole => {}
                ('*', _) if is_hole => parts.push(WildcardPart::Any),
                ('?', _) if is_hole => parts.push(WildcardPart::One),
                (c, Some(WildcardPart::Text(text))) => text.push(c),
                (c, _) => parts.push(WildcardPart::Text(c.to_string())),
            }
        }
        has_hole.then_some(Wildcard(parts))
    }

    /// Whether the live `*` or `?` here is a hole in a word.
    fn is_hole(&self, at: usize) -> bool {
        if self.form == Form::Bare && self.is_address() {
            return self.text[at..] == *"*";
        }
        if self.text[at..].starts_with('?') {
            self.is_question(at, &|star| self.is_star(star))
        } else {
            self.is_star(at)
        }
    }

    fn is_star(&self, at: usize) -> bool {
        let before = self.text[..at].trim_end_matches(['*', '?']);
        let behind = self.text[at..].trim_start_matches(['*', '?']);
        let touches_word =
            before.ends_with(char::is_alphanumeric) || behind.starts_with(char::is_alphanumeric);
        self.form == Form::Bare || touches_word
    }

    /// Whether a `?` has a letter or digit behind it, or a live `*` that is a star.
    fn is_question(&self, at: usize, is_star: &dyn Fn(usize) -> bool) -> bool {
        let behind = self.text[at..].trim_start_matches('?');
        let star = self.text.len() - behind.len();
        let has_star = behind.starts_with('*') && self.is_live(star) && is_star(star);
        has_star || behind.starts_with(char::is_alphanumeric)
    }

    fn is_address(&self) -> bool {
        let mut colons = self.text.match_indices("://").map(|(at, _)| at);
        colons.any(|at| self.is_live(at))
    }
}

/// The words of a phrase, as they stand between blanks.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut end = 0;
    let pieces = text.split_inclusive(char::is_whitespace).map(move |piece| {
        let begin = end;
        end += piece.len();
        begin..begin + piece.trim_end().len()
    });
    pieces.filter(|word| !word.is_empty())
}

fn push_text(parts: &mut Vec<PhrasePart>, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        parts.push(PhrasePart::Text(text.to_owned()));
    }
}
