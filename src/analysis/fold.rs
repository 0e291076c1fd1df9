//! Folding: the form in which words and keywords are compared.
//!
//! The form is Unicode's compatibility composition (UAX #15, NFKC), in lower case, and without what a person leaves
//! out when typing: accents of Latin and Greek letters, stress marks and the dots of `ё` in Cyrillic, Arabic and
//! Hebrew vowel points, invisible format characters. Letters that are typed one for the other are one: alef with and
//! without hamza, the forms of yeh and kaf of Arabic and Persian, teh marbuta and heh; in Devanagari the dot below, the
//! signs of a nasal vowel, and a nasal before a stop of its kind. Marks that make another letter stay: `й`, vowel signs
//! of Indic scripts and Thai, the voicing marks of kana. Folding a folded text changes nothing.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_compatible;

/// Folds one word: compatibility form, case, accents (letters of other scripts keep the marks that make them).
pub fn fold_word(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(word);
    }
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    if folded == word { Cow::Borrowed(word) } else { Cow::Owned(folded) }
}

/// Folds a keyword (tag, author, section): as [`fold_word`], with white space trimmed and collapsed.
pub fn fold_keyword(value: &str) -> String {
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return value.to_ascii_lowercase();
    }
    let folded = fold_word(value);
    let mut keyword = String::with_capacity(folded.len());
    for part in folded.split_whitespace() {
        if !keyword.is_empty() {
            keyword.push(' ');
        }
        keyword.push_str(part);
    }
    keyword
}

/// Appends the folded form of `text` to `out`.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    if text.chars().all(is_composed_alone) {
        text.chars().for_each(|c| fold_char(c, out));
    } else {
        let mut rest = text.nfkc();
        while let Some(c) = rest.next() {
            match nasal(c).filter(|stops| is_before_stop(rest.clone(), stops)) {
                Some(_) => {
                    rest.next();
                    out.push(ANUSVARA);
                }
                None => fold_char(c, out),
            }
        }
    }
}

const ANUSVARA: char = '\u{902}';
const VIRAMA: char = '\u{94d}';

/// The stops before which a nasal letter of Devanagari is as often written as an anusvara.
fn nasal(c: char) -> Option<&'static str> {
    Some(match c {
        'ङ' => "कखगघ",
        'ञ' => "चछजझ",
        'ण' => "टठडढ",
        'न' => "तथदध",
        'म' => "पफबभ",
        _ => return None,
    })
}

fn is_before_stop(mut rest: impl Iterator<Item = char>, stops: &str) -> bool {
    rest.next() == Some(VIRAMA) && rest.next().is_some_and(|next| stops.contains(next))
}

/// Whether no neighbour can change `c` by composition: Latin, Greek and Cyrillic letters without loose marks, Han.
fn is_composed_alone(c: char) -> bool {
    matches!(c, '\0'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '\u{3400}'..='\u{9fff}')
}

fn fold_char(c: char, out: &mut String) {
    match c {
        '\0'..='\x7f' => out.push(c.to_ascii_lowercase()),
        'а'..='я' | '\u{3400}'..='\u{9fff}' => out.push(c),
        'А'..='Я' => out.extend(c.to_lowercase()),
        '\u{80}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}' => {
            decompose_compatible(c, |part| fold_part(part, out));
        }
        _ => fold_part(c, out),
    }
}

/// Folds a character that is decomposed as far as its script allows.
fn fold_part(c: char, out: &mut String) {
    if is_dropped(c) {
        return;
    }
    if let Some(digit) = decimal_digit(c) {
        out.push(digit);
        return;
    }
    for lower in c.to_lowercase().filter(|&lower| !is_dropped(lower)) {
        match LETTERS.binary_search_by_key(&lower, |&(letter, _)| letter) {
            Ok(at) => out.push_str(LETTERS[at].1),
            Err(_) => out.push(lower),
        }
    }
}

/// Letters with a plainer spelling that decomposition does not give; sorted.
const LETTERS: [(char, &str); 26] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('ð', "d"),
    ('ø', "o"),
    ('þ', "th"),
    ('đ', "d"),
    ('ħ', "h"),
    ('ı', "i"),
    ('ł', "l"),
    ('œ', "oe"),
    ('ŧ', "t"),
    ('ς', "σ"),
    ('ѐ', "е"),
    ('ё', "е"),
    ('ѝ', "и"),
    // Alef with its marks, teh marbuta, alef maksura; Persian kaf and yeh; candrabindu.
    ('\u{622}', "ا"),
    ('\u{623}', "ا"),
    ('\u{625}', "ا"),
    ('\u{629}', "ه"),
    ('\u{649}', "ي"),
    ('\u{671}', "ا"),
    ('\u{6a9}', "ك"),
    ('\u{6cc}', "ي"),
    ('\u{901}', "\u{902}"),
    ('‐', "-"),
    ('’', "'"),
];

/// The ASCII digit of a decimal digit of a script that is written beside European digits.
fn decimal_digit(c: char) -> Option<char> {
    const ZEROS: [char; 6] = ['٠', '۰', '०', '০', '๐', '០'];
    let digit = |zero: &char| (c as u32).checked_sub(*zero as u32).filter(|digit| *digit < 10);
    ZEROS.iter().find_map(digit).and_then(|digit| char::from_digit(digit, 10))
}

