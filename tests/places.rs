//! Words where they must stand, and the words that patterns stand for: what the engine finds against what a reader who
//! compares everything with everything would.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use backfile::analysis::language::Language;
use backfile::analysis::regex::whole_word;
use backfile::analysis::stem::{self, Stemmer};
use backfile::analysis::tokenizer::{TokenKind, tokenize};
use backfile::analysis::wildcard::{Slot, Wildcard, WildcardPart};
use backfile::article::Article;
use backfile::engine::EngineError;
use backfile::engine::local::Searcher;
use backfile::query::{NumberRange, Pattern, PhrasePart, Query};
use backfile::schema::FieldName;
use backfile::search::{
    Collapse, Context, Detail, Page, Ranking, SearchRequest, SearchResponse, SnippetOptions, Sort,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::Sandbox;
use crate::support::library;

fn request(query: Query) -> SearchRequest {
    SearchRequest {
        query,
        page: Page { offset: 0, limit: 1_000, after: None },
        sort: Sort::Relevance,
        facets: Vec::new(),
        detail: Detail::Article,
        snippets: SnippetOptions { count: 0, context: Context::Words(10) },
        collapse: Collapse::None,
        except: Vec::new(),
        ranking: Ranking::default(),
        explain: false,
    }
}

fn ask(searcher: &Searcher, query: Query) -> SearchResponse {
    searcher.search(&request(query)).expect("the query is answered")
}

/// The keys of what is found, best first.
fn ranked(searcher: &Searcher, query: Query) -> Vec<String> {
    ask(searcher, query).hits.into_iter().map(|hit| hit.key).collect()
}

fn found(searcher: &Searcher, query: Query) -> BTreeSet<String> {
    let response = ask(searcher, query);
    let keys: BTreeSet<String> = response.hits.into_iter().map(|hit| hit.key).collect();
    assert_eq!(response.total, keys.len() as u64, "what is counted is what is found");
    keys
}

fn word(text: &str) -> Query {
    Query::Word { field: None, text: text.to_owned(), exact: false }
}

fn exact(text: &str) -> Query {
    Query::Word { field: None, text: text.to_owned(), exact: true }
}

fn wildcard(text: &str) -> Wildcard {
    let mut parts: Vec<WildcardPart> = Vec::new();
    for letter in text.chars() {
        match (letter, parts.last_mut()) {
            ('*', _) => parts.push(WildcardPart::Any),
            ('?', _) => parts.push(WildcardPart::One),
            (letter, Some(WildcardPart::Text(text))) => text.push(letter),
            (letter, _) => parts.push(WildcardPart::Text(letter.to_string())),
        }
    }
    Wildcard(parts)
}

fn pattern(pattern: Pattern) -> Query {
    Query::Pattern { field: None, pattern }
}

fn holes(text: &str) -> Query {
    pattern(Pattern::Wildcard(wildcard(text)))
}

fn fuzzy(word: &str, distance: u8) -> Query {
    pattern(Pattern::Fuzzy { word: word.to_owned(), distance })
}

fn regex(text: &str) -> Query {
    pattern(Pattern::Regex(text.to_owned()))
}

/// A phrase of texts and, where there are stars and question marks, of words with holes.
fn phrase(text: &str, slop: Option<u32>) -> Query {
    let mut parts: Vec<PhrasePart> = Vec::new();
    for piece in text.split(' ') {
        match (piece.contains(['*', '?']), parts.last_mut()) {
            (true, _) => parts.push(PhrasePart::Wildcard(wildcard(piece))),
            (false, Some(PhrasePart::Text(before))) => {
                before.push(' ');
                before.push_str(piece);
            }
            (false, _) => parts.push(PhrasePart::Text(piece.to_owned())),
        }
    }
    Query::Phrase { field: None, parts, slop }
}

fn near(left: Query, right: Query, distance: u32, ordered: bool) -> Query {
    Query::Near { left: Box::new(left), right: Box::new(right), distance, ordered }
}

/// The same query in another field.
fn in_field(query: &Query, name: &FieldName) -> Query {
    let field = Some(name.clone());
    let all = |parts: &[Query]| parts.iter().map(|part| in_field(part, name)).collect();
    match query.clone() {
        Query::Word { text, exact, .. } => Query::Word { field, text, exact },
        Query::Phrase { parts, slop, .. } => Query::Phrase { field, parts, slop },
        Query::Pattern { pattern, .. } => Query::Pattern { field, pattern },
        Query::Near { left, right, distance, ordered } => {
            near(in_field(&left, name), in_field(&right, name), distance, ordered)
        }
        Query::Or(parts) => Query::Or(all(&parts)),
        Query::And(parts) => Query::And(all(&parts)),
        Query::Not(inner) => Query::Not(Box::new(in_field(&inner, name))),
        other => other,
    }
}

/// An archive of one file for each article: title, body, language.
fn archive(sandbox: &Sandbox, articles: &[(String, String, String)]) {
    for (number, article) in articles.iter().enumerate() {
        write(sandbox, number, article);
    }
}

fn write(sandbox: &Sandbox, number: usize, (title, body, language): &(String, String, String)) {
    let language = Some(language).filter(|language| !language.is_empty());
    let record =
        serde_json::json!({ "id": number.to_string(), "title": title, "body": body, "lang": language });
    sandbox.file(format!("archive/{number}.json"), record.to_string());
}

fn indexed(articles: &[(&str, &str, &str)]) -> (Sandbox, Searcher) {
    let sandbox = Sandbox::new();
    let own =
        |(title, body, lang): &(&str, &str, &str)| (title.to_string(), body.to_string(), lang.to_string());
    archive(&sandbox, &articles.iter().map(own).collect::<Vec<_>>());
    library::ingest(&sandbox, "archive", "index", 1);
    let searcher = library::open(&sandbox, "index");
    (sandbox, searcher)
}

/// Finds by looking at every word of every article.
struct Reader {
    articles: Vec<Article>,
    undetermined: Option<Language>,
}

/// A token of an article and its place.
type Token = (u32, String, TokenKind);
/// First and last position.
type Stretch = (u32, u32);

impl Reader {
    fn new(searcher: &Searcher) -> Reader {
        let undetermined = searcher.schema().undetermined;
        let mut articles = Vec::new();
        for key in found(searcher, Query::All) {
            articles.extend(searcher.article(&key).expect("it can be read"));
        }
        Reader { articles, undetermined }
    }

    fn find(&self, query: &Query) -> BTreeSet<String> {
        let holds = |article: &&Article| self.holds(query, article);
        self.articles.iter().filter(holds).map(|article| article.key.clone()).collect()
    }

    fn holds(&self, query: &Query, article: &Article) -> bool {
        match query {
            Query::And(parts) => parts.iter().all(|part| self.holds(part, article)),
            Query::Or(parts) => parts.iter().any(|part| self.holds(part, article)),
            Query::Not(inner) => !self.holds(inner, article),
            leaf => {
                let in_title = field_of(leaf).is_some_and(|field| field.as_str() == "title");
                let body = if in_title { "" } else { article.body.as_str() };
                let description = article.description.as_deref().filter(|_| !in_title).unwrap_or_default();
                let stemmer = self.stemmer(article);
                [&article.title, description, body]
                    .into_iter()
                    .any(|text| !self.places(leaf, &tokens(text), stemmer.as_ref()).is_empty())
            }
        }
    }

    fn stemmer(&self, article: &Article) -> Option<Stemmer> {
        match article.language {
            Some(language) => Some(language).filter(|language| stem::has(*language)).and_then(Stemmer::of),
            None => self.undetermined.and_then(Stemmer::of),
        }
    }

    fn places(&self, query: &Query, text: &[Token], stemmer: Option<&Stemmer>) -> BTreeSet<Stretch> {
        match query {
            Query::Word { text: typed, exact, .. } => {
                let words = tokens(typed);
                if let [(_, only, TokenKind::Word)] = words.as_slice()
                    && !exact
                {
                    return Self::stem_places(only, text, stemmer);
                }
                let slots = words.into_iter().filter(|(_, _, kind)| *kind != TokenKind::Pair);
                row(&slots.map(|(at, word, _)| (at, Slot::Word(word))).collect::<Vec<_>>(), text)
            }
            Query::Phrase { parts, slop: None, .. } => row(&slots(parts), text),
            Query::Phrase { parts, slop: Some(slop), .. } => free(&slots(parts), *slop, text),
            Query::Pattern { pattern: Pattern::Wildcard(wildcard), .. } => {
                row(&slots(&[PhrasePart::Wildcard(wildcard.clone())]), text)
            }
            Query::Pattern { pattern: Pattern::Regex(pattern), .. } => {
                let regex = whole_word(pattern).unwrap();
                singles(text, |word| regex.is_match(word))
            }
            Query::Pattern { pattern: Pattern::Fuzzy { word, distance }, .. } => {
                singles(text, |other| edits(word, other) <= usize::from(*distance))
            }
            Query::Near { left, right, distance, ordered } => {
                let left = self.places(left, text, stemmer);
                let right = self.places(right, text, stemmer);
                let is_near = |a: &Stretch, b: &Stretch| b.0 > a.1 && b.0 - a.1 <= *distance;
                let mut near = BTreeSet::new();
                for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (a, b))) {
                    if is_near(a, b) || (!ordered && is_near(b, a)) {
                        near.insert((a.0.min(b.0), a.1.max(b.1)));
                    }
                }
                near
            }
            Query::Or(parts) => parts.iter().flat_map(|part| self.places(part, text, stemmer)).collect(),
            other => panic!("{other:?} has no places"),
        }
    }

    fn stem_places(word: &str, text: &[Token], stemmer: Option<&Stemmer>) -> BTreeSet<Stretch> {
        let stem = |word: &str| stemmer.map_or(word.to_owned(), |stemmer| stemmer.stem(word).into_owned());
        let words =
            text.iter().filter(|(_, other, kind)| *kind == TokenKind::Word && stem(other) == stem(word));
        words.map(|(at, ..)| (*at, *at)).collect()
    }
}

