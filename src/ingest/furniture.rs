//! Page furniture that only the archive as a whole gives away: lines that stand in many articles of one site or
//! folder, mostly at their edges. Learned from a sample, then cut out of every article and kept apart.
//!
//! The idea is that of template detection by repetition (Bar-Yossef & Rajagopalan, WWW 2002), on lines of text.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::article::{Draft, Place};

/// Nothing is learned from fewer articles of a site or folder.
const LEAST_ARTICLES: u32 = 8;
/// A line of furniture stands in at least so many articles, and in one of `ONE_OF`.
const LEAST_REPEATS: u32 = 4;
const ONE_OF: u32 = 5;
/// In running text it is cut too when it stands in one of so many and is no mere heading.
const ONE_OF_ANYWHERE: u32 = 3;
const LEAST_WORDS_ANYWHERE: usize = 4;
/// A longer one must stand in one of so many: it may be a text that was printed again.
const SHORT_WORDS: usize = 20;
const ONE_OF_LONG: u32 = 2;
/// The lines at the beginning and end of an article where furniture gathers, at most.
const FIRST_LINES: usize = 4;
const LAST_LINES: usize = 12;
/// A longer line is text, in bytes.
const LONGEST_LINE: usize = 400;
/// A shorter one tells too little: in letters and digits, and in words.
const LEAST_LETTERS: usize = 6;
const LEAST_WORDS: usize = 2;
/// Most lines learned for one site or folder.
const MOST_LINES: usize = 500;

/// The furniture of an archive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Furniture {
    /// By site or folder, then by the key of the line.
    scopes: BTreeMap<String, BTreeMap<u64, Line>>,
}

/// A line of furniture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Line {
    /// As it was first seen.
    text: String,
    /// Whether it is cut out of running text too.
    anywhere: bool,
}

/// What readers left out of the texts of articles and kept apart, before anything was learned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct KeptApart {
    pub(super) articles: u64,
    pub(super) lines: u64,
}

impl KeptApart {
    /// Counts the lines of one article.
    pub(super) fn count(&mut self, lines: usize) {
        self.articles += u64::from(lines > 0);
        self.lines += lines as u64;
    }

    pub(super) fn add(&mut self, other: KeptApart) {
        self.articles += other.articles;
        self.lines += other.lines;
    }
}

/// Names a line of furniture: its site or folder, and its key.
pub(super) type LineName = (String, u64);

/// The site of an article, else its folder: what shares its furniture.
pub(super) fn scope(draft: &Draft, place: &Place) -> String {
    let site = draft.url.as_deref().and_then(host);
    let path = place.member.as_deref().unwrap_or(&place.path);
    match (site, path.split_once('/')) {
        (Some(site), _) => site.to_ascii_lowercase(),
        (None, Some((folder, _))) => format!("{folder}/"),
        (None, None) => "./".to_owned(),
    }
}

fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    Some(host.strip_prefix("www.").unwrap_or(host)).filter(|host| !host.is_empty())
}

impl Furniture {
    pub(super) fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }

    /// The text of a line, as it was first seen.
    pub(super) fn text(&self, (scope, key): &LineName) -> Option<&str> {
        Some(&self.scopes.get(scope)?.get(key)?.text)
    }

    /// Moves the furniture of a draft out of its body; gives the keys of the lines. A body of nothing else stays.
    pub(super) fn cut(&self, scope: &str, draft: &mut Draft) -> Vec<u64> {
        let Some(known) = self.scopes.get(scope) else { return Vec::new() };
        let lines: Vec<&str> = draft.body.lines().collect();
        let texts = lines.iter().filter(|line| !line.trim().is_empty()).count();
        let mut cut = Vec::new();
        let mut kept = Vec::with_capacity(lines.len());
        let mut furniture = Vec::new();
        let mut at = 0;
        for line in lines {
            let is_text = !line.trim().is_empty();
            let found = key(line).and_then(|key| known.get(&key).map(|known| (key, known)));
            match found.filter(|(_, known)| known.anywhere || is_edge(at, texts)) {
                Some((key, _)) => {
                    cut.push(key);
                    furniture.push(line.to_owned());
                }
                None => kept.push(line),
            }
            at += usize::from(is_text);
        }
        if cut.is_empty() || kept.iter().all(|line| line.trim().is_empty()) {
            return Vec::new();
        }
        draft.body = joined(&kept);
        draft.furniture.extend(furniture);
        cut
    }
}

