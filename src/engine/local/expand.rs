//! What the patterns of a query stand for: looked up in the dictionaries of an index before anything is searched.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::thread::{Builder, scope};

use memchr::memmem;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader, TantivyError};

use crate::analysis::regex::whole_word;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::analysis::wildcard::{Slot, Wildcard};
use crate::query::display::display;
use crate::query::{Pattern, PhrasePart, Query};
use crate::schema::{FieldName, Schema};
use crate::search::expansion::{Expansion, Expansions};
use crate::text::numbers::thousands;

use super::deadline::Deadline;
use super::schema::Fields;
use super::terms::{each_near, each_term};

/// Most words that a wildcard or a regular expression stands for; the commonest are taken.
pub const MOST_EXPANSIONS: usize = 1_000;

/// Most words that a fuzzy word stands for; the nearest are taken, the commonest of them first.
pub const MOST_FUZZY: usize = 50;

/// Looks patterns up in one snapshot.
pub(super) struct Expander<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) schema: &'a Schema,
    pub(super) fields: &'a Fields,
    pub(super) deadline: Deadline,
}

/// A word of the index that fits, and what it is ranked by: how many letters differ, and how many articles have it.
#[derive(Clone)]
struct Fitting {
    word: String,
    distance: u8,
    articles: u64,
}

impl Expander<'_> {
    /// The words for every pattern of a query; a warning for each that stands for too many.
    pub(super) fn expand(&self, query: &Query, warnings: &mut Vec<String>) -> tantivy::Result<Expansions> {
        let mut expansions = Expansions::default();
        for (name, pattern) in patterns(query, &self.schema.default_field) {
            let Some(field) = self.fields.text(&name) else { continue };
            if expansions.get(&name, &pattern).is_some() {
                continue;
            }
            let expansion = self.look_up(field.exact, &pattern)?;
            if expansion.found > expansion.words.len() {
                warnings.push(self.cut(&pattern, &expansion));
            }
            expansions.insert(name, pattern, expansion);
        }
        Ok(expansions)
    }

    fn cut(&self, pattern: &Pattern, expansion: &Expansion) -> String {
        let shown = display(&Query::Pattern { field: None, pattern: pattern.clone() }, self.schema);
        let (found, kept) = (thousands(expansion.found as u64), thousands(expansion.words.len() as u64));
        let which = match pattern {
            Pattern::Wildcard(_) | Pattern::Regex(_) => "commonest",
            Pattern::Fuzzy { .. } => "nearest",
        };
        format!("{shown} stands for {found} words; only the {kept} {which} were searched")
    }

    fn look_up(&self, field: Field, pattern: &Pattern) -> tantivy::Result<Expansion> {
        let (fitting, most) = match pattern {
            Pattern::Wildcard(wildcard) => (self.fitting_wildcard(field, wildcard)?, MOST_EXPANSIONS),
            Pattern::Regex(regex) => (self.fitting_regex(field, regex)?, MOST_EXPANSIONS),
            Pattern::Fuzzy { word, distance } => (self.fitting_fuzzy(field, word, *distance)?, MOST_FUZZY),
        };
        self.deadline.check()?;
        Ok(best(fitting, most))
    }

    fn fitting_wildcard(&self, field: Field, wildcard: &Wildcard) -> tantivy::Result<Vec<Fitting>> {
        // The beginning is looked up and need not be looked for.
        let longest = wildcard.longest_text();
        let finder = (wildcard.head() != longest).then(|| memmem::Finder::new(longest));
        self.fitting(field, wildcard.head(), |word| {
            finder.as_ref().is_none_or(|finder| finder.find(word.as_bytes()).is_some())
                && wildcard.matches(word)
        })
    }

    fn fitting_regex(&self, field: Field, pattern: &str) -> tantivy::Result<Vec<Fitting>> {
        let refused = |error| TantivyError::InvalidArgument(format!("/{pattern}/ cannot be used: {error}"));
        let regex = whole_word(pattern).map_err(refused)?;
        self.fitting(field, "", |word| regex.is_match(word))
    }

    /// The words of all segments that fit; a dictionary is walked through by a thread of its own, because that takes
    /// longer than anything else in such a query.
    fn fitting(
        &self,
        field: Field,
        beginning: &str,
        fits: impl Fn(&str) -> bool + Sync,
    ) -> tantivy::Result<Vec<Fitting>> {
        let walk = |reader| self.fitting_in(reader, field, beginning, &fits);
        let (last, others) = match self.searcher.segment_readers().split_last() {
            Some((last, others)) if beginning.is_empty() => (last, others),
            Some(_) | None => {
                let readers = self.searcher.segment_readers().iter();
                return Ok(readers.map(walk).collect::<tantivy::Result<Vec<_>>>()?.concat());
            }
        };
        scope(|scope| {
            // Where the machine refuses a thread, this one walks.
            let spawn = |reader| Builder::new().spawn_scoped(scope, move || walk(reader)).map_err(|_| reader);
            let walks: Vec<_> = others.iter().map(spawn).collect();
            let mut fitting = walk(last)?;
            for other in walks {
                let broken = |_| TantivyError::InternalError("a dictionary could not be read".to_owned());
                fitting.extend(match other {
                    Ok(thread) => thread.join().map_err(broken)??,
                    Err(reader) => walk(reader)?,
                });
            }
            Ok(fitting)
        })
    }

    fn fitting_in(
        &self,
        reader: &SegmentReader,
        field: Field,
        beginning: &str,
        fits: &(impl Fn(&str) -> bool + Sync),
    ) -> tantivy::Result<Vec<Fitting>> {
        let mut fitting = Vec::new();
        let mut watch = self.deadline.watch();
        each_term(reader, field, beginning.as_bytes(), |term, info| {
            if let Ok(word) = std::str::from_utf8(term)
                && fits(word)
            {
                fitting.push(Fitting::new(word, 0, info));
            }
            if watch.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(fitting)
    }

    /// The words at most so many letters away.
    fn fitting_fuzzy(&self, field: Field, word: &str, most: u8) -> tantivy::Result<Vec<Fitting>> {
        let mut fitting = Vec::new();
        let Some(word) = single_word(word) else { return Ok(fitting) };
        let mut nearer: BTreeSet<String> = BTreeSet::new();
        for distance in 0..=most {
            let found = fitting.len();
            each_near(self.searcher, field, (&word, distance), self.deadline, |near, info| {
                if !nearer.contains(near) {
                    fitting.push(Fitting::new(near, distance, info));
                }
            })?;
            nearer.extend(fitting[found..].iter().map(|near| near.word.clone()));
        }
        Ok(fitting)
    }
}

impl Fitting {
    fn new(word: &str, distance: u8, info: &TermInfo) -> Fitting {
        Fitting { word: word.to_owned(), distance, articles: u64::from(info.doc_freq) }
    }
}

/// The nearest words, and of those as near the commonest.
fn best(mut fitting: Vec<Fitting>, most: usize) -> Expansion {
    fitting.sort_unstable_by(|a, b| a.word.cmp(&b.word));
    fitting.dedup_by(|later, earlier| {
        let is_same = later.word == earlier.word;
        earlier.articles += if is_same { later.articles } else { 0 };
        is_same
    });
    let found = fitting.len();
    fitting.sort_by(|a, b| a.distance.cmp(&b.distance).then(b.articles.cmp(&a.articles)));
    fitting.truncate(most);
    fitting.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.word.cmp(&b.word)));
    let words = fitting.into_iter().map(|fitting| (fitting.word, fitting.articles)).collect();
    Expansion { words, found }
}

