//! Dates that name a stretch of time: decades, centuries, quarters, seasons, several months or years, and those that
//! are only about right.
//!
//! The words are read as the rules of libraries read them (MARC 21, EDTF): the early 1980s are 1980 to 1983, the mid
//! 1980s 1984 to 1986, the late 1980s the rest; thirds of a century alike. Seasons are those of the northern half of the
//! earth; a winter may lie at either end of its year, so it is the year.

use super::lexicon::{self, Meaning};
use crate::text::calendar::{DateSpan, Day, Precision};

/// Most words of a period.
const MAX_WORDS: usize = 5;

/// How far `c. 1900` may be wrong, in years.
const ABOUT: i32 = 5;

/// Longest range of years, `1914–1918`.
const LONGEST_RANGE: i32 = 100;

/// Words for "about" before a year.
const CIRCA: &[&str] = &[
    "c",
    "ca",
    "circa",
    "about",
    "around",
    "approx",
    "approximately",
    "um",
    "vers",
    "hacia",
    "около",
    "ок",
    "約",
];

/// Which third of a decade or century.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Third {
    Early,
    Mid,
    Late,
}

/// Words before a decade or century, folded.
const THIRDS: &[(&str, Third)] = &[
    ("early", Third::Early),
    ("mid", Third::Mid),
    ("middle", Third::Mid),
    ("late", Third::Late),
    ("fruhe", Third::Early),
    ("fruhen", Third::Early),
    ("anfang", Third::Early),
    ("mitte", Third::Mid),
    ("spate", Third::Late),
    ("spaten", Third::Late),
    ("ende", Third::Late),
    ("debut", Third::Early),
    ("milieu", Third::Mid),
    ("fin", Third::Late),
];

/// Words that say nothing inside a period.
const FILLERS: &[&str] = &[
    "the", "of", "in", "der", "die", "des", "den", "dem", "im", "du", "de", "del", "les", "le", "los",
    "anos", "annees", "anni", "gli", "jahre", "jahren", "годы", "е", "er", "ern", "s",
];

/// Words for a century beside its number.
const CENTURIES: &[&str] = &[
    "century",
    "cent",
    "jahrhundert",
    "jh",
    "jhdt",
    "siecle",
    "siglo",
    "seculo",
    "secolo",
    "eeuw",
    "wiek",
    "wieku",
    "век",
    "века",
    "столетие",
    "stoleti",
    "secol",
    "secolul",
    "arhundrade",
    "arhundrede",
    "arhundre",
    "yuzyil",
];

/// A season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// The names of seasons, folded.
const SEASONS: &[(&str, Season)] = &[
    ("spring", Season::Spring),
    ("summer", Season::Summer),
    ("autumn", Season::Autumn),
    ("fall", Season::Autumn),
    ("winter", Season::Winter),
    ("fruhling", Season::Spring),
    ("fruhjahr", Season::Spring),
    ("sommer", Season::Summer),
    ("herbst", Season::Autumn),
    ("printemps", Season::Spring),
    ("ete", Season::Summer),
    ("automne", Season::Autumn),
    ("hiver", Season::Winter),
    ("primavera", Season::Spring),
    ("verano", Season::Summer),
    ("otono", Season::Autumn),
    ("invierno", Season::Winter),
    ("estate", Season::Summer),
    ("autunno", Season::Autumn),
    ("inverno", Season::Winter),
    ("verao", Season::Summer),
    ("outono", Season::Autumn),
    ("lente", Season::Spring),
    ("zomer", Season::Summer),
    ("herfst", Season::Autumn),
    ("весна", Season::Spring),
    ("лето", Season::Summer),
    ("осень", Season::Autumn),
    ("зима", Season::Winter),
    ("春", Season::Spring),
    ("夏", Season::Summer),
    ("秋", Season::Autumn),
    ("冬", Season::Winter),
];

/// Reads a whole string as a period.
pub(super) fn parse(text: &str) -> Option<DateSpan> {
    let supplied = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    if let Some(year) = supplied.and_then(year) {
        return DateSpan::year(year);
    }
    let text = supplied.unwrap_or(text);
    displayed(text)
        .or_else(|| open_digits(text))
        .or_else(|| range(text))
        .or_else(|| quarter(text))
        .or_else(|| months(text))
        .or_else(|| worded(text))
}

/// `1893..1897`, `1968-03..1968-05`: how a wider span is displayed.
fn displayed(text: &str) -> Option<DateSpan> {
    let (from, to) = text.split_once("..")?;
    let (from, to) = (unit(from)?, unit(to)?);
    let ordered = from.precision == to.precision && from.from <= to.from;
    ordered.then_some(DateSpan { to: to.to, ..from })
}

