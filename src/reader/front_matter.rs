//! Headers of text files: YAML between `---` lines (Jekyll, Hugo), TOML between `+++` lines and JSON (Hugo), and bare
//! `Key: value` lines (Pelican, MultiMarkdown).

use std::borrow::Cow;

use crate::diagnostic::Reason;
use crate::reader::Fault;
use crate::reader::json;
use crate::reader::values::{self, Property, Stated, Value};

mod lines;
mod node;

pub use node::MAX_DEPTH;
use node::Node;

/// The most bytes of a header; what is longer is text.
pub const MAX_HEADER: usize = 64 * 1024;

/// Tables whose members mean what they mean outside of them (Zola, Hugo).
const TRANSPARENT: &[&str] = &["taxonomies", "extra", "params"];

/// A text without its header, and what the header states.
#[derive(Debug)]
pub struct Split<'a> {
    /// The values of the header, none when there is no header.
    pub stated: Stated<'a>,
    /// The text after the header; all of the text when there is none.
    pub body: &'a str,
    /// Remarks on the header.
    pub notes: Vec<Fault>,
}

impl<'a> Split<'a> {
    fn without_header(text: &'a str) -> Split<'a> {
        Split { stated: Stated::default(), body: text, notes: Vec::new() }
    }
}

/// Splits a text into its header and body. A header that breaks its format is read line by line, with a note; a text
/// between two fences that has no `key: value` line is no header.
pub fn split(text: &str) -> Split<'_> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let found = match text.as_bytes().first() {
        Some(b'-') => fenced(text, "---", &["---", "..."], node::yaml),
        Some(b'+') => fenced(text, "+++", &["+++"], node::toml),
        Some(b'{') => json_object(text),
        Some(_) | None => lines::bare(text),
    };
    found.unwrap_or_else(|| Split::without_header(text))
}

/// What a format makes of a header, or the message and the line (from 1) of its complaint.
type Parsed = Result<Node, (String, Option<usize>)>;

fn fenced<'a>(text: &'a str, open: &str, close: &[&str], parse: fn(&str) -> Parsed) -> Option<Split<'a>> {
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != open {
        return None;
    }
    let Some((header, body)) = split_at_fence(rest, close) else {
        return (open == "---").then(|| unclosed(rest)).flatten();
    };
    match parse(header) {
        Ok(Node::Map(members)) => Some(of_members(members, body)),
        Ok(Node::Null) => Some(Split::without_header(body)),
        Ok(Node::Text(_) | Node::Truth(_) | Node::List(_)) => None,
        Err((why, line)) => by_lines(header, body, &why, line),
    }
}

/// A YAML header without its second fence ends where its lines do.
fn unclosed(text: &str) -> Option<Split<'_>> {
    let (header, body) = lines::leading(text)?;
    let mut split = match node::yaml(header) {
        Ok(Node::Map(members)) => of_members(members, body),
        Ok(Node::Null | Node::Text(_) | Node::Truth(_) | Node::List(_)) | Err(_) => {
            Split { stated: lines::read(header)?, body, notes: Vec::new() }
        }
    };
    split.notes.push(Fault {
        reason: Reason::FrontMatter,
        message: "the front matter is never closed; read as far as its lines go".to_owned(),
        hint: Some("end it with a line ---".to_owned()),
    });
    Some(split)
}

fn split_at_fence<'a>(text: &'a str, close: &[&str]) -> Option<(&'a str, &'a str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if close.contains(&line.trim_end()) {
            return Some((&text[..at], &text[at + line.len()..]));
        }
        at += line.len();
        if at > MAX_HEADER {
            return None;
        }
    }
    None
}

fn by_lines<'a>(header: &'a str, body: &'a str, why: &str, line: Option<usize>) -> Option<Split<'a>> {
    let stated = lines::read(header)?;
    // The fence is line 1 of the file.
    let place = line.map(|line| format!(", line {}", line + 1)).unwrap_or_default();
    let note = Fault {
        reason: Reason::FrontMatter,
        message: format!("broken front matter{place}: {why}; read line by line"),
        hint: Some("put values with a colon, quote or bracket between quotes".to_owned()),
    };
    Some(Split { stated, body, notes: vec![note] })
}

fn json_object(text: &str) -> Option<Split<'_>> {
    let head = &text[..text.floor_char_boundary(MAX_HEADER)];
    let end = json::value_end(head.as_bytes())?;
    let (header, body) = text.split_at(end);
    let at_line_end = body.trim_start_matches([' ', '\t', '\r']);
    if !(at_line_end.is_empty() || at_line_end.starts_with('\n')) {
        return None;
    }
    let stated = json::values_of(header).ok()?;
    Some(Split { stated, body, notes: Vec::new() })
}

