//! Views of the same articles must agree: what `trend`, `coverage` and `kwic` count is what the query finds, and the
//! query of each point and row, pasted back, finds what it counts.

use std::ops::ControlFlow;
use std::time::Duration;

use backfile::engine::EngineError;
use backfile::engine::local::Searcher;
use backfile::query::display::display;
use backfile::search::coverage::{CoverageParams, CoverageRow};
use backfile::search::kwic::{KwicLine, KwicParams, KwicTotals};
use backfile::search::params::SearchParams;
use backfile::search::trend::{Trend, TrendParams, TrendRequest};
use backfile::text::calendar::Interval;
use serde_json::json;

use crate::support::Sandbox;
use crate::support::library::{self, TODAY};

/// Where the views of a question that finds `total` articles disagree.
pub(crate) fn disagreements(searcher: &Searcher, params: &SearchParams, total: u64) -> Vec<String> {
    let mut failures = trends(searcher, params, total);
    failures.extend(coverages(searcher, params, total));
    failures.extend(concordances(searcher, params, total));
    failures
}

/// The question without its words, which are the term of a trend.
fn filters(params: &SearchParams) -> SearchParams {
    SearchParams { words: Vec::new(), limit: Some(0), facets: Vec::new(), offset: 0, ..params.clone() }
}

fn count(searcher: &Searcher, text: &str) -> u64 {
    let params = SearchParams { words: vec![text.to_owned()], limit: Some(0), ..SearchParams::default() };
    let checked = params.check(searcher.schema(), TODAY).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(checked.warnings, [], "{text}");
    searcher.search(&checked.request).expect("the index can be read").total
}

/// Four centuries of days would take their time.
const STEPS: [Option<Interval>; 4] =
    [Some(Interval::Decade), Some(Interval::Year), Some(Interval::Month), None];

fn trends(searcher: &Searcher, params: &SearchParams, total: u64) -> Vec<String> {
    let mut failures = Vec::new();
    for by in STEPS.map(|step| step.map(|step| step.as_str().to_owned())) {
        let asked = TrendParams {
            search: filters(params),
            terms: vec![params.words.join(" ")],
            by,
            per: None,
            of: None,
        };
        let (request, _) = asked.check(searcher.schema(), TODAY).expect("the question was asked already");
        let trend = searcher.trend(&request).expect("the index can be read");
        failures.extend(check_trend(searcher, &request, &trend, total));
    }
    failures
}

fn check_trend(searcher: &Searcher, request: &TrendRequest, trend: &Trend, total: u64) -> Vec<String> {
    let step = trend.interval.as_str();
    let mut failures = Vec::new();
    let term = &trend.terms[0];
    let sum = term.points.iter().map(|point| point.articles).sum::<u64>() + term.imprecise + term.missing;
    if (sum, term.articles) != (total, total) {
        failures.push(format!("trend by {step}: {sum} and {} articles instead of {total}", term.articles));
    }
    let is_collapsed = request.collapse.as_str() == "family";
    let last = trend.periods.len().saturating_sub(1);
    for (number, (period, point)) in trend.periods.iter().zip(&term.points).enumerate() {
        if point.articles > period.articles && !is_collapsed {
            failures.push(format!("trend by {step}: more articles than there are in {period:?}"));
        }
        let is_checked = point.articles > 0 || [0, last / 2, last].contains(&number);
        if !is_checked || is_collapsed {
            continue;
        }
        let query = term.query_of(&request.terms[0], &request.field, period);
        let query = display(&query, searcher.schema());
        let found = count(searcher, &query);
        if found != point.articles {
            failures.push(format!("trend by {step}: {query:?} finds {found}, its point {}", point.articles));
        }
    }
    failures
}

fn coverages(searcher: &Searcher, params: &SearchParams, total: u64) -> Vec<String> {
    let mut failures = Vec::new();
    for by in ["source,year", "tag,month", "lang"] {
        let by = by.split(',').map(str::to_owned).collect::<Vec<_>>();
        let field = by[0].clone();
        let search = SearchParams { words: params.words.clone(), ..filters(params) };
        let asked = CoverageParams { search, by, of: None };
        let (request, _) = asked.check(searcher.schema(), TODAY).expect("the question was asked already");
        let coverage = searcher.coverage(&request).expect("the index can be read");
        if coverage.all.articles != total {
            failures.push(format!("coverage: {} articles instead of {total}", coverage.all.articles));
        }
        let is_collapsed = request.collapse.as_str() == "family";
        for row in coverage.rows.iter().chain([&coverage.all]) {
            failures.extend(check_row(row, &field));
            let query = display(&row.query, searcher.schema());
            if !is_collapsed && count(searcher, &query) != row.articles {
                failures.push(format!("coverage of {field}: {query:?} finds other than {}", row.articles));
            }
        }
    }
    failures
}

fn check_row(row: &CoverageRow, field: &str) -> Option<String> {
    let sum = row.counts.iter().sum::<u64>() + row.imprecise + row.missing;
    let has_ends = row.counts.first() != Some(&0) && row.counts.last() != Some(&0);
    let of_missing = row.estimated.is_none_or(|estimated| estimated <= row.missing);
    let is_sound = sum == row.articles && has_ends && of_missing && row.copies <= row.articles;
    (!is_sound).then(|| format!("coverage of {field}: {row:?}"))
}

