//! BM25 (Robertson and Zaragoza 2009) for what is not one term: unions of words, and words near each other.

use tantivy::query::{Bm25Weight, EnableScoring};
use tantivy::schema::Field;

/// The figures of one field that BM25 needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statistics {
    articles: u64,
    average_length: f32,
}

impl Statistics {
    /// `None` when nothing is to be scored.
    pub(super) fn of(scoring: EnableScoring<'_>, field: Field) -> tantivy::Result<Option<Statistics>> {
        match scoring {
            EnableScoring::Disabled { .. } => Ok(None),
            EnableScoring::Enabled { statistics_provider, .. } => {
                let articles = statistics_provider.total_num_docs()?;
                let words = statistics_provider.total_num_tokens(field)?;
                Ok(Some(Statistics { articles, average_length: words as f32 / articles as f32 }))
            }
        }
    }

    /// How much it says that an article has something which `with` articles have.
    pub(super) fn idf(&self, with: u64) -> f32 {
        let with = with.min(self.articles);
        (1.0 + ((self.articles - with) as f32 + 0.5) / (with as f32 + 0.5)).ln()
    }

    /// The scores of something that says so much.
    pub(super) fn weight(&self, idf: f32) -> Bm25Weight {
        let one = Bm25Weight::for_one_term_without_explain(0, self.articles, self.average_length);
        one.boost_by(idf / self.idf(0))
    }
}
