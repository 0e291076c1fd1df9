//! The state of an index, for reading and as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::analysis::language::Language;
use crate::output::Style;
use crate::output::ingest::{RecordView, write_reason};
use crate::output::json::{Shown, write_line};
use crate::output::text::layout::{Block, Paint, block, bytes, counted, line, pad, paint, plain, thousands};
use crate::search::status::{DatesKnown, IndexStatus, SourceStatus};
use crate::text::calendar::Day;

/// The shape of the status.
pub const STATUS_SCHEMA: &str = "backfile.status/1";

/// Languages named in the text; JSON has all.
const LANGUAGES: usize = 8;

/// Writes the status for reading.
pub fn write_text(status: &IndexStatus, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let headline = counted(status.articles, "article in the index", "articles in the index");
    line(out, style, Paint::Bold, &headline)?;
    for (name, value) in rows(status) {
        write_row(name, &value, style, out)?;
    }
    if !status.sources.is_empty() {
        writeln!(out)?;
        line(out, style, Paint::Bold, "archives")?;
        status.sources.iter().try_for_each(|source| write_source(source, style, out))?;
    }
    if !status.skipped.is_empty() {
        writeln!(out)?;
        let total = status.skipped.values().map(|it| it.count).sum();
        let skipped = counted(total, "file or record skipped", "files and records skipped");
        line(out, style, Paint::Warning, &skipped)?;
        for (reason, skipped) in &status.skipped {
            let examples: Vec<_> = skipped.examples.iter().collect();
            write_reason(*reason, skipped.count, &examples, style, out)?;
        }
    }
    Ok(())
}

fn rows(status: &IndexStatus) -> [(&'static str, String); 5] {
    [
        ("dates", dates(&status.dates)),
        ("languages", languages(&status.languages)),
        ("copies", copies(status)),
        ("size", size(status)),
        ("last ingest", status.last_ingest.clone().unwrap_or_else(|| "never".to_owned())),
    ]
}

fn dates(dates: &DatesKnown) -> String {
    let span = match (dates.first, dates.last) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        (Some(day), None) | (None, Some(day)) => day.to_string(),
        (None, None) => "none known".to_owned(),
    };
    match dates.undated {
        0 => span,
        undated => format!("{span}, {} undated", thousands(undated)),
    }
}

fn languages(counts: &[(Option<Language>, u64)]) -> String {
    let name = |language: &Option<Language>| language.map_or("unknown".to_owned(), |it| it.to_string());
    let named: Vec<String> = counts
        .iter()
        .take(LANGUAGES)
        .map(|(language, count)| format!("{} {}", name(language), thousands(*count)))
        .collect();
    match counts.len().saturating_sub(LANGUAGES) {
        _ if named.is_empty() => "none known".to_owned(),
        0 => named.join(", "),
        hidden => format!("{}, … and {hidden} more", named.join(", ")),
    }
}

fn copies(status: &IndexStatus) -> String {
    match status.families {
        0 => "none".to_owned(),
        families => {
            format!("{} in {}", thousands(status.copies), counted(families, "family", "families"))
        }
    }
}

fn size(status: &IndexStatus) -> String {
    let dead = status.bytes_total.saturating_sub(status.bytes_live);
    let waste = match dead {
        0 => String::new(),
        dead => format!(" ({} of it dead: backfile compact)", bytes(dead)),
    };
    let segments = counted(status.segments, "segment", "segments");
    format!("{}{waste}, {segments}, format {}", bytes(status.bytes_total), status.format)
}

fn write_row(name: &str, value: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    const NAME: usize = 11;
    paint(out, style, Paint::Dim, &format!("  {}  ", pad(name, NAME)))?;
    block(out, style, &plain(value), &Block { indent: NAME + 4, ..Block::HANGING })
}

fn write_source(source: &SourceStatus, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let skipped = match source.skipped {
        0 => String::new(),
        skipped => format!(", {} skipped", thousands(skipped)),
    };
    let articles = counted(source.articles, "article", "articles");
    let files = counted(source.files, "file", "files");
    line(out, style, Paint::Plain, &format!("  {}: {articles} from {files}{skipped}", source.name))?;
    line(out, style, Paint::Dim, &format!("    {}", source.root))
}

