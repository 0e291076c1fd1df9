//! What the archive holds of each period, from columns alone.

use std::collections::{BTreeMap, HashMap};

use tantivy::SegmentReader;
use tantivy::columnar::StrColumn;

use crate::article::Origin;
use crate::engine::EngineError;
use crate::query::Query;
use crate::query::simplify::simplify;
use crate::schema::Property;
use crate::search::coverage::{Coverage, CoverageRequest, CoverageRow, WideDates, gaps};

use super::bits::Bits;
use super::copies::Membership;
use super::deadline::Deadline;
use super::facets::ValueCounts;
use super::folder::reading;
use super::schema::facet_column;
use super::searcher::{Searcher, Selection};
use super::timeline::{Dates, Days, Slot, Timeline};
use super::values::{facet_value, split_facet_value};

impl Searcher {
    /// Counts the articles of each value and period, and finds the gaps.
    pub fn coverage(&self, request: &CoverageRequest) -> Result<Coverage, EngineError> {
        let broken = |error| reading(self.folder.path(), error);
        let mut warnings = Vec::new();
        let found = self.earliest(&request.query, request.collapse, &mut warnings)?;
        let columns = self.coverage_columns(request).map_err(broken)?;
        let mut dates = Dates::default();
        for (columns, documents) in columns.iter().zip(found.segments()) {
            dates.add(&columns.days, documents);
        }
        let timeline = Timeline::over(&dates, request.by)?;
        warnings.extend(self.families_warning()?);
        warnings.dedup();
        self.tally(request, &found, &columns, &timeline, warnings).map_err(broken)
    }

    fn coverage_columns(&self, request: &CoverageRequest) -> tantivy::Result<Vec<Columns<'_>>> {
        let origins = self.fields.keyword_from(&Property::PublishedOrigin).map(|field| &field.name);
        let members = self.members()?;
        let open = |(reader, members): (&SegmentReader, _)| {
            let strings = |name| reader.fast_fields().str(&facet_column(name));
            Ok(Columns {
                days: Days::open(reader, &request.dates)?,
                values: strings(&request.of)?,
                origins: origins.map(strings).transpose()?.flatten().map(Origins::of).transpose()?,
                members,
            })
        };
        self.searcher.segment_readers().iter().zip(members).map(open).collect()
    }

    fn tally(
        &self,
        request: &CoverageRequest,
        found: &Selection,
        columns: &[Columns<'_>],
        timeline: &Timeline,
        warnings: Vec<String>,
    ) -> tantivy::Result<Coverage> {
        let mut tallies = Tallies::default();
        let mut spellings = ValueCounts::default();
        let segments = self.searcher.segment_readers().iter().zip(found.segments()).zip(columns);
        for ((reader, documents), columns) in segments {
            tallies.add(columns, documents, timeline)?;
            spellings.add(reader, &request.of, documents, None)?;
        }
        let mut spellings = spellings.values();
        let all: Vec<usize> = (0..spellings.len()).collect();
        self.settle_spellings(&request.of, &mut spellings, &all, Deadline::NEVER)?;
        // Only an index that holds where dates were stated can tell.
        let tells_origins = self.fields.keyword_from(&Property::PublishedOrigin).is_some();
        let row = |value: Option<String>, tally: Tally, choice: Query| {
            let query = simplify(Query::And(vec![request.query.clone(), choice]));
            tally.row(value, query, tells_origins)
        };
        let mut rows: Vec<CoverageRow> = tallies
            .values
            .into_iter()
            .map(|(folded, tally)| {
                let value =
                    spellings.find(&folded).map_or(folded.as_str(), |number| spellings.display(number));
                let choice = Query::Value { field: request.of.clone(), value: value.to_owned() };
                row(Some(value.to_owned()), tally, choice)
            })
            .collect();
        rows.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.value.cmp(&b.value)));
        if tallies.without.articles > 0 {
            let choice = Query::Not(Box::new(Query::Has(request.of.clone())));
            rows.push(row(None, tallies.without, choice));
        }
        Ok(Coverage {
            interval: timeline.interval,
            periods: timeline.starts.clone(),
            all: row(None, tallies.all, Query::All),
            rows,
            warnings,
        })
    }
}

/// What is read of the documents of one segment.
struct Columns<'a> {
    days: Days,
    values: Option<StrColumn>,
    origins: Option<Origins>,
    members: &'a Membership,
}

