//! Keyword in context: lines with the match in one column for reading, rows for analysis.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::article::ArticleId;
use crate::output::json::{DateView, QueryView, Shown, append, write_line};
use crate::output::table::{Syntax, write_rows};
use crate::output::text::layout::{Paint, counted, fit, line, pad, paint, thousands};
use crate::output::text::write_told;
use crate::output::{Question, Style};
use crate::search::Context;
use crate::search::kwic::{KwicLine, KwicTotals};
use crate::text::sanitize::visible;

/// The shape of the answer.
pub const KWIC_SCHEMA: &str = "backfile.kwic/1";

/// The ways to print lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KwicFormat {
    /// For reading.
    Text,
    /// One object.
    Json,
    /// A line each, then a summary.
    JsonLines,
    /// Comma separated values.
    Csv,
    /// Tab separated values.
    Tsv,
}

impl KwicFormat {
    /// Every format by its name; the first is the usual one.
    pub const ALL: [(&'static str, KwicFormat); 5] = [
        ("text", KwicFormat::Text),
        ("json", KwicFormat::Json),
        ("jsonl", KwicFormat::JsonLines),
        ("csv", KwicFormat::Csv),
        ("tsv", KwicFormat::Tsv),
    ];
}

/// The columns of the tables.
const COLUMNS: [&str; 9] = ["id", "date", "source", "title", "left", "match", "right", "offset", "field"];

/// Prints the lines in many pages: [`begin`](KwicPrinter::begin), then [`lines`](KwicPrinter::lines) for each page,
/// then [`end`](KwicPrinter::end).
pub struct KwicPrinter {
    format: KwicFormat,
    style: Style,
    columns: Columns,
    any: bool,
}

impl KwicPrinter {
    /// A printer. `left` and `right` are the sizes that the user asked for; those in characters are kept to, whatever
    /// the width.
    pub fn new(
        format: KwicFormat,
        style: Style,
        left: Option<Context>,
        right: Option<Context>,
    ) -> KwicPrinter {
        KwicPrinter { format, style, columns: Columns::of(&style, left, right), any: false }
    }

    /// What stands before the lines.
    pub fn begin(&mut self, question: &Question, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            KwicFormat::Text => {
                let warnings = question.warnings.iter().map(String::as_str);
                write_told(warnings, question.is_replaced, &question.understood, &self.style, out)
            }
            // The object stays open for the lines.
            KwicFormat::Json => write!(out, "{{\"schema\":\"{KWIC_SCHEMA}\",\"lines\":["),
            KwicFormat::JsonLines => Ok(()),
            KwicFormat::Csv => write_rows(Syntax::Csv, header(), out),
            KwicFormat::Tsv => write_rows(Syntax::Tsv, header(), out),
        }
    }

    /// The lines of a page.
    pub fn lines(&mut self, lines: &[KwicLine], out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            KwicFormat::Text => {
                lines.iter().try_for_each(|line| self.columns.write(line, &self.style, out))?;
            }
            KwicFormat::Json => {
                for (number, line) in lines.iter().enumerate() {
                    out.write_all(if self.any || number > 0 { b",\n" } else { b"\n" })?;
                    let mut buffer = Vec::new();
                    append(&mut buffer, &LineView::of(line))?;
                    out.write_all(&buffer)?;
                }
            }
            KwicFormat::JsonLines => {
                lines.iter().try_for_each(|line| write_line(&LineView::of(line), out))?;
            }
            KwicFormat::Csv => write_rows(Syntax::Csv, lines.iter().map(cells), out)?,
            KwicFormat::Tsv => write_rows(Syntax::Tsv, lines.iter().map(cells), out)?,
        }
        self.any |= !lines.is_empty();
        Ok(())
    }

    /// What stands behind the lines.
    pub fn end(&mut self, question: &Question, totals: &KwicTotals, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            KwicFormat::Text => self.write_totals(question, totals, out),
            KwicFormat::Json => {
                let mut buffer = if self.any { b"\n]".to_vec() } else { b"]".to_vec() };
                let open = buffer.len();
                append(&mut buffer, &TotalsView::of(question, totals))?;
                buffer[open] = b',';
                buffer.push(b'\n');
                out.write_all(&buffer)
            }
            KwicFormat::JsonLines => {
                let totals = TotalsView::of(question, totals);
                write_line(&Summary { kind: "summary", schema: KWIC_SCHEMA, totals }, out)
            }
            KwicFormat::Csv | KwicFormat::Tsv => Ok(()),
        }
    }

    fn write_totals(&self, question: &Question, totals: &KwicTotals, out: &mut dyn Write) -> io::Result<()> {
        let warnings = totals.warnings.iter().map(String::as_str);
        write_told(warnings, question.is_replaced, &question.understood, &self.style, out)?;
        if self.any {
            writeln!(out)?;
        }
        line(out, &self.style, Paint::Plain, &summary(question, totals))
    }
}

