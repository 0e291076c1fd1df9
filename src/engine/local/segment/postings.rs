//! The occurrences of words in one text field of a segment under construction, and the exact terms made of them.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::article::Article;
use crate::engine::local::dictionary::Dictionary;
use crate::engine::local::occurrences::Occurrences;
use crate::engine::local::schema::TextField;
use crate::engine::local::sketch::Sketcher;
use crate::engine::local::term_files::TermsWriter;
use crate::schema::Property;

use super::properties::{PROPERTY_GAP, text_of};

/// The occurrences of words in one text field, and what belongs to them.
#[derive(Default)]
pub(super) struct Postings {
    pub(super) occurrences: Occurrences,
    /// How often each word occurs, as far as words do here, and the commonest of them.
    counts: Vec<u32>,
    commonest: u32,
    /// For each article and property the position at which the property begins.
    pub(super) bounds: Vec<u32>,
    pub(super) exact_tokens: u64,
    pub(super) stem_tokens: u64,
}

impl Postings {
    /// Adds the words of one article, those of its body also to its sketch; gives the lengths of the exact and of
    /// the stemmed field.
    pub(super) fn add(
        &mut self,
        field: &TextField,
        article: &Article,
        words: &mut Dictionary,
        mut sketcher: Option<&mut Sketcher>,
    ) -> (u32, u32) {
        self.occurrences.begin_article();
        let (mut exact, mut stems, mut begin) = (0u32, 0u32, 0u32);
        for (property, weight) in &field.from {
            self.bounds.push(begin);
            let mut end = begin;
            let mut sketcher = sketcher.as_deref_mut().filter(|_| *property == Property::Body);
            tokenize(text_of(article, property), |token| {
                let (word, hash) = words.intern(token.text, token.kind);
                if let Some(sketcher) = sketcher.as_deref_mut().filter(|_| token.kind != TokenKind::Pair) {
                    sketcher.push(hash);
                }
                let position = begin + token.position;
                self.occurrences.push(word, position);
                self.count(word as usize);
                end = position + 1;
                exact += u32::from(token.kind != TokenKind::Pair);
                stems += if token.kind == TokenKind::Char { 0 } else { *weight };
            });
            begin = if end > begin { end + PROPERTY_GAP } else { begin };
        }
        self.exact_tokens += u64::from(exact);
        self.stem_tokens += u64::from(stems);
        (exact, stems)
    }

    fn count(&mut self, word: usize) {
        if word >= self.counts.len() {
            self.counts.resize(word + 1, 0);
        }
        self.counts[word] += 1;
        self.commonest = self.commonest.max(self.counts[word]);
    }

    /// Memory in use.
    pub(super) fn bytes(&self) -> usize {
        self.occurrences.bytes() + (self.bounds.len() + self.counts.len()) * size_of::<u32>()
    }

    /// Memory that sorting the occurrences will need.
    pub(super) fn sorting(&self) -> usize {
        let at_once = self.occurrences.len().min(MOST_SORTED).max(self.commonest as usize);
        at_once * size_of::<(u32, u32)>()
    }
}

/// So many occurrences are sorted at once, in 32 MB, whatever the size of the segment; those of one word always are.
const MOST_SORTED: usize = 4 << 20;

/// Sorts the occurrences of a field by word, those of some words at a time.
pub(super) struct ByWord<'a> {
    pub(super) occurrences: &'a Occurrences,
    /// So many are sorted at once.
    most: usize,
    /// How often each word occurs, and all of them together.
    counts: Vec<u32>,
    all: usize,
    /// (document, position) of what was sorted last, by word, then document, then position.
    sorted: Vec<(u32, u32)>,
    /// Where each word ends in `sorted`; [`ELSEWHERE`] when it is not there.
    ends: Vec<u32>,
}

const ELSEWHERE: u32 = u32::MAX;

