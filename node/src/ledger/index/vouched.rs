//! The index quorum: the newest note of the index log that index witnesses cosigned often enough
//! (specs/witness.md §10).
//!
//! They read what is shown before they vouch for it, which may take its time; so a thread of its own
//! asks them, for one tree after the other, and nothing waits for it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use fairtrail::log::{ArchiveMark, Checkpoint, SignedCheckpoint, is_due};
use fairtrail::merkle::{Hash, Root, TreeSize, prove};
use fairtrail::note::{Note, NoteVerifier};
use tokio::sync::watch;

use super::super::error::LedgerError;
use super::super::published::Published;
use super::access::{Full, IndexReader};
use crate::asking::{Asking, Plan, Proofs};
use crate::clock::Clock;
use crate::core::publish::Gathered;
use crate::store::disk::{self, IoFault};

/// Time from one attempt to the next.
const INTERVAL: Duration = Duration::from_secs(1);

/// What a thread needs that asks the index witnesses.
pub(super) struct Vouched {
    pub(super) plan: Plan,
    pub(super) key: NoteVerifier,
    pub(super) path: PathBuf,
    pub(super) archived: Option<ArchiveMark>,
    pub(super) clock: Clock,
}

/// The note kept from an earlier process, if the tree, the key and the quorum agree with it now.
pub(super) fn kept(
    path: &Path,
    note: Option<Vec<u8>>,
    key: &NoteVerifier,
    plan: &Plan,
    root_at: impl Fn(TreeSize) -> Option<Root>,
) -> Option<Arc<Full>> {
    let note = note?;
    let holds = || {
        let signed = SignedCheckpoint::open(&note, key).ok()?;
        let size = signed.checkpoint().size();
        let right = root_at(size) == Some(signed.checkpoint().root());
        let met = plan.is_met(key, &Note::parse(&note).ok()?).ok()?;
        (right && met).then_some(size)
    };
    let size = holds();
    if size.is_none() {
        tracing::warn!(path = %path.display(), "the note with the index quorum does not hold any more");
    }
    Some(Arc::new(Full { size: size?, note }))
}

/// The size a kept note says it is of; nothing of it is verified.
pub(super) fn size_of(note: &[u8]) -> Option<u64> {
    let note = Note::parse(note).ok()?;
    let checkpoint: Checkpoint = note.text().parse().ok()?;
    Some(checkpoint.size().get())
}

/// Reads the note kept in a file.
///
/// # Errors
/// [`IoFault`].
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, IoFault> {
    disk::read_if_exists(path)
}

impl Vouched {
    /// Starts the thread, which ends once the sender is dropped. It is told through it that
    /// something new is shown.
    ///
    /// # Errors
    /// [`LedgerError`] when witnesses and quorum do not fit together.
    pub(super) fn start(
        self,
        reader: &Arc<IndexReader>,
        shown: watch::Receiver<Option<Arc<Published>>>,
        full: watch::Sender<Option<Arc<Full>>>,
    ) -> Result<Sender<()>, LedgerError> {
        let (tell, told) = mpsc::channel();
        let asking = Asking::start(&self.plan, &self.key, reader)?;
        let seeker = Seeker {
            vouched: self,
            asking,
            reader: Arc::downgrade(reader),
            shown,
            full,
            held: None,
        };
        let thread = thread::Builder::new().name("index-quorum".into());
        if let Err(error) = thread.spawn(move || seeker.run(&told)) {
            tracing::error!(%error, "no thread to ask the index witnesses");
        }
        Ok(tell)
    }
}

struct Seeker {
    vouched: Vouched,
    asking: Asking,
    reader: Weak<IndexReader>,
    shown: watch::Receiver<Option<Arc<Published>>>,
    full: watch::Sender<Option<Arc<Full>>>,
    /// What has too few lines as yet.
    held: Option<Note>,
}

impl Seeker {
    fn run(mut self, told: &Receiver<()>) {
        loop {
            match told.recv_timeout(INTERVAL) {
                Err(RecvTimeoutError::Disconnected) => return,
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            }
            // Several trees may have been shown meanwhile: the newest is asked for.
            while told.try_recv().is_ok() {}
            if let Err(error) = self.seek() {
                tracing::error!(%error, reason = %error.code(), "the index quorum cannot be asked");
            }
        }
    }

    fn seek(&mut self) -> Result<(), LedgerError> {
        let Some(shown) = self.shown.borrow().clone() else {
            return Ok(());
        };
        let have = self.full.borrow().as_ref().map(|full| full.size);
        if have.is_some_and(|have| have >= shown.size()) {
            return Ok(());
        }
        let fresh = Note::parse(shown.note()).map_err(fairtrail::log::LogError::from)?;
        let held = self.held.take();
        let note = held.filter(|held| held.text() == fresh.text());
        let note = note.unwrap_or(fresh);
        let now = (self.vouched.clock)();
        match self.asking.gather(shown.checkpoint(), &note, now)? {
            Gathered::Enough(note) => self.publish(&shown, &note),
            Gathered::TooFew(note) | Gathered::ShowAnyway(note) => {
                self.held = Some(note);
                Ok(())
            }
            Gathered::Ahead(witnessed) => {
                let (ours, theirs) = (shown.size(), witnessed.size);
                tracing::error!(%ours, %theirs, "another copy of this index signs");
                Ok(())
            }
        }
    }

    /// On the disk, then in the archive, then shown.
    fn publish(&mut self, shown: &Published, note: &Note) -> Result<(), LedgerError> {
        let Some(reader) = self.reader.upgrade() else {
            return Ok(());
        };
        let (size, signed_at) = (shown.size(), shown.signed_at());
        let note = note.to_string().into_bytes();
        disk::write_atomic(&self.vouched.path, &note)?;
        let mark = ArchiveMark { size, signed_at };
        if is_due(self.vouched.archived, mark) {
            reader.archive_mut().freeze(size.get(), &note)?;
            self.vouched.archived = Some(mark);
        }
        self.full.send_replace(Some(Arc::new(Full { size, note })));
        Ok(())
    }
}

impl Proofs for IndexReader {
    fn consistency(&self, old: TreeSize, new: TreeSize) -> Option<Vec<Hash>> {
        prove::consistency(&self.tiles, old, new).ok()
    }
}
