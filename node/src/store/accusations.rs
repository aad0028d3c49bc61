//! Proofs that other logs signed two histories, one file each, kept until the operator removes them.
//!
//! ```text
//! <data dir>/fraud/<hex SHA-256 of the origin>-<size>.split-view      specs/follow.md §7
//! ```
//! One proof of a log convicts it; only so many of one log are kept, for a log may sign any number.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use fairtrail::fraud::SplitView;
use fairtrail::log::Origin;
use fairtrail::merkle::TreeSize;

use super::disk::{self, IoFault};

/// Proofs that are kept against one log.
const PER_LOG: usize = 16;

/// The proofs of one node.
#[derive(Debug, Clone)]
pub struct Accusations {
    dir: PathBuf,
}

impl Accusations {
    /// Keeps proofs in `dir`; it need not exist yet.
    pub fn new(dir: &Path) -> Self {
        let dir = dir.to_path_buf();
        Self { dir }
    }

    /// Keeps a proof about a log at a size, durably; the file, or nothing when enough is known of
    /// this log.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn keep(
        &self,
        origin: &Origin,
        size: TreeSize,
        proof: &SplitView,
    ) -> Result<Option<PathBuf>, IoFault> {
        if self.of(origin)?.len() >= PER_LOG {
            return Ok(None);
        }
        disk::create_dir(&self.dir)?;
        disk::sync_dir(disk::parent(&self.dir))?;
        let name = format!("{}{size}.split-view", prefix(origin));
        let path = self.dir.join(name);
        let made = disk::write_once(&path, proof.to_string().as_bytes())?;
        Ok(made.then_some(path))
    }

    /// The files that prove something against a log.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn of(&self, origin: &Origin) -> Result<Vec<PathBuf>, IoFault> {
        let prefix = prefix(origin);
        let mut names = disk::names(&self.dir)?;
        names.retain(|name| name.starts_with(&prefix) && name.ends_with(".split-view"));
        names.sort();
        Ok(names.iter().map(|name| self.dir.join(name)).collect())
    }
}

fn prefix(origin: &Origin) -> String {
    format!("{}-", HEXLOWER.encode(&origin.digest()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::key::SecretKey;
    use fairtrail::log::{Checkpoint, SignedCheckpoint};
    use fairtrail::merkle::Root;
    use fairtrail::note::NoteSigner;

    #[test]
    fn a_proof_is_kept_once_and_only_so_many_are() {
        let dir = tempfile::tempdir().unwrap();
        let accusations = Accusations::new(&dir.path().join("fraud"));
        let origin: Origin = "log.example/two/e1".parse().unwrap();
        let log = NoteSigner::new(origin.key_name().unwrap(), SecretKey::from_seed([1; 32]));
        let signed = |size, root| {
            let root = Root::from_bytes([root; 32]);
            let checkpoint = Checkpoint::new(origin.clone(), size, root).unwrap();
            let note = checkpoint.sign(&log).unwrap().to_string();
            SignedCheckpoint::open(note.as_bytes(), log.verifier()).unwrap()
        };
        let keep = |size| {
            let size = TreeSize::new(size).unwrap();
            let proof = SplitView::of_one_size(&signed(size, 1), &signed(size, 2));
            let path = accusations.keep(&origin, size, &proof).unwrap();
            path.map(|path| (path, proof))
        };
        let (path, proof) = keep(7).unwrap();
        assert_eq!(keep(7), None);
        let kept = fs_err::read_to_string(path).unwrap();
        assert_eq!(kept.parse(), Ok(proof));
        for size in 8..40 {
            keep(size);
        }
        assert_eq!(accusations.of(&origin).unwrap().len(), PER_LOG);
        let other = "log.example/three/e1".parse().unwrap();
        assert!(accusations.of(&other).unwrap().is_empty());
    }
}
