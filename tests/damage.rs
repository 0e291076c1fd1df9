//! Damage to any byte of an index: `query`, `verify` and `ingest` refuse it, naming the file, or give the right answer.
//! Never a wrong answer, a panic, or an index that looks sound again.
//!
//! `BACKFILE_DAMAGE` sets the number of trials, `all` for every one there is; `BACKFILE_SEED` repeats a choice. Each
//! trial is printed as the command that does the damage.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use backfile::engine::EngineError;
use backfile::engine::local::{Folder, Searcher, SegmentWriter};
use backfile::ingest::IngestError;
use backfile::search::params::SearchParams;
use tempfile::TempDir;

use crate::support::library::{self, TODAY};
use crate::support::random::{Random, number};
use crate::support::{Output, Sandbox, article};

/// Trials of `cargo test`.
const USUAL_TRIALS: u64 = 1_500;

/// Something done to the files of an index, which are named by their places in the list of them.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Change { file: usize, at: usize, mask: u8 },
    Cut { file: usize, length: usize },
    Delete { file: usize },
    Swap { file: usize, with: usize },
}

/// Another byte, and each bit of it.
const MASKS: [u8; 9] = [0xff, 1, 2, 4, 8, 16, 32, 64, 128];

/// The files of an index by their paths below it.
type Files = BTreeMap<String, Vec<u8>>;

fn files(index: &Path) -> Files {
    let entries = walkdir::WalkDir::new(index).into_iter().map(|entry| entry.expect("it can be listed"));
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let name = entry.path().strip_prefix(index).expect("it lies below");
            let name = name.to_str().expect("its name is plain").replace('\\', "/");
            (name, fs::read(entry.path()).expect("it can be read"))
        })
        .collect()
}

/// Whether nothing depends on what stands in it.
fn is_lock(name: &str) -> bool {
    name.ends_with("lock")
}

/// What the program remembers having checked, and writes anew whenever it has checked something.
const MARKS: &str = "checked";

/// An index with everything that an index can have, and what is true of it.
struct Original {
    files: Files,
    /// Those that are damaged.
    names: Vec<String>,
    archive: PathBuf,
    answers: String,
    /// When the archive, which has changed meanwhile, has been brought in.
    later: String,
    _sandbox: Sandbox,
}

impl Original {
    fn new() -> Original {
        let sandbox = Sandbox::new();
        let body = "The miners of the northern pits went back to work after a strike of seven weeks.";
        for (name, title, tags) in
            [("a", "Coal", "energy/coal"), ("b", "Strike", "labour"), ("c", "Tram", "transport")]
        {
            sandbox.file(format!("archive/{name}.md"), article(title, "1974-05", tags, body));
        }
        // So many that the one that is read again leaves a file of deletions and not a merged segment.
        for number in 0..4 {
            let title = format!("Number {number}");
            sandbox.file(format!("archive/{number}.md"), article(&title, "1960", "mine", "A pit."));
        }
        library::ingest(&sandbox, "archive", "index", 1);
        // A second segment, a file of deletions, and families.
        sandbox.file("archive/d.md", article("Ferry", "1980", "transport", "A ferry to the islands."));
        sandbox.file("archive/b.md", article("Strike", "1975", "labour", body));
        library::ingest(&sandbox, "archive", "index", 1);
        sandbox.run("-i index saved add ferries ferry").code(0);
        sandbox.run("-i index query @ferries --new").code(0);
        let index = sandbox.path("index");
        let files = files(&index);
        let answers = answers(&index).expect("it is sound");
        assert!(Folder::verify(&index).expect("it is an index").findings.is_empty());
        // What every ingest of a trial has to bring in.
        sandbox.file("archive/e.md", article("Harbour", "1990", "transport", "A wall for the harbour."));
        sandbox.remove("archive/c.md");
        library::ingest(&sandbox, "archive", "index", 1);
        let later = self::answers(&index).expect("it is sound");
        assert_ne!(answers, later);
        let names: Vec<String> = files.keys().filter(|name| !is_lock(name)).cloned().collect();
        for ending in [".idx", ".del", "backfile.json", "meta.json", MARKS, ".shown", "queries.json"] {
            assert!(names.iter().any(|name| name.ends_with(ending)), "there is no {ending} among {names:?}");
        }
        for beginning in ["manifest-", "families-"] {
            assert!(names.iter().any(|name| name.starts_with(beginning)), "no {beginning} among {names:?}");
        }
        Original { names, archive: sandbox.path("archive"), files, answers, later, _sandbox: sandbox }
    }

