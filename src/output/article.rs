//! One article: for reading (`show`), and as versioned JSON (`show --json`, the lines of `extract`), which the JSON
//! reader reads back.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::analysis::language::Language;
use crate::article::{Article, ArticleId, Published};
use crate::output::Style;
use crate::output::json::{DateView, LocationView, Shown, SnippetView, scalar_spans, write_line};
use crate::output::text::layout::{Block, Paint, block, line, pad, paint, plain, thousands};
use crate::search::Passage;
use crate::search::marked::Marked;
use crate::text::sanitize::visible;

/// The shape of one article.
pub const ARTICLE_SCHEMA: &str = "backfile.article/1";

/// Writes an article for reading: title, a table of its values with where they came from, description, body; with
/// what a query matches in them, if there was one.
pub fn write_text(
    article: &Article,
    marked: Option<&Marked>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = marked.map_or_else(|| plain(&article.title), |marked| marked.title.clone());
    block(out, style, &title, &Block { base: Paint::Bold, ..Block::HANGING })?;
    writeln!(out)?;
    write_table(&stated_values(article), style, out)?;
    if !article.meta.is_empty() {
        writeln!(out)?;
        let rows = article.meta.iter().map(|(name, values)| (name.as_str(), values.join("; ")));
        write_table(&rows.collect::<Vec<_>>(), style, out)?;
    }
    if let Some(description) = &article.description {
        writeln!(out)?;
        let found = marked.and_then(|marked| marked.description.clone());
        let description = found.unwrap_or_else(|| plain(description));
        block(out, style, &description, &Block { base: Paint::Bold, ..Block::HANGING })?;
    }
    if !article.body.is_empty() {
        writeln!(out)?;
        let spans = marked.map(|marked| marked.body.spans.as_slice()).unwrap_or_default();
        write_body(&article.body, spans, style, out)?;
    }
    if !article.furniture.is_empty() {
        writeln!(out)?;
        line(out, style, Paint::Dim, "Left out of the text:")?;
        for text in &article.furniture {
            block(out, style, &plain(text), &Block { indent: 2, base: Paint::Dim, ..Block::INDENTED })?;
        }
    }
    Ok(())
}

/// Writes of an article the title and the passages that a query matches.
pub fn write_passages(
    article: &Article,
    marked: &Marked,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    block(out, style, &marked.title, &Block { base: Paint::Bold, ..Block::HANGING })?;
    line(out, style, Paint::Dim, &format!("{} · {}", article.place, article.id()))?;
    if marked.passages.is_empty() {
        writeln!(out)?;
        return line(out, style, Paint::Plain, "no passage of its text matches");
    }
    marked.passages.iter().try_for_each(|snippet| {
        writeln!(out)?;
        block(out, style, &snippet.passage, &Block { indent: 2, ..Block::INDENTED })
    })
}

/// Writes an article as one versioned object, with what a query matches in it, if there was one.
pub fn write_json(article: &Article, marked: Option<&Marked>, out: &mut dyn Write) -> io::Result<()> {
    let matches = marked.map(|marked| MatchesView {
        title: scalar_spans(&marked.title),
        description: marked.description.as_ref().map(scalar_spans),
        body: scalar_spans(&marked.body),
        passages: marked.passages.iter().map(SnippetView::of).collect(),
    });
    write_line(&ArticleView { matches, ..ArticleView::of(article) }, out)
}

