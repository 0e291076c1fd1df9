//! Brings an index in step with the archives it is made of. The only place that starts threads for work.
//!
//! Threads read and build segments; the calling thread alone owns the writer, the books and the commits.

mod books;
pub mod complete;
pub mod extract;
mod furniture;
pub mod isolate;
mod moves;
mod plan;
mod reading;
pub mod report;
pub mod settings;
pub mod source;
mod survey;
pub mod unpack;
mod walk;
mod work;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, sync_channel};
use std::time::Instant;

use crate::article::ArticleId;
use crate::engine::local::{Folder, Lock, SegmentWriter, Writer};
use crate::engine::{EngineError, Manifest};
use crate::schema::Schema;
use crate::text::calendar::Day;

use books::Books;
use report::IngestReport;
use settings::Settings;
use work::{Batch, MOST_WAITING_BYTES, Queue, Task, Worker};

/// An archive to bring in.
#[derive(Debug, Clone)]
pub struct Root {
    /// A folder or a file.
    pub path: PathBuf,
    /// The name of the archive; `None` takes the name of the folder or file.
    pub name: Option<String>,
}

/// A root that lies in another one.
#[derive(Debug, PartialEq, Eq)]
pub struct Inner {
    /// The root, as the user wrote it.
    pub path: PathBuf,
    /// The one that it lies in.
    pub outer: PathBuf,
}

/// Takes the roots out that lie in another one of them and are read with it: their articles would be there twice.
/// One below a name that begins with a dot is read with the outer one only if `hidden` files are.
pub fn take_inner(roots: &mut Vec<Root>, hidden: bool) -> Vec<Inner> {
    let folders: Vec<_> =
        roots.iter().map(|root| (root.path.canonicalize().ok(), root.path.clone())).collect();
    let is_seen = |part: Component<'_>| hidden || !part.as_os_str().as_encoded_bytes().starts_with(b".");
    let is_in = |inner: &Path, outer: &Path| {
        let below = inner.strip_prefix(outer);
        below.is_ok_and(|below| below.components().next().is_some() && below.components().all(is_seen))
    };
    let outer_of = |root: &Root| {
        let inner = root.path.canonicalize().ok()?;
        let mut others = folders.iter();
        let (_, outer) =
            others.find(|(outer, _)| outer.as_ref().is_some_and(|outer| is_in(&inner, outer)))?;
        Some(Inner { path: root.path.clone(), outer: outer.clone() })
    };
    let mut taken = Vec::new();
    roots.retain(|root| {
        let inner = outer_of(root);
        let stays = inner.is_none();
        taken.extend(inner);
        stays
    });
    taken
}

/// What to do about articles whose files are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Removals {
    /// Remove them, unless more than half of an archive would go.
    #[default]
    Guarded,
    /// Remove them.
    Remove,
    /// Keep them.
    Keep,
}

/// Which files of an archive are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// Those that are new or changed.
    #[default]
    All,
    /// Those of which something was skipped the last time; no other file is looked at.
    Failed,
}

/// How to ingest.
#[derive(Debug, Clone)]
pub struct Options {
    /// The archives.
    pub roots: Vec<Root>,
    /// What the user chose this time.
    pub settings: Settings,
    /// What to do about articles whose files are gone.
    pub removals: Removals,
    /// Number of reading threads.
    pub threads: NonZeroUsize,
    /// Memory for the whole process, in bytes. Not counted are what one article of many MB needs while it is read and
    /// indexed, the window of a decompressor beyond the usual 8 MB, processes for risky formats, and what grows with
    /// the articles of the index when families are found at the end: 250 bytes for each.
    pub memory: usize,
    /// What writes the segments.
    pub segment_writer: SegmentWriter,
    /// Everything is committed after so many bytes of text; see [`COMMIT_BYTES`].
    pub commit_bytes: u64,
    /// Which files to read.
    pub scope: Scope,
    /// Read, but write nothing.
    pub dry_run: bool,
    /// This program, to be started again for readers of risky formats; `None` runs them in this process.
    pub program: Option<PathBuf>,
    /// Today, the date on which articles are added.
    pub today: Day,
    /// Now, as the manifest keeps it (RFC 3339).
    pub now: String,
}

