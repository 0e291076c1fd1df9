//! A query as the sequences of terms that count as matches.

use crate::analysis::kana::without_final_mark;
use crate::analysis::language::Language;
use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::query::Query;
use crate::schema::FieldName;

/// Terms at consecutive positions that match together.
#[derive(Debug, PartialEq)]
pub(super) struct Clause {
    pub(super) scope: Scope,
    /// Indexes of [`Terms`], never empty.
    pub(super) terms: Vec<u16>,
    /// How much finding it says.
    pub(super) weight: f32,
}

/// Where a clause is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scope {
    Everywhere,
    Field(FieldName),
}

/// How a token meets a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Exact,
    Prefix,
    Stem,
}

/// The different terms of all clauses.
#[derive(Debug, Default)]
pub(super) struct Terms(Vec<(Form, String)>);

impl Terms {
    pub(super) fn iter(&self) -> impl Iterator<Item = (u16, Form, &str)> {
        (0..).zip(&self.0).map(|(id, (form, text))| (id, *form, text.as_str()))
    }

    /// The index of a term; `None` when there are too many.
    fn intern(&mut self, form: Form, text: String) -> Option<u16> {
        let term = (form, text);
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

/// What a beginning of a word says, whose rarity is not known.
const PREFIX_WEIGHT: f32 = 1.0;

/// Words that stand together as asked say more than the same words apart.
const PHRASE_BONUS: f32 = 1.25;

/// The least a clause counts, so that a match always beats none.
const MIN_WEIGHT: f32 = 0.01;

/// The clauses of the positive parts of a query, sorted by their first terms.
pub(super) fn clauses(
    query: &Query,
    default_field: &FieldName,
    languages: &[Language],
    idf: &dyn Fn(&str, bool) -> f32,
    terms: &mut Terms,
) -> Vec<Clause> {
    let stemmers: Vec<Stemmer> = languages.iter().filter_map(|&language| Stemmer::of(language)).collect();
    let mut builder = Builder { default_field, stemmers, idf, terms, clauses: Vec::new() };
    let mut open = vec![query];
    while let Some(query) = open.pop() {
        match query {
            Query::Word { field, text, exact: true } => builder.add(field, text, Form::Exact, Form::Exact),
            Query::Word { field, text, exact: false } => {
                builder.add(field, without_final_mark(text), Form::Stem, Form::Stem)
            }
            Query::Phrase { field, text, prefix: true } => {
                builder.add(field, text, Form::Exact, Form::Prefix)
            }
            Query::Phrase { field, text, prefix: false } => {
                builder.add(field, text, Form::Exact, Form::Exact)
            }
            Query::Prefix { field, text } => builder.add(field, text, Form::Exact, Form::Prefix),
            Query::And(parts) | Query::Or(parts) => open.extend(parts.iter().rev()),
            Query::Boost(inner, _) => open.push(inner),
            Query::All
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Has(_)
            | Query::Not(_) => {}
        }
    }
    let mut clauses = builder.clauses;
    clauses.sort_by_key(|clause| clause.terms[0]);
    clauses
}

struct Builder<'a> {
    default_field: &'a FieldName,
    stemmers: Vec<Stemmer>,
    idf: &'a dyn Fn(&str, bool) -> f32,
    terms: &'a mut Terms,
    clauses: Vec<Clause>,
}

impl Builder<'_> {
    /// Adds the terms of `text` as one clause; the last may have another form.
    fn add(&mut self, field: &Option<FieldName>, text: &str, form: Form, last: Form) {
        let mut words = words(text);
        let is_cut = words.len() > MAX_TERMS;
        words.truncate(MAX_TERMS);
        if words.is_empty() || self.clauses.len() == MAX_CLAUSES {
            return;
        }
        let end = words.len() - 1;
        let mut weight = 0.0;
        let mut terms = Vec::with_capacity(words.len());
        for (at, (word, kind)) in words.into_iter().enumerate() {
            let form = if at == end && !is_cut { last } else { form };
            let form = if form == Form::Stem && kind == TokenKind::Char { Form::Exact } else { form };
            weight += self.weight(form, &word);
            let Some(term) = self.terms.intern(form, word) else { return };
            terms.push(term);
        }
        if terms.len() > 1 {
            weight *= PHRASE_BONUS;
        }
        let clause = Clause { scope: self.scope(field), terms, weight };
        if !self.clauses.contains(&clause) {
            self.clauses.push(clause);
        }
    }

    fn scope(&self, field: &Option<FieldName>) -> Scope {
        match field {
            Some(name) if name != self.default_field => Scope::Field(name.clone()),
            Some(_) | None => Scope::Everywhere,
        }
    }

    fn weight(&self, form: Form, word: &str) -> f32 {
        let weight = match form {
            Form::Prefix => PREFIX_WEIGHT,
            Form::Exact => (self.idf)(word, false),
            Form::Stem => self.commonest_stem(word).unwrap_or_else(|| (self.idf)(word, true)),
        };
        if weight.is_finite() { weight.max(MIN_WEIGHT) } else { PREFIX_WEIGHT }
    }

    fn commonest_stem(&self, word: &str) -> Option<f32> {
        self.stemmers.iter().map(|stemmer| (self.idf)(&stemmer.stem(word), true)).reduce(f32::min)
    }
}

/// The words and characters of a query text.
fn words(text: &str) -> Vec<(String, TokenKind)> {
    let mut words = Vec::new();
    tokenize(text, |token| {
        if token.kind != TokenKind::Pair && words.len() <= MAX_TERMS {
            words.push((token.text.to_owned(), token.kind));
        }
    });
    words
}
