//! `why`: what a query makes of one article, or what an ingest made of one file.

use std::path::Path;

use clap::Args;

use crate::engine::Manifest;
use crate::engine::local::{Folder, Searcher};
use crate::output;
use crate::output::why::{FileRead, WhyAnswer};
use crate::search::params::{Checked, SearchParams};

use super::error::Error;
use super::query::{Filters, told};
use super::show::no_article;
use super::status::Status;
use super::terminal::{Color, now, style};
use super::{Out, index};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct WhyArgs {
    /// The id from a result, the article's key, or the path of a file in an archive
    #[arg(value_name = "ID")]
    id: String,
    /// The query, as for `query`
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Passages for each part of the query
    #[arg(long, value_name = "N", default_value_t = 1)]
    snippets: usize,
    #[command(flatten)]
    filters: Filters,
}

const EXAMPLES: &str = "\
Examples:
  backfile why 2f1c9d0b7a6e5d43 climate policy tag:energy
      which parts of the query hold for this article, by which words, and what
      to leave out so that it is found
  backfile why letters/1974-05.txt
      whether this file was read, and if not, why";

/// Prints why.
pub(super) fn why(
    args: &WhyArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let searcher = args.filters.searcher(&folder)?;
    let checked = question(args, &searcher, &folder)?;
    match searcher.why(&args.id, &checked.request)? {
        Some(found) => {
            let input = args.words.join(" ");
            let warnings = [told(&checked), found.warnings.clone()].concat();
            let understood = checked.understood.as_str();
            let schema = searcher.schema();
            let answer = WhyAnswer { input: &input, understood, warnings: &warnings, found: &found, schema };
            match args.json {
                true => out.write(|out| output::why::write_json(&answer, out))?,
                false => out.write(|out| output::why::write_text(&answer, &style(color), out))?,
            }
        }
        None => {
            let manifest = folder.manifest()?;
            let files = files(&manifest, &args.id);
            if files.is_empty() {
                return Err(no_article(&args.id));
            }
            match args.json {
                true => out.write(|out| output::why::write_files_json(&files, out))?,
                false => out.write(|out| output::why::write_files_text(&files, &style(color), out))?,
            }
        }
    }
    Ok(Status::Done)
}

fn question(args: &WhyArgs, searcher: &Searcher, folder: &Folder) -> Result<Checked, Error> {
    let params = SearchParams { snippets: Some(args.snippets), ..args.filters.params(&args.words, folder)? };
    Ok(params.check(searcher.schema(), now().0)?)
}

/// The files of that name that an ingest met: by the path below the root, or by the whole path.
fn files<'a>(manifest: &'a Manifest, name: &str) -> Vec<FileRead<'a>> {
    let mut files = Vec::new();
    for (source, row) in &manifest.sources {
        let below = Path::new(name).strip_prefix(&row.root).ok().and_then(Path::to_str);
        let path = below.filter(|_| !row.root.is_empty()).unwrap_or(name).trim_start_matches("./");
        if let Some((path, file)) = row.files.get_key_value(path) {
            files.push(FileRead { source, path, articles: file.articles, remarks: &file.diagnostics });
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::manifest::Stamp;
    use crate::engine::{FileRow, SourceRow};

    #[test]
    fn files_are_known_by_their_path_in_the_archive_and_by_their_whole_path() {
        let file = FileRow {
            number: 1,
            stamp: Stamp { size: 0, modified: 0 },
            hash: 0,
            articles: 2,
            identity: None,
            racy: false,
            diagnostics: Vec::new(),
        };
        let mut source = SourceRow { root: "/news".to_owned(), ..SourceRow::default() };
        source.files.insert("1974/a.txt".to_owned(), file);
        let mut manifest = Manifest::default();
        manifest.sources.insert("news".to_owned(), source);
        for (name, count) in [
            ("1974/a.txt", 1),
            ("/news/1974/a.txt", 1),
            ("./1974/a.txt", 1),
            ("a.txt", 0),
            ("/other/1974/a.txt", 0),
        ] {
            assert_eq!(files(&manifest, name).len(), count, "{name}");
        }
    }
}
