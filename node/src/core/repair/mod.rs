//! Finding and bringing back what another log has and this node lacks, although everything that log
//! signed was followed (specs/repair.md).
//!
//! A [`Repairer`] asks one question at a time and is told the answer, as a
//! [`Follower`](super::follow::Follower) is:
//!
//! ```text
//! Begin → Ask(no keys) → the roots differ, for long enough
//!       → Ask(keys) → Compare → … → Look(ends) → Ask(down from one) → Look → Admit → … → Rest
//! ```
//! Every answer about the other trie is proved under an index head that the log signed; what it
//! leads to is offered to admission as following does, and to nobody else. What is remembered has a
//! bound: the keys still to be asked, the feeds found and not brought yet, and what was refused.

mod budget;
mod go;
mod mending;
mod pace;
mod refused;
#[cfg(test)]
mod tests;

use fairtrail::api::Submission;
use fairtrail::id::EntryId;
use fairtrail::index::{Opened, Opening};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use fairtrail::trie::{Differing, Label, PartialTrie, TrieKey, TrieRoot};

pub use self::budget::{GO_BYTES, GO_QUESTIONS};
use self::go::Go;
pub use self::mending::RUN;
use self::pace::Pace;
use self::refused::Refused;
use super::follow::{Failure, Outcome};
use super::head::Head;

/// A question about a published log. Every answer has a bound (specs/repair.md §6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The feeds trie, opened at these keys; without keys the newest index head alone.
    Open(Vec<TrieKey>),
    /// An entry and those before it in its feed, at most so many, newest first.
    Down(EntryId, u16),
}

/// What a peer answers; nothing of it is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An [`Opening`], not read yet.
    Opening(Vec<u8>),
    /// Entries, each as its bytes.
    Entries(Vec<Vec<u8>>),
}

/// What has happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// Everything the log signed has been taken up, or what comes next cites what is not here.
    Begin {
        /// The time.
        now: Timestamp,
        /// The tree that the log signed last.
        signed: Head,
        /// The own feeds root; nothing while the own index does not cover the own log.
        own: Option<TrieRoot>,
    },
    /// The question was answered, or will not be.
    Answered(Result<Answer, Failure>),
    /// An opened trie was compared with the own one.
    Compared(Vec<Differing>),
    /// For each entry looked for, whether it is admitted here.
    Looked(Vec<bool>),
    /// Admission has answered.
    Admitted(Outcome),
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Carry a question to the peer.
    Ask(Question),
    /// Say where this trie has what the own one, in the state that has settled, has not.
    Compare(Box<Comparison>),
    /// Say which of these entries are admitted here.
    Look(Vec<EntryId>),
    /// Offer entries to admission, as following does.
    Admit(Vec<Submission>),
    /// Nothing more until it is time again.
    Rest(Rest),
}

/// What is to be compared: see [`PartialTrie::differing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// As much of the other trie as was opened.
    pub opened: PartialTrie,
    /// The lowest key that is looked for.
    pub from: TrieKey,
    /// Where to look.
    pub within: Vec<Label>,
}

/// How a go ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Both logs hold the same entries.
    Agreed,
    /// The other log has nothing that lacks here, as far as it was gone through.
    Ahead,
    /// It is not the time to go through anything.
    Early,
    /// So many entries that lacked here are durable now.
    Brought(u64),
    /// No answer, or one that does not hold, or something that was not to be had.
    Failed(Reason),
}

impl Rest {
    /// The word for it; nothing when there was nothing to do.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Agreed => Some("agreed"),
            Self::Ahead => Some("ahead"),
            Self::Early => None,
            Self::Brought(_) => Some("brought"),
            Self::Failed(_) => Some("failed"),
        }
    }
}

/// Repairs from one log.
#[derive(Debug)]
pub struct Repairer {
    index: NoteVerifier,
    pace: Pace,
    refused: Refused,
    /// Where the next go begins.
    from: TrieKey,
    /// The two feeds roots between which nothing is left to be had.
    done: Option<(TrieRoot, TrieRoot)>,
    begun: Option<Begun>,
    step: Step,
}

