//! Sequencing: from submissions to one group of new leaves with its promise (specs/log.md).
//!
//! A group is what is made durable together. It takes submissions one by one, each whole or not at
//! all; whether an entry is admitted, the caller's [`Admit`] decides. An id stands at most once in
//! a log: one that is known, or came in the same group, is answered with its leaf. Nothing here
//! is durable; a caller that cannot write a closed group must stop.

mod sealed;
#[cfg(test)]
mod tests;

use fairtrail::api::Submission;
use fairtrail::entry::{Audience, Body, Part, SignedEntry};
use fairtrail::id::{EntryId, IdMap};
use fairtrail::merkle::LeafIndex;

pub use self::sealed::Sealed;

/// Entries of one group.
pub const GROUP_ENTRIES: usize = 4_096;
/// Bytes of entries in one group.
pub const GROUP_BYTES: usize = 4 << 20;
/// Bytes of bodies in one group, unless one submission alone has more.
pub const GROUP_BODY_BYTES: usize = 32 << 20;

/// What decides about entries.
pub trait Admit {
    /// Why something is refused.
    type Refusal;

    /// The leaf of an entry of an earlier group; nothing when it is not admitted.
    ///
    /// # Errors
    /// When the look-up fails.
    fn leaf_of(&mut self, id: EntryId) -> Result<Option<LeafIndex>, Self::Refusal>;

    /// Admits the entries of a submission that are not admitted yet, all or none.
    ///
    /// # Errors
    /// Which entry is to blame, and why; nothing is admitted then.
    fn admit(&mut self, offered: &Offered) -> Result<(), Self::Refusal>;

    /// What is kept of a body that an entry names and that is not for named readers alone.
    fn keeps(&self, entry: &SignedEntry, part: &Part, body: &Body) -> Keep;
}

/// What is kept of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// All of it.
    Body,
    /// Nothing: the part is erased.
    Nothing,
    /// That it came and may not be kept.
    Refusal,
}

/// A submission: entries in order, and the bodies sent with each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The entries.
    pub entries: Vec<SignedEntry>,
    /// The bodies of each entry.
    pub bodies: Vec<Vec<Body>>,
}

impl Offered {
    /// Takes a submission apart.
    pub fn new(submissions: Vec<Submission>) -> Self {
        let (entries, bodies) = submissions
            .into_iter()
            .map(|submission| (submission.entry, submission.bodies))
            .unzip();
        Self { entries, bodies }
    }

    fn entry_bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.bytes().len()).sum()
    }

    fn body_bytes(&self) -> usize {
        let bodies = self.bodies.iter().flatten();
        bodies.map(|body| body.bytes.len()).sum()
    }
}

/// A new leaf and the bodies to be kept for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLeaf {
    /// The entry.
    pub entry: SignedEntry,
    /// Its bodies, each with the index of its part. Parts for named readers are never kept.
    pub bodies: Vec<(u8, Body)>,
    /// Parts whose bodies came and may not be kept, by index.
    pub refused: Vec<u8>,
}

/// Where the entries of one submission stand, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(Vec<Place>);

/// Where one entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In an earlier group.
    Earlier(EntryId, LeafIndex),
    /// At this position of the group, where another submission, or an earlier line of the same
    /// one, put it.
    Again(EntryId, u64),
    /// New, at this position of the group.
    Here(EntryId, u64),
}

/// A group that still takes submissions.
#[derive(Debug)]
pub struct Group {
    first: LeafIndex,
    leaves: Vec<NewLeaf>,
    positions: IdMap<EntryId, u64>,
    entry_bytes: usize,
    body_bytes: usize,
}

impl Group {
    /// An empty group whose first leaf would be `first`.
    pub fn new(first: LeafIndex) -> Self {
        Self {
            first,
            leaves: Vec::new(),
            positions: IdMap::default(),
            entry_bytes: 0,
            body_bytes: 0,
        }
    }

    /// Whether a submission still fits; the first always does.
    pub fn fits(&self, offered: &Offered) -> bool {
        let within = |have: usize, more: usize, max: usize| have.saturating_add(more) <= max;
        self.leaves.is_empty()
            || within(self.leaves.len(), offered.entries.len(), GROUP_ENTRIES)
                && within(self.entry_bytes, offered.entry_bytes(), GROUP_BYTES)
                && within(self.body_bytes, offered.body_bytes(), GROUP_BODY_BYTES)
    }

    /// Takes a submission into the group and says where its entries stand.
    ///
    /// # Errors
    /// What `admit` says; the group is as before then.
    pub fn offer<A: Admit>(
        &mut self,
        offered: Offered,
        admit: &mut A,
    ) -> Result<Ticket, A::Refusal> {
        let mut earlier = Vec::with_capacity(offered.entries.len());
        for entry in &offered.entries {
            let here = self.positions.contains_key(&entry.id());
            earlier.push(if here {
                None
            } else {
                admit.leaf_of(entry.id())?
            });
        }
        admit.admit(&offered)?;
        let Offered { entries, bodies } = offered;
        let places = entries.into_iter().zip(bodies).zip(earlier);
        let places = places.map(|((entry, bodies), earlier)| match earlier {
            Some(leaf) => Place::Earlier(entry.id(), leaf),
            None => self.place(entry, bodies, admit),
        });
        Ok(Ticket(places.collect()))
    }

    fn place(&mut self, entry: SignedEntry, bodies: Vec<Body>, admit: &impl Admit) -> Place {
        let id = entry.id();
        if let Some(position) = self.positions.get(&id) {
            return Place::Again(id, *position);
        }
        let position = self.leaves.len() as u64;
        let leaf = new_leaf(entry, bodies, admit);
        self.entry_bytes = self.entry_bytes.saturating_add(leaf.entry.bytes().len());
        let bodies = leaf.bodies.iter().map(|(_, body)| body.bytes.len());
        self.body_bytes = self.body_bytes.saturating_add(bodies.sum());
        self.positions.insert(id, position);
        self.leaves.push(leaf);
        Place::Here(id, position)
    }

    /// Ends the group.
    pub fn seal(self) -> Sealed {
        Sealed::new(self.first, self.leaves)
    }
}

/// The bodies an entry names, each once, with the index of the part.
fn new_leaf(entry: SignedEntry, mut bodies: Vec<Body>, admit: &impl Admit) -> NewLeaf {
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    for (index, part) in (0..).zip(&entry.header().parts) {
        let found = bodies.iter().position(|body| body.matches(part));
        let Some(at) = found.filter(|_| part.audience != Audience::Named) else {
            continue;
        };
        let body = bodies.swap_remove(at);
        match admit.keeps(&entry, part, &body) {
            Keep::Body => kept.push((index, body)),
            Keep::Nothing => {}
            Keep::Refusal => refused.push(index),
        }
    }
    NewLeaf {
        entry,
        bodies: kept,
        refused,
    }
}
