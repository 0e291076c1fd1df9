//! NewsML-G2 and NewsML 1 (IPTC), and the items of Reuters Corpus Volume 1: an article with what an agency says of it.

use super::{From, Means, Row, Vocabulary, When, nitf, row};
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
        From::Text,
        Means::Known(2, Description),
    ),
    row(&["contentMeta", "headline"], From::Text, Means::Known(0, Title)),
    row(&["itemMeta", "title"], From::Text, Means::Known(1, Title)),
    row(&["contentMeta", "by"], From::Text, Means::Known(0, Author)),
    ends(&["contentMeta", "creator"], "type", &["person"], From::Name, Means::Known(1, Author)),
    ends(
        &["contentMeta", "creator"],
        "role",
        &["writer", "author", "reporter"],
        From::Name,
        Means::Known(1, Author),
    ),
    row(&["contentMeta", "creator"], From::Name, Means::Other("creator")),
    row(&["contentMeta", "contributor"], From::Name, Means::Other("contributor")),
    row(&["contentMeta", "contentCreated"], From::Text, Means::Known(0, Date)),
    row(&["itemMeta", "firstCreated"], From::Text, Means::Known(1, Date)),
    row(&["itemMeta", "versionCreated"], From::Text, Means::Known(2, Date)),
    row(&["itemMeta", "embargoed"], From::Text, Means::Other("embargoed")),
    row(&["contentMeta", "contentModified"], From::Text, Means::Other("contentModified")),
    row(&["contentMeta", "language"], From::Attribute("tag"), Means::Known(0, Property::Language)),
    row(&["newsItem"], From::Attribute("guid"), Means::Known(0, Id)),
    row(&["newsItem"], From::Attribute("version"), Means::Other("version")),
    row(&["inlineXML"], From::Attribute("xml:lang"), Means::Known(1, Property::Language)),
    row(&["newsItem"], From::Attribute("xml:lang"), Means::Known(2, Property::Language)),
    row(&["contentMeta", "keyword"], From::Text, Means::Known(1, Tag)),
    row(&["contentMeta", "subject"], From::Name, Means::Known(0, Tag)),
    row(&["contentMeta", "genre"], From::Name, Means::Other("genre")),
    row(&["contentMeta", "located"], From::Name, Means::Other("located")),
    row(&["contentMeta", "dateline"], From::Text, Means::Other("dateline")),
    row(&["contentMeta", "slugline"], From::Text, Means::Other("slugline")),
    row(&["contentMeta", "creditline"], From::Text, Means::Other("creditline")),
    row(&["contentMeta", "urgency"], From::Text, Means::Other("urgency")),
    row(&["contentMeta", "description"], From::Text, Means::Known(0, Description)),
    row(&["itemMeta", "provider"], From::Name, Means::Other("provider")),
    row(&["itemMeta", "edNote"], From::Text, Means::Other("edNote")),
    row(&["itemMeta", "itemClass"], From::Attribute("qcode"), Means::Flag("class")),
    row(&["itemMeta", "pubStatus"], From::Attribute("qcode"), Means::Flag("status")),
    row(&["rightsInfo", "copyrightNotice"], From::Text, Means::Other("copyright")),
    row(&["contentSet", "inlineXML"], From::Markup, Means::Body),
    row(&["contentSet", "inlineData"], From::Markup, Means::Body),
    // NewsML 1
    row(&["NewsLines", "HeadLine"], From::Text, Means::Known(0, Title)),
    row(&["NewsLines", "SubHeadLine"], From::Text, Means::Known(1, Description)),
    row(&["NewsLines", "ByLine"], From::Text, Means::Known(0, Author)),
    row(&["NewsLines", "DateLine"], From::Text, Means::Other("dateline")),
    row(&["NewsLines", "SlugLine"], From::Text, Means::Other("slugline")),
    row(&["NewsLines", "CreditLine"], From::Text, Means::Other("creditline")),
    row(&["NewsLines", "CopyrightLine"], From::Text, Means::Other("copyright")),
    row(&["NewsLines", "KeywordLine"], From::Text, Means::List(0, Tag)),
    row(&["NewsManagement", "FirstCreated"], From::Text, Means::Known(1, Date)),
    row(&["NewsManagement", "ThisRevisionCreated"], From::Text, Means::Known(2, Date)),
    row(&["NewsManagement", "Status"], From::Attribute("FormalName"), Means::Flag("status")),
    row(&["NewsIdentifier", "PublicIdentifier"], From::Text, Means::Known(0, Id)),
    row(
        &["DescriptiveMetadata", "Language"],
        From::Attribute("FormalName"),
        Means::Known(0, Property::Language),
    ),
    row(&["DescriptiveMetadata", "Genre"], From::Attribute("FormalName"), Means::Other("genre")),
    row(&["ContentItem", "DataContent"], From::Markup, Means::Body),
    // Reuters Corpus Volume 1
    row(&["newsitem"], From::Attribute("itemid"), Means::Known(0, Id)),
    row(&["newsitem"], From::Attribute("date"), Means::Known(1, Date)),
    row(&["newsitem"], From::Attribute("xml:lang"), Means::Known(1, Property::Language)),
    row(&["newsitem", "headline"], From::Text, Means::Known(0, Title)),
    row(&["newsitem", "title"], From::Text, Means::Known(1, Title)),
    row(&["newsitem", "byline"], From::Text, Means::Known(0, Author)),
    row(&["newsitem", "dateline"], From::Text, Means::Other("dateline")),
    row(&["newsitem", "text"], From::Text, Means::Body),
    row(&["newsitem", "copyright"], From::Text, Means::Other("copyright")),
    row(&["newsitem", "codes", "code"], From::Attribute("code"), Means::Known(0, Tag)),
];

const fn ends(
    path: &'static [&'static str],
    attribute: &'static str,
    endings: &'static [&'static str],
    from: From,
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
        xml::root(head)
            .is_some_and(|(name, _)| name.rsplit(':').next().is_some_and(|name| ROOTS.contains(&name)))
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
