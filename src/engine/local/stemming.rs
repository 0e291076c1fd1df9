//! By which stems a bare word finds articles, and which words as written have them.
//!
//! An article's words were stemmed in its own language, so it is looked through for the stem that the word of the query
//! has in that language, and for no other: what is a stem of another language may be a different word in this one. In
//! an index that does not know the languages of its articles, the stems of all languages count in every article.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tantivy::Searcher;
use tantivy::schema::Field;

use crate::analysis::language::Language;
use crate::analysis::stem::{Stemmer, beginnings_in, begins_alike, changes_beginnings};

use super::deadline::Deadline;
use super::routing::{Classes, Routing};
use super::terms::each_term;

/// The stemmers of one index.
#[derive(Debug)]
pub(super) struct Stemming {
    /// From class 1 on.
    stemmers: Vec<(Language, Stemmer)>,
    pub(super) routing: Routing,
}

impl Stemming {
    /// For articles in these languages, which are looked up in a field if there is one.
    pub(super) fn new(
        field: Option<Field>,
        languages: &[Language],
        undetermined: Option<Language>,
    ) -> Stemming {
        let known = languages.iter().map(|language| (*language, Stemmer::of(*language)));
        let known: Vec<(Language, Option<Stemmer>)> = known.collect();
        let has_stemmer = known.iter().map(|(language, stemmer)| (*language, stemmer.is_some()));
        let routing = Routing::new(field, &has_stemmer.collect::<Vec<_>>(), undetermined);
        let stemmers = known.into_iter().filter_map(|(language, stemmer)| Some((language, stemmer?)));
        Stemming { stemmers: stemmers.collect(), routing }
    }

    fn stem<'a>(&self, class: u8, word: &'a str) -> Cow<'a, str> {
        match self.stemmer(class) {
            Some((_, stemmer)) => stemmer.stem(word),
            None => Cow::Borrowed(word),
        }
    }

    fn stemmer(&self, class: u8) -> Option<&(Language, Stemmer)> {
        self.stemmers.get(usize::from(class).checked_sub(1)?)
    }

    /// The stems that a folded word is looked for by, each in the articles of these classes.
    pub(super) fn stems(&self, searcher: &Searcher, word: &str) -> tantivy::Result<Vec<(String, Classes)>> {
        let mut by_stem: BTreeMap<Cow<'_, str>, Classes> = BTreeMap::new();
        for class in self.routing.possible() {
            *by_stem.entry(self.stem(class, word)).or_default() |= 1 << class;
        }
        let mut stems = Vec::with_capacity(by_stem.len());
        for (stem, classes) in by_stem {
            let classes = self.routing.present(searcher, classes)?;
            stems.extend((classes != 0).then(|| (stem.into_owned(), classes)));
        }
        Ok(stems)
    }

    /// The words of the index that have the stem of this one, each with the classes in which it has.
    pub(super) fn alike(
        &self,
        searcher: &Searcher,
        exact: Field,
        word: &str,
        deadline: Deadline,
    ) -> tantivy::Result<BTreeMap<String, Classes>> {
        let sought = Sought { stemming: self, stems: self.stems_by_class(word) };
        let beginnings = sought.beginnings();
        let mut words = BTreeMap::new();
        let mut watch = deadline.watch();
        for reader in searcher.segment_readers() {
            for beginning in &beginnings {
                each_term(reader, exact, beginning, |term, _| {
                    if let Ok(term) = std::str::from_utf8(term)
                        && !words.contains_key(term)
                    {
                        let classes = sought.classes(term);
                        words.extend((classes != 0).then(|| (term.to_owned(), classes)));
                    }
                    if watch.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
            }
        }
        deadline.check()?;
        Ok(words)
    }

    fn stems_by_class(&self, word: &str) -> Vec<(u8, String)> {
        self.routing.possible().map(|class| (class, self.stem(class, word).into_owned())).collect()
    }
}

/// The stem that words of each class must have.
struct Sought<'a> {
    stemming: &'a Stemming,
    stems: Vec<(u8, String)>,
}

impl Sought<'_> {
    /// The stems that count in a class.
    fn of(&self, class: u8) -> impl Iterator<Item = &str> {
        let is_own = move |known: u8| known == class || !self.stemming.routing.is_known();
        self.stems.iter().filter(move |(known, _)| is_own(*known)).map(|(_, stem)| stem.as_str())
    }

    /// What words with these stems can begin with.
    fn beginnings(&self) -> BTreeSet<Vec<u8>> {
        let mut all = BTreeSet::new();
        for (class, _) in &self.stems {
            for stem in self.of(*class) {
                all.insert(stem.as_bytes().to_vec());
                let Some((language, _)) = self.stemming.stemmer(*class) else { continue };
                match beginnings_in(*language, stem) {
                    Some(beginnings) => all.extend(beginnings),
                    None => return BTreeSet::from([Vec::new()]),
                }
            }
        }
        all
    }

    /// The classes in which a word has the stem.
    fn classes(&self, word: &str) -> Classes {
        let is_candidate = self.stems.iter().any(|(_, stem)| begins_alike(stem, word));
        let mut classes = 0;
        for (class, _) in &self.stems {
            let changes_beginnings =
                self.stemming.stemmer(*class).is_some_and(|(language, _)| changes_beginnings(*language));
            if is_candidate || changes_beginnings {
                let stem = self.stemming.stem(*class, word);
                classes |= Classes::from(self.of(*class).any(|sought| sought == stem)) << class;
            }
        }
        self.stemming.routing.widened(classes)
    }
}
