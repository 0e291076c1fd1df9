//! What compacting an index gained, as plain data: filled by an engine, printed by `output`.

/// An index before and after it was compacted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compaction {
    /// Articles in the index.
    pub articles: u64,
    /// Articles that had been removed or replaced, and still took up room.
    pub dropped: u64,
    /// Segments before.
    pub segments_before: u64,
    /// Segments now: one, if it was not stopped.
    pub segments_after: u64,
    /// Bytes on disk before.
    pub bytes_before: u64,
    /// Bytes on disk now.
    pub bytes_after: u64,
}
