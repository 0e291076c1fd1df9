//! Ranking over `sample_corpus`: for what a reader would type, where the article that should come first does come.
//!
//! `BACKFILE_ACCEPT=1 cargo test --test integration ranking` writes `ranking/golden.txt`; review it as a change.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::support::Sandbox;

/// Hits that are looked at for each query.
const DEPTH: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Queries {
    query: Vec<Wanted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    words: String,
    /// Path, and record behind `#`, of the article that should come first.
    wanted: String,
    /// Whether any of the words is enough.
    #[serde(default)]
    any: bool,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ranking")
}

fn places(sandbox: &Sandbox, query: &Wanted) -> Vec<String> {
    let depth = DEPTH.to_string();
    let mut args = vec!["-i", "index", "query", "-n", &depth, "--format", "jsonl", "--fields", "location"];
    args.extend(query.any.then_some(["--match", "any"]).into_iter().flatten());
    args.extend(["--", &query.words]);
    let output = sandbox.run_args(&args).code_of(&[0, 1]);
    let hits = output.lines().into_iter().filter_map(|line| {
        let hit: Value = serde_json::from_str(line).unwrap();
        let location = hit.get("location")?;
        let record = location["record"].as_u64().map(|record| format!("#{record}")).unwrap_or_default();
        Some(format!("{}{record}", location["path"].as_str()?))
    });
    hits.collect()
}

#[test]
fn wanted_articles_come_first() {
    let sandbox = Sandbox::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_corpus");
    let corpus = corpus.to_str().expect("the checkout has a readable name");
    sandbox.run_args(&["-i", "index", "ingest", corpus, "--exclude", "{README.md,broken/**}"]).code(0);
    let queries: Queries =
        toml::from_str(&fs::read_to_string(folder().join("queries.toml")).unwrap()).unwrap();

    let (mut golden, mut found, mut reciprocal) = (String::new(), 0, 0.0);
    for query in &queries.query {
        let places = places(&sandbox, query);
        let rank = places.iter().position(|place| *place == query.wanted).map(|index| index + 1);
        found += usize::from(rank.is_some());
        reciprocal += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        let shown = rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string());
        writeln!(golden, "{shown:>2}  {}", query.words).unwrap();
        places.iter().take(3).for_each(|place| writeln!(golden, "      {place}").unwrap());
    }
    let count = queries.query.len();
    let recall = found as f64 / count as f64;
    let mean = reciprocal / count as f64;
    writeln!(golden, "\n{count} queries, recall@{DEPTH} {recall:.3}, MRR {mean:.3}").unwrap();

    let file = folder().join("golden.txt");
    if std::env::var_os("BACKFILE_ACCEPT").is_some() {
        fs::write(&file, &golden).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(golden, expected, "BACKFILE_ACCEPT=1 accepts the new order");
}

/// Hits of a query in an archive with more of them than are looked at for the nearness of their words.
fn hits(sandbox: &Sandbox, args: &[&str]) -> Vec<(String, f64)> {
    let all = [&["-i", "index", "query", "--format", "jsonl", "--fields", "key,score"], args].concat();
    let output = sandbox.run_args(&all).code_of(&[0, 1]);
    let hits = output.lines().into_iter().filter_map(|line| {
        let hit: Value = serde_json::from_str(line).unwrap();
        Some((hit.get("key")?.as_str()?.to_owned(), hit["score"].as_f64()?))
    });
    hits.collect()
}

/// Articles of different lengths in which the words of a question stand at different distances.
fn write_archive(sandbox: &Sandbox, articles: u32) {
    let mut lines = String::new();
    for number in 0..articles {
        let between = "of the lamp that burned ".repeat((number % 7) as usize);
        let padding = "filler words without any meaning ".repeat((number * 37 % 11) as usize);
        let year = 1900 + number % 100;
        writeln!(
            lines,
            r#"{{"id":"a{number}","title":"Report {number}","date":"{year}","body":"The coal {between}price rose in winter. {padding}"}}"#
        )
        .unwrap();
    }
    sandbox.file("many.jsonl", &lines);
    sandbox.run_args(&["-i", "index", "ingest", "many.jsonl", "--quiet"]).code(0);
}

