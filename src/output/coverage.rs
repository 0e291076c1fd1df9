//! What an archive holds of each period: a sparkline and the gaps of each value, and every count for programs.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::output::json::{QueryView, Shown, write_line};
use crate::output::table::{Syntax, write_rows};
use crate::output::text::layout::{Block, Paint, block, counted, fit, pad, paint, plain, thousands};
use crate::output::text::sparkline::{legend, sparkline, values_of_mark};
use crate::output::text::write_told;
use crate::output::{Question, Style};
use crate::query::display::display;
use crate::schema::Schema;
use crate::search::Collapse;
use crate::search::coverage::{Coverage, CoverageRequest, CoverageRow, Gap};
use crate::text::calendar::Day;
use crate::text::sanitize::visible;

/// The shape of the answer.
pub const COVERAGE_SCHEMA: &str = "backfile.coverage/1";

/// The answer, with what was asked.
#[derive(Debug, Clone, Copy)]
pub struct CoverageAnswer<'a> {
    /// The query as typed and as understood.
    pub question: &'a Question,
    /// What was asked.
    pub request: &'a CoverageRequest,
    /// What was counted.
    pub coverage: &'a Coverage,
    /// The fields of the index.
    pub schema: &'a Schema,
}

impl CoverageAnswer<'_> {
    fn label(&self, period: usize) -> String {
        self.coverage.interval.label(self.coverage.periods[period])
    }

    /// First and last day of a period.
    fn days(&self, period: usize) -> (Day, Day) {
        let start = self.coverage.periods[period];
        (start, self.coverage.interval.end(start))
    }

    /// Articles that are in no period, as a sentence; `None` when there are none. Tables have no row for them.
    pub fn left_out(&self) -> Option<String> {
        let all = &self.coverage.all;
        let number = all.imprecise + all.missing;
        let step = self.coverage.interval.as_str();
        (number > 0).then(|| {
            let (wide, undated) = (thousands(all.imprecise), thousands(all.missing));
            format!("in no period: {wide} with a date wider than a {step}, {undated} without a date")
        })
    }
}

/// Gaps of a row for reading; the longest are shown.
const MOST_GAPS: usize = 5;
/// Columns before what is said of a row.
const INDENT: usize = 2;
const WIDEST_NAME: usize = 24;

/// Writes a sparkline for each value, with what its articles lack and where it has gaps; of the values at most
/// `most`.
pub fn write_text(
    answer: &CoverageAnswer<'_>,
    most: usize,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let CoverageAnswer { question, request, coverage, .. } = answer;
    let warnings = question.warnings.iter().chain(&coverage.warnings).map(String::as_str);
    write_told(warnings, question.is_replaced, &question.understood, style, out)?;
    if coverage.all.articles == 0 {
        return block(out, style, &plain("no article matches"), &Block::HANGING);
    }
    let shown = &coverage.rows[..coverage.rows.len().min(most)];
    let columns = Columns::of(answer, shown, style);
    block(out, style, &plain(&heading(answer)), &Block::HANGING)?;
    if !coverage.periods.is_empty() {
        let marks = legend(columns.grouped, coverage.interval);
        let marks = format!("{marks}, the highest the most of its line; . is none");
        block(out, style, &plain(&marks), &Block { base: Paint::Dim, ..Block::HANGING })?;
    }
    // A single value that every article has is all there is to say.
    let is_one = matches!(shown, [row] if row.articles == coverage.all.articles);
    if !is_one {
        writeln!(out)?;
        columns.write(answer, "all", &coverage.all, style, out)?;
    }
    for row in shown {
        writeln!(out)?;
        let name = name(row, request.of.as_str());
        columns.write(answer, &name, row, style, out)?;
    }
    let hidden = coverage.rows.len() - shown.len();
    if hidden > 0 {
        let more = counted(hidden as u64, "more value", "more values");
        writeln!(out)?;
        let text = format!("… and {more}; --limit {} shows all", coverage.rows.len());
        block(out, style, &plain(&text), &Block { base: Paint::Dim, ..Block::HANGING })?;
    }
    Ok(())
}

