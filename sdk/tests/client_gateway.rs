//! Answers of gateways that are honest, mistaken or lie.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod ledger;

use fairtrail::api::{Batch, ProblemDetails, Receipt, Submission};
use fairtrail::client::{ClientError, Gateway, Pinned, Response, Standing, TransportError};
use fairtrail::id::{EntryId, NetworkId};
use fairtrail::log::{EntryTile, Tile};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use ledger::{Changed, Ledger, Served};
use std::time::Duration;

fn batch(ledger: &Ledger) -> Batch {
    let mut later = ledger.clone();
    let (first, first_bodies) = later.statement(100);
    later.append(first.clone(), vec![]);
    let (second, second_bodies) = later.statement(101);
    let submission = |entry, bodies| Submission { entry, bodies };
    Batch(vec![
        submission(ledger.entries[3].clone(), ledger.bodies[3].clone()),
        submission(first, first_bodies),
        submission(second, second_bodies),
    ])
}

fn promise_key() -> NoteVerifier {
    Ledger::promise_signer().verifier().clone()
}

/// A gateway whose receipts are changed as values.
fn changed(served: &Served, change: impl Fn(&mut Receipt) + Send + Sync + 'static) -> Gateway {
    let change = move |body: &mut Vec<u8>| {
        let mut receipt = serde_json::from_slice(body).unwrap();
        change(&mut receipt);
        *body = serde_json::to_vec(&receipt).unwrap();
    };
    Changed::body(served.clone(), "/v1/entries", change).gateway()
}

#[test]
fn a_receipt_tells_promised_from_known_and_keeps_proofs_that_hold() {
    let ledger = Ledger::new(3);
    let (key, policy) = (promise_key(), ledger.policy());
    let pinned = Pinned {
        promise: &key,
        logs: Some(policy.logs()),
    };
    let served = Served::new(&ledger);
    let receipt = served
        .gateway()
        .submit(&batch(&ledger), &pinned, None)
        .unwrap();
    let seen: Vec<_> = receipt
        .entries
        .iter()
        .map(|one| (one.leaf.get(), one.standing))
        .collect();
    let expected = [
        (3, Standing::Known),
        (8, Standing::Promised),
        (9, Standing::Promised),
    ];
    assert_eq!(seen, expected);
    assert_eq!(receipt.promise.unwrap().promise().count(), 4);
    let wait = Some(Duration::from_secs(500));
    let receipt = served
        .gateway()
        .submit(&batch(&ledger), &pinned, wait)
        .unwrap();
    assert!(receipt.entries.iter().all(|one| one.proof.is_some()));
    let mut known = batch(&ledger);
    known.0.truncate(1);
    let receipt = served.gateway().submit(&known, &pinned, None).unwrap();
    assert_eq!(receipt.promise, None);
}

#[test]
fn receipts_that_do_not_hold_are_refused() {
    let ledger = Ledger::new(3);
    let served = Served::new(&ledger);
    let (key, policy) = (promise_key(), ledger.policy());
    let pinned = Pinned {
        promise: &key,
        logs: Some(policy.logs()),
    };
    let lies: [fn(&mut Receipt); 14] = [
        |receipt| receipt.promise = None,
        |receipt| drop(receipt.entries.pop()),
        |receipt| receipt.entries.swap(1, 2),
        |receipt| receipt.entries.push(receipt.entries[0].clone()),
        |receipt| receipt.entries[1].id = EntryId::new([0; 32]),
        |receipt| receipt.entries[1].leaf_index += 1,
        |receipt| receipt.entries[1].leaf_index = u64::MAX,
        |receipt| receipt.entries[1].position = None,
        |receipt| receipt.entries[1].position = Some(3),
        |receipt| receipt.entries[1].position = Some(u64::MAX),
        |receipt| receipt.entries[1].path = vec![],
        |receipt| receipt.entries[1].path = vec!["x".into(); 100_000],
        |receipt| receipt.entries[0].known = false,
        |receipt| receipt.entries[1].known = true,
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let gateway = changed(&served, lie);
        let refused = gateway.submit(&batch(&ledger), &pinned, None);
        assert!(refused.is_err(), "{number}: {refused:?}");
    }
    let lies: [fn(&mut Receipt); 3] = [
        |receipt| {
            let other = receipt.entries[2].proof.clone();
            receipt.entries[1].proof = other;
        },
        |receipt| receipt.entries[1].proof = Some("x".repeat(1_000_000)),
        |receipt| {
            let proof = receipt.entries[1].proof.take().unwrap();
            receipt.entries[1].proof =
                Some(proof.replace("witness.example/w", "witness.example/x"));
        },
    ];
    let wait = Some(Duration::from_secs(1));
    for (number, lie) in lies.into_iter().enumerate() {
        let answer = changed(&served, lie).submit(&batch(&ledger), &pinned, wait);
        // Without the quorum's line the promise still stands, the proof does not.
        let proved = answer.map(|receipt| receipt.entries[1].proof.is_some());
        assert!(
            proved.is_err() || number == 2 && proved == Ok(false),
            "{number}"
        );
    }
}

