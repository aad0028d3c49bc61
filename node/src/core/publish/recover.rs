//! Where to go on after a start, from what is durable alone.

use fairtrail::log::{ArchiveMark, Origin};
use fairtrail::merkle::Root;

use super::{Halt, Intent, Output, Publication, Publisher, Step, Wanting};
use crate::core::head::Head;

/// What the disk says of earlier publications. The caller has compared every intent and signature
/// with the tree it recomputed.
#[derive(Debug, Clone)]
pub struct Durable {
    /// The last intent.
    pub intent: Option<Intent>,
    /// The last signature.
    pub signed: Option<Publication>,
    /// What was shown last, be it of the last signature or of an earlier one.
    pub shown: Option<Publication>,
    /// Whether what was shown has as many cosignatures as are wanted.
    pub shown_enough: bool,
    /// The largest tree the guard knows.
    pub guard: Head,
    /// The root that this log has at the guard's size.
    pub root_at_guard: Option<Root>,
    /// The last note in the archive.
    pub archived: Option<ArchiveMark>,
}

impl Publisher {
    /// Takes up the work where it was left, and says what to do next. Without any signature so
    /// far nothing is to be done: the first tick publishes.
    ///
    /// # Errors
    /// [`Halt::RollbackSuspected`] when the guard knows a tree beyond the last signature here, or
    /// another one.
    pub fn recover(origin: Origin, durable: Durable) -> Result<(Self, Vec<Output>), Halt> {
        let signed = durable.signed.as_ref().map(|signed| signed.intent);
        check_guard(&durable, signed)?;
        let mut publisher = Self {
            origin,
            step: Step::Idle,
            last: signed,
            archived: durable.archived,
            wanting: None,
        };
        // What was shown is shown again, whatever comes of what was signed since.
        let shown = durable.shown.clone().map(Output::Serve);
        let (step, output) = publisher.resume(durable);
        publisher.step = step;
        Ok((publisher, shown.into_iter().chain(output).collect()))
    }

    fn resume(&mut self, durable: Durable) -> (Step, Option<Output>) {
        let unsigned = durable.intent.filter(|intent| {
            self.last
                .is_none_or(|last| intent.head.size > last.head.size)
        });
        if let Some(intent) = unsigned {
            return self.sign(intent);
        }
        let Some(signed) = durable.signed else {
            return (Step::Idle, None);
        };
        let intent = signed.intent;
        if durable.guard != intent.head {
            let output = Output::RaiseGuard(intent.head);
            return (Step::Raising(signed), Some(output));
        }
        match durable.shown.filter(|shown| shown.intent == intent) {
            Some(publication) => {
                let shown = true;
                let wanting = Wanting { publication, shown };
                self.wanting = (!durable.shown_enough).then_some(wanting);
                (Step::Idle, None)
            }
            None => (
                Step::Cosigning(signed.clone()),
                Some(Output::Cosign(signed)),
            ),
        }
    }
}

/// The guard is raised after the signature is durable, so it never knows more than the journal.
fn check_guard(durable: &Durable, signed: Option<Intent>) -> Result<(), Halt> {
    let guard = durable.guard;
    let signed = signed.map_or_else(Head::empty, |intent| intent.head);
    let same_root = durable.root_at_guard == Some(guard.root);
    if same_root && guard.size <= signed.size {
        return Ok(());
    }
    Err(Halt::RollbackSuspected {
        guard,
        signed,
        same_root,
    })
}
