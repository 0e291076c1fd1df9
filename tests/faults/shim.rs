//! The library that stands between the program and the C library, and what it saw. See `shim.c`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Output, Sandbox, words};

/// Kinds of calls, as in `shim.c`.
pub(super) mod kinds {
    pub(crate) const OPEN: u32 = 1;
    pub(crate) const WRITE: u32 = 2;
    pub(crate) const SYNC: u32 = 4;
    pub(crate) const RENAME: u32 = 8;
    pub(crate) const UNLINK: u32 = 16;
    pub(crate) const MKDIR: u32 = 32;
    pub(crate) const TRUNCATE: u32 = 64;
    pub(crate) const LINK: u32 = 128;
    pub(crate) const READ_OPEN: u32 = 256;
    pub(crate) const MAP: u32 = 512;
    /// Every call that changes a folder.
    pub(crate) const CHANGES: u32 = OPEN | WRITE | SYNC | RENAME | UNLINK | MKDIR | TRUNCATE | LINK;
}

/// What happens at the chosen call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    /// The program is killed before it.
    Kill,
    /// The program is killed after half of a write; before a call of another kind.
    Torn,
    /// It fails with this number.
    Once(i32),
    /// It and all after it fail with this number.
    Sticky(i32),
}

/// What is done to a run of the program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    /// The calls that are counted.
    pub(super) kinds: u32,
    /// The number of the call, from 1; 0 for none.
    pub(super) at: u64,
    pub(super) action: Action,
    /// The program is killed as soon as so many commits are acknowledged; 0 for never.
    pub(super) acks: usize,
    /// Folders are not synced, though the program believes so.
    pub(super) unsynced: bool,
}

impl Fault {
    pub(super) const NONE: Fault =
        Fault { kinds: kinds::CHANGES, at: 0, action: Action::Kill, acks: 0, unsynced: false };

    pub(super) fn at(at: u64, action: Action) -> Fault {
        Fault { at, action, ..Fault::NONE }
    }

    pub(super) fn after_ack(acks: usize) -> Fault {
        Fault { acks, ..Fault::NONE }
    }
}

/// What a run did.
pub(super) struct Ran {
    pub(super) output: Output,
    /// Calls that were counted.
    pub(super) calls: u64,
    /// Commits that were acknowledged.
    pub(super) acks: usize,
    /// The call that was chosen, with its file, if it was reached.
    pub(super) hit: Option<String>,
}

/// The built library and the program that cuts the power.
pub(super) struct Rig {
    folder: TempDir,
}

impl Rig {
    /// Builds both, or says why there can be none on this machine.
    pub(super) fn build() -> Result<Rig, String> {
        if !cfg!(target_os = "linux") || cfg!(target_env = "musl") {
            return Err("faults are put below the program by LD_PRELOAD of Linux with glibc".to_owned());
        }
        let rig = Rig { folder: tempfile::tempdir().map_err(|error| error.to_string())? };
        rig.compile("shim.c", include_str!("shim.c"), &["-shared", "-fPIC", "-o", "shim.so"], &["-ldl"])?;
        rig.compile("cut.c", include_str!("cut.c"), &["-o", "cut"], &[])?;
        Ok(rig)
    }

    fn compile(&self, name: &str, text: &str, before: &[&str], after: &[&str]) -> Result<(), String> {
        fs::write(self.folder.path().join(name), text).map_err(|error| error.to_string())?;
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let mut command = Command::new(&compiler);
        command.current_dir(self.folder.path()).arg("-O1").args(before).arg(name).args(after);
        let output = command.output().map_err(|error| format!("no C compiler: {compiler}: {error}"))?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        output.status.success().then_some(()).ok_or_else(|| format!("{compiler} {name}: {complaint}"))
    }

    /// Runs the program with that fault in the calls on `folder`, which need not exist yet.
    pub(super) fn run(&self, sandbox: &Sandbox, line: &str, folder: &Path, fault: Fault) -> Ran {
        let log = sandbox.path("calls.log");
        let _ = fs::remove_file(&log);
        let (action, number) = match fault.action {
            Action::Kill => ("kill", 0),
            Action::Torn => ("torn", 0),
            Action::Once(number) => ("once", number),
            Action::Sticky(number) => ("sticky", number),
        };
        let mut command = sandbox.command(words(line));
        command
            .env("LD_PRELOAD", self.folder.path().join("shim.so"))
            .env("FAULT_FOLDER", folder)
            .env("FAULT_LOG", &log)
            .env("FAULT_KINDS", fault.kinds.to_string())
            .env("FAULT_AT", fault.at.to_string())
            .env("FAULT_ACTION", action)
            .env("FAULT_ERRNO", number.to_string())
            .env("FAULT_ACKS", fault.acks.to_string())
            .env("FAULT_UNSYNCED", u8::from(fault.unsynced).to_string());
        Ran::of(Output::of(&mut command), &fs::read_to_string(&log).unwrap_or_default())
    }

    /// The program that cuts the power of the file system that it is given.
    pub(super) fn cutter(&self) -> PathBuf {
        self.folder.path().join("cut")
    }
}

impl Ran {
    fn of(output: Output, log: &str) -> Ran {
        let marks = |what: &'static str| log.lines().filter(move |line| line.starts_with(what));
        let acks = marks("ack ").count();
        let faults = marks("fault ").count();
        let mut lines = log.lines().skip_while(|line| !line.starts_with("fault "));
        let hit = lines.nth(1).map(str::to_owned);
        Ran { output, calls: (log.lines().count() - acks - faults) as u64, acks, hit }
    }

    /// Whether it says nothing that only a broken program says.
    pub(super) fn is_orderly(&self) -> super::Verdict {
        let Output { code, stderr, .. } = &self.output;
        let is_broken = stderr.contains("panicked") || [101, 134, 139, 135].contains(code);
        super::ensure(!is_broken, || format!("broke down at {:?}\n{}", self.hit, self.output))
    }
}

#[test]
fn a_log_is_read() {
    let output =
        || Output { command: String::new(), code: 137, stdout: String::new(), stderr: String::new() };
    let log = "open 1 /i/a\nack 1 /i/tantivy\nfault 2 write\nwrite 2 /i/a\n";
    let ran = Ran::of(output(), log);
    assert_eq!((ran.calls, ran.acks, ran.hit.as_deref()), (2, 1, Some("write 2 /i/a")));
    let ran = Ran::of(output(), "");
    assert_eq!((ran.calls, ran.acks, ran.hit), (0, 0, None));
}
