//! Text to queries, and queries to passages of texts that they found.

use backfile::analysis::language::Language;
use backfile::highlight::{Matcher, Stemmed};
use backfile::query::parse::{MAX_BYTES, Reading, parse};
use backfile::schema::Schema;
use backfile::schema::load::Declaration;
use backfile::search::expansion::Expansions;
use backfile::search::{Context, SnippetOptions};
use backfile::text::calendar::Day;
use divan::Bencher;
use divan::counter::BytesCount;

use crate::corpus::Corpus;

const TODAY: Day = Day(18_262);

fn schema() -> Schema {
    Declaration::embedded().unwrap().check().unwrap()
}

fn read(bencher: Bencher<'_, '_>, text: &str) {
    let schema = schema();
    let reading = Reading::new(&schema, TODAY);
    bencher.counter(BytesCount::of_str(text)).bench(|| parse(divan::black_box(text), &reading));
}

#[divan::bench(args = [
    "climate policy",
    r#""nuclear waste" -fusion tag:energy/coal date:1950..1974"#,
    "(strike OR walkout~1) NEAR/8 (union OR work*) title:/min(e|ing)s?/^2",
])]
fn parse_usual(bencher: Bencher<'_, '_>, text: &str) {
    read(bencher, text);
}

/// Queries as long as can be, of nothing but one sign: each could cost the square of its length.
#[divan::bench(args = ["(", "\"", "-", "a ", "a OR ", "NOT (", "tag:", "a~2^3 ", "a NEAR ", "[", "*?", "'"])]
fn parse_hostile(bencher: Bencher<'_, '_>, sign: &str) {
    read(bencher, &sign.repeat(MAX_BYTES / sign.len()));
}

/// The passages of ten articles of this length.
#[divan::bench(args = [1_000, 10_000, 100_000])]
fn ten_snippets(bencher: Bencher<'_, '_>, bytes: usize) {
    let mut corpus = Corpus::new();
    let texts: Vec<String> = (0..10).map(|_| corpus.english(bytes)).collect();
    let schema = schema();
    let english = Language::parse("en").unwrap();
    let query = format!("{} {} \"{} {}\"", corpus.word(30), corpus.word(300), corpus.word(0), corpus.word(1));
    let query = parse(&query, &Reading::new(&schema, TODAY)).query;
    let idf = |term: &str, _| term.len() as f32;
    let stemmed = Stemmed { languages: &[english], by_own: true };
    let matcher = Matcher::new(&query, &schema.default_field, stemmed, &Expansions::default(), &idf);
    let options = SnippetOptions { count: 1, context: Context::Words(40) };
    let passages = |text: &String| matcher.passages(text, "body", Some(english), options);
    bencher
        .counter(BytesCount::new(texts.iter().map(String::len).sum::<usize>()))
        .bench(|| texts.iter().map(|text| passages(text).len()).sum::<usize>());
}
