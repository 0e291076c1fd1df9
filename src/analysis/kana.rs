//! The long vowel at the end of Japanese words from other languages, which some writers leave out.

/// The mark of a long vowel, in full and half width.
const LONG: [char; 2] = ['ー', 'ｰ'];

/// So many characters a word has with its mark, before it is as often written without (JIS Z 8301, annex G).
const LEAST: usize = 4;

/// What to look for instead of a word: `コンピューター` without its last mark is in both spellings of it.
pub fn without_final_mark(word: &str) -> &str {
    let Some(shorter) = word.strip_suffix(LONG) else { return word };
    let length = 1 + shorter.chars().rev().take(LEAST).take_while(|c| is_katakana(*c)).count();
    if length >= LEAST && !shorter.ends_with(LONG) { shorter } else { word }
}

fn is_katakana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー' | 'ｦ'..='ﾟ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_mark_of_longer_words_is_left_out() {
        for (word, expected) in [
            ("コンピューター", "コンピューター".trim_end_matches('ー')),
            ("サーバー", "サーバ"),
            ("ｻｰﾊﾞｰ", "ｻｰﾊﾞ"),
            ("東京タワー", "東京タワー"),
            ("新サーバー", "新サーバ"),
            ("コピー", "コピー"),
            ("コンピュータ", "コンピュータ"),
            ("アーーー", "アーーー"),
            ("ー", "ー"),
            ("server", "server"),
            ("", ""),
        ] {
            assert_eq!(without_final_mark(word), expected, "{word}");
        }
    }
}
