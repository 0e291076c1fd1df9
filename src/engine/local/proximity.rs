//! What the best hits of a question gain: where its words stand near each other, and in the form of the question.
//!
//! For each pair of neighbours in the query, the number of times that they are neighbours in the article, and the
//! number of times that they are within a window of eight words in any order, are scored as if they were words: the
//! full and the sequential part of the dependence model of Metzler and Croft, "A Markov random field model for term
//! dependencies" (SIGIR 2005), with BM25 in place of its language model. A word in the very form of the query is
//! scored once more, with a small weight, so that among the articles with its stem those with the word come first.
//!
//! Only the hits that are best by their words alone are looked at, in the postings of the words as written.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Searcher, SegmentReader, Term};

use crate::search::{Ingredient, Ranking};

use super::question::Question;
use super::schema::TextField;

/// How many of the best hits are looked at.
pub(super) const DEPTH: usize = 100;

/// Words from the first to the last of a pair that is near, at most.
const WINDOW: u32 = 8;
/// What a pair of neighbours counts, beside 1 for a word.
const ADJACENT: f32 = 0.5;
/// What a pair within the window counts.
const NEAR: f32 = 0.5;
/// What the form of a word counts.
pub(super) const FORM: f32 = 0.1;

/// What is looked for in the best hits of one question.
pub(super) struct Proximity {
    words: Vec<Wanted>,
    pairs: Vec<Pair>,
    field: TextField,
}

struct Wanted {
    term: Term,
    /// `None`: its form gains nothing.
    form: Option<Bm25Weight>,
}

struct Pair {
    first: usize,
    second: usize,
    adjacent: Bm25Weight,
    near: Bm25Weight,
}

/// What a hit gained by one thing.
pub(super) struct Gain {
    pub(super) cause: Cause,
    pub(super) value: f32,
}

/// Indexes are those of the words of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    Form(usize),
    Adjacent(usize, usize),
    Near(usize, usize),
}

impl Proximity {
    /// `None` when there is nothing to gain.
    pub(super) fn new(
        searcher: &Searcher,
        field: &TextField,
        question: &Question,
        ranking: &Ranking,
    ) -> tantivy::Result<Option<Proximity>> {
        let with_forms = ranking.has(Ingredient::Forms) && field.stems.is_some() && question.words.len() > 1;
        let with_pairs = ranking.has(Ingredient::Neighbours) && !question.neighbours.is_empty();
        if !with_forms && !with_pairs {
            return Ok(None);
        }
        let articles = searcher.total_num_docs()?;
        let length = searcher.total_num_tokens(field.exact)? as f32 / articles.max(1) as f32;
        let mut words = Vec::with_capacity(question.words.len());
        let mut frequencies = Vec::with_capacity(question.words.len());
        for word in &question.words {
            let term = Term::from_field_text(field.exact, &word.text);
            let frequency = searcher.doc_freq(&term)?;
            let weight = Bm25Weight::for_one_term_without_explain(frequency, articles, length);
            let form = with_forms.then(|| weight.boost_by(FORM * word.weight));
            words.push(Wanted { term, form });
            frequencies.push(frequency);
        }
        let pair = |&(first, second): &(usize, usize)| {
            // A pair says as much as the commoner of its words.
            let commoner = frequencies[first].max(frequencies[second]);
            let weight = Bm25Weight::for_one_term_without_explain(commoner, articles, length)
                .boost_by(question.words[first].weight.min(question.words[second].weight));
            Pair { first, second, adjacent: weight.boost_by(ADJACENT), near: weight.boost_by(NEAR) }
        };
        let pairs = if with_pairs { question.neighbours.iter().map(pair).collect() } else { Vec::new() };
        Ok(Some(Proximity { words, pairs, field: field.clone() }))
    }

    /// What each of these documents of one segment gains; they are in ascending order.
    pub(super) fn gains(&self, reader: &SegmentReader, documents: &[DocId]) -> tantivy::Result<Vec<f32>> {
        let mut gains = Vec::with_capacity(documents.len());
        self.each(reader, documents, |gained| gains.push(gained.iter().map(|gain| gain.value).sum()))?;
        Ok(gains)
    }

