//! What a backup holds, file by file.

use std::path::Path;

use fairtrail::id::NetworkId;
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BackupError, MANIFEST};
use crate::core::head::Head;
use crate::store::disk;
use crate::store::head::TreeHead;
use crate::store::journal::Location;

const FORMAT: &str = "fairtrail-node backup 1";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The log.
    pub origin: String,
    /// Its network.
    pub network: NetworkId,
    /// When the backup was made, by the node's clock.
    pub made_at: Timestamp,
    /// The tree that the journal in it holds.
    pub tree: Tree,
    /// The largest tree it knows to be signed.
    pub signed: Tree,
    /// What the guard said after everything was copied.
    pub guard: Tree,
    /// Segment and offset behind the journal's last frame.
    pub journal_end: [u32; 2],
    /// Whether the keys are in it.
    pub keys: bool,
    /// The logs this node cosigned for.
    pub witnessing: Vec<String>,
    /// Every file.
    pub files: Vec<CopiedFile>,
}

/// A tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Leaves.
    pub size: u64,
    /// Root, in base64.
    pub root: String,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiedFile {
    /// Below the backup's directory.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its hash, in hex.
    pub blake3: String,
}

/// The file: the manifest and what it hashes to.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    format: String,
    check: String,
    manifest: Manifest,
}

impl Tree {
    pub(super) fn of(head: Head) -> Self {
        Self {
            size: head.size.get(),
            root: head.root.to_string(),
        }
    }

    pub(super) fn stored(head: TreeHead) -> Self {
        Self {
            size: head.size,
            root: Root::from_bytes(head.root).to_string(),
        }
    }

    /// As the store knows it; nothing if it is no tree.
    pub(super) fn head(&self) -> Option<Head> {
        let size = TreeSize::new(self.size).ok()?;
        let root = self.root.parse().ok()?;
        Some(Head { size, root })
    }
}

impl Manifest {
    /// Writes it, last of all.
    pub(super) fn write(&self, dir: &Path) -> Result<(), BackupError> {
        let sealed = Sealed {
            format: FORMAT.to_owned(),
            check: self.check(),
            manifest: self.clone(),
        };
        // Values of this program have string keys only.
        let bytes = serde_json::to_vec_pretty(&sealed).unwrap_or_default();
        Ok(disk::write_atomic(&dir.join(MANIFEST), &bytes)?)
    }

    /// Reads it; nothing but what `write` wrote passes.
    ///
    /// # Errors
    /// [`BackupError::NoManifest`], [`BackupError::Io`].
    pub fn read(dir: &Path) -> Result<Self, BackupError> {
        let none = || BackupError::NoManifest {
            path: dir.to_path_buf(),
        };
        let bytes = disk::read_if_exists(&dir.join(MANIFEST))?.ok_or_else(none)?;
        let sealed: Sealed = serde_json::from_slice(&bytes).map_err(|_| none())?;
        let Sealed {
            format,
            check,
            manifest,
        } = sealed;
        let plain = |file: &CopiedFile| {
            let pieces = file.path.split('/');
            pieces
                .into_iter()
                .all(|piece| !matches!(piece, "" | "." | ".."))
        };
        let sound = format == FORMAT
            && check == manifest.check()
            && manifest.files.iter().all(plain)
            && [&manifest.tree, &manifest.signed, &manifest.guard]
                .iter()
                .all(|tree| tree.head().is_some());
        if sound { Ok(manifest) } else { Err(none()) }
    }

    pub(super) const fn journal_end(&self) -> Location {
        let [segment, offset] = self.journal_end;
        Location { segment, offset }
    }

    fn check(&self) -> String {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        blake3::hash(&bytes).to_hex().to_string()
    }
}