impl<'a> ByWord<'a> {
    /// Of a field of a segment with so many words.
    pub(super) fn new(postings: &'a Postings, words: usize) -> ByWord<'a> {
        let mut counts = postings.counts.clone();
        counts.resize(words, 0);
        ByWord::at_once(&postings.occurrences, counts, MOST_SORTED)
    }

    fn at_once(occurrences: &'a Occurrences, counts: Vec<u32>, most: usize) -> ByWord<'a> {
        let all = counts.iter().map(|count| *count as usize).sum();
        let ends = vec![ELSEWHERE; counts.len()];
        ByWord { occurrences, most, counts, all, sorted: Vec::new(), ends }
    }

    /// How many different words the segment has, those of other fields too.
    pub(super) fn words(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn count(&self, word: u32) -> u32 {
        self.counts[word as usize]
    }

    /// Cuts what is to be written, each with a word, into as many as are sorted at once. What is the `same` stays
    /// together.
    pub(super) fn pieces<'t, T>(
        &self,
        all: &'t [T],
        word: impl Fn(&T) -> u32,
        same: impl Fn(&T, &T) -> bool,
    ) -> Vec<&'t [T]> {
        if self.are_all_at_once() {
            return vec![all];
        }
        let (mut pieces, mut rest, mut length, mut occurrences) = (Vec::new(), all, 0, 0);
        for group in all.chunk_by(same) {
            let more: usize = group.iter().map(|it| self.count(word(it)) as usize).sum();
            if length > 0 && occurrences + more > self.most {
                let (piece, behind) = rest.split_at(length);
                pieces.push(piece);
                (rest, length, occurrences) = (behind, 0, 0);
            }
            length += group.len();
            occurrences += more;
        }
        pieces.push(rest);
        pieces
    }

    /// Whether the first words that are sorted are all there are, and stay sorted.
    fn are_all_at_once(&self) -> bool {
        self.all <= self.most
    }

    /// Sorts the occurrences of these words (a counting sort, so that those of one word stay in order), unless those of
    /// all words are.
    pub(super) fn sort(&mut self, words: impl Iterator<Item = u32>) {
        if self.are_all_at_once() && self.sorted.len() == self.all {
            return;
        }
        let ByWord { occurrences, counts, sorted, ends, .. } = self;
        ends.fill(ELSEWHERE);
        let mut begin = 0;
        for word in words {
            let slot = &mut ends[word as usize];
            if *slot == ELSEWHERE {
                *slot = begin;
                begin += counts[word as usize];
            }
        }
        sorted.resize(begin as usize, (0, 0));
        occurrences.each(|word, document, position| {
            let slot = &mut ends[word as usize];
            if *slot != ELSEWHERE {
                sorted[*slot as usize] = (document, position);
                *slot += 1;
            }
        });
    }

    /// The occurrences of a word that was sorted, or has none.
    pub(super) fn of(&self, word: u32) -> &[(u32, u32)] {
        let (end, count) = (self.ends[word as usize], self.counts[word as usize]);
        if count == 0 {
            return &[];
        }
        &self.sorted[(end - count) as usize..end as usize]
    }
}

pub(super) fn write_exact(
    output: &mut TermsWriter<impl Write>,
    words: &Dictionary,
    order: &[u32],
    by_word: &mut ByWord<'_>,
) -> io::Result<()> {
    let mut deltas = Vec::new();
    let is_same = |a: &u32, b: &u32| words.text(*a) == words.text(*b);
    for piece in by_word.pieces(order, |word| *word, is_same) {
        by_word.sort(piece.iter().copied());
        for same_text in piece.chunk_by(is_same) {
            let occurrences = exact_occurrences(same_text, words, by_word);
            if occurrences.is_empty() {
                continue;
            }
            output.begin(occurrences.len(), true);
            for run in occurrences.chunk_by(|a, b| a.0 == b.0) {
                deltas.clear();
                let mut previous = 0;
                for (_, position) in run {
                    deltas.push(position - previous);
                    previous = *position;
                }
                output.article(run[0].0, run.len() as u32, &deltas);
            }
            output.end(words.text(same_text[0]).as_bytes())?;
        }
    }
    Ok(())
}

/// Where the words of one text stand, without pairs: nearly always there is one, but `㊀` is written as a word and folds
/// to a character.
fn exact_occurrences<'a>(
    same_text: &[u32],
    words: &Dictionary,
    by_word: &'a ByWord<'_>,
) -> Cow<'a, [(u32, u32)]> {
    let mut exact = same_text.iter().filter(|word| words.kind(**word) != TokenKind::Pair);
    let first = exact.next().map(|word| by_word.of(*word)).unwrap_or_default();
    let mut occurrences = Cow::Borrowed(first);
    for word in exact {
        occurrences.to_mut().extend_from_slice(by_word.of(*word));
        occurrences.to_mut().sort_unstable();
    }
    occurrences
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_piece_may_hold_everything_and_others_follow() {
        let mut occurrences = Occurrences::default();
        occurrences.begin_article();
        (0..9).for_each(|position| occurrences.push(1, position));
        let mut by_word = ByWord::at_once(&occurrences, vec![0, 9, 0], 4);
        let pieces = by_word.pieces(&[0, 1, 2], |word| *word, |a, b| a == b);
        assert_eq!(pieces.concat(), [0, 1, 2]);
        for piece in pieces {
            by_word.sort(piece.iter().copied());
            piece.iter().for_each(|word| assert_eq!(by_word.of(*word).len() as u32, by_word.count(*word)));
        }
    }

    proptest! {
        #[test]
        fn pieces_say_together_what_all_at_once_do(
            // Of one word alone, as well.
            articles in prop::collection::vec(prop_oneof![
                3 => prop::collection::vec(0..60u32, 0..40),
                1 => prop::collection::vec(Just(7), 0..400),
            ], 0..12),
            most in 0..300usize,
        ) {
            let mut occurrences = Occurrences::default();
            let mut counts = vec![0; 60];
            articles.iter().flatten().for_each(|word| counts[*word as usize] += 1);
            for article in &articles {
                occurrences.begin_article();
                (0..).zip(article).for_each(|(position, word)| occurrences.push(*word, position * 3));
            }
            // Words in an order of their own; three at a time are the same, and each comes twice.
            let order: Vec<(u32, u32)> =
                (0..120u32).map(|place| (place / 3, place * 7 % 60)).collect();
            let is_same = |a: &(u32, u32), b: &(u32, u32)| a.0 == b.0;
            let mut at_once = ByWord::at_once(&occurrences, counts.clone(), usize::MAX);
            at_once.sort(0..60);
            let mut by_word = ByWord::at_once(&occurrences, counts, most);
            let pieces = by_word.pieces(&order, |it| it.1, is_same);
            prop_assert_eq!(pieces.concat(), order.clone());
            for piece in pieces {
                let length: u32 = piece.iter().map(|it| by_word.count(it.1)).sum();
                prop_assert!(length as usize <= most || by_word.all <= most || piece.len() == 3);
                by_word.sort(piece.iter().map(|it| it.1));
                for (_, word) in piece {
                    prop_assert_eq!(by_word.of(*word), at_once.of(*word));
                }
            }
            let sorted: usize = (0..60).map(|word| at_once.of(word).len()).sum();
            prop_assert_eq!(sorted, articles.concat().len());
        }
    }
}
