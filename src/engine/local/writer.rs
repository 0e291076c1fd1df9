//! The one writer of an index: takes finished segments, commits them together with the manifest, and keeps the
//! number of segments low.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tantivy::index::{Index, SegmentId};
use tantivy::indexer::NoMergePolicy;
use tantivy::schema::TantivyDocument;
use tantivy::{BitSet, Directory, IndexWriter};

use crate::analysis::language::Language;
use crate::engine::{EngineError, Manifest};
use crate::search::compaction::Compaction;
use crate::text::calendar::Day;

use super::commit::Commit;
use super::directory::IndexDirectory;
use super::filter::Filter;
use super::folder::{Folder, Lock, engine, unwritable};
use super::integrity;
use super::merges::{Counts, merges};
use super::schema::{FILE, Fields};
use super::searcher::Searcher;
use super::segment::{FinishedSegment, SegmentBuilder, SegmentPlan, SegmentWriter};

/// Memory of tantivy's own writer, which only registers segments here; its least.
const WRITER_BYTES: usize = 15_000_000;

/// Writes to an index. Holds the lock for as long as it lives.
pub struct Writer {
    folder: Folder,
    directory: IndexDirectory,
    index: Index,
    fields: Arc<Fields>,
    writer: IndexWriter<TantivyDocument>,
    undetermined: Option<Language>,
    _lock: Lock,
}

impl Writer {
    /// Opens a cleaned index for writing. `stop` ends merges early; then the index is as it was before them.
    pub fn open(folder: &Folder, lock: Lock, stop: &Arc<AtomicBool>) -> Result<Writer, EngineError> {
        let path = folder.path();
        let segments = folder.segments();
        // Nothing is added to an index that cannot be read, or whose files are not what was committed.
        Searcher::open(folder)?;
        let commit = Commit::read(path)?;
        let directory =
            IndexDirectory::for_writing(&segments, commit.seals).map_err(|error| unwritable(path, error))?;
        let directory = directory.with_merges_stopped_by(stop);
        let index = Index::open(directory.clone()).map_err(|error| engine(path, error))?;
        let writer = index.writer_with_num_threads(1, WRITER_BYTES).map_err(|error| engine(path, error))?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        // A deletion file of a commit that was killed would make every later commit fail.
        writer.garbage_collect_files().wait().map_err(|error| engine(path, error))?;
        Ok(Writer {
            fields: Arc::new(Fields::new(folder.schema())),
            undetermined: folder.schema().undetermined,
            folder: folder.clone(),
            directory,
            index,
            writer,
            _lock: lock,
        })
    }

    /// What makes segments on other threads.
    pub fn builders(&self, added: Day, writer: SegmentWriter) -> Builders {
        let plan = SegmentPlan {
            index: self.index.clone(),
            fields: Arc::clone(&self.fields),
            undetermined: self.undetermined,
            added,
        };
        Builders { plan, writer, path: self.folder.path().to_owned() }
    }

    /// Removes all articles that carry one of these file numbers and were committed or registered before.
    pub fn remove_files(&mut self, numbers: HashSet<u64>) -> Result<(), EngineError> {
        if numbers.is_empty() {
            return Ok(());
        }
        let of_files = Filter::by_set(move |reader| {
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
        if self.folder.knows_families() {
            return Ok(());
        }
        self.folder.write_families(&Searcher::open(&self.folder)?.find_families()?)
    }

    /// Merges what is worth it, so that there are few segments and few deleted articles in them.
    pub fn tidy(&mut self) -> Result<(), EngineError> {
        let segments = self.segments()?;
        let counts: Vec<Counts> = segments.iter().map(|(_, counts)| *counts).collect();
        let groups = merges(&counts);
        let ids = |group: &Vec<usize>| group.iter().map(|at| segments[*at].0).collect();
        self.merge_all(groups.iter().map(ids).collect())
    }

    /// Merges everything to one segment without deleted articles, and removes what no commit knows. When `stop` ends
    /// it early, the index is as it was.
    pub fn compact(folder: &Folder, lock: Lock, stop: &Arc<AtomicBool>) -> Result<Compaction, EngineError> {
        let bytes_before = folder.bytes();
        folder.clean(&lock)?;
        let mut writer = Writer::open(folder, lock, stop)?;
        let before = writer.segments()?;
        let deleted = |segments: &[(SegmentId, Counts)]| -> u64 {
            segments.iter().map(|(_, counts)| u64::from(counts.deleted)).sum()
        };
        if before.len() > 1 || deleted(&before) > 0 {
            writer.merge_all(vec![before.iter().map(|(id, _)| *id).collect()])?;
        }
        let after = writer.segments()?;
        Ok(Compaction {
            articles: after.iter().map(|(_, counts)| u64::from(counts.living)).sum(),
            dropped: deleted(&before) - deleted(&after),
            segments_before: before.len() as u64,
            segments_after: after.len() as u64,
            bytes_before,
            bytes_after: folder.bytes(),
        })
    }

    /// The segments of the last commit. Only their ids: a meta that is held keeps its files from being collected.
    fn segments(&self) -> Result<Vec<(SegmentId, Counts)>, EngineError> {
        let segments = self.index.searchable_segment_metas();
        let segments = segments.map_err(|error| engine(self.folder.path(), error))?;
        let counts = |living, deleted| Counts { living, deleted };
        Ok(segments.iter().map(|it| (it.id(), counts(it.num_docs(), it.num_deleted_docs()))).collect())
    }

    /// Makes one segment of each group, and collects what is not needed any more, also when it is stopped or fails.
    fn merge_all(&mut self, groups: Vec<Vec<SegmentId>>) -> Result<(), EngineError> {
        if groups.is_empty() {
            return Ok(());
        }
        let merged = groups.iter().try_for_each(|group| self.merge(group));
        let path = self.folder.path();
        self.index.directory().sync_directory().map_err(|error| unwritable(path, error))?;
        self.writer.garbage_collect_files().wait().map_err(|error| engine(path, error))?;
        match merged {
            Err(_) if self.directory.is_stopped() => {}
            merged => merged?,
        }
        self.mark()
    }

    fn merge(&mut self, group: &[SegmentId]) -> Result<(), EngineError> {
        self.check_before_merge(group)?;
        let writer = &mut self.writer;
        let merged = self.directory.merging(|| writer.merge(group).wait());
        merged.map_err(|error| engine(self.folder.path(), error))
    }
}

/// Makes segment builders, one for each thread and segment.
#[derive(Clone)]
pub struct Builders {
    plan: SegmentPlan,
    writer: SegmentWriter,
    path: PathBuf,
}

impl Builders {
    /// A new, empty segment.
    pub fn builder(&self) -> SegmentBuilder {
        SegmentBuilder::new(self.plan.clone(), self.writer, self.path.clone())
    }
}
