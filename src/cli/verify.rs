//! `verify`: every byte of an index against what was committed.

use std::path::Path;

use clap::Args;

use crate::engine::local::Folder;
use crate::output::verification::{write_json, write_text};
use crate::search::verification::Kind;

use super::error::Error;
use super::status::Status;
use super::terminal::{Color, style};
use super::{Out, index};

#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(super) struct VerifyArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Each file is read as a whole and compared with the length and the checksum of
the last commit. Searching checks files as well, but only those that have
changed in size, time or place since they were found to be sound; what a disk
does to a file in silence, `verify` alone finds. Run it when a disk is doubted,
and before an index is copied for safe-keeping.

Exit codes: 0 every file is what was committed, 4 a file is changed or missing,
or is none of an index.";

/// Prints what was checked and what is wrong.
pub(super) fn run(
    args: &VerifyArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let path = index::existing(named)?;
    let verified = Folder::verify(&path)?;
    if args.json {
        out.write(|out| write_json(&verified, out))?;
    } else {
        out.write(|out| write_text(&verified, &style(color), out))?;
    }
    if let Some(damage) = Folder::refusal(&path, &verified) {
        return Err(damage.into());
    }
    match verified.findings.iter().find(|finding| finding.kind == Kind::Foreign) {
        None => Ok(Status::Done),
        Some(foreign) => Err(Error {
            status: Status::NoIndex,
            message: format!("in {}, {foreign}", path.display()),
            hint: Some("move it away; everything else is what was committed".to_owned()),
            caret: None,
        }),
    }
}
