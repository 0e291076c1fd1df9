//! Days, spans of days and calendar buckets: the only representation of dates in the program.
//!
//! A [`Day`] counts days since 1970-01-01 in the proleptic Gregorian calendar (ISO 8601), years 1 to 9999.

use serde::{Deserialize, Serialize};

/// Days since 1970-01-01; negative before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(pub i32);

impl Day {
    /// 0001-01-01, the first day that can be held.
    pub const MIN: Day = Day(-719_162);
    /// 9999-12-31, the last day that can be held.
    pub const MAX: Day = Day(2_932_896);

    /// The day of a civil date; `None` when there is no such day or the year is outside 1 to 9999.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        let valid = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day);
        valid.then(|| Day(days_from_civil(year, month, day)))
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    pub fn ymd(self) -> (i32, u32, u32) {
        civil_from_days(self.0)
    }

    /// Day of the week, Monday is 0.
    pub fn weekday(self) -> u32 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) as u32
    }

    /// This day moved by `days`, kept inside the years 1 to 9999.
    pub fn plus(self, days: i64) -> Day {
        let moved = i64::from(self.0).saturating_add(days);
        Day(moved.clamp(i64::from(Day::MIN.0), i64::from(Day::MAX.0)) as i32)
    }
}

/// `2019-05-01`, with a year of four digits.
impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The number of days of a month (1 to 12).
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

// Both conversions count years from March, so that the leap day is the last of its year, in eras of
// 400 years, which all have 146,097 days.
fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month as i32 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month as u32, day as u32)
}

/// How exactly a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Precision {
    /// Only the year, or a span of years.
    Year,
    /// The month, or a span of months.
    Month,
    /// The day.
    Day,
    /// A time of day as well.
    Instant,
}

impl Precision {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Precision::Year => "year",
            Precision::Month => "month",
            Precision::Day => "day",
            Precision::Instant => "instant",
        }
    }
}

/// A time of day, as the article states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Time {
    /// Seconds since midnight, local, 0 to 86,399.
    pub second: u32,
    /// Minutes east of UTC, when the zone is stated.
    pub offset: Option<i16>,
}

/// A date with the precision at which it is known: every day from `from` to `to`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateSpan {
    /// First day it can mean.
    pub from: Day,
    /// Last day it can mean.
    pub to: Day,
    /// How exactly it is known.
    pub precision: Precision,
    /// The time of day, exactly when `precision` is `Instant`.
    pub time: Option<Time>,
}

impl DateSpan {
    /// A whole year; `None` outside 1 to 9999.
    pub fn year(year: i32) -> Option<DateSpan> {
        Some(DateSpan {
            from: Day::from_ymd(year, 1, 1)?,
            to: Day::from_ymd(year, 12, 31)?,
            precision: Precision::Year,
            time: None,
        })
    }

    /// A whole month; `None` when there is no such month.
    pub fn month(year: i32, month: u32) -> Option<DateSpan> {
        Some(DateSpan {
            from: Day::from_ymd(year, month, 1)?,
            to: Day::from_ymd(year, month, days_in_month(year, month))?,
            precision: Precision::Month,
            time: None,
        })
    }

    /// One day.
    pub fn day(day: Day) -> DateSpan {
        DateSpan { from: day, to: day, precision: Precision::Day, time: None }
    }

    /// One day at a time of day.
    pub fn instant(day: Day, time: Time) -> DateSpan {
        DateSpan { from: day, to: day, precision: Precision::Instant, time: Some(time) }
    }

    /// The same without the time of day.
    pub fn to_the_day(self) -> DateSpan {
        DateSpan { precision: self.precision.min(Precision::Day), time: None, ..self }
    }

    /// Seconds since 1970-01-01T00:00:00Z of its beginning; a time without a zone is taken as UTC.
    pub fn timestamp(&self) -> i64 {
        let time = self.time.unwrap_or(Time { second: 0, offset: None });
        i64::from(self.from.0) * 86_400 + i64::from(time.second) - i64::from(time.offset.unwrap_or(0)) * 60
    }
}

/// `1974`, `1974-05`, `1974-05-01`, `1974-05-01T10:00:00+02:00`; a wider span as `1893..1897`.
impl std::fmt::Display for DateSpan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (from_year, from_month, _) = self.from.ymd();
        let (to_year, to_month, _) = self.to.ymd();
        match (self.precision, self.time) {
            (Precision::Year, _) if from_year == to_year => write!(f, "{from_year:04}"),
            (Precision::Year, _) => write!(f, "{from_year:04}..{to_year:04}"),
            (Precision::Month, _) if (from_year, from_month) == (to_year, to_month) => {
                write!(f, "{from_year:04}-{from_month:02}")
            }
            (Precision::Month, _) => {
                write!(f, "{from_year:04}-{from_month:02}..{to_year:04}-{to_month:02}")
            }
            (Precision::Instant, Some(time)) => write!(f, "{}T{time}", self.from),
            (Precision::Day | Precision::Instant, _) => write!(f, "{}", self.from),
        }
    }
}

