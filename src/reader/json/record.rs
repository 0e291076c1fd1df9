//! One JSON object to the values that it states, without a tree in between.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::map::Meanings;
use crate::article::Origin;
use crate::reader::values::{self, Property, Stated, Value};

/// Names of the lists that hold the records of a file.
pub(super) const WRAPPERS: &[&str] = &[
    "articles",
    "items",
    "posts",
    "results",
    "data",
    "entries",
    "documents",
    "docs",
    "records",
    "stories",
    "hits",
    "response",
    "feed",
];

/// The object that holds the record in an answer of Elasticsearch.
const SOURCE: &str = "_source";

/// The member that holds the text in values of the WordPress REST API.
const RENDERED: &str = "rendered";

/// The member of a date that tells where it was stated, as this program writes it.
const ORIGIN: &str = "origin";

/// The most values that are kept of one record.
const MAX_VALUES: usize = 1000;

/// Reads the values of one record.
///
/// # Errors
/// The parser's, when `text` is not one JSON object; it gives line and column in `text`.
pub(super) fn read<'a>(text: &'a str, meanings: &Meanings<'_>) -> serde_json::Result<Stated<'a>> {
    let mut stated = Stated::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_map(Object { meanings, stated: &mut stated })?;
    deserializer.end()?;
    Ok(stated)
}

/// The record itself.
struct Object<'m, 'p, 's, 'de> {
    meanings: &'m Meanings<'p>,
    stated: &'s mut Stated<'de>,
}

impl<'de> Visitor<'de> for Object<'_, '_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the values of one article")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Text)? {
            if name == SOURCE {
                map.next_value_seed(Object { meanings: self.meanings, stated: &mut *self.stated })?;
                continue;
            }
            let meaning = self.meanings.of(&name);
            let nested = self.meanings.looks_into(&name);
            let found = map.next_value_seed(AnyValue { all_members: nested || meaning.is_none() })?;
            add(self.stated, self.meanings, name, found, meaning);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

fn add<'de>(
    stated: &mut Stated<'de>,
    meanings: &Meanings<'_>,
    name: Cow<'de, str>,
    found: Found<'de>,
    meaning: Option<(usize, Property)>,
) {
    match (found, meaning) {
        (Found::Nothing, _) => {}
        // `"published": true` is a state, not a date.
        (Found::Truth(truth), _) => stated.add_other(name, one(truth)),
        (Found::Value(value), Some((rank, property))) => stated.add(rank, property, name, value),
        (Found::Value(value), None) => stated.add_other(name, value),
        (Found::Members(members), meaning) => add_members(stated, meanings, &name, members, meaning),
    }
}

/// Whether it is a date that this program guessed from the text: it must not come back as a stated one.
fn is_guess(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    let is_guess = |value: &Value<'_>| *value == Value::One(Cow::Borrowed(Origin::Text.as_str()));
    members.iter().any(|(name, value)| name == ORIGIN && is_guess(value))
}

fn one(truth: bool) -> Value<'static> {
    Value::One(Cow::Borrowed(if truth { "true" } else { "false" }))
}

// The members of `source` are named `source.name`; only the map gives them a meaning, and the object has one itself
// when a member stands for it.
fn add_members<'de>(
    stated: &mut Stated<'de>,
    meanings: &Meanings<'_>,
    name: &str,
    members: Vec<(Cow<'de, str>, Value<'de>)>,
    meaning: Option<(usize, Property)>,
) {
    let meaning = meaning.filter(|(_, property)| *property != Property::Date || !is_guess(&members));
    let face = meaning.and_then(|meaning| Some((meaning, values::face(&members)?)));
    if let Some(((rank, property), face)) = face {
        let html = values::same_name(&members[face].0, RENDERED);
        let value = if html { rendered(members[face].1.clone(), property) } else { members[face].1.clone() };
        stated.add(rank, property, Cow::Owned(name.to_owned()), value);
    }
    for (at, (member, value)) in members.into_iter().enumerate() {
        let dotted = format!("{name}.{member}");
        let mapped = meanings.looks_into(name).then(|| meanings.of(&dotted)).flatten();
        match mapped {
            Some((rank, property)) => stated.add(rank, property, Cow::Owned(dotted), value),
            None if face.is_some_and(|(_, face)| face == at) => {}
            None => stated.add_other(Cow::Owned(dotted), value),
        }
    }
}

// What WordPress calls "rendered" is HTML even when it has no tag: a title with `&#8217;` in it.
fn rendered<'de>(value: Value<'de>, property: Property) -> Value<'de> {
    match value {
        Value::One(text) if property != Property::Body && text.contains('&') => {
            Value::One(Cow::Owned(htmlize::unescape(text.as_ref()).into_owned()))
        }
        Value::One(_) | Value::Many(_) => value,
    }
}

/// What stands at a name.
enum Found<'de> {
    Nothing,
    Truth(bool),
    Value(Value<'de>),
    Members(Vec<(Cow<'de, str>, Value<'de>)>),
}

/// Any value; of an object the scalar members, or only those that can stand for it.
struct AnyValue {
    all_members: bool,
}

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = Found<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Found<'de>, E> {
        Ok(Found::Value(Value::One(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Found<'de>, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Found<'de>, E> {
        Ok(Found::Value(Value::One(Cow::Owned(text))))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Found<'de>, E> {
        self.visit_string(number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Found<'de>, E> {
        self.visit_string(number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Found<'de>, E> {
        self.visit_string(number.to_string())
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Found<'de>, E> {
        Ok(Found::Truth(truth))
    }

    fn visit_unit<E: Error>(self) -> Result<Found<'de>, E> {
        Ok(Found::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Found<'de>, A::Error> {
        let mut texts = Vec::new();
        while let Some(found) = seq.next_element_seed(AnyValue { all_members: false })? {
            let value = match found {
                Found::Nothing | Found::Truth(_) => continue,
                Found::Value(value) => value,
                Found::Members(mut members) => match values::face(&members) {
                    Some(face) => members.swap_remove(face).1,
                    None => continue,
                },
            };
            match value {
                Value::One(text) if texts.len() < MAX_VALUES => texts.push(text),
                Value::One(_) => {}
                Value::Many(inner) => {
                    texts.extend(inner.into_iter().take(MAX_VALUES.saturating_sub(texts.len())))
                }
            }
        }
        Ok(Found::Value(Value::Many(texts)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key_seed(Text)? {
            let wanted = self.all_members || values::is_face(&name) || name == ORIGIN;
            if !wanted || members.len() >= MAX_VALUES {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match map.next_value_seed(AnyValue { all_members: false })? {
                Found::Value(value) => members.push((name, value)),
                Found::Truth(truth) => members.push((name, one(truth))),
                Found::Nothing | Found::Members(_) => {}
            }
        }
        Ok(Found::Members(members))
    }
}

/// A string, borrowed where it has no escapes.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
