//! The witness of this node: cosigns the checkpoints of the logs its operator names
//! (specs/witness.md). Decides nothing itself: it performs what [`crate::core::witness`] asks for.
//!
//! Requests about one log are answered one after another; those about several logs beside each
//! other. All of it blocks for the time of a file write.

mod error;
mod index;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use fairtrail::fraud::SplitView;
use fairtrail::log::{AddCheckpoint, Checkpoint, LogError, Origin};
use fairtrail::merkle::TreeSize;
use fairtrail::note::{Cosigner, SignatureLine};
use fairtrail::reason::Reason;

pub use self::error::WitnessRefusal;
pub use self::index::{IndexSettings, IndexWitness};
use crate::clock::Clock;
use crate::core::witness::{Answer, Input, Output, Witness as Machine};
use crate::store::accusations::Accusations;
use crate::store::records::{RecordError, RecordStore};
use crate::store::witnessed::{LogKey, Witnessed};

/// What came of a request for a cosignature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cosigned {
    /// 200: the own line over the checkpoint.
    Line(SignatureLine),
    /// 409: the size of the tree cosigned last.
    Conflict(TreeSize),
    /// Refused.
    Refused(WitnessRefusal),
}

impl Cosigned {
    /// The answer for a log that nothing is cosigned for.
    pub fn unknown() -> Self {
        refused(Reason::LogUnknown, "nothing is cosigned for this log here")
    }
}

/// The witness of one node.
pub struct Witness {
    key: Cosigner,
    logs: Witnessed,
    records: Box<dyn RecordStore>,
    accusations: Accusations,
    clock: Clock,
    machines: Mutex<BTreeMap<Origin, Slot>>,
}

/// One log's machine, taken up from its record when it is first asked for.
type Slot = Arc<Mutex<Option<Machine>>>;

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Witness({})", self.key.verifier().name())
    }
}

impl Witness {
    /// A witness that signs with `key` for the logs in `logs`, and keeps what it signed in
    /// `records`.
    pub fn new(
        key: Cosigner,
        logs: Witnessed,
        records: Box<dyn RecordStore>,
        accusations: Accusations,
        clock: Clock,
    ) -> Self {
        Self {
            key,
            logs,
            records,
            accusations,
            clock,
            machines: Mutex::default(),
        }
    }

    /// Cosigns a checkpoint, as the content of `POST /add-checkpoint` asks for. When this answers
    /// with a signature, what it covers is on the disk.
    pub fn add_checkpoint(&self, request: &[u8]) -> Cosigned {
        let request = match AddCheckpoint::parse(request) {
            Ok(request) => request,
            Err(error) => return refused(parse_reason(&error), error.to_string()),
        };
        // The origin is looked up before anything else is made of the text.
        let origin = request.origin().parse::<Origin>().ok();
        let keys = origin.as_ref().map(|origin| self.logs.of(origin));
        match (origin, keys) {
            (Some(origin), Some(keys)) if !keys.is_empty() => {
                let answer = self.with_machine(&origin, |machine| {
                    machine.know(keys);
                    self.ask(machine, request)
                });
                answer.unwrap_or_else(Cosigned::Refused)
            }
            _ => Cosigned::unknown(),
        }
    }

    /// The note cosigned last for the log with this SHA-256 of its origin; nothing if none was.
    ///
    /// # Errors
    /// [`WitnessRefusal`] when the record cannot be read.
    pub fn latest(&self, digest: &[u8]) -> Result<Option<String>, WitnessRefusal> {
        let keys = self.logs.keys();
        let mut origins = keys.iter().map(LogKey::origin);
        let Some(origin) = origins.find(|origin| origin.digest() == digest) else {
            return Ok(None);
        };
        self.with_machine(origin, |machine| {
            machine.last().map(|seen| seen.note.to_string())
        })
    }

