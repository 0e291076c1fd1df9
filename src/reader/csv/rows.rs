//! The rows of a table in bytes (RFC 4180, leniently): where each begins and ends, and its cells. Linear, and a
//! quotation mark that is never closed costs its own row only.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2, memchr3};

/// A quotation mark counts as never closed when its row is longer than this, in bytes.
pub const LARGEST_QUOTED_ROW: usize = 16 << 20;

const QUOTE: u8 = b'"';

/// How the cells of a table are separated, and how many a row should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The byte between two cells.
    pub(super) delimiter: u8,
    /// The cells of the header; `None` before it was found.
    pub(super) columns: Option<usize>,
}

/// The extent of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// Without the quotation marks around it.
    pub(super) range: Range<usize>,
    /// Whether `""` stands for `"` in it.
    pub(super) escaped: bool,
}

impl Cell {
    /// The text of the cell, out of the text of its row, which begins at `start`.
    pub(super) fn text<'a>(&self, row: &'a str, start: usize) -> Cow<'a, str> {
        // Ranges begin and end beside ASCII signs, so they are borders of characters.
        let text = row.get(self.range.start - start..self.range.end - start).unwrap_or_default();
        if self.escaped { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) }
    }
}

/// Whether a row can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It can.
    Whole,
    /// A quotation mark in it is not closed; the row is its first line.
    Broken,
    /// The bytes end before a quotation mark is closed; with more of them it may be whole.
    Open,
}

/// A row that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Its bytes, without the line end.
    pub(super) range: Range<usize>,
    /// What it is.
    pub(super) state: State,
}

/// Goes through the rows of a table. Rows of blanks and empty cells are none.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    bytes: &'a [u8],
    dialect: Dialect,
    /// Where the next row begins.
    at: usize,
    /// Up to here each line is a row: behind a broken row no quotation mark can be trusted.
    lines_until: usize,
    /// The cells of the last row.
    cells: Vec<Cell>,
}

