//! Entries marked up in microformats2 (microformats.org/wiki/h-entry): sites of the IndieWeb, exports of Medium.
//!
//! Only a page of one entry states its article so; several are a list of articles.

use std::ops::Range;

/// What the entry of a page states.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// The number of entries of the page, without those inside of others.
    pub(super) count: usize,
    /// `p-name`
    pub(super) title: Option<String>,
    /// `p-summary`
    pub(super) summary: Option<String>,
    /// `p-canonical`, else `u-url`.
    pub(super) url: Option<String>,
    /// Where `e-content` lies in the text of the page.
    pub(super) content: Option<Range<usize>>,
}

impl Entry {
    /// The entry, if the page has no other.
    pub(super) fn only(&self) -> Option<&Entry> {
        (self.count == 1).then_some(self)
    }
}

/// A property of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    Title,
    Summary,
    Author,
    Tag,
    Url,
    Canonical,
}

const PROPERTIES: &[(&str, Property)] = &[
    ("p-author", Property::Author),
    ("p-name", Property::Title),
    ("p-summary", Property::Summary),
    ("p-category", Property::Tag),
    ("p-canonical", Property::Canonical),
    ("u-url", Property::Url),
];

/// What an element is by its classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) is_entry: bool,
    /// A person, a quoted page or another object, whose properties are its own.
    pub(super) is_other: bool,
    pub(super) is_content: bool,
    pub(super) property: Option<Property>,
}

impl Marks {
    pub(super) fn of(classes: &str) -> Marks {
        let has = |name: &str| classes.split_ascii_whitespace().any(|class| class == name);
        let is_entry = has("h-entry");
        Marks {
            is_entry,
            is_other: !is_entry && classes.split_ascii_whitespace().any(is_root),
            is_content: has("e-content"),
            property: PROPERTIES.iter().find(|(name, _)| has(name)).map(|(_, property)| *property),
        }
    }

    /// Whether its end must be known.
    pub(super) fn has_extent(self) -> bool {
        self.is_entry || self.is_other || self.is_content
    }
}

/// Objects within an entry; utility classes of style sheets begin with `h-` as well.
fn is_root(class: &str) -> bool {
    matches!(class, "h-card" | "h-cite" | "h-adr" | "h-geo" | "h-event" | "h-item" | "h-feed" | "h-review")
}

/// Whether a file is a draft in an export of Medium, by the name that it has there.
pub(super) fn is_draft(name: &str) -> bool {
    name.rsplit(['/', '\\']).next().is_some_and(|file| file.starts_with("draft_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_understood() {
        let marks =
            |is_entry, is_other, is_content, property| Marks { is_entry, is_other, is_content, property };
        for (classes, expected) in [
            ("post h-entry", marks(true, false, false, None)),
            ("p-author h-card", marks(false, true, false, Some(Property::Author))),
            ("e-content p-name", marks(false, false, true, Some(Property::Title))),
            ("h-100 p-3 hentry entry-content", Marks::default()),
            ("", Marks::default()),
        ] {
            assert_eq!(Marks::of(classes), expected, "{classes}");
        }
    }

    #[test]
    fn drafts_are_told_by_their_names() {
        for (name, expected) in
            [("posts/draft_Rain-0a1b.html", true), ("posts/2017-05-04_Rain-0a1b.html", false), ("a/b", false)]
        {
            assert_eq!(is_draft(name), expected, "{name}");
        }
    }
}
