//! Dates as people and machines write them.
//!
//! Owns the reading of one date that stands alone, of dates in paths, and the guess from dates in running text. Ranges and words that depend on
//! today belong to [`crate::query::dates`]; finding the date that a page states belongs to the readers.

mod east_asian;
mod label;
mod lexicon;
mod mentions;
mod path;
mod period;
mod scanner;

use serde::{Deserialize, Serialize};

use lexicon::Meaning;
use scanner::{Kind, Mark, Number, Scanner};

use crate::text::calendar::{DateSpan, Day, Precision, Time, iso_week};

pub use mentions::estimate;
pub use path::in_path;

/// Which of `3/4/2019` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayOrder {
    /// Not known: such dates are refused unless one part is over 12 or both are equal. Dates with dots
    /// (`3.4.2019`) are read day first, as in every locale that writes them so (Unicode CLDR).
    #[default]
    Unknown,
    /// `day/month/year`.
    DayFirst,
    /// `month/day/year`.
    MonthFirst,
}

/// Longest string that is looked at, in characters.
const MAX_CHARS: usize = 64;

/// Longest string with words before or behind its date, in bytes.
const LONGEST_LABELLED: usize = 256;

/// Reads a whole string as one date; `None` when it is not a date, impossible, or outside the years 1 to 9999.
///
/// Knows ISO 8601 (calendar dates, weeks, basic forms), RFC 3339 and 9557, RFC 5322 with its obsolete forms,
/// the dates of Unix and JavaScript, Unix time in seconds (10 digits) or milliseconds (13), dates with names of
/// months in twenty languages or with 年月日 (Japanese eras too), and periods: `1990s`, `spring 1968`, `Q3 2019`,
/// `1914–1918`, `c. 1900`, `18--`. "Published on" and its kin may stand before, "updated" and a second date behind;
/// a date that is only of a change is none. A zone that is named but shared by several places
/// (`ET`, `IST`) leaves the offset open. A year has four digits; two are read by RFC 5322, section 4.3, and
/// only where a time of day shows that form.
///
/// Never fills a missing part from the current date. `0001-01-01` is `None`: it is what programs write for
/// a date that is not set, like `0000-00-00`. 24:00 and leap seconds become the last second of the stated
/// day or minute. A week is a span of seven days of month precision, for it is not known to the day.
pub fn parse(text: &str, order: DayOrder) -> Option<DateSpan> {
    parse_showing(text, order).map(|(span, _)| span)
}

/// [`parse`] and [`order_shown`] in one.
pub fn parse_showing(text: &str, order: DayOrder) -> Option<(DateSpan, Option<DayOrder>)> {
    let text = text.trim();
    if let Some(span) = iso(text) {
        return Some((set(span)?, None));
    }
    let (span, shown) = labelled_or_bare(text, |text| {
        let without_order = || iso_week_date(text).or_else(|| iso_ordinal(text));
        without_order()
            .map(|span| (span, None))
            .or_else(|| {
                let reading = Reading::of(text)?;
                Some((reading.date(order)?, reading.order_shown()))
            })
            .or_else(|| Some((period::parse(text)?, None)))
    })?;
    Some((set(span)?, shown))
}

/// Nothing for what programs write where no date is set.
fn set(span: DateSpan) -> Option<DateSpan> {
    let unset = span.from == Day::MIN && span.precision >= Precision::Day;
    (!unset).then_some(span)
}

/// Reads a date; if it cannot be read so, without the words that say that it is the date of publication, and in
/// European digits.
fn labelled_or_bare<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    if let Some(found) = within_limit(text).and_then(&read) {
        return Some(found);
    }
    if text.len() > LONGEST_LABELLED {
        return None;
    }
    let bare = within_limit(label::published(text)?)?;
    match east_asian::rewritten(bare) {
        Some(rewritten) => read(rewritten.trim()),
        None if bare.len() < text.len() => read(bare),
        None => None,
    }
}

/// Which order of day and month a date of numbers shows by itself: `17/05/2019` is day first, `05/17/2019` month
/// first. `None` when it shows neither (`3/4/2019`, `2019-05-17`, `17 May 2019`) or is no date.
pub fn order_shown(text: &str) -> Option<DayOrder> {
    parse_showing(text, DayOrder::Unknown)?.1
}

/// Whether this is a date whose day and month cannot be told apart without knowing their order: `3/4/2019`.
pub fn is_ambiguous(text: &str) -> bool {
    parse(text, DayOrder::Unknown).is_none() && parse(text, DayOrder::DayFirst).is_some()
}

/// The month (1 to 12) of a name or abbreviation.
pub(crate) fn month_named(word: &str) -> Option<u32> {
    lexicon::meaning(&folded(word))?.month()
}

/// The weekday (Monday is 0) of a name or abbreviation.
pub(crate) fn weekday_named(word: &str) -> Option<u32> {
    let Meaning::Weekday(weekday) = lexicon::meaning(&folded(word))? else { return None };
    Some(weekday)
}

fn within_limit(text: &str) -> Option<&str> {
    let text = text.trim();
    let too_long = text.len() > MAX_CHARS && text.chars().nth(MAX_CHARS).is_some();
    (!too_long).then_some(text)
}

fn folded(word: &str) -> String {
    word.chars().map(lexicon::fold).collect()
}

/// `YYYY-MM-DD`, alone or before `HH:MM:SS`: the commonest forms, read without looking at alternatives.
fn iso(text: &str) -> Option<DateSpan> {
    let day = iso_day(text.as_bytes().get(..10)?)?;
    match text.as_bytes().get(10) {
        None => Some(DateSpan::day(day)),
        Some(b'T' | b't' | b' ') => iso_time(&text[11..]).map(|time| DateSpan::instant(day, time)),
        Some(_) => None,
    }
}

