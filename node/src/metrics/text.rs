//! The text that Prometheus reads.

use prometheus_client::encoding::text::encode;

use super::{Metrics, Now};

/// The media type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

impl Metrics {
    /// Everything that is counted, and how the node is doing now.
    pub fn text(&self, now: &Now) -> String {
        self.look(now);
        let mut text = String::new();
        // Writing to a string fails for no value that is registered here; what was written stands.
        let _ = encode(&mut text, &self.0.registry);
        text
    }
}
