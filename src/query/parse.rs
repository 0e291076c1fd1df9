//! The text of a query to a [`Query`]: the grammar, and what is said of a text that does not fit it.
//!
//! ```text
//! query    = sequence ( OR sequence )*
//! sequence = conjunct conjunct*                 all must hold, or any under `Matching::Any`
//! conjunct = nearby ( AND nearby )*
//! nearby   = operand ( NEAR operand )*          from left to right
//! operand  = ( NOT | "-" )* ( [ field ":" ] ( term | "(" query ")" ) [ "^" number ] )
//! ```

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use crate::query::lexer::{Token, TokenKind, tokens};
use crate::query::near::{Nearness, near};
use crate::query::repair::repair;
use crate::query::saved::{self, SavedQueries, is_name};
use crate::query::simplify::{only_field, simplify};
use crate::query::term::{Setting, term};
use crate::query::{Matching, Query};
use crate::schema::{Field, Kind, Schema};
use crate::text::calendar::Day;

/// Longest query, in bytes.
pub const MAX_BYTES: usize = 4096;
/// Deepest nesting of parentheses.
pub const MAX_NESTING: usize = 30;
/// Most words, phrases and values of one query.
pub const MAX_CLAUSES: usize = 1024;
/// Largest boost.
pub const MAX_BOOST: f32 = 1000.0;
/// Most operators `NEAR` and `ADJ` in a row.
pub const MAX_NEAR: usize = 16;

pub use crate::analysis::positions::MAX_DISTANCE;
/// The distance of `NEAR` unless told.
pub const USUAL_NEARNESS: u32 = 10;
/// The distance of `ADJ` unless told.
pub const USUAL_ADJACENCY: u32 = 1;

/// Most regular expressions of a query: each may be as large as one can be.
pub const MAX_REGEXES: usize = 16;

/// What a text is read with.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The fields that there are.
    pub schema: &'a Schema,
    /// What "last month" counts from.
    pub today: Day,
    /// What neighbouring words mean.
    pub matching: Matching,
    /// Whether every word counts as written, not by its stem.
    pub exact: bool,
    /// What `@name` stands for.
    pub saved: &'a SavedQueries,
}

impl<'a> Reading<'a> {
    /// All words, by their stems, without saved queries.
    pub fn new(schema: &'a Schema, today: Day) -> Reading<'a> {
        Reading { schema, today, matching: Matching::All, exact: false, saved: SavedQueries::NONE }
    }
}

/// A query and what is to be said of its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What was understood, simplified. With a [`ProblemKind::Refused`] among the problems it must not be run.
    pub query: Query,
    /// In order of their place in the text.
    pub problems: Vec<Problem>,
    /// Whether saved queries stand in it in the place of their names.
    pub has_saved: bool,
}

impl Parsed {
    /// The first reason why the query cannot be run.
    pub fn refusal(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.kind == ProblemKind::Refused)
    }
}

/// One thing to say of the text of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Bytes of the text, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong and what was made of it, lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// Whether the query can be run.
    pub kind: ProblemKind,
}

/// Whether a query with a problem can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text was read as the message says: a warning, and an error under `--strict`.
    Repaired,
    /// Its meaning cannot be had: an error always.
    Refused,
}

impl Problem {
    pub(super) fn repaired(span: Range<usize>, message: impl Into<String>) -> Problem {
        Problem { span, message: message.into(), hint: None, kind: ProblemKind::Repaired }
    }

    pub(super) fn refused(span: Range<usize>, message: impl Into<String>) -> Problem {
        Problem { span, message: message.into(), hint: None, kind: ProblemKind::Refused }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Problem {
        Problem { hint: Some(hint.into()), ..self }
    }
}

/// Reads a query. Every text gives an answer, in time linear in its length up to [`MAX_BYTES`] and in that of the saved
/// queries in it.
pub fn parse(text: &str, reading: &Reading<'_>) -> Parsed {
    let mut spent = Spent::default();
    match read(text, reading, &mut spent) {
        Ok((query, mut problems)) => {
            problems.sort_by_key(|problem| problem.span.start);
            let query = simplify(query.unwrap_or(Query::All));
            Parsed { query, problems, has_saved: spent.has_saved }
        }
        Err(problem) => {
            let nothing = Query::Not(Box::new(Query::All));
            Parsed { query: nothing, problems: vec![problem], has_saved: spent.has_saved }
        }
    }
}

/// What a query has used of its limits, saved queries in it included.
#[derive(Default)]
struct Spent {
    clauses: usize,
    regexes: usize,
    /// Parentheses that are open around a saved query.
    nesting: usize,
    /// The saved queries that are being read, each in the one before.
    names: Vec<String>,
    has_saved: bool,
}

/// Reads one text: that of the query or of a saved one. `Err` says which limit it breaks.
fn read<'a>(
    text: &'a str,
    reading: &Reading<'a>,
    spent: &mut Spent,
) -> Result<(Option<Query>, Vec<Problem>), Problem> {
    if text.len() > MAX_BYTES {
        let span = text.floor_char_boundary(MAX_BYTES)..text.len();
        return Err(Problem::refused(span, format!("the query is longer than {MAX_BYTES} bytes")));
    }
    let mut problems = Vec::new();
    let tokens = tokens(text, reading.schema, &mut problems);
    keep_limits(&tokens, spent)?;
    let tokens = repair(text, tokens, &mut problems);
    let setting = Setting { field: None, within: false, exact: reading.exact, today: reading.today };
    let tokens = tokens.into_iter().peekable();
    let mut parser = Parser { tokens, reading, spent, problems: &mut problems };
    let query = parser.alternatives(setting);
    Ok((query, problems))
}

