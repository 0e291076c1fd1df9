//! What a person wants to find, as plain data. Text in a [`Query`] is raw: each engine analyses it its own way.

pub use crate::analysis::wildcard::{Wildcard, WildcardPart};
use crate::schema::FieldName;
use crate::text::calendar::Day;

pub mod dates;
pub mod display;
mod lexer;
mod near;
pub mod numbers;
pub mod operators;
pub mod parse;
pub mod regex;
pub mod relax;
mod repair;
pub mod saved;
pub mod simplify;
pub mod synonyms;
pub(crate) mod term;
mod written;

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
    /// Words next to each other, or near each other, as written.
    Phrase {
        /// `None`: the default field.
        field: Option<FieldName>,
        /// In their order, never empty; two texts never stand side by side.
        parts: Vec<PhrasePart>,
        /// `None`: side by side in this order. Else in any order, with fewer than so many other words among them.
        slop: Option<u32>,
    },
    /// Words that fit a pattern, as written.
    Pattern {
        /// `None`: the default field.
        field: Option<FieldName>,
        /// What they fit.
        pattern: Pattern,
    },
    /// Words near each other. Both sides are words, phrases, patterns, this, or alternatives of them, in one field.
    Near {
        /// What stands before, if it is ordered.
        left: Box<Query>,
        /// What stands behind, if it is ordered.
        right: Box<Query>,
        /// How many words the beginning of one may be from the end of the other: 1 is side by side.
        distance: u32,
        /// Whether `left` must stand before `right`.
        ordered: bool,
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
    /// A keyword that fits a pattern, whole or, in fields whose values are names of people, by one of its words.
    ValuePattern {
        /// A keyword field.
        field: FieldName,
        /// As typed.
        pattern: Wildcard,
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
    /// Numbers in a range.
    Numbers {
        /// A number field.
        field: FieldName,
        /// The range.
        range: NumberRange,
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

/// A piece of a phrase.
#[derive(Debug, Clone, PartialEq)]
pub enum PhrasePart {
    /// As typed; one word or several.
    Text(String),
    /// One word that fits.
    Wildcard(Wildcard),
}

/// What a word must fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// `wom?n`, `electr*`
    Wildcard(Wildcard),
    /// `color~1`
    Fuzzy {
        /// As typed.
        word: String,
        /// Letters put in, left out, changed or swapped with their neighbour, at most.
        distance: u8,
    },
    /// `/colou?r/`: the whole word fits this regular expression; as typed, without the slashes.
    Regex(String),
}

/// Numbers from `from` to `to`, both included; `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberRange {
    /// Smallest.
    pub from: Option<u64>,
    /// Largest.
    pub to: Option<u64>,
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
