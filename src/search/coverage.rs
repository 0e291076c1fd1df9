//! What an archive holds of each period, and where it has gaps.

use std::collections::BTreeMap;

use crate::query::Query;
use crate::schema::{FieldName, Kind, Schema};
use crate::search::Collapse;
use crate::search::params::{Checked, ParamError, SearchParams, facet_field};
use crate::search::trend::{interval, publication_dates};
use crate::text::calendar::{Day, Interval};

/// The question as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageParams {
    /// Words and filters.
    pub search: SearchParams,
    /// `--by`: a calendar step, a facet field, or both.
    pub by: Vec<String>,
    /// `--of`: a facet field.
    pub of: Option<String>,
}

/// A checked question.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageRequest {
    /// The articles; filters by flag are part of it.
    pub query: Query,
    /// What becomes of copies.
    pub collapse: Collapse,
    /// A row for each value of this field.
    pub of: FieldName,
    /// The field of the dates.
    pub dates: FieldName,
    /// The step; `None` for one that fits the dates.
    pub by: Option<Interval>,
}

const DEFAULT_FIELD: &str = "source";

impl CoverageParams {
    /// Checks every part; `today` is what relative dates count from. Gives also the query as understood.
    pub fn check(self, schema: &Schema, today: Day) -> Result<(CoverageRequest, Checked), ParamError> {
        let mut field = self.of;
        let mut by = None;
        for part in &self.by {
            let is_field = schema.facets().any(|field| field.name.as_str() == part);
            let place_is_free = if is_field { field.is_none() } else { by.is_none() };
            if !place_is_free {
                let hint = "one field and one calendar step: --of source --by year";
                return Err(ParamError::new(format!("--by {part} is one too many"), hint));
            }
            match is_field {
                true => field = Some(part.clone()),
                false => by = Some(interval(part)?),
            }
        }
        let field = field.as_deref().unwrap_or(DEFAULT_FIELD);
        let declared = facet_field("--of", field, schema)?;
        if matches!(declared.kind, Kind::Date { .. }) {
            let hint = "the periods are those of --by; --of takes source, tag, section or lang";
            return Err(ParamError::new(format!("--of {field}: dates are no rows"), hint));
        }
        let checked = self.search.check(schema, today)?;
        let request = CoverageRequest {
            query: checked.request.query.clone(),
            collapse: checked.request.collapse,
            of: declared.name.clone(),
            dates: publication_dates(schema)?,
            by,
        };
        Ok((request, checked))
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The step.
    pub interval: Interval,
    /// First days of all periods from the first to the last article.
    pub periods: Vec<Day>,
    /// All articles.
    pub all: CoverageRow,
    /// Those of each value, most articles first; last those without one.
    pub rows: Vec<CoverageRow>,
    /// What the engine had to cut or assume.
    pub warnings: Vec<String>,
}

/// The articles with one value.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageRow {
    /// The value; `None` for articles without one, and for all of them.
    pub value: Option<String>,
    /// The query that finds them.
    pub query: Query,
    /// Articles.
    pub articles: u64,
    /// Of these with a date wider than a period.
    pub imprecise: u64,
    /// Of these without a date that is stated.
    pub missing: u64,
    /// Of those without a stated date the ones with an estimated one; `None` when the index does not tell.
    pub estimated: Option<u64>,
    /// Articles that have copies in the archive: the same text again.
    pub copies: u64,
    /// Number of the period of the first article.
    pub first: usize,
    /// Articles in each period from the first to the last that has any.
    pub counts: Vec<u64>,
    /// Where articles are missing, in order.
    pub gaps: Vec<Gap>,
}

/// Periods next to each other with no or strikingly few articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Number of the first period.
    pub first: usize,
    /// Number of the last period.
    pub last: usize,
    /// Articles in them.
    pub articles: u64,
    /// Articles in a period around, if the gap is a drop; `None` if there is no article.
    pub usual: Option<u64>,
    /// Articles with a wider date that may belong here.
    pub imprecise: u64,
}

/// Periods before and behind one that it is compared with.
const NEIGHBOURS: usize = 3;

/// A period with less than one in so many of what is usual around it is a drop.
const DROP: u64 = 5;

/// Dates wider than a period, as first and last period that they touch, with the number of articles.
pub type WideDates = BTreeMap<(usize, usize), u64>;

