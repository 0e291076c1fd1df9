//! One streaming pass over a page: what it states about itself, and its text without furniture.
//!
//! The pass needs no tree, so it works on pages that no DOM parser should see.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use lol_html::html_content::{Element, EndTag, TextChunk, TextType};
use lol_html::{HtmlRewriter, MemorySettings, Settings, doc_text, element};

use crate::reader::html::entry::{Entry, Marks, Property};
use crate::reader::html::text::{Break, Writer};

/// Bytes for the list of open elements; ordinary pages need a few kilobytes.
const MAX_MEMORY: usize = 128 << 20;
/// Bytes that are kept of a title, a link's text or a date.
const MAX_CAPTURE: usize = 4 * 1024;
/// Text shorter than this is hardly an article.
pub(super) const SHORT: usize = 250;

/// What to do with menus, forms and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Furniture {
    Drop,
    Keep,
}

/// What a page says about itself, as written.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// `<html lang>`
    pub(super) language: Option<String>,
    /// `<title>`
    pub(super) title: Option<String>,
    /// The first `<h1>` with text.
    pub(super) heading: Option<String>,
    /// `<link rel=canonical>`
    pub(super) canonical: Option<String>,
    /// Every `<meta>` with a name.
    pub(super) metas: Vec<Meta>,
    /// `<script type=application/ld+json>`
    pub(super) json_ld: Vec<String>,
    /// Texts of links with `rel=tag`.
    pub(super) tags: Vec<String>,
    /// Texts of links with `rel="category tag"`.
    pub(super) sections: Vec<String>,
    /// Texts of links with `rel=author` and names in `itemprop=author`.
    pub(super) authors: Vec<String>,
    /// `<time>` elements outside furniture.
    pub(super) times: Vec<StatedTime>,
    /// What is marked up as an entry.
    pub(super) entry: Entry,
}

/// A `<meta>` element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meta {
    /// In lower case.
    pub(super) name: String,
    pub(super) content: String,
    /// Whether the name is a `property` (RDFa), which is meant more exactly than a `name`.
    pub(super) is_property: bool,
}

/// A `<time>` element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StatedTime {
    pub(super) value: String,
    pub(super) rank: TimeRank,
}

/// How likely a `<time>` is the date of publication, likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TimeRank {
    Published,
    InArticle,
    Elsewhere,
}

/// The text of a page and where its articles lie in it.
#[derive(Debug, Default)]
pub(super) struct PageText {
    /// All text, but for furniture when that was dropped.
    pub(super) all: String,
    /// The content area: `all` with asides and forms, without the menus, heads and feet of the page.
    pub(super) area: String,
    articles: Vec<Range<usize>>,
    main: Option<Range<usize>>,
    /// Characters of any text that a browser shows, furniture included.
    pub(super) shown: usize,
}

impl PageText {
    /// The text of the one article, else of `<main>`, else of the page.
    pub(super) fn best(&self) -> &str {
        let whole = || 0..self.all.len();
        let main = self.main.clone().unwrap_or_else(whole);
        let total: usize = self.articles.iter().map(Range::len).sum();
        let longest = self.articles.iter().cloned().max_by_key(Range::len).unwrap_or_default();
        let is_the_article = longest.len() >= SHORT && longest.len() * 5 >= total * 3;
        let candidates =
            [is_the_article.then_some(longest), (main.len() >= SHORT).then_some(main), Some(whole())];
        let range = candidates.into_iter().flatten().next().unwrap_or_else(whole);
        self.all.get(range).unwrap_or(&self.all).trim()
    }
}

/// What a pass gives.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) facts: Facts,
    pub(super) text: PageText,
    /// The pass ran out of memory and stopped; what it had found so far is here.
    pub(super) cut: bool,
}

impl Page {
    /// The text that the page marks up as that of its one entry.
    pub(super) fn entry_text(&self) -> Option<&str> {
        let content = self.facts.entry.only()?.content.clone()?;
        self.text.all.get(content).map(str::trim).filter(|text| !text.is_empty())
    }
}

