//! The words of dates: names of months and weekdays, zones, and the small words between them.
//!
//! Words are looked up folded: lower case, without accents (see [`fold`]).

use std::sync::LazyLock;

/// What a word in a date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// 1 to 12.
    Month(u32),
    /// Monday is 0.
    Weekday(u32),
    /// `iv`: a month only between a day and a year.
    Roman(u32),
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
    /// `klo`: a time of day follows, perhaps with a dot.
    ClockFollows,
    /// `Uhr`: a time of day stood before, perhaps with a dot.
    ClockEnds,
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
            Roman(_) | Weekday(_) | Morning | Afternoon | Zone(_) | TimeFollows | Hour | ClockFollows
            | ClockEnds | Ordinal | Filler => None,
        }
    }
}

use Meaning::{
    Afternoon, ClockEnds, ClockFollows, Filler, Hour, MarchOrTuesday, Month, Morning, Ordinal, Roman,
    TimeFollows, Weekday, Zone,
};

/// English, German, French, Spanish, Italian, Portuguese, Dutch, Russian, Polish; then what Ukrainian, Bulgarian,
/// Czech, Swedish, Danish, Norwegian, Finnish, Turkish, Greek, Romanian, Hungarian and Catalan have of their own.
/// Nominative and genitive, where dates use both; a form that languages share stands once. `listopad` is November, as
/// in Polish and Czech.
#[rustfmt::skip]
const WORDS: &[(Meaning, &[&str])] = &[
    (Month(1), &["january", "jan", "januar", "janner", "janvier", "janv", "enero", "ene", "gennaio", "gen", "genn",
        "janeiro", "januari", "январь", "января", "янв", "stycznia",
        "styczen", "sty", "січень", "січня", "січ", "януари", "leden", "ledna", "tammikuu", "tammikuuta",
        "tammikuussa", "tammi", "ocak", "oca", "ιανουαριοσ", "ιανουαριου", "ιαν", "ianuarie", "ian", "gener"]),
    (Month(2), &["february", "feb", "febr", "februar", "feber", "fevrier", "fevr", "fev", "febrero", "febbraio",
        "fevereiro", "februari", "февраль", "февраля", "фев", "февр", "lutego",
        "luty", "lut", "лютий", "лютого", "лют", "февруари", "unor", "unora", "helmikuu", "helmikuuta",
        "helmikuussa", "helmi", "subat", "sub", "φεβρουαριοσ", "φεβρουαριου", "φεβ", "februarie", "febrer"]),
    (Month(3), &["march", "marz", "maerz", "mrz", "mars", "marzo", "marco", "maart", "mrt", "март", "марта", "мар", "marca",
        "marzec", "березень", "березня", "бер", "brezen", "brezna", "marts", "maaliskuu", "maaliskuuta",
        "maaliskuussa", "maalis", "mart", "μαρτιοσ", "μαρτιου", "μαρ", "martie", "marcius", "marc"]),
    (Month(4), &["april", "apr", "avril", "avr", "abril", "abr", "aprile", "апрель", "апреля", "апр", "kwietnia",
        "kwiecien", "kwi", "квітень", "квітня", "кві", "квіт", "април", "duben", "dubna", "huhtikuu",
        "huhtikuuta", "huhtikuussa", "huhti", "nisan", "nis", "απριλιοσ", "απριλιου", "απρ", "aprilie",
        "aprilis"]),
    (Month(5), &["may", "mai", "mayo", "maggio", "mag", "maio", "mei", "май", "мая", "maja",
        "maj", "травень", "травня", "тра", "трав", "kveten", "kvetna", "toukokuu", "toukokuuta", "toukokuussa",
        "touko", "mayis", "μαιοσ", "μαιου", "μαι", "majus", "maig"]),
    (Month(6), &["june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho", "июнь", "июня", "июн", "czerwca",
        "czerwiec", "cze", "червень", "червня", "чер", "черв", "юни", "cerven", "cervna", "kesakuu",
        "kesakuuta", "kesakuussa", "kesa", "haziran", "haz", "ιουνιοσ", "ιουνιου", "ιουν", "iunie", "iun",
        "junius", "juny"]),
    (Month(7), &["july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho", "июль", "июля", "июл", "lipca",
        "lipiec", "lip", "липень", "липня", "лип", "юли", "cervenec", "cervence", "heinakuu", "heinakuuta",
        "heinakuussa", "heina", "temmuz", "tem", "ιουλιοσ", "ιουλιου", "ιουλ", "iulie", "iul", "julius",
        "juliol"]),
    (Month(8), &["august", "aug", "aout", "agosto", "ago", "augustus", "август", "августа", "авг", "sierpnia",
        "sierpien", "sie", "серпень", "серпня", "сер", "серп", "srpen", "srpna", "augusti", "elokuu",
        "elokuuta", "elokuussa", "elo", "agustos", "agu", "αυγουστοσ", "αυγουστου", "αυγ", "augusztus", "agost"]),
    (Month(9), &["september", "sep", "sept", "septembre", "septiembre", "setiembre", "settembre", "sett", "set",
        "setembro", "сентябрь", "сентября", "сен", "сент", "wrzesnia",
        "wrzesien", "wrz", "вересень", "вересня", "вер", "септември", "zari", "syyskuu", "syyskuuta",
        "syyskuussa", "syys", "eylul", "eyl", "σεπτεμβριοσ", "σεπτεμβριου", "σεπ", "σεπτ", "septembrie",
        "szeptember", "szept", "setembre"]),
    (Month(10), &["october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out",
        "октябрь", "октября", "окт", "pazdziernika",
        "pazdziernik", "paz", "жовтень", "жовтня", "жов", "жовт", "октомври", "rijen", "rijna", "lokakuu",
        "lokakuuta", "lokakuussa", "loka", "ekim", "eki", "οκτωβριοσ", "οκτωβριου", "οκτ", "octombrie"]),
    (Month(11), &["november", "nov", "novembre", "noviembre", "novembro", "ноябрь", "ноября", "ноя", "нояб", "listopada",
        "listopad", "lis", "listopadu", "листопад", "листопада", "лис", "лист", "ноември", "marraskuu",
        "marraskuuta", "marraskuussa", "marras", "kasim", "kas", "νοεμβριοσ", "νοεμβριου", "νοε", "noiembrie"]),
    (Month(12), &["december", "dec", "dezember", "dez", "decembre", "diciembre", "dic", "dicembre", "dezembro",
        "декабрь", "декабря", "дек", "grudnia",
        "grudzien", "gru", "грудень", "грудня", "гру", "груд", "декември", "prosinec", "prosince", "desember",
        "des", "joulukuu", "joulukuuta", "joulukuussa", "joulu", "aralik", "ara", "δεκεμβριοσ", "δεκεμβριου",
        "δεκ", "decembrie", "desembre"]),
    (MarchOrTuesday, &["mar"]),
    (Weekday(0), &["monday", "mon", "montag", "mo", "lundi", "lun", "lunes", "lunedi", "segunda", "seg", "maandag",
        "ma", "понедельник", "пн",
        "poniedzialek", "pon", "понеділок", "понеделник", "pondeli", "mandag", "man", "maanantai",
        "maanantaina", "pazartesi", "δευτερα", "luni", "hetfo", "dilluns"]),
    (Weekday(1), &["tuesday", "tue", "tues", "dienstag", "di", "mardi", "martes", "martedi", "terca", "ter", "dinsdag",
        "вторник", "вт",
        "wtorek", "вівторок", "utery", "tisdag", "tis", "tirsdag", "tir", "tiistai", "tiistaina", "ti", "sali",
        "τριτη", "marti", "kedd", "dimarts"]),
    (Weekday(2), &["wednesday", "wed", "weds", "mittwoch", "mi", "mercredi", "mer", "miercoles", "mie", "mercoledi",
        "quarta", "qua", "woensdag", "wo", "среда", "среду", "ср",
        "sroda", "srode", "середа", "середу", "сряда", "streda", "stredu", "onsdag", "ons", "keskiviikko",
        "keskiviikkona", "ke", "carsamba", "τεταρτη", "miercuri", "szerda", "dimecres"]),
    (Weekday(3), &["thursday", "thu", "thur", "thurs", "donnerstag", "do", "jeudi", "jeu", "jueves", "jue", "giovedi",
        "gio", "quinta", "qui", "donderdag", "четверг", "чт",
        "czwartek", "czw", "четвер", "четвъртък", "ctvrtek", "torsdag", "tors", "torstai", "torstaina", "to",
        "persembe", "πεμπτη", "joi", "csutortok", "dijous"]),
    (Weekday(4), &["friday", "fri", "freitag", "fr", "vendredi", "ven", "viernes", "vie", "venerdi", "sexta", "sex",
        "vrijdag", "vr", "пятница", "пятницу", "пт",
        "piatek", "пятниця", "пятницю", "петък", "patek", "fredag", "fre", "perjantai", "perjantaina", "pe",
        "cuma", "παρασκευη", "vineri", "pentek", "divendres"]),
    (Weekday(5), &["saturday", "sat", "samstag", "sonnabend", "sa", "samedi", "sam", "sabado", "sab", "sabato",
        "zaterdag", "za", "суббота", "субботу", "сб",
        "sobota", "sobote", "sob", "субота", "суботу", "събота", "sobotu", "lordag", "lor", "lauantai",
        "lauantaina", "cumartesi", "σαββατο", "sambata", "szombat", "dissabte"]),
    (Weekday(6), &["sunday", "sun", "sonntag", "so", "dimanche", "dim", "domingo", "dom", "domenica", "zondag", "zo",
        "воскресенье", "вс",
        "niedziela", "niedziele", "неділя", "неділю", "неделя", "nedele", "nedeli", "sondag", "son",
        "sunnuntai", "sunnuntaina", "su", "pazar", "κυριακη", "duminica", "vasarnap", "diumenge"]),
    (Roman(1), &["i"]),
    (Roman(2), &["ii"]),
    (Roman(3), &["iii"]),
    (Roman(4), &["iv"]),
    (Roman(5), &["v"]),
    (Roman(6), &["vi"]),
    (Roman(7), &["vii"]),
    (Roman(8), &["viii"]),
    (Roman(9), &["ix"]),
    (Roman(10), &["x"]),
    (Roman(11), &["xi"]),
    (Roman(12), &["xii"]),
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
    (Zone(Some(480)), &["hkt", "sgt", "awst"]),
    (Zone(Some(540)), &["jst", "kst"]),
    (Zone(Some(570)), &["acst"]),
    (Zone(Some(600)), &["aest"]),
    (Zone(Some(660)), &["aedt"]),
    (Zone(Some(720)), &["nzst"]),
    (Zone(Some(780)), &["nzdt"]),
    (Zone(Some(-540)), &["akst"]),
    (Zone(Some(-600)), &["hst"]),
    (Zone(None), &["et", "ct", "mt", "pt", "ist"]),
    (TimeFollows, &["t"]),
    (Hour, &["h", "hr", "時", "时", "시"]),
    (Ordinal, &["st", "nd", "rd", "th", "er", "e", "o", "º", "ª"]),
    (ClockFollows, &["kl", "klo"]),
    (ClockEnds, &["uhr", "uur"]),
    (Filler, &["the", "of", "on", "at", "de", "del", "den", "der", "um", "le", "a", "as", "las", "el", "alle", "ore",
        "om", "op", "feira", "г", "года", "году", "в", "分", "분", "r", "roku", "р", "року", "о", "d", "dell", "dnia",
        "il", "la", "em", "ora", "saat", "στισ"]),
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
pub(crate) const LONGEST: usize = 24;

/// A letter without its case and its accent (of Latin and Greek letters); the degree sign stands for the ordinal indicator.
pub(crate) fn fold(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_lowercase();
    }
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match lower {
        'à'..='å' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' => 'd',
        'è'..='ë' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ř' => 'r',
        'ś' | 'ş' | 'ș' | 'š' => 's',
        'ţ' | 'ț' | 'ť' => 't',
        'ź' | 'ż' | 'ž' => 'z',
        'ò'..='ö' | 'ø' | 'ő' => 'o',
        'ù'..='ü' | 'ů' | 'ű' => 'u',
        'ý' => 'y',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'ё' => 'е',
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
