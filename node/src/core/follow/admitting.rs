//! From lacking entries to the own log, and the cursor behind them.

use std::collections::HashMap;

use fairtrail::api::{PartsPage, Submission};
use fairtrail::entry::{Body, SignedEntry};
use fairtrail::id::PartDigest;
use fairtrail::limits::PARTS_PAGE_LEAVES;
use fairtrail::merkle::LeafIndex;
use fairtrail::reason::Reason;

use super::batch::Batch;
use super::known::Cursor;
use super::window::Window;
use super::{After, Follower, Outcome, Output, Question, REFUSED_LEAVES, Reads, Rest, Step};
use crate::core::head::Head;

impl Follower {
    /// Asks for the parts of the next run of lacking entries, if they name any this node may have.
    pub(super) fn gather(&mut self, mut window: Box<Window>) -> Vec<Output> {
        if self.refused >= REFUSED_LEAVES {
            return self.rest(Rest::Blamed);
        }
        let Some((first, _)) = window.entries.front() else {
            return self.passed(*window, None);
        };
        let first = *first;
        let within = first.saturating_add(PARTS_PAGE_LEAVES);
        let run = || window.entries.iter().take_while(|(leaf, _)| *leaf < within);
        let reads = self.log.reads;
        let names = |entry: &SignedEntry| {
            let mut parts = entry.header().parts.iter();
            parts.any(|part| reads.may_have(part.audience))
        };
        let last = run().last().map_or(first, |(leaf, _)| *leaf);
        if run().any(|(_, entry)| names(entry)) {
            let count = last.saturating_sub(first).saturating_add(1);
            self.step = Step::Gathering(window);
            return vec![self.ask(Question::Parts {
                first,
                count,
                reads,
            })];
        }
        let batch = take(&mut window, last.saturating_add(1), &HashMap::new(), reads);
        self.offer(window, batch)
    }

    /// Parts came.
    pub(super) fn gathered(
        &mut self,
        mut window: Box<Window>,
        question: &Question,
        page: &PartsPage,
    ) -> Vec<Output> {
        let Question::Parts { first, count, .. } = question else {
            return self.rest(Rest::Failed(Reason::GatewayAnswer));
        };
        let end = first.saturating_add(*count);
        if page.first != *first || page.next <= *first || page.next > end {
            return self.rest(Rest::Failed(Reason::SchemaMismatch));
        }
        let bodies = page.parts.iter().map(|(digest, body)| (*digest, body));
        let batch = take(&mut window, page.next, &bodies.collect(), self.log.reads);
        self.offer(window, batch)
    }

    /// The peer has no parts at all.
    pub(super) fn bare(&mut self, mut window: Box<Window>, question: &Question) -> Vec<Output> {
        let Question::Parts { first, count, .. } = question else {
            return self.rest(Rest::Failed(Reason::GatewayAnswer));
        };
        let end = first.saturating_add(*count);
        let batch = take(&mut window, end, &HashMap::new(), self.log.reads);
        self.offer(window, batch)
    }

    /// Offers what is left of a run to admission.
    fn offer(&mut self, window: Box<Window>, batch: Batch) -> Vec<Output> {
        if batch.is_empty() {
            return match batch.stalled() {
                Some(stalled) => self.passed(*window, Some(stalled)),
                None => self.gather(window),
            };
        }
        let ticket = self.ticket();
        let entries = batch.submissions();
        self.step = Step::Admitting(ticket, window, batch);
        vec![Output::Admit { ticket, entries }]
    }

    /// Admission has answered.
    pub(super) fn admitted(
        &mut self,
        mut window: Box<Window>,
        mut batch: Batch,
        outcome: Outcome,
    ) -> Vec<Output> {
        match outcome {
            Outcome::Taken { own } => {
                window.own = window.own.max(own);
                match batch.stalled() {
                    Some(stalled) => self.passed(*window, Some(stalled)),
                    None => self.gather(window),
                }
            }
            Outcome::Busy(reason) => self.rest(Rest::Busy(reason)),
            Outcome::Refused { position, reason } if reason.is_early() => {
                if !batch.stall(position, reason) {
                    return self.rest(Rest::Failed(Reason::Internal));
                }
                self.offer(window, batch)
            }
            Outcome::Refused { position, reason } => {
                let Some((leaf, entry)) = batch.remove(position) else {
                    return self.rest(Rest::Failed(Reason::Internal));
                };
                let mut outputs = vec![self.blame(leaf, reason, Some(entry))];
                if self.refused >= REFUSED_LEAVES {
                    outputs.extend(self.rest(Rest::Blamed));
                } else {
                    outputs.extend(self.offer(window, batch));
                }
                outputs
            }
        }
    }

    /// Moves the cursor over the window, or up to the leaf that waits.
    pub(super) fn passed(&mut self, window: Window, stalled: Option<(u64, Reason)>) -> Vec<Output> {
        let Window {
            tree,
            mut range,
            hashes,
            own,
            ..
        } = window;
        let before = range.size();
        for (leaf, hash) in (before.get()..).zip(hashes) {
            let waits = stalled.is_some_and(|(waiting, _)| leaf >= waiting);
            if waits || LeafIndex::new(leaf).is_err() {
                break;
            }
            if let Err(error) = range.append(hash) {
                return self.rest(Rest::Failed(error.code()));
            }
        }
        let head = Head::of(&range);
        let rest = stalled.map(|(leaf, reason)| Rest::Stalled { leaf, reason });
        if head.size == before {
            return self.rest(rest.unwrap_or(Rest::Failed(Reason::Internal)));
        }
        let mut known = self.known.clone();
        known.advance(Cursor { head, own });
        let after = rest.map_or_else(|| After::Window(tree, range), After::Rest);
        vec![self.keep(known, after)]
    }
}

/// Takes the lacking entries below `end` with those of `bodies` that they name and that this node
/// may have.
fn take(window: &mut Window, end: u64, bodies: &HashMap<PartDigest, &Body>, reads: Reads) -> Batch {
    let mut lines = Vec::new();
    while let Some((leaf, entry)) = window.entries.pop_front() {
        if leaf >= end {
            window.entries.push_front((leaf, entry));
            break;
        }
        let parts = entry.header().parts.iter();
        let parts = parts.filter(|part| reads.may_have(part.audience));
        let found = parts.filter_map(|part| {
            let body = bodies.get(&part.digest)?;
            body.matches(part).then(|| (*body).clone())
        });
        let bodies = found.collect();
        lines.push((leaf, Submission { entry, bodies }));
    }
    Batch::new(lines)
}
