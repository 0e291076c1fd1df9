//! Where the index is.

use std::path::{Path, PathBuf};

use crate::engine::local::{Folder, Searcher};

use super::error::{Error, NO_INDEX};
use super::status::Status;

/// The folder that holds an index when none is named.
pub(super) const USUAL: &str = ".backfile";

/// The index that is named, or the nearest one from the current folder upwards.
pub(super) fn find(named: Option<&Path>) -> Option<PathBuf> {
    if let Some(named) = named {
        return Some(named.to_owned());
    }
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(USUAL)).find(|index| index.is_dir())
}

/// The index that is named or found, or an error that says how one is found.
pub(super) fn existing(named: Option<&Path>) -> Result<PathBuf, Error> {
    find(named).ok_or_else(|| Error {
        status: Status::NoIndex,
        message: "there is no index here".to_owned(),
        hint: Some(NO_INDEX.to_owned()),
        caret: None,
    })
}

/// Opens the index that is named or found.
pub(super) fn open(named: Option<&Path>) -> Result<Folder, Error> {
    Ok(Folder::open(&existing(named)?)?)
}

/// Opens the last commit of the index.
pub(super) fn searcher(named: Option<&Path>) -> Result<Searcher, Error> {
    Ok(Searcher::open(&open(named)?)?)
}
