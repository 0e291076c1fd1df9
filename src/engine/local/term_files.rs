//! Terms and their postings, byte for byte as tantivy's `InvertedIndexSerializer` writes them.
//!
//! That one works out a table of BM25 for every term. Only terms of many articles have a use for it: each full block
//! of their postings states the most that its articles can score.

use std::io::{self, Write};

use tantivy::directory::CompositeWrite;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::{Segment, SegmentComponent};
use tantivy::positions::PositionSerializer;
use tantivy::postings::TermInfo;
use tantivy::postings::serializer::PostingsSerializer;
use tantivy::schema::{Field, IndexRecordOption, Schema};
use tantivy::termdict::TermDictionaryBuilder;

/// Articles of a full block of postings.
const BLOCK: usize = 128;

/// The files of a segment that hold its terms, field after field.
pub(super) struct TermFiles {
    terms: CompositeWrite,
    postings: CompositeWrite,
    positions: CompositeWrite,
    schema: Schema,
}

impl TermFiles {
    pub(super) fn create(segment: &Segment) -> tantivy::Result<TermFiles> {
        let create = |component| segment.open_write(component).map(CompositeWrite::wrap);
        Ok(TermFiles {
            terms: create(SegmentComponent::Terms)?,
            postings: create(SegmentComponent::Postings)?,
            positions: create(SegmentComponent::Positions)?,
            schema: segment.schema(),
        })
    }

    /// Begins a field of so many words; `lengths` are those of its articles, where they count.
    pub(super) fn field(
        &mut self,
        field: Field,
        words: u64,
        lengths: Option<FieldNormReader>,
    ) -> io::Result<TermsWriter<impl Write>> {
        let mode = self.schema.get_field_entry(field).field_type().index_record_option();
        let mode = mode.unwrap_or(IndexRecordOption::Basic);
        let average = lengths.as_ref().map_or(0.0, |lengths| words as f32 / lengths.num_docs() as f32);
        let postings = self.postings.for_field(field);
        postings.write_all(&words.to_le_bytes())?;
        let positions = self.positions.for_field(field);
        Ok(TermsWriter {
            dictionary: TermDictionaryBuilder::create(self.terms.for_field(field))?,
            positions: mode.has_positions().then(|| PositionSerializer::new(positions)),
            postings,
            most_articles: 0,
            written: 0,
            frequent: None,
            rare: PostingsSerializer::new(average, mode, None),
            new_frequent: Box::new(move || PostingsSerializer::new(average, mode, lengths.clone())),
            encoded: Vec::new(),
            info: TermInfo::default(),
        })
    }

    pub(super) fn close(self) -> io::Result<()> {
        self.terms.close()?;
        self.postings.close()?;
        self.positions.close()
    }
}

/// Writes the terms of one field, in the order of their bytes.
pub(super) struct TermsWriter<W: Write> {
    dictionary: TermDictionaryBuilder<W>,
    positions: Option<PositionSerializer<W>>,
    postings: W,
    /// Articles that the current term may have.
    most_articles: u32,
    /// Bytes of postings so far.
    written: usize,
    /// Writes the current term if it may be in so many articles that they fill a block.
    frequent: Option<PostingsSerializer>,
    /// Writes all other terms, without a look at lengths of articles.
    rare: PostingsSerializer,
    new_frequent: Box<dyn Fn() -> PostingsSerializer>,
    encoded: Vec<u8>,
    info: TermInfo,
}

impl<W: Write> TermsWriter<W> {
    /// Begins a term of at most so many articles.
    ///
    /// The promise is held to: a writer for rare terms that has filled a block is of no use for the next one.
    pub(super) fn begin(&mut self, most_articles: usize, has_frequencies: bool) {
        self.most_articles = most_articles as u32;
        self.frequent = (most_articles >= BLOCK).then(|| (self.new_frequent)());
        self.current().new_term(0, has_frequencies);
        let positions = self.positions.as_ref().map_or(0, |positions| positions.written_bytes() as usize);
        self.info = TermInfo {
            doc_freq: 0,
            postings_range: self.written..self.written,
            positions_range: positions..positions,
        };
    }

    fn current(&mut self) -> &mut PostingsSerializer {
        self.frequent.as_mut().unwrap_or(&mut self.rare)
    }

    /// Adds the next article of the term; `positions` each as what it is more than the one before.
    pub(super) fn article(&mut self, document: u32, frequency: u32, positions: &[u32]) {
        self.info.doc_freq += 1;
        assert!(self.info.doc_freq <= self.most_articles, "a term is in more articles than was said");
        self.current().write_doc(document, frequency);
        if let Some(output) = &mut self.positions {
            assert_eq!(frequency as usize, positions.len(), "there is a position for each time");
            output.write_positions_delta(positions);
        }
    }

