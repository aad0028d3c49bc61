//! Two sets of entries: one that answers as a log, one that takes what it is given.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::*;
use fairtrail::entry::{Draft, NetworkClaim, Position, Pulse, SignedEntry};
use fairtrail::id::{AuthorId, NetworkId};
use fairtrail::index::{FeedFact, Index};
use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{Tree, leaf_hash};
use fairtrail::note::NoteSigner;
use fairtrail::trie::Trie;

pub(super) const LOG: &str = "log.example/one/e1";
/// Seconds for which sets have to differ.
pub(super) const WAIT: u64 = 10;

pub(super) fn at(seconds: u64) -> Timestamp {
    Timestamp::new(1_790_000_000 + seconds).unwrap()
}

/// An author, writing.
#[derive(Clone)]
pub(super) struct Pen {
    key: [u8; 32],
    pub(super) author: AuthorId,
    last: EntryId,
    seq: u64,
}

impl Pen {
    pub(super) fn begin(number: u32) -> (Self, SignedEntry) {
        let seed = *blake3::hash(&number.to_be_bytes()).as_bytes();
        let key = SecretKey::from_seed(seed);
        let network = NetworkId::new([9; 32]);
        let begin = Draft::begin(network, &key, key.public().next_digest(), at(0)).unwrap();
        let pen = Self {
            author: begin.author(),
            last: begin.id(),
            seq: 0,
            key: seed,
        };
        (pen, begin)
    }

    /// An entry that no other one with this number is.
    pub(super) fn say(&mut self, number: u64) -> SignedEntry {
        self.seq += 1;
        let position = Position {
            network: NetworkId::new([9; 32]),
            feed: self.author,
            seq: self.seq,
            prev: self.last,
            grant: None,
        };
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), self.author, at(number));
        let said = draft.sign(&position, &SecretKey::from_seed(self.key));
        let said = said.unwrap();
        self.last = said.id();
        said
    }
}

/// A set of entries in an order in which each stands behind the one before it in its feed.
#[derive(Clone, Default)]
pub(super) struct Held {
    pub(super) entries: Vec<SignedEntry>,
    ids: BTreeSet<EntryId>,
    /// What is refused, and why.
    pub(super) refuse: BTreeMap<EntryId, Reason>,
    /// What has to be there before.
    pub(super) needs: BTreeMap<EntryId, EntryId>,
}

impl Held {
    pub(super) fn of(entries: impl IntoIterator<Item = SignedEntry>) -> Self {
        let mut held = Self::default();
        for entry in entries {
            assert_eq!(held.offer(&[entry]), Ok(()));
        }
        held
    }

    pub(super) fn holds(&self, id: EntryId) -> bool {
        self.ids.contains(&id)
    }

    /// Without these and all that follow them.
    pub(super) fn without(&self, lost: &[EntryId]) -> Self {
        let mut left = Self::default();
        for entry in &self.entries {
            if !lost.contains(&entry.id()) {
                // What is behind a lost one is early.
                let _ = left.offer(std::slice::from_ref(entry));
            }
        }
        left
    }

    pub(super) fn offer(&mut self, entries: &[SignedEntry]) -> Result<(), (usize, Reason)> {
        let mut new = BTreeSet::new();
        for (position, entry) in entries.iter().enumerate() {
            let (id, prev) = (entry.id(), entry.header().prev);
            let lacks = |id: &EntryId| !self.ids.contains(id) && !new.contains(id);
            if let Some(reason) = self.refuse.get(&id) {
                return Err((position, *reason));
            }
            if prev.as_ref().is_some_and(lacks) {
                return Err((position, Reason::EarlyPrev));
            }
            if self.needs.get(&id).is_some_and(lacks) {
                return Err((position, Reason::EarlyGrant));
            }
            if lacks(&id) {
                new.insert(id);
            }
        }
        for entry in entries {
            if self.ids.insert(entry.id()) {
                self.entries.push(entry.clone());
            }
        }
        Ok(())
    }

    pub(super) fn index(&self) -> Index {
        let mut index = Index::new(LOG.parse().unwrap());
        let none: HashMap<EntryId, FeedFact> = HashMap::new();
        if !self.entries.is_empty() {
            index.append(&self.entries, at(0), &none).unwrap();
        }
        index.settle();
        index
    }

    pub(super) fn root(&self) -> TrieRoot {
        self.index().feeds().root()
    }
}

/// Changes an answer on its way.
pub(super) type Spoil<'a> = Box<dyn FnMut(&Question, &mut Answer) + 'a>;

/// A log that answers for itself.
pub(super) struct There<'a> {
    pub(super) held: Held,
    pub(super) index: Index,
    pub(super) asked: Vec<Question>,
    pub(super) spoil: Option<Spoil<'a>>,
    /// What it does not hand over although it has it.
    pub(super) keeps: BTreeSet<EntryId>,
}

