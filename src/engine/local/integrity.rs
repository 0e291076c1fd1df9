//! Whether an index still is what was committed: before it is read or written to, and byte for byte for `verify`.
//!
//! No part of tantivy looks at a checksum when it reads, so nothing of an index is handed to it before its files are
//! known to be those of the commit: their lengths each time, their bytes unless they fit a mark ([`super::marks`]).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Instant, SystemTime};

use xxhash_rust::xxh3::xxh3_64;

use crate::engine::manifest::FORMAT;
use crate::engine::{EngineError, Families, Manifest};
use crate::search::verification::{Finding, Kind, Verification};

use super::commit::{Commit, META, Seals, is_of_segment};
use super::directory::{LOCKS, TEMPORARY};
use super::files;
use super::folder::{
    DESCRIPTION, FAMILIES, Folder, LOCK, MANIFEST, SEGMENTS, UNFINISHED, damaged, generation, is_absent,
    is_refused,
};
use super::marks::{MARKS, Mark, Marks, State};
use super::saved;
use super::seal::Seal;

/// Less than this is read faster than threads are started.
const LEAST_SHARED: u64 = 8 << 20;

/// A file that must be read to know it.
struct Unknown<'a> {
    name: &'a str,
    mark: Mark,
}

/// Makes sure that the files of a commit are what was committed, and remembers it.
pub(super) fn check(index: &Path, commit: &Commit) -> Result<(), Vec<Finding>> {
    let mut marks = Marks::read(index);
    let (mut findings, mut unknown) = compare_states(index, &commit.seals);
    unknown.retain(|file| !marks.has(file.name, file.mark));
    // A length that does not fit is answer enough.
    if findings.is_empty() {
        findings = compare_bytes(index, &unknown);
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let now = SystemTime::now();
    unknown.retain(|file| file.mark.state.is_settled(now));
    if !unknown.is_empty() {
        marks.0.retain(|name, _| commit.seals.contains_key(name));
        marks.0.extend(unknown.into_iter().map(|file| (file.name.to_owned(), file.mark)));
        marks.write(index);
    }
    Ok(())
}

/// Reads every file of a commit, whatever its mark says. Marks of files that have changed are taken away.
pub(super) fn check_bytes(index: &Path, seals: &Seals) -> Vec<Finding> {
    let (mut findings, unknown) = compare_states(index, seals);
    findings.extend(compare_bytes(index, &unknown));
    let mut marks = Marks::read(index);
    let marked = marks.0.len();
    let is_found = |name: &str| findings.iter().any(|finding| finding.file == below_segments(name));
    marks.0.retain(|name, _| !is_found(name));
    if marks.0.len() < marked {
        marks.write(index);
    }
    findings
}

/// Marks the files that this process has written itself: their seals are those of the bytes that it wrote.
pub(super) fn mark_written(index: &Path, commit: &Commit, written: &Seals) {
    let mut marks = Marks::read(index);
    marks.0.retain(|name, _| commit.seals.contains_key(name));
    for (name, seal) in commit.seals.iter().filter(|(name, seal)| written.get(*name) == Some(seal)) {
        if let Ok(state) = State::of(&index.join(SEGMENTS).join(name)) {
            marks.0.insert(name.clone(), Mark { seal: *seal, state });
        }
    }
    marks.write(index);
}

/// What is damaged in an index in which something went wrong; `None` when that had another reason.
pub(super) fn damage(index: &Path) -> Option<EngineError> {
    match Commit::read(index) {
        Ok(commit) => refusal(index, &check_bytes(index, &commit.seals)).or_else(|| {
            let families = Folder::open(index).and_then(|folder| folder.families());
            families.err()
        }),
        Err(error) => Some(error),
    }
}

/// The error that names what was found.
pub(super) fn refusal(index: &Path, findings: &[Finding]) -> Option<EngineError> {
    let refused = findings.iter().find_map(|finding| match &finding.kind {
        Kind::Refused(cause) => Some((index.join(&finding.file), cause.clone())),
        _ => None,
    });
    if let Some((path, cause)) = refused {
        return Some(EngineError::Refused { path, cause });
    }
    let first = findings.iter().min()?;
    let more = match findings.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(damaged(index, format!("{first}{more}")))
}

fn below_segments(name: &str) -> String {
    format!("{SEGMENTS}/{name}")
}

fn finding(file: impl Into<String>, kind: Kind) -> Finding {
    Finding { file: file.into(), kind }
}

/// Files that are not there or have another length, and those of which only the bytes can tell.
fn compare_states<'a>(index: &Path, seals: &'a Seals) -> (Vec<Finding>, Vec<Unknown<'a>>) {
    let segments = index.join(SEGMENTS);
    let (mut findings, mut unknown) = (Vec::new(), Vec::new());
    for (name, seal) in seals {
        match State::of(&segments.join(name)) {
            Ok(state) if state.bytes == seal.bytes => {
                unknown.push(Unknown { name, mark: Mark { seal: *seal, state } });
            }
            Ok(state) => {
                let kind = Kind::Length { committed: seal.bytes, found: state.bytes };
                findings.push(finding(below_segments(name), kind));
            }
            Err(error) => findings.push(finding(below_segments(name), unread(&error))),
        }
    }
    (findings, unknown)
}

