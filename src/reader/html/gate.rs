//! Decides in linear time whether a page may be given to a DOM parser.
//!
//! Tree construction costs quadratic time in the depth of a page (servo/html5ever#788), and in some counts that only a hostile page
//! reaches. The gate tokenizes the page and follows the stack of open elements and the list of active formatting
//! elements as the HTML standard does (13.2.6, tree construction), so that unclosed paragraphs, stray end tags and
//! void elements of ordinary pages do not count as depth. It builds nothing and never recurses.

use memchr::{memchr, memchr_iter, memmem};
use xxhash_rust::xxh3::xxh3_64;

/// Open elements at one time; browsers cut at the same depth.
pub const MAX_DEPTH: usize = 512;
/// Attributes of one tag.
pub const MAX_ATTRIBUTES: usize = 1_000;
/// Bytes of one tag.
const MAX_TAG_BYTES: usize = 64 * 1024;
/// Character references between two tags.
const MAX_ENTITIES: usize = 100_000;
/// Elements of a page; each costs a DOM parser and the search for the main text some hundred bytes and passes.
pub const MAX_ELEMENTS: usize = 250_000;
/// Elements that a parser opens again because an unclosed formatting element reaches over blocks.
const MAX_REOPENED: usize = 100_000;
/// Open elements that no tag of the page has to name: `html`, `body`, and `tbody` with `tr`.
const IMPLIED: usize = 4;

/// The limit that a page breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Depth,
    Attributes,
    TagBytes,
    Entities,
    Elements,
    Reopened,
}

impl Limit {
    /// What is wrong with the page, lower case, no full stop.
    pub(super) fn message(self) -> String {
        match self {
            Limit::Depth => format!("elements are nested more than {MAX_DEPTH} deep"),
            Limit::Attributes => format!("a tag has more than {MAX_ATTRIBUTES} attributes"),
            Limit::TagBytes => format!("a tag is longer than {MAX_TAG_BYTES} bytes"),
            Limit::Entities => format!("a text has more than {MAX_ENTITIES} character references"),
            Limit::Elements => format!("the page has more than {MAX_ELEMENTS} elements"),
            Limit::Reopened => format!("unclosed formatting would open more than {MAX_REOPENED} elements"),
        }
    }
}

/// Whether a DOM parser reads `html` in reasonable time and space; the number of its elements.
pub(super) fn check(html: &str) -> Result<usize, Limit> {
    let mut scanner = Scanner { bytes: html.as_bytes(), at: 0 };
    let mut tree = Tree::default();
    while let Some(token) = scanner.next(tree.in_foreign_content())? {
        match token {
            Token::Text(text) => tree.text(text)?,
            Token::Start(tag) => {
                if tree.start(&tag)? {
                    scanner.skip_raw_text(tag.name);
                }
            }
            Token::End(name) => tree.end(name),
            Token::Other => {}
        }
    }
    Ok(tree.elements)
}

/// Elements without text of the page; every copy of the tree that an extractor makes is smaller without them.
const SILENT: &[&[u8]] = &[b"script", b"style", b"svg"];

/// The page without comments, scripts, styles and drawings, but with the scripts that state what it is about.
pub(super) fn without_scripts(html: &str) -> String {
    let mut scanner = Scanner { bytes: html.as_bytes(), at: 0 };
    let mut rest = String::with_capacity(html.len());
    let mut copied = 0;
    let mut start = 0;
    while let Ok(Some(token)) = scanner.next(false) {
        let is_silent = match token {
            Token::Start(tag) if is_silent(&tag) => {
                scanner.skip_element(&tag);
                true
            }
            Token::Start(tag) => {
                if properties(tag.name) & is::RAW != 0 {
                    scanner.skip_raw_text(tag.name);
                }
                false
            }
            Token::Other => html[start..].starts_with("<!--"),
            Token::Text(_) | Token::End(_) => false,
        };
        if is_silent {
            rest.push_str(&html[copied..start]);
            copied = scanner.at;
        }
        start = scanner.at;
    }
    rest.push_str(&html[copied..]);
    rest
}