fn summary(question: &Question, totals: &KwicTotals) -> String {
    let articles = counted(totals.articles, "article", "articles");
    match totals.counted {
        None => format!("the first {} matches of {articles}; --all has them all", thousands(totals.lines)),
        Some(all) if all.matches == 0 && totals.articles == 0 => {
            format!("nothing found for {}", question.input.trim())
        }
        Some(all) if all.matches == 0 && totals.warnings.is_empty() => {
            format!("0 matches in {articles}: none in what is shown of them; --field title,body shows both")
        }
        Some(all) => {
            let matches = counted(all.matches, "match", "matches");
            let shown = match totals.lines == all.matches {
                true => matches,
                false => format!("{} of {matches}", thousands(totals.lines)),
            };
            match all.articles == totals.articles {
                true => format!("{shown} in {articles}"),
                false => format!("{shown} in {} of {articles}", thousands(all.articles)),
            }
        }
    }
}

/// The columns of the lines for reading.
struct Columns {
    left: usize,
    right: usize,
    /// The short name is shown where there is room for it.
    id: bool,
}

/// `1974-05-17`; a wider span is cut.
const DATE: usize = 10;
const ID: usize = 16;
/// Blanks between columns.
const GAP: usize = 2;
/// Marks that belong to the word before them.
const CLOSING: [char; 16] =
    ['.', ',', ';', ':', '!', '?', ')', ']', '”', '’', '»', '…', '。', '、', '，', '」'];
/// From this width on there is room for the short name.
const WIDE: usize = 100;

impl Columns {
    fn of(style: &Style, left: Option<Context>, right: Option<Context>) -> Columns {
        let id = style.width >= WIDE;
        let before = DATE + GAP + if id { ID + GAP } else { 0 };
        let room = style.width.saturating_sub(before + GAP);
        // The match takes its room from the right.
        let usual_left = room.saturating_sub(GAP) * 2 / 5;
        let columns = |asked: Option<Context>| match asked {
            Some(Context::Chars(columns)) => Some(columns),
            Some(Context::Words(_)) | None => None,
        };
        let left = columns(left).unwrap_or(usual_left);
        let right = columns(right).map_or_else(|| room.saturating_sub(left), |right| right + room / 5);
        Columns { left, right, id }
    }

    fn write(&self, shown: &KwicLine, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        if self.id {
            paint(out, style, Paint::Dim, &format!("{}{:GAP$}", shown.id, ""))?;
        }
        paint(out, style, Paint::Dim, &pad(&fit(&date(shown), DATE), DATE))?;
        let left = visible(&shown.left);
        let left = last_columns(&left, self.left);
        write!(out, "{:1$}", "", GAP + self.left - left.width())?;
        paint(out, style, Paint::Plain, left)?;
        write!(out, "{:GAP$}", "")?;
        let matched = visible(&shown.matched);
        let matched = fit(&matched, self.right);
        paint(out, style, Paint::Match, &matched)?;
        let right = visible(&shown.right);
        let right = first_columns(&right, self.right.saturating_sub(matched.width() + GAP));
        if right.is_empty() {
            return writeln!(out);
        }
        let gap = if right.starts_with(CLOSING) { 0 } else { GAP };
        writeln!(out, "{:gap$}{right}", "")
    }
}

