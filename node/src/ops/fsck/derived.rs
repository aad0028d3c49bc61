//! Derived data: positions, look-ups, tiles. Whatever is wrong with it, the next start mends.

use fairtrail::entry::SignedEntry;
use fairtrail::index::Class;
use fairtrail::log::{Checkpoint, EntryTile, VerifiedTiles};
use fairtrail::merkle::{Root, TreeSize};

use super::Report;
use super::journal::Walk;
use crate::ledger::LedgerError;
use crate::ledger::frame::GroupEntry;
use crate::ledger::tables::Tables;
use crate::store::head::TreeHead;
use crate::store::journal::Location;
use crate::store::layout::Layout;
use crate::store::lookup::{IndexStore, LookupError, RebuildCause, Sizes, SledIndex, Start};
use crate::store::positions::Positions;
use crate::store::tiles::Tiles;

/// Leaves of a full tile.
const TILE_LEAVES: u64 = 256;

/// The derived data of a data directory.
pub(super) struct Derived {
    positions: Positions,
    lookups: SledIndex,
    covers: Option<TreeHead>,
    tiles: Tiles,
}

impl Derived {
    pub(super) fn open(layout: &Layout, report: &mut Report) -> Result<Self, LedgerError> {
        let (lookups, start) = SledIndex::open(&layout.lookup(), Sizes::default())?;
        let covers = match start {
            Start::Covers(head) => Some(head),
            Start::Rebuild(RebuildCause::New) => None,
            Start::Rebuild(RebuildCause::Damaged) => {
                report.find_derived("lookup", "damaged, and moved aside");
                None
            }
        };
        Ok(Self {
            positions: Positions::open(&layout.positions())?,
            lookups,
            covers,
            tiles: Tiles::open(&layout.tiles())?,
        })
    }

    /// The sizes at which roots are to be compared.
    pub(super) fn sizes(&self) -> impl Iterator<Item = u64> {
        let covers = self.covers.map(|head| head.size);
        covers.into_iter().chain([self.tiles.head().size])
    }

    /// What derived data says of one leaf.
    pub(super) fn check_leaf(
        &self,
        leaf: u64,
        entry: &SignedEntry,
        line: &GroupEntry<'_>,
        frame: Location,
        report: &mut Report,
    ) {
        let place = || format!("leaf {leaf}");
        match self.positions.read(leaf) {
            // Behind the last position written: a start writes them all anew.
            Ok(None) => {}
            Ok(Some(span)) if span == line.span(frame) => {}
            Ok(Some(_)) => report.find_derived(place(), "its position is another one"),
            Err(error) => report.find_derived(place(), error.to_string()),
        }
        if self.covers.is_some_and(|head| leaf < head.size) {
            match self.check_rows(leaf, entry, line) {
                Ok(None) => {}
                Ok(Some(wrong)) => report.find_derived(place(), wrong),
                Err(error) => report.find_derived(place(), error.to_string()),
            }
        }
    }

    fn check_rows(
        &self,
        leaf: u64,
        entry: &SignedEntry,
        line: &GroupEntry<'_>,
    ) -> Result<Option<&'static str>, LookupError> {
        let tables = Tables(&self.lookups);
        if tables.leaf_of(entry.id())? != Some(leaf) {
            return Ok(Some("its id is looked up elsewhere"));
        }
        let class = Class::of(&entry.header().kind);
        for subject in &entry.header().subjects {
            let before = leaf.checked_sub(1);
            let found = tables.leaves_listed(subject, class, before, u64::MAX, 1)?;
            if found != [leaf] {
                return Ok(Some("a subject does not lead to it"));
            }
        }
        for (index, part) in (0_u8..).zip(&entry.header().parts) {
            let Some(row) = tables.part_at(part.digest, leaf)? else {
                return Ok(Some("a part is not looked up"));
            };
            let held = line.held.iter().find(|(held, _)| *held == index);
            // A row without a place is one whose part was erased.
            // One that came after its entry is named by a frame of its own.
            let elsewhere = held.is_some_and(|(_, place)| row.place != Some(*place));
            if row.place.is_some() && elsewhere {
                return Ok(Some("a part is looked up elsewhere"));
            }
        }
        Ok(None)
    }

    /// Compares what derived data covers with the tree, and every tile with its root.
    pub(super) fn check_tiles(&self, walk: &Walk, report: &mut Report) -> Result<(), LedgerError> {
        if let Some(head) = self.covers.or_else(|| self.lookups.covers())
            && walk.root_at(head.size) != Some(Root::from_bytes(head.root))
        {
            report.find_derived("lookup", "covers another tree");
        }
        let head = self.tiles.head();
        let root = Root::from_bytes(head.root);
        if walk.root_at(head.size) != Some(root) {
            report.find_derived("tiles", "hold another tree");
            return Ok(());
        }
        let size = TreeSize::new(head.size)?;
        let checkpoint = Checkpoint::new(walk.origin.clone(), size, root)?;
        let reader = self.tiles.reader();
        let verified = match VerifiedTiles::open(&reader, &checkpoint) {
            Ok(verified) => verified,
            Err(error) => {
                report.find_derived("tiles", error.to_string());
                return Ok(());
            }
        };
        for index in 0..head.size.div_ceil(TILE_LEAVES) {
            let tile = EntryTile::widest(index, size);
            let checked = tile.map(|tile| verified.leaves(tile));
            if let Some(Err(error)) = checked {
                report.find_derived(
                    format!("tile of leaf {}", index * TILE_LEAVES),
                    error.to_string(),
                );
            }
        }
        Ok(())
    }
}
