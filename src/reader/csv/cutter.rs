//! Cuts a table of any size into blocks of whole rows.

use super::header::{self, Header, REACH};
use super::is_wide;
use super::rows::{Rows, State, line_end};
use crate::reader::Cutter;

/// The cutter of tables: one for each file, because only its header tells how cells are separated.
#[derive(Debug, Default)]
pub struct CsvCutter {
    /// The header, once it was looked for; `None` inside when there is none.
    header: Option<Option<Header>>,
    /// Whether the header still lies before the next row.
    is_behind_header: bool,
}

impl CsvCutter {
    /// The header of the file that `buffer` begins; `None` when more bytes are needed.
    fn learn(&mut self, buffer: &[u8], last: bool) -> Option<&Option<Header>> {
        let is_enough = last || (buffer.len() >= REACH && line_end(buffer, 0) < buffer.len());
        if self.header.is_none() && is_enough {
            self.header = Some(header::find(buffer));
        }
        self.header.as_ref()
    }
}

impl Cutter for CsvCutter {
    fn head(&mut self, buffer: &[u8], last: bool) -> Option<usize> {
        if is_wide(buffer) {
            return Some(0);
        }
        let header = self.learn(buffer, last)?;
        Some(header.as_ref().map_or(0, |header| header.length))
    }

    fn cut(&mut self, buffer: &[u8], last: bool) -> (usize, u64) {
        if !self.is_behind_header && is_wide(buffer) {
            return if last { (buffer.len(), 1) } else { (0, 0) };
        }
        let is_behind_header = self.is_behind_header;
        let Some(header) = self.learn(buffer, last) else { return (0, 0) };
        let Some(header) = header else { return if last { (buffer.len(), 0) } else { (0, 0) } };
        let start = if is_behind_header { 0 } else { header.length };
        if start > buffer.len() {
            return (0, 0);
        }
        let (length, count) = whole_rows(Rows::new(buffer, start, header.dialect), last);
        let length = if last { buffer.len() } else { length };
        self.is_behind_header |= length > 0;
        (length, count)
    }

    fn resync(&mut self, buffer: &[u8]) -> Option<usize> {
        let end = line_end(buffer, 0);
        (end < buffer.len()).then_some(end + 1)
    }
}

/// The end of the last row that is whole whatever follows, and the number of rows up to it.
fn whole_rows(mut rows: Rows<'_>, last: bool) -> (usize, u64) {
    let (mut length, mut whole, mut count) = (0, 0, 0);
    while let Some(row) = rows.next() {
        if row.state == State::Open && !last {
            break;
        }
        count += 1;
        if last || rows.may_be_cut() {
            (length, whole) = (rows.position(), count);
        }
    }
    (length, whole)
}
