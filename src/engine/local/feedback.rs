//! The typical words of the best articles of a first search, which a second search looks for as well.
//!
//! Bo1 of Amati, "Probability models for information retrieval based on divergence from randomness" (PhD thesis,
//! Glasgow 2003), with the published defaults of Terrier: ten terms of the three best articles, added to the words of
//! the question with at most 0.4 of their weight. It has no parameter beside these.

use std::collections::HashMap;

use tantivy::postings::Postings;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::article::Article;

use super::question::StopWords;
use super::routing::{ALL_CLASSES, Classes, Routing};
use super::schema::TextField;
use super::segment::text_of;
use super::stemming::Stemming;

/// How many of the best articles are taken for good answers.
pub(super) const ARTICLES: usize = 3;

/// How many terms they lend.
const TERMS: usize = 10;

/// The weight of the best of them, beside that of a word of the question (Rocchio's beta).
const BETA: f32 = 0.4;

/// Candidates, as a multiple of the terms taken, whose frequency in the whole index is counted.
const CANDIDATES: usize = 4;

/// Characters of a text that are looked at, in bytes: the beginning of an article says what it is about.
const MOST_BYTES: usize = 64 << 10;

/// A word that is searched for beside those of the question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expansion {
    /// Folded; looked for as words of the question are.
    pub(super) word: String,
    pub(super) kind: TokenKind,
    /// Beside 1 for a word of the question.
    pub(super) weight: f32,
}

struct Candidate {
    /// One that the term was made of.
    word: String,
    kind: TokenKind,
    /// Weighted occurrences in the articles looked at.
    occurrences: u32,
    score: f32,
}

/// The terms that best tell these articles from all others, best first.
pub(super) fn expansions(
    searcher: &Searcher,
    field: &TextField,
    stemming: &Stemming,
    articles: &[(Article, Option<Stemmer>)],
    stop_words: &StopWords,
) -> tantivy::Result<Vec<Expansion>> {
    let terms = field.stems.unwrap_or(field.exact);
    let total = searcher.total_num_docs()?.max(1) as f32;
    let mut candidates: Vec<(String, Candidate)> =
        collected(field, articles, stop_words).into_iter().collect();
    for (term, candidate) in &mut candidates {
        let articles = searcher.doc_freq(&Term::from_field_text(terms, term))?;
        candidate.score = bo1(candidate.occurrences, articles as f32 / total);
    }
    keep_best(&mut candidates, TERMS * CANDIDATES);
    for (_, candidate) in &mut candidates {
        let sought = match (candidate.kind, field.stems) {
            (TokenKind::Word, Some(_)) => stemming.stems(searcher, &candidate.word)?,
            (TokenKind::Word | TokenKind::Pair | TokenKind::Char, _) => {
                vec![(candidate.word.clone(), ALL_CLASSES)]
            }
        };
        let mut everywhere = 0;
        for (term, classes) in sought {
            let term = Term::from_field_text(terms, &term);
            everywhere += occurrences(searcher, &stemming.routing, &term, classes)?;
        }
        candidate.score = bo1(candidate.occurrences, everywhere as f32 / total);
    }
    keep_best(&mut candidates, TERMS);
    let best = candidates.first().map_or(0.0, |(_, candidate)| candidate.score);
    let useful = candidates.into_iter().filter(|(_, candidate)| candidate.score > 0.0);
    Ok(useful
        .map(|(_, candidate)| Expansion {
            word: candidate.word,
            kind: candidate.kind,
            weight: BETA * candidate.score / best,
        })
        .collect())
}

/// How much more often a term stands in some articles than chance would have it; `mean` is how often it stands in
/// an article of the whole index.
fn bo1(occurrences: u32, mean: f32) -> f32 {
    if mean <= 0.0 {
        return 0.0;
    }
    occurrences as f32 * ((1.0 + mean) / mean).log2() + (1.0 + mean).log2()
}

fn keep_best(candidates: &mut Vec<(String, Candidate)>, limit: usize) {
    candidates.sort_unstable_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(&b.0)));
    candidates.truncate(limit);
}

/// The terms of the articles, with the weights that their properties have in ranking.
fn collected(
    field: &TextField,
    articles: &[(Article, Option<Stemmer>)],
    stop_words: &StopWords,
) -> HashMap<String, Candidate> {
    let mut terms: HashMap<String, Candidate> = HashMap::new();
    for (article, stemmer) in articles {
        for (property, weight) in &field.from {
            let text = text_of(article, property);
            let text = &text[..text.floor_char_boundary(MOST_BYTES)];
            tokenize(text, |token| {
                let is_word = match token.kind {
                    TokenKind::Word => token.text.chars().nth(1).is_some() && !stop_words.any_has(token.text),
                    TokenKind::Pair => field.stems.is_some(),
                    TokenKind::Char => false,
                };
                if !is_word {
                    return;
                }
                let stemmer =
                    stemmer.as_ref().filter(|_| token.kind == TokenKind::Word && field.stems.is_some());
                let term = stemmer.map_or(token.text.into(), |stemmer| stemmer.stem(token.text));
                match terms.get_mut(term.as_ref()) {
                    Some(known) => known.occurrences += weight,
                    None => {
                        let word = token.text.to_owned();
                        let candidate =
                            Candidate { word, kind: token.kind, occurrences: *weight, score: 0.0 };
                        terms.insert(term.into_owned(), candidate);
                    }
                }
            });
        }
    }
    terms
}

/// How often a term stands in the articles of these classes, deleted ones too.
fn occurrences(
    searcher: &Searcher,
    routing: &Routing,
    term: &Term,
    classes: Classes,
) -> tantivy::Result<u64> {
    let mut occurrences = 0;
    for reader in searcher.segment_readers() {
        let postings =
            reader.inverted_index(term.field())?.read_postings(term, IndexRecordOption::WithFreqs)?;
        let Some(mut postings) = postings else { continue };
        let limit = routing.limit(searcher, reader, classes)?;
        while postings.doc() != TERMINATED {
            if limit.as_ref().is_none_or(|limit| limit.is_in(postings.doc(), classes)) {
                occurrences += u64::from(postings.term_freq());
            }
            postings.advance();
        }
    }
    Ok(occurrences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarer_and_more_frequent_terms_say_more() {
        assert!(bo1(3, 0.01) > bo1(2, 0.01));
        assert!(bo1(3, 0.01) > bo1(3, 0.1));
        assert_eq!(bo1(3, 0.0), 0.0);
        // 4 · log2((1 + 0.5) / 0.5) + log2(1.5)
        assert!((bo1(4, 0.5) - (4.0 * 3f32.log2() + 1.5f32.log2())).abs() < 1e-4);
    }
}
