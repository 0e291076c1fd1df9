//! How fast the inner pieces are, each alone: `cargo bench`, or `cargo bench -- NAME` for those with NAME in their path.
//!
//! All that they read is made by [`corpus`], the same in every run. Whole processes are measured by the scripts beside
//! this folder, and what they execute is counted by `benches/instructions`.

#![allow(clippy::unwrap_used)]

mod corpus;
mod index;
mod queries;
mod readers;
mod text;

fn main() {
    divan::main();
}
