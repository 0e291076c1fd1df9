//! The date values of the query language: what may stand behind `date:`, and how a range is written.
//!
//! A closed grammar over days; today is given, never asked for. The reading of a single written date is
//! [`crate::text::dates`]'s.
//!
//! Two rules hold throughout. Words name whole calendar units: `last month` is the month before this one,
//! `2 years ago` the year before last. Numbers with a letter name one day: `2y` is today two years ago.

use crate::query::DateRange;
use crate::text::calendar::{DateSpan, Day, Interval, days_in_month};
use crate::text::dates::{self, DayOrder};

/// Why a date value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DateRangeError {
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

const FORMS: &str = "write a date (2019, 2019-05, 2019-05-17, 1980s, \"May 2019\"), a range (2019-05..2020, ..1968, 3y..), \
     a bound (>=2010, <1990) or words (today, \"last month\", \"past 30 days\", \"2 weeks ago\")";

/// Longest value that is looked at, in bytes.
const MAX_BYTES: usize = 256;

/// Reads the value behind `date:`; `today` is what `yesterday` and `3y..` are counted from.
///
/// - one period: every date that [`dates::parse`] knows, `1980s`, `19th century`, `2019-Q3`, `1987-W09`;
/// - two ends: `2019-05..2020`, `..1968`, `3y..`, `[2019 TO 2020]` with both, `{2018 TO 2021}` without;
/// - bounds: `>=2010-01-01`, `>2010` (after the whole year), `<1990`, `<=1990`, `since`, `after`, `before`,
///   `until`;
/// - words: `today`, `yesterday`, `tomorrow`, `this|last week|month|year|decade`, `past 30 days` (which ends
///   today), `2 weeks ago`, names of weekdays and months (the last such one, that of today included). `_` and
///   `-` may stand for the blanks.
pub fn parse_range(text: &str, today: Day) -> Result<DateRange, DateRangeError> {
    if text.len() > MAX_BYTES {
        return Err(DateRangeError { message: "the date is too long".into(), hint: FORMS.into() });
    }
    let text = text.to_lowercase().replace('_', " ");
    let text = text.trim();
    if let Some(inner) = text.strip_prefix(['[', '{']) {
        return bracketed(inner, Edge::opening(text), today);
    }
    for &(sign, bound) in BOUNDS {
        if let Some(operand) = text.strip_prefix(sign) {
            return bounded(bound, point(operand.trim(), today)?, text);
        }
    }
    match text.split_once("..") {
        Some((from, to)) => between((from, Edge::Included), (to, Edge::Included), today),
        None => period_or_error(text, today).map(DateRange::from),
    }
}

/// The shortest way to write a range, so that [`parse_range`] reads the same one: `2019`, `2019-05`,
/// `2019-05-17`, `2019-05..2020`, `..1968`, `1968..`; `..` is any date.
pub fn display_range(range: &DateRange) -> String {
    match (range.from, range.to) {
        (None, None) => "..".into(),
        (Some(from), None) => format!("{}..", starting(from)),
        (None, Some(to)) => format!("..{}", ending(to)),
        (Some(from), Some(to)) => {
            let whole = WRITTEN.into_iter().find(|unit| unit.start(from) == from && unit.end(from) == to);
            match whole {
                Some(unit) => unit.label(from),
                None => format!("{}..{}", starting(from), ending(to)),
            }
        }
    }
}

/// The units that ends of a range are written in.
const WRITTEN: [Interval; 3] = [Interval::Year, Interval::Month, Interval::Day];

fn starting(day: Day) -> String {
    let unit = WRITTEN.into_iter().find(|unit| unit.start(day) == day);
    unit.unwrap_or(Interval::Day).label(day)
}

fn ending(day: Day) -> String {
    let unit = WRITTEN.into_iter().find(|unit| unit.end(unit.start(day)) == day).unwrap_or(Interval::Day);
    unit.label(unit.start(day))
}

/// Days from `from` to `to`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Period {
    from: Day,
    to: Day,
}

impl Period {
    fn day(day: Day) -> Period {
        Period { from: day, to: day }
    }

    /// The calendar unit that holds `day`.
    fn holding(day: Day, unit: Interval) -> Period {
        let from = unit.start(day);
        Period { from, to: unit.end(from) }
    }
}

