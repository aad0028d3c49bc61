//! When to look, and when to go through what differs.

use fairtrail::time::Timestamp;

/// Doublings of the wait after goes that brought nothing: 64 times as long at most.
const MAX_DOUBLINGS: u32 = 6;

/// Seconds, by the clock that is passed in.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    seconds: u64,
    /// When the sets were first seen to differ, since they last agreed.
    since: Option<u64>,
    /// Not before then.
    next: u64,
    /// Goes in a row that brought nothing.
    idle: u32,
}

impl Pace {
    pub(super) const fn new(seconds: u64) -> Self {
        Self {
            seconds,
            since: None,
            next: 0,
            idle: 0,
        }
    }

    pub(super) const fn differs(&self) -> bool {
        self.since.is_some()
    }

    /// Whether to look.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        now.seconds() >= self.next
    }

    pub(super) fn agreed(&mut self, now: Timestamp) {
        (self.since, self.idle) = (None, 0);
        self.again(now);
    }

    /// There is nothing to do for as long as it has to differ.
    pub(super) fn again(&mut self, now: Timestamp) {
        self.next = now.seconds().saturating_add(self.seconds);
    }

    /// One of the two logs moves, and may stand soon.
    pub(super) fn moving(&mut self, now: Timestamp) {
        self.next = now.seconds().saturating_add(self.seconds.div_ceil(8));
    }

    /// The sets differ; whether they have for long enough.
    pub(super) fn differed(&mut self, now: Timestamp) -> bool {
        let now = now.seconds();
        let due = self.since.get_or_insert(now).saturating_add(self.seconds);
        self.next = due;
        now >= due
    }

    /// A go is over. What brought something goes on as soon as it can.
    pub(super) fn ended(&mut self, now: Timestamp, brought: bool) {
        if brought {
            (self.idle, self.next) = (0, 0);
            return;
        }
        let wait = self
            .seconds
            .saturating_mul(1 << self.idle.min(MAX_DOUBLINGS));
        self.idle = self.idle.saturating_add(1);
        self.next = now.seconds().saturating_add(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::new(seconds).unwrap()
    }

    #[test]
    fn sets_have_to_differ_for_so_long() {
        let mut pace = Pace::new(10);
        assert!(pace.is_due(at(100)) && !pace.differed(at(100)));
        assert!(!pace.is_due(at(109)) && pace.is_due(at(110)) && pace.differed(at(110)));
        pace.agreed(at(111));
        assert!(!pace.differs() && !pace.differed(at(121)));
    }

    #[test]
    fn waits_double_while_nothing_comes_and_end_with_what_does() {
        let mut pace = Pace::new(10);
        let mut now = 0;
        for wait in [10, 20, 40, 80, 160, 320, 640, 640, 640] {
            pace.ended(at(now), false);
            assert!(!pace.is_due(at(now + wait - 1)) && pace.is_due(at(now + wait)));
            now += wait;
        }
        pace.ended(at(now), true);
        assert!(pace.is_due(at(now)));
    }
}
