//! Exact counts of values and calendar buckets over sets of documents.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use tantivy::columnar::StrColumn;
use tantivy::{Searcher, SegmentReader};

use crate::schema::FieldName;
use crate::text::calendar::{Day, Interval};

use super::bits::Bits;
use super::columns::each_value;
use super::copies::{Membership, Tally};
use super::schema::facet_column;
use super::timeline::{Dates, Days, is_inside};
use super::values::split_facet_value;

/// The counts of one keyword field.
#[derive(Debug, Default)]
pub(super) struct ValueCounts {
    /// Folded value → count, and the spellings seen with it.
    pub(super) values: HashMap<String, Counted>,
    pub(super) missing: Tally,
}

/// One value.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) tally: Tally,
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
    /// Adds the documents of one segment; copies count once if their families are given.
    pub(super) fn add(
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
        let counts = Ordinals::count(&column, documents, family, &mut self.missing);
        counts.each(&column, |value, articles, families| {
            let (folded, display) = split_facet_value(value);
            let counted = match self.values.get_mut(folded) {
                Some(counted) => counted,
                None => self.values.entry(folded.to_owned()).or_default(),
            };
            counted.tally.add_articles(articles);
            families.iter().for_each(|(_, family)| counted.tally.add(Some(*family)));
            let count = articles + families.len() as u64;
            match counted.spellings.get_mut(display) {
                Some(spelling) => *spelling += count,
                None => _ = counted.spellings.insert(display.to_owned(), count),
            }
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
            whole.add(reader, field, &Bits::alive(reader), None)?;
        }
        self.values.iter_mut().for_each(|(folded, shown)| {
            if let Some(counted) = whole.values.remove(folded) {
                shown.spellings = counted.spellings;
            }
        });
        Ok(())
    }
}

/// What was counted of the values of one segment.
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

    /// Hands every value that was counted to `each`, with its articles and its families.
    fn each(
        &self,
        column: &StrColumn,
        mut each: impl FnMut(&str, u64, &[(u64, u32)]),
    ) -> tantivy::Result<()> {
        let mut found: Vec<u64> =
            (0..self.articles.len() as u64).filter(|ordinal| self.articles[*ordinal as usize] > 0).collect();
        found.extend(self.families.iter().map(|(ordinal, _)| *ordinal));
        found.sort_unstable();
        found.dedup();
        let mut rest = self.families.as_slice();
        let mut next = found.iter();
        column.dictionary().sorted_ords_to_term_cb(&found, |bytes| {
            if let Some(ordinal) = next.next() {
                let (of_value, behind) = rest.split_at(rest.partition_point(|(it, _)| it <= ordinal));
                rest = behind;
                // Checking what is sound is quicker than mending it.
                let value =
                    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
                each(&value, u64::from(self.articles[*ordinal as usize]), of_value);
            }
        })?;
        Ok(())
    }
}

/// The counts of one date field.
#[derive(Debug, Default)]
pub(super) struct DateCounts {
    /// Articles that are no copies, by their dates, until [`DateCounts::fill_buckets`].
    alone: Dates,
    /// First day of a bucket → count.
    pub(super) buckets: BTreeMap<Day, Tally>,
    pub(super) imprecise: Tally,
    pub(super) missing: Tally,
}

/// More buckets than this are not filled up with empty ones.
const MOST_FILLED_BUCKETS: usize = 5_000;

impl DateCounts {
    /// Adds the documents of one segment; copies count once if their families are given.
    pub(super) fn add(
        &mut self,
        reader: &SegmentReader,
        field: &FieldName,
        interval: Interval,
        documents: &Bits,
        members: Option<&Membership>,
    ) -> tantivy::Result<()> {
        let days = Days::open(reader, field)?;
        let mut alone = Cow::Borrowed(documents);
        for (document, family) in members.into_iter().flat_map(|members| members.among(documents)) {
            self.tally(interval, days.of(document)).add(Some(family));
            alone.to_mut().remove(document);
        }
        let undated = self.alone.add(&days, &alone);
        self.missing.add_articles(undated);
        Ok(())
    }

    /// Puts what was added into buckets, each day of the whole index once.
    pub(super) fn fill_buckets(&mut self, interval: Interval) {
        for (span, articles) in std::mem::take(&mut self.alone).counts() {
            self.tally(interval, Some(span)).add_articles(articles);
        }
    }

    /// What articles of such a date are counted in.
    fn tally(&mut self, interval: Interval, span: Option<(Day, Day)>) -> &mut Tally {
        match span {
            None => &mut self.missing,
            Some(span) if is_inside(interval, span) => {
                self.buckets.entry(interval.start(span.0)).or_default()
            }
            Some(_) => &mut self.imprecise,
        }
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
            filled.push((day, self.buckets.get(&day).map_or(0, Tally::count)));
            day = interval.end(day).plus(1);
        }
        if filled.len() > MOST_FILLED_BUCKETS {
            self.buckets.into_iter().map(|(day, tally)| (day, tally.count())).collect()
        } else {
            filled
        }
    }
}
