//! Following of one node: drives the real machine.

use std::collections::VecDeque;

use fairtrail::fraud::{Accused, FraudFile};
use fairtrail::merkle::Hash;
use fairtrail_node::core::follow::{
    Followed, Follower, Gleaner, Input, Known, Outcome, Output, Pace, Question, Reads, Report, Rest,
};
use fairtrail_node::core::gossip::KnownLog;
use fairtrail_node::core::repair::Repairer;
use fairtrail_node::core::sequence::Offered;
use std::time::Duration;

use crate::ctx::{Asker, Ctx, Event, Who};
use crate::disk::Crash;
use crate::fault::Planted;
use crate::node::{Live, Node};
use crate::repairing::WAIT;

/// One followed log.
pub(crate) struct Slot {
    pub(crate) target: usize,
    pub(crate) follower: Follower,
    pace: Pace,
    pub(crate) gleaner: Gleaner,
    /// What this node might have when the slot was made.
    reads: Reads,
    /// Rounds that reached the checkpoint.
    pub(crate) rounds: u32,
    /// The number of the gleaner's question that is awaited, and whether it is about a tile.
    pub(crate) glean_asked: u64,
    pub(crate) glean_tile: bool,
    pub(crate) repairer: Repairer,
    /// The number of the repairer's question that is awaited.
    pub(crate) repair_asked: u64,
    pub(crate) repairing: bool,
    /// Milliseconds to the next poll once gleaning is over.
    pub(crate) wait: Option<u64>,
}

impl Node {
    pub(crate) fn reads(&self, ctx: &Ctx) -> Reads {
        if self.member || ctx.has(Planted::ServesAnybody) {
            Reads::Network
        } else {
            Reads::Public
        }
    }

    /// As [`Node::reads`], for a slot.
    pub(crate) fn reads_of(&mut self, ctx: &Ctx, slot: usize) -> Reads {
        let now = self.reads(ctx);
        let before = self.slot(slot).map(|slot| slot.reads);
        before
            .filter(|_| ctx.has(Planted::StaysStranger))
            .unwrap_or(now)
    }

    pub(crate) fn slot(&mut self, slot: usize) -> Option<&mut Slot> {
        self.live.as_mut()?.slots.get_mut(slot)
    }

    /// Carries a question of a slot to whom it follows.
    pub(crate) fn ask(&mut self, ctx: &mut Ctx, slot: usize, who: Who, question: Question) {
        let asker = Asker {
            node: self.index,
            life: self.life,
            slot,
            who,
            reads: self.reads(ctx),
        };
        ctx.ask(asker, self.follows[slot], question);
    }

    /// Takes up following where the disk says, after a start.
    pub(crate) fn follow_again(&mut self, ctx: &mut Ctx) {
        for slot in 0..self.follows.len() {
            self.follow(ctx, slot);
        }
    }

    /// Follows the present log of a slot's target.
    pub(crate) fn follow(&mut self, ctx: &mut Ctx, slot: usize) {
        let (target, reads) = (self.follows[slot], self.reads(ctx));
        let log = Followed {
            origin: ctx.logs[target].origin.clone(),
            key: ctx.logs[target].key(target),
            reads,
        };
        let kept = self.disk.kept.get(log.origin.as_str());
        let known = kept.and_then(|bytes| Known::parse(bytes, &log.origin, &log.key).ok());
        let mut known = known.unwrap_or_else(|| Known::nothing(log.origin.clone()));
        let durable = self.durable_ids();
        if !ctx.has(Planted::TrustsCursor) {
            known = known.on(self.disk.durable_leaves().count() as u64);
        }
        ctx.checks.cursor(&self.name(), &known, &durable);
        ctx.checks.found(self.index, &known);
        let index = ctx.logs[target].index(target).verifier().clone();
        let Some(live) = &mut self.live else { return };
        live.gossip.know(KnownLog {
            origin: log.origin.clone(),
            keys: vec![log.key.clone()],
        });
        let accused = Accused::Log(log.origin.clone());
        let convicted = live.gossip.is_held(&accused) && !ctx.has(Planted::GoesOn);
        let follower = Slot {
            target,
            follower: Follower::new(log, known),
            pace: Pace::new(Duration::from_secs(1)),
            gleaner: Gleaner::new(Reads::Public),
            reads,
            rounds: 0,
            glean_asked: 0,
            glean_tile: false,
            repairer: Repairer::new(index, WAIT),
            repair_asked: 0,
            repairing: false,
            wait: None,
        };
        if slot < live.slots.len() {
            live.slots[slot] = follower;
        } else {
            live.slots.push(follower);
        }
        let wait = 1 + ctx.rng.below(1_000);
        self.poll_in(ctx, slot, wait);
        if convicted {
            // A stop in the middle of it is met by the next poll as well.
            let event = Event::Convicted {
                node: self.index,
                life: self.life,
                slot,
            };
            ctx.later(1, event);
        }
    }

