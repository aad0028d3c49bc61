//! The log of one process: opened from a data directory, written by one thread, published by
//! another, read by all.
//!
//! - [`Ledger::open`] locks the directory, replays the journal through admission, compares what was
//!   signed with the guard, and throws away derived data that does not fit.
//! - The *writer* takes submissions that are waiting, makes them durable as one group and answers
//!   them; nothing else changes journal, bodies or the admitted set.
//! - The *publisher* signs what is durable at an interval, behind the writer.
//! - [`Reader`] reads beside both and compares everything with its hash.
//!
//! Whatever fails while something is written ends the process, before anybody is told that it was
//! kept. What the bytes mean is decided in [`crate::core`] and in the sdk; where they lie in
//! [`crate::store`].

mod admitted;
mod create;
mod erase;
mod error;
mod fill;
pub mod frame;
mod fresh;
mod gate;
mod index;
pub mod late;
mod mark;
mod moves;
mod open;
mod published;
mod publisher;
mod read_only;
mod reader;
mod recovering;
mod repair;
mod replay;
mod submit;
#[cfg(test)]
#[path = "../../tests/support/mod.rs"]
pub(crate) mod support;
pub mod tables;
#[cfg(test)]
mod tests;
mod threads;
mod work;
mod writer;

use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use fairtrail::api::Receipt;
use fairtrail::charter::Charter;
use fairtrail::entry::Body;
use fairtrail::id::PartDigest;
use fairtrail::log::Origin;
use fairtrail::reason::Reason;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::sync::mpsc::{Sender, TrySendError};
use tokio::sync::{oneshot, watch};

pub use self::admitted::{Admitted, SharedAdmitted, SubjectsOf};
pub use self::create::create;
pub use self::error::LedgerError;
pub(crate) use self::index::index_origin;
pub use self::index::{Full, IndexAccess, IndexFindings, IndexPlace, IndexReader, check_index};
use self::late::Fill;
pub use self::moves::Moves;
pub use self::published::Published;
use self::publisher::Control;
pub use self::publisher::Keys;
pub use self::reader::{Frozen, Reader, StoreFault, lookup_fault};
pub use self::recovering::Recovering;
pub use self::repair::{Repaired, erase_all};
pub use self::submit::{SubmitError, draft_problem};
use self::writer::{Job, Submit};
use crate::asking::Plan;
use crate::clock::Clock;
use crate::core::sequence::Offered;
use crate::store::lock::DirectoryLock;

/// What a ledger is opened with.
pub struct Setup {
    /// The data directory that `init` made.
    pub data_dir: PathBuf,
    /// Where the guard lies, outside of it.
    pub guard_dir: PathBuf,
    /// The log.
    pub origin: Origin,
    /// The charter of its network.
    pub charter: Charter,
    /// Its keys.
    pub keys: Keys,
    /// Whom to ask for cosignatures.
    pub witnesses: Plan,
    /// Whom to ask to vouch for its index.
    pub index_witnesses: Plan,
    /// Time from one publication to the next.
    pub interval: Duration,
    /// Time from a promise to the publication it names.
    pub include_within: Duration,
    /// Submissions that may wait for the writer.
    pub waiting: usize,
    /// Bytes that stay free on the disk.
    pub reserve_bytes: u64,
    /// Tells the time.
    pub clock: Clock,
}

/// The running log. Dropping it without [`Ledger::shutdown`] leaves what a crash would leave.
pub struct Ledger {
    writer: JoinHandle<()>,
    publisher: JoinHandle<()>,
    flusher: JoinHandle<()>,
    control: Sender<Control>,
    flush: SyncSender<()>,
    access: Access,
    _lock: DirectoryLock,
}

/// What others get of a running log: cheap to clone.
#[derive(Clone)]
pub struct Access {
    jobs: SyncSender<Job>,
    /// What is admitted.
    pub admitted: SharedAdmitted,
    /// What is stored.
    pub reader: Arc<Reader>,
    /// What is published.
    pub published: watch::Receiver<Arc<Published>>,
    /// The index of the log; nothing where it is not kept up.
    pub index: Option<IndexAccess>,
    /// Why the log has ended, once it has.
    pub ended: watch::Receiver<Option<Arc<LedgerError>>>,
    /// Tells the time.
    pub clock: Clock,
    halted: Arc<Mutex<Option<Reason>>>,
    index_halted: Arc<Mutex<Option<Reason>>>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

impl Ledger {
    /// Opens the log and publishes what an earlier process left unpublished. Blocks; takes about
    /// five seconds for a million entries.
    ///
    /// # Errors
    /// [`LedgerError`]; its code says what an operator has to do, and `rollback-suspected` must
    /// never be overridden.
    pub fn open(setup: Setup) -> Result<Self, LedgerError> {
        open::open(setup)
    }

