//! Where in a document words stand as a shape demands.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet};

use crate::analysis::positions::{Stretch, free_phrases, near_pairs};
use crate::engine::local::deadline::Watch;
use crate::engine::local::routing::{Classes, includes};

use super::{Shape, SlotTerms};

/// Most pairs of places that are looked at in one document; more than any text that means something has.
const MOST_PAIRS: usize = 1 << 20;

/// The places of a free phrase are looked for in windows of so many words, so that the clock is seen between them.
const WINDOW: u32 = 512;

/// Finds the places of one shape in ascending documents of one segment.
pub(super) struct Places {
    kind: Kind,
    /// Those in the document last asked for, sorted, each once.
    found: Vec<Stretch>,
}

enum Kind {
    Word(Cursor),
    /// The rarest word first.
    Row {
        words: Vec<(u32, Cursor)>,
        last: u32,
        starts: Vec<u32>,
    },
    Free {
        words: Vec<Cursor>,
        slop: u32,
    },
    Near {
        left: Box<Places>,
        right: Box<Places>,
        distance: u32,
        ordered: bool,
    },
    Either(Vec<Places>),
}

impl Places {
    pub(super) fn open(
        shape: &Shape,
        slots: &[SlotTerms],
        index: &InvertedIndexReader,
    ) -> tantivy::Result<Places> {
        let cursor = |slot: usize| Cursor::open(&slots[slot], index);
        let kind = match shape {
            Shape::Word(slot) => Kind::Word(cursor(*slot)?),
            Shape::Row(row) => {
                let mut row = row.clone();
                let last = row.iter().map(|(offset, _)| *offset).max().unwrap_or_default();
                row.sort_by_key(|(_, slot)| slots[*slot].documents);
                let words = row.into_iter().map(|(offset, slot)| Ok((offset, cursor(slot)?)));
                Kind::Row { words: words.collect::<tantivy::Result<_>>()?, last, starts: Vec::new() }
            }
            Shape::Free { slots, slop } => {
                let words = slots.iter().map(|slot| cursor(*slot)).collect::<tantivy::Result<_>>()?;
                Kind::Free { words, slop: *slop }
            }
            Shape::Near { left, right, distance, ordered } => Kind::Near {
                left: Box::new(Places::open(left, slots, index)?),
                right: Box::new(Places::open(right, slots, index)?),
                distance: *distance,
                ordered: *ordered,
            },
            Shape::Either(shapes) => {
                let either = shapes.iter().map(|shape| Places::open(shape, slots, index));
                Kind::Either(either.collect::<tantivy::Result<_>>()?)
            }
        };
        Ok(Places { kind, found: Vec::new() })
    }

    /// How many places there are in a document behind those asked for before, whose articles are of this class.
    pub(super) fn count(&mut self, document: DocId, class: u8, watch: &mut Watch) -> usize {
        self.find(document, class, watch);
        self.found.len()
    }

    fn find(&mut self, document: DocId, class: u8, watch: &mut Watch) -> &[Stretch] {
        let found = &mut self.found;
        found.clear();
        match &mut self.kind {
            Kind::Word(word) => {
                found.extend(word.read(document, class).iter().map(|&position| Stretch::word(position)));
            }
            Kind::Row { words, last, starts } => {
                row(words, starts, document, class);
                let stretch = |&first: &u32| Stretch { first, last: first + *last };
                found.extend(starts.iter().map(stretch));
            }
            Kind::Free { words, slop } => {
                if words.iter_mut().all(|word| !word.read(document, class).is_empty()) {
                    let positions: Vec<&[u32]> = words.iter().map(|word| word.positions.as_slice()).collect();
                    free(&positions, *slop, watch, found);
                }
            }
            Kind::Near { left, right, distance, ordered } => {
                let left = left.find(document, class, watch);
                if !left.is_empty() {
                    let right = right.find(document, class, watch);
                    near(left, right, *distance, *ordered, watch, found);
                }
            }
            Kind::Either(either) => {
                for places in either {
                    found.extend(places.find(document, class, watch));
                }
                found.sort_unstable();
                found.dedup();
            }
        }
        &self.found
    }
}

