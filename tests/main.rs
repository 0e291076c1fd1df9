//! Tests across the boundaries of modules, one binary.

#![allow(clippy::unwrap_used)]

mod crash;
mod facet_counts;
mod hostile;
mod hostile_files;
mod incremental;
mod isolation;
mod layers;
mod one_article;
mod ranking;
mod readers;
mod rebuild;
mod scenarios;
mod suggestions;
mod support;
mod transcripts;
