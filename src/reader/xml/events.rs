//! A lenient pull reader: tags and texts in order, whatever their author left open.

use std::borrow::Cow;

use quick_xml::events::Event as Raw;
use quick_xml::events::attributes::Attributes;

use crate::diagnostic::Reason;
use crate::reader::Fault;

/// Open elements at one time; reading stops beyond.
pub const MAX_DEPTH: usize = 256;

/// HTML elements without content, which strangers leave open in XML too.
const VOID: &[&str] = &["br", "hr", "img", "wbr"];

/// How often reading begins anew behind a `<` whose tag does not end.
const MAX_RESTARTS: usize = 16;

/// The name of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'t>(&'t str);

impl<'t> Name<'t> {
    /// The name without its prefix.
    pub fn local(self) -> &'t str {
        self.split().1
    }

    /// What stands before the colon, or nothing.
    pub fn prefix(self) -> &'t str {
        self.split().0
    }

    /// Prefix and local name.
    pub fn split(self) -> (&'t str, &'t str) {
        self.0.split_once(':').unwrap_or(("", self.0))
    }
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'t> {
    /// The name of the element.
    pub name: Name<'t>,
    /// From behind the name to the end of the tag.
    attributes: &'t str,
}

impl<'t> Tag<'t> {
    /// The value of an attribute, by its name with prefix; of two of one name the first.
    pub fn attribute(&self, name: &str) -> Option<Cow<'t, str>> {
        self.attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// All attributes: name with prefix, and value.
    pub fn attributes(&self) -> impl Iterator<Item = (&'t str, Cow<'t, str>)> + use<'t> {
        let mut attributes = Attributes::html(self.attributes, 0);
        attributes.with_checks(false);
        attributes.flatten().map(|attribute| {
            let value = match attribute.value {
                Cow::Borrowed(value) if value.contains('&') => htmlize::unescape_attribute(value),
                value => value,
            };
            (attribute.key.into_inner(), value)
        })
    }
}

/// What follows next in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'t> {
    /// An element begins.
    Start(Tag<'t>),
    /// An element ends. Every element that begins ends too.
    End(Name<'t>),
    /// Text or a CDATA section, or a part of them; character references of XML and HTML are resolved.
    Text(Cow<'t, str>),
}

/// What stands in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'t> {
    /// Text alone, with its references resolved.
    Text(Cow<'t, str>),
    /// Elements, perhaps with text between: as written.
    Markup(&'t str),
}

/// The events of a text.
///
/// Nothing is an error: an end tag also ends the elements that were left open in its element, one without a start
/// tag does not count, a `&` or `<` that begins nothing is text, and where the text ends everything ends. Comments,
/// processing instructions and the DTD are passed over. Offsets are bytes of the text.
pub struct Events<'t> {
    text: &'t str,
    reader: quick_xml::Reader<&'t [u8]>,
    /// Where the text of `reader` begins.
    base: usize,
    open: Vec<Name<'t>>,
    /// How many of the open elements end next.
    closing: usize,
    /// Where the last event begins.
    event_start: usize,
    restarts: usize,
    is_too_deep: bool,
}

impl std::fmt::Debug for Events<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("at", &self.offset()).field("open", &self.open).finish_non_exhaustive()
    }
}

impl<'t> Events<'t> {
    /// The events of `text`.
    pub fn new(text: &'t str) -> Events<'t> {
        let base = behind_marks(text, 0);
        Events {
            text,
            reader: lenient(&text[base..]),
            base,
            open: Vec::new(),
            closing: 0,
            event_start: 0,
            restarts: 0,
            is_too_deep: false,
        }
    }

    /// Where the next event begins.
    pub fn offset(&self) -> usize {
        self.base + usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// The number of open elements.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The remark that reading stopped because elements are nested more than [`MAX_DEPTH`] deep, if it did.
    pub fn too_deep(&self) -> Option<Fault> {
        self.is_too_deep.then(|| Fault {
            reason: Reason::TooLarge,
            message: format!("elements are nested more than {MAX_DEPTH} deep; what follows was not read"),
            hint: None,
        })
    }

    /// After a start: all text up to the end of that element, with the text of the elements in it.
    pub fn text(&mut self) -> Cow<'t, str> {
        let depth = self.depth();
        let mut whole = Cow::Borrowed("");
        while let Some(event) = self.next_within(depth) {
            match event {
                Event::Text(piece) => append(&mut whole, piece),
                Event::Start(_) | Event::End(_) => {}
            }
        }
        whole
    }

    /// After a start: what stands between the tags of that element, as written.
    pub fn markup(&mut self) -> &'t str {
        let (start, depth) = (self.offset(), self.depth());
        while self.next_within(depth).is_some() {}
        self.text.get(start..self.event_start).unwrap_or_default()
    }

