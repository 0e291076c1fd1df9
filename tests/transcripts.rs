//! What a person sees: `tests/cli/*.md` holds commands and what they print, and is the manual's stock of examples.
//!
//! The lines of a `console` block that begin with `$ ` are run by `sh` in a folder that holds a copy of
//! `tests/cli/archive/`; behind them stand `? code` if it is not 0, standard output, and standard error. A comment
//! `<!-- $ … -->` is run in silence. Times, sizes and today's date are replaced by words in brackets. `$CORPUS` is
//! `sample_corpus/`. In a transcript with the comment `<!-- marks -->` what is coloured as a match stands in braces.
//!
//! `BACKFILE_ACCEPT=1 cargo test --test integration transcripts` writes what the program prints; review it as a change.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use backfile::output::FORMATS;
use serde_json::Value;

use crate::support::{Output, Sandbox};

#[test]
fn transcripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let accept = std::env::var_os("BACKFILE_ACCEPT").is_some();
    let mut all = String::new();
    let mut shapes = BTreeSet::new();
    let mut failures = Vec::new();
    let mut paths: Vec<_> = fs::read_dir(&folder).expect("there are transcripts").flatten().collect();
    paths.sort_by_key(fs::DirEntry::file_name);
    for path in
        paths.iter().map(fs::DirEntry::path).filter(|path| path.extension().is_some_and(|e| e == "md"))
    {
        let expected = fs::read_to_string(&path).expect("a transcript is text");
        let actual = play(&expected, &folder.join("archive"), &mut shapes);
        all.push_str(&expected);
        if accept {
            fs::write(&path, actual).expect("the transcript can be written");
        } else if actual != expected {
            failures.push(format!("{}:\n{}", path.display(), difference(&expected, &actual)));
        }
    }
    assert!(failures.is_empty(), "{}\nBACKFILE_ACCEPT=1 accepts what is printed", failures.join("\n"));
    assert_eq!(shapes, declared_shapes(), "each JSON Schema has a command that prints its shape");
    for format in FORMATS {
        let shown = format!("--format {}", format.name());
        let is_shown = all.contains(&shown) || format.name() == "text" || all.contains("--json");
        assert!(is_shown, "no transcript shows {shown}");
    }
}

/// The transcript as the program gives it today.
fn play(transcript: &str, archive: &Path, shapes: &mut BTreeSet<String>) -> String {
    let sandbox = Sandbox::new();
    copy(archive, &sandbox, "archive");
    let mut played = String::new();
    let mut in_block = false;
    let has_marks = transcript.lines().any(|line| line == MARKS);
    for line in transcript.lines() {
        if let Some(silent) = line.strip_prefix("<!-- $ ").and_then(|line| line.strip_suffix(" -->")) {
            let output = shell(&sandbox, silent);
            shapes.extend(conforming(silent, &output.stdout));
            output.code(0);
        }
        let is_fence = line.starts_with("```");
        in_block = if is_fence { line == "```console" } else { in_block };
        match line.strip_prefix("$ ").filter(|_| in_block) {
            Some(command) => {
                played.push_str(line);
                played.push('\n');
                let output = if has_marks { marked(&sandbox, command) } else { shell(&sandbox, command) };
                shapes.extend(conforming(command, &output.stdout));
                if output.code != 0 {
                    played.push_str(&format!("? {}\n", output.code));
                }
                for printed in [&output.stdout, &output.stderr] {
                    played.push_str(&steady(printed, &sandbox));
                    if !played.ends_with('\n') {
                        played.push('\n');
                    }
                }
            }
            // What was printed the last time.
            None if in_block && !is_fence => {}
            None => {
                played.push_str(line);
                played.push('\n');
            }
        }
    }
    played
}

const SHAPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/index_schema/json");
const ENDING: &str = ".schema.json";

/// The JSON Schemas of the project.
fn declared_shapes() -> BTreeSet<String> {
    let names = fs::read_dir(SHAPES).expect("there are schemas").flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter_map(|name| name.strip_suffix(ENDING).map(str::to_owned)).collect()
}

