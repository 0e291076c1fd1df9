//! A MIME entity (RFC 2045): its headers, its body as it was sent, and the parts of that body.

use std::borrow::Cow;
use std::sync::LazyLock;

/// No message that somebody wrote has more parts in one.
pub const MAX_PARTS: usize = 1_000;

use mail_parser::{Addr, Address, ContentType, Header, HeaderName, HeaderValue, Message, MessageParser};
use memchr::{memchr_iter, memmem};

use crate::text::decode::decode;

/// A longer line is no header, or none that is wanted (RFC 5322 recommends 78 characters for whole lines).
const LONGEST_NAME: usize = 76;

/// How each header is read; those not named are text, with encoded words (RFC 2047) decoded.
static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .with_mime_headers()
        .with_address_headers()
        .header_address(HeaderName::ListId)
        .header_id(HeaderName::MessageId)
        .header_id(HeaderName::InReplyTo)
        .default_header_text()
});

/// Headers and body.
pub(super) struct Entity<'a> {
    pub(super) headers: Headers<'a>,
    /// As sent: not decoded.
    pub(super) body: &'a [u8],
}

impl<'a> Entity<'a> {
    /// Takes `bytes` apart at the first empty line; without a header at their beginning they are all body.
    pub(super) fn parse(bytes: &'a [u8]) -> Entity<'a> {
        let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if let Some(body) = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n")) {
            return Entity { headers: Headers::default(), body };
        }
        if !is_header(first_line) {
            return Entity { headers: Headers::default(), body: bytes };
        }
        let (head, body) = split_head(bytes);
        Entity { headers: Headers::parse(head), body }
    }

    /// The first parts of a body of type `multipart` (RFC 2046, 5.1); one that is never closed ends with the body.
    pub(super) fn parts(&self, boundary: &str) -> Vec<&'a [u8]> {
        let delimiter = format!("--{boundary}");
        let (mut parts, mut open) = (Vec::new(), None);
        let begins_line = |at: &usize| *at == 0 || self.body[at - 1] == b'\n';
        for at in memmem::find_iter(self.body, &delimiter).filter(begins_line) {
            let rest = &self.body[at + delimiter.len()..];
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let closes = rest.starts_with(b"--");
            if !closes && !rest[..end].trim_ascii().is_empty() {
                continue;
            }
            if parts.len() == MAX_PARTS {
                return parts;
            }
            if let Some(start) = open {
                parts.push(without_line_end(&self.body[start..at.max(start)]));
            }
            open = (!closes).then_some(at + delimiter.len() + end);
            if closes {
                break;
            }
        }
        if let Some(start) = open {
            parts.push(&self.body[start..]);
        }
        parts
    }
}

/// Headers with the empty line that ends them, and what follows.
fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    let is_last = |end: &usize| {
        let rest = &bytes[end + 1..];
        rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
    };
    let Some(end) = memchr_iter(b'\n', bytes).find(is_last) else { return (bytes, &[]) };
    let body = memchr::memchr(b'\n', &bytes[end + 1..]).map_or(bytes.len(), |next| end + next + 2);
    (&bytes[..=end], &bytes[body..])
}

// The line break before a boundary belongs to the boundary (RFC 2046, 5.1.1).
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// Whether a line is the beginning of a header: `Name: value` (RFC 5322, 2.2).
pub(super) fn is_header(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else { return false };
    let name = line[..colon].trim_ascii_end();
    let is_url = line[colon + 1..].starts_with(b"//");
    (1..=LONGEST_NAME).contains(&name.len()) && name.iter().all(u8::is_ascii_graphic) && !is_url
}

/// The headers of an entity, decoded.
#[derive(Default)]
pub(super) struct Headers<'a>(Vec<Header<'a>>);

