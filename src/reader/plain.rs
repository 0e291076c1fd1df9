//! Text files, also pages as scraped: title, byline and tags on lines of their own, furniture of the site around the
//! text.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::article::{Draft, Origin, Published};
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot};
use crate::reader::{edges, front_matter};
use crate::text::dates::DayOrder;

pub(super) mod paragraphs;

/// Text files.
#[derive(Debug)]
pub struct Plain;

impl Reader for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn about(&self) -> &'static str {
        "plain and scraped text"
    }

    fn reads(&self) -> &'static str {
        "title, byline, dateline and lines of tags; page furniture is left out; headers of `Name: value` lines"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "text"]
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
        let body = composed(super::values::plain_text(header.body.into()));
        add_page(&mut draft, &body, order);
        emit(Item::Draft { spot: Spot::WHOLE, draft: Box::new(draft), notes });
        Ok(())
    }
}

/// The text with letters and their accents as one character (Unicode NFC), as labels and names of months are compared.
fn composed(text: String) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text;
    }
    text.nfc().collect()
}

fn add_page(draft: &mut Draft, text: &str, order: DayOrder) {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let page = edges::without_furniture(draft, edges::without_comments(&lines));
    draft.furniture = edges::left_out(&lines, &page);
    let text = edges::take_head(draft, &page, order);
    draft.body = paragraphs::unwrap(edges::take_signature(draft, text));
    if draft.published.is_none() {
        let date = edges::dateline(&draft.body, order);
        draft.published = date.map(|date| Published { date, origin: Origin::Dateline });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::ReadOptions;

    fn read(bytes: &[u8]) -> Draft {
        let options = ReadOptions::default();
        let mut items = Vec::new();
        let input = Input::whole("x.txt", bytes, &options);
        Plain.read(&input, &mut |item| items.push(item)).expect("no fault");
        match items.remove(0) {
            Item::Draft { draft, .. } => *draft,
            Item::Skip { fault, .. } => panic!("{fault:?}"),
            Item::LeftOut { what, .. } => panic!("{what:?}"),
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
            ("A Title\nFeatured, Culture\n\nText.", Some("A Title"), "Text."),
            ("E\u{301}te\u{301}\n\nCate\u{301}gorie : Mer\n\nText.", Some("Été"), "Text."),
            ("Verse\n\nWe cried out\nNo Comments", Some("Verse"), "We cried out\nNo Comments"),
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
