//! Manifests of earlier formats: read for `rebuild` alone, never written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{FileRow, Manifest, SourceRow};

/// Format 1: nothing was learned of an archive.
#[derive(Deserialize)]
struct Manifest1 {
    generation: u64,
    next_number: u64,
    sources: BTreeMap<String, Source1>,
    open: Vec<u64>,
    last_ingest: String,
}

#[derive(Deserialize)]
struct Source1 {
    root: String,
    settings: String,
    files: BTreeMap<String, FileRow>,
}

/// A manifest of format 1.
pub(super) fn decode_1(bytes: &[u8]) -> Option<Manifest> {
    let earlier: Manifest1 = postcard::from_bytes(bytes).ok()?;
    let source = |source: Source1| SourceRow {
        root: source.root,
        settings: source.settings,
        lessons: String::new(),
        files: source.files,
    };
    Some(Manifest {
        generation: earlier.generation,
        next_number: earlier.next_number,
        sources: earlier.sources.into_iter().map(|(name, row)| (name, source(row))).collect(),
        open: earlier.open,
        last_ingest: earlier.last_ingest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_1_is_read() {
        // An archive "a" at /a without files, as postcard writes it: numbers and lengths in one byte each.
        let bytes = b"\x03\x08\x01\x01a\x02/a\x02{}\x00\x01\x06\x01z";
        let manifest = decode_1(bytes).unwrap();
        let row = &manifest.sources["a"];
        assert_eq!((row.root.as_str(), row.settings.as_str(), row.files.len()), ("/a", "{}", 0));
        assert_eq!((manifest.generation, manifest.next_number, manifest.open), (3, 8, vec![6]));
        assert_eq!(manifest.last_ingest, "z");
    }
}
