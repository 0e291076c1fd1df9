//! Chooses the passages of a text that say most, and cuts them out.

use std::ops::Range;

use crate::highlight::find::{Found, Hit};
use crate::search::{Context, Passage, SnippetOptions};

/// More passages of one text are not shown.
const MAX_PASSAGES: usize = 64;

/// What a second match of the same clause adds, as a share of the first.
const REPEAT: f64 = 0.1;

/// What a clause still says when an earlier passage has shown it.
const SHOWN: f64 = 0.5;

/// How much less a passage at the very end says than the same at the beginning.
const LATENESS: f64 = 0.1;

/// Of a window that begins within a sentence, the part before the first match.
const LEAD: usize = 3;

/// No word is longer where a cut looks for a blank.
const MAX_WORD: usize = 48;

/// The spans of the hits, merged where they overlap.
pub(super) fn merged(hits: &[Hit]) -> Vec<Range<usize>> {
    merge(hits.iter())
}

fn merge<'h>(hits: impl Iterator<Item = &'h Hit>) -> Vec<Range<usize>> {
    let mut marks: Vec<&Range<usize>> = hits.flat_map(Hit::marked).collect();
    marks.sort_unstable_by_key(|mark| mark.start);
    let mut spans: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        match spans.last_mut() {
            Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
            Some(_) | None => spans.push(mark.clone()),
        }
    }
    spans
}

/// The best passages; the opening when nothing was found. `weights` says how much each clause counts.
pub(super) fn passages(
    text: &str,
    found: &Found,
    mut weights: Vec<f32>,
    options: SnippetOptions,
) -> Vec<Passage> {
    let width = width(text, found, options.context);
    if found.hits.is_empty() {
        return vec![opening(text, width)];
    }
    if width == text.len() {
        return vec![cut(text, trimmed(text, 0..width), &found.hits)];
    }
    let hits = &no_wider(&found.hits, width);
    let mut passages = Vec::new();
    let mut taken: Vec<Range<usize>> = Vec::new();
    while passages.len() < options.count.min(MAX_PASSAGES) {
        let Some(core) = best_window(hits, &weights, &taken, width, text.len()) else { break };
        let shown = hits.iter().filter(|hit| core.start <= hit.range.start && hit.range.end <= core.end);
        let mut clauses: Vec<usize> = shown.map(|hit| hit.clause).collect();
        clauses.sort_unstable();
        clauses.dedup();
        clauses.into_iter().for_each(|clause| weights[clause] *= SHOWN as f32);
        let free = free_around(&taken, &core, text.len());
        let window = widen(text, core, free, width);
        passages.push(cut(text, window.clone(), hits));
        taken.push(window);
    }
    passages
}

/// Hits of which each fits a window: one whose parts stand too far apart is several.
fn no_wider(hits: &[Hit], width: usize) -> Vec<Hit> {
    let mut fitting = Vec::with_capacity(hits.len());
    for hit in hits {
        if hit.range.len() <= width || hit.marks.len() < 2 {
            fitting.push(hit.clone());
        } else {
            let part = |mark: &Range<usize>| Hit { range: mark.clone(), marks: Vec::new(), ..*hit };
            fitting.extend(hit.marks.iter().map(part));
        }
    }
    fitting.sort_by_key(|hit| hit.range.start);
    fitting
}

/// The size of a window in bytes of this text.
fn width(text: &str, found: &Found, context: Context) -> usize {
    let (amount, bytes, units) = match context {
        Context::Words(words) => (words, found.bytes, found.words),
        Context::Chars(chars) => (chars, text.len(), text.chars().count()),
    };
    let width = amount.saturating_mul(bytes.max(1)) / units.max(1);
    width.clamp(1, text.len())
}

