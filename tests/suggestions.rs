//! What is suggested when nothing was found: each suggestion, pasted, must find what it says.

use backfile::engine::local::Searcher;
use backfile::query::display::display;
use backfile::search::params::SearchParams;
use backfile::search::{Suggestion, SuggestionKind};
use serde_json::json;

use crate::support::Sandbox;
use crate::support::library::{self, TODAY};

fn archive(archive: &Sandbox) -> Searcher {
    let articles = [
        json!({"title": "Climate policy", "body": "A climate policy for coal.", "tags": ["energy/coal"], "authors": ["Ann Lee"]}),
        json!({"title": "Climate talks", "body": "No policy, said the police.", "tags": ["Energy"], "authors": ["Bo Ek"]}),
        json!({"title": "Harbour strike", "body": "Dockers struck for a policy on pay.", "tags": ["Café Culture"], "authors": ["Ann Lee"]}),
        json!({"title": "全文検索", "body": "全文検索の索引", "tags": ["検索"]}),
        json!({"title": "Ferries", "body": "The ferry to Holm sails at noon from the harbour, says O'Brien."}),
    ];
    for (number, article) in articles.iter().enumerate() {
        archive.file(format!("archive/{number}.json"), article.to_string());
    }
    library::ingest(archive, "archive", "index", 1);
    library::open(archive, "index")
}

fn suggested(searcher: &Searcher, params: SearchParams) -> Vec<Suggestion> {
    let checked = params.check(searcher.schema(), TODAY).expect("it can be asked");
    let found = searcher.search(&checked.request).expect("it is answered").total > 0;
    let suggestions = searcher.suggest(&checked.request, checked.renamed.as_ref(), found);
    suggestions.expect("something is suggested")
}

fn asked(query: &str) -> SearchParams {
    SearchParams { words: vec![query.to_owned()], ..SearchParams::default() }
}

fn total(searcher: &Searcher, query: &str) -> u64 {
    let checked = asked(query).check(searcher.schema(), TODAY).expect("it can be asked");
    assert_eq!(checked.warnings, [], "{query}");
    searcher.search(&checked.request).expect("it is answered").total
}

