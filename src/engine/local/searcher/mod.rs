//! Answers questions from one snapshot of an index: opening it, what it holds, and the way of a question.

mod every;
mod explain;
mod facet;
mod hits;
mod like;
mod order;
mod plan;
mod ranking;
mod suggest;
mod why;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tantivy::columnar::Column;
use tantivy::index::Index;
use tantivy::{DocAddress, ReloadPolicy, TantivyError};

use crate::analysis::language::Language;
use crate::article::{Article, ArticleId, Place};
use crate::engine::{EngineError, Families};
use crate::query::Query;
use crate::schema::{Property, Schema};
use crate::search::{
    Collapse, Context, Detail, NearDuplicate, NearDuplicates, Page, Ranking, SearchRequest, SearchResponse,
    SnippetOptions, Sort, verification::Kind,
};
use crate::text::calendar::Day;

use super::bits::Bits;
use super::cluster::families;
use super::commit::Commit;
use super::copies::{LazyFamilies, Membership, Sketches, sketched};
use super::deadline::Deadline;
use super::directory::IndexDirectory;
use super::facets::ValueCounts;
use super::folder::{Folder, TRIES, reading};
use super::integrity;
use super::question::StopWords;
use super::schema::{Fields, first_day_column, last_day_column};
use super::stemming::Stemming;
pub(super) use plan::Selection;
use plan::{Plan, Set};

pub use every::Every;

/// How long finding may take unless another time is set; reading and marking what was found is not counted.
pub const USUAL_TIMEOUT: Duration = Duration::from_secs(5);

/// A snapshot of an index, open for reading.
pub struct Searcher {
    pub(super) folder: Folder,
    pub(super) fields: Fields,
    pub(super) searcher: tantivy::Searcher,
    languages: OnceLock<Vec<Language>>,
    stemming: OnceLock<Arc<Stemming>>,
    stop_words: OnceLock<StopWords>,
    known: LazyFamilies,
    /// For each segment.
    members: OnceLock<Vec<Membership>>,
    timeout: Option<Duration>,
}

impl Searcher {
    /// Opens the last commit. Takes no lock and writes nothing.
    pub fn open(folder: &Folder) -> Result<Searcher, EngineError> {
        let mut tries = 0;
        let searcher = loop {
            tries += 1;
            match snapshot(folder) {
                Ok(searcher) => break searcher,
                // An ingest has collected a segment between our reading its name and opening it.
                Err(Unopened::Missing(_) | Unopened::Vanished(_)) if tries < TRIES => {}
                Err(Unopened::Vanished(error)) => return Err(reading(folder.path(), error)),
                Err(Unopened::Missing(error) | Unopened::Unusable(error)) => return Err(error),
            }
        };
        Ok(Searcher {
            fields: Fields::new(folder.schema()),
            folder: folder.clone(),
            searcher,
            languages: OnceLock::new(),
            stemming: OnceLock::new(),
            stop_words: OnceLock::new(),
            known: LazyFamilies::of(folder),
            members: OnceLock::new(),
            timeout: Some(USUAL_TIMEOUT),
        })
    }

    /// The same with another time for finding; `None` is without end.
    pub fn with_timeout(self, timeout: Option<Duration>) -> Searcher {
        Searcher { timeout, ..self }
    }

    /// Which articles are the same text again.
    pub fn families(&self) -> Result<&Families, EngineError> {
        Ok(&self.known.read()?.families)
    }

    /// What to say when an answer depends on families that are not those of the last commit.
    pub fn families_warning(&self) -> Result<Option<String>, EngineError> {
        Ok(self.known.read()?.stale_warning())
    }

    /// Finds out anew which articles are the same text again.
    pub(super) fn find_families(&self) -> Result<Families, EngineError> {
        let mut articles = Vec::with_capacity(self.searcher.num_docs() as usize);
        let read = self.searcher.segment_readers().iter().try_for_each(|it| sketched(it, &mut articles));
        read.map_err(|error| reading(self.folder.path(), error))?;
        Ok(families(articles))
    }

    /// The copies of the article with this identity: its id in 16 digits, or its key. `None` when there is no such
    /// article.
    pub fn near_duplicates(&self, name: &str) -> Result<Option<NearDuplicates>, EngineError> {
        self.copies_of(name).map_err(|error| reading(self.folder.path(), error))
    }

