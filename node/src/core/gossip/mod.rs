//! What nodes tell each other about third parties: checkpoints they saw and proofs they hold
//! (specs/gossip.md).
//!
//! [`Gossip`] hears a message and says at once what becomes of it: a [`Verdict`] for whoever brought
//! it, and what is to be done. Nothing is believed before it is verified, nothing is passed on that
//! was not, and everything is bounded: one proof for each who is accused, some checkpoints for each
//! log whose key is known here, so much of a peer's talk in a second. Losing a message costs time and
//! nothing else, because what it says is asked for again wherever nodes follow each other.

mod budget;
mod heard;
mod log;
mod message;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, BTreeSet};

use fairtrail::fraud::{Accused, FraudFile, Keys, LogFraud};
use fairtrail::id::{AuthorId, NetworkId};
use fairtrail::limits::{FRAUD_FILES, GOSSIP_BYTES};
use fairtrail::log::{Origin, SignedCheckpoint};
use fairtrail::note::{Note, NoteVerifier};
use fairtrail::reason::Reason;

use self::budget::Budgets;
pub use self::heard::{Case, Heard, Todo, Verdict, Wanted};
use self::heard::{accept, ignore, reject};
use self::log::{Beside, Log};
pub use self::message::{Announced, Content, Message};

/// Logs whose talk is followed.
const LOGS: usize = 128;
/// Files that are asked for at once.
const WANTED: usize = 4;
/// Entries of a proof that are offered to admission, the last ones.
const OFFERED: usize = 256;
/// What a checkpoint costs, and what a proof costs, of a peer's budget.
const CHEAP: u64 = 1;
const DEAR: u64 = 5;

/// Whether an author is known here, because its first entry is admitted.
pub type Knows<'a> = &'a dyn Fn(AuthorId) -> bool;

/// A log and the keys that may sign for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLog {
    /// The log.
    pub origin: Origin,
    /// Its keys.
    pub keys: Vec<NoteVerifier>,
}

/// Hears what nodes say of logs and authors.
#[derive(Debug)]
pub struct Gossip {
    network: NetworkId,
    logs: BTreeMap<Origin, Log>,
    held: BTreeSet<Case>,
    /// Names of files that were asked for and judged: what peers repeat is not asked for again.
    judged: BTreeSet<[u8; 32]>,
    /// What is being asked for, and of whom: of each peer one file at a time.
    wanted: BTreeMap<Accused, String>,
    budgets: Budgets,
}

impl Gossip {
    /// For a network, with the logs whose keys are known here, of which the first 128 count, and
    /// everybody against whom a proof is held.
    pub fn new(
        network: NetworkId,
        logs: impl IntoIterator<Item = KnownLog>,
        held: impl IntoIterator<Item = Case>,
    ) -> Self {
        let logs = logs.into_iter().take(LOGS);
        Self {
            network,
            logs: logs.map(|log| (log.origin, Log::new(log.keys))).collect(),
            held: held.into_iter().collect(),
            judged: BTreeSet::new(),
            wanted: BTreeMap::new(),
            budgets: Budgets::default(),
        }
    }

    /// From now on, what is said of this log can be checked, too.
    pub fn know(&mut self, log: KnownLog) {
        if self.logs.len() < LOGS {
            let known = self.logs.entry(log.origin);
            known.or_insert_with(|| Log::new(log.keys));
        }
    }

    /// A message came from `from` at `now`, in milliseconds of a clock that never falls.
    pub fn hear(&mut self, from: &str, bytes: &[u8], knows: Knows<'_>, now: u64) -> Heard {
        if bytes.len() > GOSSIP_BYTES {
            return reject(Reason::TooLarge);
        }
        if !self.budgets.take(from, CHEAP, now) {
            return ignore(Reason::QuotaExceeded);
        }
        let message = match Message::parse(bytes) {
            Ok(message) => message,
            Err(reason) => return reject(reason),
        };
        if message.network != self.network {
            return reject(Reason::NetworkMismatch);
        }
        match message.content {
            Content::Checkpoint(note) => self.checkpoint(&note, now),
            Content::Fraud(_) if !self.budgets.take(from, DEAR, now) => {
                ignore(Reason::QuotaExceeded)
            }
            Content::Fraud(file) => self.proof(&file, None, knows),
            Content::Announced(file) => self.announced(from, file, knows),
        }
    }

    /// A file that was asked for came, or did not. A verdict that it is to be passed on is carried
    /// out by what is to be done.
    pub fn fetched(&mut self, wanted: &Wanted, bytes: Option<&[u8]>, knows: Knows<'_>) -> Heard {
        let Announced {
            accused,
            digest,
            bytes: len,
        } = &wanted.file;
        self.wanted.remove(accused);
        let Some(bytes) = bytes else {
            return ignore(Reason::NotFound);
        };
        if bytes.len() != *len || FraudFile::digest(bytes) != *digest {
            return reject(Reason::ProofInvalid);
        }
        if self.judged.len() < FRAUD_FILES {
            self.judged.insert(*digest);
        }
        let mut heard = self.proof(bytes, Some(accused), knows);
        if heard.verdict == Verdict::Accept {
            let publish = self.telling(accused, bytes);
            heard.todo.push(Todo::Publish(publish));
        }
        heard
    }

