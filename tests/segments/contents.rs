//! All that an index says, read through tantivy: independent of the order of its articles and segments.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tantivy::columnar::{ColumnarReader, DynamicColumn};
use tantivy::index::SegmentComponent;
use tantivy::postings::Postings;
use tantivy::schema::{Field, FieldEntry};
use tantivy::{DocId, DocSet, Index, ReloadPolicy, Searcher, SegmentReader, TERMINATED};

/// An article: its id and the number of the file that it was read from.
type Name = (u64, u64);

/// Where a term stands: the rank of the article, how often, and at which positions.
type Posting = (u32, u32, Vec<u32>);

/// A term: in how many articles it is by the dictionary, and by its postings.
pub(super) type Term = (u32, Vec<Posting>);

/// What is the same for a segment, whoever wrote it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    articles: u32,
    deleted: u32,
    /// For each column how many values an article may have, how many there are, and how many distinct strings.
    columns: Vec<(String, String, u32, usize)>,
    /// For each indexed field the number of words and of terms.
    fields: Vec<(String, u64, usize)>,
}

/// An index, taken apart.
pub(super) struct Contents {
    searcher: Searcher,
    /// The rank of each article by segment and number; ranks are the same in all indexes of the same articles.
    ranks: Vec<Vec<u32>>,
    /// In the order of their ranks, with whether it is deleted.
    pub(super) articles: Vec<(Name, bool)>,
    pub(super) shapes: Vec<Shape>,
    /// The bytes of each article.
    pub(super) stored: Vec<Vec<u8>>,
    /// The lengths of the fields of each article, as they are kept for ranking.
    pub(super) lengths: Vec<Vec<Option<u8>>>,
    /// By column and article.
    pub(super) columns: BTreeMap<(String, u32), Vec<String>>,
    /// By column: all strings of all segments.
    pub(super) dictionaries: BTreeMap<String, BTreeSet<Vec<u8>>>,
}

impl Contents {
    /// Reads an index.
    pub(super) fn read(segments: &Path) -> Contents {
        let index = Index::open_in_dir(segments).expect("tantivy opens it");
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let searcher = reader.expect("tantivy reads it").searcher();
        let names = searcher.segment_readers().iter().map(names).collect::<Vec<_>>();
        let mut all: Vec<Name> = names.iter().flatten().copied().collect();
        all.sort_unstable();
        assert!(all.array_windows().all(|[a, b]| a != b), "an article is there twice");
        let rank = |name: &Name| all.binary_search(name).expect("it is one of them") as u32;
        let ranks = names.iter().map(|names| names.iter().map(rank).collect()).collect();
        let mut contents = Contents {
            searcher: searcher.clone(),
            ranks,
            articles: all.iter().map(|name| (*name, false)).collect(),
            shapes: Vec::new(),
            stored: vec![Vec::new(); all.len()],
            lengths: vec![Vec::new(); all.len()],
            columns: BTreeMap::new(),
            dictionaries: BTreeMap::new(),
        };
        for (number, segment) in searcher.segment_readers().iter().enumerate() {
            contents.read_articles(number, segment);
            let columns = contents.read_columns(number, segment);
            let fields = contents.indexed().map(|(field, entry)| shape_of(segment, field, entry)).collect();
            let (articles, deleted) = (segment.max_doc(), segment.num_deleted_docs());
            contents.shapes.push(Shape { articles, deleted, columns, fields });
        }
        contents.shapes.sort();
        contents
    }

    fn read_articles(&mut self, number: usize, segment: &SegmentReader) {
        let store = segment.get_store_reader(10).expect("it has a store");
        let schema = segment.schema();
        let lengths: Vec<_> = schema
            .fields()
            .map(|(field, _)| segment.fieldnorms_readers().get_field(field).expect("lengths can be read"))
            .collect();
        for document in 0..segment.max_doc() {
            let rank = self.ranks[number][document as usize] as usize;
            self.articles[rank].1 = segment.is_deleted(document);
            self.lengths[rank] = lengths
                .iter()
                .map(|field| field.as_ref().map(|field| field.fieldnorm_id(document)))
                .collect();
            self.stored[rank] = store.get_document_bytes(document).expect("it is stored").to_vec();
        }
    }

