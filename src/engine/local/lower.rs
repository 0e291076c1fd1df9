//! A [`Query`] to tantivy queries. Text is analysed here and nowhere else on the way of a query.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use tantivy::postings::TermInfo;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, EnableScoring, Occur, PhraseQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use crate::analysis::fold::fold_keyword;
use crate::analysis::language::Language;
use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::query::{DateRange, Query};
use crate::schema::{FieldName, Property, Schema};

use super::bits::Bits;
use super::copies::{KnownFamilies, Sketches};
use super::filter::Filter;
use super::schema::{Fields, KeywordField, TextField, facet_column, first_day_column, last_day_column};
use super::values::{longest_key, word_term};

/// Most words that the beginning of a word stands for; the commonest are taken.
const MOST_EXPANSIONS: usize = 1_000;

type Lowered = Box<dyn tantivy::query::Query>;

/// Lowers queries against one snapshot.
pub(super) struct Lowering<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) schema: &'a Schema,
    pub(super) fields: &'a Fields,
    /// The languages whose stems are in the index.
    pub(super) languages: &'a [Language],
    pub(super) families: &'a KnownFamilies,
    pub(super) warnings: Vec<String>,
}

/// One analysed word of a query.
struct QueryToken {
    text: String,
    position: usize,
    kind: TokenKind,
}

