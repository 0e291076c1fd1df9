//! What to try when nothing was found: other spellings and values that the index has, and what remains when a clause
//! is left out.
//!
//! The work is bounded by numbers, so that the same index always suggests the same; the clock only ends it for good.

use std::ops::Range;

use crate::analysis::fold::fold_keyword;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::engine::EngineError;
use crate::engine::local::bits::Bits;
use crate::engine::local::deadline::Deadline;
use crate::engine::local::facets::ValueCounts;
use crate::engine::local::near_values::{NearValue, near_values, near_words};
use crate::engine::local::spelling::{Near, documents, near_terms};
use crate::query::display::display;
use crate::query::relax::{any_word, apart, clauses, is_filter, replaced, wanted, without};
use crate::query::simplify::simplify;
use crate::query::{PhrasePart, Query};
use crate::schema::FieldName;
use crate::search::params::Renamed;
use crate::search::{Ingredient, Ranking, SearchRequest, Suggestion, SuggestionKind};

use super::Searcher;

/// Words and values of a query for which others are looked for; those behind stay as they are.
const MOST_LOOKED_AT: usize = 8;
/// Spellings of one word, or values for one, that are tried and shown.
const MOST_FOR_EACH: usize = 3;
/// A query with more clauses is not taken apart.
const MOST_CLAUSES: usize = 32;
/// A word is taken for a slip when a neighbour is in so many times as many articles.
const MUCH_RARER: u64 = 20;

/// A word of a query that the index does not have, or hardly has.
struct Slip {
    /// The word or phrase that it stands in.
    leaf: Query,
    /// Where in its text.
    range: Range<usize>,
    /// As typed.
    typed: String,
    /// Whether no article has it.
    absent: bool,
    near: Vec<Near>,
}

/// Looks for ways out of one question.
struct Suggester<'a> {
    index: &'a Searcher,
    ranking: &'a Ranking,
    deadline: Deadline,
}

impl Searcher {
    /// Other queries worth trying, each of which finds something. When something was `found`, only spellings of words
    /// that no article has. None when there is not time enough: the answer does not depend on them.
    pub fn suggest(
        &self,
        request: &SearchRequest,
        renamed: Option<&Renamed>,
        found: bool,
    ) -> Result<Vec<Suggestion>, EngineError> {
        // Suggestions are tidy: a word that comes twice by the change stands once.
        let ranking = &Ranking { without: vec![Ingredient::Repeats], ..request.ranking.clone() };
        let query = self.question(&request.query, ranking).query;
        let suggested = self.in_time(|deadline| {
            let suggester = Suggester { index: self, ranking, deadline };
            if found { suggester.spellings(&query, true) } else { suggester.ways_out(&query, renamed) }
        });
        match suggested {
            Err(EngineError::Slow { .. }) => Ok(Vec::new()),
            suggested => suggested,
        }
    }
}

