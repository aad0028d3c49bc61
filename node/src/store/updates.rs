//! Update proofs of the newest index heads, one file each (specs/index.md §8).
//!
//! ```text
//! index/updates/<leaf of the index log>      leaf hash of the head, the proof, CRC-32C
//! ```
//! Nothing waits for the disk and nothing rests on these files: a proof that is lost, or was made
//! for a head that never became durable, is not served, and whoever asked rebuilds instead.

use std::path::{Path, PathBuf};

use super::disk::{self, IoFault};

/// Newest proofs that are kept: twice as far back as a checker goes by proofs.
pub const KEPT: u64 = 128;

/// The proofs of one index.
#[derive(Debug, Clone)]
pub struct Updates {
    dir: PathBuf,
}

impl Updates {
    /// Opens a folder of proofs, and drops all but the newest ones.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn open(dir: &Path) -> Result<Self, IoFault> {
        disk::create_dir(dir)?;
        let updates = Self {
            dir: dir.to_path_buf(),
        };
        let names = disk::names(dir)?;
        let leaves = names.iter().filter_map(|name| name.parse::<u64>().ok());
        let mut leaves: Vec<u64> = leaves.collect();
        leaves.sort_unstable();
        let newest = leaves.last().copied().unwrap_or_default();
        for leaf in leaves {
            if newest.saturating_sub(leaf) >= KEPT {
                disk::remove_file(&updates.path(leaf))?;
            }
        }
        Ok(updates)
    }

    /// Keeps the proof of a head, and drops the one that is too old by now.
    ///
    /// # Errors
    /// [`IoFault`]; the proof is then not served.
    pub fn keep(&self, leaf: u64, hash: &[u8; 32], proof: &[u8]) -> Result<(), IoFault> {
        let crc = crc32c::crc32c(proof).to_be_bytes();
        let bytes = [hash, proof, &crc].concat();
        disk::write_swap(&self.path(leaf), &bytes)?;
        match leaf.checked_sub(KEPT) {
            Some(old) => disk::remove_file(&self.path(old)),
            None => Ok(()),
        }
    }

    /// The proof of the head with this leaf hash; nothing if it is not here.
    ///
    /// # Errors
    /// [`IoFault`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::updates::Updates;
    /// let dir = tempfile::tempdir()?;
    /// let updates = Updates::open(dir.path())?;
    /// updates.keep(3, &[7; 32], b"a proof")?;
    /// assert_eq!(updates.read(3, &[7; 32])?, Some(b"a proof".to_vec()));
    /// assert_eq!(updates.read(3, &[8; 32])?, None);
    /// assert_eq!(updates.read(4, &[7; 32])?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(&self, leaf: u64, hash: &[u8; 32]) -> Result<Option<Vec<u8>>, IoFault> {
        let Some(bytes) = disk::read_if_exists(&self.path(leaf))? else {
            return Ok(None);
        };
        let whole = bytes.strip_prefix(hash.as_slice());
        let whole = whole.and_then(|rest| rest.split_last_chunk::<4>());
        let whole = whole.filter(|(proof, crc)| crc32c::crc32c(proof).to_be_bytes() == **crc);
        Ok(whole.map(|(proof, _)| proof.to_vec()))
    }

    fn path(&self, leaf: u64) -> PathBuf {
        self.dir.join(leaf.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_proofs_are_kept_and_damaged_ones_are_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let updates = Updates::open(dir.path()).unwrap();
        for leaf in 0..KEPT + 2 {
            updates.keep(leaf, &[1; 32], b"proof").unwrap();
        }
        let read = |leaf| updates.read(leaf, &[1; 32]).unwrap();
        assert_eq!((read(1), read(2)), (None, Some(b"proof".to_vec())));
        fs_err::write(dir.path().join("2"), [1; 40]).unwrap();
        assert_eq!(read(2), None);
        updates.keep(9_000, &[1; 32], b"proof").unwrap();
        let updates = Updates::open(dir.path()).unwrap();
        assert_eq!(updates.read(5, &[1; 32]), Ok(None));
        assert!(updates.read(9_000, &[1; 32]).unwrap().is_some());
    }
}
