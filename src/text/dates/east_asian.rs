//! Dates of Chinese, Japanese and Korean, rewritten with European digits and marks: full-width and Chinese numerals,
//! Japanese eras and the years of the Republic of China, weekdays, halves of the day.

/// Eras by the year before their first, with the characters and the letter that name them.
const ERAS: &[(&str, u32)] = &[
    ("令和", 2018),
    ("平成", 1988),
    ("昭和", 1925),
    ("大正", 1911),
    ("明治", 1867),
    ("民國", 1911),
    ("民国", 1911),
];

/// Letters of Japanese eras before a date with dots: `R6.5.17`.
const ERA_LETTERS: &[(char, u32)] = &[('R', 2018), ('H', 1988), ('S', 1925), ('T', 1911), ('M', 1867)];

const DIGITS: &str = "〇一二三四五六七八九";

/// Words before a weekday's character, and the weekdays of Korean.
const WEEKDAYS: &[&str] = &["星期", "礼拜", "禮拜", "周", "週"];

const MORNING: &[&str] = &["午前", "上午", "오전", "凌晨", "早上"];
const AFTERNOON: &[&str] = &["午後", "下午", "오후", "晚上"];

/// The rewritten date; `None` when there is nothing to rewrite.
pub(super) fn rewritten(text: &str) -> Option<String> {
    if text.is_ascii() {
        return of_era_letter(text);
    }
    let is_east_asian =
        |c: char| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}');
    text.contains(is_east_asian).then(|| Rewriter::default().rewrite(text))
}

/// `R6.5.17`, `S63/1/7`.
fn of_era_letter(text: &str) -> Option<String> {
    let letter = text.chars().next()?;
    let (_, before) = ERA_LETTERS.iter().find(|(known, _)| *known == letter)?;
    let rest = &text[1..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = rest.split_at(digits);
    let dated = (1..=2).contains(&digits) && rest.starts_with(['.', '/']);
    dated.then(|| year.parse::<u32>().ok().map(|year| format!("{}{rest}", before + year))).flatten()
}

#[derive(Default)]
struct Rewriter {
    out: String,
    /// The year before the first one of the era that was named.
    era: Option<u32>,
    afternoon: Option<bool>,
}

impl Rewriter {
    fn rewrite(mut self, text: &str) -> String {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = self.step(c, rest);
        }
        self.out
    }

    /// Takes what stands at the beginning of `rest`; gives what is left.
    fn step<'t>(&mut self, c: char, rest: &'t str) -> &'t str {
        let after = &rest[c.len_utf8()..];
        if let Some((name, before)) = ERAS.iter().find(|(name, _)| rest.starts_with(name)) {
            self.era = Some(*before);
            return &rest[name.len()..];
        }
        if let Some(half) = MORNING.iter().chain(AFTERNOON).find(|word| rest.starts_with(**word)) {
            self.afternoon = Some(AFTERNOON.contains(half));
            self.out.push(' ');
            return &rest[half.len()..];
        }
        if let Some(rest) = weekday(rest) {
            self.out.push(' ');
            return rest;
        }
        if is_numeral(c) {
            return self.number(rest);
        }
        match c {
            '\u{3000}' => self.out.push(' '),
            '\u{ff01}'..='\u{ff5e}' => self.out.extend(char::from_u32(c as u32 - 0xfee0)),
            '号' | '號' => self.out.push('日'),
            other => self.out.push(other),
        }
        after
    }

    fn number<'t>(&mut self, rest: &'t str) -> &'t str {
        let end = rest.find(|c| !is_numeral(c)).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at(end);
        let ascii = || digits.chars().filter_map(|c| digit(c).and_then(|digit| char::from_digit(digit, 10)));
        let counted = digits.chars().any(|c| matches!(c, '十' | '元'));
        let is_year = rest.trim_start().starts_with('年') || self.era.is_some();
        let value = if counted { tens(digits) } else { ascii().collect::<String>().parse().ok() };
        match (self.era.take(), value) {
            (Some(before), Some(year)) if is_year && year <= 150 => {
                self.out.push_str(&(before + year).to_string())
            }
            (Some(_), _) => self.out.push('\u{fffd}'),
            (None, Some(hour)) if self.begins_hour(rest) => return self.clock(hour, rest),
            (None, Some(value)) if counted => self.out.push_str(&value.to_string()),
            (None, _) => self.out.extend(ascii()),
        }
        rest
    }

    /// Before `時`, and before a colon when the half of the day was named.
    fn begins_hour(&self, rest: &str) -> bool {
        let halved = self.afternoon.is_some() && rest.starts_with(COLONS);
        halved || HOUR_MARKS.iter().any(|mark| rest.starts_with(mark))
    }

    /// `4時25分30秒` as `4:25:30`.
    fn clock<'t>(&mut self, hour: u32, rest: &'t str) -> &'t str {
        let hour = match self.afternoon.take() {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            Some(_) | None => hour,
        };
        self.out.push_str(&format!(" {hour}"));
        if rest.starts_with(COLONS) {
            return rest;
        }
        let mut rest = rest;
        for marks in [HOUR_MARKS, MINUTE_MARKS, SECOND_MARKS] {
            let Some(behind) = marks.iter().find_map(|mark| rest.strip_prefix(*mark)) else { break };
            rest = behind.trim_start();
            let end = rest.find(|c| !is_numeral(c)).unwrap_or(rest.len());
            let (digits, behind) = rest.split_at(end);
            let followed = |marks: &[&str]| marks.iter().any(|mark| behind.starts_with(*mark));
            match number_of(digits) {
                Some(part) if followed(MINUTE_MARKS) || followed(SECOND_MARKS) => {
                    self.out.push_str(&format!(":{part:02}"));
                    rest = behind;
                }
                Some(_) | None if marks == HOUR_MARKS => {
                    self.out.push_str(":00");
                    break;
                }
                Some(_) | None => break,
            }
        }
        rest
    }
}

