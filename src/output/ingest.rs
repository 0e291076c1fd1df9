//! The summary of an ingest, for reading and as JSON, and the records of `--report`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::article::Place;
use crate::diagnostic::{Diagnostic, Omission, Reason, Severity};
use crate::ingest::report::{FileCounts, IngestReport};
use crate::output::Style;
use crate::output::json::{thousandths, write_line};
use crate::output::text::layout::{Block, Paint, block, bytes, counted, line, pad, paint, plain, thousands};

/// The shape of the summary.
pub const INGEST_SCHEMA: &str = "backfile.ingest/1";

/// Examples shown for each reason to skip; the report holds all.
const EXAMPLES: usize = 3;

/// Writes the summary for reading.
pub fn write_text(report: &IngestReport, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let headline = counted(report.articles, "article in the index", "articles in the index");
    line(out, style, Paint::Bold, &headline)?;
    write_counts("articles", &article_counts(report), style, out)?;
    write_counts("files", &file_counts(&report.files), style, out)?;
    if !report.left_out.is_empty() {
        let counts =
            report.left_out.iter().map(|(what, count)| format!("{} {}", thousands(*count), what.words()));
        write_counts("left out", &counts.collect::<Vec<_>>(), style, out)?;
    }
    if report.bytes > 0 {
        write_counts("speed", &[speed(report)], style, out)?;
    }
    write_skips(report, style, out)?;
    write_notes(&report.notes, style, out)?;
    write_map_notes(report, style, out)?;
    writeln!(out)?;
    let next = Block { indent: 2, ..Block::HANGING };
    block(out, style, &plain(what_next(report)), &next)
}

fn article_counts(report: &IngestReport) -> Vec<String> {
    named_counts(&[("added", report.added), ("replaced", report.replaced), ("removed", report.removed)])
}

fn file_counts(files: &FileCounts) -> Vec<String> {
    named_counts(&[
        ("read", files.read),
        ("unchanged", files.unchanged),
        ("moved", files.moved),
        ("removed", files.removed),
        ("ignored", files.ignored),
    ])
}

/// Those that are not zero, but always something.
fn named_counts(counts: &[(&str, u64)]) -> Vec<String> {
    let named: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{} {name}", thousands(*count)))
        .collect();
    if named.is_empty() { vec!["nothing changed".to_owned()] } else { named }
}

fn speed(report: &IngestReport) -> String {
    let size = bytes(report.bytes);
    // Shorter times say more about the clock than about the speed.
    if report.seconds < 0.001 {
        return size;
    }
    let articles = (report.added + report.replaced) as f64 / report.seconds;
    let rate = bytes((report.bytes as f64 / report.seconds) as u64);
    format!("{size} in {:.1} s: {} articles/s, {rate}/s", report.seconds, thousands(articles as u64))
}

fn write_counts(name: &str, counts: &[String], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    const NAME: usize = 8;
    paint(out, style, Paint::Dim, &format!("  {}  ", pad(name, NAME)))?;
    block(out, style, &plain(&counts.join(", ")), &Block { indent: NAME + 4, ..Block::HANGING })
}

fn write_skips(report: &IngestReport, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if report.skipped.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let total = report.skipped.values().sum();
    line(out, style, Paint::Warning, &counted(total, "file or record skipped", "files and records skipped"))?;
    for (reason, count) in &report.skipped {
        let examples: Vec<&Diagnostic> =
            report.diagnostics.iter().filter(|it| is_skip(it, *reason)).take(EXAMPLES).collect();
        write_reason(*reason, *count, &examples, style, out)?;
    }
    Ok(())
}

fn is_skip(diagnostic: &Diagnostic, reason: Reason) -> bool {
    diagnostic.severity == Severity::Skip && diagnostic.reason == reason
}

/// Writes how many were left out for a reason, the first of them, and what to do about it.
pub(super) fn write_reason(
    reason: Reason,
    count: u64,
    examples: &[&Diagnostic],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    line(out, style, Paint::Plain, &format!("  {}: {}", reason.as_str(), thousands(count)))?;
    for example in examples {
        let text = format!("{}: {}", example.place, example.message);
        block(out, style, &plain(&text), &Block { indent: 4, ..Block::INDENTED })?;
    }
    let hidden = count.saturating_sub(examples.len() as u64);
    if hidden > 0 && !examples.is_empty() {
        line(out, style, Paint::Dim, &format!("    … and {} more", thousands(hidden)))?;
    }
    // The same advice once for each reason.
    match examples.iter().find_map(|example| example.hint.as_deref()) {
        Some(hint) => {
            let shape = Block { indent: 4, base: Paint::Dim, ..Block::INDENTED };
            block(out, style, &plain(&format!("→ {hint}")), &shape)
        }
        None => Ok(()),
    }
}

