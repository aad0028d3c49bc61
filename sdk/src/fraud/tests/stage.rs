//! An honest log with its index, and pieces of both.

use crate::fraud::leaf::to_bytes;
use crate::fraud::{HeadSplit, Listed, Replaced, ShownLeaf};
use crate::id::NetworkId;
use crate::index::tests::world::{IndexLog, Log, at, origin};
use crate::index::{
    BadUpdate, ChainHead, Checked, Class, Embedded, Index, IndexHead, Posting, PostingList,
    UpdateProof, names,
};
use crate::key::SecretKey;
use crate::log::{Checkpoint, Promise, SignedPromise};
use crate::merkle::{LeafIndex, Tree, TreeSize, leaf_hash};
use crate::note::{NoteSigner, NoteVerifier};
use crate::subject::SubjectId;

/// Numbers that look random and follow from a seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

pub(super) struct Stage {
    log: Log,
    batch: usize,
    index: Index,
    updates: Vec<UpdateProof>,
    states: Vec<Checked>,
    index_log: IndexLog,
    subjects: Vec<SubjectId>,
    promise: NoteSigner,
}

fn size(leaves: usize) -> TreeSize {
    TreeSize::new(u64::try_from(leaves).unwrap()).unwrap()
}

impl Stage {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let log = Log::of_world(u64::try_from(dice.below(1 << 30)).unwrap());
        let batch = 1 + dice.below(9);
        let (index, updates) = log.index(batch);
        let mut states = vec![Checked::new(origin())];
        for update in &updates {
            let next = states.last().unwrap().check(update).unwrap();
            states.push(next);
        }
        let heads: Vec<_> = updates.iter().map(|update| update.new.0.clone()).collect();
        let name = origin().promise_key_name().unwrap();
        Self {
            subjects: log.subjects(),
            promise: NoteSigner::new(name, SecretKey::from_seed([7; 32])),
            index_log: IndexLog::of(&heads),
            log,
            batch,
            index,
            updates,
            states,
        }
    }

    pub(super) fn size(&self) -> usize {
        self.log.entries.len()
    }

    pub(super) fn network(&self) -> NetworkId {
        self.log.set.charter().network()
    }

    pub(super) fn index_key(&self) -> &NoteVerifier {
        self.index_log.signer.verifier()
    }

    pub(super) fn index_checkpoint(&self) -> Checkpoint {
        self.index_log.checkpoint(&origin())
    }

    pub(super) fn log_at(&self, leaves: usize) -> Checkpoint {
        let size = size(leaves);
        Checkpoint::new(origin(), size, self.log.tree.root_at(size).unwrap()).unwrap()
    }

    pub(super) fn leaf(&self, at: usize) -> ShownLeaf {
        let data = self.log.entries[at].bytes();
        ShownLeaf::of(&self.log.tree, u64::try_from(at).unwrap(), data).unwrap()
    }

    /// The log with one of its leaves once more at its end.
    pub(super) fn twice(&self, at: usize) -> Tree {
        let mut tree = self.log.tree.clone();
        tree.append(leaf_hash(self.log.entries[at].bytes()))
            .unwrap();
        tree
    }

    pub(super) fn head(&self, dice: &mut Dice) -> ShownLeaf {
        let at = dice.below(self.updates.len());
        let path = self.index_log.path(at);
        ShownLeaf::new(u64::try_from(at).unwrap(), &path, &self.updates[at].new.0)
    }

    /// What the index says of some subject, with one of its lists or none, whole or not.
    pub(super) fn listed(&self, dice: &mut Dice) -> Listed {
        let subject = &self.subjects[dice.below(self.subjects.len())];
        let answer = self.index.answer([subject.clone()], []).unwrap();
        let map = self.index.class_map(subject).unwrap();
        let classes: Vec<_> = map.classes().map(|(class, _)| class).collect();
        let class = classes.get(dice.below(classes.len() + 1));
        let last = self.updates.len() - 1;
        Listed {
            note: Embedded(Vec::new()),
            leaf: u64::try_from(last).unwrap(),
            path: to_bytes(&self.index_log.path(last)),
            answer: Embedded(answer.to_bytes()),
            list: class.map(|class| Embedded(self.list(subject, *class, dice).to_bytes())),
            subject: subject.clone(),
        }
    }

    fn list(&self, subject: &SubjectId, class: Class, dice: &mut Dice) -> PostingList {
        let all = (0_u64..).zip(&self.log.entries).map(|(leaf, entry)| {
            let time = at(leaf / u64::try_from(self.batch).unwrap());
            (
                entry,
                Posting::of(entry, LeafIndex::new(leaf).unwrap(), time),
            )
        });
        let own = all.filter(|(entry, posting)| names(entry, subject) && posting.class() == class);
        let all: Vec<_> = own.map(|(_, posting)| posting.to_bytes()).collect();
        let skipped = dice.below(3).min(all.len() - 1) * dice.below(2);
        let numbered = (1..).zip(&all).take(skipped);
        let head = numbered.fold(ChainHead::START, |head, (number, posting)| {
            head.after(number, posting)
        });
        PostingList {
            class,
            start: u64::try_from(skipped).unwrap(),
            start_head: head,
            postings: all.into_iter().skip(skipped).map(Embedded).collect(),
        }
    }

    /// The leaf that a posting speaks of.
    pub(super) fn posted(listed: &Listed, position: usize) -> Option<usize> {
        let list = PostingList::parse(&listed.list.as_ref()?.0).unwrap();
        let posting = Posting::parse(&list.postings.get(position)?.0).unwrap();
        usize::try_from(posting.leaf.get()).ok()
    }

    /// A head beside what the log signed, as the tree has it.
    pub(super) fn beside(&self, dice: &mut Dice, signed: &Checkpoint) -> HeadSplit {
        let head = self.head(dice);
        let own = IndexHead::parse(&head.data.0).unwrap().size;
        let (old, new) = (own.min(signed.size()), own.max(signed.size()));
        let prefix = self.log.tree.root_at(old).unwrap();
        let path = self.log.tree.consistency(old, new).unwrap_or_default();
        let told = old != new || dice.below(4) == 0;
        HeadSplit {
            note: Embedded(Vec::new()),
            head,
            log: Embedded(Vec::new()),
            prefix: told.then(|| *prefix.as_bytes()),
            path: to_bytes(&path),
        }
    }

    /// A promise that was kept, read as a broken one; whether that convicts.
    pub(super) fn promised(&self, dice: &mut Dice, log: &Checkpoint) -> bool {
        let first = dice.below(self.size());
        let count = 1 + dice.below(self.size() - first);
        let leaves = self.log.entries.iter().skip(first).take(count);
        let batch = Tree::from_leaves(leaves.map(|entry| leaf_hash(entry.bytes()))).unwrap();
        let index = |at: usize| LeafIndex::new(u64::try_from(at).unwrap()).unwrap();
        let root = batch.root();
        let promise = Promise::new(origin(), index(first), count as u64, root, at(60)).unwrap();
        let note = promise.sign(&self.promise).unwrap().to_string();
        let signed = SignedPromise::open(note.as_bytes(), self.promise.verifier()).unwrap();
        let position = dice.below(count);
        let found = if dice.below(3) == 0 {
            dice.below(self.size())
        } else {
            first + position
        };
        let replaced = Replaced {
            position: u64::try_from(position).unwrap(),
            promised: self.hash(first + position),
            batch_path: to_bytes(&batch.inclusion(index(position), batch.size()).unwrap()),
            found: self.hash(found),
            path: to_bytes(&self.log.tree.inclusion(index(found), log.size()).unwrap()),
        };
        // Late or not, what covers the batch keeps the promise.
        replaced.judge(&signed, log).is_ok() || promise.is_overdue(log.size(), at(10_000))
    }

    fn hash(&self, at: usize) -> [u8; 32] {
        *leaf_hash(self.log.entries[at].bytes()).as_bytes()
    }

    /// An honest update, as a file that accuses.
    pub(super) fn update(&self, dice: &mut Dice) -> BadUpdate {
        let at = dice.below(self.updates.len());
        let state = &self.states[at];
        let before = usize::try_from(state.range().size().get()).unwrap();
        let mut forked: Vec<_> = self.log.entries[..before].to_vec();
        forked.retain(|entry| state.forked().has(entry.author()));
        forked.sort_by_key(|entry| (entry.author(), entry.header().seq, entry.id()));
        let note = self
            .index_checkpoint()
            .sign(&self.index_log.signer)
            .unwrap();
        let old_path = at
            .checked_sub(1)
            .map(|old| to_bytes(&self.index_log.path(old)));
        BadUpdate {
            checkpoint: Embedded(note.to_string().into_bytes()),
            leaf: u64::try_from(at).unwrap(),
            new_path: to_bytes(&self.index_log.path(at)),
            old_path: old_path.unwrap_or_default(),
            range: to_bytes(state.range().hashes()),
            update: Embedded(self.updates[at].to_bytes()),
            forked: forked
                .iter()
                .map(|entry| Embedded(entry.bytes().to_vec()))
                .collect(),
        }
    }
}
