//! Tile addresses, the tiles of a growing log, and reading them from a source that lies.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use fairtrail::log::{
    Checkpoint, EntryTile, LogError, Tile, TileError, TilePath, TileSource, VerifiedTiles,
    encode_entries,
};
use fairtrail::merkle::{
    Hash, HashSource, LeafIndex, MAX_TREE_SIZE, MerkleError, Node, Tree, TreeSize, leaf_hash, prove,
};
use fairtrail::reason::Reason;
use proptest::prelude::*;

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

fn checkpoint(tree: &Tree) -> Checkpoint {
    Checkpoint::new(
        "ledger.example/coast/e1".parse().unwrap(),
        tree.size(),
        tree.root(),
    )
    .unwrap()
}

/// Every tile of a tree.
fn tiles(tree: &Tree) -> Tiles {
    let hash = |level, index| tree.node(Node::new(level, index).unwrap()).unwrap();
    let bytes = |tile: Tile| {
        let first = tile.index() * 256;
        let places = first..first + u64::from(tile.width());
        places
            .flat_map(|index| *hash(tile.level() * 8, index).as_bytes())
            .collect()
    };
    Tile::growth(size(0), tree.size())
        .map(|tile| (tile, bytes(tile)))
        .collect()
}

type Tiles = BTreeMap<Tile, Vec<u8>>;
type Change = Box<dyn Fn(&mut Vec<u8>)>;

/// Serves tiles, except that one is changed; remembers which were asked for.
struct Source<'a> {
    tiles: &'a Tiles,
    asked: RefCell<BTreeSet<Tile>>,
    change: Option<(Tile, Change)>,
}

impl<'a> Source<'a> {
    fn honest(tiles: &'a Tiles) -> Self {
        Self {
            tiles,
            asked: RefCell::default(),
            change: None,
        }
    }

    fn changed(tiles: &'a Tiles, tile: Tile, change: impl Fn(&mut Vec<u8>) + 'static) -> Self {
        Self {
            change: Some((tile, Box::new(change))),
            ..Self::honest(tiles)
        }
    }
}

impl TileSource for Source<'_> {
    type Error = Tile;

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, Tile> {
        self.asked.borrow_mut().insert(tile);
        let mut bytes = self.tiles.get(&tile).ok_or(tile)?.clone();
        if let Some((_, change)) = self.change.as_ref().filter(|(changed, _)| *changed == tile) {
            change(&mut bytes);
        }
        Ok(bytes)
    }
}

const NOT_TILES: &[&str] = &[
    "",
    "/",
    "tile",
    "tile/",
    "tile//",
    "tile/0",
    "tile/0/",
    "/tile/0/000",
    "tile/0/000/",
    "//tile/0/000",
    "tile//0/000",
    "tile/0//000",
    "./tile/0/000",
    "tile/./0/000",
    "tile/0/./000",
    "tile/../tile/0/000",
    "tile/0/../000",
    "tile/0/x001/../000",
    "../tile/0/000",
    "..",
    "tile/..",
    "tile/0/..",
    "tile/0/../../checkpoint",
    "tile/entries/../0/000",
    "tile/0/000/..",
    "tile/0/%2e%2e/000",
    "tile/0/%2E%2E",
    "tile/%30/000",
    "tile/0/00%30",
    "tile/0/000%00",
    "tile/0/000\0",
    "tile\\0\\000",
    "tile/0/000\n",
    "tile/0/000\r\n",
    "tile/0/ 000",
    " tile/0/000",
    "tile/0/000 ",
    "tile/0/000?x=1",
    "tile/0/000#a",
    "tile/0/000;a",
    "tile/0/000.p",
    "tile/0/000.p/",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/257",
    "tile/0/000.p/01",
    "tile/0/000.p/1/",
    "tile/0/000.p/+1",
    "tile/0/000.p/-1",
    "tile/0/000.p/1.p/1",
    "tile/0/000.p//1",
    "tile/0/000.P/1",
    "tile/0/000.p/x",
    "tile/0/000.p/99999999999999999999",
    "tile/0/000p/1",
    "tile/0/.p/1",
    "tile/0/00",
    "tile/0/0",
    "tile/0/0000",
    "tile/0/x00",
    "tile/0/x000",
    "tile/0/x000/000",
    "tile/0/x000/x000/001",
    "tile/0/001/000",
    "tile/0/x001",
    "tile/0/xx01/000",
    "tile/0/xx001/000",
    "tile/0/x001/x000",
    "tile/0/X001/000",
    "tile/0/00a",
    "tile/0/0x0",
    "tile/0/-01",
    "tile/0/+01",
    "tile/0/1e3",
    "tile/0/٠٠٠",
    "tile/00/000",
    "tile/01/000",
    "tile/64/000",
    "tile/256/000",
    "tile/-1/000",
    "tile/+1/000",
    "tile/x/000",
    "tile/ 0/000",
    "tile/0x0/000",
    "tile/4294967296/000",
    "tile/entries",
    "tile/entries/",
    "tile/entries/0",
    "tile/entries/x000/000",
    "tile/entries/000.p/0",
    "tile/entries/000.p/256",
    "tile/entries/000/",
    "tile/Entries/000",
    "tile/entry/000",
    "tile/entries/0/000",
    "tile/data/000",
    "Tile/0/000",
    "TILE/0/000",
    "tiles/0/000",
    "checkpoint",
    "index/checkpoint",
    "tile/8/0/000",
    "tile/0/x035/x184/x372/x088/831",
    "tile/0/x035/x184/x372/x088/832",
    "tile/0/x999/x999/x999/x999/999",
    "tile/0/x999/x999/x999/x999/x999/x999/999",
    "tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/001",
    "tile/0/\u{ff10}00",
    "tile/0/000\u{200b}",
    "tile/0/é00",
    "tile/0/000.p/\u{0661}",
];

