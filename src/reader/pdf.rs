//! PDF documents: their text in reading order, and what they state about themselves (ISO 32000-2).
//!
//! The syntax, encryption and fonts are those of `hayro-syntax` and `hayro-font`; `page` reads where the glyphs stand,
//! `layout` makes lines of them, `prose` paragraphs, and `document` knows the stated values. Nothing is painted, no
//! image is decoded.

mod document;
mod layout;
mod page;
mod prose;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf as File};

use crate::article::{Draft, Origin};
use crate::diagnostic::Reason;
use crate::reader::values::line;
use crate::reader::{Emit, Fault, Input, Item, Reader, Spot, package};
use prose::Paragraph;

/// Pages beyond this are not read.
pub const MAX_PAGES: usize = 10_000;
/// So many operators of page contents are looked at, in a document.
pub const MAX_OPERATORS: u64 = 200_000_000;
/// The header stands within so many bytes, whatever comes before it.
const HEADER_WITHIN: usize = 1_024;
/// Type so much larger than that of the text is a title.
const TITLE_SIZE: f32 = 1.15;
/// The most characters of a title.
const MAX_TITLE: usize = 250;

/// The pdf format.
pub struct Pdf;

impl Reader for Pdf {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn about(&self) -> &'static str {
        "PDF documents with text"
    }

    fn reads(&self) -> &'static str {
        "the text in reading order without running heads; title, authors, keywords and date of the document"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pdf"]
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn sniff(&self, head: &[u8]) -> bool {
        head.starts_with(b"%PDF-")
    }

    // The parsers of fonts and compressed streams are large, and not ours.
    fn is_risky(&self) -> bool {
        true
    }

    fn read(&self, input: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
        let head = &input.bytes[..input.bytes.len().min(HEADER_WITHIN)];
        if memchr::memmem::find(head, b"%PDF-").is_none() {
            return Err(broken("it does not begin as a PDF document does"));
        }
        let file = File::new(input.bytes.to_vec()).map_err(|error| match error {
            LoadPdfError::Decryption(error) => locked(error),
            LoadPdfError::Invalid => broken("no page of it can be found; it is damaged or cut off"),
        })?;
        let text = Text::of(&file);
        let mut notes = text.notes();
        let mut draft = Draft::default();
        document::stated(&file).fill(&mut draft, Origin::Metadata, input.options.day_order, &mut notes);
        if text.paragraphs.is_empty() {
            emit(Item::Skip { spot: Spot::WHOLE, fault: no_text(&text) });
            return Ok(());
        }
        compose(&mut draft, text.paragraphs);
        emit(Item::Draft { spot: Spot::WHOLE, draft: Box::new(draft), notes });
        Ok(())
    }
}

/// The text of all pages.
struct Text {
    paragraphs: Vec<Paragraph>,
    pages: usize,
    glyphs: usize,
    /// Glyphs whose characters are not told.
    unknown: usize,
    is_cut: bool,
}

impl Text {
    fn of(file: &File) -> Text {
        let mut fonts = page::Fonts::new(MAX_OPERATORS);
        let (mut glyphs, mut unknown, mut pages) = (0, 0, Vec::new());
        for page in file.pages().iter().take(MAX_PAGES) {
            let found = page::glyphs(page, &mut fonts);
            glyphs += found.list.len();
            unknown += found.unknown;
            pages.push(layout::blocks(&found));
        }
        let is_cut = file.pages().len() > MAX_PAGES || fonts.budget == 0;
        Text { pages: pages.len(), paragraphs: prose::paragraphs(pages), glyphs, unknown, is_cut }
    }

    fn notes(&self) -> Vec<Fault> {
        let cut = self.is_cut.then(|| Fault {
            reason: Reason::Trimmed,
            message: "the document is over the limits of a PDF; its end was not read".to_owned(),
            hint: None,
        });
        let unknown = (self.unknown * 10 > self.glyphs).then(|| Fault {
            reason: Reason::Charset,
            message: format!("{} of {} characters are not told by the document", self.unknown, self.glyphs),
            hint: Some(OCR.to_owned()),
        });
        cut.into_iter().chain(unknown).collect()
    }
}

/// Puts title and body into the draft.
fn compose(draft: &mut Draft, mut paragraphs: Vec<Paragraph>) {
    let headline = headline(&paragraphs);
    if draft.title.is_none() {
        draft.title = headline.as_ref().map(|(title, _)| title.clone());
    }
    // The title is no part of the text, neither as set in type nor as a line that repeats it.
    if let (Some(title), Some((headline, count))) = (&draft.title, &headline)
        && is_same(title, headline)
    {
        paragraphs.drain(..count);
    } else if let (Some(title), Some(first)) = (&draft.title, paragraphs.first())
        && is_same(title, &first.text)
    {
        paragraphs.remove(0);
    }
    let texts: Vec<String> = paragraphs.into_iter().map(|paragraph| paragraph.text).collect();
    draft.body = texts.join("\n\n");
}

fn is_same(one: &str, other: &str) -> bool {
    let letters = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    letters(one) == letters(other)
}

/// The title as it is set on the first page, in the largest type, and the number of paragraphs at its head.
fn headline(paragraphs: &[Paragraph]) -> Option<(String, usize)> {
    let first_page = || paragraphs.iter().take_while(|paragraph| paragraph.page == 0);
    let largest = first_page().map(|paragraph| paragraph.size).fold(0.0, f32::max);
    let is_title = |paragraph: &&Paragraph| paragraph.size > 0.95 * largest;
    if largest < TITLE_SIZE * text_size(paragraphs) {
        return None;
    }
    let start = first_page().position(|paragraph| is_title(&paragraph))?;
    let parts: Vec<&str> =
        first_page().skip(start).take_while(is_title).map(|part| part.text.as_str()).collect();
    let title = line(&parts.join(" "));
    let has_letters = title.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let is_fit = has_letters && title.chars().count() <= MAX_TITLE;
    is_fit.then_some((title, if start == 0 { parts.len() } else { 0 }))
}

/// The size of most of the type.
fn text_size(paragraphs: &[Paragraph]) -> f32 {
    let mut sizes: Vec<(f32, usize)> = paragraphs.iter().map(|part| (part.size, part.text.len())).collect();
    sizes.sort_by(|one, other| one.0.total_cmp(&other.0));
    let half = sizes.iter().map(|(_, length)| length).sum::<usize>() / 2;
    let mut passed = 0;
    let middle = sizes.iter().find(|(_, length)| {
        passed += length;
        passed > half
    });
    middle.map_or(0.0, |(size, _)| *size)
}

const OCR: &str = "recognise its text first, for example with ocrmypdf";

fn no_text(text: &Text) -> Fault {
    let message = match text.pages {
        0 => "it has no pages".to_owned(),
        1 => "its page has no text; it is an image, perhaps a scan".to_owned(),
        pages => format!("its {pages} pages have no text; they are images, perhaps scans"),
    };
    Fault { reason: Reason::Empty, message, hint: Some(OCR.to_owned()) }
}

fn locked(error: DecryptionError) -> Fault {
    match error {
        DecryptionError::PasswordProtected => package::encrypted("it is encrypted with a password"),
        DecryptionError::UnsupportedAlgorithm => {
            package::encrypted("it is encrypted in a way that is not known")
        }
        DecryptionError::MissingIDEntry | DecryptionError::InvalidEncryption => {
            broken("it is encrypted, but how is damaged")
        }
    }
}

fn broken(message: &str) -> Fault {
    Fault { reason: Reason::Broken, message: message.to_owned(), hint: None }
}
