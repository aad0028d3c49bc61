//! One node: the machines of the real one on a simulated disk.

use std::collections::{BTreeSet, HashMap, HashSet};

use fairtrail::admission::AdmittedSet;
use fairtrail::charter::Charter;
use fairtrail::door::may_keep;
use fairtrail::entry::{Audience, Body, Part, SignedEntry};
use fairtrail::history::Erased;
use fairtrail::id::{AuthorId, EntryId, PartDigest};
use fairtrail::merkle::{Hash, LeafIndex, Tree, leaf_hash};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use fairtrail_node::core::follow::urgent;
use fairtrail_node::core::gossip::Gossip;
use fairtrail_node::core::head::Head;
use fairtrail_node::core::publish::{Publication, Publisher};
use fairtrail_node::core::sequence::{Admit, Group, Keep, Offered};

use crate::ctx::{Ctx, Event};
use crate::disk::{Crash, Disk, Frame, StoredLeaf};
use crate::fault::Planted;
use crate::following::Slot;
use crate::repairing::Shown;

/// Seconds from a promise to the publication it names.
const INCLUDE_WITHIN: u64 = 60;

/// A machine that is on or off.
pub(crate) struct Node {
    pub(crate) index: usize,
    /// Whether it may hold what is for members.
    pub(crate) member: bool,
    /// Whether it serves entries and no parts.
    pub(crate) holds_back: bool,
    pub(crate) charter: Charter,
    pub(crate) disk: Disk,
    /// Lies outside of what is backed up.
    pub(crate) guard: Head,
    pub(crate) live: Option<Live>,
    pub(crate) life: u64,
    /// The guard has refused a start.
    pub(crate) refused: bool,
    pub(crate) follows: Vec<usize>,
}

/// What a process has in memory.
pub(crate) struct Live {
    pub(crate) set: AdmittedSet,
    pub(crate) erasing: Vec<SignedEntry>,
    pub(crate) erased: Erased,
    pub(crate) tree: Tree,
    pub(crate) leaves: Vec<StoredLeaf>,
    pub(crate) leaf_of: HashMap<EntryId, u64>,
    /// Leaves by their hashes.
    pub(crate) held: HashMap<Hash, u64>,
    pub(crate) seqs: HashSet<(AuthorId, u64)>,
    pub(crate) publisher: Publisher,
    pub(crate) published: Option<Publication>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) gossip: Gossip,
    /// The index of what was published when it was last looked at.
    pub(crate) shown: Option<Shown>,
    /// Looks for parts whatever is erased: a planted fault.
    pub(crate) blind: bool,
}

/// Which entry of a submission is to blame, and why.
pub(crate) type Refused = (Option<usize>, Reason);

impl Live {
    pub(crate) fn size(&self) -> u64 {
        self.tree.size().get()
    }

    pub(crate) fn head(&self) -> Head {
        Head {
            size: self.tree.size(),
            root: self.tree.root(),
        }
    }

    pub(crate) fn ids(&self) -> BTreeSet<EntryId> {
        self.leaves.iter().map(|leaf| leaf.entry.id()).collect()
    }

    /// Adds a leaf that is stored.
    pub(crate) fn add(&mut self, leaf: StoredLeaf) {
        let entry = &leaf.entry;
        let hash = leaf_hash(entry.bytes());
        self.leaf_of
            .entry(entry.id())
            .or_insert(self.tree.size().get());
        self.held.insert(hash, self.tree.size().get());
        self.tree.append(hash).unwrap();
        self.seqs.insert((entry.author(), entry.header().seq));
        if entry.network_claim().is_some_and(Erased::depends_on) {
            self.erasing.push(entry.clone());
        }
        self.leaves.push(leaf);
    }

    /// Judges anew what is erased, and forgets the bodies of it.
    pub(crate) fn settle(&mut self) {
        if self.erasing.is_empty() {
            return;
        }
        let erased = Erased::of(&self.set, &self.erasing);
        if erased == self.erased {
            return;
        }
        self.erased = erased;
        for leaf in &mut self.leaves {
            leaf.erase(&self.erased);
        }
    }
}

struct Gate<'a> {
    set: &'a mut AdmittedSet,
    erased: &'a Erased,
    leaf_of: &'a HashMap<EntryId, u64>,
    seqs: &'a HashSet<(AuthorId, u64)>,
    planted: Option<Planted>,
    following: bool,
}

impl Admit for Gate<'_> {
    type Refusal = Refused;

    fn leaf_of(&mut self, id: EntryId) -> Result<Option<LeafIndex>, Refused> {
        if self.planted == Some(Planted::CountsTwice) {
            return Ok(None);
        }
        let leaf = self.leaf_of.get(&id);
        Ok(leaf.and_then(|leaf| LeafIndex::new(*leaf).ok()))
    }

    fn admit(&mut self, offered: &Offered) -> Result<(), Refused> {
        if self.planted == Some(Planted::RefusesForks) && self.following {
            let second = |entry: &SignedEntry| {
                let seq = (entry.author(), entry.header().seq);
                !self.set.contains(entry.id()) && self.seqs.contains(&seq)
            };
            if let Some(at) = offered.entries.iter().position(second) {
                return Err((Some(at), Reason::FeedForked));
            }
        }
        let admitted = self.set.admit_all(&offered.entries);
        let refused = admitted.map_err(|(at, error)| (Some(at), error.code()));
        refused.map(|_| ())
    }

    fn keeps(&self, entry: &SignedEntry, part: &Part, body: &Body) -> Keep {
        let erased = self.erased.covers(entry.id(), part.digest);
        if erased && self.planted != Some(Planted::KeepsErased) {
            return Keep::Nothing;
        }
        if may_keep(entry.header(), part, body).is_ok() {
            return Keep::Body;
        }
        Keep::Refusal
    }
}

