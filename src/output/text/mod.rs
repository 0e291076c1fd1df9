//! Answers for reading: in a terminal of any width, with or without colour, and in a pipe.
//!
//! Matches are bold with colour and unmarked without, as users of grep expect of a pipe. The time taken and the hint
//! to the next page appear on a terminal only, so that the same index gives the same bytes to a script.

use std::io::{self, Write};

use crate::output::fields::HitField;
use crate::output::{Answer, Format, Options, Printer, Style, explain};
use crate::search::Hit;

pub(super) mod facets;
mod histogram;
mod hits;
pub(super) mod layout;
pub(super) mod sparkline;
pub(super) mod suggestions;
mod tree;

use layout::{Block, Paint, block, line, plain};

/// For reading.
pub struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }
    fn about(&self) -> &'static str {
        "for reading: titles, passages, facets"
    }
    fn default_fields(&self) -> &'static [HitField] {
        &[]
    }
    fn printer(&self, options: Options) -> Box<dyn Printer> {
        Box::new(TextPrinter { style: options.style, printed: 0, rank_width: 1 })
    }
}

struct TextPrinter {
    style: Style,
    printed: usize,
    rank_width: usize,
}

impl Printer for TextPrinter {
    fn begin(&mut self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        write_warnings(answer, &self.style, out)?;
        let is_rest = !answer.request.except.is_empty();
        let header = match answer.response.total {
            0 if is_rest => format!("nothing new for {}", answer.input.trim()),
            0 => format!("nothing found for {}", answer.input.trim()),
            _ => format!("{}{}", window(answer), answer.total()),
        };
        let taken = if self.style.terminal { format!(" · {:.1} ms", answer.took_ms) } else { String::new() };
        line(out, &self.style, Paint::Plain, &format!("{header}{taken}"))?;
        if is_rest { Ok(()) } else { suggestions::write_suggestions(answer, &self.style, out) }
    }

    fn hits(&mut self, hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
        let widest = hits.iter().map(|hit| hit.rank).max().unwrap_or(0).to_string().len();
        self.rank_width = self.rank_width.max(widest);
        for hit in hits {
            writeln!(out)?;
            hits::write_hit(hit, self.rank_width, &self.style, out)?;
        }
        self.printed += hits.len();
        Ok(())
    }

