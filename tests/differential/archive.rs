//! Small archives of random articles.

use serde_json::{Map, Value, json};

use super::naive::WORDS;
use crate::support::random::Random;

pub(super) const TAGS: &[&str] =
    &["energy", "energy/coal", "energy/gas", "Énergie", "sea port", "a \"b\" c", "50% *", "x\\y", "日本"];
pub(super) const AUTHORS: &[&str] = &["Ann Lee", "Lee Ann", "Jörg Maß", "O'Brien"];
pub(super) const SECTIONS: &[&str] = &["News", "news/local", "Culture"];
const DATES: &[&str] =
    &["2001", "2001-05", "2001-05-17", "2001-06-01", "2002-01-31", "1999-12", "2003-02-28T10:00:00Z"];

/// Articles as JSON lines.
pub(super) fn records(random: &Random, name: &str) -> String {
    let count = 1 + random.below(24);
    (0..count).map(|number| format!("{}\n", record(random, format!("{name}{number}")))).collect()
}

fn record(random: &Random, id: String) -> Value {
    let mut record = Map::new();
    record.insert("id".to_owned(), json!(id));
    record.insert("title".to_owned(), json!(sentence(random, 1, 4)));
    record.insert("body".to_owned(), json!(body(random)));
    if random.one_in(4) {
        record.insert("description".to_owned(), json!(sentence(random, 1, 8)));
    }
    for (name, values, most) in [("tags", TAGS, 3), ("authors", AUTHORS, 2), ("categories", SECTIONS, 1)] {
        let chosen: Vec<&str> = (0..random.below(most + 1)).map(|_| random.pick(values)).collect();
        if !chosen.is_empty() {
            record.insert(name.to_owned(), json!(chosen));
        }
    }
    if !random.one_in(3) {
        record.insert("lang".to_owned(), json!(random.pick(&["en", "de"])));
    }
    if !random.one_in(5) {
        record.insert("date".to_owned(), json!(random.pick(DATES)));
    }
    Value::Object(record)
}

fn body(random: &Random) -> String {
    let sentences: Vec<String> = (0..random.below(5)).map(|_| sentence(random, 2, 12)).collect();
    sentences.join(" ")
}

fn sentence(random: &Random, least: usize, spread: usize) -> String {
    let count = least + random.below(spread);
    let words: Vec<&str> = (0..count).map(|_| random.pick(WORDS).written).collect();
    let mut sentence = words.join(if random.one_in(6) { ", " } else { " " });
    sentence.push('.');
    sentence
}
