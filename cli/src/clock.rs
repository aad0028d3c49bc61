//! The one place that reads the clock.

use fairtrail::time::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

const EPOCH: Timestamp = match Timestamp::new(0) {
    Some(epoch) => epoch,
    None => panic!("0 is an instant"),
};

/// The present second; 1970 when the clock stands before it or beyond year 9999.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the process shell, and the only clock read in this crate"
)]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    Timestamp::new(seconds).unwrap_or(EPOCH)
}
