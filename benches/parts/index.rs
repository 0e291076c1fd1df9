//! Articles to a segment, and questions to an index.

use std::sync::Arc;

use backfile::article::Article;
use backfile::engine::Manifest;
use backfile::engine::local::{Folder, Searcher, SegmentWriter, Writer};
use backfile::schema::load::Declaration;
use backfile::search::params::SearchParams;
use backfile::text::calendar::Day;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use tempfile::TempDir;

use crate::corpus::Corpus;

const TODAY: Day = Day(18_262);

/// The number of the file that all articles are read from.
const FILE: u64 = 0;

fn create() -> (TempDir, Folder, Writer) {
    let place = tempfile::tempdir().unwrap();
    let declaration = Declaration::embedded().unwrap();
    let folder = Folder::create(place.path(), &declaration, declaration.check().unwrap()).unwrap();
    let writer = Writer::open(&folder, Folder::lock(place.path()).unwrap(), &Arc::default()).unwrap();
    (place, folder, writer)
}

/// Articles by the length of their text; the segment is written to disk.
#[divan::bench(args = [500, 5_000], sample_count = 10, sample_size = 1)]
fn build_segment(bencher: Bencher<'_, '_>, bytes: usize) {
    let (_place, _folder, writer) = create();
    let builders = writer.builders(TODAY, SegmentWriter::Own);
    let articles = Corpus::new().articles(5_000_000 / bytes, bytes);
    let text: usize = articles.iter().map(|article| article.title.len() + article.body.len()).sum();
    bencher
        .counter(ItemsCount::new(articles.len()))
        .counter(BytesCount::new(text))
        .with_inputs(|| builders.builder())
        .bench_values(|mut builder| {
            articles.iter().for_each(|article| builder.add(article, FILE).unwrap());
            builder.finish().unwrap()
        });
}

/// An index of 20,000 articles in two segments.
struct Built {
    _place: TempDir,
    folder: Folder,
    corpus: Corpus,
}

impl Built {
    fn new() -> Built {
        let (place, folder, mut writer) = create();
        let mut corpus = Corpus::new();
        let articles = corpus.articles(20_000, 800);
        for half in articles.chunks(articles.len() / 2) {
            add(&mut writer, half);
        }
        writer.commit(&Manifest { generation: 1, ..Manifest::default() }).unwrap();
        Built { _place: place, folder, corpus }
    }
}

fn add(writer: &mut Writer, articles: &[Article]) {
    let mut builder = writer.builders(TODAY, SegmentWriter::Own).builder();
    articles.iter().for_each(|article| builder.add(article, FILE).unwrap());
    writer.register(builder.finish().unwrap().unwrap()).unwrap();
}

#[divan::bench]
fn open(bencher: Bencher<'_, '_>) {
    let built = Built::new();
    bencher.bench(|| Searcher::open(&Folder::open(built.folder.path()).unwrap()).unwrap());
}

/// What an answer has besides ten bare hits.
#[derive(Debug, Clone, Copy)]
enum With {
    Nothing,
    Facets,
    Histogram,
    Snippets,
}

impl With {
    fn params(self, query: String) -> SearchParams {
        let facets: &[&str] = match self {
            With::Nothing | With::Snippets => &[],
            With::Facets => &["tag", "author"],
            With::Histogram => &["date:month"],
        };
        SearchParams {
            words: vec![query],
            facets: facets.iter().map(|&facet| facet.to_owned()).collect(),
            snippets: Some(usize::from(matches!(self, With::Snippets))),
            ..SearchParams::default()
        }
    }
}

impl std::fmt::Display for With {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

#[divan::bench(args = [With::Nothing, With::Facets, With::Histogram, With::Snippets])]
fn top_ten(bencher: Bencher<'_, '_>, with: With) {
    let built = Built::new();
    let searcher = Searcher::open(&built.folder).unwrap();
    let query = format!("{} OR {}", built.corpus.word(30), built.corpus.word(300));
    let request = with.params(query).check(searcher.schema(), TODAY).unwrap().request;
    bencher.counter(ItemsCount::new(1_usize)).bench(|| searcher.search(&request).unwrap());
}
