//! What a node counts about itself, in the text form Prometheus reads (specs/metrics.md).
//!
//! Labels come from closed sets: reason codes, route templates, states, and the logs the operator
//! configured. No name, address or subject that a client sends ever becomes one.

mod bundles;
mod labels;
mod now;
mod peering;
mod repairing;
mod streaming;
mod table;
mod text;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use fairtrail::reason::Reason;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::sync::watch;

use self::bundles::Bundles;
pub use self::labels::Door;
use self::labels::{
    AtDoor, Cosign, HaltedFor, OfLog, OfPart, Refused, Request, Stated, Version, outcome,
};
pub use self::now::Now;
use self::peering::Peering;
pub(crate) use self::peering::{Caller, NotConnected, Protocol, Transport};
use self::repairing::Repairing;
use self::streaming::Streaming;
pub(crate) use self::streaming::{OpenStream, StreamEnd};
pub use self::table::{Described, NAMES};
pub use self::text::MEDIA_TYPE;
use crate::clock::Clock;
use crate::service::{Published, SubmitError};
use crate::witness::Cosigned;

/// Seconds; the last bucket takes the rest.
const PUBLISH_SECONDS: [f64; 9] = [1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0];

/// The counts of one process; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    data_dir: OnceLock<PathBuf>,
    admitted: Family<AtDoor, Counter>,
    refused: Family<Refused, Counter>,
    cosign: Family<Cosign, Counter>,
    requests: Family<Request, Counter>,
    publish: Histogram,
    connections: Gauge,
    peering: Peering,
    repairing: Repairing,
    streaming: Streaming,
    bundles: Bundles,
    at_scrape: AtScrape,
}

/// What is looked up when somebody asks.
#[derive(Default)]
struct AtScrape {
    log_entries: Gauge,
    checkpoint_entries: Gauge,
    checkpoint_age: Gauge,
    waiting: Gauge,
    ready: Gauge,
    read_only: Gauge,
    halted: Family<HaltedFor, Gauge>,
    index_entries: Gauge,
    index_halted: Family<HaltedFor, Gauge>,
    followed_entries: Family<OfLog, Gauge>,
    followed_seen: Family<OfLog, Gauge>,
    followed_failures: Family<OfLog, Gauge>,
    followed_state: Family<Stated, Gauge>,
    store_bytes: Family<OfPart, Gauge<u64, AtomicU64>>,
    disk_free: Gauge<u64, AtomicU64>,
    build: Family<Version, Gauge>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut inner = Inner {
            registry: Registry::with_prefix("fairtrail"),
            data_dir: OnceLock::new(),
            admitted: Family::default(),
            refused: Family::default(),
            cosign: Family::default(),
            requests: Family::default(),
            publish: Histogram::new(PUBLISH_SECONDS),
            connections: Gauge::default(),
            peering: Peering::default(),
            repairing: Repairing::default(),
            streaming: Streaming::default(),
            bundles: Bundles::default(),
            at_scrape: AtScrape::default(),
        };
        table::register(&mut inner);
        Self(Arc::new(inner))
    }
}

impl Metrics {
    /// Says of which data directory sizes are told.
    pub fn watch_disk(&self, data_dir: &Path) {
        // The first one stands: a process has one.
        let _ = self.0.data_dir.set(data_dir.to_path_buf());
    }

    /// Entries came to a door; how many of them were new, or why they were refused.
    pub(crate) fn offered(&self, door: Door, outcome: Result<usize, &SubmitError>) {
        match outcome {
            Ok(new) => {
                let admitted = self.0.admitted.get_or_create(&AtDoor { door });
                admitted.inc_by(new as u64);
            }
            Err(error) => {
                let reason = error.code().as_str();
                self.0
                    .refused
                    .get_or_create(&Refused { door, reason })
                    .inc();
            }
        }
    }

    /// Another log asked for a cosignature.
    pub(crate) fn cosigned(&self, answer: &Cosigned) {
        let outcome = outcome(answer);
        self.0.cosign.get_or_create(&Cosign { outcome }).inc();
    }

    /// A request was answered. `route` is a template, never a path.
    pub(crate) fn requested(&self, method: &'static str, route: &str, status: u16) {
        let route = route.to_owned();
        let request = Request {
            method,
            route,
            status,
        };
        self.0.requests.get_or_create(&request).inc();
    }

    /// Open connections of the gateway.
    pub(crate) fn connections(&self) -> &Gauge {
        &self.0.connections
    }

    /// Notes how long every publication took, from the stamp of its signatures until it was shown,
    /// until nothing is published any more.
    pub async fn watch_published(
        self,
        mut published: watch::Receiver<Arc<Published>>,
        clock: Clock,
    ) {
        while published.changed().await.is_ok() {
            let signed = published.borrow_and_update().signed_at();
            let took = clock().seconds().saturating_sub(signed.seconds());
            // Whole seconds, far below where a float loses them.
            let took = u32::try_from(took).unwrap_or(u32::MAX);
            self.0.publish.observe(f64::from(took));
        }
    }
}

/// The state of a node that signs nothing because it was restored.
pub(crate) fn is_read_only(halted: Option<Reason>) -> bool {
    halted == Some(Reason::ReadOnly)
}

#[cfg(test)]
mod tests;
