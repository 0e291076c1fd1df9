//! The segment writer of tantivy, given the words of this program: what `inverted` is held against, and the fallback.
//!
//! Shared with `inverted` is what a word, a stem and a value are, and where they belong. Everything else is done in the
//! plainest way: word by word, article by article. Counts, lengths, frequencies, order and files are tantivy's work.
//!
//! A frequency that a weight multiplies is a word that comes so often at its position; the fields of stems keep no
//! positions.

use std::collections::HashSet;
use std::fmt::Write;
use std::iter::repeat_n;

use tantivy::index::{Segment, SegmentMeta};
use tantivy::indexer::{AddOperation, SegmentWriter};
use tantivy::schema::{Field, TantivyDocument};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};
use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::fold::fold_keyword;
use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::article::{Article, Published};
use crate::engine::local::keywords::each_value;
use crate::engine::local::schema::{FILE, Fields, ID, KeywordField, SKETCH, TIMESTAMP, TITLE, TextField};
use crate::engine::local::sketch::{Sketch, Sketcher};
use crate::engine::local::values::{ancestors, facet_value, longest_key, word_term};
use crate::schema::Property;

use super::SegmentPlan;
use super::properties::{PROPERTY_GAP, days, has_bodies, headline, stemmed_as, text_of, title_key};

/// What tantivy's writer makes its first table for; the table grows with the words. Small, so that no segment is full
/// before it holds anything.
const FIRST_TABLE_BYTES: usize = 1 << 20;

/// A segment under construction.
pub(super) struct ReferenceSegment {
    plan: SegmentPlan,
    output: Option<(Segment, SegmentWriter)>,
}

impl ReferenceSegment {
    pub(super) fn new(mut plan: SegmentPlan) -> ReferenceSegment {
        let tokenizers = TokenizerManager::default();
        // The name that the fields have; whole values for facets are not tokenized.
        tokenizers.register("raw", Replay::default());
        plan.index.set_tokenizers(tokenizers);
        ReferenceSegment { plan, output: None }
    }

    /// An estimate of the memory in use.
    pub(super) fn bytes(&self) -> usize {
        self.output.as_ref().map_or(0, |(_, writer)| writer.mem_usage())
    }

    /// Adds one article that was read from the file of that number.
    pub(super) fn add(&mut self, article: &Article, file: u64) -> tantivy::Result<()> {
        let document = self.document(article, file)?;
        let (_, writer) = match &mut self.output {
            Some(output) => output,
            None => self.output.insert(open(&self.plan)?),
        };
        writer.add_document(AddOperation { opstamp: 0, document })
    }

    /// Writes everything that was added as one segment; `None` when nothing was.
    pub(super) fn write(self) -> tantivy::Result<Option<SegmentMeta>> {
        let Some((segment, writer)) = self.output else { return Ok(None) };
        let articles = writer.max_doc();
        writer.finalize()?;
        Ok(Some(segment.with_max_doc(articles).meta().clone()))
    }

    fn document(&self, article: &Article, file: u64) -> tantivy::Result<TantivyDocument> {
        let SegmentPlan { fields, undetermined, added, .. } = &self.plan;
        let mut document = TantivyDocument::new();
        let stemmer = stemmed_as(article, *undetermined).and_then(Stemmer::of);
        for field in &fields.texts {
            let (exact, stems) = words(field, article, stemmer);
            document.add_text(field.exact, exact.0);
            if let Some(field) = field.stems {
                document.add_text(field, stems.0);
            }
        }
        for field in &fields.keywords {
            add_keywords(field, article, &mut document);
        }
        for field in &fields.dates {
            if let Some((first, last)) = days(&field.from, article, *added) {
                document.add_i64(field.first, i64::from(first.0));
                document.add_i64(field.last, i64::from(last.0));
            }
        }
        for field in &fields.numbers {
            document.add_u64(field.column, u64::from(article.words));
        }
        add_columns(fields, article, file, &mut document)?;
        let stored = postcard::to_stdvec(article)
            .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?;
        document.add_bytes(fields.article, &stored);
        Ok(document)
    }
}

fn open(plan: &SegmentPlan) -> tantivy::Result<(Segment, SegmentWriter)> {
    let segment = plan.index.new_segment();
    let writer = SegmentWriter::for_segment(FIRST_TABLE_BYTES, segment.clone())?;
    Ok((segment, writer))
}

/// The words of an article in the exact and in the stemmed field.
fn words(field: &TextField, article: &Article, stemmer: Option<Stemmer>) -> (Script, Script) {
    let (mut exact, mut stems) = (Script::default(), Script::default());
    let mut begin = 0;
    for (property, weight) in &field.from {
        let mut next = begin;
        tokenize(text_of(article, property), |token| {
            let position = begin + token.position;
            next = position + 1 + PROPERTY_GAP;
            if token.kind != TokenKind::Pair {
                exact.push(position, token.text);
            }
            match (token.kind, stemmer) {
                (TokenKind::Char, _) => {}
                (TokenKind::Word, Some(stemmer)) => {
                    let stem = stemmer.stem(token.text);
                    repeat_n(&*stem, *weight as usize).for_each(|stem| stems.push(position, stem));
                }
                (TokenKind::Word, None) | (TokenKind::Pair, _) => {
                    repeat_n(token.text, *weight as usize).for_each(|stem| stems.push(position, stem));
                }
            }
        });
        begin = next;
    }
    (exact, stems)
}

