//! A gateway that changes bytes, elements and whole answers: never a panic, never another truth.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod ledger;

use ledger::{Changed, Content, Home, Ledger, Recorded, Served, content};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

fn archived(ledger: &Ledger, archive: &[u64]) -> Served {
    Served {
        archive: archive.to_vec(),
        ..Served::new(ledger)
    }
}

/// Whatever the gateway did: it failed and left a state from which the truth is still reached, or
/// it succeeded with the truth.
fn check_lie(home: &Home, base: &Base, lie: &Changed, what: &str) {
    let result = home.sync(&lie.gateway());
    let files = home.files();
    match result {
        Ok(replica) => {
            let found = content(&replica);
            assert_eq!(found.entries, base.after.entries, "{what}");
            assert!(found.parts <= base.after.parts, "{what}");
        }
        Err(_) if files == base.files => return,
        Err(_) => {
            let found = content(&home.load().unwrap());
            let honest = [&base.before.entries, &base.after.entries];
            assert!(honest.contains(&&found.entries), "{what}");
        }
    }
    if files != base.files {
        home.put(&base.files);
    }
}

/// A copy of an earlier state of a log, and what is true now.
struct Base {
    served: Recorded,
    before: Content,
    after: Content,
    files: BTreeMap<PathBuf, Vec<u8>>,
    /// Every answer on the way from then to now.
    answers: BTreeMap<String, Vec<u8>>,
}

fn base(home: &Home, ledger: &Ledger, before: u64, archive: &[u64]) -> Base {
    let served = archived(ledger, archive);
    let earlier = Served {
        size: before,
        archive: vec![],
        ..served.clone()
    };
    let before = content(&home.sync(&earlier.gateway()).unwrap());
    let files = home.files();
    let answers = Arc::new(Mutex::new(BTreeMap::new()));
    let keep = Arc::clone(&answers);
    let record = Changed::new(served, move |path, response| {
        let body = response.body.clone();
        keep.lock().unwrap().insert(path.to_owned(), body);
        Ok(response)
    });
    let after = content(&home.sync(&record.gateway()).unwrap());
    home.put(&files);
    let answers = answers.lock().unwrap().clone();
    Base {
        served: Recorded(Arc::new(answers.clone())),
        before,
        after,
        files,
        answers,
    }
}

#[test]
fn every_byte_of_every_answer_counts_or_changes_nothing() {
    let ledger = Ledger::new(5);
    let home = Home::new(&ledger);
    let base = base(&home, &ledger, 4, &[3, 8]);
    assert_eq!(base.answers.len(), 7);
    for (path, body) in &base.answers {
        for at in 0..body.len() {
            let flip = 1_u8 << (at % 8);
            let lie = Changed::body(base.served.clone(), path, move |body| body[at] ^= flip);
            check_lie(&home, &base, &lie, &format!("{path} byte {at}"));
        }
    }
}

#[test]
fn cut_padded_oversized_and_exchanged_answers_change_nothing() {
    let ledger = Ledger::new(5);
    let home = Home::new(&ledger);
    let base = base(&home, &ledger, 4, &[3, 8]);
    for (path, body) in &base.answers {
        for len in [
            0,
            1,
            body.len() / 2,
            body.len() - 1,
            body.len() + 1,
            40_000_000,
        ] {
            let lie = Changed::body(base.served.clone(), path, move |body| {
                body.resize(len, b'\n');
            });
            check_lie(&home, &base, &lie, &format!("{path} of {len} bytes"));
        }
        for (other, answer) in &base.answers {
            let answer = answer.clone();
            let what = format!("{path} answered with {other}");
            let lie = Changed::body(base.served.clone(), path, move |body| {
                body.clone_from(&answer);
            });
            check_lie(&home, &base, &lie, &what);
        }
        for status in [204, 206, 301, 404, 500, 503] {
            let path = path.clone();
            let asked = path.clone();
            let lie = Changed::new(base.served.clone(), move |path, mut response| {
                if path == asked {
                    response.status = status;
                }
                Ok(response)
            });
            check_lie(&home, &base, &lie, &format!("{path} with status {status}"));
        }
    }
}

type Shuffle = fn(&mut Vec<Vec<u8>>, usize);

/// Drops, doubles and exchanges the elements of answers that are lists.
#[test]
fn dropped_doubled_and_exchanged_elements_change_nothing() {
    let ledger = Ledger::new(5);
    let home = Home::new(&ledger);
    let base = base(&home, &ledger, 4, &[3, 5, 8]);
    let shuffles: [Shuffle; 4] = [
        |list, at| drop(list.remove(at)),
        |list, at| list.insert(at, list[at].clone()),
        |list, at| {
            let last = list.len() - 1;
            list.swap(at, last);
        },
        |list, at| {
            let first = list[0].clone();
            list[at] = first;
        },
    ];
    for (path, body) in &base.answers {
        let elements = split(path, body);
        for (number, shuffle) in shuffles.into_iter().enumerate() {
            for at in 0..elements.len() {
                let mut elements = elements.clone();
                shuffle(&mut elements, at);
                let answer = elements.concat();
                let lie = Changed::body(base.served.clone(), path, move |body| {
                    body.clone_from(&answer);
                });
                check_lie(&home, &base, &lie, &format!("{path} {number} at {at}"));
            }
        }
    }
}

/// An answer as the list it is: entries with their lengths, hashes, lines, parts.
fn split(path: &str, body: &[u8]) -> Vec<Vec<u8>> {
    if path.starts_with("/tile/entries/") {
        let entries = body;
        let mut list = Vec::new();
        let mut rest = entries;
        while !rest.is_empty() {
            let len = 2 + usize::from(u16::from_be_bytes([rest[0], rest[1]]));
            list.push(rest[..len].to_vec());
            rest = &rest[len..];
        }
        return list;
    }
    if path.starts_with("/tile/") {
        return body.chunks(32).map(<[u8]>::to_vec).collect();
    }
    if path.starts_with("/v1/parts") {
        return body.chunks(16).map(<[u8]>::to_vec).collect();
    }
    body.split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}
