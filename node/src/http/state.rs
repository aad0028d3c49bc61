use super::limits::{GatewayLimits, SMALL_BYTES};
use super::log_service::LogService;
use super::problem::Refusal;
use crate::metrics::Metrics;
use crate::service::ReadError;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What every handler holds: the log and the permits for what is scarce.
#[derive(Clone)]
pub(super) struct Gateway(Arc<Inner>);

struct Inner {
    log: Arc<dyn LogService>,
    limits: GatewayLimits,
    metrics: Metrics,
    questions: Arc<Semaphore>,
    submissions: Arc<Semaphore>,
    large_bodies: Arc<Semaphore>,
    large_answers: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl Gateway {
    pub(super) fn new(log: Arc<dyn LogService>, limits: GatewayLimits, metrics: Metrics) -> Self {
        let permits = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        Self(Arc::new(Inner {
            log,
            questions: permits(limits.questions),
            submissions: permits(limits.submissions),
            large_bodies: permits(limits.large_bodies),
            large_answers: permits(limits.large_answers),
            streams: permits(limits.streams),
            limits,
            metrics,
        }))
    }

    /// The log, for what never blocks.
    pub(super) fn log(&self) -> &dyn LogService {
        self.0.log.as_ref()
    }

    pub(super) fn limits(&self) -> &GatewayLimits {
        &self.0.limits
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Asks the log on a thread that may block.
    pub(super) async fn read<T, F>(&self, read: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&dyn LogService) -> Result<T, ReadError> + Send + 'static,
    {
        let log = Arc::clone(&self.0.log);
        let read = tokio::task::spawn_blocking(move || read(log.as_ref())).await;
        // It panicked, or the runtime is going down.
        Ok(read.map_err(|_| Refusal::internal())??)
    }

    pub(super) fn question(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        take(&self.0.questions)
    }

    pub(super) fn submission(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        take(&self.0.submissions)
    }

    pub(super) fn large_body(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        take(&self.0.large_bodies)
    }

    pub(super) fn stream(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        take(&self.0.streams)
    }

    /// What an answer of `len` bytes has to hold while it is sent; nothing if it is small.
    pub(super) fn answer(&self, len: usize) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        let large = len > SMALL_BYTES;
        large.then(|| take(&self.0.large_answers)).transpose()
    }
}

fn take(permits: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Refusal> {
    let permit = Arc::clone(permits).try_acquire_owned();
    permit.map_err(|_| Refusal::overloaded("too many such requests at once"))
}
