//! The command line: arguments, environment, terminal, exit codes. The only layer that prints.

mod batch;
mod compact;
mod coverage;
mod error;
mod eval;
mod formats;
mod index;
mod ingest;
mod kwic;
mod limits;
mod memory;
mod panic;
mod parallel;
mod progress;
mod query;
mod rebuild;
mod saved;
mod show;
mod signals;
mod similar;
mod status;
mod table;
mod terminal;
mod trend;
mod verify;
mod why;

use std::ffi::OsString;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand};

pub use error::Error;
pub use status::Status;
use terminal::Color;

use crate::ingest::isolate;
use crate::text::sanitize::visible_multiline;

/// Full-text search for article archives: point it at a folder, query it from a terminal or a script
#[derive(Debug, Parser)]
#[command(name = "backfile", version, max_term_width = 100, after_help = HELP_END)]
struct Cli {
    /// Folder of the index [default: the nearest .backfile here or above]
    #[arg(short, long, global = true, value_name = "DIR", env = INDEX, hide_env_values = true,
          value_parser = OsStringValueParser::new().try_map(index_folder))]
    index: Option<PathBuf>,
    /// Colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

/// The variable that names the index.
const INDEX: &str = "BACKFILE_INDEX";

/// An empty variable counts as not set, as in a script that clears it; an empty argument is a slip.
fn index_folder(name: OsString) -> Result<PathBuf, &'static str> {
    let is_unset = || std::env::var_os(INDEX).is_some_and(|value| value.is_empty());
    if name.is_empty() && !is_unset() { Err("name a folder") } else { Ok(PathBuf::from(name)) }
}

const HELP_END: &str = "\
Begin with:
  backfile ingest FOLDER            index a folder of articles
  backfile query WORDS --facet tag  search it
  backfile help query               all about searching, with examples
  backfile help-query               the query language";

// The arguments of a command are made when it is named; what the help of the program says of it stands here.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Bring an index in step with the archives it is made of
    Ingest(ingest::IngestArgs),
    /// Ranked hits with snippets, and the facets asked for
    #[command(visible_alias = "search")]
    Query(query::QueryArgs),
    /// One number: how many articles match
    Count(query::CountArgs),
    /// Tables of facet values, all of them
    Facets(query::FacetsArgs),
    /// Keyword in context: every match, with the words around it
    Kwic(kwic::KwicArgs),
    /// How often queries match over time, relative to what the archive holds
    Trend(trend::TrendArgs),
    /// Articles of each period and source, and where there are gaps
    Coverage(coverage::CoverageArgs),
    /// One article: metadata, text, and where each value came from
    Show(show::ShowArgs),
    /// Articles on the same subject, or the copies of one
    Similar(similar::SimilarArgs),
    /// Queries with a name, for @NAME in others
    Saved(saved::SavedArgs),
    /// Why an article is, or is not, found by a query
    Why(why::WhyArgs),
    /// Many queries, one a line, answered in one process
    Batch(batch::BatchArgs),
    /// How good the answers are: the measures of TREC, from queries and judgements
    Eval(eval::EvalArgs),
    /// Parse only: the articles that ingest would index, as JSON lines
    Extract(show::ExtractArgs),
    /// What the index holds: articles, archives, dates, languages, skipped files
    Status(show::StatusArgs),
    /// Check every byte of the index against what was committed
    Verify(verify::VerifyArgs),
    /// Merge the index to one segment, without what was deleted
    Compact(compact::CompactArgs),
    /// Build the index anew from the same archives
    Rebuild(rebuild::RebuildArgs),
    /// What can be read: formats, compressed files, containers, and the limits
    Formats(formats::FormatsArgs),
    /// The query language, with an example of everything
    HelpQuery,
    /// One file in a process of its own
    #[command(name = isolate::COMMAND, hide = true)]
    Read {
        /// The format
        format: String,
    },
}

/// Standard output and standard error.
pub(crate) struct Out {
    stdout: BufWriter<io::Stdout>,
    closed: bool,
}

impl Out {
    fn new() -> Out {
        Out { stdout: BufWriter::with_capacity(1 << 16, io::stdout()), closed: false }
    }

    /// Writes to standard output. Whoever reads it may stop at any time: that is no error, and nothing more is written.
    pub(crate) fn write(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        if self.closed {
            return Ok(());
        }
        self.judge(|out| write(&mut out.stdout))
    }

