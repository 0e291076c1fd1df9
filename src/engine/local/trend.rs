//! Counts over time, from columns; only matches in texts need the stored articles.

use tantivy::{DocAddress, SegmentReader, TantivyError};

use crate::engine::EngineError;
use crate::highlight::Matcher;
use crate::query::Query;
use crate::schema::Property;
use crate::search::trend::{Count, Of, Per, Period, TermCounts, Trend, TrendRequest};
use crate::search::{Collapse, Sort};

use super::bits::Bits;
use super::folder::reading;
use super::searcher::{Searcher, Selection};
use super::timeline::{Dates, Days, Slot, Timeline};

impl Searcher {
    /// Counts each term in every period.
    pub fn trend(&self, request: &TrendRequest) -> Result<Trend, EngineError> {
        let broken = |error| reading(self.folder.path(), error);
        // What is to be said of the filters is said of each term.
        let base = self.earliest(&request.base, request.collapse, &mut Vec::new())?;
        let days = self.days(request).map_err(broken)?;
        let mut dates = Dates::default();
        for (days, documents) in days.iter().zip(base.segments()) {
            dates.add(days, documents);
        }
        let timeline = Timeline::over(&dates, request.by)?;
        let counter = Counter { searcher: self, slots: slots(&timeline, &days, self), timeline };
        counter.count(request, &base)
    }

    /// What matches; of copies that are collapsed the earliest. Each has the time for finding of a query.
    pub(super) fn earliest(
        &self,
        query: &Query,
        collapse: Collapse,
        warnings: &mut Vec<String>,
    ) -> Result<Selection, EngineError> {
        self.in_time(|deadline| self.select(query, collapse, Sort::Oldest, deadline, warnings))
    }

    fn days(&self, request: &TrendRequest) -> tantivy::Result<Vec<Days>> {
        self.searcher.segment_readers().iter().map(|reader| Days::open(reader, &request.field)).collect()
    }
}

/// For each segment the slot of every document.
fn slots(timeline: &Timeline, days: &[Days], searcher: &Searcher) -> Vec<Vec<Slot>> {
    let readers = searcher.searcher.segment_readers().iter();
    let of_segment = |(reader, days): (&SegmentReader, &Days)| {
        (0..reader.max_doc()).map(|document| timeline.slot(days, document)).collect()
    };
    readers.zip(days).map(of_segment).collect()
}

struct Counter<'a> {
    searcher: &'a Searcher,
    timeline: Timeline,
    slots: Vec<Vec<Slot>>,
}

impl Counter<'_> {
    fn count(&self, request: &TrendRequest, base: &Selection) -> Result<Trend, EngineError> {
        let periods = match request.of {
            Of::Filter => self.periods(base),
            Of::Archive => {
                self.periods(&self.searcher.earliest(&Query::All, request.collapse, &mut Vec::new())?)
            }
        };
        let periods = periods.map_err(|error| self.broken(error))?;
        let terms = request.terms.iter().map(|query| self.term(query, request)).collect::<Result<_, _>>()?;
        Ok(Trend { interval: self.timeline.interval, periods, articles: base.articles(), terms })
    }

    fn broken(&self, error: TantivyError) -> EngineError {
        reading(self.searcher.folder.path(), error)
    }

    fn term(&self, query: &Query, request: &TrendRequest) -> Result<TermCounts, EngineError> {
        let mut warnings = Vec::new();
        let found = self.searcher.earliest(query, request.collapse, &mut warnings)?;
        let counts = match request.per {
            Per::Articles | Per::None => self.articles(&found, None),
            Per::Words => {
                let matcher = self.searcher.matcher(found.query(), found.expansions());
                if matcher.has_words() {
                    self.matches(&matcher, &found).map_err(|error| self.broken(error))?
                } else {
                    warnings.push("the query has no words whose matches could be counted".to_owned());
                    self.articles(&found, Some(0))
                }
            }
        };
        Ok(TermCounts { warnings, ..counts })
    }

    /// The denominators.
    fn periods(&self, selection: &Selection) -> tantivy::Result<Vec<Period>> {
        let name = self.words_column();
        let mut periods: Vec<Period> = (0..self.timeline.len())
            .map(|number| Period {
                from: self.timeline.starts[number],
                to: self.timeline.end(number),
                articles: 0,
                words: name.map(|_| 0),
            })
            .collect();
        let readers = self.searcher.searcher.segment_readers().iter();
        for ((reader, documents), slots) in readers.zip(selection.segments()).zip(&self.slots) {
            let words = name.map(|name| reader.fast_fields().u64(name)).transpose()?;
            for (document, number) in in_periods(documents, slots) {
                let period = &mut periods[number];
                period.articles += 1;
                let more = words.as_ref().and_then(|words| words.first(document)).unwrap_or(0);
                period.words = period.words.map(|words| words + more);
            }
        }
        Ok(periods)
    }

    fn words_column(&self) -> Option<&str> {
        let fields = &self.searcher.fields;
        let field = fields.numbers.iter().find(|field| field.from == Property::Words)?;
        Some(fields.schema.get_field_name(field.column))
    }

    /// Counts articles, with so many matches in each.
    fn articles(&self, found: &Selection, matches: Option<u64>) -> TermCounts {
        let mut counts = self.nothing(matches);
        for (documents, slots) in found.segments().zip(&self.slots) {
            for document in documents.iter() {
                add(&mut counts, slots[document as usize], Count { articles: 1, matches });
            }
        }
        counts
    }

    /// Reads the texts of all articles found and counts the matches in them.
    fn matches(&self, matcher: &Matcher, found: &Selection) -> tantivy::Result<TermCounts> {
        let mut counts = self.nothing(Some(0));
        for (segment, (documents, slots)) in found.segments().zip(&self.slots).enumerate() {
            for document in documents.iter() {
                let article = self.searcher.stored(DocAddress::new(segment as u32, document))?;
                let language = article.language.or(self.searcher.schema().undetermined);
                let matches = matcher.matches(&article.body, "body", language).len() as u64;
                let count = Count { articles: 1, matches: Some(matches) };
                add(&mut counts, slots[document as usize], count);
            }
        }
        Ok(counts)
    }

    fn nothing(&self, matches: Option<u64>) -> TermCounts {
        let points = vec![Count { articles: 0, matches }; self.timeline.len()];
        TermCounts { matches, points, ..TermCounts::default() }
    }
}

fn in_periods(documents: &Bits, slots: &[Slot]) -> impl Iterator<Item = (u32, usize)> {
    documents.iter().filter_map(|document| match slots[document as usize] {
        Slot::Period(number) => Some((document, number)),
        Slot::Wide(_) | Slot::Undated | Slot::Outside => None,
    })
}

fn add(counts: &mut TermCounts, slot: Slot, count: Count) {
    counts.articles += count.articles;
    counts.matches = counts.matches.zip(count.matches).map(|(all, more)| all + more);
    match slot {
        Slot::Period(number) => counts.points[number] += count,
        Slot::Wide(_) => counts.imprecise += count.articles,
        Slot::Undated => counts.missing += count.articles,
        // The timeline reaches over all articles that the filters let through, and a term is one of those.
        Slot::Outside => {}
    }
}
