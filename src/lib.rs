//! Full-text search for article archives.
//!
//! The library exists for the `backfile` program and its tests; its API may change in any release. What is promised
//! is the program: its commands, its exit codes, and the output described in `index_schema/json`.
//!
//! Modules are listed in reading order, lowest layer first; a module uses those above it, and each says at its top
//! what it owns. `src/README.md` holds the map and the rules.
//!
//! Two ways lead through them:
//!
//! - An article: [`ingest`] finds the files of an archive and has a [`reader`] make drafts of their bytes, completes
//!   them to [`article::Article`]s, and has [`engine`] make segments of those and commit them.
//! - A query: [`search::params`] checks what was typed against the [`schema`] of an index into a
//!   [`search::SearchRequest`], whose [`query::Query`] is raw text still. [`engine`] answers it, [`highlight`] marks
//!   what matched, and [`output`] prints the answer.
//!
//! Only [`cli`] knows arguments, the terminal and the clock.

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
