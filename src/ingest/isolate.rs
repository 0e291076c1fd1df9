//! Readers of risky formats run in a process of their own: what brings that process down costs one file, not the run.
//!
//! Owns both ends of the conversation: [`Isolation`] starts the program again with the hidden command `__read FORMAT`
//! and waits for the answer, [`serve`] is that command. The request is the file on standard input, the answer its
//! items on standard output. The process limits and confines itself before it looks at the file.

pub mod confinement;

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{self, Builder};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Reason;
use crate::reader::recognise::by_name;
use crate::reader::{Fault, Input, Item, ReadOptions, Reader, Spot};

use super::{READER_THREAD, STACK};

/// The hidden command.
pub const COMMAND: &str = "__read";
/// Address space of the process, in bytes.
pub const MAX_MEMORY: u64 = 1 << 30;
/// Time the process may compute, in seconds.
pub const MAX_SECONDS: u64 = 20;
/// An answer may be so long, in bytes.
pub const MAX_ANSWER: u64 = 256 << 20;
/// Files that the process may have open: what it was started with, standard input, output and error.
pub const MAX_FILES: u64 = 3;
/// So much of what the process complains about is looked at, in bytes.
const MAX_COMPLAINT: u64 = 4_096;

/// Everything a reader gives, from a process of its own if that is advised and `program` can be started for it.
/// A reader that fails loses only what it had not given yet.
pub(super) fn items(reader: &dyn Reader, input: &Input<'_>, program: Option<&Path>) -> Vec<Item> {
    match program.filter(|_| reader.is_risky()) {
        Some(program) => Isolation::of(program).items(reader.name(), input),
        None => items_here(reader, input),
    }
}

fn items_here(reader: &dyn Reader, input: &Input<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let read = catch_unwind(AssertUnwindSafe(|| reader.read(input, &mut |item| items.push(item))));
    let fault = match read {
        Ok(Ok(())) => None,
        Ok(Err(fault)) => Some(fault),
        Err(_) => Some(broke_down(reader.name())),
    };
    items.extend(fault.map(|fault| Item::Skip { spot: Spot::WHOLE, fault }));
    items
}

/// How processes for reading are started.
#[derive(Debug, Clone)]
pub struct Isolation {
    /// The program with the hidden command: this one.
    pub program: PathBuf,
    /// How long an answer is waited for.
    pub patience: Duration,
}

/// What a request says beside the bytes of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    name: String,
    head: Vec<u8>,
    first_record: u64,
    offset: u64,
    options: ReadOptions,
}

impl Isolation {
    /// With the usual patience.
    pub fn of(program: &Path) -> Isolation {
        Isolation { program: program.to_owned(), patience: Duration::from_secs(MAX_SECONDS) }
    }

    /// Everything the reader called `format` gives.
    pub fn items(&self, format: &str, input: &Input<'_>) -> Vec<Item> {
        self.ask(format, input).unwrap_or_else(|fault| vec![Item::Skip { spot: Spot::WHOLE, fault }])
    }

    fn ask(&self, format: &str, input: &Input<'_>) -> Result<Vec<Item>, Fault> {
        let mut child = self.start(format).map_err(|error| not_started(&error))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else { return Err(broke_down(format)) };
        let (send, receive) = channel();
        let answered = thread::scope(|scope| {
            // A process that ends early does not read its request to the end; its answer tells why.
            let write = Builder::new().spawn_scoped(scope, move || drop(write_request(stdin, input)));
            let read = Builder::new().spawn_scoped(scope, move || drop(send.send(read_answer(stdout))));
            // Read at the same time: a process whose complaints nobody reads would wait for ever.
            let complain = Builder::new().spawn_scoped(scope, move || read_complaint(stderr));
            let started = write.and(read).and(complain);
            let answer = started.map(|complain| (receive.recv_timeout(self.patience), complain));
            if !matches!(answer, Ok((Ok(_), _))) {
                // Its pipes close, so that the threads end.
                let _ = child.kill();
            }
            answer.map(|(answer, complain)| (answer, complain.join().unwrap_or_default()))
        });
        let status = child.wait().map_err(|error| not_started(&error))?;
        let (answer, complaint) = answered.map_err(|error| not_started(&error))?;
        let answer = answer.map_err(|error| match error {
            RecvTimeoutError::Timeout => too_slow(format, self.patience),
            RecvTimeoutError::Disconnected => broke_down(format),
        })?;
        let answer = answer.map_err(|error| not_started(&error))?;
        judge(format, status, &answer, &complaint)
    }

    fn start(&self, format: &str) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args([COMMAND, format]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // An interrupt from the terminal ends the ingest in order; the file at hand must not seem broken by it.
            command.process_group(0);
        }
        command.spawn()
    }
}

