//! The marks inside a paragraph of AsciiDoc.

use std::collections::HashMap;

use crate::reader::emphasis::{Next, Pairs, Side};

/// Values that stand for `{name}`.
pub(super) type Attributes = HashMap<String, String>;

/// The most bytes of a name, target or role.
const MAX_NAME: usize = 300;

/// The most bytes between the brackets of a macro.
const MAX_LABEL: usize = 2000;

/// The most bytes of a value that stands for its name.
pub(super) const MAX_VALUE: usize = 200;

/// Macros that show the text in their brackets, or nothing when there is none.
const SHOWN: &[&str] =
    &["footnote", "footnoteref", "kbd", "btn", "pass", "indexterm2", "stem", "latexmath", "asciimath"];

/// Macros that show the text in their brackets, or else their target.
const LINKS: &[&str] = &["link", "xref", "mailto", "menu", "http", "https", "ftp", "irc"];

/// Macros that show the first part of what is in their brackets: the words for who cannot see the picture.
const PICTURES: &[&str] = &["image"];

/// Macros that show nothing.
const HIDDEN: &[&str] = &["icon", "indexterm", "anchor", "bibitem", "counter", "counter2"];

/// Characters by name (Asciidoctor, "Character Replacement Attributes").
const CHARACTERS: &[(&str, &str)] = &[
    ("nbsp", " "),
    ("zwsp", ""),
    ("wj", ""),
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("apos", "'"),
    ("quot", "\""),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("deg", "°"),
    ("plus", "+"),
    ("brvbar", "¦"),
    ("vbar", "|"),
    ("startsb", "["),
    ("endsb", "]"),
    ("caret", "^"),
    ("asterisk", "*"),
    ("tilde", "~"),
    ("backslash", "\\"),
    ("backtick", "`"),
    ("blank", ""),
    ("empty", ""),
    ("sp", " "),
    ("two-colons", "::"),
    ("two-semicolons", ";;"),
    ("cpp", "C++"),
];

/// The text of a paragraph without its marks.
pub(super) fn text(source: &str, attributes: &Attributes) -> String {
    let scan = Scan {
        source,
        attributes,
        bracket: Next::new(source, "]"),
        passed: Next::new(source, "+++"),
        word: 0,
        quotes: 0,
        labels: Vec::new(),
        pairs: Pairs::default(),
    };
    scan.run()
}

struct Scan<'a> {
    source: &'a str,
    attributes: &'a Attributes,
    bracket: Next<'a>,
    passed: Next<'a>,
    /// Where the current word begins in what was read.
    word: usize,
    /// Quotations that are open.
    quotes: usize,
    /// Labels of macros that are being read: where each ends, and where reading goes on.
    labels: Vec<(usize, usize)>,
    pairs: Pairs,
}

