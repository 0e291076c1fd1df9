//! The `backfile` program: arguments in, exit code out.

fn main() {}
