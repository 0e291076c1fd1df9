//! The folder of an index: what is in it, whether this program can use it, and who may write.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::index::{Index, IndexSettings};
use tantivy::store::Compressor;
use xxhash_rust::xxh3::xxh3_64;

use crate::engine::manifest::FORMAT;
use crate::engine::{EngineError, Families, Manifest};
use crate::schema::Schema;
use crate::schema::load::Declaration;

use super::commit::{Commit, META, Payload, Seals, is_of_segment};
use super::copies::KnownFamilies;
use super::directory::{IndexDirectory, TEMPORARY, sync_folder};
use super::files;
use super::integrity;
use super::schema::Fields;
use super::seal::{is_sealed, sealed};
use super::waiting::in_time;

pub(super) const DESCRIPTION: &str = "backfile.json";
/// What [`write_durably`] has of it before it is whole.
const BEGUN_DESCRIPTION: &str = "backfile.new";
pub(super) const LOCK: &str = "lock";
pub(super) const SEGMENTS: &str = "tantivy";
pub(super) const MANIFEST: &str = "manifest-";
pub(super) const FAMILIES: &str = "families-";

/// The ending of a file of ours that is not yet whole.
pub(super) const UNFINISHED: &str = "new";

/// How often what changes while it is read is tried again.
pub(super) const TRIES: usize = 5;

/// An index folder that this program can use.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    declaration: Arc<Declaration>,
    schema: Arc<Schema>,
}

/// The right to write; given back when dropped, also by a process that is killed.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

#[derive(Serialize, Deserialize)]
struct Description {
    format: u32,
    version: String,
    fingerprint: String,
    declaration: Declaration,
}

/// What an index of any format says of itself, so that it can be told which one it is.
#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
    version: String,
}

impl FormatOnly {
    fn of(path: &Path, text: &[u8]) -> Result<FormatOnly, EngineError> {
        serde_json::from_slice(text).map_err(|error| damaged(path, format!("{DESCRIPTION}: {error}")))
    }

    fn read(path: &Path) -> Result<FormatOnly, EngineError> {
        let text = files::read(&path.join(DESCRIPTION));
        FormatOnly::of(path, &text.map_err(|error| unread(path, DESCRIPTION, &error))?)
    }
}

/// The number in a name of that beginning.
pub(super) fn generation(name: &str, beginning: &str) -> Option<u64> {
    name.strip_prefix(beginning)?.parse().ok()
}

impl Folder {
    /// Opens an existing index.
    pub fn open(path: &Path) -> Result<Folder, EngineError> {
        let description = path.join(DESCRIPTION);
        let text = match files::read(&description) {
            Ok(text) => text,
            Err(error) if is_absent(&error) => return Err(Folder::without_description(path)),
            Err(error) => return Err(unread(path, DESCRIPTION, &error)),
        };
        match serde_json::from_slice::<Description>(&text) {
            Ok(described) if described.format == FORMAT && !is_sealed(&text) => {
                Err(damaged(path, format!("{DESCRIPTION}: its checksum does not fit")))
            }
            Ok(described) if described.format == FORMAT => Folder::described(path, described),
            read => Err(Folder::undescribed(path, &text, read.err())),
        }
    }

    /// Why a folder that says nothing of itself is no index.
    fn without_description(path: &Path) -> EngineError {
        let what = format!("{DESCRIPTION} is missing");
        match is_empty(path) {
            Err(error) => refused(path, &error),
            Ok(true) => EngineError::Absent { path: path.to_owned() },
            Ok(false) if path.join(SEGMENTS).join(META).exists() => damaged(path, what),
            Ok(false) => EngineError::Foreign { path: path.to_owned(), what },
        }
    }

    fn described(path: &Path, described: Description) -> Result<Folder, EngineError> {
        let declaration = described.declaration;
        if !declaration.is_current() {
            let what = "way of cutting text into words".to_owned();
            return Err(EngineError::Outdated { path: path.to_owned(), what });
        }
        let schema = declaration.check().map_err(|error| damaged(path, format!("{DESCRIPTION}: {error}")))?;
        if schema.fingerprint != described.fingerprint {
            return Err(damaged(path, format!("{DESCRIPTION}: its fingerprint does not fit")));
        }
        Ok(Folder { path: path.to_owned(), declaration: declaration.into(), schema: schema.into() })
    }

