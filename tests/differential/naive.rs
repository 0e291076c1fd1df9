//! What a query finds in stored articles, worked out as plainly as can be: no index, no dictionary, no positions but
//! those of a word in a list. It shares no code with the program but the types of questions and articles.

use std::ops::Range;

use backfile::analysis::language::Language;
use backfile::article::Article;
use backfile::query::{DateRange, Pattern, PhrasePart, Query, Wildcard, WildcardPart};

/// A word of the archives.
#[derive(Clone, Copy)]
pub(super) struct Word {
    pub(super) written: &'static str,
    folded: &'static str,
    /// Words with the same are forms of one word: in English, and in German. What is the same in both columns may be two
    /// words: `mine` has the German `min`, but no English one.
    families: [&'static str; 2],
}

const fn word(written: &'static str, folded: &'static str, families: [&'static str; 2]) -> Word {
    Word { written, folded, families }
}

/// The language whose forms of words count in an article.
#[derive(Debug, Clone, Copy)]
pub(super) enum Forms {
    English,
    German,
}

impl Forms {
    /// Articles in no known language count as English.
    pub(super) fn of(article: &Article) -> Forms {
        match article.language.as_ref().map(Language::as_str) {
            Some("de") => Forms::German,
            Some("en") | None => Forms::English,
            Some(other) => panic!("nobody wrote in {other}"),
        }
    }

    fn family(self, folded: &str) -> &str {
        let word = WORDS.iter().find(|word| word.folded == folded);
        word.map_or(folded, |word| word.families[self as usize])
    }
}

pub(super) const WORDS: &[Word] = &[
    word("coal", "coal", ["coal", "coal"]),
    word("Coals", "coals", ["coal", "coal"]),
    word("goal", "goal", ["goal", "goal"]),
    word("cola", "cola", ["cola", "cola"]),
    word("mine", "mine", ["mine", "min"]),
    word("mines", "mines", ["mine", "min"]),
    word("mining", "mining", ["mine", "mining"]),
    word("Min", "min", ["min", "min"]),
    word("Minen", "minen", ["minen", "min"]),
    word("policy", "policy", ["policy", "policy"]),
    word("POLICIES", "policies", ["policy", "polici"]),
    word("train", "train", ["train", "train"]),
    word("trained", "trained", ["train", "trained"]),
    word("training", "training", ["train", "training"]),
    word("the", "the", ["the", "the"]),
    word("of", "of", ["of", "of"]),
    word("to", "to", ["to", "to"]),
    word("Café", "cafe", ["cafe", "caf"]),
    word("cafe", "cafe", ["cafe", "caf"]),
    word("price", "price", ["price", "pric"]),
    word("prices", "prices", ["price", "pric"]),
    word("Zürich", "zurich", ["zurich", "zurich"]),
];

/// A test of a folded word.
type Test = fn(&str) -> bool;

/// Regular expressions and the same as a function of a folded word.
pub(super) const REGEXES: &[(&str, Test)] = &[
    ("co.*", |word| word.starts_with("co")),
    ("mines?", |word| word == "mine" || word == "mines"),
    (".*i(n|c).*", |word| word.contains("in") || word.contains("ic")),
    ("[cg]oal", |word| word == "coal" || word == "goal"),
    ("Caf.", |word| word == "cafe"),
    ("x+", |_| false),
];

/// The folded words of a text and their bytes.
fn words(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words: Vec<(String, Range<usize>)> = Vec::new();
    // An apostrophe joins: O'Brien is one word.
    let is_in_word = |letter: char| letter.is_alphanumeric() || letter == '\'';
    for (at, letter) in text.char_indices().filter(|(_, letter)| is_in_word(*letter)) {
        let end = at + letter.len_utf8();
        match words.last_mut() {
            Some((word, range)) if range.end == at => {
                word.push(letter);
                range.end = end;
            }
            _ => words.push((letter.to_string(), at..end)),
        }
    }
    words.into_iter().map(|(word, range)| (fold(&word), range)).collect()
}

fn fold(text: &str) -> String {
    text.to_lowercase()
        .replace(['é', 'É'], "e")
        .replace('ü', "u")
        .replace('ö', "o")
        .replace('ß', "ss")
        .replace('\'', "")
}

/// What stands at some words of a text: first and last, and the runs in it that are marked.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    first: usize,
    last: usize,
    marks: Vec<(usize, usize)>,
}

/// Whether a query finds an article.
pub(super) fn finds(query: &Query, article: &Article) -> bool {
    match query {
        Query::All => true,
        Query::Word { .. } | Query::Phrase { .. } | Query::Pattern { .. } | Query::Near { .. } => {
            texts(article, is_of_title(query)).into_iter().any(|text| {
                let words: Vec<String> = words(text).into_iter().map(|(word, _)| word).collect();
                !places(query, &words, Forms::of(article)).is_empty()
            })
        }
        Query::Value { field, value } => values(field.as_str(), article).iter().any(|known| {
            let (known, value) = (fold(known), fold(value));
            known == value || known.starts_with(&format!("{value}/")) && field.as_str() != "author"
        }),
        Query::ValueWord { word, .. } => {
            article.authors.iter().any(|name| words(name).iter().any(|(known, _)| *known == fold(word)))
        }
        Query::ValuePattern { field, pattern } => {
            let is_name = field.as_str() == "author";
            let parts = |value: &str| match is_name {
                true => words(value).into_iter().map(|(word, _)| word).chain([fold(value)]).collect(),
                false => above_and_all(&fold(value)),
            };
            let mut known = values(field.as_str(), article).iter().flat_map(|value| parts(value));
            known.any(|value| fits(&pattern.0, &value))
        }
        Query::Below { field, value } => {
            let above = format!("{}/", fold(value));
            values(field.as_str(), article).iter().any(|known| fold(known).starts_with(&above))
        }
        Query::Dates { range, within, .. } => is_in(article, *range, *within),
        Query::Numbers { range, .. } => {
            let words = u64::from(article.words);
            range.from.is_none_or(|from| from <= words) && range.to.is_none_or(|to| words <= to)
        }
        Query::Has(field) => match field.as_str() {
            "date" => article.published.is_some(),
            "title" => !words(&article.title).is_empty(),
            name => !values(name, article).is_empty(),
        },
        Query::And(parts) => parts.iter().all(|part| finds(part, article)),
        Query::Or(parts) => parts.iter().any(|part| finds(part, article)),
        Query::Not(inner) => !finds(inner, article),
        Query::Boost(inner, _) => finds(inner, article),
    }
}

/// `a/b/c`, `a/b` and `a`.
fn above_and_all(value: &str) -> Vec<String> {
    let levels: Vec<&str> = value.split('/').collect();
    (1..=levels.len()).map(|depth| levels[..depth].join("/")).collect()
}

fn texts(article: &Article, title_alone: bool) -> Vec<&str> {
    if title_alone {
        return vec![&article.title];
    }
    let description = article.description.as_deref();
    [Some(article.title.as_str()), description, Some(&article.body)].into_iter().flatten().collect()
}

fn is_of_title(query: &Query) -> bool {
    match query {
        Query::Word { field, .. } | Query::Phrase { field, .. } | Query::Pattern { field, .. } => {
            field.is_some()
        }
        Query::Near { left, .. } => is_of_title(left),
        Query::Or(parts) => is_of_title(&parts[0]),
        _ => false,
    }
}

fn values<'a>(field: &str, article: &'a Article) -> &'a [String] {
    match field {
        "tag" => &article.tags,
        "section" => &article.sections,
        "author" => &article.authors,
        other => panic!("no query asks for {other}"),
    }
}

