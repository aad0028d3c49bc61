//! The index witness of this node: checks every head of the indexes that its operator names, and
//! cosigns what it checked to the end (specs/witness.md §9).
//!
//! What is asked of it goes to the same machine as at the plain witness, with a key and records of
//! its own, once the heads of the checkpoint have passed. Checking one index is the work of one
//! thread at a time; whoever asks waits a while for it, and comes again.

mod carrier;
mod check;
mod rebuild;
mod source;
mod unread;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use fairtrail::client::BaseUrl;
use fairtrail::entry::SignedEntry;
use fairtrail::fraud::{FraudFile, LogFraud};
use fairtrail::id::{EntryId, KeyId};
use fairtrail::index::BadUpdate;
use fairtrail::log::{AddCheckpoint, Checkpoint, Origin};
use fairtrail::merkle::TreeSize;
use fairtrail::note::{Cosigner, Note, NoteVerifier};
use fairtrail::reason::Reason;

use self::carrier::{Carrier, Network};
use self::check::{Check, Conviction, Outcome};

use self::unread::Unread;
use super::{Cosigned, Witness, WitnessRefusal, refused};
use crate::clock::Clock;
use crate::core::vouching::Vouching;
use crate::p2p::Waiting;
use crate::service::Service;
use crate::store::accusations::Accusations;
use crate::store::disk::IoFault;
use crate::store::index_records::IndexRecords;
use crate::store::records::{RecordError, RecordStore};
use crate::store::witnessed::{LogKey, Witnessed};

/// How long who asks waits for a check. It goes on beside.
const PATIENCE: Duration = Duration::from_secs(10);

/// An index to vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSettings {
    /// The key of the index log; its name is the index's origin.
    pub key: NoteVerifier,
    /// The node that is asked first, over libp2p.
    pub peer: Option<KeyId>,
    /// Where the log is served.
    pub urls: Vec<BaseUrl>,
}

impl IndexSettings {
    /// The peer comes first, as for following.
    fn carriers(&self, network: &Network) -> Vec<Carrier> {
        let network = Arc::clone(network);
        let peer = self.peer.map(|key| Carrier::Peer { key, network });
        let gateways = self.urls.iter().filter_map(Carrier::gateway);
        peer.into_iter().chain(gateways).collect()
    }
}

/// The index witness of one node.
pub struct IndexWitness {
    plain: Witness,
    records: Arc<IndexRecords>,
    indexes: BTreeMap<Origin, Arc<Indexed>>,
    network: Network,
}

/// One index, and how far it was checked.
struct Indexed {
    origin: Origin,
    log: Origin,
    key: NoteVerifier,
    carriers: Vec<Carrier>,
    own: Service,
    records: Arc<IndexRecords>,
    accusations: Accusations,
    slot: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    /// Read from the record when it is first asked for.
    vouching: Option<Vouching>,
    /// Somebody works with it.
    taken: bool,
    refused: bool,
}

impl std::fmt::Debug for IndexWitness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexWitness").finish_non_exhaustive()
    }
}

impl IndexWitness {
    /// A witness that signs with `key` for these indexes, and reads leaves at `own` where they are
    /// known there.
    pub fn new(
        key: Cosigner,
        indexes: Vec<IndexSettings>,
        own: &Service,
        records: IndexRecords,
        accusations: &Accusations,
        clock: Clock,
    ) -> Self {
        let records = Arc::new(records);
        let (mut keys, mut named) = (Vec::new(), BTreeMap::new());
        let network = Network::default();
        for settings in indexes {
            let carriers = settings.carriers(&network);
            let Some(line) = LogKey::index(settings.key) else {
                continue;
            };
            let indexed = Indexed {
                origin: line.origin().clone(),
                log: line.origin().log(),
                key: line.key().clone(),
                carriers,
                own: own.clone(),
                records: Arc::clone(&records),
                accusations: accusations.clone(),
                slot: Mutex::default(),
            };
            indexed.look();
            named.insert(line.origin().clone(), Arc::new(indexed));
            keys.push(line);
        }
        Self {
            plain: Witness::new(
                key,
                Witnessed::fixed(keys),
                Box::new(Arc::clone(&records)),
                accusations.clone(),
                clock,
            ),
            records,
            indexes: named,
            network,
        }
    }

