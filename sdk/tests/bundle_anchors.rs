//! Entries that cite an archived note of another log: bundles date them as copies of both logs do,
//! whether or not the other log holds them, and whatever is left out dates nothing better.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::bundle::{Bundle, Inquired, Inquiry, Question, complete, split};
use fairtrail::entry::Anchor;
use fairtrail::history::VerifiedHistory;
use fairtrail::id::EntryId;
use fairtrail::limits::QUESTION_NOTES;
use fairtrail::log::{Checkpoint, note_digest};
use fairtrail::merkle::TreeSize;
use fairtrail::note::Note;
use fairtrail::policy::Policy;
use fairtrail::replica::{Reader, Replica};
use fairtrail::time::Timestamp;
use market::{SITE, market, statement};
use std::collections::BTreeSet;
use world::bundled::{Indexed, inquire};
use world::reading::assert_same;
use world::{OTHER_ORIGIN, World, noon, pulse, subject};

/// A log in which an auditor cites a note of another one, and that one, which nobody asked about
/// this party would be shown that note.
struct Logs {
    coast: World,
    hill: World,
    /// What cites it, and a note that is none.
    cites: [EntryId; 2],
    /// The size of the note.
    size: u64,
}

fn anchored(world: &mut World, size: u64, note: [u8; 32]) -> EntryId {
    let mut draft = world.drafts(&statement("finding", ""))[0].clone();
    let origin = OTHER_ORIGIN.into();
    draft.anchor = Some(Anchor { origin, size, note });
    world.post("auditor", &draft)
}

impl Logs {
    fn new(held_by_both: bool) -> Self {
        let mut world = market();
        world.on("2026-02-01");
        let mut hill = world.clone();
        hill.network("watcher", pulse());
        let replica = hill.replica_of(OTHER_ORIGIN);
        let note = replica.newest().unwrap();
        let size = note.checkpoint().size().get();
        let digest = note_digest(note.note().to_string().as_bytes());
        hill.on("2026-02-03");
        let mut coast = if held_by_both { hill.clone() } else { world };
        coast.on("2026-02-04");
        let cites = [
            anchored(&mut coast, size, digest),
            anchored(&mut coast, size + 1, [1; 32]),
        ];
        coast.on("2026-02-05");
        if held_by_both {
            hill = coast.clone();
        }
        // The log goes on, so that the note is not its newest.
        hill.network("watcher", pulse());
        hill.on("2026-02-06");
        Self {
            coast,
            hill,
            cites,
            size,
        }
    }

    fn indexed(&self) -> [Indexed; 2] {
        [self.coast.indexed(), self.hill.indexed_as(OTHER_ORIGIN)]
    }

    fn whole(&self, policy: &Policy) -> VerifiedHistory {
        let copies: [Replica; 2] = [self.coast.replica(), self.hill.replica_of(OTHER_ORIGIN)];
        let reader = Reader::over(&copies[0], &[&copies[1]], policy, None).unwrap();
        reader.history(&[subject(SITE)])
    }

    fn dated(&self, history: &VerifiedHistory) -> [Option<Timestamp>; 2] {
        self.cites
            .map(|id| history.entry(id).unwrap().times().not_before)
    }
}

fn policy() -> Policy {
    market().policy("required_logs = 2")
}

fn about(policy: &Policy) -> Inquiry<'_> {
    Inquiry::new(policy, vec![subject(SITE)], None)
}

fn both(logs: &[Indexed; 2], question: &Question) -> Vec<Bundle> {
    logs.iter().map(|log| log.bundle(question)).collect()
}

/// The sizes of the notes of a log.
fn noted(bundle: &Bundle) -> BTreeSet<u64> {
    let part = &bundle.logs[0];
    let earlier = part.earlier.iter().flat_map(|then| &then.notes);
    let notes = earlier.chain(&part.notes);
    let notes = notes.map(|old| Note::parse(&old.note.0).unwrap());
    let stated = notes.map(|note| note.text().parse::<Checkpoint>().unwrap());
    stated.map(|stated| stated.size().get()).collect()
}

/// Asks until nothing is missing; how often.
fn asked(
    mut inquiry: Inquiry<'_>,
    mut answers: impl FnMut(&Question) -> Vec<Bundle>,
) -> (Inquired, usize) {
    for rounds in 1.. {
        let answers = answers(&inquiry.question().clone());
        if let Some(inquired) = inquiry.take(answers).unwrap() {
            return (inquired, rounds);
        }
    }
    unreachable!()
}

