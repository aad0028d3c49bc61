//! Drives what brings back what lacks here although it was followed (specs/repair.md).

use fairtrail::api::Batch;

use super::drive::Task;
use super::host::{Host, outcome};
use crate::core::repair::{Input, Output, Rest};

impl Task {
    /// Looks whether the other log has what lacks here, if it is time for that.
    pub(super) async fn repair(&mut self) {
        let Some(repairer) = &mut self.repairer else {
            return;
        };
        let mut input = Input::Begin {
            now: self.host.service().now(),
            signed: self.follower.known().signed(),
            own: self.host.service().settled_feeds(),
        };
        let rest = loop {
            let output = repairer.handle(input);
            input = match output {
                Output::Rest(rest) => break rest,
                Output::Ask(question) => Input::Answered(self.carrier.repair(question).await),
                output => match self.host.repair(output).await {
                    Some(input) => input,
                    // The index has ended, or the runtime is going down.
                    None => break Rest::Early,
                },
            };
        };
        let differs = repairer.differs();
        self.host.repaired(rest);
        self.peers.repaired(self.number, rest, differs);
    }
}

impl Host {
    /// What has to be done for it in this node; nothing for what is no work of a node.
    async fn repair(&self, output: Output) -> Option<Input> {
        match output {
            Output::Compare(compare) => {
                let read = self.service().read(move |log| log.compared_feeds(&compare));
                read.await.ok().map(Input::Compared)
            }
            Output::Look(ids) => {
                let read = self.service().read(move |log| {
                    let held = ids.into_iter().map(|id| log.has_admitted(id));
                    Ok(Input::Looked(held.collect()))
                });
                read.await.ok()
            }
            Output::Admit(entries) => {
                let taken = self.service().take_up(Batch(entries)).await;
                Some(Input::Admitted(outcome(taken.map(|taken| taken.receipt))))
            }
            Output::Ask(_) | Output::Rest(_) => None,
        }
    }

    fn repaired(&self, rest: Rest) {
        let origin = self.origin();
        match rest {
            Rest::Agreed | Rest::Early => {}
            Rest::Ahead => {
                tracing::debug!(%origin, "the sets differ, and nothing of this log lacks here");
            }
            Rest::Brought(entries) => {
                tracing::warn!(%origin, entries, "entries lacked here behind what this log was followed to; they were taken up");
            }
            Rest::Failed(reason) => {
                tracing::warn!(%origin, %reason, "what this log has and lacks here was not to be had, or not to be found out");
            }
        }
        self.service().metrics().repaired(origin.as_str(), rest);
    }
}
