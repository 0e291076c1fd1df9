//! The canonical text of a [`Query`]: reading it gives the same query again.
//!
//! Escapes: a backslash before punctuation, a quote or a blank makes it plain; `+AND` is the word, not the operator.

use crate::query::dates::display_range;
use crate::query::lexer::WITHIN;
use crate::query::lexer::{field_prefix, is_quote, is_small_proximity, proximity};
use crate::query::simplify::simplify;
use crate::query::{NumberRange, Pattern, PhrasePart, Query, Wildcard, WildcardPart};
use crate::schema::{FieldName, Kind, Schema};

/// The text of a query, in the form in which all of neighbouring words must match.
///
/// [`crate::query::parse::parse`] gives `simplify(query)` again, for every query that it can give at all.
pub fn display(query: &Query, schema: &Schema) -> String {
    let mut writer = Writer { out: String::new(), schema };
    writer.query(&simplify(query.clone()));
    writer.out
}

/// What a backslash makes plain in a phrase.
const IN_PHRASE: &[char] = &['"', '\\', '*', '?'];

/// What a backslash makes plain in a value with holes: with a plain colon it is no address, in which `?` means nothing.
const IN_VALUE_PATTERN: &[char] = &['"', '\\', '*', '?', ':'];

struct Writer<'a> {
    out: String,
    schema: &'a Schema,
}

