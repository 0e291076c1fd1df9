//! The article in a message: what its headers state, and its text.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Addr, DateTime};

use crate::article::{Draft, Origin};
use crate::diagnostic::{LeftOut, Reason};
use crate::reader::mime::content;
use crate::reader::mime::entity::{Entity, Headers};
use crate::reader::mime::subject;
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::{Fault, Item, ReadOptions, Spot};

/// Headers that hold tags, as programs name them.
const TAGS: &[&str] = &["Keywords", "X-Keywords", "X-Label", "X-Gmail-Labels"];

/// Labels of Google Mail that tell the state of a message, not its matter (in lower case).
const STATES: &[&str] = &[
    "inbox",
    "sent",
    "important",
    "starred",
    "opened",
    "unread",
    "archived",
    "trash",
    "spam",
    "chat",
    "drafts",
    "category updates",
    "category promotions",
    "category social",
    "category forums",
    "category personal",
    "category purchases",
    "category travel",
];

/// Headers that hold addresses and are kept in `meta`.
const ADDRESSES: &[&str] = &["From", "Sender", "To", "Cc"];

/// Other headers that are kept in `meta`.
const KEPT: &[&str] = &["In-Reply-To", "Organization", "Followup-To"];

/// The status of Mozilla's programs (`nsMsgMessageFlags`): deleted, but still in the file.
const MOZILLA_EXPUNGED: u32 = 0x0008;

/// Reads one message. `sent` is a date that stands beside it, in case it states none.
pub(super) fn item(bytes: &[u8], spot: Spot, sent: Option<&str>, options: &ReadOptions) -> Item {
    let read = catch_unwind(AssertUnwindSafe(|| {
        let message = Entity::parse(bytes);
        match left_out(&message.headers, options) {
            Some(what) => Ok(Err(what)),
            None => draft(&message, sent, options).map(Ok),
        }
    }));
    match read {
        Ok(Ok(Ok((draft, notes)))) => Item::of(spot, draft, notes),
        Ok(Ok(Err(what))) => Item::LeftOut { spot, what },
        Ok(Err(fault)) => Item::Skip { spot, fault },
        Err(_) => Item::Skip { spot, fault: broke_down() },
    }
}

/// Messages that are no articles: deleted ones, drafts, and the one in which a mail program keeps its notes.
fn left_out(headers: &Headers<'_>, options: &ReadOptions) -> Option<LeftOut> {
    let status = headers.text("X-Mozilla-Status");
    let status = status.and_then(|status| u32::from_str_radix(status.trim(), 16).ok()).unwrap_or(0);
    let is_draft = headers.has("X-Mozilla-Draft-Info");
    if status & MOZILLA_EXPUNGED != 0
        || headers.has("X-IMAPbase") && headers.addresses("From").iter().any(is_daemon)
    {
        Some(LeftOut::NoArticle)
    } else if is_draft && !options.unpublished {
        Some(LeftOut::Unpublished)
    } else {
        None
    }
}

/// The sender of "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA".
fn is_daemon(from: &&Addr<'_>) -> bool {
    from.address.as_deref().is_some_and(|address| values::starts_with_ignoring_case(address, "mailer-daemon"))
}

fn draft(
    message: &Entity<'_>,
    sent: Option<&str>,
    options: &ReadOptions,
) -> Result<(Draft, Vec<Fault>), Fault> {
    if message.headers.is_empty() {
        return Err(no_headers());
    }
    let content = content::read(message);
    let mut notes = content.notes;
    let mut draft = Draft { body: content.text, ..Draft::default() };
    let mut stated = stated(&message.headers, sent, options);
    for (name, values) in
        [("signature", content.signature.into_iter().collect()), ("attachments", content.attachments)]
    {
        add_other(&mut stated, name, values);
    }
    stated.fill(&mut draft, Origin::Metadata, options.day_order, &mut notes);
    Ok((draft, notes))
}

fn stated<'a>(headers: &Headers<'_>, sent: Option<&'a str>, options: &ReadOptions) -> Stated<'a> {
    let mut stated = Stated::default();
    let mut add = |property, name: &'static str, values: Vec<String>| {
        if !values.is_empty() {
            let values = values.into_iter().map(Cow::Owned).collect();
            stated.add(0, property, Cow::Borrowed(name), Value::Many(values));
        }
    };
    let list = List::of(headers);
    let subject = headers.text("Subject").unwrap_or_default();
    let title = subject::title(&subject, &list.names);
    let is_cut = title.as_deref().is_some_and(|title| title != values::line(&subject));
    add(Property::Title, "Subject", title.into_iter().collect());
    add(Property::Author, "From", authors(headers));
    add(Property::Id, "Message-ID", text(headers, "Message-ID"));
    add(
        Property::Url,
        "Archived-At",
        text(headers, "Archived-At").iter().map(|url| unbracketed(url)).collect(),
    );
    add(Property::Language, "Content-Language", text(headers, "Content-Language"));
    add(Property::Section, "List-Id", list.section.into_iter().collect());
    let newsgroups = text(headers, "Newsgroups");
    add(Property::Section, "Newsgroups", newsgroups.iter().flat_map(|groups| values::list(groups)).collect());
    add(Property::Tag, "Keywords", tags(headers));
    if let Some(date) = date(headers, sent, options) {
        stated.add(0, Property::Date, Cow::Borrowed("Date"), Value::One(date));
    }
    for name in ADDRESSES {
        add_other(
            &mut stated,
            name,
            headers
                .addresses(name)
                .into_iter()
                .filter_map(|one| Some(one.address.as_deref()?.to_owned()))
                .collect(),
        );
    }
    for name in KEPT {
        add_other(&mut stated, name, text(headers, name));
    }
    if is_cut {
        add_other(&mut stated, "Subject", vec![subject.into_owned()]);
    }
    stated
}