    /// Ends the term, which is this one.
    pub(super) fn end(&mut self, term: &[u8]) -> io::Result<()> {
        let mut encoded = std::mem::take(&mut self.encoded);
        encoded.clear();
        let articles = self.info.doc_freq;
        self.current().close_term(articles, &mut encoded)?;
        self.postings.write_all(&encoded)?;
        self.written += encoded.len();
        self.encoded = encoded;
        self.info.postings_range.end = self.written;
        if let Some(positions) = &mut self.positions {
            positions.close_term()?;
            self.info.positions_range.end = positions.written_bytes() as usize;
        }
        self.dictionary.insert(term, &self.info)
    }

    pub(super) fn close(self) -> io::Result<()> {
        self.positions.map_or(Ok(()), PositionSerializer::close)?;
        self.dictionary.finish().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
    use tantivy::index::Index;
    use tantivy::postings::InvertedIndexSerializer;
    use tantivy::schema::{STRING, TextFieldIndexing, TextOptions};

    use super::*;

    const DOCUMENTS: u32 = 1_000;

    /// The articles of a term, each with its positions.
    type Articles = Vec<(u32, Vec<u32>)>;

    /// An index with a field of positions, one of frequencies and one of neither; a segment with lengths in it.
    fn segment() -> (Segment, [Field; 3]) {
        let mut schema = Schema::builder();
        let mut text = |name: &str, option| {
            let indexing = TextFieldIndexing::default().set_index_option(option);
            schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
        };
        let positions = text("positions", IndexRecordOption::WithFreqsAndPositions);
        let frequencies = text("frequencies", IndexRecordOption::WithFreqs);
        let fields = [positions, frequencies, schema.add_text_field("neither", STRING)];
        let schema = schema.build();
        let mut norms = FieldNormsWriter::for_schema(&schema);
        for document in 0..DOCUMENTS {
            fields[..2].iter().for_each(|field| norms.record(document, *field, document * 7 % 300));
        }
        let segment = Index::create_in_ram(schema).new_segment();
        norms.fill_up_to_max_doc(DOCUMENTS);
        let output = segment.clone().open_write(SegmentComponent::FieldNorms).unwrap();
        norms.serialize(FieldNormsSerializer::from_write(output).unwrap(), None).unwrap();
        (segment, fields)
    }

    fn lengths(segment: &Segment, field: Field) -> Option<FieldNormReader> {
        let lengths = segment.open_read(SegmentComponent::FieldNorms).unwrap();
        FieldNormReaders::open(lengths).unwrap().get_field(field).unwrap()
    }

    fn by_tantivy(terms: &[(String, Articles)]) -> Vec<Vec<u8>> {
        let (segment, fields) = segment();
        let mut output = InvertedIndexSerializer::open(&segment).unwrap();
        for field in fields {
            let mut output = output.new_field(field, 150_000, lengths(&segment, field)).unwrap();
            for (term, articles) in terms {
                output.new_term(term.as_bytes(), 0, field != fields[2]).unwrap();
                for (document, positions) in articles {
                    output.write_doc(*document, positions.len() as u32, positions);
                }
                output.close_term().unwrap();
            }
            output.close().unwrap();
        }
        output.close().unwrap();
        files(&segment)
    }

    fn by_us(terms: &[(String, Articles)]) -> Vec<Vec<u8>> {
        let (segment, fields) = segment();
        let mut output = TermFiles::create(&segment).unwrap();
        for field in fields {
            let mut output = output.field(field, 150_000, lengths(&segment, field)).unwrap();
            for (term, articles) in terms {
                output.begin(articles.len(), field != fields[2]);
                for (document, positions) in articles {
                    output.article(*document, positions.len() as u32, positions);
                }
                output.end(term.as_bytes()).unwrap();
            }
            output.close().unwrap();
        }
        output.close().unwrap();
        files(&segment)
    }

    fn files(segment: &Segment) -> Vec<Vec<u8>> {
        let components = [SegmentComponent::Terms, SegmentComponent::Postings, SegmentComponent::Positions];
        let read = |component| segment.open_read(component).unwrap().read_bytes().unwrap().to_vec();
        components.into_iter().map(read).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]
        #[test]
        fn files_are_those_of_tantivy(
            terms in prop::collection::btree_map("[a-c]{1,9}", (1..DOCUMENTS, 1..40u32), 1..30)
        ) {
            let articles = |every: u32, most: u32| {
                let documents = (0..DOCUMENTS).filter(move |document| document % every == 0);
                let positions = move |document: u32| (0..=document % most).map(move |step| step * document % 999);
                documents.map(|document| (document, positions(document).collect())).collect()
            };
            let terms: Vec<(String, Articles)> =
                terms.into_iter().map(|(term, (every, most))| (term, articles(every % 30 + 1, most))).collect();
            prop_assert_eq!(by_us(&terms), by_tantivy(&terms));
        }
    }
}
