//! Words, phrases, patterns and nearness.
//!
//! | in the query | what is searched |
//! |---|---|
//! | a bare word | its stem, in each article that of its language; as one virtual word when they differ ([`AnyOf`]) |
//! | an exact word, a phrase of exact words | tantivy's term and phrase queries |
//! | a pattern | the words that it stands for, as one virtual word |
//! | everything else that says where words stand | [`Positional`], over words as written |

use std::sync::Arc;

use tantivy::query::{BooleanQuery, EmptyQuery, Occur, PhraseQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{TantivyError, Term};

use crate::analysis::kana::without_final_mark;
use crate::analysis::positions::{MAX_DISTANCE, MAX_FREE_WORDS};
use crate::analysis::tokenizer::{FirstBytes, TokenKind, tokenize, tokenize_wanted, unbroken_run};
use crate::analysis::wildcard;
use crate::engine::local::any_of::AnyOf;
use crate::engine::local::expand::single_word;
use crate::engine::local::positional::{Positional, Shape, Slot};
use crate::engine::local::routing::Classes;
use crate::engine::local::schema::TextField;
use crate::query::{Pattern, PhrasePart, Query};
use crate::schema::FieldName;

use super::{Lowered, Lowering};

/// One analysed word of a query.
struct QueryToken {
    text: String,
    position: u32,
    kind: TokenKind,
}

/// Words at their distances from the first.
type Row = Vec<(u32, Slot)>;

impl Lowering<'_> {
    /// A bare or an exact word; `None` when it has no letters or digits.
    pub(super) fn word(
        &mut self,
        field: Option<&FieldName>,
        text: &str,
        exact: bool,
    ) -> tantivy::Result<Option<Lowered>> {
        let Some(field) = self.text_field(field) else { return Ok(Some(Box::new(EmptyQuery))) };
        let text = if exact { text } else { without_final_mark(text) };
        let tokens = self.tokens(text);
        let stems = field.stems.filter(|_| !exact);
        Ok(match (tokens.as_slice(), stems) {
            ([], _) => None,
            ([only], Some(stems)) if only.kind == TokenKind::Word => Some(self.by_stem(stems, &only.text)?),
            // A run of characters without blanks: neighbours two by two, which is where its ranking lies.
            (tokens, Some(stems)) if unbroken_run(text).is_some() => {
                let pairs = tokens.iter().filter(|token| token.kind == TokenKind::Pair);
                Some(all(pairs.map(|pair| scored(stems, &pair.text)).collect()))
            }
            (tokens, _) => self.row(&field, row_of(tokens))?,
        })
    }

    pub(super) fn phrase(
        &mut self,
        field: Option<&FieldName>,
        parts: &[PhrasePart],
        slop: Option<u32>,
    ) -> tantivy::Result<Option<Lowered>> {
        let Some(field) = self.text_field(field) else { return Ok(Some(Box::new(EmptyQuery))) };
        let row = self.row_of_parts(&field, parts);
        match slop {
            None | Some(0) => self.row(&field, row),
            Some(_) if row.len() < 2 => self.row(&field, row),
            Some(slop) => {
                let mut shapes = Shapes::new(field);
                let shape = shapes.free(row, slop)?;
                Ok(Some(self.positional(shapes, shape)))
            }
        }
    }

    pub(super) fn pattern(
        &mut self,
        field: Option<&FieldName>,
        pattern: &Pattern,
    ) -> tantivy::Result<Option<Lowered>> {
        let Some(field) = self.text_field(field) else { return Ok(Some(Box::new(EmptyQuery))) };
        let row = self.row_of_pattern(&field, pattern);
        self.row(&field, row)
    }

    /// A query whose words stand near each other; `None` when it has no words at all.
    pub(super) fn near(&mut self, query: &Query) -> tantivy::Result<Option<Lowered>> {
        let Some(field) = self.text_field(first_field(query)) else {
            return Ok(Some(Box::new(EmptyQuery)));
        };
        let mut shapes = Shapes::new(field);
        let Some(shape) = self.shape(query, &mut shapes)? else { return Ok(None) };
        Ok(Some(self.positional(shapes, shape)))
    }

    fn shape(&mut self, query: &Query, shapes: &mut Shapes) -> tantivy::Result<Option<Shape>> {
        Ok(match query {
            Query::Word { field, text, exact } => {
                self.check_field(field.as_ref(), shapes)?;
                self.word_shape(text, *exact, shapes)?
            }
            Query::Phrase { field, parts, slop } => {
                self.check_field(field.as_ref(), shapes)?;
                let row = self.row_of_parts(&shapes.field, parts);
                match slop {
                    Some(slop @ 1..) if row.len() > 1 => Some(shapes.free(row, *slop)?),
                    Some(_) | None => shapes.row(row),
                }
            }
            Query::Pattern { field, pattern } => {
                self.check_field(field.as_ref(), shapes)?;
                let row = self.row_of_pattern(&shapes.field, pattern);
                shapes.row(row)
            }
            Query::Near { left, right, distance, ordered } => {
                near_shape(self.shape(left, shapes)?, self.shape(right, shapes)?, *distance, *ordered)
            }
            Query::Or(parts) => {
                let mut either = Vec::with_capacity(parts.len());
                for part in parts {
                    either.extend(self.shape(part, shapes)?);
                }
                (!either.is_empty()).then_some(Shape::Either(either))
            }
            // A place has no score of its own.
            Query::Boost(inner, _) => self.shape(inner, shapes)?,
            Query::All
            | Query::Numbers { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Has(_)
            | Query::And(_)
            | Query::Not(_) => {
                return Err(refused(
                    "only words, phrases, patterns and alternatives of them can be near each other",
                ));
            }
        })
    }

    fn check_field(&self, name: Option<&FieldName>, shapes: &Shapes) -> tantivy::Result<()> {
        if name.unwrap_or(&self.schema.default_field) == &shapes.field.name {
            return Ok(());
        }
        Err(refused("what is to be near each other must be looked for in one field"))
    }

    fn word_shape(&mut self, text: &str, exact: bool, shapes: &mut Shapes) -> tantivy::Result<Option<Shape>> {
        let tokens = self.tokens(if exact { text } else { without_final_mark(text) });
        Ok(match tokens.as_slice() {
            [only] if only.kind == TokenKind::Word && !exact && shapes.field.stems.is_some() => {
                Some(self.stem_shape(&only.text, shapes)?)
            }
            tokens => shapes.row(row_of(tokens)),
        })
    }

    /// The words as written that have the stems of this one.
    fn stem_shape(&self, word: &str, shapes: &mut Shapes) -> tantivy::Result<Shape> {
        let words = self.stemming.alike(self.searcher, shapes.field.exact, word, self.deadline)?;
        Ok(shapes.word(Slot { words: words.into_iter().collect() }))
    }

    fn positional(&self, shapes: Shapes, shape: Shape) -> Lowered {
        Box::new(Positional {
            field: shapes.field.exact,
            slots: shapes.slots.into(),
            shape: Arc::new(shape),
            stemming: Arc::clone(self.stemming),
            deadline: self.deadline,
        })
    }

    /// Words at fixed distances; `None` when there are none.
    fn row(&self, field: &TextField, mut row: Row) -> tantivy::Result<Option<Lowered>> {
        if row.len() == 1 {
            let (_, slot) = row.remove(0);
            let words = slot.words.into_iter().map(|(word, _)| word);
            return self.any_term(field.exact, words.collect()).map(Some);
        }
        let singles = row.iter().filter_map(|(position, slot)| match slot.words.as_slice() {
            [(word, _)] => Some((*position as usize, Term::from_field_text(field.exact, word))),
            _ => None,
        });
        let singles: Vec<(usize, Term)> = singles.collect();
        if row.is_empty() {
            return Ok(None);
        }
        if singles.len() == row.len() {
            return Ok(Some(Box::new(PhraseQuery::new_with_offset(singles))));
        }
        let mut shapes = Shapes::new(field.clone());
        let shape = shapes.row(row);
        Ok(shape.map(|shape| self.positional(shapes, shape)))
    }

    /// A folded word by its stems: each article by that of its own language.
    pub(in crate::engine::local) fn by_stem(&self, field: Field, word: &str) -> tantivy::Result<Lowered> {
        let stems = self.stemming.stems(self.searcher, word)?;
        let mut known = Vec::with_capacity(stems.len());
        for (stem, classes) in stems {
            if self.searcher.doc_freq(&Term::from_field_text(field, &stem))? > 0 {
                known.push((stem, classes));
            }
        }
        if let [(only, classes)] = known.as_slice()
            && self.is_confined(&Term::from_field_text(field, only), *classes)?
        {
            return Ok(scored(field, only));
        }
        Ok(match known.as_slice() {
            [] => Box::new(EmptyQuery),
            _ => Box::new(AnyOf::stems(field, known, self.stemming, self.deadline)),
        })
    }

    fn is_confined(&self, stem: &Term, classes: Classes) -> tantivy::Result<bool> {
        self.stemming.routing.is_confined(self.searcher, stem, classes)
    }

    /// Any of these terms; those that the index does not have are left out, for a single one is found faster.
    fn any_term(&self, field: Field, mut terms: Vec<String>) -> tantivy::Result<Lowered> {
        if terms.len() > 1 && terms.len() <= FEW {
            let mut known = Vec::with_capacity(terms.len());
            for term in terms {
                if self.searcher.doc_freq(&Term::from_field_text(field, &term))? > 0 {
                    known.push(term);
                }
            }
            terms = known;
        }
        Ok(match terms.as_slice() {
            [] => Box::new(EmptyQuery),
            [only] => scored(field, only),
            _ => Box::new(AnyOf::new(field, terms, self.deadline)),
        })
    }

    fn text_field(&self, name: Option<&FieldName>) -> Option<TextField> {
        self.fields.text(name.unwrap_or(&self.schema.default_field)).cloned()
    }

    /// Analyses the text of a clause; a clause without any word is left out, and said so.
    fn tokens(&mut self, text: &str) -> Vec<QueryToken> {
        let mut tokens = Vec::new();
        tokenize(text, |token| {
            tokens.push(QueryToken {
                text: token.text.to_owned(),
                position: token.position,
                kind: token.kind,
            });
        });
        if tokens.is_empty() {
            self.left_out(text);
        }
        tokens
    }

    fn left_out(&mut self, text: &str) {
        self.warnings.push(format!("{text:?} has no letters or digits and was left out"));
    }

    fn row_of_parts(&mut self, field: &TextField, parts: &[PhrasePart]) -> Row {
        let mut row = Row::new();
        let mut end = 0;
        for part in parts {
            match part {
                PhrasePart::Text(text) => end += push_text(&mut row, end, text),
                PhrasePart::Wildcard(wildcard) => {
                    for slot in wildcard.slots() {
                        row.push((end, self.slot(field, slot)));
                        end += 1;
                    }
                }
            }
        }
        if row.is_empty() {
            let texts = parts.iter().map(|part| match part {
                PhrasePart::Text(text) => text.as_str(),
                PhrasePart::Wildcard(_) => "*",
            });
            self.left_out(&texts.collect::<Vec<_>>().join(" "));
        }
        row
    }

    fn row_of_pattern(&mut self, field: &TextField, pattern: &Pattern) -> Row {
        match pattern {
            Pattern::Wildcard(wildcard) => {
                self.row_of_parts(field, &[PhrasePart::Wildcard(wildcard.clone())])
            }
            Pattern::Fuzzy { word, .. } if single_word(word).is_none() => {
                let row = row_of(&self.tokens(word));
                if !row.is_empty() {
                    self.warnings.push(format!("{word:?} is several words and was looked for as written"));
                }
                row
            }
            Pattern::Fuzzy { .. } | Pattern::Regex(_) => vec![(0, self.expanded(field, pattern))],
        }
    }

    fn slot(&self, field: &TextField, slot: wildcard::Slot) -> Slot {
        match slot {
            wildcard::Slot::Word(word) => Slot::of([word]),
            wildcard::Slot::Wildcard(wildcard) => self.expanded(field, &Pattern::Wildcard(wildcard)),
        }
    }

    fn expanded(&self, field: &TextField, pattern: &Pattern) -> Slot {
        let words = self.expansions.get(&field.name, pattern).map_or(&[][..], |expansion| &expansion.words);
        Slot::of(words.iter().map(|(word, _)| word.clone()))
    }
}

/// Of so many terms it is worth knowing whether the index has more than one.
const FEW: usize = 64;

/// The slots of a shape under construction.
struct Shapes {
    field: TextField,
    slots: Vec<Slot>,
}

impl Shapes {
    fn new(field: TextField) -> Shapes {
        Shapes { field, slots: Vec::new() }
    }

    fn slot(&mut self, slot: Slot) -> usize {
        self.slots.push(slot);
        self.slots.len() - 1
    }

    fn word(&mut self, slot: Slot) -> Shape {
        Shape::Word(self.slot(slot))
    }

    fn row(&mut self, mut row: Row) -> Option<Shape> {
        match row.len() {
            0 => None,
            1 => Some(self.word(row.remove(0).1)),
            _ => {
                let first = row[0].0;
                Some(Shape::Row(row.into_iter().map(|(at, slot)| (at - first, self.slot(slot))).collect()))
            }
        }
    }

    fn free(&mut self, row: Row, slop: u32) -> tantivy::Result<Shape> {
        if row.len() > MAX_FREE_WORDS {
            return Err(refused(&format!(
                "more than {MAX_FREE_WORDS} words cannot be near each other in any order"
            )));
        }
        let slots = row.into_iter().map(|(_, slot)| self.slot(slot)).collect();
        Ok(Shape::Free { slots, slop: slop.min(MAX_DISTANCE) })
    }
}

/// Two shapes near each other; a side without words demands nothing.
fn near_shape(left: Option<Shape>, right: Option<Shape>, distance: u32, ordered: bool) -> Option<Shape> {
    match (left, right) {
        (Some(left), Some(right)) => Some(Shape::Near {
            left: Box::new(left),
            right: Box::new(right),
            // More would reach from one part of an article into the next.
            distance: distance.min(MAX_DISTANCE),
            ordered,
        }),
        (one, other) => one.or(other),
    }
}

fn refused(what: &str) -> TantivyError {
    TantivyError::InvalidArgument(what.to_owned())
}

/// The field of the first words of a query.
fn first_field(query: &Query) -> Option<&FieldName> {
    match query {
        Query::Word { field, .. } | Query::Phrase { field, .. } | Query::Pattern { field, .. } => {
            field.as_ref()
        }
        Query::Near { left, .. } => first_field(left),
        Query::Boost(inner, _) | Query::Not(inner) => first_field(inner),
        Query::And(parts) | Query::Or(parts) => parts.first().and_then(first_field),
        Query::All
        | Query::Numbers { .. }
        | Query::Value { .. }
        | Query::ValueWord { .. }
        | Query::ValuePattern { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Has(_) => None,
    }
}

/// Words at the distances that they have in the query.
fn row_of(tokens: &[QueryToken]) -> Row {
    let words = tokens.iter().filter(|token| token.kind != TokenKind::Pair);
    words.map(|token| (token.position, Slot::of([token.text.clone()]))).collect()
}

/// Adds the words of a text from a position on; gives the number of positions that it takes.
fn push_text(row: &mut Row, begin: u32, text: &str) -> u32 {
    tokenize_wanted(text, &FirstBytes::all(), |token| {
        if token.kind != TokenKind::Pair {
            row.push((begin + token.position, Slot::of([token.text.to_owned()])));
        }
    })
}

pub(super) fn scored(field: Field, term: &str) -> Lowered {
    Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
}

fn all(mut queries: Vec<Lowered>) -> Lowered {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::new(queries.into_iter().map(|query| (Occur::Must, query)).collect())),
    }
}
