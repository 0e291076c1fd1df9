//! What texts are read as.

use proptest::prelude::*;

use super::*;
use crate::query::display::display;

const REPAIRED: ProblemKind = ProblemKind::Repaired;
const REFUSED: ProblemKind = ProblemKind::Refused;

fn read(text: &str, matching: Matching) -> Parsed {
    parse(text, &Reading { matching, ..Reading::new(&Schema::for_tests(), Day(20_000)) })
}

fn saved(queries: &[(&str, &str)]) -> SavedQueries {
    queries.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// `text` reads as `expected`, and `problems` are the pieces of it that something is said of.
fn check(text: &str, expected: &str, problems: &[(ProblemKind, &str)]) {
    let parsed = read(text, Matching::All);
    let canonical = display(&parsed.query, &Schema::for_tests());
    let found: Vec<_> = parsed.problems.iter().map(|p| (p.kind, &text[p.span.clone()])).collect();
    assert_eq!(found, problems, "{text}");
    if !problems.iter().any(|(kind, _)| *kind == REFUSED) {
        assert_eq!(canonical, expected, "{text}");
    }
}

#[test]
fn words_and_operators() {
    let cases = [
        ("", "*"),
        ("  \t\n ", "*"),
        ("*", "*"),
        ("climate", "climate"),
        ("climate policy", "climate policy"),
        ("tag:- climate", "tag:- climate"),
        ("climate AND policy", "climate policy"),
        ("climate && policy", "climate policy"),
        ("climate&&policy", "climate policy"),
        ("a OR b", "a OR b"),
        ("a | b", "a OR b"),
        ("a || b", "a OR b"),
        ("a|b", "a OR b"),
        ("a OR b c", "a OR (b c)"),
        ("a b OR c", "(a b) OR c"),
        ("a AND b OR c AND d", "(a b) OR (c d)"),
        ("(a OR b) c", "(a OR b) c"),
        ("((a))", "a"),
        ("a (b (c d))", "a b c d"),
        ("NOT a", "-a"),
        ("-a", "-a"),
        ("-a -b", "-a -b"),
        ("NOT NOT a", "a"),
        ("NOT -a", "a"),
        ("a NOT b", "a -b"),
        ("a AND NOT b", "a -b"),
        ("a OR NOT b", "a OR -b"),
        ("-(a b)", "-(a b)"),
        ("-\"a b\"", "-\"a b\""),
        ("-tag:x", "-tag:x"),
        ("NOT(a)", "-a"),
        ("a and b or not c", "a and b or not c"),
        ("+a +b", "a b"),
        ("+\"a b\"", "\"a b\""),
        ("+AND", "+AND"),
        ("-AND", "-+AND"),
        ("a a b a", "a b"),
    ];
    for (text, expected) in cases {
        check(text, expected, &[]);
    }
}

#[test]
fn punctuation_is_part_of_words() {
    let cases = [
        "e-mail",
        "don't",
        "'quoted'",
        "http://x.y/z",
        "http://x.y/z?a=b~c",
        "12:30",
        "C++",
        "#tag",
        "AT&T",
        "R&D",
        "3.14",
        "$5",
        "50%",
        "foo_bar",
        "a/b",
        "/usr/bin/env",
        "ann@example.org",
        "U.S.",
        "--verbose",
        "x=y",
        "wow!",
        "a,b",
        "10:30:15",
        "note:",
        "C#",
        "1,000",
        "who wrote it?",
        "what?!",
        "???",
        "[sic]",
        "{x}",
        "…",
        "– dash",
        "ümlaut",
        "日本語",
        "a;b",
    ];
    for text in cases {
        let parsed = read(text, Matching::All);
        assert_eq!(parsed.problems, vec![], "{text}");
        let words: Vec<&str> = text.split(' ').collect();
        let word = |text: &&str| Query::Word { field: None, text: (*text).to_owned(), exact: false };
        let expected = simplify(Query::And(words.iter().map(word).collect()));
        assert_eq!(parsed.query, expected, "{text}");
    }
}

#[test]
fn phrases_prefixes_boosts_and_escapes() {
    let cases = [
        ("\"climate policy\"", "\"climate policy\""),
        ("“climate policy”", "\"climate policy\""),
        ("«climate policy»", "\"climate policy\""),
        ("„climate policy“", "\"climate policy\""),
        ("\"climate polic*\"", "\"climate polic*\""),
        ("\"climate \\* policy\"", "\"climate \\* policy\""),
        ("\"say \\\"yes\\\"\"", "\"say \\\"yes\\\"\""),
        ("\"who wrote it?\"", "\"who wrote it?\""),
        ("\"AND\"", "\"AND\""),
        ("a\"b c\"", "a \"b c\""),
        ("\"climat* polic*\"", "\"climat* polic*\""),
        ("\"wom?n in  black\"", "\"wom?n in  black\""),
        ("\"the *graph of e-m?il*\"", "\"the *graph of e-m?il*\""),
        ("\"a * b\"", "\"a \\* b\""),
        ("\"** a **\"", "\"\\*\\* a \\*\\*\""),
        ("\"what?! no? \"", "\"what?! no? \""),
        ("\"a b\"~8", "\"a b\"~8"),
        ("title:\"a b\"~8^2", "title:\"a b\"~8^2"),
        ("\"a b\"~0", "\"a b\""),
        ("\"a b*\"~255", "\"a b*\"~255"),
        ("electr*", "electr*"),
        ("title:electr*", "title:electr*"),
        ("-electr*", "-electr*"),
        ("wom?n", "wom?n"),
        ("el*tr", "el*tr"),
        ("*graph", "*graph"),
        ("a*", "a*"),
        ("a?c", "a?c"),
        ("**bold**", "*bold*"),
        ("?foo", "?foo"),
        ("foo?*", "foo?*"),
        ("foo***", "foo*"),
        ("e-m?il*", "e-m?il*"),
        ("wom?n?", "wom?n\\?"),
        ("title:wom?n", "title:wom?n"),
        ("http://x.y/*", "http\\:\\/\\/x.y\\/*"),
        ("http://x.y/?a*b", "http://x.y/\\?a\\*b"),
        ("color~", "color~1"),
        ("color~1", "color~1"),
        ("title:color~2^3", "title:color~2^3"),
        ("~color", "\\~color"),
        ("a~b", "a\\~b"),
        ("http://x.y/~ann~1", "http://x.y/\\~ann\\~1"),
        ("color\\~1", "color\\~1"),
        ("=Howell", "=Howell"),
        ("-=Howell", "-=Howell"),
        ("title:=Howell", "title:=Howell"),
        ("=électr*", "électr*"),
        ("=e-mail^2", "=e-mail^2"),
        ("==", "\\=="),
        ("==x", "\\==x"),
        ("=>", "\\=>"),
        ("=\\-x", "=\\-x"),
        ("a=b", "a=b"),
        ("/colou?r/", "/colou?r/"),
        ("/gr(a|e)y/ OR b", "/gr(a|e)y/ OR b"),
        ("title:/gr[ae]y/^2", "title:/gr[ae]y/^2"),
        ("-/a\\/b/", "-/a\\/b/"),
        ("/a b/", "\\/a b/"),
        ("tag:/x/", "tag:/x/"),
        ("tag:(/x/)", "tag:/x/"),
        ("word^3", "word^3"),
        ("word^0.5", "word^0.5"),
        ("word^1", "word"),
        ("\"a b\"^2", "\"a b\"^2"),
        ("(a OR b)^2 c", "(a OR b)^2 c"),
        ("electr*^3", "electr*^3"),
        ("title:x^2", "title:x^2"),
        ("-a^2", "-a^2"),
        ("x\\^y \\!x \"!x^y\" !", "x\\^y \\!x \"!x^y\" \\!"),
        ("^3", "\\^3"),
        ("2\\*3", "2\\*3"),
        ("\\-a", "\\-a"),
        ("tag\\:x", "tag\\:x"),
        ("a\\ b", "a\\ b"),
        ("\\(a\\)", "\\(a\\)"),
    ];
    for (text, expected) in cases {
        check(text, expected, &[]);
    }
}

#[test]
fn fields_and_values() {
    let cases = [
        ("title:x", "title:x"),
        ("TITLE:x", "title:x"),
        ("title:\"a b\"", "title:\"a b\""),
        ("title:(a OR b)", "title:a OR title:b"),
        ("title:(a tag:b)", "title:a tag:b"),
        ("title:(a (b OR c)) d", "title:a (title:b OR title:c) d"),
        ("author:\"Ann Lee\"", "author:\"Ann Lee\""),
        ("author:Lee", "author:Lee"),
        ("tag:energy", "tag:energy"),
        ("tag:energy/coal", "tag:energy/coal"),
        ("tag:energy/*", "tag:energy/*"),
        ("tag:\"climate change/*\"", "tag:\"climate change/*\""),
        ("tag:\"a\\*\"", "tag:\"a\\*\""),
        ("tag:\"//*\"", "tag:\"//*\""),
        ("tag:(a OR b)", "tag:a OR tag:b"),
        ("tag:C++", "tag:C++"),
        ("section:Eco*", "section:Eco*"),
        ("author:L*", "author:L*"),
        ("author:\"Ann L*\"", "author:\"Ann L*\""),
        ("author:Sm?th", "author:Sm?th"),
        ("tag:ener*", "tag:ener*"),
        ("tag:*gas*", "tag:*gas*"),
        ("tag:*/coal", "tag:*/coal"),
        ("tag:a*/*", "tag:a*/*"),
        ("tag:\"a b*\"", "tag:\"a b*\""),
        ("tag:\"a?b\"", "tag:a?b"),
        ("tag:a\\?b", "tag:\"a\\?b\""),
        ("tag:(ener* OR gas)", "tag:ener* OR tag:gas"),
        ("url:http://x.y/*", "url:\"http\\://x.y/*\""),
        ("url:\"http://x.y/?a=b\"", "url:http://x.y/?a=b"),
        ("tag:what?", "tag:what?"),
        ("-tag:(a b)", "-(tag:a tag:b)"),
        ("tag:AND", "tag:AND"),
        ("tag:-x", "tag:-x"),
        ("url:http://x.y/z?a=b", "url:http://x.y/z?a=b"),
        ("path:2019/**", "path:2019/**"),
        ("path:\"my folder/**\"", "path:\"my folder/**\""),
        ("path:2019/a.md", "path:2019/a.md"),
        ("path:/a/b/", "path:/a/b/"),
        ("id:0123456789abcdef", "id:0123456789abcdef"),
        ("title:*", "title:*"),
        ("tag:*", "tag:*"),
        ("-tag:*", "-tag:*"),
        ("words:*", "words:*"),
        ("words:>500", "words:501.."),
        ("words:>=500", "words:500.."),
        ("words:<500", "words:..499"),
        ("words:100..500", "words:100..500"),
        ("words:..200", "words:..200"),
        ("words:500", "words:500"),
        ("words:[100 TO 500] a", "words:100..500 a"),
        ("words:\"100..500\"", "words:100..500"),
        ("words:(<5 OR >=9)", "words:..4 OR words:9.."),
        ("words:..", "words:.."),
        ("date:*", "date:*"),
        ("date-within:2019-05", "date-within:2019-05"),
        ("Added-Within:(2019 OR 2020)", "added-within:2019 OR added-within:2020"),
        ("date-within:none", "-date:*"),
        ("date:none", "-date:*"),
        ("NOT date:none", "date:*"),
    ];
    for (text, expected) in cases {
        check(text, expected, &[]);
    }
}

#[test]
fn dates() {
    let day = |year, month, day| Day::from_ymd(year, month, day);
    let cases = [
        ("date:2019", day(2019, 1, 1), day(2019, 12, 31)),
        ("date:\"2019\"", day(2019, 1, 1), day(2019, 12, 31)),
        ("date:..1968", None, day(1968, 12, 31)),
        ("date:2019-05..2020", day(2019, 5, 1), day(2020, 12, 31)),
        ("date:[2019 TO 2020]", day(2019, 1, 1), day(2020, 12, 31)),
        ("date:>=2010", day(2010, 1, 1), None),
        ("date:>=2010-01-01", day(2010, 1, 1), None),
        ("date:{2018 TO 2020}", day(2019, 1, 1), day(2019, 12, 31)),
        ("(date:2019)", day(2019, 1, 1), day(2019, 12, 31)),
    ];
    for (text, from, to) in cases {
        let parsed = read(text, Matching::All);
        let range = crate::query::DateRange { from, to };
        let field = crate::schema::FieldName::for_tests("date");
        assert_eq!(
            (parsed.query, parsed.problems),
            (Query::Dates { field, range, within: false }, vec![]),
            "{text}"
        );
    }
    for text in
        ["date:\"last month\"", "date:3y..", "added:today", "added:7d..", "added-within:2024..", "date:none"]
    {
        assert_eq!(read(text, Matching::All).problems, vec![], "{text}");
    }
    check("date:soonish", "", &[(REFUSED, "soonish")]);
    check("oil date:[2019 TO", "", &[(REFUSED, "[2019")]);
}

#[test]
fn broken_text_is_repaired_and_told() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("\"climate policy", "\"climate policy\"", &["\"climate policy"]),
        ("oil \"climate", "oil \"climate\"", &["\"climate"]),
        ("the 12\" record", "the 12 \" record\"", &["\" record"]),
        ("“climate", "\"climate\"", &["“climate"]),
        ("(a b", "a b", &["("]),
        ("a b)", "a b", &[")"]),
        ("a) OR (b", "a OR b", &[")", "("]),
        ("((a OR b) c", "(a OR b) c", &["("]),
        ("x^y", "x\\^y", &["^y"]),
        ("coal^-1 a", "coal\\^-1 a", &["^-1"]),
        ("a !b", "a \\!b", &["!"]),
        ("!!a", "\\!!a", &[]),
        ("a near/3 b Adj/2 c", "a +near/3 b +Adj/2 c", &["near/3", "Adj/2"]),
        ("()", "*", &["()"]),
        ("a ()", "a", &["()"]),
        ("a AND ()", "a +AND", &["AND", "()"]),
        ("tag:()", "*", &["()"]),
        ("()^2 a", "a", &["()"]),
        ("(", "*", &["("]),
        ("AND", "+AND", &["AND"]),
        ("OR", "+OR", &["OR"]),
        ("NOT", "+NOT", &["NOT"]),
        ("foo AND", "foo +AND", &["AND"]),
        ("OR foo", "+OR foo", &["OR"]),
        ("foo AND OR bar", "(foo +AND) OR bar", &["AND"]),
        ("(AND foo)", "+AND foo", &["AND"]),
        ("foo NOT", "foo +NOT", &["NOT"]),
        ("|", "*", &["|"]),
        ("a |", "a", &["|"]),
        ("a | | b", "a OR b", &["|"]),
        ("&& a", "a", &["&&"]),
        ("-", "*", &["-"]),
        ("a - b", "a b", &["-"]),
        ("a + b", "a b", &["+"]),
        ("(foo AND -)", "foo +AND", &["AND", "-"]),
        ("\"\"", "*", &["\"\""]),
        ("a \" \" b", "a b", &["\" \""]),
        ("titel:x", "titel\\:x", &["titel:"]),
        ("foo:\"a b\"", "foo\\: \"a b\"", &["foo:"]),
        ("title: x", "title\\: x", &["title:"]),
        ("(tag:)", "tag\\:", &["tag:"]),
        ("NEAR", "+NEAR", &["NEAR"]),
        ("a NEAR/3", "a +NEAR/3", &["NEAR/3"]),
        ("ADJ b", "+ADJ b", &["ADJ"]),
        ("a NEAR AND b", "a +NEAR b", &["NEAR"]),
        ("(a NEAR) b", "a +NEAR b", &["NEAR"]),
        ("a NEAR NEAR b", "a (+NEAR NEAR/10 b)", &["NEAR"]),
        ("a NEAR \"\" b", "a b", &["\"\""]),
        ("@wind", "\\@wind", &["@wind"]),
        ("a -@wind", "a -\\@wind", &["@wind"]),
        ("title:@wind", "title:\\@wind", &["@wind"]),
    ];
    for (text, expected, spans) in cases {
        let problems: Vec<_> = spans.iter().map(|span| (REPAIRED, *span)).collect();
        check(text, expected, &problems);
    }
}