    /// Opens the log for reading alone: what was shown last is shown, nothing is taken, nothing is
    /// signed, and the guard is not looked at.
    ///
    /// # Errors
    /// [`LedgerError`]; `read-only` when nothing was ever shown.
    pub fn open_read_only(setup: Setup) -> Result<Self, LedgerError> {
        read_only::open(setup)
    }

    /// What others get of it.
    pub fn access(&self) -> Access {
        self.access.clone()
    }

    /// Commits what is waiting, publishes it, writes out derived data, and ends.
    ///
    /// # Errors
    /// [`LedgerError`] when the log has ended before, or fails now; what was acknowledged is
    /// durable in any case.
    pub fn shutdown(self) -> Result<(), Arc<LedgerError>> {
        let Self {
            writer,
            publisher,
            flusher,
            control,
            flush,
            access,
            ..
        } = self;
        // Whoever has ended already left the reason in `ended`.
        let _ = control.send(Control::Stop);
        let _ = publisher.join();
        let _ = access.jobs.send(Job::Stop);
        let _ = writer.join();
        drop(flush);
        let _ = flusher.join();
        let ended = access.ended.borrow().clone();
        ended.map_or(Ok(()), Err)
    }
}

impl Access {
    /// Submits entries that are admitted together or not at all; answers when they are durable and
    /// promised. Signatures are checked on all cores before the writer sees them.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then.
    pub async fn submit(&self, offered: Offered, door: bool) -> Result<Receipt, SubmitError> {
        let (reply, answer) = oneshot::channel();
        let access = self.clone();
        rayon::spawn(move || {
            access.authenticate(&offered);
            let submit = Submit {
                offered,
                door,
                reply,
            };
            let refused = access.jobs.try_send(Job::Submit(submit));
            // A writer that has ended answers by dropping the job, which is all there is to say.
            if let Err(TrySendError::Full(Job::Submit(submit))) = refused {
                // Nor does a submitter that has gone away need an answer.
                let _ = submit.reply.send(Err(SubmitError::overloaded()));
            }
        });
        answer.await.unwrap_or_else(|_| Err(SubmitError::stopped()))
    }

    /// Stores bodies that came after their entries, for every entry that names and lacks them; how
    /// many were stored. Answers when they are durable.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then.
    pub async fn fill(&self, bodies: Vec<(PartDigest, Body)>) -> Result<u64, SubmitError> {
        let (reply, answer) = oneshot::channel();
        let refused = self.jobs.try_send(Job::Fill(Fill { bodies, reply }));
        if matches!(refused, Err(TrySendError::Full(_))) {
            return Err(SubmitError::overloaded());
        }
        answer.await.unwrap_or_else(|_| Err(SubmitError::stopped()))
    }

    /// Checks signatures under the keys their feeds have here, in parallel; the entries remember
    /// the answers. What has no key here is left to admission, which knows better.
    fn authenticate(&self, offered: &Offered) {
        let keys: Vec<_> = {
            let admitted = self.admitted.read();
            let new = |id| !admitted.set.contains(id);
            let likely = offered.entries.iter().filter(|entry| new(entry.id()));
            let likely = likely.filter_map(|entry| Some((entry, admitted.likely_key(entry)?)));
            likely.collect()
        };
        keys.par_iter().for_each(|(entry, key)| {
            // A bad signature is reported by admission, with its position.
            let _ = entry.authenticate(key);
        });
    }

    /// Why nothing is signed at present.
    pub fn halted(&self) -> Option<Reason> {
        *self.halted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why nothing of the index is signed any more.
    pub fn index_halted(&self) -> Option<Reason> {
        let halted = self.index_halted.lock();
        *halted.unwrap_or_else(PoisonError::into_inner)
    }
}