fn is_silent(tag: &Tag<'_>) -> bool {
    let is_known = SILENT.iter().any(|name| tag.name.eq_ignore_ascii_case(name));
    is_known && memmem::find(tag.whole, b"ld+json").is_none()
}

enum Token<'a> {
    Text(&'a [u8]),
    Start(Tag<'a>),
    End(&'a [u8]),
    Other,
}

struct Tag<'a> {
    name: &'a [u8],
    whole: &'a [u8],
    attributes: usize,
    self_closing: bool,
}

/// Tokens of a page (HTML standard, 13.2.5), as far as their borders go.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn next(&mut self, foreign: bool) -> Result<Option<Token<'a>>, Limit> {
        let rest = &self.bytes[self.at..];
        match rest {
            [] => Ok(None),
            [b'<', b'!', ..] => {
                self.at += declaration_length(rest, foreign);
                Ok(Some(Token::Other))
            }
            [b'<', b'?', ..] => {
                self.at += through(rest, b">");
                Ok(Some(Token::Other))
            }
            [b'<', b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                let tag = self.tag(2)?;
                Ok(Some(Token::End(tag.name)))
            }
            [b'<', b'/', ..] => {
                self.at += through(rest, b">");
                Ok(Some(Token::Other))
            }
            [b'<', letter, ..] if letter.is_ascii_alphabetic() => {
                self.tag(1).map(|tag| Some(Token::Start(tag)))
            }
            _ => {
                let end = memchr(b'<', &rest[1..]).map_or(rest.len(), |found| found + 1);
                self.at += end;
                Ok(Some(Token::Text(&rest[..end])))
            }
        }
    }

    /// Reads the tag that begins here, with its name `before_name` bytes on.
    fn tag(&mut self, before_name: usize) -> Result<Tag<'a>, Limit> {
        let start = self.at;
        let name_start = start + before_name;
        self.at = name_start;
        self.skip_while(|byte| !ends_name(byte));
        let name = &self.bytes[name_start..self.at];
        let mut attributes = 0;
        let self_closing = loop {
            self.skip_while(|byte| byte.is_ascii_whitespace());
            match self.bytes.get(self.at) {
                None => break false,
                Some(b'>') => {
                    self.at += 1;
                    break false;
                }
                Some(b'/') => {
                    self.at += 1;
                    if self.bytes.get(self.at) == Some(&b'>') {
                        self.at += 1;
                        break true;
                    }
                }
                Some(_) => {
                    attributes += 1;
                    self.attribute();
                }
            }
            if attributes > MAX_ATTRIBUTES {
                return Err(Limit::Attributes);
            }
        };
        let whole = &self.bytes[start..self.at];
        if whole.len() > MAX_TAG_BYTES {
            return Err(Limit::TagBytes);
        }
        Ok(Tag { name, whole, attributes, self_closing })
    }

    fn attribute(&mut self) {
        // The first byte belongs to the name whatever it is, even `=`.
        self.at += 1;
        self.skip_while(|byte| !ends_name(byte) && byte != b'=');
        self.skip_while(|byte| byte.is_ascii_whitespace());
        if self.bytes.get(self.at) != Some(&b'=') {
            return;
        }
        self.at += 1;
        self.skip_while(|byte| byte.is_ascii_whitespace());
        match self.bytes.get(self.at) {
            Some(&quote @ (b'"' | b'\'')) => {
                self.at += 1;
                self.at += through(&self.bytes[self.at..], &[quote]);
            }
            _ => self.skip_while(|byte| !byte.is_ascii_whitespace() && byte != b'>'),
        }
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len());
    }

    /// Moves behind the end of an element, as if its content were text alone.
    fn skip_element(&mut self, tag: &Tag<'_>) {
        if !tag.self_closing || tag.name.eq_ignore_ascii_case(b"script") {
            self.skip_raw_text(tag.name);
            self.at += through(&self.bytes[self.at..], b">");
        }
    }

    /// Moves to the end tag of an element whose content is text alone.
    fn skip_raw_text(&mut self, name: &[u8]) {
        let rest = &self.bytes[self.at..];
        let closes = |&at: &usize| {
            let after = &rest[at + 2..];
            after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
                && after.get(name.len()).is_none_or(|&byte| ends_name(byte))
        };
        self.at += memmem::find_iter(rest, b"</").find(closes).unwrap_or(rest.len());
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/' || byte == b'>'
}

