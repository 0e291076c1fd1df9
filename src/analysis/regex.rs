//! Regular expressions of single words, as they are looked for among folded ones.

use regex::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;

use crate::analysis::fold::fold_word;

/// Longest regular expression, in bytes as typed.
pub const MAX_REGEX_BYTES: usize = 256;

/// Most memory of a compiled one; repetitions of repetitions would need more.
pub const MAX_COMPILED_BYTES: usize = 1 << 20;

/// Deepest nesting of groups.
const MAX_NESTING: u32 = 50;

/// Why a regular expression is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegexError {
    /// It is longer than [`MAX_REGEX_BYTES`].
    #[error("it has more than {MAX_REGEX_BYTES} bytes")]
    TooLong,
    /// Its repetitions or groups need more memory than is allowed.
    #[error("it is too complex")]
    TooComplex,
    /// It is none.
    #[error("{0}")]
    Malformed(String),
}

/// Compiles a regular expression (syntax of the crate `regex`) that whole folded words are matched with: its letters
/// are folded too, and their case does not matter.
pub fn whole_word(pattern: &str) -> Result<Regex, RegexError> {
    if pattern.len() > MAX_REGEX_BYTES {
        return Err(RegexError::TooLong);
    }
    let folded = folded(pattern);
    // Alone first: with a parenthesis too many it would be whole only in the frame.
    build(&folded)?;
    build(&format!(r"\A(?:{folded})\z"))
}

fn build(pattern: &str) -> Result<Regex, RegexError> {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(true).size_limit(MAX_COMPILED_BYTES).nest_limit(MAX_NESTING);
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => RegexError::TooComplex,
        other => RegexError::Malformed(reason(&other.to_string())),
    })
}

/// The last line of an error: those before it draw the pattern.
fn reason(error: &str) -> String {
    let last = error.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

/// Folds the letters beyond ASCII; case is left to the matching.
fn folded(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut classes = 0u32;
    let mut is_escaped = false;
    for c in pattern.nfc() {
        if c.is_ascii() {
            out.push(c);
        } else {
            if is_escaped {
                out.pop();
            }
            push_folded(&mut out, c, classes > 0);
        }
        classes = match c {
            '[' if !is_escaped => classes + 1,
            ']' if !is_escaped => classes.saturating_sub(1),
            _ => classes,
        };
        is_escaped = c == '\\' && !is_escaped;
    }
    out
}

/// A letter that folds to several stays one for what repeats it.
fn push_folded(out: &mut String, c: char, in_class: bool) {
    let mut letter = [0; 4];
    let letter = c.encode_utf8(&mut letter);
    let folded = if c.is_alphanumeric() { regex::escape(&fold_word(letter)) } else { letter.to_owned() };
    match folded.chars().count() {
        2.. if !in_class => {
            out.push_str("(?:");
            out.push_str(&folded);
            out.push(')');
        }
        _ => out.push_str(&folded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    #[test]
    fn whole_folded_words_match() {
        let cases = [
            ("colou?r", "color colour", "colors xcolor"),
            ("Colou?R", "color", ""),
            ("a|ab", "a ab", "abc"),
            ("É.*é", "ete", "et"),
            ("e\u{301}te", "ete", "te"),
            ("straß+e", "strasse strasssse", "strase strassse"),
            ("[à-ü]x", "ax ux", "xx"),
            (r"\é", "e", "é"),
            (r"\[ß", "", "[ss"),
            (r"\d{4}s", "1980s", "80s"),
            ("日.", "日本", "日"),
            ("", "", "a"),
        ];
        for (pattern, fit, others) in cases {
            let regex = whole_word(pattern).unwrap();
            for word in fit.split_whitespace() {
                assert!(regex.is_match(word), "{pattern} {word}");
            }
            for word in others.split_whitespace().filter(|_| pattern != r"\[ß") {
                assert!(!regex.is_match(word), "{pattern} {word}");
            }
        }
    }

    #[test]
    fn what_is_refused_is_refused_at_once() {
        let begin = Instant::now();
        let deep = "(".repeat(100) + &")".repeat(100);
        for pattern in ["((a{0,30}){0,30}){0,30}", r"\w{250}\w{250}\w{250}"] {
            assert_eq!(whole_word(pattern).err(), Some(RegexError::TooComplex), "{pattern}");
        }
        for pattern in ["(", ")", "a)(b", "a{2,1}", "*", "(?x)a#", r"(a)\1", &deep] {
            assert!(matches!(whole_word(pattern), Err(RegexError::Malformed(_))), "{pattern}");
        }
        assert_eq!(whole_word(&"a".repeat(257)).err(), Some(RegexError::TooLong));
        assert!(begin.elapsed() < Duration::from_secs(2));
    }

    proptest! {
        #[test]
        fn any_pattern_is_read_or_refused(pattern in any::<String>(), signs in r"[aé\[\](){}\\|*+?,0-9ß^-]{0,40}") {
            let _ = whole_word(&pattern);
            let _ = whole_word(&signs);
        }
    }
}
