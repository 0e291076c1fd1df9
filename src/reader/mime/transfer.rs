//! Bodies as they were before they were made fit for old mail servers (RFC 2045, section 6).

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode_char;
use memchr::memchr;

/// The bytes of a body that was sent with this `Content-Transfer-Encoding`; what breaks the encoding is kept or
/// passed over.
pub(super) fn decoded<'a>(encoding: Option<&str>, body: &'a [u8]) -> Cow<'a, [u8]> {
    match encoding.map(|encoding| encoding.trim().to_ascii_lowercase()).as_deref() {
        Some("base64") => Cow::Owned(base64(body)),
        Some("quoted-printable") => Cow::Owned(quoted_printable(body)),
        Some(_) | None => Cow::Borrowed(body),
    }
}

fn base64(body: &[u8]) -> Vec<u8> {
    base64_decode(body).unwrap_or_else(|| {
        let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let digits: Vec<u8> = body.iter().copied().filter(is_digit).collect();
        base64_decode(&digits).unwrap_or_default()
    })
}

// Unlike the crate's, it keeps a `=` that is no escape: programs leave them in addresses of the web.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr(b'=', rest) {
        bytes.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let (escaped, length) = escape(rest);
        bytes.extend(escaped);
        rest = &rest[length..];
    }
    bytes.extend_from_slice(rest);
    bytes
}

/// What stands for the text behind a `=`, and how much of that text is used up.
fn escape(rest: &[u8]) -> (Option<u8>, usize) {
    if let [high, low, ..] = rest
        && let Some(byte) = quoted_printable_decode_char(*high, *low)
    {
        return (Some(byte), 2);
    }
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    match rest.get(blanks) {
        Some(b'\n') => (None, blanks + 1),
        None => (None, blanks),
        Some(_) => (Some(b'='), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn encodings_are_undone() {
        for (encoding, body, expected) in [
            ("base64", "SGVs\r\nbG8=\r\n", "Hello"),
            ("BASE64 ", "SGVsbG8", "Hello"),
            ("base64", "SG*Vs\nbG8=", "Hello"),
            ("quoted-printable", "caf=C3=A9 =\r\nau lait", "café au lait"),
            ("Quoted-Printable", "soft = \nbreak", "soft break"),
            ("quoted-printable", "?a=b&c=\u{e9}", "?a=b&c=\u{e9}"),
            ("quoted-printable", "end=", "end"),
            ("8bit", "a=C3", "a=C3"),
            ("x-unknown", "a=C3", "a=C3"),
        ] {
            let bytes = decoded(Some(encoding), body.as_bytes());
            assert_eq!(String::from_utf8_lossy(&bytes), expected, "{encoding}: {body}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(body: Vec<u8>) {
            decoded(Some("base64"), &body);
            decoded(Some("quoted-printable"), &body);
        }
    }
}
