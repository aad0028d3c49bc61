//! The thread that publishes: grows the tiles from what the journal gives back, and performs what
//! [`crate::core::publish`] asks for.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fairtrail::log::{Checkpoint, LogError};
use fairtrail::merkle::{Hash, ProveError, TreeSize, leaf_hash, prove};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use tokio::sync::watch;

use super::error::LedgerError;
use super::frame::{self, Content, NoteFrame};
use super::index::IndexPress;
use super::published::Published;
use super::reader::Reader;
use super::writer::{Append, Committed, Job};
use crate::asking::{Asking, Proofs};
use crate::clock::Clock;
use crate::core::head::Head;
use crate::core::publish::{Gathered, Halt, Input, Output, Publication, Publisher};
use crate::store::guard::Guard;
use crate::store::journal::{JournalReader, Location};
use crate::store::tiles::{Tiles, TilesError};

/// Tiles are derived: they are synced once in so many publications, and at the end.
const PUBLICATIONS_PER_SYNC: u32 = 64;

/// What the publisher is told.
pub(super) enum Control {
    /// Publish what there is, then end.
    Stop,
}

/// The keys that sign what is published.
#[derive(Debug)]
pub struct Keys {
    /// Signs checkpoints.
    pub log: NoteSigner,
    /// Signs promises.
    pub promise: NoteSigner,
    /// Cosigns checkpoints: the operator's own stamp.
    pub witness: Cosigner,
    /// Signs checkpoints of the index log; without it there is no index.
    pub index: Option<NoteSigner>,
    /// Cosigns checkpoints of index logs, the own one among them; without it there is no index.
    pub index_witness: Option<Cosigner>,
}

/// The publisher's state.
pub(super) struct Press {
    pub(super) machine: Publisher,
    pub(super) tiles: Tiles,
    /// The frame that holds the last leaf in the tiles, or any before it.
    pub(super) grown_at: Location,
    pub(super) guard: Guard,
    pub(super) reader: Arc<Reader>,
    pub(super) committed: Committed,
    pub(super) jobs: SyncSender<Job>,
    pub(super) log_key: NoteSigner,
    pub(super) witness_key: Cosigner,
    pub(super) witnesses: Asking,
    pub(super) clock: Clock,
    pub(super) halted: Arc<Mutex<Option<Reason>>>,
    pub(super) last: Option<Checkpoint>,
    pub(super) unsynced: u32,
    /// Whether witnesses are asked later.
    pub(super) patient: bool,
    /// The index log; nothing when it cannot go on.
    pub(super) index: Option<IndexPress>,
    /// Why it cannot.
    pub(super) index_halted: Arc<Mutex<Option<Reason>>>,
}

impl Press {
    /// Finishes what an earlier process left, publishes what there is, and says what is published.
    pub(super) fn start(&mut self, todo: Vec<Output>) -> Result<Published, LedgerError> {
        // Witnesses that are other nodes may be starting as well and waiting for this one to answer:
        // they are asked once there is somebody to answer them.
        self.patient = !self.witnesses.is_nobody();
        // What was intended before a crash is signed now, and proved to extend what was shown: the
        // tiles may end before either, or begin anew.
        self.grow(self.committed())?;
        let recovered = self.perform(todo)?;
        let published = self.tick()?;
        self.patient = false;
        let published = published.or(recovered).ok_or(LedgerError::Stopped)?;
        self.index(&published);
        Ok(published)
    }

