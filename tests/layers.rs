//! Who may use whom: the picture in `src/README.md`, held against the paths that the code really names.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Each top-level module with those that it may name besides itself. A row names only rows above it, so the picture
/// has no circle.
const MAY_USE: &[(&str, &[&str])] = &[
    // L0
    ("text", &[]),
    ("analysis", &["text"]),
    // L1
    ("article", &["text", "analysis"]),
    ("diagnostic", &["article"]),
    ("schema", &["text", "analysis", "article", "diagnostic"]),
    ("query", &["text", "analysis", "schema"]),
    ("search", &["text", "analysis", "article", "diagnostic", "schema", "query"]),
    ("highlight", &["text", "analysis", "article", "schema", "query", "search"]),
    // L2
    ("reader", &["text", "analysis", "article", "diagnostic"]),
    ("engine", &["text", "analysis", "article", "diagnostic", "schema", "query", "search", "highlight"]),
    // L3
    ("ingest", &["text", "analysis", "article", "diagnostic", "schema", "reader", "engine"]),
    (
        "output",
        &["text", "analysis", "article", "diagnostic", "schema", "query", "search", "highlight", "ingest"],
    ),
    // L4
    (
        "cli",
        &[
            "text",
            "analysis",
            "article",
            "diagnostic",
            "schema",
            "query",
            "search",
            "highlight",
            "reader",
            "engine",
            "ingest",
            "output",
        ],
    ),
];

/// Names that only some places may write, by the beginning of their paths below `src/`.
const RESERVED: &[(&[&str], &[&str])] = &[
    (&["tantivy::"], &["engine/local/"]),
    (&["clap::", "anstream::", "indicatif::", "signal_hook::", "terminal_size::"], &["cli/"]),
    (&["println!", "print!", "dbg!", "process::exit", "stdout()", "stderr()", "stdin()"], &["cli/"]),
    (&["std::env::"], &["cli/", "main.rs"]),
    (&["std::fs", "File::open", "File::create"], &["schema/load.rs", "ingest/", "engine/local/", "cli/"]),
    (
        &["std::thread"],
        &[
            "ingest/",
            "engine/local/expand.rs",
            "engine/local/integrity.rs",
            "engine/local/waiting.rs",
            "cli/",
        ],
    ),
    (&["std::net", "std::process::Command"], &[]),
];

/// Something a file may not name.
#[derive(Debug, PartialEq)]
struct Violation {
    file: String,
    line: usize,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.file, self.line, self.what)
    }
}

#[test]
fn the_code_keeps_to_the_layers() {
    let files = sources();
    assert!(files.len() > 50, "only {} files were found", files.len());
    let modules: Vec<&str> = files.iter().filter_map(|(name, _)| module(name)).collect();
    for (known, _) in MAY_USE {
        assert!(modules.contains(known), "the table knows {known}, but there is no such module");
    }
    let found: Vec<String> =
        files.iter().flat_map(|(name, text)| violations(name, text)).map(|found| found.to_string()).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    for (row, (module, uses)) in MAY_USE.iter().enumerate() {
        for used in *uses {
            let above = MAY_USE[..row].iter().any(|(name, _)| name == used);
            assert!(above, "{module} may use {used}, which does not stand above it");
        }
    }
}

