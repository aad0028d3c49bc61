//! A group that takes nothing more: its own tree, its promise, its receipts.

use fairtrail::api::{Receipt, ReceiptEntry};
use fairtrail::log::{LogError, Origin, Promise};
use fairtrail::merkle::{LeafIndex, MerkleError, Tree, leaf_hash};
use fairtrail::time::Timestamp;

use super::{NewLeaf, Place, Ticket};

/// A closed group.
#[derive(Debug)]
pub struct Sealed {
    first: LeafIndex,
    leaves: Vec<NewLeaf>,
}

impl Sealed {
    pub(super) const fn new(first: LeafIndex, leaves: Vec<NewLeaf>) -> Self {
        Self { first, leaves }
    }

    /// The leaf index of the first new leaf.
    pub const fn first(&self) -> LeafIndex {
        self.first
    }

    /// The new leaves, in log order.
    pub fn leaves(&self) -> &[NewLeaf] {
        &self.leaves
    }

    /// The tree over the new leaves alone.
    ///
    /// # Errors
    /// [`MerkleError`] never for a group within its limits.
    pub fn tree(&self) -> Result<Tree, MerkleError> {
        Tree::from_leaves(self.leaves.iter().map(|leaf| leaf_hash(leaf.entry.bytes())))
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
        let entries = ticket.0.iter().map(|place| self.line(tree, *place));
        let entries: Vec<_> = entries.collect::<Result<_, _>>()?;
        let covered = entries.iter().any(|entry| entry.position.is_some());
        let promise = promise.filter(|_| covered).map(str::to_owned);
        Ok(Receipt { entries, promise })
    }

    fn line(&self, tree: &Tree, place: Place) -> Result<ReceiptEntry, MerkleError> {
        Ok(match place {
            Place::Earlier(id, leaf) => ReceiptEntry {
                id,
                leaf_index: leaf.get(),
                known: true,
                position: None,
                path: Vec::new(),
                proof: None,
            },
            Place::Here {
                id,
                position,
                known,
            } => {
                let path = tree.inclusion(LeafIndex::new(position)?, tree.size())?;
                ReceiptEntry {
                    id,
                    leaf_index: self.first.plus(position)?.get(),
                    known,
                    position: Some(position),
                    path: path.iter().map(ToString::to_string).collect(),
                    proof: None,
                }
            }
        })
    }
}
