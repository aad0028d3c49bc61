//! Logs that show two histories, or an old one, to peers who have nothing but libp2p.

use std::collections::BTreeSet;

use fairtrail::entry::SignedEntry;
use fairtrail::fraud::{FraudFile, SplitView};
use fairtrail::id::EntryId;
use rustix::process::Signal;

use crate::peer::{Peer, wait_until};
use crate::support::network::Carrier;
use crate::support::{Feed, batch};
use crate::ways::ids;

/// What each of two histories consists of: both could be the log's, but not both at once.
fn histories() -> [Vec<SignedEntry>; 2] {
    let (mut root, mut twin) = (Feed::root(), Feed::root());
    let granted = twin.grant(&mut Feed::author(9));
    let first = [vec![root.begin.clone()], root.pulses(3)].concat();
    let second = [vec![twin.begin.clone(), granted], twin.pulses(5)].concat();
    [first, second]
}

fn known(entries: &[SignedEntry]) -> BTreeSet<EntryId> {
    entries.iter().map(SignedEntry::id).collect()
}

/// Waits until a node holds a file against a log that verifies with nothing but the log's key; the
/// sizes of the two trees.
fn caught(peer: &Peer, log: &Peer) -> (u64, u64) {
    wait_until("the second history is noticed", || {
        let shown = peer.shown("/peers");
        let followed = shown.as_array().unwrap();
        let of = followed
            .iter()
            .find(|one| one["origin"] == log.origin.as_str());
        of.is_some_and(|one| one["reason"] == "log-forked")
            && peer.accusation(&log.origin).is_some()
    });
    let file = peer.accusation(&log.origin).unwrap();
    let Ok(FraudFile::SplitView(proof)) = FraudFile::parse(&file) else {
        panic!("a split view");
    };
    let proof: SplitView = *proof;
    let key = log.vkey("log vkey").parse().unwrap();
    assert!(
        proof
            .verify(&peer.vkey("log vkey").parse().unwrap())
            .is_err()
    );
    let (older, newer) = proof.verify(&key).unwrap();
    (older.size().get(), newer.size().get())
}

/// Two who are each shown another history, and one who hears of the second from them.
fn two_histories(over: Carrier) {
    let [mut log, mut hill, mut lake, mut reef] = ["moor", "hill", "lake", "reef"].map(Peer::new);
    let followers = [&hill, &lake, &reef];
    log.bootstrap(&followers.map(|peer| peer.named("")));
    let at = followers.map(|peer| peer.named(&peer.listen(over, over.free())));
    for peer in followers {
        let others = at.iter().filter(|at| !at.ends_with(&peer.named("")));
        peer.bootstrap(&others.cloned().collect::<Vec<_>>());
    }
    let one = log.listen(over, over.free());
    let mut twin = log.twin();
    let other = twin.listen_anew(over, over.free());
    let [first, second] = histories();
    log.seed(vec![batch(&first)]);
    twin.seed(vec![batch(&second)]);
    hill.follow_at(&log, &one, false);
    lake.follow_at(&log, &other, false);
    reef.follow_at(&log, &one, false);
    for peer in [&mut log, &mut twin, &mut hill] {
        peer.start();
    }
    wait_until("the first history is taken up", || {
        ids(&hill) == known(&first)
    });
    lake.start();
    reef.start();
    for peer in [&hill, &lake, &reef] {
        assert_eq!(caught(peer, &log), (4, 7));
    }
    assert_eq!(
        ids(&hill),
        known(&first),
        "nothing of the other is taken up"
    );
    for peer in [&mut log, &mut twin, &mut hill, &mut lake, &mut reef] {
        peer.stop();
    }
}

#[test]
fn a_log_with_two_histories_is_caught_over_tcp() {
    two_histories(Carrier::Tcp);
}

#[test]
fn a_log_with_two_histories_is_caught_over_quic() {
    two_histories(Carrier::Quic);
}

#[test]
fn an_old_checkpoint_is_not_believed_and_going_on_from_it_is_caught() {
    let over = Carrier::Tcp;
    let [mut log, mut hill, mut lake] = ["moor", "hill", "lake"].map(Peer::new);
    let at = log.listen(over, over.free());
    log.bootstrap(&[&hill, &lake].map(|peer| peer.named("")));
    let by_hill = hill.listen(over, over.free());
    hill.bootstrap(&[lake.named("")]);
    lake.bootstrap(&[hill.named(&by_hill)]);
    let mut root = Feed::root();
    let mut entries = [vec![root.begin.clone()], root.pulses(3)].concat();
    log.seed(vec![batch(&entries)]);
    // A copy of everything, its guard too, that goes on as if nothing had been signed since.
    let (mut old, mut other) = (log.twin(), root.clone());
    for peer in [&hill, &lake] {
        peer.follow_at(&log, &at, false);
    }
    for peer in [&mut log, &mut hill, &mut lake] {
        peer.start();
    }
    let more = root.pulses(5);
    log.submit(&more);
    entries.extend(more);
    for peer in [&hill, &lake] {
        wait_until("its history is followed", || ids(peer) == known(&entries));
    }
    assert_eq!(log.signal(Signal::KILL), None);
    old.start();
    for peer in [&hill, &lake] {
        wait_until("the old checkpoint is noticed", || {
            peer.shown("/peers")[0]["reason"] == "rollback-suspected"
        });
        assert_eq!(ids(peer), known(&entries));
        assert_eq!(peer.accusation(&log.origin), None, "it may be an old copy");
    }
    let granted = other.grant(&mut Feed::author(9));
    old.submit(&[vec![granted], other.pulses(9)].concat());
    for peer in [&hill, &lake] {
        assert_eq!(caught(peer, &log), (9, 14));
        assert_eq!(ids(peer), known(&entries));
    }
    for peer in [&mut old, &mut hill, &mut lake] {
        peer.stop();
    }
}
