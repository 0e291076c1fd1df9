//! Facets: the counts of a field over what every other field's filters leave.

use crate::analysis::fold::fold_keyword;
use crate::query::simplify::{replace_filter, split_filters};
use crate::query::{DateRange, Query};
use crate::schema::FieldName;
use crate::search::{DateBucket, FacetCounts, FacetRequest, FacetSort, Level, ValueBucket};
use crate::text::calendar::Interval;

use super::Searcher;
use super::plan::Set;
use crate::engine::local::copies::Membership;
use crate::engine::local::facets::{Counted, DateCounts, ValueCounts};
use crate::engine::local::values::ancestors;

impl Searcher {
    pub(super) fn facet(
        &self,
        facet: &FacetRequest,
        query: &Query,
        sets: &[Set],
        members: Option<&[Membership]>,
    ) -> tantivy::Result<FacetCounts> {
        match facet {
            FacetRequest::Values { field, limit, sort } => {
                let counts = self.values_counted(field, sets, members)?;
                Ok(self.value_facet(field, (*limit, *sort), query, counts))
            }
            FacetRequest::Dates { field, interval } => {
                self.date_facet(field, *interval, query, sets, members)
            }
        }
    }

    fn values_counted(
        &self,
        field: &FieldName,
        sets: &[Set],
        members: Option<&[Membership]>,
    ) -> tantivy::Result<ValueCounts> {
        let mut counts = ValueCounts::default();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            counts.add(reader, field, set.without(field), members.map(|members| &members[ordinal]))?;
        }
        counts.settle_spellings(&self.searcher, field)?;
        Ok(counts)
    }

    fn value_facet(
        &self,
        field: &FieldName,
        (limit, sort): (Option<usize>, FacetSort),
        query: &Query,
        counts: ValueCounts,
    ) -> FacetCounts {
        let chosen = chosen_values(query, field);
        let mark = self.fields.keyword(field).and_then(|keyword| keyword.hierarchy);
        let mut sorted: Vec<(&String, &Counted, u64)> =
            counts.values.iter().map(|(folded, counted)| (folded, counted, counted.tally.count())).collect();
        match sort {
            FacetSort::Count => sorted.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(b.0))),
            FacetSort::Name => sorted.sort_by(|a, b| a.0.cmp(b.0)),
        }
        let (mut buckets, mut other) = (Vec::new(), 0);
        for (place, (folded, counted, count)) in sorted.into_iter().enumerate() {
            let selected = chosen.contains(folded);
            // What was chosen is never out of sight.
            if !selected && limit.is_some_and(|limit| place >= limit) {
                other += count;
                continue;
            }
            let value = counted.display().to_owned();
            let choice = Query::Value { field: field.clone(), value: value.clone() };
            buckets.push(ValueBucket {
                query: replace_filter(query, field, choice),
                level: mark.map(|mark| level(folded, mark, &counts)),
                selected,
                value,
                count,
            });
        }
        let (values, missing) = (counts.values.len() as u64, counts.missing.count());
        FacetCounts::Values { field: field.clone(), values, other, missing, buckets }
    }

    fn date_facet(
        &self,
        field: &FieldName,
        interval: Interval,
        query: &Query,
        sets: &[Set],
        members: Option<&[Membership]>,
    ) -> tantivy::Result<FacetCounts> {
        let mut counts = DateCounts::default();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            let members = members.map(|members| &members[ordinal]);
            counts.add(reader, field, interval, set.without(field), members)?;
        }
        counts.fill_buckets(interval);
        let (imprecise, missing) = (counts.imprecise.count(), counts.missing.count());
        let buckets = counts.filled(interval).into_iter().map(|(from, count)| {
            let to = interval.end(from);
            let range = DateRange { from: Some(from), to: Some(to) };
            let choice = Query::Dates { field: field.clone(), range, within: imprecise > 0 };
            DateBucket { from, to, count, query: replace_filter(query, field, choice) }
        });
        Ok(FacetCounts::Dates {
            field: field.clone(),
            interval,
            imprecise,
            missing,
            buckets: buckets.collect(),
        })
    }
}

/// The place of a value in its hierarchy. What is above a value is counted with it, so it has been met.
fn level(folded: &str, mark: char, counts: &ValueCounts) -> Level {
    let above: Vec<&str> = ancestors(folded, mark).filter(|above| *above != folded).collect();
    let parent = above.iter().rev().find_map(|above| counts.values.get(*above));
    Level { parent: parent.map(|counted| counted.display().to_owned()), depth: above.len() }
}

/// The folded values of a field that a query chooses.
fn chosen_values(query: &Query, field: &FieldName) -> Vec<String> {
    let (_, filters) = split_filters(query.clone(), |name| name == field);
    let mut chosen = Vec::new();
    filters.iter().for_each(|(_, filter)| values_in(filter, &mut chosen));
    chosen
}

fn values_in(query: &Query, chosen: &mut Vec<String>) {
    match query {
        Query::Value { value, .. } => chosen.push(fold_keyword(value)),
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| values_in(part, chosen)),
        Query::Boost(inner, _) => values_in(inner, chosen),
        Query::All
        | Query::Word { .. }
        | Query::Phrase { .. }
        | Query::Pattern { .. }
        | Query::Near { .. }
        | Query::ValueWord { .. }
        | Query::ValuePattern { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Numbers { .. }
        | Query::Has(_)
        | Query::Not(_) => {}
    }
}
