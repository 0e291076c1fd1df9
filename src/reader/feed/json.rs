//! JSON Feed (jsonfeed.org, versions 1 and 1.1).

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Map, Value as Json};

use crate::analysis::language::Language;
use crate::article::{Draft, Origin};
use crate::diagnostic::Reason;
use crate::reader::json as records;
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::{Emit, Fault, Input, Item, MAX_RECORD, ReadOptions, Spot};

use super::channel::Channel;
use super::{link, without_mark};

/// The values of an item, besides its texts and links.
const VALUES: &[(&str, usize, Property)] = &[
    ("date_published", 0, Property::Date),
    ("date_modified", 1, Property::Date),
    ("authors", 0, Property::Author),
    ("author", 0, Property::Author),
    ("tags", 0, Property::Tag),
    ("id", 0, Property::Id),
    ("language", 0, Property::Language),
];

/// Reads the items of a feed or of a block of it.
pub(super) fn read(input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
    let bytes = without_mark(input.bytes);
    let is_beginning = input.head.is_empty() && input.first_record == 1;
    let head = match records::list_start(bytes) {
        Some(list) if is_beginning => &bytes[..list],
        None if is_beginning => return Err(no_items()),
        Some(_) | None => without_mark(input.head),
    };
    let start = input.offset + (input.bytes.len() - bytes.len()) as u64;
    let block = Block { bytes, start, channel: channel(head), options: input.options };
    for (number, (range, is_cut)) in (input.first_record..).zip(records::extents(bytes, input.head)) {
        emit(block.item(number, range, is_cut));
    }
    Ok(())
}

/// What all items of a block share.
struct Block<'a> {
    bytes: &'a [u8],
    /// Where `bytes` begin in the file.
    start: u64,
    channel: Channel,
    options: &'a ReadOptions,
}

impl Block<'_> {
    fn item(&self, number: u64, range: Range<usize>, is_cut: bool) -> Item {
        let bytes = Some((self.start + range.start as u64, range.len() as u64));
        let spot = Spot { member: None, record: Some(number), bytes };
        let mut notes = Vec::new();
        match self.draft(&self.bytes[range], is_cut, &mut notes) {
            Ok(draft) => Item::of(spot, draft, notes),
            Err(fault) => Item::Skip { spot, fault },
        }
    }

    fn draft(&self, bytes: &[u8], is_cut: bool, notes: &mut Vec<Fault>) -> Result<Draft, Fault> {
        if bytes.len() > MAX_RECORD {
            return Err(too_large());
        }
        let text = String::from_utf8_lossy(bytes);
        let item: Map<String, Json> = serde_json::from_str(&text).map_err(|error| broken(&error, is_cut))?;
        if let Cow::Owned(_) = text {
            notes.push(not_utf8());
        }
        let mut draft = Draft::default();
        (draft.body, draft.description) = texts_of(&item);
        draft.url = self.link(&item);
        stated(&item).fill(&mut draft, Origin::Metadata, self.options.day_order, notes);
        self.channel.complete(&mut draft);
        Ok(draft)
    }

    fn link(&self, item: &Map<String, Json>) -> Option<String> {
        link::absolute(item.get("url")?.as_str()?, self.channel.base.as_deref())
    }
}

/// The text, HTML before plain, and the summary; what stands in for a missing text is no summary.
fn texts_of(item: &Map<String, Json>) -> (String, Option<String>) {
    let text = |name: &str| item.get(name).and_then(Json::as_str).unwrap_or_default();
    let body = match super::html(text("content_html")) {
        html if html.is_empty() => values::plain_text(Cow::Borrowed(text("content_text"))),
        html => html,
    };
    let summary = values::line(&super::html(text("summary")));
    match (body.is_empty(), summary.is_empty()) {
        (true, _) => (summary, None),
        (false, true) => (body, None),
        (false, false) => (body, Some(summary)),
    }
}

fn stated(item: &Map<String, Json>) -> Stated<'_> {
    let mut stated = Stated::default();
    if let Some(title) = item.get("title").and_then(Json::as_str) {
        let title = super::html(title);
        stated.add(0, Property::Title, "title".into(), Value::One(Cow::Owned(title)));
    }
    for (name, rank, property) in VALUES {
        let texts = item.get(*name).map(texts).unwrap_or_default();
        if let (Property::Date | Property::Id | Property::Language, [one]) = (property, &texts[..]) {
            stated.add(*rank, *property, Cow::Borrowed(name), Value::One(Cow::Owned(one.clone())));
        } else if !texts.is_empty() {
            let texts = texts.into_iter().map(Cow::Owned).collect();
            stated.add(*rank, *property, Cow::Borrowed(name), Value::Many(texts));
        }
    }
    // What an entry is about is no address of its own: several entries may be about it.
    if let Some(link) = item.get("external_url").and_then(Json::as_str) {
        stated.add_other("external_url".into(), Value::One(Cow::Borrowed(link)));
    }
    stated
}

fn no_items() -> Fault {
    Fault { reason: Reason::Empty, message: "there is no list of items in it".to_owned(), hint: None }
}

fn too_large() -> Fault {
    let message = format!("the item has more than {} MB", MAX_RECORD >> 20);
    Fault { reason: Reason::TooLarge, message, hint: None }
}

fn not_utf8() -> Fault {
    let message = "not UTF-8: some byte sequences were replaced".to_owned();
    Fault {
        reason: Reason::Charset,
        message,
        hint: Some("JSON is UTF-8 (RFC 8259); convert the file".to_owned()),
    }
}

fn broken(error: &serde_json::Error, is_cut: bool) -> Fault {
    let (message, hint) = match is_cut {
        true => {
            (format!("the file ends inside this item ({error} of the item)"), "was the file copied whole?")
        }
        false => (format!("no JSON object: {error} of the item"), "the items after it are read"),
    };
    Fault { reason: Reason::Broken, message, hint: Some(hint.to_owned()) }
}

/// What the feed says of itself; `head` ends where its items begin.
fn channel(head: &[u8]) -> Channel {
    let whole = [head, b"null}"].concat();
    let feed: Map<String, Json> = serde_json::from_slice(&whole).unwrap_or_default();
    let texts = |name: &str| feed.get(name).map(texts).unwrap_or_default();
    let first = |name: &str| texts(name).into_iter().next();
    Channel {
        title: first("title").map(|title| values::line(&title)).filter(|title| !title.is_empty()),
        language: first("language").and_then(|tag| Language::parse(tag.trim())),
        base: first("home_page_url").and_then(|url| link::absolute(&url, None)),
        authors: ["authors", "author"]
            .iter()
            .flat_map(|name| texts(name))
            .filter_map(|name| values::tag(&name))
            .collect(),
    }
}

/// The texts of a value: a string or number, the name of an author, or a list of such.
fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::Array(values) => values.iter().filter_map(scalar).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
            scalar(value).into_iter().collect()
        }
    }
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Object(members) => members.get("name").and_then(Json::as_str).map(str::to_owned),
        Json::Null | Json::Bool(_) | Json::Array(_) => None,
    }
}
