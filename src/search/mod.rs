//! Question and answer, as values.

use std::ops::Range;

use crate::analysis::language::Language;
use crate::article::{Article, ArticleId, Place, Published};
use crate::query::Query;
use crate::query::display::display;
use crate::schema::{FieldName, Schema};
use crate::search::expansion::Expansions;
use crate::text::calendar::{Day, Interval};

pub mod compaction;
pub mod coverage;
mod cursor;
pub mod effectiveness;
pub mod expansion;
mod explanation;
pub mod kwic;
pub mod marked;
pub mod params;
pub mod saved;
pub mod status;
pub mod trend;
pub mod verification;
pub mod why;

pub use explanation::{Explained, ExplainedWord, Explanation};

/// A checked question.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRequest {
    /// What to find; filters by flag are part of it.
    pub query: Query,
    /// Which hits to return.
    pub page: Page,
    /// Their order.
    pub sort: Sort,
    /// The facets to count.
    pub facets: Vec<FacetRequest>,
    /// How much to tell of each hit.
    pub detail: Detail,
    /// What to show of its text.
    pub snippets: SnippetOptions,
    /// What becomes of copies.
    pub collapse: Collapse,
    /// Articles that are left out, of counts as well; sorted.
    pub except: Vec<ArticleId>,
    /// What decides the order by relevance besides the query.
    pub ranking: Ranking,
    /// Whether to tell how the scores came about.
    pub explain: bool,
}

impl SearchRequest {
    /// The query in canonical form.
    pub fn understood(&self, schema: &Schema) -> String {
        display(&self.query, schema)
    }
}

/// What decides the order by relevance, besides the query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// Whether the best articles of a first search lend their typical words to a second one.
    pub feedback: bool,
    /// How much being new counts; `None`: not at all.
    pub recency: Option<Recency>,
    /// Text fields whose words count besides those of the default field, with their weights.
    pub fields: Vec<(FieldName, f32)>,
    /// What is left out of the ranking, to measure what it adds.
    pub without: Vec<Ingredient>,
}

impl Ranking {
    /// Whether the ranking has this ingredient.
    pub fn has(&self, ingredient: Ingredient) -> bool {
        !self.without.contains(&ingredient)
    }
}

/// A score is multiplied by 1 + 2^(-age / half-life): by 2 for an article of today, by 1.5 for one as old as the
/// half-life, by 1 for a very old one and for one without a date. An article of the future is of today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recency {
    /// In days, above 0.
    pub half_life: f64,
    /// What ages count to.
    pub today: Day,
}

impl Recency {
    /// The largest factor.
    pub const MOST: f32 = 2.0;

    /// What the score of an article of this day is multiplied by.
    pub fn factor(&self, published: Option<Day>) -> f32 {
        let Some(published) = published else { return 1.0 };
        let age = f64::from(self.today.0.saturating_sub(published.0).max(0));
        1.0 + (-age / self.half_life).exp2() as f32
    }
}

/// A part of the ranking that can be left out to see what it adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingredient {
    /// The commonest words of a language do not count in a question of several others.
    StopWords,
    /// A word that is written twice in a question counts twice.
    Repeats,
    /// Words that are neighbours in the query count more where they are near each other.
    Neighbours,
    /// Words in the very form of the query count more.
    Forms,
}

/// What becomes of articles that are the same text again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Collapse {
    /// Each is a hit.
    #[default]
    None,
    /// The best of each family is a hit, and counts are of families.
    Family,
}

impl Collapse {
    /// The word used in flags and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Collapse::None => "none",
            Collapse::Family => "family",
        }
    }
}

/// An article and its copies, two and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The id of the earliest of them, by date, then by id.
    pub id: ArticleId,
    /// How many they are.
    pub size: u64,
}

/// An article, and what is the same text again.
#[derive(Debug, Clone, PartialEq)]
pub struct NearDuplicates {
    /// The article asked for.
    pub of: Article,
    /// Its family, if it has copies.
    pub family: Option<Family>,
    /// The others of its family, the most similar first, then by date and id.
    pub copies: Vec<NearDuplicate>,
}

/// A copy of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct NearDuplicate {
    /// Estimated share of the runs of three words that both have among those that any has, 0 to 1.
    pub similarity: f32,
    /// The copy.
    pub article: Article,
}

/// A window on the ranked hits.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Hits to leave out before the first.
    pub offset: usize,
    /// Hits to return at most; 0 asks for counts alone.
    pub limit: usize,
    /// Begin after this hit.
    pub after: Option<Cursor>,
}

/// The place of a hit in an order, so that the next page can begin behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    /// The order that it is a place in.
    pub sort: Sort,
    /// First key of the order; of titles none, the article tells it.
    pub primary: f64,
    /// Second key: seconds since 1970.
    pub timestamp: i64,
    /// Last key.
    pub id: ArticleId,
    /// How many hits with these very keys stand before this one: articles that share an identity.
    pub repeats: u32,
}

/// The order of hits. Ties: the newer article first, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Oldest first; undated last.
    Oldest,
    /// Newest first; undated last.
    Newest,
    /// By title, folded.
    Title,
}

