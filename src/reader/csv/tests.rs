use super::*;
use crate::reader::ReadOptions;
use crate::reader::json::parse_map;

fn items_of(bytes: &[u8], map: &str) -> Vec<Item> {
    let options = ReadOptions { map: parse_map(map).expect("a map"), ..ReadOptions::default() };
    let mut items = Vec::new();
    let input = Input::whole("x.csv", bytes, &options);
    if let Err(fault) = Csv.read(&input, &mut |item| items.push(item)) {
        items.push(Item::Skip { spot: Spot::WHOLE, fault });
    }
    items
}

fn summary(items: &[Item]) -> Vec<String> {
    let number = |spot: &Spot| spot.record.map_or("-".to_owned(), |record| record.to_string());
    let show = |item: &Item| match item {
        Item::Draft { spot, draft, .. } => {
            format!("{} {}", number(spot), draft.title.as_deref().unwrap_or(&draft.body))
        }
        Item::Skip { spot, fault } => format!("{} !{}", number(spot), fault.reason.as_str()),
        Item::LeftOut { spot, what } => format!("{} {}", number(spot), what.as_str()),
    };
    items.iter().map(show).collect()
}

fn drafts(text: &str, map: &str) -> Vec<Draft> {
    let items = items_of(text.as_bytes(), map).into_iter();
    items
        .filter_map(|item| match item {
            Item::Draft { draft, .. } => Some(*draft),
            Item::Skip { .. } | Item::LeftOut { .. } => None,
        })
        .collect()
}

#[test]
fn rows_become_articles_and_other_tables_one_skip() {
    for (text, expected) in [
        ("title,body\na,b\nc,d\n", vec!["1 a", "2 c"]),
        ("title,body\na,b\n,\n,d\n", vec!["1 a", "2 d"]),
        ("id,title\n7,\n8,b\n", vec!["1 no-text", "2 b"]),
        ("title;body\na;\"b\nc;\"d\"\n", vec!["1 !broken", "2 c"]),
        ("station,temperature\na,1\nb,2\nc,3\n", vec!["- !empty"]),
        ("title,body\n", vec!["- !empty"]),
        ("", vec!["- !empty"]),
    ] {
        assert_eq!(summary(&items_of(text.as_bytes(), "")), expected, "{text:?}");
    }
}

#[test]
fn a_table_of_something_else_names_its_columns() {
    let Item::Skip { fault, .. } = items_of(b"kop;stuk\na;b\n", "").remove(0) else { panic!() };
    assert_eq!(fault.message, "a table without a column for title or text; it has kop, stuk");
    assert!(fault.hint.expect("a hint").contains("--map title=NAME"));
    let draft = drafts("kop;stuk\na;b\n", "title=kop,body=stuk").remove(0);
    assert_eq!((draft.title.as_deref(), draft.body.as_str()), (Some("a"), "b"));
}

#[test]
fn lists_in_cells_are_told_apart() {
    for (cell, expected) in [
        ("coal;steel", vec!["coal", "steel"]),
        ("coal|steel", vec!["coal", "steel"]),
        ("\"coal, steel\"", vec!["coal", "steel"]),
        ("\"[\"\"coal\"\", \"\"iron, steel\"\"]\"", vec!["coal", "iron, steel"]),
        ("\"['coal', 'iron, steel']\"", vec!["coal", "iron, steel"]),
        ("\"{coal,\"\"iron ore\"\"}\"", vec!["coal", "iron ore"]),
        ("\"coal\nsteel\"", vec!["coal", "steel"]),
        ("\"[coal\"", vec!["[coal"]),
        ("NULL", vec![]),
        ("[]", vec![]),
    ] {
        let draft = drafts(&format!("title,tags\na,{cell}\n"), "").remove(0);
        assert_eq!(draft.tags, expected, "{cell}");
    }
}

#[test]
fn cells_without_a_column_are_kept() {
    let items = items_of(b"title,tags\na,b,c,\n", "");
    let Item::Draft { draft, notes, .. } = &items[0] else { panic!() };
    assert_eq!(draft.meta["column 3"], ["c"]);
    assert_eq!(notes[0].message, "the row has 4 cells, but there are 2 columns");
    let draft = drafts("title,body\na,one, two, three\n", "").remove(0);
    assert_eq!((draft.body.as_str(), draft.meta.len()), ("one, two, three", 0));
}

