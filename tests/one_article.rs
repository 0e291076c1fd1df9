//! What is asked about one article: why it is found, what is like it, what of it a query matches.

use backfile::article::ArticleId;
use backfile::engine::local::Searcher;
use backfile::query::display::display;
use backfile::search::params::{Checked, SearchParams};
use backfile::search::{Cursor, Sort};
use serde_json::json;

use crate::support::Sandbox;
use crate::support::library::{self, TODAY};

const STRIKE: &str = "The miners of the valley went on strike over pay, and the pits were silent from midnight. Nobody \
    in the town could say how long the coal in the yards of the power stations would last.";

fn archive(archive: &Sandbox) -> Searcher {
    let articles = [
        json!({"id": "a", "title": "Miners strike", "body": STRIKE, "tags": ["energy/coal"], "date": "1974-02-05"}),
        json!({"id": "copy", "title": "Miners strike", "body": STRIKE, "tags": ["labour"], "date": "1974-02-06"}),
        json!({"id": "b", "title": "Pits", "body": "The pits are open; miners are paid. Coal is cheap.", "date": "1975"}),
        json!({"id": "c", "title": "Ferries", "body": "The ferry to Holm sails at noon.", "authors": ["Ann Lee"]}),
        json!({"id": "d", "title": "Trams", "body": "A tram runs along the harbour at noon.", "tags": ["transport"]}),
        json!({"id": "e", "title": "全文検索", "body": "全文検索の索引を作る。", "tags": ["検索"]}),
        json!({"id": "f", "title": "検索の話", "body": "検索エンジンの索引。"}),
    ];
    for article in &articles {
        archive.file(format!("archive/{}.json", article["id"].as_str().expect("an id")), article.to_string());
    }
    library::ingest(archive, "archive", "index", 1);
    library::open(archive, "index")
}

const ARTICLES: &[&str] = &["a", "copy", "b", "c", "d", "e", "f"];

fn checked(searcher: &Searcher, query: &str) -> Checked {
    let params = SearchParams { words: vec![query.to_owned()], limit: Some(100), ..SearchParams::default() };
    params.check(searcher.schema(), TODAY).expect("it can be asked")
}

fn keys(searcher: &Searcher, query: &str) -> Vec<String> {
    let found = searcher.search(&checked(searcher, query).request).expect("it is answered");
    found.hits.into_iter().map(|hit| hit.key).collect()
}

#[test]
fn the_reasons_agree_with_the_answer() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    let queries = [
        "",
        "miners",
        "miners coal",
        "miners -pits",
        "noon OR coal",
        "tag:energy strike",
        "date:1974 miners",
        "author:lee",
        "検索 索引",
        "\"on strike\" -tag:labour",
        "what of the miners and their pits of coal",
        "why is there coal with miners or pits tag:energy",
        "zeppelin",
        "-miners noon^2",
        "title:pits miner*",
        "lang:xx noon",
        // Its stop words are left out and demand nothing.
        "the strike of what miners in coal",
    ];
    for query in queries {
        let hits = keys(&searcher, query);
        for name in ARTICLES {
            let why = searcher.why(name, &checked(&searcher, query).request).expect("it is answered");
            let why = why.expect("the article is there");
            let place = hits.iter().position(|key| key == name).map(|place| place as u64 + 1);
            assert_eq!(why.rank, place, "{query:?}: {name}");
            assert_eq!(why.found, place.is_some(), "{query:?}: {name}");
            assert_eq!(why.total, hits.len() as u64, "{query:?}");
            if let Some(change) = &why.change {
                let change = display(change, searcher.schema());
                assert!(
                    keys(&searcher, &change).iter().any(|key| key == name),
                    "{query:?}: {name}: {change}"
                );
            }
            let can_change = !why.found && why.clauses.iter().any(|held| held.holds);
            assert_eq!(why.change.is_some(), can_change, "{query:?}: {name}");
        }
    }
}

#[test]
fn each_part_tells_why() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    let query = "miners strikke tag:transport date:1990.. author:lee -pits \"on strike\"";
    let why =
        searcher.why("a", &checked(&searcher, query).request).expect("it is answered").expect("it is there");
    let shown: Vec<String> = why
        .clauses
        .iter()
        .map(|held| {
            let values = held.values.as_ref().map(|values| values.join(",")).unwrap_or_default();
            let marked = held.passages.first().map(|it| &it.passage.text[it.passage.spans[0].clone()]);
            let clause = display(&held.clause, searcher.schema());
            format!("{clause} {} [{values}] {:?} {:?}", held.holds, held.near, marked.unwrap_or_default())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "miners true [] [] \"miners\"",
            "strikke false [] [\"strike\"] \"\"",
            "tag:transport false [energy/coal] [] \"\"",
            "date:1990.. false [1974-02-05] [] \"\"",
            "author:lee false [] [] \"\"",
            "-pits false [] [] \"pits\"",
            "\"on strike\" true [] [] \"on strike\"",
        ]
    );
    assert_eq!(searcher.why("none", &checked(&searcher, "a").request).expect("it is answered"), None);
}

#[test]
fn no_part_of_a_score_takes_away_from_it() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    for query in
        ["=miner strike", "miners miners coal", "power-stations OR pits", "=strike^2 coal-in-the-yards"]
    {
        for without in [Vec::new(), vec!["repeats".to_owned()]] {
            let words = vec![query.to_owned()];
            let matching = Some("any".to_owned());
            let params = SearchParams { words, matching, without, explain: true, ..SearchParams::default() };
            let request = params.check(searcher.schema(), TODAY).expect("it can be asked").request;
            let answer = searcher.search(&request).expect("it is answered");
            let explained = answer.explanation.expect("it was asked for").hits;
            assert!(!explained.is_empty(), "{query}");
            for hit in explained {
                let sum: f32 = hit.parts.iter().map(|(_, value)| value).sum();
                assert!((sum - hit.total).abs() < 1e-3 * hit.total, "{query}: {:?}", hit.parts);
                assert!(hit.parts.iter().all(|(_, value)| *value > 0.0), "{query}: {:?}", hit.parts);
            }
        }
    }
}

#[test]
fn a_page_of_titles_goes_on_only_behind_an_article_that_is_there() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    let gone = Cursor { sort: Sort::Title, primary: 0.0, timestamp: 0, id: ArticleId(1), repeats: 0 };
    let (sort, after) = (Some("title".to_owned()), Some(gone.to_string()));
    let params = SearchParams { sort, after, ..SearchParams::default() };
    let request = params.check(searcher.schema(), TODAY).expect("it can be asked").request;
    let error = searcher.search(&request).expect_err("there is no such article").to_string();
    assert!(error.contains("in the index no more"), "{error}");
}

#[test]
fn what_is_like_an_article_is_neither_it_nor_its_copy() {
    let sandbox = Sandbox::new();
    let searcher = archive(&sandbox);
    for (name, itself, nearest) in
        [("a", ["a", "copy"], "b"), ("copy", ["a", "copy"], "b"), ("e", ["e", "e"], "f")]
    {
        let (_, query) = searcher.like(name).expect("it is answered").expect("it is there");
        let query = display(&query, searcher.schema());
        let found = keys(&searcher, &query);
        assert_eq!(found.first().map(String::as_str), Some(nearest), "{name}: {query}");
        assert!(!found.iter().any(|key| itself.contains(&key.as_str())), "{name}: {query}: {found:?}");
    }
    assert_eq!(searcher.like("none").expect("it is answered"), None);
}