    /// The declaration of the index.
    pub fn schema(&self) -> &Schema {
        self.folder.schema()
    }

    /// Articles in the index.
    pub fn articles(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Number of segments.
    pub fn segments(&self) -> usize {
        self.searcher.segment_readers().len()
    }

    /// Deleted articles that still take room, as a share of all.
    pub fn deleted_share(&self) -> f64 {
        let (all, alive) =
            self.searcher.segment_readers().iter().fold((0u64, 0u64), |(all, alive), reader| {
                (all + u64::from(reader.max_doc()), alive + u64::from(reader.num_docs()))
            });
        if all == 0 { 0.0 } else { (all - alive) as f64 / all as f64 }
    }

    /// How many articles there are in each language, commonest first; `None` where it could not be told.
    pub fn languages_counted(&self) -> Result<Vec<(Option<Language>, u64)>, EngineError> {
        self.count_languages().map_err(|error| reading(self.folder.path(), error))
    }

    /// First and last day of the publication dates, and the number of articles without one.
    pub fn dates_known(&self) -> Result<(Option<Day>, Option<Day>, u64), EngineError> {
        self.span_of_dates().map_err(|error| reading(self.folder.path(), error))
    }

    /// Answers a question.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse, EngineError> {
        self.in_time(|deadline| self.answer(request, deadline))
    }

    /// Does what must be done before the time for finding is over.
    pub(super) fn in_time<T>(
        &self,
        find: impl FnOnce(Deadline) -> tantivy::Result<T>,
    ) -> Result<T, EngineError> {
        let deadline = Deadline::within(self.timeout);
        find(deadline).map_err(|error| match self.timeout {
            Some(timeout) if deadline.is_over() => EngineError::Slow { seconds: timeout.as_secs_f64() },
            Some(_) | None => reading(self.folder.path(), error),
        })
    }

    /// Every article with this identity: its id in 16 digits, or its key.
    pub fn article(&self, name: &str) -> Result<Vec<Article>, EngineError> {
        self.by_name(name).map_err(|error| reading(self.folder.path(), error))
    }

    fn by_name(&self, name: &str) -> tantivy::Result<Vec<Article>> {
        Ok(self.named(name)?.into_iter().map(|(article, _)| article).collect())
    }

    /// The articles with this identity, and where they are stored.
    fn named(&self, name: &str) -> tantivy::Result<Vec<(Article, DocAddress)>> {
        let Some(field) = self.fields.keyword_from(&Property::Id) else {
            return Ok(Vec::new());
        };
        let query = Query::Value { field: field.name.clone(), value: name.to_owned() };
        let mut articles = Vec::new();
        for (ordinal, found) in self.sets_of(&query, Deadline::NEVER)?.iter().enumerate() {
            for document in found.iter() {
                let address = DocAddress::new(ordinal as u32, document);
                articles.push((self.stored(address)?, address));
            }
        }
        // A long key is cut in the index, so what it finds is compared as a whole.
        articles.retain(|(article, _)| article.key == name || ArticleId::parse(name) == Some(article.id()));
        articles.sort_by(|a, b| a.0.place.cmp(&b.0.place));
        Ok(articles)
    }