/// A facet to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FacetRequest {
    /// The first values of a keyword field in an order, and those that the query chooses; `None` is all of them.
    Values {
        /// The field.
        field: FieldName,
        /// How many.
        limit: Option<usize>,
        /// Their order.
        sort: FacetSort,
    },
    /// Calendar buckets of a date field.
    Dates {
        /// The field.
        field: FieldName,
        /// The step.
        interval: Interval,
    },
}

/// The order of the values of a facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FacetSort {
    /// Commonest first, ties by name.
    #[default]
    Count,
    /// By name, folded.
    Name,
}

/// How much is told of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Its rank, id and score; the rest is empty, and no article is read.
    Id,
    /// Everything.
    #[default]
    Article,
}

/// How much text to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnippetOptions {
    /// Passages for each hit; 0 for none.
    pub count: usize,
    /// The size of a passage.
    pub context: Context,
}

/// The size of a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// About so many words.
    Words(usize),
    /// About so many characters.
    Chars(usize),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SearchResponse {
    /// All articles that match, or families where copies are collapsed.
    pub total: u64,
    /// This page of them.
    pub hits: Vec<Hit>,
    /// The facets asked for, in that order.
    pub facets: Vec<FacetCounts>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// What the patterns of the query stood for.
    pub expansions: Expansions,
    /// What the engine had to cut or assume.
    pub warnings: Vec<String>,
    /// How the scores came about, if that was asked for.
    pub explanation: Option<Explained>,
    /// Other queries worth trying; made on request, when little was found.
    pub suggestions: Vec<Suggestion>,
}

/// Another query worth trying: it finds something.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// What is different in it.
    pub kind: SuggestionKind,
    /// What stands in the query; for a clause that is left out, the clause.
    pub from: String,
    /// What stands there instead; empty for a clause that is left out.
    pub to: String,
    /// Articles that it finds, copies included.
    pub count: u64,
    /// The whole query.
    pub query: Query,
}

/// What is different in a query that is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionKind {
    /// A word in another spelling.
    Spelling,
    /// A value of a field that exists.
    Value,
    /// A field that exists.
    Field,
    /// Words are left out.
    Without,
    /// A filter or an exclusion is left out.
    Unfiltered,
    /// Any of the words, not all.
    Any,
    /// Words of a phrase or a nearness, wherever they stand.
    Apart,
}

impl SuggestionKind {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            SuggestionKind::Spelling => "spelling",
            SuggestionKind::Value => "value",
            SuggestionKind::Field => "field",
            SuggestionKind::Without => "without",
            SuggestionKind::Unfiltered => "unfiltered",
            SuggestionKind::Any => "any",
            SuggestionKind::Apart => "apart",
        }
    }
}

/// One article found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hit {
    /// From 1 over all pages by offset; behind a cursor it begins anew.
    pub rank: u64,
    /// Short name.
    pub id: ArticleId,
    /// Identity in words.
    pub key: String,
    /// How well it fits, 0 when nothing was ranked.
    pub score: f32,
    /// Title, with what matched in it.
    pub title: Passage,
    /// Names.
    pub authors: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Sections.
    pub sections: Vec<String>,
    /// Language.
    pub language: Option<Language>,
    /// Words of the body.
    pub words: u32,
    /// Publication date.
    pub published: Option<Published>,
    /// Canonical URL.
    pub url: Option<String>,
    /// Name of the archive.
    pub source: String,
    /// Where it lies.
    pub place: Place,
    /// Its family, if it has copies.
    pub family: Option<Family>,
    /// Passages, best first.
    pub snippets: Vec<Snippet>,
}

/// A piece of text and what in it matched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// Plain text.
    pub text: String,
    /// Byte ranges of `text`, on character boundaries, ascending, apart.
    pub spans: Vec<Range<usize>>,
}

/// A passage of a named part of the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// `body` or `description`.
    pub field: &'static str,
    /// The text.
    pub passage: Passage,
}

/// The counts of one facet over all articles that match every other field's filters.
#[derive(Debug, Clone, PartialEq)]
pub enum FacetCounts {
    /// Of a keyword field.
    Values {
        /// The field.
        field: FieldName,
        /// Number of different values.
        values: u64,
        /// Sum of the counts of the values not listed.
        other: u64,
        /// Articles without a value.
        missing: u64,
        /// In the order asked for.
        buckets: Vec<ValueBucket>,
    },
    /// Of a date field.
    Dates {
        /// The field.
        field: FieldName,
        /// The step.
        interval: Interval,
        /// Articles whose date is wider than a bucket.
        imprecise: u64,
        /// Articles without a date.
        missing: u64,
        /// Oldest first, without gaps.
        buckets: Vec<DateBucket>,
    },
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueBucket {
    /// The commonest spelling.
    pub value: String,
    /// Articles.
    pub count: u64,
    /// Whether the query chooses it already.
    pub selected: bool,
    /// Where it stands, in a field whose values are a hierarchy.
    pub level: Option<Level>,
    /// The query that chooses it instead.
    pub query: Query,
}

/// The place of a value in a hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The value right above it; none at the top.
    pub parent: Option<String>,
    /// How many values are above it.
    pub depth: usize,
}

/// One calendar bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct DateBucket {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Articles.
    pub count: u64,
    /// The query that chooses it instead.
    pub query: Query,
}
