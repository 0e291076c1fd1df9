//! Every match of a query in the stored texts, handed out one by one.

use std::collections::BinaryHeap;
use std::ops::{ControlFlow, Range};

use tantivy::DocAddress;

use crate::analysis::language::Language;
use crate::article::Article;
use crate::engine::EngineError;
use crate::highlight::Matcher;
use crate::highlight::context::{before, behind, key_before, key_behind};
use crate::search::Sort;
use crate::search::kwic::{Counted, KwicLine, KwicOrder, KwicRequest, KwicTotals, Part};

use super::deadline::Deadline;
use super::folder::reading;
use super::searcher::{Searcher, Selection};

/// The matches of more articles than this are only counted when all lines are wanted.
pub const MOST_COUNTED: u64 = 5_000;

/// Takes a line; says whether to go on.
type Take<'a> = &'a mut dyn FnMut(KwicLine) -> ControlFlow<()>;

impl Searcher {
    /// Hands every match to `take`, in the order asked for, until it breaks off or the limit is reached.
    ///
    /// Memory grows with the number of lines only when they are sorted by their words, and then not beyond the
    /// limit.
    pub fn kwic(&self, request: &KwicRequest, take: Take<'_>) -> Result<KwicTotals, EngineError> {
        let mut totals = KwicTotals::default();
        let (selection, order) =
            self.in_time(|deadline| self.selected(request, deadline, &mut totals.warnings))?;
        totals.articles = selection.articles();
        let matcher = self.matcher(selection.query(), selection.expansions());
        if !matcher.has_words() {
            totals.warnings.push("the query has no words that could be shown in their context".to_owned());
            totals.counted = Some(Counted::default());
            return Ok(totals);
        }
        let mut collector = Collector::new(request, take);
        let mut counted = Counted::default();
        let mut addresses = addresses(&selection, order);
        let is_complete = loop {
            if collector.is_closed || collector.is_full() && totals.articles > MOST_COUNTED {
                break false;
            }
            let Some(address) = addresses.next() else { break true };
            let article = self.stored(address).map_err(|error| reading(self.folder.path(), error))?;
            let language = article.language.or(self.schema().undetermined);
            let matches = matches(&article, &matcher, language, request, &mut collector);
            counted.matches += matches;
            counted.articles += u64::from(matches > 0);
        };
        totals.lines = collector.finish();
        totals.counted = is_complete.then_some(counted);
        Ok(totals)
    }

    /// What matches, and its order where that is asked for.
    fn selected(
        &self,
        request: &KwicRequest,
        deadline: Deadline,
        warnings: &mut Vec<String>,
    ) -> tantivy::Result<(Selection, Option<Vec<DocAddress>>)> {
        let sort = match request.order {
            KwicOrder::Articles(sort) => Some(sort),
            KwicOrder::Left | KwicOrder::Right | KwicOrder::Stored => None,
        };
        let leaders = sort.unwrap_or(Sort::Oldest);
        let selection = self.select(&request.query, request.collapse, leaders, deadline, warnings)?;
        let order = sort.map(|sort| self.ordered(&selection, sort)).transpose()?;
        Ok((selection, order))
    }
}

/// The articles in this order, or as they are stored.
fn addresses(
    selection: &Selection,
    order: Option<Vec<DocAddress>>,
) -> Box<dyn Iterator<Item = DocAddress> + '_> {
    match order {
        Some(order) => Box::new(order.into_iter()),
        None => Box::new(selection.segments().enumerate().flat_map(|(segment, documents)| {
            documents.iter().map(move |document| DocAddress::new(segment as u32, document))
        })),
    }
}

/// Hands the matches of one article to the collector; gives their number.
fn matches(
    article: &Article,
    matcher: &Matcher,
    language: Option<Language>,
    request: &KwicRequest,
    collector: &mut Collector<'_>,
) -> u64 {
    let mut found = 0;
    for part in &request.parts {
        let text = match part {
            Part::Body => &article.body,
            Part::Title => &article.title,
        };
        let mut place = Place { article, part: *part, text, scalars: 0, bytes: 0 };
        for span in matcher.matches(text, part.as_str(), language) {
            if request.per_article.is_none_or(|most| found < most as u64) {
                collector.offer(&mut place, &span);
            }
            found += 1;
        }
    }
    found
}

