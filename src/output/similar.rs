//! The copies of an article, for reading and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::article::{Article, ArticleId};
use crate::output::Style;
use crate::output::json::{DateView, FamilyView, LocationView, Shown, thousandths, write_line};
use crate::output::text::layout::{Block, Paint, block, counted, line, paint, plain};
use crate::search::{NearDuplicate, NearDuplicates};

/// The shape of the answer.
pub const SIMILAR_SCHEMA: &str = "backfile.similar/1";

/// Columns before a title: room for ` 100 %  `.
const INDENT: usize = 8;

/// Writes the article and its copies, with how similar each is.
pub fn write_text(found: &NearDuplicates, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    block(out, style, &plain(&found.of.title), &Block { base: Paint::Bold, ..Block::HANGING })?;
    line(out, style, Paint::Dim, &lies_at(&found.of))?;
    writeln!(out)?;
    let copies = match found.copies.len() as u64 {
        0 => "no copies".to_owned(),
        count => counted(count, "copy", "copies"),
    };
    line(out, style, Paint::Plain, &copies)?;
    found.copies.iter().try_for_each(|copy| write_copy(copy, style, out))
}

fn write_copy(copy: &NearDuplicate, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    paint(out, style, Paint::Dim, &format!(" {:>3.0} %  ", copy.similarity * 100.0))?;
    let title = Block { indent: INDENT, base: Paint::Bold, ..Block::HANGING };
    block(out, style, &plain(&copy.article.title), &title)?;
    let date = copy.article.published.map(|published| published.date.to_the_day().to_string());
    let about = date.into_iter().chain([copy.article.source.clone()]).collect::<Vec<_>>().join(" · ");
    let below = Block { indent: INDENT, base: Paint::Dim, ..Block::INDENTED };
    block(out, style, &plain(&about), &below)?;
    // Never wrapped: it is there to be copied.
    write!(out, "{:INDENT$}", "")?;
    line(out, style, Paint::Dim, &lies_at(&copy.article))
}

fn lies_at(article: &Article) -> String {
    format!("{} · {}", article.place, article.id())
}

/// Writes the same as one versioned object.
pub fn write_json(found: &NearDuplicates, out: &mut dyn Write) -> io::Result<()> {
    let view = View {
        schema: SIMILAR_SCHEMA,
        id: Shown(found.of.id()),
        key: &found.of.key,
        title: &found.of.title,
        family: found.family.map(FamilyView::of),
        copies: found.copies.iter().map(CopyView::of).collect(),
    };
    write_line(&view, out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    id: Shown<ArticleId>,
    key: &'a str,
    title: &'a str,
    family: Option<FamilyView>,
    copies: Vec<CopyView<'a>>,
}

#[derive(Serialize)]
struct CopyView<'a> {
    similarity: f64,
    id: Shown<ArticleId>,
    key: &'a str,
    title: &'a str,
    date: Option<DateView>,
    url: Option<&'a str>,
    source: &'a str,
    location: LocationView<'a>,
}

impl<'a> CopyView<'a> {
    fn of(copy: &'a NearDuplicate) -> CopyView<'a> {
        let article = &copy.article;
        CopyView {
            similarity: thousandths(f64::from(copy.similarity)),
            id: Shown(article.id()),
            key: &article.key,
            title: &article.title,
            date: article.published.map(DateView::of),
            url: article.url.as_deref(),
            source: &article.source,
            location: LocationView::of(&article.place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;
    use crate::search::Family;

    fn found(copies: usize) -> NearDuplicates {
        let copy = |number: usize| {
            let mut article = article();
            article.key = format!("https://paper.example/{number}");
            article.place.path = format!("paper/{number}.html");
            NearDuplicate { similarity: 1.0 - number as f32 / 16.0, article }
        };
        let of = article();
        let family = (copies > 0).then(|| Family { id: of.id(), size: copies as u64 + 1 });
        NearDuplicates { of, family, copies: (0..copies).map(copy).collect() }
    }

    #[test]
    fn copies_look_as_they_should() {
        for (name, copies, style) in [("pipe", 2, PIPE), ("narrow", 1, NARROW), ("none", 0, PIPE)] {
            let mut out = Vec::new();
            write_text(&found(copies), &style, &mut out).unwrap();
            golden(&format!("similar_{name}.txt"), &out);
        }
    }

    #[test]
    fn copies_conform_to_their_schema() {
        for copies in [0, 3] {
            let mut out = Vec::new();
            write_json(&found(copies), &mut out).unwrap();
            conforms("similar", std::str::from_utf8(&out).unwrap());
        }
    }

    #[test]
    fn nothing_hostile_reaches_a_terminal() {
        let evil = "\u{1b}]0;owned\u{7}\u{202e}\r\n".to_owned();
        let mut found = found(1);
        found.of.title.clone_from(&evil);
        let copy = &mut found.copies[0].article;
        (copy.title, copy.source, copy.place.path) = (evil.clone(), evil.clone(), evil);
        let mut out = Vec::new();
        write_text(&found, &PIPE, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(
            shown.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}'),
            None,
            "{shown:?}"
        );
    }
}
