//! Finds the files of an archive root, sorted, and says what it could not look into.
//!
//! Asking for the size and time of each file takes longer than listing them, so several threads ask.

use std::num::NonZeroUsize;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use globset::{Glob, GlobSet, GlobSetBuilder};
use walkdir::{DirEntry, WalkDir};

use crate::article::Place;
use crate::diagnostic::{Diagnostic, Reason, Severity};
use crate::engine::manifest::Stamp;

use super::settings::Settings;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Path below the root, `/` between parts; bytes that are no UTF-8 are written `\xff`.
    pub name: String,
    /// What opens it.
    pub path: PathBuf,
    /// Size and time.
    pub stamp: Stamp,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Sorted by name.
    pub files: Vec<Found>,
    /// Links, pipes, devices.
    pub ignored: u64,
    /// What could not be looked into; then it is not known which files are gone.
    pub faults: Vec<Diagnostic>,
}

/// Which paths belong to an archive.
pub(super) struct Filter {
    include: Option<GlobSet>,
    exclude: Option<GlobSet>,
    hidden: bool,
    follow_links: bool,
    /// The index, which is never part of the archive.
    index: Option<PathBuf>,
}

impl Filter {
    /// Compiles the patterns; the error names the one that is wrong.
    pub(super) fn new(settings: &Settings, index: Option<&Path>) -> Result<Filter, globset::Error> {
        Ok(Filter {
            include: settings.include.as_deref().map(patterns).transpose()?,
            exclude: settings.exclude.as_deref().map(patterns).transpose()?,
            hidden: settings.hidden.unwrap_or(false),
            follow_links: settings.follow_links.unwrap_or(false),
            index: index.and_then(|path| path.canonicalize().ok()),
        })
    }

    fn enters(&self, entry: &DirEntry) -> bool {
        let is_root = entry.depth() == 0;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        is_root || ((self.hidden || !is_hidden) && !self.is_index(entry))
    }

    fn is_index(&self, entry: &DirEntry) -> bool {
        // Only a link leads to a folder of another name; looking up each folder would cost as much as listing it.
        let may_be = |index: &&PathBuf| {
            entry.path_is_symlink() || index.file_name().is_none_or(|name| name == entry.file_name())
        };
        let same = |index: &PathBuf| entry.path().canonicalize().is_ok_and(|path| path == *index);
        entry.file_type().is_dir()
            && (entry.path().join("backfile.json").is_file()
                || self.index.as_ref().filter(may_be).is_some_and(same))
    }

    fn takes(&self, name: &str) -> bool {
        self.include.as_ref().is_none_or(|set| set.is_match(name))
            && !self.exclude.as_ref().is_some_and(|set| set.is_match(name))
    }
}

fn patterns(patterns: &[String]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern)?);
    }
    set.build()
}

/// So many entries a thread lists before it looks at them.
const CHUNK: usize = 256;
/// More threads than this do not make a disk faster.
const MOST_THREADS: usize = 8;

/// Walks one root: a folder, or a single file. The threads take turns in listing, and look at what they have listed.
pub(super) fn walk(root: &Path, filter: &Filter, threads: NonZeroUsize) -> Walk {
    // Those of one folder differ in nothing but their names, and a name need not be cut out to be compared.
    let by_name = |a: &DirEntry, b: &DirEntry| a.path().as_os_str().cmp(b.path().as_os_str());
    let entries = WalkDir::new(root).follow_links(filter.follow_links).sort_by(by_name).into_iter();
    let entries = Mutex::new(entries.filter_entry(|entry| filter.enters(entry)));
    let look = || {
        let mut walk = Walk::default();
        loop {
            let listed: Vec<_> =
                entries.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(CHUNK).collect();
            if listed.is_empty() {
                return walk;
            }
            listed.into_iter().for_each(|entry| walk.take(root, entry, filter));
        }
    };
    let mut walk = std::thread::scope(|scope| {
        // One that cannot be started is done without.
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, look).ok();
        let others: Vec<_> = (1..threads.get().min(MOST_THREADS)).filter_map(start).collect();
        let mut walk = look();
        for other in others {
            walk.join(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        walk
    });
    // Sorted by whole names, so that the manifest's order is the walk's.
    walk.files.sort_by(|a, b| a.name.cmp(&b.name));
    walk
}

impl Walk {
    fn take(&mut self, root: &Path, entry: walkdir::Result<DirEntry>, filter: &Filter) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => self.take_file(root, entry, filter),
            Err(error) => self.faults.push(fault(root, &error)),
        }
    }

    fn take_file(&mut self, root: &Path, entry: DirEntry, filter: &Filter) {
        let name = name_below(root, entry.path());
        if !filter.takes(&name) {
            return;
        }
        if !entry.file_type().is_file() {
            self.ignored += 1;
            return;
        }
        match entry.metadata() {
            Ok(data) => self.files.push(Found { name, path: entry.into_path(), stamp: stamp(&data) }),
            Err(error) => self.faults.push(fault(root, &error)),
        }
    }

    fn join(&mut self, other: Walk) {
        self.files.extend(other.files);
        self.ignored += other.ignored;
        self.faults.extend(other.faults);
    }
}

