//! The lines of wikitext, when the marks inside them are gone: headings, lists, tables, paragraphs.

use crate::reader::flow::{Flow, Gap};

/// Ends a line inside a line of the source: `<br>`. XML has no such character.
pub(super) const BREAK: char = '\u{b}';

/// The text of the lines. A heading without text below it — of a list of references, say — is dropped.
pub(super) fn text(source: &str) -> String {
    let mut writer = Writer::default();
    for line in source.lines() {
        writer.line(line.trim_end_matches([' ', '\t', '\r']));
    }
    writer.flow.into_text()
}

#[derive(Default)]
struct Writer<'a> {
    flow: Flow,
    /// Headings that wait for text below them, with their levels.
    headings: Vec<(usize, &'a str)>,
    /// How many tables are open.
    tables: usize,
}

impl<'a> Writer<'a> {
    fn line(&mut self, line: &'a str) {
        let content = line.trim_start();
        match content.as_bytes() {
            [] => self.flow.break_at(Gap::Paragraph),
            [b'{', b'|', ..] => {
                self.tables += 1;
                self.flow.break_at(Gap::Paragraph);
            }
            [b'|' | b'!', ..] if self.tables > 0 => {
                self.table(content);
                self.flow.break_at(Gap::Blank);
            }
            [b'=', ..] if let Some((level, heading)) = heading(line) => self.heading(level, heading),
            [b'-', b'-', b'-', b'-', ..] => self.flow.break_at(Gap::Paragraph),
            [b'*' | b'#' | b':' | b';', ..] if content.len() == line.len() => {
                self.on_lines(content.trim_start_matches(['*', '#', ':', ';']));
            }
            // Text in the manner of a typewriter.
            _ if line.starts_with(' ') && self.tables == 0 => self.on_lines(content),
            _ => {
                self.words(content);
                self.flow.break_at(Gap::Blank);
            }
        }
    }

    fn on_lines(&mut self, content: &str) {
        self.flow.break_at(Gap::Line);
        self.words(content);
        self.flow.break_at(Gap::Line);
    }

    fn words(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        for (_, heading) in std::mem::take(&mut self.headings) {
            self.flow.break_at(Gap::Paragraph);
            self.flow.words(&htmlize::unescape(heading));
            self.flow.break_at(Gap::Paragraph);
        }
        let mut parts = text.split(BREAK);
        self.flow.words(&htmlize::unescape(parts.next().unwrap_or_default()));
        for part in parts {
            self.flow.break_at(Gap::Line);
            self.flow.words(&htmlize::unescape(part));
        }
    }

    fn heading(&mut self, level: usize, heading: &'a str) {
        let above = self.headings.iter().position(|(open, _)| *open >= level);
        self.headings.truncate(above.unwrap_or(self.headings.len()));
        self.headings.push((level, heading));
        self.flow.break_at(Gap::Paragraph);
    }

    /// A line of a table: its end, a row, a caption, or cells.
    fn table(&mut self, line: &str) {
        match line.as_bytes() {
            [b'|', b'}', ..] => {
                self.tables -= 1;
                self.flow.break_at(Gap::Paragraph);
                self.words(&line[2..]);
            }
            [b'|', b'-', ..] => self.flow.break_at(Gap::Line),
            [b'|', b'+', ..] => self.on_lines(without_attributes(&line[2..])),
            [b'!', ..] => {
                line[1..].split("!!").flat_map(|cells| cells.split("||")).for_each(|cell| self.cell(cell))
            }
            _ => line[1..].split("||").for_each(|cell| self.cell(cell)),
        }
    }

    fn cell(&mut self, cell: &str) {
        self.flow.break_at(Gap::Cell);
        self.words(without_attributes(cell).trim());
    }
}

/// A line between equal signs: its level and its text.
fn heading(line: &str) -> Option<(usize, &str)> {
    let signs = |text: &mut dyn Iterator<Item = u8>| text.take_while(|byte| *byte == b'=').count();
    let level = signs(&mut line.bytes()).min(signs(&mut line.bytes().rev())).min(6);
    let inner = line.get(level..line.len().checked_sub(level)?)?.trim();
    (level > 0 && !inner.trim_matches('=').is_empty()).then_some((level, inner))
}

/// A cell without the attributes before its text: `style="…" | text`.
fn without_attributes(cell: &str) -> &str {
    match cell.split_once('|') {
        Some((attributes, text)) if attributes.contains('=') || attributes.trim().is_empty() => text,
        Some(_) | None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_paragraphs() {
        for (source, expected) in [
            ("== A ==\n=== B ===\ntext\n== C ==\n== D ==\n=== E ===", "A\n\nB\n\ntext"),
            ("a\nb\n----\nc", "a b\n\nc"),
            ("= =\n==\n=a", "= = == =a"),
            (" typed\n lines", "typed\nlines"),
            ("{|\n|-\n|a\n|b\n|-\n|c\nd\n|}", "a | b\nc d"),
            ("| no table", "| no table"),
            ("{|\n{|\n|a\n|}\n|b\n|}\n|c", "a\n\nb\n\n|c"),
        ] {
            assert_eq!(text(source), expected, "{source}");
        }
    }
}
