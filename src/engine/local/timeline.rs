//! Documents in calendar periods: which one each belongs to, and whether that is known.

use std::collections::HashMap;

use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

use crate::engine::EngineError;
use crate::schema::FieldName;
use crate::text::calendar::{Day, Interval};

use super::bits::Bits;
use super::columns::{BLOCK, first_values, in_blocks};
use super::schema::{first_day_column, last_day_column};

/// More periods than this are refused: nobody can read them.
pub const MOST_PERIODS: usize = 100_000;

/// The step is chosen so that there are at least so many periods.
const FEWEST_PERIODS: usize = 8;

/// The days that the dates of one segment can mean.
pub(super) struct Days {
    first: Column<i64>,
    last: Column<i64>,
}

impl Days {
    pub(super) fn open(reader: &SegmentReader, field: &FieldName) -> tantivy::Result<Days> {
        let columns = reader.fast_fields();
        Ok(Days {
            first: columns.i64(&first_day_column(field))?,
            last: columns.i64(&last_day_column(field))?,
        })
    }

    /// First and last day of a document's date.
    pub(super) fn of(&self, document: u32) -> Option<(Day, Day)> {
        let day = |days: &Column<i64>| days.first(document).map(|day| Day(day as i32));
        day(&self.first).zip(day(&self.last))
    }

    /// Hands each of these documents to `each` with the first and last day of its date.
    pub(super) fn each(
        &self,
        documents: impl Iterator<Item = DocId>,
        mut each: impl FnMut(DocId, Option<(Day, Day)>),
    ) {
        let (mut firsts, mut lasts) = ([None; BLOCK], [None; BLOCK]);
        in_blocks(documents, |block| {
            let firsts = first_values(&self.first, block, &mut firsts);
            let lasts = first_values(&self.last, block, &mut lasts);
            for ((document, first), last) in block.iter().zip(firsts).zip(lasts) {
                let day = |day: &Option<i64>| day.map(|day| Day(day as i32));
                each(*document, day(first).zip(day(last)));
            }
        });
    }
}

/// Days beyond so many from the first are not counted in a table; about three thousand years.
const MOST_DAYS: i64 = 1 << 20;
/// A table is made for at most so many days for each document.
const DAYS_FOR_EACH: u64 = 16;

/// The different dates of many documents, as first and last day, with the number of documents.
#[derive(Debug, Default)]
pub(super) struct Dates {
    /// How many documents are of each day, from the day `from` on.
    days: Vec<u64>,
    from: i64,
    /// Dates of several days, and of days that the table does not have.
    others: HashMap<(Day, Day), u64>,
}

impl Dates {
    /// Adds the documents of a segment, and gives how many of them have no date.
    pub(super) fn add(&mut self, days: &Days, documents: &Bits) -> u64 {
        self.make_room((days.first.min_value(), days.first.max_value()), documents.len());
        let mut undated = 0;
        days.each(documents.iter(), |_, span| match span {
            None => undated += 1,
            Some(span) => *self.entry(span) += 1,
        });
        undated
    }

    fn entry(&mut self, span: (Day, Day)) -> &mut u64 {
        let offset = usize::try_from(i64::from(span.0.0).saturating_sub(self.from)).unwrap_or(usize::MAX);
        match self.days.get_mut(offset).filter(|_| span.0 == span.1) {
            Some(documents) => documents,
            None => self.others.entry(span).or_default(),
        }
    }

    /// Widens the table to these days, unless so few documents are to be counted that it is not worth it.
    fn make_room(&mut self, (first, last): (i64, i64), documents: u64) {
        let (mut from, mut end) = (first, last.saturating_add(1));
        if self.days.is_empty() {
            end = end.min(from.saturating_add(MOST_DAYS));
            self.from = from;
        } else {
            from = from.min(self.from);
            end = end.max(self.from + self.days.len() as i64);
        }
        let length = end.saturating_sub(from);
        if !(0..=MOST_DAYS).contains(&length) || length as u64 / DAYS_FOR_EACH > documents {
            return;
        }
        self.days.splice(..0, std::iter::repeat_n(0, (self.from - from) as usize));
        self.days.resize(length as usize, 0);
        self.from = from;
    }

    /// Each date with the number of documents that have it, in no order.
    pub(super) fn counts(&self) -> impl Iterator<Item = ((Day, Day), u64)> {
        let days = (self.from..).zip(&self.days).filter(|(_, documents)| **documents > 0);
        let days = days.map(|(day, documents)| ((Day(day as i32), Day(day as i32)), *documents));
        days.chain(self.others.iter().map(|(span, documents)| (*span, *documents)))
    }