fn iso_day(bytes: &[u8]) -> Option<Day> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else { return None };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    Day::from_ymd(year as i32, two(m1, m2)?, two(d1, d2)?)
}

fn iso_time(text: &str) -> Option<Time> {
    let &[h1, h2, b':', m1, m2, b':', s1, s2, ..] = text.as_bytes() else { return None };
    let second = second_of_day(two(h1, h2)?.into(), two(m1, m2)?.into(), two(s1, s2)?.into())?;
    let offset = match &text[8..] {
        "" => None,
        "Z" => Some(0),
        rest => {
            let mut scanner = Scanner::new(rest);
            skip_fraction(&mut scanner);
            let offset = zone(&mut scanner);
            if scanner.next().kind != Kind::End {
                return None;
            }
            offset
        }
    };
    Some(Time { second, offset })
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    digits.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// `1987-W09`, `1987W09`, `1987-W09-4`, `1987W094` (ISO 8601).
fn iso_week_date(text: &str) -> Option<DateSpan> {
    let (year, rest) = text.split_at_checked(4)?;
    let (dashed, rest) = strip_dash(rest);
    let (week, rest) = rest.strip_prefix(['W', 'w'])?.split_at_checked(2)?;
    let monday = monday_of(digits(year)? as i32, digits(week)?)?;
    if rest.is_empty() {
        return Some(DateSpan { from: monday, to: monday.plus(6), precision: Precision::Month, time: None });
    }
    let (dashed_day, weekday) = strip_dash(rest);
    let weekday = digits(weekday).filter(|weekday| (1..=7).contains(weekday))?;
    (dashed == dashed_day && rest.len() <= 2).then(|| DateSpan::day(monday.plus(i64::from(weekday) - 1)))
}

fn strip_dash(text: &str) -> (bool, &str) {
    text.strip_prefix('-').map_or((false, text), |rest| (true, rest))
}

/// `2019-137`: the day of the year (ISO 8601).
fn iso_ordinal(text: &str) -> Option<DateSpan> {
    let (year, day) = text.split_once('-')?;
    if year.len() != 4 || day.len() != 3 {
        return None;
    }
    let (year, day) = (digits(year)? as i32, digits(day).filter(|day| *day > 0)?);
    let found = Day::from_ymd(year, 1, 1)?.plus(i64::from(day) - 1);
    (found.ymd().0 == year).then(|| DateSpan::day(found))
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The first day of an ISO 8601 week.
fn monday_of(year: i32, week: u32) -> Option<Day> {
    // January 4 always lies in week 1.
    let fourth = Day::from_ymd(year, 1, 4)?;
    let monday = fourth.plus(i64::from(week) * 7 - 7 - i64::from(fourth.weekday()));
    (iso_week(monday) == (year, week)).then_some(monday)
}

/// A part of a date: what is left when weekdays, times and small words are taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Number(Number),
    Month(u32),
    /// See [`Meaning::Roman`].
    Roman(u32),
    /// See [`Meaning::MarchOrTuesday`].
    MarchOrTuesday,
}

/// The last piece that is no mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Part,
    Clock,
    Word,
}

/// A date taken apart, before its parts are understood.
struct Reading {
    /// Each part and the mark behind it; one more than a date has, for a weekday that looks like a month.
    parts: [(Part, Option<Mark>); 4],
    count: usize,
    time: Option<Time>,
    last: Last,
    /// The mark since the last piece.
    gap: Option<Mark>,
}

impl Reading {
    fn of(text: &str) -> Option<Reading> {
        let mut reading = Reading {
            parts: [(Part::MarchOrTuesday, None); 4],
            count: 0,
            time: None,
            last: Last::Nothing,
            gap: None,
        };
        let mut scanner = Scanner::new(text);
        loop {
            let piece = scanner.next();
            match piece.kind {
                Kind::End => break,
                Kind::Foreign => return None,
                Kind::Mark(mark) => reading.mark(mark)?,
                Kind::Word(meaning) => reading.word(meaning, piece.glued, &mut scanner)?,
                Kind::Number(number) => reading.number(number, piece.glued, &mut scanner)?,
            }
        }
        reading.finish()
    }

    /// Which order of day and month its numbers show.
    fn order_shown(&self) -> Option<DayOrder> {
        let [(Part::Number(first), _), (Part::Number(second), _), (Part::Number(year), _)] =
            self.parts[..self.count]
        else {
            return None;
        };
        let order = match (year.digits == 4, first.value > 12, second.value > 12) {
            (true, true, false) => DayOrder::DayFirst,
            (true, false, true) => DayOrder::MonthFirst,
            _ => return None,
        };
        self.date(DayOrder::Unknown).map(|_| order)
    }

    fn mark(&mut self, mark: Mark) -> Option<()> {
        let begins = self.last == Last::Nothing;
        self.gap = match (self.gap, mark) {
            _ if begins => return None,
            (None, mark) => Some(mark),
            (Some(Mark::Dot), Mark::Comma) => Some(Mark::Comma),
            (Some(_), _) => return None,
        };
        Some(())
    }

