//! The edges of a page's text: what stands above and below the article, be it scraped or cut out of HTML.
//!
//! Furniture (`furniture`) is left out; title, byline, date, sections and tags (`head`) go into the draft. In doubt a
//! line is text.

use crate::article::Draft;
use crate::text::calendar::DateSpan;
use crate::text::dates::DayOrder;

mod furniture;
mod head;

/// The date of a dateline at the head of a text, if it has a year: `LONDON, March 3, 1998 (AP) — `.
pub(super) fn dateline(text: &str, order: DayOrder) -> Option<DateSpan> {
    head::dateline(text, order)
}

/// Cuts the comments off: from the first heading of comments in the second half of the page on; one further up is
/// only furniture.
pub(super) fn without_comments<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let half = lines.len() / 2;
    let heading =
        (half..lines.len()).find(|at| stands_alone(lines, *at) && furniture::is_comment_heading(lines[*at]));
    heading.map_or(lines, |at| &lines[..at])
}

/// Whether a line that stands alone is no part of an article: a button, a prompt, a menu.
pub(super) fn is_furniture(line: &str) -> bool {
    furniture::is_furniture(line)
}

fn stands_alone(lines: &[&str], at: usize) -> bool {
    let is_blank = |at: usize| lines.get(at).is_none_or(|line| line.trim().is_empty());
    (at == 0 || is_blank(at - 1)) && is_blank(at + 1)
}

/// What a line of a block is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Names tags or sections.
    Label,
    Furniture,
    /// Furniture only beside other furniture.
    Weak,
    Text,
}

fn kind(line: &str) -> Kind {
    if head::is_labelled(line) {
        Kind::Label
    } else if furniture::is_furniture(line) {
        Kind::Furniture
    } else if furniture::is_weak_furniture(line) {
        Kind::Weak
    } else {
        Kind::Text
    }
}

/// The lines without furniture and without lines of tags, which go into the draft. A line of furniture is left out
/// only when all of its block is furniture or it stands beside tags at an edge: never one out of running text.
pub(super) fn without_furniture<'a>(draft: &mut Draft, lines: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::with_capacity(lines.len());
    let mut titles_follow = false;
    for block in lines.split(|line| line.trim().is_empty()).filter(|block| !block.is_empty()) {
        if titles_follow && block.iter().all(|line| is_item(line)) {
            continue;
        }
        let rest = if lists_articles(block) { &[] } else { peeled(draft, block) };
        titles_follow =
            rest.is_empty() && block.last().is_some_and(|line| furniture::is_related_heading(line));
        if !rest.is_empty() {
            kept.extend_from_slice(rest);
            kept.push("");
        }
    }
    kept
}

/// The lines that are not among the `kept` ones, which are some of them in the same order. Lines of tags are values.
pub(super) fn left_out(lines: &[&str], kept: &[&str]) -> Vec<String> {
    let mut kept = kept.iter().filter(|line| !line.trim().is_empty()).peekable();
    let texts = lines.iter().filter(|line| !line.trim().is_empty());
    let is_left_out = |line: &&&str| kept.next_if_eq(line).is_none() && !head::is_labelled(line);
    texts.filter(is_left_out).map(|line| line.trim().to_owned()).collect()
}

/// `Related` and the titles of other articles.
fn lists_articles(block: &[&str]) -> bool {
    let Some((heading, titles)) = block.split_first() else { return false };
    !titles.is_empty()
        && furniture::is_related_heading(heading)
        && titles.iter().all(|line| head::is_title(line))
}

fn is_item(line: &str) -> bool {
    let line = line.trim();
    ["* ", "- ", "• ", "· ", "» ", "› "].iter().any(|mark| line.starts_with(mark))
}

