//! Hits as rows: CSV (RFC 4180, with `\n` between records) and TSV (no quotes; tabs and newlines in values are blanks).

use std::borrow::Cow;
use std::io::{self, Write};

use crate::output::fields::HitField;
use crate::output::{Answer, Format, Options, Printer};
use crate::search::Hit;
use crate::text::sanitize::visible;

/// Comma separated values.
pub(super) const CSV: Table =
    Table { name: "csv", about: "comma separated values with a header (RFC 4180)", syntax: Syntax::Csv };

/// Tab separated values.
pub(super) const TSV: Table =
    Table { name: "tsv", about: "tab separated values with a header, never quoted", syntax: Syntax::Tsv };

/// A format of rows.
pub(super) struct Table {
    name: &'static str,
    about: &'static str,
    syntax: Syntax,
}

#[derive(Clone, Copy)]
pub(super) enum Syntax {
    Csv,
    Tsv,
}

impl Format for Table {
    fn name(&self) -> &'static str {
        self.name
    }
    fn about(&self) -> &'static str {
        self.about
    }
    fn default_fields(&self) -> &'static [HitField] {
        HitField::OF_TABLE
    }
    fn printer(&self, options: Options) -> Box<dyn Printer> {
        let fields = options.fields.unwrap_or_else(|| HitField::OF_TABLE.to_vec());
        Box::new(TablePrinter { syntax: self.syntax, fields })
    }
}

struct TablePrinter {
    syntax: Syntax,
    fields: Vec<HitField>,
}

impl Printer for TablePrinter {
    fn begin(&mut self, _: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        let header = self.fields.iter().map(|field| Cow::Borrowed(field.name()));
        write_rows(self.syntax, std::iter::once(header), out)
    }

    fn hits(&mut self, hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
        let rows = hits.iter().map(|hit| self.fields.iter().map(|field| field.cell(hit)));
        write_rows(self.syntax, rows, out)
    }

    fn end(&mut self, _: &Answer<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// Writes rows of raw cells.
pub(super) fn write_rows<'a, Rows, Row>(syntax: Syntax, rows: Rows, out: &mut dyn Write) -> io::Result<()>
where
    Rows: Iterator<Item = Row>,
    Row: Iterator<Item = Cow<'a, str>>,
{
    match syntax {
        Syntax::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            for row in rows {
                for cell in row {
                    writer.write_field(visible(&cell).as_bytes())?;
                }
                writer.write_record(None::<&[u8]>)?;
            }
            writer.flush()
        }
        Syntax::Tsv => rows.into_iter().try_for_each(|row| write_tsv_row(row, out)),
    }
}

fn write_tsv_row<'a>(row: impl Iterator<Item = Cow<'a, str>>, out: &mut dyn Write) -> io::Result<()> {
    for (column, cell) in row.enumerate() {
        if column > 0 {
            out.write_all(b"\t")?;
        }
        // `visible` makes newlines and tabs blanks; the cell must not depend on how it shows other controls.
        out.write_all(visible(&cell).replace(['\t', '\n', '\r'], " ").as_bytes())?;
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;
    use crate::search::SearchResponse;

    #[test]
    fn tables_keep_their_shape() {
        golden("query.csv", render("csv", options(PIPE), &request(), &response()).as_bytes());
        golden("query.tsv", render("tsv", options(PIPE), &request(), &response()).as_bytes());
    }

    #[test]
    fn cells_are_quoted_or_cleaned() {
        let found = SearchResponse { hits: vec![hit(1, "\"Coal\", he said\tand\nleft", "")], ..response() };
        let fields = Some(vec![HitField::Title, HitField::Tags]);
        let shown =
            |name| render(name, Options { fields: fields.clone(), ..options(PIPE) }, &request(), &found);
        assert!(shown("csv").starts_with("title,tags\n\"\"\"Coal\"\", he said"), "{}", shown("csv"));
        assert_eq!(shown("tsv"), "title\ttags\n\"Coal\", he said and left\tenergy; energy/coal\n");
    }

    #[test]
    fn one_empty_cell_is_still_a_record() {
        let found = SearchResponse { hits: hits(), ..response() };
        let choice = Options { fields: Some(vec![HitField::Lang]), ..options(PIPE) };
        assert_eq!(render("csv", choice, &request(), &found), "lang\nen\nja\n\"\"\n");
    }
}
