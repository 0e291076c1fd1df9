//! What an archive teaches about itself: a sample of it is read before all of it is.
//!
//! Learned are page furniture, the order of day and month, and the languages. The sample depends on the files alone, so
//! the same archive always teaches the same.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::analysis::language::{Detector, Language};
use crate::article::{Draft, Place};
use crate::reader::{Input, Item, ReadOptions};
use crate::text::dates::DayOrder;

use super::furniture::{Furniture, Learner, scope};
use super::settings::Settings;
use super::unpack::{Bytes, Content, unpack};
use super::walk::Found;
use super::{READER_THREAD, STACK};

/// Files looked at, at most, and of one folder.
const MOST_FILES: usize = 160;
const MOST_OF_FOLDER: usize = 40;
/// Of fewer files nothing can be learned about a folder.
const LEAST_OF_FOLDER: usize = 8;
/// Articles looked at of one file, at most; more when there are few files.
const MOST_OF_FILE: usize = 24;
/// Articles looked at in all.
const MOST_ARTICLES: usize = 320;
/// Files larger than that are left out, unless they hold records or members, in bytes.
const LARGEST_FILE: usize = 1 << 20;
/// Of a large file or container no more is unpacked, in bytes.
const MOST_OF_LARGE_FILE: usize = 8 << 20;
/// Of a file of records so much is read, in bytes.
const RECORDS: usize = 128 << 10;
/// The archive is surveyed again when it has grown by this factor.
const GROWTH: u64 = 4;
/// Clear dates that must speak for an order, and how many for each one against it.
const LEAST_DATES: u32 = 3;
const DATES_FOR_EACH_AGAINST: u32 = 20;
/// Of so many articles one has its language looked at: telling it takes longer than everything else here.
const ONE_LANGUAGE_OF: usize = 4;
/// Articles whose language is clear, before the archive leads to expect one.
const LEAST_LANGUAGES: u32 = 10;

/// What was learned of an archive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Lessons {
    /// How many files the archive had then.
    files: u64,
    /// What is furniture.
    pub furniture: Furniture,
    /// Clear dates that are day first and month first.
    dates: (u32, u32),
    /// Shares of languages in the articles that tell theirs; empty when they are too few.
    pub languages: Vec<(Language, f32)>,
}

impl Lessons {
    /// Which part of `3/4/2019` is the day, as far as the archive tells.
    pub(super) fn day_order(&self) -> DayOrder {
        let speaks = |votes: u32, against: u32| {
            votes >= LEAST_DATES && votes >= against.saturating_mul(DATES_FOR_EACH_AGAINST)
        };
        match self.dates {
            (day, month) if speaks(day, month) => DayOrder::DayFirst,
            (day, month) if speaks(month, day) => DayOrder::MonthFirst,
            _ => DayOrder::Unknown,
        }
    }

    /// What to tell of the order of day and month, if one was learned.
    pub(super) fn about_dates(&self) -> Option<String> {
        let all = self.dates.0 + self.dates.1;
        let (order, votes) = match self.day_order() {
            DayOrder::DayFirst => ("day first", self.dates.0),
            DayOrder::MonthFirst => ("month first", self.dates.1),
            DayOrder::Unknown => return None,
        };
        Some(format!("dates like 3/4/2019 are read {order}: {votes} of {all} clear dates are written so"))
    }

    /// Whether an archive of so many files should be looked at again.
    pub(super) fn is_outgrown(&self, files: usize) -> bool {
        files as u64 >= self.files.saturating_mul(GROWTH)
    }

    /// Whether articles read under both come out the same.
    pub(super) fn reads_like(&self, other: &Lessons) -> bool {
        self.furniture == other.furniture
            && self.day_order() == other.day_order()
            && self.languages == other.languages
    }

    /// What the manifest keeps.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("lessons hold only plain data")
    }

    /// Reads what the manifest kept.
    pub(super) fn from_text(text: &str) -> Option<Lessons> {
        serde_json::from_str(text).ok()
    }
}

