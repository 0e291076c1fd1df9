//! What of a query is a question in words: its bare words, those of them that say nothing, and which are neighbours.
//!
//! Of a list of words the stop words are left out when enough others remain (the lists are those of `index_schema`,
//! the language is the one with the most stop words in the list). They stay in phrases, behind a field, with a boost,
//! and where a word counts as written.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::analysis::language::Language;
use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::query::Query;
use crate::query::simplify::simplify;
use crate::schema::{FieldName, Schema};
use crate::search::{Ingredient, Ranking};

use super::expand::single_word;

/// Stop words are left out where at least so many different others remain.
const LEAST_LEFT: usize = 3;

/// Words beyond so many are not looked at for their forms and neighbours.
const MOST_WORDS: usize = 64;

/// The commonest words of the languages in an index, folded. They are folded when they are first asked for, which most
/// queries never do.
pub(super) struct StopWords {
    as_written: Vec<String>,
    by_language: OnceLock<Vec<HashSet<String>>>,
}

impl StopWords {
    pub(super) fn new(schema: &Schema, languages: &[Language]) -> StopWords {
        let used = schema.languages.iter().filter(|rules| languages.contains(&rules.language));
        let as_written = used.map(|rules| rules.stop_words.clone()).collect();
        StopWords { as_written, by_language: OnceLock::new() }
    }

    fn by_language(&self) -> &[HashSet<String>] {
        let lists = || self.as_written.iter().map(|words| folded(words).into_iter().collect()).collect();
        self.by_language.get_or_init(lists)
    }

    /// The list of the language that these words are most likely in; `None` when none of them is a stop word.
    fn of(&self, words: &[Vec<String>]) -> Option<&HashSet<String>> {
        let hits = |list: &&HashSet<String>| words.iter().filter(|word| is_stop(list, word)).count();
        let mut best: Option<(usize, &HashSet<String>)> = None;
        for list in self.by_language() {
            let hits = hits(&list);
            if hits > best.map_or(0, |(most, _)| most) {
                best = Some((hits, list));
            }
        }
        best.map(|(_, list)| list)
    }

    /// Whether this is a stop word of any of the languages.
    pub(super) fn any_has(&self, word: &str) -> bool {
        self.by_language().iter().any(|list| list.contains(word))
    }
}

fn is_stop(list: &HashSet<String>, word: &[String]) -> bool {
    !word.is_empty() && word.iter().all(|token| list.contains(token))
}

/// The words of a text without those of scripts that have no blanks.
fn folded(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    tokenize(text, |token| {
        if token.kind == TokenKind::Word {
            words.push(token.text.to_owned());
        }
    });
    words
}

/// How a bare word is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sought {
    /// By its stem.
    ByStem,
    /// As it is written.
    AsWritten,
    /// As it is written, in a row with what was typed as one word with it.
    InRow,
}

/// One bare word of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BareWord {
    /// Folded.
    pub(super) text: String,
    /// How it is looked for.
    pub(super) sought: Sought,
    /// Its boosts, multiplied.
    pub(super) weight: f32,
    /// How often it counts.
    pub(super) times: u32,
}

/// A query, read as a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    /// What is searched for: the query without its stop words.
    pub(super) query: Query,
    /// The stop words, as typed, each once.
    pub(super) left_out: Vec<String>,
    /// Its words, each once.
    pub(super) words: Vec<BareWord>,
    /// Which of them stand next to each other in the query: indexes of `words`.
    pub(super) neighbours: Vec<(usize, usize)>,
}

impl Question {
    pub(super) fn new(query: &Query, schema: &Schema, stop_words: &StopWords, ranking: &Ranking) -> Question {
        let mut reading =
            Reading { default_field: &schema.default_field, stop_words, ranking, left_out: Vec::new() };
        let mut words = Words::default();
        reading.collect(query, 1.0, None, &mut words);
        let query = simplify(reading.reduced(query));
        Question { query, left_out: reading.left_out, words: words.words, neighbours: words.neighbours }
    }

