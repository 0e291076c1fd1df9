//! Named fields on lines, as records of a crawl and answers of a web server begin with (RFC 9112, 5).

use std::borrow::Cow;

use memchr::memchr;

/// The lines `Name: value` of a head. What is no such line is passed over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// The value of the first field of that name, trimmed, continued lines joined.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.0;
        while !rest.is_empty() {
            let (line, after) = field(rest);
            let value = line.get(..name.len()).filter(|found| found.eq_ignore_ascii_case(name.as_bytes()));
            let value = value.and_then(|_| line[name.len()..].trim_ascii_start().strip_prefix(b":"));
            if let Some(value) = value {
                return Some(text(value));
            }
            rest = after;
        }
        None
    }
}

/// A line with those that continue it, and what follows.
fn field(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    loop {
        end = memchr(b'\n', &bytes[end..]).map_or(bytes.len(), |at| end + at + 1);
        if !matches!(bytes.get(end), Some(b' ' | b'\t')) {
            return bytes.split_at(end);
        }
    }
}

fn text(value: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(value.trim_ascii());
    if text.contains(['\r', '\n']) {
        return Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    text
}

/// The length of a head with the empty line that ends it; `None` when it does not end within `bytes`.
pub(super) fn head_length(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\n', bytes).find_map(|at| Some(at + 1 + empty_line(&bytes[at + 1..])?))
}

/// The length of the empty line at the beginning of `bytes`, if there is one. Copying as text doubles `\r`.
pub(super) fn empty_line(bytes: &[u8]) -> Option<usize> {
    const MOST: usize = 3;
    let end = bytes.iter().take(MOST).take_while(|byte| **byte == b'\r').count();
    (bytes.get(end) == Some(&b'\n')).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_names_in_any_case() {
        let fields =
            Fields(b"HTTP/1.1 200\r\nContent-type : text/html;\r\n\tcharset=x\r\nno field\r\nA:\r\nAB: c");
        for (name, expected) in [
            ("Content-Type", Some("text/html; charset=x")),
            ("A", Some("")),
            ("ab", Some("c")),
            ("Content", None),
        ] {
            assert_eq!(fields.get(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn heads_end_with_an_empty_line() {
        for (bytes, expected) in [
            ("a\r\n\r\nb", Some(5)),
            ("a\r\r\n\r\r\nb", Some(7)),
            ("a\n\nb", Some(3)),
            ("a\r\nb\r\n", None),
            ("", None),
        ] {
            assert_eq!(head_length(bytes.as_bytes()), expected, "{bytes:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, text in "(a|:| |\t|\r|\n|\\PC){0,40}") {
            for bytes in [&bytes[..], text.as_bytes()] {
                Fields(bytes).get("a");
                head_length(bytes);
            }
        }
    }
}
