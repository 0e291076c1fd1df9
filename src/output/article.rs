//! One article: for reading (`show`), and as versioned JSON (`show --json`, the lines of `extract`), which the JSON
//! reader reads back.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::analysis::language::Language;
use crate::article::{Article, ArticleId, Published};
use crate::output::Style;
use crate::output::json::{DateView, LocationView, Shown, write_line};
use crate::output::text::layout::{Block, Paint, block, line, pad, paint, plain, thousands};
use crate::text::sanitize::visible;

/// The shape of one article.
pub const ARTICLE_SCHEMA: &str = "backfile.article/1";

/// Writes an article for reading: title, a table of its values with where they came from, description, body.
pub fn write_text(article: &Article, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    block(out, style, &plain(&article.title), &Block { base: Paint::Bold, ..Block::HANGING })?;
    writeln!(out)?;
    write_table(&stated_values(article), style, out)?;
    if !article.meta.is_empty() {
        writeln!(out)?;
        let rows = article.meta.iter().map(|(name, values)| (name.as_str(), values.join("; ")));
        write_table(&rows.collect::<Vec<_>>(), style, out)?;
    }
    if let Some(description) = &article.description {
        writeln!(out)?;
        block(out, style, &plain(description), &Block { base: Paint::Bold, ..Block::HANGING })?;
    }
    if !article.body.is_empty() {
        writeln!(out)?;
        write_body(&article.body, style, out)?;
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

/// Writes an article as one versioned object, on a line of its own.
pub fn write_json(article: &Article, out: &mut dyn Write) -> io::Result<()> {
    write_line(&ArticleView::of(article), out)
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
fn write_body(body: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for text in body.lines() {
        match text.trim() {
            "" => writeln!(out)?,
            _ => block(out, style, &plain(text), &Block::HANGING)?,
        }
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
            write_text(&article(), &style, &mut out).unwrap();
            golden(&format!("show_{name}.txt"), &out);
        }
        let mut out = Vec::new();
        write_text(&bare(), &PIPE, &mut out).unwrap();
        golden("show_bare.txt", &out);
    }

    #[test]
    fn articles_conform_to_their_schemas() {
        for article in [article(), bare()] {
            let mut out = Vec::new();
            write_json(&article, &mut out).unwrap();
            conforms("article", std::str::from_utf8(&out).unwrap());
        }
    }

    #[test]
    fn articles_keep_their_shape() {
        let mut out = Vec::new();
        write_json(&article(), &mut out).unwrap();
        golden("article.jsonl", &out);
    }
}
