//! Reuters-21578: newswire stories of 1987 in SGML, some thousand a file (the collection's README, section VI).

use crate::article::{Draft, Origin};
use crate::reader::values::{self, Property, Stated, Value};
use crate::reader::xml::{self, Event, Events, Outcome, Source, XmlCutter};
use crate::reader::{Cutter, Emit, Fault, Input, ReadOptions, Reader};

/// The element of a story.
const STORIES: &[&str] = &["REUTERS"];

/// Elements that hold a list of `D`, and the names that the JSON of the collection has for them.
const LISTS: &[(&str, &str)] = &[
    ("TOPICS", "topics"),
    ("PLACES", "places"),
    ("PEOPLE", "people"),
    ("ORGS", "organisations"),
    ("EXCHANGES", "exchanges"),
    ("COMPANIES", "companies"),
];

/// Attributes of a story that are kept under their names.
const KEPT: &[(&str, &str)] = &[("OLDID", "oldid"), ("LEWISSPLIT", "lewissplit"), ("CGISPLIT", "cgisplit")];

/// Files of Reuters-21578.
#[derive(Debug)]
pub struct Reuters;

impl Reader for Reuters {
    fn name(&self) -> &'static str {
        "reuters"
    }

    fn about(&self) -> &'static str {
        "the SGML files of the Reuters-21578 collection"
    }

    fn reads(&self) -> &'static str {
        "title, author, date, text, topics as tags; places, people, organisations, exchanges and dateline as other values"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["sgm"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        xml::root(head).is_some_and(|(name, _)| name == "REUTERS")
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(XmlCutter::new(STORIES)))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        Source::new(input, STORIES)
            .read(emit, |text, notes| Outcome::Draft(Box::new(draft(text, input.options, notes))))
    }
}

fn draft(text: &str, options: &ReadOptions, notes: &mut Vec<Fault>) -> Draft {
    let mut stated = Stated::default();
    let mut body = String::new();
    let mut draft = Draft::default();
    let mut events = Events::new(text);
    while let Some(event) = events.next() {
        let tag = match event {
            Event::Start(tag) => tag,
            // Stories that are brief or were not processed have their text beside the elements of others.
            Event::Text(text) => {
                body.push_str(&text);
                continue;
            }
            Event::End(_) => continue,
        };
        match tag.name.local() {
            "REUTERS" => {
                if let Some(id) = tag.attribute("NEWID") {
                    stated.add(0, Property::Id, "id".into(), Value::One(id));
                }
                for (attribute, name) in KEPT {
                    if let Some(value) = tag.attribute(attribute) {
                        stated.add_other((*name).into(), Value::One(value));
                    }
                }
            }
            "DATE" => stated.add(0, Property::Date, "date".into(), Value::One(date(events.markup()).into())),
            // Not taken for HTML: companies are named `<A>`.
            "TITLE" => draft.title = Some(values::line(&events.text())).filter(|title| !title.is_empty()),
            "AUTHOR" => {
                stated.add(0, Property::Author, "author".into(), Value::One(author(&events.text()).into()))
            }
            "DATELINE" => {
                let dateline = events.text().trim().trim_end_matches('-').to_owned();
                stated.add_other("dateline".into(), Value::One(dateline.into()));
            }
            "TEXT" => {
                if let Some(kind) = tag.attribute("TYPE").filter(|kind| kind != "NORM") {
                    stated.add_other("type".into(), Value::One(kind));
                }
            }
            "BODY" => body.push_str(&events.text()),
            "UNKNOWN" | "MKNOTE" => Events::skip(&mut events),
            name => {
                if let Some((_, list)) = LISTS.iter().find(|(element, _)| *element == name) {
                    stated.add_named((*list).into(), list_of(&mut events));
                }
            }
        }
    }
    notes.extend(events.too_deep());
    // Before the title of a brief stands a row of asterisks.
    draft.body = values::plain_text(
        body.trim_start_matches(|c: char| c == '*' || c.is_whitespace()).to_owned().into(),
    );
    stated.fill(&mut draft, Origin::Metadata, options.day_order, notes);
    draft
}

fn list_of<'t>(events: &mut Events<'t>) -> Value<'t> {
    let depth = events.depth();
    let mut items = Vec::new();
    while let Some(event) = events.next_within(depth) {
        if let Event::Start(_) = event {
            items.push(events.text());
        }
    }
    Value::Many(items)
}

/// The date without the codes of the wire behind it: `27-MAR-1987 00:02:59.13&#5;&#5;RM`.
fn date(markup: &str) -> &str {
    markup.split(['&', '<']).next().unwrap_or_default().trim()
}

/// A name without the agency behind it: `By Ann Lee, Reuters`.
fn author(text: &str) -> String {
    let author = values::line(text);
    let end = author.rfind(',').filter(|comma| author[comma + 1..].trim().eq_ignore_ascii_case("reuters"));
    author[..end.unwrap_or(author.len())].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Draft, Vec<Fault>) {
        let mut notes = Vec::new();
        (draft(text, &ReadOptions::default(), &mut notes), notes)
    }

    #[test]
    fn stories_of_every_kind_are_read() {
        for (text, title, body) in [
            (
                "<REUTERS><TEXT>&#2;\n<TITLE>A &lt;B></TITLE><BODY>One &lt;A>.\n Reuter\n&#3;</BODY></TEXT></REUTERS>",
                Some("A <B>"),
                "One <A>.\n Reuter",
            ),
            (
                "<REUTERS><TEXT TYPE=\"BRIEF\">&#2;\n******<TITLE>A</TITLE>BLAH\n&#3;</TEXT></REUTERS>",
                Some("A"),
                "BLAH",
            ),
            ("<REUTERS><TEXT TYPE=\"UNPROC\">&#2;\nA\n  one\n&#3;</TEXT></REUTERS>", None, "A\n  one"),
            ("<REUTERS><UNKNOWN>&#5;C T</UNKNOWN><TEXT><TITLE></TITLE></TEXT>", None, ""),
        ] {
            let (draft, _) = read(text);
            assert_eq!((draft.title.as_deref(), draft.body.as_str()), (title, body), "{text}");
        }
    }

    #[test]
    fn values_are_those_of_the_json_of_the_collection() {
        let (draft, notes) = read(
            "<REUTERS NEWID=\"7\"><DATE>27-MAR-1987 00:02:59.13&#5;&#5;RM</DATE><TOPICS><D>grain</D><D>money-fx</D></TOPICS>\
             <PLACES><D>usa</D></PLACES><ORGS></ORGS><TEXT><AUTHOR>    By Ann Lee, Reuters</AUTHOR>\
             <DATELINE>    LONDON, March 27 - </DATELINE><BODY>x</BODY></TEXT></REUTERS>",
        );
        assert_eq!(
            draft.published.map(|published| published.date.to_string()).as_deref(),
            Some("1987-03-27T00:02:59")
        );
        assert_eq!(
            (draft.id.as_deref(), draft.tags, draft.authors),
            (Some("7"), vec!["grain".to_owned(), "money-fx".to_owned()], vec!["Ann Lee".to_owned()])
        );
        let places = [("places", "usa"), ("dateline", "LONDON, March 27")];
        assert!(places.iter().all(|(name, value)| draft.meta[*name] == [*value]), "{:?}", draft.meta);
        assert_eq!((draft.meta.len(), notes), (2, vec![]));
    }

    proptest::proptest! {
        #[test]
        fn no_story_panics(text in "(</?(REUTERS|DATE|TITLE|BODY|TOPICS|D|TEXT)>|&#5;|,|Reuters|\\PC){0,40}") {
            read(&text);
        }
    }
}
