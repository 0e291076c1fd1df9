//! Bytes to drafts of articles. A reader sees bytes and a name, never a path that it could open.

use serde::{Deserialize, Serialize};

use crate::article::Draft;
use crate::diagnostic::{LeftOut, Reason};
use crate::text::dates::DayOrder;
use crate::text::decode::{self, Decoded, How};

pub mod asciidoc;
pub mod capture;
pub mod csv;
mod document;
pub mod docx;
mod edges;
mod emphasis;
pub mod epub;
pub mod feed;
pub mod flow;
pub mod fragment;
pub mod front_matter;
pub mod ghost;
pub mod html;
pub mod json;
mod manuscript;
pub mod markdown;
pub mod mediawiki;
pub mod mime;
pub mod newsxml;
pub mod odt;
pub mod package;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod plain;
pub mod recognise;
pub mod reuters;
pub mod rst;
pub mod substack;
pub mod values;
pub mod warc;
pub mod wxr;
pub mod xml;

/// The most bytes of one record.
pub const MAX_RECORD: usize = 64 << 20;

/// What a reader is given.
pub struct Input<'a> {
    /// The file's path below the archive root, for names and dates in it; nothing to open.
    pub name: &'a str,
    /// The file, or for a format of records one or more whole records of it; decompressed, not decoded.
    pub bytes: &'a [u8],
    /// What stands before the first record of the file, when `bytes` does not begin with it: names of columns, the
    /// declaration of the character set, what holds for all records. Empty for the first block of a file.
    pub head: &'a [u8],
    /// The number of the first record in `bytes`, from 1.
    pub first_record: u64,
    /// Where `bytes` begins in the unpacked file, in bytes.
    pub offset: u64,
    /// What the user set.
    pub options: &'a ReadOptions,
}

impl<'a> Input<'a> {
    /// A whole file.
    pub fn whole(name: &'a str, bytes: &'a [u8], options: &'a ReadOptions) -> Input<'a> {
        Input { name, bytes, head: &[], first_record: 1, offset: 0, options }
    }
}

/// What the user set for reading.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadOptions {
    /// Own names of values, for formats with named values (`--map title=headline`).
    pub map: FieldMap,
    /// Which part of `3/4/2019` is the day.
    pub day_order: DayOrder,
    /// Whether drafts, private and other unpublished articles are wanted too.
    pub unpublished: bool,
    /// Whether it is a sample that is looked at, and the exact bounds of the text do not matter.
    pub in_haste: bool,
}

/// Own names of values: for each property the names to take it from, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldMap {
    /// `(property, name in the source)`; the properties are those of `MAPPABLE` in `json.rs`.
    pub pairs: Vec<(String, String)>,
}

/// What a reader gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Item {
    /// An article.
    Draft {
        /// Where it lies.
        spot: Spot,
        /// The article.
        draft: Box<Draft>,
        /// Remarks on it.
        notes: Vec<Fault>,
    },
    /// A record that cannot be an article.
    Skip {
        /// Where it lies.
        spot: Spot,
        /// Why.
        fault: Fault,
    },
    /// A record that is no article, and nothing is wrong with that.
    LeftOut(LeftOut),
}

impl Item {
    /// The article, or a skip as `empty` tells when there is neither title nor text in it.
    fn of(spot: Spot, draft: Draft, notes: Vec<Fault>, empty: impl FnOnce() -> Fault) -> Item {
        match draft.title.is_none() && draft.body.is_empty() {
            true => Item::Skip { spot, fault: empty() },
            false => Item::Draft { spot, draft: Box::new(draft), notes },
        }
    }
}

/// Where an item lies in its file; nothing is said when it is the whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// The part of a document of several articles: a chapter of a book.
    pub member: Option<String>,
    /// The number of the record, from 1.
    pub record: Option<u64>,
    /// First byte and length of the record in the unpacked file.
    pub bytes: Option<(u64, u64)>,
}

impl Spot {
    /// The whole file.
    pub const WHOLE: Spot = Spot { member: None, record: None, bytes: None };

    /// A record by its number, from 1.
    pub fn record(number: u64) -> Spot {
        Spot { record: Some(number), ..Spot::WHOLE }
    }
}