/// Reads a whole page.
pub(super) fn scan(html: &str, furniture: Furniture) -> Page {
    let has_items = memchr::memmem::find(html.as_bytes(), b"itemprop").is_some();
    let state = Rc::new(RefCell::new(State { has_items, ..State::new(furniture) }));
    let (on_element, on_text) = (Rc::clone(&state), Rc::clone(&state));
    let settings = Settings::new()
        .with_strict(false)
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(MAX_MEMORY))
        .append_element_content_handler(element!("*", move |element: &mut Element<'_, '_>| {
            start(&on_element, element);
            Ok(())
        }))
        .append_document_content_handler(doc_text!(move |chunk: &mut TextChunk<'_>| {
            on_text.borrow_mut().chunk(chunk);
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let cut = rewriter.write(html.as_bytes()).and_then(|()| rewriter.end()).is_err();
    let state = state.replace(State::new(furniture));
    state.finish(cut)
}

/// What an element does to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Separates its text from the text around it.
    Block(Break),
    /// A cell of a table.
    Cell,
    /// Separates, and has no content.
    Void(Break),
    /// A block whose white space counts.
    Preformatted,
    /// `<article>` and `<main>`.
    Article,
    Main,
    /// A block that is not the article, but may belong to it.
    Aside,
    /// A block that is not the article.
    Furniture,
    /// A block that is not the article unless it stands inside one.
    PageEdge,
    /// Never text.
    Hidden,
    /// Part of a line.
    Inline,
}

pub(super) fn kind(name: &str) -> Kind {
    match name {
        "article" => Kind::Article,
        "main" => Kind::Main,
        "p" | "div" | "section" | "blockquote" | "ul" | "ol" | "dl" | "menu" | "table" | "figure"
        | "figcaption" | "caption" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hgroup" | "address"
        | "fieldset" | "details" | "summary" | "center" | "body" => Kind::Block(Break::Paragraph),
        "li" | "dt" | "dd" | "tr" | "thead" | "tbody" | "tfoot" | "legend" => Kind::Block(Break::Line),
        "td" | "th" => Kind::Cell,
        "br" => Kind::Void(Break::Line),
        "hr" => Kind::Void(Break::Paragraph),
        "pre" | "listing" | "xmp" => Kind::Preformatted,
        "aside" | "form" => Kind::Aside,
        "nav" | "dialog" => Kind::Furniture,
        "header" | "footer" => Kind::PageEdge,
        "title" | "script" | "style" | "noscript" | "template" | "svg" | "annotation" | "annotation-xml"
        | "iframe" | "object" | "button" | "select" | "textarea" | "audio" | "video" | "canvas"
        | "noframes" | "noembed" | "datalist" => Kind::Hidden,
        _ => Kind::Inline,
    }
}

/// Microdata (schema.org) that a `<meta>` is believed about the article; others may belong to its pictures.
const ITEM_PROPERTIES: &[&str] = &["datepublished", "author", "keywords", "articlesection"];

/// Landmarks (WAI-ARIA) that are not the article.
const FURNITURE_ROLES: &[&str] = &["navigation", "banner", "contentinfo", "search"];
/// The landmark beside the article.
const ASIDE_ROLE: &str = "complementary";

/// A piece of text that is wanted for itself too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Title,
    Heading,
    JsonLd,
    Tag,
    Section,
    Author,
    /// An element of schema.org that describes an author, and the name in it.
    Person,
    PersonName,
    Time(TimeRank),
    EntryTitle,
    EntryAuthor,
    Summary,
}

impl Wanted {
    fn is_link(self) -> bool {
        match self {
            Wanted::Tag | Wanted::Section | Wanted::Author => true,
            Wanted::Title | Wanted::Heading | Wanted::JsonLd | Wanted::Time(_) => false,
            Wanted::Person | Wanted::PersonName => false,
            Wanted::EntryTitle | Wanted::EntryAuthor | Wanted::Summary => false,
        }
    }
}

struct Capture {
    wanted: Wanted,
    /// The number of elements that were open around it.
    depth: usize,
    in_article: bool,
    text: String,
}

