//! Looking for parts that came later: drives the real machine.

use fairtrail::door::may_keep;
use fairtrail::entry::Body;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::merkle::Hash;
use fairtrail::reason::Reason;
use fairtrail_node::core::follow::{
    Answer, Failure, GLEANED, GleanInput, GleanOutput, Question, Reads,
};

use crate::ctx::{Ctx, Who};
use crate::disk::{Crash, Frame, StoredLeaf};
use crate::fault::Planted;
use crate::node::{Live, Node};

/// Rounds of following after which parts are looked for, with no reason to expect any.
const ROUNDS: u32 = 8;
/// Leaves looked at in one go.
const LEAVES: usize = 256;

impl Node {
    /// Looks for parts if it is time to; the next poll waits until that is over. Whether it began.
    pub(crate) fn begin_to_glean(
        &mut self,
        ctx: &mut Ctx,
        slot: usize,
        wait: u64,
    ) -> Result<bool, Crash> {
        let reads = self.reads_of(ctx, slot);
        let Some(at) = self.slot(slot) else {
            return Ok(false);
        };
        at.rounds += 1;
        let due = at.gleaner.expects(reads) || at.rounds.is_multiple_of(ROUNDS);
        if !due || ctx.has(Planted::NeverGleans) {
            return Ok(false);
        }
        at.wait = Some(wait);
        let end = at.follower.known().cursor().head.size.get();
        self.glean(ctx, slot, GleanInput::Begin { end, reads })?;
        Ok(true)
    }

    /// What was asked last was answered; what was asked before is not awaited any more.
    pub(crate) fn gleaned(
        &mut self,
        ctx: &mut Ctx,
        slot: usize,
        number: u64,
        answer: Result<Answer, Failure>,
    ) -> Result<(), Crash> {
        let Some(at) = self.slot(slot).filter(|at| at.glean_asked == number) else {
            return Ok(());
        };
        at.glean_asked += 1;
        let failure = Failure(Reason::GatewayAnswer);
        let input = match (at.glean_tile, answer) {
            (_, Ok(Answer::Tile(hashes))) => GleanInput::Hashes(Ok(hashes)),
            (_, Ok(Answer::Parts(page))) => GleanInput::Page(Ok(page)),
            (true, answer) => GleanInput::Hashes(Err(answer.err().unwrap_or(failure))),
            (false, answer) => GleanInput::Page(Err(answer.err().unwrap_or(failure))),
        };
        self.glean(ctx, slot, input)
    }

    fn glean(&mut self, ctx: &mut Ctx, slot: usize, input: GleanInput) -> Result<(), Crash> {
        let mut input = input;
        loop {
            let Some(at) = self.slot(slot) else {
                return Ok(());
            };
            let output = at.gleaner.handle(input);
            input = match output {
                GleanOutput::Ask(question) => {
                    at.glean_tile = matches!(question, Question::Tile(_));
                    at.glean_asked += 1;
                    let who = Who::Gleaner(at.glean_asked);
                    ctx.checks.count("questions about late parts");
                    self.ask(ctx, slot, who, question);
                    return Ok(());
                }
                GleanOutput::Rest => {
                    if let Some(wait) = at.wait.take() {
                        self.poll_in(ctx, slot, wait);
                    }
                    return Ok(());
                }
                GleanOutput::Fill(found) => GleanInput::Filled(self.fill(ctx, found)?),
                GleanOutput::Look(from, reads) => self.look(from, reads),
                GleanOutput::Match(leaves, reads) => self.matched(&leaves, reads),
            };
        }
    }

    fn look(&self, from: u64, reads: Reads) -> GleanInput {
        let leaves = self.live.as_ref().map_or(&[][..], |live| &live.leaves);
        let from = usize::try_from(from).unwrap().min(leaves.len());
        let end = (from + LEAVES).min(leaves.len());
        let live = self.live.as_ref();
        let lacking = live.is_some_and(|live| {
            let mut run = leaves[from..end].iter();
            run.any(|leaf| live.lacking(leaf, reads).next().is_some())
        });
        let next = if end < leaves.len() { end as u64 } else { 0 };
        GleanInput::Looked { next, lacking }
    }

