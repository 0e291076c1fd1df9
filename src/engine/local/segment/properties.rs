//! What of an article belongs into which field of a segment, whoever writes it.

use crate::analysis::language::Language;
use crate::analysis::positions::{MAX_DISTANCE, MAX_FREE_WORDS};
use crate::analysis::stem;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::article::{Article, Origin, Published};
use crate::engine::local::schema::TextField;
use crate::schema::Property;
use crate::text::calendar::Day;

/// Words between the properties of one field, so that no phrase reaches from one into the next, and nothing is near
/// across.
pub(super) const PROPERTY_GAP: u32 = MAX_DISTANCE + MAX_FREE_WORDS as u32 + 1;

/// Longest sort key of a title, in bytes.
const TITLE_KEY_BYTES: usize = 64;

/// The language that an article's words are stemmed as. One in a known language that has no stemmer is not stemmed as
/// something else.
pub(super) fn stemmed_as(article: &Article, undetermined: Option<Language>) -> Option<Language> {
    match article.language {
        Some(language) => Some(language).filter(|language| stem::has(*language)),
        None => undetermined,
    }
}

/// Whether a field has the words of bodies, of which sketches are made.
pub(super) fn has_bodies(field: &TextField) -> bool {
    field.from.iter().any(|(property, _)| *property == Property::Body)
}

/// What tells short articles apart, given the sort key of the title. The name of a file is no headline.
pub(super) fn headline<'a>(article: &Article, title_key: &'a str) -> &'a str {
    if article.title_origin == Origin::Path { "" } else { title_key }
}

/// The text that a property of words has.
pub(in crate::engine::local) fn text_of<'a>(article: &'a Article, property: &Property) -> &'a str {
    match property {
        Property::Title => &article.title,
        Property::Description => article.description.as_deref().unwrap_or_default(),
        Property::Body => &article.body,
        Property::Authors
        | Property::Tags
        | Property::Sections
        | Property::Source
        | Property::Language
        | Property::Url
        | Property::Path
        | Property::Id
        | Property::Published
        | Property::PublishedOrigin
        | Property::Added
        | Property::Words
        | Property::Family
        | Property::Meta(_) => "",
    }
}

/// First and last day of a property of dates; a guessed date is none.
pub(super) fn days(property: &Property, article: &Article, added: Day) -> Option<(Day, Day)> {
    match property {
        Property::Added => Some((added, added)),
        _ => {
            let stated = article.published.filter(Published::is_stated);
            stated.map(|published| (published.date.from, published.date.to))
        }
    }
}

/// The beginning of a title, folded, as it sorts.
pub(super) fn title_key(title: &str) -> String {
    let mut key = String::new();
    tokenize(title, |token| {
        if token.kind != TokenKind::Pair && key.len() < TITLE_KEY_BYTES {
            if !key.is_empty() {
                key.push(' ');
            }
            key.push_str(token.text);
        }
    });
    key
}