impl Suggester<'_> {
    fn ways_out(&self, query: &Query, renamed: Option<&Renamed>) -> tantivy::Result<Vec<Suggestion>> {
        let mut suggestions = Vec::new();
        if let Some(Renamed { from, to, query }) = renamed {
            let change = (SuggestionKind::Field, from.clone(), to.to_string());
            suggestions.extend(self.suggestion(change, query.clone())?);
        }
        suggestions.extend(self.spellings(query, false)?);
        suggestions.extend(self.values(query)?);
        suggestions.extend(self.words_apart(query)?);
        suggestions.extend(self.fewer_clauses(query)?);
        if suggestions.is_empty() {
            suggestions = self.words_alone(query)?;
        }
        if suggestions.is_empty() {
            suggestions = self.fewer_clauses(&replaced(query, &apart))?;
        }
        Ok(suggestions)
    }

    /// What finds nothing because its words do not stand together, with these words wherever they stand.
    fn words_apart(&self, query: &Query) -> tantivy::Result<Vec<Suggestion>> {
        let mut suggestions = Vec::new();
        let together = wanted(query).into_iter().filter_map(|leaf| Some((leaf, apart(leaf)?)));
        for (leaf, words) in together.take(MOST_LOOKED_AT) {
            if self.count_of(leaf)? > 0 {
                continue;
            }
            let changed = replaced(query, &|other| (other == leaf).then(|| words.clone()));
            let (from, to) = (display(leaf, self.index.schema()), display(&words, self.index.schema()));
            suggestions.extend(self.suggestion((SuggestionKind::Apart, from, to), changed)?);
        }
        Ok(suggestions)
    }

    /// The words in another spelling, each by itself: together they find nothing.
    fn words_alone(&self, query: &Query) -> tantivy::Result<Vec<Suggestion>> {
        let mut suggestions = Vec::new();
        for slip in self.slips(query, true)? {
            let nearest = slip.near[0].term.as_str();
            suggestions.extend(self.respelled(&slip.leaf, &[(&slip, nearest)])?);
        }
        Ok(suggestions)
    }

    /// A suggestion, if its query finds something.
    fn suggestion(
        &self,
        (kind, from, to): (SuggestionKind, String, String),
        query: Query,
    ) -> tantivy::Result<Option<Suggestion>> {
        let query = self.index.question(&simplify(query), self.ranking).query;
        let count = self.count_of(&query)?;
        Ok((count > 0).then_some(Suggestion { kind, from, to, count, query }))
    }

    /// How many articles a query finds.
    fn count_of(&self, query: &Query) -> tantivy::Result<u64> {
        Ok(self.sets_of(query)?.iter().map(Bits::len).sum())
    }

    fn sets_of(&self, query: &Query) -> tantivy::Result<Vec<Bits>> {
        self.index.sets_of(query, self.deadline)
    }

    fn spellings(&self, query: &Query, only_absent: bool) -> tantivy::Result<Vec<Suggestion>> {
        let slips = self.slips(query, only_absent)?;
        let mut suggestions = Vec::new();
        for (number, slip) in slips.iter().enumerate() {
            let is_absent_too = |other: usize| other != number && slips[other].absent;
            let others: Vec<usize> = (0..slips.len()).filter(|other| is_absent_too(*other)).collect();
            // With several absent words a query finds something only when all are changed: told once, for the first.
            if others.iter().any(|other| *other < number) && slip.absent {
                continue;
            }
            for near in slip.near.iter().take(MOST_FOR_EACH) {
                let mut changes: Vec<(&Slip, &str)> = vec![(slip, near.term.as_str())];
                changes
                    .extend(others.iter().map(|other| (&slips[*other], slips[*other].near[0].term.as_str())));
                changes.sort_by_key(|(changed, _)| slips.iter().position(|it| std::ptr::eq(it, *changed)));
                suggestions.extend(self.respelled(query, &changes)?);
            }
        }
        Ok(suggestions)
    }

    fn respelled(&self, query: &Query, changes: &[(&Slip, &str)]) -> tantivy::Result<Option<Suggestion>> {
        let joined = |parts: Vec<&str>| parts.join(" ");
        let from = joined(changes.iter().map(|(slip, _)| slip.typed.as_str()).collect());
        let to = joined(changes.iter().map(|(_, term)| *term).collect());
        let changed = replaced(query, &|leaf| respell(leaf, changes));
        self.suggestion((SuggestionKind::Spelling, from, to), changed)
    }

    /// The words of a query that may be slips, and for which something near is known. Outside of phrases nobody looks
    /// for the commonest words: they are not suggested, nor others for them.
    fn slips(&self, query: &Query, only_absent: bool) -> tantivy::Result<Vec<Slip>> {
        let mut slips: Vec<Slip> = Vec::new();
        let mut looked_at = 0;
        for leaf in wanted(query) {
            let Some((field, text)) = words_of(leaf) else { continue };
            let name = field.unwrap_or(&self.index.schema().default_field);
            let Some(field) = self.index.fields.text(name) else { continue };
            let is_telling =
                |word: &str| matches!(leaf, Query::Phrase { .. }) || !self.index.stop_words().any_has(word);
            for (folded, range) in correctable(text) {
                let documents = documents(&self.index.searcher, field.exact, &folded)?;
                if only_absent && documents > 0 || !is_telling(&folded) {
                    continue;
                }
                looked_at += 1;
                if looked_at > MOST_LOOKED_AT {
                    return Ok(slips);
                }
                let known = match documents {
                    // It may stand for others by its stem.
                    0 if range == (0..text.len()) => self.count_of(leaf)?,
                    known => known,
                };
                let absent = known == 0;
                if only_absent && !absent {
                    continue;
                }
                let mut near = near_terms(&self.index.searcher, field.exact, &folded)?;
                near.retain(|near| absent || near.distance == 1 && near.documents >= known * MUCH_RARER);
                near.retain(|near| is_telling(&near.term));
                if !near.is_empty() {
                    let typed = text[range.clone()].to_owned();
                    slips.push(Slip { leaf: leaf.clone(), range, typed, absent, near });
                }
            }
        }
        Ok(slips)
    }

    /// Values that exist in the place of values that do not.
    fn values(&self, query: &Query) -> tantivy::Result<Vec<Suggestion>> {
        let mut suggestions = Vec::new();
        let named = wanted(query).into_iter().filter_map(|leaf| Some((leaf, value_of(leaf)?)));
        for (leaf, (field, value)) in named.take(MOST_LOOKED_AT) {
            if self.count_of(leaf)? > 0 {
                continue;
            }
            for near in self.near(leaf, field, value)?.into_iter().take(MOST_FOR_EACH) {
                let changed = replaced(query, &|other| (other == leaf).then(|| near.clone()));
                let (from, to) = (display(leaf, self.index.schema()), display(&near, self.index.schema()));
                suggestions.extend(self.suggestion((SuggestionKind::Value, from, to), changed)?);
            }
        }
        Ok(suggestions)
    }

    /// The values nearest to one that no article has, as queries.
    fn near(&self, leaf: &Query, field: &FieldName, value: &str) -> tantivy::Result<Vec<Query>> {
        let Some(keyword) = self.index.fields.keyword(field).filter(|keyword| keyword.column.is_some())
        else {
            return Ok(Vec::new());
        };
        if let Query::ValueWord { .. } = leaf {
            let words = near_words(&self.index.searcher, keyword.terms, value)?;
            let query = |word| Query::ValueWord { field: field.clone(), word };
            return Ok(words.into_iter().map(query).collect());
        }
        let near = near_values(&self.index.searcher, keyword.terms, &fold_keyword(value))?;
        near.into_iter().take(MOST_FOR_EACH).map(|near| self.as_written(field, near)).collect()
    }

    /// A folded value in its commonest spelling, as a query.
    fn as_written(&self, field: &FieldName, near: NearValue) -> tantivy::Result<Query> {
        let query = |value| Query::Value { field: field.clone(), value };
        let mut counts = ValueCounts::default();
        let sets = self.sets_of(&query(near.value.clone()))?;
        for (reader, set) in self.index.searcher.segment_readers().iter().zip(&sets) {
            counts.add(reader, field, set, None)?;
        }
        let values = counts.values();
        let written = values.find(&near.value).map(|number| values.display(number).to_owned());
        Ok(query(written.unwrap_or(near.value)))
    }

    /// What remains when a clause is left out, and what any of the words finds.
    fn fewer_clauses(&self, query: &Query) -> tantivy::Result<Vec<Suggestion>> {
        let clauses = clauses(query);
        if clauses.len() < 2 || clauses.len() > MOST_CLAUSES {
            return Ok(Vec::new());
        }
        let sets = clauses.iter().map(|clause| self.sets_of(clause)).collect::<Result<Vec<_>, _>>()?;
        let mut suggestions: Vec<Suggestion> =
            (0..clauses.len()).filter_map(|out| self.less(&clauses, &sets, &[out])).collect();
        if suggestions.is_empty() {
            suggestions.extend(self.less(&clauses, &sets, &incompatible(&clauses, &sets)));
        }
        if let Some(any) = any_word(&clauses) {
            let change = (SuggestionKind::Any, "all".to_owned(), "any".to_owned());
            suggestions.extend(self.suggestion(change, any)?);
        }
        Ok(suggestions)
    }

    /// The query without some of its clauses, if something is left of it and found.
    fn less(&self, clauses: &[Query], sets: &[Vec<Bits>], out: &[usize]) -> Option<Suggestion> {
        if out.is_empty() || out.len() == clauses.len() {
            return None;
        }
        let kept: Vec<&Vec<Bits>> =
            sets.iter().enumerate().filter(|(number, _)| !out.contains(number)).map(|(_, set)| set).collect();
        let in_segment = |segment: usize| {
            let mut all = kept[0][segment].clone();
            kept[1..].iter().for_each(|set| all.intersect(&set[segment]));
            all.len()
        };
        let count = (0..kept[0].len()).map(in_segment).sum();
        let kind = match out.iter().all(|number| is_filter(&clauses[*number])) {
            true => SuggestionKind::Unfiltered,
            false => SuggestionKind::Without,
        };
        let dropped: Vec<Query> = out.iter().map(|number| clauses[*number].clone()).collect();
        (count > 0).then(|| Suggestion {
            kind,
            from: display(&Query::And(dropped), self.index.schema()),
            to: String::new(),
            count,
            query: without(clauses, |number| out.contains(&number)),
        })
    }
}