#[test]
fn a_state_is_no_date() {
    let draft = drafts("title,published,date\na,true,2019-05-17\n", "").remove(0);
    assert_eq!(draft.published.map(|it| it.date.to_string()).as_deref(), Some("2019-05-17"));
    assert_eq!(draft.meta["published"], ["true"]);
}

#[test]
fn rows_know_where_they_lie() {
    let text = "\u{feff}title,body\r\na,b\r\n\r\n\"c\",\"d\ne\"\r\n";
    let spans = items_of(text.as_bytes(), "").into_iter().map(|item| match item {
        Item::Draft { spot, .. } => spot.bytes.map(|(at, length)| &text[at as usize..(at + length) as usize]),
        Item::Skip { .. } | Item::LeftOut { .. } => None,
    });
    assert_eq!(spans.collect::<Vec<_>>(), [Some("a,b"), Some("\"c\",\"d\ne\"")]);
}

#[test]
fn the_character_set_is_guessed_from_the_whole_block() {
    let text = "title;body\nМосква;Городской совет принял решение о мосте\nДом;Сын\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
    assert_eq!(summary(&items_of(&bytes, "")), ["1 Москва", "2 Дом"]);
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(summary(&items_of(&wide, "")), ["1 Москва", "2 Дом"]);
}

fn in_blocks(bytes: &[u8], size: usize) -> Vec<String> {
    let options = ReadOptions::default();
    let mut cutter = CsvCutter::default();
    let head = &bytes[..cutter.head(bytes, true).unwrap_or(0)];
    let (mut items, mut start, mut window, mut first_record) = (Vec::new(), 0, size, 1);
    while start < bytes.len() {
        let end = bytes.len().min(start + window);
        let (length, records) = cutter.cut(&bytes[start..end], end == bytes.len());
        if length == 0 {
            window += size;
            continue;
        }
        let block = &bytes[start..start + length];
        let head = if start == 0 { &[][..] } else { head };
        let input = Input {
            name: "x.csv",
            bytes: block,
            head,
            first_record,
            offset: start as u64,
            options: &options,
        };
        let before = items.len();
        Csv.read(&input, &mut |item| items.push(item)).expect("no fault");
        assert_eq!((items.len() - before) as u64, records);
        (start, window, first_record) = (start + length, size, first_record + records);
    }
    summary(&items)
}

#[test]
fn blocks_give_the_same_rows_as_the_whole_file() {
    let rows: String = (0..40)
        .map(|n| match n % 5 {
            0 => format!("t{n},\"a \"\"b\"\", {n}\r\nnext\"\r\n"),
            1 => format!("t{n},\"open\n"),
            2 => format!("\"t{n}\",\"he said \"no\" to it\"\n"),
            3 => format!("\n,\nt{n},plain\r"),
            _ => format!("t{n},\"\"\n"),
        })
        .collect();
    let text = format!("\u{feff}About this table\n\ntitle,body\n{rows}t40,\"never closed\nt41,z\n");
    let whole = summary(&items_of(text.as_bytes(), ""));
    assert_eq!(whole.len(), 42, "{whole:#?}");
    for size in [1, 7, 64, 200, 1000] {
        assert_eq!(in_blocks(text.as_bytes(), size), whole, "{size}");
    }
}

#[test]
fn behind_a_row_that_is_too_long_the_next_line_begins() {
    let mut cutter = CsvCutter::default();
    assert_eq!(cutter.head(b"title,body\na,b\n", true), Some(11));
    assert_eq!(cutter.resync(b"long long\nc,d\n"), Some(10));
    assert_eq!(cutter.resync(b"long"), None);
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, tail in "[\",;\t\n\r|aé]{0,40}") {
        items_of(&bytes, "");
        let text = [b"title,body\n", &bytes[..], tail.as_bytes()].concat();
        items_of(&text, "body=b,title=a");
        let mut cutter = CsvCutter::default();
        let (length, _) = cutter.cut(&text, false);
        assert!(length <= text.len());
        assert_eq!(cutter.cut(&text[length..], true).0, text.len() - length);
    }

    #[test]
    fn blocks_never_tell_something_else(rows in "([\",a\n\r]|t,|\"x\"){0,60}", size in 1usize..20) {
        let text = format!("title,body\nfirst,row\n{rows}");
        assert_eq!(in_blocks(text.as_bytes(), size), summary(&items_of(text.as_bytes(), "")));
    }
}