impl<'a> Rows<'a> {
    /// The rows of `bytes` from `at` on.
    pub(super) fn new(bytes: &'a [u8], at: usize, dialect: Dialect) -> Rows<'a> {
        Rows { bytes, dialect, at, lines_until: 0, cells: Vec::new() }
    }

    /// The cells of the last row; of no use when it was not whole.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Where the next row begins.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Whether the bytes may be cut here, without a change to the rows behind.
    pub(super) fn may_be_cut(&self) -> bool {
        self.at >= self.lines_until && matches!(self.bytes[..self.at].last(), Some(b'\n' | b'\r') | None)
    }

    fn is_blank(&self, cell: &Cell) -> bool {
        self.bytes[cell.range.clone()].trim_ascii().is_empty()
    }

    fn next_any(&mut self) -> Row {
        let start = self.at;
        if start < self.lines_until {
            return self.line(start);
        }
        let limit = self.bytes.len().min(start + LARGEST_QUOTED_ROW);
        let mut scan = Scan::new(&self.bytes[..limit], start, self.dialect.delimiter);
        let end = scan.row(&mut self.cells);
        let is_seen = scan.at < limit || limit == self.bytes.len();
        match end {
            End::Row if is_seen => {
                let (end, next) = (scan.at, after_line_end(self.bytes, scan.at));
                let is_odd = scan.has_stray_quote && self.dialect.columns != Some(self.cells.len());
                let is_broken = is_odd && has_line_break(&self.bytes[start..end]);
                if is_broken { self.broken(start, next) } else { self.whole(start, end, next) }
            }
            // A row on one line may be of any length.
            End::Row => self.line(start),
            End::NextRowSwallowed(at) => self.broken(start, at),
            End::Unclosed => {
                let row = self.broken(start, limit);
                let state = if limit < self.bytes.len() { State::Broken } else { State::Open };
                Row { state, ..row }
            }
        }
    }

    fn whole(&mut self, start: usize, end: usize, next: usize) -> Row {
        self.at = next;
        Row { range: start..end, state: State::Whole }
    }

    fn broken(&mut self, start: usize, lines_until: usize) -> Row {
        let end = line_end(self.bytes, start);
        self.at = after_line_end(self.bytes, end);
        self.lines_until = self.lines_until.max(lines_until);
        Row { range: start..end, state: State::Broken }
    }

    /// The row at `start`, if it ends with its line.
    fn line(&mut self, start: usize) -> Row {
        let end = line_end(self.bytes, start);
        let mut scan = Scan::new(&self.bytes[..end], start, self.dialect.delimiter);
        match scan.row(&mut self.cells) {
            End::Row => self.whole(start, end, after_line_end(self.bytes, end)),
            End::NextRowSwallowed(_) | End::Unclosed => self.broken(start, 0),
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        while self.at < self.bytes.len() {
            let row = self.next_any();
            let is_blank = row.state == State::Whole && self.cells.iter().all(|cell| self.is_blank(cell));
            if !is_blank {
                return Some(row);
            }
        }
        None
    }
}

/// How a row ends.
enum End {
    Row,
    /// A quoted cell goes on over what looks like the beginning of another row, on the line that begins here.
    NextRowSwallowed(usize),
    Unclosed,
}

/// Cells of a row beyond these are passed over.
pub const MAX_COLUMNS: usize = 10_000;

/// One pass over a row.
struct Scan<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    at: usize,
    /// A quotation mark stands inside a quoted cell where there should be two.
    has_stray_quote: bool,
    /// The next mark from somewhere on that can close a cell on its line, `None` before it was looked for.
    next_close: Option<usize>,
}

impl<'a> Scan<'a> {
    fn new(bytes: &'a [u8], at: usize, delimiter: u8) -> Scan<'a> {
        Scan { bytes, delimiter, at, has_stray_quote: false, next_close: None }
    }

    /// Reads the cells as far as the line end behind the last one.
    fn row(&mut self, cells: &mut Vec<Cell>) -> End {
        cells.clear();
        loop {
            let is_quoted = self.bytes.get(self.at) == Some(&QUOTE);
            match if is_quoted { self.quoted() } else { Ok(self.plain(self.at)) } {
                // More of them say nothing; a row of delimiters alone would fill the memory.
                Ok(cell) if cells.len() < MAX_COLUMNS => cells.push(cell),
                Ok(_) => {}
                Err(end) => return end,
            }
            match self.bytes.get(self.at) {
                Some(byte) if *byte == self.delimiter => self.at += 1,
                Some(_) | None => return End::Row,
            }
        }
    }

    /// A cell as it stands, as far as the next delimiter from `from` on.
    fn plain(&mut self, from: usize) -> Cell {
        let start = self.at;
        let end = memchr3(self.delimiter, b'\n', b'\r', &self.bytes[from..]);
        self.at = end.map_or(self.bytes.len(), |end| from + end);
        Cell { range: start..self.at, escaped: false }
    }

    fn quoted(&mut self) -> Result<Cell, End> {
        let open = self.at;
        let (mut at, mut escaped, mut line_start) = (open + 1, false, None);
        loop {
            let Some(length) = memchr(QUOTE, &self.bytes[at..]) else { return Err(End::Unclosed) };
            let quote = at + length;
            if let Some(line_break) = last_line_break(&self.bytes[at..quote]) {
                line_start = Some(at + line_break + 1);
            }
            at = quote + 1;
            match self.bytes.get(at) {
                Some(&QUOTE) => (escaped, at) = (true, at + 1),
                next if self.ends_cell(next) => {
                    self.at = at;
                    return Ok(Cell { range: open + 1..quote, escaped });
                }
                _ => match line_start {
                    None if !self.closes_on_line(at) => return Ok(self.plain(at)),
                    Some(start) if self.begins_row(quote, start) => return Err(End::NextRowSwallowed(start)),
                    None | Some(_) => self.has_stray_quote = true,
                },
            }
        }
    }

    fn ends_cell(&self, next: Option<&u8>) -> bool {
        next.is_none_or(|next| *next == self.delimiter || matches!(next, b'\n' | b'\r'))
    }

    /// Whether a mark that can close a cell follows on the line.
    fn closes_on_line(&mut self, at: usize) -> bool {
        let known = self.next_close.filter(|close| *close >= at);
        let close = known.unwrap_or_else(|| self.find_close(at));
        self.next_close = Some(close);
        self.bytes.get(close) == Some(&QUOTE)
    }

    /// The next mark that can close a cell, or the end of the line.
    fn find_close(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(length) = memchr3(QUOTE, b'\n', b'\r', &self.bytes[at..]) {
            at += length;
            if self.bytes[at] != QUOTE || self.ends_cell(self.bytes.get(at + 1)) {
                return at;
            }
            at += 1;
        }
        self.bytes.len()
    }

    /// Whether a mark on a later line of the cell rather opens a cell of another row: it stands behind a delimiter, or
    /// begins a line whose first cell is closed and followed by another quoted one.
    fn begins_row(&self, quote: usize, line_start: usize) -> bool {
        if quote > line_start {
            return self.bytes[quote - 1] == self.delimiter;
        }
        let Some(length) = memchr(QUOTE, &self.bytes[quote + 1..]) else { return false };
        let close = quote + 1 + length;
        self.bytes.get(close + 1) == Some(&self.delimiter) && self.bytes.get(close + 2) == Some(&QUOTE)
    }
}

fn has_line_break(bytes: &[u8]) -> bool {
    memchr2(b'\n', b'\r', bytes).is_some()
}

fn last_line_break(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr2(b'\n', b'\r', bytes)
}

/// The end of the line, or of the bytes.
pub(super) fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |length| from + length)
}

