//! Opening: from a data directory to a running log.

use std::collections::BTreeSet;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use super::admitted::SharedAdmitted;
use super::erase;
use super::error::LedgerError;
use super::fill::fill_lookups;
use super::index::{IndexAccess, IndexKeys, IndexReplay, OpenedIndex};
use super::late;
use super::mark::last_mark;
use super::publisher::Press;
use super::reader::{Frozen, Reader};
use super::replay::{Mark, Replay};
use super::threads::{Ended, spawn};
use super::writer::{Job, Writer};
use super::{Access, Ledger, Setup};
use crate::asking::Asking;
use crate::core::head::Head;
use crate::core::publish::{Durable, Output, Publisher};
use crate::store::archive::Archive;
use crate::store::bodies::{self, Bodies};
use crate::store::guard::Guard;
use crate::store::head::TreeHead;
use crate::store::journal::{self, Journal, Location};
use crate::store::layout::Layout;
use crate::store::lock::DirectoryLock;
use crate::store::lookup::{IndexStore, Sizes, SledIndex, Start};
use crate::store::positions::Positions;
use crate::store::tiles::Tiles;
use crate::store::withheld::Withheld;

pub(super) fn open(setup: Setup) -> Result<Ledger, LedgerError> {
    assemble(setup)?.start()
}

/// Opens everything and recovers; no thread runs yet and nothing is signed.
pub(super) fn assemble(setup: Setup) -> Result<Assembled, LedgerError> {
    let layout = Layout::open(&setup.data_dir)?;
    let lock = DirectoryLock::acquire(&layout.lock())?;
    let guard = Guard::open(&setup.guard_dir, layout.root(), setup.origin.as_str())?;
    guard.check_released()?;
    let mut stores = Stores::open(&layout)?;
    let index = OpenedIndex::open(&setup, &layout);
    let guarded = Some(guard.high().size);
    let mut replay = stores.replay(&setup, guarded, index.replay())?;
    let again = replay.index.take();
    let (machine, todo) = recover(&setup, &replay, &guard, &stores.archive)?;
    let grown_at = stores.keep_tiles(&replay)?;
    let (jobs, waiting) = mpsc::sync_channel(setup.waiting);
    let (flush, flushes) = mpsc::sync_channel(1);
    let committed = Arc::new(Mutex::new(Head::of(&replay.range)));
    let stored = stores.fill(&replay)?;
    let reader = stored.reader;
    let admitted = SharedAdmitted::new(replay.admitted);
    let clock = setup.clock;
    let keys = setup.keys.index.zip(setup.keys.index_witness);
    let keys = keys.map(|(log, witness)| IndexKeys { log, witness });
    let index = index.recover(again, keys, setup.index_witnesses, &admitted, &clock);
    let writer = Writer {
        journal: stored.journal,
        bodies: stored.bodies,
        reader: Arc::clone(&reader),
        admitted,
        range: replay.range,
        committed: Arc::clone(&committed),
        origin: setup.origin,
        promise_key: setup.keys.promise,
        include_within: setup.include_within.as_secs(),
        reserve_bytes: setup.reserve_bytes,
        data_dir: setup.data_dir,
        clock: Arc::clone(&clock),
        flush: flush.clone(),
    };
    reader.fresh.want(index.press.is_some());
    let log_key = setup.keys.log;
    let witnesses = Asking::start(&setup.witnesses, log_key.verifier(), &reader)?;
    let press = Press {
        machine,
        tiles: stored.tiles,
        grown_at,
        guard,
        reader,
        committed,
        jobs,
        log_key,
        witness_key: setup.keys.witness,
        witnesses,
        clock,
        halted: Arc::default(),
        last: None,
        unsynced: 0,
        patient: false,
        index: index.press,
        index_halted: Arc::new(Mutex::new(index.halted)),
    };
    Ok(Assembled {
        writer,
        press,
        todo,
        waiting,
        flush,
        flushes,
        interval: setup.interval,
        index: index.access,
        lock,
    })
}

