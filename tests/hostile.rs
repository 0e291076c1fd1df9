//! Bad input: each is named with the next step, the rest of the run goes on, and the exit code says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::layers;
use crate::support::{Output, Sandbox, article, is_root};

/// A record of `--report`: file, kind, reason, message.
#[derive(Debug)]
struct Remark {
    path: String,
    record: Option<i64>,
    skipped: bool,
    reason: String,
    message: String,
}

fn report(sandbox: &Sandbox) -> Vec<Remark> {
    let text = fs::read_to_string(sandbox.path("report.jsonl")).expect("a report was written");
    let remarks = text.lines().map(|line| {
        let value: Value = serde_json::from_str(line).expect("a record of the report is JSON");
        let text =
            |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        Remark {
            path: text("/path"),
            record: value.pointer("/record").and_then(Value::as_i64),
            skipped: text("/severity") == "skip",
            reason: text("/reason"),
            message: text("/message"),
        }
    });
    remarks.collect()
}

fn ingest(sandbox: &Sandbox) -> Output {
    sandbox.ingest("--report report.jsonl")
}

#[test]
fn a_folder_that_is_not_there() {
    let sandbox = Sandbox::new();
    let output = sandbox.run("ingest archvie");
    output.code(2).complains("there is no file or folder archvie").complains("hint: ");
    assert!(!sandbox.path(".backfile").exists(), "no index is left behind");
    sandbox.file("archive/a.md", "# A\n");
    sandbox.run("ingest archive missing").code(2).complains("missing");
    sandbox.run("extract missing").code(2).complains("missing");
}

