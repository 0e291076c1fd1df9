//! Dumps of wikis: the export format of MediaWiki (`pages-articles.xml`, with or without history).

use std::borrow::Cow;

use crate::article::{Draft, Origin, Published};
use crate::diagnostic::LeftOut;
use crate::reader::values::{self, Property, Stated, Value, push_new};
use crate::reader::xml::{self, Event, Events, Outcome, Source, XmlCutter};
use crate::reader::{Cutter, Emit, Fault, Input, ReadOptions, Reader};

mod inner;
mod lines;
mod link;
mod tags;
mod template;
mod wiki;
mod wikitext;

use wiki::Wiki;

/// The element that holds a page.
const PAGES: &[&str] = &["page"];

/// The content models that are wikitext ("Manual:Page content models"); a dump without one has nothing else.
const WIKITEXT: &str = "wikitext";

/// Dumps of wikis.
#[derive(Debug)]
pub struct MediaWiki;

impl Reader for MediaWiki {
    fn name(&self) -> &'static str {
        "mediawiki"
    }

    fn about(&self) -> &'static str {
        "dumps of MediaWiki: the articles of a wiki in one XML file"
    }

    fn reads(&self) -> &'static str {
        "pages of the main namespace in their latest revision; categories as tags, the day of a Wikinews page; no \
         templates, notes and redirects"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["mediawiki"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        xml::root(head).is_some_and(|(name, _)| name == "mediawiki")
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(XmlCutter::new(PAGES)))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let source = Source::new(input, PAGES);
        let wiki = wiki_of(source.head());
        source.read(emit, |text, notes| outcome(&Page::read(text, notes), &wiki, input.options, notes))
    }
}

/// What stands before the first page: `<mediawiki xml:lang="en"><siteinfo>…`.
fn wiki_of(head: &str) -> Wiki {
    let mut wiki = Wiki::default();
    let mut events = Events::new(head);
    while let Some(event) = events.next() {
        let Event::Start(tag) = event else { continue };
        match tag.name.local() {
            "mediawiki" => wiki.language = tag.attribute("xml:lang").map(Cow::into_owned),
            "base" => wiki.base = Some(values::line(&events.text())),
            "namespace" => {
                let number = tag.attribute("key").and_then(|key| key.parse().ok());
                let name = events.text().trim().to_lowercase();
                wiki.namespaces.extend(number.map(|number| (number, name)));
            }
            _ => {}
        }
    }
    wiki
}

/// A page with its latest revision.
#[derive(Debug, Default)]
struct Page<'t> {
    title: Cow<'t, str>,
    id: Cow<'t, str>,
    namespace: Option<i64>,
    is_redirect: bool,
    revision: Revision<'t>,
}

#[derive(Debug, Default)]
struct Revision<'t> {
    timestamp: Cow<'t, str>,
    contributor: Cow<'t, str>,
    model: Cow<'t, str>,
    text: Cow<'t, str>,
}

impl<'t> Page<'t> {
    fn read(text: &'t str, notes: &mut Vec<Fault>) -> Page<'t> {
        let mut page = Page::default();
        let mut events = Events::new(text);
        while let Some(event) = events.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name.local() {
                "title" => page.title = events.text(),
                "id" => page.id = events.text(),
                "ns" => page.namespace = events.text().trim().parse().ok(),
                "redirect" => page.is_redirect = true,
                "revision" => page.latest(Revision::read(&mut events)),
                _ => {}
            }
        }
        notes.extend(events.too_deep());
        page
    }

    /// Revisions mostly come in order, but not in every dump. ISO 8601 in UTC sorts as text.
    fn latest(&mut self, revision: Revision<'t>) {
        if revision.timestamp >= self.revision.timestamp {
            self.revision = revision;
        }
    }
}

