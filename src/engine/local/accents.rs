//! Words that were typed with accents. They find their other spellings as well, which are the same to the index; of the
//! best hits those gain that write them as typed.

use tantivy::query::Bm25StatisticsProvider;
use tantivy::{Searcher, Term};
use unicode_normalization::UnicodeNormalization;

use crate::analysis::tokenizer::{FirstBytes, TokenKind, tokenize, tokenize_wanted};
use crate::article::Article;
use crate::query::Query;
use crate::search::{Ingredient, Ranking};

use super::proximity::FORM;
use super::question::Question;
use super::schema::TextField;

/// Words beyond so many are not looked at.
const MOST_WORDS: usize = 16;
/// How fast repetitions count less; that of BM25.
const K1: f32 = 1.2;

/// The accented words of one question.
pub(super) struct Accents {
    words: Vec<Accented>,
    wanted: FirstBytes,
}

struct Accented {
    folded: String,
    /// Composed and in small letters.
    written: String,
    /// What it is worth at most.
    weight: f32,
}

impl Accents {
    /// `None` when no word of the question has an accent.
    pub(super) fn new(
        searcher: &Searcher,
        field: &TextField,
        question: &Question,
        ranking: &Ranking,
    ) -> tantivy::Result<Option<Accents>> {
        let mut accents = Accents { words: Vec::new(), wanted: FirstBytes::default() };
        if !ranking.has(Ingredient::Forms) {
            return Ok(None);
        }
        accents.collect(&question.query, 1.0);
        let articles = searcher.total_num_docs()? as f32;
        for word in &mut accents.words {
            let with = searcher.doc_freq(&Term::from_field_text(field.exact, &word.folded))? as f32;
            let idf: f32 = (1.0 + (articles - with + 0.5).max(0.0) / (with + 0.5)).ln();
            word.weight *= FORM * idf;
            accents.wanted.insert(&word.folded);
        }
        Ok((!accents.words.is_empty()).then_some(accents))
    }

    fn collect(&mut self, query: &Query, weight: f32) {
        match query {
            Query::Word { field: None, text, .. } => tokenize(text, |token| {
                let written = written(&text[token.range]);
                if token.kind == TokenKind::Word && written != token.text && self.words.len() < MOST_WORDS {
                    self.words.push(Accented { folded: token.text.to_owned(), written, weight });
                }
            }),
            Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| self.collect(part, weight)),
            Query::Boost(inner, factor) => self.collect(inner, weight * factor),
            Query::Word { field: Some(_), .. }
            | Query::All
            | Query::Phrase { .. }
            | Query::Pattern { .. }
            | Query::Near { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Numbers { .. }
            | Query::Has(_)
            | Query::Not(_) => {}
        }
    }

    /// What an article gains: for each word as much as BM25 gives for so many of it in a text of usual length.
    pub(super) fn gain(&self, article: &Article) -> f32 {
        self.gain_of([
            article.title.as_str(),
            article.description.as_deref().unwrap_or_default(),
            &article.body,
        ])
    }

    fn gain_of<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> f32 {
        let mut counts = vec![0_u32; self.words.len()];
        for text in texts {
            tokenize_wanted(text, &self.wanted, |token| {
                for (count, word) in counts.iter_mut().zip(&self.words) {
                    let is_same =
                        word.folded == token.text && written(&text[token.range.clone()]) == word.written;
                    *count += u32::from(is_same);
                }
            });
        }
        let gain = |(count, word): (&u32, &Accented)| word.weight * *count as f32 / (*count as f32 + K1);
        counts.iter().zip(&self.words).map(gain).sum()
    }
}

fn written(word: &str) -> String {
    word.nfc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accents(texts: &[&str]) -> Accents {
        let mut accents = Accents { words: Vec::new(), wanted: FirstBytes::default() };
        let word = |text: &&str| Query::Word { field: None, text: (*text).to_owned(), exact: false };
        accents.collect(&Query::And(texts.iter().map(word).collect()), 1.0);
        for word in &accents.words {
            accents.wanted.insert(&word.folded);
        }
        accents
    }

    #[test]
    fn only_words_that_lose_something_are_looked_at() {
        let words = accents(&["Café", "cafe", "STRASSE", "Straße", "日本", "e-mail"]);
        let written: Vec<&str> = words.words.iter().map(|word| word.written.as_str()).collect();
        assert_eq!(written, ["café", "straße"]);
    }

    #[test]
    fn a_word_gains_where_it_is_written_as_typed() {
        let gain = |text: &str| accents(&["café"]).gain_of([text]);
        assert_eq!(gain("a cafe and a CAFE"), 0.0);
        assert!(gain("a CAFÉ") > 0.0);
        assert_eq!(gain("a cafe\u{301}"), gain("a café"), "composed or not");
        assert!(gain("café, café") > gain("café, cafe"));
    }
}