/// The length of `bytes` up to and with the first `mark`, or all of it.
fn through(bytes: &[u8], mark: &[u8]) -> usize {
    memmem::find(bytes, mark).map_or(bytes.len(), |found| found + mark.len())
}

/// The length of the comment, document type or CDATA section that `bytes` begins with.
fn declaration_length(bytes: &[u8], foreign: bool) -> usize {
    if foreign && bytes.starts_with(b"<![CDATA[") {
        return through(bytes, b"]]>");
    }
    if !bytes.starts_with(b"<!--") {
        return through(bytes, b">");
    }
    if bytes.starts_with(b"<!-->") || bytes.starts_with(b"<!--->") {
        return through(bytes, b">");
    }
    let ends = |&at: &usize| bytes[at + 2..].starts_with(b">") || bytes[at + 2..].starts_with(b"!>");
    // `--->` holds two overlapping pairs of hyphens, which a plain search for pairs would miss.
    memchr_iter(b'-', bytes)
        .skip(2)
        .filter(|&at| bytes.get(at + 1) == Some(&b'-'))
        .find(ends)
        .map_or(bytes.len(), |at| at + through(&bytes[at..], b">"))
}

/// Properties of elements in tree construction.
mod is {
    /// Has no content.
    pub(super) const VOID: u16 = 1;
    /// Its start closes an open `p`.
    pub(super) const BLOCK: u16 = 1 << 1;
    /// Ends the search for an ordinary element to close.
    pub(super) const SPECIAL: u16 = 1 << 2;
    /// In the list of active formatting elements.
    pub(super) const FORMATTING: u16 = 1 << 3;
    /// Ends a scope.
    pub(super) const SCOPE: u16 = 1 << 4;
    /// Its content is text alone.
    pub(super) const RAW: u16 = 1 << 5;
    /// Starts a new list of active formatting elements.
    pub(super) const MARKER: u16 = 1 << 6;
    /// Part of a table.
    pub(super) const PART: u16 = 1 << 7;
    /// `h1` to `h6`.
    pub(super) const HEADING: u16 = 1 << 8;
    /// Ends SVG and MathML content.
    pub(super) const BREAKOUT: u16 = 1 << 9;
    /// `html`, `head`, `body`: a second one adds its attributes to the first.
    pub(super) const ROOT: u16 = 1 << 10;
    /// Holds HTML inside SVG and MathML.
    pub(super) const INTEGRATION: u16 = 1 << 11;

    pub(super) const PLAIN_BLOCK: u16 = BLOCK | SPECIAL;
    pub(super) const BREAKING_BLOCK: u16 = PLAIN_BLOCK | BREAKOUT;
    pub(super) const ANY_HEADING: u16 = BREAKING_BLOCK | HEADING;
    pub(super) const BREAKING_VOID: u16 = VOID | BREAKOUT;
    pub(super) const BREAKING_FORMAT: u16 = FORMATTING | BREAKOUT;
    pub(super) const CELL: u16 = SPECIAL | SCOPE | MARKER | PART;
    pub(super) const TABLE_PART: u16 = SPECIAL | PART;
    pub(super) const OBJECT: u16 = SPECIAL | SCOPE | MARKER;
}

