//! What a message says: the text in its parts, and the names of what is attached (RFC 2045, RFC 2046).

use mail_parser::ContentType;

use crate::reader::mime::entity::{Entity, Headers};
use crate::reader::mime::flowed::{self, Format};
use crate::reader::mime::transfer;
use crate::reader::values::line;
use crate::reader::{Fault, decoded_as, fragment};

/// Parts nested deeper are not read.
pub const MAX_DEPTH: usize = 32;

/// Headers that are kept of a message inside a message.
const HEAD_OF_INNER: &[&str] = &["Subject", "From", "Date"];

/// The text of a message or of a part of it.
#[derive(Default)]
pub(super) struct Content {
    /// A blank line between paragraphs.
    pub(super) text: String,
    /// What was cut off as signature.
    pub(super) signature: Option<String>,
    /// Names of files.
    pub(super) attachments: Vec<String>,
    /// Remarks.
    pub(super) notes: Vec<Fault>,
    is_html: bool,
}

/// What a part is.
enum Kind<'a> {
    Multipart { subtype: &'a str, boundary: &'a str },
    Message,
    Plain,
    Html,
    File,
}

/// Reads all parts of a message.
pub(super) fn read(message: &Entity<'_>) -> Content {
    read_part(message, false, MAX_DEPTH)
}

fn read_part(part: &Entity<'_>, in_digest: bool, depth: usize) -> Content {
    let Some(depth) = depth.checked_sub(1) else { return Content::default() };
    let headers = &part.headers;
    match kind(headers, in_digest) {
        Kind::Multipart { subtype, boundary } => multipart(part, subtype, boundary, depth),
        Kind::Message => inner_message(part, depth),
        Kind::Plain | Kind::Html | Kind::File if headers.is_attachment() => attached(headers),
        Kind::Plain => plain(part),
        Kind::Html => html(part),
        Kind::File => attached(headers),
    }
}

fn kind<'a>(headers: &'a Headers<'_>, in_digest: bool) -> Kind<'a> {
    let Some(content_type) = headers.content_type() else {
        // The parts of a digest are messages unless they say otherwise (RFC 2046, 5.1.5).
        return if in_digest { Kind::Message } else { Kind::Plain };
    };
    let subtype = content_type.subtype().unwrap_or_default();
    match (content_type.ctype(), subtype) {
        ("multipart", _) => {
            match content_type.attribute("boundary").filter(|boundary| !boundary.is_empty()) {
                Some(boundary) => Kind::Multipart { subtype, boundary },
                None => Kind::Plain,
            }
        }
        ("message", "rfc822" | "global" | "news") => Kind::Message,
        ("text", "html") => Kind::Html,
        ("text", "plain" | "") | ("", _) => Kind::Plain,
        _ => Kind::File,
    }
}

fn multipart(part: &Entity<'_>, subtype: &str, boundary: &str, depth: usize) -> Content {
    let parts = part.parts(boundary);
    if parts.is_empty() {
        return plain(part);
    }
    let contents =
        parts.into_iter().map(|bytes| read_part(&Entity::parse(bytes), subtype == "digest", depth));
    match subtype {
        "alternative" => best(contents.collect()),
        // Behind the root lie the pictures that it shows (RFC 2387).
        "related" => contents.take(1).next().unwrap_or_default(),
        _ => contents.fold(Content::default(), Content::and),
    }
}

impl Content {
    fn and(mut self, next: Content) -> Content {
        if !self.text.is_empty() && !next.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(&next.text);
        self.is_html |= next.is_html;
        self.signature = self.signature.or(next.signature);
        self.attachments.extend(next.attachments);
        self.notes.extend(next.notes);
        self
    }
}

