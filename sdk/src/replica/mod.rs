//! A verifier's own copy of a log: recomputes the tree and re-admits every entry.
//!
//! Nothing gets in that a trusted checkpoint does not cover: the root is recomputed first, then
//! every entry passes admission. Parts are taken by their digests. What was asked for stays here:
//! filtering is local. Out of scope: fetching and keeping the bytes (`crate::client`).

mod copy;
mod error;
mod gather;
mod ledger;
mod reader;

pub use error::ReplicaError;
pub use reader::Reader;

pub(crate) use copy::{LogCopy, view_at};

use crate::admission::{AdmittedSet, Answer};
use crate::api::WithheldView;
use crate::charter::Charter;
use crate::entry::{Body, SignedEntry};
use crate::fraud::SplitView;
use crate::id::{EntryId, PartDigest};
use crate::log::{CosignedCheckpoint, Origin, SignedCheckpoint, note_digest};
use crate::merkle::{Hash, LeafIndex, Root, Tree, TreeSize, leaf_hash};
use std::collections::HashMap;

/// One log, recomputed.
#[derive(Debug, Clone)]
pub struct Replica {
    origin: Origin,
    set: AdmittedSet,
    tree: Tree,
    entries: Vec<SignedEntry>,
    leaf_of: HashMap<EntryId, usize>,
    bodies: HashMap<PartDigest, Body>,
    withheld: HashMap<PartDigest, WithheldView>,
    newest: Option<CosignedCheckpoint>,
    archive: HashMap<[u8; 32], CosignedCheckpoint>,
}

impl Replica {
    /// An empty copy of the log `origin` of a network.
    pub fn new(charter: Charter, origin: Origin) -> Self {
        Self {
            origin,
            set: AdmittedSet::new(charter),
            tree: Tree::new(),
            entries: Vec::new(),
            leaf_of: HashMap::new(),
            bodies: HashMap::new(),
            withheld: HashMap::new(),
            newest: None,
            archive: HashMap::new(),
        }
    }

    /// Takes the leaves up to a checkpoint that the policy opened. The root is recomputed before
    /// anything is kept, so a refusal up to that point changes nothing.
    ///
    /// # Errors
    /// [`ReplicaError::Root`] and [`ReplicaError::Shrunk`] when this is not a longer history of the
    /// same log; [`ReplicaError::Inadmissible`] or [`ReplicaError::Duplicate`] when the log holds
    /// what no log may hold: then the copy is of no further use.
    pub fn extend(
        &mut self,
        checkpoint: CosignedCheckpoint,
        leaves: &[impl AsRef<[u8]>],
    ) -> Result<(), ReplicaError> {
        self.grow(checkpoint, leaves, |_| ())
    }

    /// As [`Self::extend`] with leaves that were taken before under the same root: signatures are
    /// not checked again.
    #[cfg(feature = "client")]
    pub(crate) fn restore(
        &mut self,
        checkpoint: CosignedCheckpoint,
        leaves: &[impl AsRef<[u8]>],
    ) -> Result<(), ReplicaError> {
        self.grow(checkpoint, leaves, SignedEntry::vouch)
    }

    fn grow(
        &mut self,
        checkpoint: CosignedCheckpoint,
        leaves: &[impl AsRef<[u8]>],
        before: impl Fn(&SignedEntry),
    ) -> Result<(), ReplicaError> {
        let signed = checkpoint.checkpoint();
        if *signed.origin() != self.origin {
            let found = signed.origin().clone();
            return Err(ReplicaError::Origin {
                expected: self.origin.clone(),
                found,
            });
        }
        let count = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        let (have, stated) = (self.size().get(), signed.size().get());
        if have.checked_add(count) != Some(stated) {
            return Err(ReplicaError::Shrunk { have, stated });
        }
        let mut tree = self.tree.clone();
        for leaf in leaves {
            tree.append(leaf_hash(leaf.as_ref()))?;
        }
        if tree.root() != signed.root() {
            return Err(ReplicaError::Root { size: stated });
        }
        self.tree = tree;
        for leaf in leaves {
            let entry = self.parse(leaf.as_ref())?;
            before(&entry);
            self.take(entry)?;
        }
        self.newest = Some(checkpoint);
        Ok(())
    }

    fn parse(&self, bytes: &[u8]) -> Result<SignedEntry, ReplicaError> {
        let leaf = self.entries.len();
        SignedEntry::parse(bytes).map_err(|error| ReplicaError::Inadmissible {
            leaf,
            reason: error.code(),
        })
    }

    fn take(&mut self, entry: SignedEntry) -> Result<(), ReplicaError> {
        let leaf = self.entries.len();
        match self.set.admit(&entry) {
            Ok(Answer::Admitted { .. }) => {}
            Ok(Answer::Known) => {
                return Err(ReplicaError::Duplicate {
                    leaf,
                    id: entry.id(),
                });
            }
            Err(error) => {
                return Err(ReplicaError::Inadmissible {
                    leaf,
                    reason: error.code(),
                });
            }
        }
        self.leaf_of.insert(entry.id(), leaf);
        self.entries.push(entry);
        Ok(())
    }

