//! Checkpoints, promises and proof files: one form, signed, and refused when anything is off.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail::key::SecretKey;
use fairtrail::log::{
    Checkpoint, LogError, Origin, Promise, SignedCheckpoint, SignedPromise, TlogPolicy, TlogProof,
};
use fairtrail::merkle::{Hash, LeafIndex, Root, Tree, TreeSize, leaf_hash};
use fairtrail::note::{Note, NoteSigner};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use proptest::prelude::*;

const ORIGIN: &str = "ledger.example/coast/e1";
const ROOT: &str = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";
const EMPTY: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name.parse().unwrap(), SecretKey::from_seed([seed; 32]))
}

fn origin() -> Origin {
    ORIGIN.parse().unwrap()
}

fn size(leaves: u64) -> TreeSize {
    TreeSize::new(leaves).unwrap()
}

fn index(position: u64) -> LeafIndex {
    LeafIndex::new(position).unwrap()
}

fn leaf(number: u64) -> Hash {
    leaf_hash(&number.to_be_bytes())
}

fn tree(leaves: u64) -> Tree {
    Tree::from_leaves((0..leaves).map(leaf)).unwrap()
}

fn checkpoint(tree: &Tree) -> Checkpoint {
    Checkpoint::new(origin(), tree.size(), tree.root()).unwrap()
}

#[test]
fn a_signed_checkpoint_is_opened_by_its_own_log_only() {
    let (log, tree) = (signer(ORIGIN, 1), tree(8));
    let note = checkpoint(&tree).sign(&log).unwrap().to_string();
    let opened = SignedCheckpoint::open(note.as_bytes(), log.verifier()).unwrap();
    assert_eq!(opened.checkpoint(), &checkpoint(&tree));
    assert_eq!(opened.note().to_string(), note);

    let other = signer("ledger.example/coast/e2", 1);
    assert!(matches!(
        checkpoint(&tree).sign(&other),
        Err(LogError::KeyNameMismatch { .. })
    ));
    let text = checkpoint(&tree).to_string();
    let foreign = Note::new(&text, vec![other.sign(&text)])
        .unwrap()
        .to_string();
    let refused = SignedCheckpoint::open(foreign.as_bytes(), other.verifier());
    assert_eq!(refused.unwrap_err().code(), Reason::OriginMismatch);
    let refused = SignedCheckpoint::open(foreign.as_bytes(), log.verifier());
    assert_eq!(refused.unwrap_err().code(), Reason::SignatureMissing);
}

