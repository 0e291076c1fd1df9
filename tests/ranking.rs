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
