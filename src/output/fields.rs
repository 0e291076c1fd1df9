//! The fields of a hit that a user can choose with `--fields`, and their values as plain text.

use std::borrow::Cow;

use crate::article::Place;
use crate::output::Format;
use crate::search::Hit;

/// A field of a hit; the name means the same in every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitField {
    /// Place in the order, from 1.
    Rank,
    /// Short name.
    Id,
    /// Identity in words.
    Key,
    /// BM25.
    Score,
    /// Title.
    Title,
    /// Names.
    Authors,
    /// Tags and sections.
    Tags,
    /// Sections alone.
    Section,
    /// Language.
    Lang,
    /// Words of the body.
    Words,
    /// Publication date.
    Date,
    /// Canonical URL.
    Url,
    /// Name of the archive.
    Source,
    /// File, member and record.
    Location,
    /// Its family: the articles that are the same text again.
    Family,
    /// The file, and the member of a container.
    Path,
    /// All passages.
    Snippets,
    /// The text of the best passage.
    Snippet,
}

impl HitField {
    /// Every field.
    pub const ALL: &'static [HitField] = &[
        HitField::Rank,
        HitField::Id,
        HitField::Key,
        HitField::Score,
        HitField::Title,
        HitField::Authors,
        HitField::Tags,
        HitField::Section,
        HitField::Lang,
        HitField::Words,
        HitField::Date,
        HitField::Url,
        HitField::Source,
        HitField::Location,
        HitField::Family,
        HitField::Path,
        HitField::Snippets,
        HitField::Snippet,
    ];

    /// The fields of a hit in JSON, in the order of the contract.
    pub const OF_JSON: &'static [HitField] = &[
        HitField::Rank,
        HitField::Id,
        HitField::Key,
        HitField::Score,
        HitField::Title,
        HitField::Authors,
        HitField::Tags,
        HitField::Section,
        HitField::Lang,
        HitField::Words,
        HitField::Date,
        HitField::Url,
        HitField::Source,
        HitField::Location,
        HitField::Family,
        HitField::Snippets,
    ];

    /// The columns of CSV and TSV.
    pub const OF_TABLE: &'static [HitField] = &[
        HitField::Rank,
        HitField::Id,
        HitField::Date,
        HitField::Title,
        HitField::Authors,
        HitField::Tags,
        HitField::Source,
        HitField::Path,
        HitField::Url,
        HitField::Snippet,
    ];

    /// The name in `--fields`, as a key and as a column.
    pub fn name(self) -> &'static str {
        match self {
            HitField::Rank => "rank",
            HitField::Id => "id",
            HitField::Key => "key",
            HitField::Score => "score",
            HitField::Title => "title",
            HitField::Authors => "authors",
            HitField::Tags => "tags",
            HitField::Section => "section",
            HitField::Lang => "lang",
            HitField::Words => "words",
            HitField::Date => "date",
            HitField::Url => "url",
            HitField::Source => "source",
            HitField::Location => "location",
            HitField::Family => "family",
            HitField::Path => "path",
            HitField::Snippets => "snippets",
            HitField::Snippet => "snippet",
        }
    }

    /// Whether it is known without a look at the article.
    pub fn is_of_ranking(self) -> bool {
        match self {
            HitField::Rank | HitField::Id | HitField::Score => true,
            HitField::Key
            | HitField::Title
            | HitField::Authors
            | HitField::Tags
            | HitField::Section
            | HitField::Lang
            | HitField::Words
            | HitField::Date
            | HitField::Url
            | HitField::Source
            | HitField::Location
            | HitField::Family
            | HitField::Path
            | HitField::Snippets
            | HitField::Snippet => false,
        }
    }

    /// The value as one cell of a table; lists are joined by `; `, passages by ` … `. Raw: not yet made visible.
    pub fn cell(self, hit: &Hit) -> Cow<'_, str> {
        match self {
            HitField::Rank => hit.rank.to_string().into(),
            HitField::Id => hit.id.to_string().into(),
            HitField::Key => hit.key.as_str().into(),
            HitField::Score => hit.score.to_string().into(),
            HitField::Title => hit.title.text.as_str().into(),
            HitField::Authors => hit.authors.join("; ").into(),
            HitField::Tags => hit.tags.join("; ").into(),
            HitField::Section => hit.sections.join("; ").into(),
            HitField::Lang => hit.language.map(|language| language.to_string()).unwrap_or_default().into(),
            HitField::Words => hit.words.to_string().into(),
            HitField::Date => hit.published.map(|it| it.to_string()).unwrap_or_default().into(),
            HitField::Url => hit.url.as_deref().unwrap_or_default().into(),
            HitField::Source => hit.source.as_str().into(),
            HitField::Location => hit.place.to_string().into(),
            HitField::Family => hit.family.map(|family| family.id.to_string()).unwrap_or_default().into(),
            HitField::Path => file(&hit.place),
            HitField::Snippets => {
                let texts: Vec<&str> = hit.snippets.iter().map(|it| it.passage.text.as_str()).collect();
                texts.join(" … ").into()
            }
            HitField::Snippet => {
                hit.snippets.first().map(|it| it.passage.text.as_str()).unwrap_or_default().into()
            }
        }
    }
}

