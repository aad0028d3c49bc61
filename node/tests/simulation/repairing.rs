//! Entries that are lost behind cursors, and bringing them back: drives the real machine.

use std::collections::BTreeSet;

use fairtrail::admission::AdmittedSet;
use fairtrail::id::EntryId;
use fairtrail::index::Index;
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{Hash, LeafIndex, Tree, TreeSize, leaf_hash};
use fairtrail::reason::Reason;
use fairtrail::trie::Differing;
use fairtrail_node::core::follow::{Failure, Known, Outcome};
use fairtrail_node::core::head::Head;
use fairtrail_node::core::repair::{Answer, Comparison, Input, Output, Question, Rest};
use fairtrail_node::core::sequence::Offered;

use crate::ctx::{Asker, Ctx, Event, Identity, Who};
use crate::disk::{Crash, StoredLeaf};
use crate::fault::Planted;
use crate::node::{Live, Node};
use crate::sim::Sim;
use crate::world::at;

/// Seconds for which sets have to differ.
pub(crate) const WAIT: u64 = 5;
/// Leaves of one index head.
const COVERED: usize = 64;
/// Entries that are lost at once, with what follows from them.
const LOST: u64 = 3;

/// The index of what a node has published.
pub(crate) struct Shown {
    size: TreeSize,
    index: Index,
    note: Vec<u8>,
    path: Vec<Hash>,
}

impl Live {
    /// The index of everything, if everything is published.
    fn shown(&mut self, log: &Identity, number: usize) -> Option<&Shown> {
        let size = self.published.as_ref()?.intent.head.size;
        if self.shown.as_ref().is_none_or(|shown| shown.size != size) {
            self.shown = self.show(size, log, number);
        }
        self.shown.as_ref()
    }

    fn show(&self, size: TreeSize, log: &Identity, number: usize) -> Option<Shown> {
        let mut index = Index::new(log.origin.clone());
        let leaves = self.leaves.get(..usize::try_from(size.get()).unwrap())?;
        let entries: Vec<_> = leaves.iter().map(|leaf| leaf.entry.clone()).collect();
        // A log that a planted fault gave a leaf twice has no index.
        let heads = entries.chunks(COVERED).map(|covered| {
            let head = index.append(covered, at(0), &self.set).ok()?;
            Some(leaf_hash(&head.to_bytes()))
        });
        let heads = Tree::from_leaves(heads.collect::<Option<Vec<_>>>()?).unwrap();
        index.settle();
        let last = heads.size().get().checked_sub(1)?;
        let path = heads.inclusion(LeafIndex::new(last).unwrap(), heads.size());
        let origin = log.origin.index(1).unwrap();
        let checkpoint = Checkpoint::new(origin, heads.size(), heads.root()).unwrap();
        let note = checkpoint.sign(&log.index(number)).unwrap();
        Some(Shown {
            size,
            index,
            note: note.to_string().into_bytes(),
            path: path.unwrap(),
        })
    }
}

impl Node {
    /// Looks for what lacks, if it is time to. The next poll does not wait for that.
    pub(crate) fn begin_to_repair(&mut self, ctx: &mut Ctx, slot: usize) -> Result<(), Crash> {
        let log = &ctx.logs[self.index];
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let size = live.tree.size();
        let shown = live
            .shown(log, self.index)
            .filter(|shown| shown.size == size);
        let own = shown.map(|shown| shown.index.feeds().root());
        let Some(at) = self.slot(slot).filter(|at| !at.repairing) else {
            return Ok(());
        };
        if ctx.has(Planted::NeverRepairs) {
            return Ok(());
        }
        at.repairing = true;
        let signed = at.follower.known().signed();
        let now = ctx.seconds();
        self.repair(ctx, slot, Input::Begin { now, signed, own })
    }

    /// What was asked last was answered; what was asked before is not awaited any more.
    pub(crate) fn repaired(
        &mut self,
        ctx: &mut Ctx,
        asker: Asker,
        answer: Result<Answer, Failure>,
    ) -> Result<(), Crash> {
        let Who::Repairer(number) = asker.who else {
            return Ok(());
        };
        let awaited = |at: &&mut crate::following::Slot| at.repair_asked == number;
        let Some(at) = self.slot(asker.slot).filter(awaited) else {
            return Ok(());
        };
        at.repair_asked += 1;
        self.repair(ctx, asker.slot, Input::Answered(answer))
    }