    fn copies_of(&self, name: &str) -> tantivy::Result<Option<NearDuplicates>> {
        let Some((of, address)) = self.named(name)?.into_iter().next() else { return Ok(None) };
        let own = Sketches::open(self.searcher.segment_reader(address.segment_ord))?.sketch(address.doc_id);
        let members = self.members()?;
        let number = members[address.segment_ord as usize].family(address.doc_id);
        let mut copies = Vec::new();
        for (ordinal, reader) in self.searcher.segment_readers().iter().enumerate() {
            let sketches = Sketches::open(reader)?;
            for (document, family) in members[ordinal].among(&Bits::alive(reader)) {
                let other = DocAddress::new(ordinal as u32, document);
                if Some(family) == number && other != address {
                    let both = own.zip(sketches.sketch(document));
                    let similarity = both.map_or(0.0, |(own, other)| own.similarity(&other));
                    copies.push(NearDuplicate { similarity, article: self.stored(other)? });
                }
            }
        }
        copies.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then_with(|| order(a).cmp(&order(b))));
        let families = &self.known.get()?.families;
        Ok(Some(NearDuplicates { of, family: number.and_then(|number| families.get(number)), copies }))
    }

    /// The family of every document, for each segment.
    pub(super) fn members(&self) -> tantivy::Result<&[Membership]> {
        if let Some(members) = self.members.get() {
            return Ok(members);
        }
        let families = &self.known.get()?.families;
        let readers = self.searcher.segment_readers().iter();
        let members = readers.map(|it| Membership::of(it, families)).collect::<Result<_, _>>()?;
        Ok(self.members.get_or_init(|| members))
    }

    fn count_languages(&self) -> tantivy::Result<Vec<(Option<Language>, u64)>> {
        let Some(field) = self.fields.keyword_from(&Property::Language) else {
            return Ok(Vec::new());
        };
        let mut counts = ValueCounts::default();
        for reader in self.searcher.segment_readers() {
            counts.add(reader, &field.name, &Bits::alive(reader), None)?;
        }
        let unknown = Some((None, counts.missing.count())).filter(|(_, count)| *count > 0);
        let values = counts.values();
        let known =
            (0..values.len()).map(|number| (Language::parse(values.folded(number)), values.count(number)));
        let mut languages: Vec<_> = known.chain(unknown).collect();
        languages.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        Ok(languages)
    }

    fn span_of_dates(&self) -> tantivy::Result<(Option<Day>, Option<Day>, u64)> {
        let (mut first, mut last, mut undated) = (None, None, 0);
        let Some(field) = self.fields.dates.iter().find(|field| field.from == Property::Published) else {
            return Ok((None, None, self.articles()));
        };
        for reader in self.searcher.segment_readers() {
            let firsts = reader.fast_fields().i64(&first_day_column(&field.name))?;
            let lasts = reader.fast_fields().i64(&last_day_column(&field.name))?;
            for document in Bits::alive(reader).iter() {
                let day = |days: &Column<i64>| days.first(document).map(|day| Day(day as i32));
                undated += u64::from(day(&firsts).is_none());
                first = first.into_iter().chain(day(&firsts)).min();
                last = last.into_iter().chain(day(&lasts)).max();
            }
        }
        Ok((first, last, undated))
    }

    fn answer(&self, request: &SearchRequest, deadline: Deadline) -> tantivy::Result<SearchResponse> {
        let Prepared { plan, sets, mut response } = self.prepare(request, deadline)?;
        let ranked = self.rank(request, &plan, &sets)?;
        deadline.check()?;
        response.next = self.next(request, &ranked, response.total);
        response.hits = self.hits(request, &plan, &ranked)?;
        if request.explain {
            response.explanation = Some(self.explained(request, &plan, &ranked, &response.hits)?);
        }
        response.expansions = plan.patterns;
        Ok(response)
    }

    /// Everything of an answer but its hits.
    fn prepare(&self, request: &SearchRequest, deadline: Deadline) -> tantivy::Result<Prepared> {
        let mut warnings = Vec::new();
        let mut plan = self.plan(&request.query, &request.ranking, deadline, &mut warnings)?;
        let mut sets = plan.sets(&self.searcher, &request.except, deadline)?;
        if request.ranking.feedback {
            sets = self.feed_back(&mut plan, request, sets, &mut warnings)?;
        }
        let members = match request.collapse {
            Collapse::None => None,
            Collapse::Family => Some(self.members()?),
        };
        let facets = request
            .facets
            .iter()
            .map(|facet| self.facet(facet, &request.query, &sets, members, deadline))
            .collect::<Result<_, _>>()?;
        if let Some(members) = members {
            self.keep_leaders(request.sort, &plan, members, &mut sets)?;
            warnings.extend(self.known.get()?.stale_warning());
        }
        let total = sets.iter().map(|set| set.hits.len()).sum();
        let response = SearchResponse { total, facets, warnings, ..SearchResponse::default() };
        Ok(Prepared { plan, sets, response })
    }

    /// What matches in each segment; of copies that are collapsed only the one that comes first in the order.
    pub(super) fn select(
        &self,
        query: &Query,
        collapse: Collapse,
        sort: Sort,
        deadline: Deadline,
        warnings: &mut Vec<String>,
    ) -> tantivy::Result<Selection> {
        let plan = self.plan(query, &Ranking::default(), deadline, warnings)?;
        let mut sets = plan.sets(&self.searcher, &[], deadline)?;
        if collapse == Collapse::Family {
            self.keep_leaders(sort, &plan, self.members()?, &mut sets)?;
            warnings.extend(self.known.get()?.stale_warning());
        }
        deadline.check()?;
        Ok(Selection { plan, sets })
    }

    /// The articles of a query by itself, for each segment.
    pub(super) fn sets_of(&self, query: &Query, deadline: Deadline) -> tantivy::Result<Vec<Bits>> {
        let weight = self.weight_alone(query, false, deadline)?;
        let readers = self.searcher.segment_readers().iter();
        let sets = readers.map(|reader| {
            let mut found = Bits::matching(weight.as_ref(), reader)?;
            found.intersect(&Bits::alive(reader));
            Ok(found)
        });
        let sets = sets.collect::<tantivy::Result<_>>()?;
        deadline.check()?;
        Ok(sets)
    }

    /// Every document of a selection, in an order; within the time of the selection.
    pub(super) fn ordered(&self, selection: &Selection, sort: Sort) -> tantivy::Result<Vec<DocAddress>> {
        let request = SearchRequest {
            query: Query::All,
            page: Page { offset: 0, limit: selection.articles() as usize, after: None },
            sort,
            facets: Vec::new(),
            detail: Detail::Id,
            snippets: SnippetOptions { count: 0, context: Context::Words(0) },
            collapse: Collapse::None,
            except: Vec::new(),
            ranking: Ranking::default(),
            explain: false,
        };
        let ranked = self.rank(&request, &selection.plan, &selection.sets)?;
        selection.plan.deadline.check()?;
        Ok(ranked.into_iter().map(|ranked| ranked.address).collect())
    }

    /// The languages whose stems are in the index, the one for undetermined articles among them if there are any.
    fn languages(&self) -> &[Language] {
        self.languages.get_or_init(|| {
            let mut languages = self.languages_of_terms().unwrap_or_default();
            let undetermined = self.schema().undetermined;
            languages.extend(undetermined.filter(|language| !languages.contains(language)));
            languages
        })
    }

    fn languages_of_terms(&self) -> tantivy::Result<Vec<Language>> {
        let Some(field) = self.fields.keyword_from(&Property::Language) else {
            return Ok(self.schema().languages.iter().map(|rules| rules.language).collect());
        };
        let mut languages = Vec::new();
        for reader in self.searcher.segment_readers() {
            let index = reader.inverted_index(field.terms)?;
            let mut terms = index.terms().stream()?;
            while let Some((term, _)) = terms.next() {
                languages.extend(std::str::from_utf8(term).ok().and_then(Language::parse));
            }
        }
        languages.sort_unstable();
        languages.dedup();
        Ok(languages)
    }
}