    /// Takes a part; the digest is computed here, so it can only be found under its own name.
    pub fn add_part(&mut self, body: Body) {
        self.bodies.insert(body.digest(), body);
    }

    /// Takes what the gateway says of a part that it does not serve: its word, shown beside the
    /// part, which stays unknown.
    pub fn add_withheld(&mut self, view: WithheldView) {
        self.withheld.insert(view.part, view);
    }

    /// What the gateway says of parts that it does not serve, in no order.
    pub fn withheld(&self) -> impl Iterator<Item = &WithheldView> {
        self.withheld.values()
    }

    /// Forgets what was said of a part.
    #[cfg(feature = "client")]
    pub(crate) fn forget_withheld(&mut self, part: PartDigest) {
        self.withheld.remove(&part);
    }

    /// Takes an archived note that the policy opened: its root must be the root of this tree.
    ///
    /// # Errors
    /// [`ReplicaError::Root`] when it states another history, [`ReplicaError::Origin`] when it is
    /// of another log.
    pub fn add_note(&mut self, note: CosignedCheckpoint) -> Result<(), ReplicaError> {
        let signed = note.checkpoint();
        if *signed.origin() != self.origin {
            let found = signed.origin().clone();
            return Err(ReplicaError::Origin {
                expected: self.origin.clone(),
                found,
            });
        }
        if self.tree.root_at(signed.size())? != signed.root() {
            return Err(ReplicaError::Root {
                size: signed.size().get(),
            });
        }
        self.archive
            .insert(note_digest(note.note().to_string().as_bytes()), note);
        Ok(())
    }

    /// The proof that the log signed another history than the one held: `None` when the checkpoint
    /// is one of this copy, or larger.
    ///
    /// # Errors
    /// [`ReplicaError::Origin`] when it is of another log.
    pub fn contradiction(
        &self,
        found: &SignedCheckpoint,
    ) -> Result<Option<SplitView>, ReplicaError> {
        let (stated, have) = (found.checkpoint(), self.size());
        if *stated.origin() != self.origin {
            return Err(ReplicaError::Origin {
                expected: self.origin.clone(),
                found: stated.origin().clone(),
            });
        }
        let Some(newest) = self.newest.as_ref().filter(|_| stated.size() <= have) else {
            return Ok(None);
        };
        let prefix = self.tree.root_at(stated.size())?;
        if prefix == stated.root() {
            return Ok(None);
        }
        let (held, other) = (newest.note().clone(), found.note().clone());
        Ok(Some(if stated.size() == have {
            SplitView::new(held, other, stated.root(), Vec::new())
        } else {
            let path = self.tree.consistency(stated.size(), have)?;
            SplitView::new(other, held, prefix, path)
        }))
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Leaves held.
    pub const fn size(&self) -> TreeSize {
        self.tree.size()
    }

    /// The root over the first `size` leaves.
    ///
    /// # Errors
    /// [`ReplicaError::Merkle`] when fewer are held.
    pub fn root_at(&self, size: TreeSize) -> Result<Root, ReplicaError> {
        Ok(self.tree.root_at(size)?)
    }

    /// The leaf of an entry.
    pub fn leaf_of(&self, entry: EntryId) -> Option<u64> {
        let leaf = self.leaf_of.get(&entry)?;
        u64::try_from(*leaf).ok()
    }

    /// The path that shows a leaf in the tree of the first `size` leaves.
    ///
    /// # Errors
    /// [`ReplicaError::Merkle`] when the tree has no such leaf or fewer leaves.
    pub fn inclusion(&self, leaf: LeafIndex, size: TreeSize) -> Result<Vec<Hash>, ReplicaError> {
        Ok(self.tree.inclusion(leaf, size)?)
    }

    /// The path that shows that the tree of the first `size` leaves is the beginning of this one.
    ///
    /// # Errors
    /// [`ReplicaError::Merkle`] unless more leaves are held, and at least one was.
    pub fn consistency(&self, size: TreeSize) -> Result<Vec<Hash>, ReplicaError> {
        Ok(self.tree.consistency(size, self.size())?)
    }

    /// Everything admitted.
    pub const fn set(&self) -> &AdmittedSet {
        &self.set
    }

    /// The entries, in log order.
    pub fn entries(&self) -> &[SignedEntry] {
        &self.entries
    }

    /// A part, if its bytes are held.
    pub fn part(&self, digest: PartDigest) -> Option<&Body> {
        self.bodies.get(&digest)
    }

    /// The archived notes taken, in no order.
    pub fn notes(&self) -> impl Iterator<Item = &CosignedCheckpoint> {
        self.archive.values()
    }

    /// The newest checkpoint taken.
    pub const fn newest(&self) -> Option<&CosignedCheckpoint> {
        self.newest.as_ref()
    }
}