fn unit(text: &str) -> Option<DateSpan> {
    match text.split_once('-') {
        None => DateSpan::year(year(text)?),
        Some((of, month)) => DateSpan::month(year(of)?, number(month, 2)?),
    }
}

/// `18--`, `189-`, `19xx`, `199X`, `18uu`, `1900?`: what is not known of a year.
fn open_digits(text: &str) -> Option<DateSpan> {
    if let Some(guessed) = text.strip_suffix('?').and_then(year) {
        return about(guessed);
    }
    let known = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, open) = text.split_at(known);
    let is_open = open.chars().all(|c| matches!(c, '-' | '–' | 'x' | 'X' | 'u' | 'U' | '?'));
    let unit = match (digits.len(), open.chars().count()) {
        (2, 2) if is_open => 100,
        (3, 1) if is_open => 10,
        _ => return None,
    };
    let first = digits.parse::<i32>().ok()? * unit;
    years(first, first + unit - 1)
}

fn about(year: i32) -> Option<DateSpan> {
    years(year - ABOUT, year + ABOUT)
}

/// `1914–1918`, `1914-18`, `1998/99`: not where the second may be a month.
fn range(text: &str) -> Option<DateSpan> {
    let (first, second) = text.split_once(['-', '–', '—', '/'])?;
    let (first, second) = (year(first.trim_end())?, second.trim_start());
    let last = match second.len() {
        4 => year(second)?,
        2 => number(second, 2).filter(|last| *last > 12)? as i32 + first / 100 * 100,
        _ => return None,
    };
    (first < last && last - first <= LONGEST_RANGE).then(|| years(first, last)).flatten()
}

/// `Q3 2019`, `2019-Q3`, `3Q 2019`, `third quarter of 2019`.
fn quarter(text: &str) -> Option<DateSpan> {
    const NAMED: &[(&str, u32)] = &[("first", 1), ("second", 2), ("third", 3), ("fourth", 4)];
    let lower = text.to_lowercase();
    let mut words = lower.split([' ', '-', '/']).filter(|word| !matches!(*word, "" | "of" | "the"));
    let (first, second, third) = (words.next()?, words.next()?, words.next());
    let numbered = |word: &str| {
        let digit = word.strip_prefix('q').or_else(|| word.strip_suffix('q'))?;
        number(digit, 1).filter(|quarter| (1..=4).contains(quarter))
    };
    let (year_text, quarter) = match third {
        None => {
            numbered(first).map(|quarter| (second, quarter)).or_else(|| Some((first, numbered(second)?)))?
        }
        Some(last) if second == "quarter" && words.next().is_none() => {
            let named = NAMED.iter().find(|(name, _)| *name == first);
            (last, named.map(|(_, quarter)| *quarter).or_else(|| number(first.get(..1)?, 1))?)
        }
        Some(_) => return None,
    };
    month_range(year(year_text)?, quarter.checked_sub(1)? * 3 + 1, quarter * 3)
}

/// `January/February 1998`, `Jan.–Feb. 1998`.
fn months(text: &str) -> Option<DateSpan> {
    let (first, rest) = text.split_once(['/', '-', '–', '—'])?;
    let (second, of) = rest.trim().rsplit_once([' ', ','])?;
    let month = |word: &str| {
        let word = word.trim_matches([' ', '.', ',']);
        match lexicon::meaning(&super::folded(word))? {
            Meaning::Month(month) => Some(month),
            Meaning::MarchOrTuesday => Some(3),
            _ => None,
        }
    };
    let (first, last) = (month(first)?, month(second)?);
    if first >= last { None } else { month_range(year(of)?, first, last) }
}

/// Everything that is made of words and one number.
fn worded(text: &str) -> Option<DateSpan> {
    let folded: String = text.chars().take(64).map(lexicon::fold).collect();
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | '-' | '–' | '\'' | '’');
    let mut words = [""; MAX_WORDS];
    let mut count = 0;
    for word in folded.split(is_mark).filter(|word| !word.is_empty() && !FILLERS.contains(word)) {
        *words.get_mut(count)? = word;
        count += 1;
    }
    let words = &words[..count];
    circa(words).or_else(|| season(words)).or_else(|| decade_or_century(words, &folded))
}

/// `c. 1900`, `ca. 1900`, `c1900`.
fn circa(words: &[&str]) -> Option<DateSpan> {
    match words {
        [word, digits] if CIRCA.contains(word) => about(year(digits)?),
        _ => None,
    }
}

