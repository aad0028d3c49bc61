//! One seed: a network, what happens to it, and what has to hold.

use std::collections::{BTreeMap, BTreeSet};

use fairtrail::api::Submission;
use fairtrail::entry::{NetworkClaim, SignedEntry};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail_node::core::follow::{Input, Question, Reads};
use fairtrail_node::core::head::Head;
use fairtrail_node::core::sequence::Offered;

use crate::check::Violation;
use crate::ctx::{Asker, Ctx, Event, Identity, Who};
use crate::disk::{Crash, Disk};
use crate::fault::Planted;
use crate::liar::{Liar, Lie};
use crate::node::Node;
use crate::world::{Queue, World};

/// Until then everything happens that can.
pub(crate) const HEALED_MS: u64 = 15_000;
/// By then all is where it belongs.
const LATEST_MS: u64 = 400_000;
/// So long nothing may happen once it is.
const IDLE_MS: u64 = 5_000;
/// Pulses that are submitted together at most.
const MUCH: usize = 40;

pub(crate) struct Sim {
    pub(crate) ctx: Ctx,
    pub(crate) nodes: Vec<Node>,
    pub(crate) world: World,
    pub(crate) liar: Option<Liar>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) backups: BTreeMap<usize, Disk>,
    /// Followers that have seen the liar's first history beyond where the second differs.
    pub(crate) witnesses: BTreeSet<usize>,
    pub(crate) healed: bool,
    /// Whether any node ever held parts back.
    pub(crate) withheld: bool,
    /// Who is still to lose something.
    pub(crate) losing: Option<usize>,
    /// What nodes have lost, whether it is back or not.
    pub(crate) lost: BTreeSet<(usize, EntryId)>,
    /// Whether all nodes stop at once when all is said and done.
    power_cut: bool,
}

/// Runs one seed; what was looked at how often, and the first thing that did not hold.
pub(crate) fn run(
    seed: u64,
    planted: Option<Planted>,
) -> (BTreeMap<&'static str, u64>, Option<Violation>) {
    let mut sim = Sim::new(seed, planted);
    sim.play();
    let checks = sim.ctx.checks;
    (checks.counts, checks.violation)
}

impl Sim {
    fn new(seed: u64, planted: Option<Planted>) -> Self {
        let mut ctx = Ctx::new(seed, planted);
        let world = World::new(&mut ctx.rng);
        let count = 3 + ctx.rng.index(3);
        let lies = ctx.rng.chance(40);
        ctx.logs = (0..count + usize::from(lies))
            .map(|index| Identity::new(index, 1))
            .collect();
        ctx.loss = ctx.rng.below(25);
        ctx.doubling = ctx.rng.below(20);
        ctx.delay = 20 + ctx.rng.below(1_500);
        let liar = lies.then(|| Liar::new(&mut ctx, &world, count));
        let mut nodes = Vec::new();
        for index in 0..count {
            let follows = follows(&mut ctx, index, count, lies);
            nodes.push(Node {
                index,
                member: ctx.rng.chance(60),
                holds_back: ctx.rng.chance(40),
                charter: world.charter.clone(),
                disk: Disk::default(),
                guard: Head::empty(),
                live: None,
                life: 0,
                refused: false,
                follows,
            });
        }
        for (what, count) in world.extremes() {
            ctx.checks.add(what, count);
        }
        Self {
            queues: world.queues.clone(),
            ctx,
            power_cut: seed.is_multiple_of(4),
            withheld: nodes.iter().any(|node| node.holds_back),
            nodes,
            world,
            liar,
            backups: BTreeMap::new(),
            witnesses: BTreeSet::new(),
            healed: false,
            losing: None,
            lost: BTreeSet::new(),
        }
    }

    fn play(&mut self) {
        for node in 0..self.nodes.len() {
            self.boot(node);
        }
        for queue in 0..self.queues.len() {
            let wait = self.ctx.rng.below(2_000);
            self.ctx.later(wait, Event::Author(queue));
        }
        self.mishaps();
        while self.ctx.now < HEALED_MS && self.step() {}
        self.heal();
        let mut settled_at = None;
        while self.ctx.checks.violation.is_none() && self.ctx.now < LATEST_MS {
            let next = self.ctx.next_at().unwrap_or(LATEST_MS);
            if settled_at.is_none() && self.settled() {
                // What was reached outlasts a power cut.
                if std::mem::take(&mut self.power_cut) {
                    (0..self.nodes.len()).for_each(|node| self.crash(node));
                    continue;
                }
                settled_at = Some((self.ctx.now, self.activity()));
            }
            if let Some((since, activity)) = &settled_at
                && next > *since + IDLE_MS
            {
                let now = self.activity();
                self.ctx
                    .checks
                    .expect("idle once all agree", now == *activity, || {
                        format!("{activity:?} became {now:?}")
                    });
                self.judge();
                return;
            }
            if !self.step() {
                break;
            }
        }
        let state = self.state();
        self.ctx.checks.expect("agree once healed", false, || state);
    }

