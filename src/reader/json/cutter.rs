//! Cuts a JSON file of any size into blocks of whole records.

use super::scan::{Layout, Record, Records, skip_blanks};
use crate::reader::Cutter;

/// The cutter of JSON files: one for each file, because only its beginning tells how the records follow each other.
#[derive(Debug, Default)]
pub struct JsonCutter {
    form: Option<Form>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Sequence,
    /// UTF-16: read as a whole.
    Whole,
}

impl Form {
    fn of(buffer: &[u8]) -> Form {
        if buffer.starts_with(b"\xff\xfe") || buffer.starts_with(b"\xfe\xff") {
            return Form::Whole;
        }
        match Layout::of(without_mark(buffer)) {
            Layout::Lines => Form::Lines,
            Layout::Sequence(_) => Form::Sequence,
        }
    }
}

/// `bytes` without a UTF-8 byte order mark.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

impl Cutter for JsonCutter {
    fn head(&mut self, buffer: &[u8], _last: bool) -> Option<usize> {
        let unmarked = without_mark(buffer);
        match (Form::of(buffer), Layout::of(unmarked)) {
            (Form::Sequence, Layout::Sequence(start)) if unmarked.get(start) == Some(&b'[') => {
                Some(buffer.len() - unmarked.len() + start + 1)
            }
            (Form::Sequence | Form::Lines | Form::Whole, Layout::Sequence(_) | Layout::Lines) => Some(0),
        }
    }

    fn cut(&mut self, buffer: &[u8], last: bool) -> (usize, u64) {
        let known = self.form;
        let form = known.unwrap_or_else(|| Form::of(buffer));
        let (length, records) = match form {
            Form::Lines => cut_lines(buffer, last),
            Form::Sequence if known.is_some() => cut_sequence(buffer, Layout::Sequence(0), last),
            Form::Sequence => cut_sequence(buffer, Layout::of(without_mark(buffer)), last),
            Form::Whole if last => (buffer.len(), 1),
            Form::Whole => (0, 0),
        };
        if length > 0 {
            self.form = Some(form);
        }
        (length, records)
    }

    fn resync(&mut self, buffer: &[u8]) -> Option<usize> {
        match self.form.unwrap_or_else(|| Form::of(buffer)) {
            Form::Lines => memchr::memchr(b'\n', buffer).map(|end| end + 1),
            Form::Sequence => comma_between_objects(buffer),
            Form::Whole => None,
        }
    }
}

fn cut_lines(buffer: &[u8], last: bool) -> (usize, u64) {
    let whole_lines = memchr::memrchr(b'\n', buffer).map_or(0, |end| end + 1);
    let length = if last { buffer.len() } else { whole_lines };
    let block = without_mark(&buffer[..length]);
    (length, Records::new(block, Layout::Lines).count() as u64)
}

fn cut_sequence(buffer: &[u8], layout: Layout, last: bool) -> (usize, u64) {
    let unmarked = without_mark(buffer);
    let mark = buffer.len() - unmarked.len();
    let (mut length, mut count) = (0, 0);
    let mut ended = true;
    for record in Records::new(unmarked, layout) {
        match record {
            Record::Whole(range) => (length, count) = (mark + range.end, count + 1),
            Record::Cut(_) => {
                ended = false;
                count += u64::from(last);
            }
        }
    }
    // What follows the last record — a bracket, the rest of a wrapping object — belongs to its block.
    if last {
        (buffer.len(), count)
    } else if ended && count == 0 {
        (0, 0)
    } else {
        (length, count)
    }
}

/// The comma of `},{`, which between the records of an array is where the next block begins.
fn comma_between_objects(buffer: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'}', buffer).find_map(|brace| {
        let comma = skip_blanks(buffer, brace + 1);
        let next = skip_blanks(buffer, (buffer.get(comma) == Some(&b',')).then_some(comma + 1)?);
        (buffer.get(next) == Some(&b'{')).then_some(comma)
    })
}
