//! The header and the blocks of AsciiDoc (docs.asciidoctor.org): attributes, sections, delimited blocks, lists, tables.
//! Line by line, without a tree.

use super::inline::{self, Attributes, MAX_VALUE};
use crate::reader::flow::{Flow, Gap};

/// A text and what it states about itself.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    /// The title that leads it.
    pub(super) title: Option<String>,
    /// The line of authors below the title.
    pub(super) authors: Option<&'a str>,
    /// The line below it: version, date, remark.
    pub(super) revision: Option<&'a str>,
    /// Attributes of the header, by name, as written.
    pub(super) values: Vec<(&'a str, String)>,
    /// The text.
    pub(super) body: String,
}

/// Blocks whose lines stand as they are.
const VERBATIM: &[&str] = &["----", "....", "```"];

/// Blocks that are no text of the article: comments, and what is passed to the output unread.
const DROPPED: &[&str] = &["////", "++++"];

/// Lines that begin or end a block of text.
const TEXT_BLOCKS: &[&str] = &["====", "****", "____", "--", "'''", "---", "***", "<<<", "- - -", "* * *"];

/// Block macros of which the first part in the brackets is shown.
const PICTURES: &[&str] = &["image", "video", "audio"];

/// Attributes of a longer text stay names, in bytes: it was made to grow.
const MOST_EXPANDED: usize = 1 << 20;

/// Reads a text.
pub(super) fn read(source: &str) -> Document<'_> {
    let mut blocks = Blocks {
        lines: source.lines().map(str::trim_end).collect(),
        at: 0,
        attributes: Attributes::new(),
        flow: Flow::default(),
        document: Document::default(),
        paragraph: String::new(),
        in_table: false,
        expands: source.len() <= MOST_EXPANDED,
    };
    blocks.header();
    while blocks.at < blocks.lines.len() {
        blocks.block();
    }
    blocks.end_paragraph(Gap::Paragraph);
    Document { body: blocks.flow.into_text(), ..blocks.document }
}

struct Blocks<'a> {
    lines: Vec<&'a str>,
    at: usize,
    attributes: Attributes,
    flow: Flow,
    document: Document<'a>,
    paragraph: String,
    in_table: bool,
    /// Whether attributes are replaced by their values.
    expands: bool,
}

