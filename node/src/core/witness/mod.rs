//! Cosigning one log: never two roots for one size, never back (specs/witness.md §4).
//!
//! One machine per log, fed one request at a time. Every output is an act that the caller performs,
//! in order, and answers with the one input that follows it:
//!
//! ```text
//! Ask → (Accuse →) Cosign → Cosigned → Write → Written → Answer      or      Ask → … → Answer
//! ```
//! The record of a cosigned tree is durable before the signature leaves. What it rests on is what
//! was written before, by whatever process: a crash between writing and answering leaves a record
//! without an answer, and the log asks again from there. When it is not known whether a record was
//! written, nothing is signed any more until a new process has read back what there is.

mod refusal;
#[cfg(test)]
mod tests;

use fairtrail::fraud::SplitView;
use fairtrail::log::{AddCheckpoint, Checkpoint, LogError, Origin, SignedCheckpoint};
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::note::{Note, NoteVerifier, SignatureLine};
use fairtrail::time::Timestamp;

pub use self::refusal::Refusal;

/// Seconds for which the same request is answered with the same signature, without a write.
const SAME_ANSWER_SECONDS: u64 = 30;

/// What was cosigned last: the one durable record of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Its note: the log's verified lines, and the own one.
    pub note: Note,
    /// The time the own line bears.
    pub stamp: Timestamp,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Somebody asks for a cosignature.
    Ask(AddCheckpoint),
    /// The text is cosigned.
    Cosigned(SignatureLine),
    /// The record is on the disk.
    Written,
    /// It is not known whether the record is on the disk.
    WriteFailed,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Keep the proof that the log signed two roots for one size.
    Accuse(Box<SplitView>),
    /// Sign the text with the witness key, at this time. The signature must not leave yet.
    Cosign {
        /// The checkpoint's text.
        text: String,
        /// The time to sign.
        stamp: Timestamp,
    },
    /// Write the record durably, in place of the last one.
    Write(Box<Seen>),
    /// Answer who asked.
    Answer(Answer),
}

/// What who asked is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: the cosignature.
    Cosigned(SignatureLine),
    /// 409: another tree was cosigned last; of so many leaves.
    Conflict(TreeSize),
    /// Not cosigned, and why.
    Refused(Refusal),
}

/// The witness of one log.
#[derive(Debug, Clone)]
pub struct Witness {
    origin: Origin,
    keys: Vec<NoteVerifier>,
    last: Option<Seen>,
    /// The signature that left this process last, over what is in `last`.
    released: Option<SignatureLine>,
    step: Step,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Idle,
    Cosigning {
        note: Note,
        checkpoint: Checkpoint,
        stamp: Timestamp,
    },
    Writing {
        seen: Seen,
        line: SignatureLine,
    },
    /// Nothing is known of the disk any more.
    Closed,
}

impl Witness {
    /// Takes up what is durable: the last record, if anything was ever cosigned. `keys` are those
    /// the log is known by; each bears its origin as name.
    pub const fn new(origin: Origin, keys: Vec<NoteVerifier>, last: Option<Seen>) -> Self {
        Self {
            origin,
            keys,
            last,
            released: None,
            step: Step::Idle,
        }
    }

    /// What was cosigned last.
    pub const fn last(&self) -> Option<&Seen> {
        self.last.as_ref()
    }

    /// The keys the log is known by from now on. What was cosigned stays.
    pub fn know(&mut self, keys: Vec<NoteVerifier>) {
        self.keys = keys;
    }

