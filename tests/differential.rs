//! The engine against a naive evaluator: random queries over random small archives must find, count and mark the same.
//!
//! `BACKFILE_QUERIES=1000000` asks for more of them, `BACKFILE_SEED=7` for others.

mod archive;
mod naive;
mod questions;

use std::collections::BTreeSet;

use backfile::article::Article;
use backfile::engine::local::Searcher;
use backfile::query::Query;
use backfile::query::display::display;
use backfile::search::params::SearchParams;
use backfile::search::{FacetCounts, SearchResponse};

use crate::support::random::{Random, number};
use crate::support::{Sandbox, library};
use naive::Forms;
use questions::Questions;

/// Queries asked of each archive.
const OF_EACH: u64 = 500;
const QUERIES: u64 = 2_000;

#[test]
fn the_engine_finds_counts_and_marks_what_a_naive_evaluator_does() {
    let seed = number("BACKFILE_SEED", 1);
    let queries = number("BACKFILE_QUERIES", QUERIES);
    for archive in 0..queries.div_ceil(OF_EACH) {
        let random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(archive));
        ask(&random, &format!("BACKFILE_SEED={seed}, archive {archive}"));
    }
}

fn ask(random: &Random, name: &str) {
    let sandbox = Sandbox::new();
    sandbox.file("archive/a.jsonl", archive::records(random, "a"));
    library::ingest(&sandbox, "archive", "index", 1);
    if random.one_in(2) {
        // Other segments, and articles that are gone.
        sandbox.file("archive/b.jsonl", archive::records(random, "b"));
        sandbox.file("archive/a.jsonl", archive::records(random, "a"));
        library::ingest(&sandbox, "archive", "index", 2);
    }
    let searcher = library::open(&sandbox, "index");
    let articles = stored(&searcher);
    let questions = Questions { random, schema: searcher.schema() };
    for number in 0..OF_EACH {
        let query = questions.query();
        let text = display(&query, searcher.schema());
        let name = format!("{name}, query {number}: {text}");
        check(&searcher, &articles, &query, &text, &name);
    }
}

/// The articles as they are stored.
fn stored(searcher: &Searcher) -> Vec<Article> {
    let all = answer(searcher, "*", "everything");
    let read = |id: String| searcher.article(&id).expect("a stored article can be read");
    all.hits.iter().flat_map(|hit| read(hit.id.to_string())).collect()
}

fn answer(searcher: &Searcher, text: &str, name: &str) -> SearchResponse {
    let params = SearchParams {
        words: vec![text.to_owned()],
        limit: Some(1_000),
        // Stop words count here as any other.
        without: vec!["stop-words".to_owned()],
        snippets: Some(1),
        context: Some("10000w".to_owned()),
        facets: ["tag:all", "author:all", "date:month", "date:year"].map(str::to_owned).into(),
        ..SearchParams::default()
    };
    let checked =
        params.check(searcher.schema(), library::TODAY).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(checked.warnings, [], "{name}");
    searcher.search(&checked.request).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn check(searcher: &Searcher, articles: &[Article], query: &Query, text: &str, name: &str) {
    let response = answer(searcher, text, name);
    let expected: BTreeSet<String> = articles
        .iter()
        .filter(|article| naive::finds(query, article))
        .map(|it| it.id().to_string())
        .collect();
    let found = ids(&response);
    assert_eq!(found, expected, "{name}; at fault: {}", at_fault(searcher, articles, query));
    assert_eq!(response.total, expected.len() as u64, "{name}");
    response.facets.iter().for_each(|facet| check_facet(facet, articles, name));
    for hit in &response.hits {
        let article =
            articles.iter().find(|article| article.id() == hit.id).expect("what is found is stored");
        let forms = Forms::of(article);
        let in_title = naive::marks(query, &article.title, true, forms);
        assert_eq!(hit.title.spans, in_title, "{name}: {:?}", hit.title);
        for snippet in &hit.snippets {
            let stored = match snippet.field {
                "body" => article.body.as_str(),
                _ => article.description.as_deref().unwrap_or_default(),
            };
            assert_eq!(snippet.passage.text, stored, "{name}: all of it is shown");
            assert_eq!(
                snippet.passage.spans,
                naive::marks(query, stored, false, forms),
                "{name}: {snippet:?}"
            );
        }
    }
}

fn ids(response: &SearchResponse) -> BTreeSet<String> {
    response.hits.iter().map(|hit| hit.id.to_string()).collect()
}

/// The smallest part of a query about which the two disagree.
fn at_fault(searcher: &Searcher, articles: &[Article], query: &Query) -> String {
    let parts: Vec<&Query> = match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().collect(),
        Query::Not(inner) | Query::Boost(inner, _) => vec![inner],
        _ => Vec::new(),
    };
    let disagree = |part: &&&Query| {
        let text = display(part, searcher.schema());
        let expected = articles.iter().filter(|article| naive::finds(part, article));
        ids(&answer(searcher, &text, &text)) != expected.map(|it| it.id().to_string()).collect()
    };
    match parts.iter().find(disagree) {
        Some(part) => at_fault(searcher, articles, part),
        None => display(query, searcher.schema()),
    }
}

/// Every count is what the query of its bucket finds.
fn check_facet(facet: &FacetCounts, articles: &[Article], name: &str) {
    let count = |query: &Query| articles.iter().filter(|article| naive::finds(query, article)).count() as u64;
    match facet {
        FacetCounts::Values { field, buckets, .. } => {
            for bucket in buckets {
                assert_eq!(bucket.count, count(&bucket.query), "{name}: {field} {}", bucket.value);
            }
        }
        FacetCounts::Dates { field, buckets, .. } => {
            for bucket in buckets {
                assert_eq!(bucket.count, count(&bucket.query), "{name}: {field} {:?}", bucket.from);
            }
        }
    }
}
