//! The text of a post: HTML with short codes in it and paragraphs that are only blank lines.

use std::collections::HashMap;

use crate::reader::fragment;

/// Short codes that stand for something that is no text; what they enclose goes with them.
const WITHOUT_TEXT: &[&str] = &[
    "audio",
    "contact-form",
    "embed",
    "gallery",
    "googlemaps",
    "playlist",
    "video",
    "vimeo",
    "wpvideo",
    "youtube",
];

/// Other short codes that are known by their names; what they enclose is text.
const WITH_TEXT: &[&str] = &["archives", "caption", "subscribe2", "toc", "wp_caption"];

/// What the block editor writes around each block; a post with such remarks has its paragraphs marked.
const BLOCK_REMARK: &str = "<!-- wp:";

/// Remarks that part a text: what a list of posts leaves out, what comes on another page.
const PARTING: &[&str] = &["more", "nextpage"];

/// The plain text of a post.
pub(super) fn text(content: &str) -> String {
    let mut content = without_short_codes(content);
    for name in PARTING {
        let remark = format!("<!--{name}");
        if content.contains(&remark) {
            content = content.replace(&remark, &format!("<hr>{remark}"));
        }
    }
    match content.contains(BLOCK_REMARK) {
        true => fragment::text(&content),
        false => fragment::text(&with_breaks(&content)),
    }
}

/// Marks what WordPress would: blank lines part paragraphs, line ends part lines (`wpautop`).
///
/// A line end between two tags only sets the HTML out.
fn with_breaks(content: &str) -> String {
    let mut marked = String::with_capacity(content.len() + content.len() / 16);
    let mut lines = content.lines().map(str::trim_end).peekable();
    while let Some(line) = lines.next() {
        marked.push_str(line);
        let mut is_paragraph = false;
        while lines.next_if(|next| next.trim_start().is_empty()).is_some() {
            is_paragraph = true;
        }
        let Some(next) = lines.peek() else { break };
        let is_between_tags = line.ends_with('>') && next.trim_start().starts_with('<');
        marked.push_str(match (is_paragraph, is_between_tags) {
            (true, _) => "\n<hr>\n",
            (false, true) => "\n",
            (false, false) => "<br>\n",
        });
    }
    marked
}

/// A short code's tag: `[name attributes]`, `[name attributes/]` or `[/name]`.
struct ShortCode<'a> {
    name: &'a str,
    is_end: bool,
    /// Whether nothing but its name stands in it.
    is_plain: bool,
    /// Whether it has something like `name=value`.
    has_values: bool,
    length: usize,
}

/// The text without the tags of short codes, and without what some of them enclose (codex.wordpress.org/Shortcode_API).
///
/// Words in brackets are left alone unless they have values, are closed somewhere or are known.
fn without_short_codes(content: &str) -> String {
    let ends = last_ends(content);
    let mut clean = String::with_capacity(content.len());
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'[', &content.as_bytes()[at..]) {
        let start = at + found;
        clean.push_str(&content[at..start]);
        let rest = &content[start..];
        let Some(code) = short_code(rest).filter(|code| is_short_code(code, start, &ends)) else {
            clean.push('[');
            at = start + 1;
            continue;
        };
        at = start + code.length;
        let is_closed = ends.get(code.name).is_some_and(|end| *end >= at);
        if !code.is_end && is_closed && WITHOUT_TEXT.contains(&code.name) {
            let end = format!("[/{}]", code.name);
            at += content[at..].find(&end).map_or(0, |found| found + end.len());
        }
    }
    clean.push_str(&content[at..]);
    clean
}

/// Where the last end tag of each name begins.
fn last_ends(content: &str) -> HashMap<&str, usize> {
    let starts = memchr::memmem::find_iter(content.as_bytes(), b"[/");
    starts.filter_map(|at| short_code(&content[at..]).map(|code| (code.name, at))).collect()
}