    /// Whether any of its words is enough, so that an article without all of them can be an answer.
    pub(super) fn is_any(&self) -> bool {
        match &self.query {
            Query::Or(_) => true,
            Query::And(parts) => {
                let mut asked = parts.iter().filter(|part| !matches!(part, Query::Not(_)));
                matches!((asked.next(), asked.next()), (Some(Query::Or(_)), None))
            }
            Query::All
            | Query::Word { .. }
            | Query::Phrase { .. }
            | Query::Pattern { .. }
            | Query::Near { .. }
            | Query::Numbers { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Has(_)
            | Query::Not(_)
            | Query::Boost(..) => false,
        }
    }

    /// The largest weight of a word.
    pub(super) fn largest_weight(&self) -> f32 {
        self.words.iter().map(|word| word.weight).fold(0.0, f32::max)
    }
}

#[derive(Default)]
struct Words {
    words: Vec<BareWord>,
    neighbours: Vec<(usize, usize)>,
    /// The word right before.
    previous: Option<usize>,
}

impl Words {
    fn push(&mut self, text: String, sought: Sought, weight: f32, repeats: bool) {
        let known = self.words.iter().position(|word| word.text == text && word.sought == sought);
        let at = known.unwrap_or(self.words.len());
        if at == MOST_WORDS {
            self.previous = None;
            return;
        }
        match known {
            Some(known) => self.words[known].times += u32::from(repeats),
            None => self.words.push(BareWord { text, sought, weight, times: 1 }),
        }
        if let Some(pair) = self.previous.map(|previous| (previous, at))
            && pair.0 != pair.1
            && !self.neighbours.contains(&pair)
        {
            self.neighbours.push(pair);
        }
        self.previous = Some(at);
    }
}

struct Reading<'a> {
    default_field: &'a FieldName,
    stop_words: &'a StopWords,
    ranking: &'a Ranking,
    left_out: Vec<String>,
}