const HOUR_MARKS: &[&str] = &["時", "时", "點", "点", "시"];
const COLONS: [char; 2] = [':', '：'];
const MINUTE_MARKS: &[&str] = &["分", "분"];
const SECOND_MARKS: &[&str] = &["秒", "초"];

/// A weekday: `星期五`, `週五`, `金曜日`, `금요일`.
fn weekday(rest: &str) -> Option<&str> {
    for prefix in WEEKDAYS {
        if let Some(behind) = rest.strip_prefix(prefix) {
            let day = behind.chars().next().filter(|day| "一二三四五六日天".contains(*day))?;
            return Some(&behind[day.len_utf8()..]);
        }
    }
    let behind = rest
        .strip_prefix(['月', '火', '水', '木', '金', '土', '日', '월', '화', '수', '목', '금', '토', '일'])?;
    ["曜日", "曜", "요일"].iter().find_map(|ending| behind.strip_prefix(*ending))
}

fn is_numeral(c: char) -> bool {
    digit(c).is_some() || matches!(c, '十' | '元')
}

fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        '０'..='９' => Some(c as u32 - '０' as u32),
        '零' | '○' => Some(0),
        other => DIGITS.chars().position(|known| known == other).map(|at| at as u32),
    }
}

fn number_of(digits: &str) -> Option<u32> {
    if digits.is_empty() || digits.len() > 32 {
        return None;
    }
    if digits.contains(['十', '元']) {
        return tens(digits);
    }
    digits.chars().try_fold(0u32, |value, c| value.checked_mul(10)?.checked_add(digit(c)?))
}

/// `十七`, `二十`, `元` (the first year of an era).
fn tens(digits: &str) -> Option<u32> {
    if digits == "元" {
        return Some(1);
    }
    let (tens, ones) = digits.split_once('十')?;
    let single = |text: &str, missing| {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (None, _) => Some(missing),
            (Some(one), None) => digit(one),
            (Some(_), Some(_)) => None,
        }
    };
    Some(single(tens, 1)? * 10 + single(ones, 0)?)
}