/// Texts of links; those in the article win over those around it, which may belong to other articles.
#[derive(Default)]
struct Labels {
    inside: Vec<String>,
    outside: Vec<String>,
}

impl Labels {
    fn add(&mut self, label: String, in_article: bool) {
        if in_article { self.inside.push(label) } else { self.outside.push(label) }
    }

    fn finish(self) -> Vec<String> {
        if self.inside.is_empty() { self.outside } else { self.inside }
    }
}

struct State {
    facts: Facts,
    tags: Labels,
    sections: Labels,
    authors: Labels,
    text: PageText,
    writer: Writer,
    area: Writer,
    furniture: Furniture,
    /// Whether the page uses microdata at all.
    has_items: bool,
    /// The number of open elements, most inline ones left out.
    depth: usize,
    /// The depths at which the outermost open element of a kind began.
    hidden: Option<usize>,
    dropped: Option<usize>,
    outside: Option<usize>,
    comment: Option<usize>,
    preformatted: Option<usize>,
    /// Depth, and where its text begins.
    article: Option<(usize, usize)>,
    main: Option<(usize, usize)>,
    /// Depths of the outermost open entry, and of an object inside of it.
    entry: Option<usize>,
    other: Option<usize>,
    /// Depth of the content of the entry, and where its text begins.
    content: Option<(usize, usize)>,
    /// A text as written in the page, as far as it was seen.
    raw: String,
    captures: Vec<Capture>,
}

fn start(shared: &Rc<RefCell<State>>, element: &mut Element<'_, '_>) {
    let name = element.tag_name();
    let kind = kind(&name);
    let mut state = shared.borrow_mut();
    state.learn(&name, element);
    let marks = state.marks(element);
    let wanted = state.wanted(&name, element).or_else(|| state.wanted_of_entry(marks, element));
    if name == "a" {
        // A link ends the one before it, whether that was closed or not.
        state.end_captures(Wanted::is_link);
    }
    if let Kind::Void(by) = kind {
        return state.separate(by);
    }
    if kind == Kind::Inline && wanted.is_none() && !marks.has_extent() {
        return;
    }
    let depth = state.depth;
    state.open(kind, element);
    state.open_entry(marks, depth);
    if let Some(wanted) = wanted {
        state.capture(wanted, depth);
    }
    let Some(handlers) = element.end_tag_handlers() else { return state.close(depth, kind) };
    let on_end = Rc::clone(shared);
    handlers.push(Box::new(move |_: &mut EndTag<'_>| {
        on_end.borrow_mut().close(depth, kind);
        Ok(())
    }));
}

impl State {
    fn new(furniture: Furniture) -> State {
        State {
            facts: Facts::default(),
            tags: Labels::default(),
            sections: Labels::default(),
            authors: Labels::default(),
            text: PageText::default(),
            writer: Writer::new(),
            area: Writer::new(),
            furniture,
            has_items: false,
            depth: 0,
            hidden: None,
            dropped: None,
            outside: None,
            comment: None,
            preformatted: None,
            article: None,
            main: None,
            entry: None,
            other: None,
            content: None,
            raw: String::new(),
            captures: Vec::new(),
        }
    }

    fn finish(mut self, cut: bool) -> Page {
        self.close(0, Kind::Inline);
        self.facts.tags = self.tags.finish();
        self.facts.sections = self.sections.finish();
        self.facts.authors = self.authors.finish();
        self.text.all = self.writer.finish();
        self.text.area = self.area.finish();
        Page { facts: self.facts, text: self.text, cut }
    }

    /// Takes what an element states by its attributes.
    fn learn(&mut self, name: &str, element: &Element<'_, '_>) {
        match name {
            "html" => self.facts.language = self.facts.language.take().or_else(|| attribute(element, "lang")),
            "meta" => self.learn_meta(element),
            "link" if has_word(element, "rel", "canonical") && self.facts.canonical.is_none() => {
                self.facts.canonical = attribute(element, "href");
            }
            "span" | "abbr" | "div" | "p" if is_published_date(element) => {
                let stated = attribute(element, "content").or_else(|| attribute(element, "title"));
                self.facts.times.extend(stated.map(|value| StatedTime { value, rank: TimeRank::Published }));
            }
            _ => {}
        }
    }

