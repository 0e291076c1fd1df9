//! Finds the clauses of a query in a text.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use crate::analysis::language::Language;
use crate::analysis::positions::{Stretch, free_phrases, near_pairs};
use crate::analysis::stem::{Stemmer, begins_alike, changes_beginnings};
use crate::analysis::tokenizer::{FirstBytes, Token, TokenKind, tokenize_wanted};
use crate::highlight::clause::{Clause, Shape, Term, Terms};

/// A clause in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) clause: usize,
    /// From the first word that matched to the end of the last.
    pub(super) range: Range<usize>,
    /// What of it matched, when that is not all.
    pub(super) marks: Vec<Range<usize>>,
}

impl Hit {
    /// What matched, in order.
    pub(super) fn marked(&self) -> &[Range<usize>] {
        if self.marks.is_empty() { std::slice::from_ref(&self.range) } else { &self.marks }
    }
}

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    /// In order of their beginnings.
    pub(super) hits: Vec<Hit>,
    /// Words read, and their bytes with all between them.
    pub(super) words: usize,
    pub(super) bytes: usize,
}

impl Found {
    /// For a text that need not be read; its number of words is a guess.
    pub(super) fn nothing_in(text: &str) -> Found {
        const USUAL_WORD_BYTES: usize = 6;
        Found { hits: Vec::new(), words: text.len().div_ceil(USUAL_WORD_BYTES), bytes: text.len() }
    }
}

/// How much of a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Until every clause was found, which is enough to choose passages.
    Enough,
    /// All of it.
    Whole,
}

/// A text is read in pieces, the first of so many bytes, each next as long as all before, until every clause was found.
const PIECE_BYTES: usize = 256 * 1024;

/// More places of one clause are not looked for in one text.
const MAX_PLACES: usize = 100_000;

/// The terms of a query, ready for texts of one language.
#[derive(Debug)]
pub(super) struct Plan {
    stemmer: Option<Stemmer>,
    wanted: FirstBytes,
    terms: usize,
    /// Words that are a term as they stand, sorted.
    words: Vec<(String, u16)>,
    /// Stems that make a word a term, sorted.
    stems: Vec<(String, u16)>,
    /// By the first byte of a word: where the stems begin that it can have; its last entry is their number.
    starts: Vec<u32>,
    /// Whether a word may begin otherwise than its stem.
    any_beginning: bool,
}

/// Where a term stands.
#[derive(Debug, Clone)]
struct Occurrence {
    position: u32,
    range: Range<usize>,
}

/// The occurrences of each term, in order.
type Occurrences = Vec<Vec<Occurrence>>;

impl Plan {
    /// Prepares for texts in `language`, in which stems of `others` count as well.
    pub(super) fn new(terms: &Terms, language: Option<Language>, others: &[Language]) -> Plan {
        let stemmer = language.and_then(Stemmer::of);
        let any_beginning = language.is_some_and(changes_beginnings);
        let (mut words, mut stems) = (Vec::new(), Vec::new());
        for (number, term) in terms.iter() {
            match term {
                Term::Exact(word) => words.push((word.clone(), number)),
                Term::OneOf(some) => words.extend(some.iter().map(|word| (word.clone(), number))),
                Term::Stem(word) => {
                    words.push((word.clone(), number));
                    let stemmers =
                        others.iter().chain(&language).filter_map(|&language| Stemmer::of(language));
                    let made = stemmers.map(|stemmer| (stemmer.stem(word).into_owned(), number));
                    stems.extend(made.filter(|_| stemmer.is_some()));
                }
            }
        }
        for list in [&mut words, &mut stems] {
            list.sort();
            list.dedup();
        }
        let is_everywhere = any_beginning && !stems.is_empty();
        let mut wanted = if is_everywhere { FirstBytes::all() } else { FirstBytes::default() };
        words.iter().chain(&stems).for_each(|(text, _)| wanted.insert(text));
        Plan { stemmer, wanted, terms: terms.len(), starts: starts(&stems), words, stems, any_beginning }
    }

