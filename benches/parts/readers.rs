//! Files to drafts of articles, and the cutting of files of records.

use backfile::article::Article;
use backfile::reader::recognise::by_name;
use backfile::reader::{Input, Item, ReadOptions, Reader};
use divan::Bencher;
use divan::counter::BytesCount;

use crate::corpus::{self, Corpus};

/// What `ingest` hands to a cutter at once.
const BLOCK: usize = 1 << 20;

fn lines(articles: &[Article]) -> String {
    articles.iter().map(|article| corpus::json(article) + "\n").collect()
}

fn drafts(reader: &dyn Reader, name: &str, text: &str) -> usize {
    let options = ReadOptions::default();
    let mut drafts = 0;
    let mut count = |item: Item| drafts += usize::from(matches!(item, Item::Draft { .. }));
    reader.read(&Input::whole(name, text.as_bytes(), &options), &mut count).unwrap();
    drafts
}

fn read_each(bencher: Bencher<'_, '_>, format: &str, texts: &[String]) {
    let reader = by_name(format).unwrap();
    let bytes: usize = texts.iter().map(String::len).sum();
    assert!(texts.iter().all(|text| drafts(reader, "article", text) > 0), "there is nothing to read in one");
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| texts.iter().map(|text| drafts(reader, "article", text)).sum::<usize>());
}

/// Records by the length of their text.
#[divan::bench(args = [500, 5_000])]
fn json_lines(bencher: Bencher<'_, '_>, bytes: usize) {
    let records = lines(&Corpus::new().articles(1_000_000 / bytes, bytes));
    read_each(bencher, "json", &[records]);
}

#[divan::bench]
fn json_array(bencher: Bencher<'_, '_>) {
    let records: Vec<String> = Corpus::new().articles(1_000, 1_000).iter().map(corpus::json).collect();
    read_each(bencher, "json", &[format!("[{}]", records.join(",\n"))]);
}

#[divan::bench]
fn markdown(bencher: Bencher<'_, '_>) {
    let files: Vec<String> = Corpus::new().articles(100, 3_000).iter().map(corpus::markdown).collect();
    read_each(bencher, "markdown", &files);
}

/// Both extractors, and what is made of them.
#[divan::bench(sample_count = 20)]
fn html_page(bencher: Bencher<'_, '_>) {
    let pages: Vec<String> = Corpus::new().articles(10, 5_000).iter().map(corpus::page).collect();
    read_each(bencher, "html", &pages);
}

/// Cuts a file as it comes from a disk, block by block; gives the number of its records.
fn cut(reader: &dyn Reader, bytes: &[u8]) -> u64 {
    let mut cutter = reader.cutter().unwrap();
    let (mut begin, mut records) = (0, 0);
    while begin < bytes.len() {
        let end = bytes.len().min(begin + BLOCK);
        let (length, count) = cutter.cut(&bytes[begin..end], end == bytes.len());
        assert!(length > 0, "every block holds a record");
        begin += length;
        records += count;
    }
    records
}

fn cut_all(bencher: Bencher<'_, '_>, text: &str) {
    let reader = by_name("json").unwrap();
    bencher.counter(BytesCount::of_str(text)).bench(|| cut(reader, text.as_bytes()));
}

#[divan::bench]
fn cut_json_lines(bencher: Bencher<'_, '_>) {
    cut_all(bencher, &lines(&Corpus::new().articles(8_000, 1_000)));
}

#[divan::bench]
fn cut_json_array(bencher: Bencher<'_, '_>) {
    let records: Vec<String> = Corpus::new().articles(8_000, 1_000).iter().map(corpus::json).collect();
    cut_all(bencher, &format!("[{}]", records.join(",\n")));
}
