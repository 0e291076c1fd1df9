//! Made-up answers for the tests of this folder, goldens to compare with, and schemas to validate against.

use std::path::PathBuf;

use snapbox::{Assert, Data};

use std::sync::OnceLock;

use crate::analysis::language::Language;
use crate::article::{Article, ArticleId, Origin, Place, Published};
use crate::output::{Answer, Options, Style, format, write};
use crate::query::Query;
use crate::schema::{FieldName, Schema};
use crate::search::{
    Collapse, Context, Cursor, DateBucket, Detail, FacetCounts, Family, Hit, Page, Passage, Ranking,
    SearchRequest, SearchResponse, Snippet, SnippetOptions, Sort, ValueBucket,
};
use crate::text::calendar::{DateSpan, Day, Interval};

pub(super) const PIPE: Style = Style { color: false, width: 80, terminal: false };
pub(super) const SCREEN: Style = Style { color: true, width: 80, terminal: true };
pub(super) const NARROW: Style = Style { color: false, width: 40, terminal: true };

/// Compares with `tests/output/NAME`; `SNAPSHOTS=overwrite` accepts what is there now.
pub(super) fn golden(name: &str, actual: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/output").join(name);
    let actual = String::from_utf8(actual.to_vec()).unwrap();
    Assert::new().action_env("SNAPSHOTS").eq(Data::text(actual).raw(), Data::read_from(&path, None).raw());
}

/// Validates a line of output against `index_schema/json/NAME.schema.json`.
pub(super) fn conforms(name: &str, line: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("index_schema/json")
        .join(format!("{name}.schema.json"));
    let schema = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let value: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    let validator = jsonschema::draft202012::new(&schema).unwrap_or_else(|e| panic!("{name}: {e}"));
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}\n{line}");
}

pub(super) fn render(
    name: &str,
    options: Options,
    request: &SearchRequest,
    found: &SearchResponse,
) -> String {
    let answer = answer(request, found);
    let mut out = Vec::new();
    write(format(name).unwrap(), options, &answer, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(Schema::for_tests)
}

pub(super) fn answer<'a>(request: &'a SearchRequest, response: &'a SearchResponse) -> Answer<'a> {
    Answer {
        input: "climate policy",
        understood: "climate policy",
        is_replaced: false,
        warnings: &[],
        request,
        response,
        schema: schema(),
        took_ms: 3.1419,
    }
}

pub(super) fn options(style: Style) -> Options {
    Options { style, fields: None, null: false }
}

pub(super) fn request() -> SearchRequest {
    SearchRequest {
        query: Query::All,
        page: Page { offset: 0, limit: 3, after: None },
        sort: Sort::Relevance,
        facets: Vec::new(),
        detail: Detail::Article,
        snippets: SnippetOptions { count: 1, context: Context::Words(40) },
        collapse: Collapse::None,
        except: Vec::new(),
        ranking: Ranking::default(),
        explain: false,
    }
}

/// `[word]` in `text` marks what matched.
pub(super) fn passage(text: &str) -> Passage {
    let mut passage = Passage::default();
    let mut start = 0;
    for c in text.chars() {
        match c {
            '[' => start = passage.text.len(),
            ']' => passage.spans.push(start..passage.text.len()),
            _ => passage.text.push(c),
        }
    }
    passage
}

pub(super) fn day(year: i32, month: u32, day: u32) -> Day {
    Day::from_ymd(year, month, day).unwrap()
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|it| (*it).to_owned()).collect()
}

pub(super) fn hit(rank: u64, title: &str, snippet: &str) -> Hit {
    Hit {
        rank,
        id: ArticleId::of_key("", title, true),
        key: format!("https://wire.example/{rank}"),
        score: 12.5 - rank as f32,
        title: passage(title),
        authors: strings(&["Ann Lee", "Bo Ek"]),
        tags: strings(&["energy", "energy/coal"]),
        sections: strings(&["Energy"]),
        language: Language::parse("en"),
        words: 912,
        published: DateSpan::month(1974, 5).map(|date| Published { date, origin: Origin::FrontMatter }),
        url: Some(format!("https://wire.example/{rank}")),
        source: "wire".to_owned(),
        place: Place { path: "1974/05/coal.md".to_owned(), member: None, record: None },
        family: None,
        snippets: vec![Snippet { field: "body", passage: passage(snippet) }],
    }
}