/// Holds the JSON that a command printed against its schema; gives the names of the schemas.
fn conforming(command: &str, printed: &str) -> Vec<String> {
    let of_lines = [
        ("backfile kwic", "--format jsonl", "kwic-lines"),
        ("backfile batch", "--format jsonl", "batch"),
        ("", "--format jsonl", "query-lines"),
        ("cat ", "", "report-record"),
    ];
    let is_of =
        |(part, other, _): &&(&str, &str, &'static str)| command.contains(part) && command.contains(other);
    let of_lines = of_lines.iter().find(is_of).map(|(_, _, name)| *name);
    if command.contains('|') || !printed.starts_with('{') {
        return Vec::new();
    }
    let values: Vec<Value> =
        serde_json::Deserializer::from_str(printed).into_iter().filter_map(Result::ok).collect();
    assert!(!values.is_empty(), "{command} prints broken JSON:\n{printed}");
    let name = |value: &Value| {
        let stated = value["schema"].as_str().filter(|_| of_lines.is_none());
        let stated = stated.and_then(|stated| stated.strip_prefix("backfile."));
        let name = stated.and_then(|stated| stated.split('/').next()).or(of_lines);
        name.unwrap_or_else(|| panic!("{command} prints JSON without a schema: {value}")).to_owned()
    };
    let names: Vec<String> = values.iter().map(name).collect();
    for (name, value) in names.iter().zip(&values) {
        let schema = fs::read_to_string(format!("{SHAPES}/{name}{ENDING}")).expect("the schema is there");
        let schema = serde_json::from_str(&schema).expect("a schema is JSON");
        let validator =
            jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        let errors: Vec<String> =
            validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{command}: {name}: {errors:#?}");
    }
    names
}

fn copy(from: &Path, sandbox: &Sandbox, to: &str) {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry.expect("the archive can be listed");
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(from).expect("it was found below");
            sandbox.file(Path::new(to).join(name), fs::read(entry.path()).expect("it can be read"));
        }
    }
}