    /// Why a description is none of this format.
    fn undescribed(path: &Path, text: &[u8], error: Option<serde_json::Error>) -> EngineError {
        let known = match FormatOnly::of(path, text) {
            Ok(known) => known,
            Err(error) => return error,
        };
        match error {
            Some(error) if known.format == FORMAT => damaged(path, format!("{DESCRIPTION}: {error}")),
            Some(_) | None => {
                let FormatOnly { format, version } = known;
                let what = format!("format ({format}, by backfile {version}; this program reads {FORMAT})");
                EngineError::Outdated { path: path.to_owned(), what }
            }
        }
    }

    /// Makes a new index in a folder that does not exist or is empty.
    pub fn create(path: &Path, declaration: &Declaration, schema: Schema) -> Result<Folder, EngineError> {
        let segments = path.join(SEGMENTS);
        if holds_segments(&segments) {
            let what = format!("{DESCRIPTION} is missing beside {SEGMENTS}");
            return Err(damaged(path, what));
        }
        let unwritable = |error: io::Error| unwritable(path, error);
        // What a creation that was interrupted left there holds no article.
        match std::fs::remove_file(segments.join(META)) {
            Err(error) if !is_absent(&error) => return Err(unwritable(error)),
            _ => {}
        }
        std::fs::create_dir_all(&segments).map_err(unwritable)?;
        let directory = IndexDirectory::for_writing(&segments, Seals::new())
            .map_err(|error| unwritable(io::Error::other(error.to_string())))?;
        let settings = IndexSettings {
            docstore_compression: Compressor::Lz4,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        Index::create(directory, Fields::new(&schema).schema, settings)
            .map_err(|error| engine(path, error))?;
        let description = Description {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: declaration.fingerprint(),
            declaration: declaration.clone(),
        };
        let text = serde_json::to_vec(&description).expect("a description holds only plain data");
        write_durably(&path.join(DESCRIPTION), &sealed(&text)).map_err(unwritable)?;
        sync_folder(path).map_err(unwritable)?;
        Folder::sync_place(path)?;
        Ok(Folder {
            path: path.to_owned(),
            declaration: Arc::new(declaration.clone()),
            schema: schema.into(),
        })
    }

    /// Makes durable that a folder lies where it does.
    pub fn sync_place(path: &Path) -> Result<(), EngineError> {
        let synced = match path.parent() {
            Some(parent) if parent.as_os_str().is_empty() => sync_folder(Path::new(".")),
            Some(parent) => sync_folder(parent),
            None => Ok(()),
        };
        synced.map_err(|error| unwritable(path, error))
    }

    /// The number of the format on disk.
    pub fn format(&self) -> u32 {
        FORMAT
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it was declared as.
    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// The checked declaration.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Takes the right to write, or names who has it.
    pub fn lock(path: &Path) -> Result<Lock, EngineError> {
        let mut file = files::open_lock(&path.join(LOCK)).map_err(|error| unwritable(path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                // The holder's number is a help to people, not a fact that anything depends on. It may be about to be
                // written.
                let pid = in_time(|| pid_in(&mut file));
                return Err(EngineError::Locked { path: path.to_owned(), pid });
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(path, error)),
        }
        let written = file.set_len(0).and_then(|()| file.rewind());
        written
            .and_then(|()| write!(file, "{}", std::process::id()))
            .map_err(|error| unwritable(path, error))?;
        Ok(Lock { _file: file })
    }

    /// The manifest of the last commit; an empty one before the first.
    pub fn manifest(&self) -> Result<Manifest, EngineError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let Some(payload) = Commit::read(&self.path)?.payload else { return Ok(Manifest::default()) };
            match read_manifest(&self.path, &payload, FORMAT) {
                // An ingest has committed between our reading its name and opening it.
                Err(Unread::Absent) if tries < TRIES => {}
                Err(Unread::Absent) => {
                    return Err(damaged(&self.path, format!("{} is missing", payload.manifest)));
                }
                Err(Unread::Because(error)) => return Err(error),
                Ok(manifest) => return Ok(manifest),
            }
        }
    }

