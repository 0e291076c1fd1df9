//! Cleaning of values, and splitting of lists and bylines.

use std::borrow::Cow;

use crate::reader::fragment;

/// Words that stand where a tag, section or author is missing; compared in lower case.
const PLACEHOLDERS: &[&str] = &[
    "uncategorized",
    "uncategorised",
    "null",
    "none",
    "nil",
    "n/a",
    "na",
    "untitled",
    "undefined",
    "unknown",
    "nan",
    "-",
    "--",
    "–",
    "—",
    "[]",
    "{}",
    "~",
    "no tags",
    "untagged",
    "no category",
    "sin categoría",
    "sin categorizar",
    "non classé",
    "sans catégorie",
    "nicht kategorisiert",
    "unkategorisiert",
    "ohne kategorie",
    "senza categoria",
    "sem categoria",
    "geen categorie",
    "bez kategorii",
    "nezařazené",
    "okategoriserade",
    "ukategorisert",
    "luokittelematon",
    "без рубрики",
    "без категории",
    "без категорії",
    "kategorisiz",
    "未分類",
    "未分类",
    "미분류",
];

/// Endings that belong to the name before the comma: "Martin Luther King, Jr."
const NAME_SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv", "md", "phd", "esq", "obe", "mbe", "dds"];

/// Words before a name that are not part of it.
const NAME_PREFIXES: &[&str] = &[
    "by ",
    "by: ",
    "written by ",
    "posted by ",
    "story by ",
    "words by ",
    "reported by ",
    "author: ",
    "authors: ",
    "von: ",
    "autor: ",
    "autorin: ",
    "text: ",
    "par ",
    "par : ",
    "auteur: ",
    "auteur : ",
    "por ",
    "por: ",
    "autora: ",
    "autore: ",
    "a cura di ",
    "door ",
    "door: ",
    "tekst: ",
    "автор: ",
    "автор ",
    "文：",
    "文・",
    "記者：",
    "作者：",
    "作者:",
];

/// Words between two names.
const NAME_JOINTS: &[&str] = &[
    " and ", " & ", " und ", " et ", " och ", " og ", " и ", " та ", " ve ", " και ", " with ", "、", "，",
    " / ", " + ",
];

/// Words between two names that also stand inside one: `José Ortega y Gasset`. There they stand before one word.
const LOOSE_JOINTS: &[&str] = &[" y ", " e ", " i ", " en ", " ja "];

/// What people are, beside their names.
const ROLES: &[&str] = &[
    "staff",
    "staff writer",
    "staff writers",
    "staff reporter",
    "reporter",
    "senior reporter",
    "correspondent",
    "special correspondent",
    "our correspondent",
    "foreign correspondent",
    "political correspondent",
    "contributor",
    "contributing writer",
    "contributing editor",
    "guest contributor",
    "guest author",
    "editor",
    "senior editor",
    "managing editor",
    "senior writer",
    "columnist",
    "freelance writer",
    "redakteur",
    "redakteurin",
    "korrespondent",
    "rédacteur",
    "rédactrice",
    "journaliste",
    "redactor",
    "redactora",
    "periodista",
    "giornalista",
    "redactie",
];

/// A value of one line: trimmed, runs of white space as one blank, other control characters dropped.
pub fn line(text: &str) -> String {
    // Exports of web sites leave entities in plain values. In a query string `&copy=` is none.
    let decoded = if text.contains('&') { htmlize::unescape_attribute(text) } else { text.into() };
    let text = decoded.as_ref();
    if is_clean_line(text.as_bytes()) {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace()) {
        let kept = clean.len();
        if kept > 0 {
            clean.push(' ');
        }
        let word_start = clean.len();
        clean.extend(word.chars().filter(|c| !is_invisible(*c)));
        if clean.len() == word_start {
            clean.truncate(kept);
        }
    }
    clean
}

// Printable ASCII with single blanks inside, as most values are.
fn is_clean_line(bytes: &[u8]) -> bool {
    let printable = bytes.iter().fold(true, |clean, byte| clean & matches!(byte, b' '..=b'~'));
    let blank_at_end = bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ');
    printable && !blank_at_end && !bytes.windows(2).any(|pair| pair == b"  ")
}

fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// A text of several lines: trimmed, line ends as `\n`, without other control characters but the tab.
pub fn plain_text(text: Cow<'_, str>) -> String {
    let Some(first) = next_control(text.as_bytes(), 0) else {
        let trimmed = text.trim();
        return if trimmed.len() == text.len() { text.into_owned() } else { trimmed.to_owned() };
    };
    let mut clean = String::with_capacity(text.len());
    let (mut done, mut control) = (0, Some(first));
    while let Some(at) = control {
        clean.push_str(&text[done..at]);
        done = at + 1;
        let is_line_end = text.as_bytes()[at] == b'\r' && text.as_bytes().get(done) != Some(&b'\n');
        if is_line_end {
            clean.push('\n');
        }
        control = next_control(text.as_bytes(), done);
    }
    clean.push_str(&text[done..]);
    clean.trim().to_owned()
}

