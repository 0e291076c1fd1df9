//! Kills and failing calls during `rebuild`: one whole index or the other lies in its place, and the same command leads
//! to the new one and leaves nothing beside it.
//!
//! The exchange of the two folders is a call that the library below the program does not see, nor is the listing of a
//! folder; those before them and behind them are.
//!
//! `BACKFILE_SEED` repeats a run, `BACKFILE_KILL_POINTS` and `BACKFILE_IO_FAULTS` set the number of trials (0: all).

use std::fs;
use std::path::{Path, PathBuf};

use backfile::engine::local::Folder;

use super::errors::every_fault;
use super::scene::{Scene, copy};
use super::shim::{Action, Fault, Ran, Rig};
use super::{Tally, Trials, Verdict, ensure, mine, spread};

const INDEX: &str = "place/index";

/// An index of an archive that has changed since, and what may lie in its place.
struct Rebuilding<'a> {
    scene: Scene<'a>,
    /// Calls that an undisturbed run makes.
    calls: u64,
    before: Vec<String>,
    after: Vec<String>,
}

impl<'a> Rebuilding<'a> {
    fn new(rig: &'a Rig, seed: u64) -> Rebuilding<'a> {
        let mut scene = Scene::new(rig, seed, INDEX, "1G");
        // Nothing of this is in the archive: a declaration of its own, and what people keep.
        let usual = include_str!("../../index_schema/article.toml");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("index_schema"), &scene.sandbox.path("declared"));
        scene.sandbox.file("declared/article.toml", usual.replacen("stem = true", "stem = false", 1));
        assert!(scene.turn_to("ingest archive --quiet --threads 1 --schema declared"));
        scene.finish();
        scene.sandbox.run("-i place/index saved add mine coal").code(0);
        scene.sandbox.file("place/index/synonyms.txt", "coal, colliery\n");
        scene.edit();
        assert!(scene.turn_to("rebuild --quiet"));
        scene.keep();
        let mut rebuilding = Rebuilding { scene, calls: 0, before: Vec::new(), after: Vec::new() };
        rebuilding.before = rebuilding.state().expect("an undisturbed index answers");
        let Ran { output, calls, .. } = rebuilding.run(Fault::NONE);
        output.code(0);
        rebuilding.calls = calls;
        rebuilding.after = rebuilding.state().expect("a rebuilt index answers");
        assert_ne!(rebuilding.before, rebuilding.after);
        rebuilding
    }

    /// What the index says, how it is declared, and what is kept in it.
    fn state(&self) -> Result<Vec<String>, String> {
        let mut state = self.scene.answers()?;
        let folder = Folder::open(&self.scene.index()).map_err(|error| error.to_string())?;
        state.push(folder.declaration().fingerprint());
        for name in ["saved/queries.json", "synonyms.txt"] {
            let kept = fs::read_to_string(folder.path().join(name));
            state.push(kept.map_err(|error| format!("{name}: {error}"))?);
        }
        Ok(state)
    }

    /// The folder that the index lies in.
    fn place(&self) -> PathBuf {
        self.scene.index().parent().expect("it has one").to_owned()
    }

    fn run(&self, fault: Fault) -> Ran {
        fs::remove_dir_all(self.place()).expect("it is there");
        self.scene.restore();
        self.scene.run_below(&self.place(), fault)
    }

    fn is_whole(&self) -> Verdict {
        let state = self.state()?;
        ensure(state == self.before || state == self.after, || "neither the old index nor the new".to_owned())
    }

    fn is_rebuilt(&self) -> Verdict {
        ensure(self.state()? == self.after, || "not the new index".to_owned())
    }

    fn resumes(&self) -> Verdict {
        self.scene.runs_again()?;
        self.is_rebuilt()?;
        let names = fs::read_dir(self.place()).map_err(|error| error.to_string())?.flatten();
        let beside: Vec<_> = names.map(|entry| entry.file_name()).filter(|name| name != "index").collect();
        ensure(beside.is_empty(), || format!("left behind: {beside:?}"))
    }

    fn killed(&self, point: u64, tally: &mut Tally) -> Verdict {
        let ran = self.run(Fault::at(point, Action::Kill));
        ran.is_orderly()?;
        match ran.output.code {
            137 => self.is_whole()?,
            // With several threads the calls are not always as many.
            0 => self.is_rebuilt()?,
            _ => return Err(format!("{}", ran.output)),
        }
        tally.count(format_args!("exit code {}", ran.output.code));
        self.resumes()
    }

    fn refused(&self, fault: Fault, tally: &mut Tally) -> Verdict {
        let ran = self.run(fault);
        ran.is_orderly()?;
        let reached = if ran.hit.is_some() { "" } else { ", not reached" };
        tally.count(format_args!("exit code {}{reached}", ran.output.code));
        let message = &ran.output.stderr;
        match ran.output.code {
            0 => self.is_rebuilt(),
            5 => ensure(message.contains("place/") && message.contains("hint: "), || {
                format!("the message does not say where or what to do: {message}")
            })
            .and_then(|()| self.is_whole()),
            _ => Err(format!("{}", ran.output)),
        }
        .and_then(|()| self.resumes())
        .map_err(|what| format!("{:?}: {what}", ran.hit))
    }
}

#[test]
fn a_rebuild_is_killed_at_every_call() {
    let trials = Trials { what: "rebuild, killed", variable: "BACKFILE_KILL_POINTS", usual: 6 };
    trials.run(|rig, seed, points, worker, tally| {
        let rebuilding = Rebuilding::new(rig, seed);
        for point in mine(spread(rebuilding.calls, points, seed), worker) {
            let verdict = rebuilding.killed(point, tally);
            tally.enter(format_args!("call {point}"), verdict);
        }
    });
}

#[test]
fn errors_at_every_call_of_a_rebuild() {
    let trials = Trials { what: "rebuild, refused", variable: "BACKFILE_IO_FAULTS", usual: 20 };
    trials.run(|rig, seed, wanted, worker, tally| {
        let rebuilding = Rebuilding::new(rig, seed);
        let faults = every_fault(|fault| rebuilding.run(fault).calls);
        for chosen in mine(spread(faults.len() as u64, wanted, seed), worker) {
            let (name, fault) = faults[chosen as usize - 1];
            let verdict = rebuilding.refused(fault, tally);
            tally.enter(format_args!("{name} {:?} at call {}", fault.action, fault.at), verdict);
        }
    });
}