/// Why something was noted or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What is read of an article, and from where: one line for `backfile formats`.
    fn reads(&self) -> &'static str;
    /// Endings of file names, lower case, without the dot.
    fn extensions(&self) -> &'static [&'static str];
    /// Whether its files are no text; then only [`Reader::sniff`] and the reader itself can tell them from others.
    fn is_binary(&self) -> bool {
        false
    }
    /// Whether the first kilobyte looks like this format.
    fn sniff(&self, head: &[u8]) -> bool;
    /// Whether a container with these members is one export of this format, which is read as a whole.
    fn owns(&self, _members: &[&str]) -> bool {
        false
    }
    /// How a file may be cut into independent blocks.
    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        None
    }
    /// Whether it must run in a process of its own, because hostile input can bring down the one it runs in.
    fn is_risky(&self) -> bool {
        false
    }
    /// Reads the articles. An error means that nothing further can be read from `bytes`.
    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault>;
}

/// Finds the ends of records in a stream, so that a file of any size is read in blocks, by several threads.
pub trait Cutter: Send {
    /// The length of what stands before the first record and is handed on with every later block ([`Input::head`]);
    /// asked when `buffer` begins with the first byte of the file. `None` when more bytes are needed to tell, which
    /// counts as nothing once 4 MiB were seen.
    fn head(&mut self, _buffer: &[u8], _last: bool) -> Option<usize> {
        Some(0)
    }
    /// Looks at `buffer`, which begins where the last cut ended; `last` when the file ends with it.
    /// Gives the length of the longest prefix that ends with a whole record, and the number of records in it;
    /// `(0, 0)` when more bytes are needed.
    fn cut(&mut self, buffer: &[u8], last: bool) -> (usize, u64);
    /// Called when one record is longer than the limit: looks for the place in `buffer` where the next record begins.
    fn resync(&mut self, buffer: &[u8]) -> Option<usize>;
    /// Asked when [`Cutter::cut`] needs more bytes and `buffer` begins with a record: its length, from its first byte
    /// to that of the next record, when it says so itself and is nothing to be read. Then nobody needs to hold it in
    /// memory: it counts as one record, and as left out if it is told as what.
    fn pass_over(&mut self, _buffer: &[u8]) -> Option<(u64, Option<LeftOut>)> {
        None
    }
}

/// The text of a file, with a note when its character set was guessed or bytes could not be decoded.
fn decoded(bytes: &[u8]) -> (std::borrow::Cow<'_, str>, Vec<Fault>) {
    decoded_as(bytes, None)
}

/// [`decoded`], with the label of the character set that the file declares.
fn decoded_as<'a>(bytes: &'a [u8], declared: Option<&str>) -> (std::borrow::Cow<'a, str>, Vec<Fault>) {
    with_notes(decode::decode(bytes, declared))
}

/// The text of a part of a file, whose character set was `guessed` from more of it.
fn decoded_like<'a>(
    bytes: &'a [u8],
    guessed: Option<&'static str>,
) -> (std::borrow::Cow<'a, str>, Vec<Fault>) {
    let mut decoded = decode::decode(bytes, guessed);
    if let (How::Declared, Some(guessed)) = (decoded.how, guessed) {
        decoded.how = How::Guessed(guessed);
    }
    with_notes(decoded)
}

fn with_notes(decoded: Decoded<'_>) -> (std::borrow::Cow<'_, str>, Vec<Fault>) {
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
pub const READERS: &[&dyn Reader] = &[
    #[cfg(feature = "pdf")]
    &pdf::Pdf,
    &epub::Epub,
    &odt::Odt,
    &docx::Docx,
    &substack::Substack,
    &warc::Warc,
    &mime::Mbox,
    &mime::Mhtml,
    &mime::Eml,
    &mediawiki::MediaWiki,
    &reuters::Reuters,
    &newsxml::Nitf,
    &newsxml::NewsMl,
    &newsxml::Tei,
    &rst::Rst,
    &asciidoc::AsciiDoc,
    &markdown::Markdown,
    &html::Html,
    &ghost::Ghost,
    &wxr::Wxr,
    &feed::Feed,
    &json::Json,
    &csv::Csv,
    &plain::Plain,
];

/// What to do with a file.
pub enum Recognised {
    /// Read it so.
    Read(&'static dyn Reader),
    /// It is no article: an image, a font, an archive that is not read.
    Ignore,
    /// Named as text, but it is not.
    Refuse(Fault),
}