/// `10:00:00`, `10:00:00Z`, `10:00:00+02:00`.
impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hours, minutes, seconds) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}")?;
        match self.offset {
            None => Ok(()),
            Some(0) => write!(f, "Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let offset = offset.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", offset / 60, offset % 60)
            }
        }
    }
}

/// A calendar step of a date facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interval {
    /// Ten years, from a year that ends in 0.
    Decade,
    /// A calendar year.
    Year,
    /// A calendar month.
    Month,
    /// An ISO 8601 week, Monday to Sunday.
    Week,
    /// One day.
    Day,
}

impl Interval {
    /// Every interval, widest first.
    pub const ALL: [Interval; 5] =
        [Interval::Decade, Interval::Year, Interval::Month, Interval::Week, Interval::Day];

    /// The word used in queries and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Interval::Decade => "decade",
            Interval::Year => "year",
            Interval::Month => "month",
            Interval::Week => "week",
            Interval::Day => "day",
        }
    }

    /// The interval of that name.
    pub fn parse(name: &str) -> Option<Interval> {
        Interval::ALL.into_iter().find(|interval| interval.as_str() == name)
    }

    /// First day of the bucket that holds `day`.
    pub fn start(self, day: Day) -> Day {
        let (year, month, _) = day.ymd();
        let start = match self {
            Interval::Decade => Day::from_ymd((year - year % 10).max(1), 1, 1),
            Interval::Year => Day::from_ymd(year, 1, 1),
            Interval::Month => Day::from_ymd(year, month, 1),
            Interval::Week => Some(day.plus(-i64::from(day.weekday()))),
            Interval::Day => Some(day),
        };
        start.unwrap_or(Day::MIN)
    }

    /// Last day of the bucket that begins at `start`.
    pub fn end(self, start: Day) -> Day {
        let (year, month, _) = start.ymd();
        let end = match self {
            Interval::Decade => Day::from_ymd(year - year % 10 + 9, 12, 31),
            Interval::Year => Day::from_ymd(year, 12, 31),
            Interval::Month => Day::from_ymd(year, month, days_in_month(year, month)),
            Interval::Week => Some(start.plus(6)),
            Interval::Day => Some(start),
        };
        end.unwrap_or(Day::MAX)
    }

    /// The name of the bucket that begins at `start`: `1980s`, `1987`, `1987-03`, `1987-W09`, `1987-03-01`.
    pub fn label(self, start: Day) -> String {
        let (year, month, _) = start.ymd();
        match self {
            Interval::Decade => format!("{:04}s", year - year % 10),
            Interval::Year => format!("{year:04}"),
            Interval::Month => format!("{year:04}-{month:02}"),
            Interval::Week => {
                let (year, week) = iso_week(start);
                format!("{year:04}-W{week:02}")
            }
            Interval::Day => start.to_string(),
        }
    }
}

/// ISO 8601 week: the year and number of the week that holds `day`.
pub fn iso_week(day: Day) -> (i32, u32) {
    // A week belongs to the year of its Thursday.
    let thursday = day.plus(3 - i64::from(day.weekday()));
    let (year, _, _) = thursday.ymd();
    let first = Day::from_ymd(year, 1, 1).unwrap_or(Day::MIN);
    (year, (thursday.0 - first.0) as u32 / 7 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_civil_dates_agree_over_every_day() {
        let mut expected = Day::MIN;
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(Day::from_ymd(year, month, day), Some(expected));
                    assert_eq!(expected.ymd(), (year, month, day));
                    expected = Day(expected.0 + 1);
                }
            }
        }
        assert_eq!(expected, Day(Day::MAX.0 + 1));
    }

    #[test]
    fn known_days() {
        assert_eq!(Day::from_ymd(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::from_ymd(2000, 2, 30), None);
        assert_eq!(Day::from_ymd(1987, 2, 26).map(Day::weekday), Some(3));
        assert_eq!(Day::from_ymd(1987, 1, 1).map(iso_week), Some((1987, 1)));
        assert_eq!(Day::from_ymd(2021, 1, 3).map(iso_week), Some((2020, 53)));
    }

    #[test]
    fn buckets_hold_their_days() {
        for interval in Interval::ALL {
            for day in [Day::MIN, Day(-1), Day(0), Day(6_265), Day(20_000), Day::MAX] {
                let start = interval.start(day);
                let end = interval.end(start);
                assert!(start <= day && day <= end, "{interval:?} {day}");
                assert_eq!(interval.start(end), start, "{interval:?} {day}");
            }
        }
    }
}
