//! Mailboxes of many messages in one file (RFC 4155 and its older relatives).
//!
//! A message begins at a line `From ` with a date, followed by a header. That is strict enough to tell it from a
//! sentence that begins so, whether the program that wrote the file quoted such sentences (mboxo, mboxrd) or counted
//! bytes instead (mboxcl): the counts are not used, because they are wrong in every file that was edited since.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use crate::diagnostic::Reason;
use crate::reader::mime::entity::is_header;
use crate::reader::mime::message;
use crate::reader::{Cutter, Emit, Fault, Input, Reader, Spot};

/// A longer line is no beginning of a message.
const LONGEST_FROM: usize = 400;

/// Mailboxes.
#[derive(Debug)]
pub struct Mbox;

impl Reader for Mbox {
    fn name(&self) -> &'static str {
        "mbox"
    }

    fn about(&self) -> &'static str {
        "mailboxes: many messages in one file, as mailing lists and mail programs keep them"
    }

    fn reads(&self) -> &'static str {
        "every message as eml does"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["mbox", "mbx"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        is_start(head, 0)
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(MboxCutter))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let starts: Vec<usize> = Starts { bytes: input.bytes, from: 0 }.collect();
        if starts.is_empty() && input.first_record == 1 {
            return Err(no_message());
        }
        let ends = starts.iter().skip(1).copied().chain([input.bytes.len()]);
        for ((start, end), number) in starts.iter().copied().zip(ends).zip(input.first_record..) {
            let bytes = Some((input.offset + start as u64, (end - start) as u64));
            let spot = Spot { bytes, ..Spot::record(number) };
            let (sent, message) = without_from_line(&input.bytes[start..end]);
            emit(message::item(&unquoted(message), spot, sent.as_deref(), input.options));
        }
        Ok(())
    }
}

/// Cuts a mailbox before the line of a message.
struct MboxCutter;

impl Cutter for MboxCutter {
    fn cut(&mut self, buffer: &[u8], last: bool) -> (usize, u64) {
        let (mut count, mut end) = (0, 0);
        for start in (Starts { bytes: buffer, from: 0 }) {
            (count, end) = (count + 1, start);
        }
        match (last, count) {
            (true, _) => (buffer.len(), count),
            // The last message may go on.
            (false, 0 | 1) => (0, 0),
            (false, 2..) => (end, count - 1),
        }
    }

    fn resync(&mut self, buffer: &[u8]) -> Option<usize> {
        Starts { bytes: buffer, from: 1 }.next()
    }
}

/// Where messages begin.
struct Starts<'a> {
    bytes: &'a [u8],
    from: usize,
}

impl Iterator for Starts<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let found = memmem::find_iter(&self.bytes[self.from.min(self.bytes.len())..], b"From ")
            .map(|at| self.from + at)
            .find(|at| is_start(self.bytes, *at))?;
        self.from = found + 1;
        Some(found)
    }
}

/// Whether a message begins at `at`, as far as `bytes` show.
fn is_start(bytes: &[u8], at: usize) -> bool {
    if at > 0 && bytes[at - 1] != b'\n' {
        return false;
    }
    let Some(rest) = bytes[at..].strip_prefix(b"From ") else { return false };
    let Some(end) = memchr(b'\n', &rest[..rest.len().min(LONGEST_FROM)]) else { return false };
    let next = &rest[end + 1..];
    // A line that is not whole may yet be something else.
    let Some(next_end) = memchr(b'\n', next) else { return false };
    is_from_line(rest[..end].trim_ascii()) && is_header(&next[..next_end])
}

/// Whether this can follow `From `: a sender and a date with the time of day, a number (Usenet archives), a lone `-`
/// or nothing (Thunderbird).
fn is_from_line(line: &[u8]) -> bool {
    let is_number = line.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
    let has_time =
        line.windows(5).any(|w| w[2] == b':' && [0, 1, 3, 4].iter().all(|at| w[*at].is_ascii_digit()));
    let has_year = line.split(|byte| *byte == b' ').any(|word| {
        word.len() == 4
            && (word.starts_with(b"19") || word.starts_with(b"20"))
            && word.iter().all(u8::is_ascii_digit)
    });
    is_number || (has_time && has_year)
}

/// The date in the line `From ` at the beginning of a message, and the message behind it.
pub(super) fn without_from_line(bytes: &[u8]) -> (Option<String>, &[u8]) {
    let Some(rest) = bytes.strip_prefix(b"From ") else { return (None, bytes) };
    let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    let line = String::from_utf8_lossy(&rest[..end.min(LONGEST_FROM)]);
    // The sender may be several words: "ann at host.example  Mon Mar  3 10:00:00 2003".
    const WEEKDAYS: &[&str] = &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let date = WEEKDAYS.iter().filter_map(|day| line.rfind(&format!(" {day}"))).max();
    (date.map(|at| line[at..].trim().to_owned()), &rest[end..])
}