/// Looks at a sample of the files; nothing is learned when `stop` ends it early.
pub(super) fn survey(
    files: &[Found],
    settings: &Settings,
    detector: &Detector,
    stop: &AtomicBool,
) -> Option<Lessons> {
    let sample = sample(files);
    let each = (MOST_ARTICLES / sample.len().max(1)).max(MOST_OF_FILE);
    let options = ReadOptions { in_haste: true, ..settings.read_options(DayOrder::Unknown) };
    let look = || {
        let mut survey = Survey::new(&options, detector, stop);
        for file in sample {
            survey.file(file, settings.forced_format(), each);
        }
        survey.learn(files.len())
    };
    // Readers of nested formats need the stack of a reading thread. Without a thread nothing is learned; the ingest
    // that follows says why.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name(READER_THREAD.to_owned()).stack_size(STACK);
        let learned = thread.spawn_scoped(scope, look).ok().and_then(|thread| thread.join().ok());
        (!stop.load(Ordering::Relaxed)).then(|| learned.unwrap_or_default())
    })
}

/// Files spread evenly over the archive, and not too many of one folder. `files` are sorted by name.
fn sample(files: &[Found]) -> Vec<&Found> {
    let mut folders: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
    for file in files {
        let folder = file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder).or_default().push(file);
    }
    let most_folders = MOST_FILES / LEAST_OF_FOLDER;
    let folders: Vec<Vec<&Found>> = spread(folders.into_values().collect(), most_folders);
    let of_folder = (MOST_FILES / folders.len().max(1)).min(MOST_OF_FOLDER);
    folders.into_iter().flat_map(|files| spread(files, of_folder)).collect()
}

/// At most so many, evenly spaced.
fn spread<T>(all: Vec<T>, most: usize) -> Vec<T> {
    let (count, most) = (all.len(), most.max(1));
    let is_taken = |at: usize| count <= most || (at * most) / count != ((at + 1) * most) / count;
    all.into_iter().enumerate().filter(|(at, _)| is_taken(*at)).map(|(_, one)| one).collect()
}

struct Survey<'a> {
    options: &'a ReadOptions,
    detector: &'a Detector,
    left: usize,
    seen: usize,
    furniture: Learner,
    dates: (u32, u32),
    languages: BTreeMap<Language, u32>,
    stop: &'a AtomicBool,
}

impl<'a> Survey<'a> {
    fn new(options: &'a ReadOptions, detector: &'a Detector, stop: &'a AtomicBool) -> Survey<'a> {
        let (furniture, languages) = (Learner::default(), BTreeMap::new());
        Survey { options, detector, left: MOST_ARTICLES, seen: 0, furniture, dates: (0, 0), languages, stop }
    }

    /// Looks at the first articles of a file. What is wrong with it is told when it is read.
    fn file(&mut self, file: &Found, format: Option<&str>, most: usize) {
        if self.stop.load(Ordering::Relaxed) {
            return;
        }
        let mut most = most.min(self.left);
        let mut bytes_left = MOST_OF_LARGE_FILE;
        let _ = unpack(&file.path, &file.name, format, &mut |part| {
            if let Content::Bytes(bytes) = part.content {
                let length = bytes.bytes.len();
                let place = Place { path: file.name.clone(), member: part.member, record: None };
                let seen = self.part(bytes, &place, most);
                self.left -= seen;
                most -= seen;
                bytes_left = bytes_left.saturating_sub(length);
            }
            let is_over = most == 0 || bytes_left == 0 || self.stop.load(Ordering::Relaxed);
            if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }

    /// Looks at the first articles of a part; tells how many.
    fn part(&mut self, mut part: Bytes, place: &Place, most: usize) -> usize {
        let has_records = part.reader.cutter().is_some();
        if part.reader.is_risky() || (!has_records && part.bytes.len() > LARGEST_FILE) {
            return 0;
        }
        // The last record may be cut; then it counts for nothing.
        part.bytes.truncate(if has_records { RECORDS } else { LARGEST_FILE });
        let name = place.member.as_deref().unwrap_or(&place.path);
        let input = Input { head: &part.head, ..Input::whole(name, &part.bytes, self.options) };
        let mut drafts = Vec::new();
        // A reader that breaks down here breaks down again when the file is read, and is reported then.
        let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            part.reader.read(&input, &mut |item| match item {
                Item::Draft { draft, .. } if drafts.len() < most => drafts.push(draft),
                Item::Draft { .. } | Item::Skip { .. } | Item::LeftOut { .. } => {}
            })
        }));
        if read.is_err() {
            return 0;
        }
        drafts.iter().for_each(|draft| self.draft(draft, place));
        drafts.len()
    }