impl Lowering<'_> {
    /// Lowers a query; what it matches is exactly what the query says, or a warning tells the difference.
    pub(super) fn query(&mut self, query: &Query) -> tantivy::Result<Lowered> {
        Ok(match self.lower(query)? {
            Some(lowered) => lowered,
            None => Box::new(AllQuery),
        })
    }

    /// Lowers a query so that it also matches, and is ranked by, other terms; its exclusions still hold.
    pub(super) fn with_terms(&mut self, query: &Query, terms: &[(Term, f32)]) -> tantivy::Result<Lowered> {
        if let Query::And(parts) = query {
            let (denied, asked): (Vec<&Query>, Vec<&Query>) =
                parts.iter().partition(|part| matches!(part, Query::Not(_)));
            if let ([_, ..], [asked]) = (denied.as_slice(), asked.as_slice()) {
                let mut clauses = vec![(Occur::Must, self.with_terms(asked, terms)?)];
                for part in denied {
                    clauses.push((Occur::Must, self.query(part)?));
                }
                return Ok(boolean(clauses));
            }
        }
        // One flat list of terms is what the engine can skip through.
        let mut clauses = Vec::new();
        match query {
            Query::Or(parts) => {
                for part in parts {
                    clauses.extend(self.lower(part)?.map(|part| (Occur::Should, part)));
                }
            }
            other => clauses.push((Occur::Should, self.query(other)?)),
        }
        clauses.extend(terms.iter().map(|(term, weight)| {
            let query = Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs));
            (Occur::Should, Box::new(BoostQuery::new(query, *weight)) as Lowered)
        }));
        Ok(boolean(clauses))
    }

    /// The terms by which a bare word is ranked in a field.
    pub(super) fn ranking_terms(&self, field: &TextField, word: &str) -> Vec<Term> {
        match field.stems {
            Some(stems) => self.stems(word).iter().map(|stem| Term::from_field_text(stems, stem)).collect(),
            None => vec![Term::from_field_text(field.exact, word)],
        }
    }

    /// `None` for a clause that has no words at all and so demands nothing.
    fn lower(&mut self, query: &Query) -> tantivy::Result<Option<Lowered>> {
        Ok(Some(match query {
            Query::All => constant(Box::new(AllQuery)),
            Query::Word { field, text, exact } => return self.word(field.as_ref(), text, *exact),
            Query::Phrase { field, text, prefix } => return self.phrase(field.as_ref(), text, *prefix),
            Query::Prefix { field, text } => return self.prefix(field.as_ref(), text),
            Query::Value { field, value } => self.value(field, value)?,
            Query::ValueWord { field, word } => self.value_word(field, word),
            Query::Below { field, value } => self.below(field, value),
            Query::Dates { field, range, within } => dates(field, *range, *within),
            Query::Has(field) => self.has(field),
            Query::And(parts) => return self.all_of(parts),
            Query::Or(parts) => return self.any_of(parts),
            Query::Not(inner) => self.excluding(inner)?,
            Query::Boost(inner, factor) => {
                let inner = self.lower(inner)?;
                return Ok(inner.map(|inner| Box::new(BoostQuery::new(inner, *factor)) as Lowered));
            }
        }))
    }

    fn all_of(&mut self, parts: &[Query]) -> tantivy::Result<Option<Lowered>> {
        let mut clauses = Vec::new();
        let mut any_positive = false;
        for part in parts {
            if let Query::Not(inner) = part {
                if let Some(inner) = self.lower(inner)? {
                    clauses.push((Occur::MustNot, inner));
                }
            } else if let Some(part) = self.lower(part)? {
                any_positive = true;
                clauses.push((Occur::Must, part));
            }
        }
        if clauses.is_empty() {
            return Ok(None);
        }
        if !any_positive {
            clauses.push((Occur::Must, constant(Box::new(AllQuery))));
        }
        Ok(Some(boolean(clauses)))
    }

    fn any_of(&mut self, parts: &[Query]) -> tantivy::Result<Option<Lowered>> {
        let mut clauses = Vec::new();
        for part in parts {
            if let Some(part) = self.lower(part)? {
                clauses.push((Occur::Should, part));
            }
        }
        Ok((!clauses.is_empty()).then(|| boolean(clauses)))
    }

    fn excluding(&mut self, inner: &Query) -> tantivy::Result<Lowered> {
        let everything = (Occur::Must, constant(Box::new(AllQuery)));
        Ok(match self.lower(inner)? {
            Some(inner) => boolean(vec![everything, (Occur::MustNot, inner)]),
            None => constant(Box::new(AllQuery)),
        })
    }

    fn text_field(&self, name: Option<&FieldName>) -> Option<TextField> {
        self.fields.text(name.unwrap_or(&self.schema.default_field)).cloned()
    }

    /// Analyses the text of a clause; a clause without any word is left out, and said so.
    fn tokens(&mut self, text: &str) -> Vec<QueryToken> {
        let mut tokens = Vec::new();
        tokenize(text, |token| {
            tokens.push(QueryToken {
                text: token.text.to_owned(),
                position: token.position as usize,
                kind: token.kind,
            });
        });
        if tokens.is_empty() {
            self.warnings.push(format!("{text:?} has no letters or digits and was left out"));
        }
        tokens
    }

    fn word(
        &mut self,
        field: Option<&FieldName>,
        text: &str,
        exact: bool,
    ) -> tantivy::Result<Option<Lowered>> {
        let Some(field) = self.text_field(field) else { return Ok(Some(Box::new(EmptyQuery))) };
        let tokens = self.tokens(text);
        let stems = field.stems.filter(|_| !exact);
        let unbroken = is_unbroken(&tokens);
        Ok(match (tokens.as_slice(), stems) {
            ([], _) => None,
            ([only], Some(stems)) if only.kind == TokenKind::Word => Some(self.any_stem(stems, &only.text)),
            ([only], _) => Some(scored(field.exact, &only.text)),
            // A run of characters without blanks: neighbours two by two, which is where its ranking lies.
            (tokens, Some(stems)) if unbroken => {
                let pairs = tokens.iter().filter(|token| token.kind == TokenKind::Pair);
                Some(boolean(pairs.map(|pair| (Occur::Must, scored(stems, &pair.text))).collect()))
            }
            (tokens, _) => Some(adjacent(field.exact, tokens)),
        })
    }

    /// The word's stem in each language of the index: an article matches by the stem of its own.
    fn any_stem(&self, field: Field, word: &str) -> Lowered {
        any(self.stems(word).iter().map(|stem| scored(field, stem)).collect())
    }

    fn stems(&self, word: &str) -> BTreeSet<String> {
        let stemmers = self.languages.iter().filter_map(|language| Stemmer::of(*language));
        let stems: BTreeSet<String> = stemmers.map(|stemmer| stemmer.stem(word).into_owned()).collect();
        if self.unstemmed_articles() || stems.is_empty() {
            stems.into_iter().chain([word.to_owned()]).collect()
        } else {
            stems
        }
    }

    /// Whether the index has articles in languages without a stemmer.
    fn unstemmed_articles(&self) -> bool {
        self.languages.iter().any(|language| Stemmer::of(*language).is_none())
    }

    fn phrase(
        &mut self,
        field: Option<&FieldName>,
        text: &str,
        prefix: bool,
    ) -> tantivy::Result<Option<Lowered>> {
        let Some(field) = self.text_field(field) else { return Ok(Some(Box::new(EmptyQuery))) };
        let mut tokens = self.tokens(text);
        tokens.retain(|token| token.kind != TokenKind::Pair);
        if tokens.is_empty() {
            return Ok(None);
        }
        if !prefix {
            return Ok(Some(adjacent(field.exact, &tokens)));
        }
        let last = tokens.pop().map(|token| (token.text, token.position)).unwrap_or_default();
        let endings = self.expand(field.exact, &last.0)?;
        let phrases = endings.into_iter().map(|ending| {
            let ending = QueryToken { text: ending, position: last.1, kind: TokenKind::Word };
            adjacent(field.exact, tokens.iter().chain([&ending]))
        });
        Ok(Some(any(phrases.collect())))
    }

    fn prefix(&mut self, field: Option<&FieldName>, text: &str) -> tantivy::Result<Option<Lowered>> {
        let Some(field) = self.text_field(field) else { return Ok(Some(Box::new(EmptyQuery))) };
        let mut tokens = self.tokens(text);
        tokens.retain(|token| token.kind != TokenKind::Pair);
        Ok(match tokens.as_slice() {
            [] => None,
            [only] => {
                let words = self.expand(field.exact, &only.text)?;
                Some(any(words.iter().map(|word| scored(field.exact, word)).collect()))
            }
            _ => return self.phrase(Some(&field.name), text, true),
        })
    }

    /// The words of the index that begin so, the commonest first when there are too many.
    fn expand(&mut self, field: Field, beginning: &str) -> tantivy::Result<Vec<String>> {
        let mut words: std::collections::HashMap<String, u64> = std::collections::HashMap::new();
        for reader in self.searcher.segment_readers() {
            each_term(reader, field, beginning, |term, info| {
                *words.entry(String::from_utf8_lossy(term).into_owned()).or_default() +=
                    u64::from(info.doc_freq);
            })?;
        }
        let found = words.len();
        let mut words: Vec<(String, u64)> = words.into_iter().collect();
        words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        if found > MOST_EXPANSIONS {
            words.truncate(MOST_EXPANSIONS);
            self.warnings.push(format!(
                "{beginning}* stands for {found} words; only the {MOST_EXPANSIONS} commonest were searched"
            ));
        }
        Ok(words.into_iter().map(|(word, _)| word).collect())
    }

    fn value(&mut self, field: &FieldName, value: &str) -> tantivy::Result<Lowered> {
        let Some(keyword) = self.fields.keyword(field) else { return Ok(Box::new(EmptyQuery)) };
        let folded = fold_keyword(value);
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
        self.warnings.extend(self.families.stale_warning());
        let named = valued(ids, name);
        let weight = named.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        let mut numbers = BTreeSet::new();
        for reader in self.searcher.segment_readers() {
            let mut documents = Bits::matching(weight.as_ref(), reader)?;
            documents.intersect(&Bits::alive(reader));
            let sketches = Sketches::open(reader)?;
            numbers.extend(documents.iter().filter_map(|it| sketches.family(it, &self.families.families)));
        }
        let of_family = self.family_where(move |number| numbers.contains(&number));
        Ok(constant(any(vec![named, of_family])))
    }

    /// The articles with copies whose family passes the test.
    fn family_where(&self, fits: impl Fn(u32) -> bool + Send + Sync + 'static) -> Lowered {
        let families = Arc::clone(&self.families.families);
        Filter::boxed(move |reader| {
            let sketches = Sketches::open(reader)?;
            Ok(documents_where(reader, |document| sketches.family(document, &families).is_some_and(&fits)))
        })
    }

    fn value_word(&self, field: &FieldName, word: &str) -> Lowered {
        let Some(keyword) = self.fields.keyword(field) else { return Box::new(EmptyQuery) };
        let term = Term::from_field_text(keyword.terms, &word_term(word));
        constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
    }

    fn below(&self, field: &FieldName, value: &str) -> Lowered {
        let Some(keyword) = self.fields.keyword(field).cloned() else { return Box::new(EmptyQuery) };
        if keyword.path { paths(&keyword, value) } else { subtree(&keyword, value) }
    }

    fn has(&mut self, field: &FieldName) -> Lowered {
        if self.fields.keyword(field).is_some_and(|keyword| keyword.from == Property::Family) {
            self.warnings.extend(self.families.stale_warning());
            return self.family_where(|_| true);
        }
        if self.fields.date(field).is_some() {
            let column = first_day_column(field);
            return Filter::boxed(move |reader| {
                let days = reader.fast_fields().i64(&column)?;
                Ok(documents_where(reader, |document| days.first(document).is_some()))
            });
        }
        if let Some(text) = self.fields.text(field) {
            let exact = text.exact;
            return Filter::boxed(move |reader| {
                let lengths = reader.get_fieldnorms_reader(exact)?;
                Ok(documents_where(reader, |document| lengths.fieldnorm_id(document) > 0))
            });
        }
        match self.fields.keyword(field) {
            Some(keyword) if keyword.column.is_some() => {
                let column = facet_column(field);
                Filter::boxed(move |reader| match reader.fast_fields().str(&column)? {
                    Some(values) => {
                        Ok(documents_where(reader, |document| values.ords().first(document).is_some()))
                    }
                    None => Ok(BitSet::with_max_value(reader.max_doc())),
                })
            }
            Some(keyword) => {
                let terms = keyword.terms;
                Filter::boxed(move |reader| terms_where(reader, terms, "", |_| true))
            }
            // A number is there for every article.
            None => constant(Box::new(AllQuery)),
        }
    }
}