/// The folded word that a text is; `None` when it is several or none.
pub(super) fn single_word(text: &str) -> Option<String> {
    let mut words = Vec::new();
    tokenize(text, |token| {
        if token.kind != TokenKind::Pair {
            words.push(token.text.to_owned());
        }
    });
    if words.len() == 1 { words.pop() } else { None }
}

/// The patterns of single words in a query and the fields that they are for, in their order.
fn patterns(query: &Query, default_field: &FieldName) -> Vec<(FieldName, Pattern)> {
    let mut found = Vec::new();
    let mut open = vec![query];
    while let Some(query) = open.pop() {
        match query {
            Query::Phrase { field, parts, .. } => {
                let field = field.as_ref().unwrap_or(default_field);
                for part in parts {
                    match part {
                        PhrasePart::Text(_) => {}
                        PhrasePart::Wildcard(wildcard) => found.extend(in_words(field, wildcard)),
                    }
                }
            }
            Query::Pattern { field, pattern } => {
                let field = field.as_ref().unwrap_or(default_field);
                match pattern {
                    Pattern::Wildcard(wildcard) => found.extend(in_words(field, wildcard)),
                    Pattern::Fuzzy { .. } | Pattern::Regex(_) => found.push((field.clone(), pattern.clone())),
                }
            }
            Query::Near { left, right, .. } => open.extend([right.as_ref(), left.as_ref()]),
            Query::And(parts) | Query::Or(parts) => open.extend(parts.iter().rev()),
            Query::Not(inner) | Query::Boost(inner, _) => open.push(inner),
            Query::All
            | Query::Word { .. }
            | Query::Numbers { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Has(_) => {}
        }
    }
    found
}

/// The words with holes of a text with holes.
fn in_words<'a>(
    field: &'a FieldName,
    wildcard: &Wildcard,
) -> impl Iterator<Item = (FieldName, Pattern)> + use<'a> {
    wildcard.slots().into_iter().filter_map(|slot| match slot {
        Slot::Word(_) => None,
        Slot::Wildcard(wildcard) => Some((field.clone(), Pattern::Wildcard(wildcard))),
    })
}
