//! What can go wrong with an index, sorted by what the user can do about it.

use std::path::PathBuf;

/// Why an index could not be used.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is no index in this folder.
    #[error("there is no index in {path}")]
    Absent {
        /// The folder.
        path: PathBuf,
    },
    /// The folder exists and holds something that is not an index of ours.
    #[error("{path} is not an index of backfile: {what}")]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// What is there or missing.
        what: String,
    },
    /// The index was written with another format or schema.
    #[error("the index in {path} was made with another {what}")]
    Outdated {
        /// The folder.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// A file of the index is damaged or missing.
    #[error("the index in {path} is damaged: {what}")]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// Which file, and how.
        what: String,
    },
    /// A file that people keep with the index cannot be read.
    #[error("cannot read {path}: {what}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// This user may not read a file of the index.
    #[error("cannot read {path}: {cause}")]
    Forbidden {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// The system had too little of something to show a file of the index.
    #[error("cannot read {path}: {cause}")]
    Refused {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// Another process is writing to the index.
    #[error("the index in {path} is being written by another ingest{}", holder(.pid))]
    Locked {
        /// The folder.
        path: PathBuf,
        /// The process that holds the lock, when it says so.
        pid: Option<u32>,
    },
    /// Another process holds a file that must be locked for a moment.
    #[error("another process keeps {path} locked")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The index cannot be written: disk full, read-only, I/O error. What was committed stays.
    #[error("cannot write the index in {path}: {cause}")]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The machine refused something, or a part of this program broke down. What was committed stays.
    #[error("{0}")]
    Broken(String),
    /// A query took longer than it may.
    #[error("the query took longer than {seconds} s; narrow it or raise --timeout")]
    Slow {
        /// How long it may take.
        seconds: f64,
    },
    /// A query asks for more than the engine allows.
    #[error("{0}")]
    Query(String),
}

impl EngineError {
    /// Whether the system refused something, which says nothing of the state of the index.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, EngineError::Forbidden { .. } | EngineError::Refused { .. })
    }
}

fn holder(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
