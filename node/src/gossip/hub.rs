//! What is known from gossip, shared by all who bring it and all who ask.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use fairtrail::api::{FraudLine, FraudList, SeenCheckpoints};
use fairtrail::entry::SignedEntry;
use fairtrail::fraud::{Accused, FraudFile, Keys};
use fairtrail::id::NetworkId;
use fairtrail::limits::SEEN_CHECKPOINTS;
use fairtrail::log::{Origin, SignedCheckpoint};
use fairtrail::reason::Reason;
use tokio::sync::{broadcast, mpsc};
use tokio::time::Instant;

use crate::core::gossip::{Announced, Case, Gossip, KnownLog, Todo, Verdict, Wanted};
use crate::service::ReadError;
use crate::store::accusations::{Accusations, KeptProof};
use crate::store::disk::IoFault;

/// Checkpoints that wait for a follower.
const TOLD: usize = 16;
/// Messages that wait for a carrier; one that lags loses the oldest.
const OUTGOING: usize = 256;

/// What is known from gossip.
#[derive(Debug)]
pub struct Hub {
    machine: Mutex<Machine>,
    accusations: Accusations,
    /// Held while a file is written and listed; nobody waits for it who brings no proof.
    writing: Mutex<()>,
    kept: Mutex<Vec<KeptProof>>,
    followers: Mutex<BTreeMap<Origin, mpsc::Sender<Box<SignedCheckpoint>>>>,
    outgoing: broadcast::Sender<Vec<u8>>,
    since: Instant,
}

#[derive(Debug)]
struct Machine {
    gossip: Gossip,
    /// Those of whom a proof is held and not durable yet: nobody is told of it.
    keeping: BTreeSet<Case>,
}

/// What is left to do when the machine has spoken.
#[derive(Debug, Default)]
pub(super) struct Left {
    pub(super) offer: Vec<SignedEntry>,
    pub(super) fetch: Option<Wanted>,
}

impl Hub {
    /// With the proofs that lie in `fraud`, as far as they hold against what is known here.
    ///
    /// # Errors
    /// [`IoFault`] when the folder cannot be read.
    pub fn open(network: NetworkId, logs: Vec<KnownLog>, fraud: &Path) -> Result<Self, IoFault> {
        let accusations = Accusations::new(fraud);
        let kept = accusations.all()?;
        let mut held = Vec::new();
        for proof in &kept {
            if holds(&accusations, proof, &logs, network)? {
                held.push(proof.case.clone());
            }
        }
        Ok(Self {
            machine: Mutex::new(Machine {
                gossip: Gossip::new(network, logs, held),
                keeping: BTreeSet::new(),
            }),
            accusations,
            writing: Mutex::default(),
            kept: Mutex::new(kept),
            followers: Mutex::new(BTreeMap::new()),
            outgoing: broadcast::channel(OUTGOING).0,
            since: Instant::now(),
        })
    }

    /// What others say that a followed log signed.
    pub fn follower(&self, origin: &Origin) -> mpsc::Receiver<Box<SignedCheckpoint>> {
        let (tell, told) = mpsc::channel(TOLD);
        lock(&self.followers).insert(origin.clone(), tell);
        told
    }

    /// Messages for every peer, each of them verified. A carrier that takes none loses nothing that
    /// cannot be asked for.
    pub fn outgoing(&self) -> broadcast::Receiver<Vec<u8>> {
        self.outgoing.subscribe()
    }

    /// Whether somebody is proved here to have signed two histories, durably.
    pub fn is_held(&self, accused: &Accused) -> bool {
        lock(&self.machine).is_durable(&Case::two_histories(accused.clone()))
    }

    /// Whether something else is proved here against somebody, durably.
    pub fn holds_other(&self, accused: &Accused) -> bool {
        let (accused, two_histories) = (accused.clone(), false);
        let case = Case {
            accused,
            two_histories,
        };
        lock(&self.machine).is_durable(&case)
    }

    /// The largest checkpoints that were seen of other logs.
    pub fn seen(&self) -> SeenCheckpoints {
        let machine = lock(&self.machine);
        let seen = machine.gossip.seen();
        let notes = seen.map(|signed| signed.note().to_string());
        SeenCheckpoints {
            checkpoints: notes.take(SEEN_CHECKPOINTS).collect(),
        }
    }

    /// One file for each who is accused; what does not hold against the keys known by now is not told.
    pub fn files(&self) -> FraudList {
        let line = |proof: &KeptProof| FraudLine {
            accused: proof.case.accused.clone(),
            bytes: proof.bytes,
            digest: HEXLOWER.encode(&proof.digest),
        };
        FraudList {
            files: self.held().iter().map(line).collect(),
        }
    }

