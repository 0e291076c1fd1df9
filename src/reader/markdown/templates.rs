//! The marks of page generators in Markdown — Hugo short codes, Liquid, Jekyll attribute lists — which are no text.

use std::borrow::Cow;

use memchr::memmem;

/// The most bytes between the two ends of a mark; what is longer is text.
const MAX_MARK: usize = 2000;

/// The marks by their two ends; the text between a pair of marks (`{{% note %}}…{{% /note %}}`) stays.
const MARKS: &[(&str, &str)] = &[("{{<", ">}}"), ("{{%", "%}}"), ("{{", "}}"), ("{%", "%}"), ("{:", "}")];

/// `text` without the marks of page generators, in linear time.
pub(super) fn without_marks(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut ends: Vec<End> = MARKS.iter().map(|(_, close)| End { close, from: 0, found: None }).collect();
    let mut clean = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(brace) = memchr::memchr(b'{', &bytes[at..]) {
        let open = at + brace;
        at = open + 1;
        let mark = MARKS.iter().position(|(start, _)| bytes[open..].starts_with(start.as_bytes()));
        let Some(end) = mark.and_then(|mark| ends[mark].after(bytes, open + MARKS[mark].0.len())) else {
            continue;
        };
        if end - open <= MAX_MARK {
            clean.push_str(&text[kept..open]);
            (kept, at) = (end, end);
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(&text[kept..]);
    Cow::Owned(clean)
}

/// The next end of a kind of mark, looked for anew only when it is passed.
struct End {
    close: &'static str,
    from: usize,
    found: Option<usize>,
}

impl End {
    // The byte after the first end at or after `at`; `at` never goes back.
    fn after(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let passed = self.found.is_none_or(|found| found < at);
        if passed && self.from < bytes.len() {
            self.found = memmem::find(&bytes[at..], self.close.as_bytes()).map(|found| at + found);
            self.from = self.found.map_or(bytes.len(), |found| found + 1);
        }
        let found = self.found.filter(|found| *found >= at)?;
        Some(found + self.close.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_text_stays() {
        for (text, expected) in [
            ("a {{< figure src=\"x\" >}} b", "a  b"),
            ("{{% note %}}kept{{% /note %}}", "kept"),
            ("{% if x %}y{% endif %} {{ page.title }}!", "y !"),
            ("para\n{: .lead}\nnext", "para\n\nnext"),
            ("{{ never closed", "{{ never closed"),
            ("a { b } c", "a { b } c"),
            ("no marks", "no marks"),
            ("{{< a >}}{{< b", "{{< b"),
        ] {
            assert_eq!(without_marks(text), expected, "{text}");
        }
    }

    #[test]
    fn many_open_marks_take_linear_time() {
        for open in ["{{<", "{{", "{%", "{:", "{"] {
            let text = open.repeat(2_000_000);
            assert_eq!(without_marks(&text), text);
            let far = format!("{text}{}", ">}} }} %}");
            without_marks(&far);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(\\{|\\}|<|>|%|:|é|\n| ){0,60}") {
            assert!(without_marks(&text).len() <= text.len());
        }
    }
}
