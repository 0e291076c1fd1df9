//! Web pages: the article in the page, and what the page states about it.
//!
//! One streaming pass (`page`) reads every statement and the text without furniture; a page that passes the
//! `gate` is then searched for its main text by its structure (`main_text`). No page with text comes out empty, and
//! what was not taken for text is kept apart (`beside`).

mod beside;
mod blocks;
mod charset;
mod combine;
mod entry;
mod gate;
mod json_ld;
mod main_text;
mod metadata;
mod page;
mod prompts;
mod shingles;
mod text;
mod title;

pub use gate::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS};

use std::borrow::Cow;

use crate::article::Draft;
use crate::diagnostic::{LeftOut, Reason};
use crate::reader::html::combine::Stated;
use crate::reader::html::main_text::MainText;
use crate::reader::html::metadata::Statements;
use crate::reader::html::page::{Furniture, Page};
use crate::reader::{Emit, Fault, Input, Item, ReadOptions, Reader, Spot, edges};
use crate::text::decode::{Decoded, How, decode};

/// A larger page is no page that somebody wrote.
pub const MAX_BYTES: usize = 16 << 20;

/// The html format.
pub struct Html;

impl Reader for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "saved web pages"
    }

    fn reads(&self) -> &'static str {
        "the article without menus and other furniture; its values from JSON-LD, OpenGraph, meta tags and bylines"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml", "shtml"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        const BEGINNINGS: &[&str] = &["<!doctype html", "<html", "<head"];
        let start = skip_prolog(head);
        BEGINNINGS.iter().any(|beginning| {
            let rest = start.get(beginning.len()..).unwrap_or_default();
            let same = start
                .get(..beginning.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(beginning.as_bytes()));
            same && rest.first().is_none_or(|next| !next.is_ascii_alphanumeric())
        })
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let (text, mut notes) = decoded_page(input.bytes, None)?;
        let page = page::scan(&text, Furniture::Drop);
        let is_draft = page.facts.entry.only().is_some() && entry::is_draft(input.name);
        if is_draft && !input.options.unpublished {
            emit(Item::LeftOut { spot: Spot::WHOLE, what: LeftOut::Unpublished });
            return Ok(());
        }
        let draft = read_page(&text, &page, input.options, &mut notes);
        emit(Item::of(Spot::WHOLE, draft, notes));
        Ok(())
    }
}

/// The article in a page, wherever it was kept, with remarks on it; a page that shows nothing gives an empty draft.
///
/// `charset` is the label that came with the page, as from a web server; it wins over what the page declares (HTML
/// standard, 13.2.3.1).
pub(in crate::reader) fn page(
    bytes: &[u8],
    charset: Option<&str>,
    options: &ReadOptions,
) -> Result<(Draft, Vec<Fault>), Fault> {
    let (text, mut notes) = decoded_page(bytes, charset)?;
    let draft = read_page(&text, &page::scan(&text, Furniture::Drop), options, &mut notes);
    Ok((draft, notes))
}

/// The text of a page, with remarks on its character set.
fn decoded_page<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<(Cow<'a, str>, Vec<Fault>), Fault> {
    if bytes.len() > MAX_BYTES {
        return Err(too_large(bytes.len()));
    }
    let declared = charset.map(str::to_owned).or_else(|| charset::declared(bytes));
    let decoded = decode(bytes, declared.as_deref());
    let notes = charset_notes(&decoded);
    Ok((decoded.text, notes))
}

fn read_page(html: &str, page: &Page, options: &ReadOptions, notes: &mut Vec<Fault>) -> Draft {
    notes.extend(cut_note(page));
    let json_ld = json_ld::article(&page.facts.json_ld);
    let mut statements =
        Statements { facts: &page.facts, json_ld: &json_ld, byline: None, page: &page.text.all };
    let (title, description, authors) = (statements.title(), statements.description(), statements.authors());
    let stated = Stated {
        body: json_ld.body.as_deref(),
        description: description.as_deref(),
        authors: &authors,
        title: title.as_deref(),
        heading: page.facts.heading.as_deref(),
    };
    let found = match options.in_haste {
        true => {
            MainText { body: page.entry_text().unwrap_or(page.text.best()).to_owned(), ..MainText::default() }
        }
        false => main_text::find(html, page, stated, notes),
    };
    statements.byline = found.byline.as_deref();
    let mut draft = statements.draft(options, notes);
    // Values stand around the text as well; the text is taken last.
    let around = [found.byline.as_deref().unwrap_or_default(), &found.around].join("\n\n");
    for text in [&around, &found.body] {
        let text = without_title(text, draft.title.as_deref());
        draft.body = edges::trimmed(&mut draft, text, options.day_order);
    }
    if !options.in_haste {
        draft.furniture = beside::text(&page.text.area, &draft);
    }
    draft
}

