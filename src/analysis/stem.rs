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
        let stem = self.snowball.stem(word);
        // A word that is all suffix to the algorithm would otherwise vanish from the index.
        if stem.is_empty() { Cow::Borrowed(word) } else { stem }
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

    proptest! {
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
