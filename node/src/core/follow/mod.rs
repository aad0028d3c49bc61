//! Following one log: what its operator signed is pulled, checked against one root and taken up
//! unchanged (specs/follow.md).
//!
//! A [`Follower`] asks questions and is told answers; whoever drives it carries the questions to
//! the peer, looks things up in the own log, offers entries to admission and keeps what has to
//! outlast a crash. One step awaits one thing:
//!
//! ```text
//! Poll → Ask(checkpoint) → Ask(edge tiles) → Ask(tiles that show growth) → Keep(note)
//!      → window: Ask(leaf tiles) → Compare → Ask(bundles) → { Ask(parts) → Admit } … → Keep(cursor)
//!      → next window … → Rest
//! ```
//! Nothing a peer says is used before it hashes up to a root that the log's key signed, and that
//! root continues the last one kept here. The cursor moves over leaves that are durable in the own
//! log, or refused for good, and over no others. What is kept per log does not grow with it.

mod admitting;
mod batch;
mod glean;
mod heard;
mod known;
mod opening;
mod pace;
mod question;
mod report;
mod stash;
#[cfg(test)]
mod tests;
mod urgent;
mod window;

use std::collections::BTreeMap;

use fairtrail::api::Submission;
use fairtrail::log::{Origin, SignedCheckpoint};
use fairtrail::merkle::{CompactRange, Hash};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;

use self::batch::Batch;
pub use self::glean::{GLEANED, GleanInput, GleanOutput, Gleaner};
use self::heard::Hearsay;
pub use self::known::{Cursor, Known, KnownError};
use self::opening::Opening;
pub use self::pace::Pace;
pub use self::question::{Answer, Failure, Question, Reads, Ticket};
pub use self::report::{Report, Rest};
use self::stash::Tree;
pub use self::urgent::{overtakes, urgent};
use self::window::Window;

/// Leaves refused for good after which a log is not followed any further.
pub const REFUSED_LEAVES: u32 = 64;
/// Bundles pulled at once.
pub const WINDOW_BUNDLES: u64 = 4;

/// The log that is followed, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The log.
    pub origin: Origin,
    /// The key that signs its checkpoints.
    pub key: NoteVerifier,
    /// Which parts this node may have from it.
    pub reads: Reads,
}

/// What has happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// Time to look whether the log grew.
    Poll,
    /// A question was answered, or will not be.
    Answered {
        /// The question.
        ticket: Ticket,
        /// What came.
        answer: Result<Answer, Failure>,
    },
    /// The own log was looked through.
    Compared {
        /// The question.
        ticket: Ticket,
        /// For each leaf, whether its entry is durable here.
        held: Vec<bool>,
        /// Durable leaves of the own log.
        own: u64,
    },
    /// Admission has answered.
    Admitted {
        /// The question.
        ticket: Ticket,
        /// What it said.
        outcome: Outcome,
    },
    /// What was to be kept is durable.
    Kept(Ticket),
    /// Somebody has seen this checkpoint of the log.
    Heard(Box<SignedCheckpoint>),
    /// It is proved elsewhere that the log signed two histories.
    Convicted,
}

/// What admission said to a run of entries, which it takes as a whole or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All are durable in the own log.
    Taken {
        /// Durable leaves of the own log.
        own: u64,
    },
    /// Nothing was taken because of one entry.
    Refused {
        /// The entry, from 0.
        position: usize,
        /// Why; early or for good.
        reason: Reason,
    },
    /// Nothing is taken at present; no entry is to blame.
    Busy(Reason),
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Carry a question to the peer.
    Ask {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The question.
        question: Question,
    },
    /// Say which of these leaves stand in the own log, durably.
    Compare {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The leaf hashes.
        leaves: Vec<Hash>,
    },
    /// Offer entries to admission, as following does: no door, all or nothing.
    Admit {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The entries with their bodies, in log order.
        entries: Vec<Submission>,
    },
    /// Keep this durably, in place of what was kept before.
    Keep {
        /// Comes back when it is.
        ticket: Ticket,
        /// What a start begins with.
        known: Box<Known>,
    },
    /// Tell the operator, and whoever else has to know.
    Report(Report),
    /// Nothing more to do until the next poll.
    Rest(Rest),
}

/// Follows one log.
#[derive(Debug)]
pub struct Follower {
    log: Followed,
    known: Known,
    step: Step,
    asked: BTreeMap<Ticket, Question>,
    tickets: u64,
    refused: u32,
    hearsay: Hearsay,
    /// Digest of the note that was opened last and stands for what is kept.
    opened: Option<[u8; 32]>,
}

/// What is awaited.
#[derive(Debug)]
enum Step {
    /// A poll.
    Resting,
    /// The checkpoint.
    Noting,
    /// The tiles at the right edge.
    Opening(Opening),
    /// Tiles that show that the tree grew.
    Proving(Box<Tree>),
    /// That the note or the cursor is durable.
    Keeping(Ticket, Box<Known>, After),
    /// Tiles that hold the leaves of a window.
    Reading(Box<Window>),
    /// Which leaves of the window are held.
    Comparing(Ticket, Box<Window>),
    /// Bundles of the window.
    Fetching(Box<Window>),
    /// Parts of a run of lacking entries.
    Gathering(Box<Window>),
    /// Admission's answer.
    Admitting(Ticket, Box<Window>, Batch),
}

