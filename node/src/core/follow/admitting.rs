//! From lacking entries to the own log.

use fairtrail::api::PartsPage;
use fairtrail::entry::SignedEntry;
use fairtrail::id::IdMap;
use fairtrail::limits::ENTRY_BYTES;
use fairtrail::log::EntryTile;
use fairtrail::merkle::leaf_hash;
use fairtrail::reason::Reason;

use super::opening::reason;
use super::pipeline::Pipeline;
use super::window::Stage;
use super::{Follower, Outcome, Output, REFUSED_LEAVES, Report, Rest, Ticket};

impl Follower {
    /// It is known which leaves of the window are lacking.
    pub(super) fn compared(
        &mut self,
        mut pipeline: Box<Pipeline>,
        ticket: Ticket,
        held: &[bool],
        own: u64,
    ) -> Vec<Output> {
        let Pipeline { window, tree, .. } = &mut *pipeline;
        let Some(window) = window
            .as_mut()
            .filter(|window| window.stage == Stage::Comparing(ticket))
        else {
            return self.advance(pipeline);
        };
        if held.len() != window.hashes.len() {
            return self.rest(Rest::Failed(Reason::Internal));
        }
        let lacking = (window.first..).zip(held).filter(|(_, held)| !**held);
        window.lacking = lacking.map(|(leaf, _)| leaf).collect();
        window.stage = Stage::Fetching;
        let mut outputs = Vec::new();
        match window.questions(tree) {
            Ok(questions) => {
                let asked = questions.into_iter().map(|question| self.ask(question));
                outputs.extend(asked);
            }
            Err(lack) => self.fail(&mut pipeline, reason(lack)),
        }
        pipeline.own = pipeline.own.max(own);
        if outputs.is_empty() {
            self.close_window(&mut pipeline);
        }
        outputs.extend(self.advance(pipeline));
        outputs
    }

    /// A bundle came.
    pub(super) fn fetched(
        &mut self,
        pipeline: &mut Pipeline,
        bundle: EntryTile,
        skip: u16,
        entries: &[Vec<u8>],
        outputs: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let window = pipeline.window.as_mut().ok_or(Reason::GatewayAnswer)?;
        if entries.len() != usize::from(bundle.width().saturating_sub(skip)) {
            return Err(Reason::BundleMalformed);
        }
        let first = bundle.first_leaf().saturating_add(u64::from(skip));
        for (leaf, bytes) in (first..).zip(entries) {
            if !window.lacking.contains(&leaf) {
                continue;
            }
            if bytes.len() > ENTRY_BYTES {
                return Err(Reason::TooLarge);
            }
            let parsed = SignedEntry::parse(bytes);
            let hash = parsed.as_ref().map(SignedEntry::leaf_hash);
            // Nobody is blamed for what does not stand in the log.
            if window.hash(leaf) != Some(hash.unwrap_or_else(|_| leaf_hash(bytes))) {
                return Err(Reason::RootMismatch);
            }
            match parsed {
                Ok(entry) => window.put(leaf, entry),
                Err(error) => outputs.push(self.blame(leaf, error.code(), None)),
            }
        }
        self.close_window(pipeline);
        Ok(())
    }

    /// Makes runs of a window whose bundles all came.
    fn close_window(&mut self, pipeline: &mut Pipeline) {
        if self.is_reading() {
            return;
        }
        if let Some(window) = pipeline
            .window
            .take_if(|window| window.stage == Stage::Fetching)
        {
            pipeline.enqueue(window, self.log.reads);
        }
        if self.refused >= REFUSED_LEAVES {
            self.end(pipeline, Rest::Blamed, None);
        }
    }

    /// Parts came.
    pub(super) fn gathered(
        &mut self,
        pipeline: &mut Pipeline,
        first: u64,
        count: u64,
        page: PartsPage,
    ) -> Result<(), Reason> {
        let end = first.saturating_add(count);
        if page.first != first || page.next <= first || page.next > end {
            return Err(Reason::SchemaMismatch);
        }
        let bodies = page.parts.into_iter().collect();
        pipeline.fill(first, page.next, &bodies, self.log.reads);
        Ok(())
    }

