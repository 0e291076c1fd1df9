//! Work on several things at once.

use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// What `work` gives for each of these, in their order. Each has a thread of its own, except the last and those for which
/// the machine refuses one: they are for this thread.
pub(super) fn at_once<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let Some((last, others)) = all.split_last() else { return Vec::new() };
    scope(|scope| {
        let work = &work;
        let start = |one| Builder::new().spawn_scoped(scope, move || work(one)).map_err(|_| one);
        let begun: Vec<_> = others.iter().map(start).collect();
        let last = work(last);
        let mut done = Vec::with_capacity(all.len());
        for one in begun {
            done.push(match one {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(one) => work(one),
            });
        }
        done.push(last);
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_stays() {
        assert_eq!(at_once(&[1, 2, 3], |number| number * 2), [2, 4, 6]);
        assert_eq!(at_once(&[0; 0], |number| number * 2), [0; 0]);
    }
}