impl Scan<'_> {
    fn run(mut self) -> String {
        let source = self.source;
        let mut at = 0;
        while let Some(c) = source[at..].chars().next() {
            if let Some((_, next)) = self.labels.pop_if(|(end, _)| *end <= at) {
                at = next.max(at);
                continue;
            }
            at += match c {
                '*' | '_' | '`' | '#' | '^' | '~' => self.emphasis(at, c),
                '"' | '\'' if source[at + 1..].starts_with('`') => self.quote(at, c),
                '+' => self.pass(at),
                '\\' => self.escaped(&source[at + 1..]),
                '{' => self.attribute(&source[at..]),
                '<' if source[at..].starts_with("<<") => self.reference(&source[at..]),
                '(' if source[at..].starts_with("((") => self.index_term(&source[at..]),
                '[' => self.bracket(at),
                c => self.plain(c),
            };
        }
        self.pairs.into_text()
    }

    fn plain(&mut self, c: char) -> usize {
        self.pairs.push(c.encode_utf8(&mut [0; 4]));
        if c.is_whitespace() || matches!(c, '(' | '"' | '>') {
            self.word = self.pairs.len();
        }
        c.len_utf8()
    }

    fn emphasis(&mut self, at: usize, mark: char) -> usize {
        let rest = &self.source[at..];
        let run = rest.chars().take_while(|c| *c == mark).count();
        let before = self.source[..at].chars().next_back();
        let after = rest[run..].chars().next();
        if let ('`', 1, Some(quote @ ('"' | '\''))) = (mark, run, after)
            && self.quotes > 0
        {
            return self.closing_quote(quote);
        }
        match (mark, run) {
            ('^' | '~', 1) | ('*' | '_' | '`' | '#', 2) => self.pairs.mark(mark, run, Side::ANYWHERE),
            ('*' | '_' | '`' | '#', 1) => self.pairs.mark(mark, run, Side::of_word(before, after)),
            _ => self.pairs.push(&rest[..run]),
        }
        run
    }

    /// `` `" `` and `` `' `` close a quotation.
    fn closing_quote(&mut self, quote: char) -> usize {
        self.quotes -= 1;
        self.pairs.push(if quote == '"' { "”" } else { "’" });
        2
    }

    /// `` "` `` and `` '` `` open a quotation.
    fn quote(&mut self, at: usize, quote: char) -> usize {
        let opens = self.source[at + 2..].chars().next().is_some_and(|next| !next.is_whitespace());
        if !opens {
            return self.plain(quote);
        }
        self.quotes += 1;
        self.pairs.push(if quote == '"' { "“" } else { "‘" });
        self.word = self.pairs.len();
        2
    }

    /// `+text+` and `+++text+++` stand for themselves; ` +` at the end of a line was seen before.
    fn pass(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        if !rest.starts_with("+++") {
            let side = Side::of_word(self.source[..at].chars().next_back(), rest[1..].chars().next());
            self.pairs.mark('+', 1, side);
            return 1;
        }
        let Some(end) = self.passed.at(at + 3) else {
            self.pairs.push("+++");
            return 3;
        };
        self.pairs.push(&self.source[at + 3..end]);
        end + 3 - at
    }

    fn escaped(&mut self, rest: &str) -> usize {
        match rest.chars().next().filter(|next| next.is_ascii_punctuation()) {
            Some(next) => {
                self.pairs.push(next.encode_utf8(&mut [0; 4]));
                2
            }
            None => self.plain('\\'),
        }
    }

    fn attribute(&mut self, rest: &str) -> usize {
        let Some(name) = enclosed(&rest[1..], "}") else { return self.plain('{') };
        let known = CHARACTERS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        let Some(text) = known.or_else(|| self.attributes.get(&name.to_lowercase()).map(String::as_str))
        else {
            return self.plain('{');
        };
        self.pairs.push(text);
        name.len() + 2
    }

    /// `<<id>>` and `<<id,text>>`.
    fn reference(&mut self, rest: &str) -> usize {
        let Some(inner) = enclosed(&rest[2..], ">>") else { return self.plain('<') };
        let shown = inner.split_once(',').map_or(inner, |(_, label)| label.trim());
        self.pairs.push(shown.trim_start_matches(['#', '_']));
        inner.len() + 4
    }

    /// `((term))` is shown, `(((term)))` is not.
    fn index_term(&mut self, rest: &str) -> usize {
        if let Some(inner) = rest.strip_prefix("(((").and_then(|rest| enclosed(rest, ")))")) {
            return inner.len() + 6;
        }
        match enclosed(&rest[2..], "))") {
            Some(inner) => {
                self.pairs.push(inner);
                inner.len() + 4
            }
            None => self.plain('('),
        }
    }

    /// The bracket of a macro, an anchor, or the role of marked text.
    fn bracket(&mut self, at: usize) -> usize {
        let Some(end) = self.bracket.at(at) else { return self.plain('[') };
        let rest = &self.source[at..];
        if rest.starts_with("[[") && rest[end - at..].starts_with("]]") && end - at < MAX_NAME {
            return end + 2 - at;
        }
        let marks_follow = self.source[end + 1..].starts_with(['#', '*', '_', '`']);
        if marks_follow && rest.starts_with("[.") && end - at < MAX_NAME {
            return end + 1 - at;
        }
        let word = self.pairs.as_str().get(self.word..).unwrap_or_default();
        match macro_of(word) {
            Some((start, shows)) if end - at <= MAX_LABEL => self.called(shows, self.word + start, at, end),
            Some(_) | None => self.plain('['),
        }
    }

    /// Shows a macro whose name begins at `start` in the text and whose brackets are at `open` and `close`.
    fn called(&mut self, shows: Shows, start: usize, open: usize, close: usize) -> usize {
        let label = &self.source[open + 1..close];
        let shown = match shows {
            Shows::Nothing => 0,
            Shows::First => first_part(label).len(),
            Shows::Label | Shows::LabelOrTarget => {
                label.find(",window=").or(label.find(",role=")).unwrap_or(label.len())
            }
        };
        if shows == Shows::LabelOrTarget && label.is_empty() {
            let target = self.pairs.as_str()[start..].to_owned();
            let target =
                target.strip_prefix("link:").or_else(|| target.strip_prefix("mailto:")).unwrap_or(&target);
            self.pairs.truncate(start);
            self.pairs.push(target);
            return close + 1 - open;
        }
        self.pairs.truncate(start);
        // A note follows its word without a blank.
        if self.pairs.as_str().ends_with(|c: char| !c.is_whitespace() && c != '(') && shows == Shows::Label {
            self.pairs.push(" ");
        }
        self.word = self.pairs.len();
        let shown = label[..shown].trim_end_matches('^').len();
        self.labels.push((open + 1 + shown, close + 1));
        1
    }
}

