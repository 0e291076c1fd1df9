//! A query as what counts as a match: terms, alone, in a row, or near each other.

use crate::analysis::kana::without_final_mark;
use crate::analysis::language::Language;
use crate::analysis::positions::MAX_FREE_WORDS;
use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::{TokenKind, tokenize, unbroken_run};
use crate::analysis::wildcard::{Slot, Wildcard};
use crate::query::relax::wanted;
use crate::query::{Pattern, PhrasePart, Query};
use crate::schema::FieldName;
use crate::search::expansion::Expansions;

/// Something that counts as a match.
#[derive(Debug, PartialEq)]
pub(super) struct Clause {
    pub(super) scope: Scope,
    pub(super) shape: Shape,
    /// How much finding it says.
    pub(super) weight: f32,
}

/// How terms must stand to match. Numbers are those of [`Terms`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// At consecutive positions; never empty.
    Row(Vec<u16>),
    /// In any order, with fewer than so many other words among them.
    Free(Vec<u16>, u32),
    /// As in [`Query::Near`].
    Near { left: Box<Shape>, right: Box<Shape>, distance: u32, ordered: bool },
    /// One of these.
    Any(Vec<Shape>),
}

/// Where a clause is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scope {
    Everywhere,
    Field(FieldName),
}

/// What a token must be to be a term.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    /// This folded word.
    Exact(String),
    /// A word with the stem of this folded one, or the word itself.
    Stem(String),
    /// One of these folded words.
    OneOf(Vec<String>),
}

/// The different terms of all clauses.
#[derive(Debug, Default)]
pub(super) struct Terms(Vec<Term>);

impl Terms {
    pub(super) fn iter(&self) -> impl Iterator<Item = (u16, &Term)> {
        (0..).zip(&self.0)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of a term; `None` when there are too many.
    fn intern(&mut self, term: Term) -> Option<u16> {
        let known = self.0.iter().position(|known| *known == term);
        let at = known.unwrap_or(self.0.len());
        if at == MAX_DIFFERENT_TERMS {
            return None;
        }
        if known.is_none() {
            self.0.push(term);
        }
        u16::try_from(at).ok()
    }
}

/// Clauses beyond so many are not marked; nobody reads that many.
const MAX_CLAUSES: usize = 512;
/// Of a longer phrase the beginning is looked for.
const MAX_TERMS: usize = 64;
/// Clauses with terms beyond so many different ones are not marked.
const MAX_DIFFERENT_TERMS: usize = 4096;
/// What a pattern says that stands for no word.
const PATTERN_WEIGHT: f32 = 1.0;
/// Words that stand together as asked say more than the same words apart.
const TOGETHER_BONUS: f32 = 1.25;
/// The least a clause counts, so that a match always beats none.
const MIN_WEIGHT: f32 = 0.01;

/// What a query's words mean in one index.
#[derive(Clone, Copy)]
pub(super) struct Meaning<'a> {
    pub(super) default_field: &'a FieldName,
    pub(super) languages: &'a [Language],
    pub(super) expansions: &'a Expansions,
    /// How rare a term is; the second argument says whether it is a stem.
    pub(super) idf: &'a dyn Fn(&str, bool) -> f32,
}

/// The clauses of the positive parts of a query.
pub(super) fn clauses(query: &Query, meaning: Meaning<'_>, terms: &mut Terms) -> Vec<Clause> {
    let stemmers =
        meaning.languages.iter().filter_map(|&language| Stemmer::of(language)).collect::<Vec<Stemmer>>();
    let mut builder = Builder { meaning, stemmers, terms, clauses: Vec::new() };
    wanted(query).into_iter().for_each(|leaf| builder.add(leaf));
    builder.clauses
}

struct Builder<'a> {
    meaning: Meaning<'a>,
    stemmers: Vec<Stemmer>,
    terms: &'a mut Terms,
    clauses: Vec<Clause>,
}

/// A shape and how much finding it says.
type Weighed = (Shape, f32);