#[test]
fn near_binds_tighter_than_and() {
    let cases = [
        ("a NEAR/8 b", "a NEAR/8 b"),
        ("a NEAR b", "a NEAR/10 b"),
        ("a ADJ b", "a ADJ/1 b"),
        ("a ADJ/255 b", "a ADJ/255 b"),
        ("x a NEAR/8 b y", "x (a NEAR/8 b) y"),
        ("x AND a NEAR/8 b OR y", "(x (a NEAR/8 b)) OR y"),
        ("a NEAR/2 b ADJ/3 c", "a NEAR/2 b ADJ/3 c"),
        ("a NEAR/2 (b ADJ/3 c)", "a NEAR/2 (b ADJ/3 c)"),
        ("(a NEAR/2 b) NEAR/3 c", "a NEAR/2 b NEAR/3 c"),
        ("(a OR b) NEAR/3 \"c d\"", "(a OR b) NEAR/3 \"c d\""),
        ("((a)) NEAR/3 (\"c d\" OR e*)", "a NEAR/3 (\"c d\" OR e*)"),
        ("=a NEAR/3 color~", "=a NEAR/3 color~1"),
        ("e-mail NEAR/3 /a.c/", "e-mail NEAR/3 /a.c/"),
        ("title:(a NEAR/3 b)", "title:a NEAR/3 title:b"),
        ("title:a NEAR/3 title:b", "title:a NEAR/3 title:b"),
        ("text:a NEAR/3 b", "text:a NEAR/3 b"),
        ("-(a NEAR/3 b)", "-(a NEAR/3 b)"),
        ("(a NEAR/3 b)^2", "(a NEAR/3 b)^2"),
        ("a NEAR/3 b tag:x", "(a NEAR/3 b) tag:x"),
        ("near adj a +near/3 b", "near adj a +near/3 b"),
        ("+NEAR/3 a +ADJ", "+NEAR/3 a +ADJ"),
        ("NEARBY NEAR/x", "NEARBY NEAR/x"),
    ];
    for (text, expected) in cases {
        check(text, expected, &[]);
    }
    let any = read("a NEAR/2 b c", Matching::Any);
    assert_eq!(display(&any.query, &Schema::for_tests()), "(a NEAR/2 b) OR c");
}