    fn word(&mut self, meaning: Meaning, glued: bool, scanner: &mut Scanner) -> Option<()> {
        match meaning {
            Meaning::Month(month) => self.part(Part::Month(month)),
            Meaning::Roman(month) => self.part(Part::Roman(month)),
            Meaning::MarchOrTuesday => self.part(Part::MarchOrTuesday),
            Meaning::Weekday(_) => {
                self.step(Last::Word);
                Some(())
            }
            Meaning::Filler => {
                // `segunda-feira,`: what stands before belongs to the weekday.
                if self.last == Last::Word {
                    self.gap = None;
                }
                // `d. 17. maj`, `2019 r.`
                scanner.take_mark(Mark::Dot);
                Some(())
            }
            Meaning::Hour | Meaning::ClockEnds => (self.last == Last::Clock).then_some(()),
            Meaning::ClockFollows => {
                scanner.take_mark(Mark::Dot);
                match scanner.next().kind {
                    Kind::Number(hour) if hour.digits <= 2 => self.clock(hour, false, scanner),
                    _ => None,
                }
            }
            Meaning::Ordinal => self.follows_day_number(glued).then_some(()),
            Meaning::Zone(_) => self.follows_whole_date().then_some(()),
            Meaning::TimeFollows => match scanner.take_glued_number() {
                Some(hour) if self.last == Last::Part && hour.digits > 1 => self.clock(hour, false, scanner),
                Some(_) | None => None,
            },
            Meaning::Morning | Meaning::Afternoon => None,
        }
    }

    fn number(&mut self, number: Number, glued: bool, scanner: &mut Scanner) -> Option<()> {
        if begins_clock(number, scanner) {
            self.clock(number, glued, scanner)
        } else {
            self.part(Part::Number(number))
        }
    }

    fn follows_day_number(&self, glued: bool) -> bool {
        let day = self.count.checked_sub(1).map(|last| self.parts[last].0);
        let is_day = matches!(day, Some(Part::Number(number)) if number.digits <= 2);
        glued && is_day && self.last == Last::Part && self.gap.is_none()
    }

    /// A zone without a time (`2019-05-17Z`, XML Schema) says nothing about the day.
    fn follows_whole_date(&self) -> bool {
        self.last == Last::Part && self.count >= 3 && self.gap.is_none()
    }

    fn part(&mut self, part: Part) -> Option<()> {
        let loose = matches!(self.gap, None | Some(Mark::Comma | Mark::Dash | Mark::Divider | Mark::Dot));
        if self.last != Last::Part && !loose {
            return None;
        }
        self.step(Last::Part);
        *self.parts.get_mut(self.count)? = (part, None);
        self.count += 1;
        Some(())
    }

    fn clock(&mut self, hour: Number, glued: bool, scanner: &mut Scanner) -> Option<()> {
        let apart = match self.gap {
            None | Some(Mark::Comma | Mark::Dot | Mark::Divider | Mark::Day) => true,
            // `2019-05-17-04:00` ends in a zone, not in a time (XML Schema).
            Some(Mark::Dash) => !glued,
            // `17/May/2019:10:15:30`, the Common Log Format.
            Some(Mark::Colon) => self.last == Last::Part,
            Some(Mark::Slash | Mark::Plus | Mark::Year | Mark::Month) => false,
        };
        if !apart || self.time.is_some() {
            return None;
        }
        self.step(Last::Clock);
        self.time = Some(clock(scanner, hour)?);
        Some(())
    }

    /// Notes the mark behind the last part and goes on to the next piece.
    fn step(&mut self, next: Last) {
        if self.last == Last::Part {
            self.parts[self.count - 1].1 = self.gap;
        }
        self.gap = None;
        self.last = next;
    }

    fn finish(mut self) -> Option<Reading> {
        let closed = match self.gap {
            None | Some(Mark::Dot) => true,
            Some(Mark::Year | Mark::Month | Mark::Day) => self.last == Last::Part,
            Some(Mark::Dash | Mark::Slash | Mark::Comma | Mark::Colon | Mark::Plus | Mark::Divider) => false,
        };
        self.step(Last::Nothing);
        closed.then_some(self)
    }

    fn date(&self, order: DayOrder) -> Option<DateSpan> {
        let parts = match &self.parts[..self.count] {
            [(Part::MarchOrTuesday, _), date @ ..] if self.count == 4 => date,
            parts => parts,
        };
        let span = match *parts {
            [one] => self.lone(one),
            [first, second] => pair(first, second),
            [first, second, third] => self.triple(first, second, third, order),
            _ => None,
        }?;
        match self.time {
            None => Some(span),
            Some(time) if span.precision == Precision::Day => Some(DateSpan::instant(span.from, time)),
            Some(_) => None,
        }
    }

    fn lone(&self, (part, mark): (Part, Option<Mark>)) -> Option<DateSpan> {
        let Part::Number(number) = part else { return None };
        let plain = matches!(mark, None | Some(Mark::Comma | Mark::Dot | Mark::Divider | Mark::Dash));
        match number.digits {
            4 if plain || mark == Some(Mark::Year) => DateSpan::year(number.value as i32),
            8 if plain => basic_day(number.value).map(DateSpan::day),
            10 if self.time.is_none() && mark.is_none() => unix_time(number.value, 1_000_000_000, 1),
            13 if self.time.is_none() && mark.is_none() => unix_time(number.value, 1_000_000_000_000, 1000),
            14 if self.time.is_none() && mark.is_none() => basic_instant(number.value),
            _ => None,
        }
    }

