//! Articles to one finished tantivy segment, built where they were read.
//!
//! Words are interned once, whatever number of fields they belong to. Stems are made once for each distinct word
//! and language when the segment is written, and the postings of the words that share a stem are united: an
//! article's words are routed by its own language.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tantivy::columnar::{ColumnType, ColumnarWriter};
use tantivy::directory::TerminatingWrite;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Index, Segment, SegmentComponent, SegmentMeta};
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::schema::Field;
use tantivy::store::StoreWriter;

use crate::analysis::language::Language;
use crate::analysis::positions::{MAX_DISTANCE, MAX_FREE_WORDS};
use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::article::{Article, Origin, Published};
use crate::engine::EngineError;
use crate::schema::Property;
use crate::text::calendar::Day;

use super::dictionary::{Dictionary, leading};
use super::folder::engine;
use super::keywords::Keywords;
use super::schema::{FILE, Fields, ID, SKETCH, TIMESTAMP, TITLE, TextField};
use super::sketch::{Sketch, Sketcher};

/// Words between the properties of one field, so that no phrase reaches from one into the next, and nothing is near
/// across.
const PROPERTY_GAP: u32 = MAX_DISTANCE + MAX_FREE_WORDS as u32 + 1;

/// Memory that writing a segment needs for each of its words, in bytes: its place in the order, where its occurrences
/// begin and end, its stem, and the dictionaries under construction.
const WRITING_A_WORD: usize = 120;

/// Memory for an article beside its words and values, in bytes: where its occurrences begin, where its properties
/// begin, its lengths, its place in the store.
const AN_ARTICLE: usize = 64;

/// Memory of the files that are written, in bytes: blocks of the store, and what waits to be compressed.
const BUFFERS: usize = 512 << 10;

/// Longest sort key of a title, in bytes.
const TITLE_KEY_BYTES: usize = 64;

/// Collects articles in memory and writes them as one segment.
pub struct SegmentBuilder {
    index: Index,
    fields: Arc<Fields>,
    /// Language whose stems an article without a known one gets.
    undetermined: Option<Language>,
    added: Day,
    words: Dictionary,
    texts: Vec<Postings>,
    /// Which of them holds the bodies, whose words sketches are made of.
    bodies: Option<usize>,
    keywords: Vec<Keywords>,
    columns: ColumnarWriter,
    norms: FieldNormsWriter,
    stemmers: Stemmers,
    output: Option<(Segment, StoreWriter)>,
    documents: u32,
    /// An article as it is stored, and as the store wants it; kept for their memory.
    packed: Vec<u8>,
    stored: Vec<u8>,
    /// The index folder, for messages.
    path: PathBuf,
}

/// A segment on disk that no commit knows yet.
pub struct FinishedSegment {
    pub(super) meta: SegmentMeta,
    /// How many articles it holds.
    pub articles: u32,
}

/// The occurrences of words in one text field, in the order of the articles.
struct Postings {
    /// (word, position), article after article.
    occurrences: Vec<(u32, u32)>,
    /// For each article where its occurrences begin.
    starts: Vec<usize>,
    /// For each article and property the position at which the property begins.
    bounds: Vec<u32>,
    exact_tokens: u64,
    stem_tokens: u64,
}

/// The stemmers in use, and which one each article has.
#[derive(Default)]
struct Stemmers {
    /// Class 0 is "no stemmer".
    classes: Vec<(Language, Stemmer)>,
    of_document: Vec<u8>,
}

impl Stemmers {
    fn class(&mut self, language: Option<Language>) -> u8 {
        let Some(language) = language else { return 0 };
        if let Some(index) = self.classes.iter().position(|(known, _)| *known == language) {
            return index as u8 + 1;
        }
        match Stemmer::of(language) {
            // One bit of a `u64` for each class; there are fewer stemmers than that.
            Some(stemmer) if self.classes.len() < 62 => {
                self.classes.push((language, stemmer));
                self.classes.len() as u8
            }
            _ => 0,
        }
    }

