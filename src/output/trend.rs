//! Counts over time: a sparkline for each term, and every point for programs.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use crate::output::json::{QueryView, Shown, write_line};
use crate::output::table::{Syntax, write_rows};
use crate::output::text::layout::{Block, Paint, block, counted, line, pad, paint, plain, thousands};
use crate::output::text::sparkline::{figure, legend, sparkline, values_of_mark};
use crate::output::text::write_told;
use crate::output::{Question, Style};
use crate::query::display::display;
use crate::schema::Schema;
use crate::search::Collapse;
use crate::search::trend::{Count, Of, Per, Period, TermCounts, Trend, TrendRequest, value};
use crate::text::calendar::Day;

/// The shape of the answer.
pub const TREND_SCHEMA: &str = "backfile.trend/1";

/// The answer, with what was asked.
#[derive(Debug, Clone, Copy)]
pub struct TrendAnswer<'a> {
    /// Each term as typed and as understood.
    pub questions: &'a [Question],
    /// What was asked.
    pub request: &'a TrendRequest,
    /// What was counted.
    pub trend: &'a Trend,
    /// The fields of the index.
    pub schema: &'a Schema,
}

impl<'a> TrendAnswer<'a> {
    /// Each term with its query and counts.
    fn terms(&self) -> impl Iterator<Item = Term<'a>> {
        let answer = *self;
        let terms = self.questions.iter().zip(&self.request.terms).zip(&self.trend.terms);
        terms.map(move |((question, query), counts)| Term { answer, question, query, counts })
    }

    fn value(&self, period: &Period, count: Count) -> Option<f64> {
        value(self.request.per, count, period.articles, period.words)
    }

    /// Articles that are in no period, as a sentence; `None` when there are none. Tables have no row for them.
    pub fn left_out(&self) -> Option<String> {
        let sum = |number: fn(&TermCounts) -> u64| self.trend.terms.iter().map(number).sum::<u64>();
        left_out(sum(|it| it.imprecise), sum(|it| it.missing), self.trend.interval.as_str())
    }
}

fn left_out(imprecise: u64, missing: u64, step: &str) -> Option<String> {
    let wide = (imprecise > 0).then(|| format!("{} with a date wider than a {step}", thousands(imprecise)));
    let undated = (missing > 0).then(|| format!("{} without a date", thousands(missing)));
    let parts: Vec<String> = wide.into_iter().chain(undated).collect();
    (!parts.is_empty()).then(|| format!("in no period: {}", parts.join(", ")))
}

#[derive(Clone, Copy)]
struct Term<'a> {
    answer: TrendAnswer<'a>,
    question: &'a Question,
    query: &'a crate::query::Query,
    counts: &'a TermCounts,
}

impl<'a> Term<'a> {
    /// Every point with its value.
    fn points(self) -> impl Iterator<Item = Point<'a>> {
        let points = self.answer.trend.periods.iter().zip(&self.counts.points);
        points.map(move |(period, count)| Point {
            term: self,
            period,
            count: *count,
            value: self.answer.value(period, *count),
        })
    }
}

struct Point<'a> {
    term: Term<'a>,
    period: &'a Period,
    count: Count,
    value: Option<f64>,
}

impl Point<'_> {
    fn label(&self) -> String {
        self.term.answer.trend.interval.label(self.period.from)
    }

    fn query(&self) -> String {
        let TrendAnswer { request, schema, .. } = self.term.answer;
        display(&self.term.counts.query_of(self.term.query, &request.field, self.period), schema)
    }
}

/// Columns before what belongs to a term.
const INDENT: usize = 2;
/// So many points are read more easily as figures.
const FEW_PERIODS: usize = 12;

/// Writes a sparkline for each term, and the points as figures when they are few; with `queries` all of them, with the
/// queries that find their articles.
pub fn write_text(
    answer: &TrendAnswer<'_>,
    queries: bool,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let trend = answer.trend;
    let grouped = values_of_mark(trend.periods.len(), style.width.saturating_sub(INDENT));
    if let (Some(first), Some(last)) = (trend.periods.first(), trend.periods.last()) {
        let label = |period: &Period| trend.interval.label(period.from);
        let step = trend.interval.as_str();
        let range = match trend.periods.len() {
            1 => label(first),
            _ => format!("{} to {}", label(first), label(last)),
        };
        let head = format!("by {step}, {range} · {}", unit(answer));
        block(out, style, &plain(&head), &Block::HANGING)?;
        let marks = format!("{}; . is 0, a blank has no articles at all", legend(grouped, trend.interval));
        block(out, style, &plain(&marks), &Block { base: Paint::Dim, ..Block::HANGING })?;
    } else {
        line(out, style, Paint::Plain, "no article has a date that could be counted")?;
    }
    for term in answer.terms() {
        writeln!(out)?;
        write_term(term, grouped, style, out)?;
        if queries || trend.periods.len() <= FEW_PERIODS {
            write_points(term, queries, style, out)?;
        }
    }
    Ok(())
}

