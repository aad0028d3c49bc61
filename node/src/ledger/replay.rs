//! What a start reads out of the journal: everything in memory, and what derived data may be kept.

use std::collections::{BTreeMap, BTreeSet};

use fairtrail::admission::Answer;
use fairtrail::charter::Charter;
use fairtrail::entry::SignedEntry;
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{CompactRange, Hash, Root, leaf_hash};
use fairtrail::reason::Reason;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::admitted::Admitted;
use super::error::LedgerError;
use super::frame::{self, Content};
use super::index::IndexReplay;
use super::late::{LateBody, LateFrame};
use crate::core::head::Head;
use crate::core::publish::{Intent, Publication};
use crate::store::bodies::BodiesEnd;
use crate::store::journal::{JournalReader, Location, Span, StoredFrame};
use crate::store::positions::Positions;

/// Frames are parsed in parallel by about so many bytes at a time.
const CHUNK_BYTES: usize = 8 << 20;

/// The tree at a size that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) root: Root,
    /// The frame that holds the last leaf of this tree.
    pub(super) at: Location,
}

/// What the journal says.
#[derive(Debug)]
pub(super) struct Replay {
    origin: Origin,
    pub(super) admitted: Admitted,
    pub(super) range: CompactRange,
    pub(super) bodies_end: BodiesEnd,
    pub(super) intent: Option<Intent>,
    pub(super) signed: Option<Publication>,
    /// What was published last, be it of the last signature or of an earlier one.
    pub(super) shown: Option<Publication>,
    /// Bodies that came after their entries.
    pub(super) late: Vec<LateBody>,
    /// The trees at the sizes that were asked for.
    pub(super) marks: BTreeMap<u64, Mark>,
    /// The index, made again beside; nothing where it is not wanted.
    pub(super) index: Option<IndexReplay>,
    wanted: BTreeSet<u64>,
    /// Roots at the ends of groups since the last signature.
    ends: BTreeMap<u64, Root>,
}

impl Replay {
    pub(super) fn new(origin: Origin, charter: Charter, wanted: BTreeSet<u64>) -> Self {
        let root = Root::empty();
        let at = Location::START;
        let marks = wanted.contains(&0).then_some((0, Mark { root, at }));
        Self {
            origin,
            admitted: Admitted::new(charter),
            range: CompactRange::new(),
            bodies_end: BodiesEnd::START,
            intent: None,
            signed: None,
            shown: None,
            late: Vec::new(),
            marks: marks.into_iter().collect(),
            index: None,
            wanted,
            ends: BTreeMap::from([(0, root)]),
        }
    }

    /// Reads the journal from front to back and writes the positions anew.
    ///
    /// # Errors
    /// [`LedgerError::Journal`], [`LedgerError::Frame`], [`LedgerError::Leaf`],
    /// [`LedgerError::Root`]: the journal is not the one this node wrote. [`LedgerError::Positions`].
    pub(super) fn run(
        &mut self,
        journal: &JournalReader,
        positions: &Positions,
    ) -> Result<(), LedgerError> {
        positions.truncate(0)?;
        let mut frames = journal.frames(Location::START);
        loop {
            let mut chunk = Vec::new();
            let mut bytes = 0_usize;
            while bytes < CHUNK_BYTES {
                let Some(frame) = frames.next().transpose()? else {
                    break;
                };
                bytes = bytes.saturating_add(frame.body.len());
                chunk.push(frame);
            }
            if chunk.is_empty() {
                return Ok(());
            }
            let parsed: Vec<_> = chunk.par_iter().map(Parsed::of).collect();
            for (frame, parsed) in chunk.iter().zip(parsed) {
                let spans = self.take(frame.at, parsed?)?;
                positions.append(&spans)?;
            }
        }
    }