    fn repair(&mut self, ctx: &mut Ctx, slot: usize, input: Input) -> Result<(), Crash> {
        let mut input = input;
        loop {
            let Some(at) = self.slot(slot) else {
                return Ok(());
            };
            let output = at.repairer.handle(input);
            input = match output {
                Output::Ask(question) => {
                    at.repair_asked += 1;
                    let who = Who::Repairer(at.repair_asked);
                    let asker = Asker {
                        node: self.index,
                        life: self.life,
                        slot,
                        who,
                        reads: self.reads(ctx),
                    };
                    ctx.checks.count("questions about lost entries");
                    ctx.ask_to_repair(asker, self.follows[slot], question);
                    return Ok(());
                }
                Output::Rest(rest) => {
                    at.repairing = false;
                    if let Rest::Brought(entries) = rest {
                        ctx.checks.add("entries brought back", entries);
                    }
                    return Ok(());
                }
                Output::Compare(compare) => Input::Compared(self.compare_feeds(ctx, &compare)),
                Output::Look(ids) => {
                    let held = ids.iter().map(|id| self.has_admitted(ctx, *id));
                    Input::Looked(held.collect())
                }
                Output::Admit(entries) => {
                    Input::Admitted(match self.commit(ctx, Offered::new(entries), true)? {
                        Ok(()) => Outcome::Taken {
                            own: self.live.as_ref().map_or(0, Live::size),
                        },
                        Err((Some(position), reason)) => Outcome::Refused { position, reason },
                        Err((None, reason)) => Outcome::Busy(reason),
                    })
                }
            };
        }
    }

    fn compare_feeds(&mut self, ctx: &Ctx, compare: &Comparison) -> Vec<Differing> {
        let log = &ctx.logs[self.index];
        let shown = self
            .live
            .as_mut()
            .and_then(|live| live.shown(log, self.index));
        let Some(shown) = shown else {
            return Vec::new();
        };
        let Comparison { from, within, .. } = compare;
        let mut found = compare.opened.differing(&shown.index.feeds(), from, within);
        if ctx.has(Planted::DescendsLeft) {
            found.retain(|differing| match differing {
                Differing::Below { ask, .. } => ask.as_bytes()[0] < 0x80,
                Differing::Leaf(key) => key.as_bytes()[0] < 0x80,
            });
        }
        if ctx.has(Planted::StopsAtFirst) {
            found.truncate(1);
        }
        found
    }

    fn has_admitted(&self, ctx: &Ctx, id: EntryId) -> bool {
        let Some(live) = &self.live else {
            return false;
        };
        if ctx.has(Planted::LooksShort) {
            let mut held = live.leaf_of.keys();
            return held.any(|held| held.as_bytes()[0] == id.as_bytes()[0]);
        }
        live.set.contains(id)
    }

    /// Answers whoever repairs.
    pub(crate) fn answer_repair(
        &mut self,
        ctx: &Ctx,
        question: &Question,
    ) -> Result<Answer, Failure> {
        let not_found = Failure(Reason::NotFound);
        let unreachable = Failure(Reason::GatewayUnreachable);
        let live = self.live.as_mut().ok_or(unreachable)?;
        match question {
            Question::Open(keys) => {
                live.shown(&ctx.logs[self.index], self.index)
                    .ok_or(not_found)?;
                let shown = live.shown.as_ref().ok_or(not_found)?;
                let author = |id| Some(live.set.fact(id)?.feed);
                let opening = shown
                    .index
                    .opening(keys, shown.note.clone(), &shown.path, author);
                let opening = opening.map_err(|error| Failure(error.code()))?;
                Ok(Answer::Opening(opening.to_bytes()))
            }
            Question::Down(id, limit) => {
                let (mut entries, mut next) = (Vec::new(), Some(*id));
                while let Some(id) = next.filter(|_| entries.len() < usize::from(*limit)) {
                    let leaf = live.leaf_of.get(&id).ok_or(not_found)?;
                    let entry = &live.leaves[usize::try_from(*leaf).unwrap()].entry;
                    next = entry.header().prev;
                    entries.push(entry.bytes().to_vec());
                }
                Ok(Answer::Entries(entries))
            }
        }
    }

    /// Leaves that are left without some of them and what follows from these, and those that are
    /// not.
    fn split(&self, lost: &BTreeSet<EntryId>) -> (Vec<StoredLeaf>, BTreeSet<EntryId>) {
        let mut set = AdmittedSet::new(self.charter.clone());
        let (mut left, mut gone) = (Vec::new(), BTreeSet::new());
        for leaf in self.disk.durable_leaves() {
            let id = leaf.entry.id();
            if lost.contains(&id) || set.admit(&leaf.entry).is_err() {
                gone.insert(id);
            } else {
                left.push(leaf.clone());
            }
        }
        (left, gone)
    }
}

