//! TOML files to a checked [`Schema`]: the embedded default, a folder of one's own, or the copy inside an index.
//!
//! Every error names the file and the key, and the nearest key that exists.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::language::Language;
use crate::analysis::stem::Stemmer;
use crate::schema::{Field, FieldName, Kind, LanguageRules, Property, Schema};

/// Counts every change of the program that makes other terms, or other positions, of the same text.
const ANALYSIS_VERSION: u32 = 3;

/// Why a declaration was refused.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A file cannot be read.
    #[error("cannot read {path}: {cause}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{file}: {message}")]
    Invalid {
        /// Which file.
        file: String,
        /// What is wrong, with the key.
        message: String,
    },
}

fn invalid(file: &str, message: impl Into<String>) -> SchemaError {
    SchemaError::Invalid { file: file.to_owned(), message: message.into() }
}

const ARTICLE: &str = "article.toml";
const ANALYZERS: &str = "analyzers.toml";

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../index_schema/", $name)))),*]
    };
}

/// The folder `index_schema`, inside the program.
const EMBEDDED: &[(&str, &str)] = embedded![
    "article.toml",
    "analyzers.toml",
    "stopwords/ar.txt",
    "stopwords/ca.txt",
    "stopwords/cs.txt",
    "stopwords/da.txt",
    "stopwords/de.txt",
    "stopwords/el.txt",
    "stopwords/en.txt",
    "stopwords/es.txt",
    "stopwords/fa.txt",
    "stopwords/fi.txt",
    "stopwords/fr.txt",
    "stopwords/hi.txt",
    "stopwords/hu.txt",
    "stopwords/it.txt",
    "stopwords/nb.txt",
    "stopwords/nl.txt",
    "stopwords/pl.txt",
    "stopwords/pt.txt",
    "stopwords/ro.txt",
    "stopwords/ru.txt",
    "stopwords/sv.txt",
    "stopwords/tr.txt",
    "stopwords/uk.txt",
];