/// Elements with a property, by name.
const ELEMENTS: &[(&str, u16)] = &[
    ("a", is::FORMATTING),
    ("address", is::PLAIN_BLOCK),
    ("annotation-xml", is::INTEGRATION),
    ("applet", is::OBJECT),
    ("area", is::VOID),
    ("article", is::PLAIN_BLOCK),
    ("aside", is::PLAIN_BLOCK),
    ("b", is::BREAKING_FORMAT),
    ("base", is::VOID),
    ("basefont", is::VOID),
    ("bgsound", is::VOID),
    ("big", is::BREAKING_FORMAT),
    ("blockquote", is::BREAKING_BLOCK),
    ("body", is::ROOT | is::BREAKOUT),
    ("br", is::BREAKING_VOID),
    ("button", is::SPECIAL),
    ("caption", is::CELL),
    ("center", is::BREAKING_BLOCK),
    ("code", is::BREAKING_FORMAT),
    ("col", is::VOID),
    ("colgroup", is::TABLE_PART),
    ("dd", is::BREAKING_BLOCK),
    ("desc", is::INTEGRATION),
    ("details", is::PLAIN_BLOCK),
    ("dialog", is::PLAIN_BLOCK),
    ("dir", is::PLAIN_BLOCK),
    ("div", is::BREAKING_BLOCK),
    ("dl", is::BREAKING_BLOCK),
    ("dt", is::BREAKING_BLOCK),
    ("em", is::BREAKING_FORMAT),
    ("embed", is::BREAKING_VOID),
    ("fieldset", is::PLAIN_BLOCK),
    ("figcaption", is::PLAIN_BLOCK),
    ("figure", is::PLAIN_BLOCK),
    ("font", is::FORMATTING),
    ("footer", is::PLAIN_BLOCK),
    ("foreignobject", is::INTEGRATION),
    ("form", is::PLAIN_BLOCK),
    ("frame", is::VOID),
    ("h1", is::ANY_HEADING),
    ("h2", is::ANY_HEADING),
    ("h3", is::ANY_HEADING),
    ("h4", is::ANY_HEADING),
    ("h5", is::ANY_HEADING),
    ("h6", is::ANY_HEADING),
    ("head", is::ROOT | is::BREAKOUT),
    ("header", is::PLAIN_BLOCK),
    ("hgroup", is::PLAIN_BLOCK),
    ("hr", is::BREAKING_VOID | is::BLOCK),
    ("html", is::ROOT),
    ("i", is::BREAKING_FORMAT),
    ("iframe", is::RAW),
    ("image", is::VOID),
    ("img", is::BREAKING_VOID),
    ("input", is::VOID),
    ("keygen", is::VOID),
    ("li", is::BREAKING_BLOCK),
    ("link", is::VOID),
    ("listing", is::BREAKING_BLOCK),
    ("main", is::PLAIN_BLOCK),
    ("marquee", is::OBJECT),
    ("menu", is::BREAKING_BLOCK),
    ("meta", is::BREAKING_VOID),
    ("mi", is::INTEGRATION),
    ("mn", is::INTEGRATION),
    ("mo", is::INTEGRATION),
    ("ms", is::INTEGRATION),
    ("mtext", is::INTEGRATION),
    ("nav", is::PLAIN_BLOCK),
    ("nobr", is::BREAKING_FORMAT),
    ("noembed", is::RAW),
    ("noframes", is::RAW),
    ("object", is::OBJECT),
    ("ol", is::BREAKING_BLOCK),
    ("p", is::BREAKING_BLOCK),
    ("param", is::VOID),
    ("plaintext", is::RAW | is::BLOCK),
    ("pre", is::BREAKING_BLOCK),
    ("s", is::BREAKING_FORMAT),
    ("script", is::RAW),
    ("search", is::PLAIN_BLOCK),
    ("section", is::PLAIN_BLOCK),
    ("select", is::SPECIAL),
    ("small", is::BREAKING_FORMAT),
    ("source", is::VOID),
    ("strike", is::BREAKING_FORMAT),
    ("strong", is::BREAKING_FORMAT),
    ("style", is::RAW),
    ("summary", is::PLAIN_BLOCK),
    ("table", is::BREAKING_BLOCK | is::SCOPE),
    ("tbody", is::TABLE_PART),
    ("td", is::CELL),
    ("template", is::OBJECT),
    ("textarea", is::RAW),
    ("tfoot", is::TABLE_PART),
    ("th", is::CELL),
    ("thead", is::TABLE_PART),
    ("title", is::RAW | is::INTEGRATION),
    ("tr", is::TABLE_PART),
    ("track", is::VOID),
    ("tt", is::BREAKING_FORMAT),
    ("u", is::BREAKING_FORMAT),
    ("ul", is::BREAKING_BLOCK),
    ("wbr", is::VOID),
    ("xmp", is::RAW | is::BLOCK),
];