fn write_notes(notes: &BTreeMap<Reason, u64>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let counts: Vec<String> =
        notes.iter().map(|(reason, count)| format!("{} {}", thousands(*count), reason.as_str())).collect();
    let text = format!("remarks on articles that are in the index: {}", counts.join(", "));
    block(out, style, &plain(&text), &Block { indent: 2, ..Block::HANGING })
}

/// A misspelled name in `--map` costs values without any other sign.
fn write_map_notes(report: &IngestReport, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for note in report.diagnostics.iter().filter(|note| note.reason == Reason::Map) {
        writeln!(out)?;
        block(
            out,
            style,
            &plain(&note.message),
            &Block { indent: 2, base: Paint::Warning, ..Block::HANGING },
        )?;
    }
    Ok(())
}

fn what_next(report: &IngestReport) -> &'static str {
    if report.interrupted {
        "interrupted: what was committed stays; the same command goes on from there"
    } else if report.dry_run {
        "dry run: nothing was written; without --dry-run it is"
    } else if report.articles == 0 {
        "no articles found: see which files are ignored, or name the format with --format"
    } else if !report.skipped.is_empty() {
        "all others can be found: backfile query WORDS. Every skip is listed by --report FILE"
    } else {
        "ready: backfile query WORDS"
    }
}

/// Writes the summary as one versioned object.
pub fn write_json(report: &IngestReport, out: &mut dyn Write) -> io::Result<()> {
    let files = report.files;
    let view = View {
        schema: INGEST_SCHEMA,
        articles: report.articles,
        files: FilesView {
            read: files.read,
            unchanged: files.unchanged,
            ignored: files.ignored,
            removed: files.removed,
            moved: files.moved,
        },
        added: report.added,
        replaced: report.replaced,
        removed: report.removed,
        skipped: by_name(&report.skipped),
        notes: by_name(&report.notes),
        left_out: report.left_out.iter().map(|(what, count)| (what.as_str(), *count)).collect(),
        bytes: report.bytes,
        seconds: thousandths(report.seconds),
        interrupted: report.interrupted,
        dry_run: report.dry_run,
    };
    write_line(&view, out)
}

fn by_name(counts: &BTreeMap<Reason, u64>) -> BTreeMap<&'static str, u64> {
    counts.iter().map(|(reason, count)| (reason.as_str(), *count)).collect()
}

#[derive(Serialize)]
struct View {
    schema: &'static str,
    articles: u64,
    files: FilesView,
    added: u64,
    replaced: u64,
    removed: u64,
    skipped: BTreeMap<&'static str, u64>,
    notes: BTreeMap<&'static str, u64>,
    left_out: BTreeMap<&'static str, u64>,
    bytes: u64,
    seconds: f64,
    interrupted: bool,
    dry_run: bool,
}

#[derive(Serialize)]
struct FilesView {
    read: u64,
    unchanged: u64,
    ignored: u64,
    removed: u64,
    moved: u64,
}

/// Writes one record of the report, a line of JSON.
pub fn write_record(diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    write_line(&RecordView::of(diagnostic), out)
}

/// Writes one record that was left out, in the shape of the others.
pub fn write_omission(omission: &Omission, out: &mut dyn Write) -> io::Result<()> {
    let (place, what) = (&omission.place, omission.what);
    write_line(&RecordView::new(place, "left-out", what.as_str(), what.about(), what.hint()), out)
}

