//! Cuts the text of a query into tokens with byte spans. It knows quotes, escapes and field names, not what they mean.

use std::ops::Range;

use crate::query::parse::{MAX_BOOST, MAX_DISTANCE, Problem, USUAL_ADJACENCY, USUAL_NEARNESS};
use crate::schema::{Field, Kind, Schema};

/// A piece of the query's text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'a> {
    /// What it is.
    pub(super) kind: TokenKind<'a>,
    /// Its bytes in the text.
    pub(super) span: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TokenKind<'a> {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `AND`, `&&`
    And,
    /// `OR`, `|`, `||`
    Or,
    /// `NOT`, or `-` before what it denies
    Not,
    /// `NEAR/8`, or `ADJ/8`, which is ordered
    Near {
        /// How many words away.
        distance: u32,
        /// Whether the left side stands first.
        ordered: bool,
    },
    /// `field:` with a value or group right behind it; `date-within:` is the field `date` and true
    Field(&'a Field, bool),
    /// Text without quotes, escapes still in it.
    Bare(&'a str),
    /// Text inside quotes, escapes still in it, and the number of `~8` behind it.
    Quoted(&'a str, Option<u32>),
    /// `/colou?r/`, with its slashes.
    Regex(&'a str),
    /// `[2019 TO 2020]` as the value of a date or number field, with its brackets.
    Bracketed(&'a str),
    /// A term that was refused here already
    Refused,
    /// `^3` behind a word, phrase or group
    Boost(f32),
}

/// Cuts all of `text`; what had to be assumed goes to `problems`.
pub(super) fn tokens<'a>(text: &'a str, schema: &'a Schema, problems: &mut Vec<Problem>) -> Vec<Token<'a>> {
    let mut lexer = Lexer { text, schema, at: 0, tokens: Vec::new(), problems };
    while lexer.skip_blanks() {
        lexer.token();
    }
    lexer.tokens
}

struct Lexer<'a, 'p> {
    text: &'a str,
    schema: &'a Schema,
    at: usize,
    tokens: Vec<Token<'a>>,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Lexer<'a, '_> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next_char(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Moves to the next token; false at the end.
    fn skip_blanks(&mut self) -> bool {
        self.at = self.text.len() - self.rest().trim_start().len();
        self.at < self.text.len()
    }

    /// Adds a token of the next `length` bytes and moves behind it.
    fn push(&mut self, kind: TokenKind<'a>, length: usize) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.tokens.push(Token { kind, span });
    }

    fn token(&mut self) {
        let rest = self.rest();
        let symbols =
            [("(", TokenKind::Open), ("||", TokenKind::Or), ("|", TokenKind::Or), ("&&", TokenKind::And)];
        if let Some((symbol, kind)) = symbols.into_iter().find(|(symbol, _)| rest.starts_with(symbol)) {
            return self.push(kind, symbol.len());
        }
        if rest.starts_with(')') {
            self.push(TokenKind::Close, 1);
            return self.boost();
        }
        if starts_with_sign(rest, '-') {
            self.push(TokenKind::Not, 1);
            return self.operand();
        }
        let word = &rest[..bare_length(rest)];
        match (operator(word), proximity(word)) {
            (Some(kind), _) => self.push(kind, word.len()),
            (None, Some(proximity)) => self.near(word, &proximity),
            (None, None) => {
                self.foreign(word);
                self.operand();
            }
        }
    }

    /// Tells of what is an operator elsewhere, or would be in capitals, that it is text here.
    fn foreign(&mut self, word: &str) {
        let (length, hint) = if starts_with_sign(word, '!') {
            (1, "to exclude a word write -word; a backslash makes the ! plain".to_owned())
        } else if is_small_proximity(word) {
            (
                word.len(),
                format!("operators have capitals: {}; +{word} is the word", word.to_ascii_uppercase()),
            )
        } else {
            return;
        };
        let message = format!("`{}` is no operator, so it is read as text", &word[..length]);
        self.problems.push(Problem::repaired(self.at..self.at + length, message).hint(hint));
    }

    fn near(&mut self, word: &str, proximity: &Proximity<'_>) {
        if let Some(kind) = proximity.kind() {
            return self.push(kind, word.len());
        }
        self.push(TokenKind::Refused, word.len());
        let span = self.at - word.len()..self.at;
        let message = format!("the distance of `{word}` is not one of 1 to {MAX_DISTANCE} words");
        let hint = "1 is side by side; for any distance use AND; +NEAR is the word";
        self.problems.push(Problem::refused(span, message).hint(hint));
    }

    /// A word, phrase, group or field; `+` before it says that it is no operator.
    fn operand(&mut self) {
        self.at += usize::from(starts_with_sign(self.rest(), '+'));
        match self.next_char() {
            Some('(') => self.push(TokenKind::Open, 1),
            Some(c) if is_quote(c) => self.quoted(c),
            Some(_) if regex_length(self.rest()).is_some() => self.regex(),
            Some(_) => match self.field() {
                Some(field) => self.value(field),
                None => self.bare(),
            },
            None => {}
        }
    }

    /// The field whose name and colon stand here, when a value is right behind them; moves behind the colon.
    fn field(&mut self) -> Option<&'a Field> {
        let name = field_prefix(self.rest())?;
        let span = self.at..self.at + name.len() + 1;
        let has_value = !ends_operand(&self.text[span.end..]);
        let known = declared(name, self.schema);
        match known {
            Some((field, within)) if has_value => {
                self.push(TokenKind::Field(field, within), span.len());
                return Some(field);
            }
            Some(_) => self.problems.push(
                Problem::repaired(span, format!("`{name}:` has no value, so it is read as a word"))
                    .hint(format!("write the value right behind it: {name}:value")),
            ),
            None if is_planned(name) => self.problems.push(
                Problem::refused(span, format!("this index has no field `{name}`"))
                    .hint(format!("put a backslash before the colon to search for the text: {name}\\:")),
            ),
            None if has_value => self.problems.push(
                Problem::repaired(span, format!("there is no field `{name}`, so this is read as text"))
                    .hint(field_hint(name, self.schema)),
            ),
            None => {}
        }
        None
    }

    fn value(&mut self, field: &Field) {
        let has_ranges = matches!(field.kind, Kind::Date { .. } | Kind::Number { .. });
        let is_text = matches!(field.kind, Kind::Text { .. });
        match self.next_char() {
            Some('(') => self.push(TokenKind::Open, 1),
            Some(c) if is_quote(c) => self.quoted(c),
            Some('[' | '{') if has_ranges => self.bracketed(),
            Some(_) if is_text && regex_length(self.rest()).is_some() => self.regex(),
            Some(_) | None => self.bare(),
        }
    }

    fn bare(&mut self) {
        let run = &self.rest()[..bare_length(self.rest())];
        let boost = boost_suffix(run).map_or(0, |(length, _)| length);
        let word = if boost < run.len() { &run[..run.len() - boost] } else { run };
        let caret = unescaped(word).find(|&(at, c, escaped)| c == '^' && !escaped && at > 0);
        if let Some((at, ..)) = caret {
            let message = format!("`{}` is no boost, so it is read as text", &word[at..]);
            let hint =
                format!("behind ^ stands a number from 0 to {MAX_BOOST}; a backslash makes the ^ plain");
            let span = self.at + at..self.at + word.len();
            self.problems.push(Problem::repaired(span, message).hint(hint));
        }
        self.push(TokenKind::Bare(word), word.len());
        self.boost();
    }

    fn regex(&mut self) {
        if let Some(length) = regex_length(self.rest()) {
            self.push(TokenKind::Regex(&self.rest()[..length]), length);
            self.boost();
        }
    }

    fn bracketed(&mut self) {
        let rest = self.rest();
        let length = rest.find([']', '}']).map_or_else(|| bare_length(rest), |close| close + 1);
        self.push(TokenKind::Bracketed(&rest[..length]), length);
        self.boost();
    }

    fn quoted(&mut self, quote: char) {
        let inside = &self.rest()[quote.len_utf8()..];
        let closes = |c: char| if quote == '"' { c == '"' } else { is_quote(c) };
        let close = unescaped(inside).find(|&(_, c, escaped)| !escaped && closes(c));
        let Some((length, close, _)) = close else {
            self.problems.push(Problem::repaired(
                self.at..self.text.len(),
                "this quotation has no end, so it goes on to the end of the query",
            ));
            return self.push(TokenKind::Quoted(inside, None), self.rest().len());
        };
        let behind = &inside[length + close.len_utf8()..];
        let (slop, sign) = self.slop(behind);
        let whole = quote.len_utf8() + length + close.len_utf8() + sign;
        self.push(TokenKind::Quoted(&inside[..length], slop), whole);
        self.boost();
    }

    /// The number of `~8` behind a phrase, if there is one other than 0, and the length of the sign.
    fn slop(&mut self, behind: &str) -> (Option<u32>, usize) {
        let Some(digits) = behind.strip_prefix('~') else { return (None, 0) };
        let digits = &digits[..digits.bytes().take_while(u8::is_ascii_digit).count()];
        let number: Option<u32> = digits.parse().ok().filter(|number| *number <= MAX_DISTANCE);
        if number.is_none() {
            let begin = self.text.len() - behind.len();
            let message =
                format!("behind ~ stands how many words a phrase may be apart, 0 to {MAX_DISTANCE}");
            let problem = Problem::refused(begin..begin + 1 + digits.len(), message);
            self.problems.push(problem.hint("for example \"nuclear waste\"~8"));
        }
        (number.filter(|number| *number > 0), 1 + digits.len())
    }

    /// `^3`, when it stands right here and ends with the token.
    fn boost(&mut self) {
        let run = &self.rest()[..bare_length(self.rest())];
        if let Some((length, factor)) = boost_suffix(run).filter(|(length, _)| *length == run.len()) {
            self.push(TokenKind::Boost(factor), length);
        }
    }
}

/// `"`, and the quotation marks of other typographies; `'` is an apostrophe.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»')
}

/// The characters of a text: byte offset, character, and whether a backslash makes it plain.
///
/// A backslash makes plain the punctuation, quote or blank behind it and is left out; before anything else it is
/// an ordinary character. The offset of an escaped character is that of its backslash.
pub(super) fn unescaped(text: &str) -> impl Iterator<Item = (usize, char, bool)> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (at, c) = chars.next()?;
        let next = (c == '\\').then(|| chars.peek().copied()).flatten();
        match next {
            Some((_, escaped)) if can_be_escaped(escaped) => {
                chars.next();
                Some((at, escaped, true))
            }
            Some(_) | None => Some((at, c, false)),
        }
    })
}

