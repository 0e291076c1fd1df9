//! What an index and a process take: no more after many rounds than after few, and what becomes of a command that gets
//! too little.
//!
//! `BACKFILE_ROUNDS` sets the number of rounds, `BACKFILE_SEED` repeats a run.

use std::fs;
use std::ops::Range;
use std::process::{Command, Stdio};

use crate::support::random::{Random, number};
use crate::support::{Output, Sandbox, article, is_root, leftovers, library, words};

/// Files that are always there, and those that are there for half of a round.
const FILES: usize = 60;
const PASSING: usize = 8;
/// Files that change in a round.
const CHANGED: usize = 6;
const QUERIES: &[&str] =
    &["", "coal", "tag:energy -strike", "date:1974", "\"coal mine\"", "tra*", "harbour~"];

/// Rounds of `cargo test`.
const USUAL: u64 = 16;

/// With fewer rounds, merges and the allocator hide what grows.
const ENOUGH: usize = 50;

/// Rounds before anything is compared: what is made once is made in them, and segments become as many as they may be.
const WARM_UP: usize = 8;

/// What is measured at the end of a round, and by how much its least over many rounds may seem to grow. How many segments
/// there are, and how much in them is deleted, goes up and down with the merges.
const MEASURES: [(&str, f64); 5] =
    [("files", 1.4), ("bytes", 1.3), ("memory", 1.05), ("open files", 1.0), ("threads", 1.0)];
/// Those that can be told from [`ENOUGH`] rounds alone.
const SLOW: [&str; 3] = ["files", "bytes", "memory"];

fn write(sandbox: &Sandbox, random: &Random, name: &str, round: u64) {
    let words = ["coal", "strike", "harbour", "tram", "mine", "policy", "ferry", "council"];
    let body: String = (0..60).map(|_| format!("{} ", random.pick(&words))).collect();
    let tag = random.pick(&["energy", "energy/coal", "transport", "harbour"]);
    sandbox.file(format!("archive/{name}.md"), article(&format!("{name} {round:06}"), "1974-05", tag, &body));
}

/// The rounds, in a process that does nothing else: what it takes is theirs.
#[test]
#[ignore = "nothing_grows_with_the_rounds runs it"]
fn rounds_alone() {
    let rounds = number("BACKFILE_ROUNDS", USUAL);
    let random = Random::new(number("BACKFILE_SEED", 1));
    let sandbox = Sandbox::new();
    let passing = |number: usize| format!("passing{number}");
    (0..FILES).for_each(|number| write(&sandbox, &random, &format!("file{number}"), 0));
    for round in 1..=rounds {
        forget_peak();
        for _ in 0..CHANGED {
            write(&sandbox, &random, &format!("file{}", random.below(FILES)), round);
        }
        (0..PASSING).for_each(|number| write(&sandbox, &random, &passing(number), round));
        let report = library::ingest(&sandbox, "archive", "index", 2);
        assert_eq!(report.articles, (FILES + PASSING) as u64);
        library::answers(&library::open(&sandbox, "index"), QUERIES);
        (0..PASSING).for_each(|number| _ = sandbox.remove(&format!("archive/{}.md", passing(number))));
        let report = library::ingest(&sandbox, "archive", "index", 2);
        assert_eq!(report.articles, FILES as u64);
        library::answers(&library::open(&sandbox, "index"), QUERIES);
        assert_eq!(leftovers(&sandbox, "index"), [""; 0], "files that no commit knows");
        let (files, bytes) = size(&sandbox, "index");
        let [memory, threads] = ["VmHWM:", "Threads:"].map(of_this_process);
        println!("round {files} {bytes} {memory} {} {threads}", open_files());
        if round as usize == WARM_UP || round == rounds {
            sandbox.copy("index", "copy");
            library::compact(&sandbox, "copy");
            let (files, bytes) = size(&sandbox, "copy");
            sandbox.remove("copy");
            println!("compact {files} {bytes}");
        }
    }
}

fn size(sandbox: &Sandbox, index: &str) -> (usize, usize) {
    let index = sandbox.snapshot(index);
    (index.len(), index.iter().map(|(_, bytes)| bytes.len()).sum())
}

/// Lets the system measure the peak of the memory anew.
fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("the peak can be reset");
}

fn of_this_process(row: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("a process can look at itself");
    let found =
        status.lines().find_map(|line| line.strip_prefix(row)?.split_whitespace().next()?.parse().ok());
    found.expect("the row is there")
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("a process can look at itself").count()
}