    /// The manifest in an index folder that may be unusable otherwise: what is needed to build it anew. Where the commit
    /// does not tell which one it is, it is the latest that can be read.
    pub fn manifest_in(path: &Path) -> Result<Manifest, EngineError> {
        // A lost description leaves the manifest as the only thing to build anew from.
        let format = sound(FormatOnly::read(path))?.map_or(FORMAT, |known| known.format);
        if let Some(payload) = Commit::payload_at_least(path)? {
            match read_manifest(path, &payload, format) {
                Ok(manifest) => return Ok(manifest),
                Err(Unread::Because(error)) if error.is_refusal() => return Err(error),
                Err(Unread::Absent | Unread::Because(_)) => {}
            }
        }
        if sound(Commit::read(path))?.is_some_and(|commit| commit.payload.is_none()) {
            return Ok(Manifest::default());
        }
        let mut numbers = numbers_in(path, MANIFEST)?;
        numbers.sort_unstable();
        for number in numbers.iter().rev() {
            let name = format!("{MANIFEST}{number}");
            let read = files::read(&path.join(&name)).map_err(|error| unread(path, &name, &error));
            if let Some(manifest) = sound(read)?.and_then(|bytes| Manifest::decode(&bytes, format)) {
                return Ok(manifest);
            }
        }
        Err(damaged(path, "no manifest can be read".to_owned()))
    }

