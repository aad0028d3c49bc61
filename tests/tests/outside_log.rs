//! Our notes, checkpoints, tiles and proofs, checked by the C2SP implementation of others
//! (`signed_note` and `tlog_tiles`), and theirs by ours.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use data_encoding::BASE64;
use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, Promise, Tile, TlogProof};
use fairtrail::merkle::{
    Hash, HashSource, LeafIndex, Node, Tree, TreeSize, leaf_hash, node_hash, verify,
};
use fairtrail::note::{Cosigner, Note, NoteSigner, NoteVerifier};
use fairtrail::time::Timestamp;
use tlog_tiles::HashReader;

const ORIGIN: &str = "ledger.example/coast/e1";

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name.parse().unwrap(), SecretKey::from_seed([seed; 32]))
}

fn size(leaves: u64) -> TreeSize {
    TreeSize::new(leaves).unwrap()
}

fn index(position: u64) -> LeafIndex {
    LeafIndex::new(position).unwrap()
}

fn entry(number: u64) -> Vec<u8> {
    format!("entry {number}").into_bytes()
}

fn tree(leaves: u64) -> Tree {
    Tree::from_leaves((0..leaves).map(|number| leaf_hash(&entry(number)))).unwrap()
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}

fn all_theirs(path: &[Hash]) -> Vec<tlog_tiles::Hash> {
    path.iter().copied().map(theirs).collect()
}

/// The keys of one vkey, as `signed_note` takes them.
fn known(vkey: &str) -> signed_note::VerifierList {
    let verifier = signed_note::StandardVerifier::new(vkey).unwrap();
    signed_note::VerifierList::new(vec![Box::new(verifier)])
}

fn verified_outside(note: &str, vkey: &str) -> bool {
    let note = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    note.verify(&known(vkey)).is_ok()
}

#[test]
fn our_notes_verify_outside() {
    let (log, promiser) = (signer(ORIGIN, 1), signer(&format!("{ORIGIN}/promise"), 2));
    let batch = tree(3);
    let origin = || ORIGIN.parse().unwrap();
    let checkpoint = Checkpoint::new(origin(), batch.size(), batch.root()).unwrap();
    let by = Timestamp::new(1_784_800_060).unwrap();
    let promise = Promise::new(origin(), index(7), 3, batch.root(), by).unwrap();

    let signed = checkpoint.sign(&log).unwrap();
    let witness = Cosigner::new(
        "w1.example/witness".parse().unwrap(),
        SecretKey::from_seed([3; 32]),
    );
    let line = witness.cosign(signed.text(), 1_784_800_000).unwrap();
    let cosigned = signed.with(line).unwrap().to_string();
    for (note, key) in [
        (signed.to_string(), log.verifier()),
        (cosigned, log.verifier()),
        (
            promise.sign(&promiser).unwrap().to_string(),
            promiser.verifier(),
        ),
    ] {
        let vkey = key.to_string();
        assert!(verified_outside(&note, &vkey));
        assert!(!verified_outside(&note.replacen('3', "4", 1), &vkey));
    }
}

#[test]
fn notes_signed_outside_verify_here() {
    let ours = signer("example.com/other", 9);
    let seed = BASE64.encode(&[&[1][..], &[9; 32]].concat());
    let skey = format!(
        "PRIVATE+KEY+example.com/other+{}+{seed}",
        ours.verifier().id()
    );
    let outside = signed_note::StandardSigner::new(&skey).unwrap();
    let text = "two lines\n\nand an empty one\n";
    let mut note = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
    note.add_sigs(&[&outside]).unwrap();

    let read = Note::parse(&note.to_bytes()).unwrap();
    let vkey: NoteVerifier = ours.verifier().to_string().parse().unwrap();
    assert_eq!(read.verify(&[vkey]).unwrap().len(), 1);
    // Ed25519 is deterministic: the same key and text give the same bytes on both sides.
    assert_eq!(read, Note::new(text, vec![ours.sign(text)]).unwrap());
}

#[test]
fn our_checkpoints_read_the_same_outside() {
    for leaves in [0, 1, 300] {
        let tree = tree(leaves);
        let ours = Checkpoint::new(ORIGIN.parse().unwrap(), tree.size(), tree.root()).unwrap();
        let read = tlog_tiles::Checkpoint::from_bytes(ours.to_string().as_bytes()).unwrap();
        assert_eq!(
            (read.origin(), read.size(), read.extension()),
            (ORIGIN, leaves, "")
        );
        assert_eq!(read.hash().0, *tree.root().as_bytes());
        assert_eq!(read.to_bytes(), ours.to_string().into_bytes());
    }
}

#[test]
fn hashes_are_the_same_outside() {
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    assert_eq!(theirs(left), tlog_tiles::record_hash(b"left"));
    assert_eq!(
        theirs(node_hash(left, right)),
        tlog_tiles::node_hash(theirs(left), theirs(right))
    );
    assert_eq!(*tree(0).root().as_bytes(), tlog_tiles::EMPTY_HASH.0);
}

