//! `rebuild`: a new index from the archives of an old one, whatever state that is in.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;

use crate::engine::local::Folder;
use crate::engine::{EngineError, SourceRow};
use crate::ingest::report::IngestReport;
use crate::ingest::settings::Settings;
use crate::ingest::{Destination, Options, Progress, Removals, Root, ingest};
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
    let manifest = Folder::manifest_in(&old).map_err(|error| {
        let hint = "it is not known any more which archives it was made of: remove it and ingest them again";
        Error { hint: Some(hint.to_owned()), ..error.into() }
    })?;
    for row in manifest.sources.values() {
        if !Path::new(&row.root).exists() {
            let missing = crate::ingest::IngestError::NoRoot { path: PathBuf::from(&row.root) };
            return Err(Error { hint: Some("the old index is left as it is".to_owned()), ..missing.into() });
        }
    }
    let lock = Folder::lock(&old)?;
    let declaration = match (&args.schema, Folder::open(&old)) {
        (None, Ok(folder)) => folder.declaration().clone(),
        (schema, _) => declaration(schema.as_deref())?,
    };
    let new = beside(&old, "new");
    remove(&new)?;
    let report = build(&new, &manifest.sources, &declaration, args.quiet).and_then(|report| {
        Folder::take_over(&old, &new)?;
        replace(&old, &new)?;
        Ok(report)
    });
    if report.is_err() {
        // What is begun would take the room that may be missing.
        let _ = remove(&new);
    }
    let report = report?;
    drop(lock);
    if !args.quiet {
        let style = style(color);
        out.write(|out| output::ingest::write_text(&report, &style, out))?;
    }
    Ok(if report.skipped.is_empty() { Status::Done } else { Status::Skipped })
}

fn build(
    new: &Path,
    sources: &std::collections::BTreeMap<String, SourceRow>,
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

/// Where an index lies: not the link to it, and without a slash at the end, so that the new folder lies beside it.
fn place(index: &Path) -> PathBuf {
    let place: PathBuf = index.components().collect();
    if place.is_symlink() { place.canonicalize().unwrap_or(place) } else { place }
}

/// A folder of the same name with an ending, in the same place.
fn beside(index: &Path, ending: &str) -> PathBuf {
    let mut name = index.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

fn remove(folder: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unwritable(folder, &error)),
        _ => Ok(()),
    }
}

/// Puts the new folder in the place of the old one, and removes that.
fn replace(old: &Path, new: &Path) -> Result<(), Error> {
    if exchange(old, new) {
        return remove(new);
    }
    let aside = beside(old, "old");
    remove(&aside)?;
    let rename = |from: &Path, to: &Path| {
        std::fs::rename(from, to)
            .map_err(|cause| EngineError::Unwritable { path: to.to_owned(), cause: cause.to_string() })
    };
    rename(old, &aside)?;
    if let Err(error) = rename(new, old) {
        rename(&aside, old)?;
        return Err(error.into());
    }
    remove(&aside)
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
