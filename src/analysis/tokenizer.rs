//! Cuts text into tokens with byte ranges and positions.
//!
//! | in the text | tokens |
//! |---|---|
//! | letters, digits and the marks on them | one word; soft hyphens, joiners and zero-width spaces inside it vanish |
//! | `Canada's` | `canada`: a final possessive is dropped, also from the range |
//! | `l'eau`, `qu’on`, `dell'arte` | `l` `eau`: an elided article or particle is a word of its own |
//! | `don't`, `п'ять` | `dont`: any other apostrophe inside a word is left out |
//! | `3.14`, `1.2.3` | one word each: a dot between digits stays |
//! | `1,000`, `12,345.67` | `1000`, `12345.67`: a comma is left out where it groups thousands, elsewhere it separates |
//! | `U.S.`, `e.g.` | `us`, `eg`: single letters with dots between them are one word, its range has the last dot |
//! | `AT&T`, `R&D` | `at&t`: one to three ASCII letters on both sides, nothing between |
//! | `C++`, `C#`, `.NET` | `c++`, `c#` (one letter), `.net` (not behind a letter or digit) |
//! | `e-mail`, `snake_case`, `a/b`, `@name`, `#tag`, addresses | every other mark separates |
//! | Han, kana, bopomofo, Hangul, Thai, Lao, Khmer, Burmese | a `Char` for each character with its marks, and a `Pair` for each two neighbours |
//!
//! Every `Word` and every `Char` takes the next position, also one that is too long to be handed on. What a token's
//! text looks like is [`crate::analysis::fold`]'s.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::analysis::fold::fold_into;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A word of a script that puts spaces between words.
    Word,
    /// One character of a script that does not (Han, Kana, Hangul, Thai …).
    Char,
    /// Two neighbouring characters of such a script; has the position of the first.
    Pair,
}

/// One token; borrowed from the tokenizer's buffer until the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// Folded text.
    pub text: &'a str,
    /// Bytes of the source text that it stands for.
    pub range: Range<usize>,
    /// Number of the word or character in the text, from 0; a pair shares the position of its first character.
    pub position: u32,
    /// Word, character or pair.
    pub kind: TokenKind,
}

/// Longest folded token, in bytes; longer ones are dropped (they keep their position).
pub const MAX_TOKEN_BYTES: usize = 255;

