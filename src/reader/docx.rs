//! Documents of Word (ECMA-376, WordprocessingML): the text as it reads with all changes accepted, and the core
//! properties.

use std::collections::HashSet;

use crate::article::{Draft, Origin};
use crate::diagnostic::Reason;
use crate::reader::document::{credible_author, credible_title};
use crate::reader::flow::Gap;
use crate::reader::manuscript::{Aside, Kind, Manuscript};
use crate::reader::package::{self, MAX_ENTRIES, Package};
use crate::reader::values::{Property, Stated, Value};
use crate::reader::xml::{Event, Events, Tag};
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot};
use crate::text::decode::decode;

/// Where the document is if nothing else is said.
const DOCUMENT: &str = "word/document.xml";

/// Elements of the core properties (ECMA-376-2, 11.1) and what they say.
const PROPERTIES: &[(&str, Option<Property>)] = &[
    ("title", Some(Property::Title)),
    ("creator", Some(Property::Author)),
    ("keywords", Some(Property::Tag)),
    ("category", Some(Property::Section)),
    ("description", Some(Property::Description)),
    ("created", Some(Property::Date)),
    ("language", Some(Property::Language)),
    ("subject", None),
];

/// Elements whose text is not part of the document: deleted and moved text, codes of fields, the second form of a box,
/// the reading of ruby characters.
const DROPPED: &[&str] = &["del", "moveFrom", "delText", "instrText", "delInstrText", "Fallback", "rt"];

/// The docx format.
pub struct Docx;

impl Reader for Docx {
    fn name(&self) -> &'static str {
        "docx"
    }

    fn about(&self) -> &'static str {
        "documents of Word"
    }

    fn reads(&self) -> &'static str {
        "the text with changes accepted, tables, boxes and notes; title, author, keywords and date of the document"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["docx", "docm", "dotx", "dotm"]
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn sniff(&self, head: &[u8]) -> bool {
        head.starts_with(package::MAGIC) && memchr::memmem::find(head, b"word/").is_some()
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let mut package = Package::open(input.bytes, MAX_ENTRIES)?;
        let path = document_path(&mut package)?;
        let document = text_of(&package.need(&path)?);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let mut member = |name: &str| package.read(name).map(|bytes| bytes.map(|bytes| text_of(&bytes)));
        let styles =
            Styles::read(&member(&format!("{folder}/styles.xml")).ok().flatten().unwrap_or_default());
        let mut writing = Writing { manuscript: Manuscript::default(), styles: &styles, too_deep: None };
        writing.document(&document);
        for notes in ["footnotes", "endnotes"] {
            // The text stands without its notes, should these be damaged.
            if let Ok(Some(notes)) = member(&format!("{folder}/{notes}.xml")) {
                writing.notes(&notes);
            }
        }
        let mut notes: Vec<Fault> = writing.too_deep.take().into_iter().collect();
        let (title, body) = writing.manuscript.finish();
        let mut draft = Draft { title, body, ..Draft::default() };
        let core = member("docProps/core.xml").ok().flatten().unwrap_or_default();
        core_properties(&core).fill(&mut draft, Origin::Metadata, input.options.day_order, &mut notes);
        emit(Item::of(Spot::WHOLE, draft, notes));
        Ok(())
    }
}

/// The text of an XML part.
fn text_of(bytes: &[u8]) -> String {
    decode(bytes, None).text.into_owned()
}

/// The part that the package calls its document (ECMA-376-1, 11.3.10).
fn document_path(package: &mut Package<'_>) -> Result<String, Fault> {
    let relations = package.read("_rels/.rels")?.unwrap_or_default();
    let relations = text_of(&relations);
    let target = Events::new(&relations).find_map(|event| match event {
        Event::Start(tag) if tag.attribute("Type").is_some_and(|kind| kind.ends_with("/officeDocument")) => {
            tag.attribute("Target").map(|target| target.trim_start_matches('/').to_owned())
        }
        Event::Start(_) | Event::End(_) | Event::Text(_) => None,
    });
    let path = target.filter(|path| package.has(path)).unwrap_or_else(|| DOCUMENT.to_owned());
    if !package.has(&path) || !path.starts_with("word/") && !path.contains("document") {
        return Err(Fault {
            reason: Reason::Broken,
            message: "it is no document of Word, as its ending says".to_owned(),
            hint: None,
        });
    }
    Ok(path)
}