impl<'a> Blocks<'a> {
    fn line(&self, ahead: usize) -> &'a str {
        self.lines.get(self.at + ahead).copied().unwrap_or_default()
    }

    /// Title, line of authors, line of revision, attributes; it ends with the first line that is none of them.
    fn header(&mut self) {
        while self.at < self.lines.len() {
            let line = self.line(0);
            if line.is_empty() && self.document.title.is_none()
                || line.starts_with("//") && !line.starts_with("////")
            {
                self.at += 1;
            } else if let Some((name, value)) = attribute(line) {
                self.entry(name, value, true);
            } else if let Some(title) = line.strip_prefix("= ").filter(|_| self.document.title.is_none()) {
                self.at += 1;
                self.document.title = Some(inline::text(title.trim(), &self.attributes));
                self.below_title();
            } else {
                return;
            }
        }
    }

    fn below_title(&mut self) {
        if !is_authors(self.line(0)) {
            return;
        }
        self.document.authors = Some(self.line(0));
        self.at += 1;
        if is_revision(self.line(0)) {
            self.document.revision = Some(self.line(0));
            self.at += 1;
        }
    }

    /// An attribute; a `\` at the end of a line goes on in the next one.
    fn entry(&mut self, name: &'a str, value: &str, in_header: bool) {
        self.at += 1;
        let mut value = value.to_owned();
        while let Some(rest) = value.strip_suffix(" \\") {
            value.truncate(rest.len());
            let more = self.line(0).trim();
            if !more.is_empty() {
                value.push(' ');
                value.push_str(more);
                self.at += 1;
            }
        }
        if value.len() <= MAX_VALUE && self.expands {
            self.attributes.insert(name.to_lowercase(), value.clone());
        }
        if in_header && !value.is_empty() {
            self.document.values.push((name, value));
        }
    }

    fn block(&mut self) {
        let line = self.line(0);
        let begins = self.paragraph.is_empty();
        if line.is_empty() {
            self.end_paragraph(if self.in_table { Gap::Line } else { Gap::Paragraph });
            self.at += 1;
        } else if let Some(fence) = fence(line, VERBATIM) {
            self.verbatim(fence);
        } else if is_fence(line, DROPPED) {
            self.skip_to(line);
        } else if is_fence(line, TEXT_BLOCKS) && !(self.is_one_line() && self.underlines(line)) {
            self.end_paragraph(Gap::Paragraph);
            self.at += 1;
        } else if matches!(line, "|===" | "!===" | ",===" | ":===") {
            self.end_paragraph(Gap::Paragraph);
            self.in_table = !self.in_table;
            self.at += 1;
        } else if self.in_table {
            self.row(line);
            self.at += 1;
        } else if is_fence(line, &["====", "~~~~", "^^^^"]) && self.is_one_line() && self.underlines(line) {
            self.end_paragraph(Gap::Paragraph);
            self.at += 1;
        } else if let Some(heading) = heading(line).filter(|_| begins) {
            self.heading(heading);
        } else if let Some((name, value)) = attribute(line).filter(|_| begins) {
            self.entry(name, value, false);
        } else if self.passed_over(line) {
            self.at += 1;
        } else if let Some(shown) = block_macro(line) {
            self.end_paragraph(Gap::Paragraph);
            self.flow.words(&inline::text(shown, &self.attributes));
            self.flow.break_at(Gap::Paragraph);
            self.at += 1;
        } else {
            self.text(line);
            self.at += 1;
        }
    }

    /// Whether the paragraph so far is one line, which a line below it can make a title.
    fn is_one_line(&self) -> bool {
        !self.paragraph.is_empty() && !self.paragraph.contains('\n')
    }

    fn underlines(&self, line: &str) -> bool {
        line.len().abs_diff(self.paragraph.chars().count()) <= 1
    }

    /// Comments, attributes of blocks, anchors, marks that join the items of a list.
    fn passed_over(&mut self, line: &str) -> bool {
        let is_attributes = line.starts_with('[') && line.ends_with(']') && self.paragraph.is_empty();
        let passed = line.starts_with("//") || line == "+" || (is_attributes && !line.contains("]:"));
        if passed && line == "+" {
            self.end_paragraph(Gap::Line);
        }
        passed
    }

    fn heading(&mut self, heading: &str) {
        self.end_paragraph(Gap::Paragraph);
        self.at += 1;
        let heading = inline::text(heading, &self.attributes);
        if self.flow.is_empty() && self.document.title.is_none() {
            self.document.title = Some(heading);
            return;
        }
        self.flow.break_at(Gap::Paragraph);
        self.flow.words(&heading);
        self.flow.break_at(Gap::Paragraph);
    }

    fn text(&mut self, line: &str) {
        let content = line.trim_start();
        let title = content.strip_prefix('.').filter(|title| !title.starts_with([' ', '.']));
        if let Some(title) = title.filter(|_| self.paragraph.is_empty()) {
            self.paragraph.push_str(title);
            self.end_paragraph(Gap::Paragraph);
        } else if let Some(mark) = item(content) {
            self.end_paragraph(Gap::Line);
            self.flow.break_at(Gap::Line);
            self.add(&content[mark..]);
        } else if let Some((term, definition)) = described(content) {
            self.end_paragraph(Gap::Line);
            self.flow.break_at(Gap::Line);
            self.add(term);
            self.end_paragraph(Gap::Line);
            self.add(definition);
        } else {
            self.add(content);
        }
    }

    fn add(&mut self, content: &str) {
        let content = content.trim();
        if !self.paragraph.is_empty() && !content.is_empty() {
            self.paragraph.push('\n');
        }
        match content.strip_suffix(" +") {
            Some(line) => {
                self.paragraph.push_str(line);
                self.end_paragraph(Gap::Line);
            }
            None => self.paragraph.push_str(content),
        }
    }

    fn end_paragraph(&mut self, gap: Gap) {
        let paragraph = std::mem::take(&mut self.paragraph);
        if !paragraph.is_empty() {
            self.flow.words(&inline::text(&paragraph, &self.attributes));
        }
        self.flow.break_at(gap);
    }

    fn verbatim(&mut self, fence: &str) {
        self.end_paragraph(Gap::Paragraph);
        self.flow.break_at(Gap::Paragraph);
        self.at += 1;
        while self.at < self.lines.len() && self.line(0) != fence {
            self.flow.verbatim(self.line(0));
            self.flow.verbatim("\n");
            self.at += 1;
        }
        self.at += 1;
        self.flow.break_at(Gap::Paragraph);
    }

    fn skip_to(&mut self, fence: &str) {
        self.end_paragraph(Gap::Paragraph);
        self.at += 1;
        while self.at < self.lines.len() && self.line(0) != fence {
            self.at += 1;
        }
        self.at += 1;
    }

    /// A line of a table: cells behind `|`; a line with one cell goes on with the row, one with more is a row.
    fn row(&mut self, line: &str) {
        let mut cells = line.split('|');
        let before = cells.next().unwrap_or_default();
        let cells: Vec<&str> = cells.collect();
        if cells.is_empty() {
            self.flow.break_at(Gap::Blank);
            self.flow.words(&inline::text(line.trim(), &self.attributes));
            return;
        }
        // `2+|` and `a|` say how the cell behind them is read.
        let before = before.trim();
        if !before.is_empty() && !is_cell_style(before) {
            self.flow.words(&inline::text(before, &self.attributes));
        }
        self.flow.break_at(if cells.len() > 1 { Gap::Line } else { Gap::Cell });
        let last = cells.len() - 1;
        for (number, cell) in cells.into_iter().enumerate() {
            let cell = if number == last { cell } else { without_style(cell) };
            self.flow.words(&inline::text(cell.trim(), &self.attributes));
            self.flow.break_at(Gap::Cell);
        }
    }
}

