//! From the facts of a page to the values of a draft: which statement wins for each.
//!
//! Names follow schema.org (JSON-LD), ogp.me (`og:`, `article:`), DCMI terms (`dc.`, `dcterms.`), the Highwire tags
//! that Google Scholar reads (`citation_`), and what Parse.ly and Sailthru ask publishers for.

use std::collections::{BTreeMap, HashSet};

use crate::analysis::language::Language;
use crate::article::{Draft, Origin, Published};
use crate::diagnostic::Reason;
use crate::reader::html::json_ld::LdArticle;
use crate::reader::html::page::{Facts, Meta, StatedTime, TimeRank};
use crate::reader::html::text::one_line;
use crate::reader::html::title;
use crate::reader::{Fault, ReadOptions, values};
use crate::text::dates::DayOrder;

const TITLES: &[&str] = &[
    "dc.title",
    "dcterms.title",
    "og:title",
    "citation_title",
    "parsely-title",
    "sailthru.title",
    "twitter:title",
    "title",
];
const DESCRIPTIONS: &[&str] = &[
    "og:description",
    "description",
    "dc.description",
    "dcterms.description",
    "dcterms.abstract",
    "sailthru.description",
    "twitter:description",
];
const AUTHORS: &[&str] = &[
    "dc.creator",
    "dc.author",
    "dcterms.creator",
    "author",
    "article:author",
    "article:author_name",
    "authors",
    "byl",
    "parsely-author",
    "sailthru.author",
];
/// One name in each, perhaps with the family name first.
const SINGLE_AUTHORS: &[&str] = &["citation_author"];
/// One tag in each.
const ARTICLE_TAGS: &[&str] = &["article:tag", "og:article:tag"];
const TAGS: &[&str] = &[
    "keywords",
    "news_keywords",
    "parsely-tags",
    "sailthru.tags",
    "citation_keywords",
    "dc.subject",
    "dcterms.subject",
];
const SECTIONS: &[&str] = &["article:section", "parsely-section", "articlesection", "section"];
const PUBLISHED: &[&str] = &[
    "citation_publication_date",
    "citation_date",
    "parsely-pub-date",
    "sailthru.date",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.available",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "publish_date",
    "published-date",
    "pdate",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "date",
];
const PUBLISHED_OPEN_GRAPH: &[&str] =
    &["article:published_time", "og:article:published_time", "og:published_time", "og:pubdate"];
const LANGUAGES: &[&str] = &["content-language", "dc.language", "dcterms.language", "language", "og:locale"];
const URLS: &[&str] = &["og:url", "parsely-link"];
const SITES: &[&str] = &["og:site_name", "application-name"];
const IDS: &[&str] = &["citation_doi", "dc.identifier", "dcterms.identifier"];

/// Everything that has its own place in a draft.
const PLACED: &[&[&str]] = &[
    TITLES,
    DESCRIPTIONS,
    AUTHORS,
    SINGLE_AUTHORS,
    ARTICLE_TAGS,
    TAGS,
    SECTIONS,
    PUBLISHED,
    PUBLISHED_OPEN_GRAPH,
    LANGUAGES,
    URLS,
    IDS,
];

/// Names, or beginnings of names, that speak to browsers, search engines and networks, not of the article.
const TECHNICAL: &[&str] = &[
    "viewport",
    "robots",
    "googlebot",
    "google",
    "bingbot",
    "msvalidate",
    "msapplication",
    "mobileoptimized",
    "mobile-web-app",
    "turbo-",
    "handheldfriendly",
    "apple-",
    "application-",
    "format-detection",
    "theme-color",
    "color-scheme",
    "referrer",
    "generator",
    "progid",
    "csrf-",
    "fb:",
    "al:",
    "twitter:",
    "og:image",
    "og:video",
    "og:audio",
    "image",
    "thumbnail",
    "p:domain_verify",
    "pinterest",
    "yandex",
    "alexa",
    "verify",
    "norton",
    "next-head-count",
    "x-ua-compatible",
    "content-type",
    "content-style-type",
    "content-script-type",
    "content-security-policy",
    "refresh",
    "cache-control",
    "pragma",
    "expires",
    "imagetoolbar",
    "cleartype",
    "origin-trial",
    "rating",
    "distribution",
    "revisit-after",
    "resource-type",
];
/// Bytes of a value that is kept because it has no other place.
const MAX_OTHER: usize = 1_000;
/// A longer name of an entry is its text.
const MAX_TITLE: usize = 300;
/// A longer line is no name.
const MAX_NAME: usize = 100;
/// A name in a byline that nobody marked as one has at most so many words.
const MAX_NAME_WORDS: usize = 4;

