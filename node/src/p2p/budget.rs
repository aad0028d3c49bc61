//! What one peer may ask for in a time, and when it is sent away.
//!
//! Pure: time is passed in. Buckets fill at a steady rate up to a burst; what does not fit is
//! refused, and a peer that goes on being refused, or sends what no honest node sends, is not let
//! in for a while.

use std::collections::BTreeMap;
use std::time::Duration;

use fairtrail::id::KeyId;

/// Refusals within [`WINDOW`] after which a peer is sent away.
pub(super) const REFUSALS: u32 = 64;
/// Faults within [`WINDOW`] after which a peer is sent away.
pub(super) const FAULTS: u32 = 4;
/// Time after which what a peer did is forgotten.
const WINDOW: Duration = Duration::from_secs(60);
/// Time for which a peer that was sent away stays away.
pub(super) const AWAY: Duration = Duration::from_secs(600);
/// Parts of a token, so that slow rates fill between two looks.
const FINE: u64 = 1_000_000;

/// How fast a bucket fills, and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    /// Tokens in a second.
    pub(super) per_second: u64,
    /// Tokens at most.
    pub(super) burst: u64,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Small questions.
    Ask,
    /// Bytes of bulk.
    Bytes,
    /// Bytes of files that this node fetches because the peer announced them.
    File,
    /// Told messages.
    Gossip,
    /// Bulk questions.
    Pull,
    /// Pushed entries.
    Push,
}

impl Kind {
    /// The word for it where it is counted.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Bytes => "bytes",
            Self::File => "file",
            Self::Gossip => "gossip",
            Self::Pull => "pull",
            Self::Push => "push",
        }
    }

    /// What one peer may have (specs/peers.md §7).
    pub(super) const fn rate(self) -> Rate {
        let (per_second, burst) = match self {
            Self::Ask => (1_024, 8_192),
            Self::Bytes => (64 << 20, 256 << 20),
            // Two of the largest at once.
            Self::File => (1 << 20, 32 << 20),
            Self::Gossip => (64, 512),
            Self::Pull => (1_024, 4_096),
            Self::Push => (16, 256),
        };
        Rate { per_second, burst }
    }

    /// What this node asks of one peer: half as much, so that clocks need not agree.
    pub(super) const fn own_rate(self) -> Rate {
        let Rate { per_second, burst } = self.rate();
        Rate {
            per_second: per_second / 2,
            burst: burst / 2,
        }
    }
}

/// Tokens that fill up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    rate: Rate,
    fine: u64,
    at: Duration,
}

impl Bucket {
    /// A full one.
    pub(super) const fn new(rate: Rate, now: Duration) -> Self {
        Self {
            rate,
            fine: rate.burst.saturating_mul(FINE),
            at: now,
        }
    }

    /// Takes tokens, or says how long it takes until there are enough; a burst's worth at most.
    pub(super) fn take(&mut self, tokens: u64, now: Duration) -> Result<(), Duration> {
        let passed = now.saturating_sub(self.at).as_micros();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        let full = self.rate.burst.saturating_mul(FINE);
        let filled = passed.saturating_mul(self.rate.per_second);
        self.fine = self.fine.saturating_add(filled).min(full);
        self.at = self.at.max(now);
        let wanted = tokens.saturating_mul(FINE).min(full);
        let lacking = wanted.saturating_sub(self.fine);
        if lacking == 0 {
            self.fine = self.fine.saturating_sub(wanted);
            return Ok(());
        }
        let micros = lacking.div_ceil(self.rate.per_second.max(1));
        Err(Duration::from_micros(micros))
    }
}

/// What one peer has left, and what it did.
#[derive(Debug)]
struct Account {
    buckets: BTreeMap<Kind, Bucket>,
    since: Duration,
    refusals: u32,
    faults: u32,
    away_until: Option<Duration>,
}

/// The accounts of all peers that are let in.
#[derive(Debug, Default)]
pub(super) struct Budgets(BTreeMap<KeyId, Account>);

impl Budgets {
    /// Takes from a peer's bucket; whether there was enough.
    pub(super) fn take(&mut self, peer: KeyId, kind: Kind, tokens: u64, now: Duration) -> bool {
        let account = self.account(peer, now);
        let full = || Bucket::new(kind.rate(), now);
        let bucket = account.buckets.entry(kind).or_insert_with(full);
        let taken = bucket.take(tokens, now).is_ok();
        if !taken {
            account.refusals = account.refusals.saturating_add(1);
            account.judge(now);
        }
        taken
    }

