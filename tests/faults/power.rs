//! Power cuts on a real file system: what was acknowledged is there when the machine comes back.
//!
//! `BACKFILE_SEED` repeats a run, `BACKFILE_CUTS` sets the number of cuts. A third as many are made with folders that
//! are not synced: then commits must be lost, or the test could not see it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use crate::support::random::{Random, number};

use super::errors::run;
use super::scene::{Scene, Stage};
use super::shim::{Action, Fault, Rig};
use super::{Tally, Verdict, WORKERS, ensure, in_parallel, rig};

/// A file system in a file.
struct Disk {
    image: PathBuf,
    path: PathBuf,
    kind: &'static str,
}

/// The kinds of file systems that know how to lose what was not synced, with the size of the smallest in megabytes.
const KINDS: &[(&str, u64)] = &[("ext4", 64), ("xfs", 320)];

impl Disk {
    /// Makes one of the first kind that this machine has, beginning with the one of that number.
    fn make(scene: &Scene<'_>, first: u64) -> Result<Disk, String> {
        let mut kinds = KINDS.to_vec();
        kinds.rotate_left(first as usize % KINDS.len());
        let mut refusals = Vec::new();
        for (kind, megabytes) in kinds {
            match Disk::of(scene, kind, megabytes) {
                Ok(disk) => return Ok(disk),
                Err(why) => refusals.push(why),
            }
        }
        Err(refusals.join("; "))
    }

    fn of(scene: &Scene<'_>, kind: &'static str, megabytes: u64) -> Result<Disk, String> {
        let disk = Disk { image: scene.sandbox.path("image"), path: scene.sandbox.path("disk"), kind };
        let file = File::create(&disk.image).map_err(|error| error.to_string())?;
        file.set_len(megabytes << 20).map_err(|error| error.to_string())?;
        fs::create_dir_all(&disk.path).map_err(|error| error.to_string())?;
        run(Command::new(format!("mkfs.{kind}")).arg("-q").arg(&disk.image))?;
        disk.mount()?;
        Ok(disk)
    }

    fn mount(&self) -> Result<(), String> {
        run(Command::new("mount").args(["-t", self.kind, "-o", "loop"]).arg(&self.image).arg(&self.path))
    }

    fn unmount(&self) -> Result<(), String> {
        let mut tries = 0;
        loop {
            tries += 1;
            match run(Command::new("umount").arg(&self.path)) {
                // A process that another test starts holds a copy of every open file until it has begun.
                Err(_) if tries < 100 => sleep(Duration::from_millis(20)),
                done => return done,
            }
        }
    }

    fn sync(&self) -> Result<(), String> {
        run(Command::new("sync").arg("-f").arg(&self.path))
    }

    /// Loses all that was not synced, and comes back.
    fn cut(&self, rig: &Rig) -> Result<(), String> {
        run(Command::new(rig.cutter()).arg(&self.path))?;
        self.unmount()?;
        self.mount()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.unmount();
    }
}

/// What is cut, and how.
struct Cuts<'a> {
    rig: &'a Rig,
    scene: Scene<'a>,
    disk: Disk,
    random: Random,
}

impl Cuts<'_> {
    /// Ends the program by the fault and cuts the power.
    fn cut(&self, fault: Fault) -> Result<usize, String> {
        self.scene.restore();
        self.disk.sync()?;
        let ran = self.scene.run(fault);
        ran.is_orderly()?;
        self.disk.cut(self.rig)?;
        Ok(ran.acks)
    }

    fn acknowledged_stays(&self, stage: &Stage, fault: Fault) -> Verdict {
        let acks = self.cut(fault)?;
        self.scene.keeps(stage, acks)?;
        self.scene.resumes(stage)
    }

    /// Whether a commit is lost when the folder was not synced after it.
    fn loses_unsynced(&self, stage: &Stage, ack: usize) -> Result<bool, String> {
        let acks = self.cut(Fault { unsynced: true, ..Fault::after_ack(ack) })?;
        ensure(acks == ack, || format!("{acks} commits instead of {ack}"))?;
        Ok(self.scene.keeps(stage, ack).is_err())
    }
}

#[test]
fn power_cuts() {
    let cuts = number("BACKFILE_CUTS", 6);
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    println!("BACKFILE_SEED={seed} BACKFILE_CUTS={cuts}");
    let Some(rig) = rig() else { return };
    let tally = in_parallel(|worker| {
        let scene = Scene::new(&rig, seed, "disk/index", "2K");
        let random = Random::new(seed ^ worker);
        match Disk::make(&scene, worker) {
            Ok(disk) => {
                let cuts = cuts / WORKERS;
                Cuts { rig: &rig, scene, disk, random }.make(cuts)
            }
            Err(why) => {
                println!("SKIPPED: no file system in a file can be mounted: {why}");
                Tally::default()
            }
        }
    });
    tally.all_went_well("power cuts");
    let count = |what: &str| tally.outcomes.get(what).copied().unwrap_or_default();
    let (lost, kept) = (count("without sync: lost"), count("without sync: kept"));
    assert!(lost >= kept, "without the sync of folders only {lost} of {} commits were lost", lost + kept);
}

impl Cuts<'_> {
    /// Half of the cuts in the ingest that makes the index, half in one that changes it.
    fn make(mut self, cuts: u64) -> Tally {
        let mut tally = Tally::default();
        for half in 0..2 {
            let stage = self.scene.stage();
            println!("{}: {} calls, {} commits", self.disk.kind, stage.calls, stage.states.len() - 1);
            for cut in (0..cuts).filter(|cut| cut % 2 == half) {
                let fault = self.moment(&stage, cut / 2);
                tally.count(format_args!("{}", self.disk.kind));
                let verdict = self.acknowledged_stays(&stage, fault);
                tally.enter(format_args!("ingest {half}, cut at {fault:?}"), verdict);
            }
            if half == 1 {
                self.control(&stage, cuts.div_ceil(3), &mut tally);
            }
            self.scene.finish();
            self.scene.edit();
        }
        tally
    }

    /// Right behind an acknowledgement, or anywhere.
    fn moment(&self, stage: &Stage, cut: u64) -> Fault {
        match cut % 2 {
            0 => Fault::after_ack(1 + self.random.below(stage.states.len() - 1)),
            _ => Fault::at(1 + self.random.below(stage.calls as usize) as u64, Action::Kill),
        }
    }

    /// The same with folders that are not synced, behind commits that change something.
    fn control(&self, stage: &Stage, cuts: u64, tally: &mut Tally) {
        let acks: Vec<usize> =
            (1..stage.states.len()).filter(|ack| stage.states[*ack] != stage.states[ack - 1]).collect();
        for cut in 0..cuts {
            let ack = acks[cut as usize % acks.len()];
            match self.loses_unsynced(stage, ack) {
                Ok(true) => tally.count("without sync: lost"),
                Ok(false) => tally.count("without sync: kept"),
                Err(what) => tally.enter(format_args!("control, commit {ack}"), Err(what)),
            }
        }
    }
}
