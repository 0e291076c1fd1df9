//! What people type and read: queries and their parameters, dates, character sets, tokens, marks, what is printed.

use std::borrow::Cow;
use std::sync::OnceLock;

use backfile::analysis::fold::{fold_keyword, fold_word};
use backfile::analysis::language::{Detector, Language};
use backfile::analysis::tokenizer::{
    FirstBytes, MAX_TOKEN_BYTES, Token, TokenKind, tokenize, tokenize_wanted,
};
use backfile::analysis::wildcard::Slot;
use backfile::article::{ArticleId, Place};
use backfile::highlight::{Matcher, Stemmed};
use backfile::output::{self, Answer, FORMATS, Style};
use backfile::query::dates::{display_range, parse_range};
use backfile::query::display::display;
use backfile::query::numbers::parse_numbers;
use backfile::query::parse::{MAX_BYTES, Parsed, Reading, parse};
use backfile::query::synonyms::Synonyms;
use backfile::query::{Matching, Pattern, PhrasePart, Query, Wildcard};
use backfile::reader::json::parse_map;
use backfile::schema::Schema;
use backfile::schema::load::Declaration;
use backfile::search::expansion::{Expansion, Expansions};
use backfile::search::params::{Checked, ParamError, SearchParams};
use backfile::search::{Context, Cursor, Hit, Passage, SearchResponse, Snippet, SnippetOptions};
use backfile::text::calendar::Day;
use backfile::text::dates::{self, DayOrder};
use backfile::text::decode::{How, decode};
use backfile::text::mojibake::mend;
use backfile::text::sanitize::{visible, visible_multiline};

use crate::properties::{sound_date, sound_spans};

/// 15 January 2026.
const TODAY: Day = Day(20_468);

/// The declaration that the program brings with it.
pub(crate) fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let declaration = Declaration::embedded().expect("the embedded declaration is sound");
        declaration.check().expect("the embedded declaration is sound")
    })
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Every query is read; what is printed of it is read as the same query, without complaint.
pub(crate) fn query(bytes: &[u8]) {
    let text = text(bytes);
    for (matching, exact) in [(Matching::All, false), (Matching::Any, true)] {
        let reading = Reading { matching, exact, ..Reading::new(schema(), TODAY) };
        let parsed = parse(&text, &reading);
        for problem in &parsed.problems {
            assert!(text.get(problem.span.clone()).is_some(), "{problem:?} in {text:?}");
            assert!(!problem.message.is_empty());
        }
        if parsed.refusal().is_none() {
            reads_as_itself(&parsed);
        }
    }
}

fn reads_as_itself(parsed: &Parsed) {
    let canonical = display(&parsed.query, schema());
    if canonical.len() <= MAX_BYTES {
        let again = parse(&canonical, &Reading::new(schema(), TODAY));
        assert!(again.problems.is_empty(), "{canonical:?}: {:?}", again.problems);
        assert_eq!(again.query, parsed.query, "{canonical:?}");
    }
}

/// A question with all that can be typed beside its query: a line for each.
pub(crate) fn params(bytes: &[u8]) {
    let text = text(bytes);
    let mut lines = text.lines().map(str::to_owned);
    let words = lines.next().into_iter().collect();
    let mut line = || lines.next();
    let params = SearchParams {
        words,
        tags: line().into_iter().collect(),
        since: line(),
        until: line(),
        paths: line().into_iter().collect(),
        facets: line().into_iter().collect(),
        context: line(),
        after: line(),
        boosts: line().into_iter().collect(),
        boost_recent: line(),
        authors: line().into_iter().collect(),
        matching: line(),
        strict: bytes.len() % 2 == 1,
        plain: bytes.len() % 5 == 1,
        ..SearchParams::default()
    };
    match params.check(schema(), TODAY) {
        Ok(checked) => sound_question(&checked),
        Err(error) => sound_refusal(&error),
    }
}

fn sound_question(checked: &Checked) {
    let request = &checked.request;
    if checked.understood.len() <= MAX_BYTES {
        let again = parse(&checked.understood, &Reading::new(schema(), TODAY));
        assert!(again.problems.is_empty(), "{:?}: {:?}", checked.understood, again.problems);
        assert_eq!(display(&again.query, schema()), checked.understood, "{request:?}");
    }
}

