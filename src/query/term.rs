//! One word, phrase or value, with the field it stands in, as a [`Query`].

use std::ops::Range;

use crate::query::dates::parse_range;
use crate::query::lexer::{Token, TokenKind, unescaped};
use crate::query::parse::Problem;
use crate::query::{Pattern, PhrasePart, Query, Wildcard};
use crate::schema::{Field, FieldName, Kind};
use crate::text::calendar::Day;

/// What a term needs to know of its surroundings.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The field before it or before its group.
    pub(super) field: Option<&'a Field>,
    /// Whether dates must lie inside their range.
    pub(super) within: bool,
    /// Whether words count as written.
    pub(super) exact: bool,
    /// What "last month" counts from.
    pub(super) today: Day,
}

/// The meaning of a term; `Ok(None)` when there is nothing in it, which is told in `problems`.
pub(super) fn term(
    token: &Token<'_>,
    setting: Setting<'_>,
    problems: &mut Vec<Problem>,
) -> Result<Option<Query>, Problem> {
    let span = token.span.clone();
    let raw = match token.kind {
        TokenKind::Bare(raw) | TokenKind::Quoted(raw) | TokenKind::Bracketed(raw) => raw,
        TokenKind::Open
        | TokenKind::Close
        | TokenKind::And
        | TokenKind::Or
        | TokenKind::Not
        | TokenKind::Field(..)
        | TokenKind::Refused
        | TokenKind::Boost(_) => return Ok(None),
    };
    let form = if matches!(token.kind, TokenKind::Quoted(_)) { Form::Quoted } else { Form::Bare };
    let written = Written::new(raw, form);
    if written.text.trim().is_empty() {
        problems.push(Problem::repaired(span, "this is empty and left out"));
        return Ok(None);
    }
    if form == Form::Bare && written.text == "*" && written.is_live(0) {
        return Ok(Some(setting.field.map_or(Query::All, |field| Query::Has(field.name.clone()))));
    }
    let query = match setting.field.map(|field| (&field.name, &field.kind)) {
        None => words(written, None, setting.exact, span),
        Some((name, Kind::Text { .. })) => words(written, Some(name), setting.exact, span),
        Some((name, Kind::Keyword { words: true, .. })) if written.is_one_word() => {
            refuse_wildcards_in_name(&written, name, &span)?;
            Ok(Query::ValueWord { field: name.clone(), word: written.text })
        }
        Some((name, Kind::Keyword { hierarchy, path, .. })) => {
            let levels = if *path { Levels::Path } else { hierarchy.map_or(Levels::None, Levels::Mark) };
            keyword(written, name, levels, span)
        }
        Some((name, Kind::Date { .. })) => dates(&written.text, name, setting, span),
        Some((name, Kind::Number { .. })) => {
            let hint = format!("use {name}:* for the articles that have it");
            Err(unbuilt(span, &format!("a search for numbers ({name}:)"), &hint))
        }
    };
    query.map(Some)
}

/// The meaning of a value that stands alone, as in a flag: like behind `field:`, but blanks and quotes are part of it.
pub(crate) fn value(text: &str, field: &Field, today: Day) -> Result<Query, Problem> {
    let token = Token { kind: TokenKind::Bare(text), span: 0..text.len() };
    let setting = Setting { field: Some(field), within: false, exact: false, today };
    let empty = || Problem::refused(0..text.len(), "the value is empty");
    term(&token, setting, &mut Vec::new())?.ok_or_else(empty)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Bare,
    Quoted,
}

/// A text without its escapes that still knows which of its punctuation was escaped.
struct Written {
    text: String,
    form: Form,
    /// Byte offsets in `text` of the punctuation that no backslash makes plain, ascending.
    live: Vec<usize>,
}

impl Written {
    fn new(raw: &str, form: Form) -> Written {
        let mut written = Written { text: String::with_capacity(raw.len()), form, live: Vec::new() };
        for (_, c, escaped) in unescaped(raw) {
            if !escaped && c.is_ascii_punctuation() {
                written.live.push(written.text.len());
            }
            written.text.push(c);
        }
        written
    }

