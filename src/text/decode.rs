//! Bytes to text: byte order mark, declared character set, detection; says what it assumed.
//!
//! What is in the text, and whether it is text at all, is not decided here.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decoded text and how it was decoded.
pub struct Decoded<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// What was assumed.
    pub how: How,
    /// Number of byte sequences that could not be decoded and became U+FFFD.
    pub replaced: usize,
    /// Number of NULs that were dropped: no text has them.
    pub nuls: usize,
}

/// How a character set was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By a byte order mark.
    Mark,
    /// As declared.
    Declared,
    /// It is valid UTF-8, or damaged UTF-8: then some sequences were replaced.
    Utf8,
    /// UTF-8, with bytes of windows-1252 between.
    Mixed,
    /// Guessed: the name of the character set (WHATWG Encoding).
    Guessed(&'static str),
}

/// Decodes `bytes`; `declared` is a label of the WHATWG Encoding standard, as found in a page or header.
///
/// In this order: a byte order mark; UTF-16 by its zero bytes; UTF-8 when the bytes are valid, whatever is
/// declared, because text in another character set is practically never valid UTF-8 by chance while wrong
/// labels are common; the declared character set; UTF-8 mixed with windows-1252; UTF-8 with a few damaged
/// places; a guess.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Decoded<'a> {
    let decoded = decode_all(bytes, declared);
    let nuls = memchr::memchr_iter(0, decoded.text.as_bytes()).count();
    if nuls == 0 {
        return decoded;
    }
    Decoded { text: Cow::Owned(decoded.text.replace('\0', "")), nuls, ..decoded }
}

fn decode_all<'a>(bytes: &'a [u8], declared: Option<&str>) -> Decoded<'a> {
    if let Some(decoded) = by_mark(bytes) {
        return decoded;
    }
    let declared = declared.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    if let Some(encoding) = utf16_by_zeros(bytes) {
        let how = if declared == Some(encoding) { How::Declared } else { How::Guessed(encoding.name()) };
        return decode_as(encoding, bytes, how);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && !has_iso_2022_jp_escape(bytes)
    {
        return Decoded { text: Cow::Borrowed(text), how: How::Utf8, replaced: 0, nuls: 0 };
    }
    match declared {
        Some(encoding) if encoding != UTF_8 => decode_as(encoding, bytes, How::Declared),
        Some(_) | None if is_mixed(bytes) => decode_mixed(bytes),
        Some(_) | None if is_damaged_utf8(bytes) => decode_utf8(bytes, How::Utf8),
        Some(_) | None => {
            let encoding = guess(bytes);
            decode_as(encoding, bytes, How::Guessed(encoding.name()))
        }
    }
}

/// How to read what follows a byte order mark.
#[derive(Clone, Copy)]
enum Marked {
    Standard(&'static Encoding),
    Utf32(fn([u8; 4]) -> u32),
}

/// Byte order marks (Unicode, section 23.8). That of UTF-32LE begins like that of UTF-16LE, so it is first.
const MARKS: &[(&[u8], Marked)] = &[
    (b"\xef\xbb\xbf", Marked::Standard(UTF_8)),
    (b"\xff\xfe\0\0", Marked::Utf32(u32::from_le_bytes)),
    (b"\0\0\xfe\xff", Marked::Utf32(u32::from_be_bytes)),
    (b"\xff\xfe", Marked::Standard(UTF_16LE)),
    (b"\xfe\xff", Marked::Standard(UTF_16BE)),
];

fn by_mark(bytes: &[u8]) -> Option<Decoded<'_>> {
    let stripped = |&(mark, how): &(&[u8], Marked)| Some((bytes.strip_prefix(mark)?, how));
    let (bytes, marked) = MARKS.iter().find_map(stripped)?;
    Some(match marked {
        Marked::Standard(encoding) => decode_as(encoding, bytes, How::Mark),
        Marked::Utf32(unit) => decode_utf32(bytes, unit),
    })
}

