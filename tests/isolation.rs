//! Readers in a process of their own: its death, its hunger and its sleep cost one file.

use std::fs::{self, File};
use std::io::{ErrorKind, Result};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use backfile::diagnostic::Reason;
use backfile::ingest::isolate::Isolation;
use backfile::ingest::isolate::confinement::{confine, forbidden_here};
use backfile::reader::recognise::by_name;
use backfile::reader::{Input, Item, ReadOptions};

fn isolation(patience: Duration) -> Isolation {
    Isolation { patience, ..Isolation::of(Path::new(env!("CARGO_BIN_EXE_backfile"))) }
}

fn reasons(format: &str, patience: Duration) -> Vec<Reason> {
    let options = ReadOptions::default();
    // More than a pipe holds, so that a process that never reads is met while it is written to.
    let bytes = vec![b'x'; 1 << 20];
    let items = isolation(patience).items(format, &Input::whole("a.bin", &bytes, &options));
    let reason = |item: Item| match item {
        Item::Skip { fault, .. } => Some(fault.reason),
        Item::Draft { .. } | Item::LeftOut { .. } => None,
    };
    items.into_iter().filter_map(reason).collect()
}

#[test]
fn the_items_are_those_read_here() {
    let options = ReadOptions::default();
    let input = Input::whole("notes/1912-03-04-strike.txt", b"The strike\n\nThe men went home.", &options);
    let mut here = Vec::new();
    let reader = by_name("plain").expect("plain text is always read");
    reader.read(&input, &mut |item| here.push(item)).expect("it is plain text");
    assert_eq!(isolation(Duration::from_secs(20)).items("plain", &input), here);
}

#[cfg(debug_assertions)]
#[test]
fn a_process_that_ends_badly_costs_its_file() {
    for (format, expected) in [
        ("__abort", Reason::ReaderFailed),
        ("__garbage", Reason::ReaderFailed),
        ("__unknown", Reason::ReaderFailed),
        #[cfg(unix)]
        ("__allocate", Reason::TooLarge),
    ] {
        assert_eq!(reasons(format, Duration::from_secs(20)), [expected], "{format}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_process_that_complains_much_is_heard_out() {
    assert_eq!(reasons("__complain", Duration::from_secs(20)), []);
}

#[cfg(debug_assertions)]
#[test]
fn patience_ends() {
    for format in ["__hang", "__spin"] {
        let begin = Instant::now();
        assert_eq!(reasons(format, Duration::from_millis(300)), [Reason::TooLarge], "{format}");
        assert!(begin.elapsed() < Duration::from_secs(10), "{format}");
    }
}

#[cfg(all(unix, debug_assertions))]
#[test]
fn a_process_that_reaches_out_is_refused() {
    let mut acts = vec!["__open", "__create"];
    if forbidden_here().unwrap().contains(&"files") {
        acts.push("__folder");
    } else {
        eprintln!("SKIPPED: folders made by the process for risky formats; this system knows no Landlock");
    }
    for act in acts {
        assert_eq!(reasons(act, Duration::from_secs(20)), [], "{act}");
    }
}

type Act = Box<dyn Fn() -> Result<()> + Send>;

/// Without the limits of a process, which forbid some of it as well.
#[test]
fn a_confined_thread_reaches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "a").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let acts: Vec<(&str, &str, Act)> = vec![
        (
            "files",
            "reading",
            Box::new({
                let file = file.clone();
                move || File::open(&file).map(drop)
            }),
        ),
        (
            "files",
            "writing",
            Box::new({
                let file = file.clone();
                move || File::options().append(true).open(&file).map(drop)
            }),
        ),
        (
            "files",
            "making",
            Box::new({
                let file = file.with_extension("new");
                move || File::create(&file).map(drop)
            }),
        ),
        (
            "files",
            "removing",
            Box::new({
                let file = file.clone();
                move || fs::remove_file(&file)
            }),
        ),
        (
            "files",
            "listing",
            Box::new({
                let folder = folder.path().to_owned();
                move || fs::read_dir(&folder).map(drop)
            }),
        ),
        ("files", "starting", Box::new(|| std::process::Command::new("/bin/true").status().map(drop))),
        ("TCP", "connecting", Box::new(move || TcpStream::connect(address).map(drop))),
        ("TCP", "listening", Box::new(|| TcpListener::bind("127.0.0.1:0").map(drop))),
    ];
    let tried = thread::spawn(move || {
        let forbidden = confine();
        let tried: Vec<_> = acts.into_iter().map(|(area, act, try_it)| (area, act, try_it())).collect();
        (forbidden, tried)
    });
    let (forbidden, tried) = tried.join().unwrap();
    for (area, act, result) in tried {
        if forbidden.contains(&area) {
            let kind = result.map_err(|error| error.kind());
            assert_eq!(kind, Err(ErrorKind::PermissionDenied), "{act}");
        } else {
            eprintln!("SKIPPED: {act}; the Landlock of this system knows no {area}");
        }
    }
    assert!(File::open(&file).is_ok(), "another thread is not confined");
}
