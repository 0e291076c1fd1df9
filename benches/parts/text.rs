//! Text to words, dates and languages.

use backfile::analysis::language::Language;
use backfile::analysis::stem::Stemmer;
use backfile::analysis::tokenizer::tokenize;
use backfile::schema::load::Declaration;
use backfile::text::dates::{self, DayOrder};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use crate::corpus::Corpus;

const TEXT: usize = 100_000;

fn cut(bencher: Bencher<'_, '_>, text: &str) {
    bencher.counter(BytesCount::of_str(text)).bench(|| {
        let mut bytes = 0;
        tokenize(text, |token| bytes += token.text.len());
        bytes
    });
}

#[divan::bench]
fn tokenize_english(bencher: Bencher<'_, '_>) {
    cut(bencher, &Corpus::new().english(TEXT));
}

#[divan::bench]
fn tokenize_mixed(bencher: Bencher<'_, '_>) {
    cut(bencher, &Corpus::new().mixed(TEXT));
}

#[divan::bench]
fn tokenize_chinese(bencher: Bencher<'_, '_>) {
    cut(bencher, &Corpus::new().chinese(TEXT));
}

/// Each word of the vocabulary once, as when a segment is written.
#[divan::bench(args = ["en", "de", "fr"])]
fn stem(bencher: Bencher<'_, '_>, code: &str) {
    let corpus = Corpus::new();
    let stemmer = Stemmer::of(Language::parse(code).unwrap()).unwrap();
    let words = corpus.words();
    bencher
        .counter(ItemsCount::new(words.len()))
        .bench(|| words.iter().map(|word| stemmer.stem(word).len()).sum::<usize>());
}

fn detect(bencher: Bencher<'_, '_>, texts: &[String]) {
    let detector = Declaration::embedded().unwrap().check().unwrap().detector();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench(|| texts.iter().filter_map(|text| detector.detect(text)).count());
}

#[divan::bench]
fn detect_english(bencher: Bencher<'_, '_>) {
    let mut corpus = Corpus::new();
    let texts: Vec<String> = (0..100).map(|_| corpus.english(800)).collect();
    detect(bencher, &texts);
}

#[divan::bench]
fn detect_chinese(bencher: Bencher<'_, '_>) {
    let mut corpus = Corpus::new();
    let texts: Vec<String> = (0..100).map(|_| corpus.chinese(800)).collect();
    detect(bencher, &texts);
}

/// Words without a function word: the texts that trigrams are asked for.
#[divan::bench]
fn detect_headlines(bencher: Bencher<'_, '_>) {
    let corpus = Corpus::new();
    let texts: Vec<String> = corpus.words()[1_000..2_000].chunks(10).map(|words| words.join(" ")).collect();
    detect(bencher, &texts);
}

#[divan::bench(args = [
    "2019-05-01",
    "2019-05-01T08:30:00+02:00",
    "Wed, 01 May 2019 08:30:00 +0200",
    "26-FEB-1987 15:01:01.79",
    "Published on March 3rd, 1998, 8:15 p.m.",
    "3. März 1998",
    "平成10年3月3日",
    "autumn 1968",
    "no date at all",
])]
fn date(bencher: Bencher<'_, '_>, text: &str) {
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench(|| dates::parse(divan::black_box(text), DayOrder::Unknown));
}
