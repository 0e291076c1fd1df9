//! The words of one index that the patterns of a query stand for.

use std::collections::BTreeMap;

use crate::query::Pattern;
use crate::schema::FieldName;

/// What each pattern stands for, by its field. Patterns are those of single words: a wildcard is that of a
/// [`crate::analysis::wildcard::Slot`], with folded texts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expansions(BTreeMap<(FieldName, Pattern), Expansion>);

/// The words that one pattern stands for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expansion {
    /// Folded words and the number of articles with each, commonest first, then by their letters.
    pub words: Vec<(String, u64)>,
    /// How many words of the index fit; more than `words` when it had to be cut.
    pub found: usize,
}

impl Expansions {
    /// Enters what a pattern stands for.
    pub fn insert(&mut self, field: FieldName, pattern: Pattern, expansion: Expansion) {
        self.0.insert((field, pattern), expansion);
    }

    /// What a pattern stands for; `None` for one that was not looked up.
    pub fn get(&self, field: &FieldName, pattern: &Pattern) -> Option<&Expansion> {
        self.0.get(&(field.clone(), pattern.clone()))
    }

    /// All of them, in the order of fields and patterns.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldName, &Pattern, &Expansion)> {
        self.0.iter().map(|((field, pattern), expansion)| (field, pattern, expansion))
    }
}