const LONGEST_NAME: usize = 16;

fn properties(name: &[u8]) -> u16 {
    let mut buffer = [0; LONGEST_NAME];
    let Some(lower) = buffer.get_mut(..name.len()) else { return 0 };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    let found = ELEMENTS.binary_search_by(|(known, _)| known.as_bytes().cmp(lower));
    found.map_or(0, |at| ELEMENTS[at].1)
}

#[derive(Clone, Copy)]
struct Open<'a> {
    name: &'a [u8],
    properties: u16,
    /// Whether its children are SVG or MathML.
    foreign_content: bool,
    /// The number of its entry in the list of active formatting elements, 0 for none.
    formatting: u64,
}

impl Open<'_> {
    fn is(&self, property: u16) -> bool {
        self.properties & property != 0
    }

    fn named(&self, names: &[&[u8]]) -> bool {
        names.iter().any(|name| self.name.eq_ignore_ascii_case(name))
    }
}

/// An entry of the list of active formatting elements.
enum Active<'a> {
    Marker,
    Element { number: u64, name: &'a [u8], tag: u64, open: bool },
}

/// The state of tree construction that bears on depth.
#[derive(Default)]
struct Tree<'a> {
    open: Vec<Open<'a>>,
    active: Vec<Active<'a>>,
    numbered: u64,
    elements: usize,
    reopened: usize,
    entities: usize,
    root_attributes: usize,
}

impl<'a> Tree<'a> {
    fn in_foreign_content(&self) -> bool {
        self.open.last().is_some_and(|open| open.foreign_content)
    }

    fn text(&mut self, text: &[u8]) -> Result<(), Limit> {
        self.entities += memchr_iter(b'&', text).count();
        if self.entities > MAX_ENTITIES {
            return Err(Limit::Entities);
        }
        self.reopen_formatting()
    }