#[test]
fn every_tile_address_is_written_in_one_form() {
    for (level, index, width, path) in [
        (0, 0, 256, "tile/0/000"),
        (0, 0, 1, "tile/0/000.p/1"),
        (1, 999, 255, "tile/1/999.p/255"),
        (0, 1_000, 256, "tile/0/x001/000"),
        (2, 1_234_067, 256, "tile/2/x001/x234/067"),
        (
            0,
            MAX_TREE_SIZE / 256,
            255,
            "tile/0/x035/x184/x372/x088/831.p/255",
        ),
        (63, 5, 7, "tile/63/005.p/7"),
    ] {
        let tile = Tile::new(level, index, width).unwrap();
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse(), Ok(TilePath::Hashes(tile)));
    }
    let bundle = EntryTile::new(1_234_067, 8).unwrap();
    assert_eq!(
        "tile/entries/x001/x234/067.p/8".parse(),
        Ok(TilePath::Entries(bundle))
    );
}

#[test]
fn no_other_path_is_a_tile_address() {
    let mut bad: Vec<String> = NOT_TILES.iter().map(|path| (*path).to_owned()).collect();
    bad.push(format!("tile/0/{}000", "x000/".repeat(10_000)));
    bad.push("x".repeat(100_000));
    assert!(bad.len() >= 100, "{}", bad.len());
    for path in bad {
        let refused = path.parse::<TilePath>().map_err(|error| error.code());
        assert_eq!(refused, Err(Reason::TilePath), "{path:?}");
    }
}

#[test]
fn growing_step_by_step_gives_the_tiles_of_the_whole() {
    let sizes = [
        0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000,
    ];
    for (at, new) in sizes.iter().enumerate() {
        for old in &sizes[..=at] {
            let grown: BTreeSet<_> = Tile::growth(size(*old), size(*new)).collect();
            let had: BTreeSet<_> = Tile::growth(size(0), size(*old)).collect();
            let has: BTreeSet<_> = Tile::growth(size(0), size(*new)).collect();
            assert_eq!(
                grown,
                has.difference(&had).copied().collect(),
                "{old} to {new}"
            );
            assert!(grown.iter().all(|tile| tile.is_part_of(size(*new))));
            assert!(!grown.iter().any(|tile| tile.is_part_of(size(*old))));

            let bundles: Vec<_> = EntryTile::growth(size(*old), size(*new)).collect();
            let leaves = grown.iter().filter(|tile| tile.level() == 0);
            let leaves: Vec<_> = leaves.map(|tile| (tile.index(), tile.width())).collect();
            let places: Vec<_> = bundles.iter().map(|at| (at.index(), at.width())).collect();
            assert_eq!(places, leaves);
        }
    }
    let names = |leaves| -> Vec<_> {
        Tile::growth(size(0), size(leaves))
            .map(|tile| tile.to_string())
            .collect()
    };
    assert_eq!(names(256), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(
        names(300),
        ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]
    );
    let edge: Vec<_> = Tile::edge(size(65_836))
        .map(|tile| tile.to_string())
        .collect();
    assert_eq!(
        edge,
        ["tile/0/257.p/44", "tile/1/001.p/1", "tile/2/000.p/1"]
    );
    assert_eq!(Tile::edge(size(MAX_TREE_SIZE)).count(), 7);
}