/// A log that is ready to run.
pub(super) struct Assembled {
    pub(super) writer: Writer,
    pub(super) press: Press,
    pub(super) todo: Vec<Output>,
    pub(super) waiting: Receiver<Job>,
    flush: SyncSender<()>,
    flushes: Receiver<()>,
    interval: Duration,
    pub(super) index: Option<IndexAccess>,
    lock: DirectoryLock,
}

impl Assembled {
    /// Starts the threads, and publishes what is there before anybody may ask for it.
    fn start(self) -> Result<Ledger, LedgerError> {
        let Self {
            writer,
            mut press,
            todo,
            waiting,
            flush,
            flushes,
            interval,
            index,
            lock,
        } = self;
        let (end, ended) = watch::channel(None);
        let end = Arc::new(end);
        let jobs = press.jobs.clone();
        let reader = Arc::clone(&press.reader);
        let clock = Arc::clone(&press.clock);
        let halted = Arc::clone(&press.halted);
        let index_halted = Arc::clone(&press.index_halted);
        let admitted = writer.admitted.clone();
        let writer = spawn("writer", &end, move || writer.run(&waiting))?;
        let first = press.start(todo).map_err(|error| {
            // What ended the writer says more than that it has ended.
            let reason = ended.borrow().as_deref().cloned();
            reason.unwrap_or(error)
        })?;
        let (serve, published) = watch::channel(Arc::new(first));
        let (control, controls) = mpsc::channel();
        let publisher = spawn("publisher", &end, move || {
            press.run(&controls, interval, &serve)
        })?;
        let flusher = spawn_flusher(&end, &reader, flushes)?;
        // What was built anew need not be built again after a crash. A full channel will do it, too.
        let _ = flush.try_send(());
        let access = Access {
            jobs,
            admitted,
            reader,
            published,
            index,
            ended,
            clock,
            halted,
            index_halted,
        };
        Ok(Ledger {
            writer,
            publisher,
            flusher,
            control,
            flush,
            access,
            _lock: lock,
        })
    }
}

/// What was opened, before anything is known of what it holds.
pub(super) struct Stores {
    layout: Layout,
    journal: Journal,
    positions: Positions,
    tiles: Tiles,
    lookups: SledIndex,
    lookups_cover: Option<TreeHead>,
    archive: Archive,
}

impl Stores {
    pub(super) fn open(layout: &Layout) -> Result<Self, LedgerError> {
        let (journal, recovery) = Journal::open(&layout.journal(), journal::SEGMENT_BYTES)?;
        if recovery.torn_bytes > 0 {
            let bytes = recovery.torn_bytes;
            tracing::warn!(bytes, "cut off a torn end of the journal");
        }
        let (lookups, start) = SledIndex::open(&layout.lookup(), Sizes::default())?;
        let lookups_cover = match start {
            Start::Covers(head) => Some(head),
            Start::Rebuild(cause) => {
                tracing::info!(?cause, "the look-ups are built anew");
                None
            }
        };
        Ok(Self {
            layout: layout.clone(),
            journal,
            positions: Positions::open(&layout.positions())?,
            tiles: Tiles::open(&layout.tiles())?,
            lookups,
            lookups_cover,
            archive: Archive::open(&layout.log_archive())?,
        })
    }

    /// Reads the journal; the tree of `guarded` leaves is remembered.
    pub(super) fn replay(
        &self,
        setup: &Setup,
        guarded: Option<u64>,
        index: Option<IndexReplay>,
    ) -> Result<Replay, LedgerError> {
        let covered = self.lookups_cover.map(|head| head.size);
        let wanted: BTreeSet<u64> = [self.tiles.head().size]
            .into_iter()
            .chain(guarded)
            .chain(covered)
            .collect();
        let mut replay = Replay::new(setup.origin.clone(), setup.charter.clone(), wanted);
        replay.index = index;
        replay.run(&self.journal.reader(), &self.positions)?;
        replay.admitted.settle();
        Ok(replay)
    }

    /// Keeps the tiles if they are those of this log; where they go on.
    pub(super) fn keep_tiles(&mut self, replay: &Replay) -> Result<Location, LedgerError> {
        if let Some(at) = derived_at(replay, self.tiles.head()) {
            return Ok(at);
        }
        self.tiles.clear()?;
        Ok(Location::START)
    }

