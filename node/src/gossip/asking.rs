//! Asking other nodes' gateways what they heard and hold (specs/gossip.md §6).

use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use fairtrail::api::{FraudLine, FraudList, SeenCheckpoints};
use fairtrail::client::{ClientError, Gateway};
use tokio::time::timeout;

use super::Ear;
use crate::core::gossip::{Announced, Content, Verdict};

/// The whole of one question.
const DEADLINE: Duration = Duration::from_secs(60);

/// Asks one gateway for everything and takes what holds. A mirror of the log alone has nothing.
pub(crate) async fn ask_around(ear: &Ear, name: &str, gateway: &Arc<Gateway>) {
    let seen: Option<SeenCheckpoints> = ask(gateway, Gateway::seen_checkpoints).await;
    for note in seen.map_or_else(Vec::new, |seen| seen.checkpoints) {
        let content = Content::Checkpoint(note.into_bytes());
        complain(name, ear.take(name, content).await.verdict);
    }
    let files: Option<FraudList> = ask(gateway, Gateway::fraud_files).await;
    for line in files.map_or_else(Vec::new, |list| list.files) {
        let Some(announced) = announced(&line) else {
            return;
        };
        // What is held already costs nobody anything.
        if ear.hub().is_held(&announced.accused) {
            continue;
        }
        let judged = ear.take(name, Content::Announced(announced)).await;
        complain(name, judged.verdict);
        if let Some(wanted) = judged.fetch {
            let (digest, bytes) = (wanted.file.digest, wanted.file.bytes);
            let file = ask(gateway, move |gateway| gateway.fraud_file(digest, bytes)).await;
            complain(name, ear.fetched(wanted, file).await);
        }
    }
}

fn announced(line: &FraudLine) -> Option<Announced> {
    let digest = HEXLOWER.decode(line.digest.as_bytes()).ok()?;
    Some(Announced {
        accused: line.accused.clone(),
        digest: digest.try_into().ok()?,
        bytes: usize::try_from(line.bytes).ok()?,
    })
}

async fn ask<T, F>(gateway: &Arc<Gateway>, question: F) -> Option<T>
where
    T: Send + 'static,
    F: FnOnce(&Gateway) -> Result<T, ClientError> + Send + 'static,
{
    let gateway = Arc::clone(gateway);
    let asked = tokio::task::spawn_blocking(move || question(&gateway));
    timeout(DEADLINE, asked).await.ok()?.ok()?.ok()
}

fn complain(name: &str, verdict: Verdict) {
    if let Verdict::Reject(reason) = verdict {
        tracing::warn!(from = name, %reason, "what this address says of others does not hold");
    }
}