/// Words between two names.
const NAME_JOINTS: &[&str] =
    &[" and ", " & ", " und ", " et ", " y ", " och ", " og ", " with ", " mit ", " avec ", " con "];
/// How lines begin that stand where a name could stand.
const NO_NAMES: &[&str] =
    &["follow ", "about the ", "view ", "read more", "see all", "subscribe", "last updated", "contact "];
/// Labels of the author's name on the card of a page, as programs for blogs write them.
const AUTHOR_LABELS: &[&str] = &[
    "written by",
    "author",
    "verfasst von",
    "geschrieben von",
    "écrit par",
    "escrito por",
    "scritto da",
    "geschreven door",
    "napisane przez",
    "skriven av",
    "написано автором",
];

/// What a page states, from all its sources.
pub(super) struct Statements<'a> {
    pub(super) facts: &'a Facts,
    pub(super) json_ld: &'a LdArticle,
    /// A line of the page that looks like a byline.
    pub(super) byline: Option<&'a str>,
    /// The text of the page.
    pub(super) page: &'a str,
}

impl Statements<'_> {
    /// The draft without its body; remarks go to `notes`.
    pub(super) fn draft(&self, options: &ReadOptions, notes: &mut Vec<Fault>) -> Draft {
        Draft {
            title: self.title(),
            description: self.description(),
            body: String::new(),
            authors: self.authors(),
            tags: self.tags(),
            sections: self.sections(),
            published: self.published(options, notes),
            language: self.language(),
            url: self.url(),
            id: self.first(IDS),
            meta: self.others(),
            ..Draft::default()
        }
    }

    /// The non-empty values of the first of `names` that has any, on one line each.
    fn values(&self, names: &[&str]) -> Vec<String> {
        let values = |name: &str| -> Vec<String> {
            let metas = &self.facts.metas;
            let same = || metas.iter().filter(|meta| is_same_name(&meta.name, name));
            let has_property = same().any(|meta| meta.is_property);
            let surest = same().filter(|meta| meta.is_property == has_property);
            surest.map(|meta| clean(&meta.content)).filter(|value| !value.is_empty()).collect()
        };
        names.iter().map(|name| values(name)).find(|values| !values.is_empty()).unwrap_or_default()
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        self.values(names).into_iter().next()
    }

    /// The title without the name of the site.
    pub(super) fn title(&self) -> Option<String> {
        let site = self.first(SITES).or_else(|| self.json_ld.publisher.clone());
        let stated = self.json_ld.title(self.facts.title.as_deref()).or_else(|| self.first(TITLES));
        let stated = stated.or_else(|| self.entry_title());
        if let Some(stated) = stated {
            let cut = title::without_site(&stated, site.as_deref()).map(str::to_owned);
            return Some(cut.unwrap_or(stated));
        }
        let heading = self.facts.heading.as_deref().map(clean).filter(|heading| !heading.is_empty());
        let title = self.facts.title.as_deref().map(clean).filter(|title| !title.is_empty());
        match title {
            Some(title) => Some(match title::on_page(&title, heading.as_deref(), self.page) {
                Some(part) => part.to_owned(),
                None => title::from_title_element(&title, heading.as_deref(), site.as_deref()),
            }),
            None => heading,
        }
    }

    /// The name of the entry; a note without a title is its own name.
    fn entry_title(&self) -> Option<String> {
        let title = clean(self.facts.entry.only()?.title.as_deref()?);
        (!title.is_empty() && title.len() <= MAX_TITLE).then_some(title)
    }

    /// The summary.
    pub(super) fn description(&self) -> Option<String> {
        let stated = self.json_ld.description.clone().or_else(|| self.first(DESCRIPTIONS));
        let summary = || self.facts.entry.only()?.summary.as_deref().map(clean);
        stated.or_else(summary).filter(|description| !description.is_empty())
    }

    /// The names of the authors: those of the first source that has any, but a name of an account only when no source
    /// has another.
    pub(super) fn authors(&self) -> Vec<String> {
        let sources = self.sources_of_authors();
        let mut stated = sources.into_iter().map(|names| names(self)).filter(|names| !names.is_empty());
        let first = stated.next().unwrap_or_default();
        let better = if first.iter().all(|name| is_account(name)) {
            stated.find(|names| !names.iter().any(|name| is_account(name)))
        } else {
            None
        };
        unique(better.unwrap_or(first))
    }

    /// What can state the authors, surest first.
    fn sources_of_authors(&self) -> [fn(&Self) -> Vec<String>; 6] {
        fn split(lines: &[String]) -> Vec<String> {
            lines.iter().flat_map(|line| split_names(line)).collect()
        }
        [
            |page| split(&page.json_ld.authors),
            |page| {
                let mut values = AUTHORS.iter().map(|name| split(&page.values(&[name])));
                values.find(|found| !found.is_empty()).unwrap_or_default()
            },
            |page| page.values(SINGLE_AUTHORS).iter().filter_map(|name| clean_name(name)).collect(),
            |page| page.names_of_byline(),
            |page| split(&page.facts.authors.iter().map(|line| one_line(line)).collect::<Vec<_>>()),
            |page| split(&page.names_of_card()),
        ]
    }

    /// The author on the card that networks show: `twitter:label1` "Written by" with `twitter:data1`, else
    /// `twitter:creator`, which should be an account but often is a name.
    fn names_of_card(&self) -> Vec<String> {
        const ROWS: &[(&str, &str)] =
            &[("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")];
        let is_author = |label: &str| {
            self.first(&[label]).is_some_and(|label| AUTHOR_LABELS.contains(&label.to_lowercase().as_str()))
        };
        let row = ROWS.iter().find(|(label, _)| is_author(label)).and_then(|(_, data)| self.first(&[data]));
        let creator = || self.first(&["twitter:creator"]).filter(|name| !name.starts_with('@'));
        row.or_else(creator).into_iter().collect()
    }

    /// The names of the byline; none when two lines of the page were joined in one, as in `Ann LeeBusiness`.
    fn names_of_byline(&self) -> Vec<String> {
        let names = self.byline.map(names_in_byline).unwrap_or_default();
        let is_joined = |name: &String| has_joint(name) && !self.page.contains(name.as_str());
        if names.iter().any(is_joined) { Vec::new() } else { names }
    }

    /// `article:tag` is given once for each tag (ogp.me), so a comma is part of it; but some sites write a list.
    fn article_tags(&self) -> Vec<String> {
        let tags = self.values(ARTICLE_TAGS);
        match tags.as_slice() {
            [list] if list.matches(',').count() > 1 => list.split(',').map(one_line).collect(),
            _ => tags,
        }
    }

    fn tags(&self) -> Vec<String> {
        let stated = TAGS.iter().flat_map(|name| self.values(&[name]));
        let words = stated.flat_map(|list| list.split([',', ';']).map(one_line).collect::<Vec<_>>());
        let words = self.article_tags().into_iter().chain(words);
        let links = self.facts.tags.iter().map(|tag| one_line(tag).trim_start_matches('#').to_owned());
        unique(self.json_ld.keywords.iter().cloned().chain(words).chain(links))
    }

    fn sections(&self) -> Vec<String> {
        let stated = SECTIONS.iter().flat_map(|name| self.values(&[name]));
        let links = self.facts.sections.iter().map(|section| one_line(section));
        unique(self.json_ld.sections.iter().cloned().chain(stated).chain(links))
    }

    fn language(&self) -> Option<Language> {
        let stated = [self.facts.language.clone(), self.json_ld.language.clone()];
        let metas = LANGUAGES.iter().map(|name| self.first(&[name]));
        stated.into_iter().chain(metas).flatten().find_map(|tag| Language::parse(&tag))
    }

    fn url(&self) -> Option<String> {
        let metas = URLS.iter().filter_map(|name| self.first(&[name]));
        let stated = self.facts.canonical.iter().cloned().chain(metas);
        let entry = self.facts.entry.only().and_then(|entry| entry.url.clone());
        stated.chain(self.json_ld.urls.iter().cloned()).chain(entry).find(|url| is_article_url(url))
    }

    fn published(&self, options: &ReadOptions, notes: &mut Vec<Fault>) -> Option<Published> {
        self.stated_dates().find_map(|stated| {
            let date = values::date(&stated.value, options.day_order);
            let note = unreadable_date(&one_line(&stated.value));
            if date.is_none() && stated.must_be_date && !notes.contains(&note) {
                notes.push(note);
            }
            date.map(|date| Published { date, origin: stated.origin })
        })
    }

    /// Every stated date of publication, best first: named values, JSON-LD, OpenGraph, `<time>`.
    fn stated_dates(&self) -> impl Iterator<Item = StatedDate> {
        let metas = |names: &'static [&str], origin| {
            let values = names.iter().filter_map(|name| self.first(&[name]));
            values.map(move |value| StatedDate { value, origin, must_be_date: true })
        };
        let json_ld = self.json_ld.published.iter().cloned();
        let json_ld = json_ld.map(|value| StatedDate { value, origin: Origin::JsonLd, must_be_date: true });
        let ranks = [TimeRank::Published, TimeRank::InArticle, TimeRank::Elsewhere];
        let times =
            ranks.into_iter().filter_map(|rank| self.facts.times.iter().find(|time| time.rank == rank));
        metas(PUBLISHED, Origin::Metadata)
            .chain(json_ld)
            .chain(metas(PUBLISHED_OPEN_GRAPH, Origin::OpenGraph))
            .chain(times.map(StatedDate::of_time))
    }

    fn others(&self) -> BTreeMap<String, Vec<String>> {
        let mut others: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Meta { name, content, .. } in &self.facts.metas {
            let value = clean(content);
            if !is_placed(name) && !is_technical(name) && !value.is_empty() && value.len() <= MAX_OTHER {
                others.entry(name.clone()).or_default().push(value);
            }
        }
        let json_ld = [("publisher", &self.json_ld.publisher), ("dateModified", &self.json_ld.modified)];
        for (name, value) in json_ld {
            if let Some(value) = value {
                others.entry(name.to_owned()).or_insert_with(|| vec![value.clone()]);
            }
        }
        others
    }
}

