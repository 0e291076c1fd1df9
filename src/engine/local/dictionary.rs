//! The distinct words of a segment under construction.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::tokenizer::TokenKind;

/// Interns words as small numbers: an open-addressing table over one buffer of bytes. A word and a pair of characters
/// with the same text are two words, since only one of them is stemmed.
pub(super) struct Dictionary {
    /// Marked hash (upper half) and number + 1 (lower half) of a word, 0 where free; a power of two, at most half full.
    slots: Vec<u64>,
    text: String,
    /// Where each word ends in `text`.
    ends: Vec<u32>,
    kinds: Vec<TokenKind>,
}

const FIRST_SLOTS: usize = 1 << 8;
const UPPER: u64 = 0xffff_ffff_0000_0000;

impl Default for Dictionary {
    fn default() -> Dictionary {
        Dictionary { slots: vec![0; FIRST_SLOTS], text: String::new(), ends: Vec::new(), kinds: Vec::new() }
    }
}

impl Dictionary {
    /// The number of a word of that kind, given out in the order of first sight, and the hash of its text.
    pub(super) fn intern(&mut self, word: &str, kind: TokenKind) -> (u32, u64) {
        let hash = xxh3_64(word.as_bytes());
        let marked = marked(hash, kind);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => break,
                entry
                    if (entry ^ marked) & UPPER == 0
                        && is_same(self.bytes_of(entry as u32 - 1), word.as_bytes()) =>
                {
                    return (entry as u32 - 1, hash);
                }
                _ => slot = (slot + 1) & mask,
            }
        }
        let number = self.ends.len() as u32;
        self.slots[slot] = marked & UPPER | u64::from(number + 1);
        self.text.push_str(word);
        self.ends.push(self.text.len() as u32);
        self.kinds.push(kind);
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        (number, hash)
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let mut slots = vec![0u64; size];
        for number in 0..self.ends.len() as u32 {
            let hash = marked(xxh3_64(self.bytes_of(number)), self.kind(number));
            let mut slot = hash as usize & (size - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = hash & UPPER | u64::from(number + 1);
        }
        self.slots = slots;
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn text(&self, number: u32) -> &str {
        &self.text[self.range(number)]
    }

    /// The text without a look at the borders of its characters.
    fn bytes_of(&self, number: u32) -> &[u8] {
        &self.text.as_bytes()[self.range(number)]
    }

    fn range(&self, number: u32) -> Range<usize> {
        let number = number as usize;
        let begin = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        begin..self.ends[number] as usize
    }

    pub(super) fn kind(&self, number: u32) -> TokenKind {
        self.kinds[number as usize]
    }

    /// All words in the order of their bytes; those with the same text stand together.
    pub(super) fn sorted(&self) -> Vec<u32> {
        let mut keyed: Vec<(u64, u32)> =
            (0..self.len() as u32).map(|number| (leading(self.bytes_of(number)), number)).collect();
        keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.bytes_of(a.1).cmp(self.bytes_of(b.1))));
        keyed.into_iter().map(|(_, number)| number).collect()
    }

    /// Memory in use; what was allocated ahead has not been touched yet.
    pub(super) fn bytes(&self) -> usize {
        self.slots.len() * 8 + self.text.len() + self.ends.len() * 5
    }
}

/// Whether two words are the same. Nearly all are short, and then a call to compare them is dearer than comparing.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    fn ends_alike<const N: usize>(a: &[u8], b: &[u8]) -> bool {
        a.first_chunk::<N>() == b.first_chunk::<N>() && a.last_chunk::<N>() == b.last_chunk::<N>()
    }
    a.len() == b.len()
        && match a.len() {
            0..4 => a.iter().eq(b),
            4..8 => ends_alike::<4>(a, b),
            8..=16 => ends_alike::<8>(a, b),
            _ => a == b,
        }
}

/// The hash of a text with its kind in the upper half: the kinds of one text never look the same.
fn marked(hash: u64, kind: TokenKind) -> u64 {
    hash ^ match kind {
        TokenKind::Word => 0,
        TokenKind::Char => 1 << 62,
        TokenKind::Pair => 1 << 63,
    }
}

/// The first eight bytes of a word as a number that sorts like them.
pub(super) fn leading(word: &[u8]) -> u64 {
    match word.first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut bytes = [0; 8];
            bytes[..word.len()].copy_from_slice(word);
            u64::from_be_bytes(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_numbers_while_the_table_grows() {
        let mut dictionary = Dictionary::default();
        let words: Vec<String> = (0..20_000).map(|n| format!("w{}", n * 7)).collect();
        let numbers: Vec<u32> = words.iter().map(|word| dictionary.intern(word, TokenKind::Word).0).collect();
        for (word, number) in words.iter().zip(&numbers) {
            assert_eq!(dictionary.intern(word, TokenKind::Word), (*number, xxh3_64(word.as_bytes())));
            assert_eq!(dictionary.text(*number), word);
        }
        assert_eq!(dictionary.len(), words.len());
    }

    #[test]
    fn the_kinds_of_one_text_are_different_words() {
        const KINDS: [TokenKind; 3] = [TokenKind::Word, TokenKind::Char, TokenKind::Pair];
        let mut dictionary = Dictionary::default();
        let words: Vec<(String, TokenKind)> =
            (0..2_000).flat_map(|n| KINDS.map(|kind| (format!("w{n}"), kind))).collect();
        let mut intern = |(word, kind): &(String, TokenKind)| dictionary.intern(word, *kind).0;
        let numbers: Vec<u32> = words.iter().map(&mut intern).collect();
        assert_eq!(numbers, (0..6_000).collect::<Vec<u32>>());
        assert_eq!(numbers, words.iter().map(&mut intern).collect::<Vec<u32>>());
        for ((word, kind), number) in words.iter().zip(numbers) {
            assert_eq!((dictionary.text(number), dictionary.kind(number)), (word.as_str(), *kind));
        }
    }

    #[test]
    fn words_that_differ_in_one_byte_are_not_the_same() {
        for length in 0..40 {
            let word = vec![b'a'; length];
            assert!(is_same(&word, &word.clone()) && !is_same(&word, &vec![b'a'; length + 1]));
            for at in 0..length {
                let mut other = word.clone();
                other[at] = b'b';
                assert!(!is_same(&word, &other), "{length} {at}");
            }
        }
    }

    #[test]
    fn sorts_by_bytes_beyond_the_first_eight() {
        let mut dictionary = Dictionary::default();
        let mut words = vec!["international", "internationale", "b", "interna", "été", "internationai", "a"];
        for word in &words {
            dictionary.intern(word, TokenKind::Word);
        }
        words.sort_unstable();
        let sorted: Vec<&str> =
            dictionary.sorted().into_iter().map(|number| dictionary.text(number)).collect();
        assert_eq!(sorted, words);
    }
}
