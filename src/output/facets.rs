//! The answer of the `facets` command: tables, JSON, CSV.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use crate::output::json::{FacetsView, QueryView, collapse, write_line};
use crate::output::table::{Syntax, write_rows};
use crate::output::text::facets::{Rows, write_facet};
use crate::output::text::layout::{Paint, line};
use crate::output::text::write_warnings;
use crate::output::{Answer, Style};
use crate::schema::FieldName;
use crate::search::FacetCounts;

/// The shape of the answer.
pub const FACETS_SCHEMA: &str = "backfile.facets/1";

/// Writes the facets as tables, every row of them.
pub fn write_text(answer: &Answer<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_warnings(answer, style, out)?;
    line(out, style, Paint::Plain, &answer.total())?;
    for facet in &answer.response.facets {
        writeln!(out)?;
        write_facet(facet, Rows::All, style, out)?;
    }
    Ok(())
}

/// Writes the facets as one versioned object.
pub fn write_json(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let view = View {
        schema: FACETS_SCHEMA,
        query: QueryView::of(answer),
        total: answer.response.total,
        collapse: collapse(answer),
        facets: FacetsView { facets: &answer.response.facets, schema: answer.schema },
    };
    write_line(&view, out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    query: QueryView<'a>,
    total: u64,
    collapse: &'static str,
    facets: FacetsView<'a>,
}

/// Writes the facets as CSV: `field,value,count,kind` for keywords, `field,from,to,count,kind` for dates, and
/// `field,value,from,to,count,kind` when there are both, since a CSV file has one header.
///
/// `kind` is `value`; behind the values of each facet stand `other` (the counts of values that are not listed, for
/// keywords), `imprecise` (articles whose date is wider than a bucket, for dates) and `missing` (articles without).
pub fn write_csv(facets: &[FacetCounts], out: &mut dyn Write) -> io::Result<()> {
    write_table(Syntax::Csv, facets, out)
}

/// Writes the facets as TSV, with the columns of [`write_csv`].
pub fn write_tsv(facets: &[FacetCounts], out: &mut dyn Write) -> io::Result<()> {
    write_table(Syntax::Tsv, facets, out)
}

fn write_table(syntax: Syntax, facets: &[FacetCounts], out: &mut dyn Write) -> io::Result<()> {
    let columns = columns(facets);
    let header = columns.iter().map(|column| Cow::Borrowed(column.name()));
    write_rows(syntax, std::iter::once(header), out)?;
    for facet in facets {
        let rows = rows(facet);
        write_rows(syntax, rows.iter().map(|row| columns.iter().map(|column| column.cell(row))), out)?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Column {
    Field,
    Value,
    From,
    To,
    Count,
    Kind,
}

struct Row<'a> {
    field: &'a str,
    value: Cow<'a, str>,
    from: String,
    to: String,
    count: u64,
    kind: &'static str,
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Column::Field => "field",
            Column::Value => "value",
            Column::From => "from",
            Column::To => "to",
            Column::Count => "count",
            Column::Kind => "kind",
        }
    }

    fn cell<'a>(self, row: &'a Row<'_>) -> Cow<'a, str> {
        match self {
            Column::Field => row.field.into(),
            Column::Value => row.value.as_ref().into(),
            Column::From => row.from.as_str().into(),
            Column::To => row.to.as_str().into(),
            Column::Count => row.count.to_string().into(),
            Column::Kind => row.kind.into(),
        }
    }
}

fn columns(facets: &[FacetCounts]) -> &'static [Column] {
    let dates = facets.iter().any(|facet| matches!(facet, FacetCounts::Dates { .. }));
    let values = facets.iter().any(|facet| matches!(facet, FacetCounts::Values { .. }));
    match (values, dates) {
        (true, true) => {
            &[Column::Field, Column::Value, Column::From, Column::To, Column::Count, Column::Kind]
        }
        (false, true) => &[Column::Field, Column::From, Column::To, Column::Count, Column::Kind],
        (true, false) | (false, false) => &[Column::Field, Column::Value, Column::Count, Column::Kind],
    }
}

fn rows(facet: &FacetCounts) -> Vec<Row<'_>> {
    match facet {
        FacetCounts::Values { field, values: _, other, missing, buckets } => {
            let values = buckets.iter().map(|bucket| Row {
                value: bucket.value.as_str().into(),
                ..Row::of(field, bucket.count, "value")
            });
            values.chain([Row::of(field, *other, "other"), Row::of(field, *missing, "missing")]).collect()
        }
        FacetCounts::Dates { field, interval, imprecise, missing, buckets } => {
            let steps = buckets.iter().map(|bucket| Row {
                value: interval.label(bucket.from).into(),
                from: bucket.from.to_string(),
                to: bucket.to.to_string(),
                ..Row::of(field, bucket.count, "value")
            });
            let left = [Row::of(field, *imprecise, "imprecise"), Row::of(field, *missing, "missing")];
            steps.chain(left).collect()
        }
    }
}

impl<'a> Row<'a> {
    fn of(field: &'a FieldName, count: u64, kind: &'static str) -> Row<'a> {
        let field = field.as_str();
        Row { field, value: Cow::Borrowed(""), from: String::new(), to: String::new(), count, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;
    use crate::text::calendar::Interval;

    #[test]
    fn tables_show_every_row() {
        let (asked, mut found) = (request(), response());
        found.facets.push(dates(Interval::Month, day(1971, 4, 1), &[7; 60]));
        let mut out = Vec::new();
        write_text(&answer(&asked, &found), &PIPE, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.matches("  7  ").count(), 60, "{text}");
    }

    #[test]
    fn facets_conform_to_their_schema() {
        let (asked, found) = (request(), response());
        let mut out = Vec::new();
        write_json(&answer(&asked, &found), &mut out).unwrap();
        conforms("facets", std::str::from_utf8(&out).unwrap());
    }

    #[test]
    fn csv_has_the_columns_of_its_facets() {
        let dates = dates(Interval::Year, day(1973, 1, 1), &[9]);
        let cases = [
            (vec![tags()], "field,value,count,kind\ntag,transport,1388,value\n"),
            (
                vec![dates.clone()],
                "field,from,to,count,kind\ndate,1973-01-01,1973-12-31,9,value\ndate,,,6,imprecise\ndate,,,12,missing\n",
            ),
            (
                vec![dates, tags()],
                "field,value,from,to,count,kind\ndate,1973,1973-01-01,1973-12-31,9,value\ndate,,,,6,imprecise\ndate,,,,12,missing\ntag,transport,,,1388,value\n",
            ),
        ];
        for (facets, expected) in cases {
            let mut out = Vec::new();
            write_csv(&facets, &mut out).unwrap();
            let csv = String::from_utf8(out).unwrap();
            assert!(csv.starts_with(expected), "{csv}");
        }
    }
}
