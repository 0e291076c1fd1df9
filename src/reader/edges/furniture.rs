//! The lines of a page that are not its article: sharing prompts, comment forms, menus, notices.
//!
//! Only whole short lines that stand alone are furniture; in doubt a line is kept.

/// The most characters of a line of furniture.
const MAX_CHARS: usize = 90;

/// How a pattern is compared with a line in lower case, without marks at its ends.
#[derive(Debug, Clone, Copy)]
enum Match {
    /// It is the line.
    Is,
    /// The line begins with it.
    Begins,
}

use Match::{Begins, Is};

/// What is written on pages around articles, in English, German, French, Spanish and Japanese, some in
/// Italian, Polish, Dutch and Russian.
const PATTERNS: &[(Match, &[&str])] = &[
    // Sharing and following.
    (
        Begins,
        &[
            "please follow and like us",
            "click to share on",
            "click to email",
            "click to print",
            "follow us on",
            "like us on",
            "find us on facebook",
            "share on facebook",
            "share on twitter",
            "share this article",
            "share this story",
            "share this post",
            "auf facebook teilen",
            "auf twitter teilen",
            "folgen sie uns",
            "partager sur",
            "suivez-nous",
            "compartir en",
            "síguenos en",
            "haz clic para compartir",
            "klick, um",
            "cliquez pour partager",
            "reading time:",
            "lesezeit:",
            "temps de lecture",
            "tiempo de lectura",
            "tempo di lettura",
            "読了時間",
        ],
    ),
    (
        Is,
        &[
            "share this",
            "share",
            "shares",
            "like this",
            "like loading",
            "loading",
            "tweet",
            "pin it",
            "artikel teilen",
            "teilen",
            "teilen mit",
            "gefällt mir",
            "wird geladen",
            "partager",
            "partager cet article",
            "j’aime ça",
            "j'aime ça",
            "chargement",
            "compartir",
            "comparte esto",
            "me gusta",
            "cargando",
            "シェア",
            "シェアする",
            "condividi",
            "delen",
            "udostępnij",
            "поделиться",
        ],
    ),
    // Comments.
    (
        Begins,
        &[
            "be the first to start a conversation",
            "be the first to comment",
            "your email address will not be published",
        ],
    ),
    (
        Is,
        &[
            "no comments",
            "no comments yet",
            "add a comment",
            "add comment",
            "post a comment",
            "view comments",
            "comments are closed",
            "keine kommentare",
            "kommentare",
            "aucun commentaire",
            "commentaires",
            "sin comentarios",
            "コメントはありません",
            "コメントを書く",
            "コメントする",
            "コメント",
            "nessun commento",
            "brak komentarzy",
            "geen reacties",
            "нет комментариев",
            "comentarios",
            "cancel reply",
            "log in to reply",
        ],
    ),
    // More of the site.
    (
        Is,
        &[
            "read more",
            "continue reading",
            "weiterlesen",
            "lire la suite",
            "leer más",
            "seguir leyendo",
            "skip to content",
            "skip to main content",
            "zum inhalt springen",
            "aller au contenu",
            "saltar al contenido",
            "back to top",
            "nach oben",
            "haut de page",
            "volver arriba",
            "menu",
            "print this page",
            "print this article",
            "email this article",
            "drucken",
            "imprimer",
            "imprimir",
            "artikel drucken",
            "imprimer cet article",
            "imprimir artículo",
            "印刷する",
        ],
    ),
    // Sales.
    (
        Begins,
        &[
            "subscribe to our newsletter",
            "sign up for our newsletter",
            "sign up for the newsletter",
            "subscribe to our mailing list",
            "abonnieren sie unseren newsletter",
            "newsletter abonnieren",
            "inscrivez-vous à notre newsletter",
            "abonnez-vous à notre",
            "suscríbete a nuestro",
            "suscríbase a nuestro",
        ],
    ),
    (
        Is,
        &[
            "advertisement",
            "advertisements",
            "sponsored content",
            "anzeige",
            "werbung",
            "publicité",
            "publicidad",
            "anuncio",
        ],
    ),
    // Notices.
    (
        Begins,
        &[
            "copyright ©",
            "©",
            "copyright (c)",
            "this site uses cookies",
            "this website uses cookies",
            "we use cookies",
            "diese website verwendet cookies",
            "diese seite verwendet cookies",
            "ce site utilise des cookies",
            "nous utilisons des cookies",
            "este sitio usa cookies",
            "este sitio web utiliza cookies",
            "utilizamos cookies",
        ],
    ),
    (
        Is,
        &[
            "all rights reserved",
            "alle rechte vorbehalten",
            "tous droits réservés",
            "todos los derechos reservados",
            "accept cookies",
            "accept all cookies",
            "cookie settings",
            "privacy policy",
            "terms of use",
        ],
    ),
];

