//! What a crawler brought home: WARC files (ISO 28500, versions 1.0 and 1.1, and the drafts 0.17 and 0.18).
//!
//! Pages of HTML and plain text that were answered with status 200 are articles. A page that was found unchanged, an
//! answer without a page and data without text are counted as left out; what the crawler wrote for itself (requests,
//! metadata, its own logs) is no answer of anybody and is not counted. Records lie where `record` finds them.

use std::borrow::Cow;

use crate::article::Draft;
use crate::diagnostic::{LeftOut, Reason};
use crate::reader::capture::{self, Capture};
use crate::reader::html::Html;
use crate::reader::json::Json;
use crate::reader::recognise::recognise;
use crate::reader::values;
use crate::reader::{Cutter, Emit, Fault, Input, Item, ReadOptions, Reader, Recognised, Spot};

mod fields;
mod http;
mod record;

use fields::Fields;
use http::Response;
use record::Found;

/// How much of a page is looked at to tell what it is.
const HEAD: usize = 1024;

/// Files that a site keeps for programs, not for readers.
const FOR_PROGRAMS: &[&str] =
    &["/robots.txt", "/ads.txt", "/app-ads.txt", "/sellers.json", "/humans.txt", "/llms.txt"];

/// Files of records of a crawl.
#[derive(Debug)]
pub struct Warc;

impl Reader for Warc {
    fn name(&self) -> &'static str {
        "warc"
    }

    fn about(&self) -> &'static str {
        "what a crawler brought home (WARC), also the text that was made of it (WET)"
    }

    fn reads(&self) -> &'static str {
        "every page as html does, with its address; the time of capture is kept as `captured`"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["warc", "wet"]
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn sniff(&self, head: &[u8]) -> bool {
        record::is_start(head)
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(WarcCutter))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let (mut number, mut from) = (input.first_record, 0);
        while let Some(at) = record::start(input.bytes, from) {
            let Found::Record(found) = record::record(input.bytes, at, true) else { break };
            let length = found.block.end - at;
            let bytes = Some((input.offset + at as u64, length as u64));
            let spot = Spot { bytes, ..Spot::record(number) };
            let record = Record {
                fields: Fields(&input.bytes[found.head]),
                block: &input.bytes[found.block],
                is_damaged: found.is_damaged,
            };
            if let Some(item) = record.item(spot, input.options) {
                emit(item);
            }
            number += 1;
            from = found.next;
        }
        if from == 0 && input.first_record == 1 { Err(no_record()) } else { Ok(()) }
    }
}

/// Cuts between records, by their lengths.
struct WarcCutter;

impl Cutter for WarcCutter {
    fn cut(&mut self, buffer: &[u8], last: bool) -> (usize, u64) {
        let (mut end, mut count) = (0, 0);
        while let Some(at) = record::start(buffer, end) {
            let Found::Record(found) = record::record(buffer, at, last) else { break };
            (end, count) = (found.next, count + 1);
        }
        if last { (buffer.len(), count) } else { (end, count) }
    }

    fn resync(&mut self, buffer: &[u8]) -> Option<usize> {
        record::start(buffer, 1)
    }

    fn pass_over(&mut self, buffer: &[u8]) -> Option<(u64, Option<LeftOut>)> {
        if !record::is_start(buffer) {
            return None;
        }
        let (head, block) = buffer.split_at(fields::head_length(buffer)?);
        let length = record::block_length(head)?;
        let block = &block[..length.min(block.len())];
        // Behind a record stand two line ends.
        let whole = (head.len() as u64).checked_add(length as u64)?.checked_add(4)?;
        match (Record { fields: Fields(head), block, is_damaged: false }).verdict() {
            Verdict::LeftOut(what) => Some((whole, Some(what))),
            Verdict::Silent => Some((whole, None)),
            Verdict::Read(_) => None,
        }
    }
}

/// A record: its own head and what it holds.
struct Record<'a> {
    fields: Fields<'a>,
    block: &'a [u8],
    is_damaged: bool,
}

/// What is to be done with a record.
enum Verdict<'a> {
    Read(Payload<'a>),
    LeftOut(LeftOut),
    /// The crawler wrote it for itself.
    Silent,
}

/// A page before it is decoded.
struct Payload<'a> {
    kind: Kind,
    charset: Option<String>,
    body: Body<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Plain,
    /// Nobody says what it is.
    Unstated,
}

enum Body<'a> {
    Bare(&'a [u8]),
    Answer(Response<'a>),
}

impl<'a> Body<'a> {
    fn decoded(&self) -> Cow<'a, [u8]> {
        match self {
            Body::Bare(bytes) => Cow::Borrowed(bytes),
            Body::Answer(response) => response.decoded_body(),
        }
    }

    /// A field of the answer's head.
    fn field(&self, name: &str) -> Option<Cow<'a, str>> {
        match self {
            Body::Bare(_) => None,
            Body::Answer(response) => response.fields.get(name),
        }
    }
}

impl<'a> Record<'a> {
    fn item(&self, spot: Spot, options: &ReadOptions) -> Option<Item> {
        if self.fields.0.is_empty() {
            return Some(Item::Skip { spot, fault: no_head() });
        }
        let payload = match self.verdict() {
            Verdict::Read(payload) => payload,
            Verdict::LeftOut(what) => return Some(Item::LeftOut { spot, what }),
            Verdict::Silent => return None,
        };
        Some(match self.article(&payload, options) {
            Ok(Some((mut draft, mut notes))) => {
                self.add_meta(&mut draft, &payload);
                notes.extend(self.notes());
                Item::Draft { spot, draft: Box::new(draft), notes }
            }
            Ok(None) => Item::LeftOut { spot, what: LeftOut::NoText },
            Err(fault) => Item::Skip { spot, fault },
        })
    }