    /// This node's follower has taken a checkpoint for its log's history.
    pub fn saw(&mut self, signed: &SignedCheckpoint) -> Vec<Todo> {
        let origin = signed.checkpoint().origin().clone();
        let Some(log) = self.logs.get_mut(&origin) else {
            return Vec::new();
        };
        let beside = log.hear(signed);
        log.take_up(signed.clone());
        match beside {
            Beside::Known => Vec::new(),
            Beside::Newer | Beside::Older => vec![Todo::Publish(self.note(signed))],
            Beside::Contradicts(view) => self.found(FraudFile::SplitView(Box::new(view))),
        }
    }

    /// This node has found a proof itself, and verified it.
    pub fn found(&mut self, file: FraudFile) -> Vec<Todo> {
        let Ok(case) = Case::of(&file) else {
            return Vec::new();
        };
        if !self.hold(&case) {
            return Vec::new();
        }
        let publish = self.telling(&case.accused, &file.to_bytes());
        let mut todo = vec![Todo::Keep(case.accused.clone(), Box::new(file))];
        if let (Accused::Log(origin), true) = (case.accused, case.two_histories) {
            todo.push(Todo::Convict(origin));
        }
        todo.push(Todo::Publish(publish));
        todo
    }

    /// A proof could not be kept: it counts as not heard.
    pub fn lost(&mut self, case: &Case) {
        self.held.remove(case);
    }

    /// Whether a proof against somebody is held.
    pub fn is_held(&self, accused: &Accused) -> bool {
        self.holds(&Case::two_histories(accused.clone()))
    }

    /// Whether a proof of this case is held.
    pub fn holds(&self, case: &Case) -> bool {
        self.held.contains(case)
    }

    /// What others may compare with what they were shown: of each log that was heard of, the
    /// largest checkpoint that was followed here, and the largest one heard.
    pub fn seen(&self) -> impl Iterator<Item = &SignedCheckpoint> {
        self.logs.values().flat_map(Log::shown)
    }

    /// The message that says of a checkpoint that it was seen.
    pub fn note(&self, signed: &SignedCheckpoint) -> Vec<u8> {
        let note = signed.note().to_string().into_bytes();
        self.message(Content::Checkpoint(note))
    }

    fn message(&self, content: Content) -> Vec<u8> {
        let network = self.network;
        Message { network, content }.to_bytes()
    }

    /// The message that tells of a proof: the file itself, or its name when it is too large.
    pub fn telling(&self, accused: &Accused, file: &[u8]) -> Vec<u8> {
        let whole = self.message(Content::Fraud(file.to_vec()));
        if whole.len() <= GOSSIP_BYTES {
            return whole;
        }
        self.naming(Announced {
            accused: accused.clone(),
            digest: FraudFile::digest(file),
            bytes: file.len(),
        })
    }

    /// The message that tells of a proof by its name, whatever its size.
    pub fn naming(&self, file: Announced) -> Vec<u8> {
        self.message(Content::Announced(file))
    }

    fn checkpoint(&mut self, note: &[u8], now: u64) -> Heard {
        let note = match Note::parse(note) {
            Ok(note) => note,
            Err(error) => return reject(error.code()),
        };
        let first = note.text().lines().next().unwrap_or_default();
        let Ok(origin) = first.parse::<Origin>() else {
            return reject(Reason::CheckpointMalformed);
        };
        if self
            .held
            .contains(&Case::two_histories(Accused::Log(origin.clone())))
        {
            return ignore(Reason::LogForked);
        }
        let Some(log) = self.logs.get_mut(&origin) else {
            return ignore(Reason::GossipUnknown);
        };
        let signed = match log.open(&note) {
            Ok(signed) => signed,
            Err(reason) => return reject(reason),
        };
        match log.hear(&signed) {
            Beside::Known => ignore(Reason::GossipStale),
            Beside::Contradicts(view) => {
                let todo = self.found(FraudFile::SplitView(Box::new(view)));
                // The proof says all, and goes to everybody by itself.
                ignore(Reason::LogForked).and(todo)
            }
            // It may belong to another history: whoever follows the log finds out.
            Beside::Older => ignore(Reason::GossipStale).and(vec![Todo::Tell(Box::new(signed))]),
            Beside::Newer if !log.bucket.take(CHEAP, now) => ignore(Reason::QuotaExceeded),
            Beside::Newer => accept(vec![Todo::Tell(Box::new(signed))]),
        }
    }

