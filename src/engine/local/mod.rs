//! An index in a local folder, on tantivy. The only place that names tantivy.
//!
//! ```text
//! .backfile/
//!   backfile.json      format, version, fingerprint and the resolved declaration
//!   lock               held by the one ingest that writes; holds its process id
//!   manifest-<n>       the files behind the index, as of the commit whose payload names it
//!   families-<n>       which articles are the same text again, as of the commit with that manifest
//!   saved/             saved queries, and what was shown of each
//!   synonyms.txt       words that mean the same, if people put it there
//!   checked            which files of the segments are known to be what was committed
//!   tantivy/           segments, and meta.json with the checksums of all of them
//! ```

mod accents;
mod any_of;
mod bits;
mod bm25;
mod cluster;
mod columns;
mod commit;
mod copies;
mod coverage;
mod deadline;
mod dictionary;
mod directory;
mod excluded;
mod expand;
mod facets;
mod feedback;
mod files;
mod filter;
mod folder;
mod integrity;
mod keywords;
mod kwic;
mod lower;
mod marks;
mod merges;
mod near_values;
mod occurrences;
mod positional;
mod proximity;
mod question;
mod rank;
mod routing;
mod saved;
mod schema;
mod seal;
mod searcher;
mod segment;
mod sketch;
mod spelling;
mod stemming;
mod term_files;
mod terms;
mod timeline;
mod trend;
mod values;
mod waiting;
mod windows;
mod writer;

pub use expand::{MOST_EXPANSIONS, MOST_FUZZY};
pub use folder::{Folder, Lock};
pub use kwic::MOST_COUNTED;
pub use saved::Shown;
pub use searcher::{Every, Searcher, USUAL_TIMEOUT};
pub use segment::{FinishedSegment, SegmentBuilder, SegmentWriter};
pub use timeline::MOST_PERIODS;
pub use writer::{Builders, Writer};
