//! Erasing and withholding, end to end: what is gone from every file, and what still holds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::path::Path;

use fairtrail::api::{Batch, Submission};
use fairtrail::claim::{Ground, LegalBasis};
use fairtrail::entry::{Audience, Body, Draft, SignedEntry};
use fairtrail::id::PartDigest;
use fairtrail::reason::Reason;
use fairtrail_node::ledger::erase_all;
use fairtrail_node::service::{ReadError, Service};
use fairtrail_node::store::withheld::{Line, Withheld};
use support::*;

const TOLD: &[u8] = b"Q7 told on a Tuesday, to nobody else";

/// Bytes of a text that are looked for: the shortest that stand nowhere by chance.
const PREFIX: usize = 8;

/// Files below `dir` that hold the beginning of `bytes`.
fn holding(dir: &Path, bytes: &[u8]) -> Vec<String> {
    let prefix = &bytes[..PREFIX.min(bytes.len())];
    let mut found = Vec::new();
    for entry in fs_err::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
        } else if fs_err::read(&path)
            .unwrap()
            .windows(prefix.len())
            .any(|at| at == prefix)
        {
            found.push(path.display().to_string());
        }
    }
    found
}

fn body(bytes: &[u8]) -> Body {
    Body {
        salt: *b"salt of the part",
        bytes: bytes.to_vec(),
    }
}

/// A statement with a text, of a kind that only following takes.
fn say(feed: &mut Feed, number: u8) -> Submission {
    let subjects = vec!["lei:999900DEMO0000000152".parse().unwrap()];
    let claim = Body {
        salt: [number; 16],
        bytes: vec![0xa1, 1, 1],
    };
    let kind = "weather.seen".parse().unwrap();
    let draft = Draft::statement(kind, subjects, claim, at(30));
    let draft = draft.with_text("text/plain", Audience::Public, body(TOLD));
    let entry = feed.sign(&draft);
    let bodies = draft.bodies();
    Submission { entry, bodies }
}

/// A log with an author's statement, published.
fn stated(place: &Place) -> (Running, Feed, Feed, Submission) {
    let log = place.open().unwrap();
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    log.submit(batch(&[root.begin.clone(), granted, author.begin.clone()]))
        .unwrap();
    let said = say(&mut author, 1);
    log.take_up(Batch(vec![said.clone()])).unwrap();
    log.published(4);
    (log, root, author, said)
}

fn reasons(service: &Service, entry: &SignedEntry) -> Vec<(PartDigest, String)> {
    let stored = service.entry(entry.id()).unwrap();
    let withheld = service.withheld(&stored).unwrap();
    let listed = service
        .history(&entry.header().subjects[0], None, 256)
        .unwrap();
    let line = listed
        .items
        .iter()
        .find(|item| item.id == entry.id())
        .unwrap();
    assert_eq!(line.withheld, withheld, "entry and history say the same");
    let reason = |line: fairtrail::api::WithheldView| (line.part, line.reason);
    withheld.into_iter().map(reason).collect()
}

#[test]
fn what_its_author_erased_is_in_no_file_and_does_not_come_back() {
    let place = Place::new();
    let (log, _, mut author, said) = stated(&place);
    let text = said.bodies[1].digest();
    assert_eq!(
        holding(&place.data, TOLD).len(),
        1,
        "the text is stored once"
    );
    let before = log.service.checkpoint();
    let gone = author.erase(&said.entry, text);
    log.publish(batch(&[gone]));
    assert_eq!(log.service.part(text), Err(ReadError::Erased));
    assert_eq!(holding(place.dir.path(), TOLD), [""; 0]);
    assert_eq!(holding(place.dir.path(), b"salt of the part"), [""; 0]);
    assert_eq!(
        reasons(&log.service, &said.entry),
        [(text, "part-erased".into())]
    );
    // The entry, its leaf and its proof stand.
    assert!(log.service.proof(said.entry.id()).is_ok());
    assert_eq!(
        log.service.entry(said.entry.id()).unwrap().entry,
        said.entry
    );
    assert!(log.service.checkpoint().size() > before.size());
    // Offered again, at the door and by a peer.
    for again in [
        log.submit(Batch(vec![said.clone()])),
        log.take_up(Batch(vec![said.clone()])),
    ] {
        assert!(again.unwrap().receipt.entries[0].known);
    }
    assert_eq!(log.service.part(text), Err(ReadError::Erased));
    log.stop();
    let log = place.open().unwrap();
    assert_eq!(log.service.part(text), Err(ReadError::Erased));
    log.stop();
    assert_eq!(holding(place.dir.path(), TOLD), [""; 0]);
}

#[test]
fn a_start_and_the_operator_finish_what_was_left_half_done() {
    for by_start in [true, false] {
        let place = Place::new();
        let (log, _, mut author, said) = stated(&place);
        log.stop();
        let kept = place.dir.path().join("kept");
        copy_dir(&place.data.join("bodies"), &kept);
        let log = place.open().unwrap();
        log.publish(batch(&[author.erase(&said.entry, said.bodies[1].digest())]));
        log.stop();
        // As if the process had ended behind the journal and before the bytes were overwritten.
        fs_err::remove_dir_all(place.data.join("bodies")).unwrap();
        fs_err::rename(&kept, place.data.join("bodies")).unwrap();
        assert_eq!(holding(&place.data, TOLD).len(), 1);
        if by_start {
            place.open().unwrap().stop();
        } else {
            let origin = || ORIGIN.parse().unwrap();
            let first = erase_all(&place.data, origin(), charter()).unwrap();
            assert_eq!((first.parts, first.overwritten, first.before), (1, 1, 0));
            let second = erase_all(&place.data, origin(), charter()).unwrap();
            assert_eq!((second.parts, second.overwritten, second.before), (1, 0, 1));
        }
        assert_eq!(
            holding(place.dir.path(), TOLD),
            [""; 0],
            "by start: {by_start}"
        );
    }
}