fn keep_limits(tokens: &[Token<'_>], spent: &mut Spent) -> Result<(), Problem> {
    let mut nesting = spent.nesting;
    for token in tokens {
        match token.kind {
            TokenKind::Open => nesting += 1,
            TokenKind::Close => nesting = nesting.saturating_sub(1),
            TokenKind::Bare(_) | TokenKind::Quoted(..) | TokenKind::Bracketed(_) => spent.clauses += 1,
            TokenKind::Regex(_) => {
                spent.clauses += 1;
                spent.regexes += 1;
            }
            TokenKind::And
            | TokenKind::Or
            | TokenKind::Not
            | TokenKind::Near { .. }
            | TokenKind::Field(..)
            | TokenKind::Refused
            | TokenKind::Boost(_) => {}
        }
        let refused = |message| Err(Problem::refused(token.span.clone(), message));
        if nesting > MAX_NESTING {
            return refused(format!("parentheses are nested deeper than {MAX_NESTING}"));
        }
        if spent.clauses > MAX_CLAUSES {
            return refused(format!("the query has more than {MAX_CLAUSES} words"));
        }
        if spent.regexes > MAX_REGEXES {
            return refused(format!("the query has more than {MAX_REGEXES} regular expressions"));
        }
    }
    Ok(())
}

/// Reads repaired tokens; recursion is bounded by [`MAX_NESTING`] and [`saved::MAX_NESTING`].
struct Parser<'a, 'p> {
    tokens: Peekable<IntoIter<Token<'a>>>,
    reading: &'p Reading<'a>,
    spent: &'p mut Spent,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Parser<'a, '_> {
    fn peek(&mut self) -> Option<TokenKind<'a>> {
        self.tokens.peek().map(|token| token.kind)
    }

    fn skip(&mut self, kind: TokenKind<'_>) -> bool {
        self.tokens.next_if(|token| token.kind == kind).is_some()
    }

    fn alternatives(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut alternatives = Vec::new();
        loop {
            alternatives.extend(self.sequence(setting));
            if !self.skip(TokenKind::Or) {
                return join(alternatives, Query::Or);
            }
        }
    }

    fn sequence(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut conjuncts = Vec::new();
        while !matches!(self.peek(), None | Some(TokenKind::Or | TokenKind::Close)) {
            conjuncts.extend(self.conjunct(setting));
        }
        match self.reading.matching {
            Matching::All => join(conjuncts, Query::And),
            Matching::Any => any_of_words(conjuncts),
        }
    }

    fn conjunct(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut operands = Vec::new();
        loop {
            operands.extend(self.nearby(setting));
            if !self.skip(TokenKind::And) {
                return join(operands, Query::And);
            }
        }
    }

    fn nearby(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut left = self.operand(setting);
        let mut operators = 0;
        while let Some(nearness) = self.next_near() {
            let right = self.operand(setting);
            operators += 1;
            if operators > MAX_NEAR {
                let message = format!("more than {MAX_NEAR} of NEAR and ADJ stand in a row");
                self.problems.push(Problem::refused(nearness.span, message));
                return None;
            }
            left = match (left, right) {
                (Some(left), Some(right)) => {
                    let joined = near(left, right, nearness, &self.reading.schema.default_field);
                    joined.map_err(|problem| self.problems.push(problem)).ok()
                }
                // What was left out, or refused, has been told.
                (left, right) => left.or(right),
            };
        }
        left
    }

    fn next_near(&mut self) -> Option<Nearness> {
        let Some(TokenKind::Near { distance, ordered }) = self.peek() else { return None };
        self.tokens.next().map(|token| Nearness { distance, ordered, span: token.span })
    }

    fn operand(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut denied = false;
        while self.skip(TokenKind::Not) {
            denied = !denied;
        }
        let query = self.fielded(setting)?;
        Some(if denied { Query::Not(Box::new(query)) } else { query })
    }

    fn fielded(&mut self, setting: Setting<'a>) -> Option<Query> {
        let setting = match self.next_field() {
            Some((field, within)) => Setting { field: Some(field), within, ..setting },
            None => setting,
        };
        let first = self.tokens.next()?;
        let query = match first.kind {
            TokenKind::Open => {
                self.spent.nesting += 1;
                let inner = self.alternatives(setting);
                self.spent.nesting -= 1;
                self.skip(TokenKind::Close);
                inner
            }
            TokenKind::Close
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::Not
            | TokenKind::Near { .. }
            | TokenKind::Field(..)
            | TokenKind::Bare(_)
            | TokenKind::Quoted(..)
            | TokenKind::Regex(_)
            | TokenKind::Bracketed(_)
            | TokenKind::Refused
            | TokenKind::Boost(_) => self.term(&first, setting),
        };
        self.boosted(query)
    }

    fn term(&mut self, token: &Token<'a>, setting: Setting<'a>) -> Option<Query> {
        if let Some(name) = saved_name(token.kind, setting)
            && let Some(text) = self.saved_text(name, token, setting)
        {
            return self.saved(name, text, token);
        }
        term(token, setting, self.problems).unwrap_or_else(|problem| {
            self.problems.push(problem);
            None
        })
    }

    /// The text of a saved query; `None`, which is told, when `@name` is text here.
    fn saved_text(&mut self, name: &str, token: &Token<'a>, setting: Setting<'a>) -> Option<&'a str> {
        let text = self.reading.saved.get(name);
        let problem = match (text, setting.field) {
            (Some(text), None) => return Some(text),
            (Some(_), Some(field)) => {
                let message =
                    format!("a saved query cannot stand in {}:, so `@{name}` is read as text", field.name);
                Problem::repaired(token.span.clone(), message).hint("put it outside of the field")
            }
            (None, _) => {
                let message = format!("there is no saved query `{name}`, so this is read as text");
                Problem::repaired(token.span.clone(), message).hint(self.reading.saved.hint(name))
            }
        };
        self.problems.push(problem);
        None
    }

    /// Reads a saved query in the place of its name, as if it stood there in parentheses.
    fn saved(&mut self, name: &str, text: &'a str, token: &Token<'a>) -> Option<Query> {
        let refused = |message: String| Problem::refused(token.span.clone(), message);
        if self.spent.names.iter().any(|open| open == name) {
            self.problems.push(refused(format!("the saved query `{name}` contains itself")));
            return None;
        }
        if self.spent.names.len() == saved::MAX_NESTING {
            let message = format!("saved queries are nested deeper than {}", saved::MAX_NESTING);
            self.problems.push(refused(message));
            return None;
        }
        self.spent.has_saved = true;
        self.spent.names.push(name.to_owned());
        self.spent.nesting += 1;
        let inner = read(text, self.reading, self.spent);
        self.spent.nesting -= 1;
        self.spent.names.pop();
        let (query, problems) = inner.unwrap_or_else(|problem| (None, vec![problem]));
        self.problems.extend(problems.into_iter().map(|problem| Problem {
            span: token.span.clone(),
            message: format!("in @{name}: {}", problem.message),
            ..problem
        }));
        query
    }

    fn boosted(&mut self, query: Option<Query>) -> Option<Query> {
        let Some((factor, span)) = self.next_boost() else { return query };
        if factor > MAX_BOOST {
            self.problems.push(Problem::refused(span, format!("a boost is a number from 0 to {MAX_BOOST}")));
        }
        query.map(|query| Query::Boost(Box::new(query), factor))
    }

    fn next_boost(&mut self) -> Option<(f32, Range<usize>)> {
        let Some(TokenKind::Boost(factor)) = self.peek() else { return None };
        self.tokens.next().map(|token| (factor, token.span))
    }

    fn next_field(&mut self) -> Option<(&'a Field, bool)> {
        let Some(TokenKind::Field(field, within)) = self.peek() else { return None };
        self.tokens.next();
        Some((field, within))
    }
}

