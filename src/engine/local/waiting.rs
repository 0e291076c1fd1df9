//! Waiting for what another process holds, which may never give it back.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long is waited. Whoever holds such a lock in good order has it for milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);
const STEP: Duration = Duration::from_millis(10);

/// Tries until something comes of it, or the patience is at its end.
pub(super) fn in_time<T>(mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let begin = Instant::now();
    loop {
        let came = attempt();
        if came.is_some() || begin.elapsed() > PATIENCE {
            return came;
        }
        sleep(STEP);
    }
}
