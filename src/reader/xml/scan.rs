//! The extent of the records of an XML file in bytes, without reading them: linear, no recursion.
//!
//! Works on every character set in which `<` is one byte and no part of another character.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem};

/// No name of an element is longer.
const LONGEST_NAME: usize = 128;

/// A record's extent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Extent {
    /// From its start tag to its end tag.
    Whole(Range<usize>),
    /// Without an end tag, up to the start of the next record.
    Unclosed(Range<usize>),
    /// The bytes end inside it.
    Cut(Range<usize>),
}

/// The records of a file or block: elements of certain names, which do not lie in each other.
///
/// What looks like a tag in comments, CDATA sections, processing instructions and the DTD is none. A comment, section or
/// instruction that is never closed ends where the next record begins.
#[derive(Debug)]
pub(super) struct Extents<'a> {
    bytes: &'a [u8],
    names: &'static [&'static str],
    at: usize,
    /// Whether more bytes may follow, with the end of what is open.
    goes_on: bool,
    /// For each row of [`SPECIAL`], whether its end does not occur any more.
    never_ends: [bool; SPECIAL.len()],
}

/// How comments, CDATA sections and processing instructions begin and end.
const SPECIAL: [(&[u8], &[u8]); 3] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];

/// A piece of markup that can begin or end a record.
struct Piece<'a> {
    start: usize,
    name: &'a [u8],
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Start,
    End,
}

