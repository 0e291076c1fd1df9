//! The canonical text of a [`Query`]: reading it gives the same query again.
//!
//! Escapes: a backslash before punctuation, a quote or a blank makes it plain; `+AND` is the word, not the operator.

use crate::query::dates::display_range;
use crate::query::lexer::WITHIN;
use crate::query::lexer::{field_prefix, is_proximity, is_quote};
use crate::query::simplify::simplify;
use crate::query::{NumberRange, Pattern, PhrasePart, Query, Wildcard, WildcardPart};
use crate::schema::{FieldName, Kind, Schema};

/// The text of a query, in the form in which all of neighbouring words must match.
///
/// [`crate::query::parse::parse`] gives `simplify(query)` again, save that a word that counts as written becomes the
/// phrase of the same meaning, because that is how it is written.
pub fn display(query: &Query, schema: &Schema) -> String {
    let mut writer = Writer { out: String::new(), schema };
    writer.query(&simplify(query.clone()));
    writer.out
}

/// What a backslash makes plain in a phrase.
const IN_PHRASE: &[char] = &['"', '\\', '*', '?'];

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
        self.quoted(text, IN_PHRASE);
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
                    self.wildcard(wildcard, |writer, text| writer.escaped(text, IN_PHRASE));
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
                self.wildcard(wildcard, |writer, text| push_bare(&mut writer.out, text))
            }
            Pattern::Fuzzy { word, distance } => {
                push_bare(&mut self.out, word);
                self.out.push_str(&format!("~{distance}"));
            }
            Pattern::Regex(regex) => self.out.push_str(&format!("/{regex}/")),
        }
    }

    fn wildcard(&mut self, wildcard: &Wildcard, text: impl Fn(&mut Self, &str)) {
        for part in &wildcard.0 {
            match part {
                WildcardPart::Text(word) => text(self, word),
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
            self.quoted(value, &['"', '\\', '*']);
        }
    }

    fn below(&mut self, field: &FieldName, value: &str) {
        let declared = self.schema.field(field.as_str()).map(|field| &field.kind);
        let is_path = matches!(declared, Some(Kind::Keyword { path: true, .. }));
        let mark = match declared {
            Some(Kind::Keyword { hierarchy: Some(mark), .. }) => *mark,
            Some(Kind::Keyword { .. } | Kind::Text { .. } | Kind::Date { .. } | Kind::Number { .. })
            | None => '/',
        };
        self.field(field);
        if is_path {
            let plain = value.chars().all(|c| is_bare_value_char(c) || c == '*') && !is_misread(value);
            return if plain { self.out.push_str(value) } else { self.quoted(value, &['"', '\\']) };
        }
        if is_bare_value(&format!("{value}{mark}")) {
            self.out.push_str(&format!("{value}{mark}*"));
        } else {
            self.quoted(value, &['"', '\\', '*']);
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

/// Whether a `?` before this text would be taken for a wildcard.
fn may_be_wildcard(behind: &str) -> bool {
    behind.contains(|c: char| c.is_alphanumeric() || c == '*')
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
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Has(_)
        | Query::Boost(..) => false,
    }
}

/// Words that are operators when they stand alone.
fn is_reserved(text: &str) -> bool {
    matches!(text, "AND" | "OR" | "NOT") || is_proximity(text)
}

/// Whether a value can stand behind `field:` without quotes.
fn is_bare_value(value: &str) -> bool {
    value.chars().all(is_bare_value_char) && !is_misread(value)
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
            '-' | '+' | '=' | '/' | '@' => at == 0,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::parse::parse;
    use crate::query::{DateRange, Matching};
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
                "AND", "OR", "NOT", "NEAR", "NEAR/8", "-", "+", "(", ")", "\"", "“", "\\", "*", "?", "~2",
                "^3", "|", "&&", " ", "tag:", "foo:", "://", "/", "/*", "=a", "@a", "word", "[a]", "e-mail",
                "don't",
            ])
            .prop_map(str::to_owned),
        ];
        let text = prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat());
        text.prop_filter("blank", |text| !text.trim().is_empty() && text.len() < 200)
    }

    fn leaf() -> impl Strategy<Value = Query> {
        let flag = any::<bool>();
        let open_word = || any_text().prop_map(|text| format!("{text}x"));
        let pattern = (any_text(), any_text()).prop_map(|(a, b)| format!("{}x*{b}", a.replace('\\', "")));
        let day = (Day::MIN.0..Day::MAX.0).prop_map(Day);
        let range = (day, 0..5000_i64).prop_map(|(from, days)| DateRange {
            from: Some(from),
            to: (days % 7 > 0).then(|| from.plus(days)),
        });
        let date = || field(&["date", "added"]);
        prop_oneof![
            Just(Query::All),
            (text_field(), any_text(), flag).prop_map(|(field, text, exact)| Query::Word {
                field,
                text,
                exact
            }),
            (text_field(), any_text()).prop_map(|(field, text)| Query::Phrase {
                field,
                parts: vec![PhrasePart::Text(text)],
                slop: None
            }),
            (text_field(), any_text(), open_word()).prop_map(|(field, text, last)| Query::Phrase {
                field,
                parts: vec![
                    PhrasePart::Text(text.trim().to_owned()),
                    PhrasePart::Wildcard(Wildcard::beginning(last.replace(char::is_whitespace, "_")))
                ],
                slop: None
            }),
            (text_field(), open_word()).prop_map(|(field, text)| Query::Pattern {
                field,
                pattern: Pattern::Wildcard(Wildcard::beginning(text))
            }),
            (field(&["tag", "author", "url", "path"]), any_text())
                .prop_map(|(field, value)| Query::Value { field, value }),
            (field(&["author"]), any_text()).prop_map(|(field, text)| Query::ValueWord {
                field,
                word: text.replace(char::is_whitespace, "_"),
            }),
            (field(&["tag"]), any_text()).prop_map(|(field, value)| Query::Below { field, value }),
            (field(&["path"]), pattern).prop_map(|(field, value)| Query::Below { field, value }),
            (date(), range, flag).prop_map(|(field, range, within)| Query::Dates { field, range, within }),
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

    /// Words that count as written are written as phrases.
    fn exact_as_phrases(query: Query) -> Query {
        let all = |children: Vec<Query>| children.into_iter().map(exact_as_phrases).collect();
        match query {
            Query::Word { field, text, exact: true } => {
                Query::Phrase { field, parts: vec![PhrasePart::Text(text)], slop: None }
            }
            Query::And(children) => Query::And(all(children)),
            Query::Or(children) => Query::Or(all(children)),
            Query::Not(inner) => Query::Not(Box::new(exact_as_phrases(*inner))),
            Query::Boost(inner, factor) => Query::Boost(Box::new(exact_as_phrases(*inner)), factor),
            other => other,
        }
    }

    proptest! {
        #[test]
        fn canonical_text_reads_as_the_same_query(query in tree()) {
            let schema = Schema::for_tests();
            let text = display(&query, &schema);
            prop_assume!(text.len() <= crate::query::parse::MAX_BYTES);
            let parsed = parse(&text, &schema, Day(20_000), Matching::All, false);
            prop_assert_eq!(&parsed.problems, &vec![], "{}", text);
            prop_assert_eq!(parsed.query, simplify(exact_as_phrases(query)), "{}", text);
        }
    }
}
