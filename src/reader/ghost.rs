//! The export of Ghost: one JSON object with the tables of its database (ghost.org/docs/migration/custom).
//!
//! Posts are found by their brackets and read one by one, so that a broken one, or the end of a file that is cut off,
//! costs only itself. What the tables say of a post is joined here (`tables`); texts that Ghost did not render to HTML
//! are read from its editors' documents (`document`).

use crate::article::{Draft, Origin};
use crate::diagnostic::{LeftOut, Reason};
use crate::reader::json::{Record, elements};
use crate::reader::values::{Property, Stated, Value, plain_text};
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot, fragment};

mod document;
mod tables;

use tables::{Row, Tables};

/// States of a post that nobody has seen yet; `sent` went to subscribers only.
const UNPUBLISHED: &[&str] = &["draft", "scheduled"];

/// What every post has and says nothing.
const USUAL: &[(&str, &str)] = &[("type", "post"), ("status", "published"), ("visibility", "public")];

/// Exports of Ghost.
#[derive(Debug)]
pub struct Ghost;

impl Reader for Ghost {
    fn name(&self) -> &'static str {
        "ghost"
    }

    fn about(&self) -> &'static str {
        "exports of Ghost (JSON)"
    }

    fn reads(&self) -> &'static str {
        "posts and pages with their tags, authors and dates; drafts and scheduled posts on request"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let is_database = tables::first_name(head) == Some("db");
        let is_import = matches!(tables::first_name(head), Some("meta" | "data"));
        let is_dated = memchr::memmem::find(head, b"\"exported_on\"").is_some();
        is_database || (is_import && is_dated)
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let tables = Tables::of(input.bytes).ok_or_else(no_posts)?;
        for (number, record) in (1..).zip(elements(input.bytes, tables.posts)) {
            emit(item(&tables, number, record, input));
        }
        Ok(())
    }
}

fn item(tables: &Tables, number: u64, record: Record, input: &Input<'_>) -> Item {
    let (range, is_cut) = match record {
        Record::Whole(range) => (range, false),
        Record::Cut(range) => (range, true),
    };
    let bytes = Some((input.offset + range.start as u64, range.len() as u64));
    let spot = Spot { member: None, record: Some(number), bytes };
    let (text, mut notes) = super::decoded(&input.bytes[range]);
    let post: Row = match serde_json::from_str(&text) {
        Ok(post) => post,
        Err(error) => return Item::Skip { spot, fault: broken(&error, is_cut) },
    };
    let is_unpublished = post.text("status").is_some_and(|status| UNPUBLISHED.contains(&status));
    if is_unpublished && !input.options.unpublished {
        return Item::LeftOut { spot, what: LeftOut::Unpublished };
    }
    let draft = draft(&post, tables, input, &mut notes);
    Item::of(spot, draft, notes)
}

fn draft(post: &Row, tables: &Tables, input: &Input<'_>, notes: &mut Vec<Fault>) -> Draft {
    let id = post.id("id").unwrap_or_default();
    let extra = tables.extra(&id);
    let mut stated = Stated::default();
    let mut one = |rank, property, name, value: Option<String>| {
        if let Some(value) = value {
            stated.add(rank, property, name, Value::One(value.into()));
        }
    };
    let own = |name| post.text(name).map(str::to_owned);
    let other = |name| extra.and_then(|extra| extra.text(name)).map(str::to_owned);
    one(0, Property::Title, "title".into(), own("title"));
    one(0, Property::Description, "custom_excerpt".into(), own("custom_excerpt"));
    one(1, Property::Description, "meta_description".into(), own("meta_description"));
    one(2, Property::Description, "meta_description".into(), other("meta_description"));
    one(0, Property::Date, "published_at".into(), post.id("published_at"));
    one(0, Property::Url, "canonical_url".into(), own("canonical_url"));
    // A slug is unique in a site and survives its move; ids are made anew.
    one(0, Property::Id, "slug".into(), own("slug").or_else(|| own("uuid")));
    one(0, Property::Language, "locale".into(), own("locale").or_else(|| tables.locale.clone()));
    let many = |texts: Vec<String>| Value::Many(texts.into_iter().map(Into::into).collect());
    stated.add(0, Property::Tag, "tags".into(), many(tables.tags(&id)));
    stated.add(0, Property::Author, "authors".into(), many(tables.authors(&id, post)));
    for (name, usual) in USUAL {
        if let Some(value) = kind(post, name).filter(|value| value != usual) {
            stated.add_other((*name).into(), Value::One(value.into()));
        }
    }
    if let Some(site) = &tables.site {
        stated.add_other("site".into(), Value::One(site.as_str().into()));
    }
    let mut draft = Draft { body: body(post), ..Draft::default() };
    stated.fill(&mut draft, Origin::Metadata, input.options.day_order, notes);
    draft
}

/// A state of the post; before `type` came into use, a page was told by `page`.
fn kind(post: &Row, name: &str) -> Option<String> {
    let is_page = name == "type" && (post.is_true("page"));
    if is_page { Some("page".to_owned()) } else { post.text(name).map(str::to_owned) }
}