    /// Publishes at every interval until told to stop.
    pub(super) fn run(
        mut self,
        control: &Receiver<Control>,
        interval: Duration,
        serve: &watch::Sender<Arc<Published>>,
    ) -> Result<(), LedgerError> {
        loop {
            let told = control.recv_timeout(interval);
            if let Some(published) = self.tick()? {
                serve.send_replace(Arc::new(published));
            }
            let shown = Arc::clone(&serve.borrow());
            self.index(&shown);
            match told {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Control::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    let synced = self.index.as_mut().map_or(Ok(()), IndexPress::sync);
                    self.settle_index(synced);
                    return Ok(self.tiles.sync()?);
                }
            }
        }
    }

    fn tick(&mut self) -> Result<Option<Published>, LedgerError> {
        let committed = self.committed();
        self.grow(committed)?;
        let now = (self.clock)();
        let todo = self.machine.handle(Input::Tick(committed), now);
        let halted = todo.iter().find_map(|output| match output {
            Output::Halt(halt) => Some(halt.code()),
            _ => None,
        });
        let published = self.perform(todo)?;
        let wanting = self.machine.is_wanting().then_some(Reason::QuorumMissing);
        self.note_halt(halted.or(wanting));
        if published.is_some() {
            self.unsynced = self.unsynced.saturating_add(1);
        }
        if self.unsynced >= PUBLICATIONS_PER_SYNC {
            self.tiles.sync()?;
            self.unsynced = 0;
        }
        Ok(published)
    }

    /// Brings the index up to what is shown of the log. What goes wrong with it stops the index alone.
    fn index(&mut self, shown: &Published) {
        if let Some(index) = &mut self.index {
            let done = index.tick(shown, &self.reader);
            self.settle_index(done);
        }
    }

    /// What is wrong with the index ends the index.
    fn settle_index(&mut self, done: Result<(), LedgerError>) {
        if let Err(error) = done {
            let reason = error.code();
            tracing::error!(%error, %reason, "the index goes no further");
            self.index = None;
            self.reader.fresh.want(false);
            note(&self.index_halted, Some(reason));
        }
    }

    fn committed(&self) -> Head {
        let committed = self.committed.lock();
        *committed.unwrap_or_else(PoisonError::into_inner)
    }

    fn note_halt(&self, reason: Option<Reason>) {
        note(&self.halted, reason);
    }

    /// Grows the tiles with leaves read back from the journal, by another way than the writer went:
    /// what was damaged between writing and signing is not signed.
    fn grow(&mut self, committed: Head) -> Result<(), LedgerError> {
        let want = committed.size.get();
        if self.tiles.head().size >= want {
            return Ok(());
        }
        let journal = &self.reader.journal;
        grow_tiles(&mut self.tiles, journal, &mut self.grown_at, want)?;
        self.check_grown(committed)
    }

    fn check_grown(&self, committed: Head) -> Result<(), LedgerError> {
        let grown = Head::from_stored(self.tiles.head());
        if grown == Some(committed) {
            return Ok(());
        }
        let found = grown.unwrap_or_else(Head::empty);
        Err(LedgerError::Root {
            size: committed.size.get(),
            expected: committed.root,
            found: found.root,
        })
    }

    /// Performs what is asked for, and what follows from it; what came to be published.
    fn perform(&mut self, todo: Vec<Output>) -> Result<Option<Published>, LedgerError> {
        let mut todo = VecDeque::from(todo);
        let mut published = None;
        while let Some(output) = todo.pop_front() {
            let input = match output {
                Output::Serve(publication) => {
                    let served = Published::of(&publication)?;
                    self.last = Some(served.checkpoint().clone());
                    published = Some(served);
                    continue;
                }
                Output::Halt(halt @ Halt::ClockFellBack { .. }) => {
                    tracing::warn!(reason = %halt.code(), %halt, "nothing is signed");
                    continue;
                }
                Output::Halt(halt) => return Err(halt.into()),
                output => self.perform_one(output)?,
            };
            if let Some(input) = input {
                todo.extend(self.machine.handle(input, self.now()));
            }
        }
        Ok(published)
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn perform_one(&mut self, output: Output) -> Result<Option<Input>, LedgerError> {
        Ok(Some(match output {
            Output::WriteIntent(intent) => {
                append(&self.jobs, NoteFrame::intent(intent))?;
                Input::IntentDurable
            }
            Output::Sign(checkpoint) => {
                self.check_growth(&checkpoint)?;
                Input::Signed(checkpoint.sign(&self.log_key)?)
            }
            Output::WriteSigned(signed) => {
                append(&self.jobs, NoteFrame::signed(&signed))?;
                Input::SignedDurable
            }
            Output::RaiseGuard(head) => {
                self.guard.raise(head.stored())?;
                Input::Raised
            }
            Output::Cosign(Publication { intent, note }) => {
                let stamp = intent.stamp.seconds();
                let line = self.witness_key.cosign(note.text(), stamp);
                let line = line.map_err(LogError::from)?;
                Input::Cosigned(note.with(line).map_err(LogError::from)?)
            }
            Output::Gather(Publication { note, .. }) if self.patient => {
                Input::Gathered(Gathered::TooFew(note))
            }
            Output::Gather(Publication { note, .. }) => {
                let checkpoint = note.text().parse()?;
                let now = self.now();
                let gathered = self.witnesses.gather(&checkpoint, &note, now)?;
                if !matches!(gathered, Gathered::Enough(_)) {
                    let (size, reason) = (checkpoint.size().get(), Reason::QuorumMissing);
                    tracing::warn!(size, %reason, "too few witnesses cosigned");
                }
                Input::Gathered(gathered)
            }
            Output::Freeze(published) => {
                let size = published.intent.head.size.get();
                let note = published.note.to_string();
                self.reader.archive_mut().freeze(size, note.as_bytes())?;
                self.reader.moves.moved();
                Input::Frozen
            }
            Output::Record(published) => {
                append(&self.jobs, NoteFrame::published(&published))?;
                Input::Recorded
            }
            Output::Serve(_) | Output::Halt(_) => return Ok(None),
        }))
    }

    /// The new tree extends the last published one, as our own verifier sees it.
    fn check_growth(&self, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
        let Some(last) = &self.last else {
            return Ok(());
        };
        let proof = if last.size() == TreeSize::ZERO {
            Vec::new()
        } else {
            let proof = prove::consistency(&self.reader.tiles, last.size(), checkpoint.size());
            proof.map_err(prove_error)?
        };
        Ok(last.check_growth(checkpoint, &proof)?)
    }
}

