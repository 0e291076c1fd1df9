//! The names by which sources call what they state.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a named value says of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// The title.
    Title,
    /// The text.
    Body,
    /// Summary or standfirst.
    Description,
    /// Publication date.
    Date,
    /// Tags.
    Tag,
    /// Categories or sections.
    Section,
    /// Authors.
    Author,
    /// Canonical URL.
    Url,
    /// Declared id.
    Id,
    /// Declared language.
    Language,
}

use Property::{Author, Body, Date, Description, Id, Language, Section, Tag, Title, Url};

/// The names by which sources call each property: lower case, without `-`, `_` and blanks; the surest name first.
pub const NAMES: &[(&str, Property)] = &[
    ("title", Title),
    ("headline", Title),
    ("body", Body),
    ("articlebody", Body),
    ("fulltext", Body),
    ("text", Body),
    ("content", Body),
    ("contenttext", Body),
    ("contenthtml", Body),
    ("article", Body),
    ("html", Body),
    ("description", Description),
    ("summary", Description),
    ("excerpt", Description),
    ("abstract", Description),
    ("standfirst", Description),
    ("deck", Description),
    ("subtitle", Description),
    ("lead", Description),
    ("date", Date),
    ("published", Date),
    ("datepublished", Date),
    ("publisheddate", Date),
    ("publishedat", Date),
    ("publishedon", Date),
    ("publishdate", Date),
    ("publicationdate", Date),
    ("pubdate", Date),
    ("posted", Date),
    ("created", Date),
    ("createdat", Date),
    ("datecreated", Date),
    ("timestamp", Date),
    ("tags", Tag),
    ("tag", Tag),
    ("keywords", Tag),
    ("topics", Tag),
    ("topic", Tag),
    ("categories", Section),
    ("category", Section),
    ("section", Section),
    ("sections", Section),
    ("primary", Section),
    ("author", Author),
    ("authors", Author),
    ("byline", Author),
    ("by", Author),
    ("creator", Author),
    ("canonicalurl", Url),
    ("canonical", Url),
    ("url", Url),
    ("permalink", Url),
    ("link", Url),
    ("id", Id),
    ("guid", Id),
    ("uuid", Id),
    ("lang", Language),
    ("language", Language),
    ("locale", Language),
    // As tables and databases name them.
    ("headlinetext", Title),
    ("articletitle", Title),
    ("posttitle", Title),
    ("bodytext", Body),
    ("articletext", Body),
    ("maintext", Body),
    ("postcontent", Body),
    ("posttext", Body),
    ("postdate", Date),
    ("datetime", Date),
    ("authorname", Author),
    ("authornames", Author),
    ("writer", Author),
    ("taglist", Tag),
    ("keyword", Tag),
    ("subjects", Tag),
    // In other languages.
    ("titel", Title),
    ("überschrift", Title),
    ("titre", Title),
    ("título", Title),
    ("titulo", Title),
    ("titolo", Title),
    ("tytuł", Title),
    ("заголовок", Title),
    ("标题", Title),
    ("標題", Title),
    ("タイトル", Title),
    ("inhalt", Body),
    ("texte", Body),
    ("contenu", Body),
    ("texto", Body),
    ("contenido", Body),
    ("conteúdo", Body),
    ("testo", Body),
    ("tekst", Body),
    ("treść", Body),
    ("текст", Body),
    ("内容", Body),
    ("內容", Body),
    ("正文", Body),
    ("本文", Body),
    ("zusammenfassung", Description),
    ("résumé", Description),
    ("resumen", Description),
    ("resumo", Description),
    ("摘要", Description),
    ("datum", Date),
    ("fecha", Date),
    ("data", Date),
    ("дата", Date),
    ("日期", Date),
    ("日付", Date),
    ("schlagwörter", Tag),
    ("schlagworte", Tag),
    ("motsclés", Tag),
    ("motscles", Tag),
    ("etiquetas", Tag),
    ("trefwoorden", Tag),
    ("теги", Tag),
    ("标签", Tag),
    ("標籤", Tag),
    ("タグ", Tag),
    ("ressort", Section),
    ("rubrik", Section),
    ("kategorie", Section),
    ("rubrique", Section),
    ("catégorie", Section),
    ("sección", Section),
    ("categoría", Section),
    ("seção", Section),
    ("sezione", Section),
    ("рубрика", Section),
    ("autor", Author),
    ("autoren", Author),
    ("verfasser", Author),
    ("auteur", Author),
    ("auteurs", Author),
    ("autores", Author),
    ("autore", Author),
    ("автор", Author),
    ("作者", Author),
    ("著者", Author),
    ("sprache", Language),
    ("langue", Language),
    ("idioma", Language),
    ("语言", Language),
];

/// Where each name stands in the table: every key of every record is looked up.
static RANKS: LazyLock<HashMap<&[u8], usize>> = LazyLock::new(|| {
    let mut ranks = HashMap::new();
    for (rank, (name, _)) in NAMES.iter().enumerate() {
        ranks.entry(name.as_bytes()).or_insert(rank);
    }
    ranks
});

/// The members of an object that stand for it where a text is wanted, surest first.
const FACES: &[&str] =
    &["rendered", "name", "title", "label", "value", "text", "html", "href", "url", "term"];

/// What a name means and how sure it is: a lower rank is surer.
///
/// Case of ASCII letters and joints do not matter, so `datePublished` and `date_published` are one name.
pub fn property(name: &str) -> Option<(usize, Property)> {
    let mut letters = [0; 24];
    let mut length = 0;
    for letter in letters_of(name) {
        *letters.get_mut(length)? = letter;
        length += 1;
    }
    let letters = &letters[..length];
    let rank = *RANKS.get(letters)?;
    Some((rank, NAMES[rank].1))
}

/// Whether two names differ at most in case, `-`, `_` and blanks.
pub fn same_name(a: &str, b: &str) -> bool {
    letters_of(a).eq(letters_of(b))
}

fn letters_of(name: &str) -> impl Iterator<Item = u8> + '_ {
    let is_joint = |byte: &u8| matches!(byte, b'-' | b'_' | b' ' | b'.' | b':' | b'(' | b')');
    name.bytes().filter(move |byte| !is_joint(byte)).map(|byte| byte.to_ascii_lowercase())
}

/// Whether a member of this name can stand for its object where a text is wanted, as `name` for an author.
pub fn is_face(name: &str) -> bool {
    FACES.iter().any(|face| same_name(face, name))
}

/// Which of the members of an object stands for it.
pub fn face<T>(members: &[(Cow<'_, str>, T)]) -> Option<usize> {
    FACES.iter().find_map(|face| members.iter().position(|(name, _)| same_name(face, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_depend_on_case_and_joints() {
        for (name, expected) in [
            ("datePublished", Some(Date)),
            ("date_published", Some(Date)),
            ("Pub-Date", Some(Date)),
            ("_id", Some(Id)),
            ("TITLE", Some(Title)),
            ("Body Text", Some(Body)),
            ("Author(s)", Some(Author)),
            ("Schlagwörter", Some(Tag)),
            ("標題", Some(Title)),
            ("slug", None),
            ("a name much longer than any in the table", None),
            ("", None),
        ] {
            assert_eq!(property(name).map(|(_, property)| property), expected, "{name}");
        }
    }

    #[test]
    fn every_name_of_the_table_is_found() {
        for (rank, (name, expected)) in NAMES.iter().enumerate() {
            assert_eq!(property(name), Some((rank, *expected)), "{name}");
        }
    }
}
