//! Files against a log of what a gateway of it serves.

use super::{Gateway, SyncError};
use crate::entry::SignedEntry;
use crate::fraud::{DuplicateLeaf, InadmissibleLeaf, LogFraud, ShownLeaf, never_admissible};
use crate::id::{EntryId, NetworkId};
use crate::index::Embedded;
use crate::limits::TILE_WIDTH;
use crate::log::{EntryTile, LogError, SignedCheckpoint, VerifiedTiles};
use crate::merkle::{LeafIndex, ProveError, TreeSize, prove};
use crate::note::NoteVerifier;

/// The proof that a log holds a leaf that no log of the network may hold. Nothing where the leaf by
/// itself does not show it: then it rests on other entries.
///
/// # Errors
/// [`SyncError`] when the gateway does not answer, or shows what the log did not sign.
pub fn inadmissible_leaf(
    gateway: &Gateway,
    log: &NoteVerifier,
    network: NetworkId,
    leaf: u64,
) -> Result<Option<LogFraud>, SyncError> {
    let shown = Shown::open(gateway, log)?;
    let leaf = shown.leaf(leaf)?;
    let wrong = never_admissible(&leaf.data.0, Some(network));
    let note = shown.note;
    Ok(wrong.map(|_| LogFraud::InadmissibleLeaf(InadmissibleLeaf { note, leaf })))
}

/// The proof that a log holds an entry at a leaf and at one before it. Nothing where it does not.
///
/// # Errors
/// As [`inadmissible_leaf`].
pub fn duplicate_leaf(
    gateway: &Gateway,
    log: &NoteVerifier,
    entry: EntryId,
    leaf: u64,
) -> Result<Option<LogFraud>, SyncError> {
    let shown = Shown::open(gateway, log)?;
    let Some(first) = shown.find(entry)?.filter(|first| *first < leaf) else {
        return Ok(None);
    };
    let (one, other) = (shown.leaf(first)?, shown.leaf(leaf)?);
    let note = shown.note;
    let file = DuplicateLeaf { note, one, other };
    Ok(Some(LogFraud::DuplicateLeaf(file)))
}

/// The tree of a checkpoint that the log signed, with its line alone.
struct Shown<'a> {
    gateway: &'a Gateway,
    tiles: VerifiedTiles<&'a Gateway>,
    note: Embedded,
    size: TreeSize,
}

impl<'a> Shown<'a> {
    fn open(gateway: &'a Gateway, log: &NoteVerifier) -> Result<Self, SyncError> {
        let note = gateway.checkpoint()?;
        let signed = SignedCheckpoint::open(note.to_string().as_bytes(), log)?;
        let line = note.keep_verified(std::slice::from_ref(log));
        let line = line.map_err(LogError::from)?.to_string();
        Ok(Self {
            gateway,
            tiles: VerifiedTiles::open(gateway, signed.checkpoint())?,
            note: Embedded(line.into_bytes()),
            size: signed.checkpoint().size(),
        })
    }

    fn leaf(&self, leaf: u64) -> Result<ShownLeaf, SyncError> {
        let index = LeafIndex::new(leaf).map_err(LogError::from)?;
        let path = prove::inclusion(&self.tiles, index, self.size);
        let path = path.map_err(|error| match error {
            ProveError::Merkle(error) => LogError::from(error).into(),
            ProveError::Source(error) => SyncError::from(error),
        })?;
        let at = leaf.checked_rem(u64::from(TILE_WIDTH));
        let at = at.and_then(|at| usize::try_from(at).ok());
        let bundle = self.bundle(leaf)?;
        let data = at.and_then(|at| bundle.get(at));
        let data = data.map_or(&[][..], Vec::as_slice);
        Ok(ShownLeaf::new(leaf, &path, data))
    }

    /// The entries of the bundle that a leaf stands in.
    fn bundle(&self, leaf: u64) -> Result<Vec<Vec<u8>>, SyncError> {
        let width = u64::from(TILE_WIDTH);
        let index = leaf.checked_div(width).unwrap_or(0);
        let behind = self.size.get().saturating_sub(index.saturating_mul(width));
        let held = u16::try_from(behind.min(width)).unwrap_or(TILE_WIDTH);
        Ok(self.gateway.entries(EntryTile::new(index, held)?)?)
    }

    /// The first leaf that is this entry.
    fn find(&self, entry: EntryId) -> Result<Option<u64>, SyncError> {
        let mut leaf = 0_u64;
        while leaf < self.size.get() {
            let bundle = self.bundle(leaf)?;
            let same = |bytes: &Vec<u8>| {
                let parsed = SignedEntry::parse(bytes);
                parsed.is_ok_and(|parsed| parsed.id() == entry)
            };
            if let Some(at) = bundle.iter().position(same) {
                return Ok(u64::try_from(at).ok().map(|at| leaf.saturating_add(at)));
            }
            leaf = leaf.saturating_add(u64::from(TILE_WIDTH));
        }
        Ok(None)
    }
}