    /// After a start: what stands in that element.
    pub fn content(&mut self) -> Content<'t> {
        let (start, depth) = (self.offset(), self.depth());
        let mut text = Cow::Borrowed("");
        let mut has_elements = false;
        while let Some(event) = self.next_within(depth) {
            match event {
                Event::Text(piece) => append(&mut text, piece),
                Event::Start(_) => has_elements = true,
                Event::End(_) => {}
            }
        }
        match has_elements {
            true => Content::Markup(self.text.get(start..self.event_start).unwrap_or_default()),
            false => Content::Text(text),
        }
    }

    /// After a start: passes over the rest of that element.
    pub fn skip(&mut self) {
        let depth = self.depth();
        while self.next_within(depth).is_some() {}
    }

    /// The next event inside the element that was the innermost at `depth`; `None` when it has ended.
    pub fn next_within(&mut self, depth: usize) -> Option<Event<'t>> {
        let event = self.next()?;
        (self.depth() >= depth).then_some(event)
    }

    /// The next event of the text; `None` when the open elements end next, or at the end.
    fn read(&mut self) -> Option<Event<'t>> {
        loop {
            let start = self.offset();
            self.event_start = start;
            let rest = self.text.get(start..)?;
            if rest.starts_with('<') && !begins_markup(rest.as_bytes()) {
                return Some(self.restart(start));
            }
            match self.reader.read_event() {
                Ok(Raw::Start(tag)) => return self.start(tag.name().into_inner().len(), 1),
                Ok(Raw::Empty(tag)) => return self.start(tag.name().into_inner().len(), 2),
                Ok(Raw::End(_)) if self.end() => return None,
                Ok(Raw::Text(_)) => return Some(Event::Text(Cow::Borrowed(self.source()))),
                Ok(Raw::CData(_)) => return Some(Event::Text(Cow::Borrowed(cdata(self.source())))),
                Ok(Raw::GeneralRef(_)) => return Some(Event::Text(resolved(self.source()))),
                Ok(Raw::End(_) | Raw::Comment(_) | Raw::Decl(_) | Raw::PI(_) | Raw::DocType(_)) => {}
                Ok(Raw::Eof) => return None,
                Err(_) if rest.starts_with("<![CDATA[") => {
                    return Some(Event::Text(Cow::Borrowed(cdata(rest))));
                }
                Err(_) if is_tag(rest) && self.restarts < MAX_RESTARTS => {
                    self.restarts += 1;
                    return Some(self.restart(start));
                }
                Err(_) if self.offset() > start => {}
                Err(_) => return None,
            }
        }
    }

    /// The bytes of the event that was just read.
    fn source(&self) -> &'t str {
        self.text.get(self.event_start..self.offset()).unwrap_or_default()
    }

    /// Takes the `<` at `start` for text and goes on behind it.
    fn restart(&mut self, start: usize) -> Event<'t> {
        self.base = behind_marks(self.text, start + 1);
        self.reader = lenient(&self.text[self.base..]);
        Event::Text(Cow::Borrowed("<"))
    }

    /// Opens an element; `marks` is the length of what ends its tag, `>` or `/>`.
    fn start(&mut self, name: usize, marks: usize) -> Option<Event<'t>> {
        if self.open.len() == MAX_DEPTH {
            self.is_too_deep = true;
            self.end_all();
            return None;
        }
        let tag = self.source();
        let (name, rest) = tag.split_at_checked(1 + name)?;
        let name = Name(&name[1..]);
        let attributes = &rest[..rest.len().saturating_sub(marks)];
        self.open.push(name);
        self.closing = usize::from(marks == 2 || VOID.contains(&name.0));
        Some(Event::Start(Tag { name, attributes }))
    }

    /// Ends the innermost element that the end tag names; `false` when there is none.
    fn end(&mut self) -> bool {
        let tag = self.source();
        let name =
            tag.strip_prefix("</").and_then(|tag| tag.strip_suffix('>')).unwrap_or_default().trim_end();
        let open = self.open.iter().rposition(|open| open.0.eq_ignore_ascii_case(name));
        self.closing = open.map_or(0, |at| self.open.len() - at);
        open.is_some()
    }

    fn end_all(&mut self) {
        self.base = self.text.len();
        self.reader = lenient("");
    }
}

