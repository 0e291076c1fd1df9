//! Named values of a source — a header, a record, a page — and how they become the values of a [`Draft`].
//!
//! Owns the table of names, the splitting of lists and the cleaning of values; knows nothing of any format.

use std::borrow::Cow;

use crate::analysis::language::Language;
use crate::article::{Draft, Origin, Published};
use crate::diagnostic::Reason;
use crate::reader::{Fault, fragment};
use crate::text::calendar::{DateSpan, Day, Time};
use crate::text::dates::{self, DayOrder};

/// The most names kept in `meta`.
pub const MAX_META: usize = 64;
/// The most bytes of one value in `meta`.
pub const MAX_META_BYTES: usize = 1024;

/// What a named value says of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// The title.
    Title,
    /// The text.
    Body,
    /// Summary or standfirst.
    Description,
    /// Publication date.
    Date,
    /// Tags.
    Tag,
    /// Categories or sections.
    Section,
    /// Authors.
    Author,
    /// Canonical URL.
    Url,
    /// Declared id.
    Id,
    /// Declared language.
    Language,
}

use Property::{Author, Body, Date, Description, Id, Section, Tag, Title, Url};

/// The names by which sources call each property: lower case, without `-`, `_` and blanks; the surest name first.
pub const NAMES: &[(&str, Property)] = &[
    ("title", Title),
    ("headline", Title),
    ("body", Body),
    ("articlebody", Body),
    ("fulltext", Body),
    ("text", Body),
    ("content", Body),
    ("contenttext", Body),
    ("contenthtml", Body),
    ("article", Body),
    ("html", Body),
    ("description", Description),
    ("summary", Description),
    ("excerpt", Description),
    ("abstract", Description),
    ("standfirst", Description),
    ("deck", Description),
    ("subtitle", Description),
    ("lead", Description),
    ("date", Date),
    ("published", Date),
    ("datepublished", Date),
    ("publisheddate", Date),
    ("publishedat", Date),
    ("publishedon", Date),
    ("publishdate", Date),
    ("publicationdate", Date),
    ("pubdate", Date),
    ("posted", Date),
    ("created", Date),
    ("createdat", Date),
    ("datecreated", Date),
    ("timestamp", Date),
    ("tags", Tag),
    ("tag", Tag),
    ("keywords", Tag),
    ("topics", Tag),
    ("topic", Tag),
    ("categories", Section),
    ("category", Section),
    ("section", Section),
    ("sections", Section),
    ("primary", Section),
    ("author", Author),
    ("authors", Author),
    ("byline", Author),
    ("by", Author),
    ("creator", Author),
    ("canonicalurl", Url),
    ("canonical", Url),
    ("url", Url),
    ("permalink", Url),
    ("link", Url),
    ("id", Id),
    ("guid", Id),
    ("uuid", Id),
    ("lang", Property::Language),
    ("language", Property::Language),
    ("locale", Property::Language),
];

/// Words that stand where a tag, section or author is missing; compared in lower case.
const PLACEHOLDERS: &[&str] = &[
    "uncategorized",
    "uncategorised",
    "null",
    "none",
    "nil",
    "n/a",
    "na",
    "untitled",
    "undefined",
    "unknown",
    "nan",
    "-",
    "--",
    "–",
    "—",
    "[]",
    "{}",
    "~",
    "no tags",
    "untagged",
];

/// The members of an object that stand for it where a text is wanted, surest first.
const FACES: &[&str] =
    &["rendered", "name", "title", "label", "value", "text", "html", "href", "url", "term"];

/// Endings that belong to the name before the comma: "Martin Luther King, Jr."
const NAME_SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv", "md", "phd", "esq", "obe", "mbe", "dds"];

/// Words before a name that are not part of it.
const NAME_PREFIXES: &[&str] = &["by ", "von: ", "by: ", "written by ", "posted by "];

/// Words between two names.
const NAME_JOINTS: &[&str] = &[" and ", " & ", " und ", " et "];

/// What a name means and how sure it is: a lower rank is surer.
///
/// Case, `-` and `_` do not matter, so `datePublished` and `date_published` are one name.
pub fn property(name: &str) -> Option<(usize, Property)> {
    let mut letters = [0; 16];
    let mut length = 0;
    for letter in letters_of(name) {
        *letters.get_mut(length)? = letter;
        length += 1;
    }
    let letters = &letters[..length];
    let rank = NAMES.iter().position(|(known, _)| known.as_bytes() == letters)?;
    Some((rank, NAMES[rank].1))
}