fn sound_refusal(error: &ParamError) {
    assert!(!error.message.is_empty());
    if let Some((query, span)) = &error.query {
        assert!(query.get(span.clone()).is_some(), "{error:?}");
    }
}

/// Dates as people write them.
pub(crate) const DATES: &[&str] = &[
    "2019-05-17",
    "2019-05-17T10:00:00+02:00",
    "17 May 2019",
    "May 17th, 2019, 4:05 p.m. EST",
    "3/4/2019",
    "17.5.2019",
    "Fri, 17 May 2019 10:00:00 GMT",
    "le 1er février 1998",
    "Montag, den 3. März 1997",
    "2019年5月17日",
    "令和元年5月17日",
    "1987-W09",
    "2019-137",
    "20190517",
    "1980s",
    "19th century",
    "2019-Q3",
    "Published on Jan 3, 1999",
    "1558087200",
    "circa 1850",
    "news/2019/05/17/some-words.html",
    "[2019 TO 2020]",
    "2019-05..2020",
    ">=2010-01-01",
    "last month",
    "past 30 days",
    "3y..",
    "{2018 TO 2021}",
    "17 мая 2019 г.",
    "LONDON, March 3 - It was 1998 when",
    "Updated 24:00 31 December 9999",
    "0000-00-00",
];

/// Dates lie in the calendar; what is printed of a date is read as the same date.
pub(crate) fn dates(bytes: &[u8]) {
    let text = text(bytes);
    for order in [DayOrder::Unknown, DayOrder::DayFirst, DayOrder::MonthFirst] {
        if let Some(date) = dates::parse(&text, order) {
            sound_date(date);
        }
    }
    dates::estimate(&text).into_iter().for_each(sound_date);
    dates::in_path(&text).into_iter().for_each(sound_date);
    if let Ok(range) = parse_range(&text, TODAY) {
        let shown = display_range(&range);
        assert_eq!(parse_range(&shown, TODAY).ok(), Some(range), "{text:?} is {shown:?}");
    }
    let _ = parse_numbers(&text);
}

/// Bytes become text without NULs; what is UTF-8 stays what it is.
pub(crate) fn charset(bytes: &[u8]) {
    const LABELS: &[Option<&str>] = &[
        None,
        Some("utf-8"),
        Some("windows-1252"),
        Some("utf-16le"),
        Some("shift_jis"),
        Some("gb18030"),
        Some("iso-2022-jp"),
        Some("big5"),
        Some("euc-kr"),
        Some("hz-gb-2312"),
        Some("x-user-defined"),
        Some("no such"),
    ];
    for label in [None, LABELS[bytes.len() % LABELS.len()]] {
        let decoded = decode(bytes, label);
        assert!(!decoded.text.contains('\0'));
        assert!(decoded.replaced <= decoded.text.matches(char::REPLACEMENT_CHARACTER).count());
        assert!(decoded.text.len() <= 3 * bytes.len() + 3, "{} bytes of {}", decoded.text.len(), bytes.len());
        if let (How::Utf8, 0, Ok(same)) = (decoded.how, decoded.nuls, std::str::from_utf8(bytes)) {
            assert_eq!(decoded.text, same);
        }
        if let Some(mended) = mend(&decoded.text) {
            assert!(mended.count > 0 && mended.text != decoded.text);
        }
    }
}

/// Tokens stand in order, within the text, and fold to themselves.
pub(crate) fn tokenizer(bytes: &[u8]) {
    let text = text(bytes);
    let (mut next, mut end, mut words) = (0, 0, Vec::new());
    tokenize(&text, |token| {
        assert!(!token.text.is_empty() && token.text.len() <= MAX_TOKEN_BYTES);
        assert!(text.get(token.range.clone()).is_some_and(|range| !range.is_empty()), "{token:?}");
        if token.kind != TokenKind::Pair {
            assert!(token.position >= next && token.range.start >= end, "{token:?}");
            next = token.position + 1;
            end = token.range.end;
        }
        words.push(told(&token));
    });
    let mut all = Vec::new();
    let positions = tokenize_wanted(&text, &FirstBytes::all(), |token| all.push(told(&token)));
    assert!(positions >= next);
    assert_eq!(words, all);
    for (word, ..) in &words {
        assert_eq!(fold_word(word), *word, "folded twice");
    }
    let keyword = fold_keyword(&text);
    assert_eq!(fold_keyword(&keyword), keyword, "folded twice");
    detector().detect(&text);
}

