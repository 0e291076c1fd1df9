//! Cuts a date into numbers, words and marks, without allocation.

use super::lexicon::{self, Meaning};

/// A piece of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// Nothing stands between it and the piece before.
    pub(super) glued: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number(Number),
    Word(Meaning),
    Mark(Mark),
    /// What no date contains.
    Foreign,
    End,
}

/// A run of digits; its value is exact up to 19 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: u64,
    pub(super) digits: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Dash,
    Slash,
    Dot,
    Comma,
    Colon,
    Plus,
    /// `|`, `@`, `·`: between date and time only.
    Divider,
    /// 年, 년.
    Year,
    /// 月, 월.
    Month,
    /// 日, 일.
    Day,
}

/// Reads pieces from left to right, each once; one piece is always read ahead. Copy it to look further.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'a> {
    rest: &'a str,
    ahead: Piece,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        let mut scanner = Scanner { rest: text, ahead: Piece { kind: Kind::End, glued: true } };
        scanner.next();
        scanner
    }

    /// The next piece; blanks and comments before it are passed over.
    pub(super) fn next(&mut self) -> Piece {
        let piece = self.ahead;
        let glued = !self.skip_blanks_and_comments();
        self.ahead = Piece { kind: self.kind(), glued };
        piece
    }

    /// The next piece, left in place.
    pub(super) fn peek(&self) -> Piece {
        self.ahead
    }

    /// Takes the next piece when it is this mark.
    pub(super) fn take_mark(&mut self, mark: Mark) -> bool {
        let found = self.ahead.kind == Kind::Mark(mark);
        if found {
            self.next();
        }
        found
    }

    /// Takes the next piece when it is a word that `read` can use.
    pub(super) fn take_word<T>(&mut self, read: impl Fn(Meaning) -> Option<T>) -> Option<T> {
        let Kind::Word(meaning) = self.ahead.kind else { return None };
        let value = read(meaning)?;
        self.next();
        Some(value)
    }

    /// Takes the next piece when it is a number that follows at once.
    pub(super) fn take_glued_number(&mut self) -> Option<Number> {
        let Piece { kind: Kind::Number(number), glued: true } = self.ahead else { return None };
        self.next();
        Some(number)
    }

    // A comment in parentheses says what was said already: the zone's name (RFC 5322, section 3.2.2), the
    // weekday in Japanese; brackets hold the zone's name as well (RFC 9557).
    fn skip_blanks_and_comments(&mut self) -> bool {
        if self.rest.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
            return false;
        }
        let mut skipped = false;
        loop {
            let trimmed = self.rest.trim_start();
            skipped |= trimmed.len() < self.rest.len();
            self.rest = trimmed;
            let closing = match trimmed.chars().next() {
                Some('(') => ')',
                Some('（') => '）',
                Some('[') => ']',
                _ => return skipped,
            };
            let Some((_, rest)) = trimmed.split_once(closing) else { return skipped };
            self.rest = rest;
            skipped = true;
        }
    }

    fn kind(&mut self) -> Kind {
        let Some(first) = self.rest.chars().next() else { return Kind::End };
        if first.is_ascii_digit() {
            return Kind::Number(self.number());
        }
        if first.is_ascii_alphabetic() {
            return self.word().map_or(Kind::Foreign, Kind::Word);
        }
        if let Some(mark) = mark(first) {
            self.rest = &self.rest[first.len_utf8()..];
            return Kind::Mark(mark);
        }
        self.word().map_or(Kind::Foreign, Kind::Word)
    }

    fn number(&mut self) -> Number {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        let add = |value: u64, digit: u8| value.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
        Number { value: number.bytes().fold(0, add), digits }
    }

    fn word(&mut self) -> Option<Meaning> {
        let mut buffer = [0; lexicon::LONGEST];
        let mut filled = 0;
        let mut taken = 0;
        let letters = self.rest.chars().take_while(|&letter| is_letter(letter) || is_apostrophe(letter));
        for letter in letters {
            taken += letter.len_utf8();
            if is_apostrophe(letter) && is_elided(&buffer[..filled]) {
                break;
            }
            if is_combining(letter) || is_apostrophe(letter) {
                continue;
            }
            let letter = lexicon::fold(letter);
            letter.encode_utf8(buffer.get_mut(filled..filled + letter.len_utf8())?);
            filled += letter.len_utf8();
        }
        let word = std::str::from_utf8(&buffer[..filled]).ok()?;
        let rest = &self.rest[taken..];
        if let Some((meaning, rest)) = dotted_half_of_day(word, rest) {
            self.rest = rest;
            return Some(meaning);
        }
        self.rest = rest;
        lexicon::meaning(word)
    }
}

/// `a.m.`, `p.m.`
fn dotted_half_of_day<'a>(word: &str, rest: &'a str) -> Option<(Meaning, &'a str)> {
    let meaning = match word {
        "a" => Meaning::Morning,
        "p" => Meaning::Afternoon,
        _ => return None,
    };
    let rest = rest.strip_prefix(".m").or_else(|| rest.strip_prefix(".M"))?;
    Some((meaning, rest.strip_prefix('.').unwrap_or(rest)))
}

fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    (c.is_alphabetic() || is_combining(c) || c == '°') && mark(c).is_none()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

/// `d'abril`, `dell'agosto`: what stands before the apostrophe is a word of its own.
fn is_elided(word: &[u8]) -> bool {
    matches!(word, b"d" | b"l" | b"dell")
}

fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn mark(c: char) -> Option<Mark> {
    Some(match c {
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Mark::Dash,
        '/' => Mark::Slash,
        '.' => Mark::Dot,
        ',' | '、' | '，' => Mark::Comma,
        ':' | '：' => Mark::Colon,
        '+' => Mark::Plus,
        '|' | '@' | '·' | '•' => Mark::Divider,
        '年' | '년' => Mark::Year,
        '月' | '월' => Mark::Month,
        '日' | '일' => Mark::Day,
        _ => return None,
    })
}
