//! Facets: the counts of a field over what every other field's filters leave.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::analysis::fold::fold_keyword;
use crate::query::simplify::{replace_filter, split_filters};
use crate::query::{DateRange, Query};
use crate::schema::FieldName;
use crate::search::{DateBucket, FacetCounts, FacetRequest, FacetSort, Level, ValueBucket};
use crate::text::calendar::Interval;

use super::Searcher;
use super::plan::Set;
use crate::engine::local::bits::Bits;
use crate::engine::local::copies::Membership;
use crate::engine::local::deadline::Deadline;
use crate::engine::local::facets::{DateCounts, ValueCounts, Values};
use crate::engine::local::values::ancestors;

/// The articles of more values than this are not looked for before they are counted: all articles are.
const MOST_LOOKED_FOR: usize = 100;

impl Searcher {
    pub(super) fn facet(
        &self,
        facet: &FacetRequest,
        query: &Query,
        sets: &[Set],
        members: Option<&[Membership]>,
        deadline: Deadline,
    ) -> tantivy::Result<FacetCounts> {
        match facet {
            FacetRequest::Values { field, limit, sort } => {
                let counts = self.values_counted(field, sets, members)?;
                self.value_facet(field, (*limit, *sort), query, counts, deadline)
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
        Ok(counts)
    }

    fn value_facet(
        &self,
        field: &FieldName,
        (limit, sort): (Option<usize>, FacetSort),
        query: &Query,
        counts: ValueCounts,
        deadline: Deadline,
    ) -> tantivy::Result<FacetCounts> {
        let missing = counts.missing.count();
        let mut values = counts.values();
        let chosen: BTreeSet<usize> =
            chosen_values(query, field).iter().filter_map(|folded| values.find(folded)).collect();
        let shown = shown(&values, limit, sort, &chosen);
        let mark = self.fields.keyword(field).and_then(|keyword| keyword.hierarchy);
        let named = with_those_above(&shown, mark, &values);
        self.settle_spellings(field, &mut values, &named, deadline)?;
        let bucket = |number: usize| {
            let value = values.display(number).to_owned();
            let choice = Query::Value { field: field.clone(), value: value.clone() };
            ValueBucket {
                query: replace_filter(query, field, choice),
                level: mark.map(|mark| level(number, mark, &values)),
                selected: chosen.contains(&number),
                value,
                count: values.count(number),
            }
        };
        let buckets: Vec<ValueBucket> = shown.into_iter().map(bucket).collect();
        let all: u64 = (0..values.len()).map(|number| values.count(number)).sum();
        let other = all - buckets.iter().map(|bucket| bucket.count).sum::<u64>();
        Ok(FacetCounts::Values { field: field.clone(), values: values.len() as u64, other, missing, buckets })
    }

    /// Settles how these values are shown when any of them is written in several ways: by the whole index, so that it
    /// does not depend on the query.
    pub(in crate::engine::local) fn settle_spellings(
        &self,
        field: &FieldName,
        values: &mut Values,
        numbers: &[usize],
        deadline: Deadline,
    ) -> tantivy::Result<()> {
        if !numbers.iter().any(|number| values.is_spelt_in_ways(*number)) {
            return Ok(());
        }
        let readers = self.searcher.segment_readers();
        let sets = match numbers.len() {
            ..=MOST_LOOKED_FOR => {
                let value = |number: &usize| values.folded(*number).to_owned();
                let choice = |number| Query::Value { field: field.clone(), value: value(number) };
                self.sets_of(&Query::Or(numbers.iter().map(choice).collect()), deadline)?
            }
            _ => readers.iter().map(Bits::alive).collect(),
        };
        let mut whole = ValueCounts::default();
        for (reader, set) in readers.iter().zip(&sets) {
            whole.add(reader, field, set, None)?;
        }
        values.settle(numbers, &whole.values());
        Ok(())
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

/// The numbers of the values that are shown, in their order. What was chosen is never out of sight.
fn shown(values: &Values, limit: Option<usize>, sort: FacetSort, chosen: &BTreeSet<usize>) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..values.len()).collect();
    let limit = limit.unwrap_or(usize::MAX).min(shown.len());
    let place = |number: &usize| match sort {
        FacetSort::Count => (Reverse(values.count(*number)), *number),
        FacetSort::Name => (Reverse(0), *number),
    };
    if limit < shown.len() {
        shown.select_nth_unstable_by_key(limit, place);
        let hidden = shown.split_off(limit);
        shown.extend(hidden.iter().filter(|number| chosen.contains(number)));
    }
    shown.sort_unstable_by_key(place);
    shown
}

/// With the values that these stand under.
fn with_those_above(numbers: &[usize], mark: Option<char>, values: &Values) -> Vec<usize> {
    let above = mark.into_iter().flat_map(|mark| {
        let above =
            move |number: &usize| ancestors(values.folded(*number), mark).filter_map(|it| values.find(it));
        numbers.iter().flat_map(above)
    });
    let all: BTreeSet<usize> = numbers.iter().copied().chain(above).collect();
    all.into_iter().collect()
}

/// The place of a value in its hierarchy. What is above a value is counted with it, so it has been met.
fn level(number: usize, mark: char, values: &Values) -> Level {
    let folded = values.folded(number);
    let above: Vec<&str> = ancestors(folded, mark).filter(|above| *above != folded).collect();
    let parent = above.iter().rev().find_map(|above| values.find(above));
    Level { parent: parent.map(|parent| values.display(parent).to_owned()), depth: above.len() }
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
