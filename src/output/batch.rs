//! The answers of `batch`: one line of input at a time, so that they can be written as they come.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use crate::output::Answer;
use crate::output::fields::HitField;
use crate::output::json::{FacetsView, HitView, QueryView, write_line};
use crate::output::table::{Syntax, write_rows};
use crate::output::trec::write_run;
use crate::search::effectiveness::Topic;

/// The shape of a line.
pub const BATCH_SCHEMA: &str = "backfile.batch/1";

/// How the answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchFormat {
    /// An object for each query.
    JsonLines,
    /// A row for each hit; one for a query without any.
    Csv,
    /// A line for each hit, in the form of TREC.
    Trec,
    /// Id, number of articles and query, with tabs between them.
    Counts,
}

impl BatchFormat {
    /// By name, in the order of the help.
    pub const NAMED: &[(&str, BatchFormat)] = &[
        ("jsonl", BatchFormat::JsonLines),
        ("csv", BatchFormat::Csv),
        ("trec", BatchFormat::Trec),
        ("counts", BatchFormat::Counts),
    ];

    /// Whether a query that failed has a place in it.
    pub fn tells_errors(self) -> bool {
        matches!(self, BatchFormat::JsonLines | BatchFormat::Csv)
    }

    /// Whether what was repaired in a query has a place in it.
    pub fn tells_warnings(self) -> bool {
        matches!(self, BatchFormat::JsonLines)
    }
}

/// A query of the input.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Number of its line, from 1.
    pub line: usize,
    /// Its id and text.
    pub topic: &'a Topic,
}

/// Why a query was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Writes what stands before all answers.
pub fn write_head(format: BatchFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        BatchFormat::Csv => {
            let names = ["line", "id", "query", "error", "total"].into_iter();
            let names = names.chain(HIT_FIELDS.iter().map(|field| field.name()));
            write_rows(Syntax::Csv, std::iter::once(names.map(Cow::Borrowed)), out)
        }
        BatchFormat::JsonLines | BatchFormat::Trec | BatchFormat::Counts => Ok(()),
    }
}

/// The fields of a hit in a table.
const HIT_FIELDS: &[HitField] =
    &[HitField::Rank, HitField::Score, HitField::Id, HitField::Key, HitField::Date, HitField::Title];

/// Writes the answer to one query.
pub fn write_answer(
    format: BatchFormat,
    asked: Asked<'_>,
    answer: &Answer<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        BatchFormat::JsonLines => write_line(&AnswerView::of(asked, answer), out),
        BatchFormat::Csv => write_csv(asked, answer, out),
        BatchFormat::Trec => {
            let hits = answer.response.hits.iter().map(|hit| (hit.key.as_str(), hit.score));
            write_run(&asked.topic.id, hits, out)
        }
        BatchFormat::Counts => {
            let total = answer.response.total.to_string();
            write_row(Syntax::Tsv, &[&asked.topic.id, &total, &asked.topic.text], out)
        }
    }
}

/// Writes that a query failed, in the formats that [tell it](BatchFormat::tells_errors).
pub fn write_error(
    format: BatchFormat,
    asked: Asked<'_>,
    error: &BatchError,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Topic { id, text } = asked.topic;
    match format {
        BatchFormat::JsonLines => {
            let view =
                ErrorView { schema: BATCH_SCHEMA, kind: "error", line: asked.line, id, input: text, error };
            write_line(&view, out)
        }
        BatchFormat::Csv => {
            let line = asked.line.to_string();
            let mut cells = vec![line.as_str(), id, text, &error.message, ""];
            cells.extend(HIT_FIELDS.iter().map(|_| ""));
            write_row(Syntax::Csv, &cells, out)
        }
        BatchFormat::Trec | BatchFormat::Counts => Ok(()),
    }
}

fn write_row(syntax: Syntax, cells: &[&str], out: &mut dyn Write) -> io::Result<()> {
    write_rows(syntax, std::iter::once(cells.iter().map(|cell| Cow::Borrowed(*cell))), out)
}

fn write_csv(asked: Asked<'_>, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (line, total) = (asked.line.to_string(), answer.response.total.to_string());
    let head = [line.as_str(), &asked.topic.id, &asked.topic.text, "", &total].map(Cow::Borrowed);
    if answer.response.hits.is_empty() {
        let empty = HIT_FIELDS.iter().map(|_| Cow::Borrowed(""));
        return write_rows(Syntax::Csv, std::iter::once(head.into_iter().chain(empty)), out);
    }
    let rows = answer
        .response
        .hits
        .iter()
        .map(|hit| head.clone().into_iter().chain(HIT_FIELDS.iter().map(move |field| field.cell(hit))));
    write_rows(Syntax::Csv, rows, out)
}

#[derive(Serialize)]
struct AnswerView<'a> {
    schema: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    line: usize,
    id: &'a str,
    query: QueryView<'a>,
    total: u64,
    hits: Vec<HitView<'a>>,
    facets: FacetsView<'a>,
}

impl<'a> AnswerView<'a> {
    fn of(asked: Asked<'a>, answer: &Answer<'a>) -> AnswerView<'a> {
        let hits = answer.response.hits.iter().map(|hit| HitView { hit, fields: HitField::OF_JSON });
        AnswerView {
            schema: BATCH_SCHEMA,
            kind: "answer",
            line: asked.line,
            id: &asked.topic.id,
            query: QueryView::of(answer),
            total: answer.response.total,
            hits: hits.collect(),
            facets: FacetsView { facets: &answer.response.facets, schema: answer.schema },
        }
    }
}

#[derive(Serialize)]
struct ErrorView<'a> {
    schema: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    line: usize,
    id: &'a str,
    input: &'a str,
    error: &'a BatchError,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;

    fn rendered(format: BatchFormat) -> Vec<u8> {
        let topic = Topic { id: "t\u{1b}1".to_owned(), text: "coal, \"price\"".to_owned() };
        let asked = Asked { line: 3, topic: &topic };
        let error = BatchError { message: "nothing".to_owned(), hint: Some("write something".to_owned()) };
        let (request, found, none) = (request(), response(), crate::search::SearchResponse::default());
        let schema = crate::schema::Schema::for_tests();
        let answer = |response| Answer {
            is_replaced: false,
            input: "coal",
            understood: "coal",
            warnings: &[],
            request: &request,
            response,
            schema: &schema,
            took_ms: 1.0,
        };
        let mut out = Vec::new();
        write_head(format, &mut out).unwrap();
        write_answer(format, asked, &answer(&found), &mut out).unwrap();
        write_answer(format, asked, &answer(&none), &mut out).unwrap();
        write_error(format, asked, &error, &mut out).unwrap();
        out
    }

    #[test]
    fn answers_look_as_they_should() {
        for (name, format) in BatchFormat::NAMED {
            golden(&format!("batch.{name}"), &rendered(*format));
        }
    }

    #[test]
    fn lines_conform_to_their_schema() {
        for line in String::from_utf8(rendered(BatchFormat::JsonLines)).unwrap().lines() {
            conforms("batch", line);
        }
    }
}
