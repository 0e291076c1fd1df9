//! One word, phrase or value, with the field it stands in, as a [`Query`].

use std::ops::Range;

use crate::analysis::positions::MAX_FREE_WORDS;
use crate::analysis::tokenizer::{self, tokenize};
use crate::analysis::wildcard::Slot;
use crate::query::dates::parse_range;
use crate::query::lexer::{Token, TokenKind};
use crate::query::numbers::parse_numbers;
use crate::query::parse::Problem;
use crate::query::regex;
use crate::query::written::{Form, Written};
use crate::query::{Pattern, PhrasePart, Query, Wildcard, WildcardPart};
use crate::schema::{Field, FieldName, Kind, Property};
use crate::text::calendar::Day;

/// Longest fuzzy word, in letters.
pub(crate) const MAX_FUZZY: usize = 64;
/// Shortest fuzzy word, in letters: to a shorter one too many words are near.
pub(crate) const MIN_FUZZY: usize = 3;
/// Most letters in which a fuzzy word may differ.
pub(crate) const MAX_EDITS: u8 = 2;

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
    let (raw, form, slop) = match token.kind {
        TokenKind::Bare(raw) | TokenKind::Bracketed(raw) | TokenKind::Regex(raw) => (raw, Form::Bare, None),
        TokenKind::Quoted(raw, slop) => (raw, Form::Quoted, slop),
        TokenKind::Open
        | TokenKind::Close
        | TokenKind::And
        | TokenKind::Or
        | TokenKind::Not
        | TokenKind::Near { .. }
        | TokenKind::Field(..)
        | TokenKind::Refused
        | TokenKind::Boost(_) => return Ok(None),
    };
    let written = Written::new(raw, form);
    if written.text.trim().is_empty() {
        problems.push(Problem::repaired(span, "this is empty and left out"));
        return Ok(None);
    }
    if written.is_lone_star() {
        return Ok(Some(setting.field.map_or(Query::All, |field| Query::Has(field.name.clone()))));
    }
    let is_regex = matches!(token.kind, TokenKind::Regex(_));
    let query = match setting.field.map(|field| (&field.name, &field.kind)) {
        None if is_regex => regular(raw, None, &span),
        Some((name, Kind::Text { .. })) if is_regex => regular(raw, Some(name), &span),
        None => words(written, None, slop, setting.exact, &span),
        Some((name, Kind::Text { .. })) => words(written, Some(name), slop, setting.exact, &span),
        Some((name, _)) if slop.is_some() => {
            Err(Problem::refused(span, format!("{name}: holds no texts, so nothing in it can be near")))
        }
        Some((name, Kind::Keyword { from, hierarchy, words, path })) => {
            let names_article = *from == Property::Family;
            let values = Values { name, names_article, mark: *hierarchy, words: *words, path: *path };
            keyword(written, values, &span)
        }
        Some((name, Kind::Date { .. })) => dates(&written.text, name, setting, span),
        Some((name, Kind::Number { .. })) => numbers(&written.text, name, span),
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

fn words(
    written: Written,
    field: Option<&FieldName>,
    slop: Option<u32>,
    exact: bool,
    span: &Range<usize>,
) -> Result<Query, Problem> {
    if written.form == Form::Quoted {
        return phrase(written.phrase(), field, slop, span);
    }
    let (written, exact) = match written.without_equals() {
        Some(word) => (word, true),
        None => (written, exact),
    };
    let field = field.cloned();
    if let Some((word, digits)) = written.fuzzy() {
        let pattern = fuzzy(&written, &written.text[word], digits, span)?;
        return Ok(Query::Pattern { field, pattern });
    }
    match written.pattern() {
        Some(wildcard) => {
            refuse_too_open(&wildcard, span)?;
            Ok(Query::Pattern { field, pattern: Pattern::Wildcard(wildcard) })
        }
        None => Ok(Query::Word { field, text: written.text, exact }),
    }
}

fn phrase(
    parts: Vec<PhrasePart>,
    field: Option<&FieldName>,
    slop: Option<u32>,
    span: &Range<usize>,
) -> Result<Query, Problem> {
    let mut count = 0;
    for part in &parts {
        count += match part {
            PhrasePart::Text(text) => word_count(text),
            PhrasePart::Wildcard(wildcard) => {
                refuse_too_open(wildcard, span)?;
                wildcard.slots().len()
            }
        };
    }
    if slop.is_some() && count > MAX_FREE_WORDS {
        let message = format!("this phrase has {count} words; with ~ it may have {MAX_FREE_WORDS}");
        return Err(Problem::refused(span.clone(), message).hint("join shorter ones: \"a b\" NEAR/8 \"c d\""));
    }
    Ok(Query::Phrase { field: field.cloned(), parts, slop })
}

/// How many words a text is cut into, as far as the positions in a text are counted.
fn word_count(text: &str) -> usize {
    let mut count = 0;
    tokenize(text, |token| count += usize::from(token.kind != tokenizer::TokenKind::Pair));
    count
}

fn fuzzy(written: &Written, word: &str, digits: &str, span: &Range<usize>) -> Result<Pattern, Problem> {
    let refused = |message: String, hint: &str| Err(Problem::refused(span.clone(), message).hint(hint));
    let distance = if digits.is_empty() { Some(1) } else { digits.parse().ok() };
    let Some(distance) = distance.filter(|distance| (1..=MAX_EDITS).contains(distance)) else {
        let message = format!("a fuzzy word differs by 1 or {MAX_EDITS} letters");
        return refused(message, "write word~ or word~2; to search for the text, quote it");
    };
    if written.pattern().is_some() {
        let message = "a word has wildcards or is fuzzy, not both".to_owned();
        return refused(message, "leave out the * and ?, or the ~");
    }
    let mut is_one_word = word_count(word) == 1;
    tokenize(word, |token| is_one_word &= token.kind == tokenizer::TokenKind::Word);
    if !is_one_word {
        let hint =
            "put the ~ behind one word: e-mail~ is (mail~ OR email~); to search for the text, quote it";
        return refused(format!("`{word}` is several words, and fuzzy is a single one"), hint);
    }
    let letters = word.chars().count();
    if !(MIN_FUZZY..=MAX_FUZZY).contains(&letters) {
        let message = format!("a fuzzy word has {MIN_FUZZY} to {MAX_FUZZY} letters, not {letters}");
        return refused(message, "write the spellings out: (tv OR tw); to search for the text, quote it");
    }
    Ok(Pattern::Fuzzy { word: word.to_owned(), distance })
}

/// Refuses a word that most words fit, or of which nobody could say what fits.
fn refuse_too_open(wildcard: &Wildcard, span: &Range<usize>) -> Result<(), Problem> {
    let slots = wildcard.slots();
    let is_too_open = |slot: &Slot| match slot {
        Slot::Word(_) => false,
        Slot::Wildcard(wildcard) => wildcard.head().is_empty() && letters(wildcard) < 2,
    };
    if !slots.is_empty() && !slots.iter().any(is_too_open) {
        return Ok(());
    }
    let message = "a word with wildcards begins with a letter, or has two of them";
    let hint = "a* and *ab are; *a* fits nearly every word; a backslash makes * and ? plain";
    Err(Problem::refused(span.clone(), message).hint(hint))
}

fn letters(wildcard: &Wildcard) -> usize {
    let texts = wildcard.0.iter().map(|part| match part {
        WildcardPart::Text(text) => text.chars().filter(|c| c.is_alphanumeric()).count(),
        WildcardPart::Any | WildcardPart::One => 0,
    });
    texts.sum()
}

/// `/colou?r/`; where it is wrong is told as a part of it.
fn regular(raw: &str, field: Option<&FieldName>, span: &Range<usize>) -> Result<Query, Problem> {
    let pattern = raw.strip_prefix('/').and_then(|inside| inside.strip_suffix('/')).unwrap_or(raw);
    match regex::check(pattern) {
        Ok(_) => Ok(Query::Pattern { field: field.cloned(), pattern: Pattern::Regex(pattern.to_owned()) }),
        Err(problem) => {
            let begin = span.start + 1;
            let meant = begin + problem.span.start..begin + problem.span.end;
            Err(Problem::refused(meant, problem.message).hint("to search for the text, quote it"))
        }
    }
}

/// What the values of a keyword field are.
struct Values<'a> {
    name: &'a FieldName,
    names_article: bool,
    /// What stands between the levels of a hierarchy.
    mark: Option<char>,
    /// Whether they are names, of which one word is enough.
    words: bool,
    path: bool,
}

