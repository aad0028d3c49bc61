use fairtrail::log::{EntryTile, TileSource, VerifiedTiles};
use fairtrail::merkle::{LeafIndex, Tree, leaf_hash, prove, verify};
use proptest::prelude::*;

use super::*;
use crate::store::disk::faults;

fn leaves(range: std::ops::Range<u64>) -> Vec<Hash> {
    range.map(|index| leaf_hash(&index.to_le_bytes())).collect()
}

fn tree(size: u64) -> Tree {
    Tree::from_leaves(leaves(0..size)).unwrap()
}

fn head(size: u64) -> TreeHead {
    TreeHead {
        size,
        root: *tree(size).root().as_bytes(),
    }
}

fn open(dir: &tempfile::TempDir) -> Tiles {
    Tiles::open(&dir.path().join("tiles")).unwrap()
}

/// Every file below, relative, but for the note of what is covered.
fn files(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(next) = open.pop() {
        for name in disk::names(&next).unwrap() {
            let path = next.join(name);
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with(COVERS) {
                found.insert(
                    path.strip_prefix(dir)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_string(),
                );
            }
        }
    }
    found
}

fn widest_files(size: u64) -> BTreeSet<String> {
    let size = TreeSize::new(size).unwrap();
    let paths = Tile::growth(TreeSize::ZERO, size).map(|tile| tile.path().to_string());
    paths
        .map(|path| path.strip_prefix("tile/").unwrap().to_string())
        .collect()
}

#[test]
fn only_the_widest_tiles_are_kept_however_the_tree_grows() {
    for step in [1, 7, 255, 256, 257, 1000] {
        let dir = tempfile::tempdir().unwrap();
        let mut tiles = open(&dir);
        let mut size = 0;
        while size < 1300 {
            assert_eq!(
                tiles.grow(&leaves(size..size + step)).unwrap().size,
                size + step
            );
            size += step;
        }
        assert_eq!(tiles.head(), head(size));
        tiles.sync().unwrap();
        assert_eq!(files(&tiles.dir), widest_files(size), "steps of {step}");
    }
}

#[test]
fn every_tile_of_every_earlier_size_is_still_served() {
    let dir = tempfile::tempdir().unwrap();
    let mut tiles = open(&dir);
    let mut served = Vec::new();
    for size in (0..1100).step_by(37) {
        tiles.grow(&leaves(size..size + 37)).unwrap();
        let now = TreeSize::new(size + 37).unwrap();
        let reader = tiles.reader();
        served.extend(
            Tile::growth(TreeSize::ZERO, now).map(|tile| (tile, reader.tile(tile).unwrap())),
        );
    }
    for (tile, bytes) in served {
        assert_eq!(bytes.len(), tile.bytes());
        assert_eq!(tiles.reader().tile(tile).as_ref(), Ok(&bytes));
    }
}

#[test]
fn proofs_from_tiles_verify_and_equal_those_from_memory() {
    let dir = tempfile::tempdir().unwrap();
    let mut tiles = open(&dir);
    let size = 1234;
    tiles.grow(&leaves(0..size)).unwrap();
    let (reader, tree) = (tiles.reader(), tree(size));
    let size = TreeSize::new(size).unwrap();
    for index in [0u64, 1, 255, 256, 700, 1023, 1024, 1233] {
        let leaf = leaf_hash(&index.to_le_bytes());
        let index = LeafIndex::new(index).unwrap();
        let proof = prove::inclusion(&reader, index, size).unwrap();
        assert_eq!(proof, tree.inclusion(index, size).unwrap());
        verify::inclusion(leaf, index, size, &proof, tree.root()).unwrap();
    }
    for old in [1, 255, 256, 257, 1024, 1234] {
        let old = TreeSize::new(old).unwrap();
        let proof = prove::consistency(&reader, old, size).unwrap();
        assert_eq!(proof, tree.consistency(old, size).unwrap());
    }
    let beyond = Node::new(0, 1234).unwrap();
    let none = TilesError::NoSubtree {
        level: 0,
        index: 1234,
        size: 1234,
    };
    assert_eq!(
        fairtrail::merkle::HashSource::node(&reader, beyond),
        Err(none)
    );
}

#[test]
fn the_tiles_are_what_a_verifying_reader_accepts() {
    let dir = tempfile::tempdir().unwrap();
    let mut tiles = open(&dir);
    tiles.grow(&leaves(0..600)).unwrap();
    let origin = "log.example/one/e1".parse().unwrap();
    let size = TreeSize::new(600).unwrap();
    let checkpoint = fairtrail::log::Checkpoint::new(origin, size, tree(600).root()).unwrap();
    let verified = VerifiedTiles::open(tiles.reader(), &checkpoint).unwrap();
    let last = EntryTile::widest(2, size).unwrap();
    assert_eq!(verified.leaves(last).unwrap(), leaves(512..600));
}

#[test]
fn what_was_not_synced_is_grown_again_and_damage_starts_from_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut tiles = open(&dir);
    tiles.grow(&leaves(0..300)).unwrap();
    tiles.sync().unwrap();
    let mut tiles = open(&dir);
    assert_eq!(tiles.head(), head(300));
    tiles.grow(&leaves(300..700)).unwrap();
    let mut tiles = open(&dir);
    assert_eq!(tiles.head(), head(300));
    assert_eq!(tiles.grow(&leaves(300..700)), Ok(head(700)));
    tiles.sync().unwrap();
    for (name, bytes) in [
        ("0/002.p/188", b"short".to_vec()),
        ("1/000.p/2", vec![9; 64]),
    ] {
        let path = tiles.dir.join(name);
        let whole = fs_err::read(&path).unwrap();
        fs_err::write(&path, bytes).unwrap();
        assert_eq!(open(&dir).head(), head(0));
        fs_err::write(&path, whole).unwrap();
        assert_eq!(open(&dir).head(), head(700));
    }
    fs_err::write(tiles.dir.join(COVERS), b"nonsense").unwrap();
    assert_eq!(open(&dir).head(), head(0));
    tiles.clear().unwrap();
    assert_eq!((tiles.head(), files(&tiles.dir).len()), (head(0), 0));
}

#[test]
fn a_failed_operation_leaves_what_was_synced_or_nothing() {
    for operations in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let mut tiles = open(&dir);
        tiles.grow(&leaves(0..250)).unwrap();
        tiles.sync().unwrap();
        faults::after(operations);
        let outcome = tiles.grow(&leaves(250..600)).and_then(|_| tiles.sync());
        if !faults::lift() {
            return assert_eq!(outcome, Ok(()));
        }
        let mut tiles = open(&dir);
        let size = tiles.head().size;
        assert!([250, 600].contains(&size) && tiles.head() == head(size));
        assert_eq!(tiles.grow(&leaves(size..700)), Ok(head(700)));
        tiles.sync().unwrap();
        assert_eq!(open(&dir).head(), head(700));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_growth_and_restart_gives_the_same_tree(steps in prop::collection::vec((0u64..400, any::<bool>()), 1..8)) {
        let dir = tempfile::tempdir().unwrap();
        let mut tiles = open(&dir);
        let mut size = 0;
        for (step, restart) in steps {
            tiles.grow(&leaves(size..size + step)).unwrap();
            size += step;
            prop_assert_eq!(tiles.head(), head(size));
            if restart {
                tiles.sync().unwrap();
                tiles = open(&dir);
                prop_assert_eq!(tiles.head(), head(size));
            }
        }
    }
}