impl<'a> Reading<'a> {
    /// The text of a bare word that matches by its stem.
    fn bare<'q>(&self, query: &'q Query) -> Option<&'q str> {
        let Query::Word { field, text, exact: false } = query else { return None };
        self.is_default(field.as_ref()).then_some(text)
    }

    fn is_default(&self, field: Option<&FieldName>) -> bool {
        field.is_none_or(|field| field == self.default_field)
    }

    /// The stop words among these parts of a query, when enough other words remain.
    fn list(&self, parts: &[Query]) -> Option<&'a HashSet<String>> {
        if parts.len() <= LEAST_LEFT || !self.ranking.has(Ingredient::StopWords) {
            return None;
        }
        let words: Vec<Vec<String>> = parts.iter().filter_map(|part| self.bare(part)).map(folded).collect();
        let list = self.stop_words.of(&words)?;
        let others: HashSet<&Vec<String>> =
            words.iter().filter(|word| !word.is_empty() && !is_stop(list, word)).collect();
        (others.len() >= LEAST_LEFT).then_some(list)
    }

    fn reduced(&mut self, query: &Query) -> Query {
        match query {
            Query::And(parts) => Query::And(self.reduced_list(parts)),
            Query::Or(parts) => Query::Or(self.reduced_list(parts)),
            Query::Boost(inner, factor) => Query::Boost(Box::new(self.reduced(inner)), *factor),
            other => other.clone(),
        }
    }

    fn reduced_list(&mut self, parts: &[Query]) -> Vec<Query> {
        let list = self.list(parts);
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            match (self.bare(part), list) {
                (Some(text), Some(list)) if is_stop(list, &folded(text)) => {
                    if !self.left_out.iter().any(|known| known.eq_ignore_ascii_case(text)) {
                        self.left_out.push(text.to_owned());
                    }
                }
                (Some(_), _) if !self.ranking.has(Ingredient::Repeats) && kept.contains(part) => {}
                (Some(_) | None, _) => kept.push(self.reduced(part)),
            }
        }
        kept
    }

    /// Collects the bare words of what is asked for; stop words part their neighbours.
    fn collect(&self, query: &Query, weight: f32, list: Option<&HashSet<String>>, words: &mut Words) {
        match query {
            Query::Word { field, text, exact } if self.is_default(field.as_ref()) => {
                let tokens = folded(text);
                if tokens.is_empty() || list.is_some_and(|list| is_stop(list, &tokens)) {
                    words.previous = None;
                    return;
                }
                let sought = match (single_word(text), exact) {
                    (None, _) => Sought::InRow,
                    (Some(_), true) => Sought::AsWritten,
                    (Some(_), false) => Sought::ByStem,
                };
                let repeats = self.ranking.has(Ingredient::Repeats);
                tokens.into_iter().for_each(|token| words.push(token, sought, weight, repeats));
            }
            Query::And(parts) | Query::Or(parts) => {
                words.previous = None;
                let list = self.list(parts);
                parts.iter().for_each(|part| self.collect(part, weight, list, words));
                words.previous = None;
            }
            Query::Boost(inner, factor) => self.collect(inner, weight * factor, None, words),
            Query::All
            | Query::Word { .. }
            | Query::Phrase { .. }
            | Query::Pattern { .. }
            | Query::Near { .. }
            | Query::Numbers { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Has(_)
            | Query::Not(_) => words.previous = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Matching;
    use crate::query::display::display;
    use crate::query::parse::{Reading, parse};
    use crate::schema::LanguageRules;
    use crate::text::calendar::Day;

    fn language(code: &str) -> Language {
        Language::parse(code).unwrap()
    }

    fn schema() -> Schema {
        let rules = |code, words: &str| LanguageRules {
            language: language(code),
            stem: true,
            stop_words: words.to_owned(),
        };
        let languages =
            vec![rules("de", "die der und in was"), rules("en", "the of and in what is was to be or not")];
        Schema { languages, ..Schema::for_tests() }
    }

    fn question(text: &str, matching: Matching) -> Question {
        let schema = schema();
        let parsed = parse(text, &Reading { matching, ..Reading::new(&schema, Day(0)) });
        let stop_words = StopWords::new(&schema, &[language("de"), language("en")]);
        Question::new(&parsed.query, &schema, &stop_words, &Ranking::default())
    }

    #[test]
    fn stop_words_go_where_enough_others_remain() {
        let cases = [
            ("what is the price of coal in winter", "price coal winter", "what is the of in"),
            ("the price of coal", "the price of coal", ""),
            ("to be or not to be", "to be or not", ""),
            ("die Kohle und der Streik in London", "Kohle Streik London", "die und der in"),
            // A word is judged by the language of those around it.
            ("die hard the film of 1988", "die hard film 1988", "the of"),
            ("\"the price\" of coal in winter cold", "\"the price\" coal winter cold", "of in"),
            ("the^2 price coal winter", "the^2 price coal winter", ""),
            ("title:the price coal winter of", "title:the price coal winter", "of"),
            ("-the price coal winter of", "-the price coal winter", "of"),
            ("coal coal coal the the of", "coal the of", ""),
            ("the of and in", "the of and in", ""),
            ("of-the price coal winter", "price coal winter", "of-the"),
        ];
        for (text, expected, left_out) in cases {
            let question = question(text, Matching::All);
            assert_eq!(display(&question.query, &schema()), expected, "{text}");
            assert_eq!(question.left_out.join(" "), left_out, "{text}");
        }
        let any = question("what is the price of coal in winter -gas tag:energy", Matching::Any);
        assert_eq!(display(&any.query, &schema()), "(price OR coal OR winter) -gas tag:energy");
    }

    #[test]
    fn neighbours_are_words_without_anything_between_them() {
        let cases = [
            ("coal price", "coal+price"),
            ("what is the coal price of this winter", "coal+price this+winter"),
            ("coal \"a b\" price", ""),
            ("time-sharing system", "time+sharing sharing+system"),
            ("coal -gas price title:x winter", ""),
            ("coal coal price coal price", "coal+price"),
            ("(coal price) OR (gas winter)", "coal+price gas+winter"),
            ("coal^2 price", "coal+price"),
        ];
        for (text, expected) in cases {
            let question = question(text, Matching::All);
            let text_of = |at: usize| question.words[at].text.as_str();
            let pairs = question.neighbours.iter().map(|&(a, b)| format!("{}+{}", text_of(a), text_of(b)));
            assert_eq!(pairs.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }

    #[test]
    fn words_are_looked_for_by_stem_as_written_or_in_a_row() {
        let words = question("coal =price time-sharing =a-b 2020年 coal", Matching::Any).words;
        let shown: Vec<_> = words.iter().map(|word| (word.text.as_str(), word.sought, word.times)).collect();
        let expected = [
            ("coal", Sought::ByStem, 2),
            ("price", Sought::AsWritten, 1),
            ("time", Sought::InRow, 1),
            ("sharing", Sought::InRow, 1),
            ("a", Sought::InRow, 1),
            ("b", Sought::InRow, 1),
            ("2020", Sought::InRow, 1),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_question_of_any_words_is_known() {
        for (text, matching, expected) in [
            ("coal price", Matching::Any, true),
            ("coal price -gas", Matching::Any, true),
            ("coal price", Matching::All, false),
            ("coal OR price", Matching::All, true),
            ("(coal OR price) gas", Matching::All, false),
            ("coal", Matching::Any, false),
        ] {
            assert_eq!(question(text, matching).is_any(), expected, "{text}");
        }
    }

    #[test]
    fn very_long_questions_are_cut() {
        let text: Vec<String> = (0..500).map(|n| format!("w{n}")).collect();
        let question = question(&text.join(" "), Matching::Any);
        assert_eq!((question.words.len(), question.neighbours.len()), (MOST_WORDS, MOST_WORDS - 1));
    }
}
