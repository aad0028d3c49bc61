//! The node's index witness, made ready.

use fairtrail::log::Origin;
use fairtrail::reason::Reason;

use super::NodeError;
use super::keys::read_keys;
use crate::clock;
use crate::config::Settings;
use crate::ledger::LedgerError;
use crate::service::Service;
use crate::store::accusations::Accusations;
use crate::store::disk;
use crate::store::index_records::IndexRecords;
use crate::store::layout::Layout;
use crate::store::records::{RecordError, Records};
use crate::witness::{IndexSettings, IndexWitness};

/// The index witness of a node, for the indexes that its configuration names; `own` is its log.
///
/// An index that is named for the first time gets its record; later a record that is missing is not
/// made anew, and nothing is signed for that index.
///
/// Without its key there is no index witness, which is told; all else goes on.
///
/// # Errors
/// [`NodeError`] when the keys or the list of indexes cannot be read.
pub fn index_witness(
    settings: &Settings,
    own: &Service,
) -> Result<Option<IndexWitness>, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let keys = read_keys(&settings.keys_dir, &settings.origin)?;
    let Some(key) = keys.index_witness else {
        let reason = Reason::IndexKeyMissing;
        tracing::error!(%reason, "no index is cosigned: put index-witness.key back");
        return Ok(None);
    };
    let records = IndexRecords::new(&settings.guard_dir, &settings.origin);
    let indexes = settings.follow.iter().filter_map(|log| {
        Some(IndexSettings {
            key: log.index.clone()?,
            peer: log.peer.as_ref().map(|peer| peer.key),
            urls: log.urls.clone(),
        })
    });
    let indexes: Vec<_> = indexes.collect();
    let lost = Records::new(&settings.guard_dir, &settings.origin);
    // What a key signed whose records are lost is not known: nothing is begun for it.
    if !lost.is_given_up(&key.verifier().to_string())? {
        begin(&layout, &records, &indexes)?;
    }
    Ok(Some(IndexWitness::new(
        key,
        indexes,
        own,
        records,
        &Accusations::new(&layout.fraud()),
        clock::system(),
    )))
}

/// Makes the records of indexes that the list does not know; the record comes first.
fn begin(
    layout: &Layout,
    records: &IndexRecords,
    indexes: &[IndexSettings],
) -> Result<(), NodeError> {
    let path = layout.index_witnessed();
    let read = disk::read_if_exists(&path).map_err(RecordError::from)?;
    let text = String::from_utf8_lossy(&read.unwrap_or_default()).into_owned();
    let mut known: Vec<String> = text.lines().map(str::to_owned).collect();
    let before = known.len();
    for index in indexes {
        let name = index.key.name().as_str();
        let Ok(origin) = name.parse::<Origin>() else {
            continue;
        };
        if !known.iter().any(|line| line == name) {
            records.create(&origin)?;
            known.push(name.to_owned());
        }
    }
    if known.len() > before {
        let lines = known.join("\n") + "\n";
        disk::write_atomic(&path, lines.as_bytes()).map_err(RecordError::from)?;
    }
    Ok(())
}
