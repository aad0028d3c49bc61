//! A log that answers for itself, and an own log that takes what it is given.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::*;
use fairtrail::api::PartsPage;
use fairtrail::entry::{Body, Draft, NetworkClaim, Position, Pulse, SignedEntry};
use fairtrail::id::{NetworkId, PartDigest};
use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, EntryTile, Tile};
use fairtrail::merkle::{HASH_BYTES, HashSource, Node, Tree as WholeTree, leaf_hash};
use fairtrail::note::NoteSigner;
use fairtrail::time::Timestamp;

pub(super) const LOG: &str = "log.example/one/e1";

pub(super) fn signer(origin: &str, seed: u8) -> NoteSigner {
    let origin: Origin = origin.parse().unwrap();
    NoteSigner::new(origin.key_name().unwrap(), SecretKey::from_seed([seed; 32]))
}

/// Entries of one feed, each citing the one before.
pub(super) fn pulses(count: usize) -> Vec<SignedEntry> {
    let key = SecretKey::from_seed([1; 32]);
    let now = Timestamp::new(1_790_000_000).unwrap();
    let network = NetworkId::new([9; 32]);
    let begin = Draft::begin(network, &key, key.public().next_digest(), now).unwrap();
    let feed = begin.author();
    let mut entries = vec![begin];
    while entries.len() < count {
        let position = Position {
            network,
            feed,
            seq: entries.len() as u64,
            prev: entries.last().unwrap().id(),
            grant: None,
        };
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), feed, now);
        entries.push(draft.sign(&position, &key).unwrap());
    }
    entries
}

pub(super) fn bytes(entries: &[SignedEntry]) -> Vec<Vec<u8>> {
    entries.iter().map(|entry| entry.bytes().to_vec()).collect()
}

/// A log that answers for itself.
pub(super) struct Peer {
    pub(super) leaves: Vec<Vec<u8>>,
    pub(super) tree: WholeTree,
    pub(super) signer: NoteSigner,
    pub(super) asked: Vec<Question>,
    /// The parts it has.
    pub(super) parts: BTreeMap<PartDigest, Body>,
    /// Changes an answer on its way.
    pub(super) spoil: Option<fn(&Question, &mut Answer)>,
}

impl Peer {
    pub(super) fn new(leaves: Vec<Vec<u8>>) -> Self {
        let tree = WholeTree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap();
        Self {
            leaves,
            tree,
            signer: signer(LOG, 7),
            asked: Vec::new(),
            parts: BTreeMap::new(),
            spoil: None,
        }
    }

    pub(super) fn note(&self) -> Vec<u8> {
        let origin = LOG.parse().unwrap();
        let checkpoint = Checkpoint::new(origin, self.tree.size(), self.tree.root()).unwrap();
        let note = checkpoint.sign(&self.signer).unwrap();
        note.to_string().into_bytes()
    }

    pub(super) fn tile(&self, tile: Tile) -> Vec<u8> {
        let first = tile.index() * 256;
        let hash = |at| self.tree.node(Node::new(tile.level() * 8, at).unwrap());
        let hashes = (first..first + u64::from(tile.width())).map(hash);
        let hashes = hashes.flat_map(|hash| *hash.unwrap().as_bytes());
        let bytes: Vec<u8> = hashes.collect();
        assert_eq!(bytes.len(), usize::from(tile.width()) * HASH_BYTES);
        bytes
    }

    pub(super) fn entries(&self, bundle: EntryTile, skip: u16) -> Vec<Vec<u8>> {
        let first = usize::try_from(bundle.index()).unwrap() * 256;
        let (from, end) = (
            first + usize::from(skip),
            first + usize::from(bundle.width()),
        );
        self.leaves[from..end].to_vec()
    }

    pub(super) fn answer(&mut self, question: &Question) -> Answer {
        self.asked.push(*question);
        let mut answer = match *question {
            Question::Checkpoint => Answer::Checkpoint(self.note()),
            Question::Tile(tile) => Answer::Tile(self.tile(tile)),
            Question::Entries { bundle, skip } => Answer::Entries(self.entries(bundle, skip)),
            Question::Parts { first, count, .. } => Answer::Parts(PartsPage {
                first,
                next: first + count,
                parts: self.parts.clone().into_iter().collect(),
            }),
        };
        if let Some(spoil) = self.spoil {
            spoil(question, &mut answer);
        }
        answer
    }
}

/// The own log: takes anything but what it is told to refuse.
#[derive(Default)]
pub(super) struct Own {
    pub(super) held: BTreeSet<Hash>,
    pub(super) order: Vec<Hash>,
    pub(super) refuse: Vec<(Hash, Reason)>,
    pub(super) busy: bool,
    pub(super) kept: Vec<Known>,
}

impl Own {
    pub(super) fn admit(&mut self, entries: &[Submission]) -> Outcome {
        if self.busy {
            return Outcome::Busy(Reason::Overloaded);
        }
        let hashes: Vec<_> = entries
            .iter()
            .map(|submission| leaf_hash(submission.entry.bytes()))
            .collect();
        for (position, hash) in hashes.iter().enumerate() {
            if let Some((_, reason)) = self.refuse.iter().find(|(refused, _)| refused == hash) {
                let reason = *reason;
                return Outcome::Refused { position, reason };
            }
        }
        for hash in hashes {
            if self.held.insert(hash) {
                self.order.push(hash);
            }
        }
        let own = self.order.len() as u64;
        Outcome::Taken { own }
    }
}

pub(super) fn new_follower() -> Follower {
    let origin: Origin = LOG.parse().unwrap();
    let key = signer(LOG, 7).verifier().clone();
    let known = Known::nothing(origin.clone());
    let log = Followed {
        origin,
        key,
        reads: Reads::Public,
    };
    Follower::new(log, known)
}

/// Polls once and carries everything until it rests.
pub(super) fn round(
    follower: &mut Follower,
    peer: &mut Peer,
    own: &mut Own,
) -> (Rest, Vec<Report>) {
    let begun = follower.handle(Input::Poll);
    carry(follower, begun, peer, own)
}

/// Carries everything until it rests.
pub(super) fn carry(
    follower: &mut Follower,
    begun: Vec<Output>,
    peer: &mut Peer,
    own: &mut Own,
) -> (Rest, Vec<Report>) {
    let mut reports = Vec::new();
    let mut todo: VecDeque<_> = begun.into();
    while let Some(output) = todo.pop_front() {
        let input = match output {
            Output::Ask { ticket, question } => {
                let answer = Ok(peer.answer(&question));
                Input::Answered { ticket, answer }
            }
            Output::Compare { ticket, leaves, .. } => Input::Compared {
                ticket,
                held: leaves.iter().map(|leaf| own.held.contains(leaf)).collect(),
                own: own.order.len() as u64,
            },
            Output::Admit { ticket, entries } => Input::Admitted {
                ticket,
                outcome: own.admit(&entries),
            },
            Output::Keep { ticket, known } => {
                own.kept.push(*known);
                Input::Kept(ticket)
            }
            Output::Report(report) => {
                reports.push(report);
                continue;
            }
            Output::Rest(rest) => {
                assert!(todo.is_empty() && follower.is_resting());
                return (rest, reports);
            }
        };
        todo.extend(follower.handle(input));
    }
    panic!("neither rests nor asks");
}
