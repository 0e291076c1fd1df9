//! What language a text is expected to be in, going by the articles around it, and whether its letters allow that.

use crate::analysis::language::Language;
use crate::analysis::script::Script;

/// The shares that languages have in an archive.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Prior {
    shares: Vec<(Language, f32)>,
}

impl Prior {
    /// The shares of weights of any scale (counts of articles); weights that are not above zero do not count.
    pub(crate) fn new(weights: &[(Language, f32)]) -> Prior {
        let valid = || weights.iter().filter(|(_, weight)| weight.is_finite() && *weight > 0.0);
        let total: f32 = valid().map(|(_, weight)| weight).sum();
        Prior { shares: valid().map(|&(language, weight)| (language, weight / total)).collect() }
    }

    /// Every language with its share.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Language, f32)> {
        self.shares.iter().copied()
    }

    pub(crate) fn share(&self, code: &str) -> f32 {
        self.iter().find(|(language, _)| language.as_str() == code).map_or(0.0, |(_, share)| share)
    }
}

/// The letters beyond ASCII that languages are written with, lower case; Latin ones, then all of the Cyrillic ones.
const ALPHABETS: [(&str, Script, &str); 31] = [
    ("af", Script::Latin, "áéèêëîïôöûü"),
    ("ca", Script::Latin, "àçèéíïòóúü"),
    ("cs", Script::Latin, "áčďéěíňóřšťúůýž"),
    ("da", Script::Latin, "æøåé"),
    ("de", Script::Latin, "äöüß"),
    ("en", Script::Latin, ""),
    ("es", Script::Latin, "áéíñóúüºª"),
    ("et", Script::Latin, "äõöüšž"),
    ("fi", Script::Latin, "åäö"),
    ("fr", Script::Latin, "àâæçéèêëîïôœùûüÿ"),
    ("gl", Script::Latin, "áéíñóúü"),
    ("hr", Script::Latin, "čćđšž"),
    ("hu", Script::Latin, "áéíóöőúüű"),
    ("id", Script::Latin, ""),
    ("it", Script::Latin, "àèéìíîòóùú"),
    ("ms", Script::Latin, ""),
    ("nb", Script::Latin, "æøåéòô"),
    ("nl", Script::Latin, "áéèëïóöü"),
    ("pl", Script::Latin, "ąćęłńóśźż"),
    ("pt", Script::Latin, "àáâãçéêíóôõúüºª"),
    ("ro", Script::Latin, "ăâîșțşţ"),
    ("sk", Script::Latin, "áäčďéíĺľňóôŕšťúýž"),
    ("sl", Script::Latin, "čšž"),
    ("sv", Script::Latin, "åäöé"),
    ("tr", Script::Latin, "çğıöşüâîû"),
    ("be", Script::Cyrillic, "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    ("bg", Script::Cyrillic, "абвгдежзийклмнопрстуфхцчшщъьюяѝ"),
    ("mk", Script::Cyrillic, "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ"),
    ("ru", Script::Cyrillic, "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    ("sr", Script::Cyrillic, "абвгдђежзијклљмнњопрстћуфхцчџш"),
    ("uk", Script::Cyrillic, "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
];

/// Whether a text in this script can be in a language by its letters: all but a few of them, as names of strangers
/// have, belong to it. A language that is not known here is none that can be expected.
pub(crate) fn fits(language: Language, script: Script, text: &str) -> bool {
    let row = ALPHABETS.iter().find(|(code, ..)| *code == language.as_str());
    let Some((_, own_script, own_letters)) = row else { return false };
    if *own_script != script {
        return false;
    }
    let (mut letters, mut foreign) = (0, 0);
    for letter in text.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        if !letter.is_ascii() {
            let lower = letter.to_lowercase().next().unwrap_or(letter);
            foreign += usize::from(!own_letters.contains(lower));
        }
    }
    foreign <= 2 || foreign * 50 <= letters
}

/// Simplified characters of Chinese that Japanese does not write.
const CHINESE_ALONE: &str = "这们说时对发让给过还没应该东车长门问间见觉现视马鸟鱼龙开关进远运动务员业产习书买卖优传伤华单卫历厂压双变叶吗听启响团园围\
    图圆场坏块处备复够头夺奋妇孙实审宪宫宽导尘层岁岗岛币师带帮广庆库庙废张弹归录彻";

/// Whether a text in Han characters alone can be Japanese: a headline, a list of names.
pub(crate) fn can_be_japanese(text: &str) -> bool {
    const LONGEST_WITHOUT_KANA: usize = 60;
    let han = text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
    han <= LONGEST_WITHOUT_KANA && !text.chars().any(|c| !c.is_ascii() && CHINESE_ALONE.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(code: &str) -> Language {
        Language::parse(code).unwrap()
    }

    #[test]
    fn weights_become_shares() {
        let prior = Prior::new(&[(language("en"), 30.0), (language("fr"), 10.0), (language("de"), f32::NAN)]);
        assert_eq!((prior.share("en"), prior.share("fr"), prior.share("de")), (0.75, 0.25, 0.0));
        assert_eq!(Prior::new(&[]), Prior::default());
    }

    #[test]
    fn letters_contradict_languages() {
        for (code, script, text, expected) in [
            ("en", Script::Latin, "Profit 1.2 mln vs 1.1", true),
            ("en", Script::Latin, "Café in São Paulo", true),
            ("en", Script::Latin, "Příliš žluťoučký kůň", false),
            ("cs", Script::Latin, "Příliš žluťoučký kůň", true),
            ("de", Script::Latin, "Größe", true),
            ("ru", Script::Cyrillic, "Її їжак", false),
            ("uk", Script::Cyrillic, "Її їжак", true),
            ("ru", Script::Latin, "Moskva", false),
            ("xx", Script::Latin, "anything", false),
        ] {
            assert_eq!(fits(language(code), script, text), expected, "{code} {text}");
        }
    }

    #[test]
    fn han_characters_may_be_japanese() {
        assert!(can_be_japanese("東京都知事選挙"));
        assert!(!can_be_japanese("这个问题"));
        assert!(!can_be_japanese(&"東京".repeat(100)));
    }
}