    /// Takes a start tag; gives whether the content of the element is text alone.
    fn start(&mut self, tag: &Tag<'a>) -> Result<bool, Limit> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(Limit::Elements);
        }
        let properties = properties(tag.name);
        let has = |property| properties & property != 0;
        if self.in_foreign_content() && !has(is::BREAKOUT) {
            if !tag.self_closing {
                self.push_foreign(tag.name, properties)?;
            }
            return Ok(false);
        }
        while self.in_foreign_content() {
            self.truncate(self.open.len() - 1);
        }
        if has(is::ROOT) {
            return self.root(tag).map(|()| false);
        }
        self.entities = 0;
        if has(is::PART) && !self.open_table_part(tag.name) {
            return Ok(false);
        }
        self.close_implied(tag.name, properties);
        if !has(is::SPECIAL | is::RAW) {
            self.reopen_formatting()?;
        }
        if !has(is::VOID | is::RAW) {
            self.push(tag, properties)?;
        }
        Ok(has(is::RAW))
    }

    fn root(&mut self, tag: &Tag<'_>) -> Result<(), Limit> {
        self.root_attributes += tag.attributes;
        if self.root_attributes > MAX_ATTRIBUTES { Err(Limit::Attributes) } else { Ok(()) }
    }

    fn push_foreign(&mut self, name: &'a [u8], properties: u16) -> Result<(), Limit> {
        let foreign_content = properties & is::INTEGRATION == 0;
        self.push_open(Open { name, properties: 0, foreign_content, formatting: 0 })
    }

    fn push(&mut self, tag: &Tag<'a>, properties: u16) -> Result<(), Limit> {
        let foreign_content = tag.name.eq_ignore_ascii_case(b"svg") || tag.name.eq_ignore_ascii_case(b"math");
        if foreign_content && tag.self_closing {
            return Ok(());
        }
        let formatting = if properties & is::FORMATTING == 0 { 0 } else { self.activate(tag) };
        if properties & is::MARKER != 0 {
            self.active.push(Active::Marker);
        }
        self.push_open(Open { name: tag.name, properties, foreign_content, formatting })
    }

    fn push_open(&mut self, open: Open<'a>) -> Result<(), Limit> {
        self.open.push(open);
        let depth = self.open.len().max(self.active.len()) + IMPLIED;
        if depth > MAX_DEPTH { Err(Limit::Depth) } else { Ok(()) }
    }

    /// Closes what the start of an element closes without an end tag.
    fn close_implied(&mut self, name: &[u8], properties: u16) {
        let named = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted);
        if named(b"li") {
            self.close_item(&[b"li"]);
        } else if named(b"dd") || named(b"dt") {
            self.close_item(&[b"dd", b"dt"]);
        } else if named(b"option") || named(b"optgroup") {
            self.close_current(&[b"option"]);
        } else if named(b"button") {
            self.close_in_scope(&[b"button"], is::SCOPE);
        } else if named(b"a") || named(b"nobr") {
            self.end_formatting(name);
        }
        if properties & is::BLOCK != 0 {
            self.close_paragraph();
        }
        if properties & is::HEADING != 0 && self.open.last().is_some_and(|open| open.is(is::HEADING)) {
            self.truncate(self.open.len() - 1);
        }
        if named(b"table") {
            self.close_bare_table();
        }
    }

    fn close_current(&mut self, names: &[&[u8]]) {
        if self.open.last().is_some_and(|open| open.named(names)) {
            self.truncate(self.open.len() - 1);
        }
    }

    fn close_paragraph(&mut self) {
        let ends = |open: &Open<'_>| open.is(is::SCOPE) || open.named(&[b"button"]);
        if let Some(at) = self.find(&[b"p"], ends) {
            self.truncate(at);
        }
    }

    fn close_item(&mut self, names: &[&[u8]]) {
        let ends = |open: &Open<'_>| open.is(is::SPECIAL) && !open.named(&[b"address", b"div", b"p"]);
        if let Some(at) = self.find(names, ends) {
            self.truncate(at);
        }
    }

    fn close_in_scope(&mut self, names: &[&[u8]], scope: u16) {
        if let Some(at) = self.find(names, |open| open.is(scope)) {
            self.truncate(at);
        }
    }

    /// A table directly in a table, not in a cell of it, closes the outer one.
    fn close_bare_table(&mut self) {
        let ends = |open: &Open<'_>| open.is(is::MARKER);
        if let Some(at) = self.find(&[b"table"], ends) {
            self.truncate(at);
        }
    }

    /// Clears the way for a part of a table; `false` when there is no table to be part of.
    fn open_table_part(&mut self, name: &[u8]) -> bool {
        let parents: &[&[u8]] = match name.to_ascii_lowercase().as_slice() {
            b"td" | b"th" => &[b"tr", b"tbody", b"thead", b"tfoot", b"table", b"template"],
            b"tr" => &[b"tbody", b"thead", b"tfoot", b"table", b"template"],
            _ => &[b"table", b"template"],
        };
        let Some(at) = self.find(parents, |_| false) else { return false };
        self.truncate(at + 1);
        true
    }

    fn end(&mut self, name: &[u8]) {
        let properties = properties(name);
        let has = |property| properties & property != 0;
        let foreign = self.in_foreign_content();
        if name.eq_ignore_ascii_case(b"p") && !foreign {
            self.close_paragraph();
        } else if has(is::FORMATTING) && !foreign {
            self.end_formatting(name);
        } else if has(is::PART) || name.eq_ignore_ascii_case(b"table") {
            let ends = |open: &Open<'_>| open.named(&[b"table", b"template"]);
            if let Some(at) = self.find(&[name], ends) {
                self.truncate(at);
            }
        } else if has(is::HEADING) {
            self.end_heading();
        } else if has(is::SPECIAL) {
            self.close_in_scope(&[name], is::SCOPE);
        } else {
            self.close_in_scope(&[name], is::SPECIAL);
        }
    }

    fn end_heading(&mut self) {
        let nearest = self.open.iter().rposition(|open| open.is(is::HEADING | is::SCOPE));
        if let Some(at) = nearest.filter(|&at| self.open[at].is(is::HEADING)) {
            self.truncate(at);
        }
    }

    /// The adoption agency, as far as depth goes: what is special stays open, the formatting element goes.
    fn end_formatting(&mut self, wanted: &[u8]) {
        let entry = self.active.iter().rposition(|active| match active {
            Active::Marker => true,
            Active::Element { name, .. } => name.eq_ignore_ascii_case(wanted),
        });
        let Some(entry) = entry else { return };
        let Active::Element { number, open, .. } = self.active[entry] else { return };
        self.active.remove(entry);
        let at = self.open.iter().rposition(|element| open && element.formatting == number);
        let Some(at) = at else { return };
        if self.open[at..].iter().any(|element| element.is(is::SPECIAL)) {
            self.open.remove(at);
        } else {
            self.truncate(at);
        }
    }

    /// The innermost open element of that name, unless one that `ends` the search is nearer.
    fn find(&self, names: &[&[u8]], ends: impl Fn(&Open<'_>) -> bool) -> Option<usize> {
        let at = self.open.iter().rposition(|open| open.named(names) || ends(open))?;
        self.open[at].named(names).then_some(at)
    }

    fn truncate(&mut self, length: usize) {
        self.entities = 0;
        for popped in self.open.drain(length..).rev() {
            if popped.is(is::MARKER) {
                while self.active.pop().is_some_and(|active| !matches!(active, Active::Marker)) {}
            }
            if popped.formatting != 0 {
                set_open(&mut self.active, popped.formatting, false);
            }
        }
    }

    /// Adds an element to the list of active formatting elements; of equal ones three stay ("Noah's Ark").
    fn activate(&mut self, tag: &Tag<'a>) -> u64 {
        let hash = xxh3_64(tag.whole);
        let marker = self.active.iter().rposition(|active| matches!(active, Active::Marker));
        let first = marker.map_or(0, |at| at + 1);
        let is_equal = |active: &Active<'_>| matches!(active, Active::Element { tag, .. } if *tag == hash);
        let mut equal = (first..self.active.len()).filter(|&at| is_equal(&self.active[at]));
        let earliest = equal.next();
        if let (Some(earliest), 2..) = (earliest, equal.count()) {
            self.active.remove(earliest);
        }
        self.numbered += 1;
        self.active.push(Active::Element { number: self.numbered, name: tag.name, tag: hash, open: true });
        self.numbered
    }

    fn reopen_formatting(&mut self) -> Result<(), Limit> {
        let is_closed = |active: &Active<'_>| matches!(active, Active::Element { open: false, .. });
        let first = self.active.iter().rposition(|active| !is_closed(active)).map_or(0, |at| at + 1);
        for at in first..self.active.len() {
            let Active::Element { number, name, open, .. } = &mut self.active[at] else { continue };
            *open = true;
            let element =
                Open { name, properties: is::FORMATTING, foreign_content: false, formatting: *number };
            self.push_open(element)?;
            self.reopened += 1;
        }
        if self.reopened > MAX_REOPENED { Err(Limit::Reopened) } else { Ok(()) }
    }
}

