//! Languages: their codes, and which one a text is written in.
//!
//! Scripts that write one language decide alone. Among the languages of a script the function words decide: they are
//! frequent, and each language has its own. Trigrams ([`whatlang`]) are asked only when the words leave it open.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use serde::{Deserialize, Serialize};

use crate::analysis::neighbours::NEIGHBOURS;
use crate::analysis::prior::{self, Prior};
use crate::analysis::script::{Evidence, Script};
use crate::analysis::tokenizer::{TokenKind, tokenize};

/// A language by its ISO 639-1 code, or its ISO 639-3 code when it has no shorter one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Language([u8; 3]);

impl Language {
    /// The language of a tag such as `en`, `en-GB`, `pt_BR` (BCP 47; only the primary part counts), or of a name such
    /// as `English` or `Deutsch`. Norwegian of any kind is `nb`, as it is detected.
    pub fn parse(tag: &str) -> Option<Language> {
        let tag = tag.trim();
        let primary = tag.split(['-', '_']).next()?;
        let letters = primary.as_bytes();
        if !(2..=3).contains(&letters.len()) || !letters.iter().all(u8::is_ascii_alphabetic) {
            return Language::named(tag);
        }
        let mut code = [0; 3];
        for (to, from) in code.iter_mut().zip(letters) {
            *to = from.to_ascii_lowercase();
        }
        let norwegian = [b"no\0", b"nn\0", b"nor", b"nno", b"nob"].contains(&&code);
        Some(Language(if norwegian { *b"nb\0" } else { code }))
    }

    fn named(name: &str) -> Option<Language> {
        const LONGEST: usize = 32;
        let name = (name.len() <= LONGEST).then(|| name.to_lowercase())?;
        let (_, code) = NAMES.iter().find(|(names, _)| names.contains(&name.as_str()))?;
        let &[first, second] = *code;
        Some(Language([first, second, 0]))
    }

    /// The code, lower case.
    pub fn as_str(&self) -> &str {
        let length = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

/// What languages are called in English and by themselves, lower case.
const NAMES: &[(&[&str], &[u8; 2])] = &[
    (&["arabic", "العربية"], b"ar"),
    (&["chinese", "中文", "汉语", "漢語"], b"zh"),
    (&["czech", "čeština"], b"cs"),
    (&["danish", "dansk"], b"da"),
    (&["dutch", "nederlands"], b"nl"),
    (&["english"], b"en"),
    (&["finnish", "suomi"], b"fi"),
    (&["french", "français", "francais"], b"fr"),
    (&["german", "deutsch"], b"de"),
    (&["greek", "ελληνικά"], b"el"),
    (&["hebrew", "עברית"], b"he"),
    (&["hindi", "हिन्दी"], b"hi"),
    (&["hungarian", "magyar"], b"hu"),
    (&["italian", "italiano"], b"it"),
    (&["japanese", "日本語"], b"ja"),
    (&["korean", "한국어"], b"ko"),
    (&["norwegian", "norsk", "bokmål", "nynorsk"], b"nb"),
    (&["polish", "polski"], b"pl"),
    (&["portuguese", "português", "portugues"], b"pt"),
    (&["romanian", "română"], b"ro"),
    (&["russian", "русский"], b"ru"),
    (&["spanish", "español", "espanol", "castellano"], b"es"),
    (&["swedish", "svenska"], b"sv"),
    (&["turkish", "türkçe"], b"tr"),
    (&["ukrainian", "українська"], b"uk"),
];

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Tells the language of texts by their function words and their script.
pub struct Detector {
    languages: Vec<Language>,
    /// Folded function word → the languages it belongs to, one bit for each of `languages`.
    words: HashMap<Box<str>, u64, BuildHasherDefault<WordHasher>>,
    /// By the first letters of words a bit for each length that they have: most other words are told by it.
    lengths: Box<[u64; BEGINNINGS]>,
    /// What the archive is written in.
    prior: Prior,
}

/// A detected language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detected {
    /// Which language.
    pub language: Language,
    /// 0 to 1.
    pub confidence: f32,
}

/// What a text tells of its language.
pub struct Look<'t> {
    /// The language, if it can be told from the text alone.
    pub detected: Option<Detected>,
    /// As much of the text as is read.
    head: &'t str,
    script: Option<Script>,
    /// The function words, if they were counted.
    votes: Option<Votes>,
}

