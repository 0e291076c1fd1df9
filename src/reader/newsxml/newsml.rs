//! NewsML-G2 and NewsML 1 (IPTC), and the items of Reuters Corpus Volume 1: an article with what an agency says of it.

use super::{Means, Row, Vocabulary, When, Where, nitf, row};
use crate::diagnostic::LeftOut;
use crate::reader::values::Property;
use crate::reader::xml::{self, Outcome, XmlCutter};
use crate::reader::{Cutter, Emit, Fault, Input, ReadOptions, Reader};

use Property::{Author, Date, Description, Id, Tag, Title};

/// The elements of items, of articles and of others.
const RECORDS: &[&str] =
    &["newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "NewsItem", "newsitem"];

/// The root elements of files.
const ROOTS: &[&str] = &["newsItem", "packageItem", "newsMessage", "NewsML", "newsitem"];

/// Words at the end of the code of a status for what is not, or no longer, to be read (IPTC NewsCodes, `pubstatusg2`).
const UNPUBLISHED: &[&str] = &["canceled", "cancelled", "withheld"];

/// Words at the end of the code of an item's class for what is an article (IPTC NewsCodes, `ninature`).
const ARTICLES: &[&str] = &["text", "composite"];

/// Of the dates that of the content is the surest: an item can be made long after it, when an archive is moved. That
/// of a version is the time of a change.
const VOCABULARY: Vocabulary = Vocabulary { rows: ROWS, layouts: nitf::VOCABULARY.layouts };

const ROWS: &[Row] = &[
    // NewsML-G2
    ends(
        &["contentMeta", "headline"],
        "role",
        &["sub", "subheadline", "subhead", "summary", "short"],
        Where::Text,
        Means::Known(2, Description),
    ),
    row(&["contentMeta", "headline"], Where::Text, Means::Known(0, Title)),
    row(&["itemMeta", "title"], Where::Text, Means::Known(1, Title)),
    row(&["contentMeta", "by"], Where::Text, Means::Known(0, Author)),
    ends(&["contentMeta", "creator"], "type", &["person"], Where::Name, Means::Known(1, Author)),
    ends(
        &["contentMeta", "creator"],
        "role",
        &["writer", "author", "reporter"],
        Where::Name,
        Means::Known(1, Author),
    ),
    row(&["contentMeta", "creator"], Where::Name, Means::Other("creator")),
    row(&["contentMeta", "contributor"], Where::Name, Means::Other("contributor")),
    row(&["contentMeta", "contentCreated"], Where::Text, Means::Known(0, Date)),
    row(&["itemMeta", "firstCreated"], Where::Text, Means::Known(1, Date)),
    row(&["itemMeta", "versionCreated"], Where::Text, Means::Known(2, Date)),
    row(&["itemMeta", "embargoed"], Where::Text, Means::Other("embargoed")),
    row(&["contentMeta", "contentModified"], Where::Text, Means::Other("contentModified")),
    row(&["contentMeta", "language"], Where::Attribute("tag"), Means::Known(0, Property::Language)),
    row(&["newsItem"], Where::Attribute("guid"), Means::Known(0, Id)),
    row(&["newsItem"], Where::Attribute("version"), Means::Other("version")),
    row(&["inlineXML"], Where::Attribute("xml:lang"), Means::Known(1, Property::Language)),
    row(&["newsItem"], Where::Attribute("xml:lang"), Means::Known(2, Property::Language)),
    row(&["contentMeta", "keyword"], Where::Text, Means::Known(1, Tag)),
    row(&["contentMeta", "subject"], Where::Name, Means::Known(0, Tag)),
    row(&["contentMeta", "genre"], Where::Name, Means::Other("genre")),
    row(&["contentMeta", "located"], Where::Name, Means::Other("located")),
    row(&["contentMeta", "dateline"], Where::Text, Means::Other("dateline")),
    row(&["contentMeta", "slugline"], Where::Text, Means::Other("slugline")),
    row(&["contentMeta", "creditline"], Where::Text, Means::Other("creditline")),
    row(&["contentMeta", "urgency"], Where::Text, Means::Other("urgency")),
    row(&["contentMeta", "description"], Where::Text, Means::Known(0, Description)),
    row(&["itemMeta", "provider"], Where::Name, Means::Other("provider")),
    row(&["itemMeta", "edNote"], Where::Text, Means::Other("edNote")),
    row(&["itemMeta", "itemClass"], Where::Attribute("qcode"), Means::Flag("class")),
    row(&["itemMeta", "pubStatus"], Where::Attribute("qcode"), Means::Flag("status")),
    row(&["rightsInfo", "copyrightNotice"], Where::Text, Means::Other("copyright")),
    row(&["contentSet", "inlineXML"], Where::Markup, Means::Body),
    row(&["contentSet", "inlineData"], Where::Markup, Means::Body),
    // NewsML 1
    row(&["NewsLines", "HeadLine"], Where::Text, Means::Known(0, Title)),
    row(&["NewsLines", "SubHeadLine"], Where::Text, Means::Known(1, Description)),
    row(&["NewsLines", "ByLine"], Where::Text, Means::Known(0, Author)),
    row(&["NewsLines", "DateLine"], Where::Text, Means::Other("dateline")),
    row(&["NewsLines", "SlugLine"], Where::Text, Means::Other("slugline")),
    row(&["NewsLines", "CreditLine"], Where::Text, Means::Other("creditline")),
    row(&["NewsLines", "CopyrightLine"], Where::Text, Means::Other("copyright")),
    row(&["NewsLines", "KeywordLine"], Where::Text, Means::List(0, Tag)),
    row(&["NewsManagement", "FirstCreated"], Where::Text, Means::Known(1, Date)),
    row(&["NewsManagement", "ThisRevisionCreated"], Where::Text, Means::Known(2, Date)),
    row(&["NewsManagement", "Status"], Where::Attribute("FormalName"), Means::Flag("status")),
    row(&["NewsIdentifier", "PublicIdentifier"], Where::Text, Means::Known(0, Id)),
    row(
        &["DescriptiveMetadata", "Language"],
        Where::Attribute("FormalName"),
        Means::Known(0, Property::Language),
    ),
    row(&["DescriptiveMetadata", "Genre"], Where::Attribute("FormalName"), Means::Other("genre")),
    row(&["ContentItem", "DataContent"], Where::Markup, Means::Body),
    // Reuters Corpus Volume 1
    row(&["newsitem"], Where::Attribute("itemid"), Means::Known(0, Id)),
    row(&["newsitem"], Where::Attribute("date"), Means::Known(1, Date)),
    row(&["newsitem"], Where::Attribute("xml:lang"), Means::Known(1, Property::Language)),
    row(&["newsitem", "headline"], Where::Text, Means::Known(0, Title)),
    row(&["newsitem", "title"], Where::Text, Means::Known(1, Title)),
    row(&["newsitem", "byline"], Where::Text, Means::Known(0, Author)),
    row(&["newsitem", "dateline"], Where::Text, Means::Other("dateline")),
    row(&["newsitem", "text"], Where::Text, Means::Body),
    row(&["newsitem", "copyright"], Where::Text, Means::Other("copyright")),
    row(&["newsitem", "codes", "code"], Where::Attribute("code"), Means::Known(0, Tag)),
];

const fn ends(
    path: &'static [&'static str],
    attribute: &'static str,
    endings: &'static [&'static str],
    from: Where,
    means: Means,
) -> Row {
    Row { path, when: When::Ends(attribute, endings), from, means }
}

