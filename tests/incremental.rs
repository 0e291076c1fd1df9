//! Ingesting again: what is read, what is kept, what is removed, and what is remembered.

use std::fs;
use std::time::SystemTime;

use backfile::engine::local::Folder;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Sandbox, article, is_root, library};

/// Four articles in two folders.
fn archive() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("archive/a/one.md", article("One", "1974-05-17", "energy/coal", "The first about coal."))
        .file("archive/a/two.md", article("Two", "1980", "energy", "The second about a strike."))
        .file("archive/b/three.md", article("Three", "1990-01", "transport", "The third about the mine."))
        .file("archive/b/four.txt", "Four\n\nThe fourth stands in a plain text file about coal and trams.\n");
    sandbox
}

fn ingested() -> Sandbox {
    let sandbox = archive();
    sandbox.ingest("").code(0).has(&[("/articles", 4), ("/added", 4), ("/files/read", 4)]);
    sandbox
}

/// The keys that a query finds.
fn found(sandbox: &Sandbox, query: &str) -> Vec<String> {
    let output =
        sandbox.run(&format!("query --all --format jsonl --fields key -- '{query}'")).code_of(&[0, 1]);
    let values = output.lines().into_iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut keys: Vec<String> =
        values.filter_map(|value| Some(value.get("key")?.as_str()?.to_owned())).collect();
    keys.sort();
    keys
}

#[test]
fn a_second_run_reads_and_writes_nothing() {
    let sandbox = ingested();
    let before = sandbox.snapshot(".backfile");
    let summary = sandbox.ingest("").code(0);
    summary.has(&[
        ("/files/read", 0),
        ("/files/unchanged", 4),
        ("/added", 0),
        ("/bytes", 0),
        ("/articles", 4),
    ]);
    let without_lock = |files: Vec<(std::path::PathBuf, Vec<u8>)>| {
        files.into_iter().filter(|(path, _)| !path.ends_with("lock")).collect::<Vec<_>>()
    };
    assert_eq!(without_lock(before), without_lock(sandbox.snapshot(".backfile")), "no file changed");
}

#[test]
fn a_new_time_alone_is_no_change() {
    let sandbox = ingested();
    sandbox.settle("archive/a/one.md");
    sandbox.ingest("").code(0).has(&[("/files/read", 0), ("/files/unchanged", 4), ("/replaced", 0)]);
    sandbox.ingest("").code(0).has(&[("/files/unchanged", 4), ("/bytes", 0)]);
}

#[test]
fn an_edit_replaces_the_article() {
    let sandbox = ingested();
    sandbox.file("archive/a/one.md", article("One", "1974-05-17", "energy/gas", "About gas now."));
    sandbox.ingest("").code(0).has(&[("/files/read", 1), ("/replaced", 1), ("/added", 0), ("/articles", 4)]);
    assert_eq!(found(&sandbox, "gas"), ["a/one.md"]);
    assert_eq!(found(&sandbox, "coal"), ["b/four.txt"]);
}

#[test]
fn an_edit_that_size_and_time_do_not_show_is_found_all_the_same() {
    let sandbox = archive();
    let fresh = SystemTime::now();
    sandbox.set_time("archive/a/one.md", fresh);
    sandbox.ingest("").code(0).has(&[("/articles", 4)]);
    let edited = article("One", "1974-05-17", "energy/coal", "The first about tram.");
    let size = fs::metadata(sandbox.path("archive/a/one.md")).unwrap().len();
    assert_eq!(edited.len() as u64, size, "the edit keeps the size");
    sandbox.file("archive/a/one.md", edited).set_time("archive/a/one.md", fresh);
    sandbox.ingest("").code(0).has(&[("/files/read", 1), ("/replaced", 1), ("/articles", 4)]);
    assert_eq!(found(&sandbox, "\"about tram\""), ["a/one.md"]);
}

