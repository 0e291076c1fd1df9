//! Words that must stand in certain places: phrases of words with alternatives, words near each other.
//!
//! First the documents are found that have the words at all; positions are read of those alone, and only when a
//! document is asked for. What was found out is kept, for a query is run over its segments more than once.

mod places;
mod scorer;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU16;

use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TantivyError};

use super::bits::Bits;
use super::bm25::Statistics;
use super::deadline::Deadline;
use super::routing::{ALL_CLASSES, Classes, SegmentClasses};
use super::stemming::Stemming;
use super::terms::each_block;

use places::Places;
use scorer::PositionalScorer;

/// What must stand where. A slot is a number of [`Positional::slots`]; each is used once.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// One word.
    Word(usize),
    /// Words at these distances from the first.
    Row(Vec<(u32, usize)>),
    /// Words in any order, with fewer than `slop` others among them.
    Free { slots: Vec<usize>, slop: u32 },
    /// See [`crate::analysis::positions::near_pairs`].
    Near { left: Box<Shape>, right: Box<Shape>, distance: u32, ordered: bool },
    /// Any of these.
    Either(Vec<Shape>),
}

/// The words that one place can have.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Slot {
    /// Each with the stemmer classes of the articles in which it counts.
    pub(super) words: Vec<(String, Classes)>,
}

impl Slot {
    /// Words that count everywhere.
    pub(super) fn of(words: impl IntoIterator<Item = String>) -> Slot {
        Slot { words: words.into_iter().map(|word| (word, ALL_CLASSES)).collect() }
    }
}

/// Matches the articles in which words stand as a shape demands.
#[derive(Clone)]
pub(super) struct Positional {
    /// Words with positions.
    pub(super) field: Field,
    pub(super) slots: Arc<[Slot]>,
    pub(super) shape: Arc<Shape>,
    /// Where the stemmer classes of articles are looked up.
    pub(super) stemming: Arc<Stemming>,
    pub(super) deadline: Deadline,
}

impl std::fmt::Debug for Positional {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Positional").field("slots", &self.slots).field("shape", &self.shape).finish()
    }
}

impl Query for Positional {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let Some(searcher) = scoring.searcher() else {
            return Err(TantivyError::InternalError("words near each other need a searcher".to_owned()));
        };
        let mut segments = HashMap::new();
        let mut articles = vec![0; self.slots.len()];
        for reader in searcher.segment_readers() {
            self.deadline.check()?;
            let segment = Segment::open(self, searcher, reader)?;
            articles.iter_mut().zip(&segment.slots).for_each(|(sum, slot)| *sum += slot.documents);
            segments.insert(reader.segment_id(), Arc::new(segment));
        }
        let bm25 = Statistics::of(scoring, self.field)?
            .map(|statistics| statistics.weight(self.shape.idf(&|slot| statistics.idf(articles[slot]))));
        Ok(Box::new(PositionalWeight { query: self.clone(), segments, bm25 }))
    }
}

impl Shape {
    /// How much it says: the sum of what its words say, as for tantivy's phrases; of alternatives what the least does.
    fn idf(&self, of: &dyn Fn(usize) -> f32) -> f32 {
        match self {
            Shape::Word(slot) => of(*slot),
            Shape::Row(slots) => slots.iter().map(|(_, slot)| of(*slot)).sum(),
            Shape::Free { slots, .. } => slots.iter().map(|slot| of(*slot)).sum(),
            Shape::Near { left, right, .. } => left.idf(of) + right.idf(of),
            Shape::Either(shapes) => {
                shapes.iter().map(|shape| shape.idf(of)).min_by(f32::total_cmp).unwrap_or_default()
            }
        }
    }

    /// The documents that have the words, wherever they stand.
    fn candidates(&self, of: &dyn Fn(usize) -> Bits) -> Option<Bits> {
        let all = |sets: &mut dyn Iterator<Item = Bits>| {
            sets.reduce(|mut all, next| {
                all.intersect(&next);
                all
            })
        };
        match self {
            Shape::Word(slot) => Some(of(*slot)),
            Shape::Row(slots) => all(&mut slots.iter().map(|(_, slot)| of(*slot))),
            Shape::Free { slots, .. } => all(&mut slots.iter().map(|slot| of(*slot))),
            Shape::Near { left, right, .. } => {
                all(&mut [left, right].into_iter().filter_map(|side| side.candidates(of)))
            }
            Shape::Either(shapes) => {
                shapes.iter().filter_map(|shape| shape.candidates(of)).reduce(|mut any, next| {
                    any.unite(&next);
                    any
                })
            }
        }
    }
}