fn decode_utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Decoded<'_> {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut replaced = 0;
    let mut text = String::with_capacity(bytes.len() / 2);
    for &bytes in units {
        let decoded = char::from_u32(unit(bytes));
        replaced += usize::from(decoded.is_none());
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !rest.is_empty() {
        replaced += 1;
        text.push(char::REPLACEMENT_CHARACTER);
    }
    Decoded { text: Cow::Owned(text), how: How::Mark, replaced, nuls: 0 }
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8], how: How) -> Decoded<'a> {
    if encoding == UTF_8 {
        return decode_utf8(bytes, how);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8 + 16);
    let mut replaced = 0;
    let mut rest = bytes;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => {
                return Decoded { text: Cow::Owned(text), how, replaced, nuls: 0 };
            }
            DecoderResult::OutputFull => text.reserve(rest.len() + rest.len() / 2 + 16),
            DecoderResult::Malformed(_, _) => {
                replaced += 1;
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
}

fn decode_utf8(bytes: &[u8], how: How) -> Decoded<'_> {
    let replaced = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    Decoded { text: String::from_utf8_lossy(bytes), how, replaced, nuls: 0 }
}

/// How much is looked at to tell UTF-16 without a mark.
const UTF16_SAMPLE: usize = 4096;

/// UTF-16 of scripts below U+2000 shows in every second byte: zero or a control that no text has. CJK text
/// is left to the declaration and the guess.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(UTF16_SAMPLE)];
    memchr::memchr(0, sample)?;
    let (pairs, _) = sample.as_chunks::<2>();
    let is_high = |byte: u8| byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t');
    let shows_at = |high: usize| {
        let highs = pairs.iter().filter(|pair| is_high(pair[high])).count();
        let zeros = pairs.iter().filter(|pair| pair[1 - high] == 0).count();
        pairs.len() >= 2 && zeros == 0 && highs * 10 >= pairs.len() * 9
    };
    match (shows_at(0), shows_at(1)) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        (true, true) | (false, false) => None,
    }
}

/// ISO-2022-JP is written in ASCII bytes alone, so it passes for UTF-8; `ESC $` is in no other text.
fn has_iso_2022_jp_escape(bytes: &[u8]) -> bool {
    bytes.is_ascii()
        && memchr::memmem::find(bytes, b"\x1b$").is_some()
        && !ISO_2022_JP.decode_without_bom_handling(bytes).1
}

/// Whether invalid bytes are rather UTF-8 with a few damaged places: most of what is not ASCII is valid.
/// Longer sequences are practically never valid by chance.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut damaged) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|&byte| byte >= 0xc0).count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    valid > 2 * damaged
}

/// Whether the bytes are UTF-8 of a Western language with parts in windows-1252, such as two files joined.
///
/// Told by the runs of bytes other than ASCII, which are letters inside a word in Western text and whole words
/// in other scripts. A run that is UTF-8 from end to end and decodes to characters of windows-1252 is hardly
/// ever there by chance: Cyrillic, Greek and East Asian character sets write such bytes as parts of longer
/// runs, which are not UTF-8 as a whole. So such runs must be more than those that windows-1252 does not have.
fn is_mixed(bytes: &[u8]) -> bool {
    let (mut western, mut foreign) = (0, 0);
    for run in bytes.split(u8::is_ascii).filter(|run| !run.is_empty()) {
        match kind(run) {
            Run::Western => western += 1,
            Run::Foreign => foreign += 1,
            Run::Letter => {}
        }
    }
    western > foreign
}

/// What a run of bytes other than ASCII can be.
enum Run {
    /// UTF-8 that writes characters of windows-1252 or pictures.
    Western,
    /// A letter of windows-1252, and marks around it.
    Letter,
    /// Anything else.
    Foreign,
}

fn kind(run: &[u8]) -> Run {
    match std::str::from_utf8(run) {
        Ok(text) if text.chars().all(is_western) => Run::Western,
        Ok(_) => Run::Foreign,
        Err(_) if is_cut_picture(run) => Run::Western,
        Err(_) => {
            let letters = run.iter().filter(|byte| !matches!(byte, 0x80..=0x9f | 0xa0 | 0xab | 0xbb));
            if letters.count() > 1 { Run::Foreign } else { Run::Letter }
        }
    }
}

