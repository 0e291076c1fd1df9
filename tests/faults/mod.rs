//! Faults from below, each at a chosen call of the program: it is killed, the disk refuses, the power is cut.
//!
//! One workload and one oracle for all of them. What a commit has acknowledged is there, nothing is there twice or half,
//! and the same command, run again, gives the index of a run that nothing has disturbed.

mod errors;
mod kills;
mod power;
mod rebuild;
mod scene;
mod shim;

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::support::random::number;

use shim::Rig;

/// Whether a trial went well, else what was wrong.
type Verdict = Result<(), String>;

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

/// Trials are spread over so many threads, each with a workload of its own.
const WORKERS: u64 = 2;

/// What came of many trials.
#[derive(Default)]
struct Tally {
    trials: u64,
    /// How often what happened.
    outcomes: BTreeMap<String, u64>,
    failures: Vec<String>,
}

impl Tally {
    fn count(&mut self, outcome: impl Display) {
        *self.outcomes.entry(outcome.to_string()).or_default() += 1;
    }

    fn enter(&mut self, trial: impl Display, verdict: Verdict) {
        self.trials += 1;
        if self.trials.is_multiple_of(100) {
            println!("{} trials", self.trials);
        }
        if let Err(what) = verdict {
            println!("FAILED: {trial}: {what}");
            self.failures.push(format!("{trial}: {what}"));
        }
    }

    fn join(mut self, other: Tally) -> Tally {
        self.trials += other.trials;
        for (outcome, count) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
        self.failures.extend(other.failures);
        self
    }

    #[track_caller]
    fn all_went_well(&self, what: &str) {
        println!("{what}: {} trials, {} failed; {:?}", self.trials, self.failures.len(), self.outcomes);
        assert!(self.failures.is_empty(), "{} failed, the first: {}", self.failures.len(), self.failures[0]);
    }
}

/// Trials of every worker at once, all of which must go well. The variable sets how many, unless it is not set.
struct Trials {
    what: &'static str,
    variable: &'static str,
    usual: u64,
}

impl Trials {
    /// Does the work of every worker, who is told the seed and how many trials are wanted; nothing where there can be no
    /// rig.
    fn run(&self, work: impl Fn(&Rig, u64, u64, u64, &mut Tally) + Sync) {
        let Some(rig) = rig() else { return };
        let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
        let wanted = number(self.variable, self.usual);
        println!("BACKFILE_SEED={seed} {}={wanted}", self.variable);
        let tally = in_parallel(|worker| {
            let mut tally = Tally::default();
            work(&rig, seed, wanted, worker, &mut tally);
            tally
        });
        tally.all_went_well(self.what);
    }
}

/// Does the work of every worker at once.
fn in_parallel(work: impl Fn(u64) -> Tally + Sync) -> Tally {
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                scope.spawn({
                    let work = &work;
                    move || work(worker)
                })
            })
            .collect();
        let tallies = workers.into_iter().map(|worker| worker.join().expect("a worker comes to its end"));
        tallies.fold(Tally::default(), Tally::join)
    })
}

/// So many of the points from 1 to `all`, evenly spread; all of them for 0. Another seed begins elsewhere.
fn spread(all: u64, wanted: u64, seed: u64) -> impl Iterator<Item = u64> {
    // Odd, so that what alternates is met in all of its kinds.
    let stride = if wanted == 0 { 1 } else { all.div_ceil(wanted).max(1) | 1 };
    (1 + seed % stride..=all).step_by(stride as usize)
}

/// The points of one worker.
fn mine(points: impl Iterator<Item = u64>, worker: u64) -> impl Iterator<Item = u64> {
    points.skip(worker as usize).step_by(WORKERS as usize)
}

/// The rig, or nothing where there can be none, which is told.
fn rig() -> Option<Rig> {
    Rig::build().map_err(|why| println!("SKIPPED: {why}")).ok()
}

#[test]
fn points_are_spread_over_all() {
    assert_eq!(spread(10, 0, 7).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    assert_eq!(spread(10, 3, 0).collect::<Vec<_>>(), [1, 6]);
    assert_eq!(spread(10, 3, 6).collect::<Vec<_>>(), [2, 7]);
    assert_eq!(spread(2, 9, 5).collect::<Vec<_>>(), [1, 2]);
}
