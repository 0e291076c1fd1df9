//! What else could be asked, a line each, ready to be pasted into a shell.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::output::text::layout::{Paint, line, pad, thousands};
use crate::output::{Answer, Style};
use crate::query::display::display;
use crate::search::{Suggestion, SuggestionKind};
use crate::text::sanitize::visible;

/// Labels are not padded beyond this, so that the commands stay on the screen.
const WIDEST_LABEL: usize = 60;

/// Writes `  policy for polcy: 12  backfile query policy` for each suggestion.
pub(super) fn write_suggestions(answer: &Answer<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let suggestions = &answer.response.suggestions;
    // What was shown before may well be in the index.
    let is_rest = !answer.request.except.is_empty();
    if suggestions.is_empty() && answer.response.total == 0 && !is_rest {
        return line(
            out,
            style,
            Paint::Dim,
            "no part of the query and nothing near it was found in the index",
        );
    }
    let labels: Vec<String> = suggestions.iter().map(|it| visible(&label(it)).into_owned()).collect();
    let widest = labels.iter().map(|label| label.width()).max().unwrap_or(0).min(WIDEST_LABEL);
    for (suggestion, label) in suggestions.iter().zip(&labels) {
        let query = display(&suggestion.query, answer.schema);
        // Never wrapped: it is there to be copied.
        let command = command(&query);
        line(out, style, Paint::Plain, &format!("  {}  {command}", pad(label, widest)))?;
    }
    Ok(())
}

fn label(suggestion: &Suggestion) -> String {
    let Suggestion { kind, from, to, count, .. } = suggestion;
    let change = match kind {
        SuggestionKind::Spelling | SuggestionKind::Value | SuggestionKind::Field | SuggestionKind::Apart => {
            format!("{to} instead of {from}")
        }
        SuggestionKind::Without | SuggestionKind::Unfiltered => format!("without {from}"),
        SuggestionKind::Any => "any of the words".to_owned(),
    };
    format!("{change}: {}", thousands(*count))
}

/// The command that asks a query, to be pasted into a shell.
pub(in crate::output) fn command(query: &str) -> String {
    format!("backfile query {}", in_shell(&visible(query)))
}

/// A query as one argument or several words of a POSIX shell; `--` stands before what looks like an option.
fn in_shell(query: &str) -> String {
    let is_plain = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | ':' | '/' | '_' | '-' | '+' | '%' | '@')
    };
    let words = match query.chars().all(is_plain) {
        true => query.to_owned(),
        false => format!("'{}'", query.replace('\'', "'\\''")),
    };
    match query.starts_with('-') || words == query && query.contains(" -") {
        true => format!("-- {words}"),
        false => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_quoted_for_a_shell() {
        let cases = [
            ("climate policy", "climate policy"),
            ("tag:energy/coal", "tag:energy/coal"),
            ("\"climate policy\"", "'\"climate policy\"'"),
            ("(a OR b) tag:x", "'(a OR b) tag:x'"),
            ("o'brien", "'o'\\''brien'"),
            ("-a", "-- -a"),
            ("b -a", "-- b -a"),
            ("$HOME `x` *", "'$HOME `x` *'"),
        ];
        for (query, expected) in cases {
            assert_eq!(in_shell(query), expected);
        }
    }
}
