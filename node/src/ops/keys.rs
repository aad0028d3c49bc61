//! The files a node is made of besides its data: keys and charter.

use std::path::Path;

use fairtrail::api::IndexInfo;
use fairtrail::charter::Charter;
use fairtrail::files::{new_key, read_bounded, read_key, write_key};
use fairtrail::id::KeyId;
use fairtrail::key::{KeyPurpose, SecretKey};
use fairtrail::limits::CHARTER_BYTES;
use fairtrail::log::Origin;
use fairtrail::note::{Cosigner, KeyName, NoteSigner};
use serde::Serialize;

use super::NodeError;
use crate::config::Settings;
use crate::ledger::{Keys, LedgerError, index_origin};
use crate::p2p::peer_of;
use crate::store::disk;
use crate::store::layout::Layout;

const LOG: (&str, KeyPurpose) = ("log.key", KeyPurpose::Log);
const PROMISE: (&str, KeyPurpose) = ("promise.key", KeyPurpose::Promise);
const WITNESS: (&str, KeyPurpose) = ("witness.key", KeyPurpose::Witness);
const NODE: (&str, KeyPurpose) = ("node.key", KeyPurpose::Node);
const INDEX: (&str, KeyPurpose) = ("index.key", KeyPurpose::Index);
const INDEX_WITNESS: (&str, KeyPurpose) = ("index-witness.key", KeyPurpose::IndexWitness);
const ALL: [(&str, KeyPurpose); 6] = [LOG, PROMISE, WITNESS, NODE, INDEX, INDEX_WITNESS];

/// The verifier keys of a node, as others enrol them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Vkeys {
    /// Verifies checkpoints.
    pub log: String,
    /// Verifies promises.
    pub promise: String,
    /// Verifies the operator's own cosignatures.
    pub witness: String,
    /// Verifies checkpoints of the index; absent before the first start, or when the key is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// Verifies the operator's own cosignatures of indexes; as above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_witness: Option<String>,
}

impl Vkeys {
    /// The public halves.
    pub fn of(keys: &Keys) -> Self {
        Self {
            log: keys.log.verifier().to_string(),
            promise: keys.promise.verifier().to_string(),
            witness: keys.witness.verifier().to_string(),
            index: keys.index.as_ref().map(|key| key.verifier().to_string()),
            index_witness: keys
                .index_witness
                .as_ref()
                .map(|key| key.verifier().to_string()),
        }
    }
}

/// What others know a node by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicKeys {
    /// Keys of its log.
    #[serde(flatten)]
    pub vkeys: Vkeys,
    /// The key that its connections show: what the scope of a grant of the role node names.
    pub node: KeyId,
    /// The same as a peer id.
    pub peer: String,
}

impl PublicKeys {
    /// Reads the keys of a node and leaves the secret halves behind.
    ///
    /// # Errors
    /// As [`read_keys`] and [`node_key`].
    pub fn read(dir: &Path, origin: &Origin) -> Result<Self, NodeError> {
        let node = node_key(dir)?.public().id();
        Ok(Self {
            vkeys: Vkeys::of(&read_keys(dir, origin)?),
            node,
            peer: peer_of(node).map_or_else(String::new, |peer| peer.to_string()),
        })
    }
}

/// Draws the keys and writes each to a file of its own that nobody else may read.
///
/// # Errors
/// [`NodeError::File`]; a key is never overwritten.
pub(super) fn write_keys(dir: &Path) -> Result<(), NodeError> {
    for (name, purpose) in ALL {
        write_key(&dir.join(name), &new_key()?, purpose)?;
    }
    Ok(())
}

/// Draws the keys of both witnesses anew; the old ones stay beside them under other names.
///
/// # Errors
/// [`NodeError::File`].
pub(super) fn renew_witness_keys(dir: &Path) -> Result<(), NodeError> {
    renew(dir, WITNESS)?;
    renew(dir, INDEX_WITNESS)
}

fn renew(dir: &Path, (name, purpose): (&str, KeyPurpose)) -> Result<(), NodeError> {
    let path = dir.join(name);
    if path.exists() {
        let free = |number: &u32| !dir.join(format!("{name}.old-{number}")).exists();
        let number = (1..u32::MAX).find(free).unwrap_or(0);
        disk::rename(&path, &dir.join(format!("{name}.old-{number}")))
            .map_err(LedgerError::from)?;
    }
    Ok(write_key(&path, &new_key()?, purpose)?)
}

/// The names of the key files.
pub(super) fn key_files() -> impl Iterator<Item = &'static str> {
    ALL.into_iter().map(|(name, _)| name)
}

/// The first key file that is there.
pub(super) fn existing_key(dir: &Path) -> Option<std::path::PathBuf> {
    let mut paths = ALL.into_iter().map(|(name, _)| dir.join(name));
    paths.find(|path| path.exists())
}

/// Reads the keys of a log, and those of its index that are there.
///
/// # Errors
/// [`NodeError::File`] when one of the log is missing, or any is open to others, or for another
/// purpose.
pub fn read_keys(dir: &Path, origin: &Origin) -> Result<Keys, NodeError> {
    let read = |(name, purpose): (&str, KeyPurpose)| read_key(&dir.join(name), purpose);
    let if_there = |key: (&str, KeyPurpose)| {
        let there = dir.join(key.0).exists();
        there.then(|| read(key)).transpose()
    };
    let own = [read(LOG)?, read(PROMISE)?, read(WITNESS)?];
    keys_of(origin, own, [if_there(INDEX)?, if_there(INDEX_WITNESS)?])
}