impl<'a> Extents<'a> {
    /// The records of `bytes`, elements whose local name is one of `names`.
    pub(super) fn new(bytes: &'a [u8], names: &'static [&'static str]) -> Extents<'a> {
        Extents { bytes, names, at: 0, goes_on: false, never_ends: [false; SPECIAL.len()] }
    }

    /// The records of the beginning of a file.
    pub(super) fn of_beginning(bytes: &'a [u8], names: &'static [&'static str]) -> Extents<'a> {
        Extents { goes_on: true, ..Extents::new(bytes, names) }
    }

    /// Where the first record begins.
    pub(super) fn first_start(mut self) -> Option<usize> {
        self.next_start().map(|piece| piece.start)
    }

    fn next_start(&mut self) -> Option<Piece<'a>> {
        loop {
            let piece = self.next_piece()?;
            if piece.kind == Kind::Start {
                return Some(piece);
            }
        }
    }

    /// The next tag of a record; what is not markup, and tags of other names, are passed over.
    fn next_piece(&mut self) -> Option<Piece<'a>> {
        loop {
            let start = self.at + memchr(b'<', self.bytes.get(self.at..)?)?;
            let rest = &self.bytes[start + 1..];
            let (kind, name_start) = match rest.first()? {
                b'!' | b'?' => {
                    self.at = self.after_special(start)?;
                    continue;
                }
                b'/' => (Kind::End, 1),
                _ => (Kind::Start, 0),
            };
            self.at = start + 1;
            let Some(name) = name_at(&rest[name_start..]) else { continue };
            if self.names.iter().any(|known| known.as_bytes() == local(name)) {
                self.at = start + 1 + name_start + name.len();
                return Some(Piece { start, name, kind });
            }
        }
    }

    /// The byte after a comment, CDATA section, processing instruction or DTD that begins at `start`; the start tag of
    /// the next record when it is not closed.
    fn after_special(&mut self, start: usize) -> Option<usize> {
        let rest = &self.bytes[start..];
        let Some(kind) = special(rest) else { return Some(start + special_length(rest)?) };
        // Looked for once: what does not occur behind an earlier one does not occur behind this one.
        let length = if self.never_ends[kind] { None } else { special_length(rest) };
        match length {
            Some(length) => Some(start + length),
            None if self.goes_on => None,
            None => {
                self.never_ends[kind] = true;
                let inside = start + SPECIAL[kind].0.len();
                Some(inside + start_tag(&self.bytes[inside..], self.names)?)
            }
        }
    }

    fn next_extent(&mut self) -> Option<Extent> {
        let first = self.next_start()?;
        let Some(tag_end) = tag_end(self.bytes, self.at) else { return Some(self.cut(first.start)) };
        self.at = tag_end;
        if self.bytes[tag_end - 2] == b'/' {
            return Some(Extent::Whole(first.start..tag_end));
        }
        while let Some(piece) = self.next_piece() {
            if piece.name != first.name {
                continue;
            }
            if piece.kind == Kind::Start {
                self.at = piece.start;
                let length = self.bytes[first.start..piece.start].trim_ascii_end().len();
                return Some(Extent::Unclosed(first.start..first.start + length));
            }
            let Some(close) = memchr(b'>', &self.bytes[self.at..]) else { break };
            self.at += close + 1;
            return Some(Extent::Whole(first.start..self.at));
        }
        Some(self.cut(first.start))
    }

    fn cut(&mut self, start: usize) -> Extent {
        self.at = self.bytes.len();
        Extent::Cut(start..self.bytes.len())
    }
}

impl Iterator for Extents<'_> {
    type Item = Extent;

    fn next(&mut self) -> Option<Extent> {
        self.next_extent()
    }
}

/// Where the next start tag of a record is written, whatever it stands in.
fn start_tag(bytes: &[u8], names: &[&str]) -> Option<usize> {
    let is_known = |at: &usize| {
        name_at(&bytes[at + 1..])
            .is_some_and(|name| names.iter().any(|known| known.as_bytes() == local(name)))
    };
    memchr_iter(b'<', bytes).find(is_known)
}

/// Which row of [`SPECIAL`] begins at the head of `bytes`.
fn special(bytes: &[u8]) -> Option<usize> {
    SPECIAL.iter().position(|(start, _)| bytes.starts_with(start))
}

/// The byte after the end tag of a record; `None` when there is none.
pub(super) fn after_end_tag(bytes: &[u8], names: &[&str]) -> Option<usize> {
    let is_known = |at: &usize| {
        name_at(&bytes[at + 2..])
            .is_some_and(|name| names.iter().any(|known| known.as_bytes() == local(name)))
    };
    // Behind the first end tag without a `>` there is none for any other.
    let end = memmem::find_iter(bytes, b"</").find(is_known)?;
    memchr(b'>', &bytes[end..]).map(|close| end + close + 1)
}

/// Where the root element begins: the first tag, when only white space, comments, processing instructions and a DTD
/// stand before it.
pub(super) fn root(bytes: &[u8]) -> Option<usize> {
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    loop {
        at += bytes[at..].len() - bytes[at..].trim_ascii_start().len();
        match bytes.get(at..)? {
            [b'<', b'!' | b'?', ..] => at += special_length(&bytes[at..])?,
            [b'<', letter, ..] if letter.is_ascii_alphabetic() || *letter == b'_' => return Some(at),
            [_, ..] | [] => return None,
        }
    }
}

/// The name at the head of `bytes`; `None` when it does not end, or is none.
fn name_at(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = &bytes[..bytes.len().min(LONGEST_NAME)];
    let end = bytes.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))?;
    (end > 0).then_some(&bytes[..end])
}

fn local(name: &[u8]) -> &[u8] {
    memchr(b':', name).map_or(name, |colon| &name[colon + 1..])
}

/// The byte after the tag, from a byte behind its name on; a `>` between quotes does not end it.
fn tag_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut quote = None;
    for (offset, &byte) in bytes[at..].iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + offset + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// The length of a comment, CDATA section, processing instruction or DTD at the head of `bytes`; of anything else two
/// bytes. `None` when it does not end.
fn special_length(bytes: &[u8]) -> Option<usize> {
    if let Some((start, end)) = special(bytes).map(|kind| SPECIAL[kind]) {
        return memmem::find(&bytes[start.len()..], end).map(|at| start.len() + at + end.len());
    }
    match bytes.get(..b"<!DOCTYPE".len()) {
        Some(start) if start.eq_ignore_ascii_case(b"<!DOCTYPE") => dtd_length(bytes),
        Some(_) | None => Some(2),
    }
}

