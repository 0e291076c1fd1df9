//! Values of a keyword field near one that no article has: a slip away, in another order of words, or a beginning.

use tantivy::Searcher;
use tantivy::schema::Field;

use crate::schema::edits;

use super::spelling::near_terms;
use super::values::{is_word_term, word_of_term, word_term};

/// A value that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NearValue {
    /// Folded.
    pub(super) value: String,
    nearness: Nearness,
    /// Documents that have it, deleted ones too.
    documents: u64,
}

/// How a value is near another, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// The same words in another order.
    Order,
    /// So many slips.
    Slips(usize),
    /// One is the beginning of the other, or one of its words or levels.
    Part,
}

/// A value may have one slip for every four characters or part of them, and no more than this.
const MOST_SLIPS: usize = 3;
/// The shortest text that is told from others by being part of them.
const SHORTEST_PART: usize = 2;
/// A longer text is no value that a person tries to remember.
const LONGEST: usize = 100;

/// The values near a folded one, the nearest first, then the commonest.
pub(super) fn near_values(searcher: &Searcher, field: Field, value: &str) -> tantivy::Result<Vec<NearValue>> {
    if value.chars().count() > LONGEST {
        return Ok(Vec::new());
    }
    let typed = Typed::new(value);
    let mut near: Vec<NearValue> = Vec::new();
    for reader in searcher.segment_readers() {
        let index = reader.inverted_index(field)?;
        let mut terms = index.terms().stream()?;
        while let Some((term, info)) = terms.next() {
            let Ok(term) = std::str::from_utf8(term) else { continue };
            let nearness = if is_word_term(term) { None } else { typed.nearness(term) };
            if let Some(nearness) = nearness {
                near.push(NearValue {
                    value: term.to_owned(),
                    nearness,
                    documents: u64::from(info.doc_freq),
                });
            }
        }
    }
    Ok(ranked(near))
}

/// The words of names that are spelled nearly like one, the nearest first.
pub(super) fn near_words(searcher: &Searcher, field: Field, word: &str) -> tantivy::Result<Vec<String>> {
    let near = near_terms(searcher, field, &word_term(word))?;
    Ok(near.iter().filter_map(|near| word_of_term(&near.term)).map(str::to_owned).collect())
}

/// Joins what several segments have, and sorts it.
fn ranked(mut near: Vec<NearValue>) -> Vec<NearValue> {
    near.sort_by(|a, b| a.value.cmp(&b.value));
    near.dedup_by(|later, first| {
        let same = later.value == first.value;
        first.documents += if same { later.documents } else { 0 };
        same
    });
    near.sort_by(|a, b| a.nearness.cmp(&b.nearness).then(b.documents.cmp(&a.documents)));
    near
}

/// A value that no article has, taken apart once.
struct Typed<'a> {
    value: &'a str,
    chars: Vec<char>,
    slips: usize,
    words: Vec<&'a str>,
}

impl Typed<'_> {
    fn new(value: &str) -> Typed<'_> {
        let chars: Vec<char> = value.chars().collect();
        let slips = chars.len().div_ceil(4).min(MOST_SLIPS);
        Typed { value, slips, chars, words: sorted_words(value) }
    }

    fn nearness(&self, known: &str) -> Option<Nearness> {
        let lengths = self.value.len().abs_diff(known.len());
        if self.words.len() > 1 && lengths <= self.words.len() && sorted_words(known) == self.words {
            return Some(Nearness::Order);
        }
        // A character has up to four bytes.
        if lengths <= 4 * self.slips && known.len() <= 4 * LONGEST {
            let known: Vec<char> = known.chars().collect();
            let close = self.chars.len().abs_diff(known.len()) <= self.slips;
            let slips = if close { edits(&self.chars, &known) } else { usize::MAX };
            if slips <= self.slips && slips < known.len() {
                return Some(Nearness::Slips(slips));
            }
        }
        (is_part(self.value, known) || is_part(known, self.value)).then_some(Nearness::Part)
    }
}

/// Whether a text is a whole word or level of another one, or its beginning up to a mark.
fn is_part(part: &str, whole: &str) -> bool {
    let is_mark = |c: char| !c.is_alphanumeric();
    if part.chars().count() < SHORTEST_PART || part.len() >= whole.len() {
        return false;
    }
    whole.match_indices(part).next().is_some_and(|(at, _)| {
        let before = whole[..at].chars().next_back();
        let behind = whole[at + part.len()..].chars().next();
        before.is_none_or(is_mark) && (behind.is_none_or(is_mark) || at == 0)
    })
}

/// The words of a value without commas, sorted.
fn sorted_words(value: &str) -> Vec<&str> {
    let words = value.split(|c: char| c.is_whitespace() || c == ',');
    let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearness_of_values() {
        let cases = [
            ("lee, ann", "ann lee", Some(Nearness::Order)),
            ("enrgy", "energy", Some(Nearness::Slips(1))),
            ("anne lee", "ann lee", Some(Nearness::Slips(1))),
            ("nuclear", "energy/nuclear", Some(Nearness::Part)),
            ("nuclear", "nuclear power", Some(Nearness::Part)),
            ("english", "en", Some(Nearness::Part)),
            ("energies", "energ", Some(Nearness::Part)),
            ("harbour", "energy", None),
            ("x", "y", None),
            ("", "energy", None),
            ("en", "fr", None),
        ];
        for (typed, known, expected) in cases {
            assert_eq!(Typed::new(typed).nearness(known), expected, "{typed} and {known}");
        }
    }

    #[test]
    fn values_of_several_segments_are_one() {
        let near =
            |value: &str, nearness, documents| NearValue { value: value.to_owned(), nearness, documents };
        let found = vec![
            near("energy", Nearness::Slips(1), 2),
            near("allergy", Nearness::Slips(1), 4),
            near("energy", Nearness::Slips(1), 3),
            near("b", Nearness::Part, 90),
        ];
        let order: Vec<(String, u64)> =
            ranked(found).into_iter().map(|it| (it.value, it.documents)).collect();
        assert_eq!(order, [("energy".to_owned(), 5), ("allergy".to_owned(), 4), ("b".to_owned(), 90)]);
    }
}
