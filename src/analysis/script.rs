//! Scripts as evidence for a language.

/// A script, as far as it matters for telling the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// Written by one language, or one by far before all others.
    Of(&'static str),
    /// Many languages.
    Latin,
    /// Russian, Ukrainian, Bulgarian, Serbian …
    Cyrillic,
    /// Arabic, Persian, Urdu …
    Arabic,
    /// Hindi, Marathi, Nepali …
    Devanagari,
    /// Chinese, and Japanese between kana.
    Han,
    /// Japanese.
    Kana,
}

/// Letters beyond ASCII by script, as closed ranges; sorted.
const RANGES: [(char, char, Script); 40] = [
    ('\u{c0}', '\u{24f}', Script::Latin),
    ('\u{370}', '\u{3ff}', Script::Of("el")),
    ('\u{400}', '\u{52f}', Script::Cyrillic),
    ('\u{531}', '\u{58a}', Script::Of("hy")),
    ('\u{5d0}', '\u{5f2}', Script::Of("he")),
    ('\u{620}', '\u{6ff}', Script::Arabic),
    ('\u{750}', '\u{77f}', Script::Arabic),
    ('\u{904}', '\u{963}', Script::Devanagari),
    ('\u{985}', '\u{9e3}', Script::Of("bn")),
    ('\u{a05}', '\u{a75}', Script::Of("pa")),
    ('\u{a85}', '\u{ae3}', Script::Of("gu")),
    ('\u{b05}', '\u{b63}', Script::Of("or")),
    ('\u{b83}', '\u{bd7}', Script::Of("ta")),
    ('\u{c05}', '\u{c63}', Script::Of("te")),
    ('\u{c85}', '\u{ce3}', Script::Of("kn")),
    ('\u{d05}', '\u{d63}', Script::Of("ml")),
    ('\u{d85}', '\u{df3}', Script::Of("si")),
    ('\u{e01}', '\u{e4e}', Script::Of("th")),
    ('\u{e81}', '\u{ecd}', Script::Of("lo")),
    ('\u{f40}', '\u{fbc}', Script::Of("bo")),
    ('\u{1000}', '\u{103f}', Script::Of("my")),
    ('\u{10a0}', '\u{10ff}', Script::Of("ka")),
    ('\u{1100}', '\u{11ff}', Script::Of("ko")),
    ('\u{1200}', '\u{137f}', Script::Of("am")),
    ('\u{1780}', '\u{17d3}', Script::Of("km")),
    ('\u{1c90}', '\u{1cbf}', Script::Of("ka")),
    ('\u{1e00}', '\u{1eff}', Script::Latin),
    ('\u{1f00}', '\u{1fff}', Script::Of("el")),
    ('\u{2d00}', '\u{2d2d}', Script::Of("ka")),
    ('\u{3041}', '\u{3096}', Script::Kana),
    ('\u{30a1}', '\u{30fa}', Script::Kana),
    ('\u{3131}', '\u{318e}', Script::Of("ko")),
    ('\u{3400}', '\u{4dbf}', Script::Han),
    ('\u{4e00}', '\u{9fff}', Script::Han),
    ('\u{ac00}', '\u{d7a3}', Script::Of("ko")),
    ('\u{f900}', '\u{faff}', Script::Han),
    ('\u{fb50}', '\u{fdff}', Script::Arabic),
    ('\u{fe70}', '\u{fefc}', Script::Arabic),
    ('\u{ff66}', '\u{ff9d}', Script::Kana),
    ('\u{20000}', '\u{3ffff}', Script::Han),
];

/// A Han, kana or Hangul character says as much as several letters.
const CHARACTER_WEIGHT: u32 = 3;

/// How many letters of each script a text has.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    latin: u32,
    /// One count for each of `RANGES`.
    others: Option<[u32; RANGES.len()]>,
}

impl Evidence {
    pub(crate) fn of(text: &str) -> Evidence {
        let mut evidence = Evidence::default();
        if text.is_ascii() {
            evidence.latin = ascii_letters(text.as_bytes());
            return evidence;
        }
        let counts = evidence.others.insert([0; RANGES.len()]);
        for c in text.chars() {
            if c.is_ascii() {
                evidence.latin += u32::from(c.is_ascii_alphabetic());
            } else if let Some(at) = range_of(c) {
                counts[at] += 1;
            }
        }
        evidence
    }

    /// All letters.
    pub(crate) fn letters(&self) -> u32 {
        self.latin + self.counts().map(|(_, count)| count).sum::<u32>()
    }

    fn counts(&self) -> impl Iterator<Item = (Script, u32)> {
        let counts = self.others.iter().flatten().copied();
        RANGES.iter().map(|&(.., script)| script).zip(counts)
    }

    fn count(&self, script: Script) -> u32 {
        let alone = if script == Script::Latin { self.latin } else { 0 };
        alone + self.counts().filter(|&(other, _)| other == script).map(|(_, count)| count).sum::<u32>()
    }

    /// The script that most of the text is in, and its share.
    pub(crate) fn main(&self) -> Option<(Script, f32)> {
        let han_and_kana = CHARACTER_WEIGHT * (self.count(Script::Han) + self.count(Script::Kana));
        let mut best = (self.east_asian(), han_and_kana);
        let mut total = han_and_kana + self.latin;
        for (script, letters) in self.counts().filter(|&(_, letters)| letters > 0) {
            let weight = match script {
                Script::Han | Script::Kana => continue,
                Script::Of("ko") => CHARACTER_WEIGHT,
                Script::Of(_) | Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari => 1,
            };
            total += weight * letters;
            if weight * self.count(script) > best.1 {
                best = (script, weight * self.count(script));
            }
        }
        if self.count(Script::Latin) > best.1 {
            best = (Script::Latin, self.count(Script::Latin));
        }
        (best.1 > 0).then(|| (best.0, best.1 as f32 / total as f32))
    }

    /// Japanese has kana among its Han characters, Chinese nearly none.
    fn east_asian(&self) -> Script {
        let (han, kana) = (self.count(Script::Han), self.count(Script::Kana));
        if kana * 10 >= han.max(1) { Script::Of("ja") } else { Script::Of("zh") }
    }
}

fn range_of(c: char) -> Option<usize> {
    let at = RANGES.partition_point(|&(first, ..)| first <= c).checked_sub(1)?;
    (c <= RANGES[at].1).then_some(at)
}

/// Counts in single bytes, so that many are counted at once.
fn ascii_letters(bytes: &[u8]) -> u32 {
    const MOST: usize = u8::MAX as usize;
    let count = |chunk: &[u8]| chunk.iter().map(|byte| u8::from(byte.is_ascii_alphabetic())).sum::<u8>();
    bytes.chunks(MOST).map(|chunk| u32::from(count(chunk))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_script() {
        for (text, script) in [
            ("plain words", Some(Script::Latin)),
            ("d\u{e9}j\u{e0} vu", Some(Script::Latin)),
            ("привет", Some(Script::Cyrillic)),
            ("東京タワー", Some(Script::Of("ja"))),
            ("北京大学", Some(Script::Of("zh"))),
            ("the word 水 in an English sentence", Some(Script::Latin)),
            ("한국어 text", Some(Script::Of("ko"))),
            ("12 + 3", None),
            ("", None),
        ] {
            assert_eq!(Evidence::of(text).main().map(|(script, _)| script), script, "{text}");
        }
    }

    #[test]
    fn ranges_are_sorted() {
        assert!(RANGES.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}