fn is_in(article: &Article, range: DateRange, within: bool) -> bool {
    let Some(published) = article.published else { return false };
    let (first, last) = (published.date.from, published.date.to);
    let (from, to) = (range.from.unwrap_or(first.min(last)), range.to.unwrap_or(last));
    if within { from <= first && last <= to } else { from <= last && first <= to }
}

/// Whether a word may stand in a place.
type Fits<'a> = Box<dyn Fn(&str) -> bool + 'a>;

/// Every place of a query in a list of words.
fn places(query: &Query, text: &[String], forms: Forms) -> Vec<Place> {
    let row = |fits: &[Fits<'_>]| -> Vec<Place> {
        let begins = |first: &usize| {
            fits.iter().enumerate().all(|(at, fits)| text.get(first + at).is_some_and(|word| fits(word)))
        };
        let place = |first| Place {
            first,
            last: first + fits.len() - 1,
            marks: vec![(first, first + fits.len() - 1)],
        };
        (0..text.len()).filter(begins).map(place).collect()
    };
    match query {
        Query::Word { text: word, exact: true, .. } => {
            let folded = fold(word);
            row(&[Box::new(move |word| word == folded)])
        }
        Query::Word { text: word, .. } => {
            let folded = fold(word);
            row(&[Box::new(move |word| forms.family(word) == forms.family(&folded))])
        }
        Query::Phrase { parts, slop: None, .. } => row(&slots(parts)),
        Query::Phrase { parts, slop: Some(slop), .. } => free(&slots(parts), *slop as usize, text),
        Query::Pattern { pattern: Pattern::Wildcard(wildcard), .. } => {
            row(&[Box::new(|word| fits(&wildcard.0, word))])
        }
        Query::Pattern { pattern: Pattern::Fuzzy { word: near, distance }, .. } => {
            let near = fold(near);
            row(&[Box::new(move |word| edits(&near, word) <= usize::from(*distance))])
        }
        Query::Pattern { pattern: Pattern::Regex(regex), .. } => {
            let (_, fits) = REGEXES.iter().find(|(known, _)| known == regex).expect("the regex is known");
            row(&[Box::new(fits)])
        }
        Query::Near { left, right, distance, ordered } => {
            let (left, right) = (places(left, text, forms), places(right, text, forms));
            let mut found = Vec::new();
            for (here, there) in left.iter().flat_map(|here| right.iter().map(move |there| (here, there))) {
                let behind =
                    |a: &Place, b: &Place| b.first > a.last && b.first - a.last <= *distance as usize;
                if behind(here, there) || !ordered && behind(there, here) {
                    found.push(Place {
                        first: here.first.min(there.first),
                        last: here.last.max(there.last),
                        marks: here.marks.iter().chain(&there.marks).copied().collect(),
                    });
                }
            }
            found
        }
        Query::Or(parts) => parts.iter().flat_map(|part| places(part, text, forms)).collect(),
        Query::Boost(inner, _) => places(inner, text, forms),
        other => panic!("{other:?} stands nowhere"),
    }
}

