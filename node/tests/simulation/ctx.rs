//! Time, chance and the network between the nodes.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use fairtrail::log::Origin;
use fairtrail::note::{Cosigner, NoteSigner, NoteVerifier};
use fairtrail::time::Timestamp;
use fairtrail_node::core::follow::{Answer, Failure, Question, Reads, Ticket};
use fairtrail_node::core::gossip::Wanted;
use fairtrail_node::core::repair;

use crate::check::Checks;
use crate::fault::Planted;
use crate::rng::Rng;
use crate::world::{at, secret};

/// A question is given up after this.
const DEADLINE_MS: u64 = 3_000;

/// Which process asks, and where the answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) node: usize,
    /// Of the process: a new one is not told what the old one asked.
    pub(crate) life: u64,
    pub(crate) slot: usize,
    pub(crate) who: Who,
    pub(crate) reads: Reads,
}

/// Which machine of a slot asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Follower(Ticket),
    /// With the number of the question.
    Gleaner(u64),
    Repairer(u64),
}

#[derive(Debug, Clone)]
pub(crate) enum Event {
    Answer(Asker, Result<Answer, Failure>),
    /// A node asks another one what it heard.
    Around {
        to: usize,
        from: usize,
    },
    Author(usize),
    Backup(usize),
    Convicted {
        node: usize,
        life: u64,
        slot: usize,
    },
    Cut,
    /// A node asks another one for a file.
    Fetch {
        to: usize,
        from: usize,
        wanted: Box<Wanted>,
    },
    /// It came, or will not.
    Fetched {
        node: usize,
        wanted: Box<Wanted>,
        file: Option<Vec<u8>>,
    },
    Fuse(usize),
    /// A node hands over parts from now on.
    HandsOver(usize),
    Gossip {
        to: usize,
        from: usize,
        bytes: Vec<u8>,
    },
    Listen(usize, u64),
    /// A node's log loses leaves.
    Lose(usize),
    /// A node becomes a member.
    Member(usize),
    Poll {
        node: usize,
        life: u64,
        slot: usize,
    },
    Push(usize, Vec<u8>),
    Question {
        to: usize,
        asker: Asker,
        question: Question,
    },
    Repair {
        to: usize,
        asker: Asker,
        question: repair::Question,
    },
    Repaired(Asker, Result<repair::Answer, Failure>),
    Restart(usize),
    Restore(usize),
    Slander(usize),
    Switch,
    Tick(usize, u64),
}

/// Who a log is at present.
pub(crate) struct Identity {
    pub(crate) origin: Origin,
    pub(crate) epoch: u8,
}

pub(crate) struct Ctx {
    pub(crate) now: u64,
    pub(crate) rng: Rng,
    pub(crate) checks: Checks,
    pub(crate) planted: Option<Planted>,
    pub(crate) logs: Vec<Identity>,
    queue: BinaryHeap<Reverse<(u64, u64)>>,
    events: std::collections::HashMap<u64, Event>,
    sent: u64,
    /// Percent of messages that are lost, and doubled.
    pub(crate) loss: u64,
    pub(crate) doubling: u64,
    /// Longest delay in milliseconds.
    pub(crate) delay: u64,
    /// Nothing is lost, cut or spoilt any more.
    pub(crate) healed: bool,
    /// Nodes on the one side of a cut.
    pub(crate) cut: BTreeSet<usize>,
}

impl Ctx {
    pub(crate) fn new(seed: u64, planted: Option<Planted>) -> Self {
        Self {
            now: 0,
            rng: Rng::new(seed),
            checks: Checks::default(),
            planted,
            logs: Vec::new(),
            queue: BinaryHeap::new(),
            events: std::collections::HashMap::new(),
            sent: 0,
            loss: 0,
            doubling: 0,
            delay: 100,
            healed: false,
            cut: BTreeSet::new(),
        }
    }

    pub(crate) fn has(&self, planted: Planted) -> bool {
        self.planted == Some(planted)
    }

    pub(crate) fn seconds(&self) -> Timestamp {
        at(1_000 + self.now / 1_000)
    }

    pub(crate) fn later(&mut self, wait: u64, event: Event) {
        self.sent += 1;
        self.queue.push(Reverse((self.now + wait, self.sent)));
        self.events.insert(self.sent, event);
    }

    pub(crate) fn next(&mut self) -> Option<Event> {
        let Reverse((time, number)) = self.queue.pop()?;
        self.now = time;
        self.events.remove(&number)
    }

    pub(crate) fn next_at(&self) -> Option<u64> {
        self.queue.peek().map(|Reverse((time, _))| *time)
    }

    /// Carries a message, or loses it, or carries it twice.
    pub(crate) fn send(&mut self, from: usize, to: usize, event: Event) {
        let apart = self.cut.contains(&from) != self.cut.contains(&to);
        if apart || self.rng.chance(self.loss) {
            self.checks.count("messages lost");
            return;
        }
        if self.rng.chance(self.doubling) {
            let wait = 1 + self.rng.below(self.delay * 4);
            self.later(wait, event.clone());
            self.checks.count("messages doubled");
        }
        let wait = 1 + self.rng.below(self.delay);
        self.later(wait, event);
    }

    pub(crate) fn ask(&mut self, asker: Asker, to: usize, question: Question) {
        let failure = Err(Failure(fairtrail::reason::Reason::GatewayUnreachable));
        self.later(DEADLINE_MS, Event::Answer(asker, failure));
        let event = Event::Question {
            to,
            asker,
            question,
        };
        self.send(asker.node, to, event);
    }
}

impl Ctx {
    /// As [`Ctx::ask`], for whoever repairs.
    pub(crate) fn ask_to_repair(&mut self, asker: Asker, to: usize, question: repair::Question) {
        let failure = Err(Failure(fairtrail::reason::Reason::GatewayUnreachable));
        self.later(DEADLINE_MS, Event::Repaired(asker, failure));
        let event = Event::Repair {
            to,
            asker,
            question,
        };
        self.send(asker.node, to, event);
    }
}

/// The keys of a log, which follow from who it is.
pub(crate) struct LogKeys {
    pub(crate) log: NoteSigner,
    pub(crate) witness: Cosigner,
}

impl Identity {
    pub(crate) fn new(index: usize, epoch: u8) -> Self {
        let origin = format!("n{index}.example/log/e{epoch}");
        Self {
            origin: origin.parse().unwrap(),
            epoch,
        }
    }

    pub(crate) fn keys(&self, index: usize) -> LogKeys {
        let seed = 150 + u8::try_from(index).unwrap() * 10 + self.epoch;
        let witness = format!("n{index}.example/log/witness").parse().unwrap();
        LogKeys {
            log: NoteSigner::new(self.origin.key_name().unwrap(), secret(seed)),
            witness: Cosigner::new(witness, secret(seed / 2)),
        }
    }

    /// What signs its index.
    pub(crate) fn index(&self, index: usize) -> NoteSigner {
        let seed = 90 + u8::try_from(index).unwrap() * 10 + self.epoch;
        let origin = self.origin.index(1).unwrap();
        NoteSigner::new(origin.key_name().unwrap(), secret(seed))
    }

    pub(crate) fn key(&self, index: usize) -> NoteVerifier {
        self.keys(index).log.verifier().clone()
    }
}