/// Cuts `text` and hands every token, in order, to `each`. `Char` tokens come with the `Pair` that begins at them.
pub fn tokenize(text: &str, each: impl FnMut(Token<'_>)) {
    Cutter::new(text, each, |_| true).cut();
}

/// The characters of a text that is a run of two and more of a script without blanks, with nothing between any of
/// them; `None` for every other text. Such a run is looked for by its neighbours two by two, and marked so.
pub fn unbroken_run(text: &str) -> Option<Vec<String>> {
    let (mut characters, mut pairs, mut words) = (Vec::new(), 0, 0);
    tokenize(text, |token| match token.kind {
        TokenKind::Char => characters.push(token.text.to_owned()),
        TokenKind::Pair => pairs += 1,
        TokenKind::Word => words += 1,
    });
    (words == 0 && pairs > 0 && pairs + 1 == characters.len()).then_some(characters)
}

/// As [`tokenize`], but may leave out words whose folded text begins with an ASCII byte that `wanted` refuses.
/// Positions are the same; a caller that looks for few words reads the text much faster. Returns how many positions
/// the text has.
pub fn tokenize_wanted(text: &str, wanted: &FirstBytes, each: impl FnMut(Token<'_>)) -> u32 {
    Cutter::new(text, each, |byte| wanted.has(byte)).cut()
}

/// A set of the bytes that folded tokens begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstBytes([bool; 256]);

impl Default for FirstBytes {
    fn default() -> Self {
        FirstBytes([false; 256])
    }
}

impl FirstBytes {
    /// Every byte: no word is left out.
    pub fn all() -> FirstBytes {
        FirstBytes([true; 256])
    }

    /// Adds the first byte of a folded token.
    pub fn insert(&mut self, folded: &str) {
        if let Some(&byte) = folded.as_bytes().first() {
            self.0[usize::from(byte)] = true;
            self.0[usize::from(byte.to_ascii_uppercase())] = true;
        }
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const JOINER: u8 = 8;
const WIDE: u8 = 16;
const IN_WORD: u8 = LOWER | UPPER | DIGIT;

/// What a byte can be at the beginning of, or inside, a token; 0 separates.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b'\'' | b'.' | b',' | b'&' | b'+' | b'#' => JOINER,
            128..=255 => WIDE,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

fn class(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).map_or(0, |&byte| CLASSES[usize::from(byte)])
}

/// Words that lose their last vowel before another word, besides single letters: French, Italian, Catalan.
const ELIDED: [&str; 26] = [
    "all", "anch", "bell", "ch", "coll", "com", "dall", "degl", "dell", "dov", "entr", "gl", "jusqu",
    "lorsqu", "mezz", "nell", "presqu", "puisqu", "qu", "quell", "quelqu", "quest", "quoiqu", "sant", "sull",
    "un",
];

struct Cutter<'t, F, W> {
    text: &'t str,
    each: F,
    wanted: W,
    position: u32,
    /// The word as written, without what vanishes.
    raw: String,
    folded: String,
}

impl<'t, F: FnMut(Token<'_>), W: Fn(u8) -> bool> Cutter<'t, F, W> {
    fn new(text: &'t str, each: F, wanted: W) -> Self {
        Cutter { text, each, wanted, position: 0, raw: String::new(), folded: String::new() }
    }

    fn cut(&mut self) -> u32 {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let class = CLASSES[usize::from(bytes[at])];
            at = if class & IN_WORD != 0 {
                self.ascii_word(at)
            } else if class == WIDE {
                self.wide(at)
            } else if bytes[at] == b'.' && self.is_dot_net(at) {
                self.dot_net(at)
            } else {
                at + 1
            };
        }
        self.position
    }

    /// A word that begins with an ASCII letter or digit; nearly all are plain and need no second look.
    fn ascii_word(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start;
        let mut seen = 0;
        while at < bytes.len() {
            let class = CLASSES[usize::from(bytes[at])];
            if class & IN_WORD == 0 {
                if class != 0 && may_join(bytes, start, at) {
                    return self.word(start);
                }
                break;
            }
            seen |= class;
            at += 1;
        }
        if (self.wanted)(bytes[start]) {
            self.plain_word(start..at, seen & UPPER != 0);
        }
        self.position += 1;
        at
    }

    fn plain_word(&mut self, range: Range<usize>, has_upper: bool) {
        if range.len() > MAX_TOKEN_BYTES {
            return;
        }
        let mut text = &self.text[range.clone()];
        if has_upper {
            self.folded.clear();
            self.folded.push_str(text);
            self.folded.make_ascii_lowercase();
            text = &self.folded;
        }
        (self.each)(Token { text, range, position: self.position, kind: TokenKind::Word });
    }

    /// What begins with a character beyond ASCII.
    fn wide(&mut self, at: usize) -> usize {
        let Some(first) = self.char_at(at) else { return self.text.len() };
        if is_unspaced(first) {
            self.run(at)
        } else if first.is_alphanumeric() && !is_apostrophe(first) {
            self.word(at)
        } else {
            at + first.len_utf8()
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    fn is_part(&self, at: usize) -> bool {
        self.char_at(at).is_some_and(is_word_character)
    }

    /// Any word, character by character; returns where to go on.
    fn word(&mut self, start: usize) -> usize {
        self.raw.clear();
        let (end, next) = self.acronym(start).unwrap_or_else(|| self.spelled(start));
        self.folded.clear();
        fold_into(&self.raw, &mut self.folded);
        if !self.folded.is_empty() {
            self.emit(start..end, 0, TokenKind::Word);
            self.position += 1;
        }
        next
    }

    /// Hands on the folded text from `from` if it is short enough.
    fn emit(&mut self, range: Range<usize>, from: usize, kind: TokenKind) {
        let text = &self.folded[from..];
        if text.len() <= MAX_TOKEN_BYTES && !text.is_empty() {
            (self.each)(Token { text, range, position: self.position, kind });
        }
    }

    /// `U.S.`: its letters, its end and where to go on.
    fn acronym(&mut self, start: usize) -> Option<(usize, usize)> {
        let (mut at, mut end, mut letters) = (start, start, 0);
        while let Some(letter) = self.char_at(at).filter(|&c| c.is_alphabetic() && !is_unspaced(c)) {
            let after = at + letter.len_utf8();
            if self.is_part(after) {
                break;
            }
            self.raw.push(letter);
            letters += 1;
            end = after;
            if self.text.as_bytes().get(after) != Some(&b'.') {
                break;
            }
            end += 1;
            at = end;
        }
        if letters < 2 {
            self.raw.clear();
            return None;
        }
        Some((end, self.possessive(end).unwrap_or(end)))
    }

    /// A word that is written out: its end and where to go on.
    fn spelled(&mut self, start: usize) -> (usize, usize) {
        let (mut at, mut end) = (start, start);
        while let Some(c) = self.char_at(at) {
            let after = at + c.len_utf8();
            match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' => {
                    self.raw.push(c);
                    end = after;
                }
                '\'' | '’' | '＇' | 'ʼ' => match self.apostrophe(at, after) {
                    Apostrophe::Inside => {}
                    Apostrophe::Ends(next) => return (end, next),
                },
                '.' if self.is_decimal_dot(after) => self.raw.push(c),
                ',' if self.groups_thousands(after) => {}
                '&' if self.joins_initials(after) => self.raw.push(c),
                '·' if self.raw.ends_with(['l', 'L']) && self.text[after..].starts_with(['l', 'L']) => {}
                '+' if self.text[after..].starts_with('+') && self.is_name() => {
                    self.raw.push_str("++");
                    return (after + 1, after + 1);
                }
                '#' if self.raw.len() == 1 && self.is_name() && !self.is_part(after) => {
                    self.raw.push(c);
                    return (after, after);
                }
                '\0'..='\x7f' => break,
                '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{5f3}' | '\u{5f4}' => {}
                _ if is_word_character(c) => {
                    self.raw.push(c);
                    end = after;
                }
                _ => break,
            }
            at = after;
        }
        (end, at.max(end))
    }

    fn apostrophe(&self, at: usize, after: usize) -> Apostrophe {
        if let Some(next) = self.possessive(at) {
            return Apostrophe::Ends(next);
        }
        if !self.is_part(after) || self.is_elided() {
            return Apostrophe::Ends(after);
        }
        Apostrophe::Inside
    }

    /// The end of the `'s` that stands at `at` and ends a word.
    fn possessive(&self, at: usize) -> Option<usize> {
        let after = at + self.char_at(at).filter(|&c| is_apostrophe(c))?.len_utf8();
        let end = after + self.text[after..].starts_with(['s', 'S']).then_some(1)?;
        let behind = end + self.char_at(end).filter(|&c| is_apostrophe(c)).map_or(0, char::len_utf8);
        (!self.is_part(end) && !self.is_part(behind)).then_some(end)
    }

    fn is_elided(&self) -> bool {
        let single_letter = self.raw.len() == 1 && self.is_name() || matches!(self.raw.as_str(), "ç" | "Ç");
        single_letter || ELIDED.iter().any(|word| word.eq_ignore_ascii_case(&self.raw))
    }

    /// Whether all of the word so far is a few ASCII letters.
    fn is_name(&self) -> bool {
        const LONGEST: usize = 16;
        self.raw.len() <= LONGEST && self.raw.bytes().all(|byte| byte.is_ascii_alphabetic())
    }

    fn is_decimal_dot(&self, after: usize) -> bool {
        let digit_at = |at| self.char_at(at).is_some_and(char::is_numeric);
        self.raw.ends_with(char::is_numeric) && digit_at(after)
    }

    fn groups_thousands(&self, after: usize) -> bool {
        const LARGEST: usize = 21;
        let bytes = self.text.as_bytes();
        let whole = self.raw.len() <= LARGEST && self.raw.bytes().all(|byte| byte.is_ascii_digit());
        let first_group = self.raw.len() <= 3;
        let grouped =
            || bytes[..after - 1].iter().rev().take_while(|byte| byte.is_ascii_digit()).count() == 3;
        let digits = bytes[after..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        whole && digits == 3 && (first_group || grouped())
    }

    fn joins_initials(&self, after: usize) -> bool {
        let letters =
            self.text.as_bytes()[after..].iter().take(4).take_while(|byte| byte.is_ascii_alphabetic());
        let right = letters.count();
        let left = self.raw.len();
        (1..=3).contains(&left) && self.is_name() && (1..=3).contains(&right) && !self.is_part(after + right)
    }

    fn is_dot_net(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let name = bytes.get(at + 1..at + 4).is_some_and(|name| name.eq_ignore_ascii_case(b"net"));
        let behind = if at == 0 { 0 } else { class(bytes, at - 1) };
        name && behind & (IN_WORD | WIDE) == 0 && class(bytes, at + 4) & (IN_WORD | WIDE) == 0
    }

    fn dot_net(&mut self, at: usize) -> usize {
        let end = at + 4;
        self.plain_word(at..end, true);
        self.position += 1;
        end
    }

    /// Neighbouring characters of scripts without spaces, from `start`; returns where the run ends.
    fn run(&mut self, start: usize) -> usize {
        let mut at = start;
        let mut previous: Option<Range<usize>> = None;
        self.folded.clear();
        while let Some(end) = self.cluster_end(at) {
            let begin = self.folded.len();
            fold_into(&self.text[at..end], &mut self.folded);
            if let Some(first) = previous {
                self.emit(first.start..end, 0, TokenKind::Pair);
                self.position += 1;
                self.folded.drain(..begin);
            }
            self.emit(at..end, 0, TokenKind::Char);
            previous = Some(at..end);
            at = self.skip_silent(end);
        }
        self.position += 1;
        previous.map_or(at, |last| last.end)
    }

    /// The end of the character at `at`, with its marks, if it is of a script without spaces.
    fn cluster_end(&self, at: usize) -> Option<usize> {
        let mut chars = self.text[at..].chars();
        let first = chars.next().filter(|&c| is_unspaced(c))?;
        let marks = chars.take_while(|&c| extends_cluster(c)).map(char::len_utf8).sum::<usize>();
        Some(at + first.len_utf8() + marks)
    }

    /// Zero-width spaces, which some write between words of these scripts.
    fn skip_silent(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        at + rest.len() - rest.trim_start_matches(['\u{ad}', '\u{200b}', '\u{2060}', '\u{feff}']).len()
    }
}

