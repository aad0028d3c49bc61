//! What is counted of bundles: how many there were, never about whom.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Metrics;
use super::table::add;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Origin {
    from: &'static str,
}

/// The counts.
pub(super) struct Bundles {
    answered: Family<Origin, Counter>,
    made: Counter,
    memory: Counter,
    kept: Gauge,
}

impl Default for Bundles {
    fn default() -> Self {
        let answered: Family<Origin, Counter> = Family::default();
        let of = |from| answered.get_or_create_owned(&Origin { from });
        Self {
            made: of("made"),
            memory: of("memory"),
            kept: Gauge::default(),
            answered,
        }
    }
}

impl Bundles {
    pub(super) fn register(&self, to: &mut Registry) {
        add(to, "fairtrail_bundle_memory_bytes", self.kept.clone());
        add(
            to,
            "fairtrail_bundles_answered_total",
            self.answered.clone(),
        );
    }
}

impl Metrics {
    /// A bundle was answered, out of memory or made anew.
    pub(crate) fn bundle_answered(&self, kept: bool) {
        let bundles = &self.0.bundles;
        if kept {
            bundles.memory.inc();
        } else {
            bundles.made.inc();
        }
    }

    /// So many bytes of bundles are kept.
    pub(crate) fn bundles_kept(&self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.0.bundles.kept.set(bytes);
    }
}