#[test]
fn a_malformed_checkpoint_text_is_refused() {
    for bad in [
        String::new(),
        "\n".into(),
        ORIGIN.into(),
        format!("{ORIGIN}\n8\n"),
        format!("{ORIGIN}\n8\n{ROOT}"),
        format!("{ORIGIN}\n8\n\n{ROOT}\n"),
        format!("\n{ORIGIN}\n8\n{ROOT}\n"),
        format!("{ORIGIN}\n8\n{ROOT}\n\n"),
        format!("{ORIGIN}\n8\n{ROOT}\nextension\n"),
        format!("{ORIGIN}\r\n8\r\n{ROOT}\r\n"),
        format!("{ORIGIN}\n08\n{ROOT}\n"),
        format!("{ORIGIN}\n+8\n{ROOT}\n"),
        format!("{ORIGIN}\n-8\n{ROOT}\n"),
        format!("{ORIGIN}\n8 \n{ROOT}\n"),
        format!("{ORIGIN}\n 8\n{ROOT}\n"),
        format!("{ORIGIN}\n0x8\n{ROOT}\n"),
        format!("{ORIGIN}\n8.0\n{ROOT}\n"),
        format!("{ORIGIN}\n\n{ROOT}\n"),
        format!("{ORIGIN}\n18446744073709551616\n{ROOT}\n"),
        format!("{ORIGIN}\n8\n{}\n", ROOT.trim_end_matches('=')),
        format!("{ORIGIN}\n8\n{ROOT}=\n"),
        format!("{ORIGIN}\n8\n{ROOT} \n"),
        format!("{ORIGIN}\n8\n{}\n", ROOT.replace("Qyg=", "Qyh=")),
        format!("{ORIGIN}\n8\n{}\n", ROOT.replace('+', "-")),
        format!("{ORIGIN}\n8\nAAAA\n"),
        format!("{ORIGIN}\n0\n{ROOT}\n"),
        format!("https://{ORIGIN}\n8\n{ROOT}\n"),
        format!("{ORIGIN}/\n8\n{ROOT}\n"),
        format!("ledger.example/coast\n8\n{ROOT}\n"),
        format!("ledger.example/co ast/e1\n8\n{ROOT}\n"),
        format!("ledger.example/co+ast/e1\n8\n{ROOT}\n"),
        format!("{}/e1\n8\n{ROOT}\n", "a/".repeat(64)),
    ] {
        let refused = bad.parse::<Checkpoint>().map_err(|error| error.code());
        assert_eq!(refused, Err(Reason::CheckpointMalformed), "{bad:?}");
    }
    let large = format!("{ORIGIN}\n9007199254740992\n{ROOT}\n").parse::<Checkpoint>();
    assert_eq!(large.unwrap_err().code(), Reason::IntegerOutOfRange);
    for good in [
        format!("{ORIGIN}\n9007199254740991\n{ROOT}\n"),
        format!("{ORIGIN}\n0\n{EMPTY}\n"),
        format!("{ORIGIN}/index/1\n8\n{ROOT}\n"),
    ] {
        assert_eq!(good.parse::<Checkpoint>().unwrap().to_string(), good);
    }
}

#[test]
fn growth_is_shown_by_a_consistency_proof() {
    let whole = tree(20);
    let at = |leaves| {
        let root = whole.root_at(size(leaves)).unwrap();
        Checkpoint::new(origin(), size(leaves), root).unwrap()
    };
    let path = whole.consistency(size(7), size(20)).unwrap();
    assert_eq!(at(7).check_growth(&at(20), &path), Ok(()));
    assert_eq!(at(7).check_growth(&at(7), &[]), Ok(()));
    assert_eq!(at(0).check_growth(&at(20), &[]), Ok(()));
    assert_eq!(at(0).check_growth(&at(0), &[]), Ok(()));

    let code = |old: Checkpoint, new: Checkpoint, path: &[Hash]| {
        old.check_growth(&new, path).unwrap_err().code()
    };
    assert_eq!(code(at(7), at(20), &[]), Reason::ProofInvalid);
    assert_eq!(code(at(7), at(7), &path), Reason::ProofInvalid);
    assert_eq!(code(at(0), at(20), &path), Reason::ProofInvalid);
    assert_eq!(code(at(20), at(7), &path), Reason::ProofInvalid);
    assert_eq!(code(at(6), at(20), &path), Reason::ProofInvalid);
    let other_root = Root::from_bytes(*leaf(9).as_bytes());
    let forked = Checkpoint::new(origin(), size(7), other_root).unwrap();
    assert_eq!(code(at(7), forked.clone(), &[]), Reason::LogForked);
    assert_eq!(code(forked, at(20), &path), Reason::RootMismatch);
    let index = Checkpoint::new(origin().index(1).unwrap(), size(20), at(20).root()).unwrap();
    assert_eq!(code(at(7), index, &path), Reason::OriginMismatch);
}

fn promise(batch: &Tree) -> Promise {
    let by = Timestamp::new(1_784_800_060).unwrap();
    Promise::new(origin(), index(1_000), batch.size().get(), batch.root(), by).unwrap()
}