/// The place behind the byte order marks at `at`: `quick-xml` passes over one without counting it.
fn behind_marks(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches('\u{feff}').len()
}

impl<'t> Iterator for Events<'t> {
    type Item = Event<'t>;

    fn next(&mut self) -> Option<Event<'t>> {
        if self.closing == 0 {
            if let Some(event) = self.read() {
                return Some(event);
            }
            if self.closing == 0 {
                self.closing = self.open.len();
            }
        }
        self.closing = self.closing.saturating_sub(1);
        self.open.pop().map(Event::End)
    }
}

fn append<'t>(whole: &mut Cow<'t, str>, piece: Cow<'t, str>) {
    if whole.is_empty() {
        *whole = piece;
    } else {
        whole.to_mut().push_str(&piece);
    }
}

fn lenient(text: &str) -> quick_xml::Reader<&[u8]> {
    let mut reader = quick_xml::Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    reader
}

/// Whether the `<` at the head of `rest` begins a tag or other markup.
fn begins_markup(rest: &[u8]) -> bool {
    const SPECIAL: &[&[u8]] = &[b"<?", b"<!--", b"<![CDATA[", b"<!DOCTYPE", b"<!doctype"];
    let begins_name =
        |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii();
    match rest {
        [_, b'/', letter, ..] | [_, letter, ..] if begins_name(*letter) => true,
        _ => SPECIAL.iter().any(|special| rest.starts_with(special)),
    }
}

/// Whether `rest` begins with something other than a CDATA section or a comment.
fn is_tag(rest: &str) -> bool {
    rest.starts_with('<') && !rest.starts_with("<!")
}

/// What stands in a CDATA section, which may lack its end.
fn cdata(source: &str) -> &str {
    let text = source.strip_prefix("<![CDATA[").unwrap_or(source);
    text.strip_suffix("]]>").unwrap_or(text)
}

