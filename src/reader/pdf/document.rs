//! What a PDF states about itself: the information dictionary and the XMP packet (ISO 32000-2, 14.3).

use std::borrow::Cow;

use hayro_syntax::Pdf;
use hayro_syntax::object::{DateTime, Dict, Stream};

use crate::reader::document::{credible_author, credible_title};
use crate::reader::values::{Property, Stated, Value};
use crate::reader::xml::{Event, Events};

/// Elements of XMP and what they say; the surest first.
const XMP: &[(&str, &str, Property)] = &[
    ("dc", "title", Property::Title),
    ("dc", "creator", Property::Author),
    ("dc", "description", Property::Description),
    ("dc", "subject", Property::Tag),
    ("dc", "language", Property::Language),
    ("prism", "publicationDate", Property::Date),
    ("prism", "coverDate", Property::Date),
    ("prism", "publicationName", Property::Section),
    ("dc", "date", Property::Date),
    ("xmp", "CreateDate", Property::Date),
];

/// All that is stated. What both places state is taken from the dictionary, which more programs write, except for the
/// date: the dictionary only knows when the file was made.
pub(super) fn stated(pdf: &Pdf) -> Stated<'static> {
    let mut stated = Stated::default();
    let info = pdf.metadata();
    let text = |bytes: &Option<Box<[u8]>>| bytes.as_deref().map(text_string).unwrap_or_default();
    if let Some(title) = credible_title(&text(&info.title)) {
        add(&mut stated, 0, Property::Title, "title", title);
    }
    if let Some(author) = credible_author(&text(&info.author)) {
        add(&mut stated, 0, Property::Author, "author", author);
    }
    add(&mut stated, 0, Property::Description, "subject", text(&info.subject));
    add(&mut stated, 0, Property::Tag, "keywords", text(&info.keywords));
    if let Some(date) = &info.creation_date {
        add(&mut stated, XMP.len(), Property::Date, "created", moment(date));
    }
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    if let Some(catalog) = catalog {
        if let Some(language) = catalog.get::<hayro_syntax::object::String<'_>>(b"Lang") {
            add(&mut stated, 0, Property::Language, "language", text_string(language.as_bytes()));
        }
        let packet = catalog.get::<Stream<'_>>(b"Metadata").and_then(|stream| stream.decoded_data().ok());
        if let Some(packet) = packet {
            add_xmp(&mut stated, &String::from_utf8_lossy(&packet));
        }
    }
    stated
}

fn add(stated: &mut Stated<'static>, rank: usize, property: Property, name: &'static str, value: String) {
    if !value.trim().is_empty() {
        stated.add(rank, property, Cow::Borrowed(name), Value::One(Cow::Owned(value)));
    }
}

fn add_xmp(stated: &mut Stated<'static>, packet: &str) {
    let mut events = Events::new(packet);
    while let Some(event) = events.next() {
        let Event::Start(tag) = event else { continue };
        let (prefix, name) = tag.name.split();
        for (attribute, value) in tag.attributes() {
            let (prefix, name) = attribute.split_once(':').unwrap_or(("", attribute));
            add_value(stated, prefix, name, value.into_owned());
        }
        if XMP.iter().any(|(known, element, _)| (*known, *element) == (prefix, name)) {
            for value in items(&mut events) {
                add_value(stated, prefix, name, value);
            }
        }
    }
}

fn add_value(stated: &mut Stated<'static>, prefix: &str, name: &str, value: String) {
    let found = XMP.iter().enumerate().find(|(_, (known, element, _))| (*known, *element) == (prefix, name));
    let Some((rank, &(_, name, property))) = found else { return };
    let value = match property {
        Property::Title => credible_title(&value),
        Property::Author => credible_author(&value),
        Property::Body
        | Property::Description
        | Property::Date
        | Property::Tag
        | Property::Section
        | Property::Url
        | Property::Id
        | Property::Language => Some(value),
    };
    if let Some(value) = value {
        add(stated, rank + 1, property, name, value);
    }
}

