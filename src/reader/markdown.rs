//! Markdown files with the header and the marks of page generators (Jekyll, Hugo, Pelican, Zola, Quarto).

use crate::article::{Draft, Origin};
use crate::reader::front_matter;
use crate::reader::values;
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot};

mod prose;
mod templates;

/// Markdown files.
#[derive(Debug)]
pub struct Markdown;

impl Reader for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "Markdown, with or without front matter"
    }

    fn reads(&self) -> &'static str {
        "front matter in YAML, TOML, JSON or bare lines; the first heading; text without marks and short codes"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["md", "markdown", "mdown", "mkd", "mkdn", "mdx", "qmd", "rmd"]
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        ["---\n", "---\r\n", "+++\n", "+++\r\n"].iter().any(|fence| head.starts_with(fence.as_bytes()))
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let (text, mut notes) = super::decoded(input.bytes);
        let header = front_matter::split(&text);
        notes.extend(header.notes);
        let mut draft = Draft::default();
        header.stated.fill(&mut draft, Origin::FrontMatter, input.options.day_order, &mut notes);
        add_prose(&mut draft, prose::prose(&templates::without_marks(header.body)));
        emit(Item::Draft { spot: Spot::WHOLE, draft: Box::new(draft), notes });
        Ok(())
    }
}

// A heading that leads the text is its title; under another title it stays, unless it is the same.
fn add_prose(draft: &mut Draft, prose: prose::Prose) {
    draft.body = prose.body;
    let Some(heading) = prose.heading.map(|heading| values::line(&heading)) else { return };
    match &draft.title {
        None => draft.title = Some(heading),
        Some(title) if prose.heading_leads && *title != heading => {
            draft.body = [heading.as_str(), draft.body.as_str()].join("\n\n").trim_end().to_owned();
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Reason;
    use crate::reader::ReadOptions;

    fn read(bytes: &[u8]) -> (Draft, Vec<Fault>) {
        let options = ReadOptions::default();
        let mut items = Vec::new();
        let input = Input::whole("x.md", bytes, &options);
        Markdown.read(&input, &mut |item| items.push(item)).expect("no fault");
        match items.remove(0) {
            Item::Draft { draft, notes, .. } => (*draft, notes),
            Item::Skip { fault, .. } => panic!("{fault:?}"),
            Item::LeftOut { what, .. } => panic!("{what:?}"),
        }
    }

    #[test]
    fn titles_come_from_the_header_else_the_first_heading() {
        for (text, title, body) in [
            ("---\ntitle: T\n---\ntext", Some("T"), "text"),
            ("---\ntitle: T\n---\n# T\n\ntext", Some("T"), "text"),
            ("---\ntitle: T\n---\n# Other\n\ntext", Some("T"), "Other\n\ntext"),
            ("# H\n\ntext", Some("H"), "text"),
            ("text", None, "text"),
            ("", None, ""),
        ] {
            let (draft, _) = read(text.as_bytes());
            assert_eq!((draft.title.as_deref(), draft.body.as_str()), (title, body), "{text}");
        }
    }

    #[test]
    fn marks_and_header_are_not_text() {
        let (draft, notes) =
            read(b"---\ntitle: T: x\ntags: [a]\n---\n{{< youtube id >}}\n\nOne {{ page.x }}two.\n{: .c}\n");
        assert_eq!((draft.body.as_str(), draft.tags), ("One two.", vec!["a".to_owned()]));
        assert_eq!(notes[0].reason, Reason::FrontMatter);
    }

    #[test]
    fn files_of_header_only_and_binary_ones_are_read() {
        assert_eq!(read(b"---\ntitle: T\n---").0.title.as_deref(), Some("T"));
        read(b"\x00\xff\xfe\x01---\n");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            read(&bytes);
        }

        #[test]
        fn nothing_like_markdown_panics(text in "(#|\n|---\n|\\||`|<b>|</|!\\[|\\](x)|\\{\\{|- | |\\PC){0,50}") {
            read(text.as_bytes());
        }
    }
}
