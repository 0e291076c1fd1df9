//! Files of segments as a merge reads them: from the beginning to the end, and never again.
//!
//! A file that is mapped into memory stays there for as long as the merge takes, so a merge of mapped files takes as
//! much memory as they are long. Here it takes a window of each.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tantivy::HasLen;
use tantivy::directory::{Directory, FileHandle, MmapDirectory, OwnedBytes};

/// Bytes of a window: little beside the rest even if hundreds of segments are merged, and some hundred terms.
const WINDOW: usize = 64 << 10;

/// What is wanted in one piece and is longer than this is mapped for as long as it is needed: the system can take the
/// memory back at any time.
const LONGEST: usize = 16 << 20;

/// A file that is never changed, and not removed as long as this is there.
pub(super) struct Windowed {
    folder: MmapDirectory,
    /// Below the folder, and in full.
    name: PathBuf,
    path: PathBuf,
    length: usize,
    /// Where it begins, and its bytes.
    window: Mutex<(usize, OwnedBytes)>,
}

impl Windowed {
    /// A file of that folder, which lies at `root`. It is opened whenever it is read: hundreds of segments would be
    /// more open files than a process may have.
    pub(super) fn open(folder: &MmapDirectory, root: &Path, name: &Path) -> io::Result<Windowed> {
        let path = root.join(name);
        let length = usize::try_from(std::fs::metadata(&path)?.len()).map_err(io::Error::other)?;
        let window = Mutex::new((0, OwnedBytes::empty()));
        Ok(Windowed { folder: folder.clone(), name: name.to_owned(), path, length, window })
    }

    fn read(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut bytes = vec![0; range.len()];
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(range.start as u64))?;
        file.read_exact(&mut bytes)?;
        Ok(OwnedBytes::new(bytes))
    }

    fn mapped(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        self.folder.get_file_handle(&self.name).map_err(io::Error::other)?.read_bytes(range)
    }
}

impl FileHandle for Windowed {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.len() > LONGEST {
            return self.mapped(range);
        }
        if range.len() > WINDOW / 2 {
            return self.read(range);
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let is_in = range.start >= window.0 && range.end <= window.0 + window.1.len();
        if !is_in {
            let end = self.length.min(range.start + WINDOW).max(range.end);
            *window = (range.start, self.read(range.start..end)?);
        }
        Ok(window.1.slice(range.start - window.0..range.end - window.0))
    }
}

impl HasLen for Windowed {
    fn len(&self) -> usize {
        self.length
    }
}

impl fmt::Debug for Windowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Windowed({:?}, {} bytes)", self.path, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_bytes_of_the_file_wherever_its_window_is() {
        let folder = tempfile::tempdir().unwrap();
        let length = LONGEST + 3 * WINDOW;
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        std::fs::write(folder.path().join("a.idx"), &bytes).unwrap();
        let directory = MmapDirectory::open(folder.path()).unwrap();
        let file = Windowed::open(&directory, folder.path(), Path::new("a.idx")).unwrap();
        assert_eq!(file.len(), length);
        for range in [
            0..0,
            0..10,
            5..WINDOW / 2,
            WINDOW - 3..WINDOW + 3,
            2..9,
            length - 7..length,
            length..length,
            0..WINDOW,
            3..LONGEST - 1,
            7..LONGEST + 8,
            0..length,
        ] {
            assert_eq!(
                file.read_bytes(range.clone()).unwrap().as_slice(),
                &bytes[range.clone()],
                "{range:?}"
            );
        }
        assert!(file.read_bytes(length - 1..length + 1).is_err());
    }
}
