//! XML as it is found, not as it should be: what all formats on XML share.
//!
//! `source` makes text of bytes and finds the records of a file, `cutter` cuts a file between its records, `events`
//! reads the text of a document or record. Nothing is validated, a DTD is never processed, and no entity but those of
//! HTML is known. What an element means is left to the formats.

use std::borrow::Cow;

use crate::reader::Input;
use crate::text::decode;

mod charset;
mod cutter;
mod events;
mod scan;
mod source;

pub use cutter::XmlCutter;
pub use events::{Event, Events, MAX_DEPTH, Name, Tag};
pub use source::{Outcome, Source, document};

/// The name of the root element of a file and what follows it, from the first kilobyte of the file; `None` when there
/// is none in it.
///
/// Goes past byte order marks, white space, XML declarations, processing instructions, comments and the DTD.
pub fn root(head: &[u8]) -> Option<(String, String)> {
    let text = prolog_text(head);
    let at = scan::root(text.as_bytes())?;
    let rest = &text[at + 1..];
    let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
    Some((name.to_owned(), rest.to_owned()))
}

/// The head of a file as text, as far as that takes no guess at its character set.
fn prolog_text(head: &[u8]) -> Cow<'_, str> {
    match charset::is_wide(head) {
        true => decode::decode(head, None).text,
        false => String::from_utf8_lossy(head),
    }
}

/// Whether `input` begins its file.
fn begins_file(input: &Input<'_>) -> bool {
    input.head.is_empty() && input.first_record == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_found_behind_every_prolog() {
        let cases: &[(&[u8], Option<&str>)] = &[
            (b"<rss version='2.0'>", Some("rss")),
            (b"\xef\xbb\xbf\n\n <?xml version='1.0'?><?xml version='1.0'?><feed>", Some("feed")),
            (b"<!-- <html> --><?xml-stylesheet href='a>b'?><rdf:RDF xmlns='x'>", Some("rdf:RDF")),
            (b"<!DOCTYPE nitf [<!ENTITY x '<rss>'> <!-- it's -->] ><nitf>", Some("nitf")),
            (b"\xff\xfe<\0r\0s\0s\0>\0", Some("rss")),
            (b"<rss", Some("rss")),
            (b"<!-- open <rss>", None),
            (b"text <rss>", None),
            (b"", None),
        ];
        for (head, expected) in cases {
            let found = root(head).map(|(name, _)| name);
            assert_eq!(found.as_deref(), *expected, "{}", String::from_utf8_lossy(head));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_head_panics(head: Vec<u8>, text in "(<[!?/]?(--|DOCTYPE|\\[CDATA\\[|a)?|[\\]>?'\" \\[-]|\\PC){0,40}") {
            root(&head);
            root(text.as_bytes());
        }
    }
}
