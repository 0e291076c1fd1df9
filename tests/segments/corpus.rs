//! Articles that are hard on a writer of segments, made from a seed.

use serde_json::{Map, Value, json};

use crate::support::random::Random;

/// What is asked of the generated archive.
pub(super) const QUERIES: &[&str] = &[
    "the",
    "connection",
    "=connected",
    "mining strikes",
    "coal OR harbour OR élection",
    "\"coal mine\"",
    "coal NEAR/20 harbours",
    "harb*",
    "elektion~2",
    "title:coal",
    "tag:energy/coal",
    "author:\"Jörg Maß\" die",
    "date:2001-05 coal",
    "coal -harbour",
    "検索",
    "\"全文検索\"",
    "コト",
    "ການຄົ້ນຫາ",
    "соединение",
    "die",
];

/// Words of a language in several forms, so that many share a stem, and some with another language.
const LANGUAGES: &[(&str, &str)] = &[
    (
        "en",
        "the connection connected connecting coal mine mines mining harbour harbours strike strikes striking die died \
         dying rat rats gift gifts election elections don't U.S. AT&T C++ e-mail 3.14 1,000 Zoë",
    ),
    (
        "de",
        "die das Kohle Kohlen Häuser Haus Hauses Straße Strassen Verbindung Verbindungen verbunden Gift Gifte Rat Räte \
         Äpfel Apfel Übung wählen gewählt",
    ),
    (
        "fr",
        "l'élection les élections qu'on die rat connexion connexions connecté connectée œuvre œuvres grève grèves été mines",
    ),
    ("es", "la conexión conexiones minas mina huelga huelgas elección elecciones año años die"),
    ("ru", "соединение соединения соединением уголь угля шахта шахты выборы выборов ёлка елка"),
    ("tr", "bağlantı bağlantılar ISI ısı İstanbul seçim seçimler madenci"),
    ("el", "σύνδεση συνδέσεις άνθρακας ΛΙΜΆΝΙ λιμάνια εκλογές"),
    ("ar", "اتصال الاتصالات فحم الفحم مدرسة مدرسه كِتَابٌ"),
    ("hi", "संबंध सम्बन्ध कोयला कोयले हिन्दी हिंदी खान खानें"),
    ("ja", "全文検索 検索エンジン 一 ㊀ コト ヿ ｶﾞｽ ガス サーバー 港 東京タワー"),
    ("zh", "搜索引擎 全文搜索 煤炭 罢工 選舉 一二三"),
    ("ko", "검색 엔진 석탄 파업 한글 항구"),
    ("th", "การค้นหา ถ่านหิน ท่าเรือ ที่นี่ ก็"),
    ("lo", "ການຄົ້ນຫາ ໜ້າ ຫນ້າ ໝູ ຫມູ"),
    ("xx", "zorb zorbing zorbs blick blicked"),
];

const DATES: &[&str] = &[
    "2001",
    "2001-05",
    "2001-05-17",
    "2001-05-17T10:00:00Z",
    "2001-05-17T23:30:00-08:00",
    "1969-12-31T23:59:59.5Z",
    "1066-10-14",
    "1600",
    "9999-12-31",
    "May 2003",
    "17/05/2001",
    "never",
];

const TAGS: &[&str] = &[
    "energy",
    "Energy",
    "ENERGY ",
    "energy/coal",
    "Energy/Coal/Pits",
    "気候／政策",
    "a//b",
    "/lead",
    "tail/",
    "C++",
    "50% *",
    "x\\y",
    "two words",
    "Two  Words",
    "é",
    "e\u{301}",
    "\u{200b}",
    "…",
];

const AUTHORS: &[&str] = &["Ann Lee", "ann lee", "Jörg Maß", "O'Brien", "山田 太郎", "Li", "…"];

/// So many small articles, as JSON lines.
pub(super) fn small(random: &Random, name: &str, count: u64) -> String {
    let mut lines = String::new();
    for number in 0..count {
        lines.push_str(&small_article(random, format!("{name}-{number}")).to_string());
        lines.push('\n');
    }
    lines
}

fn small_article(random: &Random, id: String) -> Value {
    let (language, words) = random.pick(LANGUAGES);
    let mut record = Map::new();
    record.insert("id".to_owned(), json!(id));
    let mut add = |chances: usize, name: &str, value: Value| {
        if !random.one_in(chances) {
            record.insert(name.to_owned(), value);
        }
    };
    add(6, "title", json!(sentence(random, words, 6)));
    add(2, "description", json!(sentence(random, words, 12)));
    add(8, "body", json!(text(random, words, 60)));
    add(3, "lang", json!(language));
    add(5, "date", json!(random.pick(DATES)));
    add(2, "tags", some(random, TAGS, 5));
    add(3, "authors", some(random, AUTHORS, 3));
    add(3, "categories", some(random, TAGS, 2));
    add(4, "url", json!(format!("https://example.org/{}/{id}?q=é", random.below(50))));
    add(4, "status", json!(random.pick(&["open", "closed", "Open"])));
    Value::Object(record)
}