#[test]
fn a_promise_covers_exactly_its_entries() {
    let (key, batch) = (signer(&format!("{ORIGIN}/promise"), 3), tree(5));
    let note = promise(&batch).sign(&key).unwrap().to_string();
    let opened = SignedPromise::open(note.as_bytes(), key.verifier()).unwrap();
    assert_eq!(opened.promise(), &promise(&batch));
    for position in 0..5 {
        let path = batch.inclusion(index(position), batch.size()).unwrap();
        assert_eq!(
            opened.covers(leaf(position), position, &path),
            Ok(index(1_000 + position))
        );
        assert!(opened.covers(leaf(position + 1), position, &path).is_err());
        assert!(opened.covers(leaf(position), position, &path[1..]).is_err());
        let elsewhere = opened.covers(leaf(position), (position + 1) % 5, &path);
        assert!(elsewhere.is_err());
    }
    let beyond = opened.covers(leaf(5), 5, &[]);
    assert_eq!(
        beyond,
        Err(LogError::PositionOutOfRange {
            position: 5,
            count: 5
        })
    );
    assert!(opened.covers(leaf(0), u64::MAX, &[]).is_err());
}

#[test]
fn the_log_key_signs_no_promise_and_the_promise_key_no_checkpoint() {
    let (log, key) = (signer(ORIGIN, 1), signer(&format!("{ORIGIN}/promise"), 3));
    let batch = tree(5);
    assert!(matches!(
        promise(&batch).sign(&log),
        Err(LogError::KeyNameMismatch { .. })
    ));
    assert!(matches!(
        checkpoint(&batch).sign(&key),
        Err(LogError::KeyNameMismatch { .. })
    ));
    let note = promise(&batch).sign(&key).unwrap().to_string();
    let read = SignedCheckpoint::open(note.as_bytes(), key.verifier());
    assert!(read.is_err());
    let note = checkpoint(&batch).sign(&log).unwrap().to_string();
    let read = SignedPromise::open(note.as_bytes(), log.verifier());
    assert_eq!(read.unwrap_err().code(), Reason::PromiseInvalid);
}

#[test]
fn a_malformed_promise_is_refused() {
    let good = promise(&tree(5)).to_string();
    assert_eq!(good.parse(), Ok(promise(&tree(5))));
    let lines: Vec<_> = good.lines().map(str::to_owned).collect();
    let with = |at: usize, line: &str| {
        let mut lines = lines.clone();
        line.clone_into(&mut lines[at]);
        lines.join("\n") + "\n"
    };
    for bad in [
        String::new(),
        good.trim_end().to_owned(),
        format!("{good}\n"),
        format!("{good}more\n"),
        good.replace('\n', "\r\n"),
        with(0, "fairtrail/promise/v2"),
        with(0, "cosignature/v1"),
        with(1, "ledger.example/coast"),
        with(1, &format!("{ORIGIN}/index/1")),
        with(2, "01000"),
        with(2, "9007199254740991"),
        with(2, "9007199254740990"),
        with(3, "0"),
        with(3, "65537"),
        with(3, "05"),
        with(4, "AAAA"),
        with(5, "-1"),
        with(5, "1.5"),
        with(5, "253402300800"),
    ] {
        assert_eq!(
            bad.parse::<Promise>(),
            Err(LogError::PromiseMalformed),
            "{bad:?}"
        );
    }
    assert!(with(3, "65536").parse::<Promise>().is_ok());
}

#[test]
fn a_promise_is_overdue_only_after_its_time_and_below_its_last_leaf() {
    let promise = promise(&tree(5));
    let at = |seconds| Timestamp::new(seconds).unwrap();
    assert!(promise.is_overdue(size(1_004), at(1_784_800_061)));
    assert!(!promise.is_overdue(size(1_005), at(1_784_800_061)));
    assert!(!promise.is_overdue(size(1_004), at(1_784_800_060)));
}

fn policy(log: &NoteSigner) -> TlogPolicy {
    TlogPolicy::parse(&format!("log {}\nquorum none\n", log.verifier())).unwrap()
}

