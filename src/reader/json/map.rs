//! The user's own names of values: `--map title=headline,date=pub,tag=topics,tag=places`.

use crate::reader::FieldMap;
use crate::reader::values::{self, Property};

/// The properties that a map can name.
pub const MAPPABLE: &[&str] =
    &["title", "body", "description", "date", "tag", "section", "author", "url", "id", "lang"];

/// Why a map cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// A part without `=`, or with nothing on one side of it.
    #[error("{part:?} is no pair: write property=name, as in title=headline")]
    NotAPair {
        /// The part as written.
        part: String,
    },
    /// The word before `=` is no property.
    #[error("there is no property {property:?}; {}", suggestion(.nearest))]
    UnknownProperty {
        /// The word as written.
        property: String,
        /// The property that is spelled most like it.
        nearest: Option<&'static str>,
    },
}

fn suggestion(nearest: &Option<&'static str>) -> String {
    match nearest {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("the properties are {}", MAPPABLE.join(", ")),
    }
}

/// Reads a map: pairs `property=name` between commas. Names may have dots (`source.name`) and keep their case.
///
/// # Errors
/// [`MapError`] on the first part that is no pair or names no property of [`MAPPABLE`].
pub fn parse_map(text: &str) -> Result<FieldMap, MapError> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let pairs = parts.map(parse_pair).collect::<Result<_, _>>()?;
    Ok(FieldMap { pairs })
}

fn parse_pair(part: &str) -> Result<(String, String), MapError> {
    let (property, name) = part.split_once('=').unwrap_or_default();
    let (property, name) = (property.trim(), name.trim());
    if property.is_empty() || name.is_empty() {
        return Err(MapError::NotAPair { part: part.to_owned() });
    }
    match MAPPABLE.iter().find(|known| known.eq_ignore_ascii_case(property)) {
        Some(known) => Ok(((*known).to_owned(), name.to_owned())),
        None => Err(MapError::UnknownProperty { property: property.to_owned(), nearest: nearest(property) }),
    }
}

/// The property meant by a word: one that it is a name of, else the one nearest in spelling.
fn nearest(word: &str) -> Option<&'static str> {
    if let Some((_, property)) = values::property(word) {
        return Some(name_of(property));
    }
    let word: Vec<char> = word.chars().take(32).flat_map(char::to_lowercase).collect();
    let distances = MAPPABLE.iter().map(|known| (distance(&word, known), *known));
    let (least, known) = distances.min()?;
    (least <= 1 + known.len() / 4).then_some(known)
}

/// Levenshtein's distance.
fn distance(word: &[char], known: &str) -> usize {
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (above, wanted) in known.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (column, letter) in word.iter().enumerate() {
            let substituted = diagonal + usize::from(*letter != wanted);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[word.len()]
}

fn name_of(property: Property) -> &'static str {
    match property {
        Property::Title => "title",
        Property::Body => "body",
        Property::Description => "description",
        Property::Date => "date",
        Property::Tag => "tag",
        Property::Section => "section",
        Property::Author => "author",
        Property::Url => "url",
        Property::Id => "id",
        Property::Language => "lang",
    }
}

/// What the names of a record mean: those of the map first, then those known by themselves.
#[derive(Debug)]
pub(in crate::reader) struct Meanings<'a> {
    mapped: Vec<(Property, &'a str)>,
    dotted: bool,
}

impl<'a> Meanings<'a> {
    /// The meanings under `map`. A pair with a property that is not in [`MAPPABLE`] is not heeded; [`parse_map`]
    /// lets none through.
    pub(in crate::reader) fn new(map: &'a FieldMap) -> Meanings<'a> {
        let mapped: Vec<_> = map
            .pairs
            .iter()
            .filter_map(|(property, name)| Some((of_name(property)?, name.as_str())))
            .collect();
        let dotted = mapped.iter().any(|(_, name)| name.contains('.'));
        Meanings { mapped, dotted }
    }

    /// The rank and property of a name; a mapped name is taken for what the map says only.
    pub(in crate::reader) fn of(&self, name: &str) -> Option<(usize, Property)> {
        if self.mapped.is_empty() {
            return values::property(name);
        }
        match self.mapped.iter().position(|(_, mapped)| values::same_name(mapped, name)) {
            Some(rank) => Some((rank, self.mapped[rank].0)),
            None => values::property(name).map(|(rank, property)| (self.mapped.len() + rank, property)),
        }
    }

    /// Which pairs of the map these ranks come from, as [`crate::article::Draft::mapped`] has it.
    pub(in crate::reader) fn mapped(&self, ranks: impl Iterator<Item = usize>) -> u64 {
        let most = self.mapped.len().min(u64::BITS as usize);
        ranks.filter(|rank| *rank < most).fold(0, |mapped, rank| mapped | 1 << rank)
    }

    /// Whether the map names a value inside the object `name`.
    pub(super) fn looks_into(&self, name: &str) -> bool {
        let inside =
            |mapped: &str| mapped.split_once('.').is_some_and(|(outer, _)| values::same_name(outer, name));
        self.dotted && self.mapped.iter().any(|(_, mapped)| inside(mapped))
    }
}

fn of_name(name: &str) -> Option<Property> {
    let known = MAPPABLE.contains(&name);
    known.then(|| values::property(name).map(|(_, property)| property)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mappable_name_is_a_property() {
        for name in MAPPABLE {
            assert_eq!(of_name(name).map(name_of), Some(*name));
        }
    }

    #[test]
    fn maps_are_read() {
        let map =
            parse_map("title=headline, date = pub,tag=topics,tag=places,author=source.name").expect("a map");
        let pairs: Vec<(&str, &str)> = map.pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let expected = [
            ("title", "headline"),
            ("date", "pub"),
            ("tag", "topics"),
            ("tag", "places"),
            ("author", "source.name"),
        ];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn wrong_maps_are_explained() {
        for (text, expected) in [
            ("title", "\"title\" is no pair: write property=name, as in title=headline"),
            ("=x", "\"=x\" is no pair: write property=name, as in title=headline"),
            ("titel=x", "there is no property \"titel\"; did you mean title?"),
            ("headline=x", "there is no property \"headline\"; did you mean title?"),
            ("tags=x", "there is no property \"tags\"; did you mean tag?"),
            (
                "zzzzzz=x",
                "there is no property \"zzzzzz\"; the properties are title, body, description, date, tag, \
                 section, author, url, id, lang",
            ),
        ] {
            assert_eq!(parse_map(text).expect_err("no map").to_string(), expected, "{text}");
        }
    }
}