#[test]
fn nothing_grows_with_the_rounds() {
    if !cfg!(target_os = "linux") || fs::write("/proc/self/clear_refs", "5").is_err() {
        return println!("SKIPPED: what a process takes is read from /proc of Linux");
    }
    let rounds = number("BACKFILE_ROUNDS", USUAL) as usize;
    let seed = number("BACKFILE_SEED", u64::from(std::process::id()));
    println!("BACKFILE_SEED={seed} BACKFILE_ROUNDS={rounds}");
    let mut command = Command::new(std::env::current_exe().expect("this is a program"));
    command.args(["resources::rounds_alone", "--exact", "--ignored", "--nocapture", "--test-threads", "1"]);
    // One pool of memory for all threads: which of them takes from which is chance.
    command
        .env("MALLOC_ARENA_MAX", "1")
        .env("BACKFILE_ROUNDS", rounds.to_string())
        .env("BACKFILE_SEED", seed.to_string());
    let output = Output::of(command.stdin(Stdio::null())).code(0);
    let measured: Vec<[f64; 5]> =
        output.lines().into_iter().filter_map(|line| numbers("round ", line)).collect();
    assert_eq!(measured.len(), rounds, "{output}");
    let tenth = (rounds / 10).max(4);
    assert!(rounds >= WARM_UP + 2 * tenth, "{rounds} rounds are too few to compare");
    let early = least(&measured, WARM_UP..WARM_UP + tenth);
    let late = least(&measured, rounds - tenth..rounds);
    println!("{MEASURES:?}: {early:.1?} at first, {late:.1?} at last");
    for (((name, most), early), late) in MEASURES.iter().zip(early).zip(late) {
        let is_told = rounds >= ENOUGH || !SLOW.contains(name);
        assert!(!is_told || late <= early * most, "{name} grows: {early} at first, {late} at last\n{output}");
    }
    // Without what is deleted, the same articles take the same room.
    let compact: Vec<[f64; 2]> =
        output.lines().into_iter().filter_map(|line| numbers("compact ", line)).collect();
    let [first, last] = compact[..] else { panic!("measured {compact:?}") };
    println!("compact: {first:?} at first, {last:?} at last");
    assert_eq!(first[0], last[0], "files of a compact index");
    assert!(last[1] <= first[1] * 1.05, "a compact index grows from {} to {} bytes", first[1], last[1]);
}

/// The numbers behind a word.
fn numbers<const COUNT: usize>(word: &str, line: &str) -> Option<[f64; COUNT]> {
    let (_, numbers) = line.split_once(word)?;
    let numbers: Vec<f64> = numbers.split(' ').filter_map(|number| number.parse().ok()).collect();
    numbers.try_into().ok()
}

/// What ends a moment later than a round does not count.
fn least(measured: &[[f64; 5]], rounds: Range<usize>) -> [f64; 5] {
    let rounds = &measured[rounds];
    std::array::from_fn(|at| rounds.iter().map(|round| round[at]).fold(f64::INFINITY, f64::min))
}

/// A shell that limits itself before it becomes the program.
fn limited(sandbox: &Sandbox, limit: &str, line: &str) -> Command {
    let program = sandbox.command([""; 0]);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limit} && exec \"$0\" \"$@\"")]).arg(program.get_program());
    command.args(words(line)).current_dir(sandbox.path("")).stdin(Stdio::null()).env("NO_COLOR", "1");
    command.env_remove("BACKFILE_INDEX").env_remove("COLUMNS");
    command
}

/// An archive with formats that are read in this process and in one of its own, and a query of every kind.
fn scene() -> Sandbox {
    let sandbox = Sandbox::new();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_corpus");
    for name in ["pdf/salt-pans.pdf", "json/wire.json", "odt/barn-owls.odt"] {
        let bytes = fs::read(samples.join(name)).expect("it is one of the samples");
        sandbox.file(format!("archive/{name}"), bytes);
    }
    for number in 0..30 {
        let text = article(&format!("Number {number}"), "1974", "energy", "Some words about coal.");
        sandbox.file(format!("archive/{number}.md"), text);
    }
    sandbox.file("queries.txt", "coal\ntag:energy\n*oal\n");
    sandbox
}

const READING: &[&str] = &[
    "-i sound query coal --facet tag",
    "-i sound query '*oal OR h?rbour OR coal~'",
    "-i sound batch queries.txt",
    "-i sound kwic coal",
    "-i sound status",
    "-i sound verify",
    "-i sound rebuild --quiet",
    "extract archive",
    "formats --limits",
];