    /// Reads over this network from now on what a peer is to be asked for. The first one stands.
    pub fn reach(&self, network: Waiting) {
        // A process has one.
        let _ = self.network.set(network);
    }

    /// Cosigns a checkpoint of an index, once all its heads have passed.
    pub fn add_checkpoint(&self, request: &[u8]) -> Cosigned {
        let Some((index, asked)) = self.asked(request) else {
            // What is wrong with it the plain machine says; it signs none of that.
            return self.plain.add_checkpoint(request);
        };
        match self.vouch(&index, &asked) {
            Ok(Some(_taken)) => self.plain.add_checkpoint(request),
            Ok(None) => unchecked("these heads are being checked"),
            Err(refusal) => Cosigned::Refused(refusal),
        }
    }

    /// See [`Witness::latest`].
    ///
    /// # Errors
    /// [`WitnessRefusal`].
    pub fn latest(&self, digest: &[u8]) -> Result<Option<String>, WitnessRefusal> {
        self.plain.latest(digest)
    }

    /// Indexes in which a head was signed that does not follow from its log, as far as is known by
    /// now.
    pub fn refused(&self) -> u64 {
        let refused = self.indexes.values().filter(|index| index.slot().refused);
        refused.count() as u64
    }

    /// A request that the machine might cosign: about an index on the list, by its key.
    fn asked(&self, request: &[u8]) -> Option<(Arc<Indexed>, Asked)> {
        let request = AddCheckpoint::parse(request).ok()?;
        let origin: Origin = request.origin().parse().ok()?;
        let index = self.indexes.get(&origin)?;
        let keys = std::slice::from_ref(&index.key);
        let note = request.note.keep_verified(keys).ok()?;
        let checkpoint: Checkpoint = note.text().parse().ok()?;
        let asked = Asked {
            old: request.old,
            checkpoint,
            note,
        };
        Some((Arc::clone(index), asked))
    }

    /// Leave to have the machine decide, held as long as it lasts: every head of the checkpoint has
    /// passed, or the machine will say no. Nothing while the check goes on.
    fn vouch(&self, index: &Arc<Indexed>, asked: &Asked) -> Result<Option<Taken>, WitnessRefusal> {
        let taken = index.take()?;
        let last = self
            .records
            .read(&index.origin)
            .map_err(|error| store(&error))?;
        let last = last.map_or(TreeSize::ZERO, |seen| seen.checkpoint.size());
        let size = asked.checkpoint.size();
        let Err(unvouched) = taken.vouching.permits(&asked.checkpoint) else {
            return Ok(Some(taken));
        };
        if unvouched.code() == Reason::BadUpdate {
            return Err(refusal(unvouched.code(), unvouched.to_string()));
        }
        if asked.old != last || size < last {
            return Ok(Some(taken));
        }
        if size <= taken.vouching.heads().size() {
            return Err(refusal(unvouched.code(), unvouched.to_string()));
        }
        let Some(taken) = advance(taken, asked.clone()) else {
            return Ok(None);
        };
        match taken.vouching.permits(&asked.checkpoint) {
            Ok(()) => Ok(Some(taken)),
            Err(unvouched) => Err(refusal(unvouched.code(), unvouched.to_string())),
        }
    }
}

/// What is asked for.
#[derive(Clone)]
struct Asked {
    old: TreeSize,
    checkpoint: Checkpoint,
    note: Note,
}

/// How far an index was checked, held by one at a time.
struct Taken {
    index: Arc<Indexed>,
    vouching: Vouching,
    /// What is in the record is not known: it is read anew.
    lost: bool,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut slot = self.index.slot();
        slot.taken = false;
        slot.refused = self.vouching.refused().is_some();
        slot.vouching = (!self.lost || slot.refused).then(|| self.vouching.clone());
    }
}

impl Indexed {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was refused before is known from the start. A record that cannot be read is told of
    /// whenever it is asked for.
    fn look(&self) {
        match self.records.load(&self.origin) {
            Ok(record) => self.slot().refused = record.vouching.refused().is_some(),
            Err(error) => tracing::error!(index = %self.origin, %error, "nothing is cosigned"),
        }
    }