/// The characters that a reference stands for; one that is not known is text, a control character is dropped.
fn resolved(reference: &str) -> Cow<'_, str> {
    let text = htmlize::unescape(reference);
    match text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        true => Cow::Borrowed(""),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+name` for a start, `-name` for an end, texts as they are.
    fn events(text: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut after_text = false;
        for event in Events::new(text) {
            let is_text = matches!(event, Event::Text(_));
            match event {
                Event::Start(tag) => found.push(format!("+{}", tag.name.0)),
                Event::End(name) => found.push(format!("-{}", name.0)),
                Event::Text(text) if after_text => found.last_mut().expect("a text").push_str(&text),
                Event::Text(text) => found.push(text.into_owned()),
            }
            after_text = is_text;
        }
        found
    }

    #[test]
    fn whatever_was_left_open_is_read() {
        let cases: &[(&str, &[&str])] = &[
            ("<a>x<b/>y</a>", &["+a", "x", "+b", "-b", "y", "-a"]),
            (
                "<a>x &amp; y &eacute; &#8217;&#146; &bogus; AT&T & z</a>",
                &["+a", "x & y é ’’ &bogus; AT&T & z", "-a"],
            ),
            ("<a><b>x</a>", &["+a", "+b", "x", "-b", "-a"]),
            ("\u{feff}\u{feff}<a>x<b", &["+a", "x<b", "-a"]),
            ("\u{feff}<a", &["<a"]),
            ("<\u{feff}<a", &["<<a"]),
            ("<a>x</b></a>", &["+a", "x", "-a"]),
            ("<a>x<br>y<br></br></a>", &["+a", "x", "+br", "-br", "y", "+br", "-br", "-a"]),
            ("<Title>x</title>y", &["+Title", "x", "-Title", "y"]),
            ("<a>1 < 2 <3 </ <!x></a>", &["+a", "1 < 2 <3 </ <!x>", "-a"]),
            ("<a><![CDATA[<b> & &amp;]]></a>", &["+a", "<b> & &amp;", "-a"]),
            ("<a><![CDATA[cut <b>", &["+a", "cut <b>", "-a"]),
            ("<a>cut <b", &["+a", "cut <b", "-a"]),
            ("<a>x<b c=\"d>y</b>z</a>", &["+a", "x<b c=\"d>yz", "-a"]),
            ("<a>x<!-- <b> -->y<?p <c>?></a>", &["+a", "xy", "-a"]),
            ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", &["+a", "&e;", "-a"]),
            ("<?xml version='1.0'?>\n<?xml version='1.0'?><a/>", &["\n", "+a", "-a"]),
            ("<a>\u{7}&#7;x</a>", &["+a", "\u{7}x", "-a"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(events(text), *expected, "{text}");
        }
    }

    #[test]
    fn names_and_attributes_are_split() {
        let text = "<dc:creator a='1 &lt; 2' b:c=\"&eacute;\" a='3' d e=f/>";
        let Some(Event::Start(tag)) = Events::new(text).next() else { panic!("no start") };
        assert_eq!(tag.name.split(), ("dc", "creator"));
        let attributes: Vec<_> = tag.attributes().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(attributes, ["a=1 < 2", "b:c=é", "a=3", "d=", "e=f"]);
        assert_eq!(tag.attribute("a").as_deref(), Some("1 < 2"));
        assert_eq!(tag.attribute("x"), None);
    }

    #[test]
    fn elements_are_read_as_a_whole() {
        let text = "<a><b>one <i>two</i> &amp; <![CDATA[three]]></b><c><p>x<br/>y</p></c><d/><e>z</e><f>&lt;</f><f>&lt;<i/></f></a>";
        let mut events = Events::new(text);
        let mut found = Vec::new();
        while let Some(event) = events.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name.local() {
                "b" | "e" => found.push(events.text().into_owned()),
                "c" | "d" => found.push(events.markup().to_owned()),
                "f" => found.push(format!("{:?}", events.content())),
                _ => {}
            }
        }
        assert_eq!(
            found,
            ["one two & three", "<p>x<br/>y</p>", "", "z", "Text(\"<\")", "Markup(\"&lt;<i/>\")"]
        );
    }

    #[test]
    fn too_deep_a_text_ends_early() {
        let deep = "<a>".repeat(MAX_DEPTH + 1);
        let mut events = Events::new(&deep);
        let starts = events.by_ref().filter(|event| matches!(event, Event::Start(_))).count();
        assert_eq!((starts, events.too_deep().is_some(), events.depth()), (MAX_DEPTH, true, 0));
    }

    #[test]
    fn hostile_texts_are_read_in_linear_time() {
        for part in [
            "<",
            "<a",
            "<a ",
            "<a '",
            "<a>",
            "</a>",
            "<!--",
            "<![CDATA[",
            "<?",
            "&",
            "&#",
            "<a b='\"'>",
            "<br>",
        ] {
            let hostile = part.repeat(2_000_000 / part.len());
            let _ = Events::new(&hostile).count();
        }
    }

    proptest::proptest! {
        #[test]
        fn every_start_has_its_end(text in "(<[!/?]?(--|\\[CDATA\\[|DOCTYPE|a|b:c|br)?|/?>|\\]\\]>|-->|&(amp|#x?[0-9]|x)?;?| a=|['\" -]|\\PC){0,40}") {
            let mut open = Vec::new();
            for event in Events::new(&text) {
                match event {
                    Event::Start(tag) => {
                        let _ = tag.attributes().count();
                        open.push(tag.name);
                    }
                    Event::End(name) => assert_eq!(open.pop(), Some(name)),
                    Event::Text(_) => {}
                }
            }
            assert!(open.is_empty());
        }
    }
}
