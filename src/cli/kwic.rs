//! `kwic`: every match in its context.

use std::ops::ControlFlow;
use std::path::Path;

use clap::Args;

use crate::engine::local::Searcher;
use crate::output::kwic::{KwicFormat, KwicPrinter};
use crate::search::Context;
use crate::search::kwic::{DEFAULT_LINES, KwicLine, KwicParams, KwicRequest, KwicTotals};

use super::error::Error;
use super::query::{Filters, question, warn_aside};
use super::status::Status;
use super::terminal::{Color, now, style};
use super::{Out, index};

/// Lines printed at a time.
const PAGE: usize = 200;

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct KwicArgs {
    /// What to look for; `backfile help-query` explains the language
    #[arg(value_name = "WORDS", required = true)]
    words: Vec<String>,
    /// Before the match: 6w (words), 40c (characters)
    #[arg(long, value_name = "SIZE", help_heading = "Answer")]
    left: Option<String>,
    /// Behind the match
    #[arg(long, value_name = "SIZE", help_heading = "Answer")]
    right: Option<String>,
    /// Before and behind the match
    #[arg(long, value_name = "SIZE", help_heading = "Answer")]
    context: Option<String>,
    /// date (oldest first), -date, relevance; left, right: by the words before or behind the match; none
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true, help_heading = "Answer")]
    sort: Option<String>,
    /// body, title, or both
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Answer")]
    field: Vec<String>,
    /// Lines to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = DEFAULT_LINES, help_heading = "Answer")]
    limit: usize,
    /// Every line
    #[arg(long, conflicts_with = "limit", help_heading = "Answer")]
    all: bool,
    /// Lines of one article at most
    #[arg(long, value_name = "N", help_heading = "Answer")]
    per_article: Option<usize>,
    /// text, json, jsonl, csv, tsv
    #[arg(long, value_name = "NAME", default_value = "text", help_heading = "Answer")]
    #[arg(value_parser = KwicFormat::ALL.map(|(name, _)| name))]
    format: String,
    /// Short for --format json
    #[arg(long, conflicts_with = "format", help_heading = "Answer")]
    json: bool,
    #[command(flatten)]
    filters: Filters,
}

const EXAMPLES: &str = "\
Examples:
  backfile kwic '\"climate policy\"' --sort right
      what is said of climate policy, sorted by the words behind it
  backfile kwic strike --context 6w --per-article 1 --since 1970
      six words on both sides, one line of each article
  backfile kwic nuclear --all --sort none --format csv > nuclear.csv
      every match for analysis, in constant memory

Sorted by left or right, all lines are kept in memory when --all is given.";

/// Prints the matches of a query in their context.
pub(super) fn kwic(
    args: &KwicArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let searcher = args.filters.searcher(&folder)?;
    let params = KwicParams {
        search: args.filters.params(&args.words, &folder)?,
        left: args.left.clone(),
        right: args.right.clone(),
        around: args.context.clone(),
        order: args.sort.clone(),
        parts: args.field.clone(),
        limit: (!args.all).then_some(args.limit),
        per_article: args.per_article,
    };
    let (today, _) = now();
    let (request, checked) = params.check(searcher.schema(), today)?;
    let input = args.words.join(" ");
    let format = format(args);
    if matches!(format, KwicFormat::Csv | KwicFormat::Tsv) {
        warn_aside(&input, &checked, &[], out);
    }
    let question = question(input, &checked);
    let asked =
        |size: &Option<String>, context: Context| size.as_ref().or(args.context.as_ref()).map(|_| context);
    let (left, right) = (asked(&args.left, request.left), asked(&args.right, request.right));
    let mut printer = KwicPrinter::new(format, style(color), left, right);
    out.write(|out| printer.begin(&question, out))?;
    let totals = print_lines(&searcher, &request, &mut printer, out)?;
    out.write(|out| printer.end(&question, &totals, out))?;
    if matches!(format, KwicFormat::Csv | KwicFormat::Tsv) {
        totals.warnings.iter().for_each(|warning| out.aside(&format!("warning: {warning}\n")));
    }
    let nothing = totals.counted.is_some_and(|counted| counted.matches == 0);
    Ok(if nothing { Status::NothingFound } else { Status::Done })
}

fn format(args: &KwicArgs) -> KwicFormat {
    let name = if args.json { "json" } else { args.format.as_str() };
    let known = KwicFormat::ALL.into_iter().find(|(known, _)| *known == name);
    known.map_or(KwicFormat::Text, |(_, format)| format)
}

/// Prints the lines page by page, as they are found.
fn print_lines(
    searcher: &Searcher,
    request: &KwicRequest,
    printer: &mut KwicPrinter,
    out: &mut Out,
) -> Result<KwicTotals, Error> {
    let mut page: Vec<KwicLine> = Vec::with_capacity(PAGE);
    let mut failed = None;
    let totals = searcher.kwic(request, &mut |line| {
        page.push(line);
        if page.len() < PAGE {
            return ControlFlow::Continue(());
        }
        let printed = out.write(|out| printer.lines(&page, out));
        page.clear();
        match printed {
            Ok(()) if !out.is_closed() => ControlFlow::Continue(()),
            Ok(()) => ControlFlow::Break(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => {
            out.write(|out| printer.lines(&page, out))?;
            Ok(totals)
        }
    }
}