    /// Takes what happened and says what to do next, in order. An input that is not awaited
    /// changes nothing.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Output> {
        let step = std::mem::replace(&mut self.step, Step::Idle);
        match (step, input) {
            (Step::Idle, Input::Ask(request)) => self.decide(&request, now),
            (
                Step::Cosigning {
                    note,
                    checkpoint,
                    stamp,
                },
                Input::Cosigned(line),
            ) => self.write(&note, checkpoint, stamp, line),
            (Step::Writing { seen, line }, Input::Written) => {
                self.last = Some(seen);
                self.released = Some(line.clone());
                vec![Output::Answer(Answer::Cosigned(line))]
            }
            (Step::Writing { .. }, Input::WriteFailed) => {
                self.step = Step::Closed;
                refuse(Refusal::StoreFailed)
            }
            (step, input) => {
                let busy = step != Step::Closed;
                self.step = step;
                match input {
                    Input::Ask(_) if busy => refuse(Refusal::Busy),
                    Input::Ask(_) => refuse(Refusal::StoreFailed),
                    _ => Vec::new(),
                }
            }
        }
    }

    fn decide(&mut self, request: &AddCheckpoint, now: Timestamp) -> Vec<Output> {
        let note = match request.note.keep_verified(&self.keys) {
            Ok(note) => note,
            Err(error) => return refuse(Refusal::Unsigned(error)),
        };
        let mut outputs = Vec::from_iter(self.accuse(&note));
        match self.check(request, now) {
            Err(answer) => outputs.push(Output::Answer(answer)),
            Ok(checkpoint) => outputs.push(self.cosign(note, checkpoint, now)),
        }
        outputs
    }

    /// The checks of C2SP tlog-witness, in its order, behind the signature.
    fn check(&self, request: &AddCheckpoint, now: Timestamp) -> Result<Checkpoint, Answer> {
        let refused = |refusal| Err(Answer::Refused(refusal));
        let parsed: Result<Checkpoint, LogError> = request.note.text().parse();
        let size = match &parsed {
            Ok(checkpoint) => checkpoint.size(),
            Err(LogError::EmptyRootWrong) => TreeSize::ZERO,
            Err(error) => return refused(Refusal::Malformed(error.clone())),
        };
        if request.old > size {
            let old = request.old;
            return refused(Refusal::OldAbove { old, size });
        }
        let last = self.last.as_ref().map(|seen| &seen.checkpoint);
        let last_size = last.map_or(TreeSize::ZERO, Checkpoint::size);
        if request.old != last_size {
            return Err(Answer::Conflict(last_size));
        }
        let checkpoint = parsed.map_err(|error| Answer::Refused(Refusal::Proof(error)))?;
        let empty = Checkpoint::new(self.origin.clone(), TreeSize::ZERO, Root::empty());
        let grown = match (last, &empty) {
            (Some(last), _) => last.check_growth(&checkpoint, &request.proof),
            (None, Ok(empty)) => empty.check_growth(&checkpoint, &request.proof),
            (None, Err(error)) => Err(error.clone()),
        };
        grown.map_err(|error| Answer::Refused(Refusal::Proof(error)))?;
        match self.last.as_ref().map(|seen| seen.stamp) {
            Some(last) if now < last => refused(Refusal::ClockFellBack { last, now }),
            _ => Ok(checkpoint),
        }
    }

    fn cosign(&mut self, note: Note, checkpoint: Checkpoint, now: Timestamp) -> Output {
        if let (Some(seen), Some(line)) = (&self.last, &self.released) {
            let age = now.seconds().saturating_sub(seen.stamp.seconds());
            if seen.checkpoint == checkpoint && age < SAME_ANSWER_SECONDS {
                return Output::Answer(Answer::Cosigned(line.clone()));
            }
        }
        let text = note.text().to_owned();
        self.step = Step::Cosigning {
            note,
            checkpoint,
            stamp: now,
        };
        Output::Cosign { text, stamp: now }
    }

    fn write(
        &mut self,
        note: &Note,
        checkpoint: Checkpoint,
        stamp: Timestamp,
        line: SignatureLine,
    ) -> Vec<Output> {
        match note.with(line.clone()) {
            Ok(note) => {
                let seen = Seen {
                    checkpoint,
                    note,
                    stamp,
                };
                self.step = Step::Writing {
                    seen: seen.clone(),
                    line,
                };
                vec![Output::Write(Box::new(seen))]
            }
            // As many keys of one log as a note has lines: its operator's doing.
            Err(error) => refuse(Refusal::Malformed(error.into())),
        }
    }

    /// The proof against the log, if the note contradicts what was cosigned.
    fn accuse(&self, note: &Note) -> Option<Output> {
        let seen = self.last.as_ref()?;
        let checkpoint: Checkpoint = note.text().parse().ok()?;
        if !checkpoint.contradicts(&seen.checkpoint) {
            return None;
        }
        let mut proofs = self.keys.iter();
        let proof = proofs.find_map(|key| split_view(key, &seen.note, note).ok());
        proof.map(|proof| Output::Accuse(Box::new(proof)))
    }
}

/// The proof that the holder of one key of the log signed both notes, each with its line alone.
fn split_view(key: &NoteVerifier, seen: &Note, other: &Note) -> Result<SplitView, LogError> {
    let signed = |note: &Note| {
        let alone = note.keep_verified(std::slice::from_ref(key))?;
        SignedCheckpoint::open(alone.to_string().as_bytes(), key)
    };
    Ok(SplitView::of_one_size(&signed(seen)?, &signed(other)?))
}

fn refuse(refusal: Refusal) -> Vec<Output> {
    vec![Output::Answer(Answer::Refused(refusal))]
}
