//! Proofs that other logs signed two histories, one file each, kept until the operator removes them.
//!
//! ```text
//! <data dir>/fraud/<hex SHA-256 of the origin>-<size>.split-view      specs/witness.md §6
//! ```
//! One proof of a log convicts it; only so many of one log are kept, for a log may sign any number.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use fairtrail::log::{Origin, SplitView};

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

    /// Keeps a proof, durably; the file, or nothing when enough is known of this log.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn keep(&self, proof: &SplitView) -> Result<Option<PathBuf>, IoFault> {
        let checkpoint = proof.checkpoint();
        if self.of(checkpoint.origin())?.len() >= PER_LOG {
            return Ok(None);
        }
        disk::create_dir(&self.dir)?;
        disk::sync_dir(disk::parent(&self.dir))?;
        let (prefix, size) = (prefix(checkpoint.origin()), checkpoint.size());
        let path = self.dir.join(format!("{prefix}{size}.split-view"));
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
    use fairtrail::log::Checkpoint;
    use fairtrail::merkle::{Root, TreeSize};
    use fairtrail::note::NoteSigner;

    #[test]
    fn a_proof_is_kept_once_and_only_so_many_are() {
        let dir = tempfile::tempdir().unwrap();
        let accusations = Accusations::new(&dir.path().join("fraud"));
        let origin: Origin = "log.example/two/e1".parse().unwrap();
        let log = NoteSigner::new(origin.key_name().unwrap(), SecretKey::from_seed([1; 32]));
        let note = |size, root| {
            let (size, root) = (TreeSize::new(size).unwrap(), Root::from_bytes([root; 32]));
            let checkpoint = Checkpoint::new(origin.clone(), size, root).unwrap();
            checkpoint.sign(&log).unwrap()
        };
        let proof = |size| SplitView::new(log.verifier(), &note(size, 1), &note(size, 2)).unwrap();
        let path = accusations.keep(&proof(7)).unwrap().unwrap();
        assert_eq!(accusations.keep(&proof(7)).unwrap(), None);
        let kept = SplitView::parse(&fs_err::read(path).unwrap());
        assert_eq!(kept, Ok(proof(7)));
        for size in 8..40 {
            accusations.keep(&proof(size)).unwrap();
        }
        assert_eq!(accusations.of(&origin).unwrap().len(), PER_LOG);
        let other = "log.example/three/e1".parse().unwrap();
        assert!(accusations.of(&other).unwrap().is_empty());
    }
}
