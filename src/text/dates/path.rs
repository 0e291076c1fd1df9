//! Dates in URLs and file paths.

use super::lexicon;
use crate::text::calendar::{DateSpan, Day};

/// Years that a path may name; other numbers of four digits are rather pages, ports or ids.
const YEARS: std::ops::RangeInclusive<u32> = 1500..=2100;

/// A date in a URL or file path: `/2019/05/17/`, `2019-05-17-title.md`, `20190517`, `/2019/05/`, `/1974/`.
///
/// Years are 1500 to 2100. A compact date stands at the beginning of a path part, a year alone is a whole
/// part. The most precise date wins, of equal ones the last.
pub fn in_path(path: &str) -> Option<DateSpan> {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let mut parts = path.split(['/', '\\']);
    let mut best: Option<DateSpan> = None;
    while let Some(part) = parts.next() {
        if part.bytes().filter(u8::is_ascii_digit).count() < 4 {
            continue;
        }
        let found = in_part(part).or_else(|| in_folders(part, parts.clone()));
        if let Some(found) = found
            && best.is_none_or(|best| found.precision >= best.precision)
        {
            best = Some(found);
        }
    }
    best
}

/// `/2019/`, and the parts that follow it: `/2019/05/`, `/2019/05/17-title`.
fn in_folders<'a>(part: &str, mut following: impl Iterator<Item = &'a str>) -> Option<DateSpan> {
    let year = year(part.as_bytes())?;
    let Some(month) = following.next().and_then(month_part) else { return DateSpan::year(year) };
    let day = following.next().and_then(day_part);
    day.and_then(|day| Day::from_ymd(year, month, day))
        .map(DateSpan::day)
        .or_else(|| DateSpan::month(year, month))
        .or_else(|| DateSpan::year(year))
}

fn in_part(part: &str) -> Option<DateSpan> {
    let bytes = part.as_bytes();
    separated(bytes).or_else(|| compact(bytes)).map(DateSpan::day).or_else(|| year_and_month(part))
}

/// `2019-05-17` or `2019_05_17` anywhere in the part; the last one, when there are several.
fn separated(part: &[u8]) -> Option<Day> {
    const LENGTH: usize = "2019-05-17".len();
    let date_at = |(at, window): (usize, &[u8])| {
        let separator = window[4];
        let shaped = matches!(separator, b'-' | b'_') && window[7] == separator;
        let bounded = (at == 0 || !part[at - 1].is_ascii_digit())
            && part.get(at + LENGTH).is_none_or(|next| !next.is_ascii_digit());
        (shaped && bounded).then(|| day(&window[..4], &window[5..7], &window[8..])).flatten()
    };
    part.windows(LENGTH).enumerate().rev().find_map(date_at)
}

/// `20190517`, alone or before something that is no digit.
fn compact(part: &[u8]) -> Option<Day> {
    let (date, rest) = part.split_at_checked(8)?;
    let bounded = rest.first().is_none_or(|next| !next.is_ascii_digit());
    bounded.then(|| day(&date[..4], &date[4..6], &date[6..])).flatten()
}

/// `2019-05` or `2019_05`, alone, before an extension or before words: `2019-05-title`.
fn year_and_month(part: &str) -> Option<DateSpan> {
    let stem = part.split_once('.').map_or(part, |(stem, _)| stem);
    let (year_digits, month) = stem.split_once(['-', '_'])?;
    let (month, rest) = month.split_once(['-', '_']).unwrap_or((month, ""));
    let words_follow = !rest.starts_with(|next: char| next.is_ascii_digit());
    let month = number(month.as_bytes(), 2..=2).filter(|_| words_follow)?;
    DateSpan::month(year(year_digits.as_bytes())?, month)
}

/// `05`, `5`, `may`.
fn month_part(part: &str) -> Option<u32> {
    if let Some(month) = number(part.as_bytes(), 1..=2) {
        return Some(month);
    }
    lexicon::meaning(&part.to_ascii_lowercase())?.month()
}

/// `17`, `7`, `17-title`, `17.html`.
fn day_part(part: &str) -> Option<u32> {
    let bytes = part.as_bytes();
    let (day, rest) = bytes.split_at_checked(2).unwrap_or((bytes, &[]));
    let ends = rest.first().is_none_or(|next| matches!(next, b'-' | b'_' | b'.'));
    ends.then(|| number(day, 1..=2)).flatten()
}

fn day(year_digits: &[u8], month: &[u8], day: &[u8]) -> Option<Day> {
    Day::from_ymd(year(year_digits)?, number(month, 2..=2)?, number(day, 2..=2)?)
}

fn year(digits: &[u8]) -> Option<i32> {
    let year = number(digits, 4..=4)?;
    YEARS.contains(&year).then_some(year as i32)
}

fn number(digits: &[u8], length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let valid = length.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    valid.then(|| digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_found_in_paths() {
        let cases = [
            ("/2019/05/17/title.html", "2019-05-17"),
            ("https://example.org/2019/05/17/title?page=20200101", "2019-05-17"),
            ("2019/05/17-title.md", "2019-05-17"),
            ("a/2019/5/7/b", "2019-05-07"),
            ("/world/2019/may/17/title", "2019-05-17"),
            ("/2019/05/title", "2019-05"),
            ("/2019/05/", "2019-05"),
            ("/1987/03/coal.txt", "1987-03"),
            ("2019-05/title.md", "2019-05"),
            ("2019-05.md", "2019-05"),
            ("2019-05-title.md", "2019-05"),
            ("posts/2019-05-17-title.md", "2019-05-17"),
            ("report-2019-05-17.pdf", "2019-05-17"),
            ("2019_05_17", "2019-05-17"),
            ("notes_2019_05_17_draft.txt", "2019-05-17"),
            ("20190517", "2019-05-17"),
            ("a/20190517-title.md", "2019-05-17"),
            ("a\\2019\\05\\17\\b.txt", "2019-05-17"),
            ("/1974/coal.md", "1974"),
            ("/1974/1975/coal.md", "1975"),
            ("/2019/13/x", "2019"),
            ("/2019/02/30/x", "2019-02"),
            ("/2019/05/17x", "2019-05"),
            ("/2019-05-17/2020/06/x", "2019-05-17"),
            ("/2019-05-17/2020-06-18.txt", "2020-06-18"),
            ("2019/2019-05-17.md", "2019-05-17"),
        ];
        for (path, expected) in cases {
            assert_eq!(in_path(path).map(|span| span.to_string()).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn other_numbers_in_paths_are_no_dates() {
        let cases = [
            "",
            "/",
            "/v1/10/x",
            "/articles/123456789/",
            "/1499/x",
            "/2101/05/17",
            "9999-12-31.md",
            "1974.md",
            "coal-1974.md",
            "201905170",
            "x20190517",
            "2019-13-01",
            "2019-02-30-title",
            "12019-05-17",
            "2019-05-171",
            "2019-05_17",
        ];
        for path in cases {
            assert_eq!(in_path(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(path in "\\PC*", dense in "[0-9/_.a-zé-]{0,40}") {
            let _ = (in_path(&path), in_path(&dense));
        }
    }
}
