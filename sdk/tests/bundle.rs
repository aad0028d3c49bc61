//! Bundles: they say what a copy of the logs says, and nothing can be left out of them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::bundle::{
    self, Bundle, BundleError, Inquired, Inquiry, InquiryError, Trust, VERSION, open,
};
use fairtrail::history::LogNotRead;
use fairtrail::id::NetworkId;
use fairtrail::index::{Class, PostingList};
use fairtrail::limits::BUNDLE_LOGS;
use fairtrail::log::TlogPolicy;
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::replica::Reader;
use fairtrail::rules::{Outcome, Question, judge};
use fairtrail::subject::SubjectId;
use market::{SITE, market, statement};
use world::bundled::inquire;
use world::reading::{ORIGIN, assert_same};
use world::{OTHER_ORIGIN, World, date, noon, pulse, subject};

fn spoken() -> World {
    let mut world = market();
    world.on("2026-05-01");
    world.say("auditor", &statement("audit", ""));
    world.say("auditor", &statement("finding", ""));
    world.on("2026-06-01");
    world.rotate("auditor");
    world.say("auditor", &statement("finding", ""));
    world.on("2026-07-01");
    world
}

fn trust(policy: &Policy) -> Trust<'_> {
    Trust {
        network: policy.network(),
        logs: policy.logs(),
        indexes: policy.indexes().unwrap(),
    }
}

struct Case {
    policy: Policy,
    inquired: Inquired,
}

impl Case {
    fn new(world: &World, more: &str) -> Self {
        let policy = world.policy(more);
        let inquired = world.indexed().inquire(&[subject(SITE)], &policy, None);
        Self { policy, inquired }
    }

    /// The verdict of somebody who opens the file on a day.
    fn outcome_on(&self, day: &str) -> Outcome {
        let bytes = self.inquired.bundle.to_bytes();
        let evidence = open(&bytes, trust(&self.policy)).unwrap();
        let history = evidence.history(&[subject(SITE)], &self.policy, None);
        let question = Question {
            as_of: date(day),
            now: noon(day),
        };
        judge(&history.unwrap(), &self.policy, question).outcome
    }

    fn refused(&self, change: impl Fn(&mut Bundle)) -> Reason {
        let mut bundle = self.inquired.bundle.clone();
        change(&mut bundle);
        assert_ne!(bundle, self.inquired.bundle);
        self.open(&bundle).unwrap_err()
    }

    fn open(&self, bundle: &Bundle) -> Result<(), Reason> {
        let opened = open(&bundle.to_bytes(), trust(&self.policy));
        opened
            .map(|_| ())
            .map_err(|error: BundleError| error.code())
    }
}

#[test]
fn a_bundle_is_read_back_byte_for_byte() {
    let case = Case::new(&spoken(), "");
    let bytes = case.inquired.bundle.to_bytes();
    let read = Bundle::parse(&bytes).unwrap();
    assert_eq!(read, case.inquired.bundle);
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(case.inquired.history.entries().len(), 3);
}

/// Else an author could make every bundle that it appears in as slow as it likes, by signs of life.
#[test]
fn entries_of_other_lists_are_not_read() {
    let question = bundle::Question {
        subjects: [subject(SITE)].into(),
        ..bundle::Question::default()
    };
    let read = |pulses: usize| {
        let mut world = spoken();
        for _ in 0..pulses {
            world.network("auditor", pulse());
        }
        let indexed = world.indexed();
        let made = indexed.bundle(&question);
        (made.entries.len(), indexed.reads.get())
    };
    // Its head is needed besides, which is a pulse now.
    let (entries, reads) = read(0);
    assert_eq!(read(300), (entries + 1, reads + 1));
}

#[test]
fn no_entry_and_no_list_can_be_left_out() {
    let case = Case::new(&spoken(), "");
    for at in 0..case.inquired.bundle.entries.len() {
        let reason = case.refused(|bundle| drop(bundle.entries.remove(at)));
        assert_eq!(reason, Reason::EvidenceIncomplete);
    }
    let part = &case.inquired.bundle.logs[0];
    for (at, list) in part.lists.iter().enumerate() {
        let class = PostingList::parse(&list.list.0).unwrap().class;
        let mut bundle = case.inquired.bundle.clone();
        bundle.logs[0].lists.remove(at);
        let opened = open(&bundle.to_bytes(), trust(&case.policy));
        let history = opened.map(|evidence| {
            assert!(class != Class::Net || list.subject.as_str() == SITE);
            evidence.history(&[subject(SITE)], &case.policy, None)
        });
        // Either the list was about the standing of somebody, or a history cannot do without.
        assert!(!matches!(history, Ok(Ok(_))), "{} {class}", list.subject);
    }
    for at in 0..part.places.len() {
        let reason = case.refused(|bundle| drop(bundle.logs[0].places.remove(at)));
        assert_eq!(reason, Reason::EvidenceStray);
    }
}