    /// Messages that say everything: of what was seen, and of what is held.
    ///
    /// # Errors
    /// [`IoFault`] when a file cannot be read.
    pub fn everything(&self) -> Result<Vec<Vec<u8>>, IoFault> {
        let mut messages = lock(&self.machine).notes();
        for proof in self.held() {
            let bytes = self.accusations.read(&proof)?;
            let tell = |bytes: Vec<u8>| {
                let machine = lock(&self.machine);
                machine.gossip.telling(&proof.case.accused, &bytes)
            };
            messages.extend(bytes.map(tell));
        }
        Ok(messages)
    }

    /// The same, with files by their names.
    pub fn names(&self) -> Vec<Vec<u8>> {
        let held = self.held();
        let machine = lock(&self.machine);
        let mut messages = machine.notes();
        messages.extend(held.into_iter().map(|proof| {
            machine.gossip.naming(Announced {
                accused: proof.case.accused,
                digest: proof.digest,
                bytes: usize::try_from(proof.bytes).unwrap_or(usize::MAX),
            })
        }));
        messages
    }

    /// The files that hold.
    fn held(&self) -> Vec<KeptProof> {
        let mut kept = lock(&self.kept).clone();
        let machine = lock(&self.machine);
        kept.retain(|proof| machine.is_durable(&proof.case));
        kept
    }

    /// A file by its digest.
    ///
    /// # Errors
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn file(&self, digest: [u8; 32]) -> Result<Vec<u8>, ReadError> {
        let kept = lock(&self.kept);
        let proof = kept.iter().find(|proof| proof.digest == digest).cloned();
        drop(kept);
        let bytes = self.accusations.read(&proof.ok_or(ReadError::NotFound)?);
        let bytes = bytes.map_err(|fault| ReadError::Store {
            reason: fault.code(),
        })?;
        let same = |bytes: &Vec<u8>| FraudFile::digest(bytes) == digest;
        bytes.filter(same).ok_or(ReadError::NotFound)
    }

    /// Lets the machine say what is to be done, and does it, in its order: a proof is durable before
    /// anything that follows from it. Files are written while others are heard.
    pub(super) fn with(
        &self,
        say: impl FnOnce(&mut Gossip, u64) -> (Verdict, Vec<Todo>),
    ) -> (Verdict, Left) {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (verdict, todo) = lock(&self.machine).say(|gossip| say(gossip, now));
        let mut left = Left::default();
        for todo in todo {
            match todo {
                Todo::Keep(accused, file) => {
                    let case = Case::against(accused, &file);
                    let kept = self.keep(&case, &file);
                    let mut machine = lock(&self.machine);
                    machine.keeping.remove(&case);
                    if let Err(fault) = kept {
                        let (accused, reason) = (&case.accused, fault.code());
                        tracing::error!(%accused, %reason, "a proof could not be kept");
                        machine.gossip.lost(&case);
                        return (Verdict::Ignore(reason), Left::default());
                    }
                }
                Todo::Convict(origin) => {
                    let reason = Reason::LogForked;
                    tracing::error!(%origin, %reason, "it is proved that this log signed two histories");
                }
                Todo::Offer(entries) => left.offer = entries,
                Todo::Tell(signed) => self.tell(signed),
                Todo::Fetch(wanted) => left.fetch = Some(wanted),
                Todo::Publish(message) => self.publish(message),
            }
        }
        (verdict, left)
    }

    /// Passes a message on; nobody may be listening.
    pub(super) fn publish(&self, message: Vec<u8>) {
        let _ = self.outgoing.send(message);
    }

    fn keep(&self, case: &Case, file: &FraudFile) -> Result<(), IoFault> {
        let _writing = lock(&self.writing);
        let accused = &case.accused;
        let made = self.accusations.keep_first(accused, file)?;
        let what = match file {
            FraudFile::Log(fraud) => fraud.kind().says(),
            FraudFile::FeedFork(_) | FraudFile::SplitView(_) => "two histories were signed",
        };
        tracing::error!(%accused, ?made, "a proof is held: {what}");
        *lock(&self.kept) = self.accusations.all()?;
        Ok(())
    }

    /// A follower that is behind with listening hears of it another time.
    fn tell(&self, signed: Box<SignedCheckpoint>) {
        let followers = lock(&self.followers);
        if let Some(follower) = followers.get(signed.checkpoint().origin()) {
            let _ = follower.try_send(signed);
        }
    }
}