/// Whether these are neighbouring characters of a script without blanks, with nothing between any of them.
fn is_unbroken(tokens: &[QueryToken]) -> bool {
    let count = |kind| tokens.iter().filter(|token| token.kind == kind).count();
    count(TokenKind::Word) == 0 && count(TokenKind::Pair) + 1 == count(TokenKind::Char)
}

/// The articles with a value, folded.
fn valued(keyword: &KeywordField, value: &str) -> Lowered {
    let term = Term::from_field_text(keyword.terms, longest_key(value));
    constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
}

fn scored(field: Field, term: &str) -> Lowered {
    Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
}

fn constant(query: Lowered) -> Lowered {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn boolean(mut clauses: Vec<(Occur, Lowered)>) -> Lowered {
    match clauses.as_slice() {
        [(Occur::Must | Occur::Should, _)] => clauses.remove(0).1,
        _ => Box::new(BooleanQuery::new(clauses)),
    }
}

/// Any of these; nothing if there are none.
fn any(queries: Vec<Lowered>) -> Lowered {
    if queries.is_empty() {
        return Box::new(EmptyQuery);
    }
    boolean(queries.into_iter().map(|query| (Occur::Should, query)).collect())
}

/// Words at the distances that they have in the query.
fn adjacent<'a>(field: Field, tokens: impl IntoIterator<Item = &'a QueryToken>) -> Lowered {
    let tokens = tokens.into_iter().filter(|token| token.kind != TokenKind::Pair);
    let terms: Vec<(usize, Term)> =
        tokens.map(|token| (token.position, Term::from_field_text(field, &token.text))).collect();
    match terms.as_slice() {
        [(_, term)] => Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new_with_offset(terms)),
    }
}