fn can_be_escaped(c: char) -> bool {
    c.is_ascii_punctuation() || c.is_whitespace() || is_quote(c)
}

/// Whether a text can be no value: it begins with a blank, an operator, a closing parenthesis, or is empty.
fn ends_operand(rest: &str) -> bool {
    rest.starts_with(char::is_whitespace)
        || rest.starts_with([')', '|'])
        || rest.starts_with("&&")
        || rest.is_empty()
}

/// Whether a sign stands before something it can apply to; a doubled sign is part of a word.
fn starts_with_sign(rest: &str, sign: char) -> bool {
    rest.strip_prefix(sign).is_some_and(|behind| !ends_operand(behind) && !behind.starts_with(sign))
}

fn operator(word: &str) -> Option<TokenKind<'static>> {
    match word {
        "AND" => Some(TokenKind::And),
        "OR" => Some(TokenKind::Or),
        "NOT" => Some(TokenKind::Not),
        _ => None,
    }
}

/// `NEAR`, `NEAR/8`, `ADJ/8`, taken apart.
pub(super) struct Proximity<'a> {
    ordered: bool,
    /// The digits.
    distance: Option<&'a str>,
}

impl Proximity<'_> {
    /// `None` when the distance is none that can be asked for.
    fn kind(&self) -> Option<TokenKind<'static>> {
        let usual = if self.ordered { USUAL_ADJACENCY } else { USUAL_NEARNESS };
        let distance = self.distance.map_or(Some(usual), |digits| digits.parse().ok());
        let distance = distance.filter(|distance| (1..=MAX_DISTANCE).contains(distance))?;
        Some(TokenKind::Near { distance, ordered: self.ordered })
    }
}

