//! Counts over time: how often queries match in each period, relative to what the archive holds there.

use crate::query::simplify::{replace_filter, simplify, split_filters};
use crate::query::{DateRange, Query};
use crate::schema::{FieldName, Kind, Property, Schema};
use crate::search::Collapse;
use crate::search::params::{Checked, ParamError, SearchParams, named};
use crate::text::calendar::{Day, Interval};

/// What the counts are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Per {
    /// Articles that match, per thousand articles.
    #[default]
    Articles,
    /// Matches in the texts, per million words.
    Words,
    /// Articles that match, as they are.
    None,
}

impl Per {
    /// The word used in flags and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Per::Articles => "articles",
            Per::Words => "words",
            Per::None => "none",
        }
    }
}

/// The names of the denominators.
const PERS: &[(&str, Per)] = &[("articles", Per::Articles), ("words", Per::Words), ("none", Per::None)];

/// The articles that the denominator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Of {
    /// Those that the filters by flag let through.
    #[default]
    Filter,
    /// All.
    Archive,
}

impl Of {
    /// The word used in flags and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Of::Filter => "filter",
            Of::Archive => "archive",
        }
    }
}

/// The names of the bases of comparison.
const OFS: &[(&str, Of)] = &[("filter", Of::Filter), ("archive", Of::Archive)];

/// The question as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrendParams {
    /// The filters; words in it belong to no term.
    pub search: SearchParams,
    /// A whole query each.
    pub terms: Vec<String>,
    /// `--by`
    pub by: Option<String>,
    /// `--per`
    pub per: Option<String>,
    /// `--of`
    pub of: Option<String>,
}

/// A checked question.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendRequest {
    /// The articles of all terms: the filters by flag.
    pub base: Query,
    /// What is counted; the filters are part of each.
    pub terms: Vec<Query>,
    /// What becomes of copies.
    pub collapse: Collapse,
    /// The field of the dates.
    pub field: FieldName,
    /// The step; `None` for one that fits the dates.
    pub by: Option<Interval>,
    /// What the counts are relative to.
    pub per: Per,
    /// Which articles the denominator counts.
    pub of: Of,
}

impl TrendParams {
    /// Checks every part; `today` is what relative dates count from. Gives also each term as understood.
    pub fn check(self, schema: &Schema, today: Day) -> Result<(TrendRequest, Vec<Checked>), ParamError> {
        let per = named(self.per.as_deref(), "--per", PERS)?;
        let counts_words = |kind: &Kind| matches!(kind, Kind::Number { from: Property::Words });
        if per == Per::Words && !schema.fields.iter().any(|field| counts_words(&field.kind)) {
            let hint = "use --per articles";
            return Err(ParamError::new("--per words: this index has no numbers of words", hint));
        }
        let of = named(self.of.as_deref(), "--of", OFS)?;
        let by = self.by.as_deref().map(interval).transpose()?;
        let field = publication_dates(schema)?;
        let base = SearchParams { words: Vec::new(), ..self.search.clone() }.check(schema, today)?;
        let term = |text: &String| {
            SearchParams { words: vec![text.clone()], ..self.search.clone() }.check(schema, today)
        };
        let checked: Vec<Checked> = self.terms.iter().map(term).collect::<Result<_, _>>()?;
        let request = TrendRequest {
            base: base.request.query,
            terms: checked.iter().map(|term| term.request.query.clone()).collect(),
            collapse: base.request.collapse,
            field,
            by,
            per,
            of,
        };
        Ok((request, checked))
    }
}

/// A calendar step as typed with `--by`.
pub(super) fn interval(text: &str) -> Result<Interval, ParamError> {
    Interval::parse(text).ok_or_else(|| {
        let hint = format!("use one of: {}", Interval::ALL.map(Interval::as_str).join(", "));
        ParamError::new(format!("--by {text} is not a calendar step"), hint)
    })
}

/// The field of the publication dates.
pub(super) fn publication_dates(schema: &Schema) -> Result<FieldName, ParamError> {
    let is_published = |kind: &Kind| *kind == Kind::Date { from: Property::Published };
    let field = schema.fields.iter().find(|field| is_published(&field.kind));
    field.map(|field| field.name.clone()).ok_or_else(|| {
        ParamError::new("this index has no publication dates", "`facets` counts the values of other fields")
    })
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The step.
    pub interval: Interval,
    /// Every period from the first to the last article of the filter, empty ones too.
    pub periods: Vec<Period>,
    /// Articles of the filter.
    pub articles: u64,
    /// For each term what was counted.
    pub terms: Vec<TermCounts>,
}

/// A calendar period, and the denominators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Articles.
    pub articles: u64,
    /// Words of their bodies; `None` when the index does not hold them.
    pub words: Option<u64>,
}

/// What was counted of one term.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TermCounts {
    /// Articles that match.
    pub articles: u64,
    /// Matches in their texts, if they were counted.
    pub matches: Option<u64>,
    /// Of the articles those with a date wider than a period.
    pub imprecise: u64,
    /// Of the articles those without a date.
    pub missing: u64,
    /// For each period.
    pub points: Vec<Count>,
    /// What the engine had to cut or assume.
    pub warnings: Vec<String>,
}