    fn is_live(&self, at: usize) -> bool {
        self.live.binary_search(&at).is_ok()
    }

    /// Whether it is one word without quotes.
    fn is_one_word(&self) -> bool {
        self.form == Form::Bare && !self.text.contains(char::is_whitespace)
    }

    /// Whether the text begins with this sign, right before a letter or digit.
    fn has_sign(&self, sign: char) -> bool {
        let behind = self.text.strip_prefix(sign);
        self.is_live(0) && behind.is_some_and(|behind| behind.starts_with(char::is_alphanumeric))
    }

    fn live_stars(&self) -> impl Iterator<Item = usize> {
        self.live.iter().copied().filter(|&at| self.text[at..].starts_with('*'))
    }

    /// The text before a star that is its last character, when there is something to begin with.
    fn before_final_star(&self) -> Option<&str> {
        let before = self.text.strip_suffix('*')?;
        let begins_a_word = !before.is_empty() && !before.ends_with(char::is_whitespace);
        (begins_a_word && self.is_live(before.len())).then_some(before)
    }

    /// Whether it ends in `~` or `~2`.
    fn is_fuzzy(&self) -> bool {
        let before = self.text.trim_end_matches(|c: char| c.is_ascii_digit());
        let word = before.strip_suffix('~').filter(|word| word.ends_with(char::is_alphanumeric));
        word.is_some_and(|word| self.is_live(word.len()))
    }

    /// Whether the first `end` bytes hold a `*` or `?` that can only be meant as a wildcard.
    ///
    /// In an address `?` and `*` are punctuation, and so is a `?` with no letter or digit behind it in its word.
    /// Inside quotes a star must touch a word to count.
    fn has_wildcard(&self, end: usize) -> bool {
        let text = &self.text[..end];
        let is_address = self.form == Form::Bare && text.contains("://");
        let is_wildcard = |&at: &usize| {
            let (before, behind) = (&self.text[..at], &self.text[at + 1..]);
            match text.as_bytes()[at] {
                b'*' if self.form == Form::Bare => true,
                b'*' => before.ends_with(char::is_alphanumeric) || behind.starts_with(char::is_alphanumeric),
                b'?' => behind.trim_start_matches('?').starts_with(|c: char| c.is_alphanumeric() || c == '*'),
                _ => false,
            }
        };
        !is_address && self.live.iter().take_while(|&&at| at < end).any(is_wildcard)
    }
}

fn words(
    written: Written,
    field: Option<&FieldName>,
    exact: bool,
    span: Range<usize>,
) -> Result<Query, Problem> {
    if written.form == Form::Bare {
        refuse_signs(&written, &span)?;
    }
    let prefix = written.before_final_star();
    if written.has_wildcard(prefix.map_or(written.text.len(), str::len)) {
        return Err(refused_wildcard(written.form, span));
    }
    let field = field.cloned();
    let query = match (written.form, prefix.map(str::to_owned)) {
        (Form::Bare, Some(text)) => {
            Query::Pattern { field, pattern: Pattern::Wildcard(Wildcard::beginning(text)) }
        }
        (Form::Bare, None) => Query::Word { field, text: written.text, exact },
        (Form::Quoted, Some(text)) => {
            let (before, last) = text.rsplit_once(char::is_whitespace).unwrap_or(("", &text));
            let before = (!before.is_empty()).then(|| PhrasePart::Text(before.to_owned()));
            let last = PhrasePart::Wildcard(Wildcard::beginning(last));
            Query::Phrase { field, parts: before.into_iter().chain([last]).collect(), slop: None }
        }
        (Form::Quoted, None) => {
            Query::Phrase { field, parts: vec![PhrasePart::Text(written.text)], slop: None }
        }
    };
    Ok(query)
}

