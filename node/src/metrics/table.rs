//! Every metric once: its name, what it counts, and where the value lives.

use prometheus_client::registry::{Metric, Registry, Unit};

use super::{AtScrape, Inner};

/// Name and meaning of a metric, as they are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// With prefix, unit and, for counters, `_total`.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
}

macro_rules! described {
    ($($name:literal : $help:literal,)*) => {
        /// Every metric, by name.
        pub const NAMES: &[Described] = &[$(Described { name: $name, help: $help },)*];
    };
}

described! {
    "fairtrail_build": "Always 1; the version stands in the label.",
    "fairtrail_bundle_memory_bytes": "Bytes of bundles that were kept in memory when one was kept last.",
    "fairtrail_bundles_answered_total": "Bundles answered, made anew or out of memory.",
    "fairtrail_changes_ended_total": "Streams of changes that ended, by why.",
    "fairtrail_changes_notices_total": "Notices handed over to streams of changes.",
    "fairtrail_changes_refused_total": "Streams of changes that were refused because all are taken.",
    "fairtrail_changes_streams": "Open streams of changes.",
    "fairtrail_checkpoint_age_seconds": "Seconds since the shown checkpoint was signed; it grows while nothing is new.",
    "fairtrail_checkpoint_entries": "Leaves of the shown checkpoint.",
    "fairtrail_cosign_requests_total": "Requests of other logs for a cosignature, by what came of them.",
    "fairtrail_disk_free_bytes": "Bytes free on the disk of the data directory.",
    "fairtrail_entries_admitted_total": "Entries that became leaves since the start, by the way they came.",
    "fairtrail_entries_refused_total": "Batches refused since the start, by the way they came and the reason.",
    "fairtrail_followed_entries": "Leaves of a followed log that are in the own log.",
    "fairtrail_followed_failures": "Rounds in a row that did not reach what a followed log signed.",
    "fairtrail_followed_seen_entries": "Leaves of the largest tree a followed log was seen to sign.",
    "fairtrail_followed_state": "1 for the state a followed log is in, 0 for the others.",
    "fairtrail_gossip_heard_total": "Messages on others that were judged, by what became of them and why.",
    "fairtrail_gossip_proofs": "Proofs that are held against authors and logs.",
    "fairtrail_halted": "1 while nothing is signed, with the reason; no sample otherwise.",
    "fairtrail_http_connections": "Open connections of the gateway.",
    "fairtrail_http_requests_total": "Requests answered by the gateway, by method, route template and status.",
    "fairtrail_index_entries": "Leaves of the own log that the shown index head covers.",
    "fairtrail_index_halted": "1 while nothing of the index is signed, with the reason; no sample otherwise.",
    "fairtrail_index_witness_refused": "Indexes in which a head was signed that does not follow from its log.",
    "fairtrail_log_entries": "Leaves of the own log, published or not.",
    "fairtrail_p2p_connections": "Open connections with other nodes, by transport; no sample without a network.",
    "fairtrail_p2p_connections_refused_total": "Connections that did not come about, by who called and why.",
    "fairtrail_p2p_faults_total": "What peers sent that no honest node sends.",
    "fairtrail_p2p_over_budget_total": "What peers wanted beyond a budget, by budget.",
    "fairtrail_p2p_received_bytes_total": "Bytes of messages that came from other nodes, by protocol.",
    "fairtrail_p2p_requests_total": "Questions of other nodes, by protocol and what came of them.",
    "fairtrail_p2p_restarts_total": "How often the network's task broke and was started anew.",
    "fairtrail_p2p_sent_bytes_total": "Bytes of messages that went to other nodes, by protocol.",
    "fairtrail_publish_seconds": "Seconds from the stamp of a checkpoint's signatures until it was shown.",
    "fairtrail_read_only": "1 while the node is restored and has not recovered; it signs nothing then.",
    "fairtrail_ready": "1 while entries are taken and published, as /readyz says.",
    "fairtrail_repair_differs": "1 while a followed log holds another set of entries, both standing still.",
    "fairtrail_repair_entries_total": "Entries that lacked here behind the cursor of a followed log and were brought.",
    "fairtrail_repair_rounds_total": "Rounds of repairing from a followed log, by what came of them.",
    "fairtrail_store_bytes": "Bytes of the journal and of the bodies, which are the truth.",
    "fairtrail_unpublished_entries": "Leaves that are durable and that the shown checkpoint does not cover.",
}

/// Registers everything; a name that is not in the table is told by a test.
pub(super) fn register(inner: &mut Inner) {
    let Inner {
        registry,
        admitted,
        refused,
        cosign,
        requests,
        publish,
        connections,
        peering,
        repairing,
        streaming,
        bundles,
        at_scrape: at,
        ..
    } = inner;
    add(registry, "fairtrail_build", at.build.clone());
    streaming.register(registry);
    bundles.register(registry);
    add(
        registry,
        "fairtrail_checkpoint_age_seconds",
        at.checkpoint_age.clone(),
    );
    add(
        registry,
        "fairtrail_checkpoint_entries",
        at.checkpoint_entries.clone(),
    );
    add(registry, "fairtrail_cosign_requests_total", cosign.clone());
    add(registry, "fairtrail_disk_free_bytes", at.disk_free.clone());
    add(
        registry,
        "fairtrail_entries_admitted_total",
        admitted.clone(),
    );
    add(registry, "fairtrail_entries_refused_total", refused.clone());
    register_followed(registry, at);
    add(registry, "fairtrail_halted", at.halted.clone());
    add(registry, "fairtrail_http_connections", connections.clone());
    add(registry, "fairtrail_http_requests_total", requests.clone());
    register_index(registry, at);
    add(registry, "fairtrail_log_entries", at.log_entries.clone());
    peering.register(registry);
    add(registry, "fairtrail_publish_seconds", publish.clone());
    add(registry, "fairtrail_read_only", at.read_only.clone());
    add(registry, "fairtrail_ready", at.ready.clone());
    add(registry, "fairtrail_store_bytes", at.store_bytes.clone());
    repairing.register(registry);
    add(
        registry,
        "fairtrail_unpublished_entries",
        at.waiting.clone(),
    );
}

fn register_followed(registry: &mut Registry, at: &AtScrape) {
    add(
        registry,
        "fairtrail_followed_entries",
        at.followed_entries.clone(),
    );
    add(
        registry,
        "fairtrail_followed_failures",
        at.followed_failures.clone(),
    );
    add(
        registry,
        "fairtrail_followed_seen_entries",
        at.followed_seen.clone(),
    );
    add(
        registry,
        "fairtrail_followed_state",
        at.followed_state.clone(),
    );
}

fn register_index(registry: &mut Registry, at: &AtScrape) {
    add(
        registry,
        "fairtrail_index_entries",
        at.index_entries.clone(),
    );
    add(registry, "fairtrail_index_halted", at.index_halted.clone());
}

pub(super) fn add(registry: &mut Registry, name: &'static str, metric: impl Metric) {
    let described = NAMES.iter().find(|described| described.name == name);
    // The library adds the stop at the end by itself.
    let help = described
        .map_or("", |described| described.help)
        .trim_end_matches('.');
    let name = name.strip_prefix("fairtrail_").unwrap_or(name);
    let name = name.strip_suffix("_total").unwrap_or(name);
    for (suffix, unit) in [("_seconds", Unit::Seconds), ("_bytes", Unit::Bytes)] {
        if let Some(name) = name.strip_suffix(suffix) {
            registry.register_with_unit(name, help, unit, metric);
            return;
        }
    }
    registry.register(name, help, metric);
}
