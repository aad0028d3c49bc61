//! When to poll again.

use std::time::Duration;

use super::Rest;

/// The longest wait, whatever went wrong how often.
const LONGEST: Duration = Duration::from_secs(300);

/// Spaces polls: at an interval while all is well, then twice as far each time it is not.
///
/// Waits are spread by a quarter, so that many followers of one log do not come at once.
///
/// ```
/// use std::time::Duration;
/// use fairtrail_node::core::follow::{Pace, Rest};
/// let mut pace = Pace::new(Duration::from_secs(4));
/// let reached = Rest::Reached { moved: false };
/// assert_eq!(pace.after(reached, 0.5), Some(Duration::from_secs(4)));
/// assert_eq!(pace.after(Rest::Forked, 0.5), None);
/// ```
#[derive(Debug, Clone)]
pub struct Pace {
    interval: Duration,
    failures: u32,
}

impl Pace {
    /// Polls at `interval`.
    pub const fn new(interval: Duration) -> Self {
        Self {
            interval,
            failures: 0,
        }
    }

    /// How long to wait after a round that ended so; nothing when there is no next one. `chance`
    /// lies in 0 to 1 and is drawn anew each time.
    pub fn after(&mut self, rest: Rest, chance: f64) -> Option<Duration> {
        if rest.is_final() {
            return None;
        }
        self.failures = match rest {
            Rest::Reached { .. } => 0,
            _ => self.failures.saturating_add(1),
        };
        let doubled = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        let doubled = self.interval.saturating_mul(doubled);
        let wait = doubled.min(LONGEST.max(self.interval));
        Some(wait.mul_f64(0.75 + chance.clamp(0.0, 1.0) / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::reason::Reason;

    #[test]
    fn waits_double_up_to_a_bound_and_start_over_once_all_is_well() {
        let mut pace = Pace::new(Duration::from_secs(1));
        let failed = Rest::Failed(Reason::GatewayUnreachable);
        let waits: Vec<_> = (0..12)
            .map(|_| pace.after(failed, 0.5).unwrap().as_secs())
            .collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
        let reached = Rest::Reached { moved: true };
        assert_eq!(pace.after(reached, 0.5), Some(Duration::from_secs(1)));
        assert_eq!(pace.after(failed, 0.0), Some(Duration::from_millis(1_500)));
        assert_eq!(pace.after(failed, 1.0), Some(Duration::from_secs(5)));
        for _ in 0..100 {
            assert!(pace.after(failed, 9.0).unwrap() <= Duration::from_secs(375));
        }
    }
}