/// The first value of a list in brackets, if it has no name.
fn first_part(label: &str) -> &str {
    let first = label.split(',').next().unwrap_or_default();
    if first.contains('=') { "" } else { first }
}

/// What a macro shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    Label,
    LabelOrTarget,
    First,
    Nothing,
}

/// The macro that a word is, up to its bracket: where its name begins, and what it shows.
fn macro_of(word: &str) -> Option<(usize, Shows)> {
    if word.len() > MAX_NAME {
        return None;
    }
    let (before, _) = word.split_once(':')?;
    let start = before.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let start = if before.is_char_boundary(start) { start } else { before.len() };
    let shows = |name: &str| {
        let has = |names: &[&str]| names.contains(&name);
        if has(SHOWN) {
            Some(Shows::Label)
        } else if has(LINKS) {
            Some(Shows::LabelOrTarget)
        } else if has(PICTURES) {
            Some(Shows::First)
        } else if has(HIDDEN) {
            Some(Shows::Nothing)
        } else {
            None
        }
    };
    Some((start, shows(&before[start..])?))
}

/// What stands before `end`, if that is near and in the same line.
fn enclosed<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    let window = &text[..text.floor_char_boundary(MAX_NAME)];
    let inner = &window[..window.find(end)?];
    (!inner.is_empty() && !inner.contains('\n')).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        let attributes = Attributes::from([("ship".to_owned(), "Aurora".to_owned())]);
        for (source, expected) in [
            ("*so* _it_ `is` #now# **b**ig x^2^ H~2~O", "so it is now big x2 H2O"),
            ("2 * 3 * 4 snake_case_name a#b", "2 * 3 * 4 snake_case_name a#b"),
            ("https://x.example[the *port*^], https://y.example", "the port, https://y.example"),
            ("https://x.example[] and link:a.html[A page,window=_blank]", "https://x.example and A page"),
            ("mailto:a@x.example[] xref:b.adoc#c[B] <<d,D>> <<e>>", "a@x.example B D e"),
            (
                "text.footnote:[A note.] image:x.png[The quay,200] icon:fire[] kbd:[F1]",
                "text. A note. The quay  F1",
            ),
            ("{ship} {unknown} {nbsp}{plus}", "Aurora {unknown}  +"),
            ("\"`quoted`\" and '`so`'", "“quoted” and ‘so’"),
            ("\\*kept* +as is+ +++raw+++", "*kept* as is raw"),
            ("((term)) (((hidden, x))) [[id]]a [.lead]#b# [c]", "term  a b [c]"),
            ("see (https://x.example[x])", "see (x)"),
        ] {
            assert_eq!(text(source, &attributes), expected, "{source}");
        }
    }

    #[test]
    fn open_marks_take_linear_time() {
        for mark in [
            "*", "**a", "_", "`", "+++", "+", "{", "<<", "((", "(((", "[", "[[", "link:[", "a:[", "http:",
            "\\", "\"`", "#",
        ] {
            text(&mark.repeat(100_000), &Attributes::new());
        }
        text(&format!("{}]", "https:a[".repeat(100_000)), &Attributes::new());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(source in "(\\*|_|`|#|\\^|\\+|\\{|\\}|<<|>>|\\(\\(|\\)\\)|\\[|\\]|link:|image:|,|\"|\\\\|é|a| |\\PC){0,60}") {
            text(&source, &Attributes::new());
        }
    }
}