    fn draft(&mut self, draft: &Draft, place: &Place) {
        match draft.day_order {
            Some(DayOrder::DayFirst) => self.dates.0 += 1,
            Some(DayOrder::MonthFirst) => self.dates.1 += 1,
            Some(DayOrder::Unknown) | None => {}
        }
        self.seen += 1;
        if self.seen.is_multiple_of(ONE_LANGUAGE_OF)
            && let Some(detected) = self.detector.detect(&draft.body)
        {
            *self.languages.entry(detected.language).or_default() += 1;
        }
        self.furniture.look(scope(draft, place), &draft.body);
    }

    fn learn(self, files: usize) -> Lessons {
        let told: u32 = self.languages.values().sum();
        let weight = |(language, count): (Language, u32)| (language, count as f32 / told as f32);
        let languages = match told >= LEAST_LANGUAGES {
            true => self.languages.into_iter().map(weight).collect(),
            false => Vec::new(),
        };
        Lessons { files: files as u64, furniture: self.furniture.learn(), dates: self.dates, languages }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::manifest::Stamp;

    fn found(names: impl Iterator<Item = String>) -> Vec<Found> {
        let stamp = Stamp { size: 1, modified: 1 };
        names.map(|name| Found { path: name.clone().into(), name, stamp }).collect()
    }

    #[test]
    fn a_sample_is_spread_over_the_archive() {
        let files = found((0..10_000).map(|n| format!("{:04}/{:04}.txt", n / 100, n)));
        let sample = sample(&files);
        assert!(sample.len() <= MOST_FILES && sample.len() >= MOST_FILES / 2, "{}", sample.len());
        assert!(sample.iter().any(|file| file.name.starts_with("009")));
        assert!(sample.iter().any(|file| file.name.starts_with("000")));
        let few = found((0..5).map(|n| format!("{n}.txt")));
        assert_eq!(super::sample(&few).len(), 5);
        assert!(super::sample(&[]).is_empty());
    }

    #[test]
    fn a_survey_that_is_stopped_teaches_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.txt"), "One\n\nTwo three.").unwrap();
        let stamp = Stamp { size: 1, modified: 1 };
        let files = [Found { path: folder.path().join("a.txt"), name: "a.txt".into(), stamp }];
        for stopped in [false, true] {
            let stop = AtomicBool::new(stopped);
            let learned = survey(&files, &Settings::default(), &Detector::new(&[]), &stop);
            assert_eq!(learned.is_none(), stopped);
        }
    }

    #[test]
    fn the_order_of_dates_must_be_clear() {
        for (dates, expected) in [
            ((0, 0), DayOrder::Unknown),
            ((2, 0), DayOrder::Unknown),
            ((3, 0), DayOrder::DayFirst),
            ((0, 40), DayOrder::MonthFirst),
            ((40, 2), DayOrder::DayFirst),
            ((40, 3), DayOrder::Unknown),
        ] {
            assert_eq!(Lessons { dates, ..Lessons::default() }.day_order(), expected, "{dates:?}");
        }
    }
}
