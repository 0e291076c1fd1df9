//! Words that are stems of one language and words of another: who is told apart, and what it does to scores.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::Sandbox;

/// Articles in Hungarian, in which `fem` is the stem of `femek`, and articles in English that have this word.
fn write_archive(sandbox: &Sandbox, in_english: &str) {
    let mut lines = String::new();
    for number in 0..6 {
        let padding = "hideg ".repeat(number);
        writeln!(
            lines,
            r#"{{"id":"hu{number}","lang":"hu","title":"A hegy {number}","body":"A femek, a fem {padding}a hegyben."}}"#
        )
        .unwrap();
    }
    for number in 0..9 {
        writeln!(
            lines,
            r#"{{"id":"en{number}","lang":"en","title":"Club {number}","body":"The {in_english} of the club."}}"#
        )
        .unwrap();
    }
    sandbox.file("archive.jsonl", &lines);
}

/// The keys and scores of what is found.
fn hits(sandbox: &Sandbox, args: &[&str]) -> Vec<(String, String)> {
    let all =
        [&["-i", "index", "query", "--format", "jsonl", "--fields", "key,score", "-n", "99"], args].concat();
    let output = sandbox.run_args(&all).code_of(&[0, 1]);
    let hits = output.lines().into_iter().filter_map(|line| {
        let hit: Value = serde_json::from_str(line).unwrap();
        Some((hit.get("key")?.as_str()?.to_owned(), hit["score"].to_string()))
    });
    hits.collect()
}

#[test]
fn words_of_other_languages_are_neither_found_nor_counted() {
    let found = ["fem", "fam"].map(|in_english| {
        let sandbox = Sandbox::new();
        write_archive(&sandbox, in_english);
        sandbox.run_args(&["-i", "index", "ingest", "archive.jsonl", "--quiet"]).code(0);
        [
            &["femek"][..],
            &["femek", "--match", "any", "--feedback"],
            &["femek OR hideg"],
            &["femek NEAR/9 hegyben"],
        ]
        .map(|args| hits(&sandbox, args))
    });
    assert!(found[0].iter().all(|hits| hits.len() == 6), "{found:?}");
    // How rare a stem is does not depend on what else is written so.
    assert_eq!(found[0], found[1]);
}

#[test]
fn stems_count_everywhere_where_nobody_knows_the_languages_of_articles() {
    let sandbox = Sandbox::new();
    write_archive(&sandbox, "fem");
    let declared = Path::new(env!("CARGO_MANIFEST_DIR")).join("index_schema");
    let article = fs::read_to_string(declared.join("article.toml")).unwrap();
    let is_language = |field: &&str| field.contains("from = \"language\"");
    let (languages, others): (Vec<&str>, Vec<&str>) = article.split("[[field]]").partition(is_language);
    assert_eq!(languages.len(), 1);
    sandbox.file("schema/article.toml", others.join("[[field]]"));
    sandbox.file("schema/analyzers.toml", fs::read_to_string(declared.join("analyzers.toml")).unwrap());
    for list in fs::read_dir(declared.join("stopwords")).unwrap().flatten() {
        let name = format!("schema/stopwords/{}", list.file_name().display());
        sandbox.file(&name, fs::read_to_string(list.path()).unwrap());
    }
    sandbox.run_args(&["-i", "index", "ingest", "archive.jsonl", "--quiet", "--schema", "schema"]).code(0);
    assert_eq!(hits(&sandbox, &["femek"]).len(), 15);
    assert_eq!(hits(&sandbox, &["femek NEAR/2 club"]).len(), 0);
    assert_eq!(hits(&sandbox, &["femek NEAR/3 club"]).len(), 9);
}
