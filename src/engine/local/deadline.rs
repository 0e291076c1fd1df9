//! How long a query may take. What works long for it asks here whether to go on.

use std::time::{Duration, Instant};

use tantivy::TantivyError;

/// The moment when a query has taken too long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    /// For work that is bounded by itself.
    pub(super) const NEVER: Deadline = Deadline(None);

    /// From now on; `None` is never.
    pub(super) fn within(time: Option<Duration>) -> Deadline {
        Deadline(time.and_then(|time| Instant::now().checked_add(time)))
    }

    pub(super) fn is_over(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }

    /// An error when it is over. Its text is not for people: who set the deadline asks [`Deadline::is_over`].
    pub(super) fn check(self) -> tantivy::Result<()> {
        if self.is_over() {
            Err(TantivyError::InternalError("the deadline is over".to_owned()))
        } else {
            Ok(())
        }
    }

    /// For loops whose steps are short beside a look at the clock.
    pub(super) fn watch(self) -> Watch {
        Watch { deadline: self, steps: 0, is_over: false }
    }
}

/// Looks at the clock every so many steps.
#[derive(Debug)]
pub(super) struct Watch {
    deadline: Deadline,
    steps: u32,
    is_over: bool,
}

impl Watch {
    const STEPS: u32 = 64;

    /// Counts a step; once over, it stays so. What was found by then is not the whole answer.
    pub(super) fn is_over(&mut self) -> bool {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(Watch::STEPS) && !self.is_over {
            self.is_over = self.deadline.is_over();
        }
        self.is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_come_or_never_do() {
        let never = Deadline::within(None);
        assert!(!never.is_over() && never.check().is_ok());
        let past = Deadline::within(Some(Duration::ZERO));
        assert!(past.is_over() && past.check().is_err());
        let mut watch = past.watch();
        assert!((0..Watch::STEPS).any(|_| watch.is_over()) && watch.is_over());
        assert!(!Deadline::within(Some(Duration::MAX)).is_over());
    }
}
