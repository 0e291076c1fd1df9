//! The marks inside a paragraph of reStructuredText.

use std::collections::HashMap;

use crate::reader::emphasis::{Next, Pairs, Side};

/// Texts that stand for `|name|`.
pub(super) type Substitutions = HashMap<String, String>;

/// The most bytes of a name, role or label.
const MAX_NAME: usize = 80;

/// The text of a paragraph without its marks.
pub(super) fn text(source: &str, substitutions: &Substitutions) -> String {
    let scan = Scan {
        source,
        substitutions,
        single: Next::new(source, "`"),
        double: Next::new(source, "``"),
        pairs: Pairs::default(),
    };
    scan.run()
}

struct Scan<'a> {
    source: &'a str,
    substitutions: &'a Substitutions,
    single: Next<'a>,
    double: Next<'a>,
    pairs: Pairs,
}

impl Scan<'_> {
    fn run(mut self) -> String {
        let source = self.source;
        let mut at = 0;
        let is_mark = |byte: u8| matches!(byte, b'\\' | b'`' | b'*' | b'_' | b'|' | b'[');
        while let Some(found) = source.as_bytes()[at..].iter().position(|byte| is_mark(*byte)) {
            self.pairs.push(&source[at..at + found]);
            at += found;
            at += self.mark(at);
        }
        self.pairs.push(&source[at..]);
        self.pairs.into_text()
    }

    /// Reads the mark at `at`; gives its length.
    fn mark(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        match rest.as_bytes() {
            [b'\\', ..] => self.escaped(&rest[1..]),
            [b'`', b'`', ..] => self.literal(at),
            [b'`', ..] => self.interpreted(at),
            [b'*', ..] => self.emphasis(at),
            [b'_', b'`', ..] => 1,
            [b'_', ..] => self.reference(at),
            [b'|', ..] => self.substitution(rest),
            [b'[', ..] => self.label(rest),
            _ => self.plain(rest, 1),
        }
    }

    fn plain(&mut self, rest: &str, length: usize) -> usize {
        self.pairs.push(&rest[..length]);
        length
    }

    /// A backslash takes the meaning of the next character; with a blank it stands for nothing.
    fn escaped(&mut self, rest: &str) -> usize {
        let next = rest.chars().next();
        let length = next.map_or(0, char::len_utf8);
        if next.is_some_and(|next| !next.is_whitespace()) {
            self.plain(rest, length);
        }
        1 + length
    }

    fn literal(&mut self, at: usize) -> usize {
        let Some(end) = self.double.at(at + 2) else { return self.plain(&self.source[at..], 2) };
        self.pairs.push(&self.source[at + 2..end]);
        end + 2 - at
    }

    /// `` `text` ``, with a role before or behind it, or as a reference with a target inside it.
    fn interpreted(&mut self, at: usize) -> usize {
        let Some(end) = self.single.at(at + 1) else { return self.plain(&self.source[at..], 1) };
        let has_role = role_at_end(self.pairs.as_str());
        if let Some(start) = has_role {
            self.pairs.truncate(start);
        }
        self.pairs.push(shown(&self.source[at + 1..end], has_role.is_some()));
        let rest = &self.source[end + 1..];
        let underscores = rest.bytes().take(2).take_while(|byte| *byte == b'_').count();
        let role = if underscores == 0 { role_at_start(rest) } else { 0 };
        end + 1 + underscores + role - at
    }

    fn emphasis(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        let run = rest.bytes().take_while(|byte| *byte == b'*').count();
        if run > 2 {
            return self.plain(rest, run);
        }
        let side = Side::of_word(self.source[..at].chars().next_back(), rest[run..].chars().next());
        self.pairs.mark('*', run, side);
        run
    }

    /// The end of `word_` or `word__`.
    fn reference(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        let run = rest.bytes().take_while(|byte| *byte == b'_').count();
        let before = &self.source[..at];
        let word = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        let after_word = before.ends_with(char::is_alphanumeric) && !before[word..].starts_with('_');
        let ends = rest[run..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        if run <= 2 && after_word && ends { run } else { self.plain(rest, run) }
    }

    fn substitution(&mut self, rest: &str) -> usize {
        let Some(name) = enclosed(&rest[1..], b'|') else { return self.plain(rest, 1) };
        if name.is_empty() || name.trim() != name {
            return self.plain(rest, 1);
        }
        let text = self.substitutions.get(&name.to_lowercase()).map_or(name, String::as_str);
        self.pairs.push(text);
        let length = name.len() + 2;
        length + rest[length..].bytes().take(2).take_while(|byte| *byte == b'_').count()
    }

    /// `[1]_`, `[#note]_` refer to notes, `[CIT2002]_` names a work.
    fn label(&mut self, rest: &str) -> usize {
        let Some(name) = enclosed(&rest[1..], b']') else { return self.plain(rest, 1) };
        let length = name.len() + 2;
        if !rest[length..].starts_with('_') {
            return self.plain(rest, 1);
        }
        let is_note = name.starts_with(['#', '*']) || name.bytes().all(|byte| byte.is_ascii_digit());
        let length_before = self.pairs.as_str().trim_end().len();
        match is_note {
            true => self.pairs.truncate(length_before),
            false => self.pairs.push(name),
        }
        length + 1
    }
}

