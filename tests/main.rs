//! Tests across the boundaries of modules, one binary.

#![allow(clippy::unwrap_used)]

mod concurrency;
mod crash;
mod damage;
mod differential;
mod facet_counts;
mod faults;
mod golden;
mod hostile;
mod hostile_files;
mod hostile_queries;
mod incremental;
mod isolation;
mod layers;
mod one_article;
mod places;
mod ranking;
mod readers;
mod rebuild;
mod resources;
mod saved;
mod scenarios;
mod segments;
mod stems;
mod streams;
mod suggestions;
mod support;
mod transcripts;
mod views;
