//! Drives one follower: from poll to poll, until asked to stop or nothing is left to follow.

use std::collections::VecDeque;
use std::sync::Arc;

use fairtrail::reason::Reason;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::host::Host;
use super::mirrors::Mirrors;
use super::view::Peers;
use crate::core::follow::{Follower, Input, Output, Pace, Rest};
use crate::shutdown;

/// One followed log.
pub(super) struct Task {
    pub(super) follower: Follower,
    pub(super) carrier: Arc<Mirrors>,
    pub(super) host: Host,
    pub(super) pace: Pace,
    pub(super) peers: Peers,
    pub(super) number: usize,
}

/// Follows until asked to stop. What is under way then is left; the next start takes it up again.
pub(super) async fn drive(mut task: Task, stop: watch::Receiver<bool>) {
    let mut stopped = std::pin::pin!(shutdown::asked(stop));
    loop {
        let rest = tokio::select! {
            rest = task.round() => rest,
            () = &mut stopped => return,
        };
        task.follower.abandon();
        if matches!(rest, Rest::Failed(_) | Rest::Shrunk { .. }) {
            task.carrier.turn();
        }
        task.peers.rested(task.number, rest, task.follower.known());
        let Some(wait) = task.pace.after(rest, chance()) else {
            return;
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = &mut stopped => return,
        }
    }
}

impl Task {
    /// Polls once and does what has to be done until the follower rests.
    async fn round(&mut self) -> Rest {
        let mut asked = JoinSet::new();
        let mut todo: VecDeque<Output> = self.follower.handle(Input::Poll).into();
        loop {
            let input = match todo.pop_front() {
                Some(Output::Ask { ticket, question }) => {
                    let carrier = Arc::clone(&self.carrier);
                    asked.spawn(async move {
                        let answer = carrier.ask(question).await;
                        Input::Answered { ticket, answer }
                    });
                    continue;
                }
                Some(Output::Rest(rest)) => return rest,
                Some(output) => match act(&self.host, output).await {
                    Ok(Some(input)) => input,
                    Ok(None) => continue,
                    Err(reason) => return Rest::Busy(reason),
                },
                None => match asked.join_next().await {
                    Some(Ok(input)) => input,
                    // A question that panicked, or none although the follower does not rest: both
                    // are defects here, and the next round begins anew.
                    Some(Err(_)) | None => return Rest::Failed(Reason::Internal),
                },
            };
            todo.extend(self.follower.handle(input));
        }
    }
}

/// Does what is no question to the peer.
async fn act(host: &Host, output: Output) -> Result<Option<Input>, Reason> {
    match output {
        Output::Admit { ticket, entries } => {
            let outcome = host.admit(entries).await;
            Ok(Some(Input::Admitted { ticket, outcome }))
        }
        Output::Compare { ticket, leaves } => {
            let compared = host.compare(leaves).await;
            let (held, own) = compared.map_err(|error| error.code())?;
            Ok(Some(Input::Compared { ticket, held, own }))
        }
        Output::Keep { ticket, known } => {
            host.keep(known).await?;
            Ok(Some(Input::Kept(ticket)))
        }
        Output::Report(report) => {
            host.tell(report).await;
            Ok(None)
        }
        Output::Ask { .. } | Output::Rest(_) => Ok(None),
    }
}

/// A number in 0 to 1 that nobody else draws. Without a source of chance all wait as long.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
