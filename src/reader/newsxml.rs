//! Markup of news agencies and scholars, one article an element: NITF, NewsML, TEI.
//!
//! A format is a table of what its elements mean (`Row`) and one of how they lie in the text (`prose`); this file
//! reads a document by them. Elements that are in no table are passed through.

use std::borrow::Cow;

use crate::article::{Draft, Origin, Published};
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::xml::{Event, Events, Outcome, Source, Tag, root};
use crate::reader::{Emit, Fault, Input, Item, ReadOptions, Spot, fragment};
use crate::text::calendar::DateSpan;

mod newsml;
mod nitf;
mod prose;
mod span;
mod tei;

pub use newsml::NewsMl;
pub use nitf::Nitf;
pub use tei::Tei;

use prose::Layouts;

/// One line of what elements mean.
#[derive(Debug)]
struct Row {
    /// The element, after elements that it lies in, not necessarily directly.
    path: &'static [&'static str],
    /// Which of these elements are meant.
    when: When,
    /// Where the value stands.
    from: Where,
    /// What it says.
    means: Means,
}

/// Which elements of a path are meant.
#[derive(Debug, Clone, Copy)]
enum When {
    Always,
    /// Those with this attribute and one of these endings of its value: of `hld:sub` the word counts.
    Ends(&'static str, &'static [&'static str]),
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
enum Where {
    /// In the element.
    Text,
    /// In a child called `name`.
    Name,
    /// In an attribute.
    Attribute(&'static str),
    /// In the attributes that TEI has for dates, else in the element.
    Date,
    /// Its name and itself in two attributes.
    Pair(&'static str, &'static str),
    /// In markup of another kind, which lies in the element.
    Markup,
}

/// What a value says.
#[derive(Debug, Clone, Copy)]
enum Means {
    /// A property; of two values the one of lower rank is preferred.
    Known(usize, Property),
    /// A property of several values in one text.
    List(usize, Property),
    /// Something else, kept under its name.
    Other(&'static str),
    /// Something that the reader needs, by name.
    Flag(&'static str),
    /// The text of the article.
    Body,
    /// Nothing: the element is passed over.
    Nothing,
}

const fn row(path: &'static [&'static str], from: Where, means: Means) -> Row {
    Row { path, when: When::Always, from, means }
}

/// A format.
#[derive(Debug)]
struct Vocabulary {
    rows: &'static [Row],
    layouts: Layouts,
}

/// What a document says.
#[derive(Debug, Default)]
struct Said<'t> {
    stated: Stated<'t>,
    dates: Vec<(usize, DateSpan)>,
    unread_date: Option<String>,
    flags: Vec<(&'static str, Cow<'t, str>)>,
    bodies: Vec<String>,
    /// Reading stopped because elements are nested too deep.
    too_deep: Option<Fault>,
    /// Added to the ranks of what is said by markup inside other markup.
    less_sure: usize,
}

/// Reads the elements of `text`.
fn read<'t>(text: &'t str, vocabulary: &Vocabulary) -> Said<'t> {
    let mut said = Said::default();
    read_into(&mut said, text, vocabulary);
    said
}

fn read_into<'t>(said: &mut Said<'t>, text: &'t str, vocabulary: &Vocabulary) {
    let mut events = Events::new(text);
    let mut open: Vec<&str> = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::Start(tag) => {
                open.push(tag.name.local());
                if said.element(&tag, &open, &mut events, vocabulary) {
                    open.pop();
                }
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(_) => {}
        }
    }
    said.too_deep = said.too_deep.take().or_else(|| events.too_deep());
}

impl<'t> Said<'t> {
    /// Reads an element that has begun; `true` when it was read to its end.
    fn element(
        &mut self,
        tag: &Tag<'t>,
        open: &[&str],
        events: &mut Events<'t>,
        vocabulary: &Vocabulary,
    ) -> bool {
        for row in vocabulary.rows.iter().filter(|row| row.is_of(tag, open)) {
            let value = match row.from {
                Where::Attribute(name) => {
                    if let Some(value) = tag.attribute(name) {
                        self.say(row, value);
                    }
                    continue;
                }
                Where::Pair(name, value) => {
                    if let (Some(name), Some(value)) = (tag.attribute(name), tag.attribute(value)) {
                        self.say_named(name, value);
                    }
                    continue;
                }
                Where::Date => {
                    self.date(row, tag, events, vocabulary);
                    return true;
                }
                Where::Markup => {
                    self.markup(events.markup());
                    return true;
                }
                Where::Name => name_in(events, vocabulary),
                Where::Text => prose::text(events, vocabulary.layouts),
            };
            self.say(row, Cow::Owned(value));
            return true;
        }
        false
    }