    /// Makes sure that every file is what was committed, and removes what a run that was killed left behind.
    /// tantivy's own collector knows nothing of temporary files.
    pub fn clean(&self, _lock: &Lock) -> Result<(), EngineError> {
        let commit = Commit::read(&self.path)?;
        if let Err(findings) = integrity::check(&self.path, &commit)
            && let Some(refusal) = integrity::refusal(&self.path, &findings)
        {
            return Err(refusal);
        }
        let segments = self.segments();
        for entry in std::fs::read_dir(&segments).map_err(|error| unwritable(&self.path, error))? {
            let entry = entry.map_err(|error| unwritable(&self.path, error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_leftover = name.starts_with(TEMPORARY) || is_of_segment(&name);
            if is_leftover && !commit.seals.contains_key(&name) {
                std::fs::remove_file(entry.path()).map_err(|error| unwritable(&self.path, error))?;
            }
        }
        // What was begun and did not get its name.
        self.remove_where(|name| Path::new(name).extension().is_some_and(|it| it == UNFINISHED))?;
        self.remove_old_manifests()?;
        self.remove_old_families()
    }

    /// Writes a manifest beside the index, durably, for the commit that will name it.
    pub(super) fn write_manifest(&self, manifest: &Manifest) -> io::Result<Payload> {
        let name = format!("{MANIFEST}{}", manifest.generation);
        let bytes = manifest.encode();
        write_durably(&self.path.join(&name), &bytes)?;
        sync_folder(&self.path)?;
        Ok(Payload { manifest: name, checksum: xxh3_64(&bytes), articles: manifest.articles() })
    }

    /// Removes every manifest but the one that the last commit names.
    pub(super) fn remove_old_manifests(&self) -> Result<(), EngineError> {
        let current = Commit::read(&self.path)?.payload.map(|payload| payload.manifest);
        self.remove_others(MANIFEST, current.as_deref().unwrap_or_default())
    }

    /// Whether it is known which articles of the last commit are the same text again. What is damaged is not known,
    /// since families can always be found anew from the index.
    pub fn knows_families(&self) -> bool {
        self.families().is_ok_and(|known| known.is_current)
    }

    /// The families as of the last commit, or the nearest there are.
    pub(super) fn families(&self) -> Result<KnownFamilies, EngineError> {
        let Some(committed) = Commit::read(&self.path)?.generation() else {
            return Ok(KnownFamilies { is_current: true, ..KnownFamilies::default() });
        };
        if let Some(families) = self.families_of(committed)? {
            return Ok(KnownFamilies { families: families.into(), is_current: true });
        }
        let Some(nearest) = numbers_in(&self.path, FAMILIES)?.into_iter().max() else {
            return Ok(KnownFamilies::default());
        };
        let families = self.families_of(nearest)?.unwrap_or_default();
        // A later one is of an ingest that has ended meanwhile.
        Ok(KnownFamilies { families: families.into(), is_current: nearest >= committed })
    }

    fn families_of(&self, number: u64) -> Result<Option<Families>, EngineError> {
        let name = format!("{FAMILIES}{number}");
        match files::read(&self.path.join(&name)) {
            Ok(bytes) => {
                let families = Families::decode(&bytes).map(Some);
                families.ok_or_else(|| damaged(&self.path, format!("{name}: its checksum does not fit")))
            }
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(unread(&self.path, &name, &error)),
        }
    }

    /// Writes the families of the last commit, durably, in the place of earlier ones. Their name and their checksum
    /// bind them to the commit: a run that is killed before this leaves it without, and the next run finds them.
    pub(super) fn write_families(&self, families: &Families) -> Result<(), EngineError> {
        let Some(committed) = Commit::read(&self.path)?.generation() else { return Ok(()) };
        let name = format!("{FAMILIES}{committed}");
        let written = write_durably(&self.path.join(&name), &families.encode());
        written.map_err(|error| unwritable(&self.path, error))?;
        self.remove_others(FAMILIES, &name)
    }

    /// Removes the families of earlier commits once those of the last one are there.
    fn remove_old_families(&self) -> Result<(), EngineError> {
        let current = Commit::read(&self.path)?.generation();
        match current.map(|current| format!("{FAMILIES}{current}")) {
            Some(name) if self.path.join(&name).exists() => self.remove_others(FAMILIES, &name),
            Some(_) | None => Ok(()),
        }
    }

    /// Removes every file whose name begins so, but one.
    fn remove_others(&self, beginning: &str, kept: &str) -> Result<(), EngineError> {
        self.remove_where(|name| name.starts_with(beginning) && name != kept)
    }

    fn remove_where(&self, is_unwanted: impl Fn(&str) -> bool) -> Result<(), EngineError> {
        let entries = std::fs::read_dir(&self.path).map_err(|error| unwritable(&self.path, error))?;
        for entry in entries.flatten() {
            if !is_unwanted(&entry.file_name().to_string_lossy()) {
                continue;
            }
            match std::fs::remove_file(entry.path()) {
                // A query that has just given it its name is quicker.
                Err(error) if !is_absent(&error) => return Err(unwritable(&self.path, error)),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    pub(super) fn segments(&self) -> PathBuf {
        self.path.join(SEGMENTS)
    }

    /// Bytes on disk of everything in the folder.
    pub fn bytes(&self) -> u64 {
        let files = walkdir::WalkDir::new(&self.path).into_iter().filter_map(Result::ok);
        files
            .filter_map(|entry| entry.metadata().ok())
            .filter(|data| data.is_file())
            .map(|data| data.len())
            .sum()
    }
}

/// No number of a process is longer, in bytes.
const MAX_PID: u64 = 20;

fn pid_in(lock: &mut File) -> Option<u32> {
    let mut pid = String::new();
    lock.rewind().and_then(|()| lock.take(MAX_PID).read_to_string(&mut pid)).ok()?;
    pid.trim().parse().ok()
}

/// Why a manifest could not be read.
enum Unread {
    Absent,
    Because(EngineError),
}

fn read_manifest(index: &Path, payload: &Payload, format: u32) -> Result<Manifest, Unread> {
    let bytes = files::read(&index.join(&payload.manifest)).map_err(|error| {
        let because = || Unread::Because(unread(index, &payload.manifest, &error));
        if is_absent(&error) { Unread::Absent } else { because() }
    })?;
    let is_sound = xxh3_64(&bytes) == payload.checksum;
    let manifest = if is_sound { Manifest::decode(&bytes, format) } else { None };
    let changed = || damaged(index, format!("{}: its checksum does not fit", payload.manifest));
    manifest.ok_or_else(|| Unread::Because(changed()))
}

/// The numbers of the files whose names begin so.
fn numbers_in(index: &Path, beginning: &str) -> Result<Vec<u64>, EngineError> {
    Ok(names_in(index)?.iter().filter_map(|name| generation(name.to_str()?, beginning)).collect())
}

/// The names in a folder; none if there is no such folder.
pub(super) fn names_in(folder: &Path) -> Result<Vec<OsString>, EngineError> {
    let unlisted = |error: io::Error| {
        let is_refusal = is_refused(&error);
        if is_refusal { refused(folder, &error) } else { damaged(folder, error.to_string()) }
    };
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry.map_err(unlisted)?.file_name())).collect(),
        Err(error) if is_absent(&error) => Ok(Vec::new()),
        Err(error) => Err(unlisted(error)),
    }
}

pub(super) fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension(UNFINISHED);
    let mut file = files::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    std::fs::rename(&temporary, path)
}

pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether there is nothing in the folder but what an interrupted creation may leave.
fn is_empty(path: &Path) -> io::Result<bool> {
    if path.is_file() {
        return Ok(false);
    }
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(true),
        Err(error) => return Err(error),
    };
    let mut names = entries.flatten().map(|entry| entry.file_name());
    Ok(names.all(|name| {
        let is_begun = name == LOCK || name == BEGUN_DESCRIPTION;
        is_begun || name == SEGMENTS && !holds_segments(&path.join(SEGMENTS))
    }))
}

