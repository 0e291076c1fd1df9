//! What the threads do: pull the next file or block, read it, complete its articles, build segments.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::article::{Article, ArticleId, Place};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::EngineError;
use crate::engine::local::{Builders, FinishedSegment, SegmentBuilder};
use crate::reader::{Fault, Input, Item, ReadOptions, Reader};
use crate::text::calendar::{DateSpan, Day, Time};

use super::Progress;
use super::complete::{Completion, Provenance};
use super::isolate;
use super::open::{Block, Blocks, Opened, hash_file, open};
use super::plan::Why;
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
    pub(super) language: Option<crate::analysis::language::Language>,
    pub(super) date_from_mtime: bool,
}

/// The files and blocks that are still to be done; threads pull from it.
pub(super) struct Queue {
    state: Mutex<QueueState>,
    /// Told whenever a file has been opened.
    opened: Condvar,
    stop: Arc<AtomicBool>,
}

struct QueueState {
    tasks: VecDeque<Arc<Task>>,
    /// Large files being cut; the first one is worked on by all threads.
    streams: VecDeque<Streaming>,
    /// Files that a thread is just opening: each may turn out to be a large one.
    opening: usize,
}

/// A file that a thread is opening; the other threads wait for what it turns out to be before they go home.
struct Opening<'a> {
    queue: &'a Queue,
}

impl Opening<'_> {
    /// It is a large file, for all threads.
    fn share(self, task: Arc<Task>, blocks: Blocks) {
        self.queue.lock().streams.push_back(Streaming { task, blocks, parts: 0 });
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.queue.lock().opening -= 1;
        self.queue.opened.notify_all();
    }
}

struct Streaming {
    task: Arc<Task>,
    blocks: Blocks,
    parts: u64,
}

enum Work<'a> {
    File(Arc<Task>, Opening<'a>),
    Block {
        task: Arc<Task>,
        reader: &'static dyn Reader,
        block: Block,
    },
    /// A record or the rest of a file that cannot be read.
    Fault {
        task: Arc<Task>,
        record: Option<u64>,
        fault: Fault,
    },
    /// The last block of a file was handed out.
    End {
        task: Arc<Task>,
        parts: u64,
        hash: Result<u128, Fault>,
    },
}