/// Our tile of the address `tlog_tiles` asks for. Its paths carry the tile height, those of C2SP
/// and ours do not.
fn our_tile(tile: &tlog_tiles::Tile) -> Tile {
    let width = u16::try_from(tile.width()).unwrap();
    let ours = Tile::new(tile.level(), tile.level_index(), width).unwrap();
    assert_eq!(
        tile.path(),
        ours.to_string().replacen("tile/", "tile/8/", 1)
    );
    ours
}

/// Our tiles, served to `tlog_tiles`.
struct Served(BTreeMap<Tile, Vec<u8>>);

impl Served {
    fn new(tree: &Tree) -> Self {
        let hash = |level, index| tree.node(Node::new(level, index).unwrap()).unwrap();
        let bytes = |tile: Tile| {
            let first = tile.index() * 256;
            let places = first..first + u64::from(tile.width());
            places
                .flat_map(|index| *hash(tile.level() * 8, index).as_bytes())
                .collect()
        };
        Self(
            Tile::growth(size(0), tree.size())
                .map(|tile| (tile, bytes(tile)))
                .collect(),
        )
    }
}

impl tlog_tiles::TileReader for Served {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        Ok(tiles
            .iter()
            .map(|tile| self.0[&our_tile(tile)].clone())
            .collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

#[test]
fn growth_names_the_tiles_that_others_would_write() {
    let sizes = [0, 1, 255, 256, 257, 600, 65_535, 65_536, 65_537, 70_000];
    for (at, new) in sizes.iter().enumerate() {
        for old in &sizes[..at] {
            let mut expected: Vec<_> = tlog_tiles::Tile::new_tiles(8, *old, *new)
                .iter()
                .map(our_tile)
                .collect();
            expected.sort_unstable();
            let found: Vec<_> = Tile::growth(size(*old), size(*new)).collect();
            assert_eq!(found, expected, "{old} to {new}");
        }
    }
}

#[test]
fn our_tiles_hold_our_root_and_proofs_outside() {
    for leaves in [1, 2, 255, 256, 257, 600, 66_000] {
        let tree = tree(leaves);
        let (served, root) = (
            Served::new(&tree),
            tlog_tiles::Hash(*tree.root().as_bytes()),
        );
        let reader = tlog_tiles::TileHashReader::new(leaves, root, &served);
        assert_eq!(tlog_tiles::tree_hash(leaves, &reader).unwrap(), root);
        for at in [0, 1, 200, 255, 256, 511, 599, 65_999]
            .into_iter()
            .filter(|at| *at < leaves)
        {
            let stored = reader
                .read_hashes(&[tlog_tiles::stored_hash_index(0, at)])
                .unwrap();
            let leaf = theirs(leaf_hash(&entry(at)));
            assert_eq!(stored, [leaf]);

            let path = all_theirs(&tree.inclusion(index(at), tree.size()).unwrap());
            assert_eq!(tlog_tiles::prove_record(leaves, at, &reader).unwrap(), path);
            tlog_tiles::check_record(&path, leaves, root, at, leaf).unwrap();

            let old = at + 1;
            let old_root = tree.root_at(size(old)).unwrap();
            let proof = all_theirs(&tree.consistency(size(old), tree.size()).unwrap());
            assert_eq!(tlog_tiles::prove_tree(leaves, old, &reader).unwrap(), proof);
            let old_root = tlog_tiles::Hash(*old_root.as_bytes());
            tlog_tiles::check_tree(&proof, leaves, root, old, old_root).unwrap();
        }
    }
}

#[test]
fn both_sides_refuse_the_same_spoiled_proofs() {
    let tree = tree(21);
    let root = tlog_tiles::Hash(*tree.root().as_bytes());
    for at in 0..21 {
        let (place, leaf) = (index(at), leaf_hash(&entry(at)));
        let path = tree.inclusion(place, tree.size()).unwrap();
        for spoiled in 0..=path.len() {
            let mut path = path.clone();
            match path.get_mut(spoiled) {
                Some(hash) => *hash = node_hash(*hash, *hash),
                None => path.push(leaf),
            }
            let here = verify::inclusion(leaf, place, tree.size(), &path, tree.root());
            let there = tlog_tiles::check_record(&all_theirs(&path), 21, root, at, theirs(leaf));
            assert!(here.is_err() && there.is_err(), "{at} {spoiled}");
        }
    }
}

#[test]
fn a_proof_file_holds_when_read_with_nothing_of_ours() {
    let (log, tree) = (signer(ORIGIN, 1), tree(21));
    let checkpoint = Checkpoint::new(ORIGIN.parse().unwrap(), tree.size(), tree.root()).unwrap();
    let note = checkpoint.sign(&log).unwrap();
    let path = tree.inclusion(index(9), tree.size()).unwrap();
    let file = TlogProof::new(Vec::new(), index(9), path, note)
        .unwrap()
        .to_string();

    let (head, note) = file.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    assert_eq!(lines.next(), Some("index 9"));
    let path = lines
        .map(|line| tlog_tiles::Hash::parse_hash(line).unwrap())
        .collect();
    assert!(verified_outside(note, &log.verifier().to_string()));
    let note = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    let leaf = tlog_tiles::record_hash(&entry(9));
    tlog_tiles::check_record(&path, read.size(), *read.hash(), 9, leaf).unwrap();
}
