//! Binds a query to the snapshot and puts what it matches in order.
//!
//! The score of a hit is BM25 of the words of the query (tantivy's, over stems in which words of the title count
//! fourfold), and of what was added to them: fields with a weight of their own, terms by [`feedback`]. The best of
//! them gain by [`super::super::proximity`]; all that gain stand before all that were not looked at, since those
//! scored less before already. Being new multiplies.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::DocAddress;
use tantivy::query::{BoostQuery, EnableScoring, Weight};

use crate::analysis::stem::Stemmer;
use crate::engine::local::accents::Accents;
use crate::engine::local::deadline::Deadline;
use crate::engine::local::expand::Expander;
use crate::engine::local::feedback::{self, Expansion};
use crate::engine::local::lower::{Lowered, Lowering};
use crate::engine::local::proximity::{DEPTH, Proximity};
use crate::engine::local::question::{BareWord, Question, StopWords};
use crate::engine::local::rank::{Best, RankKey, Ranked, stable};
use crate::engine::local::schema::TextField;
use crate::engine::local::stemming::Stemming;
use crate::query::Query;
use crate::query::simplify::{simplify, split_filters};
use crate::schema::{FieldName, Kind, Property};
use crate::search::expansion::Expansions;
use crate::search::{Page, Ranking, Recency, SearchRequest, Sort};

use super::Searcher;
use super::order::Keys;
use super::plan::{Meaning, Plan, Set};

impl Searcher {
    fn weight(
        &self,
        query: &Query,
        meaning: Meaning<'_>,
        warnings: &mut Vec<String>,
        scored: bool,
    ) -> tantivy::Result<Box<dyn Weight>> {
        let mut lowering = self.lowering(meaning);
        let lowered = lowering.query(query)?;
        warnings.append(&mut lowering.warnings);
        lowered.weight(match scored {
            true => EnableScoring::enabled_from_searcher(&self.searcher),
            false => EnableScoring::disabled_from_searcher(&self.searcher),
        })
    }

    /// A part of a query by itself.
    pub(super) fn weight_alone(
        &self,
        query: &Query,
        scored: bool,
        deadline: Deadline,
    ) -> tantivy::Result<Box<dyn Weight>> {
        let patterns = self.expansions(query, deadline, &mut Vec::new())?;
        self.weight(query, Meaning { patterns: &patterns, deadline }, &mut Vec::new(), scored)
    }

    fn weight_with(
        &self,
        query: &Query,
        meaning: Meaning<'_>,
        words: Vec<Lowered>,
    ) -> tantivy::Result<Box<dyn Weight>> {
        let lowered = self.lowering(meaning).with_words(query, words)?;
        lowered.weight(EnableScoring::enabled_from_searcher(&self.searcher))
    }

    fn lowering<'a>(&'a self, meaning: Meaning<'a>) -> Lowering<'a> {
        Lowering {
            searcher: &self.searcher,
            schema: self.schema(),
            fields: &self.fields,
            stemming: self.stemming(),
            families: &self.known,
            expansions: meaning.patterns,
            deadline: meaning.deadline,
            warnings: Vec::new(),
        }
    }

    /// What a bare word of a question says of the articles that have it in a field.
    pub(super) fn ranked(
        &self,
        plan: &Plan,
        field: &TextField,
        word: &BareWord,
        weight: f32,
    ) -> tantivy::Result<Lowered> {
        let ranked = self.lowering(plan.meaning()).ranked(field, word)?;
        Ok(Box::new(BoostQuery::new(ranked, weight)))
    }

    /// What the patterns of a query stand for.
    pub(super) fn expansions(
        &self,
        query: &Query,
        deadline: Deadline,
        warnings: &mut Vec<String>,
    ) -> tantivy::Result<Expansions> {
        let (searcher, schema, fields) = (&self.searcher, self.schema(), &self.fields);
        Expander { searcher, schema, fields, deadline }.expand(query, warnings)
    }

    /// A query as the question that is searched for.
    pub(super) fn question(&self, query: &Query, ranking: &Ranking) -> Question {
        Question::new(&simplify(query.clone()), self.schema(), self.stop_words(), ranking)
    }

