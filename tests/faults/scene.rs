//! The workload: an archive of several formats that changes step by step, and what every ingest of it must lead to.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use backfile::engine::EngineError;
use backfile::engine::local::{Folder, Searcher};
use backfile::search::params::SearchParams;

use crate::support::random::Random;
use crate::support::{Sandbox, article, leftovers, library};

use super::shim::{Fault, Ran, Rig};
use super::{Verdict, ensure};

/// Files of the archive before its first change, beside the two that hold records.
const FILES: usize = 24;
const WORDS: &[&str] = &[
    "coal", "strike", "harbour", "tram", "mine", "policy", "ferry", "council", "vote", "price", "winter",
    "river",
];
const TAGS: &[&str] = &["energy", "energy/coal", "transport", "harbour"];
const QUERIES: &[&str] = &[
    "",
    "coal",
    "tag:energy -strike",
    "date:1974",
    "\"coal mine\"",
    "harbour OR policy",
    "tra*",
    "title:number ferry",
];

/// Where one run of the program begins, and what must come of it.
pub(super) struct Stage {
    /// Calls that it makes.
    pub(super) calls: u64,
    /// The articles that are visible before it and after each commit that it acknowledges.
    pub(super) states: Vec<Vec<String>>,
    /// What the index says after it.
    golden: Vec<String>,
}

impl Stage {
    /// Whether the articles are those of the last acknowledged commit, or of the one that was being made.
    pub(super) fn admits(&self, visible: &[String], acks: usize) -> bool {
        self.states.iter().skip(acks).take(2).any(|state| state == visible)
    }
}

/// An archive that changes, and the index of it that is disturbed.
pub(super) struct Scene<'a> {
    rig: &'a Rig,
    pub(super) sandbox: Sandbox,
    /// The index, below the sandbox.
    index: &'static str,
    /// What is run on it.
    command: String,
    random: Random,
    files: Vec<(String, usize)>,
    next: usize,
    records: String,
}

