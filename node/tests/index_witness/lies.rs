//! What a witness says to an operator that may lie, read through a gateway or over libp2p.

use std::path::PathBuf;

use fairtrail::entry::{Draft, NetworkClaim, Pulse, SignedEntry};
use fairtrail::index::IndexHead;
use fairtrail::trie::TrieRoot;

use crate::judge::Judge;
use crate::peer::Carrier;
use crate::support::{Feed, at};

/// Entries of a feed that forks at its third, by twos.
fn forked() -> Vec<Vec<SignedEntry>> {
    let mut root = Feed::root();
    let begin = root.begin.clone();
    let first = root.pulses(2);
    let mut twin = root.clone();
    let other = Draft::network(NetworkClaim::Pulse(Pulse {}), twin.author, at(99));
    let mut branch = vec![twin.sign(&other)];
    branch.extend(twin.pulses(3));
    let main = root.pulses(3);
    vec![
        vec![begin],
        first,
        main[..2].to_vec(),
        branch[..2].to_vec(),
        vec![main[2].clone(), branch[2].clone()],
        branch[3..].to_vec(),
    ]
}

#[test]
fn an_honest_index_is_cosigned_and_its_state_outlives_a_kill() {
    honest(None);
}

#[test]
fn an_honest_index_is_cosigned_over_libp2p_alone() {
    honest(Some(Carrier::Quic));
}

fn honest(over: Option<Carrier>) {
    let mut judge = Judge::new(over);
    judge.cosigned(0, 0);
    let batches = forked();
    for entries in &batches[..4] {
        judge.liar.honest(entries);
    }
    judge.cosigned(0, 1);
    assert_eq!(judge.post(&judge.liar.ask(0, 3)), (409, b"1\n".to_vec()));
    judge.cosigned(1, 4);
    judge.restart();
    // Nothing of what was checked is read again, not even where the fork is worked on.
    {
        let mut shown = judge.liar.shown();
        (shown.updates_from, shown.leaves) = (4, false);
    }
    for entries in &batches[4..] {
        judge.liar.honest(entries);
    }
    judge.cosigned(4, 6);
    assert_eq!(judge.evidence(), [] as [PathBuf; 0]);
}

#[test]
fn a_lie_is_refused_with_proof_and_so_is_everything_after_it() {
    lie(None);
}

#[test]
fn a_lie_over_libp2p_is_refused_with_proof() {
    lie(Some(Carrier::Tcp));
}

fn lie(over: Option<Carrier>) {
    let mut judge = Judge::new(over);
    let batches = forked();
    for entries in &batches[..4] {
        judge.liar.honest(entries);
    }
    judge.cosigned(0, 3);
    judge.liar.lie(&batches[4]);
    judge.refused(3, 5, 403, "bad-update");
    judge.proved(4);
    // Even a tree without the lie, and heads after it that are right again.
    judge.refused(3, 4, 403, "bad-update");
    judge.liar.honest(&batches[5]);
    judge.refused(3, 6, 403, "bad-update");
    judge.restart();
    judge.refused(3, 6, 403, "bad-update");
    judge.proved(4);
}

#[test]
fn without_proofs_or_far_behind_every_head_is_made_again() {
    far_behind(None);
}

#[test]
fn over_libp2p_every_head_is_made_again_too() {
    far_behind(Some(Carrier::Quic));
}

fn far_behind(over: Option<Carrier>) {
    let mut judge = Judge::new(over);
    let mut root = Feed::root();
    judge.liar.honest(&[root.begin.clone()]);
    for _ in 0..69 {
        judge.liar.honest(&root.pulses(1));
    }
    judge.cosigned(0, 70);
    let proofs = |judge: &Judge| {
        let shown = judge.liar.shown();
        shown
            .asked
            .iter()
            .any(|path| path.starts_with("/index/update/"))
    };
    assert!(!proofs(&judge), "70 heads behind nobody asks for proofs");
    judge.liar.honest(&root.pulses(2));
    judge.cosigned(70, 71);
    assert!(proofs(&judge));
    // Proofs that are missing, and leaves as well: it comes again.
    {
        let mut shown = judge.liar.shown();
        (shown.updates_from, shown.leaves) = (1_000, false);
    }
    judge.liar.honest(&root.pulses(1));
    judge.refused(71, 72, 503, "index-unchecked");
    judge.liar.shown().leaves = true;
    judge.cosigned(71, 72);
    // A lie is found and proved that way as well.
    judge.liar.head(&root.pulses(1), |head: &mut IndexHead| {
        head.feeds = TrieRoot::new([9; 32]);
    });
    judge.refused(72, 73, 403, "bad-update");
    judge.proved(72);
}

#[test]
fn leaves_that_are_not_the_logs_prove_nothing() {
    other_leaves(None);
}

#[test]
fn over_libp2p_such_leaves_prove_nothing_either() {
    other_leaves(Some(Carrier::Tcp));
}

fn other_leaves(over: Option<Carrier>) {
    let mut judge = Judge::new(over);
    let mut root = Feed::root();
    judge.liar.honest(&[root.begin.clone()]);
    judge.liar.head(&root.pulses(2), |head| {
        head.root = fairtrail::merkle::Root::from_bytes([8; 32]);
    });
    judge.refused(0, 2, 503, "index-unchecked");
    assert_eq!(judge.evidence(), [] as [PathBuf; 0]);
    judge.cosigned(0, 1);
}