impl Options {
    /// What nobody chose otherwise: all processors read, in this process, what is new or changed.
    pub fn usual(roots: Vec<Root>, today: Day, now: String) -> Options {
        Options {
            roots,
            settings: Settings::default(),
            removals: Removals::default(),
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            memory: MEMORY,
            segment_writer: SegmentWriter::default(),
            commit_bytes: COMMIT_BYTES,
            scope: Scope::default(),
            dry_run: false,
            program: None,
            today,
            now,
        }
    }
}

/// Counts of the work in progress, for whoever shows them.
#[derive(Debug)]
pub struct Progress {
    /// Files done.
    pub files: AtomicU64,
    /// Files to be read.
    pub files_total: AtomicU64,
    /// Bytes read, unpacked.
    pub bytes: AtomicU64,
    /// Bytes to be read, on disk.
    pub bytes_total: AtomicU64,
    /// Articles made.
    pub articles: AtomicU64,
    /// Files and records skipped.
    pub skipped: AtomicU64,
    /// Who is told, after each commit, which articles no kill and no power cut can take any more: those of the files
    /// that were read as a whole.
    pub acknowledged: Option<Sender<Vec<ArticleId>>>,
}

impl Default for Progress {
    fn default() -> Progress {
        work::counters()
    }
}

/// Why an ingest could not be done.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The index.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An archive that is not there.
    #[error("there is no file or folder {path}")]
    NoRoot {
        /// As the user wrote it.
        path: PathBuf,
    },
    /// An index where an archive should be.
    #[error("{path} is an index, not an archive")]
    IsIndex {
        /// As the user wrote it.
        path: PathBuf,
    },
    /// Too much would be removed.
    #[error("{gone} of {all} articles of archive {name} are gone from {root}")]
    Vanished {
        /// The archive.
        name: String,
        /// Where it should lie.
        root: String,
        /// Articles that would be removed.
        gone: u64,
        /// Articles of the archive.
        all: u64,
    },
    /// A pattern that cannot be understood.
    #[error("the pattern cannot be understood: {0}")]
    Pattern(#[from] globset::Error),
    /// A format that does not exist.
    #[error("there is no format {0:?}")]
    Format(String),
}

/// Where the index is, or is to be.
pub enum Destination<'a> {
    /// An index that exists and is locked for this ingest.
    Index(&'a Folder, Lock),
    /// No index is touched.
    Nowhere(&'a Schema),
}

/// Memory for the whole process unless told otherwise, in bytes.
pub const MEMORY: usize = 512 << 20;
/// Everything is committed after so many bytes of text, unless told otherwise.
pub const COMMIT_BYTES: u64 = 1 << 30;
/// Everything is committed after so many seconds.
const COMMIT_SECONDS: u64 = 60;

/// Stack of a reading thread: parsers of nested formats need more than the usual 2 MB.
pub const STACK: usize = 64 << 20;

/// Brings the index in step with the archives. `stop` ends it early, with everything complete so far committed.
pub fn ingest(
    options: &Options,
    destination: Destination<'_>,
    progress: &Progress,
    stop: &Arc<AtomicBool>,
) -> Result<IngestReport, IngestError> {
    let begin = Instant::now();
    let (schema, manifest) = match &destination {
        Destination::Index(folder, lock) => {
            if !options.dry_run {
                folder.clean(lock)?;
            }
            (folder.schema(), folder.manifest()?)
        }
        Destination::Nowhere(schema) => (*schema, Manifest::default()),
    };
    let index = match &destination {
        Destination::Index(folder, _) => Some(folder.path()),
        Destination::Nowhere(_) => None,
    };
    let knows_families = match &destination {
        Destination::Index(folder, _) => folder.knows_families(),
        Destination::Nowhere(_) => true,
    };
    let mut books = Books::open(options, schema, manifest, index, stop)?;
    let known = books.bytes();
    let tasks = books.tasks();
    progress.announce(&tasks);
    let needs_writing = !tasks.is_empty() || books.has_removals() || books.has_changes() || !knows_families;
    if needs_writing {
        let mut owner = Owner {
            books: &mut books,
            writer: None,
            options,
            acknowledged: progress.acknowledged.as_ref(),
            registered: Registered::default(),
        };
        if let (Destination::Index(folder, lock), false) = (destination, options.dry_run) {
            owner.writer = Some(Writer::open(folder, lock, stop)?);
        }
        owner.run(tasks, schema, known, progress, stop)?;
    }
    let mut report = books.report(options);
    report.interrupted = stop.load(Ordering::Relaxed);
    report.seconds = begin.elapsed().as_secs_f64();
    Ok(report)
}

impl Progress {
    fn announce(&self, tasks: &[Task]) {
        self.files_total.store(tasks.len() as u64, Ordering::Relaxed);
        self.bytes_total.store(tasks.iter().map(|task| task.found.stamp.size).sum(), Ordering::Relaxed);
    }
}

/// The calling thread's part: it alone writes.
struct Owner<'a> {
    books: &'a mut Books,
    writer: Option<Writer>,
    options: &'a Options,
    acknowledged: Option<&'a Sender<Vec<ArticleId>>>,
    registered: Registered,
}

