//! `compact`: one segment without deleted articles, and nothing else in the folder.

use std::path::Path;

use clap::Args;

use crate::engine::local::{Folder, Writer};
use crate::output;

use super::error::Error;
use super::signals::Signals;
use super::status::Status;
use super::terminal::{Color, style};
use super::{Out, index};

#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(super) struct CompactArgs {
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
    /// No summary
    #[arg(short, long)]
    quiet: bool,
}

const AFTER: &str = "\
An ingest keeps the index in good order by itself: at most 8 segments, and none
with many deleted articles. `compact` is for an index that will not change for
a while, or is to be copied. It needs as much free room on the disk as the index
takes; searching works meanwhile, on the index as it was.

Exit codes: 0 done, 4 the index cannot be used, 5 it cannot be written, 75 an
ingest is writing, 130 and 143 stopped by a signal (the index is as it was).";

/// Compacts.
pub(super) fn run(
    args: &CompactArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let lock = Folder::lock(folder.path())?;
    let stop = Signals::install()?;
    let compaction = Writer::compact(&folder, lock, &stop.flag)?;
    if args.json {
        out.write(|out| output::compaction::write_json(&compaction, out))?;
    } else if !args.quiet {
        out.write(|out| output::compaction::write_text(&compaction, &style(color), out))?;
    }
    Ok(stop.number().map_or(Status::Done, Status::Interrupted))
}
