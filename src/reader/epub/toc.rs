//! The names of chapters, from the navigation document (EPUB 3.3, chapter 7) or the NCX (EPUB 2).

use super::opf::Book;
use super::{Names, resolve, xml_text};
use crate::reader::package::Package;
use crate::reader::values::line;
use crate::reader::xml::{Event, Events};

/// The names of chapters. A table of contents that cannot be read names nothing.
pub(super) fn names(package: &mut Package<'_>, book: &Book) -> Names {
    let mut names = Names::new();
    for (path, read) in [(&book.nav, from_nav as fn(&mut Names, &str, &str)), (&book.ncx, from_ncx)] {
        let document = path.as_ref().and_then(|path| Some((path, package.read(path).ok()??)));
        if let Some((path, bytes)) = document {
            read(&mut names, &xml_text(&bytes), path);
        }
    }
    names
}

/// Links of the list that is the table of contents; the first name of a document counts.
fn from_nav(names: &mut Names, text: &str, path: &str) {
    let mut events = Events::new(text);
    let mut is_toc = false;
    while let Some(event) = events.next() {
        let Event::Start(tag) = event else { continue };
        match tag.name.local() {
            "nav" => is_toc = tag.attribute("epub:type").is_none_or(|kind| kind == "toc"),
            "a" if is_toc => {
                if let Some(href) = tag.attribute("href") {
                    enter(names, resolve(path, &href), &events.text());
                }
            }
            _ => {}
        }
    }
}

fn from_ncx(names: &mut Names, text: &str, path: &str) {
    let mut events = Events::new(text);
    let mut name = String::new();
    while let Some(event) = events.next() {
        let Event::Start(tag) = event else { continue };
        match tag.name.local() {
            "navLabel" => name = events.text().into_owned(),
            "content" => {
                if let Some(source) = tag.attribute("src") {
                    enter(names, resolve(path, &source), &name);
                }
            }
            _ => {}
        }
    }
}

fn enter(names: &mut Names, chapter: String, name: &str) {
    let name = line(name);
    if !name.is_empty() {
        names.entry(chapter).or_insert(name);
    }
}
