//! Words around a date that say what it is the date of.

/// Words before a date of publication, lower case.
const PUBLISHED: &[&str] = &[
    "date of publication",
    "publication date",
    "first published on",
    "first published",
    "originally published on",
    "originally published",
    "published online",
    "published on",
    "published at",
    "published",
    "posted on",
    "posted at",
    "posted",
    "released on",
    "release date",
    "released",
    "issued on",
    "issued",
    "date published",
    "date posted",
    "dated",
    "date",
    "on",
    "erschienen am",
    "erschienen",
    "veröffentlicht am",
    "veröffentlicht",
    "erstellt am",
    "vom",
    "datum",
    "publié le",
    "mis en ligne le",
    "paru le",
    "date de publication",
    "publicado el",
    "publicado em",
    "publicada em",
    "publicado",
    "fecha de publicación",
    "fecha",
    "data de publicação",
    "data",
    "pubblicato il",
    "pubblicato",
    "gepubliceerd op",
    "gepubliceerd",
    "geplaatst op",
    "opublikowano",
    "data publikacji",
    "опубликовано",
    "дата публикации",
    "дата",
    "опубліковано",
    "zveřejněno",
    "publikováno",
    "publicerad den",
    "publicerad",
    "publicerat",
    "publisert",
    "offentliggjort",
    "udgivet",
    "julkaistu",
    "yayın tarihi",
    "yayınlanma tarihi",
    "δημοσιεύτηκε",
    "δημοσιεύθηκε",
    "publicat pe",
    "publicat",
    "közzétéve",
    "megjelent",
    "掲載日",
    "公開日",
    "投稿日",
    "発行日",
    "发布时间",
    "发布于",
    "發佈時間",
    "發布日期",
    "发表于",
    "게시일",
    "발행일",
    "입력",
];

/// Words before a date of another kind, lower case: what was first published on another day was changed on this one.
const CHANGED: &[&str] = &[
    "last updated",
    "updated",
    "update",
    "last modified",
    "modified",
    "edited",
    "revised",
    "aktualisiert",
    "stand",
    "geändert",
    "mis à jour",
    "mise à jour",
    "modifié",
    "actualizado",
    "atualizado",
    "aggiornato",
    "bijgewerkt",
    "zaktualizowano",
    "aktualizacja",
    "обновлено",
    "оновлено",
    "aktualizováno",
    "uppdaterad",
    "oppdatert",
    "opdateret",
    "päivitetty",
    "güncelleme",
    "ενημερώθηκε",
    "actualizat",
    "frissítve",
    "更新",
    "最終更新",
    "수정",
];

/// The date of publication in a text that says so: without the words before it, and without a later date of change.
pub(super) fn published(text: &str) -> Option<&str> {
    let text = without_change(text);
    let labelled = PUBLISHED.iter().filter_map(|label| behind(text, label));
    let text = labelled.min_by_key(|rest| rest.len()).unwrap_or(text);
    (!text.is_empty()).then_some(text)
}

/// What stands behind a word and its colon or blank.
fn behind<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let rest = strip_prefix_in_any_case(text, label)?;
    let separated = rest.trim_start_matches([':', '：', ' ', '\u{a0}', '.']);
    let unspaced = label.chars().next_back().is_some_and(|last| last >= '\u{2e80}');
    (separated.len() < rest.len() || unspaced).then_some(separated)
}

fn strip_prefix_in_any_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in prefix.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(std::iter::once(wanted)) {
            return None;
        }
    }
    Some(rest.as_str())
}

/// `17 May 2019, updated 3 June 2019` without the second half.
fn without_change(text: &str) -> &str {
    let marks = text.match_indices([',', '|', ';', '·', '•', '(', '–', '—', ' ']);
    let change = marks.into_iter().find(|(at, mark)| {
        let rest = text[at + mark.len()..].trim_start();
        let changed = CHANGED.iter().find_map(|word| behind(rest, word));
        changed.is_some_and(|date| date.contains(|c: char| c.is_numeric()))
    });
    change.map_or(text, |(at, _)| {
        text[..at].trim_end_matches([' ', ',', '|', ';', '·', '•', '(', '–', '—', '-'])
    })
}