/// The clauses to leave out so that something is found: the commonest words are kept, then each clause that still
/// fits, words before filters.
fn incompatible(clauses: &[Query], sets: &[Vec<Bits>]) -> Vec<usize> {
    let count = |set: &[Bits]| set.iter().map(Bits::len).sum::<u64>();
    let mut order: Vec<usize> = (0..sets.len()).collect();
    order.sort_by_key(|number| (is_filter(&clauses[*number]), std::cmp::Reverse(count(&sets[*number]))));
    let mut found: Option<Vec<Bits>> = None;
    let mut out = Vec::new();
    for number in order {
        let mut both = sets[number].clone();
        both.iter_mut().zip(found.iter().flatten()).for_each(|(set, found)| set.intersect(found));
        match count(&both) {
            0 => out.push(number),
            _ => found = Some(both),
        }
    }
    out.sort_unstable();
    out
}

/// The field and the text of a clause of words that may be misspelled.
pub(super) fn words_of(leaf: &Query) -> Option<(Option<&FieldName>, &str)> {
    if let Query::Word { field, text, .. } = leaf {
        return Some((field.as_ref(), text));
    }
    let Query::Phrase { field, parts, .. } = leaf else { return None };
    let [PhrasePart::Text(text)] = parts.as_slice() else { return None };
    Some((field.as_ref(), text))
}

