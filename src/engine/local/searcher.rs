//! Answers questions from one snapshot of an index.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::OnceLock;

use tantivy::columnar::{Column, StrColumn};
use tantivy::index::Index;
use tantivy::schema::{TantivyDocument, Value};
use tantivy::{DocAddress, ReloadPolicy, SegmentReader, TantivyError, Term};

use crate::analysis::language::Language;
use crate::article::{Article, ArticleId, Place};
use crate::engine::{EngineError, Families};
use crate::highlight::Matcher;
use crate::query::simplify::{replace_filter, split_filters};
use crate::query::{DateRange, Query};
use crate::schema::{FieldName, Property, Schema};
use crate::search::{
    Collapse, DateBucket, FacetCounts, FacetRequest, Family, Hit, NearDuplicate, NearDuplicates, Recency,
    SearchRequest, SearchResponse, Snippet, SnippetOptions, Sort, ValueBucket,
};
use crate::text::calendar::{Day, Interval};

mod explain;
mod ranking;

use self::ranking::Plan;
use super::bits::Bits;
use super::cluster::families;
use super::copies::{KnownFamilies, Leaders, Membership, Sketches, sketched};
use super::directory::{Access, IndexDirectory};
use super::facets::{DateCounts, ValueCounts};
use super::folder::{Folder, TRIES, reading};
use super::question::StopWords;
use super::rank::{RankKey, Ranked, cursor_behind, stable};
use super::schema::{Fields, ID, TIMESTAMP, TITLE, first_day_column, last_day_column};

