//! A reader's draft to a complete article: identity, title, date, tags, language.

use std::collections::HashSet;

use crate::analysis::fold::fold_keyword;
use crate::analysis::language::{Detected, Detector, Language};
use crate::article::{Article, Draft, Origin, Place, Published};
use crate::diagnostic::Reason;
use crate::reader::capture::CAPTURED;
use crate::reader::{self, Fault};
use crate::text::calendar::DateSpan;
use crate::text::{dates, mojibake};

/// Most tags of one article; the rest is dropped with a note.
pub const MOST_TAGS: usize = 1_000;
/// Longest tag, section or name, in bytes.
pub const LONGEST_VALUE: usize = 256;
/// Longest title made of a first line, in characters.
const LONGEST_FIRST_LINE: usize = 120;
/// How much of an article is looked at to tell its language, in bytes.
const LANGUAGE_SAMPLE: usize = 4_096;

/// What programs write where a title is missing, in lower case.
const NO_TITLES: &[&str] = &[
    "untitled",
    "untitled document",
    "untitled page",
    "untitled post",
    "no title",
    "null",
    "undefined",
    "ohne titel",
    "unbenannt",
    "sans titre",
    "sin título",
    "senza titolo",
    "sem título",
    "無題",
];

/// What articles of one archive have in common.
pub(super) struct Completion<'a> {
    /// Name of the archive.
    pub source: &'a str,
    /// Tells languages.
    pub detector: &'a Detector,
    /// The language of every article, if the user said so.
    pub language: Option<Language>,
}

/// Where a draft comes from.
pub(super) struct Provenance {
    /// Where it lies.
    pub place: Place,
    /// First byte and length of its record in the unpacked file or member.
    pub span: Option<(u64, u64)>,
    /// The path that its identity is made of, when it has no URL or id of its own.
    pub identity: String,
    /// The file's modification time, if it may stand in for a missing date.
    pub mtime: Option<DateSpan>,
}

impl Completion<'_> {
    /// Completes a draft. The notes say what was dropped; an error means that there is nothing to index.
    pub(super) fn complete(&self, draft: Draft, from: Provenance) -> Result<(Article, Vec<Fault>), Fault> {
        if draft.title.is_none() && draft.body.trim().is_empty() {
            return Err(reader::empty());
        }
        let mut notes = Vec::new();
        let draft = mended(draft, &mut notes);
        let published = published(&draft, &from);
        let stated = draft.title.filter(|title| !is_placeholder(title));
        let (title, title_origin) = title(stated, &draft.body, &from.place);
        let sections = values(draft.sections, "section", &mut notes);
        let tags = draft.tags.into_iter().chain(sections.iter().cloned()).collect();
        let tags = values(tags, "tag", &mut notes);
        let authors = values(draft.authors, "author", &mut notes);
        let (language, language_confidence) = self.language(&title, &draft.body, draft.language);
        let article = Article {
            key: key(draft.url.as_deref(), draft.id.as_deref(), &from),
            source: self.source.to_owned(),
            place: from.place,
            span: from.span,
            words: word_count(&draft.body, language),
            title,
            title_origin,
            description: draft.description,
            body: draft.body,
            authors,
            tags,
            sections,
            published,
            language,
            declared_language: draft.language,
            furniture: draft.furniture,
            language_confidence,
            url: draft.url,
            meta: draft.meta,
        };
        Ok((article, notes))
    }

    /// The language with the confidence of its detection: as the user says, as the text shows, as declared, or as the
    /// rest of the archive leads to expect.
    fn language(
        &self,
        title: &str,
        body: &str,
        declared: Option<Language>,
    ) -> (Option<Language>, Option<u8>) {
        if self.language.is_some() {
            return (self.language, None);
        }
        let sample = &body[..body.floor_char_boundary(LANGUAGE_SAMPLE)];
        let sample = if sample.trim().is_empty() { title } else { sample };
        let look = self.detector.look(sample);
        let detected = match (look.detected, declared) {
            (None, Some(_)) => return (declared, None),
            (detected, _) => detected.or_else(|| self.detector.expect(look)),
        };
        let percent = |detected: Detected| (detected.confidence * 100.0).round() as u8;
        (detected.map(|detected| detected.language), detected.map(percent))
    }
}

