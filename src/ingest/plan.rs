//! What must be done with each file. Pure: no file is touched here.

use std::collections::BTreeMap;

use crate::diagnostic::{Reason, Severity};
use crate::engine::FileRow;
use crate::engine::manifest::Stamp;

use super::walk::Found;

/// What an archive needs.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// Files as they were: nothing is done.
    pub unchanged: u64,
    /// Files to be read, in order.
    pub read: Vec<Reading>,
    /// Files in the index that are no longer there, in order.
    pub gone: Vec<String>,
}

/// A file to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The file.
    pub found: Found,
    /// Why.
    pub why: Why,
}

/// Why a file must be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It was never read.
    New,
    /// Its size or time differ, or its time was too fresh to be trusted: if its bytes are the same, nothing changed.
    Suspect,
    /// The way of reading it has changed.
    Settings,
    /// The machine refused what reading it takes, or something of it was skipped and that is asked for.
    Skipped,
}

/// Compares what lies on disk, sorted by name, with what is in the index.
pub(super) fn plan(found: Vec<Found>, indexed: &BTreeMap<String, FileRow>, same_settings: bool) -> Plan {
    let mut plan = Plan::default();
    let mut rows = indexed.iter().peekable();
    for found in found {
        while let Some((gone, _)) = rows.next_if(|(name, _)| **name < found.name) {
            plan.gone.push(gone.clone());
        }
        let row = rows.next_if(|(name, _)| **name == found.name);
        match why(&found.stamp, row.map(|(_, row)| row), same_settings) {
            None => plan.unchanged += 1,
            Some(why) => plan.read.push(Reading { found, why }),
        }
    }
    plan.gone.extend(rows.map(|(name, _)| name.clone()));
    plan
}

/// Whether anything must be read.
pub(super) fn has_work(found: &[Found], indexed: &BTreeMap<String, FileRow>, same_settings: bool) -> bool {
    found.iter().any(|found| why(&found.stamp, indexed.get(&found.name), same_settings).is_some())
}

fn why(on_disk: &Stamp, in_index: Option<&FileRow>, same_settings: bool) -> Option<Why> {
    match in_index {
        None => Some(Why::New),
        Some(_) if !same_settings => Some(Why::Settings),
        // What the machine refused says nothing of the file, whose bytes may be known.
        Some(row) if row.diagnostics.iter().any(|it| it.reason == Reason::Refused) => Some(Why::Skipped),
        Some(row) if row.stamp == *on_disk && !row.racy => None,
        Some(_) => Some(Why::Suspect),
    }
}

/// What is needed to read again the files of which something was skipped, and nothing else.
pub(super) fn retry(found: Vec<Found>, indexed: &BTreeMap<String, FileRow>) -> Plan {
    let has_skips = |row: &FileRow| row.diagnostics.iter().any(|it| it.severity == Severity::Skip);
    let mut plan = Plan::default();
    for found in found {
        match indexed.get(&found.name) {
            Some(row) if has_skips(row) => plan.read.push(Reading { found, why: Why::Skipped }),
            Some(_) => plan.unchanged += 1,
            None => {}
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Place;
    use crate::diagnostic::{Diagnostic, Reason};

    fn found(name: &str, size: u64) -> Found {
        Found { name: name.into(), path: name.into(), stamp: Stamp { size, modified: 1 } }
    }

    fn row(size: u64, racy: bool) -> FileRow {
        let stamp = Stamp { size, modified: 1 };
        FileRow { number: 0, stamp, hash: 0, articles: 1, identity: None, racy, diagnostics: Vec::new() }
    }

    fn steps(same_settings: bool) -> (u64, Vec<(String, Why)>, Vec<String>) {
        let indexed = BTreeMap::from([
            ("changed".to_owned(), row(1, false)),
            ("fresh".to_owned(), row(5, true)),
            ("gone".to_owned(), row(5, false)),
            ("same".to_owned(), row(5, false)),
        ]);
        let on_disk = vec![found("changed", 2), found("fresh", 5), found("new", 5), found("same", 5)];
        let plan = plan(on_disk, &indexed, same_settings);
        let read = plan.read.into_iter().map(|reading| (reading.found.name, reading.why)).collect();
        (plan.unchanged, read, plan.gone)
    }

    #[test]
    fn reads_only_what_may_have_changed() {
        let (unchanged, read, gone) = steps(true);
        assert_eq!(unchanged, 1);
        let expected = [("changed", Why::Suspect), ("fresh", Why::Suspect), ("new", Why::New)];
        assert_eq!(read, expected.map(|(name, why)| (name.to_owned(), why)));
        assert_eq!(gone, ["gone"]);
    }

    #[test]
    fn there_is_work_when_a_file_is_new_or_may_have_changed() {
        let indexed =
            BTreeMap::from([("fresh".to_owned(), row(5, true)), ("same".to_owned(), row(5, false))]);
        for (file, same_settings, expected) in [
            (found("same", 5), true, false),
            (found("same", 6), true, true),
            (found("fresh", 5), true, true),
            (found("new", 5), true, true),
            (found("same", 5), false, true),
        ] {
            let name = file.name.clone();
            assert_eq!(has_work(&[file], &indexed, same_settings), expected, "{name}");
        }
        assert!(!has_work(&[], &indexed, true));
    }

    #[test]
    fn a_retry_reads_only_what_was_skipped() {
        let skip = Diagnostic {
            place: Place::default(),
            severity: Severity::Skip,
            reason: Reason::Broken,
            message: String::new(),
            hint: None,
        };
        let note = Diagnostic { severity: Severity::Note, ..skip.clone() };
        let remarked = |remark| FileRow { diagnostics: vec![remark], ..row(5, false) };
        let indexed = BTreeMap::from([
            ("noted".to_owned(), remarked(note)),
            ("skipped".to_owned(), remarked(skip)),
            ("vanished".to_owned(), row(5, false)),
        ]);
        let plan = retry(vec![found("new", 5), found("noted", 9), found("skipped", 5)], &indexed);
        let read: Vec<_> = plan.read.iter().map(|it| (it.found.name.as_str(), it.why)).collect();
        assert_eq!((read, plan.unchanged), (vec![("skipped", Why::Skipped)], 1));
        assert!(plan.gone.is_empty());
    }

    #[test]
    fn other_settings_read_everything_again() {
        let (unchanged, read, _) = steps(false);
        assert_eq!((unchanged, read.len()), (0, 4));
    }
}
