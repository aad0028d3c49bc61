//! What a log knows of one witness: where its proofs begin, and when to leave it alone
//! (specs/witness.md §7). Pure; nothing a witness says is believed beyond its next question.

use fairtrail::merkle::TreeSize;
use fairtrail::time::Timestamp;

/// Questions about one checkpoint.
const TRIES: u32 = 3;
/// Doublings of the rest after a failure: 32 seconds at most.
const MAX_DOUBLINGS: u32 = 5;

/// One witness, as the log sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The size it is believed to have cosigned last.
    believed: TreeSize,
    failures: u32,
    rests_until: Option<Timestamp>,
    tries: u32,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask, with a proof from this size.
    Ask {
        /// The size the proof begins at.
        old: TreeSize,
    },
    /// Nothing more for this checkpoint: the witness knows another history, or contradicts itself.
    GiveUp,
    /// Leave it alone for now.
    Rest,
}

impl Default for Asker {
    /// A witness of which nothing is known.
    fn default() -> Self {
        Self {
            believed: TreeSize::ZERO,
            failures: 0,
            rests_until: None,
            tries: 0,
        }
    }
}

impl Asker {
    /// A checkpoint of this size wants to be cosigned.
    pub fn begin(&mut self, size: TreeSize, now: Timestamp) -> Next {
        if self.rests_until.is_some_and(|until| now < until) {
            return Next::Rest;
        }
        self.tries = 0;
        // A witness that was believed to be ahead is asked what it cosigned.
        if self.believed > size {
            self.believed = TreeSize::ZERO;
        }
        self.ask()
    }

    /// It says that it cosigned so many leaves last.
    pub fn conflict(&mut self, says: TreeSize, size: TreeSize, now: Timestamp) -> Next {
        if says > size || self.tries >= TRIES {
            self.failed(now);
            return Next::GiveUp;
        }
        self.believed = says;
        self.ask()
    }

    /// It cosigned the checkpoint.
    pub fn cosigned(&mut self, size: TreeSize) {
        *self = Self {
            believed: size,
            ..Self::default()
        };
    }

    /// There was no answer, or none of use.
    pub fn failed(&mut self, now: Timestamp) {
        let rest = 1_u64 << self.failures.min(MAX_DOUBLINGS);
        self.failures = self.failures.saturating_add(1);
        self.rests_until = Timestamp::new(now.seconds().saturating_add(rest));
    }

    fn ask(&mut self) -> Next {
        self.tries = self.tries.saturating_add(1);
        Next::Ask { old: self.believed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::new(seconds).unwrap()
    }

    fn size(leaves: u64) -> TreeSize {
        TreeSize::new(leaves).unwrap()
    }

    #[test]
    fn proofs_begin_where_the_witness_says_it_is() {
        let mut asker = Asker::default();
        let ask = |old| Next::Ask { old: size(old) };
        assert_eq!(asker.begin(size(9), at(0)), ask(0));
        assert_eq!(asker.conflict(size(5), size(9), at(0)), ask(5));
        asker.cosigned(size(9));
        assert_eq!(asker.begin(size(12), at(1)), ask(9));
    }

    #[test]
    fn a_witness_that_is_ahead_or_contradicts_itself_is_given_up() {
        let mut asker = Asker::default();
        asker.begin(size(9), at(0));
        assert_eq!(asker.conflict(size(10), size(9), at(0)), Next::GiveUp);
        assert_eq!(asker.begin(size(9), at(0)), Next::Rest);
        let mut asker = Asker::default();
        asker.begin(size(9), at(0));
        for says in [1, 2] {
            assert_eq!(
                asker.conflict(size(says), size(9), at(0)),
                Next::Ask { old: size(says) }
            );
        }
        assert_eq!(asker.conflict(size(3), size(9), at(0)), Next::GiveUp);
    }

    #[test]
    fn rests_double_up_to_half_a_minute_and_end_with_an_answer() {
        let mut asker = Asker::default();
        let mut now = 100;
        for rest in [1, 2, 4, 8, 16, 32, 32, 32] {
            assert_ne!(asker.begin(size(9), at(now)), Next::Rest);
            asker.failed(at(now));
            assert_eq!(asker.begin(size(9), at(now + rest - 1)), Next::Rest);
            now += rest;
        }
        asker.begin(size(9), at(now));
        asker.cosigned(size(9));
        asker.failed(at(now));
        assert_eq!(asker.begin(size(9), at(now)), Next::Rest);
        assert_ne!(asker.begin(size(9), at(now + 1)), Next::Rest);
    }
}
