//! The best hits, in an order that is the same on every run.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::DocAddress;

use crate::article::ArticleId;
use crate::search::{Cursor, Sort};

/// What orders a hit: greater is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RankKey {
    /// Score, or what the order is by.
    pub(super) primary: f64,
    /// The newer article wins a tie.
    pub(super) timestamp: i64,
    /// The smaller id wins what is left.
    pub(super) id: u64,
}

impl Eq for RankKey {}

impl PartialOrd for RankKey {
    fn partial_cmp(&self, other: &RankKey) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RankKey {
    fn cmp(&self, other: &RankKey) -> Ordering {
        let by_primary = self.primary.total_cmp(&other.primary);
        by_primary.then(self.timestamp.cmp(&other.timestamp)).then(other.id.cmp(&self.id))
    }
}

impl From<Cursor> for RankKey {
    fn from(cursor: Cursor) -> RankKey {
        RankKey { primary: cursor.primary, timestamp: cursor.timestamp, id: cursor.id.0 }
    }
}

/// The cursor behind the last hit of a page that began after another one.
pub(super) fn cursor_behind(page: &[Ranked], sort: Sort, after: Option<Cursor>) -> Option<Cursor> {
    let RankKey { primary, timestamp, id } = page.last()?.key;
    let same = page.iter().rev().take_while(|ranked| ranked.key == page[page.len() - 1].key).count();
    // The hits that share an identity may have begun on the page before.
    let earlier = after.filter(|after| same == page.len() && RankKey::from(*after) == page[0].key);
    let before = same as u32 - 1 + earlier.map_or(0, |after| after.repeats + 1);
    Some(Cursor { sort, primary, timestamp, id: ArticleId(id), repeats: before })
}

/// A ranked document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ranked {
    pub(super) key: RankKey,
    pub(super) address: DocAddress,
}

// The heap keeps the worst on top.
impl Ord for Ranked {
    fn cmp(&self, other: &Ranked) -> Ordering {
        // Two records of one file may share an identity; the address tells them apart within one commit.
        other.key.cmp(&self.key).then(self.address.cmp(&other.address))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Ranked) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Keeps the best `limit` documents that come after a cursor.
pub(super) struct Best {
    limit: usize,
    after: Option<Cursor>,
    heap: BinaryHeap<Ranked>,
}

impl Best {
    pub(super) fn new(limit: usize, after: Option<Cursor>) -> Best {
        // The hit of the cursor, and those with the same keys before it, are taken once more to be counted off.
        let seen = after.map_or(0, |after| after.repeats as usize + 1);
        Best { limit: limit.saturating_add(seen), after, heap: BinaryHeap::new() }
    }

    /// Takes a document if it is among the best so far.
    pub(super) fn offer(&mut self, ranked: Ranked) {
        let seen_before = self.after.is_some_and(|after| ranked.key > after.into());
        if seen_before || self.limit == 0 {
            return;
        }
        if self.heap.len() < self.limit {
            self.heap.push(ranked);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }

    /// The score that a document must exceed to have a chance.
    pub(super) fn threshold(&self) -> f32 {
        match self.heap.peek() {
            Some(worst) if self.heap.len() == self.limit => (worst.key.primary as f32).next_down(),
            _ => f32::MIN,
        }
    }

    /// Whether no further document is wanted but for a better one.
    pub(super) fn is_full(&self) -> bool {
        self.heap.len() == self.limit
    }

    /// Best first.
    pub(super) fn into_sorted(self) -> Vec<Ranked> {
        let mut sorted = self.heap.into_sorted_vec();
        if let Some(after) = self.after {
            let same = sorted.iter().take_while(|ranked| ranked.key == after.into()).count();
            sorted.drain(..same.min(after.repeats as usize + 1));
            sorted.truncate(self.limit - 1 - after.repeats as usize);
        }
        sorted
    }
}

/// A score without the last bits, in which the order of adding up shows: they depend on how the index was merged.
pub(super) fn stable(score: f32) -> f32 {
    f32::from_bits(score.to_bits() & !0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(primary: f64, timestamp: i64, id: u64) -> Ranked {
        Ranked { key: RankKey { primary, timestamp, id }, address: DocAddress::new(0, id as u32) }
    }

    fn ids(best: Best) -> Vec<u64> {
        best.into_sorted().iter().map(|ranked| ranked.key.id).collect()
    }

    #[test]
    fn ties_go_to_the_newer_then_to_the_smaller_id() {
        let all = [ranked(1.0, 5, 1), ranked(2.0, 0, 2), ranked(1.0, 9, 3), ranked(1.0, 5, 0)];
        let mut best = Best::new(3, None);
        all.into_iter().for_each(|one| best.offer(one));
        assert_eq!(ids(best), [2, 3, 0]);
    }

    #[test]
    fn pages_join_without_gap_or_overlap() {
        let mut all: Vec<Ranked> = (0..50).map(|n| ranked((n % 7) as f64, n as i64 % 3, n)).collect();
        // Articles that share an identity, more of them than fit a page.
        let shared = all[10].key;
        all.extend((0..20).map(|n| Ranked { key: shared, address: DocAddress::new(1, n) }));
        let page = |after: Option<Cursor>| {
            let mut best = Best::new(8, after);
            all.iter().for_each(|one| best.offer(*one));
            best.into_sorted()
        };
        let mut joined = Vec::new();
        let mut after = None;
        loop {
            let hits = page(after);
            if hits.is_empty() {
                break;
            }
            after = cursor_behind(&hits, Sort::Relevance, after);
            joined.extend(hits);
        }
        let mut whole = Best::new(100, None);
        all.iter().for_each(|one| whole.offer(*one));
        assert_eq!(joined, whole.into_sorted());
    }

    #[test]
    fn the_threshold_still_lets_ties_in() {
        let mut best = Best::new(1, None);
        best.offer(ranked(f64::from(stable(3.25)), 0, 9));
        assert!(stable(3.25) > best.threshold());
    }
}
