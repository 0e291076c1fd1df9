//! One `<item>` or `<entry>` to an article.

use std::borrow::Cow;

use crate::article::{Draft, Origin};
use crate::diagnostic::LeftOut;
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::xml::{Event, Events, Outcome, Tag};
use crate::reader::{Fault, ReadOptions};

use super::channel::Channel;
use super::link;
use super::wording::{self, Wording};

/// What a child element of an entry says; a number is how sure it is, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Title,
    /// The text, or with a higher number something that stands in for it.
    Text(usize),
    Date(usize),
    Link,
    /// The link that a proxy of feeds has replaced.
    OriginalLink,
    Guid,
    Id,
    Author,
    Category,
    Language,
    /// The feed that an entry was taken from.
    Source,
    /// Whether it is a draft (RFC 5023, 13.1.1).
    Control,
    /// Kind and state in an export of Blogger.
    Kind,
    State,
    Ignored,
}

/// Child elements by prefix, as it is written by custom, and local name in lower case.
const PARTS: &[(&str, &str, Part)] = &[
    ("", "title", Part::Title),
    ("content", "encoded", Part::Text(0)),
    ("", "content", Part::Text(1)),
    ("xhtml", "body", Part::Text(2)),
    ("", "body", Part::Text(2)),
    ("", "fulltext", Part::Text(2)),
    ("", "description", Part::Text(FIRST_SUMMARY)),
    ("", "summary", Part::Text(FIRST_SUMMARY + 1)),
    ("dc", "description", Part::Text(FIRST_SUMMARY + 2)),
    ("itunes", "summary", Part::Text(FIRST_SUMMARY + 3)),
    ("itunes", "subtitle", Part::Text(FIRST_SUMMARY + 4)),
    ("", "pubdate", Part::Date(0)),
    ("", "published", Part::Date(0)),
    ("", "issued", Part::Date(1)),
    ("dc", "date", Part::Date(1)),
    ("dcterms", "issued", Part::Date(1)),
    ("prism", "publicationdate", Part::Date(1)),
    ("dcterms", "created", Part::Date(2)),
    ("", "created", Part::Date(2)),
    ("", "date", Part::Date(2)),
    ("", "updated", Part::Date(3)),
    ("", "modified", Part::Date(3)),
    ("dcterms", "modified", Part::Date(3)),
    ("", "link", Part::Link),
    ("feedburner", "origlink", Part::OriginalLink),
    ("", "guid", Part::Guid),
    ("", "id", Part::Id),
    ("dc", "identifier", Part::Id),
    ("", "author", Part::Author),
    ("dc", "creator", Part::Author),
    ("itunes", "author", Part::Author),
    ("", "category", Part::Category),
    ("dc", "subject", Part::Category),
    ("", "language", Part::Language),
    ("dc", "language", Part::Language),
    ("", "source", Part::Source),
    ("app", "control", Part::Control),
    ("app", "edited", Part::Ignored),
    ("blogger", "type", Part::Kind),
    ("blogger", "status", Part::State),
    ("", "comments", Part::Ignored),
    ("", "enclosure", Part::Ignored),
    ("", "generator", Part::Ignored),
    ("", "image", Part::Ignored),
    ("", "thumbnail", Part::Ignored),
];

/// From this rank on a text is a summary, unless there is no other.
const FIRST_SUMMARY: usize = 3;

/// Prefixes of elements about pictures, sound, comments and the upkeep of feeds.
const IGNORED_PREFIXES: &[&str] = &[
    "media",
    "itunes",
    "slash",
    "wfw",
    "thr",
    "gd",
    "feedburner",
    "sy",
    "webfeeds",
    "georss",
    "geo",
    "googleplay",
    "podcast",
    "atom10",
    "pingback",
    "trackback",
    "annotate",
    "cc",
    "creativecommons",
    "psc",
    "yt",
];

/// Prefixes under which elements of RSS and Atom appear in each other.
const OWN_PREFIXES: &[&str] = &["atom", "a10", "a", "rss", "rss1", "ns0"];

/// The scheme of the category that tells the kind of an entry in an export of Blogger.
const BLOGGER_KIND: &str = "http://schemas.google.com/g/2005#kind";

/// Kinds of entries of Blogger that are articles.
const BLOGGER_ARTICLES: &[&str] = &["post", "page"];

/// What was read of an entry.
#[derive(Default)]
struct Entry<'t> {
    is_atom: bool,
    base: Option<Cow<'t, str>>,
    stated: Stated<'t>,
    texts: Vec<(usize, String)>,
    link: Option<String>,
    original_link: Option<String>,
    guid_link: Option<String>,
    source: Option<String>,
    kind: Option<String>,
    is_draft: bool,
}