fn shell(sandbox: &Sandbox, line: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_backfile"));
    let folder = program.parent().expect("the program lies in a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).current_dir(sandbox.path("")).stdin(Stdio::null());
    command.env("PATH", std::env::join_paths(paths).expect("paths that came from PATH"));
    command.env("SCHEMA", Path::new(env!("CARGO_MANIFEST_DIR")).join("index_schema"));
    command.env("CORPUS", Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_corpus"));
    command.env("NO_COLOR", "1").env("LC_ALL", "C.UTF-8").env_remove("BACKFILE_INDEX").env_remove("COLUMNS");
    Output::of(&mut command)
}

/// Asks for what is coloured as a match to be shown in braces.
const MARKS: &str = "<!-- marks -->";

/// Runs a line with colours, of which only those of matches are kept, as braces.
fn marked(sandbox: &Sandbox, line: &str) -> Output {
    let mut output = shell(sandbox, &line.replace("backfile ", "backfile --color always "));
    output.stdout = braced(&output.stdout);
    output
}

fn braced(painted: &str) -> String {
    let mut braced = String::with_capacity(painted.len());
    let mut parts = painted.split("\x1b[");
    let mut codes = String::new();
    braced.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (code, text) = part.split_once('m').expect("colours end with m");
        if code == "0" && codes == MATCH {
            braced.push('}');
        }
        if code == "0" {
            codes.clear();
        } else {
            codes.push_str(code);
            codes.push(' ');
        }
        if codes == MATCH {
            braced.push('{');
        }
        braced.push_str(text);
    }
    braced
}

/// The codes that begin a match: bold and red.
const MATCH: &str = "1 31 ";

/// Numbers that differ from run to run: the text before them, and what is written instead.
const VOLATILE: &[(&str, &str)] = &[
    ("\"took_ms\":", "[MS]"),
    ("\"seconds\":", "[SECONDS]"),
    ("process ", "[PID]"),
    ("\"live\":", "[BYTES]"),
    ("\"live\":[BYTES],\"total\":", "[BYTES]"),
    ("\"segments\":", "[SEGMENTS]"),
    ("\"bytes\":{\"before\":", "[BYTES]"),
    ("\"bytes\":{\"before\":[BYTES],\"after\":", "[BYTES]"),
    ("[TODAY]T", "[TIME]"),
    ("checked in ", "[SECONDS]"),
    ("\"sound\":true,\"files\":", "[FILES]"),
    ("\"files\":[FILES],\"bytes\":", "[BYTES]"),
];

/// Lines that differ from run to run: how they begin, and what is written for the rest.
const VOLATILE_LINES: &[(&str, &str)] = &[
    ("  speed     ", "[SPEED]"),
    ("  size         ", "[SIZE]"),
    ("  size      ", "[SIZE]"),
    ("  by Landlock   ", "[FORBIDDEN]"),
];

/// The text without what differs from run to run.
fn steady(printed: &str, sandbox: &Sandbox) -> String {
    let folder = sandbox.path("");
    let folder = folder.canonicalize().unwrap_or(folder);
    let mut text = printed.replace(folder.to_str().expect("temporary folders have plain names"), "[HERE]");
    text = text.replace(env!("CARGO_MANIFEST_DIR"), "[PROJECT]");
    text = text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    text = text.replace(&today(), "[TODAY]");
    for (before, instead) in VOLATILE {
        text = without_numbers(&text, before, instead);
    }
    let lines = text.split_inclusive('\n').map(|line| {
        let volatile = VOLATILE_LINES.iter().find(|(start, _)| line.starts_with(start));
        volatile.map_or(line.to_owned(), |(start, instead)| format!("{start}{instead}\n"))
    });
    lines.collect()
}

fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let days = i32::try_from(now.as_secs() / 86_400).expect("the clock is right");
    backfile::text::calendar::Day(days).to_string()
}

fn without_numbers(text: &str, before: &str, instead: &str) -> String {
    let mut parts = text.split(before);
    let mut steady = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|sign: char| sign.is_ascii_digit() || ".e-:".contains(sign));
        steady.push_str(before);
        steady.push_str(if rest.len() < part.len() { instead } else { "" });
        steady.push_str(rest);
    }
    steady
}

/// The lines between the common beginning and the common end.
fn difference(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let same = expected.iter().zip(&actual).take_while(|(a, b)| a == b).count();
    let (expected, actual) = (&expected[same..], &actual[same..]);
    let after = expected.iter().rev().zip(actual.iter().rev()).take_while(|(a, b)| a == b).count();
    let show = |lines: &[&str], sign: &str| {
        let lines = &lines[..lines.len() - after];
        lines.iter().take(40).map(|line| format!("{sign} {line}\n")).collect::<String>()
    };
    format!("line {}\n{}{}", same + 1, show(expected, "-"), show(actual, "+"))
}

#[test]
fn what_differs_from_run_to_run_is_left_out() {
    let sandbox = Sandbox::new();
    let printed = "{\"took_ms\":1.25,\"seconds\":3e-5}\n  speed     1 kB in 0.1 s: 3 articles/s, 1 kB/s\n";
    let expected = "{\"took_ms\":[MS],\"seconds\":[SECONDS]}\n  speed     [SPEED]\n";
    assert_eq!(steady(printed, &sandbox), expected);
    assert_eq!(steady(&format!("added {}\n", today()), &sandbox), "added [TODAY]\n");
}

#[test]
fn marks_are_what_is_painted_as_a_match() {
    let painted = "\x1b[1mTitle\x1b[0m of \x1b[1m\x1b[31mcoal\x1b[0m, \x1b[2mdim\x1b[0m\n";
    assert_eq!(braced(painted), "Title of {coal}, dim\n");
}
