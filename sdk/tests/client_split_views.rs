//! One log, two histories: what a verifier remembers, compares, keeps as proof and refuses.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod ledger;

use fairtrail::client::{Mirror, Missing, Store, StoreError, SyncError, compare, sync};
use fairtrail::fraud::SplitView;
use fairtrail::reason::Reason;
use ledger::{Changed, FOUNDED, Home, Ledger, Served, content};

fn note_of(served: &Served) -> String {
    served.ledger.note(served.size, served.stamp).to_string()
}

/// A tree smaller than one seen is refused, and both notes are kept; it proves nothing.
#[test]
fn a_rollback_is_refused_and_the_truth_goes_on() {
    let ledger = Ledger::new(10);
    let home = Home::new(&ledger);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    let smaller = Served {
        size: 9,
        ..Served::new(&ledger)
    };
    let files = home.files();
    // The same evidence is one file.
    for _ in 0..2 {
        let error = home.sync(&smaller.gateway()).unwrap_err();
        assert_eq!(error.code(), Reason::RollbackSuspected, "{error}");
        assert!(error.hint().is_some());
        assert_eq!(home.files(), files, "state was changed");
        let SyncError::RolledBack { evidence, .. } = error else {
            panic!("{error}")
        };
        let kept = fs_err::read(evidence).unwrap();
        let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
        assert_eq!(kept["reason"], "rollback-suspected");
        assert_eq!(kept["found"], note_of(&smaller));
        assert!(kept["seen"].as_str().unwrap().contains("\n13\n"));
    }
    assert_eq!(home.evidence().len(), 1);
    let mut grown = ledger;
    grown.say(77);
    let replica = home.sync(&Served::new(&grown).gateway()).unwrap();
    assert_eq!(content(&replica).entries.len(), 14);
}

/// The proof against the log of `ledger`, checked by its key alone.
fn proof(error: &SyncError, ledger: &Ledger) -> (u64, u64) {
    assert_eq!(error.code(), Reason::LogForked, "{error}");
    assert!(error.hint().is_some());
    let SyncError::Store(StoreError::Forked { evidence, .. }) = error else {
        panic!("{error}")
    };
    let view: SplitView = fs_err::read_to_string(evidence).unwrap().parse().unwrap();
    let signer = ledger.log_signer();
    let (older, newer) = view.verify(signer.verifier()).unwrap();
    (older.size().get(), newer.size().get())
}

#[test]
fn split_views_are_proved_and_the_log_is_refused_from_then_on() {
    let ledger = Ledger::new(10);
    let mut split = Ledger::new(5);
    for number in 900..905 {
        split.say(number);
    }
    let same = Served::new(&split);
    let smaller = Served {
        size: 10,
        ..same.clone()
    };
    split.say(905);
    let larger = Served::new(&split);
    for (other, sizes) in [(same, (13, 13)), (smaller, (10, 13)), (larger, (13, 14))] {
        let home = Home::new(&ledger);
        home.sync(&Served::new(&ledger).gateway()).unwrap();
        let files = home.files();
        let error = home.sync(&other.gateway()).unwrap_err();
        assert_eq!(proof(&error, &ledger), sizes);
        assert_eq!(home.files(), files, "state was changed");
        // Neither history counts any more, with a gateway or without.
        let mut grown = ledger.clone();
        grown.say(77);
        for again in [
            home.sync(&Served::new(&grown).gateway()).unwrap_err(),
            home.load().unwrap_err().into(),
        ] {
            assert_eq!(proof(&again, &ledger), sizes);
        }
        // A proof that was tampered with is noticed, not forgotten.
        let [path] = &home.evidence()[..] else {
            panic!("one file")
        };
        let text = fs_err::read_to_string(path).unwrap();
        fs_err::write(path, text.replace("prefix ", "prefix A")).unwrap();
        let error = home.load().unwrap_err();
        assert_eq!(error.code(), Reason::StoreDamaged);
        // Until somebody decides to begin anew: then everything known lies elsewhere.
        let log = &home.policy().logs().logs()[0];
        let aside = Store::set_aside(home.path(), log).unwrap().unwrap();
        assert!(aside.join("evidence").is_dir() && aside.join("seen").is_dir());
        assert_eq!(home.load().unwrap_err().code(), Reason::NotFound);
        let replica = home.sync(&other.gateway()).unwrap();
        assert_eq!(replica.size().get(), other.size);
        // What was set aside stays beside what is set aside later.
        let second = Store::set_aside(home.path(), log).unwrap().unwrap();
        assert_ne!(aside, second);
        assert_eq!(Store::set_aside(home.path(), log), Ok(None));
    }
}