/// Whether the line at that place, of so many lines, is at an edge; a short article has short edges.
fn is_edge(at: usize, lines: usize) -> bool {
    let first = (lines / 4).clamp(1, FIRST_LINES);
    let last = (lines / 3).clamp(2, LAST_LINES);
    at < first || at + last >= lines
}

/// The lines as paragraphs, without the gaps where something was cut out.
fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    let mut blank = false;
    for line in lines {
        if line.trim().is_empty() {
            blank = true;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if blank { "\n\n" } else { "\n" });
        }
        text.push_str(line);
        blank = false;
    }
    text
}

/// What two lines have in common that differ only in case, spaces, punctuation and numbers; `None` for a line that is
/// too long or too short to be told as furniture.
fn key(line: &str) -> Option<u64> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let mut letters = String::with_capacity(line.len());
    let mut words = 0;
    let mut in_word = false;
    for c in line.chars() {
        let is_letter = c.is_alphanumeric();
        words += usize::from(is_letter && !in_word);
        in_word = is_letter;
        if c.is_numeric() {
            letters.push('0');
        } else if is_letter {
            letters.extend(c.to_lowercase());
        }
    }
    let has_letters = letters.chars().filter(|c| *c != '0').nth(LEAST_LETTERS - 1).is_some();
    (has_letters && words >= LEAST_WORDS).then(|| xxh3_64(letters.as_bytes()))
}

