//! Where the records of a WARC file lie (ISO 28500, 4), also when their lengths are wrong.

use std::ops::Range;

use memchr::{memchr_iter, memmem};

use crate::reader::warc::fields::{Fields, empty_line};

/// A longer head of a record is none.
const LONGEST_HEAD: usize = 1 << 20;

/// A record, as places in the bytes that were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Its head, from `WARC/` to the empty line.
    pub(super) head: Range<usize>,
    /// What it holds.
    pub(super) block: Range<usize>,
    /// Where the next record begins.
    pub(super) next: usize,
    /// It does not end where its length says.
    pub(super) is_damaged: bool,
}

/// What begins at some place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Record(Record),
    /// More bytes are needed to tell.
    Unfinished,
}

/// Where the first record at or behind `from` begins; `from` counts as the beginning of a line.
pub(super) fn start(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let begins_line = |at: &usize| *at == 0 || rest[at - 1] == b'\n';
    memmem::find_iter(rest, b"WARC/").find(|at| begins_line(at) && is_start(&rest[*at..])).map(|at| from + at)
}

/// Whether `bytes` begin with a version on a line of its own: `WARC/1.0`, `WARC/0.18`.
pub(super) fn is_start(bytes: &[u8]) -> bool {
    const LONGEST_VERSION: usize = 5;
    let Some(version) = bytes.strip_prefix(b"WARC/") else { return false };
    let length = version
        .iter()
        .take(LONGEST_VERSION + 1)
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
        .count();
    (1..=LONGEST_VERSION).contains(&length) && matches!(version.get(length), Some(b'\r' | b'\n' | b' '))
}

/// The record that begins at `at`, a place given by [`start`]; `last` when nothing follows `bytes`.
pub(super) fn record(bytes: &[u8], at: usize, last: bool) -> Found {
    let reach = bytes.len().min(at + LONGEST_HEAD);
    let head = match head_end(&bytes[at..reach]) {
        Some(HeadEnd::At(length)) => at..at + length,
        Some(HeadEnd::Missing) => return damaged(bytes, at..at, last),
        None if last || reach < bytes.len() => return damaged(bytes, at..at, last),
        None => return Found::Unfinished,
    };
    let Some(length) = block_length(&bytes[head.clone()]) else { return damaged(bytes, head, last) };
    match head.end.checked_add(length).filter(|end| *end <= bytes.len()) {
        Some(end) => match ends(bytes, end, last) {
            Some(Ending::At(next)) => {
                Found::Record(Record { block: head.end..end, head, next, is_damaged: false })
            }
            Some(Ending::Wrong) => damaged(bytes, head, last),
            None => Found::Unfinished,
        },
        None if last => damaged(bytes, head, last),
        None => Found::Unfinished,
    }
}

enum HeadEnd {
    At(usize),
    /// Another record begins before.
    Missing,
}

/// Where the head ends that `bytes` begin with; `None` when that is not to be seen.
fn head_end(bytes: &[u8]) -> Option<HeadEnd> {
    memchr_iter(b'\n', bytes).find_map(|at| {
        let rest = &bytes[at + 1..];
        let end = empty_line(rest).map(|length| HeadEnd::At(at + 1 + length));
        end.or_else(|| is_start(rest).then_some(HeadEnd::Missing))
    })
}

/// `Content-Length`, in bytes.
pub(super) fn block_length(head: &[u8]) -> Option<usize> {
    Fields(head).get("Content-Length")?.parse().ok()
}

enum Ending {
    /// The next record begins here, or the file ends.
    At(usize),
    Wrong,
}

