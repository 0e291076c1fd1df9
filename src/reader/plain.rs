//! Text files, also pages as scraped: title, byline and tags on lines of their own, furniture of the site around the
//! text.

use crate::article::{Draft, Origin, Published};
use crate::reader::front_matter;
use crate::reader::{Emit, Fault, Input, Item, Reader};
use crate::text::dates::DayOrder;

mod furniture;
mod head;
mod paragraphs;

/// Text files.
#[derive(Debug)]
pub struct Plain;

impl Reader for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn about(&self) -> &'static str {
        "plain text: title, byline, date and tags are found, page furniture is left out"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "text", "asc"]
    }

    fn sniff(&self, _head: &[u8]) -> bool {
        // Text looks like anything: it is known by its ending, or by having none.
        false
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let (text, mut notes) = super::decoded(input.bytes);
        let header = front_matter::split(&text);
        notes.extend(header.notes);
        let order = input.options.day_order;
        let mut draft = Draft::default();
        header.stated.fill(&mut draft, Origin::FrontMatter, order, &mut notes);
        let body = super::values::plain_text(header.body.into());
        add_page(&mut draft, &body, order);
        emit(Item::Draft { record: None, draft: Box::new(draft), notes });
        Ok(())
    }
}

fn add_page(draft: &mut Draft, text: &str, order: DayOrder) {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let page = without_furniture(draft, without_comments(&lines));
    let body = take_head(draft, &page, order);
    draft.body = paragraphs::unwrap(body);
    if draft.published.is_none() {
        let date = head::dateline(&draft.body, order);
        draft.published = date.map(|date| Published { date, origin: Origin::Dateline });
    }
}

/// Cuts the comments off: from the first heading of comments in the second half of the page on; one further up is
/// only furniture.
fn without_comments<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let half = lines.len() / 2;
    let heading =
        (half..lines.len()).find(|at| stands_alone(lines, *at) && furniture::is_comment_heading(lines[*at]));
    heading.map_or(lines, |at| &lines[..at])
}

fn stands_alone(lines: &[&str], at: usize) -> bool {
    let is_blank = |at: usize| lines.get(at).is_none_or(|line| line.trim().is_empty());
    (at == 0 || is_blank(at - 1)) && is_blank(at + 1)
}

/// The lines without furniture and without lines of tags, which go into the draft. A line is left out only when all
/// of its block is furniture: never one out of running text.
fn without_furniture<'a>(draft: &mut Draft, lines: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::with_capacity(lines.len());
    for block in lines.split(|line| line.trim().is_empty()).filter(|block| !block.is_empty()) {
        if block.iter().all(|line| furniture::is_furniture(line)) {
            continue;
        }
        let rest = without_labels(draft, block);
        if !rest.is_empty() {
            kept.extend_from_slice(rest);
            kept.push("");
        }
    }
    kept
}

// Lines of tags at the end or head of a block; others are text.
fn without_labels<'a, 'b>(draft: &mut Draft, block: &'b [&'a str]) -> &'b [&'a str] {
    let mut rest = block;
    while let Some((last, before)) = rest.split_last()
        && head::take_labelled(draft, last)
    {
        rest = before;
    }
    while let Some((first, after)) = rest.split_first()
        && head::take_labelled(draft, first)
    {
        rest = after;
    }
    rest
}

/// Takes the title and the lines below it into the draft; gives the lines of the text.
fn take_head<'a, 'b>(draft: &mut Draft, lines: &'b [&'a str], order: DayOrder) -> &'b [&'a str] {
    let mut rest = lines;
    if draft.title.is_none() {
        let has_text_below = lines.len() > 2;
        match lines.first() {
            Some(first) if has_text_below && is_set_off(lines) && head::is_title(first) => {
                draft.title = Some(super::values::line(first));
                rest = &lines[1..];
            }
            Some(_) | None => return lines,
        }
    }
    loop {
        let blank = rest.iter().take_while(|line| line.is_empty()).count();
        match rest.get(blank) {
            Some(line) if head::take_line(draft, line, order) => rest = &rest[blank + 1..],
            Some(_) | None => return &rest[blank..],
        }
    }
}

