//! One `<item>` of an export to an article.

use std::borrow::Cow;

use crate::article::{Draft, Origin, Published};
use crate::diagnostic::LeftOut;
use crate::reader::feed;
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::xml::{Event, Events, Outcome, Tag};
use crate::reader::{Fault, ReadOptions};
use crate::text::calendar::{DateSpan, Time};
use crate::text::dates::DayOrder;

use super::body;
use super::site::Site;

/// Types of items that are no articles: parts of the site's design, forms, orders, settings.
const NO_ARTICLES: &[&str] = &[
    "acf-field",
    "acf-field-group",
    "amp_validated_url",
    "custom_css",
    "customize_changeset",
    "elementor_library",
    "elementor_snippet",
    "et_pb_layout",
    "feedback",
    "flamingo_contact",
    "flamingo_inbound",
    "jp_img_sitemap",
    "jp_mem_plan",
    "jp_pay_order",
    "jp_pay_product",
    "jp_sitemap",
    "jp_sitemap_master",
    "mc4wp-form",
    "nav_menu_item",
    "oembed_cache",
    "patterns_ai_data",
    "popup",
    "reply",
    "revision",
    "scheduled-action",
    "shop_coupon",
    "shop_order",
    "shop_order_refund",
    "spectra-popup",
    "tablepress_table",
    "user_request",
    "wpcf7_contact_form",
    "wpforms",
];

/// Types of WordPress itself that are no articles begin so: `wp_navigation`, `wp_template`.
const OWN_TYPES: &str = "wp_";

/// States of items that nobody but their editors can read.
const UNPUBLISHED: &[&str] = &["auto-draft", "draft", "future", "pending", "private", "trash"];

/// What a link begins its query with as long as an item has no address of its own.
const NO_PERMALINK: &[&str] = &["p=", "page_id=", "post_type=", "preview=", "attachment_id="];

/// Elements whose text is kept under another name in `meta`.
const META: &[(&str, &str)] = &[
    ("post_type", "type"),
    ("status", "status"),
    ("post_id", "post_id"),
    ("post_name", "slug"),
    ("post_modified", "modified"),
];

/// A category or tag of an item.
struct Term {
    domain: String,
    nicename: Option<String>,
    name: String,
}

/// What was read of an item.
#[derive(Default)]
struct Item<'t> {
    title: Cow<'t, str>,
    link: Cow<'t, str>,
    guid: Cow<'t, str>,
    creator: Cow<'t, str>,
    content: Cow<'t, str>,
    excerpt: Cow<'t, str>,
    date: Cow<'t, str>,
    date_gmt: Cow<'t, str>,
    feed_date: Cow<'t, str>,
    has_password: bool,
    terms: Vec<Term>,
    meta: Vec<(&'static str, Cow<'t, str>)>,
}

/// Reads one item.
pub(super) fn read(text: &str, site: &Site, options: &ReadOptions, notes: &mut Vec<Fault>) -> Outcome {
    let mut item = Item::default();
    let mut events = Events::new(text);
    // The first event is the start of the item itself.
    events.next();
    while let Some(event) = events.next() {
        if let Event::Start(tag) = event {
            item.take(&tag, &mut events);
        }
    }
    notes.extend(events.too_deep());
    match item.left_out(options) {
        Some(what) => Outcome::LeftOut(what),
        None => Outcome::Draft(Box::new(item.draft(site, options, notes))),
    }
}

impl<'t> Item<'t> {
    fn take(&mut self, tag: &Tag<'t>, events: &mut Events<'t>) {
        let place = match tag.name.split() {
            ("", "title") => &mut self.title,
            ("", "link") => &mut self.link,
            ("", "guid") => &mut self.guid,
            ("", "pubDate") => &mut self.feed_date,
            ("", "category") => return self.take_term(tag, events),
            ("dc", "creator") => &mut self.creator,
            ("content", "encoded") => &mut self.content,
            ("excerpt", "encoded") => &mut self.excerpt,
            ("wp", "post_date") => &mut self.date,
            ("wp", "post_date_gmt") => &mut self.date_gmt,
            ("wp", "post_password") => {
                self.has_password = !events.text().trim().is_empty();
                return;
            }
            ("wp", name) => return self.take_meta(name, events),
            _ => return events.skip(),
        };
        *place = events.text();
    }

    fn take_meta(&mut self, name: &str, events: &mut Events<'t>) {
        match META.iter().find(|(known, _)| *known == name) {
            Some((_, name)) => self.meta.push((name, events.text())),
            None => events.skip(),
        }
    }

