//! Bundles kept in memory: the same question gets the same bytes, and never what has moved since.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use fairtrail::api::{Batch, Submission};
use fairtrail::bundle::{Bundle, Question};
use fairtrail::claim::{Ground, LegalBasis};
use fairtrail::id::PartDigest;
use fairtrail_node::service::{ReadError, Service};
use fairtrail_node::store::withheld::{Line, Withheld};
use support::*;

fn question() -> Question {
    Question::parse_query("id=lei:999900DEMO0000000152").unwrap()
}

/// A log in which an author may speak, and both.
fn begun(place: &Place) -> (Running, Feed) {
    let log = place.open().unwrap();
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    log.submit(batch(&[root.begin.clone(), granted, author.begin.clone()]))
        .unwrap();
    (log, author)
}

/// Waits until answers are given from everything that is admitted, and one is kept.
fn kept(service: &Service) -> Bundle {
    let size = service.health().admitted;
    let query = question().to_query();
    for _ in 0..1_000 {
        let covered = service.health().index == Some(size);
        let answer = service.bundle_bytes(&question());
        if covered && let (Ok(answer), Some(again)) = (answer, service.kept_bundle(&query)) {
            assert_eq!(answer.as_ptr(), again.as_ptr(), "the very same bytes");
            return Bundle::parse(&answer).unwrap();
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("no bundle is kept in time");
}

fn holds(bundle: &Bundle, part: PartDigest) -> bool {
    bundle.bodies.iter().any(|body| body.digest() == part)
}

/// What is answered now: nothing kept, and made anew.
fn anew(service: &Service) -> Bundle {
    let query = question().to_query();
    assert!(service.kept_bundle(&query).is_none(), "it has moved");
    let bundle = service.bundle_bytes(&question()).unwrap();
    Bundle::parse(&bundle).unwrap()
}

#[test]
fn the_same_question_is_answered_from_memory_however_it_is_written() {
    let place = Place::new();
    let (log, mut author) = begun(&place);
    log.take_up(Batch(vec![author.say(1)])).unwrap();
    let first = kept(&log.service);
    assert!(log.service.kept_bundle(&question().to_query()).is_some());
    let written = "id=lei:999900DEMO0000000152";
    assert_ne!(written, question().to_query());
    assert_eq!(log.service.kept_bundle(written), None);
    let other = Question::parse_query("id=lei:999900DEMO0000000152&class=net").unwrap();
    assert_eq!(log.service.kept_bundle(&other.to_query()), None);
    // A new entry, and with it a new head, a new note and its stamps.
    log.take_up(Batch(vec![author.say(2)])).unwrap();
    let second = kept(&log.service);
    assert_eq!(second.entries.len(), first.entries.len() + 1);
    let none = log.service.clone().with_kept_bundles(0);
    assert!(none.bundle_bytes(&question()).is_ok());
    assert_eq!(none.kept_bundle(&question().to_query()), None);
    log.stop();
    // Nothing outlives the process.
    let log = place.open().unwrap();
    assert_eq!(log.service.kept_bundle(&question().to_query()), None);
    assert_eq!(kept(&log.service).entries, second.entries);
    log.stop();
}

#[test]
fn no_refusal_is_kept() {
    let place = Place::new();
    let log = place.open().unwrap();
    let refused = log.service.bundle_bytes(&question());
    assert_eq!(refused, Err(ReadError::NotFound));
    let mut root = Feed::root();
    let pulse = root.pulse();
    log.submit(batch(&[root.begin.clone(), pulse])).unwrap();
    kept(&log.service);
    log.stop();
}

#[test]
fn what_is_withheld_or_not_any_more_is_in_the_next_answer() {
    let place = Place::new();
    let (log, mut author) = begun(&place);
    let said = author.say(1);
    let text = said.bodies[1].digest();
    log.take_up(Batch(vec![said.clone()])).unwrap();
    assert!(holds(&kept(&log.service), text));
    let list = Withheld::open(&place.data.join("withheld")).unwrap();
    let line = Line {
        part: text,
        entry: Some(said.entry.id()),
        ground: Ground {
            basis: LegalBasis::CourtOrder,
            jurisdiction: None,
            statute: None,
            since: at(40).date(),
            statement: None,
        },
    };
    list.replace(&[line]).unwrap();
    assert!(!holds(&anew(&log.service), text));
    assert!(!holds(&kept(&log.service), text));
    list.replace(&[]).unwrap();
    assert!(holds(&anew(&log.service), text));
    log.stop();
}

#[test]
fn a_part_that_comes_late_is_in_the_next_answer() {
    let place = Place::new();
    let (log, mut author) = begun(&place);
    let said = author.say(1);
    let text = said.bodies[1].digest();
    log.take_up(batch(std::slice::from_ref(&said.entry)))
        .unwrap();
    assert!(!holds(&kept(&log.service), text));
    // Offered again with its parts.
    log.submit(Batch(vec![said.clone()])).unwrap();
    assert!(holds(&anew(&log.service), text));
    log.stop();
}

#[test]
fn what_is_erased_is_in_no_answer_once_that_is_acknowledged() {
    let place = Place::new();
    let (log, mut author) = begun(&place);
    let said = author.say(1);
    let text = said.bodies[1].digest();
    log.take_up(Batch(vec![said.clone()])).unwrap();
    assert!(holds(&kept(&log.service), text));
    // Acknowledged, not published: the index is where it was.
    let gone = author.erase(&said.entry, text);
    log.submit(batch(&[gone])).unwrap();
    let bundle = log.service.bundle_bytes(&question());
    assert!(!bundle.is_ok_and(|bytes| holds(&Bundle::parse(&bytes).unwrap(), text)));
    assert!(!holds(&kept(&log.service), text));
    log.stop();
}

/// Others ask all the time while one part after the other is erased.
#[test]
fn nobody_who_asks_after_an_erasure_was_acknowledged_gets_the_part() {
    const PARTS: u8 = 24;
    let place = Place::new();
    let (log, mut author) = begun(&place);
    let said: Vec<Submission> = (1..=PARTS).map(|salt| author.say(salt)).collect();
    log.take_up(Batch(said.clone())).unwrap();
    let texts: Vec<_> = said.iter().map(|said| said.bodies[1].digest()).collect();
    let all = kept(&log.service);
    assert!(texts.iter().all(|text| holds(&all, *text)));
    let erased = AtomicUsize::new(0);
    let asking = || {
        let mut answers = 0_usize;
        while erased.load(Ordering::SeqCst) < texts.len() {
            let before = erased.load(Ordering::SeqCst);
            // While a head is published there is none for a moment.
            let Ok(bytes) = log.service.bundle_bytes(&question()) else {
                continue;
            };
            let bundle = Bundle::parse(&bytes).unwrap();
            let told = texts[..before].iter().find(|text| holds(&bundle, **text));
            assert_eq!(told, None, "of {before} erased");
            answers += 1;
        }
        answers
    };
    thread::scope(|scope| {
        let asking = [scope.spawn(asking), scope.spawn(asking)];
        for (said, text) in said.iter().zip(&texts) {
            let gone = author.erase(&said.entry, *text);
            log.submit(batch(&[gone])).unwrap();
            erased.fetch_add(1, Ordering::SeqCst);
        }
        for asking in asking {
            assert!(asking.join().unwrap() > 0);
        }
    });
    assert!(!texts.iter().any(|text| holds(&kept(&log.service), *text)));
    log.stop();
}
