//! Questions to an index and their answers: `tests/engine/*.toml` holds articles, requests and what must be found.
//!
//! Each scenario is asked twice: of an index made in one go, and of one made by two ingests between which articles
//! came, changed and went, so that it has several segments and deleted articles. Both must answer alike. Every
//! bucket's query is pasted back and must find what the bucket counts. The views of `trend`, `coverage` and `kwic`
//! must agree with the answer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::iter;
use std::path::Path;

use backfile::engine::local::Searcher;
use backfile::query::display::display;
use backfile::search::params::SearchParams;
use backfile::search::{FacetCounts, Hit, SearchResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::Sandbox;
use crate::support::library::{self, TODAY};
use crate::views::disagreements;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// What it is about, for whoever reads it.
    #[allow(dead_code)]
    about: String,
    article: Vec<ArticleEntry>,
    request: Vec<Request>,
}

/// An article: its id is the key by which requests expect it.
#[derive(Deserialize)]
struct ArticleEntry {
    id: String,
    /// The file it lies in; `<id>.json` unless told.
    path: Option<String>,
    #[serde(flatten)]
    values: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    query: Option<String>,
    /// Several queries with the same answer.
    #[serde(default)]
    queries: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    authors: Vec<String>,
    since: Option<String>,
    until: Option<String>,
    matching: Option<String>,
    #[serde(default)]
    exact: bool,
    sort: Option<String>,
    collapse: Option<String>,
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
    /// Join pages of so many hits, by cursor and by offset.
    pages: Option<usize>,
    #[serde(default)]
    facets: Vec<String>,

    /// Keys in this order.
    keys: Option<Vec<String>>,
    /// Keys in any order.
    any: Option<Vec<String>>,
    /// All that match; the number of keys unless told.
    total: Option<u64>,
    /// Key → how many articles its family has; 0 for one without copies.
    #[serde(default)]
    copies: BTreeMap<String, u64>,
    /// Facet as asked for → its counts.
    #[serde(default)]
    counts: BTreeMap<String, Counts>,
    /// Key → what is marked in its title and its passage.
    #[serde(default)]
    marks: BTreeMap<String, Vec<String>>,
    /// Part of the error, when it cannot be asked.
    error: Option<String>,
    /// Part of a warning of the parser or the engine.
    warning: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    /// `[value, count]`, in order.
    buckets: Option<Vec<(String, u64)>>,
    #[serde(default)]
    selected: Vec<String>,
    values: Option<u64>,
    other: Option<u64>,
    missing: Option<u64>,
    imprecise: Option<u64>,
}

#[test]
fn scenarios() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine");
    let mut paths: Vec<_> = fs::read_dir(folder).expect("there are scenarios").flatten().collect();
    paths.sort_by_key(fs::DirEntry::file_name);
    let mut failures = String::new();
    for path in &paths {
        let text = fs::read_to_string(path.path()).expect("a scenario is text");
        let scenario: Scenario = toml::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        for (way, history) in [("in one go", IN_ONE_GO), ("in two ingests", IN_TWO_INGESTS)] {
            let archive = Sandbox::new();
            let searcher = history(&archive, &scenario.article);
            let count = scenario.article.len() as u64;
            assert_eq!(searcher.articles(), count, "{path:?}, {way}: articles in the index");
            for request in &scenario.request {
                for failure in check(&searcher, request) {
                    writeln!(failures, "{}, {way}: {failure}", path.file_name().display())
                        .expect("strings take all text");
                }
            }
        }
    }
    assert!(paths.len() >= 5, "only {} scenarios were found", paths.len());
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let archive = Sandbox::new();
    let articles: Vec<ArticleEntry> =
        serde_json::from_value(json!([{"id": "a", "title": "Coal", "tags": ["x"]}])).expect("an article");
    let searcher = IN_ONE_GO(&archive, &articles);
    let wrong = [
        json!({"query": "coal", "keys": ["b"]}),
        json!({"query": "coal", "any": []}),
        json!({"query": "coal", "total": 2}),
        json!({"query": "coal", "keys": ["a"], "error": "x"}),
        json!({"query": "coal", "keys": ["a"], "warning": "x"}),
        json!({"query": "*o*", "keys": []}),
        json!({"query": "coal", "copies": {"a": 2}}),
        json!({"query": "coal", "marks": {"a": ["a"]}}),
        json!({"query": "coal", "facets": ["tag"], "counts": {"tag": {"missing": 1}}}),
        json!({"query": "coal", "facets": ["tag"], "counts": {"tag": {"buckets": [["x", 2]]}}}),
        json!({"query": "coal", "facets": ["tag"], "counts": {"tag": {"selected": ["x"]}}}),
    ];
    for request in wrong {
        let parsed: Request = serde_json::from_value(request.clone()).expect("a request");
        assert!(!check(&searcher, &parsed).is_empty(), "{request} passes");
    }
}

