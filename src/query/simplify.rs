//! The simplest query of the same meaning, and the parts of a query that are filters of one field.

use crate::query::Query;
use crate::schema::FieldName;

/// Flattens nested And and Or, drops doubles, but for the words of an Or, and folds what is constant; order is kept.
///
/// `And([])` is everything, `Or([])` is nothing, which is written `Not(All)`. `Not(x)` means every article but those
/// of `x` wherever it stands, so a query of nothing but exclusions needs no `All` beside it.
pub fn simplify(query: Query) -> Query {
    match query {
        Query::And(children) => conjunction(children),
        Query::Or(children) => disjunction(children),
        Query::Not(inner) => match simplify(*inner) {
            Query::Not(twice) => *twice,
            once => Query::Not(Box::new(once)),
        },
        Query::Boost(inner, 1.0) => simplify(*inner),
        Query::Boost(inner, factor) => Query::Boost(Box::new(simplify(*inner)), factor),
        Query::Near { left, right, distance, ordered } => {
            let (left, right) = (Box::new(simplify(*left)), Box::new(simplify(*right)));
            Query::Near { left, right, distance, ordered }
        }
        leaf @ (Query::All
        | Query::Word { .. }
        | Query::Phrase { .. }
        | Query::Pattern { .. }
        | Query::Numbers { .. }
        | Query::Value { .. }
        | Query::ValueWord { .. }
        | Query::ValuePattern { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Has(_)) => leaf,
    }
}

fn conjunction(children: Vec<Query>) -> Query {
    let mut kept = Vec::with_capacity(children.len());
    for child in children {
        match simplify(child) {
            Query::All => {}
            Query::And(inner) => inner.into_iter().for_each(|child| push_new(&mut kept, child)),
            other => push_new(&mut kept, other),
        }
    }
    one_or(kept, Query::And).unwrap_or(Query::All)
}

fn disjunction(children: Vec<Query>) -> Query {
    let mut kept = Vec::with_capacity(children.len());
    for child in children {
        match simplify(child) {
            Query::Or(inner) => inner.into_iter().for_each(|child| push_alternative(&mut kept, child)),
            other => push_alternative(&mut kept, other),
        }
    }
    one_or(kept, Query::Or).unwrap_or_else(|| Query::Not(Box::new(Query::All)))
}

fn push_new(kept: &mut Vec<Query>, child: Query) {
    if !kept.contains(&child) {
        kept.push(child);
    }
}

/// A word that a question says twice counts twice.
fn push_alternative(kept: &mut Vec<Query>, child: Query) {
    match child {
        Query::Word { .. } => kept.push(child),
        other => push_new(kept, other),
    }
}

/// The only child, or the children joined; `None` when there are none.
fn one_or(mut children: Vec<Query>, join: fn(Vec<Query>) -> Query) -> Option<Query> {
    match children.len() {
        0 | 1 => children.pop(),
        _ => Some(join(children)),
    }
}

/// Takes the filters off a query: every conjunct at the top that asks for one field alone, where `is_filter` holds.
///
/// Returns what is left, and one entry for each field in order of appearance; several filters of a field are an And.
/// The query is the And of them all.
pub fn split_filters(
    query: Query,
    is_filter: impl Fn(&FieldName) -> bool,
) -> (Query, Vec<(FieldName, Query)>) {
    let mut rest = Vec::new();
    let mut filters: Vec<(FieldName, Vec<Query>)> = Vec::new();
    for conjunct in conjuncts(simplify(query)) {
        let Some(field) = only_field(&conjunct).filter(|field| is_filter(field)).cloned() else {
            rest.push(conjunct);
            continue;
        };
        match filters.iter_mut().find(|(name, _)| *name == field) {
            Some((_, same_field)) => same_field.push(conjunct),
            None => filters.push((field, vec![conjunct])),
        }
    }
    let filters = filters.into_iter().map(|(field, parts)| (field, simplify(Query::And(parts)))).collect();
    (simplify(Query::And(rest)), filters)
}

/// The query with every filter of `field` replaced by `with`: what choosing another facet value asks.
///
/// [`Query::All`] as `with` only takes the filters away.
pub fn replace_filter(query: &Query, field: &FieldName, with: Query) -> Query {
    let (rest, filters) = split_filters(query.clone(), |_| true);
    let others = filters.into_iter().filter(|(name, _)| name != field).map(|(_, filter)| filter);
    simplify(Query::And(std::iter::once(rest).chain(others).chain([with]).collect()))
}

/// The parts that must all hold.
pub(super) fn conjuncts(query: Query) -> Vec<Query> {
    match query {
        Query::And(children) => children,
        other => vec![other],
    }
}

/// The one keyword, date or number field that a query asks for, when it asks for nothing else.
pub(crate) fn only_field(query: &Query) -> Option<&FieldName> {
    match query {
        Query::Value { field, .. }
        | Query::ValueWord { field, .. }
        | Query::ValuePattern { field, .. }
        | Query::Below { field, .. }
        | Query::Dates { field, .. }
        | Query::Numbers { field, .. }
        | Query::Has(field) => Some(field),
        Query::Not(inner) => only_field(inner),
        Query::And(children) | Query::Or(children) => {
            let (first, others) = children.split_first()?;
            let field = only_field(first)?;
            others.iter().all(|other| only_field(other) == Some(field)).then_some(field)
        }
        Query::All
        | Query::Word { .. }
        | Query::Phrase { .. }
        | Query::Pattern { .. }
        | Query::Near { .. }
        | Query::Boost(..) => None,
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

    fn word(text: &str) -> Query {
        Query::Word { field: None, text: text.to_owned(), exact: false }
    }

    #[test]
    fn constants_doubles_and_nesting_go() {
        let (a, b, c) = (|| word("a"), || word("b"), || word("c"));
        let not = |query| Query::Not(Box::new(query));
        let cases = [
            (Query::And(vec![]), Query::All),
            (Query::Or(vec![]), not(Query::All)),
            (Query::And(vec![Query::All, a()]), a()),
            (Query::And(vec![a(), Query::And(vec![b(), a()]), c()]), Query::And(vec![a(), b(), c()])),
            // A word that is asked for twice counts twice.
            (Query::Or(vec![a(), Query::Or(vec![b(), a()])]), Query::Or(vec![a(), b(), a()])),
            (Query::Or(vec![not(a()), Query::Or(vec![b(), not(a())])]), Query::Or(vec![not(a()), b()])),
            (Query::Or(vec![a(), Query::All]), Query::Or(vec![a(), Query::All])),
            (not(not(a())), a()),
            (not(not(not(a()))), not(a())),
            (Query::And(vec![a(), not(not(Query::And(vec![b(), c()])))]), Query::And(vec![a(), b(), c()])),
            (Query::Boost(Box::new(Query::And(vec![a()])), 1.0), a()),
            (Query::Boost(Box::new(Query::Or(vec![a()])), 2.0), Query::Boost(Box::new(a()), 2.0)),
        ];
        for (from, to) in cases {
            assert_eq!(simplify(from.clone()), to, "{from:?}");
        }
    }

    #[test]
    fn filters_are_split_by_field() {
        let schema = Schema::for_tests();
        let cases = [
            ("oil tag:a", "oil", "tag: tag:a"),
            ("tag:a", "*", "tag: tag:a"),
            ("oil (tag:a OR tag:b) -tag:c date:2019", "oil", "tag: (tag:a OR tag:b) -tag:c; date: date:2019"),
            ("oil (tag:a OR author:b)", "oil (tag:a OR author:b)", ""),
            ("oil OR tag:a", "oil OR tag:a", ""),
            ("oil url:x path:a/**", "oil url:x path:a/**", ""),
            ("title:oil tag:a^2", "title:oil tag:a^2", ""),
            ("tag:* -date:*", "*", "tag: tag:*; date: -date:*"),
        ];
        for (text, rest, filters) in cases {
            let is_facet = |field: &FieldName| schema.facets().any(|facet| facet.name == *field);
            let (found_rest, found) = split_filters(query(text), is_facet);
            let rest = display(&query(rest), &schema);
            assert_eq!(display(&found_rest, &schema), rest, "{text}");
            let found = found.iter().map(|(field, filter)| {
                let filter = display(filter, &schema).replace("2019-01-01..2019-12-31", "2019");
                format!("{field}: {filter}")
            });
            assert_eq!(found.collect::<Vec<_>>().join("; "), filters, "{text}");
        }
    }

    #[test]
    fn a_filter_is_replaced_and_the_rest_stays() {
        let schema = Schema::for_tests();
        let tag = FieldName::for_tests("tag");
        let cases = [
            ("oil tag:a author:x", "tag:b", "oil author:x tag:b"),
            ("oil tag:a -tag:c", "tag:b", "oil tag:b"),
            ("oil", "tag:b", "oil tag:b"),
            ("tag:a", "*", "*"),
            ("oil OR tag:a", "tag:b", "(oil OR tag:a) tag:b"),
        ];
        for (text, with, expected) in cases {
            let replaced = replace_filter(&query(text), &tag, query(with));
            assert_eq!(display(&replaced, &schema), expected, "{text}");
        }
    }
}
