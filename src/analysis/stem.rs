//! Stems: Snowball algorithms (snowballstem.org) by language.

use std::borrow::Cow;

use frostem::Algorithm;

use crate::analysis::language::Language;

/// Stems folded words of one language.
#[derive(Clone, Copy)]
pub struct Stemmer {
    snowball: frostem::Stemmer,
    script: Script,
}

/// The letters that an algorithm knows; words in other letters are left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Folded Latin letters are ASCII.
    Latin,
    Other,
    Both,
}

/// Which algorithm stems which language.
const ALGORITHMS: [(&str, Algorithm, Script); 36] = [
    ("ar", Algorithm::Arabic, Script::Other),
    ("ca", Algorithm::Catalan, Script::Latin),
    ("cs", Algorithm::Czech, Script::Latin),
    ("da", Algorithm::Danish, Script::Latin),
    ("de", Algorithm::German, Script::Latin),
    ("el", Algorithm::Greek, Script::Other),
    ("en", Algorithm::English, Script::Latin),
    ("eo", Algorithm::Esperanto, Script::Latin),
    ("es", Algorithm::Spanish, Script::Latin),
    ("et", Algorithm::Estonian, Script::Latin),
    ("eu", Algorithm::Basque, Script::Latin),
    ("fa", Algorithm::Persian, Script::Other),
    ("fi", Algorithm::Finnish, Script::Latin),
    ("fr", Algorithm::French, Script::Latin),
    ("ga", Algorithm::Irish, Script::Latin),
    ("hi", Algorithm::Hindi, Script::Other),
    ("hu", Algorithm::Hungarian, Script::Latin),
    ("hy", Algorithm::Armenian, Script::Other),
    ("id", Algorithm::Indonesian, Script::Latin),
    ("it", Algorithm::Italian, Script::Latin),
    ("lt", Algorithm::Lithuanian, Script::Latin),
    ("nb", Algorithm::Norwegian, Script::Latin),
    ("ne", Algorithm::Nepali, Script::Other),
    ("nl", Algorithm::Dutch, Script::Latin),
    ("nn", Algorithm::Norwegian, Script::Latin),
    ("no", Algorithm::Norwegian, Script::Latin),
    ("pl", Algorithm::Polish, Script::Latin),
    ("pt", Algorithm::Portuguese, Script::Latin),
    ("ro", Algorithm::Romanian, Script::Latin),
    ("ru", Algorithm::Russian, Script::Other),
    ("sr", Algorithm::Serbian, Script::Both),
    ("st", Algorithm::Sesotho, Script::Latin),
    ("sv", Algorithm::Swedish, Script::Latin),
    ("ta", Algorithm::Tamil, Script::Other),
    ("tr", Algorithm::Turkish, Script::Latin),
    ("yi", Algorithm::Yiddish, Script::Other),
];

/// Whether words of this language can be stemmed.
pub fn has(language: Language) -> bool {
    algorithm(language).is_some()
}

/// Languages whose stemmers take off or rewrite beginnings of words as well.
const CHANGES_BEGINNINGS: [&str; 12] =
    ["ar", "eo", "et", "fa", "ga", "id", "nl", "sr", "st", "ta", "tr", "yi"];

/// Whether words of this language can begin in another way than their stems, so that `beginnings` does not hold.
pub fn changes_beginnings(language: Language) -> bool {
    CHANGES_BEGINNINGS.contains(&language.as_str())
}

/// What words with this stem begin with, in bytes; 0 is any. One may come twice.
///
/// Stemmers keep the first two letters. But English makes `die` of `dying`, German takes the `e` of `ae`, `oe` and `ue`
/// for a mark on the letter before, and Finnish makes one letter of two.
fn beginnings(stem: &str) -> impl Iterator<Item = [u8; 2]> + Clone {
    let (first, seconds) = match stem.as_bytes() {
        [] => (0, [0; 3]),
        [first] => (*first, [0; 3]),
        [first, b'i', b'e'] => (*first, [b'i', *first, b'y']),
        [first @ (b'a' | b'o' | b'u'), second, ..] => (*first, [*second, *first, b'e']),
        [first, second, ..] => (*first, [*second, *first, *first]),
    };
    seconds.into_iter().map(move |second| [first, second])
}

