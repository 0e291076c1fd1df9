//! Calls that fail, at every call of an ingest, once and from then on; and disks that are too small.
//!
//! `BACKFILE_SEED` repeats a run, `BACKFILE_IO_FAULTS` sets the number of faults (0: all), `BACKFILE_DISK_SIZES` that
//! of the disks.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::random::number;

use super::scene::{Scene, Stage};
use super::shim::kinds::{CHANGES, MAP, MKDIR, OPEN, READ_OPEN, RENAME, SYNC, TRUNCATE, UNLINK, WRITE};
use super::shim::{Action, Fault, Ran};
use super::{Tally, Trials, Verdict, ensure, mine, rig, spread};

/// What the system says, its number, and the calls that may say so.
const ERRORS: &[(&str, i32, u32)] = &[
    ("ENOSPC", 28, OPEN | WRITE | SYNC | RENAME | MKDIR | TRUNCATE),
    ("EDQUOT", 122, OPEN | WRITE | SYNC | RENAME | MKDIR),
    ("EIO", 5, CHANGES),
    ("EROFS", 30, OPEN | WRITE | RENAME | UNLINK | MKDIR | TRUNCATE),
    ("EMFILE", 24, OPEN | READ_OPEN),
    ("ENOMEM", 12, MAP),
];

/// The first makes the index, the second changes it and merges its segments.
const INGESTS: usize = 2;

#[test]
fn errors_at_every_call() {
    let trials = Trials { what: "refused", variable: "BACKFILE_IO_FAULTS", usual: 40 };
    trials.run(|rig, seed, wanted, worker, tally| {
        let mut scene = Scene::new(rig, seed, "index", "1G");
        for ingest in 1..=INGESTS {
            let stage = scene.stage();
            let faults = every_fault(|fault| {
                scene.restore();
                scene.run(fault).calls
            });
            if worker == 0 {
                println!("ingest {ingest}: {} faults", faults.len());
            }
            for chosen in mine(spread(faults.len() as u64, wanted / INGESTS as u64, seed), worker) {
                let (name, fault) = faults[chosen as usize - 1];
                let verdict = refused(&scene, &stage, fault, tally);
                let trial = format_args!("ingest {ingest}, {name} {:?} at call {}", fault.action, fault.at);
                tally.enter(trial, verdict);
            }
            scene.finish();
            scene.edit();
        }
    });
}

/// Every error at every call that may say so, of a run of which `calls` counts those of a kind.
pub(super) fn every_fault(calls: impl Fn(Fault) -> u64) -> Vec<(&'static str, Fault)> {
    let mut faults = Vec::new();
    for (name, number, kinds) in ERRORS {
        for at in 1..=calls(Fault { kinds: *kinds, ..Fault::NONE }) {
            for action in [Action::Once(*number), Action::Sticky(*number)] {
                faults.push((*name, Fault { kinds: *kinds, at, action, ..Fault::NONE }));
            }
        }
    }
    faults
}

fn refused(scene: &Scene<'_>, stage: &Stage, fault: Fault, tally: &mut Tally) -> Verdict {
    scene.restore();
    let ran = scene.run(fault);
    judge(scene, stage, &ran, tally).map_err(|what| format!("{:?}: {what}", ran.hit))
}

/// It says that it failed, or it did all that it should; and what was committed is there.
fn judge(scene: &Scene<'_>, stage: &Stage, ran: &Ran, tally: &mut Tally) -> Verdict {
    ran.is_orderly()?;
    tally.count(format_args!("exit code {}", ran.output.code));
    let message = &ran.output.stderr;
    match ran.output.code {
        0 => scene.is_golden(stage).map_err(|what| format!("swallowed: {what}"))?,
        5 => ensure(message.contains("index") && message.contains("hint: "), || {
            format!("the message does not say where or what to do: {message}")
        })?,
        _ => return Err(format!("{}", ran.output)),
    }
    if ran.output.code != 0 {
        scene.keeps(stage, ran.acks)?;
    }
    scene.resumes(stage)
}

/// A file system in memory, of a chosen size.
struct Memory {
    path: PathBuf,
}

impl Memory {
    fn mount(path: PathBuf) -> Result<Memory, String> {
        fs::create_dir_all(&path).map_err(|error| error.to_string())?;
        let memory = Memory { path };
        run(Command::new("mount").args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"]).arg(&memory.path))?;
        Ok(memory)
    }

    fn resize(&self, kilobytes: u64) -> Result<(), String> {
        let size = format!("remount,size={kilobytes}k");
        run(Command::new("mount").args(["-o", &size]).arg(&self.path))
    }

    fn used(&self) -> u64 {
        let files = walkdir::WalkDir::new(&self.path).into_iter().flatten();
        let pages = files.filter_map(|entry| entry.metadata().ok()).map(|data| data.len().div_ceil(4096));
        pages.sum::<u64>() * 4
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // It is unmounted as soon as nobody uses it.
        let _ = run(Command::new("umount").arg("-l").arg(&self.path));
    }
}

/// Runs a tool of the system, or says what it said.
pub(super) fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    let output = command.output().map_err(|error| format!("{shown}: {error}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    output.status.success().then_some(()).ok_or_else(|| format!("{shown}: {}", complaint.trim()))
}

#[test]
fn disks_of_every_size() {
    let Some(rig) = rig() else { return };
    let sizes = number("BACKFILE_DISK_SIZES", 4);
    let mut scene = Scene::new(&rig, 1, "disk/index", "1G");
    let memory = match Memory::mount(scene.sandbox.path("disk")) {
        Ok(memory) => memory,
        Err(why) => return println!("SKIPPED: no file system in memory can be mounted: {why}"),
    };
    let mut tally = Tally::default();
    scene.stage();
    scene.finish();
    let begin = memory.used();
    scene.edit();
    let stage = scene.stage();
    // A run needs the old index, the new segments and the merged ones at once.
    let end = 2 * begin;
    for step in 0..sizes {
        let size = begin + 8 + (end - begin) * step / sizes;
        let verdict = too_small(&scene, &stage, &memory, size, &mut tally);
        tally.enter(format_args!("disk of {size} KB"), verdict);
    }
    tally.all_went_well("disks of every size");
}

fn too_small(scene: &Scene<'_>, stage: &Stage, memory: &Memory, size: u64, tally: &mut Tally) -> Verdict {
    memory.resize(65_536)?;
    scene.restore();
    memory.resize(size)?;
    let ran = scene.run(Fault::NONE);
    // More room, and the same command goes on.
    memory.resize(65_536)?;
    judge(scene, stage, &ran, tally)
}
