//! Headers of `key: value` lines: bare ones, and those of a YAML header that cannot be read as such.

use std::borrow::Cow;

use super::{MAX_HEADER, Split};
use crate::reader::values::{self, Property, Stated, Value};

/// The most bytes of a key.
const MAX_KEY: usize = 40;

/// Splits off a header of bare lines: every line up to the first blank one is `Key: value` or continues the line
/// before by an indent, and at least one key is known, so that prose like "Note: …" is no header.
pub(super) fn bare(text: &str) -> Option<Split<'_>> {
    let mut known: Vec<Property> = Vec::new();
    let (mut at, mut count) = (0, 0);
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            break;
        }
        let continues = count > 0 && line.starts_with([' ', '\t']);
        if !continues {
            let (key, _) = key_value(line)?;
            known.extend(
                values::property(key).map(|(_, property)| property).filter(|known| *known != Property::Body),
            );
            count += 1;
        }
        at += line.len();
        if at > MAX_HEADER {
            return None;
        }
    }
    // One line alone can be prose or a line of tags; a title cannot.
    let is_header = known.len() > 1 || known.len() == 1 && (count > 1 || known[0] == Property::Title);
    let (header, body) = text.split_at(at);
    is_header.then(|| Split { stated: read(header).unwrap_or_default(), body, notes: Vec::new() })
}

/// The values of `key: value` lines, with `- item` lines and indented lines after them; `None` when there are none.
pub(super) fn read(header: &str) -> Option<Stated<'_>> {
    let mut entries: Vec<(&str, Entry<'_>)> = Vec::new();
    for line in header.lines() {
        let content = line.trim();
        match entries.last_mut() {
            Some((_, entry)) if content.starts_with("- ") => entry.items.push(unquoted(&content[2..])),
            Some((_, entry)) if line.starts_with([' ', '\t']) && !content.is_empty() => {
                entry.more.push(content)
            }
            Some(_) | None => entries.extend(key_value(line).map(|(key, value)| (key, Entry::new(value)))),
        }
    }
    if entries.is_empty() {
        return None;
    }
    let mut stated = Stated::default();
    for (key, entry) in entries {
        let body = values::property(key).is_some_and(|(_, property)| property == Property::Body);
        match entry.value() {
            Some(value) if body => stated.add_other(Cow::Borrowed(key), value),
            Some(value) => stated.add_named(Cow::Borrowed(key), value),
            None => {}
        }
    }
    Some(stated)
}

/// What stands after a key and on the lines that belong to it.
struct Entry<'a> {
    first: &'a str,
    items: Vec<&'a str>,
    more: Vec<&'a str>,
}

impl<'a> Entry<'a> {
    fn new(first: &'a str) -> Entry<'a> {
        Entry { first, items: Vec::new(), more: Vec::new() }
    }

    fn value(self) -> Option<Value<'a>> {
        if !self.items.is_empty() {
            return Some(Value::Many(self.items.into_iter().map(Cow::Borrowed).collect()));
        }
        let first = match self.first {
            // The marks of a block of text in YAML.
            "|" | ">" | "|-" | ">-" | "|+" | ">+" => "",
            first => first.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(first),
        };
        let text = match self.more.is_empty() {
            true => Cow::Borrowed(unquoted(first)),
            false => Cow::Owned(format!("{first} {}", self.more.join(" "))),
        };
        (!text.trim().is_empty()).then_some(Value::One(text))
    }
}

/// A key and its value: `Key: value`, `key:`; a key has letters, digits, `-`, `_` and single blanks.
fn key_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let fits = !key.is_empty() && key.len() <= MAX_KEY && key.starts_with(char::is_alphabetic);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    let is_key = fits && key.chars().all(is_word) && key.split(' ').count() <= 2;
    let separated = value.is_empty() || value.starts_with(char::is_whitespace);
    (is_key && separated).then_some((key.trim_end(), value.trim()))
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inside = |quote| text.strip_prefix(quote).and_then(|text: &str| text.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}
