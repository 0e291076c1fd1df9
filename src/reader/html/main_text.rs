//! The text of the article in a page, found by its structure, and what to take when that finds too little.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_smoothie::{Config, Readability};

use crate::diagnostic::Reason;
use crate::reader::Fault;
use crate::reader::html::combine::{Stated, combine};
use crate::reader::html::page::{Furniture, Page, SHORT, scan};
use crate::reader::html::shingles::{Shingles, words};
use crate::reader::html::{blocks, gate};

/// How many times more a page must show than its text without furniture, for that to count as too little.
const FAR_MORE: usize = 4;

/// Elements and bytes of a page that the second extractor is asked about: it costs some 10 µs an element.
const MAX_ELEMENTS: usize = 50_000;
const MAX_BYTES: usize = 4 << 20;

/// The article's text and what was learned with it.
#[derive(Debug, Default)]
pub(super) struct MainText {
    pub(super) body: String,
    /// The body with what stands around it, for the values there.
    pub(super) around: String,
    /// A line that looks like a byline and was taken out of the text.
    pub(super) byline: Option<String>,
}

/// Finds the main text of a page; remarks go to `notes`.
pub(super) fn find(html: &str, page: &Page, stated: Stated<'_>, notes: &mut Vec<Fault>) -> MainText {
    let found = match gate::check(html) {
        Ok(elements) => extract(html, elements, stated, notes),
        Err(limit) => {
            notes.push(refused(limit));
            MainText::default()
        }
    };
    if let Some(entry) = page.entry_text() {
        let body = || entry.to_owned();
        return if is_most_of(&found.body, entry) { found } else { MainText { body: body(), ..found } };
    }
    if is_enough(&found.body, page.text.best(), stated.body.unwrap_or_default()) {
        return found;
    }
    let body = fallback(html, page, stated.body);
    if body.is_empty() { found } else { MainText { body, ..MainText::default() } }
}

/// Whether the extractor's text holds against the text of the page, and the text that the page states.
///
/// A short one must be most of the page; when it is more than the page without furniture, it holds furniture.
fn is_enough(found: &str, page: &str, stated: &str) -> bool {
    let is_most = |other: &str| found.len() * 2 >= other.len();
    let has_furniture = !page.is_empty() && found.len() > page.len();
    found.len() >= SHORT || (!found.is_empty() && !has_furniture && is_most(page) && is_most(stated))
}

/// Whether the extractor's text is that of the entry without a few lines: an entry can hold a box or a caption.
fn is_most_of(found: &str, entry: &str) -> bool {
    let is_part = Shingles::of_text(entry).contain(&found.lines().flat_map(words).collect::<Vec<_>>());
    is_part && found.len() <= entry.len() && found.len() * 4 >= entry.len() * 3
}

/// The best text that needs no structure: what the page states, its text without furniture, all its text.
fn fallback(html: &str, page: &Page, stated: Option<&str>) -> String {
    let without_furniture = page.text.best();
    if let Some(stated) = stated.filter(|stated| stated.len() > without_furniture.len()) {
        return stated.to_owned();
    }
    let furniture_is_most = without_furniture.len() < SHORT && page.text.shown > SHORT * FAR_MORE;
    if without_furniture.is_empty() || furniture_is_most {
        return scan(html, Furniture::Keep).text.all.trim().to_owned();
    }
    without_furniture.to_owned()
}

fn refused(limit: gate::Limit) -> Fault {
    Fault {
        reason: Reason::TooLarge,
        message: format!("{}; the text of the whole page was taken", limit.message()),
        hint: None,
    }
}

/// What an extractor makes of a page: HTML of the article alone, perhaps the line of its authors.
struct Extract {
    html: String,
    byline: Option<String>,
}

/// Asks every extractor and combines their answers.
fn extract(html: &str, elements: usize, stated: Stated<'_>, notes: &mut Vec<Fault>) -> MainText {
    let is_ordinary = elements <= MAX_ELEMENTS && html.len() <= MAX_BYTES;
    let html = gate::without_scripts(html);
    let first = guarded(&html, by_readability);
    let second = if is_ordinary { guarded(&html, by_rules) } else { Ok(None) };
    notes.extend(first.as_ref().err().cloned());
    let (first, second) = (first.ok().flatten(), second.ok().flatten());
    let read = |answer: &Option<Extract>| {
        answer.as_ref().map(|answer| blocks::read(&answer.html)).unwrap_or_default()
    };
    let of_first = read(&first);
    let around = blocks::join(&of_first);
    let body = blocks::join(&combine(of_first, read(&second), stated));
    MainText { body, around, byline: first.and_then(|first| first.byline) }
}

/// Runs an extractor, which may panic on pages that nobody has thought of.
fn guarded(html: &str, extractor: fn(&str) -> Option<Extract>) -> Result<Option<Extract>, Fault> {
    catch_unwind(AssertUnwindSafe(|| extractor(html))).map_err(|_| panicked())
}

/// By the structure of the page, as browsers do for their reading view.
fn by_readability(html: &str) -> Option<Extract> {
    // Metadata is read elsewhere. Without a URL no relative link can be an error. Classes speak of captions.
    let config = Config { disable_json_ld: true, keep_classes: true, ..Config::default() };
    let article = Readability::new(html, None, Some(config)).and_then(|mut page| page.parse()).ok()?;
    Some(Extract { html: article.content.to_string(), byline: article.byline })
}

/// By rules about names of classes, links and length.
#[cfg(feature = "extract-best")]
fn by_rules(html: &str) -> Option<Extract> {
    use trafilatura::{ExtractionFocus, HtmlDateMode, Options};
    let mut options = Options::default().with_fallback(true).with_focus(ExtractionFocus::FavorPrecision);
    options.exclude_comments = true;
    options.html_date_mode = HtmlDateMode::Disabled;
    options.include_links = false;
    let result = trafilatura::extract(html, &options).ok()?;
    Some(Extract { html: result.content_html, byline: None })
}

#[cfg(not(feature = "extract-best"))]
fn by_rules(_html: &str) -> Option<Extract> {
    None
}

fn panicked() -> Fault {
    Fault {
        reason: Reason::ReaderFailed,
        message: "the first search for the main text failed; what was found otherwise was taken".to_owned(),
        hint: None,
    }
}