/// More languages than bits are not told apart by their words.
const MAX_LANGUAGES: usize = u64::BITS as usize;

/// Longest folded function word, in bytes; longer tokens are not looked up.
const MAX_WORD_BYTES: usize = 36;

/// So many beginnings of words are told apart.
const BEGINNINGS: usize = 1 << 12;

/// A number for the first three bytes of a word.
fn beginning(word: &str) -> usize {
    let byte = |at| word.as_bytes().get(at).map_or(0, |byte| usize::from(*byte));
    (byte(0) ^ byte(1) << 4 ^ byte(2) << 7) % BEGINNINGS
}

/// The text is read in pieces of so many bytes until its language is clear.
const PIECES: [usize; 3] = [400, 600, 1000];

impl Detector {
    /// `stop_words`: for each language its commonest words, parted by blanks.
    pub fn new(stop_words: &[(Language, &str)]) -> Detector {
        let mut detector = Detector {
            languages: Vec::new(),
            words: HashMap::default(),
            lengths: Box::new([0; BEGINNINGS]),
            prior: Prior::default(),
        };
        for (language, words) in stop_words {
            detector.learn(*language, words);
        }
        for (code, words) in NEIGHBOURS {
            let unknown = Language::parse(code).filter(|language| !detector.languages.contains(language));
            if let Some(language) = unknown {
                detector.learn(language, words);
            }
        }
        detector
    }

    /// The same detector for an archive whose languages are known by weight, such as their counts in a sample of it.
    #[must_use]
    pub fn with_prior(self, weights: &[(Language, f32)]) -> Detector {
        Detector { prior: Prior::new(weights), ..self }
    }

    fn learn(&mut self, language: Language, words: &str) {
        if self.languages.len() == MAX_LANGUAGES {
            return;
        }
        let bit = 1 << self.languages.len();
        self.languages.push(language);
        tokenize(words, |token| {
            if token.kind == TokenKind::Word && token.text.len() <= MAX_WORD_BYTES {
                self.lengths[beginning(token.text)] |= 1 << token.text.len();
                *self.words.entry(token.text.into()).or_default() |= bit;
            }
        });
    }

    /// The language of `text`, if it can be told; only the first two hundred words or so are read.
    pub fn detect(&self, text: &str) -> Option<Detected> {
        self.look(text).detected
    }

