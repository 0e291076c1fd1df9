//! The last commit of an index, as tantivy's `meta.json` has it, and what we add to that file.
//!
//! `meta.json` is the one file whose replacement is the commit. So what must be true of a commit lies in it: the
//! manifest that belongs to it, length and hash of every file that it is made of, and a checksum over all of this.
//! All of it changes in one rename, with a commit, with a merge, or not at all. [`super::directory`] adds the hashes
//! each time tantivy replaces the file; tantivy reads past keys that it does not know.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::engine::EngineError;

use super::files;
use super::folder::{MANIFEST, SEGMENTS, damaged, generation, sound, unread};
use super::seal::{Seal, is_sealed, sealed};

/// Its name in the folder of the segments.
pub(super) const META: &str = "meta.json";

/// Endings of the files that every segment has.
const SEGMENT_FILES: &[&str] = &["idx", "pos", "term", "store", "fast", "fieldnorm"];
/// Endings of files that a segment may have.
const OPTIONAL_FILES: &[&str] = &["del", "temp"];

/// Whether a file of that name is part of a segment, and so of no meaning without a commit that names it.
pub(super) fn is_of_segment(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    SEGMENT_FILES.contains(&ending) || OPTIONAL_FILES.contains(&ending)
}

/// The seals of files by their names in the folder of the segments.
pub(super) type Seals = BTreeMap<String, Seal>;

/// What a commit says of itself, beside what tantivy says of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) manifest: String,
    /// XXH3 of the manifest file.
    pub(super) checksum: u64,
    pub(super) articles: u64,
}

impl Payload {
    /// The number of the commit among those of this index.
    pub(super) fn generation(&self) -> Option<u64> {
        generation(&self.manifest, MANIFEST)
    }
}

/// A commit.
pub(super) struct Commit {
    /// `None` before the first commit with articles.
    pub(super) payload: Option<Payload>,
    /// Every file that it is made of.
    pub(super) seals: Seals,
    /// Articles in its segments that are not deleted.
    pub(super) articles: u64,
    /// The file that it was read from.
    pub(super) text: Vec<u8>,
}

/// The parts of `meta.json` that are needed without opening the index.
#[derive(Deserialize)]
struct Meta {
    payload: Option<String>,
    segments: Vec<Segment>,
    #[serde(default)]
    seals: Seals,
}

#[derive(Deserialize)]
struct Segment {
    segment_id: String,
    max_doc: u64,
    deletes: Option<Deletes>,
}

#[derive(Deserialize)]
struct Deletes {
    opstamp: u64,
    num_deleted_docs: u64,
}

impl Segment {
    fn files(&self) -> impl Iterator<Item = String> {
        let stem = self.segment_id.replace('-', "");
        let deletes = self.deletes.as_ref().map(|deletes| format!("{stem}.{}.del", deletes.opstamp));
        SEGMENT_FILES.iter().map(move |ending| format!("{stem}.{ending}")).chain(deletes)
    }

    fn articles(&self) -> u64 {
        let deleted = self.deletes.as_ref().map_or(0, |deletes| deletes.num_deleted_docs);
        self.max_doc.saturating_sub(deleted)
    }
}

impl Commit {
    /// Reads the last commit of an index and makes sure that no byte of it has changed.
    pub(super) fn read(index: &Path) -> Result<Commit, EngineError> {
        let fault = |error: &dyn std::fmt::Display| damaged(index, format!("{SEGMENTS}/{META}: {error}"));
        let text = read_text(index)?;
        if !is_sealed(&text) {
            return Err(fault(&"its checksum does not fit"));
        }
        Commit::parse(text).map_err(|error| fault(&error))
    }

    fn parse(text: Vec<u8>) -> Result<Commit, String> {
        let meta: Meta = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        if let Some(file) =
            meta.segments.iter().flat_map(Segment::files).find(|it| !meta.seals.contains_key(it))
        {
            return Err(format!("it has no checksum of {file}"));
        }
        let payload = meta.payload.as_deref().map(serde_json::from_str).transpose();
        Ok(Commit {
            payload: payload.map_err(|error| error.to_string())?,
            seals: meta.seals,
            articles: meta.segments.iter().map(Segment::articles).sum(),
            text,
        })
    }

