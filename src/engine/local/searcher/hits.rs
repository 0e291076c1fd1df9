//! The hits of a page: stored articles, with what matched in them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use tantivy::schema::{TantivyDocument, Value};
use tantivy::{DocAddress, TantivyError, Term};

use crate::analysis::language::Language;
use crate::article::{Article, ArticleId};
use crate::highlight::{Matcher, Stemmed};
use crate::query::Query;
use crate::schema::Property;
use crate::search::expansion::Expansions;
use crate::search::{Detail, Family, Hit, SearchRequest, Snippet, SnippetOptions, Sort};

use super::Searcher;
use super::plan::Plan;
use crate::engine::local::copies::Sketches;
use crate::engine::local::deadline::Deadline;
use crate::engine::local::rank::{RankKey, Ranked};

impl Searcher {
    /// The family of each of these documents.
    pub(super) fn families_of(&self, ranked: &[Ranked]) -> tantivy::Result<Vec<Option<Family>>> {
        let known = &self.known.get()?.families;
        if known.is_empty() {
            return Ok(vec![None; ranked.len()]);
        }
        let mut opened: BTreeMap<u32, Sketches> = BTreeMap::new();
        for DocAddress { segment_ord, .. } in ranked.iter().map(|it| it.address) {
            if let Entry::Vacant(free) = opened.entry(segment_ord) {
                free.insert(Sketches::open(self.searcher.segment_reader(segment_ord))?);
            }
        }
        let family =
            |address: DocAddress| known.get(opened[&address.segment_ord].family(address.doc_id, known)?);
        Ok(ranked.iter().map(|it| family(it.address)).collect())
    }

    pub(in crate::engine::local) fn stored(&self, address: DocAddress) -> tantivy::Result<Article> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let bytes = document.get_first(self.fields.article).and_then(|value| value.as_bytes());
        let article = bytes.and_then(|bytes| postcard::from_bytes(bytes).ok());
        article.ok_or_else(|| TantivyError::InternalError("a stored article cannot be read".to_owned()))
    }

    pub(super) fn hits(
        &self,
        request: &SearchRequest,
        plan: &Plan,
        ranked: &[Ranked],
    ) -> tantivy::Result<Vec<Hit>> {
        let first = request.page.offset as u64 + 1;
        match request.detail {
            Detail::Id => Ok(bare(request, ranked, first).collect()),
            Detail::Article if ranked.is_empty() => Ok(Vec::new()),
            Detail::Article => {
                let matcher = self.matcher(&plan.question.query, &plan.patterns);
                self.hits_from(request, &matcher, ranked, first)
            }
        }
    }

    /// What finds in texts what a query asks for, whose patterns stand for these words.
    pub(in crate::engine::local) fn matcher(&self, query: &Query, expansions: &Expansions) -> Matcher {
        let idf = |term: &str, stem: bool| self.idf(term, stem);
        let by_own = self.fields.keyword_from(&Property::Language).is_some();
        let stemmed = Stemmed { languages: self.languages(), by_own };
        Matcher::new(query, &self.schema().default_field, stemmed, expansions, &idf)
    }

    /// The same for a part of a query by itself.
    pub(super) fn matcher_alone(&self, query: &Query, deadline: Deadline) -> tantivy::Result<Matcher> {
        let expansions = self.expansions(query, deadline, &mut Vec::new())?;
        Ok(self.matcher(query, &expansions))
    }

    /// The hits of these documents, of which the first has this rank.
    pub(super) fn hits_from(
        &self,
        request: &SearchRequest,
        matcher: &Matcher,
        ranked: &[Ranked],
        first: u64,
    ) -> tantivy::Result<Vec<Hit>> {
        if request.detail == Detail::Id {
            return Ok(bare(request, ranked, first).collect());
        }
        let families = self.families_of(ranked)?;
        // Read in the order in which they are stored, since neighbours share a compressed block.
        let mut stored: Vec<usize> = (0..ranked.len()).collect();
        stored.sort_unstable_by_key(|place| ranked[*place].address);
        let mut hits: Vec<(usize, Hit)> = Vec::with_capacity(ranked.len());
        for place in stored {
            let Ranked { key, address } = ranked[place];
            let article = self.stored(address)?;
            let score = score(request.sort, key);
            let rank = first + place as u64;
            hits.push((place, self.hit(article, families[place], rank, score, matcher, request.snippets)));
        }
        hits.sort_unstable_by_key(|(place, _)| *place);
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }

    fn hit(
        &self,
        article: Article,
        family: Option<Family>,
        rank: u64,
        score: f32,
        matcher: &Matcher,
        options: SnippetOptions,
    ) -> Hit {
        let language = article.language.or(self.schema().undetermined);
        Hit {
            rank,
            id: article.id(),
            score,
            title: matcher.mark(&article.title, "title", language),
            snippets: snippets(&article, matcher, language, options),
            family,
            key: article.key,
            authors: article.authors,
            tags: article.tags,
            sections: article.sections,
            language: article.language,
            words: article.words,
            published: article.published,
            url: article.url,
            source: article.source,
            place: article.place,
        }
    }

    /// How rare a term is in the default field (the idf of BM25).
    fn idf(&self, term: &str, stem: bool) -> f32 {
        let Some(field) = self.fields.text(&self.schema().default_field) else { return 1.0 };
        let field = if stem { field.stems.unwrap_or(field.exact) } else { field.exact };
        let frequency = self.searcher.doc_freq(&Term::from_field_text(field, term)).unwrap_or(0) as f32;
        let articles = self.searcher.num_docs() as f32;
        (1.0 + (articles - frequency + 0.5).max(0.0) / (frequency + 0.5)).ln()
    }
}

/// Hits of which nothing is told but what ranking knows, the first of this rank.
fn bare(request: &SearchRequest, ranked: &[Ranked], first: u64) -> impl Iterator<Item = Hit> {
    (first..).zip(ranked).map(|(rank, Ranked { key, .. })| {
        let (id, score) = (ArticleId(key.id), score(request.sort, *key));
        Hit { rank, id, score, ..Hit::default() }
    })
}

/// What a hit is told to have scored.
fn score(sort: Sort, key: RankKey) -> f32 {
    if sort == Sort::Relevance { key.primary as f32 } else { 0.0 }
}

pub(super) fn snippets(
    article: &Article,
    matcher: &Matcher,
    language: Option<Language>,
    options: SnippetOptions,
) -> Vec<Snippet> {
    if options.count == 0 {
        return Vec::new();
    }
    let body = matcher.passages(&article.body, "body", language, options);
    let described = |description: &String| matcher.passages(description, "description", language, options);
    let in_body = body.iter().any(|passage| !passage.spans.is_empty());
    let description =
        if in_body { Vec::new() } else { article.description.iter().flat_map(described).collect() };
    let matched = description.into_iter().filter(|passage| !passage.spans.is_empty());
    let mut snippets: Vec<Snippet> =
        matched.map(|passage| Snippet { field: "description", passage }).collect();
    if snippets.is_empty() {
        snippets.extend(body.into_iter().map(|passage| Snippet { field: "body", passage }));
    }
    snippets
}
