//! Bringing a copy up to date from gateways that are honest, slow, or lie.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod ledger;

use fairtrail::api::WithheldView;
use fairtrail::claim::{Ground, LegalBasis};
use fairtrail::client::{Missing, StoreError, SyncError, TransportError, sync};
use fairtrail::entry::Body;
use fairtrail::id::PartDigest;
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;
use ledger::{Changed, FOUNDED, Home, Ledger, Served, content};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn recorded(served: &Served) -> (Changed, Arc<Mutex<Vec<String>>>) {
    let changed = Changed::new(served.clone(), |_, response| Ok(response));
    let asked = Arc::clone(&changed.asked);
    (changed, asked)
}

fn archived(ledger: &Ledger, archive: &[u64]) -> Served {
    Served {
        archive: archive.to_vec(),
        ..Served::new(ledger)
    }
}

#[test]
fn a_copy_holds_the_log_and_grows_by_what_is_new() {
    let mut ledger = Ledger::new(297);
    let home = Home::new(&ledger);
    let replica = home.sync(&archived(&ledger, &[2, 300]).gateway()).unwrap();
    let first = content(&replica);
    let bytes: Vec<_> = ledger
        .entries
        .iter()
        .map(|entry| entry.bytes().to_vec())
        .collect();
    assert_eq!(first.entries, bytes);
    assert_eq!((first.parts, first.notes), (2 * 297, 2));
    assert_eq!(content(&home.load().unwrap()), first);
    for number in 300..530 {
        ledger.say(number);
    }
    let (gateway, asked) = recorded(&archived(&ledger, &[2, 300, 530]));
    let replica = home.sync(&gateway.gateway()).unwrap();
    assert_eq!(content(&replica).entries.len(), 530);
    assert_eq!(content(&replica).notes, 3);
    let asked = asked.lock().unwrap().clone();
    let mut expected = vec![
        "/checkpoint",
        "/tile/0/002.p/18",
        "/tile/1/000.p/2",
        "/tile/0/001",
        "/tile/entries/001",
        "/tile/entries/002.p/18",
        "/v1/parts?first=300&count=230",
        "/archive",
        "/archive/530",
    ];
    let mut sorted = asked.clone();
    sorted.sort();
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    // Nobody learns whom we ask about, and nothing is downloaded twice.
    let (gateway, asked) = recorded(&archived(&ledger, &[2, 300, 530]));
    assert_eq!(
        content(&home.sync(&gateway.gateway()).unwrap()),
        content(&replica)
    );
    assert_eq!(*asked.lock().unwrap(), ["/checkpoint", "/archive"]);
}

