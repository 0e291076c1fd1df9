//! A [`Cursor`] as text: opaque to people, a letter for the order, 48 hexadecimal digits, and 8 more in the rare case
//! of repeats.

use std::fmt;

use crate::article::ArticleId;
use crate::search::{Cursor, Sort};

/// The letter of each order.
const LETTERS: &[(char, Sort)] =
    &[('r', Sort::Relevance), ('o', Sort::Oldest), ('n', Sort::Newest), ('t', Sort::Title)];
const DIGITS: usize = 16;
const REPEATS_DIGITS: usize = 8;

impl Cursor {
    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Cursor> {
        let letter = text.chars().next()?;
        let sort = LETTERS.iter().find(|(known, _)| *known == letter)?.1;
        let text = &text[1..];
        let is_cursor = text.bytes().all(|b| b.is_ascii_hexdigit());
        let (keys, repeats) = text.split_at_checked(3 * DIGITS).filter(|_| is_cursor)?;
        let repeats = match repeats.len() {
            0 => 0,
            REPEATS_DIGITS => u32::from_str_radix(repeats, 16).ok()?,
            _ => return None,
        };
        let part = |number: usize| {
            let digits = keys.get(number * DIGITS..(number + 1) * DIGITS)?;
            u64::from_str_radix(digits, 16).ok()
        };
        let primary = Some(f64::from_bits(part(0)?)).filter(|primary| !primary.is_nan())?;
        Some(Cursor { sort, primary, timestamp: part(1)?.cast_signed(), id: ArticleId(part(2)?), repeats })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = LETTERS.iter().find(|(_, sort)| *sort == self.sort).map_or('r', |(letter, _)| *letter);
        write!(
            f,
            "{letter}{:016x}{:016x}{}",
            self.primary.to_bits(),
            self.timestamp.cast_unsigned(),
            self.id
        )?;
        if self.repeats > 0 { write!(f, "{:08x}", self.repeats) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for (primary, timestamp, id) in [(12.5, -1, 0), (0.0, i64::MAX, u64::MAX), (-1e300, i64::MIN, 7)] {
            for (repeats, (_, sort)) in [0, 1, u32::MAX, 2].into_iter().zip(LETTERS) {
                let cursor = Cursor { sort: *sort, primary, timestamp, id: ArticleId(id), repeats };
                assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
            }
        }
    }

    #[test]
    fn other_text_is_no_cursor() {
        let nan = format!("r{:016x}{:032x}", f64::NAN.to_bits(), 0);
        let cases = [
            "",
            "abc",
            "+00000000000000f",
            &"g".repeat(48),
            &"0".repeat(48),
            &format!("r{}", "0".repeat(47)),
            &format!("r{}", "0".repeat(49)),
            &format!("x{}", "0".repeat(48)),
            &format!("r{}", "é".repeat(24)),
            &"é".repeat(24),
            &nan,
        ];
        for text in cases {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