/// What a go began with.
#[derive(Debug, Clone, Copy)]
struct Begun {
    now: Timestamp,
    signed: Head,
    own: TrieRoot,
}

/// What is awaited.
#[derive(Debug)]
enum Step {
    Resting,
    /// The newest index head.
    Heading,
    /// Something of a go.
    Going(Box<Go>),
}

impl Repairer {
    /// Repairs from the log whose index this key signs, once its set has differed for so many seconds,
    /// and no more often than that.
    pub const fn new(index: NoteVerifier, seconds: u64) -> Self {
        Self {
            index,
            pace: Pace::new(seconds),
            refused: Refused::new(),
            from: TrieKey::new([0; 32]),
            done: None,
            begun: None,
            step: Step::Resting,
        }
    }

    /// Whether the sets differed when that was last looked at.
    pub const fn differs(&self) -> bool {
        self.pace.differs()
    }

    /// Takes what happened and says what to do next. What is not awaited ends the go.
    pub fn handle(&mut self, input: Input) -> Output {
        match (std::mem::replace(&mut self.step, Step::Resting), input) {
            (_, Input::Begin { now, signed, own }) => self.begin(now, signed, own),
            (Step::Heading, Input::Answered(answer)) => self.headed(answer),
            (Step::Going(go), Input::Answered(Err(Failure(reason)))) => self.missed(*go, reason),
            (Step::Going(go), Input::Answered(Ok(Answer::Opening(bytes)))) => {
                self.opened(*go, &bytes)
            }
            (Step::Going(go), Input::Answered(Ok(Answer::Entries(entries)))) => {
                self.went_down(*go, &entries)
            }
            (Step::Going(go), Input::Compared(found)) => self.compared(*go, found),
            (Step::Going(go), Input::Looked(held)) => self.looked(*go, &held),
            (Step::Going(go), Input::Admitted(outcome)) => self.admitted(*go, outcome),
            (Step::Heading | Step::Resting, _) => Output::Rest(Rest::Early),
        }
    }

    fn begin(&mut self, now: Timestamp, signed: Head, own: Option<TrieRoot>) -> Output {
        let Some(own) = own.filter(|_| self.pace.is_due(now)) else {
            return Output::Rest(Rest::Early);
        };
        self.begun = Some(Begun { now, signed, own });
        self.step = Step::Heading;
        Output::Ask(Question::Open(Vec::new()))
    }

    /// The newest index head came: is there anything to do?
    fn headed(&mut self, answer: Result<Answer, Failure>) -> Output {
        let Some(begun) = self.begun else {
            return Output::Rest(Rest::Early);
        };
        let opened = match answer {
            Ok(Answer::Opening(bytes)) => self.verified(&bytes, &[]),
            Ok(Answer::Entries(_)) => Err(Reason::GatewayAnswer),
            Err(Failure(reason)) => Err(reason),
        };
        let head = match opened {
            Ok(opened) => opened.head,
            Err(reason) => return self.failed(begun.now, reason),
        };
        if head.size != begun.signed.size {
            self.pace.moving(begun.now);
            return Output::Rest(Rest::Early);
        }
        // It speaks of another log than was followed.
        if head.root != begun.signed.root {
            return self.failed(begun.now, Reason::RootMismatch);
        }
        if head.feeds == begun.own {
            self.pace.agreed(begun.now);
            self.from = TrieKey::new([0; 32]);
            return Output::Rest(Rest::Agreed);
        }
        if !self.pace.differed(begun.now) {
            return Output::Rest(Rest::Early);
        }
        if self.done == Some((begun.own, head.feeds)) {
            self.pace.again(begun.now);
            return Output::Rest(Rest::Early);
        }
        let go = Go::new(head, self.from);
        self.next(go)
    }

