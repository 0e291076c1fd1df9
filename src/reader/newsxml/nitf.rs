//! NITF, the News Industry Text Format (IPTC, 3.x), as agencies and The New York Times Annotated Corpus have it.

use super::prose::{Layout, Layouts};
use super::{Means, Row, Vocabulary, When, Where, row};
use crate::reader::values::{self, Property};
use crate::reader::xml::{self, Outcome, XmlCutter};
use crate::reader::{Cutter, Emit, Fault, Input, Reader};

use Property::{Author, Date, Description, Id, Section, Tag, Title, Url};

/// The element of an article.
const RECORDS: &[&str] = &["nitf"];

/// The class of a byline as it was printed, which The New York Times has beside one in a regular form.
const PRINTED_BYLINE: &str = "print_byline";

/// The elements of NITF.
pub(super) const VOCABULARY: Vocabulary = Vocabulary { rows: ROWS, layouts: LAYOUTS };

const ROWS: &[Row] = &[
    row(&["hedline", "hl1"], Where::Text, Means::Known(0, Title)),
    row(&["head", "title"], Where::Text, Means::Known(1, Title)),
    row(&["body.head", "abstract"], Where::Text, Means::Known(0, Description)),
    row(&["hedline", "hl2"], Where::Text, Means::Known(1, Description)),
    Row {
        path: &["body.head", "byline"],
        when: When::Ends("class", &[PRINTED_BYLINE]),
        from: Where::Text,
        means: Means::Flag(PRINTED_BYLINE),
    },
    row(&["body.head", "byline"], Where::Text, Means::Known(0, Author)),
    row(&["body.head", "dateline"], Where::Text, Means::Other("dateline")),
    row(&["body.head", "distributor"], Where::Text, Means::Other("distributor")),
    row(&["body.head", "note"], Where::Text, Means::Other("note")),
    row(&["date.issue"], Where::Attribute("norm"), Means::Known(0, Date)),
    row(&["pubdata"], Where::Attribute("date.publication"), Means::Known(1, Date)),
    row(&["date.release"], Where::Attribute("norm"), Means::Known(2, Date)),
    row(&["story.date"], Where::Attribute("norm"), Means::Known(3, Date)),
    row(&["date.expire"], Where::Attribute("norm"), Means::Other("date.expire")),
    row(&["docdata", "doc-id"], Where::Attribute("id-string"), Means::Known(0, Id)),
    row(&["key-list", "keyword"], Where::Attribute("key"), Means::Known(1, Tag)),
    row(&["tobject.subject"], Where::Attribute("tobject.subject.type"), Means::Known(0, Tag)),
    row(&["tobject.subject"], Where::Attribute("tobject.subject.matter"), Means::Known(0, Tag)),
    row(&["tobject.subject"], Where::Attribute("tobject.subject.detail"), Means::Known(0, Tag)),
    row(&["tobject"], Where::Attribute("tobject.type"), Means::Other("type")),
    row(&["identified-content", "classifier"], Where::Text, Means::Known(2, Tag)),
    row(&["identified-content", "person"], Where::Text, Means::Known(2, Tag)),
    row(&["identified-content", "org"], Where::Text, Means::Known(2, Tag)),
    row(&["identified-content", "location"], Where::Text, Means::Known(2, Tag)),
    row(&["identified-content", "event"], Where::Text, Means::Known(2, Tag)),
    row(&["identified-content", "object.title"], Where::Text, Means::Known(2, Tag)),
    row(&["pubdata"], Where::Attribute("ex-ref"), Means::Known(0, Url)),
    row(&["pubdata"], Where::Attribute("name"), Means::Other("publication")),
    row(&["pubdata"], Where::Attribute("position.section"), Means::Known(0, Section)),
    row(&["pubdata"], Where::Attribute("edition.name"), Means::Other("edition")),
    row(&["pubdata"], Where::Attribute("position.sequence"), Means::Other("page")),
    row(&["series"], Where::Attribute("series.name"), Means::Other("series")),
    row(&["urgency"], Where::Attribute("ed-urg"), Means::Other("urgency")),
    row(&["du-key"], Where::Attribute("key"), Means::Other("du-key")),
    row(&["doc.copyright"], Where::Attribute("holder"), Means::Other("copyright")),
    Row {
        path: &["head", "meta"],
        when: When::Ends("name", &["online_sections"]),
        from: Where::Attribute("content"),
        means: Means::List(1, Section),
    },
    row(&["head", "meta"], Where::Pair("name", "content"), Means::Nothing),
    row(&["nitf"], Where::Attribute("xml:lang"), Means::Known(0, Property::Language)),
    row(&["body"], Where::Attribute("xml:lang"), Means::Known(1, Property::Language)),
    row(&["body.content"], Where::Text, Means::Body),
    row(&["body.end"], Where::Text, Means::Nothing),
];

const LAYOUTS: Layouts = &[
    (
        &[
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hl1",
            "hl2",
            "bq",
            "blockquote",
            "ol",
            "ul",
            "dl",
            "table",
            "nitf-table",
            "fn",
            "media",
            "media-caption",
            "caption",
            "credit",
            "note",
            "div",
            "section",
            "article",
            "figure",
        ],
        Layout::Paragraph,
    ),
    (&["li", "tr", "dt", "dd", "figcaption"], Layout::Line),
    (&["td", "th"], Layout::Cell),
    (&["person", "name.given", "name.family"], Layout::Word),
    (&["br"], Layout::Break),
    (&["pre"], Layout::Verbatim),
    (&["block"], Layout::Lead("lead_paragraph")),
    (
        &[
            "byttl",
            "virtloc",
            "media-producer",
            "media-metadata",
            "media-object",
            "media-reference",
            "custom-table",
            "nitf-table-metadata",
            "script",
            "style",
            "head",
            "tagline",
        ],
        Layout::Hidden,
    ),
];

/// NITF files.
#[derive(Debug)]
pub struct Nitf;

impl Reader for Nitf {
    fn name(&self) -> &'static str {
        "nitf"
    }

    fn about(&self) -> &'static str {
        "NITF, the News Industry Text Format of the IPTC"
    }

    fn reads(&self) -> &'static str {
        "headline, byline, abstract, date of issue, subjects, keywords and identified content as tags, the content"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["nitf"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        xml::root(head).is_some_and(|(name, _)| name == "nitf")
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(XmlCutter::new(RECORDS)))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        super::read_records(input, RECORDS, emit, |text, notes| {
            let said = super::read(text, &VOCABULARY);
            let printed = said.flag(PRINTED_BYLINE).map(printed_authors).unwrap_or_default();
            let mut draft = said.draft(input.options, notes);
            if draft.authors.is_empty() {
                draft.authors = printed;
            }
            Outcome::Draft(Box::new(draft))
        })
    }
}

/// The names of a byline without "Special to The Times" behind them.
fn printed_authors(byline: &str) -> Vec<String> {
    let mut authors = values::authors(byline);
    authors.retain(|author| !values::starts_with_ignoring_case(author, "special to "));
    authors
}