fn heading(answer: &CoverageAnswer<'_>) -> String {
    let CoverageAnswer { request, coverage, .. } = answer;
    let articles = counted(coverage.all.articles, "article", "articles");
    let collapse = match request.collapse {
        Collapse::None => "",
        Collapse::Family => ", copies counted once",
    };
    let step = coverage.interval.as_str();
    match coverage.periods.len() {
        0 => format!("{articles}{collapse} · none has a date that could be counted by {step}"),
        len => {
            let (first, last) = (answer.label(0), answer.label(len - 1));
            format!("{articles}{collapse} · by {step}, {first} to {last} · by {}", request.of)
        }
    }
}

fn name<'a>(row: &'a CoverageRow, field: &str) -> Cow<'a, str> {
    match &row.value {
        Some(value) => visible(value),
        None => format!("without {field}").into(),
    }
}

/// The columns of all rows.
struct Columns {
    name: usize,
    articles: usize,
    /// Periods that share a mark.
    grouped: usize,
}

impl Columns {
    fn of(answer: &CoverageAnswer<'_>, rows: &[CoverageRow], style: &Style) -> Columns {
        let widest = rows.iter().map(|row| name(row, answer.request.of.as_str()).width()).max();
        let name = widest.unwrap_or(0).clamp(3, WIDEST_NAME);
        let articles = thousands(answer.coverage.all.articles).len();
        let room = style.width.saturating_sub(name + articles + 4);
        Columns { name, articles, grouped: values_of_mark(answer.coverage.periods.len(), room) }
    }

    fn write(
        &self,
        answer: &CoverageAnswer<'_>,
        name: &str,
        row: &CoverageRow,
        style: &Style,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        paint(out, style, Paint::Bold, &pad(&fit(name, self.name), self.name))?;
        let articles = thousands(row.articles);
        let marks = marks(row, answer.coverage.periods.len(), self.grouped);
        let line = format!("  {articles:>0$}  {marks}", self.articles);
        writeln!(out, "{}", line.trim_end())?;
        let shape = Block { indent: INDENT, ..Block::INDENTED };
        if let Some(text) = lacks(row, answer.coverage.interval.as_str()) {
            block(out, style, &plain(&text), &Block { base: Paint::Dim, ..shape })?;
        }
        for gap in longest(&row.gaps) {
            block(out, style, &plain(&told(answer, gap)), &shape)?;
        }
        let hidden = row.gaps.len().saturating_sub(MOST_GAPS);
        if hidden > 0 {
            let text = format!("… and {}; --json has all", counted(hidden as u64, "more gap", "more gaps"));
            block(out, style, &plain(&text), &Block { base: Paint::Dim, ..shape })?;
        }
        Ok(())
    }
}

/// The sparkline of a row below the periods of all rows.
fn marks(row: &CoverageRow, periods: usize, grouped: usize) -> String {
    let mut values: Vec<Option<u64>> = vec![None; periods];
    for (value, count) in values[row.first..].iter_mut().zip(&row.counts) {
        *value = Some(*count);
    }
    let joint = |values: &[Option<u64>]| {
        let known = values.iter().flatten();
        known.clone().next().map(|_| known.sum::<u64>() as f64)
    };
    let marks: Vec<Option<f64>> = values.chunks(grouped).map(joint).collect();
    sparkline(&marks)
}

