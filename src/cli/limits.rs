//! Every limit that a user can meet, by the constants that the code really uses.

use crate::analysis::positions::{MAX_DISTANCE, MAX_FREE_WORDS};
use crate::analysis::regex::{MAX_COMPILED_BYTES, MAX_REGEX_BYTES};
use crate::engine::local::{MOST_COUNTED, MOST_EXPANSIONS, MOST_FUZZY, MOST_PERIODS};
use crate::ingest::complete::{LONGEST_VALUE, MOST_TAGS};
use crate::ingest::{isolate, unpack};
use crate::output::formats::Amount::{self, Bytes, Count, Seconds, Times};
use crate::output::formats::Limit;
use crate::query::{parse, saved, synonyms, term};
#[cfg(feature = "pdf")]
use crate::reader::pdf;
use crate::reader::values::{MAX_META, MAX_META_BYTES};
use crate::reader::{csv, front_matter, html, json, mime, package, substack, xml};
use crate::search::kwic::WIDEST_CONTEXT;
use crate::search::params::MAX_WINDOW;

use super::batch;

const fn limit(area: &'static str, what: &'static str, most: Amount, then: &'static str) -> Limit {
    Limit { area, what, most, then }
}

const fn size(bytes: usize) -> Amount {
    Bytes(bytes as u64)
}

const fn number(of_things: usize) -> Amount {
    Count(of_things as u64)
}