fn text(headers: &Headers<'_>, name: &str) -> Vec<String> {
    headers.text(name).map(Cow::into_owned).into_iter().collect()
}

fn add_other(stated: &mut Stated<'_>, name: &str, values: Vec<String>) {
    if !values.is_empty() {
        let values = values.into_iter().map(Cow::Owned).collect();
        stated.add_other(Cow::Owned(name.to_ascii_lowercase()), Value::Many(values));
    }
}

/// The stated date; when it cannot be read the one beside the message.
fn date<'a>(headers: &Headers<'_>, sent: Option<&'a str>, options: &ReadOptions) -> Option<Cow<'a, str>> {
    let is_date = |text: &str| values::date(text, options.day_order).is_some();
    let stated = headers.text("Date").map(Cow::into_owned);
    match stated {
        Some(stated) if is_date(&stated) => Some(Cow::Owned(stated)),
        stated => {
            let day = stated.as_deref().and_then(day_of_old_date).map(Cow::Owned);
            let sent = sent.filter(|sent| is_date(sent)).map(Cow::Borrowed);
            day.or(sent).or(stated.map(Cow::Owned))
        }
    }
}

/// The day of a date that is written as mail programs once did (RFC 822), with a zone that is known to few.
fn day_of_old_date(stated: &str) -> Option<String> {
    let date = DateTime::parse_rfc822(stated).filter(DateTime::is_valid)?;
    Some(format!("{:04}-{:02}-{:02}", date.year, date.month, date.day))
}

/// The names of the senders; the address of one that gives no name.
fn authors(headers: &Headers<'_>) -> Vec<String> {
    let from = headers.addresses("From").into_iter();
    from.filter_map(|one| {
        let name = one.name.as_deref().map(|name| sender(&values::line(name)).to_owned());
        name.filter(|name| !name.is_empty()).or_else(|| one.address.as_deref().map(values::line))
    })
    .collect()
}

/// "Ann Lee" of "'Ann Lee' via River Watch", as lists write that send in place of their members, and of
/// "ann at host.example (Ann Lee)", as archives of lists write that hide addresses.
fn sender(name: &str) -> &str {
    let name = name.split_once(" via ").map_or(name, |(name, _)| name);
    let hidden = name.split_once(" (").filter(|(address, _)| address.contains(" at "));
    let name = hidden.and_then(|(_, name)| name.strip_suffix(')')).unwrap_or(name);
    name.trim_matches(['\'', '"', ' '])
}

fn tags(headers: &Headers<'_>) -> Vec<String> {
    let lists = TAGS.iter().filter_map(|name| headers.text(name));
    let tags = lists.flat_map(|list| values::list(&list));
    tags.filter(|tag| !tag.starts_with('$') && !STATES.contains(&tag.to_lowercase().as_str())).collect()
}

