//! What people keep in an index folder, and what no ingest touches: saved queries, what was shown of each, synonyms.
//!
//! The queries are a JSON object by name, with a checksum; without one if somebody wrote them by hand, as version 1.
//! What was shown of one are the ids of the articles, so that it does not matter when an article came, whether it was
//! read again since, or whether the index was built anew. They lie in one folder, which `rebuild` takes over as it is.

use std::collections::BTreeMap;
use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::article::ArticleId;
use crate::engine::EngineError;
use crate::query::saved::{SavedQueries, is_name};

use super::directory::sync_folder;
use super::files;
use super::folder::{Folder, damaged, is_absent, names_in, unread, unwritable, write_durably};
use super::seal::{is_sealed, sealed};
use super::waiting::in_time;

/// The folder of what is kept.
pub(super) const KEPT: &str = "saved";
const QUERIES: &str = "queries.json";
const LOCK: &str = "lock";
/// The usual file of synonyms.
pub(super) const SYNONYMS: &str = "synonyms.txt";
/// The ending of what was shown of a saved query.
const SHOWN: &str = "shown";
/// How the queries are written: with a checksum.
const VERSION: u32 = 2;
/// The same without one.
const UNSEALED: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    queries: BTreeMap<String, String>,
}

/// The articles that were shown of a saved query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// Their ids, sorted.
    pub articles: Vec<ArticleId>,
    /// Whether they could not be read, so that all articles count as new.
    pub is_lost: bool,
}

impl Folder {
    /// The saved queries.
    pub fn saved(&self) -> Result<SavedQueries, EngineError> {
        let text = match files::read(&self.kept(QUERIES)) {
            Ok(text) => text,
            Err(error) if is_absent(&error) => return Ok(SavedQueries::default()),
            Err(error) => return Err(self.bad_queries(&error)),
        };
        let written: Written = serde_json::from_slice(&text).map_err(|error| self.bad_queries(&error))?;
        match written.version {
            VERSION if !is_sealed(&text) => return Err(self.bad_queries(&"its checksum does not fit")),
            VERSION | UNSEALED => {}
            other => return Err(self.bad_queries(&format!("version {other}, not {VERSION}"))),
        }
        match written.queries.keys().find(|name| !is_name(name)) {
            Some(name) => Err(self.bad_queries(&format!("{name:?} is no name"))),
            None => Ok(written.queries.into_iter().collect()),
        }
    }

    /// Changes the saved queries, all at once or not at all, while nobody else does.
    pub fn change_saved<T, E: From<EngineError>>(
        &self,
        change: impl FnOnce(&mut SavedQueries) -> Result<T, E>,
    ) -> Result<T, E> {
        let _lock = self.lock_kept()?;
        let mut saved = self.saved()?;
        let changed = change(&mut saved)?;
        self.write_saved(&saved)?;
        Ok(changed)
    }

    fn write_saved(&self, saved: &SavedQueries) -> Result<(), EngineError> {
        let queries = saved.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        let written = Written { version: VERSION, queries };
        let text = serde_json::to_vec_pretty(&written).expect("names and texts are plain data");
        self.write_kept(QUERIES, &sealed(&text))
    }

    /// The articles that were shown of a saved query.
    pub fn shown(&self, name: &str) -> Result<Shown, EngineError> {
        match files::read(&self.kept(&shown_file(name))) {
            Ok(bytes) => Ok(match decode(&bytes) {
                Some(articles) => Shown { articles, is_lost: false },
                None => Shown { articles: Vec::new(), is_lost: true },
            }),
            Err(error) if is_absent(&error) => Ok(Shown::default()),
            Err(error) => Err(damaged(self.path(), format!("{KEPT}: {error}"))),
        }
    }

    /// Enters that these articles were shown of a saved query, beside those that were before.
    pub fn add_shown(&self, name: &str, articles: &[ArticleId]) -> Result<(), EngineError> {
        if articles.is_empty() {
            return Ok(());
        }
        let _lock = self.lock_kept()?;
        let mut all = self.shown(name)?.articles;
        all.extend_from_slice(articles);
        all.sort_unstable();
        all.dedup();
        self.write_kept(&shown_file(name), &encode(&all))
    }

    /// Forgets what was shown of a saved query.
    pub fn forget_shown(&self, name: &str) -> Result<(), EngineError> {
        match std::fs::remove_file(self.kept(&shown_file(name))) {
            Err(error) if !is_absent(&error) => Err(unwritable(self.path(), error)),
            _ => Ok(()),
        }
    }