/// Characters of windows-1252, and pictures, which are in texts of every script.
fn is_western(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{ff}' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ÿ' | 'Ž' | 'ž' | '\u{2010}'..='\u{203a}' | '€' | '™')
        || matches!(c, '\u{1f300}'..='\u{1faff}')
}

/// The beginning of a picture in UTF-8 (U+1F000 and on), cut off.
fn is_cut_picture(run: &[u8]) -> bool {
    matches!(run, [0xf0, 0x9f] | [0xf0, 0x9f, 0x80..=0xbf])
}

/// Decodes what is valid UTF-8 as such, and single bytes between as windows-1252.
fn decode_mixed(bytes: &[u8]) -> Decoded<'_> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let (mut how, mut replaced) = (How::Utf8, 0);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        match chunk.invalid() {
            [] => {}
            [byte] if !is_half(*byte) => {
                how = How::Mixed;
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(&[*byte]).0);
            }
            [_, ..] => {
                replaced += 1;
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    Decoded { text: Cow::Owned(text), how, replaced, nuls: 0 }
}

/// Bytes that are rather damage than a letter: those that windows-1252 leaves free, the first half of a Western
/// letter in UTF-8 (there `Â` or `Ã`), and `ÿ`, which is in hardly any word.
fn is_half(byte: u8) -> bool {
    matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d | 0xc2 | 0xc3 | 0xff)
}

/// How much the detector reads at most: it takes some 8 ms for it.
const GUESS_SAMPLE: usize = 1 << 20;

