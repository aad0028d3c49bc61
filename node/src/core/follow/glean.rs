//! Parts that were not handed over with their entries are asked for again, of every log that is
//! followed, a page at a time (specs/follow.md §8).

use std::collections::BTreeSet;

use fairtrail::api::PartsPage;
use fairtrail::entry::Body;
use fairtrail::id::PartDigest;
use fairtrail::limits::PARTS_PAGE_LEAVES;
use fairtrail::reason::Reason;

use super::question::{Failure, Question, Reads};

/// Parts that are looked for in one pass over the other log.
pub const GLEANED: usize = 256;

/// Looks through the own log for parts that are lacking and through the other one for their bodies.
/// What is kept does not grow with either.
#[derive(Debug)]
pub struct Gleaner {
    reads: Reads,
    /// Leaves of the own log that were looked through.
    own: u64,
    /// Where to go on when the pass is over.
    next: u64,
    /// Leaves of the other log that were asked for in this pass.
    other: u64,
    wanted: BTreeSet<PartDigest>,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Resting,
    Looking,
    Asking { end: u64 },
    Filling { next: u64, end: u64 },
}

/// What has happened.
#[derive(Debug, Clone)]
pub enum GleanInput {
    /// Time for a page; so many leaves of the other log were taken up.
    Begin(u64),
    /// The own log was looked through from where was asked.
    Lacking {
        /// The leaf behind the last looked at; 0 when that was the last there is.
        next: u64,
        /// Parts this node may have and lacks, at most 256.
        parts: BTreeSet<PartDigest>,
    },
    /// The other log has answered.
    Page(Result<PartsPage, Failure>),
    /// What was found is stored, or not.
    Filled,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GleanOutput {
    /// Look through some leaves of the own log from this one on.
    Look(u64),
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
            next: 0,
            other: 0,
            wanted: BTreeSet::new(),
            step: Step::Resting,
        }
    }

    /// Takes what happened and says what to do next. What is not awaited changes nothing.
    pub fn handle(&mut self, input: GleanInput) -> GleanOutput {
        match (self.step, input) {
            (_, GleanInput::Begin(0)) => self.rest(),
            (_, GleanInput::Begin(end)) if !self.wanted.is_empty() => self.ask(end),
            (_, GleanInput::Begin(end)) => {
                self.step = Step::Looking;
                self.other = end;
                GleanOutput::Look(self.own)
            }
            (Step::Looking, GleanInput::Lacking { next, parts }) => {
                self.next = next;
                self.wanted = parts;
                let end = std::mem::take(&mut self.other);
                if self.wanted.is_empty() {
                    return self.over();
                }
                self.ask(end)
            }
            (Step::Asking { end }, GleanInput::Page(Ok(page))) => self.page(page, end),
            // It has no parts at all.
            (Step::Asking { .. }, GleanInput::Page(Err(Failure(Reason::NotFound)))) => self.over(),
            (Step::Filling { next, end }, GleanInput::Filled) => self.turn(next, end),
            _ => self.rest(),
        }
    }

    fn ask(&mut self, end: u64) -> GleanOutput {
        if self.other >= end {
            return self.over();
        }
        self.step = Step::Asking { end };
        let left = end.saturating_sub(self.other);
        GleanOutput::Ask(Question::Parts {
            first: self.other,
            count: left.min(PARTS_PAGE_LEAVES),
            reads: self.reads,
        })
    }

    fn page(&mut self, page: PartsPage, end: u64) -> GleanOutput {
        let most = self.other.saturating_add(PARTS_PAGE_LEAVES).min(end);
        if page.first != self.other || page.next <= page.first || page.next > most {
            return self.rest();
        }
        let next = page.next;
        let mut found = Vec::new();
        for (digest, body) in page.parts {
            if body.digest() == digest && self.wanted.remove(&digest) {
                found.push((digest, body));
            }
        }
        if found.is_empty() {
            return self.turn(next, end);
        }
        self.step = Step::Filling { next, end };
        GleanOutput::Fill(found)
    }

    /// The page is done with.
    fn turn(&mut self, next: u64, end: u64) -> GleanOutput {
        self.other = next;
        if self.wanted.is_empty() || next >= end {
            return self.over();
        }
        self.rest()
    }

    /// The pass is over; what was not found is looked for again once the whole own log was.
    fn over(&mut self) -> GleanOutput {
        self.own = self.next;
        self.other = 0;
        self.wanted.clear();
        self.rest()
    }

    const fn rest(&mut self) -> GleanOutput {
        self.step = Step::Resting;
        GleanOutput::Rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(number: u8) -> (PartDigest, Body) {
        let body = Body {
            salt: [number; 16],
            bytes: vec![number; 8],
        };
        (body.digest(), body)
    }

    fn page(first: u64, next: u64, parts: Vec<(PartDigest, Body)>) -> GleanInput {
        GleanInput::Page(Ok(PartsPage { first, next, parts }))
    }

    fn question(first: u64, count: u64) -> GleanOutput {
        let reads = Reads::Public;
        GleanOutput::Ask(Question::Parts {
            first,
            count,
            reads,
        })
    }

    fn lacking(next: u64, numbers: &[u8]) -> GleanInput {
        let parts = numbers.iter().map(|number| body(*number).0);
        let parts = parts.collect();
        GleanInput::Lacking { next, parts }
    }

    #[test]
    fn with_nothing_lacking_nobody_is_asked() {
        let mut gleaner = Gleaner::new(Reads::Public);
        assert_eq!(gleaner.handle(GleanInput::Begin(0)), GleanOutput::Rest);
        for (from, next) in [(0, 256), (256, 512), (512, 0), (0, 256)] {
            assert_eq!(
                gleaner.handle(GleanInput::Begin(9)),
                GleanOutput::Look(from)
            );
            assert_eq!(gleaner.handle(lacking(next, &[])), GleanOutput::Rest);
        }
    }

    #[test]
    fn a_page_is_asked_for_at_a_time_until_all_is_found() {
        let mut gleaner = Gleaner::new(Reads::Public);
        gleaner.handle(GleanInput::Begin(600));
        assert_eq!(gleaner.handle(lacking(256, &[1, 2])), question(0, 256));
        // Bodies that are not wanted, or not those of their digests, are dropped.
        let odd = (body(2).0, body(9).1);
        let heard = page(0, 256, vec![body(3), odd, body(1)]);
        let fill = GleanOutput::Fill(vec![body(1)]);
        assert_eq!(gleaner.handle(heard), fill);
        assert_eq!(gleaner.handle(GleanInput::Filled), GleanOutput::Rest);
        let begin = gleaner.handle(GleanInput::Begin(700));
        assert_eq!(begin, question(256, 256));
        let heard = gleaner.handle(page(256, 300, vec![body(2)]));
        assert_eq!(heard, GleanOutput::Fill(vec![body(2)]));
        assert_eq!(gleaner.handle(GleanInput::Filled), GleanOutput::Rest);
        let begin = gleaner.handle(GleanInput::Begin(700));
        assert_eq!(begin, GleanOutput::Look(256));
    }

    #[test]
    fn a_pass_ends_with_the_log_or_where_there_are_no_parts() {
        let mut gleaner = Gleaner::new(Reads::Public);
        for end in [Ok(()), Err(())] {
            gleaner.handle(GleanInput::Begin(10));
            assert_eq!(gleaner.handle(lacking(0, &[1])), question(0, 10));
            let answer = match end {
                Ok(()) => page(0, 10, Vec::new()),
                Err(()) => GleanInput::Page(Err(Failure(Reason::NotFound))),
            };
            assert_eq!(gleaner.handle(answer), GleanOutput::Rest);
        }
        // A page that does not lead on, or none, is asked for again.
        gleaner.handle(GleanInput::Begin(10));
        gleaner.handle(lacking(0, &[1]));
        for answer in [
            page(0, 0, Vec::new()),
            page(1, 10, Vec::new()),
            page(0, 11, vec![body(1)]),
            GleanInput::Page(Err(Failure(Reason::GatewayUnreachable))),
        ] {
            assert_eq!(gleaner.handle(answer), GleanOutput::Rest);
            assert_eq!(gleaner.handle(GleanInput::Filled), GleanOutput::Rest);
            let again = gleaner.handle(GleanInput::Begin(10));
            assert_eq!(again, question(0, 10));
        }
    }
}