/// The name that a word means, when it is one: `@name` as a word of a text.
fn saved_name<'a>(kind: TokenKind<'a>, setting: Setting<'_>) -> Option<&'a str> {
    let is_text = setting.field.is_none_or(|field| matches!(field.kind, Kind::Text { .. }));
    match kind {
        TokenKind::Bare(word) if is_text => word.strip_prefix('@').filter(|name| is_name(name)),
        TokenKind::Bare(_)
        | TokenKind::Open
        | TokenKind::Close
        | TokenKind::And
        | TokenKind::Or
        | TokenKind::Not
        | TokenKind::Near { .. }
        | TokenKind::Field(..)
        | TokenKind::Quoted(..)
        | TokenKind::Regex(_)
        | TokenKind::Bracketed(_)
        | TokenKind::Refused
        | TokenKind::Boost(_) => None,
    }
}

fn join(mut parts: Vec<Query>, join: fn(Vec<Query>) -> Query) -> Option<Query> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(join(parts)),
    }
}

/// Neighbours under [`Matching::Any`]: one of the words is enough, but filters and exclusions hold.
pub(super) fn any_of_words(parts: Vec<Query>) -> Option<Query> {
    let (required, words): (Vec<Query>, Vec<Query>) = parts.into_iter().partition(is_required);
    let words = join(words, Query::Or);
    join(words.into_iter().chain(required).collect(), Query::And)
}

/// Whether it holds under [`Matching::Any`] too.
pub(super) fn is_required(query: &Query) -> bool {
    matches!(query, Query::Not(_)) || only_field(query).is_some()
}

#[cfg(test)]
mod tests;
