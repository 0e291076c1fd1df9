//! The character set that an XML file declares for itself, and text without the characters that no XML has.

use std::borrow::Cow;

use memchr::memmem;

/// How far from the start a declaration is looked for.
const REACH: usize = 1024;

/// The label in the XML declaration (XML 1.0, 4.3.3), wherever it begins in the first kilobyte: blanks and a second
/// declaration before it are common.
///
/// UTF-16 does not count: a declaration that can be read byte by byte is not in UTF-16.
pub(super) fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(REACH)];
    memmem::find_iter(head, b"<?xml").find_map(|at| {
        let declaration = &head[at..];
        label(&declaration[..memmem::find(declaration, b"?>")?])
    })
}

fn label(declaration: &[u8]) -> Option<String> {
    let name = memmem::find(declaration, b"encoding")? + b"encoding".len();
    let value = declaration[name..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let label = &value[..memchr::memchr(*quote, value)?];
    let label = std::str::from_utf8(label).ok()?.trim().to_ascii_lowercase();
    (!label.is_empty() && !label.starts_with("utf-16") && !label.starts_with("utf16")).then_some(label)
}

/// Whether the tags of a file that begins with `head` cannot be found byte by byte: UTF-16, UTF-32, ISO-2022.
pub(super) fn is_wide(head: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff", b"<\0", b"\0<"];
    BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
        || declared(head).is_some_and(|label| label.starts_with("iso-2022"))
}

/// Text without the control characters that XML does not allow (XML 1.0, 2.2).
pub(super) fn without_controls(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.bytes().any(is_control) {
        true => Cow::Owned(text.chars().filter(|c| !u8::try_from(*c).is_ok_and(is_control)).collect()),
        false => text,
    }
}

fn is_control(byte: u8) -> bool {
    (byte < 0x20) & !matches!(byte, b'\n' | b'\r' | b'\t') | (byte == 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found() {
        for (head, expected) in [
            ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", Some("iso-8859-1")),
            ("\n<?xml version='1.0' encoding = 'Shift_JIS' standalone='yes'?>", Some("shift_jis")),
            ("<?xml version='1.0'?><?xml version='1.0' encoding='koi8-r'?>", Some("koi8-r")),
            ("<?xml encoding='utf-16'?>", None),
            ("<?xml encoding=''?>", None),
            ("<?xml encoding=", None),
            ("<?xml encoding='latin1", None),
            ("<a encoding='latin1'/>", None),
        ] {
            assert_eq!(declared(head.as_bytes()).as_deref(), expected, "{head}");
        }
    }

    #[test]
    fn controls_are_dropped() {
        assert_eq!(without_controls("a\u{b}\u{0}ä\n\t\u{85}".into()), "aä\n\t\u{85}");
        assert!(matches!(without_controls("aä\r\n".into()), Cow::Borrowed(_)));
    }
}