    /// The peer has no parts at all.
    pub(super) fn bare(&self, pipeline: &mut Pipeline, first: u64) {
        pipeline.fill(first, u64::MAX, &IdMap::default(), self.log.reads);
    }

    /// Admission has answered.
    pub(super) fn admitted(
        &mut self,
        mut pipeline: Box<Pipeline>,
        ticket: Ticket,
        outcome: Outcome,
    ) -> Vec<Output> {
        let Some(at) = pipeline.offers.position(ticket) else {
            return self.advance(pipeline);
        };
        let mut outputs = Vec::new();
        match outcome {
            Outcome::Taken { own } => {
                pipeline.own = pipeline.own.max(own);
                outputs.extend(self.settle(&mut pipeline, at));
            }
            Outcome::Busy(reason) => {
                let leaf = pipeline.offers.cut(at);
                self.end(&mut pipeline, Rest::Busy(reason), leaf);
            }
            Outcome::Refused { reason, .. } if reason.is_early() && at > 0 => {
                pipeline.offers.wait(at);
            }
            Outcome::Refused { position, reason } => {
                match self.refused(&mut pipeline, at, position, reason) {
                    Ok(more) => outputs.extend(more),
                    Err(rest) => {
                        outputs.extend(self.rest(rest));
                        return outputs;
                    }
                }
            }
        }
        outputs.extend(self.advance(pipeline));
        outputs
    }

    /// Leaves out the entry that was refused, or all from it on when it is early, and offers the rest again.
    fn refused(
        &mut self,
        pipeline: &mut Pipeline,
        at: usize,
        position: usize,
        reason: Reason,
    ) -> Result<Vec<Output>, Rest> {
        let mut outputs = Vec::new();
        let batch = pipeline.offers.batch(at);
        let batch = batch.ok_or(Rest::Failed(Reason::Internal))?;
        if reason.is_early() {
            let leaf = batch.stall(position);
            let leaf = leaf.ok_or(Rest::Failed(Reason::Internal))?;
            pipeline.offers.cut(at.saturating_add(1));
            self.end(pipeline, Rest::Stalled { leaf, reason }, Some(leaf));
        } else {
            let removed = batch.remove(position);
            let (leaf, entry) = removed.ok_or(Rest::Failed(Reason::Internal))?;
            outputs.push(self.blame(leaf, reason, Some(entry)));
            if self.refused >= REFUSED_LEAVES {
                let leaf = pipeline.offers.cut(at);
                self.end(pipeline, Rest::Blamed, leaf);
                return Ok(outputs);
            }
        }
        outputs.extend(self.offer_again(pipeline, at));
        Ok(outputs)
    }

    /// Offers what is left of a run; nothing left is as good as taken.
    fn offer_again(&mut self, pipeline: &mut Pipeline, at: usize) -> Option<Output> {
        let batch = pipeline.offers.batch(at)?;
        if batch.first().is_none() {
            return self.settle(pipeline, at);
        }
        let entries = batch.submissions();
        let ticket = self.ticket();
        pipeline.offers.again(at, ticket);
        Some(Output::Admit { ticket, entries })
    }

    /// A run is settled; the one that waited for it is offered again.
    fn settle(&mut self, pipeline: &mut Pipeline, at: usize) -> Option<Output> {
        let waited = pipeline.offers.settle(at);
        if waited {
            self.offer_again(pipeline, 0)
        } else {
            None
        }
    }

    /// A leaf that no log may hold.
    fn blame(&mut self, leaf: u64, reason: Reason, entry: Option<SignedEntry>) -> Output {
        self.refused = self.refused.saturating_add(1);
        let entry = entry.map(Box::new);
        Output::Report(Report::LeafRefused {
            leaf,
            reason,
            entry,
        })
    }
}
