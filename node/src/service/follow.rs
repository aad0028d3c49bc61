//! What followers ask: of the own log as theirs, and of this log as a peer.

use fairtrail::log::{EntryTile, decode_entries};
use fairtrail::merkle::Hash;
use fairtrail::reason::Reason;

use super::{ReadError, Service};
use crate::core::follow::{Answer, Failure, Question, Reads};
use crate::ledger::lookup_fault;

impl Service {
    /// Which of these leaves stand in this log with these very bytes, published or not, and how
    /// many leaves it has. All of them are durable.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn held(&self, leaves: &[Hash]) -> Result<(Vec<bool>, u64), ReadError> {
        let own = self.health().admitted;
        let tables = self.access.reader.tables();
        let held = leaves.iter().map(|leaf| tables.has_leaf(*leaf));
        let held = held.collect::<Result<_, _>>();
        let held = held.map_err(|error| ReadError::from(lookup_fault(&error)))?;
        Ok((held, own))
    }

    /// Answers a follower's question from what is published, as far as somebody who may have
    /// `reads` may have it, whatever it asks for.
    ///
    /// # Errors
    /// [`Failure`] with the reason; [`Reason::NotFound`] for what is not part of the published tree.
    pub fn answer(&self, question: &Question, reads: Reads) -> Result<Answer, Failure> {
        let refused = |error: ReadError| Failure(error.code());
        match *question {
            Question::Checkpoint => Ok(Answer::Checkpoint(self.checkpoint().note().to_vec())),
            Question::Tile(tile) => self.tile(tile).map(Answer::Tile).map_err(refused),
            Question::Entries { bundle, skip } => self.entries_behind(bundle, skip),
            Question::Parts { first, count, .. } => {
                let page = self.parts_for(reads, first, count);
                page.map(Answer::Parts).map_err(refused)
            }
        }
    }

    fn entries_behind(&self, bundle: EntryTile, skip: u16) -> Result<Answer, Failure> {
        let bytes = self.entries(bundle);
        let bytes = bytes.map_err(|error| Failure(error.code()))?;
        let entries = decode_entries(&bytes, usize::from(bundle.width()));
        let entries = entries.map_err(|_| Failure(Reason::StoreDamaged))?;
        let behind = entries.into_iter().skip(usize::from(skip));
        Ok(Answer::Entries(behind.map(<[u8]>::to_vec).collect()))
    }
}