/// What follows once something is kept.
#[derive(Debug)]
enum After {
    /// On with the tree, from the cursor.
    Window(Box<Tree>, CompactRange),
    /// A rest.
    Rest(Rest),
}

impl Follower {
    /// Goes on where `known` ends. A start that cannot show that its own log still holds
    /// `known.cursor().own` leaves has to begin anew: see [`Known::on`].
    pub const fn new(log: Followed, known: Known) -> Self {
        Self {
            log,
            known,
            step: Step::Resting,
            asked: BTreeMap::new(),
            tickets: 0,
            refused: 0,
            hearsay: Hearsay::new(),
            opened: None,
        }
    }

    /// Asks for no other parts than these from now on.
    pub const fn may_have(&mut self, reads: Reads) {
        self.log.reads = reads;
    }

    /// What is kept: a start would begin with it.
    pub const fn known(&self) -> &Known {
        &self.known
    }

    /// Whether a poll is awaited.
    pub const fn is_resting(&self) -> bool {
        matches!(self.step, Step::Resting)
    }

    /// Takes what happened and says what to do next. What is not awaited changes nothing.
    pub fn handle(&mut self, input: Input) -> Vec<Output> {
        match input {
            Input::Poll => self.poll(),
            Input::Heard(signed) => self.hear(&signed),
            Input::Convicted => self.convict(),
            Input::Answered { ticket, answer } => {
                let Some(question) = self.asked.remove(&ticket) else {
                    return Vec::new();
                };
                match answer {
                    Ok(answer) => self.answered(&question, answer),
                    Err(failure) => self.failed(&question, failure),
                }
            }
            Input::Compared { ticket, held, own } => {
                match std::mem::replace(&mut self.step, Step::Resting) {
                    Step::Comparing(awaited, window) if awaited == ticket => {
                        self.compared(window, &held, own)
                    }
                    step => self.stay(step),
                }
            }
            Input::Admitted { ticket, outcome } => {
                match std::mem::replace(&mut self.step, Step::Resting) {
                    Step::Admitting(awaited, window, batch) if awaited == ticket => {
                        self.admitted(window, batch, outcome)
                    }
                    step => self.stay(step),
                }
            }
            Input::Kept(ticket) => match std::mem::replace(&mut self.step, Step::Resting) {
                Step::Keeping(awaited, known, after) if awaited == ticket => {
                    self.known = *known;
                    match after {
                        After::Window(tree, range) => self.next_window(tree, range),
                        After::Rest(rest) => self.rest(rest),
                    }
                }
                step => self.stay(step),
            },
        }
    }

    /// Gives up what is under way, because it cannot be done here. What was not said to be kept is
    /// not known.
    pub fn abandon(&mut self) {
        self.step = Step::Resting;
        self.asked.clear();
    }

    fn poll(&mut self) -> Vec<Output> {
        if !self.is_resting() {
            return Vec::new();
        }
        if self.known.is_forked() {
            return self.rest(Rest::Forked);
        }
        if self.refused >= REFUSED_LEAVES {
            return self.rest(Rest::Blamed);
        }
        self.step = Step::Noting;
        vec![self.ask(Question::Checkpoint)]
    }

    fn answered(&mut self, question: &Question, answer: Answer) -> Vec<Output> {
        match (std::mem::replace(&mut self.step, Step::Resting), answer) {
            (Step::Noting, Answer::Checkpoint(note)) => self.noted(&note),
            (Step::Opening(opening), Answer::Tile(bytes)) => {
                opening.put(question, bytes);
                self.open(opening)
            }
            (Step::Proving(tree), Answer::Tile(bytes)) => {
                tree.put(question, bytes);
                self.prove(tree)
            }
            (Step::Reading(window), Answer::Tile(bytes)) => {
                window.put(question, bytes);
                self.read(window)
            }
            (Step::Fetching(window), Answer::Entries(entries)) => {
                self.fetched(window, question, &entries)
            }
            (Step::Gathering(window), Answer::Parts(page)) => {
                self.gathered(window, question, &page)
            }
            _ => self.rest(Rest::Failed(Reason::GatewayAnswer)),
        }
    }

    fn failed(&mut self, question: &Question, Failure(reason): Failure) -> Vec<Output> {
        match std::mem::replace(&mut self.step, Step::Resting) {
            // A mirror of the log alone has no parts; entries stand without them.
            Step::Gathering(window) if reason == Reason::NotFound => self.bare(window, question),
            _ => self.rest(Rest::Failed(reason)),
        }
    }

    fn ask(&mut self, question: Question) -> Output {
        let ticket = self.ticket();
        self.asked.insert(ticket, question);
        Output::Ask { ticket, question }
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets = self.tickets.wrapping_add(1);
        Ticket::new(self.tickets)
    }

    fn keep(&mut self, known: Known, after: After) -> Output {
        let ticket = self.ticket();
        let known = Box::new(known);
        self.step = Step::Keeping(ticket, known.clone(), after);
        Output::Keep { ticket, known }
    }

    /// Goes on waiting.
    fn stay(&mut self, step: Step) -> Vec<Output> {
        self.step = step;
        Vec::new()
    }

    /// Gives up whatever is under way until the next poll.
    fn rest(&mut self, rest: Rest) -> Vec<Output> {
        self.abandon();
        vec![Output::Rest(rest)]
    }
}