    /// Takes a query apart into what is ranked and the filters that facets leave out one by one.
    pub(super) fn plan(
        &self,
        query: &Query,
        ranking: &Ranking,
        deadline: Deadline,
        warnings: &mut Vec<String>,
    ) -> tantivy::Result<Plan> {
        let patterns = self.expansions(query, deadline, warnings)?;
        let meaning = Meaning { patterns: &patterns, deadline };
        let is_filter = |name: &FieldName| {
            self.schema().field(name.as_str()).is_some_and(|field| !matches!(field.kind, Kind::Text { .. }))
        };
        let (ranked, filters) = split_filters(query.clone(), is_filter);
        let filters = filters
            .into_iter()
            .map(|(field, filter)| Ok((field, self.weight(&filter, meaning, warnings, false)?)))
            .collect::<tantivy::Result<_>>()?;
        let question = self.question(&ranked, ranking);
        let matching = match &question.query {
            Query::All => None,
            ranked => Some(self.weight(ranked, meaning, warnings, true)?),
        };
        if !question.left_out.is_empty() {
            warnings.push(left_out(&question.left_out));
        }
        let default_field = self.fields.text(&self.schema().default_field);
        let (proximity, accents) = match default_field {
            Some(field) => (
                Proximity::new(&self.searcher, field, &question, ranking)?,
                Accents::new(&self.searcher, field, &question, ranking)?,
            ),
            None => (None, None),
        };
        let mut plan = Plan {
            scoring: None,
            recency: ranking.recency,
            added: Vec::new(),
            patterns,
            deadline,
            question,
            matching,
            filters,
            proximity,
            accents,
        };
        plan.scoring = self.scoring(&plan, ranking)?;
        Ok(plan)
    }

    /// What scores the hits, when it is not what matches.
    fn scoring(&self, plan: &Plan, ranking: &Ranking) -> tantivy::Result<Option<Box<dyn Weight>>> {
        let question = &plan.question;
        let asked = without_exclusions(&question.query);
        let is_matched = question.is_any() || plan.added.is_empty();
        if plan.matching.is_none() || asked.is_none() && ranking.fields.is_empty() && is_matched {
            return Ok(None);
        }
        let mut words = self.added(plan)?;
        for (name, weight) in &ranking.fields {
            let Some(field) = self.fields.text(name) else { continue };
            for word in &question.words {
                words.push(self.ranked(plan, field, word, weight * word.weight)?);
            }
        }
        self.weight_with(asked.as_ref().unwrap_or(&question.query), plan.meaning(), words).map(Some)
    }

    /// What the words that feedback added say, one for each.
    pub(super) fn added(&self, plan: &Plan) -> tantivy::Result<Vec<Lowered>> {
        let Some(field) = self.fields.text(&self.schema().default_field) else { return Ok(Vec::new()) };
        let lowering = self.lowering(plan.meaning());
        let added = plan.added.iter().map(|expansion| {
            let added = lowering.added(field, expansion)?;
            Ok(Box::new(BoostQuery::new(added, expansion.weight)) as Lowered)
        });
        added.collect()
    }

    /// Adds the typical terms of the best hits to what is searched for, and gives what matches then: more, when any
    /// of the words was enough; else the same in another order.
    pub(super) fn feed_back(
        &self,
        plan: &mut Plan,
        SearchRequest { ranking, except, .. }: &SearchRequest,
        sets: Vec<Set>,
        warnings: &mut Vec<String>,
    ) -> tantivy::Result<Vec<Set>> {
        let default_field = self.fields.text(&self.schema().default_field);
        let Some(field) = default_field.filter(|_| !plan.question.words.is_empty()) else { return Ok(sets) };
        let page = Page { offset: 0, limit: feedback::ARTICLES, after: None };
        let mut articles = Vec::new();
        for ranked in self.rank_by_score(&page, plan, &sets)? {
            let article = self.stored(ranked.address)?;
            let stemmer = article.language.or(self.schema().undetermined).and_then(Stemmer::of);
            articles.push((article, stemmer));
        }
        let mut expansions =
            feedback::expansions(&self.searcher, field, self.stemming(), &articles, self.stop_words())?;
        let largest = plan.question.largest_weight();
        expansions.iter_mut().for_each(|expansion| expansion.weight *= largest);
        if expansions.is_empty() {
            return Ok(sets);
        }
        warnings.push(also_searched(&expansions));
        plan.added = expansions;
        plan.scoring = self.scoring(plan, ranking)?;
        if !plan.question.is_any() {
            return Ok(sets);
        }
        let words = self.added(plan)?;
        plan.matching = Some(self.weight_with(&plan.question.query, plan.meaning(), words)?);
        plan.sets(&self.searcher, except, plan.deadline)
    }

    pub(super) fn stemming(&self) -> &Arc<Stemming> {
        self.stemming.get_or_init(|| {
            let field = self.fields.keyword_from(&Property::Language).map(|field| field.terms);
            Arc::new(Stemming::new(field, self.languages(), self.schema().undetermined))
        })
    }

    pub(super) fn stop_words(&self) -> &StopWords {
        self.stop_words.get_or_init(|| StopWords::new(self.schema(), self.languages()))
    }

    /// A page of the hits, in their order.
    pub(super) fn rank(
        &self,
        request: &SearchRequest,
        plan: &Plan,
        sets: &[Set],
    ) -> tantivy::Result<Vec<Ranked>> {
        let page = &request.page;
        if page.limit == 0 {
            return Ok(Vec::new());
        }
        match request.sort {
            Sort::Relevance => self.rank_by_score(page, plan, sets),
            Sort::Title => self.rank_by_title(page, sets),
            Sort::Oldest | Sort::Newest => self.rank_by_date(page, request.sort, sets),
        }
    }