    /// Years, or the widest step below that gives enough periods. A step for which most dates are too wide is never
    /// taken.
    fn usual_step(&self) -> Interval {
        let steps = [Interval::Year, Interval::Month, Interval::Week, Interval::Day];
        let fitting = steps.iter().take_while(|step| self.fits(**step));
        let mut usual = Interval::Year;
        for step in fitting {
            usual = *step;
            if self.periods(usual) >= FEWEST_PERIODS {
                break;
            }
        }
        usual
    }

    fn fits(&self, step: Interval) -> bool {
        let (mut all, mut inside) = (0, 0);
        for (span, documents) in self.counts() {
            all += documents;
            inside += if is_inside(step, span) { documents } else { 0 };
        }
        inside * 2 > all
    }

    /// About how many periods there are.
    fn periods(&self, step: Interval) -> usize {
        let days_of_step = match step {
            Interval::Decade => 3_652,
            Interval::Year => 365,
            Interval::Month => 30,
            Interval::Week => 7,
            Interval::Day => 1,
        };
        self.outer(step).map_or(0, |(first, last)| (last.0 - first.0) as usize / days_of_step + 1)
    }

    /// The first and the last day that lie in one period for certain.
    fn outer(&self, step: Interval) -> Option<(Day, Day)> {
        let inside = self.counts().map(|(span, _)| span).filter(|span| is_inside(step, *span));
        inside.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// Whether a date lies in one period.
pub(super) fn is_inside(step: Interval, (first, last): (Day, Day)) -> bool {
    first == last || step.start(first) == step.start(last)
}

/// Where a document belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// Into the period of this number.
    Period(usize),
    /// Its date is wider than a period; the first and last period of the timeline that it touches.
    Wide(Option<(usize, usize)>),
    /// It has no date.
    Undated,
    /// Into a period that the timeline does not have.
    Outside,
}

/// Consecutive periods.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) interval: Interval,
    /// First day of each period.
    pub(super) starts: Vec<Day>,
    /// For each day from the first on the number of its period.
    of_day: Vec<u32>,
}

