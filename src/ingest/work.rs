//! What the threads do: pull the next file or block, read it, complete its articles, build segments.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::analysis::language::{Detector, Language};
use crate::article::{Article, ArticleId};
use crate::diagnostic::{Diagnostic, Omission, Severity};
use crate::engine::EngineError;
use crate::engine::local::{Builders, FinishedSegment, SegmentBuilder};
use crate::reader::{ReadOptions, Spot};

use super::Progress;
use super::furniture::{KeptApart, LineName};
use super::isolate;
use super::plan::Why;
use super::reading::{MapUse, Reading, place, skip};
use super::survey::Lessons;
use super::unpack::{Bytes, Content, Part, Unpacked, hash_file, unpack};
use super::walk::{Found, stamp};

/// A file to be read, with all that is needed for it.
#[derive(Debug)]
pub(super) struct Task {
    /// The number that its articles will carry.
    pub(super) number: u64,
    /// The archive it belongs to.
    pub(super) source: usize,
    pub(super) found: Found,
    pub(super) why: Why,
    /// Size and hash at the last reading.
    pub(super) known: Option<(u64, u128)>,
    /// The path that identities are made of.
    pub(super) identity: String,
}

/// How the files of one archive are read.
pub(super) struct SourceRules {
    /// What readers of risky formats are run in.
    pub(super) program: Option<std::path::PathBuf>,
    pub(super) name: String,
    pub(super) options: ReadOptions,
    pub(super) format: Option<String>,
    pub(super) language: Option<Language>,
    pub(super) date_from_mtime: bool,
    /// What the archive taught.
    pub(super) lessons: Lessons,
    /// Tells languages, with what the archive leads to expect.
    pub(super) detector: Detector,
}

/// The files and parts of files that are still to be done; threads pull from it.
pub(super) struct Queue {
    state: Mutex<QueueState>,
    /// Told whenever a part was offered or a file has been unpacked.
    changed: Condvar,
    /// So many parts may wait.
    most_parts: usize,
    stop: Arc<AtomicBool>,
}

struct QueueState {
    tasks: VecDeque<Arc<Task>>,
    /// Parts of large files, for whoever is free.
    parts: VecDeque<(Arc<Task>, Part)>,
    /// Files that a thread is just unpacking: each may give parts for others.
    unpacking: usize,
}

/// A file that a thread is unpacking; the other threads wait for parts of it before they go home.
struct Unpacking<'a> {
    queue: &'a Queue,
}

impl Unpacking<'_> {
    /// Leaves a part to the other threads; gives it back when enough are waiting.
    fn offer(&self, task: &Arc<Task>, part: Part) -> Option<Part> {
        let mut state = self.queue.lock();
        if state.parts.len() >= self.queue.most_parts {
            return Some(part);
        }
        state.parts.push_back((Arc::clone(task), part));
        self.queue.changed.notify_one();
        None
    }
}

impl Drop for Unpacking<'_> {
    fn drop(&mut self) {
        self.queue.lock().unpacking -= 1;
        self.queue.changed.notify_all();
    }
}

enum Work<'a> {
    File(Arc<Task>, Unpacking<'a>),
    Part(Arc<Task>, Part),
}

