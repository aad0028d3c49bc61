//! The published leaves of a log, read from its journal while its node may run.

use std::collections::{BTreeMap, VecDeque};

use fairtrail::entry::{Audience, Body, SignedEntry};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::merkle::{Hash, Root, TreeSize, leaf_hash};
use fairtrail::note::Note;

use crate::core::publish::Publication;
use crate::ledger::LedgerError;
use crate::ledger::frame::{Content, GroupEntry, decode};
use crate::store::bodies::{self, BodiesEnd, BodyPlace, BodyReader, Content as Stored};
use crate::store::guard::GuardError;
use crate::store::journal::{self, Frames, Location};
use crate::store::layout::Layout;
use crate::store::withheld::Withheld;

/// What was published last.
pub(super) struct Published {
    pub(super) note: Note,
    pub(super) size: TreeSize,
    pub(super) root: Root,
}

/// The last publication in the journal.
pub(super) fn published(layout: &Layout) -> Result<Published, LedgerError> {
    let end = journal::durable_end(&layout.journal())?;
    let reader = journal::reader_until(&layout.journal(), end);
    let mut last: Option<Publication> = None;
    for stored in reader.frames(Location::START) {
        let stored = stored?;
        let torn = LedgerError::Frame { at: stored.at };
        if let Content::Published(published) = decode(&stored).ok_or(torn)? {
            last = Some(published);
        }
    }
    // Nothing was ever shown, so there is nothing to show.
    let Publication { intent, note } = last.ok_or(GuardError::Restored { size: 0 })?;
    let (size, root) = (intent.head.size, intent.head.root);
    Ok(Published { note, size, root })
}

/// Where public bodies lie that came after their entries.
fn late(layout: &Layout) -> Result<BTreeMap<(EntryId, PartDigest), BodyPlace>, LedgerError> {
    let end = journal::durable_end(&layout.journal())?;
    let mut places = BTreeMap::new();
    for stored in journal::reader_until(&layout.journal(), end).frames(Location::START) {
        let stored = stored?;
        let torn = LedgerError::Frame { at: stored.at };
        if let Content::Late(frame) = decode(&stored).ok_or(torn)? {
            let bodies = frame.bodies.iter();
            let public = bodies.filter(|late| late.audience == Audience::Public);
            places.extend(public.map(|late| ((late.entry, late.part), late.place)));
        }
    }
    Ok(places)
}

/// One leaf.
pub(super) struct Leaf {
    pub(super) bytes: Vec<u8>,
    pub(super) hash: Hash,
    /// Its public parts that may be served and are here.
    pub(super) parts: Vec<(PartDigest, Body)>,
}

/// Walks the first leaves of the journal.
pub(super) struct Walk {
    frames: Frames,
    bodies: BodyReader,
    withheld: Withheld,
    ready: VecDeque<Leaf>,
    /// Where bodies lie that came after their entries.
    late: BTreeMap<(EntryId, PartDigest), BodyPlace>,
    left: u64,
}

impl Walk {
    pub(super) fn open(layout: &Layout, size: TreeSize) -> Result<Self, LedgerError> {
        let end = journal::durable_end(&layout.journal())?;
        let frames = journal::reader_until(&layout.journal(), end).frames(Location::START);
        // The journal names places, and what stands there is checked; how far they go is not asked.
        let all = BodiesEnd {
            next: Location {
                segment: u32::MAX,
                offset: u32::MAX,
            },
            next_document: u32::MAX,
        };
        Ok(Self {
            frames,
            bodies: bodies::reader_until(&layout.bodies(), &layout.documents(), all),
            withheld: Withheld::open(&layout.withheld())?,
            ready: VecDeque::new(),
            late: late(layout)?,
            left: size.get(),
        })
    }

    pub(super) fn next_leaf(&mut self) -> Result<Option<Leaf>, LedgerError> {
        while self.ready.is_empty() && self.left > 0 {
            let Some(stored) = self.frames.next().transpose()? else {
                return Ok(None);
            };
            let torn = LedgerError::Frame { at: stored.at };
            if let Content::Group(group) = decode(&stored).ok_or(torn)? {
                for entry in &group.entries {
                    let leaf = self.leaf(entry)?;
                    self.ready.push_back(leaf);
                }
            }
        }
        let next = self.ready.pop_front().filter(|_| self.left > 0);
        self.left = self.left.saturating_sub(1);
        Ok(next)
    }

    fn leaf(&self, stored: &GroupEntry<'_>) -> Result<Leaf, LedgerError> {
        let refused = |error: fairtrail::entry::EntryError| LedgerError::Leaf {
            leaf: 0,
            reason: error.code(),
        };
        let entry = SignedEntry::parse(stored.bytes).map_err(refused)?;
        let list = self.withheld.now();
        let id = entry.id();
        let mut parts = Vec::new();
        for (index, part) in (0_u8..).zip(&entry.header().parts) {
            let mut held = stored.held.iter();
            let held = held
                .find(|(held, _)| *held == index)
                .map(|(_, place)| place);
            let Some(place) = held.or_else(|| self.late.get(&(id, part.digest))) else {
                continue;
            };
            let served =
                part.audience == Audience::Public && list.ground(id, part.digest).is_none();
            // What is erased, refused or damaged is not there for anybody.
            let body = served.then(|| self.bodies.read(*place).ok()).flatten();
            if let Some(Stored::Live { salt, bytes }) = body.map(|body| body.content) {
                let body = Body { salt, bytes };
                if body.digest() == part.digest {
                    parts.push((part.digest, body));
                }
            }
        }
        Ok(Leaf {
            bytes: stored.bytes.to_vec(),
            hash: leaf_hash(stored.bytes),
            parts,
        })
    }
}
