//! The one thread that changes the journal: takes what is waiting, makes it durable as one group,
//! answers all.
//!
//! Order: door and admission → bodies, synced → one journal frame for the group, synced → look-ups
//! → promise → answers. Whatever fails between admission and the last sync ends the process: then
//! nobody was answered, and the next start reads back what there is.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use fairtrail::api::Receipt;
use fairtrail::log::Origin;
use fairtrail::merkle::CompactRange;
use fairtrail::note::NoteSigner;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use tokio::sync::oneshot;

use super::admitted::SharedAdmitted;
use super::erase;
use super::error::LedgerError;
use super::fill::fill_lookups;
use super::frame::{GroupEntry, GroupFrame, NoteFrame};
use super::gate::Gate;
use super::late::{self, Fill};
use super::reader::Reader;
use super::submit::SubmitError;
use super::tables::Rows;
use super::work::{Asked, Stored, Work};
use crate::clock::Clock;
use crate::core::head::Head;
use crate::core::sequence::{NewLeaf, Offered, Sealed};
use crate::store::bodies::{Bodies, BodyPlace, Part};
use crate::store::disk;
use crate::store::journal::{Frame, Journal, Location, Span};
use crate::store::lookup::IndexStore;

/// Look-up rows in memory beyond which they are sealed and flushed.
const UNSEALED_BYTES: usize = 8 << 20;

/// What the writer is asked to do.
pub(super) enum Job {
    /// Commit a submission.
    Submit(Submit),
    /// Store bodies that came late.
    Fill(Fill),
    /// Write a frame about a publication.
    Append(Append),
    /// End.
    Stop,
}

/// A submission, its likely signatures verified.
pub(super) struct Submit {
    pub(super) offered: Offered,
    /// Whether the submission door is asked.
    pub(super) door: bool,
    pub(super) reply: oneshot::Sender<Result<Receipt, SubmitError>>,
}

/// A frame about a publication.
pub(super) struct Append {
    pub(super) frame: NoteFrame,
    /// Told when the frame is durable.
    pub(super) done: Sender<()>,
}

/// The durable tree, shared with the publisher.
pub(super) type Committed = Arc<Mutex<Head>>;

/// The writer's state.
pub(super) struct Writer {
    pub(super) journal: Journal,
    pub(super) bodies: Bodies,
    pub(super) reader: Arc<Reader>,
    pub(super) admitted: SharedAdmitted,
    pub(super) range: CompactRange,
    pub(super) committed: Committed,
    pub(super) origin: Origin,
    pub(super) promise_key: NoteSigner,
    /// Seconds from a promise to the time it names.
    pub(super) include_within: u64,
    /// Bytes that stay free on the disk.
    pub(super) reserve_bytes: u64,
    pub(super) data_dir: PathBuf,
    pub(super) clock: Clock,
    /// Asks for a flush of the look-ups.
    pub(super) flush: SyncSender<()>,
}

