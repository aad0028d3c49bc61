//! The log of the index: its heads and its archive.

use super::log::one_line;
use super::{Audit, failed};
use crate::context::Context;
use crate::error::CliError;
use fairtrail::client::{Gateway, SyncError};
use fairtrail::files::{create_dir, replace};
use fairtrail::fraud::{ShownLeaf, SplitView};
use fairtrail::index::{EDITION, Embedded};
use fairtrail::log::{EntryTile, Origin, SignedCheckpoint, VerifiedTiles, encode_entries};
use fairtrail::merkle::{CompactRange, Hash, LeafIndex, Tree, TreeSize, leaf_hash, prove};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use std::cmp::Ordering;

/// The index log as it was read.
pub(super) struct IndexLog {
    pub(super) origin: Origin,
    pub(super) key: NoteVerifier,
    signed: SignedCheckpoint,
    tree: Tree,
    pub(super) archived_notes: usize,
}

impl IndexLog {
    pub(super) fn leaf(&self, at: usize, data: &[u8]) -> Result<ShownLeaf, CliError> {
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        Ok(ShownLeaf::of(&self.tree, at, data)?)
    }

    /// The path of a head.
    pub(super) fn path(&self, at: usize) -> Result<Vec<Hash>, CliError> {
        let path = self.tree.inclusion(leaf_index(at)?, self.tree.size());
        path.map_err(CliError::internal)
    }

    pub(super) fn note(&self) -> Result<Embedded, CliError> {
        one_line(self.signed.note(), &self.key)
    }

    /// The proof that a tree no larger than this one is not its beginning.
    fn beside(&self, other: &SignedCheckpoint) -> Result<Option<SplitView>, CliError> {
        let size = other.checkpoint().size();
        let root = self.tree.root_at(size).map_err(CliError::internal)?;
        if root == other.checkpoint().root() {
            return Ok(None);
        }
        let path = if size == self.tree.size() {
            Vec::new()
        } else {
            let path = self.tree.consistency(size, self.tree.size());
            path.map_err(CliError::internal)?
        };
        let (other, newest) = (other.note().clone(), self.signed.note().clone());
        Ok(Some(SplitView::new(other, newest, root, path)))
    }
}

