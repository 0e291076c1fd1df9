//! A folder of its own for a test, the program run in it, and what it said.

pub(crate) mod library;
pub(crate) mod random;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tempfile::TempDir;

/// A temporary folder in which the program is run.
///
/// Files get modification times in the past, each a second after the one before, so that no change hides in the
/// coarseness of a clock unless a test wants it to.
pub(crate) struct Sandbox {
    folder: TempDir,
    clock: AtomicU64,
}

/// The year 2020, in seconds since 1970.
const CLOCK_START: u64 = 1_577_836_800;

impl Sandbox {
    pub(crate) fn new() -> Sandbox {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Sandbox { folder, clock: AtomicU64::new(CLOCK_START) }
    }

    /// Where something lies, named by its path below the sandbox.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and the folders above it.
    pub(crate) fn file(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Sandbox {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it lies below the sandbox")).expect("folders can be made");
        fs::write(&path, content).expect("a file can be written");
        self.settle(&path);
        self
    }

    /// Gives a file the next time of the sandbox's clock.
    pub(crate) fn settle(&self, path: impl AsRef<Path>) -> &Sandbox {
        let seconds = self.clock.fetch_add(1, Ordering::Relaxed);
        self.set_time(path, UNIX_EPOCH + Duration::from_secs(seconds))
    }

    pub(crate) fn set_time(&self, path: impl AsRef<Path>, time: SystemTime) -> &Sandbox {
        let file = File::options().append(true).open(self.path(path)).expect("the file is there");
        file.set_modified(time).expect("its time can be set");
        self
    }

    pub(crate) fn rename(&self, from: &str, to: &str) -> &Sandbox {
        let to = self.path(to);
        fs::create_dir_all(to.parent().expect("it lies below the sandbox")).expect("folders can be made");
        fs::rename(self.path(from), to).expect("it can be renamed");
        self
    }

    /// Copies a folder with all that is in it.
    pub(crate) fn copy(&self, from: &str, to: &str) -> &Sandbox {
        let (from, to) = (self.path(from), self.path(to));
        for entry in walkdir::WalkDir::new(&from) {
            let entry = entry.expect("the folder can be listed");
            let target = to.join(entry.path().strip_prefix(&from).expect("it lies below"));
            if entry.file_type().is_dir() {
                fs::create_dir_all(&target).expect("folders can be made");
            } else {
                fs::copy(entry.path(), &target).expect("files can be copied");
            }
        }
        self
    }

    pub(crate) fn remove(&self, name: &str) -> &Sandbox {
        let path = self.path(name);
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        removed.expect("it can be removed");
        self
    }

    /// The program with these arguments, ready to run in this sandbox.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backfile"));
        command.current_dir(self.folder.path()).args(args).stdin(Stdio::null());
        command.env_remove("BACKFILE_INDEX").env_remove("COLUMNS").env("NO_COLOR", "1");
        command
    }

    /// Runs the program with arguments written as in a shell.
    pub(crate) fn run(&self, line: &str) -> Output {
        self.run_args(&words(line))
    }

    pub(crate) fn run_args<S: AsRef<OsStr>>(&self, args: &[S]) -> Output {
        Output::of(&mut self.command(args))
    }

    /// Starts the program and leaves it running; what it prints is kept.
    pub(crate) fn start(&self, line: &str) -> Child {
        let mut command = self.command(words(line));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program can be started")
    }

    /// Ingests `archive` and gives the summary.
    pub(crate) fn ingest(&self, flags: &str) -> Output {
        self.run(&format!("ingest archive --json {flags}"))
    }

    /// The names of all files below a folder, with their sizes and contents.
    pub(crate) fn snapshot(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        for entry in walkdir::WalkDir::new(self.path(folder)).sort_by_file_name() {
            let entry = entry.expect("the folder can be listed");
            if entry.file_type().is_file() {
                files.push((entry.path().to_owned(), fs::read(entry.path()).expect("it can be read")));
            }
        }
        files
    }
}

/// What a run of the program gave.
pub(crate) struct Output {
    pub(crate) command: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    pub(crate) fn of(command: &mut Command) -> Output {
        let shown = format!("{command:?}");
        Output::from(shown, command.output().expect("the program can be run"))
    }

