//! Which logs are known by their keys, for what is heard of them.

use std::collections::BTreeMap;

use fairtrail::id::NetworkId;
use fairtrail::log::Origin;
use fairtrail::note::NoteVerifier;

use super::NodeError;
use crate::config::Settings;
use crate::core::gossip::KnownLog;
use crate::gossip::Hub;
use crate::ledger::{Keys, LedgerError};
use crate::store::layout::Layout;
use crate::store::records::RecordError;
use crate::store::witnessed::Witnessed;

/// What is known from gossip when a node starts: the logs it follows, those it cosigns for and its
/// own, and every proof it holds.
///
/// # Errors
/// [`NodeError`] when the proofs or the list of logs cannot be read.
pub fn gossip(settings: &Settings, keys: &Keys, network: NetworkId) -> Result<Hub, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let own = (settings.origin.clone(), keys.log.verifier().clone());
    let followed = settings.follow.iter().map(|follow| {
        let followed = &follow.followed;
        (followed.origin.clone(), followed.key.clone())
    });
    let witnessed = Witnessed::open(&layout.witnessed())?.keys();
    let witnessed = witnessed
        .iter()
        .map(|line| (line.origin().clone(), line.key().clone()));
    let mut logs: BTreeMap<Origin, Vec<NoteVerifier>> = BTreeMap::new();
    for (origin, key) in [own].into_iter().chain(followed).chain(witnessed) {
        let keys = logs.entry(origin).or_default();
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let logs = logs.into_iter();
    let logs = logs.map(|(origin, keys)| KnownLog { origin, keys });
    let hub = Hub::open(network, logs.collect(), &layout.fraud());
    Ok(hub.map_err(RecordError::from)?)
}
