//! What documents of office programs state about themselves, and how far it is to be believed: many titles and authors
//! were filled in by a program.

use crate::reader::values;

/// Endings of files that programs take for the title.
const FILE_ENDINGS: &[&str] = &[
    ".cdr", ".doc", ".docx", ".dot", ".dotx", ".dvi", ".eps", ".fm", ".htm", ".html", ".indd", ".odt",
    ".p65", ".pdf", ".pm6", ".pmd", ".ppt", ".pptx", ".ps", ".pub", ".qxd", ".qxp", ".rtf", ".sxw", ".tex",
    ".tif", ".txt", ".wpd", ".xls", ".xlsx",
];

/// Beginnings of titles that a program made of a file's name.
const FILE_PREFIXES: &[&str] =
    &["microsoft word", "microsoft powerpoint", "pii:", "doi:", "file:", "http:", "https:"];

/// Titles that programs give while none was chosen; a number may follow.
const UNCHOSEN: &[&str] = &[
    "untitled",
    "document",
    "dokument",
    "documento",
    "layout",
    "slide",
    "presentation",
    "title",
    "titel",
    "titre",
    "new document",
    "no title",
    "sans titre",
    "sin título",
    "unbenannt",
    "ohne titel",
    "book",
    "print",
    "page",
    "full page",
    "scan",
    "scanned document",
    "powerpoint presentation",
    "powerpoint-präsentation",
    "présentation powerpoint",
    "1",
    "main",
    "temp",
    "test",
    "template",
    "doc",
    "paper",
    "manuscript",
];

/// Authors that are accounts or programs.
const NO_AUTHORS: &[&str] = &[
    "admin",
    "administrator",
    "user",
    "benutzer",
    "utilisateur",
    "usuario",
    "owner",
    "root",
    "guest",
    "default",
    "author",
    "autor",
    "auteur",
    "microsoft office user",
    "windows user",
    "windows-benutzer",
    "python-docx",
    "microsoft",
    "adobe",
    "scanner",
    "pc",
    "anonymous",
    "(anonymous)",
    "calibre",
    "un-named",
];

/// A stated title, if somebody chose it.
pub(super) fn credible_title(stated: &str) -> Option<String> {
    let title = values::line(stated);
    let lower = title.to_lowercase();
    let unnumbered = lower.trim_end_matches(|c: char| c.is_ascii_digit() || "-_ #().".contains(c));
    let is_file = FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending))
        || FILE_PREFIXES.iter().any(|prefix| lower.starts_with(prefix));
    let is_unchosen = UNCHOSEN.contains(&unnumbered) || UNCHOSEN.contains(&lower.as_str());
    let has_letters = title.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let is_code = !title.contains(' ') && title.contains(['_', '\\', '/', '=', '|', '@']);
    let is_credible = has_letters && !is_file && !is_unchosen && !is_code && !values::is_placeholder(&title);
    is_credible.then_some(title)
}

/// A stated author, if it is one.
pub(super) fn credible_author(stated: &str) -> Option<String> {
    let author = values::line(stated);
    let has_letters = author.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let is_credible = has_letters
        && !NO_AUTHORS.contains(&author.to_lowercase().as_str())
        && !values::is_placeholder(&author);
    is_credible.then_some(author)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_programs_are_no_titles() {
        for (stated, expected) in [
            ("The Lock at  Hatton", true),
            ("Annual Report 2009", true),
            ("1984", false),
            ("Microsoft Word - report final.doc", false),
            ("Document1", false),
            ("Untitled-3", false),
            ("paper_v2_final", false),
            ("thesis.dvi", false),
            ("untitled", false),
            ("  ", false),
            ("Wetter", true),
            ("日本の運河", true),
            ("PowerPoint-Präsentation", false),
        ] {
            assert_eq!(credible_title(stated).is_some(), expected, "{stated}");
        }
    }

    #[test]
    fn accounts_are_no_authors() {
        for (stated, expected) in [("Ann Lee", true), ("Administrator", false), ("user", false), ("x", false)]
        {
            assert_eq!(credible_author(stated).is_some(), expected, "{stated}");
        }
    }
}