fn signer() -> NoteSigner {
    let log: Origin = LOG.parse().unwrap();
    let name = log.index(1).unwrap().key_name().unwrap();
    NoteSigner::new(name, SecretKey::from_seed([7; 32]))
}

impl There<'_> {
    pub(super) fn new(held: Held) -> Self {
        Self {
            index: held.index(),
            held,
            asked: Vec::new(),
            spoil: None,
            keeps: BTreeSet::new(),
        }
    }

    /// How far its log goes.
    pub(super) fn cursor(&self) -> Head {
        let head = self.index.settled().unwrap();
        Head {
            size: head.size,
            root: head.root,
        }
    }

    /// What it says, spoilt or not.
    pub(super) fn answer_of(&mut self, question: &Question) -> Answer {
        self.answer(question).unwrap()
    }

    fn answer(&mut self, question: &Question) -> Result<Answer, Failure> {
        self.asked.push(question.clone());
        let mut answer = match question {
            Question::Open(keys) => Answer::Opening(self.opening(keys)),
            Question::Down(id, limit) => Answer::Entries(self.down(*id, *limit)?),
        };
        if let Some(spoil) = &mut self.spoil {
            spoil(question, &mut answer);
        }
        Ok(answer)
    }

    fn opening(&self, keys: &[TrieKey]) -> Vec<u8> {
        let head = self.index.settled().unwrap().to_bytes();
        let tree = Tree::from_leaves([leaf_hash(&head)]).unwrap();
        let log: Origin = LOG.parse().unwrap();
        let checkpoint = Checkpoint::new(log.index(1).unwrap(), tree.size(), tree.root());
        let note = checkpoint.unwrap().sign(&signer()).unwrap().to_string();
        let mut entries = self.held.entries.iter();
        let author = |id| Some(entries.clone().find(|entry| entry.id() == id)?.author());
        let opening = self.index.opening(keys, note.into_bytes(), &[], author);
        assert!(entries.next().is_some());
        opening.unwrap().to_bytes()
    }

    fn down(&self, id: EntryId, limit: u16) -> Result<Vec<Vec<u8>>, Failure> {
        let (mut found, mut next) = (Vec::new(), Some(id));
        while let Some(id) = next.filter(|_| found.len() < usize::from(limit)) {
            let mut entries = self.held.entries.iter();
            let entry = entries.find(|entry| entry.id() == id);
            let entry = entry.filter(|_| !self.keeps.contains(&id));
            let entry = entry.ok_or(Failure(Reason::NotFound))?;
            found.push(entry.bytes().to_vec());
            next = entry.header().prev;
        }
        Ok(found)
    }

    /// Keys that were asked for, and runs of entries.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let mut counts = (0, 0, 0);
        for question in &self.asked {
            match question {
                Question::Open(keys) => {
                    counts.0 += 1;
                    counts.1 += keys.len();
                }
                Question::Down(..) => counts.2 += 1,
            }
        }
        counts
    }
}

pub(super) fn repairer() -> Repairer {
    Repairer::new(signer().verifier().clone(), WAIT)
}

/// One round, carried until it rests.
pub(super) fn round(
    repairer: &mut Repairer,
    now: u64,
    there: &mut There<'_>,
    here: &mut Held,
) -> Rest {
    let mut input = Input::Begin {
        now: at(now),
        signed: there.cursor(),
        own: Some(here.root()),
    };
    // What is compared is the index that has settled, whatever came since.
    let index = here.index();
    let none = Trie::new();
    for _ in 0..100_000 {
        input = match repairer.handle(input) {
            Output::Ask(question) => Input::Answered(there.answer(&question)),
            Output::Compare(compare) => {
                let whole = if here.entries.is_empty() {
                    none.settled()
                } else {
                    index.feeds()
                };
                let Comparison { from, within, .. } = &*compare;
                Input::Compared(compare.opened.differing(&whole, from, within))
            }
            Output::Look(ids) => Input::Looked(ids.into_iter().map(|id| here.holds(id)).collect()),
            Output::Admit(entries) => {
                let entries: Vec<_> = entries.into_iter().map(|it| it.entry).collect();
                Input::Admitted(match here.offer(&entries) {
                    Ok(()) => Outcome::Taken {
                        own: here.entries.len() as u64,
                    },
                    Err((position, reason)) => Outcome::Refused { position, reason },
                })
            }
            Output::Rest(rest) => return rest,
        };
    }
    panic!("it does not rest");
}

/// Rounds, each when its time has come, until the sets agree, or so many are over.
pub(super) fn rounds(
    repairer: &mut Repairer,
    now: &mut u64,
    there: &mut There<'_>,
    here: &mut Held,
    most: usize,
) -> Vec<Rest> {
    let mut ends = Vec::new();
    while ends.len() < most {
        *now += WAIT;
        match round(repairer, *now, there, here) {
            Rest::Early => {}
            rest => ends.push(rest),
        }
        if ends.last() == Some(&Rest::Agreed) {
            break;
        }
    }
    ends
}
