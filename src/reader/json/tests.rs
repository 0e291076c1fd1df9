use super::*;
use crate::reader::{FieldMap, ReadOptions};

fn items_of(name: &str, bytes: &[u8], map: FieldMap) -> Vec<Item> {
    let options = ReadOptions { map, ..ReadOptions::default() };
    let mut items = Vec::new();
    let input = Input::whole(name, bytes, &options);
    if let Err(fault) = Json.read(&input, &mut |item| items.push(item)) {
        items.push(Item::Skip { spot: Spot::WHOLE, fault });
    }
    items
}

fn items(text: &str) -> Vec<Item> {
    items_of("x.json", text.as_bytes(), FieldMap::default())
}

/// `number title` of each draft, `number !reason` of each skip.
fn summary(items: &[Item]) -> Vec<String> {
    let number = |spot: &Spot| spot.record.map_or("-".to_owned(), |record| record.to_string());
    items
        .iter()
        .map(|item| match item {
            Item::Draft { spot, draft, .. } => {
                format!("{} {}", number(spot), draft.title.as_deref().unwrap_or(&draft.body))
            }
            Item::Skip { spot, fault } => format!("{} !{}", number(spot), fault.reason.as_str()),
            Item::LeftOut { spot, what } => format!("{} {}", number(spot), what.as_str()),
        })
        .collect()
}

fn only_draft(text: &str) -> Draft {
    match items(text).remove(0) {
        Item::Draft { draft, .. } => *draft,
        Item::Skip { fault, .. } => panic!("{fault:?}"),
        Item::LeftOut { what, .. } => panic!("{what:?}"),
    }
}

