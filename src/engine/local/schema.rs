//! The declared schema as tantivy fields and columns.
//!
//! Names that begin with `_` are ours and cannot be declared.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema as TantivySchema, TextFieldIndexing,
    TextOptions,
};

use crate::schema::{FieldName, Kind, Property, Schema};

/// A declared field of words.
#[derive(Debug, Clone)]
pub(super) struct TextField {
    pub(super) name: FieldName,
    pub(super) from: Vec<(Property, u32)>,
    /// Folded words with positions.
    pub(super) exact: Field,
    /// Stems with weighted frequencies.
    pub(super) stems: Option<Field>,
}

/// A declared field of whole values.
#[derive(Debug, Clone)]
pub(super) struct KeywordField {
    pub(super) name: FieldName,
    pub(super) from: Property,
    pub(super) hierarchy: Option<char>,
    pub(super) words: bool,
    pub(super) path: bool,
    pub(super) terms: Field,
    /// Values as [`super::values::facet_value`] writes them, for facets.
    pub(super) column: Option<Field>,
}

/// A declared field of days: the columns of the first and the last day.
#[derive(Debug, Clone)]
pub(super) struct DateField {
    pub(super) name: FieldName,
    pub(super) from: Property,
    pub(super) first: Field,
    pub(super) last: Field,
}

/// A declared field of numbers.
#[derive(Debug, Clone)]
pub(super) struct NumberField {
    pub(super) name: FieldName,
    pub(super) from: Property,
    pub(super) column: Field,
}

/// Every field of an index.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) schema: TantivySchema,
    pub(super) texts: Vec<TextField>,
    pub(super) keywords: Vec<KeywordField>,
    pub(super) dates: Vec<DateField>,
    pub(super) numbers: Vec<NumberField>,
    /// The whole article, stored (postcard).
    pub(super) article: Field,
}

/// Column: number of the file that an article came from.
pub(super) const FILE: &str = "_file";
/// Column: the article's id.
pub(super) const ID: &str = "_id";
/// Column: seconds since 1970 of its date; absent when undated.
pub(super) const TIMESTAMP: &str = "_timestamp";
/// Column: folded beginning of the title.
pub(super) const TITLE: &str = "_title";
/// Column: the numbers of the sketch of its body; none when it has no words.
pub(super) const SKETCH: &str = "_sketch";

impl Fields {
    pub(super) fn new(declared: &Schema) -> Fields {
        let mut builder = TantivySchema::builder();
        let (mut texts, mut keywords, mut dates, mut numbers) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for field in &declared.fields {
            let name = field.name.clone();
            match &field.kind {
                Kind::Text { from, stem } => texts.push(TextField {
                    exact: builder
                        .add_text_field(name.as_str(), words(IndexRecordOption::WithFreqsAndPositions)),
                    stems: stem.then(|| {
                        builder.add_text_field(&format!("_{name}_stems"), words(IndexRecordOption::WithFreqs))
                    }),
                    from: from.clone(),
                    name,
                }),
                Kind::Keyword { from, hierarchy, words, path } => keywords.push(KeywordField {
                    terms: builder.add_text_field(name.as_str(), values()),
                    column: field.facet.is_some().then(|| {
                        let column = TextOptions::default().set_fast("raw");
                        builder.add_text_field(&facet_column(&name), column)
                    }),
                    from: from.clone(),
                    hierarchy: *hierarchy,
                    words: *words,
                    path: *path,
                    name,
                }),
                Kind::Date { from } => dates.push(DateField {
                    first: builder.add_i64_field(&first_day_column(&name), FAST),
                    last: builder.add_i64_field(&last_day_column(&name), FAST),
                    from: from.clone(),
                    name,
                }),
                Kind::Number { from } => numbers.push(NumberField {
                    column: builder.add_u64_field(name.as_str(), FAST),
                    from: from.clone(),
                    name,
                }),
            }
        }
        let article = builder.add_bytes_field("_article", STORED);
        builder.add_u64_field(FILE, NumericOptions::default().set_fast());
        builder.add_u64_field(ID, NumericOptions::default().set_fast());
        builder.add_i64_field(TIMESTAMP, NumericOptions::default().set_fast());
        builder.add_text_field(TITLE, TextOptions::default().set_fast("raw"));
        builder.add_u64_field(SKETCH, NumericOptions::default().set_fast());
        let schema = builder.build();
        Fields { schema, texts, keywords, dates, numbers, article }
    }

    pub(super) fn text(&self, name: &FieldName) -> Option<&TextField> {
        self.texts.iter().find(|field| field.name == *name)
    }

    pub(super) fn keyword(&self, name: &FieldName) -> Option<&KeywordField> {
        self.keywords.iter().find(|field| field.name == *name)
    }

    /// The field that takes its values from a property.
    pub(super) fn keyword_from(&self, property: &Property) -> Option<&KeywordField> {
        self.keywords.iter().find(|field| field.from == *property)
    }

    pub(super) fn number(&self, name: &FieldName) -> Option<&NumberField> {
        self.numbers.iter().find(|field| field.name == *name)
    }

    pub(super) fn date(&self, name: &FieldName) -> Option<&DateField> {
        self.dates.iter().find(|field| field.name == *name)
    }
}

pub(super) fn facet_column(name: &FieldName) -> String {
    format!("_{name}_values")
}

pub(super) fn first_day_column(name: &FieldName) -> String {
    format!("_{name}_first")
}

pub(super) fn last_day_column(name: &FieldName) -> String {
    format!("_{name}_last")
}

fn words(option: IndexRecordOption) -> TextOptions {
    // The tokenizer's name is never used: segments are built from our own tokens.
    let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(option);
    TextOptions::default().set_indexing_options(indexing)
}

fn values() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}