fn dates(field: &FieldName, range: DateRange, within: bool) -> Lowered {
    let (first_column, last_column) = (first_day_column(field), last_day_column(field));
    let from = range.from.map_or(i64::MIN, |day| i64::from(day.0));
    let to = range.to.map_or(i64::MAX, |day| i64::from(day.0));
    Filter::boxed(move |reader| {
        let first = reader.fast_fields().i64(&first_column)?;
        let last = reader.fast_fields().i64(&last_column)?;
        Ok(documents_where(reader, |document| {
            let (Some(first), Some(last)) = (first.first(document), last.first(document)) else {
                return false;
            };
            if within { from <= first && last <= to } else { first <= to && last >= from }
        }))
    })
}

/// The values strictly below one: their terms are neighbours in the dictionary.
fn subtree(keyword: &KeywordField, value: &str) -> Lowered {
    let Some(mark) = keyword.hierarchy else { return Box::new(EmptyQuery) };
    let beginning = format!("{}{mark}", fold_keyword(value).trim_end_matches(mark));
    let terms = keyword.terms;
    Filter::boxed(move |reader| terms_where(reader, terms, &beginning, |_| true))
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
    Filter::boxed(move |reader| {
        terms_where(reader, terms, &literal, |term| glob.is_match(String::from_utf8_lossy(term).as_ref()))
    })
}

