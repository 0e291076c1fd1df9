//! The documents of Ghost's editors to plain text: Lexical (version 5 on) and Mobiledoc (0.3).
//!
//! Both come as JSON in a string. The parser allows 128 levels, and what it gives is walked with a list, not by
//! recursion.

use serde_json::Value;

use crate::reader::flow::{Flow, Gap};
use crate::reader::fragment;

/// Values of cards that people read, in the order in which they are shown.
const READ: &[&str] = &[
    "heading",
    "header",
    "subheader",
    "title",
    "calloutText",
    "content",
    "html",
    "markdown",
    "code",
    "description",
    "caption",
];

/// Kinds of nodes that are part of a line.
const INLINE: &[&str] = &["link", "autolink", "extended-text", "text", "at-link", "zwnj"];

/// The text of a Lexical document; `None` when it is none.
pub(super) fn lexical(document: &str) -> Option<String> {
    let document: Value = serde_json::from_str(document).ok()?;
    let mut flow = Flow::default();
    let mut steps = vec![Step::Node(document.get("root")?)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Break(gap) => flow.break_at(gap),
            Step::Node(node) => visit(node, &mut flow, &mut steps),
        }
    }
    Some(flow.into_text())
}

/// What is still to be done, the next last.
enum Step<'a> {
    Node(&'a Value),
    Break(Gap),
}

fn visit<'a>(node: &'a Value, flow: &mut Flow, steps: &mut Vec<Step<'a>>) {
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    let gap = match kind {
        "linebreak" => return flow.break_at(Gap::Line),
        kind if INLINE.contains(&kind) => Gap::None,
        "listitem" => Gap::Line,
        _ => Gap::Paragraph,
    };
    flow.break_at(gap);
    steps.push(Step::Break(gap));
    match (node.get("children").and_then(Value::as_array), node.get("text").and_then(Value::as_str)) {
        (Some(children), _) => steps.extend(children.iter().rev().map(Step::Node)),
        (None, Some(text)) => flow.words(text),
        (None, None) => card(node, flow),
    }
}

/// The text of a Mobiledoc document; `None` when it is none.
pub(super) fn mobiledoc(document: &str) -> Option<String> {
    let document: Value = serde_json::from_str(document).ok()?;
    let mut flow = Flow::default();
    for section in document.get("sections")?.as_array()? {
        flow.break_at(Gap::Paragraph);
        match (section.get(0).and_then(Value::as_u64), section.get(2).and_then(Value::as_array)) {
            (Some(MARKUP), Some(markers)) => line(markers, &document, &mut flow),
            (Some(LIST), Some(items)) => {
                for item in items {
                    flow.break_at(Gap::Line);
                    line(item.as_array().map(Vec::as_slice).unwrap_or_default(), &document, &mut flow);
                }
            }
            (Some(CARD), _) => {
                let number = section.get(1).and_then(Value::as_u64).unwrap_or(u64::MAX);
                let found = usize::try_from(number)
                    .ok()
                    .and_then(|number| document.get("cards")?.get(number)?.get(1));
                found.into_iter().for_each(|found| card(found, &mut flow));
            }
            (Some(_) | None, _) => {}
        }
    }
    flow.break_at(Gap::Paragraph);
    Some(flow.into_text())
}

/// Kinds of sections (bustle/mobiledoc-kit, MOBILEDOC.md).
const MARKUP: u64 = 1;
const LIST: u64 = 3;
const CARD: u64 = 10;

/// The markers of a line: `[kind, openings, closings, text]`, where the text of a kind other than 0 is an atom.
fn line(markers: &[Value], document: &Value, flow: &mut Flow) {
    for marker in markers {
        match (marker.get(0).and_then(Value::as_u64), marker.get(3)) {
            (Some(0), Some(Value::String(text))) => flow.words(text),
            (Some(1), Some(atom)) => {
                let number = atom.as_u64().and_then(|number| usize::try_from(number).ok());
                let atom = number.and_then(|number| document.get("atoms")?.get(number));
                match atom.and_then(|atom| Some((atom.get(0)?.as_str()?, atom.get(1)?.as_str()?))) {
                    Some(("soft-return", _)) => flow.break_at(Gap::Line),
                    Some((_, text)) => flow.words(text),
                    None => {}
                }
            }
            (Some(_) | None, _) => {}
        }
    }
}

/// The texts of a card: an embedded page, an image with a caption, code.
fn card(values: &Value, flow: &mut Flow) {
    let nested = values.get("metadata").or_else(|| values.get("payload")).unwrap_or(&Value::Null);
    for text in READ.iter().filter_map(|name| values.get(name).or_else(|| nested.get(name))?.as_str()) {
        flow.break_at(Gap::Paragraph);
        let text = if fragment::is_html(text) { fragment::text(text) } else { text.to_owned() };
        flow.verbatim(&text);
        flow.break_at(Gap::Paragraph);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lexical_documents_become_text() {
        for (children, expected) in [
            (
                r#"{"type":"heading","children":[{"type":"extended-text","text":"A"}]},
                   {"type":"paragraph","children":[{"type":"text","text":"b "},
                    {"type":"link","children":[{"type":"text","text":"c"}]},{"type":"text","text":" d"},
                    {"type":"linebreak"},{"type":"text","text":"e"}]}"#,
                Some("A\n\nb c d\ne"),
            ),
            (
                r#"{"type":"list","children":[{"type":"listitem","children":[{"type":"text","text":"x"}]},
                    {"type":"listitem","children":[{"type":"text","text":"y"}]}]}"#,
                Some("x\ny"),
            ),
            (
                r#"{"type":"html","html":"<p>a</p><p>b</p>"},{"type":"codeblock","code":"x = 1"}"#,
                Some("a\n\nb\n\nx = 1"),
            ),
            (r#"{"type":"image","src":"u","caption":"<span>Rain</span>"}"#, Some("Rain")),
            ("]", None),
        ] {
            let document = format!("{{\"root\":{{\"type\":\"root\",\"children\":[{children}]}}}}");
            assert_eq!(lexical(&document).as_deref(), expected, "{children}");
        }
        assert_eq!(lexical(&format!("{{\"root\":{}1", "{\"children\":[".repeat(100_000))), None);
    }

    #[test]
    fn mobiledoc_documents_become_text() {
        let document = r#"{"version":"0.3.1","atoms":[["soft-return","",{}],["mention","@ann",{}]],
            "cards":[["markdown",{"markdown":"d *e*"}],["bookmark",{"metadata":{"title":"f"}}]],"markups":[["em"]],
            "sections":[[1,"p",[[0,[0],1,"a"],[0,[],0," b"],[1,[],0,0],[1,[],0,1]]],[3,"ul",[[[0,[],0,"x"]],[[0,[],0,"y"]]]],
            [10,0],[10,1],[10,7],[2,"image.png"],[99],7]}"#;
        assert_eq!(mobiledoc(document).as_deref(), Some("a b\n@ann\n\nx\ny\n\nd *e*\n\nf"));
        assert_eq!(mobiledoc("{}"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_document_panics(text in "([\\[\\]{},:\"]|\"root\":|\"children\":|\"sections\":|\"cards\":|10|1|0|3|\"type\":){0,40}") {
            let _ = (lexical(&text), mobiledoc(&text));
            let _ = mobiledoc(&format!("{{\"sections\":[[{text}"));
        }
    }
}