/// `:name: value`, `:name!:`.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix(':')?.split_once(':')?;
    let name = name.trim_matches('!');
    let is_name =
        (1..=60).contains(&name.len()) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let separated = value.is_empty() || value.starts_with(' ');
    (is_name && separated).then(|| (name, value.trim_start()))
}

/// Names of at most three words, each perhaps with an address: `Ann M. Lee <a@x.example>; Bob Ray`.
fn is_authors(line: &str) -> bool {
    let is_author = |author: &str| {
        let name = author.split('<').next().unwrap_or_default().trim();
        let words = name.split_whitespace();
        words.clone().count() <= 3
            && words.clone().all(|word| {
                word.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '\'' | '’'))
            })
            && name.starts_with(char::is_alphabetic)
    };
    !line.is_empty() && line.split(';').map(str::trim).filter(|author| !author.is_empty()).all(is_author)
}

/// `v1.2, 2013-05-20: remark`, `1.2, May 20, 2013`, `2013-05-20`.
fn is_revision(line: &str) -> bool {
    let version = line.strip_prefix('v').unwrap_or(line);
    version.starts_with(|c: char| c.is_ascii_digit())
}

/// The text of a section's title, of any level but the first.
fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(['=', '#']);
    let level = line.len() - rest.len();
    let heading = rest.strip_prefix(' ')?.trim();
    ((1..=6).contains(&level) && !heading.is_empty()).then_some(heading)
}

/// The end of the block that a line begins: the same line; of a block of code with a language only its mark.
fn fence<'l>(line: &'l str, kinds: &[&str]) -> Option<&'l str> {
    if line.starts_with("```")
        && line[3..].chars().all(|c| c.is_alphanumeric() || matches!(c, ',' | '-' | '+'))
    {
        return Some(&line[..3]);
    }
    is_fence(line, kinds).then_some(line)
}

/// Whether a line is one of `kinds`; one of four characters may be longer.
fn is_fence(line: &str, kinds: &[&str]) -> bool {
    let is_kind = |kind: &&str| match line.strip_prefix(kind) {
        Some("") => true,
        Some(rest) => kind.len() == 4 && rest.chars().all(|c| kind.starts_with(c)),
        None => false,
    };
    kinds.iter().any(is_kind)
}

/// What is shown of `name::target[text]` alone on its line; nothing of most.
fn block_macro(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once("::")?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let (target, label) = rest.strip_suffix(']')?.split_once('[')?;
    if !is_name || target.contains(' ') {
        return None;
    }
    let first = label.split(',').next().unwrap_or_default();
    let is_shown = PICTURES.contains(&name) && !first.contains('=');
    Some(if is_shown { first.trim_matches('"') } else { "" })
}