fn field_of(query: &Query) -> Option<&FieldName> {
    match query {
        Query::Word { field, .. } | Query::Phrase { field, .. } | Query::Pattern { field, .. } => {
            field.as_ref()
        }
        Query::Near { left, .. } => field_of(left),
        Query::Or(parts) => parts.first().and_then(field_of),
        _ => None,
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    tokenize(text, |token| tokens.push((token.position, token.text.to_owned(), token.kind)));
    tokens
}

fn slots(parts: &[PhrasePart]) -> Vec<(u32, Slot)> {
    let slots = parts.iter().flat_map(|part| match part {
        PhrasePart::Text(text) => {
            let words = tokens(text).into_iter().filter(|(_, _, kind)| *kind != TokenKind::Pair);
            words.map(|(_, word, _)| Slot::Word(word)).collect()
        }
        PhrasePart::Wildcard(wildcard) => wildcard.slots(),
    });
    (0..).zip(slots).collect()
}

fn fits(slot: &Slot, word: &str) -> bool {
    match slot {
        Slot::Word(text) => text == word,
        Slot::Wildcard(Wildcard(parts)) => fill(parts, &word.chars().collect::<Vec<_>>()),
    }
}

fn fill(parts: &[WildcardPart], letters: &[char]) -> bool {
    match parts.split_first() {
        None => letters.is_empty(),
        Some((WildcardPart::Any, rest)) => (0..=letters.len()).any(|from| fill(rest, &letters[from..])),
        Some((WildcardPart::One, rest)) => !letters.is_empty() && fill(rest, &letters[1..]),
        Some((WildcardPart::Text(text), rest)) => {
            let text: Vec<char> = text.chars().collect();
            letters.starts_with(&text) && fill(rest, &letters[text.len()..])
        }
    }
}

fn singles(text: &[Token], fits: impl Fn(&str) -> bool) -> BTreeSet<Stretch> {
    let words = text.iter().filter(|(_, word, kind)| *kind != TokenKind::Pair && fits(word));
    words.map(|(at, ..)| (*at, *at)).collect()
}

fn row(slots: &[(u32, Slot)], text: &[Token]) -> BTreeSet<Stretch> {
    let Some(last) = slots.iter().map(|(offset, _)| *offset).max() else { return BTreeSet::new() };
    let at =
        |position: u32, slot: &Slot| singles(text, |word| fits(slot, word)).contains(&(position, position));
    let starts = text.iter().map(|(position, ..)| *position);
    let begins = |start: &u32| slots.iter().all(|(offset, slot)| at(start + offset, slot));
    starts.filter(begins).map(|start| (start, start + last)).collect()
}

/// For each beginning the shortest stretch in which every slot has a place of its own.
fn free(slots: &[(u32, Slot)], slop: u32, text: &[Token]) -> BTreeSet<Stretch> {
    let mut shortest: BTreeMap<u32, u32> = BTreeMap::new();
    let mut open: Vec<Vec<u32>> = vec![Vec::new()];
    for (_, slot) in slots {
        let places = singles(text, |word| fits(slot, word));
        let more = |taken: Vec<u32>| {
            let free: Vec<u32> =
                places.iter().map(|place| place.0).filter(|at| !taken.contains(at)).collect();
            free.into_iter().map(move |at| taken.iter().copied().chain([at]).collect()).collect::<Vec<_>>()
        };
        open = open.into_iter().flat_map(more).collect();
    }
    for taken in open {
        let (Some(first), Some(last)) = (taken.iter().min(), taken.iter().max()) else { continue };
        if last - first + 1 < slots.len() as u32 + slop {
            let end = shortest.entry(*first).or_insert(*last);
            *end = (*end).min(*last);
        }
    }
    shortest.into_iter().collect()
}

/// Optimal string alignment: letters put in, left out, changed, or swapped with their neighbour.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let changed = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut least = changed.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(table[i - 2][j - 2] + 1);
                    }
                    least
                }
            };
        }
    }
    table[a.len()][b.len()]
}