/// Headings above the titles of other articles.
const RELATED: &[&str] = &[
    "related",
    "related posts",
    "related articles",
    "related stories",
    "you may also like",
    "more stories",
    "mehr zum thema",
    "lesen sie auch",
    "das könnte sie auch interessieren",
    "à lire aussi",
    "lire aussi",
    "articles liés",
    "artículos relacionados",
    "te puede interesar",
    "auch interessant",
    "également à lire",
    "también te puede interesar",
    "関連記事",
    "あわせて読みたい",
    "leggi anche",
    "lees ook",
    "czytaj także",
    "читайте также",
];

/// Words of menus and rows of buttons; a row is furniture when it has two or more and nothing else.
const BUTTONS: &[&str] = &[
    "home",
    "about",
    "about us",
    "contact",
    "contact us",
    "news",
    "archive",
    "archives",
    "search",
    "login",
    "log in",
    "sign in",
    "sign up",
    "register",
    "subscribe",
    "menu",
    "print",
    "email",
    "e-mail",
    "facebook",
    "twitter",
    "x",
    "google",
    "google+",
    "pinterest",
    "linkedin",
    "reddit",
    "tumblr",
    "whatsapp",
    "telegram",
    "instagram",
    "youtube",
    "pocket",
    "share",
    "tweet",
    "rss",
    "more",
    "blog",
    "faq",
    "help",
    "privacy",
    "terms",
    "sitemap",
    "startseite",
    "über uns",
    "kontakt",
    "impressum",
    "datenschutz",
    "drucken",
    "suche",
    "accueil",
    "à propos",
    "recherche",
    "imprimer",
    "teilen",
    "partager",
    "courriel",
    "compartir",
    "correo",
    "シェア",
    "line",
    "condividi",
    "delen",
    "udostępnij",
    "поделиться",
    "inicio",
    "sobre nosotros",
    "acerca de",
    "contacto",
    "buscar",
    "imprimir",
    "next",
    "previous",
    "politics",
    "sport",
    "sports",
    "business",
    "opinion",
];

/// What is between the words of a menu.
const SEPARATORS: &[char] = &['|', '·', '•', '»', '›', '/', '*'];

/// Headings of comment sections, without their number.
const COMMENT_HEADINGS: &[&str] = &[
    "comments",
    "comment",
    "responses",
    "response",
    "replies",
    "thoughts on",
    "leave a reply",
    "leave a comment",
    "post a comment",
    "kommentare",
    "kommentar",
    "schreibe einen kommentar",
    "kommentar verfassen",
    "einen kommentar hinterlassen",
    "commentaires",
    "commentaire",
    "laisser un commentaire",
    "comentarios",
    "comentario",
    "deja un comentario",
    "deja una respuesta",
    "kommentar schreiben",
    "lascia un commento",
    "dodaj komentarz",
];

/// What the first page of a site is called in its menus.
const HOMES: &[&str] = &[
    "home",
    "archive home",
    "main",
    "startseite",
    "accueil",
    "portada",
    "inicio",
    "ホーム",
    "strona główna",
    "главная",
    "sections",
];

/// Whether a line that stands alone is furniture.
pub(super) fn is_furniture(line: &str) -> bool {
    let line = line.trim();
    if line.chars().take(MAX_CHARS + 1).count() > MAX_CHARS {
        return false;
    }
    let plain = plain(line);
    is_pattern(&plain)
        || RELATED.contains(&plain.as_str())
        || is_row_of_buttons(&plain)
        || is_menu(&plain)
        || is_comment_heading(line)
}

/// Whether a line is furniture only beside other furniture: a single button, a rule.
pub(super) fn is_weak_furniture(line: &str) -> bool {
    let line = line.trim();
    let short = line.len() <= MAX_CHARS;
    short
        && (line.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '—'))
            || BUTTONS.contains(&plain(line).as_str()))
}

/// Whether a line announces other articles: `Related`, `Lesen Sie auch:`.
pub(super) fn is_related_heading(line: &str) -> bool {
    line.len() <= MAX_CHARS && RELATED.contains(&plain(line).as_str())
}

/// Whether a line offers places to share the page: `Share: Facebook | X`. Such a line is no text anywhere.
pub(super) fn is_row_of_links(line: &str) -> bool {
    line.len() <= 2 * MAX_CHARS && is_labelled_row(&plain(line))
}

