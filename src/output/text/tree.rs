//! The values of a facet as rows of a table; those of a hierarchy as a tree.

use std::collections::HashMap;

use crate::search::ValueBucket;
use crate::text::sanitize::visible;

use super::facets::Row;

/// Columns by which a level is moved to the right.
const STEP: usize = 2;
/// Deeper levels stand below each other.
const DEEPEST: usize = 8;

/// A row for each value. Values below another one that is listed stand below it, each level in the order given, and
/// show what they add to it.
pub(super) fn rows(buckets: &[ValueBucket]) -> Vec<Row> {
    let numbers: HashMap<&str, usize> =
        buckets.iter().enumerate().map(|(number, bucket)| (bucket.value.as_str(), number)).collect();
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); buckets.len()];
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (number, bucket) in buckets.iter().enumerate() {
        match parent(bucket).and_then(|parent| numbers.get(parent)).filter(|parent| **parent != number) {
            Some(parent) => below[*parent].push(number),
            None => open.push((number, 0)),
        }
    }
    open.reverse();
    let mut rows = Vec::with_capacity(buckets.len());
    while let Some((number, depth)) = open.pop() {
        rows.push(row(&buckets[number], depth));
        open.extend(below[number].iter().rev().map(|child| (*child, depth + 1)));
    }
    rows
}

fn parent(bucket: &ValueBucket) -> Option<&str> {
    bucket.level.as_ref()?.parent.as_deref()
}

fn row(bucket: &ValueBucket, depth: usize) -> Row {
    let label = visible(if depth == 0 { &bucket.value } else { own_part(bucket) });
    let indent = STEP * depth.min(DEEPEST);
    Row { label: format!("{:indent$}{label}", ""), count: bucket.count, selected: bucket.selected }
}

/// What a value adds to the one above it; levels are told by a mark of one character. Spellings may differ in length.
fn own_part(bucket: &ValueBucket) -> &str {
    let value = bucket.value.as_str();
    let above = parent(bucket).map_or(0, |parent| parent.chars().count());
    let own = value.char_indices().nth(above + 1).map_or("", |(at, _)| &value[at..]);
    if own.is_empty() { value } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use crate::search::Level;

    fn bucket(value: &str, count: u64) -> ValueBucket {
        let parent = value.rsplit_once('/').map(|(parent, _)| parent.to_owned());
        let level = Some(Level { parent, depth: value.matches('/').count() });
        ValueBucket { value: value.to_owned(), count, selected: false, level, query: Query::All }
    }

    fn labels(values: &[&str]) -> Vec<String> {
        let buckets: Vec<ValueBucket> = values.iter().map(|value| bucket(value, 1)).collect();
        rows(&buckets).into_iter().map(|row| row.label).collect()
    }

    #[test]
    fn values_stand_below_what_they_belong_to() {
        let cases: &[(&[&str], &[&str])] = &[
            (&["b", "a"], &["b", "a"]),
            (&["a", "b", "a/x", "b/y", "a/x/z", "a/w"], &["a", "  x", "    z", "  w", "b", "  y"]),
            // What is above is not listed: the whole value.
            (&["a/x", "b"], &["a/x", "b"]),
            (&["a/x/z", "a"], &["a/x/z", "a"]),
            (&["気候", "気候/政策"], &["気候", "  政策"]),
            (&[], &[]),
        ];
        for (values, expected) in cases {
            assert_eq!(labels(values), *expected, "{values:?}");
        }
    }

    #[test]
    fn deep_levels_and_doubles_end() {
        let deep: Vec<String> = (1..500).map(|depth| vec!["a"; depth].join("/")).collect();
        let deep: Vec<&str> = deep.iter().map(String::as_str).collect();
        let shown = labels(&deep);
        assert_eq!(shown.len(), deep.len());
        assert!(shown.iter().all(|label| label.len() <= STEP * DEEPEST + 1));
        assert_eq!(labels(&["a", "a", "a/b"]).len(), 3);
    }
}
