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
    /// An image, a script, a sound: data without text.
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
