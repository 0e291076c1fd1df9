//! What a check of every byte of an index found, as plain data: filled by an engine, printed by `output`.

/// Everything that was looked at, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verification {
    /// Files whose bytes were compared with what was committed.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Articles in the index.
    pub articles: u64,
    /// What was found, by file.
    pub findings: Vec<Finding>,
    /// How long it took.
    pub seconds: f64,
}

/// Something about one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file below the index folder, `/` between parts.
    pub file: String,
    /// What is the matter with it.
    pub kind: Kind,
}

/// What can be the matter with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// It has another length than was committed.
    Length {
        /// Bytes that were committed.
        committed: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// Its bytes are not those that were committed.
    Changed,
    /// The system cannot read it.
    Unreadable(String),
    /// The system has no room to open it now, which says nothing of the file.
    Refused(String),
    /// It is none of an index.
    Foreign,
    /// It belongs to no commit: an ingest is writing it, or was stopped.
    Leftover,
    /// It is not there, or of no use, and is made anew when it is needed.
    Remade,
}

impl Kind {
    /// Whether the index is damaged by it.
    pub fn is_damage(&self) -> bool {
        match self {
            Kind::Missing | Kind::Length { .. } | Kind::Changed | Kind::Unreadable(_) | Kind::Refused(_) => {
                true
            }
            Kind::Foreign | Kind::Leftover | Kind::Remade => false,
        }
    }

    /// Whether nothing is to be done about it.
    pub fn is_remark(&self) -> bool {
        match self {
            Kind::Leftover | Kind::Remade => true,
            Kind::Missing
            | Kind::Length { .. }
            | Kind::Changed
            | Kind::Unreadable(_)
            | Kind::Refused(_)
            | Kind::Foreign => false,
        }
    }

    /// The name for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Kind::Missing => "missing",
            Kind::Length { .. } | Kind::Changed => "changed",
            Kind::Unreadable(_) | Kind::Refused(_) => "unreadable",
            Kind::Foreign => "foreign",
            Kind::Leftover => "leftover",
            Kind::Remade => "remade",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Kind::Missing => write!(f, "it is missing"),
            Kind::Length { committed, found } => {
                write!(f, "it has {found} bytes; {committed} were committed")
            }
            Kind::Changed => write!(f, "its bytes have changed"),
            Kind::Unreadable(cause) | Kind::Refused(cause) => write!(f, "it cannot be read: {cause}"),
            Kind::Foreign => write!(f, "it is no file of an index"),
            Kind::Leftover => write!(f, "it belongs to no commit; the next ingest removes it"),
            Kind::Remade => write!(f, "it is missing or of no use, and is made anew"),
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            Kind::Missing => write!(f, "{} is missing", self.file),
            kind => write!(f, "{}: {kind}", self.file),
        }
    }
}
