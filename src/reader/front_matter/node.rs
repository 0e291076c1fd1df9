//! The tree of a YAML or TOML header, with scalars as they are spelled.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A value of a header.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Truth(bool),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Depth of nesting that is read.
pub const MAX_DEPTH: usize = 32;

/// Values that aliases may repeat.
const MAX_REPEATED: usize = 10_000;

/// Reads YAML 1.2.
pub(super) fn yaml(header: &str) -> super::Parsed {
    let budget = serde_saphyr::budget! {
        max_depth: MAX_DEPTH,
        max_nodes: 50_000,
        max_documents: 2,
    };
    let limits = serde_saphyr::alias_limits! { max_total_replayed_events: MAX_REPEATED };
    let options = serde_saphyr::options! {
        budget: budget,
        alias_limits: limits,
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::LastWins,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Option<Yaml>>(header, options) {
        Ok(node) => Ok(node.map_or(Node::Null, |yaml| yaml.spelled(header))),
        Err(error) => {
            let line = error.location().and_then(|place| usize::try_from(place.line()).ok());
            let message = error.without_snippet().to_string();
            Err((first_line(&message), line.filter(|line| *line > 0)))
        }
    }
}

// Without the place, which is told in lines of the file.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.rsplit_once(" at line ").map_or(line, |(what, _)| what).trim_end_matches('.').to_owned()
}

/// Reads TOML 1.0.
pub(super) fn toml(header: &str) -> super::Parsed {
    match header.parse::<toml::Table>() {
        Ok(table) => Ok(of_toml(toml::Value::Table(table))),
        Err(error) => {
            let line = error.span().map(|span| 1 + header[..span.start].matches('\n').count());
            Err((first_line(error.message()), line))
        }
    }
}

// Recursion is bounded by the parser, which refuses a depth of more than 80.
fn of_toml(value: toml::Value) -> Node {
    match value {
        toml::Value::String(text) => Node::Text(text),
        toml::Value::Integer(number) => Node::Text(number.to_string()),
        toml::Value::Float(number) => Node::Text(number.to_string()),
        toml::Value::Boolean(truth) => Node::Truth(truth),
        toml::Value::Datetime(date) => Node::Text(date.to_string()),
        toml::Value::Array(values) => Node::List(values.into_iter().map(of_toml).collect()),
        toml::Value::Table(table) => {
            Node::Map(table.into_iter().map(|(name, value)| (name, of_toml(value))).collect())
        }
    }
}

/// A YAML value whose numbers are still to be spelled: `1.10` is no 1.1.
enum Yaml {
    Plain(Node),
    List(Vec<Yaml>),
    Map(Vec<(String, serde_saphyr::Spanned<Yaml>)>),
    Number(String),
}

impl Yaml {
    // Recursion is bounded by MAX_DEPTH.
    fn spelled(self, header: &str) -> Node {
        match self {
            Yaml::Plain(node) => node,
            Yaml::Number(number) => Node::Text(number),
            Yaml::List(values) => Node::List(values.into_iter().map(|value| value.spelled(header)).collect()),
            Yaml::Map(members) => {
                let spell = |(name, value)| (name, spelled_member(value, header));
                Node::Map(members.into_iter().map(spell).collect())
            }
        }
    }
}

fn spelled_member(member: serde_saphyr::Spanned<Yaml>, header: &str) -> Node {
    let span = member.defined.span();
    match member.value {
        Yaml::Number(number) => {
            let spelling = span.byte_offset().zip(span.byte_len()).and_then(|(start, length)| {
                let start = usize::try_from(start).ok()?;
                header.get(start..start + usize::try_from(length).ok()?)
            });
            let spelling = spelling.map(str::trim).filter(|spelling| !spelling.is_empty());
            Node::Text(spelling.map_or(number, str::to_owned))
        }
        other @ (Yaml::Plain(_) | Yaml::List(_) | Yaml::Map(_)) => other.spelled(header),
    }
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Yaml, D::Error> {
        deserializer.deserialize_any(YamlVisitor)
    }
}

struct YamlVisitor;

impl<'de> Visitor<'de> for YamlVisitor {
    type Value = Yaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Yaml, E> {
        Ok(Yaml::Plain(Node::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Yaml, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Yaml, E> {
        Ok(Yaml::Plain(Node::Truth(truth)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Yaml, E> {
        Ok(Yaml::Plain(Node::Text(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Yaml, E> {
        Ok(Yaml::Plain(Node::Text(text)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Yaml, E> {
        Ok(Yaml::Number(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Yaml, E> {
        Ok(Yaml::Number(number.to_string()))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Yaml, E> {
        Ok(Yaml::Number(number.to_string()))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Yaml, E> {
        Ok(Yaml::Number(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Yaml, E> {
        Ok(Yaml::Number(number.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Yaml, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Yaml::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Yaml, A::Error> {
        // The parser lets a repeated key through; the last one counts.
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut members: Vec<(String, serde_saphyr::Spanned<Yaml>)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, _>()? {
            match places.get(&name) {
                Some(place) => members[*place].1 = value,
                None => {
                    places.insert(name.clone(), members.len());
                    members.push((name, value));
                }
            }
        }
        Ok(Yaml::Map(members))
    }
}