#[test]
fn order_trust_and_version_are_checked() {
    let case = Case::new(&spoken(), "");
    let swapped = case.refused(|bundle| bundle.entries.swap(0, 1));
    assert_eq!(swapped, Reason::NotAscending);
    let swapped = case.refused(|bundle| bundle.logs[0].lists.swap(0, 1));
    assert_eq!(swapped, Reason::NotAscending);
    let swapped = case.refused(|bundle| bundle.logs[0].places.swap(0, 1));
    assert_eq!(swapped, Reason::NotAscending);
    let swapped = case.refused(|bundle| bundle.logs[0].notes.swap(0, 1));
    assert_eq!(swapped, Reason::NotAscending);
    let twice = case.refused(|bundle| bundle.logs.push(bundle.logs[0].clone()));
    assert_eq!(twice, Reason::NotAscending);
    let version = case.refused(|bundle| bundle.version = VERSION + 1);
    assert_eq!(version, Reason::VersionUnknown);
    let none = case.refused(|bundle| bundle.logs.clear());
    assert_eq!(none, Reason::SchemaMismatch);
    let many = case.refused(|bundle| {
        let part = bundle.logs[0].clone();
        bundle.logs.resize(BUNDLE_LOGS + 1, part);
    });
    assert_eq!(many, Reason::TooLarge);
    let moved = case.refused(|bundle| bundle.logs[0].path.push([0; 32]));
    assert_eq!(moved, Reason::ProofInvalid);
    let bytes = case.inquired.bundle.to_bytes();
    let trust = trust(&case.policy);
    let network = NetworkId::new([1; 32]);
    let other = open(&bytes, Trust { network, ..trust }).unwrap_err();
    assert_eq!(other.code(), Reason::NetworkMismatch);
    let (logs, indexes) = (trust.indexes, trust.logs);
    assert!(
        open(
            &bytes,
            Trust {
                logs,
                indexes,
                ..trust
            }
        )
        .is_err()
    );
    // The index of a log that the verifier does not trust is nothing.
    let [policy, _] = World::policies();
    let stranger = policy.lines().filter(|line| !line.contains(ORIGIN));
    let stranger: Vec<_> = stranger.collect();
    let logs = &TlogPolicy::parse(&stranger.join("\n")).unwrap();
    let mut bundle = case.inquired.bundle.clone();
    bundle.logs[0].notes.clear();
    assert_eq!(case.open(&bundle), Ok(()));
    let unknown = open(&bundle.to_bytes(), Trust { logs, ..trust }).unwrap_err();
    assert_eq!(unknown.code(), Reason::OriginMismatch);
    assert!(open(&bytes, trust).is_ok());
}

#[test]
fn a_flipped_byte_is_refused_outside_the_report() {
    let mut case = Case::new(&spoken(), "");
    case.inquired.bundle.report = Some("for people".into());
    let bytes = case.inquired.bundle.to_bytes();
    let report = bytes.len() - 12..bytes.len();
    let accepted: Vec<_> = (0..bytes.len())
        .step_by(53)
        .filter(|at| !report.contains(at))
        .filter(|at| {
            let mut flipped = bytes.clone();
            flipped[*at] ^= 1;
            open(&flipped, trust(&case.policy)).is_ok()
        })
        .collect();
    assert_eq!(accepted, [0; 0]);
}

#[test]
fn what_was_known_on_a_date_is_the_same_both_ways() {
    let world = spoken();
    let policy = world.policy("");
    let site: [SubjectId; 1] = [subject(SITE)];
    for day in ["2026-04-30", "2026-05-15", "2026-06-15", "2026-07-15"] {
        let known_at = Some(date(day));
        let bundled = world.indexed().inquire(&site, &policy, known_at);
        let whole = world.replica().history(&site, &policy, known_at);
        assert_same(&bundled.history, &whole);
    }
}