fn date(line: &KwicLine) -> String {
    line.published.map_or_else(String::new, |published| {
        let date = published.date.to_the_day();
        crate::article::Published { date, ..published }.to_string()
    })
}

/// The end of a text that fits into so many columns, whole characters with their marks.
fn last_columns(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        let width = c.width().unwrap_or(0);
        used += width;
        if used > columns {
            break;
        }
        // A mark stays with the character before it.
        if width > 0 {
            start = at;
        }
    }
    text[start..].trim_start()
}

/// The beginning of a text that fits into so many columns.
fn first_columns(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        used += c.width().unwrap_or(0);
        (used > columns).then_some(at)
    });
    text[..end.unwrap_or(text.len())].trim_end()
}

fn header() -> impl Iterator<Item = impl Iterator<Item = Cow<'static, str>>> {
    std::iter::once(COLUMNS.into_iter().map(Cow::Borrowed))
}

/// The cells of [`COLUMNS`].
fn cells(line: &KwicLine) -> impl Iterator<Item = Cow<'_, str>> {
    let date = line.published.map(|published| published.to_string()).unwrap_or_default();
    [
        line.id.to_string().into(),
        date.into(),
        line.source.as_str().into(),
        line.title.as_str().into(),
        line.left.as_str().into(),
        line.matched.as_str().into(),
        line.right.as_str().into(),
        line.offset.to_string().into(),
        line.part.as_str().into(),
    ]
    .into_iter()
}

#[derive(Serialize)]
struct LineView<'a> {
    id: Shown<ArticleId>,
    key: &'a str,
    date: Option<DateView>,
    source: &'a str,
    title: &'a str,
    left: &'a str,
    #[serde(rename = "match")]
    matched: &'a str,
    right: &'a str,
    offset: u64,
    field: &'static str,
}

