//! The title in a subject line: without "Re:", and without the name of the mailing list.

use crate::reader::values::{line, same_name, starts_with_ignoring_case};

/// What programs in many languages put before the subject of an answer or of a message passed on.
const PREFIXES: &[&str] = &[
    "re", "aw", "antw", "antwort", "sv", "vs", "ref", "réf", "rif", "res", "fwd", "fw", "wg", "tr", "rv",
    "enc", "vl", "vb", "odp", "pd", "ynt", "回复", "答复", "转发", "回覆", "轉寄", "回信",
];

/// A longer text in brackets is no tag.
const LONGEST_TAG: usize = 40;

/// What programs write where a subject is missing.
const NO_SUBJECTS: &[&str] =
    &["(no subject)", "[no subject]", "<no subject>", "no subject", "(none)", "(kein betreff)"];

/// The title, without answers' prefixes and the tags of the mailing lists called `lists`. Other tags stay. `None`
/// when nothing else is said.
pub(super) fn title(subject: &str, lists: &[String]) -> Option<String> {
    let subject = line(subject);
    let (mut tags, mut rest) = (String::new(), subject.as_str());
    loop {
        if let Some(after) = without_prefix(rest) {
            rest = after;
            continue;
        }
        let Some((tag, after)) = leading_tag(rest) else { break };
        if !is_of_list(tag, lists) {
            // A tag is only passed over to find the prefix behind it.
            let Some(after) = without_prefix(after) else { break };
            tags.push_str(&rest[..tag.len() + 2]);
            tags.push(' ');
            rest = after;
            continue;
        }
        rest = after;
    }
    let rest = rest.strip_suffix("(fwd)").unwrap_or(rest).trim_end();
    let is_missing = rest.is_empty() || NO_SUBJECTS.iter().any(|none| none.eq_ignore_ascii_case(rest));
    (!is_missing).then(|| format!("{tags}{rest}"))
}

/// What follows `Re:`, `RE[2]:`, `Re (3) :`.
fn without_prefix(text: &str) -> Option<&str> {
    PREFIXES.iter().find_map(|prefix| {
        let rest = match prefix.is_ascii() {
            true => starts_with_ignoring_case(text, prefix).then(|| &text[prefix.len()..]),
            false => text.strip_prefix(prefix),
        }?;
        let rest = rest.trim_start_matches(|c: char| {
            c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '^' | ' ')
        });
        rest.strip_prefix([':', '：']).map(str::trim_start)
    })
}

/// The text of `[tag]` and what follows it.
fn leading_tag(text: &str) -> Option<(&str, &str)> {
    let (tag, after) = text.strip_prefix('[')?.split_once(']')?;
    (tag.len() <= LONGEST_TAG).then(|| (tag, after.trim_start()))
}

/// Whether a tag names a list, perhaps with a number: `garden`, `Garden:0123`, `garden 17`.
fn is_of_list(tag: &str, lists: &[String]) -> bool {
    let name = tag.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '#' | ' ' | ','));
    lists.iter().any(|list| same_name(list, tag) || same_name(list, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn subjects_become_titles() {
        let lists = ["river-watch".to_owned()];
        for (subject, expected) in [
            ("Low water", Some("Low water")),
            ("Re: Fwd: RE[2]: Low water", Some("Low water")),
            ("AW: WG: Niedrigwasser", Some("Niedrigwasser")),
            ("回复：水位", Some("水位")),
            ("[River-Watch] Re: [river-watch:0123] Low water (fwd)", Some("Low water")),
            ("[PATCH 1/2] Re: Low water", Some("[PATCH 1/2] Low water")),
            ("Re: [ANN] [river-watch] Low water", Some("[ANN] [river-watch] Low water")),
            ("Return of the eel", Some("Return of the eel")),
            ("Re Low water", Some("Re Low water")),
            ("Re:", None),
            ("(No Subject)", None),
            ("", None),
        ] {
            assert_eq!(title(subject, &lists).as_deref(), expected, "{subject}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(subject in "(Re|RE|回复|\\[|\\]|:|：| |[0-9]|\\PC){0,40}") {
            title(&subject, &["list".to_owned()]);
        }
    }
}