/// Whether a word is `NEAR`, `NEAR/8`, `ADJ` or `ADJ/8`.
pub(super) fn proximity(word: &str) -> Option<Proximity<'_>> {
    let (name, distance) = word.split_once('/').map_or((word, None), |(name, digits)| (name, Some(digits)));
    let ordered = match name {
        "NEAR" => false,
        "ADJ" => true,
        _ => return None,
    };
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    distance.is_none_or(is_number).then_some(Proximity { ordered, distance })
}

/// Whether a word would be `NEAR/8` or `ADJ/8` in capitals.
pub(super) fn is_small_proximity(word: &str) -> bool {
    let capitals = word.to_ascii_uppercase();
    capitals != word && proximity(&capitals).is_some_and(|proximity| proximity.distance.is_some())
}

/// The bytes of the unquoted text at the beginning of `rest`.
fn bare_length(rest: &str) -> usize {
    let ends = |at: usize, c: char| {
        c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')' | '|') || rest[at..].starts_with("&&")
    };
    let end = unescaped(rest).find(|&(at, c, escaped)| !escaped && ends(at, c));
    end.map_or(rest.len(), |(at, _, _)| at)
}

/// The boost at the end of unquoted text: its length and factor. The text before it is not empty, or all is the boost.
fn boost_suffix(run: &str) -> Option<(usize, f32)> {
    let number = run.bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (head, number) = run.split_at(run.len() - number);
    let escaped = unescaped(head).last().is_some_and(|(_, _, escaped)| escaped);
    if !head.ends_with('^') || escaped {
        return None;
    }
    Some((number.len() + 1, number.parse().ok()?))
}

