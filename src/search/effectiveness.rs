//! How good answers are, by the judgements of people: the measures of TREC, and the files that they are made from.
//!
//! The measures are as `trec_eval` defines them (github.com/usnistgov/trec_eval), averaged over all judged topics,
//! those without an answer too (its option `-c`). nDCG is that of Järvelin and Kekäläinen, "Cumulated gain-based
//! evaluation of IR techniques" (ACM TOIS 20, 2002), with the judged grade as gain and log2(rank + 1) as discount.

use std::collections::{BTreeMap, HashMap, HashSet};

/// Hits that are looked at for each topic.
pub const DEPTH: usize = 1_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub id: String,
    /// The question.
    pub text: String,
}

impl Topic {
    /// Reads a line `id TAB question`; without a tab the number of the line is the id. `None` for a blank line.
    pub fn parse(line: &str, number: usize) -> Option<Topic> {
        let line = line.trim_end_matches(['\r', '\n']);
        let (id, text) = match line.split_once('\t') {
            Some((id, text)) if !id.trim().is_empty() => (id.trim().to_owned(), text),
            Some((_, text)) => (number.to_string(), text),
            None => (number.to_string(), line),
        };
        let text = text.trim();
        (!text.is_empty()).then(|| Topic { id, text: text.to_owned() })
    }
}

/// Which articles are answers to which topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgements {
    /// By topic, in the order of their ids: the grades above 0, by document id.
    topics: BTreeMap<String, HashMap<String, u32>>,
    /// Every document that was judged, good or not.
    documents: HashSet<String>,
}

/// A line that is no judgement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is no judgement: {text:?}")]
pub struct BadJudgement {
    /// From 1.
    pub line: usize,
    /// The line.
    pub text: String,
}

impl Judgements {
    /// Reads lines `topic 0 document grade`, the form of TREC; the second column means nothing.
    pub fn parse(text: &str) -> Result<Judgements, BadJudgement> {
        let mut judgements = Judgements::default();
        for (index, line) in text.lines().enumerate() {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let grade = columns.get(3).and_then(|grade| grade.parse::<i64>().ok());
            match (columns.as_slice(), grade) {
                ([], _) => {}
                ([topic, _, document, _], Some(grade)) => judgements.add(topic, document, grade),
                _ => return Err(BadJudgement { line: index + 1, text: line.chars().take(80).collect() }),
            }
        }
        Ok(judgements)
    }

    fn add(&mut self, topic: &str, document: &str, grade: i64) {
        self.documents.insert(document.to_owned());
        if let Ok(grade @ 1..) = u32::try_from(grade) {
            self.topics.entry(topic.to_owned()).or_default().insert(document.to_owned(), grade);
        }
    }

    /// The topics that have an answer.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(String::as_str)
    }

    /// The first of these names of an article by which it was judged.
    pub fn name_of<'a>(&self, mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        names.find(|name| self.documents.contains(*name))
    }

    /// Measures one ranked list of document ids; `None` when the topic has no answer.
    pub fn measure(&self, topic: &str, ranked: &[String]) -> Option<Measures> {
        let relevant = self.topics.get(topic)?;
        let grades: Vec<u32> =
            first_of_each(ranked).map(|it| relevant.get(it).copied().unwrap_or(0)).collect();
        let mut ideal: Vec<u32> = relevant.values().copied().collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let found = |depth: usize| grades.iter().take(depth).filter(|grade| **grade > 0).count() as f64;
        Some(Measures {
            ndcg_10: gain(&grades, 10) / gain(&ideal, 10),
            map: precisions(&grades) / relevant.len() as f64,
            p_10: found(10) / 10.0,
            recall_100: found(100) / relevant.len() as f64,
        })
    }
}

/// A list in which nothing stands twice.
fn first_of_each(ranked: &[String]) -> impl Iterator<Item = &String> {
    let mut seen = HashSet::new();
    ranked.iter().take(DEPTH).filter(move |it| seen.insert(it.as_str()))
}

fn gain(grades: &[u32], depth: usize) -> f64 {
    let discounted = |(index, grade): (usize, &u32)| f64::from(*grade) / (index as f64 + 2.0).log2();
    grades.iter().take(depth).enumerate().map(discounted).sum()
}

/// The sum of the precisions at each relevant hit.
fn precisions(grades: &[u32]) -> f64 {
    let (mut sum, mut found) = (0.0, 0.0);
    for (index, _) in grades.iter().enumerate().filter(|(_, grade)| **grade > 0) {
        found += 1.0;
        sum += found / (index as f64 + 1.0);
    }
    sum
}

/// How good an answer is, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measures {
    /// Normalised discounted cumulated gain of the first ten.
    pub ndcg_10: f64,
    /// Average precision; over several topics its mean.
    pub map: f64,
    /// Share of the first ten that are relevant.
    pub p_10: f64,
    /// Share of what is relevant that is among the first hundred.
    pub recall_100: f64,
}

impl Measures {
    /// Each with its usual name, in the order in which they are printed.
    pub fn named(&self) -> [(&'static str, f64); 4] {
        [("nDCG@10", self.ndcg_10), ("MAP", self.map), ("P@10", self.p_10), ("recall@100", self.recall_100)]
    }
}

/// The answer to one topic, measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The topic.
    pub topic: String,
    /// Hits in its list.
    pub hits: usize,
    /// Its measures.
    pub measures: Measures,
}

