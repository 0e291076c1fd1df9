//! Text out of the parts of a page: white space collapses, blocks and lines stand apart, preformatted text stays.

/// What separates two pieces of text; the strongest one asked for between them is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    None,
    Space,
    Cell,
    Line,
    Paragraph,
}

impl Break {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Break::None => "",
            Break::Space => " ",
            Break::Cell => " | ",
            Break::Line => "\n",
            Break::Paragraph => "\n\n",
        }
    }
}

/// Collects text.
pub(super) struct Writer {
    out: String,
    pending: Break,
    /// White space of preformatted text that is written when more text follows it.
    held: String,
}

impl Writer {
    pub(super) fn new() -> Writer {
        Writer { out: String::new(), pending: Break::None, held: String::new() }
    }

    /// Asks for a separation before the text that comes next.
    pub(super) fn separate(&mut self, by: Break) {
        self.pending = self.pending.max(by);
        self.held.clear();
    }

    /// Adds text whose white space means nothing but the border of words.
    pub(super) fn text(&mut self, text: &str) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.pending = self.pending.max(Break::Space);
            } else if is_visible(character) {
                self.write_pending();
                self.out.push(character);
            }
        }
    }

    /// Adds text whose lines and indentation are kept.
    pub(super) fn preformatted(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\n' => self.held.push('\n'),
                '\t' => self.held.push_str("    "),
                _ if character.is_whitespace() => self.held.push(' '),
                _ if is_visible(character) => {
                    self.write_held();
                    self.out.push(character);
                }
                _ => {}
            }
        }
    }

    /// The bytes written so far.
    pub(super) fn written(&self) -> usize {
        self.out.len()
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn write_pending(&mut self) {
        if !self.out.is_empty() {
            self.out.push_str(self.pending.as_str());
        }
        self.pending = Break::None;
    }

    fn write_held(&mut self) {
        let starts_line = self.pending >= Break::Line || self.out.is_empty();
        self.write_pending();
        let indentation = self.held.rfind('\n').map_or(0, |at| at + 1);
        self.out.push_str(if starts_line { &self.held[indentation..] } else { &self.held });
        self.held.clear();
    }
}

/// Whether a character belongs into text: no control character, no soft hyphen, no byte order mark.
fn is_visible(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{ad}' | '\u{feff}')
}

/// `text` on one line: white space collapsed, nothing invisible.
pub(super) fn one_line(text: &str) -> String {
    let mut writer = Writer::new();
    writer.text(text);
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strongest_break_wins_and_edges_are_clean() {
        let mut writer = Writer::new();
        writer.separate(Break::Paragraph);
        writer.text("  one\u{a0}\n two ");
        writer.separate(Break::Line);
        writer.separate(Break::Paragraph);
        writer.separate(Break::Cell);
        writer.text("th\u{ad}ree\u{0}");
        writer.separate(Break::Cell);
        writer.text("four ");
        writer.separate(Break::Line);
        assert_eq!(writer.finish(), "one two\n\nthree | four");
    }

    #[test]
    fn preformatted_text_keeps_lines() {
        let mut writer = Writer::new();
        writer.text("before");
        writer.separate(Break::Paragraph);
        writer.preformatted("\n\n  if a {\n\tb\n\n  }\n\n");
        writer.separate(Break::Paragraph);
        writer.text("after");
        assert_eq!(writer.finish(), "before\n\n  if a {\n    b\n\n  }\n\nafter");
    }
}
