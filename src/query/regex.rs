//! Regular expressions on words: which ones are taken, and why others are not.

use std::ops::Range;

use regex_syntax::ast;

use crate::analysis::regex::{MAX_REGEX_BYTES, RegexError, whole_word};

/// Deepest nesting of its groups.
const MAX_NESTING: u32 = 32;

/// Why a regular expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegexProblem {
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// Bytes of the pattern that are meant.
    pub span: Range<usize>,
}

/// Whether words can be looked for by a regular expression: what is accepted here is what a query may hold.
///
/// The syntax is that of the crate `regex`: <https://docs.rs/regex/latest/regex/#syntax>.
pub fn check(pattern: &str) -> Result<(), RegexProblem> {
    let whole = 0..pattern.len();
    let problem = |message: String, span| RegexProblem { message, span };
    let none = |why: &dyn std::fmt::Display| format!("this is no regular expression: {why}");
    if pattern.len() > MAX_REGEX_BYTES {
        let message = format!("a regular expression has at most {MAX_REGEX_BYTES} bytes");
        return Err(problem(message, pattern.floor_char_boundary(MAX_REGEX_BYTES)..pattern.len()));
    }
    // Only this one tells the place.
    let parsed = ast::parse::ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(pattern);
    if let Err(error) = parsed {
        let span = error.span().start.offset..error.span().end.offset;
        return Err(problem(none(error.kind()), span));
    }
    whole_word(pattern).map(|_| ()).map_err(|error| match error {
        RegexError::TooLong | RegexError::TooComplex => {
            problem("this regular expression is too complex: its repetitions multiply".to_owned(), whole)
        }
        RegexError::Malformed(why) => problem(none(&why), whole),
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_wrong_is_named_and_pointed_at() {
        let long = "a".repeat(MAX_REGEX_BYTES + 1);
        let deep = format!("{}a{}", "(".repeat(100), ")".repeat(100));
        let cases = [
            ("(a", "unclosed group", 0..1),
            ("ab)", "unopened group", 2..3),
            ("a[b", "unclosed character class", 1..2),
            ("*a", "repetition operator missing", 0..0),
            (r"a\", "incomplete escape", 1..2),
            ("a{9,2}", "invalid repetition count range", 1..6),
            (r"(a)\1", "backreferences are not supported", 3..5),
            (r"\p{Nonsense}", "Unicode property not found", 0..12),
            (&long, "at most 256 bytes", MAX_REGEX_BYTES..MAX_REGEX_BYTES + 1),
            (&deep, "nested", 33..34),
        ];
        for (pattern, part, span) in cases {
            let problem = check(pattern).expect_err(pattern);
            assert!(problem.message.contains(part), "{pattern} {}", problem.message);
            if !pattern.starts_with("((") {
                assert_eq!(problem.span, span, "{pattern}");
            }
        }
    }

    #[test]
    fn what_multiplies_is_too_complex_and_said_so_at_once() {
        for pattern in ["((a{0,30}){0,30}){0,30}", "(?:){4294967295}a", r"\w{1000}", "((.{99}){99}){99}"] {
            let begin = Instant::now();
            let answer = check(pattern);
            assert!(begin.elapsed() < Duration::from_millis(500), "{pattern} {:?}", begin.elapsed());
            if pattern != "(?:){4294967295}a" {
                let message = answer.map(|_| ()).map_err(|problem| problem.message);
                assert!(message.is_err_and(|message| message.contains("too complex")), "{pattern}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in r"([(){}\[\]*+?|.^$\\-]|[a-zé]|\{1,9\}|\(\?i\)|\\w){0,12}") {
            if let Err(problem) = check(&text) {
                prop_assert!(text.get(problem.span).is_some());
            }
        }
    }
}