impl Writer {
    /// Works until it is told to stop, nobody is left to ask, or something fails.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) -> Result<(), LedgerError> {
        let mut next = jobs.recv().ok();
        while let Some(job) = next.take() {
            if let Job::Fill(fill) = job {
                self.fill(fill)?;
                next = jobs.recv().ok();
                continue;
            }
            let mut work = Work::new(self.range.size().next_index()?);
            let mut job = Some(job);
            while let Some(taken) = job.take() {
                match taken {
                    Job::Stop => {
                        self.commit(work)?;
                        self.close();
                        return Ok(());
                    }
                    Job::Append(append) => work.appends.push(append),
                    // It stands in a group of its own, behind what waits.
                    fill @ Job::Fill(_) => {
                        next = Some(fill);
                        break;
                    }
                    Job::Submit(submit) if work.group.fits(&submit.offered) => {
                        self.sequence(&mut work, submit);
                    }
                    // It opens the next group.
                    submit @ Job::Submit(_) => {
                        next = Some(submit);
                        break;
                    }
                }
                job = jobs.try_recv().ok();
            }
            self.commit(work)?;
            if next.is_none() {
                next = jobs.recv().ok();
            }
        }
        self.close();
        Ok(())
    }

    /// Leaves the look-ups to be written out; what fails here is built anew at the next start.
    fn close(&self) {
        if let Err(error) = self.reader.lookups.seal(Head::of(&self.range).stored()) {
            tracing::warn!(%error, "look-ups are left to be built anew");
        }
    }

    /// Takes a submission into the group, or refuses it at once.
    fn sequence(&self, work: &mut Work, submit: Submit) {
        let door = submit.door;
        let outcome = self.check_space().and_then(|()| {
            let mut gate = Gate {
                admitted: &self.admitted,
                reader: &self.reader,
                fresh: std::mem::take(&mut work.fresh),
                now: (self.clock)(),
                door,
            };
            let outcome = work.group.offer(submit.offered, &mut gate);
            work.fresh = gate.fresh;
            outcome
        });
        match outcome {
            Ok(ticket) => work.asked.push(Asked {
                ticket,
                promise: door,
                reply: submit.reply,
            }),
            Err(refusal) => {
                work.rebuild |= refusal.reason == Reason::StoreDamaged;
                // A submitter that has gone away needs no answer, here and below.
                let _ = submit.reply.send(Err(refusal));
            }
        }
    }

    /// A full disk is better refused than met in the middle of a write.
    pub(super) fn check_space(&self) -> Result<(), SubmitError> {
        let free = disk::free_bytes(&self.data_dir);
        match free {
            Ok(free) if free >= self.reserve_bytes => Ok(()),
            Ok(_) => Err(SubmitError::of(
                Reason::DiskFull,
                "the disk is nearly full; nothing is taken until there is room",
            )),
            Err(fault) => Err(SubmitError::of(fault.code(), "the disk does not answer")),
        }
    }

    /// Makes the group durable and answers everybody in it.
    fn commit(&mut self, work: Work) -> Result<(), LedgerError> {
        let Work {
            group,
            asked,
            appends,
            rebuild,
            ..
        } = work;
        let sealed = group.seal();
        let include_by = self.include_by()?;
        let stored = self.write(&sealed, include_by, &appends)?;
        for append in appends {
            let _ = append.done.send(());
        }
        let derived = self.derive(&sealed, &stored);
        if rebuild || self.is_lookup_fault(derived)? {
            self.rebuild_lookups()?;
        }
        self.answer(&sealed, asked, include_by)?;
        self.seal_lookups();
        Ok(())
    }

    fn include_by(&self) -> Result<Timestamp, LedgerError> {
        let by = (self.clock)().seconds().saturating_add(self.include_within);
        Timestamp::new(by).ok_or(LedgerError::Stopped)
    }

    /// Bodies, then the frames; durable when this returns.
    fn write(
        &mut self,
        sealed: &Sealed,
        include_by: Timestamp,
        appends: &[Append],
    ) -> Result<Stored, LedgerError> {
        let held = self.write_bodies(sealed.leaves())?;
        let mut frames: Vec<Frame<'_>> = Vec::new();
        let entries = sealed.leaves().iter().zip(&held);
        let group = GroupFrame {
            first: sealed.first(),
            include_by,
            bodies_end: self.bodies.end(),
            entries: entries
                .map(|(leaf, held)| GroupEntry {
                    start: 0,
                    bytes: leaf.entry.bytes(),
                    held: held.clone(),
                })
                .collect(),
        };
        let (body, starts) = group.encode();
        if !sealed.leaves().is_empty() {
            frames.push(GroupFrame::frame(&body));
        }
        frames.extend(appends.iter().map(|append| append.frame.frame()));
        let places = self.journal.append(&frames)?;
        self.journal.sync()?;
        let frame = places.first().copied().unwrap_or(Location::START);
        let spans = sealed
            .leaves()
            .iter()
            .zip(starts)
            .map(|(leaf, start)| Span {
                frame,
                start,
                len: u16::try_from(leaf.entry.bytes().len()).unwrap_or(u16::MAX),
            });
        let spans = spans.collect();
        Ok(Stored { held, spans })
    }

    fn write_bodies(
        &mut self,
        leaves: &[NewLeaf],
    ) -> Result<Vec<Vec<(u8, BodyPlace)>>, LedgerError> {
        let mut parts = Vec::new();
        for leaf in leaves {
            for (index, body) in &leaf.bodies {
                let named = leaf.entry.header().parts.get(usize::from(*index));
                parts.extend(named.map(|part| Part {
                    digest: *part.digest.as_bytes(),
                    salt: body.salt,
                    role: part.role as u8,
                    audience: part.audience as u8,
                    bytes: &body.bytes,
                }));
            }
        }
        let mut places = self.bodies.append(&parts)?.into_iter();
        self.bodies.sync()?;
        let held = leaves.iter().map(|leaf| {
            let indexes = leaf.bodies.iter().map(|(index, _)| *index);
            let stored = indexes.zip(places.by_ref()).collect::<Vec<_>>();
            let refused = leaf.refused.iter();
            let refused = refused.map(|index| (*index, BodyPlace::REFUSED));
            stored.into_iter().chain(refused).collect()
        });
        Ok(held.collect())
    }

    /// Everything that follows from the journal: tree, positions, look-ups, erasures.
    fn derive(&mut self, sealed: &Sealed, stored: &Stored) -> Result<(), LedgerError> {
        if sealed.leaves().is_empty() {
            return Ok(());
        }
        let mut rows = Rows::default();
        let leaves = sealed.leaves().iter().zip(&stored.held);
        for ((leaf, held), hash) in leaves.zip(sealed.hashes()) {
            rows.add(self.range.size().next_index()?, &leaf.entry, *hash, held);
            self.range.append(*hash)?;
        }
        self.reader.positions.append(&stored.spans)?;
        let head = Head::of(&self.range);
        *self
            .committed
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = head;
        self.reader.fresh.put(sealed.first().get(), sealed.leaves());
        rows.put(&self.reader.lookups)?;
        let newly = self.admitted.write().settle();
        let lookups = &self.reader.lookups;
        if let Some(newly) = newly {
            erase::apply(&newly, lookups, &mut self.bodies)?;
            self.reader.moves.moved();
        }
        let admitted = self.admitted.read();
        for (at, leaf) in (sealed.first().get()..).zip(sealed.leaves()) {
            let erased = admitted.erased();
            erase::apply_to(erased, at, &leaf.entry, lookups, &mut self.bodies)?;
        }
        Ok(())
    }

    /// Broken look-ups are built anew; anything else ends the process.
    pub(super) fn is_lookup_fault(
        &self,
        outcome: Result<(), LedgerError>,
    ) -> Result<bool, LedgerError> {
        match outcome {
            Ok(()) => Ok(false),
            Err(LedgerError::Lookup(error)) => {
                tracing::warn!(%error, size = %self.range.size(), "look-ups failed");
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn rebuild_lookups(&mut self) -> Result<(), LedgerError> {
        tracing::warn!("building the look-ups anew from the journal");
        self.reader.lookups.clear()?;
        let end = self.range.size().get();
        fill_lookups(&self.reader, 0..end, Location::START)?;
        let mut admitted = self.admitted.write();
        admitted.settle();
        late::put_all(&self.reader, admitted.erased())?;
        erase::apply(admitted.erased(), &self.reader.lookups, &mut self.bodies)?;
        self.reader.moves.moved();
        Ok(())
    }

    fn answer(
        &self,
        sealed: &Sealed,
        asked: Vec<Asked>,
        include_by: Timestamp,
    ) -> Result<(), LedgerError> {
        let promised = if asked.iter().any(|asked| asked.promise) {
            let tree = sealed.tree()?;
            let promise = sealed.promise(&tree, &self.origin, include_by)?;
            let note = promise.map(|promise| promise.sign(&self.promise_key));
            Some((tree, note.transpose()?.map(|note| note.to_string())))
        } else {
            None
        };
        for asked in asked {
            let receipt = match promised.as_ref().filter(|_| asked.promise) {
                Some((tree, note)) => sealed.receipt(tree, &asked.ticket, note.as_deref())?,
                None => sealed.places(&asked.ticket)?,
            };
            let _ = asked.reply.send(Ok(receipt));
        }
        Ok(())
    }

    fn seal_lookups(&self) {
        if self.reader.lookups.unsealed_bytes() < UNSEALED_BYTES {
            return;
        }
        // A store that breaks here is found broken by the next put.
        if self
            .reader
            .lookups
            .seal(Head::of(&self.range).stored())
            .is_ok()
        {
            // A flush that was asked for already will take these rows, too.
            let _ = self.flush.try_send(());
        }
    }
}
