//! What stands between the title and the text of a page: sections, byline, date, tags; and the dateline of the text.

use crate::article::{Draft, Origin, Published};
use crate::reader::values;
use crate::text::calendar::DateSpan;
use crate::text::dates::{self, DayOrder};

/// Words before the names of the authors.
const BY: &[&str] = &[
    "By ",
    "BY ",
    "by ",
    "From our correspondent ",
    "Von unserem Korrespondenten ",
    "Von ",
    "VON ",
    "De notre correspondant ",
    "Par ",
    "PAR ",
    "De nuestro corresponsal ",
    "Por ",
    "POR ",
    "di ",
    "Di ",
    "文・",
    "文＝",
    "文／",
    "文：",
    "Author: ",
    "Autor: ",
    "Autore: ",
    "Auteur : ",
    "Автор: ",
];

/// What stands behind the name of a Japanese reporter.
const REPORTERS: &[&str] = &["記者", "特派員"];

/// Small words inside a name.
const PARTICLES: &[&str] = &[
    "and", "und", "et", "y", "de", "da", "di", "del", "della", "der", "den", "van", "von", "la", "le", "du",
    "dos", "bin", "&",
];

/// Marks between the parts of a byline.
const MARKS: &[&str] = &[" | ", " · ", " • ", " – ", " — ", " -- ", " - "];

/// What stands before the colon of a line that names values, and where they go.
const LABELS: &[(&str, Label)] = &[
    ("tags", Label::Tags),
    ("tag", Label::Tags),
    ("tagged", Label::Tags),
    ("tagged with", Label::Tags),
    ("tagged as", Label::Tags),
    ("keywords", Label::Tags),
    ("topics", Label::Tags),
    ("schlagwörter", Label::Tags),
    ("schlagworte", Label::Tags),
    ("mots-clés", Label::Tags),
    ("étiquettes", Label::Tags),
    ("etiquetas", Label::Tags),
    ("タグ", Label::Tags),
    ("キーワード", Label::Tags),
    ("etichette", Label::Tags),
    ("tagi", Label::Tags),
    ("теги", Label::Tags),
    ("posted in", Label::Sections),
    ("filed under", Label::Sections),
    ("filed in", Label::Sections),
    ("category", Label::Sections),
    ("categories", Label::Sections),
    ("section", Label::Sections),
    ("kategorie", Label::Sections),
    ("kategorien", Label::Sections),
    ("veröffentlicht in", Label::Sections),
    ("catégorie", Label::Sections),
    ("catégories", Label::Sections),
    ("publié dans", Label::Sections),
    ("categoría", Label::Sections),
    ("categorías", Label::Sections),
    ("publicado en", Label::Sections),
    ("カテゴリー", Label::Sections),
    ("カテゴリ", Label::Sections),
    ("categoria", Label::Sections),
    ("kategoria", Label::Sections),
    ("рубрика", Label::Sections),
];

/// Labels that need no colon.
const PHRASES: &[(&str, Label)] = &[
    ("tagged with ", Label::Tags),
    ("tagged as ", Label::Tags),
    ("posted in ", Label::Sections),
    ("filed under ", Label::Sections),
    ("filed in ", Label::Sections),
    ("veröffentlicht in ", Label::Sections),
    ("publié dans ", Label::Sections),
    ("publicado en ", Label::Sections),
];

#[derive(Debug, Clone, Copy)]
enum Label {
    Tags,
    Sections,
}

/// The most characters of a line that names values.
const MAX_CHARS: usize = 200;

/// Whether a line looks like a title: short, and no sentence.
pub(super) fn is_title(line: &str) -> bool {
    let line = line.trim();
    let short = line.chars().take(151).count() <= 150;
    short && line.contains(char::is_alphanumeric) && !line.ends_with(['.', ',', ';', ':'])
}

/// Takes a line that stands alone below the title; whether it was one of authors, a date or tags.
pub(super) fn take_line(draft: &mut Draft, line: &str, order: DayOrder) -> bool {
    take_labelled(draft, line) || take_byline(draft, line, order) || take_date(draft, line, order)
}

/// Takes `Tags: …`, `Filed under: …`; an empty one too.
pub(super) fn take_labelled(draft: &mut Draft, line: &str) -> bool {
    let Some((kind, rest)) = labelled(line) else { return false };
    match kind {
        Label::Tags => add_all(&mut draft.tags, values::list(rest)),
        Label::Sections => add_all(&mut draft.sections, values::list(rest)),
    }
    true
}

/// Whether a line names tags or sections.
pub(super) fn is_labelled(line: &str) -> bool {
    labelled(line).is_some()
}

