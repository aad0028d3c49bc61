//! A log that does not keep to the rules.

use fairtrail::admission::AdmittedSet;
use fairtrail::api::PartsPage;
use fairtrail::entry::{Draft, NetworkClaim, Position, Pulse, SignedEntry};
use fairtrail::id::KeyId;
use fairtrail::key::SecretKey;
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{Root, Tree, TreeSize, leaf_hash};
use fairtrail::reason::Reason;
use fairtrail_node::core::follow::{Answer, Failure, Question};

use crate::ctx::Ctx;
use crate::publishing::tile_bytes;
use crate::world::{World, at};

/// Milliseconds in which it grows by a leaf.
const GROWS_MS: u64 = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// Leaves that no log may hold.
    BadLeaf,
    /// Answers with flipped bits, and none at all.
    Garbage,
    /// Another history from a certain time on.
    TwoHistories,
}

pub(crate) struct Liar {
    pub(crate) index: usize,
    pub(crate) lie: Lie,
    leaves: Vec<Vec<u8>>,
    tree: Tree,
    /// The first leaf that differs in the other history.
    pub(crate) differs: u64,
    other: (Vec<Vec<u8>>, Tree),
    pub(crate) switched: bool,
}

fn tree(leaves: &[Vec<u8>]) -> Tree {
    Tree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap()
}

impl Liar {
    pub(crate) fn new(ctx: &mut Ctx, world: &World, index: usize) -> Self {
        let lies = [
            Lie::BadLeaf,
            Lie::Garbage,
            Lie::TwoHistories,
            Lie::TwoHistories,
        ];
        let lie = lies[ctx.rng.index(lies.len())];
        let mut leaves = ordered(ctx, world);
        if lie == Lie::BadLeaf {
            let at = 1 + ctx.rng.index(leaves.len());
            leaves.insert(at, vec![0x5a; 40]);
            leaves.push(by_another_key(world).bytes().to_vec());
        }
        let (differs, other) = another(ctx, world, &leaves);
        Self {
            index,
            lie,
            tree: tree(&leaves),
            leaves,
            differs: differs as u64,
            other: (other.clone(), tree(&other)),
            switched: false,
        }
    }

    /// Of the whole history it shows now.
    pub(crate) fn root(&self) -> Root {
        self.shown().1.root()
    }

    fn shown(&self) -> (&[Vec<u8>], &Tree) {
        if self.switched {
            (&self.other.0, &self.other.1)
        } else {
            (&self.leaves, &self.tree)
        }
    }

    fn size(&self, now: u64) -> TreeSize {
        TreeSize::new((1 + now / GROWS_MS).min(self.tree.size().get())).unwrap()
    }

    pub(crate) fn answer(&self, ctx: &mut Ctx, question: &Question) -> Result<Answer, Failure> {
        let (leaves, tree) = self.shown();
        let size = self.size(ctx.now);
        let identity = &ctx.logs[self.index];
        let answer = match *question {
            Question::Checkpoint => {
                let root = tree.root_at(size).unwrap();
                let checkpoint = Checkpoint::new(identity.origin.clone(), size, root).unwrap();
                let note = checkpoint.sign(&identity.keys(self.index).log).unwrap();
                Answer::Checkpoint(note.to_string().into_bytes())
            }
            Question::Tile(tile) if tile.is_part_of(size) => Answer::Tile(tile_bytes(tree, tile)),
            Question::Entries { bundle, skip } if bundle.is_part_of(size) => {
                let first = usize::try_from(bundle.first_leaf()).unwrap();
                let range = first + usize::from(skip)..first + usize::from(bundle.width());
                Answer::Entries(leaves[range].to_vec())
            }
            Question::Parts { first, count, .. } => Answer::Parts(PartsPage {
                first,
                next: first + count,
                parts: Vec::new(),
            }),
            _ => return Err(Failure(Reason::NotFound)),
        };
        if self.lie == Lie::Garbage && !ctx.healed && ctx.rng.chance(40) {
            return Ok(spoilt(ctx, answer));
        }
        Ok(answer)
    }
}

fn spoilt(ctx: &mut Ctx, answer: Answer) -> Answer {
    let mut flip = |bytes: &mut Vec<u8>| {
        if !bytes.is_empty() {
            let at = ctx.rng.index(bytes.len());
            bytes[at] ^= 1 << ctx.rng.below(8);
        }
    };
    match answer {
        Answer::Checkpoint(mut note) => {
            flip(&mut note);
            Answer::Checkpoint(note)
        }
        Answer::Tile(mut tile) => {
            flip(&mut tile);
            Answer::Tile(tile)
        }
        Answer::Entries(mut entries) => {
            entries.iter_mut().for_each(flip);
            Answer::Entries(entries)
        }
        Answer::Parts(page) => Answer::Parts(PartsPage {
            next: page.first,
            ..page
        }),
    }
}

/// The same with two neighbours the other way round, where a log could have them so.
fn another(ctx: &mut Ctx, world: &World, leaves: &[Vec<u8>]) -> (usize, Vec<Vec<u8>>) {
    let start = ctx.rng.index(leaves.len() - 1);
    let places = (0..leaves.len() - 1).map(|more| (start + more) % (leaves.len() - 1));
    let swapped = places.map(|at| {
        let mut other = leaves.to_vec();
        other.swap(at, at + 1);
        (at, other)
    });
    let mut sound = swapped.filter(|(_, other)| {
        let mut set = AdmittedSet::new(world.charter.clone());
        let mut entries = other
            .iter()
            .filter_map(|leaf| SignedEntry::parse(leaf).ok());
        entries.all(|entry| set.admit(&entry).is_ok() || entry.protected().key == stranger())
    });
    sound.next().unwrap()
}

/// Everything there is to say, in some order that a log could have.
fn ordered(ctx: &mut Ctx, world: &World) -> Vec<Vec<u8>> {
    let mut set = AdmittedSet::new(world.charter.clone());
    let mut queues: Vec<_> = world.queues.iter().map(|queue| queue.iter()).collect();
    let mut next: Vec<_> = queues.iter_mut().map(Iterator::next).collect();
    let mut leaves = Vec::new();
    // The queues of forks begin where another one has come to; early ones wait.
    for _ in 0..10_000 {
        let at = ctx.rng.index(next.len());
        if let Some(submission) = next[at]
            && set.admit(&submission.entry).is_ok()
        {
            leaves.push(submission.entry.bytes().to_vec());
            next[at] = queues[at].next();
        }
        if next.iter().all(Option::is_none) {
            break;
        }
    }
    leaves
}

/// A key that nobody here has.
fn stranger() -> KeyId {
    SecretKey::from_seed([77; 32]).public().id()
}

/// An entry behind a root's first, by a key that is not the root's.
fn by_another_key(world: &World) -> SignedEntry {
    let begin = &world.queues.last().unwrap()[0].entry;
    let position = Position {
        network: world.charter.network(),
        feed: begin.author(),
        seq: 1,
        prev: begin.id(),
        grant: None,
    };
    let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), begin.author(), at(25));
    let key = SecretKey::from_seed([77; 32]);
    draft.sign(&position, &key).unwrap()
}