fn told(token: &Token<'_>) -> (String, std::ops::Range<usize>, u32) {
    (token.text.to_owned(), token.range.clone(), token.position)
}

fn detector() -> &'static Detector {
    static DETECTOR: OnceLock<Detector> = OnceLock::new();
    DETECTOR.get_or_init(|| schema().detector())
}

/// A query, a newline and a text: marks and passages are pieces of the text.
pub(crate) fn highlight(bytes: &[u8]) {
    let input = text(bytes);
    let (query, text) = input.split_once('\n').unwrap_or((&input, &input));
    let Some(matcher) = matcher(query, text) else { return };
    for language in [None, Language::parse("en"), Language::parse("fr")] {
        let whole = matcher.mark(text, "body", language);
        assert_eq!(whole.text, text);
        sound_spans(text, &whole.spans);
        let all = matcher.matches(text, "body", language);
        sound_spans(text, &all);
        let is_found =
            |span: &std::ops::Range<usize>| all.iter().any(|it| it.start <= span.start && span.end <= it.end);
        assert!(whole.spans.iter().all(is_found), "{:?} of {all:?}", whole.spans);
        for (count, context) in [(1, Context::Words(3)), (3, Context::Chars(20)), (2, Context::Words(40))] {
            let passages = matcher.passages(text, "body", language, SnippetOptions { count, context });
            assert!(passages.len() <= count);
            passages.iter().for_each(|passage| sound_passage(passage, text));
        }
    }
}

fn sound_passage(passage: &Passage, text: &str) {
    sound_spans(&passage.text, &passage.spans);
    assert!(!passage.text.is_empty() && !passage.text.contains('\n'), "{passage:?}");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let piece = passage.text.trim().trim_start_matches('…').trim_end_matches('…').trim();
    assert!(words(text).contains(&words(piece)), "{piece:?} is not in {text:?}");
}

/// A matcher for a query, whose patterns stand for the words of a text that fit.
fn matcher(query: &str, text: &str) -> Option<Matcher> {
    let parsed = parse(query, &Reading::new(schema(), TODAY));
    if parsed.refusal().is_some() {
        return None;
    }
    let expansions = expansions(&parsed.query, text);
    let languages: Vec<Language> = ["en", "fr"].into_iter().filter_map(Language::parse).collect();
    let idf = |term: &str, _: bool| term.len() as f32;
    let stemmed = Stemmed { languages: &languages, by_own: true };
    Some(Matcher::new(&parsed.query, &schema().default_field, stemmed, &expansions, &idf))
}

fn expansions(query: &Query, text: &str) -> Expansions {
    let mut expansions = Expansions::default();
    let mut open = vec![query];
    while let Some(query) = open.pop() {
        match query {
            Query::Pattern { pattern: Pattern::Wildcard(wildcard), .. } => {
                expand(&mut expansions, wildcard, text)
            }
            Query::Pattern { pattern, .. } => {
                insert(&mut expansions, pattern.clone(), text, |word| word.len() % 2 == 0)
            }
            Query::Phrase { parts, .. } => {
                for part in parts {
                    if let PhrasePart::Wildcard(wildcard) = part {
                        expand(&mut expansions, wildcard, text);
                    }
                }
            }
            Query::And(parts) | Query::Or(parts) => open.extend(parts),
            Query::Near { left, right, .. } => open.extend([&**left, &**right]),
            Query::Not(inner) | Query::Boost(inner, _) => open.push(inner),
            Query::All
            | Query::Word { .. }
            | Query::Numbers { .. }
            | Query::Value { .. }
            | Query::ValueWord { .. }
            | Query::ValuePattern { .. }
            | Query::Below { .. }
            | Query::Dates { .. }
            | Query::Has(_) => {}
        }
    }
    expansions
}

fn expand(expansions: &mut Expansions, wildcard: &Wildcard, text: &str) {
    for slot in wildcard.slots() {
        if let Slot::Wildcard(wildcard) = slot {
            let pattern = Pattern::Wildcard(wildcard.clone());
            insert(expansions, pattern, text, |word| wildcard.matches(word));
        }
    }
}

