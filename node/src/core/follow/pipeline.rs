//! Windows that are read while the entries before them wait for parts or are admitted.
//!
//! ```text
//! cursor kept ≤ passed ≤ [ offers | runs in order | window being read ] ≤ size of the tree
//! ```
//! Leaves are passed in order, over what is durable in the own log alone. What goes wrong ahead
//! ends the pipeline once what is being admitted is settled, so that a round that fails has moved.

use std::collections::VecDeque;

use fairtrail::entry::Body;
use fairtrail::id::{IdMap, PartDigest};
use fairtrail::merkle::{CompactRange, Hash, MerkleError};
use fairtrail::reason::Reason;

use super::batch::Batch;
use super::known::{Cursor, Known};
use super::offers::Offers;
use super::run::{Parts, Run};
use super::stash::Tree;
use super::window::{Stage, Window};
use super::{Answer, Follower, KEPT_LEAVES, Output, Question, Reads, Rest, Step, Ticket};
use crate::core::head::Head;

/// Runs that wait, beyond which no window is read ahead of them.
const WAITING_RUNS: usize = 4;
/// Pages of parts that are asked for or wait.
const PAGES: usize = 4;
/// Entries that are offered to admission together.
const OFFERED_ENTRIES: usize = 1_024;
/// Bytes of bodies that are offered together, unless one run has more; as many may wait.
const OFFERED_BYTES: usize = 8 << 20;

/// The leaves behind the cursor, worked on in order.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) tree: Box<Tree>,
    /// The tree over the leaves that were passed.
    range: CompactRange,
    /// Hashes of the leaves behind these that were read.
    hashes: VecDeque<Hash>,
    /// What is being admitted.
    pub(super) offers: Offers,
    /// What comes next, in log order.
    pub(super) runs: VecDeque<Run>,
    /// What is being read.
    pub(super) window: Option<Window>,
    /// Its first leaf, or that of the window after the last.
    next: u64,
    /// The cursor that is being kept.
    keeping: Option<(Ticket, Box<Known>)>,
    /// Durable leaves of the own log.
    pub(super) own: u64,
    /// Why it ends before the tree does.
    ending: Option<Rest>,
}

impl Pipeline {
    fn new(tree: Box<Tree>, range: CompactRange, own: u64) -> Self {
        Self {
            tree,
            next: range.size().get(),
            range,
            hashes: VecDeque::new(),
            offers: Offers::default(),
            runs: VecDeque::new(),
            window: None,
            keeping: None,
            own,
            ending: None,
        }
    }

    /// The cursor that is durable now, if this is its ticket.
    pub(super) fn kept(&mut self, ticket: Ticket) -> Option<Box<Known>> {
        let (_, known) = self.keeping.take_if(|(awaited, _)| *awaited == ticket)?;
        Some(known)
    }

    /// The window was read: its lacking entries are runs now.
    pub(super) fn enqueue(&mut self, window: Window, reads: Reads) {
        self.next = window.end;
        let (hashes, entries) = window.into_parts();
        self.hashes.extend(hashes);
        self.runs.extend(Run::cut(entries, reads));
    }

    /// The bodies for the run at `first` came, as far as its leaves below `next`.
    pub(super) fn fill(
        &mut self,
        first: u64,
        next: u64,
        bodies: &IdMap<PartDigest, Body>,
        reads: Reads,
    ) {
        let mut runs = self.runs.iter_mut().enumerate();
        let Some((at, run)) = runs.find(|(_, run)| run.first() == first) else {
            return;
        };
        if let Some(rest) = run.fill(next, bodies, reads) {
            self.runs.insert(at.saturating_add(1), rest);
        }
    }

    /// Nothing from `leaf` on is taken up in this round.
    pub(super) fn end(&mut self, rest: Rest, leaf: Option<u64>) {
        let ahead = self.runs.front().map_or(self.next, Run::first);
        self.next = leaf.unwrap_or(ahead);
        self.runs.clear();
        self.window = None;
        self.ending.get_or_insert(rest);
    }