#[test]
fn a_moved_file_is_the_same_article() {
    let sandbox = ingested();
    sandbox.rename("archive/a/one.md", "archive/c/deeper/uno.md");
    let moved =
        [("/files/moved", 1), ("/added", 0), ("/removed", 0), ("/files/removed", 0), ("/articles", 4)];
    sandbox.ingest("").code(0).has(&moved);
    assert_eq!(found(&sandbox, "path:c/deeper/uno.md"), ["a/one.md"], "its key stays, its path is new");
    assert_eq!(found(&sandbox, "path:a/one.md"), [""; 0]);
    sandbox.ingest("").code(0).has(&[("/files/unchanged", 4), ("/bytes", 0)]);
    // Edited at its new place, it is still the same article.
    sandbox.file("archive/c/deeper/uno.md", article("Uno", "1974", "energy", "About gas now."));
    sandbox.ingest("").code(0).has(&[("/replaced", 1), ("/articles", 4)]);
    assert_eq!(found(&sandbox, "gas"), ["a/one.md"]);
}

#[test]
fn a_moved_folder_moves_its_articles() {
    let sandbox = ingested();
    sandbox.rename("archive/a", "archive/z/a");
    sandbox.ingest("").code(0).has(&[("/files/moved", 2), ("/added", 0), ("/removed", 0), ("/articles", 4)]);
    assert_eq!(found(&sandbox, "path:z/**"), ["a/one.md", "a/two.md"]);
}

#[test]
fn a_moved_archive_keeps_its_name_and_articles() {
    let sandbox = ingested();
    sandbox.rename("archive", "elsewhere/archive");
    let summary = sandbox.run("ingest elsewhere/archive --json").code(0);
    summary.has(&[("/files/unchanged", 4), ("/added", 0), ("/articles", 4)]);
    assert_eq!(found(&sandbox, "source:archive").len(), 4);
}

#[test]
fn a_deleted_file_takes_its_article_along() {
    let sandbox = ingested();
    sandbox.remove("archive/a/one.md");
    sandbox.ingest("").code(0).has(&[("/removed", 1), ("/files/removed", 1), ("/articles", 3)]);
    assert_eq!(found(&sandbox, "coal"), ["b/four.txt"]);
}

#[test]
fn most_of_an_archive_is_not_deleted_unasked() {
    let sandbox = ingested();
    sandbox.remove("archive/a").remove("archive/b/three.md");
    let stopped = sandbox.ingest("").code(2);
    stopped.complains("3 of 4 articles").complains("--prune").complains("--no-prune");
    assert_eq!(found(&sandbox, "*").len(), 4);
    sandbox.ingest("--no-prune").code(0).has(&[("/articles", 4), ("/removed", 0)]);
    assert_eq!(found(&sandbox, "*").len(), 4);
    sandbox.ingest("--prune").code(0).has(&[("/articles", 1), ("/removed", 3)]);
    assert_eq!(found(&sandbox, "*"), ["b/four.txt"]);
}

#[test]
fn a_file_that_becomes_unreadable_keeps_its_articles() {
    let sandbox = ingested();
    let garbage: Vec<u8> = (0..4_000u32).map(|n| (n * 7 % 256) as u8).collect();
    sandbox.file("archive/a/one.md", garbage);
    sandbox.ingest("").code(3).has(&[("/articles", 4), ("/skipped/binary", 1), ("/removed", 0)]);
    assert_eq!(found(&sandbox, "coal"), ["a/one.md", "b/four.txt"]);
    // It is tried, and reported, every time.
    sandbox.ingest("").code(3).has(&[("/articles", 4), ("/skipped/binary", 1)]);
    sandbox.file("archive/a/one.md", article("One", "1974", "energy", "Repaired, about gas."));
    sandbox.ingest("").code(0).has(&[("/articles", 4), ("/replaced", 1)]);
    assert_eq!(found(&sandbox, "repaired"), ["a/one.md"]);
}

#[test]
fn a_file_that_stays_unreadable_is_read_once() {
    let sandbox = ingested();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_corpus/broken");
    let locked = std::fs::read(samples.join("password.docx")).expect("it is one of the samples");
    sandbox.file("archive/password.docx", locked);
    sandbox.ingest("").code(3).has(&[("/files/read", 1)]);
    // Its bytes are compared once, and that they are the same is kept.
    sandbox.ingest("").code(3).has(&[("/files/read", 0)]);
    let before = sandbox.snapshot(".backfile/tantivy/meta.json");
    sandbox.ingest("").code(3).has(&[("/files/read", 0)]);
    assert!(sandbox.snapshot(".backfile/tantivy/meta.json") == before, "something is committed");
}