/// What was registered since the last commit.
struct Registered {
    since: Instant,
    bytes: u64,
}

impl Default for Registered {
    fn default() -> Registered {
        Registered { since: Instant::now(), bytes: 0 }
    }
}

impl Owner<'_> {
    fn run(
        mut self,
        tasks: Vec<Task>,
        schema: &Schema,
        known: usize,
        progress: &Progress,
        stop: &Arc<AtomicBool>,
    ) -> Result<(), IngestError> {
        let rules = self.books.rules(self.options, schema);
        let memory = for_segments(self.options.memory, known);
        let threads = threads(self.options.threads, memory);
        let queue = Queue::new(tasks, threads, Arc::clone(stop));
        let (send, receive) = sync_channel(threads);
        let (today, writer) = (self.options.today, self.options.segment_writer);
        let builders = self.writer.as_ref().map(|index| index.builders(today, writer));
        std::thread::scope(|scope| {
            let mut refused = None;
            for _ in 0..threads {
                let worker = Worker {
                    queue: &queue,
                    rules: &rules,
                    builders: builders.clone(),
                    budget: memory / threads - OF_A_THREAD,
                    most_waiting: MOST_WAITING_BYTES.min(self.options.commit_bytes),
                    send: send.clone(),
                    progress,
                    waiting: Vec::new(),
                    waiting_bytes: 0,
                    numbers: Vec::new(),
                    builder: None,
                };
                let thread = std::thread::Builder::new().name(READER_THREAD.to_owned()).stack_size(STACK);
                refused = thread.spawn_scoped(scope, || worker.run()).err();
                if refused.is_some() {
                    break;
                }
            }
            drop(send);
            let kept = match refused {
                Some(error) => Err(thread_refused(error).into()),
                None => self.keep_books(&receive),
            };
            if kept.is_err() {
                // The threads need not go on for a result that cannot be written; none may wait to hand it over.
                stop.store(true, Ordering::Relaxed);
                receive.iter().for_each(drop);
            }
            kept
        })?;
        if !stop.load(Ordering::Relaxed) {
            self.books.remove_vanished();
        }
        self.books.abandon_unsealed();
        self.commit(true)
    }

    fn keep_books(&mut self, receive: &Receiver<Result<Batch, EngineError>>) -> Result<(), IngestError> {
        for batch in receive {
            let batch = batch?;
            if let (Some(writer), Some(segment)) = (&mut self.writer, batch.segment) {
                writer.register(segment)?;
            }
            self.registered.bytes += batch.parts.iter().map(|part| part.bytes).sum::<u64>();
            self.books.enter(batch.parts, &batch.numbers);
            let long_ago = self.registered.since.elapsed().as_secs() >= COMMIT_SECONDS;
            let is_due = self.registered.bytes >= self.options.commit_bytes || long_ago;
            if is_due && self.books.is_consistent() {
                self.commit(false)?;
            }
        }
        Ok(())
    }

    fn commit(&mut self, last: bool) -> Result<(), IngestError> {
        self.registered = Registered::default();
        let outdated: HashSet<u64> = self.books.take_outdated();
        let Some(writer) = &mut self.writer else { return Ok(()) };
        writer.remove_files(outdated)?;
        if self.books.has_changes() {
            writer.commit(self.books.manifest(&self.options.now))?;
            let durable = self.books.take_sealed();
            if let Some(acknowledged) = self.acknowledged {
                // Whoever asked may have gone.
                let _ = acknowledged.send(durable);
            }
        }
        if last {
            // Also after a run that was killed between its last commit and this.
            writer.tidy()?;
            writer.join_families()?;
        }
        Ok(())
    }
}

