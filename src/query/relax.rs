//! Queries near a given one: a clause less, any of its words, another word in the place of one.

use crate::query::parse::{any_of_words, is_required};
use crate::query::simplify::{conjuncts, simplify};
use crate::query::{Pattern, PhrasePart, Query};
use crate::schema::FieldName;

/// The clauses of a query that must all hold, simplified.
pub fn clauses(query: &Query) -> Vec<Query> {
    match simplify(query.clone()) {
        Query::All => Vec::new(),
        simple => conjuncts(simple),
    }
}

/// Whether a clause restricts what is found and names no words of it: a value or date of one field, an exclusion.
pub fn is_filter(clause: &Query) -> bool {
    is_required(clause)
}

/// The query of all clauses but those for which `left_out` holds.
pub fn without(clauses: &[Query], left_out: impl Fn(usize) -> bool) -> Query {
    let kept = clauses.iter().enumerate().filter(|(number, _)| !left_out(*number));
    simplify(Query::And(kept.map(|(_, clause)| clause.clone()).collect()))
}

/// The query that one of the words is enough for, while filters hold; `None` when there are no two words.
pub fn any_word(clauses: &[Query]) -> Option<Query> {
    let words = clauses.iter().filter(|clause| !is_filter(clause)).count();
    if words < 2 {
        return None;
    }
    any_of_words(clauses.to_vec()).map(simplify)
}

