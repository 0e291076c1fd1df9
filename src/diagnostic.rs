//! What went wrong with one article or file, as a value: it is counted, reported and kept, never printed here.

use serde::{Deserialize, Serialize};

use crate::article::Place;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// The article is indexed, with this remark.
    Note,
    /// The record or file is not in the index.
    Skip,
}

/// The kinds of remarks and refusals; the summary counts by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// Neither title nor body.
    Empty,
    /// The file cannot be opened or read.
    Unreadable,
    /// Over a limit of size, depth or count.
    TooLarge,
    /// The file or record breaks its format.
    Broken,
    /// Named as text, but it holds binary data.
    Binary,
    /// Decompression failed or went over a limit.
    Compressed,
    /// The reader gave up by a panic.
    ReaderFailed,
    /// The file changed while it was read.
    Changed,
    /// The character set was guessed, or some bytes could not be decoded.
    Charset,
    /// A date was stated but cannot be read or is impossible.
    Date,
    /// The front matter was broken and read line by line.
    FrontMatter,
    /// Another article has the same identity.
    SameIdentity,
    /// A link, loop or special file.
    NotAFile,
    /// A value was cut or dropped because it is over a limit.
    Trimmed,
    /// A line that many articles share was cut out of them.
    Furniture,
    /// The archive shows the order of day and month.
    DayOrder,
    /// The user's map names what no record has.
    Map,
    /// The machine refused what is needed to read it: a process, memory, open files.
    Refused,
}

impl Reason {
    /// The word used in summaries and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Empty => "empty",
            Reason::Unreadable => "unreadable",
            Reason::TooLarge => "too-large",
            Reason::Broken => "broken",
            Reason::Binary => "binary",
            Reason::Compressed => "compressed",
            Reason::ReaderFailed => "reader-failed",
            Reason::Changed => "changed",
            Reason::Charset => "charset",
            Reason::Date => "date",
            Reason::FrontMatter => "front-matter",
            Reason::SameIdentity => "same-identity",
            Reason::NotAFile => "not-a-file",
            Reason::Trimmed => "trimmed",
            Reason::Furniture => "furniture",
            Reason::DayOrder => "day-order",
            Reason::Map => "map",
            Reason::Refused => "refused",
        }
    }
}

/// What is left out by rule: no article, and nothing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LeftOut {
    /// A draft, a private or a scheduled article.
    Unpublished,
    /// A record about an image or another file.
    Attachment,
    /// A comment, a menu entry, a form: a record of an export that is no article.
    NoArticle,
    /// A page that a crawl found unchanged.
    Revisit,
    /// An answer of a web server that has no page: a redirect, an error.
    NoPage,
    /// Neither title nor text: an empty record, an image, a script, a sound.
    NoText,
}

impl LeftOut {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            LeftOut::Unpublished => "unpublished",
            LeftOut::Attachment => "attachment",
            LeftOut::NoArticle => "no-article",
            LeftOut::Revisit => "revisit",
            LeftOut::NoPage => "no-page",
            LeftOut::NoText => "no-text",
        }
    }

    /// The words used in summaries, behind a number.
    pub fn words(self) -> &'static str {
        match self {
            LeftOut::Unpublished => "unpublished",
            LeftOut::Attachment => "attachments",
            LeftOut::NoArticle => "other records that are no articles",
            LeftOut::Revisit => "crawled again unchanged",
            LeftOut::NoPage => "without a page (redirects, errors)",
            LeftOut::NoText => "without text",
        }
    }

    /// What is said of one of them.
    pub fn about(self) -> &'static str {
        match self {
            LeftOut::Unpublished => "a draft, a private or a scheduled article",
            LeftOut::Attachment => "a record about an image or another file",
            LeftOut::NoArticle => "a record of the export that is no article",
            LeftOut::Revisit => "a page that was crawled again and had not changed",
            LeftOut::NoPage => "an answer of a web server without a page: a redirect or an error",
            LeftOut::NoText => "neither title nor text",
        }
    }

    /// What brings it into the index after all.
    pub fn hint(self) -> Option<&'static str> {
        match self {
            LeftOut::Unpublished => Some("--unpublished takes these too"),
            LeftOut::Attachment
            | LeftOut::NoArticle
            | LeftOut::Revisit
            | LeftOut::NoPage
            | LeftOut::NoText => None,
        }
    }
}

/// A record that was left out by rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Omission {
    /// Where it lies.
    pub place: Place,
    /// What it is.
    pub what: LeftOut,
}

/// One remark or refusal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Which file and record.
    pub place: Place,
    /// Note or skip.
    pub severity: Severity,
    /// What kind.
    pub reason: Reason,
    /// What happened, lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}
