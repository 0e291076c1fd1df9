//! Text in columns: wrapping, padding, colours, numbers. A column is what `unicode-width` says (UAX 11).

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::Style;
use crate::search::Passage;
pub(in crate::output) use crate::text::numbers::thousands;
use crate::text::sanitize::visible;

/// Longer lines are hard to read, however wide the terminal.
const LONGEST_LINE: usize = 100;
/// Below this, lines are cut by the terminal instead.
const SHORTEST_LINE: usize = 16;

/// What a piece of text is, for colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::output) enum Paint {
    /// Running text.
    Plain,
    /// Titles and headings.
    Bold,
    /// What stands back.
    Dim,
    /// What matched.
    Match,
    /// What the reader must notice.
    Warning,
}

impl Paint {
    fn ansi(self) -> Ansi {
        match self {
            Paint::Plain => Ansi::new(),
            Paint::Bold => Ansi::new().bold(),
            Paint::Dim => Ansi::new().dimmed(),
            Paint::Match => Ansi::new().bold().fg_color(Some(AnsiColor::Red.into())),
            Paint::Warning => Ansi::new().fg_color(Some(AnsiColor::Yellow.into())),
        }
    }
}

/// Writes text that is already visible.
pub(in crate::output) fn paint(
    out: &mut dyn Write,
    style: &Style,
    paint: Paint,
    text: &str,
) -> io::Result<()> {
    if !style.color || paint == Paint::Plain || text.is_empty() {
        return out.write_all(text.as_bytes());
    }
    let ansi = paint.ansi();
    write!(out, "{ansi}{text}{ansi:#}")
}

/// Writes raw text as one line, however long.
pub(in crate::output) fn line(
    out: &mut dyn Write,
    style: &Style,
    color: Paint,
    text: &str,
) -> io::Result<()> {
    paint(out, style, color, &visible(text))?;
    writeln!(out)
}

/// The shape of a wrapped text.
#[derive(Debug, Clone, Copy)]
pub(in crate::output) struct Block {
    /// Columns before each line.
    pub(in crate::output) indent: usize,
    /// Whether the first line begins where the cursor is: at the margin, or behind what was written in the indent.
    pub(in crate::output) hanging: bool,
    /// Lines at most; the last then ends with `…`.
    pub(in crate::output) lines: usize,
    /// How the text looks.
    pub(in crate::output) base: Paint,
}

impl Block {
    /// Plain text, indented from the first line on.
    pub(in crate::output) const INDENTED: Block =
        Block { indent: 0, hanging: false, lines: usize::MAX, base: Paint::Plain };
    /// Plain text, indented from the second line on.
    pub(in crate::output) const HANGING: Block =
        Block { indent: 0, hanging: true, lines: usize::MAX, base: Paint::Plain };
}

/// Writes raw text wrapped to the width, with what matched in it.
pub(in crate::output) fn block(
    out: &mut dyn Write,
    style: &Style,
    passage: &Passage,
    shape: &Block,
) -> io::Result<()> {
    let passage = made_visible(passage);
    let columns = style.width.min(LONGEST_LINE).saturating_sub(shape.indent).max(SHORTEST_LINE);
    let lines = wrap(&passage.text, columns);
    let shown = lines.len().min(shape.lines);
    for (number, range) in lines[..shown].iter().enumerate() {
        if number > 0 || !shape.hanging {
            write!(out, "{:1$}", "", shape.indent)?;
        }
        let cut = number + 1 == shown && shown < lines.len();
        if cut {
            let text = &passage.text[range.start..];
            paint(out, style, shape.base, &fit(text, columns))?;
        } else {
            write_marked(out, style, &passage, range.clone(), shape.base)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Text in which nothing matched.
pub(in crate::output) fn plain(text: &str) -> Passage {
    Passage { text: text.to_owned(), spans: Vec::new() }
}

fn write_marked(
    out: &mut dyn Write,
    style: &Style,
    passage: &Passage,
    line: Range<usize>,
    base: Paint,
) -> io::Result<()> {
    let mut at = line.start;
    for span in &passage.spans {
        let (start, end) = (span.start.clamp(at, line.end), span.end.clamp(at, line.end));
        if start < end {
            paint(out, style, base, &passage.text[at..start])?;
            paint(out, style, Paint::Match, &passage.text[start..end])?;
            at = end;
        }
    }
    paint(out, style, base, &passage.text[at..line.end])
}

/// The passage as it may be printed, its spans moved along.
fn made_visible(passage: &Passage) -> Passage {
    let mut shown = Passage { text: String::with_capacity(passage.text.len()), spans: Vec::new() };
    let mut at = 0;
    for span in &passage.spans {
        let (Some(before), Some(inside)) = (passage.text.get(at..span.start), passage.text.get(span.clone()))
        else {
            continue;
        };
        shown.text.push_str(&visible(before));
        let start = shown.text.len();
        shown.text.push_str(&visible(inside));
        shown.spans.push(start..shown.text.len());
        at = span.end;
    }
    shown.text.push_str(&visible(&passage.text[at..]));
    shown
}

/// The lines of `text` as byte ranges without the blanks at their ends, each at most `columns` wide.
fn wrap(text: &str, columns: usize) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut used = 0;
    for piece in pieces(text, columns) {
        let gap = lines.last().map_or(0, |line| text[line.end..piece.range.start].width());
        match lines.last_mut() {
            Some(line) if used + gap + piece.columns <= columns => {
                line.end = piece.range.end;
                used += gap + piece.columns;
            }
            Some(_) | None => {
                used = piece.columns;
                lines.push(piece.range);
            }
        }
    }
    lines
}

/// A part of a text that stays on one line.
struct Piece {
    range: Range<usize>,
    columns: usize,
}

/// Words, or single wide characters: Chinese and Japanese are written without blanks (UAX 14, class ID). A word
/// wider than a line is cut.
fn pieces(text: &str, columns: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let width = c.width().unwrap_or(0);
        let end = at + c.len_utf8();
        match pieces.last_mut() {
            _ if c.is_whitespace() => {}
            Some(piece)
                if before.is_some_and(|before| !may_break(before, c)) && piece.columns + width <= columns =>
            {
                piece.range.end = end;
                piece.columns += width;
            }
            Some(_) | None => pieces.push(Piece { range: at..end, columns: width }),
        }
        before = Some(c);
    }
    pieces
}

/// Marks that do not begin a line, and those that do not end one (JIS X 4051).
const CLOSING: &str = "、。，．・：；！？）」』】》〉〕］｝ー々…”’";
const OPENING: &str = "（「『【《〈〔［｛“‘";

fn may_break(before: char, after: char) -> bool {
    let wide = |c: char| c.width() == Some(2);
    before.is_whitespace()
        || ((wide(before) || wide(after)) && !CLOSING.contains(after) && !OPENING.contains(before))
            && after.width() != Some(0)
}

/// Visible text cut to so many columns, with `…` for what is missing.
pub(in crate::output) fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let mut used = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        used += c.width().unwrap_or(0);
        (used + 1 > columns).then_some(at)
    });
    Cow::Owned(format!("{}…", text[..end.unwrap_or(text.len())].trim_end()))
}