/// Whether the first line is followed by a blank one, or by a byline or date.
fn is_set_off(lines: &[&str]) -> bool {
    let Some(second) = lines.get(1) else { return true };
    second.is_empty() || head::take_line(&mut Draft::default(), second, DayOrder::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::ReadOptions;

    fn read(bytes: &[u8]) -> Draft {
        let options = ReadOptions::default();
        let mut items = Vec::new();
        let input = Input { name: "x.txt", bytes, first_record: 1, options: &options };
        Plain.read(&input, &mut |item| items.push(item)).expect("no fault");
        match items.remove(0) {
            Item::Draft { draft, .. } => *draft,
            Item::Skip { fault, .. } => panic!("{fault:?}"),
        }
    }

    #[test]
    fn a_scraped_page_gives_its_article_alone() {
        let draft = read(
            "Town Opens A Library On Wheels\n\nFeatured, Culture\u{a0} \u{a0} \n\nIn a bus, of all places, books are lent.\n\n\
             “It is fun,” said a reader.\n\nReaders, come in.\n\nPlease follow and like us:\n\ntags: , , , ,\n\n\
             No Comments\n\nBe the first to start a conversation"
                .as_bytes(),
        );
        assert_eq!(draft.title.as_deref(), Some("Town Opens A Library On Wheels"));
        assert_eq!(
            (draft.tags, draft.sections.clone()),
            (draft.sections, vec!["Featured".to_owned(), "Culture".to_owned()])
        );
        let body =
            "In a bus, of all places, books are lent.\n\n“It is fun,” said a reader.\n\nReaders, come in.";
        assert_eq!((draft.body.as_str(), draft.published), (body, None));
    }

    #[test]
    fn titles_stand_alone_and_are_no_sentences() {
        for (text, title, body) in [
            ("A Title\n\nText.", Some("A Title"), "Text."),
            ("A Title\nBy Ann Lee\n\nText.", Some("A Title"), "Text."),
            ("A sentence.\n\nText.", None, "A sentence.\n\nText."),
            ("Two lines\nof text\n\nText.", None, "Two lines\nof text\n\nText."),
            ("Alone", None, "Alone"),
            ("Home | About | Contact\n\nA Title\n\nText.", Some("A Title"), "Text."),
            ("Title: T\nTags: x\n\nText.", Some("T"), "Text."),
            ("", None, ""),
        ] {
            let draft = read(text.as_bytes());
            assert_eq!((draft.title.as_deref(), draft.body.as_str()), (title, body), "{text}");
        }
    }

    #[test]
    fn comments_are_cut_at_the_end_only() {
        let page = "A Title\n\nOne.\n\nTwo.\n\nThree.\n\n2 Comments\n\nAnn: hello\n\nLeave a reply";
        assert_eq!(read(page.as_bytes()).body, "One.\n\nTwo.\n\nThree.");
        let early = "A Title\n\n2 Comments\n\nOne.\n\nTwo.\n\nThree.\n\nFour.";
        assert_eq!(read(early.as_bytes()).body, "One.\n\nTwo.\n\nThree.\n\nFour.");
    }

    #[test]
    fn words_of_furniture_in_running_text_stay() {
        let text = "A Title\n\nThe sign in the hall said\nNo Comments\nand nobody spoke.";
        assert!(read(text.as_bytes()).body.contains("No Comments"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            read(&bytes);
        }

        #[test]
        fn nothing_like_a_page_panics(text in "(By |Tags: |LONDON, |3 Comments|Title: |—|, |\n|É|İ|\\PC){0,40}") {
            read(text.as_bytes());
        }
    }
}