impl Audit<'_> {
    /// Downloads the heads that are new. Nothing where no index is kept.
    pub(super) fn fetch_index(
        &mut self,
        context: &Context<'_>,
    ) -> Result<Option<IndexLog>, CliError> {
        let Some(origin) = self.trust.log.origin().index(EDITION) else {
            return Ok(None);
        };
        let Some(key) = self.trust.key(&origin).cloned() else {
            self.open
                .push("the node names no key of an index".to_owned());
            return Ok(None);
        };
        let gateway = (context.connect)(&format!("{}/index", self.url.trim_end_matches('/')))?;
        let note = match gateway.checkpoint() {
            Ok(note) => note,
            Err(error) if error.code() == Reason::NotFound => {
                self.open
                    .push("the node shows no index checkpoint".to_owned());
                return Ok(None);
            }
            Err(error) => return Err(failed(error.into(), "the index")),
        };
        let signed = SignedCheckpoint::open(note.to_string().as_bytes(), &key);
        let signed = signed.map_err(SyncError::from)?;
        if !self.continues(&gateway, &signed, &key)? {
            return Ok(None);
        }
        self.download(&gateway, &signed)?;
        let tree = Tree::from_leaves(self.state.heads.iter().map(|head| leaf_hash(head)));
        let mut index = IndexLog {
            tree: tree.map_err(CliError::internal)?,
            archived_notes: 0,
            origin,
            key,
            signed,
        };
        self.state.index_note = Some(note.to_string());
        self.state.save(&self.dir)?;
        self.check_archive(&gateway, &mut index)?;
        Ok(Some(index))
    }

    /// Whether the index checkpoint continues the one seen before; if not, that is proved or said.
    fn continues(
        &mut self,
        gateway: &Gateway,
        signed: &SignedCheckpoint,
        key: &NoteVerifier,
    ) -> Result<bool, CliError> {
        let Some(seen) = &self.state.index_note else {
            return Ok(true);
        };
        let seen = SignedCheckpoint::open(seen.as_bytes(), key).map_err(SyncError::from)?;
        let (old, new) = (seen.checkpoint(), signed.checkpoint());
        let view = match new.size().cmp(&old.size()) {
            Ordering::Equal => {
                (new.root() != old.root()).then(|| SplitView::of_one_size(&seen, signed))
            }
            Ordering::Less => match self.smaller(&seen, signed)? {
                Some(view) => Some(view),
                None => return Ok(false),
            },
            Ordering::Greater => larger(gateway, &seen, signed)?,
        };
        match view {
            Some(view) => self.two_histories(&view, key).map(|()| false),
            None => Ok(true),
        }
    }

    /// The proof that a smaller tree is not the beginning of the one seen; what else it means is said.
    fn smaller(
        &mut self,
        seen: &SignedCheckpoint,
        found: &SignedCheckpoint,
    ) -> Result<Option<SplitView>, CliError> {
        let (old, new) = (seen.checkpoint(), found.checkpoint());
        let heads = self.state.heads.iter().map(|head| leaf_hash(head));
        let tree = Tree::from_leaves(heads).map_err(CliError::internal)?;
        let prefix = tree.root_at(new.size()).map_err(CliError::internal)?;
        if prefix == new.root() {
            let (now, before) = (new.size(), old.size());
            let text = format!("an index checkpoint of {now} heads, {before} were seen before");
            self.wrong.push(text);
            return Ok(None);
        }
        let path = tree.consistency(new.size(), old.size());
        let path = path.map_err(CliError::internal)?;
        let (found, seen) = (found.note().clone(), seen.note().clone());
        Ok(Some(SplitView::new(found, seen, prefix, path)))
    }

    /// Compares the note under what somebody was told with the index as it is shown here.
    pub(super) fn check_told(
        &mut self,
        index: &IndexLog,
        told: &SignedCheckpoint,
    ) -> Result<(), CliError> {
        let (told_of, shown) = (told.checkpoint().size(), index.tree.size());
        if told_of > shown {
            let text = format!("a bundle tells of {told_of} index heads, {shown} are shown");
            self.wrong.push(text);
            return Ok(());
        }
        match index.beside(told)? {
            Some(view) => self.two_histories(&view, &index.key),
            None => Ok(()),
        }
    }

    fn two_histories(&mut self, view: &SplitView, key: &NoteVerifier) -> Result<(), CliError> {
        view.verify(key)?;
        create_dir(&self.evidence)?;
        let path = self.evidence.join("index.split-view");
        replace(&path, view.to_string().as_bytes())?;
        self.convicted(key.name().to_string(), &path);
        Ok(())
    }

    fn download(&mut self, gateway: &Gateway, signed: &SignedCheckpoint) -> Result<(), CliError> {
        let checkpoint = signed.checkpoint();
        let held = u64::try_from(self.state.heads.len()).unwrap_or(u64::MAX);
        let (old, new) = (
            TreeSize::new(held).map_err(CliError::internal)?,
            checkpoint.size(),
        );
        if new.get() <= held {
            return Ok(());
        }
        let tiles = VerifiedTiles::open(gateway, checkpoint).map_err(SyncError::from)?;
        for at in EntryTile::growth(old, new) {
            let heads = gateway.entries(at)?;
            let bundle =
                encode_entries(heads.iter().map(Vec::as_slice)).map_err(SyncError::from)?;
            tiles.entries(at, &bundle).map_err(SyncError::from)?;
            let held = u64::try_from(self.state.heads.len()).unwrap_or(u64::MAX);
            let skip = usize::try_from(held.saturating_sub(at.first_leaf())).unwrap_or(usize::MAX);
            self.state.heads.extend(heads.into_iter().skip(skip));
            let done = u64::try_from(self.state.heads.len()).unwrap_or(u64::MAX);
            self.progress("index heads", done, new.get());
        }
        Ok(())
    }

    /// Every archived note of the index is of its tree.
    fn check_archive(&mut self, gateway: &Gateway, index: &mut IndexLog) -> Result<(), CliError> {
        let list = gateway.archive()?;
        for line in list.lines() {
            if line.size > index.tree.size() {
                continue;
            }
            index.archived_notes = index.archived_notes.saturating_add(1);
            if line.size.get() <= self.state.index_archive {
                continue;
            }
            let note = gateway.archived(line.size)?;
            let archived = SignedCheckpoint::open(note.to_string().as_bytes(), &index.key);
            let archived = archived.map_err(SyncError::from)?;
            if let Some(view) = index.beside(&archived)? {
                return self.two_histories(&view, &index.key);
            }
            self.state.index_archive = line.size.get();
        }
        Ok(())
    }
}

/// The proof that a larger tree does not continue the one seen.
fn larger(
    gateway: &Gateway,
    seen: &SignedCheckpoint,
    found: &SignedCheckpoint,
) -> Result<Option<SplitView>, CliError> {
    let (old, new) = (seen.checkpoint(), found.checkpoint());
    let tiles = VerifiedTiles::open(gateway, new).map_err(SyncError::from)?;
    let range = CompactRange::read(&tiles, old.size()).map_err(SyncError::from)?;
    let prefix = range.root();
    if prefix == old.root() {
        return Ok(None);
    }
    let path = prove::consistency(&tiles, old.size(), new.size());
    let path = path.map_err(CliError::internal)?;
    let (seen, found) = (seen.note().clone(), found.note().clone());
    Ok(Some(SplitView::new(seen, found, prefix, path)))
}

pub(super) fn leaf_index(at: usize) -> Result<LeafIndex, CliError> {
    LeafIndex::new(u64::try_from(at).unwrap_or(u64::MAX)).map_err(CliError::internal)
}
