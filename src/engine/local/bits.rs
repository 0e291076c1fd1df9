//! Sets of the documents of one segment.

use tantivy::query::Weight;
use tantivy::{BitSet, COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, SeekDangerResult, SegmentReader, TERMINATED};

/// Asking for one document takes as long as going on by so many.
const SEEK_COST: u64 = 8;

/// One bit for each document of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub(super) fn none(documents: u32) -> Bits {
        Bits { words: vec![0; (documents as usize).div_ceil(64)] }
    }

    /// Every document that is not deleted.
    pub(super) fn alive(reader: &SegmentReader) -> Bits {
        let documents = reader.max_doc();
        let Some(alive) = reader.alive_bitset() else { return Bits::all(documents) };
        let mut living = BitSet::with_max_value_and_full(documents);
        living.intersect_update(alive.bitset());
        let words = 0..documents.div_ceil(64);
        Bits { words: words.map(|word| u64::from_le_bytes(living.tinyset(word).into_bytes())).collect() }
    }

    fn all(documents: u32) -> Bits {
        let mut words = vec![u64::MAX; (documents as usize).div_ceil(64)];
        if let (Some(last), used @ 1..) = (words.last_mut(), documents % 64) {
            *last = (1 << used) - 1;
        }
        Bits { words }
    }

    /// Every document that a query matches, deleted ones too.
    pub(super) fn matching(weight: &dyn Weight, reader: &SegmentReader) -> tantivy::Result<Bits> {
        let mut bits = Bits::none(reader.max_doc());
        weight.for_each_no_score(reader, &mut |documents| {
            documents.iter().for_each(|document| bits.insert(*document));
        })?;
        Ok(bits)
    }

    /// Those of these documents that a query matches. When they are few beside what it has to go through, it is asked
    /// for each of them.
    pub(super) fn that_match(&self, weight: &dyn Weight, reader: &SegmentReader) -> tantivy::Result<Bits> {
        let mut scorer = weight.scorer(reader, 1.0)?;
        let mut found = Bits::none(reader.max_doc());
        if self.len() * SEEK_COST > scorer.cost() {
            let mut block = [0; COLLECT_BLOCK_BUFFER_LEN];
            loop {
                let filled = scorer.fill_buffer(&mut block);
                block[..filled].iter().for_each(|document| found.insert(*document));
                if filled < block.len() {
                    break;
                }
            }
            found.intersect(self);
            return Ok(found);
        }
        // Nothing below it matches.
        let mut bound = scorer.doc();
        for document in self.iter() {
            if bound > document {
                continue;
            }
            match scorer.seek_danger(document) {
                SeekDangerResult::Found => found.insert(document),
                SeekDangerResult::SeekLowerBound(next) => bound = next,
            }
        }
        Ok(found)
    }

    pub(super) fn insert(&mut self, document: DocId) {
        self.words[document as usize / 64] |= 1 << (document % 64);
    }

    pub(super) fn remove(&mut self, document: DocId) {
        self.words[document as usize / 64] &= !(1 << (document % 64));
    }

    pub(super) fn contains(&self, document: DocId) -> bool {
        self.words[document as usize / 64] >> (document % 64) & 1 == 1
    }

    pub(super) fn intersect(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(super) fn unite(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// The first document at or behind this one, or [`TERMINATED`].
    pub(super) fn at_or_behind(&self, document: DocId) -> DocId {
        let mut index = document as usize / 64;
        let Some(first) = self.words.get(index) else { return TERMINATED };
        let mut word = first & (u64::MAX << (document % 64));
        while word == 0 {
            index += 1;
            let Some(next) = self.words.get(index) else { return TERMINATED };
            word = *next;
        }
        index as u32 * 64 + word.trailing_zeros()
    }

    pub(super) fn len(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The documents in ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros();
                    rest &= rest - 1;
                    index as u32 * 64 + bit
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tantivy::query::EnableScoring;

    use super::*;
    use crate::engine::local::filter::Filter;

    #[test]
    fn sets_behave_like_sets() {
        let mut evens = Bits::none(200);
        let mut threes = Bits::none(200);
        (0..200).step_by(2).for_each(|n| evens.insert(n));
        (0..200).step_by(3).for_each(|n| threes.insert(n));
        evens.intersect(&threes);
        assert_eq!(evens.iter().collect::<Vec<_>>(), (0..200).step_by(6).collect::<Vec<_>>());
        assert_eq!(evens.len(), 34);
        assert!(evens.contains(198) && !evens.contains(199));
        let steps = [(0, 0), (1, 6), (6, 6), (61, 66), (199, TERMINATED), (9_999, TERMINATED)];
        for (from, expected) in steps {
            assert_eq!(evens.at_or_behind(from), expected, "{from}");
        }
        threes.unite(&evens);
        assert_eq!(threes.len(), 67);
    }

    #[test]
    fn few_documents_are_asked_for_one_by_one() {
        let mut schema = tantivy::schema::Schema::builder();
        schema.add_u64_field("number", tantivy::schema::INDEXED);
        let index = tantivy::Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for _ in 0..2_000 {
            writer.add_document(tantivy::TantivyDocument::default()).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let tested = Arc::new(AtomicUsize::new(0));
        let weight = |counter: Arc<AtomicUsize>| {
            let fives = move |document: DocId| {
                counter.fetch_add(1, Ordering::Relaxed);
                document % 5 == 4
            };
            let filter = Filter::by_test(move |_| Ok(Box::new(fives.clone())));
            filter.weight(EnableScoring::disabled_from_searcher(&searcher)).unwrap()
        };
        for (step, most) in [(1, 2_000), (3, 2_000), (100, 200), (1_999, 200)] {
            let mut some = Bits::none(2_000);
            (0..2_000).step_by(step).for_each(|document| some.insert(document));
            tested.store(0, Ordering::Relaxed);
            let found = some.that_match(weight(tested.clone()).as_ref(), searcher.segment_reader(0)).unwrap();
            let expected = (0..2_000).step_by(step).filter(|document| document % 5 == 4);
            assert_eq!(found.iter().collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "every {step}");
            assert!(tested.load(Ordering::Relaxed) <= most, "{tested:?} were tested for every {step}");
        }
    }
}
