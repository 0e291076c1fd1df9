//! The number values of the query language: what may stand behind `words:`.

use crate::query::NumberRange;

/// Why a number value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NumberRangeError {
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

const FORMS: &str = "write a number (500), a range (100..500, ..200, [100 TO 500]) or a bound (>500, >=500, <500, <=500), \
     in digits alone";

/// Which numbers a sign before one means.
type Bound = fn(u64) -> Option<NumberRange>;

/// Longer signs first.
const BOUNDS: &[(&str, Bound)] = &[
    (">=", |number| Some(NumberRange { from: Some(number), to: None })),
    (">", |number| Some(NumberRange { from: Some(number.checked_add(1)?), to: None })),
    ("<=", |number| Some(NumberRange { from: None, to: Some(number) })),
    ("<", |number| Some(NumberRange { from: None, to: Some(number.checked_sub(1)?) })),
];

/// Reads the value behind a number field.
///
/// - one number: `500`;
/// - two ends, either of which may be open: `100..500`, `..200`, `500..`, `[100 TO 500]` with both, `{100 TO 500}`
///   without, `*` for an open one;
/// - bounds: `>500`, `>=500`, `<500`, `<=500`.
pub fn parse_numbers(text: &str) -> Result<NumberRange, NumberRangeError> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix(['[', '{']) {
        return bracketed(inner, text.starts_with('{'));
    }
    for &(sign, bound) in BOUNDS {
        if let Some(operand) = text.strip_prefix(sign) {
            return bound(number(operand.trim())?).ok_or_else(|| nothing_fits(text));
        }
    }
    match text.split_once("..") {
        Some((from, to)) => in_order(end(from)?, end(to)?),
        None => number(text).map(|only| NumberRange { from: Some(only), to: Some(only) }),
    }
}

/// `100 TO 500]`, the opening bracket taken.
fn bracketed(inner: &str, without_first: bool) -> Result<NumberRange, NumberRangeError> {
    let unreadable = || NumberRangeError {
        message: "the bracket does not hold a range".to_owned(),
        hint: "write [100 TO 500]".to_owned(),
    };
    let without_last = inner.ends_with('}');
    let inner = inner.strip_suffix([']', '}']).ok_or_else(unreadable)?;
    let words: Vec<&str> = inner.split_whitespace().collect();
    let [from, to, last] = words.as_slice() else { return Err(unreadable()) };
    if !to.eq_ignore_ascii_case("to") {
        return Err(unreadable());
    }
    let (from, to) = (end(from)?, end(last)?);
    let nothing = || nothing_fits(inner);
    let inside = |number: Option<u64>, leave_out: bool, next: fn(u64) -> Option<u64>| match number {
        Some(number) if leave_out => next(number).map(Some).ok_or_else(nothing),
        number => Ok(number),
    };
    in_order(
        inside(from, without_first, |number| number.checked_add(1))?,
        inside(to, without_last, |number| number.checked_sub(1))?,
    )
}

fn in_order(from: Option<u64>, to: Option<u64>) -> Result<NumberRange, NumberRangeError> {
    match (from, to) {
        (Some(first), Some(last)) if first > last => Err(NumberRangeError {
            message: format!("no number lies between {first} and {last}"),
            hint: format!("the smaller one comes first: {last}..{first}"),
        }),
        _ => Ok(NumberRange { from, to }),
    }
}

/// `None` for an open end.
fn end(text: &str) -> Result<Option<u64>, NumberRangeError> {
    match text.trim() {
        "" | "*" => Ok(None),
        text => number(text).map(Some),
    }
}

fn number(text: &str) -> Result<u64, NumberRangeError> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let message = if is_number { "is too large a number" } else { "is not a number" };
    let read = if is_number { text.parse().ok() } else { None };
    read.ok_or_else(|| NumberRangeError { message: format!("{text:?} {message}"), hint: FORMS.to_owned() })
}

fn nothing_fits(text: &str) -> NumberRangeError {
    NumberRangeError { message: format!("no number fits {text:?}"), hint: FORMS.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_and_ranges() {
        let cases = [
            ("500", Some(500), Some(500)),
            (" 0 ", Some(0), Some(0)),
            ("100..500", Some(100), Some(500)),
            ("..200", None, Some(200)),
            ("200..", Some(200), None),
            ("..", None, None),
            (">500", Some(501), None),
            ("> 500", Some(501), None),
            (">=500", Some(500), None),
            ("<500", None, Some(499)),
            ("<=500", None, Some(500)),
            ("[100 TO 500]", Some(100), Some(500)),
            ("[100 to *]", Some(100), None),
            ("{100 TO 500}", Some(101), Some(499)),
            ("{100 TO 500]", Some(101), Some(500)),
            ("18446744073709551615", Some(u64::MAX), Some(u64::MAX)),
        ];
        for (text, from, to) in cases {
            assert_eq!(parse_numbers(text), Ok(NumberRange { from, to }), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_told() {
        let cases = [
            ("", "not a number"),
            ("many", "not a number"),
            ("-5", "not a number"),
            ("1,000", "not a number"),
            ("1e3", "not a number"),
            ("1.5", "not a number"),
            ("5..many", "not a number"),
            ("18446744073709551616", "too large"),
            (">18446744073709551615", "no number fits"),
            ("<0", "no number fits"),
            ("{0 TO 0}", "no number fits"),
            ("500..100", "between 500 and 100"),
            ("{4 TO 5}", "between 5 and 4"),
            ("[100", "bracket"),
            ("[100]", "bracket"),
            ("[1 OR 2]", "bracket"),
        ];
        for (text, part) in cases {
            let message = parse_numbers(text).map_err(|error| error.message);
            assert!(message.as_ref().is_err_and(|message| message.contains(part)), "{text} {message:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in r"([\[\]{}<>=. 0-9*]|TO|é){0,20}") {
            let _ = parse_numbers(&text);
        }
    }
}
