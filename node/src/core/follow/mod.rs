//! Following one log: what its operator signed is pulled, checked against one root and taken up
//! unchanged (specs/follow.md).
//!
//! A [`Follower`] asks questions and is told answers; whoever drives it carries the questions to
//! the peer, looks things up in the own log, offers entries to admission and keeps what has to
//! outlast a crash:
//!
//! ```text
//! Poll → Ask(checkpoint) → Ask(edge tiles) → Ask(tiles that show growth) → Keep(note)
//!      → windows: Ask(leaf tiles) → Compare → Ask(bundles) → Ask(parts) → Admit → Keep(cursor)
//!      → Rest
//! ```
//! Windows overlap: while entries are admitted, those behind them are fetched.
//!
//! Nothing a peer says is used before it hashes up to a root that the log's key signed, and that
//! root continues the last one kept here. The cursor moves over leaves that are durable in the own
//! log, or refused for good, and over no others. What is kept per log does not grow with it.

mod admitting;
mod batch;
mod glean;
mod heard;
mod known;
mod offers;
mod opening;
mod pace;
mod pipeline;
mod question;
mod report;
mod run;
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

pub use self::glean::{GLEANED, GleanInput, GleanOutput, Gleaner};
use self::heard::Hearsay;
pub use self::known::{Cursor, Known, KnownError};
use self::opening::Opening;
pub use self::pace::Pace;
use self::pipeline::Pipeline;
pub use self::question::{Answer, Failure, Question, Reads, Ticket};
pub use self::report::{Report, Rest};
use self::stash::Tree;
pub use self::urgent::{overtakes, urgent};

/// Leaves refused for good after which a log is not followed any further.
pub const REFUSED_LEAVES: u32 = 64;
/// Bundles pulled at once.
pub const WINDOW_BUNDLES: u64 = 4;
/// Leaves after which the cursor is kept while there are more. What a crash loses of it is found
/// held, and not fetched again.
pub const KEPT_LEAVES: u64 = 8_192;

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
        /// The first of the leaves.
        first: u64,
        /// The leaf hashes, verified.
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
    /// Whatever the leaves behind the cursor need.
    Pulling(Box<Pipeline>),
}

/// What follows once something is kept.
#[derive(Debug)]
enum After {
    /// On with the tree, from the cursor.
    Pull(Box<Tree>, CompactRange),
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
                self.pulling(|follower, pipeline| follower.compared(pipeline, ticket, &held, own))
            }
            Input::Admitted { ticket, outcome } => {
                self.pulling(|follower, pipeline| follower.admitted(pipeline, ticket, outcome))
            }
            Input::Kept(ticket) => self.kept(ticket),
        }
    }

    /// Does something to the pipeline, if there is one.
    fn pulling(
        &mut self,
        change: impl FnOnce(&mut Self, Box<Pipeline>) -> Vec<Output>,
    ) -> Vec<Output> {
        match std::mem::replace(&mut self.step, Step::Resting) {
            Step::Pulling(pipeline) => change(self, pipeline),
            step => self.stay(step),
        }
    }

    fn kept(&mut self, ticket: Ticket) -> Vec<Output> {
        match std::mem::replace(&mut self.step, Step::Resting) {
            Step::Keeping(awaited, known, after) if awaited == ticket => {
                self.known = *known;
                match after {
                    After::Pull(tree, range) => self.pull(tree, range),
                    After::Rest(rest) => self.rest(rest),
                }
            }
            Step::Pulling(mut pipeline) => {
                if let Some(known) = pipeline.kept(ticket) {
                    self.known = *known;
                }
                self.advance(pipeline)
            }
            step => self.stay(step),
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
            (Step::Pulling(pipeline), answer) => self.pulled(pipeline, question, answer),
            _ => self.rest(Rest::Failed(Reason::GatewayAnswer)),
        }
    }

    fn failed(&mut self, question: &Question, Failure(reason): Failure) -> Vec<Output> {
        match std::mem::replace(&mut self.step, Step::Resting) {
            Step::Pulling(pipeline) => self.missed(pipeline, question, reason),
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