    fn rank_by_date(&self, page: &Page, sort: Sort, sets: &[Set]) -> tantivy::Result<Vec<Ranked>> {
        let mut best = Best::new(page.offset.saturating_add(page.limit), page.after);
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            let keys = Keys::open(reader, ordinal as u32)?;
            set.hits.iter().for_each(|document| {
                best.offer(keys.ranked(document, keys.primary(sort, document, 0.0)));
            });
        }
        Ok(from_offset(best, page.offset))
    }

    fn rank_by_score(&self, page: &Page, plan: &Plan, sets: &[Set]) -> tantivy::Result<Vec<Ranked>> {
        let mut best = Best::new(page.offset.saturating_add(page.limit), page.after);
        if !plan.has_gains() {
            self.offer_scored(plan, sets, &HashSet::new(), &mut best)?;
            return Ok(from_offset(best, page.offset));
        }
        let mut looked_at = Best::new(DEPTH, None);
        self.offer_scored(plan, sets, &HashSet::new(), &mut looked_at)?;
        let looked_at = looked_at.into_sorted();
        self.gained(plan, &looked_at)?.into_iter().for_each(|ranked| best.offer(ranked));
        // What was not looked at scores less than all that were, so it only follows them.
        if looked_at.len() == DEPTH && !best.is_full() {
            let known = looked_at.iter().map(|ranked| ranked.address).collect();
            self.offer_scored(plan, sets, &known, &mut best)?;
        }
        Ok(from_offset(best, page.offset))
    }

    /// Offers every hit but the known ones by its score.
    fn offer_scored(
        &self,
        plan: &Plan,
        sets: &[Set],
        known: &HashSet<DocAddress>,
        best: &mut Best,
    ) -> tantivy::Result<()> {
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            let keys = Keys::open(reader, ordinal as u32)?;
            let is_new = |document| !known.contains(&DocAddress::new(ordinal as u32, document));
            let Some(scoring) = plan.scoring() else {
                set.hits.iter().for_each(|document| best.offer(keys.ranked(document, 0.0)));
                continue;
            };
            // A score that is multiplied later may be so much lower now; the last bits are lost on the way.
            let most = plan.recency.map_or(1.0, |_| Recency::MOST * 1.000_1);
            scoring.for_each_pruning(f32::MIN, reader, &mut |document, score| {
                if set.hits.contains(document) && is_new(document) {
                    let score = stable(score * keys.recency(plan.recency, document));
                    best.offer(keys.ranked(document, f64::from(score)));
                }
                best.threshold() / most
            })?;
        }
        Ok(())
    }

    /// These hits with what they gain by the nearness and the forms of their words.
    pub(super) fn gained(&self, plan: &Plan, hits: &[Ranked]) -> tantivy::Result<Vec<Ranked>> {
        let mut by_place = hits.to_vec();
        by_place.sort_unstable_by_key(|ranked| ranked.address);
        let mut gained = Vec::with_capacity(hits.len());
        for of_segment in by_place.chunk_by(|a, b| a.address.segment_ord == b.address.segment_ord) {
            let segment = of_segment[0].address.segment_ord;
            let reader = self.searcher.segment_reader(segment);
            let keys = Keys::open(reader, segment)?;
            let documents: Vec<u32> = of_segment.iter().map(|ranked| ranked.address.doc_id).collect();
            let gains = match plan.proximity() {
                Some(proximity) => proximity.gains(reader, &documents)?,
                None => vec![0.0; documents.len()],
            };
            for (ranked, gain) in of_segment.iter().zip(gains) {
                let by_accents = match &plan.accents {
                    Some(accents) => accents.gain(&self.stored(ranked.address)?),
                    None => 0.0,
                };
                let gain = (gain + by_accents) * keys.recency(plan.recency, ranked.address.doc_id);
                let primary = f64::from(stable(ranked.key.primary as f32 + gain));
                gained.push(Ranked { key: RankKey { primary, ..ranked.key }, ..*ranked });
            }
        }
        Ok(gained)
    }
}

fn from_offset(best: Best, offset: usize) -> Vec<Ranked> {
    let mut ranked = best.into_sorted();
    ranked.drain(..offset.min(ranked.len()));
    ranked
}

/// A query without what it excludes, which takes no part in scores; `None` when it excludes nothing.
fn without_exclusions(query: &Query) -> Option<Query> {
    let Query::And(parts) = query else { return None };
    let asked: Vec<Query> = parts.iter().filter(|part| !matches!(part, Query::Not(_))).cloned().collect();
    (asked.len() < parts.len() && !asked.is_empty()).then(|| simplify(Query::And(asked)))
}

fn left_out(words: &[String]) -> String {
    format!("left out, being too common beside the other words: {}; quote a word to keep it", words.join(" "))
}

fn also_searched(expansions: &[Expansion]) -> String {
    let words: Vec<&str> = expansions.iter().map(|expansion| expansion.word.as_str()).collect();
    format!("also searched for, being typical of the best hits: {}", words.join(" "))
}