impl Queue {
    pub(super) fn new(tasks: Vec<Task>, threads: usize, stop: Arc<AtomicBool>) -> Queue {
        let tasks = tasks.into_iter().map(Arc::new).collect();
        let state = QueueState { tasks, parts: VecDeque::new(), unpacking: 0 };
        Queue { state: Mutex::new(state), changed: Condvar::new(), most_parts: threads, stop }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn next(&self) -> Option<Work<'_>> {
        let mut state = self.lock();
        loop {
            if self.is_stopped() {
                return None;
            }
            if let Some((task, part)) = state.parts.pop_front() {
                return Some(Work::Part(task, part));
            }
            if let Some(task) = state.tasks.pop_front() {
                state.unpacking += 1;
                return Some(Work::File(task, Unpacking { queue: self }));
            }
            if state.unpacking == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// What became of a file, or of a part of it.
#[derive(Debug)]
pub(super) struct PartResult {
    pub(super) task: Arc<Task>,
    pub(super) outcome: Outcome,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What was left out by rule.
    pub(super) left_out: Vec<Omission>,
    /// How many articles lost each line of learned furniture.
    pub(super) furniture: BTreeMap<LineName, u64>,
    /// What became of the user's map.
    pub(super) map_use: MapUse,
    /// What the reader kept apart.
    pub(super) kept_apart: KeptApart,
    /// Its articles.
    pub(super) articles: Vec<Identity>,
    pub(super) bytes: u64,
}

/// An article by its identity, and where it lies. There is one of each article of an ingest, so it is small.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) id: ArticleId,
    /// The number of its file.
    pub(super) file: u64,
    pub(super) member: Option<Box<str>>,
    pub(super) record: Option<u64>,
}

impl Identity {
    fn of(article: &Article, file: u64) -> Identity {
        let member = article.place.member.as_deref().map(Box::from);
        Identity { id: article.id(), file, member, record: article.place.record }
    }
}

impl PartResult {
    fn without_articles(task: Arc<Task>, outcome: Outcome, diagnostics: Vec<Diagnostic>) -> PartResult {
        PartResult {
            task,
            outcome,
            diagnostics,
            left_out: Vec::new(),
            furniture: BTreeMap::new(),
            map_use: MapUse::default(),
            kept_apart: KeptApart::default(),
            articles: Vec::new(),
            bytes: 0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// One of its parts was read.
    Part,
    /// It has so many parts, and all of them were handed out.
    End { parts: u64, hash: u128, changed_meanwhile: bool },
    /// Its bytes are those that were read the last time.
    SameBytes,
    /// It is no article.
    Ignored,
    /// It cannot be read.
    Failed,
}

/// What a thread hands to the owner of the index: a segment and the parts whose articles are all in segments now.
pub(super) struct Batch {
    pub(super) segment: Option<FinishedSegment>,
    pub(super) parts: Vec<PartResult>,
    /// Numbers of the files that have articles in the segment.
    pub(super) numbers: Vec<u64>,
}

/// One reading thread.
pub(super) struct Worker<'a> {
    pub(super) queue: &'a Queue,
    pub(super) rules: &'a [SourceRules],
    /// `None` when nothing is to be written.
    pub(super) builders: Option<Builders>,
    /// Memory for one segment, in bytes.
    pub(super) budget: usize,
    /// Text that may wait for its segment, in bytes.
    pub(super) most_waiting: u64,
    pub(super) send: SyncSender<Result<Batch, EngineError>>,
    pub(super) progress: &'a Progress,
    /// The parts whose results wait for their segment.
    pub(super) waiting: Vec<PartResult>,
    /// Bytes of text in them.
    pub(super) waiting_bytes: u64,
    pub(super) numbers: Vec<u64>,
    pub(super) builder: Option<SegmentBuilder>,
}

/// Text that may wait for its segment before it is written all the same, so that commits are not too far apart.
pub(super) const MOST_WAITING_BYTES: u64 = 256 << 20;

/// A segment is written so many bytes of memory before it is full, when a file or a part has just ended.
const EARLY: usize = 8 << 20;

impl Worker<'_> {
    /// Works until nothing is left or it is told to stop. Hands an error to the owner and ends.
    pub(super) fn run(mut self) {
        let broken = |_| Err(EngineError::Broken("a reading thread broke down; please report it".to_owned()));
        let done = catch_unwind(AssertUnwindSafe(|| self.work())).unwrap_or_else(broken);
        if let Err(error) = done {
            // The owner has gone when nobody listens; then its own error is the one that counts.
            let _ = self.send.send(Err(error));
        }
    }

    fn work(&mut self) -> Result<(), EngineError> {
        while let Some(work) = self.queue.next() {
            match work {
                Work::File(task, unpacking) => self.file(task, unpacking)?,
                Work::Part(task, part) => self.part(task, part)?,
            }
            self.flush_if_full()?;
        }
        self.flush()
    }

    fn file(&mut self, task: Arc<Task>, unpacking: Unpacking<'_>) -> Result<(), EngineError> {
        if self.is_known(&task) {
            drop(unpacking);
            self.close(task, Outcome::SameBytes, Vec::new());
            return Ok(());
        }
        let format = self.rules[task.source].format.as_deref();
        let mut spread =
            Spread { worker: self, unpacking, last: None, parts: 0, failure: None, stopped: false };
        let (path, name) = (&task.found.path, &task.found.name);
        // A decompressor that panics loses its file, not the run.
        let unpacked = catch_unwind(AssertUnwindSafe(|| {
            unpack(path, name, format, &mut |part| spread.take(&task, part))
        }))
        .unwrap_or_else(|_| Err(isolate::panicked("unpacking broke down on it".to_owned())));
        let Some(parts) = spread.finish(&task)? else { return Ok(()) };
        match unpacked {
            Ok(Unpacked { recognised: false, .. }) => self.close(task, Outcome::Ignored, Vec::new()),
            Ok(Unpacked { hash, .. }) => {
                let now = std::fs::metadata(&task.found.path);
                let changed_meanwhile = !now.is_ok_and(|data| stamp(&data) == task.found.stamp);
                self.close(task, Outcome::End { parts, hash, changed_meanwhile }, Vec::new());
            }
            Err(fault) => {
                let diagnostic = skip(place(&task, None, &Spot::WHOLE), fault);
                self.close(task, Outcome::Failed, vec![diagnostic]);
            }
        }
        Ok(())
    }

    fn part(&mut self, task: Arc<Task>, part: Part) -> Result<(), EngineError> {
        match part.content {
            Content::Bytes(bytes) => self.read(task, part.member.as_deref(), &bytes),
            Content::Fault(record, fault) => {
                let spot = Spot { record, ..Spot::WHOLE };
                let place = place(&task, part.member.as_deref(), &spot);
                let result = PartResult::without_articles(task, Outcome::Part, vec![skip(place, fault)]);
                self.finish_part(result);
                Ok(())
            }
            Content::LeftOut(record, what) => {
                let place = place(&task, part.member.as_deref(), &Spot::record(record));
                let mut result = PartResult::without_articles(task, Outcome::Part, Vec::new());
                result.left_out.push(Omission { place, what });
                self.finish_part(result);
                Ok(())
            }
        }
    }

    /// Ends a file that gave nothing to index.
    fn close(&mut self, task: Arc<Task>, outcome: Outcome, diagnostics: Vec<Diagnostic>) {
        self.progress.files.fetch_add(1, Ordering::Relaxed);
        self.finish_part(PartResult::without_articles(task, outcome, diagnostics));
    }

    /// Whether a suspect file has the bytes it had.
    fn is_known(&self, task: &Task) -> bool {
        match (task.why, task.known) {
            (Why::Suspect, Some((size, hash))) if size == task.found.stamp.size => {
                hash_file(&task.found.path).is_ok_and(|now| now == hash)
            }
            _ => false,
        }
    }

    fn read(&mut self, task: Arc<Task>, member: Option<&str>, bytes: &Bytes) -> Result<(), EngineError> {
        let rules = &self.rules[task.source];
        let mut read = Reading::new(&task, member, rules);
        let mut articles = Vec::new();
        for item in read.items(bytes) {
            if let Some(article) = read.article(item) {
                articles.push(Identity::of(&article, task.number));
                self.add(&article, task.number)?;
            }
        }
        let Reading { diagnostics, left_out, furniture, map_use, kept_apart, .. } = read;
        let length = bytes.bytes.len() as u64;
        self.progress.bytes.fetch_add(length, Ordering::Relaxed);
        self.progress.articles.fetch_add(articles.len() as u64, Ordering::Relaxed);
        let outcome = Outcome::Part;
        self.finish_part(PartResult {
            task,
            outcome,
            diagnostics,
            left_out,
            furniture,
            map_use,
            kept_apart,
            articles,
            bytes: length,
        });
        Ok(())
    }

    fn add(&mut self, article: &Article, number: u64) -> Result<(), EngineError> {
        let Some(builders) = &self.builders else { return Ok(()) };
        let mut builder = self.builder.take().unwrap_or_else(|| builders.builder());
        builder.add(article, number)?;
        if self.numbers.last() != Some(&number) {
            self.numbers.push(number);
        }
        let is_full = builder.bytes() > self.budget;
        self.builder = Some(builder);
        if is_full { self.flush() } else { Ok(()) }
    }

    fn finish_part(&mut self, result: PartResult) {
        let skips = result.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Skip);
        self.progress.skipped.fetch_add(skips.count() as u64, Ordering::Relaxed);
        self.waiting_bytes += result.bytes;
        self.waiting.push(result);
    }

    /// Between two files or parts, and a little early: so a small file lies as a whole in one segment, and a commit
    /// need not wait for the rest of it.
    fn flush_if_full(&mut self) -> Result<(), EngineError> {
        let early = EARLY.min(self.budget / 8);
        let is_nearly_full =
            self.builder.as_ref().is_some_and(|builder| builder.bytes() > self.budget - early);
        if is_nearly_full || self.waiting_bytes > self.most_waiting { self.flush() } else { Ok(()) }
    }

    /// Writes the segment and reports the parts that are complete with it.
    fn flush(&mut self) -> Result<(), EngineError> {
        let segment = match self.builder.take() {
            Some(builder) => builder.finish()?,
            None => None,
        };
        let parts = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        let numbers = std::mem::take(&mut self.numbers);
        // Nobody listens when the owner has given up; then this work is not wanted either.
        let _ = self.send.send(Ok(Batch { segment, parts, numbers }));
        Ok(())
    }
}

/// Spreads the parts of a file over the threads: all but the last are offered to others, so that a small file of one
/// part stays with its thread.
struct Spread<'w, 'a> {
    worker: &'w mut Worker<'a>,
    unpacking: Unpacking<'w>,
    last: Option<Part>,
    parts: u64,
    failure: Option<EngineError>,
    stopped: bool,
}

impl Spread<'_, '_> {
    fn take(&mut self, task: &Arc<Task>, part: Part) -> ControlFlow<()> {
        self.parts += 1;
        if let Some(earlier) = self.last.replace(part)
            && let Some(refused) = self.unpacking.offer(task, earlier)
        {
            let read = self.worker.part(Arc::clone(task), refused);
            self.failure = read.and_then(|()| self.worker.flush_if_full()).err();
        }
        self.stopped = self.failure.is_some() || self.worker.queue.is_stopped();
        if self.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Reads the last part. Gives the number of all parts, or nothing when it was told to stop before the end.
    fn finish(mut self, task: &Arc<Task>) -> Result<Option<u64>, EngineError> {
        drop(self.unpacking);
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if let Some(last) = self.last.take() {
            self.worker.part(Arc::clone(task), last)?;
        }
        Ok((!self.stopped).then_some(self.parts))
    }
}

/// Counts that everybody may look at while the work goes on.
pub(super) fn counters() -> Progress {
    Progress {
        files: AtomicU64::new(0),
        files_total: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        bytes_total: AtomicU64::new(0),
        articles: AtomicU64::new(0),
        skipped: AtomicU64::new(0),
        acknowledged: None,
    }
}
