//! The library without the program around it: for tests that ask much, of an archive in a sandbox.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::Duration;

use backfile::engine::EngineError;
use backfile::engine::local::{Folder, Lock, Searcher, SegmentWriter, Writer};
use backfile::ingest::report::IngestReport;
use backfile::ingest::{Destination, IngestError, Options, Progress, Removals, Root};
use backfile::schema::load::Declaration;
use backfile::search::params::SearchParams;
use backfile::text::calendar::Day;

use super::Sandbox;

/// The day on which everything happens here: 15 January 2026.
pub(crate) const TODAY: Day = Day(20_468);

/// Brings an index in step with an archive, both named by their paths below the sandbox. What is gone is removed.
pub(crate) fn ingest(sandbox: &Sandbox, archive: &str, index: &str, threads: usize) -> IngestReport {
    ingest_by(SegmentWriter::default(), sandbox, archive, index, threads)
}

/// The same with segments by this writer.
pub(crate) fn ingest_by(
    segment_writer: SegmentWriter,
    sandbox: &Sandbox,
    archive: &str,
    index: &str,
    threads: usize,
) -> IngestReport {
    let ingested = try_ingest(segment_writer, &sandbox.path(archive), &sandbox.path(index), threads);
    ingested.expect("the archive can be ingested")
}

/// The same for folders anywhere, and for an index that may be damaged.
pub(crate) fn try_ingest(
    segment_writer: SegmentWriter,
    archive: &Path,
    index: &Path,
    threads: usize,
) -> Result<IngestReport, IngestError> {
    let folder = if index.exists() {
        Folder::open(index)?
    } else {
        let declaration = Declaration::embedded().expect("the embedded declaration is sound");
        let schema = declaration.check().expect("the embedded declaration is sound");
        Folder::create(index, &declaration, schema)?
    };
    let root = Root { path: archive.to_owned(), name: None };
    let options = Options {
        removals: Removals::Remove,
        threads: NonZeroUsize::new(threads).expect("at least one thread"),
        segment_writer,
        ..Options::usual(vec![root], TODAY, "2026-01-15T00:00:00Z".to_owned())
    };
    let destination = Destination::Index(&folder, lock(index));
    let never = Arc::new(AtomicBool::new(false));
    backfile::ingest::ingest(&options, destination, &Progress::default(), &never)
}

/// Lets tantivy merge an index to one segment.
pub(crate) fn compact(sandbox: &Sandbox, index: &str) {
    let path = sandbox.path(index);
    let folder = Folder::open(&path).expect("the index can be opened");
    Writer::compact(&folder, lock(&path), &Arc::default()).expect("the index can be merged");
}

/// Takes the right to write. A process that another test starts at this moment holds a copy of every open file until
/// it has begun, and so a lock that was given back already.
fn lock(index: &Path) -> Lock {
    for _ in 0..500 {
        match Folder::lock(index) {
            Ok(lock) => return lock,
            Err(EngineError::Locked { .. }) => sleep(Duration::from_millis(10)),
            Err(error) => panic!("the index cannot be locked: {error}"),
        }
    }
    panic!("somebody else writes to {index:?}")
}

/// Opens an index.
pub(crate) fn open(sandbox: &Sandbox, index: &str) -> Searcher {
    let folder = Folder::open(&sandbox.path(index)).expect("the index can be opened");
    Searcher::open(&folder).expect("the index can be read")
}

/// What an index says of its articles, as text: the same for two indexes of the same archive, whatever happened to
/// them before.
pub(crate) fn answers(searcher: &Searcher, queries: &[&str]) -> Vec<String> {
    let mut answers = Vec::new();
    for (query, collapse) in queries.iter().flat_map(|query| [(*query, "none"), (*query, "family")]) {
        let params = SearchParams {
            words: vec![query.to_owned()],
            collapse: Some(collapse.to_owned()),
            sort: Some("date".to_owned()),
            limit: Some(10_000),
            snippets: Some(0),
            facets: ["tag:all", "author:all", "section:all", "lang", "date:month"].map(str::to_owned).into(),
            ..SearchParams::default()
        };
        let checked = params.check(searcher.schema(), TODAY).expect("the query can be asked");
        let response = searcher.search(&checked.request).expect("the query is answered");
        assert_eq!(response.warnings, [""; 0], "{query:?}");
        answers
            .push(format!("{query:?}, {collapse}: {} in all, facets {:?}", response.total, response.facets));
        answers.extend(response.hits.iter().map(|hit| {
            let date = hit.published.map(|published| published.date.to_string());
            let family = hit.family.map(|family| (family.id, family.size));
            let values = (&hit.key, &hit.title.text, &hit.tags, date, hit.words, family);
            format!("{query:?}, {collapse}: {values:?}")
        }));
    }
    answers
}