const WORDS: &[&str] = &[
    "bank",
    "banks",
    "banking",
    "rate",
    "rates",
    "market",
    "markets",
    "policies",
    "policy",
    "the",
    "of",
    "die",
    "dying",
    "e-mail",
    "café",
    "haus",
    "häuser",
    "raten",
    "банк",
    "банки",
    "日本",
    "東",
    "1987",
];

fn any_text(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(select(WORDS), 1..=most).prop_map(|words| words.join(" "))
}

fn any_article() -> impl Strategy<Value = (String, String, String)> {
    (any_text(4), any_text(25), select(&["en", "en", "de", "ru", "ja", ""][..]))
        .prop_map(|(title, body, language)| (title, body, language.to_owned()))
}

fn any_leaf() -> impl Strategy<Value = Query> {
    prop_oneof![
        4 => select(WORDS).prop_map(word),
        1 => select(WORDS).prop_map(exact),
        1 => select(&["bank*", "*e", "r?te", "*a*", "?h?", "б*", "e-m*l", "日*"][..]).prop_map(holes),
        1 => (select(&["bnak", "rte", "dei", "markte", "хаус", "polices", "1978"][..]), 1..=2u8)
            .prop_map(|(word, distance)| fuzzy(word, distance)),
        1 => select(&["ba.*", ".*ing", "r[aä]tes?", "h(a|ä)us.*", "[0-9]+"][..]).prop_map(regex),
        2 => (select(WORDS), select(WORDS)).prop_map(|(a, b)| phrase(&format!("{a} {b}"), None)),
        1 => (select(WORDS), select(&["m*", "*s", "d?e"][..])).prop_map(|(a, b)| phrase(&format!("{a} {b}"), None)),
        1 => (select(&["*k", "the"][..]), select(WORDS), select(WORDS), 1..6u32)
            .prop_map(|(a, b, c, slop)| phrase(&format!("{a} {b} {c}"), Some(slop))),
    ]
}