/// Canonical URL, else declared id, else path and record.
fn key(url: Option<&str>, id: Option<&str>, from: &Provenance) -> String {
    match (url, id) {
        (Some(url), _) => url.split('#').next().unwrap_or(url).to_owned(),
        (None, Some(id)) => id.to_owned(),
        (None, None) => Place { path: from.identity.clone(), ..from.place.clone() }.to_string(),
    }
}

fn title(stated: Option<String>, body: &str, place: &Place) -> (String, Origin) {
    if let Some(title) = stated {
        return (title, Origin::Document);
    }
    let first_line = body.lines().map(str::trim).find(|line| !line.is_empty());
    match first_line {
        Some(line) => (shortened(line), Origin::FirstLine),
        None => (stem(place).to_owned(), Origin::Path),
    }
}

/// Whether a title says that there is none.
fn is_placeholder(title: &str) -> bool {
    let words = title.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    words.is_empty() || NO_TITLES.contains(&words.as_str())
}

/// The line, cut between words when it is long.
fn shortened(line: &str) -> String {
    let Some((limit, _)) = line.char_indices().nth(LONGEST_FIRST_LINE) else { return line.to_owned() };
    let cut = line[..limit].rfind(' ').filter(|blank| *blank > limit / 2).unwrap_or(limit);
    format!("{}…", line[..cut].trim_end())
}

fn stem(place: &Place) -> &str {
    let name = place.member.as_deref().unwrap_or(&place.path);
    let name = name.rsplit('/').next().unwrap_or(name);
    name.split_once('.').map(|(stem, _)| stem).filter(|stem| !stem.is_empty()).unwrap_or(name)
}

fn published(draft: &Draft, from: &Provenance) -> Option<Published> {
    let found = |date: Option<DateSpan>, origin| date.map(|date| Published { date, origin });
    // The name of a crawl's file says when it was crawled.
    let in_path = |path: &str| if draft.meta.contains_key(CAPTURED) { None } else { dates::in_path(path) };
    draft
        .published
        .or_else(|| found(draft.url.as_deref().and_then(dates::in_path), Origin::Url))
        .or_else(|| found(from.place.member.as_deref().and_then(in_path), Origin::Path))
        .or_else(|| found(in_path(&from.place.path), Origin::Path))
        .or_else(|| found(from.mtime, Origin::Mtime))
        .or_else(|| found(dates::estimate(&draft.body), Origin::Text))
}

/// The draft with its texts mended where they were decoded wrongly before, with one note for all of them.
fn mended(mut draft: Draft, notes: &mut Vec<Fault>) -> Draft {
    let mut count = 0;
    let texts = draft.title.iter_mut().chain(&mut draft.description).chain([&mut draft.body]);
    for text in texts.chain(&mut draft.authors).chain(&mut draft.tags).chain(&mut draft.sections) {
        if let Some(mended) = mojibake::mend(text) {
            *text = mended.text;
            count += mended.count;
        }
    }
    if count > 0 {
        let characters = if count == 1 { "character was" } else { "characters were" };
        let message = format!("the text was decoded wrongly before; {count} {characters} put right");
        notes.push(Fault { reason: Reason::Charset, message, hint: None });
    }
    draft
}

/// Each value once (case and accents aside), its levels joined by `/`, none over the limits.
fn values(stated: Vec<String>, what: &str, notes: &mut Vec<Fault>) -> Vec<String> {
    let may_repeat = stated.len() > 1;
    let mut seen = HashSet::new();
    let mut kept: Vec<String> = Vec::with_capacity(stated.len().min(MOST_TAGS));
    let (mut too_long, mut too_many) = (0, 0);
    for value in stated {
        let value = if what == "author" { value } else { levels(&value) };
        if value.len() > LONGEST_VALUE {
            too_long += 1;
        } else if kept.len() == MOST_TAGS {
            too_many += 1;
        } else if !value.is_empty() && (!may_repeat || seen.insert(fold_keyword(&value))) {
            kept.push(value);
        }
    }
    let mut trimmed = |count: usize, why: std::fmt::Arguments<'_>| {
        let message = match count {
            0 => return,
            1 => format!("1 {what} value {why} was dropped"),
            2.. => format!("{count} {what} values {why} were dropped"),
        };
        notes.push(Fault { reason: Reason::Trimmed, message, hint: None });
    };
    trimmed(too_long, format_args!("over {LONGEST_VALUE} bytes"));
    trimmed(too_many, format_args!("beyond the first {MOST_TAGS}"));
    kept
}