/// The message with `>From` as it was before it was put into a mailbox; of several `>` one is taken.
fn unquoted(message: &[u8]) -> Cow<'_, [u8]> {
    let mut clean = Vec::new();
    let mut done = 0;
    for at in memmem::find_iter(message, b">From ") {
        let line = message[..at].iter().rposition(|byte| *byte != b'>').map_or(0, |before| before + 1);
        if line > 0 && message[line - 1] == b'\n' && line >= done {
            clean.extend_from_slice(&message[done..line]);
            done = line + 1;
        }
    }
    if done == 0 {
        return Cow::Borrowed(message);
    }
    clean.extend_from_slice(&message[done..]);
    Cow::Owned(clean)
}

fn no_message() -> Fault {
    Fault {
        reason: Reason::Broken,
        message: "no message in it: no line \"From \" with a date before headers".to_owned(),
        hint: Some("if the file is one message, say so with --format eml".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_begin_where_a_header_follows() {
        for (bytes, expected) in [
            ("From a@h.example Mon Mar  3 10:00:00 2003\nSubject: x\n", true),
            ("From ann at h.example  Mon Mar  3 10:00:00 2003\r\nFrom: x\r\n", true),
            ("From 123@xxx Mon Mar 03 10:00:00 +0000 2003\nX: y\n", true),
            ("From - Mon Mar  3 10:00:00 2003\nX-Mozilla-Status: 0001\n", true),
            ("From \nX-Mozilla-Status: 0001\n", true),
            ("From -771203456789\nX-Google-Thread: 1\n", true),
            ("From a@h.example Mon Mar  3 10:00:00 2003\nand so on\n", false),
            ("From Monday at 10:30 on\nnote: bring boots\n", false),
            ("From here on\nnote: x\n", false),
            ("From a@h.example Mon Mar  3 10:00:00 2003\nSubject", false),
            (">From a@h.example Mon Mar  3 10:00:00 2003\nSubject: x\n", false),
            ("", false),
        ] {
            assert_eq!(is_start(bytes.as_bytes(), 0), expected, "{bytes}");
        }
    }

    #[test]
    fn dates_of_the_first_line() {
        for (line, expected) in [
            ("From ann at h.example  Mon Mar  3 10:00:00 2003\nX: y", Some("Mon Mar  3 10:00:00 2003")),
            ("From Monica@h.example Mon Mar  3 10:00:00 2003\r\nX: y", Some("Mon Mar  3 10:00:00 2003")),
            ("From \nX: y", None),
            ("X: y", None),
        ] {
            let (date, rest) = without_from_line(line.as_bytes());
            assert_eq!((date.as_deref(), rest), (expected, &b"X: y"[..]), "{line}");
        }
    }

    #[test]
    fn quoted_lines_lose_one_mark() {
        for (text, expected) in [
            ("a\n>From b\n>>From c\n> From d\n", "a\nFrom b\n>From c\n> From d\n"),
            ("a >From b\n", "a >From b\n"),
            (">From a", ">From a"),
            ("", ""),
        ] {
            assert_eq!(unquoted(text.as_bytes()), expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn a_box_is_cut_before_its_last_message() {
        let one = "From a@h.example Mon Mar  3 10:00:00 2003\nSubject: x\n\ntext\n\n";
        let text = format!("{one}{one}{one}");
        assert_eq!(MboxCutter.cut(text.as_bytes(), false), (one.len() * 2, 2));
        assert_eq!(MboxCutter.cut(text.as_bytes(), true), (text.len(), 3));
        assert_eq!(MboxCutter.cut(one.as_bytes(), false), (0, 0));
        assert_eq!(MboxCutter.cut(format!("\n\n{one}").as_bytes(), false), (0, 0));
        assert_eq!(MboxCutter.cut(format!("\n\n{one}{one}").as_bytes(), false), (2 + one.len(), 1));
        assert_eq!(MboxCutter.resync(&text.as_bytes()[5..]), Some(one.len() - 5));
    }

    proptest! {
        #[test]
        fn never_panics(text in "(>|From |a@h |Mon Mar  3 10:00:00 2003|Subject: x|\n|\\PC){0,60}") {
            unquoted(text.as_bytes());
            without_from_line(text.as_bytes());
            MboxCutter.cut(text.as_bytes(), true);
            MboxCutter.cut(text.as_bytes(), false);
            MboxCutter.resync(text.as_bytes());
        }
    }
}
