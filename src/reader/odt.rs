//! Text documents of the OpenDocument format (ISO/IEC 26300, ODF 1.3), packed or flat.

use std::collections::HashSet;

use crate::article::{Draft, Origin};
use crate::diagnostic::Reason;
use crate::reader::docx::add_property;
use crate::reader::flow::Gap;
use crate::reader::manuscript::{Aside, Kind, Manuscript};
use crate::reader::package::{self, MAX_ENTRIES, Package};
use crate::reader::values::{Property, Stated};
use crate::reader::xml::{Event, Events, Tag, root};
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot};
use crate::text::decode::decode;

/// Elements of the metadata (ODF 1.3 part 3, 4.3) and what they say. `dc:creator` and `dc:date` are the last change.
const PROPERTIES: &[(&str, &str, Option<Property>)] = &[
    ("dc", "title", Some(Property::Title)),
    ("meta", "initial-creator", Some(Property::Author)),
    ("meta", "keyword", Some(Property::Tag)),
    ("meta", "creation-date", Some(Property::Date)),
    ("dc", "description", Some(Property::Description)),
    ("dc", "language", Some(Property::Language)),
    ("dc", "subject", None),
];

/// Elements whose text is not part of the document: deleted text, comments, generated lists, marks of notes, the
/// reading of ruby characters, scripts.
const DROPPED: &[&str] = &[
    "tracked-changes",
    "annotation",
    "table-of-content",
    "alphabetical-index",
    "note-citation",
    "ruby-text",
    "scripts",
    "forms",
    "sequence-decls",
    "binary-data",
    "desc",
    "master-styles",
    "styles",
];

/// The odt format.
pub struct Odt;

impl Reader for Odt {
    fn name(&self) -> &'static str {
        "odt"
    }

    fn about(&self) -> &'static str {
        "text documents of LibreOffice and OpenOffice"
    }

    fn reads(&self) -> &'static str {
        "the text with changes accepted, tables, boxes and notes; title, author, keywords and date of the document"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["odt", "ott", "fodt"]
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn sniff(&self, head: &[u8]) -> bool {
        package::states_type(head, "application/vnd.oasis.opendocument.text")
            || root(head).is_some_and(|(name, rest)| is_flat(&name) && !rest.contains("spreadsheet"))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let is_one_file = root(input.bytes).is_some_and(|(name, _)| is_flat(&name));
        let (content, meta) = if is_one_file {
            let whole = text_of(input.bytes);
            (whole.clone(), whole)
        } else {
            let mut package = Package::open(input.bytes, MAX_ENTRIES)?;
            refuse_encrypted(&mut package)?;
            let content = text_of(&package.need("content.xml")?);
            // A document is read without what it states, should that be damaged.
            let meta = package.read("meta.xml").ok().flatten().unwrap_or_default();
            (content, text_of(&meta))
        };
        let mut notes = Vec::new();
        let (title, body) = written_down(&content, &mut notes);
        let mut draft = Draft { title, body, ..Draft::default() };
        stated(&meta).fill(&mut draft, Origin::Metadata, input.options.day_order, &mut notes);
        emit(Item::of(Spot::WHOLE, draft, notes));
        Ok(())
    }
}

fn is_flat(root: &str) -> bool {
    root == "office:document"
}

fn text_of(bytes: &[u8]) -> String {
    decode(bytes, None).text.into_owned()
}

fn refuse_encrypted(package: &mut Package<'_>) -> Result<(), Fault> {
    let manifest = package.read("META-INF/manifest.xml")?.unwrap_or_default();
    if memchr::memmem::find(&manifest, b"encryption-data").is_some() {
        return Err(package::encrypted("it is encrypted with a password"));
    }
    if !package.has("content.xml") {
        let message = "it is no OpenDocument text, as its ending says".to_owned();
        return Err(Fault { reason: Reason::Broken, message, hint: None });
    }
    Ok(())
}

