//! Ending a watch.

use super::bells::{Ring, Rung};
use crate::error::CliError;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody asked for the end. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens for the signals of a terminal and of the system. The first ends the watch after what
    /// is under way, the second at once: what was told is on disk in either case.
    ///
    /// # Errors
    /// The system lets nobody listen.
    pub(super) fn on_signals(ring: Ring) -> Result<Self, CliError> {
        let stop = Self::default();
        let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(CliError::internal)?;
        let asked = stop.clone();
        std::thread::spawn(move || {
            for signal in signals.forever() {
                if asked.0.swap(true, Ordering::SeqCst) {
                    // It ends the process, as if nobody listened.
                    let _ = emulate_default_handler(signal);
                }
                ring.at_once(Rung::Stop);
            }
        });
        Ok(stop)
    }

    /// Whether somebody did.
    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
