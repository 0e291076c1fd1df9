//! Which files were compared with what was committed, so that not every query reads the whole index.
//!
//! A mark holds what the file system says of a file at that moment: size, inode, times of modification and of change.
//! Nobody can write to a file, replace, copy or restore it without one of them changing; the time of change cannot be
//! set by anybody. So a file that still fits its mark can only have been damaged behind the back of the file system,
//! by the disk itself. `verify` and merges believe no mark.
//!
//! The marks are a help alone: without them, or when they cannot be written, files are read again.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::files;
use super::folder::UNFINISHED;
use super::seal::Seal;

/// The file, beside the segments.
pub(super) const MARKS: &str = "checked";

/// A file that was changed so recently may be changed again without its times showing it: the clocks of file systems
/// are as coarse as two seconds (FAT).
const FRESH_NANOSECONDS: i128 = 2_000_000_000;

/// What the file system says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) bytes: u64,
    inode: u64,
    /// Nanoseconds since 1970.
    modified: i128,
    changed: i128,
}

impl State {
    pub(super) fn of(path: &Path) -> io::Result<State> {
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is no file"));
        }
        let (inode, changed) = identity(&metadata);
        let modified = metadata.modified().map_or(0, nanoseconds);
        Ok(State { bytes: metadata.len(), inode, modified, changed: changed.unwrap_or(modified) })
    }

    /// Whether a later change of the file is sure to show.
    pub(super) fn is_settled(&self, now: SystemTime) -> bool {
        nanoseconds(now) - self.changed.max(self.modified) > FRESH_NANOSECONDS
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, Option<i128>) {
    use std::os::unix::fs::MetadataExt;
    let changed = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
    (metadata.ino(), Some(changed))
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> (u64, Option<i128>) {
    (0, metadata.created().map(nanoseconds).ok())
}

fn nanoseconds(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}

/// A file that was as committed when it was in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) seal: Seal,
    pub(super) state: State,
}

/// Marks by the names of the files in the folder of the segments.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marks(pub(super) BTreeMap<String, Mark>);

impl Marks {
    /// The marks of an index; none when they are damaged or missing.
    pub(super) fn read(index: &Path) -> Marks {
        let bytes = files::read(&index.join(MARKS)).ok();
        bytes.and_then(|bytes| Marks::decode(&bytes)).unwrap_or_default()
    }

    /// Writes the marks if the folder may be written to. Whoever reads meanwhile sees the old ones or the new ones, and
    /// what a power cut takes is read again.
    pub(super) fn write(&self, index: &Path) {
        let temporary = index.join(MARKS).with_extension(UNFINISHED);
        let written = files::create(&temporary).and_then(|mut file| file.write_all(&self.encode()));
        if written.and_then(|()| std::fs::rename(&temporary, index.join(MARKS))).is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
    }

    pub(super) fn has(&self, name: &str, mark: Mark) -> bool {
        self.0.get(name) == Some(&mark)
    }

    /// XXH3 of the rest, then the marks (postcard).
    fn encode(&self) -> Vec<u8> {
        let marks = postcard::to_stdvec(self).expect("marks are plain data");
        [&xxh3_64(&marks).to_le_bytes()[..], &marks].concat()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Marks> {
        let (checksum, marks) = bytes.split_first_chunk()?;
        let is_sound = u64::from_le_bytes(*checksum) == xxh3_64(marks);
        if is_sound { postcard::from_bytes(marks).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn mark() -> Mark {
        let state = State { bytes: 3, inode: 7, modified: -1, changed: i128::from(i64::MAX) };
        Mark { seal: Seal { bytes: 3, hash: u64::MAX }, state }
    }

    #[test]
    fn marks_survive_their_encoding_and_damage_is_seen() {
        let marks = Marks([("a.idx".to_owned(), mark())].into());
        let bytes = marks.encode();
        assert_eq!(Marks::decode(&bytes), Some(marks));
        for at in 0..bytes.len() {
            assert_eq!(Marks::decode(&bytes[..at]), None, "cut at {at}");
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_eq!(Marks::decode(&other), None, "changed at {at}");
        }
    }

    #[test]
    fn a_fresh_file_is_not_settled() {
        let state = State { bytes: 0, inode: 0, modified: 5_000_000_000, changed: 0 };
        for (milliseconds, settled) in [(0, false), (5_000, false), (7_000, false), (7_001, true)] {
            let now = UNIX_EPOCH + Duration::from_millis(milliseconds);
            assert_eq!(state.is_settled(now), settled, "{milliseconds}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_done_to_a_file_shows_in_its_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let old = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let set_time = || {
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(old).unwrap();
        };
        std::fs::write(&path, b"one").unwrap();
        set_time();
        let before = State::of(&path).unwrap();
        assert_eq!(before, State::of(&path).unwrap());
        // Longer than the clock of a file system stands still.
        std::thread::sleep(Duration::from_millis(50));
        std::fs::write(&path, b"two").unwrap();
        set_time();
        assert_ne!(State::of(&path).unwrap(), before, "other bytes under the same size and time");
        std::fs::write(folder.path().join("new"), b"three").unwrap();
        let new = State::of(&folder.path().join("new")).unwrap();
        assert_eq!(new.changed, new.modified, "both are nanoseconds since 1970");
        assert!(!new.is_settled(SystemTime::now()));
        assert!(State::of(folder.path()).is_err() && State::of(&folder.path().join("none")).is_err());
    }

    #[test]
    fn times_before_1970_are_negative() {
        assert_eq!(nanoseconds(UNIX_EPOCH + Duration::from_millis(1)), 1_000_000);
        assert_eq!(nanoseconds(UNIX_EPOCH - Duration::from_millis(1)), -1_000_000);
    }

    #[test]
    fn what_is_marked_is_known_until_its_state_differs() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Marks::read(folder.path()), Marks::default());
        Marks([("a.idx".to_owned(), mark())].into()).write(folder.path());
        let marks = Marks::read(folder.path());
        assert!(marks.has("a.idx", mark()) && !marks.has("b.idx", mark()));
        let other = Mark { state: State { inode: 8, ..mark().state }, ..mark() };
        assert!(!marks.has("a.idx", other));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let sealed = [&xxh3_64(&bytes).to_le_bytes()[..], &bytes].concat();
            Marks::decode(&bytes);
            Marks::decode(&sealed);
        }
    }
}
