//! Readers against folders of data: `tests/readers/<reader>/<case>/` holds `input.*` and the `expected.json` that the
//! reader makes of it, perhaps with an `options.json` such as `{"map": "title=headline", "day_order": "day-first"}`.
//!
//! `BACKFILE_ACCEPT=1 cargo test --test integration readers` writes what the readers give; review it as a change.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use backfile::article::{Draft, Published};
use backfile::reader::json::parse_map;
use backfile::reader::recognise::by_name;
use backfile::reader::{Fault, Input, Item, ReadOptions, Reader, Spot};
use backfile::text::dates::DayOrder;
use serde_json::{Value, json};

#[test]
fn cases() {
    let accept = std::env::var_os("BACKFILE_ACCEPT").is_some();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers");
    let mut failures = String::new();
    let mut checked = 0;
    for reader in folders(&root) {
        for case in folders(&reader) {
            checked += 1;
            if let Err(failure) = check(&case, accept) {
                let name = case.strip_prefix(&root).expect("the case was found below the root");
                write!(failures, "\n{}: {failure}\n", name.display()).expect("strings take all text");
            }
        }
    }
    assert!(checked > 0, "no case below {}", root.display());
    assert!(failures.is_empty(), "{failures}\nBACKFILE_ACCEPT=1 accepts what the readers give");
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).expect("the folder of cases can be read");
    let mut folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn check(case: &Path, accept: bool) -> Result<(), String> {
    let actual = pretty(&read(case)?);
    let expected_path = case.join("expected.json");
    if accept {
        return fs::write(expected_path, actual).map_err(|error| error.to_string());
    }
    let expected = fs::read_to_string(expected_path).map_err(|error| format!("expected.json: {error}"))?;
    let expected: Value =
        serde_json::from_str(&expected).map_err(|error| format!("expected.json: {error}"))?;
    let expected = pretty(&expected);
    if actual == expected { Ok(()) } else { Err(difference(&expected, &actual)) }
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value can be written");
    text.push('\n');
    text
}

/// The lines between the common beginning and the common end.
fn difference(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let start = expected.iter().zip(&actual).take_while(|(one, other)| one == other).count();
    let (expected, actual) = (&expected[start..], &actual[start..]);
    let end = expected.iter().rev().zip(actual.iter().rev()).take_while(|(one, other)| one == other).count();
    let mut text = format!("differs from line {} on (- expected, + actual)", start + 1);
    for (mark, lines) in [('-', expected), ('+', actual)] {
        for line in &lines[..lines.len() - end] {
            write!(text, "\n{mark}{line}").expect("strings take all text");
        }
    }
    text
}

fn read(case: &Path) -> Result<Value, String> {
    let format = case.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let reader = by_name(format).ok_or_else(|| format!("there is no reader {format:?}"))?;
    let input = input_of(case)?;
    let bytes = fs::read(&input).map_err(|error| error.to_string())?;
    let name = input.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let options = options_of(case)?;
    let whole = items(reader, &Input::whole(name, &bytes, &options));
    let blocks = items_by_blocks(reader, name, &bytes, &options);
    if blocks.as_ref().is_some_and(|blocks| !blocks.iter().map(essence).eq(whole.iter().map(essence))) {
        return Err(format!("read in blocks it gives something else: {blocks:#?}\nas a whole: {whole:#?}"));
    }
    Ok(Value::Array(whole.iter().map(view).collect()))
}

/// What must not depend on how a file is cut: a first record alone may go without number, and the words of a fault may
/// tell less.
fn essence(item: &Item) -> String {
    match item {
        Item::Draft { spot, draft, notes } => {
            format!("{:?} {:?} {draft:?} {notes:?}", spot.member, spot.bytes)
        }
        Item::Skip { spot, fault } => format!("{:?} {:?}", spot.member, fault.reason),
        Item::LeftOut { what, .. } => what.as_str().to_owned(),
    }
}