#[test]
fn bad_files_among_good_ones() {
    let sandbox = Sandbox::new();
    let half = r#"[{"id": "h1", "title": "Whole record"}, {"id": "h2", "title": "Cut of"#;
    let rubbish: Vec<u8> = (0..20_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    sandbox
        .file("archive/good.md", article("Good", "1974", "energy", "About coal."))
        .file(
            "archive/broken.md",
            "---\ntitle: \"Unclosed\ntags: [a, b\ndate: 1974-05-17\n---\n\nThe body is whole.\n",
        )
        .file("archive/half.json", half)
        .file("archive/lines.jsonl", "{\"title\": \"One\"}\n{\"title\": \n\n[1]\n{\"title\": \"Two\"}\n")
        .file("archive/rubbish.txt", &rubbish)
        .file("archive/rubbish.md", &rubbish)
        .file("archive/rubbish.json", &rubbish)
        .file("archive/empty.md", "")
        .file("archive/last.txt", "Last\n\nStill about coal.\n");
    let output = ingest(&sandbox).code(3);
    output.has(&[("/files/read", 9)]);
    let remarks = report(&sandbox);
    let remarked = |path: &str, reason: &str| {
        remarks
            .iter()
            .any(|remark| remark.path == path && remark.reason == reason && !remark.message.is_empty())
    };
    for (path, reason) in [
        ("broken.md", "front-matter"),
        ("half.json", "broken"),
        ("lines.jsonl", "broken"),
        ("rubbish.txt", "binary"),
        ("rubbish.md", "binary"),
        ("rubbish.json", "binary"),
        ("empty.md", "empty"),
    ] {
        assert!(remarked(path, reason), "{path} is not reported as {reason}: {remarks:#?}");
    }
    for (query, count) in [("coal", "2\n"), ("unclosed", "1\n"), ("whole", "2\n"), ("one OR two", "2\n")] {
        sandbox.run(&format!("count '{query}'")).code(0).says(count);
    }
    // Skips are named on the screen too, and a second run still knows them.
    let again = sandbox.run("ingest archive").code(3);
    again.says("rubbish.txt").says("half.json");
    sandbox.run("status").code(0).says("rubbish.txt");
}

/// Writes a file of many megabytes without holding it.
fn large(sandbox: &Sandbox, name: &str, head: &str, megabytes: usize, tail: &str) {
    sandbox.file(name, "");
    let mut file = BufWriter::new(File::create(sandbox.path(name)).expect("the file can be written"));
    let block = "coal miner strike harbour ".repeat((1 << 20) / 26);
    file.write_all(head.as_bytes()).expect("the disk has room");
    for _ in 0..=megabytes {
        file.write_all(block.as_bytes()).expect("the disk has room");
    }
    file.write_all(tail.as_bytes()).expect("the disk has room");
}

fn lines_of(megabytes: usize) {
    let sandbox = Sandbox::new();
    sandbox.file("archive/good.md", article("Good", "1974", "energy", "About coal."));
    large(&sandbox, "archive/line.txt", "", megabytes, "");
    let before = "{\"title\": \"Before\"}\n{\"title\": \"Long\", \"body\": \"";
    large(&sandbox, "archive/line.jsonl", before, megabytes, "\"}\n{\"title\": \"After\"}\n");
    let begin = Instant::now();
    ingest(&sandbox).code(3).has(&[("/articles", 3), ("/skipped/too-large", 2)]);
    println!("lines of {megabytes} MB: {:?}", begin.elapsed());
    let remarks = report(&sandbox);
    let places: Vec<(&str, Option<i64>)> =
        remarks.iter().map(|remark| (remark.path.as_str(), remark.record)).collect();
    assert_eq!(places, [("line.jsonl", Some(2)), ("line.txt", None)], "{remarks:#?}");
    for title in ["good", "before", "after"] {
        sandbox.run(&format!("count title:{title}")).code(0).says("1\n");
    }
}

#[test]
fn a_line_of_seventy_megabytes() {
    lines_of(70);
}

#[test]
fn a_line_of_two_hundred_megabytes() {
    if std::env::var_os("BACKFILE_LARGE").is_none() {
        println!("SKIPPED: BACKFILE_LARGE=1 runs it");
        return;
    }
    lines_of(200);
}

#[test]
fn a_compression_bomb() {
    let sandbox = Sandbox::new();
    sandbox.file("archive/good.md", article("Good", "1974", "energy", "About coal."));
    let zeros = vec![b' '; 1 << 20];
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..200 {
        bomb.write_all(&zeros).expect("it fits in memory");
    }
    sandbox.file("archive/bomb.txt.gz", bomb.finish().expect("it fits in memory"));
    let begin = Instant::now();
    ingest(&sandbox).code(3).has(&[("/articles", 1)]);
    let remarks = report(&sandbox);
    let told = remarks
        .iter()
        .any(|it| it.path == "bomb.txt.gz" && ["compressed", "too-large"].contains(&&*it.reason));
    assert!(told, "{remarks:#?}");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    if is_root() {
        println!("SKIPPED: root may read every file");
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.file("archive/good.md", "# Coal\n").file("archive/secret.md", "# Secret\n");
    fs::set_permissions(sandbox.path("archive/secret.md"), fs::Permissions::from_mode(0o000)).unwrap();
    ingest(&sandbox).code(3).has(&[("/articles", 1)]);
    let remarks = report(&sandbox);
    assert_eq!(remarks[0].path, "secret.md");
    assert_eq!(remarks[0].reason, "unreadable");
}

type Damage = fn(&Sandbox);

/// An index with something done to it, and what every command must then say.
fn damaged(what: &str, damage: Damage, says: &str) {
    let sandbox = Sandbox::new();
    sandbox.file("archive/a.md", article("Coal", "1974", "energy", "About coal."));
    sandbox.file("archive/b.md", article("Gas", "1975", "energy", "About gas."));
    sandbox.run("-i index ingest archive --quiet").code(0);
    damage(&sandbox);
    sandbox.file("archive/c.md", article("Oil", "1976", "energy", "About oil."));
    let without_lock = || {
        let files = if sandbox.path("index").is_dir() { sandbox.snapshot("index") } else { Vec::new() };
        files.into_iter().filter(|(path, _)| !path.ends_with("lock")).collect::<Vec<_>>()
    };
    let before = without_lock();
    for line in ["query coal", "count", "facets tag", "status", "show a.md", "ingest archive"] {
        let output = sandbox.run(&format!("-i index {line}"));
        let shown = format!("{what}, {line}\n{output}");
        assert_eq!(output.code, 4, "{shown}");
        assert!(output.stderr.contains("index"), "the index is not named: {shown}");
        assert!(output.stderr.contains(says), "{says:?} is not said: {shown}");
        assert!(output.stderr.contains("hint: "), "there is no next step: {shown}");
        assert!(!output.stderr.contains("panicked"), "{shown}");
    }
    assert_eq!(before, without_lock(), "{what}: a damaged index is left as it is");
}

fn truncate(sandbox: &Sandbox, name: &str, part: fn(u64) -> u64) {
    let file = File::options().write(true).open(sandbox.path(name)).expect("the file is there");
    let size = file.metadata().expect("it has a size").len();
    file.set_len(part(size)).expect("it can be cut");
}

/// The name of the only file of the index with this ending.
fn segment_file(sandbox: &Sandbox, ending: &str) -> String {
    let files = sandbox.snapshot("index/tantivy");
    let name = files.iter().find_map(|(path, _)| path.to_str().filter(|name| name.ends_with(ending)));
    let root = sandbox.path("");
    let name =
        Path::new(name.expect("there is such a file")).strip_prefix(root).expect("it lies in the sandbox");
    name.to_str().expect("it has a plain name").to_owned()
}

#[test]
fn an_index_that_is_none() {
    let cases: &[(&str, Damage, &str)] = &[
        (
            "a folder with other files",
            |it| {
                it.remove("index").file("index/novel.txt", "It was a dark and stormy night.");
            },
            "backfile.json is missing",
        ),
        (
            "a file",
            |it| {
                it.remove("index").file("index", "no folder");
            },
            "not an index",
        ),
        (
            "a truncated description",
            |it| truncate(it, "index/backfile.json", |size| size / 2),
            "backfile.json",
        ),
        ("an empty description", |it| truncate(it, "index/backfile.json", |_| 0), "backfile.json"),
        (
            "a missing description",
            |it| {
                it.remove("index/backfile.json");
            },
            "backfile.json is missing",
        ),
        ("a truncated commit", |it| truncate(it, "index/tantivy/meta.json", |size| size / 2), "meta.json"),
        (
            "a missing commit",
            |it| {
                it.remove("index/tantivy/meta.json");
            },
            "meta.json",
        ),
        (
            "a missing description and commit",
            |it| {
                it.remove("index/backfile.json").remove("index/tantivy/meta.json");
            },
            "backfile.json is missing",
        ),
        (
            "another format",
            |it| {
                let text = fs::read_to_string(it.path("index/backfile.json")).expect("it can be read");
                it.file("index/backfile.json", text.replacen("\"format\":", "\"format\":99", 1));
            },
            "99",
        ),
        (
            "a missing segment file",
            |it| {
                it.remove(&segment_file(it, ".store"));
            },
            ".store",
        ),
        (
            "a missing dictionary",
            |it| {
                it.remove(&segment_file(it, ".term"));
            },
            ".term",
        ),
        ("a truncated segment file", |it| truncate(it, &segment_file(it, ".fast"), |size| size / 2), ""),
        ("an empty segment file", |it| truncate(it, &segment_file(it, ".idx"), |_| 0), ""),
    ];
    for (what, damage, says) in cases {
        damaged(what, *damage, says);
    }
}

/// Something lies where the manifest of the commit is to be written.
#[test]
fn a_commit_that_fails_leaves_what_was_there() {
    let sandbox = Sandbox::new();
    sandbox.file("archive/a.md", "# Coal\n").run("-i index ingest archive --quiet").code(0);
    sandbox.file("archive/b.md", "# Gas\n").file("index/manifest-2.new/in the way", "");
    let before = sandbox.snapshot("index/tantivy/meta.json");
    let failed = sandbox.run("-i index ingest archive --quiet --ack").code(5);
    let failed = failed.complains("cannot write the index").complains("what was committed stays");
    assert_eq!(failed.stdout, "", "nothing of it is durable");
    assert_eq!(before, sandbox.snapshot("index/tantivy/meta.json"));
    sandbox.run("-i index count").code(0).says("1\n");
    sandbox.remove("index/manifest-2.new");
    sandbox.run("-i index ingest archive --quiet --ack").code(0);
    sandbox.run("-i index count").code(0).says("2\n");
    sandbox.run("-i index verify").code(0);
}

#[test]
fn a_damaged_manifest_stops_only_what_needs_it() {
    let sandbox = Sandbox::new();
    sandbox.file("archive/a.md", "# Coal\n").run("-i index ingest archive --quiet").code(0);
    truncate(&sandbox, "index/manifest-1", |size| size / 2);
    sandbox.run("-i index count coal").code(0).says("1\n");
    sandbox.run("-i index ingest archive").code(4).complains("manifest-1").complains("hint: ");
}

#[test]
fn no_next_step_names_a_command_or_flag_that_does_not_exist() {
    let sandbox = Sandbox::new();
    let help = sandbox.run("--help").code(0).stdout;
    let commands: Vec<&str> =
        help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    let helps = [
        "ingest",
        "query",
        "count",
        "facets",
        "kwic",
        "trend",
        "coverage",
        "show",
        "similar",
        "batch",
        "eval",
        "why",
        "saved add",
        "extract",
        "status",
    ];
    let flags: String =
        helps.iter().map(|command| sandbox.run(&format!("{command} --help")).code(0).stdout).collect();
    let mut checked = 0;
    for (file, text) in layers::sources() {
        for (index, line) in layers::code(&text) {
            let place = format!("src/{file}:{}: {}", index + 1, line.trim());
            for command in named(line, "`backfile ").filter(|name| !name.is_empty()) {
                assert!(commands.contains(&command), "there is no command {command}\n{place}");
                checked += 1;
            }
            for flag in named(line, "--").filter(|name| name.starts_with(char::is_alphabetic)) {
                assert!(flags.contains(&format!("--{flag}")), "there is no flag --{flag}\n{place}");
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "only {checked} were found");
}

/// The names that follow a sign in a line.
fn named<'a>(line: &'a str, sign: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(sign).map(move |(at, _)| {
        let rest = &line[at + sign.len()..];
        let end = rest.find(|letter: char| !(letter.is_ascii_lowercase() || letter == '-'));
        &rest[..end.unwrap_or(rest.len())]
    })
}

#[test]
fn escapes_in_articles_reach_no_terminal() {
    let sandbox = Sandbox::new();
    let evil = "\\u001b]0;owned\\u0007 \\u001b[31mred\\u009b2J \\u202egnp.exe\\u0000\\u0008\\u007f";
    let record = format!(
        r#"{{"id": "x{evil}", "title": "Title {evil}", "author": "Ann {evil}", "tags": ["tag {evil}", "b"],
            "section": "Section {evil}", "date": "1974", "url": "https://example.org/{evil}",
            "body": "coal {evil} coal", "odd{evil}": "value {evil}"}}"#
    );
    sandbox.file("archive/wire.jsonl", record.replace('\n', " "));
    let page = "<html><head><title>Page &#27;[31m &#x202e; coal</title></head><body><p>coal &#27;[2J and \u{202e} more \
                words to make an article of it.</p></body></html>";
    sandbox.file("archive/page\u{202e}.html", page);
    sandbox.file("archive/bad\u{202e}.json", "{\"title\": ");
    let mut lines = vec!["ingest archive".to_owned(), "extract archive".to_owned()];
    for format in ["text", "csv", "tsv", "ids", "paths", "json", "jsonl"] {
        lines.push(format!("query coal --facet tag --facet author --format {format}"));
        lines.push(format!("query coal --color always --format {format}"));
    }
    for format in ["text", "csv", "tsv", "json"] {
        lines.push(format!("facets tag author section date --format {format}"));
        lines.push(format!("kwic coal --format {format} --field title,body"));
        lines.push(format!("trend coal 'coal \u{202e}' --queries --format {format}"));
        lines.push(format!("coverage coal --of tag --format {format}"));
    }
    lines.extend(
        ["status", "status --json", "query 'coal \u{1b}[31m \u{202e}'", "query --strict '\"\u{1b}[31m'"]
            .map(str::to_owned),
    );
    for line in lines {
        let output = sandbox.run(&line);
        assert!([0, 1, 2, 3].contains(&output.code), "{output}");
        assert_safe(&output, line.contains("--color always"));
    }
    let ids = sandbox.run("query coal --format ids").code(0);
    for id in ids.lines() {
        for flags in ["", "--json"] {
            assert_safe(
                &sandbox.run_args(&["show", id, flags][..if flags.is_empty() { 2 } else { 3 }]).code(0),
                false,
            );
        }
    }
}

/// Every character there is, in the articles of an archive, through the program as a whole; and those that may do harm
/// in every argument that an error repeats.
#[test]
fn every_character_passes_through() {
    let sandbox = Sandbox::new();
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    let blocks: Vec<String> = all.chunks(16_384).map(|block| block.iter().collect()).collect();
    let record = |(number, block): (usize, &String)| {
        let head: String = block.chars().take(40).collect();
        let fields = serde_json::json!({
            "id": format!("block{number}"), "title": format!("Coal {head}"), "tags": [head], "author": head,
            "date": "1974", "body": format!("coal {block} coal"),
        });
        format!("{fields}\n")
    };
    sandbox.file("archive/wire.jsonl", blocks.iter().enumerate().map(record).collect::<String>());
    sandbox.ingest("").code(0).has(&[("/articles", blocks.len() as i64)]);
    let bodies: BTreeMap<String, String> = sandbox
        .run("extract archive")
        .code(0)
        .lines()
        .into_iter()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"))
        .map(|article| (article["key"].to_string(), article["body"].to_string()))
        .collect();
    assert_eq!(bodies.len(), blocks.len());
    for format in ["text", "csv", "tsv", "ids", "paths", "json", "jsonl"] {
        let line = format!("query coal --all --facet tag:all --facet author:all --format {format}");
        assert_safe(&sandbox.run(&line).code(0), false);
    }
    for line in
        ["kwic coal --all", "kwic coal --all --format json", "facets tag author -- coal", "trend coal"]
    {
        assert_safe(&sandbox.run(line).code(0), false);
    }
    for id in sandbox.run("query coal --all --format ids").code(0).lines() {
        assert_safe(&sandbox.run(&format!("show {id}")).code(0), false);
        let shown = sandbox.run(&format!("show {id} --json")).code(0);
        assert_safe(&shown, false);
        let article = shown.json();
        assert_eq!(Some(&article["body"].to_string()), bodies.get(&article["key"].to_string()), "{id}");
    }
    // No argument can hold a zero byte.
    let harmful: String = all.iter().filter(|c| **c != '\0' && is_harmful(**c)).collect();
    let lines: [&[&str]; 26] = [
        &["query", &harmful],
        &["query", "--strict", &format!("\"{harmful}")],
        &["query", &format!("tag:{harmful}")],
        &["query", "x", "--sort", &harmful],
        &["query", "x", "--limit", &harmful],
        &["query", "x", "--fields", &harmful],
        &["query", "x", "--facet", &harmful],
        &["query", "x", "--since", &harmful],
        &["query", "x", "--after", &harmful],
        &["query", "x", "--boost", &harmful],
        &["query", "x", "--color", &harmful],
        &["query", "x", "--synonyms", &harmful],
        &["query", &format!("@{harmful}")],
        &["query", "x", "--in", &format!("{harmful}[")],
        &[&harmful],
        &[&format!("--{harmful}")],
        &["-i", &harmful, "query", "x"],
        &["show", &harmful],
        &["why", &harmful, "x"],
        &["batch", &harmful],
        &["eval", &harmful],
        &["saved", "add", &harmful, "x"],
        &["extract", &harmful],
        &["ingest", &harmful],
        &["ingest", "archive", "--format", &harmful],
        &["ingest", "archive", "--map", &harmful],
    ];
    for args in lines {
        let output = sandbox.run_args(args);
        assert!([0, 1, 2, 4].contains(&output.code), "{output}");
        assert_safe(&output, false);
    }
}

/// What no terminal may get, but line ends and tabs: controls, what turns the direction of writing, and the separators
/// of lines and paragraphs.
fn is_harmful(sign: char) -> bool {
    sign.is_control() && !"\n\t".contains(sign)
        || matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn assert_safe(output: &Output, colored: bool) {
    for text in [&output.stdout, &output.stderr] {
        // Colours of our own: ESC [ digits m.
        let text = if colored { without_colors(text) } else { text.clone() };
        let bad = text.chars().find(|sign| is_harmful(*sign));
        assert_eq!(bad, None, "{output}");
    }
}

fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let code =
            part.find('m').filter(|end| part[..*end].chars().all(|it| it.is_ascii_digit() || it == ';'));
        match code {
            Some(end) => plain.push_str(&part[end + 1..]),
            None => plain.push_str(&format!("\u{1b}[{part}")),
        }
    }
    plain
}