    fn triple(
        &self,
        (first, after_first): (Part, Option<Mark>),
        (second, after_second): (Part, Option<Mark>),
        (third, after_third): (Part, Option<Mark>),
        order: DayOrder,
    ) -> Option<DateSpan> {
        let worded = |year: Number, month: u32, day: Number| {
            let plain = within_worded(after_first) && within_worded(after_second);
            plain.then(|| ymd(self.year(year)?, month, day)).flatten()
        };
        let month_between = match second {
            Part::Roman(month) => Some(month),
            other => month_of(other),
        };
        let day = match (first, month_of(first), second, month_between, third) {
            (Part::Number(year), _, _, Some(month), Part::Number(day)) if year.digits == 4 => {
                worded(year, month, day)
            }
            (Part::Number(day), _, _, Some(month), Part::Number(year)) => worded(year, month, day),
            (_, Some(month), Part::Number(day), _, Part::Number(year)) if year.digits == 4 => {
                worded(year, month, day)
            }
            (Part::Number(first), _, Part::Number(second), _, Part::Number(third)) => {
                numeric([first, second, third], [after_first, after_second, after_third], order)
            }
            _ => None,
        };
        day.map(DateSpan::day)
    }

    /// Two digits are a year only beside a time of day: RFC 5322, section 4.3.
    fn year(&self, year: Number) -> Option<i32> {
        let value = year.value as i32;
        match year.digits {
            4 => Some(value),
            2 if self.time.is_some() => Some(if value < 50 { 2000 + value } else { 1900 + value }),
            _ => None,
        }
    }
}

fn month_of(part: Part) -> Option<u32> {
    match part {
        Part::Month(month) => Some(month),
        Part::MarchOrTuesday => Some(3),
        Part::Number(_) | Part::Roman(_) => None,
    }
}

fn within_worded(mark: Option<Mark>) -> bool {
    matches!(mark, None | Some(Mark::Comma | Mark::Dot | Mark::Dash | Mark::Slash))
}

fn pair((first, between): (Part, Option<Mark>), (second, behind): (Part, Option<Mark>)) -> Option<DateSpan> {
    match (first, month_of(first), second, month_of(second)) {
        (_, Some(month), Part::Number(year), _) | (Part::Number(year), _, _, Some(month)) => {
            let valid = year.digits == 4 && within_worded(between);
            valid.then(|| DateSpan::month(year.value as i32, month)).flatten()
        }
        (Part::Number(first), _, Part::Number(second), _) => numeric_month(first, between, second, behind),
        _ => None,
    }
}

/// `1974-05`, `05/1974`, `1974年5月`.
fn numeric_month(
    first: Number,
    between: Option<Mark>,
    second: Number,
    behind: Option<Mark>,
) -> Option<DateSpan> {
    let (year, month) = match (between?, first.digits, second.digits) {
        // Never one digit: `1974-5` may be two years.
        (Mark::Dash | Mark::Slash, 4, 2) => (first, second),
        (Mark::Dash | Mark::Slash | Mark::Dot, 1 | 2, 4) => (second, first),
        (Mark::Year, 4, 1 | 2) if behind == Some(Mark::Month) => (first, second),
        _ => return None,
    };
    DateSpan::month(year.value as i32, month.value as u32)
}

/// `2019-05-17`, `17.05.2019`, `05/17/2019`, `2019年5月17日`.
fn numeric(numbers: [Number; 3], marks: [Option<Mark>; 3], order: DayOrder) -> Option<Day> {
    let [first, second, third] = numbers;
    let separator = match marks {
        [Some(Mark::Year), Some(Mark::Month), Some(Mark::Day)] => Mark::Year,
        [Some(one), Some(other), _] if one == other => one,
        _ => return None,
    };
    let separated = matches!(separator, Mark::Dash | Mark::Slash | Mark::Dot | Mark::Year);
    match (first.digits, second.digits, third.digits) {
        _ if !separated => None,
        (4, 1 | 2, 1 | 2) => ymd(first.value as i32, second.value as u32, third),
        (1 | 2, 1 | 2, 4) if separator != Mark::Year => {
            let order = match (order, separator) {
                (DayOrder::Unknown, Mark::Dot) => DayOrder::DayFirst,
                (order, _) => order,
            };
            let (day, month) = day_and_month(first, second, order)?;
            ymd(third.value as i32, month.value as u32, day)
        }
        _ => None,
    }
}

/// A part over 12 is the day, whatever the order is said to be.
fn day_and_month(first: Number, second: Number, order: DayOrder) -> Option<(Number, Number)> {
    match (first.value > 12, second.value > 12) {
        (true, true) => None,
        (true, false) => Some((first, second)),
        (false, true) => Some((second, first)),
        (false, false) => match order {
            DayOrder::DayFirst => Some((first, second)),
            DayOrder::MonthFirst => Some((second, first)),
            DayOrder::Unknown => (first.value == second.value).then_some((first, second)),
        },
    }
}

fn ymd(year: i32, month: u32, day: Number) -> Option<Day> {
    if day.digits > 2 {
        return None;
    }
    Day::from_ymd(year, month, day.value as u32)
}

/// `20190517`.
fn basic_day(value: u64) -> Option<Day> {
    Day::from_ymd((value / 10_000) as i32, (value / 100 % 100) as u32, (value % 100) as u32)
}

/// `20190517101530`, as web archives name their captures.
fn basic_instant(value: u64) -> Option<DateSpan> {
    let day = basic_day(value / 1_000_000)?;
    let second = second_of_day(value / 10_000 % 100, value / 100 % 100, value % 100)?;
    Some(DateSpan::instant(day, Time { second, offset: None }))
}

/// A Unix time in `units` of a second, with as many digits as `least`; a padded number is none.
fn unix_time(value: u64, least: u64, units: u64) -> Option<DateSpan> {
    if value < least {
        return None;
    }
    let seconds = value / units;
    let time = Time { second: (seconds % 86_400) as u32, offset: Some(0) };
    Some(DateSpan::instant(Day((seconds / 86_400) as i32), time))
}