/// Whether a word has one of the `beginnings` of a stem.
pub fn begins_alike(stem: &str, word: &str) -> bool {
    beginnings(stem).any(|beginning| word.as_bytes().starts_with(meant(&beginning)))
}

/// A beginning without the 0 that stands for any letter.
fn meant(beginning: &[u8; 2]) -> &[u8] {
    let known = beginning.iter().position(|&byte| byte == 0).unwrap_or(beginning.len());
    &beginning[..known]
}

/// What words of this language with this stem begin with, in bytes; `None`: with anything.
pub fn beginnings_in(language: Language, stem: &str) -> Option<Vec<Vec<u8>>> {
    let usual = beginnings(stem).map(|beginning| meant(&beginning).to_vec());
    let first = stem.as_bytes().first().map(|&byte| vec![byte]);
    match language.as_str() {
        // A participle loses its `ge`, also behind another beginning.
        "nl" => Some(first.into_iter().chain([b"ge".to_vec()]).collect()),
        // Some forms are in a table (`loeb`: `luge`), but never lose their first letters.
        "et" => Some(first.into_iter().collect()),
        // The last consonant is given back its hardness: of `ebe` that of the second letter, of `dime` all (`ep`, `t`).
        "tr" if stem.chars().count() > 2 => Some(usual.collect()),
        "tr" if stem.chars().count() == 2 => Some(first.into_iter().collect()),
        // `cx` is `ĉ`.
        "eo" if stem.starts_with(|letter: char| letter.is_ascii()) => Some(first.into_iter().collect()),
        _ if changes_beginnings(language) => None,
        _ => Some(usual.collect()),
    }
}

fn algorithm(language: Language) -> Option<(Algorithm, Script)> {
    let at = ALGORITHMS.binary_search_by_key(&language.as_str(), |&(code, ..)| code).ok()?;
    let (_, algorithm, script) = ALGORITHMS[at];
    Some((algorithm, script))
}

impl Stemmer {
    /// The stemmer of a language; `None` when there is none.
    pub fn of(language: Language) -> Option<Stemmer> {
        let (algorithm, script) = algorithm(language)?;
        Some(Stemmer { snowball: frostem::Stemmer::new(algorithm), script })
    }

    /// The stem of a folded word. Words with digits and words of another script are their own stems.
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let known = match self.script {
            Script::Latin => word.is_ascii(),
            Script::Other => !word.is_ascii(),
            Script::Both => true,
        };
        if !known || word.bytes().any(|byte| byte.is_ascii_digit()) {
            return Cow::Borrowed(word);
        }
        if self.snowball.algorithm() == Algorithm::Persian {
            return Cow::Owned(self.persian(word));
        }
        match self.snowball.stem(word) {
            // A word that is all suffix to the algorithm would otherwise vanish from the index.
            stem if stem.is_empty() => Cow::Borrowed(word),
            // Most stems are what their words begin with, and need no memory of their own.
            stem if word.starts_with(&*stem) => Cow::Borrowed(&word[..stem.len()]),
            stem => stem,
        }
    }
}

impl Stemmer {
    /// The stem of a word whose yeh and kaf were folded to those of Arabic, which the algorithm does not know.
    fn persian(&self, word: &str) -> String {
        let exchanged = |text: &str, letters: [(char, char); 2]| -> String {
            let exchange = |c| letters.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
            text.chars().map(exchange).collect()
        };
        let own = exchanged(word, [('\u{64a}', '\u{6cc}'), ('\u{643}', '\u{6a9}')]);
        let stem = self.snowball.stem(&own);
        if stem.is_empty() {
            return word.to_owned();
        }
        exchanged(&stem, [('\u{6cc}', '\u{64a}'), ('\u{6a9}', '\u{643}')])
    }
}

