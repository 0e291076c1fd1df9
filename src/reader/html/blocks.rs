//! The blocks of an extracted text: its paragraphs, headings, list items and rows, each with what its markup says of it.
//!
//! Knows one text at a time; `combine` compares those of two extractors.

use std::cell::RefCell;
use std::rc::Rc;

use lol_html::html_content::{Element, EndTag, TextChunk, TextType};
use lol_html::{HtmlRewriter, Settings, doc_text, element};

use crate::reader::html::page::{Kind, after, before, kind};
use crate::reader::html::shingles::words;
use crate::reader::html::text::{Break, Writer};

/// What a block is by its markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Paragraph,
    Heading,
    Item,
    /// Below a picture, a film or a table.
    Caption,
    Preformatted,
    /// In an element whose class or id says that it is not the article.
    Marked,
}

/// A piece of text between two breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) text: String,
    pub(super) role: Role,
    /// What separates it from the block before it.
    pub(super) gap: Break,
    /// Hashes of its words.
    pub(super) words: Vec<u64>,
    /// The bytes of its text that are links.
    pub(super) linked: usize,
    /// Names the element around its own; blocks with one parent are siblings.
    pub(super) parent: usize,
    /// The number of elements around it that are no part of a line.
    pub(super) depth: usize,
}

impl Block {
    /// Whether most of it is links.
    pub(super) fn is_links(&self) -> bool {
        self.linked * 2 > self.text.len()
    }

    /// Whether it reads like a sentence.
    pub(super) fn is_sentence(&self) -> bool {
        const MIN_WORDS: usize = 4;
        let end = self.text.trim_end_matches(['"', '\'', '”', '’', '»', '«', '“', ')', ']', '」', '）', ' ']);
        self.words.len() >= MIN_WORDS
            && end.ends_with(['.', '!', '?', '…', ':', ';', '。', '！', '？', '।', '؟', '۔'])
    }

    /// Whether it is running text: long, hardly linked.
    pub(super) fn is_prose(&self) -> bool {
        const MIN_WORDS: usize = 12;
        const MIN_BYTES: usize = 60;
        self.words.len() >= MIN_WORDS && self.text.len() >= MIN_BYTES && self.linked * 3 <= self.text.len()
    }
}

/// The text of blocks with the breaks between them.
pub(super) fn join<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> String {
    let mut text = String::new();
    for block in blocks {
        if !text.is_empty() {
            text.push_str(block.gap.as_str());
        }
        text.push_str(&block.text);
    }
    text
}

/// The most words of a bold line that counts as a heading.
const MAX_HEADING: usize = 15;

/// Words in names of classes that mark captions.
const CAPTIONS: &[&str] =
    &["caption", "captions", "credit", "credits", "figcaption", "cutline", "photocredit"];

/// Words in names of classes that mark what is not the article.
const FURNITURE: &[&str] = &[
    "advert",
    "advertisement",
    "bio",
    "breadcrumb",
    "breadcrumbs",
    "byline",
    "comment",
    "comments",
    "disqus",
    "follow",
    "newsletter",
    "outbrain",
    "popular",
    "promo",
    "recirc",
    "recommended",
    "related",
    "share",
    "sharing",
    "signup",
    "social",
    "sponsor",
    "sponsored",
    "subscribe",
    "subscription",
    "taboola",
    "trending",
];