fn any_place() -> impl Strategy<Value = Query> {
    any_leaf().prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            3 => (inner.clone(), inner.clone(), 1..6u32, any::<bool>())
                .prop_map(|(a, b, distance, ordered)| near(a, b, distance, ordered)),
            1 => (inner.clone(), inner).prop_map(|(a, b)| Query::Or(vec![a, b])),
        ]
    })
}

fn any_query() -> impl Strategy<Value = (Query, bool)> {
    let query = prop_oneof![
        6 => any_place(),
        1 => (any_place(), any_place()).prop_map(|(a, b)| Query::And(vec![a, b])),
        1 => (any_place(), any_place()).prop_map(|(a, b)| Query::And(vec![a, Query::Not(Box::new(b))])),
    ];
    (query, prop::bool::weighted(0.2))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn everything_that_fits_is_found_and_nothing_else(
        articles in prop::collection::vec(any_article(), 8..30),
        later in prop::collection::vec(any_article(), 1..6),
        queries in prop::collection::vec(any_query(), 40),
    ) {
        let sandbox = Sandbox::new();
        archive(&sandbox, &articles);
        library::ingest(&sandbox, "archive", "index", 1);
        // A second segment, and articles that are gone or replaced.
        for (number, article) in later.iter().enumerate() {
            write(&sandbox, if number == 0 { 5 } else { 100 + number }, article);
        }
        sandbox.remove("archive/6.json");
        library::ingest(&sandbox, "archive", "index", 1);
        let searcher = library::open(&sandbox, "index");
        prop_assert!(searcher.segments() > 1);
        let reader = Reader::new(&searcher);
        let title = &searcher.schema().field("title").expect("it is declared").name;
        for (query, in_title) in queries {
            let query = if in_title { in_field(&query, title) } else { query };
            let (found, expected) = (found(&searcher, query.clone()), reader.find(&query));
            prop_assert_eq!(found, expected, "{:?}", query);
        }
    }
}