/// Three hits: a plain one, one in Japanese from a record of a file, one that states next to nothing.
pub(super) fn hits() -> Vec<Hit> {
    let coal = hit(
        1,
        "Coal, cars and a [climate policy] that nobody voted for",
        "… the committee heard that a [climate policy] worth the name would need ten years of steady money, \
         and that no minister had ever been given three. The chairman asked whether [climate policy] …",
    );
    let mut japanese = hit(
        2,
        "気候変動と石炭火力発電所の将来についての報告書",
        "政府は[気候政策]の見直しを発表した。石炭火力発電所の段階的な廃止は、二〇三〇年までに完了する予定である。",
    );
    japanese.place =
        Place { path: "news.zip".to_owned(), member: Some("2019/a.jsonl".to_owned()), record: Some(1204) };
    japanese.language = Language::parse("ja");
    japanese.published = Some(Published { date: DateSpan::day(day(2019, 5, 17)), origin: Origin::JsonLd });
    japanese.tags = strings(&["気候"]);
    japanese.authors = Vec::new();
    japanese.family = Some(Family { id: japanese.id, size: 1_205 });
    let mut bare = hit(3, "Letters", "Sir, your leader on [climate] and the [policy] of this paper …");
    bare.published = None;
    bare.tags = Vec::new();
    bare.authors = Vec::new();
    bare.url = None;
    bare.key = "letters.txt".to_owned();
    bare.language = None;
    bare.place.path = "letters.txt".to_owned();
    vec![coal, japanese, bare]
}

fn value(value: &str, count: u64, selected: bool) -> ValueBucket {
    let query = Query::Value { field: FieldName::for_tests("tag"), value: value.to_owned() };
    ValueBucket { value: value.to_owned(), count, selected, level: None, query }
}

pub(super) fn tags() -> FacetCounts {
    FacetCounts::Values {
        field: FieldName::for_tests("tag"),
        values: 806,
        other: 3120,
        missing: 33,
        buckets: vec![
            value("transport", 1388, false),
            value("energy", 214, true),
            value("気候", 97, false),
            value("letters to the editor of this paper, unsigned or signed with a pen name", 12, false),
        ],
    }
}

pub(super) fn dates(interval: Interval, first: Day, counts: &[u64]) -> FacetCounts {
    let mut from = interval.start(first);
    let mut buckets = Vec::new();
    for count in counts {
        let to = interval.end(from);
        buckets.push(DateBucket { from, to, count: *count, query: Query::All });
        from = to.plus(1);
    }
    let field = FieldName::for_tests("date");
    FacetCounts::Dates { field, interval, imprecise: 6, missing: 12, buckets }
}

pub(super) fn response() -> SearchResponse {
    SearchResponse {
        total: 1214,
        hits: hits(),
        facets: vec![tags(), dates(Interval::Year, day(1973, 1, 1), &[9, 120, 0, 0, 3, 1064])],
        next: Some(Cursor {
            sort: Sort::Relevance,
            primary: 9.5,
            timestamp: 1,
            id: ArticleId(7),
            repeats: 0,
        }),
        warnings: Vec::new(),
        ..SearchResponse::default()
    }
}

pub(super) fn article() -> Article {
    Article {
        key: "https://wire.example/1".to_owned(),
        source: "wire".to_owned(),
        place: Place { path: "1974/05/coal.md".to_owned(), member: None, record: None },
        span: None,
        title: "Coal, cars and a climate policy that nobody voted for".to_owned(),
        title_origin: Origin::FrontMatter,
        description: Some("Ten years of steady money, and no minister who was ever given three.".to_owned()),
        body:
            "The committee met for the third time this spring and heard that a climate policy worth the name \
               would need ten years of steady money.\n\nIt adjourned at noon.\nNo vote was taken."
                .to_owned(),
        authors: strings(&["Ann Lee", "Bo Ek"]),
        tags: strings(&["energy", "energy/coal", "Energy"]),
        sections: strings(&["Energy"]),
        published: DateSpan::month(1974, 5).map(|date| Published { date, origin: Origin::FrontMatter }),
        language: Language::parse("en"),
        declared_language: Language::parse("de"),
        language_confidence: Some(93),
        url: Some("https://wire.example/1".to_owned()),
        furniture: strings(&["Please follow and like us:"]),
        words: 1912,
        meta: [("price".to_owned(), strings(&["3", "4"])), ("desk".to_owned(), strings(&["home news"]))]
            .into(),
    }
}
