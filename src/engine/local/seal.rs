//! Checksums over our own files: of a JSON object as a whole, and of any file by its length and XXH3.
//!
//! A sealed object carries the checksum of its own text as its last key, so that one file is whole or not and needs
//! no other beside it. XXH3 finds damage, not malice: who can write to the folder can also write the checksum.

use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Bytes read at once to be hashed.
const CHUNK: usize = 1 << 18;

const BEFORE: &[u8] = b",\"checksum\":\"";
const BEHIND: &[u8] = b"\"}";
const DIGITS: usize = 16;

/// What identifies the bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seal {
    pub(super) bytes: u64,
    /// XXH3.
    pub(super) hash: u64,
}

impl Seal {
    /// Reads a file from beginning to end.
    pub(super) fn of(path: &Path) -> io::Result<Seal> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut chunk = vec![0; CHUNK.min(usize::try_from(size).unwrap_or(CHUNK).max(1))];
        let mut sealing = Sealing::default();
        loop {
            match file.read(&mut chunk) {
                Ok(0) => return Ok(sealing.seal()),
                Ok(read) => sealing.add(&chunk[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The seal of a file that is being written.
#[derive(Default)]
pub(super) struct Sealing {
    bytes: u64,
    hash: Xxh3,
}

impl Sealing {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
    }

    pub(super) fn seal(&self) -> Seal {
        Seal { bytes: self.bytes, hash: self.hash.finish() }
    }
}

/// The text of a JSON object that is not empty, with its checksum as the last key.
pub(super) fn sealed(object: &[u8]) -> Vec<u8> {
    let object = object.trim_ascii_end();
    let mut text = object.strip_suffix(b"}").unwrap_or(object).to_vec();
    text.extend(BEFORE);
    let checksum = xxh3_64(&text);
    text.extend(format!("{checksum:0DIGITS$x}").bytes());
    text.extend(BEHIND);
    text
}

/// Whether a text is what [`sealed`] gave, to the last byte.
pub(super) fn is_sealed(text: &[u8]) -> bool {
    let Some((object, digits)) = text.strip_suffix(BEHIND).and_then(|text| text.split_last_chunk::<DIGITS>())
    else {
        return false;
    };
    object.ends_with(BEFORE) && format!("{:0DIGITS$x}", xxh3_64(object)).as_bytes() == digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sealed_object_is_one_and_every_change_is_seen() {
        let text = sealed(b"{\"a\": 1,\n \"b\": [2]}\n");
        let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!((&value["a"], &value["b"][0]), (&1.into(), &2.into()));
        assert!(is_sealed(&text));
        for at in 0..text.len() {
            assert!(!is_sealed(&text[..at]), "cut at {at}");
            for mask in [0xff, 1, 2, 4, 8, 16, 32, 64, 128] {
                let mut other = text.clone();
                other[at] ^= mask;
                assert!(!is_sealed(&other), "byte {at} changed by {mask:x}");
            }
        }
        assert!(!is_sealed(&[&text[..], b"\n"].concat()));
    }

    #[test]
    fn a_file_has_the_seal_of_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for size in [0, 1, CHUNK - 1, CHUNK, 3 * CHUNK + 7] {
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let mut sealing = Sealing::default();
            bytes.chunks(1000).for_each(|part| sealing.add(part));
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(Seal::of(&path).unwrap(), sealing.seal());
            assert_eq!(sealing.seal(), Seal { bytes: size as u64, hash: xxh3_64(&bytes) });
        }
        assert!(Seal::of(&folder.path().join("none")).is_err());
        assert!(Seal::of(folder.path()).is_err(), "what fails while it is read");
    }

    proptest! {
        #[test]
        fn no_text_panics(text: Vec<u8>) {
            is_sealed(&text);
            prop_assert!(is_sealed(&sealed(&text)));
        }
    }
}
