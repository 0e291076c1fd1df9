//! A sketch of an article's words: 64 bytes by which copies and near-copies are known without their texts.
//!
//! Runs of three words (Broder: On the resemblance and containment of documents, 1997) are hashed by one-permutation
//! MinHash (Li, Owen, Zhang: One Permutation Hashing, 2012), empty bins are filled from others (Shrivastava: Optimal
//! Densification for Fast and Accurate Minwise Hashing, 2017), and eight bits of each bin are kept (Li, König: b-Bit
//! Minwise Hashing, 2010). What is made of sketches is `families.rs`'s.

use xxhash_rust::xxh3::xxh3_64;

/// Bytes of a sketch.
const BYTES: usize = 64;

/// Bins that are kept, a byte each; the last byte is the length.
pub(super) const BINS: usize = BYTES - 1;

/// Numbers that hold a sketch in a column.
pub(super) const NUMBERS: usize = BYTES / 8;

/// Words of a run.
const RUN: u32 = 3;

/// A shorter article has too few words to be compared: only an exact copy is like it. News of a dividend or a price
/// differ from each other in nothing but a figure and the headline.
const LEAST_WORDS: u32 = 32;

/// What is left of an article's words. Equal words give equal sketches, on every machine and in every index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Sketch([u8; BYTES]);

impl Sketch {
    /// The estimated Jaccard similarity of the runs of two articles, from 0 to 1, less the bins that are equal by
    /// chance (Li, König 2010, theorem 1, for texts that are small beside the space of hashes).
    pub(super) fn similarity(&self, other: &Sketch) -> f32 {
        const BY_CHANCE: f32 = 1.0 / 256.0;
        let equal = self.equal_bins(other) as f32 / BINS as f32;
        ((equal - BY_CHANCE) / (1.0 - BY_CHANCE)).max(0.0)
    }

    /// How many bins are equal.
    pub(super) fn equal_bins(&self, other: &Sketch) -> u32 {
        self.0[..BINS].iter().zip(&other.0[..BINS]).map(|(a, b)| u32::from(a == b)).sum()
    }

    /// How many words the article has, as far as a byte can tell.
    pub(super) fn words(&self) -> u8 {
        self.0[BINS]
    }

    /// The bins of a band: as many neighbours as its key has bytes.
    pub(super) fn band(&self, band: usize) -> u32 {
        let [a, b, c] = [0, 1, 2].map(|bin| u32::from(self.0[band * BAND_BINS + bin]));
        a << 16 | b << 8 | c
    }

    pub(super) fn numbers(&self) -> [u64; NUMBERS] {
        let (chunks, _) = self.0.as_chunks::<8>();
        std::array::from_fn(|index| u64::from_le_bytes(chunks[index]))
    }

    /// `None` for anything but the numbers of one sketch: an article without words has none.
    pub(super) fn from_numbers(numbers: impl Iterator<Item = u64>) -> Option<Sketch> {
        let mut bytes = [0; BYTES];
        let mut filled = 0;
        for number in numbers {
            bytes.get_mut(filled..filled + 8)?.copy_from_slice(&number.to_le_bytes());
            filled += 8;
        }
        (filled == BYTES).then_some(Sketch(bytes))
    }
}

/// Bins of a band.
const BAND_BINS: usize = 3;

/// Bands of a sketch: articles that are half alike share one with a probability of 0.94, those that are 0.2 alike
/// with 0.16.
pub(super) const BANDS: usize = BINS / BAND_BINS;

/// Takes the hashes of an article's words in order.
#[derive(Debug, Clone)]
pub(super) struct Sketcher {
    /// The least hash among the runs of each bin; the topmost bits say which bin a run belongs to.
    least: [u64; BYTES],
    before: [u64; 2],
    words: u32,
    /// Of all words in their order, as long as they are too few for runs.
    whole: u64,
}

const EMPTY: u64 = u64::MAX;

impl Default for Sketcher {
    fn default() -> Sketcher {
        Sketcher { least: [EMPTY; BYTES], before: [0; 2], words: 0, whole: 0 }
    }
}

impl Sketcher {
    /// Takes the hash of the next word.
    pub(super) fn push(&mut self, word: u64) {
        let [first, second] = self.before;
        self.before = [second, word];
        self.words += 1;
        if self.words < LEAST_WORDS {
            self.whole = mixed(self.whole.rotate_left(1) ^ word);
        }
        if self.words >= RUN {
            let run = mixed(first.wrapping_mul(ODD[0]).wrapping_add(second.wrapping_mul(ODD[1])) ^ word);
            let bin = &mut self.least[(run >> (u64::BITS - BYTES.ilog2())) as usize];
            *bin = run.min(*bin);
        }
    }

    /// The sketch of all words taken; `None` when there were none. `title` tells short articles apart, of which the
    /// body alone says too little ("Subscribers only."); a longer one is the same under any headline.
    pub(super) fn finish(self, title: &str) -> Option<Sketch> {
        match self.words {
            0 => None,
            words if words < LEAST_WORDS => Some(exact(self.whole ^ xxh3_64(title.as_bytes()))),
            _ => Some(self.densified()),
        }
    }