/// Reads the blocks of HTML that an extractor wrote.
pub(super) fn read(html: &str) -> Vec<Block> {
    let state = Rc::new(RefCell::new(Collector::new()));
    let (on_element, on_text) = (Rc::clone(&state), Rc::clone(&state));
    let settings = Settings::new()
        .with_strict(false)
        .append_element_content_handler(element!("*", move |element: &mut Element<'_, '_>| {
            start(&on_element, element);
            Ok(())
        }))
        .append_document_content_handler(doc_text!(move |chunk: &mut TextChunk<'_>| {
            on_text.borrow_mut().chunk(chunk);
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    // Only a memory limit or a handler could fail, and there are none: what was read so far is used anyway.
    let _ = rewriter.write(html.as_bytes()).and_then(|()| rewriter.end());
    let collector = state.replace(Collector::new());
    collector.finish()
}

/// An open element that means something to the blocks in it.
#[derive(Clone, Copy)]
struct Open {
    role: Role,
    is_link: bool,
    is_bold: bool,
    is_caption: bool,
    is_hidden: bool,
    is_preformatted: bool,
    /// The nearest element that is no part of a line, and the one around that, by number.
    block: usize,
    parent: usize,
    depth: usize,
}

impl Open {
    const TOP: Open = Open {
        role: Role::Paragraph,
        is_link: false,
        is_bold: false,
        is_caption: false,
        is_hidden: false,
        is_preformatted: false,
        block: 0,
        parent: 0,
        depth: 0,
    };
}

struct Collector {
    blocks: Vec<Block>,
    open: Vec<Open>,
    writer: Writer,
    gap: Break,
    role: Role,
    parent: usize,
    depth: usize,
    linked: usize,
    bold: usize,
    captioned: usize,
    /// The number of elements so far.
    elements: usize,
    /// A text as written, as far as it was seen.
    raw: String,
}

fn start(shared: &Rc<RefCell<Collector>>, element: &mut Element<'_, '_>) {
    let name = element.tag_name();
    let kind = kind(&name);
    let mut collector = shared.borrow_mut();
    if let Kind::Void(by) = kind {
        return collector.void(by);
    }
    let depth = collector.open.len();
    let around = collector.around();
    collector.elements += 1;
    let is_inline = kind == Kind::Inline;
    let open = Open {
        role: role(&name, kind, around.role, element),
        is_link: around.is_link || name == "a",
        is_bold: around.is_bold || matches!(name.as_str(), "b" | "strong"),
        is_caption: around.is_caption || (is_inline && named_role(element) == Some(Role::Caption)),
        is_hidden: around.is_hidden || kind == Kind::Hidden,
        is_preformatted: around.is_preformatted || kind == Kind::Preformatted,
        block: if is_inline { around.block } else { collector.elements },
        parent: if is_inline { around.parent } else { around.block },
        depth: around.depth + usize::from(!is_inline),
    };
    collector.separate(before(kind));
    collector.open.push(open);
    let Some(handlers) = element.end_tag_handlers() else { return collector.close(depth, kind) };
    let on_end = Rc::clone(shared);
    handlers.push(Box::new(move |_: &mut EndTag<'_>| {
        on_end.borrow_mut().close(depth, kind);
        Ok(())
    }));
}

fn role(name: &str, kind: Kind, around: Role, element: &Element<'_, '_>) -> Role {
    if kind == Kind::Inline {
        return around;
    }
    let own = match name {
        "figcaption" | "caption" => Role::Caption,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Heading,
        "li" | "dt" | "dd" | "tr" => Role::Item,
        "aside" => Role::Marked,
        _ if kind == Kind::Preformatted => Role::Preformatted,
        _ => Role::Paragraph,
    };
    match (around, own) {
        (Role::Caption | Role::Marked, _) => around,
        (_, Role::Caption | Role::Marked) => own,
        (Role::Paragraph, _) => named_role(element).unwrap_or(own),
        (Role::Heading | Role::Item | Role::Preformatted, Role::Paragraph) => {
            named_role(element).unwrap_or(around)
        }
        (Role::Heading | Role::Item | Role::Preformatted, _) => named_role(element).unwrap_or(own),
    }
}

/// What the class or id of an element says.
fn named_role(element: &Element<'_, '_>) -> Option<Role> {
    let names = ["class", "id"].into_iter().filter_map(|name| element.get_attribute(name));
    names.filter_map(|value| role_of_names(&value)).next()
}

/// A name of many words, such as `sharing-with-other-people`, is made of a heading and says nothing.
fn role_of_names(names: &str) -> Option<Role> {
    const MOST_WORDS: usize = 4;
    fn parts(name: &str) -> impl Iterator<Item = &str> {
        name.split(|c: char| !c.is_ascii_alphanumeric())
    }
    let telling = || names.split_ascii_whitespace().filter(|name| parts(name).count() <= MOST_WORDS);
    let words = || telling().flat_map(parts).flat_map(humps);
    let has = |table: &[&str]| words().any(|word| table.iter().any(|known| word.eq_ignore_ascii_case(known)));
    if has(CAPTIONS) { Some(Role::Caption) } else { has(FURNITURE).then_some(Role::Marked) }
}

/// The words of `relatedStories`.
fn humps(name: &str) -> impl Iterator<Item = &str> {
    let bytes = name.as_bytes();
    let border = |at: &usize| bytes[*at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
    let borders: Vec<usize> = (1..bytes.len()).filter(border).collect();
    let ends = borders.clone().into_iter().chain([name.len()]);
    [0].into_iter().chain(borders).zip(ends).map(|(start, end)| &name[start..end])
}

impl Collector {
    fn new() -> Collector {
        Collector {
            blocks: Vec::new(),
            open: Vec::new(),
            writer: Writer::new(),
            gap: Break::None,
            role: Role::Paragraph,
            parent: 0,
            depth: 0,
            linked: 0,
            bold: 0,
            captioned: 0,
            elements: 0,
            raw: String::new(),
        }
    }

    fn around(&self) -> Open {
        self.open.last().copied().unwrap_or(Open::TOP)
    }

    /// A line break stays inside its block, for it may stand in the middle of a sentence.
    fn void(&mut self, by: Break) {
        if by == Break::Paragraph { self.separate(by) } else { self.writer.separate(by) }
    }

    fn separate(&mut self, by: Break) {
        if by < Break::Line {
            return self.writer.separate(by);
        }
        self.end_block();
        self.gap = self.gap.max(by);
    }

    fn close(&mut self, depth: usize, kind: Kind) {
        self.separate(after(kind));
        self.open.truncate(depth);
    }

    fn end_block(&mut self) {
        let text = std::mem::replace(&mut self.writer, Writer::new()).finish();
        if text.is_empty() {
            return;
        }
        let words = words(&text);
        let linked = std::mem::take(&mut self.linked);
        let is_most = |part: usize| part * 10 >= text.len() * 9;
        let is_bold = is_most(std::mem::take(&mut self.bold)) && words.len() <= MAX_HEADING;
        let is_caption = is_most(std::mem::take(&mut self.captioned));
        let role = match self.role {
            _ if is_caption => Role::Caption,
            Role::Paragraph if is_bold => Role::Heading,
            role => role,
        };
        self.blocks.push(Block {
            text,
            role,
            gap: self.gap,
            words,
            linked,
            parent: self.parent,
            depth: self.depth,
        });
        self.gap = Break::None;
    }

    fn chunk(&mut self, chunk: &TextChunk<'_>) {
        self.raw.push_str(chunk.as_str());
        if !chunk.last_in_text_node() {
            return;
        }
        let mut raw = std::mem::take(&mut self.raw);
        match chunk.text_type() {
            TextType::Data | TextType::RCData => self.text(&htmlize::unescape(raw.as_str())),
            TextType::PlainText | TextType::CDataSection | TextType::RawText => self.text(&raw),
            TextType::ScriptData => {}
        }
        raw.clear();
        self.raw = raw;
    }

    fn text(&mut self, text: &str) {
        let around = self.around();
        if around.is_hidden {
            return;
        }
        let start = self.writer.written();
        if around.is_preformatted {
            self.writer.preformatted(text)
        } else {
            self.writer.text(text)
        }
        let written = self.writer.written() - start;
        if written > 0 && start == 0 {
            self.role = around.role;
            (self.parent, self.depth) = (around.parent, around.depth);
        }
        if around.is_link {
            self.linked += written;
        }
        if around.is_bold {
            self.bold += written;
        }
        if around.is_caption {
            self.captioned += written;
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.end_block();
        self.blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blocks_by_their_markup() {
        for (html, expected) in [
            ("<p>one <b>two</b></p>", vec![("one two", Role::Paragraph)]),
            ("<h2>Head</h2>text", vec![("Head", Role::Heading), ("text", Role::Paragraph)]),
            ("<p><strong>A bold line</strong></p>", vec![("A bold line", Role::Heading)]),
            ("<ul><li>one</li><li>two</li></ul>", vec![("one", Role::Item), ("two", Role::Item)]),
            ("<table><tr><td>a</td><td>b</td></tr></table>", vec![("a | b", Role::Item)]),
            ("<figure><img><figcaption>A boat</figcaption></figure>", vec![("A boat", Role::Caption)]),
            ("<div class=\"wp-caption\"><p>A boat</p></div>", vec![("A boat", Role::Caption)]),
            ("<p><span class=caption>A boat</span></p>", vec![("A boat", Role::Caption)]),
            ("<p><span class=credit>Lee</span> A boat</p>", vec![("Lee A boat", Role::Paragraph)]),
            ("<div class=relatedStories><p>Other</p></div>", vec![("Other", Role::Marked)]),
            ("<div id=sharing-with-other-people-here><p>Text</p></div>", vec![("Text", Role::Paragraph)]),
            ("<div class=shared-text><p>Text</p></div>", vec![("Text", Role::Paragraph)]),
            ("<pre>a\n  b</pre>", vec![("a\n  b", Role::Preformatted)]),
            ("<p>one<br>two</p>", vec![("one\ntwo", Role::Paragraph)]),
            ("<script>no()</script><p></p>", vec![]),
        ] {
            let blocks = read(html);
            let found: Vec<_> = blocks.iter().map(|block| (block.text.as_str(), block.role)).collect();
            assert_eq!(found, expected, "{html}");
        }
    }

    #[test]
    fn joined_blocks_keep_their_breaks() {
        let html = "<p>one</p><ul><li>two</li><li>three</li></ul><p>four</p>";
        assert_eq!(join(&read(html)), "one\n\ntwo\nthree\n\nfour");
    }

    #[test]
    fn links_parents_and_depth_are_counted() {
        let blocks = read("<div><p>one and <a href=x>two</a></p><p>three</p></div><p><a>four</a></p>");
        let links: Vec<_> = blocks.iter().map(|block| (block.linked, block.is_links())).collect();
        assert_eq!(links, [(4, false), (0, false), (4, true)]);
        assert_eq!(blocks[0].parent, blocks[1].parent);
        assert_ne!(blocks[0].parent, blocks[2].parent);
        assert_eq!((blocks[0].depth, blocks[2].depth), (2, 1));
    }

    #[test]
    fn words_of_scripts_without_spaces_are_letters() {
        assert_eq!(words("One, two's THREE").len(), 4);
        assert_eq!(words("one"), words("ONE!"));
        assert_eq!(words("汉字かな").len(), 4);
        assert!(words(" - ").is_empty());
    }

    proptest! {
        #[test]
        fn never_panics(html in "(</?(p|a|li|td|pre|div|b|figcaption)?( class=(aB|relatedÄ|x))?>?|x|&#?|\\PC){0,60}") {
            join(&read(&html));
        }
    }
}
