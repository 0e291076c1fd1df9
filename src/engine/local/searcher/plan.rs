//! A query bound to a snapshot, and the sets of documents that it finds.

use std::collections::BTreeMap;

use tantivy::SegmentReader;
use tantivy::query::Weight;

use crate::schema::FieldName;

use crate::engine::local::bits::Bits;

/// A query, bound to a snapshot.
pub(super) struct Plan {
    /// `None`: everything, unranked.
    pub(super) ranked: Option<Box<dyn Weight>>,
    pub(super) filters: Vec<(FieldName, Box<dyn Weight>)>,
}

/// What of one segment matches.
pub(super) struct Set {
    pub(super) hits: Bits,
    /// For each filtered field what matches everything but its own filter.
    without: BTreeMap<FieldName, Bits>,
}

impl Set {
    pub(super) fn without(&self, field: &FieldName) -> &Bits {
        self.without.get(field).unwrap_or(&self.hits)
    }
}

impl Plan {
    pub(super) fn sets(&self, searcher: &tantivy::Searcher) -> tantivy::Result<Vec<Set>> {
        searcher.segment_readers().iter().map(|reader| self.set(reader)).collect()
    }

    fn set(&self, reader: &SegmentReader) -> tantivy::Result<Set> {
        let mut base = Bits::alive(reader);
        if let Some(ranked) = &self.ranked {
            base.intersect(&Bits::matching(ranked.as_ref(), reader)?);
        }
        let mut filters: Vec<(&FieldName, Bits)> = Vec::new();
        for (field, weight) in &self.filters {
            filters.push((field, Bits::matching(weight.as_ref(), reader)?));
        }
        let all_but = |left_out: Option<&FieldName>| {
            let mut bits = base.clone();
            let others = filters.iter().filter(|(field, _)| Some(*field) != left_out);
            others.for_each(|(_, filter)| bits.intersect(filter));
            bits
        };
        let without = filters.iter().map(|(field, _)| ((*field).clone(), all_but(Some(field)))).collect();
        Ok(Set { hits: all_but(None), without })
    }
}
