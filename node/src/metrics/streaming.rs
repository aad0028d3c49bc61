//! What is counted of streams of changes (specs/changes.md), whatever they ask for.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Metrics;
use super::table::add;

/// Why a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "a variant's name is the label's value")]
pub(crate) enum StreamEnd {
    /// The client went.
    client,
    /// The gateway stops.
    closing,
    /// The client takes nothing.
    slow,
    /// It lasted as long as a stream may.
    time,
    /// What is stored cannot be read.
    unreadable,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    reason: StreamEnd,
}

/// The counts.
#[derive(Default)]
pub(super) struct Streaming {
    open: Gauge,
    refused: Counter,
    told: Counter,
    ended: Family<Ended, Counter>,
}

impl Streaming {
    pub(super) fn register(&self, to: &mut Registry) {
        add(to, "fairtrail_changes_ended_total", self.ended.clone());
        add(to, "fairtrail_changes_notices_total", self.told.clone());
        add(to, "fairtrail_changes_refused_total", self.refused.clone());
        add(to, "fairtrail_changes_streams", self.open.clone());
    }
}

/// A stream that is counted as open for as long as this lives.
pub(crate) struct OpenStream(Metrics);

impl Metrics {
    /// A stream begins.
    pub(crate) fn stream(&self) -> OpenStream {
        self.0.streaming.open.inc();
        OpenStream(self.clone())
    }

    /// A stream was refused: all are taken.
    pub(crate) fn stream_refused(&self) {
        self.0.streaming.refused.inc();
    }
}

impl OpenStream {
    /// So many notices were handed over.
    pub(crate) fn told(&self, notices: u64) {
        self.0.0.streaming.told.inc_by(notices);
    }

    /// The stream ends.
    pub(crate) fn ended(&self, reason: StreamEnd) {
        let ended = &self.0.0.streaming.ended;
        ended.get_or_create(&Ended { reason }).inc();
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.0.streaming.open.dec();
    }
}