    fn stem<'a>(&self, class: u8, word: &'a str) -> Cow<'a, str> {
        match class {
            0 => word.into(),
            class => self.classes[usize::from(class) - 1].1.stem(word),
        }
    }
}

impl SegmentBuilder {
    pub(super) fn new(
        index: Index,
        fields: Arc<Fields>,
        undetermined: Option<Language>,
        added: Day,
        path: PathBuf,
    ) -> SegmentBuilder {
        SegmentBuilder {
            norms: FieldNormsWriter::for_schema(&fields.schema),
            texts: fields.texts.iter().map(|_| Postings::new()).collect(),
            bodies: fields.texts.iter().position(has_bodies),
            keywords: fields.keywords.iter().map(|_| Keywords::default()).collect(),
            words: Dictionary::default(),
            stemmers: Stemmers::default(),
            output: None,
            documents: 0,
            packed: Vec::new(),
            stored: Vec::new(),
            columns: columns(&fields),
            index,
            fields,
            undetermined,
            added,
            path,
        }
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.documents == 0
    }

    /// An estimate of the memory in use, with what writing the segment will need. It is a little too high rather than
    /// too low: `--memory` is kept by it.
    pub fn bytes(&self) -> usize {
        let occurrences: usize = self.texts.iter().map(|text| text.occurrences.capacity()).sum();
        // Writing sorts the occurrences of one field at a time into a second copy.
        let sorting = self.texts.iter().map(|text| text.occurrences.len()).max().unwrap_or(0);
        (occurrences + sorting) * size_of::<(u32, u32)>()
            + self.words.bytes()
            + self.words.len() * WRITING_A_WORD
            // Each column is read back and sorted when it is written.
            + self.columns.mem_usage() * 2
            + self.documents as usize * AN_ARTICLE
            + BUFFERS
            + self.packed.capacity()
            + self.stored.capacity()
            + self.keywords.iter().map(Keywords::bytes).sum::<usize>()
    }

    /// Adds one article that was read from the file of that number.
    pub fn add(&mut self, article: &Article, file: u64) -> Result<(), EngineError> {
        self.add_document(article, file).map_err(|error| engine(&self.path, error))
    }

    fn add_document(&mut self, article: &Article, file: u64) -> tantivy::Result<()> {
        let document = self.documents;
        let language = article.language.filter(|language| crate::analysis::stem::has(*language));
        let class = self.stemmers.class(language.or_else(|| self.fallback(article)));
        self.stemmers.of_document.push(class);
        let sketch = self.add_words(article, document);
        self.add_keywords(article, document);
        self.add_columns(article, document, file, sketch);
        self.store(article)?;
        self.documents += 1;
        Ok(())
    }

    /// An article in a known language that has no stemmer is not stemmed as something else.
    fn fallback(&self, article: &Article) -> Option<Language> {
        if article.language.is_none() { self.undetermined } else { None }
    }

    fn add_words(&mut self, article: &Article, document: u32) -> Sketcher {
        let fields = Arc::clone(&self.fields);
        let mut sketcher = Sketcher::default();
        for (number, (field, postings)) in fields.texts.iter().zip(&mut self.texts).enumerate() {
            let body = (self.bodies == Some(number)).then_some(&mut sketcher);
            let (exact, stems) = postings.add(field, article, &mut self.words, body);
            self.norms.record(document, field.exact, exact);
            if let Some(stem_field) = field.stems {
                self.norms.record(document, stem_field, stems);
            }
        }
        sketcher
    }

    fn add_keywords(&mut self, article: &Article, document: u32) {
        let SegmentBuilder { fields, keywords, columns, .. } = self;
        for (field, keywords) in fields.keywords.iter().zip(keywords) {
            let column = field.column.map_or("", |column| fields.schema.get_field_name(column));
            keywords.add(field, article, document, |value| columns.record_str(document, column, value));
        }
    }