    /// Takes from a peer's bucket, or says how long it takes until there is enough; nobody is
    /// refused anything.
    pub(super) fn wait(
        &mut self,
        peer: KeyId,
        kind: Kind,
        tokens: u64,
        now: Duration,
    ) -> Result<(), Duration> {
        let account = self.account(peer, now);
        let full = || Bucket::new(kind.rate(), now);
        let bucket = account.buckets.entry(kind).or_insert_with(full);
        bucket.take(tokens, now)
    }

    /// Notes that a peer sent what no honest node sends.
    pub(super) fn fault(&mut self, peer: KeyId, now: Duration) {
        let account = self.account(peer, now);
        account.faults = account.faults.saturating_add(1);
        account.judge(now);
    }

    /// Whether a peer is sent away at present.
    pub(super) fn is_away(&self, peer: KeyId, now: Duration) -> bool {
        let account = self.0.get(&peer);
        account.is_some_and(|account| account.away_until.is_some_and(|until| now < until))
    }

    /// Forgets those who are not let in any more.
    pub(super) fn retain(&mut self, stays: impl Fn(KeyId) -> bool) {
        self.0.retain(|peer, _| stays(*peer));
    }

    fn account(&mut self, peer: KeyId, now: Duration) -> &mut Account {
        let account = self.0.entry(peer).or_insert_with(|| Account {
            buckets: BTreeMap::new(),
            since: now,
            refusals: 0,
            faults: 0,
            away_until: None,
        });
        if now.saturating_sub(account.since) >= WINDOW {
            (account.since, account.refusals, account.faults) = (now, 0, 0);
        }
        account
    }
}

impl Account {
    fn judge(&mut self, now: Duration) {
        if self.refusals >= REFUSALS || self.faults >= FAULTS {
            self.away_until = Some(now.saturating_add(AWAY));
            (self.refusals, self.faults) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: KeyId = KeyId::new([1; 32]);
    const OTHER: KeyId = KeyId::new([2; 32]);

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_bucket_holds_a_burst_and_fills_at_its_rate() {
        let rate = Rate {
            per_second: 10,
            burst: 5,
        };
        let mut bucket = Bucket::new(rate, at(0));
        for _ in 0..5 {
            assert_eq!(bucket.take(1, at(0)), Ok(()));
        }
        assert_eq!(bucket.take(1, at(0)), Err(at(100)));
        assert_eq!(bucket.take(1, at(99)), Err(at(1)));
        assert_eq!(bucket.take(1, at(100)), Ok(()));
        // It never holds more than a burst, and a clock that goes back gives nothing.
        assert_eq!(bucket.take(6, at(1_000_000)), Ok(()));
        assert_eq!(bucket.take(1, at(500)), Err(at(100)));
    }

    #[test]
    fn one_peer_does_not_use_up_what_another_has() {
        let mut budgets = Budgets::default();
        let burst = Kind::Push.rate().burst;
        for _ in 0..burst {
            assert!(budgets.take(PEER, Kind::Push, 1, at(0)));
        }
        assert!(!budgets.take(PEER, Kind::Push, 1, at(0)));
        assert!(budgets.take(PEER, Kind::Ask, 1, at(0)));
        assert!(budgets.take(OTHER, Kind::Push, 1, at(0)));
    }

    #[test]
    fn who_goes_on_being_refused_is_sent_away_for_a_while() {
        let mut budgets = Budgets::default();
        let burst = Kind::Push.rate().burst;
        assert!(budgets.take(PEER, Kind::Push, burst, at(0)));
        for _ in 1..REFUSALS {
            assert!(!budgets.take(PEER, Kind::Push, burst, at(0)));
        }
        assert!(!budgets.is_away(PEER, at(0)));
        assert!(!budgets.take(PEER, Kind::Push, burst, at(0)));
        assert!(budgets.is_away(PEER, at(1)));
        assert!(!budgets.is_away(PEER, AWAY));
        assert!(!budgets.is_away(OTHER, at(1)));
    }

    #[test]
    fn faults_weigh_more_and_are_forgotten() {
        let mut budgets = Budgets::default();
        for _ in 1..FAULTS {
            budgets.fault(PEER, at(0));
        }
        budgets.fault(PEER, WINDOW);
        assert!(!budgets.is_away(PEER, WINDOW));
        for _ in 1..FAULTS {
            budgets.fault(PEER, WINDOW);
        }
        assert!(budgets.is_away(PEER, WINDOW));
        budgets.retain(|peer| peer != PEER);
        assert!(!budgets.is_away(PEER, WINDOW));
    }
}
