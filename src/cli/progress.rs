//! The progress bar of an ingest, on standard error and only on a terminal.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::ingest::Progress;

/// How often the bar is drawn.
const STEP: Duration = Duration::from_millis(100);

/// Does `work` while a bar shows how far it is.
pub(super) fn while_showing<T>(progress: &Progress, quiet: bool, work: impl FnOnce() -> T) -> T {
    if quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Without a bar where the machine refuses the thread.
        let painter = Builder::new().spawn_scoped(scope, || paint(progress, &done));
        let _end = painter.map(|painter| AtEnd { done: &done, painter: painter.thread().clone() });
        work()
    })
}

/// Sends the painter home, also when the work breaks down: else it would paint for ever.
struct AtEnd<'a> {
    done: &'a AtomicBool,
    painter: std::thread::Thread,
}

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        self.painter.unpark();
    }
}

fn paint(progress: &Progress, done: &AtomicBool) {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let template = "{bar:20} {percent}%  {msg}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    while !done.load(Ordering::Relaxed) {
        let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let (bytes, total) = (read(&progress.bytes), read(&progress.bytes_total));
        // A compressed file gives more bytes than it has.
        bar.set_length(total.max(bytes));
        bar.set_position(bytes);
        let rate = read(&progress.articles) as f64 / bar.elapsed().as_secs_f64().max(0.1);
        bar.set_message(format!(
            "{}/{} files, {} articles, {rate:.0}/s, {} skipped",
            read(&progress.files),
            read(&progress.files_total),
            read(&progress.articles),
            read(&progress.skipped),
        ));
        std::thread::park_timeout(STEP);
    }
    bar.finish_and_clear();
}