/// Whether a number is an hour: before a colon, `h`, `am` or `pm`; `10.15 Uhr`, `10.15pm`, `10.15 BST`.
fn begins_clock(number: Number, scanner: &Scanner) -> bool {
    use Meaning::{Afternoon, ClockEnds, Hour, Morning, Zone};
    let follows = |scanner: &Scanner| scanner.peek().kind;
    if number.digits > 2 {
        return false;
    }
    match follows(scanner) {
        Kind::Mark(Mark::Colon) | Kind::Word(Morning | Afternoon | Hour | ClockEnds) => true,
        Kind::Mark(Mark::Dot) => {
            let mut ahead = *scanner;
            dot_and_number(&mut ahead).is_some()
                && matches!(follows(&ahead), Kind::Word(Morning | Afternoon | ClockEnds | Zone(_)))
        }
        _ => false,
    }
}

/// Reads the rest of a time of day behind its hour, with its zone: `10:15:30.5 PM -0400`.
fn clock(scanner: &mut Scanner, hour: Number) -> Option<Time> {
    let (hour, minute, second) = match hour.digits {
        1 | 2 => (hour.value, minutes(scanner)?, seconds(scanner)?),
        4 => (hour.value / 100, hour.value % 100, 0),
        6 => {
            skip_fraction(scanner);
            (hour.value / 10_000, hour.value / 100 % 100, hour.value % 100)
        }
        _ => return None,
    };
    let hour = on_24_hours(hour, scanner)?;
    Some(Time { second: second_of_day(hour, minute, second)?, offset: zone(scanner) })
}

/// `:15`, `h15`, `h`, or nothing behind `T10` and before `pm`.
fn minutes(scanner: &mut Scanner) -> Option<u64> {
    let hour_word = scanner.take_word(|meaning| (meaning == Meaning::Hour).then_some(())).is_some();
    if hour_word && let Some(number) = scanner.take_glued_number() {
        return (number.digits == 2).then_some(number.value);
    }
    let mut ahead = *scanner;
    if let Some(minute) = dot_and_number(&mut ahead) {
        *scanner = ahead;
        return Some(minute);
    }
    colon_and_number(scanner)
}

/// `.15`, as minutes are written behind an hour.
fn dot_and_number(scanner: &mut Scanner) -> Option<u64> {
    scanner.take_mark(Mark::Dot).then(|| two_digits(scanner)).flatten()
}

/// `:30`, `:30.25`, or nothing, which is 0; a fraction of an hour or a minute is not known.
fn seconds(scanner: &mut Scanner) -> Option<u64> {
    let written = scanner.peek().kind == Kind::Mark(Mark::Colon);
    let second = colon_and_number(scanner)?;
    if written {
        skip_fraction(scanner);
    }
    Some(second)
}

/// `:15`, or nothing, which is 0.
fn colon_and_number(scanner: &mut Scanner) -> Option<u64> {
    if scanner.take_mark(Mark::Colon) { two_digits(scanner) } else { Some(0) }
}

fn two_digits(scanner: &mut Scanner) -> Option<u64> {
    scanner.take_glued_number().filter(|number| number.digits == 2).map(|number| number.value)
}

/// Passes over a fraction of a second.
fn skip_fraction(scanner: &mut Scanner) {
    let mut ahead = *scanner;
    let mark = ahead.next();
    let separated = mark.glued && matches!(mark.kind, Kind::Mark(Mark::Dot | Mark::Comma));
    if separated && ahead.take_glued_number().is_some() {
        *scanner = ahead;
    }
}

/// The hour from 0 to 24, by the `am` or `pm` that may follow.
fn on_24_hours(hour: u64, scanner: &mut Scanner) -> Option<u64> {
    let afternoon = scanner.take_word(|meaning| match meaning {
        Meaning::Morning => Some(false),
        Meaning::Afternoon => Some(true),
        _ => None,
    });
    match afternoon {
        None => Some(hour),
        Some(false) => (hour <= 12).then_some(hour % 12),
        // `15:30 PM` says it twice.
        Some(true) if hour > 12 => (hour < 24).then_some(hour),
        Some(true) => Some(hour % 12 + 12),
    }
}

/// 24:00 ends the stated day (ISO 8601) and a leap second its minute: both become the second before.
fn second_of_day(hour: u64, minute: u64, second: u64) -> Option<u32> {
    match (hour, minute, second) {
        (24, 0, 0) => Some(86_399),
        (0..=23, 0..=59, 0..=60) => Some((hour * 3600 + minute * 60 + second.min(59)) as u32),
        _ => None,
    }
}

/// `Z`, `EST`, `-0400`, `+02:00`, `GMT+2`, `+0000 UTC`; anything else is left where it is.
fn zone(scanner: &mut Scanner) -> Option<i16> {
    let named = zone_name(scanner);
    let mut ahead = *scanner;
    let Some(offset) = offset(&mut ahead, named.is_some()) else { return named.flatten() };
    *scanner = ahead;
    if named.is_none() {
        zone_name(scanner);
    }
    Some(offset)
}

fn zone_name(scanner: &mut Scanner) -> Option<Option<i16>> {
    scanner.take_word(|meaning| match meaning {
        Meaning::Zone(offset) => Some(offset),
        _ => None,
    })
}