    /// Opens the bodies as far as the journal names them, and brings the look-ups up to date.
    pub(super) fn fill(self, replay: &Replay) -> Result<Stored, LedgerError> {
        let Self { layout, .. } = &self;
        let (dir, documents) = (layout.bodies(), layout.documents());
        let end = replay.bodies_end;
        let withheld = Withheld::open(&layout.withheld())?;
        let mut bodies = Bodies::open(&dir, &documents, bodies::SEGMENT_BYTES, end)?;
        let reader = Reader::new(
            self.journal.reader(),
            bodies.reader(),
            self.positions,
            self.lookups,
            self.tiles.reader(),
            withheld,
            Frozen::new(self.archive)?,
        );
        let covered = self.lookups_cover;
        let covered = covered.and_then(|head| Some((head.size, derived_at(replay, head)?)));
        if covered.is_none() {
            reader.lookups.clear()?;
        }
        let (from, at) = covered.unwrap_or((0, Location::START));
        let head = Head::of(&replay.range);
        let wanted = from..head.size.get();
        fill_lookups(&reader, wanted, at)?;
        let erased = replay.admitted.erased();
        late::put(&replay.late, erased, &reader.lookups)?;
        // What a crash left half done is done now.
        erase::repair(erased, &replay.late, &reader, &mut bodies)?;
        reader.lookups.seal(head.stored())?;
        Ok(Stored {
            journal: self.journal,
            bodies,
            tiles: self.tiles,
            reader: Arc::new(reader),
        })
    }
}

/// The frame up to which derived data of this tree is right; nothing when it has to be made anew.
fn derived_at(replay: &Replay, head: TreeHead) -> Option<Location> {
    let Mark { root, at } = replay.marks.get(&head.size)?;
    (*root.as_bytes() == head.root).then_some(*at)
}

/// What is stored, derived data included, as far as the journal reaches.
pub(super) struct Stored {
    pub(super) journal: Journal,
    pub(super) bodies: Bodies,
    pub(super) tiles: Tiles,
    pub(super) reader: Arc<Reader>,
}

fn recover(
    setup: &Setup,
    replay: &Replay,
    guard: &Guard,
    archive: &Archive,
) -> Result<(Publisher, Vec<Output>), LedgerError> {
    let high = guard.high();
    let guard_head = Head::from_stored(high).ok_or(LedgerError::Stopped)?;
    let durable = Durable {
        intent: replay.intent,
        signed: replay.signed.clone(),
        shown: replay.shown.clone(),
        shown_enough: shown_enough(setup, replay)?,
        guard: guard_head,
        root_at_guard: replay.marks.get(&high.size).map(|mark| mark.root),
        archived: last_mark(
            archive,
            setup.keys.log.verifier(),
            setup.keys.witness.verifier(),
        )?,
    };
    Ok(Publisher::recover(setup.origin.clone(), durable)?)
}

/// Whether what was shown last has as many cosignatures as are wanted now. The empty tree needs
/// none.
fn shown_enough(setup: &Setup, replay: &Replay) -> Result<bool, LedgerError> {
    let Some(shown) = &replay.shown else {
        return Ok(true);
    };
    let log = setup.keys.log.verifier();
    Ok(shown.intent.head == Head::empty() || setup.witnesses.is_met(log, &shown.note)?)
}

/// Writes sealed look-ups to the disk when asked to, and once more at the end. A store that breaks
/// is found broken, and built anew, by whoever uses it next.
pub(super) fn spawn_flusher(
    end: &Ended,
    reader: &Arc<Reader>,
    flushes: Receiver<()>,
) -> Result<JoinHandle<()>, LedgerError> {
    let reader = Arc::clone(reader);
    spawn("flusher", end, move || {
        while flushes.recv().is_ok() {
            report_flush(&reader);
        }
        report_flush(&reader);
        Ok(())
    })
}

pub(super) fn report_flush(reader: &Reader) {
    if let Err(error) = reader.lookups.flush() {
        tracing::warn!(%error, "look-ups could not be written");
    }
}
