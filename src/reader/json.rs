//! JSON: one object, an array, JSON lines, objects in a row, or a list of records inside an object (RFC 8259,
//! jsonlines.org).
//!
//! Records are found by their brackets first (`scan`) and read one by one, so that a broken one costs only itself.

use std::borrow::Cow;
use std::ops::Range;

use crate::article::{Draft, Origin};
use crate::diagnostic::Reason;
use crate::reader::values::Stated;
use crate::reader::{Cutter, Emit, Fault, FieldMap, Input, Item, MAX_RECORD, Reader, Spot};
use crate::text::decode;

mod cutter;
mod map;
mod record;
mod scan;

pub use cutter::JsonCutter;
pub use map::{MAPPABLE, MapError, parse_map};

pub(super) use map::Meanings;
use scan::{Layout, Records};
pub(super) use scan::{Record, elements, members};

/// The byte after the JSON value at the head of `bytes`, by its brackets; `None` when it does not end.
pub(super) fn value_end(bytes: &[u8]) -> Option<usize> {
    scan::value_end(bytes, 0)
}

/// Where the list of records begins in `bytes`, the beginning of a file that wraps one in an object.
pub(super) fn list_start(bytes: &[u8]) -> Option<usize> {
    match Layout::of(bytes) {
        Layout::Sequence(start) => (bytes.get(start) == Some(&b'[')).then_some(start),
        Layout::Lines => None,
    }
}

/// The extents of the records of a file or of a block that [`JsonCutter`] made, and whether the last one is cut off.
/// `head` is [`Input::head`].
pub(super) fn extents(bytes: &[u8], head: &[u8]) -> impl Iterator<Item = (Range<usize>, bool)> {
    Records::new(bytes, layout_of(bytes, head)).map(|record| match record {
        Record::Whole(range) => (range, false),
        Record::Cut(range) => (range, true),
    })
}

/// Only an array has a head: a block out of it need not begin with a comma or a bracket when the array is broken.
fn layout_of(bytes: &[u8], head: &[u8]) -> Layout {
    if head.is_empty() { Layout::of(bytes) } else { Layout::Sequence(0) }
}

/// The values of one JSON object, by the names known by themselves.
pub(super) fn values_of(text: &str) -> serde_json::Result<Stated<'_>> {
    record::read(text, &Meanings::new(&FieldMap::default()))
}

/// Objects and lists in each other, of one record: what `serde_json` allows.
pub const MAX_DEPTH: usize = 127;

/// Endings of files that hold a record on each line, even if there is one line.
const LINE_EXTENSIONS: &[&str] = &["jsonl", "ndjson", "jsonlines"];

/// JSON files.
#[derive(Debug)]
pub struct Json;

impl Reader for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "JSON: an object, an array or lines of objects, names of values found or given by --map"
    }

    fn reads(&self) -> &'static str {
        "every value whose name tells what it is, in a dozen languages; the others are kept as they are"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json", "jsonl", "ndjson", "jsonlines"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let head = cutter::without_mark(head);
        let start = scan::skip_blanks(head, 0);
        let next = head.get(start + 1..).map(|rest| scan::skip_blanks(rest, 0) + start + 1);
        match (head.get(start), next.and_then(|next| head.get(next))) {
            (Some(b'{'), Some(b'"')) | (Some(b'['), Some(b'{')) => true,
            (Some(_) | None, Some(_) | None) => false,
        }
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(JsonCutter::default()))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let text = as_utf8(input.bytes);
        let bytes = cutter::without_mark(&text);
        let mark = (text.len() - bytes.len()) as u64;
        let start = matches!(text, Cow::Borrowed(_)).then_some(input.offset + mark);
        let layout = layout_of(bytes, input.head);
        let mut records = Records::new(bytes, layout).peekable();
        let Some(first) = records.next() else {
            return if input.first_record == 1 { Err(no_record(bytes)) } else { Ok(()) };
        };
        let alone =
            input.first_record == 1 && records.peek().is_none() && is_one_object(bytes, layout, input.name);
        let block = Block { bytes, start, meanings: Meanings::new(&input.options.map), input };
        for (number, record) in (input.first_record..).zip(std::iter::once(first).chain(records)) {
            emit(block.item((!alone).then_some(number), record));
        }
        Ok(())
    }
}