fn of_members<'a>(members: Vec<(String, Node)>, body: &'a str) -> Split<'a> {
    let mut header = Header::default();
    for (name, node) in members {
        header.add(name, node);
    }
    let notes = header.dropped.then(|| Fault {
        reason: Reason::Trimmed,
        message: "values of the front matter more than one level deep were dropped".to_owned(),
        hint: None,
    });
    Split { stated: header.stated, body, notes: notes.into_iter().collect() }
}

/// The values of a header, with objects laid flat one level: `author.email`.
#[derive(Debug, Default)]
struct Header {
    stated: Stated<'static>,
    dropped: bool,
}

impl Header {
    fn add(&mut self, name: String, node: Node) {
        let transparent = TRANSPARENT.iter().any(|known| values::same_name(known, &name));
        match node {
            Node::Map(members) if transparent => {
                members.into_iter().for_each(|(name, node)| self.add_leaf(name, node))
            }
            Node::Map(members) => self.add_members(&name, members),
            Node::Null | Node::Text(_) | Node::Truth(_) | Node::List(_) => self.add_leaf(name, node),
        }
    }

    fn add_leaf(&mut self, name: String, node: Node) {
        let meaning = values::property(&name).filter(|(_, property)| *property != Property::Body);
        let is_truth = matches!(node, Node::Truth(_));
        let Some(value) = self.value(node) else { return };
        match meaning {
            // `published: false` is a state, not a date.
            Some((rank, property)) if !is_truth => self.stated.add(rank, property, name.into(), value),
            Some(_) | None => self.stated.add_other(name.into(), value),
        }
    }

    fn add_members(&mut self, name: &str, members: Vec<(String, Node)>) {
        let mut members: Vec<(Cow<'static, str>, Node)> =
            members.into_iter().map(|(name, node)| (Cow::Owned(name), node)).collect();
        if let (Some(_), Some(face)) = (values::property(name), values::face(&members)) {
            let (_, node) = members.remove(face);
            self.add_leaf(name.to_owned(), node);
        }
        for (member, node) in members {
            if let Some(value) = self.value(node) {
                self.stated.add_other(format!("{name}.{member}").into(), value);
            }
        }
    }

    fn value(&mut self, node: Node) -> Option<Value<'static>> {
        match node {
            Node::Null => None,
            Node::Text(text) => Some(Value::One(text.into())),
            Node::Truth(truth) => Some(Value::One(truth.to_string().into())),
            Node::List(nodes) => Some(Value::Many(
                nodes.into_iter().filter_map(|node| self.text(node)).map(Cow::Owned).collect(),
            )),
            Node::Map(_) => {
                self.dropped = true;
                None
            }
        }
    }

