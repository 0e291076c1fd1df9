//! What becomes of the directives of reStructuredText. Data: docutils, Sphinx, Pelican, Nikola.

/// What is kept of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// The words after its name, and what is indented below it.
    All,
    /// What is indented below it.
    Content,
    /// The same, line by line as it stands.
    Lines,
    /// Nothing.
    Nothing,
    /// Its argument is the title of the text.
    Title,
    /// Its options are values of the text (`meta`).
    Values,
    /// Its options are values of the text and its argument is the date (`post` of ABlog).
    Post,
    /// Its argument is a value of the text, and its name is the name of the value (Tinkerer).
    Value,
}

/// Directives by name.
const DIRECTIVES: &[(&[&str], Keep)] = &[
    (
        &[
            "admonition",
            "attention",
            "caution",
            "centered",
            "compound",
            "danger",
            "deprecated",
            "epigraph",
            "error",
            "glossary",
            "highlights",
            "hint",
            "important",
            "line-block",
            "list-table",
            "note",
            "parsed-literal",
            "pull-quote",
            "rubric",
            "seealso",
            "sidebar",
            "table",
            "tip",
            "todo",
            "topic",
            "versionadded",
            "versionchanged",
            "warning",
        ],
        Keep::All,
    ),
    (&["class", "container", "cssclass", "figure", "only", "role", "rst-class"], Keep::Content),
    (
        &["code", "code-block", "console", "csv-table", "doctest", "prompt", "sourcecode", "testcode"],
        Keep::Lines,
    ),
    (
        &[
            "audio",
            "bibliography",
            "chart",
            "contents",
            "currentmodule",
            "date",
            "default-role",
            "digraph",
            "footer",
            "gallery",
            "gist",
            "graphviz",
            "header",
            "highlight",
            "image",
            "include",
            "index",
            "literalinclude",
            "listing",
            "math",
            "media",
            "mermaid",
            "meta-data",
            "module",
            "plantuml",
            "post-list",
            "postlist",
            "raw",
            "replace",
            "section-numbering",
            "sectnum",
            "slides",
            "soundcloud",
            "target-notes",
            "thumbnail",
            "toctree",
            "tweet",
            "twitter",
            "uml",
            "unicode",
            "update",
            "video",
            "vimeo",
            "youtube",
        ],
        Keep::Nothing,
    ),
    (&["title"], Keep::Title),
    (&["meta"], Keep::Values),
    (&["post"], Keep::Post),
    (&["author", "categories", "tags"], Keep::Value),
];

/// What is kept of the directive of that name; of an unknown one, the content.
pub(super) fn keep(name: &str) -> Keep {
    let known =
        DIRECTIVES.iter().find(|(names, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
    match known {
        Some((_, keep)) => *keep,
        // An object of a domain, such as `py:function`, is named by its argument.
        None if name.contains(':') => Keep::All,
        None => Keep::Content,
    }
}