#[test]
fn saved_queries_stand_for_their_texts() {
    let saved = saved(&[
        ("oil", "oil OR petroleum"),
        ("crisis", "@oil date:1973..1974"),
        ("seventies", "(@crisis) strike"),
        ("broken", "\"oil"),
        ("bad", "oil date:soonish"),
        ("self", "a @self"),
        ("ping", "@pong"),
        ("pong", "@ping"),
        ("empty", ""),
    ]);
    let schema = Schema::for_tests();
    let reading = Reading { saved: &saved, ..Reading::new(&schema, Day(0)) };
    let cases = [
        ("@oil", "oil OR petroleum", ""),
        ("coal -@oil^2", "coal -(oil OR petroleum)^2", ""),
        ("@crisis", "(oil OR petroleum) date:1973..1974", ""),
        ("@seventies", "(oil OR petroleum) date:1973..1974 strike", ""),
        ("(@oil) NEAR/3 price", "(oil OR petroleum) NEAR/3 price", ""),
        ("ann@oil tag:@oil", "ann@oil tag:\"@oil\"", ""),
        ("\\@oil \"@oil\"", "\\@oil \"@oil\"", ""),
        ("@oil. @a/b @", "\\@oil. \\@a/b \\@", ""),
        ("@empty a", "a", ""),
        (
            "@broken",
            "\"oil\"",
            "in @broken: this quotation has no end, so it goes on to the end of the query",
        ),
        (
            "title:(a @oil)",
            "title:a title:\\@oil",
            "a saved query cannot stand in title:, so `@oil` is read as text",
        ),
        ("@oul", "\\@oul", "there is no saved query `oul`, so this is read as text"),
        ("@bad", "oil", "in @bad: cannot read the date \"soonish\""),
        ("@self", "a", "in @self: the saved query `self` contains itself"),
        ("@ping", "*", "in @ping: in @pong: the saved query `ping` contains itself"),
    ];
    for (text, expected, message) in cases {
        let parsed = parse(text, &reading);
        assert_eq!(display(&parsed.query, &schema), expected, "{text}");
        let messages: Vec<&str> = parsed.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(messages.join("; "), message, "{text}");
    }
    let hint = parse("@oul", &reading).problems[0].hint.clone();
    assert_eq!(hint.as_deref(), Some("did you mean @oil?"));
}

