//! Wikitext (MediaWiki) to plain text: one pass over the marks inside the text, one over its lines.
//!
//! Templates need the wiki that they were written for; the text of a few that every large wiki has is kept, the others
//! are dropped with their arguments. What is never closed stays as text.

use super::inner::Inner;
use super::link::{self, Link};
use super::tags::{self, Action, Ends};
use super::wiki::Wiki;
use super::{lines, template};
use crate::reader::values::starts_with_ignoring_case;

/// What a page says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// The text: a blank line between paragraphs; headings, items and rows of tables on lines of their own.
    pub(super) text: String,
    /// Its categories, without the name of the namespace.
    pub(super) categories: Vec<String>,
    /// The day that leads the page, as Wikinews writes it: `{{date|November 22, 2005}}`.
    pub(super) date: Option<String>,
}

/// Marks that are open at the same time; deeper ones are text. Closing a mark moves what is in it, so this bounds the
/// work for each byte.
const MAX_OPEN: usize = 40;

/// A template that leads a page has no more blanks before it, in bytes.
const MOST_BLANKS: usize = 256;
/// The most arguments of a template or parts of a link that are told apart.
const MAX_PARTS: usize = 64;

/// Reduces a page to what it says.
pub(super) fn page(source: &str, wiki: &Wiki) -> Page {
    let mut scan = Scan {
        source,
        wiki,
        ends: Ends::new(source),
        out: String::with_capacity(source.len()),
        open: Vec::new(),
        gallery: None,
        page: Page::default(),
    };
    scan.run();
    Page { text: lines::text(&scan.out), ..scan.page }
}

/// A mark that is open.
struct Open {
    kind: Kind,
    /// Where it stands in the output.
    start: usize,
    /// Where its parts begin in the output: what follows each `|`.
    parts: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `{{name|…}}`
    Template,
    /// `{{{name|default}}}`
    Parameter,
    /// `[[target|label]]`
    Link,
    /// `[http://… label]`
    External,
}