#[test]
fn every_byte_of_a_receipt_counts_or_changes_nothing() {
    let ledger = Ledger::new(3);
    let served = Served::new(&ledger);
    let key = promise_key();
    let pinned = Pinned {
        promise: &key,
        logs: None,
    };
    let batch = batch(&ledger);
    let honest = served.gateway().submit(&batch, &pinned, None).unwrap();
    for at in 0..4_000 {
        for bit in [0x01, 0x20] {
            let gateway = Changed::body(served.clone(), "/v1/entries", move |body| {
                if let Some(byte) = body.get_mut(at) {
                    *byte ^= bit;
                }
            });
            let Ok(receipt) = gateway.gateway().submit(&batch, &pinned, None) else {
                continue;
            };
            // The gateway's word about what it knew before is not checked by anything.
            let proved = |receipt: &fairtrail::client::Receipt| {
                let promised = |one: &&_| -> bool {
                    let one: &&fairtrail::client::Acknowledged = one;
                    one.standing == Standing::Promised
                };
                receipt
                    .entries
                    .iter()
                    .filter(promised)
                    .cloned()
                    .collect::<Vec<_>>()
            };
            assert_eq!(proved(&receipt), proved(&honest), "byte {at}");
            assert_eq!(receipt.promise, honest.promise, "byte {at}");
        }
    }
}

#[test]
fn promises_of_other_keys_are_refused() {
    let ledger = Ledger::new(3);
    let log_key = ledger.log_signer().verifier().clone();
    let pinned = Pinned {
        promise: &log_key,
        logs: None,
    };
    let refused = Served::new(&ledger)
        .gateway()
        .submit(&batch(&ledger), &pinned, None);
    assert_eq!(refused.unwrap_err().code(), Reason::SignatureMissing);
}

fn always(status: u16, body: Vec<u8>) -> Gateway {
    let answer = move |_: &str, _| {
        Ok(Response {
            status,
            retry_after: Some(Duration::from_secs(3)),
            body: body.clone(),
        })
    };
    Changed::new(Served::new(&Ledger::new(0)), answer).gateway()
}

#[test]
fn a_refusal_carries_reason_position_hint_and_delay() {
    let ledger = Ledger::new(1);
    let key = promise_key();
    let pinned = Pinned {
        promise: &key,
        logs: None,
    };
    let mut problem = ProblemDetails::new(Reason::EarlyPrev, 409, "not yet");
    problem.position = Some(1);
    problem.hint = Some("send what comes before".into());
    let gateway = always(409, serde_json::to_vec(&problem).unwrap());
    let error = gateway.submit(&batch(&ledger), &pinned, None).unwrap_err();
    assert_eq!(error.code(), Reason::EarlyPrev);
    let refusal = error.refusal().unwrap();
    assert_eq!((refusal.status, refusal.position), (409, Some(1)));
    assert_eq!(refusal.hint.as_deref(), Some("send what comes before"));
    assert_eq!(refusal.retry_after, Some(Duration::from_secs(3)));
    // A problem that contradicts the status it comes with is nobody's word.
    let gateway = always(500, serde_json::to_vec(&problem).unwrap());
    let error = gateway.submit(&batch(&ledger), &pinned, None).unwrap_err();
    assert_eq!(error.code(), Reason::GatewayAnswer);
}

#[test]
fn statuses_without_a_problem_are_no_answers() {
    for (status, code) in [
        (204, Reason::GatewayAnswer),
        (302, Reason::GatewayAnswer),
        (404, Reason::GatewayAnswer),
        (502, Reason::GatewayUnreachable),
        (503, Reason::GatewayUnreachable),
    ] {
        let error = always(status, b"<html>".to_vec()).checkpoint().unwrap_err();
        assert_eq!(error.code(), code, "{status}");
    }
    let gone = Changed::new(Served::new(&Ledger::new(0)), |_, _| {
        Err(TransportError::Timeout)
    });
    let error = gone.gateway().checkpoint().unwrap_err();
    assert_eq!(error.code(), Reason::GatewayUnreachable);
}

