//! Pulling a whole log once, for the node whose own log it is: recovery (specs/recovery.md §6).

use std::collections::VecDeque;
use std::sync::Arc;

use fairtrail::client::{BaseUrl, Gateway, Http};
use fairtrail::merkle::Hash;
use fairtrail::reason::Reason;
use tokio::task::JoinSet;

use super::host::outcome;
use super::http;
use crate::core::follow::{Followed, Follower, Input, Known, Outcome, Output, Report, Rest};
use crate::core::sequence::Offered;
use crate::ledger::Access;
use fairtrail::api::Submission;

/// How pulling ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// Everything the mirror signed for is in the own log, in its order.
    All,
    /// The mirror's history is not the own log's: nothing was taken.
    Diverged,
    /// Something did not hold or did not come; what came before is kept.
    Broke(Reason),
}

/// Takes up what the mirror at `url` holds behind `known`, in log order. The first leaf that is
/// refused ends it: the own log held every one of them.
pub async fn pull(access: &Access, url: &BaseUrl, log: Followed, known: Known) -> Pulled {
    let mirror = Arc::new(Gateway::new(Http::new(url.clone())));
    let mut follower = Follower::new(log, known);
    let mut todo: VecDeque<Output> = follower.handle(Input::Poll).into();
    let mut asked = JoinSet::new();
    loop {
        let input = match todo.pop_front() {
            Some(Output::Ask { ticket, question }) => {
                let mirror = Arc::clone(&mirror);
                asked.spawn(async move {
                    let answer = http::ask(mirror, question).await;
                    Input::Answered { ticket, answer }
                });
                continue;
            }
            Some(Output::Compare { ticket, leaves, .. }) => match held(access, &leaves) {
                Some((held, own)) => Input::Compared { ticket, held, own },
                None => return Pulled::Broke(Reason::StoreDamaged),
            },
            Some(Output::Admit { ticket, entries }) => {
                let outcome = admit(access, entries).await;
                if let Outcome::Refused { reason, .. } | Outcome::Busy(reason) = outcome {
                    return Pulled::Broke(reason);
                }
                Input::Admitted { ticket, outcome }
            }
            // What was pulled is kept in the own log alone.
            Some(Output::Keep { ticket, .. }) => Input::Kept(ticket),
            Some(Output::Report(Report::LeafRefused { reason, .. })) => {
                return Pulled::Broke(reason);
            }
            Some(Output::Report(_)) => return Pulled::Diverged,
            Some(Output::Rest(Rest::Reached { .. })) => return Pulled::All,
            Some(Output::Rest(rest)) => {
                return Pulled::Broke(rest.reason().unwrap_or(Reason::Internal));
            }
            None => match asked.join_next().await {
                Some(Ok(input)) => input,
                Some(Err(_)) | None => return Pulled::Broke(Reason::Internal),
            },
        };
        todo.extend(follower.handle(input));
    }
}

fn held(access: &Access, leaves: &[Hash]) -> Option<(Vec<bool>, u64)> {
    let tables = access.reader.tables();
    let held = leaves.iter().map(|leaf| tables.has_leaf(*leaf).ok());
    let held = held.collect::<Option<Vec<_>>>()?;
    let own = access.admitted.read().set.len() as u64;
    Some((held, own))
}

async fn admit(access: &Access, entries: Vec<Submission>) -> Outcome {
    outcome(access.submit(Offered::new(entries), false).await)
}
