//! Why an article is found, or not, as a value.

use crate::article::Article;
use crate::query::Query;
use crate::search::{Passage, Snippet};

/// What a question makes of one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The article asked about.
    pub article: Article,
    /// Whether the query finds it.
    pub found: bool,
    /// How many articles the question finds, or families where copies are collapsed.
    pub total: u64,
    /// Its place among them; `None` when it is not found, or a copy of it stands for it.
    pub rank: Option<u64>,
    /// Its score, 0 when nothing is ranked.
    pub score: f32,
    /// Each part of the query that must hold.
    pub clauses: Vec<Held>,
    /// The query that finds it with the fewest parts left out; `None` when it is found, or nothing would remain.
    pub change: Option<Query>,
    /// What the engine had to leave out, cut or assume.
    pub warnings: Vec<String>,
}

/// Whether a part of a query holds for an article, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The part.
    pub clause: Query,
    /// Whether it holds.
    pub holds: bool,
    /// What it adds to the score.
    pub score: f32,
    /// What the article has in the field of a filter.
    pub values: Option<Vec<String>>,
    /// For words that do not hold: words of the article that are spelled nearly so.
    pub near: Vec<String>,
    /// The title, where something in it matches; of an exclusion, what it excludes.
    pub title: Option<Passage>,
    /// Where in the text it matches; of an exclusion, what it excludes.
    pub passages: Vec<Snippet>,
}