#[test]
fn saved_queries_cannot_grow_without_end() {
    let schema = Schema::for_tests();
    let name = |n: usize| format!("q{n}");
    let refused = |saved: &SavedQueries| {
        let parsed = parse("@q0", &Reading { saved, ..Reading::new(&schema, Day(0)) });
        parsed.refusal().map(|problem| problem.message.clone()).unwrap_or_default()
    };
    let chain = |length: usize| -> SavedQueries {
        (0..length)
            .map(|n| (name(n), if n + 1 < length { format!("@q{}", n + 1) } else { "a".into() }))
            .collect()
    };
    assert_eq!(refused(&chain(saved::MAX_NESTING)), "");
    assert!(refused(&chain(saved::MAX_NESTING + 1)).contains("nested deeper than 8"));
    let doubling = (0..8).map(|n| (name(n), format!("@q{} ", n + 1).repeat(500))).collect();
    assert!(refused(&doubling).contains("more than 1024 words"));
    let deep = (0..8).map(|n| (name(n), format!("{}@q{}{}", "(".repeat(5), n + 1, ")".repeat(5)))).collect();
    assert!(refused(&deep).contains("parentheses are nested deeper"));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let cases = [
        ("*a*", "*a*", "begins with a letter, or has two"),
        ("?a", "?a", "begins with a letter"),
        ("**", "**", "begins with a letter"),
        ("x-*a", "x-*a", "begins with a letter"),
        ("\"b *a* c\"", "\"b *a* c\"", "begins with a letter"),
        ("tag:**", "**", "has a letter or digit"),
        ("tag:\"*\"", "\"*\"", "has a letter or digit"),
        ("family:ab*", "ab*", "named as a whole"),
        ("tag:colr~", "colr~", "only words of a text are fuzzy"),
        ("author:colr~", "colr~", "only words of a text are fuzzy"),
        ("tag:\"a b\"~2", "\"a b\"~2", "holds no texts"),
        ("color~3", "color~3", "differs by 1 or 2"),
        ("color~0", "color~0", "differs by 1 or 2"),
        ("color~99999", "color~99999", "differs by 1 or 2"),
        ("e-mail~", "e-mail~", "several words"),
        ("日本~", "日本~", "several words"),
        ("tv~", "tv~", "3 to 64 letters, not 2"),
        ("c*lor~", "c*lor~", "not both"),
        ("\"a b\"~", "~", "0 to 255"),
        ("\"a b\"~256", "~256", "0 to 255"),
        ("\"a b c d e f g h i j k l m n o p q\"~3", "\"a b c d e f g h i j k l m n o p q\"~3", "17 words"),
        ("a NEAR/0 b", "NEAR/0", "1 to 255"),
        ("a ADJ/256 b", "ADJ/256", "1 to 255"),
        ("a NEAR/99999999999 b", "NEAR/99999999999", "1 to 255"),
        ("a NEAR/3 NOT b", "NEAR/3", "excluded"),
        ("-a NEAR/3 b", "NEAR/3", "excluded"),
        ("(a b) NEAR/3 c", "NEAR/3", "groups of alternatives"),
        ("a NEAR/3 (b AND c OR d)", "NEAR/3", "groups of alternatives"),
        ("a^2 NEAR/3 b", "NEAR/3", "boost"),
        ("a NEAR/3 tag:x", "NEAR/3", "`tag:` is no text"),
        ("a NEAR/3 *", "NEAR/3", "`*` is none"),
        ("a NEAR/3 title:b", "NEAR/3", "`text:` and `title:`"),
        ("(a OR title:b) NEAR/3 a", "NEAR/3", "`text:` and `title:`"),
        ("/(a/", "(", "unclosed group"),
        ("x /a[b/", "[", "unclosed character class"),
        ("/((a{0,30}){0,30}){0,30}/", "((a{0,30}){0,30}){0,30}", "too complex"),
        ("words:many", "many", "not a number"),
        ("words:500..100", "500..100", "between 500 and 100"),
        ("words:[1 TO", "[1", "bracket"),
        ("words:<0", "<0", "no number fits"),
        ("foo^1001", "^1001", "0 to 1000"),
    ];
    for (text, span, part) in cases {
        let parsed = read(text, Matching::All);
        let found = parsed.refusal().map(|problem| (&text[problem.span.clone()], problem.message.clone()));
        let fits = found.as_ref().is_some_and(|(at, message)| *at == span && message.contains(part));
        assert!(fits, "{text} {found:?}");
    }
    let mut schema = Schema::for_tests();
    schema.fields.retain(|field| field.name.as_str() != "id");
    let parsed = parse("id:abc", &Reading::new(&schema, Day(0)));
    assert_eq!(parsed.refusal().map(|problem| problem.span.clone()), Some(0..3));
}

