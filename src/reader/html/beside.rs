//! What stands beside the text of an article on its page: captions, credits, notes on the author, boxes, lists of other
//! articles. It is no part of the text, but nothing that belongs to the article is thrown away.
//!
//! The rule: every line of the content area (the page without `nav`, `dialog`, its own `header` and `footer`, their
//! landmarks, and what is hidden) between the first and the last line of the text, and those around it up to a bound.

use std::collections::HashSet;
use std::ops::Range;

use crate::article::Draft;
use crate::reader::html::shingles::{Shingles, words};

/// Bytes that are kept of what stands above the text, among it, and below it; the nearest are kept.
const ABOVE: usize = 1 << 10;
const AMONG: usize = 16 << 10;
const BELOW: usize = 2 << 10;

/// The lines of the content area that are not in the draft, in the order of the page, each once.
pub(super) fn text(area: &str, draft: &Draft) -> Vec<String> {
    let text = Shingles::of_all_lengths(&draft.body);
    let mut known: HashSet<Vec<u64>> = values(draft).map(words).collect();
    let lines: Vec<&str> = area.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let words: Vec<Vec<u64>> = lines.iter().map(|line| words(line)).collect();
    let is_text: Vec<bool> = words.iter().map(|words| text.contain(words)).collect();
    let among = extent(&words, &is_text);
    let mut is_new = |at: &usize| !is_text[*at] && known.insert(words[*at].clone());
    let kept_among = nearest(among.clone().filter(&mut is_new), &lines, AMONG);
    let mut above = nearest((0..among.start).rev().filter(&mut is_new), &lines, ABOVE);
    above.reverse();
    let below = nearest((among.end..lines.len()).filter(&mut is_new), &lines, BELOW);
    above.into_iter().chain(kept_among).chain(below).map(str::to_owned).collect()
}

/// The values that have their own place.
fn values(draft: &Draft) -> impl Iterator<Item = &str> {
    let lists = draft.authors.iter().chain(&draft.tags).chain(&draft.sections);
    lists.chain(&draft.title).chain(&draft.description).map(String::as_str)
}

/// From the first line of the text to behind the last; a line of a few words may only look like it.
fn extent(words: &[Vec<u64>], is_text: &[bool]) -> Range<usize> {
    const SURE: usize = 4;
    let is_sure = |at: &usize| is_text[*at] && words[*at].len() >= SURE;
    let first = (0..words.len()).find(is_sure).unwrap_or(0);
    let end = (0..words.len()).rfind(is_sure).map_or(first, |last| last + 1);
    first..end
}

/// The lines at these places until their bytes are too many.
fn nearest<'a>(places: impl Iterator<Item = usize>, lines: &[&'a str], most: usize) -> Vec<&'a str> {
    let mut length = 0;
    let fits = |line: &&str| {
        length += line.len();
        length <= most
    };
    places.map(|at| lines[at]).take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: &str = "The council voted on Thursday to raise the harbour wall by a metre.";
    const TWO: &str = "The fishing quay will stay open throughout, the harbour master said.";

    fn beside(area: &str) -> Vec<String> {
        let draft = Draft {
            title: Some("Harbour wall to be raised".into()),
            authors: vec!["Ann Lee".into()],
            body: format!("{ONE}\n\n{TWO}"),
            ..Draft::default()
        };
        text(area, &draft)
    }

    #[test]
    fn what_is_neither_text_nor_a_value_is_kept() {
        for (area, expected) in [
            (format!("{ONE}\n\n{TWO}"), vec![]),
            (
                format!("{ONE}\n\nPhoto: Bob Ray\n\n{TWO}\n\nAnn Lee lives here."),
                vec!["Photo: Bob Ray", "Ann Lee lives here."],
            ),
            (format!("Home | News\n\nHarbour Wall to be Raised!\nAnn Lee\n\n{ONE}"), vec!["Home | News"]),
            (format!("Menu\n\n{ONE}\nMenu\n{TWO}\nMenu"), vec!["Menu"]),
            (format!("harbour wall\n{ONE}\n•\n{TWO}"), vec![]),
            ("Nothing of it".to_owned(), vec!["Nothing of it"]),
            (String::new(), vec![]),
        ] {
            assert_eq!(beside(&area), expected, "{area}");
        }
    }

    #[test]
    fn the_nearest_lines_are_kept() {
        let line = |n: usize| format!("This is line {n} of what nobody wants to read.\n");
        let many: String = (0..10_000).map(line).collect();
        let found = beside(&format!("{many}{ONE}\n{many}\n{TWO}\nBelow {many}"));
        let length: usize = found.iter().map(String::len).sum();
        assert!(length <= ABOVE + AMONG + BELOW, "{length}");
        let found = beside(&format!("{many}{ONE}\n{TWO}\nThe last word\n"));
        assert_eq!(found.last().map(String::as_str), Some("The last word"));
        assert_eq!(found[found.len() - 2], line(9_999).trim());
    }

    proptest! {
        #[test]
        fn never_panics(area in "(one |two\n|three |x|\\PC){0,60}", body in "(one |two\n|three |\\PC){0,60}") {
            text(&area, &Draft { body, ..Draft::default() });
        }
    }
}
