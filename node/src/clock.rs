//! The clock of this process; everything else is told the time.

use std::sync::Arc;

use fairtrail::time::Timestamp;

/// Tells the time, in whole seconds.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The system's clock. A clock before 1970 says 1970, one beyond year 9999 its end: either way the
/// publisher finds it not later than its last signature and halts, or is wrong by no more than the
/// clock is.
pub fn system() -> Clock {
    Arc::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the clock"
        )]
        let now = std::time::SystemTime::now();
        let since = now
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let seconds = since.as_secs().min(fairtrail::limits::TIMESTAMP);
        #[expect(clippy::expect_used, reason = "bounded by the limit above")]
        Timestamp::new(seconds).expect("within the limit of instants")
    })
}
