//! Two extractors' texts of one page made one, block by block.
//!
//! What both keep is text. What one alone keeps is judged by where it stands, what its markup says and how it reads:
//! the first extractor errs by keeping captions, prompts and other articles, the second by leaving out headings,
//! standfirsts and whole parts. Lines that ask the reader for something are left out whoever keeps them.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use crate::reader::html::blocks::{Block, Role};
use crate::reader::html::prompts;
use crate::reader::html::shingles::{self, Shingles, shingles};

/// What the page states about its article.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stated<'a> {
    /// `articleBody`
    pub(super) body: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    pub(super) authors: &'a [String],
    pub(super) title: Option<&'a str>,
    /// The first heading of the page.
    pub(super) heading: Option<&'a str>,
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
    /// The words of the title, as the page states and shows it.
    titles: Vec<Vec<u64>>,
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
        let mut candidates = settled(merge(first, second));
        place(&mut candidates);
        let said = stated.body.map(Shingles::of_text).filter(|said| covers(said, &candidates));
        for candidate in &mut candidates {
            candidate.is_stated = said.as_ref().map(|said| said.contain(&candidate.block.words));
        }
        let balance = Balance::of(&candidates);
        let common = || {
            candidates
                .iter()
                .filter(|candidate| candidate.keeper == Keeper::Both && candidate.zone == Zone::Middle)
                .map(|candidate| &candidate.block)
        };
        let parents = common().filter(|block| block.is_prose()).map(|block| block.parent).collect();
        let first = common().next().map(|block| (block.parent, block.depth));
        let titles = [stated.title, stated.heading].into_iter().flatten().map(shingles::words).collect();
        Page { candidates, stated, balance, parents, first, titles }
    }

    fn kept(self) -> Vec<Block> {
        let judgements = self.judgements();
        let kept = self.candidates.into_iter().zip(judgements).filter(|(_, is_text)| *is_text);
        kept.map(|(candidate, _)| candidate.block).collect()
    }

    fn judgements(&self) -> Vec<bool> {
        let mut is_introduced = false;
        let mut list = None;
        let judge = |candidate: &Candidate| {
            let is_listed = is_introduced || list == Some(candidate.block.parent);
            let is_in_list = is_listed && self.is_linked_item(candidate);
            let is_text = is_in_list || self.is_text(candidate);
            list = is_in_list.then_some(candidate.block.parent);
            is_introduced = is_text && self.is_introduction(candidate);
            is_text
        };
        self.candidates.iter().map(judge).collect()
    }

    fn is_text(&self, candidate: &Candidate) -> bool {
        let block = &candidate.block;
        if prompts::is_prompt(block, self.stated.authors, candidate.zone != Zone::Head)
            || self.is_caption(block)
            || self.is_title(block)
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

    /// Whether a list of links may follow that is meant to be read: below a colon, on a short page below a heading too.
    fn is_introduction(&self, candidate: &Candidate) -> bool {
        const SHORT: usize = 250;
        let block = &candidate.block;
        let has_list = block.text.ends_with([':', '：']);
        let heads_list = block.role == Role::Heading && self.balance.both < SHORT;
        candidate.keeper == Keeper::Both && candidate.zone == Zone::Middle && (has_list || heads_list)
    }

    fn is_linked_item(&self, candidate: &Candidate) -> bool {
        let Candidate { block, keeper, is_stated, .. } = candidate;
        *keeper == Keeper::First
            && block.role == Role::Item
            && block.is_links()
            && *is_stated != Some(false)
            && !prompts::is_prompt(block, self.stated.authors, true)
    }

    fn is_title(&self, block: &Block) -> bool {
        block.role == Role::Heading && self.titles.contains(&block.words)
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
        let is_linked_heading = block.role == Role::Heading && self.parents.contains(&block.parent);
        let is_link = block.is_links() && !is_linked_heading;
        if self.is_marked(block) || is_link || candidate.is_stated == Some(false) {
            return false;
        }
        let stands_in_text = match candidate.zone {
            Zone::Head => self.stands_like_the_first(block) || !self.is_description(block),
            Zone::Middle => true,
            Zone::Tail => block.role == Role::Item || self.balance.second_stopped_early(),
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
        let reads_like_text = block.is_sentence() || block.is_prose();
        match candidate.zone {
            Zone::Head if self.balance.first_began_late() => true,
            Zone::Head => block.is_prose() && block.is_sentence() && !self.is_description(block),
            Zone::Middle => self.balance.second_middle < self.balance.both && reads_like_text,
            Zone::Tail => self.balance.first_stopped_early(),
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

    fn first_began_late(&self) -> bool {
        self.second_head * 2 > self.both
    }

    fn first_stopped_early(&self) -> bool {
        self.second_tail * 2 > self.both
    }
}

fn of_blocks(blocks: &[Block]) -> Shingles {
    Shingles::of(blocks.iter().map(|block| block.words.as_slice()))
}

/// The blocks of both in one order: those of the second that the first lacks follow the common block before them.
fn merge(first: Vec<Block>, second: Vec<Block>) -> Vec<Candidate> {
    let (of_first, of_second) = (of_blocks(&first), of_blocks(&second));
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

/// Without the text of one extractor when the two have little in common: then one of them is wrong, most likely the
/// one with less running text.
fn settled(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let words = |keeper: Keeper| -> usize {
        let kept =
            candidates.iter().filter(|candidate| candidate.keeper == keeper && candidate.block.is_prose());
        kept.map(|candidate| candidate.block.words.len()).sum()
    };
    let (both, first, second) = (words(Keeper::Both), words(Keeper::First), words(Keeper::Second));
    let differ = both * 3 < first.min(second) || !has(&candidates, Keeper::Both);
    if differ {
        let takes_first = has(&candidates, Keeper::First) && first >= second;
        let wrong = if takes_first { Keeper::Second } else { Keeper::First };
        candidates.retain(|candidate| candidate.keeper != wrong);
        candidates.iter_mut().for_each(|candidate| candidate.keeper = Keeper::Both);
    }
    candidates
}

fn has(candidates: &[Candidate], keeper: Keeper) -> bool {
    candidates.iter().any(|candidate| candidate.keeper == keeper)
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

/// Without paragraphs that are part of a longer one: quotations out of the article, teasers of itself.
fn without_repetition(blocks: Vec<Block>) -> Vec<Block> {
    // A quotation that is set apart is short.
    const WORDS: RangeInclusive<usize> = 8..=40;
    let mut longest: HashMap<u64, usize> = HashMap::new();
    for (at, block) in blocks.iter().enumerate() {
        for shingle in shingles(&block.words) {
            let owner = longest.entry(shingle).or_insert(at);
            if blocks[*owner].words.len() < block.words.len() {
                *owner = at;
            }
        }
    }
    let is_repeated = |at: usize, block: &Block| {
        let is_paragraph = matches!(block.role, Role::Paragraph | Role::Marked);
        let is_elsewhere = |shingle: u64| {
            longest.get(&shingle).is_some_and(|owner| blocks[*owner].words.len() > blocks[at].words.len())
        };
        is_paragraph && WORDS.contains(&block.words.len()) && shingles(&block.words).all(is_elsewhere)
    };
    let repeated: Vec<bool> = blocks.iter().enumerate().map(|(at, block)| is_repeated(at, block)).collect();
    blocks.into_iter().zip(repeated).filter(|(_, repeated)| !repeated).map(|(block, _)| block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::html::blocks::{join, read};
    use proptest::prelude::*;

    const ONE: &str =
        "<p>The council voted on Thursday to raise the harbour wall by a metre, the larger of two plans.</p>";
    const TWO: &str =
        "<p>The fishing quay will stay open throughout, the harbour master said, but lorries must wait.</p>";
    const TEN: &str = "<p>Nobody asked the people who fish from open boats, and nobody has told them what they will pay.</p>";

    fn text(first: &str, second: &str, stated: Stated<'_>) -> String {
        join(&combine(read(first), read(second), stated))
    }

    fn text_of(html: &str) -> String {
        join(&read(html))
    }

    #[test]
    fn what_one_alone_keeps_is_judged() {
        let both = |between: &str| format!("{ONE}{between}{TWO}");
        let plain = both("");
        for (first, second, expected) in [
            // Headings and text that the second leaves out stay; captions, prompts and links do not.
            (both("<h2>A question of money</h2>"), plain.clone(), both("<h2>A question of money</h2>")),
            (both(TEN), plain.clone(), both(TEN)),
            (both("<p>Short and plain</p>"), plain.clone(), both("<p>Short and plain</p>")),
            (both("<figcaption>The wall at low tide.</figcaption>"), plain.clone(), plain.clone()),
            (both("<p><a>Bus drivers to strike</a></p>"), plain.clone(), plain.clone()),
            (both("<p>Sign up here</p>"), both("<p>Sign up here</p>"), plain.clone()),
            (
                both("<div class=related><p>Leeks are in season again, and here is what to do.</p></div>"),
                plain.clone(),
                plain.clone(),
            ),
            // Lists: what is no link stays; links stay where a line introduces them.
            (both("<ul><li><a>Ferry</a></li></ul>"), plain.clone(), plain.clone()),
            (
                both(
                    "<p>There are two, she said:</p><ul><li><a>Ferry</a></li><li><a>Bridge</a></li></ul><p><a>More</a></p>",
                ),
                both("<p>There are two, she said:</p>"),
                both("<p>There are two, she said:</p><ul><li>Ferry</li><li>Bridge</li></ul>"),
            ),
            (
                both(
                    "<h2>Ways to cross</h2><ul><li><a>Ferry</a></li></ul><ul><li><a>Bus drivers to strike</a></li></ul>",
                ),
                both("<h2>Ways to cross</h2>"),
                both("<h2>Ways to cross</h2><ul><li>Ferry</li></ul>"),
            ),
            (
                format!("{ONE}{TWO}<ul><li>Leeks</li></ul>"),
                plain.clone(),
                format!("{ONE}{TWO}<ul><li>Leeks</li></ul>"),
            ),
            (format!("{ONE}{TWO}<ul><li><a>Leeks</a></li></ul>"), plain.clone(), plain.clone()),
            // Text that the first leaves out between what both keep.
            (plain.clone(), both(TEN), both(TEN)),
            (plain.clone(), both("<p>Play now</p>"), plain.clone()),
            // Lines around the text.
            (plain.clone(), format!("<p>17 May 2019</p>{plain}"), plain.clone()),
            (format!("{plain}<p>The rest is for another day.</p>"), plain.clone(), plain.clone()),
            (plain.clone(), format!("{plain}<p>The rest is for another day.</p>"), plain.clone()),
            (format!("{ONE}{TWO}{TEN}"), ONE.to_owned(), format!("{ONE}{TWO}{TEN}")),
            // One extractor alone.
            (plain.clone(), String::new(), plain.clone()),
            (String::new(), plain.clone(), plain.clone()),
            ("<p>Short</p>".to_owned(), String::new(), "<p>Short</p>".to_owned()),
            (String::new(), "<p>Short</p>".to_owned(), "<p>Short</p>".to_owned()),
            // Two texts of different articles, and repetitions.
            (TEN.to_owned(), plain.clone(), plain.clone()),
            (both(ONE), both(ONE), both(ONE)),
            (
                both("<p>the larger of two plans to raise the wall</p>"),
                plain.clone(),
                both("<p>the larger of two plans to raise the wall</p>"),
            ),
            (both("<p>voted on Thursday to raise the harbour wall</p>"), plain.clone(), plain.clone()),
            (String::new(), String::new(), String::new()),
        ] {
            assert_eq!(text(&first, &second, Stated::default()), text_of(&expected), "{first}\n{second}");
        }
    }

    #[test]
    fn what_the_page_states_decides() {
        let all = format!("{ONE}{TEN}{TWO}");
        let without = text_of(&format!("{ONE}{TWO}"));
        let with = text_of(&all);
        let both = format!("{ONE}{TWO}");
        let stated = |body| Stated { body: Some(body), ..Stated::default() };
        assert_eq!(text(&all, &both, stated(&without)), without);
        assert_eq!(text(&all, &both, stated(&with)), with);
        assert_eq!(text(&all, &both, stated("another text")), with, "a stated text of something else");
    }

    #[test]
    fn the_title_is_no_text() {
        let body = format!("{ONE}{TWO}");
        let titled = format!("<h1>Harbour wall to be raised</h1>{body}");
        let stated = Stated { heading: Some("Harbour wall to be raised"), ..Stated::default() };
        assert_eq!(text(&titled, &titled, stated), text_of(&body));
        assert_eq!(text(&titled, &titled, Stated::default()), text_of(&titled));
    }

    #[test]
    fn a_standfirst_is_left_to_the_description() {
        let standfirst = "The council has voted for the larger of two plans, and work begins in autumn.";
        let body = format!("<div>{ONE}{TWO}</div>");
        let stated = Stated { description: Some(standfirst), ..Stated::default() };
        let above = format!("<h2>{standfirst}</h2>{body}");
        assert_eq!(text(&above, &body, stated), text_of(&body));
        let lede = format!("<div><p>{standfirst}</p>{ONE}{TWO}</div>");
        assert_eq!(text(&lede, &body, stated), text_of(&lede), "the first paragraph of the text");
    }

    proptest! {
        #[test]
        fn never_panics(first in "(</?(p|li|h2|pre|a)>|one |two |three |four |x\\. |\\PC){0,60}", second in "(</?(p|li|h2)>|one |two |three |four |\\PC){0,60}") {
            let stated = Stated { body: Some(&second), description: Some(&first), ..Stated::default() };
            text(&first, &second, stated);
        }
    }
}