/// What the words of a phrase must fit.
fn slots(parts: &[PhrasePart]) -> Vec<Fits<'_>> {
    let mut slots: Vec<Fits<'_>> = Vec::new();
    for part in parts {
        match part {
            PhrasePart::Text(text) => slots.extend(words(text).into_iter().map(|(asked, _)| {
                let fits: Fits<'_> = Box::new(move |word: &str| word == asked);
                fits
            })),
            PhrasePart::Wildcard(Wildcard(parts)) => slots.push(Box::new(|word| fits(parts, word))),
        }
    }
    slots
}

/// For each first word the shortest stretch with all words of a phrase, each at a place of its own.
fn free(slots: &[Fits<'_>], slop: usize, text: &[String]) -> Vec<Place> {
    let longest = slots.len() + slop - 1;
    let mut found = Vec::new();
    for first in 0..text.len() {
        let ends = first..text.len().min(first + longest);
        let shortest = ends.into_iter().find_map(|last| {
            let chosen = assign(slots, text, first, last, &mut Vec::new())?;
            Some(Place { first, last, marks: chosen.into_iter().map(|at| (at, at)).collect() })
        });
        found.extend(shortest);
    }
    found
}

/// Places for all words of a phrase from `first` to `last`, both of which are used.
fn assign(
    slots: &[Fits<'_>],
    text: &[String],
    first: usize,
    last: usize,
    chosen: &mut Vec<usize>,
) -> Option<Vec<usize>> {
    let Some(fits) = slots.get(chosen.len()) else {
        return (chosen.contains(&first) && chosen.contains(&last)).then(|| chosen.clone());
    };
    (first..=last).find_map(|at| {
        if chosen.contains(&at) || !fits(&text[at]) {
            return None;
        }
        chosen.push(at);
        let found = assign(slots, text, first, last, chosen);
        chosen.pop();
        found
    })
}

/// Whether a folded word fits a pattern as typed.
fn fits(parts: &[WildcardPart], word: &str) -> bool {
    let Some((first, others)) = parts.split_first() else { return word.is_empty() };
    match first {
        WildcardPart::Text(text) => word.strip_prefix(&fold(text)).is_some_and(|rest| fits(others, rest)),
        WildcardPart::One => {
            word.chars().next().is_some_and(|letter| fits(others, &word[letter.len_utf8()..]))
        }
        WildcardPart::Any => {
            (0..=word.len()).any(|at| word.is_char_boundary(at) && fits(others, &word[at..]))
        }
    }
}

/// Letters put in, left out, changed, or swapped with their neighbour, to make one word of another (Damerau 1964, each
/// place changed once).
fn edits(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut table = vec![vec![0; to.len() + 1]; from.len() + 1];
    for (a, b) in (0..=from.len()).flat_map(|a| (0..=to.len()).map(move |b| (a, b))) {
        table[a][b] = if a == 0 || b == 0 {
            a + b
        } else {
            let change = table[a - 1][b - 1] + usize::from(from[a - 1] != to[b - 1]);
            let mut least = change.min(table[a - 1][b] + 1).min(table[a][b - 1] + 1);
            if a > 1 && b > 1 && from[a - 1] == to[b - 2] && from[a - 2] == to[b - 1] {
                least = least.min(table[a - 2][b - 2] + 1);
            }
            least
        };
    }
    table[from.len()][to.len()]
}

/// The bytes of a text that are marked, where they overlap as one. `is_title` tells whether it is the title.
pub(super) fn marks(query: &Query, text: &str, is_title: bool, forms: Forms) -> Vec<Range<usize>> {
    let words = words(text);
    let folded: Vec<String> = words.iter().map(|(word, _)| word.clone()).collect();
    let mut marks: Vec<(usize, usize)> = Vec::new();
    let mut open = vec![query];
    while let Some(query) = open.pop() {
        match query {
            Query::And(parts) | Query::Or(parts) => open.extend(parts),
            Query::Boost(inner, _) => open.push(inner),
            Query::Word { .. } | Query::Phrase { .. } | Query::Pattern { .. } | Query::Near { .. }
                if is_title || !is_of_title(query) =>
            {
                marks.extend(places(query, &folded, forms).into_iter().flat_map(|place| place.marks));
            }
            _ => {}
        }
    }
    let mut is_marked = vec![false; words.len()];
    let mut is_joined = vec![false; words.len()];
    for (first, last) in marks {
        (first..=last).for_each(|at| is_marked[at] = true);
        (first..last).for_each(|at| is_joined[at] = true);
    }
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, (_, range)) in words.iter().enumerate().filter(|(at, _)| is_marked[*at]) {
        match spans.last_mut() {
            Some(last) if at > 0 && is_joined[at - 1] => last.end = range.end,
            _ => spans.push(range.clone()),
        }
    }
    spans
}
