//! A part of a file to articles: what its reader gives, completed, and what went wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::article::{Article, Draft, Place};
use crate::diagnostic::{Diagnostic, LeftOut, Omission, Reason, Severity};
use crate::reader::{Fault, Input, Item, Spot};
use crate::text::calendar::{DateSpan, Day, Time};

use super::complete::{Completion, Provenance};
use super::furniture::{KeptApart, LineName, scope};
use super::isolate;
use super::survey::Lessons;
use super::unpack::Bytes;
use super::work::{SourceRules, Task};

/// The reading of one part.
pub(super) struct Reading<'a> {
    task: &'a Task,
    member: Option<&'a str>,
    rules: &'a SourceRules,
    completion: Completion<'a>,
    lessons: &'a Lessons,
    mtime: Option<DateSpan>,
    /// What was remarked and refused.
    pub diagnostics: Vec<Diagnostic>,
    /// What was left out by rule.
    pub left_out: Vec<Omission>,
    /// How many articles lost each line of learned furniture.
    pub furniture: BTreeMap<LineName, u64>,
    /// What became of the user's map.
    pub map_use: MapUse,
    /// What the reader kept apart.
    pub kept_apart: KeptApart,
}

/// Which names of the user's map the records have, and which others they have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MapUse {
    /// See [`Draft::mapped`].
    pub mapped: u64,
    /// Names without a meaning; the first ones when there are many.
    pub others: BTreeSet<String>,
}

impl MapUse {
    /// So many other names are told.
    const MOST_OTHERS: usize = 12;

    fn look(&mut self, draft: &Draft) {
        self.mapped |= draft.mapped;
        for name in draft.meta.keys().take(Self::MOST_OTHERS) {
            if !self.others.contains(name) {
                self.others.insert(name.clone());
            }
        }
        self.bound();
    }

    /// Adds what was seen elsewhere.
    pub(super) fn join(&mut self, other: MapUse) {
        self.mapped |= other.mapped;
        self.others.extend(other.others);
        self.bound();
    }

    fn bound(&mut self) {
        while self.others.len() > Self::MOST_OTHERS {
            self.others.pop_last();
        }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn new(task: &'a Task, member: Option<&'a str>, rules: &'a SourceRules) -> Reading<'a> {
        Reading {
            task,
            member,
            rules,
            completion: Completion {
                source: &rules.name,
                detector: &rules.detector,
                language: rules.language,
            },
            lessons: &rules.lessons,
            mtime: rules.date_from_mtime.then(|| moment(task.found.stamp.modified)).flatten(),
            diagnostics: Vec::new(),
            left_out: Vec::new(),
            furniture: BTreeMap::new(),
            map_use: MapUse::default(),
            kept_apart: KeptApart::default(),
        }
    }

    /// Everything the reader gives.
    pub(super) fn items(&self, part: &Bytes) -> Vec<Item> {
        let input = Input {
            name: self.member.unwrap_or(&self.task.found.name),
            bytes: &part.bytes,
            head: &part.head,
            first_record: part.first_record,
            offset: part.offset,
            options: &self.rules.options,
        };
        isolate::items(part.reader, &input, self.rules.program.as_deref())
    }

    /// Completes an item; what is no article is reported or counted.
    pub(super) fn article(&mut self, item: Item) -> Option<Article> {
        match item {
            Item::Draft { spot, draft, notes } => self.complete(&spot, *draft, notes),
            Item::Skip { spot, fault } => {
                self.diagnostics.push(skip(self.place(&spot), fault));
                None
            }
            Item::LeftOut { spot, what } => {
                self.left_out.push(Omission { place: self.place(&spot), what });
                None
            }
        }
    }

    fn complete(&mut self, spot: &Spot, mut draft: Draft, notes: Vec<Fault>) -> Option<Article> {
        let place = self.place(spot);
        if !self.rules.options.map.pairs.is_empty() {
            self.map_use.look(&draft);
        }
        let kept_apart = draft.furniture.len();
        self.cut_furniture(&mut draft, &place);
        let from = Provenance {
            place: place.clone(),
            span: spot.bytes,
            identity: self.task.identity.clone(),
            mtime: self.mtime,
        };
        let completion = &self.completion;
        let completed = catch_unwind(AssertUnwindSafe(|| completion.complete(draft, from)));
        match completed.unwrap_or_else(|_| Err(isolate::panicked("completing it broke down".to_owned()))) {
            Ok((article, more)) => {
                self.kept_apart.count(kept_apart);
                let notes = notes.into_iter().chain(more);
                self.diagnostics.extend(notes.map(|fault| diagnostic(place.clone(), Severity::Note, fault)));
                Some(article)
            }
            Err(fault) if fault.reason == Reason::Empty && spot.is_part() => {
                self.left_out.push(Omission { place, what: LeftOut::NoText });
                None
            }
            Err(fault) => {
                self.diagnostics.push(skip(place, fault));
                None
            }
        }
    }

    fn cut_furniture(&mut self, draft: &mut Draft, place: &Place) {
        if self.lessons.furniture.is_empty() {
            return;
        }
        let scope = scope(draft, place);
        for key in self.lessons.furniture.cut(&scope, draft) {
            *self.furniture.entry((scope.clone(), key)).or_default() += 1;
        }
    }

    fn place(&self, spot: &Spot) -> Place {
        place(self.task, self.member, spot)
    }
}

/// Where an item lies in the archive.
pub(super) fn place(task: &Task, member: Option<&str>, spot: &Spot) -> Place {
    let member = match (member, &spot.member) {
        (Some(outer), Some(inner)) => Some(format!("{outer}!{inner}")),
        (Some(only), None) => Some(only.to_owned()),
        (None, inner) => inner.clone(),
    };
    Place { path: task.found.name.clone(), member, record: spot.record }
}

/// The report of what cannot be read.
pub(super) fn skip(place: Place, fault: Fault) -> Diagnostic {
    diagnostic(place, Severity::Skip, fault)
}

fn diagnostic(place: Place, severity: Severity, fault: Fault) -> Diagnostic {
    Diagnostic { place, severity, reason: fault.reason, message: fault.message, hint: fault.hint }
}

/// A modification time as a date, in UTC.
fn moment(nanoseconds: i64) -> Option<DateSpan> {
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    let day = i32::try_from(seconds.div_euclid(86_400)).ok()?;
    let time = Time { second: seconds.rem_euclid(86_400) as u32, offset: Some(0) };
    Some(DateSpan::instant(Day(day), time))
}