    /// As [`Detector::detect`], with what [`Detector::expect`] goes by.
    pub fn look<'t>(&self, text: &'t str) -> Look<'t> {
        let head = floor(text, PIECES.iter().sum());
        let evidence = Evidence::of(head);
        let mut look = Look { detected: None, head, script: None, votes: None };
        let Some((script, share)) = evidence.main() else { return look };
        look.script = Some(script);
        match script {
            Script::Of(code) => {
                let code = if code == "zh" && self.is_rather_japanese(head) { "ja" } else { code };
                look.detected =
                    Language::parse(code).map(|language| Detected { language, confidence: share });
            }
            Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari => {
                let votes = look.votes.insert(Votes::default());
                look.detected = self.by_words(head, &evidence, votes);
            }
            Script::Han | Script::Kana => {}
        }
        look
    }

    /// The language that the archive leads to expect of a text in which none was detected: the one that its few
    /// function words and the shares in the archive speak for together. `None` without [`Detector::with_prior`], when
    /// two languages are as likely, and when the text contradicts, by its letters or by the words of another language.
    pub fn expect(&self, look: Look<'_>) -> Option<Detected> {
        /// How many function words a share of 1 is worth.
        const WEIGHT: f32 = 2.0;
        let Look { head, script, votes, .. } = look;
        let script = script?;
        let votes = votes.unwrap_or_else(|| {
            let mut votes = Votes::default();
            self.count(head, &mut votes);
            votes
        });
        let supported = |language: Language| {
            let known = self.languages.iter().position(|&known| known == language);
            known.map_or(0.0, |at| votes.scores[at])
        };
        let (mut best, mut second) = ((None, 0.0), 0.0f32);
        for (language, share) in self.prior.iter() {
            let score = supported(language) + WEIGHT * share;
            if score > best.1 {
                second = second.max(best.1);
                best = (Some((language, share)), score);
            } else {
                second = second.max(score);
            }
        }
        let ((Some((language, share)), score), second) = (best, second) else { return None };
        let is_likely = score - second >= 0.5 * WEIGHT;
        let is_contradicted = votes.standing().score - supported(language) >= 1.0;
        let fits = is_likely && !is_contradicted && prior::fits(language, script, head);
        fits.then_some(Detected { language, confidence: 0.5 * share })
    }

    /// Han characters alone, in an archive of Japanese.
    fn is_rather_japanese(&self, head: &str) -> bool {
        self.prior.share("ja") > 4.0 * self.prior.share("zh") && prior::can_be_japanese(head)
    }

    /// Counts until the language is clear; if it never is, the votes are those of the whole head.
    fn by_words(&self, head: &str, script: &Evidence, votes: &mut Votes) -> Option<Detected> {
        let mut at = 0;
        for piece in PIECES {
            let end = word_boundary(head, at + piece);
            self.count(&head[at..end], votes);
            at = end;
            if at == head.len() || votes.standing().is_clear() {
                break;
            }
        }
        let standing = votes.standing();
        if standing.is_clear() {
            return self.elected(&standing);
        }
        self.by_trigrams(head, script, votes).or_else(|| self.elected(&standing).filter(|_| standing.leads()))
    }

    fn count(&self, text: &str, votes: &mut Votes) {
        tokenize(text, |token| {
            votes.tokens += 1;
            if token.text.len() <= MAX_WORD_BYTES
                && self.lengths[beginning(token.text)] >> token.text.len() & 1 == 1
                && let Some(&languages) = self.words.get(token.text)
            {
                votes.add(languages);
            }
        });
    }

    fn elected(&self, standing: &Standing) -> Option<Detected> {
        let language = *self.languages.get(standing.language)?;
        Some(Detected { language, confidence: standing.confidence() })
    }

    fn by_trigrams(&self, head: &str, script: &Evidence, votes: &Votes) -> Option<Detected> {
        const FEWEST_LETTERS: u32 = 120;
        let characters = head.chars().filter(|c| !c.is_whitespace()).count() as u32;
        // Tables of figures have words of trade, whose trigrams mislead.
        let is_prose = script.letters() >= characters / 5 * 4;
        if script.letters() < FEWEST_LETTERS || !is_prose {
            return None;
        }
        // Trigrams cost ten times what the words cost; a few sentences tell as much as a page.
        let sample = &head[..head.floor_char_boundary(TRIGRAM_SAMPLE)];
        let guess = whatlang::detect(sample).filter(whatlang::Info::is_reliable)?;
        let language = Language::parse(short_code(guess.lang().code()))?;
        let known = self.languages.iter().position(|&known| known == language);
        let contradicted = known.is_some_and(|at| votes.scores[at] < votes.standing().score / 2.0);
        let confidence = if contradicted { return None } else { 0.8 * guess.confidence() as f32 };
        Some(Detected { language, confidence })
    }
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Detector({:?}, {} words)", self.languages, self.words.len())
    }
}

/// How much of a text is looked at for its trigrams, in bytes.
const TRIGRAM_SAMPLE: usize = 480;

/// How much speaks for each language.
struct Votes {
    scores: [f32; MAX_LANGUAGES],
    tokens: u32,
}

impl Default for Votes {
    fn default() -> Self {
        Votes { scores: [0.0; MAX_LANGUAGES], tokens: 0 }
    }
}

impl Votes {
    /// A word of one language counts 1; what several share counts less.
    fn add(&mut self, mut languages: u64) {
        let share = 1.0 / languages.count_ones() as f32;
        while languages != 0 {
            self.scores[languages.trailing_zeros() as usize] += share;
            languages &= languages - 1;
        }
    }

    fn standing(&self) -> Standing {
        let mut standing = Standing { language: 0, score: 0.0, second: 0.0, tokens: self.tokens };
        for (language, &score) in self.scores.iter().enumerate() {
            if score > standing.score {
                standing = Standing { language, score, second: standing.score, ..standing };
            } else if score > standing.second {
                standing.second = score;
            }
        }
        standing
    }
}

/// The first two after counting.
#[derive(Debug, Clone, Copy)]
struct Standing {
    language: usize,
    score: f32,
    second: f32,
    tokens: u32,
}

impl Standing {
    fn lead(&self) -> f32 {
        self.score - self.second
    }