impl Writer<'_> {
    fn query(&mut self, query: &Query) {
        match query {
            Query::All => self.out.push('*'),
            Query::Word { field, text, exact: true } => self.exact_word(field.as_ref(), text),
            Query::Word { field, text, exact: false } => self.word(field.as_ref(), text),
            Query::Phrase { field, parts, slop } => self.phrase(field.as_ref(), parts, *slop),
            Query::Pattern { field, pattern } => self.pattern(field.as_ref(), pattern),
            Query::Near { left, right, distance, ordered } => {
                // The left side of a chain needs no parentheses.
                self.grouped(left, is_compound(left) && !matches!(**left, Query::Near { .. }));
                self.out.push_str(&format!(" {}/{distance} ", if *ordered { "ADJ" } else { "NEAR" }));
                self.grouped(right, is_compound(right));
            }
            Query::Numbers { field, range } => {
                self.field(field);
                self.numbers(range);
            }
            Query::Value { field, value } => self.value(field, value),
            Query::ValueWord { field, word } => self.word(Some(field), word),
            Query::ValuePattern { field, pattern } => self.value_pattern(field, pattern),
            Query::Below { field, value } => self.below(field, value),
            Query::Dates { field, range, within } => {
                self.out.push_str(field.as_str());
                self.out.push_str(if *within { WITHIN } else { "" });
                self.out.push(':');
                let range = display_range(range);
                let with_blanks = range.contains(char::is_whitespace);
                self.out.push_str(&if with_blanks { format!("\"{range}\"") } else { range });
            }
            Query::Has(field) => {
                self.field(field);
                self.out.push('*');
            }
            Query::And(children) => self.joined(children, " "),
            Query::Or(children) => self.joined(children, " OR "),
            Query::Not(inner) => {
                self.out.push('-');
                self.unless_compound(inner);
            }
            Query::Boost(inner, factor) => {
                self.grouped(
                    inner,
                    is_compound(inner) || matches!(**inner, Query::Not(_) | Query::Boost(..)),
                );
                self.out.push_str(&format!("^{factor}"));
            }
        }
    }

    fn joined(&mut self, children: &[Query], separator: &str) {
        for (number, child) in children.iter().enumerate() {
            if number > 0 {
                self.out.push_str(separator);
            }
            self.unless_compound(child);
        }
    }

    fn unless_compound(&mut self, query: &Query) {
        self.grouped(query, is_compound(query));
    }

    fn grouped(&mut self, query: &Query, group: bool) {
        if !group {
            return self.query(query);
        }
        self.out.push('(');
        self.query(query);
        self.out.push(')');
    }

    fn field(&mut self, field: &FieldName) {
        self.out.push_str(field.as_str());
        self.out.push(':');
    }

    fn word(&mut self, field: Option<&FieldName>, text: &str) {
        match field {
            Some(field) => self.field(field),
            None if is_reserved(text) => self.out.push('+'),
            None => {}
        }
        push_bare(&mut self.out, text);
    }

    fn exact_word(&mut self, field: Option<&FieldName>, text: &str) {
        field.into_iter().for_each(|field| self.field(field));
        self.out.push('=');
        // A sign right behind `=` would make it one of several.
        let sign = text.chars().next().filter(char::is_ascii_punctuation);
        sign.into_iter().for_each(|sign| self.out.extend(['\\', sign]));
        push_bare(&mut self.out, &text[sign.map_or(0, char::len_utf8)..]);
    }

    fn phrase(&mut self, field: Option<&FieldName>, parts: &[PhrasePart], slop: Option<u32>) {
        field.into_iter().for_each(|field| self.field(field));
        self.out.push('"');
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                self.out.push(' ');
            }
            match part {
                PhrasePart::Text(text) => self.escaped(text, IN_PHRASE),
                PhrasePart::Wildcard(wildcard) => {
                    self.wildcard(wildcard, |out, text| push_escaped(out, text, IN_PHRASE));
                }
            }
        }
        self.out.push('"');
        slop.into_iter().for_each(|slop| self.out.push_str(&format!("~{slop}")));
    }

    fn pattern(&mut self, field: Option<&FieldName>, pattern: &Pattern) {
        field.into_iter().for_each(|field| self.field(field));
        match pattern {
            Pattern::Wildcard(wildcard) => {
                self.wildcard(wildcard, push_bare_part);
            }
            Pattern::Fuzzy { word, distance } => {
                push_bare(&mut self.out, word);
                self.out.push_str(&format!("~{distance}"));
            }
            Pattern::Regex(regex) => self.out.push_str(&format!("/{regex}/")),
        }
    }

    fn wildcard(&mut self, wildcard: &Wildcard, text: impl Fn(&mut String, &str)) {
        for part in &wildcard.0 {
            match part {
                WildcardPart::Text(word) => text(&mut self.out, word),
                WildcardPart::Any => self.out.push('*'),
                WildcardPart::One => self.out.push('?'),
            }
        }
    }

    fn numbers(&mut self, range: &NumberRange) {
        self.out.push_str(&match (range.from, range.to) {
            (Some(from), Some(to)) if from == to => from.to_string(),
            (from, to) => {
                let bound = |bound: Option<u64>| bound.map_or(String::new(), |bound| bound.to_string());
                format!("{}..{}", bound(from), bound(to))
            }
        });
    }

    fn value(&mut self, field: &FieldName, value: &str) {
        self.field(field);
        // A name without quotes would be any name with that word in it.
        let declared = self.schema.field(field.as_str()).map(|field| &field.kind);
        let is_name = matches!(declared, Some(Kind::Keyword { words: true, .. }));
        if is_bare_value(value) && !is_name {
            self.out.push_str(value);
        } else {
            self.quoted(value, IN_PHRASE);
        }
    }

    fn value_pattern(&mut self, field: &FieldName, pattern: &Wildcard) {
        self.field(field);
        let texts = pattern.0.iter().filter_map(|part| match part {
            WildcardPart::Text(text) => Some(text.as_str()),
            WildcardPart::Any | WildcardPart::One => None,
        });
        // In an address a `?` would be plain.
        let is_bare =
            |text: &str| text.chars().all(|c| is_bare_value_char(c) && !matches!(c, '?' | '&' | ':'));
        // One star behind the mark of a hierarchy would be all that lies below.
        let more = if self.seems_below(field, pattern) { "*" } else { "" };
        if !pattern.head().starts_with('/') && texts.into_iter().all(is_bare) {
            self.wildcard(pattern, String::push_str);
            return self.out.push_str(more);
        }
        self.out.push('"');
        self.wildcard(pattern, |out, text| push_escaped(out, text, IN_VALUE_PATTERN));
        self.out.push_str(more);
        self.out.push('"');
    }

    /// Whether the only star of a pattern stands at its end, behind the mark of the field's hierarchy.
    fn seems_below(&self, field: &FieldName, pattern: &Wildcard) -> bool {
        let stars = pattern.0.iter().filter(|part| **part == WildcardPart::Any).count();
        let Some([WildcardPart::Text(text), WildcardPart::Any]) = pattern.0.last_chunk() else {
            return false;
        };
        stars == 1 && self.hierarchy(field).is_some_and(|mark| text.ends_with(mark))
    }

    /// The mark between the levels of a field's values.
    fn hierarchy(&self, field: &FieldName) -> Option<char> {
        match self.schema.field(field.as_str()).map(|field| &field.kind)? {
            Kind::Keyword { hierarchy, .. } => *hierarchy,
            Kind::Text { .. } | Kind::Date { .. } | Kind::Number { .. } => None,
        }
    }

    fn below(&mut self, field: &FieldName, value: &str) {
        let declared = self.schema.field(field.as_str()).map(|field| &field.kind);
        let is_path = matches!(declared, Some(Kind::Keyword { path: true, .. }));
        let mark = self.hierarchy(field).unwrap_or('/');
        self.field(field);
        if is_path {
            let plain = value.chars().all(|c| is_bare_value_char(c) || c == '*') && !is_misread(value);
            return if plain { self.out.push_str(value) } else { self.quoted(value, &['"', '\\']) };
        }
        if is_bare_value(&format!("{value}{mark}")) {
            self.out.push_str(&format!("{value}{mark}*"));
        } else {
            self.quoted(value, IN_PHRASE);
            self.out.insert_str(self.out.len() - 1, &format!("{mark}*"));
        }
    }

    fn quoted(&mut self, text: &str, escape: &[char]) {
        self.out.push('"');
        self.escaped(text, escape);
        self.out.push('"');
    }

    fn escaped(&mut self, text: &str, escape: &[char]) {
        for (at, c) in text.char_indices() {
            if escape.contains(&c) && (c != '?' || may_be_wildcard(&text[at + 1..])) {
                self.out.push('\\');
            }
            self.out.push(c);
        }
    }
}

