//! The export of Substack: a zip with `posts.csv`, which names the posts, and `posts/ID.SLUG.html`, which holds their
//! texts. Neither is an article without the other.

use std::collections::BTreeMap;

use crate::article::{Draft, Origin};
use crate::diagnostic::{LeftOut, Reason};
use crate::reader::csv::{Record, records};
use crate::reader::package::{self, Package};
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot, fragment};

/// An export has three entries a post: the text, who opened it and who got it.
pub const MAX_ENTRIES: usize = 100_000;

/// The table of the posts.
const TABLE: &str = "posts.csv";
/// The folder of the texts.
const FOLDER: &str = "posts/";
/// The ending of the texts.
const ENDING: &str = ".html";

/// What Substack puts into the text of a post that is not part of it.
const WIDGETS: &[&str] = &[
    "subscription-widget-wrap",
    "subscription-widget-wrap-editor",
    "subscription-widget",
    "button-wrapper",
    "community-chat",
    "install-substack-app-embed",
    "poll-embed",
    "paywall-jump",
    "footnote-anchor",
    "footnote-number",
];

/// Columns of the table with a place of their own; the others are kept by their names.
const COLUMNS: &[(&str, Property)] =
    &[("title", Property::Title), ("subtitle", Property::Description), ("post_date", Property::Date)];

/// Columns with nothing to be searched for.
const IGNORED: &[&str] = &["post_id", "is_published", "email_sent_at", "inbox_sent_at"];

/// What nearly every post is, which says nothing.
const USUAL: &[&str] = &["newsletter", "everyone"];

/// Exports of Substack.
#[derive(Debug)]
pub struct Substack;

impl Reader for Substack {
    fn name(&self) -> &'static str {
        "substack"
    }

    fn about(&self) -> &'static str {
        "exports of Substack (ZIP)"
    }

    fn reads(&self) -> &'static str {
        "the texts with title, subtitle and date of posts.csv; drafts on request"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn sniff(&self, head: &[u8]) -> bool {
        first_entry(head).is_some_and(is_of_export)
    }

    fn owns(&self, members: &[&str]) -> bool {
        members.contains(&TABLE) && members.iter().any(|name| is_of_export(name) && *name != TABLE)
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let mut package = Package::open(input.bytes, MAX_ENTRIES)?;
        let table = package.need(TABLE)?;
        let mut texts = texts(&package);
        for (number, post) in (1..).zip(records(&table).ok_or_else(no_table)?) {
            emit(match post {
                Ok(post) => item(&mut package, number, &post, &mut texts, input),
                Err(fault) => {
                    let spot = Spot { member: Some(TABLE.to_owned()), ..Spot::record(number) };
                    Item::Skip { spot, fault }
                }
            });
        }
        // A text that the table does not name is an article all the same.
        for name in texts.into_values() {
            emit(untold(&mut package, name));
        }
        Ok(())
    }
}

/// Whether a member of that name is part of an export: a text is called by its number and its slug.
fn is_of_export(name: &str) -> bool {
    let number = name.strip_prefix(FOLDER).and_then(|file| file.split_once('.')).map(|(number, _)| number);
    name == TABLE
        || number.is_some_and(|number| !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()))
}

/// The name of the first entry of a zip (APPNOTE 4.3.7).
fn first_entry(head: &[u8]) -> Option<&str> {
    const LENGTH: usize = 26;
    const NAME: usize = 30;
    let length = head.strip_prefix(package::MAGIC).and_then(|_| head.get(LENGTH..)?.first_chunk::<2>())?;
    let name = head.get(NAME..NAME + usize::from(u16::from_le_bytes(*length)))?;
    std::str::from_utf8(name).ok()
}

/// The members with texts, by the number of the post.
fn texts(package: &Package<'_>) -> BTreeMap<String, String> {
    let texts = package.names().filter(|name| is_of_export(name) && name.ends_with(ENDING));
    texts.filter_map(|name| Some((name_of_post(&name)?.0.to_owned(), name))).collect()
}