/// What of one segment can match.
struct Segment {
    candidates: Bits,
    slots: Vec<SlotTerms>,
    /// The stemmer classes of the documents; `None` when no word depends on them.
    classes: Option<Arc<SegmentClasses>>,
    /// For each document 1 more than the number of places found in it; 0 when nobody asked yet.
    known: Vec<AtomicU16>,
}

/// The terms of a slot that a segment has.
struct SlotTerms {
    terms: Vec<(TermInfo, Classes)>,
    /// How many documents have any of them.
    documents: u64,
}

impl Segment {
    fn open(query: &Positional, searcher: &Searcher, reader: &SegmentReader) -> tantivy::Result<Segment> {
        let depending = query.slots.iter().flat_map(|slot| &slot.words).map(|(_, classes)| *classes);
        let depending = depending.fold(ALL_CLASSES, |all, classes| all & classes);
        let classes = query.stemming.routing.limit(searcher, reader, depending)?.cloned();
        let mut slots = Vec::with_capacity(query.slots.len());
        let mut documents = Vec::with_capacity(query.slots.len());
        for slot in query.slots.iter() {
            let (terms, with) = slot_terms(query, slot, reader, classes.as_deref())?;
            slots.push(SlotTerms { terms, documents: with.len() });
            documents.push(with);
        }
        let candidates = query.shape.candidates(&|slot| documents[slot].clone());
        let candidates = candidates.unwrap_or_else(|| Bits::none(reader.max_doc()));
        let known = (0..reader.max_doc()).map(|_| AtomicU16::new(0)).collect();
        Ok(Segment { candidates, slots, classes, known })
    }

    fn class(&self, document: DocId) -> u8 {
        self.classes.as_ref().map_or(0, |classes| classes.class(document))
    }
}

fn slot_terms(
    query: &Positional,
    slot: &Slot,
    reader: &SegmentReader,
    of_documents: Option<&SegmentClasses>,
) -> tantivy::Result<(Vec<(TermInfo, Classes)>, Bits)> {
    let index = reader.inverted_index(query.field)?;
    let mut with = Bits::none(reader.max_doc());
    let mut terms = Vec::new();
    let mut watch = query.deadline.watch();
    for (word, classes) in &slot.words {
        if watch.is_over() {
            break;
        }
        let Some(info) = index.terms().get(word.as_bytes())? else { continue };
        let of_documents = of_documents.filter(|_| *classes != ALL_CLASSES);
        let counts = |document| of_documents.is_none_or(|classes_of| classes_of.is_in(document, *classes));
        each_block(&index, &info, IndexRecordOption::Basic, |block, _| {
            let counting = block.iter().filter(|document| counts(**document));
            counting.for_each(|document| with.insert(*document));
        })?;
        terms.push((info, *classes));
    }
    Ok((terms, with))
}

struct PositionalWeight {
    query: Positional,
    segments: HashMap<SegmentId, Arc<Segment>>,
    bm25: Option<Bm25Weight>,
}

impl Weight for PositionalWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(segment) = self.segments.get(&reader.segment_id()) else { return Ok(Box::new(EmptyScorer)) };
        if segment.candidates.len() == 0 {
            return Ok(Box::new(EmptyScorer));
        }
        let index = reader.inverted_index(self.query.field)?;
        let places = Places::open(&self.query.shape, &segment.slots, &index)?;
        let ranking = match &self.bm25 {
            Some(bm25) => Some((bm25.boost_by(boost), reader.get_fieldnorms_reader(self.query.field)?)),
            None => None,
        };
        let watch = self.query.deadline.watch();
        Ok(Box::new(PositionalScorer::new(Arc::clone(segment), places, ranking, watch)))
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > document || scorer.seek(document) != document {
            return Err(TantivyError::InvalidArgument(format!("document {document} has no such places")));
        }
        Ok(Explanation::new("words in their places", scorer.score()))
    }
}
