//! Which files an index was made of: kept beside it, committed with it, read only by `ingest` and `status`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;

mod earlier;

/// Counts the changes of what an index stores, this manifest included.
pub const FORMAT: u32 = 3;

/// What decides whether a file must be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Modification time, nanoseconds since 1970.
    pub modified: i64,
}

/// One file of an archive, as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    /// The number that its articles carry in the index; never used again for another reading.
    pub number: u64,
    /// Size and time when it was read.
    pub stamp: Stamp,
    /// XXH3 of its bytes, 128 bits.
    pub hash: u128,
    /// How many articles it gave.
    pub articles: u64,
    /// The path that the identities of its articles are made of, when it is not its own: it was moved.
    pub identity: Option<String>,
    /// Whether its modification time was so fresh when it was read that a later change may not show in it.
    pub racy: bool,
    /// What was remarked or refused.
    pub diagnostics: Vec<Diagnostic>,
}

/// One archive root.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SourceRow {
    /// The root, absolute, as text for people; empty for standard input.
    pub root: String,
    /// What decided how its files were read (format, maps, language …), as text; another one means reading again.
    pub settings: String,
    /// What a sample of its files taught about it, as text; empty when nothing was asked of it yet.
    pub lessons: String,
    /// Its files by their path below the root.
    pub files: BTreeMap<String, FileRow>,
}

/// Everything known of the files behind an index.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Counts the commits.
    pub generation: u64,
    /// The next unused file number.
    pub next_number: u64,
    /// The archives by name.
    pub sources: BTreeMap<String, SourceRow>,
    /// Numbers of files that were being read at the commit: their articles are not complete.
    pub open: Vec<u64>,
    /// When the last ingest ended, RFC 3339, UTC.
    pub last_ingest: String,
}

impl Manifest {
    /// All articles of all files.
    pub fn articles(&self) -> u64 {
        let files = self.sources.values().flat_map(|source| source.files.values());
        files.map(|file| file.articles).sum()
    }

    /// The bytes that are kept on disk (postcard).
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("a manifest holds only plain data")
    }

    /// Reads what [`Manifest::encode`] wrote in an index of that format; `None` when it is damaged or cannot be read as
    /// one of the formats that are known.
    pub fn decode(bytes: &[u8], format: u32) -> Option<Manifest> {
        match format {
            1 => earlier::decode_1(bytes),
            _ => postcard::from_bytes(bytes).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_its_encoding() {
        let row = FileRow {
            number: 7,
            stamp: Stamp { size: 12, modified: -5 },
            hash: u128::MAX,
            articles: 3,
            identity: Some("old/name.md".into()),
            racy: true,
            diagnostics: Vec::new(),
        };
        let source = SourceRow {
            root: "/archive".into(),
            settings: String::new(),
            lessons: String::new(),
            files: BTreeMap::from([("new/name.md".to_owned(), row)]),
        };
        let manifest = Manifest {
            generation: 2,
            next_number: 8,
            sources: BTreeMap::from([("archive".to_owned(), source)]),
            open: vec![6],
            last_ingest: "2020-01-01T00:00:00Z".into(),
        };
        assert_eq!(Manifest::decode(&manifest.encode(), FORMAT), Some(manifest));
    }

    #[test]
    fn damage_is_no_manifest() {
        assert_eq!(Manifest::decode(&[0xff; 40], FORMAT), None);
    }
}
