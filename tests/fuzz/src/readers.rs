//! The readers of files that are no package.

use backfile::reader::Reader;
use backfile::reader::recognise::by_name;

use crate::properties::read;

/// Reads the input with the reader that recognises it, else with one that its length chooses.
fn any_of(names: &[&str], bytes: &[u8]) {
    let reader = choose(names, bytes);
    let ending = reader.extensions().first().copied().unwrap_or("txt");
    read(reader, &format!("2019/05/some-words.{ending}"), bytes);
}

/// The reader of these that recognises a file, else one that its length chooses.
pub(crate) fn choose(names: &[&str], bytes: &[u8]) -> &'static dyn Reader {
    let readers: Vec<_> = names.iter().map(|name| by_name(name).expect("there is such a reader")).collect();
    let head = &bytes[..bytes.len().min(1024)];
    let recognised = readers.iter().find(|reader| reader.sniff(head));
    *recognised.unwrap_or(&readers[bytes.len() % readers.len()])
}

pub(crate) fn plain(bytes: &[u8]) {
    any_of(&["plain"], bytes);
}

pub(crate) fn markdown(bytes: &[u8]) {
    any_of(&["markdown"], bytes);
}

pub(crate) fn html(bytes: &[u8]) {
    any_of(&["html"], bytes);
}

pub(crate) fn json(bytes: &[u8]) {
    any_of(&["ghost", "json"], bytes);
}

pub(crate) fn feed(bytes: &[u8]) {
    any_of(&["feed"], bytes);
}

pub(crate) fn wordpress(bytes: &[u8]) {
    any_of(&["wxr"], bytes);
}

pub(crate) fn news(bytes: &[u8]) {
    any_of(&["reuters", "nitf", "newsml", "tei"], bytes);
}

pub(crate) fn mediawiki(bytes: &[u8]) {
    any_of(&["mediawiki"], bytes);
}

pub(crate) fn warc(bytes: &[u8]) {
    any_of(&["warc"], bytes);
}

pub(crate) fn mail(bytes: &[u8]) {
    any_of(&["mbox", "mhtml", "eml"], bytes);
}

pub(crate) fn csv(bytes: &[u8]) {
    any_of(&["csv"], bytes);
}

pub(crate) fn rst(bytes: &[u8]) {
    any_of(&["rst"], bytes);
}

pub(crate) fn asciidoc(bytes: &[u8]) {
    any_of(&["asciidoc"], bytes);
}

pub(crate) fn pdf(bytes: &[u8]) {
    any_of(&["pdf"], bytes);
}
