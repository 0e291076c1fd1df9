//! What compacting an index gained, for reading and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::output::Style;
use crate::output::json::write_line;
use crate::output::text::layout::{Paint, bytes, counted, line, thousands};
use crate::search::compaction::Compaction;

/// The shape of the outcome.
pub const COMPACT_SCHEMA: &str = "backfile.compact/1";

/// Writes the outcome for reading.
pub fn write_text(compaction: &Compaction, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let articles = counted(compaction.articles, "article", "articles");
    let segments = counted(compaction.segments_after, "segment", "segments");
    line(out, style, Paint::Bold, &format!("{articles} in {segments}"))?;
    let rows = [
        ("segments", gain(compaction.segments_before, compaction.segments_after, thousands)),
        ("dropped", counted(compaction.dropped, "deleted article", "deleted articles")),
        ("size", gain(compaction.bytes_before, compaction.bytes_after, bytes)),
    ];
    rows.iter().try_for_each(|(name, value)| line(out, style, Paint::Plain, &format!("  {name:<8}  {value}")))
}

fn gain(before: u64, after: u64, shown: impl Fn(u64) -> String) -> String {
    if before == after {
        format!("{}, as before", shown(after))
    } else {
        format!("{} of {}", shown(after), shown(before))
    }
}

/// Writes the outcome as one versioned object.
pub fn write_json(compaction: &Compaction, out: &mut dyn Write) -> io::Result<()> {
    let Compaction { articles, dropped, segments_before, segments_after, bytes_before, bytes_after } =
        *compaction;
    let segments = Gain { before: segments_before, after: segments_after };
    let bytes = Gain { before: bytes_before, after: bytes_after };
    write_line(&View { schema: COMPACT_SCHEMA, articles, dropped, segments, bytes }, out)
}

#[derive(Serialize)]
struct View {
    schema: &'static str,
    articles: u64,
    dropped: u64,
    segments: Gain,
    bytes: Gain,
}

#[derive(Serialize)]
struct Gain {
    before: u64,
    after: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;

    const COMPACTION: Compaction = Compaction {
        articles: 1_234,
        dropped: 56,
        segments_before: 8,
        segments_after: 1,
        bytes_before: 9_000_000,
        bytes_after: 8_000_000,
    };

    fn text(compaction: &Compaction) -> String {
        let mut out = Vec::new();
        write_text(compaction, &PIPE, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn says_what_was_gained() {
        assert_eq!(
            text(&COMPACTION),
            "1,234 articles in 1 segment\n  segments  1 of 8\n  dropped   56 deleted articles\n  size      8.0 MB of 9.0 MB\n"
        );
        let nothing =
            Compaction { articles: 1, segments_after: 1, segments_before: 1, ..Compaction::default() };
        assert_eq!(
            text(&nothing),
            "1 article in 1 segment\n  segments  1, as before\n  dropped   0 deleted articles\n  size      0 B, as before\n"
        );
    }

    #[test]
    fn keeps_to_its_schema() {
        let mut out = Vec::new();
        write_json(&COMPACTION, &mut out).unwrap();
        conforms("compact", &String::from_utf8(out).unwrap());
    }
}
