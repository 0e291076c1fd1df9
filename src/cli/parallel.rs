//! Work on a stream over all cores, with the results in the order of the stream and bounded memory.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, Builder};

use super::error::{Error, thread_refused};

/// How many items are under way for each thread; a slow one holds up the others only when so many wait for it.
const UNDER_WAY: usize = 32;

/// Does `work` on each item in several threads and hands what came of it, in the order of the items, to `take`,
/// until that breaks off. Items are drawn in a thread of their own, never more than are under way.
///
/// The thread that draws items is left behind when `take` breaks off, for it may wait for input that never comes.
/// An error is that no thread could be started.
pub(super) fn in_order<T: Send + 'static, R: Send>(
    items: impl Iterator<Item = T> + Send + 'static,
    threads: NonZeroUsize,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) -> Result<(), Error> {
    let room = threads.get() * UNDER_WAY;
    let (send_item, drawn) = sync_channel::<(usize, T)>(room);
    let (free, places) = channel::<()>();
    // Whoever draws is there until the items end.
    (0..room).for_each(|_| _ = free.send(()));
    Builder::new().spawn(move || draw(items, &places, &send_item)).map_err(|it| thread_refused(&it))?;
    let drawn = Mutex::new(drawn);
    thread::scope(|scope| {
        let (send_result, results) = channel::<(usize, R)>();
        for number in 0..threads.get() {
            let (drawn, work, send_result) = (&drawn, &work, send_result.clone());
            let thread = Builder::new().spawn_scoped(scope, move || {
                while let Some((number, item)) = next(drawn) {
                    if send_result.send((number, work(item))).is_err() {
                        return;
                    }
                }
            });
            match thread {
                Ok(_) => {}
                Err(error) if number == 0 => return Err(thread_refused(&error)),
                // Those that there are do the work.
                Err(_) => break,
            }
        }
        drop(send_result);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        while let Ok((number, result)) = results.recv() {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&due) {
                due += 1;
                // Whoever draws has come to the end when nobody wants a free place.
                let _ = free.send(());
                if take(result).is_break() {
                    // Nothing more is drawn, and what is under way is thrown away.
                    drop(free);
                    drop(results);
                    return Ok(());
                }
            }
        }
        Ok(())
    })
}

fn draw<T>(items: impl Iterator<Item = T>, places: &Receiver<()>, send: &SyncSender<(usize, T)>) {
    for numbered in items.enumerate() {
        if places.recv().is_err() || send.send(numbered).is_err() {
            return;
        }
    }
}

fn next<T>(drawn: &Mutex<Receiver<T>>) -> Option<T> {
    drawn.lock().ok()?.recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    #[test]
    fn results_come_in_order_and_few_items_are_under_way() {
        let drawn = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&drawn);
        let items = (0..2_000usize).inspect(move |_| _ = counter.fetch_add(1, Ordering::SeqCst));
        let mut taken = Vec::new();
        let work = |item: usize| {
            if item == 0 {
                std::thread::sleep(Duration::from_millis(50));
            }
            item * 2
        };
        in_order(items, threads(3), work, |result| {
            let ahead = drawn.load(Ordering::SeqCst) - taken.len();
            assert!(ahead <= 3 * UNDER_WAY + 2, "{ahead} items are under way");
            taken.push(result);
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(taken, (0..2_000).map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn an_endless_stream_can_be_left() {
        let mut taken = 0;
        in_order(
            0..,
            threads(2),
            |item: u64| item,
            |_| {
                taken += 1;
                if taken == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        )
        .unwrap();
        assert_eq!(taken, 10);
    }

    #[test]
    fn nothing_is_nothing() {
        in_order(std::iter::empty::<()>(), threads(2), |()| (), |()| panic!("there is nothing to take"))
            .unwrap();
    }
}