    /// Decides by the heads alone, so that pictures need not be looked at.
    fn verdict(&self) -> Verdict<'a> {
        let kind = self.fields.get("WARC-Type").unwrap_or_default().to_ascii_lowercase();
        match kind.as_str() {
            "response" | "resource" | "conversion" => {}
            "revisit" => return Verdict::LeftOut(LeftOut::Revisit),
            // warcinfo, request, metadata, continuation, and what later versions may add
            _ => return Verdict::Silent,
        }
        let Some(url) = self.url() else { return Verdict::Silent };
        if is_for_programs(&url) {
            return Verdict::LeftOut(LeftOut::NoArticle);
        }
        let (body, content_type) = match self.body() {
            Ok(found) => found,
            Err(what) => return Verdict::LeftOut(what),
        };
        let (essence, charset) = http::media_type(&content_type);
        match payload_kind(&essence) {
            Some(kind) => Verdict::Read(Payload { kind, charset, body }),
            None => Verdict::LeftOut(LeftOut::NoText),
        }
    }

    /// The address of the page, if it is one of the web; others name what crawlers keep for themselves.
    fn url(&self) -> Option<Cow<'a, str>> {
        let url = self.fields.get("WARC-Target-URI")?;
        capture::host(url.trim_start_matches('<')).is_some().then_some(url)
    }

    /// What the record holds, and of which type it is.
    fn body(&self) -> Result<(Body<'a>, Cow<'a, str>), LeftOut> {
        let content_type = self.fields.get("Content-Type").unwrap_or_default();
        match Response::parse(self.block, content_type.starts_with("application/http")) {
            Some(response) if response.status == Some(200) => {
                let content_type = response.fields.get("Content-Type").unwrap_or_default();
                Ok((Body::Answer(response), content_type))
            }
            Some(_) => Err(LeftOut::NoPage),
            None => Ok((Body::Bare(self.block), content_type)),
        }
    }

    fn article(
        &self,
        payload: &Payload<'_>,
        options: &ReadOptions,
    ) -> Result<Option<(Draft, Vec<Fault>)>, Fault> {
        let body = payload.body.decoded();
        let Some(kind) = sniffed(payload.kind, &body) else { return Ok(None) };
        let (url, time) = (self.url(), self.fields.get("WARC-Date"));
        let capture =
            Capture { url: url.as_deref(), time: time.as_deref(), charset: payload.charset.as_deref() };
        let (draft, notes) = match kind {
            Kind::Html => capture.page(&body, options)?,
            Kind::Plain | Kind::Unstated => capture.text(&body, options)?,
        };
        // A page that shows nothing is a frame, a pixel that counts readers, or made by its scripts.
        let is_empty = draft.title.is_none() && draft.body.is_empty();
        Ok((!is_empty).then_some((draft, notes)))
    }

    fn add_meta(&self, draft: &mut Draft, payload: &Payload<'_>) {
        let modified = payload.body.field("Last-Modified");
        for (name, value) in
            [("warc-record-id", self.fields.get("WARC-Record-ID")), ("last-modified", modified)]
        {
            if let Some(value) = value.map(|value| values::line(&value)).filter(|value| !value.is_empty()) {
                draft.meta.entry(name.to_owned()).or_insert_with(|| vec![value]);
            }
        }
    }

    fn notes(&self) -> Vec<Fault> {
        let truncated = self.fields.get("WARC-Truncated");
        let truncated = truncated.map(|why| format!("the crawler kept a part of the page only ({why})"));
        let damaged = self.is_damaged.then(|| "the record does not end where its length says".to_owned());
        let note = |reason| move |message| Fault { reason, message, hint: None };
        truncated.map(note(Reason::Trimmed)).into_iter().chain(damaged.map(note(Reason::Broken))).collect()
    }
}

fn is_for_programs(url: &str) -> bool {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let path = url.splitn(4, '/').nth(3).map_or("/", |path| &url[url.len() - path.len() - 1..]);
    FOR_PROGRAMS.contains(&path) || path.starts_with("/.well-known/")
}

/// Which types may hold a page; `None` for data.
fn payload_kind(essence: &str) -> Option<Kind> {
    match essence {
        "text/html" | "application/xhtml+xml" | "application/vnd.wap.xhtml+xml" => Some(Kind::Html),
        "text/plain" => Some(Kind::Plain),
        "" | "unk" | "application/octet-stream" | "binary/octet-stream" | "no-type" => Some(Kind::Unstated),
        _ => None,
    }
}

/// What a page is by its first bytes; `None` when it is no page, whatever was stated.
fn sniffed(stated: Kind, body: &[u8]) -> Option<Kind> {
    let head = &body[..body.len().min(HEAD)];
    let is_text = matches!(recognise("", head, Some("html")), Recognised::Read(_));
    if !is_text || head.trim_ascii().is_empty() || Json.sniff(head) {
        return None;
    }
    match stated {
        _ if Html.sniff(head) => Some(Kind::Html),
        Kind::Html => Some(Kind::Html),
        Kind::Plain => Some(Kind::Plain),
        Kind::Unstated => None,
    }
}

fn no_head() -> Fault {
    Fault {
        reason: Reason::Broken,
        message: "the head of the record does not end".to_owned(),
        hint: Some("the records after it are read".to_owned()),
    }
}

fn no_record() -> Fault {
    Fault {
        reason: Reason::Broken,
        message: "no record in it: no line \"WARC/1.0\" or the like".to_owned(),
        hint: Some("is the file whole?".to_owned()),
    }
}

#[cfg(test)]
mod tests;
