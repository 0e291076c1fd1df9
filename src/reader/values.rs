//! Named values of a source — a header, a record, a page — and how they become the values of a [`Draft`].
//!
//! Owns the table of names (`names`), the splitting of lists and the cleaning of values (`clean`); knows nothing of
//! any format.

use std::borrow::Cow;

use crate::analysis::language::Language;
use crate::article::{Draft, Origin, Published};
use crate::diagnostic::Reason;
use crate::reader::{Fault, fragment};
use crate::text::calendar::{DateSpan, Day, Precision, Time};
use crate::text::dates::{self, DayOrder};

mod clean;
mod names;

pub use clean::{authors, is_placeholder, line, list, plain_text, starts_with_ignoring_case, tag};
pub use names::{NAMES, Property, face, is_face, property, same_name};

use Property::{Author, Body, Date, Description, Id, Section, Tag, Title, Url};

/// The most names kept in `meta`.
pub const MAX_META: usize = 64;
/// The most bytes of one value in `meta`.
pub const MAX_META_BYTES: usize = 1024;

/// So many words are running text.
const LEAST_PROSE: usize = 3;

/// A value as a source states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string, number or truth value, as text.
    One(Cow<'a, str>),
    /// A list.
    Many(Vec<Cow<'a, str>>),
}

impl Value<'_> {
    fn texts(&self) -> &[Cow<'_, str>] {
        match self {
            Value::One(text) => std::slice::from_ref(text),
            Value::Many(texts) => texts,
        }
    }
}

/// The values that a source states, in any order; [`Stated::fill`] makes a draft of them.
#[derive(Debug, Default)]
pub struct Stated<'a> {
    known: Vec<Known<'a>>,
    other: Vec<(Cow<'a, str>, Value<'a>)>,
}

#[derive(Debug)]
struct Known<'a> {
    rank: usize,
    property: Property,
    name: Cow<'a, str>,
    value: Value<'a>,
}

impl<'a> Stated<'a> {
    /// Adds a value that says `property`; of two values of one property the one of lower rank is preferred.
    pub fn add(&mut self, rank: usize, property: Property, name: Cow<'a, str>, value: Value<'a>) {
        self.known.push(Known { rank, property, name, value });
    }

    /// Adds a value of another meaning.
    pub fn add_other(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        self.other.push((name, value));
    }

    /// Adds a value by the meaning of its name in [`NAMES`].
    pub fn add_named(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        match property(&name) {
            Some((rank, property)) => self.add(rank, property, name, value),
            None => self.add_other(name, value),
        }
    }

    /// Whether no value was stated.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.other.is_empty()
    }

    /// Whether a title or a body is stated, be it empty.
    pub fn has_text(&self) -> bool {
        self.known.iter().any(|known| matches!(known.property, Title | Body))
    }

    /// Whether a value of another meaning is running text.
    pub fn has_other_prose(&self) -> bool {
        let is_prose = |text: &Cow<'_, str>| text.split_whitespace().nth(LEAST_PROSE - 1).is_some();
        self.other.iter().any(|(_, value)| value.texts().iter().any(is_prose))
    }

    /// The ranks of the values whose meaning is known.
    pub fn ranks(&self) -> impl Iterator<Item = usize> {
        self.known.iter().map(|known| known.rank)
    }

    /// The names of all values.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let known = self.known.iter().map(|known| known.name.as_ref());
        known.chain(self.other.iter().map(|(name, _)| name.as_ref()))
    }

    /// Puts every value into its place in `draft`: the first usable one for what can be said once, all together for
    /// lists, and what has no place into `meta`. A value that `draft` already has is kept.
    pub fn fill(mut self, draft: &mut Draft, origin: Origin, order: DayOrder, notes: &mut Vec<Fault>) {
        self.known.sort_by_key(|known| known.rank);
        let mut unread_date = None;
        for Known { property, name, value, .. } in self.known {
            match property {
                Title => fill_once(&mut draft.title, &value, title),
                Body if draft.body.is_empty() => draft.body = body(value),
                Body => self.other.push((name, value)),
                Description => fill_once(&mut draft.description, &value, title),
                Date if draft.published.is_some() => self.other.push((name, value)),
                Date => match value.texts().iter().find_map(|text| date_showing(text, order)) {
                    Some((date, shown)) => {
                        draft.published = Some(Published { date, origin });
                        draft.day_order = shown;
                    }
                    None => unread_date = unread_date.or_else(|| stated_date(&value)),
                },
                Tag => merge(&mut draft.tags, value, list),
                Section => merge(&mut draft.sections, value, list),
                Author => merge(&mut draft.authors, value, authors),
                Url if draft.url.is_none() && value.texts().iter().any(|text| is_web_address(text)) => {
                    draft.url = value.texts().iter().find(|text| is_web_address(text)).map(|text| line(text));
                }
                Url => self.other.push((name, value)),
                Id if draft.id.is_none() => fill_once(&mut draft.id, &value, line),
                Id => self.other.push((name, value)),
                Property::Language if draft.language.is_none() => {
                    draft.language = value.texts().iter().find_map(|text| Language::parse(text));
                }
                Property::Language => self.other.push((name, value)),
            }
        }
        if let (Some(stated), None) = (unread_date, draft.published) {
            notes.push(unreadable_date(&stated));
        }
        fill_meta(draft, self.other, notes);
    }
}