    fn learn_meta(&mut self, element: &Element<'_, '_>) {
        let Some(content) = attribute(element, "content") else { return };
        let property = attribute(element, "property");
        let is_property = property.is_some();
        let names =
            property.or_else(|| ["name", "http-equiv"].iter().find_map(|name| attribute(element, name)));
        let item = || attribute(element, "itemprop");
        if self.is_wanted(Wanted::Person) && item().is_some_and(|item| item == "name") {
            return self.learn_person(content);
        }
        let of_article = |names: &String| ITEM_PROPERTIES.contains(&names.to_lowercase().as_str());
        let Some(names) = names.or_else(|| item().filter(of_article)) else { return };
        for name in names.split_whitespace() {
            let (name, content) = (name.to_lowercase(), content.clone());
            self.facts.metas.push(Meta { name, content, is_property });
        }
    }

    /// Takes the name in the description of an author; the rest of it is not wanted any more.
    fn learn_person(&mut self, name: String) {
        let in_article = self.in_article();
        self.captures.retain(|capture| capture.wanted != Wanted::Person);
        self.authors.add(name, in_article);
    }

    fn is_wanted(&self, wanted: Wanted) -> bool {
        self.captures.iter().any(|capture| capture.wanted == wanted)
    }

    /// Whether the text of an element is wanted for itself.
    fn wanted(&mut self, name: &str, element: &Element<'_, '_>) -> Option<Wanted> {
        match name {
            "title" => (self.facts.title.is_none() && self.hidden.is_none()).then_some(Wanted::Title),
            "h1" => (self.facts.heading.is_none() && self.hidden.is_none()).then_some(Wanted::Heading),
            "script" => attribute(element, "type").filter(|kind| is_json_ld(kind)).map(|_| Wanted::JsonLd),
            "time" => self.wanted_time(element),
            "meta" => None,
            _ if self.dropped.is_some() || element.attributes().is_empty() => None,
            "a" | "span" => wanted_link(element).or_else(|| self.wanted_person(element)),
            _ => self.wanted_person(element),
        }
    }

    /// An author described with schema.org, or the name in such a description. Those of comments are none.
    fn wanted_person(&self, element: &Element<'_, '_>) -> Option<Wanted> {
        if !self.has_items {
            None
        } else if has_word(element, "itemprop", "author") && self.comment.is_none() {
            Some(Wanted::Person)
        } else if has_word(element, "itemprop", "name") && self.is_wanted(Wanted::Person) {
            Some(Wanted::PersonName)
        } else {
            None
        }
    }

    /// What an element is in microformats; outside of an entry only that one begins counts.
    fn marks(&self, element: &Element<'_, '_>) -> Marks {
        let marks = attribute(element, "class").map(|classes| Marks::of(&classes)).unwrap_or_default();
        let is_inside = self.entry.is_some() && self.other.is_none();
        if is_inside || marks.is_entry { marks } else { Marks::default() }
    }

    fn wanted_of_entry(&mut self, marks: Marks, element: &Element<'_, '_>) -> Option<Wanted> {
        let entry = &mut self.facts.entry;
        let is_address = |url: &String| url.starts_with("http");
        match marks.property.filter(|_| self.entry.is_some())? {
            Property::Author => Some(Wanted::EntryAuthor),
            Property::Tag => Some(Wanted::Tag),
            Property::Title => entry.title.is_none().then_some(Wanted::EntryTitle),
            Property::Summary => entry.summary.is_none().then_some(Wanted::Summary),
            Property::Canonical => {
                entry.url = attribute(element, "href").filter(is_address).or(entry.url.take());
                None
            }
            Property::Url => {
                entry.url = entry.url.take().or_else(|| attribute(element, "href").filter(is_address));
                None
            }
        }
    }

