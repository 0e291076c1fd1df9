//! Counts of the values of a keyword field.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, HashMap};
use std::iter::from_fn;
use std::ops::Range;

use tantivy::SegmentReader;
use tantivy::columnar::StrColumn;

use crate::engine::local::bits::Bits;
use crate::engine::local::columns::each_value;
use crate::engine::local::copies::{Membership, Tally};
use crate::engine::local::dictionary::leading;
use crate::engine::local::schema::facet_column;
use crate::engine::local::values::split_facet_value;
use crate::schema::FieldName;

/// The counts of one keyword field, segment by segment.
#[derive(Debug, Default)]
pub(in crate::engine::local) struct ValueCounts {
    segments: Vec<SegmentCounts>,
    pub(in crate::engine::local) missing: Tally,
}

impl ValueCounts {
    /// Adds the documents of one segment; copies count once if their families are given.
    pub(in crate::engine::local) fn add(
        &mut self,
        reader: &SegmentReader,
        field: &FieldName,
        documents: &Bits,
        members: Option<&Membership>,
    ) -> tantivy::Result<()> {
        let family = |document| members.and_then(|members| members.family(document));
        let Some(column) = reader.fast_fields().str(&facet_column(field))? else {
            documents.iter().for_each(|document| self.missing.add(family(document)));
            return Ok(());
        };
        let ordinals = Ordinals::count(&column, documents, family, &mut self.missing);
        self.segments.push(ordinals.named(&column)?);
        Ok(())
    }

    /// The values of all segments together.
    pub(in crate::engine::local) fn values(self) -> Values {
        Values::of(self.segments)
    }
}

/// What was counted of the values of one segment, by their numbers in it.
struct Ordinals {
    /// Articles for each ordinal, without those of families.
    articles: Vec<u32>,
    /// (ordinal, family), each once, ascending.
    families: Vec<(u64, u32)>,
}

impl Ordinals {
    fn count(
        column: &StrColumn,
        documents: &Bits,
        family: impl Fn(u32) -> Option<u32>,
        missing: &mut Tally,
    ) -> Ordinals {
        let mut counts = Ordinals { articles: vec![0; column.num_terms()], families: Vec::new() };
        each_value(column.ords(), documents.iter(), |document, ordinal| match (ordinal, family(document)) {
            (Some(ordinal), None) => counts.articles[ordinal as usize] += 1,
            (Some(ordinal), Some(family)) => counts.families.push((ordinal, family)),
            (None, family) => missing.add(family),
        });
        counts.families.sort_unstable();
        counts.families.dedup();
        counts
    }

    /// With the values that were counted in place of their numbers.
    fn named(self, column: &StrColumn) -> tantivy::Result<SegmentCounts> {
        let mut found: Vec<u64> =
            (0..self.articles.len() as u64).filter(|ordinal| self.articles[*ordinal as usize] > 0).collect();
        found.extend(self.families.iter().map(|(ordinal, _)| *ordinal));
        found.sort_unstable();
        found.dedup();
        let articles = found.iter().map(|ordinal| self.articles[*ordinal as usize]).collect();
        let mut named = SegmentCounts { articles, families: self.families, ..SegmentCounts::default() };
        named.number_families(&found);
        column.dictionary().sorted_ords_to_term_cb(&found, |bytes| {
            // Checking what is sound is quicker than mending it.
            let value = str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
            named.text.push_str(&value);
            named.ends.push(named.text.len());
        })?;
        Ok(named)
    }
}

/// What was counted of the values of one segment, in their order.
#[derive(Debug, Default)]
struct SegmentCounts {
    /// The values, folded and as written, one behind the other.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// Articles of each, without those of families.
    articles: Vec<u32>,
    /// (value, family), each once, ascending.
    families: Vec<(u64, u32)>,
}

impl SegmentCounts {
    /// Puts the place of a value for its ordinal.
    fn number_families(&mut self, found: &[u64]) {
        let mut place = 0;
        for (value, _) in &mut self.families {
            place += found[place..].partition_point(|ordinal| ordinal < value);
            *value = place as u64;
        }
    }