/// Number and slug in the name of a text, or in the first column of the table.
fn name_of_post(name: &str) -> Option<(&str, &str)> {
    let name = name.strip_prefix(FOLDER).unwrap_or(name);
    let name = name.strip_suffix(ENDING).unwrap_or(name);
    Some(name.split_once('.').unwrap_or((name, ""))).filter(|(number, _)| !number.is_empty())
}

/// One post of the table.
fn item(
    package: &mut Package<'_>,
    number: u64,
    post: &Record,
    texts: &mut BTreeMap<String, String>,
    input: &Input<'_>,
) -> Item {
    let (id, slug) = post.value("post_id").and_then(name_of_post).unwrap_or_default();
    let member = texts.remove(id);
    let spot = match &member {
        Some(member) => Spot { member: Some(member.clone()), ..Spot::WHOLE },
        None => Spot { member: Some(TABLE.to_owned()), ..Spot::record(number) },
    };
    let is_unpublished = post.value("is_published").is_some_and(|it| it.eq_ignore_ascii_case("false"));
    if is_unpublished && !input.options.unpublished {
        return Item::LeftOut { spot, what: LeftOut::Unpublished };
    }
    let (body, mut notes) = match member.map(|member| text(package, &member)).transpose() {
        Ok(text) => text.unwrap_or_default(),
        Err(fault) => return Item::Skip { spot, fault },
    };
    let mut draft = Draft { body, id: non_empty(id), ..Draft::default() };
    state(post, slug).fill(&mut draft, Origin::Metadata, input.options.day_order, &mut notes);
    Item::of(spot, draft, notes)
}

/// What the table says of a post.
fn state<'a>(post: &'a Record, slug: &'a str) -> Stated<'a> {
    let mut stated = Stated::default();
    for (name, text) in
        post.values.iter().filter(|(name, text)| !IGNORED.contains(&name.as_str()) && !text.is_empty())
    {
        let value = Value::One(text.as_str().into());
        match COLUMNS.iter().find(|(column, _)| column == name) {
            Some((_, property)) => stated.add(0, *property, name.as_str().into(), value),
            None if USUAL.contains(&text.as_str()) => {}
            None => stated.add_other(name.as_str().into(), value),
        }
    }
    stated.add_other("slug".into(), Value::One(slug.into()));
    stated
}

/// A text that the table does not name: its slug holds the words of its title.
fn untold(package: &mut Package<'_>, member: String) -> Item {
    let (id, slug) = name_of_post(&member).unwrap_or_default();
    let (id, title) = (non_empty(id), non_empty(&slug.replace('-', " ")));
    let read = text(package, &member);
    let spot = Spot { member: Some(member), ..Spot::WHOLE };
    match read {
        Ok((body, notes)) => {
            Item::Draft { spot, draft: Box::new(Draft { body, title, id, ..Draft::default() }), notes }
        }
        Err(fault) => Item::Skip { spot, fault },
    }
}

fn non_empty(text: &str) -> Option<String> {
    Some(values::line(text)).filter(|text| !text.is_empty())
}

/// The text of a member, without what Substack put into it.
fn text(package: &mut Package<'_>, member: &str) -> Result<(String, Vec<Fault>), Fault> {
    let bytes = package.need(member)?;
    let (html, notes) = super::decoded(&bytes);
    Ok((fragment::text_without(&html, WIDGETS), notes))
}

