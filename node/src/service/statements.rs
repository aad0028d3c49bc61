//! Entries, their proofs, subjects and feeds.

use fairtrail::api::{FeedView, HistoryItem, HistoryPage};
use fairtrail::entry::SignedEntry;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::limits::HISTORY_PAGE;
use fairtrail::log::TlogProof;
use fairtrail::merkle::{LeafIndex, ProveError, leaf_hash, prove, verify};
use fairtrail::note::Note;
use fairtrail::subject::SubjectId;

use super::log::tiles_fault;
use super::{ReadError, Service, StoredEntry};
use crate::ledger::lookup_fault;
use crate::store::withheld::List;

impl Service {
    /// A published entry; its bytes have its id and the hash of its leaf.
    ///
    /// # Errors
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn entry(&self, id: EntryId) -> Result<StoredEntry, ReadError> {
        let published = self.checkpoint().size().get();
        let leaf = self.access.reader.leaf_of(id)?;
        let leaf = leaf.filter(|leaf| *leaf < published);
        let leaf = leaf.ok_or(ReadError::NotFound)?;
        let stored = self.entry_at(leaf)?;
        if stored.entry.id() == id {
            return Ok(stored);
        }
        tracing::error!(leaf, "the entry stored at this leaf is another one");
        Err(ReadError::DAMAGED)
    }

    /// The entry at a published leaf; its bytes have the hash of the leaf.
    pub(super) fn entry_at(&self, leaf: u64) -> Result<StoredEntry, ReadError> {
        let bytes = self.leaf(leaf, self.stored_hash(leaf)?)?;
        let entry = SignedEntry::parse(&bytes).map_err(|_| ReadError::DAMAGED)?;
        let leaf_index = LeafIndex::new(leaf).map_err(|_| ReadError::DAMAGED)?;
        Ok(StoredEntry { entry, leaf_index })
    }

    /// A tlog-proof file that the entry is in the published tree, verified before it is given.
    ///
    /// # Errors
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn proof(&self, id: EntryId) -> Result<String, ReadError> {
        let published = self.checkpoint();
        let StoredEntry { entry, leaf_index } = self.entry(id)?;
        let (size, root) = (published.size(), published.checkpoint().root());
        if !size.contains(leaf_index) {
            return Err(ReadError::NotFound);
        }
        let path = prove::inclusion(&self.access.reader.tiles, leaf_index, size);
        let path = path.map_err(|error| match error {
            ProveError::Source(error) => tiles_fault(&error),
            ProveError::Merkle(_) => ReadError::DAMAGED,
        })?;
        let leaf = leaf_hash(entry.bytes());
        if let Err(error) = verify::inclusion(leaf, leaf_index, size, &path, root) {
            tracing::error!(%leaf_index, %error, "a proof from stored tiles does not hold");
            return Err(ReadError::DAMAGED);
        }
        let note = Note::parse(published.note()).map_err(|_| ReadError::DAMAGED)?;
        let proof = TlogProof::new(Vec::new(), leaf_index, path, note);
        Ok(proof.map_err(|_| ReadError::DAMAGED)?.to_string())
    }

    /// Published entries that name `subject`, in log order, from the leaf behind `after` on, at
    /// most `limit` and 256. A subject nobody named has an empty page.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn history(
        &self,
        subject: &SubjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<HistoryPage, ReadError> {
        let published = self.checkpoint();
        let size = published.size().get();
        let limit = limit.clamp(1, HISTORY_PAGE);
        let tables = self.access.reader.tables();
        let list = self.access.reader.withheld.now();
        // One more than asked for shows whether there is a next page.
        let found = tables.leaves_naming(subject, after, size, limit.saturating_add(1));
        let leaves = found.map_err(|error| lookup_fault(&error))?;
        let items = leaves
            .iter()
            .take(limit)
            .map(|leaf| self.history_item(*leaf, &list));
        let items: Vec<_> = items.collect::<Result<_, _>>()?;
        let next = items.last().filter(|_| leaves.len() > limit);
        Ok(HistoryPage {
            subject: subject.clone(),
            origin: self.fixed.info.origin.clone(),
            size,
            next: next.map(|item: &HistoryItem| item.leaf_index),
            items,
        })
    }

    fn history_item(&self, leaf: u64, list: &List) -> Result<HistoryItem, ReadError> {
        let stored = self.entry_at(leaf)?;
        let withheld = self.withheld_by(&stored, list)?;
        let entry = stored.entry;
        Ok(HistoryItem {
            id: entry.id(),
            leaf_index: leaf,
            kind: entry.header().kind.as_str().to_owned(),
            author: entry.author(),
            withheld,
        })
    }

    /// Where a feed stands, the unpublished entries included.
    pub fn feed(&self, author: AuthorId) -> FeedView {
        let admitted = self.access.admitted.read();
        let value = admitted.set.feed_value(author);
        FeedView {
            author,
            begun: value.is_some(),
            seq: value.as_ref().map(|value| value.seq),
            head: value.as_ref().map(|value| value.head),
            key_state: value.as_ref().map(|value| value.key_state),
            forked: value.is_some_and(|value| value.fork.is_some()),
            grants: admitted.set.grants_to(author).to_vec(),
        }
    }
}
