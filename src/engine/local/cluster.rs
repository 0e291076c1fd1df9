//! Articles that are the same text again, found by their sketches.
//!
//! Candidates are those that share a band of their sketches (locality-sensitive hashing; Leskovec, Rajaraman, Ullman:
//! Mining of Massive Datasets, 3.4). The earliest article of a family represents it, and every other one is like
//! *it*: no chain of small changes joins what is not alike. The result is a function of the articles alone, in
//! whatever order they came; time and memory are linear in their number, even if all of them are nearly alike.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::article::ArticleId;
use crate::engine::families::{Families, member_key};
use crate::search::Family;

use super::sketch::{BANDS, Sketch};

/// Words of the longer of two articles, and the bins that they have in common at least to be copies. The longer a
/// text, the less of it can be a form that another article fills with other figures. Measured on two archives
/// (`benches/README.md`); similarities of 0.43, 0.52, 0.63 and 0.76.
const LEAST_EQUAL: [(u8, u32); 4] = [(200, 27), (100, 33), (60, 40), (0, 48)];

fn are_alike(a: &Sketch, b: &Sketch, equal: u32) -> bool {
    let words = a.words().max(b.words());
    LEAST_EQUAL.iter().find(|(from, _)| words >= *from).is_some_and(|(_, least)| equal >= *least)
}

/// Of many that share a band, each is held against so many of the earliest, and as many of those before it.
const MOST_COMPARED: usize = 8;

/// Earlier texts like it that are remembered of each text: their families are the ones it may belong to.
const NEIGHBOURS: usize = 4;

/// What is known of an article for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sketched {
    pub(super) id: ArticleId,
    /// Seconds since 1970; `None` when undated, which counts as later than any date.
    pub(super) timestamp: Option<i64>,
    pub(super) sketch: Sketch,
}

impl Sketched {
    fn key(&self) -> u64 {
        member_key(self.id, self.sketch.numbers()[0])
    }
}

/// The families of two and more among all articles of an index.
pub(super) fn families(mut articles: Vec<Sketched>) -> Families {
    articles.sort_unstable_by_key(|it| (it.timestamp.is_none(), it.timestamp, it.id, it.sketch));
    let (texts, text_of) = distinct(&articles);
    let heads = heads(&texts);
    let mut sizes = vec![0u64; texts.len()];
    text_of.iter().for_each(|text| sizes[heads[*text as usize] as usize] += 1);
    let mut families = Vec::new();
    let mut members = Vec::new();
    let mut number_of = vec![0u32; texts.len()];
    for (article, text) in articles.iter().zip(&text_of) {
        let head = heads[*text as usize] as usize;
        if sizes[head] < 2 {
            continue;
        }
        // The first article that is met of a family is its earliest.
        if number_of[head] == 0 {
            families.push(Family { id: article.id, size: sizes[head] });
            number_of[head] = families.len() as u32;
        }
        members.push((article.key(), number_of[head] - 1));
    }
    Families::new(families, members)
}

/// The different sketches, in the order of the earliest article of each.
struct Texts<'a> {
    articles: &'a [Sketched],
    earliest: Vec<u32>,
}

impl<'a> Texts<'a> {
    fn len(&self) -> usize {
        self.earliest.len()
    }

    fn get(&self, number: u32) -> &'a Sketch {
        &self.articles[self.earliest[number as usize] as usize].sketch
    }

    /// All of them with their numbers.
    fn iter(&self) -> impl Iterator<Item = (u32, &'a Sketch)> {
        (0..self.len() as u32).map(|number| (number, self.get(number)))
    }
}

/// The texts, and which one each article has.
fn distinct(articles: &[Sketched]) -> (Texts<'_>, Vec<u32>) {
    let mut earliest = Vec::new();
    let mut known: HashMap<&Sketch, u32> = HashMap::with_capacity(articles.len());
    let numbers = (0..).zip(articles).map(|(at, article)| {
        *known.entry(&article.sketch).or_insert_with(|| {
            earliest.push(at);
            earliest.len() as u32 - 1
        })
    });
    let numbers = numbers.collect();
    (Texts { articles, earliest }, numbers)
}

