//! Articles and queries against an index on disk.
//!
//! Everything that names tantivy lives in [`local`]; what leaves this module is made of our own types.

pub mod error;
pub mod families;
pub mod local;
pub mod manifest;

pub use error::EngineError;
pub use families::Families;
pub use manifest::{FileRow, Manifest, SourceRow};
