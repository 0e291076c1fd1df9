//! `ingest`: the arguments, and what happens around the pipeline.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread::Builder;

use clap::Args;

use crate::analysis::language::Language;
use crate::article::ArticleId;
use crate::engine::EngineError;
use crate::engine::local::{Folder, SegmentWriter};
use crate::ingest::report::IngestReport;
use crate::ingest::settings::Settings;
use crate::ingest::{Destination, Options, Progress, Removals, Root, Scope, ingest, take_inner};
use crate::output;
use crate::reader::json::parse_map;
use crate::schema::Schema;
use crate::schema::load::Declaration;
use crate::text::dates::DayOrder;
use crate::text::sanitize::visible;

use super::error::{Error, thread_refused};
use super::memory::within_limit;
use super::progress::while_showing;
use super::signals::Signals;
use super::status::Status;
use super::terminal::{Color, now, style};
use super::{Out, index};

// What decides how an archive is read; shared by `ingest` and `extract`.
#[derive(Debug, Args)]
#[command(next_help_heading = "How the archive is read")]
pub(super) struct Reading {
    /// Read every file as this format; auto recognises each
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Take values from other names (JSON), e.g. title=headline,tag=topics,tag=places
    #[arg(long, value_name = "PAIRS")]
    map: Option<String>,
    /// The language of every article, e.g. en, instead of detecting it
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// Which part of 3/4/2019 is the day; auto takes what the archive shows
    #[arg(long, value_name = "ORDER", value_parser = ["auto", "day-first", "month-first"])]
    day_order: Option<String>,
    /// Only paths that fit, e.g. '2019/**'; may repeat
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No path that fits; may repeat
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Let the file's time stand in for a missing date
    #[arg(long, value_name = "mtime", value_parser = ["mtime"], hide_short_help = true)]
    date_from: Option<String>,
    /// Drafts, private and other unpublished articles too
    #[arg(long, overrides_with = "no_unpublished")]
    unpublished: bool,
    /// None of these again, after an ingest with --unpublished
    #[arg(long, overrides_with = "unpublished", hide_short_help = true)]
    no_unpublished: bool,
    /// Read files and folders whose names begin with a dot
    #[arg(long, overrides_with = "no_hidden", hide_short_help = true)]
    hidden: bool,
    /// None of these again, after an ingest with --hidden
    #[arg(long, overrides_with = "hidden", hide_short_help = true)]
    no_hidden: bool,
    /// Follow symbolic links
    #[arg(long, overrides_with = "no_follow_links", hide_short_help = true)]
    follow_links: bool,
    /// Follow none again, after an ingest with --follow-links
    #[arg(long, overrides_with = "follow_links", hide_short_help = true)]
    no_follow_links: bool,
}

impl Reading {
    /// The choices that were made.
    pub(super) fn settings(&self) -> Result<Settings, Error> {
        let map = self.map.as_deref().map(parse_map).transpose();
        let map = map.map_err(|error| Error::usage(format!("--map: {error}"), None))?;
        let language = self.lang.as_deref().map(|code| {
            Language::parse(code).ok_or_else(|| {
                Error::usage(
                    format!("--lang: {code:?} is no language code"),
                    Some("codes are like en, de, ja".to_owned()),
                )
            })
        });
        Ok(Settings {
            format: self.format.clone(),
            map: map.map(|map| map.pairs),
            language: language.transpose()?,
            date_from_mtime: self.date_from.is_some().then_some(true),
            include: (!self.include.is_empty()).then(|| self.include.clone()),
            exclude: (!self.exclude.is_empty()).then(|| self.exclude.clone()),
            hidden: choice(self.hidden, self.no_hidden),
            follow_links: choice(self.follow_links, self.no_follow_links),
            day_order: self.day_order.as_deref().and_then(day_order),
            unpublished: choice(self.unpublished, self.no_unpublished),
        })
    }
}

/// What a flag and its opposite say; clap lets only the later one stand.
fn choice(on: bool, off: bool) -> Option<bool> {
    match (on, off) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    }
}