    /// Every empty bin takes the value of the first full one among the others, in an order of its own.
    fn densified(&self) -> Sketch {
        let borrowed = |bin: usize| {
            let order = mixed(bin as u64 + 1);
            let (begin, step) = (order as usize, (order >> 32) as usize | 1);
            // An odd step meets every bin of a power of two.
            let mut others =
                (0..BYTES).map(|probe| self.least[begin.wrapping_add(probe.wrapping_mul(step)) % BYTES]);
            others.find(|least| *least != EMPTY).unwrap_or(EMPTY)
        };
        let value = |bin: usize| match self.least[bin] {
            EMPTY => borrowed(bin),
            own => own,
        };
        let mut sketch = Sketch(std::array::from_fn(|bin| value(bin) as u8));
        sketch.0[BINS] = u8::try_from(self.words).unwrap_or(u8::MAX);
        sketch
    }
}

/// A sketch that is equal for equal hashes and unlike every other.
fn exact(whole: u64) -> Sketch {
    let numbers = (0..NUMBERS as u64).map(|index| mixed(whole.wrapping_add(index.wrapping_mul(ODD[0]))));
    let bytes = numbers.flat_map(u64::to_le_bytes);
    let mut sketch = Sketch([0; BYTES]);
    sketch.0.iter_mut().zip(bytes).for_each(|(bin, byte)| *bin = byte);
    sketch
}

const ODD: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f];

/// Spreads every bit over all (the finalizer of SplitMix64; Steele, Lea, Flood 2014).
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The sketch of words that stand for themselves.
    pub(in crate::engine::local) fn sketch(
        words: impl IntoIterator<Item = u64>,
        title: &str,
    ) -> Option<Sketch> {
        let mut sketcher = Sketcher::default();
        words.into_iter().for_each(|word| sketcher.push(xxh3_64(&word.to_le_bytes())));
        sketcher.finish(title)
    }

    fn of(words: impl IntoIterator<Item = u64>) -> Sketch {
        sketch(words, "").unwrap()
    }

    #[test]
    fn the_estimate_is_near_the_truth() {
        // Articles of 400 words of which so many, from the beginning, are the same.
        for (shared, runs_shared) in [(400, 398.0), (300, 298.0), (200, 198.0), (100, 98.0), (0, 0.0)] {
            let truth = runs_shared / (2.0 * 398.0 - runs_shared);
            let trials = 100;
            let pairs = (0..trials).map(|trial| {
                let base = trial * 10_000;
                let other = (base..base + shared).chain(base + 5_000..base + 5_400 - shared);
                of(base..base + 400).similarity(&of(other))
            });
            let mean = pairs.sum::<f32>() / trials as f32;
            assert!((mean - truth).abs() < 0.03, "{shared} words shared: {mean} instead of {truth}");
        }
    }

    #[test]
    fn few_runs_are_estimated_without_a_bias() {
        // 40 words, of which 22 are shared: 20 of 56 different runs.
        let pairs = (0..200).map(|trial| {
            let base = trial * 1_000;
            of(base..base + 40).similarity(&of((base..base + 22).chain(base + 500..base + 518)))
        });
        let mean = pairs.sum::<f32>() / 200.0;
        assert!((mean - 20.0 / 56.0).abs() < 0.05, "{mean}");
    }

    #[test]
    fn short_articles_are_copies_or_nothing() {
        let last = u64::from(LEAST_WORDS) - 1;
        let short = sketch(0..last, "a");
        assert_eq!(short, sketch(0..last, "a"));
        assert_eq!(sketch(0..0, "a"), None);
        for other in [sketch(0..last, "b"), sketch(1..last, "a"), sketch((0..last).rev(), "a")] {
            assert!(short.unwrap().similarity(&other.unwrap()) < 0.1);
        }
        assert_eq!(
            sketch(0..last + 1, "a"),
            sketch(0..last + 1, "b"),
            "a longer one is the same by its text"
        );
    }

    #[test]
    fn the_order_of_words_counts_and_repetition_hardly() {
        let text = || 0..200u64;
        assert!(of(text()).similarity(&of(text().rev())) < 0.1);
        assert!(of(text()).similarity(&of(text().chain(text()))) > 0.9);
    }

    proptest! {
        #[test]
        fn sketches_survive_their_column(words in prop::collection::vec(any::<u64>(), 1..300)) {
            let sketch = of(words);
            prop_assert_eq!(Sketch::from_numbers(sketch.numbers().into_iter()), Some(sketch));
            prop_assert_eq!(sketch.similarity(&sketch), 1.0);
        }

        #[test]
        fn other_numbers_are_no_sketch(numbers in prop::collection::vec(any::<u64>(), 0..20)) {
            let is_whole = numbers.len() == NUMBERS;
            prop_assert_eq!(Sketch::from_numbers(numbers.into_iter()).is_some(), is_whole);
        }
    }
}