/// The path, and the member of a container behind a `!`.
pub(super) fn file(place: &Place) -> Cow<'_, str> {
    match &place.member {
        None => place.path.as_str().into(),
        Some(member) => format!("{}!{member}", place.path).into(),
    }
}

/// Why a choice of fields was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldsError {
    /// There is no such field.
    #[error("no field {name:?} in a hit; the fields are {known}")]
    Unknown {
        /// As typed.
        name: String,
        /// Every name, separated by commas.
        known: String,
    },
    /// The same field twice.
    #[error("field {name:?} is named twice")]
    Twice {
        /// As typed.
        name: String,
    },
    /// The format prints a fixed text.
    #[error("format {format} has no fields to choose; use json, jsonl, csv or tsv")]
    Fixed {
        /// Its name.
        format: &'static str,
    },
}

/// The fields of those names, in that order, for `format`.
pub fn check_fields(format: &dyn Format, names: &[String]) -> Result<Vec<HitField>, FieldsError> {
    if format.default_fields().is_empty() {
        return Err(FieldsError::Fixed { format: format.name() });
    }
    let mut fields = Vec::with_capacity(names.len());
    for name in names {
        let field = named(name.trim())?;
        if fields.contains(&field) {
            return Err(FieldsError::Twice { name: name.trim().to_owned() });
        }
        fields.push(field);
    }
    Ok(fields)
}

fn named(name: &str) -> Result<HitField, FieldsError> {
    let found = HitField::ALL.iter().copied().find(|field| field.name() == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = HitField::ALL.iter().map(|field| field.name()).collect();
        FieldsError::Unknown { name: name.to_owned(), known: known.join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::format;

    #[test]
    fn fields_are_checked() {
        let check = |name: &str, fields: &[&str]| {
            let fields: Vec<String> = fields.iter().map(|it| (*it).to_owned()).collect();
            check_fields(format(name).unwrap(), &fields)
        };
        assert_eq!(check("csv", &["title", " date"]), Ok(vec![HitField::Title, HitField::Date]));
        assert_eq!(check("text", &["title"]), Err(FieldsError::Fixed { format: "text" }));
        assert_eq!(check("paths", &["title"]), Err(FieldsError::Fixed { format: "paths" }));
        assert_eq!(check("json", &["id", "id"]), Err(FieldsError::Twice { name: "id".into() }));
        let unknown = check("json", &["titel"]).unwrap_err().to_string();
        assert!(unknown.starts_with(r#"no field "titel" in a hit; the fields are rank, id,"#), "{unknown}");
    }

    #[test]
    fn every_field_is_found_by_its_name() {
        for field in HitField::ALL {
            assert_eq!(named(field.name()), Ok(*field));
        }
    }
}
