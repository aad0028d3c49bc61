//! Threads whose end is noticed, however they end.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

use super::error::LedgerError;

/// Why the log ended, once it has.
pub(super) type Ended = Arc<watch::Sender<Option<Arc<LedgerError>>>>;

/// Tells everybody when a thread ends, however it ends.
struct End {
    name: &'static str,
    told: Ended,
    outcome: Option<LedgerError>,
    returned: bool,
}

impl End {
    fn finish(mut self, outcome: Result<(), LedgerError>) {
        self.outcome = outcome.err();
        self.returned = true;
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let panicked = (!self.returned).then_some(LedgerError::Stopped);
        if let Some(error) = self.outcome.take().or(panicked) {
            tracing::error!(thread = self.name, %error, reason = %error.code(), "the log stops");
            // The first reason stands.
            self.told.send_if_modified(|ended| {
                let first = ended.is_none();
                ended.get_or_insert_with(|| Arc::new(error));
                first
            });
        }
    }
}

/// Starts a thread that says through `told` why it ended, unless it was told to.
pub(super) fn spawn(
    name: &'static str,
    told: &Ended,
    work: impl FnOnce() -> Result<(), LedgerError> + Send + 'static,
) -> Result<JoinHandle<()>, LedgerError> {
    let end = End {
        name,
        told: Arc::clone(told),
        outcome: None,
        returned: false,
    };
    let thread = thread::Builder::new().name(name.into());
    let spawned = thread.spawn(move || {
        let outcome = work();
        end.finish(outcome);
    });
    spawned.map_err(|_| LedgerError::Stopped)
}
