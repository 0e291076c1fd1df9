//! The values of one keyword field in a segment under construction: the terms under which articles are found, and what
//! the facet column holds of them.
//!
//! Most values come again and again, so what becomes of one is worked out once and remembered.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::analysis::fold::fold_keyword;
use crate::analysis::tokenizer::TokenKind;
use crate::article::Article;
use crate::schema::Property;

use super::dictionary::Dictionary;
use super::occurrences::Occurrences;
use super::schema::KeywordField;
use super::term_files::TermsWriter;
use super::values::{ancestors, facet_value, longest_key, word_term};

/// So many values of a field are remembered, none of them longer than so many bytes.
const MOST_REMEMBERED: usize = 1 << 14;
const LONGEST_REMEMBERED: usize = 64;

/// Collects the keywords of one field.
#[derive(Default)]
pub(super) struct Keywords {
    /// The terms of each article, each once; their positions are their numbers.
    occurrences: Occurrences,
    pairs: usize,
    interned: Interned,
    remembered: HashMap<Box<str>, Keyword>,
    remembered_bytes: usize,
}

#[derive(Default)]
struct Interned {
    terms: Distinct,
    /// The folded values of facets: two spellings of one are the same facet.
    facets: Distinct,
}

/// What becomes of a value.
struct Keyword {
    terms: Box<[u32]>,
    /// The number of the folded value, and what the column holds.
    facets: Box<[(u32, Box<str>)]>,
}

/// Numbered strings, and in which article each was met last.
#[derive(Default)]
struct Distinct {
    strings: Dictionary,
    /// Number of the article + 1, by the number of the string.
    last_met: Vec<u32>,
}

impl Distinct {
    fn number(&mut self, string: &str) -> u32 {
        let (number, _) = self.strings.intern(string, TokenKind::Word);
        if number as usize == self.last_met.len() {
            self.last_met.push(0);
        }
        number
    }

    /// Whether the string is new to this article.
    fn is_new(&mut self, number: u32, document: u32) -> bool {
        std::mem::replace(&mut self.last_met[number as usize], document + 1) != document + 1
    }

    fn bytes(&self) -> usize {
        self.strings.bytes() + self.last_met.len() * size_of::<u32>()
    }
}

impl Interned {
    fn keyword(&mut self, field: &KeywordField, value: &str) -> Keyword {
        Keyword { terms: self.terms_of(field, value), facets: self.facets_of(field, value) }
    }

    /// The folded terms under which a value is found.
    fn terms_of(&mut self, field: &KeywordField, value: &str) -> Box<[u32]> {
        let mut terms = Vec::new();
        let mut add = |term: &str| {
            if !term.is_empty() {
                terms.push(self.terms.number(term));
            }
        };
        let folded = fold_keyword(value);
        let folded = longest_key(&folded);
        match field.hierarchy {
            Some(mark) => ancestors(folded, mark).for_each(&mut add),
            None => add(folded),
        }
        if field.words {
            value.split_whitespace().for_each(|word| add(&word_term(word)));
        }
        terms.into()
    }

    fn facets_of(&mut self, field: &KeywordField, value: &str) -> Box<[(u32, Box<str>)]> {
        if field.column.is_none() {
            return Box::default();
        }
        let mut facets = Vec::new();
        let mut add = |display: &str| {
            let folded = fold_keyword(display);
            if !folded.is_empty() {
                let shown = facet_value(longest_key(&folded), display);
                facets.push((self.facets.number(&folded), shown.into()));
            }
        };
        match field.hierarchy {
            Some(mark) => ancestors(value, mark).for_each(&mut add),
            None => add(value),
        }
        facets.into()
    }
}

impl Keyword {
    fn bytes(&self, value: &str) -> usize {
        const EACH: usize = 64;
        let facets = self.facets.iter().map(|(_, shown)| EACH + shown.len());
        EACH + value.len() + size_of_val(&*self.terms) + facets.sum::<usize>()
    }
}