#[test]
fn verified_tiles_give_the_tree_s_own_hashes_and_proofs() {
    for leaves in [0, 1, 2, 5, 255, 256, 257, 600, 65_536, 66_000] {
        let tree = tree(leaves);
        let files = tiles(&tree);
        let tiles = VerifiedTiles::open(Source::honest(&files), &checkpoint(&tree)).unwrap();
        for at in [0, 1, 254, 255, 256, 511, 599, 65_535, 65_999] {
            if at >= leaves {
                assert!(tiles.leaf(index(at)).is_err(), "{at} of {leaves}");
                continue;
            }
            assert_eq!(tiles.leaf(index(at)).unwrap(), leaf_hash(&entry(at)));
            let path = prove::inclusion(&tiles, index(at), tree.size()).unwrap();
            assert_eq!(Ok(path), tree.inclusion(index(at), tree.size()));
            let old = size(at + 1);
            let proof = prove::consistency(&tiles, old, tree.size()).unwrap();
            assert_eq!(Ok(proof), tree.consistency(old, tree.size()));
        }
    }
}

#[test]
fn a_tile_with_any_byte_changed_is_never_used() {
    let tree = tree(66_000);
    let checkpoint = checkpoint(&tree);
    let files = tiles(&tree);
    let honest = Source::honest(&files);
    let tiles = VerifiedTiles::open(&honest, &checkpoint).unwrap();
    let wanted = tiles.leaf(index(300)).unwrap();
    assert_eq!(wanted, leaf_hash(&entry(300)));
    let asked = honest.asked.take();
    assert_eq!(
        asked.len(),
        5,
        "three at the edge, and two on the way to the leaf"
    );
    for tile in asked {
        // Five and 32 share no factor, so every hash and every place within a hash is met.
        for at in (0..tile.bytes()).step_by(5) {
            let source = Source::changed(&files, tile, move |bytes| bytes[at] ^= 1 << (at % 8));
            let read =
                VerifiedTiles::open(source, &checkpoint).and_then(|tiles| tiles.leaf(index(300)));
            assert!(read.is_err(), "{tile} byte {at}");
        }
        let changes: [fn(&mut Vec<u8>); 5] = [
            |bytes| bytes.truncate(bytes.len() - 1),
            |bytes| bytes.truncate(bytes.len() - 32),
            |bytes| bytes.extend([0; 32]),
            Vec::clear,
            |bytes| bytes.rotate_left(32),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            if tile.width() == 1 && number == 4 {
                continue;
            }
            let source = Source::changed(&files, tile, change);
            let read =
                VerifiedTiles::open(source, &checkpoint).and_then(|tiles| tiles.leaf(index(300)));
            let code = read.map_err(|error| error.code(Reason::NotFound));
            assert!(
                matches!(code, Err(Reason::TileMismatch | Reason::RootMismatch)),
                "{tile} change {number}: {code:?}"
            );
        }
    }
}

#[test]
fn tiles_of_another_tree_do_not_open() {
    let tree = tree(600);
    let shifted = Tree::from_leaves((1..=600).map(|number| leaf_hash(&entry(number)))).unwrap();
    let files = tiles(&shifted);
    let refused = VerifiedTiles::open(Source::honest(&files), &checkpoint(&tree)).map(|_| ());
    assert!(matches!(
        refused,
        Err(TileError::Log(LogError::Merkle(
            MerkleError::RootMismatch { .. }
        )))
    ));
}