/// Memory of the program itself, before anything is read, in bytes.
const OF_THE_PROGRAM: usize = 24 << 20;

/// Memory of a thread beside its segment, in bytes: the parts that it reads or offers, their articles, the window of a
/// decompressor, the results that wait for the segment. An article of 1 MB is there up to five times at once. Measured
/// with 57 of them and two threads: --memory 128M became 106 to 120 MiB.
const OF_A_THREAD: usize = 12 << 20;

/// A segment is not begun with less memory than this, in bytes: many tiny ones are slow to write and to search.
const LEAST_SEGMENT: usize = 16 << 20;

/// What is left of the memory for threads and their segments when the books of the archive take so much, in bytes.
fn for_segments(memory: usize, books: usize) -> usize {
    memory.saturating_sub(OF_THE_PROGRAM + books).max(OF_A_THREAD + LEAST_SEGMENT)
}

/// As many as asked for, as far as the memory goes round.
fn threads(asked: NonZeroUsize, memory: usize) -> usize {
    asked.get().min(memory / (OF_A_THREAD + LEAST_SEGMENT)).max(1)
}

/// The name of the threads that run readers; a panic there is reported as a skip.
pub const READER_THREAD: &str = "reader";

fn thread_refused(error: std::io::Error) -> EngineError {
    let asked = "is a limit of memory or processes reached?";
    EngineError::Broken(format!("no thread to read with could be started: {error}; {asked}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_in_other_roots_are_not_read_twice() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a/b/c", "a/.d", "ab"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        for (names, hidden, expected) in [
            (vec!["a", "a/b"], false, vec!["a"]),
            (vec!["a/b/c", "a/b", "a"], false, vec!["a"]),
            (vec!["a/../a/b", "a", "ab"], false, vec!["a", "ab"]),
            (vec!["a", "a/.d"], false, vec!["a", "a/.d"]),
            (vec!["a", "a/.d"], true, vec!["a"]),
            (vec!["a/b", "a/.d", "nowhere"], false, vec!["a/b", "a/.d", "nowhere"]),
        ] {
            let root = |name: &&str| Root { path: folder.path().join(name), name: None };
            let mut roots: Vec<Root> = names.iter().map(root).collect();
            let taken = take_inner(&mut roots, hidden);
            let left: Vec<PathBuf> = roots.into_iter().map(|root| root.path).collect();
            assert_eq!(left, expected.iter().map(|name| folder.path().join(name)).collect::<Vec<_>>());
            assert_eq!(taken.len(), names.len() - left.len());
        }
    }

    #[test]
    fn threads_share_the_memory() {
        let shared = |asked, memory: usize, books: usize| {
            let left = for_segments(memory << 20, books << 20);
            let threads = threads(NonZeroUsize::new(asked).unwrap(), left);
            (threads, (left / threads - OF_A_THREAD) >> 20)
        };
        assert_eq!(shared(2, 512, 0), (2, 232));
        assert_eq!(shared(20_000, 512, 0), (17, 16));
        assert_eq!(shared(8, 128, 0), (3, 22));
        assert_eq!(shared(2, 512, 100), (2, 182));
        assert_eq!(shared(2, 512, 1_000), (1, 16));
    }
}