impl Sim {
    /// A node whose log has lost leaves, while what it keeps of others says that it has them.
    pub(crate) fn lose(&mut self, node: usize) {
        self.losing = None;
        let there = self.behind_cursors(node);
        if there.is_empty() || self.nodes[node].live.is_none() {
            return;
        }
        let count = 1 + self.ctx.rng.below(LOST);
        let ids: Vec<_> = there.iter().copied().collect();
        let lost = (0..count).map(|_| ids[self.ctx.rng.index(ids.len())]);
        let lost: BTreeSet<_> = lost.collect();
        let (left, gone) = self.nodes[node].split(&lost);
        // No cursor rests on a log without leaves: a start would begin anew.
        if !gone.is_subset(&there) || left.is_empty() {
            return;
        }
        self.ctx
            .checks
            .add("entries lost behind cursors", gone.len() as u64);
        let own = left.len() as u64;
        let old = std::mem::take(&mut self.nodes[node].disk);
        self.ctx.checks.retire(&self.nodes[node].origin(&self.ctx));
        self.ctx.checks.other_disk(node);
        for accused in old.proofs.keys() {
            self.ctx.checks.prove(node, accused.clone());
        }
        let epoch = self.ctx.logs[node].epoch + 1;
        self.ctx.logs[node] = Identity::new(node, epoch);
        let kept = old.kept.iter();
        let kept = kept.map(|(log, kept)| (log.clone(), resting_on(kept, own)));
        let kept = kept.collect();
        self.nodes[node].live = None;
        self.nodes[node].guard = Head::empty();
        self.nodes[node].disk = old.with_log(left, kept);
        self.ctx.checks.lose(&self.nodes[node].name(), &gone);
        self.lost.extend(gone.into_iter().map(|id| (node, id)));
        self.boot(node);
        self.follow_anew(node);
    }

    /// Entries of a node that others have, whose logs it has followed beyond them.
    fn behind_cursors(&self, node: usize) -> BTreeSet<EntryId> {
        let mut there = BTreeSet::new();
        let slots = self.nodes[node].live.iter().flat_map(|live| &live.slots);
        for slot in slots {
            let target = self.nodes.get(slot.target);
            let Some(live) = target.and_then(|target| target.live.as_ref()) else {
                continue;
            };
            let known: &Known = slot.follower.known();
            if known.is_forked() || !live.same(known.cursor().head) {
                continue;
            }
            let size = usize::try_from(known.cursor().head.size.get()).unwrap();
            let leaves = live.leaves.iter().take(size);
            there.extend(leaves.map(|leaf| leaf.entry.id()));
        }
        there
    }

    /// What was lost and is not back.
    pub(crate) fn still_lost(&self) -> Option<(usize, EntryId)> {
        let back = |(node, id): &(usize, EntryId)| {
            let live = self.nodes[*node].live.as_ref();
            live.is_some_and(|live| live.set.contains(*id))
        };
        self.lost.iter().copied().find(|lost| !back(lost))
    }
}

impl Live {
    /// Whether this is the history of the own log up to there.
    fn same(&self, head: Head) -> bool {
        self.tree
            .root_at(head.size)
            .is_ok_and(|root| root == head.root)
    }
}

/// What is kept of a followed log, as if the own log had had so many leaves.
fn resting_on(kept: &[u8], own: u64) -> Vec<u8> {
    let text = std::str::from_utf8(kept).unwrap();
    let (title, rest) = text.split_once('\n').unwrap();
    let (_, body) = rest.split_once('\n').unwrap();
    let lines = body
        .split('\n')
        .map(|line| match line.strip_prefix("own ") {
            Some(_) => format!("own {own}"),
            None => line.to_owned(),
        });
    let body = lines.collect::<Vec<_>>().join("\n");
    let check = crc32c::crc32c(body.as_bytes());
    format!("{title}\ncheck {check:08x}\n{body}").into_bytes()
}

/// An answer on its way may be spoilt until all is healed.
pub(crate) fn spoil(ctx: &mut Ctx, answer: &mut Result<Answer, Failure>) {
    if ctx.healed || !ctx.rng.chance(10) {
        return;
    }
    let bytes = match answer {
        Ok(Answer::Opening(bytes)) => bytes,
        Ok(Answer::Entries(entries)) => &mut entries[0],
        Err(_) => return,
    };
    let at = ctx.rng.index(bytes.len());
    bytes[at] ^= 1 << (at % 8);
    ctx.checks.count("answers about lost entries spoilt");
}

impl Sim {
    /// What has to do with losing and repairing; the rest is gossip.
    pub(crate) fn repairing(&mut self, event: Event) {
        match event {
            Event::Lose(node) => self.lose(node),
            Event::Repair {
                to,
                asker,
                question,
            } => self.asked_to_repair(to, asker, &question),
            Event::Repaired(asker, answer) => self.with(asker.node, |node, ctx| {
                if node.life == asker.life {
                    node.repaired(ctx, asker, answer)?;
                }
                Ok(())
            }),
            event => self.gossip(event),
        }
    }

    /// Somebody who repairs asks.
    fn asked_to_repair(&mut self, to: usize, asker: Asker, question: &Question) {
        let Some(node) = self.nodes.get_mut(to) else {
            return;
        };
        let mut answer = node.answer_repair(&self.ctx, question);
        spoil(&mut self.ctx, &mut answer);
        let event = Event::Repaired(asker, answer);
        self.ctx.send(to, asker.node, event);
    }
}