impl Builder<'_> {
    fn add(&mut self, query: &Query) {
        if let Query::Word { field, text, exact: false } = query
            && let Some(run) = unbroken_run(without_final_mark(text))
        {
            for pair in run.array_windows::<2>().take(MAX_TERMS) {
                let row = self.row(pair.clone().map(Term::Exact).into());
                self.push(field.as_ref(), row);
            }
            return;
        }
        let shape = self.shape(query);
        self.push(field_of(query), shape);
    }

    fn push(&mut self, field: Option<&FieldName>, shape: Option<Weighed>) {
        let Some((shape, weight)) = shape else { return };
        let clause = Clause { scope: self.scope(field), shape, weight };
        if self.clauses.len() < MAX_CLAUSES && !self.clauses.contains(&clause) {
            self.clauses.push(clause);
        }
    }

    /// `None` for what cannot be found in a text.
    fn shape(&mut self, query: &Query) -> Option<Weighed> {
        match query {
            Query::Word { text, exact, .. } => {
                let words = words(if *exact { text } else { without_final_mark(text) });
                let by_stem = !exact && words.len() == 1 && words[0].1 == TokenKind::Word;
                let term = |(word, _)| if by_stem { Term::Stem(word) } else { Term::Exact(word) };
                self.row(words.into_iter().map(term).collect())
            }
            Query::Phrase { field, parts, slop } => {
                let terms = self.phrase(field.as_ref(), parts);
                match slop {
                    Some(slop) if terms.len() <= MAX_FREE_WORDS => self.free(terms, *slop),
                    Some(_) | None => self.row(terms),
                }
            }
            Query::Pattern { field, pattern } => {
                let terms = match pattern {
                    Pattern::Wildcard(wildcard) => self.slots(field.as_ref(), wildcard),
                    Pattern::Fuzzy { .. } | Pattern::Regex(_) => vec![self.expanded(field.as_ref(), pattern)],
                };
                self.row(terms)
            }
            Query::Near { left, right, distance, ordered } => {
                let (left, left_weight) = self.shape(left)?;
                let (right, right_weight) = self.shape(right)?;
                let (left, right) = (Box::new(left), Box::new(right));
                let shape = Shape::Near { left, right, distance: *distance, ordered: *ordered };
                Some((shape, (left_weight + right_weight) * TOGETHER_BONUS))
            }
            Query::Or(parts) => {
                let found: Vec<Weighed> = parts.iter().filter_map(|part| self.shape(part)).collect();
                let weight = found.iter().map(|(_, weight)| *weight).reduce(f32::max)?;
                Some((Shape::Any(found.into_iter().map(|(shape, _)| shape).collect()), weight))
            }
            Query::Boost(inner, _) => self.shape(inner),
            Query::All
            | Query::And(_)
            | Query::Numbers { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Has(_)
            | Query::Not(_) => None,
        }
    }

    fn phrase(&self, field: Option<&FieldName>, parts: &[PhrasePart]) -> Vec<Term> {
        let mut terms = Vec::new();
        for part in parts {
            match part {
                PhrasePart::Text(text) => {
                    terms.extend(words(text).into_iter().map(|(word, _)| Term::Exact(word)));
                }
                PhrasePart::Wildcard(wildcard) => terms.extend(self.slots(field, wildcard)),
            }
        }
        terms
    }

    fn slots(&self, field: Option<&FieldName>, wildcard: &Wildcard) -> Vec<Term> {
        let term = |slot| match slot {
            Slot::Word(word) => Term::Exact(word),
            Slot::Wildcard(wildcard) => self.expanded(field, &Pattern::Wildcard(wildcard)),
        };
        wildcard.slots().into_iter().map(term).collect()
    }

    fn expanded(&self, field: Option<&FieldName>, pattern: &Pattern) -> Term {
        let expansion = self.meaning.expansions.get(field.unwrap_or(self.meaning.default_field), pattern);
        let words = expansion.map(|expansion| expansion.words.as_slice()).unwrap_or_default();
        Term::OneOf(words.iter().map(|(word, _)| word.clone()).collect())
    }

    fn row(&mut self, terms: Vec<Term>) -> Option<Weighed> {
        let (terms, weight) = self.interned(terms)?;
        Some((Shape::Row(terms), weight))
    }

    fn free(&mut self, terms: Vec<Term>, slop: u32) -> Option<Weighed> {
        let (terms, weight) = self.interned(terms)?;
        Some((Shape::Free(terms, slop), weight))
    }

    fn interned(&mut self, terms: Vec<Term>) -> Option<(Vec<u16>, f32)> {
        let mut weight = 0.0;
        let mut numbers = Vec::with_capacity(terms.len());
        for term in terms.into_iter().take(MAX_TERMS) {
            weight += self.weight(&term);
            numbers.push(self.terms.intern(term)?);
        }
        if numbers.len() > 1 {
            weight *= TOGETHER_BONUS;
        }
        (!numbers.is_empty()).then_some((numbers, weight))
    }

    fn scope(&self, field: Option<&FieldName>) -> Scope {
        match field {
            Some(name) if name != self.meaning.default_field => Scope::Field(name.clone()),
            Some(_) | None => Scope::Everywhere,
        }
    }

    fn weight(&self, term: &Term) -> f32 {
        let idf = self.meaning.idf;
        let weight = match term {
            Term::Exact(word) => idf(word, false),
            Term::Stem(word) => self.commonest_stem(word).unwrap_or_else(|| idf(word, true)),
            // The commonest word stands first.
            Term::OneOf(words) => words.first().map_or(PATTERN_WEIGHT, |word| idf(word, false)),
        };
        if weight.is_finite() { weight.max(MIN_WEIGHT) } else { PATTERN_WEIGHT }
    }

    fn commonest_stem(&self, word: &str) -> Option<f32> {
        let idf = self.meaning.idf;
        self.stemmers.iter().map(|stemmer| idf(&stemmer.stem(word), true)).reduce(f32::min)
    }
}

/// The field that all words of a query stand in.
fn field_of(query: &Query) -> Option<&FieldName> {
    match query {
        Query::Word { field, .. } | Query::Phrase { field, .. } | Query::Pattern { field, .. } => {
            field.as_ref()
        }
        Query::Near { left, .. } => field_of(left),
        Query::Or(parts) => parts.first().and_then(field_of),
        Query::Boost(inner, _) => field_of(inner),
        Query::All
        | Query::And(_)
        | Query::Numbers { .. }
        | Query::Value { .. }
        | Query::ValueWord { .. }
        | Query::ValuePattern { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Has(_)
        | Query::Not(_) => None,
    }
}

/// The words and characters of a query text.
fn words(text: &str) -> Vec<(String, TokenKind)> {
    let mut words = Vec::new();
    tokenize(text, |token| {
        if token.kind != TokenKind::Pair && words.len() < MAX_TERMS {
            words.push((token.text.to_owned(), token.kind));
        }
    });
    words
}
