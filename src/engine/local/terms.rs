//! The dictionaries and postings of segments, term by term.

use std::ops::{Bound, ControlFlow};

use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, Searcher, SegmentReader, Term};

use super::deadline::Deadline;

/// Hands the terms of a field that begin so to `each`, in their order, until it breaks off.
pub(super) fn each_term(
    reader: &SegmentReader,
    field: Field,
    beginning: &[u8],
    mut each: impl FnMut(&[u8], &TermInfo) -> ControlFlow<()>,
) -> tantivy::Result<()> {
    let index = reader.inverted_index(field)?;
    let mut range = index.terms().range().ge(beginning);
    if let Bound::Excluded(end) = end_of_prefix(beginning) {
        range = range.lt(end);
    }
    let mut terms = range.into_stream()?;
    while let Some((term, info)) = terms.next() {
        if each(term, info).is_break() {
            break;
        }
    }
    Ok(())
}

/// Hands the terms of a field that are at most so many letters away from a word (Damerau-Levenshtein: two swapped
/// letters are one) to `each`, in every segment that has them.
pub(super) fn each_near(
    searcher: &Searcher,
    field: Field,
    (word, distance): (&str, u8),
    deadline: Deadline,
    mut each: impl FnMut(&str, &TermInfo),
) -> tantivy::Result<()> {
    let query = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
    for reader in searcher.segment_readers() {
        let index = reader.inverted_index(field)?;
        let mut terms = index.terms().search(query.automaton()?).into_stream()?;
        while let Some((term, info)) = terms.next() {
            if let Ok(term) = std::str::from_utf8(term) {
                each(term, info);
            }
        }
        deadline.check()?;
    }
    Ok(())
}

/// Hands the documents of a term and its frequencies in them to `each`, in blocks. There are no frequencies where
/// `option` does not ask for them.
pub(super) fn each_block(
    index: &InvertedIndexReader,
    info: &TermInfo,
    option: IndexRecordOption,
    mut each: impl FnMut(&[DocId], &[u32]),
) -> tantivy::Result<()> {
    let mut blocks = index.read_block_postings_from_terminfo(info, option)?;
    while blocks.block_len() > 0 {
        each(blocks.docs(), blocks.freqs());
        blocks.advance();
    }
    Ok(())
}

/// The documents of all terms that begin so and pass the test.
pub(super) fn terms_where(
    reader: &SegmentReader,
    field: Field,
    beginning: &str,
    fits: impl Fn(&[u8]) -> bool,
) -> tantivy::Result<BitSet> {
    let mut documents = BitSet::with_max_value(reader.max_doc());
    let mut found: Vec<TermInfo> = Vec::new();
    each_term(reader, field, beginning.as_bytes(), |term, info| {
        if fits(term) {
            found.push(info.clone());
        }
        ControlFlow::Continue(())
    })?;
    let index = reader.inverted_index(field)?;
    for info in found {
        each_block(&index, &info, IndexRecordOption::Basic, |block, _| {
            block.iter().for_each(|document| {
                documents.insert(*document);
            });
        })?;
    }
    Ok(documents)
}

/// The first byte string after all that begin with `prefix`.
fn end_of_prefix(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_before_the_next_string() {
        assert_eq!(end_of_prefix(b"ab"), Bound::Excluded(b"ac".to_vec()));
        assert_eq!(end_of_prefix(b"a\xff"), Bound::Excluded(b"b".to_vec()));
        assert_eq!(end_of_prefix(b""), Bound::Unbounded);
    }
}
