//! How the program is linked.

use std::env::var;

/// On Linux with glibc the program lies at a fixed address.
///
/// A relocatable program has 88,000 pointers in its tables (of character sets, entities, glyphs) that the loader
/// must add its address to, on 480 pages, before `main` begins: half of the time of a query. The price is that the
/// addresses of its own code and tables are not random; those of stack, heap and libraries are.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|it| it == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