/// The best of several forms of one text. The plain one is as its author typed it, unless it says clearly less than
/// the HTML ("your program cannot show this") or is made of addresses, as newsletters are.
fn best(contents: Vec<Content>) -> Content {
    let (html, plain): (Vec<Content>, Vec<Content>) =
        contents.into_iter().partition(|content| content.is_html);
    let last_with_text =
        |forms: Vec<Content>| forms.into_iter().rev().max_by_key(|content| !content.text.is_empty());
    match (last_with_text(plain), last_with_text(html)) {
        (Some(plain), Some(html)) => {
            let (words, of_html) = (Words::of(&plain.text), Words::of(&html.text));
            let says_less = words.said * 3 < of_html.said * 2;
            let is_made_of_addresses = words.addresses * 4 > words.said;
            let html_is_better = of_html.said > 0 && (says_less || is_made_of_addresses);
            if html_is_better { html } else { plain }
        }
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => Content::default(),
    }
}

/// Bytes of words that say something, and of addresses of the web.
#[derive(Default)]
struct Words {
    said: usize,
    addresses: usize,
}

impl Words {
    fn of(text: &str) -> Words {
        text.split_whitespace().fold(Words::default(), |mut words, word| {
            let kind = if word.contains("://") { &mut words.addresses } else { &mut words.said };
            *kind += word.len();
            words
        })
    }
}

/// A message that was passed on, or one of a digest: its head in words, then its text.
fn inner_message(part: &Entity<'_>, depth: usize) -> Content {
    let encoding = part.headers.text("Content-Transfer-Encoding");
    let bytes = transfer::decoded(encoding.as_deref(), part.body);
    let message = Entity::parse(&bytes);
    let head: Vec<String> =
        HEAD_OF_INNER.iter().filter_map(|name| head_line(&message.headers, name)).collect();
    let head = Content { text: head.join("\n"), ..Content::default() };
    head.and(Content { signature: None, ..read_part(&message, false, depth) })
}

fn head_line(headers: &Headers<'_>, name: &str) -> Option<String> {
    let address = || {
        let first = headers.addresses(name).into_iter().next()?;
        first.name.as_deref().or(first.address.as_deref()).map(str::to_owned)
    };
    let value = headers.text(name).map(|text| text.into_owned()).or_else(address)?;
    Some(format!("{name}: {}", line(&value)))
}

fn attached(headers: &Headers<'_>) -> Content {
    let name = headers.file_name().map(line).filter(|name| !name.is_empty());
    Content { attachments: name.into_iter().collect(), ..Content::default() }
}

fn plain(part: &Entity<'_>) -> Content {
    let (text, notes) = text_of(part);
    let (text, signature) = flowed::read(&text, format(part.headers.content_type()));
    Content { text, signature, notes, ..Content::default() }
}

fn html(part: &Entity<'_>) -> Content {
    let (text, notes) = text_of(part);
    Content { text: without_invisible(fragment::text(&text)), notes, is_html: true, ..Content::default() }
}

fn text_of(part: &Entity<'_>) -> (String, Vec<Fault>) {
    let encoding = part.headers.text("Content-Transfer-Encoding");
    let bytes = transfer::decoded(encoding.as_deref(), part.body);
    let charset = part.headers.content_type().and_then(|content_type| content_type.attribute("charset"));
    // Programs state it by habit; a body with other bytes is in some other character set.
    let charset = charset.filter(|charset| !charset.eq_ignore_ascii_case("us-ascii"));
    let (text, notes) = decoded_as(&bytes, charset);
    (crate::reader::values::plain_text(text), notes)
}

fn format(content_type: Option<&ContentType<'_>>) -> Format {
    let is = |name, value: &str| {
        let stated = content_type.and_then(|content_type| content_type.attribute(name));
        stated.is_some_and(|stated| stated.eq_ignore_ascii_case(value))
    };
    if is("format", "flowed") { Format::Flowed { drop_space: is("delsp", "yes") } } else { Format::Fixed }
}

