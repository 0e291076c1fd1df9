//! A [`Cursor`] as text: opaque to people, 48 hexadecimal digits.

use std::fmt;

use crate::article::ArticleId;
use crate::search::Cursor;

const DIGITS: usize = 16;

impl Cursor {
    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Cursor> {
        let is_cursor = text.len() == 3 * DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
        let part = |number: usize| {
            let digits = text.get(number * DIGITS..(number + 1) * DIGITS)?;
            u64::from_str_radix(digits, 16).ok()
        };
        if !is_cursor {
            return None;
        }
        let primary = Some(f64::from_bits(part(0)?)).filter(|primary| !primary.is_nan())?;
        Some(Cursor { primary, timestamp: part(1)?.cast_signed(), id: ArticleId(part(2)?) })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}{}", self.primary.to_bits(), self.timestamp.cast_unsigned(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for (primary, timestamp, id) in [(12.5, -1, 0), (0.0, i64::MAX, u64::MAX), (-1e300, i64::MIN, 7)] {
            let cursor = Cursor { primary, timestamp, id: ArticleId(id) };
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
    }

    #[test]
    fn other_text_is_no_cursor() {
        let nan = format!("{:016x}{:032x}", f64::NAN.to_bits(), 0);
        let cases = ["", "abc", "+00000000000000f", &"g".repeat(48), &"0".repeat(47), &"é".repeat(24), &nan];
        for text in cases {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
