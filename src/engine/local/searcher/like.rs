//! Articles on the same subject: the words that tell an article from others, asked as a query.

use std::collections::BTreeMap;

use tantivy::Term;
use tantivy::schema::Field;

use crate::analysis::stem::Stemmer;
use crate::analysis::tokenizer::{Token, TokenKind, tokenize};
use crate::article::Article;
use crate::engine::EngineError;
use crate::engine::local::folder::reading;
use crate::query::Query;
use crate::query::simplify::simplify;
use crate::schema::Property;
use crate::search::{Snippet, SnippetOptions};

use super::Searcher;
use super::hits::snippets;
use crate::search::marked::Marked;

/// Words that an article is told by.
const MOST_WORDS: usize = 25;
/// A word that more than this share of the articles has tells none of them.
const COMMON: f64 = 0.25;
/// In a small archive a word that so many articles have may tell some of them.
const FEW: f64 = 3.0;
/// Longer texts are told by their beginning.
const MOST_BYTES: usize = 1 << 20;

/// How often an article has a stem, and the form in which it has it first.
struct Used {
    count: u32,
    form: String,
}

impl Searcher {
    /// The query for what is like the article with this identity: any of the words that tell it from others by
    /// tf-idf (with the logarithm of tf), itself and its copies left out. `None` when there is no such article.
    pub fn like(&self, name: &str) -> Result<Option<(Article, Query)>, EngineError> {
        let found = self.named(name).map_err(|error| reading(self.folder.path(), error))?;
        let Some((article, _)) = found.into_iter().next() else { return Ok(None) };
        let words = self.telling_words(&article).map_err(|error| reading(self.folder.path(), error))?;
        let word = |text| Query::Word { field: None, text, exact: false };
        let any = Query::Or(words.into_iter().map(word).collect());
        let query = simplify(Query::And([any].into_iter().chain(self.itself(&article)).collect()));
        Ok(Some((article, query)))
    }

    /// The exclusion of an article and its copies.
    fn itself(&self, article: &Article) -> Vec<Query> {
        let value = article.id().to_string();
        let field = [Property::Family, Property::Id].iter().find_map(|from| self.fields.keyword_from(from));
        let named = field.map(|field| Query::Value { field: field.name.clone(), value });
        named.map(|named| Query::Not(Box::new(named))).into_iter().collect()
    }

    fn telling_words(&self, article: &Article) -> tantivy::Result<Vec<String>> {
        let Some(text) = self.fields.text(&self.schema().default_field) else { return Ok(Vec::new()) };
        let field = text.stems.unwrap_or(text.exact);
        let stemmer = article.language.or(self.schema().undetermined).and_then(Stemmer::of);
        let mut weighed: Vec<(f64, String)> = Vec::new();
        for (stem, used) in used_stems(article, stemmer.filter(|_| text.stems.is_some()).as_ref()) {
            if self.stop_words().any_has(&used.form) {
                continue;
            }
            if let Some(idf) = self.rarity(field, &stem)? {
                weighed.push(((1.0 + f64::from(used.count).ln()) * idf, used.form));
            }
        }
        weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        Ok(weighed.into_iter().take(MOST_WORDS).map(|(_, form)| form).collect())
    }

    /// How much a term says (its idf); `None` for one that no other article has, and for one that most have.
    fn rarity(&self, field: Field, term: &str) -> tantivy::Result<Option<f64>> {
        let documents = self.searcher.doc_freq(&Term::from_field_text(field, term))? as f64;
        let articles = self.articles() as f64;
        let tells = documents >= 2.0 && documents <= (articles * COMMON).max(FEW);
        Ok(tells.then(|| (1.0 + articles / documents).ln()))
    }

    /// An article with what a query matches in it; passages as asked for.
    pub fn marked(
        &self,
        article: &Article,
        query: &Query,
        options: SnippetOptions,
    ) -> Result<Marked, EngineError> {
        let matcher = self.matcher_alone(query).map_err(|error| reading(self.folder.path(), error))?;
        let language = article.language.or(self.schema().undetermined);
        let description = article.description.as_deref();
        let mut passages = snippets(article, &matcher, language, options);
        passages.retain(|Snippet { passage, .. }| !passage.spans.is_empty());
        Ok(Marked {
            title: matcher.mark(&article.title, "title", language),
            description: description.map(|text| matcher.mark(text, "description", language)),
            body: matcher.mark(&article.body, "body", language),
            passages,
        })
    }
}

/// The stems of an article, with how often and how it uses them; two neighbours of a script without blanks are one.
fn used_stems(article: &Article, stemmer: Option<&Stemmer>) -> BTreeMap<String, Used> {
    let mut stems: BTreeMap<String, Used> = BTreeMap::new();
    let mut enter = |token: Token<'_>| {
        let stem = match (token.kind, stemmer) {
            (TokenKind::Char, _) => return,
            (TokenKind::Word, Some(stemmer)) => stemmer.stem(token.text).into_owned(),
            (TokenKind::Word, None) | (TokenKind::Pair, _) => token.text.to_owned(),
        };
        let used = stems.entry(stem).or_insert_with(|| Used { count: 0, form: token.text.to_owned() });
        used.count += 1;
    };
    let body = &article.body[..article.body.floor_char_boundary(MOST_BYTES)];
    for text in [article.title.as_str(), article.description.as_deref().unwrap_or_default(), body] {
        tokenize(text, &mut enter);
    }
    stems
}