    fn take_term(&mut self, tag: &Tag<'t>, events: &mut Events<'t>) {
        let attribute = |name| tag.attribute(name).map(|value| values::line(&value));
        let name = values::line(&htmlize::unescape(events.text()));
        self.terms.push(Term {
            domain: attribute("domain").unwrap_or_default(),
            nicename: attribute("nicename"),
            name,
        });
    }

    fn meta(&self, wanted: &str) -> &str {
        self.meta.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value.trim())
    }

    /// A post behind a password is as little public as a private one.
    fn left_out(&self, options: &ReadOptions) -> Option<LeftOut> {
        let kind = self.meta("type");
        if kind == "attachment" {
            return Some(LeftOut::Attachment);
        }
        if NO_ARTICLES.contains(&kind) || kind.starts_with(OWN_TYPES) {
            return Some(LeftOut::NoArticle);
        }
        let is_unpublished = self.has_password || UNPUBLISHED.contains(&self.meta("status"));
        (is_unpublished && !options.unpublished).then_some(LeftOut::Unpublished)
    }

    fn draft(self, site: &Site, options: &ReadOptions, notes: &mut Vec<Fault>) -> Draft {
        let mut draft = Draft { body: body::text(&self.content), ..Draft::default() };
        draft.published = self.published().map(|date| Published { date, origin: Origin::Metadata });
        draft.language = site.language;
        draft.url = is_permalink(&self.link).then(|| values::line(&self.link));
        draft.authors = values::tag(&site.author(self.creator.trim())).into_iter().collect();
        let mut stated = Stated::default();
        let mut add = |property, name, text| stated.add(0, property, Cow::Borrowed(name), Value::One(text));
        add(Property::Title, "title", Cow::Owned(feed::html(&self.title)));
        add(Property::Description, "excerpt", Cow::Owned(body::text(&self.excerpt)));
        add(Property::Id, "guid", self.guid);
        // WordPress writes the zeros of a missing date so.
        let is_zero = self.feed_date.contains(" -0001 ");
        if draft.published.is_none() && !is_zero {
            add(Property::Date, "pubDate", self.feed_date);
        }
        add_terms(&mut stated, self.terms, site);
        for (name, text) in self.meta {
            stated.add_other(Cow::Borrowed(name), Value::One(text));
        }
        if self.has_password {
            stated.add_other("password".into(), Value::One("required".into()));
        }
        if let Some(title) = &site.title {
            stated.add_other("source".into(), Value::One(Cow::Borrowed(title)));
        }
        stated.fill(&mut draft, Origin::Metadata, options.day_order, notes);
        draft
    }

    /// The date in the time of the site; its offset is what lies between that and UTC.
    fn published(&self) -> Option<DateSpan> {
        match (moment(&self.date), moment(&self.date_gmt)) {
            (Some(local), Some(utc)) => Some(with_offset(local, utc).unwrap_or(in_utc(utc))),
            (None, Some(utc)) => Some(in_utc(utc)),
            (local, None) => local,
        }
    }
}

/// A date as WordPress writes it; `0000-00-00 00:00:00` is none.
fn moment(text: &str) -> Option<DateSpan> {
    let text = text.trim();
    let is_stated = !text.is_empty() && !text.starts_with("0000");
    is_stated.then(|| values::date(text, DayOrder::Unknown)).flatten()
}

fn in_utc(date: DateSpan) -> DateSpan {
    DateSpan { time: date.time.map(|time| Time { offset: Some(0), ..time }), ..date }
}

/// The local date with its offset; `None` when no place on Earth has that.
fn with_offset(local: DateSpan, utc: DateSpan) -> Option<DateSpan> {
    const MOST: i64 = 14 * 60;
    let minutes = (local.timestamp() - utc.timestamp()).div_euclid(60);
    let offset = i16::try_from(minutes).ok().filter(|_| minutes.abs() <= MOST)?;
    Some(DateSpan { time: local.time.map(|time| Time { offset: Some(offset), ..time }), ..local })
}

fn is_permalink(link: &str) -> bool {
    let link = link.trim();
    let is_web = ["http://", "https://"].iter().any(|scheme| values::starts_with_ignoring_case(link, scheme));
    let query = link.split_once('?').map_or("", |(_, query)| query);
    is_web && !NO_PERMALINK.iter().any(|start| query.starts_with(start))
}