#[test]
fn gateways_of_one_log_are_compared() {
    let ledger = Ledger::new(300);
    let mut grown = ledger.clone();
    grown.say(900);
    let split_at = |statements| {
        let mut split = Ledger::new(statements);
        for number in 2_000..2_310 {
            split.say(number);
        }
        split
    };
    let shown = |ledger: &Ledger, size| Served {
        size,
        ..Served::new(ledger)
    };
    let against = |other: &Served| {
        let home = Home::new(&ledger);
        let mut store = home.store().unwrap();
        let (gateway, policy) = (Served::new(&ledger).gateway(), home.policy());
        let replica = sync(&gateway, &mut store, policy, Missing::Recent, &mut |_| ()).unwrap();
        let mirror = other.gateway();
        let note = mirror.checkpoint().unwrap();
        let files = home.files();
        let compared = compare(&mirror, &note, &store, policy, &replica);
        assert_eq!(home.files(), files, "comparing changes nothing");
        drop(store);
        if let Err(error) = &compared {
            proof(error, &ledger);
            assert_eq!(home.load().unwrap_err().code(), Reason::LogForked);
        }
        compared.ok()
    };
    assert_eq!(against(&shown(&ledger, 303)), Some(Mirror::Same));
    assert_eq!(
        against(&shown(&ledger, 7)),
        Some(Mirror::Behind { size: 7 })
    );
    assert_eq!(
        against(&shown(&grown, 304)),
        Some(Mirror::Ahead { size: 304 })
    );
    // Whichever of the two is larger, and wherever they part.
    for parted in [0, 5, 299] {
        let other = split_at(parted);
        for size in [303, 304, 305, parted + 4] {
            assert_eq!(against(&shown(&other, size)), None, "{parted} {size}");
        }
    }
}

#[test]
fn what_was_seen_outlives_a_deleted_copy() {
    let ledger = Ledger::new(10);
    let home = Home::new(&ledger);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    fs_err::remove_dir_all(home.copy()).unwrap();
    let smaller = Served {
        size: 9,
        ..Served::new(&ledger)
    };
    let error = home.sync(&smaller.gateway()).unwrap_err();
    assert_eq!(error.code(), Reason::RollbackSuspected);
    let mut split = Ledger::new(5);
    for number in 900..920 {
        split.say(number);
    }
    let error = home.sync(&Served::new(&split).gateway()).unwrap_err();
    assert_eq!(proof(&error, &ledger), (13, 28));
}

#[test]
fn an_archived_note_of_another_history_is_a_fork() {
    let ledger = Ledger::new(10);
    let mut split = Ledger::new(4);
    split.say(900);
    let other = split.note(8, FOUNDED + 8).to_string();
    let digest = fairtrail::log::note_digest(other.as_bytes());
    let list = format!("8 {}\n", data_encoding::BASE64.encode(&digest));
    let served = Served {
        archive: vec![8],
        ..Served::new(&ledger)
    };
    let lie = Changed::new(served, move |path, mut response| {
        match path {
            "/archive" => response.body = list.clone().into(),
            "/archive/8" => response.body = other.clone().into(),
            _ => {}
        }
        Ok(response)
    });
    let home = Home::new(&ledger);
    let error = home.sync(&lie.gateway()).unwrap_err();
    assert_eq!(proof(&error, &ledger), (8, 13));
    assert_eq!(home.evidence().len(), 1);
}
