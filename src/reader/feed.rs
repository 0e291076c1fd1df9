//! Feeds: RSS 0.9 to 2.0 (rssboard.org), RSS 1.0 (RDF), Atom (RFC 4287; also 0.3), JSON Feed (jsonfeed.org), and the
//! export of Blogger, which is Atom.
//!
//! Each entry is an article. What is said of the whole feed (`channel`) completes its entries: language, source, the
//! address that relative links start from. `entry` and `json` read entries; what the formats have in common, `wording`.

use crate::reader::json::{self as records, JsonCutter};
use crate::reader::xml::{self, Source, XmlCutter};
use crate::reader::{Cutter, Emit, Fault, Input, Reader};

mod channel;
mod entry;
mod json;
mod link;
mod wording;

pub(super) use wording::html;

/// The elements that are entries.
const ENTRIES: &[&str] = &["item", "entry"];

/// What the start tag of the root says, for each element that is the root of a feed: one of these must be in it.
const ROOTS: &[(&str, &[&str])] = &[
    ("rss", &[""]),
    ("feed", &["w3.org/2005/Atom", "purl.org/atom/"]),
    ("RDF", &["purl.org/rss/1.0", "purl.org/net/rss", "my.netscape.com/rdf"]),
];

/// RSS, Atom and JSON feeds.
#[derive(Debug)]
pub struct Feed;

impl Reader for Feed {
    fn name(&self) -> &'static str {
        "feed"
    }

    fn about(&self) -> &'static str {
        "RSS, Atom and JSON feeds, exports of Blogger"
    }

    fn reads(&self) -> &'static str {
        "each entry: its whole text, else its summary; date, authors, categories as tags, link; the feed's language"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rss", "atom", "json"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        is_json_feed(head) || is_xml_feed(head)
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(FeedCutter::default()))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let beginning = if input.head.is_empty() { input.bytes } else { input.head };
        if is_json(beginning) {
            return json::read(input, emit);
        }
        let source = Source::new(input, ENTRIES);
        let channel = channel::read(source.head());
        source.read(emit, |text, notes| entry::read(text, &channel, input.options, notes))
    }
}

fn is_xml_feed(head: &[u8]) -> bool {
    let Some((name, rest)) = xml::root(head) else { return false };
    let local = name.split_once(':').map_or(name.as_str(), |(_, local)| local);
    ROOTS.iter().any(|(root, signs)| *root == local && signs.iter().any(|sign| rest.contains(sign)))
}

/// Whether the head of a file names the version of JSON Feed; slashes may be escaped.
fn is_json_feed(head: &[u8]) -> bool {
    const VERSIONS: &[&[u8]] = &[b"jsonfeed.org/version/", b"jsonfeed.org\\/version\\/"];
    is_json(head)
        && memchr::memmem::find(head, b"\"version\"").is_some()
        && VERSIONS.iter().any(|version| memchr::memmem::find(head, version).is_some())
}

fn is_json(bytes: &[u8]) -> bool {
    without_mark(bytes).trim_ascii_start().starts_with(b"{")
}

/// `bytes` without a UTF-8 byte order mark.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Cuts a feed between its entries, once its first bytes have told which kind it is.
#[derive(Default)]
struct FeedCutter {
    cutter: Option<Box<dyn Cutter>>,
}

impl FeedCutter {
    fn known(&mut self, buffer: &[u8]) -> &mut dyn Cutter {
        let cutter = self.cutter.get_or_insert_with(|| match is_json(buffer) {
            true => Box::new(JsonCutter::default()),
            false => Box::new(XmlCutter::new(ENTRIES)),
        });
        cutter.as_mut()
    }
}

impl Cutter for FeedCutter {
    fn head(&mut self, buffer: &[u8], last: bool) -> Option<usize> {
        if !is_json(buffer) {
            return XmlCutter::new(ENTRIES).head(buffer, last);
        }
        let unmarked = without_mark(buffer);
        let list = records::list_start(unmarked).map(|start| buffer.len() - unmarked.len() + start);
        if last { Some(list.unwrap_or(0)) } else { list }
    }

    fn cut(&mut self, buffer: &[u8], last: bool) -> (usize, u64) {
        // A byte order mark and blanks tell nothing yet.
        let is_untold = b"\xef\xbb\xbf".starts_with(buffer) || without_mark(buffer).trim_ascii().is_empty();
        if self.cutter.is_none() && is_untold && !last {
            return (0, 0);
        }
        self.known(buffer).cut(buffer, last)
    }

    fn resync(&mut self, buffer: &[u8]) -> Option<usize> {
        self.known(buffer).resync(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Item, ReadOptions};

    fn items(bytes: &[u8]) -> Vec<Item> {
        let options = ReadOptions::default();
        let mut items = Vec::new();
        let _ = Feed.read(&Input::whole("a.xml", bytes, &options), &mut |item| items.push(item));
        items
    }

    #[test]
    fn feeds_are_told_from_other_files() {
        let cases: &[(&[u8], bool)] = &[
            (b"<?xml version='1.0'?>\n<rss version='2.0'>", true),
            (b"\n\n<?xml version='1.0'?><!-- a feed --><rss>", true),
            (b"<feed xmlns='http://www.w3.org/2005/Atom'>", true),
            (b"<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'>", true),
            (b"<feed version='0.3' xmlns='http://purl.org/atom/ns#'>", true),
            (b"<rdf:RDF xmlns:rdf='x' xmlns='http://purl.org/rss/1.0/'>", true),
            (b"<rdf:RDF xmlns:rdf='x' xmlns:foaf='http://xmlns.com/foaf/0.1/'>", false),
            (b"<feed><fodder/></feed>", false),
            (b"\xff\xfe<\0r\0s\0s\0>\0", true),
            (b"{\"version\": \"https://jsonfeed.org/version/1\"", true),
            (b" {\"title\": \"T\", \"version\":\"https:\\/\\/jsonfeed.org\\/version\\/1.1\"", true),
            (b"{\"version\": \"1\", \"items\": []", false),
            (b"<html>", false),
            (b"", false),
        ];
        for (head, expected) in cases {
            assert_eq!(Feed.sniff(head), *expected, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn hostile_feeds_are_read_in_linear_time() {
        let parts = [
            "<item>",
            "<item><title>",
            "<item><description>&lt;p>",
            "<entry><content type='xhtml'>",
            "<item><link>",
        ];
        for part in parts {
            let hostile = format!("<rss>{}", part.repeat(200_000 / part.len()));
            let _ = items(hostile.as_bytes()).len();
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, text in "(</?(rss|item|entry|title|content|link|author|category|dc:date|description)( type='xhtml'| href='/a')?/?>|&|<|http://a|2001-02-03|\\PC){0,40}", json in "([{}\\[\\]:,]|\"(items|title|url|authors|tags|content_html)\"|\"[a<>]\"|1){0,40}") {
            items(&bytes);
            items(text.as_bytes());
            items(format!("{{\"items\":[{json}").as_bytes());
        }
    }
}
