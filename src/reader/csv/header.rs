//! The header of a table: what separates its cells, which row names the columns, where the records begin.
//!
//! What is found does not depend on what follows the header, so that a block at the head of a file tells the same as
//! the whole file.

use std::cmp::Reverse;

use super::rows::{Dialect, Rows, State, after_line_end, line_end};
use crate::reader::values::{self, Property};
use crate::text::decode;

/// The bytes between two cells, the likeliest first.
const DELIMITERS: &[u8] = b",;\t|";
/// A header stands in so many rows …
const ROWS: usize = 20;
/// … of so many bytes at the head of a file, but for one whose first line is longer.
pub(super) const REACH: usize = 16 << 10;
/// So many columns with known names make a header out of any row.
const KNOWN: usize = 2;

/// The header of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) dialect: Dialect,
    /// The names of the columns, as written.
    pub(super) names: Vec<String>,
    /// Where the first record begins.
    pub(super) length: usize,
}

/// The header of the table that `bytes` begin; `None` when they hold no row.
///
/// The first row with a title or text and another known name, else the first row of several cells: titles of the whole
/// table may stand above it.
pub(super) fn find(bytes: &[u8]) -> Option<Header> {
    let (delimiters, start) = declared(bytes);
    let reach = bytes.len().min(REACH.max(line_end(bytes, start)));
    let rows: Vec<Candidate> =
        delimiters.iter().flat_map(|delimiter| candidates(&bytes[..reach], start, *delimiter)).collect();
    // Of equals the last counts, so they are seen from the end.
    let known = rows.iter().rev().filter(|row| row.is_known()).max_by_key(|row| row.likeliness());
    let wide =
        || rows.iter().rev().filter(|row| row.header.names.len() > 1).max_by_key(|row| row.likeliness());
    known.or_else(wide).or(rows.first()).map(|row| row.header.clone())
}

/// Whether the first row of `head` names the columns of articles: for files that no name calls a table.
pub(super) fn is_told(head: &[u8]) -> bool {
    const LEAST: usize = 3;
    let (delimiters, start) = declared(head);
    let end = line_end(head, start);
    let is_header = |row: Candidate| row.is_known() && row.known >= KNOWN && row.header.names.len() >= LEAST;
    end < head.len() && delimiters.iter().flat_map(|it| candidates(&head[..end], start, *it)).any(is_header)
}

/// The delimiters that come into question, and where the rows begin. Excel writes `sep=;` into a line of its own.
fn declared(bytes: &[u8]) -> (&[u8], usize) {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mark = bytes.len() - unmarked.len();
    let end = line_end(bytes, mark);
    match &bytes[mark..end] {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', _] => {
            (&bytes[end - 1..end], after_line_end(bytes, end))
        }
        _ => (DELIMITERS, mark),
    }
}

/// A row that may be the header.
struct Candidate {
    header: Header,
    /// How many of its cells are names of properties.
    known: usize,
    names_text: bool,
    /// Its place among the rows that are not blank.
    row: usize,
}

impl Candidate {
    fn is_known(&self) -> bool {
        let is_all = self.row == 0 && self.known == self.header.names.len();
        self.names_text && (self.known >= KNOWN || is_all)
    }

    /// Earlier rows first, then those with more names that are known, then those of more cells.
    fn likeliness(&self) -> (Reverse<usize>, usize, usize) {
        (Reverse(self.row), self.known, self.header.names.len())
    }
}

fn candidates(bytes: &[u8], start: usize, delimiter: u8) -> Vec<Candidate> {
    let mut rows = Rows::new(bytes, start, Dialect { delimiter, columns: None });
    let mut found = Vec::new();
    while let Some(row) = rows.next().filter(|_| found.len() < ROWS) {
        let (bytes, first) = match row.state {
            State::Whole => (&bytes[row.range.clone()], row.range.start),
            State::Broken | State::Open => continue,
        };
        let text = decode::decode(bytes, None).text;
        let names: Vec<String> =
            rows.cells().iter().map(|cell| values::line(&cell.text(&text, first))).collect();
        found.push(Candidate::new(names, delimiter, rows.position(), found.len()));
    }
    found
}

impl Candidate {
    fn new(names: Vec<String>, delimiter: u8, length: usize, row: usize) -> Candidate {
        let known = || names.iter().filter_map(|name| values::property(name));
        let is_text = |property| matches!(property, Property::Title | Property::Body);
        Candidate {
            known: known().count(),
            names_text: known().any(|(_, property)| is_text(property)),
            row,
            header: Header { dialect: Dialect { delimiter, columns: Some(names.len()) }, names, length },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found() {
        for (text, delimiter, names, length) in [
            ("title,body\na,b\n", b',', vec!["title", "body"], 11),
            ("\u{feff}Title;Body, long;Date\r\n", b';', vec!["Title", "Body, long", "Date"], 26),
            ("title\tdate, time\n", b'\t', vec!["title", "date, time"], 17),
            ("sep=|\r\ntitle|date\n", b'|', vec!["title", "date"], 18),
            ("Our articles, 2020\n\ntitle,\"body\",x\n", b',', vec!["title", "body", "x"], 35),
            ("kop;tekst\na;b\n", b';', vec!["kop", "tekst"], 10),
            ("The export\nkop;tekst\n", b';', vec!["kop", "tekst"], 21),
            ("word,count\nthe,9\ntext,5\n", b',', vec!["word", "count"], 11),
            ("text\nRain, and wind\n", b',', vec!["text"], 5),
            ("\"a \"\"b\"\"\",title,date", b',', vec!["a \"b\"", "title", "date"], 20),
        ] {
            let header = find(text.as_bytes()).expect("a header");
            assert_eq!((header.dialect.delimiter, header.length), (delimiter, length), "{text:?}");
            assert_eq!(header.names, names, "{text:?}");
        }
        assert_eq!(find(b"\n \n"), None);
    }

    #[test]
    fn tables_of_articles_are_told_by_their_first_row() {
        for (text, expected) in [
            ("id,title,date\n1,a,b\n", true),
            ("sep=;\nid;title;date\n", true),
            ("id,title,date", false),
            ("title,date\n", false),
            ("station,temperature,wind\n", false),
            ("The title, the date, the author and more.\n", false),
        ] {
            assert_eq!(is_told(text.as_bytes()), expected, "{text:?}");
        }
    }
}
