//! Parts that were not handed over with their entries are looked for again, in every log that is
//! followed (specs/follow.md §9): because one log held them back, or because this node may have
//! more now than when it took the entries up.
//!
//! The own log is looked through first, and nobody is asked while nothing is lacking. Then the other
//! log is walked over once, 256 leaves at a time: its leaf hashes, the entries here that they are, and
//! a page of parts where one of these lacks any. What a hash says is a hint where to ask and nothing
//! more, so that it needs no proof; a body counts by its digest.

use std::collections::BTreeSet;

use fairtrail::api::PartsPage;
use fairtrail::entry::Body;
use fairtrail::id::PartDigest;
use fairtrail::limits::PARTS_PAGE_LEAVES;
use fairtrail::log::Tile;
use fairtrail::merkle::Hash;
use fairtrail::reason::Reason;

use super::question::{Failure, Question, Reads};

/// Parts that are looked for at once.
pub const GLEANED: usize = 256;
/// Runs of 256 leaves, of either log, that are looked at in one go: while there is reason to expect
/// something, and otherwise.
const RUNS: [u32; 2] = [64, 8];

/// Looks through the own log for parts that are lacking and through the other one for their bodies.
/// What is kept does not grow with either.
#[derive(Debug)]
pub struct Gleaner {
    reads: Reads,
    /// Leaves of the own log that were looked through.
    own: u64,
    /// Leaves of the other log that were walked over, while it is.
    walked: Option<u64>,
    /// Whether this walk brought anything.
    brought: bool,
    /// Whether there is reason to expect something.
    eager: bool,
    /// Leaves of the other log that were taken up.
    end: u64,
    /// Runs that may still be looked at in this go.
    left: u32,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Resting,
    Looking,
    /// Leaf hashes of the other log are asked for.
    Reading,
    Matching,
    Asking(Run),
    Filling(Run),
}

/// A run of leaves of the other log, some of which lack parts here.
#[derive(Debug)]
struct Run {
    /// Leaves and the parts they lack, by leaf.
    lacking: Vec<(u64, PartDigest)>,
    /// The leaf to go on at behind it.
    next: u64,
}

/// What has happened.
#[derive(Debug, Clone)]
pub enum GleanInput {
    /// Time to go on; so many leaves of the other log were taken up, and this node may have so much.
    Begin {
        /// Leaves.
        end: u64,
        /// What this node may have by now.
        reads: Reads,
    },
    /// The own log was looked through from where was asked.
    Looked {
        /// The leaf behind the last looked at; 0 when that was the last there is.
        next: u64,
        /// Whether a part is lacking that this node may have.
        lacking: bool,
    },
    /// The own log was looked through for these leaves.
    Matched {
        /// How many of them, from the first on, until 256 parts were found.
        looked: usize,
        /// The parts that are lacking, each with the place of its leaf, by that.
        lacking: Vec<(usize, PartDigest)>,
    },
    /// The other log has shown its leaf hashes.
    Hashes(Result<Vec<u8>, Failure>),
    /// The other log has answered.
    Page(Result<PartsPage, Failure>),
    /// What was found is stored, so much of it as was lacking.
    Filled(u64),
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GleanOutput {
    /// Look through some leaves of the own log from this one on, as somebody who may have so much.
    Look(u64, Reads),
    /// Say what the entries with these leaf hashes lack, as far as they stand in the own log.
    Match(Vec<Hash>, Reads),
    /// Ask the other log.
    Ask(Question),
    /// Store bodies for the entries that lack them.
    Fill(Vec<(PartDigest, Body)>),
    /// Nothing more until it is time again.
    Rest,
}

impl Gleaner {
    /// Looks for what a node that `reads` so may have.
    pub const fn new(reads: Reads) -> Self {
        Self {
            reads,
            own: 0,
            walked: None,
            brought: false,
            eager: true,
            end: 0,
            left: 0,
            step: Step::Resting,
        }
    }

    /// Whether to go on soon: a node that `reads` so may get what was not asked for yet.
    pub fn expects(&self, reads: Reads) -> bool {
        self.eager || reads > self.reads
    }

    /// Takes what happened and says what to do next. What is not awaited ends the go.
    pub fn handle(&mut self, input: GleanInput) -> GleanOutput {
        match (std::mem::replace(&mut self.step, Step::Resting), input) {
            (_, GleanInput::Begin { end, reads }) => self.begin(end, reads),
            (Step::Looking, GleanInput::Looked { next, lacking }) => self.looked(next, lacking),
            (Step::Reading, GleanInput::Hashes(Ok(bytes))) => self.hashes(&bytes),
            (Step::Matching, GleanInput::Matched { looked, lacking }) => {
                self.matched(looked, lacking)
            }
            (Step::Asking(run), GleanInput::Page(Ok(page))) => self.page(run, page),
            // It has no parts at all.
            (Step::Asking(_), GleanInput::Page(Err(Failure(Reason::NotFound)))) => self.over(),
            (Step::Filling(run), GleanInput::Filled(stored)) => {
                self.brought |= stored > 0;
                self.eager |= stored > 0;
                self.ask(run)
            }
            _ => GleanOutput::Rest,
        }
    }

