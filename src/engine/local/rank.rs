//! The best hits, in an order that is the same on every run.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::DocAddress;

use crate::article::ArticleId;
use crate::search::Cursor;

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

impl From<RankKey> for Cursor {
    fn from(key: RankKey) -> Cursor {
        Cursor { primary: key.primary, timestamp: key.timestamp, id: ArticleId(key.id) }
    }
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
    after: Option<RankKey>,
    heap: BinaryHeap<Ranked>,
}

impl Best {
    pub(super) fn new(limit: usize, after: Option<RankKey>) -> Best {
        Best { limit, after, heap: BinaryHeap::new() }
    }

    /// Takes a document if it is among the best so far.
    pub(super) fn offer(&mut self, ranked: Ranked) {
        let seen_before = self.after.is_some_and(|after| ranked.key >= after);
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

    /// Best first.
    pub(super) fn into_sorted(self) -> Vec<Ranked> {
        self.heap.into_sorted_vec()
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
        let all: Vec<Ranked> = (0..50).map(|n| ranked((n % 7) as f64, n as i64 % 3, n)).collect();
        let page = |after: Option<RankKey>| {
            let mut best = Best::new(8, after);
            all.iter().for_each(|one| best.offer(*one));
            best.into_sorted()
        };
        let mut joined = Vec::new();
        let mut after = None;
        loop {
            let hits = page(after);
            let Some(last) = hits.last() else { break };
            after = Some(last.key);
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
