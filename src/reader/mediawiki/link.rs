//! Links of wikitext: to pages, files, categories, other languages and other wikis.

use super::inner::Inner;
use super::wiki::Wiki;

/// What a link is.
pub(super) enum Link {
    /// This text.
    Text(String),
    /// The page belongs to this category.
    Category(String),
}

/// Words among the parts of a link to a file that are no caption (MediaWiki, "Help:Images").
const FILE_WORDS: &[&str] = &[
    "thumb",
    "thumbnail",
    "mini",
    "miniatur",
    "vignette",
    "miniatura",
    "frame",
    "framed",
    "frameless",
    "border",
    "left",
    "right",
    "center",
    "centre",
    "none",
    "links",
    "rechts",
    "zentriert",
    "gauche",
    "droite",
    "centré",
    "izquierda",
    "derecha",
    "baseline",
    "middle",
    "sub",
    "super",
    "top",
    "text-top",
    "bottom",
    "text-bottom",
    "upright",
    "hochkant",
    "redresse",
    "gerahmt",
    "rahmenlos",
    "cadre",
    "muted",
    "loop",
];

/// Prefixes of links to sister wikis, whose pages are named in running text.
const SISTERS: &[&str] = &[
    "w",
    "wikipedia",
    "wikt",
    "wiktionary",
    "n",
    "wikinews",
    "s",
    "wikisource",
    "b",
    "wikibooks",
    "q",
    "wikiquote",
    "v",
    "wikiversity",
    "voy",
    "wikivoyage",
    "c",
    "commons",
    "d",
    "wikidata",
    "m",
    "meta",
    "species",
    "mw",
];

/// Reads a link.
pub(super) fn read(inner: &Inner<'_>, wiki: &Wiki) -> Link {
    let target = inner.get(0).unwrap_or_default();
    let Some((prefix, name)) = target.split_once(':') else { return Link::Text(label(inner, target)) };
    if prefix.is_empty() {
        return Link::Text(label(inner, name));
    }
    let prefix = prefix.trim().replace('_', " ").to_lowercase();
    if wiki.is_category(&prefix) {
        return Link::Category(name.trim().replace('_', " "));
    }
    Link::Text(if wiki.is_file(&prefix) {
        caption(inner)
    } else if SISTERS.contains(&prefix.as_str()) {
        label(inner, name)
    } else if is_language(&prefix) && inner.get(1).is_none() {
        String::new()
    } else {
        label(inner, target)
    })
}

/// The text of a link; `[[Foo (bar)|]]` is short for `[[Foo (bar)|Foo]]`.
fn label(inner: &Inner<'_>, target: &str) -> String {
    match inner.parts {
        [] | [_] => target.replace('_', " "),
        [_, _, ..] => match inner.rest().next_back() {
            Some("") | None => target.split(" (").next().unwrap_or_default().to_owned(),
            Some(_) => {
                let start = inner.parts.get(1).copied().unwrap_or_default();
                inner.text.get(start..).unwrap_or_default().to_owned()
            }
        },
    }
}

/// The caption of a file, a paragraph of its own.
fn caption(inner: &Inner<'_>) -> String {
    let caption = inner.rest().rfind(|part| is_caption(part)).unwrap_or_default();
    if caption.is_empty() { String::new() } else { format!("\n\n{caption}\n\n") }
}

fn is_caption(part: &str) -> bool {
    let lower = || part.to_lowercase();
    let is_size =
        part.strip_suffix("px").is_some_and(|size| size.chars().all(|c| c.is_ascii_digit() || c == 'x'));
    let is_option = part
        .split_once('=')
        .is_some_and(|(name, _)| name.trim().len() > 2 && name.trim().chars().all(char::is_alphanumeric));
    !(part.is_empty() || is_size || is_option || (part.len() < 16 && FILE_WORDS.contains(&lower().as_str())))
}

/// Whether a prefix is the code of a language: `de`, `simple`, `zh-min-nan`.
fn is_language(prefix: &str) -> bool {
    let (code, rest) = prefix.split_once('-').unwrap_or((prefix, "a"));
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    prefix == "simple" || (matches!(code.len(), 2 | 3) && is_word(code) && is_word(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_are_told_from_options() {
        for (part, expected) in [
            ("thumb", false),
            ("Rechts", false),
            ("200px", false),
            ("200x100px", false),
            ("upright=1.2", false),
            ("alt=a quay", false),
            ("The quay, 1912", true),
            ("a = b is shown", true),
            ("", false),
        ] {
            assert_eq!(is_caption(part), expected, "{part}");
        }
    }

    #[test]
    fn codes_of_languages_are_told_from_namespaces() {
        for (prefix, expected) in [
            ("de", true),
            ("zh-min-nan", true),
            ("simple", true),
            ("help", false),
            ("d1", false),
            ("de-", false),
        ] {
            assert_eq!(is_language(prefix), expected, "{prefix}");
        }
    }
}
