//! Words with holes: how they are cut into words like any other text, and which words fit them.

use crate::analysis::tokenizer::{TokenKind, tokenize};

/// A word with holes: texts, never empty nor side by side, and at least one hole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wildcard(pub Vec<WildcardPart>);

/// A piece of a word with holes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WildcardPart {
    /// Letters; as typed in a query, folded in a [`Slot`].
    Text(String),
    /// `*`: any letters, or none; two never stand side by side.
    Any,
    /// `?`: one letter.
    One,
}

/// One of the words that a text with holes asks for, folded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// This word or character.
    Word(String),
    /// A word that fits.
    Wildcard(Wildcard),
}

impl Wildcard {
    /// `text*`
    pub fn beginning(text: impl Into<String>) -> Wildcard {
        Wildcard(vec![WildcardPart::Text(text.into()), WildcardPart::Any])
    }

    /// The words of `e-m?il*`, in order: `e`, `m?il*`. A hole stands in the word that it touches; a star that touches
    /// none is left out.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = Slots::default();
        for part in &self.0 {
            match part {
                WildcardPart::Text(text) => slots.text(text),
                hole @ (WildcardPart::Any | WildcardPart::One) => slots.open.push(hole.clone()),
            }
        }
        slots.close();
        slots.closed
    }

    /// The text before the first hole.
    pub fn head(&self) -> &str {
        match self.0.first() {
            Some(WildcardPart::Text(text)) => text,
            Some(WildcardPart::Any | WildcardPart::One) | None => "",
        }
    }

    /// The longest text in it.
    pub fn longest_text(&self) -> &str {
        let texts = self.0.iter().filter_map(|part| match part {
            WildcardPart::Text(text) => Some(text.as_str()),
            WildcardPart::Any | WildcardPart::One => None,
        });
        texts.max_by_key(|text| text.len()).unwrap_or_default()
    }

    /// Whether a word fits, letter by letter. The time is at most the product of the lengths.
    pub fn matches(&self, word: &str) -> bool {
        let (mut part, mut rest) = (0, word);
        // Where to go on when what follows the last star does not fit: a letter later.
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let step = match self.0.get(part) {
                None if rest.is_empty() => return true,
                None => None,
                Some(WildcardPart::Any) => {
                    retry = Some((part + 1, rest));
                    Some(rest)
                }
                Some(WildcardPart::One) => without_letter(rest),
                Some(WildcardPart::Text(text)) => rest.strip_prefix(text.as_str()),
            };
            match (step, retry) {
                (Some(behind), _) => (part, rest) = (part + 1, behind),
                (None, Some((behind_star, from))) => {
                    let Some(later) = without_letter(from) else { return false };
                    retry = Some((behind_star, later));
                    (part, rest) = (behind_star, later);
                }
                (None, None) => return false,
            }
        }
    }
}

fn without_letter(text: &str) -> Option<&str> {
    let mut letters = text.chars();
    letters.next().map(|_| letters.as_str())
}

#[derive(Default)]
struct Slots {
    closed: Vec<Slot>,
    open: Vec<WildcardPart>,
}

impl Slots {
    fn text(&mut self, text: &str) {
        let mut end = 0;
        tokenize(text, |token| {
            if token.kind == TokenKind::Pair {
                return;
            }
            if token.range.start > 0 {
                self.close();
            }
            self.open.push(WildcardPart::Text(token.text.to_owned()));
            end = token.range.end;
        });
        if end < text.len() {
            self.close();
        }
    }

    fn close(&mut self) {
        let parts = std::mem::take(&mut self.open);
        let has_hole = parts.iter().any(|part| !matches!(part, WildcardPart::Text(_)));
        match parts.as_slice() {
            [] | [WildcardPart::Any] => {}
            [WildcardPart::Text(word)] => self.closed.push(Slot::Word(word.clone())),
            _ if has_hole => self.closed.push(Slot::Wildcard(Wildcard(parts))),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wildcard(text: &str) -> Wildcard {
        let mut parts: Vec<WildcardPart> = Vec::new();
        for letter in text.chars() {
            match (letter, parts.last_mut()) {
                ('*', _) => parts.push(WildcardPart::Any),
                ('?', _) => parts.push(WildcardPart::One),
                (letter, Some(WildcardPart::Text(text))) => text.push(letter),
                (letter, _) => parts.push(WildcardPart::Text(letter.to_string())),
            }
        }
        Wildcard(parts)
    }

    #[test]
    fn words_fit_or_do_not() {
        let cases = [
            ("wom?n", "woman women", "womn womaan womann"),
            ("electr*", "electr electric", "elect xelectr"),
            ("*graph", "graph photograph", "graphic"),
            ("*a*a*", "aa banana xaya", "a bab"),
            ("?", "a é 日", "ab"),
            ("a??e*", "able abxezz", "abe ae"),
            ("*ab", "ab aab abab", "aba"),
        ];
        for (pattern, fit, others) in cases {
            for word in fit.split(' ') {
                assert!(wildcard(pattern).matches(word), "{pattern} {word}");
            }
            for word in others.split(' ').chain([""]) {
                assert!(!wildcard(pattern).matches(word), "{pattern} {word}");
            }
        }
    }

    #[test]
    fn hostile_patterns_take_bounded_time() {
        let pattern = wildcard(&format!("{}b", "*a".repeat(500)));
        assert!(!pattern.matches(&"a".repeat(20_000)));
    }

    #[test]
    fn texts_with_holes_are_cut_like_others() {
        let cases = [
            ("Wom?n", "wom?n"),
            ("e-m?il*", "e m?il*"),
            ("*ité", "*ite"),
            ("foo-*", "foo"),
            ("a*b c*", "a*b c*"),
            ("?-x", "? x"),
            ("-*-", ""),
        ];
        for (text, expected) in cases {
            let shown: Vec<String> = wildcard(text).slots().iter().map(shown).collect();
            assert_eq!(shown.join(" "), expected, "{text}");
        }
    }

    fn shown(slot: &Slot) -> String {
        match slot {
            Slot::Word(word) => word.clone(),
            Slot::Wildcard(wildcard) => wildcard
                .0
                .iter()
                .map(|part| match part {
                    WildcardPart::Text(text) => text.as_str(),
                    WildcardPart::Any => "*",
                    WildcardPart::One => "?",
                })
                .collect(),
        }
    }
}
