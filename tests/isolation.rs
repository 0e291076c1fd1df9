//! Readers in a process of their own: its death, its hunger and its sleep cost one file.

use std::path::Path;
use std::time::{Duration, Instant};

use backfile::diagnostic::Reason;
use backfile::ingest::isolate::Isolation;
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
