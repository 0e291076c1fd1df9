//! Text that was decoded wrongly before it came here: UTF-8 taken for Windows-1252 or Latin-1, once or more often.
//!
//! `cafÃ©` becomes `café`, `â€œ` a quotation mark, `Ð¿Ñ€Ð¸` `при`. The rules are strict where right text could look
//! alike (`CAFÉ”`, `«Â»`, `MAÇÃ…`): a sequence is mended when it cannot be anything else, or when the same text has
//! one that cannot. What bytes a charset stands for is [`crate::text::decode`]'s.

/// A mended text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The text as it was meant.
    pub text: String,
    /// How many characters were put together again.
    pub count: usize,
}

/// How often a text is mended that was decoded wrongly several times.
const MOST_ROUNDS: usize = 3;

/// Mends a text; `None` when there is nothing to mend, found without allocation.
pub fn mend(text: &str) -> Option<Mended> {
    let mut mended: Option<Mended> = None;
    for _ in 0..MOST_ROUNDS {
        let current = mended.as_ref().map_or(text, |mended| mended.text.as_str());
        let Some(next) = mend_once(current) else { break };
        let before = mended.map_or(0, |mended| mended.count);
        mended = Some(Mended { count: before + next.count, ..next });
    }
    mended
}

fn mend_once(text: &str) -> Option<Mended> {
    if text.is_ascii() || !sequences(text).any(|found| found.certainty == Certainty::Certain) {
        return None;
    }
    let mut mended = Mended { text: String::with_capacity(text.len()), count: 0 };
    let mut done = 0;
    for found in sequences(text).filter(|found| found.certainty >= Certainty::Probable) {
        mended.text.push_str(&text[done..found.at]);
        mended.text.push(found.meant);
        done = found.at + found.length;
        mended.count += 1;
    }
    mended.text.push_str(&text[done..]);
    Some(mended)
}

/// How sure it is that characters are the bytes of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    /// Right text may well look so.
    Doubtful,
    /// Only beside others that are certain.
    Probable,
    /// No language writes that.
    Certain,
}

/// Characters that are the bytes of one.
#[derive(Debug, Clone, Copy)]
struct Sequence {
    /// Where it begins, in bytes.
    at: usize,
    length: usize,
    meant: char,
    certainty: Certainty,
}

/// All sequences of a text, from left to right.
fn sequences(text: &str) -> impl Iterator<Item = Sequence> + '_ {
    let mut at = 0;
    let mut before: Option<Sequence> = None;
    std::iter::from_fn(move || {
        loop {
            at += next_lead(&text.as_bytes()[at..])?;
            let Some(mut found) = sequence(text, at) else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            at += found.length;
            let glued = before.filter(|before| before.at + before.length == found.at);
            let beside = [glued, sequence(text, at)];
            if beside.into_iter().flatten().any(|beside| beside.certainty > Certainty::Doubtful) {
                found.certainty = found.certainty.max(Certainty::Probable);
            }
            if beside.into_iter().flatten().any(|beside| same_foreign_script(beside.meant, found.meant)) {
                found.certainty = Certainty::Certain;
            }
            before = Some(found);
            return Some(found);
        }
    })
}

/// How far it is to the next character that may be a first byte: U+00C2 to U+00F4.
fn next_lead(bytes: &[u8]) -> Option<usize> {
    // In UTF-8 these characters begin with the byte C3, which no other character does.
    bytes.iter().position(|byte| *byte == 0xc3)
}

/// The sequence that begins at `at`.
fn sequence(text: &str, at: usize) -> Option<Sequence> {
    let mut rest = text[at..].chars();
    let first = rest.next()?;
    let lead = byte(first).filter(|lead| (0xc2..=0xf4).contains(lead))?;
    let wanted = match lead {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        _ => 3,
    };
    let mut bytes = [lead, 0, 0, 0];
    let mut length = first.len_utf8();
    let mut second = None;
    for slot in &mut bytes[1..=wanted] {
        let Some((c, continued)) =
            rest.next().and_then(|c| Some((c, byte(c)?))).filter(|(_, b)| is_continuation(*b))
        else {
            return incomplete(text, at, first, second);
        };
        second = second.or(Some(c));
        *slot = continued;
        length += c.len_utf8();
    }
    let meant = std::str::from_utf8(&bytes[..=wanted]).ok()?.chars().next()?;
    let around = Around::of(text, at, at + length);
    Some(Sequence { at, length, meant, certainty: certainty(&bytes[..=wanted], around) })
}

fn is_continuation(byte: u8) -> bool {
    (0x80..=0xbf).contains(&byte)
}

