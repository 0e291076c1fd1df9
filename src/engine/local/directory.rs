//! The folder of a tantivy index, as a tantivy `Directory`.
//!
//! Reading takes no lock and writes nothing, so an index on read-only media can be queried; it sees the one commit
//! whose files were checked. Writing puts off `fsync` to the moment before `meta.json` changes, and syncs the folder
//! once more after it, because a rename is durable only then. Files are hashed while they are written, and whenever
//! `meta.json` is replaced, the hashes of the files that it names go into it.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

use super::commit::{Commit, META, Seals, is_of_segment, with_seals};
use super::files;
use super::seal::Sealing;
use super::waiting::in_time;
use super::windows::Windowed;

/// What the folder is opened for.
#[derive(Clone)]
enum Access {
    /// To read this commit, the text of `meta.json`.
    Read(Arc<Vec<u8>>),
    Write,
}

#[derive(Clone)]
pub(super) struct IndexDirectory {
    inner: MmapDirectory,
    root: Arc<PathBuf>,
    access: Access,
    /// The files that were there before.
    known: Arc<Seals>,
    written: Arc<Mutex<Written>>,
    merges: Arc<Merges>,
}

/// Files that were written.
#[derive(Default)]
struct Written {
    /// Those that are not yet synced.
    pending: Vec<PathBuf>,
    /// All of them.
    seals: Seals,
}

/// Whether what is written is of a merge, which can be given up at any time.
#[derive(Default)]
struct Merges {
    running: AtomicBool,
    stop: Arc<AtomicBool>,
}

impl Merges {
    fn is_given_up(&self) -> bool {
        self.running.load(Ordering::Relaxed) && self.stop.load(Ordering::Relaxed)
    }
}

impl IndexDirectory {
    /// The files of a commit that were found to be sound.
    pub(super) fn of_commit(root: &Path, commit: Commit) -> Result<IndexDirectory, OpenDirectoryError> {
        #[cfg(unix)]
        // Queries jump about in the files: without the advice each page fault reads 128 KB.
        let inner = MmapDirectory::open_with_madvice(root, tantivy::directory::Advice::Random)?;
        #[cfg(not(unix))]
        let inner = MmapDirectory::open(root)?;
        Ok(IndexDirectory {
            inner,
            root: Arc::new(root.to_owned()),
            access: Access::Read(Arc::new(commit.text)),
            known: Arc::new(commit.seals),
            written: Arc::default(),
            merges: Arc::default(),
        })
    }

    /// The whole folder, of whose files these are known.
    pub(super) fn for_writing(root: &Path, known: Seals) -> Result<IndexDirectory, OpenDirectoryError> {
        Ok(IndexDirectory {
            inner: MmapDirectory::open(root)?,
            root: Arc::new(root.to_owned()),
            access: Access::Write,
            known: Arc::new(known),
            written: Arc::default(),
            merges: Arc::default(),
        })
    }

    /// The same, where `stop` ends merges.
    pub(super) fn with_merges_stopped_by(self, stop: &Arc<AtomicBool>) -> IndexDirectory {
        let merges = Merges { running: AtomicBool::new(false), stop: Arc::clone(stop) };
        IndexDirectory { merges: Arc::new(merges), ..self }
    }

    /// Whether merges are to end.
    pub(super) fn is_stopped(&self) -> bool {
        self.merges.stop.load(Ordering::Relaxed)
    }

    /// Does a merge, which fails as soon as it is stopped: segments cannot be written then.
    pub(super) fn merging<T>(&self, merge: impl FnOnce() -> tantivy::Result<T>) -> tantivy::Result<()> {
        self.merges.running.store(true, Ordering::Relaxed);
        let merged = merge();
        self.merges.running.store(false, Ordering::Relaxed);
        merged.map(drop)
    }

