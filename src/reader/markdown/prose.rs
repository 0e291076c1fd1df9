//! Markdown (CommonMark with the tables, footnotes and task lists of GitHub) to plain text.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::reader::flow::{Flow, Gap};
use crate::reader::fragment;

/// A Markdown text as plain text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prose {
    /// The first heading.
    pub(super) heading: Option<String>,
    /// Whether nothing stands before the heading; then it is not in the body.
    pub(super) heading_leads: bool,
    /// The text: a blank line between paragraphs, list items and table rows on lines of their own.
    pub(super) body: String,
}

/// Elements whose content is no text.
const SILENT: &[&str] = &["script", "style", "template"];

/// So many words in one block of HTML are meant to be read, not shown as code.
const PROSE: usize = 12;

/// Reduces Markdown to plain text.
pub(super) fn prose(markdown: &str) -> Prose {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut writer = Writer::default();
    for event in Parser::new_ext(markdown, options) {
        writer.event(event);
    }
    Prose { heading: writer.heading, heading_leads: writer.heading_leads, body: writer.body.into_text() }
}

#[derive(Default)]
struct Writer {
    body: Flow,
    /// The first heading, while it is being read.
    open_heading: Option<Flow>,
    heading: Option<String>,
    heading_leads: bool,
    html: String,
    in_html: bool,
    /// Whether elements stood in the text so far.
    has_html: bool,
    in_code: bool,
    /// A block that is code by its indentation.
    indented: Option<String>,
    silent: Option<&'static str>,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Html(html) => {
                self.has_html |= fragment::begins_with_element(&html);
                self.html.push_str(&html);
            }
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::Text(text) if self.in_html => self.html.push_str(&text),
            Event::Text(text) if self.in_code => self.code(&text),
            Event::Text(text) if self.silent.is_none() => self.flow().words(&text),
            Event::Code(text) if self.silent.is_none() => self.flow().words(&text),
            Event::Text(_) | Event::Code(_) => {}
            Event::InlineMath(text) | Event::DisplayMath(text) => self.flow().words(&text),
            Event::SoftBreak => self.flow().break_at(Gap::Blank),
            Event::HardBreak => self.flow().break_at(Gap::Line),
            Event::Rule => self.flow().break_at(Gap::Paragraph),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn flow(&mut self) -> &mut Flow {
        self.open_heading.as_mut().unwrap_or(&mut self.body)
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.start_heading(*level),
            Tag::HtmlBlock => self.in_html = true,
            Tag::CodeBlock(kind) => {
                self.in_code = true;
                self.indented = matches!(kind, CodeBlockKind::Indented).then(String::new);
            }
            _ => {}
        }
        self.flow().break_at(gap_around(&tag.to_end()));
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::CodeBlock => self.end_code(),
            _ => {}
        }
        let gap = gap_around(&tag);
        if gap >= Gap::Line {
            self.silent = None;
        }
        // A cell is set off from the one before it, not from what follows its row.
        if gap != Gap::Cell {
            self.flow().break_at(gap);
        }
    }

    fn start_heading(&mut self, _level: HeadingLevel) {
        if self.heading.is_none() {
            self.heading_leads = self.body.is_empty();
            self.open_heading = Some(Flow::default());
        }
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.open_heading.take() else { return };
        let heading = heading.into_text().replace('\n', " ");
        if heading.is_empty() {
            return;
        }
        if !self.heading_leads {
            self.body.break_at(Gap::Paragraph);
            self.body.words(&heading);
        }
        self.heading = Some(heading);
    }

    fn end_html(&mut self) {
        self.in_html = false;
        let html = std::mem::take(&mut self.html);
        self.body.verbatim(&fragment::text(&html));
    }

    fn code(&mut self, text: &str) {
        match &mut self.indented {
            Some(code) => code.push_str(text),
            None => self.flow().verbatim(text),
        }
    }

    /// A blank line ends an HTML block (CommonMark 0.31, 4.6), so what is indented behind it counts as code, though it
    /// was meant as the rest of the table or list.
    fn end_code(&mut self) {
        self.in_code = false;
        let Some(code) = self.indented.take() else { return };
        if !fragment::begins_with_element(&code) {
            return self.flow().verbatim(&code);
        }
        let text = fragment::text(&code);
        let is_rest = code.trim_start().starts_with("</") || self.has_html;
        let is_prose = text.split_whitespace().nth(PROSE - 1).is_some();
        self.flow().verbatim(if is_rest || is_prose { &text } else { &code });
    }

    fn inline_html(&mut self, html: &str) {
        let name = html.trim_start_matches(['<', '/']);
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        self.has_html |= fragment::begins_with_element(html);
        let silent = SILENT.iter().find(|silent| silent.eq_ignore_ascii_case(name));
        match silent {
            Some(_) if html.starts_with("</") => self.silent = None,
            Some(silent) => self.silent = self.silent.or(Some(*silent)),
            None if name.eq_ignore_ascii_case("br") => self.flow().break_at(Gap::Line),
            None => {}
        }
    }
}

