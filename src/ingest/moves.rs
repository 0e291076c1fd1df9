//! Files that were moved: the same bytes under another name are the same articles.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use crate::engine::FileRow;

use super::plan::{Plan, Why};
use super::unpack::hash_file;

/// Finds for each new file the vanished one that it was, by size and then by hash. Moves of equal files are matched
/// in the order of their names. Gives new name → old name, and takes the old ones out of the plan's `gone`.
pub(super) fn find(plan: &mut Plan, indexed: &BTreeMap<String, FileRow>) -> BTreeMap<String, String> {
    let mut moves = BTreeMap::new();
    let mut vanished = Vanished::of(&plan.gone, indexed);
    for reading in &plan.read {
        let found = &reading.found;
        let may_have_moved = reading.why == Why::New && vanished.sizes.contains(&found.stamp.size);
        if !may_have_moved {
            continue;
        }
        // A file that cannot be read is reported when it is its turn.
        let Ok(hash) = hash_file(&found.path) else { continue };
        if let Some(was) = vanished.names.get_mut(&hash).and_then(VecDeque::pop_front) {
            moves.insert(found.name.clone(), was.to_owned());
        }
    }
    let moved: HashSet<&String> = moves.values().collect();
    plan.gone.retain(|name| !moved.contains(name));
    moves
}

/// The vanished files, as new ones are compared with them.
#[derive(Default)]
struct Vanished<'a> {
    sizes: HashSet<u64>,
    /// Hash → names in their order.
    names: HashMap<u128, VecDeque<&'a str>>,
}

impl<'a> Vanished<'a> {
    fn of(gone: &[String], indexed: &'a BTreeMap<String, FileRow>) -> Vanished<'a> {
        let mut vanished = Vanished::default();
        for (name, row) in gone.iter().filter_map(|name| indexed.get_key_value(name)) {
            // An empty file is like any other empty one.
            if row.stamp.size > 0 {
                vanished.sizes.insert(row.stamp.size);
                vanished.names.entry(row.hash).or_default().push_back(name);
            }
        }
        vanished
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::manifest::Stamp;
    use crate::ingest::plan::Reading;
    use crate::ingest::walk::Found;

    /// A minute's work if every new file is compared with every vanished one.
    #[test]
    fn many_vanished_files_are_not_looked_through_for_each_new_one() {
        const FILES: u64 = 50_000;
        let row = |size| FileRow {
            number: 0,
            stamp: Stamp { size, modified: 0 },
            hash: 1,
            articles: 1,
            identity: None,
            racy: false,
            diagnostics: Vec::new(),
        };
        let indexed: BTreeMap<String, FileRow> =
            (1..=FILES).map(|size| (format!("old/{size:06}"), row(size))).collect();
        let reading = |size| {
            let name = format!("new/{size:06}");
            let stamp = Stamp { size: size + FILES, modified: 0 };
            Reading { found: Found { path: name.clone().into(), name, stamp }, why: Why::New }
        };
        let gone: Vec<String> = indexed.keys().cloned().collect();
        let mut plan = Plan { read: (1..=FILES).map(reading).collect(), gone: gone.clone(), unchanged: 0 };
        assert!(find(&mut plan, &indexed).is_empty());
        assert_eq!(plan.gone, gone);
    }
}