fn holds_segments(segments: &Path) -> bool {
    let entries = match std::fs::read_dir(segments) {
        Ok(entries) => entries,
        // What cannot be looked at may hold some.
        Err(error) => return !is_absent(&error),
    };
    entries
        .flatten()
        .any(|entry| Path::new(&entry.file_name()).extension().is_some_and(|ending| ending == "store"))
}

/// ENFILE and EMFILE of POSIX systems: too many open files, in the system or in this process.
const EXHAUSTED: [i32; 2] = [23, 24];

/// Whether the system had no room for more or gives no right to it, which says nothing of the index.
pub(super) fn is_refused(error: &io::Error) -> bool {
    let is_number = |number| cfg!(unix) && EXHAUSTED.contains(&number);
    matches!(error.kind(), io::ErrorKind::OutOfMemory | io::ErrorKind::PermissionDenied)
        || error.raw_os_error().is_some_and(is_number)
}

/// What was read, if it is sound. What the system refused to show may be.
pub(super) fn sound<T>(read: Result<T, EngineError>) -> Result<Option<T>, EngineError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_refusal() => Err(error),
        Err(_) => Ok(None),
    }
}

fn refused(file: &Path, error: &io::Error) -> EngineError {
    if error.kind() == io::ErrorKind::PermissionDenied {
        return EngineError::Forbidden { path: file.to_owned(), cause: error.to_string() };
    }
    EngineError::Refused { path: file.to_owned(), cause: error.to_string() }
}

/// A file of the index that cannot be read.
pub(super) fn unread(path: &Path, name: &str, error: &io::Error) -> EngineError {
    if is_refused(error) {
        return refused(&path.join(name), error);
    }
    damaged(path, format!("{name}: {error}"))
}

pub(super) fn damaged(path: &Path, what: String) -> EngineError {
    EngineError::Damaged { path: path.to_owned(), what }
}

pub(super) fn unwritable(path: &Path, cause: impl std::fmt::Display) -> EngineError {
    EngineError::Unwritable { path: path.to_owned(), cause: cause.to_string() }
}

/// Sorts what tantivy reports by what the user can do about it.
pub(super) fn engine(path: &Path, error: tantivy::TantivyError) -> EngineError {
    use tantivy::TantivyError as Tantivy;
    use tantivy::directory::error::{LockError, OpenReadError};
    match error {
        Tantivy::LockFailure(LockError::LockBusy, _) => {
            EngineError::Locked { path: path.to_owned(), pid: None }
        }
        Tantivy::DataCorruption(cause) => damaged(path, format!("{cause:?}")),
        Tantivy::IncompatibleIndex(cause) => {
            EngineError::Outdated { path: path.to_owned(), what: format!("tantivy format ({cause:?})") }
        }
        Tantivy::OpenReadError(OpenReadError::FileDoesNotExist(file)) => missing(path, &file),
        Tantivy::OpenReadError(OpenReadError::IoError { io_error, filepath }) if is_absent(&io_error) => {
            missing(path, &filepath)
        }
        other => unwritable(path, other),
    }
}

fn missing(path: &Path, file: &Path) -> EngineError {
    damaged(path, format!("{SEGMENTS}/{} is missing", file.display()))
}

/// What the system refused, if tantivy's error comes from that.
fn exhaustion(path: &Path, error: &tantivy::TantivyError) -> Option<EngineError> {
    use tantivy::TantivyError as Tantivy;
    use tantivy::directory::error::OpenReadError;
    let (file, error) = match error {
        Tantivy::OpenReadError(OpenReadError::IoError { io_error, filepath }) => {
            (path.join(SEGMENTS).join(filepath), io_error)
        }
        Tantivy::IoError(io_error) => (path.to_owned(), io_error),
        _ => return None,
    };
    is_refused(error).then(|| refused(&file, error))
}

/// The same for an index that is only read.
pub(super) fn reading(path: &Path, error: tantivy::TantivyError) -> EngineError {
    if let tantivy::TantivyError::InvalidArgument(what) = error {
        return EngineError::Query(what);
    }
    if let Some(refusal) = exhaustion(path, &error) {
        return refusal;
    }
    if let Some(damage) = integrity::damage(path) {
        return damage;
    }
    match engine(path, error) {
        EngineError::Unwritable { path, cause } => EngineError::Damaged { path, what: cause },
        other => other,
    }
}
