//! Why an article is found, or not, and what an ingest made of a file: for reading and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::article::ArticleId;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::Style;
use crate::output::json::{QueryView, Shown, SnippetView, finite, write_line};
use crate::output::text::layout::{Block, Paint, block, counted, line, plain, thousands};
use crate::output::text::suggestions::command;
use crate::query::Query;
use crate::query::display::display;
use crate::schema::Schema;
use crate::search::Passage;
use crate::search::why::{Held, Why};

/// The shape of the answer.
pub const WHY_SCHEMA: &str = "backfile.why/1";

/// Why an article is found, or not, with what was asked.
#[derive(Debug, Clone, Copy)]
pub struct WhyAnswer<'a> {
    /// The query as typed.
    pub input: &'a str,
    /// The query as understood, in canonical text.
    pub understood: &'a str,
    /// What was repaired or assumed.
    pub warnings: &'a [String],
    /// Why.
    pub found: &'a Why,
    /// The fields of the index.
    pub schema: &'a Schema,
}

/// What an ingest made of a file.
#[derive(Debug, Clone, Copy)]
pub struct FileRead<'a> {
    /// Name of the archive.
    pub source: &'a str,
    /// Path below its root.
    pub path: &'a str,
    /// Articles that it gave.
    pub articles: u64,
    /// What was remarked or refused.
    pub remarks: &'a [Diagnostic],
}

/// Writes the article, whether it is found, and each part of the query.
pub fn write_text(answer: &WhyAnswer<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let why = answer.found;
    for warning in answer.warnings {
        let shape = Block { indent: 2, base: Paint::Warning, ..Block::HANGING };
        block(out, style, &plain(&format!("warning: {warning}")), &shape)?;
    }
    block(out, style, &plain(&why.article.title), &Block { base: Paint::Bold, ..Block::HANGING })?;
    line(out, style, Paint::Dim, &format!("{} · {}", why.article.place, why.article.id()))?;
    writeln!(out)?;
    line(out, style, Paint::Plain, &verdict(why))?;
    for held in &why.clauses {
        write_held(held, answer.schema, style, out)?;
    }
    if let Some(change) = &why.change {
        writeln!(out)?;
        let left_out = left_out(why, answer.schema);
        line(out, style, Paint::Plain, &format!("without {left_out} it is found:"))?;
        // Never wrapped: it is there to be copied.
        line(out, style, Paint::Plain, &format!("  {}", command(&display(change, answer.schema))))?;
    }
    Ok(())
}

fn verdict(why: &Why) -> String {
    let total = thousands(why.total);
    match (why.found, why.rank) {
        (false, _) => "not found".to_owned(),
        (true, Some(rank)) if why.score > 0.0 => {
            format!("found, {} of {total}, with a score of {:.2}", thousands(rank), why.score)
        }
        (true, Some(rank)) => format!("found, {} of {total}", thousands(rank)),
        (true, None) => "found, but a copy of it stands for both".to_owned(),
    }
}

fn left_out(why: &Why, schema: &Schema) -> String {
    let failed = why.clauses.iter().filter(|held| !held.holds).map(|held| held.clause.clone());
    display(&Query::And(failed.collect()), schema)
}

fn write_held(held: &Held, schema: &Schema, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (mark, look) = if held.holds { ("✓", Paint::Plain) } else { ("✗", Paint::Bold) };
    let score = if held.score > 0.0 { format!("  {:.2}", held.score) } else { String::new() };
    line(out, style, look, &format!("  {mark} {}{score}", display(&held.clause, schema)))?;
    let below = Block { indent: 6, ..Block::INDENTED };
    let dim = Block { base: Paint::Dim, ..below };
    if let Some(values) = held.values.as_deref().filter(|_| !held.holds) {
        block(out, style, &plain(&format!("it has {}", listed(values))), &dim)?;
    }
    if !held.near.is_empty() && !held.holds {
        block(out, style, &plain(&format!("it has the word {}", held.near.join(", "))), &dim)?;
    }
    if let Some(title) = &held.title {
        block(out, style, title, &below)?;
    }
    held.passages.iter().try_for_each(|snippet| block(out, style, &snippet.passage, &below))
}

fn listed(values: &[String]) -> String {
    if values.is_empty() { "none".to_owned() } else { values.join(", ") }
}

/// Writes the same as one versioned object.
pub fn write_json(answer: &WhyAnswer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let why = answer.found;
    let view = View {
        schema: WHY_SCHEMA,
        query: QueryView::new(answer.input, answer.understood, answer.warnings),
        id: Shown(why.article.id()),
        key: &why.article.key,
        title: &why.article.title,
        found: why.found,
        total: why.total,
        rank: why.rank,
        score: finite(why.score),
        clauses: why.clauses.iter().map(|held| HeldView::of(held, answer.schema)).collect(),
        change: why.change.as_ref().map(|change| ChangeView {
            without: left_out(why, answer.schema),
            query: display(change, answer.schema),
        }),
    };
    write_line(&view, out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    query: QueryView<'a>,
    id: Shown<ArticleId>,
    key: &'a str,
    title: &'a str,
    found: bool,
    total: u64,
    rank: Option<u64>,
    score: f32,
    clauses: Vec<HeldView<'a>>,
    change: Option<ChangeView>,
}

#[derive(Serialize)]
struct HeldView<'a> {
    clause: String,
    holds: bool,
    score: f32,
    values: Option<&'a [String]>,
    near: &'a [String],
    passages: Vec<SnippetView<'a>>,
}

