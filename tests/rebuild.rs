//! A new index from the archives of an old one.

use std::fs;

use crate::support::{Output, Sandbox, article};

fn ingested() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("archive/one.md", article("One", "1974-05-17", "energy/coal", "The first about coal."))
        .file("archive/two.md", article("Two", "1980", "energy", "The second about a strike."))
        .file("archive/drafts/three.md", article("Three", "1990", "energy", "Not yet about coal."));
    sandbox.ingest("--exclude 'drafts/**'").code(0).has(&[("/articles", 2)]);
    sandbox
}

fn segment_file(sandbox: &Sandbox, ending: &str) -> String {
    let folder = sandbox.path(".backfile/tantivy");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names.into_iter().find(|name| name.ends_with(ending)).expect("a segment has such a file");
    format!(".backfile/tantivy/{name}")
}

/// Folders of a rebuild.
fn beside(sandbox: &Sandbox) -> Vec<String> {
    let entries = fs::read_dir(sandbox.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("..backfile")).collect()
}

#[test]
fn a_damaged_index_is_built_anew_with_the_choices_of_the_old_one() {
    let sandbox = ingested();
    sandbox.remove(&segment_file(&sandbox, ".pos"));
    sandbox.run("query '\"about coal\"'").code(4).complains(".pos is missing").complains("backfile rebuild");
    sandbox.run("rebuild").code(0).says("2 articles in the index");
    sandbox.run("count '\"about coal\"'").code(0).says("1\n");
    assert_eq!(beside(&sandbox), [""; 0]);
    sandbox.ingest("").code(0).has(&[("/files/read", 0), ("/files/unchanged", 2)]);
}

#[test]
fn an_index_whose_description_is_lost_is_built_anew() {
    let sandbox = ingested();
    sandbox.file(".backfile/backfile.json", "{\"format\": 9999, \"version\": \"99.0.0\"}");
    sandbox.run("count coal").code(4).complains("99.0.0");
    sandbox.run("rebuild --quiet").code(0);
    sandbox.run("count coal").code(0).says("1\n");
}

#[test]
fn an_index_whose_commit_is_lost_is_built_anew_from_its_manifest() {
    type Damage = fn(&Sandbox);
    let damages: [Damage; 3] = [
        |it| _ = it.remove(".backfile/tantivy/meta.json"),
        |it| _ = it.file(".backfile/tantivy/meta.json", "{"),
        |it| _ = it.remove(".backfile/backfile.json"),
    ];
    for damage in damages {
        let sandbox = ingested();
        damage(&sandbox);
        sandbox.run("count coal").code(4).complains("backfile rebuild");
        sandbox.run("rebuild --quiet").code(0);
        sandbox.run("count coal").code(0).says("1\n");
        sandbox.run("verify").code(0).says("sound: ");
    }
}

#[test]
fn nothing_is_touched_when_an_archive_is_not_there() {
    let sandbox = ingested();
    sandbox.rename("archive", "elsewhere");
    let before = sandbox.snapshot(".backfile");
    sandbox.run("rebuild").code(2).complains("there is no file or folder").complains("left as it is");
    assert_eq!(before, sandbox.snapshot(".backfile"));
    sandbox.run("count coal").code(0).says("1\n");
}

#[test]
fn a_rebuild_that_fails_leaves_nothing_behind() {
    let sandbox = ingested();
    sandbox.rename("archive", "elsewhere");
    // What lies there now is no archive.
    sandbox.run("ingest elsewhere -i archive --quiet").code(0);
    sandbox.run("rebuild").code(2).complains("is an index");
    sandbox.run("count coal").code(0).says("1\n");
    sandbox.run("verify").code(0).says("sound: ");
    assert_eq!(beside(&sandbox), [""; 0], "it would take the room that may be missing");
}

#[test]
fn only_what_a_rebuild_left_is_removed() {
    for place in ["..backfile.rebuild", "..backfile.replaced"] {
        let sandbox = ingested();
        sandbox.file(format!("{place}/notes.txt"), "precious").file(".backfile.new/notes.txt", "precious");
        let before = sandbox.snapshot(place);
        sandbox.run("rebuild").code(2).complains(&format!("{place} is in the way")).complains("hint: ");
        assert_eq!(before, sandbox.snapshot(place));
        sandbox.remove(place);
        sandbox.copy(".backfile", place);
        sandbox.remove(&format!("{place}/backfile.json"));
        sandbox.run("rebuild --quiet").code(0);
        assert_eq!(beside(&sandbox), [""; 0]);
        assert!(sandbox.path(".backfile.new/notes.txt").exists(), "it is somebody's");
        sandbox.run("count coal").code(0).says("1\n");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_index_that_is_named_by_a_dot_is_built_anew() {
    let sandbox = ingested();
    let mut command = sandbox.command(["-i", ".", "rebuild", "--quiet"]);
    Output::of(command.current_dir(sandbox.path(".backfile"))).code(0);
    sandbox.run("count coal").code(0).says("1\n");
    assert_eq!(beside(&sandbox), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_link_to_an_index_stays_one() {
    let sandbox = ingested();
    sandbox.rename(".backfile", "disk/index");
    std::os::unix::fs::symlink("disk/index", sandbox.path(".backfile")).unwrap();
    sandbox.run("rebuild --quiet").code(0);
    assert!(sandbox.path(".backfile").is_symlink());
    sandbox.run("count coal").code(0).says("1\n");
    assert_eq!(fs::read_dir(sandbox.path("disk")).unwrap().count(), 1, "the old index is gone");
}