/// For each text the earliest one of its family, itself if it is that.
fn heads(texts: &Texts<'_>) -> Vec<u32> {
    let neighbours = neighbours(texts);
    let mut heads: Vec<u32> = Vec::with_capacity(texts.len());
    for ((number, text), neighbours) in texts.iter().zip(&neighbours) {
        let candidates =
            neighbours.iter().take_while(|it| **it != NONE).map(|earlier| heads[*earlier as usize]);
        let alike = candidates
            .map(|head| (text.equal_bins(texts.get(head)), Reverse(head)))
            .filter(|(equal, head)| are_alike(text, texts.get(head.0), *equal));
        heads.push(alike.max().map_or(number, |(_, head)| head.0));
    }
    heads
}

/// The first earlier texts that each text is found to be like, then [`NONE`].
type Neighbours = [u32; NEIGHBOURS];

const NONE: u32 = u32::MAX;

fn neighbours(texts: &Texts<'_>) -> Vec<Neighbours> {
    const ODD: u32 = 0x9e37_79b1;
    let mut neighbours = vec![[NONE; NEIGHBOURS]; texts.len()];
    let mut keyed: Vec<u64> = Vec::new();
    let mut met = vec![0u8; (texts.len() * 4).next_power_of_two()];
    for band in 0..BANDS {
        // Of most texts no other has the band: only the others are sorted.
        let last = met.len() - 1;
        let place = |text: &Sketch| (text.band(band).wrapping_mul(ODD) >> 8) as usize & last;
        met.fill(0);
        texts.iter().map(|(_, text)| place(text)).for_each(|place| met[place] = met[place].saturating_add(1));
        let shared = texts.iter().filter(|(_, text)| met[place(text)] > 1);
        keyed.clear();
        keyed
            .extend(shared.map(|(number, text)| u64::from(text.band(band)) << u32::BITS | u64::from(number)));
        keyed.sort_unstable();
        for group in keyed.chunk_by(|a, b| a >> u32::BITS == b >> u32::BITS) {
            for at in 1..group.len() {
                let first = at.min(MOST_COMPARED);
                let last = first.max(at.saturating_sub(MOST_COMPARED));
                let earlier = group[..first].iter().chain(&group[last..at]).map(|it| *it as u32);
                let later = group[at] as u32;
                meet(texts, later, earlier, &mut neighbours[later as usize]);
            }
        }
    }
    neighbours
}

