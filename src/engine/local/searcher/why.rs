//! Why an article is found, or not: each part of the query, held against this one article.

use tantivy::query::Weight;
use tantivy::{DocAddress, DocSet};

use crate::analysis::tokenizer::tokenize;
use crate::article::{Article, Published};
use crate::engine::EngineError;
use crate::engine::local::bits::Bits;
use crate::engine::local::deadline::Deadline;
use crate::engine::local::folder::reading;
use crate::engine::local::keywords::each_value;
use crate::query::Query;
use crate::query::relax::{clauses, wanted, without};
use crate::query::simplify::only_field;
use crate::schema::{FieldName, Kind, Property, edits};
use crate::search::why::{Held, Why};
use crate::search::{SearchRequest, Snippet, SnippetOptions};

use super::Searcher;
use super::hits::snippets;
use super::suggest::words_of;

/// Near words of the article that are named for each part.
const MOST_NEAR: usize = 3;
/// Parts of a query behind so many are told without their passages: each reads the article once.
const MOST_TOLD: usize = 64;
/// Words of a part that are compared with the article's.
const MOST_COMPARED: usize = 8;
/// Longer words are not compared.
const LONGEST: usize = 40;

impl Searcher {
    /// What the question makes of the article with this identity; `None` when there is no such article. Of several
    /// with the same identity it is the first.
    pub fn why(&self, name: &str, request: &SearchRequest) -> Result<Option<Why>, EngineError> {
        self.explain_one(name, request).map_err(|error| reading(self.folder.path(), error))
    }

    fn explain_one(&self, name: &str, request: &SearchRequest) -> tantivy::Result<Option<Why>> {
        let Some((article, address)) = self.named(name)?.into_iter().next() else { return Ok(None) };
        let parts = clauses(&self.without_stop_words(&request.query, &request.ranking));
        let mut held = Vec::with_capacity(parts.len());
        for clause in &parts {
            let score = self.score_of(self.weight_alone(clause, true)?.as_ref(), address)?;
            let told = held.len() < MOST_TOLD;
            let part = self.held(clause, score, &article);
            held.push(if told { self.told(part, &article, request.snippets)? } else { part });
        }
        let found = held.iter().all(|part| part.holds);
        let (response, list) = self.list(request, Deadline::within(None))?;
        let place = if found { list.place_of(address) } else { None };
        let (rank, score) = place.map_or((None, 0.0), |(rank, score)| (Some(rank), score));
        let is_out = |number: usize| !held[number].holds;
        let any_left = held.iter().any(|part| part.holds);
        let change = (!found && any_left).then(|| without(&parts, is_out));
        let (total, warnings) = (response.total, response.warnings);
        Ok(Some(Why { article, found, total, rank, score, clauses: held, change, warnings }))
    }

    fn held(&self, clause: &Query, score: Option<f32>, article: &Article) -> Held {
        Held {
            clause: clause.clone(),
            holds: score.is_some(),
            score: score.unwrap_or(0.0),
            values: only_field(clause).map(|field| self.values_of(field, article)),
            near: Vec::new(),
            title: None,
            passages: Vec::new(),
        }
    }

    /// A part with what matches in the texts of the article, or nearly does.
    fn told(&self, held: Held, article: &Article, options: SnippetOptions) -> tantivy::Result<Held> {
        let matcher = self.matcher_alone(match &held.clause {
            Query::Not(excluded) => excluded,
            other => other,
        })?;
        let language = article.language.or(self.schema().undetermined);
        let title = Some(matcher.mark(&article.title, "title", language)).filter(|it| !it.spans.is_empty());
        let mut passages = snippets(article, &matcher, language, options);
        passages.retain(|Snippet { passage, .. }| !passage.spans.is_empty());
        let near = if held.holds { Vec::new() } else { near_words(&held.clause, article) };
        Ok(Held { near, title, passages, ..held })
    }

    /// The score of one document; `None` when it does not match.
    fn score_of(&self, weight: &dyn Weight, address: DocAddress) -> tantivy::Result<Option<f32>> {
        let reader = self.searcher.segment_reader(address.segment_ord);
        if !Bits::matching(weight, reader)?.contains(address.doc_id) {
            return Ok(None);
        }
        let mut scorer = weight.scorer(reader, 1.0)?;
        if scorer.doc() < address.doc_id {
            scorer.seek(address.doc_id);
        }
        Ok(Some(scorer.score()))
    }

    /// What an article has in a field of values or dates.
    fn values_of(&self, field: &FieldName, article: &Article) -> Vec<String> {
        let mut values = Vec::new();
        match self.schema().field(field.as_str()).map(|field| &field.kind) {
            Some(Kind::Keyword { from, .. }) => {
                each_value(article, from, |value| values.push(value.to_owned()));
            }
            Some(Kind::Date { from: Property::Published }) => {
                values.extend(article.published.as_ref().map(Published::to_string));
            }
            Some(Kind::Date { .. } | Kind::Text { .. } | Kind::Number { .. }) | None => {}
        }
        values
    }
}

/// The words of an article that are a slip away from those of a clause.
fn near_words(clause: &Query, article: &Article) -> Vec<String> {
    let mut typed: Vec<Vec<char>> = Vec::new();
    for leaf in wanted(clause) {
        if let Some((_, text)) = words_of(leaf) {
            tokenize(text, |token| typed.push(token.text.chars().take(LONGEST).collect()));
        }
    }
    typed.truncate(MOST_COMPARED);
    let mut near: Vec<String> = Vec::new();
    for text in [&article.title, &article.body] {
        tokenize(text, |token| {
            let word: Vec<char> = token.text.chars().take(LONGEST).collect();
            let is_near = |typed: &Vec<char>| {
                let allowed = typed.len() / 4;
                typed.len().abs_diff(word.len()) <= allowed && (1..=allowed).contains(&edits(typed, &word))
            };
            if near.len() < MOST_NEAR && typed.iter().any(is_near) && !near.iter().any(|it| *it == token.text)
            {
                near.push(token.text.to_owned());
            }
        });
    }
    near
}