fn note(place: &Mutex<Option<Reason>>, reason: Option<Reason>) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = reason;
}

/// Has the writer append a frame, and waits until it is durable.
pub(super) fn append(jobs: &SyncSender<Job>, frame: NoteFrame) -> Result<(), LedgerError> {
    let (done, durable) = mpsc::channel();
    let job = Job::Append(Append { frame, done });
    jobs.send(job).map_err(|_| LedgerError::Stopped)?;
    durable.recv().map_err(|_| LedgerError::Stopped)
}

/// Grows tiles up to `want` leaves, reading the journal on from the frame at `grown_at`.
pub(super) fn grow_tiles(
    tiles: &mut Tiles,
    journal: &JournalReader,
    grown_at: &mut Location,
    want: u64,
) -> Result<(), LedgerError> {
    let mut next = tiles.head().size;
    for stored in journal.frames(*grown_at) {
        if next >= want {
            break;
        }
        let stored = stored?;
        let torn = LedgerError::Frame { at: stored.at };
        let Content::Group(group) = frame::decode(&stored).ok_or(torn)? else {
            continue;
        };
        let leaves = (group.first.get()..).zip(&group.entries);
        let leaves = leaves.filter(|(leaf, _)| (next..want).contains(leaf));
        let hashes: Vec<_> = leaves.map(|(_, entry)| leaf_hash(entry.bytes)).collect();
        next = next.saturating_add(hashes.len() as u64);
        tiles.grow(&hashes)?;
        *grown_at = stored.at;
    }
    Ok(())
}

impl Proofs for Reader {
    fn consistency(&self, old: TreeSize, new: TreeSize) -> Option<Vec<Hash>> {
        let proof = prove::consistency(&self.tiles, old, new);
        if let Err(error) = &proof {
            tracing::error!(?error, "a consistency proof cannot be made");
        }
        proof.ok()
    }
}

pub(super) fn prove_error(error: ProveError<TilesError>) -> LedgerError {
    match error {
        ProveError::Merkle(error) => error.into(),
        ProveError::Source(error) => error.into(),
    }
}
