//! Saved queries, as they are shown.

/// A saved query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// What `@name` stands for it.
    pub name: String,
    /// As typed.
    pub query: String,
    /// What it means today, in canonical text; or why it cannot be asked.
    pub understood: Result<String, String>,
}