fn some(random: &Random, of: &[&str], most: usize) -> Value {
    (0..random.below(most + 1)).map(|_| json!(random.pick(of))).collect()
}

/// Words of which the first are the most frequent, now and then one that nobody else has.
fn sentence(random: &Random, words: &str, most: usize) -> String {
    let words: Vec<&str> = words.split(' ').collect();
    let mut sentence = String::new();
    for _ in 0..random.below(most) + 1 {
        match random.below(12) {
            0 => sentence.push_str(&format!("w{}", random.below(1_000_000))),
            1 => sentence.push_str(&words[random.below(words.len())].to_uppercase()),
            _ => sentence.push_str(words[random.below(random.below(words.len()) + 1)]),
        }
        sentence.push_str(random.pick(&[" ", " ", " ", ", ", ". ", "\n\n", ""]));
    }
    sentence
}

/// Sentences, some of them of another language.
fn text(random: &Random, words: &str, most: usize) -> String {
    let mut text = String::new();
    for _ in 0..random.below(5) + 1 {
        let words = if random.one_in(5) { random.pick(LANGUAGES).1 } else { words };
        text.push_str(&sentence(random, words, most / 5));
        text.push_str(".\n\n");
    }
    text
}

/// Articles that are each at a limit.
pub(super) fn hard(random: &Random) -> String {
    let many = |count: usize| (0..count).map(|number| format!("Tag {number}/{}", number % 7));
    let long: Vec<String> = [254, 255, 256, 1_000, 70_000]
        .iter()
        .map(|length| "long".repeat(length / 4 + 1)[..*length].to_owned())
        .collect();
    let mut everything = String::new();
    for (_, words) in LANGUAGES {
        everything.push_str(words);
        everything.push('\n');
    }
    let mut large = String::new();
    while large.len() < 300_000 {
        large.push_str(&text(random, random.pick(LANGUAGES).1, 400));
    }
    let articles = [
        json!({"title": "", "body": "coal mine without a title"}),
        json!({"title": "Coal mine without a body"}),
        json!({"title": "…", "body": "— – … !?"}),
        json!({"title": "!", "description": "coal in the description alone", "body": "-"}),
        json!({"title": "coal", "description": "coal coal", "body": "coal coal coal"}),
        json!({"title": "The same coal mine", "body": "coal mine ".repeat(2_000)}),
        json!({"title": long[0].clone(), "body": long.join(" "), "description": long[4].clone()}),
        json!({"title": "Words of all languages", "body": everything.clone(), "lang": "en"}),
        json!({"title": everything.clone(), "body": "of all languages", "lang": "fr"}),
        json!({"title": "A hundred tags and more", "body": "tagged", "tags": many(400).collect::<Vec<_>>()}),
        json!({"title": "Long tags", "body": "tagged", "tags": [long[3].clone(), long[4].clone(), "é".repeat(2_000)],
               "categories": ["a/".repeat(3_000)], "authors": many(300).collect::<Vec<_>>()}),
        json!({"title": "A long address", "body": "linked", "url": format!("https://example.org/{}", long[4])}),
        json!({"title": "Three hundred kilobytes", "body": large, "date": "2001-05-17"}),
        // The circled one, the sign for koto and the Lao ligatures fold to what other kinds of words are made of.
        json!({"title": "㊀ ヿ ໜ", "body": "㊀ ㊀ 一 ヿ コト ໜ ຫນ", "lang": "ja"}),
        json!({"title": "一 コト ຫນ", "body": "一 ㊀ コト ヿ ຫນ ໜ", "lang": "lo"}),
    ];
    let mut lines = String::new();
    for (number, mut article) in articles.into_iter().enumerate() {
        article["id"] = json!(format!("hard-{number}"));
        lines.push_str(&format!("{article}\n"));
    }
    for number in 0..40 {
        let noise = json!({"id": format!("noise-{number}"), "title": noise(random, 20), "body": noise(random, 400),
                           "tags": [noise(random, 10), noise(random, 3)], "authors": [noise(random, 5)]});
        lines.push_str(&format!("{noise}\n"));
    }
    lines
}

/// Any characters, most of them of scripts that have rules of their own.
fn noise(random: &Random, count: usize) -> String {
    const RANGES: [(u32, u32); 12] = [
        (0x20, 0x7e),
        (0xa0, 0x2ff),
        (0x300, 0x36f),
        (0x370, 0x5ff),
        (0x600, 0x6ff),
        (0x900, 0x97f),
        (0xe00, 0xeff),
        (0x1100, 0x11ff),
        (0x2000, 0x206f),
        (0x3000, 0x33ff),
        (0xf900, 0xffdc),
        (0, 0x10_ffff),
    ];
    let character = |_| {
        let (first, last) = random.pick(&RANGES);
        char::from_u32(first + random.below((last - first + 1) as usize) as u32)
    };
    (0..count).filter_map(character).collect()
}
