//! The extent of JSON values and records in bytes (RFC 8259), without reading them: linear, no recursion.

use std::ops::Range;

use memchr::memchr2;

use super::record::WRAPPERS;
use crate::reader::values::{self, Property};

/// How the records of a file follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One on each line (ndjson.org).
    Lines,
    /// One after the other from this byte on, with or without commas: an array, or objects in a row.
    Sequence(usize),
}

impl Layout {
    /// The layout of `bytes`, which begin a file or a block that was cut at the end of a record.
    ///
    /// A block out of an array begins with a comma or bracket, so that it is told from one of lines.
    pub(super) fn of(bytes: &[u8]) -> Layout {
        let start = skip_blanks(bytes, 0);
        match bytes.get(start) {
            Some(b'[' | b',' | b']') => Layout::Sequence(start),
            Some(b'{') if let Some(list) = wrapped_list(bytes, start) => Layout::Sequence(list),
            Some(b'{') if !is_line(&bytes[start..]) => Layout::Sequence(start),
            Some(_) | None => Layout::Lines,
        }
    }
}

/// Whether the object at the head of `bytes` is a record on a line of its own, perhaps a broken one.
fn is_line(bytes: &[u8]) -> bool {
    let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    match value_end(&bytes[..line], 0) {
        Some(end) => skip_blanks(&bytes[..line], end) == line,
        // An object over several lines has its braces indented or alone, not at the head of the next line.
        None => bytes.get(line + 1) == Some(&b'{'),
    }
}

/// The first byte from `at` on that is no white space, or the length.
pub(super) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    let blanks = bytes[at..].iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
    blanks.map_or(bytes.len(), |blanks| at + blanks)
}

/// The byte after the string whose opening quote is at `at`; `None` when it does not end.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// The byte after the value that begins at `at`, by quotes and brackets alone; `None` when it does not end.
pub(super) fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = at;
    loop {
        match *bytes.get(at)? {
            b'"' => {
                at = string_end(bytes, at)?;
                if depth == 0 {
                    return Some(at);
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            _ if depth == 0 => return scalar_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
}

fn scalar_end(bytes: &[u8], at: usize) -> Option<usize> {
    let ends =
        |byte: &u8| matches!(byte, b',' | b']' | b'}' | b'{' | b'[' | b'"' | b' ' | b'\n' | b'\r' | b'\t');
    let length = bytes[at..].iter().position(ends)?;
    // At least one byte, so that a scan over garbage goes on.
    Some(at + length.max(1))
}

/// Where the list of records begins in an object that only wraps one: `{"articles": [{…}, …], "total": 2}`.
///
/// An object with a text of its own is an article, whatever lists it holds. Looks one object deep (`hits.hits`).
fn wrapped_list(bytes: &[u8], at: usize) -> Option<usize> {
    let mut list = None;
    for (key, value) in (Members { bytes, at: at + 1 }) {
        if values::property(key).is_some_and(|(_, property)| property == Property::Body) {
            return None;
        }
        if list.is_none() && WRAPPERS.iter().any(|wrapper| values::same_name(wrapper, key)) {
            list = list_of_objects(bytes, value).or_else(|| list_one_deeper(bytes, value));
        }
    }
    list
}

fn list_one_deeper(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes[at] != b'{' {
        return None;
    }
    let members = Members { bytes, at: at + 1 };
    let lists = members.filter(|(key, _)| WRAPPERS.iter().any(|wrapper| values::same_name(wrapper, key)));
    lists.filter_map(|(_, value)| list_of_objects(bytes, value)).next()
}

fn list_of_objects(bytes: &[u8], at: usize) -> Option<usize> {
    let is_list = bytes[at] == b'[' && bytes.get(skip_blanks(bytes, at + 1)) == Some(&b'{');
    is_list.then_some(at)
}

/// The keys of an object, as written, with the places where their values begin.
struct Members<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, usize);

    fn next(&mut self) -> Option<(&'a str, usize)> {
        let bytes = self.bytes;
        let mut key = skip_blanks(bytes, self.at);
        if bytes.get(key) == Some(&b',') {
            key = skip_blanks(bytes, key + 1);
        }
        if bytes.get(key) != Some(&b'"') {
            return None;
        }
        let key_end = string_end(bytes, key)?;
        let colon = skip_blanks(bytes, key_end);
        let value = skip_blanks(bytes, (bytes.get(colon) == Some(&b':')).then_some(colon + 1)?);
        bytes.get(value)?;
        self.at = value_end(bytes, value).unwrap_or(bytes.len());
        Some((std::str::from_utf8(&bytes[key + 1..key_end - 1]).unwrap_or_default(), value))
    }
}

/// The members of the object that begins at `at`: their names, as written, and where their values begin.
pub(in crate::reader) fn members(bytes: &[u8], at: usize) -> impl Iterator<Item = (&str, usize)> {
    Members { bytes, at: if bytes.get(at) == Some(&b'{') { at + 1 } else { bytes.len() } }
}

/// The elements of the list that begins at `at`, perhaps cut off.
pub(in crate::reader) fn elements(bytes: &[u8], at: usize) -> impl Iterator<Item = Record> {
    let is_list = bytes.get(at) == Some(&b'[');
    Records::new(bytes, Layout::Sequence(if is_list { at } else { bytes.len() }))
}

/// A record's extent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::reader) enum Record {
    /// From its first byte to its last.
    Whole(Range<usize>),
    /// The bytes end inside it; never said of a line, whose end may simply lack its newline.
    Cut(Range<usize>),
}