fn meet(texts: &Texts<'_>, later: u32, earlier: impl Iterator<Item = u32>, known: &mut Neighbours) {
    for earlier in earlier {
        let Some(free) = known.iter().position(|it| *it == NONE) else { return };
        let (a, b) = (texts.get(later), texts.get(earlier));
        if !known.contains(&earlier) && are_alike(a, b, a.equal_bins(b)) {
            known[free] = earlier;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sketch::tests::sketch;
    use super::*;

    /// An article that has these words and the day as its date.
    fn article(id: u64, day: i64, words: impl IntoIterator<Item = u64>) -> Sketched {
        let sketch = sketch(words, "").unwrap();
        Sketched { id: ArticleId(id), timestamp: (day > 0).then_some(day), sketch }
    }

    /// The family of each article, by its id.
    fn joined(articles: &[Sketched]) -> Vec<Option<Family>> {
        let families = families(articles.to_vec());
        articles.iter().map(|it| families.find(it.key()).and_then(|number| families.get(number))).collect()
    }

    fn family(id: u64, size: u64) -> Option<Family> {
        Some(Family { id: ArticleId(id), size })
    }

    #[test]
    fn copies_are_a_family_of_the_earliest() {
        let changed = (0..300u64).map(|word| if word == 150 { 9_999 } else { word });
        let articles = [
            article(5, 30, 0..300),
            article(4, 10, changed),
            article(3, 0, 0..300),
            article(2, 20, 1_000..1_300),
            article(1, 0, 0..240),
        ];
        let expected = [family(4, 4), family(4, 4), family(4, 4), None, family(4, 4)];
        assert_eq!(joined(&articles), expected);
    }

    #[test]
    fn the_shorter_a_text_the_more_of_it_must_be_the_same() {
        // Of each length the words from the end that are other ones.
        for (length, copy, form) in [(300, 60, 150), (150, 30, 75), (80, 8, 30), (40, 2, 10), (31, 0, 1)] {
            let with = |other: u64, id| article(id, 1, (0..length - other).chain(1_000..1_000 + other));
            assert_eq!(joined(&[with(0, 1), with(copy, 2)]), [family(1, 2); 2], "{copy} of {length}");
            assert_eq!(joined(&[with(0, 1), with(form, 2)]), [None; 2], "{form} of {length}");
        }
    }

    #[test]
    fn undated_ones_are_ordered_by_id() {
        assert_eq!(joined(&[article(9, 0, 0..50), article(3, 0, 0..50)]), [family(3, 2), family(3, 2)]);
    }

    #[test]
    fn one_identity_with_two_texts_is_no_copy_by_itself() {
        let articles = [article(1, 1, 0..99), article(1, 1, 500..599), article(2, 2, 500..599)];
        assert_eq!(joined(&articles), [None, family(1, 2), family(1, 2)]);
    }

    #[test]
    fn a_chain_of_small_changes_does_not_join_its_ends() {
        // Each has 250 of 300 words of the one before.
        let chain: Vec<Sketched> =
            (0..12).map(|link| article(link, link as i64 + 1, link * 50..link * 50 + 300)).collect();
        let found = joined(&chain);
        assert_eq!(found[0], found[1]);
        for (first, last) in [(0, 4), (0, 11), (2, 9)] {
            assert!(found[first] != found[last], "{first} and {last} share no more than 100 words");
        }
    }

    #[test]
    fn many_that_are_nearly_alike_take_linear_time() {
        // Without a limit to the comparisons these are 200 million.
        let count = 20_000;
        let articles: Vec<Sketched> =
            (0..count).map(|id| article(id, 1, (0..200).chain([1_000 + id]))).collect();
        let found = families(articles);
        assert_eq!((found.len(), found.copies()), (1, count - 1));
    }

    #[test]
    #[ignore = "a measurement: cargo test --release -- --ignored --nocapture a_million"]
    fn a_million_articles() {
        let word = |article: u64, word: u64| (article * 7_919 + word * 31) % 20_000 + article % 64 * 20_000;
        let articles: Vec<Sketched> = (0..1_000_000u64)
            .map(|id| {
                // Every fourth is a copy of one before, with some words changed.
                let text = if id % 4 == 3 { id / 2 } else { id };
                article(
                    id,
                    1,
                    (0..80).map(|at| if id % 4 == 3 && at % 40 == 0 { id } else { word(text, at) }),
                )
            })
            .collect();
        let begin = std::time::Instant::now();
        let found = families(articles);
        println!("{} families, {} copies in {:?}", found.len(), found.copies(), begin.elapsed());
        assert!(found.copies() >= 200_000);
    }

    proptest! {
        #[test]
        fn the_order_of_the_articles_does_not_matter(
            texts in prop::collection::vec((0..4u64, 0..40u64, 0..3i64), 0..24), seed: u64,
        ) {
            let articles: Vec<Sketched> = (0..)
                .zip(&texts)
                .map(|(id, (text, cut, day))| article(id, *day, text * 1_000..text * 1_000 + 100 - cut))
                .collect();
            let mut shuffled = articles.clone();
            shuffled.sort_by_key(|it| xxhash_rust::xxh3::xxh3_64_with_seed(&it.id.0.to_le_bytes(), seed));
            prop_assert_eq!(families(articles), families(shuffled));
        }
    }
}
