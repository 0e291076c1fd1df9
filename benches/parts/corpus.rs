//! Made-up articles: the same seed gives the same bytes.
//!
//! Words are made of syllables and drawn by Zipf's law, with English function words among them, so that sizes of
//! dictionaries and lengths of posting lists are as in real text.

use std::collections::HashSet;

use backfile::analysis::language::Language;
use backfile::article::{Article, Origin, Place, Published};
use backfile::text::calendar::{DateSpan, Day};

const FUNCTION_WORDS: &str =
    "the of and to in a is that for it as was with on by at from be this which have are not or";
const ONSETS: [&str; 20] = [
    "b", "br", "c", "ch", "d", "f", "g", "gr", "h", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "w",
];
const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ea", "ai", "ou"];
const CODAS: [&str; 8] = ["", "", "n", "r", "l", "nd", "ck", "m"];
const ENDINGS: [&str; 8] = ["", "", "", "s", "ed", "ing", "ation", "ly"];

const VOCABULARY: usize = 30_000;
const TAGS: usize = 200;

/// The first and the number of the days on which articles were published: fifty years from 1970.
const DAYS: (i32, usize) = (0, 50 * 365);

/// Han characters for texts without blanks, from the first of them in Unicode.
const HAN: (u32, usize) = (0x4E00, 3_000);

/// Words of other scripts and shapes that a tokenizer has rules for.
const MIXED: [&str; 16] = [
    "Straße",
    "naïve",
    "e-mail",
    "U.S.",
    "AT&T",
    "C++",
    "1,250.75",
    "don't",
    "l’eau",
    "Москва",
    "όνομα",
    "東京都",
    "2019-05-01",
    "https://example.org/a_b",
    "co\u{ad}operate",
    "ﬁnal",
];

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub(crate) struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }

    /// From 0; the chance of rank r is as 1 / (r + 1).
    fn rank(&mut self, end: usize) -> usize {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (share * ((end + 1) as f64).ln()).exp() as usize - 1
    }
}

/// Makes texts and articles.
pub(crate) struct Corpus {
    chance: Chance,
    vocabulary: Vec<String>,
}

impl Corpus {
    /// The same as every other that was just made.
    pub(crate) fn new() -> Corpus {
        let mut chance = Chance(1);
        let mut vocabulary: Vec<String> = FUNCTION_WORDS.split(' ').map(str::to_owned).collect();
        let mut known: HashSet<String> = vocabulary.iter().cloned().collect();
        while vocabulary.len() < VOCABULARY {
            // Common words are short.
            let syllables = 1 + chance.below(3).min(vocabulary.len() / 200);
            let word = word(&mut chance, syllables);
            if known.insert(word.clone()) {
                vocabulary.push(word);
            }
        }
        Corpus { chance, vocabulary }
    }

    /// The word of that rank; 0 is the commonest.
    pub(crate) fn word(&self, rank: usize) -> &str {
        &self.vocabulary[rank]
    }

    /// All words, the commonest first.
    pub(crate) fn words(&self) -> &[String] {
        &self.vocabulary
    }

    /// A tag by its number.
    fn tag(&self, number: usize) -> String {
        format!("{}/{}", self.word(100 + number / 10), self.word(1_000 + number))
    }

    fn sentence(&mut self, least: usize, most: usize) -> String {
        let mut sentence = String::new();
        for _ in 0..least + self.chance.below(most - least) {
            let rank = self.chance.rank(VOCABULARY);
            sentence.push_str(&self.vocabulary[rank]);
            sentence.push(' ');
        }
        sentence.pop();
        sentence[..1].make_ascii_uppercase();
        sentence
    }

    /// Sentences of about so many bytes, a blank line after every fifth.
    pub(crate) fn english(&mut self, bytes: usize) -> String {
        let mut text = String::new();
        for number in 1.. {
            text.push_str(&self.sentence(5, 25));
            if text.len() >= bytes {
                break;
            }
            text.push_str(if number % 5 == 0 { ".\n\n" } else { ". " });
        }
        text.push('.');
        text
    }