    fn value(&self, place: usize) -> &str {
        let begin = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.text[begin..self.ends[place]]
    }

    fn families(&self, place: usize) -> &[(u64, u32)] {
        let place = place as u64;
        let begin = self.families.partition_point(|(value, _)| *value < place);
        let length = self.families[begin..].partition_point(|(value, _)| *value == place);
        &self.families[begin..begin + length]
    }
}

/// The values of a keyword field with their counts. Each has a number, from 0 on in the order of their folded forms.
#[derive(Debug)]
pub(in crate::engine::local) struct Values {
    segments: Vec<SegmentCounts>,
    values: Vec<Value>,
    /// The spellings of all values, those of each side by side.
    spellings: Vec<Spelling>,
    /// What is shown in place of the commonest spelling, by number.
    settled: HashMap<usize, String>,
}

#[derive(Debug)]
struct Value {
    count: u64,
    /// Which of all spellings are of this value.
    spellings: Range<usize>,
}

/// One spelling of a value, by a segment that has it and its place there.
#[derive(Debug)]
struct Spelling {
    segment: usize,
    place: usize,
    count: u64,
}

impl Values {
    fn of(segments: Vec<SegmentCounts>) -> Values {
        let (mut values, mut spellings) = (Vec::<Value>::new(), Vec::<Spelling>::new());
        let mut families = Vec::new();
        let mut previous: Option<&str> = None;
        for Head { written, segment, place, .. } in in_order(&segments) {
            if previous != Some(written) {
                let folded = |written| split_facet_value(written).0;
                if previous.is_none_or(|previous| folded(previous) != folded(written)) {
                    families.clear();
                    values.push(Value { count: 0, spellings: spellings.len()..spellings.len() });
                }
                spellings.push(Spelling { segment, place, count: 0 });
                previous = Some(written);
            }
            let counts = &segments[segment];
            let (articles, copies) = (u64::from(counts.articles[place]), counts.families(place));
            if let (Some(value), Some(spelling)) = (values.last_mut(), spellings.last_mut()) {
                spelling.count += articles + copies.len() as u64;
                value.count += articles + added(&mut families, copies);
                value.spellings.end = spellings.len();
            }
        }
        Values { segments, values, spellings, settled: HashMap::new() }
    }

    pub(in crate::engine::local) fn len(&self) -> usize {
        self.values.len()
    }

    /// The articles of a value.
    pub(in crate::engine::local) fn count(&self, number: usize) -> u64 {
        self.values[number].count
    }

    pub(in crate::engine::local) fn folded(&self, number: usize) -> &str {
        self.folded_of(&self.values[number])
    }

    fn folded_of(&self, value: &Value) -> &str {
        split_facet_value(self.written(&self.spellings[value.spellings.start])).0
    }

    /// What is shown of a value: its commonest spelling, the first in order among equals.
    pub(in crate::engine::local) fn display(&self, number: usize) -> &str {
        if let Some(settled) = self.settled.get(&number) {
            return settled;
        }
        let spellings = &self.spellings[self.values[number].spellings.clone()];
        let commonest = spellings.iter().rev().max_by_key(|spelling| spelling.count);
        commonest.map(|spelling| split_facet_value(self.written(spelling)).1).unwrap_or_default()
    }

    /// The value with this folded form.
    pub(in crate::engine::local) fn find(&self, folded: &str) -> Option<usize> {
        self.values.binary_search_by(|value| self.folded_of(value).cmp(folded)).ok()
    }

    /// Whether a value is written in several ways.
    pub(in crate::engine::local) fn is_spelt_in_ways(&self, number: usize) -> bool {
        self.values[number].spellings.len() > 1
    }

    /// Shows these values as they are shown in `others`.
    pub(in crate::engine::local) fn settle(&mut self, numbers: &[usize], others: &Values) {
        for number in numbers {
            if let Some(other) = others.find(self.folded(*number)) {
                self.settled.insert(*number, others.display(other).to_owned());
            }
        }
    }

