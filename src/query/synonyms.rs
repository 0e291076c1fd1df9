//! Words that mean the same, from a file, put beside those of a query.
//!
//! ```text
//! # two ways, and one way
//! car, automobile, motor car
//! tv => television
//! ```
//!
//! A group of one line means each other; what stands before `=>` also means what stands behind. Words are compared as
//! written, case and accents folded, not by their stems.

use std::collections::BTreeMap;

use crate::analysis::tokenizer::{TokenKind, tokenize};
use crate::query::parse::MAX_CLAUSES;
use crate::query::simplify::simplify;
use crate::query::{PhrasePart, Query};
use crate::schema::FieldName;

/// Largest file of synonyms, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// Most words and groups of words in one line.
pub const MAX_MEMBERS: usize = 64;
/// Most words of a group of words.
pub const MAX_WORDS: usize = 8;
/// How much a synonym counts beside the word itself, so that what was typed comes first.
pub const WEIGHT: f32 = 0.8;

/// What is said for words of a query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Synonyms {
    /// By the folded words of the first, with blanks between them; as written in the file, in its order.
    meanings: BTreeMap<String, Vec<String>>,
    /// Most words of a key.
    longest: usize,
}

/// Why a file of synonyms cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct SynonymError {
    /// From 1.
    pub line: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

/// The query has more words than one may have, with its synonyms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl Synonyms {
    /// Reads a file.
    pub fn parse(text: &str) -> Result<Synonyms, SynonymError> {
        let at = |line: usize| move |message: String| SynonymError { line: line + 1, message };
        if text.len() > MAX_BYTES {
            return Err(at(0)(format!("the file is larger than {MAX_BYTES} bytes")));
        }
        let mut synonyms = Synonyms::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in text.lines().enumerate() {
            let line = without_comment(line);
            if !line.is_empty() {
                synonyms.line(line).map_err(at(number))?;
            }
        }
        Ok(synonyms)
    }

    /// Whether no word has any.
    pub fn is_empty(&self) -> bool {
        self.meanings.is_empty()
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        match line.split_once("=>") {
            None => {
                let group = members(line)?;
                if group.len() < 2 {
                    return Err(
                        "one word alone has no synonym: write car, automobile or tv => television".into()
                    );
                }
                self.enter(&group, &group);
            }
            Some((_, behind)) if behind.contains("=>") => return Err("=> stands there twice".into()),
            Some((before, behind)) => self.enter(&members(before)?, &members(behind)?),
        }
        Ok(())
    }

    fn enter(&mut self, words: &[Member], meanings: &[Member]) {
        for word in words {
            let known = self.meanings.entry(word.key.clone()).or_default();
            let others = meanings.iter().filter(|other| other.key != word.key);
            let new: Vec<String> = others.map(|other| other.text.clone()).collect();
            known.extend(new.into_iter().filter(|text| !known.contains(text)).collect::<Vec<_>>());
            self.longest = self.longest.max(word.count);
        }
    }

    /// The query in which every bare word, and every run of them that has synonyms as a whole, is one of several.
    ///
    /// The word itself comes first; synonyms weigh [`WEIGHT`]. It is done once: synonyms of synonyms are not put in.
    /// Phrases, patterns, `=word`, values and words with a weight of their own (`car^3`) are left as they are, so
    /// that the canonical text of the outcome means the same when it is read again.
    pub fn apply(&self, query: Query) -> Result<Query, TooMany> {
        if self.is_empty() {
            return Ok(query);
        }
        let applied = simplify(self.replaced(query, Some(WEIGHT)));
        if clauses(&applied) > MAX_CLAUSES { Err(TooMany) } else { Ok(applied) }
    }

    fn replaced(&self, query: Query, weight: Option<f32>) -> Query {
        let each = |parts: Vec<Query>| parts.into_iter().map(|part| self.replaced(part, weight)).collect();
        match query {
            Query::And(parts) => Query::And(self.runs(parts, weight)),
            Query::Or(parts) => Query::Or(each(parts)),
            Query::Not(inner) => Query::Not(Box::new(self.replaced(*inner, weight))),
            Query::Boost(inner, factor) if !matches!(*inner, Query::Word { .. }) => {
                Query::Boost(Box::new(self.replaced(*inner, weight)), factor)
            }
            // Between near words nothing is weighed.
            Query::Near { left, right, distance, ordered } => Query::Near {
                left: Box::new(self.replaced(*left, None)),
                right: Box::new(self.replaced(*right, None)),
                distance,
                ordered,
            },
            word @ Query::Word { .. } => self.of_run(std::slice::from_ref(&word), weight).unwrap_or(word),
            other @ (Query::All
            | Query::Boost(..)
            | Query::Phrase { .. }
            | Query::Pattern { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Numbers { .. }
            | Query::Has(_)) => other,
        }
    }

    /// Words that must all match: the longest run that has synonyms is replaced as a whole.
    fn runs(&self, parts: Vec<Query>, weight: Option<f32>) -> Vec<Query> {
        let mut replaced = Vec::with_capacity(parts.len());
        let mut rest = parts.as_slice();
        while let Some((first, behind)) = rest.split_first() {
            let longest = self.longest.min(rest.len());
            let found =
                (1..=longest).rev().find_map(|length| Some((self.of_run(&rest[..length], weight)?, length)));
            let (query, length) = found.unwrap_or_else(|| match first {
                Query::Word { .. } => (first.clone(), 1),
                other => (self.replaced(other.clone(), weight), 1),
            });
            replaced.push(query);
            rest = &behind[length - 1..];
        }
        replaced
    }

    /// Neighbouring words or what they mean; `None` when nothing is known of them as a whole.
    fn of_run(&self, words: &[Query], weight: Option<f32>) -> Option<Query> {
        let mut key = String::new();
        let mut common: Option<&Option<FieldName>> = None;
        for word in words {
            let Query::Word { field, text, exact: false } = word else { return None };
            if common.is_some_and(|common| common != field) {
                return None;
            }
            common = Some(field);
            push_key(&mut key, text);
        }
        let field = common?;
        let meanings = self.meanings.get(&key)?.iter().map(|text| {
            let meaning = meaning(field, text);
            match weight {
                Some(weight) => Query::Boost(Box::new(meaning), weight),
                None => meaning,
            }
        });
        let itself = match words {
            [word] => word.clone(),
            words => Query::And(words.to_vec()),
        };
        Some(Query::Or(std::iter::once(itself).chain(meanings).collect()))
    }
}