/// The bytes of `/…/` at the beginning of `rest`; a text with a third slash or without an end is a path.
fn regex_length(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('/')?;
    let stop = unescaped(inside).find(|&(_, c, escaped)| !escaped && (c == '/' || c.is_whitespace()));
    let (length, _, _) = stop.filter(|&(at, c, _)| c == '/' && at > 0)?;
    let behind = &inside[length + 1..];
    (ends_operand(behind) || behind.starts_with('^')).then_some(length + 2)
}

/// The name before a colon at the beginning of `rest`, as in `tag:x`, but not in `http://x` or `12:30`.
pub(super) fn field_prefix(rest: &str) -> Option<&str> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let name = &rest[..rest.bytes().take_while(|b| is_name(b)).count()];
    let behind = rest[name.len()..].strip_prefix(':')?;
    let is_field = name.starts_with(|c: char| c.is_ascii_alphabetic()) && !behind.starts_with("//");
    is_field.then_some(name)
}

/// The field of that name; for a date field `date`, also by `date-within`, which is told.
fn declared<'a>(name: &str, schema: &'a Schema) -> Option<(&'a Field, bool)> {
    let name = name.to_ascii_lowercase();
    let field = schema.field(&name).map(|field| (field, false));
    let dates = || name.strip_suffix(WITHIN).and_then(|dates| schema.field(dates));
    field.or_else(|| {
        dates().filter(|field| matches!(field.kind, Kind::Date { .. })).map(|field| (field, true))
    })
}

/// What stands behind the name of a date field when all days of a date must lie in the range.
pub(super) const WITHIN: &str = "-within";

/// Fields that the language promises; where a schema does not have them they must not be taken for text.
fn is_planned(name: &str) -> bool {
    name.eq_ignore_ascii_case("id")
}

fn field_hint(name: &str, schema: &Schema) -> String {
    match schema.nearest(name) {
        Some(near) => format!("did you mean {near}:?"),
        None => {
            let names: Vec<&str> = schema.fields.iter().map(|field| field.name.as_str()).collect();
            format!("the fields are {}", names.join(", "))
        }
    }
}