struct Scan<'a> {
    source: &'a str,
    wiki: &'a Wiki,
    ends: Ends<'a>,
    out: String,
    open: Vec<Open>,
    /// Inside a gallery: where its current line begins in the output.
    gallery: Option<usize>,
    page: Page,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(found) = next_mark(&self.source.as_bytes()[at..]) {
            self.out.push_str(&self.source[at..at + found]);
            at += found;
            at += self.mark(at);
        }
        self.out.push_str(&self.source[at..]);
    }

    /// Reads the mark at `at`, a byte of ASCII; gives its length.
    fn mark(&mut self, at: usize) -> usize {
        let source = self.source;
        let rest = &source[at..];
        match rest.as_bytes() {
            [b'{', b'{', b'{', next, ..] if *next != b'{' => self.begin(Kind::Parameter, 3, rest),
            [b'{', b'{', ..] => self.begin(Kind::Template, 2, rest),
            [b'}', b'}', b'}', ..] if self.top() == Some(Kind::Parameter) => self.end(Kind::Parameter, 3),
            [b'}', b'}', ..] => self.end(Kind::Template, 2),
            [b'[', b'[', ..] => self.begin(Kind::Link, 2, rest),
            [b'[', ..] if is_address(&rest[1..]) => self.begin(Kind::External, 1, rest),
            [b']', ..] if self.top() == Some(Kind::External) => self.end(Kind::External, 1),
            [b']', b']', ..] => self.end(Kind::Link, 2),
            [b'|', ..] => self.part(),
            [b'\'', b'\'', ..] => self.quotes(rest),
            [b'_', b'_', ..] => self.magic_word(rest),
            [b'<', ..] => self.tag(at),
            [b'\n', ..] => self.line_end(rest),
            _ => self.literal(rest, 1),
        }
    }

    fn literal(&mut self, rest: &str, length: usize) -> usize {
        self.out.push_str(&rest[..length]);
        length
    }

    fn top(&self) -> Option<Kind> {
        self.open.last().map(|open| open.kind)
    }

    fn begin(&mut self, kind: Kind, length: usize, rest: &str) -> usize {
        if self.open.len() == MAX_OPEN {
            return self.literal(rest, length);
        }
        let start = self.out.len();
        self.out.push_str(&rest[..length]);
        self.open.push(Open { kind, start, parts: vec![self.out.len()] });
        length
    }

    fn part(&mut self) -> usize {
        self.out.push('|');
        let end = self.out.len();
        if let Some(open) = self.open.last_mut()
            && open.parts.len() < MAX_PARTS
        {
            open.parts.push(end);
        }
        1
    }

    /// Closes the innermost mark of that kind with those that were left open in it; a mark that closes nothing is
    /// dropped.
    fn end(&mut self, kind: Kind, length: usize) -> usize {
        // A link does not reach out of the template that it stands in.
        let reach = self
            .open
            .iter()
            .rposition(|open| open.kind == kind || (kind == Kind::Link && open.kind == Kind::Template));
        let Some(index) = reach.filter(|index| self.open[*index].kind == kind) else { return length };
        let open = self.open.swap_remove(index);
        self.open.truncate(index);
        let inner = Inner { text: &self.out, parts: &open.parts };
        let replacement = match kind {
            Kind::Template => {
                // What stands before it is looked at no further than blanks may reach.
                let leads =
                    index == 0 && open.start < MOST_BLANKS && self.out[..open.start].trim().is_empty();
                if leads && self.page.date.is_none() {
                    self.page.date = template::date(&inner);
                }
                template::text(&inner)
            }
            Kind::Parameter => inner.get(1).unwrap_or_default().to_owned(),
            Kind::Link => match link::read(&inner, self.wiki) {
                Link::Text(text) => text,
                Link::Category(name) => {
                    self.page.categories.push(name);
                    String::new()
                }
            },
            Kind::External => inner.whole().split_once(char::is_whitespace).unwrap_or_default().1.to_owned(),
        };
        self.out.truncate(open.start);
        self.out.push_str(&replacement);
        // A gallery that began inside the mark goes on behind it.
        self.gallery = self.gallery.map(|line| line.min(open.start));
        length
    }

    fn quotes(&mut self, rest: &str) -> usize {
        let run = rest.bytes().take_while(|byte| *byte == b'\'').count();
        let kept = match run {
            4 => 1,
            0..=5 => 0,
            6.. => run - 5,
        };
        self.literal(rest, kept);
        run
    }

    fn magic_word(&mut self, rest: &str) -> usize {
        let word = rest[2..].find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len() - 2);
        let is_word = word > 0 && rest[2 + word..].starts_with("__");
        let is_upper = rest[2..2 + word].chars().all(char::is_uppercase);
        if is_word && is_upper { word + 4 } else { self.literal(rest, 2) }
    }

    /// At the end of a paragraph links are given up that were never closed.
    fn line_end(&mut self, rest: &str) -> usize {
        if let Some(start) = self.gallery {
            self.caption(start);
        }
        self.out.push('\n');
        self.gallery = self.gallery.map(|_| self.out.len());
        if rest[1..].starts_with(['\n', '=']) {
            while matches!(self.top(), Some(Kind::Link | Kind::External)) {
                self.open.pop();
            }
        }
        1
    }

    /// Of a line of a gallery, `File:name|caption`, the caption stays.
    fn caption(&mut self, start: usize) {
        if self.open.last().is_some_and(|open| open.start >= start) {
            return;
        }
        let line = self.out.get(start..).unwrap_or_default();
        let caption = line.split_once('|').map(|(_, caption)| caption.to_owned());
        self.out.truncate(start);
        self.out.push_str(&caption.unwrap_or_default());
    }

    fn tag(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        if rest.starts_with("<!--") {
            return self.comment(at);
        }
        let Some(tag) = tags::read(rest) else { return self.literal(rest, 1) };
        let content = at + tag.length;
        match tag.action {
            Action::Inline => {}
            Action::Line => self.out.push(lines::BREAK),
            Action::Block => self.out.push_str("\n\n"),
            Action::Gallery => {
                self.out.push_str("\n\n");
                self.gallery = tag.opens.then_some(self.out.len());
            }
            Action::Drop | Action::Raw if !tag.opens => {}
            Action::Drop | Action::Raw => {
                let Some(close) = self.ends.close(tag.name, content) else { return tag.length };
                if tag.action == Action::Raw {
                    self.out.push_str(&self.source[content..close.start]);
                }
                return close.end - at;
            }
        }
        tag.length
    }

    /// A comment that is alone on its line goes with the line.
    fn comment(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        let Some(end) = self.ends.comment(at) else { return self.literal(rest, 4) };
        let alone = self.out.ends_with('\n') && self.source[end..].starts_with('\n');
        end - at + usize::from(alone)
    }
}

/// The next byte that may begin a mark.
fn next_mark(bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .position(|byte| matches!(byte, b'{' | b'}' | b'[' | b']' | b'|' | b'\'' | b'_' | b'<' | b'\n'))
}