fn meaning(field: &Option<FieldName>, text: &str) -> Query {
    let (field, text) = (field.clone(), text.to_owned());
    match text.contains(char::is_whitespace) {
        true => Query::Phrase { field, parts: vec![PhrasePart::Text(text)], slop: None },
        false => Query::Word { field, text, exact: false },
    }
}

/// A word or group of words of a line.
struct Member {
    text: String,
    key: String,
    /// Its words.
    count: usize,
}

fn members(list: &str) -> Result<Vec<Member>, String> {
    let members: Vec<Member> = list.split(',').map(member).collect::<Result<_, _>>()?;
    match members.len() {
        0..=MAX_MEMBERS => Ok(members),
        count => Err(format!("{count} words and groups are in one line; {MAX_MEMBERS} may be")),
    }
}

fn member(text: &str) -> Result<Member, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut key = String::new();
    push_key(&mut key, &text);
    match key.split(' ').filter(|word| !word.is_empty()).count() {
        0 if text.is_empty() => Err("a word is missing: between commas, or beside =>".to_owned()),
        0 => Err(format!("{text:?} has no letters or digits")),
        count if count > MAX_WORDS => {
            Err(format!("{text:?} has {count} words; a group may have {MAX_WORDS}"))
        }
        count => Ok(Member { text, key, count }),
    }
}

/// Adds the folded words of a text.
fn push_key(key: &mut String, text: &str) {
    tokenize(text, |token| {
        if token.kind != TokenKind::Pair {
            if !key.is_empty() {
                key.push(' ');
            }
            key.push_str(token.text);
        }
    });
}

/// A line before its comment: a `#` at the beginning or behind a blank, so that `C#` is a word.
fn without_comment(line: &str) -> &str {
    let is_comment = |at: &usize| *at == 0 || line[..*at].ends_with(char::is_whitespace);
    let comment = line.match_indices('#').map(|(at, _)| at).find(is_comment);
    line[..comment.unwrap_or(line.len())].trim()
}

