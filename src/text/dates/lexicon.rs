//! The words of dates: names of months and weekdays, zones, and the small words between them.
//!
//! Words are looked up folded: lower case, without Latin accents (see [`fold`]).

use std::sync::LazyLock;

/// What a word in a date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// 1 to 12.
    Month(u32),
    /// Monday is 0.
    Weekday(u32),
    /// `mar`: March in most languages, Tuesday in French, Spanish and Italian.
    MarchOrTuesday,
    /// `am`.
    Morning,
    /// `pm`.
    Afternoon,
    /// Minutes east of UTC; `None` for names that several zones share.
    Zone(Option<i16>),
    /// `T` between date and time (ISO 8601).
    TimeFollows,
    /// `h` between hour and minute.
    Hour,
    /// `st` of `1st`.
    Ordinal,
    /// `of`, `de`, `um`: says nothing.
    Filler,
}

impl Meaning {
    /// The month that it can name.
    pub(crate) fn month(self) -> Option<u32> {
        match self {
            Month(month) => Some(month),
            MarchOrTuesday => Some(3),
            Weekday(_) | Morning | Afternoon | Zone(_) | TimeFollows | Hour | Ordinal | Filler => None,
        }
    }
}

use Meaning::{Afternoon, Filler, Hour, MarchOrTuesday, Month, Morning, Ordinal, TimeFollows, Weekday, Zone};

/// English, German, French, Spanish, Italian, Portuguese, Dutch, Russian (nominative, then genitive or
/// accusative) and Polish (genitive); a form that languages share stands once.
#[rustfmt::skip]
const WORDS: &[(Meaning, &[&str])] = &[
    (Month(1), &["january", "jan", "januar", "janner", "janvier", "janv", "enero", "ene", "gennaio", "gen", "genn",
        "janeiro", "januari", "январь", "января", "янв", "stycznia"]),
    (Month(2), &["february", "feb", "febr", "februar", "feber", "fevrier", "fevr", "fev", "febrero", "febbraio",
        "fevereiro", "februari", "февраль", "февраля", "фев", "февр", "lutego"]),
    (Month(3), &["march", "marz", "maerz", "mrz", "mars", "marzo", "marco", "maart", "mrt", "март", "марта", "мар", "marca"]),
    (Month(4), &["april", "apr", "avril", "avr", "abril", "abr", "aprile", "апрель", "апреля", "апр", "kwietnia"]),
    (Month(5), &["may", "mai", "mayo", "maggio", "mag", "maio", "mei", "май", "мая", "maja"]),
    (Month(6), &["june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho", "июнь", "июня", "июн", "czerwca"]),
    (Month(7), &["july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho", "июль", "июля", "июл", "lipca"]),
    (Month(8), &["august", "aug", "aout", "agosto", "ago", "augustus", "август", "августа", "авг", "sierpnia"]),
    (Month(9), &["september", "sep", "sept", "septembre", "septiembre", "setiembre", "settembre", "sett", "set",
        "setembro", "сентябрь", "сентября", "сен", "сент", "wrzesnia"]),
    (Month(10), &["october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out",
        "октябрь", "октября", "окт", "pazdziernika"]),
    (Month(11), &["november", "nov", "novembre", "noviembre", "novembro", "ноябрь", "ноября", "ноя", "нояб", "listopada"]),
    (Month(12), &["december", "dec", "dezember", "dez", "decembre", "diciembre", "dic", "dicembre", "dezembro",
        "декабрь", "декабря", "дек", "grudnia"]),
    (MarchOrTuesday, &["mar"]),
    (Weekday(0), &["monday", "mon", "montag", "mo", "lundi", "lun", "lunes", "lunedi", "segunda", "seg", "maandag",
        "ma", "понедельник", "пн"]),
    (Weekday(1), &["tuesday", "tue", "tues", "dienstag", "di", "mardi", "martes", "martedi", "terca", "ter", "dinsdag",
        "вторник", "вт"]),
    (Weekday(2), &["wednesday", "wed", "weds", "mittwoch", "mi", "mercredi", "mer", "miercoles", "mie", "mercoledi",
        "quarta", "qua", "woensdag", "wo", "среда", "среду", "ср"]),
    (Weekday(3), &["thursday", "thu", "thur", "thurs", "donnerstag", "do", "jeudi", "jeu", "jueves", "jue", "giovedi",
        "gio", "quinta", "qui", "donderdag", "четверг", "чт"]),
    (Weekday(4), &["friday", "fri", "freitag", "fr", "vendredi", "ven", "viernes", "vie", "venerdi", "sexta", "sex",
        "vrijdag", "vr", "пятница", "пятницу", "пт"]),
    (Weekday(5), &["saturday", "sat", "samstag", "sonnabend", "sa", "samedi", "sam", "sabado", "sab", "sabato",
        "zaterdag", "za", "суббота", "субботу", "сб"]),
    (Weekday(6), &["sunday", "sun", "sonntag", "so", "dimanche", "dim", "domingo", "dom", "domenica", "zondag", "zo",
        "воскресенье", "вс"]),
    (Morning, &["am"]),
    (Afternoon, &["pm"]),
    (Zone(Some(0)), &["z", "utc", "gmt", "ut", "wet"]),
    (Zone(Some(60)), &["bst", "cet", "mez", "west"]),
    (Zone(Some(120)), &["cest", "mesz", "eet"]),
    (Zone(Some(180)), &["eest", "msk"]),
    (Zone(Some(-240)), &["edt"]),
    (Zone(Some(-300)), &["est", "cdt"]),
    (Zone(Some(-360)), &["cst", "mdt"]),
    (Zone(Some(-420)), &["mst", "pdt"]),
    (Zone(Some(-480)), &["pst"]),
    (Zone(Some(540)), &["jst", "kst"]),
    (Zone(Some(600)), &["aest"]),
    (Zone(Some(660)), &["aedt"]),
    (Zone(None), &["et", "ct", "mt", "pt", "ist"]),
    (TimeFollows, &["t"]),
    (Hour, &["h", "hr", "時", "时", "시"]),
    (Ordinal, &["st", "nd", "rd", "th", "er", "e", "o", "º", "ª"]),
    (Filler, &["the", "of", "on", "at", "de", "del", "den", "der", "um", "uhr", "le", "a", "as", "las", "el",
        "alle", "ore", "om", "uur", "op", "feira", "г", "года", "в", "分", "분"]),
];

