//! Every hit in its order, in one pass.
//!
//! What is kept of a hit is 24 bytes; the articles are read page by page. In the order of titles there are besides 4
//! bytes for each different title of the index while the order is made.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap};

use tantivy::DocAddress;
use tantivy::columnar::{Column, StrColumn};

use crate::engine::EngineError;
use crate::engine::local::deadline::Deadline;
use crate::engine::local::folder::reading;
use crate::engine::local::proximity::DEPTH;
use crate::engine::local::rank::{Ranked, stable};
use crate::engine::local::schema::TITLE;
use crate::highlight::Matcher;
use crate::search::{Hit, SearchRequest, SearchResponse, Sort};

use super::order::Keys;
use super::plan::{Plan, Set};
use super::{Prepared, Searcher};

/// Articles read at a time.
const PAGE: usize = 1_000;

/// Every hit of a question, as pages in their order.
pub struct Every<'a> {
    searcher: &'a Searcher,
    request: SearchRequest,
    matcher: Matcher,
    order: Vec<Listed>,
    /// For each segment.
    keys: Vec<Keys>,
    shown: usize,
}

/// A hit of the list; the less, the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Listed {
    /// Turned around where newer comes first.
    time: i64,
    /// The score as a number that sorts the other way, or the place of the title.
    first: u32,
    segment: u32,
    document: u32,
}

impl Searcher {
    /// Answers a question with every hit, whatever page it asks for; the answer itself is without hits.
    pub fn every(&self, request: &SearchRequest) -> Result<(SearchResponse, Every<'_>), EngineError> {
        self.in_time(|deadline| self.list(request, deadline))
    }

    pub(super) fn list(
        &self,
        request: &SearchRequest,
        deadline: Deadline,
    ) -> tantivy::Result<(SearchResponse, Every<'_>)> {
        let Prepared { plan, sets, mut response } = self.prepare(request, deadline)?;
        let mut order = Vec::with_capacity(response.total as usize);
        match request.sort {
            Sort::Relevance => self.list_by_score(&plan, &sets, &mut order)?,
            Sort::Oldest | Sort::Newest => self.list_by_time(request.sort, &sets, &mut order)?,
            Sort::Title => self.list_by_title(&sets, &mut order)?,
        }
        deadline.check()?;
        let readers = self.searcher.segment_readers().iter().enumerate();
        let keys: Vec<Keys> =
            readers.map(|(ordinal, reader)| Keys::open(reader, ordinal as u32)).collect::<Result<_, _>>()?;
        order.sort_unstable_by(|a, b| a.compare(b, &keys));
        if request.sort == Sort::Relevance {
            let best = order.len().min(DEPTH);
            self.let_gain(&plan, &mut order[..best], &keys)?;
            order[..best].sort_unstable_by(|a, b| a.compare(b, &keys));
        }
        let matcher = self.matcher(&plan.question.query, &plan.patterns);
        response.expansions = plan.patterns;
        Ok((response, Every { searcher: self, request: request.clone(), matcher, order, keys, shown: 0 }))
    }

    fn list_by_score(&self, plan: &Plan, sets: &[Set], order: &mut Vec<Listed>) -> tantivy::Result<()> {
        let Some(scoring) = plan.scoring() else { return self.list_by_time(Sort::Newest, sets, order) };
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            let keys = Keys::open(reader, ordinal as u32)?;
            scoring.for_each(reader, &mut |document, score| {
                if set.hits.contains(document) {
                    let score = stable(score * keys.recency(plan.recency, document));
                    let (time, first) = (time(Sort::Newest, &keys.timestamps, document), descending(score));
                    order.push(Listed { time, first, segment: ordinal as u32, document });
                }
            })?;
        }
        Ok(())
    }

    /// Adds to the scores of the best hits what they gain; none of the others then stands before them.
    fn let_gain(&self, plan: &Plan, best: &mut [Listed], keys: &[Keys]) -> tantivy::Result<()> {
        if !plan.has_gains() {
            return Ok(());
        }
        let ranked: Vec<Ranked> = best.iter().map(|listed| listed.ranked(Sort::Relevance, keys)).collect();
        let gained = self.gained(plan, &ranked)?.into_iter();
        let gained: HashMap<DocAddress, f64> = gained.map(|it| (it.address, it.key.primary)).collect();
        for listed in best {
            if let Some(score) = gained.get(&DocAddress::new(listed.segment, listed.document)) {
                listed.first = descending(*score as f32);
            }
        }
        Ok(())
    }

    fn list_by_time(&self, sort: Sort, sets: &[Set], order: &mut Vec<Listed>) -> tantivy::Result<()> {
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            let times = Keys::open(reader, ordinal as u32)?.timestamps;
            let listed = |document| {
                let time = time(sort, &times, document);
                Listed { time, first: descending(0.0), segment: ordinal as u32, document }
            };
            order.extend(set.hits.iter().map(listed));
        }
        Ok(())
    }

    fn list_by_title(&self, sets: &[Set], order: &mut Vec<Listed>) -> tantivy::Result<()> {
        let readers = self.searcher.segment_readers();
        let titles: Vec<Option<StrColumn>> =
            readers.iter().map(|reader| reader.fast_fields().str(TITLE)).collect::<Result<_, _>>()?;
        let places = places_of_titles(&titles)?;
        for (ordinal, (reader, set)) in readers.iter().zip(sets).enumerate() {
            let times = Keys::open(reader, ordinal as u32)?.timestamps;
            for document in set.hits.iter() {
                let title = titles[ordinal].as_ref().and_then(|titles| titles.ords().first(document));
                let first = title.map_or(u32::MAX, |title| places[ordinal][title as usize]);
                let time = time(Sort::Newest, &times, document);
                order.push(Listed { time, first, segment: ordinal as u32, document });
            }
        }
        Ok(())
    }
}