    fn bytes(&self, file: usize) -> &[u8] {
        &self.files[&self.names[file]]
    }

    /// Every damage there is.
    fn damages(&self) -> Vec<Damage> {
        let mut all = Vec::new();
        for file in 0..self.names.len() {
            all.push(Damage::Delete { file });
            let others = file + 1..self.names.len();
            all.extend(
                others
                    .filter(|with| self.bytes(*with) != self.bytes(file))
                    .map(|with| Damage::Swap { file, with }),
            );
            for at in 0..self.bytes(file).len() {
                all.push(Damage::Cut { file, length: at });
                all.extend(MASKS.map(|mask| Damage::Change { file, at, mask }));
            }
        }
        all
    }

    fn shown(&self, damage: Damage) -> String {
        match damage {
            Damage::Change { file, at, mask } => format!("{}: byte {at} ^ {mask:#04x}", self.names[file]),
            Damage::Cut { file, length } => format!("{}: cut to {length} bytes", self.names[file]),
            Damage::Delete { file } => format!("{}: deleted", self.names[file]),
            Damage::Swap { file, with } => format!("{}: swapped with {}", self.names[file], self.names[with]),
        }
    }

    fn damaged(&self, damage: Damage) -> Files {
        let mut files = self.files.clone();
        let mut put = |file: usize, bytes: Vec<u8>| _ = files.insert(self.names[file].clone(), bytes);
        match damage {
            Damage::Change { file, at, mask } => {
                let mut bytes = self.bytes(file).to_vec();
                bytes[at] ^= mask;
                put(file, bytes);
            }
            Damage::Cut { file, length } => put(file, self.bytes(file)[..length].to_vec()),
            Damage::Delete { file } => _ = files.remove(&self.names[file]),
            Damage::Swap { file, with } => {
                put(file, self.bytes(with).to_vec());
                put(with, self.bytes(file).to_vec());
            }
        }
        files
    }
}

/// What some queries find, with their snippets, facets and copies, as text.
fn answers(index: &Path) -> Result<String, EngineError> {
    let searcher = Searcher::open(&Folder::open(index)?)?;
    let mut answers = String::new();
    for (query, collapse) in
        [("", "none"), ("", "family"), ("miners strike", "none"), ("\"northern pits\" OR ferr*", "family")]
    {
        let params = SearchParams {
            words: vec![query.to_owned()],
            collapse: Some(collapse.to_owned()),
            facets: ["tag:all", "date:month"].map(str::to_owned).into(),
            ..SearchParams::default()
        };
        let checked = params.check(searcher.schema(), TODAY).expect("the query can be asked");
        let response = searcher.search(&checked.request)?;
        // What is not known yet is told, and is no wrong answer.
        if response.warnings.is_empty() {
            let of_hits = response.hits.iter().map(|hit| (&hit.key, &hit.title, &hit.tags, &hit.snippets));
            let hits: Vec<_> = of_hits.collect();
            answers.push_str(&format!("{query}: {} {hits:?} {:?}\n", response.total, response.facets));
        } else {
            answers.push_str(&format!("{query}: {:?}\n", response.warnings));
        }
    }
    Ok(answers)
}

