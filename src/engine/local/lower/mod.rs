//! A [`Query`] to tantivy queries. Text is analysed here and nowhere else on the way of a query.

use std::sync::Arc;

use tantivy::Searcher;
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur};

use crate::analysis::tokenizer::TokenKind;
use crate::query::Query;
use crate::schema::Schema;
use crate::search::expansion::Expansions;

use super::copies::LazyFamilies;
use super::deadline::Deadline;
use super::excluded::Excluded;
use super::feedback::Expansion;
use super::question::{BareWord, Sought};
use super::schema::{Fields, TextField};
use super::stemming::Stemming;

mod values;
mod words;

use words::scored;

pub(super) type Lowered = Box<dyn tantivy::query::Query>;

/// Lowers queries against one snapshot.
pub(super) struct Lowering<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) schema: &'a Schema,
    pub(super) fields: &'a Fields,
    /// By the languages whose stems are in the index.
    pub(super) stemming: &'a Arc<Stemming>,
    pub(super) families: &'a LazyFamilies,
    /// What the patterns of the query stand for.
    pub(super) expansions: &'a Expansions,
    pub(super) deadline: Deadline,
    pub(super) warnings: Vec<String>,
}

impl Lowering<'_> {
    /// Lowers a query; what it matches is exactly what the query says, or a warning tells the difference.
    pub(super) fn query(&mut self, query: &Query) -> tantivy::Result<Lowered> {
        Ok(match self.lower(query)? {
            Some(lowered) => lowered,
            None => Box::new(AllQuery),
        })
    }

    /// A word that hits are ranked by, in a field.
    pub(super) fn ranked(&self, field: &TextField, word: &BareWord) -> tantivy::Result<Lowered> {
        match (word.sought, field.stems) {
            (Sought::ByStem, Some(stems)) => self.by_stem(stems, &word.text),
            (Sought::ByStem, None) | (Sought::AsWritten | Sought::InRow, _) => {
                Ok(scored(field.exact, &word.text))
            }
        }
    }

    /// A word that feedback added, in a field.
    pub(super) fn added(&self, field: &TextField, expansion: &Expansion) -> tantivy::Result<Lowered> {
        match (expansion.kind, field.stems) {
            (TokenKind::Word, Some(stems)) => self.by_stem(stems, &expansion.word),
            (TokenKind::Pair | TokenKind::Char, Some(stems)) => Ok(scored(stems, &expansion.word)),
            (TokenKind::Word | TokenKind::Pair | TokenKind::Char, None) => {
                Ok(scored(field.exact, &expansion.word))
            }
        }
    }

    /// Lowers a query so that it also matches, and is ranked by, other words; its exclusions still hold.
    pub(super) fn with_words(&mut self, query: &Query, words: Vec<Lowered>) -> tantivy::Result<Lowered> {
        if let Query::And(parts) = query {
            let (denied, asked): (Vec<&Query>, Vec<&Query>) =
                parts.iter().partition(|part| matches!(part, Query::Not(_)));
            if let ([_, ..], [asked]) = (denied.as_slice(), asked.as_slice()) {
                let mut clauses = vec![(Occur::Must, self.with_words(asked, words)?)];
                for part in denied {
                    clauses.push((Occur::Must, self.query(part)?));
                }
                return Ok(boolean(clauses));
            }
        }
        // One flat list of terms is what the engine can skip through.
        let mut clauses = Vec::new();
        match query {
            Query::Or(parts) => {
                for part in parts {
                    clauses.extend(self.lower(part)?.map(|part| (Occur::Should, part)));
                }
            }
            other => clauses.push((Occur::Should, self.query(other)?)),
        }
        clauses.extend(words.into_iter().map(|word| (Occur::Should, word)));
        Ok(boolean(clauses))
    }

    /// `None` for a clause that has no words at all and so demands nothing.
    fn lower(&mut self, query: &Query) -> tantivy::Result<Option<Lowered>> {
        Ok(Some(match query {
            Query::All => constant(Box::new(AllQuery)),
            Query::Word { field, text, exact } => return self.word(field.as_ref(), text, *exact),
            Query::Phrase { field, parts, slop } => return self.phrase(field.as_ref(), parts, *slop),
            Query::Pattern { field, pattern } => return self.pattern(field.as_ref(), pattern),
            Query::Near { .. } => return self.near(query),
            Query::Numbers { field, range } => values::numbers(field, *range),
            Query::Value { field, value } => self.value(field, value)?,
            Query::ValueWord { field, word } => self.value_word(field, word),
            Query::ValuePattern { field, pattern } => self.value_pattern(field, pattern),
            Query::Below { field, value } => self.below(field, value),
            Query::Dates { field, range, within } => values::dates(field, *range, *within),
            Query::Has(field) => self.has(field)?,
            Query::And(parts) => return self.all_of(parts),
            Query::Or(parts) => return self.any_of(parts),
            Query::Not(inner) => self.excluding(inner)?,
            Query::Boost(inner, factor) => {
                let inner = self.lower(inner)?;
                return Ok(inner.map(|inner| Box::new(BoostQuery::new(inner, *factor)) as Lowered));
            }
        }))
    }

    fn all_of(&mut self, parts: &[Query]) -> tantivy::Result<Option<Lowered>> {
        let mut clauses = Vec::new();
        let mut any_positive = false;
        for part in parts {
            if let Query::Not(inner) = part {
                if let Some(inner) = self.lower(inner)? {
                    clauses.push((Occur::MustNot, Excluded::boxed(inner)));
                }
            } else if let Some(part) = self.lower(part)? {
                any_positive = true;
                clauses.push((Occur::Must, part));
            }
        }
        if clauses.is_empty() {
            return Ok(None);
        }
        if !any_positive {
            clauses.push((Occur::Must, constant(Box::new(AllQuery))));
        }
        Ok(Some(boolean(clauses)))
    }

    fn any_of(&mut self, parts: &[Query]) -> tantivy::Result<Option<Lowered>> {
        let mut clauses = Vec::new();
        for part in parts {
            if let Some(part) = self.lower(part)? {
                clauses.push((Occur::Should, part));
            }
        }
        Ok((!clauses.is_empty()).then(|| boolean(clauses)))
    }

    fn excluding(&mut self, inner: &Query) -> tantivy::Result<Lowered> {
        let everything = (Occur::Must, constant(Box::new(AllQuery)));
        Ok(match self.lower(inner)? {
            Some(inner) => boolean(vec![everything, (Occur::MustNot, Excluded::boxed(inner))]),
            None => constant(Box::new(AllQuery)),
        })
    }
}

fn constant(query: Lowered) -> Lowered {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn boolean(mut clauses: Vec<(Occur, Lowered)>) -> Lowered {
    match clauses.as_slice() {
        [(Occur::Must | Occur::Should, _)] => clauses.remove(0).1,
        _ => Box::new(BooleanQuery::new(clauses)),
    }
}

/// Any of these; nothing if there are none.
fn any(queries: Vec<Lowered>) -> Lowered {
    if queries.is_empty() {
        return Box::new(EmptyQuery);
    }
    boolean(queries.into_iter().map(|query| (Occur::Should, query)).collect())
}
