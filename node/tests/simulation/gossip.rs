//! Gossip between the nodes: drives the real machine.

use std::collections::BTreeSet;

use fairtrail::admission::AdmittedSet;
use fairtrail::entry::SignedEntry;
use fairtrail::fraud::{Accused, FeedFork, FraudFile};
use fairtrail::id::AuthorId;
use fairtrail::log::{Origin, SignedCheckpoint};
use fairtrail_node::core::follow::Input;
use fairtrail_node::core::gossip::{
    Case, Content, Gossip, KnownLog, Message, Todo, Verdict, Wanted,
};
use fairtrail_node::core::sequence::Offered;

use crate::ctx::{Ctx, Event};
use crate::disk::Crash;
use crate::fault::Planted;
use crate::node::Node;
use crate::sim::Sim;

/// Says something that nobody should pass on.
pub(crate) const STRANGER: usize = usize::MAX;
/// Milliseconds from one time of asking around to the next.
const AROUND_MS: u64 = 4_000;
/// Milliseconds after which a file that was asked for does not come any more.
const FETCH_MS: u64 = 3_000;

/// Every log there is: operators of one network know each other's keys.
fn logs(ctx: &Ctx) -> Vec<KnownLog> {
    let logs = ctx.logs.iter().enumerate();
    let known = logs.map(|(index, log)| KnownLog {
        origin: log.origin.clone(),
        keys: vec![log.key(index)],
    });
    known.collect()
}

impl Sim {
    /// What has to do with gossip; what is for a log that is no node ends here.
    pub(crate) fn gossip(&mut self, event: Event) {
        match event {
            Event::Around { to, from } => {
                if let Some(node) = self.nodes.get(to) {
                    node.tell_all(&mut self.ctx, from);
                }
            }
            Event::Convicted { node, life, slot } => self.with(node, |node, ctx| {
                if node.life == life {
                    node.tell(ctx, slot, Input::Convicted)?;
                }
                Ok(())
            }),
            Event::Fetch { to, from, wanted } => {
                let disk = self.nodes.get(to).map(|node| &node.disk);
                let file = disk.and_then(|disk| disk.proofs.get(&wanted.file.accused).cloned());
                let fetched = Event::Fetched {
                    node: from,
                    wanted,
                    file,
                };
                self.ctx.send(to, from, fetched);
            }
            Event::Fetched { node, wanted, file } => self.with(node, |node, ctx| {
                node.fetched(ctx, &wanted, file.as_deref())
            }),
            Event::Gossip { to, from, bytes } if to < self.nodes.len() => {
                self.with(to, |node, ctx| node.heard(ctx, from, &bytes));
            }
            Event::Listen(node, life) => self.with(node, |node, ctx| {
                if node.life == life && node.live.is_some() {
                    node.ask_around(ctx);
                }
                Ok(())
            }),
            Event::Slander(node) => self.slander(node),
            _ => {}
        }
    }
}

impl Node {
    /// The machine as a start makes it, from what the disk has.
    pub(crate) fn gossip(&self, ctx: &mut Ctx) -> Gossip {
        let held: Vec<Accused> = self.disk.proofs.keys().cloned().collect();
        for accused in ctx.checks.proved(self.index) {
            let there = self.disk.proofs.contains_key(&accused);
            ctx.checks.expect("proofs outlast a start", there, || {
                format!("n{} has lost its proof against {accused}", self.index)
            });
        }
        let held = held.into_iter().map(Case::two_histories);
        Gossip::new(self.charter.network(), logs(ctx), held)
    }

    /// Asks those it follows what they heard, and goes on doing so.
    pub(crate) fn ask_around(&mut self, ctx: &mut Ctx) {
        for to in self.follows.clone() {
            let event = Event::Around {
                to,
                from: self.index,
            };
            ctx.send(self.index, to, event);
        }
        let wait = AROUND_MS + ctx.rng.below(1_000);
        ctx.later(wait, Event::Listen(self.index, self.life));
    }

    /// Answers with everything it knows.
    pub(crate) fn tell_all(&self, ctx: &mut Ctx, to: usize) {
        let Some(live) = &self.live else { return };
        let notes = live.gossip.seen().map(|signed| live.gossip.note(signed));
        let files = self.disk.proofs.iter();
        let files = files.map(|(accused, file)| live.gossip.telling(accused, file));
        for bytes in notes.chain(files).collect::<Vec<_>>() {
            let from = self.index;
            ctx.send(from, to, Event::Gossip { to, from, bytes });
        }
    }

    /// A message came.
    pub(crate) fn heard(&mut self, ctx: &mut Ctx, from: usize, bytes: &[u8]) -> Result<(), Crash> {
        let now = ctx.now;
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let set = &live.set;
        let knows = |author| set.feed_value(author).is_some();
        let heard = live.gossip.hear(&from.to_string(), bytes, &knows, now);
        let verdict = heard.verdict;
        if from == STRANGER {
            let refused = verdict != Verdict::Accept;
            ctx.checks
                .expect("what does not hold is refused", refused, || {
                    format!("n{} took {bytes:02x?}", self.index)
                });
        } else {
            let holds = !matches!(verdict, Verdict::Reject(_));
            ctx.checks.expect("what is passed on holds", holds, || {
                format!("n{from} told n{} what is {verdict:?}", self.index)
            });
        }
        if ctx.has(Planted::Believes) && matches!(verdict, Verdict::Reject(_)) {
            self.believe(ctx, bytes)?;
        }
        self.do_all(ctx, heard.todo)?;
        if verdict == Verdict::Accept || ctx.has(Planted::PassesOn) && from == STRANGER {
            ctx.checks.count("messages passed on");
            self.publish_to_all(ctx, from, bytes);
        }
        Ok(())
    }

