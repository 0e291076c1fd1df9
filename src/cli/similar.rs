//! `similar`: what is like an article.

use std::path::Path;

use clap::Args;

use crate::output;

use super::error::Error;
use super::status::Status;
use super::terminal::{Color, style};
use super::{Out, index, show};

/// The copies of an article: the same text again, with small changes
#[derive(Debug, Args)]
pub(super) struct SimilarArgs {
    /// The id from a result, or the article's key
    #[arg(value_name = "ID")]
    id: String,
    /// Copies alone, with how similar they are
    #[arg(long)]
    near_duplicate: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Prints the copies of an article.
pub(super) fn similar(
    args: &SimilarArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    if !args.near_duplicate {
        let hint = "with --near-duplicate it shows the copies of an article";
        return Err(Error::usage("articles on the same subject are not found yet", Some(hint.to_owned())));
    }
    let searcher = index::searcher(named)?;
    let Some(found) = searcher.near_duplicates(&args.id)? else { return Err(show::no_article(&args.id)) };
    if let Some(warning) = searcher.families_warning() {
        out.aside(&format!("warning: {warning}\n"));
    }
    if args.json {
        out.write(|out| output::similar::write_json(&found, out))?;
    } else {
        out.write(|out| output::similar::write_text(&found, &style(color), out))?;
    }
    Ok(if found.copies.is_empty() { Status::NothingFound } else { Status::Done })
}
