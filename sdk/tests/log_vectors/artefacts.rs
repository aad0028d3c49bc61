//! One log of five entries, its keys and everything signed about it, from fixed seeds.

use fairtrail::key::SecretKey;
use fairtrail::log::{
    AddCheckpoint, ArchiveLine, ArchiveList, Checkpoint, Origin, Promise, TlogProof, note_digest,
};
use fairtrail::merkle::{Hash, LeafIndex, Tree, TreeSize, leaf_hash};
use fairtrail::note::{Cosigner, Note, NoteSigner};
use fairtrail::time::Timestamp;

pub(crate) const ORIGIN: &str = "ledger.example/coast/e1";
/// 2026-07-23T12:00:00Z.
pub(crate) const SIGNED_AT: u64 = 1_784_808_000;

pub(crate) fn origin() -> Origin {
    ORIGIN.parse().unwrap()
}

pub(crate) fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name.parse().unwrap(), SecretKey::from_seed([seed; 32]))
}

pub(crate) fn cosigner(name: &str, seed: u8) -> Cosigner {
    Cosigner::new(name.parse().unwrap(), SecretKey::from_seed([seed; 32]))
}

pub(crate) fn log_key() -> NoteSigner {
    signer(ORIGIN, 1)
}

pub(crate) fn promise_key() -> NoteSigner {
    signer(&format!("{ORIGIN}/promise"), 2)
}

pub(crate) fn own_witness() -> Cosigner {
    cosigner("ledger.example/coast/witness", 3)
}

/// The witnesses of four other operators.
pub(crate) fn witnesses() -> [Cosigner; 4] {
    [("hill", 4), ("lake", 5), ("moor", 6), ("reef", 7)]
        .map(|(name, seed)| cosigner(&format!("{name}.example/watch/witness"), seed))
}

/// The log's leaves. Real ones are entries; the tree does not care.
pub(crate) fn leaf(number: usize) -> Hash {
    leaf_hash(format!("entry {number}").as_bytes())
}

pub(crate) fn tree(leaves: usize) -> Tree {
    Tree::from_leaves((0..leaves).map(leaf)).unwrap()
}

pub(crate) fn checkpoint(leaves: usize) -> Checkpoint {
    let tree = tree(leaves);
    Checkpoint::new(origin(), tree.size(), tree.root()).unwrap()
}

/// The checkpoint signed by the log, cosigned by its own witness and three others.
pub(crate) fn cosigned() -> Note {
    let note = checkpoint(5).sign(&log_key()).unwrap();
    let own = own_witness().cosign(note.text(), SIGNED_AT).unwrap();
    let mut note = note.with(own).unwrap();
    for (witness, seconds) in witnesses().iter().zip([3, 1, 2]) {
        let line = witness.cosign(note.text(), SIGNED_AT + seconds).unwrap();
        note = note.with(line).unwrap();
    }
    note
}

pub(crate) fn policy() -> String {
    let [hill, lake, moor, reef] = witnesses();
    format!(
        "log {} https://ledger.example/coast\nwitness hill {}\nwitness lake {}\nwitness moor {}\nwitness reef {}\n\
         group operators 3 hill lake moor reef\nquorum operators\n",
        log_key().verifier(),
        hill.verifier(),
        lake.verifier(),
        moor.verifier(),
        reef.verifier(),
    )
}

/// The promise for the last three of the five leaves, which came as one batch.
pub(crate) fn promise() -> Promise {
    let by = Timestamp::new(SIGNED_AT + 60).unwrap();
    Promise::new(origin(), LeafIndex::new(2).unwrap(), 3, batch().root(), by).unwrap()
}

pub(crate) fn batch() -> Tree {
    Tree::from_leaves((2..5).map(leaf)).unwrap()
}

pub(crate) fn proof(extra: &[u8]) -> TlogProof {
    let index = LeafIndex::new(3).unwrap();
    let tree = tree(5);
    let path = tree.inclusion(index, tree.size()).unwrap();
    TlogProof::new(extra.to_vec(), index, path, cosigned()).unwrap()
}

pub(crate) fn archive() -> ArchiveList {
    let mut list = ArchiveList::new();
    let earlier = checkpoint(2).sign(&log_key()).unwrap();
    for (size, note) in [(2, earlier), (5, cosigned())] {
        let digest = note_digest(note.to_string().as_bytes());
        list.push(ArchiveLine {
            size: TreeSize::new(size).unwrap(),
            digest,
        })
        .unwrap();
    }
    list
}

/// What a witness that cosigned two leaves is asked.
pub(crate) fn add_checkpoint() -> AddCheckpoint {
    let (old, tree) = (TreeSize::new(2).unwrap(), tree(5));
    AddCheckpoint {
        old,
        proof: tree.consistency(old, tree.size()).unwrap(),
        note: checkpoint(5).sign(&log_key()).unwrap(),
    }
}

/// What it answers.
pub(crate) fn witness_answer() -> String {
    let [hill, ..] = witnesses();
    let line = hill.cosign(add_checkpoint().note.text(), SIGNED_AT + 3);
    format!("{}\n", line.unwrap())
}

/// What specs/witness.md shows word for word.
pub(crate) fn shown_of_witnesses() -> Vec<String> {
    vec![add_checkpoint().to_string(), witness_answer()]
}

/// What specs/log.md shows word for word.
pub(crate) fn shown() -> Vec<String> {
    vec![
        cosigned().to_string(),
        policy(),
        promise().sign(&promise_key()).unwrap().to_string(),
        proof(b"").to_string(),
        archive().to_string(),
    ]
}