    /// Works with the machine of a log, alone.
    fn with_machine<T>(
        &self,
        origin: &Origin,
        work: impl FnOnce(&mut Machine) -> T,
    ) -> Result<T, WitnessRefusal> {
        let slot = self.slot(origin);
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        // While it is worked on the slot is empty: whatever goes wrong in between, the next request
        // begins with what is on the disk.
        let mut machine = match slot.take() {
            Some(machine) => machine,
            None => self.take_up(origin)?,
        };
        let outcome = work(&mut machine);
        *slot = Some(machine);
        Ok(outcome)
    }

    fn slot(&self, origin: &Origin) -> Slot {
        let machines = self.machines.lock();
        let mut machines = machines.unwrap_or_else(PoisonError::into_inner);
        Arc::clone(machines.entry(origin.clone()).or_default())
    }

    fn take_up(&self, origin: &Origin) -> Result<Machine, WitnessRefusal> {
        let read = || {
            let last = self.records.read(origin)?;
            // What was read may never have reached the disk: an earlier process may have ended over
            // a write that failed. Once written again, it has.
            last.as_ref()
                .map_or(Ok(()), |seen| self.records.write(seen))?;
            Ok(last)
        };
        let last = read().map_err(|error: RecordError| {
            let reason = error.code();
            WitnessRefusal::store(&error, reason)
        })?;
        Ok(Machine::new(origin.clone(), Vec::new(), last))
    }

    fn ask(&self, machine: &mut Machine, request: AddCheckpoint) -> Cosigned {
        let mut todo = machine.handle(Input::Ask(request), (self.clock)());
        todo.reverse();
        while let Some(output) = todo.pop() {
            let input = match output {
                Output::Answer(answer) => return said(answer),
                Output::Accuse(proof) => {
                    self.accuse(&proof);
                    continue;
                }
                Output::Cosign { text, stamp } => {
                    match self.key.cosign(&text, stamp.seconds()) {
                        Ok(line) => Input::Cosigned(line),
                        // No instant is that late.
                        Err(error) => return refused(Reason::Internal, error.to_string()),
                    }
                }
                Output::Write(seen) => match self.records.write(&seen) {
                    Ok(()) => Input::Written,
                    Err(error) => {
                        let reason = error.code();
                        tracing::error!(%error, %reason, "nothing is cosigned for this log until a restart");
                        Input::WriteFailed
                    }
                },
            };
            todo.extend(machine.handle(input, (self.clock)()).into_iter().rev());
        }
        refused(Reason::Internal, "the witness came to no answer")
    }

    /// The proof is worth more than the answer: where it cannot be kept it is at least told.
    fn accuse(&self, proof: &SplitView) {
        // Both notes were read as checkpoints when the proof was made.
        let Ok(checkpoint) = proof.newer().text().parse::<Checkpoint>() else {
            return;
        };
        let (origin, size) = (checkpoint.origin(), checkpoint.size());
        let two = "the log signed two roots for one size";
        match self.accusations.keep(origin, size, proof) {
            Ok(Some(path)) => tracing::error!(%origin, %size, path = %path.display(), "{two}"),
            Ok(None) => tracing::warn!(%origin, %size, "{two}, again"),
            Err(error) => tracing::error!(%origin, %size, %error, %proof, "{two}"),
        }
    }
}

fn said(answer: Answer) -> Cosigned {
    match answer {
        Answer::Cosigned(line) => Cosigned::Line(line),
        Answer::Conflict(size) => Cosigned::Conflict(size),
        Answer::Refused(refusal) => refused(refusal.code(), refusal.to_string()),
    }
}

fn parse_reason(error: &LogError) -> Reason {
    match error {
        LogError::AddCheckpointTooLarge { .. } => Reason::TooLarge,
        _ => Reason::RequestMalformed,
    }
}

fn refused(reason: Reason, detail: impl Into<String>) -> Cosigned {
    let detail = detail.into();
    Cosigned::Refused(WitnessRefusal { reason, detail })
}
