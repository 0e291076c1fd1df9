//! Exact counts of values and calendar buckets over sets of documents.

use std::collections::{BTreeMap, HashMap};

use tantivy::columnar::StrColumn;
use tantivy::{Searcher, SegmentReader};

use crate::schema::FieldName;
use crate::text::calendar::{Day, Interval};

use super::bits::Bits;
use super::schema::{facet_column, first_day_column, last_day_column};
use super::values::split_facet_value;

/// The counts of one keyword field.
#[derive(Debug, Default)]
pub(super) struct ValueCounts {
    /// Folded value → count, and the spellings seen with it.
    pub(super) values: HashMap<String, Counted>,
    pub(super) missing: u64,
}

/// One value.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) count: u64,
    /// Spelling → count.
    pub(super) spellings: BTreeMap<String, u64>,
}

impl Counted {
    /// The commonest spelling; the first in order among equals.
    pub(super) fn display(&self) -> &str {
        let commonest = self.spellings.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
        commonest.map(|(spelling, _)| spelling.as_str()).unwrap_or_default()
    }
}

impl ValueCounts {
    /// Adds the documents of one segment.
    pub(super) fn add(
        &mut self,
        reader: &SegmentReader,
        field: &FieldName,
        documents: &Bits,
    ) -> tantivy::Result<()> {
        let Some(column) = reader.fast_fields().str(&facet_column(field))? else {
            self.missing += documents.len();
            return Ok(());
        };
        let (counts, missing) = count_ordinals(&column, documents);
        self.missing += missing;
        each_counted(&column, &counts, |value, count| {
            let (folded, display) = split_facet_value(value);
            let counted = match self.values.get_mut(folded) {
                Some(counted) => counted,
                None => self.values.entry(folded.to_owned()).or_default(),
            };
            counted.count += count;
            *counted.spellings.entry(display.to_owned()).or_default() += count;
        })
    }

    /// Recounts the spellings of the values written in several ways over the whole index, so that which one is
    /// shown does not depend on the query.
    pub(super) fn settle_spellings(&mut self, searcher: &Searcher, field: &FieldName) -> tantivy::Result<()> {
        if self.values.values().all(|counted| counted.spellings.len() < 2) {
            return Ok(());
        }
        let mut whole = ValueCounts::default();
        for reader in searcher.segment_readers() {
            whole.add(reader, field, &Bits::alive(reader))?;
        }
        self.values.iter_mut().for_each(|(folded, shown)| {
            if let Some(counted) = whole.values.remove(folded) {
                shown.spellings = counted.spellings;
            }
        });
        Ok(())
    }
}

/// How often each ordinal occurs, and how many documents have none.
fn count_ordinals(column: &StrColumn, documents: &Bits) -> (Vec<u32>, u64) {
    let mut counts = vec![0u32; column.num_terms()];
    let mut missing = 0;
    let ordinals = column.ords();
    for document in documents.iter() {
        let mut any = false;
        for ordinal in ordinals.values_for_doc(document) {
            counts[ordinal as usize] += 1;
            any = true;
        }
        missing += u64::from(!any);
    }
    (counts, missing)
}

fn each_counted(column: &StrColumn, counts: &[u32], mut each: impl FnMut(&str, u64)) -> tantivy::Result<()> {
    let found: Vec<u64> = (0..counts.len() as u64).filter(|ordinal| counts[*ordinal as usize] > 0).collect();
    let mut next = found.iter();
    column.dictionary().sorted_ords_to_term_cb(&found, |bytes| {
        if let Some(ordinal) = next.next() {
            each(&String::from_utf8_lossy(bytes), u64::from(counts[*ordinal as usize]));
        }
    })?;
    Ok(())
}

/// The counts of one date field.
#[derive(Debug, Default)]
pub(super) struct DateCounts {
    /// First day of a bucket → count.
    pub(super) buckets: BTreeMap<Day, u64>,
    pub(super) imprecise: u64,
    pub(super) missing: u64,
}

/// More buckets than this are not filled up with empty ones.
const MOST_FILLED_BUCKETS: usize = 5_000;

impl DateCounts {
    /// Adds the documents of one segment.
    pub(super) fn add(
        &mut self,
        reader: &SegmentReader,
        field: &FieldName,
        interval: Interval,
        documents: &Bits,
    ) -> tantivy::Result<()> {
        let first = reader.fast_fields().i64(&first_day_column(field))?;
        let last = reader.fast_fields().i64(&last_day_column(field))?;
        let mut bucket_of = Buckets { interval, known: HashMap::new() };
        for document in documents.iter() {
            let (Some(first), Some(last)) = (first.first(document), last.first(document)) else {
                self.missing += 1;
                continue;
            };
            let bucket = bucket_of.start(first);
            if first == last || bucket == bucket_of.start(last) {
                *self.buckets.entry(bucket).or_default() += 1;
            } else {
                self.imprecise += 1;
            }
        }
        Ok(())
    }

    /// Every bucket from the first to the last, with those between that are empty.
    pub(super) fn filled(self, interval: Interval) -> Vec<(Day, u64)> {
        let (Some((first, _)), Some((last, _))) =
            (self.buckets.first_key_value(), self.buckets.last_key_value())
        else {
            return Vec::new();
        };
        let mut filled = Vec::new();
        let (mut day, last) = (*first, *last);
        while day <= last && filled.len() <= MOST_FILLED_BUCKETS {
            filled.push((day, self.buckets.get(&day).copied().unwrap_or(0)));
            day = interval.end(day).plus(1);
        }
        if filled.len() > MOST_FILLED_BUCKETS { self.buckets.into_iter().collect() } else { filled }
    }
}

/// Remembers the bucket of each day, since an archive has far fewer days than articles.
struct Buckets {
    interval: Interval,
    known: HashMap<i64, Day>,
}

impl Buckets {
    fn start(&mut self, day: i64) -> Day {
        *self.known.entry(day).or_insert_with(|| self.interval.start(Day(day as i32)))
    }
}