#[test]
fn any_of_the_words_but_all_of_the_filters() {
    let cases = [
        ("a b c", "a OR b OR c"),
        ("a b tag:x", "(a OR b) tag:x"),
        ("a -b date:*", "a -b date:*"),
        ("a b -c", "(a OR b) -c"),
        ("a AND b c", "(a b) OR c"),
        ("a OR b c", "a OR b OR c"),
        ("title:x \"b c\" d*", "title:x OR \"b c\" OR d*"),
        ("tag:x tag:y", "tag:x tag:y"),
        ("(a b) (tag:x OR tag:y)", "(a OR b) (tag:x OR tag:y)"),
    ];
    for (text, expected) in cases {
        let parsed = read(text, Matching::Any);
        assert_eq!(display(&parsed.query, &Schema::for_tests()), expected, "{text}");
    }
}

#[test]
fn exact_words_say_so() {
    let schema = Schema::for_tests();
    let parsed = parse("a", &Reading { exact: true, ..Reading::new(&schema, Day(0)) });
    assert_eq!(parsed.query, Query::Word { field: None, text: "a".to_owned(), exact: true });
}

#[test]
fn hints_name_the_nearest_field() {
    let hint = |text: &str| read(text, Matching::All).problems[0].hint.clone().unwrap_or_default();
    assert_eq!(hint("titel:x"), "did you mean title:?");
    assert!(hint("subject:x").starts_with("the fields are text, title, tag"));
}