/// The remark on a date that is stated but cannot be read.
pub fn unreadable_date(stated: &str) -> Fault {
    Fault {
        reason: Reason::Date,
        message: format!("the date {stated:?} cannot be read"),
        hint: Some("if day and month are ambiguous, say which comes first: --day-order day-first".to_owned()),
    }
}

fn stated_date(value: &Value<'_>) -> Option<String> {
    let stated = value.texts().iter().map(|text| line(text)).find(|text| !is_placeholder(text))?;
    Some(stated.chars().take(60).collect())
}

fn fill_once(place: &mut Option<String>, value: &Value<'_>, clean: fn(&str) -> String) {
    if place.is_none() {
        *place = value.texts().iter().map(|text| clean(text)).find(|text| !text.is_empty());
    }
}

fn merge(place: &mut Vec<String>, value: Value<'_>, split: fn(&str) -> Vec<String>) {
    let found = match value {
        Value::One(text) => split(&text),
        Value::Many(texts) => texts.iter().filter_map(|text| tag(text)).collect(),
    };
    for item in found {
        push_new(place, item);
    }
}

/// Adds `item` unless it is there.
pub fn push_new(place: &mut Vec<String>, item: String) {
    // Lists of articles are short; a very long one is cut by `ingest`, so it may hold repetitions.
    let seen = place.len() <= 256 && place.contains(&item);
    if !seen {
        place.push(item);
    }
}

fn fill_meta(draft: &mut Draft, other: Vec<(Cow<'_, str>, Value<'_>)>, notes: &mut Vec<Fault>) {
    let mut trimmed = 0;
    for (name, value) in other {
        let mut texts: Vec<String> = Vec::new();
        let mut bytes = 0;
        for text in value.texts() {
            let text = clip(text.trim(), MAX_META_BYTES - bytes);
            bytes += text.len();
            texts.extend(Some(line(text)).filter(|text| !text.is_empty()));
        }
        let whole = value.texts().iter().map(|text| text.trim().len()).sum::<usize>();
        trimmed += usize::from(whole > bytes);
        if texts.is_empty() {
            continue;
        }
        let name = line(clip(&name, 128));
        if draft.meta.len() >= MAX_META && !draft.meta.contains_key(&name) {
            trimmed += 1;
            continue;
        }
        draft.meta.entry(name).or_default().append(&mut texts);
    }
    if trimmed > 0 {
        let message = format!("{trimmed} of the other values were cut or dropped, too long or too many");
        notes.push(Fault { reason: Reason::Trimmed, message, hint: None });
    }
}

