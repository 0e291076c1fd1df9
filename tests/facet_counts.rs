//! The promise of facets: pasting the query of a bucket finds as many articles as the bucket counts.

use backfile::engine::local::Searcher;
use backfile::query::display::display;
use backfile::search::params::SearchParams;
use backfile::search::{FacetCounts, SearchResponse};
use backfile::text::calendar::Interval;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::Sandbox;
use crate::support::library::{self, TODAY};

const TAGS: &[&str] = &[
    "energy",
    "Energy",
    "energy/coal",
    "Energy/Coal/Pits",
    "energy/oil",
    "two words",
    "Two  Words",
    "a\"b",
    "a*b",
    "*",
    "a\\b",
    "x\\",
    "\\\"",
    "気候/政策",
    "気候",
    "c／d",
    "a / b",
    "/lead",
    "tail/",
    "a//b",
    "n\u{a0}/b",
    "AND",
    "OR",
    "-x",
    "x:y",
    "(p)",
    "é",
    "É/Ü",
    "~1",
    "w~2",
    "^2",
    "none",
    "&&",
    "//x",
    "a, b",
    "?",
    "wom?n",
    "[x]",
    "{y}",
    "@name",
    "=x",
    "/r/",
    "\u{201c}q\u{201d}",
    "tag:energy",
    "  blank  ",
    "C++",
    "#1",
    "a'b",
    "NEAR/3",
    "1..2",
    "<b>",
    "a&b",
    "\u{e000}",
];
const AUTHORS: &[&str] =
    &["Ann Lee", "ann lee", "Lee, Ann", "O'Brien", "J. \"Jim\" Smith", "李明", "A*", "x\\y", "Bo"];
const DATES: &[&str] = &[
    "1974",
    "1974-05",
    "1974-05-17",
    "1974-05-31",
    "1974-12-29",
    "1975-01-01",
    "1979-12",
    "1980",
    "1980-01-01T23:59:59Z",
    "1901-02-28",
    "2024-02-29",
];
const TEXTS: &[&str] = &[
    "coal and gas were dear that winter, and nobody who lived near the harbour could say when the ships would come back \
     to the quay with what the town had paid for in the spring of the year before, or whether they would",
    "coal",
    "gas",
    "coal gas",
    "",
];
const QUERIES: &[&str] = &[
    "",
    "coal",
    "coal OR gas",
    "-gas",
    "tag:energy",
    "tag:energy/coal coal",
    "tag:(energy OR \"two words\") date:1974",
    "author:lee",
    "-tag:energy author:\"Ann Lee\"",
    "date:1974..1979 tag:*",
    "-date:* tag:\"a\\\"b\"",
    "section:energy/* tag:é",
    "coal OR tag:energy",
    "tag:energy^2 gas",
    "date:none",
];

#[derive(Debug, Clone)]
struct Entry {
    tags: Vec<usize>,
    sections: Vec<usize>,
    authors: Vec<usize>,
    date: Option<usize>,
    text: usize,
}

fn entry() -> impl Strategy<Value = Entry> {
    let some = |list: &'static [&'static str], most| prop::collection::vec(0..list.len(), 0..most);
    (some(TAGS, 4), some(TAGS, 2), some(AUTHORS, 3), prop::option::of(0..DATES.len()), 0..TEXTS.len())
        .prop_map(|(tags, sections, authors, date, text)| Entry { tags, sections, authors, date, text })
}

fn record(number: usize, entry: &Entry) -> Value {
    let named =
        |list: &[&str], chosen: &[usize]| chosen.iter().map(|at| list[*at].to_owned()).collect::<Vec<_>>();
    let mut record = json!({
        "id": format!("n{number}"),
        "title": if entry.text == 0 { "Ships".to_owned() } else { format!("Title {number}") },
        "body": TEXTS[entry.text],
        "tags": named(TAGS, &entry.tags),
        "categories": named(TAGS, &entry.sections),
        "authors": named(AUTHORS, &entry.authors),
    });
    if let Some(date) = entry.date {
        record["date"] = DATES[date].into();
    }
    record
}

fn ask(searcher: &Searcher, query: &str, facets: &[String], collapse: &str) -> SearchResponse {
    let params = SearchParams {
        words: vec![query.to_owned()],
        facets: facets.to_vec(),
        collapse: Some(collapse.to_owned()),
        limit: Some(0),
        ..SearchParams::default()
    };
    let checked = params.check(searcher.schema(), TODAY).unwrap_or_else(|error| panic!("{query:?}: {error}"));
    assert_eq!(checked.warnings, [], "{query:?}");
    searcher.search(&checked.request).expect("it is answered")
}

fn every_facet() -> Vec<String> {
    let values = ["tag", "section", "author", "source", "lang", "date-from"];
    let dates = Interval::ALL.map(|interval| format!("date:{}", interval.as_str()));
    values.map(|field| format!("{field}:all")).into_iter().chain(dates).chain(["added".to_owned()]).collect()
}

fn check(searcher: &Searcher, query: &str, collapse: &str) {
    let schema = searcher.schema();
    let answer = ask(searcher, query, &every_facet(), collapse);
    for facet in &answer.facets {
        let pasted: Vec<(String, u64)> = match facet {
            FacetCounts::Values { buckets, .. } => {
                buckets.iter().map(|bucket| (display(&bucket.query, schema), bucket.count)).collect()
            }
            FacetCounts::Dates { buckets, .. } => {
                buckets.iter().map(|bucket| (display(&bucket.query, schema), bucket.count)).collect()
            }
        };
        for (text, count) in pasted {
            let found = ask(searcher, &text, &[], collapse).total;
            assert_eq!(found, count, "{query:?}, {collapse}, {text:?} of {facet:?}");
        }
        if let FacetCounts::Values { buckets, .. } = facet {
            for bucket in buckets {
                let Some(parent) = bucket.level.as_ref().and_then(|level| level.parent.as_ref()) else {
                    continue;
                };
                let above = buckets.iter().find(|above| above.value == *parent);
                assert!(above.is_some_and(|above| above.count >= bucket.count), "{query:?}: {bucket:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_pasted_query_finds_what_its_bucket_counts(
        entries in prop::collection::vec(entry(), 1..30),
        queries in prop::collection::vec(0..QUERIES.len(), 3),
    ) {
        let sandbox = Sandbox::new();
        let lines: Vec<String> =
            entries.iter().enumerate().map(|(number, entry)| record(number, entry).to_string()).collect();
        let (early, late) = lines.split_at(lines.len() / 2);
        sandbox.file("archive/late.jsonl", late.join("\n"));
        library::ingest(&sandbox, "archive", "index", 1);
        sandbox.file("archive/early.jsonl", early.join("\n") + "\n");
        library::ingest(&sandbox, "archive", "index", 1);
        let searcher = library::open(&sandbox, "index");
        for query in queries {
            check(&searcher, QUERIES[query], "none");
            check(&searcher, QUERIES[query], "family");
        }
    }
}