/// The styles that mean something; their ids are in the language of the program that wrote them, their names are not.
#[derive(Debug, Default)]
struct Styles {
    title: HashSet<String>,
    contents: HashSet<String>,
}

impl Styles {
    fn read(text: &str) -> Styles {
        let mut styles = Styles { title: ["Title".to_owned()].into(), contents: HashSet::new() };
        let mut id = String::new();
        for event in Events::new(text) {
            let Event::Start(tag) = event else { continue };
            match tag.name.local() {
                "style" => id = value(&tag, "styleId").unwrap_or_default(),
                "name" => {
                    let name = value(&tag, "val").unwrap_or_default().to_lowercase();
                    if name == "title" {
                        styles.title.insert(std::mem::take(&mut id));
                    } else if name.starts_with("toc ") {
                        styles.contents.insert(std::mem::take(&mut id));
                    }
                }
                _ => {}
            }
        }
        styles
    }
}

/// The value of an attribute, whatever the prefix.
fn value(tag: &Tag<'_>, name: &str) -> Option<String> {
    let is_it = |key: &str| key.rsplit(':').next() == Some(name);
    tag.attributes().find(|(key, _)| is_it(key)).map(|(_, value)| value.into_owned())
}

/// Whether a property that is there is on (ECMA-376-1, 17.17.4).
fn is_on(tag: &Tag<'_>) -> bool {
    !value(tag, "val").is_some_and(|value| matches!(value.as_str(), "0" | "false" | "off" | "none"))
}

struct Writing<'a> {
    manuscript: Manuscript,
    styles: &'a Styles,
    /// The remark that a part is nested too deep.
    too_deep: Option<Fault>,
}

impl Writing<'_> {
    fn document(&mut self, text: &str) {
        let mut events = Events::new(text);
        self.run(&mut events, 0);
        self.too_deep = events.too_deep();
    }

    fn notes(&mut self, text: &str) {
        let mut events = Events::new(text);
        while let Some(event) = events.next() {
            let Event::Start(tag) = event else { continue };
            // The lines between text and notes are notes of a type.
            let is_note = matches!(tag.name.local(), "footnote" | "endnote") && value(&tag, "type").is_none();
            if is_note {
                self.manuscript.begin_aside(Aside::Note);
                let depth = events.depth();
                self.run(&mut events, depth);
                self.manuscript.end_aside();
            }
        }
        self.too_deep = self.too_deep.take().or_else(|| events.too_deep());
    }

    /// Writes down what stands in the element that is the innermost at `depth`.
    fn run(&mut self, events: &mut Events<'_>, depth: usize) {
        let mut is_hidden = false;
        while let Some(event) = events.next_within(depth) {
            match event {
                Event::Start(tag) if DROPPED.contains(&tag.name.local()) => events.skip(),
                Event::Start(tag) => match tag.name.local() {
                    "p" => self.manuscript.begin_paragraph(),
                    "pStyle" if self.is_contents(&tag) => self.skip_paragraph(events),
                    "pStyle" if self.is_title(&tag) => self.manuscript.set_kind(Kind::Title),
                    "numPr" => self.manuscript.set_kind(Kind::Item),
                    "r" => is_hidden = false,
                    "vanish" => is_hidden = is_on(&tag),
                    "t" if !is_hidden => self.manuscript.words(&events.text()),
                    "tab" | "ptab" => self.manuscript.separate(Gap::Blank),
                    "br" | "cr" => self.manuscript.separate(Gap::Line),
                    "noBreakHyphen" => self.manuscript.words("-"),
                    "tbl" => self.manuscript.begin_table(),
                    "tr" => self.manuscript.separate(Gap::Line),
                    "tc" => self.manuscript.separate(Gap::Cell),
                    "txbxContent" => self.manuscript.begin_aside(Aside::Box),
                    // Tabulators of a style are no text.
                    "tabs" | "pPrChange" | "rPrChange" => events.skip(),
                    _ => {}
                },
                Event::End(name) => match name.local() {
                    "p" => self.manuscript.end_paragraph(),
                    "tbl" => self.manuscript.end_table(),
                    "txbxContent" => self.manuscript.end_aside(),
                    _ => {}
                },
                Event::Text(_) => {}
            }
        }
    }

    fn is_title(&self, style: &Tag<'_>) -> bool {
        value(style, "val").is_some_and(|style| self.styles.title.contains(&style))
    }

    fn is_contents(&self, style: &Tag<'_>) -> bool {
        value(style, "val").is_some_and(|style| self.styles.contents.contains(&style))
    }

    /// Passes over the rest of the paragraph whose properties are being read.
    fn skip_paragraph(&mut self, events: &mut Events<'_>) {
        // Behind the style tag, its paragraph's properties and the paragraph itself are open.
        let paragraph = events.depth().saturating_sub(2);
        while events.next_within(paragraph).is_some() {}
        self.manuscript.end_paragraph();
    }
}

