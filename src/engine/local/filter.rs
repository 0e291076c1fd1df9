//! tantivy queries that are decided here: for a segment as a whole, or document by document.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{BitSet, DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED};

use super::columns::BLOCK;

/// Tells which documents of a segment match.
pub(super) trait Test: Send {
    fn holds(&mut self, document: DocId) -> bool;

    /// Takes over those of some documents, which ascend, that match: for tests that are quicker for many at once.
    fn pass(&mut self, documents: &[DocId], passed: &mut Vec<DocId>) {
        passed.extend(documents.iter().filter(|document| self.holds(**document)));
    }
}

impl<F: FnMut(DocId) -> bool + Send> Test for F {
    fn holds(&mut self, document: DocId) -> bool {
        self(document)
    }
}

/// Testing a document takes as long as going on by so many in the postings of a term.
const TEST_COST: u64 = 4;

type Open = dyn Fn(&SegmentReader) -> tantivy::Result<Box<dyn Scorer>> + Send + Sync;

/// Matches the documents of each segment that it decides for; scores nothing.
#[derive(Clone)]
pub(super) struct Filter {
    open: Arc<Open>,
}

impl Filter {
    /// By a set of documents: what the dictionary of a segment tells, as paths, subtrees and patterns.
    pub(super) fn by_set(
        decide: impl Fn(&SegmentReader) -> tantivy::Result<BitSet> + Send + Sync + 'static,
    ) -> Box<dyn Query> {
        Filter::boxed(move |reader| Ok(scoreless(BitSetDocSet::from(decide(reader)?))))
    }

    /// By a test of each document: what its columns tell, as dates, numbers and presence. Beside a query that finds few
    /// documents the others are not tested.
    pub(super) fn by_test(
        open: impl Fn(&SegmentReader) -> tantivy::Result<Box<dyn Test>> + Send + Sync + 'static,
    ) -> Box<dyn Query> {
        Filter::boxed(move |reader| Ok(scoreless(Tested::new(open(reader)?, reader.max_doc()))))
    }

    fn boxed(
        open: impl Fn(&SegmentReader) -> tantivy::Result<Box<dyn Scorer>> + Send + Sync + 'static,
    ) -> Box<dyn Query> {
        Box::new(Filter { open: Arc::new(open) })
    }
}

fn scoreless(documents: impl DocSet + 'static) -> Box<dyn Scorer> {
    Box::new(ConstScorer::new(documents, 0.0))
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
        (self.open)(reader)
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("filter", 0.0))
    }
}

/// The documents of a segment that pass a test, tested in blocks when all of them are gone through.
struct Tested {
    test: Box<dyn Test>,
    /// Those of the last block that passed.
    passed: Vec<DocId>,
    /// The current one of them.
    place: usize,
    /// The first document that was not tested, and the end of all.
    next: DocId,
    end: DocId,
}

impl Tested {
    fn new(test: Box<dyn Test>, end: DocId) -> Tested {
        let mut tested = Tested { test, passed: Vec::with_capacity(BLOCK), place: 0, next: 0, end };
        tested.fill();
        tested
    }

    /// Tests on until a document passes.
    fn fill(&mut self) {
        while self.place == self.passed.len() && self.next < self.end {
            let mut block = [0; BLOCK];
            let length = (self.end - self.next).min(BLOCK as u32);
            block.iter_mut().zip(self.next..).for_each(|(slot, document)| *slot = document);
            self.next += length;
            self.forget();
            self.test.pass(&block[..length as usize], &mut self.passed);
        }
    }

    fn forget(&mut self) {
        self.passed.clear();
        self.place = 0;
    }
}

impl DocSet for Tested {
    fn doc(&self) -> DocId {
        self.passed.get(self.place).copied().unwrap_or(TERMINATED)
    }

    fn advance(&mut self) -> DocId {
        self.place = (self.place + 1).min(self.passed.len());
        self.fill();
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.place = self.passed.partition_point(|document| *document < target);
        if self.place == self.passed.len() {
            self.next = self.next.max(target);
        }
        self.fill();
        self.doc()
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if target >= self.end {
            self.seek(TERMINATED);
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        self.next = target + 1;
        self.forget();
        if self.test.holds(target) {
            self.passed.push(target);
            return SeekDangerResult::Found;
        }
        SeekDangerResult::SeekLowerBound(if self.next < self.end { self.next } else { TERMINATED })
    }

    fn size_hint(&self) -> u32 {
        self.end
    }

    fn cost(&self) -> u64 {
        u64::from(self.end) * TEST_COST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threes(end: DocId) -> Tested {
        Tested::new(Box::new(|document| document % 3 == 1), end)
    }

    #[test]
    fn all_that_pass_are_gone_through() {
        for end in [0, 1, 2, 127, 128, 129, 1_000] {
            let mut tested = threes(end);
            let mut met = Vec::new();
            while tested.doc() != TERMINATED {
                met.push(tested.doc());
                tested.advance();
            }
            assert_eq!(met, (0..end).filter(|document| document % 3 == 1).collect::<Vec<_>>());
            assert_eq!((tested.advance(), tested.seek(TERMINATED)), (TERMINATED, TERMINATED));
        }
    }

    #[test]
    fn the_first_that_passes_is_sought() {
        let mut tested = threes(1_000);
        for (target, found) in [(1, 1), (2, 4), (4, 4), (120, 121), (500, 502), (997, 997), (998, TERMINATED)]
        {
            assert_eq!((tested.seek(target), tested.doc()), (found, found), "{target}");
        }
    }

    #[test]
    fn single_documents_are_tested_and_gone_on_from() {
        use SeekDangerResult::{Found, SeekLowerBound};
        let mut tested = threes(1_000);
        for (target, expected) in
            [(3, SeekLowerBound(4)), (4, Found), (701, SeekLowerBound(702)), (901, Found)]
        {
            assert_eq!(tested.seek_danger(target), expected, "{target}");
        }
        assert_eq!([tested.doc(), tested.advance(), tested.advance()], [901, 904, 907]);
        for (target, expected) in [(999, TERMINATED), (TERMINATED, TERMINATED)] {
            assert_eq!(tested.seek_danger(target), SeekLowerBound(expected), "{target}");
        }
        assert_eq!(threes(2).seek_danger(7), SeekLowerBound(TERMINATED));
    }
}
