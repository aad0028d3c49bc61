//! Publishing the index log: covers what the log has shown, and performs what
//! [`crate::core::publish`] asks for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use fairtrail::log::{Checkpoint, LogError, Origin, SignedCheckpoint};
use fairtrail::merkle::{Hash, TreeSize, leaf_hash, prove};
use fairtrail::note::{Cosigner, NoteSigner, NoteVerifier};
use fairtrail::time::Timestamp;
use tokio::sync::watch;

use super::super::admitted::SharedAdmitted;
use super::super::error::LedgerError;
use super::super::frame::NoteFrame;
use super::super::published::Published;
use super::super::publisher::prove_error;
use super::super::reader::{Frozen, Reader};
use super::access::{IndexAccess, IndexReader};
use super::files::{IndexFiles, Kept, index_origin, span};
use super::vouched::{self, Vouched};
use super::{HEAD, IndexReplay, proving};
use crate::asking::Plan;
use crate::clock::Clock;
use crate::core::head::Head;
use crate::core::index;
use crate::core::publish::{Durable, Gathered, Halt, Input, Output, Publication, Publisher};
use crate::store::guard::Guard;
use crate::store::journal::{Frame, Journal};
use crate::store::tiles::Tiles;

/// Seconds that index witnesses are waited for before the next head.
const PATIENCE: u64 = 5;

/// The keys of the index log.
#[derive(Debug)]
pub(in crate::ledger) struct IndexKeys {
    pub(in crate::ledger) log: NoteSigner,
    pub(in crate::ledger) witness: Cosigner,
}

/// The publisher of the index log.
pub(in crate::ledger) struct IndexPress {
    machine: Publisher,
    journal: Journal,
    tiles: Tiles,
    guard: Guard,
    keys: IndexKeys,
    admitted: SharedAdmitted,
    clock: Clock,
    last: Option<Checkpoint>,
    shown_at: Option<Timestamp>,
    access: IndexAccess,
    serve: watch::Sender<Option<Arc<Published>>>,
    todo: Vec<Output>,
    /// Tells who asks others to vouch that something is shown; nothing where nobody is asked.
    vouched: Option<Sender<()>>,
}

/// What a press is made of besides its files.
pub(super) struct IndexSetup {
    pub(super) log: Origin,
    pub(super) guard: Result<Guard, LedgerError>,
    pub(super) replay: IndexReplay,
    pub(super) keys: IndexKeys,
    pub(super) witnesses: Plan,
    pub(super) admitted: SharedAdmitted,
    pub(super) clock: Clock,
}

impl IndexPress {
    /// Goes on where an earlier process stopped. When the index cannot go on there is the reason in
    /// place of a press: what was shown of it stays shown.
    ///
    /// # Errors
    /// [`LedgerError`] when its files cannot be read at all.
    pub(super) fn recover(
        files: IndexFiles,
        setup: IndexSetup,
    ) -> Result<(Result<Self, LedgerError>, IndexAccess), LedgerError> {
        let IndexFiles {
            journal,
            positions,
            tiles,
            archive,
            updates,
            full,
            full_path,
            kept,
        } = files;
        let mark = super::super::mark::last_mark(
            &archive,
            setup.keys.log.verifier(),
            setup.keys.witness.verifier(),
        )?;
        let shown = kept.shown.as_ref().map(Published::of).transpose()?;
        let (serve, shown) = watch::channel(shown.map(Arc::new));
        let reader = IndexReader {
            journal: journal.reader(),
            positions,
            tiles: tiles.reader(),
            updates,
            archive: std::sync::RwLock::new(Frozen::new(archive)?),
        };
        let key = setup.keys.log.verifier().clone();
        let asked = !setup.witnesses.witnesses.is_empty();
        let root_at = |size: TreeSize| kept.roots.get(&size.get()).copied();
        let full = asked.then(|| vouched::kept(&full_path, full, &key, &setup.witnesses, root_at));
        let begun = setup.guard.and_then(|guard| {
            check_key(&kept, setup.keys.log.verifier())?;
            let index = setup.replay.finish()?;
            let (machine, todo) = recover(&setup.log, kept, &guard, mark, !asked)?;
            Ok((guard, index, machine, todo))
        });
        match begun {
            Err(error) => {
                let access = IndexAccess::of(setup.log, None, reader, shown);
                Ok((Err(error), access))
            }
            Ok((guard, index, machine, todo)) => {
                let mut access = IndexAccess::of(setup.log, Some(index), reader, shown);
                let told = full.map(|full| {
                    let vouched = Vouched {
                        plan: setup.witnesses,
                        key,
                        path: full_path,
                        archived: mark,
                        clock: Arc::clone(&setup.clock),
                    };
                    access.vouch(vouched, full)
                });
                let told = told.transpose()?;
                let press = Self {
                    machine,
                    journal,
                    tiles,
                    guard,
                    keys: setup.keys,
                    admitted: setup.admitted,
                    clock: setup.clock,
                    last: None,
                    shown_at: None,
                    access: access.clone(),
                    serve,
                    todo,
                    vouched: told,
                };
                Ok((Ok(press), access))
            }
        }
    }

