//! Which stemmer made the stems of an article: what `segment::stems` routed, read back from the field of languages.
//!
//! Documents are only looked up for words that have different stems in different languages of the index.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use tantivy::index::SegmentId;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, Term};

use crate::analysis::language::Language;

use super::terms::{each_block, each_term};

/// A set of stemmer classes; 0 is that of the articles without a stemmer.
pub(super) type Classes = u64;

/// All of them: nobody need look which one an article has.
pub(super) const ALL_CLASSES: Classes = Classes::MAX;

/// There are fewer stemmers.
const MOST_STEMMERS: usize = Classes::BITS as usize - 1;

pub(super) fn includes(classes: Classes, class: u8) -> bool {
    classes >> class & 1 == 1
}

/// The stemmer classes of one index.
#[derive(Debug)]
pub(super) struct Routing {
    /// Those that have stemmers, from class 1 on.
    languages: Vec<Language>,
    /// The class of articles whose language is not known.
    undetermined: u8,
    /// Where the languages of articles are looked up; without it nobody knows which class an article has.
    field: Option<Field>,
    /// The classes that articles can have.
    possible: Classes,
    articles: OnceLock<Articles>,
}

/// The classes of all articles, read when a query first needs them.
#[derive(Debug, Default)]
struct Articles {
    present: Classes,
    segments: HashMap<SegmentId, Arc<SegmentClasses>>,
}

impl Routing {
    /// Of an index whose articles are in these languages, for each of which it is told whether it has a stemmer.
    pub(super) fn new(
        field: Option<Field>,
        languages: &[(Language, bool)],
        undetermined: Option<Language>,
    ) -> Routing {
        let with_stemmer = languages.iter().filter(|(_, has_stemmer)| *has_stemmer);
        let stemmed: Vec<Language> =
            with_stemmer.map(|(language, _)| *language).take(MOST_STEMMERS).collect();
        let are_all = stemmed.len() == languages.len();
        let articles = OnceLock::new();
        let mut routing = Routing { languages: stemmed, undetermined: 0, field, possible: 0, articles };
        routing.undetermined = undetermined.map_or(0, |language| routing.class(language));
        let can_be_plain = Classes::from(!are_all || routing.undetermined == 0);
        let stemmed = 1..=routing.languages.len();
        routing.possible = stemmed.fold(can_be_plain, |classes, class| classes | 1 << class);
        routing
    }

    fn class(&self, language: Language) -> u8 {
        let at = self.languages.iter().position(|known| *known == language);
        at.map_or(0, |at| at as u8 + 1)
    }

    /// How many documents of a segment have each class, deleted ones too.
    fn census(&self, reader: &SegmentReader, field: Field) -> tantivy::Result<Census> {
        let mut counts = vec![0; self.languages.len() + 1];
        let mut unknown = u64::from(reader.max_doc());
        each_term(reader, field, b"", |term, info| {
            if let Some(language) = language(term) {
                counts[usize::from(self.class(language))] += u64::from(info.doc_freq);
                unknown = unknown.saturating_sub(u64::from(info.doc_freq));
            }
            ControlFlow::Continue(())
        })?;
        counts[usize::from(self.undetermined)] += unknown;
        Ok(Census { counts, unknown })
    }

    /// The classes that articles of the index can have, in order.
    pub(super) fn possible(&self) -> impl Iterator<Item = u8> + use<> {
        let possible = self.possible;
        (0..Classes::BITS as u8).filter(move |class| includes(possible, *class))
    }

    /// Whether it can be looked up which class an article has.
    pub(super) fn is_known(&self) -> bool {
        self.field.is_some()
    }

    /// The same classes; all, when no article can have another one, or when nobody knows.
    pub(super) fn widened(&self, classes: Classes) -> Classes {
        let is_everywhere = classes == self.possible || !self.is_known();
        if classes != 0 && is_everywhere { ALL_CLASSES } else { classes }
    }

    /// Those of these classes that articles have; all, when no article has another one.
    pub(super) fn present(&self, searcher: &Searcher, classes: Classes) -> tantivy::Result<Classes> {
        if self.widened(classes) == ALL_CLASSES {
            return Ok(ALL_CLASSES);
        }
        let present = self.articles(searcher)?.present;
        Ok(if classes & present == present { ALL_CLASSES } else { classes & present })
    }

    /// The classes of the documents of a segment, unless all of them count.
    pub(super) fn limit(
        &self,
        searcher: &Searcher,
        reader: &SegmentReader,
        classes: Classes,
    ) -> tantivy::Result<Option<&Arc<SegmentClasses>>> {
        match classes {
            ALL_CLASSES => Ok(None),
            _ => Ok(self.articles(searcher)?.segments.get(&reader.segment_id())),
        }
    }

    fn articles(&self, searcher: &Searcher) -> tantivy::Result<&Articles> {
        if let Some(articles) = self.articles.get() {
            return Ok(articles);
        }
        let mut articles = Articles::default();
        if let Some(field) = self.field {
            for reader in searcher.segment_readers() {
                let (present, segment) = self.classes_of(reader, field)?;
                articles.present |= present;
                articles.segments.insert(reader.segment_id(), Arc::new(segment));
            }
        }
        Ok(self.articles.get_or_init(|| articles))
    }

