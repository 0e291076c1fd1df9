//! A tantivy query that is decided by a function over a whole segment: dates, paths, subtrees, presence.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{BitSet, DocId, Score, SegmentReader};

type Decide = dyn Fn(&SegmentReader) -> tantivy::Result<BitSet> + Send + Sync;

/// Matches the documents that its function names in each segment; scores nothing.
#[derive(Clone)]
pub(super) struct Filter {
    decide: Arc<Decide>,
}

impl Filter {
    pub(super) fn boxed(
        decide: impl Fn(&SegmentReader) -> tantivy::Result<BitSet> + Send + Sync + 'static,
    ) -> Box<dyn Query> {
        Box::new(Filter { decide: Arc::new(decide) })
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filter")
    }
}

impl Query for Filter {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Filter {
    fn scorer(&self, reader: &SegmentReader, _boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let documents = (self.decide)(reader)?;
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(documents), 0.0)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("filter", 0.0))
    }
}