fn words(line: &str) -> usize {
    line.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// Looks at a sample of an archive.
#[derive(Debug, Default)]
pub(super) struct Learner {
    scopes: HashMap<String, Seen>,
}

/// What was seen of one site or folder.
#[derive(Debug, Default)]
struct Seen {
    articles: u32,
    lines: HashMap<u64, Repeats>,
}

#[derive(Debug)]
struct Repeats {
    articles: u32,
    /// In how many of them it stood at an edge.
    at_edge: u32,
    text: String,
}

impl Learner {
    /// Counts the lines of an article, each once.
    pub(super) fn look(&mut self, scope: String, body: &str) {
        let seen = self.scopes.entry(scope).or_default();
        seen.articles += 1;
        let lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let mut counted = HashSet::new();
        for (at, line) in lines.iter().enumerate() {
            let Some(key) = key(line).filter(|key| counted.insert(*key)) else { continue };
            let new = || Repeats { articles: 0, at_edge: 0, text: (*line).to_owned() };
            let repeats = seen.lines.entry(key).or_insert_with(new);
            repeats.articles += 1;
            repeats.at_edge += u32::from(is_edge(at, lines.len()));
        }
    }

    /// The lines that repeat.
    pub(super) fn learn(self) -> Furniture {
        let learned = self.scopes.into_iter().map(|(scope, seen)| (scope, seen.furniture()));
        Furniture { scopes: learned.filter(|(_, lines)| !lines.is_empty()).collect() }
    }
}

impl Seen {
    fn furniture(self) -> BTreeMap<u64, Line> {
        if self.articles < LEAST_ARTICLES {
            return BTreeMap::new();
        }
        let least = LEAST_REPEATS.max(self.articles.div_ceil(ONE_OF));
        let mut lines: Vec<(u64, Repeats)> =
            self.lines.into_iter().filter(|(_, line)| line.articles >= least).collect();
        lines.sort_by_key(|(key, line)| (std::cmp::Reverse(line.articles), *key));
        let of = |(key, line): (u64, Repeats)| {
            let is_often = line.articles * ONE_OF_ANYWHERE >= self.articles;
            let anywhere = is_often && words(&line.text) >= LEAST_WORDS_ANYWHERE;
            let is_at_edge = line.at_edge * 4 >= line.articles * 3;
            let is_common = words(&line.text) <= SHORT_WORDS || line.articles * ONE_OF_LONG >= self.articles;
            let is_furniture = is_common && (anywhere || is_at_edge);
            is_furniture.then_some((key, Line { text: line.text, anywhere }))
        };
        lines.into_iter().filter_map(of).take(MOST_LINES).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(bodies: &[String]) -> Furniture {
        let mut learner = Learner::default();
        bodies.iter().for_each(|body| learner.look("./".into(), body));
        learner.learn()
    }

    fn cut(furniture: &Furniture, body: &str) -> (String, Vec<String>) {
        let mut draft = Draft { body: body.to_owned(), ..Draft::default() };
        furniture.cut("./", &mut draft);
        (draft.body, draft.furniture)
    }

    /// Pages of a site, each with a text of its own between `head` and `tail`.
    fn pages(count: usize, head: &str, tail: &str) -> Vec<String> {
        let text = |n: usize| {
            (0..20).map(|m| format!("Sentence {} of {}.\n\n", word(n * 20 + m), word(n))).collect::<String>()
        };
        (0..count).map(|n| format!("{head}{}{tail}", text(n))).collect()
    }

    fn word(number: usize) -> String {
        number.to_string().bytes().map(|digit| (b'a' + digit - b'0') as char).collect()
    }

    #[test]
    fn lines_that_repeat_at_the_edges_are_furniture() {
        let pages = pages(12, "Home and News\n\n", "Please follow and like us:\n3 comments so far\n");
        let furniture = learned(&pages);
        let (body, cut) = cut(&furniture, &pages[3]);
        assert!(body.starts_with("Sentence") && body.ends_with('.'), "{body}");
        assert_eq!(cut, ["Home and News", "Please follow and like us:", "3 comments so far"]);
    }

    #[test]
    fn in_running_text_only_what_stands_almost_everywhere() {
        let mut pages = pages(12, "", "");
        for page in &mut pages {
            let half = page.len() / 2;
            let at = half + page[half..].find("\n\n").unwrap();
            page.insert_str(at, "\n\nSign up for our daily newsletter\n\nWhy it matters\n\n");
        }
        let (body, cut) = cut(&learned(&pages), &pages[0]);
        assert_eq!(cut, ["Sign up for our daily newsletter"]);
        assert!(body.contains("\n\nWhy it matters\n\n"), "{body}");
    }

    #[test]
    fn nothing_is_learned_from_few_articles_or_few_repeats() {
        assert!(learned(&pages(7, "Home and News\n", "")).is_empty());
        let mut pages = pages(20, "", "");
        pages.iter_mut().take(3).for_each(|page| page.push_str("Three of twenty say so"));
        assert!(learned(&pages).is_empty());
        let one_word = "REUTER\n";
        assert!(learned(&self::pages(20, "", one_word)).is_empty());
    }

    #[test]
    fn an_article_is_never_emptied() {
        let furniture = learned(&pages(12, "Home and News\n", "All rights reserved\n"));
        let (body, cut) = cut(&furniture, "Home and News\nAll rights reserved");
        assert_eq!((body.as_str(), cut.len()), ("Home and News\nAll rights reserved", 0));
    }

    #[test]
    fn articles_with_lines_kept_apart_are_counted() {
        let (mut one, mut all) = (KeptApart::default(), KeptApart::default());
        [0, 3, 1].into_iter().for_each(|lines| one.count(lines));
        all.add(one);
        all.add(one);
        assert_eq!(all, KeptApart { articles: 4, lines: 8 });
    }

    #[test]
    fn scopes() {
        let place = |path: &str, member: Option<&str>| Place {
            path: path.into(),
            member: member.map(str::to_owned),
            record: None,
        };
        let at = |url: &str| Draft { url: Some(url.into()), ..Draft::default() };
        for (draft, place, expected) in [
            (at("https://www.Site.example/a/b"), place("x/a.html", None), "site.example"),
            (Draft::default(), place("news/2019/a.txt", None), "news/"),
            (Draft::default(), place("pages.zip", Some("site/a.html")), "site/"),
            (Draft::default(), place("a.txt", None), "./"),
        ] {
            assert_eq!(scope(&draft, &place), expected);
        }
    }
}