/// An answer that lacks its hits, and what they are found by.
struct Prepared {
    plan: Plan,
    sets: Vec<Set>,
    response: SearchResponse,
}

/// Why a commit could not be opened.
enum Unopened {
    /// A file is not there; another commit may have taken its place.
    Missing(EngineError),
    /// It was there a moment ago. Why it is not is only looked for when no other commit did.
    Vanished(TantivyError),
    Unusable(EngineError),
}

fn snapshot(folder: &Folder) -> Result<tantivy::Searcher, Unopened> {
    let commit = Commit::read(folder.path()).map_err(Unopened::Unusable)?;
    if let Err(findings) = integrity::check(folder.path(), &commit)
        && let Some(refusal) = integrity::refusal(folder.path(), &findings)
    {
        let is_missing = findings.iter().any(|finding| finding.kind == Kind::Missing);
        return Err(if is_missing { Unopened::Missing(refusal) } else { Unopened::Unusable(refusal) });
    }
    opened(folder, commit).map_err(|error| match error {
        TantivyError::OpenReadError(_) => Unopened::Vanished(error),
        error => Unopened::Unusable(reading(folder.path(), error)),
    })
}

fn opened(folder: &Folder, commit: Commit) -> tantivy::Result<tantivy::Searcher> {
    let index = Index::open(IndexDirectory::of_commit(&folder.segments(), commit)?)?;
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .doc_store_cache_num_blocks(16)
        .try_into()?;
    Ok(tantivy::IndexReader::searcher(&reader))
}

/// Copies that are equally similar stand in the order of their dates.
fn order(copy: &NearDuplicate) -> (bool, Option<i64>, ArticleId, &Place) {
    let timestamp = copy.article.published.map(|published| published.date.timestamp());
    (timestamp.is_none(), timestamp, copy.article.id(), &copy.article.place)
}