/// The hits close together that say most and do not touch what is taken, from the first's beginning to the last's end.
fn best_window(
    hits: &[Hit],
    weights: &[f32],
    taken: &[Range<usize>],
    width: usize,
    length: usize,
) -> Option<Range<usize>> {
    let is_free =
        |hit: &&Hit| taken.iter().all(|range| hit.range.end <= range.start || range.end <= hit.range.start);
    let hits: Vec<&Hit> = hits.iter().filter(is_free).collect();
    let mut tally = Tally::new(weights);
    let mut best: Option<(f64, Range<usize>)> = None;
    let mut next = 0;
    for (at, first) in hits.iter().enumerate() {
        let free = free_around(taken, &first.range, length);
        let limit = free.end.min(first.range.start + width);
        while next < hits.len() && (next == at || hits[next].range.end <= limit) {
            tally.add(hits[next].clause);
            next += 1;
        }
        let lateness = LATENESS * first.range.start as f64 / length.max(1) as f64;
        let value = tally.score * (1.0 - lateness);
        if best.as_ref().is_none_or(|(best, _)| value > *best) {
            let end = hits[at..next].iter().map(|hit| hit.range.end).max().unwrap_or(first.range.end);
            best = Some((value, first.range.start..end));
        }
        tally.remove(first.clause);
    }
    best.map(|(_, window)| window)
}

/// The score of a window that slides over the hits.
struct Tally<'w> {
    weights: &'w [f32],
    counts: Vec<u32>,
    score: f64,
}

impl<'w> Tally<'w> {
    fn new(weights: &'w [f32]) -> Self {
        Tally { weights, counts: vec![0; weights.len()], score: 0.0 }
    }

    fn add(&mut self, clause: usize) {
        self.score += self.worth(clause);
        self.counts[clause] += 1;
    }

    fn remove(&mut self, clause: usize) {
        self.counts[clause] -= 1;
        self.score -= self.worth(clause);
    }

    /// What one more match of the clause adds.
    fn worth(&self, clause: usize) -> f64 {
        let share = if self.counts[clause] == 0 { 1.0 } else { REPEAT };
        f64::from(self.weights[clause]) * share
    }
}

/// The bytes around a part of the text that are not taken.
fn free_around(taken: &[Range<usize>], part: &Range<usize>, length: usize) -> Range<usize> {
    let before = taken.iter().map(|range| range.end).filter(|&end| end <= part.start);
    let behind = taken.iter().map(|range| range.start).filter(|&start| part.end <= start);
    before.max().unwrap_or(0)..behind.min().unwrap_or(length)
}

/// Widens a window to about `width` bytes: to whole sentences where they end near, else to whole words.
fn widen(text: &str, core: Range<usize>, free: Range<usize>, width: usize) -> Range<usize> {
    let spare = width.saturating_sub(core.len());
    let lead = spare / LEAD;
    let start = window_start(text, free.start, core.start, spare - lead, lead);
    let end = window_end(text, core.end, free.end, start + width);
    let unused = width.saturating_sub(end - start);
    let start = if end == free.end && unused > 0 {
        let lead = core.start - start + unused;
        window_start(text, free.start, core.start, lead, lead)
    } else {
        start
    };
    trimmed(text, start..end)
}

/// The beginning of the last sentence that begins at most `reach` before the match, else of a word at most `lead`
/// before it.
fn window_start(text: &str, free: usize, core: usize, reach: usize, lead: usize) -> usize {
    let from = text.floor_char_boundary(core.saturating_sub(reach)).max(free);
    if let Some(sentence) = sentence_starts(text, from..core).next_back() {
        return sentence;
    }
    let from = text.floor_char_boundary(core.saturating_sub(lead));
    if from <= free { free } else { word_start(text, from, core) }
}

fn window_end(text: &str, core: usize, free: usize, limit: usize) -> usize {
    let limit = text.floor_char_boundary(limit).max(core);
    if limit >= free {
        return free;
    }
    let near = text.floor_char_boundary(limit - (limit - core) / LEAD);
    let sentence = sentence_starts(text, near..limit).next_back();
    sentence.unwrap_or_else(|| word_end(text, core, limit))
}

/// The beginnings of sentences and paragraphs in a part of the text, which begins and ends between characters.
fn sentence_starts(text: &str, part: Range<usize>) -> impl DoubleEndedIterator<Item = usize> {
    let starts = text[part.clone()].char_indices().map(move |(at, c)| (part.start + at, c));
    starts.filter(|&(at, c)| !c.is_whitespace() && begins_sentence(&text[..at])).map(|(at, _)| at)
}

/// Marks that end a sentence.
const TERMINATORS: [char; 12] = ['.', '!', '?', '…', '。', '！', '？', '؟', '۔', '।', '។', '။'];