/// A snapshot of an index, open for reading.
pub struct Searcher {
    folder: Folder,
    fields: Fields,
    searcher: tantivy::Searcher,
    languages: OnceLock<Vec<Language>>,
    stop_words: OnceLock<StopWords>,
    known: KnownFamilies,
    /// For each segment.
    members: OnceLock<Vec<Membership>>,
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
                Err(TantivyError::OpenReadError(_)) if tries < TRIES => {}
                Err(error) => return Err(reading(folder.path(), error)),
            }
        };
        Ok(Searcher {
            fields: Fields::new(folder.schema()),
            folder: folder.clone(),
            searcher,
            languages: OnceLock::new(),
            stop_words: OnceLock::new(),
            known: folder.families()?,
            members: OnceLock::new(),
        })
    }

    /// Which articles are the same text again.
    pub fn families(&self) -> &Families {
        &self.known.families
    }

    /// What to say when an answer depends on families that are not those of the last commit.
    pub fn families_warning(&self) -> Option<String> {
        self.known.stale_warning()
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
        self.answer(request).map_err(|error| reading(self.folder.path(), error))
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
        let weight = self.weight(&query, &mut Vec::new(), false)?;
        let mut articles = Vec::new();
        for (ordinal, reader) in self.searcher.segment_readers().iter().enumerate() {
            let mut found = Bits::matching(weight.as_ref(), reader)?;
            found.intersect(&Bits::alive(reader));
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
        Ok(Some(NearDuplicates {
            of,
            family: number.and_then(|number| self.known.families.get(number)),
            copies,
        }))
    }

    /// The family of every document, for each segment.
    fn members(&self) -> tantivy::Result<&[Membership]> {
        if let Some(members) = self.members.get() {
            return Ok(members);
        }
        let readers = self.searcher.segment_readers().iter();
        let members = readers.map(|it| Membership::of(it, &self.known.families)).collect::<Result<_, _>>()?;
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
        let known =
            counts.values.into_iter().map(|(code, counted)| (Language::parse(&code), counted.tally.count()));
        let unknown = Some((None, counts.missing.count())).filter(|(_, count)| *count > 0);
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

    fn answer(&self, request: &SearchRequest) -> tantivy::Result<SearchResponse> {
        let mut warnings = Vec::new();
        let mut plan = self.plan(&request.query, &request.ranking, &mut warnings)?;
        let mut sets = plan.sets(&self.searcher)?;
        if request.ranking.feedback {
            sets = self.feed_back(&mut plan, &request.ranking, sets, &mut warnings)?;
        }
        let members = match request.collapse {
            Collapse::None => None,
            Collapse::Family => Some(self.members()?),
        };
        let facets = request
            .facets
            .iter()
            .map(|facet| self.facet(facet, &request.query, &sets, members))
            .collect::<Result<_, _>>()?;
        if let Some(members) = members {
            self.keep_leaders(request.sort, &plan, members, &mut sets)?;
            warnings.extend(self.known.stale_warning());
        }
        let total = sets.iter().map(|set| set.hits.len()).sum();
        let ranked = self.rank(request, &plan, &sets)?;
        let next = self.next(request, &ranked, total);
        let hits = self.hits(request, &plan.question.query, &ranked)?;
        let explanation =
            request.explain.then(|| self.explained(request, &plan, &ranked, &hits)).transpose()?;
        Ok(SearchResponse { total, hits, facets, next, warnings, explanation })
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

    /// Leaves of each family only the hit that comes first in the order.
    fn keep_leaders(
        &self,
        sort: Sort,
        plan: &Plan,
        members: &[Membership],
        sets: &mut [Set],
    ) -> tantivy::Result<()> {
        let mut leaders = Leaders::new();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(&*sets).enumerate() {
            let keys = Keys::open(reader, ordinal as u32)?;
            let titles = if sort == Sort::Title { reader.fast_fields().str(TITLE)? } else { None };
            let mut scorer = match plan.scoring() {
                Some(weight) if sort == Sort::Relevance => Some(weight.scorer(reader, 1.0)?),
                Some(_) | None => None,
            };
            for (document, family) in members[ordinal].among(&set.hits) {
                let score = scorer.as_mut().map_or(0.0, |scorer| {
                    if scorer.doc() < document {
                        scorer.seek(document);
                    }
                    stable(scorer.score() * keys.recency(plan.recency, document))
                });
                let title = titles.as_ref().map(|titles| title_of(titles, document)).transpose()?;
                let ranked = keys.ranked(document, keys.primary(sort, document, score));
                leaders.offer(family, (title, ranked), ordinal, document);
            }
        }
        leaders.beaten().into_iter().for_each(|(segment, document)| sets[segment].hits.remove(document));
        Ok(())
    }

    fn rank_by_title(&self, offset: usize, limit: usize, sets: &[Set]) -> tantivy::Result<Vec<Ranked>> {
        let mut titled: Vec<(String, RankKey, DocAddress)> = Vec::new();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            let keys = Keys::open(reader, ordinal as u32)?;
            let Some(titles) = reader.fast_fields().str(TITLE)? else { continue };
            for document in first_by_ordinal(&titles, &set.hits, offset.saturating_add(limit)) {
                let ranked = keys.ranked(document, 0.0);
                titled.push((title_of(&titles, document)?, ranked.key, ranked.address));
            }
        }
        titled.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        let page = titled.into_iter().skip(offset).take(limit);
        Ok(page.map(|(_, key, address)| Ranked { key, address }).collect())
    }

    /// Titles have no number to continue from, so there is no cursor in their order.
    fn next(&self, request: &SearchRequest, ranked: &[Ranked], total: u64) -> Option<crate::search::Cursor> {
        let full = ranked.len() == request.page.limit;
        let shown = request.page.offset as u64 + ranked.len() as u64;
        let more = full && (request.page.after.is_some() || shown < total);
        if more && request.sort != Sort::Title { cursor_behind(ranked, request.page.after) } else { None }
    }

    /// The family of each of these documents.
    fn families_of(&self, ranked: &[Ranked]) -> tantivy::Result<Vec<Option<Family>>> {
        let known = &self.known.families;
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

    fn stored(&self, address: DocAddress) -> tantivy::Result<Article> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let bytes = document.get_first(self.fields.article).and_then(|value| value.as_bytes());
        let article = bytes.and_then(|bytes| postcard::from_bytes(bytes).ok());
        article.ok_or_else(|| TantivyError::InternalError("a stored article cannot be read".to_owned()))
    }

    fn hits(&self, request: &SearchRequest, marked: &Query, ranked: &[Ranked]) -> tantivy::Result<Vec<Hit>> {
        if ranked.is_empty() {
            return Ok(Vec::new());
        }
        let default_field = self.schema().default_field.clone();
        let idf = |term: &str, stem: bool| self.idf(term, stem);
        let matcher = Matcher::new(marked, &default_field, self.languages(), &idf);
        let families = self.families_of(ranked)?;
        ranked
            .iter()
            .enumerate()
            .map(|(index, ranked)| {
                let rank = (request.page.offset + index) as u64 + 1;
                let article = self.stored(ranked.address)?;
                let score = if request.sort == Sort::Relevance { ranked.key.primary as f32 } else { 0.0 };
                Ok(self.hit(article, families[index], rank, score, &matcher, request.snippets))
            })
            .collect()
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

    fn facet(
        &self,
        facet: &FacetRequest,
        query: &Query,
        sets: &[Set],
        members: Option<&[Membership]>,
    ) -> tantivy::Result<FacetCounts> {
        match facet {
            FacetRequest::Values { field, limit } => self.value_facet(field, *limit, query, sets, members),
            FacetRequest::Dates { field, interval } => {
                self.date_facet(field, *interval, query, sets, members)
            }
        }
    }

    fn value_facet(
        &self,
        field: &FieldName,
        limit: Option<usize>,
        query: &Query,
        sets: &[Set],
        members: Option<&[Membership]>,
    ) -> tantivy::Result<FacetCounts> {
        let mut counts = ValueCounts::default();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            counts.add(reader, field, set.without(field), members.map(|members| &members[ordinal]))?;
        }
        counts.settle_spellings(&self.searcher, field)?;
        let chosen = chosen_values(query, field);
        let values = counts.values.len() as u64;
        let mut sorted: Vec<(String, String, u64)> = counts
            .values
            .into_iter()
            .map(|(folded, counted)| (folded, counted.display().to_owned(), counted.tally.count()))
            .collect();
        sorted.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        let shown = limit.unwrap_or(usize::MAX).min(sorted.len());
        let other = sorted[shown..].iter().map(|(_, _, count)| count).sum();
        let buckets = sorted.into_iter().take(shown).map(|(folded, value, count)| {
            let choice = Query::Value { field: field.clone(), value: value.clone() };
            ValueBucket {
                selected: chosen.contains(&folded),
                query: replace_filter(query, field, choice),
                value,
                count,
            }
        });
        Ok(FacetCounts::Values {
            field: field.clone(),
            values,
            other,
            missing: counts.missing.count(),
            buckets: buckets.collect(),
        })
    }

    fn date_facet(
        &self,
        field: &FieldName,
        interval: Interval,
        query: &Query,
        sets: &[Set],
        members: Option<&[Membership]>,
    ) -> tantivy::Result<FacetCounts> {
        let mut counts = DateCounts::default();
        for (ordinal, (reader, set)) in self.searcher.segment_readers().iter().zip(sets).enumerate() {
            let members = members.map(|members| &members[ordinal]);
            counts.add(reader, field, interval, set.without(field), members)?;
        }
        let (imprecise, missing) = (counts.imprecise.count(), counts.missing.count());
        let buckets = counts.filled(interval).into_iter().map(|(from, count)| {
            let to = interval.end(from);
            let range = DateRange { from: Some(from), to: Some(to) };
            let choice = Query::Dates { field: field.clone(), range, within: imprecise > 0 };
            DateBucket { from, to, count, query: replace_filter(query, field, choice) }
        });
        Ok(FacetCounts::Dates {
            field: field.clone(),
            interval,
            imprecise,
            missing,
            buckets: buckets.collect(),
        })
    }
}

fn snapshot(folder: &Folder) -> tantivy::Result<tantivy::Searcher> {
    let directory = IndexDirectory::open(&folder.segments(), Access::Read)?;
    let index = Index::open(directory)?;
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .doc_store_cache_num_blocks(16)
        .try_into()?;
    Ok(tantivy::IndexReader::searcher(&reader))
}

fn snippets(
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

/// The folded values of a field that a query chooses.
fn chosen_values(query: &Query, field: &FieldName) -> Vec<String> {
    let (_, filters) = split_filters(query.clone(), |name| name == field);
    let mut chosen = Vec::new();
    filters.iter().for_each(|(_, filter)| values_in(filter, &mut chosen));
    chosen
}

fn values_in(query: &Query, chosen: &mut Vec<String>) {
    match query {
        Query::Value { value, .. } => chosen.push(crate::analysis::fold::fold_keyword(value)),
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| values_in(part, chosen)),
        Query::Boost(inner, _) => values_in(inner, chosen),
        Query::All
        | Query::Word { .. }
        | Query::Phrase { .. }
        | Query::Prefix { .. }
        | Query::ValueWord { .. }
        | Query::Below { .. }
        | Query::Dates { .. }
        | Query::Has(_)
        | Query::Not(_) => {}
    }
}

/// What of one segment matches.
struct Set {
    hits: Bits,
    /// For each filtered field what matches everything but its own filter.
    without: BTreeMap<FieldName, Bits>,
}

impl Set {
    fn without(&self, field: &FieldName) -> &Bits {
        self.without.get(field).unwrap_or(&self.hits)
    }
}

/// The columns that order the documents of one segment.
struct Keys {
    segment: u32,
    timestamps: Column<i64>,
    ids: Column<u64>,
}

impl Keys {
    fn open(reader: &SegmentReader, segment: u32) -> tantivy::Result<Keys> {
        let columns = reader.fast_fields();
        Ok(Keys { segment, timestamps: columns.i64(TIMESTAMP)?, ids: columns.u64(ID)? })
    }

    fn ranked(&self, document: u32, primary: f64) -> Ranked {
        let timestamp = self.timestamps.first(document).unwrap_or(i64::MIN);
        let id = self.ids.first(document).unwrap_or(0);
        Ranked { key: RankKey { primary, timestamp, id }, address: DocAddress::new(self.segment, document) }
    }

    /// What the score of a document is multiplied by for being new.
    fn recency(&self, recency: Option<Recency>, document: u32) -> f32 {
        let Some(recency) = recency else { return 1.0 };
        let day = |timestamp: i64| Day(timestamp.div_euclid(86_400) as i32);
        recency.factor(self.timestamps.first(document).map(day))
    }

    /// What an order is by, the score if it is that.
    fn primary(&self, sort: Sort, document: u32, score: f32) -> f64 {
        let dated = |sign: f64| {
            let timestamp = self.timestamps.first(document);
            timestamp.map_or(f64::NEG_INFINITY, |timestamp| sign * timestamp as f64)
        };
        match sort {
            Sort::Relevance => f64::from(score),
            Sort::Newest => dated(1.0),
            Sort::Oldest => dated(-1.0),
            Sort::Title => 0.0,
        }
    }
}

/// The `limit` documents with the smallest title ordinals; all of those with the last one.
fn first_by_ordinal(titles: &StrColumn, documents: &Bits, limit: usize) -> Vec<u32> {
    let ordinal = |document: &u32| titles.ords().first(*document).unwrap_or(u64::MAX);
    let mut sorted: Vec<u32> = documents.iter().collect();
    sorted.sort_by_key(ordinal);
    if let Some(last) = limit.checked_sub(1).and_then(|last| sorted.get(last)).map(ordinal) {
        sorted.retain(|document| ordinal(document) <= last);
    }
    sorted
}

/// Copies that are equally similar stand in the order of their dates.
fn order(copy: &NearDuplicate) -> (bool, Option<i64>, ArticleId, &Place) {
    let timestamp = copy.article.published.map(|published| published.date.timestamp());
    (timestamp.is_none(), timestamp, copy.article.id(), &copy.article.place)
}

fn title_of(titles: &StrColumn, document: u32) -> tantivy::Result<String> {
    let mut title = String::new();
    if let Some(ordinal) = titles.ords().first(document) {
        titles.ord_to_str(ordinal, &mut title)?;
    }
    Ok(title)
}
