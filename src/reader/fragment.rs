//! HTML fragments — a value of a record, a block in Markdown — reduced to plain text.
//!
//! Whole pages, with menus and metadata, belong to the HTML reader.

use std::cell::RefCell;
use std::rc::Rc;

use lol_html::html_content::{Element, EndTag, TextChunk, TextType};
use lol_html::{EndTagHandler, HtmlRewriter, Settings, doc_text, element};

use crate::reader::flow::{Flow, Gap};

/// Elements that are paragraphs of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

/// Elements that are lines of their own.
const LINES: &[&str] = &["caption", "dd", "dt", "figcaption", "li", "summary", "tr"];

/// Elements that are set off by ` | ` from what is before them on their line.
const CELLS: &[&str] = &["td", "th"];

/// The tags that tell HTML from text that only mentions a `<`.
const TELLING: &[&str] =
    &["p", "br", "div", "a", "ul", "ol", "li", "span", "em", "strong", "b", "i", "h1", "h2", "h3"];

/// Whether a value is HTML rather than plain text: it holds a tag that is common in articles.
///
/// `a < b` and `<unknown>` are text.
pub fn is_html(text: &str) -> bool {
    memchr::memchr_iter(b'<', text.as_bytes()).any(|at| is_telling(&text.as_bytes()[at + 1..]))
}

fn is_telling(tag: &[u8]) -> bool {
    is_one_of(tag, TELLING)
}

/// Whether a text begins with the start or end tag of an element that is common in articles.
pub fn begins_with_element(text: &str) -> bool {
    const OTHERS: &[&str] =
        &["img", "iframe", "tbody", "thead", "tfoot", "colgroup", "center", "font", "small", "u", "hr"];
    let Some(tag) = text.trim_start().strip_prefix('<') else { return false };
    [BLOCKS, LINES, CELLS, TELLING, OTHERS].iter().any(|names| is_one_of(tag.as_bytes(), names))
}

/// Whether a tag, from behind its `<` on, is that of one of the elements.
fn is_one_of(tag: &[u8], names: &[&str]) -> bool {
    let tag = tag.strip_prefix(b"/").unwrap_or(tag);
    names.iter().any(|name| {
        let same = tag.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
        same && tag.get(name.len()).is_some_and(|next| matches!(next, b'>' | b'/' | b' ' | b'\n'))
    })
}

fn gap_around(element: &str) -> Gap {
    if BLOCKS.contains(&element) {
        Gap::Paragraph
    } else if LINES.contains(&element) {
        Gap::Line
    } else if CELLS.contains(&element) {
        Gap::Cell
    } else {
        Gap::None
    }
}

/// The text so far, and the text node that is being read.
#[derive(Debug, Default)]
struct Text {
    flow: Flow,
    node: String,
    /// Whether an unwanted element is open.
    is_hidden: bool,
}

impl Text {
    // A node comes in chunks, and an entity may lie across two of them.
    fn add(&mut self, chunk: &TextChunk<'_>) {
        self.node.push_str(chunk.as_str());
        if !chunk.last_in_text_node() {
            return;
        }
        let node = std::mem::take(&mut self.node);
        if self.is_hidden {
            return;
        }
        match chunk.text_type() {
            TextType::Data | TextType::PlainText => self.flow.words(&htmlize::unescape(node.as_str())),
            TextType::RCData | TextType::RawText | TextType::ScriptData | TextType::CDataSection => {}
        }
    }
}

/// The text of an HTML fragment: a blank line between paragraphs, cells of a table separated by ` | `, entities
/// decoded; without scripts, styles and comments.
pub fn text(html: &str) -> String {
    text_without(html, &[])
}

