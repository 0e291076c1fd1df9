//! What an ingest did, as plain data: filled by the pipeline, printed by `output`.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, LeftOut, Omission, Reason};

/// The books of one ingest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IngestReport {
    /// Articles in the index now.
    pub articles: u64,
    /// What became of the files.
    pub files: FileCounts,
    /// Articles that are new.
    pub added: u64,
    /// Articles that changed.
    pub replaced: u64,
    /// Articles that are gone.
    pub removed: u64,
    /// Files and records that are not in the index, by reason.
    pub skipped: BTreeMap<Reason, u64>,
    /// Remarks on articles that are in the index, by reason.
    pub notes: BTreeMap<Reason, u64>,
    /// Records left out by rule, without anything being wrong.
    pub left_out: BTreeMap<LeftOut, u64>,
    /// Skips and notes one by one, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// What was left out of the files that were read, one by one, sorted by place.
    pub omissions: Vec<Omission>,
    /// Bytes read from files.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
    /// Whether it was stopped before its end; what was committed stays.
    pub interrupted: bool,
    /// Whether nothing was written.
    pub dry_run: bool,
}

impl IngestReport {
    /// Adds what another ingest into the same index did after this one.
    pub fn join(&mut self, later: IngestReport) {
        self.articles = later.articles;
        self.files.read += later.files.read;
        self.files.unchanged += later.files.unchanged;
        self.files.ignored += later.files.ignored;
        self.files.removed += later.files.removed;
        self.files.moved += later.files.moved;
        self.added += later.added;
        self.replaced += later.replaced;
        self.removed += later.removed;
        self.bytes += later.bytes;
        self.seconds += later.seconds;
        self.interrupted |= later.interrupted;
        later
            .skipped
            .into_iter()
            .for_each(|(reason, count)| *self.skipped.entry(reason).or_default() += count);
        later.notes.into_iter().for_each(|(reason, count)| *self.notes.entry(reason).or_default() += count);
        later.left_out.into_iter().for_each(|(what, count)| *self.left_out.entry(what).or_default() += count);
        self.diagnostics.extend(later.diagnostics);
        self.omissions.extend(later.omissions);
    }
}

/// Files of an archive by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// New or changed, and read.
    pub read: u64,
    /// As they were at the last ingest.
    pub unchanged: u64,
    /// No articles: images, fonts, programs.
    pub ignored: u64,
    /// Gone from the archive.
    pub removed: u64,
    /// Found at another path.
    pub moved: u64,
}