/// What the articles of a row lack; `None` when they lack nothing.
fn lacks(row: &CoverageRow, step: &str) -> Option<String> {
    let estimated = match row.estimated {
        Some(estimated) if estimated > 0 => format!(" ({} estimated)", share(estimated, row.articles)),
        Some(_) | None => String::new(),
    };
    let parts = [
        (row.missing, format!("without a date{estimated}")),
        (row.imprecise, format!("with a date wider than a {step}")),
        (row.copies, "with copies".to_owned()),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> =
        parts.map(|(number, what)| format!("{} {what}", share(number, row.articles))).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// `12 %`; never 0 for what is there, nor 100 for what is not all.
fn share(part: u64, whole: u64) -> String {
    let percent = part as f64 * 100.0 / whole.max(1) as f64;
    match percent {
        percent if percent < 1.0 => "under 1 %".to_owned(),
        percent if percent > 99.0 && part < whole => "over 99 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

/// The longest gaps, in the order of time.
fn longest(gaps: &[Gap]) -> Vec<&Gap> {
    let mut longest: Vec<&Gap> = gaps.iter().collect();
    longest.sort_by_key(|gap| (std::cmp::Reverse(gap.last - gap.first), gap.first));
    longest.truncate(MOST_GAPS);
    longest.sort_by_key(|gap| gap.first);
    longest
}

/// `1974-03 to 1974-07: none`.
fn told(answer: &CoverageAnswer<'_>, gap: &Gap) -> String {
    let range = match gap.first == gap.last {
        true => answer.label(gap.first),
        false => format!("{} to {}", answer.label(gap.first), answer.label(gap.last)),
    };
    let what = match gap.usual {
        None => "none".to_owned(),
        Some(usual) => {
            let each = if gap.first == gap.last { "" } else { " each" };
            format!("a drop to {}, where about {}{each} are usual", thousands(gap.articles), thousands(usual))
        }
    };
    match gap.imprecise {
        0 => format!("{range}: {what}"),
        imprecise => format!("{range}: {what}; {} with a wider date may belong here", thousands(imprecise)),
    }
}

/// The columns of the tables.
const COLUMNS: [&str; 6] = ["value", "period", "from", "to", "articles", "gap"];

/// Writes a row for each value and period, empty ones too, as CSV.
pub fn write_csv(answer: &CoverageAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_table(Syntax::Csv, answer, out)
}

/// Writes the same as TSV.
pub fn write_tsv(answer: &CoverageAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_table(Syntax::Tsv, answer, out)
}

fn write_table(syntax: Syntax, answer: &CoverageAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_rows(syntax, std::iter::once(COLUMNS.into_iter().map(Cow::Borrowed)), out)?;
    let cells = answer.coverage.rows.iter().flat_map(|row| {
        row.counts.iter().enumerate().map(move |(at, count)| {
            let period = row.first + at;
            let (from, to) = answer.days(period);
            let cells: [Cow<'_, str>; 6] = [
                row.value.as_deref().unwrap_or_default().into(),
                answer.label(period).into(),
                from.to_string().into(),
                to.to_string().into(),
                count.to_string().into(),
                gap_at(row, period).map_or("", kind).into(),
            ];
            cells.into_iter()
        })
    });
    write_rows(syntax, cells, out)
}

fn gap_at(row: &CoverageRow, period: usize) -> Option<&Gap> {
    let before = row.gaps.partition_point(|gap| gap.last < period);
    row.gaps.get(before).filter(|gap| gap.first <= period)
}

fn kind(gap: &Gap) -> &'static str {
    if gap.usual.is_some() { "drop" } else { "none" }
}

/// Writes everything as one versioned object.
pub fn write_json(answer: &CoverageAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let view = View {
        schema: COVERAGE_SCHEMA,
        query: QueryView::of_question(answer.question, &answer.coverage.warnings),
        by: answer.coverage.interval.as_str(),
        of: answer.request.of.as_str(),
        collapse: answer.request.collapse.as_str(),
        all: RowView::of(answer, &answer.coverage.all),
        rows: answer.coverage.rows.iter().map(|row| RowView::of(answer, row)).collect(),
    };
    write_line(&view, out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    query: QueryView<'a>,
    by: &'static str,
    of: &'a str,
    collapse: &'static str,
    all: RowView<'a>,
    rows: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    value: Option<&'a str>,
    articles: u64,
    imprecise: u64,
    missing: u64,
    estimated: Option<u64>,
    copies: u64,
    periods: Vec<PeriodView>,
    gaps: Vec<GapView>,
    query: String,
}

impl<'a> RowView<'a> {
    fn of(answer: &CoverageAnswer<'a>, row: &'a CoverageRow) -> RowView<'a> {
        let period = |(at, articles): (usize, &u64)| {
            let (from, to) = answer.days(row.first + at);
            let period = answer.label(row.first + at);
            PeriodView { period, from: Shown(from), to: Shown(to), articles: *articles }
        };
        RowView {
            value: row.value.as_deref(),
            articles: row.articles,
            imprecise: row.imprecise,
            missing: row.missing,
            estimated: row.estimated,
            copies: row.copies,
            periods: row.counts.iter().enumerate().map(period).collect(),
            gaps: row.gaps.iter().map(|gap| GapView::of(answer, gap)).collect(),
            query: display(&row.query, answer.schema),
        }
    }
}

#[derive(Serialize)]
struct PeriodView {
    period: String,
    from: Shown<Day>,
    to: Shown<Day>,
    articles: u64,
}

#[derive(Serialize)]
struct GapView {
    from: Shown<Day>,
    to: Shown<Day>,
    first: String,
    last: String,
    kind: &'static str,
    periods: usize,
    articles: u64,
    usual: Option<u64>,
    imprecise: u64,
}

impl GapView {
    fn of(answer: &CoverageAnswer<'_>, gap: &Gap) -> GapView {
        GapView {
            from: Shown(answer.days(gap.first).0),
            to: Shown(answer.days(gap.last).1),
            first: answer.label(gap.first),
            last: answer.label(gap.last),
            kind: kind(gap),
            periods: gap.last - gap.first + 1,
            articles: gap.articles,
            usual: gap.usual,
            imprecise: gap.imprecise,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;
    use crate::query::Query;
    use crate::schema::FieldName;
    use crate::search::coverage::{WideDates, gaps};
    use crate::text::calendar::Interval;

    fn row(value: Option<&str>, first: usize, counts: &[u64], missing: u64) -> CoverageRow {
        let wide = WideDates::from([((first, first + 3), 4)]);
        CoverageRow {
            value: value.map(str::to_owned),
            query: Query::All,
            articles: counts.iter().sum::<u64>() + missing + 4,
            imprecise: 4,
            missing,
            estimated: Some(missing / 2),
            copies: 3,
            first,
            counts: counts.to_vec(),
            gaps: gaps(first, counts, &wide),
        }
    }

    fn coverage() -> Coverage {
        let rows = vec![
            row(Some("wire"), 0, &[40, 42, 0, 0, 39, 41, 3, 44, 40, 40], 12),
            row(Some("気候新聞"), 4, &[1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2], 0),
            row(None, 0, &[], 900),
        ];
        let months = (0..19).map(|month| day(1974 + month / 12, month as u32 % 12 + 1, 1));
        let all = row(None, 0, &[40, 42, 0, 0, 40, 41, 4, 44, 41, 40, 1, 0, 1, 0, 1, 0, 1, 0, 2], 912);
        Coverage { interval: Interval::Month, periods: months.collect(), all, rows, warnings: vec![] }
    }

    fn with_answer(coverage: &Coverage, check: impl FnOnce(&CoverageAnswer<'_>)) {
        let request = CoverageRequest {
            query: Query::All,
            collapse: Collapse::None,
            of: FieldName::for_tests("source"),
            dates: FieldName::for_tests("date"),
            by: None,
        };
        let (question, schema) = (Question::default(), Schema::for_tests());
        check(&CoverageAnswer { question: &question, request: &request, coverage, schema: &schema });
    }

    fn text(coverage: &Coverage, most: usize, style: Style) -> String {
        let mut out = Vec::new();
        with_answer(coverage, |answer| write_text(answer, most, &style, &mut out).unwrap());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn coverage_looks_as_it_should() {
        golden("coverage_pipe.txt", text(&coverage(), 20, PIPE).as_bytes());
        golden("coverage_narrow.txt", text(&coverage(), 1, NARROW).as_bytes());
        for (style, most) in [(PIPE, 20), (NARROW, 2)] {
            let shown = text(&coverage(), most, style);
            assert!(shown.lines().all(|line| line.width() <= style.width), "{shown}");
        }
    }

    #[test]
    fn every_count_is_a_row() {
        let mut out = Vec::new();
        with_answer(&coverage(), |answer| {
            write_csv(answer, &mut out).unwrap();
            let expected = "in no period: 4 with a date wider than a month, 912 without a date";
            assert_eq!(answer.left_out().as_deref(), Some(expected));
        });
        golden("coverage.csv", &out);
    }

    #[test]
    fn coverage_conforms_to_its_schema() {
        let mut undated = coverage();
        undated.periods.clear();
        undated.all = row(None, 0, &[], 5);
        undated.rows.clear();
        for coverage in [coverage(), undated] {
            let mut out = Vec::new();
            with_answer(&coverage, |answer| write_json(answer, &mut out).unwrap());
            conforms("coverage", std::str::from_utf8(&out).unwrap());
            text(&coverage, 0, NARROW);
        }
    }

    #[test]
    fn shares_tell_what_is_there() {
        let cases = [
            (1, 1_000, "under 1 %"),
            (999, 1_000, "over 99 %"),
            (12, 100, "12 %"),
            (3, 3, "100 %"),
            (0, 0, "under 1 %"),
        ];
        for (part, whole, expected) in cases {
            assert_eq!(share(part, whole), expected);
        }
    }
}