#[test]
fn what_nothing_matches_has_ways_out() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    let cases: &[(&str, &[&str])] = &[
        // Spellings: the nearest, those with the same first letter before the commonest.
        ("polcy", &["spelling polcy → policy: policy 3"]),
        // Nobody looks for the commonest words, but for those of a phrase.
        ("fot", &[]),
        ("\"policy fot coal\"", &["spelling fot → for: \"policy for coal\" 1"]),
        ("polciy", &["spelling polciy → policy: policy 3"]),
        (
            "climate polcy",
            &[
                "spelling polcy → policy: climate policy 2",
                "without polcy → : climate 2",
                "any all → any: climate OR polcy 2",
            ],
        ),
        ("climmate polcy", &["spelling climmate polcy → climate policy: climate policy 2"]),
        ("\"clmate policy\"", &["spelling clmate → climate: \"climate policy\" 1"]),
        ("title:clmate", &["spelling clmate → climate: title:climate 2"]),
        ("zz", &[]),
        ("1975", &[]),
        ("索弔", &[]),
        // No spelling of one word goes with one of the other: each by itself.
        ("holmm polcie", &["spelling holmm → holm: holm 1", "spelling polcie → police: police 1"]),
        // Words that do not stand together, wherever they stand; else with one of them less.
        ("\"policy coal\"", &["apart \"policy coal\" → policy coal: policy coal 1"]),
        ("policy ADJ climate", &["apart policy ADJ/1 climate → policy climate: policy climate 2"]),
        (
            "title:\"policy climate\" coal",
            &[
                "apart title:\"policy climate\" → title:policy title:climate: title:policy title:climate coal 1",
                "without title:\"policy climate\" → : coal 1",
                "any all → any: title:\"policy climate\" OR coal 1",
            ],
        ),
        ("ferry NEAR/3 zeppelin", &["without zeppelin → : ferry 1", "any all → any: ferry OR zeppelin 1"]),
        // Values.
        ("tag:enrgy", &["value tag:enrgy → tag:Energy: tag:Energy 2"]),
        ("tag:cafe-culture", &["value tag:cafe-culture → tag:\"Café Culture\": tag:\"Café Culture\" 1"]),
        ("tag:coal", &["value tag:coal → tag:energy/coal: tag:energy/coal 1"]),
        ("author:\"Lee, Ann\"", &["value author:\"Lee, Ann\" → author:\"Ann Lee\": author:\"Ann Lee\" 2"]),
        ("author:lea", &["value author:lea → author:lee: author:lee 2"]),
        ("lang:english", &[]),
        ("-tag:enrgy tag:*  zeppelin", &["without zeppelin → : -tag:enrgy tag:* 4"]),
        // Fields.
        ("autor:lee", &["field autor → author: author:lee 2"]),
        // A clause less.
        ("ferry tag:energy", &["without ferry → : tag:energy 2", "unfiltered tag:energy → : ferry 1"]),
        ("ferry tag:energy author:ek", &["without ferry → : tag:energy author:ek 1"]),
        (
            "climate policy -coal -talks",
            &[
                "without climate → : policy -coal -talks 1",
                "unfiltered -coal → : climate policy -talks 1",
                "unfiltered -talks → : climate policy -coal 1",
                "any all → any: (climate OR policy) -coal -talks 1",
            ],
        ),
        ("harbour date:1875", &["unfiltered date:1875 → : harbour 2"]),
        ("zeppelins tag:zzz ferry date:1875", &["without zeppelins tag:zzz date:1875 → : ferry 1"]),
        // Something is found: only what no article has.
        ("climate OR polcy", &["spelling polcy → policy: climate OR policy 3"]),
        ("climate", &[]),
        ("policies", &[]),
        ("coal OR qoal", &["spelling qoal → coal: coal 1"]),
        // Stop words are left out, and are no slips.
        ("who OR did OR ferry OR noon OR harbour", &[]),
        (
            "what is the ferry with noon harbour zeppelin",
            &[
                "without zeppelin → : ferry noon harbour 1",
                "any all → any: ferry OR noon OR harbour OR zeppelin 2",
            ],
        ),
    ];
    let mut failures = Vec::new();
    for (query, expected) in cases {
        let shown: Vec<String> = suggested(&searcher, asked(query))
            .iter()
            .map(|it| {
                let query = display(&it.query, searcher.schema());
                format!("{} {} → {}: {query} {}", it.kind.as_str(), it.from, it.to, it.count)
            })
            .collect();
        if shown != *expected {
            failures.push(format!("{query}: {shown:#?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn flags_are_left_out_like_filters() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    let params =
        SearchParams { tags: vec!["energy".to_owned()], since: Some("1990".to_owned()), ..asked("ferry") };
    let suggestions = suggested(&searcher, params);
    let kinds: Vec<SuggestionKind> = suggestions.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [SuggestionKind::Unfiltered]);
    assert_eq!(display(&suggestions[0].query, searcher.schema()), "ferry");
}

#[test]
fn a_suggestion_finds_what_it_says() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    let parts = [
        "polcy",
        "climmate",
        "ferry",
        "\"ferry two\"",
        "(policy ADJ climate)",
        "\"noon AND harbour\"",
        "ferry\\:holm",
        "tag:enrgy",
        "author:lea",
        "-policy",
        "date:1900..",
        "o'brein",
        "(coal OR col)",
        "検索",
        "sais^2",
        "title:clmate",
        "tag:\"a\\*b\"",
        "section:x",
    ];
    let mut seen = 0;
    for first in parts {
        for second in parts {
            for third in ["", "harbour", "policy OR zz", "what of the harbour noon holm"] {
                let query = format!("{first} {second} {third}");
                for suggestion in suggested(&searcher, asked(&query)) {
                    let pasted = display(&suggestion.query, searcher.schema());
                    assert!(suggestion.count > 0, "{query}");
                    assert_eq!(total(&searcher, &pasted), suggestion.count, "{query}: {pasted}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 300, "only {seen} suggestions were made");
}