    /// What a commit says of itself, also one that is damaged: the manifest has a checksum of its own in it.
    pub(super) fn payload_at_least(index: &Path) -> Result<Option<Payload>, EngineError> {
        let text = sound(read_text(index))?;
        let meta = text.and_then(|text| serde_json::from_slice::<Meta>(&text).ok());
        Ok(meta.and_then(|meta| serde_json::from_str(&meta.payload?).ok()))
    }

    /// The number of the commit among those of this index.
    pub(super) fn generation(&self) -> Option<u64> {
        self.payload.as_ref()?.generation()
    }
}

fn read_text(index: &Path) -> Result<Vec<u8>, EngineError> {
    let text = files::read(&index.join(SEGMENTS).join(META));
    text.map_err(|error| unread(index, &format!("{SEGMENTS}/{META}"), &error))
}

/// What tantivy wants to put in the place of `meta.json`, with the seals of its files; an error names the file that has
/// none.
pub(super) fn with_seals(meta: &[u8], seal: impl Fn(&str) -> Option<Seal>) -> Result<Vec<u8>, String> {
    let parsed: Meta = serde_json::from_slice(meta).map_err(|error| error.to_string())?;
    let files = parsed.segments.iter().flat_map(Segment::files);
    let seals: Seals = files
        .map(|file| match seal(&file) {
            Some(seal) => Ok((file, seal)),
            None => Err(format!("{file} was never written")),
        })
        .collect::<Result<_, _>>()?;
    let meta = meta.trim_ascii_end();
    let mut text = meta.strip_suffix(b"}").unwrap_or(meta).trim_ascii_end().to_vec();
    text.extend(b",\"seals\":");
    text.extend(serde_json::to_vec(&seals).expect("names and numbers are plain data"));
    text.push(b'}');
    Ok(sealed(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const META_TEXT: &str = r#"{
  "segments": [{"segment_id": "ab-c", "max_doc": 7, "deletes": {"num_deleted_docs": 2, "opstamp": 9}}],
  "schema": [],
  "opstamp": 9,
  "payload": "{\"manifest\":\"manifest-4\",\"checksum\":1,\"articles\":5}"
}
"#;

    fn seals() -> Seals {
        let seal = Seal { bytes: 3, hash: u64::MAX };
        let endings = ["idx", "pos", "term", "store", "fast", "fieldnorm", "9.del", "8.del"];
        endings.iter().map(|ending| (format!("abc.{ending}"), seal)).collect()
    }

    #[test]
    fn a_commit_knows_its_files() {
        let commit =
            Commit::parse(with_seals(META_TEXT.as_bytes(), |file| seals().get(file).copied()).unwrap())
                .unwrap();
        assert_eq!((commit.articles, commit.generation(), commit.seals.len()), (5, Some(4), 7));
        assert!(is_sealed(&commit.text) && !commit.seals.contains_key("abc.8.del"));
    }

    #[test]
    fn a_changed_commit_is_refused_and_still_names_its_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(SEGMENTS).join(META);
        std::fs::create_dir(folder.path().join(SEGMENTS)).unwrap();
        assert!(Commit::payload_at_least(folder.path()).unwrap().is_none());
        let text = with_seals(META_TEXT.as_bytes(), |file| seals().get(file).copied()).unwrap();
        let changed = String::from_utf8(text.clone()).unwrap().replace("\"max_doc\": 7", "\"max_doc\": 8");
        for (text, is_sound) in [(&text[..], true), (changed.as_bytes(), false)] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(Commit::read(folder.path()).is_ok(), is_sound);
            let payload = Commit::payload_at_least(folder.path()).unwrap().unwrap();
            assert_eq!((payload.manifest.as_str(), payload.generation()), ("manifest-4", Some(4)));
        }
    }

    #[test]
    fn a_file_that_nobody_has_seen_is_not_committed() {
        let mut known = seals();
        known.remove("abc.9.del");
        let refused = with_seals(META_TEXT.as_bytes(), |file| known.get(file).copied());
        assert_eq!(refused, Err("abc.9.del was never written".to_owned()));
        assert!(Commit::parse(META_TEXT.into()).is_err());
    }
}
