//! What a dump says of the wiki that it comes from.

/// Names that every wiki knows for files, and those of old dumps without a list of namespaces.
const FILES: &[&str] =
    &["file", "image", "media", "datei", "bild", "fichier", "archivo", "immagine", "ficheiro", "файл"];

/// The same for categories.
const CATEGORIES: &[&str] = &[
    "category",
    "kategorie",
    "catégorie",
    "categoría",
    "categoria",
    "категория",
    "categorie",
    "kategoria",
    "分类",
];

/// The wiki.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wiki {
    /// Its language.
    pub(super) language: Option<String>,
    /// The address of its main page.
    pub(super) base: Option<String>,
    /// Its namespaces: number and name in lower case.
    pub(super) namespaces: Vec<(i64, String)>,
}

/// The namespaces of files and of categories (MediaWiki, "Manual:Namespace").
const FILE: i64 = 6;
const CATEGORY: i64 = 14;

impl Wiki {
    /// Whether a prefix, in lower case, is that of files.
    pub(super) fn is_file(&self, prefix: &str) -> bool {
        FILES.contains(&prefix) || self.number(prefix) == Some(FILE)
    }

    /// Whether a prefix, in lower case, is that of categories.
    pub(super) fn is_category(&self, prefix: &str) -> bool {
        CATEGORIES.contains(&prefix) || self.number(prefix) == Some(CATEGORY)
    }

    /// The number of the namespace that a title lies in, by its prefix.
    pub(super) fn namespace(&self, title: &str) -> i64 {
        let prefix = title.split_once(':').map(|(prefix, _)| prefix.to_lowercase());
        prefix.and_then(|prefix| self.number(&prefix)).unwrap_or(0)
    }

    fn number(&self, name: &str) -> Option<i64> {
        let named = |(_, known): &&(i64, String)| !known.is_empty() && known == name;
        self.namespaces.iter().find(named).map(|(number, _)| *number)
    }

    /// The address of the page of that title: that of the main page with another title at its end.
    pub(super) fn address(&self, title: &str) -> Option<String> {
        let base = self.base.as_deref()?;
        let end = base.find("/wiki/").map(|at| at + "/wiki/".len());
        let end = end.or_else(|| base.rfind(['/', '=']).map(|at| at + 1))?;
        let mut address = base[..end].to_owned();
        for byte in title.bytes() {
            match byte {
                b' ' => address.push('_'),
                b if b.is_ascii_alphanumeric() || b"-_.~;@$!*(),/:".contains(&b) => {
                    address.push(char::from(b))
                }
                b => address.push_str(&format!("%{b:02X}")),
            }
        }
        Some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_addresses() {
        for (base, title, expected) in [
            (
                "https://w.example/wiki/Main_Page",
                "Port of Perth",
                Some("https://w.example/wiki/Port_of_Perth"),
            ),
            ("https://w.example/wiki/Main/de", "Wer? Ä", Some("https://w.example/wiki/Wer%3F_%C3%84")),
            ("http://w.example/index.php?title=Home", "A&B", Some("http://w.example/index.php?title=A%26B")),
            ("nothing", "A", None),
        ] {
            let wiki = Wiki { base: Some(base.to_owned()), ..Wiki::default() };
            assert_eq!(wiki.address(title).as_deref(), expected, "{base}");
        }
    }

    #[test]
    fn titles_lie_in_namespaces() {
        let wiki =
            Wiki { namespaces: vec![(0, String::new()), (14, "kategori".to_owned())], ..Wiki::default() };
        assert_eq!(
            [wiki.namespace("Kategori:X"), wiki.namespace(": x"), wiki.namespace("Mood: blue")],
            [14, 0, 0]
        );
        assert!(wiki.is_category("kategori") && wiki.is_category("category") && !wiki.is_category(""));
    }
}
