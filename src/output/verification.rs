//! What a check of every byte of an index found, for reading and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::output::Style;
use crate::output::json::write_line;
use crate::output::text::layout::{Block, Paint, block, bytes, counted, line, plain};
use crate::search::verification::{Finding, Verification};

/// The shape of the answer.
pub const VERIFY_SCHEMA: &str = "backfile.verify/1";

/// Writes what was found for reading.
pub fn write_text(verified: &Verification, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in &verified.findings {
        let what = if finding.kind.is_remark() { "note: " } else { "" };
        block(out, style, &plain(&format!("{what}{finding}")), &Block::HANGING)?;
    }
    let wrong = verified.findings.iter().filter(|finding| !finding.kind.is_remark()).count() as u64;
    let checked = format!(
        "{}, {}, {} checked in {:.2} s",
        counted(verified.files, "file", "files"),
        bytes(verified.bytes),
        counted(verified.articles, "article", "articles"),
        verified.seconds
    );
    match wrong {
        0 => line(out, style, Paint::Bold, &format!("sound: {checked}")),
        wrong => {
            let wrong = counted(wrong, "file is not as it should be", "files are not as they should be");
            line(out, style, Paint::Warning, &format!("{wrong}: {checked}"))
        }
    }
}

/// Writes what was found as one versioned object.
pub fn write_json(verified: &Verification, out: &mut dyn Write) -> io::Result<()> {
    write_line(&View::of(verified), out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    sound: bool,
    files: u64,
    bytes: u64,
    articles: u64,
    seconds: f64,
    findings: Vec<FindingView<'a>>,
}

#[derive(Serialize)]
struct FindingView<'a> {
    file: &'a str,
    kind: &'static str,
    message: String,
}

impl<'a> View<'a> {
    fn of(verified: &'a Verification) -> View<'a> {
        View {
            schema: VERIFY_SCHEMA,
            sound: verified.findings.iter().all(|finding| finding.kind.is_remark()),
            files: verified.files,
            bytes: verified.bytes,
            articles: verified.articles,
            seconds: verified.seconds,
            findings: verified.findings.iter().map(FindingView::of).collect(),
        }
    }
}

impl<'a> FindingView<'a> {
    fn of(finding: &'a Finding) -> FindingView<'a> {
        FindingView { file: &finding.file, kind: finding.kind.as_str(), message: finding.kind.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;
    use crate::search::verification::Kind;

    fn verified(kinds: &[Kind]) -> Verification {
        let finding = |kind: &Kind| Finding { file: "tantivy/ab.idx".to_owned(), kind: kind.clone() };
        Verification {
            files: 12,
            bytes: 34_500_000,
            articles: 21_578,
            findings: kinds.iter().map(finding).collect(),
            seconds: 0.0312,
        }
    }

    fn cases() -> [(&'static str, Verification); 3] {
        let wrong = [
            Kind::Missing,
            Kind::Length { committed: 12, found: 10 },
            Kind::Changed,
            Kind::Unreadable("Input/output error".to_owned()),
            Kind::Foreign,
        ];
        [
            ("sound", verified(&[])),
            ("remarks", verified(&[Kind::Leftover, Kind::Remade])),
            ("damaged", verified(&wrong)),
        ]
    }

    #[test]
    fn findings_look_as_they_should() {
        for (name, verified) in cases() {
            let mut out = Vec::new();
            write_text(&verified, &PIPE, &mut out).unwrap();
            golden(&format!("verify_{name}.txt"), &out);
        }
    }

    #[test]
    fn findings_conform_to_their_schema() {
        for (name, verified) in cases() {
            let mut out = Vec::new();
            write_json(&verified, &mut out).unwrap();
            let text = std::str::from_utf8(&out).unwrap();
            conforms("verify", text);
            assert_eq!(text.contains("\"sound\":true"), name != "damaged", "{text}");
        }
    }
}
