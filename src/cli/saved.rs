//! `saved`: queries that are given a name.

use std::path::Path;

use clap::{Args, Subcommand};

use crate::engine::local::Folder;
use crate::output;
use crate::query::display::display;
use crate::query::parse::{Parsed, Problem, Reading, parse};
use crate::query::saved::{MAX_NAME, MAX_SAVED, SavedQueries, is_name};
use crate::search::saved::Saved;

use super::error::{Error, caret};
use super::status::Status;
use super::terminal::{Color, now, style};
use super::{Out, index};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct SavedArgs {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  backfile saved add strikes 'strike OR walkout OR \"industrial action\"'
      names a query; what `last month` means is found out when it is asked
  backfile query '@strikes date:1974'
      uses it, in parentheses of its own
  backfile query @strikes --new
      prints only what was not printed by this before, and is 1 if there is
      nothing; with --all everything that is new, else as much as --limit says
  backfile saved list --json | jq -r '.saved[].name'
      for scripts

Saved queries lie in the index; `ingest` and `rebuild` keep them.";

#[derive(Debug, Subcommand)]
enum Action {
    /// Give a query a name
    Add(AddArgs),
    /// Print every saved query
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a name away, and what is known of what it has shown
    Rm {
        /// The name
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, Args)]
struct AddArgs {
    /// Letters, digits, - and _
    #[arg(value_name = "NAME")]
    name: String,
    /// The query; `backfile help-query` explains the language
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Take the place of a query of that name
    #[arg(long)]
    replace: bool,
}

/// Changes or prints the saved queries.
pub(super) fn run(
    args: &SavedArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    match &args.action {
        Action::Add(args) => add(args, &folder, out)?,
        Action::List { json } => list(*json, &folder, color, out)?,
        Action::Rm { name } => remove(name, &folder)?,
    }
    Ok(Status::Done)
}

fn add(args: &AddArgs, folder: &Folder, out: &mut Out) -> Result<(), Error> {
    // The sign is how it is used; as a part of the name it is a slip.
    let name = args.name.strip_prefix('@').unwrap_or(&args.name);
    if !is_name(name) {
        let hint =
            format!("a name has letters, digits, - and _, a letter or digit first, {MAX_NAME} bytes at most");
        return Err(Error::usage(format!("{name:?} cannot be a name"), Some(hint)));
    }
    let text = args.query.join(" ");
    if text.trim().is_empty() {
        return Err(Error::usage("the query is empty", Some("`*` finds every article".to_owned())));
    }
    let problems = folder.change_saved(|saved| {
        let before = saved.insert(name, &text);
        if before.is_some_and(|before| before != text) && !args.replace {
            let hint =
                format!("--replace puts this one in its place; `backfile saved rm {name}` takes it away");
            return Err(Error::usage(format!("there is a saved query `{name}` already"), Some(hint)));
        }
        if saved.len() > MAX_SAVED {
            return Err(Error::usage(format!("an index keeps {MAX_SAVED} saved queries at most"), None));
        }
        understood(name, &text, saved, folder)
    })?;
    for problem in problems {
        out.aside(&format!("warning: {}\n{}", problem.message, caret(&text, &problem.span)));
    }
    Ok(())
}

/// What is to be said of a query that is to be saved, and is among `saved` already, so that it cannot contain itself.
fn understood(name: &str, text: &str, saved: &SavedQueries, folder: &Folder) -> Result<Vec<Problem>, Error> {
    let itself = read(&format!("@{name}"), saved, folder);
    let parsed = read(text, saved, folder);
    let refusal = parsed.refusal().map(|problem| (problem, text.to_owned()));
    let of_itself = itself.refusal().map(|problem| (problem, format!("@{name}")));
    match refusal.or(of_itself) {
        Some((problem, text)) => Err(Error {
            status: Status::Usage,
            message: problem.message.clone(),
            hint: problem.hint.clone(),
            caret: Some((text, problem.span.clone())),
        }),
        None => Ok(parsed.problems),
    }
}

fn read(text: &str, saved: &SavedQueries, folder: &Folder) -> Parsed {
    let (today, _) = now();
    parse(text, &Reading { saved, ..Reading::new(folder.schema(), today) })
}

fn list(json: bool, folder: &Folder, color: Color, out: &mut Out) -> Result<(), Error> {
    let saved = folder.saved()?;
    let rows = saved.iter().map(|(name, text)| {
        let parsed = read(text, &saved, folder);
        let understood = match parsed.refusal() {
            Some(problem) => Err(problem.message.clone()),
            None => Ok(display(&parsed.query, folder.schema())),
        };
        Saved { name: name.to_owned(), query: text.to_owned(), understood }
    });
    let rows: Vec<Saved> = rows.collect();
    if json {
        out.write(|out| output::saved::write_json(&rows, out))
    } else {
        out.write(|out| output::saved::write_text(&rows, &style(color), out))
    }
}

fn remove(name: &str, folder: &Folder) -> Result<(), Error> {
    let name = name.strip_prefix('@').unwrap_or(name);
    folder.change_saved(|saved| {
        saved.remove(name).map(|_| ()).ok_or_else(|| {
            let hint = match saved.len() {
                0 => "none is saved".to_owned(),
                _ => saved.hint(name),
            };
            Error::usage(format!("there is no saved query `{name}`"), Some(hint))
        })
    })?;
    Ok(folder.forget_shown(name)?)
}
