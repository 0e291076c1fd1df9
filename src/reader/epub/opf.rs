//! The package document: what the book states, its documents and their order (EPUB 3.3, chapter 5; OPF 2.0.1).

use std::collections::{HashMap, HashSet};

use super::resolve;
use crate::reader::Fault;
use crate::reader::document::credible_author;
use crate::reader::values::{Property, line};
use crate::reader::xml::{Event, Events, Tag};

/// Elements of the metadata and what they say of every article of the book.
const ELEMENTS: &[(&str, Option<Property>)] = &[
    ("creator", Some(Property::Author)),
    ("subject", Some(Property::Tag)),
    ("language", Some(Property::Language)),
    ("date", Some(Property::Date)),
    ("publisher", None),
    ("identifier", None),
    ("rights", None),
    ("source", None),
];

/// The events of a date that are not its publication (OPF 2.0.1, 2.2.7).
const OTHER_EVENTS: &[&str] = &["modification", "creation", "conversion", "ops-publication"];

/// A book.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Its title.
    pub(super) title: Option<String>,
    /// What it states beside the title, with the name of the element.
    pub(super) stated: Vec<(Option<Property>, &'static str, String)>,
    /// The paths of its documents in the order of reading.
    pub(super) spine: Vec<String>,
    /// What the guide and the manifest call a document, by its path.
    pub(super) kinds: HashMap<String, String>,
    /// The navigation document of EPUB 3.
    pub(super) nav: Option<String>,
    /// The table of contents of EPUB 2.
    pub(super) ncx: Option<String>,
    /// The remark that the package document is nested too deep.
    pub(super) too_deep: Option<Fault>,
}

impl Book {
    /// Reads the package document at `path`.
    pub(super) fn read(document: &str, path: &str) -> Book {
        let mut book = Book::default();
        let mut manifest: HashMap<String, String> = HashMap::new();
        let mut seen = HashSet::new();
        let mut events = Events::new(document);
        while let Some(event) = events.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name.local() {
                "item" => book.enter(&tag, path, &mut manifest),
                "itemref" => {
                    let document = tag.attribute("idref").and_then(|id| manifest.get(id.as_ref()));
                    // A document may be named twice; it is one article.
                    if let Some(document) = document.filter(|document| seen.insert((*document).clone())) {
                        book.spine.push(document.clone());
                    }
                }
                "reference" => {
                    if let (Some(kind), Some(href)) = (tag.attribute("type"), tag.attribute("href")) {
                        book.kinds.insert(resolve(path, &href), kind.into_owned());
                    }
                }
                name => book.state(name, &tag, &mut events),
            }
        }
        book.too_deep = events.too_deep();
        book
    }

    fn enter(&mut self, tag: &Tag<'_>, path: &str, manifest: &mut HashMap<String, String>) {
        let (Some(id), Some(href)) = (tag.attribute("id"), tag.attribute("href")) else { return };
        let document = resolve(path, &href);
        let properties = tag.attribute("properties").unwrap_or_default();
        if properties.split_whitespace().any(|property| property == "nav") {
            self.nav = Some(document.clone());
            self.kinds.insert(document.clone(), "toc".to_owned());
        }
        if tag.attribute("media-type").is_some_and(|kind| kind == "application/x-dtbncx+xml") {
            self.ncx = Some(document.clone());
        }
        manifest.insert(id.into_owned(), document);
    }

    fn state(&mut self, name: &str, tag: &Tag<'_>, events: &mut Events<'_>) {
        if name == "title" {
            let title = line(&events.text());
            if self.title.is_none() && !title.is_empty() {
                self.title = Some(title);
            }
            return;
        }
        let Some(&(name, property)) = ELEMENTS.iter().find(|(element, _)| *element == name) else { return };
        let event = tag.attribute("opf:event").or_else(|| tag.attribute("event")).unwrap_or_default();
        let role = tag.attribute("opf:role").unwrap_or_default();
        let value = line(&events.text());
        let is_author = property != Some(Property::Author) || matches!(role.as_ref(), "" | "aut");
        let is_credible = property != Some(Property::Author) || credible_author(&value).is_some();
        let is_wanted = is_author && is_credible && !OTHER_EVENTS.contains(&event.as_ref());
        if is_wanted && !value.is_empty() {
            self.stated.push((property, name, value));
        }
    }
}
