//! A log that is read alone: restored, and not recovered yet (specs/recovery.md).

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};

use fairtrail::reason::Reason;
use tokio::sync::watch;

use super::admitted::SharedAdmitted;
use super::error::LedgerError;
use super::open::{Stores, spawn_flusher};
use super::published::Published;
use super::publisher::{Control, grow_tiles};
use super::submit::SubmitError;
use super::threads::spawn;
use super::writer::Job;
use super::{Access, Ledger, Setup};
use crate::store::guard::GuardError;
use crate::store::layout::Layout;
use crate::store::lock::DirectoryLock;

pub(super) fn open(setup: Setup) -> Result<Ledger, LedgerError> {
    let layout = Layout::open(&setup.data_dir)?;
    let lock = DirectoryLock::acquire(&layout.lock())?;
    let mut stores = Stores::open(&layout)?;
    let replay = stores.replay(&setup, None, None)?;
    let shown = replay.shown.as_ref();
    let shown = shown.ok_or(GuardError::Restored { size: 0 })?;
    let published = Published::of(shown)?;
    let mut grown_at = stores.keep_tiles(&replay)?;
    let mut stored = stores.fill(&replay)?;
    let journal = stored.journal.reader();
    let want = published.size().get();
    grow_tiles(&mut stored.tiles, &journal, &mut grown_at, want)?;
    let reader = stored.reader;
    let (end, ended) = watch::channel(None);
    let end = Arc::new(end);
    let (jobs, waiting) = mpsc::sync_channel(setup.waiting);
    let (flush, flushes) = mpsc::sync_channel(1);
    let (control, controls) = mpsc::channel();
    let (serve, shown) = watch::channel(Arc::new(published));
    let writer = spawn("writer", &end, move || {
        refuse(&waiting);
        Ok(())
    })?;
    let publisher = spawn("publisher", &end, move || {
        // Whoever asks for what is published may wait for more; none comes while this lives.
        let _serve = serve;
        match controls.recv() {
            Ok(Control::Stop) | Err(_) => Ok(()),
        }
    })?;
    let flusher = spawn_flusher(&end, &reader, flushes)?;
    let access = Access {
        jobs,
        admitted: SharedAdmitted::new(replay.admitted),
        reader,
        published: shown,
        index: None,
        ended,
        clock: setup.clock,
        halted: Arc::new(Mutex::new(Some(Reason::ReadOnly))),
        index_halted: Arc::new(Mutex::new(Some(Reason::ReadOnly))),
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

const RESTORED: &str = "this node was restored and takes nothing before it has recovered";

/// Answers every submission; nothing is taken.
fn refuse(jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        match job {
            Job::Stop => return,
            // Nothing publishes here, so nothing is to be appended.
            Job::Append(_) => {}
            Job::Fill(fill) => {
                let _ = fill
                    .reply
                    .send(Err(SubmitError::of(Reason::ReadOnly, RESTORED)));
            }
            Job::Submit(submit) => {
                // A submitter that has gone away needs no answer.
                let _ = submit
                    .reply
                    .send(Err(SubmitError::of(Reason::ReadOnly, RESTORED)));
            }
        }
    }
}
