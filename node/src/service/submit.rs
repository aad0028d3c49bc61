//! Submitting, and checking before it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fairtrail::api::{Batch, CheckAnswer, DraftMessage, Receipt};
use fairtrail::entry::Body;
use fairtrail::id::{EntryId, PartDigest};

use super::{Acknowledged, Offered, Service, Submitted};
use crate::core::follow::overtakes;
use crate::ledger::{SubmitError, draft_problem};
use crate::metrics::Door;

impl Service {
    /// Submits entries that are admitted together or not at all, and answers when they are durable
    /// and promised; with `wait`, when a checkpoint covers them or that time is over. Bodies of
    /// entries that are known already are stored where they are lacking.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then, unless what failed was storing such bodies: then the
    /// entries are in, and the same batch is to be sent again.
    pub async fn submit(
        &self,
        batch: Batch,
        wait: Option<Duration>,
    ) -> Result<Submitted, SubmitError> {
        let late = self.late_bodies(&batch);
        let receipt = self.offer(batch, Door::submission).await?;
        if !late.is_empty() {
            self.fill(late).await?;
        }
        Ok(self.wait_for(receipt, wait).await)
    }

    /// Takes up entries as following another log does: admission alone decides, and a fork is
    /// taken as the evidence it is. Not for what authors submit.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then.
    pub async fn take_up(&self, batch: Batch) -> Result<Submitted, SubmitError> {
        let receipt = self.offer(batch, Door::following).await?;
        Ok(self.wait_for(receipt, None).await)
    }

    /// What was sent for entries that are known: this node may have taken them up from a log that held
    /// their parts back.
    fn late_bodies(&self, batch: &Batch) -> Vec<(PartDigest, Body)> {
        let admitted = self.access.admitted.read();
        let lines = batch.0.iter();
        let known = lines.filter(|line| admitted.set.contains(line.entry.id()));
        let bodies = known.flat_map(|line| &line.bodies);
        bodies.map(|body| (body.digest(), body.clone())).collect()
    }

    /// Offers a batch, counts what came of it, and tells whoever passes them on of urgent entries
    /// that are new here.
    async fn offer(&self, batch: Batch, door: Door) -> Result<Receipt, SubmitError> {
        let lines = batch.0.iter().enumerate();
        let urgent = lines.filter(|(_, line)| overtakes(&line.entry));
        let urgent: Vec<(usize, Arc<[u8]>)> = urgent
            .map(|(at, line)| (at, line.entry.bytes().into()))
            .collect();
        let asked = door == Door::submission;
        let outcome = self.access.submit(Offered::new(batch.0), asked).await;
        let new = |receipt: &Receipt| receipt.entries.iter().filter(|entry| !entry.known).count();
        self.metrics.offered(door, outcome.as_ref().map(new));
        let receipt = outcome?;
        for (at, entry) in urgent {
            if receipt.entries.get(at).is_some_and(|entry| !entry.known) {
                // Nobody may listen.
                let _ = self.urgent.send(entry);
            }
        }
        Ok(receipt)
    }

    /// What the submission door would say to a draft: every problem it finds.
    pub fn check(&self, draft: &DraftMessage) -> CheckAnswer {
        // Read before the set is looked at, so that the writer never waits for a file.
        let targets = draft.header.refs.iter().map(|reference| reference.entry);
        let subjects = |id| Some((id, self.access.reader.subjects_of(id)?));
        let subjects: HashMap<EntryId, _> = targets.filter_map(subjects).collect();
        let subjects_of = |id| subjects.get(&id).cloned();
        let now = (self.access.clock)();
        let admitted = self.access.admitted.read();
        let problems = admitted.check_draft(&draft.header, &draft.bodies, &subjects_of, now);
        CheckAnswer {
            acceptable: problems.is_empty(),
            problems: problems.into_iter().map(draft_problem).collect(),
        }
    }

    async fn wait_for(&self, receipt: Receipt, wait: Option<Duration>) -> Submitted {
        let promised = if receipt.entries.iter().all(|entry| entry.known) {
            Acknowledged::Known
        } else {
            Acknowledged::Promised
        };
        let plain = |receipt| Submitted {
            receipt,
            acknowledged: promised,
        };
        let leaves = receipt.entries.iter().map(|entry| entry.leaf_index);
        let (Some(wait), Some(last)) = (wait, leaves.max()) else {
            return plain(receipt);
        };
        let mut published = self.published();
        let covered = published.wait_for(|published| published.size().get() > last);
        if !matches!(tokio::time::timeout(wait, covered).await, Ok(Ok(_))) {
            return plain(receipt);
        }
        let proved = {
            let receipt = receipt.clone();
            self.read(move |service| service.prove_all(receipt)).await
        };
        match proved {
            Ok(receipt) => Submitted {
                receipt,
                acknowledged: Acknowledged::Published,
            },
            // What was acknowledged stays so, even if it cannot be read back at present.
            Err(_) => plain(receipt),
        }
    }

    fn prove_all(&self, mut receipt: Receipt) -> Result<Receipt, super::ReadError> {
        for entry in &mut receipt.entries {
            entry.proof = Some(self.proof(entry.id)?);
        }
        Ok(receipt)
    }
}
