//! Tests across the boundaries of modules, one binary.

mod readers;
