//! The one writer of an index: takes finished segments, commits them together with the manifest, and keeps the
//! number of segments low.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use tantivy::index::{Index, SegmentId, SegmentMeta};
use tantivy::indexer::NoMergePolicy;
use tantivy::schema::TantivyDocument;
use tantivy::{BitSet, Directory, IndexWriter};

use crate::analysis::language::Language;
use crate::engine::{EngineError, Manifest};
use crate::text::calendar::Day;

use super::commit::Commit;
use super::directory::IndexDirectory;
use super::filter::Filter;
use super::folder::{Folder, Lock, engine, unwritable};
use super::integrity;
use super::schema::{FILE, Fields};
use super::searcher::Searcher;
use super::segment::{FinishedSegment, SegmentBuilder};

/// Memory of tantivy's own writer, which only registers segments here; its least.
const WRITER_BYTES: usize = 15_000_000;

/// More segments than this are merged at the end of an ingest.
const MOST_SEGMENTS: usize = 8;

/// A segment with more deleted articles than one in so many is rewritten at the end of an ingest.
const MOST_DELETED: u32 = 5;

/// Writes to an index. Holds the lock for as long as it lives.
pub struct Writer {
    folder: Folder,
    index: Index,
    directory: IndexDirectory,
    fields: Arc<Fields>,
    writer: IndexWriter<TantivyDocument>,
    undetermined: Option<Language>,
    _lock: Lock,
}

impl Writer {
    /// Opens a cleaned index for writing.
    pub fn open(folder: &Folder, lock: Lock) -> Result<Writer, EngineError> {
        let path = folder.path();
        let segments = folder.segments();
        // Nothing is added to an index that cannot be read, or whose files are not what was committed.
        Searcher::open(folder)?;
        let commit = Commit::read(path)?;
        let directory =
            IndexDirectory::for_writing(&segments, commit.seals).map_err(|error| unwritable(path, error))?;
        let index = Index::open(directory.clone()).map_err(|error| engine(path, error))?;
        let writer = index.writer_with_num_threads(1, WRITER_BYTES).map_err(|error| engine(path, error))?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        // A deletion file of a commit that was killed would make every later commit fail.
        writer.garbage_collect_files().wait().map_err(|error| engine(path, error))?;
        Ok(Writer {
            fields: Arc::new(Fields::new(folder.schema())),
            undetermined: folder.schema().undetermined,
            folder: folder.clone(),
            index,
            directory,
            writer,
            _lock: lock,
        })
    }

    /// What makes segments on other threads.
    pub fn builders(&self, added: Day) -> Builders {
        Builders {
            index: self.index.clone(),
            fields: Arc::clone(&self.fields),
            undetermined: self.undetermined,
            added,
            path: self.folder.path().to_owned(),
        }
    }

    /// Removes all articles that carry one of these file numbers and were committed or registered before.
    pub fn remove_files(&mut self, numbers: HashSet<u64>) -> Result<(), EngineError> {
        if numbers.is_empty() {
            return Ok(());
        }
        let of_files = Filter::boxed(move |reader| {
            let column = reader.fast_fields().u64(FILE)?;
            let mut documents = BitSet::with_max_value(reader.max_doc());
            for document in 0..reader.max_doc() {
                if column.first(document).is_some_and(|number| numbers.contains(&number)) {
                    documents.insert(document);
                }
            }
            Ok(documents)
        });
        self.writer.delete_query(of_files).map_err(|error| engine(self.folder.path(), error))?;
        Ok(())
    }

    /// Takes a segment into the next commit.
    pub fn register(&mut self, segment: FinishedSegment) -> Result<(), EngineError> {
        self.writer.add_segment(segment.meta).map_err(|error| engine(self.folder.path(), error))
    }

    /// Makes everything registered and removed visible and durable, together with the manifest.
    pub fn commit(&mut self, manifest: &Manifest) -> Result<(), EngineError> {
        let path = self.folder.path();
        let payload = self.folder.write_manifest(manifest).map_err(|error| unwritable(path, error))?;
        let payload = serde_json::to_string(&payload).expect("a payload holds only plain data");
        let mut commit = self.writer.prepare_commit().map_err(|error| engine(path, error))?;
        commit.set_payload(&payload);
        commit.commit().map_err(|error| engine(path, error))?;
        self.index.directory().sync_directory().map_err(|error| unwritable(path, error))?;
        self.mark()?;
        self.folder.remove_old_manifests()
    }

    /// Spares the queries to read what was just written.
    fn mark(&self) -> Result<(), EngineError> {
        let commit = Commit::read(self.folder.path())?;
        integrity::mark_written(self.folder.path(), &commit, &self.directory.written_seals());
        Ok(())
    }

    /// Makes sure of every byte of the segments that are to be merged: a merge would give damage a checksum that fits.
    fn check_before_merge(&self, segments: &[SegmentId]) -> Result<(), EngineError> {
        let path = self.folder.path();
        let mut seals = Commit::read(path)?.seals;
        let stems: Vec<String> = segments.iter().map(SegmentId::uuid_string).collect();
        seals.retain(|name, _| stems.iter().any(|stem| name.starts_with(stem)));
        integrity::refusal(path, &integrity::check_bytes(path, &seals)).map_or(Ok(()), Err)
    }

    /// Finds out which articles of the last commit are the same text again, unless that is known.
    pub fn join_families(&self) -> Result<(), EngineError> {
        if self.folder.knows_families()? {
            return Ok(());
        }
        self.folder.write_families(&Searcher::open(&self.folder)?.find_families()?)
    }

    /// Merges segments with many deleted articles, and the smallest ones while there are too many.
    pub fn tidy(&mut self) -> Result<(), EngineError> {
        let path = self.folder.path();
        let segments = self.index.searchable_segment_metas().map_err(|error| engine(path, error))?;
        // Only their ids: a meta that is held keeps its files from being collected.
        let ids: Vec<_> = worth_merging(segments).iter().map(SegmentMeta::id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.check_before_merge(&ids)?;
        self.writer.merge(&ids).wait().map_err(|error| engine(path, error))?;
        self.index.directory().sync_directory().map_err(|error| unwritable(path, error))?;
        self.writer.garbage_collect_files().wait().map_err(|error| engine(path, error))?;
        self.mark()
    }
}

fn worth_merging(mut segments: Vec<SegmentMeta>) -> Vec<SegmentMeta> {
    segments.sort_by_key(SegmentMeta::num_docs);
    let spare = segments.len().saturating_sub(MOST_SEGMENTS);
    // Merging so many of the smallest into one brings the number down to the limit.
    let smallest = if spare > 0 { spare + 1 } else { 0 };
    let is_dirty = |segment: &SegmentMeta| segment.num_deleted_docs() * MOST_DELETED > segment.max_doc();
    let worth =
        segments.into_iter().enumerate().filter(|(rank, segment)| *rank < smallest || is_dirty(segment));
    worth.map(|(_, segment)| segment).collect()
}

/// Makes segment builders, one for each thread and segment.
#[derive(Clone)]
pub struct Builders {
    index: Index,
    fields: Arc<Fields>,
    undetermined: Option<Language>,
    added: Day,
    path: PathBuf,
}

impl Builders {
    /// A new, empty segment.
    pub fn builder(&self) -> SegmentBuilder {
        SegmentBuilder::new(
            self.index.clone(),
            Arc::clone(&self.fields),
            self.undetermined,
            self.added,
            self.path.clone(),
        )
    }
}