/// A block without furniture and labels at its edges.
fn peeled<'a, 'b>(draft: &mut Draft, block: &'b [&'a str]) -> &'b [&'a str] {
    let kinds: Vec<Kind> = block.iter().map(|line| kind(line)).collect();
    let is_text = |kind: &Kind| *kind == Kind::Text;
    let Some(first_text) = kinds.iter().position(is_text) else {
        let is_furniture = kinds.iter().any(|kind| *kind != Kind::Weak);
        if is_furniture {
            take_labels(draft, block);
        }
        return if is_furniture { &[] } else { block };
    };
    let end = kinds.iter().rposition(is_text).map_or(block.len(), |last| last + 1);
    let start = if kinds[..first_text].contains(&Kind::Label) { first_text } else { 0 };
    let end = if kinds[end..].contains(&Kind::Label) { end } else { block.len() };
    take_labels(draft, &block[..start]);
    take_labels(draft, &block[end..]);
    &block[start..end]
}

fn take_labels(draft: &mut Draft, lines: &[&str]) {
    for line in lines {
        head::take_labelled(draft, line);
    }
}

/// Takes the title and the lines below it into the draft; gives the lines of the text.
pub(super) fn take_head<'a, 'b>(draft: &mut Draft, lines: &'b [&'a str], order: DayOrder) -> &'b [&'a str] {
    let mut rest = lines;
    if draft.title.is_none() {
        match heading(lines, order) {
            Some(heading) => {
                draft.title = Some(super::values::line(heading.title));
                draft.description = draft.description.take().or(heading.subtitle.map(super::values::line));
                draft.sections.extend(heading.kicker.map(super::values::line));
                rest = &lines[heading.length..];
            }
            None => return lines,
        }
    }
    let mut has_sections = false;
    loop {
        rest = without_blanks(rest);
        let Some((line, below)) = rest.split_first() else { return rest };
        let is_sections =
            !has_sections && draft.authors.is_empty() && take_sections(draft, line, below, order);
        if !is_sections && !head::take_line(draft, line, order) {
            return rest;
        }
        has_sections |= is_sections;
        rest = below;
    }
}

/// `Featured, Politics`, or one section above a byline or date.
fn take_sections(draft: &mut Draft, line: &str, below: &[&str], order: DayOrder) -> bool {
    if head::take_sections(draft, line) {
        return true;
    }
    let is_section =
        head::is_section(line) && line.split_whitespace().count() <= 2 && begins_head(below, order);
    if is_section {
        super::values::push_new(&mut draft.sections, super::values::line(line));
    }
    is_section
}

/// The lines at the top of a page that name the article.
struct Heading<'a> {
    title: &'a str,
    /// The section above the title.
    kicker: Option<&'a str>,
    /// The line right below the title.
    subtitle: Option<&'a str>,
    /// The number of lines.
    length: usize,
}

fn heading<'a>(lines: &[&'a str], order: DayOrder) -> Option<Heading<'a>> {
    let has_text_below = lines.len() > 2;
    let first = *lines.first().filter(|first| has_text_below && head::is_title(first))?;
    let block = lines.iter().take_while(|line| !line.is_empty()).count();
    let plain = Heading { title: first, kicker: None, subtitle: None, length: 1 };
    if block == 1 {
        return Some(kicked(lines, order).unwrap_or(plain));
    }
    if begins_head(&lines[1..], order) {
        return Some(plain);
    }
    let subtitle = lines[1];
    (block == 2 && head::is_title(subtitle) && begins_head(&lines[2..], order)).then_some(Heading {
        subtitle: Some(subtitle),
        length: 2,
        ..plain
    })
}

/// A word alone, a title alone, and a byline or date.
fn kicked<'a>(lines: &[&'a str], order: DayOrder) -> Option<Heading<'a>> {
    let &[kicker, "", title, "", ref below @ ..] = lines else { return None };
    let is_kicked = head::is_section(kicker)
        && !kicker.contains(' ')
        && title.contains(' ')
        && head::is_title(title)
        && begins_head(below, order);
    is_kicked.then_some(Heading { title, kicker: Some(kicker), subtitle: None, length: 3 })
}

