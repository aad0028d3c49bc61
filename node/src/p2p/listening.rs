//! Asking the listener about what was told.

use std::sync::Arc;
use std::time::Duration;

use fairtrail::id::KeyId;

use super::gossip::{Topic, Verdict};
use super::shared::Shared;

/// Time for one message: after it nobody could pass it on.
const TIME: Duration = Duration::from_secs(2);

/// What the listener says; nothing is said of what takes it too long, or breaks it. `permit` is held
/// until it has spoken.
pub(super) async fn judge(
    shared: &Arc<Shared>,
    from: KeyId,
    topic: Option<Topic>,
    bytes: Vec<u8>,
    permit: impl Send + 'static,
) -> Verdict {
    let listener = Arc::clone(&shared.listener);
    let heard = tokio::task::spawn_blocking(move || {
        let verdict = listener.heard(from, topic, &bytes);
        drop(permit);
        verdict
    });
    match tokio::time::timeout(TIME, heard).await {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(_)) | Err(_) => Verdict::Ignore,
    }
}
