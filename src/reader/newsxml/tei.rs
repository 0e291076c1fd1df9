//! TEI, the markup of scholarly editions (TEI P5 Guidelines; P4 is read too): a text, or a corpus of several.

use super::prose::{Layout, Layouts};
use super::{Means, Row, Vocabulary, When, Where, row};
use crate::reader::values::Property;
use crate::reader::xml::{Outcome, XmlCutter};
use crate::reader::{Cutter, Emit, Fault, Input, Reader};

use Property::{Author, Date, Description, Id, Tag, Title, Url};

/// The elements of texts.
const RECORDS: &[&str] = &["TEI", "TEI.2"];

/// The root elements of files.
const ROOTS: &[&str] = &["TEI", "TEI.2", "teiCorpus", "teiCorpus.2"];

/// When a text was written or sent is surer than when its source was printed, and that surer than when the edition
/// was published.
const VOCABULARY: Vocabulary = Vocabulary { rows: ROWS, layouts: LAYOUTS };

const ROWS: &[Row] = &[
    Row {
        path: &["titleStmt", "title"],
        when: When::Ends("type", &["sub", "desc", "alt", "short"]),
        from: Where::Text,
        means: Means::Known(1, Description),
    },
    row(&["titleStmt", "title"], Where::Text, Means::Known(0, Title)),
    row(&["analytic", "title"], Where::Text, Means::Known(1, Title)),
    row(&["titleStmt", "author"], Where::Text, Means::Known(0, Author)),
    row(&["titleStmt", "editor"], Where::Text, Means::Other("editor")),
    row(&["profileDesc", "abstract"], Where::Text, Means::Known(0, Description)),
    row(&["correspAction", "date"], Where::Date, Means::Known(0, Date)),
    row(&["creation", "date"], Where::Date, Means::Known(1, Date)),
    row(&["sourceDesc", "date"], Where::Date, Means::Known(2, Date)),
    row(&["publicationStmt", "date"], Where::Date, Means::Known(3, Date)),
    row(&["monogr", "title"], Where::Text, Means::Other("source")),
    row(&["publicationStmt", "publisher"], Where::Text, Means::Other("publisher")),
    Row {
        path: &["publicationStmt", "idno"],
        when: When::Ends("type", &["url", "uri"]),
        from: Where::Text,
        means: Means::Known(0, Url),
    },
    row(&["publicationStmt", "idno"], Where::Text, Means::Known(0, Id)),
    row(&["TEI"], Where::Attribute("xml:id"), Means::Known(1, Id)),
    row(&["keywords", "term"], Where::Text, Means::Known(0, Tag)),
    row(&["keywords", "item"], Where::Text, Means::Known(0, Tag)),
    row(&["textClass", "classCode"], Where::Text, Means::Other("classCode")),
    row(&["revisionDesc"], Where::Text, Means::Nothing),
    row(&["text"], Where::Attribute("xml:lang"), Means::Known(0, Property::Language)),
    row(&["langUsage", "language"], Where::Attribute("ident"), Means::Known(1, Property::Language)),
    row(&["TEI"], Where::Attribute("xml:lang"), Means::Known(2, Property::Language)),
    row(&["text"], Where::Text, Means::Body),
];

const LAYOUTS: Layouts = &[
    (
        &[
            "p",
            "ab",
            "head",
            "lg",
            "sp",
            "stage",
            "list",
            "table",
            "figure",
            "floatingText",
            "div",
            "div1",
            "div2",
            "div3",
            "opener",
            "closer",
            "postscript",
            "epigraph",
            "argument",
            "trailer",
            "byline",
            "dateline",
            "front",
            "body",
            "back",
            "group",
            "listBibl",
            "castList",
        ],
        Layout::Paragraph,
    ),
    (
        &["l", "item", "row", "speaker", "salute", "signed", "bibl", "castItem", "address", "addrLine"],
        Layout::Line,
    ),
    (&["cell"], Layout::Cell),
    (&["forename", "surname", "name", "persName"], Layout::Word),
    (&["lb", "pb", "cb", "gb", "milestone"], Layout::Turn),
    (&["eg", "egXML"], Layout::Verbatim),
    (&["note"], Layout::Note),
    (
        &[
            "fw",
            "figDesc",
            "titlePage",
            "del",
            "surplus",
            "teiHeader",
            "facsimile",
            "interp",
            "spanGrp",
            "roleName",
        ],
        Layout::Hidden,
    ),
    (&["sic", "orig", "abbr"], Layout::HiddenIn("choice")),
];

/// TEI files.
#[derive(Debug)]
pub struct Tei;

impl Reader for Tei {
    fn name(&self) -> &'static str {
        "tei"
    }

    fn about(&self) -> &'static str {
        "TEI, texts and corpora of scholarly editions"
    }

    fn reads(&self) -> &'static str {
        "title, author, date of writing or of the source, keywords as tags, language; the text with its notes behind it"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["tei"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        super::has_root(head, ROOTS)
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(XmlCutter::new(RECORDS)))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        super::read_records(input, RECORDS, emit, |text, notes| {
            Outcome::Draft(Box::new(super::read(text, &VOCABULARY).draft(input.options, notes)))
        })
    }
}