#[test]
fn a_violation_is_found_where_it_stands() {
    let cases = [
        ("text/dates.rs", "use crate::query::Query;", Some("text may not use query")),
        ("reader/mod.rs", "fn f(s: &crate::engine::Manifest) {}", Some("reader may not use engine")),
        ("query/mod.rs", "use crate::{schema, search};", Some("query may not use search")),
        ("query/mod.rs", "use crate::unheard::Of;", Some("query may not use unheard")),
        ("engine/mod.rs", "use tantivy::Index;", Some("tantivy:: is not for this place")),
        ("output/mod.rs", "println!(\"x\");", Some("println! is not for this place")),
        ("output/mod.rs", "io::stdout().lock();", Some("stdout() is not for this place")),
        ("reader/mod.rs", "std::fs::read(path)", Some("std::fs is not for this place")),
        ("schema/mod.rs", "use std::fs;", Some("std::fs is not for this place")),
        ("schema/load.rs", "use std::fs;", None),
        ("engine/local/writer.rs", "use tantivy::Index;", None),
        ("text/dates.rs", "//! relative dates belong to crate::query", None),
        ("text/dates.rs", "let x = 1; // as crate::query does", None),
        ("query/mod.rs", "use crate::query::parse::parse;", None),
        ("cli/mod.rs", "eprintln!(\"x\");", None),
        ("text/dates.rs", "#[cfg(test)]\nmod tests {\n    use crate::query::Query;\n}", None),
    ];
    for (file, text, expected) in cases {
        let found = violations(file, &format!("//! A file.\n{text}"));
        let found: Vec<(usize, &str)> = found.iter().map(|it| (it.line, it.what.as_str())).collect();
        let expected: Vec<(usize, &str)> = expected.into_iter().map(|what| (2, what)).collect();
        assert_eq!(found, expected, "{file}: {text}");
    }
}

/// Every source file of the program: `(path below src, text)`.
pub(crate) fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files
}

/// Collects the files below a folder, but those that only tests include.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(folder).expect("the sources can be listed").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_for_tests(&path) {
            let name = path.strip_prefix(root).expect("it was found below the root");
            let name = name.to_str().expect("names of sources are plain").replace('\\', "/");
            files.push((name, fs::read_to_string(&path).expect("a source is text")));
        }
    }
}

/// Whether the parent declares this file as `#[cfg(test)] mod`.
fn is_for_tests(path: &Path) -> bool {
    let (Some(name), Some(folder)) = (path.file_stem().and_then(|name| name.to_str()), path.parent()) else {
        return false;
    };
    let parents = [folder.join("mod.rs"), folder.with_extension("rs")];
    let declared = format!("#[cfg(test)]\nmod {name};");
    parents.iter().any(|parent| fs::read_to_string(parent).is_ok_and(|text| text.contains(&declared)))
}

fn module(file: &str) -> Option<&str> {
    let first = file.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main"].contains(&name)).then_some(name)
}

fn violations(file: &str, text: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, line) in code(text) {
        let mut violation = |what: String| {
            found.push(Violation { file: file.to_owned(), line: index + 1, what });
        };
        if let Some(module) = module(file) {
            for used in modules_named(line) {
                let allowed =
                    MAY_USE.iter().find(|(name, _)| *name == module).map_or(&[][..], |(_, uses)| uses);
                if used != module && !allowed.contains(&used) {
                    violation(format!("{module} may not use {used}"));
                }
            }
        }
        for (names, places) in RESERVED {
            if places.iter().any(|place| file.starts_with(place)) {
                continue;
            }
            if let Some(name) = names.iter().find(|name| names_it(line, name)) {
                violation(format!("{name} is not for this place"));
            }
        }
    }
    found
}

/// The lines of a file without comments and without its tests.
pub(crate) fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..tests].lines().enumerate();
    lines.filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(index, line)| {
        let code = line.split_once(" // ").map_or(line, |(code, _)| code);
        (index, code)
    })
}

/// Whether the line has the name, and not as the end of a longer one.
fn names_it(line: &str, name: &str) -> bool {
    let is_word = |before: char| before.is_alphanumeric() || before == '_';
    line.match_indices(name).any(|(at, _)| !line[..at].ends_with(is_word) || name.starts_with("print"))
}

/// The modules behind every `crate::` of a line, those in braces too.
fn modules_named(line: &str) -> Vec<&str> {
    let mut named = Vec::new();
    for (at, start) in line.match_indices("crate::") {
        let rest = &line[at + start.len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap_or(list);
                named.extend(list.split(',').map(|part| first_name(part.trim())));
            }
            None => named.push(first_name(rest)),
        }
    }
    // Macros and items of the crate itself begin with other signs.
    named.retain(|name| name.starts_with(|letter: char| letter.is_ascii_lowercase()));
    named
}

fn first_name(path: &str) -> &str {
    let end = path.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(path.len());
    &path[..end]
}
