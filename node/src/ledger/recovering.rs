//! A log that gets its lost leaves back (specs/recovery.md): entries are taken up, nothing is
//! promised to anybody or published, and the end of it is one signature over the whole tree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use fairtrail::log::Checkpoint;
use fairtrail::merkle::{CompactRange, Hash, Root, Tree, TreeSize, leaf_hash};
use fairtrail::note::{Note, NoteSigner};
use fairtrail::time::Timestamp;
use tokio::sync::watch;

use super::admitted::SharedAdmitted;
use super::error::LedgerError;
use super::frame::{self, Content, NoteFrame};
use super::open::{Stores, report_flush};
use super::published::Published;
use super::publisher::append;
use super::threads::spawn;
use super::writer::{Committed, Job, Writer};
use super::{Access, Setup};
use crate::core::head::Head;
use crate::core::publish::{Intent, Publication};
use crate::store::guard::Guard;
use crate::store::journal::{JournalReader, Location};
use crate::store::layout::Layout;
use crate::store::lock::DirectoryLock;

/// A log under recovery. Dropping it leaves what was taken up so far, and the guard as it was.
#[derive(Debug)]
pub struct Recovering {
    writer: JoinHandle<()>,
    guard: Guard,
    access: Access,
    committed: Committed,
    journal: JournalReader,
    signed: Option<Publication>,
    log_key: NoteSigner,
    _lock: DirectoryLock,
}

impl Recovering {
    /// Opens the log and its guard; nothing is changed before entries are submitted.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn open(setup: Setup) -> Result<Self, LedgerError> {
        let layout = Layout::open(&setup.data_dir)?;
        let lock = DirectoryLock::acquire(&layout.lock())?;
        let guard = Guard::open(&setup.guard_dir, layout.root(), setup.origin.as_str())?;
        let mut stores = Stores::open(&layout)?;
        let replay = stores.replay(&setup, None, None)?;
        stores.keep_tiles(&replay)?;
        let stored = stores.fill(&replay)?;
        let committed = Arc::new(Mutex::new(Head::of(&replay.range)));
        let empty = Checkpoint::new(setup.origin.clone(), TreeSize::ZERO, Root::empty())?;
        let shown = Published::new(empty, Vec::new(), (setup.clock)());
        let (jobs, waiting) = mpsc::sync_channel(setup.waiting);
        // Look-ups are written out once, at the end.
        let (flush, _) = mpsc::sync_channel(1);
        let (end, ended) = watch::channel(None);
        let access = Access {
            jobs,
            admitted: SharedAdmitted::new(replay.admitted),
            reader: Arc::clone(&stored.reader),
            published: watch::channel(Arc::new(shown)).1,
            index: None,
            ended,
            clock: Arc::clone(&setup.clock),
            halted: Arc::default(),
            index_halted: Arc::default(),
        };
        let writer = Writer {
            reader: stored.reader,
            bodies: stored.bodies,
            admitted: access.admitted.clone(),
            range: replay.range,
            committed: Arc::clone(&committed),
            origin: setup.origin,
            promise_key: setup.keys.promise,
            include_within: setup.include_within.as_secs(),
            reserve_bytes: setup.reserve_bytes,
            data_dir: setup.data_dir,
            clock: setup.clock,
            flush,
            journal: stored.journal,
        };
        let journal = writer.journal.reader();
        let writer = spawn("writer", &Arc::new(end), move || writer.run(&waiting))?;
        Ok(Self {
            writer,
            guard,
            access,
            committed,
            journal,
            signed: replay.signed,
            log_key: setup.keys.log,
            _lock: lock,
        })
    }

    /// What takes entries up.
    pub fn access(&self) -> Access {
        self.access.clone()
    }

    /// The durable tree.
    pub fn head(&self) -> Head {
        *self
            .committed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The largest tree this log knows to have signed.
    pub fn signed(&self) -> Head {
        let signed = self.signed.as_ref();
        signed.map_or_else(Head::empty, |signed| signed.intent.head)
    }

    /// Its checkpoint.
    pub fn signed_note(&self) -> Option<&Note> {
        self.signed.as_ref().map(|signed| &signed.note)
    }

    /// The largest tree the guard knows, and whether it was made by restoring a backup.
    ///
    /// # Errors
    /// [`LedgerError::Stopped`] when what the guard knows is no tree.
    pub fn guard(&self) -> Result<(Head, bool), LedgerError> {
        let head = Head::from_stored(self.guard.high());
        let head = head.ok_or(LedgerError::Stopped)?;
        Ok((head, self.guard.is_restored()))
    }

    /// The roots at these sizes, as far as the log reaches.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn roots(
        &self,
        sizes: &BTreeSet<TreeSize>,
    ) -> Result<BTreeMap<TreeSize, Root>, LedgerError> {
        let mut range = CompactRange::new();
        let mut roots = BTreeMap::new();
        let mut note = |range: &CompactRange| {
            if sizes.contains(&range.size()) {
                roots.insert(range.size(), range.root());
            }
        };
        note(&range);
        self.leaves(|leaf| {
            range.append(leaf)?;
            note(&range);
            Ok(())
        })?;
        Ok(roots)
    }

    /// The whole tree, 64 bytes a leaf.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn tree(&self) -> Result<Tree, LedgerError> {
        let mut tree = Tree::new();
        self.leaves(|leaf| Ok(tree.append(leaf)?))?;
        Ok(tree)
    }

    /// Every leaf hash, in log order.
    fn leaves(
        &self,
        mut each: impl FnMut(Hash) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        for stored in self.journal.frames(Location::START) {
            let stored = stored?;
            let torn = LedgerError::Frame { at: stored.at };
            if let Content::Group(group) = frame::decode(&stored).ok_or(torn)? {
                for entry in &group.entries {
                    each(leaf_hash(entry.bytes))?;
                }
            }
        }
        Ok(())
    }

    /// Everything ever signed is here: signs the whole tree and lets the guard go. The caller has
    /// compared every checkpoint it was shown with this log.
    ///
    /// # Errors
    /// [`LedgerError`]; what is left undone is done by doing it again.
    pub fn finish(mut self, now: Timestamp) -> Result<Head, LedgerError> {
        let head = self.head();
        if self.signed().size < head.size {
            self.sign(head, now)?;
        }
        self.guard.release(head.stored())?;
        self.close();
        Ok(head)
    }

    fn sign(&self, head: Head, now: Timestamp) -> Result<(), LedgerError> {
        let origin = self.log_key.verifier().name().as_str().parse()?;
        // Sizes and times rise together, whatever the clock of this machine says.
        let signed = self.signed.as_ref();
        let last = signed.map_or(0, |signed| signed.intent.stamp.seconds());
        let stamp = Timestamp::new(now.seconds().max(last.saturating_add(1)));
        let stamp = stamp.ok_or(LedgerError::Stopped)?;
        let intent = Intent { head, stamp };
        append(&self.access.jobs, NoteFrame::intent(intent))?;
        let checkpoint = Checkpoint::new(origin, head.size, head.root)?;
        let note = checkpoint.sign(&self.log_key)?;
        append(
            &self.access.jobs,
            NoteFrame::signed(&Publication { intent, note }),
        )
    }

    /// Ends the writer; what it took up is durable already.
    pub fn close(self) {
        // A writer that has ended has said why.
        let _ = self.access.jobs.send(Job::Stop);
        let _ = self.writer.join();
        report_flush(&self.access.reader);
    }
}