/// Runs an ingest and queries with too little of something. Each gets along or says what it lacks, and the ingest,
/// run again without the limit, comes to its end.
fn with_limits(what: &str, limits: &[String], run: impl Fn(&Sandbox, &str, &str) -> Output) {
    let sandbox = scene();
    sandbox.run("-i sound ingest archive --quiet").code(0);
    let articles = sandbox.run("-i sound count").stdout;
    let (mut refused, mut tried) = (0, 0);
    for (number, limit) in limits.iter().enumerate() {
        if run(&sandbox, limit, "--version").code != 0 {
            // Not even the loader of the system can work with that.
            continue;
        }
        let ingest = format!("-i index{number} ingest archive --quiet --ack --threads 4");
        for line in READING.iter().copied().chain([ingest.as_str()]) {
            let output = run(&sandbox, limit, line);
            tried += 1;
            refused += u32::from(output.code != 0);
            is_told(&output, &format!("{what}: {limit}: {line}"));
        }
        sandbox.run(&format!("-i index{number} ingest archive --quiet")).code(0);
        assert_eq!(sandbox.run(&format!("-i index{number} count")).code(0).stdout, articles, "{limit}");
        sandbox.run(&format!("-i index{number} verify")).code(0);
    }
    println!("{what}: {refused} of {tried} commands were refused");
    assert!(refused > 0 && refused < tried, "{what}: the limits are no test");
}

fn is_told(output: &Output, what: &str) {
    match output.code {
        0 => {}
        // What is skipped of an archive or of a list of queries is named in the answer.
        3 => {}
        5 => {
            assert!(output.stderr.starts_with("backfile: "), "{what}\n{output}");
            assert!(output.stderr.contains("\nhint: "), "there is no next step: {what}\n{output}");
        }
        _ => panic!("{what}\n{output}"),
    }
    assert!(!output.stderr.contains("panicked"), "{what}\n{output}");
    // The machine is at fault, not the file, which is tried again.
    assert!(!output.to_string().contains("did not finish"), "{what}\n{output}");
}

fn in_shell(sandbox: &Sandbox, limit: &str, line: &str) -> Output {
    Output::of(&mut limited(sandbox, limit, line))
}

#[cfg(target_os = "linux")]
#[test]
fn few_open_files() {
    let limits: Vec<String> = [4, 5, 6, 7, 8, 10, 12, 16, 24, 64].map(|it| format!("ulimit -n {it}")).into();
    with_limits("open files", &limits, in_shell);
}

#[cfg(target_os = "linux")]
#[test]
fn little_memory() {
    let megabytes = [48, 64, 80, 100, 128, 160, 200, 256, 320, 512, 760, 770, 800, 900, 1_000, 1_300];
    let limits: Vec<String> = megabytes.map(|it| format!("ulimit -v {}", it << 10)).into();
    with_limits("memory", &limits, in_shell);
}

/// The limit counts all processes of a user, and root has none: so as another user.
#[cfg(target_os = "linux")]
#[test]
fn few_threads() {
    use std::os::unix::fs::{PermissionsExt, chown};
    if !is_root() {
        return println!(
            "SKIPPED: another user, of whom no other process runs, is needed; root may become one"
        );
    }
    const NOBODY: u32 = 65_534;
    let as_nobody = |sandbox: &Sandbox, limit: &str, line: &str| {
        for entry in walkdir::WalkDir::new(sandbox.path("")).into_iter().flatten() {
            chown(entry.path(), Some(NOBODY), Some(NOBODY)).expect("root may give files away");
        }
        // The folders above the program may be closed to others.
        let program = sandbox.path("backfile");
        if !program.exists() {
            fs::copy(env!("CARGO_BIN_EXE_backfile"), &program).expect("the program can be copied");
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "bash", "-c"]);
        command.arg(format!("{limit} && exec \"$0\" \"$@\"")).arg(&program).args(words(line));
        command.current_dir(sandbox.path("")).stdin(Stdio::null()).env("NO_COLOR", "1");
        command.env_remove("BACKFILE_INDEX");
        Output::of(&mut command)
    };
    let probe = Command::new("setpriv").args(["--reuid", "65534", "--clear-groups", "true"]).status();
    if !probe.is_ok_and(|status| status.success()) {
        return println!("SKIPPED: there is no setpriv to become another user with");
    }
    let limits: Vec<String> =
        [1, 2, 3, 4, 5, 6, 8, 12, 13, 14, 15, 16].map(|it| format!("ulimit -u {it}")).into();
    with_limits("threads", &limits, as_nobody);
}
