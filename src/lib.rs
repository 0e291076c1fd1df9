//! Full-text search for article archives.
//!
//! The library exists for the `backfile` program and its tests; its API may change in any release.
//! Modules are listed in reading order, lowest layer first. `src/README.md` holds the map and the rules.

pub mod text;

pub mod analysis;

pub mod article;
pub mod diagnostic;
pub mod schema;

pub mod query;

pub mod highlight;
pub mod search;

pub mod engine;
pub mod reader;

pub mod ingest;
pub mod output;

pub mod cli;