    fn opened(&mut self, mut go: Go, bytes: &[u8]) -> Output {
        let Some(asked) = go.asked() else {
            return self.end(&go, Some(Reason::GatewayAnswer));
        };
        if !go.budget.take(bytes.len()) {
            return self.end(&go, None);
        }
        match self.verified(bytes, &asked) {
            Err(reason) => self.end(&go, Some(reason)),
            // It has moved on: what was found so far stands, what is left waits.
            Ok(opened) if opened.head != *go.head() => self.end(&go, None),
            Ok(opened) => {
                let Some(feeds) = opened.feeds else {
                    return self.end(&go, Some(Reason::ProofIncomplete));
                };
                let (from, within) = (go.from(), go.found(opened.found));
                self.step = Step::Going(Box::new(go));
                Output::Compare(Box::new(Comparison {
                    opened: feeds,
                    from,
                    within,
                }))
            }
        }
    }

    fn compared(&mut self, mut go: Go, found: Vec<Differing>) -> Output {
        let ends = go.compared(found, &self.refused);
        if ends.is_empty() {
            return self.next(go);
        }
        self.step = Step::Going(Box::new(go));
        Output::Look(ends)
    }

    fn looked(&mut self, mut go: Go, held: &[bool]) -> Output {
        if let Some(entries) = go.looked(held) {
            self.step = Step::Going(Box::new(go));
            return Output::Admit(entries);
        }
        self.next(go)
    }

    fn went_down(&mut self, mut go: Go, entries: &[Vec<u8>]) -> Output {
        let bytes = entries.iter().map(Vec::len).sum();
        if !go.is_going_down() {
            return self.end(&go, Some(Reason::GatewayAnswer));
        }
        if !go.budget.take(bytes) {
            return self.end(&go, None);
        }
        match go.went_down(entries) {
            Some(ids) => {
                self.step = Step::Going(Box::new(go));
                Output::Look(ids)
            }
            None => self.next(go),
        }
    }

    /// There is no answer. Who says so of a feed that it is proved to have says nothing of others.
    fn missed(&mut self, mut go: Go, reason: Reason) -> Output {
        if go.is_going_down() && reason == Reason::NotFound {
            go.give_up(reason);
            return self.next(go);
        }
        self.end(&go, Some(reason))
    }

    fn admitted(&mut self, mut go: Go, outcome: Outcome) -> Output {
        match outcome {
            Outcome::Taken { .. } => go.taken(),
            Outcome::Busy(reason) => return self.end(&go, Some(reason)),
            Outcome::Refused { position, reason } => {
                if let Some(before) = go.refused(position, reason, &mut self.refused) {
                    self.step = Step::Going(Box::new(go));
                    return Output::Admit(before);
                }
            }
        }
        self.next(go)
    }

    /// Brings what was found, then looks for more.
    fn next(&mut self, mut go: Go) -> Output {
        let question = go.question();
        match question {
            Some(question) if go.budget.ask() => {
                self.step = Step::Going(Box::new(go));
                Output::Ask(question)
            }
            _ => self.end(&go, None),
        }
    }

    /// What is left of a go waits for the next one.
    fn end(&mut self, go: &Go, failed: Option<Reason>) -> Output {
        let Some(begun) = self.begun.take() else {
            return Output::Rest(Rest::Early);
        };
        let brought = go.brought();
        let whole = failed.is_none() && go.is_over();
        if whole && self.from == TrieKey::new([0; 32]) && brought == 0 && !go.left_some() {
            self.done = Some((begun.own, go.head().feeds));
        }
        self.from = go.resume(whole);
        let failed = failed.or(go.reason());
        self.pace.ended(begun.now, brought > 0);
        Output::Rest(match failed {
            _ if brought > 0 => Rest::Brought(brought),
            Some(reason) => Rest::Failed(reason),
            None => Rest::Ahead,
        })
    }

    fn failed(&mut self, now: Timestamp, reason: Reason) -> Output {
        self.pace.ended(now, false);
        Output::Rest(Rest::Failed(reason))
    }

    fn verified(&self, bytes: &[u8], asked: &[TrieKey]) -> Result<Opened, Reason> {
        let opening = Opening::parse(bytes).map_err(|error| error.code())?;
        let opened = opening.verify(&self.index, asked);
        opened.map_err(|error| error.code())
    }
}