/// The keys a node runs with; with `draws`, those of an index that never was are made.
///
/// # Errors
/// As [`read_keys`].
pub(crate) fn keys_to_run(settings: &Settings, draws: bool) -> Result<Keys, NodeError> {
    if draws {
        let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
        draw_index_keys(&settings.keys_dir, &layout)?;
    }
    read_keys(&settings.keys_dir, &settings.origin)
}

/// What the node says of its index, if it has the keys.
pub(crate) fn index_info(keys: &Keys) -> Option<IndexInfo> {
    let (index, witness) = keys.index.as_ref().zip(keys.index_witness.as_ref())?;
    Some(IndexInfo {
        origin: index.verifier().name().to_string(),
        vkey: index.verifier().to_string(),
        witness_vkey: witness.verifier().to_string(),
    })
}

/// Draws the keys of the index for a node that was made before there were any. Where an index
/// stands, a key that is not there is lost: another one in its place would sign a second history
/// under the same name.
///
/// # Errors
/// [`NodeError::File`].
fn draw_index_keys(keys_dir: &Path, layout: &Layout) -> Result<(), NodeError> {
    if layout.index_journal().exists() {
        return Ok(());
    }
    read_or_draw(keys_dir, INDEX)?;
    if !layout.index_witnessed().exists() {
        read_or_draw(keys_dir, INDEX_WITNESS)?;
    }
    Ok(())
}

/// Reads the key that connections of this node show; draws it for a node that has none yet.
///
/// # Errors
/// [`NodeError::File`] when it is open to others, or for another purpose.
pub fn node_key(dir: &Path) -> Result<SecretKey, NodeError> {
    read_or_draw(dir, NODE)
}

/// Reads a key; draws it for a node that was made before there were such keys.
fn read_or_draw(dir: &Path, (name, purpose): (&str, KeyPurpose)) -> Result<SecretKey, NodeError> {
    let path = dir.join(name);
    if !path.exists() {
        write_key(&path, &new_key()?, purpose)?;
    }
    Ok(read_key(&path, purpose)?)
}

/// The keys of a log and of its index under the names that follow from its origin.
fn keys_of(
    origin: &Origin,
    [log, promise, witness]: [SecretKey; 3],
    [index, index_witness]: [Option<SecretKey>; 2],
) -> Result<Keys, NodeError> {
    let index = index.map(|key| {
        let name = index_origin(origin)?.key_name()?;
        Ok::<_, NodeError>(NoteSigner::new(name, key))
    });
    let index_witness = index_witness.map(|key| {
        let name = operators(origin, "index-witness")?;
        Ok::<_, NodeError>(Cosigner::new(name, key))
    });
    Ok(Keys {
        log: NoteSigner::new(origin.key_name()?, log),
        promise: NoteSigner::new(origin.promise_key_name()?, promise),
        witness: Cosigner::new(operators(origin, "witness")?, witness),
        index: index.transpose()?,
        index_witness: index_witness.transpose()?,
    })
}

fn operators(origin: &Origin, name: &str) -> Result<KeyName, NodeError> {
    Ok(format!("{}{name}", origin.operator_prefix()).parse()?)
}

/// Reads a charter.
///
/// # Errors
/// [`NodeError::File`], [`NodeError::Charter`].
pub fn read_charter(path: &Path) -> Result<Charter, NodeError> {
    let bytes = read_bounded(path, CHARTER_BYTES as u64)?;
    Charter::parse(&bytes).map_err(|source| NodeError::Charter {
        path: path.to_path_buf(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_an_index_are_drawn_once_and_not_where_one_stands() {
        let dir = tempfile::tempdir().unwrap();
        let origin: Origin = "log.example/one/e1".parse().unwrap();
        let layout = Layout::init(&dir.path().join("data")).unwrap();
        let keys = dir.path().join("keys");
        disk::create_dir(&keys).unwrap();
        write_keys(&keys).unwrap();
        let there = || {
            let keys = read_keys(&keys, &origin).unwrap();
            [keys.index.is_some(), keys.index_witness.is_some()]
        };
        for (name, left) in [(INDEX.0, [false, true]), (INDEX_WITNESS.0, [true, false])] {
            fs_err::remove_file(keys.join(name)).unwrap();
            assert_eq!(there(), left);
            draw_index_keys(&keys, &layout).unwrap();
            assert_eq!(there(), [true, true]);
        }
        disk::create_dir(&layout.root().join("index")).unwrap();
        fs_err::write(layout.index_witnessed(), "").unwrap();
        fs_err::remove_file(keys.join(INDEX_WITNESS.0)).unwrap();
        draw_index_keys(&keys, &layout).unwrap();
        assert_eq!(there(), [true, false]);
        disk::create_dir(&layout.index_journal()).unwrap();
        fs_err::remove_file(keys.join(INDEX.0)).unwrap();
        draw_index_keys(&keys, &layout).unwrap();
        assert_eq!(there(), [false, false]);
    }
}