    fn add_columns(&mut self, article: &Article, document: u32, file: u64, body: Sketcher) {
        let SegmentBuilder { fields, columns, .. } = self;
        columns.record_numerical(document, FILE, file);
        columns.record_numerical(document, ID, article.id().0);
        let title = title_key(&article.title);
        // The name of a file is no headline.
        let headline = if article.title_origin == Origin::Path { "" } else { &title };
        for number in body.finish(headline).iter().flat_map(Sketch::numbers) {
            columns.record_numerical(document, SKETCH, number);
        }
        columns.record_str(document, TITLE, &title);
        if let Some(published) = article.published.filter(Published::is_stated) {
            columns.record_numerical(document, TIMESTAMP, published.date.timestamp());
        }
        for field in &fields.dates {
            if let Some((first, last)) = days(&field.from, article, self.added) {
                columns.record_numerical(
                    document,
                    fields.schema.get_field_name(field.first),
                    i64::from(first.0),
                );
                columns.record_numerical(
                    document,
                    fields.schema.get_field_name(field.last),
                    i64::from(last.0),
                );
            }
        }
        for field in &fields.numbers {
            debug_assert_eq!(field.from, Property::Words, "the only number so far");
            let column = fields.schema.get_field_name(field.column);
            columns.record_numerical(document, column, u64::from(article.words));
        }
    }

    fn store(&mut self, article: &Article) -> tantivy::Result<()> {
        if self.output.is_none() {
            self.output = Some(open_store(&self.index)?);
        }
        let mut packed = std::mem::take(&mut self.packed);
        packed.clear();
        self.packed = postcard::to_extend(article, packed)
            .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?;
        stored_document(self.fields.article, &self.packed, &mut self.stored);
        if let Some((_, store)) = &mut self.output {
            store.store_bytes(&self.stored)?;
        }
        Ok(())
    }

    /// Writes everything that was added as one segment; `None` when nothing was.
    pub fn finish(self) -> Result<Option<FinishedSegment>, EngineError> {
        let path = self.path.clone();
        self.write().map_err(|error| engine(&path, error))
    }

    fn write(mut self) -> tantivy::Result<Option<FinishedSegment>> {
        let Some((segment, store)) = self.output.take() else { return Ok(None) };
        self.write_norms(&segment)?;
        self.write_postings(&segment)?;
        let mut columns = segment.open_write(SegmentComponent::FastFields)?;
        self.columns.serialize(self.documents, None, &mut columns)?;
        columns.terminate()?;
        store.close()?;
        let segment = segment.with_max_doc(self.documents);
        segment.meta().untrack_temp_docstore();
        Ok(Some(FinishedSegment { meta: segment.meta().clone(), articles: self.documents }))
    }

    fn write_norms(&mut self, segment: &Segment) -> tantivy::Result<()> {
        self.norms.fill_up_to_max_doc(self.documents);
        let output = FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?;
        self.norms.serialize(output, None)?;
        Ok(())
    }

    fn write_postings(&mut self, segment: &Segment) -> tantivy::Result<()> {
        let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut output = InvertedIndexSerializer::open(segment)?;
        let order = self.words.sorted();
        for (field, postings) in self.fields.texts.iter().zip(&mut self.texts) {
            let by_word = postings.by_word(self.words.len());
            let mut terms =
                output.new_field(field.exact, postings.exact_tokens, norms.get_field(field.exact)?)?;
            write_exact(&mut terms, &self.words, &order, &by_word)?;
            terms.close()?;
            if let Some(stem_field) = field.stems {
                let mut terms =
                    output.new_field(stem_field, postings.stem_tokens, norms.get_field(stem_field)?)?;
                let weigher = Weigher { field, bounds: &postings.bounds };
                write_stems(&mut terms, &self.words, &by_word, &self.stemmers, &weigher)?;
                terms.close()?;
            }
        }
        for (field, keywords) in self.fields.keywords.iter().zip(&self.keywords) {
            let mut output = output.new_field(field.terms, keywords.len() as u64, None)?;
            keywords.write(&mut output)?;
            output.close()?;
        }
        output.close()?;
        Ok(())
    }
}

