//! Cuts an XML file of any size into blocks of whole records.

use super::charset;
use super::scan::{self, Extent, Extents};
use crate::reader::{Cutter, MAX_RECORD};

/// The cutter of files that are a list of elements of certain names.
///
/// What stands before the first record is the head. A file in UTF-16 is one block.
#[derive(Debug)]
pub struct XmlCutter {
    names: &'static [&'static str],
    wide: Option<bool>,
}

impl XmlCutter {
    /// A cutter between elements whose local name is one of `names`.
    pub fn new(names: &'static [&'static str]) -> XmlCutter {
        XmlCutter { names, wide: None }
    }

    // The first call sees the beginning of the file.
    fn is_wide(&mut self, buffer: &[u8]) -> bool {
        *self.wide.get_or_insert_with(|| charset::is_wide(buffer))
    }
}

/// The records of a buffer; in one that is as long as a record may be, what is open now is never closed.
fn extents<'a>(buffer: &'a [u8], names: &'static [&'static str], last: bool) -> Extents<'a> {
    match last || buffer.len() >= MAX_RECORD {
        true => Extents::new(buffer, names),
        false => Extents::of_beginning(buffer, names),
    }
}

impl Cutter for XmlCutter {
    fn head(&mut self, buffer: &[u8], last: bool) -> Option<usize> {
        if charset::is_wide(buffer) {
            return Some(0);
        }
        let first = extents(buffer, self.names, last).first_start();
        if last { Some(first.unwrap_or(0)) } else { first }
    }

    fn cut(&mut self, buffer: &[u8], last: bool) -> (usize, u64) {
        if self.is_wide(buffer) {
            return if last { (buffer.len(), 1) } else { (0, 0) };
        }
        let (mut length, mut records, mut found) = (0, 0, 0);
        for extent in extents(buffer, self.names, last) {
            found += 1;
            match extent {
                Extent::Whole(range) => (length, records) = (range.end, found),
                // At the end of a block it would look as if the file ended in it.
                Extent::Unclosed(_) | Extent::Cut(_) => {}
            }
        }
        // What follows the last record, the end of the root element, belongs to its block.
        if last { (buffer.len(), found) } else { (length, records) }
    }

    fn resync(&mut self, buffer: &[u8]) -> Option<usize> {
        match self.is_wide(buffer) {
            true => None,
            false => scan::after_end_tag(buffer, self.names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cutter() -> XmlCutter {
        XmlCutter::new(&["item"])
    }

    #[test]
    fn files_are_cut_between_records() {
        let cases: &[(&str, bool, (usize, u64))] = &[
            ("<rss><item>a</item>\n<item>b</it", false, (19, 1)),
            ("<rss><item>a</item>\n<item>b</it", true, (31, 2)),
            ("<rss><item>a</item></rss>", true, (25, 1)),
            ("<rss><item>a", false, (0, 0)),
            ("<rss><item>a</item><item>b<item>c", false, (19, 1)),
            ("<rss><item>a<item>b</item><item>c", false, (26, 2)),
            ("<rss></rss>", true, (11, 0)),
            ("<item>a</item><item><![CDATA[b</item><item>c</item>", false, (14, 1)),
            ("<item>a</item><item><![CDATA[b</item><item>c</item>", true, (51, 3)),
        ];
        for (text, last, expected) in cases {
            assert_eq!(cutter().cut(text.as_bytes(), *last), *expected, "{text} {last}");
        }
    }

    #[test]
    fn the_head_is_what_stands_before_the_first_record() {
        let cases: &[(&[u8], bool, Option<usize>)] = &[
            (b"<rss><title>T</title><item>a", false, Some(21)),
            (b"<rss><title>T", false, None),
            (b"<rss><title>T", true, Some(0)),
            (b"\xff\xfe<\0", false, Some(0)),
        ];
        for (bytes, last, expected) in cases {
            assert_eq!(cutter().head(bytes, *last), *expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn after_a_record_that_is_too_long_the_next_one_is_found() {
        let mut cutter = cutter();
        let buffer = b"<item>very long ... </item><item>b</item>";
        let next = cutter.resync(buffer).expect("there is an end tag");
        assert_eq!(&buffer[next..], b"<item>b</item>");
    }
}