    /// The next thing that happens; whether there was one.
    fn step(&mut self) -> bool {
        let Some(event) = self.ctx.next() else {
            return false;
        };
        match event {
            Event::Answer(asker, answer) => self.with(asker.node, |node, ctx| {
                if node.life != asker.life {
                    return Ok(());
                }
                match asker.who {
                    Who::Follower(ticket) => {
                        node.tell(ctx, asker.slot, Input::Answered { ticket, answer })
                    }
                    Who::Gleaner(number) => node.gleaned(ctx, asker.slot, number, answer),
                    Who::Repairer(_) => Ok(()),
                }
            }),
            Event::Author(queue) => self.submit(queue),
            Event::Backup(node) => {
                self.backups.insert(node, self.nodes[node].disk.clone());
            }
            Event::Cut => self.cut(),
            Event::Fuse(node) => {
                let steps = u32::try_from(self.ctx.rng.below(25)).unwrap();
                self.nodes[node].disk.fuse = (!self.healed).then_some(steps);
            }
            Event::HandsOver(node) => self.nodes[node].holds_back = false,
            Event::Member(node) => {
                self.ctx.checks.count("nodes that became members");
                self.nodes[node].member = true;
            }
            Event::Poll { node, life, slot } => self.with(node, |node, ctx| {
                if node.life == life {
                    node.tell(ctx, slot, Input::Poll)?;
                }
                Ok(())
            }),
            Event::Push(to, bytes) if to < self.nodes.len() => {
                self.with(to, |node, ctx| node.pushed(ctx, &bytes));
            }
            Event::Question {
                to,
                asker,
                question,
            } => self.asked(to, asker, &question),
            Event::Restart(node) => {
                if self.nodes[node].live.is_none() {
                    self.boot(node);
                }
            }
            Event::Restore(node) => self.restore(node),
            Event::Switch => self.switch(),
            Event::Tick(node, life) => {
                self.with(node, |node, ctx| {
                    if node.life == life && node.live.is_some() {
                        ctx.later(1_000, Event::Tick(node.index, life));
                        node.publish(ctx)?;
                    }
                    Ok(())
                });
            }
            event => self.repairing(event),
        }
        true
    }

    /// Somebody is asked, and answers as he is.
    fn asked(&mut self, to: usize, asker: Asker, question: &Question) {
        let answer = match (&self.liar, self.nodes.get(to)) {
            (_, Some(node)) => {
                if node.holds_back && matches!(question, Question::Parts { .. }) {
                    self.ctx.checks.count("pages held back");
                }
                node.answer(question, asker.reads)
            }
            (Some(liar), None) => liar.answer(&mut self.ctx, question),
            (None, None) => return,
        };
        self.ctx.send(to, asker.node, Event::Answer(asker, answer));
    }

    /// Lets a node do something; it may stop in the middle of it.
    pub(crate) fn with(
        &mut self,
        node: usize,
        act: impl FnOnce(&mut Node, &mut Ctx) -> Result<(), Crash>,
    ) {
        if act(&mut self.nodes[node], &mut self.ctx) == Err(Crash) {
            self.crash(node);
        }
    }

    /// An author offers the next entry of a queue to some node, until one answers for it.
    fn submit(&mut self, queue: usize) {
        let waiting = self.queues[queue].iter();
        // One at a time, but for what waits for nothing else.
        let pulses = waiting.clone().take_while(|said| is_pulse(&said.entry));
        let many = pulses.take(MUCH).count().max(1);
        let mut next: Vec<_> = waiting.take(many).cloned().collect();
        if next.is_empty() {
            return;
        }
        let wait = 50 + self.ctx.rng.below(if self.healed { 200 } else { 900 });
        self.ctx.later(wait, Event::Author(queue));
        let to = self.ctx.rng.index(self.nodes.len());
        let member = self.nodes[to].member;
        let reads = if member {
            Reads::Network
        } else {
            Reads::Public
        };
        for Submission { entry, bodies } in &mut next {
            bodies.retain(|body| {
                let mut parts = entry.header().parts.iter();
                let part = parts.find(|part| part.digest == body.digest());
                part.is_some_and(|part| reads.may_have(part.audience))
            });
        }
        let before = self.nodes[to].life;
        let mut answered = false;
        let offered = Offered::new(next);
        self.with(to, |node, ctx| {
            let outcome = node.commit(ctx, offered, false)?;
            answered = outcome.is_ok();
            Ok(())
        });
        // The answer may be lost; then the same bytes are offered elsewhere.
        let lost = !self.healed && self.ctx.rng.chance(10);
        if answered && !lost && self.nodes[to].life == before {
            self.queues[queue].drain(..many);
        }
    }

