//! Random queries over the words and values of the archives.

use crate::support::random::Random;
use backfile::query::{DateRange, NumberRange, Pattern, PhrasePart, Query, Wildcard, WildcardPart};
use backfile::schema::{FieldName, Schema};
use backfile::text::calendar::Day;

use super::archive::{AUTHORS, SECTIONS, TAGS};
use super::naive::{REGEXES, WORDS};

pub(super) struct Questions<'a> {
    pub(super) random: &'a Random,
    pub(super) schema: &'a Schema,
}

impl Questions<'_> {
    /// A query of words, with filters beside it more often than not.
    pub(super) fn query(&self) -> Query {
        let filters = (0..self.random.below(3)).map(|_| {
            let filter = self.filter();
            if self.random.one_in(4) { Query::Not(Box::new(filter)) } else { filter }
        });
        let mut parts: Vec<Query> = filters.collect();
        if !self.random.one_in(6) {
            parts.push(self.tree(3));
        }
        Query::And(parts)
    }

    fn tree(&self, depth: usize) -> Query {
        let some = |count: usize| (0..count).map(|_| self.tree(depth - 1)).collect();
        match self.random.below(if depth == 0 { 5 } else { 9 }) {
            0..=4 => self.words(),
            5 => Query::And(some(2)),
            6 => Query::Or(some(2 + self.random.below(2))),
            7 => Query::Not(Box::new(self.denied())),
            _ if self.random.one_in(2) => Query::Boost(Box::new(self.tree(depth - 1)), 2.5),
            _ => self.filter(),
        }
    }

    /// What can be denied: nothing in it is denied again, since what is denied twice counts as asked for.
    fn denied(&self) -> Query {
        let parts = || (0..2).map(|_| self.words()).collect();
        match self.random.below(4) {
            0 => Query::And(parts()),
            1 => Query::Or(parts()),
            _ => self.words(),
        }
    }

    /// Something that is found in the text.
    fn words(&self) -> Query {
        let field = self.random.one_in(5).then(|| self.field("title"));
        self.words_in(field)
    }

    fn words_in(&self, field: Option<FieldName>) -> Query {
        match self.random.below(6) {
            0 => {
                let (left, right) = (self.near_side(&field), self.near_side(&field));
                let distance = 1 + self.random.below(6) as u32;
                let ordered = self.random.one_in(2);
                Query::Near { left: Box::new(left), right: Box::new(right), distance, ordered }
            }
            1 => self.phrase(field),
            2 => self.pattern(field),
            _ => self.word(field),
        }
    }

    fn near_side(&self, field: &Option<FieldName>) -> Query {
        match self.random.below(7) {
            0 => Query::Or(vec![self.word(field.clone()), self.phrase(field.clone())]),
            1 => self.words_in(field.clone()),
            2 => self.pattern(field.clone()),
            _ => self.word(field.clone()),
        }
    }

    fn word(&self, field: Option<FieldName>) -> Query {
        let text = self.random.pick(WORDS).written.to_owned();
        Query::Word { field, text, exact: self.random.one_in(4) }
    }

    fn phrase(&self, field: Option<FieldName>) -> Query {
        let mut parts: Vec<PhrasePart> = Vec::new();
        for _ in 0..2 + self.random.below(2) {
            if self.random.one_in(6) {
                parts.push(PhrasePart::Wildcard(self.wildcard()));
                continue;
            }
            let word = self.random.pick(WORDS).written;
            match parts.last_mut() {
                Some(PhrasePart::Text(text)) => text.push_str(&format!(" {word}")),
                _ => parts.push(PhrasePart::Text(word.to_owned())),
            }
        }
        let slop = self.random.one_in(3).then(|| 1 + self.random.below(5) as u32);
        Query::Phrase { field, parts, slop }
    }

    fn pattern(&self, field: Option<FieldName>) -> Query {
        let pattern = match self.random.below(4) {
            0 => Pattern::Fuzzy {
                word: self.random.pick(&["coal", "clay", "polcies", "trian", "café", "prize"]).to_owned(),
                distance: 1 + self.random.below(2) as u8,
            },
            1 => Pattern::Regex(self.random.pick(REGEXES).0.to_owned()),
            _ => Pattern::Wildcard(self.wildcard()),
        };
        Query::Pattern { field, pattern }
    }

    /// A word of the archive with a hole or two.
    fn wildcard(&self) -> Wildcard {
        let text = |text: &str| WildcardPart::Text(text.to_owned());
        let parts = match self.random.below(7) {
            0 => vec![text("c"), WildcardPart::One, text("al")],
            1 => vec![WildcardPart::Any, text("ing")],
            2 => vec![text("tr"), WildcardPart::Any, text("in"), WildcardPart::Any],
            3 => vec![text("C"), WildcardPart::One, text("fé")],
            4 => vec![WildcardPart::One, text("ine"), WildcardPart::Any],
            5 => vec![text("zzz"), WildcardPart::Any],
            _ => vec![text(self.random.pick(&["co", "mi", "Pol", "prix", "to"])), WildcardPart::Any],
        };
        Wildcard(parts)
    }

    fn filter(&self) -> Query {
        let random = self.random;
        match random.below(9) {
            0 | 1 => self.value("tag", TAGS),
            2 => self.value("author", AUTHORS),
            3 => self.value("section", SECTIONS),
            4 => Query::ValueWord {
                field: self.field("author"),
                word: random.pick(&["lee", "Ann", "maß", "O'Brien"]).to_owned(),
            },
            5 => {
                Query::Below { field: self.field("tag"), value: random.pick(&["energy", "news"]).to_owned() }
            }
            6 => match random.below(3) {
                0 => Query::Has(self.field(random.pick(&["tag", "author", "date", "title"]))),
                _ => Query::Numbers { field: self.field("words"), range: self.numbers() },
            },
            7 => {
                let (field, beginning, end) = random.pick(&[
                    ("tag", "ener", "y"),
                    ("tag", "", "gas"),
                    ("author", "Le", ""),
                    ("section", "N", "l"),
                ]);
                let texts = [beginning, end]
                    .map(|text| (!text.is_empty()).then(|| WildcardPart::Text(text.to_owned())));
                let [before, behind] = texts;
                let parts = before.into_iter().chain([WildcardPart::Any]).chain(behind).collect();
                Query::ValuePattern { field: self.field(field), pattern: Wildcard(parts) }
            }
            _ => Query::Dates { field: self.field("date"), range: self.days(), within: random.one_in(2) },
        }
    }

    fn value(&self, field: &str, values: &[&str]) -> Query {
        Query::Value { field: self.field(field), value: self.random.pick(values).to_owned() }
    }

    fn numbers(&self) -> NumberRange {
        let from = self.random.below(20) as u64;
        match self.random.below(3) {
            0 => NumberRange { from: Some(from), to: None },
            1 => NumberRange { from: None, to: Some(from) },
            _ => NumberRange { from: Some(from), to: Some(from + self.random.below(20) as u64) },
        }
    }

    fn days(&self) -> DateRange {
        let bounds =
            [(1999, 1, 1), (2001, 1, 1), (2001, 5, 10), (2001, 5, 31), (2002, 1, 31), (2003, 12, 31)];
        let bounds = bounds.map(|(year, month, day)| Day::from_ymd(year, month, day).unwrap());
        let from = self.random.below(bounds.len());
        let to = from + self.random.below(bounds.len() - from);
        DateRange { from: (!self.random.one_in(4)).then(|| bounds[from]), to: Some(bounds[to]) }
    }

    fn field(&self, name: &str) -> FieldName {
        self.schema.field(name).expect("the field is declared").name.clone()
    }
}