fn offset(scanner: &mut Scanner, named: bool) -> Option<i16> {
    let sign = match scanner.next().kind {
        Kind::Mark(Mark::Plus) => 1,
        Kind::Mark(Mark::Dash) => -1,
        _ => return None,
    };
    let number = scanner.take_glued_number()?;
    let (hours, minutes) = match number.digits {
        4 => (number.value / 100, number.value % 100),
        2 => (number.value, colon_and_number(scanner)?),
        1 if named => (number.value, 0),
        _ => return None,
    };
    // `10:15 -17.05.2019` goes on with a date.
    let ends = !matches!(scanner.peek().kind, Kind::Mark(Mark::Dot | Mark::Slash | Mark::Dash | Mark::Colon));
    (ends && hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes) as i16)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str, order: DayOrder) -> Option<String> {
        parse(text, order).map(|span| span.to_string())
    }

    fn assert_read(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(written(text, DayOrder::Unknown).as_deref(), Some(*expected), "{text:?}");
        }
    }

    #[test]
    fn machine_dates() {
        assert_read(&[
            ("1974", "1974"),
            ("0987", "0987"),
            ("9999-12-31", "9999-12-31"),
            ("1974-05", "1974-05"),
            ("1974/05", "1974-05"),
            ("2019-05-17", "2019-05-17"),
            ("2019/05/17", "2019-05-17"),
            ("2019-5-7", "2019-05-07"),
            ("20190517", "2019-05-17"),
            ("2019-05-17T10:15", "2019-05-17T10:15:00"),
            ("2019-05-17 10:15:30", "2019-05-17T10:15:30"),
            ("2019-05-17t10:15:30z", "2019-05-17T10:15:30Z"),
            ("2019-05-17T10:15:30Z", "2019-05-17T10:15:30Z"),
            ("2019-05-17T10:15:30.123456789+02:00", "2019-05-17T10:15:30+02:00"),
            ("2019-05-17T10:15:30,5-0330", "2019-05-17T10:15:30-03:30"),
            ("2019-05-17T10:15:30+02", "2019-05-17T10:15:30+02:00"),
            ("2019-05-17T10:15:30\u{2212}05:00", "2019-05-17T10:15:30-05:00"),
            ("2019-05-17T10:15:30+02:00[Europe/Berlin]", "2019-05-17T10:15:30+02:00"),
            ("2019-05-17T10:15:30 UTC", "2019-05-17T10:15:30Z"),
            ("2019-05-17 10:15:30.25 +0000 UTC", "2019-05-17T10:15:30Z"),
            ("2019-05-17T10", "2019-05-17T10:00:00"),
            ("2019-05-17T1015", "2019-05-17T10:15:00"),
            ("20190517T101530Z", "2019-05-17T10:15:30Z"),
            ("20190517T101530.25+0200", "2019-05-17T10:15:30+02:00"),
            ("20190517101530", "2019-05-17T10:15:30"),
            ("2019-05-17Z", "2019-05-17"),
            ("2014-06-20 10:16:09 -0400", "2014-06-20T10:16:09-04:00"),
            ("2014-06-20 9:16:09 -0400", "2014-06-20T09:16:09-04:00"),
            ("2014-06-20 10:16:09 +0000 UTC", "2014-06-20T10:16:09Z"),
            ("1987-W09-4", "1987-02-26"),
            ("1987W094", "1987-02-26"),
            ("2020-W53-7", "2021-01-03"),
            ("2019-05-17T24:00:00Z", "2019-05-17T23:59:59Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("1558088130", "2019-05-17T10:15:30Z"),
            ("1558088130999", "2019-05-17T10:15:30Z"),
            ("17/May/2019:10:15:30 +0200", "2019-05-17T10:15:30+02:00"),
        ]);
    }

    #[test]
    fn dates_of_mail_feeds_and_wires() {
        assert_read(&[
            ("Fri, 17 May 2019 10:15:30 +0200", "2019-05-17T10:15:30+02:00"),
            ("Fri, 17 May 2019 10:15:30 GMT", "2019-05-17T10:15:30Z"),
            ("Fri, 17 May 2019 10:15:30 -0400 (EDT)", "2019-05-17T10:15:30-04:00"),
            ("17 May 99 10:15 EST", "1999-05-17T10:15:00-05:00"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
            ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37"),
            ("Fri May 17 10:15:30 EDT 2019", "2019-05-17T10:15:30-04:00"),
            ("Fri May 17 10:15:30 +0000 2019", "2019-05-17T10:15:30Z"),
            ("Fri May 17 2019 10:15:30 GMT+0200 (Central European Summer Time)", "2019-05-17T10:15:30+02:00"),
            ("19-OCT-1987 15:31:35.28", "1987-10-19T15:31:35"),
            (" 9-APR-1987 05:01:02.03", "1987-04-09T05:01:02"),
            ("26-FEB-1987", "1987-02-26"),
        ]);
    }

    #[test]
    fn dates_with_words() {
        assert_read(&[
            ("September 1st, 2017", "2017-09-01"),
            ("Sept. 1, 2017", "2017-09-01"),
            ("Sept. 2017", "2017-09"),
            ("March 1998", "1998-03"),
            ("March, 1998", "1998-03"),
            ("1998 March", "1998-03"),
            ("1998 March 3", "1998-03-03"),
            ("the 2nd of March, 1998", "1998-03-02"),
            ("3 March 1998", "1998-03-03"),
            ("3rd March 1998", "1998-03-03"),
            ("17May2019", "2019-05-17"),
            ("Friday 17 May 2019", "2019-05-17"),
            ("Fri., May 17, 2019", "2019-05-17"),
            ("May 17, 2019 at 4:25 pm", "2019-05-17T16:25:00"),
            ("May 17, 2019 @ 4:25 p.m.", "2019-05-17T16:25:00"),
            ("May 17, 2019 | 12:25AM", "2019-05-17T00:25:00"),
            ("May 17, 2019 4 PM ET", "2019-05-17T16:00:00"),
            ("04:25:06 PM IST Apr 08, 2020", "2020-04-08T16:25:06"),
            ("16:25 - 17 May 2019", "2019-05-17T16:25:00"),
            ("1. September 2017", "2017-09-01"),
            ("Freitag, den 17. Mai 2019 um 10:15 Uhr", "2019-05-17T10:15:00"),
            ("Di., 25.01.2022", "2022-01-25"),
            ("3. März 1998", "1998-03-03"),
            ("3. Ma\u{308}rz 1998", "1998-03-03"),
            ("1er mars 1998", "1998-03-01"),
            ("le 17 août 2019 à 10h30", "2019-08-17T10:30:00"),
            ("mar. 5 mars 2019", "2019-03-05"),
            ("mar. 26/03/2019 10h", "2019-03-26T10:00:00"),
            ("3 de marzo de 2020", "2020-03-03"),
            ("3 mar 2020", "2020-03-03"),
            ("mar 3, 2020", "2020-03-03"),
            ("mar 3 mar 2020", "2020-03-03"),
            ("miércoles, 3 de febrero del 2021 a las 10:15", "2021-02-03T10:15:00"),
            ("1° maggio 2020", "2020-05-01"),
            ("1º de março de 2020", "2020-03-01"),
            ("segunda-feira, 2 de março de 2020", "2020-03-02"),
            ("dinsdag 3 maart 2020 om 10:15 uur", "2020-03-03T10:15:00"),
            ("17 мая 2019 г.", "2019-05-17"),
            ("Пятница, 17 мая 2019 года в 10:15", "2019-05-17T10:15:00"),
            ("Май 2019", "2019-05"),
            ("2017年9月1日", "2017-09-01"),
            ("2017年9月1日(金) 10:15", "2017-09-01T10:15:00"),
            ("2017年09月01日10時15分", "2017-09-01T10:15:00"),
            ("2017年9月", "2017-09"),
            ("2017年", "2017"),
            ("2017년 9월 1일", "2017-09-01"),
        ]);
    }

    #[test]
    fn numbers_by_the_order_of_day_and_month() {
        use DayOrder::{DayFirst, MonthFirst, Unknown};
        let cases = [
            ("17/05/2019", Unknown, Some("2019-05-17")),
            ("05/17/2019", Unknown, Some("2019-05-17")),
            ("05/17/2019 04:25 PM", Unknown, Some("2019-05-17T16:25:00")),
            ("17.05.2019", Unknown, Some("2019-05-17")),
            ("17. 5. 2019", Unknown, Some("2019-05-17")),
            ("17.05.2019, 10:15", Unknown, Some("2019-05-17T10:15:00")),
            ("17-05-2019", Unknown, Some("2019-05-17")),
            ("3/4/2019", Unknown, None),
            ("3-4-2019", Unknown, None),
            ("4/4/2019", Unknown, Some("2019-04-04")),
            ("3/4/2019", DayFirst, Some("2019-04-03")),
            ("3/4/2019", MonthFirst, Some("2019-03-04")),
            ("3.4.2019", Unknown, Some("2019-04-03")),
            ("3.4.2019", MonthFirst, Some("2019-03-04")),
            ("17/05/2019", MonthFirst, Some("2019-05-17")),
            ("05/17/2019", DayFirst, Some("2019-05-17")),
            ("17/17/2019", DayFirst, None),
            ("05/2019", Unknown, Some("2019-05")),
        ];
        for (text, order, expected) in cases {
            assert_eq!(written(text, order).as_deref(), expected, "{text:?} {order:?}");
        }
    }

    #[test]
    fn dates_of_many_languages() {
        let rows = include_str!("dates/dates.tsv").lines().filter(|line| !line.starts_with('#'));
        let wrong: Vec<String> = rows
            .filter_map(|row| {
                let (text, expected) = row.split_once('\t')?;
                let found = written(text, DayOrder::Unknown).unwrap_or_else(|| "-".into());
                (found != expected).then(|| format!("{text:?}: {found}, not {expected}"))
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn dates_of_numbers_show_their_order() {
        use DayOrder::{DayFirst, MonthFirst};
        let cases = [
            ("17/05/2019", Some(DayFirst)),
            ("05/17/2019", Some(MonthFirst)),
            ("5/17/2019 4:25 PM", Some(MonthFirst)),
            ("17-05-2019 10:15", Some(DayFirst)),
            ("Fri 17.05.2019", Some(DayFirst)),
            ("3/4/2019", None),
            ("4/4/2019", None),
            ("3.4.2019", None),
            ("2019-05-17", None),
            ("2019/17/05", None),
            ("17 May 2019", None),
            ("31/02/2019", None),
            ("17/17/2019", None),
            ("17/05", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(order_shown(text), expected, "{text:?}");
        }
        for (text, expected) in [
            ("3/4/2019", true),
            ("3-4-2019 10:15", true),
            ("4/4/2019", false),
            ("3.4.2019", false),
            ("x", false),
        ] {
            assert_eq!(is_ambiguous(text), expected, "{text:?}");
        }
    }

    #[test]
    fn other_strings_are_no_dates() {
        let cases = [
            "",
            " ",
            "-",
            ".",
            "T",
            "Z",
            "March",
            "Friday",
            "17 May",
            "May 17",
            "10:15",
            "17",
            "197",
            "19745",
            "today",
            "last week",
            "May 17, 2019 by Ann",
            "2019-05-17 2020-05-17",
            "0000",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "0001-01-01",
            "0001-01-01T00:00:00Z",
            "01.01.0001",
            "10000-01-01",
            "-1974",
            "-2019-05-17",
            "2019-02-30",
            "2019-02-29",
            "31 April 2019",
            "2019-13-01",
            "2019-00-10",
            "2019-05-00",
            "2019-5",
            "201905",
            "2019-05-",
            "2019-05-17-",
            "2019-05-17T",
            "2019-05-17T25:00",
            "2019-05-17T10:60",
            "2019-05-17T10:15:61",
            "2019-05-17T24:15",
            "2019-05-17T10:15:30+99:00",
            "2019-05-17T10:15:30+",
            "2019-05-17T1",
            "2019-05-17T101",
            "2019-05-17T10.5",
            "2019-05-17T10:15.5",
            "2019-05-17-04:00",
            "2019-05-17+04:00",
            "2019-05-17 2019",
            "2019-05-17 10",
            "2019/05-17",
            "17/05.2019",
            "17/05/19",
            "17 May 19",
            "1987-W54",
            "1987-W00",
            "1987-W09-8",
            "1987-W09-",
            "1987-W",
            "1987-W9",
            "1987-W093",
            "123456789",
            "12345678901",
            "0123456789",
            "0012345678901",
            "99999999999999",
            "13 AM 17 May 2019",
            "25 PM 17 May 2019",
            "March 2019 10:15",
            "1,234",
            "3.14",
            "1.2.3",
            "10.0.0.1",
            "2019-05-17T10:15:30ZZ",
            "2019年13月",
            "9月1日",
            "17 17 May 2019",
            "1st 2nd 2019",
            "st 1 May 2019",
            "May 2019 May",
            "17..05..2019",
            "https://example.org/2019",
            "(2019)",
            "2019:05:17",
            "2019\u{0}",
        ];
        for text in cases {
            assert_eq!(written(text, DayOrder::Unknown), None, "{text:?}");
        }
        assert_eq!(parse(&format!("{}2019", " ".repeat(1000)), DayOrder::Unknown), DateSpan::year(2019));
        assert_eq!(parse(&"1974 ".repeat(1000), DayOrder::Unknown), None);
        assert_eq!(parse(&format!("1974 ({})", "x".repeat(64)), DayOrder::Unknown), None);
    }

    #[test]
    fn a_week_is_seven_days() {
        let span = parse("1987-W09", DayOrder::Unknown).expect("a week");
        assert_eq!((span.from.to_string(), span.to.to_string()), ("1987-02-23".into(), "1987-03-01".into()));
        assert_eq!(span.precision, Precision::Month);
        assert_eq!(parse("9999-W52", DayOrder::Unknown).map(|span| span.to), Some(Day::MAX));
    }

    #[test]
    fn names_of_months_and_weekdays() {
        assert_eq!(month_named("Août"), Some(8));
        assert_eq!(month_named("Monday"), None);
        assert_eq!(weekday_named("MONDAY"), Some(0));
        assert_eq!(weekday_named("May"), None);
    }

    proptest! {
        #[test]
        fn never_panics(any in "\\PC*", dense in "[0-9a-zA-Z年月日 ,.:/+()T-]{0,70}", words in
            "((mar|May|th|T|pm|GMT|de|h|W|Fri|[0-9]{1,4}|[-/.,:+ ]) ?){0,16}", periods in
            "((early|century|siècle|XX|spring|Q[0-9]|c[.]|[0-9]{1,5}|s|x|u|-|/|[.]{2}|'|posted|updated) ?){0,8}",
            east in "((令和|昭和|元|[一-十]|十|[０-９]{1,4}|年|月|日|午後|時|分|秒|曜日|星期|오후|시|:|R|[0-9]{1,3}|[.]) ?){0,12}") {
            for text in [any, dense, words, periods, east] {
                let _ = parse(&text, DayOrder::Unknown);
            }
        }

        #[test]
        fn what_is_displayed_is_read_again(day in Day::MIN.0 + 1..=Day::MAX.0, second in 0u32..86_400,
            offset in proptest::option::of(-1439i16..=1439)) {
            let day = Day(day);
            let (year, month, _) = day.ymd();
            let spans = [
                DateSpan::year(year),
                DateSpan::month(year, month),
                Some(DateSpan::day(day)),
                Some(DateSpan::instant(day, Time { second, offset })),
                parse(&format!("spring {year:04}"), DayOrder::Unknown),
                parse(&format!("c. {year:04}"), DayOrder::Unknown),
            ];
            for span in spans.into_iter().flatten() {
                prop_assert_eq!(parse(&span.to_string(), DayOrder::Unknown), Some(span));
            }
        }

        #[test]
        fn the_fast_path_agrees_with_the_general_one(year in 1i32..=9999, month in 0u32..14, day in 0u32..33,
            hour in 0u32..26, minute in 0u32..61, zone in "(:[0-6][0-9](.[0-9])?)?( ?Z|[+-][0-9]{2}:?[0-9]{2}|)") {
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}{zone}");
            let general = Reading::of(&text).and_then(|reading| reading.date(DayOrder::Unknown));
            if let Some(span) = iso(&text) {
                prop_assert_eq!(general, Some(span));
            }
            prop_assert_eq!(parse(&text, DayOrder::Unknown), general.filter(|span| span.from > Day::MIN));
        }
    }
}
