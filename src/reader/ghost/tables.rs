//! The tables of an export that say something of its posts, joined by their ids.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::reader::json::{Record, elements, members};

/// A row of a table; values of any kind, because they changed from version to version.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Row(Map<String, Value>);

impl Row {
    /// A string that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// A string or number as text: ids were numbers once, dates counted milliseconds.
    pub(super) fn id(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Whether it is `true` or 1.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value.as_bool() == Some(true) || value.as_u64() == Some(1))
    }

    fn order(&self) -> u64 {
        self.0.get("sort_order").and_then(Value::as_u64).unwrap_or(u64::MAX)
    }
}

/// What an export says of its posts.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Where the list of posts begins.
    pub(super) posts: usize,
    /// The language of the site.
    pub(super) locale: Option<String>,
    /// The title of the site.
    pub(super) site: Option<String>,
    tags: HashMap<String, Row>,
    users: HashMap<String, Row>,
    /// More columns of the posts, by the id of the post.
    extras: HashMap<String, Row>,
    /// Ids of tags in their order, by the id of the post.
    tags_of: HashMap<String, Vec<String>>,
    authors_of: HashMap<String, Vec<String>>,
}

impl Tables {
    /// The tables of an export; `None` when it has no list of posts.
    pub(super) fn of(bytes: &[u8]) -> Option<Tables> {
        let lists: HashMap<&str, usize> = members(bytes, data(bytes)?).collect();
        let posts = *lists.get("posts").filter(|at| bytes.get(**at) == Some(&b'['))?;
        let rows = |name| lists.get(name).map(|at| rows(bytes, *at)).unwrap_or_default();
        let mut tables = Tables {
            posts,
            tags: by(rows("tags"), "id"),
            users: by(rows("users"), "id"),
            extras: by(rows("posts_meta"), "post_id"),
            tags_of: links(&rows("posts_tags"), "tag_id"),
            authors_of: links(&rows("posts_authors"), "author_id"),
            ..Tables::default()
        };
        tables.learn_settings(&rows("settings"));
        Some(tables)
    }

    fn learn_settings(&mut self, settings: &[Row]) {
        let value = |keys: &[&str]| {
            let found = settings.iter().find(|row| row.text("key").is_some_and(|key| keys.contains(&key)));
            found.and_then(|row| row.text("value")).map(str::to_owned)
        };
        self.locale = value(&["locale", "lang", "default_locale"]);
        self.site = value(&["title"]);
    }

    /// More columns of a post.
    pub(super) fn extra(&self, post: &str) -> Option<&Row> {
        self.extras.get(post)
    }

    /// The tags of a post, the primary one first, without those that are for the theme only.
    pub(super) fn tags(&self, post: &str) -> Vec<String> {
        let ids = self.tags_of.get(post).into_iter().flatten();
        let names = ids.filter_map(|id| self.tags.get(id)).filter(|tag| !is_internal(tag));
        names.filter_map(|tag| tag.text("name")).map(str::to_owned).collect()
    }

    /// The names of the authors of a post.
    pub(super) fn authors(&self, post: &str, row: &Row) -> Vec<String> {
        let mut ids = self.authors_of.get(post).cloned().unwrap_or_default();
        if ids.is_empty() {
            ids.extend(row.id("author_id"));
        }
        ids.iter().filter_map(|id| self.users.get(id)?.text("name")).map(str::to_owned).collect()
    }
}

fn is_internal(tag: &Row) -> bool {
    tag.text("visibility") == Some("internal") || tag.text("name").is_some_and(|name| name.starts_with('#'))
}

/// The name of the first member of the object at the head of a file.
pub(super) fn first_name(head: &[u8]) -> Option<&str> {
    members(head, start(head)).next().map(|(name, _)| name)
}

/// The first byte that is neither a byte order mark nor white space.
fn start(bytes: &[u8]) -> usize {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.len() - unmarked.trim_ascii_start().len()
}

/// Where the object with the tables begins: `{"db": [{"data": {…}}]}` or `{"data": {…}}`.
fn data(bytes: &[u8]) -> Option<usize> {
    let member = |object, wanted: &str| {
        members(bytes, object).find(|(name, _)| *name == wanted).map(|(_, value)| value)
    };
    let start = start(bytes);
    let database =
        member(start, "db").and_then(|list| elements(bytes, list).next()).map(|record| match record {
            Record::Whole(range) | Record::Cut(range) => range.start,
        });
    member(database.unwrap_or(start), "data")
}

/// The rows of a table that can be read.
fn rows(bytes: &[u8], at: usize) -> Vec<Row> {
    let rows = elements(bytes, at).filter_map(|record| match record {
        Record::Whole(range) => serde_json::from_slice(&bytes[range]).ok(),
        Record::Cut(_) => None,
    });
    rows.collect()
}

fn by(rows: Vec<Row>, name: &str) -> HashMap<String, Row> {
    rows.into_iter().filter_map(|row| Some((row.id(name)?, row))).collect()
}

/// What the rows of a table link to a post, in their order.
fn links(rows: &[Row], name: &str) -> HashMap<String, Vec<String>> {
    let mut ordered: Vec<&Row> = rows.iter().collect();
    ordered.sort_by_key(|row| row.order());
    let mut links: HashMap<String, Vec<String>> = HashMap::new();
    for row in ordered {
        if let (Some(post), Some(id)) = (row.id("post_id"), row.id(name)) {
            links.entry(post).or_default().push(id);
        }
    }
    links
}
