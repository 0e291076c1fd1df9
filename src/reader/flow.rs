//! Running text put together piece by piece, with one gap between two pieces however many marks stand there.

/// What separates the next word from the text so far; the strongest of what stands between them wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Gap {
    /// They are parts of one word.
    #[default]
    None,
    /// They are words of one line.
    Blank,
    /// They are cells of one row.
    Cell,
    /// They stand on two lines.
    Line,
    /// They stand in two paragraphs.
    Paragraph,
}

impl Gap {
    fn as_str(self) -> &'static str {
        match self {
            Gap::None => "",
            Gap::Blank => " ",
            Gap::Cell => " | ",
            Gap::Line => "\n",
            Gap::Paragraph => "\n\n",
        }
    }
}

/// Text with the gap that is due before its next word.
#[derive(Debug, Default)]
pub struct Flow {
    text: String,
    gap: Gap,
}

impl Flow {
    /// Demands at least this gap before the next word.
    pub fn break_at(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// Adds words; white space of any length is one gap, and control characters are dropped.
    pub fn words(&mut self, text: &str) {
        if text.starts_with(char::is_whitespace) {
            self.break_at(Gap::Blank);
        }
        let mut words = text.split_whitespace().peekable();
        while let Some(word) = words.next() {
            self.piece(word);
            if words.peek().is_some() || text.ends_with(char::is_whitespace) {
                self.gap = Gap::Blank;
            }
        }
    }

    /// Adds text with its lines and blanks as they are, such as code.
    pub fn verbatim(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            self.piece(line.trim_end());
            if line.ends_with('\n') {
                self.text_break_of_line();
            }
        }
    }

    fn text_break_of_line(&mut self) {
        // An empty line in code stays one, so that the next piece sees the gap of both.
        self.gap = if self.gap == Gap::Line { Gap::Paragraph } else { self.gap.max(Gap::Line) };
    }

    fn piece(&mut self, piece: &str) {
        if piece.chars().all(is_dropped) {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str(self.gap.as_str());
        }
        self.gap = Gap::None;
        if piece.chars().any(is_dropped) {
            self.text.extend(piece.chars().filter(|c| !is_dropped(*c)));
        } else {
            self.text.push_str(piece);
        }
    }

    /// Whether there is no text yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text, without blanks at its ends.
    pub fn into_text(self) -> String {
        let trimmed = self.text.trim();
        if trimmed.len() == self.text.len() { self.text } else { trimmed.to_owned() }
    }
}

fn is_dropped(c: char) -> bool {
    c.is_control() && c != '\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_gap_wins() {
        let mut flow = Flow::default();
        flow.break_at(Gap::Paragraph);
        flow.words("a ");
        flow.words(" b");
        flow.words("c");
        flow.break_at(Gap::Line);
        flow.break_at(Gap::Cell);
        flow.words(" d\u{7}");
        flow.break_at(Gap::Paragraph);
        flow.verbatim("x  = 1\n\n  y\n");
        assert_eq!(flow.into_text(), "a bc\nd\n\nx  = 1\n\n  y");
    }

    #[test]
    fn what_is_dropped_leaves_no_gap() {
        let mut flow = Flow::default();
        flow.verbatim("\u{1}  indented \u{2}\n");
        flow.words("a \u{97} b \u{97}\u{1}");
        flow.verbatim("\u{1}\nend \u{1}");
        assert_eq!(flow.into_text(), "indented \na b\nend");
    }
}
