//! Families in the answer to a query: which documents are copies of each other, and the best of each family.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Arc, OnceLock};

use tantivy::columnar::Column;
use tantivy::error::DataCorruption;
use tantivy::{DocId, SegmentReader, TantivyError};

use crate::article::ArticleId;
use crate::engine::EngineError;
use crate::engine::families::{Families, member_key};

use super::bits::Bits;
use super::cluster::Sketched;
use super::folder::Folder;
use super::schema::{ID, SKETCH, TIMESTAMP};
use super::sketch::Sketch;

/// The columns of one segment by which its documents are known in [`Families`].
pub(super) struct Sketches {
    ids: Column<u64>,
    numbers: Column<u64>,
}

impl Sketches {
    pub(super) fn open(reader: &SegmentReader) -> tantivy::Result<Sketches> {
        let columns = reader.fast_fields();
        Ok(Sketches { ids: columns.u64(ID)?, numbers: columns.u64(SKETCH)? })
    }

    pub(super) fn sketch(&self, document: DocId) -> Option<Sketch> {
        Sketch::from_numbers(self.numbers.values_for_doc(document))
    }

    /// The number of the family that a document belongs to.
    pub(super) fn family(&self, document: DocId, families: &Families) -> Option<u32> {
        let key = member_key(ArticleId(self.ids.first(document)?), self.numbers.first(document)?);
        families.find(key)
    }
}

/// Everything that families are found by, of the living documents of one segment.
pub(super) fn sketched(reader: &SegmentReader, found: &mut Vec<Sketched>) -> tantivy::Result<()> {
    let sketches = Sketches::open(reader)?;
    let timestamps = reader.fast_fields().i64(TIMESTAMP)?;
    found.extend(Bits::alive(reader).iter().filter_map(|document| {
        Some(Sketched {
            id: ArticleId(sketches.ids.first(document)?),
            timestamp: timestamps.first(document),
            sketch: sketches.sketch(document)?,
        })
    }));
    Ok(())
}

/// The family of every document of one segment.
#[derive(Debug)]
pub(super) struct Membership(Vec<u32>);

const ALONE: u32 = u32::MAX;

impl Membership {
    pub(super) fn of(reader: &SegmentReader, families: &Families) -> tantivy::Result<Membership> {
        let sketches = Sketches::open(reader)?;
        let family = |document| sketches.family(document, families).unwrap_or(ALONE);
        Ok(Membership((0..reader.max_doc()).map(family).collect()))
    }

    pub(super) fn family(&self, document: DocId) -> Option<u32> {
        Some(self.0[document as usize]).filter(|family| *family != ALONE)
    }

    /// The documents among these that have copies, with their families.
    pub(super) fn among<'a>(&'a self, documents: &'a Bits) -> impl Iterator<Item = (DocId, u32)> + 'a {
        documents.iter().filter_map(|document| Some((document, self.family(document)?)))
    }
}

/// A count of articles in which the copies of one count once, when their family is named.
#[derive(Debug, Default)]
pub(super) struct Tally {
    articles: u64,
    families: HashSet<u32>,
}

impl Tally {
    pub(super) fn add(&mut self, family: Option<u32>) {
        match family {
            None => self.articles += 1,
            Some(family) => {
                self.families.insert(family);
            }
        }
    }

    pub(super) fn add_articles(&mut self, articles: u64) {
        self.articles += articles;
    }

    pub(super) fn count(&self) -> u64 {
        self.articles + self.families.len() as u64
    }
}

/// The best of each family by a standing of which less is better, and the segment and document that it is.
pub(super) struct Leaders<S> {
    best: HashMap<u32, (S, usize, DocId)>,
    beaten: Vec<(usize, DocId)>,
}

impl<S: Ord> Leaders<S> {
    pub(super) fn new() -> Leaders<S> {
        Leaders { best: HashMap::new(), beaten: Vec::new() }
    }

    pub(super) fn offer(&mut self, family: u32, standing: S, segment: usize, document: DocId) {
        match self.best.get_mut(&family) {
            None => {
                self.best.insert(family, (standing, segment, document));
            }
            Some(best) if standing < best.0 => {
                self.beaten.push((best.1, best.2));
                *best = (standing, segment, document);
            }
            Some(_) => self.beaten.push((segment, document)),
        }
    }

    /// The documents that are not the best of their family.
    pub(super) fn beaten(self) -> Vec<(usize, DocId)> {
        self.beaten
    }
}

/// Families that were read for a snapshot.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownFamilies {
    pub(super) families: Arc<Families>,
    /// Whether they are those of the last commit; an ingest that is not at its end has not found them yet.
    pub(super) is_current: bool,
}

/// The families of an index, which are read when an answer first needs them.
pub(super) struct LazyFamilies {
    folder: Folder,
    known: OnceLock<KnownFamilies>,
}

impl LazyFamilies {
    pub(super) fn of(folder: &Folder) -> LazyFamilies {
        LazyFamilies { folder: folder.clone(), known: OnceLock::new() }
    }

    pub(super) fn read(&self) -> Result<&KnownFamilies, EngineError> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let known = self.folder.families()?;
        Ok(self.known.get_or_init(|| known))
    }

    /// The same with an error of tantivy's, for what is asked between its calls.
    pub(super) fn get(&self) -> tantivy::Result<&KnownFamilies> {
        self.read().map_err(unknown)
    }
}

impl KnownFamilies {
    /// What to say when an answer depends on families that are not those of the last commit.
    pub(super) fn stale_warning(&self) -> Option<String> {
        let text = "copies of what came last are not known yet; they are when the ingest is at its end";
        (!self.is_current).then(|| text.to_owned())
    }
}

/// What tantivy may hand on of families that cannot be read. That the machine refused something is no damage.
fn unknown(error: EngineError) -> TantivyError {
    match error {
        error if error.is_refusal() => {
            TantivyError::from(io::Error::new(io::ErrorKind::OutOfMemory, error.to_string()))
        }
        error => TantivyError::DataCorruption(DataCorruption::comment_only(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_count_once() {
        let mut tally = Tally::default();
        [None, Some(3), Some(4), Some(3), None].into_iter().for_each(|family| tally.add(family));
        tally.add_articles(2);
        assert_eq!(tally.count(), 6);
    }

    #[test]
    fn the_best_of_each_family_stays() {
        let mut leaders = Leaders::new();
        for (family, standing, document) in [(1, 5, 50), (2, 1, 60), (1, 3, 51), (1, 4, 52), (2, 1, 61)] {
            leaders.offer(family, standing, 0, document);
        }
        let mut beaten = leaders.beaten();
        beaten.sort_unstable();
        assert_eq!(beaten, [(0, 50), (0, 52), (0, 61)]);
    }
}
