//! Running text with elements in it to plain text, by a table of how each element lies in the text.

use crate::reader::flow::{Flow, Gap};
use crate::reader::xml::{Event, Events, Tag};

/// How an element lies in the text; one that is in no table is part of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// A paragraph of its own.
    Paragraph,
    /// A line of its own.
    Line,
    /// A cell of a row.
    Cell,
    /// A word of its own.
    Word,
    /// A line ends there.
    Break,
    /// A line of the original ends there, within a word if it says so (TEI, `lb`, `pb`).
    Turn,
    /// Its lines stand as they are.
    Verbatim,
    /// A note: it follows the text.
    Note,
    /// No text.
    Hidden,
    /// No text inside an element of that name.
    HiddenIn(&'static str),
    /// A paragraph; of that class it is read only when there is no other text.
    Lead(&'static str),
}

/// Layouts by name of element.
pub(super) type Layouts = &'static [(&'static [&'static str], Layout)];

/// After a start: the text up to the end of that element, or of all events.
pub(super) fn text(events: &mut Events<'_>, layouts: Layouts) -> String {
    let depth = events.depth();
    let mut writer = Writer { layouts, ..Writer::default() };
    while let Some(event) = events.next_within(depth) {
        match event {
            Event::Start(tag) => writer.start(&tag, events),
            Event::End(_) => writer.end(),
            Event::Text(text) => writer.text(&text),
        }
    }
    writer.into_text()
}

#[derive(Default)]
struct Writer<'t> {
    layouts: Layouts,
    /// The flows of text, notes and lead.
    flows: [Flow; 3],
    /// Words that were not yet added to their flow.
    run: String,
    /// A word goes on behind the end of a line.
    is_joined: bool,
    /// The open elements: name, what ends with them, and the flow before them.
    open: Vec<(&'t str, Option<Gap>, usize)>,
    current: usize,
    /// Open elements that stand as they are.
    verbatim: usize,
}

/// The places in [`Writer::flows`].
const TEXT: usize = 0;
const NOTES: usize = 1;
const LEAD: usize = 2;

/// Hyphens at the end of a line.
const HYPHENS: [char; 5] = ['-', '\u{ad}', '\u{2010}', '¬', '⸗'];

impl<'t> Writer<'t> {
    fn start(&mut self, tag: &Tag<'t>, events: &mut Events<'t>) {
        let name = tag.name.local();
        let known = self.layouts.iter().find(|(names, _)| names.contains(&name));
        let mut entry = (name, None, self.current);
        match known.map(|(_, layout)| *layout) {
            Some(Layout::Paragraph) => entry.1 = Some(self.gap(Gap::Paragraph)),
            Some(Layout::Line) => entry.1 = Some(self.gap(Gap::Line)),
            Some(Layout::Word) => entry.1 = Some(self.gap(Gap::Blank)),
            Some(Layout::Cell) => _ = self.gap(Gap::Cell),
            Some(Layout::Break) => _ = self.gap(Gap::Line),
            Some(Layout::Turn) => self.turn(tag),
            Some(Layout::Verbatim) => {
                entry.1 = Some(self.gap(Gap::Paragraph));
                self.verbatim += 1;
            }
            Some(Layout::Note) if self.current == TEXT => self.switch(NOTES),
            Some(Layout::Lead(class)) => {
                entry.1 = Some(self.gap(Gap::Paragraph));
                if self.current == TEXT && tag.attribute("class").is_some_and(|found| found == class) {
                    self.switch(LEAD);
                }
            }
            Some(Layout::Hidden) => return events.skip(),
            Some(Layout::HiddenIn(outer)) if self.open.iter().any(|(open, _, _)| *open == outer) => {
                return events.skip();
            }
            Some(Layout::Note | Layout::HiddenIn(_)) | None => {}
        }
        self.open.push(entry);
    }

    fn end(&mut self) {
        let Some((name, gap, before)) = self.open.pop() else { return };
        let is_verbatim =
            self.layouts.iter().any(|(names, layout)| *layout == Layout::Verbatim && names.contains(&name));
        self.verbatim -= usize::from(is_verbatim && self.verbatim > 0);
        if let Some(gap) = gap {
            self.gap(gap);
        }
        if before != self.current {
            self.switch(before);
        }
    }

    fn switch(&mut self, flow: usize) {
        self.gap(if self.current == TEXT { Gap::None } else { Gap::Paragraph });
        self.current = flow;
    }

    fn gap(&mut self, gap: Gap) -> Gap {
        self.flows[self.current].words(&self.run);
        self.run.clear();
        self.is_joined = false;
        self.flows[self.current].break_at(gap);
        gap
    }

    fn turn(&mut self, tag: &Tag<'_>) {
        if tag.attribute("break").is_none_or(|value| value != "no") {
            if !self.is_joined {
                self.run.push(' ');
            }
            return;
        }
        let word = self.run.trim_end();
        let word = word.strip_suffix(HYPHENS).unwrap_or(word).len();
        self.run.truncate(word);
        self.is_joined = true;
    }

    fn text(&mut self, text: &str) {
        if self.verbatim > 0 {
            self.flows[self.current].verbatim(text);
            return;
        }
        let text = if self.is_joined { text.trim_start() } else { text };
        self.is_joined &= text.is_empty();
        self.run.push_str(text);
    }

    fn into_text(mut self) -> String {
        self.gap(Gap::None);
        let [text, notes, lead] = self.flows.map(Flow::into_text);
        let text = if text.is_empty() { lead } else { text };
        if notes.is_empty() { text } else { [text, notes].join("\n\n").trim_start().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUTS: Layouts = &[
        (&["p"], Layout::Paragraph),
        (&["li"], Layout::Line),
        (&["td"], Layout::Cell),
        (&["n"], Layout::Word),
        (&["br"], Layout::Break),
        (&["lb", "pb"], Layout::Turn),
        (&["pre"], Layout::Verbatim),
        (&["note"], Layout::Note),
        (&["x"], Layout::Hidden),
        (&["sic"], Layout::HiddenIn("choice")),
        (&["block"], Layout::Lead("lead")),
    ];

    #[test]
    fn elements_lie_in_the_text() {
        for (source, expected) in [
            ("<p>a <i>b</i>c</p><p>d</p>", "a bc\n\nd"),
            ("<li>a</li><li><td>b</td><td>c</td></li>", "a\nb | c"),
            ("<n>a</n><n>b</n>c<br/>d", "a b c\nd"),
            ("har-<lb break='no'/>\n bour a<lb/>b c <pb break='no'/>d", "harbour a b cd"),
            ("ha-<pb/>\n<lb break='no'/> bour", "habour"),
            ("<p>x</p><pre>a  b\n  c</pre>d", "x\n\na  b\n  c\n\nd"),
            ("<p>a<note>N <p>one</p></note>, b</p><p>c<note>two</note></p>", "a, b\n\nc\n\nN\n\none\n\ntwo"),
            ("a<x>b</x>c <choice><sic>teh</sic><corr>the</corr></choice> <sic>d</sic>", "ac the d"),
            ("<block class='lead'><p>a</p></block><block><p>b</p></block>", "b"),
            ("<block class='lead'><p>a</p></block>", "a"),
        ] {
            assert_eq!(text(&mut Events::new(source), LAYOUTS), expected, "{source}");
        }
    }
}
