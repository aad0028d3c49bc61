//! Asking from a thread that may wait.

use std::sync::{Arc, Weak, mpsc};
use std::time::Duration;

use fairtrail::id::KeyId;
use fairtrail::reason::Reason;
use tokio::runtime;

use super::Handle;
use super::shared::Shared;
use crate::core::follow::Failure;
use crate::core::vouching::Question;

/// Time for one answer, whatever it waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks for a thread that is no task of the runtime. It keeps no network alive: once that has ended
/// nobody is reached.
#[derive(Debug, Clone)]
pub struct Waiting {
    shared: Weak<Shared>,
    runtime: runtime::Handle,
}

impl Handle {
    /// The same for threads that may wait. Has to be called within the runtime.
    pub fn waiting(&self) -> Waiting {
        Waiting {
            shared: Arc::downgrade(&self.0),
            runtime: runtime::Handle::current(),
        }
    }
}

impl Waiting {
    /// See [`Handle::vouching`].
    ///
    /// # Errors
    /// As there; [`Reason::RequestTimeout`] after a minute.
    pub fn vouching(&self, peer: KeyId, question: Question) -> Result<Vec<u8>, Failure> {
        let unreachable = Failure(Reason::GatewayUnreachable);
        let handle = Handle(self.shared.upgrade().ok_or(unreachable)?);
        let (reply, answered) = mpsc::channel();
        let asked = self.runtime.spawn(async move {
            // Who waited long enough is gone.
            let _ = reply.send(handle.vouching(peer, question).await);
        });
        let answer = answered.recv_timeout(PATIENCE);
        asked.abort();
        answer.unwrap_or_else(|error| {
            Err(match error {
                mpsc::RecvTimeoutError::Timeout => Failure(Reason::RequestTimeout),
                // A runtime that goes down drops its tasks.
                mpsc::RecvTimeoutError::Disconnected => unreachable,
            })
        })
    }
}