impl Keywords {
    /// Adds the values that an article has; each value for the facet column, once, is handed to `facet`.
    pub(super) fn add(
        &mut self,
        field: &KeywordField,
        article: &Article,
        document: u32,
        mut facet: impl FnMut(&str),
    ) {
        let Keywords { occurrences, pairs, interned, remembered, remembered_bytes } = self;
        occurrences.begin_article();
        let mut position = 0;
        // Nothing has the key of another article.
        let may_return = field.from != Property::Id;
        each_value(article, &field.from, |value| {
            let fresh;
            let keyword = match remembered.get(value).filter(|_| may_return) {
                Some(known) => known,
                None => {
                    let new = interned.keyword(field, value);
                    let is_short = value.len() <= LONGEST_REMEMBERED;
                    if may_return && is_short && remembered.len() < MOST_REMEMBERED {
                        *remembered_bytes += new.bytes(value);
                        remembered.entry(value.into()).or_insert(new)
                    } else {
                        fresh = new;
                        &fresh
                    }
                }
            };
            for term in keyword.terms.iter().filter(|term| interned.terms.is_new(**term, document)) {
                occurrences.push(*term, position);
                position += 1;
            }
            let new = keyword.facets.iter().filter(|(folded, _)| interned.facets.is_new(*folded, document));
            new.for_each(|(_, shown)| facet(shown));
        });
        *pairs += position as usize;
    }

    /// How many pairs of a term and an article there are.
    pub(super) fn len(&self) -> usize {
        self.pairs
    }

    /// Memory in use.
    pub(super) fn bytes(&self) -> usize {
        self.occurrences.bytes()
            + self.interned.terms.bytes()
            + self.interned.facets.bytes()
            + self.remembered_bytes
    }

    /// Writes every term with its articles.
    pub(super) fn write(&self, output: &mut TermsWriter<impl Write>) -> io::Result<()> {
        let terms = &self.interned.terms.strings;
        let (documents, ends) = self.by_term(terms.len());
        for term in terms.sorted() {
            let number = term as usize;
            let documents = &documents[ends[number] as usize..ends[number + 1] as usize];
            output.begin(documents.len(), false);
            for document in documents {
                output.article(*document, 1, &[]);
            }
            output.end(terms.text(term).as_bytes())?;
        }
        Ok(())
    }

    /// The articles sorted by term, in order within each, and where those of each term begin and end.
    fn by_term(&self, terms: usize) -> (Vec<u32>, Vec<u32>) {
        let mut ends = vec![0u32; terms + 1];
        self.occurrences.each(|term, _, _| ends[term as usize + 1] += 1);
        for term in 0..terms {
            ends[term + 1] += ends[term];
        }
        let mut next = ends.clone();
        let mut documents = vec![0u32; self.pairs];
        self.occurrences.each(|term, document, _| {
            let slot = &mut next[term as usize];
            documents[*slot as usize] = document;
            *slot += 1;
        });
        (documents, ends)
    }
}

/// Hands every value that a property of keywords has to `each`.
pub(super) fn each_value(article: &Article, property: &Property, mut each: impl FnMut(&str)) {
    let mut all = |values: &[String]| values.iter().for_each(|value| each(value));
    match property {
        Property::Authors => all(&article.authors),
        Property::Tags => all(&article.tags),
        Property::Sections => all(&article.sections),
        Property::Meta(name) => all(article.meta.get(name).map(Vec::as_slice).unwrap_or_default()),
        Property::Title => each(&article.title),
        Property::Description => article.description.iter().for_each(|value| each(value)),
        Property::Source => each(&article.source),
        Property::Language => article.language.iter().for_each(|language| each(language.as_str())),
        Property::Url => article.url.iter().for_each(|value| each(value)),
        Property::Path => each(&article.place.path),
        // The id itself stands in a column.
        Property::Id => each(&article.key),
        Property::PublishedOrigin => {
            article.published.iter().for_each(|published| each(published.origin.as_str()));
        }
        // A family is what articles are together; none of them states it.
        Property::Body | Property::Published | Property::Added | Property::Words | Property::Family => {}
    }
}