    fn open_entry(&mut self, marks: Marks, depth: usize) {
        if marks.is_entry && self.entry.is_none() {
            self.entry = Some(depth);
            self.facts.entry.count += 1;
        } else if marks.is_other || marks.is_entry {
            self.other.get_or_insert(depth);
        } else if marks.is_content && self.facts.entry.content.is_none() {
            self.content.get_or_insert((depth, self.writer.written()));
        }
    }

    /// Takes a `<time>` with its attribute; without one its text is wanted (HTML standard, 4.5.14).
    fn wanted_time(&mut self, element: &Element<'_, '_>) -> Option<Wanted> {
        let rank = self.rank_time(element)?;
        let Some(value) = attribute(element, "datetime") else { return Some(Wanted::Time(rank)) };
        self.facts.times.push(StatedTime { value, rank });
        None
    }

    fn rank_time(&self, element: &Element<'_, '_>) -> Option<TimeRank> {
        let class = attribute(element, "class").unwrap_or_default().to_lowercase();
        let published = element.has_attribute("pubdate")
            || is_published_date(element)
            || class.contains("publish")
            || class.contains("entry-date");
        let modified = class.contains("updated") || class.contains("modified");
        if published {
            Some(TimeRank::Published)
        } else if modified || has_word(element, "itemprop", "dateModified") || self.dropped.is_some() {
            None
        } else if self.in_article() {
            Some(TimeRank::InArticle)
        } else {
            Some(TimeRank::Elsewhere)
        }
    }

    fn in_article(&self) -> bool {
        self.article.is_some() || self.main.is_some()
    }

    fn open(&mut self, kind: Kind, element: &Element<'_, '_>) {
        let at = self.depth;
        self.depth += 1;
        self.separate(before(kind));
        match kind {
            Kind::Preformatted => _ = self.preformatted.get_or_insert(at),
            Kind::Hidden => _ = self.hidden.get_or_insert(at),
            Kind::Article => _ = self.article.get_or_insert((at, self.writer.written())),
            Kind::Main => _ = self.main.get_or_insert((at, self.writer.written())),
            Kind::Block(_) | Kind::Cell | Kind::Void(_) | Kind::Inline => {}
            Kind::Aside | Kind::Furniture | Kind::PageEdge => {}
        }
        if self.has_items && is_comment(element) {
            self.comment.get_or_insert(at);
        }
        let is_furniture = self.is_furniture(kind, element);
        if is_furniture {
            self.outside.get_or_insert(at);
        }
        if self.furniture == Furniture::Drop && (is_furniture || is_aside(kind, element)) {
            self.dropped.get_or_insert(at);
        }
    }

    fn separate(&mut self, by: Break) {
        self.writer.separate(by);
        self.area.separate(by);
    }

    fn is_furniture(&self, kind: Kind, element: &Element<'_, '_>) -> bool {
        let by_name = match kind {
            Kind::Furniture => true,
            Kind::PageEdge => !self.in_article(),
            Kind::Block(_) | Kind::Cell | Kind::Void(_) | Kind::Preformatted => false,
            Kind::Article | Kind::Main | Kind::Aside | Kind::Hidden | Kind::Inline => false,
        };
        by_name
            || element.has_attribute("hidden")
            || attribute(element, "role").is_some_and(|role| FURNITURE_ROLES.contains(&role.as_str()))
    }

    /// Closes every element that was opened at `depth` or deeper; end tags of inner ones may be missing.
    fn close(&mut self, depth: usize, kind: Kind) {
        self.depth = depth;
        self.separate(after(kind));
        for began in [
            &mut self.hidden,
            &mut self.dropped,
            &mut self.outside,
            &mut self.comment,
            &mut self.preformatted,
            &mut self.entry,
            &mut self.other,
        ] {
            began.take_if(|at| *at >= depth);
        }
        let written = self.writer.written();
        if let Some((_, start)) = self.content.take_if(|(at, _)| *at >= depth) {
            self.facts.entry.content.get_or_insert(start..written);
        }
        if let Some((_, start)) = self.article.take_if(|(at, _)| *at >= depth) {
            self.text.articles.push(start..written);
        }
        if let Some((_, start)) = self.main.take_if(|(at, _)| *at >= depth) {
            self.text.main.get_or_insert(start..written);
        }
        while let Some(capture) = self.captures.pop_if(|capture| capture.depth >= depth) {
            self.learn_text(capture);
        }
    }

