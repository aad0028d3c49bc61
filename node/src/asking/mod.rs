//! Being cosigned: for each checkpoint every witness is asked at once, and what comes in time is
//! gathered (specs/witness.md §7).
//!
//! One thread per witness; a slow one holds up nobody. What a witness knows lives in
//! [`crate::core::asking`].

mod plan;
#[cfg(test)]
mod tests;
mod worker;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use fairtrail::client::{Http, Transport};
use fairtrail::log::{Checkpoint, LogError};
use fairtrail::merkle::{Hash, TreeSize};
use fairtrail::note::{Note, NoteVerifier};
use fairtrail::time::Timestamp;

use self::plan::Measure;
pub use self::plan::{AskedWitness, AskingError, Plan};
use self::worker::{Job, Reply, Worker};
use crate::core::publish::Gathered;

/// What the others still have once enough have answered.
const GRACE: Duration = Duration::from_millis(500);

/// Where consistency proofs come from.
pub trait Proofs: Send + Sync {
    /// The proof that the tree of `new` leaves begins with the one of `old`; nothing when it cannot
    /// be read.
    fn consistency(&self, old: TreeSize, new: TreeSize) -> Option<Vec<Hash>>;
}

/// The witnesses of one log.
#[derive(Debug)]
pub struct Asking {
    log: NoteVerifier,
    workers: Vec<Worker>,
    measure: Measure,
    fail_open: bool,
    time: Duration,
}

impl Asking {
    /// Asks the witnesses of a plan over HTTP, for the log with this key.
    ///
    /// # Errors
    /// [`AskingError::Plan`].
    pub fn start(
        plan: &Plan,
        log: &NoteVerifier,
        proofs: &Arc<impl Proofs + 'static>,
    ) -> Result<Self, AskingError> {
        let http = |asked: &AskedWitness| -> Box<dyn Transport> {
            Box::new(Http::within(asked.url.clone(), plan.time))
        };
        Self::start_through(plan, log, proofs, http)
    }

    /// As [`Self::start`], through other transports.
    fn start_through(
        plan: &Plan,
        log: &NoteVerifier,
        proofs: &Arc<impl Proofs + 'static>,
        through: impl Fn(&AskedWitness) -> Box<dyn Transport>,
    ) -> Result<Self, AskingError> {
        let measure = Measure::new(plan, log)?;
        // A thread that is still waiting for an answer must not keep a closed log open.
        let weak = Arc::downgrade(proofs);
        let proofs: Weak<dyn Proofs> = weak;
        let workers = plan.witnesses.iter();
        let workers = workers.map(|asked| {
            Worker::start(
                log.clone(),
                asked.key.clone(),
                through(asked),
                Weak::clone(&proofs),
            )
        });
        Ok(Self {
            log: log.clone(),
            workers: workers.collect(),
            measure,
            fail_open: plan.fail_open,
            time: plan.time,
        })
    }

    /// Whether there is nobody to ask.
    pub fn is_nobody(&self) -> bool {
        self.workers.is_empty()
    }

    /// Asks every witness whose line the note does not have, and waits: for all that are asked,
    /// until the quorum is met and a moment more, or until the time is over.
    ///
    /// # Errors
    /// [`LogError`] when the note is not one of this log: nobody was asked then.
    pub fn gather(
        &mut self,
        checkpoint: &Checkpoint,
        note: &Note,
        now: Timestamp,
    ) -> Result<Gathered, LogError> {
        let (reply, answers) = mpsc::channel();
        let job = Job {
            checkpoint: checkpoint.clone(),
            // The log's line alone: what others signed is none of a witness's business.
            note: note.keep_verified(std::slice::from_ref(&self.log))?,
            now,
            reply,
        };
        let missing = self
            .workers
            .iter()
            .filter(|worker| !worker.has_signed(note));
        let mut awaited = missing.filter(|worker| worker.ask(&job)).count();
        drop(job);
        let mut note = note.clone();
        let mut met = self.measure.is_met(&note)?;
        let mut until = deadline(if met { self.time.min(GRACE) } else { self.time });
        while awaited > 0 {
            let left = until.saturating_duration_since(instant());
            match answers.recv_timeout(left) {
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                Ok(Reply::Nothing) => {}
                Ok(Reply::Ahead(head)) => return Ok(Gathered::Ahead(head)),
                Ok(Reply::Line(line)) => {
                    note = note.with(line)?;
                    let now_met = self.measure.is_met(&note)?;
                    if now_met && !met {
                        until = until.min(deadline(GRACE));
                    }
                    met = now_met;
                }
            }
            awaited = awaited.saturating_sub(1);
        }
        Ok(match (met, self.fail_open) {
            (true, _) => Gathered::Enough(note),
            (false, true) => Gathered::ShowAnyway(note),
            (false, false) => Gathered::TooFew(note),
        })
    }
}

fn deadline(time: Duration) -> Instant {
    let now = instant();
    now.checked_add(time).unwrap_or(now)
}

fn instant() -> Instant {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long to wait, and nothing else"
    )]
    Instant::now()
}