/// The stamp of an open or a listed file.
pub(super) fn stamp(data: &std::fs::Metadata) -> Stamp {
    let modified = data.modified().unwrap_or(UNIX_EPOCH);
    let nanoseconds = match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => {
            i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanoseconds| -nanoseconds)
        }
    };
    Stamp { size: data.len(), modified: nanoseconds }
}

/// The path below the root as text that tells every path apart.
fn name_below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).ok().filter(|below| !below.as_os_str().is_empty());
    let below = below.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    if let Some(name) = below.to_str().filter(|_| MAIN_SEPARATOR == '/') {
        return name.to_owned();
    }
    let parts = below.components().map(|part| {
        let chunks = part.as_os_str().as_encoded_bytes().utf8_chunks();
        chunks.fold(String::new(), |mut name, chunk| {
            name.push_str(chunk.valid());
            chunk.invalid().iter().for_each(|byte| name.push_str(&format!("\\x{byte:02x}")));
            name
        })
    });
    parts.collect::<Vec<_>>().join("/")
}

fn fault(root: &Path, error: &walkdir::Error) -> Diagnostic {
    let path = error.path().map(|path| name_below(root, path)).unwrap_or_default();
    let (message, hint) = match error.loop_ancestor() {
        Some(ancestor) => (format!("a link that leads back to {}", ancestor.display()), None),
        None => {
            let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
            let hint = "nothing of this archive is removed from the index as long as it cannot be read whole";
            (format!("cannot be listed: {cause}"), Some(hint.to_owned()))
        }
    };
    Diagnostic {
        place: Place { path, member: None, record: None },
        severity: Severity::Skip,
        reason: Reason::Unreadable,
        message,
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path, settings: &Settings) -> Vec<String> {
        let filter = Filter::new(settings, Some(&root.join("index"))).unwrap();
        walk(root, &filter, THREADS).files.into_iter().map(|found| found.name).collect()
    }

    const THREADS: NonZeroUsize = NonZeroUsize::new(3).unwrap();

    #[test]
    fn takes_what_belongs_to_the_archive() {
        let root = tempfile::tempdir().unwrap();
        for name in
            ["b/x.md", "a.md", ".hidden/y.md", "index/z.md", "b.md", "other/backfile.json", "other/w.md"]
        {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let all = Settings::default();
        assert_eq!(names(root.path(), &all), ["a.md", "b.md", "b/x.md"]);
        let hidden = Settings { hidden: Some(true), ..Settings::default() };
        assert_eq!(names(root.path(), &hidden), [".hidden/y.md", "a.md", "b.md", "b/x.md"]);
        let some =
            Settings { include: Some(vec!["b*".into()]), exclude: Some(vec!["**/x.md".into()]), ..all };
        assert_eq!(names(root.path(), &some), ["b.md"]);
        assert_eq!(names(&root.path().join("a.md"), &Settings::default()), ["a.md"]);
    }

    #[test]
    #[cfg(unix)]
    fn names_that_are_no_utf8_are_told_apart() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new("root").join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"));
        assert_eq!(name_below(Path::new("root"), &path), "caf\\xe9.txt");
    }

    #[test]
    fn a_missing_root_is_a_fault() {
        let filter = Filter::new(&Settings::default(), None).unwrap();
        assert_eq!(walk(Path::new("/nowhere/at/all"), &filter, THREADS).faults.len(), 1);
    }

    #[test]
    fn threads_change_neither_the_files_nor_their_order() {
        let root = tempfile::tempdir().unwrap();
        let mut expected = Vec::new();
        for folder in ["a", "a.b", "b", "b/c"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
            for number in 0..CHUNK {
                let name = format!("{folder}/{number}.md");
                std::fs::write(root.path().join(&name), &name).unwrap();
                expected.push((name.clone(), name.len() as u64));
            }
        }
        expected.sort();
        let filter = Filter::new(&Settings::default(), None).unwrap();
        for threads in [1, 2, 100] {
            let walk = walk(root.path(), &filter, NonZeroUsize::new(threads).unwrap());
            let files = walk.files.into_iter().map(|found| (found.name, found.stamp.size));
            assert_eq!(files.collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_index_is_not_read_through_a_link_either() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("index")).unwrap();
        std::fs::write(root.path().join("index/z.md"), "x").unwrap();
        std::os::unix::fs::symlink(root.path().join("index"), root.path().join("other")).unwrap();
        let follow = Settings { follow_links: Some(true), ..Settings::default() };
        assert_eq!(names(root.path(), &follow), [""; 0]);
    }
}
