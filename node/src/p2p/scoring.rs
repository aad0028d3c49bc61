//! How gossip scores peers (specs/peers.md §7): by messages that were rejected, and by what only a
//! program that does not follow the protocol does. Nothing earns credit, so nothing can be bought with
//! it; budgets send away who goes on, and the score remembers for longer than they do.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use libp2p::gossipsub::{
    PeerScoreParams, PeerScoreThresholds, TopicScoreParams, score_parameter_decay,
};

use super::gossip::Topic;
use super::names::Names;

/// Points for each rejected message, by the square of how many there were: with the thresholds below
/// two end lazy gossip with a peer, four end telling it first what this node says, and five end
/// hearing it. Four faults send it away before that.
const REJECTED: f64 = -4.0;
/// Time after which one rejected message weighs nothing.
const FORGOTTEN: Duration = Duration::from_secs(3_600);
/// Points for the square of what exceeds a few early grafts and promises that were not kept; nodes that
/// start again do some of it.
const MISBEHAVED: f64 = -10.0;
const MISBEHAVED_FREELY: f64 = 6.0;
/// Below these a peer is told nothing lazily, told nothing first, and not heard.
const THRESHOLDS: PeerScoreThresholds = PeerScoreThresholds {
    gossip_threshold: -10.0,
    publish_threshold: -50.0,
    graylist_threshold: -80.0,
    // Peers are not exchanged, and nobody has points to be preferred for.
    accept_px_threshold: 0.0,
    opportunistic_graft_threshold: 0.0,
};

/// Parameters and thresholds for the topics of a network.
pub(super) fn scoring(names: &Names) -> (PeerScoreParams, PeerScoreThresholds) {
    let topics = Topic::ALL.map(|topic| (names.topic(topic).hash(), topic_score()));
    let params = PeerScoreParams {
        topics: HashMap::from(topics),
        topic_score_cap: 0.0,
        app_specific_weight: 0.0,
        // Nodes of one operator, or behind one router, share an address.
        ip_colocation_factor_weight: 0.0,
        ip_colocation_factor_whitelist: HashSet::new(),
        behaviour_penalty_weight: MISBEHAVED,
        behaviour_penalty_threshold: MISBEHAVED_FREELY,
        behaviour_penalty_decay: score_parameter_decay(Duration::from_secs(600)),
        retain_score: FORGOTTEN,
        // Slowness is no fault.
        slow_peer_weight: 0.0,
        ..PeerScoreParams::default()
    };
    (params, THRESHOLDS)
}

fn topic_score() -> TopicScoreParams {
    TopicScoreParams {
        topic_weight: 1.0,
        time_in_mesh_weight: 0.0,
        first_message_deliveries_weight: 0.0,
        // Topics are silent for hours: nobody can be expected to deliver anything.
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        invalid_message_deliveries_weight: REJECTED,
        invalid_message_deliveries_decay: score_parameter_decay(FORGOTTEN),
        ..TopicScoreParams::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::p2p::budget::FAULTS;
    use fairtrail::id::NetworkId;

    #[test]
    fn who_is_sent_away_is_still_heard_until_then_and_not_after_one_more() {
        let (params, thresholds) = scoring(&Names::of(NetworkId::new([1; 32])));
        assert_eq!(params.validate(), Ok(()));
        assert_eq!(thresholds.validate(), Ok(()));
        assert_eq!(params.topics.len(), Topic::ALL.len());
        let score = |rejected: f64| REJECTED * rejected * rejected;
        let faults = f64::from(FAULTS);
        assert!(score(1.0) > thresholds.gossip_threshold);
        assert!(score(2.0) < thresholds.gossip_threshold);
        assert!(score(faults) < thresholds.publish_threshold);
        assert!(score(faults) > thresholds.graylist_threshold);
        assert!(score(faults + 1.0) < thresholds.graylist_threshold);
        // As much as nothing after the time it is remembered for.
        let decay = score_parameter_decay(FORGOTTEN);
        assert!(decay > 0.999 && decay < 1.0);
    }
}