fn has_bodies(field: &TextField) -> bool {
    field.from.iter().any(|(property, _)| *property == Property::Body)
}

/// The columns of a segment, each with its type.
fn columns(fields: &Fields) -> ColumnarWriter {
    let mut columns = ColumnarWriter::default();
    let mut declare = |name: &str, of: ColumnType| columns.record_column_type(name, of, false);
    for name in [FILE, ID, SKETCH] {
        declare(name, ColumnType::U64);
    }
    declare(TIMESTAMP, ColumnType::I64);
    declare(TITLE, ColumnType::Str);
    let name = |field| fields.schema.get_field_name(field);
    fields.keywords.iter().filter_map(|field| field.column).for_each(|it| declare(name(it), ColumnType::Str));
    fields.numbers.iter().for_each(|field| declare(name(field.column), ColumnType::U64));
    for field in &fields.dates {
        declare(name(field.first), ColumnType::I64);
        declare(name(field.last), ColumnType::I64);
    }
    columns
}

/// A document with one stored field of bytes as tantivy's store has it: number of fields, field, type, length, bytes.
/// tantivy itself would write them one by one.
fn stored_document(field: Field, bytes: &[u8], out: &mut Vec<u8>) {
    const FIELDS: u8 = 1;
    const TYPE_BYTES: u8 = 4;
    // Numbers are written seven bits at a time, the lowest first; the last byte is marked.
    const LAST: u8 = 0x80;
    out.clear();
    out.push(FIELDS | LAST);
    out.extend(field.field_id().to_le_bytes());
    out.push(TYPE_BYTES);
    let mut length = bytes.len();
    while length > 0x7f {
        out.push(length as u8 & 0x7f);
        length >>= 7;
    }
    out.push(length as u8 | LAST);
    out.extend(bytes);
}

fn open_store(index: &Index) -> tantivy::Result<(Segment, StoreWriter)> {
    let segment = index.new_segment();
    let settings = index.settings();
    let output = segment.open_write(SegmentComponent::Store)?;
    let store = StoreWriter::new(output, settings.docstore_compression, settings.docstore_blocksize, false)?;
    Ok((segment, store))
}

impl Postings {
    fn new() -> Postings {
        Postings {
            occurrences: Vec::new(),
            starts: Vec::new(),
            bounds: Vec::new(),
            exact_tokens: 0,
            stem_tokens: 0,
        }
    }

    /// Adds the words of one article, those of its body also to its sketch; gives the lengths of the exact and of
    /// the stemmed field.
    fn add(
        &mut self,
        field: &TextField,
        article: &Article,
        words: &mut Dictionary,
        mut sketcher: Option<&mut Sketcher>,
    ) -> (u32, u32) {
        self.starts.push(self.occurrences.len());
        let (mut exact, mut stems, mut begin) = (0u32, 0u32, 0u32);
        for (property, weight) in &field.from {
            self.bounds.push(begin);
            let mut end = begin;
            let mut sketcher = sketcher.as_deref_mut().filter(|_| *property == Property::Body);
            tokenize(text_of(article, property), |token| {
                let (word, hash) = words.intern(token.text, token.kind);
                if let Some(sketcher) = sketcher.as_deref_mut().filter(|_| token.kind != TokenKind::Pair) {
                    sketcher.push(hash);
                }
                let position = begin + token.position;
                self.occurrences.push((word, position));
                end = position + 1;
                exact += u32::from(token.kind != TokenKind::Pair);
                stems += if token.kind == TokenKind::Char { 0 } else { *weight };
            });
            begin = if end > begin { end + PROPERTY_GAP } else { begin };
        }
        self.exact_tokens += u64::from(exact);
        self.stem_tokens += u64::from(stems);
        (exact, stems)
    }