#[test]
fn limits_hold_at_their_edges() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    let cases = [
        ("a".repeat(MAX_BYTES), false),
        ("a".repeat(MAX_BYTES + 1), true),
        ("é".repeat(MAX_BYTES / 2 + 1), true),
        (nested(MAX_NESTING), false),
        (nested(MAX_NESTING + 1), true),
        ("a ".repeat(MAX_CLAUSES), false),
        ("a ".repeat(MAX_CLAUSES + 1), true),
        ("(".repeat(12_000), true),
        ("(".repeat(4_000), true),
        ("NOT ".repeat(4_000), true),
        ("NOT ".repeat(1_000), false),
        (")".repeat(4_000), false),
        ("-(".repeat(2_000), true),
        ("\"".repeat(4_000), true),
        ("\"".repeat(2_001), false),
        ("/(".repeat(2_000), true),
        ("*".repeat(4_000), true),
        ("?*".repeat(2_000), true),
        ("a*?".repeat(1_300), false),
        ("\"a* ".repeat(800), false),
        ("NEAR ".repeat(800), true),
        (format!("a{}", " NEAR a".repeat(MAX_NEAR)), false),
        (format!("a{}", " NEAR a".repeat(MAX_NEAR + 1)), true),
        ("a NEAR ".repeat(500), true),
        ("/a/ ".repeat(MAX_REGEXES), false),
        ("/a/ ".repeat(MAX_REGEXES + 1), true),
        ("~".repeat(4_000), false),
        ("\"a\"~8".repeat(600), false),
        ("=".repeat(4_000), false),
        ("@a".repeat(2_000), false),
        ("words:>1 ".repeat(400), false),
    ];
    for (text, refused) in cases {
        let parsed = read(&text, Matching::All);
        assert_eq!(parsed.refusal().is_some(), refused, "{}…", &text[..8]);
    }
}

/// Every text is answered, points at pieces of itself, and is understood as what its canonical text is.
fn is_answered(text: &str) {
    let saved = saved(&[("wind", "wind OR storm* \"")]);
    let schema = Schema::for_tests();
    for matching in [Matching::All, Matching::Any] {
        let parsed = parse(text, &Reading { matching, saved: &saved, ..Reading::new(&schema, Day(20_000)) });
        for problem in &parsed.problems {
            assert!(text.get(problem.span.clone()).is_some(), "{text:?} {problem:?}");
        }
        let canonical = display(&parsed.query, &schema);
        let again = parse(&canonical, &Reading::new(&schema, Day(20_000)));
        if parsed.refusal().is_none() && canonical.len() <= MAX_BYTES {
            assert_eq!((again.query, again.problems), (parsed.query, vec![]), "{text:?} {canonical}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        is_answered(&text);
    }

    #[test]
    fn any_text_of_the_language_is_read(text in r#"([()"“*?~^|&\\/=@:+\[\]{}<>.é -]|AND|OR|NOT|NEAR|ADJ/3|tag:|date:|path:|words:|title:|@wind|a|bc|7){0,40}"#) {
        is_answered(&text);
    }
}