/// What stands before `end`, if that is near.
fn enclosed(text: &str, end: u8) -> Option<&str> {
    let window = &text.as_bytes()[..text.len().min(MAX_NAME)];
    memchr::memchr(end, window).map(|at| &text[..at])
}

/// What is shown of interpreted text: of `text <target>` the text, of `~a.b.c` the last part.
fn shown(content: &str, has_role: bool) -> &str {
    let content = match content.strip_suffix('>').and_then(|rest| rest.rfind('<')) {
        Some(target) if target > 0 => content[..target].trim_end(),
        Some(_) | None => content,
    };
    match content.strip_prefix('~') {
        Some(name) if has_role => name.rsplit('.').next().unwrap_or(name),
        Some(_) | None if has_role => content.strip_prefix('!').unwrap_or(content),
        Some(_) | None => content,
    }
}

fn is_role(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b':')
}

/// Where a role, `:name:`, begins at the end of `text`.
fn role_at_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes().strip_suffix(b":")?;
    let name = bytes.iter().rev().take(MAX_NAME).take_while(|byte| is_role(**byte)).count();
    let start = bytes.len() - name;
    let colon = start + bytes[start..].iter().position(|byte| *byte == b':')?;
    let in_word = text[..colon].chars().next_back().is_some_and(char::is_alphanumeric);
    (colon + 1 < bytes.len() && !in_word).then_some(colon)
}

/// The length of a role at the start of `text`.
fn role_at_start(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(':') else { return 0 };
    let name = rest.bytes().take(MAX_NAME).take_while(|byte| is_role(*byte) && *byte != b':').count();
    if name > 0 && rest[name..].starts_with(':') { name + 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        let substitutions = Substitutions::from([("ferry".to_owned(), "the ferry".to_owned())]);
        for (source, expected) in [
            ("*so* **very** ``lit *x*`` 2 * 3", "so very lit *x* 2 * 3"),
            ("see `the port <http://x.example>`_ and `this`__.", "see the port and this."),
            ("a port_ and port__, snake_case, __init__", "a port and port, snake_case, __init__"),
            (":ref:`text <a>` :py:func:`~a.b.c` `x`:sup: y", "text c x y"),
            (":doc:`/a/b` 12:30:`x`", "/a/b 12:30:x"),
            ("note [1]_ [#a]_ [CIT2002]_ [x]", "note CIT2002 [x]"),
            ("|Ferry| and |other|_ a | b | c", "the ferry and other a | b | c"),
            (r"a\ b \*c\* d\\e", r"ab *c* d\e"),
            ("`never closed", "`never closed"),
            ("_`target` <x>", "target <x>"),
            ("`<http://x.example>`_", "<http://x.example>"),
            ("it's *é*", "it's é"),
        ] {
            assert_eq!(text(source, &substitutions), expected, "{source}");
        }
    }

    #[test]
    fn open_marks_take_linear_time() {
        for mark in ["`", "``", "*", "**a", "_", "|", "[", ":a", "`a ", "\\", ":`"] {
            text(&mark.repeat(300_000), &Substitutions::new());
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(source in "(`|``|\\*|_|\\||\\[|\\]|:|<|>|\\\\|a|é| |\\PC){0,60}") {
            text(&source, &Substitutions::new());
        }
    }
}