#[test]
fn entries_are_those_of_their_leaves() {
    let tree = tree(600);
    let files = tiles(&tree);
    let tiles = VerifiedTiles::open(Source::honest(&files), &checkpoint(&tree)).unwrap();
    let bundle = |numbers: std::ops::Range<u64>| {
        let entries: Vec<_> = numbers.map(entry).collect();
        encode_entries(entries.iter().map(Vec::as_slice)).unwrap()
    };
    let (full, partial) = (
        EntryTile::new(1, 256).unwrap(),
        EntryTile::new(2, 88).unwrap(),
    );
    assert_eq!(
        tiles.entries(full, &bundle(256..512)).unwrap()[3],
        entry(259)
    );
    assert_eq!(tiles.entries(partial, &bundle(512..600)).unwrap().len(), 88);
    // A part of what a larger checkpoint covers: a bundle fetched when the log was smaller.
    let earlier = EntryTile::new(2, 10).unwrap();
    assert_eq!(tiles.entries(earlier, &bundle(512..522)).unwrap().len(), 10);

    let refused = |at, bytes: &[u8]| tiles.entries(at, bytes).unwrap_err().code(Reason::NotFound);
    assert_eq!(refused(full, &bundle(255..511)), Reason::RootMismatch);
    assert_eq!(refused(full, &bundle(256..511)), Reason::BundleMalformed);
    assert_eq!(refused(full, &bundle(256..513)), Reason::BundleMalformed);
    let beyond = EntryTile::new(2, 89).unwrap();
    assert_eq!(refused(beyond, &bundle(512..601)), Reason::ProofIncomplete);
    for at in (0..bundle(512..600).len()).step_by(7) {
        let mut bytes = bundle(512..600);
        bytes[at] ^= 1;
        assert!(tiles.entries(partial, &bytes).is_err(), "{at}");
    }
}

proptest! {
    #[test]
    fn addresses_are_read_back(level in 0..=63_u8, index in 0..MAX_TREE_SIZE / 256, width in 1..=256_u16) {
        let tile = Tile::new(level, index, width).unwrap();
        prop_assert_eq!(tile.to_string().parse(), Ok(TilePath::Hashes(tile)));
        let bundle = EntryTile::new(index, width).unwrap();
        prop_assert_eq!(bundle.to_string().parse(), Ok(TilePath::Entries(bundle)));
    }

    #[test]
    fn any_path_gets_an_answer(text in "(tile/)?([0-9x]{0,4}/){0,4}(\\.p/)?\\PC{0,12}") {
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn questions_about_any_tile_get_an_answer(
        level: u8, index: u64, width: u16, leaves in 0..=MAX_TREE_SIZE,
    ) {
        let leaves = size(leaves);
        if let Ok(tile) = Tile::new(level, index, width) {
            let widest = Tile::widest(level, index, leaves);
            prop_assert_eq!(tile.is_part_of(leaves), widest.is_some_and(|widest| widest.width() >= width));
            prop_assert!(tile.parent(leaves).is_none_or(|parent| parent.is_part_of(leaves)));
        }
        if let Ok(node) = Node::new(level, index) {
            let there = node.start().checked_add(node.leaves()).is_some_and(|end| end <= leaves.get());
            prop_assert!(!there || Tile::holding(node, leaves).is_some());
        }
        prop_assert!(EntryTile::widest(index, leaves).is_none_or(|bundle| bundle.is_part_of(leaves)));
    }

    #[test]
    fn any_bytes_as_tiles_get_a_refusal(leaves in 1..=MAX_TREE_SIZE, seed: [u8; 32]) {
        struct Noise([u8; 32]);
        impl TileSource for Noise {
            type Error = ();
            fn tile(&self, tile: Tile) -> Result<Vec<u8>, ()> {
                Ok(self.0.repeat(usize::from(tile.width())))
            }
        }
        let root = fairtrail::merkle::Root::from_bytes(*Hash::from_bytes(seed).as_bytes());
        let origin = "a/b/e1".parse().unwrap();
        let checkpoint = Checkpoint::new(origin, size(leaves), root).unwrap();
        let opened = VerifiedTiles::open(Noise(seed), &checkpoint).is_ok();
        prop_assert!(!opened || leaves.is_power_of_two());
    }
}