struct StatedDate {
    value: String,
    origin: Origin,
    /// A `<time>` may hold a time of day or a duration; only the others are wrong when they are no date.
    must_be_date: bool,
}

impl StatedDate {
    fn of_time(time: &StatedTime) -> StatedDate {
        let must_be_date = time.rank == TimeRank::Published;
        StatedDate { value: time.value.clone(), origin: Origin::TimeElement, must_be_date }
    }
}

fn unreadable_date(value: &str) -> Fault {
    let shown: String = value.chars().take(MAX_NAME).collect();
    Fault {
        reason: Reason::Date,
        message: format!("stated date of publication {shown:?} cannot be read"),
        hint: None,
    }
}

/// A value on one line; references that were escaped twice are decoded.
fn clean(value: &str) -> String {
    one_line(&htmlize::unescape(value))
}

/// Whether two names are the same; pages write `dc.date`, `DC:date` and `dc-date`.
fn is_same_name(stated: &str, known: &str) -> bool {
    let plain = |byte: u8| if matches!(byte, b':' | b'-' | b'_') { b'.' } else { byte };
    stated.len() == known.len()
        && stated.bytes().zip(known.bytes()).all(|(one, other)| plain(one) == plain(other))
}

fn is_placed(name: &str) -> bool {
    PLACED.iter().any(|names| names.iter().any(|known| is_same_name(name, known)))
}

