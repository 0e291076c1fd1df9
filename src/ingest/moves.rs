//! Files that were moved: the same bytes under another name are the same articles.

use std::collections::BTreeMap;

use crate::engine::FileRow;

use super::open::hash_file;
use super::plan::{Plan, Why};

/// Finds for each new file the vanished one that it was, by size and then by hash. Moves of equal files are matched
/// in the order of their names. Gives new name → old name, and takes the old ones out of the plan's `gone`.
pub(super) fn find(plan: &mut Plan, indexed: &BTreeMap<String, FileRow>) -> BTreeMap<String, String> {
    let mut moves = BTreeMap::new();
    for reading in &plan.read {
        let found = &reading.found;
        let same_size =
            |name: &&String| indexed.get(*name).is_some_and(|row| row.stamp.size == found.stamp.size);
        let may_have_moved = reading.why == Why::New && found.stamp.size > 0;
        if !may_have_moved || !plan.gone.iter().any(|name| same_size(&name)) {
            continue;
        }
        // A file that cannot be read is reported when it is its turn.
        let Ok(hash) = hash_file(&found.path) else { continue };
        let was = plan.gone.iter().position(|name| indexed.get(name).is_some_and(|row| row.hash == hash));
        if let Some(was) = was {
            moves.insert(found.name.clone(), plan.gone.remove(was));
        }
    }
    moves
}
