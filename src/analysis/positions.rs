//! Nearness of words, by their positions in a text. The one definition for finding and for marking.

use std::ops::ControlFlow;

/// The greatest distance that words can be asked for.
pub const MAX_DISTANCE: u32 = 255;

/// Words in a row: the positions of the first and the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stretch {
    /// Position of the first word.
    pub first: u32,
    /// Position of the last word.
    pub last: u32,
}

impl Stretch {
    /// One word.
    pub fn word(position: u32) -> Stretch {
        Stretch { first: position, last: position }
    }

    /// The least that holds both.
    pub fn around(self, other: Stretch) -> Stretch {
        Stretch { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

/// Calls `each` with the numbers of every pair from `left` and `right` that do not overlap and where the beginning of
/// one is at most `distance` words behind the end of the other; when `ordered`, `left` stands before `right`. `each` may
/// break it off.
///
/// Both are sorted by their first words. The time is that of the pairs found and of those that lie as near but overlap.
pub fn near_pairs(
    left: &[Stretch],
    right: &[Stretch],
    distance: u32,
    ordered: bool,
    mut each: impl FnMut(usize, usize) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for (number, here) in left.iter().enumerate() {
        let reach = here.last.saturating_add(distance);
        let behind = right.partition_point(|there| there.first <= here.last);
        for (other, _) in within(right, behind, reach) {
            each(number, other)?;
        }
    }
    if ordered {
        return ControlFlow::Continue(());
    }
    for (other, there) in right.iter().enumerate() {
        let reach = there.last.saturating_add(distance);
        let behind = left.partition_point(|here| here.first <= there.last);
        for (number, _) in within(left, behind, reach) {
            each(number, other)?;
        }
    }
    ControlFlow::Continue(())
}

fn within(stretches: &[Stretch], from: usize, reach: u32) -> impl Iterator<Item = (usize, &Stretch)> {
    (from..).zip(&stretches[from..]).take_while(move |(_, stretch)| stretch.first <= reach)
}

/// Most words of a phrase whose order and distance are free.
pub const MAX_FREE_WORDS: usize = 16;

/// The places where all words of a phrase stand near each other in any order, with fewer than `slop` other words among
/// them: for each beginning the shortest such stretch, as the positions of its words in the order of `words`.
///
/// `words` holds for each word of the phrase its positions, sorted; a position counts for one word only, so that a word
/// that the phrase has twice must stand there twice. At most [`MAX_FREE_WORDS`] words.
pub fn free_phrases(words: &[&[u32]], slop: u32) -> Vec<Vec<u32>> {
    let longest = (words.len() as u32).saturating_add(slop).saturating_sub(1);
    let mut starts: Vec<u32> = words.iter().flat_map(|positions| positions.iter().copied()).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut found = Vec::new();
    for (at, &first) in starts.iter().enumerate() {
        let end = first.saturating_add(longest);
        let is_near = |positions: &&[u32]| {
            let next = positions.partition_point(|&position| position < first);
            positions.get(next).is_some_and(|&position| position < end)
        };
        if words.iter().all(is_near) {
            let near = starts[at..].iter().copied().take_while(|&position| position < end);
            found.extend(first_assignment(words, near));
        }
    }
    found
}

/// A position for every word, from the beginning of `positions`, the first of which is used; `None` if there are too few.
///
/// Augmenting paths (Kuhn 1955): each new position may take the place of another word that moves on.
fn first_assignment(words: &[&[u32]], positions: impl Iterator<Item = u32>) -> Option<Vec<u32>> {
    let mut taken: Vec<Option<u32>> = vec![None; words.len()];
    let mut free = words.len();
    for (number, position) in positions.enumerate() {
        let is_placed = place(words, &mut taken, position, &mut vec![false; words.len()]);
        if !is_placed && number == 0 {
            return None;
        }
        free -= usize::from(is_placed);
        if free == 0 {
            return taken.into_iter().collect();
        }
    }
    None
}

/// Gives a position to a word that has none yet, moving others if need be.
fn place(words: &[&[u32]], taken: &mut [Option<u32>], position: u32, tried: &mut [bool]) -> bool {
    for word in 0..words.len() {
        if tried[word] || words[word].binary_search(&position).is_err() {
            continue;
        }
        tried[word] = true;
        let is_free = match taken[word] {
            None => true,
            Some(other) => place(words, taken, other, tried),
        };
        if is_free {
            taken[word] = Some(position);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(left: &[(u32, u32)], right: &[(u32, u32)], distance: u32, ordered: bool) -> Vec<(usize, usize)> {
        let stretch = |&(first, last): &(u32, u32)| Stretch { first, last };
        let (left, right): (Vec<_>, Vec<_>) =
            (left.iter().map(stretch).collect(), right.iter().map(stretch).collect());
        let mut found = Vec::new();
        let all = near_pairs(&left, &right, distance, ordered, |a, b| {
            found.push((a, b));
            ControlFlow::Continue(())
        });
        assert_eq!(all, ControlFlow::Continue(()));
        found.sort_unstable();
        found
    }

    #[test]
    fn nearness_is_counted_from_end_to_beginning() {
        assert_eq!(pairs(&[(0, 0)], &[(1, 1)], 1, true), [(0, 0)]);
        assert_eq!(pairs(&[(0, 0)], &[(2, 2)], 1, true), []);
        assert_eq!(pairs(&[(0, 3)], &[(5, 6)], 2, true), [(0, 0)]);
        assert_eq!(pairs(&[(5, 6)], &[(0, 3)], 2, true), []);
        assert_eq!(pairs(&[(5, 6)], &[(0, 3)], 2, false), [(0, 0)]);
        assert_eq!(pairs(&[(5, 6)], &[(0, 3)], 1, false), []);
        assert_eq!(pairs(&[(1, 3)], &[(3, 4)], 9, false), [], "what overlaps is not near");
        assert_eq!(pairs(&[(1, 1), (9, 9)], &[(1, 1), (9, 9)], 8, false), [(0, 1), (1, 0)]);
    }

    #[test]
    fn free_phrases_use_every_position_once() {
        type Positions<'a> = &'a [&'a [u32]];
        let cases: [(Positions<'_>, u32, Positions<'_>); 8] = [
            (&[&[4], &[3]], 1, &[&[4, 3]]),
            (&[&[4], &[6]], 1, &[]),
            (&[&[4], &[6]], 2, &[&[4, 6]]),
            (&[&[1, 2], &[1, 2]], 1, &[&[2, 1]]),
            (&[&[1], &[1]], 5, &[]),
            (&[&[1, 3], &[1], &[2]], 1, &[&[3, 1, 2]]),
            (&[&[1, 5], &[2, 6], &[3, 7]], 1, &[&[1, 2, 3], &[5, 6, 7]]),
            (&[&[1], &[]], 9, &[]),
        ];
        for (words, slop, expected) in cases {
            assert_eq!(free_phrases(words, slop), expected, "{words:?} {slop}");
        }
    }
}