fn set_open(active: &mut [Active<'_>], wanted: u64, value: bool) {
    for entry in active.iter_mut().rev() {
        if let Active::Element { number, open, .. } = entry
            && *number == wanted
        {
            *open = value;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn repeat(part: &str, times: usize) -> String {
        part.repeat(times)
    }

    #[test]
    fn elements_are_sorted() {
        assert!(ELEMENTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(ELEMENTS.iter().all(|(name, _)| name.len() <= LONGEST_NAME));
    }

    #[test]
    fn scripts_and_drawings_are_left_out() {
        for (html, expected) in [
            ("a<script>b</script>c", "ac"),
            ("a<SCRIPT src=x></SCRIPT >c<style>d", "ac"),
            ("a<svg><text>b</text></svg>c<svg/>d", "acd"),
            ("a<!-- <b> -->c<!doctype html>", "ac<!doctype html>"),
            ("<script type=application/ld+json>{}</script>", "<script type=application/ld+json>{}</script>"),
            ("<textarea><!-- a --></textarea>", "<textarea><!-- a --></textarea>"),
            ("<p title='<script>'>é<", "<p title='<script>'>é<"),
        ] {
            assert_eq!(without_scripts(html), expected);
        }
    }

    #[test]
    fn ordinary_pages_pass() {
        let cases = [
            repeat("<p>one", 5_000),
            repeat("<ul><li>one<li>two</ul>", 5_000),
            format!("<ul>{}", repeat("<li>one", 5_000)),
            format!("<dl>{}", repeat("<dt>a<dd>b", 5_000)),
            repeat("<br><img src=a><hr>", 5_000),
            format!("<table>{}", repeat("<tr><td>a<td>b", 5_000)),
            repeat("</div></p></span>", 5_000),
            repeat("<p><b>bold</p>", 5_000),
            repeat("<p><font size=2>x", 5_000),
            repeat("<a href=x>link", 5_000),
            repeat("<tr><td>no table", 5_000),
            repeat("<option>a", 5_000),
            repeat("<h1>a<h2>b", 5_000),
            repeat("<table><tr><td>cell</table>", 5_000),
            repeat("<svg><path d='m'/><g></g></svg>", 5_000),
            repeat("<!-- <div> -->", 5_000),
            repeat("<div title='<div>'></div>", 5_000),
            format!("<script>{}</script>", repeat("'<div>'", 5_000)),
            repeat("<b><p>x</b></p>", 5_000),
            repeat("<button>a", 5_000),
            repeat("<!--->text", 5_000),
            repeat("<body>", 5_000),
            repeat("<div>", 500),
            repeat("&amp;", 90_000),
        ];
        for html in cases {
            assert!(check(&html).is_ok(), "{}", &html[..html.len().min(60)]);
        }
    }

    #[test]
    fn hostile_pages_are_refused() {
        let attributes: String = (0..2_000).map(|number| format!(" a{number}")).collect();
        let fonts: String = (0..400).map(|number| format!("<font size={number}>")).collect();
        let cases = [
            (repeat("<div>", 600), Limit::Depth),
            (repeat("<DIV\n>", 600), Limit::Depth),
            (repeat("<ul><li>", 600), Limit::Depth),
            (repeat("<b>", 600), Limit::Depth),
            (repeat("<table><tr><td>", 600), Limit::Depth),
            (repeat("<x-y>", 600), Limit::Depth),
            (repeat("<svg><g>", 600), Limit::Depth),
            (repeat("<button><div></button>", 1) + &repeat("<span>", 600), Limit::Depth),
            (format!("<p{attributes}>"), Limit::Attributes),
            (format!("<p title='{}'>", repeat("x", 70_000)), Limit::TagBytes),
            (repeat("<body a b>", 600), Limit::Attributes),
            (repeat("&amp;", 110_000), Limit::Entities),
            (repeat("<br>", 260_000), Limit::Elements),
            (format!("<p>{fonts}{}", repeat("<p>x", 1_000)), Limit::Reopened),
        ];
        for (html, limit) in cases {
            assert_eq!(check(&html), Err(limit), "{}", &html[..html.len().min(60)]);
        }
    }

    #[test]
    fn long_hostile_input_takes_linear_time() {
        let megabyte = |part: &str| part.repeat((1 << 20) / part.len());
        let cases =
            ["<", "<!--", "</", "<script>", "<a b='", "<p>", "&", "<!", "<b></i>", "<svg><![CDATA[", "--!"];
        let started = std::time::Instant::now();
        for part in cases {
            let _ = check(&megabyte(part));
            without_scripts(&megabyte(part));
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn never_panics(html in "(<[/!?]?(a|b|p|td|tr|table|svg|title|li|select|!--|template)?[ =\"'/]?>?|x|&|-->|\\PC){0,60}") {
            let _ = check(&html);
            without_scripts(&html);
        }
    }
}