/// Behind the line end at `end`. Of `\r\n` that lies across two blocks, `\n` is a blank row of the second.
pub(super) fn after_line_end(bytes: &[u8], end: usize) -> usize {
    match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([b'\r' | b'\n', ..]) => end + 1,
        Some(_) | None => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(text: &str, columns: usize) -> Vec<String> {
        let mut rows = Rows::new(text.as_bytes(), 0, Dialect { delimiter: b',', columns: Some(columns) });
        let mut found = Vec::new();
        while let Some(row) = rows.next() {
            let cells: Vec<_> = rows.cells().iter().map(|cell| cell.text(text, 0).into_owned()).collect();
            found.push(match row.state {
                State::Whole => cells.join("|"),
                State::Broken => format!("broken {}", &text[row.range]),
                State::Open => format!("open {}", &text[row.range]),
            });
        }
        found
    }

    #[test]
    fn rows_are_cut_into_cells() {
        for (text, expected) in [
            ("a,b\nc,d", vec!["a|b", "c|d"]),
            ("a,b\r\nc,d\r\n", vec!["a|b", "c|d"]),
            ("a,b\rc,d\r", vec!["a|b", "c|d"]),
            ("\"a,1\",\"b\nc\"\nd,e", vec!["a,1|b\nc", "d|e"]),
            ("\"a \"\"b\"\" c\",\"\"\n", vec!["a \"b\" c|"]),
            ("\"\"\"a\"\"\",b", vec!["\"a\"|b"]),
            ("\n , \n,,,\na,b\n\n", vec!["a|b"]),
            ("a\nb,c,d\n", vec!["a", "b|c|d"]),
            ("a\"b,c\"\n", vec!["a\"b|c\""]),
        ] {
            assert_eq!(rows_of(text, 2), expected, "{text:?}");
        }
    }

    #[test]
    fn marks_that_should_be_doubled_are_text() {
        for (text, expected) in [
            ("\"He said \"no\" today\",b\n", vec!["He said \"no\" today|b"]),
            ("\"Rain\" came,b\nc,d\n", vec!["\"Rain\" came|b", "c|d"]),
            ("\"One\nhe said \"no\" to it\ntwo\",b\nc,d\n", vec!["One\nhe said \"no\" to it\ntwo|b", "c|d"]),
        ] {
            assert_eq!(rows_of(text, 2), expected, "{text:?}");
        }
    }

    #[test]
    fn an_open_mark_costs_its_row_only() {
        for (text, expected) in [
            ("1,\"a\n2,\"b\"\n3,\"c\"\n", vec!["broken 1,\"a", "2|b", "3|c"]),
            ("1,\"a\n2,\"b\nc\"\n3,d\n", vec!["broken 1,\"a", "2|b\nc", "3|d"]),
            ("1,\"a\n\"2\",\"b\"\n", vec!["broken 1,\"a", "2|b"]),
            ("1,\"a\n2,b\n3,c\n", vec!["open 1,\"a", "2|b", "3|c"]),
            ("1,\"a\n2,b\n3,c\n4,\"d\"\n", vec!["broken 1,\"a", "2|b", "3|c", "4|d"]),
        ] {
            assert_eq!(rows_of(text, 2), expected, "{text:?}");
        }
    }

    #[test]
    fn a_mark_that_is_open_for_too_long_is_broken() {
        let text = format!("1,\"a\n{}2,b\n", "x,y\n".repeat(LARGEST_QUOTED_ROW / 4));
        let rows = rows_of(&text, 2);
        assert_eq!((rows[0].as_str(), rows.len()), ("broken 1,\"a", 2 + LARGEST_QUOTED_ROW / 4));
    }

    #[test]
    fn hostile_tables_take_linear_time() {
        let started = std::time::Instant::now();
        for part in
            ["\"a\n", "\"a\"a,", "\"a\n,\"b", "\"\n\"", "\"a\"b\n", ",\"", "\r", "\"\"\"", "\"a\n\"b\"c\n"]
        {
            rows_of(&part.repeat((1 << 21) / part.len()), 2);
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    proptest::proptest! {
        #[test]
        fn rows_follow_each_other(text in "[\",a\n\r;é]{0,60}") {
            let mut rows = Rows::new(text.as_bytes(), 0, Dialect { delimiter: b',', columns: Some(3) });
            let mut last = 0;
            while let Some(row) = rows.next() {
                assert!(last <= row.range.start && row.range.end <= rows.position());
                last = row.range.end;
                if row.state == State::Whole {
                    for cell in rows.cells() {
                        assert!(row.range.start <= cell.range.start && cell.range.end <= row.range.end);
                        cell.text(&text, 0);
                    }
                }
            }
            assert_eq!(rows.position(), text.len());
        }
    }
}