impl std::fmt::Debug for Stemmer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stemmer({:?})", self.snowball.algorithm())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stemmer(code: &str) -> Stemmer {
        Stemmer::of(Language::parse(code).unwrap()).unwrap()
    }

    #[test]
    fn words_stem_in_their_language() {
        for (code, word, stem) in [
            ("en", "policies", "polici"),
            ("en", "policy", "polici"),
            ("en", "running", "run"),
            ("en", "fruitlessly", "fruitless"),
            ("de", "hauser", "haus"),
            ("fr", "nationales", "national"),
            ("ru", "книгами", "книг"),
            ("nb", "husene", "hus"),
            ("no", "husene", "hus"),
            ("nn", "husene", "hus"),
        ] {
            assert_eq!(stemmer(code).stem(word), stem, "{code} {word}");
        }
    }

    #[test]
    fn foreign_words_and_numbers_stay() {
        for (code, word) in [
            ("en", "книгами"),
            ("ru", "policies"),
            ("en", "b2bs"),
            ("en", "1980s"),
            ("en", ""),
            ("en", "日本"),
        ] {
            assert_eq!(stemmer(code).stem(word), word, "{code} {word}");
        }
    }

    #[test]
    fn languages_without_rules() {
        for (code, known) in [("en", true), ("nb", true), ("zh", false), ("th", false), ("xx", false)] {
            assert_eq!(has(Language::parse(code).unwrap()), known, "{code}");
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(ALGORITHMS.is_sorted_by_key(|&(code, ..)| code));
    }

    #[test]
    fn stems_begin_as_words_do() {
        let cases = [
            ("die", "dying", true),
            ("polici", "policies", true),
            ("agean", "aegean", true),
            ("caea", "ccaeao", true),
            ("книг", "книгами", true),
            ("polici", "pale", false),
            ("a", "b", false),
            ("", "", true),
        ];
        for (stem, word, expected) in cases {
            assert_eq!(begins_alike(stem, word), expected, "{stem} {word}");
        }
    }

    #[test]
    fn words_begin_as_their_stems_in_turkish() {
        let turkish = Language::parse("tr").unwrap();
        for (word, expected) in [("ebe", "ep"), ("dime", "t"), ("kitab", "kitap")] {
            let stem = stemmer("tr").stem(word);
            assert_eq!(stem, expected);
            let beginnings = beginnings_in(turkish, &stem);
            let begins = |all: Vec<Vec<u8>>| all.iter().any(|one| word.as_bytes().starts_with(one));
            assert!(beginnings.is_none_or(begins), "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_word_begins_as_its_stem(
            latin in "[a-z]{1,12}",
            other in "[а-я]{1,9}|[α-ρσ-ω]{1,9}|[क-ह]{1,9}|[ա-ֆ]{1,9}|[a-zа-я]{1,9}",
        ) {
            for (code, ..) in ALGORITHMS {
                let language = Language::parse(code).expect("it is a code");
                for word in [&latin, &other] {
                    let stem = stemmer(code).stem(word);
                    let begins = beginnings_in(language, &stem)
                        .is_none_or(|all| all.iter().any(|one| word.as_bytes().starts_with(one)));
                    prop_assert!(begins, "{} {}", code, word);
                    prop_assert!(changes_beginnings(language) || begins_alike(&stem, word), "{} {}", code, word);
                }
            }
        }

        #[test]
        fn any_word_has_a_stem(word in any::<String>(), letters in "[a-zа-яا-ي']{0,30}") {
            for (code, ..) in ALGORITHMS {
                for text in [&word, &letters] {
                    prop_assert_eq!(stemmer(code).stem(text).is_empty(), text.is_empty(), "{} {:?}", code, text);
                }
            }
        }
    }
}
