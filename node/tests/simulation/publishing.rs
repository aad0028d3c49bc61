//! Starting, publishing and answering of one node.

use std::collections::{HashMap, HashSet, VecDeque};

use fairtrail::admission::AdmittedSet;
use fairtrail::api::PartsPage;
use fairtrail::entry::Body;
use fairtrail::history::Erased;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::log::{ArchiveMark, EntryTile, Tile};
use fairtrail::merkle::{HashSource, Node as TreeNode, Tree};
use fairtrail::note::Note;
use fairtrail::reason::Reason;
use fairtrail_node::core::follow::{Answer, Failure, Question, Reads};
use fairtrail_node::core::gossip::Gossip;
use fairtrail_node::core::head::Head;
use fairtrail_node::core::publish::{
    Durable, Gathered, Input, Intent, Output, Publication, Publisher,
};

use crate::ctx::{Ctx, Event};
use crate::disk::{Crash, Frame};
use crate::fault::Planted;
use crate::node::{Live, Node};

const NOT_FOUND: Failure = Failure(Reason::NotFound);
/// Bytes of parts after which a page ends: few, so that many do.
const PAGE_BYTES: usize = 1_024;

impl Node {
    /// Reads the disk and goes on; the guard may refuse.
    pub(crate) fn boot(&mut self, ctx: &mut Ctx) -> Result<(), Crash> {
        self.life += 1;
        let origin = ctx.logs[self.index].origin.clone();
        let (mut intent, mut signed, mut shown) = (None, None::<Publication>, None);
        for frame in &self.disk.frames {
            match frame {
                Frame::Group(_) | Frame::Late(_) => {}
                Frame::Intent(found) => intent = Some(*found),
                Frame::Signed(found) => signed = Some(found.clone()),
                Frame::Published(found) => shown = Some(found.clone()),
            }
        }
        let tree = self.recomputed();
        let mut guard = self.guard;
        if ctx.has(Planted::ForgetsGuard) {
            guard = signed
                .as_ref()
                .map_or(Head::empty(), |signed| signed.intent.head);
        }
        let durable = Durable {
            intent,
            signed,
            shown,
            shown_enough: true,
            guard,
            root_at_guard: tree.root_at(guard.size).ok(),
            archived: self.disk.archived,
        };
        ctx.checks.count("starts");
        let Ok((publisher, outputs)) = Publisher::recover(origin, durable) else {
            ctx.checks.count("starts the guard refused");
            self.refused = true;
            return Ok(());
        };
        let gossip = self.gossip(ctx);
        let mut live = self.replayed(publisher, gossip);
        live.blind = ctx.has(Planted::FillsErased);
        // What a crash left half done is done now.
        self.overwrite(ctx, &live.erased);
        self.still_held(ctx, &live);
        self.live = Some(live);
        self.publish_from(ctx, outputs)?;
        self.follow_again(ctx);
        let live = self.live.as_ref();
        let authors = live.map(|live| live.set.authors().collect());
        self.find_forks(ctx, &authors.unwrap_or_default())?;
        ctx.later(2, Event::Listen(self.index, self.life));
        ctx.later(1, Event::Tick(self.index, self.life));
        Ok(())
    }

    /// What came late and was said to be stored is there after a start, if it is not erased.
    fn still_held(&self, ctx: &mut Ctx, live: &Live) {
        for (id, part) in ctx.checks.came_late(self.index) {
            let leaf = live.leaf_of.get(&id);
            let leaf = leaf.map(|leaf| &live.leaves[usize::try_from(*leaf).unwrap()]);
            let held = leaf.is_some_and(|leaf| leaf.holds(part)) || live.erased.covers(id, part);
            ctx.checks.expect("late parts outlast a start", held, || {
                format!("n{} has lost {part} of {id}", self.index)
            });
        }
    }

    fn recomputed(&self) -> Tree {
        let leaves = self.disk.durable_leaves();
        let hashes = leaves.map(|leaf| fairtrail::merkle::leaf_hash(leaf.entry.bytes()));
        Tree::from_leaves(hashes).unwrap()
    }

    fn replayed(&self, publisher: Publisher, gossip: Gossip) -> Live {
        let mut live = Live {
            set: AdmittedSet::new(self.charter.clone()),
            erasing: Vec::new(),
            erased: Erased::default(),
            tree: Tree::new(),
            leaves: Vec::new(),
            leaf_of: HashMap::new(),
            held: HashMap::new(),
            seqs: HashSet::new(),
            publisher,
            published: None,
            slots: Vec::new(),
            gossip,
            shown: None,
            blind: false,
        };
        for leaf in self.disk.durable_leaves() {
            // Known where a planted fault put it twice.
            live.set.admit(&leaf.entry).unwrap();
            live.add(leaf.clone());
        }
        for (id, digest, body) in self.disk.durable_late() {
            live.hold(*id, *digest, body.clone());
        }
        live.settle();
        live
    }

    pub(crate) fn publish(&mut self, ctx: &mut Ctx) -> Result<(), Crash> {
        let now = ctx.seconds();
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let head = live.head();
        let outputs = live.publisher.handle(Input::Tick(head), now);
        self.publish_from(ctx, outputs)
    }

    fn publish_from(&mut self, ctx: &mut Ctx, outputs: Vec<Output>) -> Result<(), Crash> {
        let mut outputs = VecDeque::from(outputs);
        while let Some(output) = outputs.pop_front() {
            let Some(input) = self.perform(ctx, output)? else {
                continue;
            };
            if let Some(live) = &mut self.live {
                outputs.extend(live.publisher.handle(input, ctx.seconds()));
            }
        }
        Ok(())
    }

