//! Which articles are the same text again: kept beside the index, remade from it at the end of an ingest.
//!
//! What makes articles a family is the engine's; here is only what is remembered of it, and how it is found again.

use xxhash_rust::xxh3::xxh3_64;

use crate::article::ArticleId;
use crate::search::Family;

/// The families of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Families {
    families: Vec<Family>,
    /// Ascending; an article without copies has none.
    keys: Vec<u64>,
    /// The family of each key.
    numbers: Vec<u32>,
    /// Where the keys begin that have the same topmost bits: keys are hashes, so there are about two of each.
    starts: Vec<u32>,
}

/// What an article is known by here: its identity and its text, so that other texts under the same identity do not
/// become copies of each other by it.
pub fn member_key(id: ArticleId, text: u64) -> u64 {
    id.0 ^ text.rotate_left(u64::BITS / 2)
}

impl Families {
    /// Families, and the number of the family for the key of each of their articles.
    pub fn new(families: Vec<Family>, mut members: Vec<(u64, u32)>) -> Families {
        members.sort_unstable();
        members.dedup_by_key(|(key, _)| *key);
        let (keys, numbers) = members.into_iter().unzip();
        Families::indexed(families, keys, numbers)
    }

    fn indexed(families: Vec<Family>, keys: Vec<u64>, numbers: Vec<u32>) -> Families {
        let mut starts = vec![0u32; (keys.len() / 2).next_power_of_two().max(2) + 1];
        let bits = (starts.len() - 1).ilog2();
        keys.iter().for_each(|key| starts[bucket(*key, bits) + 1] += 1);
        (1..starts.len()).for_each(|bucket| starts[bucket] += starts[bucket - 1]);
        Families { families, keys, numbers, starts }
    }

    /// The number of the family that an article belongs to, if it has copies.
    pub fn find(&self, key: u64) -> Option<u32> {
        let bucket = bucket(key, self.starts.len().checked_sub(1)?.checked_ilog2()?);
        let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
        let at = range.start + self.keys[range].iter().position(|known| *known == key)?;
        Some(self.numbers[at])
    }

    /// The family of a number that [`Families::find`] gave.
    pub fn get(&self, number: u32) -> Option<Family> {
        self.families.get(number as usize).copied()
    }

    /// How many families there are.
    pub fn len(&self) -> usize {
        self.families.len()
    }

    /// Whether no article has a copy.
    pub fn is_empty(&self) -> bool {
        self.families.is_empty()
    }

    /// How many articles are copies of an earlier one.
    pub fn copies(&self) -> u64 {
        self.families.iter().map(|family| family.size - 1).sum()
    }

    /// The bytes that are kept on disk: a checksum (XXH3), the numbers of families and keys, then each column, all
    /// little-endian.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![0; 8];
        let counts = [self.families.len() as u64, self.keys.len() as u64];
        let families = self.families.iter().flat_map(|family| [family.id.0, family.size]);
        let words = counts.into_iter().chain(families).chain(self.keys.iter().copied());
        words.for_each(|word| bytes.extend(word.to_le_bytes()));
        self.numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        let checksum = xxh3_64(&bytes[8..]);
        bytes[..8].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Reads what [`Families::encode`] wrote; `None` when it is damaged.
    pub fn decode(bytes: &[u8]) -> Option<Families> {
        let (checksum, rest) = bytes.split_first_chunk()?;
        if u64::from_le_bytes(*checksum) != xxh3_64(rest) {
            return None;
        }
        let (counts, rest) = rest.split_first_chunk::<16>()?;
        let [families, keys] = words(counts).try_into().ok()?;
        let (families, rest) = rest.split_at_checked(usize::try_from(families.checked_mul(16)?).ok()?)?;
        let (keys, numbers) = rest.split_at_checked(usize::try_from(keys.checked_mul(8)?).ok()?)?;
        let families = words(families);
        let families = families.chunks_exact(2).map(|it| Family { id: ArticleId(it[0]), size: it[1] });
        let numbers = numbers.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number)).collect();
        Some(Families::indexed(families.collect(), words(keys), numbers))
    }
}

fn bucket(key: u64, bits: u32) -> usize {
    (key >> (u64::BITS - bits)) as usize
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn families() -> Families {
        let family = |id, size| Family { id: ArticleId(id), size };
        Families::new(vec![family(7, 3), family(9, 2)], vec![(u64::MAX, 1), (7, 0), (5, 0), (0, 1), (7, 0)])
    }

    #[test]
    fn articles_find_their_family() {
        let known = families();
        for (key, expected) in
            [(7, Some(0)), (5, Some(0)), (0, Some(1)), (u64::MAX, Some(1)), (6, None), (1 << 63, None)]
        {
            assert_eq!(known.find(key), expected, "{key}");
        }
        assert_eq!(known.get(0), Some(Family { id: ArticleId(7), size: 3 }));
        assert_eq!((known.get(2), known.len(), known.copies()), (None, 2, 3));
        assert_eq!(Families::default().find(7), None);
    }

    #[test]
    fn other_texts_of_one_identity_are_told_apart() {
        assert_ne!(member_key(ArticleId(1), 2), member_key(ArticleId(1), 3));
        assert_ne!(member_key(ArticleId(1), 2), member_key(ArticleId(2), 2));
    }

    #[test]
    fn survive_their_encoding() {
        for known in [families(), Families::new(Vec::new(), Vec::new())] {
            assert_eq!(Families::decode(&known.encode()), Some(known));
        }
    }

    #[test]
    fn damage_is_no_families() {
        let whole = families().encode();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(Families::decode(&damaged), None, "byte {at}");
            assert_eq!(Families::decode(&whole[..at]), None, "cut at {at}");
        }
    }

    proptest! {
        #[test]
        fn every_key_is_found(keys in prop::collection::btree_set(any::<u64>(), 0..300), other: u64) {
            let members = keys.iter().enumerate().map(|(number, key)| (*key, number as u32)).collect();
            let known = Families::new(Vec::new(), members);
            for (number, key) in keys.iter().enumerate() {
                prop_assert_eq!(known.find(*key), Some(number as u32));
            }
            prop_assert_eq!(known.find(other).is_some(), keys.contains(&other));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let mut sealed = xxh3_64(&bytes).to_le_bytes().to_vec();
            sealed.extend(&bytes);
            for bytes in [bytes, sealed] {
                if let Some(known) = Families::decode(&bytes) {
                    known.find(0);
                }
            }
        }
    }
}