/// Whether the program would end with 4.
fn is_refusal(error: &EngineError) -> bool {
    match error {
        EngineError::Absent { .. }
        | EngineError::Foreign { .. }
        | EngineError::Outdated { .. }
        | EngineError::Damaged { .. }
        | EngineError::Forbidden { .. }
        | EngineError::Unreadable { .. } => true,
        EngineError::Locked { .. }
        | EngineError::Unwritable { .. }
        | EngineError::Broken(_)
        | EngineError::Slow { .. }
        | EngineError::Busy { .. }
        | EngineError::Refused { .. }
        | EngineError::Query(_) => false,
    }
}

/// A copy of the index that is damaged, tried, and put right again.
struct Bench<'a> {
    original: &'a Original,
    folder: TempDir,
}

impl Bench<'_> {
    fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// Makes the files in the folder be these.
    fn lay_out(&self, wanted: &Files) {
        let index = self.index();
        let there = if index.exists() { files(&index) } else { Files::new() };
        for name in there.keys().filter(|name| !wanted.contains_key(*name)) {
            fs::remove_file(index.join(name)).expect("it can be removed");
        }
        for (name, bytes) in wanted.iter().filter(|(name, bytes)| there.get(*name) != Some(bytes)) {
            let path = index.join(name);
            fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("folders can be made");
            fs::write(path, bytes).expect("it can be written");
        }
    }

    fn try_out(&self, damage: Damage) -> Result<(), String> {
        let damaged = self.original.damaged(damage);
        self.lay_out(&damaged);
        let tried = catch_unwind(AssertUnwindSafe(|| {
            self.query(damage)?;
            self.verify(damage)?;
            self.ingest(&damaged)
        }));
        tried.unwrap_or_else(|_| Err("it panics".to_owned()))
    }

    fn query(&self, damage: Damage) -> Result<(), String> {
        // Families that are not there are told, and found anew by the next ingest.
        let lacks_families =
            matches!(damage, Damage::Delete { file } if self.original.names[file].starts_with("families-"));
        match answers(&self.index()) {
            Ok(answers) if answers == self.original.answers => Ok(()),
            Ok(answers) if lacks_families && answers.contains("not known yet") => Ok(()),
            Ok(answers) => Err(format!("a wrong answer: {answers}")),
            Err(error) if is_refusal(&error) => Ok(()),
            Err(error) => Err(format!("query: {error}")),
        }
    }

    fn verify(&self, damage: Damage) -> Result<(), String> {
        let (file, other) = match damage {
            Damage::Change { file, .. } | Damage::Cut { file, .. } | Damage::Delete { file } => (file, file),
            Damage::Swap { file, with } => (file, with),
        };
        let names = [&self.original.names[file], &self.original.names[other]];
        let verified = match Folder::verify(&self.index()) {
            Ok(verified) => verified,
            Err(error) if is_refusal(&error) => return Ok(()),
            Err(error) => return Err(format!("verify: {error}")),
        };
        // Nobody knows of a saved query that is not there.
        let is_forgotten = matches!(damage, Damage::Delete { .. }) && names[0].starts_with("saved/");
        let is_named = verified.findings.iter().any(|finding| names.contains(&&finding.file));
        if is_named || is_forgotten || names.iter().all(|name| *name == MARKS) {
            Ok(())
        } else {
            Err(format!("verify does not find it: {verified:?}"))
        }
    }

    fn ingest(&self, damaged: &Files) -> Result<(), String> {
        let index = self.index();
        let before = files(&index);
        match library::try_ingest(SegmentWriter::Own, &self.original.archive, &index, 1) {
            Err(IngestError::Engine(error)) if is_refusal(&error) => {
                let unlocked = |files: &Files| {
                    let files = files.iter().filter(|(name, _)| !is_lock(name) && *name != MARKS);
                    files.map(|(name, bytes)| (name.clone(), bytes.clone())).collect::<Files>()
                };
                let is_same = unlocked(&before) == unlocked(&files(&index));
                if is_same { Ok(()) } else { Err(format!("ingest refuses it, but changes it: {error}")) }
            }
            Err(error) => Err(format!("ingest: {error}")),
            Ok(_) => {
                let is_right = answers(&index).is_ok_and(|answers| answers == self.original.later);
                let kept: Vec<_> = damaged.keys().filter(|name| name.starts_with("saved/")).collect();
                let verified = Folder::verify(&index).map_err(|error| error.to_string())?;
                // What people keep is none of its business.
                let is_sound = verified.findings.iter().all(|finding| kept.contains(&&finding.file));
                match (is_right, is_sound) {
                    (true, true) => Ok(()),
                    (false, _) => Err("ingest makes an index with wrong answers of it".to_owned()),
                    (true, false) => Err(format!("ingest leaves damage: {:?}", verified.findings)),
                }
            }
        }
    }
}

