//! EPUB books and magazines (EPUB 3.3 and 2.0.1): each document of the spine with text is an article.
//!
//! `opf` reads the package document, `toc` the names of the chapters; the text of a chapter is read as a fragment of
//! HTML. What a chapter lacks it has from the book.

mod opf;
mod toc;

use std::collections::HashMap;

use crate::article::{Draft, Origin};
use crate::diagnostic::{LeftOut, Reason};
use crate::reader::package::{self, MAX_ENTRIES, Package};
use crate::reader::values::{Property, Stated, Value, line};
use crate::reader::xml::{Event, Events};
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot, fragment};
use crate::text::decode::decode;
use opf::Book;

/// A document of fewer words is no article: a cover, a title page, a notice.
const LEAST_WORDS: usize = 12;
/// A document that the book itself calls by one of these (EPUB Structural Semantics Vocabulary) may be longer and is
/// no article all the same.
const FURNITURE: &[&str] = &[
    "cover",
    "titlepage",
    "title-page",
    "halftitlepage",
    "toc",
    "landmarks",
    "page-list",
    "copyright-page",
    "imprint",
    "imprimatur",
    "lot",
    "loi",
    "index",
];
/// Algorithms that only make fonts unusable elsewhere (OCF 3.3, section 4.4).
const FONT_ALGORITHMS: &[&str] = &["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// The epub format.
pub struct Epub;

impl Reader for Epub {
    fn name(&self) -> &'static str {
        "epub"
    }

    fn about(&self) -> &'static str {
        "EPUB books and magazines"
    }

    fn reads(&self) -> &'static str {
        "each chapter with text as an article; its title from the table of contents, the rest from the book"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["epub"]
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn sniff(&self, head: &[u8]) -> bool {
        package::states_type(head, "application/epub+zip")
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let mut package = Package::open(input.bytes, MAX_ENTRIES)?;
        refuse_protected(&mut package)?;
        let path = package_document(&mut package)?;
        let document = xml_text(&package.need(&path)?);
        let book = Book::read(&document, &path);
        let names = toc::names(&mut package, &book);
        let mut chapters = Vec::new();
        for href in &book.spine {
            chapters.push((href.as_str(), chapter(&mut package, href, &book)));
        }
        let articles = chapters.iter().filter(|(_, chapter)| matches!(chapter, Chapter::Text { .. })).count();
        for (href, chapter) in chapters {
            let spot = Spot { member: Some(href.to_owned()), ..Spot::WHOLE };
            emit(match chapter {
                Chapter::Furniture => Item::LeftOut { spot, what: LeftOut::NoText },
                Chapter::Broken(fault) => Item::Skip { spot, fault },
                Chapter::Text { body, heading } => {
                    let name = names.get(href).cloned().or(heading);
                    book.article(spot, name, body, articles == 1, input.options.day_order)
                }
            });
        }
        if book.spine.is_empty() {
            return Err(broken("the book lists no documents"));
        }
        Ok(())
    }
}

impl Book {
    /// The article of a chapter. A book with one article is that article.
    fn article(
        &self,
        spot: Spot,
        name: Option<String>,
        body: String,
        is_alone: bool,
        order: crate::text::dates::DayOrder,
    ) -> Item {
        let mut draft = Draft { body, ..Draft::default() };
        let mut notes: Vec<Fault> = self.too_deep.iter().cloned().collect();
        let mut stated = Stated::default();
        let title = if is_alone { self.title.clone().or(name) } else { name.or_else(|| self.title.clone()) };
        if let (Some(book), false) = (&self.title, is_alone) {
            stated.add(0, Property::Section, "book".into(), Value::Many(vec![book.clone().into()]));
            stated.add_other("book".into(), Value::One(book.clone().into()));
        }
        for (property, name, value) in &self.stated {
            let value = Value::One(value.clone().into());
            match property {
                Some(property) => stated.add(0, *property, (*name).into(), value),
                None => stated.add_other((*name).into(), value),
            }
        }
        draft.title = title;
        stated.fill(&mut draft, Origin::Metadata, order, &mut notes);
        Item::Draft { spot, draft: Box::new(draft), notes }
    }
}

/// What a document of the spine is.
enum Chapter {
    Text { body: String, heading: Option<String> },
    Furniture,
    Broken(Fault),
}

fn chapter(package: &mut Package<'_>, href: &str, book: &Book) -> Chapter {
    let bytes = match package.need(href) {
        Ok(bytes) => bytes,
        Err(fault) => return Chapter::Broken(fault),
    };
    let decoded = decode(&bytes, None);
    let page = Page::of(&decoded.text);
    let body = fragment::text(page.body);
    let kind = page.kind.as_deref().or(book.kinds.get(href).map(String::as_str)).unwrap_or_default();
    let is_furniture = kind.split_whitespace().any(|kind| FURNITURE.contains(&kind));
    if is_furniture || words(&body) < LEAST_WORDS {
        return Chapter::Furniture;
    }
    let heading = page.heading();
    Chapter::Text { body: without_heading(body, heading.as_deref()), heading }
}

/// The number of words, where each character of a script without blanks counts as half a word.
fn words(text: &str) -> usize {
    let unspaced = text
        .chars()
        .filter(|c| matches!(c, '\u{e00}'..='\u{eff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'));
    text.split_whitespace().count() + unspaced.count() / 2
}

fn without_heading(body: String, heading: Option<&str>) -> String {
    let rest =
        heading.and_then(|heading| body.strip_prefix(heading)).and_then(|rest| rest.strip_prefix("\n\n"));
    match rest {
        Some(rest) => rest.to_owned(),
        None => body,
    }
}