    fn end_captures(&mut self, ends: impl Fn(Wanted) -> bool) {
        while let Some(at) = self.captures.iter().position(|capture| ends(capture.wanted)) {
            let capture = self.captures.remove(at);
            self.learn_text(capture);
        }
    }

    /// Begins to keep the text of an element; an open one of the same kind ends, so that text is kept few times.
    fn capture(&mut self, wanted: Wanted, depth: usize) {
        self.end_captures(|open| std::mem::discriminant(&open) == std::mem::discriminant(&wanted));
        self.captures.push(Capture { wanted, depth, in_article: self.in_article(), text: String::new() });
    }

    fn learn_text(&mut self, capture: Capture) {
        let Capture { wanted, text, in_article, .. } = capture;
        if text.trim().is_empty() {
            return;
        }
        match wanted {
            Wanted::Title => _ = self.facts.title.get_or_insert(text),
            Wanted::Heading => _ = self.facts.heading.get_or_insert(text),
            Wanted::JsonLd => self.facts.json_ld.push(text),
            Wanted::Tag => self.tags.add(text, in_article),
            Wanted::Section => self.sections.add(text, in_article),
            Wanted::Author | Wanted::Person | Wanted::EntryAuthor => self.authors.add(text, in_article),
            Wanted::PersonName => self.learn_person(text),
            Wanted::Time(rank) => self.facts.times.push(StatedTime { value: text, rank }),
            Wanted::EntryTitle => _ = self.facts.entry.title.get_or_insert(text),
            Wanted::Summary => _ = self.facts.entry.summary.get_or_insert(text),
        }
    }

    fn chunk(&mut self, chunk: &TextChunk<'_>) {
        self.raw.push_str(chunk.as_str());
        if !chunk.last_in_text_node() {
            return;
        }
        let raw = std::mem::take(&mut self.raw);
        match chunk.text_type() {
            TextType::Data | TextType::RCData => self.text(&htmlize::unescape(raw.as_str())),
            TextType::PlainText | TextType::CDataSection => self.text(&raw),
            TextType::ScriptData => self.script(&raw),
            // The text of `<style>` and its like; that of `<xmp>` is for people.
            TextType::RawText => self.text(&raw),
        }
        self.raw = raw;
        self.raw.clear();
    }

    fn script(&mut self, text: &str) {
        if let Some(capture) = self.captures.iter_mut().find(|capture| capture.wanted == Wanted::JsonLd) {
            capture.text.push_str(text);
        }
    }

    fn text(&mut self, text: &str) {
        let captures = self.captures.iter_mut().filter(|capture| capture.wanted != Wanted::JsonLd);
        for capture in captures.filter(|capture| capture.text.len() < MAX_CAPTURE) {
            let end = text.floor_char_boundary(MAX_CAPTURE);
            capture.text.push_str(&text[..end]);
        }
        if self.hidden.is_some() {
            return;
        }
        self.text.shown += text.chars().filter(|character| !character.is_whitespace()).count();
        let writers = [
            self.dropped.is_none().then_some(&mut self.writer),
            self.outside.is_none().then_some(&mut self.area),
        ];
        for writer in writers.into_iter().flatten() {
            if self.preformatted.is_some() { writer.preformatted(text) } else { writer.text(text) }
        }
    }
}

/// Whether an element holds what readers say about the article.
fn is_comment(element: &Element<'_, '_>) -> bool {
    let has_type = |kind: String| kind.ends_with("/Comment") || kind.ends_with("/UserComments");
    has_word(element, "itemprop", "comment")
        || has_word(element, "id", "comments")
        || attribute(element, "itemtype").is_some_and(has_type)
}

fn is_aside(kind: Kind, element: &Element<'_, '_>) -> bool {
    kind == Kind::Aside || attribute(element, "role").is_some_and(|role| role == ASIDE_ROLE)
}

