//! The segment writer of this program: an inverter of its own, and tantivy's serializers.
//!
//! Words are interned once, whatever number of fields they belong to. Everything that depends on a word alone is done
//! when the segment is written, once for each distinct one.

use std::sync::Arc;

use tantivy::columnar::{ColumnType, ColumnarWriter};
use tantivy::directory::TerminatingWrite;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Index, Segment, SegmentComponent, SegmentMeta};
use tantivy::schema::Field;
use tantivy::store::StoreWriter;

use crate::article::{Article, Published};
use crate::engine::local::dictionary::Dictionary;
use crate::engine::local::keywords::Keywords;
use crate::engine::local::schema::{FILE, Fields, ID, SKETCH, TIMESTAMP, TITLE};
use crate::engine::local::sketch::{Sketch, Sketcher};
use crate::engine::local::term_files::TermFiles;
use crate::schema::Property;

use super::SegmentPlan;
use super::postings::{ByWord, Postings, write_exact};
use super::properties::{days, has_bodies, headline, stemmed_as, title_key};
use super::stems::{Stemmers, Weigher, write_stems};

/// Memory that writing a segment needs for each of its words, in bytes: its place in the order, where its occurrences
/// begin and end, its stem, and the dictionaries under construction.
const WRITING_A_WORD: usize = 80;

/// Memory for an article beside its words and values, in bytes: its lengths, the class of its stems, its place in the
/// store.
const AN_ARTICLE: usize = 16;

/// Memory of the files that are written, in bytes: blocks of the store, and what waits to be compressed.
const BUFFERS: usize = 512 << 10;

/// A segment under construction.
pub(super) struct InvertedSegment {
    plan: SegmentPlan,
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
}

impl InvertedSegment {
    pub(super) fn new(plan: SegmentPlan) -> InvertedSegment {
        let fields = &plan.fields;
        InvertedSegment {
            norms: FieldNormsWriter::for_schema(&fields.schema),
            texts: fields.texts.iter().map(|_| Postings::default()).collect(),
            bodies: fields.texts.iter().position(has_bodies),
            keywords: fields.keywords.iter().map(|_| Keywords::default()).collect(),
            words: Dictionary::default(),
            stemmers: Stemmers::default(),
            output: None,
            documents: 0,
            packed: Vec::new(),
            stored: Vec::new(),
            columns: columns(fields),
            plan,
        }
    }

    /// An estimate of the memory in use, with what writing the segment will need.
    pub(super) fn bytes(&self) -> usize {
        self.texts.iter().map(Postings::bytes).sum::<usize>()
            + self.words.bytes()
            + self.columns.mem_usage()
            // The columns are written when nothing else is left, one after the other: each is read back and sorted.
            + self.writing_postings().max(self.columns.mem_usage())
            + self.documents as usize * AN_ARTICLE
            + BUFFERS
            + self.packed.capacity()
            + self.stored.capacity()
            + self.keywords.iter().map(Keywords::bytes).sum::<usize>()
    }

    fn writing_postings(&self) -> usize {
        let sorting = self.texts.iter().map(Postings::sorting).max().unwrap_or(0);
        sorting + self.words.len() * WRITING_A_WORD
    }

    /// Adds one article that was read from the file of that number.
    pub(super) fn add(&mut self, article: &Article, file: u64) -> tantivy::Result<()> {
        let document = self.documents;
        self.stemmers.route(stemmed_as(article, self.plan.undetermined));
        let sketch = self.add_words(article, document);
        self.add_keywords(article, document);
        self.add_columns(article, document, file, sketch);
        self.store(article)?;
        self.documents += 1;
        Ok(())
    }

    fn add_words(&mut self, article: &Article, document: u32) -> Sketcher {
        let fields = Arc::clone(&self.plan.fields);
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
        let InvertedSegment { plan: SegmentPlan { fields, .. }, keywords, columns, .. } = self;
        for (field, keywords) in fields.keywords.iter().zip(keywords) {
            let column = field.column.map_or("", |column| fields.schema.get_field_name(column));
            keywords.add(field, article, document, |value| columns.record_str(document, column, value));
        }
    }

    fn add_columns(&mut self, article: &Article, document: u32, file: u64, body: Sketcher) {
        let InvertedSegment { plan: SegmentPlan { fields, added, .. }, columns, .. } = self;
        columns.record_numerical(document, FILE, file);
        columns.record_numerical(document, ID, article.id().0);
        let title = title_key(&article.title);
        for number in body.finish(headline(article, &title)).iter().flat_map(Sketch::numbers) {
            columns.record_numerical(document, SKETCH, number);
        }
        columns.record_str(document, TITLE, &title);
        if let Some(published) = article.published.filter(Published::is_stated) {
            columns.record_numerical(document, TIMESTAMP, published.date.timestamp());
        }
        for field in &fields.dates {
            if let Some((first, last)) = days(&field.from, article, *added) {
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
            self.output = Some(open_store(&self.plan.index)?);
        }
        let mut packed = std::mem::take(&mut self.packed);
        packed.clear();
        self.packed = postcard::to_extend(article, packed)
            .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?;
        stored_document(self.plan.fields.article, &self.packed, &mut self.stored);
        if let Some((_, store)) = &mut self.output {
            store.store_bytes(&self.stored)?;
        }
        Ok(())
    }

    /// Writes everything that was added as one segment; `None` when nothing was.
    pub(super) fn write(mut self) -> tantivy::Result<Option<SegmentMeta>> {
        let Some((segment, store)) = self.output.take() else { return Ok(None) };
        self.write_norms(&segment)?;
        self.write_postings(&segment)?;
        let mut columns = segment.open_write(SegmentComponent::FastFields)?;
        self.columns.serialize(self.documents, None, &mut columns)?;
        columns.terminate()?;
        store.close()?;
        Ok(Some(segment.with_max_doc(self.documents).meta().clone()))
    }

    fn write_norms(&mut self, segment: &Segment) -> tantivy::Result<()> {
        self.norms.fill_up_to_max_doc(self.documents);
        let output = FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?;
        self.norms.serialize(output, None)?;
        Ok(())
    }

    fn write_postings(&mut self, segment: &Segment) -> tantivy::Result<()> {
        let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut output = TermFiles::create(segment)?;
        let words = std::mem::take(&mut self.words);
        let order = words.sorted();
        for (field, postings) in self.plan.fields.texts.iter().zip(self.texts.drain(..)) {
            let mut by_word = ByWord::new(&postings, words.len());
            let mut terms =
                output.field(field.exact, postings.exact_tokens, norms.get_field(field.exact)?)?;
            write_exact(&mut terms, &words, &order, &mut by_word)?;
            terms.close()?;
            if let Some(stem_field) = field.stems {
                let mut terms =
                    output.field(stem_field, postings.stem_tokens, norms.get_field(stem_field)?)?;
                let weigher = Weigher { field, bounds: &postings.bounds };
                write_stems(&mut terms, &words, &mut by_word, &self.stemmers, &weigher)?;
                terms.close()?;
            }
        }
        for (field, keywords) in self.plan.fields.keywords.iter().zip(self.keywords.drain(..)) {
            let mut output = output.field(field.terms, keywords.len() as u64, None)?;
            keywords.write(&mut output)?;
            output.close()?;
        }
        output.close()?;
        Ok(())
    }
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
