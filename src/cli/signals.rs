//! Signals that ask a writing command to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};

use super::error::Error;

/// Remembers which signal asked to stop. The second one ends the program at once, which is safe as well.
pub(super) struct Signals {
    /// Set by the first one.
    pub(super) flag: Arc<AtomicBool>,
    number: Arc<AtomicUsize>,
}

impl Signals {
    /// Watches SIGINT and SIGTERM from now on.
    pub(super) fn install() -> Result<Signals, Error> {
        let signals =
            Signals { flag: Arc::new(AtomicBool::new(false)), number: Arc::new(AtomicUsize::new(0)) };
        for signal in [SIGINT, SIGTERM] {
            signals
                .watch(signal)
                .map_err(|error| Error::usage(format!("cannot watch signals: {error}"), None))?;
        }
        Ok(signals)
    }

    fn watch(&self, signal: i32) -> std::io::Result<()> {
        let code = 128 + signal;
        signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&self.flag))?;
        signal_hook::flag::register_usize(signal, Arc::clone(&self.number), signal as usize)?;
        signal_hook::flag::register(signal, Arc::clone(&self.flag))?;
        Ok(())
    }

    /// The number of the one that came, if one did.
    pub(super) fn number(&self) -> Option<u8> {
        u8::try_from(self.number.load(Ordering::Relaxed)).ok().filter(|signal| *signal > 0)
    }
}
