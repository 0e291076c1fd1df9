//! What stands between the title and the text of a page: sections, byline, date, tags; and the dateline of the text.

use crate::article::{Draft, Origin, Published};
use crate::reader::values;
use crate::text::calendar::DateSpan;
use crate::text::dates::DayOrder;

/// Words before the names of the authors.
const BY: &[&str] = &["By ", "BY ", "by ", "Von ", "VON ", "Par ", "PAR ", "Por ", "POR "];

/// Small words inside a name.
const PARTICLES: &[&str] = &[
    "and", "und", "et", "y", "de", "da", "di", "del", "della", "der", "den", "van", "von", "la", "le", "du",
    "dos", "bin", "&",
];

/// Marks between the parts of a byline.
const MARKS: &[&str] = &[" | ", " · ", " • ", " – ", " — ", " -- ", " - "];

/// What a line that names values begins with, and where they go.
const LABELS: &[(&str, Label)] = &[
    ("tags:", Label::Tags),
    ("tags :", Label::Tags),
    ("tag:", Label::Tags),
    ("tagged:", Label::Tags),
    ("tagged with", Label::Tags),
    ("tagged as", Label::Tags),
    ("keywords:", Label::Tags),
    ("topics:", Label::Tags),
    ("schlagwörter:", Label::Tags),
    ("schlagworte:", Label::Tags),
    ("mots-clés :", Label::Tags),
    ("mots-clés:", Label::Tags),
    ("étiquettes :", Label::Tags),
    ("etiquetas:", Label::Tags),
    ("posted in", Label::Sections),
    ("filed under", Label::Sections),
    ("filed in", Label::Sections),
    ("category:", Label::Sections),
    ("categories:", Label::Sections),
    ("section:", Label::Sections),
    ("kategorie:", Label::Sections),
    ("kategorien:", Label::Sections),
    ("veröffentlicht in", Label::Sections),
    ("catégorie :", Label::Sections),
    ("catégories :", Label::Sections),
    ("publié dans", Label::Sections),
    ("categoría:", Label::Sections),
    ("categorías:", Label::Sections),
    ("publicado en", Label::Sections),
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

/// Takes a line that stands alone below the title; whether it was one of sections, authors, a date or tags.
pub(super) fn take_line(draft: &mut Draft, line: &str, order: DayOrder) -> bool {
    take_labelled(draft, line)
        || take_byline(draft, line, order)
        || take_date(draft, line, order)
        || draft.sections.is_empty() && draft.authors.is_empty() && take_sections(draft, line)
}

/// Takes `Tags: …`, `Filed under: …`; an empty one too.
pub(super) fn take_labelled(draft: &mut Draft, line: &str) -> bool {
    let line = line.trim();
    let lower = line.to_lowercase();
    // Lower case may have another length; then it is no label of the table.
    let label =
        LABELS.iter().find(|(label, _)| lower.starts_with(label) && line.is_char_boundary(label.len()));
    let Some((label, kind)) = label else { return false };
    let rest = line[label.len()..].trim_start_matches(':');
    if line.chars().count() > MAX_CHARS || is_sentence(label, rest) {
        return false;
    }
    match kind {
        Label::Tags => add_all(&mut draft.tags, values::list(rest)),
        Label::Sections => add_all(&mut draft.sections, values::list(rest)),
    }
    true
}

// "Posted in the hallway was a list of names."
fn is_sentence(label: &str, rest: &str) -> bool {
    let rest = rest.trim();
    !label.ends_with(':') && (rest.ends_with('.') || rest.starts_with(char::is_lowercase))
}

fn add_all(place: &mut Vec<String>, found: Vec<String>) {
    for item in found {
        values::push_new(place, item);
    }
}

/// Takes `Featured, Politics`: two or more short words with capitals. They are tags as much as sections.
fn take_sections(draft: &mut Draft, line: &str) -> bool {
    let words: Vec<&str> = line.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    let are_sections =
        words.len() >= 2 && line.chars().count() <= 80 && words.iter().all(|word| is_section(word));
    if are_sections {
        add_all(&mut draft.sections, values::list(line));
        add_all(&mut draft.tags, values::list(line));
    }
    are_sections
}

fn is_section(word: &str) -> bool {
    let capital = word.starts_with(char::is_uppercase);
    let plain = word.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '&' | '-' | '’' | '\''));
    capital && plain && word.split_whitespace().count() <= 3
}

