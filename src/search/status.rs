//! What an index holds, as plain data: filled by an engine, printed by `output`.

use std::collections::BTreeMap;

use crate::analysis::language::Language;
use crate::diagnostic::{Diagnostic, Reason};
use crate::text::calendar::Day;

/// The state of an index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndexStatus {
    /// Number of the format on disk.
    pub format: u32,
    /// Articles.
    pub articles: u64,
    /// The archives in it, by name.
    pub sources: Vec<SourceStatus>,
    /// Bytes that searches use.
    pub bytes_live: u64,
    /// Bytes on disk, with what only waits to be collected.
    pub bytes_total: u64,
    /// Segments of the engine.
    pub segments: u64,
    /// What is known of publication dates.
    pub dates: DatesKnown,
    /// Articles by language, commonest first; `None` where it could not be told.
    pub languages: Vec<(Option<Language>, u64)>,
    /// Families of articles that are the same text again.
    pub families: u64,
    /// Articles that are copies of an earlier one.
    pub copies: u64,
    /// When the last ingest ended (RFC 3339).
    pub last_ingest: Option<String>,
    /// Files and records that are not in the index.
    pub skipped: BTreeMap<Reason, Skipped>,
}

/// One archive of an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceStatus {
    /// Its name.
    pub name: String,
    /// The folder or file that it was read from.
    pub root: String,
    /// Files that hold its articles.
    pub files: u64,
    /// Articles.
    pub articles: u64,
    /// Files and records of it that are not in the index.
    pub skipped: u64,
}

/// The span of publication dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DatesKnown {
    /// First day of the oldest article.
    pub first: Option<Day>,
    /// Last day of the newest article.
    pub last: Option<Day>,
    /// Articles without a date.
    pub undated: u64,
}

/// What was left out for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// The first few of them.
    pub examples: Vec<Diagnostic>,
}