fn gap_around(tag: &TagEnd) -> Gap {
    match tag {
        TagEnd::Paragraph
        | TagEnd::Heading(_)
        | TagEnd::BlockQuote(_)
        | TagEnd::CodeBlock
        | TagEnd::HtmlBlock
        | TagEnd::List(_)
        | TagEnd::FootnoteDefinition
        | TagEnd::DefinitionList
        | TagEnd::Table
        | TagEnd::MetadataBlock(_) => Gap::Paragraph,
        TagEnd::Item
        | TagEnd::TableHead
        | TagEnd::TableRow
        | TagEnd::DefinitionListTitle
        | TagEnd::DefinitionListDefinition => Gap::Line,
        TagEnd::TableCell => Gap::Cell,
        TagEnd::Emphasis
        | TagEnd::Strong
        | TagEnd::Strikethrough
        | TagEnd::Superscript
        | TagEnd::Subscript
        | TagEnd::Link
        | TagEnd::Image => Gap::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_plain_text() {
        for (markdown, expected) in [
            ("One *two*\nthree.\n\nFour [five](http://x).", "One two three.\n\nFour five."),
            ("- a\n- b\n  - c\n\nd", "a\nb\n\nc\n\nd"),
            ("| a | b |\n|---|---|\n| c | d |\n", "a | b\nc | d"),
            ("```\nx  = 1\n\ny\n```\n", "x  = 1\n\ny"),
            ("![alt text](x.png) `code`", "alt text code"),
            ("a<br>b &amp; c<!-- no -->", "a\nb & c"),
            ("<script>\nevil()\n</script>\n\nok <style>p{}</style>then", "ok then"),
            ("<div>one <b>two</b></div>\n\nthree", "one two\n\nthree"),
            (
                "<table>\n  <tr>\n\n    <td>one</td>\n\n    <td>two <b>three</b></td>\n  </tr>\n\n</table>",
                "one | two three",
            ),
            ("1. <p>\n    one\n    </p>\n\n        </p>\n\nend", "one\n\nend"),
            ("Code:\n\n    <b>x</b>", "Code:\n\n<b>x</b>"),
            (
                "a\n\n    <i>Nobody</i> asked the people who fish from open boats what they pay.",
                "a\n\nNobody asked the people who fish from open boats what they pay.",
            ),
            ("<div>a</div>\n\n    if a < b\n\n```\n<b>x</b>\n```", "a\n\nif a < b\n\n<b>x</b>"),
            ("text[^1]\n\n[^1]: note", "text\n\nnote"),
            ("a  \nb\n\n---\n\nc", "a\nb\n\nc"),
            ("- [x] done", "done"),
            ("> quoted\n\nend", "quoted\n\nend"),
        ] {
            assert_eq!(prose(markdown).body, expected, "{markdown}");
        }
    }

    #[test]
    fn the_first_heading_is_found() {
        for (markdown, heading, body) in [
            ("# A *b* {#id}\n\ntext", Some("A b"), "text"),
            ("text\n\n## Later\n\nmore", Some("Later"), "text\n\nLater\n\nmore"),
            ("# One\n\n# Two\n", Some("One"), "Two"),
            ("#\n\ntext", None, "text"),
            ("text", None, "text"),
        ] {
            let prose = prose(markdown);
            assert_eq!((prose.heading.as_deref(), prose.body.as_str()), (heading, body), "{markdown}");
        }
    }
}
