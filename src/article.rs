//! What an article is, from the reader's draft to the indexed whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::language::Language;
use crate::text::calendar::DateSpan;
use crate::text::dates::DayOrder;

/// An article as a reader understood it; `ingest` completes it to an [`Article`].
///
/// Strings are trimmed and free of the control characters of ASCII other than newline and tab; `None` and empty lists
/// mean "not stated".
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Stated title.
    pub title: Option<String>,
    /// Summary or standfirst.
    pub description: Option<String>,
    /// Plain text, a blank line between paragraphs, without page furniture.
    pub body: String,
    /// Names as written, without "By".
    pub authors: Vec<String>,
    /// Tags, keywords and topics as written.
    pub tags: Vec<String>,
    /// Categories or sections as written; they count as tags too.
    pub sections: Vec<String>,
    /// Publication date.
    pub published: Option<Published>,
    /// Declared language.
    pub language: Option<Language>,
    /// Canonical URL.
    pub url: Option<String>,
    /// The id that the source declares.
    pub id: Option<String>,
    /// Lines of the page that are not the text: captions, boxes, page furniture; kept apart, never searched.
    pub furniture: Vec<String>,
    /// The order of day and month that a stated date shows: `17/05/2019` is day first.
    pub day_order: Option<DayOrder>,
    /// Which of the names in the user's map its record has: bit `n` for the pair `n`, of 64.
    pub mapped: u64,
    /// Every other stated value, by its name in the source.
    pub meta: BTreeMap<String, Vec<String>>,
}

/// A publication date and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The days it can mean.
    pub date: DateSpan,
    /// Where it was stated.
    pub origin: Origin,
}

impl Published {
    /// Whether the date was stated; else it is a guess from the text, which no exact filter may take for a date.
    pub fn is_stated(&self) -> bool {
        self.origin != Origin::Text
    }
}

/// The date; `~2017` for a guess.
impl std::fmt::Display for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.is_stated() { "" } else { "~" };
        write!(f, "{mark}{}", self.date)
    }
}

/// Where a value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Origin {
    /// The header of a Markdown or text file.
    FrontMatter,
    /// A named value of a record or page.
    Metadata,
    /// `application/ld+json` of a page (schema.org).
    JsonLd,
    /// `og:` and `article:` properties of a page (ogp.me).
    OpenGraph,
    /// A `<time>` element.
    TimeElement,
    /// The article's URL.
    Url,
    /// A folder or file name.
    Path,
    /// "LONDON, March 3 -" at the head of the text.
    Dateline,
    /// "By Ann Lee, 3 March 1998" near the head of the text.
    Byline,
    /// The document says so itself: a named value, a heading, a headline.
    Document,
    /// The first line of the text.
    FirstLine,
    /// The file's modification time, only on request.
    Mtime,
    /// Worked out from the text.
    Text,
    /// Set on the command line.
    Option,
}

impl Origin {
    /// The word used in queries and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::FrontMatter => "front-matter",
            Origin::Metadata => "metadata",
            Origin::JsonLd => "json-ld",
            Origin::OpenGraph => "open-graph",
            Origin::TimeElement => "time",
            Origin::Url => "url",
            Origin::Path => "path",
            Origin::Dateline => "dateline",
            Origin::Byline => "byline",
            Origin::Document => "document",
            Origin::FirstLine => "first-line",
            Origin::Mtime => "mtime",
            Origin::Text => "text",
            Origin::Option => "option",
        }
    }
}

/// Where an article lies: a file below an archive root, a member of a container, a record of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path below the archive root, `/` between parts.
    pub path: String,
    /// Name inside a container.
    pub member: Option<String>,
    /// Number of the record in the file, from 1; `None` when the file is one article.
    pub record: Option<u64>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        if let Some(member) = &self.member {
            write!(f, "!{member}")?;
        }
        match self.record {
            Some(record) => write!(f, "#{record}"),
            None => Ok(()),
        }
    }
}

/// The short name of an article: a hash of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct ArticleId(pub u64);

impl ArticleId {
    /// The id that belongs to a key (XXH3, 64 bits). A URL names the same article everywhere; any other key only
    /// within its archive.
    pub fn of_key(source: &str, key: &str, is_url: bool) -> ArticleId {
        let hash = |whole: &[u8]| ArticleId(xxhash_rust::xxh3::xxh3_64(whole));
        if is_url { hash(key.as_bytes()) } else { hash(&[source.as_bytes(), b"\0", key.as_bytes()].concat()) }
    }

    /// The id written as 16 hexadecimal digits.
    pub fn parse(text: &str) -> Option<ArticleId> {
        let digits = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        digits.then(|| u64::from_str_radix(text, 16).ok().map(ArticleId)).flatten()
    }
}

impl std::fmt::Display for ArticleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A complete article: what is indexed and stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Identity in words: canonical URL, else declared id, else path and record.
    pub key: String,
    /// Name of the archive it belongs to.
    pub source: String,
    /// Where it lies.
    pub place: Place,
    /// First byte and length of its record in the unpacked file or member; `None` when it is all of it.
    pub span: Option<(u64, u64)>,
    /// Never empty.
    pub title: String,
    /// Where the title came from.
    pub title_origin: Origin,
    /// Summary or standfirst.
    pub description: Option<String>,
    /// Plain text, a blank line between paragraphs.
    pub body: String,
    /// Names as written.
    pub authors: Vec<String>,
    /// Tags and sections together, cleaned, as written; levels of a hierarchy are joined by `/`.
    pub tags: Vec<String>,
    /// Sections alone, cleaned, as written.
    pub sections: Vec<String>,
    /// Publication date.
    pub published: Option<Published>,
    /// The language of the text, as detected, else as declared.
    pub language: Option<Language>,
    /// The language that the source declares.
    pub declared_language: Option<Language>,
    /// How sure the detection of `language` is, in percent; `None` when it was not detected.
    pub language_confidence: Option<u8>,
    /// Canonical URL.
    pub url: Option<String>,
    /// Lines of the page that are not the text: captions, boxes, page furniture; kept apart, never searched.
    pub furniture: Vec<String>,
    /// Number of words of the body.
    pub words: u32,
    /// Every other stated value, by its name in the source.
    pub meta: BTreeMap<String, Vec<String>>,
}

impl Article {
    /// The short name.
    pub fn id(&self) -> ArticleId {
        ArticleId::of_key(&self.source, &self.key, self.url.is_some())
    }
}