    /// Both forms of a value, as they stand in a column.
    fn written(&self, spelling: &Spelling) -> &str {
        self.segments[spelling.segment].value(spelling.place)
    }
}

/// The next value of a segment. What sorts nearly all values stands first, so that few texts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Head<'s> {
    leading: u64,
    written: &'s str,
    segment: usize,
    place: usize,
}

/// The values of all segments in their order.
fn in_order(segments: &[SegmentCounts]) -> impl Iterator<Item = Head<'_>> {
    let head = |segment: usize, place: usize| {
        let counts = &segments[segment];
        (place < counts.ends.len()).then(|| {
            let written = counts.value(place);
            Reverse(Head { leading: leading(written.as_bytes()), written, segment, place })
        })
    };
    let mut heads: BinaryHeap<_> = (0..segments.len()).filter_map(|segment| head(segment, 0)).collect();
    from_fn(move || {
        let mut least = heads.peek_mut()?;
        let Reverse(value) = *least;
        match head(value.segment, value.place + 1) {
            Some(next) => *least = next,
            None => drop(PeekMut::pop(least)),
        }
        Some(value)
    })
}

/// Adds the families of a value to those that are known, and gives how many are new.
fn added(families: &mut Vec<u32>, of_value: &[(u64, u32)]) -> u64 {
    if of_value.is_empty() {
        return 0;
    }
    let known = families.len();
    families.extend(of_value.iter().map(|(_, family)| *family));
    families.sort_unstable();
    families.dedup();
    (families.len() - known) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A segment with these values, their articles and the families of their copies.
    fn segment(values: &[(&str, u32, &[u32])]) -> SegmentCounts {
        let mut counts = SegmentCounts::default();
        for (place, (value, articles, families)) in values.iter().enumerate() {
            counts.text.push_str(value);
            counts.ends.push(counts.text.len());
            counts.articles.push(*articles);
            counts.families.extend(families.iter().map(|family| (place as u64, *family)));
        }
        counts
    }

    fn shown(values: &Values) -> Vec<(&str, &str, u64)> {
        (0..values.len())
            .map(|number| (values.folded(number), values.display(number), values.count(number)))
            .collect()
    }

    #[test]
    fn the_values_of_all_segments_are_counted_together() {
        let segments = vec![
            segment(&[("coal\0Coal", 2, &[]), ("coal\0coal", 1, &[7, 8]), ("gas\0Gas", 1, &[])]),
            segment(&[]),
            segment(&[("coal\0COAL", 1, &[7]), ("coal\0Coal", 1, &[]), ("wind\0Wind", 0, &[3])]),
        ];
        let mut values = Values::of(segments);
        assert_eq!(shown(&values), [("coal", "Coal", 7), ("gas", "Gas", 1), ("wind", "Wind", 1)]);
        assert_eq!((values.find("gas"), values.find("c"), values.find("x")), (Some(1), None, None));
        assert_eq!([0, 1, 2].map(|number| values.is_spelt_in_ways(number)), [true, false, false]);
        let others = Values::of(vec![segment(&[("coal\0COAL", 9, &[]), ("gas\0gas", 1, &[])])]);
        values.settle(&[0, 2], &others);
        assert_eq!(shown(&values), [("coal", "COAL", 7), ("gas", "Gas", 1), ("wind", "Wind", 1)]);
    }

    #[test]
    fn the_first_of_equally_common_spellings_is_shown() {
        let values = Values::of(vec![segment(&[("coal\0Coal", 1, &[]), ("coal\0coal", 1, &[])])]);
        assert_eq!(shown(&values), [("coal", "Coal", 2)]);
    }

    #[test]
    fn families_are_numbered_by_the_place_of_their_value() {
        let mut counts = SegmentCounts { families: vec![(3, 1), (3, 2), (9, 1)], ..SegmentCounts::default() };
        counts.number_families(&[1, 3, 4, 9]);
        assert_eq!(counts.families, [(1, 1), (1, 2), (3, 1)]);
        assert_eq!([0, 1, 2, 3].map(|place| counts.families(place).len()), [0, 2, 0, 1]);
    }
}