#[test]
fn two_logs_whose_feeds_end_apart_are_one_history() {
    let mut coast = spoken();
    let mut hill = coast.clone();
    hill.on("2026-07-02");
    for _ in 0..3 {
        hill.say("auditor", &statement("finding", ""));
    }
    coast.on("2026-07-03");
    let policy = coast.policy("required_logs = 2");
    let logs = [&coast.indexed(), &hill.indexed_as(OTHER_ORIGIN)];
    let site = [subject(SITE)];
    let bundled = inquire(&logs, &site, &policy, None);
    let (first, second) = (coast.replica(), hill.replica_of(OTHER_ORIGIN));
    let reader = Reader::over(&first, &[&second], &policy, None).unwrap();
    let whole = reader.history(&site);
    assert_same(&bundled.history, &whole);
    assert_eq!(bundled.history.lacking().len(), 3);
    assert_eq!(bundled.bundle.logs.len(), 2);
    // What leads from one head to the other belongs to the evidence.
    let mut short = bundled.bundle.clone();
    let at = short.logs[1].places.len().saturating_sub(1);
    short.logs[1].places.remove(at);
    assert!(open(&short.to_bytes(), trust(&policy)).is_err());
}

#[test]
fn a_fork_across_logs_is_a_fork() {
    let mut coast = spoken();
    coast.on("2026-07-02");
    let mut hill = coast.clone();
    hill.say("auditor", &statement("finding", "claim.severity = 4"));
    coast.say("auditor", &statement("finding", ""));
    coast.say("auditor", &statement("finding", ""));
    let policy = coast.policy("required_logs = 2");
    let logs = [&coast.indexed(), &hill.indexed_as(OTHER_ORIGIN)];
    let site = [subject(SITE)];
    let bundled = inquire(&logs, &site, &policy, None);
    let (first, second) = (coast.replica(), hill.replica_of(OTHER_ORIGIN));
    let reader = Reader::over(&first, &[&second], &policy, None).unwrap();
    assert_same(&bundled.history, &reader.history(&site));
    let auditor = coast.author("auditor");
    assert!(bundled.history.feeds()[&auditor].forked);
}

#[test]
fn a_log_that_the_bundle_says_nothing_of_is_named() {
    let case = Case::new(&spoken(), "required_logs = 2");
    let [missing] = case.inquired.history.not_read() else {
        panic!()
    };
    assert_eq!(missing.origin, OTHER_ORIGIN);
    assert_eq!(case.outcome_on("2026-06-02"), Outcome::Unknown);
}

#[test]
fn a_bundle_that_does_not_hold_is_blamed_and_its_log_left_out() {
    let coast = spoken();
    let policy = coast.policy("required_logs = 2");
    let (coast, hill) = (coast.indexed(), coast.indexed_as(OTHER_ORIGIN));
    let mut inquiry = Inquiry::new(&policy, vec![subject(SITE)], None);
    let question = inquiry.question().clone();
    let sound = [coast.bundle(&question), hill.bundle(&question)];
    for at in [0, 1] {
        let mut bundles = sound.to_vec();
        let postings = bundles[at].logs[0].lists[0].list.0.last_mut();
        *postings.unwrap() ^= 1;
        let refused = inquiry.take(bundles);
        assert!(
            matches!(refused, Err(InquiryError::Answer { at: blamed, .. }) if blamed == at),
            "{refused:?}"
        );
        let mut bundles = sound.to_vec();
        bundles[at].logs[0].answer.0.pop();
        let refused = inquiry.take(bundles);
        assert!(
            matches!(refused, Err(InquiryError::Answer { at: blamed, .. }) if blamed == at),
            "{refused:?}"
        );
    }
    // Whoever knows why a log is not there says so; the question goes on.
    inquiry.leave_out(vec![LogNotRead {
        origin: OTHER_ORIGIN.to_owned(),
        reason: Reason::QuorumMissing,
    }]);
    let [first, _] = sound;
    let inquired = inquiry.take(vec![first]).unwrap().unwrap();
    let [missing] = inquired.history.not_read() else {
        panic!()
    };
    assert_eq!(missing.reason, Reason::QuorumMissing);
}

/// A site of which all is known, and nothing adverse.
fn audited() -> World {
    let mut world = market();
    world.on("2026-08-20");
    world.say("ministry", &statement("licence", ""));
    world.say("company", &statement("attest", ""));
    world.say("auditor", &statement("audit", ""));
    world
}

#[test]
fn a_bundle_grows_old_and_what_names_nobody_is_unknown() {
    let case = Case::new(&audited(), "");
    assert_eq!(case.outcome_on("2026-08-21"), Outcome::NoAdverseEntries);
    assert_eq!(case.outcome_on("2026-09-19"), Outcome::Stale);
    let nothing = Case::new(&market(), "");
    assert!(nothing.inquired.history.entries().is_empty());
    assert_eq!(nothing.outcome_on("2026-01-06"), Outcome::Unknown);
}