impl<'a> Scene<'a> {
    pub(super) fn new(rig: &'a Rig, seed: u64, index: &'static str, commit_every: &str) -> Scene<'a> {
        let mut scene = Scene {
            rig,
            sandbox: Sandbox::new(),
            index,
            command: format!("ingest archive --prune --quiet --threads 1 --commit-every {commit_every}"),
            random: Random::new(seed),
            files: Vec::new(),
            next: 0,
            records: String::new(),
        };
        for _ in 0..FILES {
            scene.add();
        }
        scene.append_records(20);
        let table: String =
            (0..6).map(|row| format!("Row {row},{},1970-0{}-01\n", scene.text(12), row + 1)).collect();
        scene.sandbox.file("archive/table.csv", format!("title,body,date\n{table}"));
        scene
    }

    fn text(&self, words: usize) -> String {
        let mut text = String::new();
        for word in 0..words {
            let end = if word % 9 == 8 { ".\n" } else { " " };
            let _ = write!(text, "{}{end}", self.random.pick(WORDS));
        }
        text.trim_end().replace('\n', " ")
    }

    fn add(&mut self) {
        let number = self.next;
        self.next += 1;
        let ending = ["md", "html", "txt", "json", "md", "eml"][number % 6];
        let name = format!("archive/{}/{number}.{ending}", number % 4);
        self.write(&name, number);
        self.files.push((name, number));
    }

    fn write(&self, name: &str, number: usize) {
        let body = self.text(60);
        let tag = self.random.pick(TAGS);
        let title = format!("Number {number} {}", self.random.pick(WORDS));
        let year = 1960 + number % 40;
        let text = match name.rsplit('.').next().unwrap_or_default() {
            "html" => format!(
                "<!doctype html><title>{title}</title><article><h1>{title}</h1><p>{body}</p></article>\n"
            ),
            "txt" => format!("{title}\n\n{body}\n"),
            "json" => format!(
                "{{\"title\": \"{title}\", \"tags\": [\"{tag}\"], \"date\": \"{year}-05-01\", \"body\": \"{body}\"}}\n"
            ),
            "eml" => format!(
                "From: desk@example.org\nSubject: {title}\nDate: Mon, 6 May {year} 10:00:00 +0000\n\n{body}\n"
            ),
            _ => article(&title, &format!("{year}-05"), tag, &body),
        };
        self.sandbox.file(name, text);
    }

    fn append_records(&mut self, count: usize) {
        for _ in 0..count {
            let number = self.records.lines().count();
            let body = self.text(20);
            let _ = writeln!(
                self.records,
                "{{\"id\": \"r{number}\", \"title\": \"Record {number}\", \"body\": \"{body}\"}}"
            );
        }
        self.sandbox.file("archive/wire.jsonl", &self.records);
    }

    /// Changes, adds, copies, moves and removes files.
    pub(super) fn edit(&mut self) {
        for _ in 0..6 {
            let (name, number) = self.files[self.random.below(self.files.len())].clone();
            self.write(&name, number);
        }
        for _ in 0..4 {
            self.add();
        }
        for _ in 0..3 {
            let (name, _) = self.files.swap_remove(self.random.below(self.files.len()));
            self.sandbox.remove(&name);
        }
        for _ in 0..2 {
            let chosen = self.random.below(self.files.len());
            let name = self.files[chosen].0.replace("archive/", "archive/moved/");
            self.sandbox.rename(&self.files[chosen].0, &name);
            self.files[chosen].0 = name;
        }
        let (name, number) = self.files[self.random.below(self.files.len())].clone();
        let copy = name.replace("archive/", &format!("archive/copy{}/", self.next));
        let text = fs::read(self.sandbox.path(&name)).expect("it was written");
        self.sandbox.file(&copy, text);
        self.files.push((copy, number));
        self.append_records(5);
    }

    /// Runs another command from now on, if the program knows it.
    pub(super) fn turn_to(&mut self, command: &str) -> bool {
        let is_known = self.sandbox.run(&format!("{command} --help")).code == 0;
        if is_known {
            self.command = command.to_owned();
        }
        is_known
    }

    fn line(&self) -> String {
        format!("-i {} {}", self.index, self.command)
    }

    pub(super) fn index(&self) -> PathBuf {
        let root = self.sandbox.path("").canonicalize().expect("the sandbox is there");
        root.join(self.index)
    }

    /// Runs the program once undisturbed, and once up to each of its commits.
    pub(super) fn stage(&mut self) -> Stage {
        self.keep();
        let Ran { output, calls, acks, .. } = self.run(Fault::NONE);
        output.code(0);
        let golden = self.answers().expect("an undisturbed index answers");
        let end = self.visible().expect("an undisturbed index is read");
        let mut states = Vec::new();
        for ack in 0..=acks {
            self.restore();
            if ack > 0 {
                let ran = self.run(Fault::after_ack(ack));
                assert_eq!(ran.acks, ack, "{}", ran.output);
            }
            states.push(self.visible().expect("an acknowledged commit is read"));
        }
        assert_eq!(states.last(), Some(&end), "the last commit holds everything");
        Stage { calls, states, golden }
    }

    /// Begins a stage: the index as it is now is what [`Scene::restore`] gives back.
    pub(super) fn keep(&self) {
        let before = self.sandbox.path("before");
        let _ = fs::remove_dir_all(&before);
        copy(&self.index(), &before);
    }

    /// Puts the index back to where the stage begins.
    pub(super) fn restore(&self) {
        let _ = fs::remove_dir_all(self.index());
        copy(&self.sandbox.path("before"), &self.index());
    }

    /// Leaves the stage with the index of an undisturbed run.
    pub(super) fn finish(&self) {
        self.restore();
        self.sandbox.run(&self.line()).code(0);
    }

    /// Runs the program with a fault below it.
    pub(super) fn run(&self, fault: Fault) -> Ran {
        self.run_below(&self.index(), fault)
    }

    /// Runs the program with a fault in the calls on a folder.
    pub(super) fn run_below(&self, folder: &Path, fault: Fault) -> Ran {
        self.rig.run(&self.sandbox, &self.line(), folder, fault)
    }

    /// What the index holds after a fault is whole, and what was acknowledged is in it.
    pub(super) fn keeps(&self, stage: &Stage, acks: usize) -> Verdict {
        let visible = self.visible()?;
        ensure(stage.admits(&visible, acks), || {
            let nearest = stage.states.get(acks).map_or(&[][..], Vec::as_slice);
            format!("not the articles of commit {acks} or the next: {}", first_difference(&visible, nearest))
        })
    }

    /// After a second fault the commits are other ones: every article is of before or of after, and none is there twice.
    pub(super) fn is_whole(&self, stage: &Stage) -> Verdict {
        let known: BTreeSet<&String> = stage.states.iter().flatten().collect();
        let visible = self.visible()?;
        let foreign = visible.iter().find(|line| !known.contains(line));
        ensure(foreign.is_none(), || format!("an article of neither before nor after: {foreign:?}"))
    }

    /// The same command leads to the index of an undisturbed run, and leaves nothing behind.
    pub(super) fn resumes(&self, stage: &Stage) -> Verdict {
        self.runs_again()?;
        self.is_golden(stage)?;
        let left = leftovers(&self.sandbox, self.index);
        ensure(left.is_empty(), || format!("files that no commit knows: {left:?}"))
    }

    /// The same command, undisturbed.
    pub(super) fn runs_again(&self) -> Verdict {
        let output = self.sandbox.run(&self.line());
        ensure(output.code == 0 && output.stderr.is_empty(), || format!("the same command again: {output}"))
    }

    /// Whether the index says what that of an undisturbed run says.
    pub(super) fn is_golden(&self, stage: &Stage) -> Verdict {
        let answers = self.answers()?;
        ensure(answers == stage.golden, || {
            format!("not what an undisturbed run gives: {}", first_difference(&answers, &stage.golden))
        })
    }

    /// Every article with all that is stored of it.
    pub(super) fn visible(&self) -> Result<Vec<String>, String> {
        let folder = match Folder::open(&self.index()) {
            Err(EngineError::Absent { .. }) => return Ok(Vec::new()),
            opened => opened.map_err(|error| error.to_string())?,
        };
        let searcher = Searcher::open(&folder).map_err(|error| error.to_string())?;
        articles(&searcher)
    }

    /// Every article, and answers to queries with their facets.
    pub(super) fn answers(&self) -> Result<Vec<String>, String> {
        let mut answers = self.visible()?;
        let ask = || library::answers(&library::open(&self.sandbox, self.index), QUERIES);
        answers
            .extend(catch_unwind(AssertUnwindSafe(ask)).map_err(|_| "a query is not answered".to_owned())?);
        Ok(answers)
    }
}

