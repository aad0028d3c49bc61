//! A group that takes nothing more: its own tree, its promise, its receipts.

use fairtrail::api::{Receipt, ReceiptEntry};
use fairtrail::log::{LogError, Origin, Promise};
use fairtrail::merkle::{Hash, LeafIndex, MerkleError, Tree};
use fairtrail::time::Timestamp;

use super::{NewLeaf, Place, Ticket};

/// A closed group.
#[derive(Debug)]
pub struct Sealed {
    first: LeafIndex,
    leaves: Vec<NewLeaf>,
    hashes: Vec<Hash>,
}

impl Sealed {
    pub(super) fn new(first: LeafIndex, leaves: Vec<NewLeaf>) -> Self {
        let hashes = leaves.iter().map(|leaf| leaf.entry.leaf_hash());
        Self {
            first,
            hashes: hashes.collect(),
            leaves,
        }
    }

    /// The leaf index of the first new leaf.
    pub const fn first(&self) -> LeafIndex {
        self.first
    }

    /// The new leaves, in log order.
    pub fn leaves(&self) -> &[NewLeaf] {
        &self.leaves
    }

    /// The hashes of the new leaves, in log order.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The tree over the new leaves alone.
    ///
    /// # Errors
    /// [`MerkleError`] never for a group within its limits.
    pub fn tree(&self) -> Result<Tree, MerkleError> {
        Tree::from_leaves(self.hashes.iter().copied())
    }

    /// What is promised about `tree`, the tree of this group; nothing for a group without leaves.
    ///
    /// # Errors
    /// [`LogError::PromiseMalformed`] when the leaves lie beyond every tree.
    pub fn promise(
        &self,
        tree: &Tree,
        origin: &Origin,
        include_by: Timestamp,
    ) -> Result<Option<Promise>, LogError> {
        if self.leaves.is_empty() {
            return Ok(None);
        }
        let count = self.leaves.len() as u64;
        Promise::new(origin.clone(), self.first, count, tree.root(), include_by).map(Some)
    }

    /// What a submitter is told. `promise` is the signed note over the promise.
    ///
    /// # Errors
    /// [`MerkleError`] when the ticket is of another group.
    pub fn receipt(
        &self,
        tree: &Tree,
        ticket: &Ticket,
        promise: Option<&str>,
    ) -> Result<Receipt, MerkleError> {
        let entries = self.lines(Some(tree), ticket)?;
        let fresh = entries.iter().any(|entry| !entry.known);
        let promise = promise.filter(|_| fresh).map(str::to_owned);
        Ok(Receipt { entries, promise })
    }

    /// Where the entries of a submission stand, for somebody who asked for no promise: without
    /// paths, which cost more than all else that is said.
    ///
    /// # Errors
    /// As [`Self::receipt`].
    pub fn places(&self, ticket: &Ticket) -> Result<Receipt, MerkleError> {
        Ok(Receipt {
            entries: self.lines(None, ticket)?,
            promise: None,
        })
    }

    fn lines(
        &self,
        tree: Option<&Tree>,
        ticket: &Ticket,
    ) -> Result<Vec<ReceiptEntry>, MerkleError> {
        let places = ticket.0.iter();
        places.map(|place| self.line(tree, *place)).collect()
    }

    fn line(&self, tree: Option<&Tree>, place: Place) -> Result<ReceiptEntry, MerkleError> {
        let (id, leaf, position) = match place {
            Place::Earlier(id, leaf) => (id, leaf, None),
            Place::Again(id, position) => (id, self.first.plus(position)?, None),
            Place::Here(id, position) => (id, self.first.plus(position)?, Some(position)),
        };
        let path = position.zip(tree).map(|(position, tree)| {
            let path = tree.inclusion(LeafIndex::new(position)?, tree.size())?;
            Ok::<_, MerkleError>(path.iter().map(ToString::to_string).collect())
        });
        Ok(ReceiptEntry {
            id,
            leaf_index: leaf.get(),
            known: position.is_none(),
            position,
            path: path.transpose()?.unwrap_or_default(),
            proof: None,
        })
    }
}
