//! Tags in wikitext: those of HTML and of extensions.

use std::ops::Range;

use memchr::memmem;

/// What is done with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// The tags go, what is between them is read.
    Inline,
    /// The same, and a line ends there.
    Line,
    /// The same, and a paragraph ends there.
    Block,
    /// The tags go, what is between them stays as it is.
    Raw,
    /// All of it goes.
    Drop,
    /// Of each line between them the caption stays.
    Gallery,
}

/// Elements by name.
const TAGS: &[(&str, Action)] = &[
    ("ref", Action::Drop),
    ("math", Action::Drop),
    ("chem", Action::Drop),
    ("ce", Action::Drop),
    ("timeline", Action::Drop),
    ("graph", Action::Drop),
    ("score", Action::Drop),
    ("hiero", Action::Drop),
    ("imagemap", Action::Drop),
    ("inputbox", Action::Drop),
    ("templatedata", Action::Drop),
    ("templatestyles", Action::Drop),
    ("mapframe", Action::Drop),
    ("maplink", Action::Drop),
    ("includeonly", Action::Drop),
    ("dynamicpagelist", Action::Drop),
    ("style", Action::Drop),
    ("nowiki", Action::Raw),
    ("pre", Action::Raw),
    ("syntaxhighlight", Action::Raw),
    ("source", Action::Raw),
    ("gallery", Action::Gallery),
    ("br", Action::Line),
    ("dd", Action::Line),
    ("dt", Action::Line),
    ("li", Action::Line),
    ("tr", Action::Line),
    ("blockquote", Action::Block),
    ("center", Action::Block),
    ("dl", Action::Block),
    ("div", Action::Block),
    ("h2", Action::Block),
    ("h3", Action::Block),
    ("h4", Action::Block),
    ("hr", Action::Block),
    ("ol", Action::Block),
    ("p", Action::Block),
    ("poem", Action::Block),
    ("references", Action::Block),
    ("section", Action::Inline),
    ("table", Action::Block),
    ("ul", Action::Block),
    ("abbr", Action::Inline),
    ("b", Action::Inline),
    ("bdi", Action::Inline),
    ("big", Action::Inline),
    ("cite", Action::Inline),
    ("code", Action::Inline),
    ("del", Action::Inline),
    ("em", Action::Inline),
    ("font", Action::Inline),
    ("i", Action::Inline),
    ("indicator", Action::Inline),
    ("ins", Action::Inline),
    ("kbd", Action::Inline),
    ("noinclude", Action::Inline),
    ("onlyinclude", Action::Inline),
    ("q", Action::Inline),
    ("ruby", Action::Inline),
    ("rb", Action::Inline),
    ("rp", Action::Inline),
    ("rt", Action::Inline),
    ("s", Action::Inline),
    ("small", Action::Inline),
    ("span", Action::Inline),
    ("strike", Action::Inline),
    ("strong", Action::Inline),
    ("sub", Action::Inline),
    ("sup", Action::Inline),
    ("td", Action::Line),
    ("th", Action::Line),
    ("time", Action::Inline),
    ("translate", Action::Inline),
    ("tt", Action::Inline),
    ("u", Action::Inline),
    ("var", Action::Inline),
    ("wbr", Action::Inline),
];

/// The most bytes of a tag.
const MAX_TAG: usize = 1000;

/// A tag.
pub(super) struct Tag {
    /// The name of its element.
    pub(super) name: &'static str,
    /// What is done with it.
    pub(super) action: Action,
    /// Whether it opens an element that is closed elsewhere.
    pub(super) opens: bool,
    /// How long it is.
    pub(super) length: usize,
}

/// Reads the tag that `text` begins with; `None` when that is no tag of a known element.
pub(super) fn read(text: &str) -> Option<Tag> {
    let inner = text.strip_prefix('<')?;
    let closes = inner.starts_with('/');
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let length = inner.bytes().take(16).take_while(u8::is_ascii_alphanumeric).count();
    let (name, action) = TAGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&inner[..length]))?;
    let window = &text.as_bytes()[..text.len().min(MAX_TAG)];
    let end = memchr::memchr(b'>', window)?;
    Some(Tag { name, action: *action, opens: !closes && window[end - 1] != b'/', length: end + 1 })
}

/// Finds ends of elements and comments, each byte looked at once for each element.
pub(super) struct Ends<'a> {
    source: &'a str,
    comment: Found,
    elements: Vec<(&'static str, Found)>,
}

/// The last end found; asked for places that only go forward.
#[derive(Clone, Default)]
enum Found {
    #[default]
    Unknown,
    At(Range<usize>),
    Never,
}

impl<'a> Ends<'a> {
    /// The ends in `source`.
    pub(super) fn new(source: &'a str) -> Ends<'a> {
        Ends { source, comment: Found::Unknown, elements: Vec::new() }
    }

    /// The byte after the end of the comment that begins at `at`.
    pub(super) fn comment(&mut self, at: usize) -> Option<usize> {
        let source = self.source.as_bytes();
        let find = |from: usize| {
            let start = from + memmem::find(source.get(from..)?, b"-->")?;
            Some(start..start + 3)
        };
        self.comment.next(at + 4, find).map(|end| end.end)
    }

    /// The next closing tag of that element at or after `at`.
    pub(super) fn close(&mut self, name: &'static str, at: usize) -> Option<Range<usize>> {
        let index = self.elements.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.elements.push((name, Found::Unknown));
            self.elements.len() - 1
        });
        let source = self.source;
        self.elements[index].1.next(at, |from| closing_tag(source, name, from))
    }
}

impl Found {
    fn next(&mut self, at: usize, find: impl FnOnce(usize) -> Option<Range<usize>>) -> Option<Range<usize>> {
        let known = match self {
            Found::At(range) => range.start >= at,
            Found::Never => true,
            Found::Unknown => false,
        };
        if !known {
            *self = find(at).map_or(Found::Never, Found::At);
        }
        match self {
            Found::At(range) => Some(range.clone()),
            Found::Unknown | Found::Never => None,
        }
    }
}

fn closing_tag(source: &str, name: &str, from: usize) -> Option<Range<usize>> {
    let bytes = source.as_bytes();
    let begins = |start: &usize| {
        let after = start + 2 + name.len();
        bytes.get(start + 2..after).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
            && bytes.get(after).is_some_and(|next| matches!(next, b'>' | b' ' | b'\n'))
    };
    let start = memmem::find_iter(bytes.get(from..)?, b"</").map(|at| from + at).find(begins)?;
    let end = memchr::memchr(b'>', &bytes[start..])?;
    Some(start..start + end + 1)
}