fn day_order(choice: &str) -> Option<DayOrder> {
    match choice {
        "day-first" => Some(DayOrder::DayFirst),
        "month-first" => Some(DayOrder::MonthFirst),
        "auto" => Some(DayOrder::Unknown),
        _ => None,
    }
}

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct IngestArgs {
    /// Folders or files of articles
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Name of the archive [default: the name of the folder or file]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Remove articles whose files are gone, however many
    #[arg(long, conflicts_with = "no_prune")]
    prune: bool,
    /// Keep articles whose files are gone
    #[arg(long)]
    no_prune: bool,
    /// Read again only the files of which something was skipped
    #[arg(long, conflicts_with = "prune")]
    retry_failed: bool,
    /// Read everything, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write each skip, note and record left out to this file, as JSON lines
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// Print the id of each article once no kill and no power cut can take it any more
    #[arg(long, hide_short_help = true)]
    ack: bool,
    /// Declare the index by the files in this folder (see index_schema)
    #[arg(long, value_name = "DIR", hide_short_help = true)]
    schema: Option<PathBuf>,
    /// Memory that the process may take, 128M or more, e.g. 1G
    #[arg(long, value_name = "SIZE", default_value = "512M", value_parser = parse_memory)]
    memory: usize,
    /// Write segments by the inverter of this program or by tantivy's, which is slower
    #[arg(long, value_name = "NAME", hide = true, default_value = "own", value_parser = parse_segment_writer)]
    segment_writer: SegmentWriter,
    /// Commit after so much text: what a run that is killed loses at most
    // Small for tests, which want many commits of little text.
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = parse_size, hide = true)]
    commit_every: u64,
    /// Number of reading threads [default: all cores]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// No progress bar and no summary
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    reading: Reading,
}

const EXAMPLES: &str = "\
Examples:
  backfile ingest ~/archive
      index a folder into ./.backfile; run it again to bring the index in step:
      only new and changed files are read
  backfile ingest reuters --map tag=topics,tag=places
      JSON with names of its own
  backfile -i /srv/index ingest site --source blog --exclude 'drafts/**'
      an index elsewhere, a name for the archive, a part left out
  backfile ingest ~/archive --dry-run --report skips.jsonl
      what would be indexed, and what not and why

The choices for an archive are kept: the next `ingest` of it needs none of the
flags again. `--exclude ''`, `--map ''`, `--format auto`, `--no-unpublished`,
`--no-hidden` and `--no-follow-links` take them back.

Exit codes: 0 done, 2 usage, 3 done but some files were skipped, 4 the index
cannot be used, 5 it cannot be written, 75 another ingest is writing,
130 and 143 stopped by a signal (what was complete is committed).";

/// Bytes of `512M`, `2G`, `800K` or a plain number.
fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim().trim_end_matches(['B', 'b', 'i']);
    let (number, unit) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1 << 10),
        Some((at, 'm' | 'M')) => (&text[..at], 1 << 20),
        Some((at, 'g' | 'G')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    let size = number.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    size.ok_or_else(|| "a size is a number with K, M or G, such as 512M".to_owned())
}

fn parse_memory(text: &str) -> Result<usize, String> {
    let size = usize::try_from(parse_size(text)?).unwrap_or(usize::MAX);
    if size >= LEAST_MEMORY { Ok(size) } else { Err("at least 128M are needed".to_owned()) }
}

fn parse_segment_writer(name: &str) -> Result<SegmentWriter, String> {
    match name {
        "own" => Ok(SegmentWriter::Own),
        "tantivy" => Ok(SegmentWriter::Tantivy),
        _ => Err("segments are written by own or by tantivy".to_owned()),
    }
}

pub(super) const LEAST_MEMORY: usize = 128 << 20;

/// Ingests.
pub(super) fn run(
    args: &IngestArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    if args.source.is_some() && args.paths.len() > 1 {
        let hint = "ingest them one after the other".to_owned();
        return Err(Error::usage("--source names one archive, but several paths were given", Some(hint)));
    }
    let declaration = declaration(args.schema.as_deref())?;
    let (today, now) = now();
    let settings = args.reading.settings()?;
    let roots = args.paths.iter().map(|path| Root { path: path.clone(), name: args.source.clone() });
    let mut roots: Vec<Root> = roots.collect();
    for inner in take_inner(&mut roots, settings.hidden == Some(true)) {
        let (inner, outer) = (inner.path.display().to_string(), inner.outer.display().to_string());
        out.aside(&format!("note: {} lies in {} and is read with it\n", visible(&inner), visible(&outer)));
    }
    let usual = Options::usual(roots, today, now);
    let (memory, threads) = within_limit(args.memory, args.threads.unwrap_or(usual.threads))?;
    let options = Options {
        settings,
        removals: removals(args),
        threads,
        memory,
        segment_writer: args.segment_writer,
        commit_bytes: args.commit_every,
        scope: if args.retry_failed { Scope::Failed } else { Scope::All },
        dry_run: args.dry_run,
        program: super::this_program(),
        ..usual
    };
    let stop = Signals::install()?;
    let report = match args.ack {
        false => ingest_into(&options, args, named, &declaration, Progress::default(), &stop)?,
        true => {
            acknowledging(out, |progress| ingest_into(&options, args, named, &declaration, progress, &stop))?
        }
    };
    if let Some(path) = &args.report {
        write_report(path, &report)?;
    }
    print_summary(&report, args, color, out)?;
    Ok(match stop.number() {
        Some(signal) => Status::Interrupted(signal),
        None if !report.skipped.is_empty() => Status::Skipped,
        None => Status::Done,
    })
}