fn unbracketed(url: &str) -> String {
    url.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// The mailing list or newsletter that a message came through (RFC 2919).
#[derive(Default)]
struct List {
    /// What it may be called in subjects.
    names: Vec<String>,
    /// What it is called.
    section: Option<String>,
}

impl List {
    fn of(headers: &Headers<'_>) -> List {
        let ids = headers.addresses("List-Id");
        let Some(id) = ids.first() else { return List::default() };
        // Without brackets an id passes for a name.
        let (name, id) = match (id.name.as_deref(), id.address.as_deref()) {
            (Some(id), None) if !id.contains(' ') => (None, Some(id)),
            stated => stated,
        };
        let label = id.and_then(|id| id.split(['.', '@']).next()).map(values::line);
        let name = name.map(values::line);
        let is_usable = |name: &&String| !name.is_empty() && !is_machine_made(name);
        let section = name.as_ref().filter(is_usable).or(label.as_ref().filter(is_usable)).cloned();
        List { names: [name, label].into_iter().flatten().collect(), section }
    }
}

/// Whether a name holds a word such as `0ab31f9c22`, which the services that send newsletters give their lists.
fn is_machine_made(name: &str) -> bool {
    const LEAST: usize = 6;
    name.split([' ', '-', '.', '_']).any(|word| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        word.len() >= LEAST && digits >= 2 && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn no_headers() -> Fault {
    Fault {
        reason: Reason::Broken,
        message: "no message: it does not begin with headers".to_owned(),
        hint: Some("if it is text, say so with --format plain".to_owned()),
    }
}

fn broke_down() -> Fault {
    Fault {
        reason: Reason::ReaderFailed,
        message: "the reader of messages broke down on it".to_owned(),
        hint: Some("please report it, with the message if you can".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(message: &str) -> Item {
        item(message.as_bytes(), Spot::WHOLE, Some("Mon Mar  3 10:00:00 2003"), &ReadOptions::default())
    }

    fn draft(message: &str) -> Draft {
        match read(message) {
            Item::Draft { draft, .. } => *draft,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn senders_have_names() {
        for (from, expected) in [
            ("Ann Lee <ann@h.example>", vec!["Ann Lee"]),
            ("\"Lee, Ann\" <ann@h.example>", vec!["Lee, Ann"]),
            ("=?utf-8?B?QW5uZSBMw6ll?= <a@h.example>", vec!["Anne Lée"]),
            ("ann@h.example", vec!["ann@h.example"]),
            ("ann at h.example (Ann Lee)", vec!["Ann Lee"]),
            ("'Ann Lee' via River Watch <list@h.example>", vec!["Ann Lee"]),
            ("Ann <a@h.example>, Bob <b@h.example>", vec!["Ann", "Bob"]),
        ] {
            assert_eq!(draft(&format!("From: {from}\nSubject: S\n\nT\n")).authors, expected, "{from}");
        }
    }

    #[test]
    fn lists_are_sections() {
        for (id, expected) in [
            ("River Watch <river-watch.h.example>", vec!["River Watch"]),
            ("<river-watch.h.example>", vec!["river-watch"]),
            ("river-watch.h.example", vec!["river-watch"]),
            ("0ab31f9c22 mc list <0ab31f9c22.77.list-id.example>", vec![]),
        ] {
            assert_eq!(draft(&format!("List-Id: {id}\nSubject: S\n\nT\n")).sections, expected, "{id}");
        }
    }

    #[test]
    fn dates_are_those_of_the_message_first() {
        for (head, expected) in [
            ("Date: Tue, 4 Mar 2003 09:00:00 +0100 (CET)\n", "2003-03-04T09:00:00+01:00"),
            ("Date: Tue, 4 Mar 03 09:00:00 EST\n", "2003-03-04T09:00:00-05:00"),
            ("Date: 4 Mar 2003 9:00:00 XYZT\n", "2003-03-04"),
            ("Date: yesterday\n", "2003-03-03T10:00:00"),
            ("", "2003-03-03T10:00:00"),
        ] {
            let published =
                draft(&format!("{head}Subject: S\n\nT\n")).published.map(|found| found.date.to_string());
            assert_eq!(published.as_deref(), Some(expected), "{head}");
        }
    }

    #[test]
    fn some_messages_are_no_articles() {
        for (head, expected) in [
            ("X-Mozilla-Status: 0009\n", LeftOut::NoArticle),
            (
                "From: Mail System Internal Data <MAILER-DAEMON@h.example>\nX-IMAPbase: 1 2\n",
                LeftOut::NoArticle,
            ),
            ("X-Mozilla-Draft-Info: internal/draft\n", LeftOut::Unpublished),
        ] {
            assert_eq!(
                read(&format!("{head}Subject: S\n\nT\n")),
                Item::LeftOut { spot: Spot::WHOLE, what: expected },
                "{head}"
            );
        }
        assert!(matches!(read("X-Mozilla-Status: 0001\nSubject: S\n\nT"), Item::Draft { .. }));
    }

    #[test]
    fn labels_that_tell_no_matter_are_no_tags() {
        let draft = draft(
            "X-Gmail-Labels: Inbox,Opened,Rivers,Category Updates\nKeywords: eel, weir\nSubject: S\n\nT\n",
        );
        assert_eq!(draft.tags, ["eel", "weir", "Rivers"]);
    }

    #[test]
    fn nothing_is_skipped() {
        for (message, reason) in
            [("no headers\n\ntext", Reason::Broken), ("From: a@h.example\n\n", Reason::Empty)]
        {
            let Item::Skip { fault, .. } = read(message) else { panic!("{message}") };
            assert_eq!(fault.reason, reason);
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, message in "((From|To|Subject|Date|List-Id|Content-Type): |=\\?utf-8\\?[BQ]\\?|\\?=|[<>@,;()\"]|\n|\\PC){0,60}") {
            item(&bytes, Spot::WHOLE, None, &ReadOptions::default());
            read(&message);
        }
    }
}
