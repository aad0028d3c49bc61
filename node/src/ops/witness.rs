//! `witness`: the logs this node cosigns for, and its witness made ready.

use std::path::PathBuf;

use fairtrail::log::Origin;
use fairtrail::time::Timestamp;
use serde::Serialize;

use super::NodeError;
use super::keys::{PublicKeys, read_keys};
use crate::clock;
use crate::config::Settings;
use crate::ledger::LedgerError;
use crate::store::accusations::Accusations;
use crate::store::disk;
use crate::store::index_records::IndexRecords;
use crate::store::layout::Layout;
use crate::store::lock::DirectoryLock;
use crate::store::records::{RecordError, RecordStore, Records};
use crate::store::witnessed::{LogKey, Witnessed};
use crate::witness::Witness;

/// A change to the list of logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessChange {
    /// Cosign for the logs with these keys.
    Add(Vec<LogKey>),
    /// Cosign no more under these keys, or for these origins.
    Remove(Vec<String>),
}

/// A log this node cosigns for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WitnessedLog {
    /// The log.
    pub origin: String,
    /// The keys it is known by.
    pub vkeys: Vec<String>,
    /// Leaves of the tree cosigned last; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// When it was cosigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cosigned_at: Option<Timestamp>,
    /// Files that prove that it signed two histories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fraud: Vec<PathBuf>,
}

/// Changes the list; what it is then. A running node takes it up by itself. Doing it again changes
/// nothing, and what was cosigned for a log that is removed is never forgotten.
///
/// # Errors
/// [`NodeError::OwnLog`]; [`NodeError::Record`] when a record is missing that must be there: the
/// guard's directory is not the one this node signed with.
pub fn change_witness(
    settings: &Settings,
    change: Option<&WitnessChange>,
) -> Result<Vec<WitnessedLog>, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let list = Witnessed::open(&layout.witnessed())?;
    let records = Records::new(&settings.guard_dir, &settings.origin);
    match change {
        None => {}
        Some(WitnessChange::Add(keys)) => add(settings, &list, &records, keys)?,
        Some(WitnessChange::Remove(named)) => {
            let mut keys = list.keys().to_vec();
            let is = |line: &LogKey, name: &str| {
                line.origin().as_str() == name || line.key().to_string() == name
            };
            keys.retain(|line| !named.iter().any(|name| is(line, name)));
            list.replace(&keys)?;
        }
    }
    let accusations = Accusations::new(&layout.fraud());
    let keys = list.keys();
    let mut origins: Vec<_> = keys.iter().map(LogKey::origin).collect();
    origins.sort();
    origins.dedup();
    let views = origins.into_iter();
    let views = views.map(|origin| view(origin, &list, &records, &accusations));
    views.collect()
}

fn add(
    settings: &Settings,
    list: &Witnessed,
    records: &Records,
    new: &[LogKey],
) -> Result<(), NodeError> {
    check_key(settings, records)?;
    let mut keys = list.keys().to_vec();
    for key in new {
        let origin = key.origin();
        if *origin == settings.origin {
            let origin = origin.clone();
            return Err(NodeError::OwnLog { origin });
        }
        // Known before, a log has a record; one that is gone is not begun anew.
        let known = keys.iter().any(|line| line.origin() == origin);
        if !known {
            records.create(origin)?;
        }
        records.read(origin)?;
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    // The records come first: what the list names, the node signs for.
    Ok(list.replace(&keys)?)
}

/// A key whose records are lost may have signed anything, for any log.
fn check_key(settings: &Settings, records: &Records) -> Result<(), NodeError> {
    let keys = read_keys(&settings.keys_dir, &settings.origin)?;
    let witness = keys.witness.verifier().to_string();
    if records.is_given_up(&witness)? {
        return Err(RecordError::GivenUp { witness }.into());
    }
    Ok(())
}

/// Draws new keys for both witnesses, keeping the old files beside them, and forgets the list of
/// logs: for a new key every one of them is added again. Indexes are begun again at the next start. The node must be stopped.
///
/// # Errors
/// [`NodeError`].
pub fn renew_witness(settings: &Settings) -> Result<PublicKeys, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let _lock = DirectoryLock::acquire(&layout.lock()).map_err(LedgerError::from)?;
    let records = Records::new(&settings.guard_dir, &settings.origin);
    let old = read_keys(&settings.keys_dir, &settings.origin)?;
    // Whatever is interrupted below: nothing is begun again for the old key.
    records.give_up(&old.witness.verifier().to_string())?;
    if let Some(key) = &old.index_witness {
        records.give_up(&key.verifier().to_string())?;
    }
    // The list names logs for which the new key has no record.
    Witnessed::open(&layout.witnessed())?.replace(&[])?;
    records.set_aside()?;
    IndexRecords::new(&settings.guard_dir, &settings.origin).set_aside()?;
    disk::remove_file(&layout.index_witnessed()).map_err(RecordError::from)?;
    super::keys::renew_witness_keys(&settings.keys_dir)?;
    PublicKeys::read(&settings.keys_dir, &settings.origin)
}

fn view(
    origin: &Origin,
    list: &Witnessed,
    records: &Records,
    accusations: &Accusations,
) -> Result<WitnessedLog, NodeError> {
    let seen = records.read(origin)?;
    let keys = list.of(origin);
    Ok(WitnessedLog {
        origin: origin.to_string(),
        vkeys: keys.iter().map(ToString::to_string).collect(),
        size: seen.as_ref().map(|seen| seen.checkpoint.size().get()),
        cosigned_at: seen.map(|seen| seen.stamp),
        fraud: accusations.of(origin).map_err(RecordError::from)?,
    })
}

/// The witness of a node, ready to be asked.
///
/// # Errors
/// [`NodeError`] when the list or the key cannot be read.
pub fn witness(settings: &Settings) -> Result<Witness, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let keys = read_keys(&settings.keys_dir, &settings.origin)?;
    let records = Records::new(&settings.guard_dir, &settings.origin);
    Ok(Witness::new(
        keys.witness,
        Witnessed::open(&layout.witnessed())?,
        Box::new(records),
        Accusations::new(&layout.fraud()),
        clock::system(),
    ))
}
