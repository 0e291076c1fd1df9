//! What the program reads, and within which limits: for reading and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::output::Style;
use crate::output::json::write_line;
use crate::output::text::layout::{Block, Paint, block, line, pad, paint, plain, thousands};

/// The shape of the list.
pub const FORMATS_SCHEMA: &str = "backfile.formats/1";

/// Everything that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Formats {
    /// The formats, the more specific ones first.
    pub formats: Vec<FormatRow>,
    /// Endings of compressed files.
    pub compressions: &'static [&'static str],
    /// Endings of files that hold files.
    pub containers: &'static [&'static str],
    /// What is refused or cut.
    pub limits: &'static [Limit],
    /// What the system keeps from the process for risky formats, whatever it asks for.
    pub forbidden: Vec<&'static str>,
}

/// An input format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormatRow {
    /// The name used with `--format`.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// What is read of it.
    pub reads: &'static str,
    /// Endings of its files, without the dot; it is recognised by its content as well.
    pub endings: &'static [&'static str],
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// What it is about: `file`, `html`, `query` and so on.
    pub area: &'static str,
    /// What is limited.
    pub what: &'static str,
    /// The most that is allowed.
    #[serde(flatten)]
    pub most: Amount,
    /// What happens beyond it.
    pub then: &'static str,
}

/// A number with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "unit", content = "most", rename_all = "lowercase")]
pub enum Amount {
    /// A size.
    Bytes(u64),
    /// A number of things.
    Count(u64),
    /// A factor.
    Times(u64),
    /// A time.
    Seconds(u64),
}

impl Amount {
    fn shown(self) -> String {
        match self {
            Amount::Bytes(number) => exact(number),
            Amount::Count(number) => thousands(number),
            Amount::Times(number) => format!("{} times", thousands(number)),
            Amount::Seconds(number) => format!("{} s", thousands(number)),
        }
    }
}

/// A size to the byte: limits are powers of two.
fn exact(bytes: u64) -> String {
    const UNITS: &[(u64, &str)] = &[(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", thousands(bytes / unit)),
        None => format!("{} bytes", thousands(bytes)),
    }
}

/// Columns of the names.
const NAME: usize = 12;

/// Writes the formats, compressions and containers for reading.
pub fn write_text(formats: &Formats, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    line(out, style, Paint::Bold, "formats")?;
    for format in &formats.formats {
        let head = match format.endings {
            [] => format.about.to_owned(),
            endings => format!("{} ({})", format.about, dotted(endings)),
        };
        write_row(format.name, &head, style, out)?;
        block(
            out,
            style,
            &plain(format.reads),
            &Block { indent: NAME + 4, base: Paint::Dim, ..Block::INDENTED },
        )?;
    }
    for (name, endings) in [("compressed files", formats.compressions), ("containers", formats.containers)] {
        writeln!(out)?;
        line(out, style, Paint::Bold, name)?;
        line(out, style, Paint::Plain, &format!("  {}", dotted(endings)))?;
    }
    Ok(())
}

fn dotted(endings: &[&str]) -> String {
    let dotted: Vec<String> = endings.iter().map(|ending| format!(".{ending}")).collect();
    dotted.join(" ")
}

fn write_row(name: &str, text: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    paint(out, style, Paint::Plain, &format!("  {}  ", pad(name, NAME)))?;
    block(out, style, &plain(text), &Block { indent: NAME + 4, ..Block::HANGING })
}

/// Writes the limits for reading.
pub fn write_limits(formats: &Formats, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut area = "";
    for limit in formats.limits {
        if limit.area != area {
            if !area.is_empty() {
                writeln!(out)?;
            }
            line(out, style, Paint::Bold, limit.area)?;
            area = limit.area;
        }
        write_row(&limit.most.shown(), &format!("{}: {}", limit.what, limit.then), style, out)?;
    }
    writeln!(out)?;
    line(out, style, Paint::Bold, "out of reach of the process for a risky format")?;
    let forbidden = match &formats.forbidden[..] {
        [] => "what its limits keep from it; this system knows no Landlock".to_owned(),
        forbidden => forbidden.join(", "),
    };
    write_row("by Landlock", &forbidden, style, out)
}

/// Writes formats and limits as one versioned object.
pub fn write_json(formats: &Formats, out: &mut dyn Write) -> io::Result<()> {
    write_line(&View { schema: FORMATS_SCHEMA, formats }, out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    #[serde(flatten)]
    formats: &'a Formats,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;

    const LIMITS: &[Limit] = &[
        Limit { area: "file", what: "a file", most: Amount::Bytes(64 << 20), then: "it is skipped" },
        Limit { area: "file", what: "what it unpacks to", most: Amount::Times(200), then: "it is skipped" },
        Limit {
            area: "query",
            what: "clauses",
            most: Amount::Count(1024),
            then: "the query is an error that says which part of it is one too many",
        },
    ];

    fn formats() -> Formats {
        let row = |name, endings| FormatRow {
            name,
            about: "tables with a header: CSV, TSV, with semicolons",
            reads: "every column whose name tells what it is; the others are kept as they are",
            endings,
        };
        Formats {
            formats: vec![row("csv", &["csv", "tsv"]), row("substack", &[])],
            compressions: &["gz", "zst"],
            containers: &["zip"],
            limits: LIMITS,
            forbidden: vec!["files", "TCP"],
        }
    }

    #[test]
    fn lists_look_as_they_should() {
        let mut out = Vec::new();
        write_text(&formats(), &NARROW, &mut out).unwrap();
        golden("formats_narrow.txt", &out);
        out.clear();
        write_limits(&formats(), &PIPE, &mut out).unwrap();
        golden("formats_limits.txt", &out);
    }

    #[test]
    fn lists_conform_to_their_schema() {
        let mut out = Vec::new();
        write_json(&formats(), &mut out).unwrap();
        conforms("formats", std::str::from_utf8(&out).unwrap());
    }
}