/// The gaps in a row of counts whose first period has the number `first`.
pub fn gaps(first: usize, counts: &[u64], wide: &WideDates) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for (at, &count) in counts.iter().enumerate() {
        let usual = (count > 0).then(|| usual_around(counts, at)).flatten();
        let is_drop = usual.is_some_and(|usual| count.saturating_mul(DROP) < usual);
        if count > 0 && !is_drop {
            continue;
        }
        let period = first + at;
        match gaps.last_mut() {
            Some(gap) if gap.last + 1 == period && gap.usual.is_some() == is_drop => {
                gap.last = period;
                gap.articles += count;
            }
            Some(_) | None => {
                gaps.push(Gap { first: period, last: period, articles: count, usual, imprecise: 0 });
            }
        }
    }
    for gap in &mut gaps {
        let touching = wide.iter().filter(|((from, to), _)| *from <= gap.last && gap.first <= *to);
        gap.imprecise = touching.map(|(_, articles)| articles).sum();
    }
    gaps
}

/// The median of the periods around; `None` at both ends, which are seldom covered as a whole.
fn usual_around(counts: &[u64], at: usize) -> Option<u64> {
    if at == 0 || at + 1 >= counts.len() {
        return None;
    }
    let before = &counts[at.saturating_sub(NEIGHBOURS)..at];
    let behind = &counts[at + 1..(at + 1 + NEIGHBOURS).min(counts.len())];
    let mut around = [before, behind].concat();
    around.sort_unstable();
    let (low, high) = (around[(around.len() - 1) / 2], around[around.len() / 2]);
    Some(low.midpoint(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(first: usize, last: usize, articles: u64, usual: Option<u64>) -> Gap {
        Gap { first, last, articles, usual, imprecise: 0 }
    }

    #[test]
    fn holes_and_drops_are_found() {
        let cases: &[(&[u64], &[Gap])] = &[
            (&[], &[]),
            (&[5], &[]),
            (&[5, 0, 0, 5, 0, 5], &[gap(11, 12, 0, None), gap(14, 14, 0, None)]),
            (&[40, 40, 40, 3, 40, 40], &[gap(13, 13, 3, Some(40))]),
            (&[40, 40, 8, 40, 40], &[]),
            (&[40, 40, 7, 40, 40], &[gap(12, 12, 7, Some(40))]),
            (&[40, 42, 40, 3, 2, 41, 40, 40], &[gap(13, 14, 5, Some(40))]),
            (&[40, 40, 40, 0, 2, 41, 40, 40], &[gap(13, 13, 0, None), gap(14, 14, 2, Some(40))]),
            (&[1, 40, 40, 40, 1], &[]),
            (&[1, 0, 1, 0, 1], &[gap(11, 11, 0, None), gap(13, 13, 0, None)]),
            (&[u64::MAX, 1, u64::MAX], &[gap(11, 11, 1, Some(u64::MAX))]),
        ];
        for (counts, expected) in cases {
            assert_eq!(gaps(10, counts, &WideDates::new()), *expected, "{counts:?}");
        }
    }

    #[test]
    fn wide_dates_may_belong_into_a_gap() {
        let wide = WideDates::from([((0, 1), 7), ((1, 2), 3), ((2, 9), 2)]);
        let imprecise: Vec<u64> = gaps(0, &[1, 1, 0, 1], &wide).iter().map(|gap| gap.imprecise).collect();
        assert_eq!(imprecise, [5]);
    }

    #[test]
    fn field_and_step_are_told_apart() {
        let asked = |by: &[&str], of: Option<&str>| {
            let by = by.iter().map(|it| (*it).to_owned()).collect();
            let params = CoverageParams { by, of: of.map(str::to_owned), ..CoverageParams::default() };
            let checked = params.check(&Schema::for_tests(), Day(0));
            checked.map(|(it, _)| (it.of.to_string(), it.by)).map_err(|error| error.message)
        };
        assert_eq!(asked(&[], None), Ok(("source".into(), None)));
        assert_eq!(asked(&["tag", "month"], None), Ok(("tag".into(), Some(Interval::Month))));
        assert_eq!(asked(&["week"], Some("lang")), Ok(("lang".into(), Some(Interval::Week))));
        for (by, of, part) in [
            (&["tag", "lang"][..], None, "one too many"),
            (&["tag"], Some("lang"), "one too many"),
            (&["year", "month"], None, "one too many"),
            (&["hour"], None, "--by hour"),
            (&[], Some("tags"), "no such facet"),
            (&[], Some("date"), "dates are no rows"),
        ] {
            let error = asked(by, of).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