impl From<DateSpan> for Period {
    fn from(span: DateSpan) -> Period {
        Period { from: span.from, to: span.to }
    }
}

impl From<Period> for DateRange {
    fn from(period: Period) -> DateRange {
        DateRange { from: Some(period.from), to: Some(period.to) }
    }
}

/// Whether the period at an end belongs to the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Included,
    Excluded,
}

impl Edge {
    fn opening(text: &str) -> Edge {
        if text.starts_with('{') { Edge::Excluded } else { Edge::Included }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    From,
    After,
    Until,
    Before,
}

/// Longer signs first.
const BOUNDS: &[(&str, Bound)] = &[
    (">=", Bound::From),
    (">", Bound::After),
    ("<=", Bound::Until),
    ("<", Bound::Before),
    ("since ", Bound::From),
    ("after ", Bound::After),
    ("until ", Bound::Until),
    ("before ", Bound::Before),
];

fn bounded(bound: Bound, period: Period, text: &str) -> Result<DateRange, DateRangeError> {
    let (from, to) = match bound {
        Bound::From => (Some(period.from), None),
        Bound::After => (day_after(period), None),
        Bound::Until => (None, Some(period.to)),
        Bound::Before => (None, day_before(period)),
    };
    if from.is_none() && to.is_none() {
        let message = format!("no day fits {text:?}");
        return Err(DateRangeError { message, hint: "dates go from 0001-01-01 to 9999-12-31".into() });
    }
    Ok(DateRange { from, to })
}

fn day_after(period: Period) -> Option<Day> {
    (period.to < Day::MAX).then(|| period.to.plus(1))
}

fn day_before(period: Period) -> Option<Day> {
    (period.from > Day::MIN).then(|| period.from.plus(-1))
}

/// `2019 TO 2020]`, the opening bracket taken.
fn bracketed(inner: &str, opening: Edge, today: Day) -> Result<DateRange, DateRangeError> {
    let closed = [(']', Edge::Included), ('}', Edge::Excluded)]
        .into_iter()
        .find_map(|(bracket, edge)| Some((inner.strip_suffix(bracket)?, edge)));
    let ends = closed.and_then(|(inner, closing)| Some((inner.split_once(" to ")?, closing)));
    let Some(((from, to), closing)) = ends else {
        let message = "the bracket does not hold a range".into();
        return Err(DateRangeError { message, hint: "write [2019 TO 2020]".into() });
    };
    between((from, opening), (to, closing), today)
}

fn between(from: (&str, Edge), to: (&str, Edge), today: Day) -> Result<DateRange, DateRangeError> {
    let begin = end_period(from.0, today)?;
    let end = end_period(to.0, today)?;
    let first = match (begin, from.1) {
        (None, _) => None,
        (Some(period), Edge::Included) => Some(period.from),
        (Some(period), Edge::Excluded) => Some(day_after(period).ok_or_else(nothing_between)?),
    };
    let last = match (end, to.1) {
        (None, _) => None,
        (Some(period), Edge::Included) => Some(period.to),
        (Some(period), Edge::Excluded) => Some(day_before(period).ok_or_else(nothing_between)?),
    };
    match (first, last) {
        (Some(first), Some(last)) if first > last => {
            let in_order = begin.zip(end).is_some_and(|(begin, end)| begin.from <= end.to);
            Err(if in_order { nothing_between() } else { reversed(first, last, from.0, to.0) })
        }
        _ => Ok(DateRange { from: first, to: last }),
    }
}

/// `None` for an open end.
fn end_period(text: &str, today: Day) -> Result<Option<Period>, DateRangeError> {
    match text.trim() {
        "" | "*" => Ok(None),
        text => point(text, today).map(Some),
    }
}

/// An end of a range or the operand of a bound: a period, or a day so long ago.
fn point(text: &str, today: Day) -> Result<Period, DateRangeError> {
    match duration(text) {
        Some((count, unit)) => Ok(Period::day(back(today, count, unit))),
        None => period_or_error(text, today),
    }
}

fn period_or_error(text: &str, today: Day) -> Result<Period, DateRangeError> {
    period(text, today).ok_or_else(|| unreadable(text))
}

fn nothing_between() -> DateRangeError {
    DateRangeError {
        message: "no day lies between the ends of the range".into(),
        hint: "{ } leave out the whole period at each end; write [2019 TO 2020] to take both in".into(),
    }
}

fn reversed(first: Day, last: Day, from: &str, to: &str) -> DateRangeError {
    DateRangeError {
        message: format!("the range begins on {first}, after its end on {last}"),
        hint: format!("swap the ends: {}..{}", to.trim(), from.trim()),
    }
}

fn unreadable(text: &str) -> DateRangeError {
    if text.is_empty() {
        return DateRangeError { message: "the date is empty".into(), hint: FORMS.into() };
    }
    if duration(text).is_some() {
        let message = format!("{text:?} is a length of time, not a date");
        return DateRangeError { message, hint: format!("write {text}.. for everything since then") };
    }
    let both = dates::parse(text, DayOrder::DayFirst).zip(dates::parse(text, DayOrder::MonthFirst));
    if let Some((day_first, month_first)) = both {
        let message = format!("{text:?} may be {} or {}", day_first.from, month_first.from);
        return DateRangeError { message, hint: "write year-month-day".into() };
    }
    let message = match numeric_unit(text) {
        Some(unit) => format!("there is no {unit} {text}"),
        None => format!("cannot read the date {text:?}"),
    };
    DateRangeError { message, hint: FORMS.into() }
}

/// What `1974-13` or `1974-02-30` would be, by its shape.
fn numeric_unit(text: &str) -> Option<&'static str> {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    let has_only_digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match parts.as_slice() {
        [4, 1..=2] if has_only_digits => Some("month"),
        [4, 1..=2, 1..=2] if has_only_digits => Some("day"),
        _ => None,
    }
}

