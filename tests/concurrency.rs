//! Many processes at one index: one that writes, some that read all the time, one that is turned away.
//!
//! Whatever the moment, a reader sees whole commits: every file with all of its records, of one version, and never an
//! older one than before. `BACKFILE_SECONDS` sets how long it goes on, `BACKFILE_SEED` repeats a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::process::Child;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use backfile::search::FacetCounts;
use backfile::search::params::SearchParams;

use crate::support::random::{Random, number};
use crate::support::{Output, Sandbox, article, library};

/// Records of a file.
const RECORDS: u64 = 6;
/// Files that are there from the first commit on.
const FILES: u64 = 20;
/// Readers of each kind: in this process, and as a program.
const READERS: usize = 2;
/// Every record of a file carries one tag: its name, and its version behind this sign.
const VERSION: char = 'v';
const INGEST: &str = "-i index ingest archive --prune --threads 2 --commit-every 2K --json";

/// An archive to which files are added, of which some change, and some come and go.
struct Archive<'a> {
    sandbox: &'a Sandbox,
    random: Random,
    versions: Vec<u64>,
    /// The next version of any file.
    next: u64,
}

impl Archive<'_> {
    /// Puts a file in its place as a whole, so that no reader meets a half.
    fn write(&mut self, name: &str) {
        self.next += 1;
        let records: String = (0..RECORDS)
            .map(|record| {
                let (id, tag) = (format!("{name}-{record}"), format!("{name}{VERSION}{}", self.next));
                let body = format!("Some words about coal, {id} of {}.", self.random.below(1_000));
                let fields =
                    serde_json::json!({"id": id, "title": "Coal", "tags": [tag], "date": "1974", "body": body});
                format!("{fields}\n")
            })
            .collect();
        self.sandbox.file("new.jsonl", records);
        self.sandbox.rename("new.jsonl", &format!("archive/{name}.jsonl"));
    }

    fn add(&mut self) {
        self.versions.push(self.next);
        self.write(&format!("file{}", self.versions.len()));
    }

    fn edit(&mut self) {
        for _ in 0..2 {
            self.add();
        }
        for _ in 0..5 {
            let changed = 1 + self.random.below(self.versions.len());
            self.write(&format!("file{changed}"));
        }
        for passing in 0..3 {
            let name = format!("passing{passing}");
            match self.sandbox.path(format!("archive/{name}.jsonl")).exists() {
                true => _ = self.sandbox.remove(&format!("archive/{name}.jsonl")),
                false => self.write(&name),
            }
        }
    }
}

/// What a reader has seen of the archive so far.
#[derive(Default)]
struct Seen(BTreeMap<String, u64>);

impl Seen {
    /// Takes in what is visible now, by the tags of the records; or says what is wrong with it.
    fn enter(&mut self, total: u64, tags: &BTreeMap<String, u64>) -> Result<(), String> {
        let mut now = BTreeMap::new();
        for (tag, count) in tags {
            let (name, version) = tag.rsplit_once(VERSION).ok_or_else(|| format!("the tag {tag}"))?;
            let version = version.parse::<u64>().map_err(|_| format!("the tag {tag}"))?;
            if *count != RECORDS {
                return Err(format!("{count} records of {tag}"));
            }
            if let Some(other) = now.insert(name.to_owned(), version) {
                return Err(format!("versions {other} and {version} of {name} at once"));
            }
        }
        if total != now.len() as u64 * RECORDS {
            return Err(format!("{total} articles of {} files", now.len()));
        }
        for (name, before) in self.0.iter().filter(|(name, _)| name.starts_with("file")) {
            match now.get(name) {
                None => return Err(format!("{name} is gone")),
                Some(version) if version < before => {
                    return Err(format!("version {version} of {name} after {before}"));
                }
                Some(_) => {}
            }
        }
        self.0 = now;
        Ok(())
    }
}

/// What all of them share.
#[derive(Default)]
struct Common {
    is_over: AtomicBool,
    /// Answers that were looked at.
    answers: AtomicU64,
    /// Every process that could hold the lock.
    writers: Mutex<BTreeSet<u32>>,
    turned_away: AtomicU64,
    ingested: AtomicU64,
}

impl Common {
    /// Whether there were answers, and ingests that were turned away.
    fn has_met_all(&self) -> bool {
        [&self.answers, &self.turned_away].iter().all(|it| it.load(Ordering::Relaxed) > 0)
    }