    /// Covers what the log shows by now, and publishes.
    pub(in crate::ledger) fn tick(
        &mut self,
        shown: &Published,
        reader: &Reader,
    ) -> Result<(), LedgerError> {
        if self.awaits_vouchers() {
            return Ok(());
        }
        self.access.remember(shown);
        self.cover(shown, reader)?;
        let todo = std::mem::take(&mut self.todo);
        self.perform(todo)?;
        let head = Head::from_stored(self.tiles.head()).ok_or(LedgerError::Stopped)?;
        if head.size == TreeSize::ZERO {
            return Ok(());
        }
        let todo = self.machine.handle(Input::Tick(head), (self.clock)());
        self.perform(todo)
    }

    /// Whether others are still asked to vouch for what is shown. Answers are given from what they
    /// stand behind, so the index goes on only after them, or when they take too long.
    fn awaits_vouchers(&mut self) -> bool {
        let (Some(full), Some(shown)) = (&self.access.full, &self.last) else {
            return false;
        };
        let vouched = full.borrow().as_ref().map(|full| full.size);
        if vouched == Some(shown.size()) {
            if shown.size().get() == self.tiles.head().size {
                self.access.settle();
            }
            return false;
        }
        let now = (self.clock)().seconds();
        self.shown_at
            .is_some_and(|at| now < at.seconds().saturating_add(PATIENCE))
    }

    /// Waits until derived data is on the disk.
    pub(in crate::ledger) fn sync(&mut self) -> Result<(), LedgerError> {
        Ok(self.tiles.sync()?)
    }

    /// Writes a head for every batch of leaves that the log shows and no head covers; all of them
    /// are durable when this returns.
    fn cover(&mut self, shown: &Published, reader: &Reader) -> Result<(), LedgerError> {
        let mut grown = false;
        loop {
            let (covered, last) = {
                let index = self.access.index();
                (index.size(), index.head().cloned())
            };
            let wanted = index::wanted(covered, shown.size());
            if wanted.is_empty() {
                break;
            }
            let leaves = reader.fresh.entries(wanted, reader);
            let leaves = leaves.map_err(|fault| LedgerError::Stored {
                reason: fault.code(),
            })?;
            let time = index::log_time(last.as_ref(), shown.signed_at());
            let leaves = index::cut(&leaves);
            let facts = proving::Facts(&self.admitted);
            let from =
                index::is_proved(covered, shown.size(), self.vouched.is_some()).then_some(reader);
            let (head, proof) =
                proving::append(&mut self.access.index_mut(), leaves, time, &facts, from)?;
            check_root(&head, shown)?;
            reader.fresh.forget_below(head.size.get());
            let body = head.to_bytes();
            let places = self.journal.append(&[Frame {
                kind: HEAD,
                body: &body,
            }])?;
            let spans: Vec<_> = places.into_iter().map(|at| span(at, &body)).collect();
            self.access.reader.positions.append(&spans)?;
            let (leaf, hash) = (self.tiles.head().size, leaf_hash(&body));
            self.tiles.grow(&[hash])?;
            if let Some(proof) = proof {
                self.keep(leaf, hash, &proof);
            }
            grown = true;
        }
        if grown {
            self.journal.sync()?;
        }
        Ok(())
    }

    /// The index does without a proof that cannot be kept.
    fn keep(&self, leaf: u64, hash: Hash, proof: &[u8]) {
        let updates = &self.access.reader.updates;
        if let Err(error) = updates.keep(leaf, hash.as_bytes(), proof) {
            tracing::warn!(%error, leaf, "an update proof is not kept");
        }
    }

    fn perform(&mut self, todo: Vec<Output>) -> Result<(), LedgerError> {
        let mut todo = VecDeque::from(todo);
        while let Some(output) = todo.pop_front() {
            let input = match output {
                Output::Serve(publication) => {
                    self.show(&publication)?;
                    continue;
                }
                Output::Halt(halt @ Halt::ClockFellBack { .. }) => {
                    tracing::warn!(reason = %halt.code(), %halt, "nothing of the index is signed");
                    continue;
                }
                Output::Halt(halt) => return Err(halt.into()),
                output => self.perform_one(output)?,
            };
            todo.extend(self.machine.handle(input, (self.clock)()));
        }
        Ok(())
    }