fn keyword(written: Written, values: Values<'_>, span: &Range<usize>) -> Result<Query, Problem> {
    let (name, field) = (values.name, values.name.clone());
    if values.path {
        let has_star = written.stars().next().is_some();
        let value = written.text;
        return Ok(if has_star { Query::Below { field, value } } else { Query::Value { field, value } });
    }
    let refused = |message: &str, hint: String| Err(Problem::refused(span.clone(), message).hint(hint));
    if written.fuzzy().is_some() {
        let hint = format!("wildcards are: {name}:ener*; to search for the text, quote it");
        return refused("only words of a text are fuzzy", hint);
    }
    let above = values.mark.and_then(|mark| written.before_final_star()?.strip_suffix(mark));
    if let Some(value) = above.filter(|value| !value.trim().is_empty()) {
        return Ok(Query::Below { field, value: value.to_owned() });
    }
    match written.value_pattern() {
        Some(_) if values.names_article => {
            let hint = format!("{name}:* has copies; a backslash makes * and ? plain");
            refused("an article is named as a whole here", hint)
        }
        Some(pattern) if letters(&pattern) == 0 => {
            let hint = format!("{name}:* finds any value; a backslash makes * and ? plain");
            refused("a value with wildcards has a letter or digit", hint)
        }
        Some(pattern) => Ok(Query::ValuePattern { field, pattern }),
        None if values.words && written.is_one_word() => Ok(Query::ValueWord { field, word: written.text }),
        None => Ok(Query::Value { field, value: written.text }),
    }
}

fn dates(text: &str, field: &FieldName, setting: Setting<'_>, span: Range<usize>) -> Result<Query, Problem> {
    let field = field.clone();
    let text = text.trim();
    if text.eq_ignore_ascii_case("none") {
        return Ok(Query::Not(Box::new(Query::Has(field))));
    }
    match parse_range(text, setting.today) {
        Ok(range) => Ok(Query::Dates { field, range, within: setting.within }),
        Err(error) => Err(Problem::refused(span, error.message).hint(error.hint)),
    }
}

fn numbers(text: &str, field: &FieldName, span: Range<usize>) -> Result<Query, Problem> {
    match parse_numbers(text) {
        Ok(range) => Ok(Query::Numbers { field: field.clone(), range }),
        Err(error) => Err(Problem::refused(span, error.message).hint(error.hint)),
    }
}