    fn is_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    fn answered(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs what may write, or may be turned away.
    fn run(&self, sandbox: &Sandbox, line: &str) -> Output {
        let child = {
            // Known before anybody can meet it.
            let mut writers = self.writers.lock().unwrap();
            let child = sandbox.start(line);
            writers.insert(child.id());
            child
        };
        // A file may be gone before it is read.
        Output::wait(child).code_of(&[0, 3, 75])
    }

    /// Ingests, or is turned away by somebody who is named. Whether it was ingested.
    fn ingest(&self, sandbox: &Sandbox) -> bool {
        let output = self.run(sandbox, INGEST);
        if output.code != 75 {
            assert_eq!(output.stderr, "", "{output}");
            self.ingested.fetch_add(1, Ordering::Relaxed);
            return true;
        }
        let named =
            output.stderr.split("(process ").nth(1).and_then(|rest| rest.split(')').next()?.parse().ok());
        let is_known = named.is_some_and(|named| self.writers.lock().unwrap().contains(&named));
        assert!(is_known, "it is not told who writes\n{output}");
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        false
    }
}

/// Ends the others when one of them fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn write(sandbox: &Sandbox, archive: &mut Archive<'_>, common: &Common, length: Duration) {
    let _end = End(&common.is_over);
    let begin = Instant::now();
    for round in 1.. {
        archive.edit();
        while common.is_on() && !common.ingest(sandbox) {}
        if round % 5 == 0 {
            common.run(sandbox, "-i index compact --quiet");
        }
        // On a busy machine others may come late.
        let has_ended =
            begin.elapsed() > length && common.has_met_all() || begin.elapsed() > length + PATIENCE;
        if has_ended || !common.is_on() {
            return;
        }
    }
}

fn intrude(sandbox: &Sandbox, common: &Common) {
    let _end = End(&common.is_over);
    while common.is_on() {
        common.ingest(sandbox);
        sleep(Duration::from_millis(50));
    }
}

/// Opens the index again and again in this process: many times a second.
fn look(sandbox: &Sandbox, common: &Common) {
    let _end = End(&common.is_over);
    let mut seen = Seen::default();
    while common.is_on() {
        let searcher = library::open(sandbox, "index");
        let params = SearchParams {
            words: vec!["coal".to_owned()],
            facets: vec!["tag:all".to_owned()],
            ..SearchParams::default()
        };
        let checked = params.check(searcher.schema(), library::TODAY).expect("the query can be asked");
        let response = searcher.search(&checked.request).expect("the query is answered");
        assert_eq!(response.warnings, [""; 0]);
        let FacetCounts::Values { buckets, .. } = &response.facets[0] else { panic!("tags are values") };
        let tags = buckets.iter().map(|bucket| (bucket.value.clone(), bucket.count)).collect();
        seen.enter(response.total, &tags).unwrap_or_else(|what| panic!("{what}: {tags:?}"));
        common.answered();
    }
}

/// Asks by the program in all of its ways.
fn ask(sandbox: &Sandbox, common: &Common) {
    let _end = End(&common.is_over);
    let mut seen = Seen::default();
    let mut most = 0;
    sandbox.file("queries.txt", "coal\ntag:file1*\ndate:1974\n");
    let id = sandbox.run("-i index query coal path:file1.jsonl -n 1 --format ids").code(0).stdout;
    let others = [
        format!("show {} --json", id.trim()),
        "kwic coal -n 5".to_owned(),
        "trend coal".to_owned(),
        "coverage coal".to_owned(),
        "batch queries.txt".to_owned(),
        "verify".to_owned(),
        "query coal --all --format ids".to_owned(),
        "query coal --collapse family -n 3".to_owned(),
        format!("why {} coal", id.trim()),
    ];
    for other in others.iter().cycle().take_while(|_| common.is_on()) {
        let answer = sandbox.run("-i index query coal --json -n 3 --facet tag:all").code(0);
        assert_eq!(answer.stderr, "", "{answer}");
        let json = answer.json();
        let buckets = json["facets"]["tag"]["buckets"].as_array().expect("a facet has buckets");
        let tag = |bucket: &serde_json::Value| {
            Some((bucket["value"].as_str()?.to_owned(), bucket["count"].as_u64()?))
        };
        let tags = buckets.iter().filter_map(tag).collect();
        let total = json["total"].as_u64().expect("there is a total");
        seen.enter(total, &tags).unwrap_or_else(|what| panic!("{what}\n{answer}"));
        let status = sandbox.run("-i index status --json").code(0).json();
        let articles = status["articles"].as_u64().expect("there is a number");
        assert_eq!(articles % RECORDS, 0, "{status}");
        // Three files come and go.
        assert!(articles + 3 * RECORDS >= most, "{articles} articles after {most}");
        most = most.max(articles);
        let output = sandbox.run(&format!("-i index {other}")).code(0);
        assert_eq!(output.stderr, "", "{output}");
        (0..3).for_each(|_| common.answered());
    }
}

#[test]
fn readers_see_whole_commits_while_somebody_writes() {
    let length = Duration::from_secs(number("BACKFILE_SECONDS", 4));
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    println!("BACKFILE_SEED={seed}");
    let sandbox = Sandbox::new();
    let mut archive = Archive { sandbox: &sandbox, random: Random::new(seed), versions: Vec::new(), next: 0 };
    (0..FILES).for_each(|_| archive.add());
    let common = Common::default();
    assert!(common.ingest(&sandbox));
    scope(|scope| {
        scope.spawn(|| intrude(&sandbox, &common));
        for _ in 0..READERS {
            scope.spawn(|| look(&sandbox, &common));
            scope.spawn(|| ask(&sandbox, &common));
        }
        write(&sandbox, &mut archive, &common, length);
    });
    let [answers, ingested, turned_away] =
        [&common.answers, &common.ingested, &common.turned_away].map(|it| it.load(Ordering::Relaxed));
    println!("{answers} answers during {ingested} ingests, {turned_away} more were turned away");
    assert!(answers > 0 && turned_away > 0, "nothing happened at the same time");
    sandbox.run("-i index verify").code(0);
}