    fn perform_one(&mut self, output: Output) -> Result<Input, LedgerError> {
        Ok(match output {
            Output::WriteIntent(intent) => {
                self.write(&NoteFrame::intent(intent))?;
                Input::IntentDurable
            }
            Output::Sign(checkpoint) => {
                self.check_growth(&checkpoint)?;
                Input::Signed(checkpoint.sign(&self.keys.log)?)
            }
            Output::WriteSigned(signed) => {
                self.write(&NoteFrame::signed(&signed))?;
                Input::SignedDurable
            }
            Output::RaiseGuard(head) => {
                self.guard.raise(head.stored())?;
                Input::Raised
            }
            Output::Cosign(Publication { intent, note }) => {
                let line = self
                    .keys
                    .witness
                    .cosign(note.text(), intent.stamp.seconds());
                let line = line.map_err(LogError::from)?;
                Input::Cosigned(note.with(line).map_err(LogError::from)?)
            }
            // Who vouches reads what is shown, and is asked then.
            Output::Gather(Publication { note, .. }) if self.vouched.is_some() => {
                Input::Gathered(Gathered::ShowAnyway(note))
            }
            // Nobody else is asked: what is shown is what this operator says.
            Output::Gather(Publication { note, .. }) => Input::Gathered(Gathered::Enough(note)),
            Output::Freeze(published) => {
                let size = published.intent.head.size.get();
                let note = published.note.to_string();
                self.access
                    .reader
                    .archive_mut()
                    .freeze(size, note.as_bytes())?;
                Input::Frozen
            }
            Output::Record(published) => {
                self.write(&NoteFrame::published(&published))?;
                Input::Recorded
            }
            Output::Serve(_) | Output::Halt(_) => return Err(LedgerError::Stopped),
        })
    }

    fn write(&mut self, frame: &NoteFrame) -> Result<(), LedgerError> {
        self.journal.append(&[frame.frame()])?;
        Ok(self.journal.sync()?)
    }

    /// Shows a checkpoint; answers are given from its head if it is the last one made.
    fn show(&mut self, publication: &Publication) -> Result<(), LedgerError> {
        let shown = Published::of(publication)?;
        self.last = Some(shown.checkpoint().clone());
        self.shown_at = Some((self.clock)());
        let is_last = publication.intent.head.size.get() == self.tiles.head().size;
        if is_last && self.access.full.is_none() {
            self.access.settle();
        }
        self.serve.send_replace(Some(Arc::new(shown)));
        if let Some(vouched) = &self.vouched {
            // A thread that has ended asks nobody any more.
            let _ = vouched.send(());
        }
        Ok(())
    }

    /// The new tree extends the last one shown, as our own verifier sees it.
    fn check_growth(&self, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
        let Some(last) = &self.last else {
            return Ok(());
        };
        let tiles = &self.access.reader.tiles;
        let proof = prove::consistency(tiles, last.size(), checkpoint.size());
        Ok(last.check_growth(checkpoint, &proof.map_err(prove_error)?)?)
    }
}

/// What was signed last was signed with the key that is here.
fn check_key(kept: &Kept, key: &NoteVerifier) -> Result<(), LedgerError> {
    let signed = kept.signed.as_ref();
    let note = signed.map(|signed| signed.note.to_string());
    let opened = note.map(|note| SignedCheckpoint::open(note.as_bytes(), key));
    Ok(opened.transpose().map(|_| ())?)
}

fn recover(
    log: &Origin,
    kept: Kept,
    guard: &Guard,
    archived: Option<fairtrail::log::ArchiveMark>,
    shown_enough: bool,
) -> Result<(Publisher, Vec<Output>), LedgerError> {
    guard.check_released()?;
    let high = guard.high();
    let durable = Durable {
        intent: kept.intent,
        signed: kept.signed,
        shown: kept.shown,
        shown_enough,
        guard: Head::from_stored(high).ok_or(LedgerError::Stopped)?,
        root_at_guard: kept.roots.get(&high.size).copied(),
        archived,
    };
    Ok(Publisher::recover(index_origin(log)?, durable)?)
}

/// A head that covers all that is shown has its root.
fn check_root(head: &fairtrail::index::IndexHead, shown: &Published) -> Result<(), LedgerError> {
    let (expected, found) = (shown.checkpoint().root(), head.root);
    if head.size != shown.size() || expected == found {
        return Ok(());
    }
    Err(LedgerError::Root {
        size: head.size.get(),
        expected,
        found,
    })
}