/// The length of the mark of a list item.
fn item(content: &str) -> Option<usize> {
    let (mark, _) = content.split_once(' ')?;
    let repeated = |c: char| mark.len() <= 6 && mark.chars().all(|other| other == c);
    let number =
        mark.strip_suffix('.').or_else(|| mark.strip_prefix('<').and_then(|mark| mark.strip_suffix('>')));
    let is_number = number.is_some_and(|number| {
        (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    let length = mark.len() + 1;
    let checked = ["[ ] ", "[x] ", "[*] "].iter().any(|box_| content[length..].starts_with(box_));
    (mark == "-" || mark == "•" || repeated('*') || repeated('.') || is_number).then_some(if checked {
        length + 4
    } else {
        length
    })
}

/// `term:: definition`.
fn described(content: &str) -> Option<(&str, &str)> {
    let (term, definition) = content.split_once("::").or_else(|| content.split_once(";;"))?;
    let definition = definition.trim_start_matches(':');
    let separated = definition.is_empty() || definition.starts_with(' ');
    (separated && !term.trim().is_empty()).then(|| (term, definition.trim()))
}

/// How a cell is read: `2+`, `.3+^`, `a`, `^.>s` (Asciidoctor, "Cell specifiers").
fn is_cell_style(text: &str) -> bool {
    let is_style =
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'*' | b'<' | b'>' | b'^'));
    let body = text.strip_suffix(['a', 'e', 'h', 'l', 'm', 's', 'v', 'd']).unwrap_or(text);
    text.len() <= 10
        && (body.is_empty()
            || (is_style || body.len() < text.len()) && body.ends_with(['+', '*', '<', '>', '^']))
}

/// A cell without the style of the next one at its end.
fn without_style(cell: &str) -> &str {
    match cell.rsplit_once(' ') {
        Some((text, style)) if !style.is_empty() && is_cell_style(style) => text,
        Some(_) | None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_paragraphs() {
        for (source, expected) in [
            ("one\ntwo\n\nthree +\nfour", "one two\n\nthree\nfour"),
            ("a\n\n== Part\n\nb\n\n.Title\n----\nx  = 1\n----\nc", "a\n\nPart\n\nb\n\nTitle\n\nx  = 1\n\nc"),
            ("a\n\nOld part\n--------\n\nb", "a\n\nOld part\n\nb"),
            ("* a\n** b\n+\nmore\n\n. c\n. d", "a\nb\nmore\n\nc\nd"),
            ("Term:: its meaning\nOther::\n  more", "Term\nits meaning\nOther\nmore"),
            ("[NOTE]\n====\nMind it.\n====\n\nTIP: and this", "Mind it.\n\nTIP: and this"),
            ("[quote,Ann]\n____\nSo be it.\n____", "So be it."),
            ("a\n\n////\nhidden\n////\n\n++++\n<b>raw</b>\n++++\n// no\nb", "a\n\nb"),
            ("image::x.png[The quay,300]\n\ninclude::y.adoc[]\n\nb", "The quay\n\nb"),
            ("|===\n|a 2+|b\n\n|4 m\n2+|d *e*\n|===\nf", "a | b\n4 m | d e\n\nf"),
            ("a\n\n:port: Perth\n\nTo {port}.", "a\n\nTo Perth."),
            ("a\n\n```rust\nlet x;\n```\nb", "a\n\nlet x;\n\nb"),
        ] {
            let source = format!("= T\n\n{source}");
            assert_eq!(read(&source).body, expected, "{source}");
        }
    }

    #[test]
    fn headers_are_read() {
        let document = read(
            "// note\n:page-tags: a, b\n= The *Port*\nAnn M. Lee <a@x.example>; Bob Ray\nv1.0, 2019-05-17: first\n:keywords: c, \\\n  d\n\nText.",
        );
        assert_eq!(document.title.as_deref(), Some("The Port"));
        assert_eq!(document.authors, Some("Ann M. Lee <a@x.example>; Bob Ray"));
        assert_eq!(document.revision, Some("v1.0, 2019-05-17: first"));
        assert_eq!(document.values, [("page-tags", "a, b".to_owned()), ("keywords", "c, d".to_owned())]);
        assert_eq!(document.body, "Text.");
        let bare = read("= T\nThis is a sentence, no author.\n");
        assert_eq!((bare.authors, bare.body.as_str()), (None, "This is a sentence, no author."));
    }

    #[test]
    fn hostile_blocks_take_linear_time() {
        for line in [
            "----\n",
            "|===\n|a|b\n",
            "a::\n",
            "* a\n",
            ":a: b\n",
            ":a: b \\\n",
            "= a\n",
            "[a]\n",
            "a\n====\n",
            "a|",
        ] {
            read(&line.repeat(50_000));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(source in "(= |== |----|====|\\|===|\\||\n|\n|:a: |\\* |::|\\[|\\]|```|é|a| |\\PC){0,60}") {
            read(&source);
        }
    }
}