/// How long a command may take that has nothing to wait for; against hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for a program that may hang.
fn within_patience(mut child: Child, line: &str) -> Output {
    let begin = Instant::now();
    while child.try_wait().expect("it can be waited for").is_none() {
        if begin.elapsed() > PATIENCE {
            child.kill().expect("it can be ended");
            panic!("{line} hangs");
        }
        sleep(Duration::from_millis(20));
    }
    Output::wait(child)
}

/// Holds a lock that was given back before. The child of another test may still have it: for the moment between its
/// fork and its exec, it has all files of this process.
fn hold(path: &Path) -> File {
    let file = File::options().write(true).open(path).expect("the lock is a file");
    let begin = Instant::now();
    while let Err(failure) = file.try_lock() {
        assert!(begin.elapsed() < PATIENCE, "{}: {failure}", path.display());
        sleep(Duration::from_millis(1));
    }
    file
}

/// Another program, of whatever kind, holds files of the index locked.
#[test]
fn locks_that_are_held_for_ever_stop_only_what_writes() {
    let sandbox = Sandbox::new();
    sandbox.file("archive/coal.md", article("Coal", "1974", "energy", "About coal."));
    sandbox.run("-i index ingest archive --quiet").code(0);
    sandbox.run("-i index saved add mine coal").code(0);
    sandbox.file("archive/gas.md", article("Gas", "1975", "energy", "About gas."));
    let is_lock = |name: &str| name.ends_with("lock");
    let files = sandbox.snapshot("index").into_iter().map(|(path, _)| path);
    let locks: Vec<_> = files.filter(|path| path.to_str().is_some_and(is_lock)).collect();
    let names = [
        "index/lock",
        "index/saved/lock",
        "index/tantivy/.tantivy-writer.lock",
        "index/tantivy/.tantivy-meta.lock",
    ];
    for name in names {
        assert!(locks.contains(&sandbox.path(name)), "there is no {name} among {locks:?}");
    }
    let writes = ["ingest archive --quiet", "compact --quiet"];
    let keeps = ["saved add other gas", "saved rm mine"];
    let reads = [
        "query coal",
        "count coal",
        "facets tag",
        "status",
        "verify",
        "kwic coal",
        "trend coal",
        "saved list",
        "query @mine",
        "count @mine",
    ];
    for held in locks.iter().map(|lock| vec![lock]).chain([locks.iter().collect()]) {
        let _held: Vec<File> = held.iter().map(|path| hold(path)).collect();
        let is_of_saved = held.iter().any(|path| path.ends_with("saved/lock"));
        let is_of_index = held.len() > 1 || !is_of_saved;
        let run = |line: &str| within_patience(sandbox.start(&format!("-i index {line}")), line);
        for line in reads {
            run(line).code(0);
        }
        let refused = [(is_of_index, writes), (is_of_saved, keeps)];
        for line in refused.into_iter().filter(|(is_refused, _)| *is_refused).flat_map(|(_, lines)| lines) {
            run(line).code(75).complains("hint: ");
        }
        if is_of_saved {
            // It is answered; what was shown cannot be kept.
            run("query @mine --new").code(75).says("Coal").complains("saved");
        }
        run("count gas").code(0).says("0\n");
    }
    sandbox.run("-i index ingest archive --quiet").code(0);
    sandbox.run("-i index count gas").code(0).says("1\n");
}

#[test]
fn what_is_no_whole_commit_is_seen() {
    let view = |tags: &[(&str, u64)]| {
        tags.iter().map(|(tag, count)| ((*tag).to_owned(), *count)).collect::<BTreeMap<_, _>>()
    };
    let mut seen = Seen::default();
    let good = view(&[("file1v1", RECORDS), ("file2v3", RECORDS), ("passing1v2", RECORDS)]);
    assert_eq!(seen.enter(3 * RECORDS, &good), Ok(()));
    assert!(seen.enter(3 * RECORDS + 1, &good).is_err(), "an article too many");
    let bad: [&[(&str, u64)]; 4] = [
        &[("file1v1", RECORDS), ("file2v3", RECORDS - 1)],
        &[("file1v1", RECORDS), ("file2v3", RECORDS), ("file2v4", RECORDS)],
        &[("file1v1", RECORDS)],
        &[("file1v1", RECORDS), ("file2v2", RECORDS)],
    ];
    for tags in bad {
        assert!(seen.enter(tags.len() as u64 * RECORDS, &view(tags)).is_err(), "{tags:?}");
    }
    assert_eq!(seen.enter(2 * RECORDS, &view(&[("file1v5", RECORDS), ("file2v3", RECORDS)])), Ok(()));
}