/// Reads one entry.
pub(super) fn read(text: &str, channel: &Channel, options: &ReadOptions, notes: &mut Vec<Fault>) -> Outcome {
    let mut entry = Entry::default();
    let mut events = Events::new(text);
    if let Some(Event::Start(root)) = events.next() {
        entry.take_root(&root);
    }
    while let Some(event) = events.next() {
        if let Event::Start(tag) = event {
            entry.take(&tag, &mut events, channel);
        }
    }
    notes.extend(events.too_deep());
    if let Some(left_out) = entry.left_out(options) {
        return Outcome::LeftOut(left_out);
    }
    Outcome::Draft(Box::new(entry.draft(channel, options, notes)))
}

/// What an element says, by its name; `None` when that is not known.
fn part(prefix: &str, local: &str) -> Option<Part> {
    let prefix = if OWN_PREFIXES.contains(&prefix) { "" } else { prefix };
    let is_same = |(known, name, _): &&(&str, &str, Part)| {
        known.eq_ignore_ascii_case(prefix) && name.eq_ignore_ascii_case(local)
    };
    let ignored = || IGNORED_PREFIXES.iter().any(|ignored| ignored.eq_ignore_ascii_case(prefix));
    PARTS.iter().find(is_same).map(|(_, _, part)| *part).or_else(|| ignored().then_some(Part::Ignored))
}

impl<'t> Entry<'t> {
    fn take_root(&mut self, root: &Tag<'t>) {
        self.is_atom = root.name.local() == "entry";
        self.base = root.attribute("xml:base");
        if let Some(language) = root.attribute("xml:lang") {
            self.stated.add(2, Property::Language, "xml:lang".into(), Value::One(language));
        }
    }

    fn take(&mut self, tag: &Tag<'t>, events: &mut Events<'t>, channel: &Channel) {
        let (prefix, local) = tag.name.split();
        match part(prefix, local) {
            Some(Part::Title) => self.take_title(prefix, tag, events),
            Some(Part::Text(rank)) => self.take_text(rank, tag, events),
            Some(Part::Date(rank)) => self.take_value(rank, Property::Date, local, events),
            Some(Part::Link) => self.take_link(tag, events, channel),
            Some(Part::OriginalLink) => self.original_link = link::absolute(&events.text(), None),
            Some(Part::Guid) => self.take_guid(tag, events),
            Some(Part::Id) => self.take_value(0, Property::Id, local, events),
            Some(Part::Author) => self.take_author(events),
            Some(Part::Category) => self.take_category(tag, events),
            Some(Part::Language) => self.take_value(0, Property::Language, local, events),
            Some(Part::Source) => self.source = source(events).or(self.source.take()),
            Some(Part::Control) => self.is_draft |= events.text().trim().eq_ignore_ascii_case("yes"),
            Some(Part::Kind) => self.kind = Some(events.text().trim().to_ascii_lowercase()),
            Some(Part::State) => self.is_draft |= !events.text().trim().eq_ignore_ascii_case("live"),
            Some(Part::Ignored) => events.skip(),
            None => self.take_other(prefix, local, events),
        }
    }

    fn take_value(&mut self, rank: usize, property: Property, name: &'t str, events: &mut Events<'t>) {
        self.stated.add(rank, property, Cow::Borrowed(name), Value::One(events.text()));
    }

    fn wording(&self, tag: &Tag<'_>) -> Option<Wording> {
        let says = tag.attribute("type").is_some() || tag.attribute("mode").is_some();
        if says || self.is_atom { Wording::of(tag) } else { Some(Wording::Html) }
    }

    fn take_title(&mut self, prefix: &str, tag: &Tag<'t>, events: &mut Events<'t>) {
        let content = events.content();
        let Some(wording) = self.wording(tag) else { return };
        let title = wording::line(content, wording);
        let rank = usize::from(!prefix.is_empty());
        self.stated.add(rank, Property::Title, "title".into(), Value::One(Cow::Owned(title)));
    }

    fn take_text(&mut self, rank: usize, tag: &Tag<'t>, events: &mut Events<'t>) {
        let content = events.content();
        if let Some(language) = tag.attribute("xml:lang") {
            self.stated.add(1, Property::Language, "xml:lang".into(), Value::One(language));
        }
        let Some(wording) = self.wording(tag) else { return };
        let text = wording::text(content, wording);
        if !text.is_empty() {
            self.texts.push((rank, text));
        }
    }

    /// RSS links by text, Atom by `href`; of several the alternate one counts (RFC 4287, 4.2.7.2).
    fn take_link(&mut self, tag: &Tag<'t>, events: &mut Events<'t>, channel: &Channel) {
        let text = events.text();
        let is_alternate = tag.attribute("rel").is_none_or(|rel| rel == "alternate");
        if !is_alternate || self.link.is_some() {
            return;
        }
        let link = tag.attribute("href").unwrap_or(text);
        self.link = link::absolute(&link, self.base(channel));
    }

