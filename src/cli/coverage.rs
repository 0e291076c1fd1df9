//! `coverage`: what an archive holds of each period.

use std::path::Path;

use clap::Args;

use crate::output;
use crate::output::coverage::CoverageAnswer;
use crate::search::coverage::CoverageParams;

use super::error::Error;
use super::query::{Filters, question, warn_aside};
use super::status::Status;
use super::table::{TableArgs, TableFormat};
use super::terminal::{Color, now, style};
use super::{Out, index};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct CoverageArgs {
    /// Only articles that match
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
    /// decade, year, month, week, day [default: what fits the dates]; a field as well: source,month
    #[arg(long, value_name = "STEP", value_delimiter = ',', help_heading = "Answer")]
    by: Vec<String>,
    /// A line for each value: source, lang, section, tag [default: source]
    #[arg(long, value_name = "FIELD", help_heading = "Answer")]
    of: Option<String>,
    /// Values to show as text; the other formats have all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20, help_heading = "Answer")]
    limit: usize,
    #[command(flatten, next_help_heading = "Answer")]
    table: TableArgs,
    #[command(flatten)]
    filters: Filters,
}

const EXAMPLES: &str = "\
Examples:
  backfile coverage
      what each archive holds of each year, its gaps, and what it lacks
  backfile coverage --by month --of section --source wire
      the sections of one archive by month
  backfile coverage --by day --format csv > days.csv

A gap is a run of periods without an article between the first and the last of
its line, or a drop: less than a fifth of the median of the three periods before
and the three behind. Dates that were estimated from the text count as none.";

/// Prints what the archive holds of each period.
pub(super) fn coverage(
    args: &CoverageArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let searcher = args.filters.searcher(&folder)?;
    let params = CoverageParams {
        search: args.filters.params(&args.words, &folder)?,
        by: args.by.clone(),
        of: args.of.clone(),
    };
    let (today, _) = now();
    let (request, checked) = params.check(searcher.schema(), today)?;
    let coverage = searcher.coverage(&request)?;
    let input = args.words.join(" ");
    let format = args.table.format();
    if format.has_rows_alone() {
        warn_aside(&input, &checked, &coverage.warnings, out);
    }
    let question = question(input, &checked);
    let answer = CoverageAnswer {
        question: &question,
        request: &request,
        coverage: &coverage,
        schema: searcher.schema(),
    };
    if let Some(left_out) = answer.left_out().filter(|_| format.has_rows_alone()) {
        out.aside(&format!("warning: {left_out}\n"));
    }
    match format {
        TableFormat::Json => out.write(|out| output::coverage::write_json(&answer, out))?,
        TableFormat::Csv => out.write(|out| output::coverage::write_csv(&answer, out))?,
        TableFormat::Tsv => out.write(|out| output::coverage::write_tsv(&answer, out))?,
        TableFormat::Text => {
            out.write(|out| output::coverage::write_text(&answer, args.limit, &style(color), out))?
        }
    }
    Ok(if coverage.all.articles == 0 { Status::NothingFound } else { Status::Done })
}
