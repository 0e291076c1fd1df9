//! Indexes as each version made them: `tests/golden/VERSION/` holds an archive, the index that was made of it, and what
//! it answers.
//!
//! `BACKFILE_ACCEPT=1 cargo test --test integration golden` makes the index of this version anew where it is of another
//! format, cannot be read, or is not there, and writes what it answers; review the answers as a change.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use backfile::engine::local::{Folder, Searcher};
use backfile::engine::manifest::FORMAT;

use crate::support::{Sandbox, library};

const ACCEPT: &str = "BACKFILE_ACCEPT=1 cargo test --test integration golden";
/// What an index may hold, all files together.
const MOST_BYTES: u64 = 60_000;
/// Files that are of no use to anybody else: locks, and marks of files by their numbers on this disk.
const OF_A_PLACE: &[&str] = &["lock", "checked", ".tantivy-writer.lock", ".tantivy-meta.lock"];
const QUERIES: &[&str] = &[
    "",
    "coal",
    "\"coal strike\"",
    "strike*",
    "harbor~",
    "tag:energy",
    "tag:energy/* -strike",
    "author:lee",
    "lang:de",
    "date:1974",
    "date:..1930",
    "Bergmann NEAR/8 Grube",
    "=mines",
    "鉄道",
    "family:*",
    "@mining",
];

fn golden(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(version)
}

/// A copy of what a version left, in which an index may be used without changing what is kept.
fn scene(version: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    for entry in walkdir::WalkDir::new(golden(version)).sort_by_file_name() {
        let entry = entry.expect("it can be listed");
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(golden(version)).expect("it lies below");
            sandbox.file(name, fs::read(entry.path()).expect("it can be read"));
        }
    }
    sandbox
}

/// What an index says: every article with its values, and answers to queries.
fn answers(sandbox: &Sandbox) -> Result<String, String> {
    let folder = Folder::open(&sandbox.path("index")).map_err(|error| error.to_string())?;
    Searcher::open(&folder).map_err(|error| error.to_string())?;
    let all = "key,id,title,authors,tags,section,lang,words,date,url,source,location,family";
    let mut text = String::new();
    for query in QUERIES {
        // The first finds every article.
        let fields = if text.is_empty() { all } else { "key" };
        let args = [
            "-i", "index", "query", query, "--all", "--sort", "date", "--format", "jsonl", "--fields", fields,
        ];
        let output = sandbox.run_args(&args).code_of(&[0, 1]);
        let hits = output.lines().into_iter().filter(|line| !line.contains("\"type\":\"summary\""));
        text.push_str(&format!("$ {query}\n{}\n", hits.collect::<Vec<_>>().join("\n")));
    }
    for line in [
        "facets tag author section lang date:decade",
        "show https://wire.example/harbour --json",
        "kwic coal",
        "saved list",
    ] {
        text.push_str(&format!("$ {line}\n{}", sandbox.run(&format!("-i index {line}")).code(0).stdout));
    }
    Ok(text)
}

/// Makes the index of this version from its archive.
fn make(version: &str) {
    let sandbox = scene(version);
    let _ = fs::remove_dir_all(sandbox.path("index"));
    sandbox.rename("archive/later", "later");
    library::ingest(&sandbox, "archive", "index", 1);
    // A second segment, and deleted articles in the first.
    sandbox.rename("later", "archive/later");
    let first = fs::read_to_string(sandbox.path("archive/coal.md")).expect("it is there");
    sandbox.file("archive/coal.md", format!("{first}\nThe strike went on.\n"));
    library::ingest(&sandbox, "archive", "index", 1);
    sandbox.file("archive/coal.md", first);
    library::ingest(&sandbox, "archive", "index", 1);
    sandbox.run("-i index saved add mining 'coal OR Grube'").code(0);
    sandbox.run("-i index query @mining --new").code(0);
    for (path, bytes) in sandbox.snapshot("index") {
        let name = path.strip_prefix(sandbox.path("")).expect("it lies below");
        let is_of_a_place = OF_A_PLACE.iter().any(|it| path.file_name().is_some_and(|name| name == *it));
        if !is_of_a_place {
            let kept = golden(version).join(name);
            fs::create_dir_all(kept.parent().expect("it lies in a folder")).expect("folders can be made");
            fs::write(kept, bytes).expect("it can be written");
        }
    }
}