/// The rows of the table; what is not stated is left out.
fn stated_values(article: &Article) -> Vec<(&'static str, String)> {
    let published = article.published;
    let rows = [
        ("date", published.map(date).unwrap_or_default()),
        ("authors", article.authors.join("; ")),
        ("tags", article.tags.join("; ")),
        ("section", article.sections.join("; ")),
        ("language", language(article)),
        ("words", thousands(u64::from(article.words))),
        ("title", format!("({})", article.title_origin.as_str())),
        ("url", article.url.clone().unwrap_or_default()),
        ("source", article.source.clone()),
        ("place", article.place.to_string()),
        ("key", article.key.clone()),
        ("id", article.id().to_string()),
    ];
    rows.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The date and where it was stated.
fn date(published: Published) -> String {
    match published.is_stated() {
        true => format!("{published} ({})", published.origin.as_str()),
        false => format!("{published} (from the text)"),
    }
}

/// What the text is in, and what was declared if that is something else.
fn language(article: &Article) -> String {
    match (article.language, article.declared_language) {
        (Some(found), Some(declared)) if found == declared => format!("{found} (declared)"),
        (Some(found), Some(declared)) => {
            format!("{found} (text{}; declared: {declared})", confidence(article))
        }
        (Some(found), None) => format!("{found} (text{})", confidence(article)),
        (None, Some(declared)) => format!("{declared} (declared)"),
        (None, None) => String::new(),
    }
}

fn confidence(article: &Article) -> String {
    article.language_confidence.map(|percent| format!(", {percent} %")).unwrap_or_default()
}

fn write_table(rows: &[(&str, String)], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    const LONGEST_NAME: usize = 24;
    let widest = rows.iter().map(|(name, _)| visible(name).width()).max().unwrap_or(0).min(LONGEST_NAME);
    for (name, value) in rows {
        let name = visible(name);
        paint(out, style, Paint::Dim, &pad(&name, widest))?;
        write!(out, "  ")?;
        // An address is there to be copied, and a long name leaves no room.
        if name.width() > widest || !value.contains(' ') {
            writeln!(out, "{}", visible(value))?;
        } else {
            block(out, style, &plain(value), &Block { indent: widest + 2, ..Block::HANGING })?;
        }
    }
    Ok(())
}

/// Line breaks stay: poems, lists and tables have meant them.
fn write_body(body: &str, spans: &[Range<usize>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (mut begin, mut rest) = (0, spans);
    for whole in body.split_inclusive('\n') {
        let text = whole.trim_end_matches('\n');
        let line = begin..begin + text.len();
        begin += whole.len();
        // What matches may go on in the next line.
        rest = &rest[rest.partition_point(|span| span.end <= line.start)..];
        if text.trim().is_empty() {
            writeln!(out)?;
            continue;
        }
        let here = rest.iter().take_while(|span| span.start < line.end);
        let within = |at: usize| at.clamp(line.start, line.end) - line.start;
        let spans = here.map(|span| within(span.start)..within(span.end)).collect();
        block(out, style, &Passage { text: text.to_owned(), spans }, &Block::HANGING)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct ArticleView<'a> {
    schema: &'static str,
    id: Shown<ArticleId>,
    key: &'a str,
    title: &'a str,
    authors: &'a [String],
    tags: &'a [String],
    section: &'a [String],
    lang: Option<Shown<Language>>,
    lang_confidence: Option<u8>,
    declared_lang: Option<Shown<Language>>,
    words: u32,
    date: Option<DateView>,
    url: Option<&'a str>,
    source: &'a str,
    location: LocationView<'a>,
    origins: Origins,
    meta: &'a BTreeMap<String, Vec<String>>,
    description: Option<&'a str>,
    body: &'a str,
    furniture: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<MatchesView<'a>>,
}

/// What a query matches in an article.
#[derive(Serialize)]
struct MatchesView<'a> {
    title: Vec<[usize; 2]>,
    description: Option<Vec<[usize; 2]>>,
    body: Vec<[usize; 2]>,
    passages: Vec<SnippetView<'a>>,
}

#[derive(Serialize)]
struct Origins {
    title: &'static str,
    date: Option<&'static str>,
}

impl<'a> ArticleView<'a> {
    fn of(article: &'a Article) -> ArticleView<'a> {
        ArticleView {
            schema: ARTICLE_SCHEMA,
            id: Shown(article.id()),
            key: &article.key,
            title: &article.title,
            authors: &article.authors,
            tags: &article.tags,
            section: &article.sections,
            lang: article.language.map(Shown),
            lang_confidence: article.language_confidence,
            declared_lang: article.declared_language.map(Shown),
            words: article.words,
            date: article.published.map(DateView::of),
            url: article.url.as_deref(),
            source: &article.source,
            location: LocationView::of(&article.place),
            origins: Origins {
                title: article.title_origin.as_str(),
                date: article.published.map(|published| published.origin.as_str()),
            },
            meta: &article.meta,
            description: article.description.as_deref(),
            body: &article.body,
            furniture: &article.furniture,
            matches: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;

    fn bare() -> Article {
        Article {
            description: None,
            body: String::new(),
            authors: Vec::new(),
            tags: Vec::new(),
            sections: Vec::new(),
            published: None,
            language: None,
            declared_language: None,
            language_confidence: None,
            url: None,
            meta: BTreeMap::new(),
            ..article()
        }
    }

    #[test]
    fn articles_look_as_they_should() {
        for (name, style) in [("pipe", PIPE), ("screen", SCREEN), ("narrow", NARROW)] {
            let mut out = Vec::new();
            write_text(&article(), None, &style, &mut out).unwrap();
            golden(&format!("show_{name}.txt"), &out);
        }
        let mut out = Vec::new();
        write_text(&bare(), None, &PIPE, &mut out).unwrap();
        golden("show_bare.txt", &out);
    }

    #[test]
    fn articles_conform_to_their_schemas() {
        for article in [article(), bare()] {
            let mut out = Vec::new();
            write_json(&article, None, &mut out).unwrap();
            conforms("article", std::str::from_utf8(&out).unwrap());
        }
    }

    #[test]
    fn articles_keep_their_shape() {
        let mut out = Vec::new();
        write_json(&article(), None, &mut out).unwrap();
        golden("article.jsonl", &out);
    }
}
