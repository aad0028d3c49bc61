//! The 518 proofs of transparency-dev/merkle, good and bad, all four directories.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use fairtrail::merkle::{Hash, LeafIndex, Root, TreeSize, leaf_hash, verify};
use serde_json::Value;

struct Case(Value);

impl Case {
    fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap()
    }

    fn size(&self, name: &str) -> Option<TreeSize> {
        TreeSize::new(self.number(name)).ok()
    }

    fn index(&self) -> Option<LeafIndex> {
        LeafIndex::new(self.number("leafIdx")).ok()
    }

    fn hash(&self, name: &str) -> Option<Hash> {
        hash(&self.0[name])
    }

    fn root(&self, name: &str) -> Option<Root> {
        self.hash(name)
            .map(|hash| Root::from_bytes(*hash.as_bytes()))
    }

    fn path(&self) -> Option<Vec<Hash>> {
        let proof = self.0["proof"].as_array();
        proof.map_or(Some(Vec::new()), |all| all.iter().map(hash).collect())
    }

    fn expects_error(&self) -> bool {
        self.0["wantErr"].as_bool().unwrap()
    }
}

/// Some cases, a few of them good, use short labels as roots they only compare. Our hashes have 32
/// bytes by type, so a label is replaced by its hash; equal labels stay equal. An absent hash or
/// the length of a proof element cannot be expressed in our types at all: that is a refusal.
fn hash(value: &Value) -> Option<Hash> {
    let bytes = BASE64.decode(value.as_str().unwrap().as_bytes()).unwrap();
    match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(bytes) => Some(Hash::from_bytes(bytes)),
        Err(_) if bytes.starts_with(b"don't care ") => Some(leaf_hash(&bytes)),
        Err(_) => None,
    }
}

fn inclusion(case: &Case) -> Option<()> {
    let (leaf, root) = (case.hash("leafHash")?, case.root("root")?);
    verify::inclusion(
        leaf,
        case.index()?,
        case.size("treeSize")?,
        &case.path()?,
        root,
    )
    .ok()
}

fn consistency(case: &Case) -> Option<()> {
    let (old, old_root) = (case.size("size1")?, case.root("root1")?);
    let (new, new_root) = (case.size("size2")?, case.root("root2")?);
    verify::consistency(old, old_root, new, new_root, &case.path()?).ok()
}

fn subtree_inclusion(case: &Case) -> Option<()> {
    let (start, end) = (case.number("start"), case.number("end"));
    let (leaf, subtree) = (case.hash("leafHash")?, case.hash("root")?);
    verify::subtree_inclusion(leaf, case.index()?, start, end, &case.path()?, subtree).ok()
}

fn subtree_consistency(case: &Case) -> Option<()> {
    let (start, end) = (case.number("start"), case.number("end"));
    let (subtree, root) = (case.hash("root1")?, case.root("root2")?);
    let size = case.size("size")?;
    verify::subtree_consistency(start, end, subtree, size, root, &case.path()?).ok()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(directory).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Runs every case of one directory and returns how many were good and how many bad.
fn run(directory: &str, check: fn(&Case) -> Option<()>) -> Option<(usize, usize)> {
    let root = support::shared("vectors/merkle-transparency-dev/testdata")?;
    let (mut good, mut bad) = (0, 0);
    for file in files(&root.join(directory)) {
        #[expect(clippy::disallowed_methods, reason = "a test; the file is named below")]
        let text = std::fs::read_to_string(&file).unwrap();
        let case = Case(serde_json::from_str(&text).unwrap());
        let refused = check(&case).is_none();
        assert_eq!(refused, case.expects_error(), "{}", file.display());
        *(if refused { &mut bad } else { &mut good }) += 1;
    }
    Some((good, bad))
}

#[test]
fn inclusion_vectors_agree() {
    let counts = run("inclusion", inclusion);
    assert!(matches!(counts, None | Some((6, 92))), "{counts:?}");
}

#[test]
fn consistency_vectors_agree() {
    let counts = run("consistency", consistency);
    assert!(matches!(counts, None | Some((6, 92))), "{counts:?}");
}

#[test]
fn subtree_inclusion_vectors_agree() {
    let counts = run("subtreeinclusion", subtree_inclusion);
    assert!(matches!(counts, None | Some((12, 192))), "{counts:?}");
}

#[test]
fn subtree_consistency_vectors_agree() {
    let counts = run("subtreeconsistency", subtree_consistency);
    assert!(matches!(counts, None | Some((12, 106))), "{counts:?}");
}
