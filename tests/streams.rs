//! What surrounds a command: where its output goes, what its standard streams are, what the environment says.
#![cfg(unix)]

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Output, Sandbox, article, words};

/// An archive and an index of it, with everything that the commands below ask for.
fn scene() -> Sandbox {
    let sandbox = Sandbox::new();
    for number in 0..40 {
        let text = article(&format!("Café {number}"), "1974-05", "Übung", &"About coal. 東京 ".repeat(30));
        sandbox.file(format!("archive/{number}.md"), text);
    }
    let record = |number| {
        let body = "Miners at the northern pits voted on coal. ".repeat(3);
        serde_json::json!({"id": format!("w{number}"), "title": "Wire", "date": "1975-03-02", "body": body})
    };
    sandbox.file("archive/wire.json", serde_json::json!([record(1), record(2)]).to_string());
    sandbox.file("queries.txt", "1\tcoal\n2\tcafé\n").file("qrels.txt", "1 0 w1 1\n");
    sandbox.run("ingest archive --quiet").code(0);
    sandbox.run("compact --quiet").code(0);
    sandbox.run("saved add mine coal").code(0);
    sandbox
}

/// A command line of every kind that prints, with the exit code that it usually has.
const LINES: &[(&str, i32)] = &[
    ("query coal --all", 0),
    ("query coal --all --format json", 0),
    ("query coal --all --format jsonl", 0),
    ("query coal --all --format csv", 0),
    ("query coal --all --format tsv", 0),
    ("query coal --all --format ids", 0),
    ("query coal --all --format paths", 0),
    ("query coal --facet tag --explain", 0),
    ("query nothing-like-this", 1),
    ("count coal", 0),
    ("facets tag date:year", 0),
    ("facets tag --format csv", 0),
    ("kwic coal --all", 0),
    ("kwic coal --format json", 0),
    ("trend coal", 0),
    ("trend coal --format csv", 0),
    ("coverage coal", 0),
    ("coverage coal --format json", 0),
    ("show w1", 0),
    ("show w1 --json", 0),
    ("show w1 --raw", 0),
    ("similar w1", 1),
    ("why w1 coal", 0),
    ("why w1 strike --json", 0),
    ("batch queries.txt", 0),
    ("batch queries.txt --format csv", 0),
    ("batch queries.txt --format trec", 0),
    ("eval --queries queries.txt --qrels qrels.txt", 0),
    ("saved list", 0),
    ("saved list --json", 0),
    ("query @mine", 0),
    ("extract archive", 0),
    ("status", 0),
    ("status --json", 0),
    ("verify", 0),
    ("verify --json", 0),
    ("formats", 0),
    ("formats --json", 0),
    ("compact", 0),
    ("compact --json", 0),
    ("rebuild", 0),
    ("ingest archive", 0),
    ("ingest archive --json", 0),
    ("help-query", 0),
    ("--help", 0),
    ("--version", 0),
    ("query --help", 0),
];

