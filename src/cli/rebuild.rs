//! `rebuild`: a new index from the archives of an old one, whatever state that is in.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;

use crate::engine::local::Folder;
use crate::engine::{EngineError, SourceRow};
use crate::ingest::report::IngestReport;
use crate::ingest::settings::Settings;
use crate::ingest::{Destination, IngestError, Options, Progress, Removals, Root, ingest};
use crate::output;
use crate::schema::load::Declaration;

use super::error::Error;
use super::ingest::{declaration, unwritable};
use super::memory::within_limit;
use super::progress::while_showing;
use super::status::Status;
use super::terminal::{Color, now, style};
use super::{Out, index};

#[derive(Debug, Args)]
pub(super) struct RebuildArgs {
    /// Declare the new index by the files in this folder [default: as the old one]
    #[arg(long, value_name = "DIR")]
    schema: Option<PathBuf>,
    /// No progress bar and no summary
    #[arg(short, long)]
    quiet: bool,
}

/// Builds a new index beside the old one and puts it in its place when it is complete.
pub(super) fn run(
    args: &RebuildArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let old = place(&index::existing(named)?);
    // Nothing is touched if it cannot be; but what was ingested up to the lock belongs to it.
    archives(&old)?;
    let lock = Folder::lock(&old)?;
    let archives = archives(&old)?;
    let declaration = match (&args.schema, Folder::open(&old)) {
        (None, Ok(folder)) => folder.declaration().clone(),
        (None, Err(error)) if error.is_refusal() => return Err(error.into()),
        (schema, _) => declaration(schema.as_deref())?,
    };
    let (new, aside) = (beside(&old, "rebuild"), beside(&old, "replaced"));
    make_way(&new)?;
    make_way(&aside)?;
    let rebuilt = build(&new, &archives, &declaration, args.quiet).and_then(|report| {
        Folder::take_over(&old, &new)?;
        Ok((report, replace(&old, &new, &aside)?))
    });
    if rebuilt.is_err() && old.exists() {
        // What is begun would take the room that may be missing.
        let _ = remove(&new);
    }
    let (report, replaced) = rebuilt?;
    if let Err(error) = discard(&old, &replaced) {
        out.aside(&left_behind(&replaced, error).render());
    }
    drop(lock);
    if !args.quiet {
        let style = style(color);
        out.write(|out| output::ingest::write_text(&report, &style, out))?;
    }
    Ok(if report.skipped.is_empty() { Status::Done } else { Status::Skipped })
}

/// The archives that an index was made of, which must be there.
fn archives(index: &Path) -> Result<BTreeMap<String, SourceRow>, Error> {
    let archives = Folder::manifest_in(index).map_err(unknown_archives)?.sources;
    for row in archives.values() {
        if !Path::new(&row.root).exists() {
            let missing = IngestError::NoRoot { path: PathBuf::from(&row.root) };
            return Err(Error { hint: Some("the old index is left as it is".to_owned()), ..missing.into() });
        }
    }
    Ok(archives)
}

/// What to do about an index without a manifest. One that the system did not show is not lost.
fn unknown_archives(error: EngineError) -> Error {
    if error.is_refusal() {
        return error.into();
    }
    let hint = "it is not known any more which archives it was made of: remove it and ingest them again";
    Error { hint: Some(hint.to_owned()), ..error.into() }
}

fn build(
    new: &Path,
    sources: &BTreeMap<String, SourceRow>,
    declaration: &Declaration,
    quiet: bool,
) -> Result<IngestReport, Error> {
    std::fs::create_dir_all(new).map_err(|error| unwritable(new, &error))?;
    Folder::create(new, declaration, declaration.check()?)?;
    let mut whole = IngestReport::default();
    for (name, row) in sources {
        let (today, now) = now();
        let root = Root { path: PathBuf::from(&row.root), name: Some(name.clone()) };
        let usual = Options::usual(vec![root], today, now);
        let (memory, threads) = within_limit(usual.memory, usual.threads)?;
        let options = Options {
            settings: Settings::from_text(&row.settings),
            removals: Removals::Remove,
            threads,
            memory,
            program: super::this_program(),
            ..usual
        };
        let folder = Folder::open(new)?;
        let progress = Progress::default();
        let stop = Arc::new(AtomicBool::new(false));
        let lock = Folder::lock(new)?;
        let report = while_showing(&progress, quiet, || {
            ingest(&options, Destination::Index(&folder, lock), &progress, &stop)
        })?;
        whole.join(report);
    }
    Ok(whole)
}