/// Whether blank lines, two by the standard, lie between `end` and the next record. `None` when it cannot be seen.
fn ends(bytes: &[u8], end: usize, last: bool) -> Option<Ending> {
    const SHORTEST: usize = "WARC/0.18\r".len();
    let blanks = bytes[end..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let next = end + blanks;
    if next == bytes.len() {
        return last.then_some(Ending::At(next));
    }
    if bytes.len() - next < SHORTEST && !last {
        return None;
    }
    // A record straight behind another, without a blank line, is still a record.
    let version = bytes[next..].starts_with(b"WARC/") && (blanks > 0 || is_start(&bytes[next..]));
    Some(if version { Ending::At(next) } else { Ending::Wrong })
}

/// A record whose end must be looked for: it goes on to the beginning of the next one.
fn damaged(bytes: &[u8], head: Range<usize>, last: bool) -> Found {
    let next = match start(bytes, head.end.max(head.start + 1)) {
        Some(next) => next,
        None if last => bytes.len(),
        None => return Found::Unfinished,
    };
    let blanks = bytes[head.end..next].iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let block = head.end..next - blanks;
    Found::Record(Record { head, block, next, is_damaged: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records(bytes: &[u8]) -> Vec<(String, bool)> {
        let (mut found, mut from) = (Vec::new(), 0);
        while let Some(at) = start(bytes, from) {
            let Found::Record(record) = record(bytes, at, true) else { panic!("the last bytes are here") };
            found.push((String::from_utf8_lossy(&bytes[record.block]).into_owned(), record.is_damaged));
            from = record.next;
        }
        found
    }

    fn one(length: &str, block: &str, end: &str) -> String {
        format!("WARC/1.0\r\nContent-Length: {length}\r\n\r\n{block}{end}")
    }

    #[test]
    fn records_end_where_they_say_or_where_the_next_begins() {
        let good = one("3", "abc", "\r\n\r\n");
        let whole = ("abc".to_owned(), false);
        let damaged = |block: &str| (block.to_owned(), true);
        for (bytes, expected) in [
            (format!("{good}{good}"), vec![whole.clone(), whole.clone()]),
            (format!("junk\n{good}"), vec![whole.clone()]),
            (format!("{}{good}", one("3", "abc", "\n")), vec![whole.clone(), whole.clone()]),
            (format!("{}{good}", one("3", "abc", "")), vec![whole.clone(), whole.clone()]),
            (format!("{}{good}", one("3", "abc", "\r\n\r\n\r\n\n")), vec![whole.clone(), whole.clone()]),
            (format!("{}{good}", one("2", "abc", "\r\n\r\n")), vec![damaged("abc"), whole.clone()]),
            (format!("{}{good}", one("9999999", "abc", "\r\n\r\n")), vec![damaged("abc"), whole.clone()]),
            (
                format!("{}{good}", one("18446744073709551615", "abc", "\r\n\r\n")),
                vec![damaged("abc"), whole.clone()],
            ),
            (format!("{}{good}", one("x", "abc", "\r\n\r\n")), vec![damaged("abc"), whole.clone()]),
            (one("30", "cut of", ""), vec![damaged("cut of")]),
            (
                one("22", "a\nWARC/1.0 in a block\n", "\r\n\r\n"),
                vec![("a\nWARC/1.0 in a block\n".to_owned(), false)],
            ),
            ("WARC/1.0\r\r\nContent-Length: 3\r\r\n\r\r\nabc\r\r\n".to_owned(), vec![whole.clone()]),
            ("WARC/0.18\nContent-Length: 1\n\nx\n\n".to_owned(), vec![("x".to_owned(), false)]),
            ("WARC/1.0\r\nno end of head".to_owned(), vec![damaged("WARC/1.0\r\nno end of head")]),
            (String::new(), vec![]),
        ] {
            assert_eq!(records(bytes.as_bytes()), expected, "{bytes}");
        }
    }

    #[test]
    fn a_record_is_unfinished_until_the_next_one_is_seen() {
        let bytes = one("3", "abc", "\r\n\r\n") + "WARC/1.0\r\n";
        for length in 0..bytes.len() - 1 {
            let found = start(&bytes.as_bytes()[..length], 0)
                .map(|at| record(&bytes.as_bytes()[..length], at, false));
            assert!(matches!(found, None | Some(Found::Unfinished)), "{length}: {found:?}");
        }
        assert!(matches!(record(bytes.as_bytes(), 0, false), Found::Record(_)));
    }

    #[test]
    fn much_that_is_wrong_is_read_in_linear_time() {
        let bytes = one("99999999", "", "\r\n\r\n").repeat(20_000);
        assert_eq!(records(bytes.as_bytes()).len(), 20_000);
        let bytes = "WARC/1.0\r\nno end\r\n".repeat(100_000);
        assert_eq!(records(bytes.as_bytes()).len(), 100_000);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(WARC/1.0\r\n|Content-Length: |[0-9]|\r\n|\n|abc){0,60}") {
            records(text.as_bytes());
        }
    }
}