/// The length of a DTD, with its internal subset (XML 1.0, 2.8).
fn dtd_length(bytes: &[u8]) -> Option<usize> {
    let mut at = b"<!DOCTYPE".len();
    let mut in_subset = false;
    loop {
        match bytes.get(at)? {
            quote @ (b'"' | b'\'') => at += memchr(*quote, &bytes[at + 1..])? + 1,
            b'<' if bytes[at..].starts_with(b"<!--") => at += memmem::find(&bytes[at..], b"-->")? + 2,
            b'[' => in_subset = true,
            b']' => in_subset = false,
            b'>' if !in_subset => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["item", "entry"];

    fn extents(text: &str) -> Vec<String> {
        Extents::new(text.as_bytes(), NAMES)
            .map(|extent| match extent {
                Extent::Whole(range) => text[range].to_owned(),
                Extent::Unclosed(range) => format!("unclosed {}", &text[range]),
                Extent::Cut(range) => format!("cut {}", &text[range]),
            })
            .collect()
    }

    #[test]
    fn records_are_found() {
        let cases: &[(&str, &[&str])] = &[
            ("<rss><item>a</item> <item>b</item></rss>", &["<item>a</item>", "<item>b</item>"]),
            ("<items/><items><item x='>'>a</item ></items>", &["<item x='>'>a</item >"]),
            ("<r:item>a<item>b</item></r:item>", &["<r:item>a<item>b</item></r:item>"]),
            ("<item/><entry a='/'>b</entry>", &["<item/>", "<entry a='/'>b</entry>"]),
            (
                "<item>a<![CDATA[</item>]]>b<!-- </item> -->c</item>",
                &["<item>a<![CDATA[</item>]]>b<!-- </item> -->c</item>"],
            ),
            ("<!-- <item>no</item> --><item>a</item>", &["<item>a</item>"]),
            ("<!DOCTYPE x [<!ENTITY e '<item>'>]><item>a</item>", &["<item>a</item>"]),
            ("<item>a\n<item>b</item>", &["unclosed <item>a", "<item>b</item>"]),
            ("<item>a</item><item>b</ite", &["<item>a</item>", "cut <item>b</ite"]),
            ("<item>a <![CDATA[b", &["cut <item>a <![CDATA[b"]),
            (
                "<item>a <![CDATA[b</item> <item>c</item><item>d</item>",
                &["unclosed <item>a <![CDATA[b</item>", "<item>c</item>", "<item>d</item>"],
            ),
            (
                "<item>a <!-- b <item>c <!-- d <item>e</item>",
                &["unclosed <item>a <!-- b", "unclosed <item>c <!-- d", "<item>e</item>"],
            ),
            ("<item>a <?php <items/><a:item>b</item>", &["<item>a <?php <items/><a:item>b</item>"]),
            ("<!-- open <item>a</item>", &["<item>a</item>"]),
            ("<item>a <![CDATA[<item>]]> b</item>", &["<item>a <![CDATA[<item>]]> b</item>"]),
            ("<item a='", &["cut <item a='"]),
            ("</item><item>a < b</item>", &["<item>a < b</item>"]),
            ("<it", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(extents(text), *expected, "{text}");
        }
    }

    #[test]
    fn the_end_of_a_record_is_found_from_its_middle() {
        for (text, expected) in
            [("b</p></item><item>", Some(12)), ("</items></a:item >x", Some(18)), ("</item", None)]
        {
            assert_eq!(after_end_tag(text.as_bytes(), NAMES), expected, "{text}");
        }
    }

    #[test]
    fn hostile_files_are_scanned_in_linear_time() {
        for part in [
            "<",
            "<!--",
            "<![CDATA[",
            "<?",
            "<item ",
            "<item>",
            "</item",
            "<!DOCTYPE ",
            "<item a='",
            "<item><!--",
            "<item><![CDATA[<?",
        ] {
            let hostile = part.repeat(1_000_000 / part.len());
            let _ = extents(&hostile).len();
            let _ = root(hostile.as_bytes());
            let _ = after_end_tag(hostile.as_bytes(), NAMES);
        }
    }

    proptest::proptest! {
        #[test]
        fn records_follow_each_other(text in "(<[!/?]?(--|\\[CDATA\\[|DOCTYPE|item|entry|a:item)?|[\\]>?'\" -]|\\PC){0,40}") {
            let mut last = 0;
            for extent in Extents::new(text.as_bytes(), NAMES) {
                let (Extent::Whole(range) | Extent::Unclosed(range) | Extent::Cut(range)) = extent;
                assert!(last <= range.start && range.start < range.end && range.end <= text.len());
                last = range.end;
            }
        }
    }
}