/// What was counted in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Articles that match.
    pub articles: u64,
    /// Matches in their texts, if they were counted.
    pub matches: Option<u64>,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.articles += other.articles;
        self.matches = self.matches.zip(other.matches).map(|(a, b)| a + b);
    }
}

/// The value of a count in a period, or in several of them taken together; `None` where the denominator is 0.
pub fn value(per: Per, count: Count, articles: u64, words: Option<u64>) -> Option<f64> {
    let ratio = |part: u64, whole: u64, scale: f64| (whole > 0).then(|| part as f64 * scale / whole as f64);
    match per {
        Per::Articles => ratio(count.articles, articles, 1e3),
        Per::Words => ratio(count.matches?, words?, 1e6),
        Per::None => Some(count.articles as f64),
    }
}

impl TermCounts {
    /// The query that finds the articles of a point. With copies collapsed it can find more: those whose earliest
    /// copy lies in another period.
    pub fn query_of(&self, term: &Query, field: &FieldName, period: &Period) -> Query {
        in_period(term, field, (period.from, period.to), self.imprecise > 0)
    }
}

/// The query, of one period alone. `within` leaves out articles whose dates only overlap with it.
fn in_period(query: &Query, field: &FieldName, (from, to): (Day, Day), within: bool) -> Query {
    let range = DateRange { from: Some(from), to: Some(to) };
    let period = Query::Dates { field: field.clone(), range, within };
    // A filter of dates that holds for the whole period says nothing more.
    let is_implied = |filter: &Query| {
        let Query::Dates { range, within: strictly, .. } = filter else { return false };
        range.from.is_none_or(|first| first <= from)
            && range.to.is_none_or(|last| to <= last)
            && (within || !strictly)
    };
    let (_, filters) = split_filters(query.clone(), |name| name == field);
    if filters.iter().all(|(_, filter)| is_implied(filter)) {
        replace_filter(query, field, period)
    } else {
        simplify(Query::And(vec![query.clone(), period]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::display::display;
    use crate::query::parse::{Reading, parse};

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|it| (*it).to_owned()).collect()
    }

    fn day(year: i32, month: u32, day: u32) -> Day {
        Day::from_ymd(year, month, day).unwrap()
    }

    #[test]
    fn filters_belong_to_every_term() {
        let search = SearchParams { tags: strings(&["energy"]), ..SearchParams::default() };
        let terms = strings(&["coal", "gas OR oil"]);
        let params = TrendParams { search, terms, per: Some("words".into()), ..TrendParams::default() };
        let schema = Schema::for_tests();
        let (request, checked) = params.check(&schema, Day(0)).unwrap();
        assert_eq!(display(&request.base, &schema), "tag:energy");
        let understood: Vec<&str> = checked.iter().map(|term| term.understood.as_str()).collect();
        assert_eq!(understood, ["coal tag:energy", "(gas OR oil) tag:energy"]);
        assert_eq!((request.per, request.of, request.by), (Per::Words, Of::Filter, None));
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        let some = |text: &str| Some(text.to_owned());
        for (params, part) in [
            (TrendParams { by: some("hour"), ..TrendParams::default() }, "--by hour"),
            (TrendParams { per: some("people"), ..TrendParams::default() }, "--per people"),
            (TrendParams { of: some("all"), ..TrendParams::default() }, "--of all"),
        ] {
            let error = params.check(&Schema::for_tests(), Day(0)).unwrap_err().message;
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn values_need_a_denominator() {
        let count = Count { articles: 3, matches: Some(10) };
        let cases = [
            (Per::Articles, 60, Some(0), Some(50.0)),
            (Per::Articles, 0, Some(0), None),
            (Per::Words, 60, Some(5_000), Some(2_000.0)),
            (Per::Words, 60, Some(0), None),
            (Per::Words, 60, None, None),
            (Per::None, 0, None, Some(3.0)),
        ];
        for (per, articles, words, expected) in cases {
            assert_eq!(value(per, count, articles, words), expected, "{per:?}");
        }
    }

    #[test]
    fn a_point_asks_for_its_period_alone() {
        let schema = Schema::for_tests();
        let field = FieldName::for_tests("date");
        let march = (day(1974, 3, 1), day(1974, 3, 31));
        for (text, within, expected) in [
            ("coal", false, "coal date:1974-03"),
            ("coal", true, "coal date-within:1974-03"),
            ("coal date:1970..1980", false, "coal date:1974-03"),
            ("coal date:1974-03-10..", false, "coal date:1974-03-10.. date:1974-03"),
            ("coal date-within:1974", false, "coal date-within:1974 date:1974-03"),
            ("coal date-within:1974", true, "coal date-within:1974-03"),
            ("coal OR date:1960", true, "(coal OR date:1960) date-within:1974-03"),
            ("coal -date:1974-03-02", false, "coal -date:1974-03-02 date:1974-03"),
        ] {
            let query = parse(text, &Reading::new(&schema, Day(0))).query;
            let asked = display(&in_period(&query, &field, march, within), &schema);
            assert_eq!(asked, expected, "{text}");
        }
    }
}