    fn text(&mut self, node: Node) -> Option<String> {
        let node = match node {
            Node::Map(members) => {
                let mut members: Vec<_> =
                    members.into_iter().map(|(name, node)| (Cow::Owned(name), node)).collect();
                values::face(&members).map(|face| members.swap_remove(face).1)
            }
            Node::Null | Node::Text(_) | Node::Truth(_) | Node::List(_) => Some(node),
        };
        match node {
            Some(Node::Text(text)) => Some(text),
            Some(Node::Truth(truth)) => Some(truth.to_string()),
            Some(Node::Null) => None,
            Some(Node::List(_) | Node::Map(_)) | None => {
                self.dropped = true;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Draft, Origin};
    use crate::text::dates::DayOrder;

    fn draft(text: &str) -> (Draft, &str, Vec<Fault>) {
        let Split { stated, body, mut notes } = split(text);
        let mut draft = Draft::default();
        stated.fill(&mut draft, Origin::FrontMatter, DayOrder::Unknown, &mut notes);
        (draft, body, notes)
    }

    #[test]
    fn every_kind_of_header_is_split_off() {
        for text in [
            "---\ntitle: A\ntags: [x, y]\n---\nbody",
            "\u{feff}---\r\ntitle: A\r\ntags:\r\n- x\r\n- y\r\n...\r\nbody",
            "+++\ntitle = \"A\"\n[taxonomies]\ntags = [\"x\", \"y\"]\n+++\nbody",
            "{\n\"title\": \"A\", \"tags\": [\"x\", \"y\"]}\nbody",
            "Title: A\nTags: x, y\n\nbody",
            "---\ntitle: A: b\ntags:\n  - 'x'\n  - y\n---\nbody",
        ] {
            let (draft, body, _) = draft(text);
            assert!(draft.title.is_some_and(|title| title.starts_with('A')), "{text}");
            assert_eq!(draft.tags, ["x", "y"], "{text}");
            assert_eq!(body.trim(), "body", "{text}");
        }
    }

    #[test]
    fn what_is_no_header_stays_text() {
        for text in [
            "---\n",
            "---\nA line of prose.\n---\nmore",
            "--- x\ntitle: a\n---\n",
            "{ not json }\nbody",
            "{{< figure >}}\n\nbody",
            "Note: this is prose.\n\nbody",
            "Title: A\nand prose\n\nbody",
            "---\nNote: this is prose.\n\nbody",
            "---\n- an item\n\nbody",
            "",
        ] {
            let (draft, body, notes) = draft(text);
            assert_eq!((draft, body, notes), (Draft::default(), text, vec![]), "{text}");
        }
    }

    #[test]
    fn values_keep_their_spelling() {
        let (draft, _, _) =
            draft("---\ntitle: 2020\nid: 012\nversion: 1.10\nflag: yes\ndraft: true\nempty:\n---\n");
        assert_eq!(draft.title.as_deref(), Some("2020"));
        assert_eq!(draft.id.as_deref(), Some("012"));
        let meta = |name: &str| draft.meta[name][0].clone();
        assert_eq!([meta("version"), meta("flag"), meta("draft")], ["1.10", "yes", "true"]);
    }

    #[test]
    fn nested_values_are_laid_flat_and_people_named() {
        let (draft, _, notes) = draft(
            "---\nauthor:\n  name: Ann Lee\n  email: a@example.org\nauthors:\n- name: Bob Ray\nseo:\n  a: 1\n  b:\n    c: 2\n---\n",
        );
        assert_eq!(draft.authors, ["Ann Lee", "Bob Ray"]);
        assert_eq!(draft.meta["author.email"], ["a@example.org"]);
        assert_eq!(draft.meta["seo.a"], ["1"]);
        assert_eq!(notes[0].reason, Reason::Trimmed);
    }

    #[test]
    fn a_broken_header_is_read_line_by_line() {
        let (draft, body, notes) = draft("---\ntitle: one: two\nx: @y\ntags: [a, b]\n---\nbody");
        assert_eq!(draft.title.as_deref(), Some("one: two"));
        assert_eq!(draft.tags, ["a", "b"]);
        assert_eq!((body, notes[0].reason), ("body", Reason::FrontMatter));
        assert!(notes[0].message.contains("line 2"), "{}", notes[0].message);
    }

    #[test]
    fn an_unclosed_header_ends_with_its_lines() {
        for (text, title, tags, rest) in [
            ("---\ntitle: A\ntags: [x, y]\n\nbody: text", "A", &["x", "y"][..], "body: text"),
            ("---\ntitle: A\ntags:\n- x\n- y\nbody", "A", &["x", "y"], "body"),
            ("---\r\ntitle: A\r\n\r\nbody", "A", &[], "body"),
            ("---\ntitle: a: b\ntags: [x, y]\n\nbody", "a: b", &["x", "y"], "body"),
            ("---\ntitle: A", "A", &[], ""),
        ] {
            let (draft, body, notes) = draft(text);
            assert_eq!((draft.title.as_deref(), body.trim()), (Some(title), rest), "{text}");
            assert_eq!(draft.tags, tags, "{text}");
            assert_eq!(notes[0].reason, Reason::FrontMatter, "{text}");
        }
    }

    #[test]
    fn what_is_opened_and_not_closed_is_no_part_of_a_value() {
        let (draft, _, _) = draft(
            "---\ntitle: \"A: the harbour\nauthor: [Ann Lee\nmood: '90s fog\ntags: [x, y\n  - z\n---\nbody",
        );
        assert_eq!(draft.title.as_deref(), Some("A: the harbour"));
        assert_eq!(draft.authors, ["Ann Lee"]);
        assert_eq!(draft.meta["mood"], ["'90s fog"]);
        assert_eq!(draft.tags, ["x", "y", "z"]);
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(draft("---\ntitle: a\ntitle: b\n---\n").0.title.as_deref(), Some("b"));
    }

    #[test]
    fn hostile_headers_are_bounded() {
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
            + &('b'..='j')
                .map(|c| {
                    let before = (c as u8 - 1) as char;
                    format!("{c}: &{c} [{}]\n", vec![format!("*{before}"); 9].join(","))
                })
                .collect::<String>();
        for header in
            ["- ".repeat(30_000), "[".repeat(60_000), "? ".repeat(30_000), "{a: ".repeat(15_000), bomb]
        {
            split(&format!("---\n{header}\n---\nbody"));
            split(&format!("+++\na = {header}\n+++\nbody"));
            split(&header);
        }
        let long = format!("---\n{}---\nbody", "key: value\n".repeat(10_000));
        assert_eq!(split(&long).body, long);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(---\n|\\+\\+\\+\n|\\{|\\}|title: |\"a\"|- |: |&a |\\*a|\n|\\PC){0,40}") {
            split(&text);
        }
    }
}
