//! Two extractors' texts of one page made one, block by block.
//!
//! What both keep is text. What one alone keeps is judged by where it stands, what its markup says and how it reads:
//! the first extractor errs by keeping captions, prompts and other articles, the second by leaving out headings,
//! standfirsts and whole parts. Lines that ask the reader for something are left out whoever keeps them.

use std::collections::{HashMap, HashSet};

use crate::reader::html::blocks::{Block, Role};
use crate::reader::html::prompts;

/// Words of a sequence that is looked up in the other text.
const SHINGLE: usize = 4;

/// What the page states about its article.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stated<'a> {
    /// `articleBody`
    pub(super) body: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    pub(super) authors: &'a [String],
}

/// The blocks of the article, in order. `first` and `second` are what two extractors found, either may be empty.
pub(super) fn combine(first: Vec<Block>, second: Vec<Block>, stated: Stated<'_>) -> Vec<Block> {
    let page = Page::compare(first, second, stated);
    let kept = page.kept();
    let kept = without_end(kept);
    without_repetition(kept)
}

/// Which extractor kept a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeper {
    Both,
    First,
    Second,
}

/// Where a block stands among those that both keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    Head,
    Middle,
    Tail,
}

struct Candidate {
    block: Block,
    keeper: Keeper,
    zone: Zone,
    /// Whether the page states it as part of the article's text; `None` when it states no text.
    is_stated: Option<bool>,
}

struct Page<'a> {
    candidates: Vec<Candidate>,
    stated: Stated<'a>,
    balance: Balance,
    /// Where the running text that both keep stands, its first block first.
    parents: HashSet<usize>,
    first: Option<(usize, usize)>,
}

/// Words of running text by who kept them and where.
#[derive(Debug, Default)]
struct Balance {
    both: usize,
    first_tail: usize,
    second_head: usize,
    second_middle: usize,
    second_tail: usize,
    marked: usize,
    captions: usize,
}

