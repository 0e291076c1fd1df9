//! Which segments are worth merging. Pure: nothing is merged here.

/// There are at most so many segments after an ingest.
pub(super) const MOST_SEGMENTS: usize = 8;

/// A segment with more deleted articles than one in so many is rewritten.
const MOST_DELETED: u32 = 5;

/// The articles of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) living: u32,
    pub(super) deleted: u32,
}

impl Counts {
    fn is_dirty(self) -> bool {
        self.deleted > (self.living + self.deleted) / MOST_DELETED
    }
}

/// Segments that are one, or are to become one.
#[derive(Debug)]
struct Group {
    /// Living articles; never 0, so that a logarithm can be taken.
    articles: f64,
    members: Vec<usize>,
    is_rewritten: bool,
}

impl Group {
    fn of(number: usize, counts: Counts) -> Group {
        Group {
            articles: f64::from(counts.living.max(1)),
            members: vec![number],
            is_rewritten: counts.is_dirty(),
        }
    }

    fn joined(groups: impl Iterator<Item = Group>) -> Group {
        let nothing = Group { articles: 0.0, members: Vec::new(), is_rewritten: true };
        groups.fold(nothing, |mut joined, group| {
            joined.articles += group.articles;
            joined.members.extend(group.members);
            joined
        })
    }
}

/// The segments to be merged, by their places; each group becomes one segment.
///
/// Those with many deleted articles are rewritten into one. While there are too many then, the run of neighbours in
/// size is merged that costs least for what it brings. Its cost is the articles that are written again. What it brings
/// is the places that become free, and the steps that its articles climb: one that comes into a segment twice as large
/// climbs one (`log2`). There are only as many steps as the archive doubles, so if none of them is paid dearly, no
/// article is written again more often than that. Hence small segments are merged with each other long before one of
/// them draws in a large one; only when all of the most that there may be are large does one more, however small, make
/// two or three of them one, and room for hundreds.
pub(super) fn merges(segments: &[Counts]) -> Vec<Vec<usize>> {
    let all = segments.iter().enumerate().map(|(number, counts)| Group::of(number, *counts));
    let (dirty, mut groups): (Vec<Group>, Vec<Group>) = all.partition(|group| group.is_rewritten);
    if !dirty.is_empty() {
        groups.push(Group::joined(dirty.into_iter()));
    }
    while groups.len() > MOST_SEGMENTS {
        groups.sort_by(|a, b| a.articles.total_cmp(&b.articles).then_with(|| a.members.cmp(&b.members)));
        let (begin, end) = best_run(&groups);
        let joined = Group::joined(groups.drain(begin..end));
        groups.push(joined);
    }
    groups.into_iter().filter(|group| group.is_rewritten).map(|group| group.members).collect()
}

/// The first and the one behind the last of the groups that are best merged.
fn best_run(groups: &[Group]) -> (usize, usize) {
    let excess = groups.len() - MOST_SEGMENTS;
    let mut best = (f64::INFINITY, (0, 2));
    for begin in 0..groups.len() {
        let (mut articles, mut logarithms) = (0.0, 0.0);
        for (behind, group) in groups[begin..].iter().enumerate() {
            articles += group.articles;
            logarithms += group.articles * group.articles.log2();
            let steps = articles * articles.log2() - logarithms;
            let freed = behind.min(excess) as f64;
            // The cost of a step, times the cost: of two that are as good the smaller one is better.
            let price = articles / (steps * freed) * articles;
            if behind > 0 && price < best.0 {
                best = (price, (begin, begin + behind + 1));
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(living: u32) -> Counts {
        Counts { living, deleted: 0 }
    }

    /// Segments after a merge, and how many articles it wrote again.
    fn merged(segments: &[Counts]) -> (Vec<Counts>, u64) {
        let groups = merges(segments);
        let taken: Vec<usize> = groups.iter().flatten().copied().collect();
        let of_group = |group: &Vec<usize>| clean(group.iter().map(|at| segments[*at].living).sum());
        let new: Vec<Counts> = groups.iter().map(of_group).collect();
        let written = new.iter().map(|counts| u64::from(counts.living)).sum();
        let kept = (0..segments.len()).filter(|at| !taken.contains(at)).map(|at| segments[at]);
        (kept.chain(new).filter(|counts| counts.living > 0).collect(), written)
    }

    #[test]
    fn merges_the_dirty_and_the_small() {
        let dirty = |living, deleted| Counts { living, deleted };
        for (segments, expected) in [
            (vec![], vec![]),
            (vec![clean(5)], vec![]),
            (vec![clean(1); 8], vec![]),
            (vec![dirty(75, 25), dirty(90, 10), dirty(0, 4)], vec![vec![0, 2]]),
            (vec![dirty(80, 20)], vec![]),
            // Half of an ingest of many segments of one size.
            (vec![clean(66_000); 15], vec![(0..8).collect()]),
            ([vec![clean(1_000_000)], vec![clean(1); 12]].concat(), vec![(1..7).collect()]),
            ([vec![clean(9); 8], vec![dirty(1, 9)]].concat(), vec![vec![8, 0, 1]]),
        ] {
            assert_eq!(merges(&segments), expected, "{segments:?}");
        }
    }

    #[test]
    fn many_small_ingests_write_each_article_again_a_few_times() {
        // What was there, articles of each of 1,000 ingests, and how often each of these may be written on average.
        for (before, each, most) in [
            (vec![], 1, 16),
            (vec![1_000_000], 1, 16),
            (vec![1_000_000], 100, 16),
            (vec![66_000; 15], 10, 100),
            ((0..8).map(|power| 1_000 << power).collect(), 10, 50),
        ] {
            let mut segments: Vec<Counts> = before.iter().map(|living| clean(*living)).collect();
            segments = merged(&segments).0;
            let (mut all, mut large) = (0, 0);
            for _ in 0..1_000 {
                segments.push(clean(each));
                let (after, written) = merged(&segments);
                assert!(after.len() <= MOST_SEGMENTS, "{after:?}");
                all += written;
                large += u32::from(written >= 1_000_000);
                segments = after;
            }
            assert!(all <= 1_000 * u64::from(each) * most, "{before:?}: {all} written");
            assert_eq!(large, 0, "{before:?}");
        }
    }

    #[test]
    fn room_is_made_once_when_all_segments_are_large() {
        let mut segments = vec![clean(1_000_000); MOST_SEGMENTS];
        let mut large = 0;
        for _ in 0..1_000 {
            segments.push(clean(1));
            let (after, written) = merged(&segments);
            large += u32::from(written >= 1_000_000);
            segments = after;
        }
        assert_eq!(large, 1);
    }

    #[test]
    fn thousands_of_segments_are_no_trouble() {
        let segments: Vec<Counts> = (0..3_000).map(|number| clean(number * number % 7_919)).collect();
        assert!(merged(&segments).0.len() <= MOST_SEGMENTS);
    }
}