fn no_table() -> Fault {
    Fault { reason: Reason::Broken, message: format!("{TABLE} in it has no rows"), hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::package::tests::zipped;
    use crate::reader::{ReadOptions, recognise};

    const POSTS: &[u8] = b"post_id,post_date,is_published,type,audience,title,subtitle\n\
        1.rain,2021-03-05T10:00:00.000Z,true,newsletter,everyone,Rain,All day\n\
        2.draft,,false,newsletter,everyone,Not yet,\n\
        3.talk,2021-04-01T10:00:00.000Z,true,podcast,only_paid,A talk,\n\
        4.broken,2021-04-01T10:00:00.000Z,true,newsletter,everyone,\"Open,\n";

    fn export() -> Vec<u8> {
        let text = b"<p>It rained.</p><div class=\"subscription-widget-wrap\"><p>Subscribe now</p></div><p>Then not.</p>";
        zipped(&[
            ("posts/1.rain.html", text),
            ("posts/2.draft.html", b"<p>x</p>"),
            ("posts.csv", POSTS),
            ("posts/1.opens.csv", b"a,b\n"),
            ("posts/9.a-late-word.html", b"<p>y</p>"),
        ])
    }

    fn items(bytes: &[u8], unpublished: bool) -> Vec<Item> {
        let options = ReadOptions { unpublished, ..ReadOptions::default() };
        let mut items = Vec::new();
        let read = Substack.read(&Input::whole("x.zip", bytes, &options), &mut |item| items.push(item));
        items.extend(read.err().map(|fault| Item::Skip { spot: Spot::WHOLE, fault }));
        items
    }

    fn summary(items: &[Item]) -> Vec<String> {
        let show = |item: &Item| match item {
            Item::Draft { spot, draft, .. } => format!(
                "{} {} {:?}",
                spot.member.as_deref().unwrap_or_default(),
                draft.title.as_deref().unwrap_or_default(),
                draft.body
            ),
            Item::Skip { spot, fault } => format!("{:?} {}", spot.record, fault.reason.as_str()),
            Item::LeftOut { what, .. } => what.as_str().to_owned(),
        };
        items.iter().map(show).collect()
    }

    #[test]
    fn posts_are_put_together() {
        let found = items(&export(), false);
        assert_eq!(
            summary(&found),
            [
                "posts/1.rain.html Rain \"It rained.\\n\\nThen not.\"",
                "unpublished",
                "posts.csv A talk \"\"",
                "Some(4) broken",
                "posts/9.a-late-word.html a late word \"y\"",
            ]
        );
        let Item::Draft { draft, .. } = &found[0] else { panic!() };
        assert_eq!((draft.id.as_deref(), draft.description.as_deref()), (Some("1"), Some("All day")));
        assert_eq!(draft.published.map(|it| it.date.to_string()).as_deref(), Some("2021-03-05T10:00:00Z"));
        assert_eq!(draft.meta.keys().collect::<Vec<_>>(), ["slug"]);
        let Item::Draft { draft, .. } = &found[2] else { panic!() };
        assert_eq!(draft.meta["audience"], ["only_paid"]);
        assert_eq!(summary(&items(&export(), true))[1], "posts/2.draft.html Not yet \"x\"");
    }

    #[test]
    fn titles_are_free_of_control_characters() {
        let found =
            items(&zipped(&[("posts.csv", POSTS), ("posts/8.a-\u{1}bell-.html", b"<p>z</p>")]), false);
        assert_eq!(summary(&found).last().unwrap(), "posts/8.a-\u{1}bell-.html a bell \"z\"");
    }

    #[test]
    fn exports_are_told_from_other_zips() {
        for (names, first, all) in [
            (&["posts.csv", "posts/1.rain.html"][..], true, true),
            (&["posts/1.rain.html", "posts.csv"], true, true),
            (&["email_list.rain.csv", "posts/1.rain.html", "posts.csv"], false, true),
            (&["posts/2017-05-04_Rain-0a1b.html", "profile/profile.html"], false, false),
            (&["posts.csv"], true, false),
            (&["mimetype"], false, false),
        ] {
            let members: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
            assert_eq!(Substack.sniff(&zipped(&members)), first, "{names:?}");
            let owner = recognise::owner_of(names);
            assert_eq!(owner.map(|reader| reader.name()), all.then_some("substack"), "{names:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn damage_never_panics(at in 0usize..900, with: u8, cut in 0usize..900, any: Vec<u8>) {
            let mut bytes = export();
            let at = at % bytes.len();
            bytes[at] = with;
            bytes.truncate(bytes.len() - cut % bytes.len());
            items(&bytes, true);
            items(&any, true);
            Substack.sniff(&any);
        }
    }
}