fn labelled(line: &str) -> Option<(Label, &str)> {
    let line = line.trim();
    if line.chars().take(MAX_CHARS + 1).count() > MAX_CHARS {
        return None;
    }
    if let Some((label, rest)) = line.split_once([':', '：']) {
        let label = label.trim().to_lowercase();
        let known = LABELS.iter().find(|(known, _)| *known == label);
        if let Some((_, kind)) = known {
            return (!has_sentences(rest)).then_some((*kind, rest));
        }
    }
    let lower = line.to_lowercase();
    // Lower case may have another length; then it is no label of the table.
    let phrase =
        |(phrase, _): &&(&str, Label)| lower.starts_with(phrase) && line.is_char_boundary(phrase.len());
    let (phrase, kind) = PHRASES.iter().find(phrase)?;
    let rest = line[phrase.len()..].trim();
    // "Posted in the hallway was a list of names."
    let is_sentence = rest.ends_with('.') || rest.starts_with(char::is_lowercase) && !rest.contains(',');
    (!is_sentence).then_some((*kind, rest))
}

fn has_sentences(text: &str) -> bool {
    text.trim_end().ends_with('.') && text.contains(". ")
}

fn add_all(place: &mut Vec<String>, found: Vec<String>) {
    for item in found {
        values::push_new(place, item);
    }
}

/// Takes `Featured, Politics`: two or more short words with capitals. They are tags as much as sections.
pub(super) fn take_sections(draft: &mut Draft, line: &str) -> bool {
    let words: Vec<&str> = line.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    let are_sections =
        words.len() >= 2 && line.chars().count() <= 80 && words.iter().all(|word| is_section(word));
    if are_sections {
        add_all(&mut draft.sections, values::list(line));
        add_all(&mut draft.tags, values::list(line));
    }
    are_sections
}

pub(super) fn is_section(word: &str) -> bool {
    let capital = word.starts_with(char::is_uppercase);
    let plain = word.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '&' | '-' | '’' | '\''));
    capital && plain && word.split_whitespace().count() <= 3
}

/// Takes `By Ann Lee | March 3, 1998` and `3.3.1998 - Von Ann Lee`.
fn take_byline(draft: &mut Draft, line: &str, order: DayOrder) -> bool {
    let line = line.trim();
    if line.chars().take(121).count() > 120 {
        return false;
    }
    let Some((names, date)) = byline(line, order) else { return false };
    if !names.split([',', ';']).all(is_name) {
        return false;
    }
    add_all(&mut draft.authors, values::authors(names));
    set_date(draft, date);
    true
}

fn byline(line: &str, order: DayOrder) -> Option<(&str, Option<DateSpan>)> {
    if let Some(names) = behind_by(line) {
        return Some(names_and_date(names, order));
    }
    let reporter = line.strip_prefix('（').and_then(|line| line.strip_suffix('）')).unwrap_or(line);
    if let Some(name) = REPORTERS.iter().find_map(|reporters| reporter.strip_suffix(reporters)) {
        return (name.chars().count() <= 10 && !name.contains(['。', '、'])).then_some((name, None));
    }
    let (at, length) = MARKS.iter().filter_map(|mark| Some((line.find(mark)?, mark.len()))).min()?;
    let names = behind_by(line[at + length..].trim())?;
    Some((names, Some(date(&line[..at], order)?)))
}

fn behind_by(line: &str) -> Option<&str> {
    BY.iter().find_map(|by| line.strip_prefix(by)).map(str::trim)
}

fn set_date(draft: &mut Draft, date: Option<DateSpan>) {
    draft.published = draft.published.or(date.map(|date| Published { date, origin: Origin::Byline }));
}

/// A date, also in the wide digits of Japanese type.
fn date(text: &str, order: DayOrder) -> Option<DateSpan> {
    let is_wide = |c: char| ('０'..='９').contains(&c);
    if !text.contains(is_wide) {
        return values::date(text, order).filter(is_of_one_year);
    }
    let narrow = |c: char| if is_wide(c) { char::from(b'0' + (c as u32 - '０' as u32) as u8) } else { c };
    values::date(&text.chars().map(narrow).collect::<String>(), order).filter(is_of_one_year)
}

/// A line such as `The 1990s` or `1914–1918` is a heading.
fn is_of_one_year(date: &DateSpan) -> bool {
    date.from.ymd().0 == date.to.ymd().0
}