    /// Where synonyms are looked for unless another file is named.
    pub fn synonyms(&self) -> PathBuf {
        self.path().join(SYNONYMS)
    }

    /// The bytes of that file; an error if there is none, or no file.
    pub fn read_synonyms(&self) -> io::Result<Vec<u8>> {
        files::read(&self.synonyms())
    }

    /// Copies what people keep in one index folder to another that is to take its place.
    pub fn take_over(old: &Path, new: &Path) -> Result<(), EngineError> {
        let failed = |error: io::Error| unwritable(new, error);
        let mut names = vec![PathBuf::from(SYNONYMS)];
        for name in names_in(&old.join(KEPT))? {
            std::fs::create_dir_all(new.join(KEPT)).map_err(failed)?;
            names.push(Path::new(KEPT).join(name));
        }
        for name in names {
            match files::read(&old.join(&name)) {
                Ok(bytes) => write_durably(&new.join(&name), &bytes).map_err(failed)?,
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(unread(old, &name.to_string_lossy(), &error)),
            }
        }
        sync_folder(new).map_err(failed)
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.path().join(KEPT).join(name)
    }

    fn bad_queries(&self, fault: &dyn std::fmt::Display) -> EngineError {
        EngineError::Unreadable { path: self.kept(QUERIES), what: fault.to_string() }
    }

    /// Waits until nobody else changes what is kept, but not for ever.
    fn lock_kept(&self) -> Result<std::fs::File, EngineError> {
        let failed = |error: io::Error| unwritable(self.path(), error);
        std::fs::create_dir_all(self.path().join(KEPT)).map_err(failed)?;
        let file = files::open_lock(&self.kept(LOCK)).map_err(failed)?;
        let locked = in_time(|| match file.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(error)) => Some(Err(failed(error))),
            Ok(()) => Some(Ok(())),
        });
        locked.unwrap_or_else(|| Err(EngineError::Busy { path: self.kept(LOCK) }))?;
        Ok(file)
    }

    fn write_kept(&self, name: &str, bytes: &[u8]) -> Result<(), EngineError> {
        let written = write_durably(&self.kept(name), bytes);
        let synced = written.and_then(|()| sync_folder(&self.path().join(KEPT)));
        synced.map_err(|error| unwritable(self.path(), error))
    }
}

/// Not the name itself, which on some disks would be that of another in capitals.
fn shown_file(name: &str) -> String {
    format!("{:016x}.{SHOWN}", xxh3_64(name.as_bytes()))
}

/// What lies in the folder of what is kept.
pub(super) enum File {
    Queries,
    Shown,
    Lock,
    /// Left by a run that was stopped.
    Unfinished,
}

/// What a file of that name is; `None` when it is none of ours.
pub(super) fn kind(name: &str) -> Option<File> {
    match (name, Path::new(name).extension().and_then(|ending| ending.to_str())) {
        (QUERIES, _) => Some(File::Queries),
        (LOCK, _) => Some(File::Lock),
        (_, Some(SHOWN)) => Some(File::Shown),
        (_, Some("new")) => Some(File::Unfinished),
        (_, _) => None,
    }
}

/// XXH3 of the rest, then the ids, all in eight bytes, the lowest first.
fn encode(articles: &[ArticleId]) -> Vec<u8> {
    let ids: Vec<u8> = articles.iter().flat_map(|id| id.0.to_le_bytes()).collect();
    let mut bytes = xxh3_64(&ids).to_le_bytes().to_vec();
    bytes.extend(ids);
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> Option<Vec<ArticleId>> {
    let (checksum, ids) = bytes.split_first_chunk::<8>()?;
    let (ids, rest) = ids.as_chunks::<8>();
    let is_sound = rest.is_empty() && xxh3_64(ids.as_flattened()) == u64::from_le_bytes(*checksum);
    is_sound.then(|| ids.iter().map(|id| ArticleId(u64::from_le_bytes(*id))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_survives_its_encoding_and_damage_is_seen() {
        let articles = vec![ArticleId(1), ArticleId(u64::MAX)];
        let bytes = encode(&articles);
        assert_eq!(decode(&bytes), Some(articles));
        assert_eq!(decode(&encode(&[])), Some(Vec::new()));
        for at in 0..bytes.len() {
            assert_eq!(decode(&bytes[..at]), None, "cut at {at}");
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_eq!(decode(&other), None, "changed at {at}");
        }
    }
}
