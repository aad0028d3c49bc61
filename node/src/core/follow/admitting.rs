//! From lacking entries to the own log.

use std::collections::HashMap;

use fairtrail::api::PartsPage;
use fairtrail::entry::SignedEntry;
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
            if window.hash(leaf) != Some(leaf_hash(bytes)) {
                return Err(Reason::RootMismatch);
            }
            match SignedEntry::parse(bytes) {
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
        if let Some(window) = pipeline.window.take_if(|window| window.stage == Stage::Fetching) {
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
        pipeline.fill(first, u64::MAX, &HashMap::new(), self.log.reads);
    }

    /// Admission has answered.
    pub(super) fn admitted(
        &mut self,
        mut pipeline: Box<Pipeline>,
        ticket: Ticket,
        outcome: Outcome,
    ) -> Vec<Output> {
        let Some(mut batch) = pipeline.taken(ticket) else {
            return self.advance(pipeline);
        };
        let mut outputs = Vec::new();
        match outcome {
            Outcome::Taken { own } => {
                pipeline.own = pipeline.own.max(own);
                return self.advance(pipeline);
            }
            Outcome::Busy(reason) => {
                self.end(&mut pipeline, Rest::Busy(reason), batch.first());
                return self.advance(pipeline);
            }
            Outcome::Refused { position, reason } if reason.is_early() => {
                let Some(leaf) = batch.stall(position) else {
                    return self.rest(Rest::Failed(Reason::Internal));
                };
                self.end(&mut pipeline, Rest::Stalled { leaf, reason }, Some(leaf));
            }
            Outcome::Refused { position, reason } => {
                let Some((leaf, entry)) = batch.remove(position) else {
                    return self.rest(Rest::Failed(Reason::Internal));
                };
                outputs.push(self.blame(leaf, reason, Some(entry)));
                if self.refused >= REFUSED_LEAVES {
                    outputs.extend(self.rest(Rest::Blamed));
                    return outputs;
                }
            }
        }
        if batch.first().is_some() {
            outputs.push(self.offer(&mut pipeline, batch));
        }
        outputs.extend(self.advance(pipeline));
        outputs
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
