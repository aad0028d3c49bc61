//! The files a node is made of besides its data: keys and charter.

use std::path::Path;

use fairtrail::charter::Charter;
use fairtrail::files::{new_key, read_bounded, read_key, write_key};
use fairtrail::id::KeyId;
use fairtrail::key::{KeyPurpose, SecretKey};
use fairtrail::limits::CHARTER_BYTES;
use fairtrail::log::Origin;
use fairtrail::note::{Cosigner, KeyName, NoteSigner};
use serde::Serialize;

use super::NodeError;
use crate::ledger::{Keys, LedgerError, index_origin};
use crate::p2p::peer_of;
use crate::store::disk;

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
    /// Verifies checkpoints of the index.
    pub index: String,
    /// Verifies the operator's own cosignatures of indexes.
    pub index_witness: String,
}

impl Vkeys {
    /// The public halves.
    pub fn of(keys: &Keys) -> Self {
        Self {
            log: keys.log.verifier().to_string(),
            promise: keys.promise.verifier().to_string(),
            witness: keys.witness.verifier().to_string(),
            index: keys.index.verifier().to_string(),
            index_witness: keys.index_witness.verifier().to_string(),
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

/// Reads the keys of a log.
///
/// # Errors
/// [`NodeError::File`] when one is missing, or open to others, or for another purpose.
pub fn read_keys(dir: &Path, origin: &Origin) -> Result<Keys, NodeError> {
    let read = |(name, purpose): (&str, KeyPurpose)| read_key(&dir.join(name), purpose);
    let own = [read(LOG)?, read(PROMISE)?, read(WITNESS)?];
    keys_of(
        origin,
        own,
        [read_or_draw(dir, INDEX)?, read_or_draw(dir, INDEX_WITNESS)?],
    )
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
    [index, index_witness]: [SecretKey; 2],
) -> Result<Keys, NodeError> {
    let index_origin = index_origin(origin)?;
    Ok(Keys {
        log: NoteSigner::new(origin.key_name()?, log),
        promise: NoteSigner::new(origin.promise_key_name()?, promise),
        witness: Cosigner::new(operators(origin, "witness")?, witness),
        index: NoteSigner::new(index_origin.key_name()?, index),
        index_witness: Cosigner::new(operators(origin, "index-witness")?, index_witness),
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