#[test]
fn records_are_numbered_and_broken_ones_cost_only_themselves() {
    for (text, expected) in [
        (r#"{"title":"a"}"#, vec!["- a"]),
        (r#"[{"title":"a"}]"#, vec!["1 a"]),
        ("{\"title\":\"a\"}\n{\"title\":\"b\"}\n", vec!["1 a", "2 b"]),
        ("{\"title\":\"a\"}\n{\"title\":\n{\"title\":\"c\"}\n", vec!["1 a", "2 !broken", "3 c"]),
        (r#"[{"title":"a"},{"title":b},{"title":"c"}]"#, vec!["1 a", "2 !broken", "3 c"]),
        (r#"[{"title":"a"},{"title":"b"},{"title":"c"#, vec!["1 a", "2 b", "3 !broken"]),
        (r#"[{"title":"a"},7,"x",null]"#, vec!["1 a", "2 !broken", "3 !broken", "4 !broken"]),
        (r#"{"articles":[{"title":"a"},{"title":"b"}],"total":2}"#, vec!["1 a", "2 b"]),
        (r#"{"hits":{"hits":[{"_id":"7","_source":{"title":"a"}}]}}"#, vec!["1 a"]),
        (r#"[{"x":1}]"#, vec!["1 no-text"]),
        (r#"[{"title":" ","body":""}]"#, vec!["1 no-text"]),
        (r#"[{"kop":"Rain","stuk":"It rained all day."}]"#, vec!["1 !empty"]),
        (r#"{"x":1}"#, vec!["- !empty"]),
        ("", vec!["- !empty"]),
        ("[]", vec!["- !empty"]),
        ("\u{feff}{\"title\":\"a\"}", vec!["- a"]),
    ] {
        assert_eq!(summary(&items(text)), expected, "{text}");
    }
}

#[test]
fn values_are_found_by_their_names() {
    let draft = only_draft(
        r#"{"headline":"A","Body":"one\n\ntwo","tags":["x",{"name":"y"},null],"categories":"World, Uncategorized",
            "author":{"name":"Ann Lee","email":"a@example.org"},"link":"https://example.org/a","_id":7,
            "lang":"en-GB","views":12,"source":{"name":"S","deep":{"x":1}},"draft":true}"#,
    );
    assert_eq!(draft.title.as_deref(), Some("A"));
    assert_eq!(draft.body, "one\n\ntwo");
    assert_eq!(draft.tags, ["x", "y"]);
    assert_eq!(draft.sections, ["World"]);
    assert_eq!(draft.authors, ["Ann Lee"]);
    assert_eq!(draft.url.as_deref(), Some("https://example.org/a"));
    assert_eq!(draft.id.as_deref(), Some("7"));
    assert_eq!(draft.language.map(|language| language.to_string()).as_deref(), Some("en"));
    let meta: Vec<(&str, &str)> =
        draft.meta.iter().map(|(name, texts)| (name.as_str(), texts[0].as_str())).collect();
    assert_eq!(meta, [("draft", "true"), ("source.name", "S"), ("views", "12")]);
}

#[test]
fn html_and_rendered_values_become_text() {
    let draft = only_draft(
        r#"{"title":{"rendered":"Don&#8217;t"},"content":{"rendered":"<p>a &amp; b</p><p>c</p>","protected":false}}"#,
    );
    assert_eq!(draft.title.as_deref(), Some("Don’t"));
    assert_eq!(draft.body, "a & b\n\nc");
}

#[test]
fn the_map_goes_first_and_takes_its_names() {
    let map = parse_map("title=t.main,tag=topics,tag=places,body=summary").expect("a map");
    let text =
        r#"{"t":{"main":"M"},"title":"no","topics":["a"],"places":["b"],"keywords":"c","summary":"s"}"#;
    let Item::Draft { draft, .. } = items_of("x.json", text.as_bytes(), map).remove(0) else { panic!() };
    assert_eq!(draft.title.as_deref(), Some("M"));
    assert_eq!(draft.tags, ["a", "b", "c"]);
    assert_eq!((draft.body.as_str(), draft.description), ("s", None));
}

#[test]
fn a_record_without_text_names_its_keys() {
    let Item::Skip { fault, .. } = items(r#"{"kop":"x","stuk":"y"}"#).remove(0) else { panic!() };
    assert_eq!(fault.message, "neither title nor body");
    assert!(fault.hint.expect("a hint").contains("kop, stuk"));
}

#[test]
fn one_line_of_a_file_of_lines_is_a_record() {
    let items = items_of("a/x.jsonl", br#"{"title":"a"}"#, FieldMap::default());
    assert_eq!(summary(&items), ["1 a"]);
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_and_noted() {
    let items = items_of("x.json", b"{\"title\":\"caf\xe9\"}", FieldMap::default());
    let Item::Draft { draft, notes, .. } = &items[0] else { panic!() };
    assert_eq!(draft.title.as_deref(), Some("caf\u{fffd}"));
    assert_eq!(notes[0].reason, Reason::Charset);
}

#[test]
fn deep_records_are_refused_without_recursion() {
    let deep = format!("[{{\"title\":{}1{}}},{{\"title\":\"b\"}}]", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(summary(&items(&deep)), ["1 !broken", "2 b"]);
}

#[test]
fn a_date_that_was_guessed_is_not_read_back_as_stated() {
    for (origin, expected) in [("text", None), ("front-matter", Some("2017"))] {
        let draft = only_draft(&format!(
            "{{\"title\": \"a\", \"date\": {{\"value\": \"2017\", \"origin\": \"{origin}\"}}}}"
        ));
        let found = draft.published.map(|published| published.date.to_string());
        assert_eq!(found.as_deref(), expected, "{origin}");
    }
}

#[test]
fn the_limit_of_depth_is_that_of_the_parser() {
    for (inner, expected) in [(MAX_DEPTH - 1, "1 b"), (MAX_DEPTH, "1 !broken")] {
        let record =
            format!("[{{\"x\":{}1{},\"title\":\"b\"}},{{\"x\":1}}]", "[".repeat(inner), "]".repeat(inner));
        assert_eq!(summary(&items(&record))[0], expected, "{inner}");
    }
}

#[test]
fn blocks_give_the_same_records_as_the_whole_file() {
    let records: Vec<String> =
        (0..50).map(|n| format!("{{\"title\": \"t{n}\", \"body\": \"x ]}}, {{ \\\" {n}\"}}")).collect();
    let lines = records.join("\n");
    let array = format!("[\n  {}\n]\n", records.join(",\n  "));
    let compact = format!("[{}]", records.join(","));
    let wrapped = format!("{{\"total\": 50, \"items\": [{}], \"next\": \"u\"}}", records.join(","));
    let objects = records.join(" ").replace("{\"title\"", "{\n\"title\"");
    for text in [lines, array, compact, wrapped, objects] {
        let whole = summary(&items(&text));
        assert_eq!(whole.len(), 50, "{text}");
        for size in [1, 7, 64, 200, 1000] {
            assert_eq!(in_blocks(text.as_bytes(), size), whole, "{size}: {text}");
        }
    }
}

fn in_blocks(mut rest: &[u8], size: usize) -> Vec<String> {
    let options = ReadOptions::default();
    let (mut items, mut first_record, mut cutter) = (Vec::new(), 1, JsonCutter::default());
    let mut window = size;
    while !rest.is_empty() {
        window = window.min(rest.len());
        let (length, records) = cutter.cut(&rest[..window], window == rest.len());
        if length == 0 {
            window += size;
            continue;
        }
        let input = Input { first_record, ..Input::whole("x.json", &rest[..length], &options) };
        let before = items.len();
        Json.read(&input, &mut |item| items.push(item)).expect("no fault");
        assert_eq!((items.len() - before) as u64, records);
        (rest, first_record, window) = (&rest[length..], first_record + records, size);
    }
    let mut numbered = items;
    if let Some(Item::Draft { spot, .. }) = numbered.first_mut() {
        spot.record = Some(1);
    }
    summary(&numbered)
}

#[test]
fn a_cutter_finds_the_next_record_after_one_that_is_too_long() {
    let mut lines = JsonCutter::default();
    assert_eq!(lines.cut(b"{\"a\":1}\n{\"b\"", false), (8, 1));
    assert_eq!(lines.resync(b"long, long\n{\"c\":1}\n"), Some(11));
    let mut array = JsonCutter::default();
    assert_eq!(array.cut(b"[{\"a\":1},{\"b\"", false), (8, 1));
    assert_eq!(array.resync(b"long\"} , {\"c\":1}]"), Some(7));
    assert_eq!(array.resync(b"long"), None);
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        items_of("x.json", &bytes, FieldMap::default());
    }

    #[test]
    fn nothing_like_json_panics(text in "([\\[\\]{},:\"\\\\ \n]|\"title\":|\"items\":|1|null|\"_source\":|\\\\u00){0,40}") {
        items(&text);
        in_blocks_never_panics(text.as_bytes());
    }
}

fn in_blocks_never_panics(bytes: &[u8]) {
    let mut cutter = JsonCutter::default();
    let (length, _) = cutter.cut(bytes, false);
    assert!(length <= bytes.len());
    assert_eq!(cutter.cut(&bytes[length..], true).0, bytes.len() - length);
    assert!(cutter.resync(bytes).is_none_or(|at| at <= bytes.len()));
}