/// Whether a byline, a date, or a line of sections or tags comes next.
fn begins_head(lines: &[&str], order: DayOrder) -> bool {
    let mut draft = Draft::default();
    let first = without_blanks(lines).first();
    first
        .is_some_and(|line| head::take_line(&mut draft, line, order) || head::take_sections(&mut draft, line))
}

fn without_blanks<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let blank = lines.iter().take_while(|line| line.trim().is_empty()).count();
    &lines[blank..]
}

/// Takes the name of the author in capitals below the text.
pub(super) fn take_signature<'a, 'b>(draft: &mut Draft, lines: &'b [&'a str]) -> &'b [&'a str] {
    let end = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    match lines[..end].split_last() {
        Some((line, above)) if stands_alone(lines, end - 1) && head::take_signature(draft, line) => above,
        Some(_) | None => lines,
    }
}

/// The text of a page's article without what is left of the page at its edges. The draft has what the page states;
/// only what is missing there is taken from the lines.
pub(super) fn trimmed(draft: &mut Draft, body: &str, order: DayOrder) -> String {
    let lines: Vec<&str> = body.lines().collect();
    let mut found = Draft { authors: draft.authors.clone(), ..Draft::default() };
    let lines = without_edges(&mut found, draft, &lines, order);
    if lines.iter().all(|line| line.trim().is_empty()) {
        return body.to_owned();
    }
    draft.published = draft.published.or(found.published);
    draft.day_order = draft.day_order.or(found.day_order);
    for (place, found) in [
        (&mut draft.authors, found.authors),
        (&mut draft.tags, found.tags),
        (&mut draft.sections, found.sections),
    ] {
        if place.is_empty() {
            *place = found;
        }
    }
    let text: Vec<&str> = lines.iter().copied().filter(|line| !furniture::is_row_of_links(line)).collect();
    text.join("\n").replace("\n\n\n", "\n\n").trim().to_owned()
}

fn without_edges<'a, 'b>(
    found: &mut Draft,
    stated: &Draft,
    lines: &'b [&'a str],
    order: DayOrder,
) -> &'b [&'a str] {
    let mut rest = &lines[menu_length(lines)..];
    while let Some((line, below)) = without_blanks(rest).split_first() {
        let mut cells = line.trim().split(" | ");
        let is_edge = furniture::is_furniture(line)
            || cells.all(|cell| {
                furniture::is_furniture(cell)
                    || says(stated, cell)
                    || head::take_line(found, cell, order)
                    || is_entry(cell, lines, line)
            });
        if !is_edge {
            break;
        }
        rest = below;
    }
    without_end(found, rest)
}

/// The last entry of a menu can share a row of a table with the head.
fn is_entry(cell: &str, lines: &[&str], line: &str) -> bool {
    let length = menu_length(lines);
    length > 0 && lines.get(length) == Some(&line) && head::is_section(cell.trim())
}

/// Whether a line only repeats what the page states elsewhere.
fn says(stated: &Draft, line: &str) -> bool {
    let line = line.trim();
    let lists = stated.sections.iter().chain(&stated.authors);
    lists.chain(&stated.title).any(|value| value == line)
}

/// The lines of a menu at the top, an entry each.
fn menu_length(lines: &[&str]) -> usize {
    if !lines.first().is_some_and(|line| furniture::is_home(line)) {
        return 0;
    }
    let is_entry = |line: &&&str| head::is_section(line.trim()) || line.split_whitespace().count() == 1;
    let length = lines.iter().take_while(is_entry).count();
    if length >= 3 { length } else { 0 }
}

fn without_end<'a, 'b>(found: &mut Draft, lines: &'b [&'a str]) -> &'b [&'a str] {
    let mut rest = lines;
    while let Some(last) = rest.iter().rposition(|line| !line.trim().is_empty()) {
        let start = rest[..last].iter().rposition(|line| line.trim().is_empty()).map_or(0, |blank| blank + 1);
        let block = &rest[start..=last];
        let kept = if lists_articles(block) { 0 } else { peeled(found, block).len() };
        if kept == block.len() {
            return &rest[..=last];
        }
        rest = &rest[..start + kept];
    }
    rest
}
