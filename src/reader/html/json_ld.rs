//! Articles described in JSON-LD with the terms of schema.org.

use serde_json::{Map, Value};

use crate::reader::html::text::one_line;

/// Types whose values describe the article, in order of preference; the rest fills gaps.
const ARTICLE_TYPES: &[&str] = &[
    "Article",
    "NewsArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "AskPublicNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReviewNewsArticle",
    "AdvertiserContentArticle",
    "SatiricalArticle",
    "ScholarlyArticle",
    "TechArticle",
    "Report",
    "BlogPosting",
    "LiveBlogPosting",
    "SocialMediaPosting",
    "DiscussionForumPosting",
];

/// Names of one property; each may be a reference that is looked up.
const MAX_NAMES: usize = 1_000;

/// What a page states about its article in JSON-LD.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LdArticle {
    pub(super) headline: Option<String>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) body: Option<String>,
    pub(super) published: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) keywords: Vec<String>,
    pub(super) sections: Vec<String>,
    pub(super) language: Option<String>,
    /// Candidates, best first.
    pub(super) urls: Vec<String>,
    pub(super) publisher: Option<String>,
    pub(super) modified: Option<String>,
}

impl LdArticle {
    /// The headline; but the name when the `<title>` of the page begins with that and does not hold the headline,
    /// for some headlines are standfirsts.
    pub(super) fn title(&self, page_title: Option<&str>) -> Option<String> {
        let (Some(headline), Some(name)) = (&self.headline, &self.name) else {
            return self.headline.clone().or_else(|| self.name.clone());
        };
        let page_title = one_line(page_title.unwrap_or_default());
        let name_is_title = page_title.starts_with(name.as_str()) && !page_title.contains(headline.as_str());
        Some(if name_is_title { name } else { headline }.clone())
    }
}

/// The first article described in `scripts`.
pub(super) fn article(scripts: &[String]) -> LdArticle {
    let documents: Vec<Value> = scripts.iter().filter_map(|script| parse(script)).collect();
    let nodes: Vec<&Map<String, Value>> = documents.iter().flat_map(nodes).collect();
    let described = nodes.iter().find(|node| is_article(node));
    described.map(|node| read(node, &nodes)).unwrap_or_default()
}

/// Reads a script, also one in a comment or CDATA section, or with raw line breaks in its strings.
fn parse(script: &str) -> Option<Value> {
    const WRAPPERS: &[&str] =
        &["<!--", "-->", "//<![CDATA[", "// <![CDATA[", "<![CDATA[", "//]]>", "// ]]>", "]]>", "/*", "*/"];
    let mut json = script.trim();
    for wrapper in WRAPPERS {
        json = json.strip_prefix(wrapper).unwrap_or(json).trim_start();
        json = json.strip_suffix(wrapper).unwrap_or(json).trim_end();
    }
    let json = json.trim_end_matches(';');
    serde_json::from_str(json)
        .ok()
        .or_else(|| serde_json::from_str(&json.replace(char::is_control, " ")).ok())
}

/// Every object of a document that can be a node: at the top, in an array, in a `@graph`, as `mainEntity`.
fn nodes(document: &Value) -> Vec<&Map<String, Value>> {
    let mut found = Vec::new();
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(values) => open.extend(values.iter().rev()),
            Value::Object(node) => {
                found.push(node);
                open.extend(["mainEntity", "@graph"].iter().filter_map(|name| node.get(*name)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

fn is_article(node: &Map<String, Value>) -> bool {
    let is_known = |kind: &Value| {
        let name = kind.as_str().unwrap_or_default().rsplit(['/', '#', ':']).next().unwrap_or_default();
        ARTICLE_TYPES.contains(&name)
    };
    match node.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is_known),
        Some(kind) => is_known(kind),
        None => false,
    }
}

fn read(node: &Map<String, Value>, nodes: &[&Map<String, Value>]) -> LdArticle {
    let text = |names: &[&str]| names.iter().find_map(|name| string(node.get(*name)?));
    let names = |name: &str| node.get(name).map(|value| named(value, nodes)).unwrap_or_default();
    let url = |name: &str| node.get(name).and_then(url);
    LdArticle {
        headline: text(&["headline"]),
        name: text(&["name"]),
        description: text(&["description", "abstract"]),
        body: node.get("articleBody").and_then(Value::as_str).map(paragraphs).filter(|body| !body.is_empty()),
        published: text(&["datePublished", "dateCreated", "uploadDate"]),
        authors: Some(names("author")).filter(|names| !names.is_empty()).unwrap_or_else(|| names("creator")),
        keywords: node.get("keywords").map(|value| keywords(value, nodes)).unwrap_or_default(),
        sections: names("articleSection"),
        language: names("inLanguage").into_iter().next(),
        urls: ["url", "mainEntityOfPage", "@id"].iter().filter_map(|name| url(name)).collect(),
        publisher: names("publisher").into_iter().next(),
        modified: text(&["dateModified"]),
    }
}

fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Array(values) => values.first()?.as_str()?,
        Value::Object(object) => object.get("@value")?.as_str()?,
        Value::Number(number) => return Some(number.to_string()),
        Value::Null | Value::Bool(_) => return None,
    };
    let text = one_line(&htmlize::unescape(text));
    (!text.is_empty()).then_some(text)
}

