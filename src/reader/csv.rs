//! Tables: one article a row, columns understood by their names (RFC 4180, and what spreadsheets make of it).
//!
//! Rows are found by a scan of its own (`rows`), not by a CSV library: those read as far as the end of the file when a
//! quotation mark is not closed, and here a broken row costs only itself.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::article::{Draft, Origin};
use crate::diagnostic::Reason;
use crate::reader::json::Meanings;
use crate::reader::values::{Property, Stated, Value};
use crate::reader::{Cutter, Emit, Fault, Input, Item, Reader, Spot};
use crate::text::decode::{self, How};

mod cutter;
mod header;
mod rows;

pub use cutter::CsvCutter;
pub use rows::{LARGEST_QUOTED_ROW, MAX_COLUMNS};

use header::Header;
use rows::{Cell, Row, Rows, State};

/// What programs write into a cell without a value.
const NULLS: &[&str] = &["NULL", "null", "\\N", "NaN", "nan", "None", "#N/A"];

/// Byte order marks of UTF-16; a file of it is read as a whole.
const WIDE_MARKS: &[&[u8]] = &[b"\xff\xfe", b"\xfe\xff"];

/// Columns named in a message.
const SHOWN: usize = 12;

/// Tables.
#[derive(Debug)]
pub struct Csv;

impl Reader for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "tables with a header: CSV, TSV, with semicolons or bars; names of columns found or given by --map"
    }

    fn reads(&self) -> &'static str {
        "every column whose name tells what it is; the others are kept as they are"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv", "tsv", "tab"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        header::is_told(head)
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(CsvCutter::default()))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        if is_wide(input.bytes) {
            let text = decode::decode(input.bytes, None).text;
            return read(input, text.as_bytes(), None, emit);
        }
        read(input, input.bytes, Some(input.offset), emit)
    }
}

/// Whether a table must be decoded before its rows can be found.
fn is_wide(bytes: &[u8]) -> bool {
    WIDE_MARKS.iter().any(|mark| bytes.starts_with(mark))
}

/// Reads the rows of `bytes`, which begin in the file at `offset` unless they were converted.
fn read(input: &Input<'_>, bytes: &[u8], offset: Option<u64>, emit: Emit<'_>) -> Result<(), Fault> {
    let is_first = input.first_record == 1;
    let found = header::find(if input.head.is_empty() && is_first { bytes } else { input.head });
    let header = match found {
        Some(header) => header,
        None if is_first => return Err(empty("the table is empty".to_owned(), None)),
        None => return Ok(()),
    };
    let table = Table::new(input, bytes, offset, &header);
    if !table.has_text() {
        // It is said once, not for each block or row: it is a table of something else.
        return if is_first { Err(no_text(&header)) } else { Ok(()) };
    }
    let start = if input.head.is_empty() { header.length } else { 0 };
    let mut rows = Rows::new(bytes, start, header.dialect);
    let mut number = input.first_record;
    while let Some(row) = rows.next() {
        emit(table.item(number, &row, rows.cells()));
        number += 1;
    }
    let is_whole = is_first && number == input.first_record;
    if is_whole { Err(empty("the table has a header, but no rows".to_owned(), None)) } else { Ok(()) }
}

/// A row of a table that is part of something else.
pub(super) struct Record {
    /// Names of columns with what stands there.
    pub(super) values: Vec<(String, String)>,
}

impl Record {
    /// What stands in the column of that name, if anything does.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(column, _)| column == name).map(|(_, text)| text.as_str());
        found.filter(|text| !text.is_empty())
    }
}

/// The rows of a table whose columns the caller knows; `None` without a header.
pub(super) fn records(bytes: &[u8]) -> Option<Vec<Result<Record, Fault>>> {
    let (text, _) = super::decoded(bytes);
    let header = header::find(text.as_bytes())?;
    let mut rows = Rows::new(text.as_bytes(), header.length, header.dialect);
    let mut records = Vec::new();
    while let Some(row) = rows.next() {
        let texts = rows.cells().iter().map(|cell| cell.text(&text, 0).into_owned());
        let record = Record { values: header.names.iter().cloned().zip(texts).collect() };
        records.push(if row.state == State::Whole { Ok(record) } else { Err(unclosed()) });
    }
    Some(records)
}