    fn say(&mut self, row: &Row, value: Cow<'t, str>) {
        if value.trim().is_empty() {
            return;
        }
        let name = || Cow::Borrowed(row.name());
        match row.means {
            Means::Known(rank, property @ (Property::Tag | Property::Section)) => {
                self.stated.add(rank + self.less_sure, property, name(), Value::Many(vec![value]));
            }
            Means::Known(rank, property) | Means::List(rank, property) => {
                self.stated.add(rank + self.less_sure, property, name(), Value::One(value));
            }
            Means::Other(name) => self.stated.add_other(name.into(), Value::One(value)),
            Means::Flag(name) => self.flags.push((name, value)),
            Means::Body => self.bodies.push(value.into_owned()),
            Means::Nothing => {}
        }
    }

    fn say_named(&mut self, name: Cow<'t, str>, value: Cow<'t, str>) {
        match values::property(&name) {
            Some((rank, property)) if property != Property::Body => {
                self.stated.add(10 + rank, property, name, Value::One(value));
            }
            Some(_) | None => self.stated.add_other(name, Value::One(value)),
        }
    }

    fn date(&mut self, row: &Row, tag: &Tag<'t>, events: &mut Events<'t>, vocabulary: &Vocabulary) {
        let written = prose::text(events, vocabulary.layouts);
        let Means::Known(rank, _) = row.means else { return };
        match span::read(tag, &written) {
            Some(span) => self.dates.push((rank, span)),
            None if written.is_empty() => {}
            None => self.unread_date = self.unread_date.take().or(Some(written)),
        }
    }

    /// The text of an article in NITF, HTML or no markup at all, which may be escaped.
    fn markup(&mut self, markup: &'t str) {
        let name = root(markup.as_bytes()).map(|(name, _)| name);
        if name.is_some_and(|name| name.rsplit(':').next() == Some("nitf")) {
            self.less_sure += 10;
            read_into(self, markup, &nitf::VOCABULARY);
            self.less_sure -= 10;
            return;
        }
        let mut events = Events::new(markup);
        let text = prose::text(&mut events, nitf::VOCABULARY.layouts);
        self.too_deep = self.too_deep.take().or_else(|| events.too_deep());
        self.bodies.push(if fragment::is_html(&text) { fragment::text(&text) } else { text });
    }

    /// A flag's value.
    fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().find(|(known, _)| *known == name).map(|(_, value)| value.trim())
    }

    /// The draft of all that was said.
    fn draft(mut self, options: &ReadOptions, notes: &mut Vec<Fault>) -> Draft {
        self.dates.sort_by_key(|(rank, _)| *rank);
        let date = self.dates.first().map(|(_, date)| *date);
        let published = date.map(|date| Published { date, origin: Origin::Metadata });
        let mut draft = Draft { published, ..Draft::default() };
        self.stated.fill(&mut draft, Origin::Metadata, options.day_order, notes);
        if let (None, Some(stated)) = (draft.published, &self.unread_date) {
            notes.push(values::unreadable_date(stated));
        }
        notes.extend(self.too_deep.take());
        let bodies: Vec<String> = self.bodies.into_iter().filter(|body| !body.is_empty()).collect();
        let body = bodies.join("\n\n");
        draft.body = without_title(body, draft.title.as_deref());
        draft
    }
}

/// Attributes that hold the value of their element.
const VALUES: &[&str] = &["norm"];

impl Row {
    /// The name of its value.
    fn name(&self) -> &'static str {
        match self.from {
            Where::Attribute(name) if !VALUES.contains(&name) => name,
            Where::Attribute(_)
            | Where::Text
            | Where::Name
            | Where::Date
            | Where::Pair(..)
            | Where::Markup => self.path.last().copied().unwrap_or_default(),
        }
    }

    fn is_of(&self, tag: &Tag<'_>, open: &[&str]) -> bool {
        let mut above = open.iter().rev();
        let mut path = self.path.iter().rev();
        let same = path.next().is_some_and(|name| above.next() == Some(name));
        let is_wanted = || match self.when {
            When::Always => true,
            When::Ends(name, endings) => {
                let value = tag.attribute(name).unwrap_or_default().to_ascii_lowercase();
                endings.iter().any(|ending| value.ends_with(ending))
            }
        };
        same && path.all(|name| above.any(|open| open == name)) && is_wanted()
    }
}

