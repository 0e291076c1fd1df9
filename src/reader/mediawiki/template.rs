//! The templates whose text is kept. Data for the most part: a row for each way of using the arguments.

use super::inner::Inner;

/// What a template is in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// Its first argument.
    First,
    /// Its second argument.
    Second,
    /// Its last argument without a name.
    Last,
    /// Its first two arguments: a number and its unit.
    Two,
    /// Its first argument, or the one called `text`, as a paragraph.
    Quote,
    /// These characters.
    As(&'static str),
    /// These characters before its first argument.
    After(&'static str),
}

/// Templates by name, lower case.
const KEPT: &[(&[&str], Keep)] = &[
    (
        &["nowrap", "nobr", "small", "big", "smaller", "larger", "smallcaps", "sc", "em", "strong"],
        Keep::First,
    ),
    (&["abbr", "abbrev", "tooltip", "formatnum", "nombre", "formatnum:", "sub", "sup", "var"], Keep::First),
    (
        &["ill", "interlanguage link", "lien", "link-interwiki", "ship", "vanchor", "visible anchor"],
        Keep::First,
    ),
    (
        &["center", "centre", "left", "right", "noitalic", "italic", "bold", "underline", "keyboard", "kbd"],
        Keep::First,
    ),
    (
        &["lang-en", "lang-de", "lang-fr", "lang-es", "lang-it", "lang-ru", "lang-la", "lang-nl", "lang-pt"],
        Keep::First,
    ),
    (&["lang", "langue", "transl", "transliteration", "color", "font color", "colored link"], Keep::Last),
    (&["w", "wikipedia", "w-inline", "wikt", "source-inline"], Keep::Last),
    (&["convert", "cvt", "unité", "unité/2", "unit", "maß", "val"], Keep::Two),
    (
        &["quote", "blockquote", "cquote", "quotation", "quote box", "zitat", "citation bloc", "cita"],
        Keep::Quote,
    ),
    (&["–", "ndash", "en dash", "snd", "spnd", "spaced ndash"], Keep::As(" – ")),
    (&["—", "mdash", "em dash", "spaced mdash"], Keep::As(" — ")),
    (&["="], Keep::As("=")),
    (&["'"], Keep::As("'")),
    (&["nbsp", "space", "sp"], Keep::As(" ")),
    (&["as of"], Keep::After("as of ")),
    (&["circa", "c.", "ca.", "ca"], Keep::After("c. ")),
    (&["frac"], Keep::Second),
];

/// Names of the template that states the day of a news item on the editions of Wikinews.
const DATES: &[&str] = &["date", "datum", "fecha", "data", "дата", "dátum", "päiväys", "tarih"];

/// Names of the argument that states it.
const DATE_ARGUMENTS: &[&str] = &["date", "datum", "fecha", "data"];

/// Names of the template with the place and day of a news item.
const BYLINES: &[&str] = &["byline", "dateline"];

/// The text that a template is replaced by; nothing for one that is not known.
pub(super) fn text(inner: &Inner<'_>) -> String {
    let name = name(inner);
    if let Some(argument) = name.strip_prefix("formatnum:") {
        return argument.to_owned();
    }
    let known = KEPT.iter().find(|(names, _)| names.contains(&name.as_str()));
    let Some((_, keep)) = known else { return String::new() };
    let argument = |place| inner.unnamed(place).unwrap_or_default();
    match keep {
        Keep::First => argument(1).to_owned(),
        Keep::Second => [argument(1), argument(2)].join("/"),
        Keep::Last => last(inner).to_owned(),
        Keep::Two => [argument(1), argument(2)].join(" "),
        Keep::Quote => {
            let quoted = inner.named(&["text", "quote"]).or_else(|| inner.unnamed(1)).unwrap_or_default();
            format!("\n\n{quoted}\n\n")
        }
        Keep::As(text) => (*text).to_owned(),
        Keep::After(before) => format!("{before}{}", argument(1)),
    }
}

fn last<'a>(inner: &Inner<'a>) -> &'a str {
    inner.rest().rfind(|part| !part.is_empty() && !part.contains('=')).unwrap_or_default()
}

/// The day that a template states for the whole page, as written.
pub(super) fn date(inner: &Inner<'_>) -> Option<String> {
    let name = name(inner);
    let stated = if DATES.contains(&name.as_str()) {
        inner.named(DATE_ARGUMENTS).map(str::to_owned).or_else(|| Some(joined(inner)))
    } else if BYLINES.contains(&name.as_str()) {
        inner.named(DATE_ARGUMENTS).map(str::to_owned)
    } else {
        None
    };
    stated.filter(|stated| !stated.is_empty())
}

// `{{date|3|mars|2005}}` has a part in each argument.
fn joined(inner: &Inner<'_>) -> String {
    let parts: Vec<&str> = (1..=3).filter_map(|place| inner.unnamed(place)).collect();
    parts.join(" ")
}

// Blanks and `_` are the same; the first letter's case does not matter, and hardly ever that of the others.
fn name(inner: &Inner<'_>) -> String {
    let name = inner.get(0).unwrap_or_default();
    let short = &name[..name.floor_char_boundary(64)];
    short.to_lowercase().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner_of<R>(source: &str, with: impl Fn(&Inner<'_>) -> R) -> R {
        let bars = source.bytes().enumerate().filter(|(_, byte)| *byte == b'|').map(|(at, _)| at + 1);
        let parts: Vec<usize> = std::iter::once(0).chain(bars).collect();
        with(&Inner { text: source, parts: &parts })
    }

    #[test]
    fn some_templates_are_text() {
        for (source, expected) in [
            ("lang|fr|mot|italic=no", "mot"),
            ("Nowrap|1=a = b", "a = b"),
            ("frac|1|2", "1/2"),
            ("As of|2010", "as of 2010"),
            ("quote|text=So be it|author=A", "\n\nSo be it\n\n"),
            ("w|United Kingdom|UK", "UK"),
            ("w|Perth", "Perth"),
            ("formatnum:1234", "1234"),
            ("infobox|a=b", ""),
            ("", ""),
        ] {
            assert_eq!(inner_of(source, text), expected, "{source}");
        }
    }

    #[test]
    fn a_day_is_stated_in_several_ways() {
        for (source, expected) in [
            ("date|May 3, 2005", Some("May 3, 2005")),
            ("Date|3|mars|2005", Some("3 mars 2005")),
            ("byline|date=May 3, 2005|location=PERTH", Some("May 3, 2005")),
            ("date|", None),
            ("cite|date=2005", None),
        ] {
            assert_eq!(inner_of(source, date).as_deref(), expected, "{source}");
        }
    }
}
