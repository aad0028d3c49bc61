//! Forks of authors that show in the own log: each becomes a file that proves it.

use std::collections::BTreeSet;
use std::time::Duration;

use fairtrail::fraud::{Accused, FraudFile};
use fairtrail::limits::FEED_FORK_BYTES;
use tokio::sync::watch as signal;

use super::Ear;
use crate::service::Service;
use crate::shutdown;

/// Time from one look to the next.
const INTERVAL: Duration = Duration::from_secs(1);

/// Looks for forks until asked to stop.
pub async fn watch(ear: Ear, service: Service, stop: signal::Receiver<bool>) {
    let mut stopped = std::pin::pin!(shutdown::asked(stop));
    // Those of which no file can be made; their entries are in the log for everybody to see.
    let mut passed = BTreeSet::new();
    loop {
        for author in service.forked_authors() {
            let accused = Accused::Author(author);
            if passed.contains(&author) || ear.hub().is_held(&accused) {
                continue;
            }
            let made = service.read(move |log| log.feed_fork(author)).await;
            let file = made.ok().flatten().filter(|fork| fork.verify().is_ok());
            let file = file.map(|fork| FraudFile::FeedFork(Box::new(fork)));
            if let Some(file) = file.filter(|file| file.to_bytes().len() <= FEED_FORK_BYTES) {
                ear.found(file).await;
            } else {
                tracing::warn!(%author, "this author forked; no file can be made of it");
                passed.insert(author);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            () = &mut stopped => return,
        }
    }
}