/// One skip, note or record left out, on the wire.
#[derive(Serialize)]
pub(super) struct RecordView<'a> {
    path: &'a str,
    member: Option<&'a str>,
    record: Option<u64>,
    severity: &'static str,
    reason: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> RecordView<'a> {
    pub(super) fn of(diagnostic: &'a Diagnostic) -> RecordView<'a> {
        let severity = match diagnostic.severity {
            Severity::Note => "note",
            Severity::Skip => "skip",
        };
        let (reason, hint) = (diagnostic.reason.as_str(), diagnostic.hint.as_deref());
        RecordView::new(&diagnostic.place, severity, reason, &diagnostic.message, hint)
    }

    fn new(
        place: &'a Place,
        severity: &'static str,
        reason: &'static str,
        message: &'a str,
        hint: Option<&'a str>,
    ) -> RecordView<'a> {
        let Place { path, member, record } = place;
        RecordView { path, member: member.as_deref(), record: *record, severity, reason, message, hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::LeftOut;
    use crate::output::samples::*;

    fn diagnostic(path: &str, record: Option<u64>, severity: Severity, reason: Reason) -> Diagnostic {
        Diagnostic {
            place: Place { path: path.to_owned(), member: None, record },
            severity,
            reason,
            message: "expected `,` or `}` at line 3 column 9".to_owned(),
            hint: Some("correct the record, then run the same command again".to_owned()),
        }
    }

    fn report() -> IngestReport {
        let broken = |record| diagnostic("wire/1974.jsonl", Some(record), Severity::Skip, Reason::Broken);
        IngestReport {
            articles: 21_578,
            files: FileCounts { read: 1300, unchanged: 20_000, ignored: 12, removed: 3, moved: 1 },
            added: 21_204,
            replaced: 12,
            removed: 3,
            skipped: [(Reason::Broken, 1009), (Reason::Binary, 1)].into(),
            notes: [(Reason::Date, 40), (Reason::Charset, 2)].into(),
            left_out: [(LeftOut::Unpublished, 6), (LeftOut::Attachment, 33)].into(),
            diagnostics: vec![
                diagnostic("a.txt", None, Severity::Note, Reason::Date),
                diagnostic("scan.txt", None, Severity::Skip, Reason::Binary),
                broken(12),
                broken(13),
                broken(14),
                broken(15),
            ],
            omissions: Vec::new(),
            bytes: 120_300_000,
            seconds: 3.2,
            interrupted: false,
            dry_run: false,
        }
    }

    fn text(report: &IngestReport, style: &Style) -> String {
        let mut out = Vec::new();
        write_text(report, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn summaries_look_as_they_should() {
        golden("ingest_pipe.txt", text(&report(), &PIPE).as_bytes());
        golden("ingest_narrow.txt", text(&report(), &NARROW).as_bytes());
        let files = FileCounts { unchanged: 21_578, ..FileCounts::default() };
        let still = IngestReport { articles: 21_578, files, ..IngestReport::default() };
        golden("ingest_unchanged.txt", text(&still, &PIPE).as_bytes());
    }

    #[test]
    fn the_last_line_says_what_to_do_next() {
        let cases = [
            (IngestReport { interrupted: true, ..report() }, "interrupted:"),
            (IngestReport { dry_run: true, ..report() }, "dry run:"),
            (IngestReport::default(), "no articles found:"),
            (report(), "all others can be found:"),
            (IngestReport { skipped: BTreeMap::new(), ..report() }, "ready:"),
        ];
        for (report, expected) in cases {
            assert!(what_next(&report).starts_with(expected), "{report:?}");
        }
    }

    #[test]
    fn summaries_and_records_conform_to_their_schemas() {
        for report in [report(), IngestReport { seconds: f64::NAN, ..IngestReport::default() }] {
            let mut out = Vec::new();
            write_json(&report, &mut out).unwrap();
            conforms("ingest", std::str::from_utf8(&out).unwrap());
        }
        for diagnostic in report().diagnostics {
            let mut out = Vec::new();
            write_record(&diagnostic, &mut out).unwrap();
            conforms("report-record", std::str::from_utf8(&out).unwrap());
        }
        for what in [
            LeftOut::Unpublished,
            LeftOut::Attachment,
            LeftOut::NoArticle,
            LeftOut::Revisit,
            LeftOut::NoPage,
            LeftOut::NoText,
        ] {
            let place = Place { path: "a.jsonl".to_owned(), member: None, record: Some(2) };
            let mut out = Vec::new();
            write_omission(&Omission { place, what }, &mut out).unwrap();
            conforms("report-record", std::str::from_utf8(&out).unwrap());
        }
    }
}
