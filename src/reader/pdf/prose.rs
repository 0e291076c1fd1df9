//! Lines to paragraphs: what stands on every page is dropped, words hyphenated at the end of a line are put together.

use std::collections::{HashMap, HashSet};

use super::layout::{Block, Line};

/// So many lines at the top and at the bottom of a page may be running heads and page numbers.
const EDGE_LINES: usize = 3;
/// A running head stands on so many pages at least …
const LEAST_PAGES: usize = 2;
/// … and on one of so many: they can differ from chapter to chapter.
const PAGES_PER_HEAD: usize = 10;
/// A gap to the next line that is so much larger than usual separates paragraphs.
const PARAGRAPH_LEADING: f32 = 1.3;
/// So much larger or smaller type is a heading or a note.
const OTHER_SIZE: f32 = 1.12;

/// A paragraph, or a line of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paragraph {
    /// Its text on one line, but for rows of tables.
    pub(super) text: String,
    /// The size of its type.
    pub(super) size: f32,
    /// The page it begins on, from 0.
    pub(super) page: usize,
}

/// The paragraphs of all pages.
pub(super) fn paragraphs(mut pages: Vec<Vec<Block>>) -> Vec<Paragraph> {
    drop_furniture(&mut pages);
    let words = Words::of(&pages);
    let mut found: Vec<Paragraph> = Vec::new();
    for (page, blocks) in pages.into_iter().enumerate() {
        for block in blocks {
            Writer { words: &words, page, block: Shape::of(&block), found: &mut found }.block(block);
        }
    }
    found
}

/// Drops lines that stand on many pages, at the same height: running heads, page numbers, notices.
fn drop_furniture(pages: &mut [Vec<Block>]) {
    let mut seen: HashMap<(String, i32), usize> = HashMap::new();
    for page in pages.iter() {
        let mut keys: Vec<(String, i32)> = edges(page).into_iter().map(key).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            *seen.entry(key).or_default() += 1;
        }
    }
    let least = LEAST_PAGES.max(pages.len() / PAGES_PER_HEAD);
    for page in pages.iter_mut() {
        let heights: Vec<f32> = edges(page)
            .into_iter()
            .filter(|line| seen.get(&key(line)).is_some_and(|count| *count >= least))
            .map(|line| line.y)
            .collect();
        let is_furniture = |line: &Line| {
            heights.contains(&line.y) && seen.get(&key(line)).is_some_and(|count| *count >= least)
        };
        for block in page.iter_mut() {
            block.retain(|line| !is_furniture(line));
        }
        page.retain(|block| !block.is_empty());
    }
}

/// The outermost lines of a page.
fn edges(page: &[Block]) -> Vec<&Line> {
    let mut lines: Vec<&Line> = page.iter().flatten().collect();
    lines.sort_by(|one, other| one.y.total_cmp(&other.y));
    if lines.len() <= 2 * EDGE_LINES {
        return lines;
    }
    let bottom = lines.split_off(lines.len() - EDGE_LINES);
    lines.truncate(EDGE_LINES);
    lines.extend(bottom);
    lines
}

/// What two lines have in common that only differ by the page: a number at their edge does not count, nor does a slight
/// shift. Numbers within a line do: rows of a table differ in nothing else.
fn key(line: &Line) -> (String, i32) {
    const HEIGHT: f32 = 6.0;
    let is_number = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.bytes().all(|byte| byte.is_ascii_digit())
            || word.bytes().all(|byte| b"ivxlcIVXLC".contains(&byte))
    };
    let mut words: Vec<&str> = line.text.split_whitespace().collect();
    let last = words.len().saturating_sub(1);
    for (at, word) in words.iter_mut().enumerate() {
        if (at == 0 || at == last || last <= 2) && is_number(word) {
            *word = "#";
        }
    }
    (words.join(" "), (line.y / HEIGHT).round() as i32)
}

/// The words that stand within lines, which tell how a hyphenated one is written.
struct Words(HashSet<String>);

impl Words {
    fn of(pages: &[Vec<Block>]) -> Words {
        let lines = pages.iter().flatten().flatten();
        let words = lines.flat_map(|line| {
            let last = line.text.rsplit(' ').next().map_or(0, str::len);
            line.text[..line.text.len() - last].split(' ').map(bare)
        });
        Words(words.filter(|word| !word.is_empty()).collect())
    }

    /// Whether the hyphen between two parts of a word belongs to it.
    fn keeps_hyphen(&self, one: &str, other: &str) -> bool {
        let whole = |hyphen: &str| {
            self.0.contains(&bare(&format!("{}{hyphen}{}", last_word(one), first_word(other))))
        };
        whole("-") && !whole("")
    }
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or_default()
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// What is usual in a block.
struct Shape {
    left: f32,
    right: f32,
    /// From baseline to baseline.
    leading: f32,
}

impl Shape {
    fn of(block: &Block) -> Shape {
        let mut steps: Vec<f32> = block.windows(2).map(|pair| pair[1].y - pair[0].y).collect();
        steps.sort_by(f32::total_cmp);
        let largest = block.iter().map(|line| line.size).fold(0.0, f32::max);
        Shape {
            left: block.iter().map(|line| line.left).fold(f32::INFINITY, f32::min),
            right: block.iter().map(|line| line.right).fold(f32::NEG_INFINITY, f32::max),
            leading: steps.get(steps.len() / 3).copied().unwrap_or(0.0).min(2.2 * largest).max(0.9 * largest),
        }
    }
}

struct Writer<'a> {
    words: &'a Words,
    page: usize,
    block: Shape,
    found: &'a mut Vec<Paragraph>,
}