impl Node {
    pub(crate) fn name(&self) -> String {
        format!("n{}", self.index)
    }

    pub(crate) fn origin(&self, ctx: &Ctx) -> String {
        ctx.logs[self.index].origin.to_string()
    }

    pub(crate) fn durable_ids(&self) -> BTreeSet<EntryId> {
        let leaves = self.disk.durable_leaves();
        leaves.map(|leaf| leaf.entry.id()).collect()
    }

    /// Commits a submission as one group; answered when it is durable.
    pub(crate) fn commit(
        &mut self,
        ctx: &mut Ctx,
        offered: Offered,
        following: bool,
    ) -> Result<Result<(), Refused>, Crash> {
        let origin = self.origin(ctx);
        let Some(live) = &mut self.live else {
            return Ok(Err((None, Reason::Stopping)));
        };
        let mut group = Group::new(LeafIndex::new(live.size()).unwrap());
        let mut gate = Gate {
            set: &mut live.set,
            erased: &live.erased,
            leaf_of: &live.leaf_of,
            seqs: &live.seqs,
            planted: ctx.planted,
            following,
        };
        let ticket = match group.offer(offered, &mut gate) {
            Ok(ticket) => ticket,
            Err(refused) => return Ok(Err(refused)),
        };
        let sealed = group.seal();
        let stored = sealed.leaves().iter().map(|leaf| StoredLeaf {
            entry: leaf.entry.clone(),
            bodies: {
                let bodies = leaf.bodies.iter();
                bodies
                    .map(|(_, body)| (body.digest(), body.clone()))
                    .collect()
            },
        });
        let stored: Vec<_> = stored.collect();
        if !stored.is_empty() {
            self.disk.append(Frame::Group(stored.clone()))?;
            if !ctx.has(Planted::AnswersEarly) {
                self.disk.sync(ctx.planted)?;
            }
        }
        let by = ctx.seconds().seconds() + INCLUDE_WITHIN;
        let by = Timestamp::new(by).unwrap();
        let tree = sealed.tree().unwrap();
        for line in sealed.receipt(&tree, &ticket, None).unwrap().entries {
            let wrong = u64::from(ctx.has(Planted::PromisesWrong) && !line.known);
            ctx.checks
                .promised(&origin, line.leaf_index + wrong, line.id, by);
        }
        let authors = stored.iter().map(|leaf| leaf.entry.author()).collect();
        self.take(ctx, stored);
        self.find_forks(ctx, &authors)?;
        Ok(Ok(()))
    }

    /// What follows from new leaves.
    fn take(&mut self, ctx: &mut Ctx, stored: Vec<StoredLeaf>) {
        let Some(live) = &mut self.live else { return };
        let mut pushed = Vec::new();
        let before = live.erased.clone();
        for leaf in stored {
            if leaf.entry.network_claim().is_some() {
                pushed.extend(urgent(leaf.entry.bytes()));
            }
            live.add(leaf);
        }
        live.settle();
        let erased = live.erased.clone();
        if erased != before {
            self.overwrite(ctx, &erased);
        }
        for entry in pushed {
            for to in 0..ctx.logs.len() {
                let near = self.follows.contains(&to) && to != self.index;
                if near && ctx.rng.chance(50) {
                    let event = Event::Push(to, entry.bytes().to_vec());
                    ctx.send(self.index, to, event);
                }
            }
        }
    }

    /// Overwrites the bodies of what is erased.
    pub(crate) fn overwrite(&mut self, ctx: &Ctx, erased: &Erased) {
        if ctx.has(Planted::OverwritesNothing) {
            return;
        }
        self.disk.overwrite(erased);
    }

    /// An entry came out of turn.
    pub(crate) fn pushed(&mut self, ctx: &mut Ctx, bytes: &[u8]) -> Result<(), Crash> {
        let known = |entry: &SignedEntry| {
            let live = self.live.as_ref();
            live.is_none_or(|live| live.set.contains(entry.id()))
        };
        let Some(entry) = urgent(bytes).filter(|entry| !known(entry)) else {
            return Ok(());
        };
        let offered = Offered {
            entries: vec![entry],
            bodies: vec![Vec::new()],
        };
        if self.commit(ctx, offered, true)?.is_ok() {
            ctx.checks.count("entries that overtook");
        }
        Ok(())
    }

    /// Bodies on the disk or in memory that this node must not have.
    pub(crate) fn misplaced(
        &self,
        audience: impl Fn(PartDigest) -> Audience,
    ) -> impl Iterator<Item = (EntryId, PartDigest)> {
        let member = self.member;
        let bodies = self.disk.durable_bodies();
        bodies.filter(move |(_, part)| match audience(*part) {
            Audience::Public => false,
            Audience::Network => !member,
            Audience::Named => true,
        })
    }
}