fn unread(error: &std::io::Error) -> Kind {
    match error {
        error if is_absent(error) => Kind::Missing,
        error if is_refused(error) => Kind::Refused(error.to_string()),
        error => Kind::Unreadable(error.to_string()),
    }
}

/// Reads files, the largest first, on all cores when there is much to read.
fn compare_bytes(index: &Path, unknown: &[Unknown<'_>]) -> Vec<Finding> {
    let segments = index.join(SEGMENTS);
    let mut order: Vec<&Unknown<'_>> = unknown.iter().collect();
    order.sort_by_key(|file| std::cmp::Reverse(file.mark.state.bytes));
    let next = AtomicUsize::new(0);
    let work = || {
        let files = std::iter::from_fn(|| order.get(next.fetch_add(1, Ordering::Relaxed)));
        files.filter_map(|file| compare(&segments, file)).collect::<Vec<_>>()
    };
    let bytes: u64 = unknown.iter().map(|file| file.mark.state.bytes).sum();
    let threads =
        if bytes < LEAST_SHARED { 1 } else { thread::available_parallelism().map_or(1, usize::from) };
    let mut findings = thread::scope(|scope| {
        // A machine that refuses a thread has one less to read with.
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        let helpers: Vec<_> = (1..threads.min(order.len())).filter_map(spawn).collect();
        let mut findings = work();
        for helper in helpers {
            findings.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        findings
    });
    findings.sort();
    findings
}

fn compare(segments: &Path, file: &Unknown<'_>) -> Option<Finding> {
    let kind = match Seal::of(&segments.join(file.name)) {
        Ok(seal) if seal == file.mark.seal => return None,
        Ok(seal) if seal.bytes != file.mark.seal.bytes => {
            Kind::Length { committed: file.mark.seal.bytes, found: seal.bytes }
        }
        Ok(_) => Kind::Changed,
        Err(error) => unread(&error),
    };
    Some(finding(below_segments(file.name), kind))
}

/// How often an index is looked at as a whole while somebody commits to it all the time.
const LOOKS: usize = 20;

impl Folder {
    /// Whether there is a folder, not a link to one, that holds nothing or only what an index is made of.
    pub fn holds_only_an_index(path: &Path) -> bool {
        std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
            && holds_only(path, |name| stranger(name, None))
            && holds_only(&path.join(SEGMENTS), |name| stranger_among_segments(name, None))
    }

    /// Compares every byte of an index with what was committed, and looks for files that are missing or none of an
    /// index. Whatever is found is in the answer; an error is that there is no index, or one of another format.
    pub fn verify(path: &Path) -> Result<Verification, EngineError> {
        let begin = Instant::now();
        let mut tries = 0;
        loop {
            tries += 1;
            let before = files::read(&path.join(SEGMENTS).join(META)).ok();
            let mut audit = Audit { index: path.to_owned(), verified: Verification::default() };
            audit.run()?;
            // An ingest that has committed meanwhile has taken files away.
            let is_same = before == files::read(&path.join(SEGMENTS).join(META)).ok();
            if is_same || audit.verified.findings.is_empty() || tries == LOOKS {
                let mut verified = audit.verified;
                verified.findings.sort();
                verified.seconds = begin.elapsed().as_secs_f64();
                return Ok(verified);
            }
        }
    }

    /// The damage among the findings of [`Folder::verify`], as an error.
    pub fn refusal(path: &Path, verified: &Verification) -> Option<EngineError> {
        let damage: Vec<Finding> =
            verified.findings.iter().filter(|finding| finding.kind.is_damage()).cloned().collect();
        refusal(path, &damage)
    }

    /// What is damaged in an index in which something went wrong; `None` when that had another reason.
    pub fn damage(path: &Path) -> Option<EngineError> {
        match Folder::open(path) {
            Ok(_) => damage(path),
            Err(error @ EngineError::Damaged { .. }) => Some(error),
            // There is none, or none that this program reads.
            Err(_) => None,
        }
    }
}

/// One pass over an index folder.
struct Audit {
    index: PathBuf,
    verified: Verification,
}

impl Audit {
    fn run(&mut self) -> Result<(), EngineError> {
        let folder = self.description()?;
        let commit = self.commit();
        if let Some(commit) = &commit {
            self.segments(commit);
            self.manifest(commit);
            self.families(commit);
        }
        self.kept(folder.as_ref());
        self.marks();
        self.strangers(commit.as_ref());
        Ok(())
    }

    fn found(&mut self, file: impl Into<String>, kind: Kind) {
        self.verified.findings.push(finding(file, kind));
    }

    /// Reads a file in the index folder; what cannot be read is found.
    fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        match files::read(&self.index.join(name)) {
            Ok(bytes) => {
                self.verified.files += 1;
                self.verified.bytes += bytes.len() as u64;
                Some(bytes)
            }
            Err(error) => {
                self.found(name, unread(&error));
                None
            }
        }
    }

    fn description(&mut self) -> Result<Option<Folder>, EngineError> {
        match Folder::open(&self.index) {
            Ok(folder) => {
                self.read(DESCRIPTION);
                Ok(Some(folder))
            }
            Err(EngineError::Damaged { .. }) => {
                if self.read(DESCRIPTION).is_some() {
                    self.found(DESCRIPTION, Kind::Changed);
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn commit(&mut self) -> Option<Commit> {
        let name = below_segments(META);
        self.read(&name)?;
        let commit = Commit::read(&self.index).ok();
        match &commit {
            Some(commit) => self.verified.articles = commit.articles,
            None => self.found(name, Kind::Changed),
        }
        commit
    }

    fn segments(&mut self, commit: &Commit) {
        self.verified.files += commit.seals.len() as u64;
        self.verified.bytes += commit.seals.values().map(|seal| seal.bytes).sum::<u64>();
        self.verified.findings.extend(check_bytes(&self.index, &commit.seals));
    }

    fn manifest(&mut self, commit: &Commit) {
        let Some(payload) = &commit.payload else { return };
        let Some(bytes) = self.read(&payload.manifest) else { return };
        if xxh3_64(&bytes) != payload.checksum || Manifest::decode(&bytes, FORMAT).is_none() {
            self.found(&payload.manifest, Kind::Changed);
        }
    }

    /// An ingest that was stopped at its end leaves an index without them.
    fn families(&mut self, commit: &Commit) {
        let Some(number) = commit.generation() else { return };
        let name = format!("{FAMILIES}{number}");
        if !self.index.join(&name).exists() {
            self.found(name, Kind::Remade);
        } else if self.read(&name).is_some_and(|bytes| Families::decode(&bytes).is_none()) {
            self.found(name, Kind::Changed);
        }
    }

    fn kept(&mut self, folder: Option<&Folder>) {
        for name in self.names(Path::new(saved::KEPT)) {
            let file = format!("{}/{name}", saved::KEPT);
            match saved::kind(&name) {
                Some(saved::File::Queries) => {
                    if self.read(&file).is_some() && folder.is_some_and(|folder| folder.saved().is_err()) {
                        self.found(file, Kind::Changed);
                    }
                }
                Some(saved::File::Shown) => {
                    if self.read(&file).is_some_and(|bytes| saved::decode(&bytes).is_none()) {
                        self.found(file, Kind::Changed);
                    }
                }
                Some(saved::File::Lock) => {}
                Some(saved::File::Unfinished) => self.found(file, Kind::Leftover),
                None => self.found(file, Kind::Foreign),
            }
        }
    }

    fn marks(&mut self) {
        let bytes = files::read(&self.index.join(MARKS));
        if bytes.is_ok_and(|bytes| Marks::decode(&bytes).is_none()) {
            self.found(MARKS, Kind::Remade);
        }
    }

    /// Files that the commit does not name.
    fn strangers(&mut self, commit: Option<&Commit>) {
        for name in self.names(Path::new("")) {
            if let Some(kind) = stranger(&name, commit) {
                self.found(name, kind);
            }
        }
        for name in self.names(Path::new(SEGMENTS)) {
            if let Some(kind) = stranger_among_segments(&name, commit) {
                self.found(below_segments(&name), kind);
            }
        }
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(self.index.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

/// Whether a folder is absent or has nothing foreign in it.
fn holds_only(folder: &Path, kind: impl Fn(&str) -> Option<Kind>) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.all(|entry| {
            entry.is_ok_and(|entry| kind(&entry.file_name().to_string_lossy()) != Some(Kind::Foreign))
        }),
        Err(error) => is_absent(&error),
    }
}

/// What a file is that lies in the index folder, if the commit does not name it.
fn stranger(name: &str, commit: Option<&Commit>) -> Option<Kind> {
    const OURS: &[&str] = &[DESCRIPTION, LOCK, SEGMENTS, MARKS, saved::KEPT, saved::SYNONYMS];
    let committed = commit.and_then(Commit::generation);
    let is_current = |beginning| {
        let number = generation(name, beginning);
        number.is_some() && (commit.is_none() || number == committed)
    };
    if OURS.contains(&name) || is_current(MANIFEST) || is_current(FAMILIES) {
        return None;
    }
    let is_unfinished = Path::new(name).extension().is_some_and(|ending| ending == UNFINISHED);
    let is_old = generation(name, MANIFEST).or_else(|| generation(name, FAMILIES)).is_some();
    Some(if is_unfinished || is_old { Kind::Leftover } else { Kind::Foreign })
}

/// The same for the folder of the segments.
fn stranger_among_segments(name: &str, commit: Option<&Commit>) -> Option<Kind> {
    // Without a commit nobody can tell which segments belong to it.
    let is_committed = commit.map_or(is_of_segment(name), |commit| commit.seals.contains_key(name));
    if name == META || LOCKS.contains(&name) || is_committed {
        return None;
    }
    Some(if is_of_segment(name) || name.starts_with(TEMPORARY) { Kind::Leftover } else { Kind::Foreign })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// A folder with two files, and a commit of them.
    fn index() -> (TempDir, Commit) {
        let folder = tempfile::tempdir().unwrap();
        let segments = folder.path().join(SEGMENTS);
        fs::create_dir(&segments).unwrap();
        let seals = ["a.idx", "a.pos"].map(|name| {
            let path = segments.join(name);
            fs::write(&path, name).unwrap();
            // So long ago that a change shows.
            let old = SystemTime::UNIX_EPOCH;
            fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
            (name.to_owned(), Seal::of(&path).unwrap())
        });
        let commit = Commit { payload: None, seals: seals.into(), articles: 0, text: Vec::new() };
        (folder, commit)
    }

    fn kinds(checked: Result<(), Vec<Finding>>) -> Vec<Kind> {
        checked.err().unwrap_or_default().into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn what_is_not_as_committed_is_found() {
        let (folder, commit) = index();
        let path = folder.path().join(SEGMENTS).join("a.pos");
        assert_eq!(check(folder.path(), &commit), Ok(()));
        type Damage = fn(&Path);
        let damages: [(Damage, Kind); 4] = [
            (|it| fs::write(it, "a.poz").unwrap(), Kind::Changed),
            (|it| fs::write(it, "a.po").unwrap(), Kind::Length { committed: 5, found: 4 }),
            (|it| fs::remove_file(it).unwrap(), Kind::Missing),
            (|it| fs::create_dir(it).unwrap(), Kind::Unreadable("it is no file".to_owned())),
        ];
        for (damage, kind) in damages {
            damage(&path);
            assert_eq!(kinds(check(folder.path(), &commit)), std::slice::from_ref(&kind));
            assert_eq!(kinds(Err(check_bytes(folder.path(), &commit.seals))), [kind]);
        }
        assert!(!folder.path().join(MARKS).exists(), "nothing is remembered of a damaged index");
    }

    /// As if the disk had changed a byte in silence: the mark fits, the bytes do not.
    #[test]
    fn a_mark_is_believed_until_all_bytes_are_read() {
        let (folder, commit) = index();
        fs::write(folder.path().join(SEGMENTS).join("a.pos"), "a.poz").unwrap();
        mark_written(folder.path(), &commit, &commit.seals);
        assert_eq!(check(folder.path(), &commit), Ok(()));
        assert_eq!(kinds(Err(check_bytes(folder.path(), &commit.seals))), [Kind::Changed]);
        assert_eq!(kinds(check(folder.path(), &commit)), [Kind::Changed], "it is not believed again");
    }

    #[test]
    fn only_what_this_process_wrote_is_marked_unread() {
        let (folder, commit) = index();
        let mut written = commit.seals.clone();
        written.remove("a.idx");
        mark_written(folder.path(), &commit, &written);
        let marks = Marks::read(folder.path());
        assert_eq!(marks.0.keys().collect::<Vec<_>>(), ["a.pos"]);
    }

    #[test]
    fn a_fresh_file_is_read_each_time() {
        let (folder, commit) = index();
        check(folder.path(), &commit).unwrap();
        let marked = Marks::read(folder.path()).0.len();
        assert_eq!(marked, if cfg!(unix) { 0 } else { 2 }, "the time of change is now");
    }

    #[test]
    fn a_refusal_names_the_first_file_and_counts_the_others() {
        let findings = [finding("tantivy/b.idx", Kind::Changed), finding("tantivy/a.idx", Kind::Missing)];
        let text = refusal(Path::new("index"), &findings).unwrap().to_string();
        assert_eq!(text, "the index in index is damaged: tantivy/a.idx is missing (and 1 more)");
        assert!(refusal(Path::new("index"), &[]).is_none());
    }

    #[test]
    fn strangers_are_told_from_leftovers() {
        let (_folder, commit) = index();
        for (name, kind) in [
            (DESCRIPTION, None),
            ("synonyms.txt", None),
            ("manifest-3", Some(Kind::Leftover)),
            ("manifest-3.new", Some(Kind::Leftover)),
            ("manifest-x", Some(Kind::Foreign)),
            ("notes.txt", Some(Kind::Foreign)),
        ] {
            assert_eq!(stranger(name, Some(&commit)), kind, "{name}");
        }
        for (name, kind) in [
            (META, None),
            ("a.idx", None),
            ("b.idx", Some(Kind::Leftover)),
            (".tmp-meta.json", Some(Kind::Leftover)),
            (".managed.json", Some(Kind::Foreign)),
        ] {
            assert_eq!(stranger_among_segments(name, Some(&commit)), kind, "{name}");
        }
        assert_eq!(stranger_among_segments("b.idx", None), None);
    }
}
