//! The documents of one segment in which words stand as they should.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::{Bm25Weight, Scorer};
use tantivy::{DocId, DocSet, Score, SeekDangerResult, TERMINATED};

use crate::engine::local::deadline::Watch;

use super::Segment;
use super::places::Places;

/// What it costs to look at a document, beside the document of a plain term.
const COST: u64 = 20;

pub(super) struct PositionalScorer {
    segment: Arc<Segment>,
    places: Places,
    candidates: u32,
    document: DocId,
    /// How many places were found in the document.
    found: u16,
    ranking: Option<(Bm25Weight, FieldNormReader)>,
    watch: Watch,
}

impl PositionalScorer {
    /// Stands on the first document.
    pub(super) fn new(
        segment: Arc<Segment>,
        places: Places,
        ranking: Option<(Bm25Weight, FieldNormReader)>,
        watch: Watch,
    ) -> PositionalScorer {
        let candidates = segment.candidates.len() as u32;
        let mut scorer =
            PositionalScorer { segment, places, candidates, document: 0, found: 0, ranking, watch };
        scorer.seek(0);
        scorer
    }

    /// Whether a candidate matches, which is found out once for all scorers.
    fn matches(&mut self, document: DocId) -> bool {
        let known = &self.segment.known[document as usize];
        self.found = match known.load(Ordering::Relaxed) {
            0 => {
                let class = self.segment.class(document);
                let found = self.places.count(document, class, &mut self.watch);
                let found = u16::try_from(found).unwrap_or(u16::MAX).min(u16::MAX - 1);
                known.store(found + 1, Ordering::Relaxed);
                found
            }
            known => known - 1,
        };
        self.found > 0
    }
}

impl DocSet for PositionalScorer {
    fn advance(&mut self) -> DocId {
        self.seek(self.document.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.document = target;
        loop {
            if self.document < TERMINATED {
                self.document = self.segment.candidates.at_or_behind(self.document);
            }
            // What is cut off here is refused as a whole by who set the deadline.
            if self.document >= TERMINATED || self.watch.is_over() {
                self.document = TERMINATED;
                return TERMINATED;
            }
            if self.matches(self.document) {
                return self.document;
            }
            self.document += 1;
        }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if target >= TERMINATED || self.watch.is_over() {
            self.document = TERMINATED;
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        // The next candidate is not looked at: nobody may ever ask for it.
        self.document = self.segment.candidates.at_or_behind(target);
        if self.document > target {
            return SeekDangerResult::SeekLowerBound(self.document);
        }
        if self.matches(target) {
            SeekDangerResult::Found
        } else {
            SeekDangerResult::SeekLowerBound(target + 1)
        }
    }

    fn doc(&self) -> DocId {
        self.document
    }

    fn size_hint(&self) -> u32 {
        self.candidates
    }

    fn cost(&self) -> u64 {
        u64::from(self.candidates) * COST
    }
}

impl Scorer for PositionalScorer {
    fn score(&mut self) -> Score {
        let Some((bm25, lengths)) = &self.ranking else { return 1.0 };
        bm25.score(lengths.fieldnorm_id(self.document), u32::from(self.found))
    }
}
