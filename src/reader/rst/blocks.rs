//! The blocks of reStructuredText (docutils, "reStructuredText Markup Specification"): titles, fields, directives,
//! lists, tables, literal text. Line by line, without a tree: what is indented below a mark is read like any text.

use super::directives::{self, Keep};
use super::inline::{self, Substitutions};
use crate::reader::flow::{Flow, Gap};

/// A text and what it states about itself.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    /// The title that leads it.
    pub(super) title: Option<String>,
    /// Its fields and values, by name, as written.
    pub(super) values: Vec<(&'a str, String)>,
    /// The text.
    pub(super) body: String,
}

/// The most bytes of a text that stands for a name.
const MAX_SUBSTITUTION: usize = 200;

/// How far ahead the end of a table is looked for, in lines.
const MAX_ROWS: usize = 200;

/// Substitutions in a longer text stay names, in bytes: it was made to grow.
const MOST_EXPANDED: usize = 1 << 20;

/// Reads a text.
pub(super) fn read(source: &str) -> Document<'_> {
    let lines: Vec<&str> = source.lines().map(str::trim_end).collect();
    let mut blocks = Blocks {
        substitutions: if source.len() <= MOST_EXPANDED {
            substitutions(&lines)
        } else {
            Substitutions::new()
        },
        lines,
        at: 0,
        flow: Flow::default(),
        document: Document::default(),
        paragraph: String::new(),
        indent: None,
        literal: None,
        row: Vec::new(),
        in_head: true,
    };
    while blocks.at < blocks.lines.len() {
        blocks.block();
    }
    blocks.end_paragraph(Gap::Paragraph);
    Document { body: blocks.flow.into_text(), ..blocks.document }
}

/// What `.. |name| replace:: text` defines, anywhere in the text.
fn substitutions(lines: &[&str]) -> Substitutions {
    let definition = |line: &&str| {
        let (name, rest) = line.trim_start().strip_prefix(".. |")?.split_once("| ")?;
        let text = rest.trim_start().strip_prefix("replace::")?.trim();
        (text.len() <= MAX_SUBSTITUTION).then(|| (name.to_lowercase(), text.to_owned()))
    };
    lines.iter().filter_map(definition).collect()
}

/// What the options of a directive are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Options {
    /// Remarks on how it looks.
    Dropped,
    /// Values of the text.
    Values,
}

struct Blocks<'a> {
    lines: Vec<&'a str>,
    at: usize,
    substitutions: Substitutions,
    flow: Flow,
    document: Document<'a>,
    paragraph: String,
    /// How far the paragraph is indented, when that is known.
    indent: Option<usize>,
    /// A paragraph with `::` at its end was read at this indent.
    literal: Option<usize>,
    /// The row of a table that is being read.
    row: Vec<String>,
    /// Whether there were only title, fields and comments so far.
    in_head: bool,
}