// RFC 8259 wants UTF-8; other programs write UTF-16 with a mark.
fn as_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff") {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(decode::decode(bytes, None).text.into_owned().into_bytes())
}

fn no_record(bytes: &[u8]) -> Fault {
    let message =
        if bytes.trim_ascii().is_empty() { "the file is empty" } else { "the list of records is empty" };
    Fault { reason: Reason::Empty, message: message.to_owned(), hint: None }
}

// Neither an element of an array nor of a wrapper's list, nor a line of a file of lines.
fn is_one_object(bytes: &[u8], layout: Layout, name: &str) -> bool {
    let by_line = name.rsplit_once('.').is_some_and(|(_, ending)| LINE_EXTENSIONS.contains(&ending));
    let start = match layout {
        Layout::Lines => 0,
        Layout::Sequence(start) => start,
    };
    !by_line && bytes.get(scan::skip_blanks(bytes, start)) == Some(&b'{')
}

/// What all records of a block share.
struct Block<'a> {
    bytes: &'a [u8],
    /// Where `bytes` begin in the file, unless they were converted.
    start: Option<u64>,
    meanings: Meanings<'a>,
    input: &'a Input<'a>,
}

impl Block<'_> {
    fn item(&self, number: Option<u64>, record: Record) -> Item {
        let (range, cut) = match record {
            Record::Whole(range) => (range, false),
            Record::Cut(range) => (range, true),
        };
        let bytes = self.start.map(|start| (start + range.start as u64, range.len() as u64));
        let spot = Spot { member: None, record: number, bytes };
        let mut notes = Vec::new();
        match self.draft(&self.bytes[range], cut, spot.is_part(), &mut notes) {
            Ok(draft) => Item::of(spot, draft, notes),
            Err(fault) => Item::Skip { spot, fault },
        }
    }

    /// The draft, which may be empty when it is one of many records. One whose text stands under a name that is not
    /// known is a fault, for the user can tell the name.
    fn draft(&self, bytes: &[u8], cut: bool, is_part: bool, notes: &mut Vec<Fault>) -> Result<Draft, Fault> {
        if bytes.len() > MAX_RECORD {
            return Err(too_large(bytes.len()));
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(bytes),
        };
        if let Cow::Owned(text) = &text {
            notes.push(replaced(text));
        }
        let stated = record::read(&text, &self.meanings).map_err(|error| broken(&error, cut))?;
        let mut draft = Draft { mapped: self.meanings.mapped(stated.ranks()), ..Draft::default() };
        let names = names_if_untold(&stated);
        let is_fault = !is_part || stated.has_other_prose();
        stated.fill(&mut draft, Origin::Metadata, self.input.options.day_order, notes);
        match is_fault && draft.title.is_none() && draft.body.is_empty() {
            true => Err(empty(&names)),
            false => Ok(draft),
        }
    }
}

fn names_if_untold(stated: &Stated<'_>) -> String {
    if stated.has_text() {
        return String::new();
    }
    let names: Vec<&str> = stated.names().take(12).collect();
    names.join(", ")
}

fn too_large(bytes: usize) -> Fault {
    Fault {
        reason: Reason::TooLarge,
        message: format!("the record has {} MB, over the limit of {} MB", bytes >> 20, MAX_RECORD >> 20),
        hint: None,
    }
}

fn replaced(text: &str) -> Fault {
    let replaced = text.matches('\u{fffd}').count();
    Fault {
        reason: Reason::Charset,
        message: format!("not UTF-8: {replaced} byte sequences were replaced"),
        hint: Some("JSON is UTF-8 (RFC 8259); convert the file".to_owned()),
    }
}

fn broken(error: &serde_json::Error, cut: bool) -> Fault {
    if cut {
        return Fault {
            reason: Reason::Broken,
            message: format!("the file ends inside this record ({error} of the record)"),
            hint: Some("nothing after it could be read; was the file copied whole?".to_owned()),
        };
    }
    Fault {
        reason: Reason::Broken,
        message: format!("no JSON object: {error} of the record"),
        hint: Some("the records after it are read".to_owned()),
    }
}

fn empty(names: &str) -> Fault {
    let hint = match names {
        "" => "the record has empty values only".to_owned(),
        names => format!("it has {names}; say which is which with --map title=NAME,body=NAME"),
    };
    Fault { reason: Reason::Empty, message: "neither title nor body".to_owned(), hint: Some(hint) }
}

#[cfg(test)]
mod tests;
