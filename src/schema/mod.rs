//! The declaration of an index: which fields there are, how they are analysed, which are facets.

use std::sync::Arc;

use crate::analysis::language::{Detector, Language};

pub mod load;
mod nearest;

pub(crate) use nearest::{edits, nearest};

/// The name of a declared field; only a [`Schema`] makes them, so a name that exists is a field that exists.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldName(Arc<str>);

impl FieldName {
    /// The name as written in queries.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name without a schema, for tests of what lies above.
    #[cfg(test)]
    pub(crate) fn for_tests(name: &str) -> FieldName {
        FieldName(name.into())
    }
}

impl std::fmt::Display for FieldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for FieldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The property of an article that a field takes its values from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Property {
    /// [`crate::article::Article::title`]
    Title,
    /// `description`
    Description,
    /// `body`
    Body,
    /// `authors`
    Authors,
    /// `tags`
    Tags,
    /// `sections`
    Sections,
    /// `source`
    Source,
    /// `language`
    Language,
    /// `url`
    Url,
    /// `place.path`
    Path,
    /// The id and the key.
    Id,
    /// `published`
    Published,
    /// The origin of `published`.
    PublishedOrigin,
    /// The day of the ingest that brought it in.
    Added,
    /// The number of words of the body.
    Words,
    /// The articles that are the same text again, known by any of them.
    Family,
    /// `meta[name]`
    Meta(String),
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Words, with positions, as written and folded; and their stems when `stem`.
    Text {
        /// Properties in order, each with the weight that its words have in ranking.
        from: Vec<(Property, u32)>,
        /// Whether bare words match by their stems.
        stem: bool,
    },
    /// Values matched whole, case and accents folded.
    Keyword {
        /// The property.
        from: Property,
        /// The mark between the levels of a hierarchy; a value then counts for its ancestors too.
        hierarchy: Option<char>,
        /// Whether the single words of a value match too (names of people).
        words: bool,
        /// Whether it is a path, matched by patterns with `*` and `**`.
        path: bool,
    },
    /// Days with precision.
    Date {
        /// The property.
        from: Property,
    },
    /// Whole numbers, 0 and up.
    Number {
        /// The property.
        from: Property,
    },
}

/// One declared field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: FieldName,
    /// What it holds.
    pub kind: Kind,
    /// How many values a facet of it shows unless told; `None` when it is no facet.
    pub facet: Option<usize>,
    /// One line for the help.
    pub help: String,
}

/// What is known of a language.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageRules {
    /// Which language.
    pub language: Language,
    /// Whether its words are stemmed.
    pub stem: bool,
    /// Its commonest words, as written, parted by blanks.
    pub stop_words: String,
}

/// A checked declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// Every field, in declared order.
    pub fields: Vec<Field>,
    /// The text field that bare words search.
    pub default_field: FieldName,
    /// The languages whose words are known.
    pub languages: Vec<LanguageRules>,
    /// The language whose stems are used when an article's language cannot be told.
    pub undetermined: Option<Language>,
    /// XXH3 of the resolved declaration, 16 hexadecimal digits.
    pub fingerprint: String,
}

impl Schema {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.as_str() == name)
    }

    /// The names of all facets, in declared order.
    pub fn facets(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.facet.is_some())
    }

    /// What tells the declared languages apart.
    pub fn detector(&self) -> Detector {
        let words = self.languages.iter().map(|rules| (rules.language, rules.stop_words.as_str()));
        Detector::new(&words.collect::<Vec<_>>())
    }

    /// The declared name nearest to `name`, for hints.
    pub fn nearest(&self, name: &str) -> Option<&FieldName> {
        let near = nearest(name, self.fields.iter().map(|field| field.name.as_str()))?;
        self.field(near).map(|field| &field.name)
    }
}

#[cfg(test)]
impl Schema {
    /// One field of every kind and option, for tests alone.
    pub(crate) fn for_tests() -> Schema {
        let text = |from| Kind::Text { from: vec![(from, 1)], stem: true };
        let keyword = |from| Kind::Keyword { from, hierarchy: None, words: false, path: false };
        let field = |name, kind, facet, help: &str| Field {
            name: FieldName::for_tests(name),
            kind,
            facet,
            help: help.to_owned(),
        };
        let tag = Kind::Keyword { from: Property::Tags, hierarchy: Some('/'), words: false, path: false };
        let author = Kind::Keyword { from: Property::Authors, hierarchy: None, words: true, path: false };
        let path = Kind::Keyword { from: Property::Path, hierarchy: None, words: false, path: true };
        Schema {
            fields: vec![
                field("text", text(Property::Body), None, "title, summary and text"),
                field("title", text(Property::Title), None, "the title alone"),
                field("tag", tag, Some(10), "tags, keywords and topics"),
                field("section", keyword(Property::Sections), Some(10), "sections and categories"),
                field("author", author, Some(10), "names of authors"),
                field("source", keyword(Property::Source), Some(10), "the archive it belongs to"),
                field("lang", keyword(Property::Language), Some(10), "the language by its code"),
                field("url", keyword(Property::Url), None, "the canonical address"),
                field("path", path, None, "where it lies, with * and **"),
                field("id", keyword(Property::Id), None, "the short name or the key"),
                field("family", keyword(Property::Family), None, "an article and its copies"),
                field("date", Kind::Date { from: Property::Published }, Some(10), "publication date"),
                field("added", Kind::Date { from: Property::Added }, None, "day of the ingest"),
                field("words", Kind::Number { from: Property::Words }, None, "length of the text"),
            ],
            default_field: FieldName::for_tests("text"),
            languages: Vec::new(),
            undetermined: None,
            fingerprint: String::new(),
        }
    }
}