impl<'a> HeldView<'a> {
    fn of(held: &'a Held, schema: &Schema) -> HeldView<'a> {
        let title = held.title.iter().map(|title: &Passage| SnippetView::new("title", title));
        HeldView {
            clause: display(&held.clause, schema),
            holds: held.holds,
            score: finite(held.score),
            values: held.values.as_deref(),
            near: &held.near,
            passages: title.chain(held.passages.iter().map(SnippetView::of)).collect(),
        }
    }
}

#[derive(Serialize)]
struct ChangeView {
    without: String,
    query: String,
}

/// Writes what became of files.
pub fn write_files_text(files: &[FileRead<'_>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for file in files {
        line(out, style, Paint::Bold, &format!("{} of {}", file.path, file.source))?;
        let gave = match file.articles {
            0 => "no article of it is in the index".to_owned(),
            count => format!("{} of it in the index", counted(count, "article", "articles")),
        };
        line(out, style, Paint::Plain, &format!("  {gave}"))?;
        for remark in file.remarks {
            let shape = Block { indent: 2, ..Block::INDENTED };
            let text = format!("{}: {}: {}", severity(remark), remark.place, remark.message);
            block(out, style, &plain(&text), &shape)?;
            let below = Block { indent: 4, base: Paint::Dim, ..shape };
            remark.hint.iter().try_for_each(|hint| block(out, style, &plain(hint), &below))?;
        }
    }
    Ok(())
}

fn severity(remark: &Diagnostic) -> &'static str {
    match remark.severity {
        Severity::Note => "note",
        Severity::Skip => "skipped",
    }
}

/// Writes the same as one versioned object.
pub fn write_files_json(files: &[FileRead<'_>], out: &mut dyn Write) -> io::Result<()> {
    write_line(&FilesView { schema: WHY_SCHEMA, files: files.iter().map(FileView::of).collect() }, out)
}

#[derive(Serialize)]
struct FilesView<'a> {
    schema: &'static str,
    files: Vec<FileView<'a>>,
}

#[derive(Serialize)]
struct FileView<'a> {
    source: &'a str,
    path: &'a str,
    articles: u64,
    remarks: Vec<RemarkView<'a>>,
}

#[derive(Serialize)]
struct RemarkView<'a> {
    kind: &'static str,
    place: String,
    reason: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> FileView<'a> {
    fn of(file: &FileRead<'a>) -> FileView<'a> {
        let remarks = file.remarks.iter().map(|remark| RemarkView {
            kind: severity(remark),
            place: remark.place.to_string(),
            reason: remark.reason.as_str(),
            message: &remark.message,
            hint: remark.hint.as_deref(),
        });
        FileView { source: file.source, path: file.path, articles: file.articles, remarks: remarks.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Place;
    use crate::diagnostic::Reason;
    use crate::output::samples::*;
    use crate::schema::FieldName;
    use crate::search::Snippet;

    fn word(text: &str) -> Query {
        Query::Word { field: None, text: text.to_owned(), exact: false }
    }

    fn why(found: bool) -> Why {
        let held = |clause, holds| Held {
            clause,
            holds,
            score: if holds { 2.5 } else { 0.0 },
            values: None,
            near: Vec::new(),
            title: None,
            passages: Vec::new(),
        };
        let tag = Query::Value { field: FieldName::for_tests("tag"), value: "trade".to_owned() };
        let passage = passage("… that a [climate] policy worth the name …");
        let clauses = vec![
            Held { passages: vec![Snippet { field: "body", passage }], ..held(word("climate"), true) },
            Held { near: vec!["policy".to_owned()], ..held(word("polcy"), found) },
            Held { values: Some(vec!["energy".to_owned()]), ..held(tag, found) },
        ];
        let change = (!found).then(|| word("climate"));
        let (rank, warnings) = (found.then_some(3), Vec::new());
        Why { article: article(), found, total: 214, rank, score: 5.0, clauses, change, warnings }
    }

    fn answer<'a>(why: &'a Why, schema: &'a Schema) -> WhyAnswer<'a> {
        WhyAnswer { input: "a b", understood: "a b", warnings: &[], found: why, schema }
    }

    fn remarks() -> Vec<Diagnostic> {
        vec![Diagnostic {
            place: Place { path: "scan.txt".to_owned(), member: None, record: None },
            severity: Severity::Skip,
            reason: Reason::Binary,
            message: "this is no text".to_owned(),
            hint: Some("name a format".to_owned()),
        }]
    }

    #[test]
    fn reasons_look_as_they_should() {
        let schema = Schema::for_tests();
        for (name, found) in [("found", true), ("not_found", false)] {
            let mut out = Vec::new();
            write_text(&answer(&why(found), &schema), &PIPE, &mut out).unwrap();
            golden(&format!("why_{name}.txt"), &out);
        }
        let (mut out, remarks) = (Vec::new(), remarks());
        let file = FileRead { source: "wire", path: "scan.txt", articles: 0, remarks: &remarks };
        write_files_text(&[file], &PIPE, &mut out).unwrap();
        golden("why_file.txt", &out);
    }

    #[test]
    fn reasons_conform_to_their_schema() {
        let schema = Schema::for_tests();
        for found in [true, false] {
            let mut out = Vec::new();
            write_json(&answer(&why(found), &schema), &mut out).unwrap();
            conforms("why", std::str::from_utf8(&out).unwrap());
        }
        let (mut out, remarks) = (Vec::new(), remarks());
        let file = FileRead { source: "wire", path: "scan.txt", articles: 0, remarks: &remarks };
        write_files_json(&[file], &mut out).unwrap();
        conforms("why", std::str::from_utf8(&out).unwrap());
    }
}
