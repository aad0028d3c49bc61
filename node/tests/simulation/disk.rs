//! A disk that loses what was not synced, and stops its machine at any step it is told to.

use std::collections::BTreeMap;

use fairtrail::entry::{Body, SignedEntry};
use fairtrail::fraud::{Accused, FraudFile};
use fairtrail::history::Erased;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::log::ArchiveMark;
use fairtrail_node::core::publish::{Intent, Publication};

use crate::fault::Planted;
use crate::rng::Rng;

/// The machine stopped at this step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crash;

/// A leaf with the bodies stored for it.
#[derive(Debug, Clone)]
pub(crate) struct StoredLeaf {
    pub(crate) entry: SignedEntry,
    /// By digest.
    pub(crate) bodies: Vec<(PartDigest, Body)>,
}

impl StoredLeaf {
    /// Forgets the bodies of what is erased.
    pub(crate) fn erase(&mut self, erased: &Erased) {
        let id = self.entry.id();
        self.bodies.retain(|(part, _)| !erased.covers(id, *part));
    }

    pub(crate) fn holds(&self, part: PartDigest) -> bool {
        self.bodies.iter().any(|(digest, _)| *digest == part)
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Frame {
    Group(Vec<StoredLeaf>),
    /// Bodies that came after their entries.
    Late(Vec<(EntryId, PartDigest, Body)>),
    Intent(Intent),
    Signed(Publication),
    Published(Publication),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) frames: Vec<Frame>,
    synced: usize,
    /// Of each followed log, by origin. Replaced as a whole, so durable or not written.
    pub(crate) kept: BTreeMap<String, Vec<u8>>,
    /// By who is accused.
    pub(crate) proofs: BTreeMap<Accused, Vec<u8>>,
    pub(crate) archived: Option<ArchiveMark>,
    /// Steps until the machine stops.
    pub(crate) fuse: Option<u32>,
    pub(crate) steps: u64,
}

impl Disk {
    /// The same disk with another log, all of it durable, and with what is kept of others so.
    pub(crate) fn with_log(self, log: Vec<StoredLeaf>, kept: BTreeMap<String, Vec<u8>>) -> Self {
        Self {
            frames: vec![Frame::Group(log)],
            synced: 1,
            kept,
            proofs: self.proofs,
            steps: self.steps,
            ..Self::default()
        }
    }

    /// One step of a write: the moment before it may be the last.
    pub(crate) fn step(&mut self) -> Result<(), Crash> {
        self.steps += 1;
        match &mut self.fuse {
            None => Ok(()),
            Some(0) => {
                self.fuse = None;
                Err(Crash)
            }
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }

    pub(crate) fn append(&mut self, frame: Frame) -> Result<(), Crash> {
        self.step()?;
        self.frames.push(frame);
        Ok(())
    }

    pub(crate) fn sync(&mut self, planted: Option<Planted>) -> Result<(), Crash> {
        self.step()?;
        if planted != Some(Planted::SyncLies) {
            self.synced = self.frames.len();
        }
        self.step()
    }

    pub(crate) fn keep(&mut self, origin: &str, bytes: Vec<u8>) -> Result<(), Crash> {
        self.step()?;
        self.kept.insert(origin.to_owned(), bytes);
        self.step()
    }

    /// Keeps a proof; a fault may leave it in memory alone.
    pub(crate) fn prove(
        &mut self,
        accused: &Accused,
        file: &FraudFile,
        kept: bool,
    ) -> Result<(), Crash> {
        self.step()?;
        if kept {
            let proof = self.proofs.entry(accused.clone());
            proof.or_insert_with(|| file.to_bytes());
        }
        self.step()
    }

    /// The power goes: of what was not synced, the beginning may have reached the disk.
    pub(crate) fn lose(&mut self, rng: &mut Rng, planted: Option<Planted>) {
        let unsynced = self.frames.len() - self.synced;
        let survive = rng.index(unsynced + 1);
        self.frames.truncate(self.synced + survive);
        if planted == Some(Planted::CutsSynced) && survive == 0 {
            self.frames.pop();
        }
        self.synced = self.frames.len();
        self.fuse = None;
    }

    pub(crate) fn durable_leaves(&self) -> impl Iterator<Item = &StoredLeaf> {
        let frames = self.frames.get(..self.synced).unwrap_or_default();
        frames.iter().flat_map(|frame| match frame {
            Frame::Group(leaves) => leaves.as_slice(),
            _ => &[],
        })
    }

    pub(crate) fn durable_late(&self) -> impl Iterator<Item = &(EntryId, PartDigest, Body)> {
        let frames = self.frames.get(..self.synced).unwrap_or_default();
        frames.iter().flat_map(|frame| match frame {
            Frame::Late(bodies) => bodies.as_slice(),
            _ => &[],
        })
    }

    /// Every body that is durable, whenever it came.
    pub(crate) fn durable_bodies(&self) -> impl Iterator<Item = (EntryId, PartDigest)> {
        let leaves = self.durable_leaves().flat_map(|leaf| {
            let id = leaf.entry.id();
            leaf.bodies.iter().map(move |(digest, _)| (id, *digest))
        });
        leaves.chain(self.durable_late().map(|(id, digest, _)| (*id, *digest)))
    }

    /// Overwrites the bodies of what is erased.
    pub(crate) fn overwrite(&mut self, erased: &Erased) {
        for frame in &mut self.frames {
            match frame {
                Frame::Group(leaves) => leaves.iter_mut().for_each(|leaf| leaf.erase(erased)),
                Frame::Late(bodies) => bodies.retain(|(id, part, _)| !erased.covers(*id, *part)),
                _ => {}
            }
        }
    }
}