#[test]
fn a_file_that_vanishes_and_comes_back_is_found_again() {
    let sandbox = ingested();
    sandbox.rename("archive/a/one.md", "aside.md").ingest("").code(0).has(&[("/articles", 3)]);
    sandbox.rename("aside.md", "archive/a/one.md").ingest("").code(0).has(&[("/articles", 4), ("/added", 1)]);
    assert_eq!(found(&sandbox, "coal"), ["a/one.md", "b/four.txt"]);
}

/// Three articles about coal, of which two are copies.
fn archive_with_copies() -> Sandbox {
    let sandbox = Sandbox::new();
    let text = |changed: u32| {
        let words = (0..80).map(|at| format!(" {}{at}", if at < changed { "new" } else { "old" }));
        format!("coal{}", words.collect::<String>())
    };
    for (name, changed) in [("one", 0), ("two", 3), ("three", 80)] {
        sandbox.file(format!("archive/{name}.md"), article(name, "1974", "energy", &text(changed)));
    }
    sandbox
}

fn counts(sandbox: &Sandbox) -> (Value, Value) {
    let status = sandbox.run("status --json").code(0).json();
    (status["families"].clone(), status["copies"].clone())
}

#[test]
fn families_follow_the_archive() {
    let sandbox = archive_with_copies();
    sandbox.ingest("").code(0);
    assert_eq!(counts(&sandbox), (1.into(), 1.into()));
    assert_eq!(found(&sandbox, "family:one.md"), ["one.md", "two.md"]);
    let text = fs::read_to_string(sandbox.path("archive/one.md")).unwrap();
    sandbox.file("archive/a.md", text.replace("title: one", "title: Another headline")).ingest("").code(0);
    assert_eq!(found(&sandbox, "family:two.md"), ["a.md", "one.md", "two.md"]);
    sandbox.remove("archive/two.md").ingest("").code(0);
    assert_eq!(found(&sandbox, "family:one.md"), ["a.md", "one.md"]);
    sandbox.remove("archive/one.md").ingest("").code(0);
    assert_eq!(counts(&sandbox), (0.into(), 0.into()));
    assert_eq!(found(&sandbox, "family:*"), [""; 0]);
    assert_eq!(found(&sandbox, "family:a.md"), ["a.md"], "an article without copies is alone");
}

#[test]
fn families_that_are_lost_are_found_again() {
    let sandbox = archive_with_copies();
    sandbox.ingest("").code(0);
    let ingested = counts(&sandbox);
    let known = ".backfile/families-1";
    sandbox.remove(known);
    let answer = sandbox.run("query coal --collapse family --json").code(0).json();
    assert_eq!(answer["total"], 3, "without families each article is a hit");
    assert!(answer["query"]["warnings"][0].as_str().is_some_and(|it| it.contains("copies")), "{answer}");
    sandbox.run("similar one.md --near-duplicate").code(1).complains("not known");
    assert_eq!(found(&sandbox, "coal").len(), 3, "the rest of the index is sound");
    sandbox.ingest("").code(0).has(&[("/files/unchanged", 3), ("/bytes", 0)]);
    assert_eq!(counts(&sandbox), ingested);

    sandbox.file(known, "damaged");
    sandbox.run("query coal --collapse family").code(4).complains("families-1: its checksum does not fit");
    sandbox.ingest("").code(0).has(&[("/files/unchanged", 3), ("/bytes", 0)]);
    assert_eq!(counts(&sandbox), ingested);
}

