//! The bytes that an article was made of, cut out of its archive again.

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::article::Article;
use crate::engine::Manifest;

use super::settings::Settings;
use super::unpack::{Bytes, Content, unpack};

/// The bytes of an article.
pub struct Source {
    /// Its record, member or file, unpacked.
    pub bytes: Vec<u8>,
    /// Whether the file is another one than was read.
    pub has_changed: bool,
}

/// Why the bytes cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be opened or unpacked.
    #[error("cannot read {path}: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What happened.
        why: String,
    },
    /// The file is there, the record is not.
    #[error("{place} is no longer in {path}")]
    Gone {
        /// The file.
        path: PathBuf,
        /// Where the article lay.
        place: String,
    },
}

/// Cuts the bytes of an article out of the file where an ingest found it.
pub fn source(article: &Article, manifest: &Manifest) -> Result<Source, SourceError> {
    let row = manifest.sources.get(&article.source);
    let root = PathBuf::from(row.map(|row| row.root.as_str()).unwrap_or_default());
    let path = if root.is_file() { root } else { root.join(&article.place.path) };
    let unreadable = |why: String| SourceError::Unreadable { path: path.clone(), why };
    let data = std::fs::metadata(&path).map_err(|error| unreadable(error.to_string()))?;
    let known = row.and_then(|row| row.files.get(&article.place.path));
    let settings = row.map(|row| Settings::from_text(&row.settings)).unwrap_or_default();
    let mut found = Vec::new();
    let mut fault = None;
    unpack(&path, &article.place.path, settings.forced_format(), &mut |part| match part.content {
        Content::Bytes(bytes) => {
            let is_of_member = is_within(part.member.as_deref(), article.place.member.as_deref());
            match is_of_member.then(|| cut_out(&bytes, article.span)).flatten() {
                Some(bytes) => {
                    found = bytes.to_vec();
                    ControlFlow::Break(())
                }
                None => ControlFlow::Continue(()),
            }
        }
        Content::LeftOut(..) => ControlFlow::Continue(()),
        Content::Fault(_, why) => {
            fault = fault.take().or(Some(why.message));
            ControlFlow::Continue(())
        }
    })
    .map_err(|fault| unreadable(fault.message))?;
    match (found.is_empty(), fault) {
        (false, _) => {
            let has_changed = known.is_none_or(|known| known.stamp != super::walk::stamp(&data));
            Ok(Source { bytes: found, has_changed })
        }
        (true, Some(why)) => Err(unreadable(why)),
        (true, None) => Err(SourceError::Gone { place: article.place.to_string(), path }),
    }
}

/// Whether a part is the member that was asked for, or a document that it is a chapter of.
fn is_within(part: Option<&str>, wanted: Option<&str>) -> bool {
    match (part, wanted) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(part), Some(wanted)) => {
            wanted.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
        }
    }
}

/// The record in the part, or all of the part when the article is more than a record of it.
fn cut_out(part: &Bytes, span: Option<(u64, u64)>) -> Option<&[u8]> {
    let Some((start, length)) = span else { return Some(&part.bytes) };
    let start = usize::try_from(start.checked_sub(part.offset)?).ok()?;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    part.bytes.get(start..end)
}