    fn end(&mut self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        if let Some(explained) = &answer.response.explanation {
            writeln!(out)?;
            explain::write_words(answer.understood, explained, &self.style, out)?;
            for (hit, explanation) in answer.response.hits.iter().zip(&explained.hits) {
                explain::write_score(hit.rank, explanation, &self.style, out)?;
            }
        }
        for facet in &answer.response.facets {
            writeln!(out)?;
            facets::write_facet(facet, facets::Rows::Some, &self.style, out)?;
        }
        match answer.response.next {
            Some(next) if self.style.terminal && self.printed > 0 => {
                let page = &answer.request.page;
                let hint = match page.after {
                    None => format!("next page: --offset {}", page.offset + self.printed),
                    Some(_) => format!("next page: --after {next}"),
                };
                writeln!(out)?;
                line(out, &self.style, Paint::Dim, &hint)
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Which of the articles these are, when they are not the first.
fn window(answer: &Answer<'_>) -> String {
    match (answer.response.hits.first(), answer.response.hits.last()) {
        (Some(first), Some(last)) if first.rank > 1 => {
            format!("{} to {} of ", layout::thousands(first.rank), layout::thousands(last.rank))
        }
        (Some(_), Some(_)) => String::new(),
        (None, _) | (_, None) => match &answer.request.page {
            page if page.limit > 0 && page.offset > 0 => {
                format!("no hits behind --offset {}, of ", page.offset)
            }
            _ => String::new(),
        },
    }
}

/// What was repaired or assumed, and what the query then means.
pub(super) fn write_warnings(answer: &Answer<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_told(answer.all_warnings(), answer.is_replaced, answer.understood, style, out)
}

/// Warnings, and what the query then means; that as well when it `differs` without any.
pub(super) fn write_told<'a>(
    warnings: impl Iterator<Item = &'a str>,
    mut differs: bool,
    understood: &str,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for warning in warnings {
        let shape = Block { indent: 2, base: Paint::Warning, ..Block::HANGING };
        block(out, style, &plain(&format!("warning: {warning}")), &shape)?;
        differs = true;
    }
    if differs {
        let shape = Block { indent: 2, base: Paint::Dim, ..Block::HANGING };
        block(out, style, &plain(&format!("understood as: {understood}")), &shape)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::output::samples::*;
    use crate::search::SearchResponse;
    use crate::text::calendar::Interval;

    fn text(style: Style, found: &SearchResponse) -> String {
        render("text", options(style), &request(), found)
    }

    #[test]
    fn answers_look_as_they_should() {
        for (name, style) in [("pipe", PIPE), ("screen", SCREEN), ("narrow", NARROW)] {
            golden(&format!("query_{name}.txt"), text(style, &response()).as_bytes());
        }
    }

    #[test]
    fn an_empty_answer_says_so_and_what_was_repaired() {
        let found = SearchResponse {
            warnings: vec!["unbalanced quote closed at the end".into()],
            ..Default::default()
        };
        golden("query_nothing.txt", text(PIPE, &found).as_bytes());
    }

    #[test]
    fn a_long_histogram_is_cut_in_the_middle_and_says_so() {
        let counts: Vec<u64> = (0..100).map(|month| month % 7 * 30).collect();
        let facets = vec![dates(Interval::Month, day(1971, 4, 1), &counts)];
        let found = SearchResponse { total: 9000, facets, ..Default::default() };
        let shown = text(PIPE, &found);
        golden("query_histogram.txt", shown.as_bytes());
        assert!(shown.contains("⋮ 60 more months with"), "{shown}");
    }

    #[test]
    fn later_pages_say_where_they_are() {
        let mut found = response();
        for (hit, rank) in found.hits.iter_mut().zip(998..) {
            hit.rank = rank;
        }
        let mut asked = request();
        asked.page.offset = 997;
        let shown = render("text", options(NARROW), &asked, &found);
        assert!(shown.starts_with("998 to 1,000 of 1,214 articles"), "{shown}");
        assert!(shown.contains("\n  998  Coal") && shown.contains("\n 1000  Letters"), "{shown}");
        assert!(shown.ends_with("next page: --offset 1000\n"), "{shown}");
    }

    #[test]
    fn pages_are_streamed_as_one_answer() {
        let found = response();
        let asked = request();
        let answer = answer(&asked, &found);
        for format in crate::output::FORMATS {
            let mut printer = format.printer(options(PIPE));
            let mut paged = Vec::new();
            printer.begin(&answer, &mut paged).unwrap();
            for page in found.hits.chunks(1) {
                printer.hits(page, &mut paged).unwrap();
            }
            printer.end(&answer, &mut paged).unwrap();
            let whole = render(format.name(), options(PIPE), &asked, &found);
            assert_eq!(String::from_utf8(paged).unwrap(), whole, "{}", format.name());
        }
    }

    #[test]
    fn every_line_fits_but_those_to_copy() {
        for style in [PIPE, NARROW] {
            for row in text(style, &response()).lines().filter(|row| !row.contains(" · ")) {
                let width = unicode_width::UnicodeWidthStr::width(row);
                assert!(width <= style.width, "{width} columns: {row}");
            }
        }
    }

    #[test]
    fn nothing_hostile_reaches_a_terminal() {
        let evil = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\rabc\0";
        let mut found = response();
        let hit = &mut found.hits[0];
        hit.title = passage(&format!("[{evil}] {evil}"));
        hit.snippets[0].passage = passage(&format!("{evil} [{evil}]"));
        hit.place.path = evil.to_owned();
        hit.tags = vec![evil.to_owned()];
        hit.authors = vec![evil.to_owned()];
        hit.source = evil.to_owned();
        hit.url = Some(evil.to_owned());
        hit.key = evil.to_owned();
        found.warnings = vec![evil.to_owned()];
        for format in crate::output::FORMATS {
            let shown = render(format.name(), options(PIPE), &request(), &found);
            let active =
                shown.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t') || *c == '\u{202e}');
            assert_eq!(active, None, "{}: {shown:?}", format.name());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn no_text_and_no_width_panics(
            title in any::<String>(), body in any::<String>(), from in 0..40usize, to in 0..40usize, width in 0..200usize,
        ) {
            let mut found = response();
            found.hits[0].title.text = title;
            found.hits[0].snippets[0].passage.text = body;
            found.hits[0].snippets[0].passage.spans = vec![from..to, to..from];
            for color in [true, false] {
                for format in crate::output::FORMATS {
                    render(format.name(), options(Style { color, width, terminal: true }), &request(), &found);
                }
            }
        }
    }
}
