//! How an answer came about, as plain data: filled by an engine, printed by `output`.

use crate::article::ArticleId;

/// How a query was ranked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explained {
    /// Its bare words, each once.
    pub words: Vec<ExplainedWord>,
    /// Words that were left out for being too common.
    pub left_out: Vec<String>,
    /// Words that feedback added, each with its weight beside 1 for a word of the query.
    pub added: Vec<(String, f32)>,
    /// The hits of the page, in their order.
    pub hits: Vec<Explanation>,
}

/// A word and what it stands for in the index.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedWord {
    /// As folded.
    pub word: String,
    /// Stems, one for each language that has another, or the word itself, and the number of articles with it.
    pub terms: Vec<(String, u64)>,
    /// The number of articles with the word in this very form.
    pub as_written: u64,
}

/// How one score came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The article.
    pub id: ArticleId,
    /// Its score.
    pub total: f32,
    /// What the score is the sum of: what it is for, and how much.
    pub parts: Vec<(String, f32)>,
}
