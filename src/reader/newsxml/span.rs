//! Dates of TEI: a day, or days between which something lies (TEI P5, `att.datable`).

use crate::reader::xml::Tag;
use crate::text::calendar::{DateSpan, Precision};
use crate::text::dates::{self, DayOrder};

/// Pairs of attributes that give the two ends of a span.
const ENDS: &[(&str, &str)] =
    &[("from", "to"), ("notBefore", "notAfter"), ("from-iso", "to-iso"), ("notBefore-iso", "notAfter-iso")];

/// Spans of more years tell nothing about when something was published.
const MOST_YEARS: i32 = 30;

/// The date that an element states by its attributes, else in its words.
pub(super) fn read(tag: &Tag<'_>, written: &str) -> Option<DateSpan> {
    let attribute = |name: &str| date(&tag.attribute(name)?);
    let exact = attribute("when").or_else(|| attribute("when-iso"));
    let between = || ENDS.iter().find_map(|(from, to)| span(attribute(from)?, attribute(to)?));
    exact.or_else(between).or_else(|| date(written))
}

fn date(text: &str) -> Option<DateSpan> {
    dates::parse(text.trim(), DayOrder::Unknown)
}

/// From the first day of one to the last day of the other.
fn span(from: DateSpan, to: DateSpan) -> Option<DateSpan> {
    if from.from == to.to {
        return Some(from);
    }
    let ((first, month, _), (last, last_month, _)) = (from.from.ymd(), to.to.ymd());
    let in_order = from.from < to.to && last - first <= MOST_YEARS;
    let is_whole_years = from.precision == Precision::Year && to.precision == Precision::Year;
    let precision = if is_whole_years || (first, month) != (last, last_month) && first != last {
        Precision::Year
    } else {
        Precision::Month
    };
    in_order.then_some(DateSpan { from: from.from, to: to.to, precision, time: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::xml::{Event, Events};

    #[test]
    fn dates_are_read() {
        for (source, expected) in [
            ("<date when='1912-03-04'>yesterday</date>", Some("1912-03-04 1912-03-04 day")),
            ("<date when='1912'/>", Some("1912-01-01 1912-12-31 year")),
            ("<date notBefore='1912-03' notAfter='1912-05'/>", Some("1912-03-01 1912-05-31 month")),
            ("<date from='1893' to='1897'/>", Some("1893-01-01 1897-12-31 year")),
            ("<date notBefore='1912'>4 March 1912</date>", Some("1912-03-04 1912-03-04 day")),
            ("<date from='1700' to='1900'/>", None),
            ("<date from='1912' to='1910'/>", None),
            ("<date when='soon'/>", None),
        ] {
            let mut events = Events::new(source);
            let Some(Event::Start(tag)) = events.next() else { panic!("no start") };
            let found = read(&tag, &events.text());
            let found = found.map(|date| format!("{} {} {}", date.from, date.to, date.precision.as_str()));
            assert_eq!(found.as_deref(), expected, "{source}");
        }
    }
}