/// Title and text.
fn written_down(content: &str, notes: &mut Vec<Fault>) -> (Option<String>, String) {
    let mut manuscript = Manuscript::default();
    let mut titles: HashSet<String> = ["Title".to_owned()].into();
    let mut events = Events::new(content);
    let (mut paragraphs, mut lists) = (0_usize, 0_usize);
    while let Some(event) = events.next() {
        match event {
            Event::Start(tag) if DROPPED.contains(&tag.name.local()) => Events::skip(&mut events),
            Event::Start(tag) => match tag.name.split() {
                ("style", "style") => enter_style(&tag, &mut titles),
                ("text", "p" | "h") => {
                    paragraphs += 1;
                    manuscript.begin_paragraph();
                    let style = tag.attribute("text:style-name").unwrap_or_default();
                    if titles.contains(style.as_ref()) {
                        manuscript.set_kind(Kind::Title);
                    } else if lists > 0 {
                        manuscript.set_kind(Kind::Item);
                    }
                }
                ("text", "list") => lists += 1,
                ("text", "s" | "tab") => manuscript.separate(Gap::Blank),
                ("text", "line-break") => manuscript.separate(Gap::Line),
                ("table", "table") => manuscript.begin_table(),
                ("table", "table-row") => manuscript.separate(Gap::Line),
                ("table", "table-cell") => manuscript.separate(Gap::Cell),
                ("text", "note-body") => manuscript.begin_aside(Aside::Note),
                ("draw", "text-box") => manuscript.begin_aside(Aside::Box),
                _ => {}
            },
            Event::End(name) => match name.split() {
                ("text", "p" | "h") => {
                    paragraphs = paragraphs.saturating_sub(1);
                    manuscript.end_paragraph();
                }
                ("text", "list") => lists = lists.saturating_sub(1),
                ("table", "table") => manuscript.end_table(),
                ("text", "note-body") | ("draw", "text-box") => manuscript.end_aside(),
                _ => {}
            },
            Event::Text(text) if paragraphs > 0 => manuscript.words(&text),
            Event::Text(_) => {}
        }
    }
    notes.extend(events.too_deep());
    manuscript.finish()
}

/// A style made for one place has the name of the one it is based on.
fn enter_style(tag: &Tag<'_>, titles: &mut HashSet<String>) {
    let parent = tag.attribute("style:parent-style-name").unwrap_or_default();
    if parent == "Title"
        && let Some(name) = tag.attribute("style:name")
    {
        titles.insert(name.into_owned());
    }
}

fn stated(meta: &str) -> Stated<'static> {
    let mut stated = Stated::default();
    let mut events = Events::new(meta);
    while let Some(event) = events.next() {
        let Event::Start(tag) = event else { continue };
        // In a flat document the text follows what is stated.
        if tag.name.split() == ("office", "body") {
            break;
        }
        let found = PROPERTIES.iter().find(|(prefix, element, _)| (*prefix, *element) == tag.name.split());
        if let Some((_, name, property)) = found {
            add_property(&mut stated, *property, name, &events.text());
        }
    }
    stated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_outside_of_paragraphs_is_none() {
        let content = "<office:text>a<text:p>b</text:p>c<text:list>d<text:p>e</text:p></text:list>";
        let mut notes = Vec::new();
        let (title, body) = written_down(content, &mut notes);
        assert_eq!((title, body.as_str(), notes), (None, "b\n\ne", Vec::new()));
    }

    #[test]
    fn what_is_nested_too_deep_is_told() {
        let content = format!("<text:p>a</text:p>{}b", "<text:section>".repeat(300));
        let mut notes = Vec::new();
        let (_, body) = written_down(&content, &mut notes);
        assert_eq!((body.as_str(), notes[0].reason), ("a", Reason::TooLarge));
    }

    proptest::proptest! {
        #[test]
        fn no_content_panics(
            content in "(</?(text:(p|list|note-body)|table:table(-row|-cell)?|draw:text-box|style:style)>|<text:(s|tab)/>|a b|&|<|\\PC){0,60}"
        ) {
            written_down(&content, &mut Vec::new());
            stated(&content);
        }
    }
}
