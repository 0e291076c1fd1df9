//! What a web server answered (RFC 9112), as crawlers keep it: head and body, read leniently.

use std::borrow::Cow;
use std::io::Read;

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use memchr::memchr;

use crate::reader::warc::fields::{Fields, head_length};

/// The most bytes that a body is unpacked to; a page is refused long before.
const MAX_BODY: u64 = 64 << 20;

/// An answer.
#[derive(Debug)]
pub(super) struct Response<'a> {
    /// The status code; `None` when the first line has none.
    pub(super) status: Option<u16>,
    pub(super) fields: Fields<'a>,
    /// As sent: not decoded.
    pub(super) body: &'a [u8],
}

impl<'a> Response<'a> {
    /// Takes an answer apart; `None` when `block` is none. One that `is_stated` to be an answer may begin with any
    /// other name of a protocol.
    pub(super) fn parse(block: &'a [u8], is_stated: bool) -> Option<Response<'a>> {
        let is_http = block.get(..5).is_some_and(|version| version.eq_ignore_ascii_case(b"HTTP/"));
        if !is_http && !is_stated {
            return None;
        }
        let length = head_length(block).unwrap_or(block.len());
        let line_end = memchr(b'\n', block).map_or(length, |end| end + 1);
        let status = block[..line_end].split(|byte| *byte == b' ').filter(|word| !word.is_empty()).nth(1);
        let status = status.and_then(|word| std::str::from_utf8(word.trim_ascii()).ok()?.parse().ok());
        // An answer without any field ends with its first line and an empty one.
        let fields = Fields(&block[line_end.min(length)..length]);
        Some(Response { status, fields, body: &block[length..] })
    }

    /// The body as it was before it was sent: chunks joined, unpacked. Crawlers often undo that before they keep an
    /// answer and leave its head as it was, so a body that is not encoded as stated is taken as it is.
    pub(super) fn decoded_body(&self) -> Cow<'a, [u8]> {
        let is_chunked = self.codings("Transfer-Encoding").iter().any(|coding| coding == "chunked");
        let body = if is_chunked { unchunked(self.body) } else { None };
        let body = body.map_or(Cow::Borrowed(self.body), Cow::Owned);
        // The last coding was applied last (RFC 9110, 8.4).
        self.codings("Content-Encoding").iter().rev().fold(body, |body, coding| {
            match unpacked(coding, &body) {
                Some(unpacked) => Cow::Owned(unpacked),
                None => body,
            }
        })
    }

    fn codings(&self, name: &str) -> Vec<String> {
        let stated = self.fields.get(name).unwrap_or_default();
        const MOST: usize = 4;
        stated.split(',').map(|coding| coding.trim().to_ascii_lowercase()).take(MOST).collect()
    }
}

/// The chunks of a body (RFC 9112, 7.1) joined; `None` when it does not begin with one. What is cut off ends it.
fn unchunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut is_first = true;
    while let Some((size, after)) = chunk_size(rest) {
        is_first = false;
        let data = &after[..size.min(after.len())];
        joined.extend_from_slice(data);
        if size == 0 || data.len() < size {
            break;
        }
        rest = &after[size..];
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
    (!is_first).then_some(joined)
}

/// The size on the first line, in hexadecimal digits, and what follows the line.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    const LONGEST_LINE: usize = 1024;
    let end = memchr(b'\n', &bytes[..bytes.len().min(LONGEST_LINE)])?;
    let size = bytes[..end].split(|byte| *byte == b';').next()?.trim_ascii();
    let size = usize::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()?;
    Some((size, &bytes[end + 1..]))
}

/// The bytes before they were packed so; `None` when they are not. Of what is damaged, the beginning.
fn unpacked(coding: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match coding {
        "gzip" | "x-gzip" if bytes.starts_with(b"\x1f\x8b") => read(MultiGzDecoder::new(bytes)),
        // The standard means zlib, many servers send the bare stream.
        "deflate" => read(ZlibDecoder::new(bytes)).or_else(|| read(DeflateDecoder::new(bytes))),
        "br" => read(Decompressor::new(bytes, 4096)),
        "zstd" if bytes.starts_with(b"\x28\xb5\x2f\xfd") => read(zstd::Decoder::with_buffer(bytes).ok()?),
        _ => None,
    }
}

fn read(decoder: impl Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = decoder.take(MAX_BODY).read_to_end(&mut bytes);
    (read.is_ok() || !bytes.is_empty()).then_some(bytes)
}