/// Writes a text with a backslash before every one of these signs.
fn push_escaped(out: &mut String, text: &str, signs: &[char]) {
    for c in text.chars() {
        if signs.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Whether a `?` before this text would be taken for a wildcard.
fn may_be_wildcard(behind: &str) -> bool {
    behind.trim_start_matches('?').starts_with(|c: char| c.is_alphanumeric() || c == '*')
}

fn is_compound(query: &Query) -> bool {
    match query {
        Query::And(_) | Query::Or(_) | Query::Near { .. } => true,
        Query::Not(_)
        | Query::All
        | Query::Word { .. }
        | Query::Phrase { .. }
        | Query::Pattern { .. }
        | Query::Numbers { .. }
        | Query::Value { .. }
        | Query::ValueWord { .. }
        | Query::ValuePattern { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Has(_)
        | Query::Boost(..) => false,
    }
}

/// Words that are operators when they stand alone.
fn is_reserved(text: &str) -> bool {
    matches!(text, "AND" | "OR" | "NOT") || proximity(text).is_some() || is_small_proximity(text)
}

/// Whether a value can stand behind `field:` without quotes.
fn is_bare_value(value: &str) -> bool {
    let is_address = value.contains("://");
    let has_hole = value.match_indices('?').any(|(at, _)| may_be_wildcard(&value[at + 1..]));
    value.chars().all(is_bare_value_char) && !is_misread(value) && (is_address || !has_hole)
}

/// Whether a value of harmless characters would be taken for an operator or an address.
fn is_misread(value: &str) -> bool {
    value.is_empty() || value.starts_with("//") || value.contains("&&")
}

fn is_bare_value_char(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '-' | '_' | '.' | '/' | ':' | '+' | '#' | '%' | '=' | '?' | '&' | ',' | '\'')
}

/// Writes unquoted text, with a backslash before everything in it that would mean something.
fn push_bare(out: &mut String, text: &str) {
    let colon = field_prefix(text).map(str::len);
    for (at, c) in text.char_indices() {
        let behind = &text[at + c.len_utf8()..];
        let means_something = match c {
            '\\' | '(' | ')' | '*' | '~' | '^' | '|' => true,
            '-' | '+' | '=' | '/' | '@' | '!' => at == 0,
            '&' => behind.starts_with('&') || text[..at].ends_with('&'),
            '?' => may_be_wildcard(behind),
            ':' => colon == Some(at),
            _ => c.is_whitespace() || is_quote(c),
        };
        if means_something {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Writes a piece of an unquoted word with holes. What stands behind it is not known, so more is made plain.
fn push_bare_part(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        let is_plain = matches!(c, '.' | ',' | '\'' | '_') || c == '-' && at > 0;
        let is_sign = c.is_ascii_punctuation() && !is_plain;
        if is_sign || c.is_whitespace() || is_quote(c) {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::DateRange;
    use crate::query::parse::{Reading, parse};
    use crate::text::calendar::Day;

    fn field(names: &'static [&'static str]) -> impl Strategy<Value = FieldName> {
        prop::sample::select(names).prop_map(FieldName::for_tests)
    }

    fn text_field() -> impl Strategy<Value = Option<FieldName>> {
        prop::option::of(field(&["title"]))
    }

    /// Any text that is not blank, with much of what has a meaning in queries.
    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<String>(),
            prop::sample::select(vec![
                "AND", "OR", "NOT", "NEAR", "NEAR/8", "ADJ", "?x", "~", "/a/", "-", "+", "(", ")", "\"", "“",
                "\\", "*", "?", "~2", "^3", "|", "&&", " ", "tag:", "foo:", "://", "/", "/*", "=a", "@a",
                "word", "[a]", "e-mail", "don't",
            ])
            .prop_map(str::to_owned),
        ];
        let text = prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat());
        text.prop_filter("blank", |text| !text.trim().is_empty() && text.len() < 200)
    }

    /// A word with holes: letters on both sides of each, so that no rule takes them for punctuation.
    fn wildcard(text: impl Strategy<Value = String>) -> impl Strategy<Value = Wildcard> {
        let hole = prop::sample::select(vec![WildcardPart::Any, WildcardPart::One]);
        let piece = text.prop_map(|text| format!("x{}x", text.trim()));
        let pieces = prop::collection::vec((piece, hole), 1..4);
        (pieces, any::<bool>()).prop_map(|(pieces, is_open)| {
            let parts = pieces.into_iter().flat_map(|(text, hole)| [WildcardPart::Text(text), hole]);
            let mut parts: Vec<_> = parts.collect();
            if is_open {
                parts.push(WildcardPart::Text("x".to_owned()));
            } else {
                parts.pop();
                parts.push(WildcardPart::Any);
            }
            Wildcard(parts)
        })
    }

    fn numbers(from: Option<u64>) -> impl Strategy<Value = Query> {
        prop::option::of(9..u64::MAX).prop_map(move |to| Query::Numbers {
            field: FieldName::for_tests("words"),
            range: NumberRange { from, to },
        })
    }

    /// One word that is neither empty nor has a blank.
    fn one_word() -> impl Strategy<Value = String> {
        any_text().prop_map(|text| text.replace(char::is_whitespace, "_"))
    }

    /// A word, phrase or pattern.
    fn words(field: Option<FieldName>) -> impl Strategy<Value = Query> {
        let field = Just(field);
        let fuzzy =
            (prop::sample::select(vec!["color", "#Ünter", "-tag", "don't", "=abc", "@wind"]), 1..=2_u8)
                .prop_map(|(word, distance)| Pattern::Fuzzy { word: word.to_owned(), distance });
        let regex =
            prop::sample::select(vec!["a", "colou?r", r"a\/b", "[a-c]+(x|y){2}", r"\d{4}", "\"", "~*"])
                .prop_filter("a sound one", |regex| crate::query::regex::check(regex).is_ok())
                .prop_map(|regex| Pattern::Regex(regex.to_owned()));
        let pattern = prop_oneof![wildcard(any_text()).prop_map(Pattern::Wildcard), fuzzy, regex];
        let slop = prop::option::of(1..=255_u32);
        let pieces = prop::collection::vec((one_word(), wildcard(one_word())), 1..3);
        prop_oneof![
            (field.clone(), any_text(), any::<bool>()).prop_map(|(field, text, exact)| Query::Word {
                field,
                text,
                exact
            }),
            (field.clone(), any_text()).prop_map(|(field, text)| Query::Phrase {
                field,
                parts: vec![PhrasePart::Text(text)],
                slop: None
            }),
            (field.clone(), pieces).prop_map(|(field, pieces)| {
                let parts = pieces.into_iter();
                let parts = parts.flat_map(|(a, b)| [PhrasePart::Text(a), PhrasePart::Wildcard(b)]);
                Query::Phrase { field, parts: parts.collect(), slop: None }
            }),
            (field.clone(), slop).prop_map(|(field, slop)| Query::Phrase {
                field,
                parts: vec![
                    PhrasePart::Text("a b".to_owned()),
                    PhrasePart::Wildcard(Wildcard::beginning("c"))
                ],
                slop
            }),
            (field, pattern).prop_map(|(field, pattern)| Query::Pattern { field, pattern }),
        ]
    }

    /// Words near each other, in one field.
    fn near(depth: u32) -> impl Strategy<Value = Query> {
        let of = move |field: Option<FieldName>| {
            words(field).prop_recursive(depth, 8, 2, |inner| {
                let alternatives = prop::collection::vec(inner.clone(), 1..3).prop_map(Query::Or);
                let side = prop_oneof![inner, alternatives];
                (side.clone(), side, 1..=255_u32, any::<bool>()).prop_map(
                    |(left, right, distance, ordered)| Query::Near {
                        left: Box::new(left),
                        right: Box::new(right),
                        distance,
                        ordered,
                    },
                )
            })
        };
        text_field().prop_flat_map(of)
    }

    fn leaf() -> impl Strategy<Value = Query> {
        let flag = any::<bool>();
        let pattern = (any_text(), any_text()).prop_map(|(a, b)| format!("{}x*{b}", a.replace('\\', "")));
        let day = (Day::MIN.0..Day::MAX.0).prop_map(Day);
        let range = (day, 0..5000_i64).prop_map(|(from, days)| DateRange {
            from: Some(from),
            to: (days % 7 > 0).then(|| from.plus(days)),
        });
        let date = || field(&["date", "added"]);
        prop_oneof![
            Just(Query::All),
            text_field().prop_flat_map(words),
            (field(&["tag", "author", "url", "path"]), any_text())
                .prop_map(|(field, value)| Query::Value { field, value }),
            (field(&["author"]), any_text()).prop_map(|(field, text)| Query::ValueWord {
                field,
                word: text.replace(char::is_whitespace, "_"),
            }),
            (field(&["tag"]), any_text()).prop_map(|(field, value)| Query::Below { field, value }),
            (field(&["path"]), pattern).prop_map(|(field, value)| Query::Below { field, value }),
            (date(), range, flag).prop_map(|(field, range, within)| Query::Dates { field, range, within }),
            (field(&["tag", "author", "url", "lang"]), wildcard(any_text()))
                .prop_map(|(field, pattern)| Query::ValuePattern { field, pattern }),
            prop::option::of(0..9_u64).prop_flat_map(numbers),
            near(4),
            field(&["tag", "date", "title"]).prop_map(Query::Has),
        ]
    }

    fn tree() -> impl Strategy<Value = Query> {
        leaf().prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Query::And),
                prop::collection::vec(inner.clone(), 0..4).prop_map(Query::Or),
                inner.clone().prop_map(|query| Query::Not(Box::new(query))),
                (inner, 0.0..1000.0_f32).prop_map(|(query, factor)| Query::Boost(Box::new(query), factor)),
            ]
        })
    }

    #[test]
    fn values_of_flags_read_as_the_same_query() {
        let schema = Schema::for_tests();
        let tag = schema.field("tag").unwrap();
        for text in
            ["a)?*", "a b!?*", "(??*b", "a:?*", "a?", "a/**", "a:b/**", "a?b/**", "a*b/*", "\u{1}b)?*"]
        {
            let query = crate::query::term::value(text, tag, Day(20_000)).unwrap();
            let canonical = display(&query, &schema);
            let parsed = parse(&canonical, &Reading::new(&schema, Day(20_000)));
            assert_eq!((parsed.query, parsed.problems), (query, vec![]), "{text} is {canonical}");
        }
    }

    proptest! {
        #[test]
        fn canonical_text_reads_as_the_same_query(query in tree()) {
            let schema = Schema::for_tests();
            let text = display(&query, &schema);
            prop_assume!(text.len() <= crate::query::parse::MAX_BYTES);
            let parsed = parse(&text, &Reading::new(&schema, Day(20_000)));
            prop_assert_eq!(&parsed.problems, &vec![], "{}", text);
            prop_assert_eq!(parsed.query, simplify(query), "{}", text);
        }
    }
}