/// Which documents have an estimated date.
struct Origins {
    column: StrColumn,
    estimated: Option<u64>,
}

impl Origins {
    fn of(column: StrColumn) -> tantivy::Result<Origins> {
        let name = Origin::Text.as_str();
        let estimated = column.dictionary().term_ord(facet_value(name, name))?;
        Ok(Origins { column, estimated })
    }

    fn is_estimated(&self, document: u32) -> bool {
        self.estimated.is_some() && self.column.ords().first(document) == self.estimated
    }
}

/// The counts of all rows.
#[derive(Default)]
struct Tallies {
    all: Tally,
    without: Tally,
    /// By folded value.
    values: HashMap<String, Tally>,
}

impl Tallies {
    fn add(&mut self, columns: &Columns<'_>, documents: &Bits, timeline: &Timeline) -> tantivy::Result<()> {
        let mut of_ordinal: BTreeMap<u64, Tally> = BTreeMap::new();
        for document in documents.iter() {
            let seen = Seen {
                slot: timeline.slot(&columns.days, document),
                is_estimated: columns.origins.as_ref().is_some_and(|it| it.is_estimated(document)),
                has_copies: columns.members.family(document).is_some(),
            };
            self.all.add(seen);
            let mut ordinals = columns.values.iter().flat_map(|it| it.ords().values_for_doc(document));
            match ordinals.next() {
                None => self.without.add(seen),
                Some(first) => {
                    let each = std::iter::once(first).chain(ordinals);
                    each.for_each(|ordinal| of_ordinal.entry(ordinal).or_default().add(seen));
                }
            }
        }
        let Some(column) = &columns.values else { return Ok(()) };
        let ordinals: Vec<u64> = of_ordinal.keys().copied().collect();
        let mut tallies = of_ordinal.into_values();
        column.dictionary().sorted_ords_to_term_cb(&ordinals, |bytes| {
            if let Some(tally) = tallies.next() {
                let value = String::from_utf8_lossy(bytes);
                self.values.entry(split_facet_value(&value).0.to_owned()).or_default().join(tally);
            }
        })?;
        Ok(())
    }
}

/// What is known of a document.
#[derive(Clone, Copy)]
struct Seen {
    slot: Slot,
    is_estimated: bool,
    has_copies: bool,
}

/// The counts of one row.
#[derive(Default)]
struct Tally {
    articles: u64,
    missing: u64,
    estimated: u64,
    copies: u64,
    periods: BTreeMap<usize, u64>,
    wide: WideDates,
    imprecise: u64,
}

impl Tally {
    fn add(&mut self, seen: Seen) {
        self.articles += 1;
        self.copies += u64::from(seen.has_copies);
        match seen.slot {
            Slot::Period(number) => *self.periods.entry(number).or_default() += 1,
            Slot::Wide(touched) => {
                self.imprecise += 1;
                if let Some(touched) = touched {
                    *self.wide.entry(touched).or_default() += 1;
                }
            }
            Slot::Undated => {
                self.missing += 1;
                self.estimated += u64::from(seen.is_estimated);
            }
            // The timeline reaches over all of the articles.
            Slot::Outside => {}
        }
    }

    /// Adds what another segment has of the same value, or of another spelling of it.
    fn join(&mut self, other: Tally) {
        self.articles += other.articles;
        self.missing += other.missing;
        self.estimated += other.estimated;
        self.copies += other.copies;
        self.imprecise += other.imprecise;
        other.periods.into_iter().for_each(|(at, count)| *self.periods.entry(at).or_default() += count);
        other.wide.into_iter().for_each(|(at, count)| *self.wide.entry(at).or_default() += count);
    }

    fn row(self, value: Option<String>, query: Query, tells_origins: bool) -> CoverageRow {
        let first = self.periods.first_key_value().map_or(0, |(first, _)| *first);
        let behind = self.periods.last_key_value().map_or(0, |(last, _)| last + 1);
        let counts: Vec<u64> =
            (first..behind).map(|period| self.periods.get(&period).copied().unwrap_or(0)).collect();
        CoverageRow {
            value,
            query,
            articles: self.articles,
            imprecise: self.imprecise,
            missing: self.missing,
            estimated: tells_origins.then_some(self.estimated),
            copies: self.copies,
            first,
            gaps: gaps(first, &counts, &self.wide),
            counts,
        }
    }
}