/// The likeliest character set, from the part of the bytes that holds something other than ASCII: ASCII
/// tells the detector nothing, however long.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let telling = |&byte: &u8| !byte.is_ascii() || byte == 0x1b;
    let first = bytes.iter().position(telling).unwrap_or(0);
    let sample = &bytes[first..bytes.len().min(first + GUESS_SAMPLE)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn utf32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
        text.chars().flat_map(|c| bytes(u32::from(c))).collect()
    }

    fn assert_decoded(bytes: &[u8], declared: Option<&str>, text: &str, how: How, replaced: usize) {
        let decoded = decode(bytes, declared);
        let found = (decoded.text.as_ref(), decoded.how, decoded.replaced);
        assert_eq!(found, (text, how, replaced), "{bytes:x?} {declared:?}");
    }

    #[test]
    fn byte_order_marks_win() {
        let text = "Käse 日本 🙂";
        let cases = [
            [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
            [b"\xff\xfe".as_slice(), &utf16(text, u16::to_le_bytes)].concat(),
            [b"\xfe\xff".as_slice(), &utf16(text, u16::to_be_bytes)].concat(),
            [b"\xff\xfe\0\0".as_slice(), &utf32(text, u32::to_le_bytes)].concat(),
            [b"\0\0\xfe\xff".as_slice(), &utf32(text, u32::to_be_bytes)].concat(),
        ];
        for bytes in cases {
            assert_decoded(&bytes, Some("windows-1252"), text, How::Mark, 0);
        }
        assert_decoded(b"\xef\xbb\xbf", None, "", How::Mark, 0);
        assert_decoded(b"\xef\xbb\xbfa\xffb", None, "a\u{fffd}b", How::Mark, 1);
        assert_decoded(b"\xff\xfea\0b", None, "a\u{fffd}", How::Mark, 1);
        assert_decoded(b"\xff\xfe\0\0a\0\0\0\0\xd8\0\0b", None, "a\u{fffd}\u{fffd}", How::Mark, 2);
    }

    #[test]
    fn valid_utf8_wins_over_the_label_and_is_borrowed() {
        for label in [None, Some("windows-1252"), Some("shift_jis"), Some("utf-16"), Some("no such label")] {
            let decoded = decode("Käse".as_bytes(), label);
            assert!(matches!(decoded.text, Cow::Borrowed("Käse")), "{label:?}");
            assert_eq!(decoded.how, How::Utf8);
        }
        assert_decoded(b"", None, "", How::Utf8, 0);
        assert!(matches!(decode(b"\xef\xbb\xbfa", None).text, Cow::Borrowed("a")));
    }

    #[test]
    fn labels_are_followed() {
        let cases: [(&[u8], &str, &str, usize); 7] = [
            (b"K\xe4se", "windows-1252", "Käse", 0),
            (b"K\xe4se \x80", " ISO-8859-1 ", "Käse €", 0),
            (b"\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251", "Привет", 0),
            (b"\x93\xfa\x96\x7b", "shift_jis", "日本", 0),
            (b"\x93\xfa\x96", "shift_jis", "日\u{fffd}", 1),
            (b"\x1b$BF|K\\\x1b(B.", "iso-2022-jp", "日本.", 0),
            (b"\xe5\x65\x2c\x67", "utf-16le", "日本", 0),
        ];
        for (bytes, label, text, replaced) in cases {
            assert_decoded(bytes, Some(label), text, How::Declared, replaced);
        }
        assert_decoded(&utf16("plain", u16::to_le_bytes), Some("utf-16le"), "plain", How::Declared, 0);
    }

    #[test]
    fn unlabelled_text_is_guessed() {
        let german = "Die Brücke über den Fluß war für größere Fahrzeuge gesperrt, erklärte die Behörde.";
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(german);
        assert_decoded(&bytes, None, german, How::Guessed("windows-1252"), 0);
        assert_decoded(&bytes, Some("utf-8"), german, How::Guessed("windows-1252"), 0);

        let russian = "Городской совет вчера вечером принял решение о строительстве нового моста.";
        let (bytes, _, _) = encoding_rs::KOI8_R.encode(russian);
        let far = [" plain words ".repeat(200_000).as_bytes(), &bytes].concat();
        let decoded = decode(&far, None);
        assert!(decoded.text.ends_with(russian), "{:?}", decoded.how);

        assert_decoded(b"\x1b$BF|K\\\x1b(B.", None, "日本.", How::Guessed("ISO-2022-JP"), 0);
        for (bytes, name) in [
            (utf16("The bridge – Привет.\n", u16::to_le_bytes), "UTF-16LE"),
            (utf16("Привет, мир\r\n", u16::to_be_bytes), "UTF-16BE"),
        ] {
            assert_eq!(decode(&bytes, None).how, How::Guessed(name));
        }
    }

    #[test]
    fn damaged_utf8_stays_utf8() {
        let text = "Käse für größere Fähren".as_bytes();
        for label in [None, Some("utf-8")] {
            assert_decoded(
                &[text, b"\xff."].concat(),
                label,
                "Käse für größere Fähren\u{fffd}.",
                How::Utf8,
                1,
            );
        }
    }

    #[test]
    fn damaged_text_in_other_scripts_stays_utf8() {
        let text = "Городской совет принял решение, ";
        let expected = format!("{text}\u{fffd}\u{fffd}.");
        assert_decoded(&[text.as_bytes(), b"\xe9\xff."].concat(), None, &expected, How::Utf8, 2);
    }

    #[test]
    fn western_text_in_two_character_sets_is_decoded_piece_by_piece() {
        let cases: [(&[u8], &str, How, usize); 5] = [
            (b"Br\xc3\xbccke, f\xfcr \x93\xdcber\x94", "Brücke, für “Über”", How::Mixed, 0),
            (b"f\xc3\xa4hrt \xe2\x80\x93 l\x92\xeele, caf\xe9", "fährt – l’île, café", How::Mixed, 0),
            (b"caf\xe9, \xc3(a\xff b \xf0\x9f\x8c c", "café, \u{fffd}(a\u{fffd} b \u{fffd} c", How::Mixed, 3),
            (b"fa\xc3\xa7ade, fa\xc3", "façade, fa\u{fffd}", How::Utf8, 1),
            (
                b"fa\xc3\xa7ade, caf\xe9 \xcc\xee\xf1\xea\xe2\xe0 \xc3\xa8",
                "façade, café Ìîñêâà è",
                How::Mixed,
                0,
            ),
        ];
        for (bytes, text, how, replaced) in cases {
            for label in [None, Some("utf-8")] {
                assert_decoded(bytes, label, text, how, replaced);
            }
            assert_eq!(decode(bytes, Some("windows-1251")).how, How::Declared);
        }
        // Letters side by side are as likely of another script: one word does not decide.
        assert!(!is_mixed(b"Br\xc3\xbccke, Gr\xfc\xdfe"));
    }

    #[test]
    fn text_in_other_character_sets_is_never_mixed() {
        let russian = "Её дом стоит на берегу. Она и её сын ВВП «Я» – Київ, ТАСС, раб, сад; № 5, таб.";
        let cases = [
            ("windows-1251", russian),
            ("koi8-u", "Её дом стоит на берегу. Она и её сын, Я, моё – своё."),
            ("iso-8859-5", "Её дом стоит на берегу. Она и её сын, ТА, ТАСС, раб, сад."),
            ("ibm866", "Её дом стоит на берегу. Она и её сын, раб, сад, таб, тем, раз."),
            ("x-mac-cyrillic", "Её дом стоит на берегу. Она и её сын, раб, сад."),
            ("windows-1253", "Το σπίτι της είναι στην ακτή. Ώρα, ΌΧΙ, «ναί»."),
            ("iso-8859-7", "Το σπίτι της είναι στην ακτή. Ώρα, ΌΧΙ."),
            ("windows-1250", "Část textu, CZĘŚCI, Świat, Łódź, ČŽ a Če."),
            ("iso-8859-2", "Část textu, CZĘŚCI, Świat, Łódź, žluťoučký kůň."),
            ("windows-1254", "İstanbul'da ağaçlar, şöyle böyle, çiçek ve Türkçe."),
            ("windows-1252", "À bientôt, créée, naïve, ÃO, «Été», l’été – Âge, Ã, 5 €."),
            ("windows-1255", "הבית שלה עומד על החוף."),
            ("windows-1256", "بيتها يقف على الشاطئ، و من."),
            ("windows-874", "บ้านของเธออยู่ริมฝั่ง"),
            ("shift_jis", "彼女の家は岸に立っている。ﾃｽﾄ ﾃｽ 3年 Aの B、カタカナ。"),
            ("euc-jp", "彼女の家は岸に立っている。3年 Aの B、カタカナ。"),
            ("gbk", "她的房子在岸边。2019年5月3日 女 男 第3章 A和B。"),
            ("gb18030", "她的房子在岸边。2019年5月3日 女 男 第3章 A和B。"),
            ("big5", "她的房子在岸邊。2019年5月3日 女 男 第3章 A和B。"),
            ("euc-kr", "그녀의 집은 강가에 있다. 책 한 권 큰 참 잘 해 총."),
        ];
        for (label, text) in cases {
            let encoding = Encoding::for_label(label.as_bytes()).expect("a known label");
            let (bytes, _, _) = encoding.encode(text);
            for part in std::iter::once(&*bytes).chain(bytes.split(|byte| *byte == b'.')) {
                assert!(!is_mixed(part), "{label}: {}", encoding.decode(part).0);
            }
        }
    }

    #[test]
    fn nuls_are_dropped_and_counted() {
        let decoded = decode(b"tele\0phone\0\0", None);
        assert_eq!((decoded.text.as_ref(), decoded.nuls), ("telephone", 3));
        assert_eq!(decode(b"telephone", None).nuls, 0);
    }

    #[test]
    fn zeros_in_plain_text_are_not_utf16() {
        for bytes in [&b"abc\0"[..], b"a\0", b"\0", b"\0\0\0\0", b"abc\0def\0ghi\0jkl\0"] {
            assert_eq!(decode(bytes, None).how, How::Utf8, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..200), label in
            proptest::option::of("utf-8|utf-16|utf-16be|shift_jis|gb18030|big5|euc-kr|iso-2022-jp|hz-gb-2312|x|\\PC*")) {
            let decoded = decode(&bytes, label.as_deref());
            prop_assert!(decoded.replaced <= decoded.text.matches(char::REPLACEMENT_CHARACTER).count());
        }
    }
}