/// A file, or everything in a folder.
fn folder(keyword: &KeywordField, path: String) -> Lowered {
    let path = path.trim_end_matches('/').to_owned();
    let terms = keyword.terms;
    Filter::boxed(move |reader| {
        let below = |term: &[u8]| matches!(term.get(path.len()), None | Some(b'/'));
        terms_where(reader, terms, &path, below)
    })
}

fn documents_where(reader: &SegmentReader, holds: impl Fn(u32) -> bool) -> BitSet {
    let mut documents = BitSet::with_max_value(reader.max_doc());
    (0..reader.max_doc()).filter(|document| holds(*document)).for_each(|document| {
        documents.insert(document);
    });
    documents
}

/// The documents of all terms that begin so and pass the test.
fn terms_where(
    reader: &SegmentReader,
    field: Field,
    beginning: &str,
    fits: impl Fn(&[u8]) -> bool,
) -> tantivy::Result<BitSet> {
    let mut documents = BitSet::with_max_value(reader.max_doc());
    let index = reader.inverted_index(field)?;
    let mut found: Vec<TermInfo> = Vec::new();
    each_term(reader, field, beginning, |term, info| {
        if fits(term) {
            found.push(info.clone());
        }
    })?;
    for info in found {
        let mut postings = index.read_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
        while postings.doc() != TERMINATED {
            documents.insert(postings.doc());
            postings.advance();
        }
    }
    Ok(documents)
}

fn each_term(
    reader: &SegmentReader,
    field: Field,
    beginning: &str,
    mut each: impl FnMut(&[u8], &TermInfo),
) -> tantivy::Result<()> {
    let index = reader.inverted_index(field)?;
    let mut range = index.terms().range().ge(beginning.as_bytes());
    if let Bound::Excluded(end) = end_of_prefix(beginning.as_bytes()) {
        range = range.lt(end);
    }
    let mut terms = range.into_stream()?;
    while let Some((term, info)) = terms.next() {
        each(term, info);
    }
    Ok(())
}

/// The first byte string after all that begin with `prefix`.
fn end_of_prefix(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_before_the_next_string() {
        assert_eq!(end_of_prefix(b"ab"), Bound::Excluded(b"ac".to_vec()));
        assert_eq!(end_of_prefix(b"a\xff"), Bound::Excluded(b"b".to_vec()));
        assert_eq!(end_of_prefix(b""), Bound::Unbounded);
    }
}
