//! What whoever repairs asks: of this log as a peer, and of the own one (specs/repair.md).

use fairtrail::entry::SignedEntry;
use fairtrail::id::EntryId;
use fairtrail::trie::{Differing, TrieKey, TrieRoot};

use super::bundle::{Noted, index_note};
use super::{IndexQuestion, ReadError, Service};
use crate::core::repair::{Answer, Comparison, Question, RUN};

impl Service {
    /// Answers from what is published.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for an entry that is not published, or where no index is shown;
    /// [`ReadError::Moved`] while a new index head is about to be shown; [`ReadError::Store`].
    pub fn repair(&self, question: &Question) -> Result<Answer, ReadError> {
        match question {
            Question::Open(keys) => self.opened_feeds(keys).map(Answer::Opening),
            Question::Down(id, limit) => {
                let limit = usize::from((*limit).min(RUN));
                let entries = self.down_from(*id, limit)?.into_iter();
                let entries = entries.map(|entry| entry.bytes().to_vec());
                Ok(Answer::Entries(entries.collect()))
            }
        }
    }

    /// The feeds trie at the newest index head, opened at these keys.
    ///
    /// # Errors
    /// As [`Service::repair`].
    pub fn opened_feeds(&self, keys: &[TrieKey]) -> Result<Vec<u8>, ReadError> {
        let access = self.access.index.as_ref().ok_or(ReadError::NotFound)?;
        let note = self.index_log(IndexQuestion::Checkpoint)?;
        let head = access.index().settled().cloned();
        let head = head.ok_or(ReadError::NotFound)?;
        // What is shown and what is answered from are not replaced at one moment.
        let noted = index_note(access, &head, note).map_err(|error| match error {
            ReadError::NotFound => ReadError::Moved,
            error => error,
        });
        let Noted { note, .. } = noted?;
        let index = access.index();
        if index.settled() != Some(&head) {
            return Err(ReadError::Moved);
        }
        // The index first and the admitted set then, as whoever extends the index takes them: the
        // other way round each could wait for the other, with a writer of the set between them.
        let author = |id| Some(self.access.admitted.read().set.fact(id)?.feed);
        let opening = index.opening(keys, note.note, &note.path, author);
        let opening = opening.map_err(|error| {
            tracing::error!(%error, "the feeds trie cannot be opened");
            ReadError::DAMAGED
        })?;
        Ok(opening.to_bytes())
    }

    /// A published entry and those before it in its feed, newest first.
    fn down_from(&self, id: EntryId, limit: usize) -> Result<Vec<SignedEntry>, ReadError> {
        let (mut entries, mut next) = (Vec::new(), Some(id));
        while let Some(id) = next.filter(|_| entries.len() < limit) {
            let entry = self.entry(id)?.entry;
            next = entry.header().prev;
            entries.push(entry);
        }
        Ok(entries)
    }

    /// The own feeds root, if the index that is shown covers everything that is admitted.
    pub fn settled_feeds(&self) -> Option<TrieRoot> {
        let admitted = self.access.admitted.read().set.len() as u64;
        let index = self.access.index.as_ref()?.index();
        let head = index.settled()?;
        (head.size.get() == admitted).then_some(head.feeds)
    }

    /// Where another feeds trie, as far as it is opened, has something that the own one has not so.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when no index is kept.
    pub fn compared_feeds(&self, compare: &Comparison) -> Result<Vec<Differing>, ReadError> {
        let index = self.index()?;
        let Comparison { from, within, .. } = compare;
        Ok(compare.opened.differing(&index.feeds(), from, within))
    }
}
