//! `similar`: what is like an article.

use std::path::Path;

use clap::Args;

use crate::engine::local::Searcher;
use crate::output;
use crate::search::params::{Checked, SearchParams};

use super::error::Error;
use super::query::{Asked, format_of, shows_snippets};
use super::status::Status;
use super::terminal::{Color, now, style};
use super::{Out, index, show};

#[derive(Debug, Args)]
pub(super) struct SimilarArgs {
    /// The id from a result, or the article's key
    #[arg(value_name = "ID")]
    id: String,
    /// Copies alone, the same text again with small changes, and how similar they are
    #[arg(long)]
    near_duplicate: bool,
    /// Articles to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, conflicts_with = "near_duplicate")]
    limit: usize,
    /// Passages for each article
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "near_duplicate")]
    snippets: usize,
    /// text, json, jsonl, csv, tsv, ids, paths
    #[arg(long, value_name = "NAME", default_value = "text", conflicts_with = "near_duplicate")]
    format: String,
    /// As JSON
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// Prints what is like an article.
pub(super) fn similar(
    args: &SimilarArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    // What is asked for has no more words than a bounded number.
    let searcher = index::searcher(named)?.with_timeout(None);
    match args.near_duplicate {
        true => copies(args, &searcher, color, out),
        false => alike(args, &searcher, color, out),
    }
}

/// The articles that share the words by which this one is told from others, as the answer to a query.
fn alike(args: &SimilarArgs, searcher: &Searcher, color: Color, out: &mut Out) -> Result<Status, Error> {
    let format = format_of(if args.json { "json" } else { &args.format })?;
    let options = output::Options { style: style(color), fields: None, null: false };
    let snippets = if shows_snippets(format, &options) { args.snippets } else { 0 };
    let params =
        SearchParams { limit: Some(args.limit), snippets: Some(snippets), ..SearchParams::default() };
    let Some((_, query)) = searcher.like(&args.id)? else { return Err(show::no_article(&args.id)) };
    let mut checked = params.check(searcher.schema(), now().0)?;
    checked.request.query = query;
    let checked = Checked { understood: checked.request.understood(searcher.schema()), ..checked };
    let asked = Asked::answered(format!("similar {}", args.id), checked, searcher)?;
    out.write(|out| output::write(format, options, &asked.answer(searcher), out))?;
    Ok(asked.status())
}

fn copies(args: &SimilarArgs, searcher: &Searcher, color: Color, out: &mut Out) -> Result<Status, Error> {
    let Some(found) = searcher.near_duplicates(&args.id)? else { return Err(show::no_article(&args.id)) };
    if let Some(warning) = searcher.families_warning()? {
        out.aside(&format!("warning: {warning}\n"));
    }
    if args.json {
        out.write(|out| output::similar::write_json(&found, out))?;
    } else {
        out.write(|out| output::similar::write_text(&found, &style(color), out))?;
    }
    Ok(if found.copies.is_empty() { Status::NothingFound } else { Status::Done })
}
