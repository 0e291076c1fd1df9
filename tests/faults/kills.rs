//! SIGKILL at every call that changes the index, in the run and in the one that resumes it.
//!
//! `BACKFILE_SEED` repeats a run, `BACKFILE_KILL_POINTS` sets the points of each ingest (0: all of them).

use crate::support::random::Random;
use crate::support::{Sandbox, library};

use super::scene::{Scene, Stage, articles};
use super::shim::{Action, Fault};
use super::{Tally, Trials, Verdict, mine, rig, spread};

/// Ingests, each of another state of the archive. A last run makes the index compact.
const INGESTS: usize = 4;
/// Every so many kills, the run that resumes is killed as well.
const KILLED_TWICE: usize = 7;

#[test]
fn killed_at_every_call() {
    let trials = Trials { what: "killed", variable: "BACKFILE_KILL_POINTS", usual: 6 };
    trials.run(|rig, seed, points, worker, tally| {
        let mut scene = Scene::new(rig, seed, "index", "2K");
        for run in 1..=INGESTS + 1 {
            if run > INGESTS && !scene.turn_to("compact --quiet") {
                break;
            }
            let stage = scene.stage();
            if worker == 0 {
                println!("run {run}: {} calls, {} commits", stage.calls, stage.states.len() - 1);
            }
            for (trial, point) in mine(spread(stage.calls, points, seed), worker).enumerate() {
                let twice = trial % KILLED_TWICE == 0;
                let verdict = killed_at(&scene, &stage, point, seed, tally)
                    .and_then(|()| if twice { killed_again(&scene, &stage, seed ^ point) } else { Ok(()) })
                    .and_then(|()| scene.resumes(&stage));
                if twice {
                    tally.count("killed again");
                }
                tally.enter(format_args!("run {run}, call {point}"), verdict);
            }
            scene.finish();
            scene.edit();
        }
    });
}

fn killed_at(scene: &Scene<'_>, stage: &Stage, point: u64, seed: u64, tally: &mut Tally) -> Verdict {
    // A write is done by half at one of two points, at the other with another seed.
    let action = if (point / 2 + seed).is_multiple_of(2) { Action::Kill } else { Action::Torn };
    scene.restore();
    let ran = scene.run(Fault::at(point, action));
    ran.is_orderly()?;
    tally.count(match ran.output.code {
        137 => "killed",
        0 => "had ended",
        _ => return Err(format!("{}", ran.output)),
    });
    scene.keeps(stage, ran.acks)
}

/// Kills the run that resumes as well.
fn killed_again(scene: &Scene<'_>, stage: &Stage, seed: u64) -> Verdict {
    let again = 1 + Random::new(seed).below(stage.calls as usize) as u64;
    scene.run(Fault::at(again, Action::Kill)).is_orderly()?;
    scene.is_whole(stage)
}

/// A file of several parts, of which a commit could take the first alone.
#[test]
fn no_part_of_a_changed_file_is_shown_beside_its_earlier_version() {
    let Some(rig) = rig() else { return };
    let sandbox = Sandbox::new();
    let root = sandbox.path("").canonicalize().expect("the sandbox is there");
    // Large, and without work: there are no words in it.
    let filler = "- ".repeat(150_000);
    for version in ["coal", "tram"] {
        let record =
            |number| format!("{{\"id\": \"r{number}\", \"body\": \"{version} {number} {filler}\"}}\n");
        sandbox.file("archive/wire.jsonl", (0..12).map(record).collect::<String>());
        let line = "-i index ingest archive --quiet --threads 1 --commit-every 1K";
        // The commit that makes the index is the first of two.
        let commits = if version == "coal" { 0 } else { 1 };
        let ran = rig.run(&sandbox, line, &root.join("index"), Fault::after_ack(commits));
        assert!(ran.acks >= commits, "{}", ran.output);
        let visible = articles(&library::open(&sandbox, "index")).expect("every article is there once");
        assert_eq!(visible.len(), 12);
    }
}