    /// What a node does that takes whoever is named for guilty.
    fn believe(&mut self, ctx: &mut Ctx, bytes: &[u8]) -> Result<(), Crash> {
        if let Ok(Message {
            content: Content::Fraud(file),
            ..
        }) = Message::parse(bytes)
            && let Ok(file) = FraudFile::parse(&file)
            && let Ok(Accused::Log(origin)) = file.accused()
        {
            self.convict(ctx, &origin)?;
        }
        Ok(())
    }

    /// The follower took a checkpoint for its log's history.
    pub(crate) fn saw(&mut self, ctx: &mut Ctx, signed: &SignedCheckpoint) -> Result<(), Crash> {
        let live = self.live.as_mut();
        let todo = live.map_or_else(Vec::new, |live| live.gossip.saw(signed));
        self.do_all(ctx, todo)
    }

    /// This node made a proof.
    pub(crate) fn found(&mut self, ctx: &mut Ctx, file: FraudFile) -> Result<(), Crash> {
        let live = self.live.as_mut();
        let todo = live.map_or_else(Vec::new, |live| live.gossip.found(file));
        self.do_all(ctx, todo)
    }

    /// Makes files of the forks of these authors that the own log shows.
    pub(crate) fn find_forks(
        &mut self,
        ctx: &mut Ctx,
        authors: &BTreeSet<AuthorId>,
    ) -> Result<(), Crash> {
        let Some(live) = self
            .live
            .as_ref()
            .filter(|_| !ctx.has(Planted::FindsNoForks))
        else {
            return Ok(());
        };
        let set: &AdmittedSet = &live.set;
        let forked = |author: &_| {
            let value = set.feed_value(*author);
            value.is_some_and(|value| value.fork.is_some())
        };
        let new = authors.iter().copied().filter(forked);
        let new = new.filter(|author| !live.gossip.is_held(&Accused::Author(*author)));
        let entries = || live.leaves.iter().map(|leaf| &leaf.entry);
        let found = new.filter_map(|author| FeedFork::find(author, entries()));
        for fork in found.collect::<Vec<_>>() {
            self.found(ctx, FraudFile::FeedFork(Box::new(fork)))?;
        }
        Ok(())
    }

    fn do_all(&mut self, ctx: &mut Ctx, todo: Vec<Todo>) -> Result<(), Crash> {
        for todo in todo {
            match todo {
                Todo::Keep(accused, file) => {
                    let kept = !ctx.has(Planted::ForgetsProofs);
                    self.disk.prove(&accused, &file, kept)?;
                    ctx.checks.prove(self.index, accused);
                }
                Todo::Convict(origin) => self.convict(ctx, &origin)?,
                Todo::Offer(entries) => self.offer(ctx, entries)?,
                Todo::Tell(signed) => {
                    let origin = signed.checkpoint().origin().clone();
                    if let Some(slot) = self.slot_of(ctx, &origin) {
                        self.tell(ctx, slot, Input::Heard(signed))?;
                    }
                }
                Todo::Fetch(wanted) => self.fetch(ctx, &wanted),
                Todo::Publish(bytes) => self.publish_to_all(ctx, self.index, &bytes),
            }
        }
        Ok(())
    }

    /// Asks for a file that is too large for a message; no answer is one, after a while.
    fn fetch(&self, ctx: &mut Ctx, wanted: &Wanted) {
        ctx.checks.count("large files asked for");
        let (from, wanted) = (self.index, Box::new(wanted.clone()));
        let nothing = Event::Fetched {
            node: from,
            wanted: wanted.clone(),
            file: None,
        };
        ctx.later(FETCH_MS, nothing);
        if let Ok(to) = wanted.from.parse() {
            ctx.send(from, to, Event::Fetch { to, from, wanted });
        }
    }

    /// The file came, or did not.
    fn fetched(
        &mut self,
        ctx: &mut Ctx,
        wanted: &Wanted,
        file: Option<&[u8]>,
    ) -> Result<(), Crash> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let set = &live.set;
        let knows = |author| set.feed_value(author).is_some();
        let heard = live.gossip.fetched(wanted, file, &knows);
        self.do_all(ctx, heard.todo)
    }

    fn convict(&mut self, ctx: &mut Ctx, origin: &Origin) -> Result<(), Crash> {
        if ctx.has(Planted::GoesOn) {
            return Ok(());
        }
        let Some(slot) = self.slot_of(ctx, origin) else {
            return Ok(());
        };
        ctx.checks.count("logs convicted by proofs");
        self.tell(ctx, slot, Input::Convicted)
    }

    fn offer(&mut self, ctx: &mut Ctx, entries: Vec<SignedEntry>) -> Result<(), Crash> {
        for entry in entries {
            let live = self.live.as_ref();
            if live.is_none_or(|live| live.set.contains(entry.id())) {
                continue;
            }
            let offered = Offered {
                entries: vec![entry],
                bodies: vec![Vec::new()],
            };
            // What is refused or early comes with its log.
            if self.commit(ctx, offered, true)?.is_ok() {
                ctx.checks.count("entries taken from proofs");
            }
        }
        Ok(())
    }

    fn slot_of(&self, ctx: &Ctx, origin: &Origin) -> Option<usize> {
        let mut follows = self.follows.iter();
        follows.position(|target| ctx.logs[*target].origin == *origin)
    }

    fn publish_to_all(&self, ctx: &mut Ctx, but: usize, bytes: &[u8]) {
        for to in 0..ctx.logs.len() {
            if self.follows.contains(&to) && to != but && to != self.index {
                let (from, bytes) = (self.index, bytes.to_vec());
                ctx.send(from, to, Event::Gossip { to, from, bytes });
            }
        }
    }
}