fn clip(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

fn title(text: &str) -> String {
    if fragment::is_html(text) { line(&fragment::text(text)) } else { line(text) }
}

fn body(value: Value<'_>) -> String {
    match value {
        Value::One(text) if fragment::is_html(&text) => fragment::text(&text),
        Value::One(text) => plain_text(text),
        Value::Many(texts) => {
            let parts: Vec<String> = texts.into_iter().map(|text| body(Value::One(text))).collect();
            parts.join("\n\n").trim().to_owned()
        }
    }
}

fn is_web_address(text: &str) -> bool {
    let text = text.trim();
    ["http://", "https://"]
        .iter()
        .any(|scheme| starts_with_ignoring_case(text, scheme) && text.len() > scheme.len())
}

/// A stated date; a bare number of 9 to 17 digits that is no date otherwise counts from 1970 (seconds, or milli- or
/// microseconds by its length). What stands behind a control character is no part of the date: wire services sent
/// codes there.
pub fn date(text: &str, order: DayOrder) -> Option<DateSpan> {
    date_showing(text, order).map(|(date, _)| date)
}

/// [`date`], with the order of day and month that the text shows.
fn date_showing(text: &str, order: DayOrder) -> Option<(DateSpan, Option<DayOrder>)> {
    let text = text.trim().split(char::is_control).next().unwrap_or_default();
    let alone = || {
        let date = epoch(text).or_else(|| leading_day(text, order))?;
        Some((date, dates::order_shown(text)))
    };
    dates::parse_showing(text, order).or_else(alone)
}

/// The day at the beginning of a text that goes on with something else: a remark, a damaged time.
fn leading_day(text: &str, order: DayOrder) -> Option<DateSpan> {
    let (first, _) = text.split_once(char::is_whitespace)?;
    dates::parse(first, order).filter(|date| date.precision >= Precision::Day)
}

fn epoch(text: &str) -> Option<DateSpan> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let digits = whole.trim_start_matches('-').len();
    let number: i64 = whole.parse().ok()?;
    let seconds = match digits {
        9..=11 => number,
        12..=14 => number.div_euclid(1_000),
        15..=17 => number.div_euclid(1_000_000),
        0..=8 | 18.. => return None,
    };
    let day = Day(i32::try_from(seconds.div_euclid(86_400)).ok()?);
    let second = u32::try_from(seconds.rem_euclid(86_400)).ok()?;
    let known = (Day::MIN..=Day::MAX).contains(&day);
    known.then(|| DateSpan::instant(day, Time { second, offset: Some(0) }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_behind_a_date_are_cut_off() {
        let date = date("27-MAR-1987 00:02:59.13\u{5}\u{5}RM", DayOrder::Unknown);
        assert_eq!(date.map(|date| date.to_string()).as_deref(), Some("1987-03-27T00:02:59"));
    }

    #[test]
    fn a_day_counts_whatever_follows_it() {
        let cases = [
            ("31-MAR-1987 605:12:19.12", Some("1987-03-31")),
            ("9-APR-1987 00:00:00.00 # a guess", Some("1987-04-09")),
            ("1987 or so", None),
            ("soon, 1987-04-09", None),
        ];
        for (text, expected) in cases {
            let date = date(text, DayOrder::Unknown).map(|date| date.to_string());
            assert_eq!(date.as_deref(), expected, "{text}");
        }
    }

    use super::*;

    #[test]
    fn numbers_count_from_1970() {
        for (text, expected) in [
            ("1558051200", Some("2019-05-17T00:00:00Z")),
            ("1558051200000", Some("2019-05-17T00:00:00Z")),
            ("1558051200.5", Some("2019-05-17T00:00:00Z")),
            ("12345", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(epoch(text).map(|date| date.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_shows_nothing_is_no_value() {
        let mut stated = Stated::default();
        for text in ["\u{1}", "\u{200b}\u{feff}", " \u{0} "] {
            stated.add_named("mood".into(), Value::One(text.into()));
        }
        let mut draft = Draft::default();
        stated.fill(&mut draft, Origin::Metadata, DayOrder::Unknown, &mut Vec::new());
        assert_eq!(draft.meta.len(), 0, "{draft:?}");
    }

    #[test]
    fn meta_is_bounded() {
        let mut stated = Stated::default();
        for number in 0..100 {
            stated.add_named(format!("key {number}").into(), Value::One("ä".repeat(1000).into()));
        }
        let (mut draft, mut notes) = (Draft::default(), Vec::new());
        stated.fill(&mut draft, Origin::Metadata, DayOrder::Unknown, &mut notes);
        assert_eq!(draft.meta.len(), MAX_META);
        assert!(draft.meta.values().flatten().all(|value| value.len() <= MAX_META_BYTES));
        assert_eq!(notes.len(), 1);
    }
}
