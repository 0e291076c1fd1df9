//! The segments of the inverter against those of tantivy's own writer, for the same articles: every term with its
//! articles, frequencies and positions, every length, every column, every stored article, and the scores; before and
//! after tantivy merges them.
//!
//! `BACKFILE_ARTICLES=20000` makes the generated archive larger, `BACKFILE_SEED=7` another one.

mod contents;
mod corpus;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use backfile::engine::local::{Searcher, SegmentWriter};
use backfile::search::params::SearchParams;

use crate::support::random::{Random, number};
use crate::support::{Sandbox, article, library};
use contents::Contents;

/// Small articles of the generated archive.
const ARTICLES: u64 = 2_000;

/// An index, and what writes its segments, ingest after ingest.
type Kind = (&'static str, [SegmentWriter; 2]);

const OWN: Kind = ("own", [SegmentWriter::Own, SegmentWriter::Own]);

/// What is held against it; in the last the segments of both lie side by side.
const OTHERS: [Kind; 2] = [
    ("tantivy", [SegmentWriter::Tantivy, SegmentWriter::Tantivy]),
    ("both", [SegmentWriter::Tantivy, SegmentWriter::Own]),
];

#[test]
fn segments_of_the_sample_corpus_are_those_of_tantivy() {
    let sandbox = Sandbox::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_corpus");
    for folder in ["html", "markdown"] {
        copy(&corpus.join(folder), &sandbox, &format!("archive/{folder}"));
    }
    let mut indexes = Indexes::new(&sandbox);
    indexes.ingest();
    copy(&corpus, &sandbox, "archive");
    indexes.ingest();
    indexes.compare("sample_corpus", &["strike", "coal energy", "\"of the\"", "tag:energy", "a*"]);
}

#[test]
fn segments_of_a_hard_corpus_are_those_of_tantivy() {
    let seed = number("BACKFILE_SEED", 1);
    let articles = number("BACKFILE_ARTICLES", ARTICLES);
    let name = format!("BACKFILE_SEED={seed} BACKFILE_ARTICLES={articles}");
    println!("{name}");
    let random = Random::new(seed);
    let sandbox = Sandbox::new();
    let mut indexes = Indexes::new(&sandbox);
    sandbox.file("archive/hard.jsonl", corpus::hard(&random));
    sandbox.file("archive/changes.jsonl", corpus::small(&random, "changes", articles / 20));
    sandbox.file("archive/goes.jsonl", corpus::small(&random, "goes", articles / 20));
    sandbox.file("archive/stays.jsonl", corpus::small(&random, "stays", articles / 2));
    indexes.ingest();
    sandbox.file("archive/changes.jsonl", corpus::small(&random, "changes", articles / 20));
    sandbox.remove("archive/goes.jsonl");
    sandbox.file("archive/comes.jsonl", corpus::small(&random, "comes", articles / 2));
    indexes.ingest();
    // The last segment holds a single article without a word.
    sandbox.file("archive/last.jsonl", "{\"id\": \"last\", \"title\": \"…\", \"tags\": [\"last\"]}\n");
    indexes.ingest();
    indexes.compare(&name, corpus::QUERIES);
}

#[test]
fn the_fallback_is_chosen_by_a_hidden_flag() {
    let sandbox = Sandbox::new();
    sandbox.file("archive/coal.md", article("Coal", "1974", "energy", "The mines were closed."));
    sandbox.ingest("--segment-writer tantivy").code(0).has(&[("/articles", 1)]);
    sandbox.run("count mine").code(0).says("1\n");
    sandbox.ingest("--segment-writer lucene").code(2).complains("by own or by tantivy");
    assert!(!sandbox.run("ingest --help").code(0).stdout.contains("segment-writer"));
}

/// Indexes of the same archive.
struct Indexes<'a> {
    sandbox: &'a Sandbox,
    ingests: usize,
}

