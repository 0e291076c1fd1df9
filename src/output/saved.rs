//! The saved queries, for reading and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::output::Style;
use crate::output::json::write_line;
use crate::output::text::layout::{Block, Paint, block, line, plain};
use crate::search::saved::Saved;

/// The shape of the list.
pub const SAVED_SCHEMA: &str = "backfile.saved/1";

/// Writes every name with its query, and why it cannot be asked, if it cannot.
pub fn write_text(saved: &[Saved], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if saved.is_empty() {
        return line(out, style, Paint::Plain, "no saved queries");
    }
    for row in saved {
        line(out, style, Paint::Bold, &format!("@{}", row.name))?;
        block(out, style, &plain(&row.query), &Block { indent: 4, ..Block::INDENTED })?;
        if let Err(reason) = &row.understood {
            let shape = Block { indent: 4, base: Paint::Warning, ..Block::INDENTED };
            block(out, style, &plain(&format!("cannot be asked: {reason}")), &shape)?;
        }
    }
    Ok(())
}

/// Writes the same as one versioned object.
pub fn write_json(saved: &[Saved], out: &mut dyn Write) -> io::Result<()> {
    let rows = saved.iter().map(|row| RowView {
        name: &row.name,
        query: &row.query,
        understood: row.understood.as_deref().ok(),
        error: row.understood.as_ref().err().map(String::as_str),
    });
    write_line(&View { schema: SAVED_SCHEMA, saved: rows.collect() }, out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    saved: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    name: &'a str,
    query: &'a str,
    understood: Option<&'a str>,
    error: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;

    fn saved() -> Vec<Saved> {
        let row = |name: &str, query: &str, understood: Result<&str, &str>| Saved {
            name: name.to_owned(),
            query: query.to_owned(),
            understood: understood.map(str::to_owned).map_err(str::to_owned),
        };
        vec![
            row("oil", "oil OR petroleum", Ok("oil OR petroleum")),
            row("bad", "date:soonish \u{1b}[2J", Err("cannot read the date \"soonish\" \u{1b}[2J")),
        ]
    }

    fn text(saved: &[Saved]) -> String {
        let mut out = Vec::new();
        write_text(saved, &PIPE, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_stand_above_their_queries() {
        let expected = "@oil\n    oil OR petroleum\n@bad\n    date:soonish ␛[2J\n    cannot be asked: cannot read the \
                        date \"soonish\" ␛[2J\n";
        assert_eq!(text(&saved()), expected);
        assert_eq!(text(&[]), "no saved queries\n");
    }

    #[test]
    fn lists_conform_to_their_schema() {
        for rows in [saved(), Vec::new()] {
            let mut out = Vec::new();
            write_json(&rows, &mut out).unwrap();
            conforms("saved", std::str::from_utf8(&out).unwrap());
        }
    }
}