/// Whether a line is the first entry of a menu that has a line for each.
pub(super) fn is_home(line: &str) -> bool {
    line.len() <= MAX_CHARS && HOMES.contains(&plain(line).as_str())
}

/// Whether a line begins the comments of a page: `3 Comments`, `Leave a reply`.
pub(super) fn is_comment_heading(line: &str) -> bool {
    let plain = plain(line);
    let unnumbered =
        plain.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.')).trim_start();
    let numbered = unnumbered.len() < plain.len();
    COMMENT_HEADINGS.iter().any(|heading| match unnumbered.strip_prefix(heading) {
        Some("") => numbered || heading.contains(' '),
        Some(rest) => {
            rest.starts_with([' ', ':']) && rest.chars().count() <= 50 && (numbered || is_form(heading, rest))
        }
        None => false,
    })
}

// "Leave a reply Cancel reply": a form, not a sentence that begins like one.
fn is_form(heading: &str, rest: &str) -> bool {
    heading.contains(' ')
        && ["cancel", "abbrechen", "antworten", "annuler", "cancelar"].iter().any(|word| rest.contains(word))
}

fn plain(line: &str) -> String {
    line.trim()
        .to_lowercase()
        .trim_matches(|c: char| matches!(c, ':' | '.' | '…' | '!' | '>' | '<' | '-' | ' ' | '[' | ']'))
        .to_owned()
}

fn is_pattern(plain: &str) -> bool {
    PATTERNS.iter().any(|(how, patterns)| match how {
        Is => patterns.contains(&plain),
        Begins => patterns.iter().any(|pattern| plain.starts_with(pattern)),
    })
}

fn is_row_of_buttons(plain: &str) -> bool {
    if is_labelled_row(plain) {
        return true;
    }
    let separated = plain.contains(SEPARATORS);
    let words: Vec<&str> =
        if separated { parts(plain).collect() } else { plain.split_whitespace().collect() };
    let known = words.iter().filter(|word| BUTTONS.contains(word)).count();
    // A menu with its own marks may have a word or two of its own.
    known >= 2 && (known == words.len() || separated && known * 3 >= words.len() * 2)
}

/// `Share: Facebook | X`.
fn is_labelled_row(plain: &str) -> bool {
    let Some((label, row)) = plain.split_once([':', '：']) else { return false };
    BUTTONS.contains(&label.trim())
        && parts(row).next().is_some()
        && parts(row).all(|part| BUTTONS.contains(&part))
}

/// A row of short entries that begins at the front page: a menu, or the way to this page.
fn is_menu(plain: &str) -> bool {
    let is_entry = |entry: &str| entry.split_whitespace().count() <= 3;
    parts(plain).next().is_some_and(|first| HOMES.contains(&first))
        && parts(plain).count() >= 3
        && parts(plain).all(is_entry)
}

fn parts(row: &str) -> impl Iterator<Item = &str> {
    row.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn furniture_is_told_from_prose() {
        for (line, expected) in [
            ("Please follow and like us:", true),
            ("No Comments", true),
            ("12 Comments", true),
            ("Be the first to start a conversation", true),
            ("Leave a Reply Cancel reply", true),
            ("Share this:", true),
            ("Click to share on Facebook (Opens in new window)", true),
            ("Like this:", true),
            ("Loading…", true),
            ("Loading...", true),
            ("Print Email Facebook Twitter", true),
            ("Home | About | Contact", true),
            ("Home » News » Archive", true),
            ("Copyright © 2011 The Paper", true),
            ("Alle Rechte vorbehalten.", true),
            ("Lire la suite", true),
            ("Teilen: Facebook | X | WhatsApp | E-Mail", true),
            ("シェア：Facebook | X | LINE", true),
            ("Startseite | Region | Sport | Kultur | Archiv | Abo", true),
            ("Portada › Hemeroteca › Provincia", true),
            ("© Stadtzeitung Südwest. Alle Rechte vorbehalten.", true),
            ("Temps de lecture : 2 min", true),
            ("コメントはありません", true),
            ("Related", true),
            ("[ News | Sport | Search ]", true),
            ("コメントを書く", true),
            ("Share: the farmers want theirs", false),
            ("Comments on the budget were few.", false),
            ("Related parties must disclose their interests.", false),
            ("Share prices fell.", false),
            ("Home", false),
            ("Contact with the aircraft was lost at noon.", false),
            (
                "We use cookies and milk for the recipe, and then we wait for a long while until it is all quite done",
                false,
            ),
            ("3 comments he made on Monday and the long debate that followed them in the chamber", false),
            ("Responses", false),
            ("", false),
        ] {
            assert_eq!(is_furniture(line), expected, "{line}");
        }
    }
}