fn unit(answer: &TrendAnswer<'_>) -> String {
    let all = counted(answer.trend.articles, "article", "articles");
    let of = match answer.request.of {
        Of::Filter => "",
        Of::Archive => " of the whole archive",
    };
    let collapse = match answer.request.collapse {
        Collapse::None => "",
        Collapse::Family => ", copies counted once",
    };
    match answer.request.per {
        Per::Articles => format!("articles per thousand{of} · {all}{collapse}"),
        Per::Words => format!("matches per million words{of} · {all}{collapse}"),
        Per::None => format!("articles · of {all}{collapse}"),
    }
}

fn write_term(term: Term<'_>, grouped: usize, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let question = term.question;
    let warnings = question.warnings.iter().chain(&term.counts.warnings).map(String::as_str);
    write_told(warnings, question.is_replaced, &question.understood, style, out)?;
    block(out, style, &plain(&question.input), &Block { base: Paint::Bold, ..Block::HANGING })?;
    let points: Vec<Point<'_>> = term.points().collect();
    if !points.is_empty() {
        writeln!(out, "{:INDENT$}{}", "", marks(&points, grouped).trim_end())?;
    }
    let about = about(term.counts, &points).join(" · ");
    let shape = Block { indent: INDENT, ..Block::INDENTED };
    block(out, style, &plain(&about), &shape)?;
    let step = term.answer.trend.interval.as_str();
    match left_out(term.counts.imprecise, term.counts.missing, step) {
        None => Ok(()),
        Some(text) => block(out, style, &plain(&text), &Block { base: Paint::Dim, ..shape }),
    }
}

