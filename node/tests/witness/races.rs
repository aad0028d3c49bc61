//! Requests at the same time, over sockets.

use super::{ask, key_of, latest, witness};
use fairtrail::log::{AddCheckpoint, Checkpoint, read_cosignature};
use fairtrail::merkle::Root;
use fairtrail::note::Note;
use std::collections::BTreeMap;
use std::sync::{Barrier, Mutex};

/// The size a witness cosigned last, and what it shows of it.
fn cosigned_size(node: &super::Node) -> u64 {
    let (status, note) = latest(node);
    if status == 404 {
        return 0;
    }
    let note = Note::parse(note.as_bytes()).unwrap();
    note.text().parse::<Checkpoint>().unwrap().size().get()
}

#[test]
fn requests_at_once_never_get_two_roots_for_a_size_nor_lead_back() {
    let (place, node) = witness();
    let key = key_of(&place);
    let released: Mutex<BTreeMap<u64, Root>> = Mutex::default();
    for round in 0..12_u64 {
        let old = cosigned_size(&node);
        // Two sizes on one history, two roots for one size, and the same again: all at once.
        let step = round % 3;
        let requests = [
            ask(0, old, old + 1),
            ask(0, old, old + 2 + step),
            ask(1, old, old + 1),
            ask(1, old, old + 2 + step),
            ask(0, old, old + 2 + step),
            ask(1, old, old + 1),
        ];
        let barrier = Barrier::new(requests.len());
        let send = |request: &AddCheckpoint| {
            barrier.wait();
            let answer = node.add_checkpoint(&request.to_string());
            if answer.status != 200 {
                assert!(matches!(answer.status, 409 | 422), "{answer:?}");
                return 0;
            }
            read_cosignature(&request.note, answer.body.as_bytes(), &key).unwrap();
            let checkpoint: Checkpoint = request.note.text().parse().unwrap();
            let size = checkpoint.size().get();
            let mut released = released.lock().unwrap();
            let first = *released.entry(size).or_insert(checkpoint.root());
            assert_eq!(first, checkpoint.root(), "two roots for size {size}");
            size
        };
        let send = &send;
        let grown = std::thread::scope(|scope| {
            let start = |request| scope.spawn(move || send(request));
            let threads: Vec<_> = requests.iter().map(start).collect();
            let sizes = threads.into_iter().map(|thread| thread.join().unwrap());
            sizes.max().unwrap()
        });
        assert!(grown > old, "somebody is answered");
        assert_eq!(
            cosigned_size(&node),
            grown,
            "the record stands where the last answer stood"
        );
    }
    assert!(released.lock().unwrap().len() >= 12);
}