fn is_short_code(code: &ShortCode<'_>, start: usize, ends: &HashMap<&str, usize>) -> bool {
    let is_known = || WITHOUT_TEXT.contains(&code.name) || WITH_TEXT.contains(&code.name);
    let is_closed = || ends.get(code.name).is_some_and(|end| *end > start);
    code.has_values || (code.is_plain && (code.is_end || is_closed())) || is_known()
}

/// The most bytes of a short code's tag.
const LONGEST: usize = 4_096;

/// What is written like a short code at the head of `text`, which begins with a bracket.
fn short_code(text: &str) -> Option<ShortCode<'_>> {
    let bytes = &text.as_bytes()[..text.len().min(LONGEST)];
    let is_end = bytes.get(1) == Some(&b'/');
    let name_start = 1 + usize::from(is_end);
    let is_name =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    let name_length = bytes.get(name_start..)?.iter().take_while(|byte| is_name(byte)).count();
    let name = &text[name_start..name_start + name_length];
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let rest = &bytes[name_start + name_length..];
    let close = memchr::memchr2(b']', b'[', rest).filter(|close| rest[*close] == b']')?;
    let values = &rest[..close];
    let has_values = match values {
        b"" => false,
        b"/" | [b'=', ..] => true,
        [b' ', ..] => values.split(|byte| *byte == b' ').any(is_value),
        _ => return None,
    };
    let is_plain = values.is_empty();
    Some(ShortCode { name, is_end, is_plain, has_values, length: name_start + name_length + close + 1 })
}

/// Whether a word is like `name=value`.
fn is_value(word: &[u8]) -> bool {
    let name =
        word.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    name > 0 && word.get(name) == Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lose_what_only_wordpress_understands() {
        for (content, expected) in [
            ("one\n\ntwo\nthree", "one\n\ntwo\nthree"),
            ("one\r\n\r\n\r\ntwo <em>three</em>\r\nfour", "one\n\ntwo three\nfour"),
            (
                "<!-- wp:paragraph -->\n<p>one\ntwo</p>\n<!-- /wp:paragraph -->\n<!-- wp:paragraph --><p>three</p>",
                "one two\n\nthree",
            ),
            ("one\n<!--more-->\ntwo<!--nextpage-->three", "one\n\ntwo\n\nthree"),
            ("a [gallery] b [gallery ids=\"1,2\"] c", "a b c"),
            (
                "[caption id=\"x\" width=\"3\"]<img src=\"a\" /> A bridge[/caption]\n\nnext",
                "A bridge\n\nnext",
            ),
            ("see [embed]https://x.example/v[/embed] there", "see there"),
            (
                "[quote]kept[/quote] [sic] [and/or] [1] [Editor's note: kept] [see http://x.example/?a=b] […]",
                "kept [sic] [and/or] [1] [Editor's note: kept] [see http://x.example/?a=b] […]",
            ),
            (
                "[video src=\"a.mp4\"] x [audio mp3=\"a\"][/audio] y [youtube=http://x.example/w?v=1] [audio http://x.example/a.mp3]",
                "x y",
            ),
            ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nc", "a\nb\n\nc"),
            ("<table><tr><td>a</td>\n<td>b</td></tr></table>", "a | b"),
            ("[unclosed a=\"", "[unclosed a=\""),
            ("[embed] open", "open"),
            ("[]", "[]"),
            ("", ""),
        ] {
            assert_eq!(text(content), expected, "{content}");
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for part in
            ["[", "[a", "[embed]", "[/embed]", "[embed][/embed]", "[a b=c", "\n", "<p>\n\n", "[a][/a]"]
        {
            let _ = text(&part.repeat(400_000 / part.len()));
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(content in "(\\[/?(embed|a|caption)?( b=c)?/?\\]?|\n|<p>|<!-- wp:|\\PC){0,40}") {
            text(&content);
        }
    }
}