fn is_address(text: &str) -> bool {
    const SCHEMES: &[&str] = &["http://", "https://", "//", "mailto:", "ftp://", "news:", "irc://"];
    SCHEMES.iter().any(|scheme| starts_with_ignoring_case(text, scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        page(source, &Wiki::default()).text
    }

    #[test]
    fn wikitext_becomes_text() {
        for (source, expected) in [
            ("'''Bold''', ''italic'' and '''''both'''''.", "Bold, italic and both."),
            ("L'''Italie''' and 5' 3\"", "LItalie and 5' 3\""),
            ("[[Bus|buses]] and [[train]]s, [[:Category:X]]", "buses and trains, Category:X"),
            ("[[Foo (bar)|]] [[A#B]] [[w:Port|port]] [[wikt:quay]]", "Foo A#B port quay"),
            ("See [http://x.example the site] and [https://y.example].", "See the site and ."),
            ("a{{cite web|url=x|title={{nowrap|y}}}} b", "a b"),
            ("{{lang|fr|mot}} {{nowrap|5 km}} {{convert|10|km|mi}}", "mot 5 km 10 km"),
            ("{{#if:x|y|z}}a{{{1|b}}}{{{2}}}", "ab"),
            ("a<ref>note</ref> b<ref name=\"x\" /> c<ref name=y>{{cite}}</ref>d", "a b cd"),
            ("<nowiki>[[a]] ''b''</nowiki>", "[[a]] ''b''"),
            ("a <!-- [[ {{ --> b\n<!-- alone -->\nc", "a b c"),
            (
                "== One ==\ntext\n=== Two ===\nmore\n== References ==\n<references />",
                "One\n\ntext\n\nTwo\n\nmore",
            ),
            ("* a\n** b\n# c\n; d : e\n:f\n\ng", "a\nb\nc\nd : e\nf\n\ng"),
            ("__TOC__ __NOEDITSECTION__x __y__", "x __y__"),
            ("[[File:a.jpg|thumb|200px|alt=x|A [[b|c]] d]]e", "A c d\n\ne"),
            ("[[File:a.jpg|thumb]]e", "e"),
            ("<gallery>\nFile:a.jpg|one [[x|y]]\nFile:b.jpg\n</gallery>z", "one y\n\nz"),
            (
                "{| class=\"wikitable\"\n|+ Cap\n! A !! B\n|-\n| style=\"x\" | 1 || [[a|2]]\n|}\nend",
                "Cap\nA | B\n1 | 2\n\nend",
            ),
            ("one\ntwo\n\nthree<br/>four", "one two\n\nthree\nfour"),
            ("a &amp; b&nbsp;c &lt;x&gt;", "a & b c <x>"),
            ("<math>a<b</math>x <span style=\"y\">z</span> a < b", "x z a < b"),
            ("[[de:Hafen]]\n[[zh-yue:X]]text", "text"),
        ] {
            assert_eq!(text(source), expected, "{source}");
        }
    }

    #[test]
    fn what_is_never_closed_stays_text() {
        for (source, expected) in [
            ("a {{b c", "a {{b c"),
            ("a [[b c\n\nd [[e]]", "a [[b c\n\nd e"),
            ("a }} b ]] c", "a b c"),
            ("a <ref>b", "a b"),
            ("a <!-- b", "a <!-- b"),
            ("{{a [[b }} c ]] d", "c d"),
            ("{| \n| a", "a"),
        ] {
            assert_eq!(text(source), expected, "{source}");
        }
    }

    #[test]
    fn letters_of_several_bytes_stand_anywhere() {
        for length in 250..260 {
            let before = "a".repeat(length) + "日é";
            assert_eq!(text(&format!("{before}{{{{x}}}} b")), format!("{before} b"));
        }
    }

    #[test]
    fn categories_and_the_leading_date_are_values() {
        let page = page(
            "{{date|November 22, 2005}}\n{{byline|location=Perth}}Text [[Category:Ships|*]] {{date|May 1, 2001}}\n[[category:the_sea]]",
            &Wiki::default(),
        );
        assert_eq!(page.date.as_deref(), Some("November 22, 2005"));
        assert_eq!(page.categories, ["Ships", "the sea"]);
        assert_eq!(page.text, "Text");
    }

    #[test]
    fn open_marks_take_linear_time() {
        for mark in [
            "{{", "[[", "{{{", "[http://", "<ref>", "<!--", "{|\n|", "{{a|", "[[a|", "'", "_", "[[a|b]]",
            "}}", "<b", "=", "* ",
        ] {
            text(&mark.repeat(200_000));
        }
        let nested = "[[a|x".repeat(100_000) + &"]]".repeat(100_000);
        text(&nested);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(source in "(\\{\\{|\\}\\}|\\[\\[|\\]\\]|\\||\n|=|<ref>|</ref>|<gallery>|</gallery>|File:|'|\\{\\||\\|\\}|-|é|a| |\\PC){0,60}") {
            text(&source);
        }
    }
}