    /// Up to which leaf everything is settled.
    fn settled(&self) -> u64 {
        let waiting = || self.runs.front().map(Run::first);
        self.offers.first().or_else(waiting).unwrap_or(self.next)
    }

    /// Passes what is settled.
    fn pass(&mut self) -> Result<(), MerkleError> {
        let settled = self.settled();
        while self.range.size().get() < settled
            && let Some(hash) = self.hashes.pop_front()
        {
            self.range.append(hash)?;
        }
        Ok(())
    }

    fn is_through(&self) -> bool {
        let all = self.next >= self.tree.size().get() && self.window.is_none();
        let ended = self.ending.is_some() || all && self.runs.is_empty();
        ended && self.offers.is_empty()
    }

    /// As many runs whose parts are here as are offered together.
    fn ready(&mut self) -> Option<Batch> {
        let mut lines = Vec::new();
        let mut bytes = 0_usize;
        while let Some(run) = self.runs.pop_front() {
            let more = bytes.saturating_add(run.body_bytes());
            let fits =
                lines.len().saturating_add(run.len()) <= OFFERED_ENTRIES && more <= OFFERED_BYTES;
            if !run.is(Parts::Here) || !lines.is_empty() && !fits {
                self.runs.push_front(run);
                break;
            }
            bytes = more;
            lines.extend(run.into_lines());
        }
        (!lines.is_empty()).then(|| Batch::new(lines))
    }
}

impl Follower {
    /// Works on the leaves behind the cursor, if there are any.
    pub(super) fn pull(&mut self, tree: Box<Tree>, range: CompactRange) -> Vec<Output> {
        let own = self.known.cursor().own;
        self.advance(Box::new(Pipeline::new(tree, range, own)))
    }

    /// A question of the pipeline was answered.
    pub(super) fn pulled(
        &mut self,
        mut pipeline: Box<Pipeline>,
        question: &Question,
        answer: Answer,
    ) -> Vec<Output> {
        let mut outputs = Vec::new();
        let taken = match (question, answer) {
            (Question::Tile(_), Answer::Tile(bytes)) => {
                pipeline.tree.put(question, bytes);
                Ok(())
            }
            (Question::Entries { bundle, skip }, Answer::Entries(entries)) => {
                self.fetched(&mut pipeline, *bundle, *skip, &entries, &mut outputs)
            }
            (Question::Parts { first, count, .. }, Answer::Parts(page)) => {
                self.gathered(&mut pipeline, *first, *count, page)
            }
            _ => Err(Reason::GatewayAnswer),
        };
        if let Err(reason) = taken {
            self.fail(&mut pipeline, reason);
        }
        outputs.extend(self.advance(pipeline));
        outputs
    }

    /// A question of the pipeline will not be answered.
    pub(super) fn missed(
        &mut self,
        mut pipeline: Box<Pipeline>,
        question: &Question,
        reason: Reason,
    ) -> Vec<Output> {
        match question {
            // A mirror of the log alone has no parts; entries stand without them.
            Question::Parts { first, .. } if reason == Reason::NotFound => {
                self.bare(&mut pipeline, *first);
            }
            _ => self.fail(&mut pipeline, reason),
        }
        self.advance(pipeline)
    }

    /// Takes up nothing more of this round, because of what the peer said.
    pub(super) fn fail(&mut self, pipeline: &mut Pipeline, reason: Reason) {
        self.end(pipeline, Rest::Failed(reason), None);
    }

    pub(super) fn end(&mut self, pipeline: &mut Pipeline, rest: Rest, leaf: Option<u64>) {
        self.asked.clear();
        pipeline.end(rest, leaf);
    }

