//! One hit: rank and title, date and tags and authors, the passages, where it lies.

use std::io::{self, Write};

use crate::article::Published;
use crate::output::Style;
use crate::output::text::layout::{Block, Paint, block, counted, line, paint, plain};
use crate::search::Hit;

/// Lines for date, tags and authors; articles with hundreds of tags exist.
const META_LINES: usize = 2;

/// Writes a hit below a rank of `rank_width` digits.
pub(super) fn write_hit(hit: &Hit, rank_width: usize, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let indent = rank_width + 3;
    paint(out, style, Paint::Dim, &format!(" {:>rank_width$}  ", hit.rank))?;
    block(out, style, &hit.title, &Block { indent, base: Paint::Bold, ..Block::HANGING })?;

    let meta = Block { indent, lines: META_LINES, base: Paint::Dim, ..Block::INDENTED };
    block(out, style, &plain(&meta_line(hit)), &meta)?;
    for snippet in &hit.snippets {
        block(out, style, &snippet.passage, &Block { indent, ..Block::INDENTED })?;
    }
    // Never wrapped: it is there to be copied.
    write!(out, "{:indent$}", "")?;
    line(out, style, Paint::Dim, &format!("{} · {}{}", lies_at(hit), hit.id, copies(hit)))
}

/// How many more articles are the same text again.
fn copies(hit: &Hit) -> String {
    let others = hit.family.map_or(0, |family| family.size.saturating_sub(1));
    match others {
        0 => String::new(),
        others => format!(" · +{}", counted(others, "copy", "copies")),
    }
}

fn meta_line(hit: &Hit) -> String {
    let parts = [hit.published.map(date).unwrap_or_default(), hit.tags.join(", "), hit.authors.join(", ")];
    let stated: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    stated.join(" · ")
}

fn date(published: Published) -> String {
    let day = Published { date: published.date.to_the_day(), ..published };
    if published.is_stated() { day.to_string() } else { format!("{day} (from the text)") }
}

/// The file and record; the URL when the article came without a file.
fn lies_at(hit: &Hit) -> String {
    match &hit.url {
        Some(url) if hit.place.path.is_empty() || hit.place.path == "-" => url.clone(),
        Some(_) | None => hit.place.to_string(),
    }
}
