//! Queries that were given a name, which stand for `@name` in others.

use std::collections::BTreeMap;

use crate::schema::nearest;

/// Longest name of a saved query, in bytes.
pub const MAX_NAME: usize = 64;
/// Most saved queries of an index.
pub const MAX_SAVED: usize = 10_000;
/// Deepest nesting of saved queries in each other.
pub const MAX_NESTING: usize = 8;

/// The texts of queries by their names, as typed: what `last month` means is found out whenever they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SavedQueries(BTreeMap<String, String>);

impl SavedQueries {
    /// No queries.
    pub const NONE: &'static SavedQueries = &SavedQueries(BTreeMap::new());

    /// The text behind a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Names a text; gives back the one that had the name before.
    pub fn insert(&mut self, name: &str, text: &str) -> Option<String> {
        self.0.insert(name.to_owned(), text.to_owned())
    }

    /// Takes a name away.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Names and texts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where to look instead of a name that does not exist.
    pub fn hint(&self, name: &str) -> String {
        /// More names than this are no help.
        const SHOWN: usize = 8;
        if let Some(near) = nearest(name, self.0.keys().map(String::as_str)) {
            return format!("did you mean @{near}?");
        }
        let names: Vec<String> = self.0.keys().take(SHOWN).map(|name| format!("@{name}")).collect();
        match self.len() {
            0 => format!("`backfile saved add {name} QUERY` makes it"),
            1..=SHOWN => format!("the saved queries are {}", names.join(", ")),
            _ => "`backfile saved list` shows them".to_owned(),
        }
    }
}

impl FromIterator<(String, String)> for SavedQueries {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(saved: T) -> SavedQueries {
        SavedQueries(saved.into_iter().collect())
    }
}

/// Whether a text can be a name: letters, digits, `-` and `_`, a letter or digit first.
pub fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.len() <= MAX_NAME && text.starts_with(char::is_alphanumeric) && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_words() {
        for name in ["wind", "oil-1974", "a_b", "7", "été"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-a", "_a", "a b", "a/b", "a.b", "a@b", "../a", &"a".repeat(MAX_NAME + 1)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_name_that_is_not_there_is_answered_with_those_that_are() {
        let saved = |names: &[&str]| -> SavedQueries {
            names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect()
        };
        assert_eq!(saved(&["wind", "oil"]).hint("wint"), "did you mean @wind?");
        assert_eq!(saved(&["wind", "oil"]).hint("harbour"), "the saved queries are @oil, @wind");
        assert_eq!(saved(&[]).hint("wind"), "`backfile saved add wind QUERY` makes it");
        let many: Vec<String> = (100..120).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(saved(&many).hint("harbour"), "`backfile saved list` shows them");
    }
}
