//! The texts of feeds: plain, or HTML in one of the many ways in which feeds hold it.

use std::borrow::Cow;

use crate::reader::fragment;
use crate::reader::values;
use crate::reader::xml::{Content, Tag};

/// How a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    Plain,
    Html,
}

impl Wording {
    /// What the attributes of an Atom text say (RFC 4287, 3.1 and 4.1.3); `None` when it is no text.
    pub(super) fn of(tag: &Tag<'_>) -> Option<Wording> {
        if tag.attribute("mode").is_some_and(|mode| mode == "base64") {
            return None;
        }
        match tag.attribute("type").as_deref().map(str::trim) {
            None | Some("" | "text" | "text/plain" | "text/markdown") => Some(Wording::Plain),
            Some("html" | "xhtml" | "text/html" | "application/xhtml+xml" | "escaped") => Some(Wording::Html),
            Some(other) => other.starts_with("text/").then_some(Wording::Plain),
        }
    }
}

/// The text of several paragraphs that an element holds.
pub(super) fn text(content: Content<'_>, wording: Wording) -> String {
    match content {
        Content::Markup(markup) => html(&without_prefixes(markup)),
        Content::Text(text) if wording == Wording::Html || fragment::is_html(&text) => html(&text),
        Content::Text(text) => values::plain_text(text),
    }
}

/// The text of HTML; where it has no tags at all, with its lines as they are.
pub(in crate::reader) fn html(html: &str) -> String {
    let text = match html.contains('<') {
        true => fragment::text(html),
        false => values::plain_text(htmlize::unescape(html)),
    };
    without_boilerplate(text)
}

/// The text of one line that an element holds.
pub(super) fn line(content: Content<'_>, wording: Wording) -> String {
    values::line(&text(content, wording))
}

/// Markup without the prefix of its first tag: `<xhtml:p>` is `<p>`.
fn without_prefixes(markup: &str) -> Cow<'_, str> {
    let name = markup.trim_start().strip_prefix('<').unwrap_or_default();
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    match name[end..].starts_with(':') {
        true => {
            let prefix = &name[..=end];
            Cow::Owned(markup.replace(&format!("<{prefix}"), "<").replace(&format!("</{prefix}"), "</"))
        }
        false => Cow::Borrowed(markup),
    }
}

fn without_boilerplate(mut text: String) -> String {
    let last = text.rfind("\n\n").map_or(0, |gap| gap + 2);
    if is_boilerplate(&text[last..]) {
        text.truncate(text[..last].trim_end().len());
    }
    text
}

/// Whether a paragraph is what WordPress puts below every entry: "The post X appeared first on Y."
fn is_boilerplate(paragraph: &str) -> bool {
    paragraph.starts_with("The post ") && paragraph.contains(" appeared first on ") && paragraph.len() < 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_they_are_meant() {
        let cases: &[(Content<'static>, Wording, &str)] = &[
            (Content::Text("a < b".into()), Wording::Plain, "a < b"),
            (Content::Text("a\n\nb &amp; c".into()), Wording::Html, "a\n\nb & c"),
            (Content::Text("<p>a</p><p>b".into()), Wording::Plain, "a\n\nb"),
            (Content::Text("<blockquote>a</blockquote>".into()), Wording::Html, "a"),
            (Content::Markup("<x:div><x:p>a</x:p><x:p>b</x:p></x:div>"), Wording::Plain, "a\n\nb"),
            (
                Content::Text("<p>a</p><p>The post <a>T</a> appeared first on <a>B</a>.</p>".into()),
                Wording::Html,
                "a",
            ),
        ];
        for (content, wording, expected) in cases {
            assert_eq!(text(content.clone(), *wording), *expected, "{content:?}");
        }
    }
}