    fn read_columns(&mut self, number: usize, segment: &SegmentReader) -> Vec<(String, String, u32, usize)> {
        let file = segment.open_read(SegmentComponent::FastFields).expect("it has columns");
        let columns = ColumnarReader::open(file).expect("they can be read");
        let mut shapes = Vec::new();
        for (name, handle) in columns.list_columns().expect("they have names") {
            let column = handle.open().expect("it can be read");
            let shape = format!("{} {}", column.column_type(), column.get_cardinality());
            let strings = self.read_strings(&name, &column);
            for (document, rank) in (0..).zip(&self.ranks[number]) {
                let values = values(&column, document);
                if !values.is_empty() {
                    self.columns.insert((name.clone(), *rank), values);
                }
            }
            shapes.push((name, shape, column.num_values(), strings));
        }
        shapes
    }

    fn read_strings(&mut self, name: &str, column: &DynamicColumn) -> usize {
        let DynamicColumn::Str(column) = column else { return 0 };
        let strings = self.dictionaries.entry(name.to_owned()).or_default();
        let mut stream = column.dictionary().stream().expect("it has strings");
        while stream.advance() {
            strings.insert(stream.key().to_owned());
        }
        column.dictionary().num_terms()
    }

    fn indexed(&self) -> impl Iterator<Item = (Field, &FieldEntry)> {
        self.searcher.schema().fields().filter(|(_, entry)| entry.is_indexed())
    }

    /// The names of the indexed fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        self.indexed().map(|(_, entry)| entry.name())
    }

    /// Every term of a field.
    pub(super) fn terms(&self, field: &str) -> BTreeMap<String, Term> {
        let field = self.searcher.schema().get_field(field).expect("it is a field");
        let entry = self.searcher.schema().get_field_entry(field);
        let kept = entry.field_type().get_index_record_option().expect("it is indexed");
        let mut terms: BTreeMap<String, Term> = BTreeMap::new();
        for (ranks, segment) in self.ranks.iter().zip(self.searcher.segment_readers()) {
            let inverted = segment.inverted_index(field).expect("the field can be read");
            let mut stream = inverted.terms().stream().expect("it has terms");
            while stream.advance() {
                let text = String::from_utf8(stream.key().to_owned()).expect("terms are text");
                let info = stream.value();
                let (frequency, postings) = terms.entry(text).or_default();
                *frequency += info.doc_freq;
                let mut read =
                    inverted.read_postings_from_terminfo(info, kept).expect("postings can be read");
                while read.doc() != TERMINATED {
                    let mut positions = Vec::new();
                    if kept.has_positions() {
                        read.positions(&mut positions);
                    }
                    postings.push((ranks[read.doc() as usize], read.term_freq(), positions));
                    read.advance();
                }
            }
        }
        terms.values_mut().for_each(|(_, postings)| postings.sort_unstable());
        terms
    }
}

fn names(segment: &SegmentReader) -> Vec<Name> {
    let column = |name| segment.fast_fields().u64(name).expect("every article has that column");
    let (ids, files) = (column("_id"), column("_file"));
    let first = |column: &tantivy::columnar::Column<u64>, document| {
        column.first(document).expect("every article has that value")
    };
    (0..segment.max_doc()).map(|document| (first(&ids, document), first(&files, document))).collect()
}

fn shape_of(segment: &SegmentReader, field: Field, entry: &FieldEntry) -> (String, u64, usize) {
    let inverted = segment.inverted_index(field).expect("the field can be read");
    (entry.name().to_owned(), inverted.total_num_tokens(), inverted.terms().num_terms())
}

/// The values that an article has in a column, in their order.
fn values(column: &DynamicColumn, document: DocId) -> Vec<String> {
    match column {
        DynamicColumn::U64(column) => column.values_for_doc(document).map(|it| it.to_string()).collect(),
        DynamicColumn::I64(column) => column.values_for_doc(document).map(|it| it.to_string()).collect(),
        DynamicColumn::Str(column) => {
            let string = |number| {
                let mut string = String::new();
                assert!(column.ord_to_str(number, &mut string).expect("the dictionary can be read"));
                string
            };
            column.ords().values_for_doc(document).map(string).collect()
        }
        DynamicColumn::Bool(_)
        | DynamicColumn::F64(_)
        | DynamicColumn::IpAddr(_)
        | DynamicColumn::DateTime(_)
        | DynamicColumn::Bytes(_) => panic!("no column of an index is of the type {}", column.column_type()),
    }
}
