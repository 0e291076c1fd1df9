//! A query bound to a snapshot, and the sets of documents that it finds.

use std::collections::BTreeMap;

use tantivy::SegmentReader;
use tantivy::query::Weight;

use crate::article::ArticleId;
use crate::engine::local::bits::Bits;
use crate::engine::local::deadline::Deadline;
use crate::engine::local::schema::ID;
use crate::schema::FieldName;
use crate::search::expansion::Expansions;

/// A query, bound to a snapshot.
pub(super) struct Plan {
    /// `None`: everything, unranked.
    pub(super) ranked: Option<Box<dyn Weight>>,
    pub(super) filters: Vec<(FieldName, Box<dyn Weight>)>,
    /// What its patterns stand for.
    pub(super) expansions: Expansions,
}

/// What matches a query, before anything of it is read.
pub(in crate::engine::local) struct Selection {
    pub(super) plan: Plan,
    pub(super) sets: Vec<Set>,
}

impl Selection {
    /// How many documents there are.
    pub(in crate::engine::local) fn articles(&self) -> u64 {
        self.sets.iter().map(|set| set.hits.len()).sum()
    }

    /// What the patterns of its query stand for.
    pub(in crate::engine::local) fn expansions(&self) -> &Expansions {
        &self.plan.expansions
    }

    /// The documents of each segment.
    pub(in crate::engine::local) fn segments(&self) -> impl Iterator<Item = &Bits> {
        self.sets.iter().map(|set| &set.hits)
    }
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
    /// Without the articles `except`, which are sorted.
    pub(super) fn sets(
        &self,
        searcher: &tantivy::Searcher,
        except: &[ArticleId],
        deadline: Deadline,
    ) -> tantivy::Result<Vec<Set>> {
        let sets = searcher.segment_readers().iter().map(|reader| {
            deadline.check()?;
            self.set(reader, except)
        });
        let sets = sets.collect::<tantivy::Result<_>>()?;
        deadline.check()?;
        Ok(sets)
    }

    fn set(&self, reader: &SegmentReader, except: &[ArticleId]) -> tantivy::Result<Set> {
        let mut base = Bits::alive(reader);
        remove_articles(&mut base, reader, except)?;
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

/// Takes out the documents of these articles, which are sorted.
fn remove_articles(bits: &mut Bits, reader: &SegmentReader, except: &[ArticleId]) -> tantivy::Result<()> {
    if except.is_empty() {
        return Ok(());
    }
    let ids = reader.fast_fields().u64(ID)?;
    let is_left_out =
        |document: u32| ids.first(document).is_some_and(|id| except.binary_search(&ArticleId(id)).is_ok());
    let documents: Vec<u32> = bits.iter().filter(|document| is_left_out(*document)).collect();
    documents.into_iter().for_each(|document| bits.remove(document));
    Ok(())
}