/// Ingests while a thread prints, commit after commit, the ids of the articles that are durable.
fn acknowledging(
    out: &mut Out,
    work: impl FnOnce(Progress) -> Result<IngestReport, Error>,
) -> Result<IngestReport, Error> {
    let (send, durable) = channel::<Vec<ArticleId>>();
    std::thread::scope(|scope| {
        let printer = Builder::new().spawn_scoped(scope, move || {
            durable.iter().try_for_each(|ids| {
                out.write(|out| ids.iter().try_for_each(|id| writeln!(out, "{id}")))?;
                out.flush()
            })
        });
        let printer = printer.map_err(|error| thread_refused(&error))?;
        let report = work(Progress { acknowledged: Some(send), ..Progress::default() })?;
        printer.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(report)
    })
}

fn ingest_into(
    options: &Options,
    args: &IngestArgs,
    named: Option<&Path>,
    declaration: &Declaration,
    progress: Progress,
    stop: &Signals,
) -> Result<IngestReport, Error> {
    let path = index::find(named).unwrap_or_else(|| PathBuf::from(index::USUAL));
    let schema = declaration.check()?;
    let opened = match Folder::open(&path) {
        Ok(folder) => Some(folder),
        Err(EngineError::Absent { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    // Looked at before an index is made, so that a misspelled path leaves none behind.
    for root in &options.roots {
        if !root.path.exists() {
            return Err(crate::ingest::IngestError::NoRoot { path: root.path.clone() }.into());
        }
    }
    let report = match opened {
        None if args.dry_run => while_showing(&progress, args.quiet, || {
            ingest(options, Destination::Nowhere(&schema), &progress, &stop.flag)
        }),
        opened => {
            std::fs::create_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
            let lock = Folder::lock(&path)?;
            let folder = match opened {
                Some(folder) => folder,
                None => open_or_create(&path, declaration, schema)?,
            };
            if args.schema.is_some() {
                same_declaration(&folder, declaration, args.schema.as_deref())?;
            }
            while_showing(&progress, args.quiet, || {
                ingest(options, Destination::Index(&folder, lock), &progress, &stop.flag)
            })
        }
    };
    Ok(report?)
}

/// Under the lock: another ingest may have made the index in the meantime.
fn open_or_create(path: &Path, declaration: &Declaration, schema: Schema) -> Result<Folder, EngineError> {
    match Folder::open(path) {
        Err(EngineError::Absent { .. }) => Folder::create(path, declaration, schema),
        opened => opened,
    }
}

pub(super) fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    EngineError::Unwritable { path: path.to_owned(), cause: error.to_string() }.into()
}

pub(super) fn declaration(folder: Option<&Path>) -> Result<Declaration, Error> {
    Ok(match folder {
        Some(folder) => Declaration::in_folder(folder)?,
        None => Declaration::embedded()?,
    })
}

/// An index keeps the declaration it was made with; another one needs another index.
fn same_declaration(folder: &Folder, declaration: &Declaration, schema: Option<&Path>) -> Result<(), Error> {
    let differences = declaration.differences(folder.declaration());
    if differences.is_empty() {
        return Ok(());
    }
    let what = format!("schema: {}", differences.join(", "));
    let outdated = EngineError::Outdated { path: folder.path().to_owned(), what };
    let schema = schema.map(|schema| format!(" --schema {}", schema.display())).unwrap_or_default();
    let hint =
        format!("`backfile rebuild{schema}` builds it anew from the same archives, which are untouched");
    Err(Error { hint: Some(hint), ..outdated.into() })
}

fn removals(args: &IngestArgs) -> Removals {
    match (args.prune, args.no_prune) {
        (true, _) => Removals::Remove,
        (false, true) => Removals::Keep,
        (false, false) => Removals::Guarded,
    }
}

fn write_report(path: &Path, report: &IngestReport) -> Result<(), Error> {
    let fault = |error: std::io::Error| Error::output(&path.display().to_string(), &error);
    let mut file = BufWriter::new(File::create(path).map_err(fault)?);
    for diagnostic in &report.diagnostics {
        output::ingest::write_record(diagnostic, &mut file).map_err(fault)?;
    }
    for omission in &report.omissions {
        output::ingest::write_omission(omission, &mut file).map_err(fault)?;
    }
    file.flush().map_err(fault)
}

fn print_summary(report: &IngestReport, args: &IngestArgs, color: Color, out: &mut Out) -> Result<(), Error> {
    if args.json {
        out.write(|out| output::ingest::write_json(report, out))
    } else if args.quiet {
        Ok(())
    } else {
        let style = style(color);
        out.write(|out| output::ingest::write_text(report, &style, out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_memory("512M"), Ok(512 << 20));
        assert_eq!(parse_memory("2GiB"), Ok(2 << 30));
        assert_eq!(parse_memory("157286400"), Ok(150 << 20));
        assert_eq!(parse_size("1K"), Ok(1 << 10));
        assert!(parse_memory("1K").is_err() && parse_size("many").is_err() && parse_size("").is_err());
    }
}