/// What all rows of a block share.
struct Table<'a> {
    input: &'a Input<'a>,
    bytes: &'a [u8],
    offset: Option<u64>,
    columns: Vec<Column<'a>>,
    /// See [`Draft::mapped`].
    mapped: u64,
    delimiter: u8,
    header: &'a Header,
    /// The character set of the block, if it had to be guessed.
    charset: OnceCell<Option<&'static str>>,
}

struct Column<'a> {
    name: Cow<'a, str>,
    meaning: Option<(usize, Property)>,
}

impl<'a> Table<'a> {
    fn new(input: &'a Input<'a>, bytes: &'a [u8], offset: Option<u64>, header: &'a Header) -> Table<'a> {
        let meanings = Meanings::new(&input.options.map);
        let column = |(at, name): (usize, &'a String)| match name.as_str() {
            "" => Column { name: Cow::Owned(unnamed(at)), meaning: None },
            name => Column { name: Cow::Borrowed(name), meaning: meanings.of(name) },
        };
        let columns: Vec<_> = header.names.iter().enumerate().map(column).collect();
        let ranks = columns.iter().filter_map(|column| column.meaning).map(|(rank, _)| rank);
        let mapped = meanings.mapped(ranks);
        let delimiter = header.dialect.delimiter;
        Table { input, bytes, offset, columns, mapped, delimiter, header, charset: OnceCell::new() }
    }

    fn has_text(&self) -> bool {
        let is_text = |(_, property)| matches!(property, Property::Title | Property::Body);
        self.columns.iter().any(|column| column.meaning.is_some_and(is_text))
    }

    fn item(&self, number: u64, row: &Row, cells: &[Cell]) -> Item {
        let bytes = self.offset.map(|offset| (offset + row.range.start as u64, row.range.len() as u64));
        let spot = Spot { member: None, record: Some(number), bytes };
        if row.state != State::Whole {
            return Item::Skip { spot, fault: unclosed() };
        }
        let (text, mut notes) = self.text(&self.bytes[row.range.clone()]);
        let draft = match &text {
            Cow::Borrowed(text) => self.draft(text, row.range.start, cells, &mut notes),
            Cow::Owned(text) => {
                let mut rows = Rows::new(text.as_bytes(), 0, self.header.dialect);
                rows.next();
                self.draft(text, 0, rows.cells(), &mut notes)
            }
        };
        Item::of(spot, draft, notes)
    }

    fn text(&self, row: &'a [u8]) -> (Cow<'a, str>, Vec<Fault>) {
        if std::str::from_utf8(row).is_ok() {
            return super::decoded(row);
        }
        // A row alone may be too short for a good guess.
        let guess = || match decode::decode(self.bytes, None).how {
            How::Guessed(charset) => Some(charset),
            How::Mark | How::Declared | How::Utf8 | How::Mixed => None,
        };
        super::decoded_like(row, *self.charset.get_or_init(guess))
    }

    fn draft(&self, row: &str, start: usize, cells: &[Cell], notes: &mut Vec<Fault>) -> Draft {
        let mut stated = Stated::default();
        let (named, surplus) = cells.split_at(cells.len().min(self.columns.len()));
        let (surplus, joined) = self.judge_surplus(row, start, named, surplus);
        for (at, (column, cell)) in self.columns.iter().zip(named).enumerate() {
            let text = match &joined {
                Some(joined) if at + 1 == self.columns.len() => Cow::Borrowed(joined.as_str()),
                Some(_) | None => cell.text(row, start),
            };
            state(&mut stated, column, text);
        }
        let texts = surplus.iter().map(|cell| cell.text(row, start)).enumerate();
        let mut texts = texts.filter(|(_, text)| !is_null(text)).peekable();
        if texts.peek().is_some() {
            notes.push(ragged(cells.len(), self.columns.len()));
        }
        for (at, text) in texts {
            stated.add_other(Cow::Owned(unnamed(self.columns.len() + at)), Value::One(text));
        }
        let mut draft = Draft { mapped: self.mapped, ..Draft::default() };
        stated.fill(&mut draft, Origin::Metadata, self.input.options.day_order, notes);
        draft
    }

    /// Cells without a column. When the last column is the text, its delimiters were not quoted: they are part of it.
    fn judge_surplus<'c>(
        &self,
        row: &str,
        start: usize,
        named: &[Cell],
        surplus: &'c [Cell],
    ) -> (&'c [Cell], Option<String>) {
        let ends_with_text =
            self.columns.last().is_some_and(|it| matches!(it.meaning, Some((_, Property::Body))));
        if !ends_with_text || surplus.is_empty() {
            return (surplus, None);
        }
        let cells = named.last().into_iter().chain(surplus);
        let texts: Vec<Cow<'_, str>> = cells.map(|cell| cell.text(row, start)).collect();
        (&[], Some(texts.join(&char::from(self.delimiter).to_string())))
    }
}