    /// Finds the clauses that `wanted` names.
    pub(super) fn find(&self, text: &str, clauses: &[Clause], wanted: &[bool], reach: Reach) -> Found {
        let mut occurrences = vec![Vec::new(); self.terms];
        let mut found = Found { hits: Vec::new(), words: 0, bytes: 0 };
        while found.bytes < text.len() {
            let end = piece_end(text, found.bytes + found.bytes.max(PIECE_BYTES));
            self.read(&text[found.bytes..end], &mut found, &mut occurrences);
            found.hits = hits(&occurrences, clauses, wanted);
            if reach == Reach::Enough && end < text.len() && has_all(&found.hits, wanted) {
                break;
            }
        }
        found
    }

    fn read(&self, piece: &str, found: &mut Found, occurrences: &mut Occurrences) {
        let (first_position, offset) = (found.words, found.bytes);
        let words = tokenize_wanted(piece, &self.wanted, |token| {
            if token.kind != TokenKind::Pair {
                let position = token.position + first_position as u32;
                let range = offset + token.range.start..offset + token.range.end;
                self.terms_of(&token, |term| {
                    let known = &mut occurrences[usize::from(term)];
                    if known.last().is_none_or(|last| last.position != position) {
                        known.push(Occurrence { position, range: range.clone() });
                    }
                });
            }
        });
        found.words += words as usize;
        found.bytes += piece.len();
    }

    /// The terms that a token matches; one may come twice.
    fn terms_of(&self, token: &Token<'_>, mut each: impl FnMut(u16)) {
        let first = self.words.partition_point(|(word, _)| word.as_str() < token.text);
        let same = self.words[first..].iter().take_while(|(word, _)| word == token.text);
        same.for_each(|(_, term)| each(*term));
        let mut stem: Option<Cow<'_, str>> = None;
        for (text, term) in self.stems_like(token.text) {
            let may_match = self.any_beginning || begins_alike(text, token.text);
            if may_match && *stem.get_or_insert_with(|| self.stem(token)) == **text {
                each(*term);
            }
        }
    }

    fn stem<'t>(&self, token: &Token<'t>) -> Cow<'t, str> {
        match &self.stemmer {
            Some(stemmer) if token.kind == TokenKind::Word => stemmer.stem(token.text),
            Some(_) | None => Cow::Borrowed(token.text),
        }
    }

    /// The stems that a token can have.
    fn stems_like(&self, token: &str) -> &[(String, u16)] {
        if self.any_beginning {
            return &self.stems;
        }
        let first = token.as_bytes().first().map_or(0, |&byte| usize::from(byte));
        &self.stems[self.starts[first] as usize..self.starts[first + 1] as usize]
    }
}

/// For every byte the number of the first stem that begins with it or a later one.
fn starts(stems: &[(String, u16)]) -> Vec<u32> {
    let first = |stem: &str| stem.as_bytes().first().map_or(0, |&byte| usize::from(byte));
    let before = |byte| stems.partition_point(|(stem, _)| first(stem) < byte);
    (0..=256).map(|byte| before(byte) as u32).collect()
}

/// The end of the piece that is at least `at` long, between words where it can be.
fn piece_end(text: &str, at: usize) -> usize {
    const LONGEST_WORD: usize = 1024;
    let at = text.floor_char_boundary(at);
    let limit = text.floor_char_boundary(at + LONGEST_WORD);
    text[at..limit]
        .find(char::is_whitespace)
        .map_or(if limit == text.len() { limit } else { at }, |word| at + word)
}

/// A place where a shape stands.
struct Match {
    stretch: Stretch,
    /// What matched, in order.
    marks: Vec<Range<usize>>,
}

