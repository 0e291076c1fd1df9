//! The fuzz targets as one program, run by libFuzzer.
//!
//! What it does is chosen by the environment, since its arguments are libFuzzer's:
//! - without `BACKFILE_FUZZ_TARGET` it prints the names of the targets;
//! - with `BACKFILE_FUZZ_SEEDS` too it writes the seeds and the dictionary of the target into that folder;
//! - else it runs the target.

#![no_main]

use std::collections::BTreeSet;
use std::env::{var, var_os};
use std::panic::PanicHookInfo;
use std::path::Path;
use std::process::{abort, exit};
use std::sync::{Mutex, OnceLock, PoisonError};

use libfuzzer_sys::fuzz_target;

use targets::{TARGETS, Target};

mod packed;
mod properties;
mod readers;
mod seeds;
mod targets;
mod words;

static CHOSEN: OnceLock<&Target> = OnceLock::new();

fuzz_target!(init: prepare(), |data: &[u8]| (chosen().run)(data));

fn chosen() -> &'static Target {
    CHOSEN.get().expect("libFuzzer calls the initialisation first")
}

fn prepare() {
    let Ok(name) = var("BACKFILE_FUZZ_TARGET") else {
        TARGETS.iter().for_each(|target| println!("{}", target.name));
        exit(0);
    };
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        eprintln!("there is no target {name}");
        exit(2);
    };
    if let Some(folder) = var_os("BACKFILE_FUZZ_SEEDS") {
        seeds::write(target, Path::new(&folder));
        exit(0);
    }
    CHOSEN.get_or_init(|| target);
    std::panic::set_hook(Box::new(judge));
}

/// A panic of the program is a finding, also where it would be caught. One inside of a library is none as long as it is
/// caught, as the program does with the libraries that are known for it; each place is told once.
fn judge(panic: &PanicHookInfo<'_>) {
    static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    if !place.contains("/registry/src/") {
        eprintln!("{panic}");
        abort();
    }
    if KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(place) {
        eprintln!("in a library: {panic}");
    }
}
