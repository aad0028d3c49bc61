//! Finding what differs between two tries of which one can only be asked for proofs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail::trie::{Claim, Differing, Label, Trie, TrieKey, TrieProof, TrieValue, diff, verify};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Keys asked for together.
const TOGETHER: usize = 16;

/// What it took.
#[derive(Debug, Default)]
struct Cost {
    questions: usize,
    keys: usize,
    bytes: usize,
}

/// Numbers that look like hashes.
struct Hashes(u64);

impl Hashes {
    fn bytes(&mut self) -> [u8; 32] {
        self.0 += 1;
        *blake3::hash(&self.0.to_be_bytes()).as_bytes()
    }
}

fn trie(pairs: &BTreeMap<TrieKey, TrieValue>) -> Trie {
    let mut trie = Trie::new();
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| (*key, *value)).collect();
    if !pairs.is_empty() {
        trie.apply(&pairs).unwrap();
    }
    trie
}

/// The keys under which `theirs` has something else than `ours`, from proofs alone.
fn descend(theirs: &Trie, ours: &Trie, from: TrieKey) -> (Vec<TrieKey>, Cost) {
    let (root, mut cost) = (theirs.tip().root(), Cost::default());
    let mut waiting = BTreeMap::from([(from, Label::ROOT)]);
    let mut found = BTreeSet::new();
    while !waiting.is_empty() {
        let (mut keys, mut within) = (Vec::new(), Vec::new());
        while keys.len() < TOGETHER
            && let Some((key, prefix)) = waiting.pop_first()
        {
            keys.push(key);
            within.push(prefix);
        }
        let proof = theirs.tip().prove(&keys).unwrap().to_bytes();
        cost.questions += 1;
        cost.keys += keys.len();
        cost.bytes += proof.len();
        let claims = keys.iter().map(|key| (*key, theirs.tip().value(key)));
        let claims: Vec<Claim> = claims.collect();
        let proof = TrieProof::parse(&proof, claims.len()).unwrap();
        let opened = verify(root, &claims, &proof).unwrap();
        for differing in opened.differing(&ours.tip(), &from, &within) {
            match differing {
                Differing::Below { prefix, ask } => {
                    assert!(prefix.leads_to(&ask) && waiting.insert(ask, prefix).is_none());
                }
                Differing::Leaf(key) => assert!(found.insert(key), "found twice"),
            }
        }
    }
    (found.into_iter().collect(), cost)
}

/// What `theirs` has and `ours` has not so.
fn lacking(
    theirs: &BTreeMap<TrieKey, TrieValue>,
    ours: &BTreeMap<TrieKey, TrieValue>,
) -> Vec<TrieKey> {
    let lacking = theirs
        .iter()
        .filter(|(key, value)| ours.get(key) != Some(value));
    lacking.map(|(key, _)| *key).collect()
}

/// Two sets of about `count` pairs: `other` of theirs have another value here, `fewer` are not here,
/// `more` are here alone.
fn sets(
    seed: u64,
    count: usize,
    [other, fewer, more]: [usize; 3],
) -> [BTreeMap<TrieKey, TrieValue>; 2] {
    let mut hashes = Hashes(seed << 32);
    let mut pair = || (TrieKey::new(hashes.bytes()), TrieValue::new(hashes.bytes()));
    let theirs: BTreeMap<_, _> = (0..count).map(|_| pair()).collect();
    let mut ours = theirs.clone();
    let picked: Vec<_> = theirs.keys().copied().collect();
    // Keys are hashes: the first ones of a stride are anywhere.
    let step = (count / (other + fewer).max(1)).max(1);
    for (at, key) in picked.iter().step_by(step).take(other + fewer).enumerate() {
        if at < other {
            ours.insert(*key, TrieValue::new([7; 32]));
        } else {
            ours.remove(key);
        }
    }
    ours.extend((0..more).map(|_| pair()));
    [theirs, ours]
}

