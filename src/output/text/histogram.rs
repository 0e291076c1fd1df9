//! A date facet: one row for each calendar bucket, empty ones too.

use std::io::{self, Write};

use crate::output::Style;
use crate::output::text::facets::{Columns, Row, Rows, remark, write_row};
use crate::output::text::layout::{counted, thousands};
use crate::search::DateBucket;
use crate::text::calendar::Interval;

/// More rows than this do not fit on a screen beside the hits.
const MOST_ROWS: usize = 40;

/// Writes the rows. When there are too many, the middle is left out and a line says so: rows are never merged.
pub(super) fn write_buckets(
    buckets: &[DateBucket],
    interval: Interval,
    rows: Rows,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let all: Vec<Row> = buckets
        .iter()
        .map(|it| Row { label: interval.label(it.from), count: it.count, selected: false })
        .collect();
    let columns = Columns::of(&all, style);
    let hidden = match rows {
        Rows::Some if all.len() > MOST_ROWS => MOST_ROWS / 2..all.len() - MOST_ROWS / 2,
        Rows::Some | Rows::All => 0..0,
    };
    for row in &all[..hidden.start] {
        write_row(row, &columns, style, out)?;
    }
    if !hidden.is_empty() {
        let articles = all[hidden.clone()].iter().map(|row| row.count).sum();
        remark(&left_out(hidden.len(), articles, interval), style, out)?;
    }
    all[hidden.end..].iter().try_for_each(|row| write_row(row, &columns, style, out))
}

fn left_out(rows: usize, articles: u64, interval: Interval) -> String {
    let all = match coarser(interval) {
        Some(coarser) => format!("by {} there are fewer; --json has all", coarser.as_str()),
        None => "--json has all".to_owned(),
    };
    let articles = counted(articles, "article", "articles");
    format!("⋮ {} more {}s with {articles}; {all}", thousands(rows as u64), interval.as_str())
}

fn coarser(interval: Interval) -> Option<Interval> {
    match interval {
        Interval::Decade => None,
        Interval::Year => Some(Interval::Decade),
        Interval::Month => Some(Interval::Year),
        Interval::Week => Some(Interval::Month),
        Interval::Day => Some(Interval::Week),
    }
}
