//! Drives one follower: from poll to poll, until asked to stop or nothing is left to follow.

use std::collections::VecDeque;
use std::sync::Arc;

use fairtrail::log::SignedCheckpoint;
use fairtrail::reason::Reason;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::host::Host;
use super::mirrors::Mirrors;
use super::view::Peers;
use crate::core::follow::{
    Answer, Follower, GleanInput, GleanOutput, Gleaner, Input, Output, Pace, Question, Reads, Rest,
};
use crate::core::repair::Repairer;
use crate::shutdown;

/// Rounds of following for which lacking parts are looked for once, with no reason to expect any.
const GLEAN_ROUNDS: u32 = 8;

/// One followed log.
pub(super) struct Task {
    pub(super) follower: Follower,
    pub(super) carrier: Arc<Mirrors>,
    pub(super) host: Arc<Host>,
    pub(super) pace: Pace,
    pub(super) peers: Peers,
    pub(super) number: usize,
    pub(super) gleaner: Gleaner,
    /// Nothing where the key of the log's index is not configured, or nothing is to be repaired.
    pub(super) repairer: Option<Repairer>,
    /// Which parts the carrier could bring.
    pub(super) reads: Reads,
    /// What others say that the log signed.
    pub(super) told: mpsc::Receiver<Box<SignedCheckpoint>>,
}

/// Follows until asked to stop. What is under way then is left; the next start takes it up again.
pub(super) async fn drive(mut task: Task, stop: watch::Receiver<bool>) {
    let mut stopped = std::pin::pin!(shutdown::asked(stop));
    let mut next = Input::Poll;
    let mut rounds = 0_u32;
    loop {
        if task.host.is_convicted() {
            next = Input::Convicted;
        }
        let rest = tokio::select! {
            rest = task.round(next) => rest,
            () = &mut stopped => return,
        };
        task.follower.abandon();
        if matches!(rest, Rest::Failed(_) | Rest::Shrunk { .. }) {
            task.carrier.turn();
        }
        task.peers.rested(task.number, rest, task.follower.known());
        let reached = matches!(rest, Rest::Reached { .. });
        rounds = rounds.wrapping_add(u32::from(reached));
        if reached || matches!(rest, Rest::Stalled { .. }) {
            tokio::select! {
                () = task.complete(rounds, reached) => {}
                () = &mut stopped => return,
            }
        }
        let Some(wait) = task.pace.after(rest, chance()) else {
            return;
        };
        next = tokio::select! {
            () = tokio::time::sleep(wait) => Input::Poll,
            Some(signed) = task.told.recv() => Input::Heard(signed),
            () = &mut stopped => return,
        }
    }
}

impl Task {
    /// Begins with `first` and does what has to be done until the follower rests. What is no news
    /// becomes a poll.
    async fn round(&mut self, first: Input) -> Rest {
        self.follower
            .may_have(self.host.membership().pulls(self.reads));
        let mut begun: JoinSet<Result<Input, Reason>> = JoinSet::new();
        let mut todo: VecDeque<Output> = self.follower.handle(first).into();
        if todo.is_empty() {
            todo = self.follower.handle(Input::Poll).into();
        }
        loop {
            match todo.pop_front() {
                Some(Output::Rest(rest)) => return rest,
                Some(Output::Report(report)) => self.host.tell(report).await,
                Some(Output::Ask { ticket, question }) => {
                    let carrier = Arc::clone(&self.carrier);
                    begun.spawn(async move {
                        let answer = carrier.ask(question).await;
                        Ok(Input::Answered { ticket, answer })
                    });
                }
                Some(Output::Admit { ticket, entries }) => {
                    let host = Arc::clone(&self.host);
                    begun.spawn(async move {
                        let outcome = host.admit(entries).await;
                        Ok(Input::Admitted { ticket, outcome })
                    });
                }
                Some(Output::Compare {
                    ticket,
                    first,
                    leaves,
                }) => {
                    let host = Arc::clone(&self.host);
                    begun.spawn(async move {
                        let compared = host.compare(first, leaves).await;
                        let (held, own) = compared.map_err(|error| error.code())?;
                        Ok(Input::Compared { ticket, held, own })
                    });
                }
                Some(Output::Keep { ticket, known }) => {
                    let host = Arc::clone(&self.host);
                    begun.spawn(async move {
                        host.keep(known).await?;
                        Ok(Input::Kept(ticket))
                    });
                }
                None => match begun.join_next().await {
                    Some(Ok(Ok(input))) => todo.extend(self.follower.handle(input)),
                    Some(Ok(Err(reason))) => return Rest::Busy(reason),
                    // Something panicked, or nothing is under way although the follower does not
                    // rest: both are defects here, and the next round begins anew.
                    Some(Err(_)) | None => return Rest::Failed(Reason::Internal),
                },
            }
        }
    }
}

impl Task {
    /// What there is to do once everything is taken up, or nothing more can be: what comes next may
    /// cite what was lost.
    async fn complete(&mut self, rounds: u32, reached: bool) {
        if reached {
            self.glean(rounds).await;
        }
        self.repair().await;
    }

    /// Looks for parts that are lacking here, if it is time for that.
    async fn glean(&mut self, rounds: u32) {
        let reads = self.host.membership().gleans(self.reads);
        if !(self.gleaner.expects(reads) || rounds.is_multiple_of(GLEAN_ROUNDS)) {
            return;
        }
        let end = self.follower.known().cursor().head.size.get();
        let mut input = GleanInput::Begin { end, reads };
        loop {
            input = match self.gleaner.handle(input) {
                GleanOutput::Ask(question) => {
                    let tile = matches!(question, Question::Tile(_));
                    match self.carrier.ask(question).await {
                        Ok(Answer::Tile(hashes)) => GleanInput::Hashes(Ok(hashes)),
                        Ok(Answer::Parts(page)) => GleanInput::Page(Ok(page)),
                        Ok(_) => return,
                        Err(failure) if tile => GleanInput::Hashes(Err(failure)),
                        Err(failure) => GleanInput::Page(Err(failure)),
                    }
                }
                GleanOutput::Fill(found) => GleanInput::Filled(self.host.fill(found).await),
                GleanOutput::Rest => return,
                look => match self.host.gleaned(look).await {
                    Ok(Some(input)) => input,
                    Ok(None) | Err(_) => return,
                },
            };
        }
    }
}

/// A number in 0 to 1 that nobody else draws. Without a source of chance all wait as long.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
