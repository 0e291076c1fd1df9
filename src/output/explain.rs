//! How an answer came about: for reading, and as a part of its JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::article::ArticleId;
use crate::output::Style;
use crate::output::json::Shown;
use crate::output::text::layout::{Block, Paint, block, counted, line, plain};
use crate::search::{Explained, ExplainedWord, Explanation};

/// Writes what the words stand for.
pub(super) fn write_words(
    understood: &str,
    explained: &Explained,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    line(out, style, Paint::Bold, "explanation")?;
    let told = |out: &mut dyn Write, text: &str| {
        write!(out, "  ")?;
        block(out, style, &plain(text), &Block { indent: 4, ..Block::HANGING })
    };
    told(out, &format!("understood as {understood}"))?;
    for word in &explained.words {
        told(out, &format!("{}: {}", word.word, meaning(word)))?;
    }
    if !explained.left_out.is_empty() {
        told(out, &format!("left out: {}", explained.left_out.join(" ")))?;
    }
    for (word, weight) in &explained.added {
        told(out, &format!("{word}: added by feedback, weight {weight:.2}"))?;
    }
    Ok(())
}

/// The articles of a word; stems of other languages that no article has say nothing.
fn meaning(word: &ExplainedWord) -> String {
    let articles = |number: u64| counted(number, "article", "articles");
    let terms = word.terms.iter().filter(|(_, number)| *number > 0);
    let mut told: Vec<String> = terms
        .map(|(term, number)| match *term == word.word {
            true => articles(*number),
            false => format!("{} by its stem {term}", articles(*number)),
        })
        .collect();
    match (told.is_empty(), word.as_written) {
        (true, 0) => return "no article".to_owned(),
        (_, 0) => told.push("none as written".to_owned()),
        (_, written) => told.push(format!("as written {}", articles(written))),
    }
    told.join(", ")
}

/// Writes how the score of the hit at a rank came about.
pub(super) fn write_score(
    rank: u64,
    explanation: &Explanation,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let head = format!("  {rank}  score {:.3}, {}", explanation.total, explanation.id);
    line(out, style, Paint::Plain, &head)?;
    explanation
        .parts
        .iter()
        .try_for_each(|(label, value)| line(out, style, Paint::Plain, &format!("    {value:>8.3}  {label}")))
}

/// An explanation as it stands in JSON.
#[derive(Serialize)]
pub(super) struct ExplainedView<'a> {
    words: Vec<WordView<'a>>,
    left_out: &'a [String],
    added: Vec<AddedView<'a>>,
    hits: Vec<ScoreView<'a>>,
}

impl<'a> ExplainedView<'a> {
    pub(super) fn of(explained: &'a Explained) -> ExplainedView<'a> {
        ExplainedView {
            words: explained.words.iter().map(WordView::of).collect(),
            left_out: &explained.left_out,
            added: explained.added.iter().map(|(word, weight)| AddedView { word, weight: *weight }).collect(),
            hits: explained.hits.iter().map(ScoreView::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct WordView<'a> {
    word: &'a str,
    as_written: u64,
    terms: Vec<TermView<'a>>,
}

#[derive(Serialize)]
struct TermView<'a> {
    term: &'a str,
    articles: u64,
}

impl<'a> WordView<'a> {
    fn of(word: &'a ExplainedWord) -> WordView<'a> {
        let terms = word.terms.iter().map(|(term, articles)| TermView { term, articles: *articles });
        WordView { word: &word.word, as_written: word.as_written, terms: terms.collect() }
    }
}

#[derive(Serialize)]
struct AddedView<'a> {
    word: &'a str,
    weight: f32,
}

#[derive(Serialize)]
struct ScoreView<'a> {
    id: Shown<ArticleId>,
    score: f32,
    parts: Vec<PartView<'a>>,
}

#[derive(Serialize)]
struct PartView<'a> {
    what: &'a str,
    score: f32,
}

impl<'a> ScoreView<'a> {
    fn of(explanation: &'a Explanation) -> ScoreView<'a> {
        let parts = explanation.parts.iter().map(|(what, score)| PartView { what, score: *score });
        ScoreView { id: Shown(explanation.id), score: explanation.total, parts: parts.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;
    use crate::search::SearchResponse;

    fn explained() -> SearchResponse {
        let found = response();
        let word = |word: &str, stem: &str| ExplainedWord {
            word: word.to_owned(),
            terms: vec![(stem.to_owned(), 1_200)],
            as_written: 7,
        };
        let hits = found.hits.iter().map(|hit| Explanation {
            id: hit.id,
            total: hit.score,
            parts: vec![
                ("climate".to_owned(), 7.25),
                ("climate policy next to each other\u{1b}".to_owned(), 1.5),
            ],
        });
        let explanation = Explained {
            words: vec![
                word("climate", "climat"),
                word("who", "who"),
                ExplainedWord {
                    word: "policies".to_owned(),
                    terms: vec![
                        ("polic".to_owned(), 0),
                        ("policies".to_owned(), 0),
                        ("polici".to_owned(), 5),
                    ],
                    as_written: 0,
                },
                ExplainedWord { word: "zz".to_owned(), terms: vec![("zz".to_owned(), 0)], as_written: 0 },
            ],
            left_out: vec!["the".to_owned()],
            added: vec![("carbon".to_owned(), 0.4)],
            hits: hits.collect(),
        };
        SearchResponse { explanation: Some(explanation), ..found }
    }

    #[test]
    fn explanations_look_as_they_should() {
        golden("query_explained.txt", render("text", options(PIPE), &request(), &explained()).as_bytes());
    }

    #[test]
    fn explanations_conform_to_their_schemas() {
        conforms("query", &render("json", options(PIPE), &request(), &explained()));
        let lines = render("jsonl", options(PIPE), &request(), &explained());
        lines.lines().for_each(|line| conforms("query-lines", line));
    }
}