/// The text without its first paragraph, if that repeats the title.
fn without_title<'a>(body: &'a str, title: Option<&str>) -> &'a str {
    let rest = title.and_then(|title| body.strip_prefix(title)).and_then(|rest| rest.strip_prefix("\n\n"));
    rest.unwrap_or(body)
}

/// What follows a byte order mark, white space, an XML declaration and comments.
fn skip_prolog(head: &[u8]) -> &[u8] {
    let mut rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = match rest {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?', b'x', b'm', b'l', ..] => b"?>",
            _ => return rest,
        };
        let Some(at) = memchr::memmem::find(rest, end) else { return &[] };
        rest = &rest[at + end.len()..];
    }
}

fn charset_notes(decoded: &Decoded<'_>) -> Vec<Fault> {
    let guessed = match decoded.how {
        How::Guessed(name) => Some(format!("no character set is declared, {name} was guessed")),
        How::Mixed => Some(super::MIXED.to_owned()),
        How::Mark | How::Declared | How::Utf8 => None,
    };
    let replaced = (decoded.replaced > 0)
        .then(|| format!("{} sequences of bytes could not be decoded and were replaced", decoded.replaced));
    let note = |message| Fault { reason: Reason::Charset, message, hint: None };
    guessed.into_iter().chain(replaced).map(note).chain(super::nul_note(decoded)).collect()
}

fn cut_note(page: &Page) -> Option<Fault> {
    page.cut.then(|| Fault {
        reason: Reason::Trimmed,
        message: "the page leaves too many elements open; its end was not read".to_owned(),
        hint: None,
    })
}

fn too_large(bytes: usize) -> Fault {
    Fault {
        reason: Reason::TooLarge,
        message: format!("page of {bytes} bytes, the limit is {MAX_BYTES}"),
        hint: Some("split the page".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<Vec<Item>, Fault> {
        let options = ReadOptions::default();
        let mut items = Vec::new();
        let input = Input::whole("a.html", bytes, &options);
        Html.read(&input, &mut |item| items.push(item))?;
        Ok(items)
    }

    #[test]
    fn sniffed_pages() {
        let cases: &[(&[u8], bool)] = &[
            (b"<!DOCTYPE html>", true),
            (b"\xef\xbb\xbf\n <HTML lang=en>", true),
            (b"<!-- saved page --><html>", true),
            (b"<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">", true),
            (b"<head><title>", true),
            (b"<header>", false),
            (b"<!-- unclosed <html>", false),
            (b"<?xml version=\"1.0\"?><rss>", false),
            (b"<p>", false),
            (b"", false),
        ];
        for (head, expected) in cases {
            assert_eq!(Html.sniff(head), *expected, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn only_the_size_refuses_a_page() {
        let mut bytes = b"<title>T</title><p>".to_vec();
        bytes.resize(MAX_BYTES + 1, b'x');
        assert_eq!(read(&bytes).map_err(|fault| fault.reason), Err(Reason::TooLarge));
        let deep = format!("<title>T</title>{}text at the bottom", "<div>".repeat(5_000));
        let items = read(deep.as_bytes()).expect("a page in the limits of size is read");
        let Item::Draft { draft, notes, .. } = &items[0] else { panic!("{items:?}") };
        assert_eq!((draft.body.as_str(), notes[0].reason), ("text at the bottom", Reason::TooLarge));
    }

    #[test]
    fn nothing_is_skipped_as_empty() {
        let items = read(b"<html><script>a</script>").expect("a small page is read");
        assert!(matches!(&items[0], Item::Skip { fault, .. } if fault.reason == Reason::Empty));
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, html in "(<[/!]?(a|article|table|td|p|meta|title|body)?[ =\"'/]?>?|x|&|\\PC){0,60}") {
            let _ = read(&bytes);
            let _ = read(html.as_bytes());
        }
    }
}