/// Writes the status as one versioned object.
pub fn write_json(status: &IndexStatus, out: &mut dyn Write) -> io::Result<()> {
    write_line(&View::of(status), out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    format: u32,
    articles: u64,
    sources: Vec<SourceView<'a>>,
    bytes: BytesView,
    segments: u64,
    dates: DatesView,
    languages: Vec<LanguageView>,
    families: u64,
    copies: u64,
    last_ingest: Option<&'a str>,
    skipped: BTreeMap<&'static str, SkippedView<'a>>,
}

#[derive(Serialize)]
struct SourceView<'a> {
    name: &'a str,
    root: &'a str,
    files: u64,
    articles: u64,
    skipped: u64,
}

#[derive(Serialize)]
struct BytesView {
    live: u64,
    total: u64,
}

#[derive(Serialize)]
struct DatesView {
    first: Option<Shown<Day>>,
    last: Option<Shown<Day>>,
    undated: u64,
}

#[derive(Serialize)]
struct LanguageView {
    lang: Option<Shown<Language>>,
    articles: u64,
}

#[derive(Serialize)]
struct SkippedView<'a> {
    count: u64,
    examples: Vec<RecordView<'a>>,
}

impl<'a> View<'a> {
    fn of(status: &'a IndexStatus) -> View<'a> {
        View {
            schema: STATUS_SCHEMA,
            format: status.format,
            articles: status.articles,
            sources: status.sources.iter().map(SourceView::of).collect(),
            bytes: BytesView { live: status.bytes_live, total: status.bytes_total },
            segments: status.segments,
            dates: DatesView {
                first: status.dates.first.map(Shown),
                last: status.dates.last.map(Shown),
                undated: status.dates.undated,
            },
            languages: status
                .languages
                .iter()
                .map(|(lang, articles)| LanguageView { lang: lang.map(Shown), articles: *articles })
                .collect(),
            families: status.families,
            copies: status.copies,
            last_ingest: status.last_ingest.as_deref(),
            skipped: status
                .skipped
                .iter()
                .map(|(reason, it)| {
                    let examples = it.examples.iter().map(RecordView::of).collect();
                    (reason.as_str(), SkippedView { count: it.count, examples })
                })
                .collect(),
        }
    }
}

impl<'a> SourceView<'a> {
    fn of(source: &'a SourceStatus) -> SourceView<'a> {
        SourceView {
            name: &source.name,
            root: &source.root,
            files: source.files,
            articles: source.articles,
            skipped: source.skipped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Place;
    use crate::diagnostic::{Diagnostic, Reason, Severity};
    use crate::output::samples::*;
    use crate::search::status::Skipped;

    fn status() -> IndexStatus {
        let example = Diagnostic {
            place: Place { path: "scan.txt".to_owned(), member: None, record: None },
            severity: Severity::Skip,
            reason: Reason::Binary,
            message: "zero bytes in the first kilobyte".to_owned(),
            hint: None,
        };
        let source = SourceStatus {
            name: "wire".to_owned(),
            root: "/srv/wire".to_owned(),
            files: 1300,
            articles: 21_578,
            skipped: 1,
        };
        IndexStatus {
            format: 1,
            articles: 21_578,
            sources: vec![source],
            bytes_live: 34_500_000,
            bytes_total: 41_000_000,
            segments: 3,
            dates: DatesKnown { first: Some(day(1971, 4, 1)), last: Some(day(2019, 5, 17)), undated: 45 },
            languages: vec![(Language::parse("en"), 21_000), (Language::parse("ja"), 500), (None, 78)],
            families: 801,
            copies: 1_204,
            last_ingest: Some("2024-02-03T10:00:00Z".to_owned()),
            skipped: [(Reason::Binary, Skipped { count: 1, examples: vec![example] })].into(),
        }
    }

    #[test]
    fn statuses_look_as_they_should() {
        for (name, status) in [("full", status()), ("empty", IndexStatus::default())] {
            let mut out = Vec::new();
            write_text(&status, &PIPE, &mut out).unwrap();
            golden(&format!("status_{name}.txt"), &out);
        }
    }

    #[test]
    fn statuses_conform_to_their_schema() {
        for status in [status(), IndexStatus::default()] {
            let mut out = Vec::new();
            write_json(&status, &mut out).unwrap();
            conforms("status", std::str::from_utf8(&out).unwrap());
        }
    }
}