fn is_dropped(c: char) -> bool {
    if c < '\u{ad}' {
        return false;
    }
    let after = DROPPED.partition_point(|&(first, _)| first <= c);
    after > 0 && c <= DROPPED[after - 1].1
}

/// Marks and format characters that folding removes, as closed ranges; sorted.
const DROPPED: [(char, char); 29] = [
    ('\u{ad}', '\u{ad}'),   // soft hyphen
    ('\u{300}', '\u{36f}'), // combining diacritical marks
    ('\u{483}', '\u{489}'), // Cyrillic titlo and numeral marks
    ('\u{591}', '\u{5bd}'), // Hebrew accents and points
    ('\u{5bf}', '\u{5bf}'),
    ('\u{5c1}', '\u{5c2}'),
    ('\u{5c4}', '\u{5c5}'),
    ('\u{5c7}', '\u{5c7}'),
    ('\u{610}', '\u{61a}'), // Arabic honorifics
    ('\u{640}', '\u{640}'), // tatweel
    ('\u{64b}', '\u{65f}'), // harakat
    ('\u{670}', '\u{670}'),
    ('\u{6d6}', '\u{6dc}'), // Koranic marks
    ('\u{6df}', '\u{6e4}'),
    ('\u{6e7}', '\u{6e8}'),
    ('\u{6ea}', '\u{6ed}'),
    ('\u{8d3}', '\u{8e1}'),
    ('\u{8e3}', '\u{8ff}'),
    ('\u{93c}', '\u{93c}'),   // nukta of Devanagari
    ('\u{1ab0}', '\u{1aff}'), // combining diacritical marks, extended
    ('\u{1dc0}', '\u{1dff}'), // … supplement
    ('\u{200b}', '\u{200f}'), // zero-width space, joiners, direction marks
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{20d0}', '\u{20f0}'), // combining marks for symbols
    ('\u{fe00}', '\u{fe0f}'), // variation selectors
    ('\u{fe20}', '\u{fe2f}'), // combining half marks
    ('\u{feff}', '\u{feff}'),
    ('\u{e0100}', '\u{e01ef}'), // variation selectors, supplement
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_fold() {
        for (word, folded) in [
            ("plain", "plain"),
            ("Mixed", "mixed"),
            ("Café", "cafe"),
            ("Cafe\u{301}", "cafe"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Æther", "aether"),
            ("cœur", "coeur"),
            ("Ærø", "aero"),
            ("Łódź", "lodz"),
            ("Đakovo", "dakovo"),
            ("Guðrún", "gudrun"),
            ("Þór", "thor"),
            ("ısı", "isi"),
            ("İstanbul", "istanbul"),
            ("ﬁnance", "finance"),
            ("Ｗｉｄｅ１２", "wide12"),
            ("Việt", "viet"),
            ("Ἀθῆναι", "αθηναι"),
            ("Κόσμος", "κοσμοσ"),
            ("Ёлка", "елка"),
            ("за\u{301}мок", "замок"),
            ("Й", "й"),
            ("и\u{306}", "й"),
            ("Їжак", "їжак"),
            ("كِتَابٌ", "كتاب"),
            ("كتـــاب", "كتاب"),
            ("שָׁלוֹם", "שלום"),
            ("हिन्दी", "हिंदी"),
            ("हिंदी", "हिंदी"),
            ("सम्बन्ध", "संबंध"),
            ("अन्य", "अन्य"),
            ("ज\u{93c}मीन", "जमीन"),
            ("चाँद", "चांद"),
            ("أحمد", "احمد"),
            ("إلى", "الي"),
            ("مدرسة", "مدرسه"),
            ("کتابی", "كتابي"),
            ("ที่", "ที่"),
            ("が", "が"),
            ("か\u{3099}", "が"),
            ("ｶﾞ", "ガ"),
            ("한글", "한글"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("٢٠١٩", "2019"),
            ("co\u{ad}op", "coop"),
            ("می\u{200c}خواهم", "ميخواهم"),
        ] {
            assert_eq!(fold_word(word), folded, "{word}");
        }
    }

    #[test]
    fn unchanged_words_are_borrowed() {
        for word in ["", "plain", "3.14", "елка", "日本", "हिंदी"] {
            assert!(matches!(fold_word(word), Cow::Borrowed(_)), "{word}");
        }
    }

    #[test]
    fn keywords_fold() {
        for (value, folded) in [
            ("  Energy \n Policy ", "energy policy"),
            ("C++", "c++"),
            ("C#/.NET & F#", "c#/.net & f#"),
            ("Fußball-Straße", "fussball-strasse"),
            ("a\u{a0}b\u{3000}c", "a b c"),
            ("", ""),
            (" \u{200b} ", ""),
        ] {
            assert_eq!(fold_keyword(value), folded, "{value:?}");
        }
    }

    #[test]
    fn tables_are_sorted() {
        assert!(LETTERS.is_sorted());
        assert!(DROPPED.is_sorted() && DROPPED.iter().all(|(first, last)| first <= last));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "[\\p{Latin}\\p{Greek}\\p{Cyrillic}\\p{Arabic}\\p{Devanagari}\\p{Han}\\p{Thai} ]{0,20}") {
            let once = fold_word(&text).into_owned();
            prop_assert_eq!(fold_word(&once), once.as_str());
        }

        #[test]
        fn any_text_folds(text in any::<String>()) {
            let keyword = fold_keyword(&text);
            prop_assert_eq!(keyword.trim(), keyword.as_str());
        }
    }
}