fn state<'a>(stated: &mut Stated<'a>, column: &'a Column<'_>, text: Cow<'a, str>) {
    if is_null(&text) {
        return;
    }
    let name = Cow::Borrowed(column.name.as_ref());
    match column.meaning {
        // `published: true` is a state, not a date.
        Some((_, Property::Date)) if is_truth(&text) => stated.add_other(name, Value::One(text)),
        Some((rank, property @ (Property::Tag | Property::Section | Property::Author))) => {
            stated.add(rank, property, name, list(text));
        }
        Some((rank, property @ (Property::Title | Property::Description))) => {
            stated.add(rank, property, name, Value::One(unescaped(text)));
        }
        Some((rank, property)) => stated.add(rank, property, name, Value::One(text)),
        None => stated.add_other(name, Value::One(text)),
    }
}

/// Exports of web sites have titles with `&#8217;` in them.
fn unescaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('&') { Cow::Owned(htmlize::unescape(text.as_ref()).into_owned()) } else { text }
}

fn is_null(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || NULLS.contains(&text)
}

fn is_truth(text: &str) -> bool {
    ["true", "false", "yes", "no", "0", "1"].iter().any(|truth| truth.eq_ignore_ascii_case(text.trim()))
}

/// A list in one cell: as JSON, as Python or PostgreSQL print it, line by line, or as one string of items.
fn list(text: Cow<'_, str>) -> Value<'_> {
    let trimmed = text.trim();
    if let Ok(items) = serde_json::from_str::<Vec<String>>(trimmed) {
        return Value::Many(items.into_iter().map(Cow::Owned).collect());
    }
    let inner = [('[', ']'), ('{', '}')].iter().find_map(|(open, close)| {
        trimmed.strip_prefix(*open)?.strip_suffix(*close).filter(|inner| !inner.contains(['{', '[']))
    });
    let items: Vec<Cow<'_, str>> = match inner {
        Some(inner) => quoted_items(inner),
        None => trimmed.lines().map(|line| Cow::Owned(line.to_owned())).collect(),
    };
    if inner.is_none() && items.len() < 2 { Value::One(text) } else { Value::Many(items) }
}

/// Items between commas, perhaps in quotation marks.
fn quoted_items(text: &str) -> Vec<Cow<'static, str>> {
    let mut items = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''));
        let (item, after) = match quote {
            Some(quote) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
            None => rest.split_once(',').map_or((rest, ""), |(item, _)| (item, &rest[item.len()..])),
        };
        items.push(Cow::Owned(item.trim().to_owned()));
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    items
}

/// The name of a column without one, counted from 0.
fn unnamed(at: usize) -> String {
    format!("column {}", at + 1)
}

fn empty(message: String, hint: Option<String>) -> Fault {
    Fault { reason: Reason::Empty, message, hint }
}

fn no_text(header: &Header) -> Fault {
    let names = header.names.iter().filter(|name| !name.is_empty()).take(SHOWN);
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    if header.names.len() > SHOWN {
        names.push("…");
    }
    let hint = "say which column is which with --map title=NAME,body=NAME, if its rows are articles";
    let message = format!("a table without a column for title or text; it has {}", names.join(", "));
    empty(message, Some(hint.to_owned()))
}

fn unclosed() -> Fault {
    Fault {
        reason: Reason::Broken,
        message: "a quotation mark in this row is not closed".to_owned(),
        hint: Some("the rows after it are read; marks inside of a cell are written twice".to_owned()),
    }
}

fn ragged(cells: usize, columns: usize) -> Fault {
    Fault {
        reason: Reason::Broken,
        message: format!("the row has {cells} cells, but there are {columns} columns"),
        hint: Some("cells with the delimiter in them must be in quotation marks".to_owned()),
    }
}

#[cfg(test)]
mod tests;