impl<'a> LineView<'a> {
    fn of(line: &'a KwicLine) -> LineView<'a> {
        LineView {
            id: Shown(line.id),
            key: &line.key,
            date: line.published.map(DateView::of),
            source: &line.source,
            title: &line.title,
            left: &line.left,
            matched: &line.matched,
            right: &line.right,
            offset: line.offset,
            field: line.part.as_str(),
        }
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    schema: &'static str,
    #[serde(flatten)]
    totals: TotalsView<'a>,
}

#[derive(Serialize)]
struct TotalsView<'a> {
    query: QueryView<'a>,
    shown: u64,
    articles: u64,
    matches: Option<u64>,
    articles_with_matches: Option<u64>,
}

impl<'a> TotalsView<'a> {
    fn of(question: &'a Question, totals: &'a KwicTotals) -> TotalsView<'a> {
        TotalsView {
            query: QueryView::of_question(question, &totals.warnings),
            shown: totals.lines,
            articles: totals.articles,
            matches: totals.counted.map(|all| all.matches),
            articles_with_matches: totals.counted.map(|all| all.articles),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::output::samples::*;
    use crate::search::kwic::{Counted, Part};

    fn kwic_line(left: &str, matched: &str, right: &str) -> KwicLine {
        let hit = hit(1, "Coal, cars and a policy", "");
        KwicLine {
            id: hit.id,
            key: hit.key,
            published: hit.published,
            source: hit.source,
            title: hit.title.text,
            part: Part::Body,
            left: left.to_owned(),
            matched: matched.to_owned(),
            right: right.to_owned(),
            offset: 1_204,
        }
    }

    fn lines() -> Vec<KwicLine> {
        let mut undated = kwic_line("", "climate policy", "");
        undated.published = None;
        vec![
            kwic_line(
                "for the third time this spring and heard that a",
                "climate policy",
                "worth the name would need ten years of steady money",
            ),
            kwic_line(
                "政府は、石炭火力発電所の段階的な廃止を含む",
                "気候政策",
                "の見直しを発表した。完了する予定である",
            ),
            kwic_line("the cafe\u{301} and its", "climat", "of old"),
            undated,
        ]
    }

    fn question() -> Question {
        Question {
            input: "climate policy".into(),
            understood: "climate policy".into(),
            is_replaced: false,
            warnings: vec![],
        }
    }

    fn totals(matches: Option<u64>) -> KwicTotals {
        let counted = matches.map(|matches| Counted { matches, articles: 3 });
        KwicTotals { articles: 5, lines: 4, counted, warnings: vec![] }
    }

    fn printed(format: KwicFormat, style: Style, lines: &[KwicLine], totals: &KwicTotals) -> String {
        let mut out = Vec::new();
        let mut printer = KwicPrinter::new(format, style, None, None);
        printer.begin(&question(), &mut out).unwrap();
        lines.chunks(1).for_each(|page| printer.lines(page, &mut out).unwrap());
        printer.end(&question(), totals, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_look_as_they_should() {
        for (name, style) in [("pipe", PIPE), ("screen", SCREEN), ("narrow", NARROW)] {
            let shown = printed(KwicFormat::Text, style, &lines(), &totals(Some(12)));
            golden(&format!("kwic_{name}.txt"), shown.as_bytes());
        }
        golden("kwic.csv", printed(KwicFormat::Csv, PIPE, &lines(), &totals(None)).as_bytes());
    }

    #[test]
    fn the_matches_stand_in_one_column() {
        let wide = Style { width: 120, ..PIPE };
        for style in [PIPE, NARROW, wide] {
            let shown = printed(KwicFormat::Text, style, &lines(), &totals(None));
            let place = |row: &str, matched: &str| row.split(matched).next().unwrap().width();
            let rows: Vec<&str> = shown.lines().take(4).collect();
            let places: Vec<usize> = rows
                .iter()
                .zip(["climate", "気", "climat", "climate"])
                .map(|(row, it)| place(row, it))
                .collect();
            assert!(places.iter().all(|it| *it == places[0]), "{places:?}\n{shown}");
            assert!(rows.iter().all(|row| row.width() <= style.width), "{shown}");
        }
    }

    #[test]
    fn sizes_in_characters_are_kept_to() {
        let columns = Columns::of(&PIPE, Some(Context::Chars(50)), Some(Context::Chars(100)));
        assert_eq!(columns.left, 50);
        assert!(columns.right > 100);
    }

    #[test]
    fn totals_are_told() {
        for (totals, expected) in [
            (totals(None), "the first 4 matches of 5 articles; --all has them all"),
            (totals(Some(4)), "4 matches in 3 of 5 articles"),
            (totals(Some(1_204)), "4 of 1,204 matches in 3 of 5 articles"),
            (
                KwicTotals { counted: Some(Counted::default()), ..KwicTotals::default() },
                "nothing found for climate policy",
            ),
        ] {
            assert_eq!(summary(&question(), &totals), expected);
        }
    }

    #[test]
    fn answers_conform_to_their_schemas() {
        for totals in [totals(Some(9)), totals(None)] {
            for lines in [lines(), vec![]] {
                conforms("kwic", &printed(KwicFormat::Json, PIPE, &lines, &totals));
                let rows = printed(KwicFormat::JsonLines, PIPE, &lines, &totals);
                rows.lines().for_each(|row| conforms("kwic-lines", row));
                assert_eq!(rows.lines().count(), lines.len() + 1);
            }
        }
    }

    #[test]
    fn nothing_hostile_reaches_a_terminal() {
        let evil = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\rabc\0";
        let mut line = kwic_line(evil, evil, evil);
        (line.title, line.source, line.key) = (evil.into(), evil.into(), evil.into());
        for (_, format) in KwicFormat::ALL {
            let shown = printed(format, PIPE, &[line.clone()], &totals(None));
            let active =
                shown.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t') || *c == '\u{202e}');
            assert_eq!(active, None, "{shown:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_and_no_width_panics(
            left in any::<String>(), matched in any::<String>(), right in any::<String>(), width in 0..200usize,
        ) {
            let style = Style { width, ..PIPE };
            printed(KwicFormat::Text, style, &[kwic_line(&left, &matched, &right)], &totals(None));
        }
    }
}