    fn take(&mut self, at: Location, parsed: Parsed) -> Result<Vec<Span>, LedgerError> {
        let torn = LedgerError::Frame { at };
        match parsed {
            Parsed::Group {
                first,
                bodies_end,
                leaves,
            } => {
                if first != self.range.size().get() {
                    return Err(torn);
                }
                self.bodies_end = bodies_end;
                return self.take_leaves(at, leaves);
            }
            Parsed::Intent(intent) => {
                let rises = |signed: &Publication| {
                    let last = signed.intent;
                    intent.head.size > last.head.size && intent.stamp > last.stamp
                };
                if !self.signed.as_ref().is_none_or(rises) {
                    return Err(torn);
                }
                self.check_root(intent.head)?;
                self.intent = Some(intent);
            }
            Parsed::Signed(signed) => {
                let head = signed.intent.head;
                let checkpoint = Checkpoint::new(self.origin.clone(), head.size, head.root)?;
                let said = signed.note.text() == checkpoint.to_string();
                if !said || self.intent != Some(signed.intent) {
                    return Err(torn);
                }
                self.check_root(head)?;
                self.ends = self.ends.split_off(&head.size.get());
                self.signed = Some(signed);
            }
            Parsed::Late(LateFrame { bodies_end, bodies }) => {
                let leaves = self.range.size().get();
                if bodies.iter().any(|late| late.leaf >= leaves) {
                    return Err(torn);
                }
                self.bodies_end = bodies_end;
                self.late.extend(bodies);
            }
            Parsed::Published(published) => {
                let signed = self.signed.as_ref().map(|signed| signed.intent);
                if signed != Some(published.intent) {
                    return Err(torn);
                }
                self.shown = Some(published);
            }
        }
        Ok(Vec::new())
    }

    fn take_leaves(
        &mut self,
        at: Location,
        leaves: Vec<ParsedLeaf>,
    ) -> Result<Vec<Span>, LedgerError> {
        let mut spans = Vec::with_capacity(leaves.len());
        for ParsedLeaf { entry, hash, span } in leaves {
            let leaf = self.range.size().get();
            let refused = |reason| LedgerError::Leaf { leaf, reason };
            // Signatures were verified before the entry was written; a full check does it again.
            let entry = entry.authenticated_before();
            match self.admitted.set.admit(&entry) {
                Ok(Answer::Admitted { .. }) => {
                    self.admitted.observe(&entry);
                    if let Some(index) = &mut self.index {
                        index.take(&entry, &self.admitted.set);
                    }
                }
                Ok(Answer::Known) => return Err(refused(Reason::DuplicateLeaf)),
                Err(error) => return Err(refused(error.code())),
            }
            self.range.append(hash)?;
            let size = self.range.size().get();
            if self.wanted.contains(&size) {
                let root = self.range.root();
                self.marks.insert(size, Mark { root, at });
            }
            spans.push(span);
        }
        let Head { size, root } = Head::of(&self.range);
        self.ends.insert(size.get(), root);
        Ok(spans)
    }

    /// What was signed, or going to be, is the tree at the end of some group.
    fn check_root(&self, head: Head) -> Result<(), LedgerError> {
        let size = head.size.get();
        match self.ends.get(&size) {
            Some(root) if *root == head.root => Ok(()),
            found => Err(LedgerError::Root {
                size,
                expected: head.root,
                found: found.copied().unwrap_or_else(|| self.range.root()),
            }),
        }
    }
}

/// A frame taken apart, off the one thread that applies it.
enum Parsed {
    Group {
        first: u64,
        bodies_end: BodiesEnd,
        leaves: Vec<ParsedLeaf>,
    },
    Intent(Intent),
    Signed(Publication),
    Published(Publication),
    Late(LateFrame),
}

struct ParsedLeaf {
    entry: SignedEntry,
    hash: Hash,
    span: Span,
}

impl Parsed {
    fn of(frame: &StoredFrame) -> Result<Self, LedgerError> {
        let torn = LedgerError::Frame { at: frame.at };
        Ok(match frame::decode(frame).ok_or(torn)? {
            Content::Intent(intent) => Self::Intent(intent),
            Content::Signed(signed) => Self::Signed(signed),
            Content::Published(published) => Self::Published(published),
            Content::Late(frame) => Self::Late(frame),
            Content::Group(group) => {
                let first = group.first.get();
                let leaves = (first..).zip(&group.entries).map(|(leaf, stored)| {
                    let entry = SignedEntry::parse(stored.bytes);
                    let refused = |reason| LedgerError::Leaf { leaf, reason };
                    Ok(ParsedLeaf {
                        entry: entry.map_err(|error| refused(error.code()))?,
                        hash: leaf_hash(stored.bytes),
                        span: stored.span(frame.at),
                    })
                });
                Self::Group {
                    first,
                    bodies_end: group.bodies_end,
                    leaves: leaves.collect::<Result<_, LedgerError>>()?,
                }
            }
        })
    }
}