impl Queue {
    pub(super) fn new(tasks: Vec<Task>, stop: Arc<AtomicBool>) -> Queue {
        let tasks = tasks.into_iter().map(Arc::new).collect();
        let state = QueueState { tasks, streams: VecDeque::new(), opening: 0 };
        Queue { state: Mutex::new(state), opened: Condvar::new(), stop }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Work<'_>> {
        let mut state = self.lock();
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            if let Some(streaming) = state.streams.front_mut() {
                let work = streaming.next();
                if matches!(work, Work::End { .. }) {
                    state.streams.pop_front();
                }
                return Some(work);
            }
            if let Some(task) = state.tasks.pop_front() {
                state.opening += 1;
                return Some(Work::File(task, Opening { queue: self }));
            }
            if state.opening == 0 {
                return None;
            }
            state = self.opened.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Streaming {
    fn next(&mut self) -> Work<'static> {
        let task = Arc::clone(&self.task);
        match self.blocks.next() {
            None => Work::End { task, parts: self.parts, hash: self.blocks.hash() },
            Some(block) => {
                self.parts += 1;
                match block {
                    Ok(block) => Work::Block { task, reader: self.blocks.reader, block },
                    Err((record, fault)) => Work::Fault { task, record, fault },
                }
            }
        }
    }
}

/// What became of a file, or of a part of it.
#[derive(Debug)]
pub(super) struct PartResult {
    pub(super) task: Arc<Task>,
    pub(super) outcome: Outcome,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Identities of its articles, with where they lie.
    pub(super) articles: Vec<(ArticleId, Place)>,
    pub(super) bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All of a file was read.
    Whole { hash: u128, changed_meanwhile: bool },
    /// One of its blocks was read.
    Part,
    /// It has so many parts, which were all handed out.
    End { parts: u64, hash: u128 },
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
    pub(super) detector: &'a crate::analysis::language::Detector,
    /// `None` when nothing is to be written.
    pub(super) builders: Option<Builders>,
    /// Memory for one segment, in bytes.
    pub(super) budget: usize,
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
const MOST_WAITING_BYTES: u64 = 256 << 20;

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
                Work::File(task, opening) => self.file(task, opening)?,
                Work::Block { task, reader, block } => {
                    let bytes = block.bytes.len() as u64;
                    let part = Part { reader, bytes: &block.bytes, first_record: block.first_record };
                    self.read(task, &part, Outcome::Part, bytes)?;
                }
                Work::Fault { task, record, fault } => {
                    let place = place(&task, record);
                    self.finish_part(task, Outcome::Part, vec![skip(place, fault)], Vec::new(), 0)?;
                }
                Work::End { task, parts, hash } => self.end(task, parts, hash)?,
            }
        }
        self.flush()
    }

    fn end(&mut self, task: Arc<Task>, parts: u64, hash: Result<u128, Fault>) -> Result<(), EngineError> {
        self.progress.files.fetch_add(1, Ordering::Relaxed);
        let (hash, diagnostics) = match hash {
            Ok(hash) => (hash, Vec::new()),
            Err(fault) => (0, vec![skip(place(&task, None), fault)]),
        };
        self.finish_part(task, Outcome::End { parts, hash }, diagnostics, Vec::new(), 0)
    }

    fn file(&mut self, task: Arc<Task>, opening: Opening<'_>) -> Result<(), EngineError> {
        if self.is_known(&task) {
            drop(opening);
            return self.close(task, Outcome::SameBytes, Vec::new());
        }
        let rules = &self.rules[task.source];
        let opened = open(&task.found.path, &task.found.name, rules.format.as_deref());
        if let Ok(Opened::Blocks(blocks)) = opened {
            opening.share(task, *blocks);
            return Ok(());
        }
        drop(opening);
        match opened {
            Ok(Opened::Ignored | Opened::Blocks(_)) => self.close(task, Outcome::Ignored, Vec::new()),
            Ok(Opened::Whole { reader, bytes, hash }) => {
                let now = std::fs::metadata(&task.found.path);
                let changed_meanwhile = !now.is_ok_and(|data| stamp(&data) == task.found.stamp);
                let part = Part { reader, bytes: &bytes, first_record: 1 };
                self.progress.files.fetch_add(1, Ordering::Relaxed);
                self.read(task, &part, Outcome::Whole { hash, changed_meanwhile }, bytes.len() as u64)
            }
            Err(fault) => {
                let diagnostic = skip(place(&task, None), fault);
                self.close(task, Outcome::Failed, vec![diagnostic])
            }
        }
    }

    /// Ends a file that gave nothing to index.
    fn close(
        &mut self,
        task: Arc<Task>,
        outcome: Outcome,
        diagnostics: Vec<Diagnostic>,
    ) -> Result<(), EngineError> {
        self.progress.files.fetch_add(1, Ordering::Relaxed);
        self.finish_part(task, outcome, diagnostics, Vec::new(), 0)
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

    fn read(
        &mut self,
        task: Arc<Task>,
        part: &Part<'_>,
        outcome: Outcome,
        bytes: u64,
    ) -> Result<(), EngineError> {
        let rules = &self.rules[task.source];
        let completion =
            Completion { source: &rules.name, detector: self.detector, language: rules.language };
        let mtime = rules.date_from_mtime.then(|| moment(task.found.stamp.modified)).flatten();
        let mut diagnostics = Vec::new();
        let mut articles = Vec::new();
        for item in part.items(&task, rules) {
            let (article, place) = match article(item, &task, mtime, &completion, &mut diagnostics) {
                Some(article) => article,
                None => continue,
            };
            articles.push((article.id(), place));
            self.add(&article, task.number)?;
        }
        self.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.progress.articles.fetch_add(articles.len() as u64, Ordering::Relaxed);
        self.finish_part(task, outcome, diagnostics, articles, bytes)
    }

    fn add(&mut self, article: &Article, number: u64) -> Result<(), EngineError> {
        let Some(builders) = &self.builders else { return Ok(()) };
        let mut builder = match self.builder.take() {
            Some(builder) => builder,
            None => builders.builder()?,
        };
        builder.add(article, number)?;
        if self.numbers.last() != Some(&number) {
            self.numbers.push(number);
        }
        let is_full = builder.bytes() > self.budget;
        self.builder = Some(builder);
        if is_full { self.flush() } else { Ok(()) }
    }

    fn finish_part(
        &mut self,
        task: Arc<Task>,
        outcome: Outcome,
        diagnostics: Vec<Diagnostic>,
        articles: Vec<(ArticleId, Place)>,
        bytes: u64,
    ) -> Result<(), EngineError> {
        let skipped = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Skip).count();
        self.progress.skipped.fetch_add(skipped as u64, Ordering::Relaxed);
        self.waiting.push(PartResult { task, outcome, diagnostics, articles, bytes });
        self.waiting_bytes += bytes;
        if self.waiting_bytes > MOST_WAITING_BYTES { self.flush() } else { Ok(()) }
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

/// Bytes for a reader.
pub(super) struct Part<'a> {
    pub(super) reader: &'static dyn Reader,
    pub(super) bytes: &'a [u8],
    pub(super) first_record: u64,
}

