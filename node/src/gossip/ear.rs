//! What carriers of gossip speak into.

use std::sync::Arc;

use fairtrail::api::{Batch, Submission};
use fairtrail::entry::SignedEntry;
use fairtrail::fraud::FraudFile;
use fairtrail::log::SignedCheckpoint;
use fairtrail::reason::Reason;

use super::hub::{Hub, Left};
use crate::core::gossip::{Content, Gossip, Message, Todo, Verdict, Wanted};
use crate::service::Service;

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Whether the carrier may pass it on, and whether its peer is to blame.
    pub verdict: Verdict,
    /// A file to ask the peer for; [`Ear::fetched`] awaits it in any case.
    pub fetch: Option<Wanted>,
}

/// Hears gossip for one node; cheap to clone.
#[derive(Debug, Clone)]
pub struct Ear {
    hub: Arc<Hub>,
    service: Service,
}

impl Ear {
    /// Hears for the node whose log is `service`.
    pub const fn new(hub: Arc<Hub>, service: Service) -> Self {
        Self { hub, service }
    }

    /// The log of the node that hears.
    pub(crate) const fn service(&self) -> &Service {
        &self.service
    }

    /// What is known from gossip.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// A message came from the peer `from`, by a carrier that passes on what is accepted. What it
    /// proves is durable when this returns.
    pub async fn hear(&self, from: &str, message: Vec<u8>) -> Judged {
        let (from, service) = (from.to_owned(), self.service.clone());
        let judged = self.on(move |machine, now| {
            let knows = |author| service.feed(author).begun;
            let heard = machine.hear(&from, &message, &knows, now);
            (heard.verdict, heard.todo)
        });
        let (verdict, left) = judged.await;
        self.service.metrics().heard(verdict);
        self.offer(left.offer).await;
        let fetch = left.fetch;
        Judged { verdict, fetch }
    }

    /// As [`Ear::hear`], by a carrier that passes nothing on by itself.
    pub(super) async fn take(&self, from: &str, content: Content) -> Judged {
        let network = self.service.log_info().network;
        let message = Message { network, content }.to_bytes();
        let judged = self.hear(from, message.clone()).await;
        if judged.verdict == Verdict::Accept {
            self.hub.publish(message);
        }
        judged
    }

    /// The file that was asked for came, or did not.
    pub async fn fetched(&self, wanted: Wanted, bytes: Option<Vec<u8>>) -> Verdict {
        let service = self.service.clone();
        let judged = self.on(move |machine, _| {
            let knows = |author| service.feed(author).begun;
            let heard = machine.fetched(&wanted, bytes.as_deref(), &knows);
            (heard.verdict, heard.todo)
        });
        let (verdict, left) = judged.await;
        self.service.metrics().heard(verdict);
        self.offer(left.offer).await;
        verdict
    }

    /// This node's follower has taken a checkpoint for its log's history.
    pub async fn saw(&self, signed: SignedCheckpoint) {
        self.on(move |machine, _| (Verdict::Accept, machine.saw(&signed)))
            .await;
    }

    /// This node has found a proof itself, and verified it.
    pub async fn found(&self, file: FraudFile) {
        self.on(move |machine, _| (Verdict::Accept, machine.found(file)))
            .await;
    }

    async fn on(
        &self,
        say: impl FnOnce(&mut Gossip, u64) -> (Verdict, Vec<Todo>) + Send + 'static,
    ) -> (Verdict, Left) {
        let hub = Arc::clone(&self.hub);
        let said = tokio::task::spawn_blocking(move || hub.with(say)).await;
        // It panicked, which is a defect here, or the runtime is going down.
        said.unwrap_or_else(|_| (Verdict::Ignore(Reason::Internal), Left::default()))
    }

    /// Offers entries one by one, as following does: what is refused or early is dropped, and comes
    /// with the log it stands in.
    async fn offer(&self, entries: Vec<SignedEntry>) {
        for entry in entries {
            if self.service.has_admitted(entry.id()) {
                continue;
            }
            let id = entry.id();
            let bodies = Vec::new();
            let batch = Batch(vec![Submission { entry, bodies }]);
            if let Err(error) = self.service.take_up(batch).await {
                let reason = error.code();
                tracing::debug!(%id, %reason, "an entry of a proof is not taken up now");
            }
        }
    }
}
