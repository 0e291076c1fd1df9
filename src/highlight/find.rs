//! Finds the clauses of a query in a text.

use std::borrow::Cow;
use std::ops::Range;

use crate::analysis::language::Language;
use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::{FirstBytes, Token, TokenKind, tokenize_wanted};
use crate::highlight::clause::{Clause, Form, Terms};

/// A clause in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) clause: usize,
    pub(super) range: Range<usize>,
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

/// Languages whose stemmers take off beginnings of words as well.
const PREFIXING: [&str; 8] = ["ar", "fa", "ga", "id", "nl", "st", "ta", "yi"];

/// The terms of a query, ready for texts of one language.
#[derive(Debug)]
pub(super) struct Plan {
    stemmer: Option<Stemmer>,
    wanted: FirstBytes,
    /// By the first byte of tokens that can match: where its needles begin; its last entry is their number.
    starts: Vec<u32>,
    needles: Vec<Needle>,
    /// Stems that tokens with any beginning can have.
    anywhere: Vec<Needle>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Needle {
    text: String,
    form: NeedleForm,
    term: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NeedleForm {
    Whole,
    Beginning,
    Stem,
}

/// A token that matched a term.
struct Occurrence {
    term: u16,
    position: u32,
    range: Range<usize>,
}

impl Plan {
    /// Prepares for texts in `language`; `languages` are those whose stems were searched for.
    pub(super) fn new(terms: &Terms, languages: &[Language], language: Option<Language>) -> Plan {
        let stemmer = language.and_then(Stemmer::of);
        let prefixing = language.is_some_and(|language| PREFIXING.contains(&language.as_str()));
        let mut needles = Vec::new();
        for (term, form, text) in terms.iter() {
            let needle = |text: &str, form| Needle { text: text.to_owned(), form, term };
            match form {
                Form::Exact => needles.push(needle(text, NeedleForm::Whole)),
                Form::Prefix => needles.push(needle(text, NeedleForm::Beginning)),
                Form::Stem => {
                    needles.push(needle(text, NeedleForm::Whole));
                    let stemmers =
                        languages.iter().chain(&language).filter_map(|&language| Stemmer::of(language));
                    let stems = stemmers.map(|stemmer| needle(&stemmer.stem(text), NeedleForm::Stem));
                    needles.extend(stems.filter(|_| stemmer.is_some()));
                }
            }
        }
        needles.sort();
        needles.dedup();
        let anywhere = if prefixing {
            needles.extract_if(.., |needle| needle.form == NeedleForm::Stem).collect()
        } else {
            Vec::new()
        };
        let mut wanted = if anywhere.is_empty() { FirstBytes::default() } else { FirstBytes::all() };
        needles.iter().for_each(|needle| wanted.insert(&needle.text));
        Plan { stemmer, wanted, starts: starts(&needles), needles, anywhere }
    }

    /// Finds the clauses that `wanted` names.
    pub(super) fn find(&self, text: &str, clauses: &[Clause], wanted: &[bool], reach: Reach) -> Found {
        let mut occurrences = Vec::new();
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

    fn read(&self, piece: &str, found: &mut Found, occurrences: &mut Vec<Occurrence>) {
        let (first_position, offset) = (found.words, found.bytes);
        let words = tokenize_wanted(piece, &self.wanted, |token| {
            if token.kind != TokenKind::Pair {
                let position = token.position + first_position as u32;
                let range = offset + token.range.start..offset + token.range.end;
                self.terms_of(&token, |term| {
                    let here = occurrences.iter().rev().take_while(|earlier| earlier.position == position);
                    if !here.clone().any(|earlier| earlier.term == term) {
                        occurrences.push(Occurrence { term, position, range: range.clone() });
                    }
                });
            }
        });
        found.words += words as usize;
        found.bytes += piece.len();
    }

    /// The terms that a token matches; one may come twice.
    fn terms_of(&self, token: &Token<'_>, mut each: impl FnMut(u16)) {
        let mut stem: Option<Cow<'_, str>> = None;
        for needle in self.candidates(token.text).iter().chain(&self.anywhere) {
            let matches = match needle.form {
                NeedleForm::Whole => needle.text == token.text,
                NeedleForm::Beginning => token.text.starts_with(&needle.text),
                NeedleForm::Stem => {
                    let may_match = !self.anywhere.is_empty() || begins_alike(&needle.text, token.text);
                    may_match && *stem.get_or_insert_with(|| self.stem(token)) == *needle.text
                }
            };
            if matches {
                each(needle.term);
            }
        }
    }

    fn stem<'t>(&self, token: &Token<'t>) -> Cow<'t, str> {
        match &self.stemmer {
            Some(stemmer) if token.kind == TokenKind::Word => stemmer.stem(token.text),
            Some(_) | None => Cow::Borrowed(token.text),
        }
    }

    fn candidates(&self, token: &str) -> &[Needle] {
        let first = token.as_bytes().first().map_or(0, |&byte| usize::from(byte));
        &self.needles[self.starts[first] as usize..self.starts[first + 1] as usize]
    }
}

/// For every byte the index of the first needle that begins with it or a later one.
fn starts(needles: &[Needle]) -> Vec<u32> {
    let first = |needle: &Needle| needle.text.as_bytes().first().map_or(0, |&byte| usize::from(byte));
    let before = |byte| needles.partition_point(|needle| first(needle) < byte);
    (0..=256).map(|byte| before(byte) as u32).collect()
}

/// Stemmers that take off endings keep the first letter, and the second of all but the shortest stems (`dying`: `die`).
fn begins_alike(stem: &str, token: &str) -> bool {
    const SHORT: usize = 4;
    let kept = if stem.len() < SHORT { 1 } else { 2 };
    stem.as_bytes().get(..kept) == token.as_bytes().get(..kept)
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

/// The clauses that begin at each occurrence; clauses are sorted by their first terms.
fn hits(occurrences: &[Occurrence], clauses: &[Clause], wanted: &[bool]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, occurrence) in occurrences.iter().enumerate() {
        let first = clauses.partition_point(|clause| clause.terms[0] < occurrence.term);
        let begun = clauses[first..].iter().take_while(|clause| clause.terms[0] == occurrence.term);
        for (number, clause) in (first..).zip(begun).filter(|&(number, _)| wanted[number]) {
            if let Some(end) = follow(&occurrences[at..], &clause.terms) {
                hits.push(Hit { clause: number, range: occurrence.range.start..end });
            }
        }
    }
    hits
}

/// Where the sequence of terms ends that begins with the first occurrence.
fn follow(occurrences: &[Occurrence], terms: &[u16]) -> Option<usize> {
    let first = occurrences.first()?;
    let mut end = first.range.end;
    let mut rest = occurrences;
    for (position, &term) in (first.position + 1..).zip(&terms[1..]) {
        let behind = rest.iter().position(|next| next.position >= position)?;
        rest = &rest[behind..];
        let here = rest.iter().take_while(|next| next.position == position);
        end = here.clone().find(|next| next.term == term)?.range.end;
    }
    Some(end)
}

fn has_all(hits: &[Hit], wanted: &[bool]) -> bool {
    let mut missing = wanted.to_vec();
    hits.iter().for_each(|hit| missing[hit.clause] = false);
    !missing.contains(&true)
}