    fn base<'c>(&'c self, channel: &'c Channel) -> Option<&'c str> {
        let own = self.base.as_deref().filter(|base| base.contains("://"));
        own.or(channel.base.as_deref())
    }

    /// The guid is the id, and unless it says otherwise a link (RSS 2.0).
    fn take_guid(&mut self, tag: &Tag<'t>, events: &mut Events<'t>) {
        let guid = events.text();
        let is_link = tag.attribute("isPermaLink").is_none_or(|value| !value.eq_ignore_ascii_case("false"));
        if is_link {
            // A guid that is no whole address is only an id, whatever it says of itself.
            self.guid_link = link::absolute(&guid, None).or(self.guid_link.take());
        }
        self.stated.add(0, Property::Id, "guid".into(), Value::One(guid));
    }

    fn take_author(&mut self, events: &mut Events<'t>) {
        let depth = events.depth();
        let (mut text, mut name) = (String::new(), None);
        while let Some(event) = events.next_within(depth) {
            match event {
                Event::Text(piece) => text.push_str(&piece),
                Event::Start(tag) if tag.name.local() == "name" => name = Some(events.text()),
                Event::Start(_) => events.skip(),
                Event::End(_) => {}
            }
        }
        // Names of elements are names; the text of RSS may list several.
        let value = match name {
            Some(name) => Value::Many(vec![name]),
            None => Value::One(Cow::Owned(without_address(&text).to_owned())),
        };
        self.stated.add(0, Property::Author, "author".into(), value);
    }

    fn take_category(&mut self, tag: &Tag<'t>, events: &mut Events<'t>) {
        let text = events.text();
        let term = tag.attribute("term");
        if tag.attribute("scheme").is_some_and(|scheme| scheme == BLOGGER_KIND) {
            self.kind = term.map(|term| term.rsplit('#').next().unwrap_or_default().to_owned());
            return;
        }
        let label = tag.attribute("label").filter(|label| !label.trim().is_empty());
        let category = label.or(term).unwrap_or(text);
        let property = match tag.attribute("domain").as_deref() {
            Some("category") => Property::Section,
            Some(_) | None => Property::Tag,
        };
        self.stated.add(0, property, "category".into(), Value::Many(vec![category]));
    }

    fn take_other(&mut self, prefix: &'t str, local: &'t str, events: &mut Events<'t>) {
        let name = match prefix {
            "" => Cow::Borrowed(local),
            prefix => Cow::Owned(format!("{prefix}:{local}")),
        };
        self.stated.add_other(name, Value::One(events.text()));
    }

    fn left_out(&self, options: &ReadOptions) -> Option<LeftOut> {
        match &self.kind {
            Some(kind) if !BLOGGER_ARTICLES.contains(&kind.as_str()) => Some(LeftOut::NoArticle),
            Some(_) | None => (self.is_draft && !options.unpublished).then_some(LeftOut::Unpublished),
        }
    }

    fn draft(mut self, channel: &Channel, options: &ReadOptions, notes: &mut Vec<Fault>) -> Draft {
        let mut draft = Draft::default();
        (draft.body, draft.description) = body_and_summary(self.texts);
        draft.url = self.original_link.or(self.link).or(self.guid_link);
        for (name, value) in [("source", self.source), ("type", self.kind)] {
            if let Some(value) = value {
                self.stated.add_other(name.into(), Value::One(Cow::Owned(value)));
            }
        }
        if self.is_draft {
            self.stated.add_other("status".into(), Value::One("draft".into()));
        }
        self.stated.fill(&mut draft, Origin::Metadata, options.day_order, notes);
        channel.complete(&mut draft);
        draft
    }
}

/// The surest text, and of what stands in for a text the surest that says something else.
fn body_and_summary(mut texts: Vec<(usize, String)>) -> (String, Option<String>) {
    texts.sort_by_key(|(rank, _)| *rank);
    let mut texts = texts.into_iter();
    let Some((_, body)) = texts.next() else { return (String::new(), None) };
    let summary = texts.filter(|(rank, _)| *rank >= FIRST_SUMMARY).map(|(_, text)| values::line(&text));
    let summary =
        summary.filter(|summary| !summary.is_empty()).find(|summary| *summary != values::line(&body));
    (body, summary)
}

/// `ann@gazette.example (Ann Lee)` names Ann Lee (RSS 2.0).
fn without_address(author: &str) -> &str {
    let author = author.trim();
    let name = author.split_once('(').and_then(|(address, name)| {
        let is_address = address.contains('@') && !address.trim().contains(' ');
        name.strip_suffix(')').filter(|name| is_address && !name.trim().is_empty())
    });
    name.unwrap_or(author)
}