/// The next control character of ASCII but newline and tab.
fn next_control(bytes: &[u8], from: usize) -> Option<usize> {
    const BLOCK: usize = 64;
    let is_control = |byte: u8| (byte < 0x20) & (byte != b'\n') & (byte != b'\t') | (byte == 0x7f);
    let mut start = from;
    for block in bytes[from..].chunks(BLOCK) {
        // Without an early exit the test takes a few vector instructions.
        if block.iter().fold(false, |found, byte| found | is_control(*byte)) {
            return block.iter().position(|byte| is_control(*byte)).map(|at| start + at);
        }
        start += block.len();
    }
    None
}

/// A tag, section or author of a list, cleaned; `None` when it is empty or a placeholder.
pub fn tag(text: &str) -> Option<String> {
    item(&unescaped(text))
}

fn item(text: &str) -> Option<String> {
    let clean = line(text);
    let clean = clean.trim_start_matches('#').trim_matches([',', ';', '"', '\'', ' ']);
    (!is_placeholder(clean)).then(|| clean.to_owned())
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains('&') { htmlize::unescape(text) } else { Cow::Borrowed(text) }
}

/// Whether a value says nothing: empty, or a word such as `Uncategorized`, `null`, `n/a`.
pub fn is_placeholder(text: &str) -> bool {
    /// In bytes.
    const LONGEST: usize = 32;
    let among = |text: &str| PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(text));
    text.is_empty() || among(text) || !text.is_ascii() && text.len() <= LONGEST && among(&text.to_lowercase())
}

/// The items of a list written as one string, cleaned: split at commas (also `、` and `，`), else at `;`, else at `|`.
///
/// Never split at blanks: `Human Rights` is one tag.
pub fn list(text: &str) -> Vec<String> {
    let text = unescaped(text);
    let separator = [',', '、', '，', ';', '|'].into_iter().find(|separator| text.contains(*separator));
    match separator {
        Some(separator) => text.split(separator).filter_map(item).collect(),
        None => item(&text).into_iter().collect(),
    }
}

/// The names of a byline or an author value, cleaned, without "By".
///
/// A `;` separates whatever stands around it. Otherwise "and" and commas do, except that a comma after a single
/// word is part of the name (`Lee, Ann`), and so is a suffix (`King, Jr.`). Addresses of mail, roles (`staff writer`)
/// and what stands on a second line of HTML are no names.
pub fn authors(text: &str) -> Vec<String> {
    let text = line(&first_line_of_html(&unescaped(text)));
    let text = without_address(without_prefix(&text));
    if text.contains(';') {
        return text.split(';').filter_map(item).collect();
    }
    let mut names = vec![text];
    for joint in NAME_JOINTS {
        names = names.into_iter().flat_map(|name| name.split(joint)).collect();
    }
    let names = names.into_iter().flat_map(split_at_loose_joints).flat_map(split_at_commas);
    names.filter_map(|name| item(&name)).filter(|name| !is_role(name)).collect()
}

/// `Por Ann Lee<br>Madrid` without the place.
fn first_line_of_html(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let lower = text.to_ascii_lowercase();
    let first = lower.find("<br").map_or(text, |at| &text[..at]);
    if fragment::is_html(first) { Cow::Owned(fragment::text(first)) } else { Cow::Borrowed(first) }
}

/// `Ann Lee <ann@wire.example>` and `ann@wire.example (Ann Lee)` without the address; it stays when it stands alone.
fn without_address(text: &str) -> &str {
    let Some(at) = text.find('@') else { return text };
    let start = text[..at].rfind([' ', '<', '(']).map_or(0, |mark| mark + 1);
    let end = text[at..].find([' ', '>', ')']).map_or(text.len(), |mark| at + mark);
    let is_edge = |c: char| matches!(c, ' ' | '<' | '>' | '(' | ')' | ',' | '|' | '-');
    let (before, behind) = (text[..start].trim_matches(is_edge), text[end..].trim_matches(is_edge));
    match (before.is_empty(), behind.is_empty()) {
        (false, true) => before,
        (true, false) => behind,
        (true, true) | (false, false) => text,
    }
}

/// Cuts where whole names stand on both sides.
fn split_at_loose_joints(text: &str) -> Vec<&str> {
    let is_whole = |name: &str| name.split(' ').count() >= 2;
    let joint = LOOSE_JOINTS.iter().find_map(|joint| text.split_once(joint));
    match joint {
        Some((first, second)) if is_whole(first) && is_whole(second) => vec![first, second],
        Some(_) | None => vec![text],
    }
}

fn is_role(name: &str) -> bool {
    let lower = name.to_lowercase();
    ROLES.contains(&lower.as_str())
}