    /// Does whatever can be done now.
    pub(super) fn advance(&mut self, mut pipeline: Box<Pipeline>) -> Vec<Output> {
        let mut outputs = Vec::new();
        while pipeline.offers.has_room()
            && let Some(batch) = pipeline.ready()
        {
            let ticket = self.ticket();
            let entries = batch.submissions();
            pipeline.offers.push(ticket, batch);
            outputs.push(Output::Admit { ticket, entries });
        }
        outputs.extend(self.read_ahead(&mut pipeline));
        outputs.extend(self.ask_for_parts(&mut pipeline));
        if let Err(error) = pipeline.pass() {
            outputs.extend(self.rest(Rest::Failed(error.code())));
            return outputs;
        }
        if pipeline.keeping.is_none() {
            outputs.extend(self.keep_cursor(&mut pipeline));
        }
        if pipeline.keeping.is_none() && pipeline.is_through() {
            let reached = Rest::Reached { moved: true };
            outputs.extend(self.rest(pipeline.ending.unwrap_or(reached)));
            return outputs;
        }
        self.step = Step::Pulling(pipeline);
        outputs
    }

    /// Keeps the cursor when it has moved far, or will not move any more.
    fn keep_cursor(&mut self, pipeline: &mut Pipeline) -> Option<Output> {
        let head = Head::of(&pipeline.range);
        let kept = self.known.cursor().head.size.get();
        let moved = head.size.get().saturating_sub(kept);
        if moved
            < if pipeline.is_through() {
                1
            } else {
                KEPT_LEAVES
            }
        {
            return None;
        }
        let mut known = self.known.clone();
        let own = pipeline.own;
        known.advance(Cursor { head, own });
        let (ticket, known) = (self.ticket(), Box::new(known));
        pipeline.keeping = Some((ticket, known.clone()));
        Some(Output::Keep { ticket, known })
    }

    /// Whether answers about the window are awaited.
    pub(super) fn is_reading(&self) -> bool {
        let about_parts = |question: &Question| matches!(question, Question::Parts { .. });
        !self.asked.values().all(about_parts)
    }

    /// Reads the next window as far as tiles and answers came.
    fn read_ahead(&mut self, pipeline: &mut Pipeline) -> Vec<Output> {
        let size = pipeline.tree.size().get();
        if pipeline.ending.is_some() {
            return Vec::new();
        }
        if pipeline.window.is_none() && pipeline.next < size && pipeline.runs.len() < WAITING_RUNS {
            pipeline.window = Some(Window::new(pipeline.next, size));
        }
        if self.is_reading() {
            return Vec::new();
        }
        match &mut pipeline.window {
            Some(window) if window.stage == Stage::Reading => match window.read(&pipeline.tree) {
                Ok(tiles) if tiles.is_empty() => {
                    let (first, leaves) = (window.first, window.hashes.clone());
                    let ticket = self.ticket();
                    window.stage = Stage::Comparing(ticket);
                    vec![Output::Compare {
                        ticket,
                        first,
                        leaves,
                    }]
                }
                Ok(tiles) => {
                    let questions = tiles.into_iter().map(Question::Tile);
                    questions.map(|question| self.ask(question)).collect()
                }
                Err(reason) => {
                    self.fail(pipeline, reason);
                    Vec::new()
                }
            },
            _ => Vec::new(),
        }
    }

    /// Asks for the parts of the runs that come next, as far as there is room for them.
    fn ask_for_parts(&mut self, pipeline: &mut Pipeline) -> Vec<Output> {
        let mut room = PAGES;
        let mut bytes = 0_usize;
        let mut outputs = Vec::new();
        for run in &mut pipeline.runs {
            if room == 0 || bytes >= OFFERED_BYTES {
                break;
            }
            if run.is(Parts::Wanted) {
                let question = run.ask(self.log.reads);
                outputs.push(self.ask(question));
            }
            room = room.saturating_sub(1);
            bytes = bytes.saturating_add(run.body_bytes());
        }
        outputs
    }
}