/// The text of an HTML fragment without the elements of these classes.
pub fn text_without(html: &str, unwanted: &[&str]) -> String {
    let text = Rc::new(RefCell::new(Text::default()));
    let on_element = |element: &mut Element<'_, '_>| {
        if is_unwanted(element, unwanted) {
            hide(&text, element);
        }
        let name = element.tag_name();
        match name.as_str() {
            "br" => text.borrow_mut().flow.break_at(Gap::Line),
            "hr" => text.borrow_mut().flow.break_at(Gap::Paragraph),
            name => around(&text, gap_around(name), element),
        }
        Ok(())
    };
    let on_text = |chunk: &mut TextChunk<'_>| {
        text.borrow_mut().add(chunk);
        Ok(())
    };
    let settings = Settings::new()
        .append_element_content_handler(element!("*", on_element))
        .append_document_content_handler(doc_text!(on_text))
        .with_strict(false);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let read = rewriter.write(html.as_bytes()).and_then(|()| rewriter.end());
    if read.is_err() {
        // Without a memory limit and with handlers that never fail this is not reached; the raw text is still text.
        return html.to_owned();
    }
    std::mem::take(&mut text.borrow_mut().flow).into_text()
}

fn is_unwanted(element: &Element<'_, '_>, unwanted: &[&str]) -> bool {
    let classes = if unwanted.is_empty() { None } else { element.get_attribute("class") };
    classes.is_some_and(|classes| classes.split_ascii_whitespace().any(|class| unwanted.contains(&class)))
}

/// Hides what an element holds; those inside of it change nothing.
fn hide(text: &Rc<RefCell<Text>>, element: &mut Element<'_, '_>) {
    let Some(ends) = element.end_tag_handlers() else { return };
    if std::mem::replace(&mut text.borrow_mut().is_hidden, true) {
        return;
    }
    let text = Rc::clone(text);
    let on_end: EndTagHandler<'_> = Box::new(move |_: &mut EndTag<'_>| {
        text.borrow_mut().is_hidden = false;
        Ok(())
    });
    ends.push(on_end);
}

fn around(text: &Rc<RefCell<Text>>, gap: Gap, element: &mut Element<'_, '_>) {
    if gap == Gap::None {
        return;
    }
    text.borrow_mut().flow.break_at(gap);
    let ends = element.end_tag_handlers();
    if let (Some(ends), true) = (ends, gap > Gap::Cell) {
        let text = Rc::clone(text);
        let on_end: EndTagHandler<'_> = Box::new(move |_: &mut EndTag<'_>| {
            text.borrow_mut().flow.break_at(gap);
            Ok(())
        });
        ends.push(on_end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_become_text() {
        for (html, expected) in [
            ("<p>One <b>two</b></p><p>three &amp; four</p>", "One two\n\nthree & four"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<ul><li>x</li><li>y</li></ul>z", "x\ny\n\nz"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc"),
            ("x<script>evil()</script>y<style>p{}</style><!-- no -->", "xy"),
            ("don&#8217;t&nbsp;stop", "don’t stop"),
            ("<p>open <i>never closed", "open never closed"),
            ("", ""),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn unwanted_elements_are_left_out() {
        let html = "<p>a</p><div class='x no'><p>b</p><p class=no>c</p><p>d</p></div><p class=not>e</p><br class=no>f";
        assert_eq!(text_without(html, &["no"]), "a\n\ne\n\nf");
    }

    #[test]
    fn html_is_told_from_text() {
        for (value, expected) in [
            ("<p>yes</p>", true),
            ("a<BR>b", true),
            ("<div class=x>", true),
            ("a < b", false),
            ("<pre-war> novels", false),
            ("Reuter <AMC.N> said", false),
            ("a <", false),
        ] {
            assert_eq!(is_html(value), expected, "{value}");
        }
    }

    #[test]
    fn beginnings_with_an_element() {
        for (text, expected) in [
            ("  <td class=x>one", true),
            ("</TABLE>", true),
            ("<img src=x>", true),
            ("<thing>", false),
            ("<table", false),
            ("text <p>", false),
            ("", false),
        ] {
            assert_eq!(begins_with_element(text), expected, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_read_in_linear_time() {
        let deep = format!("{}x", "<div>".repeat(100_000));
        assert_eq!(text(&deep), "x");
    }

    proptest::proptest! {
        #[test]
        fn no_fragment_panics(html in "(<|>|/|p|br|td|&|amp;|#x|\\PC|\n){0,60}") {
            text(&html);
        }
    }
}
