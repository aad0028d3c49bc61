//! The tree against the recursive definition of RFC 6962 §2.1, exhaustively for small sizes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use fairtrail::merkle::{
    CompactRange, Hash, LeafIndex, MAX_TREE_SIZE, MerkleError, Root, Tree, TreeSize, leaf_hash,
    node_hash, prove, verify,
};
use proptest::prelude::*;

const LEAVES: u64 = 130;

fn leaf(number: u64) -> Hash {
    leaf_hash(&number.to_be_bytes())
}

fn leaves() -> Vec<Hash> {
    (0..LEAVES).map(leaf).collect()
}

fn size(leaves: u64) -> TreeSize {
    TreeSize::new(leaves).unwrap()
}

fn index(position: u64) -> LeafIndex {
    LeafIndex::new(position).unwrap()
}

fn root(hash: Hash) -> Root {
    Root::from_bytes(*hash.as_bytes())
}

/// MTH of RFC 6962 §2.1.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::from_bytes(*Root::empty().as_bytes()),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(largest_power_below(leaves.len()));
            node_hash(naive(left), naive(right))
        }
    }
}

/// PATH of RFC 6962 §2.1.1.
fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let split = largest_power_below(leaves.len());
    let (left, right) = leaves.split_at(split);
    let (mut path, sibling) = if index < split {
        (naive_path(index, left), naive(right))
    } else {
        (naive_path(index - split, right), naive(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF of RFC 6962 §2.1.2.
fn naive_growth(old: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known {
            Vec::new()
        } else {
            vec![naive(leaves)]
        };
    }
    let split = largest_power_below(leaves.len());
    let (left, right) = leaves.split_at(split);
    let (mut path, sibling) = if old <= split {
        (naive_growth(old, left, known), naive(right))
    } else {
        (naive_growth(old - split, right, false), naive(left))
    };
    path.push(sibling);
    path
}

fn largest_power_below(length: usize) -> usize {
    length.next_power_of_two() / 2
}

#[test]
fn roots_and_inclusion_paths_equal_the_definition() {
    let leaves = leaves();
    let tree = Tree::from_leaves(leaves.iter().copied()).unwrap();
    for count in 0..=leaves.len() {
        let some = &leaves[..count];
        let tree_size = size(count as u64);
        let expected = root(naive(some));
        assert_eq!(tree.root_at(tree_size), Ok(expected));
        for (position, leaf) in some.iter().enumerate() {
            let at = index(position as u64);
            let path = tree.inclusion(at, tree_size).unwrap();
            assert_eq!(path, naive_path(position, some), "{position} in {count}");
            verify::inclusion(*leaf, at, tree_size, &path, expected).unwrap();
        }
        let beyond = tree.inclusion(index(count as u64), tree_size);
        assert!(matches!(beyond, Err(MerkleError::IndexOutOfRange { .. })));
    }
}

#[test]
fn consistency_proofs_equal_the_definition() {
    let leaves = leaves();
    let tree = Tree::from_leaves(leaves.iter().copied()).unwrap();
    let roots: Vec<_> = (0..=leaves.len())
        .map(|count| root(naive(&leaves[..count])))
        .collect();
    for new in 1..=leaves.len() {
        for old in 1..=new {
            let (from, to) = (size(old as u64), size(new as u64));
            let path = tree.consistency(from, to).unwrap();
            assert_eq!(
                path,
                naive_growth(old, &leaves[..new], true),
                "{old} to {new}"
            );
            verify::consistency(from, roots[old], to, roots[new], &path).unwrap();
        }
        assert_eq!(
            tree.consistency(TreeSize::ZERO, size(new as u64)),
            Err(MerkleError::EmptyTree)
        );
    }
    let shrinks = tree.consistency(size(3), size(2));
    assert_eq!(shrinks, Err(MerkleError::Shrinks { old: 3, new: 2 }));
    let unknown = tree.consistency(size(3), size(LEAVES + 1));
    assert!(matches!(unknown, Err(MerkleError::NodeMissing(_))));
}

#[test]
fn subtree_proofs_hold_for_exactly_the_subtrees() {
    let leaves: Vec<_> = (0..34).map(leaf).collect();
    let tree = Tree::from_leaves(leaves.iter().copied()).unwrap();
    for count in 0..=leaves.len() {
        let (tree_size, tree_root) = (size(count as u64), root(naive(&leaves[..count])));
        for start in 0..=count {
            for end in start..=count {
                let aligned = start % (end - start).next_power_of_two() == 0;
                let (low, high) = (start as u64, end as u64);
                let proof = prove::subtree_consistency(&tree, low, high, tree_size);
                assert_eq!(proof.is_ok(), aligned, "{start} to {end} of {count}");
                let Ok(path) = proof else { continue };
                let subtree = naive(&leaves[start..end]);
                verify::subtree_consistency(low, high, subtree, tree_size, tree_root, &path)
                    .unwrap();
                for (offset, leaf) in leaves[start..end].iter().enumerate() {
                    let at = index((start + offset) as u64);
                    let path = naive_path(offset, &leaves[start..end]);
                    verify::subtree_inclusion(*leaf, at, low, high, &path, subtree).unwrap();
                }
            }
        }
    }
}

#[test]
fn a_compact_range_follows_the_tree_and_can_be_taken_up_again() {
    let leaves = leaves();
    let mut range = CompactRange::default();
    for count in 0..leaves.len() {
        assert_eq!(range.root(), root(naive(&leaves[..count])));
        let kept = range.hashes().to_vec();
        range = CompactRange::from_hashes(range.size(), kept).unwrap();
        range.append(leaves[count]).unwrap();
    }
}

/// Every way to spoil a list of hashes: a flipped byte, one dropped, one doubled, two swapped.
fn spoiled(path: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..path.len() {
        for byte in 0..32 {
            let mut bytes = *path[at].as_bytes();
            bytes[byte] ^= 1 << (byte % 8);
            let mut flipped = path.to_vec();
            flipped[at] = Hash::from_bytes(bytes);
            all.push(flipped);
        }
        let mut dropped = path.to_vec();
        dropped.remove(at);
        all.push(dropped);
        let mut doubled = path.to_vec();
        doubled.insert(at, path[at]);
        all.push(doubled);
        for other in at + 1..path.len() {
            let mut swapped = path.to_vec();
            swapped.swap(at, other);
            all.push(swapped);
        }
    }
    all.push([path, &[leaf(9_999)]].concat());
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_spoiled_inclusion_path_is_refused(count in 1..=LEAVES, pick: prop::sample::Index) {
        let tree = Tree::from_leaves((0..count).map(leaf)).unwrap();
        let at = pick.index(usize::try_from(count).unwrap()) as u64;
        let path = tree.inclusion(index(at), tree.size()).unwrap();
        for bad in spoiled(&path) {
            let answer = verify::inclusion(leaf(at), index(at), tree.size(), &bad, tree.root());
            prop_assert!(answer.is_err());
        }
        for other in (0..count).filter(|other| *other != at) {
            let (size, root) = (tree.size(), tree.root());
            prop_assert!(verify::inclusion(leaf(at), index(other), size, &path, root).is_err());
            prop_assert!(verify::inclusion(leaf(other), index(at), size, &path, root).is_err());
        }
    }

    #[test]
    fn a_spoiled_consistency_proof_is_refused(old in 1..LEAVES, more in 1..LEAVES) {
        let tree = Tree::from_leaves((0..old + more).map(leaf)).unwrap();
        let (from, to) = (size(old), tree.size());
        let old_root = tree.root_at(from).unwrap();
        let path = tree.consistency(from, to).unwrap();
        let check = |old_root, new_root, path: &[Hash]| {
            verify::consistency(from, old_root, to, new_root, path)
        };
        prop_assert_eq!(check(old_root, tree.root(), &path), Ok(()));
        for bad in spoiled(&path) {
            prop_assert!(check(old_root, tree.root(), &bad).is_err());
        }
        prop_assert!(check(tree.root(), tree.root(), &path).is_err());
        prop_assert!(check(old_root, old_root, &path).is_err());
    }

    #[test]
    fn verification_answers_for_any_input(
        numbers in prop::array::uniform3(prop_oneof![0..40_u64, 0..=MAX_TREE_SIZE, any::<u64>()]),
        path in prop::collection::vec(any::<[u8; 32]>(), 0..70),
        hash: [u8; 32],
    ) {
        let [a, b, c] = numbers;
        let path: Vec<_> = path.into_iter().map(Hash::from_bytes).collect();
        let (hash, goal) = (Hash::from_bytes(hash), Root::from_bytes(hash));
        if let (Ok(at), Ok(tree)) = (LeafIndex::new(a), TreeSize::new(b)) {
            let _ = verify::inclusion(hash, at, tree, &path, goal);
            let _ = verify::subtree_inclusion(hash, at, b, c, &path, hash);
        }
        if let (Ok(old), Ok(new)) = (TreeSize::new(a), TreeSize::new(b)) {
            let _ = verify::consistency(old, goal, new, goal, &path);
            let _ = verify::subtree_consistency(a, c, hash, new, goal, &path);
            let _ = prove::subtree_consistency(&Tree::new(), a, c, new);
        }
    }
}