/// A resolved declaration as it is kept inside an index: everything that decides how an article is indexed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Declaration {
    analysis: u32,
    article: ArticleFile,
    analyzers: AnalyzersFile,
    /// By language. One text for each, since every query reads the declaration, and hardly any needs the words.
    stop_words: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticleFile {
    default_field: String,
    field: Vec<FieldEntry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldEntry {
    name: String,
    kind: KindName,
    from: From,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    weights: BTreeMap<String, u32>,
    #[serde(default)]
    stem: bool,
    #[serde(default)]
    words: bool,
    hierarchy: Option<char>,
    facet: Option<usize>,
    #[serde(default)]
    help: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KindName {
    Text,
    Keyword,
    Path,
    Date,
    Number,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum From {
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnalyzersFile {
    undetermined: Option<String>,
    language: BTreeMap<String, LanguageEntry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageEntry {
    #[serde(default)]
    stem: bool,
    stop_words: Option<String>,
}

impl Declaration {
    /// The declaration that the program carries.
    pub fn embedded() -> Result<Declaration, SchemaError> {
        Declaration::read(|name| {
            let found = EMBEDDED.iter().find(|(file, _)| *file == name);
            let (_, text) = found.ok_or_else(|| invalid(name, "there is no such file in the program"))?;
            Ok((*text).to_owned())
        })
    }

    /// The declaration in a folder with the files of `index_schema`.
    pub fn in_folder(folder: &Path) -> Result<Declaration, SchemaError> {
        Declaration::read(|name| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).map_err(|cause| SchemaError::Unreadable { path, cause })
        })
    }

    fn read(open: impl Fn(&str) -> Result<String, SchemaError>) -> Result<Declaration, SchemaError> {
        let article: ArticleFile = from_toml(ARTICLE, &open(ARTICLE)?)?;
        let analyzers: AnalyzersFile = from_toml(ANALYZERS, &open(ANALYZERS)?)?;
        let mut stop_words = BTreeMap::new();
        for (code, entry) in &analyzers.language {
            if let Some(file) = &entry.stop_words {
                stop_words.insert(code.clone(), word_list(&open(file)?));
            }
        }
        Ok(Declaration { analysis: ANALYSIS_VERSION, article, analyzers, stop_words })
    }

    /// Sixteen hexadecimal digits that differ when anything does that decides how an article is indexed.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_string(self).expect("a declaration holds only strings and numbers");
        format!("{:016x}", xxh3_64(text.as_bytes()))
    }

    /// Whether this program would make the same terms of the same text.
    pub fn is_current(&self) -> bool {
        self.analysis == ANALYSIS_VERSION
    }

    /// What differs between the declaration of an index and this one, in words; empty when nothing does.
    pub fn differences(&self, indexed: &Declaration) -> Vec<String> {
        let mut differing = Vec::new();
        let (now, then) = (&self.article.field, &indexed.article.field);
        let names = now.iter().chain(then).map(|field| field.name.as_str());
        for name in std::collections::BTreeSet::from_iter(names) {
            let find = |fields: &[FieldEntry]| fields.iter().find(|field| field.name == name).cloned();
            match (find(now), find(then)) {
                (Some(a), Some(b)) if a == b => {}
                (Some(_), Some(_)) => differing.push(format!("field {name} changed")),
                (Some(_), None) => differing.push(format!("field {name} is new")),
                (None, _) => differing.push(format!("field {name} is gone")),
            }
        }
        if differing.is_empty() && now != then {
            differing.push("the order of the fields".to_owned());
        }
        if self.article.default_field != indexed.article.default_field {
            differing.push("default_field".to_owned());
        }
        if self.analyzers != indexed.analyzers || self.stop_words != indexed.stop_words {
            differing.push("analyzers and stop words".to_owned());
        }
        if self.analysis != indexed.analysis {
            differing.push(format!("word analysis {} instead of {}", self.analysis, indexed.analysis));
        }
        differing
    }

    /// Checks the declaration and makes the schema of it.
    pub fn check(&self) -> Result<Schema, SchemaError> {
        let fields = self.article.field.iter().map(check_field).collect::<Result<Vec<_>, _>>()?;
        check_names(&fields)?;
        let default_field = self.default_field(&fields)?;
        let languages = self.languages()?;
        let undetermined =
            self.analyzers.undetermined.as_deref().map(|code| language(code, "undetermined")).transpose()?;
        Ok(Schema { fields, default_field, languages, undetermined, fingerprint: self.fingerprint() })
    }

    fn default_field(&self, fields: &[Field]) -> Result<FieldName, SchemaError> {
        let name = &self.article.default_field;
        let field = fields.iter().find(|field| field.name.as_str() == name);
        match field {
            Some(Field { name, kind: Kind::Text { .. }, .. }) => Ok(name.clone()),
            Some(_) => Err(invalid(ARTICLE, format!("default_field: {name} is not of kind \"text\""))),
            None => Err(invalid(ARTICLE, format!("default_field: there is no field {name:?}"))),
        }
    }

    fn languages(&self) -> Result<Vec<LanguageRules>, SchemaError> {
        let mut languages = Vec::new();
        for (code, entry) in &self.analyzers.language {
            let language = language(code, "language")?;
            if entry.stem && Stemmer::of(language).is_none() {
                let message = format!("language.{code}: there is no stemmer for it, write stem = false");
                return Err(invalid(ANALYZERS, message));
            }
            let stop_words = self.stop_words.get(code).cloned().unwrap_or_default();
            languages.push(LanguageRules { language, stem: entry.stem, stop_words });
        }
        Ok(languages)
    }
}

fn language(code: &str, key: &str) -> Result<Language, SchemaError> {
    Language::parse(code)
        .ok_or_else(|| invalid(ANALYZERS, format!("{key}: {code:?} is no ISO 639 language code")))
}

/// The words of a file with comments, parted by blanks.
fn word_list(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn from_toml<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, SchemaError> {
    toml::from_str(text).map_err(|error| {
        let message = error.to_string();
        invalid(file, format!("{}{}", message.trim_end(), suggestion(error.message())))
    })
}

/// For "unknown field `facets`, expected one of `name`, `facet`" the nearest of the names expected.
fn suggestion(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((unknown, expected)) if message.starts_with("unknown") => {
            let nearest = super::nearest(unknown, expected.iter().copied());
            nearest.map(|name| format!("\ndid you mean `{name}`?")).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn check_names(fields: &[Field]) -> Result<(), SchemaError> {
    for (index, field) in fields.iter().enumerate() {
        let name = field.name.as_str();
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(letters) {
            let message =
                format!("field {name:?}: a name is made of a-z, 0-9 and -, and begins with a letter");
            return Err(invalid(ARTICLE, message));
        }
        if fields[..index].iter().any(|other| other.name == field.name) {
            return Err(invalid(ARTICLE, format!("field {name:?} is declared twice")));
        }
    }
    Ok(())
}

fn check_field(entry: &FieldEntry) -> Result<Field, SchemaError> {
    let refuse = |message: String| invalid(ARTICLE, format!("field {:?}: {message}", entry.name));
    let properties = |names: &From| -> Result<Vec<Property>, SchemaError> {
        let names = match names {
            From::One(name) => std::slice::from_ref(name),
            From::Several(names) => names.as_slice(),
        };
        names.iter().map(|name| property(name).map_err(&refuse)).collect()
    };
    let from = properties(&entry.from)?;
    let single = || match from.as_slice() {
        [property] => Ok(property.clone()),
        _ => Err(refuse("from: this kind takes exactly one property".to_owned())),
    };
    let only = |key: &str, given: bool, kinds: &[KindName]| {
        let misplaced = given && !kinds.contains(&entry.kind);
        if misplaced { Err(refuse(format!("{key}: not for kind {:?}", entry.kind))) } else { Ok(()) }
    };
    only("stem", entry.stem, &[KindName::Text])?;
    only("weights", !entry.weights.is_empty(), &[KindName::Text])?;
    only("words", entry.words, &[KindName::Keyword])?;
    only("hierarchy", entry.hierarchy.is_some(), &[KindName::Keyword])?;
    only("facet", entry.facet.is_some(), &[KindName::Keyword, KindName::Date])?;

    let kind = match entry.kind {
        KindName::Text => Kind::Text { from: weighted(entry, from).map_err(refuse)?, stem: entry.stem },
        KindName::Keyword => {
            Kind::Keyword { from: single()?, hierarchy: entry.hierarchy, words: entry.words, path: false }
        }
        KindName::Path => Kind::Keyword { from: single()?, hierarchy: None, words: false, path: true },
        KindName::Date => Kind::Date { from: single()? },
        KindName::Number => Kind::Number { from: single()? },
    };
    fits(&kind).map_err(refuse)?;
    if matches!(kind, Kind::Keyword { from: Property::Family, .. }) && entry.facet.is_some() {
        return Err(refuse("facet: not for the property family".to_owned()));
    }
    Ok(Field {
        name: FieldName(entry.name.as_str().into()),
        kind,
        facet: entry.facet,
        help: entry.help.clone(),
    })
}

fn weighted(entry: &FieldEntry, from: Vec<Property>) -> Result<Vec<(Property, u32)>, String> {
    let mut weights = entry.weights.clone();
    let mut weighted = Vec::new();
    for property in from {
        let weight = weights.remove(&property.name()).unwrap_or(1);
        if !(1..=100).contains(&weight) {
            return Err(format!("weights.{}: a weight lies between 1 and 100", property.name()));
        }
        weighted.push((property, weight));
    }
    match weights.keys().next() {
        Some(name) => Err(format!("weights.{name}: {name} is not among the properties of from")),
        None => Ok(weighted),
    }
}

/// Whether the properties are of the kind of the field.
fn fits(kind: &Kind) -> Result<(), String> {
    let misfit = |property: &Property, wanted: &str| {
        Err(format!("from: {} cannot be read as {wanted}", property.name()))
    };
    match kind {
        Kind::Text { from, .. } => {
            let texts = [Property::Title, Property::Description, Property::Body];
            match from.iter().find(|(property, _)| !texts.contains(property)) {
                Some((property, _)) => misfit(property, "text"),
                None if from.is_empty() => Err("from: a text field takes at least one property".to_owned()),
                None => Ok(()),
            }
        }
        Kind::Keyword { from: Property::Family, hierarchy: None, words: false, path: false } => Ok(()),
        Kind::Keyword { from: Property::Family, .. } => {
            Err("from: family takes neither words nor levels".to_owned())
        }
        Kind::Keyword { from, .. } => match from {
            Property::Body | Property::Published | Property::Added | Property::Words => {
                misfit(from, "a keyword")
            }
            _ => Ok(()),
        },
        Kind::Date { from: Property::Published | Property::Added } => Ok(()),
        Kind::Date { from } => misfit(from, "a date"),
        Kind::Number { from: Property::Words } => Ok(()),
        Kind::Number { from } => misfit(from, "a number"),
    }
}

const PROPERTIES: &[(&str, Property)] = &[
    ("title", Property::Title),
    ("description", Property::Description),
    ("body", Property::Body),
    ("authors", Property::Authors),
    ("tags", Property::Tags),
    ("sections", Property::Sections),
    ("source", Property::Source),
    ("language", Property::Language),
    ("url", Property::Url),
    ("path", Property::Path),
    ("id", Property::Id),
    ("published", Property::Published),
    ("published-origin", Property::PublishedOrigin),
    ("added", Property::Added),
    ("words", Property::Words),
    ("family", Property::Family),
];

fn property(name: &str) -> Result<Property, String> {
    if let Some(meta) = name.strip_prefix("meta.") {
        return Ok(Property::Meta(meta.to_owned()));
    }
    if let Some((_, property)) = PROPERTIES.iter().find(|(known, _)| *known == name) {
        return Ok(property.clone());
    }
    let nearest = super::nearest(name, PROPERTIES.iter().map(|(known, _)| *known));
    let hint = nearest.map(|nearest| format!(", did you mean {nearest:?}?")).unwrap_or_default();
    Err(format!("from: an article has no property {name:?}{hint}"))
}

impl Property {
    /// The name used in `article.toml`.
    fn name(&self) -> String {
        match self {
            Property::Meta(name) => format!("meta.{name}"),
            known => {
                let row = PROPERTIES.iter().find(|(_, property)| property == known);
                row.map(|(name, _)| (*name).to_owned()).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_article(article: &str) -> Result<Schema, SchemaError> {
        let declaration = Declaration::read(|name| match name {
            ARTICLE => Ok(article.to_owned()),
            ANALYZERS => Ok("[language]\n".to_owned()),
            other => Err(invalid(other, "not there")),
        })?;
        declaration.check()
    }

    #[test]
    fn the_embedded_declaration_is_sound() {
        let schema = Declaration::embedded().and_then(|declaration| declaration.check()).unwrap();
        assert_eq!(schema.default_field.as_str(), "text");
        assert!(schema.facets().count() >= 6);
        assert!(
            schema.languages.iter().all(|rules| rules.stop_words.split(' ').count() >= 20),
            "stop words are missing"
        );
    }

    #[test]
    fn a_declaration_survives_its_copy_in_the_index() {
        let declaration = Declaration::embedded().unwrap();
        let copy: Declaration = serde_json::from_str(&serde_json::to_string(&declaration).unwrap()).unwrap();
        assert_eq!(copy.fingerprint(), declaration.fingerprint());
        assert_eq!(copy.differences(&declaration), Vec::<String>::new());
    }

    #[test]
    fn word_lists_are_words_without_the_comments() {
        assert_eq!(word_list("# of two\n\n le\tla \r\n  # and\nl'\n"), "le la l'");
    }

    #[test]
    fn differences_name_the_fields() {
        let indexed = Declaration::embedded().unwrap();
        let mut now = indexed.clone();
        now.article.field.retain(|field| field.name != "url");
        now.article.field[0].stem = false;
        assert_eq!(now.differences(&indexed), ["field text changed", "field url is gone"]);
        assert_ne!(now.fingerprint(), indexed.fingerprint());
    }

    #[test]
    fn faults_name_the_key_and_the_nearest_one() {
        let text = "[[field]]\nname = \"text\"\nkind = \"text\"\nfrom = [\"title\"]\n";
        let cases = [
            (format!("default_field = \"text\"\n{text}facets = 3\n"), "did you mean `facet`?"),
            (format!("default_field = \"txt\"\n{text}"), "there is no field \"txt\""),
            (format!("default_field = \"text\"\n{text}{text}"), "declared twice"),
            (
                "default_field = \"a\"\n[[field]]\nname = \"a\"\nkind = \"text\"\nfrom = [\"bodi\"]\n".into(),
                "did you mean \"body\"?",
            ),
            (
                "default_field = \"a\"\n[[field]]\nname = \"a\"\nkind = \"date\"\nfrom = \"title\"\n".into(),
                "cannot be read as a date",
            ),
            (
                "default_field = \"a\"\n[[field]]\nname = \"A b\"\nkind = \"text\"\nfrom = \"title\"\n"
                    .into(),
                "a name is made of",
            ),
            (format!("default_field = \"text\"\n{text}facet = 3\n"), "facet: not for kind"),
            (format!("default_field = \"text\"\n{text}weights = {{ body = 2 }}\n"), "weights.body"),
        ];
        for (article, expected) in cases {
            let message = with_article(&article).unwrap_err().to_string();
            assert!(message.contains(expected), "{expected:?} is not in:\n{message}");
            assert!(message.contains("article.toml"), "{message}");
        }
    }
}
