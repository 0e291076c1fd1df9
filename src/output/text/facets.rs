//! A facet as an aligned table with bars.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::output::Style;
use crate::output::text::layout::{Paint, bar, counted, fit, line, pad, paint, thousands};
use crate::output::text::{histogram, tree};
use crate::search::{FacetCounts, ValueBucket};

/// How much of a facet to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::output) enum Rows {
    /// A long histogram is cut in the middle, and says so.
    Some,
    /// Everything.
    All,
}

/// One row of a facet.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) count: u64,
    pub(super) selected: bool,
}

/// The columns of a table, from all rows that could be shown.
pub(super) struct Columns {
    label: usize,
    count: usize,
    bar: usize,
    most: u64,
}

/// Before a label: room for the mark of a chosen value.
const MARGIN: usize = 4;
const LONGEST_BAR: usize = 32;
const SHORTEST_BAR: usize = 4;

impl Columns {
    pub(super) fn of(rows: &[Row], style: &Style) -> Columns {
        let most = rows.iter().map(|row| row.count).max().unwrap_or(0);
        let count = thousands(most).len();
        let room = style.width.saturating_sub(MARGIN + 2 + count);
        let widest = rows.iter().map(|row| row.label.width()).max().unwrap_or(0);
        let label = widest.min((room / 2).max(8));
        let left = room.saturating_sub(label + 2);
        let bar = if left < SHORTEST_BAR { 0 } else { left.min(LONGEST_BAR) };
        Columns { label, count, bar, most }
    }
}

/// Writes a facet with its heading.
pub(in crate::output) fn write_facet(
    facet: &FacetCounts,
    rows: Rows,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match facet {
        FacetCounts::Values { field, values, other, missing, buckets } => {
            heading(field.as_str(), &counted(*values, "value", "values"), style, out)?;
            write_values(buckets, style, out)?;
            let hidden = values.saturating_sub(buckets.len() as u64);
            if hidden > 0 {
                let more = counted(hidden, "more value", "more values");
                remark(&format!("… and {more} ({})", thousands(*other)), style, out)?;
            }
            missing_remark(*missing, style, out)
        }
        FacetCounts::Dates { field, interval, imprecise, missing, buckets } => {
            heading(field.as_str(), &format!("by {}", interval.as_str()), style, out)?;
            histogram::write_buckets(buckets, *interval, rows, style, out)?;
            if *imprecise > 0 {
                let less =
                    format!("{} with a date wider than a {}", thousands(*imprecise), interval.as_str());
                remark(&less, style, out)?;
            }
            missing_remark(*missing, style, out)
        }
    }
}

fn write_values(buckets: &[ValueBucket], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let rows = tree::rows(buckets);
    let columns = Columns::of(&rows, style);
    rows.iter().try_for_each(|row| write_row(row, &columns, style, out))
}

/// Writes `  ✓ energy  388  ████`.
pub(super) fn write_row(row: &Row, columns: &Columns, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (mark, look) = if row.selected { ("✓", Paint::Bold) } else { (" ", Paint::Plain) };
    let label = pad(&fit(&row.label, columns.label), columns.label);
    let count = thousands(row.count);
    paint(out, style, look, &format!("  {mark} {label}  {count:>0$}", columns.count))?;
    let bar = bar(row.count, columns.most, columns.bar);
    if !bar.is_empty() {
        write!(out, "  {bar}")?;
    }
    writeln!(out)
}

fn heading(field: &str, about: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    paint(out, style, Paint::Bold, field)?;
    paint(out, style, Paint::Dim, &format!(" · {about}"))?;
    writeln!(out)
}

fn missing_remark(missing: u64, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match missing {
        0 => Ok(()),
        _ => remark(&format!("{} without", thousands(missing)), style, out),
    }
}

/// A line below the rows, in line with the labels.
pub(super) fn remark(text: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    line(out, style, Paint::Dim, &format!("{:MARGIN$}{text}", ""))
}