impl<'a> Page<'a> {
    fn compare(first: Vec<Block>, second: Vec<Block>, stated: Stated<'a>) -> Page<'a> {
        let mut candidates = merge(first, second);
        place(&mut candidates);
        let said = stated.body.map(Shingles::of_text).filter(|said| covers(said, &candidates));
        for candidate in &mut candidates {
            candidate.is_stated = said.as_ref().map(|said| said.contain(&candidate.block.words));
        }
        let balance = Balance::of(&candidates);
        let common = || candidates.iter().filter(|candidate| candidate.keeper == Keeper::Both && candidate.zone == Zone::Middle).map(|candidate| &candidate.block);
        let parents = common().filter(|block| block.is_prose()).map(|block| block.parent).collect();
        let first = common().next().map(|block| (block.parent, block.depth));
        Page { candidates, stated, balance, parents, first }
    }

    fn kept(self) -> Vec<Block> {
        let judgements: Vec<bool> = self.candidates.iter().map(|candidate| self.is_text(candidate)).collect();
        let kept = self.candidates.into_iter().zip(judgements).filter(|(_, is_text)| *is_text);
        kept.map(|(candidate, _)| candidate.block).collect()
    }

    fn is_text(&self, candidate: &Candidate) -> bool {
        let block = &candidate.block;
        if prompts::is_prompt(block, self.stated.authors, candidate.zone != Zone::Head)
            || self.is_caption(block)
        {
            return false;
        }
        if candidate.is_stated == Some(true) {
            return true;
        }
        match candidate.keeper {
            Keeper::Both => true,
            Keeper::First => self.is_text_of_first(candidate),
            Keeper::Second => self.is_text_of_second(candidate),
        }
    }

    /// Captions are left out, but for pages that consist of pictures.
    fn is_caption(&self, block: &Block) -> bool {
        block.role == Role::Caption && self.balance.captions * 2 < self.balance.both
    }

    /// A class that holds most of the article says nothing.
    fn is_marked(&self, block: &Block) -> bool {
        block.role == Role::Marked && self.balance.marked * 2 < self.balance.both
    }

    fn is_text_of_first(&self, candidate: &Candidate) -> bool {
        let block = &candidate.block;
        if self.is_marked(block) || block.is_links() || candidate.is_stated == Some(false) {
            return false;
        }
        let stands_in_text = match candidate.zone {
            Zone::Head => self.stands_like_the_first(block) || !self.is_description(block),
            Zone::Middle => true,
            Zone::Tail => self.balance.second_stopped_early(),
        };
        let reads_like_text = match block.role {
            Role::Paragraph | Role::Caption | Role::Marked => {
                block.is_sentence() || block.is_prose() || self.parents.contains(&block.parent)
            }
            Role::Heading => candidate.zone != Zone::Head || self.is_sibling_of_the_first(block),
            Role::Item | Role::Preformatted => true,
        };
        stands_in_text && reads_like_text
    }

    fn is_text_of_second(&self, candidate: &Candidate) -> bool {
        let block = &candidate.block;
        if block.is_links() || candidate.is_stated == Some(false) {
            return false;
        }
        match candidate.zone {
            Zone::Head => block.is_prose() && block.is_sentence() && !self.is_description(block),
            Zone::Middle => {
                self.balance.second_middle < self.balance.both && (block.is_sentence() || block.is_prose())
            }
            Zone::Tail => self.balance.first_stopped_early() && block.is_sentence(),
        }
    }

    fn is_sibling_of_the_first(&self, block: &Block) -> bool {
        self.first.is_some_and(|(parent, _)| parent == block.parent)
    }

    /// Whether a block looks like the paragraphs of the text, not like a standfirst above them.
    fn stands_like_the_first(&self, block: &Block) -> bool {
        let at_depth = self.first.is_some_and(|(_, depth)| depth == block.depth);
        self.is_sibling_of_the_first(block) || (at_depth && block.role == Role::Paragraph)
    }

    /// Whether a block is the summary that the page states; it is kept apart.
    fn is_description(&self, block: &Block) -> bool {
        self.stated
            .description
            .is_some_and(|description| Shingles::of_text(description).contain(&block.words))
    }
}

impl Balance {
    fn of(candidates: &[Candidate]) -> Balance {
        let mut balance = Balance::default();
        for Candidate { block, keeper, zone, .. } in candidates {
            let words = block.words.len();
            match block.role {
                Role::Marked => balance.marked += words,
                Role::Caption => balance.captions += words,
                Role::Paragraph | Role::Heading | Role::Item | Role::Preformatted => {}
            }
            let prose = if block.is_prose() { words } else { 0 };
            match (keeper, zone) {
                (Keeper::Both, _) => balance.both += words,
                (Keeper::First, Zone::Tail) => balance.first_tail += prose,
                (Keeper::Second, Zone::Head) => balance.second_head += prose,
                (Keeper::Second, Zone::Middle) => balance.second_middle += words,
                (Keeper::Second, Zone::Tail) => balance.second_tail += prose,
                (Keeper::First, Zone::Head | Zone::Middle) => {}
            }
        }
        balance
    }

    /// Whether so much follows the last common block that the second extractor must have lost it.
    fn second_stopped_early(&self) -> bool {
        self.first_tail * 2 > self.both
    }

    fn first_stopped_early(&self) -> bool {
        self.second_tail * 2 > self.both
    }
}

/// Sequences of words of a text.
struct Shingles(HashSet<u64>);

impl Shingles {
    fn of<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Shingles {
        Shingles(blocks.into_iter().flat_map(|block| shingles(&block.words)).collect())
    }

    fn of_text(text: &str) -> Shingles {
        let words: Vec<Vec<u64>> = text.lines().map(super::blocks::words).collect();
        Shingles(words.iter().flat_map(|words| shingles(words)).collect())
    }