#[test]
fn few_differences_are_found_with_few_questions() {
    for (count, differs) in [
        (1_000, [0, 0, 0]),
        (1_000, [1, 0, 0]),
        (10_000, [0, 1, 0]),
        (10_000, [8, 8, 0]),
        (50_000, [20, 20, 20]),
        (50_000, [0, 0, 50]),
    ] {
        let [theirs, ours] = sets(1, count, differs);
        let (there, here) = (trie(&theirs), trie(&ours));
        let (found, cost) = descend(&there, &here, TrieKey::new([0; 32]));
        assert_eq!(found, lacking(&theirs, &ours));
        let depth = usize::try_from(count.ilog2()).unwrap() + 1;
        let k: usize = differs.iter().sum();
        assert!(cost.keys <= 1 + k * depth, "{count} {differs:?}: {cost:?}");
        let most = depth + 1 + cost.keys / TOGETHER;
        assert!(cost.questions <= most, "{count} {differs:?}: {cost:?}");
    }
}

#[test]
fn a_later_beginning_leaves_out_what_is_lower() {
    let [theirs, ours] = sets(2, 2_000, [20, 20, 20]);
    let (there, here) = (trie(&theirs), trie(&ours));
    let all = lacking(&theirs, &ours);
    for at in [0, 1, 7, 20, 39] {
        let (found, _) = descend(&there, &here, all[at]);
        assert_eq!(found, all[at..], "from the {at}th");
    }
}

#[test]
fn empty_tries_and_sides_are_compared_too() {
    let from = TrieKey::new([0; 32]);
    let key = |first: u8| TrieKey::new([first; 32]);
    let value = TrieValue::new([1; 32]);
    for theirs in [
        &[][..],
        &[0x10],
        &[0x80],
        &[0x10, 0x80],
        &[0x80, 0xc0, 0xff],
    ] {
        for ours in [&[][..], &[0x10], &[0x81], &[0x10, 0xc0]] {
            let theirs: BTreeMap<_, _> = theirs.iter().map(|at| (key(*at), value)).collect();
            let ours: BTreeMap<_, _> = ours.iter().map(|at| (key(*at), value)).collect();
            let (found, _) = descend(&trie(&theirs), &trie(&ours), from);
            assert_eq!(found, lacking(&theirs, &ours));
        }
    }
}

proptest! {
    #[test]
    fn what_is_found_is_what_differs(
        theirs in proptest::collection::btree_map(any::<[u8; 2]>(), 0_u8..3, 0..60),
        ours in proptest::collection::btree_map(any::<[u8; 2]>(), 0_u8..3, 0..60),
        from in any::<[u8; 2]>(),
    ) {
        let key = |at: [u8; 2]| {
            let mut bytes = [0; 32];
            // Keys that share long beginnings.
            bytes[0] = at[0] & 3;
            bytes[20] = at[0];
            bytes[31] = at[1];
            TrieKey::new(bytes)
        };
        let pairs = |of: BTreeMap<[u8; 2], u8>| -> BTreeMap<TrieKey, TrieValue> {
            of.into_iter().map(|(at, value)| (key(at), TrieValue::new([value; 32]))).collect()
        };
        let (theirs, ours, from) = (pairs(theirs), pairs(ours), key(from));
        let (there, here) = (trie(&theirs), trie(&ours));
        let (found, _) = descend(&there, &here, TrieKey::new([0; 32]));
        let all = lacking(&theirs, &ours);
        prop_assert_eq!(&found, &all);
        // The same as whoever has both of them whole.
        let both: BTreeSet<_> = diff(&there.tip(), &here.tip()).into_iter().collect();
        prop_assert!(all.iter().all(|key| both.contains(key)));
        let (found, _) = descend(&there, &here, from);
        let later: Vec<_> = all.into_iter().filter(|key| *key >= from).collect();
        prop_assert_eq!(found, later);
    }
}
