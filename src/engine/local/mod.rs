//! An index in a local folder, on tantivy. The only place that names tantivy.
//!
//! ```text
//! .backfile/
//!   backfile.json      format, version, fingerprint and the resolved declaration
//!   lock               held by the one ingest that writes; holds its process id
//!   manifest-<n>       the files behind the index, as of the commit whose payload names it
//!   families-<n>       which articles are the same text again, as of the commit with that manifest
//!   tantivy/           segments and meta.json
//! ```

mod bits;
mod cluster;
mod copies;
mod dictionary;
mod directory;
mod facets;
mod feedback;
mod filter;
mod folder;
mod lower;
mod proximity;
mod question;
mod rank;
mod schema;
mod searcher;
mod segment;
mod sketch;
mod values;
mod writer;

pub use folder::{Folder, Lock};
pub use searcher::Searcher;
pub use segment::{FinishedSegment, SegmentBuilder};
pub use writer::{Builders, Writer};
