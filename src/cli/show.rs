//! `show`, `extract` and `status`: articles one by one, and the state of an index.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::local::{Folder, Searcher};
use crate::engine::{Manifest, SourceRow};
use crate::ingest::extract::{Extracted, extract};
use crate::ingest::source::source;
use crate::ingest::{Options, Root};
use crate::output;
use crate::search::SearchRequest;
use crate::search::params::SearchParams;
use crate::search::status::{DatesKnown, IndexStatus, Skipped, SourceStatus};

use crate::text::sanitize::visible;

use super::error::Error;
use super::ingest::Reading;
use super::query::{saved_queries, synonyms, told};
use super::status::Status;
use super::terminal::{Color, now, style};
use super::{Out, index};

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The id from a result, or the article's key
    #[arg(value_name = "ID")]
    id: String,
    /// Mark what this query matches; as for `query`
    #[arg(value_name = "QUERY", conflicts_with = "raw")]
    query: Vec<String>,
    /// Only the passages that match, so many at most
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "10", requires = "query")]
    #[arg(value_parser = at_least_one)]
    passages: Option<usize>,
    /// As JSON
    #[arg(long, conflicts_with = "raw")]
    json: bool,
    /// The bytes it was made of: its file, or its record or member in it, unpacked
    #[arg(long)]
    raw: bool,
}

fn at_least_one(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("not a number from 1 on")
}

/// Shows an article.
pub(super) fn show(
    args: &ShowArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let searcher = Searcher::open(&folder)?;
    let articles = searcher.article(&args.id)?;
    let asked = question(args, &folder, &searcher, out)?;
    if articles.is_empty() {
        return Err(no_article(&args.id));
    }
    for article in &articles {
        if args.raw {
            let source = source(article, &folder.manifest()?).map_err(|error| Error {
                status: Status::Usage,
                message: error.to_string(),
                hint: Some("`show` without --raw prints what the index holds".to_owned()),
                caret: None,
            })?;
            if source.has_changed {
                out.aside(
                    "note: the file has changed since it was read; `ingest` brings the index in step\n",
                );
            }
            out.write(|out| out.write_all(&source.bytes))?;
            continue;
        }
        let marked =
            asked.as_ref().map(|asked| searcher.marked(article, &asked.query, asked.snippets)).transpose()?;
        match (&marked, args.json) {
            (_, true) => out.write(|out| output::article::write_json(article, marked.as_ref(), out))?,
            (Some(marked), false) if args.passages.is_some() => {
                out.write(|out| output::article::write_passages(article, marked, &style(color), out))?;
            }
            (_, false) => {
                out.write(|out| output::article::write_text(article, marked.as_ref(), &style(color), out))?
            }
        }
    }
    Ok(Status::Done)
}

/// What shall be marked; what was repaired in it is told.
fn question(
    args: &ShowArgs,
    folder: &Folder,
    searcher: &Searcher,
    out: &mut Out,
) -> Result<Option<SearchRequest>, Error> {
    if args.query.is_empty() {
        return Ok(None);
    }
    let params = SearchParams {
        words: args.query.clone(),
        snippets: Some(args.passages.unwrap_or(0)),
        saved: saved_queries(&args.query, folder)?,
        synonyms: synonyms(None, folder)?,
        ..SearchParams::default()
    };
    let checked = params.check(searcher.schema(), now().0)?;
    told(&checked).iter().for_each(|warning| out.aside(&format!("warning: {}\n", visible(warning))));
    Ok(Some(checked.request))
}

/// What to say of an identity that no article has.
pub(super) fn no_article(name: &str) -> Error {
    Error {
        status: Status::NothingFound,
        message: format!("there is no article {name:?}"),
        hint: Some("ids stand under each hit of `query`, and in the `id` of --json".to_owned()),
        caret: None,
    }
}

#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// Folders or files of articles
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Prints every article of the archives as JSON lines; what was skipped goes to standard error.
pub(super) fn extract_articles(args: &ExtractArgs, out: &mut Out) -> Result<Status, Error> {
    let schema = crate::schema::load::Declaration::embedded()?.check()?;
    let (today, now) = now();
    let roots = args.paths.iter().map(|path| Root { path: path.clone(), name: None }).collect();
    let options = Options {
        settings: args.reading.settings()?,
        dry_run: true,
        program: super::this_program(),
        ..Options::usual(roots, today, now)
    };
    let mut failure = None;
    let mut skipped = false;
    extract(&options, &schema, &mut |found| {
        let written = match found {
            Extracted::Article(article) => out.write(|out| output::article::write_json(&article, None, out)),
            Extracted::Remark(remark) => {
                skipped |= remark.severity == Severity::Skip;
                out.aside(&remark_line(&remark));
                Ok(())
            }
        };
        match written {
            Ok(()) if out.is_closed() => ControlFlow::Break(()),
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match failure {
        Some(error) => Err(error),
        None => Ok(if skipped { Status::Skipped } else { Status::Done }),
    }
}

/// A skip or note as one line of standard error.
fn remark_line(remark: &Diagnostic) -> String {
    let kind = match remark.severity {
        Severity::Note => "note",
        Severity::Skip => "skipped",
    };
    format!("{kind}: {}: {}\n", visible(&remark.place.to_string()), visible(&remark.message))
}

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Skipped files shown for each reason.
const EXAMPLES: usize = 3;

/// Prints the state of the index.
pub(super) fn status(
    args: &StatusArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let manifest = folder.manifest()?;
    let searcher = Searcher::open(&folder)?;
    let bytes = folder.bytes();
    let mut status = IndexStatus {
        format: folder.format(),
        articles: searcher.articles(),
        sources: manifest.sources.iter().map(|(name, row)| source_status(name, row)).collect(),
        bytes_live: (bytes as f64 * (1.0 - searcher.deleted_share())) as u64,
        bytes_total: bytes,
        segments: searcher.segments() as u64,
        dates: DatesKnown::default(),
        languages: searcher.languages_counted()?,
        families: searcher.families()?.len() as u64,
        copies: searcher.families()?.copies(),
        last_ingest: (!manifest.last_ingest.is_empty()).then(|| manifest.last_ingest.clone()),
        skipped: std::collections::BTreeMap::new(),
    };
    (status.dates.first, status.dates.last, status.dates.undated) = searcher.dates_known()?;
    enter_skipped(&manifest, &mut status);
    if args.json {
        out.write(|out| output::status::write_json(&status, out))?;
    } else {
        out.write(|out| output::status::write_text(&status, &style(color), out))?;
    }
    Ok(Status::Done)
}

fn source_status(name: &str, row: &SourceRow) -> SourceStatus {
    let skips = row.files.values().flat_map(|file| &file.diagnostics);
    SourceStatus {
        name: name.to_owned(),
        root: row.root.clone(),
        files: row.files.values().filter(|file| file.articles > 0).count() as u64,
        articles: row.files.values().map(|file| file.articles).sum(),
        skipped: skips.filter(|skip| skip.severity == Severity::Skip).count() as u64,
    }
}

fn enter_skipped(manifest: &Manifest, status: &mut IndexStatus) {
    let files = manifest.sources.values().flat_map(|source| source.files.values());
    for diagnostic in files.flat_map(|file| &file.diagnostics) {
        if diagnostic.severity == Severity::Skip {
            let skipped: &mut Skipped = status.skipped.entry(diagnostic.reason).or_default();
            skipped.count += 1;
            if skipped.examples.len() < EXAMPLES {
                skipped.examples.push(diagnostic.clone());
            }
        }
    }
}
