//! Files below one folder, each written once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fairtrail::log::TilePath;
use fairtrail::merkle::TreeSize;

use crate::ops::backup::BackupError;
use crate::store::disk;

/// The folder.
pub(super) struct Files {
    root: PathBuf,
    pub(super) written: u64,
    pub(super) removed: u64,
}

impl Files {
    /// Opens an empty folder, or one that was exported to before.
    pub(super) fn open(root: &Path) -> Result<Self, BackupError> {
        disk::create_dir(root)?;
        let names = disk::names(root)?;
        let ours = ["archive", "checkpoint", "tile", "v1"];
        let ours = |name: &String| {
            ours.iter()
                .any(|ours| name.trim_end_matches(".tmp") == *ours)
        };
        if !names.iter().all(ours) {
            let path = root.to_path_buf();
            return Err(BackupError::NotEmpty { path });
        }
        Ok(Self {
            root: root.to_path_buf(),
            written: 0,
            removed: 0,
        })
    }

    /// Makes sure that a file has these bytes, and reads them back if it had others.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
        let path = self.root.join(name);
        if disk::read_if_exists(&path)?.as_deref() == Some(bytes) {
            return Ok(());
        }
        disk::create_dir(disk::parent(&path))?;
        disk::write_swap(&path, bytes)?;
        self.written = self.written.saturating_add(1);
        if disk::read_if_exists(&path)?.as_deref() == Some(bytes) {
            return Ok(());
        }
        Err(BackupError::Changed { path })
    }

    /// Everything that was put is on the disk when this returns.
    pub(super) fn sync(&self) -> Result<(), BackupError> {
        Ok(disk::sync_file_system(&self.root)?)
    }

    /// As [`Files::put`], durably: what it rests on is on the disk.
    pub(super) fn put_last(&mut self, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
        let path = self.root.join(name);
        if disk::read_if_exists(&path)?.as_deref() != Some(bytes) {
            disk::write_atomic(&path, bytes)?;
            self.written = self.written.saturating_add(1);
        }
        Ok(())
    }

    /// Removes what is not named from a folder.
    pub(super) fn keep_only(
        &mut self,
        folder: &str,
        named: &BTreeSet<String>,
    ) -> Result<(), BackupError> {
        let dir = self.root.join(folder);
        for name in disk::names(&dir)? {
            if !named.contains(&name) {
                disk::remove_file(&dir.join(name))?;
                self.removed = self.removed.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Removes partial tiles of places where the full one stands now.
    pub(super) fn drop_outgrown(&mut self, size: TreeSize) -> Result<(), BackupError> {
        let mut folders = vec![self.root.join("tile")];
        while let Some(folder) = folders.pop() {
            for name in disk::names(&folder)? {
                let path = folder.join(&name);
                if !path.is_dir() {
                    continue;
                }
                let full = name.strip_suffix(".p").map(|full| folder.join(full));
                match full {
                    Some(full) if full.is_file() => {
                        disk::remove_dir_all(&path)?;
                        self.removed = self.removed.saturating_add(1);
                    }
                    Some(_) => self.drop_narrower(&path, size)?,
                    None => folders.push(path),
                }
            }
        }
        Ok(())
    }

    /// Of the partial tiles at one place the widest stays.
    fn drop_narrower(&mut self, folder: &Path, size: TreeSize) -> Result<(), BackupError> {
        for name in disk::names(folder)? {
            let path = folder.join(&name);
            let below = path.strip_prefix(&self.root).ok().and_then(Path::to_str);
            let at = below.and_then(|below| below.parse::<TilePath>().ok());
            let widest = match at {
                Some(TilePath::Hashes(tile)) => {
                    fairtrail::log::Tile::widest(tile.level(), tile.index(), size)
                        .is_some_and(|widest| widest == tile)
                }
                Some(TilePath::Entries(at)) => fairtrail::log::Tile::widest(0, at.index(), size)
                    .is_some_and(|widest| widest.width() == at.width()),
                None => false,
            };
            if !widest {
                disk::remove_file(&path)?;
                self.removed = self.removed.saturating_add(1);
            }
        }
        Ok(())
    }
}
