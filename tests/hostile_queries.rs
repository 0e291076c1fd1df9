//! Random and hostile texts as queries: each gets an answer, or an error that names the place in the text; none panics,
//! none takes long.
//!
//! `BACKFILE_QUERIES=1000000` asks for more of them, `BACKFILE_SEED=7` for others.

use std::path::Path;
use std::time::{Duration, Instant};

use backfile::engine::local::Searcher;
use backfile::search::params::SearchParams;

use crate::support::random::{Random, number};
use crate::support::{Sandbox, article, library};

const QUERIES: u64 = 10_000;
/// The longest that any may take, in a development build.
const LONGEST: Duration = Duration::from_secs(5);

/// What queries are made of: signs, words, values, and what has brought down other parsers.
const PIECES: &[&str] = &[
    "coal",
    "the",
    "of",
    "a",
    "e-mail",
    "don't",
    "日本語",
    "ที่",
    "é",
    "e\u{301}",
    "\u{202e}",
    "\u{0}",
    "\u{1b}[31m",
    "\"",
    "“",
    "'",
    "(",
    ")",
    "((((",
    "))))",
    "[",
    "]",
    "{",
    "}",
    "-",
    "--",
    "+",
    "NOT ",
    "AND ",
    "OR ",
    " NEAR/3 ",
    " NEAR ",
    " ADJ/2 ",
    " NEAR/999999999999 ",
    "NEAR/0",
    "*",
    "**",
    "?",
    "?*?",
    "~",
    "~1",
    "~2",
    "~99",
    "~8",
    "^",
    "^2",
    "^1e9",
    "^-1",
    "^NaN",
    "=",
    "@",
    "@x",
    "\\",
    "\\\\",
    "/",
    "/a.*b/",
    "/(a{0,30}){0,30}/",
    "/[/",
    "/.*/",
    "/\\p{L}+/",
    "/(?i)x/",
    "/a|/",
    "/^$/",
    ":",
    "::",
    "title:",
    "tag:",
    "tag:*",
    "author:\"",
    "date:",
    "date:2019",
    "date:[2019 TO ",
    "date:>=",
    "date:..",
    "date:99999999999-99",
    "date:none",
    "date-within:18--",
    "words:>",
    "words:1..2",
    "words:-1",
    "words:99999999999999999999",
    "family:*",
    "path:**",
    "path:[a-",
    "id:",
    "nofield:",
    "url:http://",
    "http://x.y/?q=1&r=2",
    "&&",
    "||",
    "|",
    "&",
    " ",
    "  ",
    "\t",
    "\n",
    "\u{a0}",
    "\u{3000}",
    "a*b*c*d*e*",
    "*a*a*a*a*",
    "electr*",
    "*graph",
    "wom?n",
    "color~2",
    "\"a b\"~8",
    "\"a* b?c\"",
    "<script>",
    "%00",
    "😀",
    "👩‍👩‍👧",
    "ß",
    "İ",
    "ﬁ",
];

#[test]
fn no_query_panics_hangs_or_fails_without_a_place() {
    let sandbox = Sandbox::new();
    for number in 0..20 {
        let body =
            format!("Coal and the e-mail of electric women {number}, a colour graph. 日本語の全文検索。");
        sandbox.file(
            Path::new("archive").join(format!("{number}.md")),
            article("Coal policy", "2019-05-17", "energy/coal", &body),
        );
    }
    library::ingest(&sandbox, "archive", "index", 1);
    let searcher = library::open(&sandbox, "index");
    let seed = number("BACKFILE_SEED", 1);
    let random = Random::new(seed);
    for number in 0..number("BACKFILE_QUERIES", QUERIES) {
        let text = hostile(&random);
        let begin = Instant::now();
        ask(&searcher, &random, &text);
        let took = begin.elapsed();
        assert!(took < LONGEST, "BACKFILE_SEED={seed}, query {number} took {took:?}: {text:?}");
    }
}

/// A query of pieces, now and then much of the same, or any characters.
fn hostile(random: &Random) -> String {
    match random.below(12) {
        0 => random.pick(PIECES).repeat(1 + random.below(3_000)),
        1 => (0..random.below(200)).filter_map(|_| char::from_u32(random.below(0x3000) as u32)).collect(),
        2 => (0..random.below(400)).map(|_| random.pick(PIECES)).collect(),
        _ => (0..1 + random.below(8)).map(|_| random.pick(PIECES)).collect(),
    }
}

fn ask(searcher: &Searcher, random: &Random, text: &str) {
    let params = SearchParams {
        words: vec![text.to_owned()],
        matching: random.one_in(3).then(|| "any".to_owned()),
        exact: random.one_in(4),
        strict: random.one_in(8),
        facets: if random.one_in(4) { vec!["tag".to_owned(), "date:month".to_owned()] } else { Vec::new() },
        ..SearchParams::default()
    };
    match params.check(searcher.schema(), library::TODAY) {
        Err(error) => {
            let (query, span) =
                error.query.as_ref().unwrap_or_else(|| panic!("{text:?}: {error} has no place"));
            assert!(query.get(span.clone()).is_some(), "{text:?}: {error} is about {span:?}");
            assert!(!error.message.is_empty());
        }
        Ok(checked) => {
            if let Err(error) = searcher.search(&checked.request) {
                panic!("{text:?}: {error}");
            }
        }
    }
}