    /// Leaves, steps of the disk and published sizes.
    fn activity(&self) -> Vec<(u64, u64)> {
        let of = |node: &Node| {
            let live = node.live.as_ref();
            (live.map_or(0, crate::node::Live::size), node.disk.steps)
        };
        self.nodes.iter().map(of).collect()
    }

    /// Whether everything is said, published and followed to the end.
    fn settled(&self) -> bool {
        let switched = self
            .liar
            .as_ref()
            .is_none_or(|liar| liar.lie != Lie::TwoHistories || liar.switched);
        switched
            && self.queues.iter().all(Queue::is_empty)
            && self.nodes.iter().all(|node| self.followed(node))
            && self.proved()
            && self.losing.is_none()
            && self.still_lost().is_none()
            && self.gleaned().is_none()
    }

    /// A part that somebody lacks and a log followed by him would hand over.
    pub(crate) fn gleaned(&self) -> Option<(usize, EntryId, PartDigest)> {
        let mut pairs = self.nodes.iter().flat_map(|node| {
            let follows = node.follows.iter();
            follows.filter_map(move |target| Some((node, self.nodes.get(*target)?)))
        });
        pairs.find_map(|(node, target)| {
            let (id, part) = node.lacks_from(target)?;
            Some((node.index, id, part))
        })
    }

    /// Whether everybody holds a proof against everybody against whom one is held.
    fn proved(&self) -> bool {
        let held = |node: &Node| node.disk.proofs.keys().cloned().collect::<Vec<_>>();
        let mut nodes = self.nodes.windows(2);
        nodes.all(|pair| held(&pair[0]) == held(&pair[1]))
    }

    fn followed(&self, node: &Node) -> bool {
        let Some(live) = &node.live else { return false };
        let published = live.published.as_ref();
        let all =
            published.is_some_and(|published| published.intent.head.size.get() == live.size());
        all && live.slots.iter().all(|slot| {
            let known = slot.follower.known();
            let size = known.cursor().head.size.get();
            if !slot.follower.is_resting() {
                return false;
            }
            if let Some(target) = self.nodes.get(slot.target) {
                let live = target.live.as_ref();
                return live.is_some_and(|live| live.size() == size);
            }
            // Whoever followed the first history to its end has not seen the other one yet.
            let root = known.cursor().head.root;
            let last = self.liar.as_ref().is_some_and(|liar| liar.root() == root);
            known.is_forked() || last
        })
    }

    fn state(&self) -> String {
        let of = |node: &Node| {
            let live = node.live.as_ref();
            let slots = live.map(|live| {
                let slots = live.slots.iter().map(|slot| {
                    let known = slot.follower.known();
                    (
                        slot.target,
                        known.cursor().head.size.get(),
                        known.is_forked(),
                    )
                });
                slots.collect::<Vec<_>>()
            });
            (node.index, live.map(crate::node::Live::size), slots)
        };
        let nodes: Vec<_> = self.nodes.iter().map(of).collect();
        let waiting: Vec<_> = self.queues.iter().map(Queue::len).collect();
        let (lacking, lost) = (self.gleaned(), self.still_lost());
        format!(
            "waiting {waiting:?}, lacking {lacking:?}, lost {lost:?}, nodes (index, leaves, followed) {nodes:?}"
        )
    }
}

fn is_pulse(entry: &SignedEntry) -> bool {
    matches!(entry.network_claim(), Some(NetworkClaim::Pulse(_)))
}

/// Whom a node follows: the one before it, so that everything reaches all, and others.
fn follows(ctx: &mut Ctx, index: usize, count: usize, lies: bool) -> Vec<usize> {
    let mut follows = vec![(index + count - 1) % count];
    for other in 0..count {
        if other != index && !follows.contains(&other) && ctx.rng.chance(35) {
            follows.push(other);
        }
    }
    if lies && ctx.rng.chance(60) {
        follows.push(count);
    }
    follows
}