    /// English with accents, other scripts, numbers and addresses in it.
    pub(crate) fn mixed(&mut self, bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            text.push_str(&self.sentence(2, 6));
            text.push(' ');
            text.push_str(self.chance.of(&MIXED));
            text.push_str(", ");
        }
        text
    }

    /// Chinese as far as a tokenizer is concerned.
    pub(crate) fn chinese(&mut self, bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            for _ in 0..5 + self.chance.below(20) {
                let character = HAN.0 + self.chance.rank(HAN.1) as u32;
                text.extend(char::from_u32(character));
            }
            text.push_str(self.chance.of(&["，", "。", "。\n\n"]));
        }
        text
    }

    /// So many articles with texts of about so many bytes.
    pub(crate) fn articles(&mut self, count: usize, bytes: usize) -> Vec<Article> {
        (0..count).map(|number| self.article(number, bytes)).collect()
    }

    fn article(&mut self, number: usize, bytes: usize) -> Article {
        let length = bytes / 2 + self.chance.below(bytes);
        let body = self.english(length);
        let day = Day(DAYS.0 + self.chance.below(DAYS.1) as i32);
        let tags = [self.chance.rank(TAGS), self.chance.rank(TAGS)].map(|number| self.tag(number));
        Article {
            key: format!("article-{number}"),
            source: "parts".to_owned(),
            place: Place { path: "records.jsonl".to_owned(), member: None, record: Some(number as u64 + 1) },
            span: None,
            title: self.sentence(3, 10),
            title_origin: Origin::Document,
            description: None,
            words: body.split_whitespace().count() as u32,
            body,
            authors: vec![format!("{} Example", self.word(200 + number % 300))],
            tags: tags.into(),
            sections: Vec::new(),
            published: Some(Published { date: DateSpan::day(day), origin: Origin::Metadata }),
            language: Language::parse("en"),
            declared_language: None,
            language_confidence: None,
            url: None,
            furniture: Vec::new(),
            meta: Default::default(),
        }
    }
}

fn word(chance: &mut Chance, syllables: usize) -> String {
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(chance.of(&ONSETS));
        word.push_str(chance.of(&VOWELS));
        word.push_str(chance.of(&CODAS));
    }
    word + chance.of(&ENDINGS)
}

/// The article as a record, without its line break.
pub(crate) fn json(article: &Article) -> String {
    serde_json::json!({
        "id": article.key,
        "title": article.title,
        "author": article.authors,
        "date": date(article),
        "tags": article.tags,
        "body": article.body,
    })
    .to_string()
}

/// The article as a Markdown file with front matter.
pub(crate) fn markdown(article: &Article) -> String {
    let tags: String = article.tags.iter().map(|tag| format!("  - {tag}\n")).collect();
    let sections = article.body.split("\n\n").enumerate().map(|(number, text)| {
        format!(
            "\n## Part {number}\n\n- *{}* {text}\n- [Source](https://example.org/{number})\n",
            article.title
        )
    });
    let head = format!("title: {}\nauthor: {}\ndate: {}\n", article.title, article.authors[0], date(article));
    format!("---\n{head}tags:\n{tags}---\n{}", sections.collect::<String>())
}

/// The article as a page of a site, with what stands around it there.
pub(crate) fn page(article: &Article) -> String {
    let title = &article.title;
    let links: String =
        article.tags.iter().map(|tag| format!("<li><a href=\"/{tag}\">{tag}</a></li>")).collect();
    let text: String = article.body.split("\n\n").map(|text| format!("<p>{text}</p>\n")).collect();
    format!(
        r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | The Example</title>
<meta name="author" content="{author}"><meta property="article:published_time" content="{date}T08:00:00Z">
<style>body {{ margin: 2em }}</style></head>
<body><header><nav><ul>{links}</ul></nav></header>
<main><article><h1>{title}</h1><p class="byline">By {author}</p>
{text}<figure><img src="/a.png" alt=""><figcaption>A picture</figcaption></figure></article></main>
<aside><h2>More</h2><ul>{links}</ul></aside><footer><p>All rights reserved</p></footer></body></html>
"#,
        author = article.authors[0],
        date = date(article),
    )
}

fn date(article: &Article) -> String {
    article.published.map(|published| published.to_string()).unwrap_or_default()
}
