//! Finds the files of an archive root, sorted, and says what it could not look into.

use std::path::{Path, PathBuf};
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
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        is_root || ((self.hidden || !is_hidden) && !self.is_index(entry))
    }

    fn is_index(&self, entry: &DirEntry) -> bool {
        let same = |index: &PathBuf| entry.path().canonicalize().is_ok_and(|path| path == *index);
        entry.file_type().is_dir()
            && (entry.path().join("backfile.json").is_file() || self.index.as_ref().is_some_and(same))
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

/// Walks one root: a folder, or a single file.
pub(super) fn walk(root: &Path, filter: &Filter) -> Walk {
    let mut walk = Walk::default();
    let entries = WalkDir::new(root).follow_links(filter.follow_links).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(|entry| filter.enters(entry)) {
        match entry {
            Ok(entry) => walk.take(root, &entry, filter),
            Err(error) => walk.faults.push(fault(root, &error)),
        }
    }
    // Sorted by whole names, so that the manifest's order is the walk's.
    walk.files.sort_by(|a, b| a.name.cmp(&b.name));
    walk
}

impl Walk {
    fn take(&mut self, root: &Path, entry: &DirEntry, filter: &Filter) {
        if entry.file_type().is_dir() {
            return;
        }
        let name = name_below(root, entry.path());
        if !filter.takes(&name) {
            return;
        }
        if !entry.file_type().is_file() {
            self.ignored += 1;
            return;
        }
        match entry.metadata() {
            Ok(data) => self.files.push(Found { name, path: entry.path().to_owned(), stamp: stamp(&data) }),
            Err(error) => self.faults.push(fault(root, &error)),
        }
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
        walk(root, &filter).files.into_iter().map(|found| found.name).collect()
    }

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
        assert_eq!(walk(Path::new("/nowhere/at/all"), &filter).faults.len(), 1);
    }
}