fn period(text: &str, today: Day) -> Option<Period> {
    let words: Vec<&str> = text.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let named = match *words.as_slice() {
        [word] => single(word, today),
        [first, second] => double(first, second, today),
        ["past" | "last", count, unit] => latest(number(count)?, unit_named(unit)?, today),
        [count, unit, "ago"] => {
            Some(Period::holding(back(today, number(count)?, unit_named(unit)?), unit_named(unit)?))
        }
        _ => None,
    };
    named.or_else(|| written(text))
}

/// A date that needs no today. The first day of all is read here, since in articles it is a placeholder.
fn written(text: &str) -> Option<Period> {
    if text == Day::MIN.to_string() {
        return Some(Period::day(Day::MIN));
    }
    dates::parse(text, DayOrder::Unknown).map(Period::from)
}

fn single(word: &str, today: Day) -> Option<Period> {
    match word {
        "today" | "now" => return Some(Period::day(today)),
        "yesterday" => return Some(Period::day(today.plus(-1))),
        "tomorrow" => return Some(Period::day(today.plus(1))),
        _ => {}
    }
    decade(word)
        .or_else(|| quarter_of(word.get(..4)?, word.get(4..)?))
        .or_else(|| Some(latest_month(dates::month_named(word)?, today)?.into()))
        .or_else(|| Some(Period::day(latest_weekday(dates::weekday_named(word)?, today))))
}

fn double(first: &str, second: &str, today: Day) -> Option<Period> {
    match (first, second) {
        ("this", unit) => Some(Period::holding(today, unit_named(unit)?)),
        ("past", unit) => latest(1, unit_named(unit)?, today),
        ("last", name) => last_named(name, today),
        (ordinal, "century") => century(ordinal),
        (year, quarter) => quarter_of(year, quarter).or_else(|| quarter_of(quarter, year)),
    }
}

/// `last week`, `last monday`, `last march`: the one before that of today.
fn last_named(name: &str, today: Day) -> Option<Period> {
    if let Some(unit) = unit_named(name) {
        return Some(Period::holding(back(today, 1, unit), unit));
    }
    if let Some(month) = dates::month_named(name) {
        return latest_month(month, Interval::Month.start(today).plus(-1)).map(Period::from);
    }
    Some(Period::day(latest_weekday(dates::weekday_named(name)?, today.plus(-1))))
}

/// So many units up to and with today.
fn latest(count: i64, unit: Interval, today: Day) -> Option<Period> {
    (count > 0).then(|| Period { from: back(today, count, unit).plus(1).min(today), to: today })
}

fn latest_weekday(weekday: u32, day: Day) -> Day {
    day.plus(-i64::from((day.weekday() + 7 - weekday) % 7))
}