/// The text without the runs of characters that cannot be seen, with which newsletters fill the preview of an inbox.
fn without_invisible(text: String) -> String {
    let is_invisible = |c: char| {
        matches!(c, '\u{34f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2007}' | '\u{2060}' | '\u{feff}')
    };
    if !text.contains(is_invisible) {
        return text;
    }
    let clean = |line: &str| {
        let words = line.split(' ').map(|word| (word, word.trim_matches(is_invisible)));
        let words = words.filter(|(word, seen)| word.is_empty() || !seen.is_empty()).map(|(_, seen)| seen);
        words.collect::<Vec<_>>().join(" ").trim().to_owned()
    };
    let mut lines: Vec<String> = text.lines().map(clean).collect();
    lines.dedup_by(|one, other| one.is_empty() && other.is_empty());
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn content(message: &str) -> Content {
        read(&Entity::parse(message.as_bytes()))
    }

    fn alternative(plain: &str, html: &str) -> String {
        format!(
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{plain}\n\
             --b\nContent-Type: text/html\n\n{html}\n--b--\n"
        )
    }

    #[test]
    fn parts_become_one_text() {
        let nested = "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/related; boundary=r\n\n\
                      --r\nContent-Type: text/html\n\n<p>page</p>\n--r\nContent-Type: text/html\n\nframe\n--r--\n\
                      --m\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"a b.txt\"\n\nfile\n\
                      --m\nContent-Type: image/png; name=p.png\n\n\u{1}\n--m\n\nlast words\n--m--\n";
        let digest = "Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: One\nFrom: Ann <a@h.example>\n\nfirst\n\
                      --d\n\nSubject: Two\n\nsecond\n--d--\n";
        let forwarded = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n\
                         U3ViamVjdDogSW4KCmlubmVyIHRleHQK\n";
        for (message, text, attachments) in [
            ("\nbare text".to_owned(), "bare text", vec![]),
            (nested.to_owned(), "page\n\nlast words", vec!["a b.txt", "p.png"]),
            (digest.to_owned(), "Subject: One\nFrom: Ann\n\nfirst\n\nSubject: Two\n\nsecond", vec![]),
            (forwarded.to_owned(), "Subject: In\n\ninner text", vec![]),
            (
                "Content-Type: multipart/mixed; boundary=x\n\nno parts at all".to_owned(),
                "no parts at all",
                vec![],
            ),
            ("Content-Type: application/pdf; name=a.pdf\n\n%PDF".to_owned(), "", vec!["a.pdf"]),
        ] {
            let content = content(&message);
            assert_eq!(
                (content.text.as_str(), content.attachments),
                (text, attachments.iter().map(|name| (*name).to_owned()).collect())
            );
        }
    }

    #[test]
    fn the_form_that_says_more_wins() {
        let page = "<p>All of the long letter is here, every single word of it.</p>";
        for (plain, html, expected) in [
            ("the letter", "<b>the letter</b>", "the letter"),
            ("Your program shows no HTML.", page, "All of the long letter is here, every single word of it."),
            ("a https://x.example/1234567890 b https://x.example/1234567890", "<p>a</p><p>b</p>", "a\n\nb"),
            ("text only", "<img src=x>", "text only"),
            ("", page, "All of the long letter is here, every single word of it."),
        ] {
            assert_eq!(content(&alternative(plain, html)).text, expected);
        }
    }

    #[test]
    fn character_sets_are_declared_or_guessed() {
        for (head, body, expected) in [
            ("text/plain; charset=iso-8859-1", &b"caf\xe9"[..], "café"),
            ("text/plain; charset=us-ascii", "café".as_bytes(), "café"),
            ("text/plain; charset=koi8-r", b"\xcd\xc9\xd2", "мир"),
        ] {
            let message = [format!("Content-Type: {head}\n\n").as_bytes(), body].concat();
            assert_eq!(read(&Entity::parse(&message)).text, expected, "{head}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_dropped() {
        let page = "Content-Type: text/html\n\n<p>Preview&zwnj; &zwnj;&nbsp;&#847; &#8204;</p><p>\u{ad} \u{34f}</p><p>Text</p>";
        assert_eq!(content(page).text, "Preview\n\nText");
    }

    #[test]
    fn nesting_ends_somewhere() {
        let deep = "Content-Type: message/rfc822\n\n".repeat(100_000);
        assert_eq!(content(&deep).text, "");
        let parts: String =
            (0..5_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
        content(&parts);
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, message in "(Content-Type: |multipart/(mixed|alternative|digest)|message/rfc822|text/html|; boundary=b|--b(--)?|base64|\n|\n\n|<p>|\\PC){0,60}") {
            read(&Entity::parse(&bytes));
            content(&message);
        }
    }
}