impl<'a> Headers<'a> {
    fn parse(head: &'a [u8]) -> Headers<'a> {
        let message = match std::str::from_utf8(head) {
            Ok(_) if head.ends_with(b"\n") => PARSER.parse_headers(head),
            // The last line of a message cut off in its head counts too.
            Ok(text) => PARSER.parse_headers(format!("{text}\n").as_bytes()).map(Message::into_owned),
            // Old programs sent headers in the character set of their country, undeclared.
            Err(_) => PARSER.parse_headers(decode(head, None).text.as_bytes()).map(Message::into_owned),
        };
        Headers(
            message
                .and_then(|message| message.parts.into_iter().next())
                .map_or_else(Vec::new, |part| part.headers),
        )
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a header of that name is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn value(&self, name: &str) -> Option<&HeaderValue<'a>> {
        self.0.iter().find(|header| header.name().eq_ignore_ascii_case(name)).map(Header::value)
    }

    /// The value of a header that is no address and no type; `None` when it is empty.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        let text = match self.value(name)? {
            HeaderValue::Text(text) => Cow::Borrowed(text.as_ref()),
            HeaderValue::TextList(texts) => Cow::Owned(texts.join(", ")),
            HeaderValue::Address(_)
            | HeaderValue::DateTime(_)
            | HeaderValue::ContentType(_)
            | HeaderValue::Received(_)
            | HeaderValue::Empty => return None,
        };
        (!text.trim().is_empty()).then_some(text)
    }

    /// The addresses of a header, groups laid flat.
    pub(super) fn addresses(&self, name: &str) -> Vec<&Addr<'a>> {
        match self.value(name) {
            Some(HeaderValue::Address(Address::List(list))) => list.iter().collect(),
            Some(HeaderValue::Address(Address::Group(groups))) => {
                groups.iter().flat_map(|group| &group.addresses).collect()
            }
            Some(
                HeaderValue::Text(_)
                | HeaderValue::TextList(_)
                | HeaderValue::DateTime(_)
                | HeaderValue::ContentType(_)
                | HeaderValue::Received(_)
                | HeaderValue::Empty,
            )
            | None => Vec::new(),
        }
    }

    fn typed(&self, name: &str) -> Option<&ContentType<'a>> {
        self.value(name).and_then(HeaderValue::as_content_type)
    }

    /// The media type.
    pub(super) fn content_type(&self) -> Option<&ContentType<'a>> {
        self.typed("Content-Type")
    }

    /// Whether the entity is meant to be kept as a file (RFC 2183).
    pub(super) fn is_attachment(&self) -> bool {
        self.typed("Content-Disposition").is_some_and(ContentType::is_attachment)
    }

    /// The name that a file of the entity would have.
    pub(super) fn file_name(&self) -> Option<&str> {
        let disposition = self.typed("Content-Disposition").and_then(|typed| typed.attribute("filename"));
        disposition.or_else(|| self.content_type().and_then(|typed| typed.attribute("name")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_end_at_the_first_empty_line() {
        for (bytes, subject, body) in [
            ("Subject: A\n\nbody\n", Some("A"), "body\n"),
            ("Subject: A\r\n\r\nbody\r\n\r\nmore", Some("A"), "body\r\n\r\nmore"),
            ("Subject: A\n b\n\nbody", Some("A b"), "body"),
            ("Subject: =?iso-8859-1?Q?Caf=E9?=\n\n", Some("Café"), ""),
            ("Subject: no body", Some("no body"), ""),
            ("\nbody", None, "body"),
            ("No header here\n\nbody", None, "No header here\n\nbody"),
            ("", None, ""),
        ] {
            let entity = Entity::parse(bytes.as_bytes());
            assert_eq!(entity.headers.text("subject").as_deref(), subject, "{bytes}");
            assert_eq!(entity.body, body.as_bytes(), "{bytes}");
        }
        let latin = Entity::parse(b"Subject: Caf\xe9 ferm\xe9 \xe0 No\xebl\n\n");
        assert_eq!(latin.headers.text("Subject").as_deref(), Some("Café fermé à Noël"));
    }

    #[test]
    fn parts_lie_between_lines_of_the_boundary() {
        for (body, expected) in [
            ("pre\n--b\nA\n--b\nB\n--b--\npost", vec!["A", "B"]),
            ("--b\r\nA\r\n\r\n--b  \r\nB\r\n--b--", vec!["A\r\n", "B"]),
            ("--b\nnever closed\n", vec!["never closed\n"]),
            ("--b\nA\n--bc\nstill A\n--b--", vec!["A\n--bc\nstill A"]),
            ("--b\n--b\n--b--", vec!["", ""]),
            ("a --b\n", vec![]),
            ("", vec![]),
        ] {
            let entity = Entity { headers: Headers::default(), body: body.as_bytes() };
            let parts: Vec<&str> =
                entity.parts("b").into_iter().map(|part| std::str::from_utf8(part).unwrap()).collect();
            assert_eq!(parts, expected, "{body}");
        }
    }

    #[test]
    fn boundaries_inside_a_line_take_linear_time() {
        let body = format!("x{}", "--b".repeat(1 << 20));
        let entity = Entity { headers: Headers::default(), body: body.as_bytes() };
        assert_eq!(entity.parts("b").len(), 0);
    }

    #[test]
    fn lines_that_are_headers() {
        for (line, expected) in [
            ("Subject: x", true),
            ("X-Very_odd.name:", true),
            ("http://host.example/", false),
            ("two words: x", false),
            (": x", false),
            ("none", false),
        ] {
            assert_eq!(is_header(line.as_bytes()), expected, "{line}");
        }
    }
}