fn core_properties(text: &str) -> Stated<'static> {
    let mut stated = Stated::default();
    let mut events = Events::new(text);
    while let Some(event) = events.next() {
        let Event::Start(tag) = event else { continue };
        let found = PROPERTIES.iter().find(|(element, _)| *element == tag.name.local());
        if let Some((name, property)) = found {
            add_property(&mut stated, *property, name, &events.text());
        }
    }
    stated
}

/// Adds a property of a document, unless a program made it up.
pub(super) fn add_property(
    stated: &mut Stated<'static>,
    property: Option<Property>,
    name: &'static str,
    text: &str,
) {
    let credible = match property {
        Some(Property::Title) => credible_title(text),
        Some(Property::Author) => credible_author(text),
        Some(_) | None => Some(text.trim().to_owned()),
    };
    let Some(value) = credible.filter(|value| !value.is_empty()) else { return };
    match property {
        Some(property) => stated.add(0, property, name.into(), Value::One(value.into())),
        None => stated.add_other(name.into(), Value::One(value.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::ReadOptions;
    use crate::reader::package::tests::zipped;

    /// What is read of a package with these members.
    fn read(members: &[(&str, &[u8])]) -> Vec<Item> {
        let bytes = zipped(members);
        let options = ReadOptions::default();
        let mut items = Vec::new();
        let _ = Docx.read(&Input::whole("a.docx", &bytes, &options), &mut |item| items.push(item));
        items
    }

    #[test]
    fn the_document_is_where_the_package_says() {
        let relations = br#"<Relationships><Relationship Target="/word/document2.xml"
            Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"/></Relationships>"#;
        let document = b"<w:document><w:body><w:p><w:r><w:t>Here.</w:t></w:r></w:p></w:body></w:document>";
        let items = read(&[("_rels/.rels", relations), ("word/document2.xml", document)]);
        let [Item::Draft { draft, .. }] = &items[..] else { panic!("{items:?}") };
        assert_eq!(draft.body, "Here.");
    }

    #[test]
    fn deep_tables_take_linear_time() {
        let document = "<w:tbl><w:tr><w:tc><w:p><w:t>x</w:t>".repeat(50_000);
        let items = read(&[(DOCUMENT, document.as_bytes())]);
        let [Item::Draft { notes, .. }] = &items[..] else { panic!("{items:?}") };
        assert_eq!(notes[0].reason, Reason::TooLarge);
    }

    proptest::proptest! {
        #[test]
        fn no_document_panics(
            document in "(</?w:(p|pPr|r|t|tbl|tr|tc|txbxContent|del|tab|br)>|<w:(pStyle|vanish) w:val=\"(Title|0)\"/>|a b|&|<|\\PC){0,60}"
        ) {
            read(&[(DOCUMENT, document.as_bytes()), ("word/footnotes.xml", document.as_bytes())]);
        }
    }
}
