//! Publication: from a durable tree to a checkpoint that others may see (specs/log.md).
//!
//! Every output is an act that the caller performs and answers with the one input that follows it:
//!
//! ```text
//! Tick → WriteIntent → IntentDurable → Sign → Signed → WriteSigned → SignedDurable → RaiseGuard
//!      → Raised → Cosign → Cosigned → Gather → Gathered → (Freeze → Frozen →) Record → Recorded → Serve
//! ```
//! A signature leaves only after it is durable and the guard outside the data directory knows its
//! tree. All signatures of one publication bear the stamp of its intent, and Ed25519 is
//! deterministic, so doing a step again after a crash gives the same bytes. Sizes and stamps rise
//! strictly; an unchanged tree is not published again; no size ever has two roots.
//!
//! What the witnesses did not cosign often enough is not shown: it stays inside, and the next tick
//! asks again, or signs the tree as it has grown since. The empty tree, of which nothing can be
//! hidden, is shown without them.

mod halt;
mod recover;
#[cfg(test)]
mod tests;

use fairtrail::log::{ArchiveMark, Checkpoint, Origin, is_due};
use fairtrail::note::Note;
use fairtrail::time::Timestamp;

pub use self::halt::Halt;
pub use self::recover::Durable;
use super::head::Head;

/// What is going to be signed, and when that was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intent {
    /// The tree.
    pub head: Head,
    /// The time every signature of this publication bears.
    pub stamp: Timestamp,
}

/// A note with the intent it follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Size, root and stamp.
    pub intent: Intent,
    /// The checkpoint, signed and, once that was done, cosigned.
    pub note: Note,
}

/// The note with the witnesses' lines, and what they amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gathered {
    /// As many as are wanted.
    Enough(Note),
    /// Too few, and the operator shows it all the same. It is no evidence of time.
    ShowAnyway(Note),
    /// Too few.
    TooFew(Note),
    /// A witness showed a checkpoint of this tree, which this log's key signed.
    Ahead(Head),
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Time to publish; this tree is durable.
    Tick(Head),
    /// The intent is on the disk.
    IntentDurable,
    /// The checkpoint is signed.
    Signed(Note),
    /// The signature is on the disk.
    SignedDurable,
    /// The guard knows the tree.
    Raised,
    /// The own witness has cosigned.
    Cosigned(Note),
    /// The witnesses have answered, or had their time.
    Gathered(Gathered),
    /// The note is in the archive.
    Frozen,
    /// The published state is written.
    Recorded,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Write the intent durably.
    WriteIntent(Intent),
    /// Sign the checkpoint with the log key.
    Sign(Checkpoint),
    /// Write the signature durably.
    WriteSigned(Publication),
    /// Raise the guard to this tree.
    RaiseGuard(Head),
    /// Cosign with the own witness key, at the intent's stamp.
    Cosign(Publication),
    /// Ask the witnesses for their cosignatures.
    Gather(Publication),
    /// Put the note into the archive, durably.
    Freeze(Publication),
    /// Write the published state.
    Record(Publication),
    /// Show it to everybody.
    Serve(Publication),
    /// Nothing is signed, and why.
    Halt(Halt),
}

/// The publisher of one log.
#[derive(Debug, Clone)]
pub struct Publisher {
    origin: Origin,
    step: Step,
    /// The last tree signed.
    last: Option<Intent>,
    archived: Option<ArchiveMark>,
    /// Signed last, and cosigned by too few.
    wanting: Option<Wanting>,
}

/// A publication that lacks cosignatures.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanting {
    publication: Publication,
    shown: bool,
}

/// Which input is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Idle,
    Intending(Intent),
    Signing(Intent),
    Signed(Publication),
    Raising(Publication),
    Cosigning(Publication),
    Gathering(Publication),
    Freezing(Publication),
    Recording(Publication),
}

impl Publisher {
    /// The last tree signed, and when.
    pub const fn last(&self) -> Option<Intent> {
        self.last
    }

    /// Whether what was signed last lacks cosignatures.
    pub const fn is_wanting(&self) -> bool {
        self.wanting.is_some()
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.step == Step::Idle
    }