/// The parts of a document of the spine.
struct Page<'t> {
    body: &'t str,
    title: Option<String>,
    first_heading: Option<String>,
    /// The value of `epub:type` at the body or its only section.
    kind: Option<String>,
}

impl<'t> Page<'t> {
    fn of(text: &'t str) -> Page<'t> {
        let mut page = Page { body: text, title: None, first_heading: None, kind: None };
        let mut events = Events::new(text);
        while let Some(event) = events.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name.local() {
                "title" => page.title = Some(line(&events.text())),
                "body" => {
                    page.body = text.get(events.offset()..).unwrap_or_default();
                    page.kind = tag.attribute("epub:type").map(|kind| kind.into_owned());
                }
                "section" | "div" | "nav" if page.kind.is_none() => {
                    page.kind = tag.attribute("epub:type").map(|kind| kind.into_owned());
                }
                "h1" | "h2" | "h3" => {
                    page.first_heading = Some(line(&events.text())).filter(|heading| !heading.is_empty());
                    if page.first_heading.is_some() {
                        break;
                    }
                }
                _ => {}
            }
        }
        page
    }

    /// The name that the document gives itself.
    fn heading(&self) -> Option<String> {
        self.first_heading.clone().or_else(|| self.title.clone()).filter(|heading| !heading.is_empty())
    }
}

/// The text of an XML member.
fn xml_text(bytes: &[u8]) -> String {
    decode(bytes, None).text.into_owned()
}

/// The path of the package document, as the container states it (OCF 3.3, 4.2.6.3.1).
fn package_document(package: &mut Package<'_>) -> Result<String, Fault> {
    let container = package.need("META-INF/container.xml")?;
    let container = xml_text(&container);
    let path = Events::new(&container).find_map(|event| match event {
        Event::Start(tag) if tag.name.local() == "rootfile" => tag.attribute("full-path"),
        Event::Start(_) | Event::End(_) | Event::Text(_) => None,
    });
    path.map(|path| path.into_owned()).ok_or_else(|| broken("it does not say where the book is in it"))
}

fn refuse_protected(package: &mut Package<'_>) -> Result<(), Fault> {
    let Some(encryption) = package.read("META-INF/encryption.xml")? else { return Ok(()) };
    let encryption = xml_text(&encryption);
    let hides_text = Events::new(&encryption).any(|event| match event {
        Event::Start(tag) if tag.name.local() == "EncryptionMethod" => {
            let algorithm = tag.attribute("Algorithm").unwrap_or_default();
            !FONT_ALGORITHMS.contains(&algorithm.as_ref())
        }
        Event::Start(_) | Event::End(_) | Event::Text(_) => false,
    });
    if hides_text {
        return Err(package::encrypted("it is protected against copying (DRM)"));
    }
    Ok(())
}

fn broken(message: &str) -> Fault {
    Fault { reason: Reason::Broken, message: message.to_owned(), hint: None }
}

/// A path that `href` names, as seen from the folder of the member `base`: decoded, without `.` and `..`, and
/// without the place in the document.
fn resolve(base: &str, href: &str) -> String {
    let href = href.split(['#', '?']).next().unwrap_or_default();
    let href = percent_decoded(href);
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    let whole = if href.starts_with('/') { href.clone() } else { format!("{folder}/{href}") };
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Undoes `%20` and its kind (RFC 3986, 2.1).
fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Names of chapters by the paths of their documents.
type Names = HashMap<String, String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved() {
        for (base, href, expected) in [
            ("OEBPS/content.opf", "text/ch%201.xhtml#start", "OEBPS/text/ch 1.xhtml"),
            ("OEBPS/nav/toc.ncx", "../text/./a.xhtml", "OEBPS/text/a.xhtml"),
            ("content.opf", "../../a.xhtml", "a.xhtml"),
            ("a/b.opf", "/c.xhtml", "c.xhtml"),
            ("b.opf", "100%.xhtml", "100%.xhtml"),
        ] {
            assert_eq!(resolve(base, href), expected, "{base} {href}");
        }
    }

    /// What is read of a book with this package document and this chapter.
    fn read(document: &str, chapter: &str) -> Vec<Item> {
        let container = "<container><rootfile full-path='b.opf'/></container>";
        let bytes = package::tests::zipped(&[
            ("META-INF/container.xml", container.as_bytes()),
            ("b.opf", document.as_bytes()),
            ("nav", document.as_bytes()),
            ("a", chapter.as_bytes()),
        ]);
        let options = crate::reader::ReadOptions::default();
        let mut items = Vec::new();
        let _ = Epub.read(&Input::whole("a.epub", &bytes, &options), &mut |item| items.push(item));
        items
    }

    #[test]
    fn a_document_named_many_times_is_one_article() {
        let document = format!("<item id='a' href='a'/>{}", "<itemref idref='a'/>".repeat(100_000));
        assert_eq!(read(&document, &"word ".repeat(50)).len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_book_panics(
            document in "(<item id='a' href='a'/>|<item id='n' href='nav' properties='nav'/>|<itemref idref='a'/>|<dc:title>|</dc:title>|<a href='(a|%|%2)'>|<nav>|&|<|\\PC){0,30}",
            chapter in "(<body epub:type='x'>|<h1>|</h1>|<p>|word |<|&|\\PC){0,60}"
        ) {
            read(&document, &chapter);
        }
    }

    #[test]
    fn words_are_counted_in_every_script() {
        assert_eq!(words("three short words"), 3);
        assert_eq!(words("吾輩は猫である"), 1 + 3);
    }
}