    fn perform(&mut self, ctx: &mut Ctx, output: Output) -> Result<Option<Input>, Crash> {
        let origin = self.origin(ctx);
        let keys = |ctx: &Ctx| ctx.logs[self.index].keys(self.index);
        Ok(Some(match output {
            Output::WriteIntent(intent) => {
                self.write(ctx, Frame::Intent(intent))?;
                Input::IntentDurable
            }
            Output::Sign(checkpoint) => {
                ctx.checks
                    .signed(&origin, checkpoint.size(), checkpoint.root());
                Input::Signed(checkpoint.sign(&keys(ctx).log).unwrap())
            }
            Output::WriteSigned(signed) => {
                self.write(ctx, Frame::Signed(signed))?;
                Input::SignedDurable
            }
            Output::RaiseGuard(head) => {
                self.disk.step()?;
                self.guard = head;
                Input::Raised
            }
            Output::Cosign(Publication { intent, note }) => {
                Input::Cosigned(cosigned(&keys(ctx).witness, intent, &note))
            }
            // No other witnesses are wanted here.
            Output::Gather(Publication { note, .. }) => Input::Gathered(Gathered::Enough(note)),
            Output::Freeze(frozen) => {
                self.disk.step()?;
                self.disk.archived = Some(ArchiveMark {
                    size: frozen.intent.head.size,
                    signed_at: frozen.intent.stamp,
                });
                Input::Frozen
            }
            Output::Record(published) => {
                self.write(ctx, Frame::Published(published))?;
                Input::Recorded
            }
            Output::Serve(published) => {
                self.serve(ctx, &origin, published);
                return Ok(None);
            }
            Output::Halt(halt) => {
                ctx.checks
                    .expect("publishing goes on", false, || format!("{origin}: {halt}"));
                return Ok(None);
            }
        }))
    }

    fn write(&mut self, ctx: &Ctx, frame: Frame) -> Result<(), Crash> {
        self.disk.append(frame)?;
        self.disk.sync(ctx.planted)
    }

    fn serve(&mut self, ctx: &mut Ctx, origin: &str, published: Publication) {
        let Some(live) = &mut self.live else { return };
        let size = usize::try_from(published.intent.head.size.get()).unwrap();
        let ids: Vec<EntryId> = live
            .leaves
            .iter()
            .take(size)
            .map(|leaf| leaf.entry.id())
            .collect();
        ctx.checks.served(&published, origin, ids);
        live.published = Some(published);
    }

    /// Answers from what is published.
    pub(crate) fn answer(&self, question: &Question, reads: Reads) -> Result<Answer, Failure> {
        let live = self
            .live
            .as_ref()
            .ok_or(Failure(Reason::GatewayUnreachable))?;
        let published = live.published.as_ref().ok_or(NOT_FOUND)?;
        let size = published.intent.head.size;
        match *question {
            Question::Checkpoint => Ok(Answer::Checkpoint(published.note.to_string().into_bytes())),
            Question::Tile(tile) if tile.is_part_of(size) => {
                Ok(Answer::Tile(tile_bytes(&live.tree, tile)))
            }
            Question::Entries { bundle, skip } if bundle.is_part_of(size) => {
                Ok(Answer::Entries(live.entries(bundle, skip)))
            }
            Question::Parts { first, count, .. } if first < size.get() && self.holds_back => {
                let next = first.saturating_add(count).min(size.get());
                let parts = Vec::new();
                Ok(Answer::Parts(PartsPage { first, next, parts }))
            }
            Question::Parts {
                first,
                count,
                reads: asked,
            } if first < size.get() => {
                let end = first.saturating_add(count).min(size.get());
                Ok(Answer::Parts(live.parts(first, end, asked.min(reads))))
            }
            _ => Err(NOT_FOUND),
        }
    }
}

fn cosigned(witness: &fairtrail::note::Cosigner, intent: Intent, note: &Note) -> Note {
    let line = witness.cosign(note.text(), intent.stamp.seconds()).unwrap();
    note.with(line).unwrap()
}

pub(crate) fn tile_bytes(tree: &Tree, tile: Tile) -> Vec<u8> {
    let first = tile.index() * 256;
    let level = tile.level() * 8;
    let hash = |at| tree.node(TreeNode::new(level, at).unwrap()).unwrap();
    let hashes = (first..first + u64::from(tile.width())).map(hash);
    hashes.flat_map(|hash| *hash.as_bytes()).collect()
}

impl Live {
    fn entries(&self, bundle: EntryTile, skip: u16) -> Vec<Vec<u8>> {
        let first = usize::try_from(bundle.index()).unwrap() * 256;
        let range = first + usize::from(skip)..first + usize::from(bundle.width());
        let leaves = self.leaves.get(range).unwrap_or_default();
        leaves
            .iter()
            .map(|leaf| leaf.entry.bytes().to_vec())
            .collect()
    }

    fn parts(&self, first: u64, end: u64, reads: Reads) -> PartsPage {
        let range = usize::try_from(first).unwrap()..usize::try_from(end).unwrap();
        let mut parts: Vec<(PartDigest, Body)> = Vec::new();
        let (mut bytes, mut next) = (0, first);
        for leaf in self.leaves.get(range).unwrap_or_default() {
            for part in &leaf.entry.header().parts {
                let body = leaf
                    .bodies
                    .iter()
                    .find(|(digest, _)| *digest == part.digest);
                if let Some((_, body)) = body.filter(|_| reads.may_have(part.audience)) {
                    bytes += body.bytes.len();
                    parts.push((part.digest, body.clone()));
                }
            }
            next += 1;
            if bytes >= PAGE_BYTES {
                break;
            }
        }
        parts.sort_by_key(|(digest, _)| *digest);
        PartsPage { first, next, parts }
    }
}