    /// Takes what happened and says what to do next. An input that is not awaited changes nothing.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Output> {
        let step = std::mem::replace(&mut self.step, Step::Idle);
        let (step, output) = match (step, input) {
            (Step::Idle, Input::Tick(head)) => self.decide(head, now),
            (Step::Intending(intent), Input::IntentDurable) => self.sign(intent),
            (Step::Signing(intent), Input::Signed(note)) => {
                let signed = Publication { intent, note };
                (
                    Step::Signed(signed.clone()),
                    Some(Output::WriteSigned(signed)),
                )
            }
            (Step::Signed(signed), Input::SignedDurable) => {
                self.last = Some(signed.intent);
                self.wanting = None;
                let head = signed.intent.head;
                (Step::Raising(signed), Some(Output::RaiseGuard(head)))
            }
            (Step::Raising(signed), Input::Raised) => (
                Step::Cosigning(signed.clone()),
                Some(Output::Cosign(signed)),
            ),
            (Step::Cosigning(Publication { intent, .. }), Input::Cosigned(note)) => {
                self.gather(Publication { intent, note })
            }
            (Step::Gathering(Publication { intent, .. }), Input::Gathered(gathered)) => {
                self.take_gathered(intent, gathered)
            }
            (Step::Freezing(published), Input::Frozen) => {
                self.archived = Some(mark(published.intent));
                (
                    Step::Recording(published.clone()),
                    Some(Output::Record(published)),
                )
            }
            (Step::Recording(published), Input::Recorded) => {
                (Step::Idle, Some(Output::Serve(published)))
            }
            (step, _) => (step, None),
        };
        self.step = step;
        output.into_iter().collect()
    }

    /// Whether this tree is to be published now.
    fn decide(&self, head: Head, now: Timestamp) -> (Step, Option<Output>) {
        let halt = |halt| (Step::Idle, Some(Output::Halt(halt)));
        if let Some(Intent { head: last, stamp }) = self.last {
            if head == last {
                let wanting = self.wanting.as_ref();
                let again = wanting.map(|wanting| wanting.publication.clone());
                return again.map_or((Step::Idle, None), |again| self.gather(again));
            }
            if head.size <= last.size {
                return halt(Halt::Shrunk { last, head });
            }
            if now < stamp {
                return halt(Halt::ClockFellBack { last: stamp, now });
            }
            if now == stamp {
                return (Step::Idle, None);
            }
        }
        let intent = Intent { head, stamp: now };
        (Step::Intending(intent), Some(Output::WriteIntent(intent)))
    }

    fn sign(&self, intent: Intent) -> (Step, Option<Output>) {
        let Head { size, root } = intent.head;
        if let Ok(checkpoint) = Checkpoint::new(self.origin.clone(), size, root) {
            return (Step::Signing(intent), Some(Output::Sign(checkpoint)));
        }
        // Only an empty tree with a root of its own: never one that was computed.
        let (last, head) = (Head::empty(), intent.head);
        (Step::Idle, Some(Output::Halt(Halt::Shrunk { last, head })))
    }

    fn gather(&self, signed: Publication) -> (Step, Option<Output>) {
        if signed.intent.head == Head::empty() {
            return self.archive_or_record(signed);
        }
        let output = Output::Gather(signed.clone());
        (Step::Gathering(signed), Some(output))
    }

    fn take_gathered(&mut self, intent: Intent, gathered: Gathered) -> (Step, Option<Output>) {
        let (note, show) = match gathered {
            Gathered::Enough(note) => {
                self.wanting = None;
                return self.archive_or_record(Publication { intent, note });
            }
            Gathered::ShowAnyway(note) => (note, true),
            Gathered::TooFew(note) => (note, false),
            Gathered::Ahead(witnessed) => {
                let (signed, witnessed) = (intent.head, witnessed);
                let halt = Halt::SignedElsewhere { witnessed, signed };
                return (Step::Idle, Some(Output::Halt(halt)));
            }
        };
        let publication = Publication { intent, note };
        let before = self.wanting.take();
        let same = before.filter(|before| before.shown && before.publication == publication);
        let record = show && same.is_none();
        self.wanting = Some(Wanting {
            publication: publication.clone(),
            shown: show,
        });
        if record {
            let output = Output::Record(publication.clone());
            return (Step::Recording(publication), Some(output));
        }
        (Step::Idle, None)
    }

    fn archive_or_record(&self, published: Publication) -> (Step, Option<Output>) {
        if is_due(self.archived, mark(published.intent)) {
            let step = Step::Freezing(published.clone());
            return (step, Some(Output::Freeze(published)));
        }
        (
            Step::Recording(published.clone()),
            Some(Output::Record(published)),
        )
    }
}

fn mark(intent: Intent) -> ArchiveMark {
    ArchiveMark {
        size: intent.head.size,
        signed_at: intent.stamp,
    }
}