impl<'t> Revision<'t> {
    fn read(events: &mut Events<'t>) -> Revision<'t> {
        let mut revision = Revision::default();
        let depth = events.depth();
        while let Some(event) = events.next_within(depth) {
            let Event::Start(tag) = event else { continue };
            match tag.name.local() {
                "timestamp" => revision.timestamp = events.text(),
                "username" | "ip" => revision.contributor = events.text(),
                "model" => revision.model = events.text(),
                "text" => revision.text = events.text(),
                _ => {}
            }
        }
        revision
    }
}

fn outcome(page: &Page<'_>, wiki: &Wiki, options: &ReadOptions, notes: &mut Vec<Fault>) -> Outcome {
    let title = values::line(&page.title);
    let namespace = page.namespace.unwrap_or_else(|| wiki.namespace(&title));
    let model = page.revision.model.trim();
    let is_wikitext = model.is_empty() || model == WIKITEXT;
    if namespace != 0 || page.is_redirect || !is_wikitext || is_redirect(&page.revision.text) {
        return Outcome::LeftOut(LeftOut::NoArticle);
    }
    let said = wikitext::page(&page.revision.text, wiki);
    let mut draft = Draft { body: said.text, url: wiki.address(&title), ..Draft::default() };
    stated(page, wiki, &title).fill(&mut draft, Origin::Metadata, options.day_order, notes);
    for category in said.categories.iter().filter_map(|category| values::tag(category)) {
        push_new(&mut draft.tags, category);
    }
    let date = said.date.and_then(|stated| values::date(&stated, options.day_order));
    draft.published = date.map(|date| Published { date, origin: Origin::Document });
    Outcome::Draft(Box::new(draft))
}

/// A page that only leads to another one: `#REDIRECT [[Port]]`, in any language.
fn is_redirect(text: &str) -> bool {
    let text = text.trim_start();
    let line = text.lines().next().unwrap_or_default();
    let word = line.strip_prefix('#').and_then(|line| line.split_once("[[")).map(|(word, _)| word.trim());
    word.is_some_and(|word| {
        let word = word.trim_end_matches([':', ' ']);
        !word.is_empty() && word.chars().all(char::is_alphabetic) && word.to_uppercase() == word
            || word.eq_ignore_ascii_case("redirect")
    })
}

// The time of a revision is that of a change, be it by a machine, so it is not the date of the article; whoever changed
// the page is not its author.
fn stated<'a>(page: &'a Page<'_>, wiki: &'a Wiki, title: &'a str) -> Stated<'a> {
    let mut stated = Stated::default();
    let language = wiki.language.as_deref().unwrap_or_default();
    let known = [
        (Property::Title, "title", title),
        (Property::Id, "id", &page.id),
        (Property::Language, "language", language),
    ];
    for (property, name, value) in known {
        stated.add(0, property, name.into(), Value::One(value.into()));
    }
    for (name, value) in [("revised", &page.revision.timestamp), ("contributor", &page.revision.contributor)]
    {
        stated.add_other(name.into(), Value::One(Cow::Borrowed(value)));
    }
    stated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Item;

    fn read(dump: &str) -> Vec<Item> {
        let options = ReadOptions::default();
        let mut items = Vec::new();
        let outcome =
            MediaWiki.read(&Input::whole("x.xml", dump.as_bytes(), &options), &mut |item| items.push(item));
        outcome.map(|()| items).unwrap_or_default()
    }

    #[test]
    fn redirects_are_told_from_lists() {
        for (text, expected) in [
            ("#REDIRECT [[Port]]", true),
            ("#redirect: [[Port]] {{R}}", true),
            ("\n#WEITERLEITUNG [[Hafen]]", true),
            ("#ПЕРЕНАПРАВЛЕНИЕ [[x]]", true),
            ("# see [[Port]]", false),
            ("#[[Port]]", false),
            ("Text [[Port]]", false),
        ] {
            assert_eq!(is_redirect(text), expected, "{text}");
        }
    }

    #[test]
    fn the_latest_revision_is_read() {
        let items = read(
            "<mediawiki><page><title>A</title><id>7</id><revision><id>1</id><timestamp>2009-01-02T00:00:00Z</timestamp>\
             <text>new</text></revision><revision><timestamp>2008-01-02T00:00:00Z</timestamp><text>old</text></revision></page>",
        );
        let [Item::Draft { draft, .. }] = &items[..] else { panic!("{items:?}") };
        assert_eq!((draft.body.as_str(), draft.id.as_deref()), ("new", Some("7")));
        assert_eq!((draft.published, draft.meta["revised"][0].as_str()), (None, "2009-01-02T00:00:00Z"));
    }

    #[test]
    fn what_is_nested_too_deep_is_told() {
        let deep = "<x>".repeat(300);
        let items = read(&format!("<mediawiki><page><title>A</title>{deep}</page></mediawiki>"));
        let [Item::Draft { notes, .. }] = &items[..] else { panic!("{items:?}") };
        assert_eq!(notes[0].reason, crate::diagnostic::Reason::TooLarge);
    }

    proptest::proptest! {
        #[test]
        fn no_dump_panics(dump in "(</?(page|title|revision|text|ns|siteinfo|base)>|#|\\[\\[|\\]\\]|\\{\\{|\\}\\}|\\PC){0,40}") {
            read(&dump);
        }
    }
}
