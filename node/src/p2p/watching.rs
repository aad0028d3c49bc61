//! Tasks beside the swarm: who is let in follows the ledger; urgent entries are passed on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fairtrail::id::KeyId;
use tokio::sync::broadcast::error::RecvError;

use super::budget::{Bucket, Kind};
use super::command::Command;
use super::message::Ask;
use super::roster::{Membership, Roster, members, membership};
use super::shared::Shared;

/// Time between two looks whether anything was admitted.
const LOOK: Duration = Duration::from_millis(250);
/// Time after which members are looked up anew in any case: grants begin and end.
const ANEW: Duration = Duration::from_secs(10);

/// Keeps the roster as the ledger has it.
pub(super) async fn roster(shared: Arc<Shared>) {
    let mut looked = None;
    loop {
        let (seen, now) = (shared.service.health().admitted, shared.now());
        let stale = looked.is_none_or(|(at, size)| now.saturating_sub(at) >= ANEW || size != seen);
        if stale {
            let members = members_now(Arc::clone(&shared)).await;
            if let Some((members, own)) = members {
                shared.set_membership(own);
                looked = Some((now, seen));
                let roster = Roster::new(&shared.configured, &members);
                if shared.let_in(roster) {
                    shared.forget();
                    shared.tell(Command::LetIn).await;
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The members, and what this node itself is.
async fn members_now(shared: Arc<Shared>) -> Option<(BTreeSet<KeyId>, Membership)> {
    let look = move || {
        let now = shared.service.now();
        let admitted = shared.service.admitted().read();
        let members = members(&admitted.set, &admitted.revocations, now);
        let own = membership(&admitted.set, &members, shared.key);
        (members, own)
    };
    tokio::task::spawn_blocking(look).await.ok()
}

/// Passes urgent entries on as they are admitted here.
pub(super) async fn urgent(shared: Arc<Shared>) {
    let mut admitted = shared.service.urgent();
    let mut pace = Bucket::new(Kind::Push.own_rate(), shared.now());
    loop {
        match admitted.recv().await {
            Ok(entry) => {
                while let Err(wait) = pace.take(1, shared.now()) {
                    tokio::time::sleep(wait).await;
                }
                let push = Ask::Push(entry.to_vec()).to_bytes();
                shared.tell(Command::Everybody(push.into())).await;
            }
            // What was missed comes with its log.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