pub(super) fn before(kind: Kind) -> Break {
    match kind {
        Kind::Block(by) | Kind::Void(by) => by,
        Kind::Cell => Break::Cell,
        Kind::Preformatted | Kind::Article | Kind::Main => Break::Paragraph,
        Kind::Aside | Kind::Furniture | Kind::PageEdge => Break::Paragraph,
        Kind::Hidden | Kind::Inline => Break::None,
    }
}

pub(super) fn after(kind: Kind) -> Break {
    match kind {
        Kind::Cell => Break::Space,
        Kind::Block(_) | Kind::Void(_) | Kind::Preformatted | Kind::Article => before(kind),
        Kind::Main | Kind::Aside | Kind::Furniture | Kind::PageEdge => before(kind),
        Kind::Hidden | Kind::Inline => before(kind),
    }
}

/// The value of an attribute, decoded; `None` when it is missing or blank.
fn attribute(element: &Element<'_, '_>, name: &str) -> Option<String> {
    let value = element.get_attribute(name)?;
    let value = htmlize::unescape_attribute(value.as_str()).trim().to_owned();
    (!value.is_empty()).then_some(value)
}

fn has_word(element: &Element<'_, '_>, name: &str, word: &str) -> bool {
    let value = element.get_attribute(name).unwrap_or_default();
    value.split_whitespace().any(|found| found.eq_ignore_ascii_case(word))
}

fn is_published_date(element: &Element<'_, '_>) -> bool {
    has_word(element, "itemprop", "datePublished")
}

fn is_json_ld(kind: &str) -> bool {
    kind.to_ascii_lowercase().contains("ld+json")
}

