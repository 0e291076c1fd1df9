//! reStructuredText, as documentation and the page generators Pelican, Nikola and Sphinx (ABlog) have it.

use std::borrow::Cow;

use crate::article::{Draft, Origin};
use crate::reader::front_matter;
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot};

mod blocks;
mod directives;
mod inline;

/// reStructuredText files.
#[derive(Debug)]
pub struct Rst;

impl Reader for Rst {
    fn name(&self) -> &'static str {
        "rst"
    }

    fn about(&self) -> &'static str {
        "reStructuredText, with the values of Pelican, Nikola and Sphinx"
    }

    fn reads(&self) -> &'static str {
        "the first title; the fields below it, Nikola's comments, meta directives, front matter; text without marks"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rst", "rest"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        const BEGINNINGS: &[&[u8]] = &[b".. title: ", b".. slug: ", b".. meta::", b".. post::", b".. _"];
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let (text, mut notes) = super::decoded(input.bytes);
        let header = front_matter::split(&text);
        notes.extend(header.notes);
        let mut draft = Draft::default();
        let order = input.options.day_order;
        header.stated.fill(&mut draft, Origin::FrontMatter, order, &mut notes);
        let document = blocks::read(header.body);
        stated(&document.values).fill(&mut draft, Origin::FrontMatter, order, &mut notes);
        let heading = document.title.map(|title| values::line(&title));
        draft.title = draft.title.or(heading.filter(|title| !title.is_empty()));
        draft.body = document.body;
        emit(Item::of(Spot::WHOLE, draft, notes));
        Ok(())
    }
}

/// The fields of a document by the meaning of their names; none of them holds the text.
fn stated<'a>(values: &'a [(&'a str, String)]) -> Stated<'a> {
    let mut stated = Stated::default();
    for (name, value) in values {
        let value = Value::One(Cow::Borrowed(without_keyword(value)));
        match values::property(name) {
            Some((_, Property::Body)) | None => stated.add_other(Cow::Borrowed(name), value),
            Some((rank, property)) => stated.add(rank, property, Cow::Borrowed(name), value),
        }
    }
    stated
}

/// A value without the marks of old version control: `$Date: 2004-05-17 $`.
fn without_keyword(value: &str) -> &str {
    let inner = value.strip_prefix('$').and_then(|value| value.strip_suffix('$'));
    inner.and_then(|inner| inner.split_once(": ")).map_or(value, |(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::ReadOptions;

    #[test]
    fn keywords_of_version_control_are_values() {
        for (value, expected) in [
            ("$Date: 2004-05-17 10:00:00 $", "2004-05-17 10:00:00"),
            ("$5", "$5"),
            ("$a$", "$a$"),
            ("2004", "2004"),
        ] {
            assert_eq!(without_keyword(value), expected, "{value}");
        }
    }

    #[test]
    fn a_heading_that_shows_nothing_is_no_title() {
        let options = ReadOptions::default();
        let mut items = Vec::new();
        let input = Input::whole("a.rst", b"\x07\x00\x01\n====\n\nWords.\n", &options);
        Rst.read(&input, &mut |item| items.push(item)).unwrap();
        let [Item::Draft { draft, .. }] = &items[..] else { panic!("{items:?}") };
        assert_eq!((draft.title.as_deref(), draft.body.as_str()), (None, "Words."));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, text in "(\\.\\. |:a: |=+\n|---\n|title: |\n|`|\\PC){0,40}") {
            let options = ReadOptions::default();
            for bytes in [&bytes[..], text.as_bytes()] {
                let _ = Rst.read(&Input::whole("a.rst", bytes, &options), &mut |_| {});
            }
        }
    }
}