impl Indexes<'_> {
    fn new(sandbox: &Sandbox) -> Indexes<'_> {
        Indexes { sandbox, ingests: 0 }
    }

    /// Brings them in step with the archive, each by a segment more.
    fn ingest(&mut self) {
        for (index, writers) in [OWN].into_iter().chain(OTHERS) {
            let writer = writers[self.ingests % writers.len()];
            library::ingest_by(writer, self.sandbox, "archive", index, 1);
        }
        self.ingests += 1;
    }

    /// Holds them against each other, as they are and merged to one segment.
    fn compare(&self, name: &str, queries: &[&str]) {
        for state in ["as written", "merged"] {
            let own = Contents::read(&self.segments(OWN.0));
            let answers = |index| answers(&library::open(self.sandbox, index), queries);
            for (index, _) in OTHERS {
                let name = format!("{name}, {index}, {state}");
                same(&name, &own, &Contents::read(&self.segments(index)));
                assert_eq!(answers(OWN.0), answers(index), "{name}");
            }
            for (index, _) in [OWN].into_iter().chain(OTHERS) {
                library::compact(self.sandbox, index);
            }
        }
    }

    fn segments(&self, index: &str) -> PathBuf {
        self.sandbox.path(index).join("tantivy")
    }
}

fn copy(from: &Path, sandbox: &Sandbox, to: &str) {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry.expect("the corpus can be listed");
        let name = entry.path().strip_prefix(from).expect("it lies below");
        if entry.file_type().is_file() {
            let bytes = std::fs::read(entry.path()).expect("the corpus can be read");
            sandbox.file(Path::new(to).join(name), bytes);
        }
    }
}

/// The top hits with the very bits of their scores; facets and families.
fn answers(searcher: &Searcher, queries: &[&str]) -> Vec<String> {
    let mut answers = library::answers(searcher, &["*"]);
    for query in queries {
        let params = SearchParams {
            words: vec![(*query).to_owned()],
            limit: Some(20),
            snippets: Some(0),
            ..SearchParams::default()
        };
        let checked = params.check(searcher.schema(), library::TODAY).expect("the query can be asked");
        let response = searcher.search(&checked.request).expect("the query is answered");
        assert!(response.total > 0, "nothing is found for {query}, so nothing is compared");
        answers.push(format!("{query}: {}", response.total));
        answers.extend(
            response.hits.iter().map(|hit| format!("{query}: {} {:x}", hit.key, hit.score.to_bits())),
        );
    }
    answers
}

/// Compares two indexes part by part, so that the first difference is told and not all of them.
fn same(name: &str, own: &Contents, other: &Contents) {
    let different = own.articles.iter().zip(&other.articles).find(|(own, other)| own != other);
    assert_eq!(different, None, "{name}: articles, with their files, and whether they are deleted");
    assert_eq!(own.articles.len(), other.articles.len(), "{name}: number of articles");
    assert_eq!(own.stored, other.stored, "{name}: stored articles");
    assert_eq!(own.lengths, other.lengths, "{name}: lengths of fields");
    same_map(&format!("{name}: values of columns"), &own.columns, &other.columns);
    same_map(&format!("{name}: dictionaries of columns"), &own.dictionaries, &other.dictionaries);
    assert!(own.fields().eq(other.fields()), "{name}: indexed fields");
    for field in own.fields() {
        let (own, other) = (own.terms(field), other.terms(field));
        same_map(&format!("{name}: terms of {field}"), &own, &other);
    }
    assert_eq!(own.shapes, other.shapes, "{name}: segments");
}

fn same_map<K: Ord + Debug, V: PartialEq + Debug>(name: &str, own: &BTreeMap<K, V>, other: &BTreeMap<K, V>) {
    for (key, value) in own {
        assert_eq!(Some(value), other.get(key), "{name}: {key:?}");
    }
    let more: Vec<&K> = other.keys().filter(|key| !own.contains_key(key)).take(10).collect();
    assert!(more.is_empty(), "{name}: missing {more:?}");
}
