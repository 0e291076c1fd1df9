//! Exact counts of values and calendar buckets over sets of documents.

mod dates;
mod values;

pub(super) use dates::DateCounts;
pub(super) use values::{ValueCounts, Values};
