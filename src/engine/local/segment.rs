//! Articles to one finished tantivy segment, built where they were read.
//!
//! Two writers make the same segments: the inverter of this program, and tantivy's own, which shows what the first must
//! give. What belongs into which field is said once (`properties`, `values`); how it gets there is each writer's own.

mod inverted;
mod postings;
mod properties;
mod reference;
mod stems;

use std::path::PathBuf;
use std::sync::Arc;

use tantivy::index::{Index, SegmentMeta};

use crate::analysis::language::Language;
use crate::article::Article;
use crate::engine::EngineError;
use crate::text::calendar::Day;

use super::folder::engine;
use super::schema::Fields;
use inverted::InvertedSegment;
use reference::ReferenceSegment;

pub(super) use properties::text_of;

/// What writes segments. They say the same, whoever wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SegmentWriter {
    /// The inverter of this program, which does once for each distinct word what can be done once.
    #[default]
    Own,
    /// tantivy's writer, word by word: the fallback, and what the other is held against.
    Tantivy,
}

/// What the segments of one ingest have in common.
#[derive(Clone)]
pub(super) struct SegmentPlan {
    pub(super) index: Index,
    pub(super) fields: Arc<Fields>,
    /// Language whose stems an article without a known one gets.
    pub(super) undetermined: Option<Language>,
    pub(super) added: Day,
}

/// Collects articles in memory and writes them as one segment.
pub struct SegmentBuilder {
    segment: Unfinished,
    articles: u32,
    /// The index folder, for messages.
    path: PathBuf,
}

enum Unfinished {
    Own(Box<InvertedSegment>),
    Tantivy(Box<ReferenceSegment>),
}

/// A segment on disk that no commit knows yet.
pub struct FinishedSegment {
    pub(super) meta: SegmentMeta,
    /// How many articles it holds.
    pub articles: u32,
}

impl SegmentBuilder {
    pub(super) fn new(plan: SegmentPlan, writer: SegmentWriter, path: PathBuf) -> SegmentBuilder {
        let segment = match writer {
            SegmentWriter::Own => Unfinished::Own(Box::new(InvertedSegment::new(plan))),
            SegmentWriter::Tantivy => Unfinished::Tantivy(Box::new(ReferenceSegment::new(plan))),
        };
        SegmentBuilder { segment, articles: 0, path }
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.articles == 0
    }

    /// An estimate of the memory in use, with what writing the segment will need. It is a little too high rather than
    /// too low: `--memory` is kept by it.
    pub fn bytes(&self) -> usize {
        match &self.segment {
            Unfinished::Own(segment) => segment.bytes(),
            Unfinished::Tantivy(segment) => segment.bytes(),
        }
    }

    /// Adds one article that was read from the file of that number.
    pub fn add(&mut self, article: &Article, file: u64) -> Result<(), EngineError> {
        let added = match &mut self.segment {
            Unfinished::Own(segment) => segment.add(article, file),
            Unfinished::Tantivy(segment) => segment.add(article, file),
        };
        self.articles += 1;
        added.map_err(|error| engine(&self.path, error))
    }

    /// Writes everything that was added as one segment; `None` when nothing was.
    pub fn finish(self) -> Result<Option<FinishedSegment>, EngineError> {
        let written = match self.segment {
            Unfinished::Own(segment) => segment.write(),
            Unfinished::Tantivy(segment) => segment.write(),
        };
        let meta = written.map_err(|error| engine(&self.path, error))?;
        Ok(meta.map(|meta| {
            // Only an index that sorts its articles would need it.
            meta.untrack_temp_docstore();
            FinishedSegment { meta, articles: self.articles }
        }))
    }
}
