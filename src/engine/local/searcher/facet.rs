//! Facets: the counts of a field over what every other field's filters leave.

use crate::analysis::fold::fold_keyword;
use crate::query::simplify::{replace_filter, split_filters};
use crate::query::{DateRange, Query};
use crate::schema::FieldName;
use crate::search::{DateBucket, FacetCounts, FacetRequest, ValueBucket};
use crate::text::calendar::Interval;

use super::Searcher;
use super::plan::Set;
use crate::engine::local::copies::Membership;
use crate::engine::local::facets::{DateCounts, ValueCounts};

impl Searcher {
    pub(super) fn facet(
        &self,
        facet: &FacetRequest,
        query: &Query,
        sets: &[Set],
        members: Option<&[Membership]>,
    ) -> tantivy::Result<FacetCounts> {
        match facet {
            FacetRequest::Values { field, limit } => self.value_facet(field, *limit, query, sets, members),
            FacetRequest::Dates { field, interval } => {
                self.date_facet(field, *interval, query, sets, members)
            }
        }
    }

    fn value_facet(
        &self,
        field: &FieldName,
        limit: Option<usize>,
        query: &Query,
        sets: &[Set],
        members: Option<&[Membership]>,
    ) -> tantivy::Result<FacetCounts> {
        let mut counts = ValueCounts::default();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            counts.add(reader, field, set.without(field), members.map(|members| &members[ordinal]))?;
        }
        counts.settle_spellings(&self.searcher, field)?;
        let chosen = chosen_values(query, field);
        let values = counts.values.len() as u64;
        let mut sorted: Vec<(String, String, u64)> = counts
            .values
            .into_iter()
            .map(|(folded, counted)| (folded, counted.display().to_owned(), counted.tally.count()))
            .collect();
        sorted.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        let shown = limit.unwrap_or(usize::MAX).min(sorted.len());
        let other = sorted[shown..].iter().map(|(_, _, count)| count).sum();
        let buckets = sorted.into_iter().take(shown).map(|(folded, value, count)| {
            let choice = Query::Value { field: field.clone(), value: value.clone() };
            ValueBucket {
                selected: chosen.contains(&folded),
                query: replace_filter(query, field, choice),
                value,
                count,
            }
        });
        Ok(FacetCounts::Values {
            field: field.clone(),
            values,
            other,
            missing: counts.missing.count(),
            buckets: buckets.collect(),
        })
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
        | Query::Prefix { .. }
        | Query::ValueWord { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Has(_)
        | Query::Not(_) => {}
    }
}
