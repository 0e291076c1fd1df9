//! The character set that a page declares for itself.

use memchr::memmem;

/// How far from the start a declaration is looked for; the HTML standard asks for it in the first kilobyte.
const REACH: usize = 4 * 1024;

/// The label in `<meta charset>`, in `<meta http-equiv content="...; charset=">` or in an XML declaration.
///
/// Follows the prescan of the HTML standard (13.2.3.2): comments do not count, and UTF-16 means UTF-8, because a
/// page in UTF-16 could not have been read so far.
pub(super) fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes[..bytes.len().min(REACH)].to_ascii_lowercase();
    let label = in_xml_declaration(&head).or_else(|| in_meta(&head))?;
    Some(if label.starts_with("utf-16") { "utf-8".to_owned() } else { label })
}

fn in_xml_declaration(head: &[u8]) -> Option<String> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = memmem::find(declaration, b"?>")?;
    value_after(&declaration[..end], b"encoding")
}

fn in_meta(head: &[u8]) -> Option<String> {
    let mut rest = head;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at..];
        if rest.starts_with(b"<!--") {
            rest = &rest[memmem::find(rest, b"-->")?..];
        } else if let Some(tag) = rest.strip_prefix(b"<meta") {
            let end = memchr::memchr(b'>', tag).unwrap_or(tag.len());
            if let Some(label) = value_after(&tag[..end], b"charset") {
                return Some(label);
            }
            rest = tag;
        } else {
            rest = &rest[1..];
        }
    }
    None
}

/// The value in `name = "value"`, wherever it stands.
fn value_after(text: &[u8], name: &[u8]) -> Option<String> {
    memmem::find_iter(text, name).find_map(|at| {
        let after = text[at + name.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let after = after.strip_prefix(b"\"").or_else(|| after.strip_prefix(b"'")).unwrap_or(after);
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"';>/?".contains(byte);
        let value = &after[..after.iter().position(ends).unwrap_or(after.len())];
        let label = std::str::from_utf8(value).ok()?;
        (!label.is_empty()).then(|| label.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn declarations() {
        let cases = [
            ("<meta charset=utf-8>", Some("utf-8")),
            ("<META CharSet = 'ISO-8859-1' />", Some("iso-8859-1")),
            (
                "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1252\">",
                Some("windows-1252"),
            ),
            ("<meta name=a content='charset'><meta charset=\"koi8-r\">", Some("koi8-r")),
            ("<!-- <meta charset=latin1> --><meta charset=utf-8>", Some("utf-8")),
            ("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><html>", Some("shift_jis")),
            ("<meta charset=utf-16le>", Some("utf-8")),
            ("<meta charset=>", None),
            ("<p charset=latin1>", None),
            ("<!-- <meta charset=latin1>", None),
            ("", None),
        ];
        for (html, expected) in cases {
            assert_eq!(declared(html.as_bytes()).as_deref(), expected, "{html}");
        }
        let late = " ".repeat(REACH) + "<meta charset=utf-8>";
        assert_eq!(declared(late.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = declared(&bytes);
        }
    }
}