impl Machine {
    fn say(
        &mut self,
        say: impl FnOnce(&mut Gossip) -> (Verdict, Vec<Todo>),
    ) -> (Verdict, Vec<Todo>) {
        let (verdict, todo) = say(&mut self.gossip);
        self.keeping
            .extend(todo.iter().filter_map(|todo| match todo {
                Todo::Keep(accused, file) => Some(Case::against(accused.clone(), file)),
                _ => None,
            }));
        (verdict, todo)
    }

    fn is_durable(&self, case: &Case) -> bool {
        self.gossip.holds(case) && !self.keeping.contains(case)
    }

    /// Messages that say what was seen.
    fn notes(&self) -> Vec<Vec<u8>> {
        let seen = self.gossip.seen();
        seen.map(|signed| self.gossip.note(signed)).collect()
    }
}

/// Whether a kept file counts: what accuses a log must hold against the key it is known by now.
fn holds(
    accusations: &Accusations,
    proof: &KeptProof,
    logs: &[KnownLog],
    network: NetworkId,
) -> Result<bool, IoFault> {
    let Accused::Log(origin) = &proof.case.accused else {
        return Ok(true);
    };
    let bytes = accusations.read(proof)?.unwrap_or_default();
    let known = logs.iter().filter(|log| log.origin.log() == origin.log());
    let keys: Vec<_> = known.flat_map(|log| &log.keys).cloned().collect();
    Ok(match FraudFile::parse(&bytes) {
        Ok(FraudFile::SplitView(view)) => keys.iter().any(|key| view.verify(key).is_ok()),
        Ok(FraudFile::Log(fraud)) => {
            let keys = Keys::new(&keys).of_network(network);
            fraud.verify(&keys).is_ok()
        }
        Ok(FraudFile::FeedFork(_)) | Err(_) => false,
    })
}

/// What is behind these locks is whole after every step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::gossip::tests::{origin, signed_by, signer};
    use fairtrail::fraud::SplitView;

    #[test]
    fn a_kept_file_is_told_of_while_it_holds_against_the_keys_known_by_now() {
        let dir = tempfile::tempdir().unwrap();
        let accused = Accused::Log(origin());
        let view = SplitView::of_one_size(&signed_by(1, 7, 1), &signed_by(1, 7, 2));
        let file = FraudFile::SplitView(Box::new(view));
        let kept = Accusations::new(dir.path()).keep_first(&accused, &file);
        assert!(kept.unwrap().is_some());
        for (seed, told) in [(1, 1), (2, 0)] {
            let log = KnownLog {
                origin: origin(),
                keys: vec![signer(seed).verifier().clone()],
            };
            let hub = Hub::open(NetworkId::new([7; 32]), vec![log], dir.path()).unwrap();
            assert_eq!(hub.files().files.len(), told);
            assert_eq!(hub.everything().unwrap().len(), told);
            assert_eq!(hub.names().len(), told);
            assert_eq!(hub.is_held(&accused), told == 1);
        }
    }

    #[test]
    fn others_are_heard_while_a_proof_is_written_and_it_counts_once_it_is_durable() {
        let dir = tempfile::tempdir().unwrap();
        let log = KnownLog {
            origin: origin(),
            keys: vec![signer(1).verifier().clone()],
        };
        let hub = Hub::open(NetworkId::new([7; 32]), vec![log], dir.path()).unwrap();
        let mut told = hub.outgoing();
        let accused = Accused::Log(origin());
        let view = SplitView::of_one_size(&signed_by(1, 7, 1), &signed_by(1, 7, 2));
        let file = FraudFile::SplitView(Box::new(view));
        let disk = lock(&hub.writing);
        std::thread::scope(|scope| {
            let found = scope.spawn(|| {
                hub.with(|machine, _| (Verdict::Accept, machine.found(file)));
            });
            while !lock(&hub.machine).gossip.is_held(&accused) {
                std::thread::yield_now();
            }
            // The disk does not answer; who brings something else does not wait for it.
            hub.with(|machine, _| (Verdict::Accept, machine.saw(&signed_by(1, 9, 1))));
            assert!(told.try_recv().is_ok());
            assert!(!hub.is_held(&accused));
            assert_eq!(hub.files().files, []);
            assert!(told.try_recv().is_err(), "nobody is told of it yet");
            drop(disk);
            found.join().unwrap();
        });
        assert!(hub.is_held(&accused));
        assert_eq!(hub.files().files.len(), 1);
        assert!(told.try_recv().is_ok());
    }
}
