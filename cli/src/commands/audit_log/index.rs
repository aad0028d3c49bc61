//! Every index head, made again from the leaves and compared.

use super::Audit;
use super::index_log::{IndexLog, leaf_index};
use super::log::one_line;
use crate::error::CliError;
use fairtrail::entry::SignedEntry;
use fairtrail::fraud::{HeadOrder, HeadSplit, InadmissibleLeaf, LogFraud, ShownLeaf};
use fairtrail::id::EntryId;
use fairtrail::index::{
    BadUpdate, Embedded, EntrySource, Index, IndexError, IndexHead, Rebuild, Replay, SignedHead,
};
use fairtrail::merkle::{Hash, LeafIndex, TreeSize};
use fairtrail::replica::Replica;
use serde::Serialize;

/// What was compared.
#[derive(Debug, Serialize)]
pub(super) struct IndexRead {
    pub(super) origin: String,
    /// Heads in all.
    pub(super) heads: usize,
    /// Heads an earlier run had compared.
    pub(super) before: usize,
    /// Heads that follow from the leaves.
    pub(super) right: usize,
    /// Leaves of the log that the last head covers.
    pub(super) covers: u64,
    pub(super) archived_notes: usize,
}

impl Audit<'_> {
    /// Makes every head again that was not compared before.
    pub(super) fn check_index(
        &mut self,
        index: &IndexLog,
        replica: &Replica,
    ) -> Result<IndexRead, CliError> {
        let before = self.state.heads_right;
        let heads = self.read_heads(index)?;
        let mut right = 0;
        if self.heads_of_log(index, &heads, replica)? {
            right = self.remake(index, &heads, replica)?;
        }
        if self.fraud.is_empty() && self.wrong.is_empty() {
            self.state.heads_right = heads.len();
        }
        Ok(IndexRead {
            origin: index.origin.to_string(),
            heads: self.state.heads.len(),
            before,
            right,
            covers: heads.last().map_or(0, |head| head.size.get()),
            archived_notes: index.archived_notes,
        })
    }

    /// The heads up to the first leaf that is none, or does not lie beyond the one before.
    fn read_heads(&mut self, index: &IndexLog) -> Result<Vec<IndexHead>, CliError> {
        let mut heads: Vec<IndexHead> = Vec::new();
        for (at, bytes) in self.state.heads.clone().iter().enumerate() {
            let head = IndexHead::parse(bytes).ok();
            let head = head.filter(|head| head.check_index(&index.origin).is_ok());
            let Some(head) = head else {
                let (note, leaf) = (index.note()?, index.leaf(at, bytes)?);
                self.accuse(LogFraud::InadmissibleLeaf(InadmissibleLeaf { note, leaf }))?;
                break;
            };
            if let Some((before, last)) = at.checked_sub(1).zip(heads.last())
                && (head.size <= last.size || head.time < last.time)
            {
                let note = index.note()?;
                let (one, other) = (
                    index.leaf(before, &last.to_bytes())?,
                    index.leaf(at, bytes)?,
                );
                self.accuse(LogFraud::HeadOrder(HeadOrder { note, one, other }))?;
                break;
            }
            heads.push(head);
        }
        Ok(heads)
    }

    /// Whether all heads stand on the log's own tree.
    fn heads_of_log(
        &mut self,
        index: &IndexLog,
        heads: &[IndexHead],
        replica: &Replica,
    ) -> Result<bool, CliError> {
        for (at, head) in heads.iter().enumerate().skip(self.state.heads_right) {
            let shown = || Ok((index.note()?, index.leaf(at, &head.to_bytes())?));
            if !self.head_of_log(&format!("index head {at}"), head, shown, replica)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a head stands on the log's own tree; if not, that is proved by the head's note and
    /// leaf, or said.
    pub(super) fn head_of_log(
        &mut self,
        name: &str,
        head: &IndexHead,
        shown: impl FnOnce() -> Result<(Embedded, ShownLeaf), CliError>,
        replica: &Replica,
    ) -> Result<bool, CliError> {
        let (covers, size) = (head.size, replica.size());
        if covers > size {
            let text = format!("{name} covers {covers} leaves, the log shows {size}");
            self.wrong.push(text);
            return Ok(false);
        }
        let prefix = replica.root_at(covers)?;
        if prefix == head.root {
            return Ok(true);
        }
        let newest = replica
            .newest()
            .ok_or_else(|| CliError::internal("no checkpoint"))?;
        let whole = covers == size;
        let path = if whole {
            Vec::new()
        } else {
            replica.consistency(covers)?
        };
        let (note, head) = shown()?;
        let file = HeadSplit {
            note,
            head,
            log: one_line(newest.note(), self.trust.log.key())?,
            prefix: (!whole).then(|| *prefix.as_bytes()),
            path: path.iter().map(|hash| *hash.as_bytes()).collect(),
        };
        self.accuse(LogFraud::HeadSplit(file))?;
        Ok(false)
    }

    /// How many heads follow from the leaves; those that do not are proved.
    fn remake(
        &mut self,
        index: &IndexLog,
        heads: &[IndexHead],
        replica: &Replica,
    ) -> Result<usize, CliError> {
        let known = self.state.heads_right.min(heads.len());
        let (old, new) = heads.split_at(known);
        let mut made = restore(old, replica)?;
        let mut right = known;
        for (at, head) in (known..).zip(new) {
            let leaves = leaves(replica, made.size(), head.size);
            let next = match made.append(leaves, head.time, replica.set()) {
                Ok(next) => next,
                Err(error) => {
                    let code = error.code();
                    self.wrong.push(format!("index head {at}: {code}: {error}"));
                    break;
                }
            };
            made.settle();
            if next == *head {
                right = right.saturating_add(1);
            } else if !self.fraud.iter().any(|found| found.fraud == "bad-update") {
                self.bad_update(index, heads, at, replica)?;
            }
            let done = u64::try_from(at.saturating_add(1)).unwrap_or(u64::MAX);
            let total = u64::try_from(heads.len()).unwrap_or(u64::MAX);
            self.progress("index", done, total);
        }
        Ok(right)
    }

    /// The proof that a head does not follow.
    fn bad_update(
        &mut self,
        index: &IndexLog,
        heads: &[IndexHead],
        at: usize,
        replica: &Replica,
    ) -> Result<(), CliError> {
        let mut replay = Replay::new(replica.origin().clone());
        for head in heads.iter().take(at) {
            let leaves = leaves(replica, replay.size(), head.size);
            replay
                .take(leaves, &head.to_bytes())
                .map_err(|error| coded(&error))?;
        }
        let Some(head) = heads.get(at) else {
            return Ok(());
        };
        let checked = replay.checked().map_err(|error| coded(&error))?;
        let leaves = leaves(replica, replay.size(), head.size);
        let source = Source(replica);
        let update = replay.prove(leaves, &head.to_bytes(), &source);
        let update = update.map_err(|error| coded(&error))?;
        let path = |at: usize| index.path(at);
        let signed = SignedHead {
            note: index.note()?.0,
            leaf: leaf_index(at)?,
            path: path(at)?,
            old_path: at.checked_sub(1).map_or(Ok(Vec::new()), path)?,
        };
        let entry = |id: EntryId| source.entry(id).map(|(_, entry)| entry);
        let file = BadUpdate::against(&checked, &update, signed, entry);
        let file = file.map_err(|error| coded(&error))?;
        self.accuse(LogFraud::BadUpdate(file))
    }
}

/// The index as it stood at the last head compared before.
fn restore(heads: &[IndexHead], replica: &Replica) -> Result<Index, CliError> {
    let mut rebuild = Rebuild::new(replica.origin().clone());
    for head in heads {
        let leaves = leaves(replica, rebuild.size(), head.size);
        let taken = rebuild.take(leaves, head.time, replica.set());
        taken.map_err(|error| coded(&error))?;
    }
    rebuild.finish(heads.last()).map_err(|error| coded(&error))
}

pub(super) fn coded(error: &IndexError) -> CliError {
    CliError::coded(error.code(), error)
}

/// The leaves between two sizes.
fn leaves(replica: &Replica, from: TreeSize, to: TreeSize) -> &[SignedEntry] {
    let at = |size: TreeSize| usize::try_from(size.get()).unwrap_or(usize::MAX);
    replica.entries().get(at(from)..at(to)).unwrap_or_default()
}

/// Entries of the log, for those who prove.
struct Source<'a>(&'a Replica);

impl EntrySource for Source<'_> {
    fn entry(&self, id: EntryId) -> Option<(LeafIndex, SignedEntry)> {
        let leaf = self.0.leaf_of(id)?;
        let entry = self.0.entries().get(usize::try_from(leaf).ok()?)?;
        Some((LeafIndex::new(leaf).ok()?, entry.clone()))
    }

    fn path(&self, leaf: LeafIndex, size: TreeSize) -> Option<Vec<Hash>> {
        self.0.inclusion(leaf, size).ok()
    }
}