/// `sample_corpus/broken/expected.tsv` says of each file what becomes of it.
#[test]
fn the_broken_samples_are_dealt_with_as_their_table_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_corpus/broken");
    let sandbox = Sandbox::new();
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&folder).expect("there are broken samples").flatten() {
        let name = entry.file_name().into_string().expect("samples have plain names");
        sandbox.file(Path::new("archive").join(&name), fs::read(entry.path()).expect("it can be read"));
        names.insert(name);
    }
    ingest(&sandbox).code(3);
    let remarks = report(&sandbox);
    let hits = sandbox.run("query --all --format jsonl --fields path").code(0);
    let mut articles: BTreeMap<String, u64> = BTreeMap::new();
    for line in hits.lines() {
        let value: Value = serde_json::from_str(line).expect("a line is JSON");
        if let Some(path) = value.get("path").and_then(Value::as_str) {
            *articles.entry(path.to_owned()).or_default() += 1;
        }
    }
    let table = fs::read_to_string(folder.join("expected.tsv")).expect("the table is text");
    let mut failures = Vec::new();
    for row in table.lines().skip(1) {
        let [name, _, expected_articles, expected_remarks, _] = row.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("not five columns: {row}");
        };
        assert!(names.remove(name), "{name} is in the table, and not in the folder");
        let found: BTreeSet<String> = remarks
            .iter()
            .filter(|remark| remark.path == name)
            .map(|remark| format!("{} {}", if remark.skipped { "skip" } else { "note" }, remark.reason))
            .collect();
        let found = found.into_iter().collect::<Vec<_>>().join(", ");
        let count = articles.get(name).copied().unwrap_or(0).to_string();
        let as_expected = (count.as_str(), found.as_str()) == (expected_articles, expected_remarks);
        if !as_expected {
            failures.push(format!(
                "{name}: {count} articles, {found:?} instead of {expected_articles}, {expected_remarks:?}"
            ));
        }
    }
    assert!(names.is_empty(), "not in the table: {names:?}");
    assert!(failures.is_empty(), "\n{}\n{remarks:#?}", failures.join("\n"));
    for line in ["query coal", "query --all", "facets tag author", "status"] {
        assert_safe(&sandbox.run(line), false);
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    fn indexed() -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.file("archive/a.md", "# Coal\n\nAbout coal.\n");
        sandbox.run("ingest archive --quiet").code(0);
        sandbox
    }

    /// The program ends, whatever it says.
    fn ends(sandbox: &Sandbox, line: &str, what: &str) {
        let mut child = sandbox.start(line);
        let begin = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begin.elapsed() > Duration::from_secs(60) {
                child.kill().unwrap();
                panic!("{what}: `{line}` does not end");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let output = Output::wait(child);
        assert!([0, 2, 4, 5].contains(&output.code), "{what}: {line}\n{output}");
    }

    #[test]
    fn pipes_and_devices_in_an_index_are_not_read() {
        let names = ["backfile.json", "manifest-1", "families-1", "checked", "lock", "synonyms.txt"];
        for name in names.into_iter().chain(["tantivy/meta.json", "saved/queries.json"]) {
            let sandbox = indexed();
            sandbox.run("saved add coal coal").code(0);
            let path = sandbox.path(".backfile").join(name);
            let _ = fs::remove_file(&path);
            assert!(Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()));
            for line in
                ["query coal", "query @coal", "status", "verify", "ingest archive", "compact", "rebuild"]
            {
                ends(&sandbox, line, name);
            }
        }
    }

    #[test]
    fn nothing_is_written_through_links_in_an_index() {
        for name in
            ["lock", "checked", "checked.new", "manifest-2.new", "families-2.new", "tantivy/.tmp-meta.json"]
        {
            let sandbox = indexed();
            sandbox.file("precious", "precious").file("archive/b.md", "# Gas\n\nAbout gas.\n");
            let path = sandbox.path(".backfile").join(name);
            let _ = fs::remove_file(&path);
            symlink(sandbox.path("precious"), &path).unwrap();
            sandbox.run("ingest archive --quiet").code(if name == "lock" { 5 } else { 0 });
            sandbox.run("query coal").code(0);
            assert_eq!(fs::read_to_string(sandbox.path("precious")).unwrap(), "precious", "{name}");
        }
    }

    #[test]
    fn an_index_that_may_not_be_read_is_not_called_damaged() {
        if is_root() {
            println!("SKIPPED: root may read every file");
            return;
        }
        let sandbox = indexed();
        for name in [".backfile/backfile.json", ".backfile"] {
            fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(0o000)).unwrap();
            let output = sandbox.run("query coal").code(4).complains("Permission denied");
            assert!(!output.stderr.contains("rebuild"), "{output}");
            fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(0o700)).unwrap();
        }
    }
}
