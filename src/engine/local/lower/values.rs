//! Filters: whole values, days, numbers, presence.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::columnar::{Column, StrColumn};
use tantivy::query::{AllQuery, EmptyQuery, EnableScoring, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Term};

use crate::analysis::fold::fold_keyword;
use crate::analysis::language::Language;
use crate::article::ArticleId;
use crate::engine::local::bits::Bits;
use crate::engine::local::columns::each_first;
use crate::engine::local::copies::Sketches;
use crate::engine::local::filter::{Filter, Test};
use crate::engine::local::schema::{ID, KeywordField, facet_column, first_day_column};
use crate::engine::local::terms::terms_where;
use crate::engine::local::timeline::Days;
use crate::engine::local::values::{WORD_MARK, folded_pattern, longest_key, word_term};
use crate::query::{DateRange, NumberRange, Wildcard};
use crate::schema::{FieldName, Property};
use crate::text::calendar::Day;

use super::{Lowered, Lowering, any, constant};

impl Lowering<'_> {
    pub(super) fn value(&mut self, field: &FieldName, value: &str) -> tantivy::Result<Lowered> {
        let Some(keyword) = self.fields.keyword(field) else { return Ok(Box::new(EmptyQuery)) };
        // `no` and `norwegian` are `nb` in the index.
        let language = (keyword.from == Property::Language).then(|| Language::parse(value)).flatten();
        let folded = language.map_or_else(|| fold_keyword(value), |language| fold_keyword(language.as_str()));
        if keyword.path {
            return Ok(folder(keyword, folded));
        }
        if keyword.from == Property::Family {
            return self.family(&folded);
        }
        let value = keyword.hierarchy.map_or(folded.as_str(), |mark| folded.trim_end_matches(mark));
        Ok(valued(keyword, value))
    }

    /// An article, by its id or key, and its copies.
    fn family(&mut self, name: &str) -> tantivy::Result<Lowered> {
        let Some(ids) = self.fields.keyword_from(&Property::Id) else { return Ok(Box::new(EmptyQuery)) };
        self.warnings.extend(self.families.get()?.stale_warning());
        let named = valued(ids, name);
        let weight = named.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        let families = &self.families.get()?.families;
        let mut numbers = BTreeSet::new();
        for reader in self.searcher.segment_readers() {
            let mut documents = Bits::matching(weight.as_ref(), reader)?;
            documents.intersect(&Bits::alive(reader));
            let sketches = Sketches::open(reader)?;
            numbers.extend(documents.iter().filter_map(|it| sketches.family(it, families)));
        }
        let of_family = self.family_where(move |number| numbers.contains(&number))?;
        Ok(constant(any(vec![named, of_family])))
    }

    /// The articles with copies whose family passes the test.
    fn family_where(&self, fits: impl Fn(u32) -> bool + Send + Sync + 'static) -> tantivy::Result<Lowered> {
        let families = Arc::clone(&self.families.get()?.families);
        let fits = Arc::new(fits);
        Ok(Filter::by_test(move |reader| {
            let (sketches, families, fits) = (Sketches::open(reader)?, families.clone(), fits.clone());
            Ok(Box::new(move |document| sketches.family(document, &families).is_some_and(&*fits)))
        }))
    }

    pub(super) fn value_word(&self, field: &FieldName, word: &str) -> Lowered {
        let Some(keyword) = self.fields.keyword(field) else { return Box::new(EmptyQuery) };
        let term = Term::from_field_text(keyword.terms, &word_term(word));
        constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
    }

    pub(super) fn value_pattern(&self, field: &FieldName, pattern: &Wildcard) -> Lowered {
        let Some(keyword) = self.fields.keyword(field) else { return Box::new(EmptyQuery) };
        values_that_fit(keyword, pattern)
    }

    pub(super) fn below(&self, field: &FieldName, value: &str) -> Lowered {
        let Some(keyword) = self.fields.keyword(field).cloned() else { return Box::new(EmptyQuery) };
        if keyword.path { paths(&keyword, value) } else { subtree(&keyword, value) }
    }

    pub(super) fn has(&mut self, field: &FieldName) -> tantivy::Result<Lowered> {
        if self.fields.keyword(field).is_some_and(|keyword| keyword.from == Property::Family) {
            self.warnings.extend(self.families.get()?.stale_warning());
            return self.family_where(|_| true);
        }
        Ok(self.stated(field))
    }

    fn stated(&self, field: &FieldName) -> Lowered {
        if self.fields.date(field).is_some() {
            let column = first_day_column(field);
            return Filter::by_test(move |reader| {
                let days = reader.fast_fields().i64(&column)?;
                Ok(Box::new(move |document| days.first(document).is_some()))
            });
        }
        if self.fields.number(field).is_some() {
            return numbers(field, NumberRange { from: None, to: None });
        }
        if let Some(text) = self.fields.text(field) {
            let exact = text.exact;
            return Filter::by_test(move |reader| {
                let lengths = reader.get_fieldnorms_reader(exact)?;
                Ok(Box::new(move |document| lengths.fieldnorm_id(document) > 0))
            });
        }
        match self.fields.keyword(field) {
            Some(keyword) if keyword.column.is_some() => {
                let column = facet_column(field);
                Filter::by_test(move |reader| {
                    let values = reader.fast_fields().str(&column)?;
                    let has = move |values: &StrColumn, document| values.ords().first(document).is_some();
                    Ok(Box::new(move |document| values.as_ref().is_some_and(|values| has(values, document))))
                })
            }
            Some(keyword) => {
                let terms = keyword.terms;
                Filter::by_set(move |reader| terms_where(reader, terms, "", |_| true))
            }
            None => constant(Box::new(AllQuery)),
        }
    }
}

