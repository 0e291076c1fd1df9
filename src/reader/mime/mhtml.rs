//! Web pages saved in one file with all that they show: MHTML (RFC 2557), as browsers write it.

use crate::article::Draft;
use crate::diagnostic::Reason;
use crate::reader::capture::Capture;
use crate::reader::mime::eml::header_begins;
use crate::reader::mime::entity::Entity;
use crate::reader::mime::{subject, transfer};
use crate::reader::{Emit, Fault, Input, Item, ReadOptions, Reader, Spot, values};

/// Saved pages.
#[derive(Debug)]
pub struct Mhtml;

/// What browsers state that save a page: name and beginning of a header.
const SAVERS: &[(&str, &str)] = &[
    ("Snapshot-Content-Location", ""),
    ("From", "<Saved by"),
    ("From", "\"Saved by"),
    ("From", "Saved by"),
    ("X-Saved-From", ""),
];

impl Reader for Mhtml {
    fn name(&self) -> &'static str {
        "mhtml"
    }

    fn about(&self) -> &'static str {
        "web pages saved in one file (MHTML)"
    }

    fn reads(&self) -> &'static str {
        "the page as html does, with its address; the time of saving is kept as `captured`"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["mht", "mhtml"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        is_saved_page(head)
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let bytes = input.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input.bytes);
        let (draft, notes) = read(&Entity::parse(bytes), input.options)?;
        emit(Item::Draft { spot: Spot::WHOLE, draft: Box::new(draft), notes });
        Ok(())
    }
}

/// Whether these headers are of a saved page, not of a message.
pub(super) fn is_saved_page(head: &[u8]) -> bool {
    SAVERS.iter().any(|(name, value)| header_begins(head, name, value))
}

fn read(file: &Entity<'_>, options: &ReadOptions) -> Result<(Draft, Vec<Fault>), Fault> {
    let pages = pages(file);
    let root = pages.first().ok_or_else(no_page)?;
    let headers = &file.headers;
    let location =
        headers.text("Snapshot-Content-Location").or_else(|| root.headers.text("Content-Location"));
    let location = location.or_else(|| headers.text("Content-Location"));
    let stated = headers.text("Date").or_else(|| root.headers.text("Date"));
    let date = stated.as_deref().and_then(|date| values::date(date, options.day_order));
    let time = date.map(|date| date.to_string());
    let read = |page: &Entity<'_>| {
        let charset = page.headers.content_type().and_then(|content_type| content_type.attribute("charset"));
        let capture = Capture { url: location.as_deref(), time: time.as_deref(), charset };
        let encoding = page.headers.text("Content-Transfer-Encoding");
        capture.page(&transfer::decoded(encoding.as_deref(), page.body), options)
    };
    let mut found = read(root)?;
    if found.0.body.is_empty() {
        // A page of frames shows nothing itself; what it shows lies in the parts behind it.
        let frames = pages[1..].iter().filter_map(|page| read(page).ok());
        found = frames
            .max_by_key(|(draft, _)| draft.body.len())
            .filter(|(draft, _)| !draft.body.is_empty())
            .ok_or_else(crate::reader::empty)?;
    }
    let subject = headers.text("Subject").and_then(|subject| subject::title(&subject, &[]));
    found.0.title = found.0.title.or(subject);
    Ok(found)
}

/// The pages in the file, first the root (RFC 2387, 3.2).
fn pages<'a>(file: &'a Entity<'a>) -> Vec<Entity<'a>> {
    let Some(content_type) = file.headers.content_type() else { return Vec::new() };
    let Some(boundary) = content_type.attribute("boundary").filter(|boundary| !boundary.is_empty()) else {
        return Vec::new();
    };
    let start = content_type.attribute("start").map(|id| id.trim_matches(['<', '>']));
    let is_page = |part: &Entity<'_>| {
        let part_type = part.headers.content_type();
        part_type.is_some_and(|typed| matches!(typed.subtype(), Some("html" | "xhtml+xml")))
    };
    let parts = file.parts(boundary).into_iter().map(Entity::parse);
    let mut pages: Vec<Entity<'a>> = parts.filter(is_page).collect();
    let is_root = |part: &Entity<'_>| start.is_some() && part.headers.text("Content-ID").as_deref() == start;
    pages.sort_by_key(|page| !is_root(page));
    pages
}

fn no_page() -> Fault {
    Fault {
        reason: Reason::Broken,
        message: "no page in it: no part of a multipart message is HTML".to_owned(),
        hint: Some("if it is a message, say so with --format eml".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draft(file: &str) -> Result<Draft, Reason> {
        let read = read(&Entity::parse(file.as_bytes()), &ReadOptions::default());
        read.map(|(draft, _)| draft).map_err(|fault| fault.reason)
    }

    const HEAD: &str =
        "From: <Saved by Blink>\nSubject: From the head\nDate: Mon, 3 Mar 2003 10:00:00 +0100\n";

    #[test]
    fn the_root_is_the_page() {
        let parts = "--b\nContent-Type: text/html\nContent-ID: <one@mhtml>\nContent-Location: http://h.example/one\n\n\
                     <p>First part.</p>\n--b\nContent-Type: text/html\nContent-ID: <two@mhtml>\n\n<p>Second part.</p>\n--b--\n";
        for (head, body, url) in [
            ("Content-Type: multipart/related; boundary=b", "First part.", Some("http://h.example/one")),
            (
                "Snapshot-Content-Location: http://h.example/two\nContent-Type: multipart/related; boundary=b; start=\"<two@mhtml>\"",
                "Second part.",
                Some("http://h.example/two"),
            ),
        ] {
            let draft = draft(&format!("{HEAD}{head}\n\n{parts}")).expect("it holds a page");
            assert_eq!(
                (draft.body.as_str(), draft.url.as_deref(), draft.title.as_deref()),
                (body, url, Some("From the head"))
            );
            assert_eq!(draft.meta["captured"], ["2003-03-03T10:00:00+01:00"]);
            assert_eq!(draft.published, None);
        }
    }

    #[test]
    fn frames_are_searched_for_text() {
        let frames = "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<frameset><frame src=a>\n\
                      --b\nContent-Type: image/gif\n\nGIF\n--b\nContent-Type: text/html\n\n<p>In the frame.</p>\n";
        assert_eq!(draft(frames).map(|draft| draft.body), Ok("In the frame.".to_owned()));
    }

    #[test]
    fn files_without_a_page_are_refused() {
        for (file, reason) in [
            (
                "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/gif\n\nGIF\n",
                Reason::Broken,
            ),
            ("Content-Type: text/plain\n\ntext\n", Reason::Broken),
            (
                "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>\n",
                Reason::Empty,
            ),
        ] {
            assert_eq!(draft(file).map(|_| ()), Err(reason), "{file}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, text in "(Content-Type: |multipart/related; boundary=b|text/html|--b(--)?|\n|\n\n|<p>|\\PC){0,40}") {
            let _ = read(&Entity::parse(&bytes), &ReadOptions::default());
            let _ = draft(&text);
        }
    }
}
