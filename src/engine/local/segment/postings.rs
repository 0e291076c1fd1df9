//! The occurrences of words in one text field of a segment under construction, and the exact terms made of them.

use std::borrow::Cow;
use std::io;

use tantivy::postings::FieldSerializer;

use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::article::Article;
use crate::engine::local::dictionary::Dictionary;
use crate::engine::local::schema::TextField;
use crate::engine::local::sketch::Sketcher;
use crate::schema::Property;

use super::properties::{PROPERTY_GAP, text_of};

/// The occurrences of words in one text field, in the order of the articles.
#[derive(Default)]
pub(super) struct Postings {
    /// (word, position), article after article.
    pub(super) occurrences: Vec<(u32, u32)>,
    /// For each article where its occurrences begin.
    starts: Vec<usize>,
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
        self.starts.push(self.occurrences.len());
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
                self.occurrences.push((word, position));
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

    /// The occurrences sorted by word (a counting sort, so that those of one word stay in order); they are not kept.
    pub(super) fn by_word(&mut self, words: usize) -> ByWord {
        let occurrences = std::mem::take(&mut self.occurrences);
        let mut ends = vec![0u32; words + 1];
        for (word, _) in &occurrences {
            ends[*word as usize + 1] += 1;
        }
        for word in 0..words {
            ends[word + 1] += ends[word];
        }
        let mut next = ends.clone();
        let mut sorted = vec![(0u32, 0u32); occurrences.len()];
        let stops = self.starts.iter().skip(1).copied().chain([occurrences.len()]);
        for (document, (start, stop)) in self.starts.iter().zip(stops).enumerate() {
            for (word, position) in &occurrences[*start..stop] {
                let slot = &mut next[*word as usize];
                sorted[*slot as usize] = (document as u32, *position);
                *slot += 1;
            }
        }
        ByWord { sorted, ends }
    }
}

/// (document, position) of every occurrence, sorted by word, then document, then position.
pub(super) struct ByWord {
    sorted: Vec<(u32, u32)>,
    ends: Vec<u32>,
}

impl ByWord {
    pub(super) fn of(&self, word: u32) -> &[(u32, u32)] {
        let word = word as usize;
        &self.sorted[self.ends[word] as usize..self.ends[word + 1] as usize]
    }
}

pub(super) fn write_exact(
    output: &mut FieldSerializer<'_>,
    words: &Dictionary,
    order: &[u32],
    by_word: &ByWord,
) -> io::Result<()> {
    let mut deltas = Vec::new();
    for same_text in order.chunk_by(|a, b| words.text(*a) == words.text(*b)) {
        let occurrences = exact_occurrences(same_text, words, by_word);
        if occurrences.is_empty() {
            continue;
        }
        output.new_term(words.text(same_text[0]).as_bytes(), 0, true)?;
        for run in occurrences.chunk_by(|a, b| a.0 == b.0) {
            deltas.clear();
            let mut previous = 0;
            for (_, position) in run {
                deltas.push(position - previous);
                previous = *position;
            }
            output.write_doc(run[0].0, run.len() as u32, &deltas);
        }
        output.close_term()?;
    }
    Ok(())
}

/// Where the words of one text stand, without pairs: nearly always there is one, but `㊀` is written as a word and folds
/// to a character.
fn exact_occurrences<'a>(
    same_text: &[u32],
    words: &Dictionary,
    by_word: &'a ByWord,
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