fn items(reader: &dyn Reader, input: &Input<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let outcome = reader.read(input, &mut |item| items.push(item));
    items.extend(outcome.err().map(|fault| Item::Skip { spot: Spot::WHOLE, fault }));
    items
}

/// What the reader gives when the file is cut into blocks as small as the format allows.
fn items_by_blocks(
    reader: &dyn Reader,
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
) -> Option<Vec<Item>> {
    let mut cutter = reader.cutter()?;
    let mut found = Vec::new();
    let head = &bytes[..cutter.head(bytes, true).unwrap_or(0)];
    let (mut start, mut end, mut first_record) = (0, 1, 1);
    while start < bytes.len() {
        let last = end >= bytes.len();
        end = end.min(bytes.len());
        let (length, records) = cutter.cut(&bytes[start..end], last);
        if length == 0 && last {
            break;
        }
        if length > 0 {
            let head = if start == 0 { &[] } else { head };
            let bytes = &bytes[start..start + length];
            let input = Input { name, bytes, head, first_record, offset: start as u64, options };
            found.extend(items(reader, &input));
            start += length;
            first_record += records;
        }
        end += 1 + (end - start) / 8;
    }
    Some(found)
}

fn input_of(case: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(case).map_err(|error| error.to_string())?;
    let is_input = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == "input");
    entries.flatten().map(|entry| entry.path()).find(is_input).ok_or_else(|| "there is no input.*".to_owned())
}

fn options_of(case: &Path) -> Result<ReadOptions, String> {
    let Ok(text) = fs::read_to_string(case.join("options.json")) else { return Ok(ReadOptions::default()) };
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("options.json: {error}"))?;
    let mut options = ReadOptions::default();
    if let Some(map) = value["map"].as_str() {
        options.map = parse_map(map).map_err(|error| format!("options.json: {error}"))?;
    }
    options.unpublished = value["unpublished"].as_bool().unwrap_or(false);
    options.day_order = match value["day_order"].as_str() {
        None => DayOrder::Unknown,
        Some("day-first") => DayOrder::DayFirst,
        Some("month-first") => DayOrder::MonthFirst,
        Some(other) => return Err(format!("options.json: unknown day_order {other:?}")),
    };
    Ok(options)
}

fn view(item: &Item) -> Value {
    match item {
        Item::Draft { spot, draft, notes } => view_draft(spot, draft, notes),
        Item::Skip { spot, fault } => json!({"record": spot.record, "skip": view_fault(fault)}),
        Item::LeftOut { spot, what } => json!({"record": spot.record, "left_out": what.as_str()}),
    }
}

fn view_draft(spot: &Spot, draft: &Draft, notes: &[Fault]) -> Value {
    let mut view = json!({
        "record": spot.record,
        "title": draft.title,
        "description": draft.description,
        "body": draft.body,
        "authors": draft.authors,
        "tags": draft.tags,
        "sections": draft.sections,
        "published": draft.published.as_ref().map(view_published),
        "language": draft.language.map(|language| language.to_string()),
        "url": draft.url,
        "id": draft.id,
        "meta": draft.meta,
        "notes": notes.iter().map(view_fault).collect::<Vec<_>>(),
    });
    if let Some(member) = &spot.member {
        view["member"] = json!(member);
    }
    if !draft.furniture.is_empty() {
        view["furniture"] = json!(draft.furniture);
    }
    view
}

/// The date cut to its precision.
fn view_published(published: &Published) -> Value {
    let date = published.date;
    let day = date.from.to_string();
    let value = match date.precision.as_str() {
        "year" => &day[..4],
        "month" => &day[..7],
        _ => &day,
    };
    json!({"value": value, "precision": date.precision.as_str(), "origin": published.origin.as_str()})
}

fn view_fault(fault: &Fault) -> Value {
    json!({"reason": fault.reason.as_str(), "message": fault.message})
}