/// What differs from run to run.
fn steady(text: &str) -> String {
    let volatile = [
        "speed",
        "size",
        "last ingest",
        "checked in",
        "\"took_ms\"",
        "\"seconds\"",
        "\"last_ingest\"",
        "bytes",
    ];
    text.lines()
        .filter(|line| !volatile.iter().any(|word| line.contains(word)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The program as a shell starts it that has done something with its streams or its environment before.
fn in_shell(sandbox: &Sandbox, line: &str, redirection: &str) -> Output {
    let program = sandbox.command([""; 0]);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("exec \"$0\" \"$@\" {redirection}")).arg(program.get_program());
    command.args(words(line)).current_dir(sandbox.path("")).env("NO_COLOR", "1");
    command.env_remove("BACKFILE_INDEX").env_remove("COLUMNS").stdin(Stdio::null());
    Output::of(&mut command)
}

fn is_orderly(output: &Output) {
    assert!(
        !output.stderr.contains("panicked") && !output.stderr.contains("fault of the program"),
        "{output}"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = scene();
    for (line, code) in LINES {
        let mut child = sandbox.start(line);
        drop(child.stdout.take());
        let output = Output::wait(child).code(*code);
        assert_eq!(output.stderr, "", "{line}");
    }
    for (line, _) in LINES.iter().filter(|(_, code)| *code == 0) {
        let program = sandbox.command([""; 0]);
        let mut command = Command::new("sh");
        command
            .args(["-c", "{ \"$0\" \"$@\"; echo \"code $?\" >&2; } | head -n 1"])
            .arg(program.get_program());
        command
            .args(words(line))
            .current_dir(sandbox.path(""))
            .env("NO_COLOR", "1")
            .env_remove("BACKFILE_INDEX");
        let output = Output::of(&mut command).code(0);
        assert_eq!(output.stderr, "code 0\n", "{line}");
        assert!(output.lines().len() <= 1, "{output}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    if !Path::new("/dev/full").exists() {
        return println!("SKIPPED: there is no /dev/full");
    }
    let sandbox = scene();
    let full = || File::options().write(true).open("/dev/full").expect("it can be written");
    for (line, _) in LINES {
        let output = Output::of(sandbox.command(words(line)).stdout(full())).code(5);
        assert!(output.stderr.contains("cannot write to standard output"), "{output}");
        is_orderly(&output);
    }
    for line in
        ["ingest archive --report /dev/full", "eval --queries queries.txt --qrels qrels.txt --run /dev/full"]
    {
        sandbox.file("archive/broken.json", "{\"title\": ");
        let output = sandbox.run(line).code(5).complains("/dev/full");
        is_orderly(&output);
    }
    // Nobody hears the complaint; the exit code tells.
    let silent = Output::of(sandbox.command(["query", "--no-such-flag"]).stderr(full()));
    silent.code(2);
    sandbox.run("verify").code(0);
}

#[test]
fn streams_that_are_closed_change_nothing_else() {
    let sandbox = scene();
    for (line, code) in LINES {
        let usual = sandbox.run(line).code(*code);
        for redirection in [">&-", "<&- 2>&-", "<&- >&- 2>&-"] {
            let output = in_shell(&sandbox, line, redirection).code(*code);
            if redirection == "<&- 2>&-" {
                assert_eq!(steady(&output.stdout), steady(&usual.stdout), "{line} {redirection}");
            }
            is_orderly(&output);
        }
    }
    // No file of the index has taken the place of a stream.
    sandbox.run("verify").code(0);
    for redirection in ["<&-", "</dev/null"] {
        in_shell(&sandbox, "batch -", redirection).code_of(&[0, 2]);
    }
}

#[test]
fn the_environment_does_not_change_what_is_printed() {
    let sandbox = scene();
    let settings: &[&[(&str, Option<&str>)]] = &[
        &[("LC_ALL", Some("C")), ("TERM", None), ("COLUMNS", Some("0")), ("TZ", Some("XXX-99:99:99"))],
        &[
            ("LC_ALL", Some("de_DE.ISO-8859-1")),
            ("TERM", Some("dumb")),
            ("COLUMNS", Some("1")),
            ("HOME", None),
        ],
        &[
            ("LC_ALL", Some("nonsense")),
            ("TERM", Some("nonsense")),
            ("COLUMNS", Some("99999999999999999999")),
            ("TZ", Some("Pacific/Kiritimati")),
            ("TMPDIR", Some("/no/such/folder")),
        ],
        &[
            ("PATH", None),
            ("PWD", Some("/no/such/folder")),
            ("COLUMNS", Some("-1")),
            ("TZ", Some(":/no/such")),
        ],
    ];
    for (line, code) in LINES {
        let usual = sandbox.run(line).code(*code);
        for setting in settings {
            let mut command = sandbox.command(words(line));
            for (name, value) in *setting {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
            let output = Output::of(&mut command).code(*code);
            // The help is as wide as the environment says.
            if !line.contains("--help") {
                assert_eq!(steady(&output.stdout), steady(&usual.stdout), "{line} with {setting:?}");
            }
            is_orderly(&output);
        }
    }
}

#[test]
fn terminals_of_any_width() {
    let works = Command::new("script").args(["-qec", "true", "/dev/null"]).stdin(Stdio::null()).output();
    if !works.is_ok_and(|output| output.status.success()) {
        return println!("SKIPPED: there is no script of util-linux, which lends a terminal");
    }
    let sandbox = scene();
    let program = sandbox.command([""; 0]).get_program().to_string_lossy().into_owned();
    for (line, code) in LINES {
        for columns in [0, 1, 65_535] {
            let inner = format!("stty cols {columns} rows 1; exec {program} {line}");
            let mut command = Command::new("script");
            command.args(["-qec", &inner, "/dev/null"]).current_dir(sandbox.path("")).stdin(Stdio::null());
            is_orderly(&Output::of(command.env_remove("BACKFILE_INDEX")).code(*code));
        }
    }
}

#[test]
fn clocks_that_are_far_off() {
    let works = Command::new("faketime").args(["-f", "+1y", "true"]).output();
    if !works.is_ok_and(|output| output.status.success()) {
        return println!("SKIPPED: there is no faketime");
    }
    let sandbox = scene();
    for shift in ["-60y", "-50y", "+50y", "+300y"] {
        for (line, code) in LINES {
            let program = sandbox.command([""; 0]);
            let mut command = Command::new("faketime");
            command.args(["-f", shift]).arg(program.get_program()).args(words(line));
            command.current_dir(sandbox.path("")).stdin(Stdio::null()).env_remove("BACKFILE_INDEX");
            is_orderly(&Output::of(&mut command).code(*code));
        }
    }
}
