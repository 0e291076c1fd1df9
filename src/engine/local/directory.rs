//! The folder of a tantivy index, as a tantivy `Directory`.
//!
//! Reading takes no lock and writes nothing, so an index on read-only media can be queried. Writing puts off
//! `fsync` to the moment before `meta.json` changes, and syncs the folder once more after it, because a rename is
//! durable only then.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

use super::windows::Windowed;
use super::folder::is_leftover;

/// What the folder is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

#[derive(Clone)]
pub(super) struct IndexDirectory {
    inner: MmapDirectory,
    root: Arc<PathBuf>,
    access: Access,
    /// Files that are written and not yet synced.
    pending: Arc<Mutex<Vec<PathBuf>>>,
    merges: Arc<Merges>,
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
    pub(super) fn open(root: &Path, access: Access) -> Result<IndexDirectory, OpenDirectoryError> {
        let inner = match access {
            #[cfg(unix)]
            // Queries jump about in the files: without the advice each page fault reads 128 KB.
            Access::Read => MmapDirectory::open_with_madvice(root, tantivy::directory::Advice::Random)?,
            #[cfg(not(unix))]
            Access::Read => MmapDirectory::open(root)?,
            Access::Write => MmapDirectory::open(root)?,
        };
        Ok(IndexDirectory {
            inner,
            root: Arc::new(root.to_owned()),
            access,
            pending: Arc::default(),
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

    /// What the garbage collector may remove when no commit needs it any more. tantivy's own list is not believed: a
    /// power cut may have taken it, or brought an older one back.
    fn segment_files(&self) -> io::Result<Vec<String>> {
        let entries = std::fs::read_dir(&*self.root)?;
        let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.filter(|name| name.as_ref().map_or(true, |name| is_leftover(name))).collect()
    }

    fn sync_pending(&self) -> io::Result<()> {
        let pending = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
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

/// tantivy's list of the files it has written.
const MANAGED: &str = ".managed.json";

impl fmt::Debug for IndexDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndexDirectory({:?}, {:?})", self.root, self.access)
    }
}

/// Makes the entries of a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

struct DeferredFile {
    file: File,
    path: PathBuf,
    pending: Arc<Mutex<Vec<PathBuf>>>,
    merges: Arc<Merges>,
}

impl Write for DeferredFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.merges.is_given_up() {
            return Err(io::Error::other("stopped"));
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for DeferredFile {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        let path = std::mem::take(&mut self.path);
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).push(path);
        Ok(())
    }
}

impl Directory for IndexDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match self.access {
            Access::Read => self.inner.get_file_handle(path),
            Access::Write => match Windowed::open(&self.inner, &self.root, path) {
                Ok(file) => Ok(Arc::new(file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Err(OpenReadError::FileDoesNotExist(path.to_owned()))
                }
                Err(error) => Err(OpenReadError::wrap_io_error(error, path.to_owned())),
            },
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let full = self.root.join(path);
        // A file of that name can only be left over from a run that was killed: nobody else writes under the lock.
        let opened = OpenOptions::new().write(true).create(true).truncate(true).open(&full);
        let file = opened.map_err(|error| OpenWriteError::wrap_io_error(error, path.to_owned()))?;
        let deferred = DeferredFile {
            file,
            path: full,
            pending: Arc::clone(&self.pending),
            merges: Arc::clone(&self.merges),
        };
        Ok(BufWriter::new(Box::new(deferred)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let absent = || OpenReadError::FileDoesNotExist(path.to_owned());
        if path != Path::new(MANAGED) {
            return self.inner.atomic_read(path);
        }
        match self.access {
            Access::Read => Err(absent()),
            Access::Write => {
                let files = self.segment_files();
                let files = files.map_err(|error| OpenReadError::wrap_io_error(error, path.to_owned()))?;
                Ok(serde_json::to_vec(&files).expect("a list of names is plain data"))
            }
        }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let target = self.root.join(path);
        let temporary = self.root.join(format!("{TEMPORARY}-{}", path.display()));
        let mut file = File::create(&temporary)?;
        file.write_all(data)?;
        // The list of managed files only serves to collect garbage: if a power cut takes it, nothing is lost.
        let is_commit = path == Path::new("meta.json");
        if is_commit {
            file.sync_data()?;
        }
        drop(file);
        std::fs::rename(&temporary, &target)?;
        if is_commit { sync_folder(&self.root) } else { Ok(()) }
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.sync_pending()?;
        sync_folder(&self.root)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.access {
            Access::Read => Ok(DirectoryLock::from(Box::new(()))),
            Access::Write => self.inner.acquire_lock(lock),
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}
