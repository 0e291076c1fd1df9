//! The order of hits: a page of the best, by any of the orders.

use tantivy::columnar::{Column, StrColumn, TermOrdHit};
use tantivy::{DocAddress, SegmentReader, TantivyError};

use crate::search::{Cursor, Page, Recency, SearchRequest, Sort};
use crate::text::calendar::Day;

use super::Searcher;
use super::plan::{Plan, Set};
use crate::engine::local::bits::Bits;
use crate::engine::local::copies::{Leaders, Membership};
use crate::engine::local::rank::{RankKey, Ranked, cursor_behind, stable};
use crate::engine::local::schema::{ID, TIMESTAMP, TITLE};

impl Searcher {
    /// Leaves of each family only the hit that comes first in the order.
    pub(super) fn keep_leaders(
        &self,
        sort: Sort,
        plan: &Plan,
        members: &[Membership],
        sets: &mut [Set],
    ) -> tantivy::Result<()> {
        let mut leaders = Leaders::new();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(&*sets).enumerate() {
            let keys = Keys::open(reader, ordinal as u32)?;
            let titles = if sort == Sort::Title { reader.fast_fields().str(TITLE)? } else { None };
            let mut scorer = match plan.scoring() {
                Some(weight) if sort == Sort::Relevance => Some(weight.scorer(reader, 1.0)?),
                Some(_) | None => None,
            };
            for (document, family) in members[ordinal].among(&set.hits) {
                let score = scorer.as_mut().map_or(0.0, |scorer| {
                    if scorer.doc() < document {
                        scorer.seek(document);
                    }
                    stable(scorer.score() * keys.recency(plan.recency, document))
                });
                let title = titles.as_ref().map(|titles| title_of(titles, document)).transpose()?;
                let ranked = keys.ranked(document, keys.primary(sort, document, score));
                leaders.offer(family, (title, ranked), ordinal, document);
            }
        }
        leaders.beaten().into_iter().for_each(|(segment, document)| sets[segment].hits.remove(document));
        Ok(())
    }

    /// In the order of titles the place behind a hit is where its article stands now.
    pub(super) fn rank_by_title(&self, page: &Page, sets: &[Set]) -> tantivy::Result<Vec<Ranked>> {
        let behind = page.after.map(|after| self.title_behind(after)).transpose()?;
        let seen = page.after.map_or(0, |after| after.repeats as usize + 1);
        let limit = page.offset.saturating_add(page.limit).saturating_add(seen);
        let mut titled: Vec<(String, RankKey, DocAddress)> = Vec::new();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            let keys = Keys::open(reader, ordinal as u32)?;
            let Some(titles) = reader.fast_fields().str(TITLE)? else { continue };
            let left = match &behind {
                Some(behind) => behind.documents(&titles, &keys, &set.hits)?,
                None => set.hits.iter().collect(),
            };
            for document in first_by_ordinal(&titles, left, limit) {
                let ranked = keys.ranked(document, 0.0);
                titled.push((title_of(&titles, document)?, ranked.key, ranked.address));
            }
        }
        titled.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        let is_same = |(title, key, _): &&(String, RankKey, DocAddress)| {
            behind.as_ref().is_some_and(|behind| behind.title == *title && behind.key == *key)
        };
        let same = titled.iter().take_while(is_same).count();
        let page = titled.into_iter().skip(page.offset + same.min(seen)).take(page.limit);
        Ok(page.map(|(_, key, address)| Ranked { key, address }).collect())
    }

    /// The title that a cursor stands at.
    fn title_behind(&self, cursor: Cursor) -> tantivy::Result<Behind> {
        for reader in self.searcher.segment_readers() {
            let (ids, alive) = (reader.fast_fields().u64(ID)?, Bits::alive(reader));
            let Some(titles) = reader.fast_fields().str(TITLE)? else { continue };
            if let Some(document) = alive.iter().find(|it| ids.first(*it) == Some(cursor.id.0)) {
                return Ok(Behind { title: title_of(&titles, document)?, key: cursor.into() });
            }
        }
        Err(TantivyError::InvalidArgument(GONE.to_owned()))
    }

    pub(super) fn next(&self, request: &SearchRequest, ranked: &[Ranked], total: u64) -> Option<Cursor> {
        let full = ranked.len() == request.page.limit;
        let shown = request.page.offset as u64 + ranked.len() as u64;
        let more = full && (request.page.after.is_some() || shown < total);
        if more { cursor_behind(ranked, request.sort, request.page.after) } else { None }
    }
}