impl Part<'_> {
    /// Everything the reader gives.
    pub(super) fn items(&self, task: &Task, rules: &SourceRules) -> Vec<Item> {
        let whole = Input::whole(&task.found.name, self.bytes, &rules.options);
        let input = Input { first_record: self.first_record, ..whole };
        isolate::items(self.reader, &input, rules.program.as_deref())
    }
}

/// Completes what a reader gave; what cannot be an article is reported.
pub(super) fn article(
    item: Item,
    task: &Task,
    mtime: Option<DateSpan>,
    completion: &Completion<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Article, Place)> {
    let (record, draft, notes) = match item {
        Item::Draft { spot, draft, notes } => (spot.record, draft, notes),
        Item::Skip { spot, fault } => {
            diagnostics.push(skip(place(task, spot.record), fault));
            return None;
        }
        Item::LeftOut(_) => return None,
    };
    let place = place(task, record);
    let from = Provenance { place: place.clone(), identity: task.identity.clone(), mtime };
    match completion.complete(*draft, from) {
        Ok((article, more)) => {
            diagnostics.extend(notes.into_iter().chain(more).map(|fault| note(place.clone(), fault)));
            Some((article, place))
        }
        Err(fault) => {
            diagnostics.push(skip(place, fault));
            None
        }
    }
}

/// The report of a file or record that cannot be read.
pub(super) fn failed(task: &Task, record: Option<u64>, fault: Fault) -> Diagnostic {
    skip(place(task, record), fault)
}

fn place(task: &Task, record: Option<u64>) -> Place {
    Place { path: task.found.name.clone(), member: None, record }
}

fn skip(place: Place, fault: Fault) -> Diagnostic {
    diagnostic(place, Severity::Skip, fault)
}

fn note(place: Place, fault: Fault) -> Diagnostic {
    diagnostic(place, Severity::Note, fault)
}

fn diagnostic(place: Place, severity: Severity, fault: Fault) -> Diagnostic {
    Diagnostic { place, severity, reason: fault.reason, message: fault.message, hint: fault.hint }
}

/// A modification time as a date, in UTC.
fn moment(nanoseconds: i64) -> Option<DateSpan> {
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    let day = i32::try_from(seconds.div_euclid(86_400)).ok()?;
    let time = Time { second: seconds.rem_euclid(86_400) as u32, offset: Some(0) };
    Some(DateSpan::instant(Day(day), time))
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
    }
}