fn write_request(mut to: ChildStdin, input: &Input<'_>) -> io::Result<()> {
    let request = Request {
        name: input.name.to_owned(),
        head: input.head.to_owned(),
        first_record: input.first_record,
        offset: input.offset,
        options: input.options.clone(),
    };
    let request = postcard::to_stdvec(&request).map_err(io::Error::other)?;
    to.write_all(&(request.len() as u64).to_le_bytes())?;
    to.write_all(&request)?;
    to.write_all(input.bytes)
}

fn read_answer(from: ChildStdout) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_ANSWER).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The beginning of what the process complains about; the rest is read all the same.
fn read_complaint(mut from: ChildStderr) -> String {
    let mut complaint = Vec::new();
    let read = from.by_ref().take(MAX_COMPLAINT).read_to_end(&mut complaint);
    let _ = read.and_then(|_| io::copy(&mut from, &mut io::sink()));
    String::from_utf8_lossy(&complaint).into_owned()
}

fn judge(format: &str, status: ExitStatus, answer: &[u8], complaint: &str) -> Result<Vec<Item>, Fault> {
    if status.success() {
        return postcard::from_bytes(answer).map_err(|_| broke_down(format));
    }
    if complaint.contains(NO_THREAD) {
        return Err(not_started(&io::ErrorKind::WouldBlock.into()));
    }
    if complaint.contains("memory allocation of") {
        return Err(too_hungry(format, memory_allowed()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if status.signal() == Some(rustix::process::Signal::XCPU.as_raw()) {
            return Err(too_slow(format, Duration::from_secs(MAX_SECONDS)));
        }
    }
    Err(broke_down(format))
}

/// Answers one request: reads the file on `input` in the named format, and writes its items to `output`.
///
/// Limits this process for good, so it must be one of its own.
pub fn serve(format: &str, mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    confinement::confine();
    limit_this_process()?;
    if misbehave(format, &mut output)? {
        return Ok(());
    }
    let reader = by_name(format).ok_or(io::ErrorKind::Unsupported)?;
    let mut length = [0; 8];
    input.read_exact(&mut length)?;
    let mut request = Vec::new();
    input.by_ref().take(u64::from_le_bytes(length)).read_to_end(&mut request)?;
    let request: Request = postcard::from_bytes(&request).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let read = move || {
        let input = Input {
            name: &request.name,
            bytes: &bytes,
            head: &request.head,
            first_record: request.first_record,
            offset: request.offset,
            options: &request.options,
        };
        items_here(reader, &input)
    };
    let thread = Builder::new().name(READER_THREAD.to_owned()).stack_size(STACK).spawn(read);
    let thread = thread.map_err(|error| io::Error::other(format!("{NO_THREAD}: {error}")))?;
    let items = thread.join().map_err(|_| io::Error::other("the reader broke down"))?;
    output.write_all(&postcard::to_stdvec(&items).map_err(io::Error::other)?)?;
    output.flush()
}

/// What the process complains of when the machine refuses it a thread.
const NO_THREAD: &str = "no thread to read with";

/// Memory and time are bounded, nothing can be opened, no file can be written, not even one of its memory. Limits that
/// are lower already stay.
#[cfg(unix)]
fn limit_this_process() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    for (resource, limit, grace) in [
        (Resource::As, MAX_MEMORY, 0),
        // The signal of the limit can be told from that of the grace, which ends it in any case.
        (Resource::Cpu, MAX_SECONDS, 1),
        (Resource::Core, 0, 0),
        (Resource::Fsize, 0, 0),
        (Resource::Nofile, MAX_FILES, 0),
    ] {
        let Rlimit { current, maximum } = getrlimit(resource);
        let lower = |limit: u64, known: Option<u64>| Some(known.map_or(limit, |known| known.min(limit)));
        let (current, maximum) = (lower(limit, current), lower(limit + grace, maximum));
        setrlimit(resource, Rlimit { current, maximum })?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn limit_this_process() -> io::Result<()> {
    Ok(())
}

/// Memory that the process gets at most: less than it should where this one is limited itself.
#[cfg(unix)]
fn memory_allowed() -> u64 {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::As).current.map_or(MAX_MEMORY, |known| known.min(MAX_MEMORY))
}

#[cfg(not(unix))]
fn memory_allowed() -> u64 {
    MAX_MEMORY
}

/// What hostile files make of a reader, for tests. Whether an answer was given.
#[cfg(debug_assertions)]
fn misbehave(format: &str, output: &mut impl Write) -> io::Result<bool> {
    match format {
        "__hang" => thread::sleep(Duration::from_secs(3_600)),
        "__spin" => while std::hint::black_box(true) {},
        "__abort" => std::process::abort(),
        "__allocate" => drop(std::hint::black_box(vec![1_u8; 2 * MAX_MEMORY as usize])),
        // More than a pipe holds, before an answer without items.
        "__complain" => {
            let _ = catch_unwind(|| panic!("{}", "!".repeat(1 << 20)));
            return output.write_all(&[0]).map(|()| true);
        }
        "__open" => return refused(std::fs::File::open("/etc/passwd"), output),
        "__create" => return refused(std::fs::File::create("__reached"), output),
        // Needs no open file, so no limit of the process forbids it.
        "__folder" => return refused(std::fs::create_dir("__reached"), output),
        "__garbage" => return output.write_all(&[0xff; 64]).map(|()| true),
        _ => {}
    }
    Ok(false)
}

/// An answer without items if the system refused what was tried; none if it did it, or had another reason.
#[cfg(debug_assertions)]
fn refused<T>(tried: io::Result<T>, output: &mut impl Write) -> io::Result<bool> {
    let error = tried.err().ok_or_else(|| io::Error::other("it was not refused"))?;
    let is_refusal = error.kind() == io::ErrorKind::PermissionDenied
        || error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error());
    if is_refusal { output.write_all(&[0]).map(|()| true) } else { Err(error) }
}

#[cfg(not(debug_assertions))]
fn misbehave(_: &str, _: &mut impl Write) -> io::Result<bool> {
    Ok(false)
}

const REPORT: &str = "please report it, with the file if you can";

fn broke_down(format: &str) -> Fault {
    panicked(format!("the {format} reader broke down on it"))
}

/// What to say of code that panicked.
pub(super) fn panicked(message: String) -> Fault {
    Fault { reason: Reason::ReaderFailed, message, hint: Some(REPORT.to_owned()) }
}

fn too_slow(format: &str, patience: Duration) -> Fault {
    Fault {
        reason: Reason::TooLarge,
        message: format!("the {format} reader did not finish it within {} seconds", patience.as_secs()),
        hint: Some("split it, or save it anew with another program".to_owned()),
    }
}

fn too_hungry(format: &str, allowed: u64) -> Fault {
    if allowed < MAX_MEMORY {
        return Fault {
            reason: Reason::Refused,
            message: format!(
                "the {format} reader needs more than the {} MB of memory it may take here",
                allowed >> 20
            ),
            hint: Some("raise the limit (ulimit -v); it is tried again each time".to_owned()),
        };
    }
    Fault {
        reason: Reason::TooLarge,
        message: format!("the {format} reader needs more than {} MB of memory for it", MAX_MEMORY >> 20),
        hint: Some("split it, or save it anew with another program".to_owned()),
    }
}

/// The machine is at fault, not the file.
fn not_started(error: &io::Error) -> Fault {
    Fault {
        reason: Reason::Refused,
        message: format!("no process to read it could be run: {error}"),
        hint: Some(
            "is a limit of processes, memory or open files reached? It is tried again each time".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Draft;
    use crate::reader::Emit;

    /// A reader that gives one article and then does what its name says.
    struct Mock(&'static str);

    impl Reader for Mock {
        fn name(&self) -> &'static str {
            self.0
        }
        fn about(&self) -> &'static str {
            ""
        }
        fn reads(&self) -> &'static str {
            ""
        }
        fn extensions(&self) -> &'static [&'static str] {
            &[]
        }
        fn sniff(&self, _: &[u8]) -> bool {
            false
        }
        fn read(&self, _: &Input<'_>, emit: Emit<'_>) -> Result<(), Fault> {
            emit(Item::Draft { spot: Spot::WHOLE, draft: Box::new(Draft::default()), notes: Vec::new() });
            match self.0 {
                "panic" => panic!("as asked for"),
                "refuse" => Err(too_hungry("mock", MAX_MEMORY)),
                _ => Ok(()),
            }
        }
    }

    #[test]
    fn what_was_given_before_a_failure_is_kept() {
        for (name, expected) in
            [("panic", Some(Reason::ReaderFailed)), ("refuse", Some(Reason::TooLarge)), ("end", None)]
        {
            let options = ReadOptions::default();
            let items = items(&Mock(name), &Input::whole("a", b"", &options), None);
            let reason = items.iter().find_map(|item| match item {
                Item::Skip { fault, .. } => Some(fault.reason),
                Item::Draft { .. } | Item::LeftOut { .. } => None,
            });
            assert_eq!((items.len(), reason), (1 + usize::from(expected.is_some()), expected), "{name}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_costs_the_file() {
        let isolation = Isolation::of(Path::new("/nowhere/backfile"));
        let options = ReadOptions::default();
        let items = isolation.items("pdf", &Input::whole("a.pdf", b"%PDF-", &options));
        assert!(matches!(&items[..], [Item::Skip { fault, .. }] if fault.reason == Reason::Refused));
    }
}