    fn matched(&self, hashes: &[Hash], reads: Reads) -> GleanInput {
        let (mut looked, mut lacking) = (0, Vec::new());
        for (place, hash) in hashes.iter().enumerate() {
            if lacking.len() >= GLEANED {
                break;
            }
            looked += 1;
            let Some(live) = &self.live else { continue };
            if let Some(leaf) = live.held.get(hash) {
                let leaf = &live.leaves[usize::try_from(*leaf).unwrap()];
                lacking.extend(live.lacking(leaf, reads).map(|part| (place, part)));
            }
        }
        GleanInput::Matched { looked, lacking }
    }

    /// Stores bodies for the entries that lack them; how many.
    fn fill(&mut self, ctx: &mut Ctx, found: Vec<(PartDigest, Body)>) -> Result<u64, Crash> {
        let Some(live) = &self.live else { return Ok(0) };
        let mut late: Vec<(EntryId, PartDigest, Body)> = Vec::new();
        for (digest, body) in found {
            for leaf in &live.leaves {
                let (entry, id) = (&leaf.entry, leaf.entry.id());
                let mut parts = entry.header().parts.iter();
                let Some(part) = parts.find(|part| part.digest == digest) else {
                    continue;
                };
                if live.erased.covers(id, digest) && !ctx.has(Planted::FillsErased) {
                    ctx.checks.count("late parts that were erased");
                    continue;
                }
                let lacks = !leaf.holds(digest);
                if lacks && may_keep(entry.header(), part, &body).is_ok() {
                    late.push((id, digest, body.clone()));
                }
            }
        }
        if late.is_empty() {
            return Ok(0);
        }
        if !ctx.has(Planted::ForgetsLate) {
            self.disk.append(Frame::Late(late.clone()))?;
            self.disk.sync(ctx.planted)?;
        }
        let count = late.len() as u64;
        for (id, digest, body) in late {
            ctx.checks.count("parts that came late");
            ctx.checks.late(self.index, id, digest);
            if let Some(live) = &mut self.live {
                live.hold(id, digest, body);
            }
        }
        Ok(count)
    }

    /// What of this node's leaves a followed node has and this one may have, and lacks.
    pub(crate) fn lacks_from(&self, other: &Self) -> Option<(EntryId, PartDigest)> {
        let (live, theirs) = (self.live.as_ref()?, other.live.as_ref()?);
        let reads = if self.member {
            Reads::Network
        } else {
            Reads::Public
        };
        let mut lacking = live.leaves.iter().flat_map(|leaf| {
            let id = leaf.entry.id();
            live.lacking(leaf, reads).map(move |part| (id, part))
        });
        lacking.find(|(id, part)| {
            let leaf = theirs.leaf_of.get(id);
            let leaf = leaf.map(|leaf| &theirs.leaves[usize::try_from(*leaf).unwrap()]);
            leaf.is_some_and(|leaf| leaf.holds(*part)) && !theirs.erased.covers(*id, *part)
        })
    }
}

impl Live {
    /// Parts of an entry that may be had by whoever `reads` so, and are not here.
    pub(crate) fn lacking<'a>(
        &'a self,
        leaf: &'a StoredLeaf,
        reads: Reads,
    ) -> impl Iterator<Item = PartDigest> + 'a {
        let id = leaf.entry.id();
        let parts = leaf.entry.header().parts.iter();
        let parts = parts.filter(move |part| reads.may_have(part.audience));
        let parts = parts.map(|part| part.digest);
        parts.filter(move |part| {
            !leaf.holds(*part) && (self.blind || !self.erased.covers(id, *part))
        })
    }

    /// Takes a late body of an entry that is here.
    pub(crate) fn hold(&mut self, id: EntryId, digest: PartDigest, body: Body) {
        let leaf = self.leaf_of.get(&id).copied();
        let leaf = leaf.and_then(|leaf| self.leaves.get_mut(usize::try_from(leaf).unwrap()));
        if let Some(leaf) = leaf.filter(|leaf| !leaf.holds(digest)) {
            leaf.bodies.push((digest, body));
        }
    }
}
