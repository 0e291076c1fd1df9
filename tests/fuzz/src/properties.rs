//! What must hold of everything that readers give.

use std::ops::Range;

use backfile::article::Draft;
use backfile::reader::{Input, Item, ReadOptions, Reader, Spot};
use backfile::text::calendar::DateSpan;

/// What a reader gives may be so much longer than what it read: a byte of an old character set becomes three, and a text
/// may be title, description and body …
const MOST_GROWTH: usize = 16;
/// … once it is so long, in bytes.
const GROWTH_GRACE: usize = 16 << 10;

/// Reads a file, as a whole and in small blocks, and looks at what comes out.
pub(crate) fn read(reader: &dyn Reader, name: &str, bytes: &[u8]) {
    let options = ReadOptions::default();
    let whole = items(reader, &Input::whole(name, bytes, &options));
    sound(&whole, bytes.len());
    // An empty file is never cut. Another character set is guessed for each block anew, UTF-16 by its NULs. Where the
    // quotes of JSON are out of order, nobody knows what a string is.
    let is_utf8 = std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0);
    let is_json = reader.name() == "json" || bytes.trim_ascii_start().starts_with(b"{");
    let is_broken = is_json && whole.iter().any(|item| matches!(item, Item::Skip { .. }));
    if bytes.is_empty() || !is_utf8 || is_broken {
        return;
    }
    if let Some(blocks) = items_by_blocks(reader, name, bytes, &options) {
        let (whole, blocks) = (Essence::of(&whole), Essence::of(&blocks));
        assert_eq!(whole, blocks, "as a whole (left), in blocks (right)");
    }
}

fn items(reader: &dyn Reader, input: &Input<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let outcome = reader.read(input, &mut |item| items.push(item));
    items.extend(outcome.err().map(|fault| Item::Skip { spot: Spot::WHOLE, fault }));
    items
}

/// What the reader gives when the file is cut into blocks as small as the format allows.
fn items_by_blocks(
    reader: &dyn Reader,
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
) -> Option<Vec<Item>> {
    let mut cutter = reader.cutter()?;
    let mut found = Vec::new();
    let head = &bytes[..cutter.head(bytes, true).unwrap_or(0)];
    let (mut start, mut end, mut first_record) = (0, 1, 1);
    while start < bytes.len() {
        let last = end >= bytes.len();
        end = end.min(bytes.len());
        let (length, records) = cutter.cut(&bytes[start..end], last);
        if length == 0 && last {
            break;
        }
        if length > 0 {
            let head = if start == 0 { &[] } else { head };
            let bytes = &bytes[start..start + length];
            found.extend(items(
                reader,
                &Input { name, bytes, head, first_record, offset: start as u64, options },
            ));
            start += length;
            first_record += records;
        }
        end += 1 + (end - start) / 8;
    }
    Some(found)
}

/// What must not depend on how a file is cut: a first record alone may go without number, and what is no article may be
/// told in other pieces.
#[derive(Debug, PartialEq)]
struct Essence {
    drafts: Vec<String>,
    has_others: bool,
}

impl Essence {
    fn of(items: &[Item]) -> Essence {
        let mut essence = Essence { drafts: Vec::new(), has_others: false };
        for item in items {
            match item {
                Item::Draft { spot, draft, notes } => {
                    essence.drafts.push(format!("{:?} {:?} {draft:?} {notes:?}", spot.member, spot.bytes));
                }
                Item::Skip { .. } | Item::LeftOut { .. } => essence.has_others = true,
            }
        }
        essence
    }
}

/// What must hold of the items of a file of so many bytes.
pub(crate) fn sound(items: &[Item], length: usize) {
    assert!(items.len() <= length + 1, "{} items of {length} bytes", items.len());
    let mut text = 0;
    for item in items {
        let (Item::Draft { spot, .. } | Item::Skip { spot, .. } | Item::LeftOut { spot, .. }) = item;
        if let Some((start, bytes)) = spot.bytes {
            assert!(start + bytes <= length as u64, "{spot:?} of {length} bytes");
        }
        assert!(spot.record != Some(0), "records count from 1");
        if let Item::Draft { draft, .. } = item {
            text += sound_draft(draft);
        }
    }
    let limit = MOST_GROWTH * length.max(GROWTH_GRACE / MOST_GROWTH);
    assert!(text <= limit, "{text} bytes of text in {length} bytes");
}

/// The contract of a draft; gives the length of its texts.
fn sound_draft(draft: &Draft) -> usize {
    let texts = [&draft.title, &draft.description, &draft.url, &draft.id];
    let lists = [&draft.authors, &draft.tags, &draft.sections];
    let meta = draft.meta.values().flatten();
    let stated: Vec<&String> =
        texts.into_iter().flatten().chain(lists.into_iter().flatten()).chain(meta).collect();
    for text in stated.iter().copied().chain([&draft.body]) {
        assert!(text.trim() == text, "not trimmed: {text:?}");
        let is_control = |letter: char| letter.is_ascii_control() && !matches!(letter, '\n' | '\t');
        assert!(!text.contains(is_control), "control characters: {text:?}");
    }
    assert!(stated.iter().all(|text| !text.is_empty()), "an empty value that is stated: {draft:?}");
    if let Some(published) = draft.published {
        sound_date(published.date);
    }
    stated.iter().map(|text| text.len()).sum::<usize>() + draft.body.len()
}

pub(crate) fn sound_date(date: DateSpan) {
    assert!(date.from <= date.to, "{date:?}");
    let year = date.from.ymd().0;
    assert!((1..=9999).contains(&year) && date.to.ymd().0 <= 9999, "{date:?}");
    if let Some(time) = date.time {
        assert!(time.second < 86_400, "{date:?}");
    }
}

/// Ranges in a text: ascending, apart, not empty, on boundaries of characters.
pub(crate) fn sound_spans(text: &str, spans: &[Range<usize>]) {
    let mut end = 0;
    for span in spans {
        assert!(span.start < span.end && span.start >= end, "{spans:?} in {text:?}");
        assert!(text.get(span.clone()).is_some(), "{span:?} in {text:?}");
        end = span.end;
    }
}