impl<'a> Blocks<'a> {
    fn line(&self, ahead: usize) -> &'a str {
        self.lines.get(self.at + ahead).copied().unwrap_or_default()
    }

    fn block(&mut self) {
        let line = self.line(0);
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if content.is_empty() {
            self.end_paragraph(Gap::Paragraph);
            self.at += 1;
            return;
        }
        if let Some(base) = self.literal.take_if(|base| indent > *base) {
            return self.verbatim(base);
        }
        let begins = self.paragraph.is_empty();
        let was_read = begins && (self.title() || self.table(content));
        if was_read {
            return;
        }
        if content == ".." || content.starts_with(".. ") {
            self.end_paragraph(Gap::Paragraph);
            return self.explicit(content.trim_start_matches('.').trim_start(), indent);
        }
        let is_field = begins && self.in_head && self.docinfo(content, indent);
        if is_field {
            return;
        }
        // A target without a name, `__ http://…`, is no text.
        if !content.starts_with("__ ") {
            self.text(content, indent);
        }
        self.at += 1;
    }

    /// A line of a paragraph, item or field.
    fn text(&mut self, content: &str, indent: usize) {
        self.literal = None;
        if self.indent.is_some_and(|known| known != indent) || content.starts_with("| ") {
            self.end_paragraph(Gap::Line);
        }
        let item = item(content);
        match item {
            Some(mark) if self.paragraph.is_empty() || self.indent.is_none() => {
                self.end_paragraph(Gap::Line);
                self.flow.break_at(Gap::Line);
                self.add(&content[mark..]);
                self.indent = Some(indent + mark);
            }
            Some(_) | None => {
                self.add(content);
                self.indent = Some(indent);
            }
        }
    }

    fn add(&mut self, content: &str) {
        if !self.paragraph.is_empty() {
            self.paragraph.push('\n');
        }
        self.paragraph.push_str(content);
    }

    fn end_paragraph(&mut self, gap: Gap) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let indent = self.indent.take();
        if paragraph.is_empty() {
            self.flow.break_at(gap);
            return;
        }
        self.in_head = false;
        let mut text = paragraph.as_str();
        if let Some(rest) = text.strip_suffix("::") {
            self.literal = indent.or(Some(0));
            text = if rest.is_empty() || rest.ends_with(char::is_whitespace) {
                rest
            } else {
                &text[..text.len() - 1]
            };
        }
        self.flow.words(&inline::text(text, &self.substitutions));
        self.flow.break_at(gap);
    }

    /// An indented block as it stands.
    fn verbatim(&mut self, base: usize) {
        self.end_paragraph(Gap::Paragraph);
        self.flow.break_at(Gap::Paragraph);
        let first = indent_of(self.line(0));
        while self.at < self.lines.len() {
            let line = self.line(0);
            if !line.is_empty() && indent_of(line) <= base {
                break;
            }
            self.flow.verbatim(line.get(first.min(indent_of(line))..).unwrap_or_default());
            self.flow.verbatim("\n");
            self.at += 1;
        }
        self.in_head = false;
        self.flow.break_at(Gap::Paragraph);
    }

    /// A title with a line below it, and perhaps one above it; or a line between paragraphs.
    fn title(&mut self) -> bool {
        let (first, second, third) = (self.line(0), self.line(1), self.line(2));
        let over = adornment(first);
        if over.is_some() && over == adornment(third) && adornment(second).is_none() && !second.is_empty() {
            self.at += 3;
            self.heading(second);
        } else if over.is_some() && second.is_empty() && first.len() >= 4 {
            self.at += 1;
            self.flow.break_at(Gap::Paragraph);
        } else if over.is_none() && indent_of(first) == 0 && is_underline(second, first) {
            self.at += 2;
            self.heading(first);
        } else {
            return false;
        }
        true
    }

    fn heading(&mut self, title: &str) {
        let title = inline::text(title.trim(), &self.substitutions);
        if self.in_head && self.document.title.is_none() && self.flow.is_empty() {
            self.document.title = Some(title);
            return;
        }
        self.in_head = false;
        self.flow.break_at(Gap::Paragraph);
        self.flow.words(&title);
        self.flow.break_at(Gap::Paragraph);
    }

    /// A field of the head, `:name: value`, with the indented lines below it.
    fn docinfo(&mut self, content: &'a str, indent: usize) -> bool {
        let Some((name, value)) = field(content) else { return false };
        self.at += 1;
        let value = self.with_indented(value, indent);
        self.document.values.push((name, value));
        true
    }

    /// A value with the indented lines below it.
    fn with_indented(&mut self, first: &str, indent: usize) -> String {
        let mut value = first.to_owned();
        while !self.line(0).is_empty() && indent_of(self.line(0)) > indent {
            value.push(' ');
            value.push_str(self.line(0).trim());
            self.at += 1;
        }
        value
    }

    /// What stands behind `..`: a note, a target, a directive, a comment.
    fn explicit(&mut self, content: &'a str, indent: usize) {
        self.at += 1;
        if let Some(note) = content.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
            self.add(note.1);
        } else if content.starts_with(['_', '|']) {
            self.skip_indented(indent);
        } else if let Some((name, argument)) = directive(content) {
            self.directive(name, argument, indent);
        } else {
            self.comment(content, indent);
        }
    }

    /// The values of Nikola stand in comments at the head: `.. title: The port`.
    fn comment(&mut self, content: &'a str, indent: usize) {
        let value = content.split_once(':').filter(|(name, _)| is_name(name));
        match value {
            Some((name, value)) if self.in_head && self.flow.is_empty() => {
                self.document.values.push((name, value.trim().to_owned()));
            }
            Some(_) | None => self.skip_indented(indent),
        }
    }

    fn directive(&mut self, name: &'a str, argument: &str, indent: usize) {
        match directives::keep(name) {
            Keep::Nothing => self.skip_indented(indent),
            Keep::All => {
                self.options(indent, Options::Dropped);
                self.add(argument);
            }
            Keep::Content => {
                self.options(indent, Options::Dropped);
                self.flow.break_at(Gap::Paragraph);
            }
            Keep::Lines => {
                self.options(indent, Options::Dropped);
                self.literal = Some(indent);
            }
            Keep::Title => self.document.title = Some(argument.to_owned()),
            Keep::Value => self.document.values.push((name, argument.to_owned())),
            Keep::Values => self.options(indent, Options::Values),
            Keep::Post => {
                self.document.values.push(("date", argument.to_owned()));
                self.options(indent, Options::Values);
            }
        }
    }

    /// Passes over the options of a directive, `:name: value` lines.
    fn options(&mut self, indent: usize, options: Options) {
        while indent_of(self.line(0)) > indent
            && let Some((name, value)) = field(self.line(0).trim_start())
        {
            let depth = indent_of(self.line(0));
            self.at += 1;
            let value = self.with_indented(value, depth);
            if options == Options::Values {
                // `:description lang=en:` is a description.
                let name = name.split(' ').next().unwrap_or(name);
                self.document.values.push((name, value));
            }
        }
    }

    fn skip_indented(&mut self, indent: usize) {
        while self.at < self.lines.len() && (self.line(0).is_empty() || indent_of(self.line(0)) > indent) {
            self.at += 1;
        }
        self.flow.break_at(Gap::Paragraph);
    }

    /// A table: within lines of `+`, `-` and `|`, or below a line of `=` with gaps.
    fn table(&mut self, content: &'a str) -> bool {
        if is_grid(content) {
            self.grid();
        } else if let Some(columns) = columns(self.line(0)).filter(|_| self.table_ends()) {
            self.simple_table(&columns);
        } else {
            return false;
        }
        self.in_head = false;
        self.end_row();
        self.flow.break_at(Gap::Paragraph);
        true
    }

    fn grid(&mut self) {
        self.flow.break_at(Gap::Paragraph);
        loop {
            let line = self.line(0).trim_start();
            let inner = line.strip_prefix('|').map(|line| line.strip_suffix('|').unwrap_or(line));
            match inner {
                Some(cells) => self.add_cells(cells.split('|')),
                None if is_grid(line) => self.end_row(),
                None => return,
            }
            self.at += 1;
        }
    }

    fn add_cells<'c>(&mut self, cells: impl Iterator<Item = &'c str> + Clone) {
        let count = cells.clone().count();
        if self.row.len() != count {
            self.end_row();
            self.row.resize(count, String::new());
        }
        for (place, cell) in self.row.iter_mut().zip(cells) {
            if !place.is_empty() {
                place.push(' ');
            }
            place.push_str(cell.trim());
        }
    }

    fn end_row(&mut self) {
        self.flow.break_at(Gap::Line);
        for cell in std::mem::take(&mut self.row) {
            self.flow.words(&inline::text(cell.trim(), &self.substitutions));
            self.flow.break_at(Gap::Cell);
        }
        self.flow.break_at(Gap::Line);
    }

    /// Whether the border of a simple table is followed by its last one.
    fn table_ends(&self) -> bool {
        (1..MAX_ROWS).any(|ahead| columns(self.line(ahead)).is_some() && self.line(ahead + 1).is_empty())
    }

    /// Ends at a border that a blank line follows.
    fn simple_table(&mut self, columns: &[usize]) {
        self.flow.break_at(Gap::Paragraph);
        self.at += 1;
        while self.at < self.lines.len() {
            let line = self.line(0);
            self.at += 1;
            if line.is_empty() {
                continue;
            }
            let is_border = line.bytes().all(|byte| matches!(byte, b'=' | b'-' | b' '));
            if is_border && line.trim_start().starts_with('=') && self.line(0).is_empty() {
                return;
            }
            if !is_border {
                let cells = cells(line, columns);
                // A row with an empty first cell goes on with the row above.
                if cells.first().is_some_and(|first| !first.trim().is_empty()) {
                    self.end_row();
                }
                self.add_cells(cells.into_iter());
            }
        }
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The character that a line consists of, if it is one of those below titles.
fn adornment(line: &str) -> Option<u8> {
    let first = *line.as_bytes().first()?;
    let is_line = line.len() >= 2 && first.is_ascii_punctuation() && line.bytes().all(|byte| byte == first);
    (is_line && line != "::" && line != "..").then_some(first)
}

/// Whether a line is long enough to make a title of the one above.
fn is_underline(line: &str, title: &str) -> bool {
    adornment(line).is_some() && !title.is_empty() && (line.len() >= 4 || line.len() >= title.chars().count())
}

/// The length of the mark of a list item.
fn item(content: &str) -> Option<usize> {
    let (mark, _) = content.split_once(' ')?;
    let is_bullet = matches!(mark, "-" | "*" | "+" | "•" | "‣" | "#." | "|");
    let number = mark.trim_start_matches('(').strip_suffix(['.', ')']);
    let is_number = number.is_some_and(|number| {
        (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    (is_bullet || is_number).then_some(mark.len() + 1)
}

/// `:name: value`, but no role.
fn field(content: &str) -> Option<(&str, &str)> {
    let (name, value) = content.strip_prefix(':')?.split_once(':')?;
    let separated = value.is_empty() || value.starts_with(' ');
    (separated && !name.is_empty() && name.len() <= 60 && !name.contains('`')).then(|| (name, value.trim()))
}

/// `name:: argument`.
fn directive(content: &str) -> Option<(&str, &str)> {
    let (name, argument) = content.split_once("::")?;
    let is_type = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | ':');
    let separated = argument.is_empty() || argument.starts_with(' ');
    (separated && !name.is_empty() && name.chars().all(is_type)).then(|| (name, argument.trim()))
}

fn is_name(name: &str) -> bool {
    (1..=30).contains(&name.len()) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn is_grid(line: &str) -> bool {
    line.len() > 3
        && line.starts_with('+')
        && line.ends_with('+')
        && line.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'='))
}

/// Where the columns begin below a border such as `=====  ===`, in characters; two columns at least.
fn columns(border: &str) -> Option<Vec<usize>> {
    let is_border =
        border.trim_start().starts_with("==") && border.bytes().all(|byte| matches!(byte, b'=' | b' '));
    if !is_border {
        return None;
    }
    let bytes = border.as_bytes();
    let begins = |at: &usize| bytes[*at] == b'=' && (*at == 0 || bytes[*at - 1] == b' ');
    let columns: Vec<usize> = (0..bytes.len()).filter(begins).collect();
    (columns.len() >= 2).then_some(columns)
}

/// The cells of a line; the last one reaches to its end.
fn cells<'l>(line: &'l str, columns: &[usize]) -> Vec<&'l str> {
    let mut starts = Vec::new();
    let mut chars = line.char_indices().enumerate();
    for column in columns {
        match chars.find(|(number, _)| number == column) {
            Some((_, (at, _))) => starts.push(at),
            None => break,
        }
    }
    let ends = starts.iter().skip(1).copied().chain([line.len()]);
    starts.iter().zip(ends).map(|(start, end)| &line[*start..end]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_paragraphs() {
        for (source, expected) in [
            ("one\ntwo\n\nthree", "one two\n\nthree"),
            ("- a\n  b\n- c\n\n1. d\n2. e", "a b\nc\n\nd\ne"),
            ("Term\n  Definition.\n\nx", "Term\nDefinition.\n\nx"),
            ("Text::\n\n  x  = 1\n\n  y\n\nend", "Text:\n\nx  = 1\n\ny\n\nend"),
            ("Text ::\n\n  x\nend", "Text\n\nx\n\nend"),
            ("a\n\nPart\n----\n\nb", "a\n\nPart\n\nb"),
            ("a\n\n----\n\nb", "a\n\nb"),
            ("a\n\n.. image:: x.png\n   :alt: y\n\n   z\n\nb", "a\n\nb"),
            ("a\n\n.. note:: Mind\n   the gap.\n\n   More.\n\nb", "a\n\nMind the gap.\n\nMore.\n\nb"),
            ("a\n\n.. figure:: x.png\n   :width: 3\n\n   The quay.\n\nb", "a\n\nThe quay.\n\nb"),
            ("a\n\n.. code-block:: c\n   :linenos:\n\n   int  x;\n\nb", "a\n\nint  x;\n\nb"),
            (
                "a [1]_\n\n.. [1] The note.\n.. _x: http://y.example\n.. just a comment\n   of two lines\n\nb",
                "a\n\nThe note.\n\nb",
            ),
            ("a |x| b\n\n.. |x| replace:: and", "a and b"),
            ("+---+---+\n| a | b |\n| c |   |\n+===+===+\n| d | e |\n+---+---+\n\nf", "a c | b\nd | e\n\nf"),
            ("===  ===\na    b\n===  ===\nc    d e\n     f\n===  ===\n\ng", "a | b\nc | d e f\n\ng"),
            ("| one\n| two\n\nx", "one\ntwo\n\nx"),
            ("a\n\n:role:`text` is text", "a\n\ntext is text"),
            ("a\n\n.. py:function:: load(name)\n\n   Loads it.", "a\n\nload(name)\n\nLoads it."),
        ] {
            assert_eq!(read(source).body, expected, "{source}");
        }
    }

    #[test]
    fn titles_and_fields_are_found() {
        for (source, title, values, body) in [
            (
                "=====\nTitle\n=====\n:date: 2019-05-17\n:tags: a,\n       b\n\nx",
                Some("Title"),
                &["date=2019-05-17", "tags=a, b"][..],
                "x",
            ),
            (
                ".. title: *A*\n.. date: 2014\n.. tags: b, c\n\nPart\n####\n\nx",
                Some("Part"),
                &["title=*A*", "date=2014", "tags=b, c"],
                "x",
            ),
            (
                "Title\n=====\n\n.. meta::\n   :keywords lang=en: a, b\n\nx",
                Some("Title"),
                &["keywords=a, b"],
                "x",
            ),
            (
                ".. post:: 3 May 2014\n   :tags: a\n\nTitle\n-----\nx",
                Some("Title"),
                &["date=3 May 2014", "tags=a"],
                "x",
            ),
            ("text\n\nTitle\n=====\n", None, &[], "text\n\nTitle"),
            ("text\n\n:date: 2019", None, &[], "text\n\n:date: 2019"),
        ] {
            let document = read(source);
            let found: Vec<String> =
                document.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!((document.title.as_deref(), document.body.as_str()), (title, body), "{source}");
            assert_eq!(found, values, "{source}");
        }
    }

    #[test]
    fn hostile_blocks_take_linear_time() {
        for line in [
            "+--+\n|a|\n",
            "== ==\n",
            "  x\n",
            ".. a::\n",
            "- a\n",
            "a::\n\n  b\n",
            ":a: b\n",
            "====\na\n",
            "|a|b|\n",
        ] {
            read(&line.repeat(50_000));
        }
        read(&format!("{}\n{}", "= ".repeat(100_000), "a b\n".repeat(100_000)));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(source in "(\\.\\. |::|\n|  |====|== ==|\\+--\\+|\\||:a: |- |`|é|a| |\\PC){0,60}") {
            read(&source);
        }
    }
}
