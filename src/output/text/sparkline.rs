//! A row of values as one line of marks.

use crate::output::text::layout::thousands;
use crate::text::calendar::Interval;

const MARKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One mark for each value, the highest for the largest of them: a blank where there is none, a dot for 0, and at
/// least a sliver for what is there at all.
pub(in crate::output) fn sparkline(values: &[Option<f64>]) -> String {
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    values.iter().map(|value| value.map_or(' ', |value| mark(value, most))).collect()
}

fn mark(value: f64, most: f64) -> char {
    if value <= 0.0 {
        return '.';
    }
    let eighths = (value / most * MARKS.len() as f64).ceil() as usize;
    MARKS[eighths.clamp(1, MARKS.len()) - 1]
}

/// How many values share a mark, so that all of them fit into so many columns.
pub(in crate::output) fn values_of_mark(values: usize, columns: usize) -> usize {
    values.div_ceil(columns.max(1)).max(1)
}

/// What a mark stands for: `each mark is 3 months`.
pub(in crate::output) fn legend(values: usize, interval: Interval) -> String {
    match values {
        1 => format!("each mark is a {}", interval.as_str()),
        _ => format!("each mark is {} {}s", thousands(values as u64), interval.as_str()),
    }
}

/// A number with as many digits as say something.
pub(in crate::output) fn figure(value: f64) -> String {
    match value {
        value if value.fract() == 0.0 => thousands(value as u64),
        value if value < 0.1 => format!("{value:.4}"),
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => thousands(value.round() as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_relative_to_the_largest() {
        let cases: &[(&[Option<f64>], &str)] = &[
            (&[], ""),
            (&[None, Some(0.0), None], " . "),
            (&[Some(1.0), Some(2.0), Some(4.0), Some(8.0)], "▁▂▄█"),
            (&[Some(0.001), Some(100.0), Some(0.0)], "▁█."),
            (&[Some(f64::MIN_POSITIVE)], "█"),
        ];
        for (values, expected) in cases {
            assert_eq!(sparkline(values), *expected, "{values:?}");
        }
    }

    #[test]
    fn values_are_shared_to_fit() {
        for (values, columns, expected) in [(0, 80, 1), (80, 80, 1), (81, 80, 2), (2_400, 76, 32), (9, 0, 9)]
        {
            assert_eq!(values_of_mark(values, columns), expected);
        }
        assert_eq!(legend(1, Interval::Week), "each mark is a week");
        assert_eq!(legend(32, Interval::Month), "each mark is 32 months");
    }

    #[test]
    fn figures_are_short() {
        let cases = [(0.0, "0"), (0.01234, "0.0123"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,235")];
        for (value, expected) in cases {
            assert_eq!(figure(value), expected);
        }
    }
}