type History = fn(&Sandbox, &[ArticleEntry]) -> Searcher;

const IN_ONE_GO: History = |archive, articles| {
    articles.iter().for_each(|article| write(archive, article));
    bring_in(archive, 1)
};

const IN_TWO_INGESTS: History = |archive, articles| {
    let (early, late) = articles.split_at(articles.len() / 2);
    early.iter().for_each(|article| write(archive, article));
    archive.file(
        "archive/gone.json",
        r#"{"title": "coal Coal COAL", "body": "a coal mine", "tags": ["Energy"]}"#,
    );
    if let Some(first) = late.first() {
        let (path, _) = file(first);
        archive
            .file(path, r#"{"id": "old", "title": "An earlier Version, Strasbourg 東京", "date": "1901"}"#);
    }
    bring_in(archive, 1);
    archive.remove("archive/gone.json");
    late.iter().for_each(|article| write(archive, article));
    bring_in(archive, 2)
};

fn file(article: &ArticleEntry) -> (String, String) {
    let path = article.path.clone().unwrap_or_else(|| format!("{}.json", article.id));
    let mut record = json!({"id": article.id});
    let values = record.as_object_mut().expect("it is an object");
    values.extend(article.values.iter().map(|(name, value)| (name.clone(), value.clone())));
    (format!("archive/{path}"), record.to_string())
}

fn write(archive: &Sandbox, article: &ArticleEntry) {
    let (path, text) = file(article);
    archive.file(path, text);
}

fn bring_in(archive: &Sandbox, threads: usize) -> Searcher {
    let report = library::ingest(archive, "archive", "index", threads);
    assert_eq!(report.diagnostics, [], "articles of scenarios are sound");
    library::open(archive, "index")
}

/// What differs from what the request expects.
fn check(searcher: &Searcher, request: &Request) -> Vec<String> {
    let queries = request.query.iter().chain(&request.queries);
    let queries: Vec<&str> = queries.map(String::as_str).collect();
    let queries = if queries.is_empty() { vec![""] } else { queries };
    let failures = queries.into_iter().flat_map(|query| {
        let failures = check_query(searcher, request, query);
        failures.into_iter().map(move |failure| format!("{query:?}: {failure}"))
    });
    failures.collect()
}

fn check_query(searcher: &Searcher, request: &Request, query: &str) -> Vec<String> {
    let mut failures = Vec::new();
    let answer = ask(searcher, params(request, query));
    let (response, warnings) = match (answer, &request.error) {
        (Ok(_), Some(expected)) => return vec![format!("no error {expected:?}")],
        (Err(error), Some(expected)) if error.contains(expected.as_str()) => return failures,
        (Err(error), _) => return vec![format!("error {error:?}")],
        (Ok(answered), None) => answered,
    };
    let keys = keys(&response);
    if let Some(expected) = &request.keys
        && *expected != keys
    {
        failures.push(format!("keys {keys:?} instead of {expected:?}"));
    }
    if let Some(expected) = &request.any
        && sorted(expected) != sorted(&keys)
    {
        failures.push(format!("keys {:?} instead of {:?}, in any order", sorted(&keys), sorted(expected)));
    }
    let listed = request.keys.as_ref().or(request.any.as_ref()).map(|keys| keys.len() as u64);
    let whole = request.offset == 0 && request.limit.is_none();
    if let Some(expected) = request.total.or(listed.filter(|_| whole))
        && expected != response.total
    {
        failures.push(format!("total {} instead of {expected}", response.total));
    }
    for (key, expected) in &request.copies {
        let hit = response.hits.iter().find(|hit| hit.key == *key);
        let size = hit.map(|hit| hit.family.map_or(0, |family| family.size));
        if size != Some(*expected) {
            failures.push(format!("the family of {key} has {size:?} articles instead of {expected}"));
        }
    }
    for (key, expected) in &request.marks {
        let hit = response.hits.iter().find(|hit| hit.key == *key);
        let marks = hit.map(marked).unwrap_or_default();
        if marks != *expected {
            failures.push(format!("{marks:?} are marked in {key} instead of {expected:?}"));
        }
    }
    match &request.warning {
        Some(expected) if !warnings.iter().any(|warning| warning.contains(expected.as_str())) => {
            failures.push(format!("no warning {expected:?} in {warnings:?}"));
        }
        None if !warnings.is_empty() => failures.push(format!("warnings {warnings:?}")),
        Some(_) | None => {}
    }
    for (asked, facet) in request.facets.iter().zip(&response.facets) {
        if let Some(expected) = request.counts.get(asked) {
            failures.extend(check_facet(asked, facet, expected));
        }
        failures.extend(paste_back(searcher, request, asked, facet));
    }
    failures.extend(disagreements(searcher, &params(request, query), response.total));
    if whole {
        let every = every(searcher, params(request, query));
        if every != keys {
            failures.push(format!("all in one list are {every:?} instead of {keys:?}"));
        }
    }
    if let Some(size) = request.pages {
        failures.extend(check_pages(searcher, request, query, size, &keys));
    }
    failures
}

fn params(request: &Request, query: &str) -> SearchParams {
    SearchParams {
        words: vec![query.to_owned()],
        tags: request.tags.clone(),
        authors: request.authors.clone(),
        since: request.since.clone(),
        until: request.until.clone(),
        matching: request.matching.clone(),
        exact: request.exact,
        sort: request.sort.clone(),
        collapse: request.collapse.clone(),
        offset: request.offset,
        limit: request.limit.or(Some(1_000)),
        facets: request.facets.clone(),
        ..SearchParams::default()
    }
}

fn ask(searcher: &Searcher, params: SearchParams) -> Result<(SearchResponse, Vec<String>), String> {
    let checked = params.check(searcher.schema(), TODAY).map_err(|error| error.to_string())?;
    let response = searcher.search(&checked.request).map_err(|error| error.to_string())?;
    let mut warnings: Vec<String> = checked.warnings.into_iter().map(|problem| problem.message).collect();
    warnings.extend(response.warnings.iter().cloned());
    Ok((response, warnings))
}

/// The keys of all hits, as `--all` lists them.
fn every(searcher: &Searcher, params: SearchParams) -> Vec<String> {
    let checked = params.check(searcher.schema(), TODAY).expect("it was asked before");
    let (response, every) = searcher.every(&checked.request).expect("it was answered before");
    let hits: Vec<_> = every.flat_map(|page| page.expect("a page can be read")).collect();
    assert_eq!(hits.len() as u64, response.total);
    assert!(hits.iter().zip(1..).all(|(hit, rank)| hit.rank == rank), "{hits:?}");
    hits.into_iter().map(|hit| hit.key).collect()
}

fn keys(response: &SearchResponse) -> Vec<String> {
    response.hits.iter().map(|hit| hit.key.clone()).collect()
}

/// What is marked in the title and the passages of a hit.
fn marked(hit: &Hit) -> Vec<&str> {
    let passages = iter::once(&hit.title).chain(hit.snippets.iter().map(|snippet| &snippet.passage));
    passages.flat_map(|passage| passage.spans.iter().map(|span| &passage.text[span.clone()])).collect()
}

fn sorted(keys: &[String]) -> Vec<&String> {
    let mut keys: Vec<&String> = keys.iter().collect();
    keys.sort();
    keys
}

fn check_facet(asked: &str, facet: &FacetCounts, expected: &Counts) -> Vec<String> {
    let mut failures = Vec::new();
    let mut compare = |what: &str, expected: Option<u64>, actual: Option<u64>| {
        if expected.is_some() && expected != actual {
            failures.push(format!("facet {asked}: {what} {actual:?} instead of {expected:?}"));
        }
    };
    let buckets: Vec<(String, u64)> = match facet {
        FacetCounts::Values { values, other, missing, buckets, .. } => {
            compare("values", expected.values, Some(*values));
            compare("other", expected.other, Some(*other));
            compare("missing", expected.missing, Some(*missing));
            buckets.iter().map(|bucket| (bucket.value.clone(), bucket.count)).collect()
        }
        FacetCounts::Dates { interval, imprecise, missing, buckets, .. } => {
            compare("imprecise", expected.imprecise, Some(*imprecise));
            compare("missing", expected.missing, Some(*missing));
            buckets.iter().map(|bucket| (interval.label(bucket.from), bucket.count)).collect()
        }
    };
    let selected: Vec<&str> = match facet {
        FacetCounts::Values { buckets, .. } => {
            buckets.iter().filter(|bucket| bucket.selected).map(|bucket| bucket.value.as_str()).collect()
        }
        FacetCounts::Dates { .. } => Vec::new(),
    };
    if expected.buckets.as_ref().is_some_and(|expected| *expected != buckets) {
        failures.push(format!("facet {asked}: {buckets:?} instead of {:?}", expected.buckets));
    }
    if selected != expected.selected {
        failures.push(format!("facet {asked}: selected {selected:?} instead of {:?}", expected.selected));
    }
    failures
}

/// Asks the query of each bucket, as text.
fn paste_back(searcher: &Searcher, request: &Request, asked: &str, facet: &FacetCounts) -> Vec<String> {
    let schema = searcher.schema();
    let buckets: Vec<(String, u64)> = match facet {
        FacetCounts::Values { buckets, .. } => {
            buckets.iter().map(|bucket| (display(&bucket.query, schema), bucket.count)).collect()
        }
        FacetCounts::Dates { buckets, .. } => {
            buckets.iter().map(|bucket| (display(&bucket.query, schema), bucket.count)).collect()
        }
    };
    let mut failures = Vec::new();
    for (text, count) in buckets {
        let collapse = request.collapse.clone();
        let params =
            SearchParams { words: vec![text.clone()], limit: Some(0), collapse, ..SearchParams::default() };
        match ask(searcher, params) {
            Ok((response, warnings)) => {
                if response.total != count || !warnings.is_empty() {
                    let found = response.total;
                    failures.push(format!(
                        "facet {asked}: {text:?} finds {found}, its bucket counts {count} {warnings:?}"
                    ));
                }
            }
            Err(error) => failures.push(format!("facet {asked}: {text:?}: {error}")),
        }
    }
    failures
}

/// Pages must join to the whole, without a gap or an overlap.
fn check_pages(
    searcher: &Searcher,
    request: &Request,
    query: &str,
    size: usize,
    whole: &[String],
) -> Vec<String> {
    let mut by_offset = Vec::new();
    let mut by_cursor = Vec::new();
    let mut after: Option<String> = None;
    for page in 0..=whole.len() / size {
        let plain = SearchParams { limit: Some(size), facets: Vec::new(), ..params(request, query) };
        match ask(searcher, SearchParams { offset: page * size, ..plain.clone() }) {
            Ok((response, _)) => by_offset.extend(keys(&response)),
            Err(error) => return vec![format!("page {page}: {error}")],
        }
        if page > 0 && after.is_none() {
            continue;
        }
        match ask(searcher, SearchParams { after: after.take(), ..plain }) {
            Ok((response, _)) => {
                by_cursor.extend(keys(&response));
                after = response.next.map(|cursor| cursor.to_string());
            }
            Err(error) => return vec![format!("page {page} by cursor: {error}")],
        }
    }
    let mut failures = Vec::new();
    if by_offset != whole {
        failures.push(format!("pages by offset give {by_offset:?} instead of {whole:?}"));
    }
    if by_cursor != whole {
        failures.push(format!("pages by cursor give {by_cursor:?} instead of {whole:?}"));
    }
    failures
}
