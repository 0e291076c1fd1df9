//! What a person wants to find, as plain data. Text in a [`Query`] is raw: each engine analyses it its own way.

use crate::schema::FieldName;
use crate::text::calendar::Day;

pub mod dates;
pub mod display;
mod lexer;
pub mod operators;
pub mod parse;
pub mod relax;
mod repair;
pub mod simplify;
pub(crate) mod term;

/// What is searched for.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Every article.
    All,
    /// A bare word as typed; it may be several words for an analyzer (`e-mail`), which then stand next to each other.
    Word {
        /// `None`: the default field.
        field: Option<FieldName>,
        /// As typed.
        text: String,
        /// As written, not by its stem.
        exact: bool,
    },
    /// Words next to each other, as written.
    Phrase {
        /// `None`: the default field.
        field: Option<FieldName>,
        /// As typed, without the quotes.
        text: String,
        /// The last word is only the beginning of a word.
        prefix: bool,
    },
    /// Words that begin so.
    Prefix {
        /// `None`: the default field.
        field: Option<FieldName>,
        /// As typed, without the star.
        text: String,
    },
    /// A keyword, matched whole; in a hierarchy it matches what lies below it as well.
    Value {
        /// A keyword field.
        field: FieldName,
        /// As typed.
        value: String,
    },
    /// A keyword that has this among its words, in fields whose values are names of people.
    ValueWord {
        /// A keyword field.
        field: FieldName,
        /// As typed, without blanks.
        word: String,
    },
    /// Keywords strictly below this one in a hierarchy (`tag:energy/*`), or paths that fit a pattern.
    Below {
        /// A keyword field.
        field: FieldName,
        /// As typed: for a hierarchy without the final `/*`, for paths the pattern.
        value: String,
    },
    /// Days that overlap a range, or lie inside it.
    Dates {
        /// A date field.
        field: FieldName,
        /// The range.
        range: DateRange,
        /// Whether all days that an article's date can mean must lie in the range.
        within: bool,
    },
    /// Articles that have any value in a field.
    Has(FieldName),
    /// All of these.
    And(Vec<Query>),
    /// Any of these.
    Or(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
    /// The same, with its score multiplied.
    Boost(Box<Query>, f32),
}

/// Days from `from` to `to`, both included; `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRange {
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
}

/// Whether bare words must all match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matching {
    /// All of them.
    #[default]
    All,
    /// Any of them; more and rarer ones rank higher.
    Any,
}