/// All topics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// Those with an answer, in the order of the questions, those without a question behind them.
    pub topics: Vec<Measured>,
    /// Questions that nobody judged: they do not count.
    pub unjudged: usize,
    /// Judged topics without a question: they count as 0.
    pub unasked: usize,
}

impl Evaluation {
    /// Measures what was found for each question: its id and the document ids, best first.
    pub fn of(judgements: &Judgements, answers: &[(String, Vec<String>)]) -> Evaluation {
        let mut evaluation = Evaluation::default();
        let mut asked = HashSet::new();
        for (topic, ranked) in answers {
            match judgements.measure(topic, ranked) {
                Some(measures) if asked.insert(topic.as_str()) => {
                    evaluation.topics.push(Measured { topic: topic.clone(), hits: ranked.len(), measures });
                }
                Some(_) | None => evaluation.unjudged += 1,
            }
        }
        for topic in judgements.topics().filter(|topic| !asked.contains(topic)) {
            evaluation.unasked += 1;
            let measures = Measures::default();
            evaluation.topics.push(Measured { topic: topic.to_owned(), hits: 0, measures });
        }
        evaluation
    }

    /// The means over all topics.
    pub fn mean(&self) -> Measures {
        let count = self.topics.len().max(1) as f64;
        // Not `sum`, which makes -0 of nothing.
        let mean =
            |of: fn(&Measures) -> f64| self.topics.iter().fold(0.0, |sum, it| sum + of(&it.measures)) / count;
        Measures {
            ndcg_10: mean(|it| it.ndcg_10),
            map: mean(|it| it.map),
            p_10: mean(|it| it.p_10),
            recall_100: mean(|it| it.recall_100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(ids: &str) -> Vec<String> {
        ids.split_whitespace().map(str::to_owned).collect()
    }

    fn close(found: Measures, expected: [f64; 4]) {
        for ((name, found), expected) in found.named().into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{name} {found} {expected}");
        }
    }

    const QRELS: &str = "1 0 a 2\n1 0 b 1\n1 0 c 0\n2 Q0 d 1\r\n\n3 0 e -1\n4 0 f 1\n";

    #[test]
    fn measures_are_those_of_their_definitions() {
        let judgements = Judgements::parse(QRELS).unwrap();
        let log = |rank: f64| (rank + 1.0).log2();
        let ideal = 2.0 / log(1.0) + 1.0 / log(2.0);
        let cases = [
            ("1", "a b", [1.0, 1.0, 0.2, 1.0]),
            ("1", "x b c a", [(1.0 / log(2.0) + 2.0 / log(4.0)) / ideal, (0.5 + 0.5) / 2.0, 0.2, 1.0]),
            // What stands twice counts once.
            ("1", "a a a", [2.0 / ideal, 0.5, 0.1, 0.5]),
            ("2", "", [0.0; 4]),
        ];
        for (topic, ranked, expected) in cases {
            close(judgements.measure(topic, &list(ranked)).unwrap(), expected);
        }
        assert_eq!(judgements.measure("3", &list("e")), None);
        assert_eq!(judgements.name_of(["x", "e", "a"].into_iter()), Some("e"));
    }

    #[test]
    fn means_are_over_all_judged_topics() {
        let judgements = Judgements::parse(QRELS).unwrap();
        let answers = [("1", "a b"), ("2", "x d"), ("9", "a")];
        let answers: Vec<_> = answers.map(|(id, ids)| (id.to_owned(), list(ids))).into();
        let evaluation = Evaluation::of(&judgements, &answers);
        assert_eq!((evaluation.topics.len(), evaluation.unjudged, evaluation.unasked), (3, 1, 1));
        close(evaluation.mean(), [(1.0 + 1.0 / 3f64.log2()) / 3.0, 0.5, 0.1, 2.0 / 3.0]);
        close(Evaluation::default().mean(), [0.0; 4]);
        assert!(Evaluation::default().mean().map.is_sign_positive());
    }

    #[test]
    fn judgements_that_cannot_be_read_are_told() {
        for text in ["1 0 a", "1 0 a x", "1 0 a b 1", "1"] {
            let error = Judgements::parse(&format!("1 0 a 1\n{text}\n"));
            assert_eq!(error.map_err(|error| error.line), Err(2), "{text}");
        }
    }

    #[test]
    fn topics_are_read() {
        for (line, expected) in [
            ("7\tcoal price\r\n", Some(("7", "coal price"))),
            ("coal price", Some(("4", "coal price"))),
            ("\tcoal", Some(("4", "coal"))),
            ("a\tb\tc", Some(("a", "b\tc"))),
            ("  ", None),
            ("7\t ", None),
        ] {
            let topic = Topic::parse(line, 4);
            assert_eq!(topic.as_ref().map(|it| (it.id.as_str(), it.text.as_str())), expected, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), ranked in prop::collection::vec("[a-c]", 0..9)) {
            let judgements = Judgements::parse(&text).unwrap_or_default();
            let _ = Evaluation::of(&judgements, &[(text.clone(), ranked)]).mean();
            let _ = Topic::parse(&text, 1);
        }
    }
}