/// The text: as Ghost rendered it, else as it wrote it into mails, else from the document of the editor.
fn body(post: &Row) -> String {
    let sources: [&dyn Fn() -> Option<String>; 4] = [
        &|| post.text("html").map(fragment::text),
        &|| post.text("plaintext").map(|text| plain_text(text.into())),
        &|| post.text("lexical").and_then(document::lexical),
        &|| post.text("mobiledoc").and_then(document::mobiledoc),
    ];
    sources.iter().find_map(|source| source().filter(|text| !text.is_empty())).unwrap_or_default()
}

fn no_posts() -> Fault {
    Fault {
        reason: Reason::Broken,
        message: "no export of Ghost: there is no list of posts in it".to_owned(),
        hint: Some("for other JSON use --format json".to_owned()),
    }
}

fn broken(error: &serde_json::Error, is_cut: bool) -> Fault {
    let (message, hint) = match is_cut {
        true => {
            (format!("the file ends inside this post ({error} of the post)"), "was the file copied whole?")
        }
        false => (format!("the post is no JSON object: {error} of the post"), "the posts after it are read"),
    };
    Fault { reason: Reason::Broken, message, hint: Some(hint.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::ReadOptions;

    fn items(text: &str, unpublished: bool) -> Vec<Item> {
        let options = ReadOptions { unpublished, ..ReadOptions::default() };
        let mut items = Vec::new();
        let input = Input::whole("x.json", text.as_bytes(), &options);
        if let Err(fault) = Ghost.read(&input, &mut |item| items.push(item)) {
            items.push(Item::Skip { spot: Spot::WHOLE, fault });
        }
        items
    }

    fn summary(text: &str, unpublished: bool) -> Vec<String> {
        let show = |item: &Item| match item {
            Item::Draft { draft, .. } => {
                format!("{}: {}", draft.title.as_deref().unwrap_or("-"), draft.tags.join(","))
            }
            Item::Skip { fault, .. } => fault.reason.as_str().to_owned(),
            Item::LeftOut { what, .. } => what.as_str().to_owned(),
        };
        items(text, unpublished).iter().map(show).collect()
    }

    const EXPORT: &str = r##"{"db":[{"meta":{"exported_on":1,"version":"5.0.0"},"data":{
        "posts":[{"id":"p1","title":"One","html":"<p>a</p>","status":"published"},
                 {"id":"p2","title":"Two","status":"draft"}, 7, {"id":"p4","title":"Four","status":"sent"}],
        "posts_tags":[{"post_id":"p1","tag_id":"t2","sort_order":1},{"post_id":"p1","tag_id":"t1","sort_order":0},
                      {"post_id":"p1","tag_id":"t3","sort_order":2},{"post_id":"p1","tag_id":"gone"}],
        "tags":[{"id":"t1","name":"Primary"},{"id":"t2","name":"Second"},{"id":"t3","name":"#internal"}]}}]}"##;

    #[test]
    fn posts_are_joined_with_their_tags() {
        assert_eq!(summary(EXPORT, false), ["One: Primary,Second", "unpublished", "broken", "Four: "]);
        assert_eq!(summary(EXPORT, true)[1], "Two: ");
    }

    #[test]
    fn a_cut_export_gives_what_was_there() {
        for length in 0..EXPORT.len() {
            items(&EXPORT[..length], false);
        }
        let cut = EXPORT.find("\"p2\"").expect("the second post");
        assert_eq!(summary(&EXPORT[..cut], false), ["One: ", "broken"]);
    }

    #[test]
    fn every_wrapping_is_read_and_other_json_refused() {
        let data = r#"{"posts":[{"title":"One"}]}"#;
        for (text, expected) in [
            (format!("{{\"db\":[{{\"data\":{data}}}]}}"), "One: "),
            (format!("\u{feff}{{\"meta\":{{\"exported_on\":1}},\"data\":{data}}}"), "One: "),
            (format!("{{\"data\":{data}}}"), "One: "),
            (data.to_owned(), "broken"),
            ("[]".to_owned(), "broken"),
            (String::new(), "broken"),
        ] {
            assert_eq!(summary(&text, false), [expected], "{text}");
        }
    }

    #[test]
    fn exports_are_told_from_other_json() {
        for (head, expected) in [
            ("{\"db\": [{\"meta\"", true),
            ("\u{feff}\n{ \"meta\":{\"exported_on\":1}", true),
            ("{\"data\":{\"posts\":[", false),
            ("{\"title\":\"the exported_on of db\"}", false),
            ("{\"meta\":{\"pages\":3}", false),
            ("[{\"db\":1}]", false),
            ("", false),
        ] {
            assert_eq!(Ghost.sniff(head.as_bytes()), expected, "{head}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_like_an_export_panics(text in "([\\[\\]{},:\"]|\"db\":|\"data\":|\"posts\":|\"tags\":|\"id\":|1|null|\"\\\\u00){0,40}") {
            items(&text, true);
            items(&format!("{{\"data\":{{\"posts\":[{{\"title\":\"a\"}}],\"tags\":[{text}"), true);
        }
    }
}
