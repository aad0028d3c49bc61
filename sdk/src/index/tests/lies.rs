//! Updates that lie: every changed field is refused, and a signed lie is proved.

use super::world::*;
use super::*;
use crate::entry::SignedEntry;
use crate::merkle::{CompactRange, LeafIndex};

/// The states before each update, and the updates.
fn checked(updates: &[UpdateProof]) -> Vec<Checked> {
    let mut states = vec![Checked::new(origin())];
    for update in updates {
        let next = states.last().unwrap().check(update).unwrap();
        states.push(next);
    }
    states
}

#[test]
fn any_changed_byte_of_an_update_is_refused() {
    let log = Log::of_world(21);
    let (_, updates) = log.index(6);
    let states = checked(&updates);
    for (step, (state, update)) in states.iter().zip(&updates).enumerate() {
        let bytes = update.to_bytes();
        for at in (step % 23..bytes.len()).step_by(23) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            if let Ok(changed) = UpdateProof::parse(&changed) {
                assert!(state.check(&changed).is_err(), "byte {at} of update {step}");
            }
        }
    }
}

#[test]
fn every_field_dropped_doubled_or_swapped_is_refused() {
    let indexed = (22..).map(|seed| Log::of_world(seed).index(4).1);
    let forks = |update: &UpdateProof| !update.evidence.is_empty();
    let updates = indexed
        .into_iter()
        .find(|updates| updates.iter().any(forks))
        .unwrap();
    let states = checked(&updates);
    let changes: [&dyn Fn(&mut UpdateProof); 14] = [
        &|u| {
            u.old.0 = if u.old.0.is_some() {
                None
            } else {
                Some(u.new.clone())
            }
        },
        &|u| u.leaves.reverse(),
        &|u| drop(u.leaves.pop()),
        &|u| u.leaves.push(u.leaves[0].clone()),
        &|u| u.maps.reverse(),
        &|u| drop(u.maps.pop()),
        &|u| u.values.push(Nullable(None)),
        &|u| std::mem::swap(&mut u.subjects, &mut u.feeds),
        &|u| u.maps[0].0 = None,
        &|u| u.values[0].0 = Some(Embedded(vec![0])),
        &|u| drop(u.inclusions.pop()),
        &|u| drop((u.evidence.pop(), u.inclusions.pop())),
        &|u| u.evidence.reverse(),
        &|u| {
            u.evidence.push(u.leaves[0].clone());
            let (leaf, path) = (crate::merkle::LeafIndex::new(0).unwrap(), Vec::new());
            u.inclusions.push(Inclusion { leaf, path });
        },
    ];
    for (state, update) in states.iter().zip(&updates) {
        for (number, change) in changes.iter().enumerate() {
            let mut changed = update.clone();
            change(&mut changed);
            let same = changed == *update;
            assert_eq!(state.check(&changed).is_ok(), same, "change {number}");
        }
        for other in updates.iter().filter(|other| *other != update) {
            assert!(state.check(other).is_err());
        }
    }
}

/// What a checker hands over when the head it was asked to vouch for does not follow.
fn accuse(log: &Log, updates: &[UpdateProof], state: &Checked, at: usize) -> (BadUpdate, IndexLog) {
    let heads: Vec<_> = updates.iter().map(|update| update.new.0.clone()).collect();
    let signed = IndexLog::of(&heads);
    let note = signed.checkpoint(&origin()).sign(&signed.signer).unwrap();
    let signed_head = SignedHead {
        note: note.to_string().into_bytes(),
        leaf: LeafIndex::new(u64::try_from(at).unwrap()).unwrap(),
        path: signed.path(at),
        old_path: at.checked_sub(1).map_or(Vec::new(), |old| signed.path(old)),
    };
    let entry = |id| log.entry(id).map(|(_, entry)| entry);
    let file = BadUpdate::against(state, &updates[at], signed_head, entry).unwrap();
    (BadUpdate::parse(&file.to_bytes()).unwrap(), signed)
}

#[test]
fn a_signed_lie_is_proved_and_honest_heads_never_are() {
    let log = Log::of_world(23);
    let (_, updates) = log.index(6);
    let states = checked(&updates);
    for (at, state) in states[..updates.len()].iter().enumerate() {
        let (file, signed) = accuse(&log, &updates, state, at);
        let honest = file.verify(signed.signer.verifier()).unwrap_err();
        assert_eq!(honest.code(), Reason::ProofInvalid);
        assert_eq!(honest, IndexError::NoFraud { leaf: file.leaf });

        // The operator signs roots of its own making, even if the heads after it are right.
        let mut lied = updates.clone();
        let mut head = IndexHead::parse(&lied[at].new.0).unwrap();
        head.subjects = TrieRoot::new([3; 32]);
        lied[at].new = Embedded(head.to_bytes());
        assert_eq!(
            state.check(&lied[at]).unwrap_err().code(),
            Reason::BadUpdate
        );
        let (file, signed) = accuse(&log, &lied, state, at);
        let proof = file.verify(signed.signer.verifier()).unwrap();
        assert_eq!(proof.signed, head);
        assert_eq!(Some(&proof.rebuilt), states[at + 1].head());

        // Leaves that are not the log's prove nothing against it.
        head.root = crate::merkle::Root::from_bytes([3; 32]);
        lied[at].new = Embedded(head.to_bytes());
        let (file, signed) = accuse(&log, &lied, state, at);
        assert!(file.verify(signed.signer.verifier()).is_err());
    }
}

#[test]
fn forked_feeds_of_a_file_have_to_be_whole() {
    let log = Log::of_world(24);
    let (_, updates) = log.index(1);
    let states = checked(&updates);
    let touches = |at: &usize| {
        let entry = &log.entries[*at];
        states[*at].forked().feed(entry.author()).is_some()
    };
    let at = (0..updates.len()).rev().find(touches).unwrap();
    let mut lied = updates.clone();
    let mut head = IndexHead::parse(&lied[at].new.0).unwrap();
    head.feeds = TrieRoot::new([3; 32]);
    lied[at].new = Embedded(head.to_bytes());
    let (file, signed) = accuse(&log, &lied, &states[at], at);
    assert!(file.verify(signed.signer.verifier()).is_ok());
    let author = log.entries[at].author();
    for dropped in 0..file.forked.len() {
        let mut changed = file.clone();
        let gone = changed.forked.remove(dropped);
        let gone = SignedEntry::parse(&gone.0).unwrap();
        let base = states[at].forked().feed(author).unwrap().base;
        if gone.author() == author && gone.header().seq >= base.link.seq {
            assert!(
                changed.verify(signed.signer.verifier()).is_err(),
                "{dropped}"
            );
        }
    }
    let short = CompactRange::from_hashes(states[at].range().size(), Vec::new());
    assert!(short.is_err());
}