    /// The seals of the files that were written.
    pub(super) fn written_seals(&self) -> Seals {
        self.written().seals.clone()
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_of_a_commit(&self, path: &Path) -> bool {
        let name = path.to_string_lossy();
        self.known.contains_key(&*name) || self.written().seals.contains_key(&*name)
    }

    /// Every file of a segment that is in the folder, as a list for the garbage collector. What tantivy would keep in
    /// a file of its own could be lost or wrong after a power cut; the folder itself never is.
    fn managed(&self) -> io::Result<Vec<u8>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&*self.root)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.retain(|name| is_of_segment(name));
        Ok(serde_json::to_vec(&names)?)
    }

    /// Takes a lock of tantivy's. Where tantivy would wait for ever, it fails after a while.
    fn acquire_in_time(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let at_once = Lock { filepath: lock.filepath.clone(), is_blocking: false };
        let acquired = in_time(|| match self.inner.acquire_lock(&at_once) {
            Err(LockError::LockBusy) if lock.is_blocking => None,
            acquired => Some(acquired),
        });
        acquired.unwrap_or(Err(LockError::LockBusy))
    }

    fn sync_pending(&self) -> io::Result<()> {
        let pending = std::mem::take(&mut self.written().pending);
        for path in pending {
            match File::open(&path) {
                Ok(file) => file.sync_data()?,
                // A segment that was merged away before it was ever committed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

pub(super) const TEMPORARY: &str = ".tmp";

/// The files that tantivy locks.
pub(super) const LOCKS: &[&str] = &[".tantivy-writer.lock", ".tantivy-meta.lock"];

/// tantivy's list of the files it has written.
const MANAGED: &str = ".managed.json";

impl fmt::Debug for IndexDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndexDirectory({:?})", self.root)
    }
}

/// Makes the entries of a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

struct DeferredFile {
    file: File,
    path: PathBuf,
    name: String,
    sealing: Sealing,
    written: Arc<Mutex<Written>>,
    merges: Arc<Merges>,
}

impl Write for DeferredFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.merges.is_given_up() {
            return Err(io::Error::other("stopped"));
        }
        let count = self.file.write(bytes)?;
        self.sealing.add(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for DeferredFile {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.pending.push(std::mem::take(&mut self.path));
        written.seals.insert(std::mem::take(&mut self.name), self.sealing.seal());
        Ok(())
    }
}

impl Directory for IndexDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let opened = match self.access {
            Access::Read(_) => self.inner.get_file_handle(path),
            Access::Write => match Windowed::open(&self.inner, &self.root, path) {
                Ok(file) => Ok(Arc::new(file) as Arc<dyn FileHandle>),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Err(OpenReadError::FileDoesNotExist(path.to_owned()))
                }
                Err(error) => Err(OpenReadError::wrap_io_error(error, path.to_owned())),
            },
        };
        match opened {
            // tantivy takes absent positions for a segment without any.
            Err(OpenReadError::FileDoesNotExist(_)) if self.is_of_a_commit(path) => {
                let gone = io::Error::from(io::ErrorKind::NotFound);
                Err(OpenReadError::wrap_io_error(gone, path.to_owned()))
            }
            opened => opened,
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.written().seals.remove(&*path.to_string_lossy());
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let full = self.root.join(path);
        // A file of that name can only be left over from a run that was killed: nobody else writes under the lock.
        let opened = files::create(&full);
        let file = opened.map_err(|error| OpenWriteError::wrap_io_error(error, path.to_owned()))?;
        let deferred = DeferredFile {
            file,
            path: full,
            name: path.to_string_lossy().into_owned(),
            sealing: Sealing::default(),
            written: Arc::clone(&self.written),
            merges: Arc::clone(&self.merges),
        };
        Ok(BufWriter::new(Box::new(deferred)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let absent = || OpenReadError::FileDoesNotExist(path.to_owned());
        match (&self.access, path == Path::new(MANAGED), path == Path::new(META)) {
            (Access::Read(_), true, _) => Err(absent()),
            (Access::Read(commit), _, true) => Ok(commit.to_vec()),
            (Access::Write, true, _) => {
                self.managed().map_err(|error| OpenReadError::wrap_io_error(error, path.to_owned()))
            }
            (Access::Read(_) | Access::Write, _, _) => self.inner.atomic_read(path),
        }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(MANAGED) {
            return Ok(());
        }
        let data = {
            let written = self.written();
            with_seals(data, |file| written.seals.get(file).or_else(|| self.known.get(file)).copied())
        };
        let data = data.map_err(io::Error::other)?;
        let target = self.root.join(path);
        let temporary = self.root.join(format!("{TEMPORARY}-{}", path.display()));
        let mut file = files::create(&temporary)?;
        file.write_all(&data)?;
        file.sync_data()?;
        drop(file);
        std::fs::rename(&temporary, &target)?;
        sync_folder(&self.root)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.sync_pending()?;
        sync_folder(&self.root)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.access {
            Access::Read(_) => Ok(DirectoryLock::from(Box::new(()))),
            Access::Write => self.acquire_in_time(lock),
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_commit_that_is_gone_is_an_error_and_no_empty_file() {
        let folder = tempfile::tempdir().expect("there is a folder");
        let gone = "0123456789abcdef0123456789abcdef.pos";
        let seals = Seals::from([(gone.to_owned(), Sealing::default().seal())]);
        let commit = Commit { payload: None, seals: seals.clone(), articles: 1, text: Vec::new() };
        let reading = IndexDirectory::of_commit(folder.path(), commit).expect("it is a folder");
        let writing = IndexDirectory::for_writing(folder.path(), seals).expect("it is a folder");
        for directory in [reading, writing] {
            let of = |name: &str| directory.get_file_handle(Path::new(name)).expect_err("there is none");
            assert!(matches!(of(gone), OpenReadError::IoError { .. }), "{:?}", of(gone));
            assert!(matches!(of("of-no-commit.pos"), OpenReadError::FileDoesNotExist(_)));
        }
    }
}