    /// The classes of the documents of a segment: each of them, and of which document.
    fn classes_of(&self, reader: &SegmentReader, field: Field) -> tantivy::Result<(Classes, SegmentClasses)> {
        let Census { counts, unknown } = self.census(reader, field)?;
        let present = (0..).zip(&counts).filter(|(_, count)| **count > 0);
        let present = present.fold(0, |present, (class, _): (u8, _)| present | 1 << class);
        let usual = (0..).zip(&counts).max_by_key(|(_, count)| **count).map_or(0, |(class, _)| class);
        let mut segment = SegmentClasses { usual, of_document: Vec::new(), others: Vec::new() };
        if counts[usize::from(usual)] < u64::from(reader.max_doc()) {
            segment.read(self, reader, field, if unknown > 0 { self.undetermined } else { usual })?;
        }
        Ok((present, segment))
    }

    /// Whether a term stands in articles of these classes alone, so that nobody need look which ones they have. It may
    /// be denied where finding out would take as long as looking.
    pub(super) fn is_confined(
        &self,
        searcher: &Searcher,
        term: &Term,
        classes: Classes,
    ) -> tantivy::Result<bool> {
        if classes == ALL_CLASSES {
            return Ok(true);
        }
        for reader in searcher.segment_readers() {
            let index = reader.inverted_index(term.field())?;
            let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? else { continue };
            if let Some(limit) = self.limit(searcher, reader, classes)?
                && !limit.confine(&mut postings, classes)
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many documents of these classes have a term, deleted ones too.
    pub(super) fn frequency(
        &self,
        searcher: &Searcher,
        term: &Term,
        classes: Classes,
    ) -> tantivy::Result<u64> {
        if classes == ALL_CLASSES {
            return searcher.doc_freq(term);
        }
        let mut frequency = 0;
        for reader in searcher.segment_readers() {
            let index = reader.inverted_index(term.field())?;
            let Some(info) = index.get_term_info(term)? else { continue };
            let limit = self.limit(searcher, reader, classes)?;
            each_block(&index, &info, IndexRecordOption::Basic, |block, _| {
                let counts = |document| limit.is_none_or(|limit| limit.is_in(document, classes));
                frequency += block.iter().filter(|document| counts(**document)).count() as u64;
            })?;
        }
        Ok(frequency)
    }
}

fn language(term: &[u8]) -> Option<Language> {
    std::str::from_utf8(term).ok().and_then(Language::parse)
}

/// How many documents of a segment have each class.
struct Census {
    counts: Vec<u64>,
    /// Those of which no language is told; they are among the others.
    unknown: u64,
}

/// The stemmer classes of the documents of one segment.
#[derive(Debug)]
pub(super) struct SegmentClasses {
    /// The class that most documents have.
    usual: u8,
    /// Empty when all have that one.
    of_document: Vec<u8>,
    /// The documents that have another one.
    others: Vec<DocId>,
}

impl SegmentClasses {
    /// Reads the classes of documents; those of which nothing is read have that one.
    fn read(
        &mut self,
        routing: &Routing,
        reader: &SegmentReader,
        field: Field,
        unread: u8,
    ) -> tantivy::Result<()> {
        self.of_document = vec![unread; reader.max_doc() as usize];
        let index = reader.inverted_index(field)?;
        let mut terms = index.terms().stream()?;
        while let Some((term, info)) = terms.next() {
            let class = language(term).map(|language| routing.class(language));
            let Some(class) = class.filter(|class| *class != unread) else { continue };
            each_block(&index, info, IndexRecordOption::Basic, |block, _| {
                block.iter().for_each(|document| self.of_document[*document as usize] = class);
                self.others.extend_from_slice(block);
            })?;
        }
        if unread == self.usual {
            self.others.sort_unstable();
        } else {
            let others = (0..).zip(&self.of_document).filter(|(_, class)| **class != self.usual);
            self.others = others.map(|(document, _)| document).collect();
        }
        Ok(())
    }

    pub(super) fn class(&self, document: DocId) -> u8 {
        self.of_document.get(document as usize).copied().unwrap_or(self.usual)
    }

    pub(super) fn is_in(&self, document: DocId, classes: Classes) -> bool {
        includes(classes, self.class(document))
    }

    /// Whether these documents are of these classes alone.
    fn confine(&self, documents: &mut impl DocSet, classes: Classes) -> bool {
        if !includes(classes, self.usual) {
            return false;
        }
        let mut strange = self.others.iter().copied().filter(|document| !self.is_in(*document, classes));
        !strange.any(|document| {
            if documents.doc() < document {
                documents.seek(document);
            }
            documents.doc() == document
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::BitSet;
    use tantivy::query::BitSetDocSet;

    /// Most documents have class 1.
    fn classes(of_document: &[u8]) -> SegmentClasses {
        let others = (0..).zip(of_document).filter(|(_, class)| **class != 1);
        SegmentClasses {
            usual: 1,
            others: others.map(|(document, _)| document).collect(),
            of_document: of_document.to_vec(),
        }
    }

    #[test]
    fn documents_are_confined_to_classes() {
        let mixed = classes(&[1, 2, 1, 1, 0, 1]);
        let uniform = classes(&[]);
        for (segment, documents, of, expected) in [
            (&mixed, &[0, 2, 3][..], 0b010, true),
            (&mixed, &[0, 1, 2], 0b010, false),
            (&mixed, &[0, 1, 2], 0b110, true),
            (&mixed, &[0, 4], 0b110, false),
            (&mixed, &[0, 1, 4, 5], 0b111, true),
            // Denied, though true: most documents would have to be looked at.
            (&mixed, &[1], 0b100, false),
            (&uniform, &[0, 9], 0b010, true),
            (&uniform, &[0, 9], 0b101, false),
        ] {
            let mut set = BitSet::with_max_value(10);
            for document in documents {
                set.insert(*document);
            }
            let confined = segment.confine(&mut BitSetDocSet::from(set), of);
            assert_eq!(confined, expected, "{documents:?} {of:b}");
        }
    }
}