#[test]
fn pages_join_where_only_the_best_were_looked_at() {
    let sandbox = Sandbox::new();
    write_archive(&sandbox, 260);
    for flags in [
        &["coal", "price", "winter"][..],
        &["--match", "any", "--feedback", "--boost-recent", "20y", "coal price"],
    ] {
        let with = |more: &[&str]| hits(&sandbox, &[more, flags].concat());
        let whole = with(&["-n", "260"]);
        assert_eq!(whole.len(), 260, "{flags:?}");
        assert!(whole.windows(2).all(|pair| pair[0].1 >= pair[1].1), "scores fall: {flags:?}");
        let keys: std::collections::HashSet<_> = whole.iter().map(|(key, _)| key).collect();
        assert_eq!(keys.len(), 260, "nothing stands twice: {flags:?}");
        assert_eq!(with(&["--all"]), whole, "{flags:?}");
        for (offset, limit) in [(0, 10), (10, 10), (90, 20), (95, 100), (200, 60)] {
            let page = with(&["--offset", &offset.to_string(), "-n", &limit.to_string()]);
            assert_eq!(page, whole[offset..offset + limit], "{offset} {limit} {flags:?}");
        }
    }
}

#[test]
fn pages_join_by_cursors() {
    let sandbox = Sandbox::new();
    write_archive(&sandbox, 260);
    let whole = hits(&sandbox, &["-n", "260", "coal price"]);
    let (mut joined, mut after) = (Vec::new(), None::<String>);
    for _ in 0..10 {
        let mut args = vec!["-i", "index", "query", "--json", "-n", "33", "--fields", "key,score"];
        args.extend(after.as_deref().map(|after| ["--after", after]).into_iter().flatten());
        let output = sandbox.run_args(&[args, vec!["coal price"]].concat()).code(0);
        let answer: Value = serde_json::from_str(&output.stdout).unwrap();
        for hit in answer["hits"].as_array().unwrap() {
            joined.push((hit["key"].as_str().unwrap().to_owned(), hit["score"].as_f64().unwrap()));
        }
        after = answer["next"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    assert_eq!(joined, whole);
}

#[test]
fn words_near_each_other_and_newer_articles_come_first() {
    let sandbox = Sandbox::new();
    let article = |id: &str, year: u32, title: &str, body: &str| {
        format!(r#"{{"id":"{id}","title":"{title}","date":"{year}","body":"{body}"}}"#) + "\n"
    };
    let lines = [
        article(
            "apart",
            1990,
            "A",
            "coal was dear and everybody spoke of gas oil wood peat and of the price",
        ),
        article("near", 1980, "B", "gas oil wood peat was dear and everybody spoke of the and of coal price"),
        article("old", 1950, "C", "the harbour was closed"),
        article("new", 2020, "D", "the harbour was closed and quiet for once"),
        article(
            "titled",
            1960,
            "Harbour lights",
            "a ship came in and the town was glad of it and of the many lights",
        ),
    ];
    sandbox.file("few.jsonl", lines.concat());
    sandbox.run_args(&["-i", "index", "ingest", "few.jsonl", "--quiet"]).code(0);
    let first = |args: &[&str]| hits(&sandbox, args)[0].0.clone();
    assert_eq!(first(&["coal price"]), "near");
    assert_ne!(first(&["closed harbour"]), "new");
    assert_eq!(first(&["--boost-recent", "5y", "closed harbour"]), "new");
    assert_eq!(first(&["--boost", "title=50", "--match", "any", "harbour closed"]), "titled");
    assert_eq!(
        hits(&sandbox, &["--boost", "title=50", "harbour closed"]).len(),
        2,
        "a boost finds nothing more"
    );
}