fn without_prefix(text: &str) -> &str {
    let rest = NAME_PREFIXES.iter().find_map(|prefix| behind_in_any_case(text, prefix));
    rest.map_or(text, str::trim_start)
}

/// What stands behind a prefix in lower case, of any script.
fn behind_in_any_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    let same = |wanted: char| rest.next().is_some_and(|c| c == wanted || c.to_lowercase().eq([wanted]));
    prefix.chars().all(same).then_some(rest.as_str())
}

/// Whether `text` begins with `prefix`, an ASCII string, in any case.
pub fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

fn split_at_commas(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut surname_alone = false;
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match names.last_mut() {
            Some(last) if surname_alone || is_suffix(part) => {
                last.push_str(", ");
                last.push_str(part);
                surname_alone = false;
            }
            Some(_) | None => {
                names.push(part.to_owned());
                surname_alone = !part.contains(' ');
            }
        }
    }
    names
}

fn is_suffix(part: &str) -> bool {
    let letters = part.replace('.', "").to_ascii_lowercase();
    NAME_SUFFIXES.contains(&letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_and_cleaned() {
        for (text, expected) in [
            ("a, b ,c", vec!["a", "b", "c"]),
            (" , , , ", vec![]),
            ("Human Rights", vec!["Human Rights"]),
            ("Uncategorized, N/A, news", vec!["news"]),
            ("a; b, c", vec!["a; b", "c"]),
            ("x|y", vec!["x", "y"]),
            ("R&amp;D", vec!["R&D"]),
            ("#Energy, #Human Rights", vec!["Energy", "Human Rights"]),
            ("C#, F#, .NET", vec!["C#", "F#", ".NET"]),
            ("Sin categoría, Énergie", vec!["Énergie"]),
            ("NON CLASSÉ", vec![]),
            ("Без рубрики", vec![]),
            ("未分類、気候", vec!["気候"]),
            ("one\n two", vec!["one two"]),
        ] {
            assert_eq!(list(text), expected, "{text}");
        }
    }

    #[test]
    fn names_of_authors_are_told_apart() {
        for (text, expected) in [
            ("Ann Lee", vec!["Ann Lee"]),
            ("By Ann Lee and Bob Ray", vec!["Ann Lee", "Bob Ray"]),
            ("Ann Lee, Bob Ray & Cy Dow", vec!["Ann Lee", "Bob Ray", "Cy Dow"]),
            ("Lee, Ann", vec!["Lee, Ann"]),
            ("Lee, Ann; Ray, Bob", vec!["Lee, Ann", "Ray, Bob"]),
            ("Lee, Ann and Ray, Bob", vec!["Lee, Ann", "Ray, Bob"]),
            ("Ann Lee, Jr., Bob Ray", vec!["Ann Lee, Jr.", "Bob Ray"]),
            ("none", vec![]),
            ("Von: Ann Lee und Bo Ek", vec!["Ann Lee", "Bo Ek"]),
            ("Par Ann Lee et Bo Ek", vec!["Ann Lee", "Bo Ek"]),
            ("Por Ann Lee<br>Madrid", vec!["Ann Lee"]),
            ("Por Ana Ruiz y Eva Gil", vec!["Ana Ruiz", "Eva Gil"]),
            ("José Ortega y Gasset", vec!["José Ortega y Gasset"]),
            ("Josep Puig i Cadafalch", vec!["Josep Puig i Cadafalch"]),
            ("Door Ann Lee en Bo Ek", vec!["Ann Lee", "Bo Ek"]),
            ("Автор: Анна Ли и Пётр Эк", vec!["Анна Ли", "Пётр Эк"]),
            ("Ann Lee <ann@wire.example>", vec!["Ann Lee"]),
            ("ann@wire.example (Ann Lee)", vec!["Ann Lee"]),
            ("By Ann Lee, ann@wire.example", vec!["Ann Lee"]),
            ("ann@wire.example", vec!["ann@wire.example"]),
            ("Ann Lee, Staff writer", vec!["Ann Lee"]),
            ("By ANN LEE, Special Correspondent", vec!["ANN LEE"]),
            ("Ann Lee, Reuters", vec!["Ann Lee", "Reuters"]),
            ("ursula von der Leyen", vec!["ursula von der Leyen"]),
            ("山田太郎、鈴木花子", vec!["山田太郎", "鈴木花子"]),
        ] {
            assert_eq!(authors(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_are_free_of_control_characters() {
        for (text, expected) in [
            (" a\t b\r\nc ", "a b c"),
            ("a\u{0}b\u{1b}[1m", "ab[1m"),
            ("\u{feff}x", "x"),
            ("\u{1} \u{2}", ""),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn texts_keep_lines_and_lose_controls() {
        for (text, expected) in [("a\r\nb\rc", "a\nb\nc"), (" a\n\nb\t.\n", "a\n\nb\t."), ("a\u{0}b", "ab")] {
            assert_eq!(plain_text(Cow::Borrowed(text)), expected, "{text:?}");
        }
    }
}
