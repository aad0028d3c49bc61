//! What followers do with checkpoints that others saw.

use super::*;
use fairtrail::log::SignedCheckpoint;

/// A peer's checkpoint, as somebody else saw it.
fn seen(peer: &Peer) -> Input {
    let opened = SignedCheckpoint::open(&peer.note(), peer.signer.verifier());
    Input::Heard(Box::new(opened.unwrap()))
}

/// A follower that has all of `leaves`.
fn reached_all(leaves: &[Vec<u8>]) -> (Follower, Peer, Own) {
    let (mut follower, mut own) = (new_follower(), Own::default());
    let mut peer = Peer::new(leaves.to_vec());
    assert_eq!(round(&mut follower, &mut peer, &mut own), reached(true));
    peer.asked.clear();
    (follower, peer, own)
}

fn swapped(leaves: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut other = leaves.to_vec();
    other.swap(3, 4);
    other
}

#[test]
fn a_newer_checkpoint_makes_it_poll_at_once_and_what_is_known_does_not() {
    let entries = bytes(&pulses(600));
    let (mut follower, mut peer, mut own) = reached_all(&entries[..500]);
    assert_eq!(follower.handle(seen(&peer)), []);
    let mut grown = Peer::new(entries);
    let begun = follower.handle(seen(&grown));
    assert_eq!(begun.len(), 1);
    // The log may be asked where it has not grown yet; that is no fault.
    let rested = carry(&mut follower, begun, &mut peer, &mut own);
    assert_eq!(rested, reached(false));
    assert_eq!(round(&mut follower, &mut grown, &mut own), reached(true));
    assert_eq!(own.order.len(), 600);
}

#[test]
fn an_older_checkpoint_is_compared_with_the_tree_once() {
    let entries = bytes(&pulses(600));
    let (mut follower, mut peer, mut own) = reached_all(&entries);
    round(&mut follower, &mut peer, &mut own);
    peer.asked.clear();
    let older = seen(&Peer::new(entries[..300].to_vec()));
    let begun = follower.handle(older);
    let (rest, reports) = carry(&mut follower, begun, &mut peer, &mut own);
    assert!(matches!(rest, Rest::Reached { .. }) && reports.is_empty());
    assert!(peer.asked.len() > 1, "tiles lead to the root of then");
    round(&mut follower, &mut peer, &mut own);
    peer.asked.clear();
    round(&mut follower, &mut peer, &mut own);
    assert_eq!(peer.asked, [Question::Checkpoint]);
}

#[test]
fn a_checkpoint_of_another_history_becomes_a_proof_whatever_its_size() {
    let entries = bytes(&pulses(600));
    for size in [300, 500, 550] {
        let (mut follower, mut peer, mut own) = reached_all(&entries[..500]);
        let other = seen(&Peer::new(swapped(&entries[..size])));
        let begun = follower.handle(other);
        let (mut rest, mut reports) = carry(&mut follower, begun, &mut peer, &mut own);
        if size > 500 {
            assert_eq!((rest, reports.len()), (Rest::Reached { moved: false }, 0));
            // It waits until the log shows a tree of that size here.
            let mut grown = Peer::new(entries.clone());
            (rest, reports) = round(&mut follower, &mut grown, &mut own);
        }
        assert_eq!(rest, Rest::Forked, "{size}");
        let view: SplitView = forked(&reports).to_string().parse().unwrap();
        let (older, newer) = view.verify(&follower.log.key).unwrap();
        assert!(older.size() <= newer.size());
        assert!(follower.known().is_forked());
        assert_eq!(own.order.len(), 500, "nothing more is taken up");
    }
}

#[test]
fn what_the_log_did_not_sign_is_not_heard() {
    let entries = bytes(&pulses(20));
    let (mut follower, mut peer, mut own) = reached_all(&entries[..10]);
    let mut forged = Peer::new(swapped(&entries));
    forged.signer = signer(LOG, 8);
    assert_eq!(follower.handle(seen(&forged)), []);
    assert_eq!(round(&mut follower, &mut peer, &mut own), reached(false));
}

#[test]
fn a_convicted_log_is_followed_no_further_whatever_was_under_way() {
    let entries = bytes(&pulses(20));
    let (mut follower, mut peer, mut own) = reached_all(&entries[..10]);
    follower.handle(Input::Poll);
    let begun = follower.handle(Input::Convicted);
    let rested = carry(&mut follower, begun, &mut peer, &mut own);
    assert_eq!(rested, (Rest::Forked, Vec::new()));
    assert!(own.kept.last().unwrap().is_forked());
    let again = follower.handle(Input::Convicted);
    assert_eq!(again, [Output::Rest(Rest::Forked)]);
    let other = seen(&Peer::new(swapped(&entries)));
    let heard = follower.handle(other);
    assert_eq!(heard, [Output::Rest(Rest::Forked)]);
    assert!(peer.asked.is_empty());
}
