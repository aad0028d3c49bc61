//! What carries the questions of whoever checks an index: a gateway, or a node over libp2p. What is
//! answered is bounded, and nothing of it is believed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fairtrail::client::{BaseUrl, Gateway, Http, Request, Transport};
use fairtrail::id::KeyId;
use fairtrail::limits::UPDATE_BYTES;
use fairtrail::log::{EntryTile, Tile, TileSource, decode_entries};
use fairtrail::merkle::LeafIndex;
use fairtrail::reason::Reason;

use super::Unread;
use crate::core::follow::Failure;
use crate::core::vouching::Question;
use crate::p2p::Waiting;

/// Time for one answer of a gateway.
const PATIENCE: Duration = Duration::from_secs(60);
const OCTETS: &str = "application/octet-stream";

/// The network, once there is one.
pub(super) type Network = Arc<OnceLock<Waiting>>;

/// Where one log and its index are read.
#[derive(Debug)]
pub(super) enum Carrier {
    /// A gateway, and what stands below its `/index`.
    Gateway {
        log: Gateway,
        index: Gateway,
        http: Http,
    },
    /// A node by its key.
    Peer { key: KeyId, network: Network },
}

impl Carrier {
    /// Reads at this address of the log's gateway; nothing is asked yet.
    pub(super) fn gateway(url: &BaseUrl) -> Option<Self> {
        let below: BaseUrl = url.join("/index").parse().ok()?;
        Some(Self::Gateway {
            log: Gateway::new(Http::within(url.clone(), PATIENCE)),
            index: Gateway::new(Http::within(below, PATIENCE)),
            http: Http::within(url.clone(), PATIENCE),
        })
    }

    /// The heads in a bundle of the index log.
    pub(super) fn heads(&self, at: EntryTile) -> Result<Vec<Vec<u8>>, Unread> {
        match self {
            Self::Gateway { index, .. } => Ok(index.entries(at)?),
            Self::Peer { .. } => bundled(at, &self.ask(Question::Heads(at))?),
        }
    }

    /// The entries in a bundle of the log.
    pub(super) fn entries(&self, at: EntryTile) -> Result<Vec<Vec<u8>>, Unread> {
        match self {
            Self::Gateway { log, .. } => Ok(log.entries(at)?),
            Self::Peer { .. } => bundled(at, &self.ask(Question::Leaves(at))?),
        }
    }

    /// The update proof of the head at a leaf; nothing if it is not to be had.
    pub(super) fn update(&self, leaf: u64) -> Option<Vec<u8>> {
        let Self::Gateway { http, .. } = self else {
            let leaf = LeafIndex::new(leaf).ok()?;
            return self.ask(Question::Update(leaf)).ok();
        };
        let answer = http.request(&Request {
            path: &format!("/index/update/{leaf}"),
            accept: OCTETS,
            content: None,
            wait: None,
            max_bytes: UPDATE_BYTES,
        });
        let answer = answer.ok().filter(|answer| answer.status == 200)?;
        (answer.body.len() <= UPDATE_BYTES).then_some(answer.body)
    }

    fn ask(&self, question: Question) -> Result<Vec<u8>, Failure> {
        let unreachable = Failure(Reason::GatewayUnreachable);
        let Self::Peer { key, network } = self else {
            return Err(unreachable);
        };
        // Requests may come before there is a network.
        let network = network.get().ok_or(unreachable)?;
        network.vouching(*key, question)
    }
}

/// Hashes of the index log.
impl TileSource for Carrier {
    type Error = Unread;

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, Unread> {
        match self {
            Self::Gateway { index, .. } => Ok(index.tile(tile)?),
            Self::Peer { .. } => Ok(self.ask(Question::Tile(tile))?),
        }
    }
}

fn bundled(at: EntryTile, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Unread> {
    let entries = decode_entries(bytes, usize::from(at.width()))?;
    Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
}