/// The articles with a value, folded.
fn valued(keyword: &KeywordField, value: &str) -> Lowered {
    let term = Term::from_field_text(keyword.terms, longest_key(value));
    let stated = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
    match ArticleId::parse(value).filter(|_| keyword.from == Property::Id) {
        Some(id) => constant(any(vec![stated, identified(id)])),
        None => constant(stated),
    }
}

/// The articles with an id. It stands in a column alone: as terms, which no two articles share, ids are dear to write.
fn identified(id: ArticleId) -> Lowered {
    Filter::by_test(move |reader| {
        let column = reader.fast_fields().u64(ID)?;
        Ok(Box::new(Valued { column, fits: move |known| known == id.0 }))
    })
}

pub(super) fn dates(field: &FieldName, range: DateRange, within: bool) -> Lowered {
    let (field, from, to) = (field.clone(), range.from.unwrap_or(Day::MIN), range.to.unwrap_or(Day::MAX));
    let is_in = move |(first, last)| {
        if within { from <= first && last <= to } else { first <= to && last >= from }
    };
    Filter::by_test(move |reader| Ok(Box::new(Dated { days: Days::open(reader, &field)?, is_in })))
}

/// Whether the date of a document fits.
struct Dated<F> {
    days: Days,
    is_in: F,
}

impl<F: Fn((Day, Day)) -> bool + Send> Test for Dated<F> {
    fn holds(&mut self, document: DocId) -> bool {
        self.days.of(document).is_some_and(&self.is_in)
    }

    fn pass(&mut self, documents: &[DocId], passed: &mut Vec<DocId>) {
        self.days.each(documents.iter().copied(), |document, span| {
            if span.is_some_and(&self.is_in) {
                passed.push(document);
            }
        });
    }
}

/// The articles whose number lies in a range; those without a number lie in none.
pub(super) fn numbers(field: &FieldName, range: NumberRange) -> Lowered {
    let column = field.as_str().to_owned();
    let (from, to) = (range.from.unwrap_or(u64::MIN), range.to.unwrap_or(u64::MAX));
    // Not by `Column::get_docids_for_value_range`: in tantivy 0.27 a range below all values of a column finds the least.
    Filter::by_test(move |reader| {
        let column = reader.fast_fields().u64(&column)?;
        Ok(Box::new(Valued { column, fits: move |number| from <= number && number <= to }))
    })
}

/// The values strictly below one: their terms are neighbours in the dictionary.
fn subtree(keyword: &KeywordField, value: &str) -> Lowered {
    let Some(mark) = keyword.hierarchy else { return Box::new(EmptyQuery) };
    let beginning = format!("{}{mark}", fold_keyword(value).trim_end_matches(mark));
    let terms = keyword.terms;
    Filter::by_set(move |reader| terms_where(reader, terms, &beginning, |_| true))
}

/// The paths that fit a pattern: `*` stays within one folder, `**` does not.
fn paths(keyword: &KeywordField, pattern: &str) -> Lowered {
    let folded = fold_keyword(pattern);
    // Only stars mean anything.
    let pattern = folded.split('*').map(globset::escape).collect::<Vec<_>>().join("*");
    let glob = globset::GlobBuilder::new(&pattern).literal_separator(true).build();
    let Ok(glob) = glob.map(|glob| glob.compile_matcher()) else { return Box::new(EmptyQuery) };
    let literal = folded.split('*').next().unwrap_or_default().to_owned();
    let terms = keyword.terms;
    Filter::by_set(move |reader| {
        terms_where(reader, terms, &literal, |term| glob.is_match(String::from_utf8_lossy(term).as_ref()))
    })
}

/// A file, or everything in a folder.
fn folder(keyword: &KeywordField, path: String) -> Lowered {
    let path = path.trim_end_matches('/').to_owned();
    let terms = keyword.terms;
    Filter::by_set(move |reader| {
        let below = |term: &[u8]| matches!(term.get(path.len()), None | Some(b'/'));
        terms_where(reader, terms, &path, below)
    })
}

/// The articles with a value that fits a pattern, whole or by one of its words.
fn values_that_fit(keyword: &KeywordField, pattern: &Wildcard) -> Lowered {
    let terms = keyword.terms;
    let fitting = |mark: &'static str| {
        let pattern = folded_pattern(pattern);
        Filter::by_set(move |reader| {
            let fits = |term: &[u8]| {
                let term = std::str::from_utf8(term).ok().and_then(|term| term.strip_prefix(mark));
                term.is_some_and(|term| !term.starts_with(WORD_MARK) && pattern.matches(term))
            };
            terms_where(reader, terms, &format!("{mark}{}", pattern.head()), fits)
        })
    };
    match keyword.words {
        true => constant(any(vec![fitting(""), fitting(WORD_MARK)])),
        false => fitting(""),
    }
}

/// Whether the first value of a document fits.
struct Valued<F> {
    column: Column<u64>,
    fits: F,
}

impl<F: Fn(u64) -> bool + Send> Test for Valued<F> {
    fn holds(&mut self, document: DocId) -> bool {
        self.column.first(document).is_some_and(&self.fits)
    }

    fn pass(&mut self, documents: &[DocId], passed: &mut Vec<DocId>) {
        each_first(&self.column, documents.iter().copied(), |document, value| {
            if value.is_some_and(&self.fits) {
                passed.push(document);
            }
        });
    }
}