#[test]
fn nothing_is_near_across_the_parts_of_an_article() {
    let (_sandbox, searcher) = indexed(&[("Coal strike", "Miners went home", "en")]);
    assert_eq!(found(&searcher, near(word("coal"), word("strike"), 1, true)).len(), 1);
    assert_eq!(found(&searcher, near(word("strike"), word("miners"), 255, false)).len(), 0);
    assert_eq!(found(&searcher, near(word("strike"), word("miners"), u32::MAX, false)).len(), 0);
    assert_eq!(found(&searcher, phrase("strike miners", Some(255))).len(), 0);
}

#[test]
fn what_stands_nearer_more_often_ranks_higher() {
    let (_sandbox, searcher) = indexed(&[
        ("One", "bank rate and some words more of nothing at all", "en"),
        ("Two", "bank rate and bank rate again of nothing at all", "en"),
        ("Three", "bank and so on until there is at last a rate", "en"),
    ]);
    let keys = ranked(&searcher, near(word("bank"), word("rate"), 2, true));
    assert_eq!(keys, ["1.json", "0.json"].map(|name| key_of(&searcher, name)));
}

/// The key of the article in a file.
fn key_of(searcher: &Searcher, file: &str) -> String {
    let hits = ask(searcher, Query::All).hits;
    hits.into_iter().find(|hit| hit.place.path == file).map(|hit| hit.key).expect("it is there")
}

#[test]
fn a_rare_misprint_does_not_rank_first() {
    let often = "government government government about the government of the day and of the night";
    let mut articles =
        vec![("Misprint", "govermnent once among so many other words of the day and of the night", "en")];
    articles.push(("Often", often, "en"));
    articles.extend(
        [("Once", "the government of the day and others who are of no importance here", "en")].repeat(9),
    );
    let (_sandbox, searcher) = indexed(&articles);
    let response = ask(&searcher, fuzzy("government", 2));
    assert_eq!(response.hits[0].title.text, "Often");
    assert_eq!(response.total, 11);
    let expansions: Vec<_> = response.expansions.iter().collect();
    let [(field, _, expansion)] = expansions.as_slice() else { panic!("{expansions:?}") };
    assert_eq!(field.as_str(), "text");
    assert_eq!(expansion.words, [("government".to_owned(), 10), ("govermnent".to_owned(), 1)]);
}