/// The text of the first child called `name`; the rest of the element is passed over.
fn name_in(events: &mut Events<'_>, vocabulary: &Vocabulary) -> String {
    let depth = events.depth();
    let mut name = String::new();
    while let Some(event) = events.next_within(depth) {
        if let Event::Start(tag) = event {
            match tag.name.local() {
                "name" if name.is_empty() => name = prose::text(events, vocabulary.layouts),
                _ => events.skip(),
            }
        }
    }
    name
}

/// The text without its first paragraph, if that is the title.
fn without_title(body: String, title: Option<&str>) -> String {
    let (first, rest) = body.split_once("\n\n").unwrap_or((&body, ""));
    match title.is_some_and(|title| !rest.is_empty() && values::line(first) == title) {
        true => rest.to_owned(),
        false => body,
    }
}

/// Whether the root element has one of these names, whatever its prefix.
fn has_root(head: &[u8], names: &[&str]) -> bool {
    root(head).is_some_and(|(root, _)| root.rsplit(':').next().is_some_and(|root| names.contains(&root)))
}

/// Reads the records of a file; when the root of the file is itself one, the file is one article.
fn read_records(
    input: &Input<'_>,
    names: &'static [&'static str],
    emit: Emit<'_>,
    outcome: impl FnMut(&str, &mut Vec<Fault>) -> Outcome,
) -> Result<(), Fault> {
    let begins_file = input.head.is_empty() && input.first_record == 1;
    let is_one = begins_file && has_root(&input.bytes[..input.bytes.len().min(1 << 16)], names);
    Source::new(input, names).read(&mut |item| emit(if is_one { whole(item) } else { item }), outcome)
}

/// The first record of a file in the place of the whole file.
fn whole(item: Item) -> Item {
    match item {
        Item::Draft { spot, draft, notes } if spot.record == Some(1) => {
            Item::Draft { spot: Spot::WHOLE, draft, notes }
        }
        Item::Skip { spot, fault } if spot.record == Some(1) => Item::Skip { spot: Spot::WHOLE, fault },
        Item::LeftOut { spot, what } if spot.record == Some(1) => Item::LeftOut { spot: Spot::WHOLE, what },
        Item::Draft { .. } | Item::Skip { .. } | Item::LeftOut { .. } => item,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::recognise::recognise;
    use crate::reader::{Reader, Recognised};

    const FORMATS: &[&dyn Reader] = &[&Nitf, &NewsMl, &Tei];

    #[test]
    fn files_are_recognised_by_their_root() {
        for (head, expected) in [
            ("<?xml version='1.0'?><!DOCTYPE nitf SYSTEM 'x.dtd'><nitf>", "nitf"),
            ("<newsItem xmlns='x' guid='y'>", "newsml"),
            ("<nar:newsMessage xmlns:nar='x'>", "newsml"),
            ("<NewsML Version='1.2'>", "newsml"),
            ("<newsitem itemid='2286'>", "newsml"),
            ("<!-- a --><TEI xmlns='x'>", "tei"),
            ("<teiCorpus.2>", "tei"),
        ] {
            let Recognised::Read(reader) = recognise("a.xml", head.as_bytes(), None) else {
                panic!("{head}")
            };
            assert_eq!(reader.name(), expected, "{head}");
        }
    }

    #[test]
    fn a_text_that_repeats_the_title_loses_it() {
        for (body, expected) in
            [("A  title\n\nb", "b"), ("A title", "A title"), ("b\n\nA title", "b\n\nA title")]
        {
            assert_eq!(without_title(body.to_owned(), Some("A title")), expected, "{body}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_told() {
        let deep = format!("<TEI><text>a{}", "<p>".repeat(300));
        let mut notes = Vec::new();
        let draft = read(&deep, &nitf::VOCABULARY).draft(&ReadOptions::default(), &mut notes);
        assert_eq!((draft, notes[0].reason), (Draft::default(), crate::diagnostic::Reason::TooLarge));
    }

    proptest::proptest! {
        #[test]
        fn no_document_panics(text in "(</?(nitf|body.content|hl1|newsItem|inlineXML|TEI|text|note|lb|pb|date|p)( when='1912'| break='no')?>|&lt;p>|-|\\PC){0,40}") {
            let options = ReadOptions::default();
            for format in FORMATS {
                let _ = format.read(&Input::whole("a.xml", text.as_bytes(), &options), &mut |_| {});
            }
        }
    }
}