/// Refuses what is promised by the language but not there: `@name`, `=word`, `word~`.
fn refuse_signs(written: &Written, span: &Range<usize>) -> Result<(), Problem> {
    let plain = "to search for the text, quote it";
    if written.has_sign('@') {
        return Err(unbuilt(span.clone(), "a saved query (@name)", plain));
    }
    if written.has_sign('=') {
        let hint = "quote the word, or use --exact: both match it as written";
        return Err(unbuilt(span.clone(), "the exact word (=word)", hint));
    }
    if written.is_fuzzy() {
        let hint = "write the spellings out: (color OR colour); to search for the text, quote it";
        return Err(unbuilt(span.clone(), "the fuzzy word (word~)", hint));
    }
    Ok(())
}

fn refused_wildcard(form: Form, span: Range<usize>) -> Problem {
    let escape = "a backslash makes * and ? plain";
    match form {
        Form::Bare => {
            let hint = format!("a * at the end of a word is: electr*; {escape}");
            unbuilt(span, "a wildcard inside or before a word", &hint)
        }
        Form::Quoted => {
            let hint = format!("a * at the end of the phrase is: \"climate polic*\"; {escape}");
            unbuilt(span, "a wildcard inside a phrase", &hint)
        }
    }
}

fn refuse_wildcards_in_name(
    written: &Written,
    field: &FieldName,
    span: &Range<usize>,
) -> Result<(), Problem> {
    match written.live_stars().next() {
        Some(_) => Err(refused_keyword(field, None, span.clone())),
        None if written.is_fuzzy() => {
            Err(unbuilt(span.clone(), "the fuzzy word (word~)", "to search for the text, quote it"))
        }
        None => Ok(()),
    }
}

/// How the values of a keyword field are ordered.
#[derive(Clone, Copy)]
enum Levels {
    None,
    Mark(char),
    Path,
}

fn keyword(
    written: Written,
    field: &FieldName,
    levels: Levels,
    span: Range<usize>,
) -> Result<Query, Problem> {
    if written.form == Form::Bare && written.is_fuzzy() {
        return Err(unbuilt(span, "the fuzzy word (word~)", "to search for the text, quote it"));
    }
    let field = field.clone();
    let stars = written.live_stars().count();
    let above = written.before_final_star();
    match (levels, stars) {
        (_, 0) => Ok(Query::Value { field, value: written.text }),
        (Levels::Path, _) => Ok(Query::Below { field, value: written.text }),
        (Levels::Mark(mark), 1) => match above.and_then(|text| text.strip_suffix(mark)) {
            Some(value) if !value.trim().is_empty() => Ok(Query::Below { value: value.to_owned(), field }),
            Some(_) | None => Err(refused_keyword(&field, Some(mark), span)),
        },
        (Levels::Mark(mark), _) => Err(refused_keyword(&field, Some(mark), span)),
        (Levels::None, _) => Err(refused_keyword(&field, None, span)),
    }
}

fn refused_keyword(field: &FieldName, mark: Option<char>, span: Range<usize>) -> Problem {
    let below =
        mark.map(|mark| format!("{field}:value{mark}* finds what lies below a value; ")).unwrap_or_default();
    let hint = format!("{below}{field}:* finds any value; a backslash makes * plain");
    unbuilt(span, &format!("a wildcard in {field}:"), &hint)
}

fn dates(text: &str, field: &FieldName, setting: Setting<'_>, span: Range<usize>) -> Result<Query, Problem> {
    let field = field.clone();
    let text = text.trim();
    if text.eq_ignore_ascii_case("none") {
        return Ok(Query::Not(Box::new(Query::Has(field))));
    }
    match parse_range(text, setting.today) {
        Ok(range) => Ok(Query::Dates { field, range, within: setting.within }),
        Err(error) => Err(Problem { hint: error.hint.into(), ..Problem::refused(span, error.message) }),
    }
}

fn unbuilt(span: Range<usize>, what: &str, hint: &str) -> Problem {
    Problem::refused(span, format!("{what} is not built yet")).hint(hint)
}