/// What stands between the levels of a tag, besides `/`.
const LEVEL_MARKS: &[&str] = &[" > ", " » ", " › ", "::"];

/// What stands before a tag without being part of it.
const TAG_PREFIXES: &[&str] =
    &["Category:", "Kategorie:", "Catégorie:", "Categoría:", "Categoria:", "Категория:"];

/// `a > b`, `a » b`, `a::b` and `a / b` are written `a/b`; `Category:a` is `a`.
fn levels(value: &str) -> String {
    let value = TAG_PREFIXES.iter().find_map(|prefix| value.strip_prefix(prefix)).unwrap_or(value).trim();
    if !value.contains([' ', '>', ':']) {
        return value.trim_matches('/').to_owned();
    }
    let single = LEVEL_MARKS.iter().fold(value.to_owned(), |value, mark| value.replace(mark, "/"));
    let parts = single.split('/').map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}

/// Words between blanks; in languages written without blanks each letter counts.
fn word_count(body: &str, language: Option<Language>) -> u32 {
    const UNSPACED: &[&str] = &["zh", "ja", "th", "lo", "km", "my"];
    let unspaced = language.is_some_and(|language| UNSPACED.contains(&language.as_str()));
    let count = match unspaced {
        true => body.chars().filter(|c| c.is_alphanumeric()).count(),
        false => spaced_words(body.as_bytes()),
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The beginnings of words, counted in single bytes, so that many are looked at at once.
fn spaced_words(text: &[u8]) -> usize {
    const MOST: usize = u8::MAX as usize;
    let Some((first, rest)) = text.split_first() else { return 0 };
    let begins = |before: &u8, byte: &u8| before.is_ascii_whitespace() && !byte.is_ascii_whitespace();
    let count = |(before, bytes): (&[u8], &[u8])| {
        before.iter().zip(bytes).map(|(before, byte)| u8::from(begins(before, byte))).sum::<u8>()
    };
    let pieces = text[..rest.len()].chunks(MOST).zip(rest.chunks(MOST));
    usize::from(begins(&b' ', first)) + pieces.map(|piece| usize::from(count(piece))).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(draft: Draft, path: &str) -> Article {
        let detector = Detector::new(&[]);
        let completion = Completion { source: "archive", detector: &detector, language: None };
        let place = Place { path: path.into(), member: None, record: None };
        let from = Provenance { identity: path.into(), place, span: None, mtime: None };
        completion.complete(draft, from).unwrap().0
    }

    #[test]
    fn identity_is_the_url_then_the_id_then_the_place() {
        let url = Some("https://example.org/a#top".to_owned());
        let id = Some("17".to_owned());
        let body = "words".to_owned();
        let cases = [
            (
                Draft { url: url.clone(), id: id.clone(), body: body.clone(), ..Draft::default() },
                "https://example.org/a",
            ),
            (Draft { id, body: body.clone(), ..Draft::default() }, "17"),
            (Draft { body, ..Draft::default() }, "x/y.txt"),
        ];
        for (draft, key) in cases {
            assert_eq!(complete(draft, "x/y.txt").key, key);
        }
    }

    #[test]
    fn a_title_is_always_found() {
        let body = |body: &str| Draft { body: body.into(), ..Draft::default() };
        let titled = Draft { title: Some("Stated".into()), ..Draft::default() };
        assert_eq!(complete(titled, "a.md").title, "Stated");
        for placeholder in ["Untitled", "(no title)", "[Untitled Document]", "無題", "---"] {
            let draft = Draft { title: Some(placeholder.into()), ..body("First line.") };
            assert_eq!(complete(draft, "a.md").title, "First line.", "{placeholder}");
        }
        assert_eq!(complete(body("\n First line.\nSecond"), "a.md").title, "First line.");
        assert_eq!(complete(body("."), "a/b.c.md").title, ".");
        let long = complete(body(&"word ".repeat(100)), "a.md").title;
        assert!(long.ends_with("word…") && long.chars().count() <= LONGEST_FIRST_LINE + 1, "{long}");
    }

    #[test]
    fn words_are_counted() {
        let long = "four words and more \u{a0} é\n\n\tx ".repeat(50);
        for text in ["", " ", "a", " a", "a ", "one two", "one\r\n\x0ctwo\t three ", &long] {
            assert_eq!(word_count(text, None) as usize, text.split_ascii_whitespace().count(), "{text:?}");
        }
    }

    #[test]
    fn what_is_dropped_is_counted() {
        let long = || "x".repeat(300);
        for (stated, expected) in [
            (vec![long()], "1 tag value over 256 bytes was dropped"),
            (vec![long(), long()], "2 tag values over 256 bytes were dropped"),
        ] {
            let mut notes = Vec::new();
            values(stated, "tag", &mut notes);
            assert_eq!(notes[0].message, expected);
        }
    }

    #[test]
    fn tags_are_cleaned_and_united_with_sections() {
        let draft = Draft {
            tags: vec!["a > b".into(), "a / b".into(), "Plain tag".into(), "x".repeat(300)],
            sections: vec!["News".into()],
            title: Some("t".into()),
            ..Draft::default()
        };
        let article = complete(draft, "a.md");
        assert_eq!(article.tags, ["a/b", "Plain tag", "News"]);
        assert_eq!(article.sections, ["News"]);
    }

    #[test]
    fn a_guessed_date_is_marked() {
        let draft = Draft { body: "It met on Tuesday, 5 May 1998.".into(), ..Draft::default() };
        let published = complete(draft.clone(), "a.md").published.unwrap();
        assert_eq!((published.to_string().as_str(), published.is_stated()), ("~1998", false));
        let published = complete(draft, "2001/a.md").published.unwrap();
        assert_eq!((published.to_string().as_str(), published.is_stated()), ("2001", true));
    }

    #[test]
    fn broken_text_is_mended_with_one_note() {
        let draft = Draft {
            title: Some("CafÃ©".into()),
            tags: vec!["EspaÃ±a".into()],
            body: "â€œFineâ€\u{9d}".into(),
            ..Draft::default()
        };
        let mut notes = Vec::new();
        let draft = mended(draft, &mut notes);
        assert_eq!(
            (draft.title.as_deref(), draft.tags.as_slice()),
            (Some("Café"), &["España".to_owned()][..])
        );
        assert_eq!(draft.body, "“Fine”");
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].message, "the text was decoded wrongly before; 4 characters were put right");
    }

    #[test]
    fn a_text_without_words_has_the_language_of_its_archive() {
        let english = Language::parse("en").unwrap();
        let detector = Detector::new(&[]).with_prior(&[(english, 1.0)]);
        let completion = Completion { source: "archive", detector: &detector, language: None };
        assert_eq!(completion.language("t", "Shr 12 cts", None), (Some(english), Some(50)));
        let french = Language::parse("fr");
        assert_eq!(completion.language("t", "Shr 12 cts", french), (french, None));
        let told = Completion { language: french, ..completion };
        assert_eq!(told.language("t", "Shr 12 cts", None), (french, None));
    }

    #[test]
    fn levels_of_tags() {
        for (tag, expected) in [
            ("a > b", "a/b"),
            ("a / b", "a/b"),
            ("a » b » c", "a/b/c"),
            ("a::b", "a/b"),
            ("/a/b/", "a/b"),
            ("Category:Foo", "Foo"),
            ("Kategorie: Foo", "Foo"),
            ("Note: a word", "Note: a word"),
            ("Plain", "Plain"),
        ] {
            assert_eq!(levels(tag), expected, "{tag}");
        }
    }

    #[test]
    fn nothing_at_all_is_no_article() {
        let detector = Detector::new(&[]);
        let completion = Completion { source: "archive", detector: &detector, language: None };
        let from = Provenance { place: Place::default(), span: None, identity: String::new(), mtime: None };
        let fault = completion.complete(Draft { body: " \n".into(), ..Draft::default() }, from).unwrap_err();
        assert_eq!(fault.reason, Reason::Empty);
    }
}