    /// Whether most of a text is in this one.
    fn contain(&self, words: &[u64]) -> bool {
        let (mut all, mut known) = (0, 0);
        for shingle in shingles(words) {
            all += 1;
            known += usize::from(self.0.contains(&shingle));
        }
        known * 5 >= all * 3
    }
}

/// The hashes of all sequences of words; of a shorter text that of all its words.
fn shingles(words: &[u64]) -> impl Iterator<Item = u64> {
    words.windows(SHINGLE.min(words.len()).max(1)).map(|window| {
        window.iter().fold(window.len() as u64, |hash, word| {
            hash.rotate_left(13).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word
        })
    })
}

/// The blocks of both in one order: those of the second that the first lacks follow the common block before them.
fn merge(first: Vec<Block>, second: Vec<Block>) -> Vec<Candidate> {
    let (of_first, of_second) = (Shingles::of(&first), Shingles::of(&second));
    let mut place_in_second: HashMap<u64, usize> = HashMap::new();
    for (at, block) in second.iter().enumerate() {
        for shingle in shingles(&block.words) {
            place_in_second.entry(shingle).or_insert(at);
        }
    }
    let mut merged = Vec::with_capacity(first.len() + second.len());
    let mut rest = second.into_iter().enumerate().peekable();
    let mut alone = move |upto: usize, merged: &mut Vec<Candidate>| {
        while let Some((_, block)) = rest.next_if(|(at, _)| *at < upto) {
            if !of_first.contain(&block.words) {
                merged.push(Candidate::new(block, Keeper::Second));
            }
        }
    };
    for block in first {
        let is_common = !block.words.is_empty() && of_second.contain(&block.words);
        if is_common {
            let place = shingles(&block.words).find_map(|shingle| place_in_second.get(&shingle));
            alone(place.copied().unwrap_or_default(), &mut merged);
        }
        merged.push(Candidate::new(block, if is_common { Keeper::Both } else { Keeper::First }));
    }
    alone(usize::MAX, &mut merged);
    merged
}

impl Candidate {
    fn new(block: Block, keeper: Keeper) -> Candidate {
        Candidate { block, keeper, zone: Zone::Middle, is_stated: None }
    }
}

/// Finds the head and the tail: what stands before and after the common running text. Without any, all is middle.
fn place(candidates: &mut [Candidate]) {
    const SURE: usize = 8;
    let is_sure = |Candidate { block, keeper, .. }: &Candidate| {
        *keeper == Keeper::Both && (block.words.len() >= SURE || block.is_sentence())
    };
    let Some(start) = candidates.iter().position(is_sure) else { return };
    let end = candidates.iter().rposition(is_sure).unwrap_or(start);
    candidates[..start].iter_mut().for_each(|candidate| candidate.zone = Zone::Head);
    candidates[end + 1..].iter_mut().for_each(|candidate| candidate.zone = Zone::Tail);
}

/// Whether a stated text holds most of what both extractors found, so that it is the whole text of the article.
fn covers(said: &Shingles, candidates: &[Candidate]) -> bool {
    let (mut all, mut known) = (0, 0);
    for candidate in candidates.iter().filter(|candidate| candidate.keeper == Keeper::Both) {
        all += candidate.block.words.len();
        known += if said.contain(&candidate.block.words) { candidate.block.words.len() } else { 0 };
    }
    all > 0 && known * 5 >= all * 4
}

/// Without headings that no text follows, and without notes on the author and on the page below the text.
fn without_end(mut blocks: Vec<Block>) -> Vec<Block> {
    let is_end = |block: &Block| block.role == Role::Heading || prompts::is_end_note(block);
    let end = blocks.iter().rposition(|block| !is_end(block)).map_or(blocks.len(), |at| at + 1);
    blocks.truncate(end);
    blocks
}

/// Without running text that was there before: quotations out of the article, teasers of itself.
fn without_repetition(mut blocks: Vec<Block>) -> Vec<Block> {
    let mut seen = HashSet::new();
    blocks.retain(|block| !block.is_prose() || seen.insert(block.words.clone()));
    blocks
}
