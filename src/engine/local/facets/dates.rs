//! Counts of the calendar buckets of a date field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tantivy::SegmentReader;

use crate::engine::local::bits::Bits;
use crate::engine::local::copies::{Membership, Tally};
use crate::engine::local::timeline::{Dates, Days, is_inside};
use crate::schema::FieldName;
use crate::text::calendar::{Day, Interval};

/// The counts of one date field.
#[derive(Debug, Default)]
pub(in crate::engine::local) struct DateCounts {
    /// Articles that are no copies, by their dates, until [`DateCounts::fill_buckets`].
    alone: Dates,
    /// First day of a bucket → count.
    pub(in crate::engine::local) buckets: BTreeMap<Day, Tally>,
    pub(in crate::engine::local) imprecise: Tally,
    pub(in crate::engine::local) missing: Tally,
}

/// More buckets than this are not filled up with empty ones.
const MOST_FILLED_BUCKETS: usize = 5_000;

impl DateCounts {
    /// Adds the documents of one segment; copies count once if their families are given.
    pub(in crate::engine::local) fn add(
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
    pub(in crate::engine::local) fn fill_buckets(&mut self, interval: Interval) {
        // Most days follow on each other: those of one bucket are added up before it is looked for.
        let (mut bucket, mut sum) = (None::<(Day, Day)>, 0);
        for (span, articles) in std::mem::take(&mut self.alone).counts() {
            if !bucket.is_some_and(|(from, to)| from <= span.0 && span.1 <= to) {
                self.tally(interval, bucket).add_articles(std::mem::take(&mut sum));
                let first = interval.start(span.0);
                bucket = is_inside(interval, span).then(|| (first, interval.end(first)));
            }
            match bucket {
                Some(_) => sum += articles,
                None => self.imprecise.add_articles(articles),
            }
        }
        self.tally(interval, bucket).add_articles(sum);
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
    pub(in crate::engine::local) fn filled(self, interval: Interval) -> Vec<(Day, u64)> {
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