enum Apostrophe {
    /// It is left out of the word.
    Inside,
    /// The word ends before it; the text goes on there.
    Ends(usize),
}

/// Whether the mark at `at` may belong to the word before it; no false negatives.
fn may_join(bytes: &[u8], start: usize, at: usize) -> bool {
    let next = class(bytes, at + 1);
    let between_digits = || class(bytes, at - 1) == DIGIT && next & (DIGIT | WIDE) != 0;
    let after_single = || at - start == 1;
    match bytes[at] {
        b'\'' => next & (IN_WORD | WIDE) != 0,
        b'.' => between_digits() || after_single() && next & (LOWER | UPPER | WIDE) != 0,
        b',' => between_digits(),
        b'&' => at - start <= 3 && next & (LOWER | UPPER) != 0,
        b'+' => bytes.get(at + 1) == Some(&b'+'),
        b'#' => after_single(),
        0xc2 => bytes.get(at + 1).is_some_and(|byte| !matches!(byte, 0xa0 | 0xab | 0xbb)),
        0xe2 => !is_plain_punctuation(bytes, at),
        _ => true,
    }
}

/// General punctuation (U+2010 …) except the apostrophe: dashes, quotes, the ellipsis.
fn is_plain_punctuation(bytes: &[u8], at: usize) -> bool {
    let second = bytes.get(at + 1);
    let third = bytes.get(at + 2);
    second == Some(&0x80) && third.is_some_and(|byte| matches!(byte, 0x90..=0x98 | 0x9a..=0xbf))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '＇')
}

