//! What is counted of other nodes: connections, questions, bytes, and what is told.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use fairtrail::reason::Reason;

use super::Metrics;
use super::table::add;
use crate::core::gossip::Verdict;

/// What carries a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "a variant's name is the label's value")]
pub(crate) enum Transport {
    /// QUIC.
    quic,
    /// TCP with noise and yamux.
    tcp,
}

impl Transport {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::quic, Self::tcp];
}

/// What is spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "a variant's name is the label's value")]
pub(crate) enum Protocol {
    /// Small questions.
    ask,
    /// What is told to all.
    gossip,
    /// Bulk.
    pull,
}

/// Who began a connection that did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "a variant's name is the label's value")]
pub(crate) enum Caller {
    /// Another node.
    peer,
    /// This node.
    this,
}

/// Why a connection did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NotConnected {
    /// The address did not answer, or no handshake came about.
    Handshake,
    /// Too many connections.
    Limit,
    /// Too much memory is in use.
    Memory,
    /// The peer is not let in.
    NotLetIn,
    /// Something else.
    Other,
    /// A name that was configured has no address.
    Unresolved,
    /// Another peer is at this address.
    WrongPeer,
}

impl NotConnected {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Handshake => "handshake",
            Self::Limit => "limit",
            Self::Memory => "memory",
            Self::NotLetIn => "not-let-in",
            Self::Other => "other",
            Self::Unresolved => "unresolved",
            Self::WrongPeer => "wrong-peer",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Over {
    transport: Transport,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct In {
    protocol: Protocol,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failed {
    caller: Caller,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    protocol: Protocol,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    budget: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Heard {
    verdict: &'static str,
    reason: &'static str,
}

/// The counts.
#[derive(Default)]
pub(super) struct Peering {
    connections: Family<Over, Gauge>,
    refused: Family<Failed, Counter>,
    received: Family<In, Counter>,
    sent: Family<In, Counter>,
    answered: Family<Answered, Counter>,
    over_budget: Family<Of, Counter>,
    faults: Counter,
    restarts: Counter,
    heard: Family<Heard, Counter>,
    pub(super) proofs: Gauge,
    pub(super) refused_indexes: Gauge,
}

impl Peering {
    pub(super) fn register(&self, to: &mut Registry) {
        add(to, "fairtrail_gossip_heard_total", self.heard.clone());
        add(to, "fairtrail_gossip_proofs", self.proofs.clone());
        let refused = self.refused_indexes.clone();
        add(to, "fairtrail_index_witness_refused", refused);
        add(to, "fairtrail_p2p_connections", self.connections.clone());
        let name = "fairtrail_p2p_connections_refused_total";
        add(to, name, self.refused.clone());
        add(to, "fairtrail_p2p_faults_total", self.faults.clone());
        let name = "fairtrail_p2p_over_budget_total";
        add(to, name, self.over_budget.clone());
        let name = "fairtrail_p2p_received_bytes_total";
        add(to, name, self.received.clone());
        add(to, "fairtrail_p2p_requests_total", self.answered.clone());
        add(to, "fairtrail_p2p_restarts_total", self.restarts.clone());
        add(to, "fairtrail_p2p_sent_bytes_total", self.sent.clone());
    }
}

impl Metrics {
    fn peering(&self) -> &Peering {
        &self.0.peering
    }

    /// The network begins or has ended: nobody is connected.
    pub(crate) fn nobody_connected(&self) {
        for transport in Transport::ALL {
            self.connections_over(transport).set(0);
        }
    }

    /// Open connections with other nodes.
    pub(crate) fn connections_over(&self, transport: Transport) -> Gauge {
        let over = Over { transport };
        self.peering().connections.get_or_create_owned(&over)
    }

    /// A connection did not come about.
    pub(crate) fn not_connected(&self, caller: Caller, why: NotConnected) {
        let reason = why.as_str();
        let failed = Failed { caller, reason };
        self.peering().refused.get_or_create(&failed).inc();
    }

    /// So many bytes of messages came.
    pub(crate) fn received(&self, protocol: Protocol, bytes: usize) {
        let received = &self.peering().received;
        received
            .get_or_create(&In { protocol })
            .inc_by(bytes as u64);
    }

    /// So many bytes of messages went out.
    pub(crate) fn sent(&self, protocol: Protocol, bytes: usize) {
        let sent = &self.peering().sent;
        sent.get_or_create(&In { protocol }).inc_by(bytes as u64);
    }

    /// A question of a peer was answered, or refused.
    pub(crate) fn answered(&self, protocol: Protocol, refused: Option<Reason>) {
        let outcome = refused.map_or("served", Reason::as_str);
        let answered = Answered { protocol, outcome };
        self.peering().answered.get_or_create(&answered).inc();
    }

    /// A peer wanted more than it may have.
    pub(crate) fn over_budget(&self, budget: &'static str) {
        let over_budget = &self.peering().over_budget;
        over_budget.get_or_create(&Of { budget }).inc();
    }

    /// A peer sent what no honest node sends.
    pub(crate) fn fault(&self) {
        self.peering().faults.inc();
    }

    /// The network's task broke.
    pub(crate) fn network_broke(&self) {
        self.peering().restarts.inc();
    }

    /// Somebody told something.
    pub(crate) fn heard(&self, verdict: Verdict) {
        let (verdict, reason) = match verdict {
            Verdict::Accept => ("accepted", "none"),
            Verdict::Ignore(reason) => ("ignored", reason.as_str()),
            Verdict::Reject(reason) => ("rejected", reason.as_str()),
        };
        let heard = Heard { verdict, reason };
        self.peering().heard.get_or_create(&heard).inc();
    }
}
