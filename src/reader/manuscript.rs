//! The text of a word processor's document as it is written down: paragraphs, lists, tables, boxes and notes. What the
//! elements of a format mean is said by its reader.

use crate::reader::flow::{Flow, Gap};
use crate::reader::values::line;

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// Text or a heading.
    #[default]
    Text,
    /// An item of a list, which stands close to the one before.
    Item,
    /// The title of the document.
    Title,
}

/// Text that is set apart from the paragraph it is anchored in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// It follows the paragraph.
    Box,
    /// It stands at the end.
    Note,
}

/// A document being written down.
#[derive(Debug, Default)]
pub(super) struct Manuscript {
    main: Text,
    asides: Vec<(Aside, Text)>,
    /// Boxes of the paragraph at hand.
    boxes: Vec<String>,
    notes: Vec<String>,
    title: Option<String>,
}

/// The text of the document, of a box or of a note.
#[derive(Debug, Default)]
struct Text {
    flow: Flow,
    /// Tables that are open.
    tables: usize,
    kind: Kind,
    /// The kind of the paragraph before.
    before: Kind,
    /// Whether the paragraph at hand has no text yet.
    is_new: bool,
    /// The title as far as it was read.
    title: String,
}

impl Manuscript {
    fn here(&mut self) -> &mut Text {
        match self.asides.last_mut() {
            Some((_, text)) => text,
            None => &mut self.main,
        }
    }

    /// A paragraph begins.
    pub(super) fn begin_paragraph(&mut self) {
        let text = self.here();
        text.kind = Kind::Text;
        text.is_new = true;
    }

    /// Says what the paragraph is that has begun.
    pub(super) fn set_kind(&mut self, kind: Kind) {
        self.here().kind = kind;
    }

    /// The paragraph ends.
    pub(super) fn end_paragraph(&mut self) {
        let text = self.here();
        text.before = text.kind;
        let title = std::mem::take(&mut text.title);
        if self.title.is_none() && !title.trim().is_empty() {
            self.title = Some(line(&title));
        }
        if self.asides.is_empty() {
            for aside in std::mem::take(&mut self.boxes) {
                self.main.flow.break_at(Gap::Paragraph);
                self.main.flow.verbatim(&aside);
                self.main.flow.break_at(Gap::Paragraph);
            }
        }
    }

    /// Adds text; white space at its ends separates words.
    pub(super) fn words(&mut self, words: &str) {
        let has_title = self.title.is_some();
        let text = self.here();
        if text.kind == Kind::Title && !has_title {
            text.title.push_str(words);
            return;
        }
        if text.is_new && !words.trim().is_empty() {
            text.is_new = false;
            text.flow.break_at(match (text.tables, text.before, text.kind) {
                (0, Kind::Item, Kind::Item) => Gap::Line,
                (0, _, _) => Gap::Paragraph,
                (_, _, _) => Gap::Blank,
            });
        }
        text.flow.words(words);
    }

    /// Separates what comes next.
    pub(super) fn separate(&mut self, gap: Gap) {
        let text = self.here();
        if text.kind == Kind::Title {
            text.title.push(' ');
        } else {
            text.flow.break_at(gap);
        }
    }

    /// A table begins.
    pub(super) fn begin_table(&mut self) {
        let text = self.here();
        text.flow.break_at(if text.tables == 0 { Gap::Paragraph } else { Gap::Line });
        text.tables += 1;
    }

    /// The innermost table ends.
    pub(super) fn end_table(&mut self) {
        let text = self.here();
        text.tables = text.tables.saturating_sub(1);
        text.flow.break_at(if text.tables == 0 { Gap::Paragraph } else { Gap::Line });
    }

    /// Text beside the paragraph begins.
    pub(super) fn begin_aside(&mut self, aside: Aside) {
        self.asides.push((aside, Text::default()));
    }

    /// The innermost text beside a paragraph ends.
    pub(super) fn end_aside(&mut self) {
        let Some((aside, text)) = self.asides.pop() else { return };
        let text = text.flow.into_text();
        if text.is_empty() {
            return;
        }
        match aside {
            Aside::Box => self.boxes.push(text),
            Aside::Note => self.notes.push(text),
        }
    }

    /// The title, and the text with the notes at its end.
    pub(super) fn finish(mut self) -> (Option<String>, String) {
        while !self.asides.is_empty() {
            self.end_aside();
        }
        let mut parts = vec![self.main.flow.into_text()];
        parts.append(&mut self.boxes);
        parts.append(&mut self.notes);
        parts.retain(|part| !part.is_empty());
        (self.title, parts.join("\n\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(manuscript: &mut Manuscript, kind: Kind, words: &str) {
        manuscript.begin_paragraph();
        manuscript.set_kind(kind);
        manuscript.words(words);
        manuscript.end_paragraph();
    }

    #[test]
    fn everything_has_its_place() {
        let mut manuscript = Manuscript::default();
        paragraph(&mut manuscript, Kind::Title, "The  Lock");
        manuscript.begin_paragraph();
        manuscript.words("One");
        manuscript.begin_aside(Aside::Note);
        paragraph(&mut manuscript, Kind::Text, "A note.");
        manuscript.end_aside();
        manuscript.begin_aside(Aside::Box);
        paragraph(&mut manuscript, Kind::Text, "In a box.");
        manuscript.end_aside();
        manuscript.words(" two.");
        manuscript.end_paragraph();
        paragraph(&mut manuscript, Kind::Item, "first");
        paragraph(&mut manuscript, Kind::Item, "second");
        manuscript.begin_table();
        for row in [["a", "b"], ["c", "d"]] {
            manuscript.separate(Gap::Line);
            for cell in row {
                manuscript.separate(Gap::Cell);
                paragraph(&mut manuscript, Kind::Text, cell);
            }
        }
        manuscript.end_table();
        paragraph(&mut manuscript, Kind::Text, "End.");
        let (title, body) = manuscript.finish();
        assert_eq!(title.as_deref(), Some("The Lock"));
        assert_eq!(body, "One two.\n\nIn a box.\n\nfirst\nsecond\n\na | b\nc | d\n\nEnd.\n\nA note.");
    }
}
