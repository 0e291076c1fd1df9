//! `trend`: counts over time.

use std::path::Path;

use clap::Args;

use crate::output;
use crate::output::Question;
use crate::output::trend::TrendAnswer;
use crate::search::trend::TrendParams;

use super::error::Error;
use super::query::{Filters, question, warn_aside};
use super::status::Status;
use super::table::{TableArgs, TableFormat};
use super::terminal::{Color, now, style};
use super::{Out, index};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct TrendArgs {
    /// A query each: words, or several in quotes
    #[arg(value_name = "TERM", required = true)]
    terms: Vec<String>,
    /// decade, year, month, week, day [default: what fits the dates]
    #[arg(long, value_name = "STEP", help_heading = "Answer")]
    by: Option<String>,
    /// articles: per thousand articles; words: matches per million words; none: as counted
    #[arg(long, value_name = "NAME", help_heading = "Answer")]
    per: Option<String>,
    /// Relative to the articles of the filter, or of the archive
    #[arg(long, value_name = "filter|archive", help_heading = "Answer")]
    of: Option<String>,
    /// Every point in figures, with the query that shows its articles
    #[arg(long, help_heading = "Answer")]
    queries: bool,
    #[command(flatten, next_help_heading = "Answer")]
    table: TableArgs,
    #[command(flatten)]
    filters: Filters,
}

const EXAMPLES: &str = "\
Examples:
  backfile trend coal gas '\"nuclear power\"'
      three terms, in articles per thousand articles of each year
  backfile trend strike --by month --per words --source wire --since 1970
      matches per million words of one archive
  backfile trend 'author:\"Ann Lee\"' --queries
      every point in figures, with the query that shows its articles
  backfile trend coal gas --by decade --format csv > trend.csv

An article whose date is wider than a step is in no period: it is counted as
imprecise, and one without a date as missing. Matches are those in the text, as
`kwic` shows them.";

/// Prints counts over time.
pub(super) fn trend(
    args: &TrendArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let searcher = args.filters.searcher(&folder)?;
    let params = TrendParams {
        search: args.filters.params(&args.terms, &folder)?,
        terms: args.terms.clone(),
        by: args.by.clone(),
        per: args.per.clone(),
        of: args.of.clone(),
    };
    let (today, _) = now();
    let (request, checked) = params.check(searcher.schema(), today)?;
    let trend = searcher.trend(&request)?;
    let terms = || args.terms.iter().zip(&checked);
    let questions: Vec<Question> = terms().map(|(term, checked)| question(term.clone(), checked)).collect();
    let answer =
        TrendAnswer { questions: &questions, request: &request, trend: &trend, schema: searcher.schema() };
    let format = args.table.format();
    if format.has_rows_alone() {
        for ((term, checked), counts) in terms().zip(&trend.terms) {
            warn_aside(term, checked, &counts.warnings, out);
        }
        if let Some(left_out) = answer.left_out() {
            out.aside(&format!("warning: {left_out}\n"));
        }
    }
    match format {
        TableFormat::Json => out.write(|out| output::trend::write_json(&answer, out))?,
        TableFormat::Csv => out.write(|out| output::trend::write_csv(&answer, out))?,
        TableFormat::Tsv => out.write(|out| output::trend::write_tsv(&answer, out))?,
        TableFormat::Text => {
            out.write(|out| output::trend::write_text(&answer, args.queries, &style(color), out))?
        }
    }
    let is_empty = trend.terms.iter().all(|term| term.articles == 0);
    Ok(if is_empty { Status::NothingFound } else { Status::Done })
}