/// Type and character set of `text/html; charset=utf-8` (RFC 9110, 8.3), in lower case.
pub(super) fn media_type(value: &str) -> (String, Option<String>) {
    let mut parts = value.split([';', ',']).map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_ascii_lowercase())
    });
    (essence, charset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    const TEXT: &[u8] = b"<p>The eels are back in the upper river.</p>";

    fn decoded(head: &str, body: &[u8]) -> String {
        let block = [format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes(), body].concat();
        let response = Response::parse(&block, false).expect("it is an answer");
        String::from_utf8_lossy(&response.decoded_body()).into_owned()
    }

    #[test]
    fn heads_are_read_leniently() {
        for (block, status, body) in [
            ("HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", Some(Some(200)), "body"),
            ("HTTP/1.0 302\r\n\r\n", Some(Some(302)), ""),
            ("HTTP/1.0 302 \nA: b\n\nbody", Some(Some(302)), "body"),
            ("http/2 200\n\nbody", Some(Some(200)), "body"),
            ("HTTP/1.1\r\nA: b\r\n\r\nbody", Some(None), "body"),
            ("HTTP/1.1 200 OK", Some(Some(200)), ""),
            ("ICY 200 OK\r\n\r\nbody", Some(Some(200)), "body"),
            ("<html>", None, ""),
            ("", None, ""),
        ] {
            let response = Response::parse(block.as_bytes(), block.starts_with("ICY"));
            assert_eq!(response.as_ref().map(|response| response.status), status, "{block}");
            assert_eq!(response.map_or(&b""[..], |response| response.body), body.as_bytes(), "{block}");
        }
    }

    #[test]
    fn bodies_are_decoded_as_far_as_they_are_encoded() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
        for writer in [&mut gzip as &mut dyn Write, &mut zlib, &mut bare] {
            writer.write_all(TEXT).unwrap();
        }
        let (gzip, zlib, bare) = (gzip.finish().unwrap(), zlib.finish().unwrap(), bare.finish().unwrap());
        // A block that is not packed, as brotli (RFC 7932, 9.2) may hold it.
        let brotli = [&[0x8b, 0x15, 0x80][..], TEXT, &[0x03]].concat();
        let zstd = zstd::encode_all(TEXT, 0).unwrap();
        let chunked =
            [b"5;x=y\r\n".as_slice(), &TEXT[..5], b"\r\n27\r\n", &TEXT[5..], b"\r\n0\r\n\r\n"].concat();
        let packed = [format!("{:x}\r\n", gzip.len()).as_bytes(), &gzip[..], b"\r\n0\r\n\r\n"].concat();
        let text = String::from_utf8_lossy(TEXT);
        for (head, body) in [
            ("Content-Encoding: gzip", &gzip[..]),
            ("content-encoding: x-gzip", &gzip),
            ("Content-Encoding: deflate", &zlib),
            ("Content-Encoding: deflate", &bare),
            ("Content-Encoding: br", &brotli),
            ("Content-Encoding: zstd", &zstd),
            ("Transfer-Encoding: chunked", &chunked),
            ("Transfer-Encoding: chunked", &chunked[..chunked.len() - 5]),
            ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", &packed),
            // What crawlers state though they have undone it.
            ("Content-Encoding: gzip", TEXT),
            ("Content-Encoding: br", TEXT),
            ("Content-Encoding: deflate", TEXT),
            ("Transfer-Encoding: chunked", TEXT),
            ("Content-Encoding: identity", TEXT),
        ] {
            assert_eq!(decoded(head, body), text, "{head}");
        }
        assert!(text.starts_with(&decoded("Content-Encoding: gzip", &gzip[..gzip.len() - 12])));
    }

    #[test]
    fn media_types_have_parameters() {
        for (value, expected) in [
            ("Text/HTML; Charset=\"UTF-8\"", ("text/html", Some("utf-8"))),
            ("text/html", ("text/html", None)),
            ("text/html;charset=", ("text/html", None)),
            ("text/html, charset=koi8-r", ("text/html", Some("koi8-r"))),
            ("", ("", None)),
        ] {
            let (essence, charset) = media_type(value);
            assert_eq!((essence.as_str(), charset.as_deref()), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, chunks in "([0-9a-f]{0,17}\r?\n|;|abc|\\PC){0,40}") {
            for coding in ["gzip", "deflate", "br", "zstd", "chunked"] {
                decoded(&format!("Content-Encoding: {coding}"), &bytes);
            }
            decoded("Transfer-Encoding: chunked", chunks.as_bytes());
            Response::parse(&bytes, true);
            media_type(&chunks);
        }
    }
}