fn is_technical(name: &str) -> bool {
    TECHNICAL.iter().any(|beginning| name.starts_with(beginning)) || name.contains("verification")
}

/// Absolute, of the web, and more than the front page of a site: that would give all its articles one identity.
fn is_article_url(url: &str) -> bool {
    let is_web =
        |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let Some(scheme) = ["https://", "http://"].into_iter().find(|scheme| is_web(scheme)) else {
        return false;
    };
    let rest = &url[scheme.len()..];
    let clean = !rest.contains(|character: char| character.is_whitespace() || character.is_control());
    let path = rest.find(['/', '?']).map_or("", |at| &rest[at + 1..]);
    clean && !rest.starts_with('/') && !path.is_empty()
}

/// The names in a stated line of authors.
fn split_names(line: &str) -> Vec<String> {
    let Some(line) = clean_name(line) else { return Vec::new() };
    let mut parts: Vec<&str> = line.split(';').collect();
    for joint in NAME_JOINTS {
        parts = parts.into_iter().flat_map(|part| split_full(part, joint)).collect();
    }
    parts.into_iter().flat_map(split_at_commas).filter_map(clean_name).collect()
}

/// Parts that can be names on their own; "Salt & Sons" and "José Ortega y Gasset" stay whole.
fn split_full<'a>(line: &'a str, separator: &str) -> Vec<&'a str> {
    let parts: Vec<&str> = line.split(separator).collect();
    if parts.iter().all(|part| part.trim().contains(' ')) { parts } else { vec![line] }
}