    /// Hands what each of these documents gains, part by part, to `take`.
    pub(super) fn each(
        &self,
        reader: &SegmentReader,
        documents: &[DocId],
        mut take: impl FnMut(&[Gain]),
    ) -> tantivy::Result<()> {
        let index = reader.inverted_index(self.field.exact)?;
        let lengths = reader.get_fieldnorms_reader(self.field.exact)?;
        let mut postings: Vec<Option<SegmentPostings>> = Vec::with_capacity(self.words.len());
        for word in &self.words {
            postings.push(index.read_postings(&word.term, IndexRecordOption::WithFreqsAndPositions)?);
        }
        let mut positions: Vec<Vec<u32>> = vec![Vec::new(); self.words.len()];
        let mut gained = Vec::new();
        for &document in documents {
            let length = lengths.fieldnorm_id(document);
            gained.clear();
            for (at, word) in self.words.iter().enumerate() {
                read_positions(postings[at].as_mut(), document, &mut positions[at]);
                let count = positions[at].len() as u32;
                if let (Some(form), 1..) = (&word.form, count) {
                    gained.push(Gain { cause: Cause::Form(at), value: form.score(length, count) });
                }
            }
            for Pair { first, second, adjacent, near } in &self.pairs {
                let counts = together(&positions[*first], &positions[*second]);
                if counts.adjacent > 0 {
                    let value = adjacent.score(length, counts.adjacent);
                    gained.push(Gain { cause: Cause::Adjacent(*first, *second), value });
                }
                if counts.near > 0 {
                    gained.push(Gain {
                        cause: Cause::Near(*first, *second),
                        value: near.score(length, counts.near),
                    });
                }
            }
            take(&gained);
        }
        Ok(())
    }
}

fn read_positions(postings: Option<&mut SegmentPostings>, document: DocId, positions: &mut Vec<u32>) {
    positions.clear();
    let Some(postings) = postings else { return };
    if postings.doc() < document {
        postings.seek(document);
    }
    if postings.doc() == document {
        postings.positions(positions);
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Together {
    adjacent: u32,
    near: u32,
}

/// How often the second word stands right behind the first, and how often it is within the window of the first.
/// Both lists ascend; linear in their lengths.
fn together(first: &[u32], second: &[u32]) -> Together {
    let mut counts = Together::default();
    let (mut behind, mut close) = (0, 0);
    for &position in first {
        while second.get(behind).is_some_and(|&other| other <= position) {
            behind += 1;
        }
        counts.adjacent += u32::from(second.get(behind) == Some(&(position + 1)));
        while second.get(close).is_some_and(|&other| other + WINDOW <= position) {
            close += 1;
        }
        counts.near += u32::from(second.get(close).is_some_and(|&other| other < position + WINDOW));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pairs_are_counted() {
        for (first, second, adjacent, near) in [
            (&[1, 5][..], &[2][..], 1, 2),
            (&[2], &[1], 0, 1),
            (&[0], &[8], 0, 0),
            (&[0], &[7], 0, 1),
            (&[8], &[0], 0, 0),
            (&[7], &[0], 0, 1),
            (&[1, 3, 5], &[2, 4, 6], 3, 3),
            (&[], &[1], 0, 0),
            (&[1], &[], 0, 0),
        ] {
            assert_eq!(together(first, second), Together { adjacent, near }, "{first:?} {second:?}");
        }
    }

    proptest! {
        #[test]
        fn counting_agrees_with_its_definition(
            first in prop::collection::btree_set(0u32..60, 0..20),
            second in prop::collection::btree_set(0u32..60, 0..20),
        ) {
            let adjacent = first.iter().filter(|it| second.contains(&(**it + 1))).count() as u32;
            let is_near = |it: u32| second.iter().any(|other| other.abs_diff(it) < WINDOW);
            let near = first.iter().filter(|it| is_near(**it)).count() as u32;
            let [first, second] = [first, second].map(|set| set.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(together(&first, &second), Together { adjacent, near });
        }
    }
}
