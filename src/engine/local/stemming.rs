//! By which stems a bare word finds articles, and which words as written have them.
//!
//! An article's words were stemmed in its own language, so what has a stem depends on the article: a word counts in
//! the articles of those stemmer classes that make one of the query's stems of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, SegmentReader};

use crate::analysis::language::Language;
use crate::analysis::stem::{Stemmer, beginnings_in, begins_alike, changes_beginnings};

use super::deadline::Deadline;
use super::schema::KeywordField;
use super::terms::{each_block, each_term};

/// A set of stemmer classes; 0 is that of the articles without a stemmer.
pub(super) type Classes = u64;

/// All of them: nobody need look which one an article has.
pub(super) const ALL_CLASSES: Classes = Classes::MAX;

/// The stemmers of one index.
#[derive(Clone)]
pub(super) struct Stemming {
    /// From class 1 on.
    stemmers: Vec<(Language, Stemmer)>,
    /// The class of articles whose language is not known.
    undetermined: u8,
    /// Whether there can be articles that were not stemmed.
    has_plain: bool,
    /// Whether a language of the index has no stemmer.
    is_partial: bool,
}

impl Stemming {
    pub(super) fn new(languages: &[Language], undetermined: Option<Language>) -> Stemming {
        let mut stemmers: Vec<(Language, Stemmer)> = Vec::new();
        for language in languages {
            stemmers.extend(Stemmer::of(*language).map(|stemmer| (*language, stemmer)));
        }
        // There are fewer stemmers than bits.
        stemmers.truncate(Classes::BITS as usize - 1);
        let is_partial = stemmers.len() < languages.len();
        let mut stemming = Stemming { stemmers, undetermined: 0, has_plain: true, is_partial };
        stemming.undetermined = undetermined.map_or(0, |language| stemming.class(language));
        stemming.has_plain = is_partial || stemming.undetermined == 0;
        stemming
    }

    fn class(&self, language: Language) -> u8 {
        let at = self.stemmers.iter().position(|(known, _)| *known == language);
        at.map_or(0, |at| at as u8 + 1)
    }

    /// The stems that a folded word is looked for by.
    pub(super) fn stems(&self, word: &str) -> BTreeSet<String> {
        let mut stems: BTreeSet<String> =
            self.stemmers.iter().map(|(_, stemmer)| stemmer.stem(word).into_owned()).collect();
        if self.is_partial || stems.is_empty() {
            stems.insert(word.to_owned());
        }
        stems
    }

    /// The words of the index that have one of the stems of this one, each with the classes in which it has.
    pub(super) fn alike(
        &self,
        searcher: &Searcher,
        exact: Field,
        word: &str,
        deadline: Deadline,
    ) -> tantivy::Result<BTreeMap<String, Classes>> {
        let stems = self.stems(word);
        let mut words = BTreeMap::new();
        let mut watch = deadline.watch();
        for reader in searcher.segment_readers() {
            for beginning in self.beginnings(&stems) {
                each_term(reader, exact, &beginning, |term, _| {
                    if let Ok(term) = std::str::from_utf8(term)
                        && !words.contains_key(term)
                    {
                        let classes = self.classes(&stems, term);
                        words.extend((classes != 0).then(|| (term.to_owned(), classes)));
                    }
                    if watch.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
            }
        }
        deadline.check()?;
        Ok(words)
    }

    /// The beginnings that words with these stems can have.
    fn beginnings(&self, stems: &BTreeSet<String>) -> BTreeSet<Vec<u8>> {
        let mut all: BTreeSet<Vec<u8>> = stems.iter().map(|stem| stem.clone().into_bytes()).collect();
        for (language, _) in &self.stemmers {
            for stem in stems {
                match beginnings_in(*language, stem) {
                    Some(beginnings) => all.extend(beginnings),
                    None => return BTreeSet::from([Vec::new()]),
                }
            }
        }
        all
    }

    /// The classes in which a word has one of the stems.
    fn classes(&self, stems: &BTreeSet<String>, word: &str) -> Classes {
        let mut classes = Classes::from(self.has_plain && stems.contains(word));
        let is_candidate = stems.iter().any(|stem| begins_alike(stem, word));
        let mut all = Classes::from(self.has_plain);
        for (class, (language, stemmer)) in (1..).zip(&self.stemmers) {
            all |= 1 << class;
            if is_candidate || changes_beginnings(*language) {
                classes |= Classes::from(stems.contains(stemmer.stem(word).as_ref())) << class;
            }
        }
        if classes == all { ALL_CLASSES } else { classes }
    }

    /// The class of every document of a segment.
    pub(super) fn of_documents(
        &self,
        reader: &SegmentReader,
        languages: &KeywordField,
    ) -> tantivy::Result<Vec<u8>> {
        let mut of_document = vec![self.undetermined; reader.max_doc() as usize];
        let index = reader.inverted_index(languages.terms)?;
        let mut terms = index.terms().stream()?;
        while let Some((term, info)) = terms.next() {
            let Some(language) = std::str::from_utf8(term).ok().and_then(Language::parse) else { continue };
            let class = self.class(language);
            each_block(&index, info, IndexRecordOption::Basic, |block, _| {
                block.iter().for_each(|document| of_document[*document as usize] = class);
            })?;
        }
        Ok(of_document)
    }
}
