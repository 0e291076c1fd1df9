//! A query bound to a snapshot, and the sets of documents that it finds.

use std::collections::BTreeMap;

use tantivy::SegmentReader;
use tantivy::query::Weight;

use crate::article::ArticleId;
use crate::engine::local::accents::Accents;
use crate::engine::local::bits::Bits;
use crate::engine::local::deadline::Deadline;
use crate::engine::local::feedback::Expansion;
use crate::engine::local::proximity::Proximity;
use crate::engine::local::question::Question;
use crate::engine::local::schema::ID;
use crate::query::Query;
use crate::schema::FieldName;
use crate::search::Recency;
use crate::search::expansion::Expansions;

/// What is settled before a query is lowered.
#[derive(Clone, Copy)]
pub(super) struct Meaning<'a> {
    /// What its patterns stand for.
    pub(super) patterns: &'a Expansions,
    pub(super) deadline: Deadline,
}

/// A query, bound to a snapshot.
pub(super) struct Plan {
    pub(super) question: Question,
    /// What matches; `None`: everything, unranked.
    pub(super) matching: Option<Box<dyn Weight>>,
    /// What scores it, when that is more or less than what matches.
    pub(super) scoring: Option<Box<dyn Weight>>,
    pub(super) filters: Vec<(FieldName, Box<dyn Weight>)>,
    /// What the best hits may gain.
    pub(super) proximity: Option<Proximity>,
    /// What they may gain besides by the accents of their words.
    pub(super) accents: Option<Accents>,
    pub(super) recency: Option<Recency>,
    /// Terms that feedback added.
    pub(super) added: Vec<Expansion>,
    /// What its patterns stand for.
    pub(super) patterns: Expansions,
    pub(super) deadline: Deadline,
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

    /// The words that were searched for: its query without filters and without the stop words that were left out.
    pub(in crate::engine::local) fn query(&self) -> &Query {
        &self.plan.question.query
    }

    /// What the patterns of its query stand for.
    pub(in crate::engine::local) fn expansions(&self) -> &Expansions {
        &self.plan.patterns
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
    pub(super) fn meaning(&self) -> Meaning<'_> {
        Meaning { patterns: &self.patterns, deadline: self.deadline }
    }

    /// What scores the hits; it may match more than they are. `None`: they are not ranked.
    pub(super) fn scoring(&self) -> Option<&dyn Weight> {
        self.scoring.as_ref().or(self.matching.as_ref()).map(Box::as_ref)
    }

    pub(super) fn proximity(&self) -> Option<&Proximity> {
        self.proximity.as_ref()
    }

    /// Whether the best hits may gain anything.
    pub(super) fn has_gains(&self) -> bool {
        self.proximity.is_some() || self.accents.is_some()
    }

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
        if let Some(matching) = &self.matching {
            base.intersect(&Bits::matching(matching.as_ref(), reader)?);
        }
        if self.filters.is_empty() {
            return Ok(Set { hits: base, without: BTreeMap::new() });
        }
        let mut filters: Vec<(&FieldName, Bits)> = Vec::new();
        for (field, weight) in &self.filters {
            filters.push((field, base.that_match(weight.as_ref(), reader)?));
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