fn insert(expansions: &mut Expansions, pattern: Pattern, text: &str, fits: impl Fn(&str) -> bool) {
    let mut words = Vec::new();
    tokenize(text, |token| {
        if token.kind != TokenKind::Pair && fits(token.text) {
            words.push((token.text.to_owned(), 1));
        }
    });
    words.sort();
    words.dedup();
    let found = words.len();
    expansions.insert(schema().default_field.clone(), pattern, Expansion { words, found });
}

/// No control character and nothing that turns the direction of writing leaves, in any format.
pub(crate) fn terminal(bytes: &[u8]) {
    let text = text(bytes);
    let line = visible(&text);
    harmless(&line, &[]);
    assert_eq!(visible(&line), line, "made visible twice");
    harmless(&visible_multiline(&text), &['\n']);
    let checked =
        SearchParams { words: vec!["a".to_owned()], ..SearchParams::default() }.check(schema(), TODAY);
    let checked = checked.expect("a word is a query");
    let response = SearchResponse {
        total: 1,
        hits: vec![hit(&text)],
        warnings: vec![text.to_string()],
        ..Default::default()
    };
    let warnings = [text.to_string()];
    let answer = Answer {
        input: &text,
        understood: &text,
        is_replaced: true,
        warnings: &warnings,
        request: &checked.request,
        response: &response,
        schema: schema(),
        took_ms: 1.0,
    };
    for format in FORMATS {
        let style = Style { color: false, width: 1 + bytes.len() % 100, terminal: bytes.len() % 2 == 1 };
        let mut out = Vec::new();
        output::write(*format, output::Options { style, fields: None, null: false }, &answer, &mut out)
            .expect("memory takes every write");
        let out = String::from_utf8(out).expect("what is printed is UTF-8");
        let ends: &[char] = if format.name() == "tsv" { &['\n', '\t'] } else { &['\n'] };
        if format.name().starts_with("json") {
            assert!(!out.contains(|letter: char| letter < ' ' && letter != '\n'), "{out:?}");
        } else {
            harmless(&out, ends);
        }
    }
}

fn harmless(text: &str, allowed: &[char]) {
    let is_harmful = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let found = text.chars().find(|&letter| is_harmful(letter) && !allowed.contains(&letter));
    assert_eq!(found, None, "{text:?}");
}

/// A hit that is the same text wherever there is one.
fn hit(text: &str) -> Hit {
    let mut spans = Vec::new();
    tokenize(text, |token| {
        if token.kind != TokenKind::Pair && token.position % 3 == 0 {
            spans.push(token.range);
        }
    });
    let passage = Passage { text: text.to_owned(), spans };
    let some = || vec![text.to_owned()];
    Hit {
        rank: 1,
        id: ArticleId(7),
        key: text.to_owned(),
        score: 1.0,
        title: passage.clone(),
        authors: some(),
        tags: some(),
        sections: some(),
        language: Language::parse("en"),
        words: 3,
        published: None,
        url: Some(text.to_owned()),
        source: text.to_owned(),
        place: Place { path: text.to_owned(), member: Some(text.to_owned()), record: Some(2) },
        family: None,
        snippets: vec![Snippet { field: "body", passage }],
    }
}

/// A file of synonyms.
pub(crate) const SYNONYMS: &[&str] = &[
    "# comment\ncar, automobile, motor car\nuk => united kingdom\n",
    "colour, color\n\"new york\", nyc\n\n",
    "title=headline,tags=keywords",
    "r3ff0000000000000000000000000000000000000000000000",
];

/// Values of options and the file of synonyms.
pub(crate) fn values(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(synonyms) = Synonyms::parse(&text) {
        for word in text.split_whitespace().take(20) {
            let parsed = parse(word, &Reading::new(schema(), TODAY));
            let _ = synonyms.apply(parsed.query);
        }
    }
    let _ = parse_map(&text);
    let _ = ArticleId::parse(&text);
    if let Some(cursor) = Cursor::parse(&text) {
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
    }
    if let Some(language) = Language::parse(&text) {
        assert_eq!(Language::parse(language.as_str()), Some(language));
    }
}