#[test]
fn only_the_principal_and_enough_roots_erase() {
    let place = Place::new();
    let (log, mut root, mut author, said) = stated(&place);
    let text = said.bodies[1].digest();
    // The same text under another entry is another pair.
    let other = say(&mut author, 2);
    log.take_up(Batch(vec![other.clone()])).unwrap();
    log.publish(batch(&[author.erase(&said.entry, text)]));
    assert_eq!(
        reasons(&log.service, &said.entry),
        [(text, "part-erased".into())]
    );
    assert_eq!(reasons(&log.service, &other.entry), []);
    assert!(log.service.part(text).is_ok());
    // Another author may not even ask.
    let mut stranger = Feed::author(11);
    let granted = root.grant(&mut stranger);
    log.submit(batch(&[granted, stranger.begin.clone()]))
        .unwrap();
    let refused = log.submit(batch(&[stranger.erase(&other.entry, text)]));
    assert_eq!(refused.unwrap_err().reason, Reason::NotAuthorised);
    // One root of one is enough: everywhere, and for what comes later.
    log.publish(batch(&[root.erase(&other.entry, text)]));
    assert_eq!(log.service.part(text), Err(ReadError::Erased));
    assert_eq!(holding(place.dir.path(), TOLD), [""; 0]);
    let later = say(&mut author, 3);
    log.take_up(Batch(vec![later.clone()])).unwrap();
    let size = log.service.health().admitted;
    log.published(size);
    assert_eq!(
        reasons(&log.service, &later.entry),
        [(text, "part-erased".into())]
    );
    assert_eq!(holding(place.dir.path(), TOLD), [""; 0]);
    log.stop();
}

#[test]
fn what_is_withheld_by_law_is_named_with_its_basis_and_nothing_else_changes() {
    let place = Place::new();
    let (log, _, _, said) = stated(&place);
    let text = said.bodies[1].digest();
    let list = Withheld::open(&place.data.join("withheld")).unwrap();
    let ground = Ground {
        basis: LegalBasis::CourtOrder,
        jurisdiction: Some("DE".parse().unwrap()),
        statute: Some("EXAMPLE-ACT-7".parse().unwrap()),
        since: at(40).date(),
        statement: None,
    };
    let line = Line {
        part: text,
        entry: Some(said.entry.id()),
        ground: ground.clone(),
    };
    list.replace(&[line]).unwrap();
    let withheld = log.service.part(text).unwrap_err();
    assert_eq!(withheld.code(), Reason::WithheldByLaw);
    let by_law = ReadError::WithheldByLaw {
        log: ORIGIN.to_owned(),
        ground: Box::new(ground.clone()),
    };
    assert_eq!(withheld, by_law);
    let page = log.service.withheld_of(3, 256).unwrap();
    assert_eq!((page.first, page.next, page.parts.len()), (3, 4, 1));
    assert_eq!(page.parts[0].ground, Some(ground));
    assert_eq!(log.service.withheld_of(4, 1), Err(ReadError::NotFound));
    assert_eq!(
        reasons(&log.service, &said.entry),
        [(text, "withheld-by-law".into())]
    );
    assert_eq!(log.service.parts(3, 1).unwrap().parts.len(), 1);
    assert!(log.service.proof(said.entry.id()).is_ok());
    list.replace(&[]).unwrap();
    assert!(log.service.part(text).is_ok());
    log.stop();
    // A start does not guess at a list it cannot read.
    fs_err::write(place.data.join("withheld"), "what").unwrap();
    assert_eq!(place.open().err().unwrap().code(), Reason::ConfigInvalid);
}

/// More entries name the part than one look into the tables returns, and only the last has it.
#[test]
fn a_part_is_found_however_many_entries_name_it() {
    const NAMING: u64 = 4_200;
    let place = Place::new();
    let log = place.open().unwrap();
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    log.submit(batch(&[root.begin.clone(), granted, author.begin.clone()]))
        .unwrap();
    let said: Vec<_> = (0..NAMING).map(|_| say(&mut author, 1)).collect();
    let (last, before) = said.split_last().unwrap();
    let without = |said: &Submission| Submission {
        entry: said.entry.clone(),
        bodies: Vec::new(),
    };
    for said in before.chunks(256) {
        log.take_up(Batch(said.iter().map(without).collect()))
            .unwrap();
    }
    let text = last.bodies[1].digest();
    log.published(3 + NAMING - 1);
    let missing = ReadError::Withheld { refused: false };
    assert_eq!(log.service.part(text), Err(missing));
    log.take_up(Batch(vec![last.clone()])).unwrap();
    log.published(3 + NAMING);
    assert_eq!(log.service.part(text).unwrap().bytes, TOLD);
    // One list of what is missing ends before the run does, and says where to go on.
    let page = log.service.withheld_of(3, 256).unwrap();
    assert_eq!((page.next, page.parts.len()), (3 + 256, 2));
    log.stop();
}
