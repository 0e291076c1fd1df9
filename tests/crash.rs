//! Ingests that are killed at any moment: the same command, run again, gives the index of an undisturbed run.
//!
//! What an ingest has acknowledged (`--ack`) is there whenever it is killed, nothing is there twice, and nothing has to be
//! put right by hand. Kills pile up: only every so many is the index brought to the state of an undisturbed one and
//! compared with it.
//!
//! `BACKFILE_SEED` repeats a run, `BACKFILE_KILLS` sets the number of kills.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use backfile::engine::EngineError;
use backfile::engine::local::{Folder, Searcher};
use backfile::search::Detail;
use backfile::search::params::SearchParams;

use crate::support::random::{Random, number};
use crate::support::{Output, Sandbox, article, leftovers, library};

const FILES: usize = 300;
const RECORDS: usize = 600;
/// Files that are changed, added and removed before each kill.
const EDITS: usize = 25;
/// With commits of so little text that every run makes several.
const INGEST: &str = "ingest archive --prune --quiet --threads 2 --commit-every 4K";
/// Kills between two comparisons with the undisturbed index.
const BETWEEN: u64 = 8;
/// Kills between two indexes that are made from nothing.
const LIFE: u64 = 50;
const QUERIES: &[&str] = &["", "coal", "tag:energy -strike", "date:1974"];

/// An archive that changes, with an index beside it that is never disturbed.
struct Archive {
    sandbox: Sandbox,
    random: Random,
    edits: usize,
    next_record: usize,
    /// How many disturbed runs had said that articles are durable.
    acknowledged: u32,
    /// How long the last undisturbed ingest took.
    duration: Duration,
    /// How long it is waited at most before a run is ended.
    reach: Duration,
}

impl Archive {
    fn new(seed: u64) -> Archive {
        println!("BACKFILE_SEED={seed}");
        let mut archive = Archive {
            sandbox: Sandbox::new(),
            random: Random::new(seed),
            edits: 0,
            next_record: 0,
            acknowledged: 0,
            duration: Duration::ZERO,
            reach: Duration::ZERO,
        };
        for number in 0..FILES {
            archive.write(number);
        }
        let records: String = (0..RECORDS).map(|_| archive.record()).collect();
        archive.sandbox.file("archive/wire.jsonl", records);
        archive.ingest_undisturbed();
        archive.reach = archive.duration.mul_f64(1.1);
        archive
    }

    fn write(&mut self, number: usize) {
        self.edits += 1;
        let words = ["coal", "strike", "harbour", "tram", "mine", "policy"];
        let body: String = (0..40).map(|_| format!("{} ", words[self.random.below(words.len())])).collect();
        let tags = ["energy", "energy/coal", "transport", "harbour"][self.random.below(4)];
        let title = format!("Number {number}, edit {}", self.edits);
        let date = format!("{}-05", 1960 + number % 40);
        self.sandbox
            .file(format!("archive/{}/{number}.md", number % 20), article(&title, &date, tags, &body));
    }

    fn record(&mut self) -> String {
        self.next_record += 1;
        let number = self.next_record;
        format!(
            "{{\"id\": \"r{number}\", \"title\": \"Record {number}\", \"body\": \"A line about coal.\"}}\n"
        )
    }

    /// Adds, changes and removes files, and appends records.
    fn edit(&mut self) {
        for _ in 0..EDITS {
            let number = self.random.below(FILES + 30);
            let name = format!("archive/{}/{number}.md", number % 20);
            let is_there = self.sandbox.path(&name).exists();
            match self.random.below(4) {
                0 if is_there => {
                    self.sandbox.remove(&name);
                }
                _ => self.write(number),
            }
        }
        if self.random.below(3) == 0 {
            let mut records = fs::read_to_string(self.sandbox.path("archive/wire.jsonl")).unwrap();
            for _ in 0..20 {
                records.push_str(&self.record());
            }
            self.sandbox.file("archive/wire.jsonl", records);
        }
    }

    /// Brings the undisturbed index in step, and measures how long that takes.
    fn ingest_undisturbed(&mut self) {
        let begin = Instant::now();
        self.sandbox.run(&format!("-i undisturbed {INGEST}")).code(0);
        self.duration = begin.elapsed();
    }

    fn start(&self) -> Child {
        self.sandbox.start(&format!("-i index {INGEST} --ack"))
    }

    /// Lets it run for a while and ends it by a signal. Whether it was still running.
    fn disturb(&mut self, signal: &str) -> (bool, i32) {
        let child = self.start();
        self.end(child, signal)
    }