/// Whether a name is that of an account on a site rather than of a person.
fn is_account(name: &str) -> bool {
    let is_word = name.bytes().all(|byte| byte.is_ascii_graphic());
    is_word && (name.contains(|c: char| c.is_ascii_digit()) || !name.contains(char::is_uppercase))
}

/// "Ann Lee, Bob Ray" is two names; "Lee, Ann" is one.
fn split_at_commas(part: &str) -> Vec<&str> {
    let names: Vec<&str> = part.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let all_are_full = names.iter().all(|name| name.contains(' '));
    if all_are_full { names } else { vec![part] }
}

/// A name without "By"; `None` for a URL or a line that is too long to be a name.
fn clean_name(name: &str) -> Option<String> {
    const PREFIXES: &[&str] = &["written by ", "posted by ", "by: ", "by ", "par ", "por "];
    let mut name =
        name.trim_matches(|character: char| character.is_whitespace() || ",;|·".contains(character));
    for prefix in PREFIXES {
        if name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
            name = name[prefix.len()..].trim();
        }
    }
    let begins = |word: &&str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let is_prompt = NO_NAMES.iter().any(begins);
    let is_url = name.contains("://") || name.starts_with("www.") || name.starts_with('/');
    let is_name = name.len() <= MAX_NAME && !is_url && !is_prompt && name.chars().any(char::is_alphabetic);
    is_name.then(|| name.to_owned())
}

/// The names of an unmarked byline, if it holds nothing else but a date and who else worked on the article.
fn names_in_byline(byline: &str) -> Vec<String> {
    let line = with_companions(&one_line(byline));
    let names = split_names(names_before_date(&line));
    let is_name = |name: &String| {
        (2..=MAX_NAME_WORDS).contains(&name.split_whitespace().count())
            && name.chars().next().is_some_and(|first| !first.is_lowercase())
            && !name.contains(|character: char| character.is_ascii_digit() || "|:/@".contains(character))
    };
    if names.iter().all(is_name) { names } else { Vec::new() }
}

/// `Ann Lee (avec Bob Ray)` without its parentheses: both wrote the article.
fn with_companions(line: &str) -> String {
    const WITH: &[&str] = &["(with ", "(avec ", "(mit ", "(con "];
    let Some(at) = WITH.iter().find_map(|with| line.find(with)) else { return line.to_owned() };
    let (names, companions) = (&line[..at], &line[at + 1..]);
    format!("{names}{}", companions.replacen(')', "", 1))
}

/// What stands before a date, a remark in parentheses or another role: `By Ann Lee March 3, 1998` without its date.
fn names_before_date(line: &str) -> &str {
    const ROLES: &[&str] =
        &[" Edited by ", " edited by ", " Photographs by ", " Photos by ", " Updated", " Published"];
    let roles = ROLES.iter().filter_map(|role| line.find(role));
    let mark = line.find(|character: char| character.is_ascii_digit() || "(|".contains(character));
    let end = roles.chain(mark).min().unwrap_or(line.len());
    let mut names = line[..end].trim_end();
    while let Some((before, last)) = names.rsplit_once(' ').filter(|_| end < line.len()) {
        if !is_of_date(last) {
            break;
        }
        names = before.trim_end_matches([' ', ',']);
    }
    names
}

/// Whether a word is the name of a month or of a day of the week.
fn is_of_date(word: &str) -> bool {
    const DAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let word = word.trim_end_matches(',');
    DAYS.contains(&word) || values::date(&format!("1 {word} 2000"), DayOrder::Unknown).is_some()
}

/// Whether a capital follows a small letter.
fn has_joint(name: &str) -> bool {
    name.chars().zip(name.chars().skip(1)).any(|(one, next)| one.is_lowercase() && next.is_uppercase())
}