/// The sparkline, in which so many points share a mark.
fn marks(points: &[Point<'_>], grouped: usize) -> String {
    let values: Vec<Option<f64>> = points.chunks(grouped).map(joint_value).collect();
    sparkline(&values)
}

/// The value of neighbouring points taken together: counts and denominators are added up, not the values.
fn joint_value(points: &[Point<'_>]) -> Option<f64> {
    let (first, others) = points.split_first()?;
    let mut count = first.count;
    others.iter().for_each(|point| count += point.count);
    let articles = points.iter().map(|point| point.period.articles).sum();
    let words = points.iter().map(|point| point.period.words).sum();
    value(first.term.answer.request.per, count, articles, words)
}

/// Totals, extremes and ends.
fn about(counts: &TermCounts, points: &[Point<'_>]) -> Vec<String> {
    let mut about = vec![counted(counts.articles, "article", "articles")];
    about.extend(counts.matches.map(|matches| counted(matches, "match", "matches")));
    if counts.articles == 0 {
        return about;
    }
    let valued: Vec<(f64, &Point<'_>)> =
        points.iter().filter_map(|point| Some((point.value?, point))).collect();
    let shown = |name: &str, (value, point): &(f64, &Point<'_>)| {
        format!("{name} {} ({})", figure(*value), point.label())
    };
    let least = valued.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    // Of several that are equal the earliest.
    let most = valued.iter().rev().max_by(|a, b| a.0.total_cmp(&b.0));
    about.extend(most.map(|it| shown("most", it)));
    about.extend(least.map(|it| shown("least", it)));
    about.extend(valued.first().map(|it| shown("first", it)));
    about.extend(valued.last().map(|it| shown("last", it)));
    about
}

/// The points as figures: period, value, articles, query.
fn write_points(term: Term<'_>, queries: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<(String, String, String, String)> = term
        .points()
        .map(|point| {
            let value = point.value.map_or_else(|| "-".to_owned(), figure);
            let query = if queries { point.query() } else { String::new() };
            (point.label(), value, thousands(point.count.articles), query)
        })
        .collect();
    let widest = |cell: fn(&(String, String, String, String)) -> &String| {
        rows.iter().map(|row| cell(row).len()).max().unwrap_or(0)
    };
    let (label, value, articles) = (widest(|row| &row.0), widest(|row| &row.1), widest(|row| &row.2));
    for row in &rows {
        let cells = format!("{:INDENT$}{}  {:>value$}  {:>articles$}", "", pad(&row.0, label), row.1, row.2);
        paint(out, style, Paint::Plain, &cells)?;
        // Never wrapped: it is there to be copied.
        let query = if queries { format!("  {}", row.3) } else { String::new() };
        line(out, style, Paint::Dim, &query)?;
    }
    Ok(())
}

/// The columns of the tables.
const COLUMNS: [&str; 10] =
    ["term", "period", "from", "to", "articles", "matches", "of_articles", "of_words", "value", "query"];

/// Writes a row for each term and period as CSV.
pub fn write_csv(answer: &TrendAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_table(Syntax::Csv, answer, out)
}

/// Writes the same as TSV.
pub fn write_tsv(answer: &TrendAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_table(Syntax::Tsv, answer, out)
}

fn write_table(syntax: Syntax, answer: &TrendAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_rows(syntax, std::iter::once(COLUMNS.into_iter().map(Cow::Borrowed)), out)?;
    write_rows(syntax, answer.terms().flat_map(Term::points).map(|point| cells(&point).into_iter()), out)
}

/// The cells of [`COLUMNS`].
fn cells<'a>(point: &Point<'a>) -> [Cow<'a, str>; 10] {
    let number = |number: Option<u64>| number.map(|it| it.to_string()).unwrap_or_default().into();
    [
        point.term.question.input.as_str().into(),
        point.label().into(),
        point.period.from.to_string().into(),
        point.period.to.to_string().into(),
        number(Some(point.count.articles)),
        number(point.count.matches),
        number(Some(point.period.articles)),
        number(point.period.words),
        point.value.map(|value| millionths(value).to_string()).unwrap_or_default().into(),
        point.query().into(),
    ]
}

/// Writes everything as one versioned object.
pub fn write_json(answer: &TrendAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_line(&View::of(answer), out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    by: &'static str,
    per: &'static str,
    of: &'static str,
    collapse: &'static str,
    articles: u64,
    terms: Vec<TermView<'a>>,
}

impl<'a> View<'a> {
    fn of(answer: &TrendAnswer<'a>) -> View<'a> {
        View {
            schema: TREND_SCHEMA,
            by: answer.trend.interval.as_str(),
            per: answer.request.per.as_str(),
            of: answer.request.of.as_str(),
            collapse: answer.request.collapse.as_str(),
            articles: answer.trend.articles,
            terms: answer.terms().map(TermView::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct TermView<'a> {
    query: QueryView<'a>,
    articles: u64,
    matches: Option<u64>,
    imprecise: u64,
    missing: u64,
    points: Vec<PointView>,
}

impl<'a> TermView<'a> {
    fn of(term: Term<'a>) -> TermView<'a> {
        TermView {
            query: QueryView::of_question(term.question, &term.counts.warnings),
            articles: term.counts.articles,
            matches: term.counts.matches,
            imprecise: term.counts.imprecise,
            missing: term.counts.missing,
            points: term.points().map(|point| PointView::of(&point)).collect(),
        }
    }
}

#[derive(Serialize)]
struct PointView {
    period: String,
    from: Shown<Day>,
    to: Shown<Day>,
    articles: u64,
    matches: Option<u64>,
    of_articles: u64,
    of_words: Option<u64>,
    value: Option<f64>,
    query: String,
}

impl PointView {
    fn of(point: &Point<'_>) -> PointView {
        PointView {
            period: point.label(),
            from: Shown(point.period.from),
            to: Shown(point.period.to),
            articles: point.count.articles,
            matches: point.count.matches,
            of_articles: point.period.articles,
            of_words: point.period.words,
            value: point.value.map(millionths),
            query: point.query(),
        }
    }
}

/// Rounded: more digits of a ratio are noise.
fn millionths(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::output::samples::*;
    use crate::query::Query;
    use crate::schema::FieldName;
    use crate::text::calendar::Interval;

    fn periods(interval: Interval, first: Day, articles: &[u64]) -> Vec<Period> {
        let mut from = interval.start(first);
        let mut periods = Vec::new();
        for &articles in articles {
            let to = interval.end(from);
            periods.push(Period { from, to, articles, words: Some(articles * 500) });
            from = to.plus(1);
        }
        periods
    }

    fn counts(points: &[u64], imprecise: u64, matches: bool) -> TermCounts {
        let count = |&articles: &u64| Count { articles, matches: matches.then_some(articles * 3) };
        let articles = points.iter().sum::<u64>() + imprecise + 12;
        TermCounts {
            articles,
            matches: matches.then_some(articles * 3),
            imprecise,
            missing: 12,
            points: points.iter().map(count).collect(),
            warnings: vec![],
        }
    }

    struct Sample {
        questions: Vec<Question>,
        request: TrendRequest,
        trend: Trend,
        schema: Schema,
    }

    impl Sample {
        fn years(per: Per) -> Sample {
            let word = |text: &str| Query::Word { field: None, text: text.to_owned(), exact: false };
            let question = |text: &str| Question {
                input: text.to_owned(),
                understood: text.to_owned(),
                is_replaced: false,
                warnings: vec![],
            };
            let matches = per == Per::Words;
            let terms =
                vec![counts(&[1, 0, 0, 4, 9], 6, matches), counts(&[100, 300, 0, 500, 700], 0, matches)];
            Sample {
                questions: vec![question("coal"), question("気候")],
                request: TrendRequest {
                    base: Query::All,
                    terms: vec![word("coal"), word("気候")],
                    collapse: Collapse::None,
                    field: FieldName::for_tests("date"),
                    by: None,
                    per,
                    of: Of::Filter,
                },
                trend: Trend {
                    interval: Interval::Year,
                    periods: periods(Interval::Year, day(1973, 1, 1), &[900, 1_000, 0, 1_100, 1_204]),
                    articles: 4_230,
                    terms,
                },
                schema: Schema::for_tests(),
            }
        }

        fn answer(&self) -> TrendAnswer<'_> {
            let Sample { questions, request, trend, schema } = self;
            TrendAnswer { questions, request, trend, schema }
        }
    }

    fn text(sample: &Sample, queries: bool, style: Style) -> String {
        let mut out = Vec::new();
        write_text(&sample.answer(), queries, &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn trends_look_as_they_should() {
        let years = Sample::years(Per::Articles);
        golden("trend_pipe.txt", text(&years, false, PIPE).as_bytes());
        golden("trend_narrow.txt", text(&years, false, NARROW).as_bytes());
        golden("trend_queries.txt", text(&Sample::years(Per::Words), true, PIPE).as_bytes());
    }

    #[test]
    fn two_centuries_of_months_fit_the_width() {
        let mut sample = Sample::years(Per::Articles);
        let months: Vec<u64> = (0..2_400).map(|month| month % 97).collect();
        sample.trend.interval = Interval::Month;
        sample.trend.periods = periods(Interval::Month, day(1800, 1, 1), &[100; 2_400]);
        sample.trend.terms = vec![counts(&months, 0, false); 2];
        let shown = text(&sample, false, PIPE);
        assert!(shown.contains("each mark is 31 months"), "{shown}");
        assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
    }

    #[test]
    fn neighbours_are_added_up_before_they_are_divided() {
        let sample = Sample::years(Per::Articles);
        let answer = sample.answer();
        let points: Vec<Point<'_>> = answer.terms().next().unwrap().points().collect();
        assert_eq!(joint_value(&points[..2]), Some(1e3 / 1_900.0));
        assert_eq!(joint_value(&points[2..3]), None);
        assert_eq!(joint_value(&[]), None);
    }

    #[test]
    fn points_are_rows() {
        let sample = Sample::years(Per::Words);
        let mut out = Vec::new();
        write_csv(&sample.answer(), &mut out).unwrap();
        golden("trend.csv", &out);
        let expected = "in no period: 6 with a date wider than a year, 24 without a date";
        assert_eq!(sample.answer().left_out().as_deref(), Some(expected));
    }

    #[test]
    fn trends_conform_to_their_schema() {
        let mut empty = Sample::years(Per::None);
        empty.trend.periods.clear();
        empty.trend.terms.iter_mut().for_each(|term| term.points.clear());
        for sample in [Sample::years(Per::Articles), Sample::years(Per::Words), empty] {
            let mut out = Vec::new();
            write_json(&sample.answer(), &mut out).unwrap();
            conforms("trend", std::str::from_utf8(&out).unwrap());
            text(&sample, true, NARROW);
        }
    }
}
