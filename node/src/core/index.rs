//! How many leaves the next index head covers, and at what log time.
//!
//! The log goes first: a head covers leaves of a checkpoint that is shown already, so the index is
//! never ahead of the log. Log time is that of the checkpoint, and never falls.

use fairtrail::entry::SignedEntry;
use fairtrail::index::{IndexHead, head_covers};
use fairtrail::limits::INDEX_HEAD_LEAVES;
use fairtrail::merkle::TreeSize;
use fairtrail::time::Timestamp;

/// Heads that a checker who is behind goes through one by one; further behind it rebuilds.
pub const PROVED_HEADS: u64 = 64;

/// Leaves to be read for the next head: as many as one may cover, of those that are shown.
pub fn wanted(covered: TreeSize, shown: TreeSize) -> std::ops::Range<u64> {
    let most = u64::try_from(INDEX_HEAD_LEAVES).unwrap_or(u64::MAX);
    let end = shown.get().min(covered.get().saturating_add(most));
    covered.get()..end
}

/// Whether a head that begins behind `covered` leaves is made with its update proof. `asked` says
/// that others vouch for this index: they go by proofs for so many heads. Catching up makes none
/// that nobody would ask for.
pub fn is_proved(covered: TreeSize, shown: TreeSize, asked: bool) -> bool {
    let most = u64::try_from(INDEX_HEAD_LEAVES).unwrap_or(u64::MAX);
    let heads = if asked { PROVED_HEADS } else { 1 };
    shown.get().saturating_sub(covered.get()) <= most.saturating_mul(heads)
}

/// The first of these leaves that one head covers.
pub fn cut(leaves: &[SignedEntry]) -> &[SignedEntry] {
    leaves.get(..head_covers(leaves.iter())).unwrap_or_default()
}

/// The log time of a head that follows on `last` and covers leaves of a checkpoint signed then.
pub fn log_time(last: Option<&IndexHead>, signed_at: Timestamp) -> Timestamp {
    last.map_or(signed_at, |last| last.time.max(signed_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_wanted_as_far_as_they_are_shown_and_one_head_reaches() {
        let size = |size| TreeSize::new(size).unwrap();
        assert_eq!(wanted(size(3), size(3)), 3..3);
        assert_eq!(wanted(size(3), size(9)), 3..9);
        assert_eq!(wanted(size(3), size(1_000_000)), 3..4_099);
        assert!(wanted(size(9), size(3)).is_empty());
    }

    #[test]
    fn the_last_heads_are_proved_and_more_of_them_if_somebody_vouches() {
        let size = |size| TreeSize::new(size).unwrap();
        assert!(is_proved(size(0), size(4_096), false));
        assert!(!is_proved(size(0), size(4_097), false));
        assert!(is_proved(size(0), size(64 * 4_096), true));
        assert!(!is_proved(size(0), size(64 * 4_096 + 1), true));
    }

    #[test]
    fn log_time_never_falls() {
        let at = |seconds| Timestamp::new(seconds).unwrap();
        let last = IndexHead {
            time: at(50),
            ..IndexHead::before_first("log.example/one/e1".parse().unwrap())
        };
        assert_eq!(log_time(None, at(7)), at(7));
        assert_eq!(log_time(Some(&last), at(49)), at(50));
        assert_eq!(log_time(Some(&last), at(51)), at(51));
    }
}
