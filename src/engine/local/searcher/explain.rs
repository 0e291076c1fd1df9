//! Takes the scores of a page of hits apart.

use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::{DocAddress, Term};

use crate::article::ArticleId;
use crate::search::{Explained, ExplainedWord, Explanation, Hit, Ranking, SearchRequest, Sort};

use crate::engine::local::proximity::{Cause, Gain};
use crate::engine::local::question::{BareWord, Sought};
use crate::engine::local::rank::Ranked;
use crate::engine::local::routing::ALL_CLASSES;
use crate::engine::local::schema::TextField;

use super::Searcher;
use super::order::Keys;
use super::plan::Plan;

/// Parts smaller than this share of a score are what rounding leaves.
const ROUNDING: f32 = 1e-4;

/// What counts for a reason.
struct Source {
    label: String,
    weight: Box<dyn Weight>,
}

impl Searcher {
    pub(super) fn explained(
        &self,
        request: &SearchRequest,
        plan: &Plan,
        ranked: &[Ranked],
        hits: &[Hit],
    ) -> tantivy::Result<Explained> {
        let by_score = request.sort == Sort::Relevance && plan.scoring().is_some();
        let sources = if by_score { self.sources(plan, &request.ranking)? } else { Vec::new() };
        let mut explanations = Vec::with_capacity(hits.len());
        for (ranked, hit) in ranked.iter().zip(hits) {
            explanations.push(match by_score {
                true => self.explanation(plan, &sources, ranked, hit.id)?,
                false => Explanation { id: hit.id, total: 0.0, parts: Vec::new() },
            });
        }
        let added = plan.added.iter().map(|it| (it.word.clone(), it.weight)).collect();
        let words = self.explained_words(plan)?;
        Ok(Explained { words, left_out: plan.question.left_out.clone(), added, hits: explanations })
    }

    fn explained_words(&self, plan: &Plan) -> tantivy::Result<Vec<ExplainedWord>> {
        let Some(field) = self.fields.text(&self.schema().default_field) else { return Ok(Vec::new()) };
        let explained = plan.question.words.iter().map(|word| {
            Ok(ExplainedWord {
                word: word.text.clone(),
                terms: self.explained_terms(field, word)?,
                as_written: self.searcher.doc_freq(&Term::from_field_text(field.exact, &word.text))?,
            })
        });
        explained.collect()
    }

    /// The terms that a word is looked for by, and how many articles each finds.
    fn explained_terms(&self, field: &TextField, word: &BareWord) -> tantivy::Result<Vec<(String, u64)>> {
        let stemming = self.stemming();
        let (field, terms) = match (word.sought, field.stems) {
            (Sought::ByStem, Some(stems)) => (stems, stemming.stems(&self.searcher, &word.text)?),
            (Sought::ByStem, None) | (Sought::AsWritten | Sought::InRow, _) => {
                (field.exact, vec![(word.text.clone(), ALL_CLASSES)])
            }
        };
        let explained = terms.into_iter().map(|(text, classes)| {
            let term = Term::from_field_text(field, &text);
            Ok((text, stemming.routing.frequency(&self.searcher, &term, classes)?))
        });
        explained.collect()
    }

    /// What the scores of hits can be made of, but for what only the best of them gain.
    fn sources(&self, plan: &Plan, ranking: &Ranking) -> tantivy::Result<Vec<Source>> {
        let default_field = self.schema().default_field.clone();
        let mut sources = Vec::new();
        let fields = std::iter::once((&default_field, 1.0))
            .chain(ranking.fields.iter().map(|(name, weight)| (name, *weight)));
        for (name, boost) in fields {
            let Some(field) = self.fields.text(name) else { continue };
            let is_default = *name == default_field;
            for word in &plan.question.words {
                if is_default && word.sought == Sought::InRow {
                    // The row has a score, its words have none.
                    continue;
                }
                let times = if is_default { word.times as f32 } else { 1.0 };
                let ranked = self.ranked(plan, field, word, boost * word.weight * times)?;
                let label = if is_default { word.text.clone() } else { format!("{} in {name}", word.text) };
                sources.push(Source { label, weight: self.scored(&*ranked)? });
            }
        }
        for (expansion, added) in plan.added.iter().zip(self.added(plan)?) {
            let label = format!("{} by feedback", expansion.word);
            sources.push(Source { label, weight: self.scored(&*added)? });
        }
        Ok(sources)
    }

    fn scored(&self, query: &dyn Query) -> tantivy::Result<Box<dyn Weight>> {
        query.weight(EnableScoring::enabled_from_searcher(&self.searcher))
    }

    fn explanation(
        &self,
        plan: &Plan,
        sources: &[Source],
        ranked: &Ranked,
        id: ArticleId,
    ) -> tantivy::Result<Explanation> {
        let total = ranked.key.primary as f32;
        let address = ranked.address;
        let mut parts = Vec::new();
        for source in sources {
            parts.push((source.label.clone(), self.score(source.weight.as_ref(), address)?));
        }
        let base = plan.scoring().map_or(Ok(0.0), |scoring| self.score(scoring, address))?;
        let other = base - parts.iter().map(|(_, value)| value).sum::<f32>();
        parts.push(("phrases and other parts of the query".to_owned(), other));
        let segment = address.segment_ord;
        let keys = Keys::open(self.searcher.segment_reader(segment), segment)?;
        let factor = keys.recency(plan.recency, address.doc_id);
        // Those beyond the best gained nothing.
        let has_gained = total > base * factor * (1.0 + ROUNDING);
        if let Some(accents) = plan.accents.as_ref().filter(|_| has_gained) {
            parts.push(("accents as typed".to_owned(), accents.gain(&self.stored(address)?)));
        }
        if let Some(proximity) = plan.proximity().filter(|_| has_gained) {
            let label = |gain: &Gain| (cause(plan, gain.cause), gain.value);
            let reader = self.searcher.segment_reader(segment);
            proximity.each(reader, &[address.doc_id], |gains| parts.extend(gains.iter().map(label)))?;
        }
        parts.push(("being new".to_owned(), total - total / factor));
        parts.retain(|(_, value)| value.abs() > total.abs() * ROUNDING);
        Ok(Explanation { id, total, parts })
    }

    /// What one query says of one document, 0 when it does not match.
    fn score(&self, weight: &dyn Weight, address: DocAddress) -> tantivy::Result<f32> {
        let mut scorer = weight.scorer(self.searcher.segment_reader(address.segment_ord), 1.0)?;
        let found = if scorer.doc() < address.doc_id { scorer.seek(address.doc_id) } else { scorer.doc() };
        Ok(if found == address.doc_id { scorer.score() } else { 0.0 })
    }
}

fn cause(plan: &Plan, cause: Cause) -> String {
    let word = |at: usize| plan.question.words[at].text.as_str();
    match cause {
        Cause::Form(at) => format!("{} as written", word(at)),
        Cause::Adjacent(first, second) => format!("{} {} next to each other", word(first), word(second)),
        Cause::Near(first, second) => format!("{} {} near each other", word(first), word(second)),
    }
}
