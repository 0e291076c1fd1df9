//! A file or block of XML: decoded, and its records one by one.

use std::borrow::Cow;
use std::ops::Range;

use super::scan::{Extent, Extents};
use super::{begins_file, charset};
use crate::article::Draft;
use crate::diagnostic::{LeftOut, Reason};
use crate::reader::{Emit, Fault, Input, Item, MAX_RECORD, Spot, decoded_as};

/// What a record turned out to be.
#[derive(Debug)]
pub enum Outcome {
    /// An article; one with neither title nor text is left out.
    Draft(Box<Draft>),
    /// No article, and nothing is wrong.
    LeftOut(LeftOut),
    /// It cannot be read.
    Skip(Fault),
}

/// The text of a file that is one document, with notes on its character set.
pub fn document<'a>(input: &Input<'a>) -> (Cow<'a, str>, Vec<Fault>) {
    text(input.bytes, charset::declared(input.bytes).as_deref())
}

fn text<'a>(bytes: &'a [u8], declared: Option<&str>) -> (Cow<'a, str>, Vec<Fault>) {
    let (text, notes) = decoded_as(bytes, declared);
    (charset::without_controls(text), notes)
}

/// A file of records, or a block of one.
#[derive(Debug)]
pub struct Source<'a> {
    bytes: Cow<'a, [u8]>,
    /// Where `bytes` begin in the file, unless they were converted.
    start: Option<u64>,
    declared: Option<String>,
    names: &'static [&'static str],
    head: String,
    first_record: u64,
    is_beginning: bool,
    /// Remarks that hold for all records.
    notes: Vec<Fault>,
}

impl<'a> Source<'a> {
    /// The source of records that are elements whose local name is one of `names`.
    pub fn new(input: &Input<'a>, names: &'static [&'static str]) -> Source<'a> {
        let beginning = if input.head.is_empty() { input.bytes } else { input.head };
        let mut source = Source {
            bytes: Cow::Borrowed(input.bytes),
            start: Some(input.offset),
            declared: charset::declared(beginning),
            names,
            head: String::new(),
            first_record: input.first_record,
            is_beginning: begins_file(input),
            notes: Vec::new(),
        };
        if charset::is_wide(beginning) {
            source.convert(input);
        }
        source.head = source.read_head(input.head);
        source
    }

    fn convert(&mut self, input: &Input<'a>) {
        let (text, notes) = document(input);
        self.bytes = Cow::Owned(text.into_owned().into_bytes());
        (self.start, self.declared, self.notes) = (None, None, notes);
    }

    fn read_head(&self, handed_on: &[u8]) -> String {
        let head = match self.is_beginning {
            true => {
                let first = Extents::new(&self.bytes, self.names).first_start();
                &self.bytes[..first.unwrap_or(self.bytes.len())]
            }
            false => handed_on,
        };
        text(head, self.declared.as_deref()).0.into_owned()
    }

    /// What stands before the first record of the file: declarations, the root's start tag, what holds for all records.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Reads each record with `read`, which is given its text from its start tag on and a list for remarks.
    ///
    /// # Errors
    /// When a file has no record at all.
    pub fn read(
        &self,
        emit: Emit<'_>,
        mut read: impl FnMut(&str, &mut Vec<Fault>) -> Outcome,
    ) -> Result<(), Fault> {
        let mut extents = Extents::new(&self.bytes, self.names).peekable();
        if extents.peek().is_none() && self.is_beginning {
            return Err(no_record());
        }
        for (number, extent) in (self.first_record..).zip(extents) {
            emit(self.item(number, extent, &mut read));
        }
        Ok(())
    }

    fn item(
        &self,
        number: u64,
        extent: Extent,
        read: &mut impl FnMut(&str, &mut Vec<Fault>) -> Outcome,
    ) -> Item {
        let (range, is_cut) = match extent {
            Extent::Whole(range) | Extent::Unclosed(range) => (range, false),
            Extent::Cut(range) => (range, true),
        };
        let spot = self.spot(number, &range);
        if range.len() > MAX_RECORD {
            return Item::Skip { spot, fault: too_large(range.len()) };
        }
        let (text, mut notes) = text(&self.bytes[range], self.declared.as_deref());
        notes.extend(self.notes.iter().cloned());
        notes.extend(is_cut.then(cut));
        match read(&text, &mut notes) {
            Outcome::Draft(draft) if is_cut && draft.title.is_none() && draft.body.is_empty() => {
                Item::Skip { spot, fault: cut() }
            }
            Outcome::Draft(draft) => Item::of(spot, *draft, notes),
            Outcome::LeftOut(what) => Item::LeftOut { spot, what },
            Outcome::Skip(fault) => Item::Skip { spot, fault },
        }
    }

    fn spot(&self, number: u64, range: &Range<usize>) -> Spot {
        let bytes = self.start.map(|start| (start + range.start as u64, range.len() as u64));
        Spot { member: None, record: Some(number), bytes }
    }
}

fn no_record() -> Fault {
    Fault { reason: Reason::Empty, message: "there is no record in it".to_owned(), hint: None }
}

fn too_large(bytes: usize) -> Fault {
    Fault {
        reason: Reason::TooLarge,
        message: format!("the record has {} MB, over the limit of {} MB", bytes >> 20, MAX_RECORD >> 20),
        hint: None,
    }
}

fn cut() -> Fault {
    Fault {
        reason: Reason::Broken,
        message: "the file ends inside this record".to_owned(),
        hint: Some("nothing after it could be read; was the file copied whole?".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::ReadOptions;

    fn check(bytes: &[u8], title: &str, place: Option<(u64, u64)>) {
        let options = ReadOptions::default();
        let input = Input::whole("a.xml", bytes, &options);
        let as_title = |text: &str, _: &mut Vec<Fault>| {
            Outcome::Draft(Box::new(Draft { title: Some(text.to_owned()), ..Draft::default() }))
        };
        let mut items = Vec::new();
        let read = Source::new(&input, &["item"]).read(&mut |item| items.push(item), as_title);
        let [Item::Draft { spot, draft, .. }] = &items[..] else { panic!("{read:?} {items:?}") };
        assert_eq!((draft.title.as_deref(), spot.bytes), (Some(title), place));
    }

    #[test]
    fn records_are_decoded_and_placed_in_the_file() {
        let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><a><item>caf\xe9\x0b</item></a>";
        check(latin, "<item>café</item>", Some((46, 18)));
        let utf16: Vec<u8> =
            "\u{feff}<a><item>café</item>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&utf16, "<item>café</item>", None);
    }

    #[test]
    fn a_file_without_records_says_so() {
        let options = ReadOptions::default();
        let source = Source::new(&Input::whole("a.xml", b"<rss></rss>", &options), &["item"]);
        let outcome = source.read(&mut |_| {}, |_, _| Outcome::LeftOut(LeftOut::NoArticle));
        assert_eq!(outcome.map_err(|fault| fault.reason), Err(Reason::Empty));
    }
}
