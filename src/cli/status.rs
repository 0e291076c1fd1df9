//! How a run ended, as an exit code.

use std::process::ExitCode;

/// The exit codes of every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Found, or done.
    Done,
    /// It ran well and nothing matched.
    NothingFound,
    /// The command line or the query cannot be understood.
    Usage,
    /// An ingest is done, but some files were skipped.
    Skipped,
    /// There is no index, or it cannot be used.
    NoIndex,
    /// The index could not be written.
    Unwritable,
    /// Another ingest is writing (EX_TEMPFAIL of sysexits.h).
    Locked,
    /// A fault of the program itself: what Rust ends with after a panic.
    Broken,
    /// Stopped by a signal of this number, cleanly.
    Interrupted(u8),
}

impl Status {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Status::Done => 0,
            Status::NothingFound => 1,
            Status::Usage => 2,
            Status::Skipped => 3,
            Status::NoIndex => 4,
            Status::Unwritable => 5,
            Status::Locked => 75,
            Status::Broken => 101,
            Status::Interrupted(signal) => 128 + signal,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status.code())
    }
}