/// The limits, those of one area together.
pub(super) const LIMITS: &[Limit] = &[
    limit("file", "a file of one article, unpacked", size(unpack::LARGEST_WHOLE), "it is skipped"),
    limit(
        "file",
        "a record of a file of records, whose own size is not limited",
        size(unpack::LARGEST_RECORD),
        "the record is skipped, those behind it are read",
    ),
    limit(
        "file",
        "what a compressed file grows by",
        Times(unpack::MOST_GROWTH),
        "it is skipped, unless little comes out of it",
    ),
    limit(
        "file",
        "what comes out of a compressed file before its growth counts",
        Bytes(unpack::GROWTH_GRACE),
        "its growth counts",
    ),
    limit(
        "file",
        "memory for the window of a decompressor",
        Bytes(1 << unpack::LARGEST_WINDOW_LOG),
        "it is skipped",
    ),
    limit(
        "file",
        "what stands before the first record of a file",
        size(unpack::LARGEST_HEAD),
        "it holds for the first records only",
    ),
    limit(
        "container",
        "containers and compressions in each other",
        number(unpack::MOST_LAYERS),
        "it is skipped",
    ),
    limit("container", "members", number(unpack::MOST_MEMBERS), "the others are skipped"),
    limit("container", "a zip in another container", size(unpack::LARGEST_NESTED_ZIP), "it is skipped"),
    limit("package", "entries of a document that is a zip", number(package::MAX_ENTRIES), "it is skipped"),
    limit("package", "entries of an export that is a zip", number(substack::MAX_ENTRIES), "it is skipped"),
    limit("package", "an entry, unpacked", Bytes(package::MAX_MEMBER), "what needs it is skipped"),
    limit("package", "all entries that are read, unpacked", Bytes(package::MAX_TOTAL), "the rest is skipped"),
    limit("package", "what an entry grows by", Times(package::MAX_GROWTH), "what needs it is skipped"),
    limit("html", "a page", size(html::MAX_BYTES), "it is skipped"),
    limit(
        "html",
        "elements in each other",
        number(html::MAX_DEPTH),
        "the text of the whole page is taken, with a note",
    ),
    limit("html", "elements", number(html::MAX_ELEMENTS), "the text of the whole page is taken, with a note"),
    limit(
        "html",
        "attributes of an element",
        number(html::MAX_ATTRIBUTES),
        "the text of the whole page is taken, with a note",
    ),
    limit(
        "csv",
        "a row with a line break in quotation marks",
        size(csv::LARGEST_QUOTED_ROW),
        "the mark counts as never closed and its line is skipped",
    ),
    limit("csv", "columns", number(csv::MAX_COLUMNS), "the cells behind them are not read"),
    limit("json", "values in each other", number(json::MAX_DEPTH), "the record is skipped"),
    limit(
        "xml",
        "elements in each other",
        number(xml::MAX_DEPTH),
        "what follows in the record is not read, with a note",
    ),
    limit("mail", "parts in one part", number(mime::MAX_PARTS), "the others are not read"),
    limit("mail", "parts in each other", number(mime::MAX_DEPTH), "the inner ones are not read"),
    #[cfg(feature = "pdf")]
    limit("pdf", "pages", number(pdf::MAX_PAGES), "the others are not read, with a note"),
    #[cfg(feature = "pdf")]
    limit(
        "pdf",
        "operators of its pages",
        Count(pdf::MAX_OPERATORS),
        "what follows is not read, with a note",
    ),
    limit(
        "process",
        "memory of the process for a risky format, such as PDF",
        Bytes(isolate::MAX_MEMORY),
        "the file is skipped (on Unix)",
    ),
    limit("process", "time that it may take", Seconds(isolate::MAX_SECONDS), "the file is skipped"),
    limit(
        "process",
        "files that it may have open, its input and output",
        Count(isolate::MAX_FILES),
        "the file is skipped (on Unix)",
    ),
    limit("process", "what it may answer", Bytes(isolate::MAX_ANSWER), "the file is skipped"),
    limit("markdown", "the header", size(front_matter::MAX_HEADER), "it counts as text"),
    limit(
        "markdown",
        "values in each other in the header",
        number(front_matter::MAX_DEPTH),
        "it is read line by line, with a note",
    ),
    limit("article", "tags", number(MOST_TAGS), "the others are dropped, with a note"),
    limit("article", "a tag, section or name", size(LONGEST_VALUE), "it is dropped, with a note"),
    limit("article", "other values that are kept", number(MAX_META), "the others are dropped, with a note"),
    limit("article", "another value", size(MAX_META_BYTES), "it is cut, with a note"),
    limit("query", "a query", size(parse::MAX_BYTES), "it is an error"),
    limit("query", "groups in each other", number(parse::MAX_NESTING), "it is an error"),
    limit("query", "clauses", number(parse::MAX_CLAUSES), "it is an error"),
    limit("query", "words that are NEAR each other", number(MAX_DISTANCE as usize), "it is an error"),
    limit("query", "operators NEAR and ADJ in a row", number(parse::MAX_NEAR), "it is an error"),
    limit("query", "words of a phrase with ~", number(MAX_FREE_WORDS), "it is an error"),
    limit("query", "letters of a fuzzy word", number(term::MAX_FUZZY), "it is an error"),
    limit("query", "regular expressions", number(parse::MAX_REGEXES), "it is an error"),
    limit("query", "a regular expression", size(MAX_REGEX_BYTES), "it is an error"),
    limit("query", "a regular expression, written out", size(MAX_COMPILED_BYTES), "it is an error"),
    limit(
        "query",
        "words that a pattern stands for",
        number(MOST_EXPANSIONS),
        "the commonest are searched, with a warning",
    ),
    limit(
        "query",
        "words that a fuzzy word stands for",
        number(MOST_FUZZY),
        "the nearest are searched, with a warning",
    ),
    limit("query", "saved queries in each other", number(saved::MAX_NESTING), "it is an error"),
    limit("query", "saved queries of an index", number(saved::MAX_SAVED), "it is an error"),
    limit("query", "a file of synonyms", size(synonyms::MAX_BYTES), "it is an error"),
    limit("query", "synonyms in a line", number(synonyms::MAX_MEMBERS), "it is an error"),
    limit("query", "words of a synonym", number(synonyms::MAX_WORDS), "it is an error"),
    limit(
        "query",
        "a line of a file of queries",
        size(batch::MAX_LINE),
        "its query is not answered, with an error in its place",
    ),
    limit(
        "query",
        "hits that pages by number reach",
        number(MAX_WINDOW),
        "it is an error; --all has no limit",
    ),
    limit("view", "periods of a trend or of coverage", number(MOST_PERIODS), "it is an error"),
    limit("view", "words or characters beside a match", number(WIDEST_CONTEXT), "it is an error"),
    limit(
        "view",
        "articles that are read to count their matches behind the last line",
        Count(MOST_COUNTED),
        "matches are not counted, unless --all",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_stand_together_and_nothing_twice() {
        let mut areas: Vec<&str> = LIMITS.iter().map(|limit| limit.area).collect();
        areas.dedup();
        let mut distinct = areas.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(areas.len(), distinct.len(), "{areas:?}");
        for (at, limit) in LIMITS.iter().enumerate() {
            let same = |other: &Limit| (other.area, other.what) == (limit.area, limit.what);
            assert!(!LIMITS[..at].iter().any(same), "{limit:?}");
        }
    }
}
