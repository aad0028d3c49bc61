//! Making every head again says what update proofs say, and goes on from there.

use super::world::*;
use super::*;
use crate::entry::SignedEntry;
use crate::trie::TrieRoot;

/// The state after so many heads, made again from the leaves.
fn replay(log: &Log, updates: &[UpdateProof], batch: usize) -> Replay {
    let mut replay = Replay::new(origin());
    for (update, leaves) in updates.iter().zip(log.entries.chunks(batch)) {
        replay.take(leaves, &update.new.0).unwrap();
    }
    replay
}

#[test]
fn whoever_rebuilt_goes_on_with_update_proofs() {
    for seed in 31..39 {
        let (log, batch) = (Log::of_world(seed), usize::try_from(seed).unwrap() % 5 + 1);
        let (_, updates) = log.index(batch);
        for from in 0..=updates.len() {
            let mut state = replay(&log, &updates[..from], batch).checked().unwrap();
            for update in &updates[from..] {
                state = state.check(update).unwrap();
            }
        }
    }
}

#[test]
fn a_head_that_does_not_follow_is_found_and_proved_and_no_other() {
    let (log, batch) = (Log::of_world(41), 4);
    let (_, updates) = log.index(batch);
    let leaves: Vec<&[SignedEntry]> = log.entries.chunks(batch).collect();
    for at in 0..updates.len() {
        let before = || replay(&log, &updates[..at], batch);
        let mut head = IndexHead::parse(&updates[at].new.0).unwrap();
        let honest = before().prove(leaves[at], &head.to_bytes(), &log);
        assert_eq!(honest.as_ref(), Ok(&updates[at]));
        head.feeds = TrieRoot::new([3; 32]);
        let lie = head.to_bytes();
        let found = before().take(leaves[at], &lie).unwrap_err();
        assert_eq!(found.code(), Reason::BadUpdate);
        let update = before().prove(leaves[at], &lie, &log).unwrap();
        let state = before().checked().unwrap();
        assert_eq!(state.check(&update), Err(found));
        // Other leaves than the head speaks of prove nothing.
        let other = before().take(&leaves[at][1..], &lie).unwrap_err();
        assert_eq!(other.code(), Reason::RootMismatch);
    }
}

#[test]
fn an_entry_that_stands_in_the_log_twice_is_refused() {
    let log = Log::of_world(42);
    let (_, updates) = log.index(4);
    let mut rebuilt = replay(&log, &updates[..1], 4);
    let twice = rebuilt.take(&log.entries[..4], &updates[1].new.0);
    assert_eq!(twice.unwrap_err().code(), Reason::DuplicateLeaf);
}
