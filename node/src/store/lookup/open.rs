//! Opening: what is there, or a fresh start with the reason for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::LookupError;
use super::generation::Generation;
use super::index::Sizes;
use super::manifest::Manifest;
use crate::store::disk::{self, IoFault};
use crate::store::head::TreeHead;

/// What an opened store covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The rows on disk are those of this tree, if the journal agrees. Replay what follows it.
    Covers(TreeHead),
    /// It is empty. Replay everything.
    Rebuild(RebuildCause),
}

/// Why a store starts empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RebuildCause {
    /// It did not pass its checks and was moved aside, to `<name>.broken`.
    Damaged,
    /// It is new, or was cleared, or nothing had been flushed yet.
    New,
}

/// A store's files, loaded.
pub(super) struct Loaded {
    pub(super) manifest: Manifest,
    pub(super) generations: Vec<Arc<Generation>>,
}

impl Loaded {
    /// What the directory holds. After any failure nothing of it may be used.
    pub(super) fn open(dir: &Path, sizes: Sizes) -> Result<Self, LookupError> {
        disk::create_dir(dir)?;
        let manifest = Manifest::read(dir)?;
        manifest.sweep(dir)?;
        let numbers = manifest.generations.iter();
        let open = |number: &u32| Generation::open(dir, *number, sizes).map(Arc::new);
        let generations = numbers.map(open).collect::<Result<_, _>>()?;
        Ok(Self {
            manifest,
            generations,
        })
    }

    /// Opens the directory; one that is damaged, or was found so while it was in use, is moved
    /// aside and replaced by an empty one.
    pub(super) fn open_or_replace(dir: &Path, sizes: Sizes) -> Result<(Self, Start), LookupError> {
        if disk::read_if_exists(&mark_path(dir))?.is_some() {
            return Self::replace(dir, sizes);
        }
        match Self::open(dir, sizes) {
            Ok(loaded) => {
                let start = match loaded.manifest.covers {
                    Some(head) => Start::Covers(head),
                    None => Start::Rebuild(RebuildCause::New),
                };
                Ok((loaded, start))
            }
            Err(error) => {
                tracing::warn!(%error, "look-up store is moved aside and rebuilt");
                Self::replace(dir, sizes)
            }
        }
    }

    fn replace(dir: &Path, sizes: Sizes) -> Result<(Self, Start), LookupError> {
        let aside = beside(dir, "broken");
        disk::remove_dir_all(&aside)?;
        match disk::rename(dir, &aside) {
            Err(fault) if fault.kind != std::io::ErrorKind::NotFound => return Err(fault.into()),
            _ => {}
        }
        disk::remove_file(&mark_path(dir))?;
        let loaded = Self::open(dir, sizes)?;
        Ok((loaded, Start::Rebuild(RebuildCause::Damaged)))
    }
}

/// Notes that the store was found damaged while in use, so that the next start does not open it.
pub(super) fn mark_broken(dir: &Path) -> Result<(), IoFault> {
    disk::write_atomic(&mark_path(dir), b"")
}

pub(super) fn mark_path(dir: &Path) -> PathBuf {
    beside(dir, "rebuild")
}

fn beside(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(suffix);
    dir.with_file_name(name)
}