/// Letters, digits and marks, except of scripts without spaces.
fn is_word_character(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        'а'..='я' | 'А'..='Я' => true,
        _ => c.is_alphanumeric() && !is_unspaced(c) || is_mark(c),
    }
}

/// Combining marks; the first ones come after the Latin letters.
fn is_mark(c: char) -> bool {
    c >= '\u{300}' && is_combining_mark(c)
}

/// Whether `c` belongs to the character before it: marks, half-width voicing marks, vowels and finals of Hangul.
fn extends_cluster(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c, '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}' | '\u{200c}' | '\u{200d}')
}

/// Letters of scripts that put no spaces between words, and of Hangul, whose words carry their particles.
fn is_unspaced(c: char) -> bool {
    const RANGES: [(char, char); 21] = [
        ('\u{e00}', '\u{eff}'),   // Thai, Lao
        ('\u{1000}', '\u{109f}'), // Burmese
        ('\u{1100}', '\u{11ff}'), // Hangul jamo
        ('\u{1780}', '\u{17ff}'), // Khmer
        ('\u{3005}', '\u{3007}'), // iteration mark, zero
        ('\u{3021}', '\u{3029}'), // Hangzhou numerals
        ('\u{3031}', '\u{3035}'), // kana repeat marks
        ('\u{3041}', '\u{30fa}'), // kana
        ('\u{30fc}', '\u{30ff}'),
        ('\u{3105}', '\u{318e}'), // bopomofo, Hangul compatibility jamo
        ('\u{31a0}', '\u{31ff}'), // bopomofo and kana, extended
        ('\u{3400}', '\u{4dbf}'), // Han, extension A
        ('\u{4e00}', '\u{9fff}'), // Han
        ('\u{a960}', '\u{a97f}'), // Hangul jamo, extended
        ('\u{a9e0}', '\u{a9ff}'), // Burmese, extended
        ('\u{aa60}', '\u{aa7f}'),
        ('\u{ac00}', '\u{d7ff}'),   // Hangul
        ('\u{f900}', '\u{faff}'),   // Han, compatibility
        ('\u{ff66}', '\u{ffdc}'),   // half-width kana and jamo
        ('\u{1b000}', '\u{1b16f}'), // kana, historic
        ('\u{20000}', '\u{3ffff}'), // Han, further extensions
    ];
    if c < RANGES[0].0 {
        return false;
    }
    let after = RANGES.partition_point(|&(first, _)| first <= c);
    c <= RANGES[after - 1].1 && c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Words as `text`, characters as `'text`, pairs as `"text`.
    fn cut(text: &str) -> String {
        let mut shown = Vec::new();
        tokenize(text, |token| {
            let mark = match token.kind {
                TokenKind::Word => "",
                TokenKind::Char => "'",
                TokenKind::Pair => "\"",
            };
            shown.push(format!("{mark}{}", token.text));
        });
        shown.join(" ")
    }

    fn ranges(text: &str) -> Vec<&str> {
        let mut ranges = Vec::new();
        tokenize(text, |token| {
            if token.kind != TokenKind::Pair {
                ranges.push(&text[token.range]);
            }
        });
        ranges
    }

    #[test]
    fn runs_are_of_one_piece() {
        for (text, expected) in [
            ("検索", Some("検 索")),
            ("全文検索", Some("全 文 検 索")),
            ("検", None),
            ("検 索", None),
            ("全文, 検索", None),
            ("検索2020", None),
            ("search", None),
            ("", None),
        ] {
            let run = unbroken_run(text).map(|characters| characters.join(" "));
            assert_eq!(run.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn words_and_marks() {
        for (text, tokens) in [
            ("", ""),
            (" \t\n.,;", ""),
            ("The quick BROWN fox.", "the quick brown fox"),
            ("Café Cafe\u{301} naïve", "cafe cafe naive"),
            ("e-mail snake_case a/b", "e mail snake case a b"),
            ("x86 B2B 1980s", "x86 b2b 1980s"),
            ("co\u{ad}op zero\u{200b}width", "coop zerowidth"),
            ("“quoted”—dash…end", "quoted dash end"),
            ("mid\u{a0}space «guillemets»", "mid space guillemets"),
            ("Кни́га Ёлка й", "книга елка й"),
            ("हिन्दी में", "हिंदी में"),
            ("كِتَابٌ جديد", "كتاب جديد"),
            ("می\u{200c}خواهم", "ميخواهم"),
            ("ﬁrst ｆｕｌｌ", "first full"),
            ("col·lecció a·b", "colleccio a b"),
            ("צה״ל", "צהל"),
            ("🙂 smile 1️⃣", "smile 1"),
            ("\u{301}mark", "mark"),
        ] {
            assert_eq!(cut(text), tokens, "{text:?}");
        }
    }

    #[test]
    fn apostrophes() {
        for (text, tokens) in [
            ("Canada's", "canada"),
            ("CANADA’S north", "canada north"),
            ("the boys' room", "the boys room"),
            ("don't DON’T donʼt", "dont dont dont"),
            ("l'eau L’État qu'on jusqu'ici", "l eau l etat qu on jusqu ici"),
            ("dell'arte un'altra", "dell arte un altra"),
            ("aujourd'hui", "aujourdhui"),
            ("O'Brien", "o brien"),
            ("s'est c'est", "s est c est"),
            ("п'ять об’єкт", "пять обєкт"),
            ("rock'n'roll", "rocknroll"),
            ("'quoted' 'twas", "quoted twas"),
            ("U.S.'s", "us"),
            ("it's's it’s’s", "its its"),
            ("'", ""),
            ("a'", "a"),
        ] {
            assert_eq!(cut(text), tokens, "{text:?}");
        }
    }

    #[test]
    fn numbers_and_acronyms() {
        for (text, tokens) in [
            ("3.14 1.2.3 v1.5", "3.14 1.2.3 v1.5"),
            ("1,000 12,345,678.9", "1000 12345678.9"),
            ("1,2,3 1,0000 3,14 1234,567", "1 2 3 1 0000 3 14 1234 567"),
            ("$1,000.", "1000"),
            ("1,000,00", "1000 00"),
            ("end.Next 5.x", "end next 5 x"),
            ("the U.S. and U.S.A. say e.g. this", "the us and usa say eg this"),
            ("U.S.-based U.S.Steel J. R. Smith J.Smith", "us based us steel j r smith j smith"),
            ("А.С. Пушкин", "ас пушкин"),
            ("٣.٥", "3.5"),
        ] {
            assert_eq!(cut(text), tokens, "{text:?}");
        }
    }

    #[test]
    fn names_with_signs() {
        for (text, tokens) in [
            ("C++ and C++17, g++.", "c++ and c++ 17 g++"),
            ("C# F#, sharp#", "c# f# sharp"),
            ("C#minor", "c minor"),
            (".NET ASP.NET .network", ".net asp net network"),
            ("AT&T R&D rock&roll a & b Q&A&B", "at&t r&d rock roll a b q&a b"),
            ("a=1&b=2", "a 1 b 2"),
            ("@name #tag a+b", "name tag a b"),
            ("ann.lee@example.com", "ann lee example com"),
            ("https://example.com/a?b=c", "https example com a b c"),
        ] {
            assert_eq!(cut(text), tokens, "{text:?}");
        }
    }

    #[test]
    fn scripts_without_spaces() {
        for (text, tokens) in [
            ("水", "'水"),
            ("日本語", "'日 \"日本 '本 \"本語 '語"),
            ("日本 語", "'日 \"日本 '本 '語"),
            ("ガス", "'ガ \"ガス 'ス"),
            ("ｶﾞｽ", "'ガ \"ガス 'ス"),
            ("か\u{3099}", "'が"),
            ("한국", "'한 \"한국 '국"),
            ("\u{1112}\u{1161}\u{11ab}", "'한"),
            ("2024년 API가", "2024 '년 api '가"),
            ("ที่นี่", "'ที่ \"ที่นี่ 'นี่"),
            ("日\u{200b}本", "'日 \"日本 '本"),
            ("東京、大阪", "'東 \"東京 '京 '大 \"大阪 '阪"),
            ("〇一", "'〇 \"〇一 '一"),
        ] {
            assert_eq!(cut(text), tokens, "{text:?}");
        }
    }

    #[test]
    fn ranges_point_into_the_text() {
        for (text, expected) in [
            ("Canada's U.S. don't", vec!["Canada", "U.S.", "don't"]),
            ("Cafe\u{301}, C++!", vec!["Cafe\u{301}", "C++"]),
            ("l'eau 1,000.", vec!["l", "eau", "1,000"]),
            ("ｶﾞｽ", vec!["ｶﾞ", "ｽ"]),
            ("end\u{ad} next", vec!["end", "next"]),
        ] {
            assert_eq!(ranges(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_tokens_keep_their_position() {
        let long = "x".repeat(MAX_TOKEN_BYTES + 1);
        for text in [format!("a {long} b"), format!("a é{long} b")] {
            let mut positions = Vec::new();
            tokenize(&text, |token| positions.push((token.text.to_owned(), token.position)));
            assert_eq!(positions, [("a".to_owned(), 0), ("b".to_owned(), 2)]);
        }
        assert_eq!(cut(&"x".repeat(MAX_TOKEN_BYTES)).len(), MAX_TOKEN_BYTES);
    }

    #[test]
    fn wanted_words_are_the_same() {
        let text = "Beta alpha Übung beta 日本 C++ U.S. beta's";
        let mut wanted = FirstBytes::default();
        wanted.insert("beta");
        let mut found = Vec::new();
        tokenize_wanted(text, &wanted, |token| {
            if token.text == "beta" {
                found.push((token.position, text[token.range].to_owned()));
            }
        });
        assert_eq!(found, [(0, "Beta".to_owned()), (3, "beta".to_owned()), (8, "beta".to_owned())]);
    }

    fn check(text: &str) {
        let mut next = 0;
        let mut end = 0;
        tokenize(text, |token| {
            assert!(!token.text.is_empty() && token.text.len() <= MAX_TOKEN_BYTES);
            assert!(!text[token.range.clone()].is_empty());
            if token.kind != TokenKind::Pair {
                assert!(token.position >= next && token.range.start >= end);
                next = token.position + 1;
                end = token.range.end;
            }
        });
    }

    proptest! {
        #[test]
        fn any_text_is_cut(text in any::<String>()) {
            check(&text);
        }

        #[test]
        fn joiners_in_any_order(text in "[a1sSéж'’.,&+#·日カﾞ\u{301}\u{ad}\u{200b} ]{0,40}") {
            check(&text);
        }

        #[test]
        fn a_folded_word_stays_one_word(text in "[a-zé日ж1]{1,10}['.,&+#]?[a-z1]{1,3}") {
            let mut words = Vec::new();
            tokenize(&text, |token| words.push(token.text.to_owned()));
            for word in words {
                let mut again = Vec::new();
                tokenize(&word, |token| again.push(token.text.to_owned()));
                prop_assert!(again.contains(&word), "{} -> {:?}", word, again);
            }
        }
    }
}
