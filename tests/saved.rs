//! Saved queries: their names, what came since, and what happens to them when the index changes.

use std::fs;

use crate::support::{Sandbox, article};

fn ingested() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("archive/one.md", article("One", "1974", "energy", "Coal for the winter."))
        .file("archive/two.md", article("Two", "1980", "energy", "Coal for the summer."))
        .file("archive/three.md", article("Three", "1990", "harbour", "A ferry."));
    sandbox.ingest("").code(0);
    sandbox
}

/// The titles of what is new, in the order of their dates.
fn new(sandbox: &Sandbox, flags: &str) -> Vec<String> {
    let line = format!("query @coal --new --sort date --format tsv --fields title {flags}");
    let output = sandbox.run(&line);
    let titles: Vec<String> = output.stdout.lines().skip(1).map(str::to_owned).collect();
    assert_eq!(output.code, i32::from(titles.is_empty()), "{}", output.stderr);
    titles
}

#[test]
fn an_article_is_new_once() {
    let sandbox = ingested();
    sandbox.run("saved add coal coal").code(0);
    assert_eq!(new(&sandbox, ""), ["One", "Two"]);
    assert_eq!(new(&sandbox, ""), [""; 0]);

    // Read again, because it changed; and one that the query finds only now.
    sandbox
        .file("archive/two.md", article("Two", "1980", "energy", "Coal for the summer and the autumn."))
        .file("archive/three.md", article("Three", "1990", "harbour", "A ferry with coal."))
        .file("archive/four.md", article("Four", "1995", "energy", "The last coal."));
    sandbox.ingest("").code(0);
    assert_eq!(new(&sandbox, ""), ["Three", "Four"]);

    // Built anew, moved, and taken away and brought back.
    sandbox.run("rebuild --quiet").code(0);
    assert_eq!(new(&sandbox, ""), [""; 0]);
    sandbox.rename("archive/one.md", "archive/moved/one.md");
    sandbox.ingest("").code(0);
    assert_eq!(new(&sandbox, ""), [""; 0]);
    sandbox.rename("archive/four.md", "four.md");
    sandbox.ingest("").code(0);
    sandbox.rename("four.md", "archive/four.md");
    sandbox.ingest("").code(0);
    assert_eq!(new(&sandbox, ""), [""; 0]);
    sandbox.run("query @coal --format ids").code(0);
    sandbox.run("count @coal").code(0).says("4\n");
}

#[test]
fn what_was_not_printed_is_still_new() {
    let sandbox = ingested();
    sandbox.run("saved add coal coal").code(0);
    assert_eq!(new(&sandbox, "-n 1"), ["One"]);
    assert_eq!(new(&sandbox, "--lang de"), [""; 0]);
    sandbox.run("query @coal --new -n 0").code(0).says("1 article");
    assert_eq!(new(&sandbox, "--all"), ["Two"]);
    assert_eq!(new(&sandbox, "--all"), [""; 0]);
    sandbox.run("query @coal --new").code(1).says("nothing new for @coal");
    sandbox.run("query @coal --new --json").code(1).says("\"total\":0");
}

#[test]
fn copies_are_shown_once_when_they_are_collapsed() {
    let sandbox = Sandbox::new();
    let text = "The coal trains stood still at the harbour while the miners voted on the offer of the board, and \
                nobody in the town could say whether the lamps would burn through the winter that was to come.";
    for name in ["a", "b"] {
        sandbox.file(format!("archive/{name}.md"), article(name, "1974", "energy", text));
    }
    sandbox.ingest("").code(0);
    sandbox.run("saved add coal coal").code(0);
    assert_eq!(new(&sandbox, "--collapse family").len(), 1);
    assert_eq!(new(&sandbox, "--collapse family"), [""; 0]);
    assert_eq!(new(&sandbox, ""), [""; 0]);
}

#[test]
fn names_are_kept_and_given_back() {
    let sandbox = ingested();
    sandbox.run("saved list").code(0).says("no saved queries");
    sandbox.run("saved add coal 'coal -ferry'").code(0);
    sandbox.run("saved add coal 'coal -ferry'").code(0);
    sandbox.run("saved add @coal gas").code(2).complains("already").complains("--replace");
    sandbox.run("saved add coal --replace 'coal winter'").code(0);
    sandbox.run("saved add both '@coal OR ferry'").code(0);
    sandbox.run("count @both").code(0).says("2\n");
    sandbox.run("facets tag -- @both").code(0).says("harbour");
    sandbox.run("saved add coal --replace '@both'").code(2).complains("contains itself");
    sandbox.run("saved add 'a b' coal").code(2).complains("cannot be a name");
    sandbox
        .run("saved add bad 'date:soonish'")
        .code(2)
        .complains("cannot read the date")
        .complains("^^^^^^^");
    sandbox.run("saved add odd 'ferry \"coal'").code(0).complains("no end");
    sandbox.run("saved list --json").code(0).says("\"name\":\"both\"").says("(coal winter) OR ferry");
    sandbox.run("saved rm oddly").code(2).complains("did you mean @odd?");
    sandbox.run("saved rm odd").code(0);
    sandbox.run("query @odd").code(1).says("there is no saved query `odd`");
    sandbox.run("query @odd --strict").code(2).complains("there is no saved query `odd`").complains("^^^^");
    sandbox.run("query @odd --new").code(2).complains("there is no saved query `odd`");
    sandbox.run("query coal --new").code(2).complains("one saved query");
}

#[test]
fn damage_is_told_and_harms_nothing_else() {
    let sandbox = ingested();
    sandbox.run("saved add coal coal").code(0);
    assert_eq!(new(&sandbox, "").len(), 2);
    let kept = fs::read_dir(sandbox.path(".backfile/saved")).unwrap();
    let shown =
        kept.map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|it| it == "shown"));
    fs::write(shown.expect("it is remembered"), b"?").unwrap();
    sandbox.run("query @coal --new").code(0).complains("not known any more");
    assert_eq!(new(&sandbox, ""), [""; 0]);
    sandbox.file(".backfile/saved/queries.json", "{");
    sandbox.run("query @coal").code(4).complains("queries.json");
    sandbox.run("query coal").code(0);
}

#[test]
fn synonyms_lie_in_the_index_or_are_named() {
    let sandbox = ingested();
    sandbox.run("count winter").code(0).says("1\n");
    sandbox.file("mine.txt", "winter, summer\n");
    sandbox.run("count winter --synonyms mine.txt").code(0).says("2\n");
    sandbox.file(".backfile/synonyms.txt", "# seasons\nwinter => summer\n");
    sandbox.run("count winter").code(0).says("2\n");
    sandbox.run("count summer").code(0).says("1\n");
    sandbox.run("count winter --no-synonyms").code(0).says("1\n");
    sandbox.run("count '=winter'").code(0).says("1\n");
    sandbox.run("rebuild --quiet").code(0);
    sandbox.run("query winter --json").code(0).says("winter OR summer^0.8");
    sandbox.file(".backfile/synonyms.txt", "winter, summer\nspring\n");
    sandbox.run("count winter").code(2).complains("synonyms.txt: line 2").complains("--no-synonyms");
    sandbox.run("count winter --synonyms none.txt").code(2).complains("none.txt");
}