fn hits(occurrences: &Occurrences, clauses: &[Clause], wanted: &[bool]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for (clause, Clause { shape, .. }) in clauses.iter().enumerate().filter(|(number, _)| wanted[*number]) {
        if let Shape::Row(terms) = shape {
            // Most are rows, which need no more than their range.
            let hit = |range| Hit { clause, range, marks: Vec::new() };
            rows(occurrences, terms, |_, range| hits.push(hit(range)));
            continue;
        }
        hits.extend(matches(shape, occurrences).into_iter().filter_map(|found| {
            let range = found.marks.first()?.start..found.marks.last()?.end;
            Some(Hit { clause, range, marks: found.marks })
        }));
    }
    hits.sort_by_key(|hit| hit.range.start);
    hits
}

/// The places of a shape, by their first words.
fn matches(shape: &Shape, occurrences: &Occurrences) -> Vec<Match> {
    let mut found = Vec::new();
    match shape {
        Shape::Row(terms) => {
            rows(occurrences, terms, |stretch, range| found.push(Match { stretch, marks: vec![range] }));
        }
        Shape::Free(terms, slop) => found = free(occurrences, terms, *slop),
        Shape::Near { left, right, distance, ordered } => {
            let (left, right) = (matches(left, occurrences), matches(right, occurrences));
            let stretches = |side: &[Match]| side.iter().map(|found| found.stretch).collect::<Vec<_>>();
            // Whether it was broken off shows nowhere: too many places are as good as many.
            let _ = near_pairs(&stretches(&left), &stretches(&right), *distance, *ordered, |here, there| {
                found.push(both(&left[here], &right[there]));
                if found.len() < MAX_PLACES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
        }
        Shape::Any(shapes) => found.extend(shapes.iter().flat_map(|shape| matches(shape, occurrences))),
    }
    found.sort_by_key(|found| found.stretch);
    found
}

fn both(here: &Match, there: &Match) -> Match {
    let mut marks: Vec<Range<usize>> = here.marks.iter().chain(&there.marks).cloned().collect();
    marks.sort_unstable_by_key(|mark| mark.start);
    Match { stretch: here.stretch.around(there.stretch), marks }
}

fn free(occurrences: &Occurrences, terms: &[u16], slop: u32) -> Vec<Match> {
    let of = |term: u16| &occurrences[usize::from(term)];
    let positions: Vec<Vec<u32>> =
        terms.iter().map(|&term| of(term).iter().map(|here| here.position).collect()).collect();
    let words: Vec<&[u32]> = positions.iter().map(Vec::as_slice).collect();
    let place = |chosen: Vec<u32>| {
        let range = |(&term, position)| at(of(term), position).map(|here| here.range.clone());
        let mut marks: Vec<Range<usize>> =
            terms.iter().zip(chosen.iter().copied()).filter_map(range).collect();
        marks.sort_unstable_by_key(|mark| mark.start);
        let (first, last) = (chosen.iter().min()?, chosen.iter().max()?);
        Some(Match { stretch: Stretch { first: *first, last: *last }, marks })
    };
    free_phrases(&words, slop).into_iter().filter_map(place).collect()
}

/// Calls `each` with every place where the terms stand one behind the other.
fn rows(occurrences: &Occurrences, terms: &[u16], mut each: impl FnMut(Stretch, Range<usize>)) {
    let Some((&first, others)) = terms.split_first() else { return };
    for here in &occurrences[usize::from(first)] {
        let mut end = Some(here.range.end);
        for (position, &term) in (here.position + 1..).zip(others) {
            end = end.and_then(|_| Some(at(&occurrences[usize::from(term)], position)?.range.end));
            if end.is_none() {
                break;
            }
        }
        if let Some(end) = end {
            let last = here.position + others.len() as u32;
            each(Stretch { first: here.position, last }, here.range.start..end);
        }
    }
}

fn at(occurrences: &[Occurrence], position: u32) -> Option<&Occurrence> {
    let found = occurrences.binary_search_by_key(&position, |here| here.position).ok()?;
    occurrences.get(found)
}

fn has_all(hits: &[Hit], wanted: &[bool]) -> bool {
    let mut missing = wanted.to_vec();
    hits.iter().for_each(|hit| missing[hit.clause] = false);
    !missing.contains(&true)
}