fn names_and_date(text: &str, order: DayOrder) -> (&str, Option<DateSpan>) {
    let mark = MARKS.iter().filter_map(|mark| Some((text.find(mark)?, mark.len()))).min();
    if let Some((at, length)) = mark {
        let parts = MARKS.iter().fold(vec![&text[at + length..]], |parts, mark| {
            parts.into_iter().flat_map(|part| part.split(mark)).collect()
        });
        return (text[..at].trim(), parts.into_iter().find_map(|part| date(part, order)));
    }
    let is_border = |c: char| c == ',' || c.is_whitespace();
    let dated = text.match_indices(is_border).find_map(|(at, border)| {
        let rest = text[at + border.len()..].trim();
        Some((at, date(rest, order).filter(|_| !is_number(rest))?))
    });
    dated.map_or((text, None), |(at, date)| (text[..at].trim_end_matches([' ', ',', '.']), Some(date)))
}

// A number alone may be anything: a year counts as a date only in words.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_capital = |word: &&&str| word.starts_with(|c: char| c.is_uppercase() || is_caseless(c));
    let capitals = words.iter().filter(is_capital).count();
    let known = words.iter().all(|word| is_capital(&word) || PARTICLES.contains(word));
    let ends_sentence = text
        .trim()
        .strip_suffix('.')
        .is_some_and(|text| text.chars().rev().take_while(|c| c.is_alphabetic()).count() > 3);
    known && capitals > 0 && words.len() <= 12 && !ends_sentence && !text.contains(['。', '、'])
}

fn is_caseless(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
}

/// Takes a line that is a date and nothing else, perhaps after "Published" or the like, or after the name of a place
/// or section. A date after the name of an author is taken too, but such a line is text unless the author is known.
fn take_date(draft: &mut Draft, line: &str, order: DayOrder) -> bool {
    const BEFORE: &[&str] = &[
        "published on",
        "published:",
        "published",
        "posted on",
        "posted:",
        "posted",
        "date:",
        "updated:",
        "by ",
        "erschienen am",
        "publié le",
        "publicado el",
        "datum:",
        "fecha:",
    ];
    let line = line.trim();
    if line.len() > 80 {
        return false;
    }
    let lower = line.to_lowercase();
    let before =
        BEFORE.iter().find(|before| lower.starts_with(**before) && line.is_char_boundary(before.len()));
    let stated = before.map_or(line, |before| line[before.len()..].trim());
    let stated = stated.strip_suffix(" by").unwrap_or(stated);
    let (stated, names) = match stated.rsplit_once(" by ") {
        Some((stated, names)) if before.is_some() && is_name(names) => (stated, Some(names)),
        _ => (stated, None),
    };
    if let Some(date) = date(stated, order).filter(|_| !is_number(stated)) {
        draft.day_order = draft.day_order.or(dates::order_shown(stated));
        set_date(draft, Some(date));
        add_all(&mut draft.authors, names.map(values::authors).unwrap_or_default());
        return true;
    }
    let Some((first, rest)) = line.split_once(',') else { return false };
    let Some(date) = date(rest, order).filter(|_| !is_number(rest.trim())) else { return false };
    if !is_name(first) || first.split_whitespace().count() > 4 {
        return false;
    }
    set_date(draft, Some(date));
    !first.contains(' ') || draft.authors.iter().any(|author| author == first)
}

/// The author's name in capitals below the text.
pub(super) fn take_signature(draft: &mut Draft, line: &str) -> bool {
    const NO_NAMES: &[&str] = &["THE", "END", "TO", "BE", "OF", "AND", "MORE", "FIN", "ENDE"];
    let words = || line.split_whitespace();
    let is_signature = draft.authors.is_empty()
        && (2..=4).contains(&words().count())
        && line.chars().all(|c| c.is_uppercase() || matches!(c, ' ' | '.' | '-' | '\''))
        && words().all(|word| !NO_NAMES.contains(&word));
    if is_signature {
        add_all(&mut draft.authors, values::authors(line));
    }
    is_signature
}

