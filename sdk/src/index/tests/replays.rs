//! Making every head again says what update proofs say, and goes on from there.

use super::world::*;
use super::*;
use crate::entry::SignedEntry;
use crate::merkle::LeafIndex;
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

/// Heads that are checked for seeds from `FAIRTRAIL_SEED` on, as many as `FAIRTRAIL_TRIALS` says.
#[test]
fn honest_heads_never_yield_evidence() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let (first, trials) = (number("FAIRTRAIL_SEED"), number("FAIRTRAIL_TRIALS"));
    let (mut seed, mut heads) = (first.unwrap_or(1_000), 0);
    while heads < trials.unwrap_or(300) {
        let (log, batch) = (Log::of_world(seed), usize::try_from(seed % 4).unwrap() + 1);
        let (_, updates) = log.index(batch);
        let index = IndexLog::of(
            &updates
                .iter()
                .map(|it| it.new.0.clone())
                .collect::<Vec<_>>(),
        );
        let note = index.checkpoint(&origin()).sign(&index.signer).unwrap();
        let (mut state, mut made) = (Checked::new(origin()), Replay::new(origin()));
        for (leaf, (update, leaves)) in updates.iter().zip(log.entries.chunks(batch)).enumerate() {
            let signed = SignedHead {
                note: note.to_string().into_bytes(),
                leaf: LeafIndex::new(u64::try_from(leaf).unwrap()).unwrap(),
                path: index.path(leaf),
                old_path: leaf
                    .checked_sub(1)
                    .map_or(Vec::new(), |old| index.path(old)),
            };
            let entry = |id| log.entry(id).map(|(_, entry)| entry);
            let file = BadUpdate::against(&state, update, signed, entry).unwrap();
            let proved = file.verify(index.signer.verifier());
            let leaf = file.leaf;
            assert_eq!(proved, Err(IndexError::NoFraud { leaf }), "seed {seed}");
            state = state
                .check(update)
                .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let taken = made.take(leaves, &update.new.0);
            taken.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            heads += 1;
        }
        seed += 1;
    }
    println!("{heads} heads, seeds {} to {seed}", first.unwrap_or(1_000));
}

#[test]
fn an_entry_that_stands_in_the_log_twice_is_refused() {
    let log = Log::of_world(42);
    let (_, updates) = log.index(4);
    let mut rebuilt = replay(&log, &updates[..1], 4);
    let twice = rebuilt.take(&log.entries[..4], &updates[1].new.0);
    assert_eq!(twice.unwrap_err().code(), Reason::DuplicateLeaf);
}