    fn begin(&mut self, end: u64, reads: Reads) -> GleanOutput {
        if reads != self.reads {
            // What was looked through and asked for before was for somebody else.
            self.eager = reads > self.reads;
            (self.reads, self.own, self.walked) = (reads, 0, None);
        }
        if end == 0 {
            return GleanOutput::Rest;
        }
        let [eager, calm] = RUNS;
        self.left = if self.eager { eager } else { calm };
        self.end = end;
        self.on()
    }

    /// The next run, if there is time for one.
    fn on(&mut self) -> GleanOutput {
        let Some(left) = self.left.checked_sub(1) else {
            return GleanOutput::Rest;
        };
        self.left = left;
        let Some(walked) = self.walked else {
            self.step = Step::Looking;
            return GleanOutput::Look(self.own, self.reads);
        };
        let Some(tile) = self.tile(walked) else {
            return self.over();
        };
        self.step = Step::Reading;
        GleanOutput::Ask(Question::Tile(tile))
    }

    /// The tile with the hash of a leaf, as wide as it was taken up; nothing behind the end.
    fn tile(&self, leaf: u64) -> Option<Tile> {
        let index = leaf / PARTS_PAGE_LEAVES;
        let left = self
            .end
            .saturating_sub(index.saturating_mul(PARTS_PAGE_LEAVES));
        let width = u16::try_from(left.min(PARTS_PAGE_LEAVES)).ok()?;
        let tile = (leaf < self.end).then(|| Tile::new(0, index, width))?;
        tile.ok()
    }

    fn looked(&mut self, next: u64, lacking: bool) -> GleanOutput {
        if lacking {
            (self.own, self.walked, self.brought) = (0, Some(0), false);
            return self.on();
        }
        self.own = next;
        if next == 0 {
            self.eager = false;
            return GleanOutput::Rest;
        }
        self.on()
    }

    fn hashes(&mut self, bytes: &[u8]) -> GleanOutput {
        let walked = self.walked.unwrap_or(0);
        let Some(tile) = self.tile(walked) else {
            return self.over();
        };
        let (hashes, rest) = bytes.as_chunks::<32>();
        if hashes.len() != usize::from(tile.width()) || !rest.is_empty() {
            return GleanOutput::Rest;
        }
        let before = usize::try_from(walked % PARTS_PAGE_LEAVES).unwrap_or(0);
        let hashes = hashes.iter().skip(before);
        self.step = Step::Matching;
        GleanOutput::Match(
            hashes.map(|hash| Hash::from_bytes(*hash)).collect(),
            self.reads,
        )
    }

    fn matched(&mut self, looked: usize, lacking: Vec<(usize, PartDigest)>) -> GleanOutput {
        let first = self.walked.unwrap_or(0);
        let leaf = |place: usize| first.saturating_add(place as u64);
        let lacking = lacking.into_iter();
        let run = Run {
            lacking: lacking.map(|(place, part)| (leaf(place), part)).collect(),
            next: leaf(looked.max(1)),
        };
        self.ask(run)
    }

    /// Asks for what is lacking in a run, or goes on behind it.
    fn ask(&mut self, run: Run) -> GleanOutput {
        let (Some((first, _)), Some((last, _))) = (run.lacking.first(), run.lacking.last()) else {
            self.walked = Some(run.next);
            return self.on();
        };
        let question = Question::Parts {
            first: *first,
            count: last.saturating_sub(*first).saturating_add(1),
            reads: self.reads,
        };
        self.step = Step::Asking(run);
        GleanOutput::Ask(question)
    }

    fn page(&mut self, mut run: Run, page: PartsPage) -> GleanOutput {
        let (first, last) = (run.lacking.first(), run.lacking.last());
        let (first, last) = (first.map(|line| line.0), last.map(|line| line.0));
        let end = last.map_or(0, |last| last.saturating_add(1));
        if Some(page.first) != first || page.next <= page.first || page.next > end {
            return GleanOutput::Rest;
        }
        let mut wanted: BTreeSet<_> = run.lacking.iter().map(|(_, part)| *part).collect();
        let parts = page.parts.into_iter();
        let found =
            parts.filter(|(digest, body)| body.digest() == *digest && wanted.remove(digest));
        let found: Vec<_> = found.collect();
        // What one entry lacks the page may have for another one as well.
        run.lacking
            .retain(|(leaf, part)| *leaf >= page.next && wanted.contains(part));
        if found.is_empty() {
            return self.ask(run);
        }
        self.step = Step::Filling(run);
        GleanOutput::Fill(found)
    }

    /// The walk is over; what it did not bring is looked for again once the own log was looked
    /// through anew.
    fn over(&mut self) -> GleanOutput {
        self.eager &= self.brought;
        (self.own, self.walked) = (0, None);
        GleanOutput::Rest
    }
}

#[cfg(test)]
mod tests;