/// What lost its last byte, for it is a control character or a blank: `â€` for `”`, `Ã` for `à` and `í`.
fn incomplete(text: &str, at: usize, first: char, second: Option<char>) -> Option<Sequence> {
    let length = first.len_utf8() + second.map_or(0, char::len_utf8);
    let around = Around::of(text, at, at + length);
    let (meant, certainty) = match (first, second) {
        ('â', Some('€')) if around.ascii_behind => ('”', Certainty::Certain),
        ('Ã', None) if around.lower_before && around.lower_behind => ('í', Certainty::Probable),
        ('Ã', None) if !around.upper_before && around.blank_behind => ('à', Certainty::Probable),
        _ => return None,
    };
    Some(Sequence { at, length, meant, certainty })
}

/// The letters beside a sequence.
#[derive(Debug, Clone, Copy)]
struct Around {
    lower_before: bool,
    upper_before: bool,
    lower_behind: bool,
    blank_behind: bool,
    /// Also at the end of the text.
    ascii_behind: bool,
}

impl Around {
    fn of(text: &str, start: usize, end: usize) -> Around {
        let before = text[..start].chars().next_back();
        let behind = text[end..].chars().next();
        Around {
            lower_before: before.is_some_and(char::is_lowercase),
            upper_before: before.is_some_and(char::is_uppercase),
            lower_behind: behind.is_some_and(char::is_lowercase),
            blank_behind: behind.is_some_and(char::is_whitespace),
            ascii_behind: behind.is_none_or(|c| c.is_ascii()),
        }
    }
}

fn certainty(bytes: &[u8], around: Around) -> Certainty {
    match *bytes {
        // A capital with a tilde amid small letters, or before a sign that never follows a letter.
        [0xc3, last]
            if is_sign(last) || !is_typographic(last) && (around.lower_before || around.lower_behind) =>
        {
            Certainty::Certain
        }
        [0xc3, _] if around.lower_before => Certainty::Certain,
        [0xc3, _] => Certainty::Probable,
        // `Â£`, `20Â°C`; not `«Â»` or `Â ` behind a capital.
        [0xc2, last] if is_sign(last) && !around.upper_before => Certainty::Certain,
        [0xc2, _] if !around.upper_before => Certainty::Probable,
        // Latin letters of the east of Europe: `Å‚`, `Ä™`, `ÄŤ`.
        [0xc4 | 0xc5 | 0xc8, last] if around.lower_before && !is_typographic(last) => Certainty::Certain,
        [0xc4 | 0xc5, _] if around.lower_before || around.lower_behind => Certainty::Probable,
        // Quotation marks, dashes, the euro and trade mark signs, the mark at the beginning of a file; emoji.
        [0xe2, 0x80 | 0x82 | 0x84, _] | [0xef, 0xbb, 0xbf] | [0xf0, 0x9f, _, _] => Certainty::Certain,
        [0xef, 0xbf, 0xbd] => Certainty::Certain,
        _ => Certainty::Doubtful,
    }
}

/// Whether a Latin-1 byte is a sign that does not stand behind a capital letter: `¤`, `¨`, `©`, `¼` …
fn is_sign(byte: u8) -> bool {
    matches!(byte, 0xa1..=0xa9 | 0xac | 0xae | 0xaf | 0xb0..=0xb6 | 0xb8 | 0xb9 | 0xbc..=0xbf)
}

/// Whether a byte is a mark that stands behind words in right text: quotation marks, dashes, `…`, `™`, `°`, `º`.
fn is_typographic(byte: u8) -> bool {
    matches!(byte, 0x80..=0x9f | 0xa0 | 0xaa | 0xab | 0xad | 0xae | 0xb0 | 0xb2 | 0xb3 | 0xb7 | 0xb9..=0xbb)
}

/// Whether two neighbours are letters of one script that is not Latin; then neither is what it looks like.
fn same_foreign_script(one: char, other: char) -> bool {
    let script = |c: char| match c {
        '\u{370}'..='\u{3ff}' => Some(1),
        '\u{400}'..='\u{52f}' => Some(2),
        '\u{590}'..='\u{5ff}' => Some(3),
        '\u{600}'..='\u{6ff}' => Some(4),
        '\u{900}'..='\u{97f}' => Some(5),
        '\u{e00}'..='\u{e7f}' => Some(6),
        '\u{3000}'..='\u{9fff}' => Some(7),
        '\u{ac00}'..='\u{d7a3}' => Some(8),
        '\u{ff01}'..='\u{ff9f}' => Some(7),
        _ => None,
    };
    script(one).is_some_and(|found| script(other) == Some(found))
}

/// The byte of Windows-1252 or Latin-1 that is read as this character.
fn byte(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(c)) {
        return (byte >= 0x80).then_some(byte);
    }
    let at = WINDOWS_1252.iter().position(|known| *known == c)?;
    Some(0x80 + at as u8)
}