/// Categories are sections, tags tags; what a site made up for itself keeps its name.
fn add_terms(stated: &mut Stated<'_>, terms: Vec<Term>, site: &Site) {
    // Version 1.0 states every term twice, once without nicename.
    let has_nicenames = terms.iter().any(|term| term.nicename.is_some());
    for Term { domain, nicename, name } in terms {
        let nicename = match nicename {
            Some(nicename) => nicename,
            None if has_nicenames => continue,
            None => String::new(),
        };
        let one = |text: String| Value::Many(vec![Cow::Owned(text)]);
        match domain.as_str() {
            "category" | "" => {
                stated.add(0, Property::Section, "category".into(), one(site.section(&nicename, &name)));
            }
            "post_tag" | "tag" => stated.add(0, Property::Tag, "tag".into(), one(name)),
            _ => stated.add_other(Cow::Owned(domain), one(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(item: &str, unpublished: bool) -> Outcome {
        let options = ReadOptions { unpublished, ..ReadOptions::default() };
        read(&format!("<item><title>T</title>{item}</item>"), &Site::default(), &options, &mut Vec::new())
    }

    fn draft(item: &str) -> Draft {
        match outcome(item, true) {
            Outcome::Draft(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_published_articles_are_read() {
        for (kind, status, password, expected) in [
            ("post", "publish", "", None),
            ("page", "publish", "", None),
            ("story", "publish", "", None),
            ("post", "draft", "", Some(LeftOut::Unpublished)),
            ("page", "private", "", Some(LeftOut::Unpublished)),
            ("post", "future", "", Some(LeftOut::Unpublished)),
            ("post", "pending", "", Some(LeftOut::Unpublished)),
            ("post", "trash", "", Some(LeftOut::Unpublished)),
            ("post", "publish", "secret", Some(LeftOut::Unpublished)),
            ("attachment", "inherit", "", Some(LeftOut::Attachment)),
            ("nav_menu_item", "publish", "", Some(LeftOut::NoArticle)),
            ("revision", "inherit", "", Some(LeftOut::NoArticle)),
            ("wp_template", "publish", "", Some(LeftOut::NoArticle)),
            ("", "", "", None),
        ] {
            let item = format!(
                "<wp:post_type><![CDATA[{kind}]]></wp:post_type><wp:status>{status}</wp:status>\
                 <wp:post_password>{password}</wp:post_password>"
            );
            let found = |unpublished| match outcome(&item, unpublished) {
                Outcome::LeftOut(what) => Some(what),
                Outcome::Draft(_) | Outcome::Skip(_) => None,
            };
            assert_eq!(found(false), expected, "{item}");
            assert_eq!(found(true), expected.filter(|what| *what != LeftOut::Unpublished), "{item}");
        }
    }

    #[test]
    fn dates_have_the_time_of_the_site() {
        for (local, utc, feed, expected) in [
            ("2013-01-05 20:00:00", "2013-01-06 04:00:00", "", Some("2013-01-05T20:00:00-08:00")),
            ("0000-00-00 00:00:00", "2013-01-06 04:00:00", "", Some("2013-01-06T04:00:00Z")),
            ("2013-01-05 20:00:00", "0000-00-00 00:00:00", "", Some("2013-01-05T20:00:00")),
            ("2011-01-05 20:00:00", "2013-01-06 04:00:00", "", Some("2013-01-06T04:00:00Z")),
            ("", "", "Sun, 06 Jan 2013 04:00:00 +0000", Some("2013-01-06T04:00:00Z")),
            ("0000-00-00 00:00:00", "0000-00-00 00:00:00", "Mon, 30 Nov -0001 00:00:00 +0000", None),
        ] {
            let item = format!(
                "<pubDate>{feed}</pubDate><wp:post_date>{local}</wp:post_date><wp:post_date_gmt>{utc}</wp:post_date_gmt>"
            );
            let date = draft(&item).published.map(|published| published.date.to_string());
            assert_eq!(date.as_deref(), expected, "{item}");
        }
    }

    #[test]
    fn terms_and_links() {
        let draft = draft(
            "<link>https://x.example/?p=3</link><guid>https://x.example/?p=3</guid>\
             <category><![CDATA[News]]></category>\
             <category domain='category' nicename='news'><![CDATA[News]]></category>\
             <category domain='post_tag' nicename='rb'><![CDATA[R&amp;B, Soul]]></category>\
             <category domain='series' nicename='s'>Sea</category>",
        );
        assert_eq!((draft.sections, draft.tags), (vec!["News".to_owned()], vec!["R&B, Soul".to_owned()]));
        assert_eq!(draft.meta["series"], ["Sea"]);
        assert_eq!((draft.url, draft.id.as_deref()), (None, Some("https://x.example/?p=3")));
    }
}