/// A text, and how far its characters were counted.
struct Place<'a> {
    article: &'a Article,
    part: Part,
    text: &'a str,
    scalars: u64,
    bytes: usize,
}

impl Place<'_> {
    fn line(&mut self, span: &Range<usize>, request: &KwicRequest) -> KwicLine {
        self.scalars += self.text[self.bytes..span.start].chars().count() as u64;
        self.bytes = span.start;
        KwicLine {
            id: self.article.id(),
            key: self.article.key.clone(),
            published: self.article.published,
            source: self.article.source.clone(),
            title: self.article.title.clone(),
            part: self.part,
            left: before(self.text, span.start, request.left),
            matched: self.text[span.clone()].split_whitespace().collect::<Vec<_>>().join(" "),
            right: behind(self.text, span.end, request.right),
            offset: self.scalars,
        }
    }
}

/// Hands lines on as they come, or keeps the first of them in the order of their words.
struct Collector<'a> {
    request: &'a KwicRequest,
    take: Take<'a>,
    lines: u64,
    is_closed: bool,
    kept: BinaryHeap<Keyed>,
}

impl<'a> Collector<'a> {
    fn new(request: &'a KwicRequest, take: Take<'a>) -> Collector<'a> {
        Collector { request, take, lines: 0, is_closed: false, kept: BinaryHeap::new() }
    }

    /// Whether further lines cannot be among those to show.
    fn is_full(&self) -> bool {
        !self.sorts_words() && self.request.limit.is_some_and(|limit| self.lines >= limit as u64)
    }

    fn sorts_words(&self) -> bool {
        match self.request.order {
            KwicOrder::Left | KwicOrder::Right => true,
            KwicOrder::Articles(_) | KwicOrder::Stored => false,
        }
    }

    fn offer(&mut self, place: &mut Place<'_>, span: &Range<usize>) {
        if self.is_closed || self.is_full() {
            return;
        }
        let words = match self.request.order {
            KwicOrder::Left => key_before(place.text, span.start),
            KwicOrder::Right => key_behind(place.text, span.end),
            KwicOrder::Articles(_) | KwicOrder::Stored => {
                let line = place.line(span, self.request);
                return self.hand_out(line);
            }
        };
        let limit = self.request.limit.unwrap_or(usize::MAX);
        let is_beaten = self.kept.len() >= limit && self.kept.peek().is_none_or(|last| last.words < words);
        if !is_beaten {
            let path = place.article.place.path.clone();
            self.kept.push(Keyed { words, path, line: place.line(span, self.request) });
            if self.kept.len() > limit {
                self.kept.pop();
            }
        }
    }

    fn hand_out(&mut self, line: KwicLine) {
        self.lines += 1;
        self.is_closed = (self.take)(line).is_break();
    }

    /// Hands out what was kept; gives the number of all lines.
    fn finish(mut self) -> u64 {
        for keyed in std::mem::take(&mut self.kept).into_sorted_vec() {
            if self.is_closed {
                break;
            }
            self.hand_out(keyed.line);
        }
        self.lines
    }
}

/// A line in the order of words, then of time.
#[derive(PartialEq)]
struct Keyed {
    words: String,
    path: String,
    line: KwicLine,
}

impl Keyed {
    fn key(&self) -> impl Ord {
        let date = self.line.published.map(|published| published.date.timestamp());
        (&self.words, date.is_none(), date, self.line.id, &self.path, self.line.part as u8, self.line.offset)
    }
}

impl Eq for Keyed {}

impl PartialOrd for Keyed {
    fn partial_cmp(&self, other: &Keyed) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Keyed {
    fn cmp(&self, other: &Keyed) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}
