//! Makes text from strangers safe to print on a terminal.
//!
//! Control characters could move the cursor, change colours or clear the screen; bidirectional controls
//! could make a line read other than it is ("Trojan Source", CVE-2021-42574).

use std::borrow::Cow;
use std::fmt::Write;

/// `text` for one line: control and bidirectional characters made visible; newlines and tabs become blanks.
///
/// C0 and DEL are shown as control pictures (U+2400 and on), C1 and bidirectional controls as `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    rewrite(text, Lines::Join)
}

/// Like [`visible`], but newlines stay: for whole bodies.
pub fn visible_multiline(text: &str) -> Cow<'_, str> {
    rewrite(text, Lines::Keep)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Join,
    Keep,
}

fn rewrite(text: &str, lines: Lines) -> Cow<'_, str> {
    let unsafe_here = |c: char| is_unsafe(c) && !(c == '\n' && lines == Lines::Keep);
    let Some(first) = text.find(unsafe_here) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for c in text[first..].chars() {
        if unsafe_here(c) { show(c, &mut out) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// Whether a terminal may obey it or be deceived by it.
pub fn is_unsafe(c: char) -> bool {
    c.is_control() || is_bidirectional_control(c) || is_line_separator(c)
}

/// The property `Bidi_Control` of Unicode.
fn is_bidirectional_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_line_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

fn show(c: char, out: &mut String) {
    let code = u32::from(c);
    match c {
        '\n' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
        '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + code)),
        '\x7f' => out.push('\u{2421}'),
        _ => write!(out, "\\u{{{code:x}}}").expect("a String takes every write"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn controls_become_visible() {
        let cases = [
            ("plain é 日本 🏳️‍🌈", "plain é 日本 🏳️‍🌈"),
            ("a\nb\tc", "a b c"),
            ("a\r\nb", "a␍ b"),
            ("\x1b[31mred\x1b]0;title\x07", "␛[31mred␛]0;title␇"),
            ("\0\x08\x7f", "␀␈␡"),
            ("\u{9b}31m\u{85}", "\\u{9b}31m\\u{85}"),
            ("a\u{202e}b\u{2066}\u{200f}\u{61c}", "a\\u{202e}b\\u{2066}\\u{200f}\\u{61c}"),
            ("a\u{2028}b", "a b"),
        ];
        for (text, expected) in cases {
            assert_eq!(visible(text), expected, "{text:?}");
        }
        assert_eq!(visible_multiline("a\n\tb\x1b\n"), "a\n b␛\n");
    }

    #[test]
    fn clean_text_is_borrowed() {
        assert!(matches!(visible("clean é"), Cow::Borrowed(_)));
        assert!(matches!(visible_multiline("clean\nlines\n"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>(), controls in "[\\x00-\\x1f\\x7f-\\u{9f}\\u{2028}-\\u{202e}a]*") {
            for text in [text, controls] {
                prop_assert!(!visible(&text).contains(is_unsafe));
                let lines = visible_multiline(&text);
                prop_assert!(!lines.contains(|c| c != '\n' && is_unsafe(c)));
                prop_assert_eq!(lines.matches('\n').count(), text.matches('\n').count());
            }
        }
    }
}
