//! What goes wrong, and how it is put right.

use fairtrail_node::core::follow::Known;
use fairtrail_node::core::head::Head;

use crate::ctx::{Ctx, Event, Identity};
use crate::fault::Planted;
use crate::liar::Lie;
use crate::node::Node;
use crate::sim::{HEALED_MS, Sim};

impl Sim {
    /// What is going to happen, at times of its own.
    pub(crate) fn mishaps(&mut self) {
        let count = self.nodes.len();
        let rng = &mut self.ctx.rng;
        let mut events = Vec::new();
        for _ in 0..rng.below(5) {
            events.push((rng.below(HEALED_MS), Event::Fuse(rng.index(count))));
        }
        for _ in 0..rng.below(3) {
            events.push((rng.below(HEALED_MS), Event::Cut));
        }
        for _ in 0..4 {
            events.push((rng.below(HEALED_MS), Event::Slander(rng.index(count))));
        }
        if rng.chance(35) {
            let node = rng.index(count);
            let at = rng.below(HEALED_MS / 2);
            events.push((at, Event::Backup(node)));
            let restored = at + 500 + rng.below(6_000);
            events.push((restored, Event::Restore(node)));
        }
        if rng.chance(30) {
            let at = HEALED_MS + 3_000 + rng.below(3_000);
            let node = rng.index(count);
            events.push((at, Event::Lose(node)));
            self.losing = Some(node);
        }
        if self
            .liar
            .as_ref()
            .is_some_and(|liar| liar.lie == Lie::TwoHistories)
        {
            events.push((2_000 + rng.below(HEALED_MS), Event::Switch));
        }
        for (node, state) in self.nodes.iter().enumerate() {
            if !state.member && rng.chance(60) {
                events.push((rng.below(HEALED_MS), Event::Member(node)));
            }
            if state.holds_back {
                events.push((rng.below(HEALED_MS), Event::HandsOver(node)));
            }
        }
        for (at, event) in events {
            self.ctx.later(at, event);
        }
    }

    pub(crate) fn crash(&mut self, node: usize) {
        self.ctx.checks.count("crashes");
        let Ctx { rng, planted, .. } = &mut self.ctx;
        self.nodes[node].live = None;
        self.nodes[node].disk.lose(rng, *planted);
        let wait = 200 + self.ctx.rng.below(3_000);
        self.ctx.later(wait, Event::Restart(node));
    }

    pub(crate) fn boot(&mut self, node: usize) {
        self.with(node, Node::boot);
        if std::mem::take(&mut self.nodes[node].refused) {
            self.renew(node);
        }
    }

    /// The operator goes on with a new log: keys, origin and disk are new, and sometimes the folder
    /// of what was kept of others comes along.
    pub(crate) fn renew(&mut self, node: usize) {
        self.ctx.checks.retire(&self.nodes[node].origin(&self.ctx));
        let epoch = self.ctx.logs[node].epoch + 1;
        self.ctx.logs[node] = Identity::new(node, epoch);
        let old = std::mem::take(&mut self.nodes[node].disk);
        self.ctx.checks.other_disk(node);
        if self.ctx.rng.chance(60) {
            self.nodes[node].disk.kept = old.kept;
        }
        self.nodes[node].guard = Head::empty();
        self.offer_again();
        self.with(node, Node::boot);
        self.follow_anew(node);
    }

    /// Whoever follows a node follows its present log.
    pub(crate) fn follow_anew(&mut self, node: usize) {
        for other in 0..self.nodes.len() {
            let follows = self.nodes[other].follows.clone();
            for (slot, target) in follows.into_iter().enumerate() {
                if target == node && self.nodes[other].live.is_some() {
                    self.nodes[other].follow(&mut self.ctx, slot);
                }
            }
        }
    }

    /// Authors keep what they signed, and offer all of it elsewhere when a log is gone.
    pub(crate) fn offer_again(&mut self) {
        for queue in 0..self.queues.len() {
            if self.queues[queue].is_empty() {
                self.ctx.later(1_000, Event::Author(queue));
            }
        }
        self.queues.clone_from(&self.world.queues);
    }

    /// An old copy of the data comes back.
    pub(crate) fn restore(&mut self, node: usize) {
        let Some(mut backup) = self.backups.remove(&node) else {
            return;
        };
        // Copies of a running node are made file by file: what is kept of others may be newer.
        if self.ctx.rng.chance(50) {
            backup.kept.clone_from(&self.nodes[node].disk.kept);
        }
        self.ctx.checks.count("old copies put back");
        self.nodes[node].live = None;
        self.nodes[node].disk = backup;
        self.ctx.checks.other_disk(node);
        let Ctx { rng, planted, .. } = &mut self.ctx;
        self.nodes[node].disk.lose(rng, *planted);
        let signed = self.nodes[node].guard;
        self.with(node, Node::boot);
        if std::mem::take(&mut self.nodes[node].refused) {
            self.renew(node);
            return;
        }
        // Nothing was signed since. What was only promised may be lost, so that the operator's rule
        // is to end such a log all the same; a node whose guard was forgotten goes on.
        let live = self.nodes[node].live.as_ref();
        let same = live.is_some_and(|live| live.head().size >= signed.size);
        if same {
            self.nodes[node].live = None;
            self.renew(node);
        }
    }

    pub(crate) fn cut(&mut self) {
        if self.healed {
            return;
        }
        self.ctx.checks.count("cuts");
        let count = self.nodes.len();
        self.ctx.cut = (0..count).filter(|_| self.ctx.rng.chance(50)).collect();
    }

    pub(crate) fn switch(&mut self) {
        let Some(liar) = &mut self.liar else { return };
        liar.switched = true;
        let (index, differs) = (liar.index, liar.differs);
        for node in &self.nodes {
            let slot = node.follows.iter().position(|target| *target == index);
            let live = node.live.as_ref();
            let seen = |known: &Known| {
                let seen = known.seen().map(|seen| seen.checkpoint().size().get());
                seen.is_some_and(|size| size > differs)
            };
            let log = &self.ctx.logs[index];
            let kept = node.disk.kept.get(log.origin.as_str());
            let kept = kept.and_then(|kept| Known::parse(kept, &log.origin, &log.key(index)).ok());
            let forgets = self.ctx.planted == Some(Planted::ForgetsSeen);
            let saw = match (slot, live) {
                (Some(slot), Some(live)) => live
                    .slots
                    .get(slot)
                    .is_some_and(|slot| seen(slot.follower.known())),
                (Some(_), None) if !forgets => kept.is_some_and(|known| seen(&known)),
                _ => false,
            };
            if saw {
                self.witnesses.insert(node.index);
            }
        }
    }

    pub(crate) fn heal(&mut self) {
        (self.healed, self.ctx.healed) = (true, true);
        (self.ctx.loss, self.ctx.doubling) = (0, 0);
        self.ctx.delay = 50;
        self.ctx.cut.clear();
        for node in 0..self.nodes.len() {
            self.nodes[node].disk.fuse = None;
            if self.nodes[node].live.is_none() {
                self.boot(node);
            }
        }
    }
}