    /// Ends a run at a moment over all of its time and a little beyond: the last steps are the most delicate ones. How
    /// long that is, the runs that were not met in time tell.
    fn end(&mut self, child: Child, signal: &str) -> (bool, i32) {
        sleep(self.random.moment(self.reach));
        self::signal(signal, &child);
        let output = wait_briefly(child);
        self.expect_acknowledged(&output);
        self.reach = self.reach.mul_f64(if output.code == 0 { 0.7 } else { 1.1 });
        (output.code != 0, output.code)
    }

    /// Asks a run twice to stop, the second time at any moment of the stopping.
    fn interrupt_twice(&mut self) -> i32 {
        let child = self.start();
        sleep(self.random.moment(self.duration));
        signal("-INT", &child);
        sleep(self.random.moment(Duration::from_millis(30)));
        signal("-INT", &child);
        let output = Output::wait(child);
        self.expect_acknowledged(&output);
        output.code
    }

    /// Looks some of the articles up that were printed as durable.
    fn expect_acknowledged(&mut self, output: &Output) {
        // What is cut off by the kill was not said.
        let ids: Vec<&str> =
            output.stdout.split_inclusive('\n').filter_map(|it| it.strip_suffix('\n')).collect();
        if ids.is_empty() {
            return;
        }
        self.acknowledged += 1;
        let searcher = library::open(&self.sandbox, "index");
        for id in ids.iter().step_by(17).chain(ids.last()) {
            let found = searcher.article(id).expect("it can be looked up");
            assert_eq!(found.len(), 1, "article {id} was acknowledged");
        }
    }

    /// As it was left, the index can be read, and no article is in it twice.
    fn expect_whole(&self) {
        let folder = match Folder::open(&self.sandbox.path("index")) {
            Err(EngineError::Absent { .. }) => return,
            opened => opened.expect("the index can be opened"),
        };
        let searcher = Searcher::open(&folder).expect("the index can be read");
        let params = SearchParams {
            words: vec![String::new()],
            detail: Detail::Id,
            limit: Some(10_000),
            ..SearchParams::default()
        };
        let checked = params.check(searcher.schema(), library::TODAY).expect("the query can be asked");
        let found = searcher.search(&checked.request).expect("the query is answered");
        let ids: BTreeSet<_> = found.hits.iter().map(|hit| hit.id).collect();
        assert_eq!(ids.len() as u64, found.total, "an article is there twice");
    }

    /// Runs the same command to its end; the index must then be that of an undisturbed run.
    fn recover(&self, against: &str) {
        let begin = Instant::now();
        self.sandbox.run(&format!("-i index {INGEST}")).code(0);
        assert!(begin.elapsed() < Duration::from_secs(60), "recovering took {:?}", begin.elapsed());
        self.sandbox.run("-i index status").code(0);
        assert_eq!(leftovers(&self.sandbox, "index"), [""; 0], "files that no commit knows");
        let answers = |index: &str| library::answers(&library::open(&self.sandbox, index), QUERIES);
        let (recovered, expected) = (answers("index"), answers(against));
        let different = recovered.iter().zip(&expected).find(|(a, b)| a != b);
        assert_eq!(different, None, "the first answer that differs");
        assert_eq!(recovered.len(), expected.len());
    }
}

fn signal(name: &str, child: &Child) {
    let sent = Command::new("kill").arg(name).arg(child.id().to_string()).output();
    sent.expect("kill is there");
}

/// What a run that is asked to stop may still compute, where the system tells it.
const STOPPING: Duration = Duration::from_secs(5);

/// Waits for a run that was asked to stop, which has not much to do any more.
fn wait_briefly(mut child: Child) -> Output {
    let before = computed(&child);
    let mut after = before;
    while child.try_wait().expect("it can be waited for").is_none() {
        after = computed(&child).or(after);
        sleep(Duration::from_millis(5));
    }
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after - before < STOPPING, "it computed for {:?} after it was asked to stop", after - before);
    }
    Output::wait(child)
}

/// The time that a process has computed, on Linux.
fn computed(child: &Child) -> Option<Duration> {
    // Ticks of a hundredth of a second, in user and system mode; its name, in brackets, may hold blanks.
    let text = fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: Option<u64> = fields.get(11..13)?.iter().map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(10 * ticks?))
}