/// Whether two names differ at most in case, `-`, `_` and blanks.
pub fn same_name(a: &str, b: &str) -> bool {
    letters_of(a).eq(letters_of(b))
}

fn letters_of(name: &str) -> impl Iterator<Item = u8> + '_ {
    name.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b' ')).map(|byte| byte.to_ascii_lowercase())
}

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

/// Whether a member of this name can stand for its object where a text is wanted, as `name` for an author.
pub fn is_face(name: &str) -> bool {
    FACES.iter().any(|face| same_name(face, name))
}

/// Which of the members of an object stands for it.
pub fn face<T>(members: &[(Cow<'_, str>, T)]) -> Option<usize> {
    FACES.iter().find_map(|face| members.iter().position(|(name, _)| same_name(face, name)))
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
                Date => match value.texts().iter().find_map(|text| date(text, order)) {
                    Some(date) => draft.published = Some(Published { date, origin }),
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
        hint: Some("if day and month are ambiguous, say which comes first".to_owned()),
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
            if !text.is_empty() {
                texts.push(line(text));
            }
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

/// A value of one line: trimmed, runs of white space as one blank, other control characters dropped.
pub fn line(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace()) {
        let kept = clean.len();
        if kept > 0 {
            clean.push(' ');
        }
        let word_start = clean.len();
        clean.extend(word.chars().filter(|c| !is_invisible(*c)));
        if clean.len() == word_start {
            clean.truncate(kept);
        }
    }
    clean
}

fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{feff}' | '\u{200b}')
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

/// A text of several lines: trimmed, line ends as `\n`, without other control characters but the tab.
pub fn plain_text(text: Cow<'_, str>) -> String {
    let odd = |byte: u8| byte < 0x20 && byte != b'\n' && byte != b'\t' || byte == 0x7f;
    if text.bytes().any(odd) {
        return normalised(&text);
    }
    let trimmed = text.trim();
    if trimmed.len() == text.len() { text.into_owned() } else { trimmed.to_owned() }
}

fn normalised(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => clean.push('\n'),
            '\n' | '\t' => clean.push(c),
            _ if c.is_control() => {}
            _ => clean.push(c),
        }
    }
    clean
}

/// A tag, section or author of a list, cleaned; `None` when it is empty or a placeholder.
pub fn tag(text: &str) -> Option<String> {
    item(&unescaped(text))
}

fn item(text: &str) -> Option<String> {
    let clean = line(text);
    let clean = clean.trim_matches([',', ';', '#', '"', '\'', ' ']);
    (!is_placeholder(clean)).then(|| clean.to_owned())
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains('&') { htmlize::unescape(text) } else { Cow::Borrowed(text) }
}

/// Whether a value says nothing: empty, or a word such as `Uncategorized`, `null`, `n/a`.
pub fn is_placeholder(text: &str) -> bool {
    text.is_empty() || PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The items of a list written as one string, cleaned: split at commas, else at `;`, else at `|`.
///
/// Never split at blanks: `Human Rights` is one tag.
pub fn list(text: &str) -> Vec<String> {
    let text = unescaped(text);
    let separator = [',', ';', '|'].into_iter().find(|separator| text.contains(*separator));
    match separator {
        Some(separator) => text.split(separator).filter_map(item).collect(),
        None => item(&text).into_iter().collect(),
    }
}

/// The names of a byline or an author value, cleaned, without "By".
///
/// A `;` separates whatever stands around it. Otherwise "and" and commas do, except that a comma after a single
/// word is part of the name (`Lee, Ann`), and so is a suffix (`King, Jr.`).
pub fn authors(text: &str) -> Vec<String> {
    let text = line(&unescaped(text));
    let text = without_prefix(&text);
    if text.contains(';') {
        return text.split(';').filter_map(item).collect();
    }
    let mut names = vec![text];
    for joint in NAME_JOINTS {
        names = names.into_iter().flat_map(|name| name.split(joint)).collect();
    }
    names.into_iter().flat_map(split_at_commas).filter_map(|name| item(&name)).collect()
}

fn without_prefix(text: &str) -> &str {
    let prefix = NAME_PREFIXES.iter().find(|prefix| starts_with_ignoring_case(text, prefix));
    prefix.map_or(text, |prefix| text[prefix.len()..].trim_start())
}

/// Whether `text` begins with `prefix`, an ASCII string, in any case.
pub fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

fn split_at_commas(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut surname_alone = false;
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match names.last_mut() {
            Some(last) if surname_alone || is_suffix(part) => {
                last.push_str(", ");
                last.push_str(part);
                surname_alone = false;
            }
            Some(_) | None => {
                names.push(part.to_owned());
                surname_alone = !part.contains(' ');
            }
        }
    }
    names
}

fn is_suffix(part: &str) -> bool {
    let letters = part.replace('.', "").to_ascii_lowercase();
    NAME_SUFFIXES.contains(&letters.as_str())
}

fn is_web_address(text: &str) -> bool {
    let text = text.trim();
    ["http://", "https://"]
        .iter()
        .any(|scheme| starts_with_ignoring_case(text, scheme) && text.len() > scheme.len())
}

/// A stated date; a bare number of 9 to 17 digits that is no date otherwise counts from 1970 (seconds, or milli- or
/// microseconds by its length).
pub fn date(text: &str, order: DayOrder) -> Option<DateSpan> {
    let text = text.trim();
    dates::parse(text, order).or_else(|| epoch(text))
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
    use super::*;

    #[test]
    fn names_do_not_depend_on_case_and_joints() {
        for (name, expected) in [
            ("datePublished", Some(Date)),
            ("date_published", Some(Date)),
            ("Pub-Date", Some(Date)),
            ("_id", Some(Id)),
            ("TITLE", Some(Title)),
            ("slug", None),
            ("a name much longer than any in the table", None),
            ("", None),
        ] {
            assert_eq!(property(name).map(|(_, property)| property), expected, "{name}");
        }
    }

    #[test]
    fn every_name_of_the_table_is_found() {
        for (rank, (name, expected)) in NAMES.iter().enumerate() {
            assert_eq!(property(name), Some((rank, *expected)), "{name}");
        }
    }

    #[test]
    fn lists_are_split_and_cleaned() {
        for (text, expected) in [
            ("a, b ,c", vec!["a", "b", "c"]),
            (" , , , ", vec![]),
            ("Human Rights", vec!["Human Rights"]),
            ("Uncategorized, N/A, news", vec!["news"]),
            ("a; b, c", vec!["a; b", "c"]),
            ("x|y", vec!["x", "y"]),
            ("R&amp;D", vec!["R&D"]),
            ("one\n two", vec!["one two"]),
        ] {
            assert_eq!(list(text), expected, "{text}");
        }
    }

    #[test]
    fn names_of_authors_are_told_apart() {
        for (text, expected) in [
            ("Ann Lee", vec!["Ann Lee"]),
            ("By Ann Lee and Bob Ray", vec!["Ann Lee", "Bob Ray"]),
            ("Ann Lee, Bob Ray & Cy Dow", vec!["Ann Lee", "Bob Ray", "Cy Dow"]),
            ("Lee, Ann", vec!["Lee, Ann"]),
            ("Lee, Ann; Ray, Bob", vec!["Lee, Ann", "Ray, Bob"]),
            ("Lee, Ann and Ray, Bob", vec!["Lee, Ann", "Ray, Bob"]),
            ("Ann Lee, Jr., Bob Ray", vec!["Ann Lee, Jr.", "Bob Ray"]),
            ("none", vec![]),
        ] {
            assert_eq!(authors(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_are_free_of_control_characters() {
        for (text, expected) in [
            (" a\t b\r\nc ", "a b c"),
            ("a\u{0}b\u{1b}[1m", "ab[1m"),
            ("\u{feff}x", "x"),
            ("\u{1} \u{2}", ""),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn texts_keep_lines_and_lose_controls() {
        for (text, expected) in [("a\r\nb\rc", "a\nb\nc"), (" a\n\nb\t.\n", "a\n\nb\t."), ("a\u{0}b", "ab")] {
            assert_eq!(plain_text(Cow::Borrowed(text)), expected, "{text:?}");
        }
    }

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