/// The date of a dateline at the head of a text, if it has a year: `LONDON, March 3, 1998 (AP) — `.
pub(super) fn dateline(text: &str, order: DayOrder) -> Option<DateSpan> {
    let head = &text[..text.floor_char_boundary(120)];
    let head = head.lines().next()?;
    let dash = ["—", "–", "--", " - "]
        .iter()
        .filter_map(|dash| head.find(dash))
        .chain(head.ends_with(" -").then(|| head.len() - 2))
        .min()?;
    let head = head[..dash].trim();
    let head =
        head.strip_suffix(')').and_then(|head| head.rsplit_once('(')).map_or(head, |(head, _)| head.trim());
    let place = head.split(',').next()?;
    let capitals = place.chars().filter(|c| c.is_uppercase()).count();
    if capitals < 2 || place.contains(char::is_lowercase) {
        return None;
    }
    head.match_indices(',').find_map(|(at, _)| values::date(&head[at + 1..], order))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(line: &str) -> (bool, Draft) {
        let mut draft = Draft::default();
        let was_taken = take_line(&mut draft, line, DayOrder::Unknown) || take_sections(&mut draft, line);
        (was_taken, draft)
    }

    #[test]
    fn bylines_are_told_from_prose() {
        for (line, expected) in [
            ("By Ann Lee", vec!["Ann Lee"]),
            ("By ANN LEE and BOB RAY", vec!["ANN LEE", "BOB RAY"]),
            ("Von Ludwig van Beethoven", vec!["Ludwig van Beethoven"]),
            ("Par Anne Martin", vec!["Anne Martin"]),
            ("By Ann Lee | March 3, 1998", vec!["Ann Lee"]),
            ("By Ann Lee March 25, 2015", vec!["Ann Lee"]),
            ("By Ann Lee. May 5, 1890", vec!["Ann Lee"]),
            ("Von Anna Weiß, 18. Mai 2024", vec!["Anna Weiß"]),
            ("16.05.1933 - Von Anna Weiß", vec!["Anna Weiß"]),
            ("12 mars 1954 - Par Anne Martin", vec!["Anne Martin"]),
            ("Por Ana Ruiz, 3 de marzo de 1968", vec!["Ana Ruiz"]),
            ("文・山田花子　１９２５年３月２３日", vec!["山田花子"]),
            ("（山田花子記者）", vec!["山田花子"]),
            ("From our correspondent Ann Lee", vec!["Ann Lee"]),
            ("By Monday night the storm had passed", vec![]),
            ("By God and Country.", vec![]),
            ("Par exemple", vec![]),
        ] {
            let (was_taken, draft) = taken(line);
            assert_eq!(
                (was_taken, draft.authors),
                (!expected.is_empty(), expected.iter().map(|s| s.to_string()).collect()),
                "{line}"
            );
        }
    }

    #[test]
    fn dates_are_told_from_prose() {
        for (line, expected, is_line) in [
            ("1. September 1957", Some("1957-09-01"), true),
            ("12 mars 1954", Some("1954-03-12"), true),
            ("29 de mayo de 1918", Some("1918-05-29"), true),
            ("1964年10月10日", Some("1964-10-10"), true),
            ("Posted on 2 June 2014 by", Some("2014-06-02"), true),
            ("Posted on September 1st, 2017 by Ann Lee", Some("2017-09-01"), true),
            ("By July 5, 1938", Some("1938-07-05"), true),
            ("Paris, 29 janvier 1910", Some("1910-01-29"), true),
            ("Ann Lee, August 18, 1945", Some("1945-08-18"), false),
            ("By Ann Lee March 25, 2015", Some("2015-03-25"), true),
            ("16.05.1933 - Von Anna Weiß", Some("1933-05-16"), true),
            ("文・山田花子　１９２５年３月２３日", Some("1925-03-23"), true),
            ("In the end, 1945", None, false),
            ("1984", None, false),
        ] {
            let mut draft = Draft::default();
            let was_taken = take_line(&mut draft, line, DayOrder::Unknown);
            let date = draft.published.map(|published| published.date.to_string());
            assert_eq!((date.as_deref(), was_taken), (expected, is_line), "{line}");
        }
    }

    #[test]
    fn sections_and_labelled_lines_are_told_from_prose() {
        for (line, tags, sections) in [
            ("Featured, Politics\u{a0} ", vec!["Featured", "Politics"], vec!["Featured", "Politics"]),
            ("Tags: a, b", vec!["a", "b"], vec![]),
            ("tags: , , ,", vec![], vec![]),
            ("Filed under: World News", vec![], vec!["World News"]),
            ("Posted in Travel, Food", vec![], vec!["Travel", "Food"]),
            ("Étiquettes : été", vec!["été"], vec![]),
            ("Mots-clés\u{a0}: été, mer", vec!["été", "mer"], vec![]),
            ("タグ：新聞、東京", vec!["新聞", "東京"], vec![]),
        ] {
            let (was_taken, draft) = taken(line);
            assert!(was_taken, "{line}");
            assert_eq!(
                (draft.tags, draft.sections),
                (
                    tags.iter().map(|s| s.to_string()).collect(),
                    sections.iter().map(|s| s.to_string()).collect()
                ),
                "{line}"
            );
        }
        for line in
            ["Posted in the hall was a list.", "Snow, ice and wind", "News", "Rain, then, Sun.", "One, 2"]
        {
            assert!(!taken(line).0, "{line}");
        }
    }

    #[test]
    fn datelines_need_a_place_in_capitals_and_a_year() {
        for text in [
            "LONDON, March 3 (AP) — Text",
            "In short — text",
            "London, 3 March 1998 - text",
            "A — b",
            "",
            "X",
        ] {
            assert_eq!(dateline(text, DayOrder::Unknown), None, "{text}");
        }
    }
}