#[test]
fn progress_is_reported_to_its_end() {
    let ledger = Ledger::new(300);
    let home = Home::new(&ledger);
    let mut seen = Vec::new();
    let gateway = archived(&ledger, &[3]).gateway();
    let mut store = home.store().unwrap();
    let mut report = |progress| seen.push(progress);
    sync(
        &gateway,
        &mut store,
        home.policy(),
        Missing::Recent,
        &mut report,
    )
    .unwrap();
    let done: Vec<_> = seen
        .iter()
        .map(|progress| (progress.done, progress.total))
        .collect();
    assert_eq!(
        done,
        [(256, 303), (303, 303), (256, 303), (303, 303), (1, 1)]
    );
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped() {
    let ledger = Ledger::new(600);
    let served = Served {
        page: 100,
        ..archived(&ledger, &[5, 600])
    };
    let (honest, asked) = recorded(&served);
    let expected = content(&Home::new(&ledger).sync(&honest.gateway()).unwrap());
    let requests = asked.lock().unwrap().len();
    let home = Home::new(&ledger);
    let bundles = Arc::new(AtomicUsize::new(0));
    for stop in 1..=requests {
        let left = AtomicUsize::new(stop);
        let counted = Arc::clone(&bundles);
        let cut = Changed::new(served.clone(), move |path, response| {
            let next = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            if next.is_err() {
                return Err(TransportError::Timeout);
            }
            if path.starts_with("/tile/entries/") {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            Ok(response)
        });
        match home.sync(&cut.gateway()) {
            Ok(replica) => assert_eq!(content(&replica), expected, "{stop}"),
            Err(error) => assert_eq!(error.code(), Reason::GatewayUnreachable, "{stop}"),
        }
    }
    assert_eq!(content(&home.sync(&served.gateway()).unwrap()), expected);
    assert_eq!(bundles.load(Ordering::SeqCst), 3, "each bundle once");
}

#[test]
fn what_is_left_over_counts_only_as_far_as_its_hashes_are_right() {
    let ledger = Ledger::new(300);
    let expected = content(
        &Home::new(&ledger)
            .sync(&Served::new(&ledger).gateway())
            .unwrap(),
    );
    let home = Home::new(&ledger);
    let cut = Changed::new(Served::new(&ledger), |path, response| {
        if path.starts_with("/v1/parts") || path.contains(".p/47") && path.contains("entries") {
            return Err(TransportError::Timeout);
        }
        Ok(response)
    });
    home.sync(&cut.gateway()).unwrap_err();
    let leaves = home.copy().join("leaves");
    let left = fs_err::read(&leaves).unwrap();
    assert!(left.len() > 256 * 300);
    for at in [0, 1, 700, left.len() / 2, left.len() - 1] {
        let mut torn = left.clone();
        torn[at] ^= 1;
        torn.truncate(left.len() - at % 3);
        fs_err::write(&leaves, torn).unwrap();
        home.sync(&cut.gateway()).unwrap_err();
        assert_eq!(fs_err::read(&leaves).unwrap(), left, "byte {at}");
    }
    assert_eq!(
        content(&home.sync(&Served::new(&ledger).gateway()).unwrap()),
        expected
    );
}

#[test]
fn parts_nobody_named_and_parts_left_out_are_noticed() {
    let ledger = Ledger::new(3);
    let mut padded = ledger.clone();
    padded.bodies[3].push(Body {
        salt: [9; 16],
        bytes: b"nobody named this".to_vec(),
    });
    let home = Home::new(&ledger);
    let error = home.sync(&Served::new(&padded).gateway()).unwrap_err();
    assert_eq!(error.code(), Reason::GatewayAnswer);
    let mut withheld = ledger.clone();
    withheld.bodies[4].pop();
    let replica = home.sync(&Served::new(&withheld).gateway()).unwrap();
    assert_eq!(content(&replica).parts, 5);
    // It is asked for again, with the run it is in.
    let (gateway, asked) = recorded(&Served::new(&ledger));
    assert_eq!(content(&home.sync(&gateway.gateway()).unwrap()).parts, 6);
    assert!(
        asked
            .lock()
            .unwrap()
            .contains(&"/v1/parts?first=0&count=6".to_owned())
    );
}

#[test]
fn old_gaps_are_asked_for_again_only_on_demand() {
    let ledger = Ledger::new(1_300);
    let mut withheld = ledger.clone();
    withheld.bodies[10].clear();
    withheld.bodies[1_200].clear();
    let home = Home::new(&ledger);
    home.sync(&Served::new(&withheld).gateway()).unwrap();
    let parts = |missing| {
        let (gateway, asked) = recorded(&Served::new(&withheld));
        home.sync_with(&gateway.gateway(), missing).unwrap();
        let mut asked = asked.lock().unwrap().clone();
        asked.retain(|path| path.starts_with("/v1/parts"));
        asked
    };
    assert_eq!(parts(Missing::Recent), ["/v1/parts?first=1047&count=256"]);
    let all = [
        "/v1/parts?first=0&count=256",
        "/v1/parts?first=1024&count=256",
    ];
    assert_eq!(parts(Missing::All), all);
}

#[test]
fn a_log_that_holds_what_it_must_not_is_refused() {
    let ledger = Ledger::new(4);
    let home = Home::new(&ledger);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    let files = home.files();
    let mut doubled = ledger.clone();
    doubled.append(ledger.entries[4].clone(), vec![]);
    let mut early = ledger.clone();
    let mut later = ledger.clone();
    later.say(50);
    early.append(later.statement(51).0, vec![]);
    for (log, reason) in [
        (doubled, Reason::DuplicateLeaf),
        (early, Reason::LeafInadmissible),
    ] {
        let error = home.sync(&Served::new(&log).gateway()).unwrap_err();
        assert_eq!(error.code(), reason);
        // What was downloaded is left over, and counts for nothing.
        assert_eq!(content(&home.load().unwrap()).entries.len(), 7);
        home.put(&files);
    }
}

#[test]
fn the_quorum_the_key_the_network_and_the_origin_are_the_policys() {
    let ledger = Ledger::new(4);
    let home = Home::new(&ledger);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    let unwitnessed = Changed::body(Served::new(&ledger), "/checkpoint", |body| {
        let text = String::from_utf8(body.clone()).unwrap();
        let lines = text
            .split_inclusive('\n')
            .filter(|line| !line.contains("witness.example"));
        *body = lines.collect::<String>().into_bytes();
    });
    let error = home.sync(&unwitnessed.gateway()).unwrap_err();
    assert_eq!(error.code(), Reason::QuorumMissing);
    // Another key for the same origin never continues this copy.
    let rekeyed = ledger.clone().with_log_key(77);
    let error = home.sync(&Served::new(&rekeyed).gateway()).unwrap_err();
    assert_eq!(error.code(), Reason::SignatureMissing);
    let home = home.with_policy(rekeyed.policy());
    let error = home.sync(&Served::new(&rekeyed).gateway()).unwrap_err();
    assert!(
        matches!(error, SyncError::Store(StoreError::Key { .. })),
        "{error}"
    );
    assert_eq!(error.code(), Reason::LogKeyChanged);
    let text = |policy: &str| {
        let log = ledger.log_signer().verifier().to_string();
        let network = fairtrail::id::NetworkId::new([1; 32]);
        Policy::parse(&format!(
            "network = \"{network}\"\nlog_policy = \"log {log}\\n{policy}\\n\"\n"
        ))
    };
    let home = home.with_policy(text("quorum none").unwrap());
    let error = home.sync(&Served::new(&ledger).gateway()).unwrap_err();
    assert_eq!(error.code(), Reason::NetworkMismatch);
    let home = Home::new(&ledger);
    let renamed = Changed::body(Served::new(&ledger), "/checkpoint", |body| {
        *body = String::from_utf8_lossy(body)
            .replace("coast", "shore")
            .into_bytes();
    });
    let error = home.sync(&renamed.gateway()).unwrap_err();
    assert_eq!(error.code(), Reason::OriginMismatch);
}

#[test]
fn a_newer_note_of_the_same_tree_is_taken_and_an_older_one_is_not() {
    let ledger = Ledger::new(4);
    let home = Home::new(&ledger);
    let at = |stamp: u64| Served {
        stamp: FOUNDED + stamp,
        ..Served::new(&ledger)
    };
    let time = |replica: &fairtrail::replica::Replica| {
        replica.newest().unwrap().not_after(0).unwrap().seconds() - FOUNDED
    };
    for (served, kept) in [(100, 100), (300, 300), (200, 300), (400, 400)] {
        assert_eq!(time(&home.sync(&at(served).gateway()).unwrap()), kept);
        assert_eq!(time(&home.load().unwrap()), kept);
    }
}

#[test]
fn an_erased_part_leaves_the_disk() {
    let mut ledger = Ledger::new(3);
    let home = Home::new(&ledger);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    let held = |home: &Home| {
        let parts = fs_err::read(home.copy().join("parts")).unwrap();
        parts.windows(8).any(|window| window == b"number 1")
    };
    assert!(held(&home));
    let (entry, text) = (ledger.entries[4].id(), ledger.bodies[4][1].digest());
    ledger.erase(entry, text);
    let replica = home.sync(&Served::new(&ledger).gateway()).unwrap();
    assert_eq!(content(&replica).entries.len(), 7);
    assert!(!held(&home));
    assert_eq!(content(&home.load().unwrap()).parts, 5);
    // A later entry that names the part again makes nobody's copy unreadable.
    let (again, _) = ledger.statement(1);
    assert!(again.header().parts.iter().any(|part| part.digest == text));
    ledger.append(again, vec![]);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    assert_eq!(content(&home.load().unwrap()).parts, 6);
}

#[test]
fn an_interrupted_overwriting_is_finished_by_whoever_reads_the_copy_next() {
    let mut ledger = Ledger::new(3);
    let home = Home::new(&ledger);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    let path = home.copy().join("parts");
    let whole = fs_err::read(&path).unwrap();
    let (entry, text) = (ledger.entries[4].id(), ledger.bodies[4][1].digest());
    ledger.erase(entry, text);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    let erased = fs_err::read(&path).unwrap();
    // The flag was written, and of what follows nothing or half.
    let changed = (0..whole.len()).filter(|at| whole[*at] != erased[*at]);
    let changed: Vec<_> = changed.collect();
    for done in [1, changed.len() / 2] {
        let mut half = whole.clone();
        for at in &changed[..done] {
            half[*at] = erased[*at];
        }
        fs_err::write(&path, &half).unwrap();
        assert_eq!(content(&home.load().unwrap()).parts, 5);
        assert_eq!(fs_err::read(&path).unwrap(), erased, "{done} bytes done");
    }
}

#[test]
fn what_a_gateway_says_of_parts_it_does_not_serve_is_kept_until_it_serves_them() {
    let ledger = Ledger::new(3);
    let home = Home::new(&ledger);
    let text = ledger.bodies[4][1].digest();
    let mut less = ledger.clone();
    less.bodies[4].truncate(1);
    let view = |part| WithheldView {
        part,
        reason: "withheld-by-law".into(),
        ground: Some(Ground {
            basis: LegalBasis::CourtOrder,
            jurisdiction: None,
            statute: None,
            since: "2026-11-22".parse().unwrap(),
            statement: None,
        }),
    };
    let mut served = Served::new(&less);
    // Nobody asked about the second, which no entry names.
    served.withheld = Some(vec![view(text), view(PartDigest::new([7; 32]))]);
    let replica = home.sync(&served.gateway()).unwrap();
    let said = |replica: &Replica| {
        let said = replica.withheld().map(|view| view.part);
        said.collect::<Vec<_>>()
    };
    assert_eq!(said(&replica), [text]);
    assert_eq!(said(&home.load().unwrap()), [text]);
    let replica = home.sync(&Served::new(&ledger).gateway()).unwrap();
    assert_eq!(said(&replica), []);
    assert!(replica.part(text).is_some());
    assert_eq!(said(&home.load().unwrap()), []);
}

#[test]
fn an_empty_log_is_a_copy_too() {
    let ledger = Ledger::new(3);
    let home = Home::new(&ledger);
    let empty = Served {
        size: 0,
        ..Served::new(&ledger)
    };
    assert_eq!(
        content(&home.sync(&empty.gateway()).unwrap()).entries.len(),
        0
    );
    assert_eq!(content(&home.load().unwrap()).entries.len(), 0);
    assert_eq!(
        content(&home.sync(&Served::new(&ledger).gateway()).unwrap())
            .entries
            .len(),
        6
    );
}
