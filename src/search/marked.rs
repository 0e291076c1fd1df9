//! A whole article with what a query matches in it.

use crate::search::{Passage, Snippet};

/// The texts of an article, each whole, and its best passages.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Marked {
    /// The title.
    pub title: Passage,
    /// The summary, if there is one.
    pub description: Option<Passage>,
    /// The text.
    pub body: Passage,
    /// Passages with matches, best first.
    pub passages: Vec<Snippet>,
}