/// Memory, where there is such a folder.
fn bench(original: &Original) -> Bench<'_> {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.or_else(|_| tempfile::tempdir());
    Bench { original, folder: folder.expect("a temporary folder can be made") }
}

fn chosen(mut damages: Vec<Damage>, seed: u64) -> Vec<Damage> {
    if std::env::var("BACKFILE_DAMAGE").is_ok_and(|count| count == "all") {
        return damages;
    }
    let random = Random::new(seed);
    let count = number("BACKFILE_DAMAGE", USUAL_TRIALS).min(damages.len() as u64) as usize;
    for at in 0..count {
        let other = at + random.below(damages.len() - at);
        damages.swap(at, other);
    }
    damages.truncate(count);
    damages
}

#[test]
fn any_byte_of_an_index() {
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    println!("BACKFILE_SEED={seed}");
    let original = Original::new();
    let all = original.damages();
    let (bytes, possible) = (original.files.values().map(Vec::len).sum::<usize>(), all.len());
    let trials = chosen(all, seed);
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let work = || {
        let bench = bench(&original);
        while let Some(damage) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(failure) = bench.try_out(*damage) {
                failures.lock().unwrap().push(format!("{}: {failure}", original.shown(*damage)));
            }
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        (0..threads).for_each(|_| _ = scope.spawn(work));
    });
    println!("{} of {possible} damages to {bytes} bytes in {} files", trials.len(), original.names.len());
    let failures = failures.into_inner().unwrap();
    let shown = failures.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} failures, among them\n{shown}", failures.len());
}

/// Through the program itself: exit codes and messages.
#[test]
fn the_program_refuses_what_is_damaged() {
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    println!("BACKFILE_SEED={seed}");
    let original = Original::new();
    let bench = bench(&original);
    let sandbox = Sandbox::new();
    let random = Random::new(seed);
    let damages = original.damages();
    for _ in 0..number("BACKFILE_DAMAGE_RUNS", 20) {
        let damage = random.pick(&damages);
        let damaged = original.damaged(damage);
        let index = bench.index();
        bench.lay_out(&original.files);
        let run = |args: &[&str]| {
            let index = index.to_str().expect("its name is plain");
            let mut command = sandbox.command(["-i", index].iter().chain(args));
            Output::of(&mut command)
        };
        let archive = original.archive.to_str().expect("its name is plain");
        let commands: &[&[&str]] = &[
            &["query", "miners", "--format", "csv"],
            &["facets", "tag"],
            &["verify"],
            &["ingest", archive, "--quiet"],
        ];
        for args in commands {
            bench.lay_out(&original.files);
            let truth = run(args);
            bench.lay_out(&damaged);
            let output = run(args);
            let shown = format!("{}\n{output}", original.shown(damage));
            assert!(!output.stderr.contains("panicked"), "{shown}");
            assert!([0, 4].contains(&output.code), "{shown}");
            if output.code == 4 {
                assert!(output.stderr.contains("hint: "), "{shown}");
            } else if args[0] != "verify" {
                assert_eq!(output.stdout, truth.stdout, "{shown}");
            }
        }
    }
}
