//! Near spellings: the terms of an index that are a slip or two away from a word.

use std::collections::HashMap;

use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::deadline::Deadline;
use super::terms::each_near;

/// A term of the index that is spelled nearly like a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Near {
    pub(super) term: String,
    /// Insertions, deletions, substitutions and swaps of neighbours, 1 or 2.
    pub(super) distance: u8,
    /// Documents that have it, deleted ones too.
    pub(super) documents: u64,
}

/// Words shorter than this have too many neighbours for one of them to be meant.
const SHORTEST: usize = 3;
/// From so many characters on a word may have two slips.
const TWO_SLIPS: usize = 5;
/// Nobody misspells a longer one by hand; bounds the automaton.
const LONGEST: usize = 40;

/// The terms that are nearly spelled like `word`: nearer ones first, then those with the same first letter, then the
/// commoner ones. Those two slips away are looked for only when none is one slip away.
pub(super) fn near_terms(searcher: &Searcher, field: Field, word: &str) -> tantivy::Result<Vec<Near>> {
    let length = word.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Ok(Vec::new());
    }
    for distance in 1..=if length < TWO_SLIPS { 1 } else { 2 } {
        let found = within(searcher, field, word, distance)?;
        if !found.is_empty() {
            return Ok(ranked(found, word, distance));
        }
    }
    Ok(Vec::new())
}

/// How many documents have a term, deleted ones too.
pub(super) fn documents(searcher: &Searcher, field: Field, word: &str) -> tantivy::Result<u64> {
    searcher.doc_freq(&Term::from_field_text(field, word))
}

/// The other terms within a distance, with their documents.
fn within(
    searcher: &Searcher,
    field: Field,
    word: &str,
    distance: u8,
) -> tantivy::Result<HashMap<String, u64>> {
    let mut found: HashMap<String, u64> = HashMap::new();
    each_near(searcher, field, (word, distance), Deadline::NEVER, |term, info| {
        if term != word {
            *found.entry(term.to_owned()).or_default() += u64::from(info.doc_freq);
        }
    })?;
    Ok(found)
}

fn ranked(found: HashMap<String, u64>, word: &str, distance: u8) -> Vec<Near> {
    let other_beginning = |near: &Near| near.term.chars().next() != word.chars().next();
    let mut near: Vec<Near> =
        found.into_iter().map(|(term, documents)| Near { term, distance, documents }).collect();
    near.sort_by(|a, b| {
        let by_beginning = other_beginning(a).cmp(&other_beginning(b));
        by_beginning.then(b.documents.cmp(&a.documents)).then_with(|| a.term.cmp(&b.term))
    });
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_then_the_commonest_comes_first() {
        let found = [("bolicy", 900), ("policy", 5), ("police", 70), ("polity", 5)];
        let found = found.into_iter().map(|(term, documents)| (term.to_owned(), documents)).collect();
        let order: Vec<String> = ranked(found, "polcy", 1).into_iter().map(|near| near.term).collect();
        assert_eq!(order, ["police", "policy", "polity", "bolicy"]);
    }
}