#[test]
fn the_index_of_this_version_answers_as_ever() {
    let version = env!("CARGO_PKG_VERSION");
    let recorded = golden(version).join("answers.txt");
    let ask = || catch_unwind(AssertUnwindSafe(|| answers(&scene(version))));
    let mut found = ask();
    if std::env::var_os("BACKFILE_ACCEPT").is_some() {
        if !matches!(found, Ok(Ok(_))) {
            let _ = fs::remove_dir_all(golden(version).join("index"));
            make(version);
            found = ask();
        }
        let text = found.expect("an index just made answers").expect("an index just made is read");
        return fs::write(recorded, text).expect("the answers can be written");
    }
    let found = match found {
        Ok(Ok(found)) => found,
        Ok(Err(why)) => panic!(
            "the index in tests/golden/{version} is not read any more: {why}\nIf the format was changed, {ACCEPT} makes it anew"
        ),
        Err(_) => panic!(
            "the index in tests/golden/{version} does not answer any more\nIf the format was changed, {ACCEPT} makes it anew"
        ),
    };
    let expected = fs::read_to_string(recorded).expect("the answers are recorded");
    let different = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert_eq!(different, None, "the first line that differs; {ACCEPT} accepts what is found");
    assert_eq!(found, expected, "{ACCEPT} accepts what is found");
    let files =
        walkdir::WalkDir::new(golden(version)).into_iter().flatten().filter_map(|it| it.metadata().ok());
    let bytes: u64 = files.filter(|data| data.is_file()).map(|data| data.len()).sum();
    assert!(bytes <= MOST_BYTES, "{bytes} bytes are too many to keep for every version");
}

#[test]
fn the_index_of_this_version_is_written_on() {
    let sandbox = scene(env!("CARGO_PKG_VERSION"));
    let before: u64 = sandbox.run("-i index count").code(0).stdout.trim().parse().expect("it is a number");
    sandbox.run("-i index verify").code(0).says("sound: ");
    sandbox.file("archive/new.md", "# New\n\nA new article about coal.\n");
    sandbox
        .run("-i index ingest archive --json")
        .code(0)
        .has(&[("/articles", before as i64 + 1), ("/added", 1)]);
    sandbox.run("-i index count title:new").code(0).says("1\n");
    sandbox.run("-i index compact --json").code(0);
    sandbox.run("-i index verify").code(0).says("sound: ");
}

/// Of a later format: nothing of it is believed, and nothing of it is touched.
#[test]
fn an_index_of_a_later_format_is_left_alone() {
    let sandbox = scene(env!("CARGO_PKG_VERSION"));
    let name = "index/backfile.json";
    let text = fs::read_to_string(sandbox.path(name)).expect("it is text");
    let (old, new) = (format!("\"format\":{FORMAT}"), format!("\"format\":{}", FORMAT + 1));
    assert!(text.replace(": ", ":").contains(&old), "{text}");
    sandbox.file(name, text.replace(": ", ":").replacen(&old, &new, 1));
    let times = || -> Vec<(PathBuf, SystemTime)> {
        let entries = walkdir::WalkDir::new(sandbox.path("index")).sort_by_file_name();
        let entries = entries.into_iter().map(|entry| entry.expect("it can be listed"));
        entries.map(|it| (it.path().to_owned(), it.metadata().unwrap().modified().unwrap())).collect()
    };
    let before = (sandbox.snapshot("index"), times());
    sandbox.file("queries.txt", "coal\n").file("qrels.txt", "1 0 w1 1\n");
    for line in [
        "query coal",
        "count coal",
        "facets tag",
        "kwic coal",
        "trend coal",
        "coverage",
        "show w1",
        "similar w1",
        "why w1 coal",
        "batch queries.txt",
        "eval --queries queries.txt --qrels qrels.txt",
        "saved list",
        "saved add more coal",
        "query @mining --new",
        "status",
        "verify",
        "compact",
        "ingest archive",
        "ingest archive --dry-run",
    ] {
        let output = sandbox.run(&format!("-i index {line}")).code(4);
        let (theirs, ours) = (format!("format ({}", FORMAT + 1), format!("reads {FORMAT}"));
        output.complains(&theirs).complains(&ours).complains("`backfile rebuild`");
        assert!(before == (sandbox.snapshot("index"), times()), "{line} has touched it");
    }
}