/// The text in which [`words_of`] finds them.
fn text_of(leaf: &mut Query) -> Option<&mut String> {
    let parts = match leaf {
        Query::Word { text, .. } => return Some(text),
        Query::Phrase { parts, .. } => parts,
        _ => return None,
    };
    let [PhrasePart::Text(text)] = parts.as_mut_slice() else { return None };
    Some(text)
}

/// The field and the value of a clause that asks for one.
fn value_of(leaf: &Query) -> Option<(&FieldName, &str)> {
    let (Query::Value { field, value }
    | Query::Below { field, value }
    | Query::ValueWord { field, word: value }) = leaf
    else {
        return None;
    };
    Some((field, value))
}

/// The words of a text that can be slips, folded, and where they stand. A number is what it is.
fn correctable(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words = Vec::new();
    tokenize(text, |token| {
        if token.kind == TokenKind::Word && !token.text.contains(|c: char| c.is_numeric()) {
            words.push((token.text.to_owned(), token.range));
        }
    });
    words
}

/// The clause with the words that are changed in it; `None` when none is.
fn respell(leaf: &Query, changes: &[(&Slip, &str)]) -> Option<Query> {
    let mut here: Vec<(&Range<usize>, &str)> = changes
        .iter()
        .filter(|(slip, _)| slip.leaf == *leaf)
        .map(|(slip, term)| (&slip.range, *term))
        .collect();
    if here.is_empty() {
        return None;
    }
    // From the end, so that what is before stays where it is.
    here.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut changed = leaf.clone();
    if let Some(text) = text_of(&mut changed) {
        here.iter().for_each(|(range, term)| text.replace_range((*range).clone(), term));
    }
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str) -> Query {
        Query::Phrase { field: None, parts: vec![PhrasePart::Text(text.to_owned())], slop: None }
    }

    fn slip(leaf: &Query, range: Range<usize>) -> Slip {
        Slip { leaf: leaf.clone(), range, typed: String::new(), absent: true, near: Vec::new() }
    }

    #[test]
    fn words_are_changed_where_they_stand() {
        let leaf = phrase("nuclaer wast sites");
        let (first, second) = (slip(&leaf, 0..7), slip(&leaf, 8..12));
        let changed = respell(&leaf, &[(&first, "nuclear"), (&second, "waste")]);
        assert_eq!(changed, Some(phrase("nuclear waste sites")));
        assert_eq!(respell(&phrase("other"), &[(&first, "nuclear")]), None);
    }

    #[test]
    fn as_many_clauses_are_kept_as_fit() {
        let set = |documents: &[u32]| {
            let mut bits = Bits::none(64);
            documents.iter().for_each(|document| bits.insert(*document));
            vec![bits]
        };
        let sets = [set(&[1]), set(&[]), set(&[1, 2, 3]), set(&[2, 3]), set(&[3])];
        let words = vec![phrase("word"); 5];
        assert_eq!(incompatible(&words, &sets), [0, 1]);
        assert_eq!(incompatible(&words[..2], &[set(&[]), set(&[])]), [0, 1]);
        let filtered = [Query::Not(Box::new(phrase("other"))), phrase("word")];
        assert_eq!(incompatible(&filtered, &[set(&[1, 2]), set(&[3])]), [0]);
    }

    #[test]
    fn numbers_and_characters_are_no_slips() {
        let words = |text: &str| correctable(text).into_iter().map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(words("Café 1987 b52 日本 polcy's"), ["cafe", "polcy"]);
    }
}