impl Timeline {
    /// The periods from the first to the last of these dates; `None` as step for one that fits them.
    pub(super) fn over(dates: &Dates, step: Option<Interval>) -> Result<Timeline, EngineError> {
        let interval = step.unwrap_or_else(|| dates.usual_step());
        let mut timeline = Timeline { interval, starts: Vec::new(), of_day: Vec::new() };
        let Some((first, last)) = dates.outer(interval) else { return Ok(timeline) };
        if dates.periods(interval) > MOST_PERIODS {
            let (step, most) = (interval.as_str(), MOST_PERIODS);
            let message = format!(
                "from {first} to {last} there are more than {most} {step}s; a wider --by, or --since and --until, \
                 make it fewer"
            );
            return Err(EngineError::Query(message));
        }
        let mut start = interval.start(first);
        while start <= last {
            let end = interval.end(start).max(start);
            let number = timeline.starts.len() as u32;
            timeline.of_day.extend(std::iter::repeat_n(number, (end.0 - start.0) as usize + 1));
            timeline.starts.push(start);
            if end == Day::MAX {
                break;
            }
            start = end.plus(1);
        }
        Ok(timeline)
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Last day of a period.
    pub(super) fn end(&self, period: usize) -> Day {
        self.interval.end(self.starts[period])
    }

    pub(super) fn slot(&self, days: &Days, document: u32) -> Slot {
        days.of(document).map_or(Slot::Undated, |span| self.slot_of(span))
    }

    fn slot_of(&self, (first, last): (Day, Day)) -> Slot {
        match (self.period(first), self.period(last)) {
            (Some(one), Some(other)) if one == other => Slot::Period(one),
            (Some(one), Some(other)) => Slot::Wide(Some((one, other))),
            _ if is_inside(self.interval, (first, last)) => Slot::Outside,
            (one, other) => Slot::Wide(self.clamped(one, other, (first, last))),
        }
    }

    /// The periods of a date that begins or ends outside.
    fn clamped(&self, first: Option<usize>, last: Option<usize>, span: (Day, Day)) -> Option<(usize, usize)> {
        let begin = *self.starts.first()?;
        let encloses = span.0 < begin && begin <= span.1;
        let first = first.or(encloses.then_some(0))?;
        Some((first, last.unwrap_or(self.len() - 1)))
    }

    fn period(&self, day: Day) -> Option<usize> {
        let offset = day.0.checked_sub(self.starts.first()?.0)?;
        self.of_day.get(usize::try_from(offset).ok()?).map(|period| *period as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Day {
        Day::from_ymd(year, month, day).unwrap()
    }

    fn dates(spans: &[(Day, Day)]) -> Dates {
        let mut dates = Dates::default();
        spans.iter().for_each(|span| *dates.entry(*span) += 1);
        dates
    }

    fn year(number: i32) -> (Day, Day) {
        (day(number, 1, 1), day(number, 12, 31))
    }

    fn on(day: Day) -> (Day, Day) {
        (day, day)
    }

    #[test]
    fn the_usual_step_fits_the_dates() {
        let spread = |days: i32| dates(&[on(day(1987, 1, 1)), on(day(1987, 1, 1).plus(i64::from(days)))]);
        for (dates, expected) in [
            (dates(&[]), Interval::Year),
            (spread(9_000), Interval::Year),
            (spread(900), Interval::Month),
            (spread(70), Interval::Week),
            (spread(20), Interval::Day),
            (spread(0), Interval::Day),
            (dates(&[year(1987), year(1988), on(day(1988, 1, 1))]), Interval::Year),
            (dates(&[year(1987), on(day(1987, 3, 1)), on(day(1988, 1, 1))]), Interval::Month),
        ] {
            assert_eq!(dates.usual_step(), expected, "{dates:?}");
        }
    }

    #[test]
    fn segments_of_other_days_are_counted_together() {
        // First and last day of each segment.
        for segments in [
            [(100, 110), (90, 95), (105, 130)],
            [(0, 10), (2_000_000, 2_000_010), (-5, 5)],
            [(i64::MAX, i64::MIN), (10, 20), (15, 2_000_000)],
            [(-2_000_000, 2_000_000), (-3, 3), (1_999_999, 2_000_000)],
        ] {
            let (mut dates, mut expected) = (Dates::default(), BTreeMap::new());
            for (first, last) in segments {
                dates.make_room((first, last), 1_000_000);
                for day in [first, last, first].into_iter().filter(|_| first <= last) {
                    let day = Day(day as i32);
                    for span in [(day, day), (day, day.plus(1))] {
                        *dates.entry(span) += 1;
                        *expected.entry(span).or_insert(0u64) += 1;
                    }
                }
            }
            assert_eq!(dates.counts().collect::<BTreeMap<_, _>>(), expected, "{segments:?}");
        }
        let mut few = Dates::default();
        few.make_room((0, 1_000), 3);
        *few.entry(on(Day(7))) += 1;
        assert!(few.days.is_empty() && few.counts().eq([(on(Day(7)), 1)]));
    }

    #[test]
    fn documents_have_their_slots() {
        let known = dates(&[on(day(1974, 3, 5)), on(day(1974, 6, 1)), year(1974), year(1900)]);
        let timeline = Timeline::over(&known, Some(Interval::Month)).unwrap();
        assert_eq!(timeline.starts, [3, 4, 5, 6].map(|month| day(1974, month, 1)));
        assert_eq!(timeline.end(3), day(1974, 6, 30));
        for (span, expected) in [
            (on(day(1974, 3, 1)), Slot::Period(0)),
            ((day(1974, 6, 1), day(1974, 6, 30)), Slot::Period(3)),
            ((day(1974, 4, 30), day(1974, 5, 1)), Slot::Wide(Some((1, 2)))),
            (year(1974), Slot::Wide(Some((0, 3)))),
            ((day(1974, 1, 1), day(1974, 4, 1)), Slot::Wide(Some((0, 1)))),
            ((day(1974, 5, 1), day(1975, 1, 1)), Slot::Wide(Some((2, 3)))),
            (year(1900), Slot::Wide(None)),
            (year(2000), Slot::Wide(None)),
            (on(day(1974, 2, 28)), Slot::Outside),
            (on(day(1974, 7, 1)), Slot::Outside),
            ((day(1980, 7, 1), day(1980, 7, 31)), Slot::Outside),
        ] {
            assert_eq!(timeline.slot_of(span), expected, "{span:?}");
        }
        let empty = Timeline::over(&dates(&[]), None).unwrap();
        assert_eq!((empty.len(), empty.slot_of(on(day(1974, 1, 1)))), (0, Slot::Outside));
    }

    #[test]
    fn the_first_and_the_last_day_are_in_periods() {
        let all = dates(&[on(Day::MIN), on(Day::MAX)]);
        for step in [Interval::Decade, Interval::Year] {
            let timeline = Timeline::over(&all, Some(step)).unwrap();
            assert_eq!(timeline.slot_of(on(Day::MIN)), Slot::Period(0));
            assert_eq!(timeline.slot_of(on(Day::MAX)), Slot::Period(timeline.len() - 1));
        }
        let error = Timeline::over(&all, Some(Interval::Day)).unwrap_err().to_string();
        assert!(error.contains("more than 100000 days"), "{error}");
        let weeks = Timeline::over(&dates(&[on(Day::MAX)]), Some(Interval::Week)).unwrap();
        assert_eq!(weeks.slot_of(on(Day::MAX)), Slot::Period(0));
        let weeks = Timeline::over(&dates(&[on(Day::MIN)]), Some(Interval::Week)).unwrap();
        assert_eq!(weeks.slot_of(on(Day::MIN)), Slot::Period(0));
    }
}