/// Takes `By Ann Lee | March 3, 1998`.
fn take_byline(draft: &mut Draft, line: &str, order: DayOrder) -> bool {
    let line = line.trim();
    let Some(rest) = BY.iter().find_map(|by| line.strip_prefix(by)) else { return false };
    if line.chars().count() > 120 {
        return false;
    }
    let (names, date) = names_and_date(rest, order);
    if !names.split([',', ';']).all(is_name) {
        return false;
    }
    add_all(&mut draft.authors, values::authors(names));
    if let (None, Some(date)) = (draft.published, date) {
        draft.published = Some(Published { date, origin: Origin::Byline });
    }
    true
}

fn names_and_date(text: &str, order: DayOrder) -> (&str, Option<DateSpan>) {
    let mark = MARKS.iter().filter_map(|mark| Some((text.find(mark)?, mark.len()))).min();
    if let Some((at, length)) = mark {
        let parts = MARKS.iter().fold(vec![&text[at + length..]], |parts, mark| {
            parts.into_iter().flat_map(|part| part.split(mark)).collect()
        });
        return (text[..at].trim(), parts.into_iter().find_map(|part| values::date(part, order)));
    }
    let dated = text.match_indices(',').find_map(|(at, _)| Some((at, values::date(&text[at + 1..], order)?)));
    dated.map_or((text, None), |(at, date)| (text[..at].trim(), Some(date)))
}

fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capitals = words.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    let known = words.iter().all(|word| word.starts_with(char::is_uppercase) || PARTICLES.contains(word));
    let ends_sentence = text
        .trim()
        .strip_suffix('.')
        .is_some_and(|text| text.chars().rev().take_while(|c| c.is_alphabetic()).count() > 3);
    known && capitals > 0 && words.len() <= 12 && !ends_sentence
}

/// Takes a line that is a date and nothing else, perhaps after "Published" or the like.
fn take_date(draft: &mut Draft, line: &str, order: DayOrder) -> bool {
    const BEFORE: &[&str] =
        &["published on", "published:", "published", "posted on", "posted:", "posted", "date:", "updated:"];
    let line = line.trim();
    if line.len() > 60 {
        return false;
    }
    let before = BEFORE.iter().find(|before| values::starts_with_ignoring_case(line, before));
    let stated = before.map_or(line, |before| line[before.len()..].trim());
    // A number alone may be anything: a year counts as a date only in words.
    let is_number = stated.bytes().all(|byte| byte.is_ascii_digit());
    match values::date(stated, order) {
        Some(date) if !is_number => {
            draft.published = draft.published.or(Some(Published { date, origin: Origin::Byline }));
            true
        }
        Some(_) | None => false,
    }
}

/// The date of a dateline at the head of a text, if it has a year: `LONDON, March 3, 1998 (AP) — `.
pub(super) fn dateline(text: &str, order: DayOrder) -> Option<DateSpan> {
    let head = &text[..text.floor_char_boundary(120)];
    let head = head.lines().next()?;
    let dash = ["—", "–", "--", " - "].iter().filter_map(|dash| head.find(dash)).min()?;
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
        (take_line(&mut draft, line, DayOrder::Unknown), draft)
    }

    #[test]
    fn bylines_are_told_from_prose() {
        for (line, expected) in [
            ("By Ann Lee", vec!["Ann Lee"]),
            ("By ANN LEE and BOB RAY", vec!["ANN LEE", "BOB RAY"]),
            ("Von Ludwig van Beethoven", vec!["Ludwig van Beethoven"]),
            ("Par Anne Martin", vec!["Anne Martin"]),
            ("By Ann Lee | March 3, 1998", vec!["Ann Lee"]),
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
    fn sections_and_labelled_lines_are_told_from_prose() {
        for (line, tags, sections) in [
            ("Featured, Politics\u{a0} ", vec!["Featured", "Politics"], vec!["Featured", "Politics"]),
            ("Tags: a, b", vec!["a", "b"], vec![]),
            ("tags: , , ,", vec![], vec![]),
            ("Filed under: World News", vec![], vec!["World News"]),
            ("Posted in Travel, Food", vec![], vec!["Travel", "Food"]),
            ("Étiquettes : été", vec!["été"], vec![]),
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