/// The records of a block, one after the other.
#[derive(Debug)]
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    layout: Layout,
    at: usize,
}

impl<'a> Records<'a> {
    /// The records of `bytes`.
    pub(super) fn new(bytes: &'a [u8], layout: Layout) -> Records<'a> {
        let at = match layout {
            Layout::Lines => 0,
            Layout::Sequence(start) => start,
        };
        Records { bytes, layout, at }
    }

    fn next_line(&mut self) -> Option<Record> {
        let start = skip_blanks(self.bytes, self.at);
        if start == self.bytes.len() {
            return None;
        }
        let line = memchr::memchr(b'\n', &self.bytes[start..]);
        let end = line.map_or(self.bytes.len(), |line| start + line);
        self.at = end;
        let range = start..start + self.bytes[start..end].trim_ascii_end().len();
        Some(Record::Whole(range))
    }

    fn next_in_sequence(&mut self) -> Option<Record> {
        let start = self.next_start()?;
        match value_end(self.bytes, start) {
            Some(end) => {
                self.at = end;
                Some(Record::Whole(start..end))
            }
            None => {
                self.at = self.bytes.len();
                Some(Record::Cut(start..self.bytes.len()))
            }
        }
    }

    // Past blanks, commas and brackets. After the end of an array only another array or object can follow: the rest
    // of a wrapping object holds no records.
    fn next_start(&mut self) -> Option<usize> {
        let mut at = self.at;
        loop {
            at = skip_blanks(self.bytes, at);
            match self.bytes.get(at)? {
                b',' | b'[' => at += 1,
                b']' => {
                    at = skip_blanks(self.bytes, at + 1);
                    if !matches!(self.bytes.get(at), Some(b'[' | b'{' | b']')) {
                        self.at = self.bytes.len();
                        return None;
                    }
                }
                _ => return Some(at),
            }
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        match self.layout {
            Layout::Lines => self.next_line(),
            Layout::Sequence(_) => self.next_in_sequence(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<&str> {
        let records = Records::new(text.as_bytes(), Layout::of(text.as_bytes()));
        records
            .map(|record| match record {
                Record::Whole(range) | Record::Cut(range) => &text[range],
            })
            .collect()
    }

    #[test]
    fn records_are_found_in_every_layout() {
        for (text, expected) in [
            ("{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}", vec!["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"]),
            ("[{\"a\":\"]}\\\"\"}, {}]", vec!["{\"a\":\"]}\\\"\"}", "{}"]),
            (",{\"a\":1}]", vec!["{\"a\":1}"]),
            ("{\n \"a\": 1\n}\n{\n \"a\": 2\n}", vec!["{\n \"a\": 1\n}", "{\n \"a\": 2\n}"]),
            ("{\"a\":1}{\"b\":2}", vec!["{\"a\":1}", "{\"b\":2}"]),
            ("{\"total\":2,\"items\":[{\"a\":1},{\"a\":2}],\"x\":\"y\"}", vec!["{\"a\":1}", "{\"a\":2}"]),
            ("{\"hits\":{\"total\":1,\"hits\":[{\"_source\":{}}]}}", vec!["{\"_source\":{}}"]),
            ("{\"text\":\"t\",\"items\":[{\"a\":1}]}", vec!["{\"text\":\"t\",\"items\":[{\"a\":1}]}"]),
            ("{\"a\": \"broken\n{\"a\":2}\n", vec!["{\"a\": \"broken", "{\"a\":2}"]),
            ("[{\"a\":1},{\"a\":", vec!["{\"a\":1}", "{\"a\":"]),
            ("[1, \"two\", {}]", vec!["1", "\"two\"", "{}"]),
            ("[[{\"a\":1}]]", vec!["{\"a\":1}"]),
            ("", vec![]),
            ("[]", vec![]),
            ("  \n ", vec![]),
        ] {
            assert_eq!(records(text), expected, "{text}");
        }
    }

    #[test]
    fn deep_values_are_measured_in_linear_time() {
        let deep = "[".repeat(5_000_000);
        assert_eq!(value_end(deep.as_bytes(), 0), None);
        let objects = "{\"a\":".repeat(1_000_000);
        assert_eq!(records(&objects).len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn records_follow_each_other(text in "[\\[\\]{},:\"\\\\a \n]{0,80}") {
            let mut last = 0;
            for record in Records::new(text.as_bytes(), Layout::of(text.as_bytes())) {
                let (Record::Whole(range) | Record::Cut(range)) = record;
                assert!(last <= range.start && range.start < range.end && range.end <= text.len());
                last = range.end;
            }
        }
    }
}