impl Listed {
    fn compare(&self, other: &Listed, keys: &[Keys]) -> Ordering {
        let id = |listed: &Listed| keys[listed.segment as usize].ids.first(listed.document).unwrap_or(0);
        let by_keys = self.first.cmp(&other.first).then(self.time.cmp(&other.time));
        by_keys
            .then_with(|| id(self).cmp(&id(other)))
            .then_with(|| (self.segment, self.document).cmp(&(other.segment, other.document)))
    }

    fn score(&self, sort: Sort) -> f32 {
        match sort {
            Sort::Relevance => score(self.first),
            Sort::Oldest | Sort::Newest | Sort::Title => 0.0,
        }
    }

    fn ranked(&self, sort: Sort, keys: &[Keys]) -> Ranked {
        keys[self.segment as usize].ranked(self.document, f64::from(self.score(sort)))
    }
}

impl Every<'_> {
    /// The rank and the score of a document, if it is listed.
    pub(super) fn place_of(&self, address: DocAddress) -> Option<(u64, f32)> {
        let is_it =
            |listed: &Listed| (listed.segment, listed.document) == (address.segment_ord, address.doc_id);
        let place = self.order.iter().position(is_it)?;
        Some((place as u64 + 1, self.order[place].score(self.request.sort)))
    }
}

/// The time by which a document is listed; undated ones come last in both directions.
fn time(sort: Sort, times: &Column<i64>, document: u32) -> i64 {
    let time = times.first(document);
    match sort {
        Sort::Oldest => time.unwrap_or(i64::MAX),
        Sort::Newest | Sort::Relevance | Sort::Title => time.map_or(i64::MAX, |time| !time),
    }
}

/// A score, which is not negative, as a number that is less for greater scores: such floats sort like their bits
/// (IEEE 754).
fn descending(score: f32) -> u32 {
    !(score.max(0.0) + 0.0).to_bits()
}

fn score(descending: u32) -> f32 {
    f32::from_bits(!descending)
}

/// For each segment the place of each of its titles among those of all segments.
fn places_of_titles(titles: &[Option<StrColumn>]) -> tantivy::Result<Vec<Vec<u32>>> {
    let mut places: Vec<Vec<u32>> =
        titles.iter().map(|column| vec![u32::MAX; column.as_ref().map_or(0, |it| it.num_terms())]).collect();
    let mut streams = Vec::new();
    let mut heads = BinaryHeap::new();
    for (segment, column) in titles.iter().enumerate() {
        let Some(column) = column else { continue };
        let mut stream = column.dictionary().stream()?;
        if stream.advance() {
            heads.push(Reverse((stream.key().to_vec(), streams.len())));
        }
        streams.push((segment, stream));
    }
    let (mut place, mut last) = (0, Vec::new());
    while let Some(Reverse((title, number))) = heads.pop() {
        let (segment, stream) = &mut streams[number];
        place += u32::from(title != last);
        places[*segment][stream.term_ord() as usize] = place;
        if stream.advance() {
            heads.push(Reverse((stream.key().to_vec(), number)));
        }
        last = title;
    }
    Ok(places)
}

impl Iterator for Every<'_> {
    type Item = Result<Vec<Hit>, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let page = self.order.get(self.shown..)?;
        let page: Vec<Ranked> =
            page.iter().take(PAGE).map(|listed| listed.ranked(self.request.sort, &self.keys)).collect();
        if page.is_empty() {
            return None;
        }
        let first = self.shown as u64 + 1;
        self.shown += page.len();
        let hits = self.searcher.hits_from(&self.request, &self.matcher, &page, first);
        Some(hits.map_err(|error| reading(self.searcher.folder.path(), error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_takes_24_bytes() {
        assert_eq!(size_of::<Listed>(), 24);
    }

    #[test]
    fn scores_sort_downwards_and_come_back() {
        let scores = [1e9, 17.25, 1.0, f32::MIN_POSITIVE, 0.0];
        assert!(scores.map(descending).is_sorted());
        assert_eq!(scores.map(descending).map(score), scores);
        assert_eq!(descending(-0.0), descending(0.0));
    }
}
