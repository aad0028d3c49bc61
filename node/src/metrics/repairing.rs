//! What is counted of repairing.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Metrics;
use super::labels::OfLog;
use super::table::add;
use crate::core::repair::Rest;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    log: String,
    outcome: &'static str,
}

/// The counts.
#[derive(Default)]
pub(super) struct Repairing {
    pub(super) differs: Family<OfLog, Gauge>,
    entries: Family<OfLog, Counter>,
    rounds: Family<Ended, Counter>,
}

impl Repairing {
    pub(super) fn register(&self, to: &mut Registry) {
        add(to, "fairtrail_repair_differs", self.differs.clone());
        add(to, "fairtrail_repair_entries_total", self.entries.clone());
        add(to, "fairtrail_repair_rounds_total", self.rounds.clone());
    }
}

impl Metrics {
    /// A round of repairing from a configured log is over.
    pub(crate) fn repaired(&self, log: &str, rest: Rest) {
        let Some(outcome) = rest.word() else {
            return;
        };
        let (log, repairing) = (log.to_owned(), &self.0.repairing);
        if let Rest::Brought(entries) = rest {
            let log = OfLog { log: log.clone() };
            repairing.entries.get_or_create(&log).inc_by(entries);
        }
        repairing
            .rounds
            .get_or_create(&Ended { log, outcome })
            .inc();
    }
}