#[test]
fn killed_at_any_moment() {
    let kills = number("BACKFILE_KILLS", 25);
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    let mut archive = Archive::new(seed);
    let mut hits = 0;
    for kill in 1..=kills {
        let (hit, _) = archive.disturb("-KILL");
        hits += u64::from(hit);
        archive.expect_whole();
        if kill % BETWEEN == 0 {
            archive.ingest_undisturbed();
            archive.recover("undisturbed");
        }
        // The first kills of each life hit the making of the index.
        if kill < 4 || kill % LIFE == 0 {
            let _ = fs::remove_dir_all(archive.sandbox.path("index"));
        } else {
            archive.edit();
        }
    }
    archive.ingest_undisturbed();
    archive.sandbox.run(&format!("-i fresh {INGEST}")).code(0);
    archive.recover("fresh");
    println!(
        "{hits} of {kills} kills hit a running ingest, {} had acknowledged articles",
        archive.acknowledged
    );
    assert!(hits * 2 >= kills, "only {hits} of {kills} kills hit a running ingest");
}

#[test]
fn stopped_by_a_signal_at_any_moment() {
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    let mut archive = Archive::new(seed);
    let mut hits = 0;
    for (signal, code) in [("-INT", 130), ("-TERM", 143)].into_iter().cycle().take(6) {
        let (hit, ended) = archive.disturb(signal);
        assert!([0, code].contains(&ended), "{signal} ends it with {ended}");
        hits += u32::from(hit);
        archive.recover("undisturbed");
        archive.edit();
        archive.ingest_undisturbed();
    }
    println!("{hits} of 6 signals hit a running ingest");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    let mut archive = Archive::new(seed);
    let mut hits = 0;
    for _ in 0..6 {
        let code = archive.interrupt_twice();
        assert!([0, 130].contains(&code), "it ends with {code}");
        hits += u32::from(code != 0);
        archive.expect_whole();
        archive.recover("undisturbed");
        archive.edit();
        archive.ingest_undisturbed();
    }
    println!("{hits} of 6 signals hit a running ingest");
}

#[test]
fn a_compact_that_is_ended_leaves_the_index_whole() {
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    let mut archive = Archive::new(seed);
    let ends = [("-KILL", None), ("-INT", Some(130)), ("-KILL", None), ("-TERM", Some(143))];
    for (signal, code) in ends.into_iter().cycle().take(8) {
        archive.edit();
        archive.ingest_undisturbed();
        let expected = library::answers(&library::open(&archive.sandbox, "undisturbed"), QUERIES);
        let child = archive.sandbox.start("-i undisturbed compact --quiet");
        let (_, ended) = archive.end(child, signal);
        assert!(code.is_none_or(|code| [0, code].contains(&ended)), "{signal} ends it with {ended}");
        let answers = library::answers(&library::open(&archive.sandbox, "undisturbed"), QUERIES);
        assert!(answers == expected, "other answers after {signal}");
    }
    archive.edit();
    archive.ingest_undisturbed();
    let outcome = archive.sandbox.run("-i undisturbed compact --json").code(0).json();
    assert_eq!(outcome["segments"]["after"], 1, "{outcome}");
    assert_eq!(leftovers(&archive.sandbox, "undisturbed"), [""; 0], "files that no commit knows");
    assert_eq!(archive.sandbox.run("-i undisturbed compact --json").code(0).json()["dropped"], 0);
    archive.recover("undisturbed");
}

#[test]
fn what_is_complete_is_kept_when_it_is_stopped() {
    let mut archive = Archive::new(1);
    let child = archive.start();
    sleep(archive.duration.mul_f64(0.5));
    signal("-INT", &child);
    let stopped = Output::wait(child).code_of(&[0, 130]);
    let kept = archive.sandbox.run("-i index count").stdout.trim().parse::<usize>().unwrap_or(0);
    println!("exit code {}, {kept} of {} articles were kept", stopped.code, FILES + RECORDS);
    archive.edit();
    archive.ingest_undisturbed();
    archive.recover("undisturbed");
}

#[test]
fn a_creation_that_was_killed_is_taken_up() {
    for left in
        [&[][..], &["lock"], &["lock", "backfile.new"], &["lock", "backfile.new", "tantivy/.tmp-meta.json"]]
    {
        let sandbox = Sandbox::new();
        sandbox.file("archive/coal.txt", "Coal\n\nThe mine was closed.\n");
        for name in left {
            sandbox.file(Path::new("index").join(name), "");
        }
        sandbox.run("-i index ingest archive --quiet").code(0);
        assert_eq!(leftovers(&sandbox, "index"), [""; 0], "{left:?}");
    }
    let sandbox = Sandbox::new();
    sandbox.file("archive/coal.txt", "Coal\n").file("index/notes.txt", "mine");
    sandbox.run("-i index ingest archive --quiet").code(4).complains("not an index");
}