impl Writer<'_> {
    fn block(&mut self, block: Block) {
        let mut before: Option<Line> = None;
        for line in block {
            match &before {
                Some(before) if self.goes_on(before, &line) => self.join(&line.text),
                Some(before) if before.has_cells && line.has_cells => self.add_row(&line.text),
                Some(_) => self.begin(&line),
                None if self.continues(&line) => self.join(&line.text),
                None => self.begin(&line),
            }
            before = Some(line);
        }
    }

    /// Whether a line goes on with the paragraph of the one before it.
    fn goes_on(&self, before: &Line, line: &Line) -> bool {
        let step = line.y - before.y;
        let ratio = line.size / before.size;
        let is_other_type = !(1.0 / OTHER_SIZE..OTHER_SIZE).contains(&ratio);
        let is_far = step > PARAGRAPH_LEADING * self.block.leading;
        let indent = line.left - self.block.left;
        let is_indented = (0.7..5.0).contains(&(indent / line.size))
            && before.left < line.left - 0.5 * line.size
            && !starts_item(&before.text);
        let is_short = before.right < self.block.right - 0.2 * (self.block.right - self.block.left)
            && ends_sentence(&before.text);
        let is_table = before.has_cells || line.has_cells;
        !(is_other_type || is_far || is_indented || is_short || is_table || starts_item(&line.text))
    }

    /// Whether the first line of a block goes on with the last paragraph of the block before.
    fn continues(&self, line: &Line) -> bool {
        let Some(last) = self.found.last() else { return false };
        let same_type = (1.0 / OTHER_SIZE..OTHER_SIZE).contains(&(line.size / last.size));
        let begins_within = line.text.starts_with(char::is_lowercase);
        let is_open = !ends_sentence(&last.text);
        same_type && begins_within && is_open && !line.has_cells
    }

    fn begin(&mut self, line: &Line) {
        self.found.push(Paragraph { text: line.text.clone(), size: line.size, page: self.page });
    }

    fn add_row(&mut self, row: &str) {
        if let Some(paragraph) = self.found.last_mut() {
            paragraph.text.push('\n');
            paragraph.text.push_str(row);
        }
    }

    fn join(&mut self, next: &str) {
        let Some(Paragraph { text, .. }) = self.found.last_mut() else { return };
        let hyphen = text.chars().next_back().filter(|last| is_hyphen(*last)).map_or(0, char::len_utf8);
        let before = text[..text.len() - hyphen].chars().next_back();
        let divides = hyphen > 0
            && before.is_some_and(char::is_alphabetic)
            && next.starts_with(|first: char| first.is_lowercase());
        if divides {
            let one = &text[..text.len() - hyphen];
            if !self.words.keeps_hyphen(one, next) {
                text.truncate(text.len() - hyphen);
            }
        } else if hyphen == 0 && !is_unspaced(before, next.chars().next()) {
            text.push(' ');
        }
        text.push_str(next);
    }
}

fn is_hyphen(character: char) -> bool {
    matches!(character, '-' | '\u{ad}' | '\u{2010}')
}

/// Whether no blank separates words here: between Chinese and Japanese characters.
fn is_unspaced(before: Option<char>, after: Option<char>) -> bool {
    let is_ideographic = |character: char| matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}');
    before.is_some_and(is_ideographic) && after.is_some_and(is_ideographic)
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '”', '’', '»', ')', ']']);
    text.ends_with(['.', '!', '?', ':', '。', '！', '？', '…'])
}

fn starts_item(text: &str) -> bool {
    text.starts_with(['•', '◦', '▪', '■', '●', '‣', '–', '—', '*']) && text.chars().nth(1) == Some(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(y: f32, text: &str) -> Line {
        Line { text: text.to_owned(), left: 50.0, right: 300.0, y, size: 10.0, has_cells: false }
    }

    fn texts(pages: Vec<Vec<Block>>) -> Vec<String> {
        paragraphs(pages).into_iter().map(|paragraph| paragraph.text).collect()
    }

    #[test]
    fn divided_words_are_joined() {
        for (one, other, elsewhere, expected) in [
            ("the rese-", "rvoir was", "", "the reservoir was"),
            ("a well-", "known man", "the well-known case of", "a well-known man"),
            ("a well-", "known man", "", "a wellknown man"),
            ("the North-", "South line", "", "the North-South line"),
            ("from 1914-", "1918 on", "", "from 1914-1918 on"),
            ("one", "two", "", "one two"),
            ("\u{6c34}\u{9053}", "\u{6a4b}", "", "\u{6c34}\u{9053}\u{6a4b}"),
        ] {
            let block = vec![line(100.0, one), line(112.0, other), line(200.0, elsewhere)];
            assert_eq!(texts(vec![vec![block]])[0], expected, "{one} {other}");
        }
    }

    #[test]
    fn running_heads_and_page_numbers_are_dropped() {
        let page = |number: usize| {
            let body = (0..8)
                .map(|at| line(100.0 + 12.0 * at as f32, &format!("line {at} of page {number} goes on")));
            let head = line(30.0, "The Quarterly");
            let foot = line(800.0, &format!("Page {number}"));
            vec![[head].into_iter().chain(body).chain([foot]).collect::<Block>()]
        };
        let found = texts((1..4).map(page).collect()).join(" ");
        assert!(!found.contains("Quarterly") && !found.contains("Page"), "{found}");
        assert!(found.contains("line 4 of page 2"), "{found}");
    }

    #[test]
    fn paragraphs_go_on_over_pages() {
        let one = vec![line(100.0, "The pump drew"), line(112.0, "nothing but")];
        let other = vec![line(90.0, "air. It had been"), line(102.0, "feared.")];
        assert_eq!(
            texts(vec![vec![one], vec![other]]),
            ["The pump drew nothing but air. It had been feared."]
        );
    }
}
