//! Several words that count as one: the words that a pattern stands for, the stems of a word in several languages.
//!
//! An article has the virtual word as often as all of them together, and as many articles have it as have any of them
//! (as Lucene's `SynonymQuery`). A sum of their scores would be ruled by the rarest, which is often a misprint.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError};

use super::bits::Bits;
use super::bm25::Statistics;
use super::deadline::Deadline;
use super::routing::{ALL_CLASSES, Classes};
use super::stemming::Stemming;
use super::terms::each_block;

/// Matches the articles with any of some terms of a field.
#[derive(Debug, Clone)]
pub(super) struct AnyOf {
    field: Field,
    /// Each with the stemmer classes of the articles in which it counts.
    terms: Arc<[(String, Classes)]>,
    /// Where these are looked up; without it terms count everywhere.
    stemming: Option<Arc<Stemming>>,
    deadline: Deadline,
}

impl AnyOf {
    pub(super) fn new(field: Field, terms: Vec<String>, deadline: Deadline) -> AnyOf {
        let terms = terms.into_iter().map(|term| (term, ALL_CLASSES)).collect();
        AnyOf { field, terms, stemming: None, deadline }
    }

    /// Of stems, which count in the articles of some languages.
    pub(super) fn stems(
        field: Field,
        stems: Vec<(String, Classes)>,
        stemming: &Arc<Stemming>,
        deadline: Deadline,
    ) -> AnyOf {
        AnyOf { field, terms: stems.into(), stemming: Some(Arc::clone(stemming)), deadline }
    }

    fn union(
        &self,
        searcher: &Searcher,
        reader: &SegmentReader,
        with_frequencies: bool,
    ) -> tantivy::Result<Union> {
        let index = reader.inverted_index(self.field)?;
        let mut union = Union::none(reader.max_doc(), with_frequencies);
        let option = if with_frequencies { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        let mut watch = self.deadline.watch();
        for (term, classes) in self.terms.iter() {
            if watch.is_over() {
                break;
            }
            let Some(info) = index.terms().get(term.as_bytes())? else { continue };
            let limit = match &self.stemming {
                Some(stemming) => stemming.routing.limit(searcher, reader, *classes)?,
                None => None,
            };
            match limit {
                Some(limit) => each_block(&index, &info, option, |documents, frequencies| {
                    union.add(documents, frequencies, |document| limit.is_in(document, *classes));
                })?,
                None => each_block(&index, &info, option, |documents, frequencies| {
                    union.add(documents, frequencies, |_| true);
                })?,
            }
        }
        Ok(union)
    }
}

impl Query for AnyOf {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let Some(searcher) = scoring.searcher() else {
            return Err(TantivyError::InternalError("a union of words needs a searcher".to_owned()));
        };
        let statistics = Statistics::of(scoring, self.field)?;
        let mut unions = HashMap::new();
        let mut articles = 0;
        for reader in searcher.segment_readers() {
            let union = self.union(searcher, reader, statistics.is_some())?;
            articles += union.documents.len();
            unions.insert(reader.segment_id(), Arc::new(union));
        }
        let bm25 = statistics.map(|statistics| statistics.weight(statistics.idf(articles)));
        Ok(Box::new(AnyOfWeight { field: self.field, unions, bm25 }))
    }
}

/// What of one segment has any of the terms.
struct Union {
    documents: Bits,
    /// Unless nothing is scored.
    frequencies: Option<Frequencies>,
}

impl Union {
    fn none(documents: u32, with_frequencies: bool) -> Union {
        Union {
            documents: Bits::none(documents),
            frequencies: with_frequencies.then(|| Frequencies::none(documents)),
        }
    }

    fn add(&mut self, documents: &[DocId], frequencies: &[u32], counts: impl Fn(DocId) -> bool) {
        let counting = documents.iter().filter(|document| counts(**document));
        counting.for_each(|document| self.documents.insert(*document));
        let Some(sums) = &mut self.frequencies else { return };
        let counting = documents.iter().zip(frequencies).filter(|(document, _)| counts(**document));
        counting.for_each(|(document, frequency)| sums.add(*document, *frequency));
    }
}

/// How often each document has any of the terms. A byte is enough for nearly all, and the fewer pages are written to the
/// quicker is a query: there is a place for each document of a segment.
struct Frequencies {
    /// [`LARGE`] where the frequency stands among the large ones.
    small: Vec<u8>,
    large: HashMap<DocId, u32>,
}

const LARGE: u8 = u8::MAX;

impl Frequencies {
    fn none(documents: u32) -> Frequencies {
        Frequencies { small: vec![0; documents as usize], large: HashMap::new() }
    }

    fn add(&mut self, document: DocId, frequency: u32) {
        let sum = self.of(document).saturating_add(frequency);
        self.small[document as usize] = match u8::try_from(sum) {
            Ok(small) if small < LARGE => small,
            _ => {
                self.large.insert(document, sum);
                LARGE
            }
        };
    }

    fn of(&self, document: DocId) -> u32 {
        match self.small[document as usize] {
            LARGE => self.large.get(&document).copied().unwrap_or_default(),
            small => u32::from(small),
        }
    }
}

struct AnyOfWeight {
    field: Field,
    unions: HashMap<SegmentId, Arc<Union>>,
    bm25: Option<Bm25Weight>,
}

impl Weight for AnyOfWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(union) = self.unions.get(&reader.segment_id()) else { return Ok(Box::new(EmptyScorer)) };
        let ranking = match &self.bm25 {
            Some(bm25) => Some((bm25.boost_by(boost), reader.get_fieldnorms_reader(self.field)?)),
            None => None,
        };
        let (size, document) = (union.documents.len() as u32, union.documents.at_or_behind(0));
        Ok(Box::new(AnyOfScorer { union: Arc::clone(union), size, document, ranking }))
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > document || scorer.seek(document) != document {
            return Err(TantivyError::InvalidArgument(format!("document {document} has none of the words")));
        }
        Ok(Explanation::new("any of several words", scorer.score()))
    }
}

struct AnyOfScorer {
    union: Arc<Union>,
    size: u32,
    document: DocId,
    ranking: Option<(Bm25Weight, FieldNormReader)>,
}

impl DocSet for AnyOfScorer {
    fn advance(&mut self) -> DocId {
        self.seek(self.document.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.document =
            if target >= TERMINATED { TERMINATED } else { self.union.documents.at_or_behind(target) };
        self.document
    }

    fn doc(&self) -> DocId {
        self.document
    }

    fn size_hint(&self) -> u32 {
        self.size
    }
}

impl Scorer for AnyOfScorer {
    fn score(&mut self) -> Score {
        let (Some((bm25, lengths)), Some(frequencies)) = (&self.ranking, &self.union.frequencies) else {
            return 1.0;
        };
        bm25.score(lengths.fieldnorm_id(self.document), frequencies.of(self.document))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_of_any_size_are_added_up() {
        let mut frequencies = Frequencies::none(4);
        for (document, frequency) in
            [(0, 1), (1, 200), (1, 54), (2, 200), (2, 55), (2, 300), (3, u32::MAX), (3, 1)]
        {
            frequencies.add(document, frequency);
        }
        assert_eq!([0, 1, 2, 3].map(|document| frequencies.of(document)), [1, 254, 555, u32::MAX]);
        assert_eq!(frequencies.large.len(), 2);
    }
}
