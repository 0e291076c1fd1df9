//! Files of one message (RFC 5322): `.eml`, the files of a Maildir, articles of Usenet.

use crate::reader::mime::entity::is_header;
use crate::reader::mime::{mbox, message, mhtml};
use crate::reader::values::starts_with_ignoring_case;
use crate::reader::{Emit, Fault, Input, Reader, Spot};

/// One message.
#[derive(Debug)]
pub struct Eml;

/// Headers of messages that no other header of named values has.
const TELLING: &[&str] = &[
    "received",
    "return-path",
    "message-id",
    "delivered-to",
    "mime-version",
    "newsgroups",
    "in-reply-to",
    "x-mozilla-status",
    "dkim-signature",
];

impl Reader for Eml {
    fn name(&self) -> &'static str {
        "eml"
    }

    fn about(&self) -> &'static str {
        "mail: one message a file, also Maildir and Usenet"
    }

    fn reads(&self) -> &'static str {
        "subject, sender, date, mailing list and text; signatures are cut off, attachments are named only"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["eml", "emlx"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let names = header_names(head);
        let has = |name: &str| names.iter().any(|found| found.eq_ignore_ascii_case(name));
        has("from") && TELLING.iter().any(|name| has(name)) && !mhtml::is_saved_page(head)
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let bytes = without_length(input.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input.bytes));
        let (sent, bytes) = mbox::without_from_line(bytes);
        emit(message::item(bytes, Spot::WHOLE, sent.as_deref(), input.options));
        Ok(())
    }
}

/// The names of the headers that `head` begins with; none when a line is no header.
pub(super) fn header_names(head: &[u8]) -> Vec<&str> {
    let mut names = Vec::new();
    let mut lines = head.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let is_cut = lines.peek().is_none();
        let continues = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) && !names.is_empty();
        if line.trim_ascii().is_empty() {
            break;
        }
        if continues {
            continue;
        }
        match line.split(|byte| *byte == b':').next().map(std::str::from_utf8) {
            Some(Ok(name)) if is_header(line) => names.push(name.trim_end()),
            _ if is_cut => break,
            _ => return Vec::new(),
        }
    }
    names
}

/// Apple Mail puts the length of the message on a line before it, and a property list behind it (`.emlx`).
fn without_length(bytes: &[u8]) -> &[u8] {
    let Some(end) = memchr::memchr(b'\n', &bytes[..bytes.len().min(20)]) else { return bytes };
    let length = std::str::from_utf8(&bytes[..end]).ok().and_then(|line| line.trim().parse::<usize>().ok());
    match length {
        Some(length) => bytes.get(end + 1..end + 1 + length).unwrap_or(&bytes[end + 1..]),
        None => bytes,
    }
}

/// Whether a header of that name begins with `value`, in any case.
pub(super) fn header_begins(head: &[u8], name: &str, value: &str) -> bool {
    head.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty()).any(|line| {
        let line = String::from_utf8_lossy(line);
        let Some((found, stated)) = line.split_once(':') else { return false };
        found.eq_ignore_ascii_case(name) && starts_with_ignoring_case(stated.trim_start(), value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Item, ReadOptions};
    use proptest::prelude::*;

    #[test]
    fn messages_are_known_by_their_headers() {
        for (head, expected) in [
            ("Return-Path: <a@h.example>\nFrom: Ann\nSubject: x\n\n", true),
            ("Path: news!h.example\nFrom: a@h.example (Ann)\nNewsgroups: rec.eels\n", true),
            ("Received: from a\n\tby b;\n Mon\nFrom: Ann\nMIME-Vers", true),
            ("From: Ann\nDate: 2003\nTitle: A memo\n\nText", false),
            ("Title: x\nDate: 2003\n\nMessage-ID: 3\nFrom: x\n", false),
            ("From: Ann\nno header\nMessage-ID: 3\n", false),
            ("From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n", false),
            ("", false),
        ] {
            assert_eq!(Eml.sniff(head.as_bytes()), expected, "{head}");
        }
    }

    #[test]
    fn lengths_before_a_message_are_passed_over() {
        for (bytes, expected) in [
            ("14  \nSubject: A\n\nB\n<?xml", "Subject: A\n\nB\n"),
            ("999\nSubject: A\n\nB", "Subject: A\n\nB"),
            ("Subject: A\n\nB", "Subject: A\n\nB"),
        ] {
            let expected = &expected[..expected.len().min(14)];
            assert_eq!(without_length(bytes.as_bytes()), expected.as_bytes(), "{bytes}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            Eml.sniff(&bytes);
            let options = ReadOptions::default();
            let mut items: Vec<Item> = Vec::new();
            let _ = Eml.read(&Input::whole("a.eml", &bytes, &options), &mut |item| items.push(item));
        }
    }
}