/// NewsML files.
#[derive(Debug)]
pub struct NewsMl;

impl Reader for NewsMl {
    fn name(&self) -> &'static str {
        "newsml"
    }

    fn about(&self) -> &'static str {
        "NewsML-G2 and NewsML 1 of the IPTC, single items and messages of several"
    }

    fn reads(&self) -> &'static str {
        "headline, byline, subjects and keywords as tags, the date of the content, text in NITF or XHTML; no pictures"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["newsml"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        super::has_root(head, ROOTS)
    }

    fn cutter(&self) -> Option<Box<dyn Cutter>> {
        Some(Box::new(XmlCutter::new(RECORDS)))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        super::read_records(input, RECORDS, emit, |text, notes| outcome(text, input.options, notes))
    }
}

fn outcome(text: &str, options: &ReadOptions, notes: &mut Vec<Fault>) -> Outcome {
    let name = xml::root(text.as_bytes()).map(|(name, _)| name).unwrap_or_default();
    if !name.to_ascii_lowercase().ends_with("newsitem") {
        return Outcome::LeftOut(LeftOut::NoArticle);
    }
    let said = super::read(text, &VOCABULARY);
    let ends = |flag: Option<&str>, words: &[&str]| {
        flag.is_some_and(|code| words.iter().any(|word| code.to_ascii_lowercase().ends_with(word)))
    };
    if ends(said.flag("status"), UNPUBLISHED) && !options.unpublished {
        return Outcome::LeftOut(LeftOut::Unpublished);
    }
    // A picture has words too, those that describe it.
    if said.flag("class").is_some() && !ends(said.flag("class"), ARTICLES) && said.bodies.is_empty() {
        return Outcome::LeftOut(LeftOut::Attachment);
    }
    Outcome::Draft(Box::new(said.draft(options, notes)))
}