/// The positions at which rows of words begin.
fn row(words: &mut [(u32, Cursor)], starts: &mut Vec<u32>, document: DocId, class: u8) {
    starts.clear();
    let Some(((offset, rarest), others)) = words.split_first_mut() else { return };
    starts.extend(rarest.read(document, class).iter().filter_map(|position| position.checked_sub(*offset)));
    for (offset, word) in others {
        if starts.is_empty() {
            return;
        }
        let mut rest = word.read(document, class);
        starts.retain(|start| {
            let position = start + *offset;
            rest = &rest[rest.partition_point(|other| *other < position)..];
            rest.first() == Some(&position)
        });
    }
}

fn near(
    left: &[Stretch],
    right: &[Stretch],
    distance: u32,
    ordered: bool,
    watch: &mut Watch,
    found: &mut Vec<Stretch>,
) {
    // Whether it was broken off shows nowhere: too many places are as good as many, and time is seen to above.
    let _ = near_pairs(left, right, distance, ordered, |here, there| {
        found.push(left[here].around(right[there]));
        if found.len() >= MOST_PAIRS || watch.is_over() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    found.sort_unstable();
    found.dedup();
}

fn free(words: &[&[u32]], slop: u32, watch: &mut Watch, found: &mut Vec<Stretch>) {
    let reach = (words.len() as u32).saturating_add(slop);
    let mut begin = 0;
    loop {
        let next = |positions: &&[u32]| positions.get(positions.partition_point(|&it| it < begin)).copied();
        let Some(first) = words.iter().filter_map(next).min() else { return };
        let end = first.saturating_add(WINDOW);
        let within = |positions: &&'_ [u32]| {
            let from = positions.partition_point(|&position| position < first);
            let to = positions.partition_point(|&position| position < end.saturating_add(reach));
            from..to
        };
        let window: Vec<&[u32]> = words.iter().map(|positions| &positions[within(positions)]).collect();
        let stretches = free_phrases(&window, slop).into_iter().map(|places| {
            let places = places.into_iter().map(Stretch::word);
            places.reduce(Stretch::around).expect("a phrase has words")
        });
        found.extend(stretches.filter(|stretch| stretch.first < end));
        if end == u32::MAX || watch.is_over() {
            return;
        }
        begin = end;
    }
}

/// The positions of any of some terms, document by document.
struct Cursor {
    postings: Vec<(SegmentPostings, Classes)>,
    /// The document on which each of them stands, the first on top.
    waiting: BinaryHeap<Reverse<(DocId, u32)>>,
    positions: Vec<u32>,
}

impl Cursor {
    fn open(slot: &SlotTerms, index: &InvertedIndexReader) -> tantivy::Result<Cursor> {
        let mut cursor = Cursor { postings: Vec::new(), waiting: BinaryHeap::new(), positions: Vec::new() };
        for (number, (info, classes)) in (0..).zip(&slot.terms) {
            let postings =
                index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqsAndPositions)?;
            cursor.waiting.push(Reverse((postings.doc(), number)));
            cursor.postings.push((postings, *classes));
        }
        Ok(cursor)
    }

    /// The positions in a document behind those read before, sorted.
    fn read(&mut self, document: DocId, class: u8) -> &[u32] {
        self.positions.clear();
        let mut sources = 0;
        while let Some(mut first) = self.waiting.peek_mut() {
            let Reverse((at, number)) = *first;
            if at > document {
                break;
            }
            let (postings, classes) = &mut self.postings[number as usize];
            let at = if at < document { postings.seek(document) } else { at };
            let behind = if at == document {
                if includes(*classes, class) {
                    postings.append_positions_with_offset(0, &mut self.positions);
                    sources += 1;
                }
                postings.advance()
            } else {
                at
            };
            *first = Reverse((behind, number));
        }
        if sources > 1 {
            self.positions.sort_unstable();
        }
        &self.positions
    }
}