/// The words by their first eight bytes as a number, for comparisons of numbers are faster than of strings.
static INDEX: LazyLock<Vec<(u64, &'static str, Meaning)>> = LazyLock::new(|| {
    let rows = WORDS.iter().flat_map(|&(meaning, words)| words.iter().map(move |&word| (word, meaning)));
    let mut index: Vec<_> = rows.map(|(word, meaning)| (head(word), word, meaning)).collect();
    index.sort_unstable_by_key(|&(head, word, _)| (head, word));
    index
});

fn head(word: &str) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(word.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

/// What a folded word stands for.
pub(crate) fn meaning(word: &str) -> Option<Meaning> {
    let sought = head(word);
    let first = INDEX.partition_point(|&(head, _, _)| head < sought);
    let mut same = INDEX[first..].iter().take_while(|&&(head, _, _)| head == sought);
    same.find(|&&(_, candidate, _)| candidate == word).map(|&(_, _, meaning)| meaning)
}

/// The longest word of the table, in bytes.
pub(crate) const LONGEST: usize = 22;

/// A letter without its case and Latin accent; the degree sign stands for the ordinal indicator.
pub(crate) fn fold(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_lowercase();
    }
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match lower {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' | 'ń' => 'n',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        '°' => 'º',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_once_and_folded() {
        for pair in INDEX.windows(2) {
            assert_ne!(pair[0].1, pair[1].1);
        }
        for (_, word, _) in INDEX.iter() {
            assert_eq!(word.chars().map(fold).collect::<String>(), *word);
            assert!(word.chars().all(char::is_alphabetic), "{word}");
            assert!(word.len() <= LONGEST, "{word}");
        }
    }

    #[test]
    fn every_month_and_weekday_is_found() {
        let cases = [
            ("september", Month(9)),
            ("marz", Month(3)),
            ("мая", Month(5)),
            ("воскресенье", Weekday(6)),
            ("di", Weekday(1)),
            ("mar", MarchOrTuesday),
            ("edt", Zone(Some(-240))),
        ];
        for (word, expected) in cases {
            assert_eq!(meaning(word), Some(expected), "{word}");
        }
        assert_eq!(meaning("smarch"), None);
        assert_eq!(meaning(""), None);
    }
}