/// The names in a value: strings, objects with a name, references to such objects, or a list of these.
fn named(value: &Value, nodes: &[&Map<String, Value>]) -> Vec<String> {
    match value {
        Value::Array(values) => {
            values.iter().take(MAX_NAMES).filter_map(|value| name(value, nodes)).collect()
        }
        single => name(single, nodes).into_iter().collect(),
    }
}

fn name(value: &Value, nodes: &[&Map<String, Value>]) -> Option<String> {
    let Value::Object(object) = value else { return string(value) };
    let own = ["name", "alternateName", "@value"].iter().find_map(|name| string(object.get(*name)?));
    own.or_else(|| {
        let id = object.get("@id")?;
        let target = nodes.iter().find(|node| node.get("@id") == Some(id) && node.contains_key("name"))?;
        string(target.get("name")?)
    })
}

/// A string of keywords is a list with commas; in a list each string is one keyword.
fn keywords(value: &Value, nodes: &[&Map<String, Value>]) -> Vec<String> {
    match value {
        Value::String(list) => htmlize::unescape(list).split([',', ';']).map(one_line).collect(),
        other => named(other, nodes),
    }
}

fn url(value: &Value) -> Option<String> {
    match value {
        Value::String(url) => Some(url.trim().to_owned()),
        Value::Object(object) => {
            ["@id", "url"].iter().find_map(|name| object.get(*name)?.as_str()).map(str::to_owned)
        }
        Value::Array(values) => values.first()?.as_str().map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Plain text with its lines as paragraphs.
fn paragraphs(text: &str) -> String {
    let decoded = htmlize::unescape(text);
    let lines: Vec<String> = decoded.lines().map(one_line).filter(|line| !line.is_empty()).collect();
    lines.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(json: &str) -> LdArticle {
        article(&[json.to_owned()])
    }

    #[test]
    fn articles_are_found_wherever_they_stand() {
        let cases = [
            r#"{"@type":"NewsArticle","headline":"H"}"#,
            r#"[{"@type":"Organization","name":"N"},{"@type":["Thing","BlogPosting"],"headline":"H"}]"#,
            r#"{"@graph":[{"@type":"WebPage","name":"N"},{"@type":"https://schema.org/Article","headline":"H"}]}"#,
            r#"{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"H"}}"#,
            "<!-- {\"@type\":\"Article\",\"headline\":\" H \"} -->",
            "//<![CDATA[\n{\"@type\":\"Article\",\"headline\":\"H\n\"}\n//]]>",
        ];
        for json in cases {
            assert_eq!(first(json).headline.as_deref(), Some("H"), "{json}");
        }
        for json in [r#"{"@type":"Recipe","headline":"H"}"#, "{", "", "null", &"[".repeat(100_000)] {
            assert_eq!(first(json), LdArticle::default());
        }
    }

    #[test]
    fn values_of_any_shape() {
        let json = r##"{"@graph":[{"@type":"Person","@id":"#a","name":"Ann Lee"},{"@type":"Article",
            "author":[{"@id":"#a"},{"@type":"Person","name":"Bob Ray"},"Cy Dow"],
            "keywords":"one, two &amp; three","articleSection":["News"],"inLanguage":{"name":"en"},
            "mainEntityOfPage":{"@id":"https://e.org/a"},"articleBody":"one\n\n two","datePublished":"2019-05-17",
            "publisher":{"name":"The Paper"}}]}"##;
        let article = first(json);
        assert_eq!(article.authors, ["Ann Lee", "Bob Ray", "Cy Dow"]);
        assert_eq!(article.keywords, ["one", "two & three"]);
        assert_eq!(article.sections, ["News"]);
        assert_eq!(article.language.as_deref(), Some("en"));
        assert_eq!(article.urls, ["https://e.org/a"]);
        assert_eq!(article.body.as_deref(), Some("one\n\ntwo"));
        assert_eq!(article.published.as_deref(), Some("2019-05-17"));
        assert_eq!(article.publisher.as_deref(), Some("The Paper"));
        let list = r#"{"@type":"Article","keywords":["a, b","c"],"author":"Ann Lee"}"#;
        assert_eq!(first(list).keywords, ["a, b", "c"]);
        assert_eq!(first(list).authors, ["Ann Lee"]);
    }

    #[test]
    fn title_agrees_with_the_page() {
        let article = LdArticle {
            headline: Some("an odd town".into()),
            name: Some("Odd".into()),
            ..LdArticle::default()
        };
        assert_eq!(article.title(Some("Odd - Pages")).as_deref(), Some("Odd"));
        assert_eq!(article.title(Some("Even - Odd")).as_deref(), Some("an odd town"));
        assert_eq!(LdArticle { headline: None, ..article }.title(None).as_deref(), Some("Odd"));
    }

    proptest! {
        #[test]
        fn never_panics(script in "([{}\\[\\],:]|\"(@type|@graph|@id|author|keywords|Article)\"|\\PC){0,40}") {
            article(&[script]);
        }
    }
}
