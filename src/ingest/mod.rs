//! The way from an archive on disk into an index.

pub mod report;
