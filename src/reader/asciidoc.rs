//! AsciiDoc, as documentation and the page generators Hugo, Jekyll, JBake and Antora have it.

use std::borrow::Cow;

use crate::article::{Draft, Origin};
use crate::diagnostic::LeftOut;
use crate::reader::front_matter;
use crate::reader::plain::Plain;
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::{Emit, Fault, Input, Item, ReadOptions, Reader, Spot};

mod blocks;
mod inline;

use blocks::Document;

/// Prefixes that page generators put before the names of their values.
const PREFIXES: &[&str] = &["page-", "jbake-", "hp-", "awestruct-", "article-"];

/// Names that mean something in AsciiDoc alone.
const OWN_NAMES: &[(&str, Property)] =
    &[("revdate", Property::Date), ("doctitle", Property::Title), ("description", Property::Description)];

/// AsciiDoc files.
#[derive(Debug)]
pub struct AsciiDoc;

impl Reader for AsciiDoc {
    fn name(&self) -> &'static str {
        "asciidoc"
    }

    fn about(&self) -> &'static str {
        "AsciiDoc, with or without front matter"
    }

    fn reads(&self) -> &'static str {
        "front matter, else title, authors, revision date and attributes of the header; text without marks"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["adoc", "asciidoc", "asc"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
        head.starts_with(b"= ") && (has(b"\n:") || has(b"\n== "))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        // Keys and signatures have the ending `.asc` too.
        if input.bytes.starts_with(b"-----BEGIN PGP ") {
            emit(Item::LeftOut { spot: Spot::WHOLE, what: LeftOut::NoArticle });
            return Ok(());
        }
        // So have texts that are called so for being in ASCII.
        if input.name.to_ascii_lowercase().ends_with(".asc") && !self.sniff(input.bytes) {
            return Plain.read(input, emit);
        }
        let (text, mut notes) = super::decoded(input.bytes);
        let draft = draft(&text, input.options, &mut notes);
        emit(Item::of(Spot::WHOLE, draft, notes));
        Ok(())
    }
}

fn draft(text: &str, options: &ReadOptions, notes: &mut Vec<Fault>) -> Draft {
    // A header of bare lines, as other light formats have it, is none here: `NOTE: …` is a paragraph.
    let is_fenced =
        ["---", "+++", "{", "\u{feff}---", "\u{feff}+++"].iter().any(|fence| text.starts_with(fence));
    let mut draft = Draft::default();
    let mut body = text.strip_prefix('\u{feff}').unwrap_or(text);
    if is_fenced {
        let header = front_matter::split(text);
        notes.extend(header.notes);
        header.stated.fill(&mut draft, Origin::FrontMatter, options.day_order, notes);
        body = header.body;
    }
    let document = blocks::read(body);
    stated(&document, options).fill(&mut draft, Origin::FrontMatter, options.day_order, notes);
    draft.body = document.body;
    draft
}

fn stated<'a>(document: &'a Document<'a>, options: &ReadOptions) -> Stated<'a> {
    let mut stated = Stated::default();
    let one = |text: &'a str| Value::One(Cow::Borrowed(text));
    if let Some(title) = &document.title {
        stated.add(0, Property::Title, "title".into(), one(title));
    }
    if let Some(authors) = document.authors {
        let names = authors.split(';').map(author).filter(|name| !name.is_empty());
        stated.add(0, Property::Author, "author".into(), Value::Many(names.collect()));
    }
    if let Some(revision) = document.revision {
        stated.add(0, Property::Date, "revdate".into(), one(revision_date(revision, options)));
    }
    for (name, value) in &document.values {
        let short = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        let own = OWN_NAMES.iter().find(|(own, _)| *own == short).map(|(_, property)| (1, *property));
        match own.or_else(|| values::property(short)) {
            Some((_, Property::Body)) | None => stated.add_other(Cow::Borrowed(name), one(value)),
            Some((rank, property)) => {
                stated.add(1 + rank, property, Cow::Borrowed(name), one(without_brackets(value)))
            }
        }
    }
    stated
}

/// A list as some generators want it: `[a, b]`.
fn without_brackets(value: &str) -> &str {
    value.strip_prefix('[').and_then(|value| value.strip_suffix(']')).unwrap_or(value)
}

/// The name without the address; `_` joins the words of one name.
fn author(author: &str) -> Cow<'_, str> {
    let name = author.split('<').next().unwrap_or_default().trim();
    if name.contains('_') { Cow::Owned(name.replace('_', " ")) } else { Cow::Borrowed(name) }
}

/// The date in `v1.0, 2013-05-20: remark`.
fn revision_date<'a>(revision: &'a str, options: &ReadOptions) -> &'a str {
    let has_version = revision.split_once(',').filter(|(version, _)| {
        let version = version.trim().trim_start_matches('v');
        !version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-')
    });
    let dated = has_version.map_or(revision, |(_, rest)| rest).trim();
    let is_date = |text: &&str| values::date(text, options.day_order).is_some();
    let before_remark = dated.split_once(": ").map(|(date, _)| date);
    Some(dated).filter(is_date).or_else(|| before_remark.filter(is_date)).unwrap_or(dated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_have_dates() {
        for (revision, expected) in [
            ("v1.0, 2013-05-20: first", "2013-05-20"),
            ("1.0, May 20, 2013", "May 20, 2013"),
            ("2013-05-20", "2013-05-20"),
            ("17. Mai 2019", "17. Mai 2019"),
            ("v2.1", "v2.1"),
        ] {
            assert_eq!(revision_date(revision, &ReadOptions::default()), expected, "{revision}");
        }
    }

    #[test]
    fn keys_are_no_articles_and_texts_are_read_as_such() {
        let options = ReadOptions::default();
        let read = |text: &str| {
            let mut items = Vec::new();
            let _ = AsciiDoc
                .read(&Input::whole("a.asc", text.as_bytes(), &options), &mut |item| items.push(item));
            items
        };
        assert_eq!(
            read("-----BEGIN PGP MESSAGE-----\n\nabc"),
            [Item::LeftOut { spot: Spot::WHOLE, what: LeftOut::NoArticle }]
        );
        let [Item::Draft { draft, .. }] = &read("One *two* three.\n")[..] else { panic!("no article") };
        assert_eq!(draft.body, "One *two* three.");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, text in "(= |== |:a: |v1, |; |---\n|title: |\n|\\|===\n|\\PC){0,40}") {
            let options = ReadOptions::default();
            for bytes in [&bytes[..], text.as_bytes()] {
                let _ = AsciiDoc.read(&Input::whole("a.adoc", bytes, &options), &mut |_| {});
            }
        }
    }
}