    /// The occurrences sorted by word (a counting sort, so that those of one word stay in order); they are not kept.
    fn by_word(&mut self, words: usize) -> ByWord {
        let occurrences = std::mem::take(&mut self.occurrences);
        let mut ends = vec![0u32; words + 1];
        for (word, _) in &occurrences {
            ends[*word as usize + 1] += 1;
        }
        for word in 0..words {
            ends[word + 1] += ends[word];
        }
        let mut next = ends.clone();
        let mut sorted = vec![(0u32, 0u32); occurrences.len()];
        let stops = self.starts.iter().skip(1).copied().chain([occurrences.len()]);
        for (document, (start, stop)) in self.starts.iter().zip(stops).enumerate() {
            for (word, position) in &occurrences[*start..stop] {
                let slot = &mut next[*word as usize];
                sorted[*slot as usize] = (document as u32, *position);
                *slot += 1;
            }
        }
        ByWord { sorted, ends }
    }
}

/// (document, position) of every occurrence, sorted by word, then document, then position.
struct ByWord {
    sorted: Vec<(u32, u32)>,
    ends: Vec<u32>,
}

impl ByWord {
    fn of(&self, word: u32) -> &[(u32, u32)] {
        let word = word as usize;
        &self.sorted[self.ends[word] as usize..self.ends[word + 1] as usize]
    }
}

fn write_exact(
    output: &mut FieldSerializer<'_>,
    words: &Dictionary,
    order: &[u32],
    by_word: &ByWord,
) -> io::Result<()> {
    let mut deltas = Vec::new();
    for word in order {
        let occurrences = by_word.of(*word);
        if occurrences.is_empty() || words.kind(*word) == TokenKind::Pair {
            continue;
        }
        output.new_term(words.text(*word).as_bytes(), 0, true)?;
        for run in occurrences.chunk_by(|a, b| a.0 == b.0) {
            deltas.clear();
            let mut previous = 0;
            for (_, position) in run {
                deltas.push(position - previous);
                previous = *position;
            }
            output.write_doc(run[0].0, run.len() as u32, &deltas);
        }
        output.close_term()?;
    }
    Ok(())
}

/// The weight that an occurrence has in ranking: that of the property it lies in.
struct Weigher<'a> {
    field: &'a TextField,
    bounds: &'a [u32],
}

impl Weigher<'_> {
    fn frequency(&self, run: &[(u32, u32)]) -> u32 {
        let properties = self.field.from.len();
        let bounds = &self.bounds[run[0].0 as usize * properties..][..properties];
        // Most words stand in the last property alone: the body.
        if bounds[properties - 1] <= run[0].1 {
            return run.len() as u32 * self.field.from[properties - 1].1;
        }
        let weight = |position: u32| {
            let property = bounds.iter().rposition(|begin| *begin <= position).unwrap_or(0);
            self.field.from[property].1
        };
        run.iter().map(|(_, position)| weight(*position)).sum()
    }
}

/// One word as a source of a stem's postings.
struct Contribution<'a> {
    /// The first bytes of the stem, by which nearly all are told apart.
    leading: u64,
    stem: Cow<'a, str>,
    word: u32,
    /// Only articles of this stemmer class; `None` when all articles with the word have the same.
    class: Option<u8>,
}