/// The words of a phrase, of a nearness or of a compound, wherever they stand; `None` for what is no more than a word.
pub fn apart(leaf: &Query) -> Option<Query> {
    let mut words = Vec::new();
    match leaf {
        Query::Word { field, text, .. } => words.extend(words_apart(field.as_ref(), text)),
        Query::Phrase { field, parts, .. } => {
            for part in parts {
                match part {
                    PhrasePart::Text(text) => words.extend(words_apart(field.as_ref(), text)),
                    PhrasePart::Wildcard(wildcard) => words.push(Query::Pattern {
                        field: field.clone(),
                        pattern: Pattern::Wildcard(wildcard.clone()),
                    }),
                }
            }
        }
        Query::Near { .. } => {
            let mut open = vec![leaf];
            while let Some(side) = open.pop() {
                match side {
                    Query::Near { left, right, .. } => open.extend([right.as_ref(), left.as_ref()]),
                    side => words.push(side.clone()),
                }
            }
        }
        Query::All
        | Query::Pattern { .. }
        | Query::Value { .. }
        | Query::ValueWord { .. }
        | Query::ValuePattern { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Numbers { .. }
        | Query::Has(_)
        | Query::And(_)
        | Query::Or(_)
        | Query::Not(_)
        | Query::Boost(..) => {}
    }
    (words.len() > 1).then(|| simplify(Query::And(words)))
}

/// The words between blanks and the marks that join words.
fn words_apart<'a>(field: Option<&'a FieldName>, text: &'a str) -> impl Iterator<Item = Query> + 'a {
    /// These stand inside words and numbers.
    const INSIDE: [char; 3] = ['\'', '.', ','];
    let parts_words = |c: char| c.is_whitespace() || c.is_ascii_punctuation() && !INSIDE.contains(&c);
    let words = text.split(parts_words).filter(|word| word.chars().any(char::is_alphanumeric));
    words.map(move |word| Query::Word { field: field.cloned(), text: word.to_owned(), exact: false })
}

/// The words, phrases and values of a query that an article must or may have; nothing below a `Not`.
pub fn wanted(query: &Query) -> Vec<&Query> {
    let mut leaves = Vec::new();
    let mut open = vec![query];
    while let Some(query) = open.pop() {
        match query {
            Query::And(parts) | Query::Or(parts) => open.extend(parts.iter().rev()),
            Query::Boost(inner, _) => open.push(inner),
            Query::Not(_) => {}
            leaf @ (Query::All
            | Query::Word { .. }
            | Query::Phrase { .. }
            | Query::Pattern { .. }
            | Query::Near { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Numbers { .. }
            | Query::Has(_)) => leaves.push(leaf),
        }
    }
    leaves
}

/// The query with each of its words, phrases and values given to `change`, and replaced where that gives another.
pub fn replaced(query: &Query, change: &dyn Fn(&Query) -> Option<Query>) -> Query {
    let all = |parts: &[Query]| parts.iter().map(|part| replaced(part, change)).collect();
    match query {
        Query::And(parts) => Query::And(all(parts)),
        Query::Or(parts) => Query::Or(all(parts)),
        Query::Boost(inner, factor) => Query::Boost(Box::new(replaced(inner, change)), *factor),
        Query::Not(_) => query.clone(),
        leaf @ (Query::All
        | Query::Word { .. }
        | Query::Phrase { .. }
        | Query::Pattern { .. }
        | Query::Near { .. }
        | Query::Value { .. }
        | Query::ValueWord { .. }
        | Query::ValuePattern { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Numbers { .. }
        | Query::Has(_)) => change(leaf).unwrap_or_else(|| leaf.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::display::display;
    use crate::query::parse::{Reading, parse};
    use crate::schema::Schema;
    use crate::text::calendar::Day;

    fn query(text: &str) -> Query {
        parse(text, &Reading::new(&Schema::for_tests(), Day(0))).query
    }

    fn shown(query: &Query) -> String {
        display(query, &Schema::for_tests())
    }

    #[test]
    fn each_clause_can_be_left_out() {
        let cases = [
            ("a b tag:x", vec!["b tag:x", "a tag:x", "a b"]),
            ("a (b OR c)", vec!["b OR c", "a"]),
            ("a -b", vec!["-b", "a"]),
            ("a", vec!["*"]),
            ("*", vec![]),
        ];
        for (text, expected) in cases {
            let clauses = clauses(&query(text));
            let left: Vec<String> =
                (0..clauses.len()).map(|out| shown(&without(&clauses, |number| number == out))).collect();
            assert_eq!(left, expected, "{text}");
        }
    }

    #[test]
    fn words_that_stand_together_come_apart() {
        let cases = [
            ("\"coal mine\"", Some("coal mine")),
            ("\"coal mine\"~4", Some("coal mine")),
            ("\"coal min*\"", Some("coal min*")),
            ("title:\"so-called peace\"", Some("title:so title:called title:peace")),
            ("coal NEAR/3 mine ADJ (pit OR shaft)", Some("coal mine (pit OR shaft)")),
            ("\"coal mine\" NEAR strike", Some("\"coal mine\" strike")),
            ("foo\\:bar", Some("foo bar")),
            ("\"a NOT b\"", Some("a +NOT b")),
            ("o'brien", None),
            ("\"1,000\"", None),
            ("coal", None),
            ("col*", None),
            ("tag:\"a b\"", None),
        ];
        for (text, expected) in cases {
            let apart = apart(&query(text));
            assert_eq!(apart.as_ref().map(shown).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn any_word_is_enough_and_filters_hold() {
        let cases = [
            ("a b", Some("a OR b")),
            ("a b tag:x -c", Some("(a OR b) tag:x -c")),
            ("a tag:x", None),
            ("a OR b", None),
            ("*", None),
        ];
        for (text, expected) in cases {
            let any = any_word(&clauses(&query(text)));
            assert_eq!(any.as_ref().map(shown).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wanted_is_replaced_and_nothing_else() {
        let query = query("a (b^2 OR \"c d\") -e tag:x");
        let wanted: Vec<String> = wanted(&query).into_iter().map(shown).collect();
        assert_eq!(wanted, ["a", "b", "\"c d\"", "tag:x"]);
        let word = |text: &str| Query::Word { field: None, text: text.to_owned(), exact: false };
        let change = |leaf: &Query| [word("b"), word("e")].contains(leaf).then(|| word("z"));
        assert_eq!(shown(&replaced(&query, &change)), "a (z^2 OR \"c d\") -e tag:x");
    }
}