#[test]
fn answers_past_their_limit_are_refused_whatever_the_transport_does() {
    let ledger = Ledger::new(1);
    let network = ledger.charter.network();
    let gateway = always(200, vec![b'x'; 40_000_000]);
    let id = ledger.entries[0].id();
    let errors = [
        gateway.checkpoint().unwrap_err(),
        gateway.charter(network).unwrap_err(),
        gateway.log().unwrap_err(),
        gateway.archive().unwrap_err(),
        gateway.entry(id).unwrap_err(),
        gateway.parts(0, 1).unwrap_err(),
        gateway.feed(ledger.entries[0].author()).unwrap_err(),
        gateway.tile(Tile::new(0, 0, 1).unwrap()).unwrap_err(),
        gateway.entries(EntryTile::new(0, 1).unwrap()).unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(
                &error,
                ClientError::Unreachable {
                    source: TransportError::TooLarge { .. },
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn values_are_compared_with_what_was_asked() {
    let ledger = Ledger::new(2);
    let served = Served::new(&ledger);
    let gateway = served.gateway();
    let network = ledger.charter.network();
    assert_eq!(gateway.charter(network).unwrap(), ledger.charter);
    let other = gateway.charter(NetworkId::new([1; 32])).unwrap_err();
    assert_eq!(other.code(), Reason::NetworkMismatch);
    let [a, b] = [&ledger.entries[0], &ledger.entries[1]];
    assert_eq!(&gateway.entry(a.id()).unwrap(), a);
    assert_eq!(
        gateway.entry(EntryId::new([1; 32])).unwrap_err().code(),
        Reason::NotFound
    );
    let bytes = b.bytes().to_vec();
    let swapped = Changed::body(
        served.clone(),
        &format!("/v1/entries/{}", a.id()),
        move |body| {
            body.clone_from(&bytes);
        },
    );
    assert_eq!(
        swapped.gateway().entry(a.id()).unwrap_err().code(),
        Reason::GatewayAnswer
    );
    assert_eq!(gateway.parts(3, 2).unwrap().parts.len(), 4);
    let path = "/v1/parts?first=3&count=2";
    let other = served.gateway().parts(0, 4).unwrap().to_bytes();
    let swapped = Changed::body(served.clone(), path, move |body| body.clone_from(&other));
    assert_eq!(
        swapped.gateway().parts(3, 2).unwrap_err().code(),
        Reason::GatewayAnswer
    );
}

#[test]
fn what_a_log_says_of_itself_must_fit_together() {
    let served = Served::new(&Ledger::new(0));
    let info = served.gateway().log().unwrap();
    assert!(info.index.is_some());
    let lies: [fn(&mut fairtrail::api::LogInfo); 9] = [
        |info| info.index.as_mut().unwrap().origin = info.origin.clone(),
        |info| info.index.as_mut().unwrap().vkey = info.vkey.clone(),
        |info| info.index.as_mut().unwrap().witness_vkey = info.vkey.clone(),
        |info| info.index.as_mut().unwrap().origin = "ledger.example/other/e1/index/1".into(),
        |info| info.origin = "ledger.example/other/e1".into(),
        |info| info.origin = "nonsense".into(),
        |info| std::mem::swap(&mut info.vkey, &mut info.promise_vkey),
        |info| info.witness_vkey = info.vkey.clone(),
        |info| info.vkey = "x".into(),
    ];
    for lie in lies {
        let mut info = info.clone();
        lie(&mut info);
        let bytes = serde_json::to_vec(&info).unwrap();
        let gateway = Changed::body(served.clone(), "/v1/log", move |body| {
            body.clone_from(&bytes);
        });
        assert_eq!(
            gateway.gateway().log().unwrap_err().code(),
            Reason::GatewayAnswer
        );
    }
}

#[test]
fn a_mirror_may_keep_only_full_tiles() {
    let ledger = Ledger::new(300);
    let full = Changed::new(Served::new(&ledger), |path, mut response| {
        if path.contains(".p/") {
            response.status = 404;
        }
        Ok(response)
    });
    let gateway = full.gateway();
    let entries = gateway.entries(EntryTile::new(0, 7).unwrap()).unwrap();
    assert_eq!(
        (entries.len(), &entries[6][..]),
        (7, ledger.entries[6].bytes())
    );
    assert_eq!(
        gateway.tile(Tile::new(0, 0, 7).unwrap()).unwrap().len(),
        7 * 32
    );
    // There is no full one yet.
    assert!(gateway.entries(EntryTile::new(1, 7).unwrap()).is_err());
}