/// The bytes 80 to 9F of Windows-1252; NUL where there is none.
const WINDOWS_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“',
    '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads the bytes of a text as Windows-1252.
    fn broken(text: &str) -> String {
        let one = |byte: u8| match byte {
            0x80..=0x9f => match WINDOWS_1252[usize::from(byte - 0x80)] {
                '\0' => char::from(byte),
                known => known,
            },
            other => char::from(other),
        };
        text.bytes().map(one).collect()
    }

    /// Right text of many languages, with what comes nearest to broken text.
    const RIGHT: &[&str] = &[
        "plain words",
        "Le café est fermé, déjà vu à l'été; «Â» est une lettre, CHÂTEAU, “CAFÉ” ou ‘É’",
        "A MAÇÃ… NÃO É «MAÇû; “MAÇÔ, IRMÃ’S, ALEMÃ — AMANHÃ – SÃO",
        "„Ä“, „Ö“, „Ü“ und „ß“; STRAß… GRÖßE, groß”, Maß™, 20 °C, Ä° 5 €",
        "Être, ÊTRE… FORÊT» Noël”—dit-il, où” – là… à “la",
        "ÑOÑO, ESPAÑA; ¿QUÉ? ¡OLÉ! AÑO’S, Nº 1, 1ª",
        "È vero: PERCHÉ… PIÙ» CITTÀ’ LIBERTÀ”",
        "ÅÄÖ åäö ÅR’ BLÅ” Å– ÆØÅ”, smørrebrød, blåbær, Å",
        "ZAŻÓŁĆ GĘŚLĄ JAŹŃ zażółć gęślą jaźń “Ó” Ó…",
        "Příliš žluťoučký kůň úpěl ďábelské ódy Š‘ Ž’",
        "Árvíztűrő tükörfúrógép ÁRVÍZTŰRŐ Í” Ó— Ú…",
        "Şi în România, ÎN» Â” CÂND, Ţ",
        "Þórður Ðorður ÞÓRÐUR’S Ð” Ð…",
        "Pijamalı hasta yağız şoföre çabucak güvendi. Ç” Ö’ İÇ…",
        "Съешь ещё этих мягких французских булок",
        "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
        "评议会 火曜日 의회는 ประชุม परिषद اجتمع המועצה",
        "Tiếng Việt: ÔNG” À… Đường ƠI",
        "naïve façade, Zoë’s, 5 € × 3 = 15 €, ½ ¼ © ® ™ § ¶",
    ];

    #[test]
    fn right_text_stays() {
        for text in RIGHT {
            assert_eq!(mend(text), None, "{text}");
        }
    }

    #[test]
    fn broken_text_is_mended() {
        for text in [
            "café",
            "déjà vu",
            "“Quoted” – and so on… it’s",
            "Der Größe nach über Öl, Äpfel, Straße",
            "España y el año pasado, qué mañana",
            "não é possível, coração, maçã",
            "при этом",
            "Ελληνικά γράμματα",
            "日本語の文章",
            "한국어 문장",
            "สภาประชุม",
            "שלום עולם",
            "price: £5, 20 °C, 10 € ™",
            "🙂 fine",
            "zażółć gęślą jaźń",
            "Příliš žluťoučký kůň",
        ] {
            let once = broken(text);
            assert_eq!(mend(&once).map(|mended| mended.text).as_deref(), Some(text), "{once}");
            let twice = broken(&once);
            assert_eq!(mend(&twice).map(|mended| mended.text).as_deref(), Some(text), "{twice}");
        }
    }

    #[test]
    fn what_lost_a_byte_is_guessed() {
        for (text, expected) in [
            ("â€œQuotedâ€ and more", "“Quoted” and more"),
            ("dÃ©jÃ vu", "déjà vu"),
            ("MarÃa GarcÃa estÃ¡", "María García está"),
        ] {
            assert_eq!(mend(text).map(|mended| mended.text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn mended_places_are_counted() {
        assert_eq!(mend("cafÃ© â€“ dÃ©jÃ\u{a0} vu").map(|mended| mended.count), Some(4));
    }

    proptest! {
        #[test]
        fn never_panics(any in "\\PC*", dense in "[ÂÃÄÐÑâãð€™œ©\u{80}-\u{bf}a-z ]{0,60}") {
            for text in [any, dense] {
                if let Some(mended) = mend(&text) {
                    prop_assert!(mended.count > 0 && mended.text.len() < text.len() + 4 * mended.count);
                }
            }
        }

        #[test]
        fn ascii_stays(text in "[ -~\n]*") {
            prop_assert_eq!(mend(&text), None);
        }
    }
}