pub(super) fn articles(searcher: &Searcher) -> Result<Vec<String>, String> {
    let params = SearchParams {
        words: vec![String::new()],
        collapse: Some("none".to_owned()),
        sort: Some("date".to_owned()),
        limit: Some(10_000),
        snippets: Some(0),
        ..SearchParams::default()
    };
    let checked = params.check(searcher.schema(), library::TODAY).map_err(|error| format!("{error:?}"))?;
    let response = searcher.search(&checked.request).map_err(|error| error.to_string())?;
    let mut articles = Vec::new();
    for hit in response.hits {
        let stored = searcher.article(&hit.id.to_string()).map_err(|error| error.to_string())?;
        ensure(stored.len() == 1, || format!("{} is there {} times", hit.key, stored.len()))?;
        let mut hash = DefaultHasher::new();
        format!("{stored:?}").hash(&mut hash);
        let date = hit.published.map(|published| published.date.to_string());
        articles
            .push(format!("{:?}", (hit.key, hit.title.text, hit.tags, date, hit.place.path, hash.finish())));
    }
    articles.sort();
    Ok(articles)
}

fn first_difference(found: &[String], expected: &[String]) -> String {
    let at = found.iter().zip(expected).take_while(|(a, b)| a == b).count();
    format!(
        "{} lines instead of {}, from line {at}: {:?} instead of {:?}",
        found.len(),
        expected.len(),
        found.get(at),
        expected.get(at)
    )
}

/// Copies a folder with all that is in it, if it is there.
pub(super) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().flatten() {
        let target = to.join(entry.path().strip_prefix(from).expect("it lies below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).expect("folders can be made");
        } else {
            fs::copy(entry.path(), &target).expect("files can be copied");
        }
    }
}