#[test]
fn settings_are_remembered_and_a_change_of_them_reads_again() {
    let sandbox = Sandbox::new();
    sandbox
        .file("archive/wire.json", r#"[{"kop": "Coal one", "text": "x"}, {"kop": "Coal two", "text": "y"}]"#);
    sandbox.ingest("--map title=kop").code(0).has(&[("/articles", 2)]);
    assert_eq!(found(&sandbox, "title:coal").len(), 2);
    sandbox.ingest("").code(0).has(&[("/files/unchanged", 1), ("/bytes", 0)]);
    sandbox.ingest("--map title=text").code(0).has(&[("/files/read", 1), ("/replaced", 2)]);
    assert_eq!(found(&sandbox, "title:coal").len(), 0);
    assert_eq!(found(&sandbox, "title:x").len(), 1);
    sandbox.ingest("").code(0).has(&[("/files/unchanged", 1), ("/bytes", 0)]);
}

#[test]
fn settings_are_remembered_even_if_they_change_nothing_today() {
    let sandbox = ingested();
    sandbox.ingest("--exclude 'drafts/**'").code(0).has(&[("/files/unchanged", 4)]);
    sandbox.file("archive/drafts/five.md", "# Five\n\nNot yet.\n");
    sandbox.ingest("").code(0).has(&[("/articles", 4), ("/added", 0)]);
}

#[test]
fn the_index_is_not_part_of_the_archive() {
    let sandbox = archive();
    for index in ["archive/.backfile", "archive/index"] {
        for _ in 0..2 {
            sandbox
                .run(&format!("-i {index} ingest archive --json --hidden"))
                .code(0)
                .has(&[("/articles", 4)]);
        }
    }
}

#[test]
fn hidden_files_are_read_on_request() {
    let sandbox = archive();
    sandbox
        .file("archive/.drafts/five.md", "# Five\n\nHidden.\n")
        .file("archive/.six.txt", "Six\n\nHidden too.\n");
    sandbox.ingest("").code(0).has(&[("/articles", 4)]);
    sandbox.ingest("--hidden").code(0).has(&[("/articles", 6), ("/added", 2)]);
    sandbox.ingest("").code(0).has(&[("/articles", 6), ("/removed", 0)]);
}

#[test]
fn an_empty_archive_is_an_archive() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("archive")).unwrap();
    sandbox.ingest("").code(0).has(&[("/articles", 0)]);
    sandbox.run("query coal").code(1);
    sandbox.run("status").code(0);
    sandbox.file("archive/a.md", "# Coal\n\nNow there is something.\n");
    sandbox.ingest("").code(0).has(&[("/articles", 1)]);
}

#[test]
fn an_archive_may_be_a_file() {
    let sandbox = archive();
    sandbox.run("ingest archive/a/one.md --json").code(0).has(&[("/articles", 1)]);
    sandbox.run("ingest archive/a/one.md --json").code(0).has(&[("/articles", 1), ("/files/unchanged", 1)]);
    sandbox.run("query coal --format paths").code(0).says("one.md");
}

#[test]
fn an_archive_that_is_named_twice_is_read_once() {
    let sandbox = archive();
    let summary = sandbox.run("ingest archive archive/ ./archive --json").code(0);
    summary.has(&[("/articles", 4), ("/added", 4), ("/replaced", 0), ("/files/read", 4)]);
}

#[test]
fn several_archives_live_in_one_index() {
    let sandbox = ingested();
    sandbox.file("other/x.md", "# Other coal\n\nFrom another archive.\n");
    sandbox.run("ingest other --source second --json").code(0).has(&[("/articles", 5), ("/removed", 0)]);
    assert_eq!(found(&sandbox, "source:second"), ["x.md"]);
    sandbox.ingest("").code(0).has(&[("/articles", 5), ("/files/unchanged", 4)]);
    sandbox.run("ingest other archive --json").code(0).has(&[("/articles", 5), ("/files/unchanged", 5)]);
}

