//! What an export says of the whole site: its name, language, authors and categories.

use std::collections::HashMap;

use crate::analysis::language::Language;
use crate::reader::feed;
use crate::reader::values;
use crate::reader::xml::{Event, Events, Tag};

/// More levels of categories than anybody makes.
const MAX_LEVELS: usize = 16;

/// What holds for all items.
#[derive(Debug, Default)]
pub(super) struct Site {
    /// Its name.
    pub(super) title: Option<String>,
    /// Its language.
    pub(super) language: Option<Language>,
    /// Names of authors by their login.
    authors: HashMap<String, String>,
    /// Categories by their nicename, which items and children name.
    categories: HashMap<String, Category>,
}

#[derive(Debug)]
struct Category {
    name: String,
    parent: String,
}

impl Site {
    /// The name of the author with that login, else the login.
    pub(super) fn author(&self, login: &str) -> String {
        self.authors.get(login).cloned().unwrap_or_else(|| login.to_owned())
    }

    /// A category below its parents: `News/Local`. A nicename that is not declared is called `name`.
    pub(super) fn section(&self, nicename: &str, name: &str) -> String {
        let mut levels = vec![level(name)];
        let mut seen = vec![nicename];
        let mut next = nicename;
        while let Some(Category { parent, .. }) = self.categories.get(next) {
            let Some(category) = self.categories.get(parent) else { break };
            if seen.contains(&parent.as_str()) || seen.len() == MAX_LEVELS {
                break;
            }
            levels.push(level(&category.name));
            seen.push(parent);
            next = parent;
        }
        levels.reverse();
        levels.join("/")
    }
}

/// The name of one level; a `/` in it would make two.
fn level(name: &str) -> String {
    name.split('/').map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Reads what stands before the first item.
pub(super) fn read(head: &str) -> Site {
    let mut site = Site::default();
    let mut events = Events::new(head);
    while let Some(event) = events.next() {
        if let Event::Start(tag) = event {
            site.take(&tag, &mut events);
        }
    }
    site
}

impl Site {
    fn take(&mut self, tag: &Tag<'_>, events: &mut Events<'_>) {
        match tag.name.split() {
            ("", "rss" | "channel") => {}
            ("", "title") => {
                let title = values::line(&feed::html(&events.text()));
                self.title = (!title.is_empty()).then_some(title);
            }
            ("", "language") => self.language = Language::parse(events.text().trim()),
            ("wp", "author") => self.take_author(events),
            ("wp", "category") => self.take_category(events),
            _ => events.skip(),
        }
    }

    fn take_author(&mut self, events: &mut Events<'_>) {
        let [login, name] = members(events, ["author_login", "author_display_name"]);
        if !login.is_empty() && !name.is_empty() {
            self.authors.insert(login, name);
        }
    }

    fn take_category(&mut self, events: &mut Events<'_>) {
        let [nicename, parent, name] = members(events, ["category_nicename", "category_parent", "cat_name"]);
        if !nicename.is_empty() {
            self.categories.insert(nicename, Category { name, parent });
        }
    }
}

/// The texts of the elements of those names inside the element that has just begun.
fn members<const N: usize>(events: &mut Events<'_>, names: [&str; N]) -> [String; N] {
    let depth = events.depth();
    let mut found = [const { String::new() }; N];
    while let Some(event) = events.next_within(depth) {
        let Event::Start(tag) = event else { continue };
        match names.iter().position(|name| *name == tag.name.local()) {
            Some(at) => found[at] = values::line(&htmlize::unescape(events.text())),
            None => events.skip(),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(nicename: &str, parent: &str, name: &str) -> String {
        format!(
            "<wp:category><wp:category_nicename>{nicename}</wp:category_nicename>\
             <wp:category_parent><![CDATA[{parent}]]></wp:category_parent>\
             <wp:cat_name><![CDATA[{name}]]></wp:cat_name></wp:category>"
        )
    }

    #[test]
    fn categories_lie_below_their_parents() {
        let head = [
            category("news", "", "News"),
            category("local", "news", "Local"),
            category("port", "local", "Port &amp; Harbour"),
            category("a", "b", "A"),
            category("b", "a", "B/C"),
        ];
        let site = read(&head.concat());
        for (nicename, name, expected) in [
            ("port", "Port & Harbour", "News/Local/Port & Harbour"),
            ("news", "News", "News"),
            ("unknown", "Sea / Land", "Sea Land"),
            ("a", "A", "B C/A"),
        ] {
            assert_eq!(site.section(nicename, name), expected);
        }
    }

    #[test]
    fn authors_have_names() {
        let head = "<channel><title>T &amp;amp; U</title><language>de-DE</language><wp:author>\
                    <wp:author_login>ann</wp:author_login><wp:author_email>x</wp:author_email>\
                    <wp:author_display_name><![CDATA[Ann Lee]]></wp:author_display_name></wp:author>";
        let site = read(head);
        assert_eq!((site.author("ann"), site.author("bob")), ("Ann Lee".to_owned(), "bob".to_owned()));
        assert_eq!(site.title.as_deref(), Some("T & U"));
        assert_eq!(site.language, Language::parse("de"));
    }
}