fn latest_month(month: u32, day: Day) -> Option<DateSpan> {
    let (year, current, _) = day.ymd();
    DateSpan::month(if month <= current { year } else { year - 1 }, month)
}

/// `1980s`; `0000s` has nine years.
fn decade(word: &str) -> Option<Period> {
    let year = word.strip_suffix('s').filter(|year| year.len() == 4 && year.ends_with('0'))?;
    let first = Day::from_ymd((number(year)? as i32).max(1), 1, 1)?;
    Some(Period::holding(first, Interval::Decade))
}

/// The 19th century: 1801 to 1900.
fn century(ordinal: &str) -> Option<Period> {
    let count = ["st", "nd", "rd", "th"].into_iter().find_map(|suffix| ordinal.strip_suffix(suffix))?;
    let century = number(count).filter(|century| (1..=99).contains(century))? as i32;
    Some(Period { from: Day::from_ymd(century * 100 - 99, 1, 1)?, to: Day::from_ymd(century * 100, 12, 31)? })
}

/// `2019` and `q3`.
fn quarter_of(year: &str, quarter: &str) -> Option<Period> {
    let quarter = number(quarter.strip_prefix('q')?).filter(|quarter| (1..=4).contains(quarter))? as u32;
    let year = number(year).filter(|_| year.len() == 4)? as i32;
    let (first, last) = (DateSpan::month(year, quarter * 3 - 2)?, DateSpan::month(year, quarter * 3)?);
    Some(Period { from: first.from, to: last.to })
}

/// `day`, `days`.
fn unit_named(word: &str) -> Option<Interval> {
    Interval::parse(word.strip_suffix('s').unwrap_or(word))
}

/// The days of a time like `30d`, `2w`, `6m`, `3y` up to today; `None` when it is no such time.
pub(crate) fn days_of(text: &str, today: Day) -> Option<i64> {
    let (count, unit) = duration(text)?;
    Some(i64::from(today.0) - i64::from(back(today, count, unit).0))
}

/// `30d`, `2w`, `6m`, `3y`.
fn duration(text: &str) -> Option<(i64, Interval)> {
    let units = [('d', Interval::Day), ('w', Interval::Week), ('m', Interval::Month), ('y', Interval::Year)];
    let (count, unit) =
        units.into_iter().find_map(|(letter, unit)| Some((text.strip_suffix(letter)?, unit)))?;
    Some((number(count)?, unit))
}

/// Up to nine digits, so that every count fits whatever it is multiplied by.
fn number(digits: &str) -> Option<i64> {
    let valid = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().ok()).flatten()
}

/// The day so many units before; the last of its month where there is no such day.
fn back(day: Day, count: i64, unit: Interval) -> Day {
    match unit {
        Interval::Day => day.plus(-count),
        Interval::Week => day.plus(-7 * count),
        Interval::Month => months_back(day, count),
        Interval::Year => months_back(day, 12 * count),
        Interval::Decade => months_back(day, 120 * count),
    }
}