    /// Whether nobody reads standard output any more, so that there is no use in going on.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes a remark to standard error; there is nobody to tell if that fails.
    pub(crate) fn aside(&mut self, text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Hands on what was written so far.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        self.write(|out| out.flush())
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.judge(|out| out.stdout.flush())
    }

    fn judge(&mut self, write: impl FnOnce(&mut Out) -> io::Result<()>) -> Result<(), Error> {
        match write(self) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            written => written.map_err(|error| Error::output("to standard output", &error)),
        }
    }
}

/// Runs the program.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(told) => return explain(&told).into(),
    };
    panic::keep_quiet();
    let mut out = Out::new();
    let done = panic::as_error(named(&cli), || dispatch(&cli, &mut out));
    let done = done.and_then(|status| out.finish().map(|()| status));
    match done {
        Ok(status) => status.into(),
        Err(error) => {
            // What was printed before the error stands before it.
            let _ = out.finish();
            out.aside(&error.render());
            error.status.into()
        }
    }
}

/// Prints the help that was asked for, or what is wrong with the arguments.
fn explain(told: &clap::Error) -> Status {
    let mut out = Out::new();
    if told.use_stderr() {
        // It repeats what was typed, which may be the name of a stranger's file.
        out.aside(&visible_multiline(&told.render().to_string()));
        return Status::Usage;
    }
    match out.judge(|_| told.print().and_then(|()| io::stdout().flush())) {
        Ok(()) => Status::Done,
        Err(error) => {
            out.aside(&error.render());
            error.status
        }
    }
}

/// The index that is named, if one is.
fn named(cli: &Cli) -> Option<&Path> {
    cli.index.as_deref().filter(|folder| !folder.as_os_str().is_empty())
}

fn dispatch(cli: &Cli, out: &mut Out) -> Result<Status, Error> {
    let index = named(cli);
    match &cli.command {
        Command::Ingest(args) => ingest::run(args, index, cli.color, out),
        Command::Query(args) => query::query(args, index, cli.color, out),
        Command::Count(args) => query::count(args, index, out),
        Command::Facets(args) => query::facets(args, index, cli.color, out),
        Command::Kwic(args) => kwic::kwic(args, index, cli.color, out),
        Command::Trend(args) => trend::trend(args, index, cli.color, out),
        Command::Coverage(args) => coverage::coverage(args, index, cli.color, out),
        Command::Show(args) => show::show(args, index, cli.color, out),
        Command::Similar(args) => similar::similar(args, index, cli.color, out),
        Command::Saved(args) => saved::run(args, index, cli.color, out),
        Command::Why(args) => why::why(args, index, cli.color, out),
        Command::Batch(args) => batch::batch(args, index, out),
        Command::Eval(args) => eval::eval(args, index, out),
        Command::Extract(args) => show::extract_articles(args, out),
        Command::Status(args) => show::status(args, index, cli.color, out),
        Command::Verify(args) => verify::run(args, index, cli.color, out),
        Command::Formats(args) => formats::run(args, cli.color, out),
        Command::Compact(args) => compact::run(args, index, cli.color, out),
        Command::Rebuild(args) => rebuild::run(args, index, cli.color, out),
        Command::HelpQuery => query::help(index, out),
        Command::Read { format } => read_alone(format, out),
    }
}

/// How many threads to use: those asked for, else one for each core.
pub(crate) fn threads(asked: Option<usize>) -> Result<NonZeroUsize, Error> {
    match asked {
        None => Ok(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
        Some(count) => NonZeroUsize::new(count).ok_or_else(|| Error::usage("--threads 0 does no work", None)),
    }
}

/// Reads the file on standard input for another process of this program.
fn read_alone(format: &str, out: &mut Out) -> Result<Status, Error> {
    out.write(|out| isolate::serve(format, io::stdin().lock(), out))?;
    Ok(Status::Done)
}

/// This program, to be started again where a reader could bring it down.
pub(crate) fn this_program() -> Option<PathBuf> {
    std::env::current_exe().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn short_helps_fit_a_screen() {
        for command in Cli::command().get_subcommands_mut() {
            let lines = command.render_help().to_string().lines().count();
            assert!(lines <= 50, "{} has {lines} lines of help", command.get_name());
        }
    }
}
