//! Bytes to drafts of articles. A reader sees bytes and a name, never a path that it could open.

use crate::article::Draft;
use crate::diagnostic::Reason;
use crate::text::dates::DayOrder;
use crate::text::decode::{self, Decoded, How};

mod edges;
pub mod flow;
pub mod fragment;
pub mod front_matter;
pub mod html;
pub mod json;
pub mod markdown;
pub mod plain;
pub mod recognise;
pub mod values;

/// What a reader is given.
pub struct Input<'a> {
    /// The file's path below the archive root, for names and dates in it; nothing to open.
    pub name: &'a str,
    /// The file, or for a format of records one or more whole records of it; decompressed, not decoded.
    pub bytes: &'a [u8],
    /// The number of the first record in `bytes`, from 1.
    pub first_record: u64,
    /// What the user set.
    pub options: &'a ReadOptions,
}

/// What the user set for reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// Own names of values, for formats with named values (`--map title=headline`).
    pub map: FieldMap,
    /// Which part of `3/4/2019` is the day.
    pub day_order: DayOrder,
}

/// Own names of values: for each property the names to take it from, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FieldMap {
    /// `(property, name in the source)`; the properties are those of `MAPPABLE` in `json.rs`.
    pub pairs: Vec<(String, String)>,
}

/// What a reader gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// An article, with the number of its record if the file holds several.
    Draft {
        /// From 1.
        record: Option<u64>,
        /// The article.
        draft: Box<Draft>,
        /// Remarks on it.
        notes: Vec<Fault>,
    },
    /// A record that cannot be an article.
    Skip {
        /// From 1.
        record: Option<u64>,
        /// Why.
        fault: Fault,
    },
}

/// Why something was noted or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub reason: Reason,
    /// What happened, lower case, no full stop; for text formats with line and column.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Takes what a reader gives, as it comes.
pub type Emit<'a> = &'a mut dyn FnMut(Item);

/// One input format.
pub trait Reader: Sync {
    /// The name used with `--format`.
    fn name(&self) -> &'static str;
    /// One line for the help.
    fn about(&self) -> &'static str;
    /// Endings of file names, lower case, without the dot.
    fn extensions(&self) -> &'static [&'static str];
    /// Whether the first kilobyte looks like this format.
    fn sniff(&self, head: &[u8]) -> bool;
    /// How a file may be cut into independent blocks.
    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        None
    }
    /// Reads the articles. An error means that nothing further can be read from `bytes`.
    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault>;
}

/// Finds the ends of records in a stream, so that a file of any size is read in blocks, by several threads.
pub trait Cutter: Send {
    /// Looks at `buffer`, which begins where the last cut ended; `last` when the file ends with it.
    /// Gives the length of the longest prefix that ends with a whole record, and the number of records in it;
    /// `(0, 0)` when more bytes are needed.
    fn cut(&mut self, buffer: &[u8], last: bool) -> (usize, u64);
    /// Called when one record is longer than the limit: looks for the place in `buffer` where the next record begins.
    fn resync(&mut self, buffer: &[u8]) -> Option<usize>;
}

/// The text of a file, with a note when its character set was guessed or bytes could not be decoded.
fn decoded(bytes: &[u8]) -> (std::borrow::Cow<'_, str>, Vec<Fault>) {
    let decoded = decode::decode(bytes, None);
    let message = match (decoded.how, decoded.replaced) {
        (How::Guessed(charset), 0) => Some(format!("character set guessed: {charset}")),
        (How::Guessed(charset), replaced) => {
            Some(format!("character set guessed: {charset}, {replaced} sequences replaced"))
        }
        (How::Mixed, 0) => Some(MIXED.to_owned()),
        (How::Mixed, replaced) => Some(format!("{MIXED}, {replaced} sequences replaced")),
        (How::Mark | How::Declared | How::Utf8, 0) => None,
        (How::Mark | How::Declared | How::Utf8, 1) => Some("1 sequence of bytes was replaced".to_owned()),
        (How::Mark | How::Declared | How::Utf8, replaced) => {
            Some(format!("{replaced} sequences of bytes were replaced"))
        }
    };
    let note = message.map(|message| Fault { reason: Reason::Charset, message, hint: None });
    let notes = note.into_iter().chain(nul_note(&decoded)).collect();
    (decoded.text, notes)
}

/// What is said of text in two character sets.
const MIXED: &str = "UTF-8 mixed with windows-1252, decoded piece by piece";

/// The note on NULs that were dropped from a text.
fn nul_note(decoded: &Decoded<'_>) -> Option<Fault> {
    let message = match decoded.nuls {
        0 => return None,
        1 => "1 NUL in the text was dropped".to_owned(),
        nuls => format!("{nuls} NULs in the text were dropped"),
    };
    Some(Fault { reason: Reason::Charset, message, hint: None })
}

/// Every format, most specific first.
pub const READERS: &[&dyn Reader] = &[&markdown::Markdown, &html::Html, &json::Json, &plain::Plain];

/// What to do with a file.
pub enum Recognised {
    /// Read it so.
    Read(&'static dyn Reader),
    /// It is no article: an image, a font, an archive that is not read.
    Ignore,
    /// Named as text, but it is not.
    Refuse(Fault),
}
