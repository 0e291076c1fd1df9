//! Headers of `key: value` lines: bare ones, and those of a YAML header that cannot be read as such.

use std::borrow::Cow;

use super::{MAX_HEADER, Split};
use crate::reader::values::{self, Property, Stated, Value};

/// The most bytes of a key.
const MAX_KEY: usize = 40;

/// Splits off a header of bare lines: every line up to the first blank one is `Key: value` or continues the line
/// before by an indent, and at least one key is known, so that prose like "Note: …" is no header.
pub(super) fn bare(text: &str) -> Option<Split<'_>> {
    let mut keys = Keys::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            break;
        }
        let continues = keys.count > 0 && line.starts_with([' ', '\t']);
        if !continues {
            keys.add(key_value(line)?.0);
        }
        at += line.len();
        if at > MAX_HEADER {
            return None;
        }
    }
    let (header, body) = text.split_at(at);
    keys.are_of_a_header().then(|| Split {
        stated: read(header).unwrap_or_default(),
        body,
        notes: Vec::new(),
    })
}

/// Splits after the lines of a header that begin `text`: `key: value`, `- item` and indented ones.
pub(super) fn leading(text: &str) -> Option<(&str, &str)> {
    let mut keys = Keys::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let continues = keys.count > 0 && (line.starts_with([' ', '\t']) || line.starts_with("- "));
        if line.trim().is_empty() {
            break;
        }
        if !continues {
            let Some((key, _)) = key_value(line) else { break };
            keys.add(key);
        }
        at += line.len();
        if at > MAX_HEADER {
            return None;
        }
    }
    keys.are_of_a_header().then(|| text.split_at(at))
}

/// The keys of what may be a header.
#[derive(Default)]
struct Keys {
    count: usize,
    known: Vec<Property>,
}

impl Keys {
    fn add(&mut self, key: &str) {
        let property = values::property(key).map(|(_, property)| property);
        self.known.extend(property.filter(|known| *known != Property::Body));
        self.count += 1;
    }

    // One line alone can be prose or a line of tags; a title cannot.
    fn are_of_a_header(&self) -> bool {
        match self.known[..] {
            [] => false,
            [only] => self.count > 1 || only == Property::Title,
            [_, _, ..] => true,
        }
    }
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
            let first = self.first.strip_prefix('[').unwrap_or_default();
            let first = first.split(',').map(unquoted).filter(|item| !item.is_empty());
            return Some(Value::Many(first.chain(self.items).map(Cow::Borrowed).collect()));
        }
        let first = match self.first {
            // The marks of a block of text in YAML.
            "|" | ">" | "|-" | ">-" | "|+" | ">+" => "",
            first => match first.strip_prefix('[') {
                Some(list) if !list.contains(']') => list,
                Some(list) => list.strip_suffix(']').unwrap_or(first),
                None => first,
            },
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
    // An apostrophe begins words too ('90s), a quotation mark that is never closed is a slip.
    let opened = || text.strip_prefix('"').filter(|rest| !rest.contains('"'));
    inside('"').or_else(|| inside('\'')).or_else(opened).unwrap_or(text)
}
