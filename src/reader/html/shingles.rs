//! Words and sequences of words as hashes, by which two texts of one page are compared.
//!
//! Resemblance by shingles: Broder, "On the resemblance and containment of documents" (1997).

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

/// Words of a sequence that is looked up in another text.
const SHINGLE: usize = 4;

/// Sequences of words of a text.
pub(super) struct Shingles(HashSet<u64>);

impl Shingles {
    /// Those of a text that was cut into pieces; no sequence goes beyond its piece.
    pub(super) fn of<'a>(pieces: impl IntoIterator<Item = &'a [u64]>) -> Shingles {
        Shingles(pieces.into_iter().flat_map(shingles).collect())
    }

    pub(super) fn of_text(text: &str) -> Shingles {
        let lines: Vec<Vec<u64>> = text.lines().map(words).collect();
        Shingles::of(lines.iter().map(Vec::as_slice))
    }

    /// Those of a text, the shorter sequences too: then it contains each part of its lines, be it a single word.
    pub(super) fn of_all_lengths(text: &str) -> Shingles {
        let lines: Vec<Vec<u64>> = text.lines().map(words).collect();
        let of_length = |length| lines.iter().flat_map(move |words| windows(words, length));
        Shingles((1..=SHINGLE).flat_map(of_length).collect())
    }

    /// Whether most of a text is in this one.
    pub(super) fn contain(&self, words: &[u64]) -> bool {
        let (mut all, mut known) = (0, 0);
        for shingle in shingles(words) {
            all += 1;
            known += usize::from(self.0.contains(&shingle));
        }
        known * 5 >= all * 3
    }
}

/// The hashes of all sequences of words; of a shorter text that of all its words.
pub(super) fn shingles(words: &[u64]) -> impl Iterator<Item = u64> {
    windows(words, SHINGLE.min(words.len()).max(1))
}

fn windows(words: &[u64], length: usize) -> impl Iterator<Item = u64> {
    words.windows(length).map(|window| {
        window.iter().fold(window.len() as u64, |hash, word| {
            hash.rotate_left(13).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word
        })
    })
}

/// Hashes of the words of a text, in lower case; a letter of a script without spaces is a word.
pub(super) fn words(text: &str) -> Vec<u64> {
    let mut words = Vec::with_capacity(text.len() / 5);
    let mut word = String::new();
    for character in text.chars() {
        let is_alone = is_ideographic(character);
        if is_alone || !character.is_alphanumeric() {
            end_word(&mut word, &mut words);
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        if is_alone {
            end_word(&mut word, &mut words);
        }
    }
    end_word(&mut word, &mut words);
    words
}

fn end_word(word: &mut String, words: &mut Vec<u64>) {
    if !word.is_empty() {
        words.push(xxh3_64(word.as_bytes()));
        word.clear();
    }
}

/// Kana, Chinese characters and Thai, which are written without spaces.
fn is_ideographic(character: char) -> bool {
    matches!(character, '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_contains_its_parts() {
        let text = "The harbour wall is to be raised by a metre.\n\nSaid the mayor";
        for (part, by_sequences, by_all) in [
            ("the harbour wall is TO BE raised", true, true),
            ("the wall is raised by the harbour", false, false),
            ("said the mayor", true, true),
            ("harbour wall", false, true),
            ("metre", false, true),
            ("quay", false, false),
        ] {
            let words = words(part);
            assert_eq!(Shingles::of_text(text).contain(&words), by_sequences, "{part}");
            assert_eq!(Shingles::of_all_lengths(text).contain(&words), by_all, "{part}");
        }
    }

    #[test]
    fn letters_of_scripts_without_spaces_are_words() {
        assert_eq!(words("東京、日本 A-b").len(), 6);
        assert_eq!(words("One TWO"), words("one, two!"));
    }
}