    /// Whether somebody accused is known here, and nothing is held against them yet.
    fn concerns(&self, accused: &Accused, knows: Knows<'_>) -> Result<(), Reason> {
        let known = match accused {
            Accused::Author(author) => knows(*author),
            Accused::Log(origin) => self.logs.contains_key(origin),
        };
        if known {
            Ok(())
        } else {
            Err(Reason::GossipUnknown)
        }
    }

    fn announced(&mut self, from: &str, file: Announced, knows: Knows<'_>) -> Heard {
        // Two histories are the worst there is; of what a lesser file holds its name tells nothing.
        let case = Case::two_histories(file.accused.clone());
        if self.held.contains(&case) || self.judged.contains(&file.digest) {
            return ignore(Reason::GossipStale);
        }
        if let Err(reason) = self.concerns(&file.accused, knows) {
            return ignore(reason);
        }
        let busy = self.wanted.values().any(|peer| peer == from);
        if busy || self.wanted.len() >= WANTED || self.wanted.contains_key(&file.accused) {
            return ignore(Reason::QuotaExceeded);
        }
        let from = from.to_owned();
        self.wanted.insert(file.accused.clone(), from.clone());
        // What it announces is verified first, and then told by this node itself.
        ignore(Reason::GossipStale).and(vec![Todo::Fetch(Wanted { from, file })])
    }

    /// Judges a file; `said` is who was said to be accused in it.
    fn proof(&mut self, bytes: &[u8], said: Option<&Accused>, knows: Knows<'_>) -> Heard {
        let file = match FraudFile::parse(bytes) {
            Ok(file) => file,
            Err(error) => return reject(error.code()),
        };
        let case = match Case::of(&file) {
            Ok(case) if said.is_none_or(|said| *said == case.accused) => case,
            Ok(_) => return reject(Reason::ProofInvalid),
            Err(error) => return reject(error.code()),
        };
        if self.held.contains(&case) {
            return ignore(Reason::GossipStale);
        }
        if let Err(reason) = self.concerns(&case.accused, knows) {
            return ignore(reason);
        }
        match self.verify(&file, &case.accused) {
            Ok(()) => {}
            // Which keys beside its own a log signs with, not everybody knows.
            Err(Reason::SignatureMissing | Reason::ProofIncomplete) if !case.two_histories => {
                return ignore(Reason::GossipUnknown);
            }
            Err(reason) => return reject(reason),
        }
        if !self.hold(&case) {
            return ignore(Reason::QuotaExceeded);
        }
        let follows = match (&file, &case.accused) {
            (FraudFile::FeedFork(fork), _) => {
                // Taken up without its parts, an entry would stay without them.
                let whole = fork.all().filter(|entry| entry.header().parts.is_empty());
                let whole: Vec<_> = whole.cloned().collect();
                let last = whole.len().saturating_sub(OFFERED);
                Some(Todo::Offer(whole.into_iter().skip(last).collect()))
            }
            (FraudFile::SplitView(_), Accused::Log(origin)) => Some(Todo::Convict(origin.clone())),
            // Its history is one and goes on; what else it signed is told.
            (FraudFile::Log(_), Accused::Log(_)) => None,
            // These accuse logs.
            (FraudFile::SplitView(_) | FraudFile::Log(_), Accused::Author(_)) => {
                return reject(Reason::Internal);
            }
        };
        let keep = Todo::Keep(case.accused, Box::new(file));
        accept([Some(keep), follows].into_iter().flatten().collect())
    }

    fn verify(&self, file: &FraudFile, accused: &Accused) -> Result<(), Reason> {
        match file {
            FraudFile::FeedFork(fork) => {
                let forked = fork.verify().map_err(|error| error.code())?;
                if forked.network == self.network {
                    Ok(())
                } else {
                    Err(Reason::NetworkMismatch)
                }
            }
            FraudFile::Log(fraud) => self.verify_log(fraud),
            FraudFile::SplitView(view) => {
                let log = match accused {
                    Accused::Log(origin) => self.logs.get(origin),
                    Accused::Author(_) => None,
                };
                let mut refused = Reason::SignatureMissing;
                for key in log.map_or(&[][..], Log::keys) {
                    match view.verify(key) {
                        Ok(_) => return Ok(()),
                        Err(error) => refused = error.code(),
                    }
                }
                Err(refused)
            }
        }
    }

    /// By the keys of the log accused, of its index and its promises, as far as they are known.
    fn verify_log(&self, fraud: &LogFraud) -> Result<(), Reason> {
        let log = fraud.log().map_err(|error| error.code())?;
        let own = |(origin, _): &(&Origin, &Log)| origin.log() == log;
        let own = self.logs.iter().filter(own);
        let keys: Vec<_> = own.flat_map(|(_, log)| log.keys()).cloned().collect();
        let keys = Keys::new(&keys).of_network(self.network);
        fraud.verify(&keys).map(drop).map_err(|error| error.code())
    }

    /// Notes that a proof is held from now on, if none was and there is room.
    fn hold(&mut self, case: &Case) -> bool {
        self.held.len() < FRAUD_FILES && self.held.insert(case.clone())
    }
}