#[test]
fn an_anchor_to_a_note_of_another_log_dates_an_entry_both_ways() {
    let policy = policy();
    for held_by_both in [false, true] {
        let logs = Logs::new(held_by_both);
        let whole = logs.whole(&policy);
        assert_eq!(logs.dated(&whole), [Some(noon("2026-02-01")), None]);
        let indexed = logs.indexed();
        let (inquired, _) = asked(about(&policy), |question| both(&indexed, question));
        assert_same(&inquired.history, &whole);
        // Where the log holds the entry it knows what that cites.
        assert_eq!(inquired.question.notes.is_empty(), held_by_both);
        // The file says so by itself, too.
        let read = inquired.evidence.history(&[subject(SITE)], &policy, None);
        assert_same(&read.unwrap(), &whole);
    }
}

#[test]
fn a_note_that_is_not_given_leaves_a_time_unknown_and_nothing_else() {
    let (policy, logs) = (policy(), Logs::new(false));
    let indexed = logs.indexed();
    let (given, rounds) = asked(about(&policy), |question| both(&indexed, question));
    let (inquired, without) = asked(about(&policy), |question| {
        let none = Question {
            notes: BTreeSet::new(),
            ..question.clone()
        };
        vec![indexed[0].bundle(question), indexed[1].bundle(&none)]
    });
    // It is asked for once.
    assert_eq!(rounds, without);
    assert_eq!(logs.dated(&inquired.history), [None, None]);
    assert_eq!(inquired.bundle.entries, given.bundle.entries);
    assert_eq!(inquired.history.lacking(), given.history.lacking());
}

#[test]
fn what_is_kept_up_keeps_the_note() {
    let (policy, mut logs) = (policy(), Logs::new(false));
    let old = logs.indexed();
    let inquired = inquire(&[&old[0], &old[1]], &[subject(SITE)], &policy, None);
    let mut held = split(&inquired.bundle).unwrap();
    let mut last = inquired.question;
    for day in ["2026-03-01", "2026-03-02"] {
        logs.hill.network("watcher", pulse());
        logs.hill.on(day);
        let now = logs.indexed();
        let inquiry = about(&policy).again(&last);
        assert_eq!(inquiry.question().notes, last.notes);
        let (inquired, _) = asked(inquiry, |question| {
            let pairs = held.iter_mut().zip(&now);
            let came = pairs.map(|(held, log)| {
                let since = question.since(held).unwrap();
                *held = complete(held, log.bundle(&since)).unwrap();
                held.clone()
            });
            came.collect()
        });
        assert_same(&inquired.history, &logs.whole(&policy));
        assert!(logs.dated(&inquired.history)[0].is_some());
        last = inquired.question;
        // It is there however often it comes again.
        let again = now[1].bundle(&last.since(&held[1]).unwrap());
        let again = complete(&held[1], again).unwrap();
        assert_eq!(noted(&again).len(), noted(&held[1]).len());
        assert!(noted(&again).contains(&logs.size));
    }
    // What nobody cites is asked for no more.
    last.notes.insert(TreeSize::new(3).unwrap());
    let now = logs.indexed();
    let (inquired, _) = asked(about(&policy).again(&last), |question| both(&now, question));
    let sizes: Vec<_> = inquired
        .question
        .notes
        .iter()
        .map(|size| size.get())
        .collect();
    assert_eq!(sizes, [logs.size, logs.size + 1]);
}

#[test]
fn notes_are_asked_for_within_a_bound() {
    let (policy, mut logs) = (policy(), Logs::new(false));
    for _ in 0..QUESTION_NOTES + 9 {
        logs.hill.network("watcher", pulse());
    }
    logs.hill.stamp();
    for at in 0..QUESTION_NOTES + 3 {
        anchored(&mut logs.coast, logs.size + 2 + at as u64, [2; 32]);
    }
    logs.coast.stamp();
    let indexed = logs.indexed();
    let (inquired, _) = asked(about(&policy), |question| both(&indexed, question));
    assert_eq!(inquired.question.notes.len(), QUESTION_NOTES);
    assert_same(&inquired.history, &logs.whole(&policy));
}