fn wanted_link(element: &Element<'_, '_>) -> Option<Wanted> {
    if has_word(element, "rel", "category") {
        Some(Wanted::Section)
    } else if has_word(element, "rel", "tag") {
        Some(Wanted::Tag)
    } else if has_word(element, "rel", "author") {
        Some(Wanted::Author)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(html: &str) -> String {
        scan(html, Furniture::Drop).text.all
    }

    #[test]
    fn text_of_parts() {
        let cases = [
            ("<p>one<p>two &amp; three", "one\n\ntwo & three"),
            ("<p>a<b>b</b>c<br>d", "abc\nd"),
            ("<ul><li>one<li>two</ul>three", "one\ntwo\n\nthree"),
            ("<h1>Head</h1>text", "Head\n\ntext"),
            ("<table><tr><th>a<th>b<tr><td>1<td> 2 </table>", "a | b\n1 | 2"),
            ("<pre>\n x\n  y</pre>z", " x\n  y\n\nz"),
            ("<script>a</script><style>b</style>c<title>d</title>", "c"),
            ("<nav>menu</nav>text<footer>foot", "text"),
            ("<article><header>kept</header>text</article>", "kept\n\ntext"),
            ("<div role=navigation>menu</div><div hidden>no</div>yes", "yes"),
            ("<p>a<svg><title>t</title><path/></svg>b", "ab"),
            ("a<!-- c -->b", "ab"),
            ("<body>a < b", "a < b"),
        ];
        for (html, expected) in cases {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn content_area() {
        for (html, expected) in [
            ("<nav>menu</nav><aside>note</aside><p>text<footer>foot", "note\n\ntext"),
            ("<form>sign up</form><div role=complementary>box</div>text", "sign up\n\nbox\n\ntext"),
            (
                "<aside>box <nav>menu</nav></aside><div role=banner>top</div><p hidden>no</p>text",
                "box\n\ntext",
            ),
            ("<article>text<footer>by Ann</footer></article><script>no</script>", "text\n\nby Ann"),
        ] {
            for furniture in [Furniture::Drop, Furniture::Keep] {
                assert_eq!(scan(html, furniture).text.area, expected, "{html}");
            }
        }
    }

    #[test]
    fn best_part() {
        let long = "word ".repeat(100);
        let cases = [
            (format!("<div>side</div><article>{long}</article>"), long.trim().to_owned()),
            (format!("<div>side</div><main>{long}</main>"), long.trim().to_owned()),
            ("<div>side</div><main>short</main>".to_owned(), "side\n\nshort".to_owned()),
        ];
        for (html, expected) in cases {
            assert_eq!(scan(&html, Furniture::Drop).text.best(), expected);
        }
        let listing = format!("<main><article>{long}</article><article>{long}</article></main>");
        assert!(scan(&listing, Furniture::Drop).text.best().len() > long.len() + 100);
    }

    #[test]
    fn facts() {
        let html = "<html lang=en-GB><title>T &amp; U</title><link rel=canonical href='https://e.org/a'>\
            <meta property='og:title x' content='O'><meta name=Keywords content='a, b'>\
            <script type='application/ld+json'>{\"a\":\"&amp;\"}</script>\
            <nav><a rel=tag>cloud</a></nav><a rel=tag>side</a><article><h1>H <i>x</i></h1><time>May</time>\
            <time datetime=2019>x</time><time class=published datetime=2020>y</time>\
            <a rel=tag>one<a rel='category tag'>two</a><a rel=author>Ann Lee</a></article>";
        let facts = scan(html, Furniture::Drop).facts;
        assert_eq!(facts.language.as_deref(), Some("en-GB"));
        assert_eq!(facts.title.as_deref(), Some("T & U"));
        assert_eq!(facts.heading.as_deref(), Some("H x"));
        assert_eq!(facts.canonical.as_deref(), Some("https://e.org/a"));
        assert_eq!(facts.metas.len(), 3);
        assert_eq!(facts.json_ld, ["{\"a\":\"&amp;\"}"]);
        assert_eq!(facts.tags, ["one"]);
        assert_eq!(facts.sections, ["two"]);
        assert_eq!(facts.authors, ["Ann Lee"]);
        let times: Vec<_> = facts.times.iter().map(|time| (time.value.as_str(), time.rank)).collect();
        let expected =
            [("May", TimeRank::InArticle), ("2019", TimeRank::InArticle), ("2020", TimeRank::Published)];
        assert_eq!(times, expected);
    }

    #[test]
    fn authors_in_microdata() {
        for (html, expected) in [
            (
                "<span itemprop='author creator'><a href=x><span itemprop=name> Ann Lee</span></a></span>",
                "Ann Lee",
            ),
            (
                "<div itemprop=author itemscope>By <b itemprop=name>Ann Lee</b> <p>writes on leeks.</p></div>",
                "Ann Lee",
            ),
            ("<li itemprop=author><meta itemprop=name content='Ann Lee'>by us</li>", "Ann Lee"),
            ("<p itemprop=author>Ann Lee</p>", "Ann Lee"),
            ("<p itemprop=author>by <a href=x>Ann Lee</a></p>", "by Ann Lee"),
            ("<a rel=author>Ann Lee<a href=y>Other</a>", "Ann Lee"),
            (
                "<div itemprop=comment itemscope><span itemprop=author><b itemprop=name>Bob</b></span></div>",
                "",
            ),
            ("<div id=comments><span itemprop=author>Bob</span></div>", ""),
            ("<b itemprop=name>The Paper</b>", ""),
        ] {
            assert_eq!(scan(html, Furniture::Drop).facts.authors.join("; ").trim(), expected, "{html}");
        }
    }

    #[test]
    fn long_hostile_input_takes_linear_time() {
        let started = std::time::Instant::now();
        for part in [
            "<div>",
            "<b></i>",
            "<a rel=tag>x",
            "<b itemprop=author>x",
            "<article>",
            "<p>x",
            "&amp;",
            "<pre>\n",
            "<script>",
        ] {
            scan(&part.repeat((1 << 19) / part.len()), Furniture::Drop);
        }
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn never_panics(html in "(<[/!]?(a rel=tag|article|main|p|td|nav|pre|svg|title|time|h1|script)?[ =\"'/]?>?|x|&#?|\\PC){0,60}") {
            scan(&html, Furniture::Drop).text.best();
        }
    }
}