fn months_back(day: Day, count: i64) -> Day {
    let (year, month, day_of_month) = day.ymd();
    let months = i64::from(year) * 12 + i64::from(month) - 1 - count;
    let (year, month) = (months.div_euclid(12).max(0) as i32, months.rem_euclid(12) as u32 + 1);
    Day::from_ymd(year, month, day_of_month.min(days_in_month(year, month))).unwrap_or(Day::MIN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A Wednesday.
    fn today() -> Day {
        Day::from_ymd(2019, 5, 15).expect("a day")
    }

    fn day(text: &str) -> Option<Day> {
        if text == "first" {
            return Some(Day::MIN);
        }
        dates::parse(text, DayOrder::Unknown).map(|span| span.from)
    }

    #[test]
    fn values_are_read() {
        let cases = [
            ("2019", "2019-01-01", "2019-12-31"),
            ("2019-05", "2019-05-01", "2019-05-31"),
            (" 2019-05-17 ", "2019-05-17", "2019-05-17"),
            ("2019-05-17T10:15:30Z", "2019-05-17", "2019-05-17"),
            ("17 May 2019", "2019-05-17", "2019-05-17"),
            ("2019-05..2020", "2019-05-01", "2020-12-31"),
            ("..1968", "", "1968-12-31"),
            ("1968..", "1968-01-01", ""),
            ("..", "", ""),
            ("1968 .. *", "1968-01-01", ""),
            ("[2019 TO 2020]", "2019-01-01", "2020-12-31"),
            ("[2019 TO *]", "2019-01-01", ""),
            ("{2018 TO 2021}", "2019-01-01", "2020-12-31"),
            ("[2019 to 2021}", "2019-01-01", "2020-12-31"),
            (">=2010-01-01", "2010-01-01", ""),
            (">2010", "2011-01-01", ""),
            ("> 2010-05", "2010-06-01", ""),
            ("<1990", "", "1989-12-31"),
            ("<=1990", "", "1990-12-31"),
            ("since 2010", "2010-01-01", ""),
            ("before last_year", "", "2017-12-31"),
            ("3y..", "2016-05-15", ""),
            ("..6m", "", "2018-11-15"),
            ("30d..7d", "2019-04-15", "2019-05-08"),
            ("2w..", "2019-05-01", ""),
            (">=3y", "2016-05-15", ""),
            ("today", "2019-05-15", "2019-05-15"),
            ("Yesterday", "2019-05-14", "2019-05-14"),
            ("tomorrow", "2019-05-16", "2019-05-16"),
            ("yesterday..today", "2019-05-14", "2019-05-15"),
            ("this week", "2019-05-13", "2019-05-19"),
            ("last week", "2019-05-06", "2019-05-12"),
            ("last-month", "2019-04-01", "2019-04-30"),
            ("last_month", "2019-04-01", "2019-04-30"),
            ("this month", "2019-05-01", "2019-05-31"),
            ("this year", "2019-01-01", "2019-12-31"),
            ("LAST YEAR", "2018-01-01", "2018-12-31"),
            ("last decade", "2000-01-01", "2009-12-31"),
            ("last day", "2019-05-14", "2019-05-14"),
            ("last year..this month", "2018-01-01", "2019-05-31"),
            ("last 30 days", "2019-04-16", "2019-05-15"),
            ("past_7_days", "2019-05-09", "2019-05-15"),
            ("past 1 day", "2019-05-15", "2019-05-15"),
            ("past week", "2019-05-09", "2019-05-15"),
            ("last 2 years", "2017-05-16", "2019-05-15"),
            ("3 days ago", "2019-05-12", "2019-05-12"),
            ("2 weeks ago", "2019-04-29", "2019-05-05"),
            ("1 month ago", "2019-04-01", "2019-04-30"),
            ("2-years-ago", "2017-01-01", "2017-12-31"),
            ("2 years ago..", "2017-01-01", ""),
            ("monday", "2019-05-13", "2019-05-13"),
            ("wednesday", "2019-05-15", "2019-05-15"),
            ("last wednesday", "2019-05-08", "2019-05-08"),
            ("Friday", "2019-05-10", "2019-05-10"),
            ("march", "2019-03-01", "2019-03-31"),
            ("may", "2019-05-01", "2019-05-31"),
            ("last may", "2018-05-01", "2018-05-31"),
            ("december", "2018-12-01", "2018-12-31"),
            ("août", "2018-08-01", "2018-08-31"),
            ("march 2018", "2018-03-01", "2018-03-31"),
            ("march-2018..april_2018", "2018-03-01", "2018-04-30"),
            ("1980s", "1980-01-01", "1989-12-31"),
            ("1980s..1990s", "1980-01-01", "1999-12-31"),
            ("19th century", "1801-01-01", "1900-12-31"),
            ("2019-Q3", "2019-07-01", "2019-09-30"),
            ("Q1 2019", "2019-01-01", "2019-03-31"),
            ("2019q4", "2019-10-01", "2019-12-31"),
            ("1987-W09", "1987-02-23", "1987-03-01"),
            ("9999y..", "first", ""),
            ("999999999w..today", "first", "2019-05-15"),
        ];
        for (text, from, to) in cases {
            let expected = DateRange { from: day(from), to: day(to) };
            assert_eq!(parse_range(text, today()), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn months_back_end_with_their_month() {
        let end_of_march = day("2019-03-31").expect("a day");
        let range = parse_range("1m..", end_of_march).expect("a range");
        assert_eq!(range.from, day("2019-02-28"));
    }

    #[test]
    fn errors_say_what_to_write() {
        let cases = [
            ("", "the date is empty", "2019-05"),
            ("soon", "cannot read the date \"soon\"", "last month"),
            ("2019-02-30", "there is no day 2019-02-30", "2019-05"),
            ("2019-13", "there is no month 2019-13", "2019-05"),
            ("2019-02-300", "cannot read the date \"2019-02-300\"", "2019-05"),
            ("2020..2019", "the range begins on 2020-01-01, after its end on 2019-12-31", "2019..2020"),
            ("7d..30d", "the range begins on 2019-05-08, after its end on 2019-04-15", "30d..7d"),
            ("{2019 TO 2020}", "no day lies between the ends of the range", "[2019 TO 2020]"),
            ("{2019 TO 2019}", "no day lies between the ends of the range", "[2019 TO 2020]"),
            (">9999", "no day fits \">9999\"", "9999-12-31"),
            ("<0001", "no day fits \"<0001\"", "0001-01-01"),
            ("[2019", "the bracket does not hold a range", "[2019 TO 2020]"),
            ("3y", "\"3y\" is a length of time, not a date", "3y.."),
            ("3/4/2019", "\"3/4/2019\" may be 2019-04-03 or 2019-03-04", "year-month-day"),
            ("2019...2020", "cannot read the date \".2020\"", "2019-05"),
            ("past 0 days", "cannot read the date \"past 0 days\"", "past 30 days"),
            ("1985s", "cannot read the date \"1985s\"", "1980s"),
            ("2019-Q5", "cannot read the date \"2019-q5\"", "2019-05"),
            (">", "the date is empty", "2019-05"),
        ];
        for (text, message, hint) in cases {
            let error = parse_range(text, today()).expect_err(text);
            assert_eq!(error.message, message, "{text:?}");
            assert!(error.hint.contains(hint), "{text:?}: {}", error.hint);
        }
        assert!(parse_range(&"1".repeat(MAX_BYTES + 1), today()).is_err());
    }

    #[test]
    fn ranges_are_written_in_the_shortest_way() {
        let cases = [
            "2019",
            "2019-05",
            "2019-05-17",
            "2019-05..2020",
            "..1968",
            "1968..",
            "1968-02-03..",
            "..2019-02",
            "2019..2020",
            "..",
            "0001-01-01",
            "0001",
            "9999-12-31",
        ];
        for text in cases {
            let range = parse_range(text, today()).expect(text);
            assert_eq!(display_range(&range), text);
        }
        let decade = parse_range("1980s", today()).expect("a decade");
        assert_eq!(display_range(&decade), "1980..1989");
    }

    fn days() -> impl Strategy<Value = Day> {
        prop_oneof![
            (Day::MIN.0..=Day::MAX.0).prop_map(Day),
            (1i32..=9999, 1u32..=12).prop_filter_map("", |(year, month)| Day::from_ymd(year, month, 1)),
            (1i32..=9999).prop_filter_map("", |year| Day::from_ymd(year, 12, 31)),
            Just(Day::MIN),
            Just(Day::MAX),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(one in proptest::option::of(days()), other in proptest::option::of(days())) {
            let ordered = one.is_none() || other.is_none() || one <= other;
            let (from, to) = if ordered { (one, other) } else { (other, one) };
            let range = DateRange { from, to };
            prop_assert_eq!(parse_range(&display_range(&range), today()), Ok(range));
        }

        #[test]
        fn labels_of_buckets_are_read(day in days()) {
            for interval in Interval::ALL {
                let start = interval.start(day);
                let expected = DateRange { from: Some(start), to: Some(interval.end(start)) };
                prop_assert_eq!(parse_range(&interval.label(start), today()), Ok(expected));
            }
        }

        #[test]
        fn never_panics(any in any::<String>(), words in
            "((last|past|this|[0-9]{1,9}|days?|years|ago|\\.\\.|\\[|\\{| TO |\\]|>=?|<|[0-9]{1,4}[dwmys]|q[0-9]|é|monday|-) ?){0,8}",
            today in days()) {
            for text in [any, words] {
                if let Ok(DateRange { from: Some(from), to: Some(to) }) = parse_range(&text, today) {
                    prop_assert!(from <= to, "{}", text);
                }
            }
        }
    }
}