/// Why a page of titles cannot go on.
const GONE: &str = "the article of this cursor is in the index no more; begin again without --after";

/// A place in the order of titles.
struct Behind {
    title: String,
    key: RankKey,
}

impl Behind {
    /// The documents that do not stand before it; those with its very keys are among them.
    fn documents(&self, titles: &StrColumn, keys: &Keys, all: &Bits) -> tantivy::Result<Vec<u32>> {
        let (first, exact) = match titles.dictionary().term_ord_or_next(&self.title)? {
            TermOrdHit::Exact(ordinal) => (ordinal, true),
            TermOrdHit::Next(ordinal) => (ordinal, false),
        };
        let is_left = |document: &u32| match titles.ords().first(*document).unwrap_or(u64::MAX) {
            ordinal if ordinal == first && exact => keys.ranked(*document, 0.0).key <= self.key,
            ordinal => ordinal >= first,
        };
        Ok(all.iter().filter(is_left).collect())
    }
}

/// The columns that order the documents of one segment.
pub(super) struct Keys {
    segment: u32,
    pub(super) timestamps: Column<i64>,
    pub(super) ids: Column<u64>,
}

impl Keys {
    pub(super) fn open(reader: &SegmentReader, segment: u32) -> tantivy::Result<Keys> {
        let columns = reader.fast_fields();
        Ok(Keys { segment, timestamps: columns.i64(TIMESTAMP)?, ids: columns.u64(ID)? })
    }

    pub(super) fn ranked(&self, document: u32, primary: f64) -> Ranked {
        let timestamp = self.timestamps.first(document).unwrap_or(i64::MIN);
        let id = self.ids.first(document).unwrap_or(0);
        Ranked { key: RankKey { primary, timestamp, id }, address: DocAddress::new(self.segment, document) }
    }

    /// What the score of a document is multiplied by for being new.
    pub(super) fn recency(&self, recency: Option<Recency>, document: u32) -> f32 {
        let Some(recency) = recency else { return 1.0 };
        let day = |timestamp: i64| Day(timestamp.div_euclid(86_400) as i32);
        recency.factor(self.timestamps.first(document).map(day))
    }

    /// What an order is by, the score if it is that.
    pub(super) fn primary(&self, sort: Sort, document: u32, score: f32) -> f64 {
        let dated = |sign: f64| {
            let timestamp = self.timestamps.first(document);
            timestamp.map_or(f64::NEG_INFINITY, |timestamp| sign * timestamp as f64)
        };
        match sort {
            Sort::Relevance => f64::from(score),
            Sort::Newest => dated(1.0),
            Sort::Oldest => dated(-1.0),
            Sort::Title => 0.0,
        }
    }
}

/// The `limit` documents with the smallest title ordinals; all of those with the last one.
fn first_by_ordinal(titles: &StrColumn, mut sorted: Vec<u32>, limit: usize) -> Vec<u32> {
    let ordinal = |document: &u32| titles.ords().first(*document).unwrap_or(u64::MAX);
    sorted.sort_by_key(ordinal);
    if let Some(last) = limit.checked_sub(1).and_then(|last| sorted.get(last)).map(ordinal) {
        sorted.retain(|document| ordinal(document) <= last);
    }
    sorted
}

fn title_of(titles: &StrColumn, document: u32) -> tantivy::Result<String> {
    let mut title = String::new();
    if let Some(ordinal) = titles.ords().first(document) {
        titles.ord_to_str(ordinal, &mut title)?;
    }
    Ok(title)
}