/// The name of the feed that an entry was taken from: the text in RSS, the title in Atom.
fn source(events: &mut Events<'_>) -> Option<String> {
    let depth = events.depth();
    let (mut text, mut title) = (String::new(), None);
    while let Some(event) = events.next_within(depth) {
        match event {
            Event::Text(piece) => text.push_str(&piece),
            Event::Start(tag) if tag.name.local() == "title" => title = Some(events.text().into_owned()),
            Event::Start(_) => events.skip(),
            Event::End(_) => {}
        }
    }
    let name = values::line(&super::html(&title.unwrap_or(text)));
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        let channel = Channel { base: Some("https://x.example/".to_owned()), ..Channel::default() };
        match read(text, &channel, &ReadOptions::default(), &mut Vec::new()) {
            Outcome::Draft(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn addresses_of_entries() {
        for (text, expected) in [
            (
                "<item><link>https://x.example/1</link><guid>https://x.example/?p=1</guid></item>",
                Some("https://x.example/1"),
            ),
            ("<item><guid>https://x.example/2</guid></item>", Some("https://x.example/2")),
            ("<item><guid isPermaLink='false'>https://x.example/2</guid></item>", None),
            ("<item><guid>post-2</guid></item>", None),
            ("<item><link>/3</link></item>", Some("https://x.example/3")),
            (
                "<entry><link rel='self' href='https://x.example/a'/><link href='b'/></entry>",
                Some("https://x.example/b"),
            ),
            (
                "<entry xml:base='https://y.example/c/'><link href='d'/></entry>",
                Some("https://y.example/c/d"),
            ),
            (
                "<item><link>https://proxy.example/5</link><feedburner:origLink>https://x.example/5</feedburner:origLink></item>",
                Some("https://x.example/5"),
            ),
        ] {
            assert_eq!(draft(text).url.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn bodies_and_summaries() {
        for (text, body, summary) in [
            ("<item><description>a</description></item>", "a", None),
            ("<item><description>a</description><content:encoded>b</content:encoded></item>", "b", Some("a")),
            ("<item><description>a</description><content:encoded/></item>", "a", None),
            (
                "<item><description>&lt;p>a&lt;/p></description><content:encoded>a</content:encoded></item>",
                "a",
                None,
            ),
            (
                "<entry><summary>a</summary><content type='xhtml'><div><p>b</p><p>c</p></div></content></entry>",
                "b\n\nc",
                Some("a"),
            ),
            ("<entry><content>1 &lt; 2</content></entry>", "1 < 2", None),
            ("<entry><content type='image/png' src='a'/><summary>b</summary></entry>", "b", None),
            ("<item><description><p>raw</p>html</description></item>", "raw\n\nhtml", None),
        ] {
            let draft = draft(text);
            assert_eq!((draft.body.as_str(), draft.description.as_deref()), (body, summary), "{text}");
        }
    }

    #[test]
    fn authors_are_named() {
        for (text, expected) in [
            ("<item><author>ann@x.example (Ann Lee)</author></item>", &["Ann Lee"][..]),
            (
                "<item><dc:creator>Ann Lee</dc:creator><author>Ann Lee and Bob Ray</author></item>",
                &["Ann Lee", "Bob Ray"],
            ),
            (
                "<entry><author><name>Smith and Sons</name><email>x</email></author></entry>",
                &["Smith and Sons"],
            ),
            ("<item/>", &[]),
        ] {
            assert_eq!(draft(text).authors, expected, "{text}");
        }
    }

    #[test]
    fn kinds_and_states_of_blogger() {
        let kind = |kind: &str, more: &str| {
            format!(
                "<entry><title>T</title><category scheme='{BLOGGER_KIND}' term='http://x/2008/kind#{kind}'/>{more}</entry>"
            )
        };
        let draft = "<app:control><app:draft>yes</app:draft></app:control>";
        for (text, unpublished, expected) in [
            (kind("post", ""), false, None),
            (kind("page", ""), false, None),
            (kind("comment", ""), true, Some(LeftOut::NoArticle)),
            (kind("template", ""), false, Some(LeftOut::NoArticle)),
            (kind("settings", ""), false, Some(LeftOut::NoArticle)),
            (kind("post", draft), false, Some(LeftOut::Unpublished)),
            (kind("post", draft), true, None),
            (
                "<entry><blogger:type>COMMENT</blogger:type></entry>".to_owned(),
                false,
                Some(LeftOut::NoArticle),
            ),
            (
                "<entry><blogger:type>POST</blogger:type><blogger:status>DRAFT</blogger:status></entry>"
                    .to_owned(),
                false,
                Some(LeftOut::Unpublished),
            ),
        ] {
            let options = ReadOptions { unpublished, ..ReadOptions::default() };
            let found = match read(&text, &Channel::default(), &options, &mut Vec::new()) {
                Outcome::LeftOut(what) => Some(what),
                Outcome::Draft(_) | Outcome::Skip(_) => None,
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
