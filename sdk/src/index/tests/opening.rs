//! The feeds trie opened for another node, and every way to spoil that.

use super::world::*;
use super::*;
use crate::id::AuthorId;
use crate::limits::OPENED_KEYS;
use crate::log::Checkpoint;
use crate::note::{Note, NoteVerifier};
use crate::trie::{Differing, Label, TrieKey};

const START: TrieKey = TrieKey::new([0; 32]);

/// The newest checkpoint of an index of one head, with what it takes to open it.
struct Shown {
    index: Index,
    note: Vec<u8>,
    key: NoteVerifier,
    log: Log,
}

fn shown(seed: u64) -> Shown {
    let log = Log::of_world(seed);
    let (index, _) = log.index(1_000);
    let heads = IndexLog::of(&[index.settled().unwrap().to_bytes()]);
    let checkpoint: Checkpoint = heads.checkpoint(&origin());
    let text = checkpoint.to_string();
    let note = Note::new(&text, vec![heads.signer.sign(&text)]).unwrap();
    Shown {
        note: note.to_string().into_bytes(),
        key: heads.signer.verifier().clone(),
        index,
        log,
    }
}

impl Shown {
    fn open(&self, keys: &[TrieKey]) -> Result<Opening, IndexError> {
        let author = |id| Some(self.log.set.fact(id)?.feed);
        self.index.opening(keys, self.note.clone(), &[], author)
    }

    fn keys(&self) -> Vec<TrieKey> {
        let mut keys: Vec<_> = self.log.set.authors().map(feed_key).collect();
        keys.sort_unstable();
        keys
    }
}

#[test]
fn a_head_alone_and_feeds_with_all_their_ends_are_shown() {
    let shown = shown(3);
    let alone = shown.open(&[]).unwrap();
    let opened = alone.verify(&shown.key, &[]).unwrap();
    assert_eq!(opened.head, *shown.index.settled().unwrap());
    assert_eq!((opened.found.len(), opened.feeds), (0, None));
    let keys = shown.keys();
    let mut forked = 0;
    for keys in keys.chunks(OPENED_KEYS) {
        let opening = shown.open(keys).unwrap();
        let read = Opening::parse(&opening.to_bytes()).unwrap();
        assert_eq!(read, opening);
        let opened = read.verify(&shown.key, keys).unwrap();
        for there in opened.found {
            let there = there.unwrap();
            let author: AuthorId = there.author;
            assert_eq!(
                Some(&there.value),
                shown.log.set.feed_value(author).as_ref()
            );
            assert_eq!(there.tips.is_empty(), there.value.fork.is_none());
            forked += usize::from(there.tips.len() > 1);
            // From its ends every entry of the feed is reached.
            let mut reached: BTreeSet<_> = there.ends().into_iter().collect();
            let mut next: Vec<_> = reached.iter().copied().collect();
            while let Some(id) = next.pop() {
                let link = shown.log.set.link(id).unwrap();
                if reached.insert(link.prev) {
                    next.push(link.prev);
                }
            }
            let own = shown
                .log
                .entries
                .iter()
                .filter(|entry| entry.author() == author);
            assert!(own.clone().all(|entry| reached.contains(&entry.id())));
            assert_eq!(own.count(), reached.len());
        }
    }
    assert!(forked > 0);
}

#[test]
fn keys_of_an_opening_are_bounded_at_n_and_n_plus_one() {
    let shown = shown(1);
    let keys: Vec<_> = (0..=16).map(|at| TrieKey::new([at; 32])).collect();
    let most = shown.open(&keys[..OPENED_KEYS]).unwrap();
    assert!(most.verify(&shown.key, &keys[..OPENED_KEYS]).is_ok());
    let count = IndexError::Count {
        expected: OPENED_KEYS,
        found: OPENED_KEYS + 1,
    };
    assert_eq!(shown.open(&keys), Err(count));
    let refused = most.verify(&shown.key, &keys).unwrap_err();
    assert_eq!(refused.code(), Reason::IndexCount);
}

#[test]
fn every_flipped_bit_is_refused() {
    let shown = shown(4);
    let keys = shown.keys();
    let forked = keys.iter().copied().find(|key| {
        let opened = shown.open(&[*key]).unwrap();
        opened.found[0]
            .0
            .as_ref()
            .is_some_and(|found| !found.tips.is_empty())
    });
    let mut asked = vec![START, forked.unwrap()];
    asked.sort_unstable();
    let opening = shown.open(&asked).unwrap();
    let opened = opening.verify(&shown.key, &asked).unwrap();
    let feeds = opened.feeds.as_ref().unwrap();
    assert_ne!(
        feeds.differing(&Trie::new().tip(), &START, &[Label::ROOT]),
        []
    );
    let bytes = opening.to_bytes();
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 1 << (at % 8);
        let read = Opening::parse(&bad);
        // The tips of an opening that names none are not missed.
        let taken = read.is_ok_and(|read| read.verify(&shown.key, &asked).is_ok());
        assert!(!taken, "byte {at}");
    }
    let other = vec![asked[0], TrieKey::new([0xee; 32])];
    assert!(opening.verify(&shown.key, &other).is_err());
    let alone = shown.open(&[]).unwrap();
    assert_eq!(
        alone.verify(&shown.key, &asked[..1]).unwrap_err().code(),
        Reason::IndexCount
    );
}

#[test]
fn opening_again_and_again_leads_to_all_that_lacks() {
    let (there, here) = (shown(5), Index::new(origin()));
    let (mut waiting, mut found) = (BTreeMap::from([(START, Label::ROOT)]), BTreeSet::new());
    while let Some((key, prefix)) = waiting.pop_first() {
        let opening = there.open(&[key]).unwrap();
        let opened = opening.verify(&there.key, &[key]).unwrap();
        let opened = opened.feeds.unwrap();
        for differing in opened.differing(&here.feeds(), &START, &[prefix]) {
            match differing {
                Differing::Below { prefix, ask } => drop(waiting.insert(ask, prefix)),
                Differing::Leaf(key) => drop(found.insert(key)),
            }
        }
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), there.keys());
}