fn write_stems(
    output: &mut FieldSerializer<'_>,
    words: &Dictionary,
    by_word: &ByWord,
    stemmers: &Stemmers,
    weigher: &Weigher<'_>,
) -> io::Result<()> {
    let contributions = contributions(words, by_word, stemmers);
    let mut frequencies: Vec<(u32, u32)> = Vec::new();
    for group in contributions.chunk_by(|a, b| a.stem == b.stem) {
        frequencies.clear();
        for contribution in group {
            let runs = by_word.of(contribution.word).chunk_by(|a, b| a.0 == b.0);
            let wanted = |document: u32| {
                contribution.class.is_none_or(|class| stemmers.of_document[document as usize] == class)
            };
            frequencies
                .extend(runs.filter(|run| wanted(run[0].0)).map(|run| (run[0].0, weigher.frequency(run))));
        }
        if group.len() > 1 {
            unite(&mut frequencies);
        }
        output.new_term(group[0].stem.as_bytes(), 0, true)?;
        for (document, frequency) in &frequencies {
            output.write_doc(*document, *frequency, &[]);
        }
        output.close_term()?;
    }
    Ok(())
}

/// Sorts by document and adds up the frequencies of the same one.
fn unite(frequencies: &mut Vec<(u32, u32)>) {
    frequencies.sort();
    frequencies.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 += later.1;
        }
        same
    });
}

/// Every stem of every word, sorted by stem.
fn contributions<'a>(words: &'a Dictionary, by_word: &ByWord, stemmers: &Stemmers) -> Vec<Contribution<'a>> {
    let mut contributions = Vec::with_capacity(words.len());
    let contribution = |stem: Cow<'a, str>, word, class| Contribution {
        leading: leading(stem.as_bytes()),
        stem,
        word,
        class,
    };
    for word in 0..words.len() as u32 {
        let occurrences = by_word.of(word);
        let text = words.text(word);
        match words.kind(word) {
            _ if occurrences.is_empty() => {}
            TokenKind::Char => {}
            TokenKind::Pair => contributions.push(contribution(text.into(), word, None)),
            TokenKind::Word => {
                let classes = classes(occurrences, &stemmers.of_document);
                let single = classes.is_power_of_two();
                for class in (0..64u8).filter(|class| classes >> class & 1 == 1) {
                    let stem = stemmers.stem(class, text);
                    contributions.push(contribution(stem, word, (!single).then_some(class)));
                }
            }
        }
    }
    contributions.sort_unstable_by(|a, b| {
        let by_stem = a.leading.cmp(&b.leading).then_with(|| a.stem.as_bytes().cmp(b.stem.as_bytes()));
        by_stem.then_with(|| a.word.cmp(&b.word))
    });
    contributions
}

/// A bit for each stemmer class among the articles of these occurrences.
fn classes(occurrences: &[(u32, u32)], of_document: &[u8]) -> u64 {
    occurrences.iter().fold(0, |classes, (document, _)| classes | 1 << of_document[*document as usize])
}

/// The text that a property of words has.
pub(super) fn text_of<'a>(article: &'a Article, property: &Property) -> &'a str {
    match property {
        Property::Title => &article.title,
        Property::Description => article.description.as_deref().unwrap_or_default(),
        Property::Body => &article.body,
        Property::Authors
        | Property::Tags
        | Property::Sections
        | Property::Source
        | Property::Language
        | Property::Url
        | Property::Path
        | Property::Id
        | Property::Published
        | Property::PublishedOrigin
        | Property::Added
        | Property::Words
        | Property::Family
        | Property::Meta(_) => "",
    }
}

/// First and last day of a property of dates; a guessed date is none.
fn days(property: &Property, article: &Article, added: Day) -> Option<(Day, Day)> {
    match property {
        Property::Added => Some((added, added)),
        _ => {
            let stated = article.published.filter(Published::is_stated);
            stated.map(|published| (published.date.from, published.date.to))
        }
    }
}

/// The beginning of a title, folded, as it sorts.
fn title_key(title: &str) -> String {
    let mut key = String::new();
    tokenize(title, |token| {
        if token.kind != TokenKind::Pair && key.len() < TITLE_KEY_BYTES {
            if !key.is_empty() {
                key.push(' ');
            }
            key.push_str(token.text);
        }
    });
    key
}