    fn take(self: &Arc<Self>) -> Result<Taken, WitnessRefusal> {
        let mut slot = self.slot();
        if slot.taken {
            return Err(refusal(
                Reason::IndexUnchecked,
                "heads of this index are being checked",
            ));
        }
        let vouching = match slot.vouching.take() {
            Some(vouching) => vouching,
            None => {
                self.records
                    .load(&self.origin)
                    .map_err(|error| store(&error))?
                    .vouching
            }
        };
        slot.taken = true;
        Ok(Taken {
            index: Arc::clone(self),
            vouching,
            lost: false,
        })
    }

    /// An entry of the log that was taken up here.
    fn entry(&self, id: EntryId) -> Option<SignedEntry> {
        self.own.entry(id).ok().map(|stored| stored.entry)
    }
}

/// Checks in a thread of its own; what came of it, unless it takes too long.
fn advance(taken: Taken, asked: Asked) -> Option<Taken> {
    let (done, awaited) = mpsc::channel();
    let thread = thread::Builder::new().name("index-check".into());
    let spawned = thread.spawn(move || {
        let taken = run(taken, &asked);
        // Nobody waits any more: what was checked is remembered.
        let _ = done.send(taken);
    });
    if let Err(error) = spawned {
        tracing::error!(%error, "no thread to check an index");
    }
    awaited.recv_timeout(PATIENCE).ok()
}

/// Checks at one address after the other, until one leads to the end.
fn run(mut taken: Taken, asked: &Asked) -> Taken {
    let index = Arc::clone(&taken.index);
    let mut failed = Unread::Nowhere;
    for carrier in &index.carriers {
        let check = Check {
            index: &index,
            checkpoint: &asked.checkpoint,
            note: &asked.note,
            carrier,
        };
        let mut keep = |vouching: &Vouching| Ok(index.records.keep(&index.origin, vouching)?);
        match check.run(&mut taken.vouching, &mut keep) {
            Ok(Outcome::Checked) => return taken,
            Ok(Outcome::Convicted(conviction)) => {
                convict(&mut taken, &conviction);
                return taken;
            }
            Err(error) => {
                if matches!(error, Unread::Record(_)) {
                    taken.lost = true;
                }
                failed = error;
            }
        }
    }
    tracing::warn!(index = %index.origin, error = %failed, "heads of an index could not be checked");
    taken
}

/// The proof is written first: who reads the record may ask for it.
fn convict(taken: &mut Taken, conviction: &Conviction) {
    let index = Arc::clone(&taken.index);
    let Conviction { leaf, file } = conviction;
    match index
        .accusations
        .keep_bad_update(&index.origin, *leaf, file)
    {
        Ok(path) => {
            tracing::error!(index = %index.origin, leaf, path = ?path, "nothing more is cosigned for it");
        }
        Err(error) => tracing::error!(index = %index.origin, leaf, %error, "a proof is not kept"),
    }
    if let Err(error) = hand_on(&index, file) {
        tracing::error!(index = %index.origin, leaf, %error, "a proof is not handed on");
    }
    taken.vouching.refuse(*leaf);
    if let Err(error) = index.records.keep(&index.origin, &taken.vouching) {
        tracing::error!(index = %index.origin, %error, "a refusal is not written down");
    }
}

/// Keeps the proof as a file against the log as well, which other nodes and verifiers read
/// (specs/fraud-logs.md).
fn hand_on(index: &Indexed, file: &[u8]) -> Result<(), IoFault> {
    let proof = BadUpdate::parse(file).map(LogFraud::BadUpdate);
    let proof = proof.map(|proof| FraudFile::Log(Box::new(proof)));
    // It was made and verified here: it is in its form.
    if let Ok(proof) = proof
        && let Ok(accused) = proof.accused()
    {
        index.accusations.keep_first(&accused, &proof)?;
    }
    Ok(())
}

fn unchecked(detail: &str) -> Cosigned {
    refused(Reason::IndexUnchecked, detail)
}

fn refusal(reason: Reason, detail: impl Into<String>) -> WitnessRefusal {
    let detail = detail.into();
    WitnessRefusal { reason, detail }
}

fn store(error: &RecordError) -> WitnessRefusal {
    WitnessRefusal::store(error, error.code())
}