/// `spring 1968`, `Winter 1998/99`.
fn season(words: &[&str]) -> Option<DateSpan> {
    let (name, digits) = match words {
        [name, digits] if digits.starts_with(|c: char| c.is_ascii_digit()) => (name, digits),
        [digits, name] => (name, digits),
        _ => return None,
    };
    let (_, season) = SEASONS.iter().find(|(known, _)| known == name)?;
    if let Some((first, _)) = digits.split_once('/') {
        let both = range(digits)?;
        let winter = *season == Season::Winter && both.to.ymd().0 == year(first)? + 1;
        return winter.then(|| winter_from(year(first)?)).flatten();
    }
    let year = year(digits)?;
    match season {
        Season::Spring => month_range(year, 3, 5),
        Season::Summer => month_range(year, 6, 8),
        Season::Autumn => month_range(year, 9, 11),
        Season::Winter => DateSpan::year(year),
    }
}

fn winter_from(year: i32) -> Option<DateSpan> {
    let (first, last) = (DateSpan::month(year, 12)?, DateSpan::month(year + 1, 2)?);
    Some(DateSpan { to: last.to, ..first })
}

/// `1990s`, `mid-1980s`, `late 20th century`, `XXe siècle`, `20世紀`.
fn decade_or_century(words: &[&str], folded: &str) -> Option<DateSpan> {
    let (third, words) = match words {
        [word, rest @ ..] => match THIRDS.iter().find(|(known, _)| known == word) {
            Some((_, third)) => (Some(*third), rest),
            None => (None, words),
        },
        [] => return None,
    };
    let (first, unit) = match *words {
        [one] => {
            decade(one, folded).or_else(|| century(one.strip_suffix(['紀', '纪'])?.strip_suffix('世')?))?
        }
        [one, other] if CENTURIES.contains(&other) => century(one)?,
        [one, other] if CENTURIES.contains(&one) => century(other)?,
        _ => return None,
    };
    let (from, to) = match (unit, third) {
        (unit, None) => (0, unit - 1),
        (10, Some(Third::Early)) => (0, 3),
        (10, Some(Third::Mid)) => (4, 6),
        (10, Some(Third::Late)) => (7, 9),
        (_, Some(Third::Early)) => (0, 32),
        (_, Some(Third::Mid)) => (33, 65),
        (_, Some(Third::Late)) => (66, 99),
    };
    years(first + from, first + to)
}

/// `1990s`, `1990er`, `1990е`, `1990年代`; a bare `1990` only behind "années", "años", "anni", "1990-е годы".
fn decade(word: &str, folded: &str) -> Option<(i32, i32)> {
    const ENDINGS: &[&str] = &["s", "er", "ern", "e", "е", "年代"];
    const PLURALS: &[&str] = &["annees", "anos", "anni", "годы", "1990-е", "jahre"];
    let (digits, ending) = word.split_at_checked(4)?;
    let plural = ENDINGS.contains(&ending) || ending.is_empty() && is_plural(digits, folded, PLURALS);
    let first = year(digits).filter(|first| plural && first % 10 == 0)?;
    Some((first, 10))
}

/// `1990's`, `années 1990`: the mark of the plural was taken for a word of its own, or stands before.
fn is_plural(digits: &str, folded: &str, plurals: &[&str]) -> bool {
    let behind = folded.split_once(digits).map_or("", |(_, behind)| behind);
    ["'s", "’s", "-er", "-е"].iter().any(|mark| behind.starts_with(mark))
        || folded.split(' ').any(|word| plurals.contains(&word))
}

/// `20th`, `20`, `xx`, `xxe`: the first year, and a century's length.
fn century(word: &str) -> Option<(i32, i32)> {
    const ENDINGS: &[&str] = &["th", "st", "nd", "rd", "e", "eme", "o", "º"];
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    let count = stem.parse::<i32>().ok().or_else(|| roman(stem))?;
    (1..=30).contains(&count).then_some((count * 100 - 99, 100))
}

/// A Roman numeral up to thirty.
fn roman(word: &str) -> Option<i32> {
    const ONES: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let tens = word.bytes().take_while(|byte| *byte == b'x').count();
    let ones = ONES.iter().position(|ones| *ones == &word[tens..])?;
    (!word.is_empty()).then_some((tens * 10 + ones) as i32)
}

fn years(first: i32, last: i32) -> Option<DateSpan> {
    let (from, to) = (Day::from_ymd(first.max(1), 1, 1)?, Day::from_ymd(last, 12, 31)?);
    Some(DateSpan { from, to, precision: Precision::Year, time: None })
}

fn month_range(year: i32, first: u32, last: u32) -> Option<DateSpan> {
    let (first, last) = (DateSpan::month(year, first)?, DateSpan::month(year, last)?);
    Some(DateSpan { to: last.to, ..first })
}

fn year(digits: &str) -> Option<i32> {
    number(digits, 4).map(|year| year as i32)
}

fn number(digits: &str, length: usize) -> Option<u32> {
    let valid = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().ok()).flatten()
}
