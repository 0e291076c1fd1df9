//! Answers to bytes on a writer. Knows no engine, no arguments and no terminal: how it shall look is an argument.
//!
//! What strangers wrote is made visible (`text::sanitize`) in every format but JSON, which escapes it, and the
//! NUL-ended lists, which are for programs and true to the byte.

use std::io::{self, Write};

use crate::schema::Schema;
use crate::search::{Collapse, Hit, SearchRequest, SearchResponse};

pub mod article;
pub mod batch;
pub mod compaction;
pub mod coverage;
pub mod eval;
mod explain;
pub mod facets;
pub mod fields;
pub mod formats;
pub mod ingest;
pub mod json;
pub mod kwic;
mod names;
pub mod saved;
pub mod similar;
pub mod status;
mod table;
pub mod text;
pub mod trec;
pub mod trend;
pub mod verification;
pub mod why;

#[cfg(test)]
mod every_character;
#[cfg(test)]
mod samples;

use fields::HitField;
use text::layout::counted;

/// How the output shall look; decided by whoever knows the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// Columns of a line.
    pub width: usize,
    /// Whether a person reads it now: adds the time taken and hints, which would make a pipe unstable.
    pub terminal: bool,
}

/// What the user chose besides the format.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// How it looks.
    pub style: Style,
    /// The fields of a hit to print, in this order (`--fields`); `None` for those usual in the format.
    pub fields: Option<Vec<HitField>>,
    /// Whether lists end each entry with NUL instead of a newline (`-0`).
    pub null: bool,
}

/// The answer to one query, with what was asked.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The query as typed.
    pub input: &'a str,
    /// The query as understood, in canonical text.
    pub understood: &'a str,
    /// Whether more is searched for than was typed, so that people are told what.
    pub is_replaced: bool,
    /// What was repaired or assumed before the search; those of the response are printed as well.
    pub warnings: &'a [String],
    /// What was asked.
    pub request: &'a SearchRequest,
    /// What was found.
    pub response: &'a SearchResponse,
    /// The fields of the index.
    pub schema: &'a Schema,
    /// Time from question to answer.
    pub took_ms: f64,
}

/// A question as typed and as understood, where the answer is no list of hits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// As typed.
    pub input: String,
    /// As understood, in canonical text.
    pub understood: String,
    /// Whether the text stands for another: a saved query or synonyms took the place of a part.
    pub is_replaced: bool,
    /// What was repaired or assumed before the search.
    pub warnings: Vec<String>,
}

impl Answer<'_> {
    /// The number of what was found, and what it is a number of.
    fn total(&self) -> String {
        let articles = counted(self.response.total, "article", "articles");
        match self.request.collapse {
            Collapse::None => articles,
            Collapse::Family => format!("{articles}, copies counted once"),
        }
    }

    /// The warnings of the query, then those of the search.
    fn all_warnings(&self) -> impl Iterator<Item = &str> {
        self.warnings.iter().chain(&self.response.warnings).map(String::as_str)
    }
}

/// One way to print the answer to a query.
pub trait Format: Sync {
    /// The name used with `--format`.
    fn name(&self) -> &'static str;
    /// One line for the help.
    fn about(&self) -> &'static str;
    /// The fields it prints unless told; empty when it prints no fields to choose from.
    fn default_fields(&self) -> &'static [HitField];
    /// A printer for one answer.
    fn printer(&self, options: Options) -> Box<dyn Printer>;
}

/// Prints one answer, in one or many pages: [`begin`](Printer::begin) once with the first page, then
/// [`hits`](Printer::hits) for each page, then [`end`](Printer::end) once with the last page.
///
/// Memory does not grow with the number of hits, but for the 16 bytes by which `paths` knows a file again.
pub trait Printer {
    /// What stands before the hits; does not print the hits of `answer`.
    fn begin(&mut self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()>;
    /// The hits of a page.
    fn hits(&mut self, hits: &[Hit], out: &mut dyn Write) -> io::Result<()>;
    /// What stands behind the hits: the facets, where the next page begins.
    fn end(&mut self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()>;
}

/// Every format of `query`; the first is the usual one.
pub const FORMATS: &[&dyn Format] =
    &[&text::Text, &json::Json, &json::JsonLines, &table::CSV, &table::TSV, &names::IDS, &names::PATHS];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// Prints an answer of one page.
pub fn write(
    format: &dyn Format,
    options: Options,
    answer: &Answer<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut printer = format.printer(options);
    printer.begin(answer, out)?;
    printer.hits(&answer.response.hits, out)?;
    printer.end(answer, out)
}

/// Prints what `count` prints: the number alone.
pub fn write_count(total: u64, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{total}")
}