/// Where an index lies: not the link to it, and with a name, so that the new folder lies beside it.
fn place(index: &Path) -> PathBuf {
    let place: PathBuf = index.components().collect();
    let is_certain = !place.is_symlink() && place.file_name().is_some();
    if is_certain { place } else { place.canonicalize().unwrap_or(place) }
}

/// A folder in the same place, with a name that people do not give to theirs.
fn beside(index: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(index.file_name().unwrap_or_default());
    name.push(format!(".{ending}"));
    index.with_file_name(name)
}

/// Removes what a rebuild that was killed left there, and nothing else.
fn make_way(folder: &Path) -> Result<(), Error> {
    if folder.symlink_metadata().is_err() || Folder::holds_only_an_index(folder) {
        return remove(folder);
    }
    let hint = "the index is rebuilt there: move it away, or remove it yourself";
    Err(Error::usage(format!("{} is in the way", folder.display()), hint.to_owned()))
}

fn remove(folder: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unwritable(folder, &error)),
        _ => Ok(()),
    }
}

/// Puts the new folder in the place of the old one, and says where that one lies now.
fn replace(old: &Path, new: &Path, aside: &Path) -> Result<PathBuf, Error> {
    if exchange(old, new) {
        return Ok(new.to_owned());
    }
    replace_in_steps(old, new, aside).map(|()| aside.to_owned())
}

fn replace_in_steps(old: &Path, new: &Path, aside: &Path) -> Result<(), Error> {
    let rename = |from: &Path, to: &Path| std::fs::rename(from, to).map_err(|error| unwritable(to, &error));
    rename(old, aside)?;
    let Err(error) = rename(new, old) else { return Ok(()) };
    match rename(aside, old) {
        Ok(()) => Err(error),
        Err(_) => Err(displaced(old, new, aside, error)),
    }
}

/// Neither index lies in its place.
fn displaced(old: &Path, new: &Path, aside: &Path, error: Error) -> Error {
    let (old, new, aside) = (old.display(), new.display(), aside.display());
    Error {
        message: format!("{}; the new index lies in {new}, the old one in {aside}", error.message),
        hint: Some(format!("both are whole: move one of them to {old}")),
        ..error
    }
}

/// Removes the old index, once the new one would be found in its place after a power cut.
fn discard(index: &Path, replaced: &Path) -> Result<(), Error> {
    Folder::sync_place(index)?;
    remove(replaced)
}

/// The new index is in its place all the same.
fn left_behind(replaced: &Path, error: Error) -> Error {
    let message = format!("the index is rebuilt, but the old one is left behind: {}", error.message);
    Error { message, hint: Some(format!("remove {} yourself", replaced.display())), ..error }
}

/// Exchanges two folders at one stroke, so that a kill leaves no moment without an index; `false` where the system or
/// the file system cannot.
fn exchange(one: &Path, other: &Path) -> bool {
    #[cfg(target_os = "linux")]
    return {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
    };
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (one, other);
        false
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_old_index_is_moved_back_or_both_places_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new, aside] = ["old", "new", "aside"].map(|name| folder.path().join(name));
        fs::create_dir_all(old.join("precious")).unwrap();
        // There is no new one.
        assert!(replace_in_steps(&old, &new, &aside).is_err());
        assert!(old.join("precious").exists() && !aside.exists());
        fs::create_dir(&new).unwrap();
        assert!(replace_in_steps(&old, &new, &aside).is_ok());
        assert!(!old.join("precious").exists() && aside.join("precious").exists());
        let error = displaced(&old, &new, &aside, Error::usage("no", None)).render();
        assert!(
            [&old, &new, &aside].iter().all(|place| error.contains(&*place.to_string_lossy())),
            "{error}"
        );
    }
}
