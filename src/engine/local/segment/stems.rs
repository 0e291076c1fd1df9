//! Stems, made once for each distinct word and language when a segment is written, and the postings of the words that
//! share one united: an article's words are routed by its own language.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::analysis::language::Language;
use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::TokenKind;
use crate::engine::local::dictionary::{Dictionary, leading};
use crate::engine::local::schema::TextField;
use crate::engine::local::term_files::TermsWriter;

use super::postings::ByWord;

/// The stemmers in use, and which one each article has.
#[derive(Default)]
pub(super) struct Stemmers {
    /// Class 0 is "no stemmer".
    classes: Vec<(Language, Stemmer)>,
    of_document: Vec<u8>,
}

impl Stemmers {
    /// Takes the language of the next article.
    pub(super) fn route(&mut self, language: Option<Language>) {
        let class = self.class(language);
        self.of_document.push(class);
    }

    fn class(&mut self, language: Option<Language>) -> u8 {
        let Some(language) = language else { return 0 };
        if let Some(index) = self.classes.iter().position(|(known, _)| *known == language) {
            return index as u8 + 1;
        }
        match Stemmer::of(language) {
            // One bit of a `u64` for each class; there are fewer stemmers than that.
            Some(stemmer) if self.classes.len() < 62 => {
                self.classes.push((language, stemmer));
                self.classes.len() as u8
            }
            _ => 0,
        }
    }

    /// For each word a bit for each class among the articles that it stands in.
    fn of_words(&self, by_word: &ByWord<'_>) -> Vec<u64> {
        let first = self.of_document.first().copied().unwrap_or_default();
        if self.of_document.iter().all(|class| *class == first) {
            return vec![1 << first; by_word.words()];
        }
        let mut classes = vec![0; by_word.words()];
        by_word.occurrences.each(|word, document, _| {
            classes[word as usize] |= 1 << self.of_document[document as usize];
        });
        classes
    }

    fn stem<'a>(&self, class: u8, word: &'a str) -> Cow<'a, str> {
        match class {
            0 => word.into(),
            class => self.classes[usize::from(class) - 1].1.stem(word),
        }
    }
}

/// The weight that an occurrence has in ranking: that of the property it lies in.
pub(super) struct Weigher<'a> {
    pub(super) field: &'a TextField,
    pub(super) bounds: &'a [u32],
}

impl Weigher<'_> {
    fn frequency(&self, run: &[(u32, u32)]) -> u32 {
        let properties = self.field.from.len();
        let bounds = &self.bounds[run[0].0 as usize * properties..][..properties];
        // Most words stand in the last property alone: the body.
        if bounds[properties - 1] <= run[0].1 {
            return run.len() as u32 * self.field.from[properties - 1].1;
        }
        let weight = |position: u32| {
            let property = bounds.iter().rposition(|begin| *begin <= position).unwrap_or(0);
            self.field.from[property].1
        };
        run.iter().map(|(_, position)| weight(*position)).sum()
    }
}

/// One word as a source of a stem's postings.
struct Contribution<'a> {
    /// The first bytes of the stem, by which nearly all are told apart.
    leading: u64,
    stem: Cow<'a, str>,
    word: u32,
    /// Only articles of this stemmer class; `None` when all articles with the word have the same.
    class: Option<u8>,
}

pub(super) fn write_stems(
    output: &mut TermsWriter<impl Write>,
    words: &Dictionary,
    by_word: &mut ByWord<'_>,
    stemmers: &Stemmers,
    weigher: &Weigher<'_>,
) -> io::Result<()> {
    let contributions = contributions(words, by_word, stemmers);
    let is_same = |a: &Contribution<'_>, b: &Contribution<'_>| a.stem == b.stem;
    let mut frequencies: Vec<(u32, u32)> = Vec::new();
    for piece in by_word.pieces(&contributions, |contribution| contribution.word, is_same) {
        by_word.sort(piece.iter().map(|contribution| contribution.word));
        for group in piece.chunk_by(is_same) {
            gather(group, by_word, stemmers, weigher, &mut frequencies);
            output.begin(frequencies.len(), true);
            for (document, frequency) in &frequencies {
                output.article(*document, *frequency, &[]);
            }
            output.end(group[0].stem.as_bytes())?;
        }
    }
    Ok(())
}

/// The articles of the words that share a stem, with its weighted frequency in each.
fn gather(
    group: &[Contribution<'_>],
    by_word: &ByWord<'_>,
    stemmers: &Stemmers,
    weigher: &Weigher<'_>,
    frequencies: &mut Vec<(u32, u32)>,
) {
    frequencies.clear();
    for contribution in group {
        let runs = by_word.of(contribution.word).chunk_by(|a, b| a.0 == b.0);
        let wanted = |document: u32| {
            contribution.class.is_none_or(|class| stemmers.of_document[document as usize] == class)
        };
        frequencies.extend(runs.filter(|run| wanted(run[0].0)).map(|run| (run[0].0, weigher.frequency(run))));
    }
    if group.len() > 1 {
        unite(frequencies);
    }
}

/// Sorts by document and adds up the frequencies of the same one.
fn unite(frequencies: &mut Vec<(u32, u32)>) {
    frequencies.sort();
    frequencies.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 += later.1;
        }
        same
    });
}

/// Every stem of every word, sorted by stem.
fn contributions<'a>(
    words: &'a Dictionary,
    by_word: &ByWord<'_>,
    stemmers: &Stemmers,
) -> Vec<Contribution<'a>> {
    let classes = stemmers.of_words(by_word);
    let mut contributions = Vec::with_capacity(words.len());
    let contribution = |stem: Cow<'a, str>, word, class| Contribution {
        leading: leading(stem.as_bytes()),
        stem,
        word,
        class,
    };
    for word in 0..words.len() as u32 {
        let text = words.text(word);
        match words.kind(word) {
            _ if by_word.count(word) == 0 => {}
            TokenKind::Char => {}
            TokenKind::Pair => contributions.push(contribution(text.into(), word, None)),
            TokenKind::Word => {
                let classes = classes[word as usize];
                let single = classes.is_power_of_two();
                for class in (0..64u8).filter(|class| classes >> class & 1 == 1) {
                    let stem = stemmers.stem(class, text);
                    contributions.push(contribution(stem, word, (!single).then_some(class)));
                }
            }
        }
    }
    contributions.sort_unstable_by(|a, b| {
        let by_stem = a.leading.cmp(&b.leading).then_with(|| a.stem.as_bytes().cmp(b.stem.as_bytes()));
        by_stem.then_with(|| a.word.cmp(&b.word))
    });
    contributions
}
