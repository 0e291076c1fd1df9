//! `formats`: what the program reads, and within which limits.

use clap::Args;

use crate::ingest::isolate::confinement::forbidden_here;
use crate::output::formats::{FormatRow, Formats, write_json, write_limits, write_text};
use crate::reader::recognise::{COMPRESSION, CONTAINERS};
use crate::reader::{READERS, Reader};

use super::Out;
use super::error::{Error, thread_refused};
use super::limits::LIMITS;
use super::status::Status;
use super::terminal::{Color, style};

#[derive(Debug, Args)]
pub(super) struct FormatsArgs {
    /// Every limit, and what happens beyond it
    #[arg(long)]
    limits: bool,
    /// As JSON, with the limits
    #[arg(long)]
    json: bool,
}

/// Prints the formats or the limits.
pub(super) fn run(args: &FormatsArgs, color: Color, out: &mut Out) -> Result<Status, Error> {
    let forbidden = if args.json || args.limits { forbidden_here() } else { Ok(Vec::new()) };
    let formats = Formats {
        formats: READERS.iter().map(|reader| row(*reader)).collect(),
        compressions: COMPRESSION,
        containers: CONTAINERS,
        limits: LIMITS,
        forbidden: forbidden.map_err(|error| thread_refused(&error))?,
    };
    let style = style(color);
    out.write(|out| match (args.json, args.limits) {
        (true, _) => write_json(&formats, out),
        (false, true) => write_limits(&formats, &style, out),
        (false, false) => write_text(&formats, &style, out),
    })?;
    Ok(Status::Done)
}

fn row(reader: &'static dyn Reader) -> FormatRow {
    FormatRow {
        name: reader.name(),
        about: reader.about(),
        reads: reader.reads(),
        endings: reader.extensions(),
    }
}
