//! How much memory an ingest may take where the process itself is limited (`ulimit -v`): when an allocation fails, a
//! program can only die.

use std::num::NonZeroUsize;

use crate::ingest::STACK;

use super::error::Error;
use super::ingest::LEAST_MEMORY;
use super::status::Status;

/// Addresses that are taken beside the memory of an ingest and its reading threads, in bytes: the program, the index, and
/// the threads that write, merge and acknowledge.
const BESIDE: u64 = 512 << 20;

/// Addresses of a reading thread, in bytes: its stack, and what the allocator of glibc sets aside for it.
const OF_A_THREAD: u64 = STACK as u64 + (64 << 20);

/// Memory and threads for an ingest: those asked for, as far as there are addresses for them.
pub(super) fn within_limit(memory: usize, threads: NonZeroUsize) -> Result<(usize, NonZeroUsize), Error> {
    address_space().map_or(Ok((memory, threads)), |allowed| share(allowed, memory, threads))
}

fn share(allowed: u64, memory: usize, threads: NonZeroUsize) -> Result<(usize, NonZeroUsize), Error> {
    let least = LEAST_MEMORY as u64;
    let needed = BESIDE + OF_A_THREAD + least;
    if allowed < needed {
        let message = format!(
            "an ingest needs {} MB of address space, but a limit allows this process only {} MB",
            needed >> 20,
            allowed >> 20
        );
        let hint = "raise the limit (ulimit -v), then run it again".to_owned();
        return Err(Error { status: Status::Unwritable, message, hint: Some(hint), caret: None });
    }
    let most_threads = usize::try_from((allowed - BESIDE - least) / OF_A_THREAD).unwrap_or(usize::MAX);
    let threads = threads.min(NonZeroUsize::new(most_threads).unwrap_or(NonZeroUsize::MIN));
    let left = usize::try_from(allowed - BESIDE - OF_A_THREAD * threads.get() as u64).unwrap_or(usize::MAX);
    Ok((memory.min(left), threads))
}

#[cfg(unix)]
fn address_space() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::As).current
}

#[cfg(not(unix))]
fn address_space() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_cut_to_what_there_is() {
        let shared = |allowed: u64| {
            let shared = share(allowed << 20, 512 << 20, NonZeroUsize::new(4).unwrap());
            shared.map(|(memory, threads)| (memory >> 20, threads.get())).map_err(|error| error.message)
        };
        assert_eq!(shared(8_000), Ok((512, 4)));
        assert_eq!(shared(1_200), Ok((176, 4)));
        assert_eq!(shared(1_100), Ok((204, 3)));
        assert_eq!(shared(768), Ok((128, 1)));
        let refused = "an ingest needs 768 MB of address space, but a limit allows this process only 767 MB";
        assert_eq!(shared(767), Err(refused.to_owned()));
    }
}