#[test]
fn too_many_words_are_cut_and_that_is_said() {
    let words: Vec<String> = (0..1_234).map(|number| format!("electr{number}")).collect();
    let body = format!("{} electric", words.join(" "));
    let (_sandbox, searcher) = indexed(&[("All", &body, "en"), ("One", "electric electr5 power", "en")]);
    let response = ask(&searcher, holes("electr*"));
    assert_eq!(response.total, 2);
    assert_eq!(response.warnings, ["electr* stands for 1,235 words; only the 1,000 commonest were searched"]);
    let (_, _, expansion) = response.expansions.iter().next().expect("it was looked up");
    assert_eq!(expansion.words[..2], [("electr5".to_owned(), 2), ("electric".to_owned(), 2)]);
    let response = ask(&searcher, fuzzy("electr12", 2));
    assert!(response.warnings[0].ends_with("only the 50 nearest were searched"), "{:?}", response.warnings);
    assert!(
        response
            .expansions
            .iter()
            .any(|(_, _, expansion)| expansion.words[..].iter().any(|(word, _)| word == "electr12"))
    );
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let (_sandbox, searcher) = indexed(&[("Coal", "the strike", "en")]);
    let title = searcher.schema().field("title").expect("it is declared").name.clone();
    let both = Query::And(vec![word("coal"), word("strike")]);
    for query in [
        near(word("coal"), both, 3, false),
        near(word("coal"), in_field(&word("coal"), &title), 3, false),
        regex("((a{0,30}){0,30}){0,30}"),
        regex("("),
        fuzzy("coal", 3),
        phrase(&["a"; 17].join(" "), Some(3)),
    ] {
        let refused = searcher.search(&request(query.clone()));
        assert!(matches!(refused, Err(EngineError::Query(_))), "{query:?}: {refused:?}");
    }
}

#[test]
fn a_query_without_time_is_broken_off() {
    let (_sandbox, searcher) = indexed(&[("Coal", "the strike", "en")]);
    let searcher = searcher.with_timeout(Some(Duration::ZERO));
    for query in [word("coal"), holes("*o*"), near(word("the"), word("strike"), 3, false)] {
        let error = searcher.search(&request(query)).expect_err("there is no time");
        assert_eq!(error.to_string(), "the query took longer than 0 s; narrow it or raise --timeout");
    }
    let searcher = searcher.with_timeout(None);
    assert_eq!(found(&searcher, word("coal")).len(), 1);
}

#[test]
fn a_text_that_is_one_word_over_and_over_costs_bounded_time() {
    let hostile = "a ".repeat(60_000);
    let (_sandbox, searcher) = indexed(&[("Hostile", &hostile, "en"), ("b", "b a b a", "en")]);
    let twice = near(near(exact("a"), exact("a"), 255, false), exact("a"), 255, false);
    let thrice = near(twice.clone(), twice, 255, false);
    for query in [thrice, phrase(&["a"; 16].join(" "), Some(255)), phrase("a a a b", Some(255))] {
        match searcher.search(&request(query.clone())) {
            Ok(response) => assert!(response.total <= 2),
            Err(EngineError::Slow { .. }) => {}
            Err(error) => panic!("{query:?}: {error}"),
        }
    }
}

#[test]
fn numbers_are_filtered() {
    let (_sandbox, searcher) =
        indexed(&[("One", "one", "en"), ("Three", "one two three", "en"), ("Five", "a b c d e", "en")]);
    let field = searcher.schema().field("words").expect("it is declared").name.clone();
    let titles = |from, to| {
        let numbers = Query::Numbers { field: field.clone(), range: NumberRange { from, to } };
        let hits = ask(&searcher, numbers).hits;
        hits.into_iter().map(|hit| hit.title.text).collect::<BTreeSet<String>>()
    };
    let expect = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(titles(Some(2), None), expect(&["Three", "Five"]));
    assert_eq!(titles(None, Some(3)), expect(&["One", "Three"]));
    assert_eq!(titles(Some(3), Some(3)), expect(&["Three"]));
    assert_eq!(titles(Some(4), Some(2)), expect(&[]));
    assert_eq!(titles(None, None), expect(&["One", "Three", "Five"]));
    assert_eq!(found(&searcher, Query::Has(field.clone())).len(), 3);
}
