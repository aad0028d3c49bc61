//! Reading the index of a followed log, and its leaves. Nothing a source says is trusted: heads are
//! verified up to a checkpoint, leaves up to a head.

use fairtrail::log::{Checkpoint, EntryTile, Origin, TilePath, VerifiedTiles, decode_entries};
use fairtrail::merkle::{CompactRange, Hash, LeafIndex, TreeSize, prove};

use super::Unread;
use super::carrier::Carrier;
use crate::service::{MirrorQuestion, Service};

/// The heads of an index log, verified.
pub(super) struct Heads<'a> {
    carrier: &'a Carrier,
    tiles: VerifiedTiles<&'a Carrier>,
}

impl<'a> Heads<'a> {
    /// The index log as a checkpoint of it has it.
    pub(super) fn open(carrier: &'a Carrier, checkpoint: &Checkpoint) -> Result<Self, Unread> {
        let tiles = VerifiedTiles::open(carrier, checkpoint)?;
        Ok(Self { carrier, tiles })
    }

    /// The heads from `first` on, as far as one bundle reaches.
    pub(super) fn from(&self, first: u64) -> Result<Vec<Vec<u8>>, Unread> {
        let (at, skip) = bundle(first, self.tiles.size()).ok_or(Unread::Short)?;
        let entries = self.carrier.heads(at)?;
        let leaves = self.tiles.leaves(at)?;
        let right = entries.len() == leaves.len()
            && entries
                .iter()
                .zip(leaves)
                .all(|(entry, leaf)| fairtrail::merkle::leaf_hash(entry) == leaf);
        if !right {
            return Err(Unread::Short);
        }
        Ok(entries.into_iter().skip(skip).collect())
    }

    /// The hashes that make up the tree of the first `size` heads.
    pub(super) fn range(&self, size: TreeSize) -> Result<CompactRange, Unread> {
        Ok(CompactRange::read(&self.tiles, size)?)
    }

    /// The path of a head.
    pub(super) fn path(&self, leaf: LeafIndex) -> Result<Vec<Hash>, Unread> {
        prove::inclusion(&self.tiles, leaf, self.tiles.size()).map_err(|_| Unread::Short)
    }
}

/// The leaves of a log of at least `size` leaves, one bundle at a time.
pub(super) struct Leaves<'a> {
    own: &'a Service,
    log: &'a Origin,
    carrier: &'a Carrier,
    size: TreeSize,
    held: Option<(EntryTile, Vec<Vec<u8>>)>,
}

impl<'a> Leaves<'a> {
    pub(super) const fn of(
        own: &'a Service,
        log: &'a Origin,
        carrier: &'a Carrier,
        size: TreeSize,
    ) -> Self {
        Self {
            own,
            log,
            carrier,
            size,
            held: None,
        }
    }

    /// The bytes of these leaves.
    pub(super) fn read(&mut self, leaves: std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, Unread> {
        let mut read = Vec::new();
        let mut next = leaves.start;
        while next < leaves.end {
            let (at, skip) = bundle(next, self.size).ok_or(Unread::Short)?;
            let entries = self.bundle(at)?.iter().skip(skip);
            let left = usize::try_from(leaves.end.saturating_sub(next)).unwrap_or(usize::MAX);
            let before = read.len();
            read.extend(entries.take(left).cloned());
            let came = u64::try_from(read.len().saturating_sub(before)).unwrap_or(u64::MAX);
            if came == 0 {
                return Err(Unread::Short);
            }
            next = next.saturating_add(came);
        }
        Ok(read)
    }

    /// What was taken up here need not be fetched again.
    fn bundle(&mut self, at: EntryTile) -> Result<&[Vec<u8>], Unread> {
        if self.held.as_ref().is_none_or(|(held, _)| *held != at) {
            let entries = match self.here(at) {
                Some(entries) => entries,
                None => self.carrier.entries(at)?,
            };
            self.held = Some((at, entries));
        }
        Ok(self.held.as_ref().map_or(&[], |(_, entries)| entries))
    }

    fn here(&self, at: EntryTile) -> Option<Vec<Vec<u8>>> {
        let asked = MirrorQuestion::Tile(TilePath::Entries(at));
        let bundle = self.own.mirrored(self.log.digest(), asked).ok()?;
        let entries = decode_entries(&bundle, usize::from(at.width())).ok()?;
        Some(entries.into_iter().map(<[u8]>::to_vec).collect())
    }
}

/// The widest bundle that holds a leaf, and how many leaves stand before it there.
fn bundle(leaf: u64, size: TreeSize) -> Option<(EntryTile, usize)> {
    let width = u64::from(fairtrail::limits::TILE_WIDTH);
    let (tile, skip) = (leaf.checked_div(width)?, leaf.checked_rem(width)?);
    let at = EntryTile::widest(tile, size)?;
    let skip = usize::try_from(skip).ok()?;
    (skip < usize::from(at.width())).then_some((at, skip))
}
