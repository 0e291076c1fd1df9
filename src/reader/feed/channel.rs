//! What a feed says of itself, in front of its entries.

use crate::analysis::language::Language;
use crate::article::Draft;
use crate::reader::values;
use crate::reader::xml::{Event, Events, Tag};

use super::link;

/// What holds for all entries of a feed.
#[derive(Debug, Default)]
pub(super) struct Channel {
    /// The name of the feed.
    pub(super) title: Option<String>,
    /// The language of entries that state none.
    pub(super) language: Option<Language>,
    /// What relative links start from: `xml:base`, else the address of the site.
    pub(super) base: Option<String>,
    /// The authors of entries that name none (RFC 4287, 4.2.1).
    pub(super) authors: Vec<String>,
}

impl Channel {
    /// Adds to an article what its entry does not say.
    pub(super) fn complete(&self, draft: &mut Draft) {
        if draft.authors.is_empty() {
            draft.authors.clone_from(&self.authors);
        }
        draft.language = draft.language.or(self.language);
        if let Some(title) = &self.title {
            draft.meta.entry("source".to_owned()).or_insert_with(|| vec![title.clone()]);
        }
    }
}

/// Reads the channel from what stands before the first entry.
pub(super) fn read(head: &str) -> Channel {
    let mut reading = Reading::default();
    let mut events = Events::new(head);
    while let Some(event) = events.next() {
        if let Event::Start(tag) = event {
            reading.take(&tag, &mut events);
        }
    }
    let Reading { mut channel, site } = reading;
    channel.base = channel.base.or(site);
    channel
}

#[derive(Default)]
struct Reading {
    channel: Channel,
    site: Option<String>,
}

impl Reading {
    fn take(&mut self, tag: &Tag<'_>, events: &mut Events<'_>) {
        let channel = &mut self.channel;
        match tag.name.local() {
            "rss" | "RDF" | "feed" | "channel" => {
                channel.base = channel.base.take().or_else(|| tag.attribute("xml:base").map(Into::into));
                channel.language =
                    channel.language.or_else(|| Language::parse(tag.attribute("xml:lang")?.trim()));
            }
            "title" if channel.title.is_none() => {
                let title = values::line(&super::html(&events.text()));
                channel.title = (!title.is_empty()).then_some(title);
            }
            "language" => channel.language = Language::parse(events.text().trim()).or(channel.language),
            "link" if self.site.is_none() => self.site = site(tag, events),
            "author" if tag.name.prefix() != "itunes" => channel.authors.extend(author(events)),
            _ => events.skip(),
        }
    }
}

/// The address of the site: the text of RSS, the alternate link of Atom.
fn site(tag: &Tag<'_>, events: &mut Events<'_>) -> Option<String> {
    let text = events.text();
    let link = match tag.attribute("href") {
        Some(href) if tag.attribute("rel").is_none_or(|rel| rel == "alternate") => href,
        Some(_) => return None,
        None => text,
    };
    link::absolute(&link, None)
}

fn author(events: &mut Events<'_>) -> Option<String> {
    let depth = events.depth();
    let mut name = None;
    while let Some(event) = events.next_within(depth) {
        match event {
            Event::Start(tag) if tag.name.local() == "name" => name = values::tag(&events.text()),
            Event::Start(_) => events.skip(),
            Event::End(_) | Event::Text(_) => {}
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_of_all_kinds_are_read() {
        let cases = [
            (
                "<rss xml:lang='fr'><channel><atom:link rel='self' href='http://x.example/feed'/><title>T &amp; U</title>\
                 <link>http://x.example/</link><image><title>no</title></image><language>de-AT</language>",
                "T & U|de|http://x.example/|",
            ),
            (
                "<feed xml:lang='es' xml:base='http://x.example/b/'><title type='html'>&lt;b&gt;T&lt;/b&gt;</title>\
                 <link rel='self' href='http://x.example/a'/><author><name>Ann Lee</name><uri>u</uri></author>",
                "T|es|http://x.example/b/|Ann Lee",
            ),
            ("<rdf:RDF><channel rdf:about='x'><title>T</title><dc:language>ja", "T|ja||"),
            ("", "|||"),
        ];
        for (head, expected) in cases {
            let channel = read(head);
            let found = format!(
                "{}|{}|{}|{}",
                channel.title.unwrap_or_default(),
                channel.language.map(|language| language.to_string()).unwrap_or_default(),
                channel.base.unwrap_or_default(),
                channel.authors.join(";")
            );
            assert_eq!(found, expected, "{head}");
        }
    }
}