    /// Waits for a program that was started.
    pub(crate) fn wait(child: Child) -> Output {
        let id = child.id();
        Output::from(format!("process {id}"), child.wait_with_output().expect("it can be waited for"))
    }

    fn from(command: String, output: std::process::Output) -> Output {
        Output {
            command,
            // Killed by a signal: as a shell says it.
            code: output.status.code().unwrap_or_else(|| signal(output.status).map_or(-1, |it| 128 + it)),
            stdout: String::from_utf8(output.stdout).expect("what is printed is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("what is printed is UTF-8"),
        }
    }

    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Output {
        self.code_of(&[expected])
    }

    #[track_caller]
    pub(crate) fn code_of(self, expected: &[i32]) -> Output {
        assert!(expected.contains(&self.code), "exit code {} instead of {expected:?}\n{self}", self.code);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Output {
        assert!(self.stdout.contains(part), "{part:?} is not on standard output\n{self}");
        self
    }

    #[track_caller]
    pub(crate) fn complains(self, part: &str) -> Output {
        assert!(self.stderr.contains(part), "{part:?} is not on standard error\n{self}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON: {error}\n{self}"))
    }

    /// Checks values of the printed JSON: `[("/files/read", 3)]`.
    #[track_caller]
    pub(crate) fn has(self, expected: &[(&str, i64)]) -> Output {
        let json = self.json();
        for (pointer, number) in expected {
            let found = json.pointer(pointer).and_then(Value::as_i64);
            assert_eq!(found, Some(*number), "{pointer}\n{self}");
        }
        self
    }

    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}\nexit code {}", self.command, self.code)?;
        writeln!(f, "--- standard output\n{}\n--- standard error\n{}", self.stdout, self.stderr)
    }
}

#[cfg(unix)]
fn signal(status: std::process::ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: std::process::ExitStatus) -> Option<i32> {
    None
}

/// The words of a line, with quotes as in a shell.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open: Option<char> = None;
    let mut in_word = false;
    for letter in line.chars() {
        match (open, letter) {
            (Some(quote), _) if letter == quote => open = None,
            (None, '\'' | '"') => {
                open = Some(letter);
                if !in_word {
                    words.push(String::new());
                    in_word = true;
                }
            }
            (None, ' ' | '\n') => in_word = false,
            (None | Some(_), _) => {
                if !in_word {
                    words.push(String::new());
                    in_word = true;
                }
                words.last_mut().expect("a word was begun").push(letter);
            }
        }
    }
    words
}

/// Files of an index that its last commit does not name.
pub(crate) fn leftovers(sandbox: &Sandbox, index: &str) -> Vec<String> {
    let meta = fs::read_to_string(sandbox.path(format!("{index}/tantivy/meta.json"))).unwrap();
    let meta: Value = serde_json::from_str(&meta).unwrap();
    let payload: Value = serde_json::from_str(meta["payload"].as_str().unwrap()).unwrap();
    let segments = meta["segments"].as_array().unwrap();
    let segments: BTreeSet<String> =
        segments.iter().map(|segment| segment["segment_id"].as_str().unwrap().replace('-', "")).collect();
    let manifest = payload["manifest"].as_str().unwrap();
    let families = manifest.replace("manifest", "families");
    let is_known = |name: &str| {
        let plain = ["backfile.json", "lock", "checked", "meta.json", manifest, families.as_str()];
        let of_segment = name.split('.').next().is_some_and(|stem| segments.contains(stem));
        plain.contains(&name) || of_segment || name.starts_with(".tantivy-")
    };
    let names = sandbox
        .snapshot(index)
        .into_iter()
        .map(|(path, _)| path.file_name().expect("files have names").to_string_lossy().into_owned());
    names.filter(|name| !is_known(name)).collect()
}

/// Whether the tests run as root, for whom no file is unreadable.
pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout == b"0\n")
}

/// A Markdown article.
pub(crate) fn article(title: &str, date: &str, tags: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ndate: {date}\ntags: [{tags}]\n---\n\n{body}\n")
}

#[test]
fn words_are_cut_as_in_a_shell() {
    assert_eq!(words("query 'a b' --in \"c d\"x ''"), ["query", "a b", "--in", "c dx", ""]);
    assert_eq!(words("-- '\"a b\"'"), ["--", "\"a b\""]);
}