    /// Enough function words for running text, and enough that the next language does not have.
    fn is_clear(&self) -> bool {
        self.lead() >= 3.0 && self.lead() >= 0.2 * self.score && self.score >= 0.1 * self.tokens as f32
    }

    /// Good enough for a short or strange text when nothing else is known.
    fn leads(&self) -> bool {
        self.score >= 1.5
            && self.lead() >= (0.12 * self.score).max(0.75)
            && self.score >= 0.07 * self.tokens as f32
    }

    fn confidence(&self) -> f32 {
        let margin = self.lead() / self.score.max(f32::MIN_POSITIVE);
        let support = self.score / (self.score + 1.5);
        support * (0.5 + 0.5 * margin.min(1.0))
    }
}

/// The largest prefix of at most `bytes` bytes.
fn floor(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The end of the word that lies around byte `at`.
fn word_boundary(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    text[at..].find(char::is_whitespace).map_or(text.len(), |further| at + further)
}

/// The ISO 639-1 code of an ISO 639-3 code, where there is one and the detector by trigrams knows the language.
fn short_code(code: &str) -> &str {
    const SHORT: [(&str, &str); 66] = [
        ("afr", "af"),
        ("aka", "ak"),
        ("amh", "am"),
        ("ara", "ar"),
        ("aze", "az"),
        ("bel", "be"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("ces", "cs"),
        ("cmn", "zh"),
        ("cym", "cy"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("epo", "eo"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("guj", "gu"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("hye", "hy"),
        ("ind", "id"),
        ("ita", "it"),
        ("jav", "jv"),
        ("jpn", "ja"),
        ("kan", "kn"),
        ("kat", "ka"),
        ("khm", "km"),
        ("kor", "ko"),
        ("lat", "la"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("mal", "ml"),
        ("mar", "mr"),
        ("mkd", "mk"),
        ("mya", "my"),
        ("nep", "ne"),
        ("nld", "nl"),
        ("nob", "nb"),
        ("ori", "or"),
        ("pan", "pa"),
        ("pes", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rus", "ru"),
        ("sin", "si"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("sna", "sn"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tam", "ta"),
        ("tel", "te"),
        ("tgl", "tl"),
        ("tha", "th"),
        ("tuk", "tk"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("urd", "ur"),
    ];
    SHORT.binary_search_by_key(&code, |&(long, _)| long).map_or(code, |at| SHORT[at].1)
}

/// A multiplicative hash for short words (after FxHash): the map is asked for every token and holds trusted keys.
#[derive(Default)]
struct WordHasher(u64);

impl WordHasher {
    fn mix(&mut self, value: u64) {
        const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
        self.0 = (self.0.rotate_left(26) ^ value).wrapping_mul(MULTIPLIER);
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (whole, rest) = bytes.as_chunks::<8>();
        for chunk in whole {
            self.mix(u64::from_le_bytes(*chunk));
        }
        self.mix(rest.iter().fold(rest.len() as u64, |value, &byte| value << 8 | u64::from(byte)));
    }

    fn write_u8(&mut self, _end_of_str: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn detector() -> Detector {
        let folder = std::path::Path::new(LISTS);
        let lists = LISTED.map(|code| {
            let list = std::fs::read_to_string(folder.join(format!("{code}.txt"))).unwrap();
            let words: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
            (Language::parse(code).unwrap(), words.join(" "))
        });
        Detector::new(&lists.each_ref().map(|(language, words)| (*language, words.as_str())))
    }

    const LISTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/index_schema/stopwords");

    const LISTED: [&str; 23] = [
        "ar", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "hi", "hu", "it", "nb", "nl", "pl",
        "pt", "ro", "ru", "sv", "tr", "uk",
    ];

    /// The same news in many languages.
    #[rustfmt::skip]
    const PARAGRAPHS: [(&str, &str); 47] = [
        ("en", "The council met on Tuesday to discuss the new bridge, but no decision was made. Members said that they would wait until the engineers had finished their report."),
        ("en", "It was not the first time that the river had come over its banks, and those who live there know what to do."),
        ("de", "Der Rat hat am Dienstag über die neue Brücke gesprochen, aber es wurde keine Entscheidung getroffen. Die Mitglieder wollen warten, bis der Bericht der Ingenieure fertig ist."),
        ("fr", "Le conseil s'est réuni mardi pour discuter du nouveau pont, mais aucune décision n'a été prise. Les membres veulent attendre que les ingénieurs aient terminé leur rapport."),
        ("es", "El consejo se reunió el martes para hablar del nuevo puente, pero no se tomó ninguna decisión. Los miembros dijeron que esperarían hasta que los ingenieros terminen su informe."),
        ("gl", "O consello reuniuse o martes para falar da nova ponte, pero non se tomou ningunha decisión. Os membros dixeron que agardarán ata que os enxeñeiros rematen o seu informe, xa que hai moito tempo."),
        ("pt", "O conselho reuniu-se na terça-feira para falar da nova ponte, mas não foi tomada nenhuma decisão. Os membros disseram que vão esperar até que os engenheiros terminem o seu relatório."),
        ("ca", "El consell es va reunir dimarts per parlar del nou pont, però no es va prendre cap decisió. Els membres van dir que esperaran fins que els enginyers hagin acabat el seu informe amb totes les dades."),
        ("it", "Il consiglio si è riunito martedì per discutere del nuovo ponte, ma non è stata presa alcuna decisione. I membri hanno detto che aspetteranno fino a quando gli ingegneri avranno finito la loro relazione."),
        ("ro", "Consiliul s-a întâlnit marți pentru a discuta despre noul pod, dar nu a fost luată nicio decizie. Membrii au spus că vor aștepta până când inginerii își termină raportul."),
        ("nl", "De raad kwam dinsdag bijeen om over de nieuwe brug te praten, maar er werd geen besluit genomen. De leden zeiden dat ze zullen wachten tot de ingenieurs hun rapport klaar hebben."),
        ("af", "Die raad het Dinsdag vergader om oor die nuwe brug te praat, maar geen besluit is geneem nie. Die lede het gesê dat hulle sal wag totdat die ingenieurs hul verslag klaar het."),
        ("sv", "Rådet träffades på tisdagen för att tala om den nya bron, men inget beslut fattades. Ledamöterna sade att de ska vänta tills ingenjörerna är klara med sin rapport, och det kan ta tid."),
        ("da", "Rådet mødtes tirsdag for at tale om den nye bro, men der blev ikke truffet nogen beslutning. Medlemmerne sagde, at de vil vente, indtil ingeniørerne er færdige med deres rapport, efter hvad man ved."),
        ("nb", "Rådet møttes tirsdag for å snakke om den nye broen, men det ble ikke tatt noen beslutning. Medlemmene sa at de vil vente til ingeniørene er ferdige med rapporten sin, etter hva man vet nå."),
        ("nb", "Hun har ikke vært her siden krigen, men hun sier at hun gjerne ville se byen igjen før det er for sent. Nå bor søsteren hennes der."),
        ("da", "Hun har ikke været her siden krigen, men hun siger, at hun gerne ville se byen igen, før det er for sent. Nu bor hendes søster der."),
        ("fi", "Neuvosto kokoontui tiistaina keskustelemaan uudesta sillasta, mutta päätöstä ei tehty. Jäsenet sanoivat, että he odottavat, kunnes insinöörit ovat saaneet raporttinsa valmiiksi, koska se on niin tärkeä."),
        ("et", "Nõukogu kogunes teisipäeval, et arutada uut silda, aga otsust ei tehtud. Liikmed ütlesid, et nad ootavad, kuni insenerid on oma aruande lõpetanud, sest see on väga tähtis."),
        ("hu", "A tanács kedden ült össze, hogy megvitassa az új hidat, de nem született döntés. A tagok azt mondták, hogy megvárják, amíg a mérnökök elkészülnek a jelentéssel, mert ez nagyon fontos."),
        ("pl", "Rada spotkała się we wtorek, aby rozmawiać o nowym moście, ale nie podjęto żadnej decyzji. Członkowie powiedzieli, że będą czekać, aż inżynierowie zakończą swój raport."),
        ("cs", "Rada se sešla v úterý, aby jednala o novém mostě, ale nebylo přijato žádné rozhodnutí. Členové řekli, že počkají, až inženýři dokončí svou zprávu, protože je to důležité."),
        ("sk", "Rada sa stretla v utorok, aby rokovala o novom moste, ale nebolo prijaté žiadne rozhodnutie. Členovia povedali, že počkajú, kým inžinieri dokončia svoju správu, pretože je to dôležité."),
        ("hr", "Vijeće se sastalo u utorak kako bi razgovaralo o novom mostu, ali nije donesena nikakva odluka. Članovi su rekli da će čekati dok inženjeri ne završe izvještaj, jer je to važno prije i nakon svega."),
        ("sl", "Svet se je sestal v torek, da bi govoril o novem mostu, vendar ni bila sprejeta nobena odločitev. Člani so povedali, da bodo počakali, ker inženirji še niso končali poročila, ki je zelo pomembno."),
        ("tr", "Konsey salı günü yeni köprüyü görüşmek için toplandı, ancak hiçbir karar alınmadı. Üyeler, mühendislerin raporlarını bitirmesine kadar bekleyeceklerini söyledi ve bu çok önemli."),
        ("id", "Dewan bertemu pada hari Selasa untuk membahas jembatan yang baru, namun tidak ada keputusan. Para anggota mengatakan bahwa mereka akan menunggu hingga laporan itu selesai karena hal ini penting."),
        ("el", "Το συμβούλιο συνεδρίασε την Τρίτη για τη νέα γέφυρα, αλλά δεν πάρθηκε καμία απόφαση."),
        ("ru", "Совет собрался во вторник, чтобы обсудить новый мост, но решение не было принято. Члены совета сказали, что они будут ждать, пока инженеры не закончат свой отчёт."),
        ("uk", "Рада зібралася у вівторок, щоб обговорити новий міст, але рішення не було ухвалене. Члени ради сказали, що вони чекатимуть, поки інженери не закінчать свій звіт."),
        ("be", "Рада сабралася ў аўторак, каб абмеркаваць новы мост, але рашэнне не было прынята. Члены рады сказалі, што яны будуць чакаць, пакуль інжынеры не скончаць сваю справаздачу, бо гэта ўжо трэба."),
        ("bg", "Съветът се събра във вторник, за да обсъди новия мост, но не беше взето решение. Членовете казаха, че ще чакат, докато инженерите завършат доклада си."),
        ("sr", "Савет се састао у уторак да би разговарао о новом мосту, али није донета никаква одлука. Чланови су рекли да ће чекати док инжењери не заврше извештај, јер је то важно."),
        ("mk", "Советот се состана во вторник за да зборува за новиот мост, но не беше донесена одлука. Членовите рекоа дека ќе чекаат додека инженерите го завршат извештајот, бидејќи тоа е многу важно."),
        ("ar", "اجتمع المجلس يوم الثلاثاء من أجل مناقشة الجسر الجديد ولكن لم يتم اتخاذ أي قرار. وقال الأعضاء إن التقرير الذي يعده المهندسون لا يزال غير مكتمل حتى الآن."),
        ("fa", "شورا روز سه‌شنبه برای بحث در مورد پل جدید تشکیل جلسه داد اما هیچ تصمیمی گرفته نشد. اعضا گفتند که تا پایان گزارش مهندسان صبر می‌کنند و این کار را با آنها ادامه خواهند داد."),
        ("ur", "کونسل کا اجلاس منگل کو نئے پل پر بات کرنے کے لیے ہوا لیکن کوئی فیصلہ نہیں کیا گیا۔ ارکان نے کہا کہ وہ اس وقت تک انتظار کریں گے جب تک انجینئر اپنی رپورٹ مکمل نہیں کر لیتے۔"),
        ("hi", "परिषद की बैठक मंगलवार को नए पुल पर बात करने के लिए हुई, लेकिन कोई निर्णय नहीं किया गया। सदस्यों ने कहा कि वे तब तक इंतजार करेंगे जब तक रिपोर्ट पूरी नहीं हो जाती है।"),
        ("mr", "परिषदेची बैठक मंगळवारी नव्या पुलावर चर्चा करण्यासाठी झाली, पण कोणताही निर्णय झाला नाही. सदस्यांनी म्हटले की ते अहवाल पूर्ण होईपर्यंत थांबतील आणि त्यांनी हे सांगितले आहे."),
        ("ne", "परिषद्को बैठक मंगलबार नयाँ पुलका बारेमा छलफल गर्न बस्यो तर कुनै निर्णय भएको छैन। सदस्यहरूले प्रतिवेदन पूरा नभएसम्म पर्खने भने र यो धेरै महत्वपूर्ण छ भन्ने थियो।"),
        ("he", "המועצה התכנסה ביום שלישי כדי לדון בגשר החדש אך לא התקבלה החלטה."),
        ("hy", "Խորհուրդը հավաքվեց երեքշաբթի օրը՝ քննարկելու նոր կամուրջը։"),
        ("ka", "საბჭო შეიკრიბა სამშაბათს ახალი ხიდის განსახილველად."),
        ("th", "สภาประชุมกันเมื่อวันอังคารเพื่อหารือเรื่องสะพานใหม่แต่ยังไม่มีการตัดสินใจ"),
        ("ja", "評議会は火曜日に新しい橋について話し合ったが、決定は下されなかった。"),
        ("zh", "理事会星期二开会讨论新桥的问题，但没有作出任何决定。"),
        ("ko", "의회는 화요일에 새 다리에 대해 논의했지만 아무런 결정도 내려지지 않았다."),
    ];

    #[test]
    fn paragraphs_are_told_apart() {
        let detector = detector();
        let mut wrong = Vec::new();
        for (code, text) in PARAGRAPHS {
            let detected = detector.detect(text);
            if detected.is_none_or(|found| found.language.as_str() != code || found.confidence < 0.4) {
                wrong.push((code, detected));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn unclear_texts_have_no_language() {
        let detector = detector();
        for text in ["", " ", "12 34", "Lorenz", "3M AT&T 1998", "@@@", "🙂"] {
            assert_eq!(detector.detect(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_archive_leads_to_expect_a_language() {
        let weights = |weights: &[(&str, f32)]| -> Vec<(Language, f32)> {
            weights.iter().map(|(code, weight)| (Language::parse(code).unwrap(), *weight)).collect()
        };
        let english = [("en", 97.0), ("fr", 3.0)];
        let mixed = [("en", 50.0), ("fr", 50.0)];
        for (archive, text, expected) in [
            (english, "Shr 12 cts vs 9 cts. Net 1.2 mln vs 900,000", Some("en")),
            (english, "Lorenz", Some("en")),
            (english, "Lorenz de la Tour des Pins", Some("en")),
            (english, "Der Wind ist in den Segeln und wir sind bei der See", None),
            (english, "Příliš žluťoučký kůň", None),
            (english, "Москва", None),
            (english, "12 34", None),
            (mixed, "Lorenz", None),
            (mixed, "Lorenz dans les Tours", Some("fr")),
        ] {
            let detector = detector().with_prior(&weights(&archive));
            let found = detector.expect(detector.look(text)).map(|found| found.language.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        let detector = detector();
        assert_eq!(detector.expect(detector.look("Lorenz")), None);
        let japanese = detector.with_prior(&weights(&[("ja", 9.0), ("en", 1.0)]));
        for (text, code) in [("東京都知事選挙", "ja"), ("这个问题", "zh")] {
            assert_eq!(japanese.detect(text).unwrap().language.as_str(), code, "{text}");
        }
    }

    #[test]
    fn only_the_head_is_read() {
        let english = "The minister said that he would not take part in it, and that was all. ";
        let text =
            format!("{}{}", english.repeat(60), "Der Minister sagte nicht, dass er es war. ".repeat(5000));
        assert_eq!(detector().detect(&text).unwrap().language.as_str(), "en");
    }

    #[test]
    fn without_lists_trigrams_still_tell() {
        let text = "Die Regierung hat gestern beschlossen, dass die neuen Regeln erst im kommenden Jahr gelten sollen. \
            Viele Menschen warten schon lange darauf, weil die alten Vorschriften niemand mehr versteht.";
        assert_eq!(Detector::new(&[]).detect(text).unwrap().language.as_str(), "de");
    }

    #[test]
    fn codes_are_sorted_and_parse() {
        assert_eq!(short_code("deu"), "de");
        assert_eq!(short_code("zul"), "zul");
        for lang in whatlang::Lang::all() {
            assert!(Language::parse(short_code(lang.code())).is_some());
        }
        for (tag, code) in [
            ("en-GB", Some("en")),
            ("pt_BR", Some("pt")),
            ("haw", Some("haw")),
            ("no", Some("nb")),
            ("nn-NO", Some("nb")),
            (" Deutsch ", Some("de")),
            ("English", Some("en")),
            ("Elvish", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(Language::parse(tag).map(|language| language.to_string()).as_deref(), code);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_safe(text in any::<String>()) {
            if let Some(found) = detector().detect(&text) {
                prop_assert!((0.0..=1.0).contains(&found.confidence));
            }
        }
    }
}