/// The items of a list, or the value if it is none.
fn items(events: &mut Events<'_>) -> Vec<String> {
    let depth = events.depth();
    let (mut items, mut alone) = (Vec::new(), String::new());
    while let Some(event) = events.next_within(depth) {
        match event {
            Event::Start(tag) if tag.name.local() == "li" => items.push(events.text().into_owned()),
            Event::Text(text) => alone.push_str(&text),
            Event::Start(_) | Event::End(_) => {}
        }
    }
    if items.is_empty() { vec![alone] } else { items }
}

fn moment(date: &DateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{:+03}:{:02}",
        date.year,
        date.month,
        date.day,
        date.hour,
        date.minute,
        date.second,
        date.utc_offset_hour,
        date.utc_offset_minute
    )
}

/// The characters of PDFDocEncoding that are not those of Latin-1 (ISO 32000-2, annex D.3), from 0x18 and from 0x80.
const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
const HIGH: [char; 33] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ',
    'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
];

/// A text string (7.9.2.2): UTF-16 or UTF-8 with a byte order mark, else PDFDocEncoding.
pub(super) fn text_string(bytes: &[u8]) -> String {
    let (encoding, length) = match bytes {
        [0xfe, 0xff, ..] => (encoding_rs::UTF_16BE, 2),
        [0xff, 0xfe, ..] => (encoding_rs::UTF_16LE, 2),
        [0xef, 0xbb, 0xbf, ..] => (encoding_rs::UTF_8, 3),
        // Some programs leave out the mark.
        _ if !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() => (encoding_rs::UTF_8, 0),
        _ => return bytes.iter().map(|byte| document_character(*byte)).collect(),
    };
    encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned()
}

fn document_character(byte: u8) -> char {
    match byte {
        0x18..=0x1f => LOW[usize::from(byte - 0x18)],
        0x80..=0xa0 => HIGH[usize::from(byte - 0x80)],
        0x00..=0x17 | 0x20..=0x7f | 0xa1..=0xff => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Draft, Origin};
    use crate::text::dates::DayOrder;

    #[test]
    fn text_strings_are_decoded() {
        for (bytes, expected) in [
            (&b"plain"[..], "plain"),
            (b"\xfe\xff\0H\x20\xac", "H€"),
            (b"\xef\xbb\xbfna\xc3\xafve", "naïve"),
            (b"na\xc3\xafve", "naïve"),
            (b"na\xefve \x8dx\x8e \x1f", "naïve “x” ˜"),
        ] {
            assert_eq!(text_string(bytes), expected);
        }
    }

    #[test]
    fn packets_are_read_in_both_forms() {
        let packet = r#"<x:xmpmeta><rdf:RDF><rdf:Description xmp:CreateDate="2011-03-04T05:06:07Z">
            <dc:title><rdf:Alt><rdf:li xml:lang="x-default">On Locks</rdf:li></rdf:Alt></dc:title>
            <dc:creator><rdf:Seq><rdf:li>Ann Lee</rdf:li><rdf:li>Bob Ray</rdf:li></rdf:Seq></dc:creator>
            <dc:subject><rdf:Bag><rdf:li>canals</rdf:li><rdf:li>locks</rdf:li></rdf:Bag></dc:subject>
            <prism:publicationDate>2010-12</prism:publicationDate>
            </rdf:Description></rdf:RDF></x:xmpmeta>"#;
        let mut stated = Stated::default();
        add_xmp(&mut stated, packet);
        let (mut draft, mut notes) = (Draft::default(), Vec::new());
        stated.fill(&mut draft, Origin::Metadata, DayOrder::Unknown, &mut notes);
        assert_eq!(draft.title.as_deref(), Some("On Locks"));
        assert_eq!(draft.authors, ["Ann Lee", "Bob Ray"]);
        assert_eq!(draft.tags, ["canals", "locks"]);
        assert_eq!(draft.published.map(|published| published.date.to_string()).as_deref(), Some("2010-12"));
    }
}