/// Those of them that no blank needs to follow.
const TIGHT_TERMINATORS: [char; 5] = ['。', '！', '？', '។', '။'];

/// Marks that may stand between the end of a sentence and the next one.
const CLOSING: [char; 9] = ['"', '\'', '”', '’', '»', ')', ']', '」', '』'];

/// Whether a sentence can begin behind `before`.
fn begins_sentence(before: &str) -> bool {
    const FAR_ENOUGH: usize = 64;
    if before.ends_with(TIGHT_TERMINATORS) {
        return true;
    }
    let near = &before[before.floor_char_boundary(before.len().saturating_sub(FAR_ENOUGH))..];
    let ended = near.trim_end();
    let blank = &near[ended.len()..];
    let is_paragraph = blank.bytes().filter(|&byte| byte == b'\n').count() > 1;
    ended.is_empty() || is_paragraph || !blank.is_empty() && ends_sentence(ended)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(CLOSING).ends_with(TERMINATORS)
}

/// The first beginning of a word in `at..limit`; `at` itself where words have no blanks between them.
fn word_start(text: &str, at: usize, limit: usize) -> usize {
    if text[..at].ends_with(char::is_whitespace) {
        return at;
    }
    let near = text.floor_char_boundary(limit.min(at + MAX_WORD));
    let blank = text[at..near].find(char::is_whitespace);
    blank.map_or_else(|| past_marks(text, at, limit), |blank| at + blank)
}

/// The last end of a word in `core..limit`; `limit` itself where words have no blanks between them.
fn word_end(text: &str, core: usize, limit: usize) -> usize {
    if text[limit..].starts_with(char::is_whitespace) {
        return limit;
    }
    let near = text.floor_char_boundary(core.max(limit.saturating_sub(MAX_WORD))).max(core);
    match text[near..limit].rfind(char::is_whitespace) {
        Some(blank) => near + blank,
        None if near == core && text[core..limit].is_ascii() => core,
        None => past_marks(text, limit, text.len()),
    }
}

/// The first place from `at` on that does not part a character from its marks.
pub(super) fn past_marks(text: &str, at: usize, limit: usize) -> usize {
    let is_mark = |&c: &char| unicode_normalization::char::is_combining_mark(c);
    at + text[at..limit].chars().take_while(is_mark).map(char::len_utf8).sum::<usize>()
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

/// The beginning of the text, unmarked.
fn opening(text: &str, width: usize) -> Passage {
    let start = text.len() - text.trim_start().len();
    let end = window_end(text, start, text.len(), start + width);
    // A first word longer than the window is cut.
    let end = if end == start { text.ceil_char_boundary(start + width) } else { end };
    cut(text, trimmed(text, start..end), &[])
}

/// The passage of a part of the text: line breaks are blanks, and `…` stands where a sentence is cut.
fn cut(text: &str, part: Range<usize>, hits: &[Hit]) -> Passage {
    const GAP: &str = "…";
    let mut passage = Passage::default();
    if !begins_sentence(&text[..part.start]) {
        passage.text.push_str(GAP);
        passage.text.push(' ');
    }
    let first = hits.partition_point(|hit| hit.range.start < part.start);
    let near = hits[first..].iter().take_while(|hit| hit.range.start < part.end);
    let mut at = part.start;
    for span in merge(near.filter(|hit| hit.range.end <= part.end)) {
        push_spaced(&text[at..span.start], &mut passage.text);
        let start = passage.text.len();
        push_spaced(&text[span.clone()], &mut passage.text);
        passage.spans.push(start..passage.text.len());
        at = span.end;
    }
    push_spaced(&text[at..part.end], &mut passage.text);
    let is_whole = text[part.end..].trim_start().is_empty() || ends_sentence(&text[part.clone()]);
    if !is_whole {
        passage.text.push(' ');
        passage.text.push_str(GAP);
    }
    passage
}

/// Appends `text` with every run of white space as one blank.
pub(super) fn push_spaced(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(blank) = rest.find(char::is_whitespace) {
        out.push_str(&rest[..blank]);
        if !out.ends_with(' ') {
            out.push(' ');
        }
        rest = rest[blank..].trim_start();
    }
    out.push_str(rest);
}