/// Non-empty values, the first of those that differ in case alone.
fn unique(values: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let is_new = |value: &String| !value.is_empty() && seen.insert(value.to_lowercase());
    values.into_iter().filter(is_new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(facts: Facts, json_ld: LdArticle, byline: Option<&str>) -> (Draft, Vec<Fault>) {
        let mut notes = Vec::new();
        let statements =
            Statements { facts: &facts, json_ld: &json_ld, byline, page: byline.unwrap_or_default() };
        let draft = statements.draft(&ReadOptions::default(), &mut notes);
        (draft, notes)
    }

    fn metas(pairs: &[(&str, &str)]) -> Facts {
        let meta = |(name, content): &(&str, &str)| Meta {
            name: name.to_string(),
            content: content.to_string(),
            is_property: false,
        };
        let metas = pairs.iter().map(meta).collect();
        Facts { metas, ..Facts::default() }
    }

    #[test]
    fn names_of_authors() {
        let cases: &[(&str, &[&str])] = &[
            ("By Ann Lee", &["Ann Lee"]),
            ("Ann Lee, Bob Ray and Cy Dow", &["Ann Lee", "Bob Ray", "Cy Dow"]),
            ("Lee, Ann", &["Lee, Ann"]),
            ("Salt & Sons", &["Salt & Sons"]),
            ("Ann Lee et Bob Ray", &["Ann Lee", "Bob Ray"]),
            ("José Ortega y Gasset", &["José Ortega y Gasset"]),
            ("Ann Lee; Bob Ray & ann lee", &["Ann Lee", "Bob Ray"]),
            ("https://e.org/ann", &[]),
            ("www.e.org", &[]),
            ("The Byron Society", &["The Byron Society"]),
            ("", &[]),
        ];
        for (line, expected) in cases {
            let (draft, _) = draft(metas(&[("author", line)]), LdArticle::default(), None);
            assert_eq!(draft.authors, *expected, "{line}");
        }
    }

    #[test]
    fn unmarked_bylines() {
        let cases: &[(&str, &[&str])] = &[
            ("By Ann Lee", &["Ann Lee"]),
            ("by Ann Lee and Bob Ray", &["Ann Lee", "Bob Ray"]),
            ("By Ann Lee | 3 March 1998", &["Ann Lee"]),
            ("By ANN LEE March 11, 2015 3:46 PM", &["ANN LEE"]),
            ("Written by Ann Lee Edited by Bob Ray", &["Ann Lee"]),
            ("Ann Lee (avec Bob Ray et Cy Dow)", &["Ann Lee", "Bob Ray", "Cy Dow"]),
            ("Ann Lee (The Paper)", &["Ann Lee"]),
            ("Joe Way Monday, February 29, 2016 @ 11:10 PM", &["Joe Way"]),
            ("Follow Author", &[]),
            ("by Ann Lee22 Dec 2016651", &["Ann Lee"]),
            ("Par Sébastien Marche", &["Sébastien Marche"]),
            ("Ann Lee Monday, 8 January 2018", &["Ann Lee"]),
            ("3 March 1998", &[]),
            ("posted in the garden yesterday by nobody", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(
                draft(Facts::default(), LdArticle::default(), Some(line)).0.authors,
                *expected,
                "{line}"
            );
        }
    }

    #[test]
    fn first_source_with_a_name_wins() {
        let facts =
            metas(&[("author", "https://e.org"), ("dc:creator", "Ann Lee"), ("parsely-author", "Bob Ray")]);
        assert_eq!(draft(facts, LdArticle::default(), Some("By Cy Dow")).0.authors, ["Ann Lee"]);
    }

    #[test]
    fn names_of_accounts_yield_to_names_of_people() {
        for (author, byline, expected) in [
            ("CC7567", "Ann Lee", "Ann Lee"),
            ("annlee", "by Ann Lee", "Ann Lee"),
            ("annlee", "April 3", "annlee"),
            ("Madonna", "Ann Lee", "Madonna"),
        ] {
            let (draft, _) = draft(metas(&[("author", author)]), LdArticle::default(), Some(byline));
            assert_eq!(draft.authors, [expected], "{author}");
        }
    }

    #[test]
    fn authors_on_the_card_come_last() {
        for (pairs, expected) in [
            (
                vec![
                    ("twitter:label1", "Written by"),
                    ("twitter:data1", "Ann Lee"),
                    ("twitter:creator", "Bob"),
                ],
                "Ann Lee",
            ),
            (
                vec![
                    ("twitter:label1", "Est. reading time"),
                    ("twitter:data1", "5 minutes"),
                    ("twitter:creator", "Ann Lee"),
                ],
                "Ann Lee",
            ),
            (vec![("twitter:creator", "@annlee")], ""),
            (vec![("twitter:creator", "Bob"), ("author", "Ann Lee")], "Ann Lee"),
        ] {
            assert_eq!(
                draft(metas(&pairs), LdArticle::default(), None).0.authors.join("; "),
                expected,
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn properties_win_over_names() {
        let mut facts = metas(&[("dc.title", "By name"), ("dc:title", "By property"), ("author", "Ann Lee")]);
        facts.metas[1].is_property = true;
        let (draft, _) = draft(facts, LdArticle::default(), None);
        assert_eq!(
            (draft.title.as_deref(), draft.authors),
            (Some("By property"), vec!["Ann Lee".to_owned()])
        );
    }

    #[test]
    fn article_tags_hold_commas() {
        for (tags, expected) in [
            (vec!["Portland, Oregon", "Rain"], vec!["Portland, Oregon", "Rain"]),
            (vec!["Portland, Oregon"], vec!["Portland, Oregon"]),
            (vec!["rain, snow, ice"], vec!["rain", "snow", "ice"]),
        ] {
            let pairs: Vec<_> = tags.iter().map(|tag| ("article:tag", *tag)).collect();
            assert_eq!(draft(metas(&pairs), LdArticle::default(), None).0.tags, expected);
        }
    }

    #[test]
    fn tags_of_all_sources_once() {
        let facts = Facts {
            tags: vec!["#Four".into(), "TWO".into()],
            ..metas(&[("keywords", "one, two,,"), ("article:tag", "Three")])
        };
        let json_ld = LdArticle { keywords: vec!["Two".into()], ..LdArticle::default() };
        assert_eq!(draft(facts, json_ld, None).0.tags, ["Two", "Three", "one", "Four"]);
    }

    #[test]
    fn urls_of_articles() {
        let cases = [
            ("https://e.org/a", true),
            ("HTTP://e.org/?p=1", true),
            ("https://e.org/", false),
            ("https://e.org", false),
            ("//e.org/a", false),
            ("/a", false),
            ("ftp://e.org/a", false),
            ("https:///a", false),
            ("https://e.org/a b", false),
            ("https", false),
        ];
        for (url, expected) in cases {
            assert_eq!(is_article_url(url), expected, "{url}");
        }
    }

    #[test]
    fn values_without_a_place_are_kept() {
        let facts = metas(&[
            ("viewport", "x"),
            ("dc.publisher", "P"),
            ("og:type", "article"),
            ("dc.publisher", "Q"),
            ("author", "A B"),
        ]);
        let meta = draft(facts, LdArticle::default(), None).0.meta;
        let expected = [("dc.publisher", vec!["P", "Q"]), ("og:type", vec!["article"])];
        let expected =
            expected.map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()));
        assert_eq!(meta, BTreeMap::from(expected));
    }

    #[test]
    fn titles() {
        let heading = |facts: Facts| Facts { heading: Some("A heading".into()), ..facts };
        let titled = |facts: Facts| Facts { title: Some("A heading | Site".into()), ..facts };
        let cases = [
            (metas(&[("og:title", "Rain | Paper"), ("og:site_name", "Paper")]), "Rain"),
            (metas(&[("og:title", "Rain &amp; sun")]), "Rain & sun"),
            (heading(Facts::default()), "A heading"),
            (titled(heading(Facts::default())), "A heading"),
        ];
        for (facts, expected) in cases {
            assert_eq!(draft(facts, LdArticle::default(), None).0.title.as_deref(), Some(expected));
        }
    }

    #[test]
    fn unreadable_dates_are_noted_unless_they_are_times_of_day() {
        let (draft_one, notes) = draft(metas(&[("date", "yesterday")]), LdArticle::default(), None);
        assert_eq!((draft_one.published, notes.len(), notes[0].reason), (None, 1, Reason::Date));
        let time =
            |rank| Facts { times: vec![StatedTime { value: "PT5M".into(), rank }], ..Facts::default() };
        assert_eq!(draft(time(TimeRank::InArticle), LdArticle::default(), None).1.len(), 0);
        assert_eq!(draft(time(TimeRank::Published), LdArticle::default(), None).1.len(), 1);
    }
}