/// Visible text with blanks up to so many columns.
pub(in crate::output) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{:1$}", "", columns.saturating_sub(text.width()))
}

/// `1 article`, `3,120 articles`.
pub(in crate::output) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// `812 B`, `1.2 kB`, `34.5 MB`: powers of 1000, as disks are sold and `du --si` counts.
pub(in crate::output) fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if number < 1000 {
        return format!("{number} B");
    }
    let mut value = number as f64 / 1000.0;
    let mut unit = 0;
    // 999.95 would be rounded to 1000.0 of the same unit.
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A bar for `count`, as long as `columns` for `most`; what is there at all is at least a sliver.
pub(in crate::output) fn bar(count: u64, most: u64, columns: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if count == 0 || most == 0 {
        return String::new();
    }
    let eighths = (u128::from(count) * columns as u128 * 8).div_ceil(u128::from(most)) as usize;
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str, columns: usize) -> Vec<&str> {
        wrap(text, columns).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn text_is_wrapped_by_columns() {
        let cases: &[(&str, usize, &[&str])] = &[
            ("", 10, &[]),
            ("   ", 10, &[]),
            ("coal and gas", 8, &["coal and", "gas"]),
            ("coal and gas", 7, &["coal", "and gas"]),
            ("a  b", 4, &["a  b"]),
            ("electrification", 6, &["electr", "ificat", "ion"]),
            ("of electrification", 6, &["of", "electr", "ificat", "ion"]),
            ("気候変動と石炭", 6, &["気候変", "動と石", "炭"]),
            ("気候変動、石炭", 8, &["気候変", "動、石炭"]),
            ("e\u{301}te\u{301}", 3, &["e\u{301}te\u{301}"]),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(lines(text, *columns), *expected, "{text:?} in {columns}");
        }
    }

    #[test]
    fn text_is_cut_and_padded_by_columns() {
        assert_eq!(fit("coal", 4), "coal");
        assert_eq!(fit("coal mine", 6), "coal…");
        assert_eq!(fit("気候変動", 5), "気候…");
        assert_eq!(fit("気候変動", 0), "…");
        assert_eq!(pad("気候", 6), "気候  ");
        assert_eq!(pad("coal", 2), "coal");
    }

    #[test]
    fn numbers_are_for_reading() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        for (number, expected) in cases {
            assert_eq!(thousands(number), expected);
        }
        let cases = [
            (999, "999 B"),
            (1000, "1.0 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (u64::MAX, "18446.7 PB"),
        ];
        for (number, expected) in cases {
            assert_eq!(bytes(number), expected);
        }
        assert_eq!(counted(1, "article", "articles"), "1 article");
        assert_eq!(counted(0, "article", "articles"), "0 articles");
    }

    #[test]
    fn bars_are_never_longer_than_their_columns() {
        let cases = [
            (0, 9, ""),
            (1, 1_000_000, "▏"),
            (1, 2, "█████"),
            (9, 9, "██████████"),
            (u64::MAX, u64::MAX, "██████████"),
        ];
        for (count, most, expected) in cases {
            assert_eq!(bar(count, most, 10), expected);
        }
    }

    #[test]
    fn spans_outside_the_text_do_no_harm() {
        let passage = Passage { text: "é".to_owned(), spans: vec![1..2, 5..9] };
        assert_eq!(made_visible(&passage), plain("é"));
    }

    proptest! {
        #[test]
        fn wrapping_keeps_every_word_and_the_width(text in "\\PC{0,80}", columns in 2..40usize) {
            let lines = lines(&text, columns);
            let kept: String = lines.concat().split_whitespace().collect();
            prop_assert_eq!(kept, text.split_whitespace().collect::<String>());
            for line in lines {
                let width: usize = line.chars().filter_map(char::width).sum();
                prop_assert!(width <= columns, "{:?} is {} wide", line, width);
            }
        }
    }
}