#[test]
fn the_second_of_two_ingests_is_turned_away() {
    let sandbox = ingested();
    let lock = Folder::lock(&sandbox.path(".backfile")).expect("nobody else writes");
    let turned_away = sandbox.ingest("").code(75);
    turned_away.complains(&format!("process {}", std::process::id())).complains("hint: ");
    assert_eq!(found(&sandbox, "*").len(), 4, "searching works meanwhile");
    drop(lock);
    sandbox.ingest("").code(0);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;
    use std::process::Command;

    use super::*;

    fn permit(sandbox: &Sandbox, name: &str, mode: u32) {
        fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn links_are_followed_on_request_and_loops_are_told() {
        let sandbox = archive();
        sandbox.file("outside/five.md", "# Five\n\nOutside of the archive.\n");
        symlink("..", sandbox.path("archive/a/up")).unwrap();
        symlink(sandbox.path("outside"), sandbox.path("archive/out")).unwrap();
        symlink("nowhere", sandbox.path("archive/dangling.md")).unwrap();
        sandbox.ingest("").code(0).has(&[("/articles", 4)]);
        let followed = sandbox.ingest("--follow-links --report report").code(3);
        followed.has(&[("/articles", 5)]);
        let report = fs::read_to_string(sandbox.path("report")).unwrap();
        assert!(report.contains("a/up") && report.contains("leads back"), "{report}");
        assert!(report.contains("dangling.md"), "{report}");
    }

    #[test]
    fn pipes_and_sockets_are_never_opened() {
        let sandbox = archive();
        let made = Command::new("mkfifo").arg(sandbox.path("archive/pipe.md")).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
        let _socket = std::os::unix::net::UnixListener::bind(sandbox.path("archive/socket.txt")).unwrap();
        sandbox.ingest("").code(0).has(&[("/articles", 4), ("/files/ignored", 2)]);
        sandbox.run("ingest archive/pipe.md").code_of(&[0, 2, 3]);
    }

    #[test]
    fn odd_names_are_told_apart_and_shown_safely() {
        let sandbox = Sandbox::new();
        let names: [&[u8]; 5] = [
            b"new\nline.md",
            b"esc\x1b[31m.md",
            b"latin\xe9.md",
            b"latin\xe8.md",
            "caf\u{e9}\u{202e}.md".as_bytes(),
        ];
        for (number, name) in names.iter().enumerate() {
            let path = Path::new("archive").join(OsStr::from_bytes(name));
            sandbox.file(path, format!("# Number {number}\n\nAbout coal.\n"));
        }
        sandbox.ingest("").code(0).has(&[("/articles", 5)]);
        sandbox.ingest("").code(0).has(&[("/files/unchanged", 5)]);
        assert_eq!(found(&sandbox, "coal").len(), 5);
        for line in ["query coal", "query coal --format paths", "query coal --format csv", "status"] {
            let output = sandbox.run(line).code(0);
            let odd = output.stdout.chars().find(|sign| sign.is_control() && *sign != '\n');
            assert_eq!(odd.filter(|_| !line.contains("paths")), None, "{output}");
        }
        // NUL between the paths lets other programs read even these.
        let output = sandbox.run("query coal --format paths -0").code(0);
        assert_eq!(output.stdout.matches('\0').count(), 5, "{output}");
    }

    #[test]
    fn what_may_not_be_read_is_told_and_kept() {
        if is_root() {
            println!("SKIPPED: root may read every file");
            return;
        }
        let sandbox = ingested();
        sandbox.file("archive/a/one.md", "# Changed\n");
        permit(&sandbox, "archive/a/one.md", 0o000);
        sandbox.ingest("").code(3).has(&[("/articles", 4), ("/skipped/unreadable", 1)]);
        permit(&sandbox, "archive/b", 0o000);
        let told = sandbox.ingest("--report report").code(3);
        told.has(&[("/articles", 4), ("/removed", 0)]);
        permit(&sandbox, "archive/b", 0o755);
        permit(&sandbox, "archive/a/one.md", 0o644);
        sandbox.ingest("").code(0).has(&[("/articles", 4)]);
    }

    #[test]
    fn an_index_that_may_not_be_written_can_be_searched() {
        let sandbox = ingested();
        sandbox.file("archive/five.md", "# Five\n");
        for name in [".backfile/tantivy", ".backfile"] {
            permit(&sandbox, name, 0o555);
        }
        let lock = sandbox.path(".backfile/lock");
        fs::set_permissions(lock, fs::Permissions::from_mode(0o444)).unwrap();
        assert_eq!(found(&sandbox, "coal"), ["a/one.md", "b/four.txt"]);
        sandbox.run("status").code(0);
        if is_root() {
            println!("SKIPPED: that ingest is refused, because root may write everywhere");
        } else {
            sandbox.ingest("").code(5).complains("cannot write").complains("hint: ");
        }
        for name in [".backfile", ".backfile/tantivy"] {
            permit(&sandbox, name, 0o755);
        }
    }
}

/// Something that happens to an archive between two ingests.
#[derive(Debug, Clone)]
enum Edit {
    Write(usize, u32),
    WriteRecords(usize, Vec<u32>),
    Remove(usize),
    Move(usize, usize),
    MoveFolder(usize, usize),
    Touch(usize),
    Ingest,
}

const NAMES: [&str; 8] = ["a/1.md", "a/2.md", "a/3.jsonl", "b/1.md", "b/2.md", "b/4.jsonl", "c/1.md", "5.md"];
const FOLDERS: [&str; 4] = ["a", "b", "c", "d"];

fn edit() -> impl Strategy<Value = Edit> {
    let file = 0..NAMES.len();
    let folder = 0..FOLDERS.len();
    prop_oneof![
        5 => (file.clone(), 0..40u32).prop_map(|(name, content)| Edit::Write(name, content)),
        3 => (file.clone(), prop::collection::vec(0..40u32, 0..6)).prop_map(|(n, c)| Edit::WriteRecords(n, c)),
        2 => file.clone().prop_map(Edit::Remove),
        2 => (file.clone(), file.clone()).prop_map(|(from, to)| Edit::Move(from, to)),
        1 => (folder.clone(), folder).prop_map(|(from, to)| Edit::MoveFolder(from, to)),
        1 => file.prop_map(Edit::Touch),
        4 => Just(Edit::Ingest),
    ]
}

/// One of forty articles; each has an id, because a moved article without one keeps the path it had first.
fn record(content: u32) -> String {
    let tags = ["energy", "energy/coal", "Strike", "strike", "Café", "cafe"];
    let (tag, other) = (tags[content as usize % 6], tags[(content / 6) as usize % 6]);
    let date = ["1974", "1974-05", "1974-05-17", "1980-01-01", ""][content as usize % 5];
    serde_json::json!({
        "id": format!("article-{content}"), "title": format!("Number {content}"), "date": date, "tags": [tag, other],
        "author": format!("Writer {}", content % 3), "body": body(content),
    })
    .to_string()
}

/// One of six texts; some are short, of others there are many versions with a few words changed.
fn body(content: u32) -> String {
    let text = content % 6;
    if text == 0 {
        return "words of coal ".repeat(1 + content as usize % 4);
    }
    let changed = content / 6 * 5;
    let word = |at: u32| if (changed..changed + 2).contains(&at) { content * 1_000 } else { text * 100 + at };
    let words: Vec<String> = (0..60).map(|at| format!("word{}", word(at))).collect();
    format!("coal {}", words.join(" "))
}

fn apply(sandbox: &Sandbox, edit: &Edit) {
    let name = |number: &usize| format!("archive/{}", NAMES[*number]);
    let is_there = |name: &str| sandbox.path(name).exists();
    match edit {
        Edit::Write(file, content) => {
            let fields: Value = serde_json::from_str(&record(*content)).unwrap();
            let body = fields["body"].as_str().unwrap();
            sandbox.file(name(file).replace(".jsonl", ".md"), format!("---\n{fields}\n---\n{body}\n"));
        }
        Edit::WriteRecords(file, contents) => {
            let lines: Vec<String> = contents.iter().map(|content| record(*content)).collect();
            sandbox.file(name(file).replace(".md", ".jsonl"), lines.join("\n") + "\n");
        }
        Edit::Remove(file) if is_there(&name(file)) => {
            sandbox.remove(&name(file));
        }
        Edit::Move(from, to) if is_there(&name(from)) => {
            let ending = name(from).rsplit_once('.').unwrap().1.to_owned();
            let to = format!("{}.{ending}", name(to).rsplit_once('.').unwrap().0);
            sandbox.rename(&name(from), &to);
        }
        Edit::MoveFolder(from, to) => {
            let (from, to) = (format!("archive/{}", FOLDERS[*from]), format!("archive/{}", FOLDERS[*to]));
            if is_there(&from) && !is_there(&to) {
                sandbox.rename(&from, &to);
            }
        }
        Edit::Touch(file) if is_there(&name(file)) => {
            sandbox.settle(name(file));
        }
        Edit::Remove(_) | Edit::Move(..) | Edit::Touch(_) => {}
        Edit::Ingest => {
            library::ingest(sandbox, "archive", "index", 2);
        }
    }
}

const QUERIES: &[&str] = &[
    "",
    "family:*",
    "family:article-7",
    "coal",
    "tag:energy",
    "tag:cafe -tag:strike",
    "date:1974-06",
    "author:writer 3",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_gives_the_index_of_the_final_archive(edits in prop::collection::vec(edit(), 1..24)) {
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.path("archive")).unwrap();
        edits.iter().for_each(|edit| apply(&sandbox, edit));
        let last = library::ingest(&sandbox, "archive", "index", 2);
        let fresh = library::ingest(&sandbox, "archive", "fresh", 1);
        prop_assert_eq!(last.articles, fresh.articles);
        let answers = |index| library::answers(&library::open(&sandbox, index), QUERIES);
        prop_assert_eq!(answers("index"), answers("fresh"));
    }
}