    pub(crate) fn poll_in(&self, ctx: &mut Ctx, slot: usize, wait: u64) {
        let event = Event::Poll {
            node: self.index,
            life: self.life,
            slot,
        };
        ctx.later(wait, event);
    }

    /// Tells the machine something and does what it says.
    pub(crate) fn tell(&mut self, ctx: &mut Ctx, slot: usize, input: Input) -> Result<(), Crash> {
        let reads = self.reads_of(ctx, slot);
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let Some(at) = live.slots.get_mut(slot) else {
            return Ok(());
        };
        if matches!(input, Input::Poll) {
            at.follower.may_have(reads);
        }
        let mut todo: VecDeque<_> = at.follower.handle(input).into();
        while let Some(output) = todo.pop_front() {
            let Some(input) = self.act(ctx, slot, output)? else {
                continue;
            };
            if let Some(live) = &mut self.live {
                todo.extend(live.slots[slot].follower.handle(input));
            }
        }
        Ok(())
    }

    fn act(&mut self, ctx: &mut Ctx, slot: usize, output: Output) -> Result<Option<Input>, Crash> {
        let target = self.follows[slot];
        Ok(match output {
            Output::Ask { ticket, question } => {
                self.ask(ctx, slot, Who::Follower(ticket), question);
                None
            }
            Output::Compare { ticket, leaves, .. } => {
                let own = self.disk.durable_leaves().count() as u64;
                let live = self.live.as_ref();
                let held = live.map_or_else(Vec::new, |live| live.held(ctx, &leaves));
                Some(Input::Compared { ticket, held, own })
            }
            Output::Admit {
                ticket,
                mut entries,
            } => {
                if ctx.has(Planted::SortsRuns) {
                    entries.sort_by_key(|submission| submission.entry.id());
                }
                let outcome = match self.commit(ctx, Offered::new(entries), true)? {
                    Ok(()) => Outcome::Taken {
                        own: self.live.as_ref().map_or(0, Live::size),
                    },
                    Err((Some(position), reason)) => Outcome::Refused { position, reason },
                    Err((None, reason)) => Outcome::Busy(reason),
                };
                Some(Input::Admitted { ticket, outcome })
            }
            Output::Keep { ticket, known } => {
                if !ctx.has(Planted::ForgetsSeen) {
                    let origin = known.origin().as_str().to_owned();
                    self.disk.keep(&origin, known.to_bytes())?;
                }
                let durable = self.durable_ids();
                ctx.checks.cursor(&self.name(), &known, &durable);
                ctx.checks.note(self.index, &known);
                if let Some(seen) = known.seen() {
                    self.saw(ctx, seen)?;
                }
                Some(Input::Kept(ticket))
            }
            Output::Report(report) => {
                let forked = matches!(report, Report::Forked(_));
                if !(forked && ctx.has(Planted::TellsNobody)) {
                    if let Report::Forked(view) = &report {
                        self.found(ctx, FraudFile::SplitView(view.clone()))?;
                    }
                    let origin = ctx.logs[target].origin.to_string();
                    ctx.checks.reports.push((self.index, origin, report));
                }
                None
            }
            Output::Rest(rest) => {
                let chance = ctx.rng.part();
                let gives_up = ctx.has(Planted::GivesUp) && rest.reason().is_some();
                let pace = self.live.as_mut().map(|live| &mut live.slots[slot].pace);
                let wait = pace.and_then(|pace| pace.after(rest, chance));
                if let Some(wait) = wait.filter(|_| !gives_up) {
                    let wait = u64::try_from(wait.as_millis()).unwrap();
                    let reached = matches!(rest, Rest::Reached { .. });
                    if reached || matches!(rest, Rest::Stalled { .. }) {
                        self.begin_to_repair(ctx, slot)?;
                    }
                    if !(reached && self.begin_to_glean(ctx, slot, wait)?) {
                        self.poll_in(ctx, slot, wait);
                    }
                }
                None
            }
        })
    }
}

impl Live {
    fn held(&self, ctx: &Ctx, leaves: &[Hash]) -> Vec<bool> {
        let short = |leaf: &Hash| {
            let mut held = self.held.keys();
            held.any(|held| held.as_bytes()[0] == leaf.as_bytes()[0])
        };
        let holds = |leaf: &Hash| {
            if ctx.has(Planted::ComparesShort) {
                short(leaf)
            } else {
                self.held.contains_key(leaf)
            }
        };
        leaves.iter().map(holds).collect()
    }
}