#[test]
fn a_proof_file_ties_a_leaf_to_a_trusted_checkpoint() {
    let (log, tree) = (signer(ORIGIN, 1), tree(21));
    let note = checkpoint(&tree).sign(&log).unwrap();
    for extra in [Vec::new(), b"kept, not proved".to_vec()] {
        let path = tree.inclusion(index(9), tree.size()).unwrap();
        let proof = TlogProof::new(extra.clone(), index(9), path, note.clone()).unwrap();
        let text = proof.to_string();
        let read = TlogProof::parse(text.as_bytes()).unwrap();
        assert_eq!((&read, read.extra()), (&proof, extra.as_slice()));
        let cosigned = read.verify(leaf(9), &policy(&log)).unwrap();
        assert_eq!(cosigned.checkpoint(), &checkpoint(&tree));
        let code = read.verify(leaf(8), &policy(&log)).unwrap_err().code();
        assert_eq!(code, Reason::RootMismatch);
        let code = read
            .verify(leaf(9), &policy(&signer("a/b/e1", 1)))
            .unwrap_err()
            .code();
        assert_eq!(code, Reason::OriginMismatch);
    }
}

#[test]
fn a_malformed_proof_file_is_refused() {
    let (log, tree) = (signer(ORIGIN, 1), tree(2));
    let path = tree.inclusion(index(1), tree.size()).unwrap();
    let note = checkpoint(&tree).sign(&log).unwrap();
    let good = TlogProof::new(b"x".to_vec(), index(1), path, note)
        .unwrap()
        .to_string();
    assert!(TlogProof::parse(good.as_bytes()).is_ok());
    let hash = leaf(0).to_string();
    for bad in [
        String::new(),
        good.replace("@v1", "@v2"),
        good.replacen("c2sp.org/tlog-proof@v1\n", "", 1),
        format!("c2sp.org/tlog-proof@v1\n{good}"),
        format!("\n{good}"),
        good.replace("extra eA==\n", "extra \n"),
        good.replace("extra eA==\n", "extra eA\n"),
        good.replace("extra eA==\n", "extra eA==\nextra eA==\n"),
        good.replace("index 1\n", ""),
        good.replace("index 1\n", "index 01\n"),
        good.replace("index 1\n", "index  1\n"),
        good.replace("index 1\n", "index 9007199254740991\n"),
        good.replace("index 1\n", "index 1\nextra eA==\n"),
        good.replace(&hash, &hash[..40]),
        good.replace(&hash, &format!("{hash}\n ")),
        good.replace(&hash, &vec![hash.as_str(); 54].join("\n")),
        good.replace("\n\n", "\n"),
        good.replace(&format!("{hash}\n\n"), &format!("{hash}\n\n\n")),
        format!("{good}\n"),
    ] {
        assert!(TlogProof::parse(bad.as_bytes()).is_err(), "{bad:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,200}", lines in "([a-z0-9/=+.]{0,50}\n){0,8}") {
        for text in [text.clone(), lines.clone(), format!("c2sp.org/tlog-proof@v1\nindex 1\n{lines}\n{text}")] {
            if let Ok(read) = text.parse::<Checkpoint>() {
                prop_assert_eq!(read.to_string(), text.clone());
            }
            let _ = text.parse::<Promise>();
            let _ = TlogProof::parse(text.as_bytes());
            let _ = TlogPolicy::parse(&text);
            let _ = policy(&signer(ORIGIN, 1)).open(text.as_bytes());
        }
    }

    #[test]
    fn a_proof_file_with_a_byte_changed_is_refused(leaves in 1..40_u64, pick: prop::sample::Index) {
        let (log, tree) = (signer(ORIGIN, 1), tree(leaves));
        let at = pick.index(usize::try_from(leaves).unwrap()) as u64;
        let path = tree.inclusion(index(at), tree.size()).unwrap();
        let note = checkpoint(&tree).sign(&log).unwrap();
        let proof = TlogProof::new(Vec::new(), index(at), path, note).unwrap().to_string();
        let policy = policy(&log);
        for byte in 0..proof.len() {
            let mut bytes = proof.clone().into_bytes();
            bytes[byte] ^= 1;
            let verified = TlogProof::parse(&bytes).and_then(|proof| proof.verify(leaf(at), &policy));
            prop_assert!(verified.is_err(), "{}", String::from_utf8_lossy(&bytes));
        }
    }
}