fn lines(
    searcher: &Searcher,
    params: &SearchParams,
    order: &str,
    limit: Option<usize>,
) -> (Vec<KwicLine>, KwicTotals) {
    let asked = KwicParams {
        search: SearchParams { words: params.words.clone(), ..filters(params) },
        order: Some(order.to_owned()),
        limit,
        ..KwicParams::default()
    };
    let (request, _) = asked.check(searcher.schema(), TODAY).expect("the question was asked already");
    let mut lines = Vec::new();
    let totals = searcher.kwic(&request, &mut |line| {
        lines.push(line);
        ControlFlow::Continue(())
    });
    (lines, totals.expect("the index can be read"))
}

fn concordances(searcher: &Searcher, params: &SearchParams, total: u64) -> Vec<String> {
    let names = |lines: &[KwicLine]| {
        let mut names: Vec<String> =
            lines.iter().map(|line| format!("{} {}", line.key, line.offset)).collect();
        names.sort();
        names
    };
    let mut failures = Vec::new();
    // Which copy stands for its family depends on the order.
    let is_collapsed = params.collapse.is_some();
    let (all, totals) = lines(searcher, params, "none", None);
    let matches = totals.counted.map(|counted| counted.matches);
    if totals.articles != total || matches != Some(all.len() as u64) {
        failures.push(format!("kwic: {totals:?} for {} lines of {total} articles", all.len()));
    }
    for order in ["left", "right", "date", "-date", "relevance"] {
        let (ordered, _) = lines(searcher, params, order, None);
        if names(&ordered) != names(&all) && !is_collapsed {
            failures.push(format!("kwic by {order}: other lines than in the order of the index"));
        }
        let (first, counted) = lines(searcher, params, order, Some(2));
        let expected = &ordered[..ordered.len().min(2)];
        if first != expected || counted.counted.map(|it| it.matches) != Some(ordered.len() as u64) {
            let (first, expected) = (names(&first), names(expected));
            failures.push(format!("kwic by {order}: the first lines are {first:?}, not {expected:?}"));
        }
    }
    let disagreement = trend_matches(searcher, params, all.len() as u64);
    failures.extend(disagreement.filter(|_| !is_collapsed));
    failures
}

/// Whether a trend counts as many matches as there are lines.
fn trend_matches(searcher: &Searcher, params: &SearchParams, lines: u64) -> Option<String> {
    let asked = TrendParams {
        search: filters(params),
        terms: vec![params.words.join(" ")],
        by: Some("decade".to_owned()),
        per: Some("words".to_owned()),
        of: None,
    };
    let (request, _) = asked.check(searcher.schema(), TODAY).expect("the question was asked already");
    let matches = searcher.trend(&request).expect("the index can be read").terms[0].matches;
    (matches != Some(lines)).then(|| format!("trend: {matches:?} matches, kwic {lines}"))
}

fn archive(archive: &Sandbox) -> Searcher {
    let body =
        "What is the price of coal in this winter? The minister said that it was that of the winter before.";
    let article = json!({"title": "Of coal", "body": body, "date": "1974-02-05", "lang": "en"});
    archive.file("archive/a.json", article.to_string());
    library::ingest(archive, "archive", "index", 1);
    library::open(archive, "index")
}

#[test]
fn words_that_were_left_out_of_a_question_are_no_matches() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    let params =
        SearchParams { words: vec!["the price of coal in winter".to_owned()], ..SearchParams::default() };
    let (lines, totals) = lines(&searcher, &params, "date", None);
    let matched: Vec<&str> = lines.iter().map(|line| line.matched.as_str()).collect();
    assert_eq!(matched, ["price", "coal", "winter", "winter"], "{:?}", totals.warnings);
    assert_eq!(disagreements(&searcher, &params, 1), Vec::<String>::new());
}

#[test]
fn every_view_keeps_to_the_time_for_finding() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox).with_timeout(Some(Duration::ZERO));
    let search = SearchParams { words: vec!["coal".to_owned()], ..SearchParams::default() };
    let schema = searcher.schema();
    let asked = KwicParams { search: search.clone(), ..KwicParams::default() };
    let kwic = asked.check(schema, TODAY).expect("it can be asked").0;
    let asked =
        TrendParams { search: filters(&search), terms: search.words.clone(), by: None, per: None, of: None };
    let trend = asked.check(schema, TODAY).expect("it can be asked").0;
    let asked = CoverageParams { search: search.clone(), by: Vec::new(), of: None };
    let coverage = asked.check(schema, TODAY).expect("it can be asked").0;
    let request = search.check(schema, TODAY).expect("it can be asked").request;
    let found = library::open(&sandbox, "index").search(&request).expect("it is answered");
    let id = found.hits[0].id.to_string();
    let outcomes = [
        ("kwic", searcher.kwic(&kwic, &mut |_| ControlFlow::Continue(())).err()),
        ("trend", searcher.trend(&trend).err()),
        ("coverage", searcher.coverage(&coverage).err()),
        ("why", searcher.why(&id, &request).err()),
        ("every", searcher.every(&request).err()),
    ];
    for (view, outcome) in outcomes {
        assert!(matches!(outcome, Some(EngineError::Slow { .. })), "{view}: {outcome:?}");
    }
    // An answer does not depend on them.
    assert_eq!(searcher.suggest(&request, None, false).expect("nothing is wrong"), []);
}
