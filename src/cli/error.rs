//! Errors as people read them: what was tried, on what, and what to do next.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::engine::EngineError;
use crate::ingest::IngestError;
use crate::schema::load::SchemaError;
use crate::text::sanitize::{visible, visible_multiline};

use super::status::Status;

/// Why a command could not be carried out.
#[derive(Debug)]
pub struct Error {
    /// The exit code.
    pub status: Status,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// A text and the part of it that is meant.
    pub caret: Option<(String, Range<usize>)>,
}

impl Error {
    /// An error in what was typed.
    pub fn usage(message: impl Into<String>, hint: impl Into<Option<String>>) -> Error {
        Error { status: Status::Usage, message: message.into(), hint: hint.into(), caret: None }
    }

    /// An error while writing to a file or to standard output.
    pub fn output(what: &str, error: &std::io::Error) -> Error {
        let message = format!("cannot write {what}: {error}");
        Error { status: Status::Unwritable, message, hint: None, caret: None }
    }

    /// The same error, with the place where it happened before its message.
    pub(super) fn at(&self, place: &str) -> Error {
        let message = format!("{place}: {}", self.message);
        Error { status: self.status, message, hint: self.hint.clone(), caret: self.caret.clone() }
    }

    /// The lines for the terminal.
    pub fn render(&self) -> String {
        let mut text = format!("backfile: {}\n", visible_multiline(self.message.trim_end()));
        if let Some((line, span)) = &self.caret {
            text.push_str(&caret(line, span));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("hint: {}\n", visible(hint)));
        }
        text
    }
}

/// How much of a long line is shown before and behind what is meant, in bytes.
const AROUND: usize = 60;

/// The line, and below it a mark under the part that is meant; of a long line only what is around it.
pub(super) fn caret(line: &str, span: &Range<usize>) -> String {
    let start = line.floor_char_boundary(span.start.min(line.len()));
    let end = line.floor_char_boundary(span.end.clamp(start, line.len()));
    let begin = line.floor_char_boundary(start.saturating_sub(AROUND));
    let stop = line.ceil_char_boundary((start + AROUND).min(line.len()));
    let before = format!("{}{}", if begin > 0 { "…" } else { "" }, visible(&line[begin..start]));
    let behind = format!("{}{}", visible(&line[start..stop]), if stop < line.len() { "…" } else { "" });
    let marks = UnicodeWidthStr::width(&*visible(&line[start..end.min(stop)])).max(1);
    format!(
        "  {before}{behind}\n  {}{}\n",
        " ".repeat(UnicodeWidthStr::width(before.as_str())),
        "^".repeat(marks)
    )
}

/// The machine refuses this process a thread.
pub(super) fn thread_refused(error: &std::io::Error) -> Error {
    let message = format!("no thread could be started: {error}");
    let hint = "is a limit of memory or processes reached? With more of them the same command works";
    Error { status: Status::Unwritable, message, hint: Some(hint.to_owned()), caret: None }
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Error {
        let rebuild =
            "`backfile rebuild` builds it anew from the same archives, which are untouched".to_owned();
        let (status, hint) = match &error {
            EngineError::Absent { .. } => (Status::NoIndex, Some(NO_INDEX.to_owned())),
            EngineError::Foreign { .. } => {
                (Status::NoIndex, Some("name another folder with -i, or remove this one yourself".to_owned()))
            }
            EngineError::Outdated { .. } | EngineError::Damaged { .. } => (Status::NoIndex, Some(rebuild)),
            EngineError::Unreadable { .. } => {
                (Status::NoIndex, Some("put it right, or move it away".to_owned()))
            }
            EngineError::Forbidden { .. } => (
                Status::NoIndex,
                Some("the index is as it was; give yourself the right to read it".to_owned()),
            ),
            EngineError::Locked { .. } => {
                (Status::Locked, Some("try again when it has ended; searching works meanwhile".to_owned()))
            }
            EngineError::Busy { .. } => (Status::Locked, Some("try again when it has ended".to_owned())),
            EngineError::Unwritable { .. } => {
                let hint =
                    "what was committed stays; make room or give the right to write, then run it again";
                (Status::Unwritable, Some(hint.to_owned()))
            }
            EngineError::Refused { .. } | EngineError::Broken(_) => {
                (Status::Unwritable, Some("what was committed stays; run it again".to_owned()))
            }
            EngineError::Query(_) | EngineError::Slow { .. } => (Status::Usage, None),
        };
        Error { status, message: error.to_string(), hint, caret: None }
    }
}

/// What to do when no index was found.
pub(super) const NO_INDEX: &str = "make one with `backfile ingest FOLDER`; an index is found by -i DIR, by $BACKFILE_INDEX, or as the nearest \
     .backfile folder here or above";

impl From<SchemaError> for Error {
    fn from(error: SchemaError) -> Error {
        Error::usage(error.to_string(), Some("index_schema/README.md describes every key".to_owned()))
    }
}

impl From<IngestError> for Error {
    fn from(error: IngestError) -> Error {
        let message = error.to_string();
        match error {
            IngestError::Engine(error) => error.into(),
            IngestError::IsIndex { .. } => {
                Error::usage(message, Some("name the folder of the articles".to_owned()))
            }
            IngestError::NoRoot { .. } => {
                Error::usage(message, Some("is it spelled right, and is its disk there?".to_owned()))
            }
            IngestError::Vanished { .. } => Error::usage(
                message,
                Some(
                    "if they are really gone, say --prune; to keep them, say --no-prune; if this is another archive, give it a name of its own with --source"
                        .to_owned(),
                ),
            ),
            IngestError::Pattern(_) => {
                Error::usage(message, Some("patterns are like 2019/**/*.md".to_owned()))
            }
            IngestError::Format(_) => Error::usage(message, Some(format!("formats: {}", formats()))),
        }
    }
}

fn formats() -> String {
    let names: Vec<&str> = crate::reader::READERS.iter().map(|reader| reader.name()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitize::is_unsafe;

    #[test]
    fn a_message_keeps_its_lines_and_nothing_else() {
        let error = Error::usage("line 1\n  |\n1 | a\x1b[2J =\n", Some("a\nb".to_owned()));
        assert_eq!(error.render(), "backfile: line 1\n  |\n1 | a␛[2J =\nhint: a b\n");
    }

    #[test]
    fn no_character_of_a_message_does_harm() {
        let all: Vec<char> = ('\0'..=char::MAX).collect();
        for characters in all.chunks(4_096) {
            let text: String = characters.iter().collect();
            let error = Error {
                caret: Some((text.clone(), 50..60)),
                ..Error::usage(format!("no field {text}"), Some(format!("is it {text}?")))
            };
            let harmful = error.render().chars().find(|c| *c != '\n' && is_unsafe(*c));
            assert_eq!(harmful, None, "{text:?}");
        }
    }

    #[test]
    fn the_caret_stands_under_what_is_meant() {
        assert_eq!(caret("tag:x date:bad", &(6..14)), "  tag:x date:bad\n        ^^^^^^^^\n");
        assert_eq!(caret("日本 x~", &(7..9)), "  日本 x~\n       ^^\n");
        assert_eq!(caret("x", &(9..12)), "  x\n   ^\n");
        let long = format!("{}here{}", "a".repeat(5_000), "b".repeat(5_000));
        let shown = caret(&long, &(5_000..5_004));
        assert!(shown.starts_with("  …aaa") && shown.contains("ahereb") && shown.len() < 400, "{shown}");
        assert!(shown.trim_end().ends_with(" ^^^^"), "{shown}");
    }
}