fn clauses(query: &Query) -> usize {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().map(clauses).sum(),
        Query::Not(inner) | Query::Boost(inner, _) => clauses(inner),
        Query::Near { left, right, .. } => clauses(left) + clauses(right),
        Query::All
        | Query::Word { .. }
        | Query::Phrase { .. }
        | Query::Pattern { .. }
        | Query::Value { .. }
        | Query::ValueWord { .. }
        | Query::ValuePattern { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Numbers { .. }
        | Query::Has(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::display::display;
    use crate::query::parse::{Reading, parse};
    use crate::schema::Schema;
    use crate::text::calendar::Day;

    const FILE: &str = "\u{feff}# vehicles\r\ncar, automobile, motor car\n\n  tv => television # one way\nC#, c sharp\n\
                        oil, petroleum\noil, crude\nfern, sehen\nFernsehen => television\n";

    fn applied(synonyms: &Synonyms, text: &str) -> String {
        let schema = Schema::for_tests();
        let query = parse(text, &Reading::new(&schema, Day(0))).query;
        display(&synonyms.apply(query).expect("few words"), &schema)
    }

    #[test]
    fn bare_words_and_runs_of_them_are_one_of_several() {
        let synonyms = Synonyms::parse(FILE).expect("the file is sound");
        let car = "car OR automobile^0.8 OR \"motor car\"^0.8";
        let cases = [
            ("car", car.to_owned()),
            ("CAR", car.replacen("car", "CAR", 1)),
            ("red car", format!("red ({car})")),
            ("car OR bus", format!("{car} OR bus")),
            ("-car", format!("-({car})")),
            ("motor car", "(motor car) OR car^0.8 OR automobile^0.8".to_owned()),
            ("a motor car b", "a ((motor car) OR car^0.8 OR automobile^0.8) b".to_owned()),
            ("motor", "motor".to_owned()),
            (
                "motor title:car",
                "motor (title:car OR title:automobile^0.8 OR title:\"motor car\"^0.8)".to_owned(),
            ),
            ("tv", "tv OR television^0.8".to_owned()),
            ("television", "television".to_owned()),
            ("fernsehen", "fernsehen OR television^0.8".to_owned()),
            ("c#", "c# OR \"c sharp\"^0.8".to_owned()),
            ("oil", "oil OR petroleum^0.8 OR crude^0.8".to_owned()),
            ("petroleum", "petroleum OR oil^0.8".to_owned()),
            ("\"car\" =car car* car~ car^3 tag:car", "\"car\" =car car* car~1 car^3 tag:car".to_owned()),
            ("(car bus)^2", format!("(({car}) bus)^2")),
            ("tv NEAR/3 set", "(tv OR television) NEAR/3 set".to_owned()),
        ];
        for (text, expected) in cases {
            let understood = applied(&synonyms, text);
            assert_eq!(understood, expected, "{text}");
            if !text.contains("NEAR") {
                assert_eq!(applied(&synonyms, &understood), understood, "read again: {text}");
            }
        }
        assert_eq!(applied(&Synonyms::default(), "car"), "car");
    }

    #[test]
    fn a_bad_line_is_named() {
        let long = "a ".repeat(MAX_WORDS + 1);
        let many = "a,".repeat(MAX_MEMBERS + 1);
        let cases = [
            ("car", "line 1: one word alone"),
            ("a, b\n# x\ncar,, bus", "line 3: a word is missing"),
            ("=> television", "line 1: a word is missing"),
            ("tv =>", "line 1: a word is missing"),
            ("a => b => c", "line 1: => stands there twice"),
            ("a, !!!", "line 1: \"!!!\" has no letters"),
            (&format!("x, {long}"), "has 9 words"),
            (&format!("{many}b"), "66 words and groups"),
            (&"#".repeat(MAX_BYTES + 1), "line 1: the file is larger"),
        ];
        for (text, part) in cases {
            let message = Synonyms::parse(text).map_err(|error| error.to_string());
            assert!(message.as_ref().is_err_and(|message| message.contains(part)), "{message:?}");
        }
    }

    #[test]
    fn a_query_that_grows_too_large_is_refused() {
        let group: Vec<String> = (0..MAX_MEMBERS).map(|n| format!("w{n}")).collect();
        let synonyms = Synonyms::parse(&group.join(",")).expect("sound");
        let query = |count: usize| {
            let word = |n| Query::Word { field: None, text: format!("w{n}"), exact: false };
            Query::And((0..count).map(word).collect())
        };
        assert!(synonyms.apply(query(16)).is_ok());
        assert_eq!(synonyms.apply(query(17)), Err(TooMany));
    }

    proptest! {
        #[test]
        fn any_file_is_answered(text in r"([a-c,#\n é!]|=>){0,40}", query in r"([abc ]|é){0,12}") {
            if let Ok(synonyms) = Synonyms::parse(&text) {
                let once = applied(&synonyms, &query);
                prop_assert_eq!(applied(&synonyms, &once), once);
            }
        }
    }
}
