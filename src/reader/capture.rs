//! A page that a crawler or a browser kept, with what it knew of it beside its bytes: the address and the time.

use crate::article::Draft;
use crate::reader::plain::Plain;
use crate::reader::values::{line, starts_with_ignoring_case};
use crate::reader::{Fault, Input, Item, ReadOptions, Reader, decoded_as, html};

/// Name of the time of capture in `meta`. It is never the date of publication.
pub const CAPTURED: &str = "captured";

/// Where and when a page was kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Capture<'a> {
    /// Its address.
    pub(super) url: Option<&'a str>,
    /// The time, as stated.
    pub(super) time: Option<&'a str>,
    /// The label of the character set that came with it.
    pub(super) charset: Option<&'a str>,
}

impl Capture<'_> {
    /// The article in a page of HTML; empty when it shows nothing.
    pub(super) fn page(&self, bytes: &[u8], options: &ReadOptions) -> Result<(Draft, Vec<Fault>), Fault> {
        let (draft, notes) = html::page(bytes, self.charset, options)?;
        Ok((self.complete(draft), notes))
    }

    /// The article in a page of plain text; empty when there is none.
    pub(super) fn text(&self, bytes: &[u8], options: &ReadOptions) -> Result<(Draft, Vec<Fault>), Fault> {
        let (text, mut notes) = decoded_as(bytes, self.charset);
        let name = self.url.unwrap_or_default();
        let mut found = Draft::default();
        Plain.read(&Input::whole(name, text.as_bytes(), options), &mut |item| match item {
            Item::Draft { draft, notes: more, .. } => {
                found = *draft;
                notes.extend(more);
            }
            Item::Skip { .. } | Item::LeftOut { .. } => {}
        })?;
        Ok((self.complete(found), notes))
    }

    fn complete(&self, mut draft: Draft) -> Draft {
        if let Some(url) = self.url.and_then(clean_url) {
            // A page names the best of its own addresses, but a copy or a proxy is not the page it was made of.
            let is_own = draft.url.as_deref().is_some_and(|stated| host(stated) == host(&url));
            if !is_own {
                draft.url = Some(url);
            }
        }
        if let Some(time) = self.time.map(line).filter(|time| !time.is_empty()) {
            draft.meta.insert(CAPTURED.to_owned(), vec![time]);
        }
        draft
    }
}

/// An address of the web without its fragment; some programs put it between `<` and `>`.
fn clean_url(url: &str) -> Option<String> {
    let url = url.trim().trim_start_matches('<').trim_end_matches('>');
    let url = url.split('#').next().unwrap_or(url);
    let is_clean = !url.contains(|c: char| c.is_control() || c.is_whitespace());
    (host(url).is_some() && is_clean).then(|| url.to_owned())
}

/// The host of an address of the web in lower case, without `www.`.
pub(super) fn host(url: &str) -> Option<String> {
    let scheme = ["http://", "https://"].into_iter().find(|scheme| starts_with_ignoring_case(url, scheme))?;
    let authority = url[scheme.len()..].split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or(authority).to_ascii_lowercase();
    let host = host.strip_prefix("www.").map_or(host.as_str(), |host| host);
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_pages() {
        for (kept, stated, expected) in [
            (Some("http://www.h.example/a?b#c"), None, Some("http://www.h.example/a?b")),
            (Some("<http://h.example/>"), None, Some("http://h.example/")),
            (
                Some("http://h.example/a?x=1"),
                Some("https://www.H.example/a"),
                Some("https://www.H.example/a"),
            ),
            (Some("http://mirror.example/a"), Some("http://h.example/a"), Some("http://mirror.example/a")),
            (Some("cid:frame@mhtml"), Some("http://h.example/a"), Some("http://h.example/a")),
            (Some("http://h.example/a b"), None, None),
            (None, None, None),
        ] {
            let capture = Capture { url: kept, time: Some("\x002014"), charset: None };
            let draft = capture.complete(Draft { url: stated.map(str::to_owned), ..Draft::default() });
            assert_eq!(draft.url.as_deref(), expected, "{kept:?} {stated:?}");
            assert_eq!(draft.meta["captured"], ["2014"]);
        }
    }
}