/// The terms of a field of whole values, and the values of its column: each once.
fn add_keywords(field: &KeywordField, article: &Article, document: &mut TantivyDocument) {
    let (mut terms, mut facets) = (HashSet::new(), HashSet::new());
    let mut script = Script::default();
    let mut term = |term: &str| {
        if !term.is_empty() && terms.insert(term.to_owned()) {
            script.push(0, term);
        }
    };
    let mut facet = |display: &str| {
        let folded = fold_keyword(display);
        if let Some(column) = field.column
            && !folded.is_empty()
        {
            let value = facet_value(longest_key(&folded), display);
            if facets.insert(folded) {
                document.add_text(column, value);
            }
        }
    };
    each_value(article, &field.from, |value| {
        let folded = fold_keyword(value);
        let folded = longest_key(&folded);
        match field.hierarchy {
            Some(mark) => {
                ancestors(folded, mark).for_each(&mut term);
                ancestors(value, mark).for_each(&mut facet);
            }
            None => {
                term(folded);
                facet(value);
            }
        }
        if field.words {
            value.split_whitespace().for_each(|word| term(&word_term(word)));
        }
    });
    document.add_text(field.terms, script.0);
}

/// The columns that are not declared.
fn add_columns(
    fields: &Fields,
    article: &Article,
    file: u64,
    document: &mut TantivyDocument,
) -> tantivy::Result<()> {
    let column = |name: &str| -> tantivy::Result<Field> { fields.schema.get_field(name) };
    document.add_u64(column(FILE)?, file);
    document.add_u64(column(ID)?, article.id().0);
    let title = title_key(&article.title);
    let sketch = sketch(fields, article, headline(article, &title));
    for number in sketch.iter().flat_map(Sketch::numbers) {
        document.add_u64(column(SKETCH)?, number);
    }
    document.add_text(column(TITLE)?, title);
    if let Some(published) = article.published.filter(Published::is_stated) {
        document.add_i64(column(TIMESTAMP)?, published.date.timestamp());
    }
    Ok(())
}

fn sketch(fields: &Fields, article: &Article, headline: &str) -> Option<Sketch> {
    let mut sketcher = Sketcher::default();
    if fields.texts.iter().any(has_bodies) {
        tokenize(text_of(article, &Property::Body), |token| {
            if token.kind != TokenKind::Pair {
                sketcher.push(xxh3_64(token.text.as_bytes()));
            }
        });
    }
    sketcher.finish(headline)
}

/// Words with their positions, written so that [`Replay`] reads them: position, bytes of the word, the word.
#[derive(Default)]
struct Script(String);

impl Script {
    fn push(&mut self, position: u32, word: &str) {
        write!(self.0, "{position} {} {word}", word.len()).expect("a string takes everything");
    }
}

/// Gives tantivy the words of a [`Script`] as they are.
#[derive(Clone, Default)]
struct Replay {
    token: Token,
}

/// The words of a script that are still to come.
struct Replayed<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for Replay {
    type TokenStream<'a> = Replayed<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Replayed<'a> {
        self.token.reset();
        Replayed { rest: text, token: &mut self.token }
    }
}

impl Replayed<'_> {
    /// Reads the next word; `None` at the end.
    fn read(&mut self) -> Option<()> {
        let (position, rest) = self.rest.split_once(' ')?;
        let (length, rest) = rest.split_once(' ')?;
        let (word, rest) = rest.split_at_checked(length.parse().ok()?)?;
        self.token.position = position.parse().ok()?;
        self.token.text.clear();
        self.token.text.push_str(word);
        self.rest = rest;
        Some(())
    }
}

impl TokenStream for Replayed<'_> {
    fn advance(&mut self) -> bool {
        self.read().is_some()
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_replayed_as_they_were() {
        let words = [(0, "one"), (0, "1 3 x"), (7, ""), (7, "é 日本"), (u32::MAX, "\u{1}last\n")];
        let mut script = Script::default();
        words.iter().for_each(|(position, word)| script.push(*position, word));
        let mut replay = Replay::default();
        let mut stream = replay.token_stream(&script.0);
        let mut replayed = Vec::new();
        stream.process(&mut |token| replayed.push((token.position as u32, token.text.clone())));
        let expected = words.map(|(position, word)| (position, word.to_owned()));
        assert_eq!(replayed, expected);
    }

    #[test]
    fn what_is_no_script_ends() {
        for text in ["", "word", "1", "1 2", "1 9 short", "1 1 é", "-1 1 a", "1 x a"] {
            assert!(!Replay::default().token_stream(text).advance(), "{text:?}");
        }
    }
}
